//! The models that come with the library, by name: one way to open and to ask them for everybody above.
//!
//! Each has a room of its own that says how it reads and from what it was learnt; here is only the list.
//! Cost: that of the model.

use serde::Serialize;

use super::{
    EmotionReading, Emotions, IntentReading, Intents, Sentiment, SentimentReading, Spam, SpamReading,
    Urgency, UrgencyReading,
};
use crate::text::token::tokens;
use crate::{Error, Result};

/// A model that needs no training. Immutable; open one and keep it.
///
/// ```
/// use reknit::classify::BuiltIn;
/// let model = BuiltIn::open("urgency")?;
/// assert_eq!(model.label("I smell gas in the kitchen, come NOW").0, "high");
/// assert!(BuiltIn::open("telepathy").is_err());
/// # Ok::<(), reknit::Error>(())
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum BuiltIn {
    /// Praise and complaint.
    Sentiment(Box<Sentiment>),
    /// Feelings.
    Emotion(Box<Emotions>),
    /// What a message wants.
    Intent(Box<Intents>),
    /// How soon it wants it.
    Urgency(Box<Urgency>),
    /// Whether it is bulk.
    Spam(Box<Spam>),
}

/// What a built-in model reads of a text; as JSON the reading itself.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Reading {
    /// Of [`Sentiment`].
    Sentiment(SentimentReading),
    /// Of [`Emotions`].
    Emotion(EmotionReading),
    /// Of [`Intents`].
    Intent(IntentReading),
    /// Of [`Urgency`].
    Urgency(UrgencyReading),
    /// Of [`Spam`].
    Spam(SpamReading),
}

impl BuiltIn {
    /// The names, with what each says: labels, and what it is about.
    pub const MODELS: [(&'static str, &'static str, &'static str); 5] = [
        ("sentiment", "positive, negative, neutral, mixed", "how a text sounds, with irony; mainly English"),
        ("emotion", "28 emotions, and the six of Ekman", "what an English text feels"),
        ("intent", "complaint, question, request and 5 more", "what an English message wants"),
        ("urgency", "low, medium, high", "how soon an English message wants it"),
        ("spam", "spam, ham", "whether an English short message is spam"),
    ];

    /// The model of that name.
    ///
    /// # Errors
    /// `NotFound` for an unknown name.
    pub fn open(name: &str) -> Result<Self> {
        Ok(match name {
            "sentiment" => Self::Sentiment(Box::new(Sentiment::builtin())),
            "emotion" => Self::Emotion(Box::new(Emotions::builtin())),
            "intent" => Self::Intent(Box::new(Intents::builtin())),
            "urgency" => Self::Urgency(Box::new(Urgency::builtin())),
            "spam" => Self::Spam(Box::new(Spam::builtin())),
            _ => {
                let names = Self::MODELS.map(|model| model.0).join(", ");
                return Err(Error::not_found(format!("no built-in model `{name}`; there are {names}")));
            }
        })
    }

    /// Everything the model reads of `text`, with its reasons.
    pub fn read(&self, text: &str) -> Reading {
        match self {
            Self::Sentiment(model) => Reading::Sentiment(model.classify(text)),
            Self::Emotion(model) => Reading::Emotion(model.classify(text)),
            Self::Intent(model) => Reading::Intent(model.classify(text)),
            Self::Urgency(model) => Reading::Urgency(model.classify(text)),
            Self::Spam(model) => Reading::Spam(model.classify(text)),
        }
    }

    /// One label and how sure it is, 0 to 1: of emotions the likeliest of the 28; of intents the main one,
    /// or `none`. Cheaper than [`read`](Self::read), which says why.
    pub fn label(&self, text: &str) -> (String, f64) {
        let reading = match self {
            Self::Intent(model) => Reading::Intent(model.rank(text, tokens(text))),
            Self::Urgency(model) => Reading::Urgency(model.rank(text, tokens(text))),
            Self::Sentiment(_) | Self::Emotion(_) | Self::Spam(_) => self.read(text),
        };
        let (label, probability) = reading.label();
        (label.to_owned(), probability)
    }
}

impl Reading {
    /// One label and how sure it is, as [`BuiltIn::label`] gives them.
    pub fn label(&self) -> (&str, f64) {
        match self {
            Self::Sentiment(found) => (found.label.name(), found.probability),
            Self::Emotion(found) => {
                found.emotions.first().map_or(NONE, |one| (one.emotion.as_str(), one.probability))
            }
            Self::Intent(found) => {
                let main = found.intents.iter().find(|one| found.main == Some(one.intent));
                main.map_or(NONE, |one| (one.intent.name(), one.probability))
            }
            Self::Urgency(found) => {
                let level = found.levels.iter().find(|one| found.level == one.level);
                level.map_or(NONE, |one| (one.level.name(), one.probability))
            }
            Self::Spam(SpamReading { spam: true, probability, .. }) => ("spam", *probability),
            Self::Spam(found) => ("ham", 1.0 - found.probability),
        }
    }
}

const NONE: (&str, f64) = ("none", 0.0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_opens_and_answers() {
        for (name, ..) in BuiltIn::MODELS {
            let model = BuiltIn::open(name).expect("it is listed");
            for text in ["", "I want my money back, this is the third time!", "WIN a prize, call now", "👍"]
            {
                let (label, sure) = model.label(text);
                assert!(!label.is_empty() && (0.0..=1.0).contains(&sure), "{name} {text} {label} {sure}");
                assert_eq!(model.read(text).label(), (label.as_str(), sure));
            }
        }
    }
}
