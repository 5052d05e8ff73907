//! The classifier: what it learns, what it answers.
//!
//! Fitting looks for the best way to read such texts ([`search`](super::search)), calibrates on texts left out
//! and fits once more on all. The examples are brought into the order of their texts first, so the order they
//! came in does not matter. Features and their rarity are counted over all training texts, without their labels.

use serde::{Deserialize, Serialize};

use super::Config;
use super::calibrate::{Calibration, ReliabilityBin, calibration_error, reliability};
use super::columns::Columns;
use super::features::Tables;
use super::recipe::Recipe;
use super::scope::{FEWEST_LABELS, MeaningReader, Scope};
use super::search::{Read, Task, Texts, Trial, highest};
use super::single::OneLabel;
use super::solver::Weights;
use crate::model::{Progress, Watch};
use crate::text::token::{Token, tokens};
use crate::text::words::DIMENSIONS;
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
    /// The probability that the text is about any of the labels, 0 to 1; `None` where that is not asked
    /// ([`Config::out_of_scope`]).
    pub in_scope: Option<f64>,
    /// Whether the text is likely enough in scope. The least probability is chosen so that about 7.5 of 100
    /// texts with a known label are refused. `true` where it is not asked.
    pub accepted: bool,
}

/// The label of one text by its place among the classifier's labels: what many texts are labelled with at once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Decision {
    /// The label's place in [`Classifier::labels`].
    pub label: u32,
    /// Its calibrated probability, 0 to 1.
    pub probability: f64,
}

/// What is known of how a classifier was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// Training texts.
    pub texts: usize,
    /// Known features.
    pub features: usize,
    /// What is read of a text.
    pub recipe: Recipe,
    /// The cost of a training error that was used.
    pub cost: f64,
    /// Texts the choices were made on: those left out in turn and the development set.
    pub held_out: usize,
    /// The metric's value on them, slightly hopeful because the choices were made there; `None` when
    /// there were none. With class weights accuracy counts each text by the weight of its label.
    pub quality: Option<f64>,
    /// How often labels given with some probability were right on them, in 60 bins of equal width from 0 to 1;
    /// empty when there were none.
    pub reliability: Vec<ReliabilityBin>,
}

impl Training {
    /// Of a classifier with the best setting for so many texts, which hold so many features.
    pub(super) fn of<T: Task>(
        best: &Trial<T>,
        texts: usize,
        features: usize,
        reliability: Vec<ReliabilityBin>,
    ) -> Self {
        let held_out = best.held_out.truth.len();
        Self {
            texts,
            features,
            recipe: best.recipe,
            cost: best.cost,
            held_out,
            quality: (held_out > 0).then_some(best.quality),
            reliability,
        }
    }

    /// The expected calibration error on held-out texts in 15 bins: the mean distance between how sure labels
    /// were and how often they were right; `None` without such texts. Slightly hopeful: calibration was fitted
    /// to them.
    pub fn calibration_error(&self) -> Option<f64> {
        calibration_error(&self.reliability)
    }

    /// The least probability from which on labels were right in at least `accuracy` (0 to 1) of the held-out
    /// texts: below it, a label is better left to a person. `None` when there is no such probability.
    ///
    /// ```
    /// # use reknit::classify::{ReliabilityBin, Training};
    /// # let json = r#"{"texts":4,"features":9,"recipe":{"word_ngrams":2,"word_length":1.0,"skips":false,
    /// #  "char_ngrams":5,"form":true,"word_classes":false,"word_vectors":0.0,"naive_bayes":0.0,"min_rows":1},"cost":1.0,
    /// #  "held_out":4,"quality":0.5,"reliability":[]}"#;
    /// # let mut training: Training = serde_json::from_str(json).unwrap();
    /// training.reliability = vec![
    ///     ReliabilityBin { texts: 10, right: 5, mean_probability: 0.4 }, // from 0 to 0.5
    ///     ReliabilityBin { texts: 10, right: 9, mean_probability: 0.8 }, // from 0.5 to 1
    /// ];
    /// assert_eq!(training.threshold_for(0.9), Some(0.5));
    /// assert_eq!(training.threshold_for(0.7), Some(0.0));
    /// assert_eq!(training.threshold_for(0.95), None);
    /// ```
    pub fn threshold_for(&self, accuracy: f64) -> Option<f64> {
        let (mut texts, mut right, mut least) = (0, 0, None);
        for (place, bin) in self.reliability.iter().enumerate().rev() {
            texts += bin.texts;
            right += bin.right;
            if bin.texts > 0 && f64::from(right) >= accuracy * f64::from(texts) {
                least = Some(place as f64 / self.reliability.len() as f64);
            }
        }
        least
    }
}

/// A trained classifier: immutable, `Send + Sync`, saved as bytes.
#[derive(Debug, Clone)]
pub struct Classifier {
    pub(super) config: Config,
    pub(super) labels: Vec<String>,
    /// One for the second of two labels, else one a label.
    pub(super) columns: Columns,
    pub(super) calibration: Calibration,
    pub(super) scope: Scope,
    pub(super) training: Training,
}

impl Classifier {
    /// Learns from `train`. What `config` leaves open is chosen on training texts left out in turn, and on `dev`
    /// where there is one. Texts of `dev` whose label does not occur in `train` are passed over.
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
        let classifier = Self::learn(config, train, dev, |texts| texts.choose(watch))?;
        Progress::report("train", 1, 1, watch)?;
        Ok(classifier)
    }

    /// Learns from other or more examples as this one was made: the same settings, recipe and cost, without a
    /// search. Equal to [`fit`](Self::fit) where that would choose them.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    pub fn refit(&self, train: &[Example], dev: Option<&[Example]>) -> Result<Self> {
        let Training { recipe, cost, .. } = self.training;
        Self::learn(&self.config, train, dev, |texts| texts.again(recipe, cost))
    }

    fn learn(
        config: &Config,
        train: &[Example],
        dev: Option<&[Example]>,
        choose: impl FnOnce(&Texts<'_, OneLabel>) -> Result<(Trial<OneLabel>, Read)>,
    ) -> Result<Self> {
        config.check()?;
        let labels = label_set(train);
        check_labels(config, &labels)?;
        let train = in_order(train);
        let known = |example: &&Example| labels.binary_search(&example.label).is_ok();
        let dev = dev.unwrap_or_default().iter().filter(known);
        let place = |label: &String| labels.binary_search(label).unwrap_or(0) as u32;
        let count = train.len();
        let rows = train.into_iter().chain(dev).map(|one| (one.text.as_str(), place(&one.label))).collect();
        let tables = Tables::shipped();
        let texts = Texts::new(rows, count, &labels, config, &tables);
        let (best, read) = choose(&texts)?;
        let found = texts.solve(&read, best.recipe, best.cost);
        let asks = config.out_of_scope.unwrap_or(labels.len() >= FEWEST_LABELS) && labels.len() > 2;
        let scope = if asks { Scope::learn(&texts, &read, &best) } else { Scope::default() };
        let calibration = texts.task.settle(&best.held_out);
        let reliability = reliability(&calibration, &best.held_out);
        let training = Training::of(&best, texts.train, read.table.len(), reliability);
        let found: Vec<&Weights> = found.iter().collect();
        Ok(Self {
            config: config.clone(),
            columns: Columns::new(best.recipe, read.table, tables, &found),
            calibration,
            scope,
            training,
            labels,
        })
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
        self.classify_tokens(text, tokens(text))
    }

    /// Labels the tokens of `text`.
    pub(super) fn classify_tokens<'t>(
        &self,
        text: &'t str,
        tokens: impl Iterator<Item = Token<'t>> + Clone,
    ) -> Classification {
        self.columns.score_tokens(text, tokens.clone(), |scores| self.classification(tokens, scores))
    }

    fn classification<'t>(&self, tokens: impl Iterator<Item = Token<'t>>, scores: &[f64]) -> Classification {
        let odds = self.calibration.odds(scores);
        let place = self.calibration.decide(&odds);
        let probabilities = self.calibration.probabilities(odds);
        let mut order: Vec<usize> = (0..self.labels.len()).collect();
        order.sort_by(|&a, &b| probabilities[b].total_cmp(&probabilities[a]).then(a.cmp(&b)));
        let in_scope = self.in_scope(tokens, scores);
        Classification {
            label: self.labels[place].clone(),
            probability: probabilities[place],
            probabilities: order.into_iter().map(|l| (self.labels[l].clone(), probabilities[l])).collect(),
            in_scope,
            accepted: in_scope.is_none_or(|probability| probability >= self.scope.least),
        }
    }

    /// The probability that a text with these scores is about any of the labels.
    fn in_scope<'t>(&self, tokens: impl Iterator<Item = Token<'t>>, scores: &[f64]) -> Option<f64> {
        if self.scope.is_empty() {
            return None;
        }
        let best = highest(scores.iter().copied())?;
        Some(self.scope.probability(best, &MeaningReader::new(&self.columns.tables).read_tokens(tokens)))
    }

    /// Labels many texts on `threads` threads (0: all cores); the same as one by one.
    pub fn classify_all<T: AsRef<str> + Sync>(&self, texts: &[T], threads: usize) -> Vec<Classification> {
        self.columns.score_all(texts, threads, |text, scores| self.classification(tokens(text), scores))
    }

    /// The label of one text, without the names and the other labels' probabilities.
    pub fn decide(&self, text: &str) -> Decision {
        self.columns.score(text, |scores| self.decision(scores))
    }

    /// [`decide`](Self::decide) for many texts on `threads` threads (0: all cores); the same as one by one.
    pub fn decide_all<T: AsRef<str> + Sync>(&self, texts: &[T], threads: usize) -> Vec<Decision> {
        self.columns.score_all(texts, threads, |_, scores| self.decision(scores))
    }

    fn decision(&self, scores: &[f64]) -> Decision {
        let odds = self.calibration.odds(scores);
        let label = self.calibration.decide(&odds);
        let probability = self.calibration.probabilities(odds)[label];
        Decision { label: label as u32, probability }
    }
}

/// Weights of meaning a column.
pub(super) fn meaning_rows(recipe: &Recipe) -> usize {
    if recipe.word_vectors > 0.0 { DIMENSIONS } else { 0 }
}

/// How many label columns are solved: two labels need one.
pub(super) fn columns(labels: usize) -> usize {
    if labels == 2 { 1 } else { labels }
}

pub(super) fn label_set(train: &[Example]) -> Vec<String> {
    let mut labels: Vec<String> = train.iter().map(|example| example.label.clone()).collect();
    labels.sort_unstable();
    labels.dedup();
    labels
}

pub(super) fn check_labels(config: &Config, labels: &[String]) -> Result<()> {
    if labels.len() < 2 {
        return Err(Error::input(format!(
            "classify: the training examples carry {} label(s); at least 2 are needed",
            labels.len()
        )));
    }
    check_names(config, labels)
}

/// Whether all labels that settings name are there.
pub(super) fn check_names(config: &Config, labels: &[String]) -> Result<()> {
    if let Some(weights) = &config.class_weights {
        weights.check_labels(labels)?;
    }
    match &config.metric {
        super::Metric::F1(label) if labels.binary_search(label).is_err() => Err(Error::config(
            "classify: the label of metric f1:LABEL does not occur in the training examples",
        )),
        _ => Ok(()),
    }
}

/// The examples in the order of their texts.
pub(super) fn in_order(examples: &[Example]) -> Vec<&Example> {
    let mut examples: Vec<&Example> = examples.iter().collect();
    examples.sort_by(|a, b| (&a.text, &a.label).cmp(&(&b.text, &b.label)));
    examples
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
        assert_eq!(a.save(), b.save());
        assert_eq!(a.calibration, b.calibration);
        let texts = ["refund?", "log in", "thanks", "x"];
        assert_eq!(a.classify_all(&texts, 3), texts.map(|t| b.classify(t)));
    }

    #[test]
    fn a_search_keeps_to_its_time_by_what_it_reads() {
        let fit = |search_seconds, threads| {
            let (mut reports, config) = (0, Config { search_seconds, threads, ..Config::default() });
            let mut watch = |_: Progress| {
                reports += 1;
                ControlFlow::Continue(())
            };
            let found = Classifier::fit(&config, &examples(), None, &mut watch).expect("two labels");
            (reports, found.training.recipe, found.training.cost, found.columns.rows.clone())
        };
        let (all, shortest) = (fit(None, 1), fit(Some(1e-9), 1));
        assert_eq!(fit(Some(1e6), 1), all);
        assert_eq!(fit(Some(1e-9), 3), shortest);
        // The beginning, one setting, the end.
        assert_eq!(shortest.0, 3);
        let between = fit(Some(2e-3), 1);
        assert!(shortest.0 < between.0 && between.0 < all.0, "{} {} {}", shortest.0, between.0, all.0);
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
        fn texts_before_change_no_score(texts in proptest::collection::vec("[a-c .!#@0-9é😀日]{0,40}", 1..6)) {
            let config = Config {
                cost: Some(1.0), word_classes: Some(true), word_vectors: Some(1.0), ..Config::default()
            };
            let classifier =
                Classifier::fit(&config, &examples()[..6], None, &mut unwatched).expect("two labels");
            let together = classifier.classify_all(&texts, 1);
            for (text, found) in texts.iter().zip(together) {
                // A copy has met no text.
                prop_assert_eq!(&classifier.clone().classify(text), &found);
                prop_assert_eq!(&classifier.classify(text), &found);
            }
        }

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
