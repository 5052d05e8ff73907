//! Patterns of words with a weight: the cues that urgency is read from.
//!
//! A table holds a pattern a line: group, TAB, bits, TAB, the words. A word is written in its compared form; `(a|b)` is
//! one of several; `_` any one word; `~` up to three words or none; `^` in front binds to the beginning of a sentence;
//! `0` is any number. A pattern lies within one sentence. Bits are log2 odds for the group, negative ones speak against
//! it. Of patterns of a group that overlap, the weightiest counts; a pattern that is found twice counts once.
//!
//! Cost: `O(n)` in the tokens; each word begins a bounded number of patterns, and a pattern is bounded.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::SpanWeight;
use super::vocabulary::{hash, hash_token};
use crate::model::Weight;
use crate::text::token::{Token, TokenKind};

/// One part of a pattern after its first word.
#[derive(Debug, Clone)]
enum Part {
    /// One of these words, by hash.
    Word(Vec<u64>),
    /// Any one word.
    Any,
    /// Up to [`GAP`] words.
    Gap,
}

/// Words that `~` may stand for.
const GAP: usize = 3;

#[derive(Debug, Clone)]
struct Pattern {
    line: usize,
    group: usize,
    bits: f64,
    name: &'static str,
    opens: bool,
    rest: Vec<Part>,
}

/// A table of patterns.
#[derive(Debug, Clone)]
pub(super) struct Patterns {
    all: Vec<Pattern>,
    lines: usize,
    /// Patterns by the hash of their first word.
    by_first: HashMap<u64, Vec<usize>, FxBuildHasher>,
}

/// A token as patterns see it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    hash: u64,
    /// First byte.
    pub(super) start: usize,
    /// Byte after the last.
    pub(super) end: usize,
    /// What it is.
    pub(super) kind: TokenKind,
    /// Which sentence it stands in.
    pub(super) sentence: u32,
    /// All capitals.
    pub(super) caps: bool,
}

/// The tokens of `text`, hashtags split.
pub(super) fn see<'t>(text: &str, tokens: impl Iterator<Item = Token<'t>>) -> Vec<Seen> {
    let (mut seen, mut form) = (Vec::new(), String::new());
    let (mut sentence, mut at) = (0, 0);
    for token in tokens {
        sentence += u32::from(text[at..token.start].contains('\n'));
        at = token.end();
        seen.extend(token.parts().iter().map(|part| one(part, sentence, &mut form)));
        let ends = token.kind == TokenKind::Punctuation && token.text.starts_with(['.', '!', '?', '…']);
        sentence += u32::from(ends);
    }
    seen
}

fn one(token: &Token<'_>, sentence: u32, form: &mut String) -> Seen {
    let hash = if token.kind == TokenKind::Number { hash("0") } else { hash_token(token, form) };
    Seen { hash, start: token.start, end: token.end(), kind: token.kind, sentence, caps: token.caps }
}

impl Patterns {
    /// Reads a table; `groups` are the names of its groups. Lines of another shape are passed over; a test reads all.
    pub(super) fn new(table: &'static str, groups: &[&str]) -> Self {
        let mut found = Self { all: Vec::new(), lines: 0, by_first: HashMap::default() };
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let (Some(group), Some(bits), Some(words)) = (cells.next(), cells.next(), cells.next()) else {
                continue;
            };
            let group = groups.iter().position(|known| *known == group);
            if let (Some(group), Ok(bits)) = (group, bits.parse()) {
                found.add(group, bits, words);
            }
        }
        found
    }

    fn add(&mut self, group: usize, bits: f64, name: &'static str) {
        let words = name.strip_prefix("^ ");
        let opens = words.is_some();
        for variant in variants(words.unwrap_or(name)) {
            let mut parts = variant.into_iter();
            let Some(Part::Word(firsts)) = parts.next() else { continue };
            for first in firsts {
                self.by_first.entry(first).or_default().push(self.all.len());
            }
            let line = self.lines;
            self.all.push(Pattern { line, group, bits, name, opens, rest: parts.collect() });
        }
        self.lines += 1;
    }

    /// What each group's patterns add, in order of place.
    pub(super) fn find(&self, seen: &[Seen], groups: usize) -> Vec<Vec<SpanWeight>> {
        let mut hits: Vec<Vec<(usize, usize, usize)>> = vec![Vec::new(); groups];
        let mut met = vec![false; self.lines];
        for at in 0..seen.len() {
            for &place in self.by_first.get(&seen[at].hash).map_or(&[][..], Vec::as_slice) {
                let pattern = &self.all[place];
                let begins = at == 0 || seen[at - 1].sentence != seen[at].sentence;
                if met[pattern.line] || pattern.opens && !begins {
                    continue;
                }
                if let Some(end) = matched(&pattern.rest, seen, at + 1) {
                    met[pattern.line] = true;
                    hits[pattern.group].push((place, at, end));
                }
            }
        }
        hits.into_iter().map(|hits| self.weightiest(hits, seen)).collect()
    }

    fn weightiest(&self, mut hits: Vec<(usize, usize, usize)>, seen: &[Seen]) -> Vec<SpanWeight> {
        let strength = |place: usize| self.all[place].bits.abs();
        hits.sort_by(|a, b| strength(b.0).total_cmp(&strength(a.0)).then(a.1.cmp(&b.1)).then(a.0.cmp(&b.0)));
        let mut kept: Vec<(usize, usize, usize)> = Vec::new();
        for hit in hits {
            if kept.iter().all(|other| hit.2 <= other.1 || other.2 <= hit.1) {
                kept.push(hit);
            }
        }
        kept.sort_by_key(|hit| hit.1);
        let span = |(place, first, end): (usize, usize, usize)| SpanWeight {
            name: self.all[place].name.to_owned(),
            start: seen[first].start,
            end: seen[end - 1].end,
            weight: Weight(self.all[place].bits),
        };
        kept.into_iter().map(span).collect()
    }
}

/// The patterns a line stands for: runs of words among choices make one each.
fn variants(words: &str) -> Vec<Vec<Part>> {
    let mut found = vec![Vec::new()];
    let mut rest = words;
    while !rest.is_empty() {
        let end = if rest.starts_with('(') { rest.find(')').map_or(rest.len(), |at| at + 1) } else { 0 };
        let end = rest[end..].find(' ').map_or(rest.len(), |at| end + at);
        let choices = choices(&rest[..end]);
        let with = |before: &Vec<Part>, choice: &Vec<Part>| before.iter().chain(choice).cloned().collect();
        found =
            found.iter().flat_map(|before| choices.iter().map(move |choice| with(before, choice))).collect();
        rest = rest[end..].trim_start();
    }
    found
}

/// What one place of a pattern may be: all single words together, and each run of words.
fn choices(part: &str) -> Vec<Vec<Part>> {
    match part {
        "_" => vec![vec![Part::Any]],
        "~" => vec![vec![Part::Gap]],
        _ => {
            let inner = part.strip_prefix('(').and_then(|w| w.strip_suffix(')')).unwrap_or(part);
            let (runs, words): (Vec<&str>, Vec<&str>) = inner.split('|').partition(|w| w.contains(' '));
            let run = |run: &&str| run.split(' ').map(|word| Part::Word(vec![hash(word)])).collect();
            let mut choices: Vec<Vec<Part>> = runs.iter().map(run).collect();
            if !words.is_empty() {
                choices.push(vec![Part::Word(words.into_iter().map(hash).collect())]);
            }
            choices
        }
    }
}

/// Where `rest` ends if it stands at `at`, in the sentence of the token before.
fn matched(rest: &[Part], seen: &[Seen], at: usize) -> Option<usize> {
    let Some((first, after)) = rest.split_first() else { return Some(at) };
    let sentence = seen[at - 1].sentence;
    let here = seen.get(at).filter(|token| token.sentence == sentence);
    match first {
        Part::Word(words) => here.filter(|token| words.contains(&token.hash))?,
        Part::Any => here?,
        Part::Gap => {
            let most = seen[at..].iter().take(GAP).take_while(|token| token.sentence == sentence).count();
            return (0..=most).find_map(|skipped| matched(after, seen, at + skipped));
        }
    };
    matched(after, seen, at + 1)
}

#[cfg(test)]
pub(super) fn check(table: &'static str, groups: &[&str]) {
    use crate::text::token::tokens;
    let lines: Vec<&str> = table.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(Patterns::new(table, groups).lines, lines.len(), "a line of another shape");
    for line in lines {
        let words = line.split('\t').nth(2).expect("three cells");
        let plain = words.replace(['^', '~', '_', '(', ')', '|'], " ");
        for word in plain.split(' ').filter(|word| !word.is_empty()) {
            let forms: Vec<String> = tokens(word).map(|t| t.form()).collect();
            assert_eq!(forms, [word], "{line}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::token::tokens;

    fn found(table: &'static str, text: &str) -> Vec<(String, f64)> {
        let hits = Patterns::new(table, &["a"]).find(&see(text, tokens(text)), 1);
        hits[0].iter().map(|hit| (text[hit.start..hit.end].to_owned(), hit.weight.bits())).collect()
    }

    #[test]
    fn gaps_choices_and_beginnings() {
        let hit = |text: &str, bits: f64| vec![(text.to_owned(), bits)];
        assert_eq!(
            found("a\t2\tcancel ~ (plan|contract)", "Cancel my old plan."),
            hit("Cancel my old plan", 2.0)
        );
        assert_eq!(found("a\t2\tcancel ~ plan", "cancel my very old dusty plan"), []);
        assert_eq!(found("a\t2\tcancel ~ plan", "cancel. plan"), []);
        assert_eq!(found("a\t1\t^ send _ it", "I send you it. Send me it!"), hit("Send me it", 1.0));
        assert_eq!(found("a\t1\tfor 0 days", "for 12 days, for 3 days"), hit("for 12 days", 1.0));
    }

    #[test]
    fn of_overlapping_patterns_the_weightiest_counts() {
        assert_eq!(
            found("a\t1\tplease\na\t-3\tplease find", "please find it"),
            [("please find".to_owned(), -3.0)]
        );
    }
}
