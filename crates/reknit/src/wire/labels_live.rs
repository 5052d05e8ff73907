//! A classifier that follows its examples, as JSON: the verb `classify_live`, and the engine that bindings keep.
//!
//! `classify_live` learns from the examples of the request and carries out changes and questions in their order,
//! an answer for each. Bindings keep a [`LabelEngine`] behind a handle, which takes the same changes and
//! questions one by one. Cost: as for [`LiveClassifier`].

use serde::{Deserialize, Serialize};

use super::base64;
use super::labels::{self, Question};
use super::orders::{self, Kept, carried_out, nothing_asked};
use super::read;
use crate::classify::{self, Classification, Classifier, Example, LiveClassifier};
use crate::model::Watch;
use crate::{Error, Result};

/// What an engine starts with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    #[serde(default)]
    examples: Option<Vec<Example>>,
    #[serde(default)]
    dev: Option<Vec<Example>>,
    #[serde(default)]
    config: Option<classify::Config>,
    /// A saved engine instead of all that.
    #[serde(default)]
    snapshot: Option<String>,
}

impl Start {
    fn begin(self, watch: &mut Watch<'_>) -> Result<LiveClassifier> {
        let Self { examples, dev, config, snapshot } = self;
        if let Some(snapshot) = snapshot {
            if examples.is_some() || dev.is_some() || config.is_some() {
                return Err(Error::input("a `snapshot` has its own examples and config; give it alone"));
            }
            let damaged = || Error::model("the `snapshot` is no base 64; begin with the examples again");
            return LiveClassifier::from_bytes(&base64::decode(&snapshot).ok_or_else(damaged)?);
        }
        let examples = examples.unwrap_or_default();
        let classifier = Classifier::fit(&config.unwrap_or_default(), &examples, dev.as_deref(), watch)?;
        LiveClassifier::begin(&classifier, &examples)
    }
}

/// A live classifier for bindings, which keep it behind a handle: JSON in and out, and any number of threads
/// at once. Questions run beside one another, a change runs alone.
pub struct LabelEngine(Kept<LiveClassifier>);

impl LabelEngine {
    /// Starts an engine by a `classify_live` request without its `changes`.
    ///
    /// # Errors
    /// `input` for a request of another shape, `model` for a damaged `snapshot`, and those of
    /// [`Classifier::fit`].
    pub fn begin(request: &str, watch: &mut Watch<'_>) -> Result<Self> {
        Ok(Self(Kept::new(read::<Start>(request)?.begin(watch)?)))
    }

    /// Starts an engine with a classifier trained before and a request that has only `examples`: those it was
    /// learnt from, or others.
    ///
    /// # Errors
    /// `input` for a request of another shape, and those of [`LiveClassifier::begin`].
    pub fn begin_with(classifier: &Classifier, request: &str) -> Result<Self> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Request {
            examples: Vec<Example>,
        }
        let request: Request = read(request)?;
        Ok(LiveClassifier::begin(classifier, &request.examples)?.into())
    }

    /// The engine that [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// `model` when the bytes are damaged, cut off or of another version.
    pub fn load(bytes: &[u8]) -> Result<Self> {
        Ok(LiveClassifier::from_bytes(bytes)?.into())
    }

    /// The engine as bytes, with the texts of its examples.
    ///
    /// # Errors
    /// As for [`ask`](Self::ask).
    pub fn save(&self) -> Result<Vec<u8>> {
        self.0.look(|live| Ok(live.to_bytes()))
    }

    /// The classifier as it is now, which does not change any more.
    ///
    /// # Errors
    /// As for [`ask`](Self::ask).
    pub fn classifier(&self) -> Result<Classifier> {
        self.0.look(|live| Ok(live.classifier().clone()))
    }

    /// Makes one change: `add`, `forget` or `settle`.
    ///
    /// # Errors
    /// `input` for another shape, and those of the change; then the engine is as it was. `internal` once
    /// a change has broken a promise inside the library: what it left behind cannot be trusted.
    pub fn change(&self, change: &str) -> Result<String> {
        self.0.change::<Order>(change)
    }

    /// Answers one question: `classify`, `explain`, `counterfactual`, `top_features`, `suggest`, `labels`,
    /// `examples` or `save`.
    ///
    /// # Errors
    /// `input` for another shape, and those of the question; `internal` as for [`change`](Self::change).
    pub fn ask(&self, question: &str) -> Result<String> {
        self.0.ask::<Order>(question)
    }

    /// How many examples and how many labels there are.
    ///
    /// # Errors
    /// `internal` as for [`change`](Self::change).
    pub fn counts(&self) -> Result<[usize; 2]> {
        self.0.look(|live| Ok([live.examples().len(), live.classifier().labels().len()]))
    }
}

impl From<LiveClassifier> for LabelEngine {
    fn from(live: LiveClassifier) -> Self {
        Self(Kept::new(live))
    }
}

/// A change or a question.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Order {
    Add(Vec<Example>),
    Forget(Vec<String>),
    Settle(bool),
    Classify(Vec<String>),
    Explain(String),
    Counterfactual(String),
    TopFeatures(labels::TopFeaturesQuestion),
    Suggest(labels::SuggestQuestion),
    Labels(bool),
    Examples(bool),
    Save(bool),
}

/// What comes back for an order.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Learnt { examples: usize, labels: usize, settled: bool },
    Classified { results: Vec<Classification> },
    Asked(labels::Answer),
    Labels { labels: Vec<String> },
    Examples { examples: Vec<Example> },
    Saved { snapshot: String },
}

impl orders::Order for Order {
    type Engine = LiveClassifier;
    type Answer = Answer;

    fn asks(&self) -> bool {
        !matches!(self, Self::Add(..) | Self::Forget(..) | Self::Settle(..))
    }

    fn carry_out(self, live: &mut LiveClassifier) -> Result<Answer> {
        match self {
            Self::Add(examples) => live.add(&examples)?,
            Self::Forget(texts) => live.forget(&texts)?,
            Self::Settle(true) => live.settle()?,
            question => return question.answer(live),
        }
        let (examples, labels) = (live.examples().len(), live.classifier().labels().len());
        Ok(Answer::Learnt { examples, labels, settled: live.is_settled() })
    }

    fn answer(self, live: &LiveClassifier) -> Result<Answer> {
        let classifier = live.classifier();
        let asked = |question: Question| question.answer(classifier).map(Answer::Asked);
        Ok(match self {
            Self::Classify(texts) => {
                Answer::Classified { results: classifier.classify_all(&texts, classifier.config().threads) }
            }
            Self::Explain(text) => asked(Question::Explain(text))?,
            Self::Counterfactual(text) => asked(Question::Counterfactual(text))?,
            Self::TopFeatures(question) => asked(Question::TopFeatures(question))?,
            Self::Suggest(question) => asked(Question::Suggest(question))?,
            Self::Labels(true) => Answer::Labels { labels: classifier.labels().to_vec() },
            Self::Examples(true) => Answer::Examples { examples: live.examples().to_vec() },
            Self::Save(true) => Answer::Saved { snapshot: base64::encode(&live.to_bytes()) },
            Self::Labels(false) | Self::Examples(false) | Self::Save(false) | Self::Settle(false) => {
                return Err(nothing_asked());
            }
            _ => return Err(Error::input("this is a change and no question")),
        })
    }
}

/// [`Start`] and changes; written out, because a flattened part cannot refuse keys it does not know.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassifyLiveRequest {
    #[serde(default)]
    examples: Option<Vec<Example>>,
    #[serde(default)]
    dev: Option<Vec<Example>>,
    #[serde(default)]
    config: Option<classify::Config>,
    #[serde(default)]
    snapshot: Option<String>,
    changes: Vec<Order>,
}

pub(super) fn classify_live(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    let ClassifyLiveRequest { examples, dev, config, snapshot, changes } = read(request)?;
    carried_out(changes, &mut Start { examples, dev, config, snapshot }.begin(watch)?)
}
