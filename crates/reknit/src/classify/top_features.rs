//! Which words speak for a label, and which against it, in given texts.
//!
//! A model keeps fingerprints of what it knows and no spellings, so it is asked with texts: those it was
//! trained on, or those of last week. What a feature adds to the log odds of the label is counted for the words
//! where it stands: for one word (with its characters, its place at an end of the text and its meaning) or for a
//! run of up to three; features of form are counted under their names. What all texts hold adds up, exactly, to
//! the sum of their log odds, which is the evidence given. They are the odds of the label against all others
//! by the label's own sigmoid, before probabilities are shared out among labels; where texts carry several labels, of
//! the label against its absence.
//!
//! Cost: a reading of each text; memory by the different words and runs in all of them.

use std::collections::BTreeMap;
use std::f64::consts::LOG2_E;

use serde::Serialize;

use super::columns::Columns;
use super::explain::Place;
use super::threads::{in_parallel, thread_count};
use super::{Classifier, MultiClassifier};
use crate::model::{Contribution, Evidence, Weight};
use crate::{Error, Result};

/// Texts that are added up in one go. It does not follow the threads: sums of other parts would differ in their
/// last digits.
const PART: usize = 64;

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FeatureKind {
    /// A word or a run of words, as they are compared.
    Words,
    /// The form of whole texts: shouting, length, what the sentiment word list says.
    Form,
}

/// What a word, a run of words or a form adds in all texts together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopFeature {
    /// The words with a space between them, or the name of the form.
    pub name: String,
    /// Which of the two.
    pub kind: FeatureKind,
    /// In how many of the texts it is.
    pub texts: usize,
    /// What it adds to the label's log2 odds, over all texts.
    pub weight: Weight,
}

/// What speaks for a label and against it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopFeatures {
    /// The label.
    pub label: String,
    /// How many texts were read.
    pub texts: usize,
    /// What speaks for it, most first.
    pub speak_for: Vec<TopFeature>,
    /// What speaks against it, most first.
    pub speak_against: Vec<TopFeature>,
    /// The label's log2 odds, against all others or against its absence, added up over all texts: the prior of each,
    /// what is listed above, and all other features as one contribution.
    pub evidence: Evidence,
}

/// One feature's sum.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    texts: usize,
    bits: f64,
}

/// Sums by kind and name.
type Sums = BTreeMap<(FeatureKind, String), Sum>;

impl Classifier {
    /// The `count` features that speak most for `label` in `texts`, and as many against it. Give the texts of the
    /// label to see what makes them so. The order of the texts does not matter.
    ///
    /// ```
    /// # use reknit::classify::{Classifier, Config, Example};
    /// # use reknit::model::unwatched;
    /// # let train = [("refund", "I want my money back"), ("refund", "please refund the order"),
    /// #     ("refund", "refund my payment"), ("login", "cannot log in to my account"),
    /// #     ("login", "the login page rejects my password"), ("login", "my password does not work")]
    /// #     .map(|(label, text)| Example::new(label, text));
    /// # let classifier = Classifier::fit(&Config::default(), &train, None, &mut unwatched)?;
    /// let found = classifier.top_features("login", &["wrong password", "password reset"], 5)?;
    /// assert_eq!(found.speak_for[0].name, "password");
    /// assert_eq!(found.speak_for[0].texts, 2);
    /// assert!(found.evidence.adds_up());
    /// # Ok::<(), reknit::Error>(())
    /// ```
    ///
    /// # Errors
    /// `NotFound` for a label the classifier does not know.
    pub fn top_features<T: AsRef<str> + Sync>(
        &self,
        label: &str,
        texts: &[T],
        count: usize,
    ) -> Result<TopFeatures> {
        let place = self.labels.binary_search_by(|known| known.as_str().cmp(label)).map_err(|_| {
            Error::not_found("classify: the label asked about is none of the classifier's labels")
        })?;
        let odds = self.calibration.odds(&self.columns.bias);
        // Of two labels the first has the column of the second, turned round.
        let (column, sign, prior) = match (self.labels.len(), place) {
            (2, 0) => (0, -1.0, -odds[1]),
            (2, _) => (0, 1.0, odds[1]),
            _ => (place, 1.0, odds[place]),
        };
        let told = Told { label, column, slope: sign * self.calibration.slopes[column], prior };
        Ok(self.columns.top_features(told, texts, count, self.config.threads))
    }
}

impl MultiClassifier {
    /// The `count` features that speak most for `label` in `texts`, and as many against it; as
    /// [`Classifier::top_features`], with the odds of the label against its absence.
    ///
    /// # Errors
    /// `NotFound` for a label the classifier does not know.
    pub fn top_features<T: AsRef<str> + Sync>(
        &self,
        label: &str,
        texts: &[T],
        count: usize,
    ) -> Result<TopFeatures> {
        let column = self.place(label)?;
        let prior = self.sigmoids.odds(column, self.columns.bias[column]);
        let told = Told { label, column, slope: self.sigmoids.slopes[column], prior };
        Ok(self.columns.top_features(told, texts, count, self.config.threads))
    }
}

/// The label that is asked about, and what makes its log odds of scores. Natural logarithms.
#[derive(Clone, Copy)]
struct Told<'a> {
    label: &'a str,
    column: usize,
    /// What scores of the column are multiplied by.
    slope: f64,
    /// The log odds before a text is read.
    prior: f64,
}

impl Columns {
    fn top_features<T: AsRef<str>>(
        &self,
        told: Told<'_>,
        texts: &[T],
        count: usize,
        threads: usize,
    ) -> TopFeatures {
        let mut texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
        texts.sort_unstable();
        let parts: Vec<&[&str]> = texts.chunks(PART).collect();
        let sums = in_parallel(parts.len(), thread_count(threads), |part| {
            let mut sums = Sums::new();
            for text in parts[part] {
                self.add_features(text, told, &mut sums);
            }
            sums
        });
        let mut all = Sums::new();
        for (name, sum) in sums.into_iter().flatten() {
            let whole = all.entry(name).or_default();
            whole.texts += sum.texts;
            whole.bits += sum.bits;
        }
        listed(told.label, texts.len(), Weight(told.prior * LOG2_E * texts.len() as f64), all, count)
    }

    /// Adds what one text holds.
    fn add_features(&self, text: &str, told: Told<'_>, sums: &mut Sums) {
        let (reading, reader) = self.read(text);
        let mut form: BTreeMap<&str, f64> = BTreeMap::new();
        let mut places: Vec<(usize, usize, f64)> = Vec::new();
        self.weigh_places(&reading, &reader, |place, adds| {
            let bits = told.slope * adds(told.column) * LOG2_E;
            match place {
                Place::Form(name) => *form.entry(name).or_default() += bits,
                Place::Units(first, last) => places.push((first, last, bits)),
            }
        });
        // The sort is stable, so that sums are taken in one order always.
        places.sort_by_key(|&(first, last, _)| (first, last));
        let mut here: BTreeMap<(FeatureKind, String), f64> = BTreeMap::new();
        for same in places.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            let forms: Vec<&str> =
                reading.units[same[0].0..=same[0].1].iter().map(|unit| unit.form.as_str()).collect();
            let bits: f64 = same.iter().map(|place| place.2).sum();
            *here.entry((FeatureKind::Words, forms.join(" "))).or_default() += bits;
        }
        here.extend(form.into_iter().map(|(name, bits)| ((FeatureKind::Form, name.to_owned()), bits)));
        for (name, bits) in here {
            let sum = sums.entry(name).or_default();
            sum.texts += 1;
            sum.bits += bits;
        }
    }
}

/// The features that speak most for and against, and the receipt.
fn listed(label: &str, texts: usize, prior: Weight, sums: Sums, count: usize) -> TopFeatures {
    let known = sums.len();
    let mut all: Vec<TopFeature> = sums
        .into_iter()
        .map(|((kind, name), sum)| TopFeature { name, kind, texts: sum.texts, weight: Weight(sum.bits) })
        .collect();
    // Stable: of equals the first by name.
    all.sort_by(|a, b| b.weight.bits().total_cmp(&a.weight.bits()));
    let speaking = |sign: f64| move |feature: &&TopFeature| sign * feature.weight.bits() > 0.0;
    let speak_for: Vec<TopFeature> = all.iter().filter(speaking(1.0)).take(count).cloned().collect();
    let speak_against: Vec<TopFeature> =
        all.iter().rev().filter(speaking(-1.0)).take(count).cloned().collect();
    let others = &all[speak_for.len()..known - speak_against.len()];
    let mut contributions: Vec<Contribution> = (speak_for.iter().chain(&speak_against))
        .map(|feature| {
            let level = match feature.kind {
                FeatureKind::Words => format!("in {} texts", feature.texts),
                FeatureKind::Form => format!("form of {} texts", feature.texts),
            };
            Contribution::new(&feature.name, level, feature.weight)
        })
        .collect();
    if !others.is_empty() {
        let weight = others.iter().map(|feature| feature.weight).sum();
        contributions.push(Contribution::new("others", format!("{} features", others.len()), weight));
    }
    let evidence = Evidence::new(prior, contributions);
    TopFeatures { label: label.to_owned(), texts, speak_for, speak_against, evidence }
}

#[cfg(test)]
mod tests {
    use super::super::score::Scorer;
    use super::super::{Config, Example};
    use super::*;
    use crate::model::unwatched;
    use crate::text::token::tokens;

    const KNOWN: [(&str, &str); 9] = [
        ("refund", "money back please"),
        ("refund", "refund my order"),
        ("refund", "I want a refund!!"),
        ("login", "cannot log in"),
        ("login", "password rejected"),
        ("login", "forgot my password"),
        ("thanks", "thank you so much"),
        ("thanks", "thanks, ALL GOOD"),
        ("thanks", "great help, thanks"),
    ];

    fn classifier(labels: usize) -> Classifier {
        let examples: Vec<Example> =
            KNOWN[..3 * labels].iter().map(|&(label, text)| Example::new(label, text)).collect();
        let config = Config { cost: Some(1.0), word_vectors: Some(1.0), ..Config::default() };
        Classifier::fit(&config, &examples, None, &mut unwatched).expect("labels enough")
    }

    #[test]
    fn all_of_it_adds_up_to_the_odds_of_the_texts() {
        let texts = ["password, password! GIVE my money back", "", "thanks for the refund 😀", "log in"];
        for labels in [2, 3] {
            let classifier = classifier(labels);
            for (place, label) in classifier.labels().to_vec().iter().enumerate() {
                let found = classifier.top_features(label, &texts, 4).expect("a known label");
                assert!(found.evidence.adds_up() && found.speak_for.len() <= 4);
                let mut scorer = Scorer::new(classifier.columns.model());
                let odds: f64 = texts
                    .iter()
                    .map(|text| {
                        scorer.score(text, tokens(text), classifier.columns.model());
                        let odds = classifier.calibration.odds(&scorer.scores);
                        if labels == 2 && place == 0 { -odds[1] } else { odds[place] }
                    })
                    .sum();
                // Labels are given by sums of 32 bits, explained by sums of 64.
                let error = (found.evidence.total.bits() - odds * LOG2_E).abs();
                assert!(error < 1e-4 * (1.0 + odds.abs()), "{labels} {label} {error} {odds}");
            }
        }
    }

    #[test]
    fn words_and_runs_are_named_and_counted() {
        let texts: Vec<&str> = KNOWN.iter().map(|(_, text)| *text).collect();
        let found = classifier(3).top_features("login", &texts, 50).expect("a known label");
        let of = |name: &str| found.speak_for.iter().find(|feature| feature.name == name);
        assert_eq!(of("password").map(|feature| feature.texts), Some(2));
        assert!(of("log in").is_some());
        assert!(found.speak_against.iter().any(|feature| feature.name == "thanks"));
        assert!(classifier(3).top_features("parcel", &texts, 5).is_err());
    }

    #[test]
    fn neither_order_nor_threads_change_a_bit() {
        let mut texts: Vec<String> =
            (0..300).map(|at| format!("{} and {}", KNOWN[at % 9].1, KNOWN[at * 7 % 8].1)).collect();
        let one = classifier(3).top_features("refund", &texts, 20);
        texts.reverse();
        let mut other = classifier(3);
        other.config.threads = 3;
        assert_eq!(other.top_features("refund", &texts, 20), one);
    }
}
