//! Scores to honest probabilities, and to the decision the metric asks for.
//!
//! The solver's scores rank labels; how sure they make us is read off texts that were not trained on. Each
//! label's score is put through a sigmoid of fitted slope and intercept (Platt 1999, in the safe form of Lin,
//! Lin and Weng 2007): the odds of the label against all others. With more than two labels these odds need
//! not add up to one certainty, so their logarithms are sharpened by one fitted factor, the inverse
//! temperature of Guo et al. 2017, and shared out. Logits are natural logarithms here.
//!
//! The label with the best odds is best for accuracy only, and while all texts count the same. For the macro metrics
//! each label gets an offset, a share of -ln(prior) from a small grid, which moves decisions towards rare labels; with two labels, and for
//! one label's F1, the offset is one cut, placed in the middle of all cuts that do about as well as the best.
//! Probabilities stay as they are.
//!
//! Cost: a few dozen passes over the held-out scores.

use serde::{Deserialize, Serialize};

use super::Metric;
use super::curves::{log_sigmoids, powers, sigmoid, softmax, softplus};
use super::metrics::Report;

/// What decisions are made for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Goal<'a> {
    pub(crate) labels: &'a [String],
    pub(crate) metric: &'a Metric,
    /// How much an error counts for accuracy, one a label; empty: all the same.
    pub(crate) weights: &'a [f64],
}

/// From scores to odds, from odds to probabilities and to a decision.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Calibration {
    /// What each column's score is multiplied by; above 0.
    pub(crate) slopes: Vec<f64>,
    /// Added to that.
    pub(crate) intercepts: Vec<f64>,
    /// What the logarithms of more than two labels' odds are multiplied by; above 0.
    pub(crate) sharpness: f64,
    /// Added to a label's odds when the label is chosen, one a label.
    pub(crate) offsets: Vec<f64>,
}

/// Texts that were not trained on: their scores, one a column, text by text, and what is true of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct HeldOut<T = u32> {
    pub(crate) columns: usize,
    pub(crate) scores: Vec<f64>,
    pub(crate) truth: Vec<T>,
}

impl<T> HeldOut<T> {
    /// The scores of each text.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.scores.chunks_exact(self.columns.max(1))
    }
}

impl HeldOut {
    /// The scores of a column, and whether each text is of its label; one column is of the second of two labels.
    fn points(&self, column: usize) -> impl Iterator<Item = (f64, bool)> + '_ {
        let target = if self.columns == 1 { 1 } else { column as u32 };
        self.rows().zip(&self.truth).map(move |(scores, &truth)| (scores[column], truth == target))
    }
}

impl Calibration {
    /// Takes scores as they are.
    pub(crate) fn none(labels: usize) -> Self {
        let columns = super::train::columns(labels);
        Self {
            slopes: vec![1.0; columns],
            intercepts: vec![0.0; columns],
            sharpness: 1.0,
            offsets: vec![0.0; labels],
        }
    }

    /// Fits everything to held-out texts, each label's sigmoid to its own, the offsets for the goal.
    pub(crate) fn fit(held_out: &HeldOut, goal: Goal<'_>) -> Self {
        Self::fit_from(held_out, goal, Expected::nothing())
    }

    /// The same where labels with few texts borrow the sigmoid of all. It is for the classifier that was chosen: while
    /// settings are compared it moved choices that are level.
    pub(crate) fn borrowing(held_out: &HeldOut, goal: Goal<'_>) -> Self {
        let all: Vec<(f64, bool)> =
            (0..held_out.columns).flat_map(|column| held_out.points(column)).collect();
        let expected = if held_out.columns > 1 { Expected::of(&all) } else { Expected::nothing() };
        Self::fit_from(held_out, goal, expected)
    }

    fn fit_from(held_out: &HeldOut, goal: Goal<'_>, expected: Expected) -> Self {
        let labels = goal.labels;
        let mut calibration = Self::none(labels.len());
        if held_out.truth.is_empty() {
            return calibration;
        }
        for column in 0..held_out.columns {
            let points: Vec<(f64, bool)> = held_out.points(column).collect();
            (calibration.slopes[column], calibration.intercepts[column]) = platt(&points, expected);
        }
        if labels.len() > 2 {
            let logits: Vec<Vec<f64>> =
                held_out.rows().map(|scores| calibration.unsharpened(scores)).collect();
            calibration.sharpness = sharpness(&logits, &held_out.truth);
        }
        calibration.offsets = offsets(&calibration, held_out, goal);
        calibration
    }

    /// The log odds of each label against all others; with two labels of the second against the first.
    pub(crate) fn odds(&self, scores: &[f64]) -> Vec<f64> {
        let fitted = self.slopes.iter().zip(&self.intercepts).zip(scores);
        let odds = fitted.map(|((slope, intercept), score)| slope * score + intercept);
        if self.offsets.len() == 2 { std::iter::once(0.0).chain(odds).collect() } else { odds.collect() }
    }

    fn unsharpened(&self, scores: &[f64]) -> Vec<f64> {
        let mut logits = self.odds(scores);
        log_sigmoids(&mut logits, 1.0);
        logits
    }

    /// What [`softmax`] makes probabilities of.
    pub(crate) fn logits(&self, mut odds: Vec<f64>) -> Vec<f64> {
        if self.offsets.len() > 2 {
            log_sigmoids(&mut odds, self.sharpness);
        }
        odds
    }

    /// The probability of each label; they add up to 1.
    pub(crate) fn probabilities(&self, odds: Vec<f64>) -> Vec<f64> {
        let mut probabilities = self.logits(odds);
        softmax(&mut probabilities);
        probabilities
    }

    /// The label chosen; the first of equals.
    pub(crate) fn decide(&self, odds: &[f64]) -> usize {
        let mut best = (0, f64::NEG_INFINITY);
        for (label, (odds, offset)) in odds.iter().zip(&self.offsets).enumerate() {
            if odds + offset > best.1 {
                best = (label, odds + offset);
            }
        }
        best.0
    }

    /// The labels chosen for held-out texts.
    pub(crate) fn decisions(&self, held_out: &HeldOut) -> Vec<u32> {
        held_out.rows().map(|scores| self.decide(&self.odds(scores)) as u32).collect()
    }
}

/// Held-out texts whose label was given with about the same probability.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReliabilityBin {
    /// How many there are.
    pub texts: u32,
    /// How many were given the right label.
    pub right: u32,
    /// The mean of their probabilities, 0 to 1.
    pub mean_probability: f64,
}

/// Bins of a [`ReliabilityBin`] list, evenly wide from 0 to 1.
pub(crate) const BINS: usize = 60;
/// Bins of the calibration error, the number most papers use.
const ERROR_BINS: usize = 15;

/// How often labels given with some probability are right, in `BINS` bins; nothing without held-out texts.
pub(crate) fn reliability(calibration: &Calibration, held_out: &HeldOut) -> Vec<ReliabilityBin> {
    filed(held_out.rows().zip(&held_out.truth).map(|(scores, &truth)| {
        let odds = calibration.odds(scores);
        let label = calibration.decide(&odds);
        (calibration.probabilities(odds)[label], label == truth as usize)
    }))
}

/// Files probabilities, and whether what they are of was right, into `BINS` bins; none when there is nothing.
pub(crate) fn filed(judged: impl Iterator<Item = (f64, bool)>) -> Vec<ReliabilityBin> {
    let mut bins = vec![ReliabilityBin::default(); BINS];
    for (probability, right) in judged {
        let bin = &mut bins[((probability * BINS as f64) as usize).min(BINS - 1)];
        bin.texts += 1;
        bin.right += u32::from(right);
        bin.mean_probability += probability;
    }
    if bins.iter().all(|bin| bin.texts == 0) {
        return Vec::new();
    }
    for bin in bins.iter_mut().filter(|bin| bin.texts > 0) {
        bin.mean_probability /= f64::from(bin.texts);
    }
    bins
}

/// The expected calibration error: the mean distance between how sure and how often right, over 15 bins weighted
/// by their texts (Naeini, Cooper and Hauskrecht 2015; Guo et al. 2017).
pub(crate) fn calibration_error(bins: &[ReliabilityBin]) -> Option<f64> {
    let texts: u32 = bins.iter().map(|bin| bin.texts).sum();
    if texts == 0 {
        return None;
    }
    let distance = |bins: &[ReliabilityBin]| {
        let sure: f64 = bins.iter().map(|bin| f64::from(bin.texts) * bin.mean_probability).sum();
        let right: f64 = bins.iter().map(|bin| f64::from(bin.right)).sum();
        (sure - right).abs()
    };
    Some(bins.chunks(BINS / ERROR_BINS).map(distance).sum::<f64>() / f64::from(texts))
}

/// What the metric makes of labels given.
pub(crate) fn quality(pairs: impl Iterator<Item = (u32, u32)>, goal: Goal<'_>) -> f64 {
    let labels = goal.labels;
    let mut confusion = vec![vec![0; labels.len()]; labels.len()];
    for (truth, given) in pairs {
        confusion[truth as usize][given as usize] += 1;
    }
    if matches!(goal.metric, Metric::Accuracy) && !goal.weights.is_empty() {
        return weighted_accuracy(&confusion, goal.weights);
    }
    let report = Report::from_confusion(labels, confusion);
    match goal.metric {
        // Of one label a text, what is given wrongly is what is missing elsewhere, so micro-F1 is the accuracy.
        Metric::Accuracy | Metric::MicroF1 => report.accuracy,
        Metric::MacroF1 => report.macro_f1,
        Metric::MacroRecall => report.macro_recall,
        Metric::F1(label) => report.f1(label),
    }
}

/// The share labelled right where a text counts by the weight of its label.
fn weighted_accuracy(confusion: &[Vec<usize>], weights: &[f64]) -> f64 {
    let (mut right, mut all) = (0.0, 0.0);
    for (truth, (given, weight)) in confusion.iter().zip(weights).enumerate() {
        right += weight * given[truth] as f64;
        all += weight * given.iter().sum::<usize>() as f64;
    }
    if all > 0.0 { right / all } else { 0.0 }
}

/// What is expected of a label's sigmoid before its texts are seen: that of all labels together, as if some of the
/// label's texts had been like those of all. The loss about it is taken as a parabola.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected {
    slope: f64,
    intercept: f64,
    /// How fast the loss rises: by the slope twice, by both, by the intercept twice.
    curve: [f64; 3],
}

/// As many texts of a label count as much as what is expected of it. Set by hand, so that a label with two texts keeps
/// them; not tuned.
const EXPECTED_TEXTS: f64 = 5.0;

impl Expected {
    /// Nothing is expected.
    pub(crate) fn nothing() -> Self {
        Self { slope: 0.0, intercept: 0.0, curve: [0.0; 3] }
    }

    /// What texts of all labels tell of each: points of all columns.
    fn of(points: &[(f64, bool)]) -> Self {
        let (slope, intercept) = platt(points, Self::nothing());
        let hits = points.iter().filter(|(_, hit)| *hit).count().max(1) as f64;
        let mut curve = [0.0; 3];
        for &(score, _) in points {
            add_curve(&mut curve, score, sigmoid(slope * score + intercept));
        }
        Self { slope, intercept, curve: curve.map(|rise| rise * EXPECTED_TEXTS / hits) }
    }

    /// How much worse a slope and an intercept are, and how fast that rises by each.
    fn loss(&self, slope: f64, intercept: f64) -> (f64, [f64; 2]) {
        let (a, b) = (slope - self.slope, intercept - self.intercept);
        let rise = [self.curve[0] * a + self.curve[1] * b, self.curve[1] * a + self.curve[2] * b];
        (f64::midpoint(rise[0] * a, rise[1] * b), rise)
    }
}

/// Adds what one score does to the curvature of the loss where its probability is `p`.
fn add_curve(curve: &mut [f64; 3], score: f64, p: f64) {
    let own = p * (1.0 - p);
    *curve = [curve[0] + own * score * score, curve[1] + own * score, curve[2] + own];
}

/// Slope and intercept of the sigmoid, by Newton's method with step halving. The targets are pulled
/// off 0 and 1 as Platt does, so that separable texts do not ask for certainty.
pub(crate) fn platt(points: &[(f64, bool)], expected: Expected) -> (f64, f64) {
    let hits = points.iter().filter(|(_, hit)| *hit).count() as f64;
    let misses = points.len() as f64 - hits;
    let (high, low) = ((hits + 1.0) / (hits + 2.0), 1.0 / (misses + 2.0));
    let points: Vec<(f64, f64)> = points.iter().map(|&(s, hit)| (s, if hit { high } else { low })).collect();
    // Curves are reckoned for all points before they are summed, several at a time.
    let mut curved = vec![0.0; points.len()];
    let mut sigmoids = curved.clone();
    // ln(1 + e^z) − t z, without overflow.
    let mut loss = |slope: f64, intercept: f64| -> f64 {
        for (curved, &(s, t)) in curved.iter_mut().zip(&points) {
            let z = slope * s + intercept;
            *curved = softplus(z) - t * z;
        }
        curved.iter().sum::<f64>() + expected.loss(slope, intercept).0
    };
    let (mut slope, mut intercept) = match expected.curve[2] {
        0.0 => (0.0, ((hits + 1.0) / (misses + 1.0)).ln()),
        _ => (expected.slope, expected.intercept),
    };
    let mut value = loss(slope, intercept);
    for _ in 0..100 {
        let mut g = expected.loss(slope, intercept).1;
        // The small ridge keeps the Hessian invertible (Lin, Lin and Weng use the same).
        let mut h = [expected.curve[0] + 1e-12, expected.curve[1], expected.curve[2] + 1e-12];
        for (p, &(s, _)) in sigmoids.iter_mut().zip(&points) {
            *p = sigmoid(slope * s + intercept);
        }
        for (&p, &(s, t)) in sigmoids.iter().zip(&points) {
            let error = p - t;
            g = [g[0] + error * s, g[1] + error];
            add_curve(&mut h, s, p);
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

/// The factor of the logits with the least log loss, by golden-section search on its logarithm: the
/// loss is convex in the factor. 40 steps narrow the range by 4e-9.
fn sharpness(logits: &[Vec<f64>], truth: &[u32]) -> f64 {
    let mut odds = Vec::new();
    let mut loss = |log_factor: f64| -> f64 {
        let factor = log_factor.exp();
        (logits.iter().zip(truth))
            .map(|(logits, &truth)| {
                let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                odds.clear();
                odds.extend(logits.iter().map(|logit| factor * (logit - top)));
                powers(&mut odds).ln() - factor * (logits[truth as usize] - top)
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

/// How much of the prior is taken back, in eighths: nothing for balanced labels, all of it and half as much
/// again where rare labels are the hardest.
const MOST_OF_PRIOR: u32 = 12;

fn offsets(fitted: &Calibration, held_out: &HeldOut, goal: Goal<'_>) -> Vec<f64> {
    let Goal { labels, metric, weights } = goal;
    let place = match metric {
        Metric::MicroF1 => return fitted.offsets.clone(),
        Metric::Accuracy if weights.is_empty() => return fitted.offsets.clone(),
        Metric::Accuracy => None,
        Metric::F1(label) => labels.iter().position(|l| l == label),
        Metric::MacroF1 | Metric::MacroRecall => (labels.len() == 2).then_some(1),
    };
    if let Some(place) = place {
        return best_cut(fitted, held_out, place, metric);
    }
    let logs = match metric {
        Metric::Accuracy => weights.iter().map(|weight| -weight.ln()).collect(),
        _ => prior_logs(held_out, labels.len()),
    };
    let tried: Vec<(f64, f64)> = (0..=MOST_OF_PRIOR)
        .map(|step| {
            let share = f64::from(step) / 8.0;
            let offsets = taken_back(&logs, share);
            let decisions = Calibration { offsets, ..fitted.clone() }.decisions(held_out);
            (share, quality(held_out.truth.iter().copied().zip(decisions), goal))
        })
        .collect();
    taken_back(&logs, middle_of_good(&tried, held_out.truth.len()))
}

/// The mean of the settings that do about as well as the best; the very best follows a few texts.
fn middle_of_good(tried: &[(f64, f64)], texts: usize) -> f64 {
    let best = tried.iter().map(|&(_, quality)| quality).fold(0.0, f64::max);
    let slack = ABOUT_AS_WELL * (best * (1.0 - best) / texts as f64).sqrt();
    let good: Vec<f64> =
        tried.iter().filter(|(_, quality)| *quality >= best - slack).map(|(setting, _)| *setting).collect();
    good.iter().sum::<f64>() / good.len().max(1) as f64
}

/// ln(prior) but for a constant; counts start at 1 so that an unseen label has a prior.
fn prior_logs(held_out: &HeldOut, labels: usize) -> Vec<f64> {
    let mut counts = vec![1.0_f64; labels];
    for &truth in &held_out.truth {
        counts[truth as usize] += 1.0;
    }
    counts.iter().map(|c| c.ln()).collect()
}

/// -share * log, around a mean of 0.
fn taken_back(logs: &[f64], share: f64) -> Vec<f64> {
    let mean = logs.iter().sum::<f64>() / logs.len() as f64;
    logs.iter().map(|l| -share * (l - mean)).collect()
}

/// Cuts that are tried, evenly spaced over all margins but the outermost three in a hundred on each side.
const CUTS: usize = 161;
const OUTERMOST: f64 = 0.03;
/// A cut does about as well as the best within so many standard errors of it.
const ABOUT_AS_WELL: f64 = 0.5;

/// The offset of label `place` by one cut of its margin over the best other label: the mean of the cuts that do
/// about as well as the best. The very best cut follows the few texts beside it.
fn best_cut(fitted: &Calibration, held_out: &HeldOut, place: usize, metric: &Metric) -> Vec<f64> {
    let margin = |scores: &[f64]| {
        let odds = fitted.odds(scores);
        let others = odds.iter().enumerate().filter(|&(label, _)| label != place);
        odds[place] - others.map(|(_, &odds)| odds).fold(f64::NEG_INFINITY, f64::max)
    };
    let mut margins: Vec<(f64, bool)> =
        held_out.rows().map(margin).zip(held_out.truth.iter().map(|&t| t as usize == place)).collect();
    margins.sort_by(|a, b| a.0.total_cmp(&b.0));
    let count = margins.len();
    let mut hits_from = vec![0_usize; count + 1];
    for at in (0..count).rev() {
        hits_from[at] = hits_from[at + 1] + usize::from(margins[at].1);
    }
    let end = |share: f64| margins[((count - 1) as f64 * share).round() as usize].0;
    let (low, high) = (end(OUTERMOST), end(1.0 - OUTERMOST));
    let tried: Vec<(f64, f64)> = (0..CUTS)
        .map(|step| {
            let cut = low + (high - low) * step as f64 / (CUTS - 1) as f64;
            let at = margins.partition_point(|&(margin, _)| margin <= cut);
            (cut, cut_quality(hits_from[0], hits_from[at], count, count - at, metric))
        })
        .collect();
    let mut offsets = fitted.offsets.clone();
    offsets[place] = -middle_of_good(&tried, count);
    offsets
}

/// What `metric` makes of a cut: `support` of `count` texts carry the label, `given` are given it, `hits` of
/// them rightly.
fn cut_quality(support: usize, hits: usize, count: usize, given: usize, metric: &Metric) -> f64 {
    let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
    let rest = count - support;
    let rest_given = count - given;
    let rest_hits = rest_given - (support - hits);
    let f1 = [share(2 * hits, support + given), share(2 * rest_hits, rest + rest_given)];
    match metric {
        Metric::F1(_) => f1[0],
        Metric::MacroF1 => f64::midpoint(f1[0], f1[1]),
        Metric::MacroRecall => f64::midpoint(share(hits, support), share(rest_hits, rest)),
        Metric::Accuracy | Metric::MicroF1 => share(hits + rest_hits, count),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal<'a>(labels: &'a [String], metric: &'a Metric) -> Goal<'a> {
        Goal { labels, metric, weights: &[] }
    }

    fn held_out(rows: &[(&[f64], u32)]) -> HeldOut {
        HeldOut {
            columns: rows[0].0.len(),
            scores: rows.iter().flat_map(|(scores, _)| scores.iter().copied()).collect(),
            truth: rows.iter().map(|&(_, truth)| truth).collect(),
        }
    }

    /// Scores whose true log odds are twice the score, on a grid of scores with matching shares.
    fn binary() -> HeldOut {
        let mut held_out = HeldOut { columns: 1, ..HeldOut::default() };
        for step in -20..=20 {
            let score = f64::from(step) / 10.0;
            let ones = (1000.0 / (1.0 + (-2.0 * score - 0.5).exp())).round() as usize;
            for k in 0..1000 {
                held_out.scores.push(score);
                held_out.truth.push(u32::from(k < ones));
            }
        }
        held_out
    }

    #[test]
    fn the_sigmoid_that_made_the_scores_is_found_again() {
        let labels = ["a".to_owned(), "b".to_owned()];
        let found = Calibration::fit(&binary(), goal(&labels, &Metric::Accuracy));
        assert!(
            (found.slopes[0] - 2.0).abs() < 0.02 && (found.intercepts[0] - 0.5).abs() < 0.02,
            "{found:?}"
        );
    }

    #[test]
    fn sure_scores_that_are_often_wrong_are_cooled() {
        let rows: Vec<(&[f64], u32)> =
            (0..300).map(|k| (&[8.0, 0.0, 0.0][..], if k % 10 < 6 { 0 } else { 1 + k % 2 })).collect();
        let labels = ["a", "b", "c"].map(str::to_owned);
        let found = Calibration::fit(&held_out(&rows), goal(&labels, &Metric::Accuracy));
        let probabilities = found.probabilities(found.odds(&[8.0, 0.0, 0.0]));
        assert!((probabilities[0] - 0.6).abs() < 0.02, "{probabilities:?}");
    }

    #[test]
    fn one_labels_f1_moves_its_threshold() {
        let scores = [2.0, 1.0, -0.5, -0.6, -2.0, -3.0, -4.0];
        let rows: Vec<([f64; 1], u32)> = scores.map(|s| ([s], u32::from(s > -1.0))).into();
        let rows: Vec<(&[f64], u32)> = rows.iter().map(|(s, t)| (&s[..], *t)).collect();
        let (held_out, labels) = (held_out(&rows), ["ham".to_owned(), "spam".to_owned()]);
        for metric in [Metric::F1("spam".to_owned()), Metric::MacroF1, Metric::MacroRecall] {
            let found = Calibration::fit(&held_out, goal(&labels, &metric));
            assert_eq!(found.decisions(&held_out), held_out.truth, "{metric}");
        }
    }

    #[test]
    fn a_cut_is_judged_as_the_metric_judges_labels() {
        let labels = ["a".to_owned(), "b".to_owned()];
        for metric in [Metric::F1("b".to_owned()), Metric::MacroF1, Metric::MacroRecall, Metric::Accuracy] {
            let pairs = [(1, 1), (1, 0), (0, 1), (0, 0), (0, 0), (1, 1)];
            let (by_labels, by_cut) =
                (quality(pairs.into_iter(), goal(&labels, &metric)), cut_quality(3, 2, 6, 3, &metric));
            assert!((by_labels - by_cut).abs() < 1e-12, "{metric}");
        }
    }
}
