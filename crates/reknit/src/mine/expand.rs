//! From a few words of a concept to a word list: what means the like, and what your own texts say with it.
//!
//! Two sources. The shipped vectors know which words of English mean something like the seeds: the mean of the
//! cosines with each seed (Mikolov et al. 2013 look for neighbours so). A collection of your own knows the words
//! of your trade: those that stand in the same texts as the seeds more than chance would have it, by normalised
//! pointwise mutual information (Bouma 2009), for words that at least three texts hold. A word's score is the
//! cosine, and with texts three parts of it and two of the mutual information.
//!
//! A word that the shipped vocabulary has only in parts (*refund*) has no meaning here: the sum of its parts
//! points astray. Its company in your texts still counts.
//!
//! The list is a proposal for a person: opposites stand in the same places, so *good* brings *bad* too.
//!
//! Cost: one pass over the 20,000 shipped words and a linear pass over the texts.
//!
//! ```
//! use reknit::mine::expand;
//! let found = expand(&["angry", "furious"], &[] as &[&str], 20);
//! assert!(found.iter().any(|word| word.word == "outraged"));
//! ```

use std::collections::BTreeMap;

use serde::Serialize;

use super::stop::{Stop, StopLists};
use super::term::{Table, Units, Vector, dot, units};
use crate::text::words::{DIMENSIONS, Words};

/// Texts that must hold a word.
const LEAST: u32 = 3;
/// What meaning has to say where there are texts; the rest is theirs.
const MEANING: f64 = 0.6;
/// Letters of the shortest word that is proposed.
const SHORTEST: usize = 3;

/// A word proposed for a concept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proposal {
    /// In lower case.
    pub word: String,
    /// To order by: -1 to 1.
    pub score: f64,
    /// The mean cosine with the seeds, -1 to 1; none for a word or seeds without a vector.
    pub meaning: Option<f64>,
    /// How much more often than by chance it stands in the texts of the seeds, -1 to 1; none without texts, or
    /// for a word that fewer than three hold.
    pub together: Option<f64>,
    /// Texts that hold it.
    pub texts: u32,
}

/// The `most` words that belong with the `seeds`, best first; equals by the alphabet. Seeds and stop words are
/// not among them. `texts` may be empty.
pub fn expand<S: AsRef<str>, T: AsRef<str>>(seeds: &[S], texts: &[T], most: usize) -> Vec<Proposal> {
    let mut table = Table::new();
    let mut known: Vec<u32> = Vec::new();
    for seed in seeds {
        units(seed.as_ref(), Units::Pairs, |form, _, _| known.push(table.number(form)));
    }
    known.sort_unstable();
    known.dedup();
    let centre = centre(&table, &known);
    let counts = Counts::of(&mut table, &known, texts);
    shipped(&mut table);
    let stops = StopLists::shipped();
    let forms = (0..table.len() as u32).map(|number| table.word(number).form.as_str());
    let list = if texts.is_empty() { 0 } else { stops.guess(forms) };
    let proposes = |number: u32| {
        let form = &table.word(number).form;
        let worded = form.chars().all(char::is_alphabetic) && form.chars().count() >= SHORTEST;
        worded && stops.get(list, form) != Some(Stop::Hard) && known.binary_search(&number).is_err()
    };
    let mut found: Vec<Proposal> = (0..table.len() as u32)
        .filter(|number| proposes(*number))
        .filter_map(|number| {
            let word = table.word(number);
            let cosine = |centre: &Vector| {
                word.vector.as_ref().filter(|_| word.whole).map(|vector| f64::from(dot(vector, centre)))
            };
            let meaning = centre.as_ref().and_then(cosine);
            let together = counts.together(number);
            let score = match (meaning, together) {
                (Some(meaning), Some(together)) => MEANING * meaning + (1.0 - MEANING) * together,
                (Some(meaning), None) if counts.texts == 0 => meaning,
                (Some(meaning), None) => MEANING * meaning,
                (None, Some(together)) => (1.0 - MEANING) * together,
                (None, None) => return None,
            };
            let texts = counts.holding.get(&number).map_or(0, |count| count.0);
            Some(Proposal { word: word.form.clone(), score, meaning, together, texts })
        })
        .collect();
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.word.cmp(&b.word)));
    found.truncate(most);
    found
}

/// The mean of the seeds' vectors, so that its product with a word's is the mean cosine.
fn centre(table: &Table<'_>, seeds: &[u32]) -> Option<Vector> {
    let whole = seeds.iter().map(|seed| table.word(*seed)).filter(|word| word.whole);
    let vectors: Vec<&Vector> = whole.filter_map(|word| word.vector.as_deref()).collect();
    let mut centre = [0.0; DIMENSIONS];
    for vector in &vectors {
        centre.iter_mut().zip(vector.iter()).for_each(|(sum, value)| *sum += value / vectors.len() as f32);
    }
    (!vectors.is_empty()).then_some(centre)
}

/// Adds the whole words of the shipped table.
fn shipped(table: &mut Table<'_>) {
    let words = Words::shipped();
    for piece in 0..words.len() as u16 {
        let form = words.text(piece).and_then(|text| std::str::from_utf8(text).ok());
        if let Some(form) = form.filter(|form| !form.starts_with("##")) {
            table.number(form);
        }
    }
}

/// In how many texts words stand.
struct Counts {
    texts: u32,
    /// Texts with a seed.
    seeded: u32,
    /// Texts that hold a word, and those of them with a seed.
    holding: BTreeMap<u32, (u32, u32)>,
}

impl Counts {
    fn of<T: AsRef<str>>(table: &mut Table<'_>, seeds: &[u32], texts: &[T]) -> Self {
        let mut counts = Self { texts: texts.len() as u32, seeded: 0, holding: BTreeMap::new() };
        let mut words: Vec<u32> = Vec::new();
        for text in texts {
            words.clear();
            units(text.as_ref(), Units::Pairs, |form, _, _| words.push(table.number(form)));
            words.sort_unstable();
            words.dedup();
            let seeded = seeds.iter().any(|seed| words.binary_search(seed).is_ok());
            counts.seeded += u32::from(seeded);
            for word in &words {
                let count = counts.holding.entry(*word).or_default();
                count.0 += 1;
                count.1 += u32::from(seeded);
            }
        }
        counts
    }

    /// Normalised pointwise mutual information of a word and the seeds.
    fn together(&self, word: u32) -> Option<f64> {
        let &(holding, both) = self.holding.get(&word).filter(|count| count.0 >= LEAST)?;
        if self.seeded == 0 {
            return None;
        }
        if both == 0 {
            return Some(-1.0);
        }
        let share = |count: u32| f64::from(count) / f64::from(self.texts);
        let information = (share(both) / (share(holding) * share(self.seeded))).ln();
        let most = -share(both).ln();
        Some(if most > 0.0 { information / most } else { 0.0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn meaning_and_company_both_count() {
        let found = expand(&["happy"], &[] as &[&str], 30);
        assert!(found.iter().all(|word| word.together.is_none() && word.word != "happy"));
        assert!(found.iter().any(|word| word.word == "glad"));
        let texts = [
            "refund of my zorbo deposit",
            "zorbo refund please",
            "where is the zorbo refund",
            "nice shop",
            "great weather",
            "the table is green",
            "my zorbo deposit is back",
        ];
        let found = expand(&["refund"], &texts, 30);
        let zorbo = found.iter().find(|word| word.word == "zorbo").expect("it goes with refunds");
        assert!(zorbo.texts == 4 && zorbo.together > Some(0.5));
    }

    #[test]
    fn unknown_seeds_propose_nothing() {
        assert_eq!(expand(&[""], &[] as &[&str], 5), []);
        assert_eq!(expand(&[] as &[&str], &["a text of words"], 5), []);
    }
}
