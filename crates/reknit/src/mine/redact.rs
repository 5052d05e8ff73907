//! Replaces personal data by what kind of thing stood there: `mail me at [email]`.
//!
//! What is personal is found by [`extract`]: addresses, phone numbers, accounts, cards,
//! numbers that point at one customer. Each is replaced by a placeholder, `[email]`, or with
//! [`Config::numbered`] by one with a number, `[email_1]`, the same for the same normal form within a
//! text, so that a reader can still tell who is who. The text between is left as it is.
//!
//! Redacting twice changes nothing: placeholders are never looked into, and what lies between them is
//! read by itself until nothing is found there any more, since a value may show itself only once its
//! neighbour is gone. That takes one more reading of what was cut, for most texts.
//!
//! Cost: linear; at most 64 readings.

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::extract::{self, Extracted, Extractor, Kind};
use crate::{Error, Result};

/// What points at a person, and what is replaced unless the caller says otherwise.
pub const PERSONAL: [Kind; 12] = [
    Kind::Email,
    Kind::Iban,
    Kind::Card,
    Kind::Tracking,
    Kind::Ip,
    Kind::Phone,
    Kind::Order,
    Kind::Invoice,
    Kind::Ticket,
    Kind::Booking,
    Kind::Account,
    Kind::Handle,
];

/// Each round reads only what the one before cut. Texts that people write need two or three.
const MAX_ROUNDS: usize = 64;

/// What a caller can say before texts are redacted.
///
/// | name | default | meaning |
/// |---|---|---|
/// | `kinds` | [`PERSONAL`] | what is replaced; empty is an error |
/// | `numbered` | false | `[email_1]`, the same number for the same value in one text |
/// | `locale` | none | as in [`extract::Config`] |
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// The kinds that are replaced.
    pub kinds: Vec<Kind>,
    /// Whether placeholders are numbered.
    pub numbered: bool,
    /// BCP 47, for phone numbers without a country code.
    pub locale: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self { kinds: PERSONAL.to_vec(), numbered: false, locale: None }
    }
}

impl Config {
    /// Only these kinds.
    #[must_use]
    pub fn kinds(self, kinds: &[Kind]) -> Self {
        Self { kinds: kinds.to_vec(), ..self }
    }

    /// Placeholders with numbers.
    #[must_use]
    pub fn numbered(self) -> Self {
        Self { numbered: true, ..self }
    }

    /// The texts' locale.
    #[must_use]
    pub fn locale(self, locale: impl Into<String>) -> Self {
        Self { locale: Some(locale.into()), ..self }
    }

    /// The worker. Fails with [`ErrorKind::Config`](crate::ErrorKind::Config) for no kinds at all or a
    /// locale that is no language tag.
    pub fn build(&self) -> Result<Redactor> {
        if self.kinds.is_empty() {
            return Err(Error::config("redact: kinds is empty; name at least one kind to replace"));
        }
        let extractor =
            extract::Config { locale: self.locale.clone(), reference: None, kinds: self.kinds.clone() };
        Ok(Redactor { extractor: extractor.build()?, numbered: self.numbered })
    }
}

/// What was replaced, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replacement {
    /// What stood there.
    pub kind: Kind,
    /// First byte in the text as it was.
    pub start: usize,
    /// Byte after the last in the text as it was.
    pub end: usize,
    /// What stands there now.
    pub placeholder: String,
    /// First byte of the placeholder in the redacted text.
    pub at: usize,
}

/// A text without the personal data that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redacted {
    /// The text with placeholders.
    pub text: String,
    /// What was replaced, in order of place; it does not hold the values.
    pub replaced: Vec<Replacement>,
}

/// Redacts texts; made by [`Config::build`], never changes.
///
/// ```
/// use reknit::mine::redact::Config;
/// let redactor = Config::default().numbered().build()?;
/// let redacted = redactor.redact("I am ana@example.com, not bob@example.com. Write to ANA@example.com!");
/// assert_eq!(redacted.text, "I am [email_1], not [email_2]. Write to [email_1]!");
/// assert_eq!(redactor.redact(&redacted.text).text, redacted.text);
/// # Ok::<(), reknit::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Redactor {
    extractor: Extractor,
    numbered: bool,
}

impl Redactor {
    /// The text with placeholders, and what they stand for by kind and place.
    #[must_use]
    pub fn redact(&self, text: &str) -> Redacted {
        let kept = placeholders(text);
        let found = self.all_found(text, &kept);
        let mut numbers = Numbers::after(text, &kept);
        let mut redacted =
            Redacted { text: String::with_capacity(text.len()), replaced: Vec::with_capacity(found.len()) };
        let mut from = 0;
        for extracted in found {
            redacted.text.push_str(&text[from..extracted.start]);
            let placeholder = self.placeholder(&extracted, &mut numbers);
            let at = redacted.text.len();
            redacted.text.push_str(&placeholder);
            from = extracted.end;
            let Extracted { kind, start, end, .. } = extracted;
            redacted.replaced.push(Replacement { kind, start, end, placeholder, at });
        }
        redacted.text.push_str(&text[from..]);
        redacted
    }

    /// Reads the gaps between placeholders until they hold nothing.
    fn all_found(&self, text: &str, kept: &[(usize, usize)]) -> Vec<Extracted> {
        let mut gaps = gaps((0, text.len()), kept.iter().copied());
        let mut found = Vec::new();
        for _ in 0..MAX_ROUNDS {
            let mut smaller = Vec::new();
            for (start, end) in gaps {
                let within: Vec<Extracted> =
                    self.extractor.extract(&text[start..end]).into_iter().map(|f| moved(f, start)).collect();
                if !within.is_empty() {
                    smaller.extend(self::gaps((start, end), within.iter().map(|f| (f.start, f.end))));
                    found.extend(within);
                }
            }
            if smaller.is_empty() {
                break;
            }
            gaps = smaller;
        }
        found.sort_by_key(|f| f.start);
        found
    }

    fn placeholder(&self, extracted: &Extracted, numbers: &mut Numbers) -> String {
        let name = extracted.kind.name();
        if self.numbered {
            format!("[{name}_{}]", numbers.of(extracted.kind, &extracted.normal))
        } else {
            format!("[{name}]")
        }
    }
}

fn moved(mut extracted: Extracted, by: usize) -> Extracted {
    extracted.start += by;
    extracted.end += by;
    extracted
}

/// What is left of a stretch of text without some parts of it.
fn gaps((start, end): (usize, usize), parts: impl Iterator<Item = (usize, usize)>) -> Vec<(usize, usize)> {
    let mut gaps = Vec::new();
    let mut from = start;
    for (part, next) in parts {
        gaps.push((from, part));
        from = next;
    }
    gaps.push((from, end));
    gaps.retain(|(from, to)| from < to);
    gaps
}

/// Where placeholders stand already.
fn placeholders(text: &str) -> Vec<(usize, usize)> {
    text.match_indices('[').filter_map(|(at, _)| Some((at, at + placeholder_length(&text[at..])?))).collect()
}

/// The length of a placeholder at the start of `text`.
fn placeholder_length(text: &str) -> Option<usize> {
    let (_, number, length) = placeholder_at(text)?;
    let _ = number;
    Some(length)
}

/// Kind, number and length of a placeholder at the start of `text`.
fn placeholder_at(text: &str) -> Option<(Kind, u32, usize)> {
    let body = text.strip_prefix('[')?;
    // The longest name and ten digits.
    let close = body.bytes().take(24).position(|b| b == b']')?;
    let inside = &body[..close];
    if let Some(kind) = Kind::ALL.into_iter().find(|kind| kind.name() == inside) {
        return Some((kind, 0, close + 2));
    }
    let (name, number) = inside.rsplit_once('_')?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name)?;
    let number = number.bytes().all(|b| b.is_ascii_digit()).then(|| number.parse().ok())??;
    Some((kind, number, close + 2))
}

/// The numbers of the values of one text.
struct Numbers {
    given: HashMap<(Kind, String), u32>,
    last: [u32; Kind::ALL.len()],
}

impl Numbers {
    /// Counts on behind the placeholders that the text has already.
    fn after(text: &str, kept: &[(usize, usize)]) -> Self {
        let mut numbers = Self { given: HashMap::new(), last: [0; Kind::ALL.len()] };
        for &(start, _) in kept {
            if let Some((kind, number, _)) = placeholder_at(&text[start..]) {
                let last = &mut numbers.last[kind as usize];
                *last = number.max(*last);
            }
        }
        numbers
    }

    fn of(&mut self, kind: Kind, normal: &str) -> u32 {
        let last = &mut self.last[kind as usize];
        *self.given.entry((kind, normal.to_owned())).or_insert_with(|| {
            *last = last.saturating_add(1);
            *last
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn redacted(text: &str) -> String {
        Config::default().locale("en-US").build().expect("a fine config").redact(text).text
    }

    #[test]
    fn values_go_and_the_text_stays() {
        assert_eq!(
            redacted(
                "Card 4111 1111 1111 1111, call (202) 555-0143 or +44 20 7946 0018; IBAN DE89 3704 0044 0532 0130 00."
            ),
            "Card [card], call [phone] or [phone]; IBAN [iban]."
        );
        assert_eq!(
            redacted("order #A-10382 from @ana_k, due May 5"),
            "order #[order] from [handle], due May 5"
        );
    }

    #[test]
    fn the_same_value_has_the_same_number_and_old_numbers_are_kept() {
        let redactor = Config::default().numbered().build().expect("a fine config");
        let once = redactor.redact("[email_3] a@x.org b@x.org A@X.org");
        assert_eq!(once.text, "[email_3] [email_4] [email_5] [email_4]");
        assert_eq!(once.replaced[1].at, 20);
    }

    #[test]
    fn no_kinds_is_an_error() {
        let error = Config::default().kinds(&[]).build().expect_err("nothing to do");
        assert_eq!(error.kind(), crate::ErrorKind::Config);
    }

    proptest! {
        #[test]
        fn redacting_twice_changes_nothing(
            text in "([ a-z@.0-9\\[\\]+/:#_-]|a@b\\.org|\\[email\\]|\\+4420794600[0-9]{2}|4111111111111111|order #?[0-9A-Z]{4,7}|5 May|\\$5){0,30}",
            numbered in any::<bool>(),
        ) {
            let config = Config { kinds: Kind::ALL.to_vec(), numbered, locale: Some("en-GB".to_owned()) };
            let redactor = config.build().expect("a fine config");
            let once = redactor.redact(&text);
            prop_assert_eq!(&redactor.redact(&once.text).text, &once.text);
            for part in &once.replaced {
                prop_assert!(text.get(part.start..part.end).is_some());
                prop_assert_eq!(&once.text[part.at..part.at + part.placeholder.len()], &part.placeholder);
            }
        }
    }
}
