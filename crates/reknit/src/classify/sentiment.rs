//! Praise and complaint without training: a word list, rules for how words change each other, and
//! cues of irony.

use serde::{Deserialize, Serialize};

use super::{Lexicon, SpanWeight};

/// Which way a text leans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    /// Praise, thanks, joy.
    Positive,
    /// Complaint, anger, sadness.
    Negative,
    /// Neither.
    Neutral,
    /// Both, and neither outweighs the other.
    Mixed,
}

impl Polarity {
    /// The name in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
            Self::Neutral => "neutral",
            Self::Mixed => "mixed",
        }
    }
}

/// One sign of irony and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cue {
    /// What kind of sign: `praise_beside_trouble`, `elapsed_time`, `hashtag`, `ironic_quotes` ...
    pub name: String,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// How likely the text says the opposite of what its words say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sarcasm {
    /// 0 to 1.
    pub probability: f64,
    /// What speaks for it, in order of place.
    pub cues: Vec<Cue>,
}

/// How one text reads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SentimentReading {
    /// What the words say taken literally: −1 (worst) to 1 (best).
    pub score: f64,
    /// The score after irony is accounted for: −1 to 1.
    pub effective_score: f64,
    /// The lean of the effective score.
    pub label: Polarity,
    /// How sure the label is, 0 to 1.
    pub probability: f64,
    /// Irony.
    pub sarcasm: Sarcasm,
    /// What each word adds to the effective score, before it is squashed into −1..1, in order of place.
    pub contributions: Vec<SpanWeight>,
}

/// The reader. Immutable; make one and keep it.
#[derive(Debug, Clone)]
pub struct Sentiment {
    #[allow(dead_code)]
    lexicon: Lexicon,
}

impl Sentiment {
    /// The reader with the built-in English word list.
    pub fn builtin() -> Self {
        Self { lexicon: Lexicon::builtin() }
    }

    /// Reads one text.
    pub fn classify(&self, _text: &str) -> SentimentReading {
        SentimentReading {
            score: 0.0,
            effective_score: 0.0,
            label: Polarity::Neutral,
            probability: 0.5,
            sarcasm: Sarcasm { probability: 0.0, cues: Vec::new() },
            contributions: Vec::new(),
        }
    }
}
