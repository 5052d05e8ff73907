//! What a classifier reads of a text, and in which order more is tried.
//!
//! No reading is best for all texts: questions gain from what their words mean, tweets from naive-Bayes
//! scaling, and neither helps where there are thousands of rows a label. So a search begins with what is
//! never wrong and takes each step only where held-out texts say that it pays. The values of a step are those
//! that were best over many sets (`docs/models/texts.md`); only whether to take it is asked.
//!
//! Cost: a step is a few fits; see `search`.

use serde::{Deserialize, Serialize};

use super::Config;

/// What is read of a text.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Words per word feature, at most; 0: none.
    pub word_ngrams: usize,
    /// The length of the part that words have.
    pub word_length: f64,
    /// Whether pairs of words with one between them count.
    pub skips: bool,
    /// Characters per character feature, at most; 0: none.
    pub char_ngrams: usize,
    /// Whether the form of the text counts.
    pub form: bool,
    /// Whether runs of word classes count.
    pub word_classes: bool,
    /// The length of the part that the meaning of words has; 0: none.
    pub word_vectors: f64,
    /// The share of naive-Bayes scaling.
    pub naive_bayes: f64,
    /// In how many training texts a feature must occur.
    pub min_rows: u32,
}

/// Naive-Bayes scaling costs accuracy where labels are many and rows a label few.
const FEW_LABELS: usize = 20;
/// From so many texts on a feature must occur twice.
const MANY_TEXTS: usize = 2_000;
/// The share of naive-Bayes scaling where it pays.
const NAIVE_BAYES: f64 = 0.4;
/// The length of the part of words; and where single words tell less than what they are made of and mean, as with
/// many labels.
const WORD_LENGTHS: [f64; 2] = [1.0, 0.7];
/// The length of the part of meaning; and with many labels or few texts, where what others' texts have taught counts
/// for more.
const WORD_VECTORS: [f64; 2] = [0.6, 1.0];
/// Below so many texts there are few.
const FEW_TEXTS: usize = 1_000;

fn word_vectors(texts: usize, labels: usize) -> f64 {
    WORD_VECTORS[usize::from(labels > FEW_LABELS || texts < FEW_TEXTS)]
}

impl Recipe {
    /// What a search may begin with: the plainest, and the one that is best more often than not. What `config`
    /// says holds for both.
    pub(crate) fn starts(config: &Config, texts: usize, labels: usize) -> Vec<Self> {
        let many = labels > FEW_LABELS;
        let plain = Self {
            word_ngrams: config.word_ngrams.unwrap_or(2),
            word_length: WORD_LENGTHS[usize::from(many)],
            skips: false,
            char_ngrams: config.char_ngrams,
            form: config.form_features.unwrap_or(true),
            word_classes: config.word_classes.unwrap_or(false),
            word_vectors: config.word_vectors.unwrap_or(0.0),
            naive_bayes: config.naive_bayes.unwrap_or(0.0),
            min_rows: config.min_rows.unwrap_or(if texts < MANY_TEXTS { 1 } else { 2 }),
        };
        let full = Self {
            word_ngrams: config.word_ngrams.unwrap_or(if many { 3 } else { 2 }),
            skips: many && config.word_ngrams.is_none(),
            word_vectors: config.word_vectors.unwrap_or(word_vectors(texts, labels)),
            naive_bayes: config.naive_bayes.unwrap_or(if many { 0.0 } else { NAIVE_BAYES }),
            ..plain
        };
        // With many labels a fit is dear and the plain recipe was never the better one.
        if many || plain == full { vec![full] } else { vec![plain, full] }
    }

    /// What reads the meaning of words and nothing else.
    pub(crate) fn meaning_only() -> Self {
        Self {
            word_ngrams: 0,
            word_length: 0.0,
            skips: false,
            char_ngrams: 0,
            form: false,
            word_classes: false,
            word_vectors: 1.0,
            naive_bayes: 0.0,
            min_rows: 1,
        }
    }

    /// What is tried after it, one step upon the other.
    pub(crate) fn steps(config: &Config, texts: usize, labels: usize) -> Vec<Step> {
        let few = labels <= FEW_LABELS;
        let open = [
            (Step::NaiveBayes, few && config.naive_bayes.is_none()),
            (Step::WordVectors(word_vectors(texts, labels)), few && config.word_vectors.is_none()),
            (Step::WordClasses, few && config.word_classes.is_none()),
            (Step::LongRuns, few && config.word_ngrams.is_none()),
            (Step::WordLength, few),
            (Step::NoForm, config.form_features.is_none()),
        ];
        open.into_iter().filter(|(_, open)| *open).map(|(step, _)| step).collect()
    }

    /// The recipe with a step taken.
    pub(crate) fn with(self, step: Step) -> Self {
        let other = |now: f64, value: f64| if now > 0.0 { 0.0 } else { value };
        match step {
            Step::NaiveBayes => Self { naive_bayes: other(self.naive_bayes, NAIVE_BAYES), ..self },
            Step::WordVectors(length) => Self { word_vectors: other(self.word_vectors, length), ..self },
            Step::WordClasses => Self { word_classes: true, ..self },
            Step::LongRuns => Self { word_ngrams: 3, skips: true, ..self },
            Step::WordLength => Self { word_length: WORD_LENGTHS[1], ..self },
            Step::NoForm => Self { form: false, ..self },
        }
    }

    /// Whether every part is in its range, as a saved one should be.
    pub(crate) fn is_sound(&self) -> bool {
        let shares = [self.word_vectors / 4.0, self.word_length / 4.0, self.naive_bayes];
        let runs = self.word_ngrams <= 3 && self.char_ngrams <= 8 && self.char_ngrams != 1;
        runs && shares.iter().all(|share| (0.0..=1.0).contains(share))
    }

    /// Whether what is read of a text is the same.
    pub(crate) fn reads_like(self, other: Self) -> bool {
        Self { naive_bayes: other.naive_bayes, ..self } == other
    }
}

impl Step {
    /// Whether the step adds what others' texts have taught. Texts to come are never quite like those left out, and
    /// there such knowledge is worth more.
    pub(crate) fn adds_knowledge(self, to: Recipe) -> bool {
        match self {
            Self::WordVectors(_) => to.word_vectors == 0.0,
            Self::WordClasses => true,
            _ => false,
        }
    }
}

/// One more thing to try.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Step {
    /// Favour features that tell labels apart by their counts; or no longer.
    NaiveBayes,
    /// Read what the words mean; or no longer.
    WordVectors(f64),
    /// Read runs of word classes.
    WordClasses,
    /// Read runs of three words, and pairs with one word between.
    LongRuns,
    /// Let words count for less.
    WordLength,
    /// Leave out the form of the text.
    NoForm,
}
