//! Numbers of orders, invoices, parcels, tickets, bookings and accounts, and postal codes: by the word
//! before them.
//!
//! `order 3 pizzas` holds no number of an order, so a bare number needs five digits, or letters among
//! its digits; with `number`, `no.`, `#` or a colon before it three characters are enough. A booking
//! reference may be letters only where such a word leads to it. What reads as a date is none.
//!
//! Cost: a look at no more than a dozen tokens and [`MAX_NUMBER`] bytes.

use super::calendar::{self, Habit};
use super::lex::{Case, Lexed, Shape};
use super::words as w;
use super::{Extracted, Kind, Reason};

/// Longest number looked at, in bytes.
const MAX_NUMBER: usize = 40;
/// Tokens between the word and the number: `order number is: `.
const MAX_BETWEEN: usize = 6;

/// The number that the word at token `at` announces.
pub(super) fn cued_at(v: &Lexed<'_>, at: usize) -> Option<Extracted> {
    let kind = v.entry(at).cue?;
    let kind = if kind == Kind::Ticket || kind != Kind::Booking { kind } else { booking_kind(v, at) };
    let mut place = at + 1;
    let mut marked = names_a_number(v, at);
    let mut linked = false;
    while place <= at + MAX_BETWEEN {
        match v.token(place).shape {
            Shape::Sign('#' | ':' | '№') => marked = true,
            Shape::Sign('.' | '-' | '"' | '\'' | '(' | '°' | '=' | '*' | '“' | '„' | '«' | '`') => {}
            // `no`, `id`, `ref`; also a second cue: `order confirmation`, `Bestell-Nr.`
            Shape::Word if v.is(place, w::NUMBER) && !v.token(place + 1).glued_number() => marked = true,
            Shape::Word if v.is(place, w::LINK) && !v.glued_sign(place + 1, '-') => linked = true,
            Shape::Word if v.entry(place).cue.is_some() && !v.token(place + 1).glued_number() => return None,
            _ => break,
        }
        place += 1;
    }
    if linked && !marked || v.token(place).is_end() {
        return None;
    }
    let (text, end) = match kind {
        Kind::Postcode => halved_postcode(v, place).or_else(|| code_text(v, place))?,
        Kind::Invoice => series_text(v, place).or_else(|| code_text(v, place))?,
        _ => code_text(v, place)?,
    };
    let lone_sign = v.before(place).shape == Shape::Sign('-') && !marked;
    let plausible = match kind {
        // `CAP` and `CP` are words and other short forms too.
        Kind::Postcode if v.is_word(at, "cap") || v.is_word(at, "cp") => {
            v.token(at).case == Case::Upper && text.len() == 5 && text.bytes().all(|b| b.is_ascii_digit())
        }
        Kind::Postcode => is_postcode(text),
        Kind::Booking => {
            is_number(text, marked) || is_locator(text) && (marked || place == at + 1 && is_mixed(text))
        }
        _ => is_number(text, marked),
    };
    // What has a blank inside was looked at closely.
    let plausible = plausible || text.contains(' ');
    let dated =
        calendar::dates_at(v, Habit::default(), place).is_some_and(|date| v.token(date.next - 1).end >= end);
    let start = v.token(place).start;
    (plausible && !lone_sign && !dated).then(|| {
        let normal = text.to_ascii_uppercase();
        Extracted::new(kind, start, end, normal, Reason::Cue)
    })
}

/// `order confirmation`: the number is the order's, which stands before.
fn booking_kind(v: &Lexed<'_>, at: usize) -> Kind {
    match v.entry_before(at, 1).cue {
        Some(Kind::Order) => Kind::Order,
        _ => Kind::Booking,
    }
}

/// `Bestellnummer`, `Rechnungsnr`: the word says itself that a number follows.
fn names_a_number(v: &Lexed<'_>, at: usize) -> bool {
    let token = v.token(at);
    let word = v.text[token.start..token.end].to_ascii_lowercase();
    let own = word.ends_with("nummer")
        || word.ends_with("nr")
        || matches!(
            word.as_str(),
            "pnr"
                | "locator"
                | "zip"
                | "postcode"
                | "zipcode"
                | "plz"
                | "postleitzahl"
                | "cep"
                | "buchungscode"
                | "postal"
                | "cap"
                | "cp"
        );
    // `número de pedido`, `numéro de commande`, `codice di tracciamento`.
    let before = v.entry_before(at, 1).is(w::OF) && v.entry_before(at, 2).is(w::NUMBER)
        || v.entry_before(at, 1).is(w::NUMBER);
    own || before
}

/// Letters, digits and inner signs from token `at` on.
fn code_text<'a>(v: &Lexed<'a>, at: usize) -> Option<(&'a str, usize)> {
    let start = v.token(at).start;
    let rest = v.text.get(start..)?;
    let run = rest
        .bytes()
        .take_while(|&b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'/' | b'_' | b'.'))
        .take(MAX_NUMBER + 1)
        .count();
    if run > MAX_NUMBER || rest[run..].starts_with(|c: char| c.is_alphanumeric() || c == '@') {
        return None;
    }
    let text = rest[..run].trim_end_matches(['-', '/', '_', '.']);
    let first = text.bytes().next()?;
    first.is_ascii_alphanumeric().then_some((text, start + text.len()))
}

/// British `SW1A 1AA` and Canadian `K1A 0B1`: both halves, where the second is written apart.
fn halved_postcode<'a>(v: &Lexed<'a>, at: usize) -> Option<(&'a str, usize)> {
    let (first, end) = code_text(v, at)?;
    let rest = v.text.get(end..)?.strip_prefix(' ')?.as_bytes();
    let second = rest.get(..3)?;
    let digit = |at: usize| second.get(at).is_some_and(u8::is_ascii_digit);
    let whole = !rest.get(3).is_some_and(u8::is_ascii_alphanumeric);
    let lettered = first.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
    let british = digit(0) && !digit(1) && !digit(2);
    let canadian = digit(0) && !digit(1) && digit(2) && first.len() == 3;
    let fits = (2..=4).contains(&first.len())
        && lettered
        && first.bytes().any(|b| b.is_ascii_digit())
        && second.iter().all(u8::is_ascii_alphanumeric)
        && second.iter().any(u8::is_ascii_uppercase)
        && (british || canadian)
        && whole;
    let text = v.text.get(v.token(at).start..end + 4).filter(|_| fits)?;
    Some((text, end + 4))
}

/// `FT 2026/88`: the letters of a series before the number that a program of accounts gives.
fn series_text<'a>(v: &Lexed<'a>, at: usize) -> Option<(&'a str, usize)> {
    let (series, start) = (v.token(at), v.token(at + 1).start);
    let lettered =
        series.shape == Shape::Word && series.case != Case::Lower && series.end - series.start <= 4;
    let upper =
        v.text.get(series.start..series.end).is_some_and(|text| text.bytes().all(|b| b.is_ascii_uppercase()));
    let blank = v.text.get(series.end..start) == Some(" ");
    if !lettered
        || !upper
        || !blank
        || v.entry(at).currency.is_some()
        || v.token(at + 1).shape != Shape::Number
    {
        return None;
    }
    let (text, end) = code_text(v, at + 1)?;
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let numbered = text.contains(['/', '-'])
        && digits >= 5
        && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'/' | b'-'));
    let dated = calendar::dates_at(v, Habit::default(), at + 1).is_some()
        || calendar::dates_at(v, Habit::default(), at).is_some();
    let text = v.text.get(series.start..end).filter(|_| numbered && !dated)?;
    Some((text, end))
}

/// Letters with two digits or more, which no word has.
fn is_mixed(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (2..text.len()).contains(&digits)
}

fn is_number(text: &str, marked: bool) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let lower = text.bytes().filter(u8::is_ascii_lowercase).count();
    let ordinal = digits > 0
        && matches!(
            text.trim_start_matches(|c: char| c.is_ascii_digit()),
            "st" | "nd" | "rd" | "th" | "am" | "pm" | "x" | "k" | "h" | "min" | "kg" | "ml" | "gb"
        );
    let decimal = text.bytes().filter(|b| *b == b'.').count() == 1 && letters == 0 && digits < 8;
    let fraction = text.contains('/') && letters == 0 && digits < 5;
    if digits == 0 || ordinal || decimal || fraction {
        return false;
    }
    if marked {
        return text.len() >= 3 && digits >= 2;
    }
    let mixed = letters > 0 && digits >= 3 && text.len() >= 5 && (lower == 0 || digits >= 4);
    let long = digits >= 5 || letters == 0 && digits >= 4 && text.contains(['-', '/']) && text.len() >= 7;
    mixed || long
}

/// Six letters and digits in capitals, as airlines give them.
fn is_locator(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

fn is_postcode(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    match letters {
        0 => {
            matches!(text.len(), 4..=6) && digits == text.len()
                || matches!(text.len(), 8..=10) && text.contains('-') && matches!(digits, 7..=9)
        }
        _ => {
            (2..=4).contains(&text.len())
                && digits >= 1
                && text.bytes().next().is_some_and(|b| b.is_ascii_uppercase())
                || matches!(text.len(), 5..=8) && digits >= 2 && letters <= 4
        }
    }
}
