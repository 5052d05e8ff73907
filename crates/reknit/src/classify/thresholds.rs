//! From which probability on a label holds, where a text may carry several.
//!
//! F1 is best at a threshold of its own for each label, which falls with the best F1 that can be reached (Lipton,
//! Elkan and Naryanaswamy 2014, "Optimal Thresholding of Classifiers to Maximize F1 Measure"): a label that is hard to
//! tell must be given sooner. Where labels are judged together, by micro-F1 or by exact sets, all have the same one.
//!
//! The very best cut of held-out texts follows the few that lie beside it. So the cuts tried are evenly spaced in log
//! odds, and the mean is taken of those within three quarters of a standard error of the best F1, where the error is
//! that of a share of the texts that carry the label. That is a shrinking: the fewer carry it, the more cuts are
//! averaged. Learnt on a part of the held-out scores of GoEmotions (train and dev) and judged on the rest, macro-F1 of
//! the seven labels was .605, .600 and .565 with a half, a tenth and a hundredth of the texts (.603, .597 and .550 by
//! the very best cut), of the 28 labels .496 and .483 with a half and a tenth (.494 and .473). Pulling thresholds
//! towards their mean, pseudo counts, and the best cut that probabilities alone let expect gave no more over both sets.
//!
//! Cost: a sort of the held-out texts a label.

use super::Metric;

/// The log odds of held-out texts for one label, and whether they carry it.
pub(super) type Judged = Vec<(f64, bool)>;

/// Cuts, from the first on in steps, in natural log odds: from .0025 to .88. Better ones are rarely above one half, for
/// F1 never by more than chance.
const CUTS: usize = 161;
const FIRST: f64 = -6.0;
const STEP: f64 = 0.05;
/// A cut does about as well as the best within so many standard errors of it.
const ABOUT_AS_WELL: f64 = 0.75;

fn cut(place: usize) -> f64 {
    FIRST + STEP * place as f64
}

/// One threshold a label, in natural log odds. `judged` gives the held-out texts of a label, in the same order for
/// each; they are asked for one label at a time, so that memory does not grow with the labels.
pub(super) fn thresholds(labels: usize, judged: impl Fn(usize) -> Judged, metric: &Metric) -> Vec<f64> {
    let each = (0..labels).map(judged);
    match metric {
        Metric::MacroF1 | Metric::MacroRecall | Metric::F1(_) => {
            each.map(|label| best_for_f1(&cut_counts(label))).collect()
        }
        Metric::MicroF1 => {
            let mut sums = vec![[0; 3]; CUTS];
            for label in each {
                for (sum, counts) in sums.iter_mut().zip(cut_counts(label)) {
                    (0..3).for_each(|part| sum[part] += counts[part]);
                }
            }
            vec![best_for_f1(&sums); labels]
        }
        Metric::Accuracy => vec![best_for_sets(each); labels],
    }
}

/// For each cut: texts that carry the label, that are at or above the cut, and both.
fn cut_counts(mut sorted: Judged) -> Vec<[usize; 3]> {
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut carry_from = vec![0; sorted.len() + 1];
    for at in (0..sorted.len()).rev() {
        carry_from[at] = carry_from[at + 1] + usize::from(sorted[at].1);
    }
    let counts = |place| {
        let at = sorted.partition_point(|&(odds, _)| odds < cut(place));
        [carry_from[0], sorted.len() - at, carry_from[at]]
    };
    (0..CUTS).map(counts).collect()
}

/// The cut that is best for F1; one half where no text carries the label.
fn best_for_f1(counts: &[[usize; 3]]) -> f64 {
    let carry = counts.first().map_or(0, |counts| counts[0]);
    let f1 = |&[carry, above, both]: &[usize; 3]| 2.0 * both as f64 / (carry + above) as f64;
    if carry == 0 { 0.0 } else { middle_of_good(&counts.iter().map(f1).collect::<Vec<_>>(), carry) }
}

/// The cut at which most texts get all their labels and no other: at or below all they carry, above all others.
fn best_for_sets(judged: impl Iterator<Item = Judged>) -> f64 {
    // Of each text the highest log odds of a label it does not carry, and the lowest of one it does.
    let mut bounds: Vec<(f64, f64)> = Vec::new();
    for label in judged {
        bounds.resize(label.len(), (f64::NEG_INFINITY, f64::INFINITY));
        for ((above, below), (odds, carries)) in bounds.iter_mut().zip(label) {
            if carries {
                *below = below.min(odds);
            } else {
                *above = above.max(odds);
            }
        }
    }
    let texts = bounds.len();
    let cuts: Vec<f64> = (0..CUTS).map(cut).collect();
    let mut exact = vec![0_i64; CUTS + 1];
    for (above, below) in bounds {
        let first = cuts.partition_point(|&cut| cut <= above);
        let end = cuts.partition_point(|&cut| cut <= below);
        if first < end {
            exact[first] += 1;
            exact[end] -= 1;
        }
    }
    let mut sum = 0;
    let shares: Vec<f64> = (exact[..CUTS].iter())
        .map(|change| {
            sum += change;
            sum as f64 / texts.max(1) as f64
        })
        .collect();
    middle_of_good(&shares, texts)
}

/// The mean of the cuts that do about as well as the best, by what they reach on so many texts.
fn middle_of_good(reached: &[f64], texts: usize) -> f64 {
    let best = reached.iter().copied().fold(0.0, f64::max);
    let slack = ABOUT_AS_WELL * (best * (1.0 - best) / texts.max(1) as f64).sqrt();
    let good = reached.iter().enumerate().filter(|(_, reached)| **reached >= best - slack);
    let (sum, count) = good.fold((0.0, 0), |(sum, count), (place, _)| (sum + cut(place), count + 1));
    sum / f64::from(count.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts whose log odds are honest, on a grid: a share of 1 / (1 + e^-odds) carries the label.
    fn honest(shift: f64) -> Judged {
        (-60..=60)
            .flat_map(|step| {
                let odds = f64::from(step) / 10.0 + shift;
                let carry = (400.0 / (1.0 + (-odds).exp())).round() as usize;
                (0..400).map(move |k| (odds, k < carry))
            })
            .collect()
    }

    fn f1_at(label: &Judged, threshold: f64) -> f64 {
        let both = label.iter().filter(|(odds, carries)| *odds >= threshold && *carries).count();
        let either =
            label.iter().map(|(odds, carries)| usize::from(*odds >= threshold) + usize::from(*carries));
        2.0 * both as f64 / either.sum::<usize>() as f64
    }

    /// Where probabilities are honest, the best threshold for F1 is half the best F1 (Lipton et al. 2014).
    #[test]
    fn an_honest_label_holds_from_half_its_best_f1_on() {
        for shift in [0.0, -3.0] {
            let label = honest(shift);
            let found = thresholds(1, |_| label.clone(), &Metric::MacroF1)[0];
            let half = f1_at(&label, found) / 2.0;
            assert!((1.0 / (1.0 + (-found).exp()) - half).abs() < 0.04, "{shift}: {found} {half}");
        }
    }

    #[test]
    fn each_label_has_its_own_but_where_all_are_judged_together() {
        let judged = [honest(0.0), honest(-3.0)];
        let of = |metric| thresholds(2, |label| judged[label].clone(), &metric);
        assert!(of(Metric::MacroF1)[1] < of(Metric::MacroF1)[0] - 0.1);
        assert_eq!(of(Metric::MacroF1), of(Metric::F1("a".to_owned())));
        for metric in [Metric::MicroF1, Metric::Accuracy] {
            let found = of(metric);
            assert!((found[0] - found[1]).abs() < 1e-12);
        }
    }

    #[test]
    fn exact_sets_are_counted_as_they_are_given() {
        // Exact between 0 and 1, below -1 and nowhere.
        let judged: [Judged; 2] =
            [vec![(1.0, true), (-1.0, true), (0.0, false)], vec![(0.0, false), (-1.0, true), (-2.0, true)]];
        let found = thresholds(2, |label| judged[label].clone(), &Metric::Accuracy)[0];
        let exact =
            (0..3).filter(|&text| judged.iter().all(|label| (label[text].0 >= found) == label[text].1));
        assert_eq!(exact.count(), 1);
    }

    #[test]
    fn a_label_no_text_carries_holds_from_one_half_on() {
        assert_eq!(thresholds(1, |_| vec![(-3.0, false); 9], &Metric::MacroF1), [0.0]);
        assert_eq!(thresholds(1, |_| Vec::new(), &Metric::MicroF1), [0.0]);
    }
}
