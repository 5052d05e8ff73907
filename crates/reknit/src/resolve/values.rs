//! The records of a table as value ids of their normal forms.
//!
//! Every distinct value of a column is read once (folded, parsed, cut to a bounded length) and
//! stored once per kind of information, whichever column it came from; what comparing needs beside
//! the text (words, sound, date, digits) is derived there too. A record then is a few value ids.
//! Rows stand in the order of their keys, so that nothing later depends on the order of arrival.
//!
//! The scope of an identifier is part of its text here: two ids of different scopes are different
//! values. A default country for phone numbers that lack one is taken from the numbers that have
//! one, unless the config names it. Cost: linear in the values, with one parse per distinct value.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::aspect::{Aspect, Slot};
use super::config::Config;
use crate::model::{Assurance, Column, Distinct, FieldKind, IdentifierFacts, Table};
use crate::text::date::CivilDate;
use crate::text::email::Email;
use crate::text::fold::fold;
use crate::text::handle::Handle;
use crate::text::name::Name;
use crate::text::phone::Phone;
use crate::text::{nickname, phonetic, postal};

/// Longest normal form that is compared, in characters: longer ones are texts, not contact data.
const MAX_CHARS: usize = 120;
/// Most words of one value that are compared with each other.
const MAX_WORDS: usize = 14;
/// Between the scope of an identifier and its value.
const SCOPE_MARK: char = '\u{1f}';
/// Comparisons in one model: each takes four bits of a vector of 64.
pub(super) const MAX_SLOTS: usize = 16;

/// What is derived from one normal form.
#[derive(Debug, Clone, Default)]
pub(super) struct Derived {
    /// The sound of a name.
    pub sound: u64,
    /// Digits of a date (`19560409`) or of a phone number without its country.
    pub digits: String,
    pub date: Option<CivilDate>,
    /// Where the part before the `@`, or the scope mark, ends.
    pub split: usize,
    /// Words, as ids in the slot's word table, ascending.
    pub words: Vec<u32>,
    pub nicknames: &'static [u16],
}

/// All values of one kind of information.
#[derive(Debug, Default)]
pub(super) struct Values {
    offsets: Vec<u32>,
    ids: Vec<u32>,
    /// Parallel to `ids` where any identifier has facts, else empty.
    facts: Vec<IdentifierFacts>,
    pub texts: Distinct,
    pub derived: Vec<Derived>,
    pub words: Distinct,
    /// Per word: log2 of values per value with this word.
    pub word_bits: Vec<f32>,
}

impl Values {
    pub(super) fn of(&self, row: u32) -> &[u32] {
        let row = row as usize;
        &self.ids[self.offsets[row] as usize..self.offsets[row + 1] as usize]
    }

    pub(super) fn facts(&self, row: u32) -> &[IdentifierFacts] {
        if self.facts.is_empty() {
            return &[];
        }
        let row = row as usize;
        &self.facts[self.offsets[row] as usize..self.offsets[row + 1] as usize]
    }

    pub(super) fn text(&self, id: u32) -> &str {
        self.texts.get(id)
    }
}

/// A table, read and ready to be compared.
#[derive(Debug)]
pub(super) struct Prepared {
    pub rows: usize,
    /// The table's row of each row here, which stand in the order of their keys.
    pub original: Vec<u32>,
    pub sources: Vec<u32>,
    pub slots: Vec<Slot>,
    pub values: Vec<Values>,
    /// Middle names and other words of the whole name, per row, for tables with name parts.
    pub middle: Values,
    place: BTreeMap<Aspect, usize>,
}

impl Prepared {
    /// The slot of `aspect`, if the model has it.
    pub(super) fn place(&self, aspect: Aspect) -> Option<usize> {
        self.place.get(&aspect).copied()
    }

    /// The values of `aspect`, if the model has it.
    pub(super) fn aspect(&self, aspect: Aspect) -> Option<&Values> {
        self.place(aspect).map(|slot| &self.values[slot])
    }

    /// Rows that are equal in all their values and have any, two and more, ascending.
    pub(super) fn equal_rows(&self) -> Vec<Vec<u32>> {
        let all =
            |row: u32| self.values.iter().flat_map(move |values| values.of(row).iter().chain([&u32::MAX]));
        let blank = |row: u32| self.values.iter().all(|values| values.of(row).is_empty());
        let mut rows: Vec<u32> = (0..self.rows as u32).filter(|&row| !blank(row)).collect();
        rows.sort_by(|&x, &y| all(x).cmp(all(y)).then(x.cmp(&y)));
        let runs = rows.chunk_by(|&x, &y| all(x).eq(all(y)));
        runs.filter(|run| run.len() > 1).map(<[u32]>::to_vec).collect()
    }

    /// Reads `table` for the comparisons of `slots`.
    pub(super) fn new(table: &Table, config: &Config, slots: &[Slot], region: Option<&str>) -> Self {
        let original = table.rows_by_key();
        let mut reader = Reader::new(slots, original.len(), region);
        for column in table.columns() {
            reader.read(column, kind_of(config, column), &original);
        }
        reader.settle_names();
        let sources = original.iter().map(|&row| table.source_id(row as usize)).collect();
        let place = slots.iter().enumerate().rev().map(|(at, slot)| (slot.aspect, at)).collect();
        Self {
            rows: original.len(),
            sources,
            slots: slots.to_vec(),
            values: reader
                .cells
                .into_iter()
                .zip(slots)
                .map(|(cells, slot)| cells.finish(slot.aspect, original.len()))
                .collect(),
            middle: reader.middle.finish(Aspect::GivenName, original.len()),
            original,
            place,
        }
    }
}

/// What a column means, with the caller's word first.
fn kind_of(config: &Config, column: &Column) -> FieldKind {
    config.fields.get(column.name()).copied().unwrap_or_else(|| column.kind())
}

/// The comparisons `table` allows: one per kind of information it holds, and one per column of
/// unknown meaning as long as there is room, fuller columns first.
pub(super) fn slots_of(table: &Table, config: &Config) -> Vec<Slot> {
    let kinds: Vec<(FieldKind, &Column)> = table.columns().iter().map(|c| (kind_of(config, c), c)).collect();
    let has = |wanted: &[FieldKind]| kinds.iter().any(|(kind, _)| wanted.contains(kind));
    let parts = has(&[FieldKind::GivenName, FieldKind::Surname]);
    let mut aspects: Vec<Aspect> = kinds
        .iter()
        .filter_map(|(kind, _)| match kind {
            FieldKind::FullName if parts => None,
            kind => Aspect::of_field(*kind),
        })
        .filter(|aspect| *aspect != Aspect::Other)
        .collect();
    if parts {
        aspects.extend([Aspect::GivenName, Aspect::Surname]);
    }
    if has(&[FieldKind::Address]) {
        aspects.push(Aspect::StreetNumber);
    }
    aspects.sort_unstable();
    aspects.dedup();
    aspects.truncate(MAX_SLOTS);
    let mut others: Vec<&Column> =
        kinds.iter().filter(|(kind, _)| *kind == FieldKind::Other).map(|(_, column)| *column).collect();
    others.sort_by(|a, b| b.filled().cmp(&a.filled()).then_with(|| a.name().cmp(b.name())));
    others.truncate(MAX_SLOTS - aspects.len());
    let known = aspects.into_iter().map(|aspect| Slot { aspect, column: None });
    known
        .chain(others.into_iter().map(|c| Slot { aspect: Aspect::Other, column: Some(c.name().to_owned()) }))
        .collect()
}

/// The country most phone numbers of `table` belong to, of those that say; the first in the alphabet
/// on a tie.
pub(super) fn home_region(table: &Table, config: &Config) -> Option<String> {
    if config.default_region.is_some() {
        return config.default_region.clone();
    }
    let mut votes: BTreeMap<&'static str, u32> = BTreeMap::new();
    for column in table.columns().iter().filter(|c| kind_of(config, c) == FieldKind::Phone) {
        for text in column.distinct().iter() {
            if let Some(region) = Phone::read(text, None).and_then(|phone| phone.region) {
                *votes.entry(region).or_default() += 1;
            }
        }
    }
    votes.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0))).map(|(region, _)| region.to_owned())
}

/// One value of one record.
#[derive(Debug)]
struct Cell {
    row: u32,
    value: u32,
    facts: Option<IdentifierFacts>,
}

/// Values under construction, in no order.
#[derive(Debug, Default)]
struct Cells {
    texts: Distinct,
    cells: Vec<Cell>,
}

impl Cells {
    fn intern(&mut self, text: &str) -> Option<u32> {
        let text = text.trim();
        let end = text.char_indices().nth(MAX_CHARS).map_or(text.len(), |(at, _)| at);
        let text = &text[..end];
        (!text.is_empty()).then(|| self.texts.intern(text))
    }

    fn push(&mut self, row: u32, value: u32, facts: Option<IdentifierFacts>) {
        self.cells.push(Cell { row, value, facts });
    }

    fn finish(mut self, aspect: Aspect, rows: usize) -> Values {
        self.cells.sort_by_key(|cell| (cell.row, cell.value));
        self.cells.dedup_by(|b, a| (a.row, a.value, &a.facts) == (b.row, b.value, &b.facts));
        let mut offsets = vec![0_u32; rows + 1];
        for cell in &self.cells {
            offsets[cell.row as usize + 1] += 1;
        }
        for row in 0..rows {
            offsets[row + 1] += offsets[row];
        }
        let ids = self.cells.iter().map(|cell| cell.value).collect();
        let any = self.cells.iter().any(|cell| cell.facts.is_some());
        let facts = if any {
            self.cells.into_iter().map(|cell| cell.facts.unwrap_or_default()).collect()
        } else {
            Vec::new()
        };
        let mut words = Distinct::default();
        let derived: Vec<Derived> = self.texts.iter().map(|text| derive(aspect, text, &mut words)).collect();
        let word_bits = word_bits(&derived, words.len());
        Values { offsets, ids, facts, texts: self.texts, derived, words, word_bits }
    }
}

/// How much it says when two values share a word: log2(values / values with the word).
fn word_bits(derived: &[Derived], words: usize) -> Vec<f32> {
    let mut counts = vec![0_u32; words];
    for value in derived {
        for &word in &value.words {
            counts[word as usize] += 1;
        }
    }
    let all = derived.len() as f32 + 1.0;
    counts.into_iter().map(|n| (all / (n as f32 + 0.5)).log2().max(0.5)).collect()
}

fn derive(aspect: Aspect, text: &str, words: &mut Distinct) -> Derived {
    let mut derived = Derived::default();
    match aspect {
        Aspect::Email => derived.split = text.rfind('@').unwrap_or(text.len()),
        Aspect::Handle => derived.split = text.find(':').map_or(0, |at| at + 1),
        Aspect::Phone => derived.digits = text.chars().filter(char::is_ascii_digit).collect(),
        Aspect::PlatformId => derived.split = text.find(SCOPE_MARK).map_or(0, |at| at + 1),
        Aspect::GivenName => {
            derived.sound = hash_of(&phonetic::code(text));
            derived.nicknames = nickname::classes(text);
        }
        Aspect::Surname => derived.sound = hash_of(&phonetic::code(text)),
        Aspect::BirthDate => {
            derived.date = CivilDate::read(text);
            derived.digits = text.chars().filter(char::is_ascii_digit).collect();
        }
        Aspect::Name | Aspect::Company | Aspect::Street | Aspect::Occupation | Aspect::Other => {
            derived.words = text.split(' ').take(MAX_WORDS).map(|word| words.intern(word)).collect();
            derived.words.sort_unstable();
            derived.words.dedup();
        }
        _ => {}
    }
    derived
}

/// A stable number for a text: the same in every run and on every machine.
pub(super) fn hash_of(text: &str) -> u64 {
    // FNV-1a, 64 bit (Fowler, Noll, Vo 1991), then one multiplication to spread the high bits.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for byte in text.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 32;
    hash.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A whole name, read.
struct WholeName {
    given: Option<u32>,
    family: Option<u32>,
    middle: Vec<u32>,
}

/// Reads columns into the cells of their slots.
struct Reader<'a> {
    slots: &'a [Slot],
    region: Option<&'a str>,
    cells: Vec<Cells>,
    middle: Cells,
    given: Option<usize>,
    surname: Option<usize>,
    /// Per row: whether it has a given name, whether a surname, of its own columns.
    has_part: Vec<(bool, bool)>,
    /// Names read from whole-name columns: (row, given, family), used where a row has no parts.
    whole: Vec<(u32, Option<u32>, Option<u32>)>,
}

impl<'a> Reader<'a> {
    fn new(slots: &'a [Slot], rows: usize, region: Option<&'a str>) -> Self {
        let find = |aspect| slots.iter().position(|slot| slot.aspect == aspect);
        Self {
            slots,
            region,
            cells: slots.iter().map(|_| Cells::default()).collect(),
            middle: Cells::default(),
            given: find(Aspect::GivenName),
            surname: find(Aspect::Surname),
            has_part: vec![(false, false); rows],
            whole: Vec::new(),
        }
    }

    fn read(&mut self, column: &Column, kind: FieldKind, original: &[u32]) {
        match kind {
            FieldKind::FullName if self.given.is_some() => self.read_whole_names(column, original),
            FieldKind::MiddleName => self.read_middle(column, original),
            FieldKind::Address | FieldKind::AddressExtra => self.read_addresses(column, original),
            kind => {
                let slot = self.slots.iter().position(|slot| match slot.aspect {
                    Aspect::Other => {
                        kind == FieldKind::Other && slot.column.as_deref() == Some(column.name())
                    }
                    aspect => Some(aspect) == Aspect::of_field(kind),
                });
                if let Some(slot) = slot {
                    self.read_plain(column, slot, original);
                }
            }
        }
    }

    /// One normal form per value.
    fn read_plain(&mut self, column: &Column, slot: usize, original: &[u32]) {
        let aspect = self.slots[slot].aspect;
        let normals: Vec<Option<String>> =
            column.distinct().iter().map(|text| normal(aspect, text, self.region)).collect();
        let mut known: Vec<Option<u32>> = vec![None; normals.len()];
        for (row, &from) in original.iter().enumerate() {
            let facts = column.facts(from as usize);
            for (at, &raw) in column.ids(from as usize).iter().enumerate() {
                let Some(text) = &normals[raw as usize] else { continue };
                let fact = facts.get(at).filter(|fact| **fact != IdentifierFacts::default());
                let value = if let Some(scope) = fact.and_then(|fact| fact.scope.as_deref()) {
                    self.cells[slot].intern(&format!("{scope}{SCOPE_MARK}{text}"))
                } else {
                    let known = &mut known[raw as usize];
                    *known = known.or_else(|| self.cells[slot].intern(text));
                    *known
                };
                if let Some(value) = value {
                    self.cells[slot].push(row as u32, value, fact.cloned());
                    self.has_part[row].0 |= Some(slot) == self.given;
                    self.has_part[row].1 |= Some(slot) == self.surname;
                }
            }
        }
    }

    fn read_whole_names(&mut self, column: &Column, original: &[u32]) {
        let (Some(given), Some(surname)) = (self.given, self.surname) else { return };
        let names: Vec<WholeName> = column
            .distinct()
            .iter()
            .map(|text| {
                let name = Name::read(text);
                let words = name.middle().iter().flat_map(|word| word.split(' ')).take(MAX_WORDS);
                WholeName {
                    given: self.cells[given].intern(&plain_words(name.given())),
                    family: self.cells[surname].intern(&plain_words(name.family())),
                    middle: words.filter_map(|word| self.middle.intern(word)).collect(),
                }
            })
            .collect();
        for (row, &from) in original.iter().enumerate() {
            for &raw in column.ids(from as usize) {
                let name = &names[raw as usize];
                self.whole.push((row as u32, name.given, name.family));
                for &word in &name.middle {
                    self.middle.push(row as u32, word, None);
                }
            }
        }
    }

    fn read_middle(&mut self, column: &Column, original: &[u32]) {
        let words: Vec<Vec<u32>> = column
            .distinct()
            .iter()
            .map(|text| {
                let plain = plain_words(text);
                plain.split(' ').take(MAX_WORDS).filter_map(|word| self.middle.intern(word)).collect()
            })
            .collect();
        for (row, &from) in original.iter().enumerate() {
            for &raw in column.ids(from as usize) {
                for &word in &words[raw as usize] {
                    self.middle.push(row as u32, word, None);
                }
            }
        }
    }

    /// Street and house number, which may stand in one field.
    fn read_addresses(&mut self, column: &Column, original: &[u32]) {
        let find = |aspect| self.slots.iter().position(|slot| slot.aspect == aspect);
        let (street, number) = (find(Aspect::Street), find(Aspect::StreetNumber));
        let parts: Vec<(Option<u32>, Option<u32>)> = column
            .distinct()
            .iter()
            .map(|text| {
                let read = postal::Street::read(text);
                (
                    street.and_then(|slot| self.cells[slot].intern(&read.words)),
                    number.and_then(|slot| self.cells[slot].intern(read.number.as_deref()?)),
                )
            })
            .collect();
        for (row, &from) in original.iter().enumerate() {
            for &raw in column.ids(from as usize) {
                for (slot, value) in [(street, parts[raw as usize].0), (number, parts[raw as usize].1)] {
                    if let (Some(slot), Some(value)) = (slot, value) {
                        self.cells[slot].push(row as u32, value, None);
                    }
                }
            }
        }
    }

    /// Whole names give the parts of those rows that have none of their own; `first_and_surname`
    /// beside `first_name` must not count twice.
    fn settle_names(&mut self) {
        let (Some(given), Some(surname)) = (self.given, self.surname) else { return };
        for (row, first, last) in std::mem::take(&mut self.whole) {
            if self.has_part[row as usize] == (false, false) {
                if let Some(first) = first {
                    self.cells[given].push(row, first, None);
                }
                if let Some(last) = last {
                    self.cells[surname].push(row, last, None);
                }
            }
        }
    }
}

/// The normal form of a value, or nothing when there is nothing in it to compare.
fn normal(aspect: Aspect, text: &str, region: Option<&str>) -> Option<String> {
    let normal = match aspect {
        Aspect::Email => Email::read(text).map_or_else(|| squeezed(text), |email| email.normal().to_owned()),
        Aspect::Phone => phone(text, region)?,
        Aspect::Handle => Handle::read(text).map_or_else(|| squeezed(text), |handle| handle.normal()),
        Aspect::PlatformId => text.trim().to_owned(),
        Aspect::NationalId => fold(text).chars().filter(|c| c.is_alphanumeric()).collect(),
        Aspect::BirthDate => match CivilDate::read(text) {
            Some(date) => date.to_string(),
            None => text.chars().filter(char::is_ascii_digit).collect(),
        },
        Aspect::Postcode => postal::postcode(text),
        Aspect::StreetNumber => squeezed(text),
        _ => plain_words(text),
    };
    (!normal.is_empty()).then_some(normal)
}

/// The number in E.164; the home region fills in a country only where that gives a possible number.
fn phone(text: &str, region: Option<&str>) -> Option<String> {
    let plain = Phone::read(text, None)?;
    let at_home = || Phone::read(text, region).filter(|phone| phone.possible && !phone.national);
    let phone = if plain.national { at_home().unwrap_or(plain) } else { plain };
    Some(phone.normal().to_owned())
}

/// Folded, without blanks.
fn squeezed(text: &str) -> String {
    fold(text).chars().filter(|c| !c.is_whitespace()).collect()
}

/// Folded words of letters and digits; apostrophes go, all other marks become blanks.
fn plain_words(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in fold(text).replace('\'', "").split(|c: char| !c.is_alphanumeric()) {
        if !word.is_empty() {
            if !plain.is_empty() {
                plain.push(' ');
            }
            plain.push_str(word);
        }
    }
    plain
}

/// Whether two uses of one identifier can be one person's: their times overlap.
pub(super) fn overlap(a: &IdentifierFacts, b: &IdentifierFacts) -> bool {
    let ends_before = |x: &IdentifierFacts, y: &IdentifierFacts| match (x.valid_to, y.valid_from) {
        (Some(end), Some(start)) => end < start,
        _ => false,
    };
    !ends_before(a, b) && !ends_before(b, a)
}

/// Whether nobody proved this use.
pub(super) fn claimed(facts: Option<&IdentifierFacts>) -> bool {
    facts.is_some_and(|facts| facts.assurance == Assurance::Claimed)
}

/// Row numbers by table row.
pub(super) fn positions(original: &[u32]) -> Vec<u32> {
    let mut positions = vec![0; original.len()];
    for (place, &row) in original.iter().enumerate() {
        positions[row as usize] = place as u32;
    }
    positions
}

/// How many entities hold each value, by the stable number of its text.
pub(super) type Holders = HashMap<u64, u32>;
