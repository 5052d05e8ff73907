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
