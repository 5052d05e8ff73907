//! Numbers in words below a hundred and a few above, of one word or several: `forty-five`, `vingt et un`, `cuarenta y cinco`.
//!
//! German and Italian write such a number as one word, and Spanish does up to 29: those are in the table.
//! The others put tens and units side by side, with a hyphen, an `and` or a blank between. French goes on
//! to 19 behind `soixante` and `quatre-vingt`. Cost: a look at no more than ten tokens.

use super::super::lex::{Lexed, Shape};
use super::super::words as w;

/// The number in words that begins at token `at`, and the token behind it.
pub(in super::super) fn count_at(v: &Lexed<'_>, at: usize) -> Option<(u32, usize)> {
    let first = number(v, at).filter(|_| !is_behind_hundred(v, at))?;
    if first < 10 && v.is_word(at + 1, "hundred") {
        return Some((first * 100, at + 2));
    }
    let added = match first {
        4 => return Some(fourscore_at(v, at).unwrap_or((4, at + 1))),
        10 if v.is_word(at, "dix") => added_at(v, at + 1, 7, 9),
        60 if v.is_word(at, "soixante") => added_at(v, at + 1, 1, 19),
        20 | 30 | 40 | 50 | 60 | 70 | 80 | 90 => added_at(v, at + 1, 1, 9),
        // `several hundred days`: only `a hundred` is a number.
        100 if v.is_word(at, "hundred") => return None,
        _ => None,
    };
    Some(added.map_or((first, at + 1), |(more, next)| (first + more, next)))
}

fn number(v: &Lexed<'_>, at: usize) -> Option<u32> {
    let number = v.entry(at).number;
    (v.token(at).shape == Shape::Word && number > 0).then_some(u32::from(number))
}

/// `two hundred and five`, `deux cent dix`: the words do not begin the number.
fn is_behind_hundred(v: &Lexed<'_>, at: usize) -> bool {
    let hundred = |back| v.entry_before(at, back).number == 100 || v.entry_before(at, back).is(w::THOUSAND);
    let joined = v.entry_before(at, 1).is(w::AND);
    // `fifty cent`, `per cento`.
    let counted = v.entry(at).number == 100
        && (v.before(at).shape == Shape::Number
            || v.entry_before(at, 1).number > 0
            || ["pour", "por", "per"].iter().any(|per| v.is_word(at.saturating_sub(1), per)));
    hundred(1) || joined && hundred(2) || counted
}

/// `quatre-vingt`, `quatre-vingts`, `quatre-vingt-dix-sept`.
fn fourscore_at(v: &Lexed<'_>, at: usize) -> Option<(u32, usize)> {
    let score = after_hyphen(v, at + 1);
    if !v.is_word(at, "quatre") || !(v.is_word(score, "vingt") || v.is_word(score, "vingts")) {
        return None;
    }
    Some(added_at(v, score + 1, 1, 19).map_or((80, score + 1), |(more, next)| (80 + more, next)))
}

/// What is added to the tens that end before token `at`: at least `least` and at most `most`.
fn added_at(v: &Lexed<'_>, at: usize, least: u32, most: u32) -> Option<(u32, usize)> {
    let start = after_hyphen(v, at);
    // German puts the units first, and `twenty and five` are two numbers.
    let and = ["y", "e", "et"].iter().any(|and| v.is_word(start, and));
    let place = if and { after_hyphen(v, start + 1) } else { start };
    let unit = number(v, place)?;
    // `vingt une fois`: without an `and` or a hyphen the article is one.
    if place == at && (v.is(place, w::ONE) || v.token(place).glued) {
        return None;
    }
    let ten = v.is_word(place, "dix") && most > 9;
    let (unit, next) = match added_at_ten(v, place + 1).filter(|_| ten) {
        Some((more, next)) => (10 + more, next),
        None => (unit, place + 1),
    };
    (least..=most).contains(&unit).then_some((unit, next))
}

/// `sept` of `soixante-dix-sept`.
fn added_at_ten(v: &Lexed<'_>, at: usize) -> Option<(u32, usize)> {
    let place = after_hyphen(v, at);
    let unit = number(v, place).filter(|unit| (7..=9).contains(unit))?;
    Some((unit, place + 1))
}

fn after_hyphen(v: &Lexed<'_>, at: usize) -> usize {
    at + usize::from(v.glued_sign(at, '-') && v.token(at + 1).glued)
}
