//! How well labels were given: accuracy, macro-F1, macro-recall, per label, and who was taken for whom; and the same
//! for several labels a text, with micro-F1.
//!
//! All functions take the true and the given labels, text by text, in the same order; what is longer
//! is cut to the shorter. A label that occurs in neither list does not exist; a measure whose
//! denominator is 0 is 0, as in scikit-learn. Cost: `O(n log labels)`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Metric;

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

/// All measures of one comparison of several labels a text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MultiReport {
    /// Texts compared.
    pub texts: usize,
    /// The share of texts given all their labels and no other ("subset accuracy").
    pub accuracy: f64,
    /// The mean F1 over the labels that occur in the truth or were given.
    pub macro_f1: f64,
    /// The F1 of all labels' counts together.
    pub micro_f1: f64,
    /// The mean recall over the labels that occur in the truth.
    pub macro_recall: f64,
    /// One row a label, in order of the label.
    pub labels: Vec<LabelScore>,
}

impl MultiReport {
    /// Compares `given` with `truth`, each a list of labels a text in any order; the same label twice counts once.
    ///
    /// ```
    /// use reknit::classify::metrics::MultiReport;
    /// let report = MultiReport::of(&[vec!["a", "b"], vec![]], &[vec!["a"], vec![]]);
    /// assert_eq!((report.accuracy, report.macro_f1), (0.5, 0.5));
    /// assert!((report.micro_f1 - 2.0 / 3.0).abs() < 1e-12);
    /// ```
    pub fn of<T: AsRef<str>, G: AsRef<str>>(truth: &[Vec<T>], given: &[Vec<G>]) -> Self {
        let count = truth.len().min(given.len());
        let (truth, given) = (&truth[..count], &given[..count]);
        let all = truth.iter().flatten().map(AsRef::as_ref).chain(given.iter().flatten().map(AsRef::as_ref));
        let mut places: BTreeMap<&str, u32> = all.map(|name| (name, 0)).collect();
        for (place, slot) in places.values_mut().enumerate() {
            *slot = place as u32;
        }
        let mut counts = Counts::new(places.len());
        for (truth, given) in truth.iter().zip(given) {
            counts.add(&sorted(truth, &places), &sorted(given, &places));
        }
        let names: Vec<String> = places.keys().map(|&name| name.to_owned()).collect();
        counts.report(&names)
    }

    /// The F1 of one label; 0 for a label that does not occur.
    pub fn f1(&self, label: &str) -> f64 {
        self.labels.iter().find(|l| l.label == label).map_or(0.0, |l| l.f1)
    }
}

/// The places of labels, each once, ascending.
fn sorted<T: AsRef<str>>(labels: &[T], places: &BTreeMap<&str, u32>) -> Vec<u32> {
    let mut found: Vec<u32> = labels.iter().filter_map(|label| places.get(label.as_ref()).copied()).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// What the measures of several labels a text are made of.
#[derive(Debug, Clone)]
pub(super) struct Counts {
    texts: usize,
    /// Texts given all their labels and no other.
    exact: usize,
    /// A label: texts that carry it, that were given it, and both.
    labels: Vec<[usize; 3]>,
}

impl Counts {
    /// Nothing compared yet.
    pub(super) fn new(labels: usize) -> Self {
        Self { texts: 0, exact: 0, labels: vec![[0; 3]; labels] }
    }

    /// Compares one text: the places of labels, each once, ascending.
    pub(super) fn add(&mut self, truth: &[u32], given: &[u32]) {
        self.texts += 1;
        self.exact += usize::from(truth == given);
        for &label in truth {
            self.labels[label as usize][0] += 1;
        }
        for label in given {
            self.labels[*label as usize][1] += 1;
            self.labels[*label as usize][2] += usize::from(truth.contains(label));
        }
    }

    fn f1s(&self) -> impl Iterator<Item = f64> {
        let seen = self.labels.iter().filter(|[carry, given, _]| carry + given > 0);
        seen.map(|[carry, given, both]| share(2 * both, carry + given))
    }

    fn micro_f1(&self) -> f64 {
        let sum = |part: usize| self.labels.iter().map(|counts| counts[part]).sum::<usize>();
        share(2 * sum(2), sum(0) + sum(1))
    }

    fn macro_recall(&self) -> f64 {
        let seen = self.labels.iter().filter(|[carry, ..]| *carry > 0);
        mean(seen.map(|[carry, _, both]| share(*both, *carry)))
    }

    /// What a metric makes of them; `names` are those of the labels, sorted.
    pub(super) fn quality(&self, metric: &Metric, names: &[String]) -> f64 {
        match metric {
            Metric::Accuracy => share(self.exact, self.texts),
            Metric::MacroF1 => mean(self.f1s()),
            Metric::MicroF1 => self.micro_f1(),
            Metric::MacroRecall => self.macro_recall(),
            Metric::F1(label) => {
                let counts = names.binary_search(label).map_or([0; 3], |place| self.labels[place]);
                share(2 * counts[2], counts[0] + counts[1])
            }
        }
    }

    fn report(&self, names: &[String]) -> MultiReport {
        let row = |(label, &[support, given, both]): (&String, &[usize; 3])| LabelScore {
            label: label.clone(),
            support,
            precision: share(both, given),
            recall: share(both, support),
            f1: share(2 * both, support + given),
        };
        MultiReport {
            texts: self.texts,
            accuracy: share(self.exact, self.texts),
            macro_f1: mean(self.f1s()),
            micro_f1: self.micro_f1(),
            macro_recall: self.macro_recall(),
            labels: names.iter().zip(&self.labels).map(row).collect(),
        }
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

    /// Worked by hand: a has 1 hit of 2 carried and 2 given, b 1 of 2 and 1, c is given once and never carried.
    #[test]
    fn several_labels_agree_with_a_hand_worked_example() {
        let truth = [vec!["a", "b"], vec!["a"], vec![], vec!["b", "b"]];
        let given = [vec!["b", "a"], vec![], vec!["a", "c"], vec![]];
        let report = MultiReport::of(&truth, &given);
        assert!((report.accuracy - 0.25).abs() < 1e-12);
        assert!((report.f1("a") - 0.5).abs() < 1e-12 && (report.f1("b") - 2.0 / 3.0).abs() < 1e-12);
        assert!((report.macro_f1 - (0.5 + 2.0 / 3.0) / 3.0).abs() < 1e-12);
        assert!((report.micro_f1 - 4.0 / 8.0).abs() < 1e-12);
        assert!((report.macro_recall - 0.5).abs() < 1e-12);
        assert_eq!(report.labels.iter().map(|label| label.support).collect::<Vec<_>>(), [2, 2, 0]);
    }

    /// With one label a text both ways of counting are the same, and micro-F1 is the accuracy.
    #[test]
    fn one_label_a_text_is_a_set_of_one() {
        let (truth, given) = (["0", "1", "2", "0", "1", "2"], ["0", "2", "1", "0", "0", "1"]);
        let (one, sets) = (Report::of(&truth, &given), |labels: [&'static str; 6]| labels.map(|l| vec![l]));
        let several = MultiReport::of(&sets(truth), &sets(given));
        assert_eq!(several.labels, one.labels);
        assert!((several.micro_f1 - one.accuracy).abs() < 1e-12);
        assert_eq!(
            (several.accuracy, several.macro_f1, several.macro_recall),
            (one.accuracy, one.macro_f1, one.macro_recall)
        );
    }

    #[test]
    fn nothing_to_compare_is_zero_not_nan() {
        let none = MultiReport::of::<&str, &str>(&[], &[]);
        assert_eq!((none.accuracy, none.macro_f1, none.micro_f1, none.macro_recall), (0.0, 0.0, 0.0, 0.0));
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
