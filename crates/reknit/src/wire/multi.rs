//! The verbs of several labels a text: `train_multi`, `classify_multi` and `explain_multi`, and how labels given are
//! judged.
//!
//! The verbs train the classifier of the request and ask it; bindings keep a trained one behind a handle and ask that.
//! Cost: as for the method asked.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::{read, write};
use crate::Result;
use crate::classify::metrics::MultiReport;
use crate::classify::{
    LabelProbability, MultiClassification, MultiClassifier, MultiConfig, MultiExample, MultiExplanation,
    Training,
};
use crate::model::Watch;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrainRequest {
    examples: Vec<MultiExample>,
    #[serde(default)]
    dev: Option<Vec<MultiExample>>,
    #[serde(default)]
    config: MultiConfig,
}

pub(super) fn train(request: &TrainRequest, watch: &mut Watch<'_>) -> Result<MultiClassifier> {
    MultiClassifier::fit(&request.config.0, &request.examples, request.dev.as_deref(), watch)
}

/// Trains a classifier from a `train_multi` request, for bindings that keep it behind a handle.
///
/// # Errors
/// `input` for a request of another shape, and those of [`MultiClassifier::fit`].
pub fn trained_multi(request: &str, watch: &mut Watch<'_>) -> Result<MultiClassifier> {
    train(&read(request)?, watch)
}

/// `train_multi`: what was trained, for a caller who keeps the model elsewhere.
pub(super) fn train_multi(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    #[derive(Serialize)]
    struct Threshold<'a> {
        label: &'a str,
        threshold: f64,
    }
    #[derive(Serialize)]
    struct Card<'a> {
        labels: &'a [String],
        thresholds: Vec<Threshold<'a>>,
        training: &'a Training,
        model_bytes: usize,
    }
    let classifier = trained_multi(request, watch)?;
    let threshold = |label| Ok(Threshold { label, threshold: classifier.threshold(label)? });
    let thresholds = classifier.labels().iter().map(|label| threshold(label.as_str()));
    write(&Card {
        labels: classifier.labels(),
        thresholds: thresholds.collect::<Result<_>>()?,
        training: classifier.training(),
        model_bytes: classifier.save().len(),
    })
}

#[derive(Serialize)]
struct Answer<T> {
    results: Vec<T>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassifyRequest {
    train: TrainRequest,
    texts: Vec<String>,
    /// The labels that hold alone.
    #[serde(default)]
    brief: bool,
}

/// `classify_multi`: every label of each text, or those that hold.
pub(super) fn classify_multi(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    let request: ClassifyRequest = read(request)?;
    let classifier = train(&request.train, watch)?;
    let found = classifier.classify_all(&request.texts, request.train.config.0.threads);
    let brief = |found: MultiClassification| {
        let labels: Vec<LabelProbability> = found.labels.into_iter().filter(|label| label.holds).collect();
        MultiClassification { labels }
    };
    write(&Answer { results: if request.brief { found.into_iter().map(brief).collect() } else { found } })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExplainRequest {
    train: TrainRequest,
    texts: Vec<String>,
    label: String,
}

/// `explain_multi`: why each text carries a label, or not.
pub(super) fn explain_multi(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    let request: ExplainRequest = read(request)?;
    let classifier = train(&request.train, watch)?;
    let explained = request.texts.iter().map(|text| classifier.explain(text, &request.label));
    write(&Answer { results: explained.collect::<Result<Vec<MultiExplanation>>>()? })
}

/// What is to be judged: a list of labels a text.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sets {
    #[serde(rename = "kind")]
    _kind: IgnoredAny,
    pred: Vec<Vec<String>>,
    truth: Vec<Vec<String>>,
}

/// `evaluate` of the kind `classify_multi`.
pub(super) fn evaluate(sets: &Sets) -> Result<String> {
    super::check_count(sets.pred.len(), sets.truth.len())?;
    write(&MultiReport::of(&sets.truth, &sets.pred))
}
