//! What a word tells by itself, whatever stands around it.
//!
//! The features of one word, its class, its rating and its word pieces follow from its spelling alone. They are
//! read here, apart from what words tell together ([`Line`](super::features::Line)), so that whoever labels
//! many texts can keep what a word comes to and read its letters once.
//!
//! Cost: `O(n · char_ngrams)` in the characters of the word.

use super::features::{CHARS, CLASSES, Sink, Tables, WORDS, fingerprint, spelled, step};
use super::recipe::Recipe;
use crate::text::token::{Token, TokenKind};
use crate::text::words::Words;

/// What is asked of a text, and what is looked up for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) tables: &'a Tables,
}

/// What the words around a word need to know of it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Lexeme {
    /// Stands for its form.
    pub(crate) hash: u64,
    /// Stands for its class; 0 where the recipe has no classes.
    pub(crate) class: u64,
    /// Its rating in the sentiment word list; 0: none.
    pub(crate) valence: f32,
    /// Whether it turns what follows into its opposite.
    pub(crate) negates: bool,
}

/// Letters of a word so long that its buffers are not kept for the next.
const MANY_LETTERS: usize = 1 << 16;

/// Reads words, one after the other, in buffers that stay.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spelling {
    /// The compared form of the word read last.
    pub(crate) form: String,
    letters: Vec<char>,
}

impl Spelling {
    /// Shows `sink` the features of the word at `place` by itself, and adds its pieces to `pieces`.
    pub(crate) fn read(
        &mut self,
        word: &Token<'_>,
        place: u32,
        asked: Asked<'_>,
        pieces: &mut Vec<u16>,
        sink: &mut impl Sink,
    ) -> Lexeme {
        if self.letters.len() > MANY_LETTERS {
            *self = Self::default();
        }
        let Asked { recipe, tables } = asked;
        let mask = mask(word);
        if let Some(mask) = mask {
            mask.clone_into(&mut self.form);
        } else {
            word.form_into(&mut self.form);
            cut_run(word.kind, &mut self.form);
        }
        let mut lexeme = Lexeme { hash: spelled(&self.form), ..Lexeme::default() };
        sink.unit(&self.form, word.start, word.end());
        if recipe.word_ngrams > 0 && !word.spaceless {
            sink.feature(fingerprint(WORDS, step(1, lexeme.hash)), place, place);
        }
        if recipe.char_ngrams > 0 {
            self.characters(word.spaceless, recipe.char_ngrams, place, sink);
        }
        if recipe.word_vectors > 0.0 && mask.is_none() {
            tables.words.cut(&self.form, pieces);
        }
        if recipe.word_classes {
            lexeme.class = class_hash(&self.form, lexeme.hash, &tables.words);
            sink.feature(fingerprint(CLASSES, step(1, lexeme.class)), place, place);
        }
        if word.kind != TokenKind::Hashtag {
            lexeme.valence = tables.lexicon.valence(&self.form).unwrap_or(0.0);
            lexeme.negates = word.kind == TokenKind::Word && negates(&self.form);
        }
        lexeme
    }

    /// Character n-grams of 2 to `longest` inside a padded word; without padding, and from 1, in a run of
    /// a script without spaces.
    fn characters(&mut self, spaceless: bool, longest: usize, place: u32, sink: &mut impl Sink) {
        self.letters.clear();
        let (pad, shortest) = if spaceless { (None, 1) } else { (Some(' '), 2) };
        self.letters.extend(pad);
        self.letters.extend(self.form.chars());
        self.letters.extend(pad);
        for begin in 0..self.letters.len() {
            let mut hash = 0;
            for (length, &c) in (1..=longest).zip(&self.letters[begin..]) {
                hash = step(hash, c as u64);
                if length >= shortest {
                    sink.feature(fingerprint(CHARS, hash), place, place);
                }
            }
        }
    }
}

/// Words whose place in a sentence matters more than what they mean, by hand.
const FUNCTION_WORDS: &[&str] = &[
    "a", "am", "an", "and", "are", "as", "at", "be", "been", "big", "by", "can", "could", "did", "do",
    "does", "far", "for", "from", "had", "has", "have", "he", "how", "i", "in", "is", "it", "its", "long",
    "many", "much", "my", "no", "not", "of", "old", "on", "or", "s", "she", "should", "that", "the", "these",
    "they", "this", "those", "to", "was", "we", "were", "what", "when", "where", "which", "who", "whom",
    "whose", "why", "will", "with", "would", "you", "your",
];

/// What a word is in a run of classes: itself if it holds the sentence together or is no word, else its class.
fn class_hash(form: &str, hash: u64, words: &Words) -> u64 {
    if FUNCTION_WORDS.binary_search(&form).is_ok() || !form.chars().all(char::is_alphabetic) {
        return hash;
    }
    step(5, words.class(form).map_or(0, |class| u64::from(class) + 1))
}

/// Whether a word turns what follows into its opposite.
pub(crate) fn negates(form: &str) -> bool {
    form.ends_with("n't")
        || matches!(
            form,
            "not"
                | "no"
                | "never"
                | "none"
                | "nobody"
                | "nothing"
                | "nowhere"
                | "neither"
                | "nor"
                | "cannot"
                | "without"
                | "cant"
                | "dont"
                | "doesnt"
                | "didnt"
                | "isnt"
                | "wasnt"
                | "arent"
                | "werent"
                | "wont"
                | "wouldnt"
                | "shouldnt"
                | "couldnt"
                | "hasnt"
                | "havent"
                | "hadnt"
                | "aint"
                | "hardly"
                | "barely"
                | "scarcely"
                | "rarely"
                | "seldom"
        )
}

/// What a token counts as whose own letters do not matter: who is addressed, which link, which long number.
pub(crate) fn mask(token: &Token<'_>) -> Option<&'static str> {
    match token.kind {
        TokenKind::Url => Some("_url_"),
        TokenKind::Email => Some("_mail_"),
        TokenKind::Mention => Some("@user"),
        TokenKind::Number if token.text.len() > 4 => Some("_num_"),
        _ => None,
    }
}

/// How many signs of a run are looked at; how many more there are is a matter of form.
const SIGNS: usize = 3;

/// A run of signs without those after the first few.
fn cut_run(kind: TokenKind, form: &mut String) {
    if kind == TokenKind::Punctuation
        && let Some((end, _)) = form.char_indices().nth(SIGNS)
    {
        form.truncate(end);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_words_are_sorted() {
        assert!(FUNCTION_WORDS.is_sorted());
    }
}
