//! Links between messages as a forest, and the conversations it makes.
//!
//! Every accepted link joins two conversations that were apart, so links never form a loop and the
//! trees are the conversations. A link is
//! refused when it would bring together what must stay apart: messages a cannot-link separates, or
//! two resolved people of one-to-one channels.

use rustc_hash::FxHashMap;

use crate::model::{Contribution, Evidence, Weight};
use crate::partition::UnionFind;

use super::result::Relation;
use super::weight::{Finding, PRIOR};

/// A link that holds: `child` hangs on `parent`.
pub(super) struct Link {
    pub(super) child: u32,
    pub(super) parent: u32,
    pub(super) relation: Relation,
    pub(super) evidence: Evidence,
}

/// Conversations under construction.
pub(super) struct Forest {
    union: UnionFind,
    /// At the root of each conversation: the resolved person of its one-to-one messages.
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
    /// share a conversation.
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

    /// The root of the conversation `at` is in.
    pub(super) fn find(&mut self, at: u32) -> u32 {
        self.union.root(at)
    }

    /// Whether `at` hangs on another message.
    pub(super) fn hangs(&self, at: u32) -> bool {
        self.hangs[at as usize]
    }

    /// Whether `a` and `b` are in two conversations that no cannot-link separates.
    fn are_two(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        a != b && !self.kept_apart(a, b)
    }

    /// Whether the conversations of `a` and `b` are two and may become one.
    pub(super) fn may_join(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        let strangers = matches!(
            (self.person[a as usize], self.person[b as usize]),
            (Some(one), Some(other)) if one != other
        );
        !strangers && self.are_two(a, b)
    }

    /// Whether a cannot-link stands between the conversations rooted at `a` and `b`.
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
    pub(super) fn link(&mut self, child: u32, parent: u32, relation: Relation, findings: &[Finding]) -> bool {
        // Two people in one conversation are never concluded, but people may say so.
        let decided = relation == Relation::Constraint && self.are_two(child, parent);
        if !decided && !self.may_join(child, parent) {
            return false;
        }
        self.join(child, parent);
        self.hangs[child as usize] = true;
        self.links.push(Link { child, parent, relation, evidence: receipt(findings) });
        true
    }

    /// Makes one conversation of two, with what is known of both at its root.
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

    /// The conversations by their first member, each with its members in order, and for each
    /// message the link it hangs on (as an index into the second answer).
    pub(super) fn finish(mut self) -> (Vec<Vec<u32>>, Vec<Option<usize>>, Vec<Link>) {
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
        let (hung_on, links) = orient(&groups, self.links, &self.hangs);
        (groups, hung_on, links)
    }
}

/// Directs all links away from the opening message of each conversation: the earliest one that
/// hangs on nothing. A link is turned round only where a message was given two parents.
fn orient(groups: &[Vec<u32>], mut links: Vec<Link>, hangs: &[bool]) -> (Vec<Option<usize>>, Vec<Link>) {
    let mut touching: Vec<Vec<usize>> = vec![Vec::new(); hangs.len()];
    for (place, link) in links.iter().enumerate() {
        touching[link.child as usize].push(place);
        touching[link.parent as usize].push(place);
    }
    let mut hung_on = vec![None; hangs.len()];
    for group in groups {
        let Some(&opening) = group.iter().find(|&&at| !hangs[at as usize]).or(group.first()) else {
            continue;
        };
        let mut open = vec![opening];
        while let Some(at) = open.pop() {
            for &place in &touching[at as usize] {
                if hung_on[at as usize] == Some(place) {
                    continue;
                }
                let link = &mut links[place];
                if link.child == at {
                    std::mem::swap(&mut link.child, &mut link.parent);
                }
                hung_on[link.child as usize] = Some(place);
                open.push(link.child);
            }
        }
    }
    (hung_on, links)
}

/// The receipt for `findings`.
pub(super) fn receipt(findings: &[Finding]) -> Evidence {
    let contributions =
        findings.iter().map(|f| Contribution::new(f.name, f.level.as_ref(), Weight(f.bits))).collect();
    Evidence::new(PRIOR, contributions)
}

/// The receipt for an opening message: what speaks against the best candidate it had.
pub(super) fn opening_receipt(best: Option<&[Finding]>) -> Evidence {
    let against = best.unwrap_or_default();
    let contributions =
        against.iter().map(|f| Contribution::new(f.name, f.level.as_ref(), Weight(-f.bits))).collect();
    Evidence::new(-PRIOR, contributions)
}
