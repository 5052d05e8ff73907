//! What a classifier handle holds: a trained model, or one that is built in.

use reknit_core::classify::{Classifier, Sentiment};
use reknit_core::{Error, Result};

use crate::json;

/// The name of the one built-in model.
const SENTIMENT: &str = "sentiment";

/// A classifier of either kind. It lives behind an `Arc`, one at a time, so its size matters little.
#[allow(clippy::large_enum_variant, reason = "never stored in bulk")]
pub(crate) enum Model {
    /// Learnt from labelled texts.
    Trained(Classifier),
    /// The sentiment reader, which needs no training.
    Sentiment(Sentiment),
}

impl Model {
    /// The built-in model `name`.
    pub(crate) fn builtin(name: &str) -> Result<Self> {
        match name {
            SENTIMENT => Ok(Self::Sentiment(Sentiment::builtin())),
            _ => Err(Error::not_found(format!("no built-in model of that name; there is `{SENTIMENT}`"))),
        }
    }

    /// The model in `bytes`.
    pub(crate) fn load(bytes: &[u8]) -> Result<Self> {
        Classifier::load(bytes).map(Self::Trained)
    }

    /// The model as bytes.
    pub(crate) fn save(&self) -> Result<Vec<u8>> {
        match self {
            Self::Trained(classifier) => Ok(classifier.save()),
            Self::Sentiment(_) => {
                Err(Error::config("a built-in model is not saved; ask for it by its name again"))
            }
        }
    }

    /// The label of `text` as JSON.
    pub(crate) fn classify(&self, text: &str) -> Result<String> {
        match self {
            Self::Trained(classifier) => json::write(&classifier.classify(text)),
            Self::Sentiment(sentiment) => json::write(&sentiment.classify(text)),
        }
    }

    /// Why `text` gets its label, as JSON. The sentiment's reading holds its reasons already.
    pub(crate) fn explain(&self, text: &str) -> Result<String> {
        match self {
            Self::Trained(classifier) => json::write(&classifier.explain(text)),
            Self::Sentiment(sentiment) => json::write(&sentiment.classify(text)),
        }
    }

    /// The labels of a JSON list of texts, as a JSON list in the same order.
    pub(crate) fn classify_all(&self, texts: &str) -> Result<String> {
        let texts: Vec<String> = json::read("texts", texts)?;
        match self {
            Self::Trained(classifier) => json::write(&classifier.classify_all(&texts, 0)),
            Self::Sentiment(sentiment) => {
                json::write(&texts.iter().map(|text| sentiment.classify(text)).collect::<Vec<_>>())
            }
        }
    }
}
