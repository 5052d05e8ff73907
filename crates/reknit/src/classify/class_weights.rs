//! How much a training error counts, by the label of the text.
//!
//! The cost of an error on a text is the cost (C) times the weight of its label, in every label's problem. A
//! weight of 3 is what three copies of the text would give. What is learnt so leans to the heavy labels; but
//! calibrated probabilities stay those of texts as they come, so for accuracy the decision leans too: by a share
//! of ln(weight), chosen on held-out texts, where an error counts by the weight again (Elkan 2001, "The
//! Foundations of Cost-Sensitive Learning": with two labels and honest probabilities the whole of it is best). The
//! other metrics say themselves how labels count; for them weights change what is learnt, and nothing else.
//!
//! `balanced` makes all labels weigh the same: texts / (labels * texts of the label) (King and Zeng 2001,
//! "Logistic Regression in Rare Events Data"). Weighted accuracy is then the macro-recall.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// How much a training error counts, by label.
///
/// In JSON `"balanced"`, or an object such as `{"spam": 3.0}`. As text, `balanced` or `spam=3,ham=0.5`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub enum ClassWeights {
    /// All labels weigh the same, however many texts they have.
    Balanced,
    /// By label, above 0 and at most 1e6; labels that are not named have 1.
    ByLabel(BTreeMap<String, f64>),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "class_weights must be \"balanced\" or numbers by label")]
enum Written {
    Name(Name),
    ByLabel(BTreeMap<String, f64>),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    Balanced,
}

impl From<Written> for ClassWeights {
    fn from(written: Written) -> Self {
        match written {
            Written::Name(Name::Balanced) => Self::Balanced,
            Written::ByLabel(weights) => Self::ByLabel(weights),
        }
    }
}

impl From<ClassWeights> for Written {
    fn from(weights: ClassWeights) -> Self {
        match weights {
            ClassWeights::Balanced => Self::Name(Name::Balanced),
            ClassWeights::ByLabel(weights) => Self::ByLabel(weights),
        }
    }
}

impl FromStr for ClassWeights {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if text == "balanced" {
            return Ok(Self::Balanced);
        }
        let pair = |pair: &str| {
            let (label, weight) = pair.rsplit_once('=')?;
            Some((label.to_owned(), weight.parse().ok()?))
        };
        let pairs: Option<BTreeMap<String, f64>> = text.split(',').map(pair).collect();
        let shape = || {
            Error::config("classify: class weights cannot be read; use balanced or LABEL=WEIGHT,LABEL=WEIGHT")
        };
        let weights = Self::ByLabel(pairs.ok_or_else(shape)?);
        weights.check()?;
        Ok(weights)
    }
}

/// The largest weight, as the largest cost.
const MOST: f64 = 1e6;

impl ClassWeights {
    /// Whether every weight is in its range.
    pub(super) fn check(&self) -> Result<()> {
        match self {
            Self::ByLabel(weights) if !weights.values().all(|&weight| weight > 0.0 && weight <= MOST) => {
                Err(Error::config("classify: class_weights must be above 0 and at most 1e6"))
            }
            _ => Ok(()),
        }
    }

    /// Whether every label that has a weight is one of `labels`, which are sorted.
    pub(super) fn check_labels(&self, labels: &[String]) -> Result<()> {
        match self {
            Self::ByLabel(weights) if !weights.keys().all(|label| labels.binary_search(label).is_ok()) => {
                Err(Error::config(
                    "classify: class_weights has a label that does not occur in the training examples",
                ))
            }
            _ => Ok(()),
        }
    }

    /// One weight a label, where `truth` has the place of each training text's label. Empty when there are none:
    /// all weigh 1.
    pub(super) fn by_place(weights: Option<&Self>, labels: &[String], truth: &[u32]) -> Vec<f64> {
        match weights {
            None => Vec::new(),
            Some(Self::ByLabel(weights)) => {
                labels.iter().map(|label| weights.get(label).copied().unwrap_or(1.0)).collect()
            }
            Some(Self::Balanced) => {
                let mut texts = vec![0_u32; labels.len()];
                for &label in truth {
                    texts[label as usize] += 1;
                }
                let all = truth.len() as f64 / labels.len() as f64;
                texts.into_iter().map(|texts| all / f64::from(texts.max(1))).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Classifier, Config, Example, Loss, Metric};
    use super::*;
    use crate::model::unwatched;

    #[test]
    fn weights_read_as_they_are_written() {
        for json in [r#""balanced""#, r#"{"ham":0.5,"spam":3.0}"#] {
            let weights: ClassWeights = serde_json::from_str(json).expect("the shape is right");
            assert_eq!(serde_json::to_string(&weights).expect("plain data"), json);
        }
        let by_label = |text: &str| text.parse::<ClassWeights>();
        assert_eq!(by_label("balanced"), Ok(ClassWeights::Balanced));
        let weights = BTreeMap::from([("a=b".to_owned(), 2.0), ("c".to_owned(), 0.5)]);
        assert_eq!(by_label("a=b=2,c=0.5"), Ok(ClassWeights::ByLabel(weights)));
        for bad in ["", "spam", "spam=x", "spam=1,", "spam=0", "spam=-1", "spam=NaN", "spam=inf", "spam=1e7"]
        {
            assert!(by_label(bad).is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<ClassWeights>(r#""even""#).is_err());
    }

    #[test]
    fn balanced_labels_weigh_the_same() {
        let labels = ["a".to_owned(), "b".to_owned()];
        let weights = ClassWeights::by_place(Some(&ClassWeights::Balanced), &labels, &[0, 1, 1, 1]);
        assert_eq!(weights, [2.0, 2.0 / 3.0]);
        assert!(ClassWeights::by_place(None, &labels, &[0, 1]).is_empty());
    }

    /// Texts of which nothing but a word in common with both labels is told: rare ones are of `rare`.
    fn examples() -> Vec<Example> {
        let of = |label: &'static str, words: &'static str, count: usize| {
            (0..count).map(move |at| Example::new(label, format!("{words} {}", at * 7919 % 1009)))
        };
        of("often", "parcel late", 60)
            .chain(of("rare", "parcel lost", 4))
            .chain(of("rare", "parcel late", 8))
            .collect()
    }

    fn fitted(class_weights: Option<ClassWeights>, loss: Loss) -> Classifier {
        let config = Config { class_weights, loss, char_ngrams: 0, ..Config::default() };
        Classifier::fit(&config, &examples(), None, &mut unwatched).expect("two labels")
    }

    #[test]
    fn a_heavy_label_is_given_where_it_is_not_the_likeliest() {
        for loss in [Loss::Svm, Loss::Logistic] {
            let plain = fitted(None, loss).classify("parcel late");
            let heavy = BTreeMap::from([("rare".to_owned(), 40.0)]);
            let weighted = fitted(Some(ClassWeights::ByLabel(heavy)), loss).classify("parcel late");
            assert_eq!((plain.label.as_str(), weighted.label.as_str()), ("often", "rare"), "{loss:?}");
            // Probabilities are still those of texts as they come.
            assert!(weighted.probability < 0.5, "{loss:?} {}", weighted.probability);
        }
    }

    #[test]
    fn weights_of_one_are_no_weights() {
        let plain = fitted(None, Loss::Svm);
        let ones = BTreeMap::from([("rare".to_owned(), 1.0)]);
        let ones = fitted(Some(ClassWeights::ByLabel(ones)), Loss::Svm);
        for text in ["parcel late", "parcel lost", "nothing"] {
            assert_eq!(ones.classify(text), plain.classify(text));
        }
    }

    #[test]
    fn unknown_labels_and_weights_out_of_range_are_refused() {
        for (label, weight) in
            [("never", 2.0), ("rare", 0.0), ("rare", -1.0), ("rare", f64::NAN), ("rare", f64::INFINITY)]
        {
            let class_weights = Some(ClassWeights::ByLabel(BTreeMap::from([(label.to_owned(), weight)])));
            let config = Config { class_weights, metric: Metric::MacroF1, ..Config::default() };
            let refused = Classifier::fit(&config, &examples(), None, &mut unwatched);
            assert_eq!(refused.map(|_| ()).map_err(|error| error.kind()), Err(crate::ErrorKind::Config));
        }
    }

    #[test]
    fn a_saved_model_keeps_its_weights_and_a_live_one_follows_them() {
        let balanced = fitted(Some(ClassWeights::Balanced), Loss::Svm);
        let again = Classifier::load(&balanced.save()).expect("intact bytes");
        assert_eq!(again.config().class_weights, Some(ClassWeights::Balanced));
        let (mut all, more) = (examples(), [Example::new("rare", "parcel gone")]);
        let mut live = super::super::LiveClassifier::begin(&again, &all).expect("two labels");
        assert!(live.classifier().save() == balanced.save());
        live.add(&more).expect("more of the rare");
        live.settle().expect("all of them");
        all.extend(more);
        let anew = balanced.refit(&all, None).expect("two labels");
        assert!(live.classifier().save() == anew.save());
    }
}
