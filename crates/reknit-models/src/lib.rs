//! What Reknit has learnt, as bytes: no code, no dependencies, one constant a model.
//!
//! Each is made by one command from licence-clean sources and has a card under `docs/models` that says
//! from what, how, how good, and under which licence.

/// Vectors of 26,000 word pieces and their word classes, distilled from the sentence encoder
/// all-MiniLM-L6-v2 (Apache-2.0) by `build_words.py`; the card is `docs/models/words.md`. The layout is
/// told and read by `reknit::classify`.
pub const WORDS: &[u8] = include_bytes!("../data/words.bin");

/// Weights of character n-grams and words that tell 51 languages of four scripts apart, by `build_language.py`;
/// the card is `docs/models/language.md`. The layout is told by `cargo xtask language` and read by
/// `reknit::text::language`.
pub const LANGUAGE: &[u8] = include_bytes!("../data/language.bin");

/// What was learnt of words for the built-in sentiment, made by `build_sentiment.py`; the card is
/// `docs/models/sentiment.md`. The layout is told and read by `reknit::classify`.
pub const SENTIMENT: &[u8] = include_bytes!("../data/sentiment.bin");

/// Weights of words and pairs that ironic messages were learnt by, by `build_irony.py`; the card is `docs/models/irony.md`.
/// The layout is told and read by `reknit::classify`.
pub const IRONY: &[u8] = include_bytes!("../data/irony.bin");

/// A linear model of 28 emotions and of Ekman's six, learnt from GoEmotions by `build_linear.py`; the card is
/// `docs/models/emotion.md`. The layout is told there and read by `reknit::classify`.
pub const EMOTION: &[u8] = include_bytes!("../data/emotion.bin");

/// A linear model of spam, learnt from the SMS Spam Collection by `build_linear.py`; the card is `docs/models/spam.md`.
pub const SPAM: &[u8] = include_bytes!("../data/spam.bin");

/// A classifier of what a customer's message wants, learnt from `support_lines.tsv` by `build_support.py`; the card is
/// `docs/models/intent.md`. The layout is that of any saved classifier.
pub const INTENT: &[u8] = include_bytes!("../data/intent.bin");

/// A classifier of how soon a customer's message wants an answer, from the same lines by the same command; the card is
/// `docs/models/urgency.md`.
pub const URGENCY: &[u8] = include_bytes!("../data/urgency.bin");
