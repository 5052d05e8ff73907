//! Scores to honest probabilities, and to the decision the metric asks for.
//!
//! The solver's scores rank labels; how sure they make us is read off texts that were not trained on.
//! With two labels the score is put through a sigmoid of fitted slope and intercept (Platt 1999, in the
//! safe form of Lin, Lin and Weng 2007); with more, through a softmax of fitted slope, the inverse
//! temperature (Guo et al. 2017). Logits are natural logarithms here.
//!
//! The most probable label is best for accuracy only. For the other metrics each label gets an offset:
//! a share of −ln(prior), chosen from a small grid for the macro metrics (it moves decisions towards
//! rare labels), and for one label's F1 the offset with the best F1. Probabilities stay as they are.

use super::Metric;
use super::metrics::Report;

/// From scores to logits, and from logits to a decision.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Calibration {
    /// What a score is multiplied by; above 0.
    pub(crate) slope: f64,
    /// Added to the logit of the second of two labels; 0 with more.
    pub(crate) intercept: f64,
    /// Added to a label's logit when the label is chosen, one a label.
    pub(crate) offsets: Vec<f64>,
}

/// Texts that were not trained on: their scores (one a solved label) and true labels.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeldOut {
    pub(crate) scores: Vec<Vec<f64>>,
    pub(crate) truth: Vec<u32>,
}

impl Calibration {
    /// Takes scores as they are.
    pub(crate) fn none(labels: usize) -> Self {
        Self { slope: 1.0, intercept: 0.0, offsets: vec![0.0; labels] }
    }

    /// Fits slope and intercept to held-out texts, then the offsets for `metric`.
    pub(crate) fn fit(held_out: &HeldOut, labels: &[String], metric: &Metric) -> Self {
        let mut calibration = Self::none(labels.len());
        if held_out.truth.is_empty() {
            return calibration;
        }
        if labels.len() == 2 {
            (calibration.slope, calibration.intercept) = platt(held_out);
        } else {
            calibration.slope = inverse_temperature(held_out);
        }
        calibration.offsets = offsets(&calibration, held_out, labels, metric);
        calibration
    }

    /// The logits of all labels.
    pub(crate) fn logits(&self, scores: &[f64]) -> Vec<f64> {
        match *scores {
            [score] if self.offsets.len() == 2 => vec![0.0, self.slope * score + self.intercept],
            _ => scores.iter().map(|score| self.slope * score).collect(),
        }
    }

    /// The label chosen; the first of equals.
    pub(crate) fn decide(&self, logits: &[f64]) -> usize {
        let mut best = (0, f64::NEG_INFINITY);
        for (label, (logit, offset)) in logits.iter().zip(&self.offsets).enumerate() {
            if logit + offset > best.1 {
                best = (label, logit + offset);
            }
        }
        best.0
    }

    /// How good the decisions on held-out texts are.
    pub(crate) fn quality(&self, held_out: &HeldOut, labels: &[String], metric: &Metric) -> f64 {
        let mut confusion = vec![vec![0; labels.len()]; labels.len()];
        for (scores, &truth) in held_out.scores.iter().zip(&held_out.truth) {
            confusion[truth as usize][self.decide(&self.logits(scores))] += 1;
        }
        let report = Report::from_confusion(labels, confusion);
        match metric {
            Metric::Accuracy => report.accuracy,
            Metric::MacroF1 => report.macro_f1,
            Metric::MacroRecall => report.macro_recall,
            Metric::F1(label) => report.f1(label),
        }
    }
}

/// The probabilities of logits; they add up to 1.
pub(crate) fn softmax(logits: &[f64]) -> Vec<f64> {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let odds: Vec<f64> = logits.iter().map(|logit| (logit - top).exp()).collect();
    let sum: f64 = odds.iter().sum();
    odds.into_iter().map(|o| o / sum).collect()
}

/// Slope and intercept of the sigmoid, by Newton's method with step halving. The targets are pulled
/// off 0 and 1 as Platt does, so that separable texts do not ask for certainty.
fn platt(held_out: &HeldOut) -> (f64, f64) {
    let hits = held_out.truth.iter().filter(|&&t| t == 1).count() as f64;
    let misses = held_out.truth.len() as f64 - hits;
    let (high, low) = ((hits + 1.0) / (hits + 2.0), 1.0 / (misses + 2.0));
    let points: Vec<(f64, f64)> = (held_out.scores.iter().zip(&held_out.truth))
        .map(|(s, &t)| (s[0], if t == 1 { high } else { low }))
        .collect();
    // ln(1 + e^z) − t z, without overflow.
    let loss = |slope: f64, intercept: f64| -> f64 {
        points.iter().map(|&(s, t)| softplus(slope * s + intercept) - t * (slope * s + intercept)).sum()
    };
    let (mut slope, mut intercept) = (0.0, ((hits + 1.0) / (misses + 1.0)).ln());
    let mut value = loss(slope, intercept);
    for _ in 0..100 {
        // The small ridge keeps the Hessian invertible (Lin, Lin and Weng use the same).
        let (mut g, mut h) = ([0.0; 2], [1e-12, 0.0, 1e-12]);
        for &(s, t) in &points {
            let p = 1.0 / (1.0 + (-(slope * s + intercept)).exp());
            let (error, curve) = (p - t, p * (1.0 - p));
            g = [g[0] + error * s, g[1] + error];
            h = [h[0] + curve * s * s, h[1] + curve * s, h[2] + curve];
        }
        if g[0].abs() < 1e-6 && g[1].abs() < 1e-6 {
            break;
        }
        let determinant = h[0] * h[2] - h[1] * h[1];
        let step = [(h[2] * g[0] - h[1] * g[1]) / determinant, (h[0] * g[1] - h[1] * g[0]) / determinant];
        let mut size = 1.0;
        loop {
            let next = (slope - size * step[0], intercept - size * step[1]);
            let reached = loss(next.0, next.1);
            if reached < value {
                (slope, intercept) = next;
                value = reached;
                break;
            }
            size /= 2.0;
            if size < 1e-10 {
                return bounded(slope, intercept);
            }
        }
    }
    bounded(slope, intercept)
}

/// A slope that is not above 0 would turn the ranking round: the scores then say nothing, and the
/// smallest slope says so.
fn bounded(slope: f64, intercept: f64) -> (f64, f64) {
    (slope.clamp(MIN_SLOPE, MAX_SLOPE), intercept.clamp(-50.0, 50.0))
}

const MIN_SLOPE: f64 = 0.01;
const MAX_SLOPE: f64 = 100.0;

fn softplus(z: f64) -> f64 {
    z.max(0.0) + (-z.abs()).exp().ln_1p()
}

/// The slope of the softmax with the least log loss, by golden-section search on its logarithm: the
/// loss is convex in the slope. 40 steps narrow the range by 4e-9.
fn inverse_temperature(held_out: &HeldOut) -> f64 {
    let loss = |log_slope: f64| -> f64 {
        let slope = log_slope.exp();
        (held_out.scores.iter().zip(&held_out.truth))
            .map(|(scores, &truth)| {
                let top = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let sum: f64 = scores.iter().map(|s| (slope * (s - top)).exp()).sum();
                sum.ln() - slope * (scores[truth as usize] - top)
            })
            .sum()
    };
    let ratio = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut low, mut high) = (MIN_SLOPE.ln(), MAX_SLOPE.ln());
    let (mut a, mut b) = (high - ratio * (high - low), low + ratio * (high - low));
    let (mut loss_a, mut loss_b) = (loss(a), loss(b));
    for _ in 0..40 {
        if loss_a < loss_b {
            (high, b, loss_b) = (b, a, loss_a);
            a = high - ratio * (high - low);
            loss_a = loss(a);
        } else {
            (low, a, loss_a) = (a, b, loss_b);
            b = low + ratio * (high - low);
            loss_b = loss(b);
        }
    }
    f64::midpoint(low, high).exp()
}

/// How much of the prior is taken back: nothing for balanced labels, all of it for pure recall.
const PRIOR_SHARES: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

fn offsets(fitted: &Calibration, held_out: &HeldOut, labels: &[String], metric: &Metric) -> Vec<f64> {
    match metric {
        Metric::Accuracy => fitted.offsets.clone(),
        Metric::F1(label) => match labels.iter().position(|l| l == label) {
            Some(place) => best_f1(fitted, held_out, place),
            None => fitted.offsets.clone(),
        },
        Metric::MacroF1 | Metric::MacroRecall => {
            let mut best = (f64::NEG_INFINITY, fitted.clone());
            for share in PRIOR_SHARES {
                let mut tried = fitted.clone();
                tried.offsets = prior_offsets(held_out, labels.len(), share);
                let quality = tried.quality(held_out, labels, metric);
                if quality > best.0 {
                    best = (quality, tried);
                }
            }
            best.1.offsets
        }
    }
}

/// −share · ln(prior), around a mean of 0; counts start at 1 so that an unseen label has a prior.
fn prior_offsets(held_out: &HeldOut, labels: usize, share: f64) -> Vec<f64> {
    let mut counts = vec![1.0_f64; labels];
    for &truth in &held_out.truth {
        counts[truth as usize] += 1.0;
    }
    let logs: Vec<f64> = counts.iter().map(|c| c.ln()).collect();
    let mean = logs.iter().sum::<f64>() / labels as f64;
    logs.into_iter().map(|l| -share * (l - mean)).collect()
}

/// The offset of label `place` with the best F1 on held-out texts: halfway between the two margins
/// it must separate.
fn best_f1(fitted: &Calibration, held_out: &HeldOut, place: usize) -> Vec<f64> {
    let mut margins: Vec<(f64, bool)> = (held_out.scores.iter().zip(&held_out.truth))
        .map(|(scores, &truth)| {
            let logits = fitted.logits(scores);
            let others = logits.iter().enumerate().filter(|&(l, _)| l != place);
            let rival = others.map(|(_, &logit)| logit).fold(f64::NEG_INFINITY, f64::max);
            (logits[place] - rival, truth as usize == place)
        })
        .collect();
    margins.sort_by(|a, b| b.0.total_cmp(&a.0));
    let support = margins.iter().filter(|m| m.1).count() as f64;
    let (mut best, mut hits) = ((0.0, 0.0), 0.0);
    for (given, &(margin, hit)) in margins.iter().enumerate() {
        hits += f64::from(u8::from(hit));
        let next = margins.get(given + 1).map_or(margin - 1.0, |m| m.0);
        let f1 = 2.0 * hits / (support + given as f64 + 1.0);
        if next < margin && f1 > best.0 {
            best = (f1, -f64::midpoint(margin, next));
        }
    }
    let mut offsets = fitted.offsets.clone();
    offsets[place] = best.1;
    offsets
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores whose true log odds are twice the score, on a grid of scores with matching shares.
    fn binary() -> HeldOut {
        let mut held_out = HeldOut::default();
        for step in -20..=20 {
            let score = f64::from(step) / 10.0;
            let ones = (1000.0 / (1.0 + (-2.0 * score - 0.5).exp())).round() as usize;
            for k in 0..1000 {
                held_out.scores.push(vec![score]);
                held_out.truth.push(u32::from(k < ones));
            }
        }
        held_out
    }

    #[test]
    fn the_sigmoid_that_made_the_scores_is_found_again() {
        let labels = ["a".to_owned(), "b".to_owned()];
        let found = Calibration::fit(&binary(), &labels, &Metric::Accuracy);
        assert!((found.slope - 2.0).abs() < 0.02 && (found.intercept - 0.5).abs() < 0.02, "{found:?}");
    }

    #[test]
    fn sure_scores_that_are_often_wrong_are_cooled() {
        let mut held_out = HeldOut::default();
        for k in 0..300 {
            held_out.scores.push(vec![8.0, 0.0, 0.0]);
            held_out.truth.push(if k % 10 < 6 { 0 } else { 1 + k % 2 });
        }
        let labels = ["a", "b", "c"].map(str::to_owned);
        let found = Calibration::fit(&held_out, &labels, &Metric::Accuracy);
        assert!((softmax(&found.logits(&held_out.scores[0]))[0] - 0.6).abs() < 1e-3);
    }

    #[test]
    fn one_labels_f1_moves_its_threshold() {
        let held_out = HeldOut {
            scores: [2.0, 1.0, -0.5, -0.6, -2.0, -3.0, -4.0].map(|s| vec![s]).into(),
            truth: vec![1, 1, 1, 1, 0, 0, 0],
        };
        let labels = ["ham".to_owned(), "spam".to_owned()];
        let metric = Metric::F1("spam".to_owned());
        let found = Calibration::fit(&held_out, &labels, &metric);
        assert_eq!(found.quality(&held_out, &labels, &metric), 1.0);
    }
}
