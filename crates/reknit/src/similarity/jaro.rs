//! Jaro and Jaro-Winkler: how alike two short names are.
//!
//! Jaro (1989) counts the characters two values share within half the longer length of each other,
//! less half of those out of order; Winkler (1990) adds credit for an equal beginning, because
//! people seldom mistype the first letters of a name. Cost: the product of the lengths in the worst
//! case, a bit mask per character up to 64 characters.

/// How much an equal beginning lifts the similarity, per character (Winkler 1990).
const PREFIX_SCALE: f64 = 0.1;
/// How many characters of the beginning count (Winkler 1990).
const PREFIX_MAX: usize = 4;
/// Below this Jaro similarity an equal beginning is no credit (Winkler's own program).
const BOOST_FROM: f64 = 0.7;

/// Jaro similarity of `a` and `b`.
pub fn jaro(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    if a.is_ascii() && b.is_ascii() {
        return jaro_of(a.as_bytes(), b.as_bytes());
    }
    jaro_of(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
}

/// Jaro-Winkler similarity of `a` and `b`.
pub fn jaro_winkler(a: &str, b: &str) -> f64 {
    let jaro = jaro(a, b);
    if jaro <= BOOST_FROM {
        return jaro;
    }
    let prefix = a.chars().zip(b.chars()).take(PREFIX_MAX).take_while(|(x, y)| x == y).count();
    (jaro + prefix as f64 * PREFIX_SCALE * (1.0 - jaro)).min(1.0)
}

/// Which pairs of shared characters are found first depends on the side one begins at, so the
/// shorter (then the smaller) value always goes first: that makes the result symmetric.
fn jaro_of<T: Ord + Copy>(a: &[T], b: &[T]) -> f64 {
    let (a, b) = if (a.len(), a) <= (b.len(), b) { (a, b) } else { (b, a) };
    if a.is_empty() {
        return if b.is_empty() { 1.0 } else { 0.0 };
    }
    let window = (b.len() / 2).saturating_sub(1);
    let (mut used_a, mut used_b) = (Marks::new(a.len()), Marks::new(b.len()));
    let mut shared = 0_usize;
    for (i, x) in a.iter().enumerate() {
        let (from, to) = (i.saturating_sub(window), (i + window + 1).min(b.len()));
        if let Some(j) = (from..to).find(|&j| b[j] == *x && !used_b.get(j)) {
            used_a.set(i);
            used_b.set(j);
            shared += 1;
        }
    }
    if shared == 0 {
        return 0.0;
    }
    let in_a = (0..a.len()).filter(|&i| used_a.get(i)).map(|i| a[i]);
    let in_b = (0..b.len()).filter(|&j| used_b.get(j)).map(|j| b[j]);
    let moved = in_a.zip(in_b).filter(|(x, y)| x != y).count() / 2;
    let m = shared as f64;
    (m / a.len() as f64 + m / b.len() as f64 + (m - moved as f64) / m) / 3.0
}

/// A set of places: one word while they fit, a vector beyond.
enum Marks {
    Word(u64),
    Many(Vec<bool>),
}

impl Marks {
    fn new(len: usize) -> Self {
        if len <= 64 { Self::Word(0) } else { Self::Many(vec![false; len]) }
    }

    fn get(&self, place: usize) -> bool {
        match self {
            Self::Word(bits) => bits >> place & 1 == 1,
            Self::Many(marks) => marks[place],
        }
    }

    fn set(&mut self, place: usize) {
        match self {
            Self::Word(bits) => *bits |= 1 << place,
            Self::Many(marks) => marks[place] = true,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn figures_of_winkler_1990() {
        for (a, b, jaro_expected, winkler_expected) in [
            ("martha", "marhta", 0.944, 0.961),
            ("dwayne", "duane", 0.822, 0.840),
            ("dixon", "dicksonx", 0.767, 0.813),
            ("abc", "", 0.0, 0.0),
        ] {
            assert!((jaro(a, b) - jaro_expected).abs() < 5e-4, "{a} {b}");
            assert!((jaro_winkler(a, b) - winkler_expected).abs() < 5e-4, "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn laws(a in "[a-dé]{0,70}", b in "[a-dé]{0,70}") {
            prop_assert_eq!(jaro_winkler(&a, &b), jaro_winkler(&b, &a));
            prop_assert!((0.0..=1.0).contains(&jaro_winkler(&a, &b)));
            prop_assert!(jaro_winkler(&a, &b) >= jaro(&a, &b));
            prop_assert_eq!(jaro_winkler(&a, &a), 1.0);
        }
    }
}
