//! Contact records from Arrow.
//!
//! Cells go batch by batch into the columns of a [`Table`], and keys into one piece of memory. Cost: a
//! hash per value; a text is borrowed from its batch unless its layout holds no text. Nothing is
//! allocated per row where the keys are texts.

use std::borrow::Cow;

use arrow_array::{Array, RecordBatch, RecordBatchReader};
use reknit::model::{ColumnBuilder, FieldKind, KeysBuilder, Table};
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
    Table::of(columns.keys.finish()?, columns.builders.into_iter().map(|(_, builder)| builder).collect())
}

/// The columns under way.
struct Columns {
    source: Option<usize>,
    id: Option<usize>,
    keys: KeysBuilder,
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
        Ok(Self { source, id, keys: KeysBuilder::new(), builders })
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
        let (mut of_source, mut of_id) = (Vec::new(), Vec::new());
        for row in 0..batch.num_rows() {
            let number = self.keys.len() + 1;
            let several = |name| {
                Error::input(format!("row {number} has several values in column `{name}`; a key is one"))
            };
            let from = match &sources {
                Some(cells) => only(cells, row, &mut of_source).ok_or_else(|| several("source"))?,
                None => None,
            };
            let id = match &ids {
                Some(cells) => only(cells, row, &mut of_id).ok_or_else(|| several("id"))?.map(Cow::Borrowed),
                None => Some(Cow::Owned(number.to_string())),
            };
            let id = id.ok_or_else(|| {
                Error::input(format!(
                    "row {number} has no `id`; give each record of a source its own, or leave the column out"
                ))
            })?;
            self.keys.push(from.unwrap_or(source), &id)?;
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
/// are several. `texts` is room for them.
// Three outcomes: none, one, too many; an enum for one caller would say no more.
#[allow(clippy::option_option)]
fn only<'t, 'a>(cells: &Cells<'a>, row: usize, texts: &'t mut Vec<Cow<'a, str>>) -> Option<Option<&'t str>> {
    texts.clear();
    cells.texts(row, texts);
    texts.retain(|text| !text.trim().is_empty());
    match texts.as_slice() {
        [] => Some(None),
        [one] => Some(Some(one.trim())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::builder::{FixedSizeListBuilder, LargeListBuilder, ListBuilder, StringBuilder};
    use arrow_array::types::Int8Type;
    use arrow_array::{
        ArrayRef, BinaryArray, BooleanArray, Date32Array, Date64Array, Decimal128Array, DictionaryArray,
        Float32Array, Float64Array, Int64Array, LargeStringArray, NullArray, RecordBatchIterator,
        StringArray, StringViewArray, TimestampMicrosecondArray, TimestampNanosecondArray, UInt8Array,
    };

    use super::*;

    fn read(columns: Vec<(&str, ArrayRef)>) -> Result<Table> {
        let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, a)| (n, a, true)));
        let batch = batch.expect("equal lengths");
        let schema = batch.schema();
        // Twice in halves: results must not depend on how rows are cut into batches, and a slice
        // must be read with its offset.
        let half = batch.num_rows() / 2;
        let halves = [Ok(batch.slice(0, half)), Ok(batch.slice(half, batch.num_rows() - half))];
        table_from_reader(RecordBatchIterator::new(halves, schema), &FieldKind::of_column, "crm")
    }

    fn column(array: ArrayRef) -> Vec<Vec<String>> {
        let rows = array.len();
        let table = read(vec![("city", array)]).expect("the layout is known");
        let Some(column) = table.columns().first() else { return vec![Vec::new(); rows] };
        (0..rows).map(|row| column.values(row).map(str::to_owned).collect()).collect()
    }

    fn texts(cells: &[&[&str]]) -> Vec<Vec<String>> {
        cells.iter().map(|cell| cell.iter().map(|text| (*text).to_owned()).collect()).collect()
    }

    #[test]
    fn every_layout_of_text_is_read_alike() {
        let cells = [Some("Ulm"), None, Some(" "), Some("Łódź, a name longer than twelve bytes")];
        let expected = texts(&[&["Ulm"], &[], &[], &["Łódź, a name longer than twelve bytes"]]);
        let dictionary: DictionaryArray<Int8Type> = cells.into_iter().collect();
        let layouts: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from(cells.to_vec())),
            Arc::new(LargeStringArray::from(cells.to_vec())),
            Arc::new(StringViewArray::from(cells.to_vec())),
            Arc::new(dictionary),
        ];
        for layout in layouts {
            assert_eq!(column(layout.clone()), expected, "{}", layout.data_type());
        }
        assert_eq!(column(Arc::new(NullArray::new(2))), texts(&[&[], &[]]));
    }

    #[test]
    fn a_dictionary_without_values_is_all_null() {
        let empty = DictionaryArray::<Int8Type>::new(
            vec![None::<i8>, None].into_iter().collect(),
            Arc::new(StringArray::from(Vec::<&str>::new())),
        );
        assert_eq!(column(Arc::new(empty)), texts(&[&[], &[]]));
    }

    #[test]
    fn numbers_and_dates_are_written_as_people_write_them() {
        let cases: Vec<(ArrayRef, &[&[&str]])> = vec![
            (Arc::new(Int64Array::from(vec![Some(94_103), None])), &[&["94103"], &[]]),
            (Arc::new(UInt8Array::from(vec![255])), &[&["255"]]),
            (Arc::new(Float64Array::from(vec![94_103.0, 0.5, f64::NAN])), &[&["94103"], &["0.5"], &[]]),
            (Arc::new(Float32Array::from(vec![0.1])), &[&["0.1"]]),
            (Arc::new(BooleanArray::from(vec![Some(true), None])), &[&["true"], &[]]),
            (Arc::new(Date32Array::from(vec![5_541])), &[&["1985-03-04"]]),
            (Arc::new(Date64Array::from(vec![-86_400_000])), &[&["1969-12-31"]]),
            (Arc::new(TimestampNanosecondArray::from(vec![478_742_400_000_000_000])), &[&["1985-03-04"]]),
            (Arc::new(TimestampMicrosecondArray::from(vec![1_500_000])), &[&["1970-01-01T00:00:01.5Z"]]),
            (
                Arc::new(
                    Decimal128Array::from(vec![12_345]).with_precision_and_scale(10, 2).expect("it fits"),
                ),
                &[&["123.45"]],
            ),
        ];
        for (array, expected) in cases {
            assert_eq!(column(array.clone()), texts(expected), "{}", array.data_type());
        }
    }

    #[test]
    fn a_list_is_several_values() {
        let expected = texts(&[&["a@x.io", "b@x.io"], &[], &["c@x.io"]]);
        let mut list = ListBuilder::new(StringBuilder::new());
        let mut large = LargeListBuilder::new(StringBuilder::new());
        for cell in [Some(vec![Some("a@x.io"), Some("b@x.io")]), None, Some(vec![Some("c@x.io"), None])] {
            list.append_option(cell.clone());
            large.append_option(cell);
        }
        assert_eq!(column(Arc::new(list.finish())), expected);
        assert_eq!(column(Arc::new(large.finish())), expected);
        let mut pairs = FixedSizeListBuilder::new(StringBuilder::new(), 2);
        for value in ["a", "b", "c", "d"] {
            pairs.values().append_value(value);
        }
        pairs.append(true);
        pairs.append(true);
        assert_eq!(column(Arc::new(pairs.finish())), texts(&[&["a", "b"], &["c", "d"]]));
    }

    #[test]
    fn keys_come_from_source_and_id_or_from_the_row() {
        let city: ArrayRef = Arc::new(StringArray::from(vec!["Ulm", "Bonn", "Köln"]));
        let table = read(vec![("city", city.clone())]).expect("readable");
        assert_eq!(table.key(2).to_string(), "crm:3");
        let source: ArrayRef = Arc::new(StringArray::from(vec![Some("shop"), None, Some("shop")]));
        let id: ArrayRef = Arc::new(Int64Array::from(vec![7, 8, 9]));
        let table = read(vec![("source", source), ("id", id), ("city", city.clone())]).expect("readable");
        assert_eq!(table.key(0).to_string(), "shop:7");
        assert_eq!(table.key(1).to_string(), "crm:8");
        let id: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), None, Some("b")]));
        let error = read(vec![("id", id), ("city", city)]).expect_err("row 2 has no id");
        assert_eq!(error.name(), "input");
        assert!(error.to_string().contains("row 2"), "{error}");
    }

    #[test]
    fn the_truth_and_ignored_columns_are_not_read() {
        let bytes: ArrayRef = Arc::new(BinaryArray::from(vec![b"x".as_ref()]));
        let city: ArrayRef = Arc::new(StringArray::from(vec!["Ulm"]));
        let columns = || vec![("truth_person", bytes.clone()), ("city", city.clone())];
        assert_eq!(read(columns()).expect("truth is skipped").columns().len(), 1);
        let error = read(vec![("photo", bytes.clone())]).expect_err("bytes are no text");
        assert!(error.to_string().contains("`photo`") && error.to_string().contains("Binary"), "{error}");
        let batch = RecordBatch::try_from_iter([("photo", bytes), ("city", city)]).expect("equal lengths");
        let schema = batch.schema();
        let ignore = |name: &str| if name == "photo" { FieldKind::Ignored } else { FieldKind::City };
        let table = table_from_reader(RecordBatchIterator::new([Ok(batch)], schema), &ignore, "crm");
        assert_eq!(table.expect("the photo is skipped").columns().len(), 1);
    }

    #[test]
    fn a_broken_stream_is_an_error_that_quotes_nothing() {
        let city: ArrayRef = Arc::new(StringArray::from(vec!["Ulm"]));
        let batch = RecordBatch::try_from_iter([("city", city)]).expect("one column");
        let schema = batch.schema();
        let broken = arrow_schema::ArrowError::ParseError("bad value Ana".into());
        let reader = RecordBatchIterator::new([Ok(batch), Err(broken)], schema);
        let error = table_from_reader(reader, &FieldKind::of_column, "crm").expect_err("it breaks");
        assert!(error.to_string().contains("batch 2") && !error.to_string().contains("Ana"), "{error}");
    }
}
