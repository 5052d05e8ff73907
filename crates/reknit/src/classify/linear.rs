//! A small linear model over words, pairs of words and what they mean: what the built-in emotion and spam readers use.
//!
//! It is made by `build_linear.py` in `reknit-models`, where its layout and training are told. A text's words and
//! pairs of neighbours weigh one over the root of their number, each once; the vector of its word pieces is scaled to
//! length 1. So a score is a sum, and what each place of the text adds to it is exact.
//!
//! Cost: `O(n)` in the tokens; one look-up a word and a pair, 128 products a label.

use std::f64::consts::LOG2_E;

use hashbrown::{HashMap, HashSet};
use rustc_hash::FxBuildHasher;

use super::SpanWeight;
use super::sentiment::Form;
use super::vocabulary::hash;
use crate::model::Weight;
use crate::text::words::{DIMENSIONS, Words, vector};

/// A model as loaded.
#[derive(Debug, Clone)]
pub(super) struct Linear {
    pub(super) labels: Vec<&'static str>,
    bias: Vec<f32>,
    /// The score over which a label holds.
    pub(super) thresholds: Vec<f32>,
    scales: Vec<f32>,
    /// The weights of meaning, 128 a label.
    meaning: Vec<f32>,
    places: HashMap<u64, u32, FxBuildHasher>,
    rows: &'static [u8],
    words: Words,
}

/// A known feature of a text: the word at a place, or with the next one.
struct Found {
    first: usize,
    last: usize,
    row: u32,
}

const MAGIC: &[u8] = b"RKLINE01";

impl Linear {
    /// Reads shipped bytes; `None` if they are not as they should be, which a test would say.
    pub(super) fn read(bytes: &'static [u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let [count, features, names] = [number(&mut rest)?, number(&mut rest)?, number(&mut rest)?];
        let labels: Vec<&str> = std::str::from_utf8(take(&mut rest, names)?).ok()?.split('\n').collect();
        let [bias, thresholds, scales, lengths] = [
            floats(&mut rest, count)?,
            floats(&mut rest, count)?,
            floats(&mut rest, count)?,
            floats(&mut rest, count)?,
        ];
        let vectors = take(&mut rest, count.checked_mul(DIMENSIONS)?)?;
        let hashes = take(&mut rest, features.checked_mul(8)?)?;
        let rows = take(&mut rest, features.checked_mul(count)?)?;
        let meaning = vectors.chunks_exact(DIMENSIONS).zip(&lengths);
        let meaning =
            meaning.flat_map(|(row, scale)| row.iter().map(move |&w| f32::from(w as i8) * scale)).collect();
        let places =
            hashes.as_chunks().0.iter().zip(0..).map(|(hash, at)| (u64::from_le_bytes(*hash), at)).collect();
        let whole = rest.is_empty() && labels.len() == count;
        let words = Words::shipped();
        whole.then_some(Self { labels, bias, thresholds, scales, meaning, places, rows, words })
    }

    /// One without labels, for bytes that cannot be read.
    pub(super) fn empty() -> Self {
        let (labels, floats, places) = (Vec::new(), Vec::new, HashMap::default());
        Self {
            labels,
            bias: floats(),
            thresholds: floats(),
            scales: floats(),
            meaning: floats(),
            places,
            rows: &[],
            words: Words::shipped(),
        }
    }

    /// The score of each label: log odds, natural logarithm.
    pub(super) fn scores(&self, forms: &[Form]) -> Vec<f64> {
        let share = share(forms);
        let mut sums = vec![0_i64; self.labels.len()];
        for feature in self.features(forms) {
            for (sum, &weight) in sums.iter_mut().zip(self.row(feature.row)) {
                *sum += i64::from(weight as i8);
            }
        }
        let meaning = vector(&self.words, &self.pieces(forms).0).map(|(sum, _)| sum);
        (0..self.labels.len())
            .map(|label| {
                let words = sums[label] as f64 * f64::from(self.scales[label]) * share;
                let meaning = meaning.map_or(0.0, |sum| dot(&sum, self.meaning(label)));
                f64::from(self.bias[label]) + words + meaning
            })
            .collect()
    }

    /// What each place adds to the log odds of a label in bits, in order of place, and the prior.
    pub(super) fn explain(&self, forms: &[Form], label: usize) -> (Weight, Vec<SpanWeight>) {
        let share = share(forms) * f64::from(self.scales[label]);
        let mut spans: Vec<SpanWeight> = Vec::new();
        for Found { first, last, row } in self.features(forms) {
            let weight = self.row(row)[label] as i8;
            if weight != 0 {
                let words: Vec<&str> = forms[first..=last].iter().map(|form| form.text.as_str()).collect();
                spans.push(SpanWeight {
                    name: words.join(" "),
                    start: forms[first].start,
                    end: forms[last].end,
                    weight: Weight(f64::from(weight) * share * LOG2_E),
                });
            }
        }
        let (pieces, ends) = self.pieces(forms);
        if let Some((_, length)) = vector(&self.words, &pieces) {
            let mut begin = 0;
            for (form, end) in forms.iter().zip(ends) {
                let of_form = &pieces[std::mem::replace(&mut begin, end)..end];
                if of_form.is_empty() {
                    continue;
                }
                let mut sum = [0.0; DIMENSIONS];
                for &piece in of_form {
                    self.words.add(piece, &mut sum);
                }
                let weight = Weight(dot(&sum, self.meaning(label)) / f64::from(length) * LOG2_E);
                let name = format!("meaning of {}", form.text);
                spans.push(SpanWeight { name, start: form.start, end: form.end, weight });
            }
        }
        spans.sort_by_key(|span| (span.start, span.end));
        (Weight(f64::from(self.bias[label]) * LOG2_E), spans)
    }

    fn meaning(&self, label: usize) -> &[f32] {
        &self.meaning[label * DIMENSIONS..][..DIMENSIONS]
    }

    fn row(&self, row: u32) -> &[u8] {
        &self.rows[row as usize * self.labels.len()..][..self.labels.len()]
    }

    /// The word pieces of all forms, and where those of each end.
    fn pieces(&self, forms: &[Form]) -> (Vec<u16>, Vec<usize>) {
        let mut pieces = Vec::new();
        let mut cut = |form: &Form| {
            self.words.cut(form.text.strip_prefix("not ").unwrap_or(&form.text), &mut pieces);
            pieces.len()
        };
        let ends = forms.iter().map(&mut cut).collect();
        (pieces, ends)
    }

    /// The words and pairs of neighbours that are known, in order of place; one that comes again the first time only.
    fn features(&self, forms: &[Form]) -> Vec<Found> {
        let mut found = Vec::new();
        let mut seen: HashSet<u64, FxBuildHasher> = HashSet::default();
        let mut ask = |fingerprint: u64, first: usize, last: usize| {
            if let Some(&row) = self.places.get(&fingerprint)
                && seen.insert(fingerprint)
            {
                found.push(Found { first, last, row });
            }
        };
        let mut next = forms.first().map_or(0, |form| hash(&form.text));
        for at in 0..forms.len() {
            let word = mix(0, next);
            ask(word, at, at);
            if let Some(form) = forms.get(at + 1) {
                next = hash(&form.text);
                ask(mix(word, next), at, at + 1);
            }
        }
        found
    }
}

/// What one feature weighs: a text has its words and the pairs of neighbours.
fn share(forms: &[Form]) -> f64 {
    let features = (2 * forms.len()).saturating_sub(1).max(1);
    1.0 / (features as f64).sqrt()
}

fn mix(before: u64, hash: u64) -> u64 {
    (before.rotate_left(1) ^ hash).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

fn dot(a: &[f32; DIMENSIONS], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

fn take(rest: &mut &'static [u8], length: usize) -> Option<&'static [u8]> {
    let (part, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(part)
}

fn number(rest: &mut &'static [u8]) -> Option<usize> {
    let bytes = take(rest, 4)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes) as usize)
}

fn floats(rest: &mut &'static [u8], count: usize) -> Option<Vec<f32>> {
    let bytes = take(rest, count.checked_mul(4)?)?;
    Some(bytes.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reknit_models::{EMOTION, SPAM};

    #[test]
    fn shipped_models_are_whole_and_cut_ones_are_none() {
        for bytes in [EMOTION, SPAM] {
            assert!(Linear::read(bytes).is_some_and(|model| model.places.len() > 1_000));
            assert!((0..bytes.len()).step_by(997).all(|cut| Linear::read(&bytes[..cut]).is_none()));
        }
    }
}
