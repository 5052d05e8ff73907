//! How well labels were given: accuracy, macro-F1, macro-recall, per label, and who was taken for whom.
//!
//! All functions take the true and the given labels, text by text, in the same order; what is longer
//! is cut to the shorter. A label that occurs in neither list does not exist; a measure whose
//! denominator is 0 is 0, as in scikit-learn. Cost: `O(n log labels)`.

use std::collections::BTreeMap;

use serde::Serialize;

/// One label's counts and measures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelScore {
    /// The label.
    pub label: String,
    /// Texts that carry it in truth.
    pub support: usize,
    /// Of those given the label, the share that carries it.
    pub precision: f64,
    /// Of those that carry it, the share given the label.
    pub recall: f64,
    /// The harmonic mean of the two.
    pub f1: f64,
}

/// All measures of one comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Texts compared.
    pub texts: usize,
    /// The share labelled right.
    pub accuracy: f64,
    /// The mean F1 over the labels that occur in the truth or were given.
    pub macro_f1: f64,
    /// The mean recall over the labels that occur in the truth.
    pub macro_recall: f64,
    /// One row a label, in order of the label.
    pub labels: Vec<LabelScore>,
    /// `confusion[t][g]`: texts of true label `t` that were given label `g`; order as in `labels`.
    pub confusion: Vec<Vec<usize>>,
}

impl Report {
    /// Compares `given` with `truth`.
    ///
    /// ```
    /// use reknit::classify::metrics::Report;
    /// let report = Report::of(&["a", "a", "b"], &["a", "b", "b"]);
    /// assert!((report.accuracy - 2.0 / 3.0).abs() < 1e-12);
    /// assert_eq!(report.confusion, [[1, 1], [0, 1]]);
    /// ```
    pub fn of<T: AsRef<str>, G: AsRef<str>>(truth: &[T], given: &[G]) -> Self {
        let pairs: Vec<(&str, &str)> =
            truth.iter().map(AsRef::as_ref).zip(given.iter().map(AsRef::as_ref)).collect();
        let mut places: BTreeMap<&str, usize> = pairs.iter().flat_map(|&(t, g)| [(t, 0), (g, 0)]).collect();
        for (place, slot) in places.values_mut().enumerate() {
            *slot = place;
        }
        let mut confusion = vec![vec![0; places.len()]; places.len()];
        for (t, g) in &pairs {
            confusion[places[t]][places[g]] += 1;
        }
        let names: Vec<String> = places.keys().map(|&name| name.to_owned()).collect();
        Self::from_confusion(&names, confusion)
    }

    /// The measures of a square confusion matrix; `names[i]` is the label of row and column `i`.
    pub(crate) fn from_confusion(names: &[String], confusion: Vec<Vec<usize>>) -> Self {
        let given = |g: usize| confusion.iter().map(|row| row[g]).sum::<usize>();
        let labels: Vec<LabelScore> = (names.iter().enumerate())
            .map(|(place, label)| {
                let hits = confusion[place][place];
                let support = confusion[place].iter().sum();
                let (precision, recall) = (share(hits, given(place)), share(hits, support));
                let f1 = share(2 * hits, support + given(place));
                LabelScore { label: label.clone(), support, precision, recall, f1 }
            })
            .collect();
        let texts = labels.iter().map(|l| l.support).sum();
        let hits = (0..labels.len()).map(|place| confusion[place][place]).sum();
        let seen = (0..labels.len()).filter(|&p| labels[p].support + given(p) > 0);
        let macro_f1 = mean(seen.map(|p| labels[p].f1));
        let macro_recall = mean(labels.iter().filter(|l| l.support > 0).map(|l| l.recall));
        Self { texts, accuracy: share(hits, texts), macro_f1, macro_recall, labels, confusion }
    }

    /// The F1 of one label; 0 for a label that does not occur.
    pub fn f1(&self, label: &str) -> f64 {
        self.labels.iter().find(|l| l.label == label).map_or(0.0, |l| l.f1)
    }
}

/// The share labelled right.
pub fn accuracy<T: AsRef<str>, G: AsRef<str>>(truth: &[T], given: &[G]) -> f64 {
    Report::of(truth, given).accuracy
}

/// The mean of the labels' F1.
pub fn macro_f1<T: AsRef<str>, G: AsRef<str>>(truth: &[T], given: &[G]) -> f64 {
    Report::of(truth, given).macro_f1
}

/// The mean of the labels' recall.
pub fn macro_recall<T: AsRef<str>, G: AsRef<str>>(truth: &[T], given: &[G]) -> f64 {
    Report::of(truth, given).macro_recall
}

/// Pearson's correlation of two series; 0 when one of them does not vary.
pub fn pearson(a: &[f64], b: &[f64]) -> f64 {
    let n = a.len().min(b.len());
    let (a, b) = (&a[..n], &b[..n]);
    let (mean_a, mean_b) = (mean(a.iter().copied()), mean(b.iter().copied()));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        let (x, y) = (x - mean_a, y - mean_b);
        ab += x * y;
        aa += x * x;
        bb += y * y;
    }
    if aa > 0.0 && bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_usize), |(sum, count), v| (sum + v, count + 1));
    if count == 0 { 0.0 } else { sum / count as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the scikit-learn user guide: macro F1 of [0,1,2,0,1,2] against [0,2,1,0,0,1].
    #[test]
    fn agrees_with_a_hand_worked_example() {
        let (truth, given) = (["0", "1", "2", "0", "1", "2"], ["0", "2", "1", "0", "0", "1"]);
        let report = Report::of(&truth, &given);
        assert!((report.macro_f1 - 0.8 / 3.0).abs() < 1e-12);
        assert!((report.macro_recall - 1.0 / 3.0).abs() < 1e-12);
        assert!((report.f1("0") - 0.8).abs() < 1e-12);
        assert_eq!(report.f1("none"), 0.0);
    }

    #[test]
    fn nothing_to_compare_is_zero_not_nan() {
        let report = Report::of::<&str, &str>(&[], &[]);
        assert_eq!((report.accuracy, report.macro_f1, report.macro_recall), (0.0, 0.0, 0.0));
        assert_eq!(pearson(&[1.0, 1.0], &[2.0, 3.0]), 0.0);
    }

    #[test]
    fn a_line_correlates_fully() {
        assert!((pearson(&[1.0, 2.0, 4.0], &[2.0, 4.0, 8.0]) - 1.0).abs() < 1e-12);
        assert!((pearson(&[1.0, 2.0], &[-1.0, -2.0]) + 1.0).abs() < 1e-12);
    }
}
