//! What a subject line tells beside its base: marks in brackets, a place in a series, a number.
//!
//! `[PATCH 2/5]` is the second of five mails sent together; `#168` is the number of an order, a
//! ticket or a request, which stays when the words around it change. Everything is kept as hashes and
//! small numbers, so a subject costs a few words of memory. Cost: linear in the length.

use std::num::{NonZeroU32, NonZeroU64};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::text::subject;

use super::super::machine;
use super::super::packed::packed;
use super::super::weight::hash;
use super::token::{self, Token};

/// Words of a base subject that are compared.
const MOST_WORDS: usize = 16;

/// All that a subject line tells.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// The subject, if there is more than marks.
    pub(crate) subject: Option<Arc<Subject>>,
    /// Tokens and numbers that name a matter.
    pub(crate) tokens: Box<[Token]>,
    /// It begins as programs begin their answers.
    pub(crate) automatic: bool,
}

/// Subject lines read lately: the mails of a thread bear few different ones, and answers come soon. Lines
/// are told apart by their hashes, as subjects are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lines(FxHashMap<u64, Line>);

/// Lines that are kept, of about 200 bytes.
const MOST_LINES: usize = 1 << 15;

impl Lines {
    /// What `line` tells.
    pub(crate) fn read(&mut self, line: &str) -> &Line {
        if self.0.len() >= MOST_LINES {
            self.0.clear();
        }
        self.0.entry(hash(line)).or_insert_with(|| Line {
            subject: Subject::read(line).map(Arc::new),
            tokens: token::of_subject(line),
            automatic: machine::begins_like_one(line),
        })
    }
}

/// A subject as the weighing needs it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Subject {
    /// Hash of the base subject.
    pub(crate) base: u64,
    /// A reply mark stood there.
    pub(crate) reply: bool,
    /// A forward mark stood there.
    pub(crate) forward: bool,
    /// How many words the base has.
    pub(crate) count: u32,
    /// Hashes of its first words, each once, sorted.
    pub(crate) words: Box<[u64]>,
    /// Hash of the marks in brackets in front; 0 without one.
    pub(crate) marks: u64,
    /// Of how many mails this is one: the 5 of `[2/5]`.
    pub(crate) series: Option<NonZeroU32>,
    /// Hash of the first number written as `#168`.
    pub(crate) number: Option<NonZeroU64>,
}

packed!(Subject { base, reply, forward, count, words, marks, series, number });

impl Subject {
    /// Reads `line`; none where the base is empty.
    pub(crate) fn read(line: &str) -> Option<Self> {
        let folded = subject::fold(line);
        let (base, around) = subject::base_of_folded(&folded);
        if base.is_empty() {
            return None;
        }
        let count = base.split(' ').count();
        let marks = brackets(line);
        Some(Self {
            base: hash(base),
            reply: around.reply,
            forward: around.forward,
            count: u32::try_from(count).unwrap_or(u32::MAX),
            words: words(base),
            series: marks.iter().find_map(|mark| series(mark)),
            marks: if marks.is_empty() { 0 } else { hash(&marks.join(" ").to_lowercase()) },
            number: number(line).and_then(|digits| NonZeroU64::new(hash(digits))),
        })
    }

    /// Whether half of the words of the longer subject stand in the other one too.
    pub(crate) fn shares_words(&self, other: &Self) -> bool {
        let shared = self.words.iter().filter(|word| other.words.binary_search(word).is_ok()).count();
        2 * shared >= self.words.len().max(other.words.len())
    }
}

/// Hashes of the first words, each once, sorted.
fn words(base: &str) -> Box<[u64]> {
    let mut words = [0; MOST_WORDS];
    let all = base.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let mut count = 0;
    for (place, word) in words.iter_mut().zip(all) {
        *place = hash(word);
        count += 1;
    }
    words[..count].sort_unstable();
    let mut kept = 0;
    for at in 0..count {
        if kept == 0 || words[kept - 1] != words[at] {
            words[kept] = words[at];
            kept += 1;
        }
    }
    words[..kept].into()
}

/// The insides of the brackets of a line.
fn brackets(line: &str) -> Vec<&str> {
    line.split('[').skip(1).filter_map(|part| part.split_once(']')).map(|(inside, _)| inside.trim()).collect()
}

/// The 5 of `2/5` among the words of a mark.
fn series(mark: &str) -> Option<NonZeroU32> {
    mark.split_whitespace().find_map(|word| {
        let (place, of) = word.split_once('/')?;
        let (place, of): (u32, u32) = (place.parse().ok()?, of.parse().ok()?);
        (of >= 2 && place <= of).then(|| NonZeroU32::new(of)).flatten()
    })
}

/// The digits of the first `#168`.
fn number(line: &str) -> Option<&str> {
    line.split('#').skip(1).find_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        (end > 0).then_some(&rest[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Subject {
        Subject::read(line).expect("the base is not empty")
    }

    #[test]
    fn marks_series_and_numbers_are_read() {
        let patch = read("[list] [PATCH v2 03/12] Parcel");
        assert_eq!(patch.series, NonZeroU32::new(12));
        assert_eq!(read("Parcel [5/3]").series, None);
        assert_eq!(read("1/2 price").series, None);
        assert_eq!(read("Re: [PATCH 1/3] a").base, read("[PATCH 2/3] a").base);
        assert_ne!(read("Re: [PATCH 1/3] a").marks, read("[PATCH 2/3] a").marks);
        assert_eq!(read("Order #168, late").number, read("Refund for #168").number);
        assert_eq!(read("C# and F#").number, None);
        assert!(Subject::read("  ").is_none());
    }

    #[test]
    fn half_of_the_longer_subject_must_be_shared() {
        let issue = read("[x] lamp issue #7: it does not light");
        assert!(read("[x] lamp request #7: it does not light").shares_words(&issue));
        assert!(!read("lamp").shares_words(&issue));
    }
}
