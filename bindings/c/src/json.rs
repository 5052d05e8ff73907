//! JSON to values and back, with errors that quote nothing.

use reknit_core::{Error, ErrorKind, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The value in the JSON `text`, which the caller knows as `what`. The error says where and not what:
/// a value may be personal data.
pub(crate) fn read<T: DeserializeOwned>(what: &str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Error::input(format!("`{what}` is not the JSON it should be, at line {line}, column {column}"))
    })
}

/// `value` as JSON.
pub(crate) fn write<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|_| Error::new(ErrorKind::Internal, "an answer cannot be written as JSON"))
}

/// The saved model in the JSON `text`.
pub(crate) fn model<T: DeserializeOwned>(text: &str) -> Result<T> {
    read("model", text).map_err(|error| Error::model(error.to_string()))
}
