//! How much two sets have in common.
//!
//! Sets come as sorted slices without repeats, so that one pass over both finds what they share;
//! tokens, n-grams and ids all fit. Jaccard (1912), Dice (1945), overlap (Szymkiewicz 1934). Cost:
//! the sum of the lengths.

/// Shared elements / elements of either; 1 when both are empty. The slices are sorted and hold no
/// element twice.
pub fn jaccard<T: Ord>(a: &[T], b: &[T]) -> f64 {
    let shared = shared(a, b);
    ratio(shared, a.len() + b.len() - shared)
}

/// Twice the shared elements / the sum of both lengths; 1 when both are empty. The slices are
/// sorted and hold no element twice.
pub fn dice<T: Ord>(a: &[T], b: &[T]) -> f64 {
    ratio(2 * shared(a, b), a.len() + b.len())
}

/// Shared elements / the length of the shorter: 1 when one holds the other. The slices are sorted
/// and hold no element twice.
pub fn overlap<T: Ord>(a: &[T], b: &[T]) -> f64 {
    let shorter = a.len().min(b.len());
    if shorter == 0 && a.len() != b.len() {
        return 0.0;
    }
    ratio(shared(a, b), shorter)
}

/// [`dice`] of the character n-grams of two texts; texts shorter than `n` are one gram each.
pub fn ngram_dice(a: &str, b: &str, n: usize) -> f64 {
    if a == b {
        return 1.0;
    }
    dice(&ngrams(a, n), &ngrams(b, n))
}

fn ngrams(text: &str, n: usize) -> Vec<Vec<char>> {
    let chars: Vec<char> = text.chars().collect();
    if chars.is_empty() {
        return Vec::new();
    }
    let n = n.clamp(1, chars.len());
    let mut grams: Vec<Vec<char>> = chars.windows(n).map(<[char]>::to_vec).collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}

fn shared<T: Ord>(a: &[T], b: &[T]) -> usize {
    let (mut i, mut j, mut shared) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                (i, j, shared) = (i + 1, j + 1, shared + 1);
            }
        }
    }
    shared
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_overlaps() {
        let (a, b) = (["cellar", "the", "wine"], ["bar", "cellar", "wine"]);
        assert_eq!(jaccard(&a, &b), 0.5);
        assert_eq!(dice(&a, &b), 4.0 / 6.0);
        assert_eq!(overlap(&a[..1], &b), 1.0);
        assert_eq!(overlap::<u8>(&[], &[1]), 0.0);
        assert_eq!(ngram_dice("night", "nacht", 2), 0.25);
    }

    proptest! {
        #[test]
        fn laws(a in proptest::collection::btree_set(0_u8..9, 0..9), b in proptest::collection::btree_set(0_u8..9, 0..9)) {
            let (a, b): (Vec<u8>, Vec<u8>) = (a.into_iter().collect(), b.into_iter().collect());
            for similarity in [jaccard, dice, overlap] {
                let value = similarity(&a, &b);
                prop_assert_eq!(value, similarity(&b, &a));
                prop_assert!((0.0..=1.0).contains(&value));
                prop_assert_eq!(similarity(&a, &a), 1.0);
            }
        }
    }
}
