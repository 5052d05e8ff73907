//! What a comparison vector weighs.
//!
//! Fellegi and Sunter (1969): each level of each comparison adds log2(m / u), where m is its share
//! among matches and u its share among pairs of strangers. Two refinements. An exact agreement is
//! weighed by how many entities hold the value (term frequency): a rare surname says more than a
//! common one, and a phone number of twenty people says little. And strangers are not all alike: some
//! pairs live in one household, some in one place, some share a name by fashion. Those kinds of
//! strangers have their own shares, so a surname, a street and a phone number that agree together do
//! not count three times; what they take back stands in the evidence as `shared circumstances`.

use std::sync::Arc;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::aspect::{Aspect, EXACT, NULL, SharedWith, Slot};
use super::cluster::Edge;
use super::compare::{Comparer, OPEN, UNEQUAL, Vector};
use super::plan::Plan;
use super::train::Learnt;
use super::values::{MAX_SLOTS, Prepared, hash_of};
use crate::model::{Contribution, Evidence, Weight};
use crate::{Error, Result};

/// The kinds of strangers, beside strangers pure and simple.
pub(super) const KINDS: usize = 3;

/// How many values there are, and how many of them hold each word that more than one does, by the
/// number of the word.
pub(super) type WordCounts = (f64, Vec<(u64, u32)>);

/// What has been learnt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Model {
    pub slots: Vec<Slot>,
    /// Share of each level among matches, per slot; "nothing to compare" left out.
    pub m: Vec<Vec<f64>>,
    /// Share of each level among strangers.
    pub u: Vec<Vec<f64>>,
    /// Probability that two random records match.
    pub prior: f64,
    /// Probability that two random records are of one household, one place, or namesakes.
    pub kinds: [f64; KINDS],
    /// Candidate pairs of each level, per slot. Absent before format 3, which is told from its number.
    #[serde(default)]
    pub seen: Vec<Vec<f64>>,
    /// Entities the frequencies below were counted over.
    pub entities: f64,
    /// Per slot: values that more than one entity holds, as (number of the text, entities).
    pub frequent: Vec<Vec<(u64, u32)>>,
    /// Per slot: what words are worth. Absent in format 1, which is told from its number.
    #[serde(default)]
    pub words: Vec<WordCounts>,
    /// Where phone numbers without a country are from.
    pub region: Option<String>,
    /// Which blocks are worth their pairs.
    #[serde(default)]
    pub plan: Plan,
}

impl Model {
    pub(super) fn new(
        data: &Prepared,
        learnt: Learnt,
        words: Vec<WordCounts>,
        region: Option<String>,
        plan: Plan,
    ) -> Self {
        let slots = data.slots.clone();
        let frequent = vec![Vec::new(); slots.len()];
        let Learnt { m, u, prior, kinds, seen } = learnt;
        Self { slots, m, u, prior, kinds, seen, entities: 1.0, frequent, words, region, plan }
    }

    /// What EM found.
    pub(super) fn learnt(&self) -> Learnt {
        let (m, u, seen) = (self.m.clone(), self.u.clone(), self.seen.clone());
        Learnt { m, u, prior: self.prior, kinds: self.kinds, seen }
    }

    /// Sets what shared words say in `data` to what they said where this was learnt.
    pub(super) fn weigh_words(&self, data: &mut Prepared) {
        weigh_words(&self.words, data);
    }

    /// Gives all pairs so many bits more.
    pub(super) fn shift(&mut self, bits: f64) {
        self.prior = (Weight::from_probability(self.prior) + Weight(bits)).probability();
    }

    /// Keeps how many of `entities` entities hold each value, where more than one does.
    pub(super) fn count_entities(&mut self, data: &Prepared, holders: &Holders, entities: f64) {
        self.entities = entities;
        for (slot, counts) in self.frequent.iter_mut().enumerate() {
            let shared = holders.0[slot].iter().enumerate().filter(|(_, n)| **n > 1);
            *counts = shared.map(|(id, &n)| (hash_of(data.values[slot].text(id as u32)), n)).collect();
            counts.sort_unstable();
            // Two texts of one number count together.
            counts.dedup_by(|x, y| {
                x.0 == y.0 && {
                    y.1 += x.1;
                    true
                }
            });
        }
    }

    /// How many entities hold each value of `data`, as far as they were counted.
    pub(super) fn holders(&self, data: &Prepared) -> Holders {
        let of_slot = |slot: usize| {
            let known: HashMap<u64, u32> = self.frequent[slot].iter().copied().collect();
            let holders = |text: &str| known.get(&hash_of(text)).copied().unwrap_or(1);
            data.values[slot].texts.iter().map(holders).collect()
        };
        Holders((0..self.slots.len()).map(of_slot).collect())
    }

    /// How many entities hold one value, as far as they were counted.
    fn holders_of(&self, slot: usize, text: &str) -> u32 {
        count_of(&self.frequent[slot], hash_of(text))
    }

    /// Sets what shared words say that `data` has got since it was last weighed.
    pub(super) fn weigh_new_words(&self, data: &mut Prepared) {
        for ((values, counts), of_slot) in self.words.iter().zip(&mut data.values) {
            of_slot.weigh_words(*values, |word| count_of(counts, word));
        }
    }

    /// Refuses a model whose tables do not fit each other or hold no probabilities.
    pub(super) fn check(&self) -> Result<()> {
        let tables = [&self.m, &self.u];
        let fits = |table: &&Vec<Vec<f64>>| {
            table.len() == self.slots.len()
                && table.iter().zip(&self.slots).all(|(levels, slot)| {
                    levels.len() == slot.aspect.levels() && levels.iter().all(|p| *p > 0.0 && *p <= 1.0)
                })
        };
        let counted = self.seen.iter().zip(&self.slots).all(|(levels, slot)| {
            levels.len() == slot.aspect.levels() && levels.iter().all(|&pairs| pairs >= 0.0)
        });
        let probability = |p: &f64| *p > 0.0 && *p < 1.0;
        let whole = tables.iter().all(fits)
            && counted
            && self.seen.len() == self.slots.len()
            && self.slots.len() <= MAX_SLOTS
            && self.frequent.len() == self.slots.len()
            && self.words.len() == self.slots.len()
            && self.entities >= 1.0
            && std::iter::once(&self.prior).chain(&self.kinds).all(probability);
        if whole { Ok(()) } else { Err(Error::model("the resolver is damaged; fit it again")) }
    }
}

/// The count of a number among sorted ones; 1 where it was not seen more often.
fn count_of(counts: &[(u64, u32)], number: u64) -> u32 {
    counts.binary_search_by_key(&number, |&(known, _)| known).map_or(1, |at| counts[at].1)
}

/// How many entities hold each value, per slot and value id.
pub(super) struct Holders(Vec<Vec<u32>>);

impl Holders {
    /// Counts the records that hold each value, except in identifiers, which repeat because records of
    /// one entity do; records of one of the `labels` are equal and count as one. With the number of
    /// different records.
    pub(super) fn of_records(data: &Prepared, labels: &[u32], workers: usize) -> (Self, f64) {
        let (mut holders, records) = Self::of_entities(data, labels, workers);
        for (slot, counts) in holders.0.iter_mut().enumerate() {
            if data.slots[slot].aspect.is_identifier() {
                counts.fill(1);
            }
        }
        (holders, records)
    }

    /// Counts the entities `labels` that hold each value; a label is the first row of its entity. With
    /// the number of entities.
    pub(super) fn of_entities(data: &Prepared, labels: &[u32], workers: usize) -> (Self, f64) {
        let order = by_label(labels);
        let of_slot = |slot: usize| {
            let mut counts = vec![0_u32; data.values[slot].len()];
            let mut last = vec![u32::MAX; counts.len()];
            for &row in &order {
                for &id in data.of(slot, row) {
                    if std::mem::replace(&mut last[id as usize], labels[row as usize]) != labels[row as usize]
                    {
                        counts[id as usize] += 1;
                    }
                }
            }
            counts
        };
        let slots: Vec<usize> = (0..data.slots.len()).collect();
        let share = slots.len().div_ceil(workers).max(1);
        let counts = std::thread::scope(|scope| {
            let handles: Vec<_> = slots
                .chunks(share)
                .map(|slots| scope.spawn(|| slots.iter().map(|&slot| of_slot(slot)).collect::<Vec<_>>()))
                .collect();
            handles.into_iter().flat_map(|handle| handle.join().expect("counting does not panic")).collect()
        });
        let entities = labels.iter().enumerate().filter(|&(row, &label)| label == row as u32).count();
        (Self(counts), entities.max(1) as f64)
    }
}

/// The rows, those of one label together.
fn by_label(labels: &[u32]) -> Vec<u32> {
    let mut next = vec![0_u32; labels.len() + 1];
    for &label in labels {
        next[label as usize + 1] += 1;
    }
    for at in 1..next.len() {
        next[at] += next[at - 1];
    }
    let mut order = vec![0; labels.len()];
    for (row, &label) in labels.iter().enumerate() {
        order[next[label as usize] as usize] = row as u32;
        next[label as usize] += 1;
    }
    order
}

/// Per slot the values and how many hold each word.
pub(super) fn words(data: &Prepared) -> Vec<WordCounts> {
    data.values[..data.slots.len()].iter().map(|v| (v.len() as f64, v.count_words())).collect()
}

/// Sets what shared words say in `data`.
pub(super) fn weigh_words(words: &[WordCounts], data: &mut Prepared) {
    for ((values, counts), of_slot) in words.iter().zip(&mut data.values) {
        let counts: HashMap<u64, u32> = counts.iter().copied().collect();
        of_slot.weigh_words(*values, |word| counts.get(&word).copied().unwrap_or(1));
    }
}

/// Whether strangers of a kind reach a level as often as if they were one.
pub(super) fn shares(kind: usize, aspect: Aspect, level: u8) -> bool {
    let shared = aspect.profile().shared;
    match kind {
        0 => shared != SharedWith::Nobody || aspect.is_partly(level),
        1 => shared == SharedWith::Place,
        // Namesakes have names in common, and so account names made of names, but no mailbox.
        _ => match aspect {
            Aspect::GivenName | Aspect::Surname => true,
            Aspect::Email | Aspect::Handle => level != EXACT && level != aspect.different(),
            _ => false,
        },
    }
}

/// For every slot and level, at `16 * slot + level`, which kinds of strangers share it.
pub(super) fn sharing(slots: &[Slot]) -> Vec<[bool; KINDS]> {
    let of = |at: usize| {
        let (slot, level) = (&slots[at / 16], (at % 16) as u8);
        let known = (EXACT..=slot.aspect.different()).contains(&level);
        std::array::from_fn(|kind| known && shares(kind, slot.aspect, level))
    };
    (0..16 * slots.len()).map(of).collect()
}

/// A model made ready for one table.
pub(super) struct Scorer<'a> {
    data: &'a Prepared,
    tables: Arc<Tables>,
}

/// What a [`Scorer`] looks up; good for as long as values are only added, see [`Tables::extend`].
#[derive(Debug, Clone)]
pub(super) struct Tables {
    m: Vec<Vec<f64>>,
    u: Vec<Vec<f64>>,
    /// Per slot and value: log2 of the chance that a stranger has it too.
    rarity: Vec<Vec<f32>>,
    prior: f64,
    kinds: [f64; KINDS],
    shared: Vec<[bool; KINDS]>,
}

impl<'a> Scorer<'a> {
    /// `entities` hold the values as `holders` says.
    pub(super) fn new(model: &Model, data: &'a Prepared, holders: &Holders, entities: f64) -> Self {
        let logs =
            |table: &[Vec<f64>]| table.iter().map(|row| row.iter().map(|p| p.log2()).collect()).collect();
        let rarity =
            (0..data.slots.len()).map(|slot| rarities(model, entities, slot, &holders.0[slot])).collect();
        let tables = Tables {
            m: logs(&model.m),
            u: logs(&model.u),
            rarity,
            prior: Weight::from_probability(model.prior).bits(),
            kinds: model.kinds.map(f64::log2),
            shared: sharing(&data.slots),
        };
        Self { data, tables: Arc::new(tables) }
    }

    /// With the tables of another scorer of the same values.
    pub(super) fn with(data: &'a Prepared, tables: Arc<Tables>) -> Self {
        Self { data, tables }
    }

    /// Its tables, for [`with`](Self::with).
    pub(super) fn tables(&self) -> Arc<Tables> {
        Arc::clone(&self.tables)
    }

    /// The match weight of a pair, in bits.
    pub(super) fn bits(&self, a: u32, b: u32, vector: Vector) -> f64 {
        let mut sums = Sums::default();
        for slot in 0..self.data.slots.len() {
            let level = vector.level(slot);
            if level != NULL {
                let (m, u) = self.shares_of(slot, level, a, b);
                sums.add(m, u, self.tables.shared[16 * slot + usize::from(level)]);
            }
        }
        self.tables.prior + sums.matching - sums.strangers(&self.tables.kinds)
    }

    /// log2 of the level's share among matches and among strangers who have what `a` and `b` have.
    fn shares_of(&self, slot: usize, level: u8, a: u32, b: u32) -> (f64, f64) {
        let place = usize::from(level) - 1;
        let (m, u) = (self.tables.m[slot][place], self.tables.u[slot][place]);
        if level != EXACT {
            return (m, u);
        }
        (m, self.rarest(slot, a, b).unwrap_or(u))
    }

    /// The rarest value both have.
    fn rarest(&self, slot: usize, a: u32, b: u32) -> Option<f64> {
        let (x, y) = (self.data.of(slot, a), self.data.of(slot, b));
        let rarity = |id: u32| f64::from(self.tables.rarity[slot][id as usize]);
        let common = x.iter().filter(|id| y.contains(id)).map(|&id| rarity(id)).min_by(f64::total_cmp);
        common.or_else(|| x.iter().chain(y).map(|&id| rarity(id)).max_by(f64::total_cmp))
    }

    /// What is weighed.
    pub(super) fn data(&self) -> &'a Prepared {
        self.data
    }

    /// Weighs pairs again.
    pub(super) fn weigh(&self, edges: &mut [Edge], workers: usize) {
        let share = edges.len().div_ceil(workers).max(FEW_PAIRS);
        std::thread::scope(|scope| {
            for edges in edges.chunks_mut(share) {
                scope.spawn(move || {
                    for edge in edges {
                        edge.bits = self.bits(edge.a, edge.b, edge.vector);
                    }
                });
            }
        });
    }

    /// The prior, in bits.
    pub(super) fn prior(&self) -> f64 {
        self.tables.prior
    }

    /// The parts of [`bits`](Self::bits) beside the prior.
    pub(super) fn parts(&self, a: u32, b: u32, vector: Vector) -> Vec<Part> {
        let mut sums = Sums::default();
        let mut parts = Vec::new();
        for slot in 0..self.data.slots.len() {
            let level = vector.level(slot);
            if level != NULL {
                let (m, u) = self.shares_of(slot, level, a, b);
                sums.add(m, u, self.tables.shared[16 * slot + usize::from(level)]);
                parts.push(Part { slot: slot as u8, level, bits: (m - u) as f32 });
            }
        }
        let taken_back = sums.stranger - sums.strangers(&self.tables.kinds);
        if taken_back.abs() >= 0.005 {
            let level = sums.likeliest(&self.tables.kinds);
            parts.push(Part { slot: CIRCUMSTANCES, level, bits: taken_back as f32 });
        }
        parts
    }
}

impl Tables {
    /// Takes up the values that `data` has got since.
    pub(super) fn extend(&mut self, model: &Model, data: &Prepared) {
        for (slot, rarity) in self.rarity.iter_mut().enumerate() {
            let new = rarity.len() as u32..data.values[slot].len() as u32;
            let holders: Vec<u32> =
                new.map(|id| model.holders_of(slot, data.values[slot].text(id))).collect();
            rarity.extend(rarities(model, model.entities, slot, &holders));
        }
    }
}

/// Fewer pairs are weighed before a thread has begun.
const FEW_PAIRS: usize = 10_000;

/// One finding of a receipt: a comparison, its level and its bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Part {
    pub slot: u8,
    pub level: u8,
    pub bits: f32,
}

/// Stands for a slot in the part that takes back what one circumstance said several times.
const CIRCUMSTANCES: u8 = u8::MAX;
/// The circumstances, in the order of the kinds of strangers.
pub(super) const KIND_NAMES: [&str; KINDS] = ["one household", "one place", "namesakes"];

/// The receipt of a prior and parts.
pub(super) fn evidence(slots: &[Slot], prior: f64, parts: &[Part]) -> Evidence {
    let contribution = |part: &Part| {
        let weight = Weight(f64::from(part.bits));
        if let Some(slot) = slots.get(usize::from(part.slot)) {
            return Contribution::new(slot.name(), slot.aspect.level_name(part.level), weight);
        }
        let kind = KIND_NAMES.get(usize::from(part.level)).copied().unwrap_or_default();
        Contribution::new("shared circumstances", kind, weight)
    };
    Evidence::new(Weight(prior), parts.iter().map(contribution).collect())
}

/// Which vectors can weigh enough to be looked at, however rare the values they agree in.
pub(super) struct Filter {
    /// At `16 * slot + level`: log2 of the share among matches, and of the least share among
    /// strangers.
    of: Vec<(f64, f64)>,
    shared: Vec<[bool; KINDS]>,
    prior: f64,
    kinds: [f64; KINDS],
    kept_bits: f64,
}

/// Which pairs are kept.
pub(super) struct Sieve<'a> {
    pub filter: Filter,
    pub scorer: Scorer<'a>,
    /// Pairs of less are dropped.
    pub kept_bits: f64,
}

/// Vectors judged last and whether they pass.
pub(super) struct FilterCache(Vec<(u64, bool)>);

impl FilterCache {
    pub(super) fn new() -> Self {
        // All ones is no vector: no model has 16 open levels.
        Self(vec![(u64::MAX, false); 1 << CACHE_BITS])
    }
}

impl Filter {
    /// Lets pass what can weigh more than `kept_bits` in a table of `rows` records.
    pub(super) fn new(model: &Model, rows: usize, kept_bits: f64) -> Self {
        let rarest = (1.0 / model.entities.max(rows as f64)).log2();
        let mut of = vec![(0.0, 0.0); 16 * model.slots.len()];
        for (slot, (m, u)) in model.m.iter().zip(&model.u).enumerate() {
            for (place, (m, u)) in m.iter().zip(u).enumerate() {
                let u = u.log2();
                let u = if place + 1 == usize::from(EXACT) { u.min(rarest) } else { u };
                of[16 * slot + place + 1] = (m.log2(), u);
            }
            // What is open yet may be the best level, or turn out to say nothing.
            let best = |first: u8| {
                let levels = &of[16 * slot + usize::from(first)..=16 * slot + m.len()];
                let best =
                    levels.iter().chain(&[(0.0, 0.0)]).max_by(|x, y| (x.0 - x.1).total_cmp(&(y.0 - y.1)));
                best.copied().unwrap_or_default()
            };
            let (open, unequal) = (best(EXACT), best(EXACT + 1));
            of[16 * slot + usize::from(OPEN)] = open;
            of[16 * slot + usize::from(UNEQUAL)] = unequal;
        }
        let shared = sharing(&model.slots);
        let prior = Weight::from_probability(model.prior).bits();
        Self { of, shared, prior, kinds: model.kinds.map(f64::log2), kept_bits }
    }

    fn passes(&self, vector: Vector, cache: &mut FilterCache) -> bool {
        let entry =
            &mut cache.0[(vector.0.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - CACHE_BITS)) as usize];
        if entry.0 != vector.0 {
            *entry = (vector.0, self.most_bits(vector) > self.kept_bits);
        }
        entry.1
    }

    /// The whole vector of a pair that was glanced at, unless it shows on the way that it cannot weigh enough.
    pub(super) fn look(
        &self,
        comparer: &mut Comparer<'_>,
        cache: &mut FilterCache,
        glanced: Vector,
        (a, b): (u32, u32),
    ) -> Option<Vector> {
        let mut worth = |vector| self.passes(vector, cache);
        if worth(glanced) { comparer.look_while(glanced, a, b, worth) } else { None }
    }

    /// The most a vector can weigh.
    fn most_bits(&self, vector: Vector) -> f64 {
        let mut sums = Sums::default();
        for slot in 0..self.of.len() / 16 {
            let place = 16 * slot + usize::from(vector.level(slot));
            let (m, u) = self.of[place];
            sums.add(m, u, self.shared[place]);
        }
        self.prior + sums.matching - sums.strangers(&self.kinds)
    }
}

/// Entries of a filter's cache, as a power of two: there are some thousand vectors.
const CACHE_BITS: u32 = 12;

/// log2 likelihoods of one pair.
#[derive(Default)]
struct Sums {
    matching: f64,
    stranger: f64,
    kinds: [f64; KINDS],
}

impl Sums {
    fn add(&mut self, m: f64, u: f64, shared: [bool; KINDS]) {
        self.matching += m;
        self.stranger += u;
        for (sum, shared) in self.kinds.iter_mut().zip(shared) {
            *sum += if shared { m } else { u };
        }
    }

    /// log2 of the likelihood among all strangers.
    fn strangers(&self, kinds: &[f64; KINDS]) -> f64 {
        let terms =
            [self.stranger, self.kinds[0] + kinds[0], self.kinds[1] + kinds[1], self.kinds[2] + kinds[2]];
        let most = terms.into_iter().fold(f64::NEG_INFINITY, f64::max);
        most + terms.into_iter().map(|term| (term - most).exp2()).sum::<f64>().log2()
    }

    fn likeliest(&self, kinds: &[f64; KINDS]) -> u8 {
        let odds = |kind: usize| self.kinds[kind] + kinds[kind];
        (0..KINDS).max_by(|&i, &j| odds(i).total_cmp(&odds(j))).unwrap_or(0) as u8
    }
}

/// log2 of the chance that a stranger has a value, for every value of the table.
fn rarities(model: &Model, entities: f64, slot: usize, holders: &[u32]) -> Vec<f32> {
    // Beside the other holders counted, the chance that an entity not seen yet has the value too.
    let unseen = model.u[slot][0].min(1.0 / entities);
    let rarity = |n: u32| ((f64::from(n.max(1)) - 1.0) / entities + unseen).min(1.0).log2() as f32;
    let alone = rarity(1);
    holders.iter().map(|&n| if n <= 1 { alone } else { rarity(n) }).collect()
}
