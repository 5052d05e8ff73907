//! What a text would be labelled without one of its words.
//!
//! A sum tells what each word adds, but not whether the label hangs on it. That is asked by taking words out:
//! the bytes of every place where the word stands are replaced by one space each, and the text is labelled
//! again. So what is told is exact, and a caller who does the same gets the same numbers; words that stand in
//! runs, in a negation or twice are accounted for. Where no single word turns the label, words are taken out
//! together, the most telling first, until it turns, and those that proved needless are put back (Martens and
//! Provost 2014, "Explaining Data-Driven Document Classifications", algorithm SEDC, here for any number of
//! labels).
//!
//! Cost: the 64 words that weigh most in the explanation are asked about. That is one explanation and 64
//! readings of the text, and at most 128 more where words are taken out together; linear in the text.

use std::cmp::Reverse;
use std::f64::consts::LOG2_E;
use std::ops::Range;

use hashbrown::HashMap;
use serde::Serialize;

use super::{Classification, Classifier, Explanation};
use crate::model::Weight;

/// Words that are asked about, at most.
const MOST_WORDS: usize = 64;
/// Bytes of texts that are labelled at once, unless one text alone is longer.
const AT_ONCE: usize = 1 << 20;

/// A text as it would be labelled without a word.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WithoutWord {
    /// The word as it was compared; mails, addresses and the like are one word, whatever they are.
    pub name: String,
    /// The bytes of every place where it stands, in order.
    pub spans: Vec<Range<usize>>,
    /// The label without it.
    pub label: String,
    /// The probability, without it, of the label that the text has with it.
    pub probability: f64,
    /// By how many bits the log2 odds of that label, against all others together, are lower without it.
    pub weight: Weight,
}

/// Words that turn the label when all of them are taken out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Turn {
    /// The words, the most telling first; each is in [`Counterfactual::words`].
    pub words: Vec<String>,
    /// The label without them.
    pub label: String,
    /// The probability, without them, of the label that the text has with them.
    pub probability: f64,
}

/// What words a label hangs on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Counterfactual {
    /// The label of the text as it is.
    pub label: String,
    /// Its probability.
    pub probability: f64,
    /// What would be without each word: first those that turn the label, then by how far the odds move, either
    /// way.
    pub words: Vec<WithoutWord>,
    /// A few words that turn the label together, or one alone; `None` where all that were asked about do not.
    pub turn: Option<Turn>,
}

impl Classifier {
    /// What `text` would be labelled without each of its words: of the 64 that weigh most.
    ///
    /// ```
    /// # use reknit::classify::{Classifier, Config, Example};
    /// # use reknit::model::unwatched;
    /// # let train = [("refund", "I want my money back"), ("refund", "please refund the order"),
    /// #     ("refund", "refund my payment"), ("login", "cannot log in to my account"),
    /// #     ("login", "the login page rejects my password"), ("login", "my password does not work")]
    /// #     .map(|(label, text)| Example::new(label, text));
    /// # let classifier = Classifier::fit(&Config::default(), &train, None, &mut unwatched)?;
    /// let text = "refund for my account password";
    /// let asked = classifier.counterfactual(text);
    /// let first = &asked.words[0];
    /// let without = format!("{} {}", &text[..first.spans[0].start], &text[first.spans[0].end..]);
    /// assert_eq!(classifier.classify(&without).label, first.label);
    /// # Ok::<(), reknit::Error>(())
    /// ```
    pub fn counterfactual(&self, text: &str) -> Counterfactual {
        let found = self.classify(text);
        let asked = asked(&self.explain(text));
        let without = self.each_without(text, &asked);
        let bits = log_odds(&found, &found.label);
        let mut words: Vec<WithoutWord> = asked
            .into_iter()
            .zip(without)
            .map(|((name, spans), without)| WithoutWord {
                name,
                spans,
                probability: probability(&without, &found.label),
                weight: Weight(bits - log_odds(&without, &found.label)),
                label: without.label,
            })
            .collect();
        let turns = |word: &WithoutWord| word.label != found.label;
        words.sort_by(|a, b| {
            let by_turn = turns(b).cmp(&turns(a));
            let by_weight = b.weight.bits().abs().total_cmp(&a.weight.bits().abs());
            by_turn.then(by_weight).then_with(|| a.spans[0].start.cmp(&b.spans[0].start))
        });
        let turn = self.turn(text, &found.label, &words);
        Counterfactual { label: found.label, probability: found.probability, words, turn }
    }

    /// Words that turn the label together: a single one, or the fewest first ones, without the needless.
    fn turn(&self, text: &str, label: &str, words: &[WithoutWord]) -> Option<Turn> {
        let told = |out: &[usize], found: &Classification| Turn {
            words: out.iter().map(|&word| words[word].name.clone()).collect(),
            label: found.label.clone(),
            probability: probability(found, label),
        };
        if let Some(first) = words.first().filter(|word| word.label != label) {
            let words = vec![first.name.clone()];
            return Some(Turn { words, label: first.label.clone(), probability: first.probability });
        }
        let places: Vec<&[Range<usize>]> = words.iter().map(|word| word.spans.as_slice()).collect();
        let speaks = |&word: &usize| words[word].weight.bits() > 0.0;
        let speaking: Vec<usize> = (0..words.len()).filter(speaks).collect();
        let turned = (2..=speaking.len()).find_map(|count| {
            let found = self.one_without(text, &places, &speaking[..count]);
            (found.label != label).then_some((speaking[..count].to_vec(), found))
        });
        let (mut out, mut found) = turned?;
        // The last one turned it; of those before, the least telling are the likeliest to be needless.
        for place in (0..out.len() - 1).rev() {
            let mut fewer = out.clone();
            fewer.remove(place);
            let still = self.one_without(text, &places, &fewer);
            if still.label != label {
                (out, found) = (fewer, still);
            }
        }
        Some(told(&out, &found))
    }

    /// The label of `text` without some of the words, which stand at `places`.
    fn one_without(&self, text: &str, places: &[&[Range<usize>]], out: &[usize]) -> Classification {
        self.classify(&taken_out(text, out.iter().flat_map(|&word| places[word].iter().cloned()).collect()))
    }

    /// The labels of `text` without each of the words alone.
    fn each_without(&self, text: &str, words: &[Word]) -> Vec<Classification> {
        let together = (AT_ONCE / text.len().max(1)).max(1);
        let mut found = Vec::with_capacity(words.len());
        for some in words.chunks(together) {
            let texts: Vec<String> = some.iter().map(|(_, spans)| taken_out(text, spans.clone())).collect();
            found.extend(self.classify_all(&texts, self.config.threads));
        }
        found
    }
}

/// A word and where it stands.
type Word = (String, Vec<Range<usize>>);

/// The words that weigh most in an explanation, each with all its places.
fn asked(why: &Explanation) -> Vec<Word> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut words: Vec<(f64, &str, Vec<Range<usize>>)> = Vec::new();
    for span in &why.spans {
        let place = *places.entry(&span.name).or_insert_with(|| {
            words.push((0.0, &span.name, Vec::new()));
            words.len() - 1
        });
        words[place].0 += span.weight.bits();
        words[place].2.push(span.start..span.end);
    }
    // Stable: of equals the one that stands first.
    words.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
    words.truncate(MOST_WORDS);
    words.into_iter().map(|(_, name, spans)| (name.to_owned(), spans)).collect()
}

/// The text with one space for each of the spans; what lies in another span goes with it.
fn taken_out(text: &str, mut spans: Vec<Range<usize>>) -> String {
    spans.sort_unstable_by_key(|span| (span.start, Reverse(span.end)));
    let mut left = String::with_capacity(text.len());
    let mut at = 0;
    for Range { start, end } in spans {
        if start >= at {
            left.push_str(&text[at..start]);
            left.push(' ');
        }
        at = at.max(end);
    }
    left.push_str(&text[at..]);
    left
}

fn probability(found: &Classification, label: &str) -> f64 {
    found.probabilities.iter().find(|(name, _)| name == label).map_or(0.0, |(_, probability)| *probability)
}

/// The log2 odds of a label against all others. They are added up, because one minus a probability near 1 has
/// no digits left.
fn log_odds(found: &Classification, label: &str) -> f64 {
    let others = found.probabilities.iter().filter(|(name, _)| name != label);
    let others: f64 = others.map(|(_, probability)| probability).sum();
    let log = |value: f64| value.max(f64::MIN_POSITIVE).ln() * LOG2_E;
    log(probability(found, label)) - log(others)
}

#[cfg(test)]
mod tests {
    use super::super::{Config, Example};
    use super::*;
    use crate::model::unwatched;
    use proptest::prelude::*;

    fn classifier() -> Classifier {
        let examples: Vec<Example> = [
            ("refund", "money back please"),
            ("refund", "refund my order"),
            ("refund", "I want a refund"),
            ("login", "cannot log in"),
            ("login", "password rejected"),
            ("login", "forgot my password"),
            ("thanks", "thank you so much"),
            ("thanks", "thanks, all good"),
            ("thanks", "great help, thanks"),
        ]
        .map(|(label, text)| Example::new(label, text))
        .into();
        let config = Config { cost: Some(1.0), ..Config::default() };
        Classifier::fit(&config, &examples, None, &mut unwatched).expect("three labels")
    }

    #[test]
    fn a_word_the_label_hangs_on_comes_first() {
        let asked = classifier().counterfactual("password please, password!");
        assert_eq!(asked.label, "login");
        let first = &asked.words[0];
        assert_eq!((first.name.as_str(), first.spans.as_slice()), ("password", &[0..8, 17..25][..]));
        assert!(first.label != "login" && first.weight.bits() > 0.0);
        assert_eq!(asked.turn.map(|turn| turn.words), Some(vec!["password".to_owned()]));
    }

    #[test]
    fn where_no_word_turns_it_some_together_do() {
        let classifier = classifier();
        let text = "I forgot my password, the login password is rejected and my money is gone";
        let asked = classifier.counterfactual(text);
        assert!(asked.words.iter().all(|word| word.label == asked.label), "{asked:?}");
        let turn = asked.turn.expect("money remains");
        assert!(turn.words.len() > 1 && turn.label != asked.label);
        let spans = asked.words.iter().filter(|word| turn.words.contains(&word.name));
        let left = taken_out(text, spans.flat_map(|word| word.spans.clone()).collect());
        let found = classifier.classify(&left);
        assert_eq!(
            (found.label.as_str(), probability(&found, &asked.label)),
            (&*turn.label, turn.probability)
        );
    }

    #[test]
    fn long_texts_are_asked_about_their_weightiest_words() {
        let words: Vec<String> = (0..500).map(|word| format!("word{word}")).collect();
        let asked = classifier().counterfactual(&format!("{} password", words.join(" ")));
        assert_eq!(asked.words.len(), MOST_WORDS);
        assert!(asked.words.iter().any(|word| word.name == "password"));
        assert_eq!(classifier().counterfactual("").words, []);
    }

    #[test]
    fn a_span_within_another_goes_with_it() {
        assert_eq!(taken_out("so #GreatDay now", vec![4..9, 3..12, 13..16]), "so    ");
        assert_eq!(taken_out("a!b", std::iter::once(1..2).collect()), "a b");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        /// Whoever takes the word out gets the same.
        #[test]
        fn every_answer_is_that_of_the_text_without_the_word(
            words in prop::collection::vec("refund|money|password|thanks|log in|not|#GoodHelp|😀|!!|\\PC{0,6}", 0..12),
        ) {
            let (classifier, text) = (classifier(), words.join(" "));
            let asked = classifier.counterfactual(&text);
            let as_it_is = classifier.classify(&text);
            prop_assert_eq!((&asked.label, asked.probability), (&as_it_is.label, as_it_is.probability));
            for word in &asked.words {
                let found = classifier.classify(&taken_out(&text, word.spans.clone()));
                prop_assert_eq!(&found.label, &word.label);
                prop_assert_eq!(probability(&found, &asked.label), word.probability);
                let moved = log_odds(&as_it_is, &asked.label) - log_odds(&found, &asked.label);
                prop_assert!((word.weight.bits() - moved).abs() < 1e-9);
            }
        }
    }
}
