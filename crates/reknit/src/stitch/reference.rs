//! Links that ids prove: copies, replies, references and the missing parents they name.
//!
//! Zawinski's message threading and RFC 5256 in one pass over the ids. Every id, whether its message
//! is there or not, is a node; the ids one message names are one group. A message hangs on the
//! nearest of its own references that is there; a message that lost its headers hangs where a later
//! message's references put it; messages that share only a missing parent hang on the first of them.
//! A link that would close a loop is left out, the first in `(sent, id)` order staying.
//!
//! Ids count for the whole input, not only for the past: they are facts, whenever they arrive.
//! Cost: linear in the number of references.

use rustc_hash::FxHashMap;

use crate::partition::UnionFind;
use crate::text::subject;

use super::forest::Forest;
use super::result::Relation;
use super::stream::Stream;
use super::weight::Finding;

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

/// The nodes: one per message, one per id that names no message.
struct Ids<'m> {
    /// A channel's own ids, by profile.
    platform: FxHashMap<(&'m str, &'m str), u32>,
    /// The caller's ids.
    own: FxHashMap<&'m str, u32>,
    /// Ids without a message.
    missing: FxHashMap<(&'m str, &'m str), u32>,
    nodes: u32,
}

impl<'m> Ids<'m> {
    /// Takes down whose ids are whose; the earliest message keeps an id that stands twice.
    fn new(stream: &'m Stream<'_>) -> Self {
        let mut ids = Self {
            platform: FxHashMap::default(),
            own: FxHashMap::default(),
            missing: FxHashMap::default(),
            nodes: stream.len() as u32,
        };
        for (at, message) in stream.messages.iter().enumerate() {
            ids.own.entry(bare(&message.id)).or_insert(at as u32);
            if let Some(id) = &message.platform_id {
                ids.platform.entry((&stream.way(at).profile.name, bare(id))).or_insert(at as u32);
            }
        }
        ids
    }

    /// The node of an id that a message on `profile` names.
    fn node(&mut self, profile: &'m str, id: &'m str) -> u32 {
        let known = self.platform.get(&(profile, id)).or_else(|| self.own.get(id));
        if let Some(&node) = known {
            return node;
        }
        let node = *self.missing.entry((profile, id)).or_insert(self.nodes);
        self.nodes = self.nodes.max(node + 1);
        node
    }
}

/// The ids of one header field: those in angle brackets, else the text itself if it is one word.
fn listed(field: &str) -> Vec<&str> {
    if !field.contains('<') {
        let id = field.trim();
        let one = !id.is_empty() && !id.contains(char::is_whitespace);
        return if one { vec![id] } else { field.split_whitespace().filter(|id| id.contains('@')).collect() };
    }
    field.split('<').skip(1).filter_map(|part| part.split_once('>')).map(|(id, _)| id.trim()).collect()
}

/// An id without its angle brackets.
fn bare(id: &str) -> &str {
    let id = id.trim();
    id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id)
}

/// Joins what ids prove.
pub(super) fn link(stream: &Stream<'_>, forest: &mut Forest) {
    let mut ids = Ids::new(stream);
    link_copies(stream, &ids, forest);
    let named = named_by_each(stream, &mut ids);
    for (at, nodes) in named.iter().enumerate() {
        link_to_nearest(stream, forest, at, nodes);
    }
    for nodes in &named {
        link_chain(stream, forest, nodes);
    }
    link_missing(stream, forest, &named, ids.nodes);
}

/// Same id, or same platform id with the same author or text: once more the same message.
fn link_copies(stream: &Stream<'_>, ids: &Ids<'_>, forest: &mut Forest) {
    for (at, message) in stream.messages.iter().enumerate() {
        let first = ids.own.get(bare(&message.id)).copied().filter(|&first| first != at as u32);
        if let Some(first) = first {
            forest.link(at as u32, first, Relation::Copy, &[Finding::new("copy", "same id", COPY)]);
            continue;
        }
        let Some(id) = &message.platform_id else { continue };
        let key = (stream.way(at).profile.name.as_str(), bare(id));
        let Some(&first) = ids.platform.get(&key).filter(|&&first| first != at as u32) else { continue };
        let earlier = stream.messages[first as usize];
        if earlier.author.handle == message.author.handle || earlier.text == message.text {
            let finding = Finding::new("copy", "same platform id", COPY);
            forest.link(at as u32, first, Relation::Copy, &[finding]);
        }
    }
}

/// The nodes each message names, oldest first; the last is the parent.
fn named_by_each<'m>(stream: &'m Stream<'_>, ids: &mut Ids<'m>) -> Vec<Vec<u32>> {
    let mut all = Vec::with_capacity(stream.len());
    for (at, message) in stream.messages.iter().enumerate() {
        let profile = stream.way(at).profile.name.as_str();
        let mut nodes: Vec<u32> = Vec::new();
        // RFC 5256: of In-Reply-To the first id counts; References say the rest.
        let reply = message.in_reply_to.iter().flat_map(|field| listed(field)).take(1);
        let ordered = reply.chain(message.references.iter().flat_map(|field| listed(field)));
        for id in ordered {
            let node = ids.node(profile, id);
            if node != at as u32 && nodes.last() != Some(&node) {
                nodes.push(node);
            }
        }
        all.push(nodes);
    }
    all
}

/// Hangs a message on the nearest message it names.
fn link_to_nearest(stream: &Stream<'_>, forest: &mut Forest, at: usize, nodes: &[u32]) {
    let count = stream.len() as u32;
    for (steps, &node) in nodes.iter().rev().enumerate() {
        if node >= count || forest.hangs(at as u32) {
            continue;
        }
        let finding = if steps == 0 {
            Finding::new("reply_id", "names the parent", PARENT)
        } else {
            Finding::new("reply_id", "names an older ancestor", ANCESTOR)
        };
        let mut findings = vec![finding];
        let relation = relation_by_subject(stream, at, node as usize, &mut findings);
        forest.link(at as u32, node, relation, &findings);
    }
}

/// What the subjects say about an id link: a reply, a forward, another matter.
fn relation_by_subject(
    stream: &Stream<'_>,
    at: usize,
    parent: usize,
    findings: &mut Vec<Finding>,
) -> Relation {
    if stream.facts[at].auto {
        return Relation::AutoReply;
    }
    let (Some(own), Some(other)) = (&stream.messages[at].subject, &stream.messages[parent].subject) else {
        return Relation::Reply;
    };
    let (own, other) = (subject::base(own), subject::base(other));
    if own.forward && !other.forward {
        findings.push(Finding::new("forward", "passed on", FORWARD));
        return Relation::Forward;
    }
    if own.base != other.base {
        findings.push(Finding::new("subject", "changed", NEW_SUBJECT));
    }
    Relation::Reply
}

/// Hangs messages without headers of their own where a later message's references put them.
fn link_chain(stream: &Stream<'_>, forest: &mut Forest, nodes: &[u32]) {
    let count = stream.len() as u32;
    let present = nodes.iter().copied().filter(|&node| node < count);
    let mut before = None;
    for node in present {
        if let Some(parent) = before.filter(|_| !forest.hangs(node)) {
            let finding = Finding::new("reply_id", "a later message names both", CHAIN);
            forest.link(node, parent, Relation::Reply, &[finding]);
        }
        before = Some(node);
    }
}

/// Brings together what shares only ids without a message.
fn link_missing(stream: &Stream<'_>, forest: &mut Forest, named: &[Vec<u32>], nodes: u32) {
    // The root of a group is its smallest node, so a group is known by its earliest message.
    let mut groups = UnionFind::new(nodes as usize);
    for (at, own) in named.iter().enumerate() {
        for &node in own {
            groups.join(at as u32, node);
        }
    }
    let mut first: FxHashMap<u32, u32> = FxHashMap::default();
    for at in 0..stream.len() as u32 {
        if forest.hangs(at) {
            continue;
        }
        let anchor = *first.entry(groups.root(at)).or_insert(at);
        if anchor != at {
            let finding = Finding::new("reply_id", "both name a message that is not there", MISSING);
            forest.link(at, anchor, Relation::MissingParent, &[finding]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_out_of_any_field() {
        assert_eq!(listed("<a@x> <b@x>"), ["a@x", "b@x"]);
        assert_eq!(listed("a@x"), ["a@x"]);
        assert_eq!(listed("Your message of Monday <a@x> (from Ana)"), ["a@x"]);
        assert!(listed("Your message of Monday").is_empty());
        assert!(listed("<").is_empty() && listed("").is_empty());
    }
}
