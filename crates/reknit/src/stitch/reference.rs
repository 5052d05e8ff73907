//! Links that ids prove: copies, replies, references and the missing parents they name.
//!
//! Zawinski's message threading and RFC 5256 over the messages whose ids hang together. A message hangs
//! on the nearest of its own references that is there; a message that lost its headers hangs where a
//! later message's references put it; messages that share only a missing parent hang on the first of
//! them. What a person said (must-link, cannot-link) goes before all ids. A link that would close a loop
//! is left out, the first in working order staying.
//!
//! Ids count for all messages known, not only for the past: they are facts, whenever they arrive. So the
//! links of a set of messages do not depend on their order of arrival.
//!
//! Cost: linear in the number of references.

use rustc_hash::FxHashMap;

use crate::partition::UnionFind;

use super::config::Threading;
use super::digest::Digest;
use super::forest::Forest;
use super::ids::Ids;
use super::result::Relation;
use super::rfc5256::{self, Mail, Parent};
use super::weight::Finding;

/// Bits of a person's word: far above all other evidence together.
const CONSTRAINT: f64 = 100.0;
/// Bits of a copy: the channel itself says that it is the same message.
const COPY: f64 = 30.0;
/// Bits of a parent named in `In-Reply-To` or last in `References`: a program wrote it. Like all bits
/// in this file set by hand, to keep the order of trust among ids and to stay above inferred links.
const PARENT: f64 = 20.0;
/// Bits of an older ancestor: the parent itself is missing.
const ANCESTOR: f64 = 17.0;
/// Bits of two messages standing next to each other in a later message's references.
const CHAIN: f64 = 17.0;
/// Bits of a shared parent that is not there.
const MISSING: f64 = 15.0;
/// A forward may be a matter of its own.
const FORWARD: f64 = -6.0;
/// Another subject: perhaps a new matter under an old reply button.
const NEW_SUBJECT: f64 = -3.0;

/// Messages whose ids hang together, in working order, and what is known of them.
pub(super) struct Group<'e> {
    /// The numbers of the messages, in working order.
    pub(super) messages: &'e [u32],
    /// Their digests, in the same order.
    pub(super) digests: Vec<&'e Digest>,
    pub(super) ids: &'e Ids,
    pub(super) threading: Threading,
    /// Places in `messages` of two that a person joined, the earlier one first.
    pub(super) together: Vec<(u32, u32)>,
    /// Places in `messages` of two that a person keeps apart.
    pub(super) apart: Vec<(u32, u32)>,
    /// Places of a message and of its parent, and the relation, as messages that are closed by now proved
    /// them.
    pub(super) kept: Vec<(u32, u32, Relation)>,
}

/// A proven link: the place of the parent, how it belongs to it, and why.
pub(super) struct Proof {
    pub(super) parent: u32,
    pub(super) relation: Relation,
    pub(super) findings: Vec<Finding>,
}

impl Proof {
    /// Whether it rests on what the message says of itself, not on what others say.
    pub(super) fn is_own_word(&self) -> bool {
        let own = |finding: &Finding| finding.level == NAMES_PARENT || finding.level == NAMES_ANCESTOR;
        self.findings.first().is_some_and(own)
    }
}

/// What findings about ids are called, those of a person's word and of copies left out.
pub(super) const NAMES: [&str; 4] = ["reply_id", "forward", "subject", "kept"];

const NAMES_PARENT: &str = "names the parent";
const NAMES_MISSING: &str = "both name a message that is not there";
const NAMES_ANCESTOR: &str = "names an older ancestor";

/// For each message of a group the link it hangs on, and the place of its tree's root.
pub(super) fn prove(group: &Group<'_>) -> Vec<(Option<Proof>, u32)> {
    let persons = group.digests.iter().map(|digest| digest.person).collect();
    let mut forest = Forest::new(persons, &group.apart);
    for &(earlier, later) in &group.together {
        let finding = Finding::new("must_link", "a person said so", CONSTRAINT);
        forest.link(later, earlier, Relation::Constraint, vec![finding]);
    }
    let named = Named::of(group);
    group.link_copies(&named, &mut forest);
    for at in 0..group.len() {
        group.link_to_nearest(&mut forest, at, named.nodes(at));
    }
    for at in 0..group.len() {
        group.link_chain(&mut forest, &named, at);
    }
    group.link_named_together(&mut forest, &named);
    group.link_missing(&mut forest, &named);
    if group.threading != Threading::Evidence {
        group.link_strictly(&mut forest);
    }
    for &(child, parent, relation) in &group.kept {
        let finding = || vec![Finding::new("kept", "proved by what is closed by now", MISSING)];
        if !forest.hangs(child) {
            forest.link(child, parent, relation, finding());
        } else if !forest.hangs(parent) {
            forest.link(parent, child, relation, finding());
        }
    }
    forest.finish()
}

/// The nodes each message of a group names: places of messages below the number of messages, above it
/// ids without a message.
struct Named {
    nodes: Vec<u32>,
    ends: Vec<usize>,
    count: u32,
    place: FxHashMap<u32, u32>,
}

impl Named {
    fn of(group: &Group<'_>) -> Self {
        let place: FxHashMap<u32, u32> =
            group.messages.iter().enumerate().map(|(at, &message)| (message, at as u32)).collect();
        let mut named = Self { nodes: Vec::new(), ends: vec![0], count: group.len() as u32, place };
        let mut missing: FxHashMap<u32, u32> = FxHashMap::default();
        for (at, digest) in group.digests.iter().enumerate() {
            let start = named.nodes.len();
            for &id in &digest.names.named {
                let node = group.meaning(&named, id, digest.names.profile).unwrap_or_else(|| {
                    *missing.entry(id).or_insert_with(|| {
                        named.count += 1;
                        named.count - 1
                    })
                });
                if node != at as u32 && named.nodes[start..].last() != Some(&node) {
                    named.nodes.push(node);
                }
            }
            named.ends.push(named.nodes.len());
        }
        named
    }

    /// The nodes that the message at `at` names, oldest first; the last is the parent.
    fn nodes(&self, at: usize) -> &[u32] {
        &self.nodes[self.ends[at]..self.ends[at + 1]]
    }
}

impl Group<'_> {
    fn len(&self) -> usize {
        self.messages.len()
    }

    /// The place of the message that an id means.
    fn meaning(&self, named: &Named, id: u32, profile: u32) -> Option<u32> {
        let before = |a: u32, b: u32| named.place.get(&a) < named.place.get(&b);
        self.ids.meaning(id, profile, before).and_then(|message| named.place.get(&message).copied())
    }

    /// Links mail by the letter of RFC 5256.
    fn link_strictly(&self, forest: &mut Forest) {
        let strict = |at: &usize| self.digests[*at].strict.is_some();
        let places: Vec<usize> = (0..self.len()).filter(strict).collect();
        let mail = |&at: &usize| {
            let (digest, (subject, answer)) = (self.digests[at], self.digests[at].strict.unwrap_or_default());
            let id = digest.names.platform.unwrap_or(digest.names.own);
            Mail { id, references: &digest.names.named, subject, answer }
        };
        let mails: Vec<Mail<'_>> = places.iter().map(mail).collect();
        let parents = match self.threading {
            Threading::OrderedSubject => rfc5256::ordered_subject(&mails),
            _ => rfc5256::references(&mails),
        };
        for (&at, parent) in places.iter().zip(parents) {
            let reply_id = |level| ("reply_id", level, Relation::Reply, PARENT);
            let (parent, (name, level, relation, bits)) = match parent {
                Parent::None => continue,
                Parent::Id(parent) => (parent, reply_id(NAMES_PARENT)),
                Parent::Subject(parent) => {
                    (parent, ("subject", "the same base subject", Relation::Reply, MISSING))
                }
                Parent::Missing(first) => {
                    (first, ("reply_id", NAMES_MISSING, Relation::MissingParent, MISSING))
                }
            };
            let parent = places[parent as usize];
            if parent != at && !forest.hangs(at as u32) {
                forest.link(at as u32, parent as u32, relation, vec![Finding::new(name, level, bits)]);
            }
        }
    }

    /// Same id, or same platform id with the same author or text: once more the same message.
    fn link_copies(&self, named: &Named, forest: &mut Forest) {
        let before = |a: u32, b: u32| named.place.get(&a) < named.place.get(&b);
        for (at, digest) in self.digests.iter().enumerate().filter(|(_, digest)| digest.strict.is_none()) {
            let first = |node: u32, profile: Option<u32>| {
                let message = self.ids.first_with(node, profile, before)?;
                named.place.get(&message).copied().filter(|&first| first != at as u32)
            };
            let mut link = |first: u32, level: &'static str| {
                forest.link(at as u32, first, Relation::Copy, vec![Finding::new("copy", level, COPY)]);
            };
            if let Some(first) = first(digest.names.own, None) {
                link(first, "same id");
                continue;
            }
            let Some(platform) = digest.names.platform else { continue };
            let Some(first) = first(platform, Some(digest.names.profile)) else { continue };
            let earlier = self.digests[first as usize];
            if earlier.wrote == digest.wrote || earlier.text_hash == digest.text_hash {
                link(first, "same platform id");
            }
        }
    }

    /// Hangs a message on the nearest message it names.
    fn link_to_nearest(&self, forest: &mut Forest, at: usize, nodes: &[u32]) {
        for (steps, &node) in nodes.iter().rev().enumerate() {
            if forest.hangs(at as u32) || self.digests[at].strict.is_some() {
                return;
            }
            if node as usize >= self.len() {
                continue;
            }
            let (relation, findings) = named_parent(self.digests[at], self.digests[node as usize], steps);
            forest.link(at as u32, node, relation, findings);
        }
    }

    /// Hangs messages without headers of their own where a later message's references put them. What a
    /// message says of itself outranks what others say of it (RFC 5256, step 1.B).
    fn link_chain(&self, forest: &mut Forest, named: &Named, at: usize) {
        let present = |node: &u32| (*node as usize) < self.len();
        let mut before = None;
        for node in named.nodes(at).iter().copied().filter(present) {
            let free = |node: u32| {
                let strict = self.digests[node as usize].strict.is_some();
                !strict && !named.nodes(node as usize).iter().any(present)
            };
            if let Some(parent) = before.filter(|_| !forest.hangs(node) && free(node)) {
                let finding = Finding::new("reply_id", "a later message names both", CHAIN);
                forest.link(node, parent, Relation::Reply, vec![finding]);
            }
            before = Some(node);
        }
    }

    /// Brings together what one message names together.
    fn link_named_together(&self, forest: &mut Forest, named: &Named) {
        let present = |node: &u32| (*node as usize) < self.len();
        self.link_groups(forest, named, present, Relation::Reply, "a later message names both", CHAIN);
    }

    /// Brings together what shares only ids without a message.
    fn link_missing(&self, forest: &mut Forest, named: &Named) {
        self.link_groups(forest, named, |_| true, Relation::MissingParent, NAMES_MISSING, MISSING);
    }

    /// Hangs what still hangs on nothing on the first of its group: those that meet in nodes that count.
    fn link_groups(
        &self,
        forest: &mut Forest,
        named: &Named,
        counts: impl Fn(&u32) -> bool,
        relation: Relation,
        level: &'static str,
        bits: f64,
    ) {
        // The root of a group is its smallest node, so a group is known by its earliest message.
        let mut groups = UnionFind::new(named.count as usize);
        for at in 0..self.len() {
            for node in named.nodes(at).iter().copied().filter(&counts) {
                groups.join(at as u32, node);
            }
        }
        let mut first: FxHashMap<u32, u32> = FxHashMap::default();
        for at in 0..self.len() as u32 {
            if forest.hangs(at) || self.digests[at as usize].strict.is_some() {
                continue;
            }
            let anchor = *first.entry(groups.root(at)).or_insert(at);
            if anchor != at {
                forest.link(at, anchor, relation, vec![Finding::new("reply_id", level, bits)]);
            }
        }
    }
}

/// What it says that `digest` names `parent`, with `steps` nearer ids in between that are not there.
pub(super) fn named_parent(digest: &Digest, parent: &Digest, steps: usize) -> (Relation, Vec<Finding>) {
    let mut findings = Vec::with_capacity(2);
    findings.push(if steps == 0 {
        Finding::new("reply_id", NAMES_PARENT, PARENT)
    } else {
        Finding::new("reply_id", NAMES_ANCESTOR, ANCESTOR)
    });
    let relation = relation_by_subject(digest, parent, &mut findings);
    (relation, findings)
}

/// What the subjects say about an id link: a reply, a forward, another matter.
fn relation_by_subject(digest: &Digest, parent: &Digest, findings: &mut Vec<Finding>) -> Relation {
    if digest.auto {
        return Relation::AutoReply;
    }
    let (Some(own), Some(other)) = (&digest.says.subject, &parent.says.subject) else {
        return Relation::Reply;
    };
    if own.forward && !other.forward {
        findings.push(Finding::new("forward", "passed on", FORWARD));
        return Relation::Forward;
    }
    if own.base != other.base {
        findings.push(Finding::new("subject", "changed", NEW_SUBJECT));
    }
    Relation::Reply
}
