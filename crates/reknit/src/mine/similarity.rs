//! How alike two texts are in what they say: 0 (nothing in common) to 1 (the same words).
//!
//! Each word of one text looks for the word of the other that is most like it: the same, spelled alike
//! (character n-grams), or alike in meaning (the shipped word vectors). What share of its words finds an
//! answer, rare words counting more, is asked both ways and averaged; that is soft alignment, as in Sultan,
//! Bethard and Sumner 2014 ("Back to Basics for Monolingual Alignment") and Mihalcea, Corley and Strapparava
//! 2006. The cosine of the texts' vectors (Arora, Liang and Ma 2017) has a fifth of the say. Two different
//! numbers are not alike at all, and numbers weigh three times as much as words: *order 12* is not *order 13*.
//!
//! How common words are comes from the shipped vocabulary; [`Similarity::fit`] also learns it from your own
//! texts, so that what stands in each of them (*order*, *hello*) says little. The constants were chosen on the
//! train and dev parts of the English STS benchmark (Cer et al. 2017).
//!
//! Cost: reading is linear; comparing takes the product of both texts' different words, of which the 96
//! weightiest are looked at, so it is bounded.
//!
//! ```
//! use reknit::mine::Similarity;
//! let similarity = Similarity::default();
//! let near = similarity.compare("My parcel never arrived", "the package has not come");
//! let far = similarity.compare("My parcel never arrived", "How do I change my password?");
//! assert!(near > far + 0.1);
//! ```

use std::collections::BTreeMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::term::{Table, Units, Vector, Word, dot, units};
use crate::text::words::DIMENSIONS;
use crate::{Error, Result};

/// The share from which on a word counts as common, in the alignment.
const COMMON: f32 = 2e-4;
/// The same, in the vector of a text.
const COMMON_MEANING: f32 = 1e-3;
/// What spelling has to say about two words, against their meaning.
const SPELLING: f32 = 0.35;
/// What the texts' vectors have to say, against the alignment.
const MEANING: f32 = 0.2;
/// How much more a number weighs than a word as rare.
const NUMBER: f32 = 3.0;
/// Different words of a text that are aligned.
const MOST_WORDS: usize = 96;

/// Says how alike texts are. The default knows general English; [`fit`](Self::fit) learns how common
/// words are in texts like yours.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Saved")]
pub struct Similarity {
    /// The texts learned from.
    texts: u32,
    /// In how many of them each word stands.
    counts: BTreeMap<String, u32>,
}

/// What was written, before it is believed.
#[derive(Deserialize)]
struct Saved {
    texts: u32,
    counts: BTreeMap<String, u32>,
}

impl TryFrom<Saved> for Similarity {
    type Error = Error;

    fn try_from(saved: Saved) -> Result<Self> {
        if saved.counts.values().any(|count| *count > saved.texts) {
            return Err(Error::model("similarity: a word stands in more texts than there are; fit it again"));
        }
        Ok(Self { texts: saved.texts, counts: saved.counts })
    }
}

/// Another text and how alike it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Neighbour {
    /// Its place among the texts.
    pub index: usize,
    /// 0 to 1.
    pub similarity: f64,
}

/// A word and the word that answers it in the other text.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WordMatch {
    /// Where the word first stands in its text, in bytes.
    #[serde(flatten)]
    pub span: Range<usize>,
    /// Where its answer first stands in the other text, in bytes.
    pub answer: Range<usize>,
    /// How alike the two are, 0 to 1.
    pub similarity: f64,
    /// Its share of the weight of its text, 0 to 1.
    pub weight: f64,
}

/// Why two texts are alike.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    /// 0 to 1: four fifths of the mean of what both texts' words find, and a fifth of `meaning`, if there is
    /// such.
    pub similarity: f64,
    /// The cosine of both texts' vectors, at least 0; none if a text has no known word.
    pub meaning: Option<f64>,
    /// The words of the first text, weightiest first.
    pub first: Vec<WordMatch>,
    /// The words of the second text, weightiest first.
    pub second: Vec<WordMatch>,
}

/// A text as it is compared: its different words, weightiest first, and its vector.
#[derive(Debug, Clone, PartialEq)]
struct Reading {
    words: Vec<Weighed>,
    vector: Option<Box<Vector>>,
}

#[derive(Debug, Clone, PartialEq)]
struct Weighed {
    number: u32,
    weight: f32,
    span: Range<usize>,
}

impl Similarity {
    /// Learns how common words are in `texts`; their order does not matter.
    pub fn fit<T: AsRef<str>>(texts: &[T]) -> Self {
        let mut counts = BTreeMap::new();
        for text in texts {
            let mut forms = std::collections::BTreeSet::new();
            units(text.as_ref(), Units::Pairs, |form, _, _| {
                if !forms.contains(form) {
                    forms.insert(form.to_owned());
                }
            });
            for form in forms {
                *counts.entry(form).or_default() += 1;
            }
        }
        Self { texts: texts.len() as u32, counts }
    }

    /// How alike the two are, 0 to 1. It is the same both ways round, and 1 for equal texts; a text without
    /// words is like no other but one without words.
    pub fn compare(&self, a: &str, b: &str) -> f64 {
        let mut table = Table::new();
        let (a, b) = (self.read(&mut table, a), self.read(&mut table, b));
        align(&table, &a, &b)
    }

    /// The same with its reasons.
    pub fn explain(&self, a: &str, b: &str) -> Comparison {
        let mut table = Table::new();
        let (a, b) = (self.read(&mut table, a), self.read(&mut table, b));
        Comparison {
            similarity: align(&table, &a, &b),
            meaning: meaning(&a, &b).map(f64::from),
            first: matches(&table, &a, &b),
            second: matches(&table, &b, &a),
        }
    }

    /// The `k` of `texts` most like `text`, best first; equals in order of place. See [`Index::nearest`].
    pub fn nearest<T: AsRef<str>>(&self, text: &str, texts: &[T], k: usize) -> Vec<Neighbour> {
        self.index(texts).nearest(text, k)
    }

    /// Reads many texts once, to look for neighbours among them.
    pub fn index<T: AsRef<str>>(&self, texts: &[T]) -> Index<'_> {
        let mut table = Table::new();
        let readings = texts.iter().map(|text| self.read(&mut table, text.as_ref())).collect();
        Index { similarity: self, table, readings }
    }

    fn read(&self, table: &mut Table<'_>, text: &str) -> Reading {
        let mut found: Vec<(u32, Range<usize>)> = Vec::new();
        units(text, Units::Pairs, |form, start, end| found.push((table.number(form), start..end)));
        let mut vector = [0.0; DIMENSIONS];
        for (number, _) in &found {
            let word = table.word(*number);
            let factor = word.rarity(COMMON_MEANING) * word.length;
            if let Some(of_word) = &word.vector {
                vector.iter_mut().zip(of_word.iter()).for_each(|(sum, value)| *sum += factor * value);
            }
        }
        let length = dot(&vector, &vector).sqrt();
        let vector = (length > 1e-6).then(|| Box::new(vector.map(|value| value / length)));
        Reading { words: self.weigh(table, found), vector }
    }

    fn weigh(&self, table: &Table<'_>, mut found: Vec<(u32, Range<usize>)>) -> Vec<Weighed> {
        found.sort_by_key(|(number, span)| (*number, span.start));
        let mut words: Vec<Weighed> = Vec::new();
        for (number, span) in found {
            match words.last_mut() {
                Some(last) if last.number == number => last.weight += 1.0,
                _ => words.push(Weighed { number, weight: 1.0, span }),
            }
        }
        for word in &mut words {
            word.weight *= self.weight(table.word(word.number));
        }
        let heavier = |a: &Weighed, b: &Weighed| {
            let by_form = || table.word(a.number).form.cmp(&table.word(b.number).form);
            b.weight.total_cmp(&a.weight).then_with(by_form)
        };
        // Of a long text few are kept, so that only these are put in order.
        if words.len() > MOST_WORDS {
            words.select_nth_unstable_by(MOST_WORDS, heavier);
            words.truncate(MOST_WORDS);
        }
        words.sort_by(heavier);
        words
    }

    fn weight(&self, word: &Word) -> f32 {
        let general = word.rarity(COMMON) * if word.number { NUMBER } else { 1.0 };
        if self.texts == 0 {
            return general;
        }
        let holding = self.counts.get(&word.form).copied().unwrap_or(0);
        // Smoothed idf (Salton and Buckley 1988).
        general * (1.0 + ((self.texts as f32 + 1.0) / (holding as f32 + 1.0)).ln())
    }
}

/// Texts that were read once, to look for neighbours among them.
#[derive(Debug, Clone)]
pub struct Index<'a> {
    similarity: &'a Similarity,
    table: Table<'static>,
    readings: Vec<Reading>,
}

impl Index<'_> {
    /// The `k` texts most like `text`, best first; equals in order of place.
    ///
    /// All texts are ranked by their vector and by the words they share, and the best `10 k + 50` are
    /// compared word by word. Cost: a product of 128 numbers and a look at the different words a text, and the
    /// comparisons.
    pub fn nearest(&self, text: &str, k: usize) -> Vec<Neighbour> {
        let mut table = Table::over(&self.table);
        let asked = self.similarity.read(&mut table, text);
        let mut coarse: Vec<(f32, usize)> = self
            .readings
            .iter()
            .enumerate()
            .map(|(index, reading)| (roughly(&asked, reading), index))
            .collect();
        let best_first = |a: &(f32, usize), b: &(f32, usize)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        let looked_at = k.saturating_mul(10).saturating_add(50);
        if looked_at < coarse.len() {
            coarse.select_nth_unstable_by(looked_at, best_first);
            coarse.truncate(looked_at);
        }
        let exact = |(_, index): (f32, usize)| Neighbour {
            index,
            similarity: align(&table, &asked, &self.readings[index]),
        };
        let mut found: Vec<Neighbour> = coarse.into_iter().map(exact).collect();
        found.sort_by(|a, b| b.similarity.total_cmp(&a.similarity).then(a.index.cmp(&b.index)));
        found.truncate(k);
        found
    }
}

/// A cheap likeness to choose candidates by: the vectors' cosine and the shared words' weight.
fn roughly(a: &Reading, b: &Reading) -> f32 {
    let shared: f32 = (a.words.iter())
        .filter(|word| b.words.iter().any(|other| other.number == word.number))
        .map(|word| word.weight)
        .sum();
    let total: f32 = a.words.iter().map(|word| word.weight).sum();
    meaning(a, b).unwrap_or(0.0) + if total > 0.0 { shared / total } else { 0.0 }
}

fn meaning(a: &Reading, b: &Reading) -> Option<f32> {
    Some(dot(a.vector.as_ref()?, b.vector.as_ref()?).clamp(0.0, 1.0))
}

/// The similarity of two texts.
fn align(table: &Table<'_>, a: &Reading, b: &Reading) -> f64 {
    let same = |(a, b): (&Weighed, &Weighed)| a.number == b.number && a.weight == b.weight;
    if a.words.len() == b.words.len() && a.words.iter().zip(&b.words).all(same) {
        return 1.0;
    }
    if a.words.is_empty() || b.words.is_empty() {
        return 0.0;
    }
    let mut best = (vec![0.0_f32; a.words.len()], vec![0.0_f32; b.words.len()]);
    for (i, x) in a.words.iter().enumerate() {
        for (j, y) in b.words.iter().enumerate() {
            let like = alike(table, x.number, y.number);
            best.0[i] = best.0[i].max(like);
            best.1[j] = best.1[j].max(like);
        }
    }
    let aligned = f32::midpoint(answered(&a.words, &best.0), answered(&b.words, &best.1));
    let similarity = match meaning(a, b) {
        Some(meaning) => (1.0 - MEANING) * aligned + MEANING * meaning,
        None => aligned,
    };
    f64::from(similarity.clamp(0.0, 1.0))
}

/// The share of the words' weight that finds an answer.
fn answered(words: &[Weighed], best: &[f32]) -> f32 {
    let total: f32 = words.iter().map(|word| word.weight).sum();
    let found: f32 = words.iter().zip(best).map(|(word, best)| word.weight * best).sum();
    if total > 0.0 { found / total } else { 0.0 }
}

/// How alike two words are, 0 to 1.
fn alike(table: &Table<'_>, a: u32, b: u32) -> f32 {
    if a == b {
        return 1.0;
    }
    let (a, b) = (table.word(a), table.word(b));
    if a.number && b.number {
        return 0.0;
    }
    let spelling = a.spelled_like(b);
    match (&a.vector, &b.vector) {
        (Some(x), Some(y)) => ((1.0 - SPELLING) * dot(x, y) + SPELLING * spelling).clamp(0.0, 1.0),
        _ => spelling,
    }
}

/// The words of `a` and their answers in `b`; nothing for words that nothing is like.
fn matches(table: &Table<'_>, a: &Reading, b: &Reading) -> Vec<WordMatch> {
    let total: f32 = a.words.iter().map(|word| word.weight).sum();
    let answer = |word: &Weighed| {
        let like = |other: &Weighed| alike(table, word.number, other.number);
        // The first of equals: the weightiest.
        let best = b.words.iter().rev().max_by(|x, y| like(x).total_cmp(&like(y)))?;
        let similarity = f64::from(like(best));
        (similarity > 0.0).then(|| WordMatch {
            span: word.span.clone(),
            answer: best.span.clone(),
            similarity,
            weight: f64::from(word.weight / total),
        })
    };
    a.words.iter().filter_map(answer).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_says_the_same_lies_closer() {
        let similarity = Similarity::default();
        let like = |a: &str, b: &str| similarity.compare(a, b);
        assert!(
            like("order 12 is late", "order 12 is delayed") > like("order 12 is late", "order 13 is late")
        );
        assert!(
            like("refund my money", "I want my money back") > like("refund my money", "nice weather today")
        );
        assert!(like("退款申请", "申请退款") > like("退款申请", "天气很好"));
        assert_eq!(like("", "?!"), 1.0);
        assert_eq!(like("", "word"), 0.0);
    }

    #[test]
    fn fitting_damps_what_stands_everywhere() {
        let texts = ["hello team refund", "hello team login", "hello team invoice", "hello team parcel"];
        let fitted = Similarity::fit(&texts);
        assert!(fitted.compare(texts[0], texts[1]) < Similarity::default().compare(texts[0], texts[1]));
    }

    #[test]
    fn more_texts_with_a_word_than_texts_are_refused() {
        let read = |json: &str| serde_json::from_str::<Similarity>(json);
        assert!(read(r#"{"texts": 2, "counts": {"a": 2}}"#).is_ok());
        assert!(read(r#"{"texts": 2, "counts": {"a": 3}}"#).is_err());
    }

    #[test]
    fn the_nearest_come_first_with_their_place() {
        let texts = ["where is my parcel", "I forgot my password", "the parcel is lost", "great shop"];
        let found = Similarity::default().nearest("parcel lost", &texts, 2);
        assert_eq!(found.iter().map(|n| n.index).collect::<Vec<_>>(), [2, 0]);
    }

    #[test]
    fn reasons_name_their_words() {
        let (a, b) = ("my parcel is late", "the package is late");
        let why = Similarity::default().explain(a, b);
        let found = why.first.iter().find(|m| &a[m.span.clone()] == "parcel").expect("it has an answer");
        assert_eq!(&b[found.answer.clone()], "package");
        assert!((why.first.iter().map(|m| m.weight).sum::<f64>() - 1.0).abs() < 1e-5);
    }

    proptest! {
        #[test]
        fn laws(a in "([a-e]{1,2}[ 1]){0,6}", b in "\\PC{0,20}") {
            let similarity = Similarity::default();
            let value = similarity.compare(&a, &b);
            prop_assert_eq!(value, similarity.compare(&b, &a));
            prop_assert!((0.0..=1.0).contains(&value));
            prop_assert_eq!(similarity.compare(&a, &a), 1.0);
        }
    }
}
