//! Trained classifiers, of one label a text and of several, kept on the native side.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use reknit::classify::{Classification, Config, Example, MultiClassification, MultiConfig, MultiExample};
use reknit::model::{Progress, Watch};
use reknit::wire::LabelEngine;
use reknit::{Error, Result};
use reknit_arrow::classifications_batch;

use crate::border::cross;
use crate::live::LiveClassifier;
use crate::{config, json, table_out};

/// A trained classifier: immutable, so any number of threads may use it at once.
#[pyclass(frozen, module = "reknit._native")]
pub(crate) struct Classifier(pub(crate) Arc<reknit::classify::Classifier>);

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
        .map(|found| Self(Arc::new(found)))
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
        cross(py, None, |_| reknit::classify::Classifier::load(model)).map(|found| Self(Arc::new(found)))
    }
}

impl Classifier {
    fn labelled(&self, texts: &[String], watch: &mut Watch<'_>) -> Result<Vec<Classification>> {
        in_steps(texts, watch, |step| self.0.classify_all(step, 0))
    }
}

/// What `some` makes of texts, some at a time.
fn in_steps<D>(
    texts: &[String],
    watch: &mut Watch<'_>,
    some: impl Fn(&[String]) -> Vec<D>,
) -> Result<Vec<D>> {
    let mut found = Vec::with_capacity(texts.len());
    for step in texts.chunks(STEP) {
        Progress::report("classify", found.len() as u64, texts.len() as u64, watch)?;
        found.extend(some(step));
    }
    Progress::report("classify", texts.len() as u64, texts.len() as u64, watch)?;
    Ok(found)
}

/// A trained classifier of several labels a text: immutable, so any number of threads may use it at once.
#[pyclass(frozen, module = "reknit._native")]
pub(crate) struct MultiClassifier(pub(crate) Arc<reknit::classify::MultiClassifier>);

#[pymethods]
impl MultiClassifier {
    /// Learns from texts and the labels of each.
    #[staticmethod]
    #[pyo3(signature = (texts, labels, dev, config_json, progress=None))]
    fn train(
        py: Python<'_>,
        texts: Vec<String>,
        labels: Vec<Vec<String>>,
        dev: Option<(Vec<String>, Vec<Vec<String>>)>,
        config_json: &str,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        cross(py, progress, |watch| {
            let MultiConfig(config) = config(config_json)?;
            let train = multi_examples("texts", texts, labels)?;
            let dev = dev.map(|(texts, labels)| multi_examples("dev", texts, labels)).transpose()?;
            reknit::classify::MultiClassifier::fit(&config, &train, dev.as_deref(), watch)
        })
        .map(|found| Self(Arc::new(found)))
    }

    /// The labels, sorted.
    #[getter]
    fn labels(&self) -> Vec<String> {
        self.0.labels().to_vec()
    }

    /// The least probability at which a label holds.
    fn threshold(&self, py: Python<'_>, label: &str) -> PyResult<f64> {
        cross(py, None, |_| self.0.threshold(label))
    }

    /// Labels texts: a JSON list of `labels`.
    #[pyo3(signature = (texts, progress=None))]
    fn classify(&self, py: Python<'_>, texts: Vec<String>, progress: Option<Py<PyAny>>) -> PyResult<String> {
        cross(py, progress, |watch| {
            let found: Vec<MultiClassification> =
                in_steps(&texts, watch, |step| self.0.classify_all(step, 0))?;
            json(&found)
        })
    }

    /// Answers a question: why a text carries a label, what it would without its words, what speaks for a label.
    fn ask(&self, py: Python<'_>, question: &str) -> PyResult<String> {
        cross(py, None, |_| reknit::wire::asked_multi(&self.0, question))
    }

    /// The model as bytes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = cross(py, None, |_| Ok(self.0.save()))?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// Reads a model made by `to_bytes`.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, model: &[u8]) -> PyResult<Self> {
        cross(py, None, |_| reknit::classify::MultiClassifier::load(model)).map(|found| Self(Arc::new(found)))
    }
}

fn multi_examples(what: &str, texts: Vec<String>, labels: Vec<Vec<String>>) -> Result<Vec<MultiExample>> {
    check_count(what, texts.len(), labels.len(), "one list of labels")?;
    Ok(texts.into_iter().zip(labels).map(|(text, labels)| MultiExample { labels, text }).collect())
}

fn check_count(what: &str, texts: usize, labels: usize, each: &str) -> Result<()> {
    if texts == labels {
        return Ok(());
    }
    Err(Error::input(format!("`{what}` has {texts} texts and {labels} labels; give {each} a text")))
}

fn examples(what: &str, texts: Vec<String>, labels: Vec<String>) -> Result<Vec<Example>> {
    check_count(what, texts.len(), labels.len(), "one label")?;
    Ok(texts.into_iter().zip(labels).map(|(text, label)| Example { label, text }).collect())
}
