//! How soon a message wants an answer: now, within days, or any time.
//!
//! A [`Classifier`] of three steps as anybody can train it, learnt from invented messages that were written for it
//! (`support_lines.tsv` and `urgency_lines.tsv` in `reknit-models`): there is no set of such messages whose licence allows
//! shipping what is learnt from it. What makes a message urgent is seldom said: danger, loss that runs up, a deadline
//! near by, the third contact are, so words and what they mean tell it together. Dates are not compared with the time
//! of the message. Figures and limits are in `docs/models/urgency.md`.
//!
//! Cost: `O(n)` in the text; the evidence is another pass, a slower one.

use reknit_models::URGENCY;
use serde::{Deserialize, Serialize};

use super::explain::with_rest;
use super::{Classifier, SpanWeight};
use crate::model::Weight;
use crate::text::token::{Token, tokens};

/// Steps of urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UrgencyLevel {
    /// Any time.
    Low,
    /// Within a day or two: a fault with a way round it, money wrongly taken, the second contact.
    Medium,
    /// Within the hour, or today: danger, loss that runs up, a deadline, all shut out.
    High,
}

impl UrgencyLevel {
    /// All, the least urgent first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The name in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// How likely one step is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct UrgencyScore {
    /// Which.
    pub level: UrgencyLevel,
    /// 0 to 1, calibrated on lines left out; those of the three add up to 1.
    pub probability: f64,
}

/// How urgent one text is and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UrgencyReading {
    /// 0 to 1, to put messages in order by: the probability of high and half that of medium.
    pub score: f64,
    /// The step.
    pub level: UrgencyLevel,
    /// Every step, the least urgent first.
    pub levels: Vec<UrgencyScore>,
    /// The step that the evidence weighs `level` against: the next best.
    pub against: UrgencyLevel,
    /// The log odds of `level` against it before anything was read.
    pub prior: Weight,
    /// What each word adds, in order of place, and last what the text as a whole does: shouting, length, and what makes
    /// probabilities of three steps add up.
    pub contributions: Vec<SpanWeight>,
    /// Prior and contributions together: the log odds of the probabilities, moved by what macro-F1 adds to rare steps.
    pub total: Weight,
}

/// The reader. Immutable; make one and keep it.
///
/// ```
/// use reknit::classify::{Urgency, UrgencyLevel};
/// let urgency = Urgency::builtin();
/// assert_eq!(urgency.classify("URGENT: I smell gas in the kitchen!").level, UrgencyLevel::High);
/// assert_eq!(urgency.classify("No rush, just wondering about the colour.").level, UrgencyLevel::Low);
/// ```
#[derive(Debug, Clone)]
pub struct Urgency {
    /// `None` for shipped bytes that cannot be read, which a test would say.
    learnt: Option<Classifier>,
}

impl Urgency {
    /// The built-in reader.
    pub fn builtin() -> Self {
        Self { learnt: Classifier::load(URGENCY).ok() }
    }

    /// Reads one text.
    pub fn classify(&self, text: &str) -> UrgencyReading {
        let mut found = self.rank(text, tokens(text));
        self.explain(text, &mut found);
        found
    }

    /// The reading of the tokens of `text` without evidence.
    pub(super) fn rank<'t>(
        &self,
        text: &'t str,
        tokens: impl Iterator<Item = Token<'t>> + Clone,
    ) -> UrgencyReading {
        let found = self.learnt.as_ref().map(|learnt| learnt.classify_tokens(text, tokens));
        let of = |level: UrgencyLevel| {
            let all = found.iter().flat_map(|found| &found.probabilities);
            all.filter(|one| one.0 == level.name()).map(|one| one.1).sum::<f64>()
        };
        let levels = UrgencyLevel::ALL.map(|level| UrgencyScore { level, probability: of(level) });
        let named = |level: &UrgencyLevel| found.as_ref().is_some_and(|found| found.label == level.name());
        let level = UrgencyLevel::ALL.into_iter().find(named).unwrap_or(UrgencyLevel::Low);
        let others = levels.iter().filter(|one| one.level != level);
        let against = others.max_by(|a, b| a.probability.total_cmp(&b.probability));
        UrgencyReading {
            score: of(UrgencyLevel::High) + of(UrgencyLevel::Medium) / 2.0,
            level,
            levels: levels.to_vec(),
            against: against.map_or(level, |one| one.level),
            prior: Weight::ZERO,
            contributions: Vec::new(),
            total: Weight::ZERO,
        }
    }

    /// Says why.
    pub(super) fn explain(&self, text: &str, found: &mut UrgencyReading) {
        let of = |learnt: &Classifier| learnt.explain_label(text, found.level.name(), found.against.name());
        let Some(Ok(why)) = self.learnt.as_ref().map(of) else { return };
        (found.prior, found.total) = (why.evidence.prior, why.evidence.total);
        found.contributions = with_rest(why.spans, found.prior, found.total, text);
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::LOG2_E;
    use std::sync::LazyLock;

    use super::super::invented::right;
    use super::*;
    use proptest::prelude::*;

    static READER: LazyLock<Urgency> = LazyLock::new(Urgency::builtin);

    #[test]
    fn shipped_bytes_are_read_and_know_every_step() {
        let mut names = UrgencyLevel::ALL.map(UrgencyLevel::name);
        names.sort_unstable();
        assert_eq!(READER.learnt.as_ref().expect("shipped bytes").labels(), names);
    }

    /// The shares of invented lines whose step is found; none of these was learnt from.
    #[test]
    fn invented_lines_are_read_as_labelled() {
        let read = |text: &str| READER.classify(text).level.name();
        let found = [
            right(include_str!("../../../../tests/cases/urgency_tried.tsv"), |_| true, read),
            right(include_str!("../../../../tests/cases/urgency_unseen.tsv"), |_| true, read),
            right(include_str!("../../../../tests/cases/urgency_indirect.tsv"), |_| true, read),
        ];
        // Figures seen (`docs/models/urgency.md`), a little lowered.
        let floors = [0.86, 0.86, 0.79];
        assert!(found.iter().zip(floors).all(|(found, floor)| *found >= floor), "{found:?}");
    }

    proptest! {
        #[test]
        fn evidence_adds_up_and_points_into_the_text(text in "\\PC{0,60}|(smoke|please|rush|down|today|[ ?!])* ") {
            let found = READER.classify(&text);
            let sum: f64 = found.contributions.iter().map(|c| c.weight.bits()).sum();
            prop_assert!((found.prior.bits() + sum - found.total.bits()).abs() < 1e-9);
            prop_assert!((0.0..=1.0).contains(&found.score) && found.level != found.against);
            prop_assert!(found.contributions.iter().all(|c| text.get(c.start..c.end).is_some()));
            let all: f64 = found.levels.iter().map(|one| one.probability).sum();
            prop_assert!((all - 1.0).abs() < 1e-9);
            let learnt = READER.learnt.as_ref().expect("shipped bytes");
            let of = |level: UrgencyLevel| {
                let one = found.levels.iter().find(|one| one.level == level).expect("all are there");
                let place = learnt.labels().iter().position(|name| name == level.name()).expect("a label");
                one.probability.log2() + learnt.calibration.offsets[place] * LOG2_E
            };
            let odds = of(found.level) - of(found.against);
            // Steps are told by sums of 32 bits, explained by sums of 64.
            prop_assert!((found.total.bits() - odds).abs() < 1e-3 * (1.0 + odds.abs()));
        }
    }
}
