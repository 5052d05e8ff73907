//! Results as record batches, one row per row that came in, in the same order.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::{Array, ArrayRef, Float64Array, RecordBatch, RecordBatchOptions, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use reknit::classify::Classification;
use reknit::model::{Message, Table};
use reknit::resolve::Resolution;
use reknit::stitch::Stitching;
use reknit::{Error, ErrorKind, Result};

/// The people: `source`, `id`, `entity_id`, `probability` for each record.
///
/// # Errors
/// `internal` when `resolution` is not of `table`; `input` when one column passes 2 GiB of text.
pub fn resolution_batch(table: &Table, resolution: &Resolution) -> Result<RecordBatch> {
    let rows = 0..table.len();
    batch(vec![
        ("source", text(rows.clone().map(|row| Some(table.source(row))))?, false),
        ("id", text(rows.map(|row| Some(table.id(row))))?, false),
        ("entity_id", text(resolution.entity_ids.iter().map(|id| Some(id.as_str())))?, false),
        ("probability", numbers(resolution.probabilities.iter().copied()), false),
    ])
}

/// The conversations: `id`, `conversation_id`, `parent_id` (null for one that hangs on nothing),
/// `relation`, `weight` in bits for each message.
///
/// # Errors
/// `internal` when `stitching` is not of `messages`; `input` when one column passes 2 GiB of text.
pub fn stitching_batch(messages: &[Message], stitching: &Stitching) -> Result<RecordBatch> {
    let places = &stitching.placements;
    let parent = |at: Option<usize>| at.and_then(|at| messages.get(at)).map(|parent| parent.id.as_str());
    let relations: Vec<String> = places.iter().map(|place| name_of(&place.relation)).collect();
    batch(vec![
        ("id", text(messages.iter().map(|message| Some(message.id.as_str())))?, false),
        ("conversation_id", text(places.iter().map(|place| Some(place.conversation_id.as_str())))?, false),
        ("parent_id", text(places.iter().map(|place| parent(place.parent)))?, true),
        ("relation", text(relations.iter().map(|name| Some(name.as_str())))?, false),
        ("weight", numbers(places.iter().map(|place| place.weight.bits())), false),
    ])
}

/// The labels: `label` and `probability` for each text.
///
/// # Errors
/// `input` when the labels pass 2 GiB of text.
pub fn classifications_batch(classifications: &[Classification]) -> Result<RecordBatch> {
    batch(vec![
        ("label", text(classifications.iter().map(|one| Some(one.label.as_str())))?, false),
        ("probability", numbers(classifications.iter().map(|one| one.probability)), false),
    ])
}

/// The name a plain enum has in JSON, so that all faces write it alike.
fn name_of(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The most bytes of text the 32-bit offsets of `Utf8` can point into.
const MOST_BYTES: usize = i32::MAX as usize;

/// Whether a column may hold so many bytes of text.
pub(crate) fn check_bytes(bytes: usize) -> Result<()> {
    if bytes > MOST_BYTES {
        return Err(Error::input("a column of the result passes 2 GiB of text; split the input"));
    }
    Ok(())
}

fn text<'a>(cells: impl Iterator<Item = Option<&'a str>>) -> Result<ArrayRef> {
    let mut builder = StringBuilder::new();
    let mut bytes = 0;
    for cell in cells {
        bytes += cell.map_or(0, str::len);
        check_bytes(bytes)?;
        builder.append_option(cell);
    }
    let array: StringArray = builder.finish();
    Ok(Arc::new(array))
}

fn numbers(values: impl Iterator<Item = f64>) -> ArrayRef {
    Arc::new(Float64Array::from_iter_values(values))
}

/// Name, cells, and whether there may be nulls.
type ColumnOut = (&'static str, ArrayRef, bool);

fn batch(columns: Vec<ColumnOut>) -> Result<RecordBatch> {
    let field = |(name, array, nullable): &ColumnOut| -> Field {
        let kind: DataType = array.data_type().clone();
        Field::new(*name, kind, *nullable)
    };
    let schema = Schema::new(columns.iter().map(field).collect::<Vec<_>>());
    let rows = columns.first().map_or(0, |(_, array, _)| array.len());
    batch_of(Arc::new(schema), columns.into_iter().map(|(_, array, _)| array).collect(), rows)
}

/// Columns of `rows` rows, as a batch.
pub(crate) fn batch_of(schema: SchemaRef, columns: Vec<ArrayRef>, rows: usize) -> Result<RecordBatch> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(schema, columns, &options).map_err(|error: ArrowError| {
        Error::new(ErrorKind::Internal, format!("a result is no batch: {error}"))
    })
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_array::types::Float64Type;
    use reknit::model::{Evidence, Record, Timestamp, Weight};
    use reknit::stitch::{Placement, Relation};

    use super::*;

    fn column<'a>(batch: &'a RecordBatch, name: &str) -> &'a StringArray {
        batch.column_by_name(name).expect("the column is there").as_string::<i32>()
    }

    #[test]
    fn people_stand_beside_their_keys() {
        let table = Table::from_records(&[Record::new("crm", "1"), Record::new("shop", "7")]);
        let table = table.expect("keys differ");
        let resolution = Resolution::of_entities(vec!["crm:1".into(), "crm:1".into()], vec![0.75, 0.75]);
        let batch = resolution_batch(&table, &resolution).expect("it is of this table");
        assert_eq!(column(&batch, "source").value(1), "shop");
        assert_eq!(column(&batch, "entity_id").value(1), "crm:1");
        assert_eq!(batch.column(3).as_primitive::<Float64Type>().value(0), 0.75);
        let other = Resolution::of_entities(Vec::new(), Vec::new());
        assert_eq!(resolution_batch(&table, &other).expect_err("too short").name(), "internal");
    }

    #[test]
    fn a_parent_is_named_by_its_id() {
        let message = |id: &str| Message::new(id, "email", "ana@x.io", Timestamp(0), "");
        let placement = |parent, relation, bits| Placement {
            runner_up: None,
            conversation_id: "m1".into(),
            parent,
            relation,
            weight: Weight(bits),
            evidence: Evidence::new(Weight(bits), Vec::new()),
        };
        let stitching = Stitching {
            placements: vec![
                placement(None, Relation::Opening, 1.0),
                placement(Some(0), Relation::MissingParent, 2.5),
            ],
            ..Stitching::default()
        };
        let batch = stitching_batch(&[message("m1"), message("m2")], &stitching).expect("of these messages");
        let parents = column(&batch, "parent_id");
        assert!(parents.is_null(0));
        assert_eq!(parents.value(1), "m1");
        assert_eq!(column(&batch, "relation").value(1), "missing_parent");
        assert_eq!(batch.column(4).as_primitive::<Float64Type>().value(1), 2.5);
    }

    #[test]
    fn an_empty_result_keeps_its_columns() {
        let batch = classifications_batch(&[]).expect("nothing fits");
        assert_eq!((batch.num_rows(), batch.num_columns()), (0, 2));
    }
}
