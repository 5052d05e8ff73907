//! What a comparison vector weighs.
//!
//! Fellegi and Sunter (1969): each level of each comparison adds log2(m / u), where m is its share
//! among matches and u its share among pairs of strangers. Two refinements. An exact agreement is
//! weighed by how many entities hold the value (term frequency): a rare surname says more than a
//! common one, and a phone number of twenty people says little. And strangers are not all alike: some
//! pairs live in one household, some in one place, some share a name by fashion. Those kinds of
//! strangers have their own shares, so a surname, a street and a phone number that agree together do
//! not count three times; what they take back stands in the evidence as `shared circumstances`.

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::aspect::{Aspect, EXACT, NULL, SharedWith, Slot};
use super::compare::Vector;
use super::train::Learnt;
use super::values::{Holders, MAX_SLOTS, Prepared, hash_of};
use crate::model::{Contribution, Evidence, Weight};
use crate::{Error, Result};

/// The kinds of strangers, beside strangers pure and simple.
pub(super) const KINDS: usize = 3;

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
    /// Entities the frequencies below were counted over.
    pub entities: f64,
    /// Per slot: values that more than one entity holds, as (number of the text, entities).
    pub frequent: Vec<Vec<(u64, u32)>>,
    /// Where phone numbers without a country are from.
    pub region: Option<String>,
}

impl Model {
    pub(super) fn new(slots: Vec<Slot>, learnt: Learnt, region: Option<String>) -> Self {
        let frequent = vec![Vec::new(); slots.len()];
        let Learnt { m, u, prior, kinds } = learnt;
        Self { slots, m, u, prior, kinds, entities: 1.0, frequent, region }
    }

    /// Counts how many records hold each value, except in identifiers; equal records count as one.
    pub(super) fn count_records(&mut self, data: &Prepared) {
        let mut labels: Vec<u32> = (0..data.rows as u32).collect();
        for equal in data.equal_rows() {
            for &row in &equal {
                labels[row as usize] = equal[0];
            }
        }
        self.entities = leaders(&labels);
        for (slot, counts) in self.frequent.iter_mut().enumerate() {
            if !self.slots[slot].aspect.is_identifier() {
                *counts = frequent(data, slot, &labels);
            }
        }
    }

    /// Counts how many of the entities `labels` hold each value.
    pub(super) fn count_entities(&mut self, data: &Prepared, labels: &[u32]) {
        self.entities = leaders(labels);
        for (slot, counts) in self.frequent.iter_mut().enumerate() {
            *counts = frequent(data, slot, labels);
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
        let probability = |p: &f64| *p > 0.0 && *p < 1.0;
        let whole = tables.iter().all(fits)
            && self.slots.len() <= MAX_SLOTS
            && self.frequent.len() == self.slots.len()
            && self.entities >= 1.0
            && std::iter::once(&self.prior).chain(&self.kinds).all(probability);
        if whole { Ok(()) } else { Err(Error::model("the resolver is damaged; fit it again")) }
    }
}

/// Whether strangers of a kind agree on a slot as if they were one.
pub(super) fn shares(kind: usize, aspect: Aspect) -> bool {
    let shared = aspect.profile().shared;
    match kind {
        0 => shared != SharedWith::Nobody,
        1 => shared == SharedWith::Place,
        _ => matches!(aspect, Aspect::GivenName | Aspect::Surname),
    }
}

/// A model made ready for one table.
pub(super) struct Scorer<'a> {
    data: &'a Prepared,
    m: Vec<Vec<f64>>,
    u: Vec<Vec<f64>>,
    /// Per slot and value: log2 of the chance that a stranger has it too.
    rarity: Vec<Vec<f64>>,
    prior: f64,
    kinds: [f64; KINDS],
    shared: [Vec<bool>; KINDS],
}

impl<'a> Scorer<'a> {
    pub(super) fn new(model: &Model, data: &'a Prepared) -> Self {
        let logs =
            |table: &[Vec<f64>]| table.iter().map(|row| row.iter().map(|p| p.log2()).collect()).collect();
        let shared =
            std::array::from_fn(|kind| data.slots.iter().map(|slot| shares(kind, slot.aspect)).collect());
        let rarity = (0..data.slots.len()).map(|slot| rarities(model, data, slot)).collect();
        Self {
            data,
            m: logs(&model.m),
            u: logs(&model.u),
            rarity,
            prior: Weight::from_probability(model.prior).bits(),
            kinds: model.kinds.map(f64::log2),
            shared,
        }
    }

    /// The match weight of a pair, in bits.
    pub(super) fn bits(&self, a: u32, b: u32, vector: Vector) -> f64 {
        let mut sums = Sums::default();
        for slot in 0..self.data.slots.len() {
            let level = vector.level(slot);
            if level != NULL {
                let (m, u) = self.shares_of(slot, level, a, b);
                sums.add(m, u, std::array::from_fn(|kind| self.shared[kind][slot]));
            }
        }
        self.prior + sums.matching - sums.strangers(&self.kinds)
    }

    /// log2 of the level's share among matches and among strangers who have what `a` and `b` have.
    fn shares_of(&self, slot: usize, level: u8, a: u32, b: u32) -> (f64, f64) {
        let place = usize::from(level) - 1;
        let (m, u) = (self.m[slot][place], self.u[slot][place]);
        if level != EXACT {
            return (m, u);
        }
        (m, self.rarest(slot, a, b).unwrap_or(u))
    }

    /// The rarest value both have.
    fn rarest(&self, slot: usize, a: u32, b: u32) -> Option<f64> {
        let values = &self.data.values[slot];
        let (x, y) = (values.of(a), values.of(b));
        let rarity = |id: u32| self.rarity[slot][id as usize];
        let common = x.iter().filter(|id| y.contains(id)).map(|&id| rarity(id)).min_by(f64::total_cmp);
        common.or_else(|| x.iter().chain(y).map(|&id| rarity(id)).max_by(f64::total_cmp))
    }

    /// The receipt of [`bits`](Self::bits).
    pub(super) fn evidence(&self, a: u32, b: u32, vector: Vector) -> Evidence {
        let mut sums = Sums::default();
        let mut contributions = Vec::new();
        for (slot, described) in self.data.slots.iter().enumerate() {
            let level = vector.level(slot);
            if level != NULL {
                let (m, u) = self.shares_of(slot, level, a, b);
                sums.add(m, u, std::array::from_fn(|kind| self.shared[kind][slot]));
                let name = described.aspect.level_name(level);
                contributions.push(Contribution::new(described.name(), name, Weight(m - u)));
            }
        }
        let taken_back = sums.stranger - sums.strangers(&self.kinds);
        if taken_back.abs() >= 0.005 {
            let level = sums.likeliest(&self.kinds);
            contributions.push(Contribution::new("shared circumstances", level, Weight(taken_back)));
        }
        Evidence::new(Weight(self.prior), contributions)
    }
}

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

    fn likeliest(&self, kinds: &[f64; KINDS]) -> &'static str {
        let names = ["one household", "one place", "namesakes"];
        let best =
            (0..KINDS).max_by(|&i, &j| (self.kinds[i] + kinds[i]).total_cmp(&(self.kinds[j] + kinds[j])));
        best.map_or("", |kind| names[kind])
    }
}

/// log2 of the chance that a stranger has a value, for every value of the table.
fn rarities(model: &Model, data: &Prepared, slot: usize) -> Vec<f64> {
    let known: HashMap<u64, u32> = model.frequent[slot].iter().copied().collect();
    // Beside the other holders counted, the chance that an entity not seen yet has the value too.
    let unseen = model.u[slot][0].min(1.0 / model.entities);
    let values = &data.values[slot];
    (0..values.texts.len() as u32)
        .map(|id| {
            let holders = known.get(&hash_of(values.text(id))).map_or(1.0, |&n| f64::from(n));
            ((holders - 1.0) / model.entities + unseen).min(1.0).log2()
        })
        .collect()
}

/// How many groups there are: rows that are their own label.
fn leaders(labels: &[u32]) -> f64 {
    labels.iter().enumerate().filter(|&(row, &label)| label == row as u32).count().max(1) as f64
}

/// How many of the groups `labels` hold each value, sorted; values of one group are left out.
pub(super) fn frequent(data: &Prepared, slot: usize, labels: &[u32]) -> Vec<(u64, u32)> {
    let values = &data.values[slot];
    let mut holders: Vec<(u32, u32)> = Vec::new();
    for row in 0..data.rows as u32 {
        holders.extend(values.of(row).iter().map(|&id| (id, labels[row as usize])));
    }
    holders.sort_unstable();
    holders.dedup();
    let mut counts = Holders::new();
    for run in holders.chunk_by(|x, y| x.0 == y.0).filter(|run| run.len() > 1) {
        *counts.entry(hash_of(values.text(run[0].0))).or_default() += run.len() as u32;
    }
    let mut counts: Vec<(u64, u32)> = counts.into_iter().collect();
    counts.sort_unstable();
    counts
}
