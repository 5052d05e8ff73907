//! Domain names in letters: `xn--mller-kva.de` is `müller.de`.
//!
//! A label beyond ASCII travels as its ASCII letters, a hyphen, and numbers that say which letter stands
//! where. Only what another label cannot also mean is put back: the decoded label has to encode to the
//! same digits. Which letters a registry allows is not checked.
//!
//! Source: RFC 3492 (punycode, with the parameters of section 5), RFC 5890 (`xn--`). Cost: quadratic in a
//! label, which has at most 63 characters.

const BASE: u32 = 36;
const T_MIN: u32 = 1;
const T_MAX: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;
const FIRST_BIAS: u32 = 72;
const FIRST: u32 = 0x80;
/// RFC 1035 section 2.3.4.
const MAX_LABEL: usize = 63;

/// What a label that travels as punycode begins with, in lower case.
pub(super) const MARK: &str = "xn--";

/// The letters of a label in lower case that begins with [`MARK`]; `None` when it does not, or when it
/// is not the only spelling of them.
pub(super) fn decoded(label: &str) -> Option<String> {
    let code = label.strip_prefix(MARK).filter(|_| label.len() <= MAX_LABEL)?;
    let letters = decode(code)?;
    (!letters.is_ascii() && encode(&letters).as_deref() == Some(code)).then_some(letters)
}

fn decode(code: &str) -> Option<String> {
    let (plain, deltas) = code.rsplit_once('-').unwrap_or(("", code));
    let mut letters: Vec<char> = plain.chars().collect();
    let (mut next, mut place, mut bias) = (FIRST, 0_u32, FIRST_BIAS);
    let mut bytes = deltas.bytes();
    while bytes.len() > 0 {
        let before = place;
        let (mut weight, mut k) = (1_u32, BASE);
        loop {
            let digit = digit_of(bytes.next()?)?;
            place = place.checked_add(digit.checked_mul(weight)?)?;
            let threshold = threshold(k, bias);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(BASE - threshold)?;
            k += BASE;
        }
        let count = letters.len() as u32 + 1;
        bias = adapted(place - before, count, before == 0);
        next = next.checked_add(place / count)?;
        place %= count;
        letters.insert(place as usize, char::from_u32(next)?);
        place += 1;
    }
    Some(letters.into_iter().collect())
}

fn encode(label: &str) -> Option<String> {
    let letters: Vec<u32> = label.chars().map(u32::from).collect();
    let mut code: String = label.chars().filter(char::is_ascii).collect();
    let plain = code.len() as u32;
    let mut done = plain;
    if plain > 0 {
        code.push('-');
    }
    let (mut next, mut delta, mut bias) = (FIRST, 0_u32, FIRST_BIAS);
    while (done as usize) < letters.len() {
        let least = letters.iter().copied().filter(|&letter| letter >= next).min()?;
        delta = delta.checked_add((least - next).checked_mul(done + 1)?)?;
        next = least;
        for &letter in &letters {
            if letter < next {
                delta = delta.checked_add(1)?;
            } else if letter == next {
                push_number(&mut code, delta, bias);
                bias = adapted(delta, done + 1, done == plain);
                delta = 0;
                done += 1;
            }
        }
        delta = delta.checked_add(1)?;
        next += 1;
    }
    Some(code)
}

/// Appends `number` as digits of which the last is below its threshold.
fn push_number(code: &mut String, mut number: u32, bias: u32) {
    let mut k = BASE;
    loop {
        let threshold = threshold(k, bias);
        if number < threshold {
            break;
        }
        let range = BASE - threshold;
        code.push(letter_of(threshold + (number - threshold) % range));
        number = (number - threshold) / range;
        k += BASE;
    }
    code.push(letter_of(number));
}

fn threshold(k: u32, bias: u32) -> u32 {
    k.saturating_sub(bias).clamp(T_MIN, T_MAX)
}

/// RFC 3492 section 6.1.
fn adapted(delta: u32, count: u32, first: bool) -> u32 {
    let mut delta = delta / if first { DAMP } else { 2 };
    delta += delta / count;
    let mut k = 0;
    while delta > (BASE - T_MIN) * T_MAX / 2 {
        delta /= BASE - T_MIN;
        k += BASE;
    }
    k + (BASE - T_MIN + 1) * delta / (delta + SKEW)
}

fn digit_of(byte: u8) -> Option<u32> {
    match byte {
        b'a'..=b'z' => Some(u32::from(byte - b'a')),
        b'0'..=b'9' => Some(u32::from(byte - b'0') + 26),
        _ => None,
    }
}

fn letter_of(digit: u32) -> char {
    char::from(if digit < 26 { b'a' + digit as u8 } else { b'0' + (digit - 26) as u8 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn labels_become_letters() {
        for (label, letters) in [
            ("xn--mller-kva", "müller"),
            ("xn--bcher-kva", "bücher"),
            ("xn--fiqs8s", "中国"),
            ("xn--p1ai", "рф"),
            ("xn--80ak6aa92e", "аррӏе"),
        ] {
            assert_eq!(decoded(label).as_deref(), Some(letters));
        }
        for label in ["xn--", "xn--ab-", "xn--99999999", "müller"] {
            assert_eq!(decoded(label), None, "{label}");
        }
    }

    proptest! {
        #[test]
        fn every_code_decodes_or_not(label in "xn--[a-z0-9-]{0,70}") {
            let _ = decoded(&label);
        }

        #[test]
        fn letters_survive_the_way(letters in "[a-z0-9äß中р😀-]{1,20}") {
            let code = encode(&letters).expect("a short label has a code");
            prop_assert_eq!(decode(&code), Some(letters));
        }
    }
}
