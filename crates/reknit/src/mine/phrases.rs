//! Key phrases: the few phrases that tell what a text is about.
//!
//! A candidate is a run of words between stop words, numbers and punctuation, as in RAKE (Rose et al. 2010);
//! words joined by a hyphen are one. No parts of speech are needed. A candidate's score adds up what is seen of
//! it, as YAKE (Campos et al. 2020) does with other features: how many words it has, how often it stands in
//! the text alone and within longer ones, how early, how rare its words are in general English (the rank in
//! the shipped vocabulary), how many neighbours its words have (RAKE's degree over frequency), capitals and
//! acronyms, and endings that tell verbs from nouns. The weights are rounded from a logistic regression on one
//! half of two sets of abstracts (Inspec, `SemEval` 2017 task 10) and hold for their other halves.
//!
//! Plural and singular are one phrase (the S-stemmer of Harman 1991). Chinese and Japanese are cut at kana
//! and at common particles.
//!
//! Cost: linear in the text.
//!
//! ```
//! use reknit::mine::Phrases;
//! let text = "The delivery date of my garden table moved again. Who pays for the garden table?";
//! let found = Phrases::default().find(text);
//! let table = found.iter().find(|phrase| phrase.text == "garden table").expect("it is a key phrase");
//! assert_eq!(table.spans.len(), 2);
//! ```

use std::ops::Range;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::stop::{Stop, StopLists};
use super::term::rank;
use crate::text::token::{Token, TokenKind, Tokens, tokens};
use crate::text::words::Words;
use crate::{Error, Result};

/// Words of the longest phrase.
const LONGEST: usize = 4;
/// What a candidate of one, two, three, four words begins with.
const BY_LENGTH: [f64; LONGEST] = [-0.4, 0.6, 0.3, -0.8];
/// Times the logarithm of how often it stands alone.
const OFTEN: f64 = 0.75;
/// Times the logarithm of one more than how often it stands within a longer one.
const WITHIN: f64 = 0.35;
/// Times its place: 0 for the first word of the text to 1 for the last, by logarithms.
const LATE: f64 = -1.0;
/// Times the mean logarithm of its words' ranks.
const RARE: f64 = 0.45;
/// Times the sum over its words of neighbours by occurrences.
const NEIGHBOURS: f64 = 0.12;
/// It has a capital that no sentence asks for.
const CAPITAL: f64 = 0.25;
/// One of its words is all capitals.
const ACRONYM: f64 = 0.5;
/// Its first word ends in `ing`.
const FIRST_ING: f64 = -0.3;
/// Its last word ends in `ed`.
const LAST_ED: f64 = -1.5;
/// Its last word has one or two letters.
const LAST_SHORT: f64 = -0.6;
/// It has a digit.
const DIGIT: f64 = -0.45;
/// Its first word is weak.
const FIRST_WEAK: f64 = -1.2;
/// Its last word is weak.
const LAST_WEAK: f64 = -0.35;
/// Taken from the sum before it is squashed, so that usual sums lie in the middle of 0 to 1.
const PRIOR: f64 = 5.0;
/// Words of the longest run; a longer one is cut.
const LONGEST_RUN: usize = 16;
/// Signs of the longest word in scripts without blanks.
const MOST_SIGNS: usize = 8;
/// Words that are looked at to choose a list of stop words.
const LOOKED_AT: usize = 1000;
/// The list whose plurals and adverbs are known.
const ENGLISH: usize = 0;
/// Chinese words of one sign that name nothing.
const PARTICLES: &str = "的了是在我你他她它们们这那有和与不也就都而及或吗呢吧把被给对从到让会能可要想去来上下为以于很请问哪里什么怎";

/// How phrases are found.
///
/// | field | default | meaning | range |
/// |---|---|---|---|
/// | `most` | 10 | phrases of a text | 1 and up |
/// | `language` | none | whose stop words count (ISO 639-1); none: the text decides | en, de, es, fr, it, nl, pt |
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PhraseConfig {
    /// Phrases of a text, at most.
    pub most: usize,
    /// Whose stop words count; none: the text decides.
    pub language: Option<String>,
}

impl Default for PhraseConfig {
    fn default() -> Self {
        Self { most: 10, language: None }
    }
}

/// A phrase and where it stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct KeyPhrase {
    /// As it is first written, with single blanks.
    pub text: String,
    /// 0 to 1; orders the phrases of one text. It is no probability.
    pub score: f64,
    /// All its occurrences in bytes, also within longer phrases, in order of place.
    pub spans: Vec<Range<usize>>,
}

/// Finds key phrases.
#[derive(Debug, Clone)]
pub struct Phrases {
    most: usize,
    list: Option<usize>,
    stops: StopLists,
    words: Words,
}

impl Default for Phrases {
    fn default() -> Self {
        Self {
            most: PhraseConfig::default().most,
            list: None,
            stops: StopLists::shipped(),
            words: Words::shipped(),
        }
    }
}

/// A word of a run, by the number of its key.
#[derive(Debug, Clone, Copy)]
struct Part {
    key: u32,
    start: usize,
    end: usize,
    weak: bool,
    /// Begins with a capital, and no sentence begins with it.
    capital: bool,
    acronym: bool,
}

/// A run of words without a break, and the place of its first among the words of the text.
#[derive(Debug, Clone, Default)]
struct Run {
    parts: Vec<Part>,
    place: usize,
}

/// What is known of all words with one key.
#[derive(Debug, Clone, Default)]
struct Known {
    form: String,
    /// The mean logarithm of the ranks of its parts.
    rank: f64,
    count: u32,
    neighbours: u32,
}

/// The keys of a phrase, the rest filled up with [`NONE`].
type Key = [u32; LONGEST];
const NONE: u32 = u32::MAX;

/// A phrase that may be one, where it was met first, and how often.
#[derive(Debug, Clone)]
struct Candidate {
    run: usize,
    at: usize,
    length: usize,
    /// As a whole run.
    alone: u32,
    /// As a part of a longer one.
    within: u32,
    /// As a part of one that is too long to be a phrase.
    cut: u32,
}

impl Phrases {
    /// A finder with settings; an error names a setting out of its range.
    pub fn new(config: &PhraseConfig) -> Result<Self> {
        if config.most == 0 {
            return Err(Error::config("most: 0 phrases are asked for; ask for 1 or more"));
        }
        let list = config.language.as_deref().map(StopLists::of).transpose()?;
        Ok(Self { most: config.most, list, ..Self::default() })
    }

    /// The key phrases of `text`, best first; of equals, the earlier one. None for a text without candidates.
    pub fn find(&self, text: &str) -> Vec<KeyPhrase> {
        let mut scan = Scan::new(self, text);
        scan.read(text);
        scan.choose(text, self.most)
    }
}

/// One pass over a text.
struct Scan<'a> {
    stops: &'a StopLists,
    list: usize,
    words: &'a Words,
    numbers: HashMap<String, u32>,
    known: Vec<Known>,
    runs: Vec<Run>,
    /// The run that goes on.
    run: Run,
    /// Words met so far.
    place: usize,
    /// The next word begins a sentence.
    begins: bool,
    form: String,
    pieces: Vec<u16>,
}

impl<'a> Scan<'a> {
    fn new(phrases: &'a Phrases, text: &str) -> Self {
        let list = phrases.list.unwrap_or_else(|| {
            let words = tokens(text).filter(|token| token.kind == TokenKind::Word).take(LOOKED_AT);
            let forms: Vec<String> = words.map(|token| token.form()).collect();
            phrases.stops.guess(forms.iter().map(String::as_str))
        });
        let (numbers, known, runs, run, form, pieces) = Default::default();
        let (stops, words) = (&phrases.stops, &phrases.words);
        Self { stops, list, words, numbers, known, runs, run, place: 0, begins: true, form, pieces }
    }

    fn read(&mut self, text: &str) {
        let mut found = tokens(text);
        let mut last = 0;
        while let Some(token) = found.next() {
            if text[last..token.start].matches('\n').nth(1).is_some() {
                self.end_run();
                self.begins = true;
            }
            last = token.end();
            match token.kind {
                TokenKind::Word if token.spaceless => self.spaceless(&token),
                TokenKind::Word => last = self.word(text, &token, &mut found),
                TokenKind::Number => last = self.number(text, &token, &mut found),
                TokenKind::Hashtag => self.hashtag(&token),
                TokenKind::Punctuation => {
                    self.end_run();
                    self.begins |= token.text.contains(['.', '!', '?', '。', '！', '？']);
                }
                _ => self.end_run(),
            }
        }
        self.end_run();
    }

    /// A word with what is joined to it by hyphens; gives its end.
    fn word(&mut self, text: &str, token: &Token<'_>, found: &mut Tokens<'_>) -> usize {
        let end = joined(token, found);
        token.form_into(&mut self.form);
        let bare = ["'s", "\u{2019}s"].iter().find_map(|ending| self.form.strip_suffix(ending));
        let bare = bare.unwrap_or(&self.form);
        let stop = if end > token.end() {
            None
        } else {
            self.stops.get(self.list, &self.form).or(self.stops.get(self.list, bare))
        };
        let adverb = self.list == ENGLISH && end == token.end() && bare.len() > 4 && bare.ends_with("ly");
        self.place += 1;
        let begins = std::mem::take(&mut self.begins);
        if stop == Some(Stop::Hard) || adverb {
            self.end_run();
            return end;
        }
        let capital = !begins && token.text.starts_with(char::is_uppercase);
        let shown = token.start + bare_length(token.text);
        let shown = if end > token.end() { end } else { shown };
        let key = self.key(&text[token.start..shown]);
        self.push(Part {
            key,
            start: token.start,
            end: shown,
            weak: stop == Some(Stop::Weak),
            capital,
            acronym: token.caps,
        });
        end
    }

    /// A number ends a run, but one joined to a word is part of it, and so is a short one after a name
    /// (*Windows 10*).
    fn number(&mut self, text: &str, token: &Token<'_>, found: &mut Tokens<'_>) -> usize {
        let end = joined(token, found);
        self.place += 1;
        self.begins = false;
        let after_name = self.run.parts.last().is_some_and(|part| part.capital) && token.text.len() <= 3;
        if end > token.end() || after_name {
            let key = self.key(&text[token.start..end]);
            self.push(Part { key, start: token.start, end, weak: false, capital: false, acronym: false });
        } else {
            self.end_run();
        }
        end
    }

    fn hashtag(&mut self, token: &Token<'_>) {
        self.end_run();
        for part in token.parts() {
            part.form_into(&mut self.form);
            self.place += 1;
            match self.stops.get(self.list, &self.form) {
                Some(Stop::Hard) => self.end_run(),
                stop => {
                    let key = self.key(part.text);
                    self.push(Part {
                        key,
                        start: part.start,
                        end: part.end(),
                        weak: stop.is_some(),
                        capital: false,
                        acronym: part.caps,
                    });
                }
            }
        }
        self.end_run();
        self.begins = false;
    }

    /// A run of signs without blanks: each stretch of Han or katakana between others is a word.
    fn spaceless(&mut self, token: &Token<'_>) {
        self.end_run();
        let mut begin = None;
        let ends = token.text.char_indices().map(|(at, c)| (at, names(c)));
        for (at, named) in ends.chain([(token.text.len(), false)]) {
            match (begin, named) {
                (None, true) => begin = Some(at),
                (Some(from), false) => {
                    self.stretch(token, from, at);
                    begin = None;
                }
                _ => {}
            }
        }
        self.begins = false;
    }

    fn stretch(&mut self, token: &Token<'_>, from: usize, to: usize) {
        self.place += 1;
        let text = &token.text[from..to];
        if (2..=MOST_SIGNS).contains(&text.chars().take(MOST_SIGNS + 1).count()) {
            let key = self.key(text);
            let (start, end) = (token.start + from, token.start + to);
            self.push(Part { key, start, end, weak: false, capital: false, acronym: false });
        }
        self.end_run();
    }

    /// The number of the word's key: lower case, singular.
    fn key(&mut self, text: &str) -> u32 {
        let mut form: String = tokens(text).map(|token| token.form()).collect::<Vec<_>>().join(" ");
        if self.list == ENGLISH {
            singular(&mut form);
        }
        if let Some(&number) = self.numbers.get(&form) {
            return number;
        }
        let (mut sum, mut count) = (0.0, 0.0);
        for part in text.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()) {
            let rank = rank(self.words, &part.to_lowercase(), &mut self.pieces);
            sum += (rank as f64 + 2.0).ln();
            count += 1.0;
        }
        let number = self.known.len() as u32;
        self.known.push(Known { form: form.clone(), rank: sum / f64::max(count, 1.0), ..Known::default() });
        self.numbers.insert(form, number);
        number
    }

    fn push(&mut self, part: Part) {
        if self.run.parts.len() == LONGEST_RUN {
            self.end_run();
        }
        if self.run.parts.is_empty() {
            self.run.place = self.place;
        }
        self.run.parts.push(part);
    }

    fn end_run(&mut self) {
        if self.run.parts.is_empty() {
            return;
        }
        let run = std::mem::take(&mut self.run);
        for part in &run.parts {
            let known = &mut self.known[part.key as usize];
            known.count += 1;
            known.neighbours += run.parts.len() as u32 - 1;
        }
        self.runs.push(run);
    }

    /// All phrases that may be one, in order of their first place.
    fn candidates(&self) -> (Vec<Candidate>, HashMap<Key, usize, FxBuildHasher>) {
        let mut list: Vec<Candidate> = Vec::new();
        let mut places: HashMap<Key, usize, FxBuildHasher> = HashMap::default();
        let mut meet = |run: usize, at: usize, parts: &[Part], whole: bool| {
            let place = *places.entry(key_of(parts)).or_insert_with(|| {
                list.push(Candidate { run, at, length: parts.len(), alone: 0, within: 0, cut: 0 });
                list.len() - 1
            });
            list[place].alone += u32::from(whole);
            list[place].cut += u32::from(!whole);
        };
        for (number, run) in self.runs.iter().enumerate() {
            if run.parts.len() <= LONGEST {
                meet(number, 0, &run.parts, true);
            } else {
                let windows = |length| run.parts.windows(length).enumerate();
                (2..=3).flat_map(windows).for_each(|(at, parts)| meet(number, at, parts, false));
            }
        }
        for run in &self.runs {
            let most = LONGEST.min(run.parts.len() - 1);
            for parts in (1..=most).flat_map(|length| run.parts.windows(length)) {
                if let Some(&place) = places.get(&key_of(parts)) {
                    list[place].within += 1;
                }
            }
        }
        (list, places)
    }

    fn choose(&self, text: &str, most: usize) -> Vec<KeyPhrase> {
        let (list, places) = self.candidates();
        let fits = |candidate: &Candidate| {
            let parts = self.parts(candidate);
            (candidate.alone > 0 || candidate.cut > 1) && !(parts.len() == 1 && parts[0].weak)
        };
        let mut ranked: Vec<(f64, usize)> = (list.iter().enumerate())
            .filter(|(_, candidate)| fits(candidate))
            .map(|(place, candidate)| (self.score(candidate), place))
            .collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        ranked.truncate(most);
        let mut spans = vec![Vec::new(); ranked.len()];
        let chosen: HashMap<usize, usize, FxBuildHasher> =
            ranked.iter().enumerate().map(|(at, (_, place))| (*place, at)).collect();
        for run in &self.runs {
            let most = LONGEST.min(run.parts.len());
            for parts in (1..=most).flat_map(|length| run.parts.windows(length)) {
                let at = places.get(&key_of(parts)).and_then(|place| chosen.get(place));
                if let Some(&at) = at {
                    spans[at].push(span_of(parts));
                }
            }
        }
        let phrase = |((score, place), mut spans): ((f64, usize), Vec<Range<usize>>)| {
            spans.sort_by_key(|span| (span.start, span.end));
            let written = &text[span_of(self.parts(&list[place]))];
            let text = written.split_whitespace().collect::<Vec<_>>().join(" ");
            KeyPhrase { text, score: 1.0 / (1.0 + (PRIOR - score).exp()), spans }
        };
        ranked.into_iter().zip(spans).map(phrase).collect()
    }

    fn parts(&self, candidate: &Candidate) -> &[Part] {
        &self.runs[candidate.run].parts[candidate.at..candidate.at + candidate.length]
    }

    fn score(&self, candidate: &Candidate) -> f64 {
        let parts = self.parts(candidate);
        let (first, last) = (parts[0], parts[parts.len() - 1]);
        let known = |part: &Part| &self.known[part.key as usize];
        let place = (self.runs[candidate.run].place + candidate.at) as f64;
        let mean_rank = parts.iter().map(|part| known(part).rank).sum::<f64>() / parts.len() as f64;
        let degree = |part: &Part| {
            let Known { count, neighbours, .. } = known(part);
            f64::from(neighbours + count) / f64::from(*count)
        };
        let ends = |part: &Part, ending: &str| known(part).form.ends_with(ending);
        let has_digit = parts.iter().any(|part| known(part).form.contains(|c: char| c.is_ascii_digit()));
        let signs = [
            (parts.iter().any(|part| part.capital), CAPITAL),
            (parts.iter().any(|part| part.acronym), ACRONYM),
            (ends(&first, "ing"), FIRST_ING),
            (ends(&last, "ed"), LAST_ED),
            (last.end - last.start < 3, LAST_SHORT),
            (has_digit, DIGIT),
            (first.weak, FIRST_WEAK),
            (last.weak, LAST_WEAK),
        ];
        BY_LENGTH[parts.len() - 1]
            + OFTEN * f64::from(candidate.alone.max(1)).ln()
            + WITHIN * (f64::from(candidate.within) + 1.0).ln()
            + LATE * place.ln_1p() / (self.place as f64).ln_1p()
            + RARE * mean_rank
            + NEIGHBOURS * parts.iter().map(degree).sum::<f64>()
            + signs.iter().filter(|(is, _)| *is).map(|(_, weight)| weight).sum::<f64>()
    }
}

fn key_of(parts: &[Part]) -> Key {
    let mut key = [NONE; LONGEST];
    key.iter_mut().zip(parts).for_each(|(key, part)| *key = part.key);
    key
}

fn span_of(parts: &[Part]) -> Range<usize> {
    parts[0].start..parts[parts.len() - 1].end
}

/// Takes what is joined to `token` by single hyphens without blanks; gives its end.
fn joined(token: &Token<'_>, found: &mut Tokens<'_>) -> usize {
    let mut end = token.end();
    loop {
        let mut ahead = found.clone();
        let (Some(hyphen), Some(next)) = (ahead.next(), ahead.next()) else { return end };
        let joins = matches!(hyphen.text, "-" | "\u{2010}" | "\u{2011}" | "\u{2013}") && hyphen.start == end;
        let worded = matches!(next.kind, TokenKind::Word | TokenKind::Number) && !next.spaceless;
        if !(joins && worded && next.start == hyphen.end()) {
            return end;
        }
        end = next.end();
        *found = ahead;
    }
}

/// The bytes of a word without the `'s` of a possessor.
fn bare_length(text: &str) -> usize {
    ["'s", "\u{2019}s", "'S", "\u{2019}S"]
        .iter()
        .find_map(|ending| text.strip_suffix(ending))
        .unwrap_or(text)
        .len()
}

/// Whether a sign of a script without blanks belongs to a name: Han and katakana, without particles.
fn names(c: char) -> bool {
    matches!(c as u32, 0x30A0..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF)
        && !PARTICLES.contains(c)
}

/// Harman 1991, "How Effective Is Suffixing?", the S-stemmer.
fn singular(form: &mut String) {
    let ends = |ending: &str| form.ends_with(ending);
    if form.len() < 4 {
    } else if ends("ies") && !ends("eies") && !ends("aies") {
        form.truncate(form.len() - 3);
        form.push('y');
    } else if ends("s") && !ends("us") && !ends("ss") && !ends("aes") && !ends("ees") && !ends("oes") {
        form.pop();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> Vec<String> {
        Phrases::default().find(text).into_iter().map(|phrase| phrase.text).collect()
    }

    #[test]
    fn phrases_stand_between_stop_words() {
        assert_eq!(
            found("Where is the tracking number of my order? The customer support team never answers."),
            ["customer support team", "tracking number"]
        );
        assert_eq!(
            found("My Windows 10 laptop has a battery-powered mouse"),
            ["Windows 10 laptop", "battery-powered mouse"]
        );
        assert_eq!(found("Wo ist die Rechnung für das Ersatzteil?"), ["Rechnung", "Ersatzteil"]);
        assert_eq!(found("请问订单号码在哪里"), ["订单号码"]);
        assert_eq!(found("退款的流程"), ["退款", "流程"]);
        assert_eq!(found(""), Vec::<String>::new());
    }

    #[test]
    fn every_occurrence_is_named() {
        let text = "Delivery dates moved. The delivery date moved again, and so did the new delivery  date.";
        let found = Phrases::default().find(text);
        let date = found.iter().find(|phrase| phrase.text == "Delivery dates").expect("it is one");
        let spans: Vec<&str> = date.spans.iter().map(|span| &text[span.clone()]).collect();
        assert_eq!(spans, ["Delivery dates", "delivery date", "delivery  date"]);
    }

    #[test]
    fn settings_are_checked() {
        let config = PhraseConfig { language: Some("xx".into()), ..PhraseConfig::default() };
        assert_eq!(Phrases::new(&config).expect_err("no such list").name(), "config");
        assert!(Phrases::new(&PhraseConfig { most: 0, language: None }).is_err());
    }

    proptest! {
        #[test]
        fn spans_hold_their_phrase(text in "([a-cA-C]{1,3}[ .\n-]){0,30}\\PC{0,10}") {
            for phrase in Phrases::default().find(&text) {
                prop_assert!((0.0..=1.0).contains(&phrase.score) && !phrase.spans.is_empty());
                for span in phrase.spans {
                    prop_assert!(text.get(span).is_some_and(|found| !found.is_empty()));
                }
            }
        }
    }
}
