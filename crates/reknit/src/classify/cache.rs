//! Words that were read before, with what they come to.
//!
//! Most words of a text were in the texts before it (Zipf 1935). What a word adds to the scores by its letters and
//! its meaning is a row of numbers that does not depend on the text around it, so it is summed once and kept.
//! A row is the same whether it was kept or has just been summed: what is kept changes the time, never a score.
//!
//! Words are found by their bytes and their kind. When the cache is full it is emptied, so its memory is bounded
//! whatever comes, and the words in use are back soon. Their hash has a seed of its own in every cache, so that no
//! text can be made whose words all want one place.
//!
//! Cost: one hash and one comparison of the bytes of a word; 8 MB of rows, 4 MB of words and 2 MB of places, at most.

use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;

use super::spelling::Lexeme;
use crate::text::token::TokenKind;

/// Numbers of all rows, at most: 8 MB of them.
const MOST_NUMBERS: usize = 1 << 21;
/// Words, at most: 4 MB of them.
const MOST_WORDS: usize = 1 << 16;
/// Bytes of the longest word that is kept.
const LONGEST: usize = 20;
/// Stands for a word without a known feature of its own.
pub(super) const NO_SINGLE: u32 = u32::MAX;

/// A word, in as many bytes as are fetched at once.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Word {
    pub(super) lexeme: Lexeme,
    /// The columns of the feature of the word itself and of that of its class.
    pub(super) singles: [u32; 2],
    spelling: [u8; LONGEST],
    length: u8,
    kind: TokenKind,
}

/// The place of a word, and one; and a part of its hash.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    tag: u32,
    place: u32,
}

/// The words.
#[derive(Debug, Clone, Default)]
pub(super) struct WordCache {
    /// Numbers of a row.
    width: usize,
    hasher: DefaultHashBuilder,
    /// By the last bits of the hash, or the next free one after.
    slots: Vec<Slot>,
    words: Vec<Word>,
    rows: Vec<f32>,
}

impl WordCache {
    /// Empties it for rows of `width` numbers.
    pub(super) fn begin(&mut self, width: usize) {
        self.width = width;
        self.slots.clear();
        self.slots.resize(256, Slot::default());
        self.words.clear();
        self.rows.clear();
    }

    /// The hash of a word.
    #[inline]
    pub(super) fn hash(&self, text: &str, kind: TokenKind) -> u64 {
        self.hash_bytes(text.as_bytes(), kind)
    }

    #[inline]
    fn hash_bytes(&self, bytes: &[u8], kind: TokenKind) -> u64 {
        self.hasher.hash_one((bytes, kind as u8))
    }

    /// Fetches a word, so that it is at hand when it is looked for: one by one, each would be waited for. What is
    /// returned has no meaning, but must be used.
    #[inline]
    pub(super) fn touch(&self, hash: u64) -> u8 {
        let slot = self.slots[hash as usize & (self.slots.len() - 1)];
        let Some(place) = slot.place.checked_sub(1) else { return 0 };
        let number = self.rows.get(place as usize * self.width).map_or(0, |number| number.to_bits());
        self.words[place as usize].length ^ number as u8
    }

    /// The place of a word with this hash.
    #[inline]
    pub(super) fn find(&self, text: &str, kind: TokenKind, hash: u64) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            let place = slot.place.checked_sub(1)? as usize;
            if slot.tag == tag(hash) && self.words[place].is(text, kind) {
                return Some(place);
            }
            at = (at + 1) & mask;
        }
    }

    /// Takes up a word that is not there; its place, good until the next one is taken up.
    pub(super) fn insert(
        &mut self,
        text: &str,
        kind: TokenKind,
        hash: u64,
        mut word: Word,
        row: &[f32],
    ) -> usize {
        if self.rows.len() + self.width > MOST_NUMBERS || self.words.len() == MOST_WORDS {
            self.begin(self.width);
        }
        let place = self.words.len();
        word.kind = kind;
        self.rows.extend_from_slice(row);
        // A word too long to be kept has a row, but no slot.
        if let Some(spelling) = word.spelling.get_mut(..text.len()) {
            spelling.copy_from_slice(text.as_bytes());
            word.length = text.len() as u8;
        }
        self.words.push(word);
        if text.len() <= LONGEST {
            self.lay(place, hash);
        }
        place
    }

    fn lay(&mut self, place: usize, hash: u64) {
        if 2 * self.words.len() > self.slots.len() {
            self.slots.clear();
            self.slots.resize((4 * self.words.len()).next_power_of_two(), Slot::default());
            for place in 0..place {
                let word = &self.words[place];
                if word.length > 0 {
                    self.lay_one(place, self.hash_bytes(word.spelling(), word.kind));
                }
            }
        }
        self.lay_one(place, hash);
    }

    fn lay_one(&mut self, place: usize, hash: u64) {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        while self.slots[at].place != 0 {
            at = (at + 1) & mask;
        }
        self.slots[at] = Slot { tag: tag(hash), place: place as u32 + 1 };
    }

    pub(super) fn word(&self, place: usize) -> &Word {
        &self.words[place]
    }

    pub(super) fn row(&self, place: usize) -> &[f32] {
        &self.rows[place * self.width..(place + 1) * self.width]
    }
}

impl Word {
    /// What is known of a word.
    pub(super) fn new(lexeme: Lexeme, singles: [u32; 2]) -> Self {
        Self { lexeme, singles, spelling: [0; LONGEST], length: 0, kind: TokenKind::Word }
    }

    fn spelling(&self) -> &[u8] {
        &self.spelling[..usize::from(self.length).min(LONGEST)]
    }

    fn is(&self, text: &str, kind: TokenKind) -> bool {
        self.kind == kind && self.spelling() == text.as_bytes()
    }
}

fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(cache: &WordCache, text: &str, kind: TokenKind) -> Option<usize> {
        cache.find(text, kind, cache.hash(text, kind))
    }

    fn insert(cache: &mut WordCache, text: &str, kind: TokenKind, row: &[f32]) -> usize {
        cache.insert(text, kind, cache.hash(text, kind), Word::new(Lexeme::default(), [NO_SINGLE; 2]), row)
    }

    #[test]
    fn words_are_found_again_with_their_rows_and_memory_is_bounded() {
        let mut cache = WordCache::default();
        cache.begin(256);
        assert_eq!(find(&cache, "a", TokenKind::Word), None);
        for number in 0..40_000_u32 {
            let (text, row) = (number.to_string(), [number as f32; 256]);
            assert_eq!(find(&cache, &text, TokenKind::Number), None);
            let place = insert(&mut cache, &text, TokenKind::Number, &row);
            assert_eq!(cache.row(place), row);
            assert_eq!(find(&cache, &text, TokenKind::Number), Some(place));
            assert_eq!(find(&cache, &text, TokenKind::Word), None);
            assert!(cache.rows.len() <= MOST_NUMBERS);
        }
        let place = find(&cache, "39998", TokenKind::Number).expect("it was among the last");
        assert!((cache.row(place)[0] - 39_998.0).abs() < 0.1);
    }

    #[test]
    fn long_words_are_read_each_time() {
        let mut cache = WordCache::default();
        cache.begin(1);
        let long = "x".repeat(LONGEST + 1);
        let place = insert(&mut cache, &long, TokenKind::Word, &[2.0]);
        assert_eq!(cache.row(place), [2.0]);
        assert_eq!(find(&cache, &long, TokenKind::Word), None);
    }
}
