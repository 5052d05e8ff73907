//! One label a text, as a search sees it.
//!
//! Each label is solved against the rest, of two only the second. Scores become probabilities that add up to 1
//! ([`calibrate`](super::calibrate)), and the metric is read off a confusion matrix.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::calibrate::{Calibration, Goal, HeldOut, quality};
use super::search::{FOLDS, Task};
use super::train::columns;
use super::{ClassWeights, Config, Metric};

/// The labels of texts that carry one each.
pub(super) struct OneLabel {
    labels: Vec<String>,
    metric: Metric,
    /// How much an error counts, one a label; empty: all the same.
    weights: Vec<f64>,
}

impl OneLabel {
    /// The calibration of the classifier that was chosen.
    pub(super) fn settle(&self, held_out: &HeldOut) -> Calibration {
        Calibration::borrowing(held_out, self.goal())
    }

    fn goal(&self) -> Goal<'_> {
        Goal { labels: &self.labels, metric: &self.metric, weights: &self.weights }
    }
}

impl Task for OneLabel {
    type Truth = u32;
    type Calibration = Calibration;

    fn new(labels: &[String], config: &Config, truth: &[u32], train: usize) -> Self {
        let weights = ClassWeights::by_place(config.class_weights.as_ref(), labels, &truth[..train]);
        Self { labels: labels.to_vec(), metric: config.metric.clone(), weights }
    }

    fn targets(&self) -> Vec<u32> {
        if columns(self.labels.len()) == 1 { vec![1] } else { (0..self.labels.len() as u32).collect() }
    }

    fn column<'t>(&self, truth: &'t [u32], _: u32) -> Cow<'t, [u32]> {
        Cow::Borrowed(truth)
    }

    fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Deals the texts of each label round the folds.
    fn folds(texts: &[&str], truth: &[u32]) -> Vec<u8> {
        let mut dealt: BTreeMap<u32, (usize, &str)> = BTreeMap::new();
        (texts.iter().zip(truth))
            .map(|(&text, &label)| {
                let (count, last) = dealt.entry(label).or_insert((0, text));
                if *last != text {
                    *count += 1;
                    *last = text;
                }
                (*count % FOLDS) as u8
            })
            .collect()
    }

    fn calibrate(&self, held_out: &HeldOut) -> Calibration {
        Calibration::fit(held_out, self.goal())
    }

    fn given(&self, calibration: &Calibration, held_out: &HeldOut) -> Vec<u32> {
        calibration.decisions(held_out)
    }

    fn quality<'t>(&self, pairs: impl Iterator<Item = (&'t u32, &'t u32)>) -> f64 {
        quality(pairs.map(|(&truth, &given)| (truth, given)), self.goal())
    }
}
