//! The keys of all records of a table, and the order they stand in.
//!
//! A key is a source (of which there are few) and an id inside it, so a record costs the number of
//! its source and the bytes of its id in one long text. All verbs work in the order of the keys, by
//! the bytes of the source and then of the id; it is found once, when the keys are complete, and
//! shows keys that stand twice on the way.
//!
//! Sorting compares numbers, not texts: the rank of the source, eight bytes of the id as one
//! big-endian number and the row fit in 128 bits. Ids that agree in these bytes are sorted again by
//! the next eight after all they have in common (a most-significant-digit radix sort with digits of
//! eight bytes; `customer-000001` takes two rounds), and few such by plain comparison. Cost: O(n log
//! n) comparisons of numbers, each text read about once.

use super::RecordKey;
use super::distinct::{Distinct, Texts};
use crate::{Error, Result};

/// Takes keys from the first record to the last.
#[derive(Debug, Clone, Default)]
pub struct KeysBuilder {
    sources: Distinct,
    source_of: Vec<u32>,
    ids: Texts,
}

impl KeysBuilder {
    /// No keys yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The key of the next record.
    ///
    /// # Errors
    /// `input` when there are 2^32 records or 4 GiB of ids.
    pub fn push(&mut self, source: &str, id: &str) -> Result<()> {
        if self.len() + 1 >= u32::MAX as usize {
            return Err(Error::input("more than 2^32 records; split the input"));
        }
        if !self.ids.fits(id) || !self.sources.fits(source) {
            return Err(Error::input("more than 4 GiB of ids; split the input"));
        }
        // Records of one source mostly stand together.
        let source = match self.source_of.last() {
            Some(&last) if self.sources.get(last) == source => last,
            _ => self.sources.intern(source),
        };
        self.source_of.push(source);
        self.ids.push(id);
        Ok(())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.source_of.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.source_of.is_empty()
    }

    /// Puts the keys in order.
    ///
    /// # Errors
    /// Names the first record whose key an earlier one has.
    pub fn finish(mut self) -> std::result::Result<Keys, Repeated> {
        self.sources.seal();
        self.source_of.shrink_to_fit();
        self.ids.shrink();
        let mut keys =
            Keys { sources: self.sources, source_of: self.source_of, ids: self.ids, sorted: Vec::new() };
        match keys.sort() {
            None => Ok(keys),
            Some((first, again)) => Err(Repeated { key: keys.key(again), first, again }),
        }
    }
}

/// A key that stands twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeated {
    /// The key.
    pub key: RecordKey,
    /// The record that has it first, counted from 0.
    pub first: usize,
    /// The next record that has it.
    pub again: usize,
}

impl From<Repeated> for Error {
    fn from(repeated: Repeated) -> Self {
        let Repeated { key, first, again } = repeated;
        Self::input(format!(
            "the key {key} stands twice, in records {} and {}; give each record of a source its own id",
            first + 1,
            again + 1
        ))
    }
}

/// Keys that differ, with their order.
#[derive(Debug, Clone)]
pub struct Keys {
    sources: Distinct,
    source_of: Vec<u32>,
    ids: Texts,
    sorted: Vec<u32>,
}

/// Rows that agree so far, few enough to be compared by their texts.
const FEW: usize = 32;

impl Keys {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.source_of.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.source_of.is_empty()
    }

    pub(super) fn sources(&self) -> &Distinct {
        &self.sources
    }

    pub(super) fn source_id(&self, row: usize) -> u32 {
        self.source_of[row]
    }

    pub(super) fn id(&self, row: usize) -> &str {
        self.ids.get(row as u32)
    }

    pub(super) fn key(&self, row: usize) -> RecordKey {
        let source = self.sources.get(self.source_of[row]);
        RecordKey { source: source.to_owned(), id: self.id(row).to_owned() }
    }

    /// The rows in the order of their keys.
    pub(super) fn sorted(&self) -> &[u32] {
        &self.sorted
    }

    /// Finds the order; gives the first record whose key stands before, after the one that has it.
    fn sort(&mut self) -> Option<(usize, usize)> {
        let ranks = ranks(&self.sources);
        let mut coded: Vec<u128> = (0..self.len() as u32)
            .map(|row| {
                let rank = ranks[self.source_of[row as usize] as usize];
                u128::from(rank) << 96 | code(self.ids.raw(row), row)
            })
            .collect();
        coded.sort_unstable();
        let mut rows: Vec<u32> = coded.iter().map(|&code| code as u32).collect();
        let mut alike = Vec::new();
        note_alike(&coded, 0, 8, &mut alike);
        drop(coded);
        let mut repeated: Option<(usize, usize)> = None;
        while let Some(Alike { from, to, skip }) = alike.pop() {
            let group = &mut rows[from..to];
            if group.len() > FEW && group.iter().all(|&row| self.ids.raw(row).len() > skip) {
                self.sort_on(group, from, skip, &mut alike);
            } else {
                let found = self.sort_few(group);
                let earlier = |a: &(usize, usize)| repeated.is_none_or(|b| a.1 < b.1);
                repeated = found.filter(earlier).or(repeated);
            }
        }
        self.sorted = rows;
        repeated
    }

    /// Sorts rows of one source that agree in their first `skip` bytes by the eight after all they
    /// have in common.
    fn sort_on(&self, group: &mut [u32], from: usize, skip: usize, alike: &mut Vec<Alike>) {
        let first = &self.ids.raw(group[0])[skip..];
        let common = group.iter().fold(first.len(), |common, &row| {
            let other = &self.ids.raw(row)[skip..];
            first[..common].iter().zip(other).take_while(|(a, b)| a == b).count()
        });
        let skip = skip + common;
        let mut coded: Vec<u128> = group.iter().map(|&row| code(&self.ids.raw(row)[skip..], row)).collect();
        coded.sort_unstable();
        group.iter_mut().zip(&coded).for_each(|(row, &code)| *row = code as u32);
        note_alike(&coded, from, skip + 8, alike);
    }

    /// Sorts rows of one source by their whole ids.
    fn sort_few(&self, group: &mut [u32]) -> Option<(usize, usize)> {
        group.sort_unstable_by(|&a, &b| self.ids.raw(a).cmp(self.ids.raw(b)).then(a.cmp(&b)));
        let pairs = group.windows(2).filter(|pair| self.ids.raw(pair[0]) == self.ids.raw(pair[1]));
        pairs.map(|pair| (pair[0] as usize, pair[1] as usize)).min_by_key(|pair| pair.1)
    }
}

/// Rows `from..to` of the order, which agree in the source and the first `skip` bytes of the id, as
/// far as an id has them.
struct Alike {
    from: usize,
    to: usize,
    skip: usize,
}

/// The first eight bytes of an id as a number that compares as they do, and the row.
fn code(id: &[u8], row: u32) -> u128 {
    let mut bytes = [0; 8];
    let count = id.len().min(8);
    bytes[..count].copy_from_slice(&id[..count]);
    u128::from(u64::from_be_bytes(bytes)) << 32 | u128::from(row)
}

/// Puts down where sorted codes differ in nothing but the row; the first code is that of place `from`.
fn note_alike(coded: &[u128], from: usize, skip: usize, alike: &mut Vec<Alike>) {
    let mut start = 0;
    for group in coded.chunk_by(|a, b| a >> 32 == b >> 32) {
        if group.len() > 1 {
            alike.push(Alike { from: from + start, to: from + start + group.len(), skip });
        }
        start += group.len();
    }
}

/// The place of each source among all in the order of their bytes.
fn ranks(sources: &Distinct) -> Vec<u32> {
    let mut ids: Vec<u32> = (0..sources.len() as u32).collect();
    ids.sort_unstable_by_key(|&id| sources.get(id));
    let mut ranks = vec![0; ids.len()];
    for (rank, &id) in ids.iter().enumerate() {
        ranks[id as usize] = rank as u32;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn keys(of: &[(String, String)]) -> std::result::Result<Keys, Repeated> {
        let mut builder = KeysBuilder::new();
        for (source, id) in of {
            builder.push(source, id).expect("it fits");
        }
        builder.finish()
    }

    /// By whole texts: the order, or the first key that stands before.
    fn expected(of: &[(String, String)]) -> std::result::Result<Vec<u32>, (usize, usize)> {
        for (again, key) in of.iter().enumerate() {
            if let Some(first) = of[..again].iter().position(|earlier| earlier == key) {
                return Err((first, again));
            }
        }
        let mut rows: Vec<u32> = (0..of.len() as u32).collect();
        rows.sort_by_key(|&row| &of[row as usize]);
        Ok(rows)
    }

    fn check(of: &[(String, String)]) {
        let found = keys(of).map(|keys| keys.sorted().to_vec());
        assert_eq!(found.map_err(|repeated| (repeated.first, repeated.again)), expected(of));
    }

    #[test]
    fn many_ids_with_a_common_beginning_are_in_the_order_of_their_bytes() {
        let id = |n: u32| format!("customer-{}-{:05}", n * 7919 % 3, n * 7919 % 1_000);
        let plain: Vec<_> = (0..1_000).map(|n| (format!("s{}", n % 2), id(n))).collect();
        check(&plain);
        let mut nested: Vec<_> = (0..200).map(|n| (String::new(), "a".repeat(n * 37 % 200))).collect();
        check(&nested);
        nested.push((String::new(), "a".repeat(100)));
        check(&nested);
    }

    proptest! {
        #[test]
        fn the_order_is_that_of_source_and_id(
            of in prop::collection::vec(("[ab]{0,2}", "(prefix-of-all-)?[01\u{0}é]{0,3}(-and-more-of-it)?[01\u{0}]{0,9}"), 0..200)
        ) {
            check(&of);
        }
    }
}
