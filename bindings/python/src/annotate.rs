//! Readers that stay on the native side: several of them ask each text at once.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::{ArrayRef, LargeStringArray, RecordBatch, RecordBatchIterator, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::prelude::*;
use pyo3_arrow::PyRecordBatchReader;
use pyo3_arrow::input::AnyRecordBatch;
use reknit::model::Progress;
use reknit::{Error, ErrorKind};

use crate::batches_out;
use crate::border::cross;
use crate::classifier::{Classifier, MultiClassifier};

/// Several readers of texts: immutable, so any number of threads may use one at once.
#[pyclass(frozen, module = "reknit._native")]
pub(crate) struct Annotator(Arc<reknit::classify::Annotator>);

/// How many texts are read between two looks at Python.
const STEP: usize = 4096;

#[pymethods]
impl Annotator {
    /// Readers that come with the library, and classifiers by name.
    #[new]
    fn new(
        models: Vec<String>,
        one: Vec<(String, Py<Classifier>)>,
        several: Vec<(String, Py<MultiClassifier>)>,
        py: Python<'_>,
    ) -> PyResult<Self> {
        cross(py, None, |_| {
            let mut found = reknit::classify::Annotator::new(&models)?;
            for (name, classifier) in one {
                found = found.with(name, classifier.get().0.clone())?;
            }
            for (name, classifier) in several {
                found = found.with_multi(name, classifier.get().0.clone())?;
            }
            Ok(Self(Arc::new(found)))
        })
    }

    /// The names of the readers, sorted.
    #[getter]
    fn names(&self) -> Vec<String> {
        self.0.names().into_iter().map(str::to_owned).collect()
    }

    /// Reads texts: a JSON list of objects, reader by reader.
    #[pyo3(signature = (texts, progress=None))]
    fn annotate(&self, py: Python<'_>, texts: Vec<String>, progress: Option<Py<PyAny>>) -> PyResult<String> {
        cross(py, progress, |watch| reknit::wire::annotated(&self.0, &texts, false, watch))
    }

    /// Reads texts: a table of the label and its probability, reader by reader.
    #[pyo3(signature = (texts, progress=None))]
    fn annotate_table<'py>(
        &self,
        py: Python<'py>,
        texts: Vec<String>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let (batches, schema) = cross(py, progress, |watch| {
            let schema = batch(&[]).map_err(|error| broken(&error))?.schema();
            let stream = RecordBatchIterator::new(texts.chunks(STEP).map(batch), schema);
            let mut stream = reknit_arrow::annotated(stream, TEXT, self.0.clone())?;
            let mut found = Vec::new();
            loop {
                Progress::report("annotate", stream.rows() as u64, texts.len() as u64, watch)?;
                let Some(next) = stream.next_annotated()? else { break };
                found.push(next);
            }
            Ok((found, stream.schema()))
        })?;
        batches_out(py, batches, schema)
    }

    /// Reads a column of a stream of batches, a batch whenever one is asked for.
    fn annotate_stream<'py>(
        &self,
        py: Python<'py>,
        stream: AnyRecordBatch,
        column: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let reader = stream.into_reader()?;
        let found = cross(py, None, |_| reknit_arrow::annotated(reader, column, self.0.clone()))?;
        PyRecordBatchReader::new(Box::new(Guarded(found))).into_arro3(py)
    }
}

const TEXT: &str = "text";

fn batch(texts: &[String]) -> std::result::Result<RecordBatch, ArrowError> {
    let column: ArrayRef = Arc::new(LargeStringArray::from_iter_values(texts));
    RecordBatch::try_from_iter([(TEXT, column)])
}

fn broken(error: &ArrowError) -> Error {
    Error::new(ErrorKind::Internal, format!("texts are no batch: {error}"))
}

/// A reader that panics are kept inside of: its consumer pulls through a C interface, which none may cross.
struct Guarded<R>(R);

impl<R: RecordBatchReader + Send> Iterator for Guarded<R> {
    type Item = R::Item;

    fn next(&mut self) -> Option<Self::Item> {
        // Who asks may hold the GIL; other threads are to get on meanwhile, and Ctrl-C is heard after each batch.
        Python::attach(|py| {
            let found = py.detach(|| catch_unwind(AssertUnwindSafe(|| self.0.next())));
            if let Err(signal) = py.check_signals() {
                return Some(Err(ArrowError::ExternalError(Box::new(signal))));
            }
            found.unwrap_or_else(|payload| {
                std::mem::forget(payload);
                let what = "a promise inside the library was broken; please report it";
                Some(Err(ArrowError::ComputeError(what.to_owned())))
            })
        })
    }
}

impl<R: RecordBatchReader + Send> RecordBatchReader for Guarded<R> {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }
}
