//! The verbs of several labels a text: `train_multi`, `classify_multi`, `explain_multi`, `counterfactual_multi` and
//! `top_features_multi`; the questions that bindings ask a classifier they keep; and how labels given are judged.
//!
//! The verbs train the classifier of the request and ask it; bindings keep a trained one behind a handle and ask that.
//! Cost: as for the method asked.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use super::labels::{TopFeaturesQuestion, TopFeaturesRequest};
use super::{read, write};
use crate::Result;
use crate::classify::metrics::MultiReport;
use crate::classify::{
    LabelProbability, MultiClassification, MultiClassifier, MultiConfig, MultiCounterfactual, MultiExample,
    MultiExplanation, TopFeatures, Training,
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
struct LabelRequest {
    train: TrainRequest,
    texts: Vec<String>,
    label: String,
}

impl LabelRequest {
    /// What `ask` says of each text.
    fn answer<T: Serialize>(
        request: &str,
        watch: &mut Watch<'_>,
        ask: impl Fn(&MultiClassifier, &str, &str) -> Result<T>,
    ) -> Result<String> {
        let Self { train: training, texts, label } = read(request)?;
        let classifier = train(&training, watch)?;
        let results = texts.iter().map(|text| ask(&classifier, text, &label));
        write(&Answer { results: results.collect::<Result<Vec<T>>>()? })
    }
}

/// `explain_multi`: why each text carries a label, or not.
pub(super) fn explain_multi(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    LabelRequest::answer(request, watch, MultiClassifier::explain)
}

/// `counterfactual_multi`: whether each text would carry a label without its words.
pub(super) fn counterfactual_multi(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    LabelRequest::answer(request, watch, MultiClassifier::counterfactual)
}

/// `top_features_multi`: what speaks for a label, in given texts or in the examples that carry it.
pub(super) fn top_features_multi(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    let TopFeaturesRequest::<TrainRequest> { train: training, label, texts, count } = read(request)?;
    let classifier = train(&training, watch)?;
    let texts = texts.unwrap_or_else(|| {
        let carrying = training.examples.iter().filter(|example| example.labels.contains(&label));
        carrying.map(|example| example.text.clone()).collect()
    });
    write(&classifier.top_features(&label, &texts, count)?)
}

/// A question to a classifier of several labels.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Question {
    /// Why a text carries a label, or not.
    Explain(LabelQuestion),
    /// Whether it would without its words.
    Counterfactual(LabelQuestion),
    /// What speaks for a label in texts.
    TopFeatures(TopFeaturesQuestion),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelQuestion {
    text: String,
    label: String,
}

/// What comes back.
#[derive(Serialize)]
#[serde(untagged)]
enum Said {
    Explained(Box<MultiExplanation>),
    Counterfactual(Box<MultiCounterfactual>),
    TopFeatures(Box<TopFeatures>),
}

/// Asks a classifier of several labels that was trained before: `{"explain": {"text", "label"}}`, `{"counterfactual":
/// {"text", "label"}}` or `{"top_features": {"label", "texts", "count"?}}`.
///
/// # Errors
/// `input` for another shape, `not_found` for a label it does not know.
pub fn asked_multi(classifier: &MultiClassifier, question: &str) -> Result<String> {
    write(&match read(question)? {
        Question::Explain(LabelQuestion { text, label }) => {
            Said::Explained(Box::new(classifier.explain(&text, &label)?))
        }
        Question::Counterfactual(LabelQuestion { text, label }) => {
            Said::Counterfactual(Box::new(classifier.counterfactual(&text, &label)?))
        }
        Question::TopFeatures(TopFeaturesQuestion { label, texts, count }) => {
            Said::TopFeatures(Box::new(classifier.top_features(&label, &texts, count)?))
        }
    })
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
