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
//! Cost: one hash and one comparison of 24 bytes a word; 8 MB of rows, 4 MB of words and 2 MB of places, at most.

use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;

use super::spelling::Lexeme;
use crate::text::token::{TokenKind, eights};

/// Numbers of all rows, at most: 8 MB of them.
const MOST_NUMBERS: usize = 1 << 21;
/// Words, at most: 4 MB of them.
const MOST_WORDS: usize = 1 << 16;
/// Bytes of the longest word that is kept.
const LONGEST: usize = 24;
/// Numbers that are fetched from memory together, and how many times of these are fetched ahead.
const LINE: usize = 16;
const LINES: usize = 3;

/// What a word is kept by: its bytes, zeros after the last, their number and its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    eights: [u64; 3],
    length: u8,
    kind: TokenKind,
}

impl Key {
    /// The key of `bytes[start..end]`; none for a word that is too long to be kept.
    #[inline]
    pub(super) fn of(bytes: &[u8], start: usize, end: usize, kind: TokenKind) -> Option<Self> {
        let length = end - start;
        (length <= LONGEST).then(|| Self { eights: eights(bytes, start, end), length: length as u8, kind })
    }
}

/// A word, in as many bytes as are fetched at once.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Word {
    pub(super) lexeme: Lexeme,
    /// The [numbers](super::singles) of the feature of the word itself and of that of its class.
    pub(super) singles: [u32; 2],
    /// None for a word that is too long.
    key: Option<Key>,
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
    pub(super) fn hash(&self, key: &Key) -> u64 {
        let [first, second, third] = key.eights;
        self.hasher.hash_one((first, second, third, u64::from(key.length) << 8 | key.kind as u64))
    }

    /// Fetches a word, so that it is at hand when it is looked for: one by one, each would be waited for. What is
    /// returned has no meaning, but must be used.
    #[inline]
    pub(super) fn touch(&self, hash: u64) -> u32 {
        let slot = self.slots[hash as usize & (self.slots.len() - 1)];
        let Some(place) = slot.place.checked_sub(1) else { return 0 };
        let begin = place as usize * self.width;
        let lines = self.rows[begin..begin + self.width].iter().step_by(LINE).take(LINES);
        lines.fold(self.words[place as usize].singles[0], |touched, number| touched ^ number.to_bits())
    }

    /// The place of a word with this hash.
    #[inline]
    pub(super) fn find(&self, key: &Key, hash: u64) -> Option<usize> {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            let place = slot.place.checked_sub(1)? as usize;
            if slot.tag == tag(hash) && self.words[place].key.as_ref() == Some(key) {
                return Some(place);
            }
            at = (at + 1) & mask;
        }
    }

    /// Takes up a word that is not there, with its key, if it has one, and the hash of that; its place, good until the
    /// next one is taken up.
    #[cold]
    #[inline(never)]
    pub(super) fn insert(&mut self, key: Option<Key>, hash: u64, mut word: Word, row: &[f32]) -> usize {
        if self.rows.len() + self.width > MOST_NUMBERS || self.words.len() == MOST_WORDS {
            self.begin(self.width);
        }
        let place = self.words.len();
        self.rows.extend_from_slice(row);
        word.key = key;
        self.words.push(word);
        if key.is_some() {
            self.lay(place, hash);
        }
        place
    }

    fn lay(&mut self, place: usize, hash: u64) {
        if 2 * self.words.len() > self.slots.len() {
            self.slots.clear();
            self.slots.resize((4 * self.words.len()).next_power_of_two(), Slot::default());
            for place in 0..place {
                if let Some(key) = self.words[place].key {
                    self.lay_one(place, self.hash(&key));
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
        Self { lexeme, singles, key: None }
    }
}

fn tag(hash: u64) -> u32 {
    (hash >> 32) as u32
}

#[cfg(test)]
mod tests {
    use super::super::singles::NO_SINGLE;
    use super::*;

    fn key(text: &str, kind: TokenKind) -> Option<Key> {
        Key::of(text.as_bytes(), 0, text.len(), kind)
    }

    fn find(cache: &WordCache, text: &str, kind: TokenKind) -> Option<usize> {
        let key = key(text, kind)?;
        cache.find(&key, cache.hash(&key))
    }

    fn insert(cache: &mut WordCache, text: &str, kind: TokenKind, row: &[f32]) -> usize {
        let key = key(text, kind);
        let hash = key.map_or(0, |key| cache.hash(&key));
        cache.insert(key, hash, Word::new(Lexeme::default(), [NO_SINGLE; 2]), row)
    }

    #[test]
    fn a_word_is_fetched_at_once() {
        assert_eq!(size_of::<Word>(), 64);
    }

    #[test]
    fn keys_tell_what_stands_there_and_not_what_stands_around() {
        let of = |bytes: &[u8], start, end| Key::of(bytes, start, end, TokenKind::Word);
        assert_eq!(of(b"a word here", 2, 6), of(b"word", 0, 4));
        assert_ne!(of(b"word\0", 0, 5), of(b"word", 0, 4));
        assert_ne!(key("12", TokenKind::Word), key("12", TokenKind::Number));
        let letters = b"abcdefghijklmnopqrstuvwxyz";
        assert_eq!(of(letters, 1, 25), of(&letters[1..25], 0, 24));
        assert_eq!(of(letters, 0, 25), None);
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
