//! Results and receipts: links with their evidence, refusals with their reason, one pair explained.
//!
//! A pair that the evidence would join and a rule keeps apart is told, so that a person can look.
//! So is a pair that shares an identifier while the given names contradict each other: the phone of a
//! family, the mailbox of an office. The decision on a pair is a match from the threshold on, a case
//! for review down to a tenth of its odds or where a rule intervened, and none below.

use super::aspect::{Aspect, EXACT, Slot};
use super::cluster::{Edge, Grouping, Rules, are_twins, generations_conflict};
use super::compare::{Comparer, Vector};
use super::rule::{Keys, RULES, SMALL_TABLE};
use super::score::{self, Part, Scorer};
use super::values::{Prepared, claimed, positions};
use super::{
    Decision, Link, Obstacle, PairExplanation, Receipt, Refusal, RefusalReason, Resolution, Resolver, WhyNot,
    find, rules, threshold,
};
use crate::model::{Contribution, Evidence, RecordKey, Table, Weight, unwatched};
use crate::{Error, Result};

/// Below the threshold a pair is still worth a look down to this: a tenth of its odds, in bits.
pub(super) const REVIEW_BITS: f64 = std::f64::consts::LOG2_10;

/// The result of a grouping, in the order of the table's rows.
pub(super) fn resolution(
    edges: &[Edge],
    grouping: &Grouping,
    scorer: &Scorer<'_>,
    rules: &Rules<'_>,
    table: &Table,
) -> Resolution {
    // A million names of entities and half a million receipts take each other's time else.
    let (members, told, refused) = std::thread::scope(|scope| {
        let members = scope.spawn(|| memberships(edges, grouping, scorer.data(), table));
        let refused = scope.spawn(|| refusals(edges, grouping, scorer, rules));
        let links = links(grouping, scorer);
        let expect = "naming entities and refusals does not panic";
        (members.join().expect(expect), links, refused.join().expect(expect))
    });
    let (entity_ids, probabilities) = members;
    let ((links, mut receipts), (mut refused, of_refused)) = (told, refused);
    let before = receipts.append(of_refused);
    for refusal in &mut refused {
        refusal.receipt.0 += before;
    }
    Resolution { entity_ids, probabilities, links, refused, compared: 0, receipts }
}

/// Per row of the table its entity and how sure that is.
fn memberships(
    edges: &[Edge],
    grouping: &Grouping,
    data: &Prepared,
    table: &Table,
) -> (Vec<String>, Vec<f64>) {
    let place = positions(&data.original);
    let entity_of = |&row: &u32| {
        let leader = data.original[grouping.labels[row as usize] as usize] as usize;
        [table.source(leader), ":", table.id(leader)].concat()
    };
    let sure = certainties(data.rows, edges, grouping);
    (place.iter().map(entity_of).collect(), place.iter().map(|&row| sure[row as usize]).collect())
}

/// The links and their receipts.
fn links(grouping: &Grouping, scorer: &Scorer<'_>) -> (Vec<Link>, Receipts) {
    let data = scorer.data();
    let mut receipts = Receipts::new(&data.slots, scorer.prior());
    let link = |edge: &Edge| {
        let (receipt, weight) = receipts.write(edge, scorer);
        let (a, b) = rows_of(edge, data);
        Link { a, b, weight, receipt, probability: weight.probability() }
    };
    (grouping.links.iter().map(link).collect(), receipts)
}

/// The near matches that were refused and their receipts.
fn refusals(
    edges: &[Edge],
    grouping: &Grouping,
    scorer: &Scorer<'_>,
    rules: &Rules<'_>,
) -> (Vec<Refusal>, Receipts) {
    let data = scorer.data();
    let mut receipts = Receipts::new(&data.slots, scorer.prior());
    let apart = |edge: &&Edge| grouping.labels[edge.a as usize] != grouping.labels[edge.b as usize];
    let near = edges.iter().filter(|edge| edge.bits > rules.threshold - REVIEW_BITS).filter(apart);
    let refused = near
        .filter_map(|edge| {
            let reason = refusal(edge, data, scorer, rules)?;
            let (receipt, weight) = receipts.write(edge, scorer);
            let (a, b) = rows_of(edge, data);
            Some(Refusal { a, b, reason, weight, receipt })
        })
        .collect();
    (refused, receipts)
}

/// The rows of the table a pair stands for.
fn rows_of(edge: &Edge, data: &Prepared) -> (u32, u32) {
    (data.original[edge.a as usize], data.original[edge.b as usize])
}

/// The evidence of many pairs, each finding in eight bytes: most are never read.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Receipts {
    slots: Vec<Slot>,
    prior: f64,
    /// Where the parts of each receipt end.
    ends: Vec<u32>,
    parts: Vec<Part>,
}

impl Receipts {
    fn new(slots: &[Slot], prior: f64) -> Self {
        Self { slots: slots.to_vec(), prior, ends: Vec::new(), parts: Vec::new() }
    }

    /// Keeps the evidence of a pair, and tells what it adds up to.
    fn write(&mut self, edge: &Edge, scorer: &Scorer<'_>) -> (Receipt, Weight) {
        let parts = scorer.parts(edge.a, edge.b, edge.vector);
        let bits = self.prior + parts.iter().map(|part| f64::from(part.bits)).sum::<f64>();
        self.parts.extend(parts);
        self.ends.push(self.parts.len() as u32);
        (Receipt(self.ends.len() as u32 - 1), Weight(bits))
    }

    /// Puts others of the same resolution behind these and tells how many stand before them.
    fn append(&mut self, others: Self) -> u32 {
        let (before, offset) = (self.ends.len() as u32, self.parts.len() as u32);
        self.ends.extend(others.ends.into_iter().map(|end| end + offset));
        self.parts.extend(others.parts);
        before
    }

    pub(super) fn evidence(&self, Receipt(at): Receipt) -> Evidence {
        let at = at as usize;
        let end = |at: usize| self.ends.get(at).map_or(0, |&end| end as usize);
        let from = at.checked_sub(1).map_or(0, end);
        score::evidence(&self.slots, self.prior, self.parts.get(from..end(at)).unwrap_or_default())
    }
}

/// Per row: the probability of its strongest link, or that it has none.
fn certainties(rows: usize, edges: &[Edge], grouping: &Grouping) -> Vec<f64> {
    let mut inside = vec![f64::NEG_INFINITY; rows];
    let mut outside = vec![f64::NEG_INFINITY; rows];
    let raise = |best: &mut Vec<f64>, edge: &Edge| {
        for row in [edge.a, edge.b] {
            best[row as usize] = best[row as usize].max(edge.bits);
        }
    };
    grouping.links.iter().for_each(|edge| raise(&mut inside, edge));
    edges
        .iter()
        .filter(|edge| grouping.labels[edge.a as usize] != grouping.labels[edge.b as usize])
        .for_each(|edge| raise(&mut outside, edge));
    let certainty = |(inside, outside): (f64, f64)| {
        if inside > f64::NEG_INFINITY {
            Weight(inside).probability()
        } else {
            1.0 - Weight(outside).probability()
        }
    };
    inside.into_iter().zip(outside).map(certainty).collect()
}

/// Why a pair in two entities was kept apart, if it was near.
fn refusal(edge: &Edge, data: &Prepared, scorer: &Scorer<'_>, rules: &Rules<'_>) -> Option<RefusalReason> {
    refusal_of(edge, barred(edge, rules), data, scorer, rules.threshold)
}

/// The rule beside the evidence that bars a pair.
fn barred(edge: &Edge, rules: &Rules<'_>) -> Option<RefusalReason> {
    if rules.constraints.forbids(edge.a, edge.b) {
        Some(RefusalReason::CannotLink)
    } else if rules.same_source(edge.a, edge.b) {
        Some(RefusalReason::SameSource)
    } else {
        None
    }
}

/// Why a pair in two entities was kept apart, told which rule beside the evidence bars it.
fn refusal_of(
    edge: &Edge,
    barred: Option<RefusalReason>,
    data: &Prepared,
    scorer: &Scorer<'_>,
    threshold: f64,
) -> Option<RefusalReason> {
    let near = edge.bits > threshold;
    if near && barred.is_some() {
        return barred;
    }
    if near && claimed_only(edge, data, scorer, threshold) {
        return Some(RefusalReason::ClaimedOnly);
    }
    if near && generations_conflict(edge.vector, data) {
        return Some(RefusalReason::ConflictingGenerations);
    }
    if near && are_twins(edge.vector, data) || names_conflict(edge.vector, data) {
        return Some(RefusalReason::ConflictingNames);
    }
    near.then_some(RefusalReason::ConflictingEntities)
}

/// Whether a pair shares an identifier while its names contradict each other.
fn names_conflict(vector: Vector, data: &Prepared) -> bool {
    let level = |aspect: Aspect| data.place(aspect).map(|slot| vector.level(slot));
    let conflict =
        [Aspect::GivenName, Aspect::Name].into_iter().any(|name| level(name) == Some(name.different()));
    conflict && [Aspect::Email, Aspect::Phone, Aspect::Handle].into_iter().any(|id| level(id) == Some(EXACT))
}

/// Whether nothing but identifiers that nobody proved makes a pair a match. Who claims a mailbox gives
/// the name that goes with it, so beside a claim names prove nothing either.
pub(super) fn claimed_only(edge: &Edge, data: &Prepared, scorer: &Scorer<'_>, threshold: f64) -> bool {
    let mut without = edge.vector;
    for (slot, values) in data.values[..data.slots.len()].iter().enumerate() {
        if edge.vector.level(slot) != EXACT
            || values.facts(edge.a).is_empty() && values.facts(edge.b).is_empty()
        {
            continue;
        }
        let (x, y) = (data.of(slot, edge.a), data.of(slot, edge.b));
        let proved = x.iter().enumerate().any(|(i, id)| {
            y.iter().enumerate().any(|(j, other)| {
                id == other && !claimed(values.facts(edge.a).get(i)) && !claimed(values.facts(edge.b).get(j))
            })
        });
        if !proved {
            without = without.without(slot);
        }
    }
    if without == edge.vector {
        return false;
    }
    for name in [Aspect::Name, Aspect::GivenName, Aspect::Surname] {
        without = data.place(name).map_or(without, |slot| without.without(slot));
    }
    scorer.bits(edge.a, edge.b, without) <= threshold
}

impl Resolver {
    /// Why the records `a` and `b` of `table` are one entity, or are not. The whole table is resolved
    /// for it, because an entity may be held together by third records.
    ///
    /// # Errors
    /// `not_found` when a record is not in the table, `input` when both keys are one; else as
    /// [`Resolver::resolve`].
    pub fn explain(&self, table: &Table, a: &RecordKey, b: &RecordKey) -> Result<PairExplanation> {
        if a == b {
            return Err(Error::input(format!("both records are {a}; give two")));
        }
        let data = &self.read(table, &mut unwatched)?;
        let blocks = self.blocks(data, &mut unwatched)?;
        let (row_a, row_b) = (find(table, data, a)?, find(table, data, b)?);
        let sieve = self.sieve(data);
        let scorer = &sieve.scorer;
        let (edges, _) = blocks.pairs(data, &sieve, self.config.workers(), &mut unwatched)?;
        let (must, constraints) = super::constraints(&self.config, table, data)?;
        let rules = rules(&self.config, data, &must, &constraints);
        let grouping = super::group(data, &edges, scorer, &rules, &self.config);
        let vector = Comparer::new(data).vector(row_a, row_b);
        let evidence = score::evidence(&data.slots, scorer.prior(), &scorer.parts(row_a, row_b, vector));
        let edge = Edge { a: row_a, b: row_b, bits: evidence.total.bits(), vector };
        let pair = Pair {
            keys: (a, b),
            edge,
            evidence,
            same_entity: grouping.labels[row_a as usize] == grouping.labels[row_b as usize],
            barred: barred(&edge, &rules),
            blocking: blocks.met(row_a, row_b),
        };
        Ok(pair.explained(scorer, threshold(&self.config), |rule| blocks.uses(rule)))
    }
}

/// What is known of a pair that is to be explained.
pub(super) struct Pair<'a> {
    pub keys: (&'a RecordKey, &'a RecordKey),
    pub edge: Edge,
    pub evidence: Evidence,
    /// Whether both are in one entity.
    pub same_entity: bool,
    /// The rule beside the evidence that bars it.
    pub barred: Option<RefusalReason>,
    /// The blocking rules under which the two met.
    pub blocking: Vec<String>,
}

impl Pair<'_> {
    /// The pair as it is told; `used` says whether a blocking rule is in use.
    pub(super) fn explained(
        self,
        scorer: &Scorer<'_>,
        threshold: f64,
        used: impl Fn(usize) -> bool,
    ) -> PairExplanation {
        let data = scorer.data();
        let apart = !self.same_entity;
        let refused = apart.then(|| refusal_of(&self.edge, self.barred, data, scorer, threshold)).flatten();
        let why_not = apart.then(|| self.why_not(refused, data, threshold, used));
        let (a, b) = self.keys;
        PairExplanation {
            a: a.clone(),
            b: b.clone(),
            probability: self.evidence.probability(),
            decision: decision(self.edge.bits, threshold, refused),
            same_entity: self.same_entity,
            refused,
            blocking: self.blocking,
            evidence: self.evidence,
            threshold: Weight(threshold),
            why_not,
        }
    }

    fn why_not(
        &self,
        refused: Option<RefusalReason>,
        data: &Prepared,
        threshold: f64,
        used: impl Fn(usize) -> bool,
    ) -> WhyNot {
        let bits = self.edge.bits;
        let compared = !self.blocking.is_empty();
        // What two entities contradict each other in says nothing of a pair that nobody has looked at.
        let refused = refused.filter(|reason| compared || *reason != RefusalReason::ConflictingEntities);
        let rules = [self.barred, refused.filter(|_| refused != self.barred)];
        let obstacles = rules.into_iter().flatten().map(Obstacle::Rule);
        let below = (bits <= threshold).then_some(Obstacle::BelowThreshold);
        let unseen = (!compared).then_some(Obstacle::NotCompared);
        let mut against: Vec<Contribution> =
            self.evidence.contributions.iter().filter(|c| c.weight < Weight::ZERO).cloned().collect();
        against.sort_by(|x, y| x.weight.bits().total_cmp(&y.weight.bits()));
        let (unmet, crowded) = self.unmet(data, used);
        WhyNot {
            obstacles: obstacles.chain(below).chain(unseen).collect(),
            missing: Weight((threshold - bits).max(0.0)),
            against,
            unmet,
            crowded,
        }
    }

    /// The rules in use under which the two could meet and do not: those where they share no key, and
    /// those where they share one with too many.
    fn unmet(&self, data: &Prepared, used: impl Fn(usize) -> bool) -> (Vec<String>, Vec<String>) {
        let (keys, mut of_a, mut of_b) = (Keys::new(data), Vec::new(), Vec::new());
        let (mut unmet, mut crowded) = (Vec::new(), Vec::new());
        for (_, rule) in RULES.iter().enumerate().filter(|&(at, rule)| used(at) && rule.applies(data)) {
            if rule.name == SMALL_TABLE || self.blocking.iter().any(|met| met == rule.name) {
                continue;
            }
            keys.of(rule, self.edge.a, &mut of_a);
            keys.of(rule, self.edge.b, &mut of_b);
            if of_a.is_empty() || of_b.is_empty() {
                continue;
            }
            let shared = of_a.iter().any(|key| of_b.binary_search(key).is_ok());
            if shared { &mut crowded } else { &mut unmet }.push(rule.name.to_owned());
        }
        (unmet, crowded)
    }
}

fn decision(bits: f64, threshold: f64, refused: Option<RefusalReason>) -> Decision {
    if bits > threshold {
        return if refused.is_some() { Decision::Review } else { Decision::Match };
    }
    if bits > threshold - REVIEW_BITS { Decision::Review } else { Decision::NoMatch }
}
