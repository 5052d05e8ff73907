//! Which message bears which id, and which message names it.
//!
//! Every id is a node, whether its message is there or not; the missing ones are what Zawinski calls
//! empty containers. A platform's own id counts on its own kind of channel, the caller's id everywhere.
//! Ids that one message names belong together, so nodes form groups; a message whose ids lie in one
//! group changes nothing between the messages there, which is what makes the usual case cheap.
//!
//! Cost: one hash look-up an id.

use crate::model::{Distinct, Message};

/// The ids of one message, as nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    /// The node of the caller's id.
    pub(super) own: u32,
    /// The node of the platform's id.
    pub(super) platform: Option<u32>,
    /// The profile its platform's ids belong to.
    pub(super) profile: u32,
    /// The ids it names, oldest first; the last is the parent.
    pub(super) named: Box<[u32]>,
}

impl Names {
    /// The nodes it bears.
    pub(super) fn borne(&self) -> impl Iterator<Item = u32> + use<> {
        std::iter::once(self.own).chain(self.platform)
    }

    /// The nodes it bears or names.
    pub(super) fn all(&self) -> impl Iterator<Item = u32> {
        self.borne().chain(self.named.iter().copied())
    }
}

/// What is read of the ids of one message.
#[derive(Debug, Clone)]
pub(super) struct MessageIds {
    /// The number of its id as the caller wrote it.
    pub(super) id: u32,
    /// Its ids as nodes.
    pub(super) names: Names,
}

/// A message that bears an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bearer {
    message: u32,
    /// The profile, if the id is a platform's; else [`CALLER`].
    profile: u32,
}

/// The profile of ids that the caller gave.
const CALLER: u32 = u32::MAX;

/// Most ids are borne by one message and named by few.
#[allow(clippy::box_collection, reason = "half the size, and most lists have one item")]
#[derive(Debug, Clone, Default)]
enum Few<T> {
    #[default]
    None,
    One(T),
    Many(Box<Vec<T>>),
}

impl<T: Copy + PartialEq> Few<T> {
    fn items(&self) -> &[T] {
        match self {
            Self::None => &[],
            Self::One(item) => std::slice::from_ref(item),
            Self::Many(items) => items,
        }
    }

    fn push(&mut self, item: T) {
        match self {
            Self::None => *self = Self::One(item),
            Self::One(first) => *self = Self::Many(Box::new(vec![*first, item])),
            Self::Many(items) => items.push(item),
        }
    }

    fn retain(&mut self, keep: impl Fn(&T) -> bool) {
        match self {
            Self::None => {}
            Self::One(item) => {
                if !keep(item) {
                    *self = Self::None;
                }
            }
            Self::Many(items) => items.retain(keep),
        }
    }
}

#[derive(Debug, Clone, Default)]
struct Node {
    bearers: Few<Bearer>,
    namers: Few<u32>,
    /// A node of the same group, itself at the head.
    above: u32,
    /// At the head: something was taken out, so the group may have come apart.
    stale: bool,
}

/// All ids: node `n` is id number `n`.
#[derive(Debug, Clone, Default)]
pub(super) struct Ids {
    texts: Distinct,
    nodes: Vec<Node>,
    /// Where the ids a message names are put together.
    named: Vec<u32>,
}

impl Ids {
    /// The ids of `message` as nodes; `profile` is the [number](Self::platform) of its channel's profile.
    /// With `strict` only References are read where there are some (RFC 5256, step 1).
    pub(super) fn read(&mut self, profile: u32, message: &Message, strict: bool) -> MessageIds {
        let own = self.node(bare(&message.id));
        let id = if bare(&message.id) == message.id { own } else { self.node(&message.id) };
        let platform = message.platform_id.as_deref().map(|id| self.node(bare(id)));
        // RFC 5256: of In-Reply-To the first id counts; References say the rest. Where In-Reply-To is one id
        // and nothing else it names the parent, else it may be prose.
        let reply = message.in_reply_to.iter().flat_map(|field| listed(field)).next();
        let lone = matches!(message.in_reply_to.as_slice(), [field] if is_one_id(field));
        let references = message.references.iter().flat_map(|field| listed(field));
        let reply = reply.filter(|_| !strict || references.clone().next().is_none());
        let (first, last) = if lone { (None, reply) } else { (reply, None) };
        let mut named = std::mem::take(&mut self.named);
        named.clear();
        for id in first.into_iter().chain(references).chain(last) {
            let node = self.node(id);
            if node != own && Some(node) != platform && named.last() != Some(&node) {
                named.push(node);
            }
        }
        let names = Names { own, platform, profile, named: named.as_slice().into() };
        self.named = named;
        MessageIds { id, names }
    }

    /// Whether there is room for the ids of `message`.
    pub(super) fn fits(&self, message: &Message) -> bool {
        let named = message.in_reply_to.iter().chain(&message.references).chain(&message.platform_id);
        named.chain([&message.id]).all(|id| self.texts.fits(id))
    }

    /// The number of a profile's name. A blank in front keeps it apart from ids.
    pub(super) fn platform(&mut self, profile: &str) -> u32 {
        self.node(&format!(" {profile}"))
    }

    fn node(&mut self, id: &str) -> u32 {
        let node = self.texts.intern(id);
        if node as usize == self.nodes.len() {
            self.nodes.push(Node { above: node, ..Node::default() });
        }
        node
    }

    /// The node of an id, if any message bears or names it.
    pub(super) fn find(&self, id: &str) -> Option<u32> {
        self.texts.find(bare(id))
    }

    /// How many ids there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The text of an id.
    pub(super) fn text(&self, id: u32) -> &str {
        self.texts.get(id)
    }

    /// The head of the group of each of `nodes`, and whether the group may have come apart.
    pub(super) fn groups(&self, nodes: &[u32]) -> Vec<(u32, bool)> {
        let group = |&node: &u32| {
            let mut head = node;
            while self.nodes[head as usize].above != head {
                head = self.nodes[head as usize].above;
            }
            (head, self.nodes[head as usize].stale)
        };
        nodes.iter().map(group).collect()
    }

    /// Adds an id that nobody bears or names as yet; none if it is known or there is no more room.
    pub(super) fn add(&mut self, id: &str) -> Option<u32> {
        let next = self.nodes.len() as u32;
        (self.texts.fits(id) && self.node(id) == next).then_some(next)
    }

    /// Puts an id into the group of an earlier one, which heads it.
    pub(super) fn put_under(&mut self, node: u32, head: u32) {
        self.nodes[node as usize].above = head;
    }

    /// Marks the group that an id heads: it may have come apart.
    pub(super) fn mark_stale(&mut self, head: u32) {
        self.nodes[head as usize].stale = true;
    }

    /// Enters message `at`. Whether its ids tell something new about other messages: then what ids
    /// prove must be worked out again for all that hang together with it.
    pub(super) fn enter(&mut self, at: u32, names: &Names) -> bool {
        let borne_alone = names.borne().all(|node| self.is_new(node));
        let mut head = None;
        let mut one_group = true;
        for &node in &names.named {
            if self.is_new(node) {
                continue;
            }
            let own = self.head(node);
            one_group &= *head.get_or_insert(own) == own && !self.nodes[own as usize].stale;
        }
        // Ids nobody else knows prove nothing; without a known one there is nothing to hang on.
        let known = head.is_some();
        self.nodes[names.own as usize].bearers.push(Bearer { message: at, profile: CALLER });
        if let Some(platform) = names.platform {
            let bearer = Bearer { message: at, profile: names.profile };
            self.nodes[platform as usize].bearers.push(bearer);
        }
        for &node in &names.named {
            self.nodes[node as usize].namers.push(at);
        }
        for node in names.all() {
            self.join(names.own, node);
        }
        !borne_alone || (known && !one_group)
    }

    /// Takes message `at` out.
    pub(super) fn leave(&mut self, at: u32, names: &Names) {
        for node in names.borne() {
            self.nodes[node as usize].bearers.retain(|bearer| bearer.message != at);
        }
        for &node in &names.named {
            self.nodes[node as usize].namers.retain(|&namer| namer != at);
        }
        let head = self.head(names.own);
        self.nodes[head as usize].stale = true;
    }

    fn is_new(&self, node: u32) -> bool {
        let node = &self.nodes[node as usize];
        node.bearers.items().is_empty() && node.namers.items().is_empty()
    }

    /// The messages that bear `node`.
    pub(super) fn bearers(&self, node: u32) -> impl Iterator<Item = u32> {
        self.nodes[node as usize].bearers.items().iter().map(|bearer| bearer.message)
    }

    /// The messages that bear or name `node`.
    pub(super) fn messages(&self, node: u32) -> impl Iterator<Item = u32> {
        self.bearers(node).chain(self.nodes[node as usize].namers.items().iter().copied())
    }

    /// The message that `node` means to a message on `profile`: the earliest with that platform id,
    /// else the earliest with that id.
    pub(super) fn meaning(&self, node: u32, profile: u32, before: impl Fn(u32, u32) -> bool) -> Option<u32> {
        self.first_with(node, Some(profile), &before).or_else(|| self.first_with(node, None, &before))
    }

    /// The earliest message that bears `node` as the platform's id on `profile`, or as the caller's.
    pub(super) fn first_with(
        &self,
        node: u32,
        profile: Option<u32>,
        before: impl Fn(u32, u32) -> bool,
    ) -> Option<u32> {
        let profile = profile.unwrap_or(CALLER);
        let bearers = self.nodes[node as usize].bearers.items().iter();
        let with = bearers.filter(|bearer| bearer.profile == profile).map(|bearer| bearer.message);
        with.reduce(|a, b| if before(b, a) { b } else { a })
    }

    /// The head of the group of `node`.
    fn head(&mut self, mut node: u32) -> u32 {
        loop {
            let above = self.nodes[node as usize].above;
            if above == node {
                return node;
            }
            let next = self.nodes[above as usize].above;
            self.nodes[node as usize].above = next;
            node = next;
        }
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.head(a), self.head(b));
        if a != b {
            let stale = self.nodes[a as usize].stale || self.nodes[b as usize].stale;
            self.nodes[a.max(b) as usize].above = a.min(b);
            self.nodes[a.min(b) as usize].stale = stale;
        }
    }
}

/// The ids of one header field: those in angle brackets, else the text itself if it is one word, else its
/// words with an at-sign.
fn listed(field: &str) -> impl Iterator<Item = &str> + Clone {
    let bracketed = field.contains('<');
    let trimmed = field.trim();
    let one = !bracketed && !trimmed.is_empty() && !trimmed.contains(char::is_whitespace);
    let parts = field.split('<').skip(1).take(if bracketed { usize::MAX } else { 0 });
    let inside = parts.filter_map(|part| part.split_once('>')).map(|(id, _)| id.trim());
    let prose = field.split_whitespace().take(if bracketed || one { 0 } else { usize::MAX });
    one.then_some(trimmed).into_iter().chain(inside).chain(prose.filter(|id| id.contains('@')))
}

/// Whether a header field is one id and nothing else.
fn is_one_id(field: &str) -> bool {
    let id = bare(field);
    !id.is_empty() && !id.contains(|c: char| c.is_whitespace() || c == '<' || c == '>')
}

/// An id without its angle brackets.
fn bare(id: &str) -> &str {
    let id = id.trim();
    id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_out_of_any_field() {
        let listed = |field: &'static str| listed(field).collect::<Vec<_>>();
        assert_eq!(listed("<a@x> <b@x>"), ["a@x", "b@x"]);
        assert_eq!(listed("a@x"), ["a@x"]);
        assert_eq!(listed("Your message of Monday <a@x> (from Ana)"), ["a@x"]);
        assert_eq!(listed("a@x b@x"), ["a@x", "b@x"]);
        assert!(listed("Your message of Monday").is_empty());
        assert!(listed("<").is_empty() && listed("").is_empty());
    }
}
