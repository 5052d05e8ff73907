//! Messages from Arrow.

use arrow_array::{RecordBatch, RecordBatchReader};
use reknit::model::{FieldKind, Message};
use reknit::{Error, Result};
use serde_json::{Map, Value};

use crate::cells::{Cells, next_batch};

/// Reads all batches of `reader` as messages, one a row.
///
/// Columns are named as the fields of [`Message`] and their aliases; columns of other names are not
/// looked at, `truth*` among them. Times may be Arrow times (without a zone they are UTC), dates,
/// text or numbers; `to`, `cc`, `in_reply_to` and `references` one text or a list; participants a
/// text or a struct of `handle`, `name`, `entity`; `headers` a map or a struct. A null cell is a
/// field left out.
///
/// # Errors
/// `input` when a row has no `id`, when a cell cannot be read as its column asks, or when the
/// stream breaks; names the column and the row number (from 1), no value.
pub fn messages_from_reader(mut reader: impl RecordBatchReader) -> Result<Vec<Message>> {
    let mut messages = Vec::new();
    let mut number = 1;
    while let Some(batch) = next_batch(&mut reader, number)? {
        push(&batch, &mut messages)?;
        number += 1;
    }
    Ok(messages)
}

fn push(batch: &RecordBatch, messages: &mut Vec<Message>) -> Result<()> {
    let schema = batch.schema_ref();
    let columns: Vec<(&str, Cells<'_>)> = schema
        .fields()
        .iter()
        .zip(batch.columns())
        .filter(|(field, _)| FieldKind::of_column(field.name()) != FieldKind::Ignored)
        .map(|(field, array)| (field.name().as_str(), Cells::of(array.as_ref())))
        .collect();
    messages.reserve(batch.num_rows());
    for row in 0..batch.num_rows() {
        let filled = columns.iter().filter_map(|(name, cells)| Some(((*name).to_owned(), cells.json(row)?)));
        let fields: Map<String, Value> = filled.collect();
        let message =
            read(&fields).or_else(|said| Err(unreadable(&fields, &said, messages.len() + 1, batch)))?;
        messages.push(message);
    }
    Ok(())
}

fn read(fields: &Map<String, Value>) -> std::result::Result<Message, String> {
    use serde::Deserialize;
    Message::deserialize(fields).map_err(|error| error.to_string())
}

/// Says which column is to blame: the one without which the row can be read. What serde said is
/// passed on only where it names a field; elsewhere it may quote the value.
fn unreadable(fields: &Map<String, Value>, said: &str, row: usize, batch: &RecordBatch) -> Error {
    if said.starts_with("missing field") {
        return Error::input(format!("row {row}: {said}; every message needs its own"));
    }
    if said.starts_with("duplicate field") {
        return Error::input(format!("row {row}: {said}: two columns mean the same; leave one out"));
    }
    let readable_without = |name: &&String| {
        let mut rest = fields.clone();
        rest.remove(name.as_str());
        read(&rest).map_or_else(|said| said.starts_with("missing field"), |_| true)
    };
    match fields.keys().find(readable_without) {
        Some(name) => {
            let held = batch.column_by_name(name).map_or_else(String::new, |c| c.data_type().to_string());
            Error::input(format!(
                "row {row}, column `{name}`: a value of type {held} cannot be read as `{name}`"
            ))
        }
        None => Error::input(format!("row {row}: several columns cannot be read as the fields they name")),
    }
}
