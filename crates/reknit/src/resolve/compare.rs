//! Two records to a comparison vector.
//!
//! Each kind of information gives one of its levels, four bits in a vector of 64. Equal value ids
//! are equal values. Unequal ones are first held against each other by length and by the set of
//! letters that occur, which rules out most strangers; the rest is compared once and, where values
//! repeat, the level is remembered in a small direct mapped cache, because the same two surnames meet
//! again and again. Where a record has several values of one kind, the best level counts. Given name
//! and surname are also held against each other (swapped fields), a handle against the other record's
//! e-mail name. Cost: some nanoseconds for equal, cached or hopeless values, some hundred for others.

use super::align::{self, Likeness};
use super::aspect::{Aspect, EXACT, NULL};
use super::sign::{Sign, near_edits};
use super::values::{
    BLANK, Derived, LIST, MIN_ACCOUNT, NONE, PackedDate, Prepared, Values, account, most_alike, overlap,
};
use crate::model::IdentifierFacts;
use crate::similarity::{jaro_winkler, osa, within_one};
use crate::text::name::split_generation;

/// The levels of all comparisons of a pair: slot `s` in bits `4 s .. 4 s + 4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Vector(pub u64);

impl Vector {
    pub(super) fn level(self, slot: usize) -> u8 {
        (self.0 >> (4 * slot) & 15) as u8
    }

    /// The vector with nothing to compare in `slot`.
    pub(super) fn without(mut self, slot: usize) -> Self {
        self.set(slot, NULL);
        self
    }

    /// Whether the level of a slot is [`OPEN`] or [`UNEQUAL`].
    fn is_open(self, slot: usize) -> bool {
        self.level(slot) >= UNEQUAL
    }

    fn set(&mut self, slot: usize, level: u8) {
        self.0 = self.0 & !(15 << (4 * slot)) | u64::from(level) << (4 * slot);
    }
}

/// Entries of the cache of one comparison, as a power of two: 64 KiB, so that the few comparisons
/// that need one stay in the second-level cache together.
const CACHE_BITS: u32 = 13;
/// Jaro-Winkler from which two words are the same but for a slip: Winkler's own upper bound.
const SLIP: f64 = 0.92;
/// Jaro-Winkler from which two names have much in common (Splink's third level).
const NEAR: f64 = 0.84;

/// A level that is not known yet, in a vector that is not finished.
pub(super) const OPEN: u8 = 15;
/// The same of values that are not equal, where only equal ones agree exactly.
pub(super) const UNEQUAL: u8 = 14;
/// The slot has no signs.
const NO_SIGN: usize = usize::MAX;

/// Whether a part of the name is missing or contradicts.
fn bad(level: u8, aspect: Aspect) -> bool {
    level == NULL || level == aspect.different()
}

/// The same, as far as is known.
fn maybe_bad(level: u8, aspect: Aspect) -> bool {
    bad(level, aspect) || level >= UNEQUAL
}

/// The level of two different values that is still to be found. Numbers and handles can agree exactly for all
/// that: one number is the end of the other, one handle names its network and the other does not.
fn open_level(aspect: Aspect) -> u8 {
    if matches!(aspect, Aspect::Phone | Aspect::Handle) { OPEN } else { UNEQUAL }
}

/// The level of two different values as far as their signs tell, else an open one.
fn by_sign(aspect: Aspect, x: Sign, y: Sign) -> u8 {
    let different = match aspect {
        Aspect::BirthDate => {
            return match (x.date(), y.date()) {
                (Some(first), Some(second)) => birth(first, second),
                _ => UNEQUAL,
            };
        }
        Aspect::Postcode => {
            let (a, b) = (x.characters(), y.characters());
            return match (short_text(&a), short_text(&b)) {
                ("", _) | (_, "") => UNEQUAL,
                (a, b) => postcode(a, b),
            };
        }
        Aspect::Phone => x.strange_numbers(y),
        Aspect::Handle => x.other_handle(y),
        Aspect::GivenName => x.other_given_name(y, NEAR),
        Aspect::Surname => x.other_surname(y, NEAR),
        Aspect::City => x.other_place(y, NEAR),
        _ => x.strangers(y, SLIP),
    };
    if different { aspect.different() } else { open_level(aspect) }
}

/// The text that stands in some bytes before the first zero.
fn short_text(bytes: &[u8; 8]) -> &str {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    std::str::from_utf8(&bytes[..end]).unwrap_or_default()
}

/// What a glance needs to know of a slot.
#[derive(Debug, Clone, Copy)]
struct SlotFacts {
    aspect: Aspect,
    /// Where its sign stands in a row, or [`NO_SIGN`].
    sign: usize,
    /// Nothing is known of the uses of its values.
    plain: bool,
    /// Its values are compared word by word: no glance is long enough for that.
    costly: bool,
}

/// Compares rows of one table; each thread has its own.
pub(super) struct Comparer<'a> {
    data: &'a Prepared,
    /// Per slot the levels of pairs of values seen last; empty where values hardly repeat.
    caches: Vec<Vec<u64>>,
    given: Option<usize>,
    surname: Option<usize>,
    handle: Option<usize>,
    email: Option<usize>,
    slots: Vec<SlotFacts>,
    /// The slots in the order in which they are looked at, names left out: a handle needs to know of the
    /// mailbox.
    order: Vec<usize>,
}

/// The levels of pairs of values seen last. Values keep their numbers, so it stays true while records
/// come and go.
#[derive(Debug, Default)]
pub(super) struct Memory(Vec<Vec<u64>>);

impl Memory {
    /// Room where values repeat.
    pub(super) fn new(data: &Prepared) -> Self {
        // The key of two values and the level share 64 bits, so values beyond 2^30 are not remembered.
        let repeats = |values: &Values| 2 * values.len() < data.rows && values.len() < 1 << 30;
        let cache = |values: &Values| if repeats(values) { vec![0; 1 << CACHE_BITS] } else { Vec::new() };
        Self(data.values.iter().map(cache).collect())
    }

    /// No room: for a few pairs.
    pub(super) fn none(data: &Prepared) -> Self {
        Self(vec![Vec::new(); data.values.len()])
    }
}

impl<'a> Comparer<'a> {
    pub(super) fn new(data: &'a Prepared) -> Self {
        Self::resume(data, Memory::new(data))
    }

    /// Gives back what was seen, for [`resume`](Self::resume).
    pub(super) fn into_memory(self) -> Memory {
        Memory(self.caches)
    }

    /// Goes on with what another comparer of the same values has seen.
    pub(super) fn resume(data: &'a Prepared, memory: Memory) -> Self {
        let aspect = |slot: usize| data.slots[slot].aspect;
        let costly = |slot: usize| matches!(aspect(slot), Aspect::Street | Aspect::Name | Aspect::Company);
        let facts = |slot: usize| SlotFacts {
            aspect: aspect(slot),
            sign: data.sign_place(slot).unwrap_or(NO_SIGN),
            plain: !data.values[slot].has_facts(),
            costly: costly(slot),
        };
        let is_name = |slot: usize| matches!(aspect(slot), Aspect::GivenName | Aspect::Surname);
        let mut order: Vec<usize> = (0..data.slots.len()).filter(|&slot| !is_name(slot)).collect();
        order.sort_by_key(|&slot| (costly(slot), aspect(slot) == Aspect::Handle));
        Self {
            data,
            caches: memory.0,
            given: data.place(Aspect::GivenName),
            surname: data.place(Aspect::Surname),
            handle: data.place(Aspect::Handle),
            email: data.place(Aspect::Email),
            slots: (0..data.slots.len()).map(facts).collect(),
            order,
        }
    }

    /// What is compared.
    pub(super) fn data(&self) -> &'a Prepared {
        self.data
    }

    /// The comparison vector of two rows; the same for (b, a).
    pub(super) fn vector(&mut self, a: u32, b: u32) -> Vector {
        let vector = self.glance(a, b);
        self.look(vector, a, b)
    }

    /// The vector as far as it costs no look at texts that are in no cache: levels that only texts
    /// tell are [`OPEN`].
    pub(super) fn glance(&mut self, a: u32, b: u32) -> Vector {
        self.glance_at(self.data.row(a), self.data.row(b))
    }

    /// The same of two rows, or copies of them.
    pub(super) fn glance_at(&mut self, x: &[u32], y: &[u32]) -> Vector {
        let mut vector = Vector(0);
        for (slot, (&p, &q)) in x[..self.slots.len()].iter().zip(y).enumerate() {
            if p == NONE || q == NONE {
                continue;
            }
            let SlotFacts { aspect, sign, plain, costly } = self.slots[slot];
            let level = if !plain || (p | q) & LIST != 0 {
                OPEN
            } else if p == q {
                EXACT
            } else if sign != NO_SIGN {
                by_sign(aspect, Sign::at(x, sign), Sign::at(y, sign))
            } else if costly {
                UNEQUAL
            } else {
                self.level(slot, p, q)
            };
            vector.0 |= u64::from(level) << (4 * slot);
        }
        if let (Some(given), Some(surname)) = (self.given, self.surname)
            && maybe_bad(vector.level(given), Aspect::GivenName)
        {
            let crossed = maybe_bad(vector.level(surname), Aspect::Surname)
                && (self.may_cross(x, y) || self.may_cross(y, x));
            let middle = self.data.middle();
            let fits_middle = vector.level(given) != NULL && (x[middle] != NONE || y[middle] != NONE);
            if (crossed || fits_middle) && !vector.is_open(given) {
                vector.set(given, UNEQUAL);
            }
            if crossed && !vector.is_open(surname) {
                vector.set(surname, UNEQUAL);
            }
        }
        if let (Some(handle), Some(email)) = (self.handle, self.email)
            && vector.level(handle) == NULL
            && vector.level(email) != EXACT
            && (self.may_name(x, y) || self.may_name(y, x))
        {
            vector.set(handle, OPEN);
        }
        vector
    }

    /// Looks at the texts of the levels that a glance left open.
    pub(super) fn look(&mut self, vector: Vector, a: u32, b: u32) -> Vector {
        self.look_while(vector, a, b, |_| true).unwrap_or(vector)
    }

    /// The same, as long as the vector is still worth it: names first, what is compared word by word late.
    pub(super) fn look_while(
        &mut self,
        mut vector: Vector,
        a: u32,
        b: u32,
        mut worth: impl FnMut(Vector) -> bool,
    ) -> Option<Vector> {
        let (a, b) = (a.min(b), a.max(b));
        if let (Some(given), Some(surname)) = (self.given, self.surname)
            && (vector.is_open(given) || vector.is_open(surname))
        {
            for slot in [given, surname] {
                if vector.is_open(slot) {
                    vector.set(slot, self.best(slot, a, b));
                }
            }
            self.names(&mut vector, a, b);
            if !worth(vector) {
                return None;
            }
        }
        for at in 0..self.order.len() {
            let slot = self.order[at];
            if vector.is_open(slot) {
                vector.set(slot, self.best(slot, a, b));
                if self.handle == Some(slot) {
                    self.handles(&mut vector, a, b);
                }
                if !worth(vector) {
                    return None;
                }
            }
        }
        Some(vector)
    }

    /// Whether a given name of `x` may be a surname of `y`, as far as signs tell.
    fn may_cross(&self, x: &[u32], y: &[u32]) -> bool {
        let (Some(given), Some(surname)) = (self.given, self.surname) else { return false };
        let (p, q) = (x[given], y[surname]);
        let of = |row, slot: usize| Sign::at(row, self.slots[slot].sign);
        p != NONE && q != NONE && ((p | q) & LIST != 0 || !of(x, given).is_unlike(of(y, surname), SLIP))
    }

    /// Whether a handle of `x` may be the name of a mailbox of `y`, as far as signs tell.
    fn may_name(&self, x: &[u32], y: &[u32]) -> bool {
        let (Some(handle), Some(email)) = (self.handle, self.email) else { return false };
        let (p, q) = (x[handle], y[email]);
        let of = |row, slot: usize| Sign::at(row, self.slots[slot].sign).account();
        let same = || {
            let name = of(x, handle);
            name != 0 && name == of(y, email)
        };
        p != NONE && q != NONE && ((p | q) & LIST != 0 || same())
    }

    /// The best level over all values of both rows.
    fn best(&mut self, slot: usize, a: u32, b: u32) -> u8 {
        let data = self.data;
        let values = &data.values[slot];
        let nothing = IdentifierFacts::default();
        let (facts_x, facts_y) = (values.facts(a), values.facts(b));
        let known = !facts_x.is_empty() || !facts_y.is_empty();
        let mut best = NULL;
        for (i, &p) in data.of(slot, a).iter().enumerate() {
            for (j, &q) in data.of(slot, b).iter().enumerate() {
                if known {
                    let (f, g) = (facts_x.get(i).unwrap_or(&nothing), facts_y.get(j).unwrap_or(&nothing));
                    if !overlap(f, g) || f.scope != g.scope {
                        continue;
                    }
                }
                let level = self.level(slot, p, q);
                if best == NULL || (level != NULL && level < best) {
                    best = level;
                }
            }
        }
        best
    }

    fn level(&mut self, slot: usize, p: u32, q: u32) -> u8 {
        if p == q {
            return EXACT;
        }
        let (p, q) = (p.min(q), p.max(q));
        let (aspect, values) = (self.data.slots[slot].aspect, &self.data.values[slot]);
        let cache = &mut self.caches[slot];
        if cache.is_empty() {
            return level_of(aspect, values, p, q);
        }
        // Value 0 with value 0 never gets here, so a zero key marks an empty entry.
        let key = u64::from(p) << 30 | u64::from(q);
        let entry = &mut cache[(key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - CACHE_BITS)) as usize];
        if *entry >> 4 != key {
            *entry = key << 4 | u64::from(level_of(aspect, values, p, q));
        }
        (*entry & 15) as u8
    }

    /// Given name and surname against each other and against middle names.
    fn names(&self, vector: &mut Vector, a: u32, b: u32) {
        let (Some(given), Some(surname)) = (self.given, self.surname) else { return };
        let (first, last) = (vector.level(given), vector.level(surname));
        if bad(first, Aspect::GivenName) && bad(last, Aspect::Surname) {
            match (self.crossed(a, b), self.crossed(b, a)) {
                (true, true) => {
                    vector.set(given, GIVEN_SWAPPED);
                    vector.set(surname, SURNAME_SWAPPED);
                    return;
                }
                (true, false) | (false, true) => {
                    vector.set(given, GIVEN_SWAPPED);
                    vector.set(surname, NULL);
                    return;
                }
                (false, false) => {}
            }
        }
        if first == Aspect::GivenName.different() && self.middle_fits(given, a, b) {
            vector.set(given, OTHER_GIVEN);
        }
    }

    /// Whether a given name of one is a surname of the other.
    fn crossed(&self, x: u32, y: u32) -> bool {
        let data = self.data;
        let (Some(given), Some(surname)) = (self.given, self.surname) else { return false };
        let (firsts, lasts) = (&data.values[given], &data.values[surname]);
        data.of(given, x).iter().any(|&p| {
            data.of(surname, y).iter().any(|&q| {
                let (x, y) = (&firsts.derived[p as usize], &lasts.derived[q as usize]);
                !unlike(x, y, SLIP) && {
                    let (a, b) = (firsts.latin(p), lasts.latin(q));
                    a == b || alike(a, b, x, y, SLIP)
                }
            })
        })
    }

    /// Whether the given name of one stands among the middle names of the other.
    fn middle_fits(&self, given: usize, a: u32, b: u32) -> bool {
        let data = self.data;
        let (middle, firsts) = (&data.values[data.middle()], &data.values[given]);
        let fits = |x: u32, y: u32| {
            let words = data.of(data.middle(), y);
            data.of(given, x).iter().any(|&p| words.iter().any(|&q| firsts.text(p) == middle.text(q)))
        };
        fits(a, b) || fits(b, a)
    }

    /// A handle that is the other's e-mail name agrees; one that is not says nothing.
    fn handles(&self, vector: &mut Vector, a: u32, b: u32) {
        let (Some(handle), Some(email)) = (self.handle, self.email) else { return };
        if vector.level(handle) != NULL || vector.level(email) == EXACT {
            return;
        }
        let data = self.data;
        let (handles, emails) = (&data.values[handle], &data.values[email]);
        let fits = |x: u32, y: u32| {
            self.may_name(data.row(x), data.row(y))
                && data.of(handle, x).iter().any(|&p| {
                    let code = handles.derived[p as usize].code;
                    let same = |q: u32| {
                        let (name, at) =
                            (handles.derived[p as usize].split, emails.derived[q as usize].split);
                        let (name, local) =
                            (&handles.text(p)[usize::from(name)..], &emails.text(q)[..usize::from(at)]);
                        account(name).eq(account(local))
                    };
                    code != 0
                        && data
                            .of(email, y)
                            .iter()
                            .any(|&q| emails.derived[q as usize].code == code && same(q))
                })
        };
        if fits(a, b) || fits(b, a) {
            vector.set(handle, AS_EMAIL_NAME);
        }
    }
}

/// The levels of whole names that contradict each other and share words.
pub(super) const NAMES_SIMILAR: u8 = 6;
pub(super) const NAMES_SHARE_WORDS: u8 = 7;
/// The level of whole names that name two generations.
pub(super) const OTHER_GENERATION: u8 = 8;
/// The level of family names that do.
pub(super) const SURNAME_OF_OTHER_GENERATION: u8 = 7;
/// The level of dates of birth that parent and child may have.
pub(super) const A_GENERATION_APART: u8 = 6;
/// By how many years parent and child are apart, and seldom two dates of one person by mistake.
const GENERATION: std::ops::RangeInclusive<u32> = 15..=60;
const OTHER_GIVEN: u8 = 6;
const GIVEN_SWAPPED: u8 = 7;
const SURNAME_SWAPPED: u8 = 6;
const AS_EMAIL_NAME: u8 = 3;

/// Whether the letters of two texts alone tell that they do not reach `limit` of Jaro-Winkler: those
/// that only one of them has bound the similarity from above. Most strangers go no further.
fn unlike(x: &Derived, y: &Derived, limit: f64) -> bool {
    most_alike((x.letters, x.chars), (y.letters, y.chars), 4.0) < limit
}

/// Whether two texts reach `limit`, [`SLIP`] or [`NEAR`], of Jaro-Winkler.
fn alike(a: &str, b: &str, x: &Derived, y: &Derived, limit: f64) -> bool {
    // Bytes bound characters: where four bytes are equal, at most four characters are.
    let prefix = a.bytes().zip(b.bytes()).take(4).take_while(|(x, y)| x == y).count();
    most_alike((x.letters, x.chars), (y.letters, y.chars), prefix as f64) >= limit
        && jaro_winkler(a, b) >= limit
}

/// Two values in the order of their texts: sums over their words and the pairing of those must not depend
/// on which value was seen first.
fn in_order(values: &Values, p: u32, q: u32) -> (u32, u32) {
    if values.text(p) <= values.text(q) { (p, q) } else { (q, p) }
}

/// The level of two different values of one kind, whichever of them was seen first.
fn level_of(aspect: Aspect, values: &Values, p: u32, q: u32) -> u8 {
    let (x, y) = (&values.derived[p as usize], &values.derived[q as usize]);
    let (a, b) = (values.text(p), values.text(q));
    match aspect {
        Aspect::Email => email(values, p, q),
        Aspect::Phone => phone(a, b, x, y),
        Aspect::Handle => handle(a, b, x, y),
        Aspect::PlatformId if a[..usize::from(x.split)] != b[..usize::from(y.split)] => NULL,
        Aspect::PlatformId | Aspect::Country | Aspect::Gender => aspect.different(),
        Aspect::NationalId => edits(a, b, x, y, 2).map_or(4, |n| n as u8 + 1),
        Aspect::GivenName => given(values, p, q),
        Aspect::Surname => surname(values.latin(p), values.latin(q), x, y),
        Aspect::BirthDate => match (x.date(), y.date()) {
            (Some(first), Some(second)) => birth(first, second),
            _ => no_dates(a, b),
        },
        Aspect::Name => whole_name(values, p, q),
        Aspect::Company => company(values, p, q),
        Aspect::Street => words(values, p, q),
        Aspect::StreetNumber => {
            if edits(a, b, x, y, 1).is_some() && a.len().max(b.len()) > 1 {
                2
            } else {
                3
            }
        }
        Aspect::Postcode => postcode(a, b),
        Aspect::City | Aspect::BirthPlace | Aspect::Region => place(a, b, x, y),
        Aspect::Occupation => {
            let others = values.words_of(q);
            if values.words_of(p).iter().any(|word| others.contains(word)) { 2 } else { 3 }
        }
        Aspect::Other => other(values, p, q),
    }
}

/// The number of typing mistakes, if there are at most `limit`.
fn edits(a: &str, b: &str, x: &Derived, y: &Derived, limit: usize) -> Option<usize> {
    if hopeless(x, y, limit) || limit == 1 && !within_one(a, b) {
        return None;
    }
    Some(osa(a, b)).filter(|&n| n <= limit)
}

/// Whether the lengths or the letters alone take more than `limit` mistakes. Ids so long that their
/// length is not known are the same or different: nobody types them.
fn hopeless(x: &Derived, y: &Derived, limit: usize) -> bool {
    let lonely = (x.letters & !y.letters).count_ones().max((y.letters & !x.letters).count_ones());
    if x.chars.min(y.chars) == u8::MAX {
        return true;
    }
    usize::from(x.chars.abs_diff(y.chars)).max(lonely as usize) > limit
}

fn email(values: &Values, p: u32, q: u32) -> u8 {
    let (a, b) = (values.text(p), values.text(q));
    let (x, y) = (&values.derived[p as usize], &values.derived[q as usize]);
    let (at_a, at_b) = (usize::from(x.split), usize::from(y.split));
    let (local_a, local_b) = (&a[..at_a], &b[..at_b]);
    if local_a == local_b && local_a.len() >= MIN_ACCOUNT {
        return 2;
    }
    if x.code == y.code && x.code != 0 && account(local_a).eq(account(local_b)) {
        return 3;
    }
    let same_domain = values.domain(p) == values.domain(q);
    let shorter = usize::from(x.chars.min(y.chars));
    let local = edits(local_a, local_b, x, y, near_edits(shorter));
    let limit = if a.len().min(b.len()) >= 12 { 2 } else { 1 };
    let domain = || if same_domain { 0 } else { osa(&a[at_a..], &b[at_b..]) };
    if local.is_some_and(|slips| slips <= limit && slips + domain() <= limit) {
        return 3;
    }
    let near = local.is_some() || alike(local_a, local_b, x, y, SLIP);
    if near && (same_domain || jaro_winkler(&a[at_a..], &b[at_b..]) >= NEAR) { 4 } else { 5 }
}

/// Whether two account names, of whose letters nothing is known, reach `limit` of Jaro-Winkler.
fn local_alike(a: &str, b: &str, limit: f64) -> bool {
    if !a.is_ascii() || !b.is_ascii() {
        return jaro_winkler(a, b) >= limit;
    }
    let (short, long) = (a.len().min(b.len()) as f64, a.len().max(b.len()) as f64);
    let jaro = (short / long + 2.0) / 3.0;
    let prefix = a.bytes().zip(b.bytes()).take(4).take_while(|(x, y)| x == y).count() as f64;
    jaro + 0.1 * prefix * (1.0 - jaro) >= limit && jaro_winkler(a, b) >= limit
}

/// Digits with and without a country meet on their end.
fn phone(a: &str, b: &str, x: &Derived, y: &Derived) -> u8 {
    let (a, b) = (a.trim_start_matches('+'), b.trim_start_matches('+'));
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() >= 7 && long.ends_with(short) {
        return EXACT;
    }
    // One of them may have a `+` more.
    if hopeless(x, y, 3) {
        return 4;
    }
    Some(osa(a, b)).filter(|&n| n <= 2).map_or(4, |n| n as u8 + 1)
}

fn handle(a: &str, b: &str, x: &Derived, y: &Derived) -> u8 {
    let (from_a, from_b) = (usize::from(x.split), usize::from(y.split));
    let (name_a, name_b) = (&a[from_a..], &b[from_b..]);
    let same_network = from_a == 0 || from_b == 0 || a[..from_a] == b[..from_b];
    if name_a == name_b {
        return if same_network { EXACT } else { 2 };
    }
    let slip = || name_a.len().abs_diff(name_b.len()) <= 4 && osa(name_a, name_b) <= 1;
    if account(name_a).eq(account(name_b)) || name_a.len() >= MIN_ACCOUNT && slip() { 2 } else { 4 }
}

fn given(values: &Values, p: u32, q: u32) -> u8 {
    let (a, b) = (values.latin(p), values.latin(q));
    let (classes, others) = (values.nicknames(p), values.nicknames(q));
    if classes.iter().any(|class| others.contains(class)) {
        return 2;
    }
    let (x, y) = (&values.derived[p as usize], &values.derived[q as usize]);
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if x.chars.min(y.chars) == 1 {
        return if long.starts_with(short) { 5 } else { 8 };
    }
    if long.strip_prefix(short).is_some_and(|rest| rest.starts_with(' ')) {
        return 3;
    }
    if alike(a, b, x, y, SLIP) || edits(a, b, x, y, 1).is_some() {
        return 3;
    }
    if x.code == y.code
        || (long.starts_with(short) && short.len() >= 3)
        || alike(a, b, x, y, NEAR)
        || short.len() >= 5 && edits(a, b, x, y, 2).is_some()
    {
        return 4;
    }
    8
}

fn surname(a: &str, b: &str, x: &Derived, y: &Derived) -> u8 {
    let ((a, first), (b, second)) = (split_generation(a), split_generation(b));
    let level = if a == b { 2 } else { bare_surname(a, b, x, y) };
    let contradict = first.is_some() && second.is_some() && first != second;
    if contradict && level <= 3 { SURNAME_OF_OTHER_GENERATION } else { level }
}

/// Two family names without the generation behind them.
fn bare_surname(a: &str, b: &str, x: &Derived, y: &Derived) -> u8 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if x.chars.min(y.chars) == 1 {
        return if long.starts_with(short) { 4 } else { Aspect::Surname.different() };
    }
    if alike(a, b, x, y, SLIP) || (short.len() >= 3 && edits(a, b, x, y, 1).is_some()) {
        return 2;
    }
    if x.code == y.code || alike(a, b, x, y, NEAR) || short.len() >= 5 && edits(a, b, x, y, 2).is_some() {
        return 3;
    }
    if long.split(' ').any(|word| word == short)
        || short.split(' ').any(|word| word.len() > 3 && long.split(' ').any(|other| other == word))
    {
        return 5;
    }
    Aspect::Surname.different()
}

/// Two texts of which one at least is no date.
fn no_dates(a: &str, b: &str) -> u8 {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    if osa(&digits(a), &digits(b)) <= 2 { 3 } else { Aspect::BirthDate.different() }
}

fn birth(first: PackedDate, second: PackedDate) -> u8 {
    if first.swaps_into(second) {
        return 2;
    }
    let (year, other_year) = (first.year(), second.year());
    let same_day = (first.month(), first.day()) == (second.month(), second.day());
    let gap = year.abs_diff(other_year);
    let generation = GENERATION.contains(&gap);
    if first.whole() == second.whole() {
        let slips = first.slips(second);
        if slips <= 1 && first.whole() {
            return 2;
        }
        // Born on one day of the year, as some sons are on their fathers': two digits of the year are
        // no slips then.
        if slips <= 2 && !(same_day && generation) || first.month() != 0 && same_day && gap == 10 {
            return 3;
        }
    }
    if year == other_year {
        return if first.whole() && second.whole() { 4 } else { 3 };
    }
    match gap {
        _ if generation => A_GENERATION_APART,
        0 | 1 => 5,
        _ if same_day && first.whole() => 5,
        _ => Aspect::BirthDate.different(),
    }
}

fn postcode(a: &str, b: &str) -> u8 {
    if within_one(a, b) {
        return 2;
    }
    if a.chars().count().min(b.chars().count()) >= 4 && area(a) == area(b) { 3 } else { 4 }
}

/// The area of a postcode is what stands before the last three characters in Britain and Canada, the
/// first two digits nearly everywhere else.
fn area(code: &str) -> &str {
    let lettered = code.len() > 4 && code.bytes().any(|c| c.is_ascii_alphabetic());
    let keep = if lettered { code.chars().count() - 3 } else { 2 };
    code.char_indices().nth(keep).map_or(code, |(at, _)| &code[..at])
}

fn place(a: &str, b: &str, x: &Derived, y: &Derived) -> u8 {
    let shorter = a.len().min(b.len());
    if alike(a, b, x, y, SLIP) || shorter > 3 && edits(a, b, x, y, 1).is_some() {
        return 2;
    }
    let holds = |x: &str, y: &str| y.len() > 3 && x.contains(y);
    if holds(a, b) || holds(b, a) || alike(a, b, x, y, NEAR) || shorter > 4 && edits(a, b, x, y, 2).is_some()
    {
        3
    } else {
        4
    }
}

/// Whole names: by the words left over, and where those contradict each other by the words shared.
fn whole_name(values: &Values, p: u32, q: u32) -> u8 {
    let (p, q) = in_order(values, p, q);
    let (Some(x), Some(y)) = (values.name(p), values.name(q)) else { return Aspect::Name.different() };
    match align::people(x, y) {
        Likeness::Same => 2,
        Likeness::Close => 3,
        Likeness::Contained => 4,
        Likeness::OneWord => 5,
        Likeness::OtherGeneration => OTHER_GENERATION,
        Likeness::OtherForm | Likeness::Different => 5 + some_words(values, p, q),
    }
}

/// Names of organisations, likewise.
fn company(values: &Values, p: u32, q: u32) -> u8 {
    let (p, q) = in_order(values, p, q);
    let (Some(x), Some(y)) = (values.name(p), values.name(q)) else { return Aspect::Company.different() };
    match align::companies(x, y) {
        Likeness::Same => 2,
        Likeness::Close => 3,
        Likeness::Contained | Likeness::OneWord => 4,
        Likeness::OtherForm | Likeness::OtherGeneration => 7,
        Likeness::Different => 4 + some_words(values, p, q),
    }
}

/// 1 where most of the words of contradicting names are shared, 2 where some are, 4 where none.
fn some_words(values: &Values, p: u32, q: u32) -> u8 {
    let (shared, all_x, all_y) = shared_bits(values, p, q);
    match 2.0 * shared / (all_x + all_y) {
        dice if dice >= 0.6 => 1,
        dice if dice >= 0.3 => 2,
        _ => 4,
    }
}

/// Streets: word by word, rarer words counting more.
fn words(values: &Values, p: u32, q: u32) -> u8 {
    let (p, q) = in_order(values, p, q);
    let (a, b) = (values.text(p), values.text(q));
    let (x, y) = (values.words_of(p), values.words_of(q));
    let letters = |text: &'_ str| text.bytes().filter(|c| *c != b' ').collect::<Vec<u8>>();
    let (first, second) = (&values.derived[p as usize], &values.derived[q as usize]);
    // Without blanks the letters of both are the same set but for the blank's own bit.
    let same_letters = (first.letters ^ second.letters) & !BLANK == 0;
    if x == y || same_letters && letters(a) == letters(b) {
        return 2;
    }
    let (shared, all_x, all_y) = shared_bits(values, p, q);
    let dice = 2.0 * shared / (all_x + all_y);
    if dice >= 0.9
        || alike(a, b, first, second, 0.95)
        || a.len().min(b.len()) >= 8 && edits(a, b, first, second, 2).is_some()
    {
        return 3;
    }
    if shared >= 0.95 * all_x.min(all_y) {
        return 4;
    }
    match dice {
        d if d >= 0.6 => 5,
        d if d >= 0.3 => 6,
        _ => 7,
    }
}

/// The bits in the words both have, and in all words of each. Two different words are one when
/// they are a slip or a nickname apart, or one is the initial of the other; then the weaker bits
/// count.
fn shared_bits(values: &Values, p: u32, q: u32) -> (f32, f32, f32) {
    let (x, y) = (values.words_of(p), values.words_of(q));
    let bits = |word: u32| values.word_bits[word as usize];
    let mut used = [false; 32];
    let mut shared = 0.0;
    for &p in x {
        let fits = |q: u32| p == q || similar_word(values, p, q);
        let equal = y.iter().position(|&q| p == q);
        let found = equal.or_else(|| (0..y.len().min(32)).find(|&at| !used[at] && fits(y[at])));
        if let Some(at) = found.filter(|&at| at < 32) {
            used[at] = true;
            shared += if y[at] == p { bits(p) } else { 0.8 * bits(p).min(bits(y[at])) };
        }
    }
    let sum = |words: &[u32]| words.iter().map(|&word| bits(word)).sum::<f32>();
    (shared, sum(x), sum(y))
}

fn similar_word(values: &Values, p: u32, q: u32) -> bool {
    let (x, y) = (values.word(p), values.word(q));
    let initial = x.chars.min(y.chars) == 1;
    let (only_x, only_y) = (x.letters & !y.letters, y.letters & !x.letters);
    let unlike = || most_alike((x.letters, x.chars), (y.letters, y.chars), 4.0) < SLIP;
    let same_name = || x.nicknames.iter().any(|class| y.nicknames.contains(class));
    if initial && only_x != 0 && only_y != 0 || !initial && unlike() && !same_name() {
        return false;
    }
    let (a, b) = (values.words.get(p), values.words.get(q));
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if initial {
        return short.chars().count() == 1
            && long.starts_with(short)
            && !short.bytes().all(|c| c.is_ascii_digit());
    }
    short.len() >= 3 && (local_alike(a, b, SLIP) || same_name())
}

/// A column of unknown meaning: a number, a category or a text.
fn other(values: &Values, p: u32, q: u32) -> u8 {
    let (p, q) = in_order(values, p, q);
    let (a, b) = (values.text(p), values.text(q));
    if let (Ok(x), Ok(y)) = (a.parse::<f64>(), b.parse::<f64>()) {
        let apart = (x - y).abs() / x.abs().max(y.abs()).max(1.0);
        return if apart <= 0.01 {
            2
        } else if apart <= 0.1 {
            3
        } else {
            4
        };
    }
    let (x, y) = (&values.derived[p as usize], &values.derived[q as usize]);
    if alike(a, b, x, y, SLIP) || a.len().min(b.len()) > 3 && edits(a, b, x, y, 1).is_some() {
        return 2;
    }
    let (shared, all_x, all_y) = shared_bits(values, p, q);
    if 2.0 * shared >= 0.4 * (all_x + all_y) { 3 } else { 4 }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        /// What the signs of two values tell is what their texts tell.
        #[test]
        fn signs_never_contradict_texts(
            a in "[a-e ]{0,3}[a-h1-3-]{1,6}",
            b in "[a-e]{0,4}[a-h1-3 ]{0,3}[a-h1-3]{1,3}",
            days in (1..29_u32, 1..13_u32, 1950..2000_u32, 1..29_u32, 1..13_u32, 1950..2000_u32),
        ) {
            let (p, q) = (a.trim(), b.trim());
            let born = |day, month, year| format!("{year}-{month:02}-{day:02}");
            let mut pairs = vec![
                (Aspect::Email, format!("{p}@x.io"), format!("{q}@y.io")),
                (Aspect::Handle, format!("x:{p}"), q.to_owned()),
                (Aspect::BirthDate, born(days.0, days.1, days.2), born(days.3, days.4, days.5)),
            ];
            let plain = [Aspect::GivenName, Aspect::Surname, Aspect::City, Aspect::Postcode, Aspect::Phone];
            pairs.extend(plain.map(|aspect| (aspect, p.to_owned(), q.to_owned())));
            for (aspect, a, b) in pairs.into_iter().filter(|(_, a, b)| !a.is_empty() && !b.is_empty() && a != b) {
                assert!(Sign::has(aspect));
                let mut values = Values::default();
                let id = |values: &mut Values, text| values.intern(aspect, text).expect("there is room");
                let (p, q) = (id(&mut values, &a), id(&mut values, &b));
                let level = by_sign(aspect, Sign::of(aspect, &values, p), Sign::of(aspect, &values, q));
                if level < UNEQUAL {
                    prop_assert_eq!(level, level_of(aspect, &values, p, q), "{:?} {} {}", aspect, a, b);
                }
            }
        }
    }
}
