//! Whether a text is about any of the labels at all.
//!
//! A classifier must name one of its labels, and the score of the best one alone is high for some texts that
//! are about none of them. What else tells them is how far a text lies from every training text of the label
//! that has the highest score, by the meaning of its words. Both numbers become one probability by logistic regression,
//! fitted without a single text from outside: a fifth of the labels is taken away in turn, weights are learnt
//! without them, and texts of the missing labels play the strangers (leave-labels-out; the setting is that
//! of Larson et al. 2019, "An Evaluation Dataset for Intent Classification and Out-of-Scope Prediction").
//! Strangers and others weigh the same in the fit, so one half means: as likely the one as the other.
//!
//! Cost: five fits of four fifths of the labels; 128 bytes a kept text, of which there are at most 10,000; a
//! reading compares a text with those of one label.

use super::calibrate::{Expected, platt};
use super::curves::sigmoid;
use super::features::{Reader, Tables};
use super::recipe::Recipe;
use super::search::{Read, Texts, Trial};
use super::single::OneLabel;
use crate::text::token::{Token, tokens};
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
    /// Label by label the vectors of its kept texts, 128 numbers each; all in one, where a model does not say of which
    /// label they are.
    pub(crate) kept: Vec<Vec<i8>>,
    /// Of the log odds of being in scope: per score of the best label, per cosine, and alone.
    pub(crate) weights: [f64; 3],
    /// The least probability that is accepted.
    pub(crate) least: f64,
}

impl Scope {
    /// Whether there is anything to ask.
    pub(crate) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// The probability that a text is about one of the labels, where `score` is the highest and of `label`.
    pub(crate) fn probability(&self, (label, score): (usize, f64), meaning: &[i8; DIMENSIONS]) -> f64 {
        let kept = self.kept.get(self.place(label)).map_or(&[][..], Vec::as_slice);
        probability(&self.weights, [score, nearness(kept, meaning)])
    }

    /// Keeps a text more.
    pub(super) fn keep(&mut self, label: usize, meaning: [i8; DIMENSIONS]) {
        let place = self.place(label);
        self.kept[place].extend(meaning);
    }

    /// Makes place for the texts of a new label.
    pub(super) fn insert_label(&mut self, label: usize) {
        if self.kept.len() > 1 {
            self.kept.insert(label, Vec::new());
        }
    }

    /// How many texts of each label are kept; nothing where that is not known.
    pub(super) fn counts(&self) -> Vec<u32> {
        let kept = if self.kept.len() == 1 { &[][..] } else { &self.kept };
        kept.iter().map(|kept| (kept.len() / DIMENSIONS) as u32).collect()
    }

    fn place(&self, label: usize) -> usize {
        if self.kept.len() == 1 { 0 } else { label }
    }

    /// Learns what strangers look like; nothing when there are too few labels or texts to learn it from.
    pub(super) fn learn(texts: &Texts<'_, OneLabel>, read: &Read, best: &Trial<OneLabel>) -> Self {
        let meanings: Vec<_> = texts.meanings();
        let mut points = Vec::new();
        for part in texts.leave_labels_out(read, best, PARTS).chunk_by(|a, b| a.part == b.part) {
            let kept = some(&texts.kept_without(part[0].part, PARTS), texts, &meanings);
            points.extend(part.iter().map(|one| {
                ([one.score, nearness(&kept[one.best], &meanings[one.row as usize])], one.is_known)
            }));
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
        Self { kept: some(&all, texts, &meanings), weights, least }
    }
}

/// No standard deviation is taken for less.
const LEAST_UNIT: f64 = 1e-6;

fn deviation(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let count = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / count;
    (values.map(|value| (value - mean) * (value - mean)).sum::<f64>() / count).sqrt()
}

/// Label by label the vectors of at most `KEPT` of the rows, as many of each, evenly spaced in the order of their texts.
fn some(rows: &[u32], texts: &Texts<'_, OneLabel>, meanings: &[[i8; DIMENSIONS]]) -> Vec<Vec<i8>> {
    let mut of_label: Vec<Vec<u32>> = vec![Vec::new(); texts.labels.len()];
    for &row in rows {
        of_label[texts.truth(row)].push(row);
    }
    let most = (KEPT / texts.labels.len()).max(1);
    let evenly = |rows: &Vec<u32>| {
        let count = rows.len().min(most);
        (0..count).flat_map(|at| meanings[rows[at * rows.len() / count] as usize]).collect()
    };
    of_label.iter().map(evenly).collect()
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
        self.read_tokens(tokens(text))
    }

    /// That of the tokens of a text.
    pub(super) fn read_tokens<'t>(&mut self, tokens: impl Iterator<Item = Token<'t>>) -> [i8; DIMENSIONS] {
        self.reader.read(tokens, &self.recipe, self.tables, &mut Vec::new());
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
    sigmoid(weights[0] * point[0] + weights[1] * point[1] + weights[2])
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
    fn a_text_is_compared_with_those_of_its_label_where_they_are_known() {
        let text = |at: usize| {
            let mut numbers = [0; DIMENSIONS];
            numbers[at] = 127;
            numbers
        };
        let kept = vec![text(0).to_vec(), text(1).to_vec()];
        let mut apart = Scope { kept, weights: [0.0, 1.0, 0.0], least: 0.5 };
        let mut together = Scope { kept: vec![apart.kept.concat()], ..apart.clone() };
        let odds = |scope: &Scope, label| {
            let probability = scope.probability((label, 9.0), &text(1));
            (probability / (1.0 - probability)).ln().round()
        };
        assert_eq!([odds(&apart, 0), odds(&apart, 1)], [0.0, 1.0]);
        assert_eq!([odds(&together, 0), odds(&together, 1)], [1.0, 1.0]);
        for scope in [&mut apart, &mut together] {
            scope.insert_label(1);
            scope.keep(1, text(5));
        }
        assert_eq!(apart.counts(), [1, 1, 1]);
        assert_eq!([odds(&apart, 1), odds(&apart, 2)], [0.0, 1.0]);
        assert_eq!((together.counts(), together.kept[0].len()), (vec![], 3 * DIMENSIONS));
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
