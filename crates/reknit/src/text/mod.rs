//! Readings of dirty text: pure, total, and the same the second time.
//!
//! Each file reads one kind of text into its normal form and says what it saw on the way. A reading
//! never fails and never panics on any input: what cannot be read has no normal form (`None`), and
//! that is data. The law, tested for all: reading a normal form gives the same normal form.

pub mod body;
pub mod company;
pub mod date;
pub mod email;
pub mod emoji;
pub mod fold;
pub mod handle;
pub mod html;
#[cfg(any(feature = "classify", feature = "mine"))]
pub mod language;
pub mod latin;
pub mod name;
pub mod nickname;
pub mod phone;
pub mod phonetic;
pub mod postal;
mod punycode;
pub mod subject;
pub mod token;
#[cfg(any(feature = "classify", feature = "mine"))]
pub(crate) mod words;

use serde::Serialize;
use serde_json::Value;

use crate::{Error, ErrorKind, Result};

/// The kinds [`normalize`] reads, in the order they are listed to the user.
const KINDS: &[&str] = &[
    "email",
    "phone",
    "name",
    "company",
    "handle",
    "date",
    "postcode",
    "subject",
    "body",
    "tokens",
    #[cfg(any(feature = "classify", feature = "mine"))]
    "language",
];

/// Reads `value` as the `kind` and gives the reading as JSON; `null` when it cannot be read. Every
/// reading has a `normal` form, which notations of one value share; only that of a `body` is its
/// parts.
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
        "name" => {
            let name = name::Name::read(value);
            with_normal(Some(&name).filter(|name| !name.is_empty()), &name.normal())
        }
        "company" => {
            let company = company::Company::read(value);
            with_normal(company.as_ref(), &company.as_ref().map(company::Company::normal).unwrap_or_default())
        }
        "handle" => {
            let handle = handle::Handle::read(value);
            with_normal(handle.as_ref(), &handle.as_ref().map(handle::Handle::normal).unwrap_or_default())
        }
        "date" => json(date::CivilDate::read_in(value, region)),
        "postcode" => {
            let code = postal::postcode(value);
            with_normal((!code.is_empty()).then(serde_json::Map::new), &code)
        }
        "subject" => {
            let subject = subject::base(value);
            with_normal(Some(&subject), &subject.base)
        }
        "body" => json(Some(body::Reading::of(value))),
        "tokens" => {
            let reading = token::TokenList::read(value);
            with_normal(Some(&reading), &reading.normal())
        }
        #[cfg(any(feature = "classify", feature = "mine"))]
        "language" => {
            let reading = language::LanguageDetector::builtin().detect(value);
            with_normal(Some(&reading), &reading.normal().unwrap_or_default())
        }
        _ => Err(Error::not_found(format!("unknown kind `{kind}`; the kinds are: {}", KINDS.join(", ")))),
    }
}

/// The reading as JSON, `null` for none.
fn json<T: Serialize>(reading: Option<T>) -> Result<Value> {
    serde_json::to_value(reading)
        .map_err(|_| Error::new(ErrorKind::Internal, "a reading has no JSON form; please report this"))
}

/// The reading as JSON with its normal form beside its parts.
fn with_normal<T: Serialize>(reading: Option<T>, normal: &str) -> Result<Value> {
    let mut value = json(reading)?;
    if let Value::Object(parts) = &mut value {
        parts.insert("normal".to_owned(), Value::from(normal));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_kind_is_answered_with_the_known_ones() {
        let error = normalize("shoe", "42", None).expect_err("a shoe is no kind");
        assert_eq!(error.name(), "not_found");
        assert!(KINDS.iter().all(|kind| error.to_string().contains(kind)));
    }
}
