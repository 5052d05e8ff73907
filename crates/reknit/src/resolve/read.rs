//! Columns of a table to the values of records.
//!
//! Every distinct value of a column is read once (folded, parsed, cut to a bounded length) when the
//! first record that has it comes up, in the order of records' keys, so the ids of normal forms do not
//! depend on the order of arrival. Kinds of information that are filled from different columns are
//! read side by side on the workers. A default country for phone numbers that lack one is taken from
//! the numbers that have one, unless the config names it. Cost: linear in the values, with one parse
//! per distinct value.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::aspect::{Aspect, Slot};
use super::config::Config;
use super::values::{LIST, MAX_SLOTS, MAX_WORDS, NONE, SCOPE_MARK, Values, hash_of};
use crate::model::{Column, FieldKind, IdentifierFacts, Table};
use crate::text::company::Company;
use crate::text::date::CivilDate;
use crate::text::email::Email;
use crate::text::fold::fold;
use crate::text::handle::Handle;
use crate::text::name::Name;
use crate::text::phone::Phone;
use crate::text::postal;

/// Longest normal form that is compared, in characters: longer ones are texts, not contact data, and are
/// cut.
const MAX_CHARS: usize = 120;
/// Longest identifier, with its scope, that is one. It is never cut, for two ids may begin alike; longer
/// ones say nothing.
const MAX_ID_CHARS: usize = 512;
/// How many phone numbers vote on the home region, about.
const VOTERS: usize = 20_000;

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
/// on a tie. Of a large table some numbers vote, chosen by their digits.
pub(super) fn home_region(table: &Table, config: &Config) -> Option<String> {
    if config.default_region.is_some() {
        return config.default_region.clone();
    }
    let mut votes: BTreeMap<&'static str, u32> = BTreeMap::new();
    for column in table.columns().iter().filter(|c| kind_of(config, c) == FieldKind::Phone) {
        let every = (column.distinct().len() / VOTERS).max(1) as u64;
        for text in column.distinct().iter().filter(|text| every == 1 || hash_of(text).is_multiple_of(every))
        {
            if let Some(region) = Phone::read(text, None).and_then(|phone| phone.region) {
                *votes.entry(region).or_default() += 1;
            }
        }
    }
    votes.into_iter().max_by(|a, b| a.1.cmp(&b.1).then(b.0.cmp(a.0))).map(|(region, _)| region.to_owned())
}

/// Slots that are filled together: the parts of a name, the parts of an address, any other alone.
fn groups(slots: &[Slot]) -> Vec<Vec<usize>> {
    let middle = slots.len();
    let mut names: Vec<usize> = Vec::new();
    let mut addresses = Vec::new();
    let mut groups = Vec::new();
    for (at, slot) in slots.iter().enumerate() {
        match slot.aspect {
            Aspect::GivenName | Aspect::Surname => names.push(at),
            Aspect::Street | Aspect::StreetNumber => addresses.push(at),
            _ => groups.push(vec![at]),
        }
    }
    names.push(middle);
    groups.push(names);
    groups.push(addresses);
    groups
}

/// Reads the rows `order` of `table` into `values`, one per slot and one for middle names, and gives
/// the cells of each, by row. What is known of the uses of their values is kept under the rows from
/// `first` on.
pub(super) fn read(
    table: &Table,
    config: &Config,
    slots: &[Slot],
    region: Option<&str>,
    order: &[u32],
    first: u32,
    values: &mut [Values],
) -> Vec<Vec<u32>> {
    let mut open: Vec<Option<Values>> = values.iter_mut().map(|v| Some(std::mem::take(v))).collect();
    let mut jobs: Vec<Reader<'_>> = Vec::new();
    for group in groups(slots) {
        let parts = group.iter().map(|&at| (at, open[at].take().unwrap_or_default())).collect();
        jobs.push(Reader::new(slots, order, region, parts));
    }
    // Identifiers, of which nearly every value is another, take longest and stand first: they are begun
    // first.
    jobs.reverse();
    let workers = if order.len() < PARALLEL_FROM { 1 } else { config.workers() };
    let columns: Vec<(FieldKind, &Column)> =
        table.columns().iter().map(|c| (kind_of(config, c), c)).collect();
    let waiting = Mutex::new(jobs);
    let done = Mutex::new(Vec::new());
    let work = || {
        while let Some(mut job) = waiting.lock().ok().and_then(|mut jobs| jobs.pop()) {
            for (kind, column) in &columns {
                job.read(column, *kind);
            }
            let parts = job.finish(first);
            if let Ok(mut done) = done.lock() {
                done.extend(parts);
            }
        }
    };
    if workers == 1 {
        work();
    } else {
        std::thread::scope(|scope| (0..workers).for_each(|_| drop(scope.spawn(work))));
    }
    let mut cells = vec![Vec::new(); values.len()];
    for (at, read, column) in done.into_inner().unwrap_or_default() {
        values[at] = read;
        cells[at] = column;
    }
    cells
}

/// Smaller tables are read before a thread has begun.
const PARALLEL_FROM: usize = 2000;

/// The cells of one slot under construction.
struct Cells {
    aspect: Aspect,
    values: Values,
    /// The first value of each row.
    first: Vec<u32>,
    /// Further values: (row, value).
    more: Vec<(u32, u32)>,
    /// Values something is known about: (row, value, facts).
    known: Vec<(u32, u32, IdentifierFacts)>,
}

impl Cells {
    fn intern(&mut self, text: &str) -> Option<u32> {
        let text = text.trim();
        let is_identifier = self.aspect.is_identifier();
        let longest = if is_identifier { MAX_ID_CHARS } else { MAX_CHARS };
        let text = match text.char_indices().nth(longest) {
            Some(_) if is_identifier => "",
            Some((end, _)) => &text[..end],
            None => text,
        };
        if text.is_empty() { None } else { self.values.intern(self.aspect, text) }
    }

    fn push(&mut self, row: u32, value: u32) {
        let first = &mut self.first[row as usize];
        if *first == NONE {
            *first = value;
        } else if *first != value {
            self.more.push((row, value));
        }
    }

    /// The values of each row ascending in one cell, each once but where different things are known
    /// of its uses.
    fn finish(mut self, first_row: u32) -> (Values, Vec<u32>) {
        self.more.sort_unstable();
        let mut list = Vec::new();
        for run in self.more.chunk_by(|x, y| x.0 == y.0) {
            let first = &mut self.first[run[0].0 as usize];
            list.clear();
            list.push(*first);
            list.extend(run.iter().map(|&(_, id)| id));
            list.sort_unstable();
            list.dedup();
            *first = self.values.cell(&list);
        }
        self.known.sort_by_key(|&(row, value, _)| (row, value));
        for run in self.known.chunk_by(|x, y| x.0 == y.0) {
            let row = run[0].0;
            let cell = self.first[row as usize];
            let plain = self.values.of_cell(&cell).iter().map(|&id| (id, IdentifierFacts::default()));
            let mut uses: Vec<(u32, IdentifierFacts)> =
                plain.chain(run.iter().map(|(_, id, facts)| (*id, facts.clone()))).collect();
            uses.sort_by_key(|&(id, _)| id);
            uses.dedup();
            let (ids, facts): (Vec<u32>, Vec<IdentifierFacts>) = uses.into_iter().unzip();
            self.first[row as usize] = self.values.cell(&ids);
            self.values.know(first_row + row, facts);
        }
        (self.values, self.first)
    }
}

/// A whole name, read.
struct WholeName {
    given: Option<u32>,
    family: Option<u32>,
    middle: Vec<u32>,
}

/// Reads columns into the cells of some slots.
struct Reader<'a> {
    slots: &'a [Slot],
    order: &'a [u32],
    region: Option<&'a str>,
    /// The slots it fills, and their cells.
    cells: Vec<(usize, Cells)>,
    /// Names read from whole-name columns: (row, given, family), used where a row has no parts.
    whole: Vec<(u32, Option<u32>, Option<u32>)>,
}

impl<'a> Reader<'a> {
    fn new(
        slots: &'a [Slot],
        order: &'a [u32],
        region: Option<&'a str>,
        parts: Vec<(usize, Values)>,
    ) -> Self {
        let aspect = |at: usize| slots.get(at).map_or(Aspect::GivenName, |slot| slot.aspect);
        let cells = |(at, values): (usize, Values)| {
            let first = vec![NONE; order.len()];
            (at, Cells { aspect: aspect(at), values, first, more: Vec::new(), known: Vec::new() })
        };
        Self { slots, order, region, cells: parts.into_iter().map(cells).collect(), whole: Vec::new() }
    }

    fn finish(mut self, first_row: u32) -> Vec<(usize, Values, Vec<u32>)> {
        self.settle_names();
        self.cells
            .into_iter()
            .map(|(at, cells)| {
                let (values, column) = cells.finish(first_row);
                (at, values, column)
            })
            .collect()
    }

    /// The place of the cells of `aspect` among those this reader fills.
    fn find(&self, aspect: Aspect) -> Option<usize> {
        self.cells.iter().position(|(at, _)| self.slots.get(*at).is_some_and(|slot| slot.aspect == aspect))
    }

    fn middle(&self) -> Option<usize> {
        self.cells.iter().position(|(at, _)| *at == self.slots.len())
    }

    fn read(&mut self, column: &Column, kind: FieldKind) {
        let parts = self.slots.iter().any(|slot| slot.aspect == Aspect::GivenName);
        match kind {
            FieldKind::FullName if parts => self.read_whole_names(column),
            FieldKind::MiddleName => self.read_middle(column),
            FieldKind::Address | FieldKind::AddressExtra => self.read_addresses(column),
            kind => {
                let fits = |slot: &Slot| match slot.aspect {
                    Aspect::Other => {
                        kind == FieldKind::Other && slot.column.as_deref() == Some(column.name())
                    }
                    aspect => Some(aspect) == Aspect::of_field(kind),
                };
                let place = self.cells.iter().position(|(at, _)| self.slots.get(*at).is_some_and(fits));
                if let Some(place) = place {
                    self.read_plain(column, place);
                }
            }
        }
    }

    /// One normal form per value.
    fn read_plain(&mut self, column: &Column, place: usize) {
        let cells = &mut self.cells[place].1;
        // Per raw value its normal form, or that it has none.
        let mut known = vec![LIST; column.distinct().len()];
        for (row, &from) in self.order.iter().enumerate() {
            let facts = column.facts(from as usize);
            for (at, &raw) in column.ids(from as usize).iter().enumerate() {
                let fact = facts.get(at).filter(|fact| **fact != IdentifierFacts::default());
                if let Some(scope) = fact.and_then(|fact| fact.scope.as_deref()) {
                    let text = normal(cells.aspect, column.distinct().get(raw), self.region);
                    let value = text.and_then(|text| cells.intern(&format!("{scope}{SCOPE_MARK}{text}")));
                    cells
                        .known
                        .extend(value.zip(fact).map(|(value, fact)| (row as u32, value, fact.clone())));
                    continue;
                }
                let value = &mut known[raw as usize];
                if *value == LIST {
                    let text = normal(cells.aspect, column.distinct().get(raw), self.region);
                    *value = text.and_then(|text| cells.intern(&text)).unwrap_or(NONE);
                }
                match fact {
                    _ if *value == NONE => {}
                    Some(fact) => cells.known.push((row as u32, *value, fact.clone())),
                    None => cells.push(row as u32, *value),
                }
            }
        }
    }

    fn read_whole_names(&mut self, column: &Column) {
        let (Some(given), Some(surname), Some(middle)) =
            (self.find(Aspect::GivenName), self.find(Aspect::Surname), self.middle())
        else {
            return;
        };
        let mut names: Vec<Option<WholeName>> = Vec::new();
        names.resize_with(column.distinct().len(), || None);
        for (row, &from) in self.order.iter().enumerate() {
            for &raw in column.ids(from as usize) {
                let name = names[raw as usize].get_or_insert_with(|| {
                    let name = Name::read(column.distinct().get(raw));
                    let words = name.middle().iter().flat_map(|word| word.split(' ')).take(MAX_WORDS);
                    WholeName {
                        given: self.cells[given].1.intern(&plain_words(name.given())),
                        family: self.cells[surname].1.intern(&plain_words(name.family())),
                        middle: words.filter_map(|word| self.cells[middle].1.intern(word)).collect(),
                    }
                });
                self.whole.push((row as u32, name.given, name.family));
                for &word in &name.middle {
                    self.cells[middle].1.push(row as u32, word);
                }
            }
        }
    }

    fn read_middle(&mut self, column: &Column) {
        let Some(middle) = self.middle() else { return };
        let cells = &mut self.cells[middle].1;
        let mut words: Vec<Option<Vec<u32>>> = vec![None; column.distinct().len()];
        for (row, &from) in self.order.iter().enumerate() {
            for &raw in column.ids(from as usize) {
                let words = words[raw as usize].get_or_insert_with(|| {
                    let plain = plain_words(column.distinct().get(raw));
                    plain.split(' ').take(MAX_WORDS).filter_map(|word| cells.intern(word)).collect()
                });
                for &word in words.iter() {
                    cells.push(row as u32, word);
                }
            }
        }
    }

    /// Street and house number, which may stand in one field.
    fn read_addresses(&mut self, column: &Column) {
        let (street, number) = (self.find(Aspect::Street), self.find(Aspect::StreetNumber));
        if street.is_none() && number.is_none() {
            return;
        }
        let mut parts: Vec<Option<[Option<u32>; 2]>> = vec![None; column.distinct().len()];
        for (row, &from) in self.order.iter().enumerate() {
            for &raw in column.ids(from as usize) {
                let values = *parts[raw as usize].get_or_insert_with(|| {
                    let read = postal::Street::read(column.distinct().get(raw));
                    [
                        street.and_then(|place| self.cells[place].1.intern(&read.words)),
                        number.and_then(|place| self.cells[place].1.intern(read.number.as_deref()?)),
                    ]
                });
                for (place, value) in [street, number].into_iter().zip(values) {
                    if let (Some(place), Some(value)) = (place, value) {
                        self.cells[place].1.push(row as u32, value);
                    }
                }
            }
        }
    }

    /// Whole names give the parts of those rows that have none of their own; `first_and_surname`
    /// beside `first_name` must not count twice.
    fn settle_names(&mut self) {
        let whole = std::mem::take(&mut self.whole);
        let (Some(given), Some(surname)) = (self.find(Aspect::GivenName), self.find(Aspect::Surname)) else {
            return;
        };
        let blank = |place: usize, row: u32| self.cells[place].1.first[row as usize] == NONE;
        let bare: Vec<bool> =
            whole.iter().map(|&(row, ..)| blank(given, row) && blank(surname, row)).collect();
        for ((row, first, last), _) in whole.into_iter().zip(bare).filter(|(_, bare)| *bare) {
            for (place, value) in [(given, first), (surname, last)] {
                if let Some(value) = value {
                    self.cells[place].1.push(row, value);
                }
            }
        }
    }
}

/// The normal form of a value, or nothing when there is nothing in it to compare.
fn normal(aspect: Aspect, text: &str, region: Option<&str>) -> Option<String> {
    let normal = match aspect {
        Aspect::Email => Email::read(text).map_or_else(|| squeezed(text), Email::into_normal),
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
        Aspect::Company => Company::read(text)?.normal(),
        Aspect::Name => whole_name(text),
        _ => plain_words(text),
    };
    (!normal.is_empty()).then_some(normal)
}

/// The words of a whole name, put in order where a comma had turned them round.
fn whole_name(text: &str) -> String {
    let plain = plain_words(text);
    if !text.contains(',') {
        return plain;
    }
    let name = Name::read(text);
    let ordered = plain_words(&format!("{} {}", name.normal(), name.suffix()));
    // A title, an honour or a place that is no part of the name stays in what is compared by words.
    if ordered.split(' ').count() == plain.split(' ').count() { ordered } else { plain }
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
