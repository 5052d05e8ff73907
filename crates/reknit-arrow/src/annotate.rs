//! Texts of a stream, read in several ways: a batch out for each batch in.
//!
//! Nothing is held but the batch at hand, so a stream may be longer than memory. Cost: that of the annotator; of a
//! batch, [`STEP`] texts are read at once, on all cores.

use std::borrow::Cow;
use std::sync::Arc;

use arrow_array::builder::{Float64Builder, StringBuilder};
use arrow_array::{ArrayRef, RecordBatch, RecordBatchReader, new_empty_array};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef};
use reknit::classify::Annotator;
use reknit::{Error, Result};

use crate::cells::{Cells, next_batch};

/// Texts that are read at once.
const STEP: usize = 4096;

/// A stream of annotations, made by [`annotated`].
#[derive(Debug)]
pub struct Annotated<R> {
    reader: R,
    /// The place of the column of texts.
    column: usize,
    annotator: Arc<Annotator>,
    schema: SchemaRef,
    /// Batches so far.
    batches: usize,
    /// Rows so far.
    rows: usize,
    /// Whether the stream has broken: it gives nothing more.
    broken: bool,
}

/// What `annotator` says of the texts in `column` of `reader`: for each of its readers a column of its name, the label,
/// and one with `_probability` after it (see [`Annotation::label`](reknit::classify::Annotation::label)). A row per row
/// that comes in, in the same order and in the same batches; a null is read as an empty text.
///
/// # Errors
/// `input` when there is no such column or it holds no text.
pub fn annotated<R: RecordBatchReader>(
    reader: R,
    column: &str,
    annotator: Arc<Annotator>,
) -> Result<Annotated<R>> {
    let given = reader.schema();
    let Some((place, field)) = given.column_with_name(column) else {
        return Err(Error::input(format!("the stream has no column `{column}` of texts")));
    };
    if !matches!(Cells::of(new_empty_array(field.data_type()).as_ref()), Cells::Text(_)) {
        let kind = field.data_type();
        return Err(Error::input(format!("column `{column}` is of type {kind}, which holds no text")));
    }
    let fields: Vec<Field> = annotator.names().into_iter().flat_map(fields).collect();
    let schema = Arc::new(Schema::new(fields));
    Ok(Annotated { reader, column: place, annotator, schema, batches: 0, rows: 0, broken: false })
}

/// The columns of a reader.
fn fields(name: &str) -> [Field; 2] {
    let probability = format!("{name}{}", Annotator::PROBABILITY);
    [Field::new(name, DataType::Utf8, false), Field::new(probability, DataType::Float64, false)]
}

impl<R: RecordBatchReader> Annotated<R> {
    /// Rows that were read so far.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The annotations of the next batch; none after the last, and none after an error.
    ///
    /// # Errors
    /// `input` when the stream breaks, when a batch is not of the stream's schema, or when its labels pass 2 GiB.
    pub fn next_annotated(&mut self) -> Result<Option<RecordBatch>> {
        if self.broken {
            return Ok(None);
        }
        let found = self.read_batch();
        self.broken = found.is_err();
        found
    }

    fn read_batch(&mut self) -> Result<Option<RecordBatch>> {
        self.batches += 1;
        let Some(batch) = next_batch(&mut self.reader, self.batches)? else { return Ok(None) };
        let cells = Cells::of(batch.column(self.column).as_ref());
        let Cells::Text(text) = &cells else {
            let number = self.batches;
            return Err(Error::input(format!(
                "batch {number} has another type of column than its schema says"
            )));
        };
        let mut columns: Vec<(StringBuilder, Float64Builder)> =
            self.annotator.names().iter().map(|_| Default::default()).collect();
        for first in (0..batch.num_rows()).step_by(STEP) {
            let rows = first..batch.num_rows().min(first + STEP);
            let some: Vec<Cow<'_, str>> = rows.map(|row| text(row).unwrap_or_default()).collect();
            for found in self.annotator.label_all(&some, 0) {
                push(found.into_values(), &mut columns)?;
            }
        }
        self.rows += batch.num_rows();
        let arrays = columns.into_iter().flat_map(|(mut labels, mut probabilities)| {
            let (labels, probabilities): (ArrayRef, ArrayRef) =
                (Arc::new(labels.finish()), Arc::new(probabilities.finish()));
            [labels, probabilities]
        });
        crate::results::batch_of(self.schema.clone(), arrays.collect(), batch.num_rows()).map(Some)
    }
}

/// Appends a row. Annotations come in the order of their names, as columns do.
fn push(
    labels: impl Iterator<Item = (String, f64)>,
    columns: &mut [(StringBuilder, Float64Builder)],
) -> Result<()> {
    for ((label, probability), (texts, numbers)) in labels.zip(columns) {
        crate::results::check_bytes(texts.values_slice().len() + label.len())?;
        texts.append_value(label);
        numbers.append_value(probability);
    }
    Ok(())
}

impl<R: RecordBatchReader> Iterator for Annotated<R> {
    type Item = std::result::Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_annotated().map_err(|error| ArrowError::ExternalError(Box::new(error))).transpose()
    }
}

impl<R: RecordBatchReader> RecordBatchReader for Annotated<R> {
    fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::cast::AsArray;
    use arrow_array::types::{Float64Type, Int8Type};
    use arrow_array::{
        DictionaryArray, Int64Array, ListArray, RecordBatchIterator, StringArray, StringViewArray,
    };

    use super::*;

    fn stream(batches: Vec<ArrayRef>) -> impl RecordBatchReader {
        let batch = |texts: ArrayRef| RecordBatch::try_from_iter_with_nullable([("said", texts, true)]);
        let batches: Vec<_> = batches.into_iter().map(batch).collect();
        let schema = batches[0].as_ref().expect("one column").schema();
        RecordBatchIterator::new(batches, schema)
    }

    fn annotator(models: &[&str]) -> Arc<Annotator> {
        Arc::new(Annotator::new(models).expect("known models"))
    }

    #[test]
    fn batches_come_back_as_they_went_in() {
        let many = (0..STEP + 3).map(|at| Some(if at % 2 == 0 { "I love it" } else { "I hate it" }));
        let many: ArrayRef = Arc::new(many.collect::<StringArray>());
        let few: ArrayRef = Arc::new(StringArray::from(vec![None, Some("where is my parcel?")]));
        let readers = annotator(&["urgency", "sentiment"]);
        let mut found = annotated(stream(vec![many, few]), "said", readers.clone()).expect("it is there");
        let names: Vec<String> = found.schema().fields().iter().map(|field| field.name().clone()).collect();
        assert_eq!(names, ["sentiment", "sentiment_probability", "urgency", "urgency_probability"]);
        let first = found.next().expect("a batch").expect("no failure");
        assert_eq!((first.num_rows(), found.rows()), (STEP + 3, STEP + 3));
        let labels = first.column(0).as_string::<i32>();
        for row in [0, 1, STEP - 1, STEP, STEP + 2] {
            let text = if row % 2 == 0 { "I love it" } else { "I hate it" };
            let (label, probability) = readers.annotate(text).0["sentiment"].label();
            assert_eq!(labels.value(row), label);
            assert_eq!(first.column(1).as_primitive::<Float64Type>().value(row), probability);
        }
        let second = found.next().expect("a batch").expect("no failure");
        assert_eq!(second.column(0).as_string::<i32>().value(0), "neutral");
        assert!(found.next().is_none());
    }

    #[test]
    fn any_text_is_read_and_what_is_none_is_refused() {
        let views: ArrayRef = Arc::new(StringViewArray::from(vec!["great, thanks"]));
        let mut found = annotated(stream(vec![views]), "said", annotator(&["sentiment"])).expect("a column");
        let batch = found.next().expect("a batch").expect("text");
        assert_eq!(batch.column(0).as_string::<i32>().value(0), "positive");
        let missing = stream(vec![Arc::new(Int64Array::from(vec![1]))]);
        assert!(annotated(missing, "text", annotator(&["spam"])).is_err());
        let lists = ListArray::from_iter_primitive::<arrow_array::types::Int64Type, _, _>([Some([Some(1)])]);
        let error =
            annotated(stream(vec![Arc::new(lists)]), "said", annotator(&["spam"])).err().expect("no text");
        assert!(error.to_string().contains("said"));
        let words: ArrayRef =
            Arc::new(DictionaryArray::<Int8Type>::from_iter([Some("thanks"), None, Some("x")]));
        let mut found =
            annotated(stream(vec![words.slice(0, 2)]), "said", annotator(&["sentiment"])).expect("text");
        assert_eq!(found.next().expect("a batch").expect("text").num_rows(), 2);
    }

    #[test]
    fn nothing_follows_an_error() {
        let batch = |texts: ArrayRef| RecordBatch::try_from_iter_with_nullable([("said", texts, true)]);
        let good = batch(Arc::new(StringArray::from(vec!["a"]))).expect("one column");
        let broken = Err(ArrowError::ParseError("not to be quoted".to_owned()));
        let given = RecordBatchIterator::new([Ok(good.clone()), broken, Ok(good.clone())], good.schema());
        let mut found = annotated(given, "said", annotator(&["spam"])).expect("a column");
        assert_eq!(found.next().expect("a batch").expect("text").num_rows(), 1);
        let error = found.next().expect("an error").expect_err("it broke");
        assert!(!error.to_string().contains("quoted") && error.to_string().contains("batch 2"), "{error}");
        assert!(found.next().is_none());
    }

    #[test]
    fn nobody_asked_says_nothing_of_every_row() {
        let texts: ArrayRef = Arc::new(StringArray::from(vec!["a", "b"]));
        let mut found = annotated(stream(vec![texts]), "said", annotator(&[])).expect("a column");
        assert_eq!(found.next().expect("a batch").expect("no failure").num_rows(), 2);
    }
}
