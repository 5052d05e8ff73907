//! Similarities beside those of others: the crates `strsim` and `rapidfuzz` see the same pairs of texts.
//!
//! Edit distances must be equal. Jaro and Jaro-Winkler have three conventions that implementations
//! choose; here they are: the beginning counts up to four characters and lifts by a tenth each, from a
//! Jaro similarity above 0.7 on (Winkler's own program; both crates do the same), and which shared
//! characters are found first depends on the text one begins with, so ours always begins with the
//! shorter, then the smaller one, and the others are asked in that order. Sums are taken in another
//! order by each, hence the last digits are left out.

use proptest::prelude::*;
use reknit::similarity::{jaro, jaro_winkler, levenshtein, normalized_levenshtein, normalized_osa, osa};

/// Holds all measures of a pair against both crates.
fn check(a: &str, b: &str) -> Result<(), TestCaseError> {
    prop_assert_eq!(levenshtein(a, b), strsim::levenshtein(a, b));
    prop_assert_eq!(levenshtein(a, b), rapidfuzz::distance::levenshtein::distance(a.chars(), b.chars()));
    prop_assert_eq!(osa(a, b), strsim::osa_distance(a, b));
    prop_assert_eq!(osa(a, b), rapidfuzz::distance::osa::distance(a.chars(), b.chars()));
    near(normalized_levenshtein(a, b), strsim::normalized_levenshtein(a, b))?;
    near(normalized_osa(a, b), rapidfuzz::distance::osa::normalized_similarity(a.chars(), b.chars()))?;
    let (first, second) = in_order(a, b);
    near(jaro(a, b), strsim::jaro(first, second))?;
    near(jaro(a, b), rapidfuzz::distance::jaro::similarity(first.chars(), second.chars()))?;
    near(jaro_winkler(a, b), strsim::jaro_winkler(first, second))?;
    near(jaro_winkler(a, b), rapidfuzz::distance::jaro_winkler::similarity(first.chars(), second.chars()))
}

fn in_order<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    let key = |text: &'a str| (text.chars().count(), text);
    if key(a) <= key(b) { (a, b) } else { (b, a) }
}

fn near(ours: f64, theirs: f64) -> Result<(), TestCaseError> {
    prop_assert!((ours - theirs).abs() < 1e-9, "{} beside {}", ours, theirs);
    Ok(())
}

#[test]
fn empty_texts_and_texts_around_the_length_of_a_word() -> Result<(), TestCaseError> {
    let text = |len: usize, shift: usize| -> String {
        (0..len).map(|at| char::from(b'a' + ((at * 7 + shift * at / 5) % 23) as u8)).collect()
    };
    let lengths = [0, 1, 2, 3, 4, 5, 31, 32, 63, 64, 65, 127, 128, 129, 192, 200, 257];
    for m in lengths {
        for n in lengths {
            for shift in 0..3 {
                check(&text(m, 0), &text(n, shift))?;
                check(&text(m, 0).replace('c', "ç"), &text(n, shift).replace('c', "ç"))?;
            }
        }
    }
    Ok(())
}

proptest! {
    #[test]
    fn short_texts_of_few_letters(a in "[ab c]{0,12}", b in "[ab c]{0,12}") {
        check(&a, &b)?;
    }

    #[test]
    fn ascii(a in "[ -~]{0,70}", b in "[ -~]{0,70}") {
        check(&a, &b)?;
    }

    #[test]
    fn any_text(a in any::<String>(), b in any::<String>()) {
        check(&a, &b)?;
    }

    #[test]
    fn letters_of_several_lengths(a in "[aé王🦀]{0,20}", b in "[aé王🦀]{0,20}") {
        check(&a, &b)?;
    }

    #[test]
    fn longer_than_a_word(a in "[a-d]{60,70}", b in "[a-d]{60,140}") {
        check(&a, &b)?;
    }

    #[test]
    fn longer_than_two_words(a in "[a-dé]{120,200}", b in "[a-dé]{125,260}") {
        check(&a, &b)?;
    }

    /// A text and itself after a few slips, as records have them.
    #[test]
    fn a_few_slips(a in "[a-f]{1,150}", slips in proptest::collection::vec((any::<prop::sample::Index>(), 0..3_u8), 0..6)) {
        let mut letters: Vec<char> = a.chars().collect();
        for (place, kind) in slips {
            let at = place.index(letters.len());
            match kind {
                0 if letters.len() > 1 => drop(letters.remove(at)),
                1 if at + 1 < letters.len() => letters.swap(at, at + 1),
                _ => letters.insert(at, 'é'),
            }
        }
        check(&a, &letters.into_iter().collect::<String>())?;
    }
}
