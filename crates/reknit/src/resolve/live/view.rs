//! What hangs together, and how it groups: as things are, or as they would be without one record.
//!
//! A component is walked from link to link; its rows are put in the order of their keys, numbered from
//! 0, and handed to the code that groups a batch. Nothing is changed here, so that a question can be
//! asked of the same code that changes are made with. Cost: linear in the links of a component, and
//! what grouping it costs.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::cluster::{Edge, Grouping, Rules, cluster_few};
use super::super::compare::Comparer;
use super::super::score::{FilterCache, Scorer};
use super::super::{RefusalReason, heard};
use super::LiveResolver;
use crate::model::RecordKey;
use crate::partition::Constraints;

/// The records and links of an engine.
pub(super) struct View<'a> {
    live: &'a LiveResolver,
    scorer: Scorer<'a>,
    facts: bool,
    /// A row that is thought away.
    gone: Option<u32>,
    /// Links that are there because it is gone.
    extra: FxHashMap<u32, Vec<u32>>,
}

impl<'a> View<'a> {
    /// Things as they are.
    pub(super) fn now(live: &'a LiveResolver) -> Self {
        let facts = live.has_facts();
        Self { live, scorer: live.scorer(), facts, gone: None, extra: FxHashMap::default() }
    }

    /// Things as they would be without a row; with the rows whose group may be another then.
    pub(super) fn without(live: &'a LiveResolver, row: u32, comparer: &mut Comparer<'_>) -> (Self, Vec<u32>) {
        let mut view = Self::now(live);
        let mut touched: Vec<u32> = live.links.of(row).map(|(other, _)| other).collect();
        touched.extend(live.concerned(&live.archive.key(row)));
        let mut cache = FilterCache::new();
        for (a, b) in meetings_without(live, row) {
            if live.links.between(a, b) == Some(true) || view.linked(a, b) {
                continue;
            }
            if live.links.between(a, b) == Some(false) || view.weighs_enough(a, b, comparer, &mut cache) {
                view.extra.entry(a).or_default().push(b);
                view.extra.entry(b).or_default().push(a);
                touched.extend([a, b]);
            }
        }
        view.gone = Some(row);
        (view, touched)
    }

    fn linked(&self, a: u32, b: u32) -> bool {
        self.extra.get(&a).is_some_and(|others| others.contains(&b))
    }

    /// Whether a pair that meets for the first time is a link.
    fn weighs_enough(&self, a: u32, b: u32, comparer: &mut Comparer<'_>, cache: &mut FilterCache) -> bool {
        let glanced = comparer.glance(a, b);
        let vector = self.live.tools.filter.look(comparer, cache, glanced, (a, b));
        vector.is_some_and(|vector| self.edge(a, b, vector).bits > self.live.threshold())
    }

    /// A pair and what it says.
    fn edge(&self, a: u32, b: u32, vector: super::super::compare::Vector) -> Edge {
        let mut edge = Edge { a, b, bits: self.scorer.bits(a, b, vector), vector };
        if self.facts {
            edge.bits = heard(&edge, &self.scorer, self.live.threshold());
        }
        edge
    }

    /// The groups of all components that some rows are in, in the order of their first rows.
    pub(super) fn groups(&self, rows: &[u32], comparer: &mut Comparer<'_>) -> Vec<Vec<u32>> {
        let mut seen = FxHashSet::default();
        let mut groups: Vec<Vec<u32>> = Vec::new();
        for &row in rows {
            if seen.contains(&row) || !self.there(row) {
                continue;
            }
            let component = self.component(row);
            seen.extend(component.iter().copied());
            if let [_] = component[..] {
                groups.push(component);
                continue;
            }
            let Grouping { labels, .. } = self.solve(&component, comparer);
            let first = groups.len();
            let mut place = vec![usize::MAX; component.len()];
            for (&row, &label) in component.iter().zip(&labels) {
                let place = &mut place[label as usize];
                if *place == usize::MAX {
                    *place = groups.len() - first;
                    groups.push(Vec::new());
                }
                groups[first + *place].push(row);
            }
        }
        groups.sort_by(|a, b| self.live.archive.order(a[0], b[0]));
        groups
    }

    fn there(&self, row: u32) -> bool {
        self.gone != Some(row) && self.live.archive.holds(row)
    }

    /// The rows that hang together with a row, in the order of their keys.
    pub(super) fn component(&self, row: u32) -> Vec<u32> {
        let (mut seen, mut rows) = (FxHashSet::from_iter([row]), vec![row]);
        let mut at = 0;
        while at < rows.len() {
            for other in self.partners(rows[at]) {
                if seen.insert(other) {
                    rows.push(other);
                }
            }
            at += 1;
        }
        rows.sort_unstable_by(|&a, &b| self.live.archive.order(a, b));
        rows
    }

    /// The rows a row hangs together with by a pair of their own.
    fn partners(&self, row: u32) -> Vec<u32> {
        let mut partners = self.links(row);
        partners.retain(|&other| self.barred(row, other).is_none());
        if !self.live.decisions.is_empty() {
            partners.extend(self.decided(row, |key| self.live.decisions.must_of(key).cloned().collect()));
        }
        partners
    }

    /// The partners of the links of a row that are awake.
    fn links(&self, row: u32) -> Vec<u32> {
        let extra = self.extra.get(&row).into_iter().flatten().copied();
        let awake = self.live.links.of(row).filter(|link| link.1).map(|(other, _)| other);
        awake.filter(|&other| self.gone != Some(other)).chain(extra).collect()
    }

    /// The rows of the records that `of` gives for the record in `row`.
    fn decided(&self, row: u32, of: impl Fn(&RecordKey) -> Vec<RecordKey>) -> Vec<u32> {
        let rows = of(&self.live.archive.key(row)).into_iter().filter_map(|key| self.live.row(&key));
        rows.filter(|&row| self.there(row)).collect()
    }

    /// The rule beside the evidence that keeps two rows apart.
    pub(super) fn barred(&self, a: u32, b: u32) -> Option<RefusalReason> {
        let LiveResolver { decisions, archive, resolver, data, .. } = self.live;
        let one_source = resolver.config.links_only_between_sources
            && data.sources[a as usize] == data.sources[b as usize];
        let same_source = one_source.then_some(RefusalReason::SameSource);
        if decisions.is_empty() {
            return same_source;
        }
        let there = |key: &RecordKey| self.live.row(key).is_some_and(|row| self.there(row));
        let (a, b) = (archive.key(a), archive.key(b));
        let (of_a, of_b) = (decisions.group(&a, there), decisions.group(&b, there));
        if of_a.contains(&b) {
            return None;
        }
        if decisions.apart(&of_a, &of_b) { Some(RefusalReason::CannotLink) } else { same_source }
    }

    /// The groups of a component, by the places of its rows.
    pub(super) fn solve(&self, rows: &[u32], comparer: &mut Comparer<'_>) -> Grouping {
        let place: FxHashMap<u32, u32> = rows.iter().zip(0..).map(|(&row, at)| (row, at)).collect();
        let pairs = |of: &dyn Fn(u32) -> Vec<u32>| -> Vec<(u32, u32)> {
            let others = |(at, &row): (usize, &u32)| {
                let places = of(row).into_iter().filter_map(|other| place.get(&other).copied());
                places
                    .filter(move |&other| at < other as usize)
                    .map(move |other| (at as u32, other))
                    .collect()
            };
            let mut pairs: Vec<(u32, u32)> = rows.iter().enumerate().flat_map::<Vec<_>, _>(others).collect();
            pairs.sort_unstable();
            pairs
        };
        let mut weigh = |i: u32, j: u32| {
            let (a, b) = (rows[i as usize], rows[j as usize]);
            Edge { a: i, b: j, ..self.edge(a, b, comparer.vector(a, b)) }
        };
        let edges: Vec<Edge> = pairs(&|row| self.links(row)).into_iter().map(|(i, j)| weigh(i, j)).collect();
        let LiveResolver { decisions, data, resolver, .. } = self.live;
        let (must, cannot) = if decisions.is_empty() {
            (Vec::new(), Vec::new())
        } else {
            let must = |row| self.decided(row, |key| decisions.must_of(key).cloned().collect());
            let cannot = |row| self.decided(row, |key| decisions.cannot_of(key).cloned().collect());
            (pairs(&must), pairs(&cannot))
        };
        let constraints = Constraints::new(rows.len(), &must, &cannot)
            .expect("decisions that contradict each other are refused when they are made");
        let sources: Vec<u32> = rows.iter().map(|&row| data.sources[row as usize]).collect();
        let one_per_source = resolver.config.links_only_between_sources.then_some(&sources[..]);
        let threshold = self.live.threshold();
        let rules = Rules { constraints: &constraints, must: &must, one_per_source, threshold };
        cluster_few(data, rows.len(), &edges, &rules, &mut weigh)
    }
}

/// The pairs that would meet if a row were gone and do not meet for sure as things are.
fn meetings_without(live: &LiveResolver, row: u32) -> Vec<(u32, u32)> {
    let places = live.places(row);
    let mut pairs: Vec<(u32, u32)> = places.around.0.zip(places.around.1).into_iter().collect();
    let mut blocks: Vec<Vec<u32>> =
        places.keys.iter().filter_map(|&key| live.postings.one_too_many(key)).map(<[u32]>::to_vec).collect();
    if live.few.one_too_many() {
        blocks.push(live.archive.held().collect());
    }
    for mut block in blocks {
        block.retain(|&other| other != row);
        for (at, &a) in block.iter().enumerate() {
            pairs.extend(block[at + 1..].iter().map(|&b| (a, b)));
        }
    }
    pairs
}
