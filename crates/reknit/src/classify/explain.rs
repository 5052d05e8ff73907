//! Why a text got its label: what every word adds to the odds.

use serde::Serialize;

use crate::model::{Evidence, Weight};

/// What one place of the text adds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpanWeight {
    /// The word as it was compared, or the rule.
    pub name: String,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// What it adds.
    pub weight: Weight,
}

/// Why one label rather than another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The label explained.
    pub label: String,
    /// The label it is weighed against: the next best.
    pub against: String,
    /// The log2 odds of `label` against `against`: prior, one contribution a token, then form.
    pub evidence: Evidence,
    /// The same contributions with their places in the text, strongest first.
    pub spans: Vec<SpanWeight>,
}
