//! Opinions on parts of a thing: the aspect, the words that name it, and how they are spoken of.
//!
//! Aspects come as lists of the caller (brands, products, parts) and are found as whole words by one automaton
//! (Aho and Corasick 1975); the longest of overlapping names counts. [`discover`] proposes aspects from a
//! collection: what is a key phrase of many texts (Hu and Liu 2004, "Mining and Summarizing Customer
//! Reviews").
//!
//! How an aspect is spoken of is judged by the caller's scorer (any function from text to -1..1, such as the
//! sentiment of `classify`) on the stretch that belongs to the aspect: its clause, cut at commas, *but*, *while*
//! and their like, and half-way to the next aspect in the same clause. If the stretch says nothing, the sentence
//! is asked.
//!
//! To train a judge of one's own, [`marked`] turns a text and an aspect's place into a text for any word-based
//! classifier: the aspect becomes one word; its neighbours are repeated with their side, its clause with a mark,
//! and the nearest words as they are, so that what stands around an aspect weighs more than what is far away
//! (after Kiritchenko et al. 2014, NRC-Canada). Train `label<TAB>marked text` with
//! `reknit train --metric macro_f1`. Of ten such texts this one had the best mean on parts of two training sets
//! (`SemEval` 2014 task 4); the aspect's own words did not help.
//!
//! Cost: linear in the text.
//!
//! ```
//! use reknit::mine::{AspectList, Aspects};
//! let lists = [
//!     AspectList { aspect: "delivery".into(), names: vec!["delivery".into(), "shipping".into()] },
//!     AspectList { aspect: "staff".into(), names: vec!["staff".into()] },
//! ];
//! let aspects = Aspects::new(&lists)?;
//! let judge = |text: &str| f64::from(text.contains("great") as i8 - text.contains("slow") as i8);
//! let found = aspects.opinions("Shipping was slow, but the staff were great.", judge);
//! assert_eq!((found[0].aspect.as_str(), found[0].polarity), ("delivery", -1.0));
//! assert_eq!((found[1].aspect.as_str(), found[1].polarity), ("staff", 1.0));
//! # Ok::<(), reknit::Error>(())
//! ```

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::{Deserialize, Serialize};

use super::phrases::Phrases;
use super::summary::sentences;
use crate::text::token::{Token, TokenKind, tokens};
use crate::{Error, Result};

/// Words that part one opinion from the next.
const PARTS: &[&str] = &[
    "but", "although", "though", "however", "while", "whereas", "yet", "except", "aber", "obwohl", "jedoch",
    "während", "mais", "pero", "aunque", "ma", "però", "mas", "porém", "maar",
];
/// What else ends a clause for a classifier, which sees more of them than a judge needs to.
const BREAKS: &[&str] = &[",", ";", ".", "!", "?", ":", "(", ")", "-", "--", "and", "which"];
/// Words on each side that are repeated with their side.
const SIDES: usize = 3;
/// Words on each side that are repeated as they are.
const NEAR: usize = 4;
/// The word that stands for the aspect.
const MARK: &str = "xaspect";

/// An aspect and the names it goes by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AspectList {
    /// What it is called in results.
    pub aspect: String,
    /// As people write it; case does not matter.
    pub names: Vec<String>,
}

/// A name of an aspect in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The aspect.
    pub aspect: String,
    /// Where the name stands, in bytes.
    #[serde(flatten)]
    pub span: Range<usize>,
}

/// How an aspect is spoken of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Opinion {
    /// The aspect.
    pub aspect: String,
    /// Where its name stands, in bytes.
    pub target: Range<usize>,
    /// -1 (worst) to 1 (best); 0 for neither.
    pub polarity: f64,
    /// The stretch that was judged, in bytes.
    pub span: Range<usize>,
}

/// A phrase that many texts are about.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AspectCandidate {
    /// In lower case.
    pub name: String,
    /// Texts of which it is a key phrase.
    pub texts: u32,
}

/// Finds the aspects of given lists.
#[derive(Debug, Clone)]
pub struct Aspects {
    names: AhoCorasick,
    /// The aspect of each name.
    aspects: Vec<String>,
}

impl Aspects {
    /// A finder for these lists. An error names an aspect without names, an empty name, or too many names.
    pub fn new(lists: &[AspectList]) -> Result<Self> {
        let mut names: Vec<String> = Vec::new();
        let mut aspects = Vec::new();
        for (place, list) in lists.iter().enumerate() {
            if list.names.is_empty() || list.names.iter().any(|name| name.trim().is_empty()) {
                return Err(Error::config(format!(
                    "lists[{place}]: an aspect needs names, and a name needs letters; leave empty ones out"
                )));
            }
            names.extend(list.names.iter().map(|name| lower(name.trim()).0));
            aspects.extend(list.names.iter().map(|_| list.aspect.clone()));
        }
        let names = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&names);
        let names = names.map_err(|_| {
            Error::config("lists: the names are too many or too long for one automaton; divide them")
        })?;
        Ok(Self { names, aspects })
    }

    /// The names in a text, in order of place; whole words only.
    pub fn targets(&self, text: &str) -> Vec<Target> {
        let (form, places) = lower(text);
        let mut found = Vec::new();
        for name in self.names.find_iter(&form) {
            let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let (before, after) = (&form[..name.start()], &form[name.end()..]);
            if !letter(before.chars().next_back()) && !letter(after.chars().next()) {
                let span = places.source(name.start())..places.source(name.end());
                found.push(Target { aspect: self.aspects[name.pattern().as_usize()].clone(), span });
            }
        }
        found
    }

    /// How each name in a text is spoken of, by a judge that gives -1 (worst) to 1 (best) for a text; what is
    /// beyond is cut, and what is no number is 0.
    pub fn opinions(&self, text: &str, judge: impl Fn(&str) -> f64) -> Vec<Opinion> {
        let targets = self.targets(text);
        let judged = |span: &Range<usize>| {
            let polarity = judge(&text[span.clone()]);
            if polarity.is_nan() { 0.0 } else { polarity.clamp(-1.0, 1.0) }
        };
        let mut found = Vec::new();
        let mut rest = targets.as_slice();
        let mut sentences = sentences(text, 0..text.len());
        // Signs after the last sentence are of none, but may be names.
        sentences.push(sentences.last().map_or(0, |last| last.end)..text.len());
        for sentence in sentences {
            let (here, after) =
                rest.split_at(rest.partition_point(|target| target.span.start < sentence.end));
            rest = after;
            if here.is_empty() {
                continue;
            }
            let clauses = clauses(text, &sentence);
            let mut whole = None;
            for (place, target) in here.iter().enumerate() {
                let before = place.checked_sub(1).map(|place| here[place].span.end);
                let own = stretch(
                    text,
                    &clauses,
                    &target.span,
                    (before, here.get(place + 1).map(|t| t.span.start)),
                );
                let (polarity, span) = match judged(&own) {
                    0.0 => (*whole.get_or_insert_with(|| judged(&sentence)), sentence.clone()),
                    polarity => (polarity, own),
                };
                let span = span.start.min(target.span.start)..span.end.max(target.span.end);
                found.push(Opinion {
                    aspect: target.aspect.clone(),
                    target: target.span.clone(),
                    polarity,
                    span,
                });
            }
        }
        found
    }
}

/// The `most` phrases that are a key phrase of most texts, and of two at least; equals by the alphabet.
pub fn discover<T: AsRef<str>>(texts: &[T], most: usize) -> Vec<AspectCandidate> {
    let phrases = Phrases::default();
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for text in texts {
        let mut names: Vec<String> =
            phrases.find(text.as_ref()).into_iter().map(|phrase| phrase.text.to_lowercase()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            *counts.entry(name).or_default() += 1;
        }
    }
    let mut found: Vec<AspectCandidate> = (counts.into_iter())
        .filter(|(_, texts)| *texts > 1)
        .map(|(name, texts)| AspectCandidate { name, texts })
        .collect();
    // Stable, so equals stay in the order of the alphabet.
    found.sort_by_key(|candidate| std::cmp::Reverse(candidate.texts));
    found.truncate(most);
    found
}

/// The text for a classifier that judges the aspect at `span`: the whole text with the aspect as one word, then
/// the three words on each side with their side (`l_`, `r_`), the words of its clause (`c_`), and the four words on
/// each side once more. An error for a span that is not in the text or cuts a character.
///
/// ```
/// let text = "The staff were great.";
/// let marked = reknit::mine::marked(text, 4..9)?;
/// assert_eq!(
///     marked,
///     "the xaspect were great . l_the r_were r_great c_the c_were c_great the xaspect were great ."
/// );
/// # Ok::<(), reknit::Error>(())
/// ```
pub fn marked(text: &str, span: Range<usize>) -> Result<String> {
    if text.get(span.clone()).is_none_or(str::is_empty) {
        return Err(Error::input(format!(
            "span: {}..{} is empty, not within the {} bytes of the text, or cuts a character",
            span.start,
            span.end,
            text.len()
        )));
    }
    let forms = |part: &str| -> Vec<String> { tokens(part).map(|token| token.form()).collect() };
    let (left, right) = (forms(&text[..span.start]), forms(&text[span.end..]));
    let worded = |form: &&String| form.chars().any(char::is_alphanumeric);
    let goes_on = |form: &&String| !BREAKS.contains(&form.as_str()) && !PARTS.contains(&form.as_str());
    let last = |count: usize| &left[left.len().saturating_sub(count)..];
    let first = |count: usize| &right[..right.len().min(count)];
    let from = left.len() - left.iter().rev().take_while(goes_on).count();
    let clause = left[from..].iter().chain(right.iter().take_while(goes_on));
    let mut parts = left.clone();
    parts.push(MARK.to_owned());
    parts.extend(right.iter().cloned());
    parts.extend(last(SIDES).iter().filter(worded).map(|form| format!("l_{form}")));
    parts.extend(first(SIDES).iter().filter(worded).map(|form| format!("r_{form}")));
    parts.extend(clause.filter(worded).map(|form| format!("c_{form}")));
    parts.extend(last(NEAR).iter().cloned());
    parts.push(MARK.to_owned());
    parts.extend(first(NEAR).iter().cloned());
    Ok(parts.join(" "))
}

/// A sentence cut where one opinion ends and the next begins.
fn clauses(text: &str, sentence: &Range<usize>) -> Vec<Range<usize>> {
    let mut clauses = Vec::new();
    let mut begin = sentence.start;
    for token in tokens(&text[sentence.clone()]) {
        let (start, end) = (sentence.start + token.start, sentence.start + token.end());
        if parts(&token) {
            if start > begin {
                clauses.push(begin..start);
            }
            // A word that parts belongs to what follows, a mark to neither.
            begin = if token.kind == TokenKind::Word { start } else { end };
        }
    }
    if begin < sentence.end {
        clauses.push(begin..sentence.end);
    }
    clauses
}

fn parts(token: &Token<'_>) -> bool {
    match token.kind {
        TokenKind::Word => PARTS.contains(&token.form().as_str()),
        TokenKind::Punctuation => {
            token.text.starts_with([',', ';', ':', '(', ')', '\u{2013}', '\u{2014}', '、', '，'])
        }
        _ => false,
    }
}

/// The part of the target's clause that is nearer to it than to the end of the target before and the start of
/// the one after.
fn stretch(
    text: &str,
    clauses: &[Range<usize>],
    target: &Range<usize>,
    (before, after): (Option<usize>, Option<usize>),
) -> Range<usize> {
    let own = clauses.get(clauses.partition_point(|clause| clause.end <= target.start));
    let mut own = own.filter(|clause| clause.start <= target.start).unwrap_or(target).clone();
    if let Some(before) = before.filter(|before| *before > own.start && *before <= target.start) {
        own.start = half_way(text, before, target.start);
    }
    if let Some(after) = after.filter(|after| *after < own.end && *after >= target.end) {
        own.end = half_way(text, target.end, after);
    }
    own.start.min(target.start)..own.end.max(target.end)
}

/// The end of the token in the middle between two places, so that no word is cut.
fn half_way(text: &str, from: usize, to: usize) -> usize {
    let ends: Vec<usize> = tokens(&text[from..to]).map(|token| from + token.end()).collect();
    ends.get((ends.len().max(1) - 1) / 2).copied().unwrap_or(from)
}

/// Where the characters of a text in lower case come from.
struct Places {
    /// Place in lower case and place in the source, where their distance changes.
    changes: Vec<(usize, usize)>,
}

impl Places {
    fn source(&self, at: usize) -> usize {
        let next = self.changes.partition_point(|(lower, _)| *lower <= at);
        self.changes[..next].last().map_or(at, |(lower, source)| source + (at - lower))
    }
}

/// The text in lower case, with straight apostrophes.
fn lower(text: &str) -> (String, Places) {
    let mut form = String::with_capacity(text.len());
    let mut changes = Vec::new();
    for (at, c) in text.char_indices() {
        let begin = form.len();
        match c {
            '\u{2019}' => form.push('\''),
            _ => form.extend(c.to_lowercase()),
        }
        if form.len() - begin != c.len_utf8() {
            changes.push((form.len(), at + c.len_utf8()));
        }
    }
    (form, Places { changes })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(aspect: &str, names: &[&str]) -> AspectList {
        AspectList { aspect: aspect.into(), names: names.iter().map(|name| (*name).into()).collect() }
    }

    fn judge(text: &str) -> f64 {
        let count =
            |words: &[&str]| words.iter().filter(|word| text.to_lowercase().contains(**word)).count() as f64;
        count(&["great", "fast", "love"]) - count(&["slow", "bad", "rude"])
    }

    #[test]
    fn names_are_whole_words_in_any_case() {
        let aspects =
            Aspects::new(&[list("phone", &["iPhone 14", "phone"]), list("app", &["app"])]).expect("valid");
        let text = "İ The IPHONE 14 is fine, the phones and apps too; my App’s icon";
        let found: Vec<(String, &str)> =
            aspects.targets(text).into_iter().map(|t| (t.aspect, &text[t.span])).collect();
        assert_eq!(found, [("phone".to_owned(), "IPHONE 14"), ("app".to_owned(), "App")]);
        assert_eq!(Aspects::new(&[list("x", &[" "])]).expect_err("no letters").name(), "config");
        assert_eq!(Aspects::new(&[]).expect("valid").targets("a text"), []);
    }

    #[test]
    fn each_aspect_has_its_own_stretch() {
        let aspects = Aspects::new(&[list("food", &["food"]), list("service", &["service"])]).expect("valid");
        let found = |text: &str| -> Vec<(String, f64)> {
            aspects
                .opinions(text, judge)
                .into_iter()
                .map(|opinion| (opinion.aspect, opinion.polarity))
                .collect()
        };
        assert_eq!(found("Great food but slow service."), [("food".into(), 1.0), ("service".into(), -1.0)]);
        assert_eq!(
            found("The food was great and the service bad"),
            [("food".into(), 1.0), ("service".into(), -1.0)]
        );
        assert_eq!(found("I love, honestly, the food."), [("food".into(), 1.0)]);
        assert_eq!(found("There is food."), [("food".into(), 0.0)]);
    }

    #[test]
    fn a_name_of_signs_after_the_last_sentence_is_judged_as_well() {
        let aspects = Aspects::new(&[list("shop", &["+++"])]).expect("valid");
        for text in ["+++", "Fine. +++", "+++ is fine."] {
            let opinions = aspects.opinions(text, |part| if part.contains("+++") { 0.5 } else { -0.5 });
            assert_eq!(opinions.iter().map(|opinion| opinion.polarity).collect::<Vec<_>>(), [0.5], "{text}");
        }
    }

    #[test]
    fn what_many_texts_are_about_is_proposed() {
        let texts =
            ["The battery life is bad", "battery life could be better", "I like the battery life", "nice"];
        assert_eq!(discover(&texts, 5), [AspectCandidate { name: "battery life".into(), texts: 3 }]);
    }

    #[test]
    fn a_span_must_lie_in_the_text() {
        assert_eq!(marked("für uns", 1..2).expect_err("it cuts a letter").name(), "input");
        assert!(marked("a", 0..2).is_err() && marked("a", 1..1).is_err());
    }

    proptest! {
        #[test]
        fn spans_hold_their_names(text in "([a-cİẞ’]{1,3}[ .,]){0,12}") {
            let aspects = Aspects::new(&[list("a", &["a", "ab", "i̇"]), list("c", &["c"])]).expect("valid");
            for opinion in aspects.opinions(&text, |_| 0.5) {
                prop_assert!(text.get(opinion.target.clone()).is_some_and(|name| !name.is_empty()));
                prop_assert!(text.get(opinion.span.clone()).is_some());
                prop_assert!(opinion.span.start <= opinion.target.start && opinion.target.end <= opinion.span.end);
            }
        }
    }
}
