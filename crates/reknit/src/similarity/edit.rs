//! Edit distances: how many typing mistakes lie between two values.
//!
//! Levenshtein counts insertions, deletions and substitutions; optimal string alignment (`osa`)
//! also counts two neighbouring characters changing places as one mistake. When the shorter value
//! has at most 64 characters, one column of the dynamic programme is one machine word (Myers 1999;
//! Hyyrö 2003), so the cost is the length of the longer value; beyond that it is the product of the
//! lengths, and callers that read untrusted text cut it first.

/// Insertions, deletions and substitutions between `a` and `b`, in characters.
pub fn levenshtein(a: &str, b: &str) -> usize {
    distance(a, b, false)
}

/// [`levenshtein`] with the swap of two neighbours as one mistake (optimal string alignment), in
/// characters.
pub fn osa(a: &str, b: &str) -> usize {
    distance(a, b, true)
}

/// Whether [`osa`] is at most 1: between a common beginning and a common end nothing is left but one character
/// on one side or on both, or two that changed places. Cost: one look at each character.
pub fn within_one(a: &str, b: &str) -> bool {
    if !a.is_ascii() || !b.is_ascii() {
        return osa(a, b) <= 1;
    }
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let head = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[head..], &b[head..]);
    let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    match (&a[..a.len() - tail], &b[..b.len() - tail]) {
        ([] | [_], [] | [_]) => true,
        ([v, w], [x, y]) => v == y && w == x,
        _ => false,
    }
}

/// 1 − [`levenshtein`] / length of the longer value.
pub fn normalized_levenshtein(a: &str, b: &str) -> f64 {
    normalized(a, b, levenshtein(a, b))
}

/// 1 − [`osa`] / length of the longer value.
pub fn normalized_osa(a: &str, b: &str) -> f64 {
    normalized(a, b, osa(a, b))
}

fn normalized(a: &str, b: &str, distance: usize) -> f64 {
    let longest = a.chars().count().max(b.chars().count());
    if longest == 0 { 1.0 } else { 1.0 - distance as f64 / longest as f64 }
}

fn distance(a: &str, b: &str, swaps: bool) -> usize {
    if a == b {
        return 0;
    }
    if a.is_ascii() && b.is_ascii() {
        let (short, long) =
            if a.len() <= b.len() { (a.as_bytes(), b.as_bytes()) } else { (b.as_bytes(), a.as_bytes()) };
        return if short.len() <= WORD { ascii(short, long, swaps) } else { rows(short, long, swaps) };
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() <= WORD {
        let mask = |c: &char| positions(&short, *c);
        columns(short.len(), long.iter().map(mask), swaps)
    } else {
        rows(&short, &long, swaps)
    }
}

/// Bits in a machine word.
const WORD: usize = 64;

fn ascii(short: &[u8], long: &[u8], swaps: bool) -> usize {
    let mut masks = [0_u64; 128];
    for (place, &byte) in short.iter().enumerate() {
        masks[usize::from(byte & 127)] |= 1 << place;
    }
    columns(short.len(), long.iter().map(|&byte| masks[usize::from(byte & 127)]), swaps)
}

/// The places of `c` in `short` as bits.
fn positions(short: &[char], c: char) -> u64 {
    short.iter().enumerate().filter(|(_, s)| **s == c).fold(0, |mask, (place, _)| mask | 1 << place)
}

/// The bit-parallel dynamic programme: `masks` holds, for each character of the longer value, its
/// places in the shorter one.
fn columns(short: usize, masks: impl Iterator<Item = u64>, swaps: bool) -> usize {
    if short == 0 {
        return masks.count();
    }
    let last = 1_u64 << (short - 1);
    let (mut vertical_up, mut vertical_down) = (u64::MAX, 0_u64);
    let (mut diagonal, mut before, mut distance) = (0_u64, 0_u64, short);
    for here in masks {
        let swapped = if swaps { ((!diagonal & here) << 1) & before } else { 0 };
        diagonal =
            ((here & vertical_up).wrapping_add(vertical_up) ^ vertical_up) | here | vertical_down | swapped;
        let up = vertical_down | !(diagonal | vertical_up);
        let down = diagonal & vertical_up;
        distance += usize::from(up & last != 0);
        distance -= usize::from(down & last != 0);
        let up = (up << 1) | 1;
        vertical_up = (down << 1) | !(diagonal | up);
        vertical_down = up & diagonal;
        before = here;
    }
    distance
}

/// The plain dynamic programme, three rows at a time.
fn rows<T: PartialEq>(short: &[T], long: &[T], swaps: bool) -> usize {
    let width = short.len() + 1;
    let mut above2 = vec![0; width];
    let mut above: Vec<usize> = (0..width).collect();
    let mut here = vec![0; width];
    for (i, x) in long.iter().enumerate() {
        here[0] = i + 1;
        for (j, y) in short.iter().enumerate() {
            let substitution = above[j] + usize::from(x != y);
            let mut best = substitution.min(above[j + 1] + 1).min(here[j] + 1);
            if swaps && i > 0 && j > 0 && *x == short[j - 1] && long[i - 1] == *y {
                best = best.min(above2[j - 1] + 1);
            }
            here[j + 1] = best;
        }
        std::mem::swap(&mut above2, &mut above);
        std::mem::swap(&mut above, &mut here);
    }
    above[short.len()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_distances() {
        assert_eq!(levenshtein("saturday", "sunday"), 3);
        assert_eq!(levenshtein("ca", "abc"), 3);
        assert_eq!(osa("ca", "abc"), 3);
        assert_eq!(osa("1956-04-09", "1956-40-09"), 1);
        assert_eq!(levenshtein("", "müller"), 6);
        assert_eq!(normalized_osa("", ""), 1.0);
    }

    proptest! {
        #[test]
        fn words_and_rows_agree(a in "[ab é]{0,12}", b in "[ab é]{0,12}") {
            prop_assert_eq!(within_one(&a, &b), osa(&a, &b) <= 1);
            let (x, y): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            let (short, long) = if x.len() <= y.len() { (&x, &y) } else { (&y, &x) };
            prop_assert_eq!(levenshtein(&a, &b), rows(short, long, false));
            prop_assert_eq!(osa(&a, &b), rows(short, long, true));
        }

        #[test]
        fn laws(a in "\\PC{0,80}", b in "\\PC{0,80}") {
            prop_assert_eq!(within_one(&a, &b), osa(&a, &b) <= 1);
            prop_assert_eq!(osa(&a, &b), osa(&b, &a));
            prop_assert!(osa(&a, &b) <= levenshtein(&a, &b));
            prop_assert!((0.0..=1.0).contains(&normalized_levenshtein(&a, &b)));
            prop_assert_eq!(normalized_osa(&a, &a), 1.0);
        }
    }
}
