//! Finds what can be read by its form: dates, amounts, numbers of orders, addresses, accounts.
//!
//! Each finding has its kind, its bytes in the text and a normal form (an ISO 8601 date, a decimal with
//! its currency, an E.164 number). Precision comes before recall: `may`, `24/7`, `v1.12.2023`, `3/4` and
//! `1:1` are no dates, a card number passes its checksum, and a number is an order's only with a word
//! that says so. The rules are hand-written scanners over small tokens (`lex`), with one table of words
//! in six languages (`words`); there is no statistical part, so every finding has a nameable
//! reason.
//!
//! **Overlaps.** Each rule looks for itself; then the findings are settled: what a checksum or a fixed
//! form proves goes before what a cue names, that before dates, times, amounts and handles, and these
//! before phone numbers without a country code; among equals the longer one, then the kind listed first in
//! [`Kind`], then the earlier one. Which kinds the caller wants does not change what is found: the
//! choice is made at the end.
//!
//! **Languages.** Dates are read in English, German, French, Spanish, Italian and Portuguese at once,
//! whatever the locale: a desk's messages carry no label. The locale decides what only it can: day
//! or month first, which currency `$` is, the region of phone numbers, and words that two languages
//! share (`hier`).
//!
//! Sources: ISO 8601-1:2019, RFC 3339, ISO 13616 (IBAN), ISO/IEC 7812 and Luhn 1960 (cards), UPU S10
//! (postal items), ISO 4217, ITU-T E.164; CLDR for the names of months. Cost: linear in the bytes, one pass,
//! memory in the count of findings.

mod account;
mod address;
mod amount;
mod calendar;
mod clock;
mod duration;
mod lex;
mod moment;
mod number;
mod phone;
mod settle;
mod words;

use jiff::civil;
use serde::{Deserialize, Serialize};

use crate::model::Timestamp;
use crate::{Error, Result};

use calendar::Habit;
use lex::{Lexed, Shape};
use words::Words;

/// What a finding is. In JSON: the name in snake case.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A web address; the host in small letters.
    Url,
    /// An e-mail address, as [`text::email`](crate::text::email) writes it.
    Email,
    /// A bank account by ISO 13616: country, length and checksum are right.
    Iban,
    /// A payment card: issuer, length and Luhn's checksum are right. Digits only.
    Card,
    /// The number of a parcel: by its carrier's form and checksum, or by a word before it.
    Tracking,
    /// An IPv4 or IPv6 address.
    Ip,
    /// A phone number that the numbering plan has; E.164.
    Phone,
    /// The number of an order or purchase.
    Order,
    /// The number of an invoice or receipt.
    Invoice,
    /// The number of a ticket or case.
    Ticket,
    /// A booking reference.
    Booking,
    /// The number of a customer, account or contract.
    Account,
    /// A postal code, with a word before it that says so.
    Postcode,
    /// `@name`, in small letters.
    Handle,
    /// `#tag`, in small letters.
    Hashtag,
    /// A day with a time: `2026-03-12T15:00`.
    DateTime,
    /// A day, month, week or year: `2026-03-12`, `2026-03`, `2026-W11`, `2026`.
    Date,
    /// From one date or time to another: `2026-03-12/2026-03-14`, `09:00/17:00`.
    Interval,
    /// A time of day: `15:00`.
    Time,
    /// A length of time: `P3D`, `PT1H20M`, `P3D/P5D`.
    Duration,
    /// An amount of money: `1234.50 EUR`.
    Amount,
    /// Per hundred: `12.5%`.
    Percentage,
}

impl Kind {
    /// Every kind, in the order in which equals are settled.
    pub const ALL: [Self; 22] = [
        Self::Url,
        Self::Email,
        Self::Iban,
        Self::Card,
        Self::Tracking,
        Self::Ip,
        Self::Phone,
        Self::Order,
        Self::Invoice,
        Self::Ticket,
        Self::Booking,
        Self::Account,
        Self::Postcode,
        Self::Handle,
        Self::Hashtag,
        Self::DateTime,
        Self::Date,
        Self::Interval,
        Self::Time,
        Self::Duration,
        Self::Amount,
        Self::Percentage,
    ];

    /// The name in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Email => "email",
            Self::Iban => "iban",
            Self::Card => "card",
            Self::Tracking => "tracking",
            Self::Ip => "ip",
            Self::Phone => "phone",
            Self::Order => "order",
            Self::Invoice => "invoice",
            Self::Ticket => "ticket",
            Self::Booking => "booking",
            Self::Account => "account",
            Self::Postcode => "postcode",
            Self::Handle => "handle",
            Self::Hashtag => "hashtag",
            Self::DateTime => "date_time",
            Self::Date => "date",
            Self::Interval => "interval",
            Self::Time => "time",
            Self::Duration => "duration",
            Self::Amount => "amount",
            Self::Percentage => "percentage",
        }
    }
}

/// Why a finding is held to be one.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Its check digits are right.
    Checksum,
    /// It is written as nothing else is.
    Form,
    /// A word before it says so.
    Cue,
    /// The numbering plan of its country has it.
    Plan,
    /// Words and digits that together are an expression of time or money.
    Grammar,
}

/// One finding.
///
/// As JSON: `{"kind": "date", "start": 3, "end": 14, "normal": "2026-03-13", "reason": "grammar",
/// "relative": "next friday", "other": "2026-03-20"}`; what is not known is absent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extracted {
    /// What it is.
    pub kind: Kind,
    /// First byte in the text.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// The normal form of its kind. A date that depends on the time of the message, where that is not
    /// known, stays as in `relative`.
    pub normal: String,
    /// Why it is held to be this.
    pub reason: Reason,
    /// For what is counted from the time of the message: how. `+P1D`, `-PT2H`, `friday`, `next friday`,
    /// `week+1`, `--04-15` (a day of a year not told), `---20` (of a month not told), `--06` (a month).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relative: Option<String>,
    /// The other reading where there are two: day and month exchanged, or `next Friday` as the one in
    /// the week after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// Who gives out such numbers: the carrier of a parcel, the network of a card, the country of an
    /// account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

impl Extracted {
    fn new(kind: Kind, start: usize, end: usize, normal: String, reason: Reason) -> Self {
        Self { kind, start, end, normal, reason, relative: None, other: None, issuer: None }
    }

    fn by(self, issuer: &str) -> Self {
        Self { issuer: Some(issuer.to_owned()), ..self }
    }
}

/// When and where a message was written: what `tomorrow` is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The time of the message.
    pub time: Timestamp,
    /// The offset of the sender's clock from UTC in minutes, east positive; −1439 to 1439.
    #[serde(default)]
    pub offset_minutes: i16,
}

impl Reference {
    /// The date and the time on the sender's wall. `None` beyond the years −9999 to 9999.
    fn wall(self) -> Option<civil::DateTime> {
        let instant = jiff::Timestamp::from_millisecond(self.time.millis()).ok()?;
        let offset = jiff::tz::Offset::from_seconds(i32::from(self.offset_minutes) * 60).ok()?;
        Some(offset.to_datetime(instant))
    }
}

/// What a caller can say before texts are read.
///
/// | name | default | meaning | range |
/// |---|---|---|---|
/// | `locale` | none | language and region of the texts | `en`, `de-AT`, `pt_BR`: two or three letters, perhaps a region of two |
/// | `reference` | none | what relative dates are counted from | offset −1439 to 1439 minutes |
/// | `kinds` | empty | what is given back; empty for all | |
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// BCP 47: a language, perhaps with a region. Without it the day is before the month, `$` is the US
    /// dollar, and phone numbers need their country code.
    pub locale: Option<String>,
    /// The time of the messages, where they share one; [`Extractor::extract_at`] takes one each.
    pub reference: Option<Reference>,
    /// The kinds to give back; empty for all of them.
    pub kinds: Vec<Kind>,
}

impl Config {
    /// The texts' locale.
    #[must_use]
    pub fn locale(self, locale: impl Into<String>) -> Self {
        Self { locale: Some(locale.into()), ..self }
    }

    /// The texts' time.
    #[must_use]
    pub fn reference(self, reference: Reference) -> Self {
        Self { reference: Some(reference), ..self }
    }

    /// Only these kinds.
    #[must_use]
    pub fn kinds(self, kinds: &[Kind]) -> Self {
        Self { kinds: kinds.to_vec(), ..self }
    }

    /// The worker. Fails with [`ErrorKind::Config`](crate::ErrorKind::Config) for a locale that is no
    /// language tag or an offset of more than a day.
    pub fn build(&self) -> Result<Extractor> {
        let place = self.locale.as_deref().map_or(Ok(Locale::default()), Locale::read)?;
        check_reference(self.reference)?;
        let mut kinds = self.kinds.clone();
        kinds.sort_unstable();
        kinds.dedup();
        Ok(Extractor { place, reference: self.reference, kinds, words: Words::new() })
    }
}

fn check_reference(reference: Option<Reference>) -> Result<()> {
    match reference {
        Some(Reference { offset_minutes, .. }) if offset_minutes.unsigned_abs() >= 24 * 60 => {
            Err(Error::config(format!(
                "extract: reference.offset_minutes is {offset_minutes}; it must lie between -1439 and 1439"
            )))
        }
        _ => Ok(()),
    }
}

/// Language and region, as far as the rules ask for them.
#[derive(Debug, Clone, Default)]
struct Locale {
    language: String,
    /// ISO 3166, two letters; guessed from the language where it has one main country.
    region: Option<String>,
}

/// Regions that write the month before the day in digits, as in `text::date`.
const MONTH_FIRST: [&str; 10] = ["US", "PH", "FM", "MH", "PW", "GU", "AS", "PR", "VI", "UM"];

impl Locale {
    fn read(tag: &str) -> Result<Self> {
        let wrong = || {
            Error::config(
                "extract: locale is not a language tag; write a language and perhaps a region, as en-US",
            )
        };
        let mut parts = tag.split(['-', '_']);
        let language = parts.next().unwrap_or_default().to_ascii_lowercase();
        if !matches!(language.len(), 2 | 3) || !language.bytes().all(|b| b.is_ascii_lowercase()) {
            return Err(wrong());
        }
        let alphanumeric = |part: &&str| {
            !part.is_empty() && part.len() <= 8 && part.bytes().all(|b| b.is_ascii_alphanumeric())
        };
        let rest: Vec<&str> = parts.collect();
        if !rest.iter().all(alphanumeric) {
            return Err(wrong());
        }
        let region = rest.iter().find(|part| part.len() == 2).map(|part| part.to_ascii_uppercase());
        let main = match language.as_str() {
            "de" => Some("DE"),
            "fr" => Some("FR"),
            "it" => Some("IT"),
            _ => None,
        };
        Ok(Self { region: region.or_else(|| main.map(str::to_owned)), language })
    }

    fn habit(&self) -> Habit {
        let month_first = self.region.as_deref().is_some_and(|region| MONTH_FIRST.contains(&region));
        Habit { month_first, french: self.language == "fr" }
    }
}

/// Reads texts; made by [`Config::build`], never changes, can be shared by threads. Making one fills the
/// table of words, so keep it for many texts.
///
/// ```
/// use reknit::mine::extract::{Config, Kind, Reference};
/// use reknit::model::Timestamp;
/// let time = Timestamp::parse("2026-03-11T09:30:00Z").unwrap();
/// let extractor = Config::default().locale("en-US").reference(Reference { time, offset_minutes: 60 }).build()?;
/// let text = "You may refund $1,234.50 for order #A-10382 by next Friday at 5pm.";
/// let found: Vec<_> = extractor.extract(text).into_iter().map(|f| (f.kind, f.normal)).collect();
/// assert_eq!(found, [
///     (Kind::Amount, "1234.50 USD".to_owned()),
///     (Kind::Order, "A-10382".to_owned()),
///     (Kind::DateTime, "2026-03-13T17:00".to_owned()),
/// ]);
/// # Ok::<(), reknit::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Extractor {
    place: Locale,
    reference: Option<Reference>,
    /// Sorted; empty for all.
    kinds: Vec<Kind>,
    words: Words,
}

impl Extractor {
    /// What the text holds, in order of place; findings do not overlap.
    #[must_use]
    pub fn extract(&self, text: &str) -> Vec<Extracted> {
        self.extract_at(text, self.reference)
    }

    /// As [`extract`](Self::extract), with the time of this message. An offset of a day or more counts as
    /// no reference.
    #[must_use]
    pub fn extract_at(&self, text: &str, reference: Option<Reference>) -> Vec<Extracted> {
        let now = reference.filter(|r| r.offset_minutes.unsigned_abs() < 24 * 60).and_then(Reference::wall);
        let mut found = settle::settle(Scan::new(self, text, now).run());
        if !self.kinds.is_empty() {
            found.retain(|extracted| self.kinds.binary_search(&extracted.kind).is_ok());
        }
        found
    }
}

/// One walk over the tokens of a text.
struct Scan<'a> {
    place: &'a Locale,
    habit: Habit,
    now: Option<civil::DateTime>,
    view: Lexed<'a>,
    found: Vec<Extracted>,
    /// Up to this byte the rules of a kind have spoken.
    dated: usize,
    numbered: usize,
    /// No bare domain begins before this byte.
    plain: usize,
}

impl<'a> Scan<'a> {
    fn new(worker: &'a Extractor, text: &'a str, now: Option<civil::DateTime>) -> Self {
        Self {
            place: &worker.place,
            habit: worker.place.habit(),
            now,
            view: Lexed::new(text, &worker.words),
            found: Vec::new(),
            dated: 0,
            numbered: 0,
            plain: 0,
        }
    }

    fn run(mut self) -> Vec<Extracted> {
        let mut at = 0;
        loop {
            at = self.view.fill(at);
            if self.view.done(at) {
                return self.found;
            }
            at = self.step(at);
        }
    }

    /// Tries the rules that may begin at this token; gives the next one to look at.
    fn step(&mut self, at: usize) -> usize {
        let token = self.view.token(at);
        match token.shape {
            Shape::Word => {
                if let Some(end) = self.address(at) {
                    return self.view.skip_to(at, end);
                }
                self.codes(at);
                let entry = self.view.entry(at);
                if entry.cue.is_some() {
                    self.cued(at);
                }
                if entry.starts {
                    self.moment(at);
                }
                if entry.currency.is_some() {
                    self.money(at);
                }
            }
            Shape::Number => {
                if let Some(end) = self.address(at) {
                    return self.view.skip_to(at, end);
                }
                self.codes(at);
                self.moment(at);
                self.money(at);
                self.phone(at);
            }
            Shape::Sign('@' | '#') => {
                if let Some(end) = self.marked(at) {
                    return self.view.skip_to(at, end);
                }
            }
            Shape::Sign('+' | '(') => self.phone(at),
            Shape::Sign(':') => self.codes(at),
            Shape::Sign(_) => self.money(at),
            Shape::Break | Shape::End => {}
        }
        at + 1
    }

    fn moment(&mut self, at: usize) {
        if self.view.token(at).start < self.dated {
            return;
        }
        if let Some(found) = moment::moment_at(&self.view, self.habit, self.now, at) {
            self.dated = found.end;
            self.found.push(found);
        }
    }

    fn money(&mut self, at: usize) {
        if let Some(found) = amount::amount_at(&self.view, self.place, at) {
            self.found.push(found);
        }
    }

    fn cued(&mut self, at: usize) {
        self.found.extend(number::cued_at(&self.view, at));
    }

    fn codes(&mut self, at: usize) {
        if self.view.token(at).start < self.numbered {
            return;
        }
        if let Some(found) = account::code_at(&self.view, at) {
            self.numbered = found.end;
            self.found.push(found);
        }
    }

    fn phone(&mut self, at: usize) {
        if self.view.token(at).start < self.numbered {
            return;
        }
        if let Some(found) = phone::phone_at(&self.view, self.place, at) {
            self.numbered = found.end;
            self.found.push(found);
        }
    }

    /// An address or link that begins here; gives its end.
    fn address(&mut self, at: usize) -> Option<usize> {
        let found = address::link_at(&self.view, at, &mut self.plain)?;
        let end = found.end;
        self.found.push(found);
        Some(end)
    }

    fn marked(&mut self, at: usize) -> Option<usize> {
        let found = address::marked_at(&self.view, at)?;
        let end = found.end;
        self.found.push(found);
        Some(end)
    }
}

#[cfg(test)]
mod tests;
