//! What a caller can set before a classifier learns.
//!
//! A [`Config`] is plain data; every choice it leaves open (`None`) is made from the training data by
//! cross-validation, and on the development set where one is given. What was chosen is a [`Recipe`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::ClassWeights;
use crate::{Error, Result};

/// What counts as good when settings and decision offsets are chosen.
///
/// As text, and in JSON: `accuracy`, `macro_f1`, `micro_f1`, `macro_recall`, `f1:LABEL`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Metric {
    /// The share of texts with the right label; with several labels a text, with all the right ones and no other.
    #[default]
    Accuracy,
    /// The mean of the labels' F1: every label counts the same, however rare.
    MacroF1,
    /// The F1 of all labels' counts together: every label given or missing counts the same. With one label a text it
    /// is the accuracy, without class weights.
    MicroF1,
    /// The mean of the labels' recall.
    MacroRecall,
    /// The F1 of one label.
    F1(String),
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accuracy => f.write_str("accuracy"),
            Self::MacroF1 => f.write_str("macro_f1"),
            Self::MicroF1 => f.write_str("micro_f1"),
            Self::MacroRecall => f.write_str("macro_recall"),
            Self::F1(label) => write!(f, "f1:{label}"),
        }
    }
}

impl FromStr for Metric {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "accuracy" => Ok(Self::Accuracy),
            "macro_f1" => Ok(Self::MacroF1),
            "micro_f1" => Ok(Self::MicroF1),
            "macro_recall" => Ok(Self::MacroRecall),
            _ => match name.strip_prefix("f1:") {
                Some(label) if !label.is_empty() => Ok(Self::F1(label.to_owned())),
                _ => Err(Error::config(
                    "classify: metric is not known; use accuracy, macro_f1, micro_f1, macro_recall or f1:LABEL",
                )),
            },
        }
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Metric {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Which linear model is fitted, one label against the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Loss {
    /// Support vector machine with squared hinge loss: the strongest on short texts with many labels.
    #[default]
    Svm,
    /// Logistic regression.
    Logistic,
}

/// How a classifier learns.
///
/// | name | default | meaning | range |
/// |---|---|---|---|
/// | `metric` | `accuracy` | what the choices below are judged by | see [`Metric`] |
/// | `loss` | `svm` | the linear model | `svm`, `logistic` |
/// | `cost` | chosen | how much a training error weighs against large weights (C) | > 0, at most 1e6 |
/// | `class_weights` | none | how much an error counts, by the label of the text | see [`ClassWeights`] |
/// | `word_ngrams` | chosen | words per word feature, at most | 0 (none) to 3 |
/// | `char_ngrams` | 5 | characters per character feature, at most | 0 (none), or 2 to 8 |
/// | `form_features` | chosen | shouting, length, `!` and `?`, sentiment sums | |
/// | `word_vectors` | chosen | length of the part that the meaning of words has | 0 (none) to 4 |
/// | `word_classes` | chosen | runs of words in which like words are one | |
/// | `naive_bayes` | chosen | how much the labels' own words are favoured | 0 (not) to 1 |
/// | `min_rows` | 1, or 2 from 2,000 texts on | a feature must occur in so many training texts | 1 and up |
/// | `out_of_scope` | from 5 labels on | ask of each text whether it is about any label | |
/// | `search_seconds` | no limit | about how long one core may look for what is chosen; see below | > 0, to 1e6 |
/// | `threads` | 0 | threads while fitting; 0 = as many as there are cores | at most 1024 |
/// | `seed` | 1 | starts the order in which rows are visited | any |
///
/// Unknown names are refused.
///
/// `search_seconds` is kept to by the work that is done, not by a clock: the same texts give the same model on every
/// machine, and a faster one is done sooner. One setting is judged whatever the limit (two where the development set
/// turns out to be of elsewhere), and the model is fitted to the end; of many labels that alone takes several seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// What the choices are judged by.
    pub metric: Metric,
    /// The linear model.
    pub loss: Loss,
    /// The cost of a training error (C); `None`: chosen from a small grid.
    pub cost: Option<f64>,
    /// How much a training error counts, by the label of the text; `None`: all the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub class_weights: Option<ClassWeights>,
    /// Words per word feature, at most; 0 leaves word features out.
    pub word_ngrams: Option<usize>,
    /// Characters per character feature, at most (they start at 2); 0 leaves them out.
    pub char_ngrams: usize,
    /// Whether shouting, length, punctuation and sentiment sums are features.
    pub form_features: Option<bool>,
    /// The length of the part of a text's vector that the meaning of its words has; 0 leaves it out.
    pub word_vectors: Option<f64>,
    /// Whether runs of words count in which like words are one.
    pub word_classes: Option<bool>,
    /// How much features are favoured that tell labels apart by their counts alone; 0: not.
    pub naive_bayes: Option<f64>,
    /// In how many training texts a feature must occur to count.
    pub min_rows: Option<u32>,
    /// Whether each text is asked if it is about any of the labels; `None`: from 5 labels on. Needs three.
    pub out_of_scope: Option<bool>,
    /// About how long one core may look for the choices that are left open, in seconds; `None`: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search_seconds: Option<f64>,
    /// Threads while fitting; 0: as many as there are cores. The result does not depend on it.
    pub threads: usize,
    /// Starts the order in which the solver visits rows.
    pub seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            metric: Metric::Accuracy,
            loss: Loss::Svm,
            cost: None,
            class_weights: None,
            word_ngrams: None,
            char_ngrams: 5,
            form_features: None,
            word_vectors: None,
            word_classes: None,
            naive_bayes: None,
            min_rows: None,
            out_of_scope: None,
            search_seconds: None,
            threads: 0,
            seed: 1,
        }
    }
}

impl Config {
    /// The preset for [`MultiClassifier`](super::MultiClassifier): the default, judged by macro-F1. With several labels
    /// a text, accuracy asks for all the right ones and no other, which few callers mean.
    ///
    /// ```
    /// use reknit::classify::{Config, Metric};
    /// assert_eq!(Config::multi().metric, Metric::MacroF1);
    /// ```
    pub fn multi() -> Self {
        Self { metric: Metric::MacroF1, ..Self::default() }
    }

    /// Whether every setting is in its range.
    pub fn check(&self) -> Result<()> {
        if self.cost.is_some_and(|cost| !(cost > 0.0 && cost <= 1e6)) {
            return Err(Error::config("classify: cost must be above 0 and at most 1e6"));
        }
        self.class_weights.as_ref().map_or(Ok(()), ClassWeights::check)?;
        if self.word_ngrams.is_some_and(|most| most > 3) {
            return Err(Error::config("classify: word_ngrams must be 0 to 3"));
        }
        if self.char_ngrams == 1 || self.char_ngrams > 8 {
            return Err(Error::config("classify: char_ngrams must be 0 or 2 to 8"));
        }
        if self.word_vectors.is_some_and(|length| !(0.0..=4.0).contains(&length)) {
            return Err(Error::config("classify: word_vectors must be 0 to 4"));
        }
        if self.naive_bayes.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            return Err(Error::config("classify: naive_bayes must be 0 to 1"));
        }
        let words = self.word_ngrams == Some(0) && self.word_classes == Some(false);
        let form = self.form_features == Some(false) && self.word_vectors == Some(0.0);
        if words && form && self.char_ngrams == 0 {
            return Err(Error::config(
                "classify: words, characters, form and meaning are all off; nothing to learn from",
            ));
        }
        if self.min_rows == Some(0) {
            return Err(Error::config("classify: min_rows must be 1 or more"));
        }
        if self.search_seconds.is_some_and(|seconds| !(seconds > 0.0 && seconds <= 1e6)) {
            return Err(Error::config("classify: search_seconds must be above 0 and at most 1e6"));
        }
        if self.threads > 1024 {
            return Err(Error::config("classify: threads must be at most 1024"));
        }
        Ok(())
    }
}

/// A [`Config`] for several labels a text: what is written of it is read with [`Config::multi`] for what is not, so
/// that a config file or a request that names no metric is judged by macro-F1.
///
/// ```
/// use reknit::classify::{Metric, MultiConfig};
/// let written: MultiConfig = serde_json::from_str(r#"{"cost": 0.3}"#).unwrap();
/// assert_eq!((written.0.cost, written.0.metric), (Some(0.3), Metric::MacroF1));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct MultiConfig(pub Config);

impl Default for MultiConfig {
    fn default() -> Self {
        Self(Config::multi())
    }
}

impl<'de> Deserialize<'de> for MultiConfig {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let mut written = serde_json::Map::deserialize(deserializer)?;
        written.entry("metric").or_insert_with(|| Config::multi().metric.to_string().into());
        Config::deserialize(serde_json::Value::Object(written)).map(Self).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metrics_read_as_they_are_written() {
        for name in ["accuracy", "macro_f1", "micro_f1", "macro_recall", "f1:spam", "f1:a:b"] {
            assert_eq!(name.parse::<Metric>().expect("a known name").to_string(), name);
        }
        assert!("f1:".parse::<Metric>().is_err());
        assert!("auc".parse::<Metric>().is_err());
    }

    #[test]
    fn settings_out_of_range_and_unknown_names_are_refused() {
        for bad in [
            r#"{"cost":0}"#,
            r#"{"word_ngrams":4}"#,
            r#"{"char_ngrams":1}"#,
            r#"{"min_rows":0}"#,
            r#"{"naive_bayes":2}"#,
            r#"{"search_seconds":0}"#,
            r#"{"class_weights":{"a":0}}"#,
        ] {
            let config: Config = serde_json::from_str(bad).expect("the shape is right");
            assert!(config.check().is_err(), "{bad}");
        }
        assert!(serde_json::from_str::<Config>(r#"{"epochs":3}"#).is_err());
        assert!(serde_json::from_str::<Config>(r#"{"class_weights":"even"}"#).is_err());
    }
}
