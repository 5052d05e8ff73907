//! Live engines, kept on the native side.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use pyo3_arrow::input::AnyRecordBatch;
use reknit::model::Table;
use reknit::resolve::{self, Resolver};
use reknit::wire::{Engine, LabelEngine, StitchEngine};
use reknit_arrow::table_from_reader;

use crate::border::cross;
use crate::classifier::Classifier;
use crate::{config, kind_of};

/// Records and their entities, kept up to date. The engine has a lock of its own, which is never held
/// while Python is called: any number of threads may use it at once.
#[pyclass(frozen, module = "reknit._native")]
pub(crate) struct LiveResolver(Engine);

#[pymethods]
impl LiveResolver {
    /// Starts by a `live` request without its changes.
    #[staticmethod]
    #[pyo3(signature = (request, progress=None))]
    fn begin(py: Python<'_>, request: &str, progress: Option<Py<PyAny>>) -> PyResult<Self> {
        cross(py, progress, |watch| Engine::begin(request, watch)).map(Self)
    }

    /// Starts with the records of a frame, over Arrow.
    #[staticmethod]
    #[pyo3(signature = (records, learn_from, config_json, source, progress=None))]
    fn begin_table(
        py: Python<'_>,
        records: AnyRecordBatch,
        learn_from: Option<AnyRecordBatch>,
        config_json: &str,
        source: &str,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let reader = records.into_reader()?;
        let others = learn_from.map(AnyRecordBatch::into_reader).transpose()?;
        cross(py, progress, |watch| {
            let config: resolve::Config = config(config_json)?;
            let table = table_from_reader(reader, &kind_of(&config), source)?;
            let others: Option<Table> =
                others.map(|others| table_from_reader(others, &kind_of(&config), source)).transpose()?;
            let resolver = Resolver::fit(&config, others.as_ref().unwrap_or(&table), watch)?;
            Ok(resolve::LiveResolver::load(resolver, &table, watch)?.into())
        })
        .map(Self)
    }

    /// How many records and how many entities there are.
    fn counts(&self, py: Python<'_>) -> PyResult<(usize, usize)> {
        cross(py, None, |_| self.0.counts()).map(<[usize; 2]>::into)
    }

    /// Makes one change, JSON in and out.
    fn change(&self, py: Python<'_>, change: &str) -> PyResult<String> {
        cross(py, None, |_| self.0.change(change))
    }

    /// Answers one question, JSON in and out.
    fn ask(&self, py: Python<'_>, question: &str) -> PyResult<String> {
        cross(py, None, |_| self.0.ask(question))
    }

    /// The engine as bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = cross(py, None, |_| self.0.save())?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Reads an engine made by `to_bytes`.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: &[u8]) -> PyResult<Self> {
        cross(py, None, |_| Engine::load(bytes)).map(Self)
    }
}

/// Messages and their conversations, kept up to date. It has a lock of its own, as [`LiveResolver`] has.
#[pyclass(frozen, module = "reknit._native")]
pub(crate) struct LiveStitcher(StitchEngine);

#[pymethods]
impl LiveStitcher {
    /// Starts by a `stitch_live` request without its changes.
    #[staticmethod]
    #[pyo3(signature = (request, progress=None))]
    fn begin(py: Python<'_>, request: &str, progress: Option<Py<PyAny>>) -> PyResult<Self> {
        cross(py, progress, |watch| StitchEngine::begin(request, watch)).map(Self)
    }

    /// How many messages and how many conversations there are.
    fn counts(&self, py: Python<'_>) -> PyResult<(usize, usize)> {
        cross(py, None, |_| self.0.counts()).map(<[usize; 2]>::into)
    }

    /// Makes one change, JSON in and out.
    fn change(&self, py: Python<'_>, change: &str) -> PyResult<String> {
        cross(py, None, |_| self.0.change(change))
    }

    /// Answers one question, JSON in and out.
    fn ask(&self, py: Python<'_>, question: &str) -> PyResult<String> {
        cross(py, None, |_| self.0.ask(question))
    }

    /// The engine as bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = cross(py, None, |_| self.0.save())?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Reads an engine made by `to_bytes`.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: &[u8]) -> PyResult<Self> {
        cross(py, None, |_| StitchEngine::load(bytes)).map(Self)
    }
}

/// A classifier and its examples, to which more are added. It has a lock of its own, as [`LiveResolver`] has.
#[pyclass(frozen, module = "reknit._native")]
pub(crate) struct LiveClassifier(pub(crate) LabelEngine);

#[pymethods]
impl LiveClassifier {
    /// Starts by a `classify_live` request without its changes.
    #[staticmethod]
    #[pyo3(signature = (request, progress=None))]
    fn begin(py: Python<'_>, request: &str, progress: Option<Py<PyAny>>) -> PyResult<Self> {
        cross(py, progress, |watch| LabelEngine::begin(request, watch)).map(Self)
    }

    /// How many examples and how many labels there are.
    fn counts(&self, py: Python<'_>) -> PyResult<(usize, usize)> {
        cross(py, None, |_| self.0.counts()).map(<[usize; 2]>::into)
    }

    /// Makes one change, JSON in and out.
    fn change(&self, py: Python<'_>, change: &str) -> PyResult<String> {
        cross(py, None, |_| self.0.change(change))
    }

    /// Answers one question, JSON in and out.
    fn ask(&self, py: Python<'_>, question: &str) -> PyResult<String> {
        cross(py, None, |_| self.0.ask(question))
    }

    /// The classifier as it is now.
    fn classifier(&self, py: Python<'_>) -> PyResult<Classifier> {
        cross(py, None, |_| self.0.classifier()).map(|found| Classifier(Arc::new(found)))
    }

    /// The engine as bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = cross(py, None, |_| self.0.save())?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Reads an engine made by `to_bytes`.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, bytes: &[u8]) -> PyResult<Self> {
        cross(py, None, |_| LabelEngine::load(bytes)).map(Self)
    }
}
