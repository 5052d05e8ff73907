//! Proven links between messages as a forest.
//!
//! Every accepted link joins two trees that were apart, so links never form a loop. A link is refused
//! when it would bring together what must stay apart: messages a cannot-link separates, or two resolved
//! people of one-to-one channels.

use rustc_hash::FxHashMap;

use crate::partition::UnionFind;

use super::reference::Proof;
use super::result::Relation;
use super::weight::Finding;

/// A link that holds: `child` hangs on `parent`.
struct Link {
    child: u32,
    parent: u32,
    relation: Relation,
    findings: Vec<Finding>,
}

/// Trees under construction.
pub(super) struct Forest {
    union: UnionFind,
    /// At the root of each tree: the resolved person of its one-to-one messages.
    person: Vec<Option<u32>>,
    /// At the root: members that some cannot-link names.
    guarded: FxHashMap<u32, Vec<u32>>,
    /// Which messages each guarded message must stay apart from.
    apart: FxHashMap<u32, Vec<u32>>,
    links: Vec<Link>,
    /// Whether a message hangs on another one.
    hangs: Vec<bool>,
}

impl Forest {
    /// Every message alone; `person` is the resolved person of each, `apart` the pairs that never
    /// share a tree.
    pub(super) fn new(person: Vec<Option<u32>>, apart: &[(u32, u32)]) -> Self {
        let count = person.len();
        let mut forest = Self {
            union: UnionFind::new(count),
            person,
            guarded: FxHashMap::default(),
            apart: FxHashMap::default(),
            links: Vec::new(),
            hangs: vec![false; count],
        };
        for &(a, b) in apart {
            for (one, other) in [(a, b), (b, a)] {
                forest.apart.entry(one).or_default().push(other);
                forest.guarded.insert(one, vec![one]);
            }
        }
        forest
    }

    /// The root of the tree `at` is in.
    fn find(&mut self, at: u32) -> u32 {
        self.union.root(at)
    }

    /// Whether `at` hangs on another message.
    pub(super) fn hangs(&self, at: u32) -> bool {
        self.hangs[at as usize]
    }

    /// Whether `a` and `b` are in two trees that no cannot-link separates.
    fn are_two(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        a != b && !self.kept_apart(a, b)
    }

    /// Whether the trees of `a` and `b` are two and may become one.
    fn may_join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        let strangers = matches!(
            (self.person[a as usize], self.person[b as usize]),
            (Some(one), Some(other)) if one != other
        );
        !strangers && self.are_two(a, b)
    }

    /// Whether a cannot-link stands between the trees rooted at `a` and `b`.
    fn kept_apart(&mut self, a: u32, b: u32) -> bool {
        let count = |root: &u32| self.guarded.get(root).map_or(0, Vec::len);
        let (few, many) = if count(&a) <= count(&b) { (a, b) } else { (b, a) };
        let members = self.guarded.get(&few).cloned().unwrap_or_default();
        for member in members {
            let others = self.apart.get(&member).cloned().unwrap_or_default();
            if others.into_iter().any(|other| self.find(other) == many) {
                return true;
            }
        }
        false
    }

    /// Hangs `child` on `parent` because of `findings`, if the two may be joined.
    pub(super) fn link(
        &mut self,
        child: u32,
        parent: u32,
        relation: Relation,
        findings: Vec<Finding>,
    ) -> bool {
        // Two people in one tree are never concluded, but people may say so.
        let decided = relation == Relation::Constraint && self.are_two(child, parent);
        if !decided && !self.may_join(child, parent) {
            return false;
        }
        self.join(child, parent);
        self.hangs[child as usize] = true;
        self.links.push(Link { child, parent, relation, findings });
        true
    }

    /// Makes one tree of two, with what is known of both at its root.
    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        self.union.join(a, b);
        let high = self.find(a);
        let low = if high == a { b } else { a };
        self.person[high as usize] = self.person[high as usize].or(self.person[low as usize]);
        if let Some(mut one) = self.guarded.remove(&low) {
            let other = self.guarded.entry(high).or_default();
            if other.len() < one.len() {
                std::mem::swap(other, &mut one);
            }
            other.append(&mut one);
        }
    }

    /// For each message the link it hangs on, and the root of its tree.
    pub(super) fn finish(mut self) -> Vec<(Option<Proof>, u32)> {
        let count = self.hangs.len();
        let mut place: FxHashMap<u32, usize> = FxHashMap::default();
        let mut groups: Vec<Vec<u32>> = Vec::new();
        for at in 0..count as u32 {
            let root = self.find(at);
            let group = *place.entry(root).or_insert_with(|| {
                groups.push(Vec::new());
                groups.len() - 1
            });
            groups[group].push(at);
        }
        orient(&groups, self.links, &self.hangs)
    }
}

/// Directs all links away from the opening message of each tree: the earliest one that hangs on
/// nothing. A link is turned round only where a message was given two parents.
fn orient(groups: &[Vec<u32>], mut links: Vec<Link>, hangs: &[bool]) -> Vec<(Option<Proof>, u32)> {
    let mut touching: Vec<Vec<usize>> = vec![Vec::new(); hangs.len()];
    for (place, link) in links.iter().enumerate() {
        touching[link.child as usize].push(place);
        touching[link.parent as usize].push(place);
    }
    let mut hung_on: Vec<(Option<usize>, u32)> = vec![(None, 0); hangs.len()];
    for group in groups {
        let Some(&opening) = group.iter().find(|&&at| !hangs[at as usize]).or(group.first()) else {
            continue;
        };
        let mut open = vec![opening];
        while let Some(at) = open.pop() {
            hung_on[at as usize].1 = opening;
            for &place in &touching[at as usize] {
                if hung_on[at as usize].0 == Some(place) {
                    continue;
                }
                let link = &mut links[place];
                if link.child == at {
                    std::mem::swap(&mut link.child, &mut link.parent);
                }
                hung_on[link.child as usize].0 = Some(place);
                open.push(link.child);
            }
        }
    }
    let mut links: Vec<Option<Link>> = links.into_iter().map(Some).collect();
    let mut proof = |place: Option<usize>| {
        let link = links.get_mut(place?)?.take()?;
        let Link { child: _, parent, relation, findings } = link;
        Some(Proof { parent, relation, findings })
    };
    hung_on.into_iter().map(|(place, root)| (proof(place), root)).collect()
}
