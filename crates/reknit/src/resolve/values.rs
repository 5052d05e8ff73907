//! The records of a table as value ids of their normal forms.
//!
//! Every distinct normal form is stored once per kind of information, whichever column it came from,
//! together with what comparing needs beside the text: where it splits, its sound, its words, which
//! letters occur. A record is one row of a matrix with one value id per kind (or the place of a list,
//! where it has several values), so that two records are compared from two cache lines. Values and
//! rows can be appended at any time: the same storage serves a batch and a live engine.
//!
//! Rows of a batch stand in the order of their keys, so that nothing later depends on the order of
//! arrival. The scope of an identifier is part of its text here: two ids of different scopes are
//! different values. Cost: 4 bytes a record and kind, about 40 a distinct value beside its text.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::align::Words;
use super::aspect::{Aspect, Slot};
use super::config::Config;
use super::read;
use super::sign::Sign;
use crate::model::{Assurance, Distinct, IdentifierFacts, Table};
use crate::text::date::CivilDate;
use crate::text::name::split_generation;
use crate::text::{latin, nickname, phonetic};

/// Most words of one value that are compared with each other.
pub(super) const MAX_WORDS: usize = 14;
/// Between the scope of an identifier and its value.
pub(super) const SCOPE_MARK: char = '\u{1f}';
/// Comparisons in one model: each takes four bits of a vector of 64.
pub(super) const MAX_SLOTS: usize = 16;
/// Shorter account names are initials that many share.
pub(super) const MIN_ACCOUNT: usize = 5;

/// No value.
pub(super) const NONE: u32 = u32::MAX;
/// A cell with this bit holds the place of a list of values, not a value.
pub(super) const LIST: u32 = 1 << 31;
/// Values of one kind that fit beside the mark of lists.
const MAX_VALUES: usize = (LIST - 1) as usize;

/// The bit of a blank among the letters of a text; some rare characters share it.
pub(super) const BLANK: u64 = 1 << 40;

/// What is derived from one normal form.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Derived {
    /// Which letters and digits occur, one bit each; other characters share the rest of the bits. Of
    /// a mailbox or handle only those of its name count.
    pub letters: u64,
    /// The number records meet by: of the text, of a phone's last digits, of a handle's bare name.
    pub key: u32,
    /// The sound of a name, the account name of a mailbox or handle, the packed day of a date; 0 = none.
    pub code: u32,
    /// Where the list of words begins; of a mailbox the word that is its domain.
    words: u32,
    /// How many words there are.
    count: u8,
    /// How many characters the text, or the name of a mailbox or handle, has; 255 for more.
    pub chars: u8,
    /// Where the part before the `@`, or the scope mark, ends.
    pub split: u16,
    /// How many bytes the text has, and where it begins: what compares two values finds all of each in
    /// one place.
    len: u16,
    start: u32,
}

/// What is known of one word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    /// As of [`Derived`].
    pub letters: u64,
    /// The classes of names it belongs to.
    pub nicknames: &'static [u16],
    /// How many characters it has; 255 for more.
    pub chars: u8,
}

impl Derived {
    /// The date of a date of birth, if it is one.
    pub(super) fn date(&self) -> Option<PackedDate> {
        PackedDate::of(self.code)
    }
}

/// A year, month and day in one number; unknown parts are 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PackedDate(u32);

impl PackedDate {
    /// The date a number stands for; 0 is none.
    pub(super) fn of(number: u32) -> Option<Self> {
        (number != 0).then_some(Self(number))
    }

    fn new(date: CivilDate) -> Self {
        let (month, day) = (date.month().unwrap_or(0), date.day().unwrap_or(0));
        Self(u32::from(date.year()) << 9 | u32::from(month) << 5 | u32::from(day))
    }

    pub(super) fn year(self) -> u32 {
        self.0 >> 9
    }

    /// The month, 0 when unknown.
    pub(super) fn month(self) -> u32 {
        self.0 >> 5 & 15
    }

    /// The day, 0 when unknown.
    pub(super) fn day(self) -> u32 {
        self.0 & 31
    }

    /// Whether year, month and day are known.
    pub(super) fn whole(self) -> bool {
        self.day() != 0
    }

    /// How many digits were mistaken, or exchanged with their neighbour, between two dates.
    pub(super) fn slips(self, other: Self) -> u32 {
        let (a, b) = (self.digits(), other.digits());
        let digit = |digits: u32, place: u32| digits >> (4 * place) & 15;
        let (mut slips, mut place) = (0, 0);
        let mut rest = a ^ b;
        while rest >> (4 * place) != 0 {
            if digit(rest, place) != 0 {
                slips += 1;
                let swapped = place < 7
                    && digit(a, place) == digit(b, place + 1)
                    && digit(a, place + 1) == digit(b, place);
                if swapped {
                    rest &= !(0xff << (4 * place));
                }
            }
            place += 1;
            if place == 8 {
                break;
            }
        }
        slips
    }

    /// Year, month and day as eight decimal digits of four bits.
    fn digits(self) -> u32 {
        let two = |n: u32| ((n / 10) << 4) | (n % 10);
        two(self.year() / 100) << 24 | two(self.year() % 100) << 16 | two(self.month()) << 8 | two(self.day())
    }

    /// Whether the other date is this one with day and month exchanged.
    pub(super) fn swaps_into(self, other: Self) -> bool {
        self.whole()
            && self.year() == other.year()
            && self.month() == other.day()
            && self.day() == other.month()
            && self.month() != self.day()
    }
}

/// All values of one kind of information.
#[derive(Debug, Default)]
pub(super) struct Values {
    pub texts: Distinct,
    pub derived: Vec<Derived>,
    /// Per value the classes of a given name; empty for all other kinds.
    nicknames: Vec<&'static [u16]>,
    /// Per value the words of a whole name or an organisation's name, ready to be aligned; empty for
    /// all other kinds.
    names: Vec<Words>,
    /// The Latin reading of name parts in other scripts.
    latin: FxHashMap<u32, String>,
    pub words: Distinct,
    /// Per word what is known of it; empty where words are not held against each other.
    word_facts: Vec<Word>,
    word_ids: Vec<u32>,
    /// Per word: log2 of values per value with this word; set by [`weigh_words`](Self::weigh_words).
    pub word_bits: Vec<f32>,
    lists: Vec<(u32, u32)>,
    list_ids: Vec<u32>,
    /// What is known of the uses of identifiers, parallel to the values of a row; absent = nothing.
    facts: FxHashMap<u32, Box<[IdentifierFacts]>>,
}

impl Values {
    pub(super) fn text(&self, id: u32) -> &str {
        let Derived { start, len, .. } = self.derived[id as usize];
        self.texts.at(start, len)
    }

    /// What is known of a word.
    pub(super) fn word(&self, id: u32) -> &Word {
        &self.word_facts[id as usize]
    }

    pub(super) fn len(&self) -> usize {
        self.derived.len()
    }

    pub(super) fn words_of(&self, id: u32) -> &[u32] {
        let Derived { words, count, .. } = self.derived[id as usize];
        &self.word_ids[words as usize..words as usize + usize::from(count)]
    }

    /// The domain of a mailbox as a word.
    pub(super) fn domain(&self, id: u32) -> u32 {
        self.derived[id as usize].words
    }

    pub(super) fn nicknames(&self, id: u32) -> &'static [u16] {
        self.nicknames.get(id as usize).copied().unwrap_or_default()
    }

    /// The id of a normal form, new or known; nothing when there are too many.
    pub(super) fn intern(&mut self, aspect: Aspect, text: &str) -> Option<u32> {
        let id = self.texts.intern(text);
        if id as usize == self.derived.len() {
            if self.derived.len() >= MAX_VALUES {
                return None;
            }
            let mut derived = self.derive(aspect, text);
            // Normal forms are cut to a bounded length.
            (derived.start, derived.len) = (self.texts.start(id), text.len() as u16);
            self.derived.push(derived);
            self.read_name(aspect, id, text);
        }
        Some(id)
    }

    /// Keeps what is read from a name beside its text.
    fn read_name(&mut self, aspect: Aspect, id: u32, text: &str) {
        match aspect {
            Aspect::GivenName | Aspect::Surname => {
                let latin = latin::latin(text);
                if aspect == Aspect::GivenName {
                    self.nicknames.push(nickname::classes(&latin));
                }
                if let Cow::Owned(latin) = latin {
                    self.latin.insert(id, latin);
                }
            }
            Aspect::Name => self.names.push(Words::of_person(text)),
            Aspect::Company => self.names.push(Words::of_company(text)),
            _ => {}
        }
    }

    /// A part of a name in Latin letters.
    pub(super) fn latin(&self, id: u32) -> &str {
        if self.latin.is_empty() {
            self.text(id)
        } else {
            self.latin.get(&id).map_or(self.text(id), String::as_str)
        }
    }

    /// A whole name or an organisation's name, ready to be aligned.
    pub(super) fn name(&self, id: u32) -> Option<&Words> {
        self.names.get(id as usize)
    }

    fn derive(&mut self, aspect: Aspect, text: &str) -> Derived {
        let mut derived = Derived {
            letters: letters(text),
            key: short_hash(text),
            chars: count_of(text),
            ..Derived::default()
        };
        match aspect {
            Aspect::Email => {
                let at = text.rfind('@').unwrap_or(text.len());
                derived = of_account(derived, &text[..at]);
                derived.split = at as u16;
                derived.words = self.words.intern(&text[at..]);
            }
            Aspect::Handle => {
                let from = text.find(':').map_or(0, |at| at + 1);
                derived = of_account(derived, &text[from..]);
                derived.split = from as u16;
                derived.key = short_hash(&text[from..]);
            }
            Aspect::Phone => {
                // A scope may stand before a short number, and end in the middle of a character.
                let end = text.get(text.len().saturating_sub(8)..).unwrap_or(text);
                derived.key = short_hash(end);
            }
            Aspect::PlatformId => derived.split = text.find(SCOPE_MARK).map_or(0, |at| at + 1) as u16,
            Aspect::GivenName | Aspect::Surname => {
                let latin = latin::latin(text);
                let latin = if aspect == Aspect::Surname { split_generation(&latin).0 } else { &latin };
                derived.code = short_hash(&phonetic::code(latin)).max(1);
                derived.letters = letters(latin);
                derived.chars = count_of(latin);
            }
            Aspect::BirthDate => {
                derived.code = CivilDate::read(text).map_or(0, |date| PackedDate::new(date).0);
            }
            Aspect::Name | Aspect::Company | Aspect::Street | Aspect::Occupation | Aspect::Other => {
                self.derive_words(text, &mut derived);
            }
            _ => {}
        }
        derived
    }

    fn derive_words(&mut self, text: &str, derived: &mut Derived) {
        let start = self.word_ids.len();
        // By the Latin reading names meet over scripts.
        for word in latin::latin(text).split(' ').take(MAX_WORDS) {
            let id = self.words.intern(word);
            self.word_ids.push(id);
            if id as usize == self.word_facts.len() {
                let (letters, nicknames) = (letters(word), nickname::classes(word));
                self.word_facts.push(Word { letters, nicknames, chars: count_of(word) });
            }
        }
        // Their sums must not depend on which word was seen first, so they stand in the order of their texts.
        let words = &self.words;
        self.word_ids[start..].sort_unstable_by(|&x, &y| words.get(x).cmp(words.get(y)));
        let mut kept = start;
        for at in start..self.word_ids.len() {
            if at == start || self.word_ids[at] != self.word_ids[kept - 1] {
                self.word_ids[kept] = self.word_ids[at];
                kept += 1;
            }
        }
        self.word_ids.truncate(kept);
        derived.words = start as u32;
        derived.count = (kept - start) as u8;
    }

    /// How many values hold each word that more than one holds, sorted, by the number of the word.
    pub(super) fn count_words(&self) -> Vec<(u64, u32)> {
        let mut counts = vec![0_u32; self.words.len()];
        for &word in &self.word_ids {
            counts[word as usize] += 1;
        }
        let frequent = counts.iter().enumerate().filter(|(_, n)| **n > 1);
        let mut counts: Vec<(u64, u32)> =
            frequent.map(|(word, &n)| (hash_of(self.words.get(word as u32)), n)).collect();
        counts.sort_unstable();
        counts
    }

    /// Sets how much it says when two values share a word: log2(values / values with the word).
    /// Words that have their bits keep them. `holders` tells how many values hold a word, by its number.
    pub(super) fn weigh_words(&mut self, values: f64, holders: impl Fn(u64) -> u32) {
        let all = values as f32 + 1.0;
        for word in self.word_bits.len()..self.words.len() {
            let holders = holders(hash_of(self.words.get(word as u32)));
            self.word_bits.push((all / (holders as f32 + 0.5)).log2().max(0.5));
        }
    }

    /// Stores the values of one row and gives the cell that stands for them.
    pub(super) fn cell(&mut self, ids: &[u32]) -> u32 {
        match ids {
            [] => NONE,
            [one] => *one,
            several => {
                let place = self.lists.len() as u32;
                self.lists.push((self.list_ids.len() as u32, several.len() as u32));
                self.list_ids.extend_from_slice(several);
                LIST | place
            }
        }
    }

    /// Keeps what is known of the values of `row`.
    pub(super) fn know(&mut self, row: u32, facts: Vec<IdentifierFacts>) {
        self.facts.insert(row, facts.into());
    }

    /// Forgets what is known of the values of `row`.
    pub(super) fn forget(&mut self, row: u32) {
        self.facts.remove(&row);
    }

    /// The values a cell stands for.
    pub(super) fn of_cell<'a>(&'a self, cell: &'a u32) -> &'a [u32] {
        match *cell {
            NONE => &[],
            one if one & LIST == 0 => std::slice::from_ref(cell),
            list => {
                let (start, len) = self.lists[(list & !LIST) as usize];
                &self.list_ids[start as usize..(start + len) as usize]
            }
        }
    }

    /// Whether anything is known of any use.
    pub(super) fn has_facts(&self) -> bool {
        !self.facts.is_empty()
    }

    pub(super) fn facts(&self, row: u32) -> &[IdentifierFacts] {
        if self.facts.is_empty() { &[] } else { self.facts.get(&row).map_or(&[], |facts| facts) }
    }
}

/// Records, read and ready to be compared.
#[derive(Debug)]
pub(super) struct Prepared {
    pub rows: usize,
    /// The table's row of each row here, which stand in the order of their keys.
    pub original: Vec<u32>,
    pub sources: Vec<u32>,
    pub slots: Vec<Slot>,
    /// One per slot, and after them the middle names and other words of whole names.
    pub values: Vec<Values>,
    /// Per row its cells, then the two halves of the sign of each signed slot.
    cells: Vec<u32>,
    /// The slots that have signs.
    signed: Vec<usize>,
    place: [u8; Aspect::COUNT],
}

/// No such slot.
const NOWHERE: u8 = u8::MAX;

impl Prepared {
    /// Reads `table` for the comparisons of `slots`.
    pub(super) fn new(table: &Table, config: &Config, slots: &[Slot], region: Option<&str>) -> Self {
        let original = table.rows_by_key();
        let mut data = Self::empty(slots);
        data.rows = original.len();
        data.sources = original.iter().map(|&row| table.source_id(row as usize)).collect();
        let columns = read::read(table, config, slots, region, &original, 0, &mut data.values);
        data.cells = Vec::with_capacity(original.len() * data.width());
        for row in 0..original.len() {
            data.push(columns.iter().map(|column| column[row]));
        }
        data.original = original;
        data
    }

    /// No records yet.
    pub(super) fn empty(slots: &[Slot]) -> Self {
        let mut place = [NOWHERE; Aspect::COUNT];
        for (at, slot) in slots.iter().enumerate().rev() {
            place[slot.aspect as usize] = at as u8;
        }
        Self {
            rows: 0,
            original: Vec::new(),
            sources: Vec::new(),
            slots: slots.to_vec(),
            values: (0..=slots.len()).map(|_| Values::default()).collect(),
            cells: Vec::new(),
            signed: (0..slots.len()).filter(|&at| Sign::has(slots[at].aspect)).collect(),
            place,
        }
    }

    /// The cells of a row, one per slot and one for the middle names.
    pub(super) fn cells(&self, row: u32) -> &[u32] {
        let from = row as usize * self.width();
        &self.cells[from..=from + self.slots.len()]
    }

    /// All that is kept of a row: its cells and then its signs.
    pub(super) fn row(&self, row: u32) -> &[u32] {
        let from = row as usize * self.width();
        &self.cells[from..from + self.width()]
    }

    /// How many numbers a row takes.
    pub(super) fn width(&self) -> usize {
        self.slots.len() + 1 + 2 * self.signed.len()
    }

    /// Brings a row near: the loads of several rows wait for memory together.
    pub(super) fn touch(&self, row: u32) {
        let from = row as usize * self.width();
        std::hint::black_box((self.cells[from], self.cells[from + self.width() - 1]));
    }

    /// Appends a row of cells, one per slot and one for the middle names.
    pub(super) fn push(&mut self, cells: impl Iterator<Item = u32>) {
        let from = self.cells.len();
        self.cells.extend(cells);
        for &slot in &self.signed {
            let sign = match self.cells[from + slot] {
                cell if cell & LIST != 0 => Sign::default(),
                id => Sign::of(self.slots[slot].aspect, &self.values[slot], id),
            };
            self.cells.extend([sign.0 as u32, (sign.0 >> 32) as u32]);
        }
    }

    /// Puts other cells in the place of a row's.
    pub(super) fn put(&mut self, row: u32, cells: impl Iterator<Item = u32>) {
        let (end, to) = (self.cells.len(), row as usize * self.width());
        self.push(cells);
        self.cells.copy_within(end.., to);
        self.cells.truncate(end);
    }

    /// Where the sign of a slot stands in a [`row`](Self::row), if the slot has signs.
    pub(super) fn sign_place(&self, slot: usize) -> Option<usize> {
        let at = self.signed.iter().position(|&signed| signed == slot)?;
        Some(self.slots.len() + 1 + 2 * at)
    }

    /// The values of a row in a slot.
    pub(super) fn of(&self, slot: usize, row: u32) -> &[u32] {
        self.values[slot].of_cell(&self.cells(row)[slot])
    }

    /// The slot of `aspect`, if the model has it.
    pub(super) fn place(&self, aspect: Aspect) -> Option<usize> {
        let place = self.place[aspect as usize];
        (place != NOWHERE).then_some(usize::from(place))
    }

    /// The place of the middle names.
    pub(super) fn middle(&self) -> usize {
        self.slots.len()
    }

    /// Rows that are equal in all their values and have any, two and more, ascending.
    pub(super) fn equal_rows(&self) -> Vec<Vec<u32>> {
        let width = self.slots.len();
        let blank = |row: u32| self.cells(row)[..width].iter().all(|cell| *cell == NONE);
        let all = |row: u32| (0..width).flat_map(move |slot| self.of(slot, row).iter().chain(&[u32::MAX]));
        let mut keyed: Vec<(u64, u32)> = (0..self.rows as u32)
            .filter(|&row| !blank(row))
            .map(|row| (all(row).fold(0, |hash, &id| mix(hash, u64::from(id))), row))
            .collect();
        keyed.sort_unstable();
        let mut equal = Vec::new();
        for run in keyed.chunk_by(|x, y| x.0 == y.0).filter(|run| run.len() > 1) {
            let mut rows: Vec<u32> = run.iter().map(|&(_, row)| row).collect();
            // Equal hashes are nearly always equal rows; the sort parts those that are not.
            rows.sort_by(|&x, &y| all(x).cmp(all(y)).then(x.cmp(&y)));
            let runs = rows.chunk_by(|&x, &y| all(x).eq(all(y)));
            equal.extend(runs.filter(|run| run.len() > 1).map(<[u32]>::to_vec));
        }
        equal
    }
}

/// Two numbers to one.
pub(super) fn mix(a: u64, b: u64) -> u64 {
    (a.rotate_left(23) ^ b).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ a
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

/// The upper half of [`hash_of`]. Two texts of one number meet once too often; they are compared then.
pub(super) fn short_hash(text: &str) -> u32 {
    (hash_of(text) >> 32) as u32
}

/// The letters and digits of an account name.
pub(super) fn account(name: &str) -> impl Iterator<Item = char> + '_ {
    name.chars().filter(|c| c.is_alphanumeric())
}

/// What is derived from the name of a mailbox or handle: its number, 0 when it is too short to say
/// anything, its letters and its length.
fn of_account(derived: Derived, name: &str) -> Derived {
    let plain: String = account(name).collect();
    let code = if plain.len() < MIN_ACCOUNT { 0 } else { short_hash(&plain).max(1) };
    Derived { code, letters: letters(name), chars: count_of(name), ..derived }
}

/// How many characters a text has; 255 for more.
fn count_of(text: &str) -> u8 {
    text.chars().count().min(255) as u8
}

/// The letters of a text as bits. Where a bit of one text is missing in another, at least one
/// character of the one does not occur in the other.
fn letters(text: &str) -> u64 {
    text.chars().fold(0, |bits, c| {
        bits | 1
            << match c {
                'a'..='z' => c as u32 - 'a' as u32,
                '0'..='9' => 26 + c as u32 - '0' as u32,
                _ => 36 + c as u32 % 28,
            }
    })
}

/// The most Jaro-Winkler can be between two texts whose letters and numbers of characters are known, when so
/// many characters at the beginning are equal: letters that only one of them has are not shared.
pub(super) fn most_alike(x: (u64, u8), y: (u64, u8), prefix: f64) -> f64 {
    let lonely = |x: u64, y: u64| f64::from((x & !y).count_ones());
    let (len_a, len_b) = (f64::from(x.1), f64::from(y.1));
    let shared = (len_a - lonely(x.0, y.0)).min(len_b - lonely(y.0, x.0)).max(0.0);
    let jaro = (shared / len_a + shared / len_b + 1.0) / 3.0;
    jaro + 0.1 * prefix * (1.0 - jaro)
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
