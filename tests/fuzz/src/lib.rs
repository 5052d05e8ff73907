//! What the fuzz targets do with bytes: one function a target, each without a promise about its input.
//!
//! A target feeds bytes to a verb and then holds the answer against what the verb's documentation promises:
//! spans lie within the text and cut no character, probabilities lie in 0 to 1, what is said to add up adds up,
//! what is saved loads and answers the same, the second reading of a normal form changes nothing. A panic, a
//! broken promise or an input that takes more than seconds is a finding. Here rather than in the targets, so that
//! they can be called without libFuzzer too.
//!
//! Cost: a few microseconds to a few milliseconds an input.

mod draw;
mod extract;
mod mine;
mod model;
mod saved;
mod text;
#[cfg(feature = "wire")]
mod wire;

pub use extract::extract;
pub use mine::mine;
pub use model::{forge, load, models, train};
pub use saved::saved;
pub use text::{language, normalize, readers, tokens};
#[cfg(feature = "wire")]
pub use wire::wire;

/// The verbs whose requests the target `wire` makes up: those that read texts, and one that is not there.
pub const VERBS: [&str; 25] = [
    "normalize",
    "train",
    "classify",
    "counterfactual",
    "top_features",
    "suggest",
    "classify_live",
    "train_multi",
    "classify_multi",
    "explain_multi",
    "counterfactual_multi",
    "top_features_multi",
    "annotate",
    "extract",
    "redact",
    "key_phrases",
    "similar",
    "duplicates",
    "topics",
    "segments",
    "summarize",
    "opinions",
    "expand",
    "evaluate",
    "no such verb",
];

/// A span as findings have it: within the text, on borders of characters.
fn check_span(text: &str, start: usize, end: usize) {
    assert!(text.get(start..end).is_some(), "{start}..{end} is no span of {} bytes", text.len());
}

/// A probability, a strength, a share.
fn check_share(name: &str, value: f64) {
    assert!((0.0..=1.0).contains(&value), "{name}: {value}");
}

/// What is said to be the sum of the others.
fn check_sum(name: &str, parts: f64, total: f64) {
    assert!((parts - total).abs() <= 1e-6 * (1.0 + total.abs()), "{name}: {parts} is not {total}");
}
