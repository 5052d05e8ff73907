//! The classifier that gives a text several labels, or none.
//!
//! One column a label, each label against the rest ("binary relevance": Tsoumakas and Katakis 2007, "Multi-Label
//! Classification: An Overview"), on the features, the solver and the search of the [`Classifier`](super::Classifier)
//! of one label. Scores of texts left out give each label a sigmoid, so that its probability is honest (Platt 1999),
//! and a threshold; what is at or above it holds. Probabilities are of each label alone and need not add up to 1.
//!
//! Thresholds are chosen for the metric: one a label, or one for all where all labels are judged together
//! ([`thresholds`](super::thresholds)).
//!
//! Cost: as for one label, with a column also for the first of two labels.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::f64::consts::LOG2_E;

use serde::{Deserialize, Serialize};

use super::calibrate::{Expected, HeldOut, ReliabilityBin, filed, platt};
use super::columns::Columns;
use super::curves::sigmoid;
use super::explain::{SpanWeight, Weighed};
use super::features::Tables;
use super::metrics::Counts;
use super::search::{FOLDS, Task, Texts};
use super::solver::Weights;
use super::thresholds::{Judged, thresholds};
use super::train::{Training, check_names};
use super::{ClassWeights, Config, Metric};
use crate::model::{Evidence, Progress, Watch, Weight};
use crate::text::token::{Token, tokens};
use crate::{Error, Result};

/// A text with all its true labels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MultiExample {
    /// The true labels, in any order; none for a text that carries none. The same one twice counts once.
    pub labels: Vec<String>,
    /// The text.
    pub text: String,
}

impl MultiExample {
    /// `text`, labelled with all of `labels`.
    ///
    /// ```
    /// use reknit::classify::MultiExample;
    /// let both = MultiExample::new(["refund", "late"], "It came too late, I want my money back");
    /// assert_eq!(both.labels, ["refund", "late"]);
    /// ```
    pub fn new<L: Into<String>>(labels: impl IntoIterator<Item = L>, text: impl Into<String>) -> Self {
        Self { labels: labels.into_iter().map(Into::into).collect(), text: text.into() }
    }
}

/// One label of a text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelProbability {
    /// The label.
    pub label: String,
    /// The calibrated probability that the text carries it, 0 to 1.
    pub probability: f64,
    /// Whether the probability is at or above the label's threshold. Rare labels often have low thresholds.
    pub holds: bool,
}

/// The labels of one text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MultiClassification {
    /// Every label, most probable first. Each probability is of its label alone; they need not add up to 1.
    pub labels: Vec<LabelProbability>,
}

impl MultiClassification {
    /// The labels that hold, most probable first; none for a text that carries none.
    pub fn holding(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().filter(|label| label.holds).map(|label| label.label.as_str())
    }
}

/// Why a text carries a label, or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MultiExplanation {
    /// The label explained.
    pub label: String,
    /// Its probability, 0 to 1.
    pub probability: f64,
    /// The least probability at which it holds, 0 to 1.
    pub threshold: f64,
    /// Whether it holds.
    pub holds: bool,
    /// The log2 odds of the label against its absence: prior, one contribution a word in order of place, then form.
    pub evidence: Evidence,
    /// The contributions of words with their places in the text, in order of place.
    pub spans: Vec<SpanWeight>,
}

/// From scores to the log odds of each label, and to whether it holds. Natural logarithms; one a label each.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sigmoids {
    /// What each score is multiplied by; above 0.
    pub(crate) slopes: Vec<f64>,
    /// Added to that.
    pub(crate) intercepts: Vec<f64>,
    /// The least log odds at which a label holds.
    pub(crate) thresholds: Vec<f64>,
}

impl Sigmoids {
    /// Takes scores as they are.
    fn none(labels: usize) -> Self {
        Self { slopes: vec![1.0; labels], intercepts: vec![0.0; labels], thresholds: vec![0.0; labels] }
    }

    pub(super) fn odds(&self, label: usize, score: f64) -> f64 {
        self.slopes[label] * score + self.intercepts[label]
    }

    /// The places of the labels that hold.
    fn given(&self, scores: &[f64]) -> Vec<u32> {
        let holds = |&(label, &score): &(usize, &f64)| self.odds(label, score) >= self.thresholds[label];
        scores.iter().enumerate().filter(holds).map(|(label, _)| label as u32).collect()
    }
}

/// Whether a label is among those of a text, which are ascending.
fn carries(labels: &[u32], label: u32) -> bool {
    labels.binary_search(&label).is_ok()
}

/// A trained classifier of several labels a text: immutable, `Send + Sync`, saved as bytes.
///
/// ```
/// use reknit::classify::{Config, MultiClassifier, MultiExample};
/// use reknit::model::unwatched;
///
/// let train: Vec<MultiExample> = [
///     (vec!["refund"], "I want my money back"), (vec!["refund"], "please refund the order"),
///     (vec!["late"], "the parcel is late"), (vec!["late"], "it came two weeks late"),
///     (vec!["late", "refund"], "too late, refund my money"), (vec!["late", "refund"], "late again: money back"),
///     (vec![], "what are your opening hours"), (vec![], "do you have a shop in town"),
/// ].map(|(labels, text)| MultiExample::new(labels, text)).into();
/// let classifier = MultiClassifier::fit(&Config::multi(), &train, None, &mut unwatched)?;
/// let found = classifier.classify("the parcel was late, money back please");
/// assert_eq!(found.labels.len(), 2);
///
/// let why = classifier.explain("the parcel was late", "late")?;
/// assert!(why.evidence.adds_up());
/// # Ok::<(), reknit::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct MultiClassifier {
    pub(super) config: Config,
    pub(super) labels: Vec<String>,
    /// One a label.
    pub(super) columns: Columns,
    pub(super) sigmoids: Sigmoids,
    pub(super) training: Training,
}

impl MultiClassifier {
    /// Learns from `train`. What `config` leaves open is chosen on training texts left out in turn, and on `dev`
    /// where there is one. Labels of `dev` that do not occur in `train` are passed over.
    ///
    /// [`Config::multi`] is the preset to begin with: it is judged by macro-F1. [`Metric::Accuracy`], the default of
    /// [`Config::default`], asks for all the right labels of a text and no other.
    ///
    /// # Errors
    /// `Config` for a setting out of range, a metric or class weight of an unknown label, or `out_of_scope`, which is
    /// for one label a text; `Input` for an empty label name, no label at all, or too large a model; `Cancelled` when
    /// `watch` stops it.
    pub fn fit(
        config: &Config,
        train: &[MultiExample],
        dev: Option<&[MultiExample]>,
        watch: &mut Watch<'_>,
    ) -> Result<Self> {
        check(config)?;
        let labels = label_set(train)?;
        check_names(config, &labels)?;
        let tables = Tables::shipped();
        let texts = texts(config, &labels, train, dev.unwrap_or_default(), &tables);
        let (best, read) = texts.choose(watch)?;
        let found = texts.solve(&read, best.recipe, best.cost);
        let reliability = reliability(&best.calibration, &best.held_out);
        let training = Training::of(&best, texts.train, read.table.len(), reliability);
        let found: Vec<&Weights> = found.iter().collect();
        let columns = Columns::new(best.recipe, read.table, tables.clone(), &found);
        Progress::report("train", 1, 1, watch)?;
        Ok(Self { config: config.clone(), labels, columns, sigmoids: best.calibration, training })
    }

    /// The labels, sorted.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The settings it was made with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// How it was made. Its reliability is that of all labels of all held-out texts: of those with some probability,
    /// how many were true.
    pub fn training(&self) -> &Training {
        &self.training
    }

    /// The least probability at which a label holds, 0 to 1.
    ///
    /// # Errors
    /// `NotFound` for a label the classifier does not know.
    pub fn threshold(&self, label: &str) -> Result<f64> {
        Ok(sigmoid(self.sigmoids.thresholds[self.place(label)?]))
    }

    /// Labels one text.
    pub fn classify(&self, text: &str) -> MultiClassification {
        self.classify_tokens(text, tokens(text))
    }

    /// Labels the tokens of `text`.
    pub(super) fn classify_tokens<'t>(
        &self,
        text: &'t str,
        tokens: impl Iterator<Item = Token<'t>>,
    ) -> MultiClassification {
        self.columns.score_tokens(text, tokens, |scores| self.classification(scores))
    }

    /// The log odds of each label, in the order of [`labels`](Self::labels), of the tokens of `text`.
    pub(super) fn odds_of_tokens<'t>(
        &self,
        text: &'t str,
        tokens: impl Iterator<Item = Token<'t>>,
    ) -> Vec<f64> {
        let odds = |(label, &score): (usize, &f64)| self.sigmoids.odds(label, score);
        self.columns.score_tokens(text, tokens, |scores| scores.iter().enumerate().map(odds).collect())
    }

    /// Labels many texts on `threads` threads (0: all cores); the same as one by one.
    pub fn classify_all<T: AsRef<str> + Sync>(
        &self,
        texts: &[T],
        threads: usize,
    ) -> Vec<MultiClassification> {
        self.columns.score_all(texts, threads, |_, scores| self.classification(scores))
    }

    fn classification(&self, scores: &[f64]) -> MultiClassification {
        let mut odds: Vec<(f64, usize)> = scores
            .iter()
            .enumerate()
            .map(|(label, &score)| (self.sigmoids.odds(label, score), label))
            .collect();
        odds.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let score = |(odds, label): (f64, usize)| LabelProbability {
            label: self.labels[label].clone(),
            probability: sigmoid(odds),
            holds: odds >= self.sigmoids.thresholds[label],
        };
        MultiClassification { labels: odds.into_iter().map(score).collect() }
    }

    /// Why `text` carries `label` or not; negative weights speak against it.
    ///
    /// # Errors
    /// `NotFound` for a label the classifier does not know.
    pub fn explain(&self, text: &str, label: &str) -> Result<MultiExplanation> {
        let place = self.place(label)?;
        let read = self.columns.weigh(text, |adds| self.bits(place, adds));
        let odds = self.columns.score(text, |scores| self.sigmoids.odds(place, scores[place]));
        let threshold = self.sigmoids.thresholds[place];
        Ok(MultiExplanation {
            label: label.to_owned(),
            probability: sigmoid(odds),
            threshold: sigmoid(threshold),
            holds: odds >= threshold,
            evidence: self.evidence(place, &read),
            spans: read.spans,
        })
    }

    /// The evidence of some labels by their places, with what each word of `text` adds; the text is read once for all.
    pub(super) fn weigh(&self, text: &str, places: &[usize]) -> Vec<(Evidence, Vec<SpanWeight>)> {
        let read = self.columns.weigh_each(text, places.len(), |way, adds| self.bits(places[way], adds));
        let one = |(&place, read): (&usize, Weighed)| (self.evidence(place, &read), read.spans);
        places.iter().zip(read).map(one).collect()
    }

    /// The bits for the label at `place` of what adds to the columns.
    fn bits(&self, place: usize, adds: &dyn Fn(usize) -> f64) -> f64 {
        self.sigmoids.slopes[place] * LOG2_E * adds(place)
    }

    fn evidence(&self, place: usize, read: &Weighed) -> Evidence {
        let prior = self.sigmoids.odds(place, self.columns.bias[place]) * LOG2_E;
        Evidence::new(Weight(prior), read.contributions())
    }

    pub(super) fn place(&self, label: &str) -> Result<usize> {
        self.labels
            .binary_search_by(|known| known.as_str().cmp(label))
            .map_err(|_| Error::not_found("classify: the label asked for is none of the classifier's labels"))
    }
}

fn check(config: &Config) -> Result<()> {
    config.check()?;
    if config.out_of_scope == Some(true) {
        return Err(Error::config(
            "classify: out_of_scope is asked with one label a text only; with several, a text about none carries none",
        ));
    }
    Ok(())
}

/// All labels of the examples, sorted.
fn label_set(train: &[MultiExample]) -> Result<Vec<String>> {
    if let Some(at) = train.iter().position(|example| example.labels.iter().any(String::is_empty)) {
        return Err(Error::input(format!(
            "classify: a label of training example {} is empty; name it, or leave it out where the text carries none",
            at + 1
        )));
    }
    let mut labels: Vec<String> = train.iter().flat_map(|example| &example.labels).cloned().collect();
    labels.sort_unstable();
    labels.dedup();
    if labels.is_empty() {
        return Err(Error::input("classify: the training examples carry no label; at least 1 is needed"));
    }
    Ok(labels)
}

/// The texts of both sets with the places of their labels, those of `train` in the order of their texts.
fn texts<'a>(
    config: &'a Config,
    labels: &'a [String],
    train: &'a [MultiExample],
    dev: &'a [MultiExample],
    tables: &'a Tables,
) -> Texts<'a, SeveralLabels> {
    let row = |example: &'a MultiExample| {
        let known = example.labels.iter().filter_map(|label| labels.binary_search(label).ok());
        let mut places: Vec<u32> = known.map(|place| place as u32).collect();
        places.sort_unstable();
        places.dedup();
        (example.text.as_str(), places)
    };
    let mut rows: Vec<(&str, Vec<u32>)> = train.iter().map(row).collect();
    rows.sort();
    rows.extend(dev.iter().map(row));
    Texts::new(rows, train.len(), labels, config, tables)
}

/// How often labels that are likely to some degree are true, over all labels of all texts.
fn reliability(sigmoids: &Sigmoids, held_out: &HeldOut<Vec<u32>>) -> Vec<ReliabilityBin> {
    filed(held_out.rows().zip(&held_out.truth).flat_map(|(scores, truth)| {
        let judged = |(label, &score): (usize, &f64)| {
            (sigmoid(sigmoids.odds(label, score)), carries(truth, label as u32))
        };
        scores.iter().enumerate().map(judged)
    }))
}

/// The labels of texts that carry several or none, as a search sees them.
struct SeveralLabels {
    labels: Vec<String>,
    metric: Metric,
    /// How much an error counts on texts that carry a label; empty: all the same.
    weights: Vec<f64>,
}

/// In a column, a text that does not carry the label.
const NONE: u32 = u32::MAX;

impl SeveralLabels {
    /// How much an error counts on texts that carry each label; one on others always counts 1. Balanced: those that
    /// carry a label and those that do not weigh the same.
    fn weights_of(config: &Config, labels: &[String], truth: &[Vec<u32>]) -> Vec<f64> {
        if config.class_weights != Some(ClassWeights::Balanced) {
            return ClassWeights::by_place(config.class_weights.as_ref(), labels, &[]);
        }
        let mut carry = vec![0_u32; labels.len()];
        for &label in truth.iter().flatten() {
            carry[label as usize] += 1;
        }
        let texts = truth.len() as f64;
        carry
            .into_iter()
            .map(|carry| ((texts - f64::from(carry)) / f64::from(carry.max(1))).max(1.0))
            .collect()
    }
}

impl Task for SeveralLabels {
    type Truth = Vec<u32>;
    type Calibration = Sigmoids;

    fn new(labels: &[String], config: &Config, truth: &[Vec<u32>], train: usize) -> Self {
        let weights = Self::weights_of(config, labels, &truth[..train]);
        Self { labels: labels.to_vec(), metric: config.metric.clone(), weights }
    }

    fn targets(&self) -> Vec<u32> {
        (0..self.labels.len() as u32).collect()
    }

    fn column<'t>(&self, truth: &'t [Vec<u32>], target: u32) -> Cow<'t, [u32]> {
        truth.iter().map(|carried| if carries(carried, target) { target } else { NONE }).collect()
    }

    fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Deals texts by the rarest label they carry, so that each fold has its share of it (the first step of iterative
    /// stratification: Sechidis, Tsoumakas and Vlahavas 2011). Equal texts go to one fold, whatever they carry.
    fn folds(texts: &[&str], truth: &[Vec<u32>]) -> Vec<u8> {
        let mut carry: BTreeMap<u32, usize> = BTreeMap::new();
        for &label in truth.iter().flatten() {
            *carry.entry(label).or_default() += 1;
        }
        let mut dealt: BTreeMap<Option<u32>, usize> = BTreeMap::new();
        let mut folds: Vec<u8> = Vec::with_capacity(texts.len());
        for (row, carried) in truth.iter().enumerate() {
            if row > 0 && texts[row] == texts[row - 1] {
                folds.push(folds[row - 1]);
                continue;
            }
            let rarest = carried.iter().copied().min_by_key(|label| (carry.get(label).copied(), *label));
            // Labels begin with different folds, or the first would have all labels of one text.
            let count = dealt.entry(rarest).or_insert(rarest.map_or(0, |label| label as usize));
            folds.push((*count % FOLDS) as u8);
            *count += 1;
        }
        folds
    }

    fn calibrate(&self, held_out: &HeldOut<Vec<u32>>) -> Sigmoids {
        let mut sigmoids = Sigmoids::none(self.labels.len());
        if held_out.truth.is_empty() {
            return sigmoids;
        }
        let points = |label: usize| -> Judged {
            let judge = |(scores, truth): (&[f64], &Vec<u32>)| (scores[label], carries(truth, label as u32));
            held_out.rows().zip(&held_out.truth).map(judge).collect()
        };
        for label in 0..self.labels.len() {
            (sigmoids.slopes[label], sigmoids.intercepts[label]) = platt(&points(label), Expected::nothing());
        }
        let judged = |label: usize| -> Judged {
            points(label).into_iter().map(|(score, carries)| (sigmoids.odds(label, score), carries)).collect()
        };
        sigmoids.thresholds = thresholds(self.labels.len(), judged, &self.metric);
        sigmoids
    }

    fn given(&self, sigmoids: &Sigmoids, held_out: &HeldOut<Vec<u32>>) -> Vec<Vec<u32>> {
        held_out.rows().map(|scores| sigmoids.given(scores)).collect()
    }

    fn quality<'t>(&self, pairs: impl Iterator<Item = (&'t Vec<u32>, &'t Vec<u32>)>) -> f64 {
        let mut counts = Counts::new(self.labels.len());
        for (truth, given) in pairs {
            counts.add(truth, given);
        }
        counts.quality(&self.metric, &self.labels)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Classifier;
    use super::*;
    use crate::ErrorKind;
    use crate::model::unwatched;
    use proptest::prelude::*;

    fn examples() -> Vec<MultiExample> {
        let of = |labels: &[&str], texts: [&str; 4]| {
            texts.map(|text| MultiExample::new(labels.iter().copied(), text)).to_vec()
        };
        [
            of(&["refund"], ["money back please", "refund my order", "I want a refund", "my money back now"]),
            of(&["late"], ["where is my parcel", "the parcel is late", "still no parcel", "two weeks late"]),
            of(
                &["late", "refund"],
                [
                    "late parcel, money back",
                    "refund the late parcel",
                    "no parcel, refund",
                    "late: refund now",
                ],
            ),
            of(&[], ["good morning", "thank you so much", "what a nice shop", "see you tomorrow"]),
        ]
        .concat()
    }

    fn fitted(config: &Config) -> MultiClassifier {
        MultiClassifier::fit(config, &examples(), None, &mut unwatched).expect("two labels")
    }

    #[test]
    fn a_text_gets_several_labels_or_none() {
        let classifier = fitted(&Config::multi());
        assert_eq!(classifier.labels(), ["late", "refund"]);
        let given = |text: &str| {
            let mut labels: Vec<String> = classifier.classify(text).holding().map(str::to_owned).collect();
            labels.sort();
            labels
        };
        assert_eq!(given("refund the late parcel please"), ["late", "refund"]);
        assert_eq!(given("the parcel is late"), ["late"]);
        assert_eq!(given("I want my money back"), ["refund"]);
        assert!(given("good morning, nice shop").is_empty());
    }

    #[test]
    fn labels_come_most_probable_first_and_hold_from_their_threshold_on() {
        let classifier = fitted(&Config::multi());
        for text in ["late refund", "nothing of that", ""] {
            let found = classifier.classify(text).labels;
            assert!(found.windows(2).all(|pair| pair[0].probability >= pair[1].probability));
            for label in found {
                let threshold = classifier.threshold(&label.label).expect("a known label");
                assert_eq!(label.holds, label.probability >= threshold, "{text}");
            }
        }
    }

    #[test]
    fn one_label_is_enough_and_told_from_its_absence() {
        let mut train = examples();
        for example in &mut train {
            example.labels.retain(|label| label == "late");
        }
        let classifier =
            MultiClassifier::fit(&Config::multi(), &train, None, &mut unwatched).expect("one label");
        assert!(classifier.classify("the parcel is late").labels[0].holds);
        assert!(!classifier.classify("thank you, good morning").labels[0].holds);
    }

    #[test]
    fn neither_order_nor_threads_nor_a_label_twice_change_a_bit() {
        let mut turned = examples();
        turned.reverse();
        for example in &mut turned {
            let mut again = example.labels.clone();
            again.reverse();
            example.labels.splice(0..0, again);
        }
        let (one, three) =
            (Config { threads: 1, ..Config::multi() }, Config { threads: 3, ..Config::multi() });
        let a = fitted(&one);
        let b = MultiClassifier::fit(&three, &turned, None, &mut unwatched).expect("the same labels");
        assert!(a.save() == b.save());
        let texts = ["refund?", "late", "thanks", "x"];
        assert_eq!(a.classify_all(&texts, 3), texts.map(|text| b.classify(text)));
    }

    #[test]
    fn what_cannot_be_learnt_is_refused() {
        let fit = |config: &Config, train: &[MultiExample]| {
            MultiClassifier::fit(config, train, None, &mut unwatched)
                .map(|_| ())
                .map_err(|error| error.kind())
        };
        let (multi, none) = (Config::multi(), MultiExample::new::<String>([], "x"));
        assert_eq!(fit(&multi, &[]), Err(ErrorKind::Input));
        assert_eq!(fit(&multi, &[none]), Err(ErrorKind::Input));
        assert_eq!(fit(&multi, &[MultiExample::new(["a", ""], "x")]), Err(ErrorKind::Input));
        let asks = Config { out_of_scope: Some(true), ..Config::multi() };
        let unknown = Config { metric: Metric::F1("none".to_owned()), ..Config::multi() };
        for config in [asks, unknown, Config { cost: Some(0.0), ..Config::multi() }] {
            assert_eq!(fit(&config, &examples()), Err(ErrorKind::Config));
        }
        assert_eq!(
            fitted(&multi).explain("x", "none").map(|_| ()).map_err(|e| e.kind()),
            Err(ErrorKind::NotFound)
        );
    }

    #[test]
    fn every_metric_learns_and_all_texts_may_be_equal() {
        for metric in ["accuracy", "macro_f1", "micro_f1", "macro_recall", "f1:late"] {
            let config = Config { metric: metric.parse().expect("a known name"), ..Config::multi() };
            assert_eq!(fitted(&config).classify("x").labels.len(), 2, "{metric}");
        }
        let same = vec![MultiExample::new(["a"], "x"); 7];
        let classifier =
            MultiClassifier::fit(&Config::multi(), &same, None, &mut unwatched).expect("one label");
        assert!(classifier.training().quality.is_none() && classifier.training().reliability.is_empty());
        assert!(classifier.classify("x").labels[0].probability.is_finite());
    }

    /// Labels of texts to come that were never learnt say nothing.
    #[test]
    fn unknown_labels_of_a_development_set_are_passed_over() {
        let dev = [MultiExample::new(["late", "never"], "late late"), MultiExample::new(["never"], "hello")];
        let classifier = MultiClassifier::fit(&Config::multi(), &examples(), Some(&dev), &mut unwatched)
            .expect("two labels");
        assert_eq!((classifier.labels().len(), classifier.training().held_out), (2, 18));
    }

    #[test]
    fn heavier_labels_are_given_sooner() {
        let mut train = Vec::new();
        for at in 0..60 {
            let labels: &[&str] = if at % 10 == 0 { &["rare"] } else { &[] };
            train.push(MultiExample::new(labels.iter().copied(), format!("parcel {at}")));
        }
        let score = |class_weights| {
            let config = Config { class_weights, char_ngrams: 0, cost: Some(1.0), ..Config::multi() };
            let classifier = MultiClassifier::fit(&config, &train, None, &mut unwatched).expect("one label");
            classifier.columns.score("parcel", |scores| scores[0])
        };
        assert!(score(Some(ClassWeights::Balanced)) > score(None));
    }

    #[test]
    fn a_rare_label_is_in_as_many_folds_as_it_has_texts() {
        let truth: Vec<Vec<u32>> = (0..40).map(|at| if at % 8 == 0 { vec![0, 1] } else { vec![0] }).collect();
        let names: Vec<String> = (0..40).map(|at| format!("text {at:02}")).collect();
        let texts: Vec<&str> = names.iter().map(String::as_str).collect();
        let folds = SeveralLabels::folds(&texts, &truth);
        let mut rare: Vec<u8> = folds.iter().step_by(8).copied().collect();
        rare.sort_unstable();
        assert_eq!(rare, [0, 1, 2, 3, 4]);
        let same = SeveralLabels::folds(&["x", "x", "y"], &[vec![], vec![0], vec![0]]);
        assert_eq!(same[0], same[1]);
    }

    #[test]
    fn a_model_of_one_kind_is_refused_by_the_other() {
        let train =
            [("a", "apple"), ("b", "banana")].map(|(label, text)| super::super::Example::new(label, text));
        let single = Classifier::fit(&Config::default(), &train, None, &mut unwatched).expect("two labels");
        let multi = fitted(&Config::multi());
        let refused = MultiClassifier::load(&single.save()).expect_err("one label a text");
        assert!(refused.kind() == ErrorKind::Model && refused.to_string().contains("one label"), "{refused}");
        let refused = Classifier::load(&multi.save()).expect_err("several labels a text");
        assert!(refused.kind() == ErrorKind::Model && refused.to_string().contains("several"), "{refused}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn evidence_adds_up_to_the_log_odds(text in "\\PC{0,40}|[a-e ]{0,20}(late|refund)[ !A-Z]{0,20}") {
            let config = Config { cost: Some(1.0), word_vectors: Some(1.0), ..Config::multi() };
            let classifier = fitted(&config);
            for label in classifier.classify(&text).labels {
                let why = classifier.explain(&text, &label.label).expect("a known label");
                prop_assert!(why.evidence.adds_up());
                prop_assert_eq!((why.probability, why.holds), (label.probability, label.holds));
                let odds = Weight::from_probability(label.probability).bits();
                // Labels are given by sums of 32 bits, explained by sums of 64.
                prop_assert!((why.evidence.total.bits() - odds).abs() < 1e-4 * (1.0 + odds.abs()));
                for span in &why.spans {
                    prop_assert!(text.get(span.start..span.end).is_some());
                }
            }
        }
    }
}
