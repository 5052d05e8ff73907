//! Contact records from Arrow.

use std::borrow::Cow;

use arrow_array::{Array, RecordBatch, RecordBatchReader};
use reknit::model::{ColumnBuilder, FieldKind, RecordKey, Table};
use reknit::{Error, Result};

use crate::cells::{Cells, next_batch};

/// Reads all batches of `reader` as contact records.
///
/// The columns `source` and `id` are the key of a record. Without a column `source`, or where it is
/// null, the records come from `source`; without a column `id` they are numbered from 1. Every other
/// column means what `kind_of` says, by its name; columns of kind [`FieldKind::Ignored`] are not
/// read, and neither is a column whose name begins with `truth`. Cells are text in any layout,
/// whole and fractional numbers, booleans, dates, times, or lists of these (several values of one
/// record).
///
/// # Errors
/// `input` when a column is of another type, when an `id` is missing or a list, when a key
/// repeats, or when the stream breaks; names columns, types and row numbers (from 1), no values.
///
/// ```
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator, StringArray};
/// use reknit::model::FieldKind;
///
/// let email: ArrayRef = Arc::new(StringArray::from(vec![Some("ana@x.io"), None]));
/// let batch = RecordBatch::try_from_iter([("e-mail", email)]).unwrap();
/// let schema = batch.schema();
/// let reader = RecordBatchIterator::new([Ok(batch)], schema);
/// let table = reknit_arrow::table_from_reader(reader, &FieldKind::of_column, "crm").unwrap();
/// assert_eq!(table.key(1).to_string(), "crm:2");
/// assert_eq!(table.columns()[0].kind(), FieldKind::Email);
/// ```
pub fn table_from_reader(
    mut reader: impl RecordBatchReader,
    kind_of: &dyn Fn(&str) -> FieldKind,
    source: &str,
) -> Result<Table> {
    let mut columns = Columns::of(&reader, kind_of)?;
    let mut number = 1;
    while let Some(batch) = next_batch(&mut reader, number)? {
        columns.push(&batch, source)?;
        number += 1;
    }
    Table::new(columns.keys, columns.builders.into_iter().map(|(_, builder)| builder).collect())
}

/// The columns under way.
struct Columns {
    source: Option<usize>,
    id: Option<usize>,
    keys: Vec<RecordKey>,
    /// Place in the schema, and what has been read.
    builders: Vec<(usize, ColumnBuilder)>,
}

impl Columns {
    fn of(reader: &impl RecordBatchReader, kind_of: &dyn Fn(&str) -> FieldKind) -> Result<Self> {
        let schema = reader.schema();
        let place = |name: &str| {
            let mut places = (0..schema.fields().len()).filter(|&place| schema.field(place).name() == name);
            match (places.next(), places.next()) {
                (Some(_), Some(_)) => Err(Error::input(format!("column `{name}` stands twice"))),
                (place, _) => Ok(place),
            }
        };
        let (source, id) = (place("source")?, place("id")?);
        let builders = schema
            .fields()
            .iter()
            .enumerate()
            .filter(|(place, _)| Some(*place) != source && Some(*place) != id)
            .filter(|(_, field)| FieldKind::of_column(field.name()) != FieldKind::Ignored)
            .map(|(place, field)| (place, field.name(), kind_of(field.name())))
            .filter(|(_, _, kind)| *kind != FieldKind::Ignored)
            .map(|(place, name, kind)| (place, ColumnBuilder::new(name, kind)))
            .collect();
        Ok(Self { source, id, keys: Vec::new(), builders })
    }

    fn push(&mut self, batch: &RecordBatch, source: &str) -> Result<()> {
        let schema = batch.schema_ref();
        self.push_keys(batch, source)?;
        for (place, builder) in &mut self.builders {
            let cells = flat(batch.column(*place).as_ref(), schema.field(*place).name())?;
            let mut texts = Vec::new();
            for row in 0..batch.num_rows() {
                texts.clear();
                cells.texts(row, &mut texts);
                builder.push(texts.iter().map(Cow::as_ref))?;
            }
        }
        Ok(())
    }

    fn push_keys(&mut self, batch: &RecordBatch, source: &str) -> Result<()> {
        let column = |place: Option<usize>, name| {
            place.map(|place| flat(batch.column(place).as_ref(), name)).transpose()
        };
        let (sources, ids) = (column(self.source, "source")?, column(self.id, "id")?);
        for row in 0..batch.num_rows() {
            let number = self.keys.len() + 1;
            let one = |cells: &Option<Cells<'_>>, name| match cells {
                Some(cells) => only(cells, row).ok_or_else(|| {
                    Error::input(format!("row {number} has several values in column `{name}`; a key is one"))
                }),
                None => Ok(None),
            };
            let from = one(&sources, "source")?.unwrap_or_else(|| source.to_owned());
            let id = match one(&ids, "id")? {
                Some(id) => id,
                None if ids.is_none() => number.to_string(),
                None => {
                    return Err(Error::input(format!(
                        "row {number} has no `id`; give each record of a source its own, or leave the column out"
                    )));
                }
            };
            self.keys.push(RecordKey { source: from, id });
        }
        Ok(())
    }
}

/// The column, if it holds texts or lists of texts.
fn flat<'a>(array: &'a dyn Array, name: &str) -> Result<Cells<'a>> {
    let cells = Cells::of(array);
    if cells.is_flat() {
        return Ok(cells);
    }
    Err(Error::input(format!(
        "column `{name}` is of type {}; it must hold text, numbers, dates or lists of them (map it to `ignored` to leave it out)",
        array.data_type()
    )))
}

/// The one text of a cell that is not blank: `Some(None)` when there is none, `None` when there
/// are several.
// Three outcomes: none, one, too many; an enum for one caller would say no more.
#[allow(clippy::option_option)]
fn only(cells: &Cells<'_>, row: usize) -> Option<Option<String>> {
    let mut texts = Vec::new();
    cells.texts(row, &mut texts);
    texts.retain(|text| !text.trim().is_empty());
    match texts.len() {
        0 | 1 => Some(texts.pop().map(|text| text.trim().to_owned())),
        _ => None,
    }
}
