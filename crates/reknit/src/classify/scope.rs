//! Whether a text is about any of the labels at all.
//!
//! A classifier must name one of its labels, and the score of the best one alone is high for some texts that
//! are about none of them. What else tells them is how far a text lies from every training text of the label
//! it was given, by the meaning of its words. Both numbers become one probability by logistic regression,
//! fitted without a single text from outside: a fifth of the labels is taken away in turn, weights are learnt
//! without them, and texts of the missing labels play the strangers (leave-labels-out; the setting is that
//! of Larson et al. 2019, "An Evaluation Dataset for Intent Classification and Out-of-Scope Prediction").
//! Strangers and others weigh the same in the fit, so one half means: as likely the one as the other.
//!
//! Cost: five fits of four fifths of the labels; 128 bytes a kept text, of which there are at most 10,000; a
//! reading compares a text with all of them.

use super::calibrate::{Expected, platt};
use super::features::{Reader, Tables};
use super::recipe::Recipe;
use super::search::{Read, Texts, Trial};
use super::single::OneLabel;
use crate::text::words::{DIMENSIONS, vector};

/// From so many labels on a classifier asks whether a text is about one of them: fewer are mostly tones, of
/// which every text has one.
pub(crate) const FEWEST_LABELS: usize = 5;
/// Parts into which labels are dealt to be taken away in turn.
const PARTS: u32 = 5;
/// Texts kept, at most, the same number of each label.
const KEPT: usize = 10_000;
/// The weight of a standard deviation of the distance, where one of the score has 1.
const NEARNESS: f64 = 0.5;
/// The share of texts with a known label that may be refused.
const REFUSED: f64 = 0.075;
/// What stands for 1 in a kept number.
const ONE: f32 = 127.0;

/// Texts whose labels are known, and what a text's distance from them says.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Scope {
    /// Vectors of kept texts, 128 numbers each.
    pub(crate) vectors: Vec<i8>,
    /// Of the log odds of being in scope: per score of the best label, per cosine, and alone.
    pub(crate) weights: [f64; 3],
    /// The least probability that is accepted.
    pub(crate) least: f64,
}

impl Scope {
    /// Whether there is anything to ask.
    pub(crate) fn is_empty(&self) -> bool {
        self.vectors.is_empty()
    }

    /// The probability that a text is about one of the labels, where `score` is that of the best one.
    pub(crate) fn probability(&self, score: f64, meaning: &[i8; DIMENSIONS]) -> f64 {
        probability(&self.weights, [score, nearness(&self.vectors, meaning)])
    }

    /// Learns what strangers look like; nothing when there are too few labels or texts to learn it from.
    pub(super) fn learn(texts: &Texts<'_, OneLabel>, read: &Read, best: &Trial<OneLabel>) -> Self {
        let meanings: Vec<_> = texts.meanings();
        let mut points = Vec::new();
        for part in texts.leave_labels_out(read, best, PARTS).chunk_by(|a, b| a.part == b.part) {
            let kept = some(&texts.kept_without(part[0].part, PARTS), texts, &meanings);
            points.extend(
                part.iter()
                    .map(|one| ([one.score, nearness(&kept, &meanings[one.row as usize])], one.is_known)),
            );
        }
        let known = || points.iter().filter(|(_, known)| *known).map(|(point, _)| *point);
        let units = [deviation(known().map(|point| point[0])), deviation(known().map(|point| point[1]))];
        let scales = [1.0 / units[0].max(LEAST_UNIT), NEARNESS / units[1].max(LEAST_UNIT)];
        let sum = |point: [f64; 2]| scales[0] * point[0] + scales[1] * point[1];
        let sums: Vec<(f64, bool)> = points.iter().map(|&(point, known)| (sum(point), known)).collect();
        let Some((slope, intercept)) = logistic(&sums) else { return Self::default() };
        let weights = [slope * scales[0], slope * scales[1], intercept];
        let mut sure: Vec<f64> = known().map(|point| probability(&weights, point)).collect();
        sure.sort_by(f64::total_cmp);
        let least = sure[(sure.len() as f64 * REFUSED) as usize];
        let all: Vec<u32> = (0..texts.train as u32).collect();
        Self { vectors: some(&all, texts, &meanings), weights, least }
    }
}

/// No standard deviation is taken for less.
const LEAST_UNIT: f64 = 1e-6;

fn deviation(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / count;
    (values.map(|value| (value - mean) * (value - mean)).sum::<f64>() / count).sqrt()
}

/// The vectors of at most `KEPT` of the rows, as many of each label, evenly spaced in the order of their texts.
fn some(rows: &[u32], texts: &Texts<'_, OneLabel>, meanings: &[[i8; DIMENSIONS]]) -> Vec<i8> {
    let mut of_label: Vec<Vec<u32>> = vec![Vec::new(); texts.labels.len()];
    for &row in rows {
        of_label[texts.truth(row)].push(row);
    }
    let most = (KEPT / texts.labels.len()).max(1);
    let evenly = |rows: &Vec<u32>| -> Vec<u32> {
        let count = rows.len().min(most);
        (0..count).map(|at| rows[at * rows.len() / count]).collect()
    };
    of_label.iter().flat_map(evenly).flat_map(|row| meanings[row as usize]).collect()
}

/// The cosine to the nearest kept text; 0 when there is none.
pub(crate) fn nearness(kept: &[i8], meaning: &[i8; DIMENSIONS]) -> f64 {
    let (texts, _) = kept.as_chunks::<DIMENSIONS>();
    let meaning = meaning.map(i16::from);
    f64::from(texts.iter().map(|text| product(text, &meaning)).max().unwrap_or(0)) / f64::from(ONE * ONE)
}

/// The sum of products, in eight sums beside each other: processors multiply and add eight small whole numbers at
/// once, which a single sum does not let them (6 ns in place of 28).
fn product(text: &[i8; DIMENSIONS], meaning: &[i16; DIMENSIONS]) -> i32 {
    const LANES: usize = 8;
    let mut sums = [0; LANES];
    for (a, b) in text.as_chunks::<{ 2 * LANES }>().0.iter().zip(meaning.as_chunks::<{ 2 * LANES }>().0) {
        for lane in 0..LANES {
            sums[lane] += i32::from(a[lane]) * i32::from(b[lane]);
        }
        for lane in LANES..2 * LANES {
            sums[lane - LANES] += i32::from(a[lane]) * i32::from(b[lane]);
        }
    }
    sums.iter().sum()
}

/// Reads what texts mean, one after the other.
pub(super) struct MeaningReader<'a> {
    tables: &'a Tables,
    recipe: Recipe,
    reader: Reader,
}

impl<'a> MeaningReader<'a> {
    pub(super) fn new(tables: &'a Tables) -> Self {
        Self { tables, recipe: Recipe::meaning_only(), reader: Reader::default() }
    }

    /// The vector of a text in whole numbers; zeros for a text without known words.
    pub(super) fn read(&mut self, text: &str) -> [i8; DIMENSIONS] {
        self.reader.read(text, &self.recipe, self.tables, &mut Vec::new());
        let vector = vector(&self.tables.words, &self.reader.pieces);
        vector.map_or([0; DIMENSIONS], |(numbers, _)| numbers.map(|number| (number * ONE).round() as i8))
    }
}

/// The vectors of all texts.
pub(super) fn meanings(texts: &[&str], tables: &Tables) -> Vec<[i8; DIMENSIONS]> {
    let mut reader = MeaningReader::new(tables);
    texts.iter().map(|text| reader.read(text)).collect()
}

fn probability(weights: &[f64; 3], point: [f64; 2]) -> f64 {
    1.0 / (1.0 + (-(weights[0] * point[0] + weights[1] * point[1] + weights[2])).exp())
}

/// Slope and intercept of a logistic regression in which both sides weigh the same: the fit as they are, without
/// the odds of the sides; none when a side is empty.
fn logistic(points: &[(f64, bool)]) -> Option<(f64, f64)> {
    let yes = points.iter().filter(|(_, known)| *known).count();
    let no = points.len() - yes;
    if yes == 0 || no == 0 {
        return None;
    }
    let (slope, intercept) = platt(points, Expected::nothing());
    Some((slope, intercept - (yes as f64 / no as f64).ln()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_apart_is_told_apart() {
        // The true log odds are 3 (value - 1), with both sides equally many.
        let points: Vec<(f64, bool)> = (0..40_000)
            .map(|k| {
                let value = f64::from(k % 200) / 100.0;
                (value, f64::from(k / 200) / 200.0 < 1.0 / (1.0 + (-3.0 * (value - 1.0)).exp()))
            })
            .collect();
        let (slope, intercept) = logistic(&points).expect("both sides");
        assert!((slope - 3.0).abs() < 0.1 && (intercept + 3.0).abs() < 0.1, "{slope} {intercept}");
        assert!(logistic(&points[..0]).is_none());
    }

    #[test]
    fn the_nearest_kept_text_counts() {
        let mut meaning = [0; DIMENSIONS];
        meaning[3] = 127;
        let mut kept = vec![0; 2 * DIMENSIONS];
        assert!(nearness(&kept, &meaning).abs() < 1e-9 && nearness(&[], &meaning).abs() < 1e-9);
        kept[DIMENSIONS + 3] = 127;
        assert!((nearness(&kept, &meaning) - 1.0).abs() < 1e-9);
    }
}
