//! What a customer wants: complaint, question, request, praise, purchase interest, cancellation risk, information
//! sharing, invitation; several may hold at once, or none.
//!
//! A [`MultiClassifier`] as anybody can train it, learnt from invented messages that were written for it
//! (`support_lines.tsv` and `intent_lines.tsv` in `reknit-models`): there is no set of such messages whose licence
//! allows shipping what is learnt from it. The division follows the dialogue acts of customer service (Oraby et al.
//! 2017, "How may I help you?"). Beside the eight it has learnt what wants nothing, so that a greeting can win against
//! all of them. Figures and limits are in `docs/models/intent.md`; whoever has labelled messages of their own trains a
//! [`Classifier`](super::Classifier).
//!
//! Cost: `O(n)` in the text; the evidence of what holds is another pass, a slower one.

use reknit_models::INTENT;
use serde::{Deserialize, Serialize};

use super::curves::sigmoid;
use super::explain::with_rest;
use super::{MultiClassifier, SpanWeight};
use crate::model::{Evidence, Weight};
use crate::text::token::{Token, tokens};

/// What a message wants.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Something went wrong or is found bad.
    Complaint,
    /// An answer.
    Question,
    /// An action.
    Request,
    /// Nothing: it thanks or praises.
    Praise,
    /// To buy, or to learn what buying needs.
    PurchaseInterest,
    /// To leave, or it threatens to.
    CancellationRisk,
    /// To tell something.
    InformationSharing,
    /// To meet, to come or to take part.
    Invitation,
}

impl Intent {
    /// All, in their order.
    pub const ALL: [Self; 8] = [
        Self::Complaint,
        Self::Question,
        Self::Request,
        Self::Praise,
        Self::PurchaseInterest,
        Self::CancellationRisk,
        Self::InformationSharing,
        Self::Invitation,
    ];

    /// The name in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::Question => "question",
            Self::Request => "request",
            Self::Praise => "praise",
            Self::PurchaseInterest => "purchase_interest",
            Self::CancellationRisk => "cancellation_risk",
            Self::InformationSharing => "information_sharing",
            Self::Invitation => "invitation",
        }
    }
}

/// One intent of a text.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct IntentScore {
    /// Which.
    pub intent: Intent,
    /// How likely it holds, 0 to 1, calibrated on lines left out.
    pub probability: f64,
}

/// Why an intent holds, or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IntentWeight {
    /// Which.
    pub intent: Intent,
    /// The log odds before anything was read.
    pub prior: Weight,
    /// What each word adds, in order of place, and last what the form of the whole text does: shouting, length.
    pub contributions: Vec<SpanWeight>,
    /// Prior and contributions together: the log odds of the probability.
    pub total: Weight,
}

/// What one text wants.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IntentReading {
    /// The likeliest intent; `None` where it is likelier that the text wants nothing.
    pub main: Option<Intent>,
    /// The main one, then the others that are likelier than not (probability over 0.5), likeliest first.
    pub holds: Vec<Intent>,
    /// Every intent, likeliest first.
    pub intents: Vec<IntentScore>,
    /// Why those hold that do, in their order.
    pub evidence: Vec<IntentWeight>,
}

/// The reader. Immutable; make one and keep it.
///
/// ```
/// use reknit::classify::{Intent, Intents};
/// let found = Intents::builtin().classify("My invoice is wrong, please correct it.");
/// assert!(found.holds.contains(&Intent::Complaint) && found.holds.contains(&Intent::Request));
/// ```
#[derive(Debug, Clone)]
pub struct Intents {
    /// `None` for shipped bytes that cannot be read, which a test would say.
    learnt: Option<MultiClassifier>,
}

/// The label of what wants nothing.
const NONE: &str = "none";

impl Intents {
    /// The built-in reader.
    pub fn builtin() -> Self {
        Self { learnt: MultiClassifier::load(INTENT).ok() }
    }

    /// Reads one text.
    pub fn classify(&self, text: &str) -> IntentReading {
        let mut found = self.rank(text, tokens(text));
        found.evidence = self.evidence(text, &found.holds);
        found
    }

    /// The reading of the tokens of `text` without evidence.
    pub(super) fn rank<'t>(&self, text: &'t str, tokens: impl Iterator<Item = Token<'t>>) -> IntentReading {
        let Some(learnt) = &self.learnt else {
            return IntentReading {
                main: None,
                holds: Vec::new(),
                intents: Vec::new(),
                evidence: Vec::new(),
            };
        };
        let odds = learnt.odds_of_tokens(text, tokens);
        let of = |name: &str| learnt.place(name).map_or(f64::NEG_INFINITY, |place| odds[place]);
        let mut ranked: Vec<(f64, Intent)> =
            Intent::ALL.into_iter().map(|intent| (of(intent.name()), intent)).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let main = ranked.first().filter(|first| first.0 > of(NONE)).map(|first| first.1);
        let holds: Vec<Intent> = ranked
            .iter()
            .filter(|(odds, intent)| main == Some(*intent) || *odds > 0.0)
            .map(|one| one.1)
            .collect();
        IntentReading {
            main,
            evidence: Vec::new(),
            holds,
            intents: ranked
                .into_iter()
                .map(|(odds, intent)| IntentScore { intent, probability: sigmoid(odds) })
                .collect(),
        }
    }

    /// Why an intent of `text` holds, or not; `None` only where nothing was learnt of it.
    pub fn explain(&self, text: &str, intent: Intent) -> Option<IntentWeight> {
        self.evidence(text, &[intent]).pop()
    }

    /// Why these intents of `text` hold, or not.
    pub(super) fn evidence(&self, text: &str, intents: &[Intent]) -> Vec<IntentWeight> {
        let Some(learnt) = &self.learnt else { return Vec::new() };
        let known = |intent: &Intent| Some((*intent, learnt.place(intent.name()).ok()?));
        let (intents, places): (Vec<Intent>, Vec<usize>) = intents.iter().filter_map(known).unzip();
        let one = |(intent, (why, spans)): (Intent, (Evidence, Vec<SpanWeight>))| IntentWeight {
            intent,
            prior: why.prior,
            contributions: with_rest(spans, why.prior, why.total, text),
            total: why.total,
        };
        intents.into_iter().zip(learnt.weigh(text, &places)).map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::super::invented::right;
    use super::*;
    use proptest::prelude::*;

    static READER: LazyLock<Intents> = LazyLock::new(Intents::builtin);

    #[test]
    fn shipped_bytes_are_read_and_know_every_intent() {
        let learnt = READER.learnt.as_ref().expect("shipped bytes");
        let mut names: Vec<&str> = Intent::ALL.into_iter().map(Intent::name).chain([NONE]).collect();
        names.sort_unstable();
        assert_eq!(learnt.labels(), names);
    }

    #[test]
    fn names_are_those_of_serde() {
        for intent in Intent::ALL {
            let json = serde_json::to_string(&intent).expect("plain data");
            assert_eq!(json, format!("\"{}\"", intent.name()));
        }
    }

    /// The shares of invented lines whose main intent is found; none of these was learnt from.
    #[test]
    fn invented_lines_are_read_as_labelled() {
        let read = |text: &str| READER.classify(text).main.map_or(NONE, Intent::name);
        let found = [
            right(include_str!("../../../../tests/cases/intent_tried.tsv"), |_| true, read),
            right(include_str!("../../../../tests/cases/intent_unseen.tsv"), |_| true, read),
            right(include_str!("../../../../tests/cases/intent_indirect.tsv"), |_| true, read),
        ];
        // Figures seen (`docs/models/intent.md`), a little lowered.
        let floors = [0.86, 0.86, 0.83];
        assert!(found.iter().zip(floors).all(|(found, floor)| *found >= floor), "{found:?}");
    }

    proptest! {
        #[test]
        fn evidence_adds_up_and_points_into_the_text(text in "\\PC{0,60}|(refund|please|how|cancel|join us|[ ?!])* ") {
            let found = READER.classify(&text);
            prop_assert_eq!(found.evidence.len(), found.holds.len());
            for why in found.evidence {
                let sum: f64 = why.contributions.iter().map(|c| c.weight.bits()).sum();
                prop_assert!((why.prior.bits() + sum - why.total.bits()).abs() < 1e-9);
                prop_assert!(why.contributions.iter().all(|c| text.get(c.start..c.end).is_some()));
                let of = found.intents.iter().find(|one| one.intent == why.intent).expect("all are there");
                // Intents are told by sums of 32 bits, explained by sums of 64.
                let odds = Weight::from_probability(of.probability).bits();
                prop_assert!((why.total.bits() - odds).abs() < 1e-3 * (1.0 + odds.abs()));
            }
        }
    }
}
