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
        let message = read(&fields).map_err(|said| unreadable(&fields, &said, messages.len() + 1, batch))?;
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::builder::{ListBuilder, MapBuilder, StringBuilder};
    use arrow_array::{
        ArrayRef, BinaryArray, BooleanArray, Float64Array, Int64Array, LargeStringArray, RecordBatchIterator,
        StringArray, StructArray, TimestampMillisecondArray,
    };
    use reknit::model::Timestamp;

    use super::*;

    fn read_columns(columns: Vec<(&str, ArrayRef)>) -> Result<Vec<Message>> {
        let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true)));
        let batch = batch.expect("equal lengths");
        let schema = batch.schema();
        messages_from_reader(RecordBatchIterator::new([Ok(batch)], schema))
    }

    fn text(cells: &[Option<&str>]) -> ArrayRef {
        Arc::new(StringArray::from(cells.to_vec()))
    }

    #[test]
    fn a_row_is_the_message_its_json_is() {
        let mut to = ListBuilder::new(StringBuilder::new());
        to.append_value([Some("Desk <desk@shop.io>"), Some("b@x.io")]);
        to.append_null();
        let mut headers = MapBuilder::new(None, StringBuilder::new(), StringBuilder::new());
        headers.keys().append_value("x-a");
        headers.values().append_value("1");
        headers.append(true).expect("one pair");
        headers.append(false).expect("null");
        let author = StructArray::try_from(vec![
            ("handle", text(&[Some("ana@x.io"), Some("bo")])),
            ("name", text(&[Some("Ana"), None])),
        ]);
        let found = read_columns(vec![
            ("id", Arc::new(Int64Array::from(vec![1, 2]))),
            ("sent", Arc::new(TimestampMillisecondArray::from(vec![Some(1_172_723_599_000), None]))),
            ("from", Arc::new(author.expect("equal lengths"))),
            ("to", Arc::new(to.finish())),
            ("headers", Arc::new(headers.finish())),
            ("auto", Arc::new(BooleanArray::from(vec![None, Some(true)]))),
            ("body", Arc::new(LargeStringArray::from(vec![Some("hi"), None]))),
            ("photo", Arc::new(BinaryArray::from(vec![Some(b"x".as_ref()), None]))),
            ("truth_thread", text(&[Some("t"), Some("t")])),
        ])
        .expect("readable");
        let json = r#"[
            {"id": 1, "sent": 1172723599, "author": {"handle": "ana@x.io", "name": "Ana"},
             "to": ["Desk <desk@shop.io>", "b@x.io"], "headers": {"x-a": "1"}, "text": "hi"},
            {"id": "2", "author": "bo", "auto": true}
        ]"#;
        let expected: Vec<Message> = serde_json::from_str(json).expect("valid");
        assert_eq!(found, expected);
    }

    #[test]
    fn times_are_read_from_numbers_texts_and_dates() {
        let id = || text(&[Some("m")]);
        let times: Vec<ArrayRef> = vec![
            Arc::new(Float64Array::from(vec![1_507_593_600.0])),
            Arc::new(Int64Array::from(vec![1_507_593_600_000])),
            Arc::new(arrow_array::Date32Array::from(vec![17_449])),
            text(&[Some("2017-10-10")]),
        ];
        for time in times {
            let found = read_columns(vec![("id", id()), ("ts", time.clone())]).expect("readable");
            assert_eq!(found[0].sent, Some(Timestamp(1_507_593_600_000)), "{}", time.data_type());
        }
    }

    #[test]
    fn an_error_names_the_row_and_the_column_and_quotes_nothing() {
        let id = || text(&[Some("a"), Some("b")]);
        let error = read_columns(vec![("id", id()), ("ts", text(&[None, Some("Ana's birthday")]))]);
        let error = error.expect_err("that is no time").to_string();
        assert!(error.contains("row 2") && error.contains("`ts`") && !error.contains("Ana"), "{error}");
        let error = read_columns(vec![("id", text(&[Some("a"), None]))]).expect_err("no id").to_string();
        assert!(error.contains("row 2") && error.contains("`id`"), "{error}");
        let bytes: ArrayRef = Arc::new(BinaryArray::from(vec![b"x".as_ref(), b"y".as_ref()]));
        let error = read_columns(vec![("id", id()), ("text", bytes)]).expect_err("bytes").to_string();
        assert!(error.contains("`text`") && error.contains("Binary"), "{error}");
        let ts = || text(&[Some("2017-10-10"), None]);
        let error = read_columns(vec![("id", id()), ("ts", ts()), ("date", ts())]).expect_err("twice");
        assert!(error.to_string().contains("`sent`"), "{error}");
    }
}
