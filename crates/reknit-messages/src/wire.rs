//! The reader as every binding calls it: bytes and options as JSON in, an answer as JSON out.

use reknit::{Error, ErrorKind, Result};

use crate::{Options, read};

/// Reads one file; `options` is a JSON object with the fields of [`Options`], or empty. The answer holds
/// `format`, `messages` and `problems`, as [`Reading`](crate::Reading).
///
/// ```
/// let answer = reknit_messages::wire::read_messages(b"From: ana@x.io\n\nHello\n", "{}")?;
/// assert!(answer.starts_with(r#"{"format":"eml","messages":[{"id":"#));
/// # Ok::<(), reknit::Error>(())
/// ```
///
/// # Errors
/// `input` for options that are no JSON of that shape, and those of [`read`].
pub fn read_messages(bytes: &[u8], options: &str) -> Result<String> {
    let options = options_of(options)?;
    let reading = read(bytes, &options)?;
    serde_json::to_string(&reading)
        .map_err(|_| Error::new(ErrorKind::Internal, "an answer cannot be written as JSON"))
}

/// The error says where and not what: a value may be personal data.
fn options_of(json: &str) -> Result<Options> {
    if json.trim().is_empty() {
        return Ok(Options::default());
    }
    serde_json::from_str(json).map_err(|error| {
        let told = error.to_string();
        let unknown =
            told.starts_with("unknown field").then(|| told.split(" at line ").next().unwrap_or_default());
        let what = unknown.unwrap_or("wrong kind of value or no JSON");
        Error::input(format!("`options`: {what}, at line {}, column {}", error.line(), error.column()))
    })
}
