//! The records as they came, in few bytes, found by their keys.
//!
//! A record is kept so that it can be saved, read again by a later version and told apart from its
//! correction. As a [`Record`] a million of them take a gigabyte; here a record is one short text: the
//! numbers of its source and columns, which are few, and its values with their lengths. Rows are found
//! by a hash table that holds row numbers only. Cost: 20 bytes a record beside its values.

use std::cmp::Ordering;
use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::model::{Distinct, Identifier, IdentifierFacts, IdentifierKind, Record, RecordKey, Table};
use crate::{Error, Result};

/// Records by row.
#[derive(Debug, Default)]
pub(super) struct Archive {
    /// Empty where a row is free.
    records: Vec<Box<[u8]>>,
    free: Vec<u32>,
    index: HashTable<u32>,
    hasher: DefaultHashBuilder,
    sources: Distinct,
    columns: Distinct,
}

/// Most rows: a number of a row has a bit to spare.
const MAX_ROWS: usize = (1 << 31) - 1;

impl Archive {
    /// How many records there are.
    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    pub(super) fn holds(&self, row: u32) -> bool {
        !self.records[row as usize].is_empty()
    }

    /// The row of a key.
    pub(super) fn find(&self, source: &str, id: &str) -> Option<u32> {
        let hash = self.hasher.hash_one((source, id));
        self.index.find(hash, |&row| self.key_of(row) == (source, id)).copied()
    }

    /// The source and the id of the record in `row`.
    pub(super) fn key_of(&self, row: u32) -> (&str, &str) {
        let mut bytes = Bytes(&self.records[row as usize]);
        let source = bytes.number();
        (self.sources.get(source), bytes.text())
    }

    pub(super) fn key(&self, row: u32) -> RecordKey {
        let (source, id) = self.key_of(row);
        RecordKey { source: source.to_owned(), id: id.to_owned() }
    }

    /// The number of a row's source.
    pub(super) fn source(&self, row: u32) -> u32 {
        Bytes(&self.records[row as usize]).number()
    }

    /// Rows in the order of their keys.
    pub(super) fn order(&self, a: u32, b: u32) -> Ordering {
        self.key_of(a).cmp(&self.key_of(b))
    }

    /// A record in few bytes.
    ///
    /// # Errors
    /// `input` when there are too many rows, or too much text in names of sources or columns.
    pub(super) fn pack(&mut self, record: &Record) -> Result<Box<[u8]>> {
        if self.free.is_empty() && self.records.len() >= MAX_ROWS {
            return Err(Error::input("more than 2^31 records; keep them in several engines by source"));
        }
        let mut bytes = Vec::with_capacity(96);
        number(&mut bytes, self.sources.intern(&record.source) as usize);
        text(&mut bytes, &record.id);
        let filled = || record.fields.iter().filter(|(_, values)| !values.is_empty());
        number(&mut bytes, filled().count());
        for (name, values) in filled() {
            number(&mut bytes, self.columns.intern(name) as usize);
            number(&mut bytes, values.len());
            for value in values {
                text(&mut bytes, value);
            }
        }
        if !record.identifiers.is_empty() {
            let told = serde_json::to_vec(&record.identifiers)
                .map_err(|_| Error::input("an identifier cannot be written down"))?;
            bytes.extend(told);
        }
        Ok(bytes.into())
    }

    /// The record in `row`.
    pub(super) fn record(&self, row: u32) -> Record {
        let mut bytes = Bytes(&self.records[row as usize]);
        let source = bytes.number();
        let mut record = Record::new(self.sources.get(source), bytes.text());
        for _ in 0..bytes.number() {
            let name = bytes.number();
            let values = (0..bytes.number()).map(|_| bytes.text().to_owned()).collect();
            record.fields.insert(self.columns.get(name).to_owned(), values);
        }
        if !bytes.0.is_empty() {
            record.identifiers = serde_json::from_slice(bytes.0).unwrap_or_default();
        }
        record
    }

    /// Whether the record in `row` is this one to the last byte.
    pub(super) fn is(&self, row: u32, packed: &[u8]) -> bool {
        *self.records[row as usize] == *packed
    }

    /// Puts a record whose key is new into a free row.
    pub(super) fn add(&mut self, packed: Box<[u8]>) -> u32 {
        let row = self.free.pop().unwrap_or(self.records.len() as u32);
        if row as usize == self.records.len() {
            self.records.push(packed);
        } else {
            self.records[row as usize] = packed;
        }
        let hash = self.hasher.hash_one(self.key_of(row));
        let Self { index, hasher, records, sources, .. } = self;
        index.insert_unique(hash, row, |&row| {
            let mut bytes = Bytes(&records[row as usize]);
            let source = bytes.number();
            hasher.hash_one((sources.get(source), bytes.text()))
        });
        row
    }

    /// Puts another record of the same key in the place of one.
    pub(super) fn replace(&mut self, row: u32, packed: Box<[u8]>) {
        self.records[row as usize] = packed;
    }

    /// Takes a record out; its row is free for another.
    pub(super) fn remove(&mut self, row: u32) {
        let hash = self.hasher.hash_one(self.key_of(row));
        if let Ok(entry) = self.index.find_entry(hash, |&r| r == row) {
            entry.remove();
        }
        self.records[row as usize] = Box::default();
        self.free.push(row);
    }

    /// The rows that hold a record.
    pub(super) fn held(&self) -> impl Iterator<Item = u32> {
        (0..self.records.len() as u32).filter(|&row| self.holds(row))
    }
}

/// One row of a table as a record. What only a column's place or its order told is lost.
pub(super) fn record_of(table: &Table, row: usize) -> Record {
    let mut record = Record::new(table.source(row), table.id(row));
    for column in table.columns() {
        let facts = column.facts(row);
        for (at, value) in column.values(row).enumerate() {
            let fact = facts.get(at).filter(|fact| **fact != IdentifierFacts::default());
            match fact.zip(kind_of(column.kind())) {
                Some((fact, kind)) => record.identifiers.push(identifier(kind, value, fact)),
                None => record = record.with(column.name(), value),
            }
        }
    }
    record
}

fn identifier(kind: IdentifierKind, value: &str, facts: &IdentifierFacts) -> Identifier {
    let mut identifier = Identifier::new(kind, value).assured(facts.assurance);
    identifier.scope.clone_from(&facts.scope);
    (identifier.valid_from, identifier.valid_to) = (facts.valid_from, facts.valid_to);
    identifier
}

fn kind_of(field: crate::model::FieldKind) -> Option<IdentifierKind> {
    use IdentifierKind::{Email, Handle, NationalId, Phone, PlatformId};
    [Email, Phone, Handle, PlatformId, NationalId]
        .into_iter()
        .find(|&kind| crate::model::FieldKind::of_identifier(kind) == field)
}

/// Seven bits a byte, the lowest first; the last byte has its top bit clear (LEB128).
fn number(bytes: &mut Vec<u8>, mut n: usize) {
    while n > 127 {
        bytes.push(n as u8 | 128);
        n >>= 7;
    }
    bytes.push(n as u8);
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    number(bytes, text.len());
    bytes.extend(text.as_bytes());
}

/// Reads what [`number`] and [`text`] wrote.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn number(&mut self) -> u32 {
        let (mut n, mut shift) = (0, 0);
        while let Some((&byte, rest)) = self.0.split_first() {
            self.0 = rest;
            n |= u32::from(byte & 127) << shift;
            shift += 7;
            if byte < 128 {
                break;
            }
        }
        n
    }

    fn text(&mut self) -> &'a str {
        let len = (self.number() as usize).min(self.0.len());
        let (text, rest) = self.0.split_at(len);
        self.0 = rest;
        std::str::from_utf8(text).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Assurance;

    #[test]
    fn a_record_comes_back_as_it_was() {
        let mut archive = Archive::default();
        let ana = Record::new("crm", "é".repeat(100))
            .with("email", "ana@x.io")
            .with("email", "a.p@y.org")
            .with("name", "Ana")
            .identified(
                Identifier::new(IdentifierKind::Phone, "7").scoped("acme").assured(Assurance::Claimed),
            );
        let packed = archive.pack(&ana).expect("it fits");
        let row = archive.add(packed.clone());
        assert!(archive.is(row, &packed));
        assert_eq!(archive.record(row), ana);
        assert_eq!(archive.find("crm", &ana.id), Some(row));
        archive.remove(row);
        assert_eq!((archive.find("crm", &ana.id), archive.len()), (None, 0));
        let bo = archive.pack(&Record::new("", "")).expect("it fits");
        assert_eq!(archive.add(bo), row);
        assert_eq!(archive.find("", ""), Some(row));
    }
}
