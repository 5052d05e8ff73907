//! Numbers that prove themselves: accounts, cards, parcels and addresses of machines.
//!
//! | what | proof |
//! |---|---|
//! | IBAN | length of its country, remainder 1 of 97 (ISO 13616) |
//! | card | ranges of its network, length, Luhn (ISO/IEC 7812) |
//! | UPS `1Z` | 18 characters, check digit |
//! | postal item | two letters, nine digits, two letters, check digit (UPU S10) |
//! | USPS | 20 or 22 digits from 91 to 95, check digit by weights 3 and 1 |
//! | shipping unit (DHL and others) | 20 digits from 00, the same check digit (GS1 SSCC) |
//! | `FedEx` | 12 or 15 digits with a check digit, only behind its name or `tracking` |
//! | DHL, Amazon | `JJD` and 16 digits or more; `TBA` and 12 digits; orders as 3-7-7 digits |
//! | IPv4, IPv6 | four numbers up to 255; RFC 4291 |
//!
//! Cost: at most [`MAX_CODE`] bytes from each start.

use super::lex::{Case, Lexed, Shape};
use super::words as w;
use super::{Extracted, Kind, Reason};

/// Longest code looked at, in bytes: an IBAN of 34 characters in groups.
const MAX_CODE: usize = 44;

/// The code that begins at token `at`.
pub(super) fn code_at(v: &Lexed<'_>, at: usize) -> Option<Extracted> {
    let token = v.token(at);
    if token.glued && !starts_value(v, at) {
        return None;
    }
    match token.shape {
        Shape::Number => ups(v.text, token.start)
            .or_else(|| ipv4(v, at))
            .or_else(|| ipv6(v.text, token.start))
            .or_else(|| digits_code(v, at)),
        Shape::Word if token.end - token.start <= 4 => lettered(v, at).or_else(|| {
            if v.glued_sign(at + 1, ':') || v.token(at + 1).continues() {
                ipv6(v.text, token.start)
            } else {
                None
            }
        }),
        Shape::Sign(':') if v.glued_sign(at + 1, ':') => ipv6(v.text, token.start),
        _ => None,
    }
}

fn starts_value(v: &Lexed<'_>, at: usize) -> bool {
    match v.before(at).shape {
        Shape::Sign(sign) => {
            let inner = matches!(sign, '-' | '.' | '/' | '+' | '@' | '_' | '=' | '&' | '%');
            let colons = sign == ':' && v.token(at).shape == Shape::Sign(':');
            !inner && !colons
        }
        Shape::Word | Shape::Number => false,
        Shape::Break | Shape::End => true,
    }
}

/// Codes that begin with letters.
fn lettered(v: &Lexed<'_>, at: usize) -> Option<Extracted> {
    let token = v.token(at);
    if !v.token(at + 1).glued_number() {
        return None;
    }
    let word = &v.text[token.start..token.end];
    match word.len() {
        2 if token.case == Case::Upper || word.bytes().all(|b| b.is_ascii_alphabetic()) => {
            iban(v.text, token.start)
                .or_else(|| if token.case == Case::Upper { postal_item(v.text, token.start) } else { None })
        }
        3 if matches!(word, "JJD" | "TBA" | "JVG") => carrier_code(v, at, word),
        _ => None,
    }
}

fn carrier_code(v: &Lexed<'_>, at: usize, letters: &str) -> Option<Extracted> {
    let (token, digits) = (v.token(at), v.token(at + 1));
    let (carrier, right) = match letters {
        "TBA" => ("amazon", digits.digits == 12),
        _ => ("dhl", (16..=26).contains(&digits.digits)),
    };
    (right && !v.token(at + 2).continues()).then(|| {
        let normal = v.text[token.start..digits.end].to_owned();
        Extracted::new(Kind::Tracking, token.start, digits.end, normal, Reason::Form).by(carrier)
    })
}

/// Letters and digits from `start` on, single blanks or hyphens between them left out: the code and the
/// byte behind each of its characters.
fn compact(text: &str, start: usize, most: usize, separators: &[u8]) -> (String, Vec<usize>) {
    let bytes = &text.as_bytes()[start..];
    let (mut code, mut ends) = (String::with_capacity(most), Vec::with_capacity(most));
    let mut at = 0;
    while at < bytes.len().min(MAX_CODE + 8) && code.len() < most {
        let b = bytes[at];
        let inner = separators.contains(&b)
            && at > 0
            && bytes[at - 1].is_ascii_alphanumeric()
            && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
        if b.is_ascii_alphanumeric() {
            code.push(b.to_ascii_uppercase() as char);
            ends.push(start + at + 1);
        } else if !inner {
            break;
        }
        at += 1;
    }
    (code, ends)
}

fn ends_here(text: &str, end: usize) -> bool {
    !text[end..].chars().next().is_some_and(char::is_alphanumeric)
}

/// Countries with an IBAN and its length (SWIFT IBAN registry).
const IBAN_LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30";

fn iban(text: &str, start: usize) -> Option<Extracted> {
    let country = text.get(start..start + 2)?.to_ascii_uppercase();
    let length: usize =
        IBAN_LENGTHS.split(' ').find(|row| row.starts_with(&country))?.get(2..)?.parse().ok()?;
    let (code, ends) = compact(text, start, length, b" -");
    let end = *ends.get(length - 1)?;
    let right =
        ends_here(text, end) && code[2..4].bytes().all(|b| b.is_ascii_digit()) && remainder_97(&code) == 1;
    right.then(|| Extracted::new(Kind::Iban, start, end, code, Reason::Checksum).by(&country))
}

/// The remainder of an account number with its first four characters at the end, letters as 10 to 35.
fn remainder_97(code: &str) -> u32 {
    code[4..].bytes().chain(code[..4].bytes()).fold(0, |rest, b| match b {
        b'0'..=b'9' => (rest * 10 + u32::from(b - b'0')) % 97,
        _ => (rest * 100 + u32::from(b.to_ascii_uppercase().saturating_sub(b'A')) + 10) % 97,
    })
}

/// Two letters, eight digits and their check digit, two letters of a country.
fn postal_item(text: &str, start: usize) -> Option<Extracted> {
    const WEIGHTS: [u32; 8] = [8, 6, 4, 2, 3, 5, 9, 7];
    let (code, ends) = compact(text, start, 13, b" ");
    let end = *ends.get(12)?;
    let bytes = code.as_bytes();
    let country = text.get(end - 2..end)?;
    let shape = bytes[2..11].iter().all(u8::is_ascii_digit)
        && country.bytes().all(|b| b.is_ascii_uppercase())
        && ends_here(text, end);
    if !shape {
        return None;
    }
    let sum: u32 = WEIGHTS.iter().zip(&bytes[2..10]).map(|(weight, b)| weight * u32::from(b - b'0')).sum();
    let check = match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        check => check,
    };
    let issuer = if country == "US" { "usps".to_owned() } else { format!("post {country}") };
    (u32::from(bytes[10] - b'0') == check)
        .then(|| Extracted::new(Kind::Tracking, start, end, code, Reason::Checksum).by(&issuer))
}

/// `1Z`, six of the shipper, two of the service, seven of the parcel and a check digit.
fn ups(text: &str, start: usize) -> Option<Extracted> {
    let head = text.as_bytes().get(start..start + 2)?;
    if head[0] != b'1' || !head[1].eq_ignore_ascii_case(&b'Z') {
        return None;
    }
    let (code, ends) = compact(text, start, 18, b" ");
    let end = *ends.get(17)?;
    let value = |b: u8| if b.is_ascii_digit() { u32::from(b - b'0') } else { (u32::from(b) - 63) % 10 };
    let body = &code.as_bytes()[2..17];
    let sum: u32 = body.iter().enumerate().map(|(at, &b)| value(b) * if at % 2 == 1 { 2 } else { 1 }).sum();
    let check = (10 - sum % 10) % 10;
    let right =
        ends_here(text, end) && code.as_bytes()[17].is_ascii_digit() && value(code.as_bytes()[17]) == check;
    right.then(|| Extracted::new(Kind::Tracking, start, end, code, Reason::Checksum).by("ups"))
}

/// Codes of digits only.
fn digits_code(v: &Lexed<'_>, at: usize) -> Option<Extracted> {
    let start = v.token(at).start;
    if v.token(at).digits < 3 {
        return None;
    }
    if let Some(order) = amazon_order(v, at) {
        return Some(order);
    }
    let (code, ends) = compact(v.text, start, 23, b" -");
    let whole = code.bytes().take_while(u8::is_ascii_digit).count();
    if whole < code.len()
        && code.as_bytes()[whole..].iter().next().is_some()
        && ends.get(whole.wrapping_sub(1)).is_some_and(|&end| !ends_here(v.text, end))
    {
        return None;
    }
    let digits = &code[..whole];
    let groups = groups_of(v.text, start, *ends.get(whole.checked_sub(1)?)?);
    parcel(v, at, digits, &ends, &groups).or_else(|| card(v, digits, &ends, &groups, start))
}

/// The lengths of the runs of digits.
fn groups_of(text: &str, start: usize, end: usize) -> Vec<usize> {
    text[start..end].split(|c: char| !c.is_ascii_digit()).map(str::len).collect()
}

/// Three, seven and seven digits.
fn amazon_order(v: &Lexed<'_>, at: usize) -> Option<Extracted> {
    let (first, last) = (v.token(at), v.token(at + 4));
    let part =
        |at: usize| v.glued_sign(at, '-') && v.token(at + 1).glued_number() && v.token(at + 1).digits == 7;
    let whole = first.digits == 3
        && part(at + 1)
        && part(at + 3)
        && !v.token(at + 5).continues()
        && !v.glued_sign(at + 5, '-');
    whole.then(|| {
        let normal = v.text[first.start..last.end].to_owned();
        Extracted::new(Kind::Order, first.start, last.end, normal, Reason::Form).by("amazon")
    })
}

/// Numbers of parcels that are digits only.
fn parcel(v: &Lexed<'_>, at: usize, digits: &str, ends: &[usize], groups: &[usize]) -> Option<Extracted> {
    let start = v.token(at).start;
    let found = |carrier: &str| {
        let end = ends[digits.len() - 1];
        Some(Extracted::new(Kind::Tracking, start, end, digits.to_owned(), Reason::Checksum).by(carrier))
    };
    let even = groups.len() == 1 || groups[..groups.len() - 1].iter().all(|&length| length == groups[0]);
    let grouped = even && groups.len() <= 6;
    if !grouped {
        return None;
    }
    match digits.len() {
        20 | 22
            if digits.starts_with('9') && matches!(digits.as_bytes()[1], b'1'..=b'5') && is_gs1(digits) =>
        {
            found("usps")
        }
        20 if digits.starts_with("00") && is_gs1(digits) => found("gs1"),
        12 if names_fedex(v, at) && is_fedex_express(digits) => found("fedex"),
        15 if names_fedex(v, at) && is_gs1(digits) => found("fedex"),
        _ => None,
    }
}

/// Weights 3 and 1 from the right; with the check digit a multiple of ten (GS1, also USPS and `FedEx` Ground).
fn is_gs1(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, b)| u32::from(b - b'0') * if at % 2 == 1 { 3 } else { 1 })
        .sum();
    sum.is_multiple_of(10)
}

/// Weights 1, 7 and 3 from the right, remainder of 11, and of 10.
fn is_fedex_express(digits: &str) -> bool {
    let body = &digits[..11];
    let sum: u32 =
        body.bytes().rev().enumerate().map(|(at, b)| u32::from(b - b'0') * [1, 3, 7][at % 3]).sum();
    digits.as_bytes()[11] == b'0' + (sum % 11 % 10) as u8
}

fn names_fedex(v: &Lexed<'_>, at: usize) -> bool {
    (1..=6).any(|back| v.entry_before(at, back).cue == Some(Kind::Tracking))
}

/// A payment card in one run, in fours, or in four, six and five digits.
fn card(v: &Lexed<'_>, digits: &str, ends: &[usize], groups: &[usize], start: usize) -> Option<Extracted> {
    let network = network(digits)?;
    let grouped = match groups {
        [_] | [4, 6, 5 | 4] => true,
        _ => {
            groups[..groups.len() - 1].iter().all(|&length| length == 4)
                && groups.last().is_some_and(|&length| length <= 4)
        }
    };
    let end = *ends.get(digits.len() - 1)?;
    let continues = v.text[end..].starts_with(['-', '/', '.'])
        && v.text[end + 1..].starts_with(|c: char| c.is_ascii_digit());
    let varied = digits.bytes().any(|b| b != digits.as_bytes()[0]);
    (grouped && varied && !continues && luhn(digits))
        .then(|| Extracted::new(Kind::Card, start, end, digits.to_owned(), Reason::Checksum).by(network))
}

/// The network whose range and length the digits have.
fn network(digits: &str) -> Option<&'static str> {
    let head: u32 = digits.get(..4)?.parse().ok()?;
    let length = digits.len();
    match head {
        4000..=4999 if matches!(length, 13 | 16 | 19) => Some("visa"),
        5100..=5599 | 2221..=2720 if length == 16 => Some("mastercard"),
        3400..=3499 | 3700..=3799 if length == 15 => Some("amex"),
        6011 | 6440..=6599 if (16..=19).contains(&length) => Some("discover"),
        3000..=3059 | 3600..=3699 | 3800..=3999 if (14..=19).contains(&length) => Some("diners"),
        3528..=3589 if (16..=19).contains(&length) => Some("jcb"),
        6200..=6299 if (16..=19).contains(&length) => Some("unionpay"),
        5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 6761..=6763 if (16..=19).contains(&length) => {
            Some("maestro")
        }
        _ => None,
    }
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, b)| {
            let digit = u32::from(b - b'0') * if at % 2 == 1 { 2 } else { 1 };
            if digit > 9 { digit - 9 } else { digit }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Four numbers up to 255, without a word before them that makes them a version.
fn ipv4(v: &Lexed<'_>, at: usize) -> Option<Extracted> {
    let octet = |at: usize| {
        let token = v.token(at);
        let padded = token.digits > 1 && v.text.as_bytes().get(token.start) == Some(&b'0');
        token.shape == Shape::Number && token.digits <= 3 && token.value <= 255 && !padded
    };
    let whole = octet(at)
        && (1..4).all(|part| {
            v.glued_sign(at + 2 * part - 1, '.') && v.token(at + 2 * part).glued && octet(at + 2 * part)
        });
    if !whole {
        return None;
    }
    let behind = v.token(at + 7).glued
        && (v.token(at + 7).continues()
            || matches!(v.sign(at + 7), Some('.' | '-' | '_')) && v.token(at + 8).continues());
    let version =
        v.entry_before(at, 1).is(w::NOT_DATE) && !v.is_word(at - 1, "ip") && !v.is_word(at - 1, "ipv");
    let (start, end) = (v.token(at).start, v.token(at + 6).end);
    (!behind && !version)
        .then(|| Extracted::new(Kind::Ip, start, end, v.text[start..end].to_owned(), Reason::Form))
}

/// Hexadecimal groups with colons, as RFC 4291 has them: eight, or fewer around one `::`.
fn ipv6(text: &str, start: usize) -> Option<Extracted> {
    let bytes = &text.as_bytes()[start..];
    let run = bytes
        .iter()
        .take_while(|&&b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'))
        .take(MAX_CODE)
        .count();
    let code = text[start..start + run].trim_end_matches('.');
    let code = if code.ends_with(':') && !code.ends_with("::") { &code[..code.len() - 1] } else { code };
    let end = start + code.len();
    let groups = code.split(':').filter(|group| !group.is_empty()).count();
    let sure = code.bytes().filter(|b| *b == b':').count() >= 2
        && groups >= 3
        && code.bytes().any(|b| b.is_ascii_digit());
    // Only the reading of the text: `core` has no sockets.
    let address: core::net::Ipv6Addr = sure.then(|| code.parse().ok())??;
    let apart = !text[end..].chars().next().is_some_and(|c| c.is_alphanumeric() || c == ':');
    apart.then(|| Extracted::new(Kind::Ip, start, end, address.to_string(), Reason::Form))
}
