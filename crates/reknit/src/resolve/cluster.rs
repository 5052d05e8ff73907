//! Weighed pairs to entities.
//!
//! Joining every pair above the threshold (connected components) lets one wrong link fuse two people
//! with all their records. Here a component is only where to look: inside it all pairs are weighed,
//! also those that never met in a block, and groups are joined by the mean weight between them, best
//! first, as long as that speaks for it (average linkage; the correlation clustering view is Bansal,
//! Blum and Chawla 2004). What must not be together never is; what must be is joined first. A
//! component too large to be weighed whole is first cut at its weakest links. Ties are broken by
//! record keys. Cost: the cube of a component's size, which is bounded.

use std::cmp::Ordering;

use super::aspect::{Aspect, EXACT, NULL};
use super::compare::{
    A_GENERATION_APART, NAMES_SHARE_WORDS, NAMES_SIMILAR, OTHER_GENERATION, SURNAME_OF_OTHER_GENERATION,
};
use super::compare::{Comparer, Vector};
use super::values::Prepared;
use crate::model::Weight;
use crate::partition::{Constraints, UnionFind};

/// A pair and its weight in bits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Edge {
    pub a: u32,
    pub b: u32,
    pub bits: f64,
    pub vector: Vector,
}

/// The bits above which single linkage makes no more links than so many that the expected share of
/// false ones among them is `rate`; no less than the threshold of `rules`. Only links count, not every
/// pair they imply: a merge is right or wrong once.
pub(super) fn bits_for_rate(edges: &[Edge], rows: usize, rules: &Rules<'_>, rate: f64) -> f64 {
    let mut edges: Vec<Edge> = edges.iter().filter(|edge| rules.joins(edge)).copied().collect();
    edges.sort_by(|x, y| y.bits.total_cmp(&x.bits).then((x.a, x.b).cmp(&(y.a, y.b))));
    let mut union = UnionFind::new(rows);
    for &(a, b) in rules.must {
        union.join(a, b);
    }
    let (mut links, mut wrong) = (0.0, 0.0);
    for edge in edges {
        if union.join(edge.a, edge.b) {
            links += 1.0;
            wrong += 1.0 - Weight(edge.bits).probability();
            // Probabilities fall from link to link, so the share only grows.
            if wrong > rate * links {
                return edge.bits;
            }
        }
    }
    rules.threshold
}

/// What keeps records together or apart beside the evidence.
pub(super) struct Rules<'a> {
    pub constraints: &'a Constraints,
    /// Must-links, as rows.
    pub must: &'a [(u32, u32)],
    /// The source of each row, when a source lists an entity at most once.
    pub one_per_source: Option<&'a [u32]>,
    /// Bits above which a pair is a match.
    pub threshold: f64,
}

impl Rules<'_> {
    pub(super) fn same_source(&self, a: u32, b: u32) -> bool {
        self.one_per_source.is_some_and(|sources| sources[a as usize] == sources[b as usize])
    }

    /// Whether people have decided about a pair, or its sources do.
    pub(super) fn decided(&self, a: u32, b: u32) -> bool {
        self.constraints.group(a) == self.constraints.group(b) || self.forbids(a, b)
    }

    /// Whether a pair joins two records, as far as it is asked alone.
    fn joins(&self, edge: &Edge) -> bool {
        edge.bits > self.threshold && !self.forbids(edge.a, edge.b)
    }

    /// Whether anything is forbidden at all.
    fn any(&self) -> bool {
        self.one_per_source.is_some() || !self.constraints.allows_all()
    }

    fn forbids(&self, a: u32, b: u32) -> bool {
        let must = self.constraints.group(a) == self.constraints.group(b);
        !must && (self.constraints.forbids(a, b) || self.same_source(a, b))
    }
}

/// Entities as labels of rows, and the links that hold them.
#[derive(Debug, Default)]
pub(super) struct Grouping {
    /// The smallest row of each row's entity.
    pub labels: Vec<u32>,
    /// For each entity a tree of its strongest links.
    pub links: Vec<Edge>,
}

impl Grouping {
    /// Every row alone.
    fn apart(rows: usize) -> Self {
        Self { labels: (0..rows as u32).collect(), links: Vec::new() }
    }

    /// Takes up the groups of a component.
    fn place(&mut self, component: &Component, groups: &[u32], links: Vec<Edge>) {
        for (&row, &group) in component.rows.iter().zip(groups) {
            self.labels[row as usize] = group;
        }
        self.links.extend(links);
    }
}

/// Components up to this size are weighed whole: 200 records are 20,000 pairs, some milliseconds.
const WHOLE: usize = 200;
/// One pair speaks for a join with at most this many bits, so that a mean is not one voice.
const LOUDEST_FOR: f64 = 12.0;
/// And against it with at most these: two records of one person often have little in common, while
/// two strangers seldom have much.
const LOUDEST_AGAINST: f64 = 3.0;
/// Where three records and more hang together, each pair speaks with so many bits more: that both fit
/// a third makes it likelier that they are one. On eight contact sets of 1,000 to 1,000,000 records 2
/// bits, with [`LOUDEST_AGAINST`] of 3, give a better or an equal pairwise and B-cubed F1 than none
/// with 4 (.948 for .927 on 50,000 historical figures, .904 for .894 on 20,000 sparse contacts).
const COMPANY: f64 = 2.0;
/// By how many bits the threshold rises when a component is cut.
const CUT: f64 = 1.0;

/// Labels of the rows that pairs above the threshold connect: the first row of each. Good enough to
/// count how many entities hold a value.
pub(super) fn connected_by(edges: &[Edge], rows: usize, rules: &Rules<'_>) -> Vec<u32> {
    let mut union = union_of(edges, rows, rules);
    (0..rows as u32).map(|row| union.root(row)).collect()
}

/// The rows that pairs above the threshold and must-links connect.
fn union_of(edges: &[Edge], rows: usize, rules: &Rules<'_>) -> UnionFind {
    let mut union = UnionFind::new(rows);
    let strong = edges.iter().filter(|edge| rules.joins(edge)).map(|edge| (edge.a, edge.b));
    for (a, b) in strong.chain(rules.must.iter().copied()) {
        union.join(a, b);
    }
    union
}

/// Groups the rows of `data`. `weigh` gives the bits of a pair.
pub(super) fn cluster(
    data: &Prepared,
    edges: &[Edge],
    rules: &Rules<'_>,
    weigh: &(dyn Fn(u32, u32, Vector) -> f64 + Sync),
    workers: usize,
) -> Grouping {
    let mut grouping = Grouping::apart(data.rows);
    let components = components(data, edges, rules, &mut grouping);
    let share = components.len().div_ceil(workers).max(1);
    let found: Vec<Vec<(Vec<u32>, Vec<Edge>)>> = std::thread::scope(|scope| {
        let handles: Vec<_> = components
            .chunks(share)
            .map(|of_worker| {
                scope.spawn(move || {
                    let mut comparer = Comparer::new(data);
                    let mut pair = |a, b| {
                        let vector = comparer.vector(a, b);
                        Edge { a, b, bits: weigh(a, b, vector), vector }
                    };
                    of_worker.iter().map(|part| solve(part, rules, data, &mut pair)).collect()
                })
            })
            .collect();
        handles.into_iter().map(|handle| handle.join().expect("clustering does not panic")).collect()
    });
    for (component, (groups, links)) in components.iter().zip(found.into_iter().flatten()) {
        grouping.place(component, &groups, links);
    }
    grouping.links.sort_unstable_by_key(|link| (link.a, link.b));
    grouping
}

/// Groups a few rows that are numbered by themselves, in the order of their keys: what
/// [`cluster`] makes of them where no other row hangs together with them. `pair` compares and weighs
/// two of them.
pub(super) fn cluster_few(
    data: &Prepared,
    rows: usize,
    edges: &[Edge],
    rules: &Rules<'_>,
    pair: &mut dyn FnMut(u32, u32) -> Edge,
) -> Grouping {
    let mut grouping = Grouping::apart(rows);
    for component in components(data, edges, rules, &mut grouping) {
        let (groups, links) = solve(&component, rules, data, pair);
        grouping.place(&component, &groups, links);
    }
    grouping.links.sort_unstable_by_key(|link| (link.a, link.b));
    grouping
}

/// Rows that hang together, ascending, and the weighed pairs and must-links among them.
struct Component {
    rows: Vec<u32>,
    edges: Vec<Edge>,
    must: Vec<(u32, u32)>,
}

/// The components that are to be solved. Most people have two records: those hang together by one
/// pair that weighs enough and only a rule can part them, so they go straight into `grouping`.
fn components(data: &Prepared, edges: &[Edge], rules: &Rules<'_>, grouping: &mut Grouping) -> Vec<Component> {
    let rows = grouping.labels.len();
    let mut union = union_of(edges, rows, rules);
    let roots: Vec<u32> = (0..rows as u32).map(|row| union.root(row)).collect();
    let mut sizes = vec![0_u32; rows];
    for &root in &roots {
        sizes[root as usize] += 1;
    }
    // Decided by people: never straight.
    for &(a, _) in rules.must {
        sizes[roots[a as usize] as usize] += 1;
    }
    for edge in edges.iter().filter(|edge| sizes[roots[edge.a as usize] as usize] == 2 && rules.joins(edge)) {
        if !are_relatives(edge.vector, data) {
            grouping.labels[edge.a.max(edge.b) as usize] = edge.a.min(edge.b);
            grouping.links.push(*edge);
        }
    }
    let all: Vec<u32> = (0..rows as u32).collect();
    let found = clusters(&roots, &sizes, &all, 3);
    let (mut parts, large): (Vec<_>, Vec<_>) = found.into_iter().partition(|part| part.len() <= WHOLE);
    let mut spread = Spread::new(rows);
    let joining = |edge: &&Edge| rules.joins(edge);
    let inside: Vec<Edge> =
        if large.is_empty() { Vec::new() } else { edges.iter().filter(joining).copied().collect() };
    let whole = spread.components(large, &inside, rules.must);
    let mut open: Vec<(Component, f64)> =
        whole.into_iter().map(|whole| (whole, rules.threshold + CUT)).collect();
    while let Some((whole, threshold)) = open.pop() {
        let cut = connected(&whole, threshold);
        if dissolves(&whole, &cut) {
            parts.push(whole.rows);
            continue;
        }
        let (small, large): (Vec<_>, Vec<_>) = cut.into_iter().partition(|part| part.len() <= WHOLE);
        parts.extend(small);
        let large = spread.components(large, &whole.edges, &whole.must);
        open.extend(large.into_iter().map(|part| (part, threshold + CUT)));
    }
    parts.sort_unstable_by_key(|part| part[0]);
    spread.components(parts, edges, rules.must)
}

/// Whether a cut leaves most records alone: then they are alike, and no cut tells them apart.
fn dissolves(whole: &Component, cut: &[Vec<u32>]) -> bool {
    2 * cut.iter().map(Vec::len).sum::<usize>() < whole.rows.len()
}

/// The connected parts, of two rows and more, of a component whose pairs weigh more than `threshold`.
fn connected(whole: &Component, threshold: f64) -> Vec<Vec<u32>> {
    let place = |row: u32| whole.rows.partition_point(|&r| r < row) as u32;
    let mut union = UnionFind::new(whole.rows.len());
    let strong = whole.edges.iter().filter(|edge| edge.bits > threshold).map(|edge| (edge.a, edge.b));
    for (a, b) in strong.chain(whole.must.iter().copied()) {
        union.join(place(a), place(b));
    }
    let roots: Vec<u32> = (0..whole.rows.len() as u32).map(|item| union.root(item)).collect();
    let mut sizes = vec![0_u32; roots.len()];
    for &root in &roots {
        sizes[root as usize] += 1;
    }
    clusters(&roots, &sizes, &whole.rows, 2)
}

/// The clusters of so many items and more, each as its rows, ascending; by the root of each item and
/// the size of each root's cluster.
fn clusters(roots: &[u32], sizes: &[u32], rows: &[u32], least: u32) -> Vec<Vec<u32>> {
    // The place of a root's cluster, once it has one.
    let mut places = vec![u32::MAX; rows.len()];
    let mut found: Vec<Vec<u32>> = Vec::new();
    for (&row, &root) in rows.iter().zip(roots).filter(|(_, root)| sizes[**root as usize] >= least) {
        let place = &mut places[root as usize];
        if *place == u32::MAX {
            *place = found.len() as u32;
            found.push(Vec::with_capacity(sizes[root as usize] as usize));
        }
        found[*place as usize].push(row);
    }
    found
}

/// Gives pairs to the parts that hold both their rows.
struct Spread {
    /// The part of each row while pairs are given out.
    part_of: Vec<u32>,
}

impl Spread {
    fn new(rows: usize) -> Self {
        Self { part_of: vec![u32::MAX; rows] }
    }

    /// Parts with the pairs and must-links inside each.
    fn components(&mut self, parts: Vec<Vec<u32>>, edges: &[Edge], must: &[(u32, u32)]) -> Vec<Component> {
        if parts.is_empty() {
            return Vec::new();
        }
        for (at, part) in parts.iter().enumerate() {
            for &row in part {
                self.part_of[row as usize] = at as u32;
            }
        }
        let mut components: Vec<Component> =
            parts.into_iter().map(|rows| Component { rows, edges: Vec::new(), must: Vec::new() }).collect();
        let part = |a: u32, b: u32| {
            let at = self.part_of[a as usize];
            (at != u32::MAX && self.part_of[b as usize] == at).then_some(at as usize)
        };
        for edge in edges {
            if let Some(at) = part(edge.a, edge.b) {
                components[at].edges.push(*edge);
            }
        }
        for &(a, b) in must {
            if let Some(at) = part(a, b) {
                components[at].must.push((a, b));
            }
        }
        for component in &components {
            for &row in &component.rows {
                self.part_of[row as usize] = u32::MAX;
            }
        }
        components
    }
}

/// The groups of one component, and the strongest links inside them.
fn solve(
    component: &Component,
    rules: &Rules<'_>,
    data: &Prepared,
    pair: &mut dyn FnMut(u32, u32) -> Edge,
) -> (Vec<u32>, Vec<Edge>) {
    let rows = &component.rows;
    if rows.len() > WHOLE {
        return chain(component, rules);
    }
    let mut edges: Vec<Option<Edge>> = vec![None; rows.len() * rows.len()];
    let place = |row: u32| rows.partition_point(|&r| r < row);
    for edge in &component.edges {
        edges[place(edge.a.min(edge.b)) * rows.len() + place(edge.a.max(edge.b))] = Some(*edge);
    }
    let mut linkage = Linkage::new(rows.len());
    for i in 0..rows.len() {
        for j in i + 1..rows.len() {
            let (a, b) = (rows[i], rows[j]);
            let edge = edges[i * rows.len() + j].get_or_insert_with(|| pair(a, b));
            let voice = voice(edge.bits - rules.threshold);
            let apart = rules.forbids(a, b) || are_relatives(edge.vector, data);
            linkage.set(i, j, if apart { f64::NEG_INFINITY } else { voice });
        }
    }
    for &(a, b) in &component.must {
        linkage.join(place(a), place(b));
    }
    while let Some((i, j)) = linkage.best() {
        linkage.join(i, j);
    }
    let groups: Vec<u32> = (0..rows.len()).map(|i| rows[linkage.group[i]]).collect();
    let links = strongest(edges.into_iter().flatten().collect(), rows, &groups);
    (groups, links)
}

/// The bits of a pair that is to say nothing.
pub(super) fn silent(threshold: f64) -> f64 {
    threshold - COMPANY
}

/// How much a pair of some bits above the threshold counts among others.
fn voice(bits: f64) -> f64 {
    let bits = (bits + COMPANY).max(-LOUDEST_AGAINST);
    // Of two loud voices the louder one still goes first.
    if bits > LOUDEST_FOR { LOUDEST_FOR + 0.02 * (bits - LOUDEST_FOR) } else { bits }
}

/// Whether two records are of two people of one family, however much the home and the name agree.
fn are_relatives(vector: Vector, data: &Prepared) -> bool {
    generations_conflict(vector, data) || are_twins(vector, data)
}

/// Whether two records are of twins: one family name, home and day of birth, but two given names, and no
/// identifier of their own that is the same. In a table with numbers of the state those tell. Where the
/// phone or the street contradicts, a given name typed wrong is likelier.
pub(super) fn are_twins(vector: Vector, data: &Prepared) -> bool {
    let level = |aspect: Aspect| data.place(aspect).map_or(NULL, |slot| vector.level(slot));
    let own = [Aspect::Email, Aspect::Handle, Aspect::PlatformId];
    level(Aspect::BirthDate) == EXACT
        && (level(Aspect::GivenName) == Aspect::GivenName.different() && level(Aspect::Surname) == EXACT
            || matches!(level(Aspect::Name), NAMES_SIMILAR | NAMES_SHARE_WORDS))
        && share_a_home(vector, data)
        && level(Aspect::Phone) != Aspect::Phone.different()
        && level(Aspect::Street) != Aspect::Street.different()
        && data.place(Aspect::NationalId).is_none()
        && own.into_iter().all(|own| level(own) != EXACT)
}

/// Whether two records share a phone or a street.
fn share_a_home(vector: Vector, data: &Prepared) -> bool {
    let level = |aspect: Aspect| data.place(aspect).map_or(NULL, |slot| vector.level(slot));
    [Aspect::Phone, Aspect::Street].into_iter().any(|shared| level(shared) == EXACT)
}

/// Whether two records are of parent and child, however much the home and the name agree.
///
/// They are when their names say so (`Sr.`, `Jr.`). And they are when the records share a phone or a
/// street, their dates of birth differ by what no slip explains, and they have e-mails or handles of
/// which none is the same: two of one name have similar ones (`h.dahl57`, `h.dahl88`). Where neither
/// has an address to tell, the dates must lie a generation apart, and the table must not have numbers
/// of the state, which tell people apart by themselves: beside those a wrong date of birth is likelier
/// (on the FEBRL sets, whose dates are much corrupted, the rule would part one pair in ten).
pub(super) fn generations_conflict(vector: Vector, data: &Prepared) -> bool {
    let level = |aspect: Aspect| data.place(aspect).map_or(NULL, |slot| vector.level(slot));
    if level(Aspect::Name) == OTHER_GENERATION || level(Aspect::Surname) == SURNAME_OF_OTHER_GENERATION {
        return true;
    }
    let addresses = [Aspect::Email, Aspect::Handle].map(level);
    let told = if addresses == [NULL, NULL] {
        level(Aspect::BirthDate) == A_GENERATION_APART && data.place(Aspect::NationalId).is_none()
    } else {
        level(Aspect::BirthDate) >= A_GENERATION_APART && !addresses.contains(&EXACT)
    };
    told && share_a_home(vector, data)
}

/// The groups of a component that does not fall apart and is too large to be weighed whole: its links
/// one after the other, the strongest first, unless two of the records must not be together.
fn chain(component: &Component, rules: &Rules<'_>) -> (Vec<u32>, Vec<Edge>) {
    let rows = &component.rows;
    let place = |row: u32| rows.partition_point(|&r| r < row) as u32;
    let mut union = UnionFind::new(rows.len());
    let mut members: Vec<Vec<u32>> = rows.iter().map(|&row| vec![row]).collect();
    let mut edges = component.edges.clone();
    edges.retain(|edge| edge.bits > rules.threshold);
    edges.sort_by(|x, y| y.bits.total_cmp(&x.bits).then((x.a, x.b).cmp(&(y.a, y.b))));
    let must = component.must.iter().map(|&(a, b)| (a, b, true));
    for (a, b, decided) in must.chain(edges.iter().map(|edge| (edge.a, edge.b, false))) {
        let (i, j) = (union.root(place(a)) as usize, union.root(place(b)) as usize);
        let barred = |&x: &u32| members[j].iter().any(|&y| rules.forbids(x, y));
        if i == j || (!decided && rules.any() && members[i].iter().any(barred)) {
            continue;
        }
        let (first, second) = (i.min(j), i.max(j));
        union.join(first as u32, second as u32);
        let moved = std::mem::take(&mut members[second]);
        members[first].extend(moved);
    }
    let groups: Vec<u32> = (0..rows.len() as u32).map(|at| rows[union.root(at) as usize]).collect();
    let links = strongest(edges, rows, &groups);
    (groups, links)
}

/// A maximum spanning tree of each group.
fn strongest(mut edges: Vec<Edge>, rows: &[u32], groups: &[u32]) -> Vec<Edge> {
    let place = |row: u32| rows.partition_point(|&r| r < row);
    edges.retain(|edge| groups[place(edge.a)] == groups[place(edge.b)]);
    edges.sort_by(|x, y| y.bits.total_cmp(&x.bits).then((x.a, x.b).cmp(&(y.a, y.b))));
    let mut union = UnionFind::new(rows.len());
    edges.retain(|edge| union.join(place(edge.a) as u32, place(edge.b) as u32));
    edges.sort_unstable_by_key(|edge| (edge.a, edge.b));
    edges
}

/// Average linkage over a dense matrix.
struct Linkage {
    len: usize,
    /// Sums of the voices between two groups, kept at the place of their first items.
    sums: Vec<f64>,
    sizes: Vec<usize>,
    /// The first item of each item's group.
    group: Vec<usize>,
    /// Per group: the best partner behind it and the mean, or nothing if no mean is above zero.
    partner: Vec<Option<(f64, usize)>>,
    fresh: bool,
}

impl Linkage {
    fn new(len: usize) -> Self {
        Self {
            len,
            sums: vec![0.0; len * len],
            sizes: vec![1; len],
            group: (0..len).collect(),
            partner: vec![None; len],
            fresh: false,
        }
    }

    fn set(&mut self, i: usize, j: usize, voice: f64) {
        self.sums[i * self.len + j] = voice;
        self.sums[j * self.len + i] = voice;
    }

    fn mean(&self, i: usize, j: usize) -> f64 {
        self.sums[i * self.len + j] / (self.sizes[i] * self.sizes[j]) as f64
    }

    fn leads(&self, i: usize) -> bool {
        self.group[i] == i
    }

    fn find_partner(&self, i: usize) -> Option<(f64, usize)> {
        let mut best: Option<(f64, usize)> = None;
        for j in i + 1..self.len {
            if self.leads(j) {
                let mean = self.mean(i, j);
                if mean > 0.0 && best.is_none_or(|(most, _)| mean > most) {
                    best = Some((mean, j));
                }
            }
        }
        best
    }

    /// The two groups that fit best, the first ones on a tie.
    fn best(&mut self) -> Option<(usize, usize)> {
        if !self.fresh {
            for i in 0..self.len {
                self.partner[i] = if self.leads(i) { self.find_partner(i) } else { None };
            }
            self.fresh = true;
        }
        let candidates = self.partner.iter().enumerate().filter_map(|(i, p)| p.map(|(mean, j)| (mean, i, j)));
        candidates
            .max_by(|x, y| x.0.total_cmp(&y.0).then(y.1.cmp(&x.1)).then(Ordering::Equal))
            .map(|(_, i, j)| (i, j))
    }

    fn join(&mut self, i: usize, j: usize) {
        let (i, j) = (self.group[i].min(self.group[j]), self.group[i].max(self.group[j]));
        if i == j {
            return;
        }
        for k in 0..self.len {
            if k != i && k != j && self.leads(k) {
                let sum = self.sums[i * self.len + k] + self.sums[j * self.len + k];
                self.set(i, k, sum);
            }
        }
        self.sizes[i] += self.sizes[j];
        for group in &mut self.group {
            if *group == j {
                *group = i;
            }
        }
        self.partner[j] = None;
        if !self.fresh {
            return;
        }
        for k in 0..self.len {
            if self.leads(k) && (k == i || k < j && self.partner[k].is_some_and(|(_, p)| p == i || p == j)) {
                self.partner[k] = self.find_partner(k);
            } else if self.leads(k) && k < i {
                let mean = self.mean(k, i);
                if mean > 0.0 && self.partner[k].is_none_or(|(most, p)| mean > most || mean == most && i < p)
                {
                    self.partner[k] = Some((mean, i));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(a: u32, b: u32, bits: f64) -> Edge {
        Edge { a, b, bits, vector: Vector(0) }
    }

    #[test]
    fn a_chain_is_cut_where_two_must_not_meet() {
        let constraints = Constraints::new(4, &[], &[(0, 3)]).expect("they agree");
        let rules = Rules { constraints: &constraints, must: &[], one_per_source: None, threshold: 0.0 };
        let edges = vec![edge(0, 1, 50.0), edge(1, 2, 45.0), edge(2, 3, 60.0)];
        let component = Component { rows: vec![0, 1, 2, 3], edges, must: Vec::new() };
        let (groups, links) = chain(&component, &rules);
        assert_eq!(groups, [0, 0, 2, 2]);
        assert_eq!(links.len(), 2);
    }

    #[test]
    fn a_wanted_rate_ends_the_links_before_they_are_too_doubtful() {
        let constraints = Constraints::new(6, &[], &[]).expect("they agree");
        let rules = Rules { constraints: &constraints, must: &[], one_per_source: None, threshold: 0.0 };
        // Of sure links none is false, of one of three bits every ninth, of one bit every third.
        let edges = [edge(0, 1, 30.0), edge(1, 2, 30.0), edge(0, 2, 2.0), edge(2, 3, 3.0), edge(4, 5, 1.0)];
        assert_eq!(bits_for_rate(&edges, 6, &rules, 0.2), 0.0);
        assert_eq!(bits_for_rate(&edges, 6, &rules, 0.1), 1.0);
        assert_eq!(bits_for_rate(&edges, 6, &rules, 0.01), 3.0);
    }

    #[test]
    fn the_best_groups_are_joined_first_and_a_bad_mean_stops_it() {
        let mut linkage = Linkage::new(3);
        linkage.set(0, 1, 5.0);
        linkage.set(1, 2, 4.0);
        linkage.set(0, 2, -6.0);
        while let Some((i, j)) = linkage.best() {
            linkage.join(i, j);
        }
        assert_eq!(linkage.group, [0, 0, 2]);
    }
}
