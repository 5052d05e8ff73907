//! Texts one after the other in one piece of memory, and texts stored once under a number.
//!
//! A million small `String`s cost 24 bytes and an allocation each; [`Texts`] keeps their bytes end to
//! end and four bytes for where each ends. [`Distinct`] stores each text once: a hash index finds the
//! number of a text that is known. Only `intern` needs the index, so it is dropped when a column is
//! complete and built again should more be interned; it grows by being built anew from the texts in
//! their order, so that the old and the new one are never held together and memory is read straight
//! through. Many values are looked up together where that is possible, because a lookup is three waits
//! for memory, one after the other, and those of different values do not depend on one another. The hash has a random key of its own: nobody can prepare values that collide. Cost: one
//! hash and one probe per value.

use std::hash::BuildHasher;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

/// Texts by number in the order they came, at most 4 GiB of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    bytes: String,
    ends: Vec<u32>,
}

impl Texts {
    /// Appends `text`, which [`fits`](Self::fits); gives its number.
    pub(super) fn push(&mut self, text: &str) -> u32 {
        let id = self.ends.len() as u32;
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len() as u32);
        id
    }

    pub(super) fn get(&self, id: u32) -> &str {
        &self.bytes[self.span(id)]
    }

    /// The bytes of text `id`, where it need not be cut at a sign again.
    pub(super) fn raw(&self, id: u32) -> &[u8] {
        &self.bytes.as_bytes()[self.span(id)]
    }

    fn span(&self, id: u32) -> std::ops::Range<usize> {
        let id = id as usize;
        let start = if id == 0 { 0 } else { self.ends[id - 1] };
        start as usize..self.ends[id] as usize
    }

    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn fits(&self, text: &str) -> bool {
        u32::try_from(self.bytes.len() + text.len()).is_ok()
    }

    pub(super) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
    }
}

/// How many values are looked up together.
const TOGETHER: usize = 64;

/// The distinct values of a column, by id in order of first appearance.
#[derive(Debug, Clone, Default)]
pub struct Distinct {
    texts: Texts,
    /// The ids by their texts: all of them, or none after [`seal`](Self::seal).
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
}

impl Distinct {
    /// The id of `value`, new or known.
    ///
    /// # Panics
    /// Never on less than 4 GiB of distinct text in one column; [`ColumnBuilder`](super::ColumnBuilder)
    /// checks that first.
    pub fn intern(&mut self, value: &str) -> u32 {
        self.intern_hashed(value, self.hasher.hash_one(value))
    }

    /// The id of `value`, if it is known; unknown again after [`seal`](Self::seal).
    #[cfg(feature = "stitch")]
    pub(crate) fn find(&self, value: &str) -> Option<u32> {
        let same = |&id: &u32| self.texts.raw(id) == value.as_bytes();
        self.index.find(self.hasher.hash_one(value), same).copied()
    }

    fn intern_hashed(&mut self, value: &str, hash: u64) -> u32 {
        if self.index.len() == self.index.capacity() || self.index.len() != self.texts.len() {
            self.rebuild();
        }
        let (texts, hasher) = (&self.texts, &self.hasher);
        let same = |&id: &u32| texts.raw(id) == value.as_bytes();
        match self.index.entry(hash, same, |&id| hasher.hash_one(texts.get(id))) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(place) => {
                let id = self.texts.len() as u32;
                place.insert(id);
                self.texts.push(value)
            }
        }
    }

    /// Appends the ids of `values` to `ids`, as [`intern`](Self::intern) gives them one by one.
    pub(super) fn intern_all(&mut self, values: &[&str], ids: &mut Vec<u32>) {
        for values in values.chunks(TOGETHER) {
            self.intern_together(values, ids);
        }
    }

    /// Each step is done for all values before the next, so that their loads wait for memory
    /// together: the index, where the text of the first id found there stands, and that text.
    fn intern_together(&mut self, values: &[&str], ids: &mut Vec<u32>) {
        let (mut hashes, mut guesses) = ([0; TOGETHER], [None; TOGETHER]);
        for (hash, value) in hashes.iter_mut().zip(values) {
            *hash = self.hasher.hash_one(value);
        }
        for (guess, &hash) in guesses.iter_mut().zip(&hashes[..values.len()]) {
            // The index compares seven bits of the hash, so what it finds is mostly the right one.
            *guess = self.index.find(hash, |_| true).copied();
        }
        let mut spans = [const { 0..0 }; TOGETHER];
        for (span, guess) in spans.iter_mut().zip(&guesses[..values.len()]) {
            *span = guess.map_or(0..0, |id| self.texts.span(id));
        }
        let touched = spans[..values.len()].iter().map(|span| self.texts.bytes.as_bytes().get(span.start));
        std::hint::black_box(touched.flatten().fold(0, |all, byte| all ^ byte));
        for (at, value) in values.iter().enumerate() {
            let known =
                guesses[at].filter(|_| self.texts.bytes.as_bytes()[spans[at].clone()] == *value.as_bytes());
            ids.push(known.unwrap_or_else(|| self.intern_hashed(value, hashes[at])));
        }
    }

    /// Builds the index anew with room for as many texts again.
    fn rebuild(&mut self) {
        self.index = HashTable::new();
        let mut index = HashTable::with_capacity((2 * self.texts.len()).max(8));
        for id in 0..self.texts.len() as u32 {
            // There is room for all, so none is ever hashed again.
            index.insert_unique(self.hasher.hash_one(self.texts.get(id)), id, |_| 0);
        }
        self.index = index;
    }

    /// Gives back what only [`intern`](Self::intern) needs.
    pub(super) fn seal(&mut self) {
        self.index = HashTable::new();
        self.texts.shrink();
    }

    /// The text of value `id`.
    pub fn get(&self, id: u32) -> &str {
        self.texts.get(id)
    }

    /// Where the text of value `id` begins, for [`at`](Self::at).
    #[cfg(feature = "resolve")]
    pub(crate) fn start(&self, id: u32) -> u32 {
        self.texts.span(id).start as u32
    }

    /// The text that begins at a place and has so many bytes: [`get`](Self::get) for callers who keep both
    /// beside what else they look up.
    #[cfg(feature = "resolve")]
    pub(crate) fn at(&self, start: u32, len: u16) -> &str {
        &self.texts.bytes[start as usize..start as usize + usize::from(len)]
    }

    /// How many distinct values there are.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.texts.len() == 0
    }

    /// All values in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.texts.len() as u32).map(|id| self.get(id))
    }

    /// Whether there is room for `value`.
    pub(crate) fn fits(&self, value: &str) -> bool {
        self.texts.fits(value)
    }

    pub(super) fn fits_all(&self, values: &[&str]) -> bool {
        let added: usize = values.iter().map(|value| value.len()).sum();
        u32::try_from(self.texts.bytes.len() + added).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stay_the_same_over_growth_and_after_the_index_was_dropped() {
        let value = |n: u32| format!("value {}", n % 700);
        let mut distinct = Distinct::default();
        for n in 0..1_000 {
            assert_eq!(distinct.intern(&value(n)), n % 700);
        }
        distinct.seal();
        let values: Vec<String> = (0..1_000).map(value).collect();
        let (values, mut ids) = (values.iter().map(String::as_str).collect::<Vec<_>>(), Vec::new());
        distinct.intern_all(&values, &mut ids);
        assert_eq!(ids, (0..1_000).map(|n| n % 700).collect::<Vec<_>>());
        let mut together = Distinct::default();
        together.intern_all(&values, &mut ids);
        assert_eq!(ids[..1_000], ids[1_000..]);
        distinct.seal();
        assert_eq!(distinct.intern(&value(12)), 12);
        assert_eq!(distinct.intern("another"), 700);
        assert_eq!(distinct.iter().count(), 701);
        assert_eq!(distinct.get(699), "value 699");
    }
}
