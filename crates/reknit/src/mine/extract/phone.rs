//! Phone numbers: what looks like one and is one by the plan of its country.
//!
//! A run of digits with the signs that people put between them is read by
//! [`text::phone`](crate::text::phone). With a plus it must be a valid number of some country; without one
//! it must be valid in the caller's region and look like a number of a phone: written in groups, with
//! the trunk prefix, or behind a word such as `call`. Spanish and Portuguese texts of no region have the
//! numbers of Spain and Portugal where such a word and the grouping say so. Cost: at most [`MAX_RUN`] bytes from each start.

use crate::text::phone::Phone;

use super::lex::{Lexed, Shape};
use super::words as w;
use super::{Extracted, Kind, Locale, Reason};

/// Longest notation looked at, in bytes.
const MAX_RUN: usize = 28;

/// The phone number that begins at token `at`.
pub(super) fn phone_at(v: &Lexed<'_>, place: &Locale, at: usize) -> Option<Extracted> {
    let token = v.token(at);
    if token.glued && !starts_value(v, at) {
        return None;
    }
    let run = run_at(v.text, token.start)?;
    let text = &v.text[token.start..token.start + run];
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    if !(7..=15).contains(&digits) {
        return None;
    }
    let abroad = text.starts_with('+') || text.starts_with("00") && digits >= 10;
    let guessed = if abroad { None } else { iberian(v, place, at, text) };
    let region = place.region.as_deref().or(guessed);
    if !abroad && (region.is_none() || !looks_dialled(v, at, text, digits)) {
        return None;
    }
    let phone = Phone::read(text, region).filter(|phone| phone.valid && !phone.national)?;
    // North America writes its numbers in one way only.
    let american = phone.normal().starts_with("+1") && !abroad && !is_cued(v, at);
    if american && !matches!(groups(text)[..], [3, 3, 4] | [1, 3, 3, 4]) {
        return None;
    }
    let reason = if text.starts_with('+') { Reason::Form } else { Reason::Plan };
    let found =
        Extracted::new(Kind::Phone, token.start, token.start + run, phone.normal().to_owned(), reason);
    Some(match phone.region {
        Some(region) => found.by(region),
        None => found,
    })
}

/// Spanish and Portuguese are written in many countries. Without one told, nine digits behind a word of phones
/// that are grouped as only Spain or Portugal groups them are of that country.
fn iberian(v: &Lexed<'_>, place: &Locale, at: usize, text: &str) -> Option<&'static str> {
    let groups = groups(text);
    let threes = groups == [3, 3, 3];
    match place.language.as_str() {
        _ if place.region.is_some() || !is_cued(v, at) => None,
        // Peru writes its mobiles, which begin with 9, in threes as well.
        "es" if threes && text.starts_with(['6', '7']) || groups == [3, 2, 2, 2] => Some("ES"),
        "pt" if threes => Some("PT"),
        _ => None,
    }
}

fn starts_value(v: &Lexed<'_>, at: usize) -> bool {
    match v.before(at).shape {
        Shape::Sign(sign) => !matches!(
            sign,
            '-' | '.' | '/' | '+' | '#' | '@' | '$' | '€' | '£' | '_' | '=' | '&' | ',' | '%' | '(' | '°'
        ),
        Shape::Word | Shape::Number => false,
        Shape::Break | Shape::End => true,
    }
}

/// Digits and single separators, up to the last digit.
fn run_at(text: &str, start: usize) -> Option<usize> {
    let bytes = &text.as_bytes()[start..];
    let (mut end, mut gap, mut at, mut open) = (0, 0, 0, false);
    while at < bytes.len().min(MAX_RUN) {
        match bytes[at] {
            b'0'..=b'9' => {
                (end, gap) = (at + 1, 0);
            }
            b'+' if at == 0 => {}
            b'(' if !open && gap <= 1 => {
                open = true;
                gap = gap.max(1);
            }
            b')' if open => {
                open = false;
                gap = 1;
            }
            b' ' | b'-' | b'.' | b'/' if gap < 2 => gap += 1,
            0xC2 if bytes.get(at + 1) == Some(&0xA0) && gap == 0 => {
                gap = 1;
                at += 1;
            }
            _ => break,
        }
        at += 1;
    }
    let next = text[start + end..].chars().next();
    let ends = !next.is_some_and(|c| c.is_alphanumeric() || matches!(c, '%' | '€' | '$' | '£' | '@'));
    (end > 0 && ends).then_some(end)
}

/// The lengths of the runs of digits.
fn groups(text: &str) -> Vec<usize> {
    text.split(|c: char| !c.is_ascii_digit()).map(str::len).filter(|length| *length > 0).collect()
}

/// Whether a word such as `call` stands before it.
fn is_cued(v: &Lexed<'_>, at: usize) -> bool {
    (1..=3).any(|back| v.entry_before(at, back).is(w::PHONE))
}

/// Whether digits without a country code look like a phone number and not like another one.
fn looks_dialled(v: &Lexed<'_>, at: usize, text: &str, digits: usize) -> bool {
    let cued = is_cued(v, at);
    let other = (1..=3).any(|back| v.entry_before(at, back).cue.is_some());
    let groups = groups(text);
    let trunk = text.trim_start_matches('(').starts_with('0') && digits >= 9;
    let grouped =
        (2..=6).contains(&groups.len()) && digits >= 9 && groups.iter().skip(1).all(|length| *length >= 2);
    // One way of grouping: `1 205 26.50` has two.
    let signs = [' ', '-', '.', '/'].iter().filter(|sign| text.contains(**sign)).count();
    cued && !other && digits >= 7 || !other && (trunk || grouped && signs <= 2)
}
