//! Amounts of money and percentages.
//!
//! A sign, a code or a word of a currency before or behind a number, which is read with the separators
//! of any country: the last of two different ones is the decimal sign; a single one with three digits
//! behind it groups thousands (no currency here is written with three decimals). `k`, `m` and `bn`
//! multiply. `$` is the dollar of the caller's region. The normal form is a decimal with the digits as
//! written and the code of ISO 4217.
//!
//! Cost: a look at no more than [`MAX_DIGITS`] digits.

use super::lex::{Case, Lexed, Shape};
use super::words as w;
use super::{Extracted, Kind, Locale, Reason};

/// More digits than this are no amount that people write.
const MAX_DIGITS: usize = 15;

/// A number as written: the digits without grouping, with `.` as the decimal sign.
struct Numeral {
    text: String,
    /// The other reading of `1.133`, which a million behind it shows to be the right one.
    decimal: Option<String>,
    /// Token after it.
    next: usize,
}

/// The amount or percentage that begins at token `at`.
pub(super) fn amount_at(v: &Lexed<'_>, place: &Locale, at: usize) -> Option<Extracted> {
    match v.token(at).shape {
        Shape::Number => behind_number(v, place, at),
        Shape::Sign(_) | Shape::Word => before_number(v, place, at),
        _ => None,
    }
}

/// `$5`, `US$ 20`, `EUR 1.234,50`.
fn before_number(v: &Lexed<'_>, place: &Locale, at: usize) -> Option<Extracted> {
    let token = v.token(at);
    let (code, next) = code_before(v, place, at)?;
    if token.shape == Shape::Word && token.glued && v.before(at).shape == Shape::Number {
        return None;
    }
    let at = at - usize::from(token.shape != Shape::Word && letters_before(v, at).is_some());
    let numeral = numeral_at(v, next)?;
    let (numeral, next) = multiplied(v, numeral);
    if v.token(next).glued_number() {
        return None;
    }
    // `20,-` and `20.-`.
    let end = dash_behind(v, next).unwrap_or(next);
    Some(amount(v, at, end, &numeral, &code))
}

fn amount(v: &Lexed<'_>, at: usize, next: usize, numeral: &str, code: &str) -> Extracted {
    Extracted::new(
        Kind::Amount,
        v.token(at).start,
        v.token(next - 1).end,
        format!("{numeral} {code}"),
        Reason::Grammar,
    )
}

/// The currency that token `at` begins to name before a number, and the number's token.
fn code_before(v: &Lexed<'_>, place: &Locale, at: usize) -> Option<(String, usize)> {
    let token = v.token(at);
    if let Some(sign) = v.sign(at) {
        let code = letters_before(v, at).map(str::to_owned);
        return Some((code.or_else(|| sign_code(sign, place))?, at + 1));
    }
    let code = v.entry(at).currency?;
    let upper = token.case == Case::Upper && token.end - token.start == 3;
    (upper && code.len() == 3).then(|| (code.to_owned(), at + 1))
}

/// The currency of the letters of `US$`, before its sign.
fn letters_before(v: &Lexed<'_>, at: usize) -> Option<&'static str> {
    let lettered = v.glued_sign(at, '$') && v.before(at).shape == Shape::Word && !v.before(at).continues();
    lettered.then(|| dollars(word_text(v, at - 1)))?
}

fn word_text<'a>(v: &Lexed<'a>, at: usize) -> &'a str {
    &v.text[v.token(at).start..v.token(at).end]
}

/// The currency of letters before a `$`.
fn dollars(letters: &str) -> Option<&'static str> {
    Some(match letters {
        "US" | "USD" => "USD",
        "C" | "CA" | "CAD" | "CDN" => "CAD",
        "A" | "AU" | "AUD" => "AUD",
        "NZ" | "NZD" => "NZD",
        "R" => "BRL",
        "HK" | "HKD" => "HKD",
        "S" | "SG" | "SGD" => "SGD",
        "MX" | "MXN" => "MXN",
        "NT" => "TWD",
        _ => return None,
    })
}

fn sign_code(sign: char, place: &Locale) -> Option<String> {
    let code = match sign {
        '$' | '＄' => return Some(dollar(place)),
        '€' => "EUR",
        '£' | '￡' => "GBP",
        '¥' | '￥' => {
            if place.region.as_deref() == Some("CN") || place.language == "zh" {
                "CNY"
            } else {
                "JPY"
            }
        }
        '₹' => "INR",
        '₽' => "RUB",
        '₴' => "UAH",
        '₩' => "KRW",
        '₺' => "TRY",
        '₪' => "ILS",
        '₫' => "VND",
        '฿' => "THB",
        '₱' => "PHP",
        '₦' => "NGN",
        '₿' => "XBT",
        _ => return None,
    };
    Some(code.to_owned())
}

/// The dollar or peso of the region, else the US dollar.
fn dollar(place: &Locale) -> String {
    let code = match place.region.as_deref() {
        Some("CA") => "CAD",
        Some("AU") => "AUD",
        Some("NZ") => "NZD",
        Some("SG") => "SGD",
        Some("HK") => "HKD",
        Some("MX") => "MXN",
        Some("AR") => "ARS",
        Some("CL") => "CLP",
        Some("CO") => "COP",
        _ => "USD",
    };
    code.to_owned()
}

/// `20 €`, `20 bucks`, `1,234.50 USD`, `5 %`.
fn behind_number(v: &Lexed<'_>, place: &Locale, at: usize) -> Option<Extracted> {
    if super::duration::is_inside_number(v, at) {
        return None;
    }
    let numeral = numeral_at(v, at)?;
    if let Some(end) = percent_end(v, numeral.next) {
        let token = v.token(at);
        let normal = format!("{}%", numeral.text);
        return Some(Extracted::new(
            Kind::Percentage,
            token.start,
            v.token(end - 1).end,
            normal,
            Reason::Grammar,
        ));
    }
    let (text, next) = multiplied(v, numeral);
    let next = dash_behind(v, next).unwrap_or(next);
    let (code, end) = code_behind(v, place, next)?;
    Some(amount(v, at, end, &text, &code))
}

/// The token behind a sign or words of per hundred.
fn percent_end(v: &Lexed<'_>, at: usize) -> Option<usize> {
    if v.sign(at) == Some('%') || v.is(at, w::PERCENT) {
        return Some(at + 1);
    }
    let hundred = v.is_word(at + 1, "cent") || v.is_word(at + 1, "cento") || v.is_word(at + 1, "ciento");
    let per = v.is_word(at, "per") || v.is_word(at, "por") || v.is_word(at, "pour");
    (hundred && per).then_some(at + 2)
}

fn code_behind(v: &Lexed<'_>, place: &Locale, at: usize) -> Option<(String, usize)> {
    let token = v.token(at);
    if let Some(sign) = v.sign(at) {
        // `5 $20`: the sign belongs to the number behind it.
        let next = v.token(at + 1).glued_number() && !token.glued;
        return if next { None } else { Some((sign_code(sign, place)?, at + 1)) };
    }
    if v.glued_sign(at + 1, '$')
        && let Some(code) = dollars(word_text(v, at))
    {
        return (!v.token(at + 2).glued_number()).then(|| (code.to_owned(), at + 2));
    }
    let entry = v.entry(at);
    let code = match entry.currency? {
        "$" => dollar(place),
        "kr" => crown(place)?.to_owned(),
        "peso" => peso(place)?.to_owned(),
        // Pounds are a weight too, but less so where they are money.
        "GBP?" => (place.region.as_deref() == Some("GB")).then(|| "GBP".to_owned())?,
        code => {
            let sure = code.trim_end_matches('?');
            let upper = token.case == Case::Upper;
            (sure == code
                || upper
                    && v.token(at - 1).shape == Shape::Number
                    && v.token(at - 1).digits == 2
                    && v.before(at - 1).shape == Shape::Sign('.'))
            .then(|| sure.to_owned())?
        }
    };
    (!v.token(at + 1).glued_number() || token.case != Case::Upper).then_some((code, at + 1))
}

fn crown(place: &Locale) -> Option<&'static str> {
    match place.region.as_deref().unwrap_or(&place.language) {
        "SE" | "sv" => Some("SEK"),
        "NO" | "nb" | "no" | "nn" => Some("NOK"),
        "DK" | "da" => Some("DKK"),
        _ => None,
    }
}

fn peso(place: &Locale) -> Option<&'static str> {
    match place.region.as_deref()? {
        "MX" => Some("MXN"),
        "AR" => Some("ARS"),
        "CL" => Some("CLP"),
        "CO" => Some("COP"),
        "PH" => Some("PHP"),
        _ => None,
    }
}

/// `,-`, `.-`, `.–` behind whole amounts.
fn dash_behind(v: &Lexed<'_>, at: usize) -> Option<usize> {
    let mark = v.glued_sign(at, ',') || v.glued_sign(at, '.');
    let dash = matches!(v.sign(at + 1), Some('-' | '–' | '—')) && v.token(at + 1).glued;
    (mark && dash).then_some(at + 2 + usize::from(v.glued_sign(at + 2, '-')))
}

/// The number at token `at`, with its grouping taken out.
fn numeral_at(v: &Lexed<'_>, at: usize) -> Option<Numeral> {
    let first = v.token(at);
    if first.shape != Shape::Number || usize::from(first.digits) > MAX_DIGITS {
        return None;
    }
    let mut parts = vec![(None, first)];
    let mut next = at + 1;
    // Three digits behind each separator, or the decimals at the end.
    while parts.len() < 6 {
        let Some((separator, place)) = separator_at(v, next) else { break };
        let group = v.token(place);
        let spaced = separator == ' ';
        if spaced && (group.digits != 3 || parts.last().is_some_and(|(_, part)| part.digits > 3)) {
            break;
        }
        parts.push((Some(separator), group));
        next = place + 1;
    }
    let text = assembled(v, &parts)?;
    let decimal = match parts[..] {
        [(_, whole), (Some('.' | ','), fraction)] if fraction.digits == 3 => {
            Some(format!("{}.{}", &v.text[whole.start..whole.end], &v.text[fraction.start..fraction.end]))
        }
        _ => None,
    };
    Some(Numeral { text, decimal, next })
}

/// A separator with digits behind it, and where they stand.
fn separator_at(v: &Lexed<'_>, at: usize) -> Option<(char, usize)> {
    if let Some(sign @ ('.' | ',' | '\'' | '’')) = v.sign(at) {
        return (v.token(at).glued && v.token(at + 1).glued_number()).then_some((sign, at + 1));
    }
    // One blank, also the narrow and the unbroken one, between groups of three.
    let (before, token) = (v.before(at), v.token(at));
    let gap = v.text.get(before.end..token.start).filter(|_| token.shape == Shape::Number && !token.glued)?;
    (token.digits == 3 && gap.chars().count() == 1).then_some((' ', at))
}

fn assembled(v: &Lexed<'_>, parts: &[(Option<char>, super::lex::Token)]) -> Option<String> {
    let digits = |part: &super::lex::Token| &v.text[part.start..part.end];
    let (separator, last) = parts.last()?;
    let kinds = |c: char| parts.iter().filter(|(s, _)| *s == Some(c)).count();
    let decimal = separator.is_some_and(|s| {
        let only = kinds(s) == 1;
        let zero = parts.len() == 2 && digits(&parts[0].1) == "0";
        matches!(s, '.' | ',')
            && only
            && (last.digits != 3
                || zero
                || parts.len() > 2
                    && parts[parts.len() - 2].0 != Some(s)
                    && parts[parts.len() - 2].0.is_some())
    });
    let groups = if decimal { &parts[..parts.len() - 1] } else { parts };
    // `1.2.3` groups nothing.
    let grouped = groups[1..].iter().all(|(_, part)| part.digits == 3)
        && (groups.len() == 1 || groups[0].1.digits <= 3);
    let one_kind = groups[1..].windows(2).all(|pair| pair[0].0 == pair[1].0);
    if !grouped || !one_kind {
        return None;
    }
    let mut text: String = groups.iter().map(|(_, part)| digits(part)).collect();
    let zeros = text.len() - text.trim_start_matches('0').len();
    text.drain(..zeros.min(text.len() - 1));
    if decimal {
        text.push('.');
        text.push_str(digits(last));
    }
    (text.len() <= MAX_DIGITS + 1).then_some(text)
}

/// The number times a thousand, a million or a thousand millions, where the word behind it says so.
fn multiplied(v: &Lexed<'_>, numeral: Numeral) -> (String, usize) {
    let at = numeral.next;
    let token = v.token(at);
    let entry = v.entry(at);
    let letter = token.end.saturating_sub(token.start) <= 2;
    let zeros = if letter && !token.glued {
        // `5 m` are metres.
        0
    } else if entry.is(w::THOUSAND) {
        3
    } else if entry.is(w::MILLION) {
        6
    } else if entry.is(w::BILLION) {
        9
    } else {
        0
    };
    let spelled = entry.is(w::MILLION | w::BILLION) && !letter;
    if token.shape != Shape::Word || zeros == 0 || !(token.glued || spelled || entry.is(w::THOUSAND)) {
        return (numeral.text, at);
    }
    let dot =
        usize::from(v.glued_sign(at + 1, '.') && token.end - token.start == 3 && !v.token(at + 2).is_end());
    let of = usize::from(v.is_word(at + 1, "de") && v.entry(at + 2).currency.is_some());
    let text = numeral.decimal.as_ref().filter(|_| zeros >= 6).unwrap_or(&numeral.text);
    (shifted(text, zeros), at + 1 + dot + of)
}

/// A decimal with its sign moved to the right.
fn shifted(decimal: &str, places: usize) -> String {
    let (whole, fraction) = decimal.split_once('.').unwrap_or((decimal, ""));
    let mut digits = whole.to_owned();
    digits.extend(fraction.chars().chain(std::iter::repeat('0')).take(places));
    let rest = fraction.get(places..).unwrap_or("");
    let zeros = digits.len() - digits.trim_start_matches('0').len();
    digits.drain(..zeros.min(digits.len().saturating_sub(1)));
    if !rest.is_empty() {
        digits.push('.');
        digits.push_str(rest);
    }
    digits
}
