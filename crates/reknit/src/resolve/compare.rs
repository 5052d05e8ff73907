//! Two records to a comparison vector.
//!
//! Each kind of information gives one of its levels, four bits in a vector of 64. Equal value ids
//! are equal values; unequal ones are compared once and the level is remembered in a small direct
//! mapped cache, because the same two surnames meet again and again. Where a record has several
//! values of one kind, the best level counts. Given name and surname are also held against each
//! other (swapped fields), a handle against the other record's e-mail name. Cost: some nanoseconds
//! for equal or cached values, some hundred for new ones.

use super::aspect::{Aspect, EXACT, NULL};
use super::values::{Prepared, Values, overlap};
use crate::similarity::{jaro_winkler, levenshtein, osa};
use crate::text::date::CivilDate;

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

    fn set(&mut self, slot: usize, level: u8) {
        self.0 = self.0 & !(15 << (4 * slot)) | u64::from(level) << (4 * slot);
    }
}

/// Entries of the cache of one comparison; a power of two. 2^14 entries of 16 bytes stay in the
/// second-level cache for the one or two comparisons that need it.
const CACHE: usize = 1 << 14;
/// Jaro-Winkler from which two words are the same but for a slip: Winkler's own upper bound.
const SLIP: f64 = 0.92;
/// Jaro-Winkler from which two names have much in common (Splink's third level).
const NEAR: f64 = 0.84;

/// Compares rows of one table; each thread has its own.
pub(super) struct Comparer<'a> {
    data: &'a Prepared,
    caches: Vec<Vec<(u64, u8)>>,
}

impl<'a> Comparer<'a> {
    pub(super) fn new(data: &'a Prepared) -> Self {
        Self { data, caches: data.slots.iter().map(|_| Vec::new()).collect() }
    }

    /// What is compared.
    pub(super) fn data(&self) -> &'a Prepared {
        self.data
    }

    /// The comparison vector of two rows; the same for (b, a).
    pub(super) fn vector(&mut self, a: u32, b: u32) -> Vector {
        let (a, b) = (a.min(b), a.max(b));
        let mut vector = Vector(0);
        for slot in 0..self.data.slots.len() {
            let level = self.best(slot, a, b);
            vector.set(slot, level);
        }
        self.names(&mut vector, a, b);
        self.handles(&mut vector, a, b);
        vector
    }

    /// The best level over all values of both rows.
    fn best(&mut self, slot: usize, a: u32, b: u32) -> u8 {
        let data = self.data;
        let values = &data.values[slot];
        let (x, y) = (values.of(a), values.of(b));
        if let (&[p], &[q]) = (x, y)
            && values.facts(a).is_empty()
        {
            return self.level(slot, p, q);
        }
        let (facts_x, facts_y) = (values.facts(a), values.facts(b));
        let mut best = NULL;
        for (i, &p) in x.iter().enumerate() {
            for (j, &q) in y.iter().enumerate() {
                if let (Some(f), Some(g)) = (facts_x.get(i), facts_y.get(j))
                    && (!overlap(f, g) || f.scope != g.scope)
                {
                    continue;
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
        let key = u64::from(p) << 32 | u64::from(q);
        let cache = &mut self.caches[slot];
        if cache.is_empty() {
            // Value 0 with value 0 never gets here, so the zero key marks an empty entry.
            cache.resize(CACHE, (0, NULL));
        }
        let entry = &mut cache[(key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 50) as usize];
        if entry.0 != key {
            *entry = (key, level_of(self.data.slots[slot].aspect, &self.data.values[slot], p, q));
        }
        entry.1
    }

    /// Given name and surname against each other and against middle names.
    fn names(&self, vector: &mut Vector, a: u32, b: u32) {
        let data = self.data;
        let (Some(given), Some(surname)) = (data.place(Aspect::GivenName), data.place(Aspect::Surname))
        else {
            return;
        };
        let bad = |level: u8, aspect: Aspect| level == NULL || level == aspect.different();
        if !bad(vector.level(given), Aspect::GivenName) || !bad(vector.level(surname), Aspect::Surname) {
            if vector.level(given) == Aspect::GivenName.different() && self.middle_fits(given, a, b) {
                vector.set(given, OTHER_GIVEN);
            }
            return;
        }
        let (firsts, lasts) = (&data.values[given], &data.values[surname]);
        let crossed = |x: u32, y: u32| {
            firsts
                .of(x)
                .iter()
                .any(|&p| lasts.of(y).iter().any(|&q| same_word(firsts.text(p), lasts.text(q))))
        };
        match (crossed(a, b), crossed(b, a)) {
            (true, true) => {
                vector.set(given, GIVEN_SWAPPED);
                vector.set(surname, SURNAME_SWAPPED);
            }
            (true, false) | (false, true) => {
                vector.set(given, GIVEN_SWAPPED);
                vector.set(surname, NULL);
            }
            (false, false) => {
                if vector.level(given) == Aspect::GivenName.different() && self.middle_fits(given, a, b) {
                    vector.set(given, OTHER_GIVEN);
                }
            }
        }
    }

    /// Whether the given name of one stands among the middle names of the other.
    fn middle_fits(&self, given: usize, a: u32, b: u32) -> bool {
        let (middle, firsts) = (&self.data.middle, &self.data.values[given]);
        let fits = |x: u32, y: u32| {
            firsts.of(x).iter().any(|&p| middle.of(y).iter().any(|&q| firsts.text(p) == middle.text(q)))
        };
        fits(a, b) || fits(b, a)
    }

    /// A handle that is the other's e-mail name agrees; one that is not says nothing.
    fn handles(&self, vector: &mut Vector, a: u32, b: u32) {
        let data = self.data;
        let (Some(handle), Some(email)) = (data.place(Aspect::Handle), data.place(Aspect::Email)) else {
            return;
        };
        if vector.level(handle) != NULL || vector.level(email) == EXACT {
            return;
        }
        let (handles, emails) = (&data.values[handle], &data.values[email]);
        let fits = |x: u32, y: u32| {
            handles.of(x).iter().any(|&p| {
                let name = account(&handles.text(p)[handles.derived[p as usize].split..]);
                name.len() >= MIN_ACCOUNT
                    && emails
                        .of(y)
                        .iter()
                        .any(|&q| account(&emails.text(q)[..emails.derived[q as usize].split]) == name)
            })
        };
        if fits(a, b) || fits(b, a) {
            vector.set(handle, AS_EMAIL_NAME);
        }
    }
}

const OTHER_GIVEN: u8 = 6;
const GIVEN_SWAPPED: u8 = 7;
const SURNAME_SWAPPED: u8 = 6;
const AS_EMAIL_NAME: u8 = 3;
/// Shorter account names are initials that many share.
pub(super) const MIN_ACCOUNT: usize = 5;

/// The letters and digits of an account name.
pub(super) fn account(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn same_word(a: &str, b: &str) -> bool {
    a == b || jaro_winkler(a, b) >= SLIP
}

/// The level of two different values of one kind.
fn level_of(aspect: Aspect, values: &Values, p: u32, q: u32) -> u8 {
    let (a, b) = (values.text(p), values.text(q));
    let (x, y) = (&values.derived[p as usize], &values.derived[q as usize]);
    match aspect {
        Aspect::Email => email(a, b, x.split, y.split),
        Aspect::Phone => phone(&x.digits, &y.digits),
        Aspect::Handle => handle(a, b, x.split, y.split),
        Aspect::PlatformId if a[..x.split] != b[..y.split] => NULL,
        Aspect::PlatformId | Aspect::Country | Aspect::Gender => aspect.different(),
        Aspect::NationalId => edits(a, b, 2).map_or(4, |n| n as u8 + 1),
        Aspect::GivenName => given(a, b, values, p, q),
        Aspect::Surname => surname(a, b, x.sound == y.sound),
        Aspect::BirthDate => birth(values, p, q),
        Aspect::Name | Aspect::Company | Aspect::Street => words(a, b, values, p, q),
        Aspect::StreetNumber => {
            if edits(a, b, 1).is_some() && a.len().max(b.len()) > 1 {
                2
            } else {
                3
            }
        }
        Aspect::Postcode => postcode(a, b),
        Aspect::City | Aspect::BirthPlace | Aspect::Region => place(a, b),
        Aspect::Occupation => {
            if x.words.iter().any(|word| y.words.contains(word)) {
                2
            } else {
                3
            }
        }
        Aspect::Other => other(a, b, values, p, q),
    }
}

/// The number of typing mistakes, if there are at most `limit`.
fn edits(a: &str, b: &str, limit: usize) -> Option<usize> {
    if a.len().abs_diff(b.len()) > 4 * limit {
        return None;
    }
    Some(osa(a, b)).filter(|&n| n <= limit)
}

fn email(a: &str, b: &str, at_a: usize, at_b: usize) -> u8 {
    let (local_a, local_b) = (&a[..at_a], &b[..at_b]);
    if local_a == local_b && local_a.len() >= MIN_ACCOUNT {
        return 2;
    }
    let limit = if a.len().min(b.len()) >= 12 { 2 } else { 1 };
    if edits(a, b, limit).is_some() || (account(local_a) == account(local_b) && local_a.len() >= MIN_ACCOUNT)
    {
        return 3;
    }
    let domain_near = || jaro_winkler(&a[at_a..], &b[at_b..]) >= NEAR;
    if (edits(a, b, 5).is_some() || jaro_winkler(local_a, local_b) >= SLIP) && domain_near() {
        return 4;
    }
    5
}

/// Digits with and without a country meet on their end.
fn phone(a: &str, b: &str) -> u8 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.len() >= 7 && long.ends_with(short) {
        return EXACT;
    }
    edits(a, b, 2).map_or(4, |n| n as u8 + 1)
}

fn handle(a: &str, b: &str, from_a: usize, from_b: usize) -> u8 {
    let (name_a, name_b) = (&a[from_a..], &b[from_b..]);
    let same_network = from_a == 0 || from_b == 0 || a[..from_a] == b[..from_b];
    if name_a == name_b {
        return if same_network { EXACT } else { 2 };
    }
    if account(name_a) == account(name_b) || edits(name_a, name_b, 1).is_some() && name_a.len() >= MIN_ACCOUNT
    {
        return 2;
    }
    4
}

fn given(a: &str, b: &str, values: &Values, p: u32, q: u32) -> u8 {
    let (x, y) = (&values.derived[p as usize], &values.derived[q as usize]);
    if x.nicknames.iter().any(|class| y.nicknames.contains(class)) {
        return 2;
    }
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.chars().count() == 1 {
        return if long.starts_with(short) { 5 } else { 8 };
    }
    if long.strip_prefix(short).is_some_and(|rest| rest.starts_with(' ')) {
        return 3;
    }
    let similarity = jaro_winkler(a, b);
    if similarity >= SLIP || edits(a, b, 1).is_some() {
        return 3;
    }
    if similarity >= NEAR
        || x.sound == y.sound
        || (long.starts_with(short) && short.len() >= 3)
        || edits(a, b, 2).is_some() && short.len() >= 5
    {
        return 4;
    }
    8
}

fn surname(a: &str, b: &str, same_sound: bool) -> u8 {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.chars().count() == 1 {
        return if long.starts_with(short) { 4 } else { 7 };
    }
    let similarity = jaro_winkler(a, b);
    if similarity >= SLIP || (edits(a, b, 1).is_some() && short.len() >= 3) {
        return 2;
    }
    if similarity >= NEAR || same_sound || edits(a, b, 2).is_some() && short.len() >= 5 {
        return 3;
    }
    if long.split(' ').any(|word| word == short)
        || short.split(' ').any(|word| word.len() > 3 && long.split(' ').any(|other| other == word))
    {
        return 5;
    }
    7
}

fn birth(values: &Values, p: u32, q: u32) -> u8 {
    let (x, y) = (&values.derived[p as usize], &values.derived[q as usize]);
    let swapped = x.date.and_then(CivilDate::swapped);
    if swapped.is_some()
        && y.date.is_some_and(|date| {
            swapped.is_some_and(|s| (s.year(), s.month(), s.day()) == (date.year(), date.month(), date.day()))
        })
    {
        return 2;
    }
    let slips = osa(&x.digits, &y.digits);
    if slips <= 1 && x.digits.len() == 8 && y.digits.len() == 8 {
        return 2;
    }
    let (Some(a), Some(b)) = (x.date, y.date) else {
        return if slips <= 2 { 3 } else { 6 };
    };
    if slips <= 2
        || (a.month().is_some()
            && (a.month(), a.day()) == (b.month(), b.day())
            && a.year().abs_diff(b.year()) == 10)
    {
        return 3;
    }
    let whole = |date: CivilDate| date.day().is_some();
    if a.year() == b.year() {
        return if whole(a) && whole(b) { 4 } else { 3 };
    }
    if a.year().abs_diff(b.year()) <= 1 || (a.month(), a.day()) == (b.month(), b.day()) && whole(a) {
        5
    } else {
        6
    }
}

fn postcode(a: &str, b: &str) -> u8 {
    if edits(a, b, 1).is_some() {
        return 2;
    }
    // The area is what stands before the last three characters in Britain and Canada, the first two
    // digits nearly everywhere else.
    let lettered = |code: &str| code.bytes().any(|c| c.is_ascii_alphabetic()) && code.len() > 4;
    let area = |code: &str| -> String {
        let keep = if lettered(code) { code.chars().count() - 3 } else { 2 };
        code.chars().take(keep).collect()
    };
    if a.len().min(b.len()) >= 4 && area(a) == area(b) { 3 } else { 4 }
}

fn place(a: &str, b: &str) -> u8 {
    let similarity = jaro_winkler(a, b);
    if similarity >= SLIP || edits(a, b, 1).is_some() && a.len().min(b.len()) > 3 {
        return 2;
    }
    let holds = |x: &str, y: &str| y.len() > 3 && x.contains(y);
    if similarity >= NEAR
        || holds(a, b)
        || holds(b, a)
        || (edits(a, b, 2).is_some() && a.len().min(b.len()) > 4)
    {
        3
    } else {
        4
    }
}

/// Names of organisations, whole names, streets: word by word, rarer words counting more.
fn words(a: &str, b: &str, values: &Values, p: u32, q: u32) -> u8 {
    let (x, y) = (&values.derived[p as usize].words, &values.derived[q as usize].words);
    let joined = |text: &str| text.chars().filter(|c| *c != ' ').collect::<String>();
    if x == y || joined(a) == joined(b) {
        return 2;
    }
    let (shared, all_x, all_y) = shared_bits(values, x, y);
    let dice = 2.0 * shared / (all_x + all_y);
    if jaro_winkler(a, b) >= 0.95 || edits(a, b, 2).is_some() && a.len().min(b.len()) >= 8 || dice >= 0.9 {
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
fn shared_bits(values: &Values, x: &[u32], y: &[u32]) -> (f32, f32, f32) {
    let bits = |word: u32| values.word_bits[word as usize];
    let mut used = [false; 32];
    let mut shared = 0.0;
    for &p in x {
        let fits = |q: u32| p == q || similar_word(values.words.get(p), values.words.get(q));
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

fn similar_word(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.chars().count() == 1 {
        return long.starts_with(short) && !short.bytes().all(|c| c.is_ascii_digit());
    }
    short.len() >= 3 && (jaro_winkler(a, b) >= SLIP || crate::text::nickname::same(a, b))
}

/// A column of unknown meaning: a number, a category or a text.
fn other(a: &str, b: &str, values: &Values, p: u32, q: u32) -> u8 {
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
    if jaro_winkler(a, b) >= SLIP || levenshtein(a, b) <= 1 && a.len().min(b.len()) > 3 {
        return 2;
    }
    let (x, y) = (&values.derived[p as usize].words, &values.derived[q as usize].words);
    let (shared, all_x, all_y) = shared_bits(values, x, y);
    if 2.0 * shared >= 0.4 * (all_x + all_y) { 3 } else { 4 }
}
