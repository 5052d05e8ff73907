//! The verbs that ask a trained classifier why: `counterfactual` and `top_features`, and the questions that
//! bindings ask one they keep.
//!
//! The verbs train the classifier of the request and ask it; who keeps a classifier asks it with [`asked`], and
//! is answered alike. Cost: as for the method asked.

use serde::{Deserialize, Serialize};

use super::{TrainRequest, read, train, write};
use crate::Result;
use crate::classify::{Classifier, Counterfactual, Explanation, TopFeatures};
use crate::model::Watch;

/// Features on either side, where none are asked for.
const FEATURES: usize = 20;
/// Texts to label next, where no number is asked for: as many as a person labels in one go.
pub(super) const TEXTS: usize = 10;

/// A question to a classifier.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Question {
    /// Why a text gets its label.
    Explain(String),
    /// What it would get without its words.
    Counterfactual(String),
    /// What speaks for a label in texts.
    TopFeatures(TopFeaturesQuestion),
    /// Which texts would teach most.
    Suggest(SuggestQuestion),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TopFeaturesQuestion {
    pub(super) label: String,
    pub(super) texts: Vec<String>,
    #[serde(default = "features")]
    pub(super) count: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SuggestQuestion {
    texts: Vec<String>,
    #[serde(default = "texts")]
    count: usize,
}

fn features() -> usize {
    FEATURES
}

fn texts() -> usize {
    TEXTS
}

/// What comes back.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Answer {
    Explained(Box<Explanation>),
    Counterfactual(Box<Counterfactual>),
    TopFeatures(Box<TopFeatures>),
    Suggested { indexes: Vec<usize> },
}

impl Question {
    pub(super) fn answer(self, classifier: &Classifier) -> Result<Answer> {
        Ok(match self {
            Self::Explain(text) => Answer::Explained(Box::new(classifier.explain(&text))),
            Self::Counterfactual(text) => Answer::Counterfactual(Box::new(classifier.counterfactual(&text))),
            Self::TopFeatures(TopFeaturesQuestion { label, texts, count }) => {
                Answer::TopFeatures(Box::new(classifier.top_features(&label, &texts, count)?))
            }
            Self::Suggest(SuggestQuestion { texts, count }) => {
                Answer::Suggested { indexes: classifier.suggest(&texts, count) }
            }
        })
    }
}

/// Asks a classifier that was trained before: `{"explain": text}`, `{"counterfactual": text}`, `{"top_features":
/// {"label", "texts", "count"?}}` or `{"suggest": {"texts", "count"?}}`.
///
/// # Errors
/// `input` for another shape, `not_found` for a label it does not know.
pub fn asked(classifier: &Classifier, question: &str) -> Result<String> {
    write(&read::<Question>(question)?.answer(classifier)?)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CounterfactualRequest {
    train: TrainRequest,
    texts: Vec<String>,
}

/// `counterfactual`: what texts would be labelled without their words.
pub(super) fn counterfactual(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    #[derive(Serialize)]
    struct Answer {
        results: Vec<Counterfactual>,
    }
    let request: CounterfactualRequest = read(request)?;
    let classifier = train(&request.train, watch)?;
    write(&Answer { results: request.texts.iter().map(|text| classifier.counterfactual(text)).collect() })
}

/// What `top_features` and `top_features_multi` are asked; they differ in how a classifier is trained.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TopFeaturesRequest<T> {
    pub(super) train: T,
    pub(super) label: String,
    #[serde(default)]
    pub(super) texts: Option<Vec<String>>,
    #[serde(default = "features")]
    pub(super) count: usize,
}

/// `top_features`: what speaks for a label, in given texts or in the examples that carry it.
pub(super) fn top_features(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    let TopFeaturesRequest::<TrainRequest> { train: training, label, texts, count } = read(request)?;
    let classifier = train(&training, watch)?;
    let texts = texts.unwrap_or_else(|| {
        let carrying = training.examples.iter().filter(|example| example.label == label);
        carrying.map(|example| example.text.clone()).collect()
    });
    write(&classifier.top_features(&label, &texts, count)?)
}
