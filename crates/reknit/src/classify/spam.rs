//! Whether a message is spam: unasked advertising, prizes, lures to call or click.
//!
//! A small linear model ([`linear`](super::linear)) learnt from the SMS Spam Collection (Almeida, Gómez Hidalgo and
//! Yamakami 2011, CC-BY-4.0): English text messages of the years up to 2011. It knows their kind of spam: prizes,
//! ringtones, premium numbers; whoever has labelled spam of today trains a [`Classifier`](super::Classifier). Figures
//! and limits are in `docs/models/spam.md`. Cost: `O(n)` in the text.

use reknit_models::SPAM;
use serde::Serialize;

use super::linear::Linear;
use super::sentiment::Form;
use super::{Sentiment, SpanWeight};
use crate::model::Weight;
use crate::text::token::tokens;

/// Whether one text is spam and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpamReading {
    /// Whether it is called spam: a total over 0.
    pub spam: bool,
    /// `total` as a probability, moved so that 0.5 is where the F1 of spam is best.
    pub probability: f64,
    /// The log odds before anything was read.
    pub prior: Weight,
    /// What each place adds, in order of place: a word, a pair of words, or what a word means.
    pub contributions: Vec<SpanWeight>,
    /// Prior and contributions together.
    pub total: Weight,
}

/// The reader. Immutable; make one and keep it.
///
/// ```
/// use reknit::classify::Spam;
/// let spam = Spam::builtin();
/// assert!(spam.classify("WINNER!! Claim your free prize now, call 09061701461 from a landline").spam);
/// assert!(!spam.classify("Are we still on for lunch tomorrow?").spam);
/// ```
#[derive(Debug, Clone)]
pub struct Spam {
    model: Linear,
    reader: Sentiment,
}

impl Spam {
    /// The built-in reader.
    pub fn builtin() -> Self {
        Self { model: Linear::read(SPAM).unwrap_or_else(Linear::empty), reader: Sentiment::builtin() }
    }

    /// Reads one text.
    pub fn classify(&self, text: &str) -> SpamReading {
        self.classify_forms(&self.reader.forms(tokens(text)))
    }

    /// What finds the words that it reads.
    pub(super) fn reader(&self) -> &Sentiment {
        &self.reader
    }

    /// Reads the words of one text.
    pub(super) fn classify_forms(&self, forms: &[Form]) -> SpamReading {
        let (prior, contributions) = match self.model.labels.len() {
            0 => (Weight::ZERO, Vec::new()),
            _ => self.model.explain(forms, 0),
        };
        let threshold = self.model.thresholds.first().map_or(0.0, |cut| f64::from(*cut));
        let prior = prior - Weight(threshold * std::f64::consts::LOG2_E);
        let total = prior + contributions.iter().map(|span| span.weight).sum();
        SpamReading {
            spam: total.bits() > 0.0,
            probability: total.probability(),
            prior,
            contributions,
            total,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn readings_add_up_and_point_into_the_text(text in any::<String>()) {
            let found = Spam::builtin().classify(&text);
            let sum: f64 = found.contributions.iter().map(|c| c.weight.bits()).sum();
            prop_assert!((found.prior.bits() + sum - found.total.bits()).abs() < 1e-9);
            prop_assert!(found.contributions.iter().all(|c| text.get(c.start..c.end).is_some()));
        }
    }
}
