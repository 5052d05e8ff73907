//! What a text would be labelled without one of its words.
//!
//! A sum tells what each word adds, but not whether the label hangs on it. That is asked by taking words out:
//! the bytes of every place where the word stands are replaced by one space each, and the text is labelled
//! again. So what is told is exact, and a caller who does the same gets the same numbers; words that stand in
//! runs, in a negation or twice are accounted for. Where no single word turns the label, words are taken out
//! together, the most telling first, until it turns, and those that proved needless are put back (Martens and
//! Provost 2014, "Explaining Data-Driven Document Classifications", algorithm SEDC, here for any number of
//! labels). Where texts carry several labels, one of them is asked about, and turns where it holds no more, or holds
//! at last.
//!
//! Cost: the 64 words that weigh most in the explanation are asked about. That is one explanation and 64
//! readings of the text, and at most 128 more where words are taken out together; linear in the text.

use std::cmp::Reverse;
use std::f64::consts::LOG2_E;
use std::ops::Range;

use hashbrown::HashMap;
use serde::Serialize;

use super::curves::sigmoid;
use super::explain::SpanWeight;
use super::{Classification, Classifier, MultiClassifier};
use crate::Result;
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

/// A text as it would be without a word, where texts carry several labels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MultiWithoutWord {
    /// The word as it was compared; mails, addresses and the like are one word, whatever they are.
    pub name: String,
    /// The bytes of every place where it stands, in order.
    pub spans: Vec<Range<usize>>,
    /// Whether the label holds without it.
    pub holds: bool,
    /// The probability of the label without it.
    pub probability: f64,
    /// By how many bits the log2 odds of the label, against its absence, are lower without it.
    pub weight: Weight,
}

/// Words that turn a label when all of them are taken out: it holds no more, or it holds at last.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MultiTurn {
    /// The words, the most telling first; each is in [`MultiCounterfactual::words`].
    pub words: Vec<String>,
    /// The probability of the label without them.
    pub probability: f64,
}

/// What words it hangs on whether a text carries a label.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MultiCounterfactual {
    /// The label asked about.
    pub label: String,
    /// Whether it holds for the text as it is.
    pub holds: bool,
    /// Its probability.
    pub probability: f64,
    /// What would be without each word: first those that turn the label, then by how far the odds move, either
    /// way.
    pub words: Vec<MultiWithoutWord>,
    /// A few words that turn the label together, or one alone; `None` where all that were asked about do not.
    pub turn: Option<MultiTurn>,
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
        let state = |without: &Classification| State {
            label: self.labels.binary_search(&without.label).unwrap_or(0),
            probability: probability(without, &found.label),
            bits: log_odds(without, &found.label),
        };
        let read =
            |texts: &[String]| self.classify_all(texts, self.config.threads).iter().map(state).collect();
        let (words, turn) = Asking { text, found: state(&found), turns_by: 1.0, read: &read }
            .answers(asked(&self.explain(text).spans));
        let words: Vec<WithoutWord> = words
            .into_iter()
            .map(|Answer { word: (name, spans), state, weight }| WithoutWord {
                name,
                spans,
                label: self.labels[state.label].clone(),
                probability: state.probability,
                weight,
            })
            .collect();
        let turn = turn.map(|(out, state)| Turn {
            words: out.iter().map(|&word| words[word].name.clone()).collect(),
            label: self.labels[state.label].clone(),
            probability: state.probability,
        });
        Counterfactual { label: found.label, probability: found.probability, words, turn }
    }
}

impl MultiClassifier {
    /// Whether `text` would carry `label` without each of its words: of the 64 that weigh most.
    ///
    /// ```
    /// # use reknit::classify::{Config, MultiClassifier, MultiExample};
    /// # use reknit::model::unwatched;
    /// # let train: Vec<MultiExample> = [
    /// #     (vec!["refund"], "I want my money back"), (vec!["refund"], "please refund the order"),
    /// #     (vec!["late"], "the parcel is late"), (vec!["late"], "it came two weeks late"),
    /// #     (vec!["late", "refund"], "too late, refund my money"), (vec![], "what are your opening hours"),
    /// # ].map(|(labels, text)| MultiExample::new(labels, text)).into();
    /// # let classifier = MultiClassifier::fit(&Config::multi(), &train, None, &mut unwatched)?;
    /// let text = "the parcel came late";
    /// let asked = classifier.counterfactual(text, "late")?;
    /// let first = &asked.words[0];
    /// let without = format!("{} {}", &text[..first.spans[0].start], &text[first.spans[0].end..]);
    /// assert_eq!(classifier.explain(&without, "late")?.probability, first.probability);
    /// # Ok::<(), reknit::Error>(())
    /// ```
    ///
    /// # Errors
    /// `NotFound` for a label the classifier does not know.
    pub fn counterfactual(&self, text: &str, label: &str) -> Result<MultiCounterfactual> {
        let place = self.place(label)?;
        let state = |scores: &[f64]| {
            let odds = self.sigmoids.odds(place, scores[place]);
            let holds = odds >= self.sigmoids.thresholds[place];
            State { label: usize::from(holds), probability: sigmoid(odds), bits: odds * LOG2_E }
        };
        let found = self.columns.score(text, state);
        let read =
            |texts: &[String]| self.columns.score_all(texts, self.config.threads, |_, scores| state(scores));
        let holds = |state: State| state.label == 1;
        let turns_by = if holds(found) { 1.0 } else { -1.0 };
        let (words, turn) =
            Asking { text, found, turns_by, read: &read }.answers(asked(&self.explain(text, label)?.spans));
        let words: Vec<MultiWithoutWord> = words
            .into_iter()
            .map(|Answer { word: (name, spans), state, weight }| MultiWithoutWord {
                name,
                spans,
                holds: holds(state),
                probability: state.probability,
                weight,
            })
            .collect();
        let turn = turn.map(|(out, state)| MultiTurn {
            words: out.iter().map(|&word| words[word].name.clone()).collect(),
            probability: state.probability,
        });
        let probability = found.probability;
        Ok(MultiCounterfactual { label: label.to_owned(), holds: holds(found), probability, words, turn })
    }
}

/// What a text, or what is left of it, is labelled.
#[derive(Debug, Clone, Copy)]
struct State {
    /// The place of its label; of a label asked about, whether it holds.
    label: usize,
    /// The probability of the label that the text has as it is, or that is asked about.
    probability: f64,
    /// Its log2 odds.
    bits: f64,
}

/// What is without one word, and by how many bits the odds are lower then.
struct Answer {
    word: Word,
    state: State,
    weight: Weight,
}

/// A text whose words are taken out.
struct Asking<'a> {
    text: &'a str,
    found: State,
    /// 1 where the label turns by lower odds, -1 where it turns by higher ones.
    turns_by: f64,
    /// How many texts are labelled.
    read: &'a dyn Fn(&[String]) -> Vec<State>,
}

impl Asking<'_> {
    /// What is without each of the words, first where the label turns; and words that turn it together.
    fn answers(&self, words: Vec<Word>) -> (Vec<Answer>, Option<(Vec<usize>, State)>) {
        let without = self.each_without(&words);
        let weight = |state: State| Weight(self.found.bits - state.bits);
        let mut words: Vec<Answer> = words
            .into_iter()
            .zip(without)
            .map(|(word, state)| Answer { word, state, weight: weight(state) })
            .collect();
        words.sort_by(|a, b| {
            let by_turn = self.turns(b.state).cmp(&self.turns(a.state));
            let by_weight = b.weight.bits().abs().total_cmp(&a.weight.bits().abs());
            by_turn.then(by_weight).then_with(|| a.word.1[0].start.cmp(&b.word.1[0].start))
        });
        let turn = self.turn(&words);
        (words, turn)
    }

    fn turns(&self, state: State) -> bool {
        state.label != self.found.label
    }

    /// Words that turn the label together: a single one, or the fewest first ones, without the needless.
    fn turn(&self, words: &[Answer]) -> Option<(Vec<usize>, State)> {
        if let Some(first) = words.first().filter(|word| self.turns(word.state)) {
            return Some((vec![0], first.state));
        }
        let places: Vec<&[Range<usize>]> = words.iter().map(|word| word.word.1.as_slice()).collect();
        let speaks = |&word: &usize| self.turns_by * words[word].weight.bits() > 0.0;
        let speaking: Vec<usize> = (0..words.len()).filter(speaks).collect();
        let turned = (2..=speaking.len()).find_map(|count| {
            let found = self.one_without(&places, &speaking[..count])?;
            self.turns(found).then_some((speaking[..count].to_vec(), found))
        });
        let (mut out, mut found) = turned?;
        // The last one turned it; of those before, the least telling are the likeliest to be needless.
        for place in (0..out.len() - 1).rev() {
            let mut fewer = out.clone();
            fewer.remove(place);
            if let Some(still) = self.one_without(&places, &fewer).filter(|&still| self.turns(still)) {
                (out, found) = (fewer, still);
            }
        }
        Some((out, found))
    }

    /// What the text is labelled without some of the words, which stand at `places`.
    fn one_without(&self, places: &[&[Range<usize>]], out: &[usize]) -> Option<State> {
        let spans = out.iter().flat_map(|&word| places[word].iter().cloned()).collect();
        (self.read)(&[taken_out(self.text, spans)]).pop()
    }

    /// What the text is labelled without each of the words alone.
    fn each_without(&self, words: &[Word]) -> Vec<State> {
        let together = (AT_ONCE / self.text.len().max(1)).max(1);
        let mut found = Vec::with_capacity(words.len());
        for some in words.chunks(together) {
            let texts: Vec<String> =
                some.iter().map(|(_, spans)| taken_out(self.text, spans.clone())).collect();
            found.extend((self.read)(&texts));
        }
        found
    }
}

/// A word and where it stands.
type Word = (String, Vec<Range<usize>>);

/// The words that weigh most in an explanation, each with all its places.
fn asked(spans: &[SpanWeight]) -> Vec<Word> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut words: Vec<(f64, &str, Vec<Range<usize>>)> = Vec::new();
    for span in spans {
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
    use super::super::{Config, Example, MultiExample};
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

    fn of_several_labels() -> MultiClassifier {
        let examples: Vec<MultiExample> = [
            (vec!["refund"], "money back please"),
            (vec!["refund"], "refund my order"),
            (vec!["login"], "cannot log in"),
            (vec!["login"], "password rejected"),
            (vec!["login", "refund"], "forgot my password, refund me"),
            (vec![], "thank you so much"),
            (vec![], "great help, thanks"),
        ]
        .map(|(labels, text)| MultiExample::new(labels, text))
        .into();
        let config = Config { cost: Some(1.0), ..Config::multi() };
        MultiClassifier::fit(&config, &examples, None, &mut unwatched).expect("two labels")
    }

    #[test]
    fn a_label_is_asked_about_whether_it_holds_or_not() {
        let mut classifier = of_several_labels();
        let place = classifier.place("login").expect("a known label");
        let odds = |classifier: &MultiClassifier, text: &str| {
            classifier.columns.score(text, |scores| classifier.sigmoids.odds(place, scores[place]))
        };
        // A threshold between a text and what is left of it: with the word that speaks for the label it holds, with the
        // one that speaks against it, it does not.
        for (text, word, left) in
            [("password please", "password", " please"), ("password thanks", "thanks", "password")]
        {
            let [whole, rest] = [text, left].map(|text| odds(&classifier, text));
            classifier.sigmoids.thresholds[place] = f64::midpoint(whole, rest);
            let asked = classifier.counterfactual(text, "login").expect("a known label");
            assert_eq!(asked.holds, word == "password", "{asked:?}");
            let first = &asked.words[0];
            assert_eq!((first.name.as_str(), first.holds), (word, !asked.holds));
            assert!((first.weight.bits() - (whole - rest) * LOG2_E).abs() < 1e-4);
            let turn = asked.turn.expect("the first word turns it");
            assert_eq!((turn.words, turn.probability), (vec![word.to_owned()], first.probability));
        }
        assert!(classifier.counterfactual("thanks", "parcel").is_err());
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

        #[test]
        fn so_is_it_of_each_label(
            words in prop::collection::vec("refund|money|password|thanks|log in|not|#GoodHelp|😀|!!|\\PC{0,6}", 0..12),
        ) {
            let (classifier, text) = (of_several_labels(), words.join(" "));
            for label in classifier.labels() {
                let asked = classifier.counterfactual(&text, label).expect("a known label");
                let as_it_is = classifier.explain(&text, label).expect("a known label");
                prop_assert_eq!((asked.holds, asked.probability), (as_it_is.holds, as_it_is.probability));
                for word in &asked.words {
                    let found = classifier.explain(&taken_out(&text, word.spans.clone()), label);
                    let found = found.expect("a known label");
                    prop_assert_eq!((found.holds, found.probability), (word.holds, word.probability));
                }
            }
        }
    }
}
