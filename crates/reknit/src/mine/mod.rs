//! What texts hold: spans worth finding, phrases, topics, texts that are alike.

pub mod extract;
pub mod redact;
