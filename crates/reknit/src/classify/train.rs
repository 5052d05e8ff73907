//! The classifier: what it learns, what it answers.
//!
//! Fitting reads every text once, keeps the rows sparse, chooses the cost of training errors on texts
//! left out (or on the development set), calibrates on the same texts and fits once more on all. The
//! examples are brought into the order of their texts first, so the order they came in does not
//! matter. Features and their rarity are counted over all training texts, without their labels.
//!
//! How much is tried depends on how large the problem is, never on a clock: see [`Plan`].

use serde::{Deserialize, Serialize};

use super::calibrate::{Calibration, HeldOut, softmax};
use super::features::{self, FeatureTable, Reading};
use super::solver::{Matrix, Problem, Weights, solve_all};
use super::{Config, Lexicon};
use crate::model::{Progress, Watch};
use crate::{Error, Result};

/// A text with its true label.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Example {
    /// The true label.
    pub label: String,
    /// The text.
    pub text: String,
}

impl Example {
    /// `text`, labelled `label`.
    pub fn new(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self { label: label.into(), text: text.into() }
    }
}

/// The label of one text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Classification {
    /// The label given. For metrics other than accuracy this need not be the most probable one.
    pub label: String,
    /// Its calibrated probability, 0 to 1.
    pub probability: f64,
    /// Every label with its probability, most probable first; they add up to 1.
    pub probabilities: Vec<(String, f64)>,
}

/// What is known of how a classifier was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// Training texts.
    pub texts: usize,
    /// Known features.
    pub features: usize,
    /// The cost of a training error that was used.
    pub cost: f64,
    /// Texts the choices were made on: the development set, or those left out in turn.
    pub held_out: usize,
    /// The metric's value on them, slightly hopeful because the choices were made there; `None` when
    /// there were none.
    pub quality: Option<f64>,
}

/// A trained classifier: immutable, `Send + Sync`, saved as bytes.
#[derive(Debug, Clone)]
pub struct Classifier {
    pub(super) config: Config,
    pub(super) labels: Vec<String>,
    pub(super) table: FeatureTable,
    /// `weights[feature * columns + column]`.
    pub(super) weights: Vec<f32>,
    /// One a column: one for the second of two labels, else one a label.
    pub(super) bias: Vec<f64>,
    pub(super) calibration: Calibration,
    pub(super) training: Training,
    lexicon: Lexicon,
}

/// The most weights a model may have: 2 GB of them.
const MAX_WEIGHTS: usize = 1 << 29;

impl Classifier {
    /// Learns from `train`. What `config` leaves open is chosen on `dev`, or without one on training
    /// texts left out in turn. Texts of `dev` whose label does not occur in `train` are passed over.
    ///
    /// # Errors
    /// `Config` for a setting out of range or a metric of an unknown label, `Input` for fewer than two
    /// labels or too large a model, `Cancelled` when `watch` stops it.
    pub fn fit(
        config: &Config,
        train: &[Example],
        dev: Option<&[Example]>,
        watch: &mut Watch<'_>,
    ) -> Result<Self> {
        config.check()?;
        let labels = label_set(train);
        check_labels(config, &labels)?;
        let mut train: Vec<&Example> = train.iter().collect();
        train.sort_by(|a, b| (&a.text, &a.label).cmp(&(&b.text, &b.label)));
        let dev: Vec<&Example> = (dev.unwrap_or_default().iter())
            .filter(|example| labels.binary_search(&example.label).is_ok())
            .collect();

        let lexicon = Lexicon::builtin();
        let counted = count(&train, config, &lexicon, watch)?;
        let table = FeatureTable::learn(&counted, config.min_rows);
        let columns = columns(labels.len());
        if table.len().saturating_mul(columns) > MAX_WEIGHTS {
            return Err(Error::input(format!(
                "classify: {} features for {} labels are more than {MAX_WEIGHTS} weights; raise min_rows or lower char_ngrams",
                table.len(),
                labels.len()
            )));
        }
        let mut rows: Vec<Vec<(u32, f32)>> = counted.iter().map(|row| table.vector(row)).collect();
        rows.extend(count(&dev, config, &lexicon, watch)?.iter().map(|row| table.vector(row)));
        let place = |example: &&Example| labels.binary_search(&example.label).unwrap_or(0) as u32;
        let bench = Bench {
            matrix: Matrix::new(&rows, table.len()),
            truth: train.iter().chain(&dev).map(place).collect(),
            train: train.len(),
            folds: folds(&train),
            targets: if columns == 1 { vec![1] } else { (0..columns as u32).collect() },
            labels: &labels,
            config,
        };
        let (cost, calibration, training) = bench.choose(watch)?;
        let all: Vec<u32> = (0..train.len() as u32).collect();
        let found = bench.solve(&all, cost);
        Progress::report("train", 1, 1, watch)?;
        let weights = interleave(&found, table.len());
        let bias = found.iter().map(|w| w.bias).collect();
        Ok(Self::of_parts(config.clone(), labels, table, weights, bias, calibration, training))
    }

    /// Puts a classifier together; the parts must fit.
    pub(super) fn of_parts(
        config: Config,
        labels: Vec<String>,
        table: FeatureTable,
        weights: Vec<f32>,
        bias: Vec<f64>,
        calibration: Calibration,
        training: Training,
    ) -> Self {
        Self { config, labels, table, weights, bias, calibration, training, lexicon: Lexicon::builtin() }
    }

    /// The labels, sorted.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The settings it was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// How it was made.
    pub fn training(&self) -> &Training {
        &self.training
    }

    /// Labels one text.
    pub fn classify(&self, text: &str) -> Classification {
        let logits = self.logits(&self.read(text));
        let place = self.calibration.decide(&logits);
        let probabilities = softmax(&logits);
        let mut order: Vec<usize> = (0..self.labels.len()).collect();
        order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]).then(a.cmp(&b)));
        Classification {
            label: self.labels[place].clone(),
            probability: probabilities[place],
            probabilities: order.into_iter().map(|l| (self.labels[l].clone(), probabilities[l])).collect(),
        }
    }

    /// Labels many texts on `threads` threads (0: all cores); the same as one by one.
    pub fn classify_all<T: AsRef<str> + Sync>(&self, texts: &[T], threads: usize) -> Vec<Classification> {
        let share = texts.len().div_ceil(thread_count(threads)).max(1);
        if share >= texts.len() {
            return texts.iter().map(|text| self.classify(text.as_ref())).collect();
        }
        std::thread::scope(|scope| {
            let workers: Vec<_> = (texts.chunks(share))
                .map(|part| {
                    scope.spawn(move || part.iter().map(|t| self.classify(t.as_ref())).collect::<Vec<_>>())
                })
                .collect();
            workers
                .into_iter()
                .flat_map(|w| w.join().unwrap_or_else(|e| std::panic::resume_unwind(e)))
                .collect()
        })
    }

    pub(super) fn read(&self, text: &str) -> Reading {
        features::read(text, &self.config, &self.lexicon)
    }

    /// The natural-log logits of all labels.
    pub(super) fn logits(&self, reading: &Reading) -> Vec<f64> {
        let columns = self.bias.len();
        let mut scores = self.bias.clone();
        for (feature, value) in self.table.vector(&features::counts(reading)) {
            let row = &self.weights[feature as usize * columns..][..columns];
            for (score, &weight) in scores.iter_mut().zip(row) {
                *score += f64::from(value) * f64::from(weight);
            }
        }
        self.calibration.logits(&scores)
    }
}

/// How many label columns are solved: two labels need one.
pub(super) fn columns(labels: usize) -> usize {
    if labels == 2 { 1 } else { labels }
}

fn label_set(train: &[Example]) -> Vec<String> {
    let mut labels: Vec<String> = train.iter().map(|example| example.label.clone()).collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}

fn check_labels(config: &Config, labels: &[String]) -> Result<()> {
    if labels.len() < 2 {
        return Err(Error::input(format!(
            "classify: the training examples carry {} label(s); at least 2 are needed",
            labels.len()
        )));
    }
    match &config.metric {
        super::Metric::F1(label) if labels.binary_search(label).is_err() => Err(Error::config(
            "classify: the label of metric f1:LABEL does not occur in the training examples",
        )),
        _ => Ok(()),
    }
}

pub(super) fn thread_count(threads: usize) -> usize {
    if threads > 0 { threads } else { std::thread::available_parallelism().map_or(1, usize::from) }
}

/// The features of every text, counted; in parallel, in order.
fn count(
    examples: &[&Example],
    config: &Config,
    lexicon: &Lexicon,
    watch: &mut Watch<'_>,
) -> Result<Vec<Vec<(u64, u32)>>> {
    Progress::report("read", 0, examples.len() as u64, watch)?;
    let share = examples.len().div_ceil(thread_count(config.threads)).max(1);
    let one = |example: &&Example| features::counts(&features::read(&example.text, config, lexicon));
    let rows = std::thread::scope(|scope| {
        let workers: Vec<_> = (examples.chunks(share))
            .map(|part| scope.spawn(move || part.iter().map(one).collect::<Vec<_>>()))
            .collect();
        workers.into_iter().flat_map(|w| w.join().unwrap_or_else(|e| std::panic::resume_unwind(e))).collect()
    });
    Progress::report("read", examples.len() as u64, examples.len() as u64, watch)?;
    Ok(rows)
}

/// Deals the texts of each label round `FOLDS` folds; equal texts of a label go to one fold, so none is
/// judged by its own copy. `train` is in the order of its texts.
fn folds(train: &[&Example]) -> Vec<u8> {
    let mut dealt: std::collections::BTreeMap<&str, (usize, &str)> = std::collections::BTreeMap::new();
    (train.iter())
        .map(|example| {
            let (count, last) = dealt.entry(&example.label).or_insert((0, &example.text));
            if *last != example.text {
                *count += 1;
                *last = &example.text;
            }
            (*count % FOLDS) as u8
        })
        .collect()
}

const FOLDS: usize = 5;

fn interleave(found: &[Weights], features: usize) -> Vec<f32> {
    let mut weights = vec![0.0; features * found.len()];
    for (column, solved) in found.iter().enumerate() {
        for (feature, &weight) in solved.weights.iter().enumerate() {
            weights[feature * found.len() + column] = weight;
        }
    }
    weights
}

/// What is tried: which costs, and how many of the folds are left out in turn.
struct Plan {
    costs: &'static [f64],
    folds: usize,
}

impl Plan {
    /// By the work of one pass over the data (stored values × solved labels). Up to 2e7 a fit takes
    /// well under a second on one core and everything is tried; above 1e8 (77 labels × 10,000 short
    /// texts is 1.5e8) one fold must do. Costs lie a factor of 3 or 4 apart: between them accuracy
    /// moves less than between folds.
    fn new(work: usize) -> Self {
        match work {
            0..20_000_000 => Self { costs: &[0.1, 0.3, 1.0, 3.0, 10.0], folds: FOLDS },
            20_000_000..100_000_000 => Self { costs: &[0.25, 1.0, 4.0], folds: 3 },
            _ => Self { costs: &[0.25, 1.0, 4.0], folds: 1 },
        }
    }
}

/// The read training texts, followed by those of the development set.
struct Bench<'a> {
    matrix: Matrix,
    truth: Vec<u32>,
    train: usize,
    folds: Vec<u8>,
    targets: Vec<u32>,
    labels: &'a [String],
    config: &'a Config,
}

impl Bench<'_> {
    fn solve(&self, rows: &[u32], cost: f64) -> Vec<Weights> {
        let problem = Problem {
            matrix: &self.matrix,
            rows,
            labels: &self.truth,
            cost,
            loss: self.config.loss,
            seed: self.config.seed,
        };
        solve_all(problem, &self.targets, thread_count(self.config.threads))
    }

    /// The cost with the best metric on held-out texts (the smaller of equals), and its calibration.
    fn choose(&self, watch: &mut Watch<'_>) -> Result<(f64, Calibration, Training)> {
        let plan = Plan::new(self.matrix.entries().saturating_mul(self.targets.len()));
        let fixed = self.config.cost.map(|cost| vec![cost]);
        let costs = fixed.as_deref().unwrap_or(plan.costs);
        let mut best: Option<(f64, f64, Calibration, usize)> = None;
        for (tried, &cost) in costs.iter().enumerate() {
            Progress::report("train", tried as u64, costs.len() as u64 + 1, watch)?;
            let held_out = self.hold_out(cost, plan.folds);
            let calibration = Calibration::fit(&held_out, self.labels, &self.config.metric);
            let quality = calibration.quality(&held_out, self.labels, &self.config.metric);
            if best.as_ref().is_none_or(|(highest, ..)| quality > *highest) {
                best = Some((quality, cost, calibration, held_out.truth.len()));
            }
        }
        let (quality, cost, calibration, held_out) =
            best.unwrap_or((0.0, 1.0, Calibration::none(self.labels.len()), 0));
        let training = Training {
            texts: self.train,
            features: self.matrix.width(),
            cost,
            held_out,
            quality: (held_out > 0).then_some(quality),
        };
        Ok((cost, calibration, training))
    }

    /// Scores of texts by weights that have not seen them.
    fn hold_out(&self, cost: f64, folds: usize) -> HeldOut {
        let mut held_out = HeldOut::default();
        if self.truth.len() > self.train {
            let all: Vec<u32> = (0..self.train as u32).collect();
            self.score(&self.solve(&all, cost), self.train..self.truth.len(), &mut held_out);
            return held_out;
        }
        for fold in 0..folds as u8 {
            let kept: Vec<u32> =
                (0..self.train as u32).filter(|&row| self.folds[row as usize] != fold).collect();
            if kept.len() == self.train || kept.is_empty() {
                continue;
            }
            let left_out = (0..self.train).filter(|&row| self.folds[row] == fold);
            self.score(&self.solve(&kept, cost), left_out, &mut held_out);
        }
        held_out
    }

    fn score(&self, found: &[Weights], rows: impl Iterator<Item = usize>, held_out: &mut HeldOut) {
        for row in rows {
            held_out.scores.push(found.iter().map(|weights| weights.score(&self.matrix, row)).collect());
            held_out.truth.push(self.truth[row]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::unwatched;
    use proptest::prelude::*;
    use std::ops::ControlFlow;

    fn examples() -> Vec<Example> {
        let refund = ["money back please", "refund my order", "I want a refund", "give my money back now"];
        let login = ["cannot log in", "password rejected", "login page is broken", "forgot my password"];
        let thanks =
            ["thank you so much", "thanks, all good", "great help, thanks", "that worked, thank you"];
        [("refund", refund), ("login", login), ("thanks", thanks)]
            .into_iter()
            .flat_map(|(label, texts)| texts.map(|text| Example::new(label, text)))
            .collect()
    }

    fn fitted(config: &Config) -> Classifier {
        Classifier::fit(config, &examples(), None, &mut unwatched).expect("three labels")
    }

    #[test]
    fn learns_labels_and_says_how_sure_it_is() {
        let classifier = fitted(&Config::default());
        let found = classifier.classify("please refund the money");
        assert_eq!(found.label, "refund");
        let sum: f64 = found.probabilities.iter().map(|p| p.1).sum();
        assert!((sum - 1.0).abs() < 1e-12 && found.probability == found.probabilities[0].1);
    }

    #[test]
    fn neither_order_nor_threads_change_a_bit() {
        let mut turned = examples();
        turned.reverse();
        let one = Config { threads: 1, ..Config::default() };
        let three = Config { threads: 3, ..Config::default() };
        let (a, b) = (fitted(&one), Classifier::fit(&three, &turned, None, &mut unwatched).expect("fits"));
        assert_eq!(a.weights, b.weights);
        assert_eq!(a.calibration, b.calibration);
        let texts = ["refund?", "log in", "thanks", "x"];
        assert_eq!(a.classify_all(&texts, 3), texts.map(|t| b.classify(t)));
    }

    #[test]
    fn one_label_unknown_metric_labels_and_a_stop_are_errors() {
        let one = [Example::new("a", "x"), Example::new("a", "y")];
        assert!(Classifier::fit(&Config::default(), &one, None, &mut unwatched).is_err());
        let config = Config { metric: super::super::Metric::F1("none".to_owned()), ..Config::default() };
        assert!(Classifier::fit(&config, &examples(), None, &mut unwatched).is_err());
        let stopped = Classifier::fit(&Config::default(), &examples(), None, &mut |_| ControlFlow::Break(()));
        assert_eq!(stopped.map(|_| ()).map_err(|e| e.kind()), Err(crate::ErrorKind::Cancelled));
    }

    #[test]
    fn two_texts_are_enough_to_answer() {
        let two = [Example::new("a", "apple"), Example::new("b", "banana")];
        let classifier = Classifier::fit(&Config::default(), &two, None, &mut unwatched).expect("two labels");
        assert_eq!(classifier.classify("banana").label, "b");
        assert!(classifier.training().quality.is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_text_gets_a_label(text in any::<String>()) {
            let classifier = Classifier::fit(
                &Config { cost: Some(1.0), ..Config::default() }, &examples()[..6], None, &mut unwatched,
            ).expect("two labels");
            let found = classifier.classify(&text);
            prop_assert!((0.0..=1.0).contains(&found.probability));
            let why = classifier.explain(&text);
            prop_assert!(why.evidence.adds_up());
        }
    }
}
