//! train.
use serde::{Deserialize, Serialize};

use super::{Config, Explanation};
use crate::model::Watch;
use crate::{Error, Result};

/// A text with its true label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// The true label.
    pub label: String,
    /// The text.
    pub text: String,
}

impl Example {
    /// `text`, labelled `label`.
    pub fn new(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self { label: label.into(), text: text.into() }
    }
}

/// The label of one text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Classification {
    /// The label given.
    pub label: String,
    /// Its calibrated probability.
    pub probability: f64,
    /// Every label with its probability, most probable first; they add up to 1.
    pub probabilities: Vec<(String, f64)>,
}

/// A trained classifier: immutable, `Send + Sync`, saved as bytes.
#[derive(Debug, Clone)]
pub struct Classifier {}

impl Classifier {
    /// Learns from `train`. Settings left open are chosen on `dev`, or by cross-validation without one.
    ///
    /// # Errors
    /// `Config` for a setting out of range, `Input` for fewer than two labels, `Cancelled`.
    pub fn fit(_: &Config, _: &[Example], _: Option<&[Example]>, _: &mut Watch<'_>) -> Result<Self> {
        Err(Error::input("classify: not yet"))
    }

    /// The labels, sorted.
    pub fn labels(&self) -> &[String] {
        &[]
    }

    /// Labels one text.
    pub fn classify(&self, _text: &str) -> Classification {
        Classification { label: String::new(), probability: 0.0, probabilities: Vec::new() }
    }

    /// Labels many texts, on `threads` threads (0: all cores); the same as one by one.
    pub fn classify_all<T: AsRef<str> + Sync>(&self, texts: &[T], _threads: usize) -> Vec<Classification> {
        texts.iter().map(|t| self.classify(t.as_ref())).collect()
    }

    /// Why the label of `text` was given rather than the next best.
    pub fn explain(&self, _text: &str) -> Explanation {
        Explanation {
            label: String::new(),
            against: String::new(),
            evidence: crate::model::Evidence::new(crate::model::Weight::ZERO, Vec::new()),
            spans: Vec::new(),
        }
    }

    /// Why `label` rather than `against`.
    ///
    /// # Errors
    /// `NotFound` for a label the classifier does not know.
    pub fn explain_label(&self, text: &str, _label: &str, _against: &str) -> Result<Explanation> {
        Ok(self.explain(text))
    }

    /// The model as bytes.
    pub fn save(&self) -> Vec<u8> {
        Vec::new()
    }

    /// Reads a model saved by [`save`](Self::save).
    ///
    /// # Errors
    /// `Model` for bytes that are damaged, truncated or of a newer version.
    pub fn load(_bytes: &[u8]) -> Result<Self> {
        Err(Error::model("classify: not yet"))
    }
}
