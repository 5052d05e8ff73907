//! A trained classifier, kept on the native side.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use reknit::classify::{Classification, Config, Example};
use reknit::model::{Progress, Watch};
use reknit::wire::LabelEngine;
use reknit::{Error, Result};
use reknit_arrow::classifications_batch;

use crate::border::cross;
use crate::live::LiveClassifier;
use crate::{config, json, table_out};

/// A trained classifier: immutable, so any number of threads may use it at once.
#[pyclass(frozen, module = "reknit._native")]
pub(crate) struct Classifier(pub(crate) reknit::classify::Classifier);

/// How many texts are labelled between two looks at Python: some milliseconds' work.
const STEP: usize = 4096;

#[pymethods]
impl Classifier {
    /// Learns from texts and their labels.
    #[staticmethod]
    #[pyo3(signature = (texts, labels, dev, config_json, progress=None))]
    fn train(
        py: Python<'_>,
        texts: Vec<String>,
        labels: Vec<String>,
        dev: Option<(Vec<String>, Vec<String>)>,
        config_json: &str,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        cross(py, progress, |watch| {
            let config: Config = config(config_json)?;
            let train = examples("texts", texts, labels)?;
            let dev = dev.map(|(texts, labels)| examples("dev", texts, labels)).transpose()?;
            reknit::classify::Classifier::fit(&config, &train, dev.as_deref(), watch)
        })
        .map(Self)
    }

    /// The labels, sorted.
    #[getter]
    fn labels(&self) -> Vec<String> {
        self.0.labels().to_vec()
    }

    /// Labels texts: a JSON list of `label`, `probability`, `probabilities`.
    #[pyo3(signature = (texts, progress=None))]
    fn classify(&self, py: Python<'_>, texts: Vec<String>, progress: Option<Py<PyAny>>) -> PyResult<String> {
        cross(py, progress, |watch| json(&self.labelled(&texts, watch)?))
    }

    /// Labels texts: a table of `label`, `probability`.
    #[pyo3(signature = (texts, progress=None))]
    fn classify_table<'py>(
        &self,
        py: Python<'py>,
        texts: Vec<String>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let batch = cross(py, progress, |watch| classifications_batch(&self.labelled(&texts, watch)?))?;
        table_out(py, batch)
    }

    /// Why a text got its label, as JSON.
    fn explain(&self, py: Python<'_>, text: &str) -> PyResult<String> {
        cross(py, None, |_| json(&self.0.explain(text)))
    }

    /// The places of the texts whose labels would teach most.
    fn suggest(&self, py: Python<'_>, texts: Vec<String>, count: usize) -> PyResult<Vec<usize>> {
        cross(py, None, |_| Ok(self.0.suggest(&texts, count)))
    }

    /// Answers one question, JSON in and out.
    fn ask(&self, py: Python<'_>, question: &str) -> PyResult<String> {
        cross(py, None, |_| reknit::wire::asked(&self.0, question))
    }

    /// A live classifier of the examples in a JSON request.
    fn live(&self, py: Python<'_>, request: &str) -> PyResult<LiveClassifier> {
        cross(py, None, |_| LabelEngine::begin_with(&self.0, request)).map(LiveClassifier)
    }

    /// The model as bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = cross(py, None, |_| Ok(self.0.save()))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Reads a model made by `to_bytes`.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, model: &[u8]) -> PyResult<Self> {
        cross(py, None, |_| reknit::classify::Classifier::load(model)).map(Self)
    }
}

impl Classifier {
    fn labelled(&self, texts: &[String], watch: &mut Watch<'_>) -> Result<Vec<Classification>> {
        let mut found = Vec::with_capacity(texts.len());
        for step in texts.chunks(STEP) {
            Progress::report("classify", found.len() as u64, texts.len() as u64, watch)?;
            found.extend(self.0.classify_all(step, 0));
        }
        Progress::report("classify", texts.len() as u64, texts.len() as u64, watch)?;
        Ok(found)
    }
}

fn examples(what: &str, texts: Vec<String>, labels: Vec<String>) -> Result<Vec<Example>> {
    if texts.len() != labels.len() {
        return Err(Error::input(format!(
            "`{what}` has {} texts and {} labels; give one label a text",
            texts.len(),
            labels.len()
        )));
    }
    Ok(texts.into_iter().zip(labels).map(|(text, label)| Example { label, text }).collect())
}
