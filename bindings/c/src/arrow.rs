//! Contact records and texts in bulk: an Arrow C stream in, an Arrow C stream out.
//!
//! Whole columns cross without a copy of their text and without JSON. What comes in is validated
//! batch by batch (offsets, lengths, UTF-8), at the cost of one pass over the bytes. What cannot be
//! validated is that the producer's buffers are as long as its lengths say: the C data interface
//! does not hand their sizes over, so a stream is to be taken from a producer one trusts.

use std::sync::Arc;

use reknit_arrow::arrow_array::ffi_stream::{ArrowArrayStreamReader, FFI_ArrowArrayStream};
use reknit_arrow::arrow_array::{Array, RecordBatch, RecordBatchIterator, RecordBatchReader};
use reknit_arrow::arrow_schema::{ArrowError, SchemaRef};
use reknit_arrow::{annotated, resolution_batch, table_from_reader};
use reknit_core::classify::Annotator;
use reknit_core::model::{FieldKind, Watch};
use reknit_core::resolve::{Config, Resolver};
use reknit_core::wire;
use reknit_core::{Error, Result};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::guard::guarded;
use crate::json;

/// What a caller may set; `{}` sets nothing.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    /// The source of records without a column `source`.
    #[serde(default = "unnamed")]
    source: String,
    #[serde(default)]
    config: Config,
}

fn unnamed() -> String {
    "records".to_owned()
}

/// The entities of the records in `stream`: `source`, `id`, `entity_id`, `probability` for each.
pub(crate) fn resolve(
    stream: FFI_ArrowArrayStream,
    request: &str,
    watch: &mut Watch<'_>,
) -> Result<FFI_ArrowArrayStream> {
    let request: Request = json::read("request", request)?;
    let config = request.config;
    let kind_of = |name: &str| config.fields.get(name).copied().unwrap_or_else(|| FieldKind::of_column(name));
    let table = table_from_reader(Validated(open(stream, "records")?), &kind_of, &request.source)?;
    let (_, resolution) = Resolver::fit_resolve(&config, &table, watch)?;
    let batch = resolution_batch(&table, &resolution)?;
    let schema = batch.schema();
    Ok(FFI_ArrowArrayStream::new(Box::new(RecordBatchIterator::new([Ok(batch)], schema))))
}

/// What the readers of `request` say of the texts in `stream`, a batch whenever one is asked for.
pub(crate) fn annotate(
    stream: FFI_ArrowArrayStream,
    request: &str,
    watch: &mut Watch<'_>,
) -> Result<FFI_ArrowArrayStream> {
    let mut request: Map<String, Value> = json::read("request", request)?;
    let column = match request.remove("column") {
        None => "text".to_owned(),
        Some(Value::String(column)) => column,
        Some(_) => return Err(Error::input("`column` must be the name of the column of texts")),
    };
    let annotator = wire::annotator(&Value::Object(request).to_string(), watch)?;
    annotate_with(Arc::new(annotator), stream, &column)
}

/// The same for readers that are kept.
pub(crate) fn annotate_with(
    annotator: Arc<Annotator>,
    stream: FFI_ArrowArrayStream,
    column: &str,
) -> Result<FFI_ArrowArrayStream> {
    let found = annotated(Validated(open(stream, "texts")?), column, annotator)?;
    Ok(FFI_ArrowArrayStream::new(Box::new(Guarded(found))))
}

/// A reader that panics are kept inside of: who reads it calls through C.
struct Guarded<R>(R);

impl<R: RecordBatchReader> Iterator for Guarded<R> {
    type Item = R::Item;

    fn next(&mut self) -> Option<Self::Item> {
        guarded(|| Ok(self.0.next()))
            .unwrap_or_else(|error| Some(Err(ArrowError::ExternalError(Box::new(error)))))
    }
}

impl<R: RecordBatchReader> RecordBatchReader for Guarded<R> {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }
}

fn open(stream: FFI_ArrowArrayStream, name: &str) -> Result<ArrowArrayStreamReader> {
    if stream.release.is_none() {
        return Err(Error::input(format!("the stream `{name}` was released already")));
    }
    if stream.get_schema.is_none() || stream.get_next.is_none() || stream.get_last_error.is_none() {
        return Err(Error::input(format!("the stream `{name}` lacks a function")));
    }
    let reader = guarded(|| Ok(ArrowArrayStreamReader::try_new(stream)));
    reader.ok().and_then(std::result::Result::ok).ok_or_else(|| {
        Error::input(format!(
            "the stream `{name}` has no schema, or one that breaks the Arrow C data interface"
        ))
    })
}

/// A reader whose batches are sound inside. The import asserts some of its conditions; a producer
/// that breaks them made a mistake of its own, so that is no panic of ours.
struct Validated<R>(R);

impl<R: RecordBatchReader> Iterator for Validated<R> {
    type Item = R::Item;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = guarded(|| Ok(self.0.next())).unwrap_or_else(|_| {
            let what = "a batch breaks the Arrow C data interface";
            Some(Err(ArrowError::CDataInterface(what.to_owned())))
        });
        Some(batch?.and_then(|batch: RecordBatch| {
            batch.columns().iter().try_for_each(|column| column.to_data().validate_full())?;
            Ok(batch)
        }))
    }
}

impl<R: RecordBatchReader> RecordBatchReader for Validated<R> {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }
}
