//! The native half of the Python package `reknit`: the verbs, without the GIL.
//!
//! It converts, calls and converts back; it holds no rule. Whole values cross as JSON through
//! [`reknit::wire`], data frames as Arrow through [`reknit_arrow`]. What Python users see is the
//! typed package in `python/reknit`; the signatures of this module stand in `_native.pyi`.

// What pyo3 extracts from Python it hands over owned.
#![allow(clippy::needless_pass_by_value)]

mod annotate;
mod border;
mod classifier;
mod live;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use pyo3::prelude::*;
use pyo3_arrow::PyTable;
use pyo3_arrow::input::AnyRecordBatch;
use reknit::model::FieldKind;
use reknit::resolve::{self, Resolver};
use reknit::stitch::{self, Stitcher};
use reknit::{Error, ErrorKind, Result};
use reknit_arrow::{messages_from_reader, resolution_batch, stitching_batch, table_from_reader};
use serde_json::{Map, Value};

use border::cross;

/// The verbs of the library and the types that stay on the native side.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::annotate::Annotator;
    #[pymodule_export]
    use super::classifier::{Classifier, MultiClassifier};
    #[pymodule_export]
    use super::live::{LiveClassifier, LiveResolver, LiveStitcher};
    #[pymodule_export]
    use super::{broken, call, contacts_json, messages_json, read_messages, resolve_table, stitch_table};

    use pyo3::prelude::*;
    use reknit::{ErrorKind, wire};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::border::keep_panics_quiet();
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("MODELS", reknit::classify::Annotator::models().collect::<Vec<_>>())?;
        module.add("VERBS", wire::VERBS.to_vec())?;
        module.add("KINDS", ErrorKind::ALL.map(|kind| (kind.code(), kind.name())).to_vec())
    }
}

/// Reads a config that the Python layer wrote as JSON.
fn config<T: serde::de::DeserializeOwned>(json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| Error::config(format!("the config cannot be read: {error}")))
}

/// A batch as the table Python knows: `arro3.core.Table`.
fn table_out(py: Python<'_>, batch: RecordBatch) -> PyResult<Bound<'_, PyAny>> {
    let schema = batch.schema();
    batches_out(py, vec![batch], schema)
}

/// Batches as one table.
fn batches_out(py: Python<'_>, batches: Vec<RecordBatch>, schema: SchemaRef) -> PyResult<Bound<'_, PyAny>> {
    PyTable::try_new(batches, schema)?.into_arro3(py)
}

fn kind_of(config: &resolve::Config) -> impl Fn(&str) -> FieldKind + '_ {
    |name| config.fields.get(name).copied().unwrap_or_else(|| FieldKind::of_column(name))
}

/// One verb as JSON, as every binding calls it.
#[pyfunction]
#[pyo3(signature = (verb, request, progress=None))]
fn call(py: Python<'_>, verb: &str, request: &str, progress: Option<Py<PyAny>>) -> PyResult<String> {
    cross(py, progress, |watch| reknit::wire::call_watched(verb, request, watch))
}

/// Contact records to people, over Arrow.
#[pyfunction]
#[pyo3(signature = (records, config_json, source, progress=None))]
fn resolve_table<'py>(
    py: Python<'py>,
    records: AnyRecordBatch,
    config_json: &str,
    source: &str,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let reader = records.into_reader()?;
    let batch = cross(py, progress, |watch| {
        let config: resolve::Config = config(config_json)?;
        let table = table_from_reader(reader, &kind_of(&config), source)?;
        let (_, resolution) = Resolver::fit_resolve(&config, &table, watch)?;
        resolution_batch(&table, &resolution)
    })?;
    table_out(py, batch)
}

/// Messages to conversations, over Arrow.
#[pyfunction]
#[pyo3(signature = (messages, config_json, progress=None))]
fn stitch_table<'py>(
    py: Python<'py>,
    messages: AnyRecordBatch,
    config_json: &str,
    progress: Option<Py<PyAny>>,
) -> PyResult<Bound<'py, PyAny>> {
    let reader = messages.into_reader()?;
    let batch = cross(py, progress, |watch| {
        let stitcher = Stitcher::build(config::<stitch::Config>(config_json)?)?;
        let messages = messages_from_reader(reader)?;
        let stitching = stitcher.stitch(&messages, watch)?;
        stitching_batch(&messages, &stitching)
    })?;
    table_out(py, batch)
}

/// Contact records as the JSON list that `run` and `explain` take.
#[pyfunction]
fn contacts_json(
    py: Python<'_>,
    records: AnyRecordBatch,
    config_json: &str,
    source: &str,
) -> PyResult<String> {
    let reader = records.into_reader()?;
    cross(py, None, |_| {
        let config: resolve::Config = config(config_json)?;
        let table = table_from_reader(reader, &kind_of(&config), source)?;
        let record = |row: usize| {
            let mut fields = Map::new();
            for column in table.columns() {
                let values = fields.entry(column.name()).or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(values) = values {
                    values.extend(column.values(row).map(Value::from));
                }
            }
            fields.insert("source".to_owned(), table.source(row).into());
            fields.insert("id".to_owned(), table.id(row).into());
            Value::Object(fields)
        };
        json(&(0..table.len()).map(record).collect::<Vec<_>>())
    })
}

/// Messages as the JSON list that `run` takes.
#[pyfunction]
fn messages_json(py: Python<'_>, messages: AnyRecordBatch) -> PyResult<String> {
    let reader = messages.into_reader()?;
    cross(py, None, |_| json(&messages_from_reader(reader)?))
}

/// A file of messages as the JSON of `reknit_messages::wire`.
#[pyfunction]
fn read_messages(py: Python<'_>, data: &[u8], options: &str) -> PyResult<String> {
    cross(py, None, |_| reknit_messages::wire::read_messages(data, options))
}

/// Panics, so that a test can show what a broken promise inside the library looks like.
#[pyfunction]
fn broken(py: Python<'_>) -> PyResult<()> {
    cross(py, None, |_| panic!("this panic is wanted by a test"))
}

fn json(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| Error::new(ErrorKind::Internal, format!("an answer is no JSON: {error}")))
}
