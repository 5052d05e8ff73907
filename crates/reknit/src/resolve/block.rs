//! Which pairs are worth comparing.
//!
//! Records that share a key of a blocking rule meet in a block. There are many rules and all are
//! tried: exact identifiers, sounds of names with a year or a place, a date of birth, a rare value of
//! any kind. A rule may spend a fixed number of pairs per record: its blocks are taken from the
//! smallest up until that is used, so a hot key (a city, a common surname, a switchboard) is dropped
//! by its frequency in the set, never by order of arrival, and a rule that is all hot keys leaves
//! the work to the finer ones. A pair that meets in several blocks is emitted in the first.
//!
//! Sources: Papadakis and others, "Blocking and Filtering Techniques for Entity Resolution" (2020), for
//! block purging by size and the least common block. Cost: one sort of (key, row) per rule, and one
//! merge of two short lists per pair and block.

use super::aspect::Aspect;
use super::compare::{Comparer, MIN_ACCOUNT, Vector, account};
use super::values::{Prepared, Values, hash_of};
use crate::Result;
use crate::model::{Progress, Watch};

/// A way for two records to meet.
struct Rule {
    name: &'static str,
    /// Pairs it may spend per record of the table.
    pairs_per_record: usize,
    keys: fn(&Keys<'_>, u32, &mut Vec<u64>),
}

/// No block is larger, whatever the rule has left to spend.
const MAX_BLOCK: usize = 1000;

const RULES: &[Rule] = &[
    Rule { name: "email", pairs_per_record: 40, keys: |k, row, out| k.alone(Aspect::Email, row, out) },
    Rule { name: "phone", pairs_per_record: 40, keys: |k, row, out| k.alone(Aspect::Phone, row, out) },
    Rule { name: "handle", pairs_per_record: 40, keys: |k, row, out| k.alone(Aspect::Handle, row, out) },
    Rule {
        name: "platform id",
        pairs_per_record: 40,
        keys: |k, row, out| k.alone(Aspect::PlatformId, row, out),
    },
    Rule {
        name: "national id",
        pairs_per_record: 40,
        keys: |k, row, out| k.alone(Aspect::NationalId, row, out),
    },
    Rule { name: "account name", pairs_per_record: 20, keys: |k, row, out| k.accounts(row, out) },
    Rule { name: "full name", pairs_per_record: 20, keys: |k, row, out| k.full_name(row, out) },
    Rule {
        name: "name and birth date",
        pairs_per_record: 20,
        keys: |k, row, out| k.names_with(Aspect::BirthDate, row, out),
    },
    Rule {
        name: "name and postcode",
        pairs_per_record: 20,
        keys: |k, row, out| k.names_with(Aspect::Postcode, row, out),
    },
    Rule {
        name: "name and birth place",
        pairs_per_record: 20,
        keys: |k, row, out| k.names_with(Aspect::BirthPlace, row, out),
    },
    Rule {
        name: "name and city",
        pairs_per_record: 20,
        keys: |k, row, out| k.names_with(Aspect::City, row, out),
    },
    Rule {
        name: "name and street number",
        pairs_per_record: 10,
        keys: |k, row, out| k.names_with(Aspect::StreetNumber, row, out),
    },
    Rule {
        name: "birth date and postcode",
        pairs_per_record: 20,
        keys: |k, row, out| k.both(Aspect::BirthDate, Aspect::Postcode, row, out),
    },
    Rule {
        name: "birth date and birth place",
        pairs_per_record: 20,
        keys: |k, row, out| k.both(Aspect::BirthDate, Aspect::BirthPlace, row, out),
    },
    Rule {
        name: "birth date and city",
        pairs_per_record: 20,
        keys: |k, row, out| k.both(Aspect::BirthDate, Aspect::City, row, out),
    },
    Rule {
        name: "street and number",
        pairs_per_record: 10,
        keys: |k, row, out| k.both(Aspect::Street, Aspect::StreetNumber, row, out),
    },
    Rule {
        name: "street and postcode",
        pairs_per_record: 10,
        keys: |k, row, out| k.both(Aspect::Street, Aspect::Postcode, row, out),
    },
    Rule { name: "sound of names", pairs_per_record: 20, keys: |k, row, out| k.sounds(row, out) },
    Rule {
        name: "sound and birth year",
        pairs_per_record: 15,
        keys: |k, row, out| k.sound_and_year(row, out),
    },
    Rule {
        name: "initials and birth month",
        pairs_per_record: 10,
        keys: |k, row, out| k.initials_and_month(row, out),
    },
    Rule { name: "beginnings of names", pairs_per_record: 10, keys: |k, row, out| k.beginnings(row, out) },
    Rule { name: "end of phone", pairs_per_record: 10, keys: |k, row, out| k.phone_end(row, out) },
    Rule { name: "two words of name", pairs_per_record: 20, keys: |k, row, out| k.word_pairs(row, out) },
    Rule { name: "word of name", pairs_per_record: 10, keys: |k, row, out| k.words(Aspect::Name, row, out) },
    Rule {
        name: "word of company",
        pairs_per_record: 4,
        keys: |k, row, out| k.words(Aspect::Company, row, out),
    },
    Rule {
        name: "birth date",
        pairs_per_record: 10,
        keys: |k, row, out| k.alone(Aspect::BirthDate, row, out),
    },
    Rule { name: "postcode", pairs_per_record: 5, keys: |k, row, out| k.alone(Aspect::Postcode, row, out) },
    Rule { name: "street", pairs_per_record: 5, keys: |k, row, out| k.alone(Aspect::Street, row, out) },
    Rule { name: "surname", pairs_per_record: 10, keys: |k, row, out| k.alone(Aspect::Surname, row, out) },
    Rule {
        name: "given name",
        pairs_per_record: 5,
        keys: |k, row, out| k.alone(Aspect::GivenName, row, out),
    },
    Rule {
        name: "word of other text",
        pairs_per_record: 4,
        keys: |k, row, out| k.words(Aspect::Other, row, out),
    },
];

/// Makes the keys of rows.
struct Keys<'a> {
    data: &'a Prepared,
    /// Per slot and value: a stable number of its text.
    hashes: Vec<Vec<u64>>,
}

impl<'a> Keys<'a> {
    fn new(data: &'a Prepared) -> Self {
        let hashes = data
            .slots
            .iter()
            .zip(&data.values)
            .map(|(slot, values)| {
                (0..values.texts.len() as u32).map(|id| key_hash(slot.aspect, values, id)).collect()
            })
            .collect();
        Self { data, hashes }
    }

    fn hashes_of(&self, aspect: Aspect, row: u32) -> impl Iterator<Item = u64> + '_ {
        self.data.place(aspect).into_iter().flat_map(move |slot| {
            self.data.values[slot].of(row).iter().map(move |&id| self.hashes[slot][id as usize])
        })
    }

    fn alone(&self, aspect: Aspect, row: u32, out: &mut Vec<u64>) {
        out.extend(self.hashes_of(aspect, row));
    }

    fn both(&self, a: Aspect, b: Aspect, row: u32, out: &mut Vec<u64>) {
        for x in self.hashes_of(a, row) {
            out.extend(self.hashes_of(b, row).map(|y| mix(x, y)));
        }
    }

    /// Sounds of all parts of the name, whichever field they stand in.
    fn name_sounds(&self, row: u32) -> impl Iterator<Item = u64> + '_ {
        [Aspect::GivenName, Aspect::Surname].into_iter().flat_map(move |aspect| {
            self.data
                .aspect(aspect)
                .into_iter()
                .flat_map(move |values| values.of(row).iter().map(|&id| values.derived[id as usize].sound))
        })
    }

    fn names_with(&self, aspect: Aspect, row: u32, out: &mut Vec<u64>) {
        for x in self.hashes_of(aspect, row) {
            out.extend(self.name_sounds(row).map(|sound| mix(x, sound)));
            if let Some(names) = self.data.aspect(Aspect::Name) {
                let words = names.of(row).iter().flat_map(|&id| &names.derived[id as usize].words);
                out.extend(words.map(|&word| mix(x, hash_of(names.words.get(word)))));
            }
        }
    }

    fn full_name(&self, row: u32, out: &mut Vec<u64>) {
        for x in self.hashes_of(Aspect::GivenName, row) {
            out.extend(self.hashes_of(Aspect::Surname, row).map(|y| mix(x.min(y), x.max(y))));
        }
        self.alone(Aspect::Name, row, out);
    }

    fn sounds(&self, row: u32, out: &mut Vec<u64>) {
        let sounds: Vec<u64> = self.name_sounds(row).collect();
        for (i, &x) in sounds.iter().enumerate() {
            out.extend(sounds[i + 1..].iter().map(|&y| mix(x.min(y), x.max(y))));
        }
    }

    fn births(&self, row: u32) -> impl Iterator<Item = &'a super::values::Derived> + '_ {
        self.data
            .aspect(Aspect::BirthDate)
            .into_iter()
            .flat_map(move |values| values.of(row).iter().map(|&id| &values.derived[id as usize]))
    }

    fn sound_and_year(&self, row: u32, out: &mut Vec<u64>) {
        for birth in self.births(row) {
            let Some(date) = birth.date else { continue };
            out.extend(self.name_sounds(row).map(|sound| mix(sound, u64::from(date.year()))));
        }
    }

    fn initials(&self, aspect: Aspect, row: u32) -> impl Iterator<Item = char> + '_ {
        self.data
            .aspect(aspect)
            .into_iter()
            .flat_map(move |values| values.of(row).iter().filter_map(|&id| values.text(id).chars().next()))
    }

    fn initials_and_month(&self, row: u32, out: &mut Vec<u64>) {
        for date in self.births(row).filter_map(|birth| birth.date) {
            let month = u64::from(date.year()) << 8 | u64::from(date.month().unwrap_or(0));
            for x in self.initials(Aspect::GivenName, row) {
                out.extend(self.initials(Aspect::Surname, row).map(|y| {
                    mix(month, u64::from(u32::from(x.min(y))) << 32 | u64::from(u32::from(x.max(y))))
                }));
            }
        }
    }

    fn beginnings(&self, row: u32, out: &mut Vec<u64>) {
        let heads = |aspect: Aspect| {
            self.data.aspect(aspect).into_iter().flat_map(move |values| {
                values.of(row).iter().map(|&id| hash_of(&values.text(id).chars().take(3).collect::<String>()))
            })
        };
        for x in heads(Aspect::GivenName) {
            out.extend(heads(Aspect::Surname).map(|y| mix(x.min(y), x.max(y))));
        }
    }

    fn phone_end(&self, row: u32, out: &mut Vec<u64>) {
        let Some(values) = self.data.aspect(Aspect::Phone) else { return };
        for &id in values.of(row) {
            let digits = &values.derived[id as usize].digits;
            if digits.len() >= 7 {
                out.push(hash_of(&digits[digits.len() - 7..]));
            }
        }
    }

    /// An e-mail name and a handle are often the same word.
    fn accounts(&self, row: u32, out: &mut Vec<u64>) {
        let mut push = |name: &str| {
            let name = account(name);
            if name.len() >= MIN_ACCOUNT {
                out.push(hash_of(&name));
            }
        };
        if let Some(emails) = self.data.aspect(Aspect::Email) {
            for &id in emails.of(row) {
                push(&emails.text(id)[..emails.derived[id as usize].split]);
            }
        }
        if let Some(handles) = self.data.aspect(Aspect::Handle) {
            for &id in handles.of(row) {
                push(&handles.text(id)[handles.derived[id as usize].split..]);
            }
        }
    }

    fn word_hashes(&self, aspect: Aspect, row: u32) -> Vec<u64> {
        let mut hashes = Vec::new();
        for (_, values) in
            self.data.slots.iter().zip(&self.data.values).filter(|(slot, _)| slot.aspect == aspect)
        {
            for &id in values.of(row) {
                let words = &values.derived[id as usize].words;
                hashes.extend(words.iter().map(|&word| hash_of(values.words.get(word))));
            }
        }
        hashes.sort_unstable();
        hashes.dedup();
        hashes
    }

    fn words(&self, aspect: Aspect, row: u32, out: &mut Vec<u64>) {
        out.extend(self.word_hashes(aspect, row));
    }

    fn word_pairs(&self, row: u32, out: &mut Vec<u64>) {
        let words = self.word_hashes(Aspect::Name, row);
        for (i, &x) in words.iter().enumerate() {
            out.extend(words[i + 1..].iter().map(|&y| mix(x, y)));
        }
    }
}

/// Values that mean the same in spite of their spelling get the same number: a phone number with
/// and without its country, one handle with and without its network.
fn key_hash(aspect: Aspect, values: &Values, id: u32) -> u64 {
    let (text, derived) = (values.text(id), &values.derived[id as usize]);
    match aspect {
        Aspect::Phone => hash_of(&derived.digits[derived.digits.len().saturating_sub(8)..]),
        Aspect::Handle => hash_of(&text[derived.split..]),
        _ => hash_of(text),
    }
}

fn mix(a: u64, b: u64) -> u64 {
    (a.rotate_left(23) ^ b).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ a
}

/// The blocks of a table, numbered rule by rule.
pub(super) struct Blocks {
    /// Members of block `b`: `members[starts[b]..starts[b + 1]]`, ascending.
    starts: Vec<u32>,
    members: Vec<u32>,
    /// The first block of each rule, and the number of blocks at the end.
    rules: Vec<u32>,
    /// Blocks of row `r`: `of_rows[offsets[r]..offsets[r + 1]]`, ascending.
    offsets: Vec<u32>,
    of_rows: Vec<u32>,
}

/// Two rows and how they compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pair {
    pub a: u32,
    pub b: u32,
    pub vector: Vector,
}

impl Blocks {
    pub(super) fn new(data: &Prepared, watch: &mut Watch<'_>) -> Result<Self> {
        let keys = Keys::new(data);
        let mut blocks = Self {
            starts: vec![0],
            members: Vec::new(),
            rules: vec![0],
            offsets: Vec::new(),
            of_rows: Vec::new(),
        };
        blocks.add_equal(data);
        for (done, rule) in RULES.iter().enumerate() {
            Progress::report("block", done as u64, RULES.len() as u64, watch)?;
            blocks.add(&keys, rule, data.rows);
        }
        blocks.index(data.rows);
        Ok(blocks)
    }

    /// Records equal in all values, however many, meet in a chain: each with the next.
    fn add_equal(&mut self, data: &Prepared) {
        for equal in data.equal_rows() {
            for pair in equal.windows(2) {
                self.members.extend([pair[0], pair[1]]);
                self.starts.push(self.members.len() as u32);
            }
        }
        self.rules.push(self.starts.len() as u32 - 1);
    }

    /// The blocks of one rule: from the smallest up, until its pairs are spent.
    fn add(&mut self, keys: &Keys<'_>, rule: &Rule, rows: usize) {
        let mut entries: Vec<(u64, u32)> = Vec::new();
        let mut of_row = Vec::new();
        for row in 0..rows as u32 {
            of_row.clear();
            (rule.keys)(keys, row, &mut of_row);
            of_row.sort_unstable();
            of_row.dedup();
            entries.extend(of_row.iter().map(|&key| (key, row)));
        }
        entries.sort_unstable();
        let runs = || entries.chunk_by(|x, y| x.0 == y.0).filter(|run| run.len() > 1);
        let mut sizes: Vec<usize> = runs().map(<[_]>::len).filter(|&n| n <= MAX_BLOCK).collect();
        sizes.sort_unstable();
        let largest = affordable(&sizes, rule.pairs_per_record * rows);
        for run in runs().filter(|run| run.len() <= largest) {
            self.members.extend(run.iter().map(|&(_, row)| row));
            self.starts.push(self.members.len() as u32);
        }
        self.rules.push(self.starts.len() as u32 - 1);
    }

    fn index(&mut self, rows: usize) {
        let mut offsets = vec![0_u32; rows + 1];
        for &row in &self.members {
            offsets[row as usize + 1] += 1;
        }
        for row in 0..rows {
            offsets[row + 1] += offsets[row];
        }
        let mut next = offsets.clone();
        let mut blocks = vec![0; self.members.len()];
        for block in 0..self.len() {
            for &row in self.members(block) {
                blocks[next[row as usize] as usize] = block as u32;
                next[row as usize] += 1;
            }
        }
        (self.offsets, self.of_rows) = (offsets, blocks);
    }

    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    fn members(&self, block: usize) -> &[u32] {
        &self.members[self.starts[block] as usize..self.starts[block + 1] as usize]
    }

    fn of(&self, row: u32) -> &[u32] {
        &self.of_rows[self.offsets[row as usize] as usize..self.offsets[row as usize + 1] as usize]
    }

    /// The blocks two rows share, ascending.
    fn shared(&self, a: u32, b: u32) -> impl Iterator<Item = u32> + '_ {
        let (mut x, mut y) = (self.of(a), self.of(b));
        std::iter::from_fn(move || {
            while let (Some(&i), Some(&j)) = (x.first(), y.first()) {
                match i.cmp(&j) {
                    std::cmp::Ordering::Less => x = &x[1..],
                    std::cmp::Ordering::Greater => y = &y[1..],
                    std::cmp::Ordering::Equal => {
                        (x, y) = (&x[1..], &y[1..]);
                        return Some(i);
                    }
                }
            }
            None
        })
    }

    /// The names of the rules under which two rows meet.
    pub(super) fn met(&self, a: u32, b: u32) -> Vec<String> {
        let mut names: Vec<&str> = self
            .shared(a, b)
            .map(|block| match self.rules.partition_point(|&first| first <= block) {
                0 | 1 => "all values",
                rule => RULES[rule - 2].name,
            })
            .collect();
        names.dedup();
        names.into_iter().map(str::to_owned).collect()
    }

    /// All pairs that meet, each once, compared; in the order of blocks.
    pub(super) fn pairs(&self, data: &Prepared, workers: usize, watch: &mut Watch<'_>) -> Result<Vec<Pair>> {
        let chunks = self.chunks(workers);
        let mut pairs = Vec::new();
        for (wave, of_wave) in chunks.chunks(workers).enumerate() {
            Progress::report("compare", (wave * workers) as u64, chunks.len() as u64, watch)?;
            let found: Vec<Vec<Pair>> = std::thread::scope(|scope| {
                let handles: Vec<_> = of_wave
                    .iter()
                    .map(|range| scope.spawn(move || self.compare(data, range.clone())))
                    .collect();
                handles.into_iter().map(|handle| handle.join().expect("comparing does not panic")).collect()
            });
            pairs.extend(found.into_iter().flatten());
        }
        Ok(pairs)
    }

    /// Ranges of blocks of about equal work, some for each worker.
    fn chunks(&self, workers: usize) -> Vec<std::ops::Range<usize>> {
        let work = |block: usize| self.members(block).len().pow(2);
        let total: usize = (0..self.len()).map(work).sum();
        let share = total / (workers * CHUNKS_PER_WORKER) + 1;
        let (mut chunks, mut start, mut spent) = (Vec::new(), 0, 0);
        for block in 0..self.len() {
            spent += work(block);
            if spent >= share {
                chunks.push(start..block + 1);
                (start, spent) = (block + 1, 0);
            }
        }
        chunks.push(start..self.len());
        chunks
    }

    fn compare(&self, data: &Prepared, blocks: std::ops::Range<usize>) -> Vec<Pair> {
        let mut comparer = Comparer::new(data);
        let mut pairs = Vec::new();
        for block in blocks {
            let members = self.members(block);
            for (at, &a) in members.iter().enumerate() {
                for &b in &members[at + 1..] {
                    if self.shared(a, b).next() == Some(block as u32) {
                        pairs.push(Pair { a, b, vector: comparer.vector(a, b) });
                    }
                }
            }
        }
        pairs
    }
}

/// Enough pieces that progress shows and no worker waits long for another.
const CHUNKS_PER_WORKER: usize = 12;

/// The largest block size up to which all blocks together stay below `pairs`; `sizes` ascend.
fn affordable(sizes: &[usize], pairs: usize) -> usize {
    let (mut spent, mut largest) = (0, 1);
    for run in sizes.chunk_by(|a, b| a == b) {
        spent += run.len() * run[0] * (run[0] - 1) / 2;
        if spent > pairs {
            break;
        }
        largest = run[0];
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hot_keys_go_first() {
        assert_eq!(affordable(&[2, 2, 3, 40], 10), 3);
        assert_eq!(affordable(&[2, 2, 3, 40], 1000), 40);
        assert_eq!(affordable(&[50], 10), 1);
    }
}
