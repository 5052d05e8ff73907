//! Words as the miners see them: a form to compare by, its place, how common it is, what it means.
//!
//! How common a word is in general is taken from its place in the vocabulary of the shipped word pieces,
//! which is ordered by use: the word of rank r has the share 1 / (r · ln R) of all running words (Zipf
//! 1949). What it means is the sum of its pieces' vectors. A word is read once per table, whatever the
//! number of texts it stands in.
//!
//! Cost: linear in the text; a new word costs a hash and about 1 KB.

use hashbrown::HashMap;

use crate::text::token::{Token, TokenKind, tokens};
use crate::text::words::{DIMENSIONS, Words, vector};

/// Pieces before the commonest word: single signs, digits and letters.
const FIRST_WORD: usize = 87;
/// The sum of 1/r over the 30,522 ranks of the vocabulary.
const HARMONIC: f32 = 10.9;
/// Letters of a word that are compared; no word of a language is longer.
const LONGEST: usize = 64;

/// A number of 128 values; all zero for a word without one.
pub(super) type Vector = [f32; DIMENSIONS];

/// What is known of a word.
#[derive(Debug, Clone)]
pub(super) struct Word {
    pub(super) form: String,
    /// Of length 1; none for a word without known pieces.
    pub(super) vector: Option<Box<Vector>>,
    /// The length its vector had.
    pub(super) length: f32,
    /// Its share of all running words in general English, 0..1.
    pub(super) share: f32,
    /// It is one known piece; the vector of one that is cut says less.
    pub(super) whole: bool,
    /// It begins with a digit.
    pub(super) number: bool,
    /// Fingerprints of its character 2- to 4-grams, sorted, each once.
    grams: Vec<u32>,
}

impl Word {
    fn read(words: &Words, form: &str, pieces: &mut Vec<u16>) -> Self {
        pieces.clear();
        words.cut(form, pieces);
        let (vector, length) = vector(words, pieces).unzip();
        let rank = place(words, pieces);
        Self {
            form: form.to_owned(),
            vector: vector.map(Box::new),
            length: length.unwrap_or(0.0),
            share: 1.0 / ((rank + 1) as f32 * HARMONIC),
            whole: pieces.len() == 1,
            number: form.starts_with(|c: char| c.is_ascii_digit()),
            grams: grams(form),
        }
    }

    /// How little the word says on its own: `a / (a + share)`, 0..1 (Arora, Liang and Ma 2017).
    pub(super) fn rarity(&self, a: f32) -> f32 {
        a / (a + self.share)
    }

    /// Shared character n-grams, twice, by those of both (Dice): 0..1.
    pub(super) fn spelled_like(&self, other: &Self) -> f32 {
        let (mut i, mut j, mut shared) = (0, 0, 0_u32);
        while let (Some(a), Some(b)) = (self.grams.get(i), other.grams.get(j)) {
            shared += u32::from(a == b);
            i += usize::from(a <= b);
            j += usize::from(b <= a);
        }
        let both = self.grams.len() + other.grams.len();
        if both == 0 { 0.0 } else { 2.0 * shared as f32 / both as f32 }
    }
}

/// How common a word is among all: 1 for the commonest, the number of all pieces for one that is cut.
pub(super) fn rank(words: &Words, form: &str, pieces: &mut Vec<u16>) -> usize {
    pieces.clear();
    words.cut(form, pieces);
    place(words, pieces)
}

fn place(words: &Words, pieces: &[u16]) -> usize {
    match *pieces {
        [piece] => usize::from(piece).saturating_sub(FIRST_WORD).max(1),
        _ => words.len().max(1),
    }
}

fn grams(form: &str) -> Vec<u32> {
    let padded: Vec<char> = [' '].into_iter().chain(form.chars().take(LONGEST)).chain([' ']).collect();
    let mut grams: Vec<u32> = (2..=4)
        .flat_map(|n| padded.windows(n))
        .map(|gram| gram.iter().copied().fold(0x811C_9DC5, step))
        .collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}

/// FNV-1a over whole characters.
fn step(hash: u32, c: char) -> u32 {
    (hash ^ c as u32).wrapping_mul(0x0100_0193)
}

/// The inner product.
pub(super) fn dot(a: &Vector, b: &Vector) -> f32 {
    // Eight sums side by side, so that the compiler can use wide registers; the order is fixed.
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}

/// Words that were met, each once, numbered in the order they were met.
#[derive(Debug, Clone)]
pub(super) struct Table<'a> {
    /// A table whose numbers hold here too.
    base: Option<&'a Table<'a>>,
    words: Words,
    numbers: HashMap<String, u32>,
    list: Vec<Word>,
    pieces: Vec<u16>,
}

impl<'a> Table<'a> {
    pub(super) fn new() -> Self {
        let (numbers, list, pieces) = Default::default();
        Self { base: None, words: Words::shipped(), numbers, list, pieces }
    }

    /// A table for a few words more, which leaves this one as it is.
    pub(super) fn over(base: &'a Self) -> Self {
        Self { base: Some(base), ..Self::new() }
    }

    /// The number of the word with this form, if it was met.
    fn find(&self, form: &str) -> Option<u32> {
        self.base.and_then(|base| base.find(form)).or_else(|| self.numbers.get(form).copied())
    }

    /// How many words were met.
    pub(super) fn len(&self) -> usize {
        self.base.map_or(0, Table::len) + self.list.len()
    }

    /// The number of the word with this form.
    pub(super) fn number(&mut self, form: &str) -> u32 {
        if let Some(number) = self.find(form) {
            return number;
        }
        let number = self.len() as u32;
        self.list.push(Word::read(&self.words, form, &mut self.pieces));
        self.numbers.insert(form.to_owned(), number);
        number
    }

    pub(super) fn word(&self, number: u32) -> &Word {
        let below = self.base.map_or(0, Table::len);
        match (self.base, (number as usize).checked_sub(below)) {
            (Some(base), None) => base.word(number),
            (_, at) => &self.list[at.unwrap_or_default()],
        }
    }
}

/// How scripts without spaces are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Units {
    /// Into pairs of neighbours.
    Pairs,
    /// Not at all.
    Whole,
}

/// Calls `each` with the form and the span of every unit of meaning, in order of place: words, numbers,
/// the words of a hashtag, names without `@`, emoji, and pairs of neighbours in scripts without spaces.
/// Links and punctuation are passed over.
pub(super) fn units(text: &str, cut: Units, mut each: impl FnMut(&str, usize, usize)) {
    let mut form = String::new();
    for token in tokens(text) {
        match token.kind {
            TokenKind::Word if token.spaceless && cut == Units::Pairs => pairs(&token, &mut form, &mut each),
            TokenKind::Word
            | TokenKind::Number
            | TokenKind::Emoji
            | TokenKind::Emoticon
            | TokenKind::Email => {
                token.form_into(&mut form);
                each(&form, token.start, token.end());
            }
            TokenKind::Mention => {
                token.form_into(&mut form);
                each(form.trim_start_matches('@'), token.start, token.end());
            }
            TokenKind::Hashtag => {
                for part in token.parts() {
                    part.form_into(&mut form);
                    each(&form, part.start, part.end());
                }
            }
            _ => {}
        }
    }
}

/// The pairs of neighbouring signs of a run without spaces; a single sign stands for itself.
fn pairs(token: &Token<'_>, form: &mut String, each: &mut impl FnMut(&str, usize, usize)) {
    let mut before: Option<(usize, char)> = None;
    let mut any = false;
    for (at, c) in token.text.char_indices() {
        if let Some((begin, first)) = before {
            form.clear();
            form.extend([first, c]);
            each(form, token.start + begin, token.start + at + c.len_utf8());
            any = true;
        }
        before = Some((at, c));
    }
    if !any {
        token.form_into(form);
        each(form, token.start, token.end());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        units(text, Units::Pairs, |form, start, end| {
            assert!(text.is_char_boundary(start) && text.is_char_boundary(end) && start < end);
            found.push(form.to_owned());
        });
        found
    }

    #[test]
    fn units_carry_meaning() {
        assert_eq!(
            forms("@Acme my #NoSignal, see https://x.io/a 2 times 👍"),
            ["acme", "my", "no", "signal", "see", "2", "times", "👍"]
        );
        assert_eq!(forms("退款申请"), ["退款", "款申", "申请"]);
    }

    #[test]
    fn common_words_say_little() {
        let mut table = Table::new();
        let [the, refund] = ["the", "refund"].map(|form| table.number(form));
        assert_eq!(table.number("the"), the);
        assert!(table.word(the).rarity(1e-3) < 0.1 && table.word(refund).rarity(1e-3) > 0.9);
        assert_eq!(table.word(refund).spelled_like(table.word(refund)), 1.0);
    }
}
