//! Readings of dirty text: pure, total, and the same the second time.
//!
//! Each file reads one kind of text into its normal form and says what it saw on the way. A reading
//! never fails and never panics on any input: what cannot be read has no normal form (`None`), and
//! that is data. The law, tested for all: reading a normal form gives the same normal form.

pub mod body;
pub mod date;
pub mod email;
pub mod emoji;
pub mod fold;
pub mod handle;
pub mod name;
pub mod nickname;
pub mod phone;
pub mod phonetic;
pub mod postal;
pub mod subject;
pub mod token;

use serde::Serialize;
use serde_json::Value;

use crate::{Error, Result};

/// The kinds [`normalize`] reads, in the order they are listed to the user.
const KINDS: &[&str] = &["email", "phone", "name", "handle", "date", "postcode"];

/// Reads `value` as the `kind` and gives the reading as JSON; `null` when it cannot be read.
///
/// `region` (ISO 3166) is the country in which phone numbers without a country code and dates in
/// digits were written down. An unknown kind is an [`Error::not_found`].
///
/// ```
/// let reading = reknit::text::normalize("email", "Ana <Ana@X.io>", None).unwrap();
/// assert_eq!(reading["normal"], "ana@x.io");
/// ```
pub fn normalize(kind: &str, value: &str, region: Option<&str>) -> Result<Value> {
    match kind {
        "email" => json(email::Email::read(value)),
        "phone" => json(phone::Phone::read(value, region)),
        "name" => json(Some(name::Name::read(value)).filter(|name| !name.is_empty())),
        "handle" => json(handle::Handle::read(value)),
        "date" => json(date::CivilDate::read_in(value, region)),
        "postcode" => json(Some(postal::postcode(value)).filter(|code| !code.is_empty())),
        _ => Err(Error::not_found(format!("unknown kind `{kind}`; the kinds are: {}", KINDS.join(", ")))),
    }
}

fn json<T: Serialize>(reading: Option<T>) -> Result<Value> {
    serde_json::to_value(reading).map_err(|_| Error::not_found("the reading has no JSON form"))
}
