//! What a text feels: the 27 emotions of GoEmotions and neutral, and the six of Ekman and neutral; several may hold.
//!
//! A small linear model ([`linear`](super::linear)) learnt from GoEmotions (Demszky et al. 2020, CC-BY-4.0): 43,410
//! comments of an English discussion site with the emotions that readers found in them. The six are those of Ekman
//! 1992 ("An argument for basic emotions"), grouped as the paper does, with columns of their own. Figures and limits
//! are in `docs/models/emotion.md`. Cost: `O(n)` in the text.

use reknit_models::EMOTION;
use serde::Serialize;

use super::curves::sigmoid;
use super::linear::Linear;
use super::sentiment::Form;
use super::{Sentiment, SpanWeight};
use crate::model::Weight;
use crate::text::token::tokens;
use crate::{Error, Result};

/// One emotion of a text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EmotionScore {
    /// Its name: `gratitude`, `annoyance`; of the six: `joy`, `anger`.
    pub emotion: String,
    /// How likely readers find it, 0 to 1.
    pub probability: f64,
    /// Whether it is over its threshold, the one with the best F1 on texts left out. Rare emotions have low ones.
    pub holds: bool,
}

/// What one text feels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EmotionReading {
    /// The 28 of GoEmotions, likeliest first.
    pub emotions: Vec<EmotionScore>,
    /// The six of Ekman and neutral, likeliest first.
    pub ekman: Vec<EmotionScore>,
}

/// Why an emotion is likely or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EmotionWeight {
    /// The log odds before anything was read.
    pub prior: Weight,
    /// What each place adds, in order of place: a word, a pair of words, or what a word means.
    pub contributions: Vec<SpanWeight>,
    /// Prior and contributions together: the log odds of the probability.
    pub total: Weight,
}

/// The reader. Immutable; make one and keep it.
///
/// ```
/// use reknit::classify::Emotions;
/// let found = Emotions::builtin().classify("Thank you so much, this made my day!");
/// assert_eq!(found.emotions[0].emotion, "gratitude");
/// assert_eq!(found.ekman[0].emotion, "joy");
/// ```
#[derive(Debug, Clone)]
pub struct Emotions {
    model: Linear,
    reader: Sentiment,
}

/// What the columns of the six begin with.
const SIX: &str = "ekman ";

impl Emotions {
    /// The built-in reader.
    pub fn builtin() -> Self {
        Self { model: Linear::read(EMOTION).unwrap_or_else(Linear::empty), reader: Sentiment::builtin() }
    }

    /// Reads one text.
    pub fn classify(&self, text: &str) -> EmotionReading {
        self.classify_forms(&self.reader.forms(tokens(text)))
    }

    /// What finds the words that it reads.
    pub(super) fn reader(&self) -> &Sentiment {
        &self.reader
    }

    /// Reads the words of one text.
    pub(super) fn classify_forms(&self, forms: &[Form]) -> EmotionReading {
        let scores = self.model.scores(forms);
        let mut reading = EmotionReading { emotions: Vec::new(), ekman: Vec::new() };
        for (at, score) in scores.into_iter().enumerate() {
            let name = self.model.labels[at];
            let holds = score > f64::from(self.model.thresholds[at]);
            let (list, name) = match name.strip_prefix(SIX) {
                Some(name) => (&mut reading.ekman, name),
                None => (&mut reading.emotions, name),
            };
            list.push(EmotionScore { emotion: name.to_owned(), probability: sigmoid(score), holds });
        }
        for list in [&mut reading.emotions, &mut reading.ekman] {
            list.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.emotion.cmp(&b.emotion)));
        }
        reading
    }

    /// Why one of the 28 is likely or not.
    ///
    /// # Errors
    /// `NotFound` for a name that is none of the 28.
    ///
    /// ```
    /// use reknit::classify::Emotions;
    /// let why = Emotions::builtin().explain("thanks a lot", "gratitude")?;
    /// assert!(why.total.probability() > 0.5 && why.contributions[0].start == 0);
    /// # Ok::<(), reknit::Error>(())
    /// ```
    pub fn explain(&self, text: &str, emotion: &str) -> Result<EmotionWeight> {
        let label = self.model.labels.iter().position(|label| *label == emotion);
        let label =
            label.ok_or_else(|| Error::not_found("emotion: the name to explain is none of the 28"))?;
        let (prior, contributions) = self.model.explain(&self.reader.forms(tokens(text)), label);
        let total = prior + contributions.iter().map(|span| span.weight).sum();
        Ok(EmotionWeight { prior, contributions, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn all_emotions_are_there() {
        let found = Emotions::builtin().classify("");
        assert_eq!((found.emotions.len(), found.ekman.len()), (28, 7));
        assert!(Emotions::builtin().explain("", "ekman").is_err());
    }

    proptest! {
        #[test]
        fn explanations_give_the_probability(text in "(great|hate|sorry|thanks|not|wow|\\PC| ){0,12}") {
            let emotions = Emotions::builtin();
            for found in emotions.classify(&text).emotions.iter().step_by(9) {
                let why = emotions.explain(&text, &found.emotion).expect("a name it gave");
                prop_assert!((why.total.probability() - found.probability).abs() < 1e-5);
                prop_assert!(why.contributions.iter().all(|c| text.get(c.start..c.end).is_some()));
            }
        }
    }
}
