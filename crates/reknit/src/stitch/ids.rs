//! Which message bears which id, and which message names it.
//!
//! Every id is a node, whether its message is there or not; the missing ones are what Zawinski calls
//! empty containers. A platform's own id counts on its own kind of channel, the caller's id everywhere.
//! Ids that one message names belong together, so nodes form groups; a message whose ids lie in one
//! group changes nothing between the messages there, which is what makes the usual case cheap.
//!
//! Cost: one hash look-up an id.

use rustc_hash::FxHashMap;

use crate::model::Message;

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
    pub(super) fn borne(&self) -> impl Iterator<Item = u32> {
        std::iter::once(self.own).chain(self.platform)
    }

    /// The nodes it bears or names.
    pub(super) fn all(&self) -> impl Iterator<Item = u32> {
        self.borne().chain(self.named.iter().copied())
    }
}

/// A message that bears an id, and the profile if it is a platform's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Bearer {
    message: u32,
    profile: Option<u32>,
}

#[derive(Debug, Clone, Default)]
struct Node {
    bearers: Vec<Bearer>,
    namers: Vec<u32>,
    /// A node of the same group, itself at the head.
    above: u32,
    /// At the head: something was taken out, so the group may have come apart.
    stale: bool,
}

/// All ids.
#[derive(Debug, Clone, Default)]
pub(super) struct Ids {
    nodes: Vec<Node>,
    numbers: FxHashMap<Box<str>, u32>,
}

impl Ids {
    /// The ids of `message` as nodes; `profile` is the name of its channel's profile. With `strict` only
    /// References are read where there are some (RFC 5256, step 1).
    pub(super) fn read(&mut self, profile: &str, message: &Message, strict: bool) -> Names {
        let own = self.node(bare(&message.id));
        // A profile's name is a number like any id; a blank in front keeps them apart.
        let profile = self.node(&format!(" {profile}"));
        let platform = message.platform_id.as_deref().map(|id| self.node(bare(id)));
        // RFC 5256: of In-Reply-To the first id counts; References say the rest. Where In-Reply-To is one id
        // and nothing else it names the parent, else it may be prose.
        let reply = message.in_reply_to.iter().flat_map(|field| listed(field)).take(1);
        let lone = matches!(message.in_reply_to.as_slice(), [field] if is_one_id(field));
        let references = message.references.iter().flat_map(|field| listed(field));
        let reply = (!strict || references.clone().next().is_none()).then_some(reply);
        let (first, last) = if lone { (None, reply) } else { (reply, None) };
        let mut named: Vec<u32> = Vec::new();
        for id in first.into_iter().flatten().chain(references).chain(last.into_iter().flatten()) {
            let node = self.node(id);
            if node != own && Some(node) != platform && named.last() != Some(&node) {
                named.push(node);
            }
        }
        Names { own, platform, profile, named: named.into() }
    }

    fn node(&mut self, id: &str) -> u32 {
        if let Some(&node) = self.numbers.get(id) {
            return node;
        }
        let node = self.nodes.len() as u32;
        self.numbers.insert(id.into(), node);
        self.nodes.push(Node { above: node, ..Node::default() });
        node
    }

    /// The node of an id, if any message bears or names it.
    pub(super) fn find(&self, id: &str) -> Option<u32> {
        self.numbers.get(bare(id)).copied()
    }

    /// Enters message `at`. Whether its ids tell something new about other messages: then what ids
    /// prove must be worked out again for all that hang together with it.
    pub(super) fn enter(&mut self, at: u32, names: &Names) -> bool {
        let borne_alone = names.borne().all(|node| {
            let node = &self.nodes[node as usize];
            node.bearers.is_empty() && node.namers.is_empty()
        });
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
        self.nodes[names.own as usize].bearers.push(Bearer { message: at, profile: None });
        if let Some(platform) = names.platform {
            let bearer = Bearer { message: at, profile: Some(names.profile) };
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
        node.bearers.is_empty() && node.namers.is_empty()
    }

    /// The messages that bear `node`.
    pub(super) fn bearers(&self, node: u32) -> impl Iterator<Item = u32> {
        self.nodes[node as usize].bearers.iter().map(|bearer| bearer.message)
    }

    /// The messages that bear or name `node`.
    pub(super) fn messages(&self, node: u32) -> impl Iterator<Item = u32> {
        self.bearers(node).chain(self.nodes[node as usize].namers.iter().copied())
    }

    /// The message that `node` means to a message on `profile`: the earliest with that platform id,
    /// else the earliest with that id.
    pub(super) fn meaning(&self, node: u32, profile: u32, before: impl Fn(u32, u32) -> bool) -> Option<u32> {
        let earliest = |profile: Option<u32>| {
            let bearers = self.nodes[node as usize].bearers.iter().filter(|bearer| bearer.profile == profile);
            bearers.map(|bearer| bearer.message).reduce(|a, b| if before(b, a) { b } else { a })
        };
        earliest(Some(profile)).or_else(|| earliest(None))
    }

    /// The earliest message with the same platform id on the same kind of channel.
    pub(super) fn first_with(
        &self,
        node: u32,
        profile: Option<u32>,
        before: impl Fn(u32, u32) -> bool,
    ) -> Option<u32> {
        let bearers = self.nodes[node as usize].bearers.iter().filter(|bearer| bearer.profile == profile);
        bearers.map(|bearer| bearer.message).reduce(|a, b| if before(b, a) { b } else { a })
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

/// The ids of one header field: those in angle brackets, else the text itself if it is one word.
fn listed(field: &str) -> Vec<&str> {
    if !field.contains('<') {
        let id = field.trim();
        let one = !id.is_empty() && !id.contains(char::is_whitespace);
        return if one { vec![id] } else { field.split_whitespace().filter(|id| id.contains('@')).collect() };
    }
    field.split('<').skip(1).filter_map(|part| part.split_once('>')).map(|(id, _)| id.trim()).collect()
}

/// Whether a header field is one id and nothing else.
fn is_one_id(field: &str) -> bool {
    let id = bare(field);
    !id.is_empty() && !id.contains(|c: char| c.is_whitespace() || c == '<' || c == '>')
}

/// An id without its angle brackets.
pub(super) fn bare(id: &str) -> &str {
    let id = id.trim();
    id.strip_prefix('<').and_then(|id| id.strip_suffix('>')).unwrap_or(id)
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
