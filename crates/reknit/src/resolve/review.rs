//! The pairs a person should look at next: those whose answers teach most.
//!
//! A pair is worth looking at when the model is unsure of it (near the threshold: uncertainty sampling,
//! Lewis and Gale 1994), when the answer changes much (large entities would be joined, or a record taken
//! out of one), and when no pair like it was asked about before: pairs are taken one by one, and each
//! lowers the worth of those with a similar comparison vector (maximal marginal relevance, Carbonell and
//! Goldstein 1998). About two entities one pair is asked. Pairs that people have decided or labelled are
//! left out. Equal worth goes by record keys. Cost: that of a resolution, and the pairs asked for times
//! the different vectors.

use hashbrown::{HashMap, HashSet};

use super::cluster::{Edge, Grouping, Rules};
use super::compare::Vector;
use super::labels::{self, Label};
use super::score::{self, Scorer};
use super::{Resolver, constraints, group, rules};
use crate::Result;
use crate::model::{Evidence, Table, Watch, Weight};

/// A pair worth a look.
#[derive(Debug, Clone, PartialEq)]
pub struct ReviewPair {
    /// The one row of the table.
    pub a: u32,
    /// The other row.
    pub b: u32,
    /// What speaks for one entity and against it.
    pub evidence: Evidence,
    /// The probability the evidence stands for.
    pub probability: f64,
    /// Whether both are in one entity as things stand.
    pub same_entity: bool,
}

impl Resolver {
    /// The `count` pairs of `table` whose answers teach most, the best first; fewer where there are not
    /// so many. `labels` are what is known already.
    ///
    /// # Errors
    /// As [`Resolver::resolve`]; `not_found` when a record named in `labels` is not in the table.
    pub fn review(
        &self,
        table: &Table,
        labels: &[Label],
        count: usize,
        watch: &mut Watch<'_>,
    ) -> Result<Vec<ReviewPair>> {
        let data = &self.read(table, watch)?;
        let blocks = self.blocks(data, watch)?;
        let sieve = self.sieve(data);
        let (edges, _) = blocks.pairs(data, &sieve, self.config.workers(), watch)?;
        let (must, constraints) = constraints(&self.config, table, data)?;
        let rules = rules(&self.config, data, &must, &constraints);
        let grouping = group(data, &edges, &sieve.scorer, &rules, &self.config);
        let known = labels::rows(labels, table, data)?.into_iter().map(|(a, b)| (a.min(b), a.max(b)));
        let mut queue = Queue::new(&edges, &known.collect(), &grouping, &rules, data.slots.len());
        let asked = std::iter::from_fn(|| queue.next()).take(count);
        Ok(asked.map(|edge| told(&edge, &grouping, &sieve.scorer)).collect())
    }
}

fn told(edge: &Edge, grouping: &Grouping, scorer: &Scorer<'_>) -> ReviewPair {
    let data = scorer.data();
    let parts = scorer.parts(edge.a, edge.b, edge.vector);
    let evidence = score::evidence(&data.slots, scorer.prior(), &parts);
    ReviewPair {
        a: data.original[edge.a as usize],
        b: data.original[edge.b as usize],
        probability: evidence.probability(),
        evidence,
        same_entity: grouping.labels[edge.a as usize] == grouping.labels[edge.b as usize],
    }
}

/// Pairs of one comparison vector, the one worth least first.
struct Pattern {
    vector: Vector,
    pairs: Vec<(f64, Edge)>,
    /// How much those asked about are like it, in pairs.
    crowd: f64,
}

/// The pairs not asked about yet.
struct Queue<'a> {
    patterns: Vec<Pattern>,
    grouping: &'a Grouping,
    /// Pairs of entities asked about.
    asked: HashSet<(u32, u32)>,
    slots: usize,
}

impl<'a> Queue<'a> {
    fn new(
        edges: &[Edge],
        known: &HashSet<(u32, u32)>,
        grouping: &'a Grouping,
        rules: &Rules<'_>,
        slots: usize,
    ) -> Self {
        let mut sizes = vec![0_u32; grouping.labels.len()];
        for &label in &grouping.labels {
            sizes[label as usize] += 1;
        }
        let mut places: HashMap<u64, usize> = HashMap::new();
        let mut patterns: Vec<Pattern> = Vec::new();
        for edge in edges {
            let pair = (edge.a.min(edge.b), edge.a.max(edge.b));
            if known.contains(&pair) || rules.decided(edge.a, edge.b) {
                continue;
            }
            let place = *places.entry(edge.vector.0).or_insert_with(|| {
                patterns.push(Pattern { vector: edge.vector, pairs: Vec::new(), crowd: 0.0 });
                patterns.len() - 1
            });
            patterns[place].pairs.push((worth(edge, grouping, &sizes, rules.threshold), *edge));
        }
        for pattern in &mut patterns {
            pattern.pairs.sort_by(|x, y| x.0.total_cmp(&y.0).then((y.1.a, y.1.b).cmp(&(x.1.a, x.1.b))));
        }
        Self { patterns, grouping, asked: HashSet::new(), slots }
    }

    /// The pair worth most after those before it.
    fn next(&mut self) -> Option<Edge> {
        for pattern in &mut self.patterns {
            while pattern
                .pairs
                .last()
                .is_some_and(|(_, edge)| self.asked.contains(&entities(edge, self.grouping)))
            {
                pattern.pairs.pop();
            }
        }
        let gain = |pattern: &Pattern| {
            pattern.pairs.last().map(|(worth, edge)| (worth / (1.0 + pattern.crowd), edge.a, edge.b))
        };
        let best = self.patterns.iter().enumerate().filter_map(|(at, pattern)| Some((gain(pattern)?, at)));
        let (_, at) =
            best.max_by(|((x, a, b), _), ((y, c, d), _)| x.total_cmp(y).then((c, d).cmp(&(a, b))))?;
        let (_, edge) = self.patterns[at].pairs.pop()?;
        self.asked.insert(entities(&edge, self.grouping));
        for pattern in &mut self.patterns {
            pattern.crowd += likeness(pattern.vector, edge.vector, self.slots);
        }
        Some(edge)
    }
}

/// The entities of a pair.
fn entities(edge: &Edge, grouping: &Grouping) -> (u32, u32) {
    let (x, y) = (grouping.labels[edge.a as usize], grouping.labels[edge.b as usize]);
    (x.min(y), x.max(y))
}

/// How much the answer on a pair may change.
fn worth(edge: &Edge, grouping: &Grouping, sizes: &[u32], threshold: f64) -> f64 {
    let (x, y) = entities(edge, grouping);
    let (x_size, y_size) = (f64::from(sizes[x as usize]), f64::from(sizes[y as usize]));
    // Pairs of records that would be joined, or parted from one that is taken out.
    let pairs = if x == y { x_size - 1.0 } else { x_size * y_size };
    let p = Weight(edge.bits - threshold).probability();
    4.0 * p * (1.0 - p) * (1.0 + pairs).log2()
}

/// From 0 to 1: the cube of the share of comparisons in which two vectors are of one level.
fn likeness(x: Vector, y: Vector, slots: usize) -> f64 {
    let same = (0..slots).filter(|&slot| x.level(slot) == y.level(slot)).count();
    (same as f64 / slots.max(1) as f64).powi(3)
}
