//! A classifier that follows its examples: corrections by people, new texts, new labels.
//!
//! The weights of a linear model are a sum over its training texts, one factor a text (the dual variables of
//! [`solver`](super::solver)). Those factors are kept, so a new text is learnt by bringing its own factor to the
//! optimum while the others stay: a few visits of one row a label, instead of all rows again. Only the label
//! that the text carries visits all its rows, from where they are, for a text that speaks for it moves its
//! threshold too. Words that were not known become features; a new label begins with all texts against it. [`settle`](LiveClassifier::settle)
//! solves everything anew, exactly as if all examples had been there from the beginning.
//!
//! What is answered between two settlings depends on the order in which examples came, and on nothing else;
//! after it, not even on that. So what is saved is the examples, how many came at once since the last settling,
//! and the classifier; who loads it learns the same again and has the same, bit by bit.
//!
//! As bytes, little-endian: 8 of magic, format (u32), 0 (u32), length of the classifier (u64), the classifier as
//! [`Classifier::save`] writes it, JSON of `examples` and `added`, and a 64-bit checksum of all before it.
//!
//! Cost: adding is one pass over the weights, some visits of the new rows a label, and of all rows for the
//! labels they carry; settling is a few fits,
//! without a search; loading is one fit, and a settling with what was added since it where that is not nothing.
//! Memory: the examples' features, 8 bytes an example and label, 4 a feature and label.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::features::{Counted, Reader};
use super::format::json;
use super::scope::MeaningReader;
use super::solver::{Dual, Matrix, Problem, Weights};
use super::threads::{in_parallel, thread_count};
use super::train::{label_set, meaning_rows};
use super::{ClassWeights, Classification, Classifier, Example, Loss, Recipe};
use crate::model::checksum;
use crate::{Error, Result};

/// A [`Classifier`] with the examples it was learnt from, to which more can be added.
///
/// ```
/// use reknit::classify::{Classifier, Config, Example, LiveClassifier};
/// use reknit::model::unwatched;
///
/// let known: Vec<Example> = [
///     ("refund", "I want my money back"), ("refund", "please refund the order"),
///     ("refund", "refund my payment"), ("login", "cannot log in to my account"),
///     ("login", "the login page rejects my password"), ("login", "my password does not work"),
///     ("thanks", "thank you so much"), ("thanks", "thanks, all good"), ("thanks", "great, thank you"),
/// ].map(|(label, text)| Example::new(label, text)).into();
/// let classifier = Classifier::fit(&Config::default(), &known, None, &mut unwatched)?;
/// let mut live = LiveClassifier::begin(&classifier, &known)?;
///
/// // A colleague says what this was, and it is a label nobody had before.
/// live.add(&[Example::new("parcel", "where is my parcel, the courier never came")])?;
/// assert_eq!(live.classify("the courier never came with my parcel").label, "parcel");
/// live.settle()?;
/// assert_eq!(live.classifier().labels(), ["login", "parcel", "refund", "thanks"]);
/// # Ok::<(), reknit::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct LiveClassifier {
    classifier: Classifier,
    examples: Vec<Example>,
    matrix: Matrix,
    /// The place of each example's label.
    truth: Vec<u32>,
    /// How much an error counts, one a label; empty: all the same.
    weights: Vec<f64>,
    /// One a column; none for logistic regression, which is settled each time.
    duals: Vec<Dual>,
    /// How many examples came at once, each time since all were settled: the last of `examples`.
    added: Vec<usize>,
}

const MAGIC: &[u8; 8] = b"REKNITL\x1a";
/// The layout written above.
const FORMAT: u32 = 1;
const HEAD: usize = 24;

/// What is saved beside the classifier.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    examples: Vec<Example>,
    added: Vec<usize>,
}

impl LiveClassifier {
    /// Begins with the examples a classifier was learnt from, or others, and settles them by its recipe.
    ///
    /// # Errors
    /// As [`Classifier::refit`].
    pub fn begin(classifier: &Classifier, examples: &[Example]) -> Result<Self> {
        Ok(Self::settled(classifier.refit(examples, None)?, examples.to_vec()))
    }

    /// The classifier as it is now: to save, to explain, to label many texts at once.
    pub fn classifier(&self) -> &Classifier {
        &self.classifier
    }

    /// All examples, those of the beginning first.
    pub fn examples(&self) -> &[Example] {
        &self.examples
    }

    /// Whether nothing was added since all examples were settled.
    pub fn is_settled(&self) -> bool {
        self.added.is_empty()
    }

    /// Labels one text.
    pub fn classify(&self, text: &str) -> Classification {
        self.classifier.classify(text)
    }

    /// Learns more examples, also of labels that are new. What is known already changes nothing; of a text with
    /// several labels the last one counts, and one that was known with another label is relearnt.
    ///
    /// # Errors
    /// As [`Classifier::refit`], where everything is solved anew: for logistic regression, for the third label,
    /// and for relearnt texts. Then nothing is changed.
    pub fn add(&mut self, examples: &[Example]) -> Result<()> {
        let known: BTreeMap<&str, &str> =
            self.examples.iter().map(|example| (example.text.as_str(), example.label.as_str())).collect();
        let said: BTreeMap<&str, &Example> =
            examples.iter().map(|example| (example.text.as_str(), example)).collect();
        let news = said.values().filter(|new| known.get(new.text.as_str()) != Some(&new.label.as_str()));
        let news: Vec<Example> = news.map(|&new| new.clone()).collect();
        if news.is_empty() {
            return Ok(());
        }
        let relearnt = news.iter().any(|new| known.contains_key(new.text.as_str()));
        let mut labels = self.classifier.labels.clone();
        labels.extend(label_set(&news));
        labels.sort_unstable();
        labels.dedup();
        let third = self.classifier.labels.len() == 2 && labels.len() > 2;
        if relearnt || third || self.duals.is_empty() {
            return self.settle_with(&news);
        }
        self.take_labels(&labels);
        self.take_rows(&news);
        self.added.push(news.len());
        self.weigh_labels();
        self.descend(news.len());
        self.publish();
        Ok(())
    }

    /// Solves everything anew, as [`Classifier::refit`] does on all examples, in whatever order they came.
    ///
    /// # Errors
    /// As [`Classifier::refit`]; then nothing is changed.
    pub fn settle(&mut self) -> Result<()> {
        self.settle_with(&[])
    }

    /// Takes texts out of the examples, and settles the others. Of a text that is not there nothing is known.
    ///
    /// # Errors
    /// `NotFound` when none of them is there, and as [`Classifier::refit`]; then nothing is changed.
    pub fn forget<T: AsRef<str>>(&mut self, texts: &[T]) -> Result<()> {
        let gone: BTreeSet<&str> = texts.iter().map(AsRef::as_ref).collect();
        let kept = self.examples.iter().filter(|known| !gone.contains(known.text.as_str()));
        let kept: Vec<Example> = kept.cloned().collect();
        if kept.len() == self.examples.len() {
            return Err(Error::not_found("classify: none of the texts to forget is among the examples"));
        }
        self.settle_on(kept)
    }

    fn settle_with(&mut self, more: &[Example]) -> Result<()> {
        let news: BTreeSet<&str> = more.iter().map(|new| new.text.as_str()).collect();
        let kept = self.examples.iter().filter(|known| !news.contains(known.text.as_str()));
        self.settle_on(kept.chain(more).cloned().collect())
    }

    fn settle_on(&mut self, examples: Vec<Example>) -> Result<()> {
        *self = Self::settled(self.classifier.refit(&examples, None)?, examples);
        Ok(())
    }

    /// A classifier that was learnt from just these examples, with what is kept to add more.
    fn settled(classifier: Classifier, examples: Vec<Example>) -> Self {
        let truth = examples.iter().map(|example| place(&classifier.labels, &example.label)).collect();
        let matrix = Matrix::empty(classifier.columns.table.len(), meaning_rows(&classifier.training.recipe));
        let mut live = Self {
            classifier,
            examples,
            matrix,
            truth,
            weights: Vec::new(),
            duals: Vec::new(),
            added: Vec::new(),
        };
        live.weigh_labels();
        for row in live.count(&live.examples) {
            row.write(&live.classifier.columns.table, &live.classifier.training.recipe, &mut live.matrix);
        }
        if live.classifier.config.loss == Loss::Svm {
            live.duals = live.solved();
        }
        live
    }

    /// The dual problems of all columns, solved in the order of the texts, as the classifier was.
    fn solved(&self) -> Vec<Dual> {
        let mut rows: Vec<u32> = (0..self.truth.len() as u32).collect();
        let example = |row: &u32| &self.examples[*row as usize];
        rows.sort_by(|a, b| {
            (&example(a).text, &example(a).label).cmp(&(&example(b).text, &example(b).label))
        });
        let (problem, targets) = (self.problem(&rows), self.targets());
        in_parallel(targets.len(), self.threads(), |place| {
            let mut dual = Dual::new(problem, targets[place]);
            dual.descend(problem, targets[place], (0..rows.len() as u32).collect());
            dual.in_rows(&rows)
        })
    }

    /// All of it as bytes; [`from_bytes`](Self::from_bytes) gives back one that goes on just so. They hold the
    /// texts of the examples.
    pub fn to_bytes(&self) -> Vec<u8> {
        let classifier = self.classifier.save();
        let saved = Saved { examples: self.examples.clone(), added: self.added.clone() };
        let mut bytes = MAGIC.to_vec();
        bytes.extend(FORMAT.to_le_bytes());
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend((classifier.len() as u64).to_le_bytes());
        bytes.extend(classifier);
        bytes.extend(json(&saved));
        let sum = checksum(&bytes);
        bytes.extend(sum.to_le_bytes());
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) gave.
    ///
    /// # Errors
    /// `Model` for bytes that are no live classifier, damaged, cut off, or written by another version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (classifier, Saved { examples, added }) = parts(bytes)?;
        let classifier = Classifier::load(classifier)?;
        let base = added.iter().try_fold(examples.len(), |left, &some| left.checked_sub(some));
        let base = base.filter(|_| !added.contains(&0)).ok_or_else(|| broken("examples"))?;
        if added.is_empty() {
            if label_set(&examples) != classifier.labels {
                return Err(broken("labels"));
            }
            return Ok(Self::settled(classifier, examples));
        }
        let mut live = Self::begin(&classifier, &examples[..base]).map_err(|_| broken("examples"))?;
        let mut at = base;
        for some in added {
            live.add(&examples[at..at + some]).map_err(|_| broken("examples"))?;
            at += some;
        }
        Ok(live)
    }

    fn weigh_labels(&mut self) {
        let Classifier { config, labels, .. } = &self.classifier;
        self.weights = ClassWeights::by_place(config.class_weights.as_ref(), labels, &self.truth);
    }

    fn recipe(&self) -> Recipe {
        self.classifier.training.recipe
    }

    fn threads(&self) -> usize {
        thread_count(self.classifier.config.threads)
    }

    fn targets(&self) -> Vec<u32> {
        let labels = self.classifier.labels.len() as u32;
        if labels == 2 { vec![1] } else { (0..labels).collect() }
    }

    fn problem<'p>(&'p self, rows: &'p [u32]) -> Problem<'p> {
        let Classifier { config, training, .. } = &self.classifier;
        Problem {
            matrix: &self.matrix,
            rows,
            labels: &self.truth,
            cost: training.cost,
            weights: &self.weights,
            loss: config.loss,
            naive_bayes: training.recipe.naive_bayes,
            seed: config.seed,
        }
    }

    fn count(&self, examples: &[Example]) -> Vec<Counted> {
        let (recipe, mut reader) = (self.recipe(), Reader::default());
        examples.iter().map(|one| reader.count(&one.text, &recipe, &self.classifier.columns.tables)).collect()
    }

    /// Makes a column for each label that is new.
    fn take_labels(&mut self, labels: &[String]) {
        for (at, label) in labels.iter().enumerate() {
            if self.classifier.labels.get(at) == Some(label) {
                continue;
            }
            self.classifier.labels.insert(at, label.clone());
            self.truth.iter_mut().filter(|truth| **truth >= at as u32).for_each(|truth| *truth += 1);
            let calibration = &mut self.classifier.calibration;
            for numbers in [&mut calibration.slopes, &mut calibration.intercepts] {
                let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
                numbers.insert(at, mean);
            }
            calibration.offsets.insert(at, 0.0);
            self.classifier.scope.insert_label(at);
            let rows: Vec<u32> = (0..self.truth.len() as u32).collect();
            let dual = Dual::new(self.problem(&rows), at as u32);
            self.duals.insert(at, dual);
        }
    }

    fn take_rows(&mut self, examples: &[Example]) {
        let rows = self.count(examples);
        let places = self.classifier.columns.table.extend(&rows, self.examples.len() + rows.len());
        let (width, share) = (self.classifier.columns.table.len(), self.recipe().naive_bayes);
        self.matrix.move_columns(&places, width);
        for (row, example) in rows.iter().zip(examples) {
            row.write(&self.classifier.columns.table, &self.classifier.training.recipe, &mut self.matrix);
            self.truth.push(place(&self.classifier.labels, &example.label));
        }
        for dual in &mut self.duals {
            dual.move_columns(&places, width, share);
            dual.grow(self.matrix.len());
        }
        if !self.classifier.scope.is_empty() {
            let mut reader = MeaningReader::new(&self.classifier.columns.tables);
            for example in examples {
                let label = place(&self.classifier.labels, &example.label) as usize;
                self.classifier.scope.keep(label, reader.read(&example.text));
            }
        }
        self.examples.extend_from_slice(examples);
    }

    /// Brings the last rows of each column to their optimum, and all rows of the columns whose label they carry.
    fn descend(&mut self, last: usize) {
        let rows: Vec<u32> = (0..self.truth.len() as u32).collect();
        let (problem, targets) = (self.problem(&rows), self.targets());
        self.duals = in_parallel(targets.len(), self.threads(), |place| {
            let mut dual = self.duals[place].clone();
            let new = &rows[rows.len() - last..];
            let carried = new.iter().any(|&row| self.truth[row as usize] == targets[place]);
            dual.descend(problem, targets[place], if carried { rows.clone() } else { new.to_vec() });
            dual
        });
    }

    /// Hands the weights to the classifier.
    fn publish(&mut self) {
        let found: Vec<&Weights> = self.duals.iter().map(|dual| &dual.found).collect();
        self.classifier.columns.set_weights(&found);
        self.classifier.training.texts = self.examples.len();
        self.classifier.training.features = self.classifier.columns.table.len();
    }
}

/// The classifier's bytes and what is saved beside it, after all that can be checked without reading them.
fn parts(bytes: &[u8]) -> Result<(&[u8], Saved)> {
    if bytes.get(..8) != Some(MAGIC.as_slice()) {
        return Err(Error::model("classify: these bytes are no live classifier; pass what to_bytes gave"));
    }
    let (body, sum) =
        bytes.split_last_chunk().filter(|(body, _)| body.len() >= HEAD).ok_or_else(|| broken("head"))?;
    let format = body[8..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    if format != FORMAT {
        return Err(Error::model(format!(
            "classify: the live classifier has format {format}; this version reads {FORMAT}; begin with its examples again"
        )));
    }
    if u64::from_le_bytes(*sum) != checksum(body) {
        return Err(broken("checksum"));
    }
    let length = body[16..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
    let length = usize::try_from(length).ok();
    let (classifier, saved) = length
        .and_then(|length| body[HEAD..].split_at_checked(length))
        .ok_or_else(|| broken("classifier"))?;
    Ok((classifier, serde_json::from_slice(saved).map_err(|_| broken("examples"))?))
}

fn broken(what: &str) -> Error {
    Error::model(format!(
        "classify: the live classifier is damaged or cut off ({what}); load an intact copy or begin with its examples again"
    ))
}

/// The place of a label that is there.
fn place(labels: &[String], label: &String) -> u32 {
    labels.binary_search(label).unwrap_or(0) as u32
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;
    use crate::model::unwatched;

    fn examples() -> Vec<Example> {
        let of = |label: &'static str, texts: [&'static str; 5]| texts.map(|text| Example::new(label, text));
        [
            of(
                "refund",
                ["money back please", "refund my order", "a refund", "give my money back", "my refund"],
            ),
            of(
                "login",
                ["cannot log in", "password rejected", "login is broken", "forgot my password", "log in"],
            ),
            of(
                "thanks",
                ["thank you so much", "thanks, all good", "great, thanks", "thank you", "that worked"],
            ),
            of(
                "parcel",
                ["where is my parcel", "the courier was late", "parcel lost", "no parcel", "a courier"],
            ),
            of(
                "hours",
                ["when do you open", "open on sunday", "opening hours", "are you open", "you close when"],
            ),
            of(
                "price",
                ["how much is it", "what does it cost", "the price", "is it cheaper", "the cost of it"],
            ),
        ]
        .concat()
    }

    fn live(config: &Config, examples: &[Example]) -> LiveClassifier {
        let classifier = Classifier::fit(config, examples, None, &mut unwatched).expect("labels enough");
        LiveClassifier::begin(&classifier, examples).expect("the same examples")
    }

    #[test]
    fn settled_is_as_if_all_had_been_there_in_any_order() {
        let all = examples();
        for loss in [Loss::Svm, Loss::Logistic] {
            let config = Config { loss, cost: Some(1.0), ..Config::default() };
            let whole = live(&config, &all);
            let mut grown = LiveClassifier::begin(whole.classifier(), &all[..20]).expect("four labels");
            for example in all[20..].iter().rev() {
                grown.add(std::slice::from_ref(example)).expect("one more");
            }
            grown.settle().expect("the same examples");
            assert_eq!(grown.classifier().save(), whole.classifier().save(), "{loss:?}");
            let again = whole.classifier().refit(&all, None).expect("the same examples");
            assert_eq!(again.save(), whole.classifier().save(), "{loss:?}");
        }
    }

    #[test]
    fn what_was_added_is_known_at_once() {
        let all = examples();
        let mut live = live(&Config { cost: Some(1.0), ..Config::default() }, &all[..25]);
        assert_ne!(live.classify("the price of it").label, "price");
        live.add(&all[25..]).expect("a new label");
        for example in &all {
            assert_eq!(live.classify(&example.text).label, example.label, "{}", example.text);
        }
        let why = live.classifier().explain("what is the price");
        assert!(why.evidence.adds_up() && why.label == "price");
    }

    #[test]
    fn a_correction_counts_and_what_is_known_changes_nothing() {
        let all = examples();
        let mut live = live(&Config { cost: Some(1.0), ..Config::default() }, &all);
        let before = live.classifier().save();
        live.add(&all[3..9]).expect("known");
        assert_eq!(live.classifier().save(), before);
        assert_eq!(live.classify("that worked").label, "thanks");
        let said = [Example::new("login", "that worked"), Example::new("hours", "that worked")];
        live.add(&said).expect("a correction");
        assert_eq!(live.classify("that worked").label, "hours");
        assert_eq!(live.examples().iter().filter(|known| known.text == "that worked").count(), 1);
    }

    #[test]
    fn a_saved_one_goes_on_as_if_nothing_had_been() {
        let all = examples();
        for loss in [Loss::Svm, Loss::Logistic] {
            let config = Config { loss, cost: Some(1.0), ..Config::default() };
            let mut grown = live(&config, &all[..20]);
            let reload = |live: &LiveClassifier| {
                let bytes = live.to_bytes();
                let again = LiveClassifier::from_bytes(&bytes).expect("intact bytes");
                assert!(again.to_bytes() == bytes && again.is_settled() == live.is_settled());
                assert_eq!(again.classify("what is the cost"), live.classify("what is the cost"));
                again
            };
            reload(&grown);
            grown.add(&all[20..23]).expect("a new label");
            grown.add(&all[24..27]).expect("another");
            assert_eq!(grown.is_settled(), loss == Loss::Logistic);
            let mut again = reload(&grown);
            for live in [&mut grown, &mut again] {
                live.add(&all[27..]).expect("more");
            }
            assert_eq!(grown.to_bytes(), again.to_bytes());
        }
    }

    #[test]
    fn what_is_forgotten_was_never_there() {
        let all = examples();
        let config = Config { cost: Some(1.0), ..Config::default() };
        let mut forgetful = live(&config, &all);
        let gone: Vec<&str> = all[25..].iter().map(|example| example.text.as_str()).collect();
        forgetful.forget(&gone).expect("they are there");
        let without = LiveClassifier::begin(forgetful.classifier(), &all[..25]).expect("five labels");
        assert_eq!(forgetful.to_bytes(), without.to_bytes());
        assert_eq!(forgetful.forget(&gone).map_err(|error| error.kind()), Err(crate::ErrorKind::NotFound));
        let others: Vec<&str> = all[5..25].iter().map(|example| example.text.as_str()).collect();
        let before = forgetful.to_bytes();
        assert!(forgetful.forget(&others).is_err(), "one label is left");
        assert_eq!(forgetful.to_bytes(), before);
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let mut live = live(&Config { cost: Some(1.0), ..Config::default() }, &examples()[..10]);
        live.add(&[Example::new("login", "locked out")]).expect("one more");
        let bytes = live.to_bytes();
        for cut in (0..bytes.len()).step_by(7) {
            assert!(LiveClassifier::from_bytes(&bytes[..cut]).is_err(), "{cut}");
        }
        for at in (0..bytes.len()).step_by(11) {
            let mut other = bytes.clone();
            other[at] ^= 0x10;
            assert!(LiveClassifier::from_bytes(&other).is_err(), "{at}");
        }
    }

    #[test]
    fn forged_bytes_never_panic() {
        let mut live = live(&Config { cost: Some(1.0), ..Config::default() }, &examples()[..10]);
        live.add(&[Example::new("login", "locked out")]).expect("one more");
        let bytes = live.to_bytes();
        let body = bytes.len() - 8;
        // The end is JSON: its digits, labels and texts; the head holds the length.
        for at in (8..HEAD).chain(body - 400..body) {
            let mut forged = bytes[..body].to_vec();
            forged[at] = forged[at].wrapping_add(1);
            let sum = checksum(&forged);
            forged.extend_from_slice(&sum.to_le_bytes());
            let _ = LiveClassifier::from_bytes(&forged).map(|live| live.classify("log in"));
        }
    }

    #[test]
    fn the_third_label_is_learnt_anew() {
        let all = examples();
        let mut live = live(&Config::default(), &all[..10]);
        live.add(&all[10..15]).expect("a third label");
        assert_eq!(live.classify("thank you all").label, "thanks");
    }
}
