//! What a classifier handle holds: a trained model, or one that is built in.

use std::sync::Arc;

use reknit_core::classify::{Annotator, BuiltIn, Classifier};
use reknit_core::wire::{self, LabelEngine};
use reknit_core::{Error, Result};

use crate::json;

/// A classifier of either kind.
pub(crate) enum Model {
    /// Learnt from labelled texts; shared with the annotators that ask it.
    Trained(Arc<Classifier>),
    /// One that needs no training.
    BuiltIn(BuiltIn),
}

impl Model {
    /// The built-in model `name`.
    pub(crate) fn builtin(name: &str) -> Result<Self> {
        BuiltIn::open(name).map(Self::BuiltIn)
    }

    /// The model in `bytes`.
    pub(crate) fn load(bytes: &[u8]) -> Result<Self> {
        Classifier::load(bytes).map(|classifier| Self::Trained(Arc::new(classifier)))
    }

    /// The model as bytes.
    pub(crate) fn save(&self) -> Result<Vec<u8>> {
        match self {
            Self::Trained(classifier) => Ok(classifier.save()),
            Self::BuiltIn(_) => {
                Err(Error::config("a built-in model is not saved; ask for it by its name again"))
            }
        }
    }

    /// The label of `text` as JSON.
    pub(crate) fn classify(&self, text: &str) -> Result<String> {
        match self {
            Self::Trained(classifier) => json::write(&classifier.classify(text)),
            Self::BuiltIn(model) => json::write(&model.read(text)),
        }
    }

    /// Why `text` gets its label, as JSON. A built-in model's reading holds its reasons already.
    pub(crate) fn explain(&self, text: &str) -> Result<String> {
        match self {
            Self::Trained(classifier) => json::write(&classifier.explain(text)),
            Self::BuiltIn(model) => json::write(&model.read(text)),
        }
    }

    /// The answer to a JSON question.
    pub(crate) fn ask(&self, question: &str) -> Result<String> {
        match self {
            Self::Trained(classifier) => wire::asked(classifier, question),
            Self::BuiltIn(_) => {
                Err(Error::config("a built-in model takes no questions; what it reads holds its reasons"))
            }
        }
    }

    /// A live classifier of the examples in a JSON request.
    pub(crate) fn live(&self, request: &str) -> Result<LabelEngine> {
        match self {
            Self::Trained(classifier) => LabelEngine::begin_with(classifier, request),
            Self::BuiltIn(_) => {
                Err(Error::config("a built-in model learns no examples; train a classifier of your own"))
            }
        }
    }

    /// `annotator` with this classifier beside its readers, under a name.
    pub(crate) fn annotating(&self, annotator: &Annotator, name: &str) -> Result<Annotator> {
        match self {
            Self::Trained(classifier) => annotator.clone().with(name, classifier.clone()),
            Self::BuiltIn(_) => {
                Err(Error::config("a built-in model keeps its name; list it in `models` of the annotator"))
            }
        }
    }

    /// The labels of a JSON list of texts, as a JSON list in the same order.
    pub(crate) fn classify_all(&self, texts: &str) -> Result<String> {
        let texts: Vec<String> = json::read("texts", texts)?;
        match self {
            Self::Trained(classifier) => json::write(&classifier.classify_all(&texts, 0)),
            Self::BuiltIn(model) => {
                json::write(&texts.iter().map(|text| model.read(text)).collect::<Vec<_>>())
            }
        }
    }
}
