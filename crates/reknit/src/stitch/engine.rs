//! Messages and the links between them, kept right while messages come, change and go.
//!
//! Two layers. What ids and people's words prove is a forest over the messages whose ids hang together
//! (`reference`); it counts for all messages known. A tree that hangs on nothing is then placed by what
//! its root has in common with earlier messages (`decide`). A conversation is the trees that hang
//! together.
//!
//! The law: after any changes in any order the links are those of all present messages taken in working
//! order. So whoever may have decided otherwise had it known is asked again, in working order: the later
//! messages that look back as far as the one that came, changed or went, then those that look back at
//! what changed because of it, until nothing changes. A message that comes in order has nobody after it
//! and costs one decision.
//!
//! Sources: the plan of incremental computation by replaying from the change on (Acar 2005,
//! "Self-adjusting computation"), with the posting lists as the record of who read what. Cost: a bounded
//! number of candidates a message; a late message asks again at most the reach of the lists it stands in.

mod archive;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::{ChannelFamily, Message, Progress, Watch, Weight};
use crate::{Error, Result};

use super::config::Config;
use super::decide::{Decision, View, decide};
use super::digest::{Digest, Reader, Way};
use super::ids::{Ids, MessageIds};
use super::order::Order;

use super::people::NONE;
use super::postings::{Entry, Key, Kind, MOST_MESSAGES, Postings, each_key};
use super::reference::{Group, Proof, named_parent, prove};
use super::result::Relation;
use super::room::{Line, Ranker};
use super::weight::{Finding, PRIOR, total};

pub(super) use archive::Chosen;

/// A link to the message one hangs on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Link {
    pub(super) parent: u32,
    pub(super) relation: Relation,
    /// Whether ids prove it.
    proven: bool,
    pub(super) weight: Weight,
}

/// Why a message is where it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    /// What speaks for its link; for an opening message, for the best candidate it did not join.
    pub(super) findings: Vec<Finding>,
    /// The next best message to hang on, and the belief in it.
    pub(super) next: Option<(u32, Weight)>,
}

/// A link that ids say and a policy cut.
#[derive(Debug, Clone)]
pub(super) struct Cut {
    pub(super) parent: u32,
    pub(super) relation: Relation,
    pub(super) findings: Vec<Finding>,
}

#[derive(Debug, Clone)]
struct Node {
    digest: Digest,
    alive: bool,
    /// What it hangs on: what ids prove, at a root of a proven tree what was inferred.
    link: Option<Link>,
    /// The root of its proven tree.
    root: u32,
    /// At a root: the known customer of the tree.
    tree_person: Option<u32>,
    /// At a root: the known person of the messages between two of the tree, whom it holds no second one beside.
    tree_alone: Option<u32>,
    /// At a root: whether every other message of the tree hangs where its own headers put it.
    plain: bool,
    /// Whether it hangs where its own headers put it.
    own_word: bool,
    /// At a root: the conversation it joined, as it was then; itself if none.
    top: u32,
    /// At a conversation's first root: its known person, and the root that brought it.
    person: Option<(u32, u32)>,
    first_child: u32,
    next_child: u32,
    previous_child: u32,
    /// Kept where receipts for all are wanted at the end.
    record: Option<Box<Record>>,
}

/// For each place the root of its tree.
fn roots_of(proofs: &[Option<Proof>]) -> Vec<u32> {
    let mut roots: Vec<Option<u32>> = vec![None; proofs.len()];
    for place in 0..proofs.len() {
        let mut path = Vec::new();
        let mut at = place;
        let root = loop {
            if let Some(root) = roots[at] {
                break root;
            }
            path.push(at);
            match &proofs[at] {
                Some(proof) => at = proof.parent as usize,
                None => break at as u32,
            }
        };
        for at in path {
            roots[at] = Some(root);
        }
    }
    roots.into_iter().flatten().collect()
}

/// Times every message may be asked again because of one change.
const MOST_ASKED: usize = 64;

/// Progress is told once in so many messages: often enough to stop within a tenth of a second.
const TELL_EVERY: usize = 1024;

/// Messages in conversations.
#[derive(Debug, Clone)]
pub(super) struct Engine {
    reader: Reader,
    ids: Ids,
    pub(super) postings: Postings,
    nodes: Vec<Node>,
    free: Vec<u32>,
    count: usize,
    /// Where the last message in working order stands, or stood.
    last: Option<Order>,
    /// Decisions of people by message id: the other id, and whether the two belong together.
    words: FxHashMap<Box<str>, Vec<(Box<str>, bool)>>,
    /// Messages present that a person keeps apart.
    apart: BTreeMap<u32, Vec<u32>>,
    /// Links that policies cut, by message; and by the message each would hang on.
    cuts: FxHashMap<u32, Cut>,
    cut_below: FxHashMap<u32, Vec<u32>>,
    /// Links that only messages proved which are closed by now: the parent and the relation, by message;
    /// and the messages by their parents.
    kept: FxHashMap<u32, (u32, Relation)>,
    kept_below: FxHashMap<u32, Vec<u32>>,
    /// Who must be asked again: in working order, the first one last.
    dirty: Vec<u32>,
    /// Everybody is still to be asked, in working order, so nobody need be asked again.
    filling: bool,
    /// Whose conversation may be another than before; some more than once.
    moved: Vec<u32>,
    keep_records: bool,
    threshold: Weight,
    /// The least weight of a candidate that a person is asked about.
    least_asked: Weight,
    /// Messages whose best candidate a person should look at; some hang on others by now.
    suggested: FxHashSet<u32>,
}

impl Engine {
    /// An engine without messages. With `keep_records` every receipt is kept; else it is worked out when
    /// somebody asks.
    pub(super) fn new(config: Config, keep_records: bool) -> Self {
        let threshold = Weight::from_probability(config.join_probability);
        let least_asked = Weight::from_probability(config.ask_probability);
        let mut words: FxHashMap<Box<str>, Vec<(Box<str>, bool)>> = FxHashMap::default();
        let pairs = [(&config.must_link, true), (&config.cannot_link, false)];
        for (pairs, together) in pairs {
            for (a, b) in pairs {
                words.entry(a.as_str().into()).or_default().push((b.as_str().into(), together));
                words.entry(b.as_str().into()).or_default().push((a.as_str().into(), together));
            }
        }
        Self {
            reader: Reader::new(config),
            ids: Ids::default(),
            postings: Postings::default(),
            nodes: Vec::new(),
            free: Vec::new(),
            count: 0,
            last: None,
            words,
            apart: BTreeMap::new(),
            cuts: FxHashMap::default(),
            cut_below: FxHashMap::default(),
            kept: FxHashMap::default(),
            kept_below: FxHashMap::default(),
            dirty: Vec::new(),
            filling: false,
            moved: Vec::new(),
            keep_records,
            threshold,
            least_asked,
            suggested: FxHashSet::default(),
        }
    }

    // --- what is asked

    pub(super) fn config(&self) -> &Config {
        self.reader.config()
    }

    /// How many messages there are.
    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn digest(&self, at: u32) -> &Digest {
        &self.nodes[at as usize].digest
    }

    pub(super) fn ranker(&self) -> &Ranker {
        &self.reader.ranker
    }

    pub(super) fn way(&self, digest: &Digest) -> &Way {
        self.reader.way(digest)
    }

    /// Whether `a` comes before `b`.
    pub(super) fn before(&self, a: u32, b: u32) -> bool {
        self.compare(a, b).is_lt()
    }

    /// Which of two messages comes first. Where they are the same word for word it makes no difference.
    pub(super) fn compare(&self, a: u32, b: u32) -> Ordering {
        let (one, other) = (&self.digest(a).order, &self.digest(b).order);
        one.compare(other, |id| self.ids.text(id)).then(a.cmp(&b))
    }

    /// The id of a message.
    pub(super) fn id(&self, at: u32) -> &str {
        self.ids.text(self.digest(at).order.id)
    }

    /// The message with this id, the earliest if there are several.
    pub(super) fn find(&self, id: &str) -> Option<u32> {
        let bearers = self.ids.bearers(self.ids.find(id)?);
        let same = bearers.filter(|&at| self.id(at) == id);
        same.reduce(|a, b| if self.before(b, a) { b } else { a })
    }

    /// For how many messages there is room.
    #[cfg(test)]
    pub(super) fn slots(&self) -> usize {
        self.nodes.len()
    }

    /// The messages present, in working order.
    #[cfg(test)]
    pub(super) fn all(&self) -> Vec<u32> {
        self.sorted(self.alive().collect())
    }

    /// The messages present, in no order.
    pub(super) fn alive(&self) -> impl Iterator<Item = u32> {
        (0..self.nodes.len() as u32).filter(|&at| self.nodes[at as usize].alive)
    }

    /// The link a message hangs on.
    pub(super) fn link(&self, at: u32) -> Option<Link> {
        self.nodes[at as usize].link
    }

    fn is_proven(&self, at: u32) -> bool {
        self.link(at).is_some_and(|link| link.proven)
    }

    fn is_inferred(&self, at: u32) -> bool {
        self.link(at).is_some_and(|link| !link.proven)
    }

    /// The link of a message that a policy cut.
    pub(super) fn cut(&self, at: u32) -> Option<&Cut> {
        self.cuts.get(&at)
    }

    /// The root of the proven tree of a message.
    pub(super) fn root(&self, at: u32) -> u32 {
        self.nodes[at as usize].root
    }

    /// Whether a message hangs on nothing.
    pub(super) fn opens(&self, at: u32) -> bool {
        self.link(at).is_none()
    }

    /// The conversation of a message, named by the message that opens it.
    pub(super) fn conversation(&self, at: u32) -> u32 {
        self.walk(at, |_| true)
    }

    /// The conversation of `at` as the messages before `limit` made it.
    pub(super) fn conversation_before(&self, at: u32, limit: u32) -> u32 {
        self.walk(at, |root| root != limit && self.before(root, limit))
    }

    fn walk(&self, at: u32, counts: impl Fn(u32) -> bool) -> u32 {
        let mut root = self.nodes[at as usize].root;
        // Links go to earlier conversations, so the walk ends; the bound only keeps a broken promise
        // from hanging the caller.
        for _ in 0..self.nodes.len() {
            match self.joined_by(root).filter(|_| counts(root)) {
                Some(top) => root = top,
                None => break,
            }
        }
        root
    }

    /// The conversation that the one `root` opened has joined.
    fn joined_by(&self, root: u32) -> Option<u32> {
        let node = &self.nodes[root as usize];
        (node.link.is_some() && node.top != root).then_some(node.top)
    }

    /// The conversations that a message came to be in: that of its tree, the one that joined, and so on.
    fn tops(&self, at: u32) -> Vec<u32> {
        let root = self.nodes[at as usize].root;
        std::iter::successors(Some(root), |&root| self.joined_by(root)).take(self.nodes.len()).collect()
    }

    /// All messages of the conversation that `top` opens, in working order.
    pub(super) fn members(&self, top: u32) -> Vec<u32> {
        self.sorted(self.below(top))
    }

    /// Messages in working order.
    pub(super) fn sorted(&self, mut messages: Vec<u32>) -> Vec<u32> {
        self.sort(&mut messages);
        messages
    }

    /// Whether nothing hangs on a message.
    pub(super) fn is_leaf(&self, at: u32) -> bool {
        self.nodes[at as usize].first_child == NONE
    }

    /// `at` and all that hangs on it.
    pub(super) fn below(&self, at: u32) -> Vec<u32> {
        let mut found = vec![at];
        let mut next = 0;
        // While several trees wait to be asked again they may hang on one another.
        while next < found.len() && found.len() <= self.count {
            found.extend(self.children(found[next]));
            next += 1;
        }
        found
    }

    /// What hangs on `at` itself.
    fn children(&self, at: u32) -> impl Iterator<Item = u32> {
        let first = self.nodes[at as usize].first_child;
        std::iter::successors((first != NONE).then_some(first), |&child| {
            let next = self.nodes[child as usize].next_child;
            (next != NONE).then_some(next)
        })
    }

    /// The opening messages whose best candidate a person should look at, in working order.
    pub(super) fn suggestions(&self) -> Vec<u32> {
        self.sorted(self.suggested.iter().copied().filter(|&at| self.opens(at)).collect())
    }

    /// Whether a message is among the [suggestions](Self::suggestions).
    pub(super) fn is_suggested(&self, at: u32) -> bool {
        self.suggested.contains(&at) && self.opens(at)
    }

    /// Why a message is where it is.
    pub(super) fn record(&self, at: u32) -> Record {
        if let Some(record) = &self.nodes[at as usize].record {
            return (**record).clone();
        }
        let (parent, findings, next) = if self.is_proven(at) {
            let (parent, findings) = self.proof(at).unwrap_or((at, Vec::new()));
            (Some(parent), findings, None)
        } else {
            self.weighed(at)
        };
        match self.link(at) {
            // What spoke for it was said by messages that are closed by now.
            Some(link) if parent != Some(link.parent) => {
                let bits = link.weight.bits() - PRIOR.bits();
                Record {
                    findings: vec![Finding::new("kept", "decided before others closed", bits)],
                    next: None,
                }
            }
            _ => Record { findings, next },
        }
    }

    /// What proves the link of a message, and the message it then hangs on.
    fn proof(&self, at: u32) -> Option<(u32, Vec<Finding>)> {
        let members = self.hang_together([at]);
        let place = members.iter().position(|&member| member == at)?;
        let proof = prove(&self.group(&members)).into_iter().nth(place)?.0?;
        Some((members[proof.parent as usize], proof.findings))
    }

    /// What a message that nothing proves is weighed against: the one it joins, what speaks for that or the
    /// best it does not join, and the next best.
    fn weighed(&self, at: u32) -> (Option<u32>, Vec<Finding>, Option<(u32, Weight)>) {
        let Decision { joined, next, .. } = decide(&View { engine: self, at, in_full: true }, self.threshold);
        // Who opened a conversation when others stood in between stays there: the best is a runner-up.
        let (joined, next) = if self.opens(at) { (None, joined.or(next)) } else { (joined, next) };
        let runner_up = next.as_ref().map(|next| (next.at, next.weight()));
        let parent = joined.as_ref().map(|joined| joined.at);
        let findings = joined.or(next).map(|candidate| candidate.findings).unwrap_or_default();
        (parent, findings, runner_up)
    }

    /// Whether the conversations of `at` and of an earlier message may become one.
    pub(super) fn may_join(&self, at: u32, earlier: u32) -> bool {
        let other = self.conversation_before(earlier, at);
        if other == at {
            return false;
        }
        if let (Some(one), Some(two)) = (self.person_before(at, at), self.person_before(other, at))
            && one.1 != two.1
            && !(self.is_mail(at) && self.is_mail(two.0))
        {
            return false;
        }
        !self.kept_apart(at, other)
    }

    /// Whether a person keeps a message that hangs together with `root` apart from the conversation `other`.
    fn kept_apart(&self, root: u32, other: u32) -> bool {
        let near = |&at: &u32| self.conversation_before(at, root);
        self.apart
            .iter()
            .any(|(one, others)| near(one) == root && others.iter().any(|partner| near(partner) == other))
    }

    /// In mail somebody else may take part in a matter, so there what is quoted decides.
    fn is_mail(&self, at: u32) -> bool {
        self.way(self.digest(at)).profile.family == ChannelFamily::Mail
    }

    /// The known person of the conversation `top` as the messages before `limit` made it, and the root that
    /// brought it.
    fn person_before(&self, top: u32, limit: u32) -> Option<(u32, u32)> {
        let (since, person) = self.nodes[top as usize].person?;
        (since == top || self.before(since, limit)).then_some((since, person))
    }

    // --- what changes

    /// Takes in a message; gives its number.
    ///
    /// # Errors
    /// `input` when there are 2^31 messages.
    #[cfg(test)]
    pub(super) fn insert(&mut self, message: &Message) -> Result<u32> {
        let ids = self.read_ids(message)?;
        self.insert_with(message, ids)
    }

    /// Takes in many messages, in working order, where there are none yet: the same as one by one, but what ids
    /// prove is worked out once, and everybody is asked once. After an error the engine is of no use.
    ///
    /// # Errors
    /// `input` when there are 2^31 messages; `cancelled` when `watch` asks to stop.
    pub(super) fn fill(&mut self, messages: &[&Message], watch: &mut Watch<'_>) -> Result<()> {
        let count = messages.len();
        let mut tell = |step: usize| {
            let told = step.is_multiple_of(TELL_EVERY) || step == 3 * count;
            if told { Progress::report("stitch", step as u64, 3 * count as u64, watch) } else { Ok(()) }
        };
        self.filling = true;
        for (step, message) in messages.iter().enumerate() {
            tell(step)?;
            let ids = self.read_ids(message)?;
            let at = self.take(message, ids)?.0;
            for &who in &self.nodes[at as usize].digest.told {
                self.reader.people.learn(who);
            }
        }
        let mut unproven = Vec::new();
        for at in 0..count as u32 {
            tell(count + at as usize)?;
            if !self.hang_alone(at) {
                unproven.push(at);
            }
        }
        if !self.words.is_empty() {
            for at in 0..count as u32 {
                self.heed_words(at);
            }
        }
        self.prove_all(count, &unproven);
        for at in 0..count as u32 {
            tell(2 * count + at as usize)?;
            self.ask_now(at);
        }
        self.filling = false;
        if !self.keep_records {
            self.moved = (0..count as u32).collect();
        }
        tell(3 * count)
    }

    /// Enters a message that comes after all others into lists and ids; whether its place among them is plain.
    fn hang_alone(&mut self, at: u32) -> bool {
        self.settle(at);
        self.enlist(at, true);
        let tells = self.ids.enter(at, &self.nodes[at as usize].digest.names);
        let asks = self.digest(at).strict.is_some() || self.words.contains_key(self.id(at));
        !tells && !asks && self.hang_by_id(at)
    }

    /// Works out what ids prove for all that hang together with `seeds`, of `count` messages that nothing was
    /// asked about as yet.
    fn prove_all(&mut self, count: usize, seeds: &[u32]) {
        let mut seen = vec![false; count];
        for &at in seeds {
            if seen[at as usize] {
                continue;
            }
            let members = self.hang_together([at]);
            for &member in &members {
                seen[member as usize] = true;
            }
            self.prove_members(&members);
            for member in members {
                if self.nodes[member as usize].root == member {
                    self.settle_person(member);
                }
            }
        }
    }

    /// Takes in a message whose ids are read; gives its number.
    ///
    /// # Errors
    /// `input` when there are 2^31 messages.
    pub(super) fn insert_with(&mut self, message: &Message, ids: MessageIds) -> Result<u32> {
        let (at, last) = self.take(message, ids)?;
        let strict = self.digest(at).strict.is_some();
        self.learn(at);
        self.settle(at);
        self.enlist(at, last);
        if !last {
            self.ask_those_after(at);
        }
        let tells = self.ids.enter(at, &self.nodes[at as usize].digest.names);
        if self.heed_words(at) || tells || strict || !self.hang_by_id(at) {
            self.prove_again([at]);
        }
        self.ask(at);
        self.note_moved(at);
        self.ask_all();
        Ok(at)
    }

    /// Reads a message and gives it a number; whether it comes after all others.
    fn take(&mut self, message: &Message, ids: MessageIds) -> Result<(u32, bool)> {
        if self.nodes.len() >= MOST_MESSAGES && self.free.is_empty() {
            return Err(Error::input("more than 2^31 messages; split them by time"));
        }
        let way = self.reader.channel_number(&message.channel, &mut self.ids);
        let digest = self.reader.read(message, way, ids);
        let last = self.last.is_none_or(|last| self.is_before(&last, &digest.order));
        if last {
            self.last = Some(digest.order);
        }
        let at = self.store(digest);
        if self.digest(at).room.is_some() {
            let line = self.reader.line(message, at);
            self.nodes[at as usize].digest.line = Some(Box::new(line));
        }
        Ok((at, last))
    }

    /// Takes a message out.
    pub(super) fn remove(&mut self, at: u32) {
        self.ask_those_after(at);
        self.unlist(at);
        self.forget(at);
        let tops = self.tops(at);
        let mut near = self.partners(at, true);
        self.detach(at);
        for child in self.children(at).collect::<Vec<_>>() {
            if self.is_inferred(child) {
                self.nodes[child as usize].top = child;
                for member in self.tree(child) {
                    self.ask_those_around(member);
                }
            }
            self.detach(child);
            self.ask(child);
            near.push(child);
        }
        self.set_cut(at, None);
        for child in self.cut_below.get(&at).cloned().unwrap_or_default() {
            self.set_cut(child, None);
            self.ask(child);
            near.push(child);
        }
        near.extend(self.kept_near(at));
        self.drop_kept(at);
        let names = self.nodes[at as usize].digest.names.clone();
        self.ids.leave(at, &names);
        self.drop_apart(at);
        near.extend(names.all().flat_map(|node| self.ids.messages(node)));
        if let Some((subject, _)) = self.digest(at).strict {
            let list = self.postings.list(Key::new(Kind::Strict, subject));
            near.extend(list.iter().map(|entry| entry.message()));
        }
        self.nodes[at as usize].alive = false;
        self.count -= 1;
        self.moved.retain(|&other| other != at);
        self.suggested.remove(&at);
        self.dirty.retain(|&other| other != at);
        self.prove_again(near);
        self.settle_tops(tops, at);
        self.ask_all();
        self.free.push(at);
    }

    /// Whether a message is, word for word, the one held as `at`.
    pub(super) fn says_the_same(&mut self, at: u32, message: &Message, ids: MessageIds) -> bool {
        let way = self.reader.channel_number(&message.channel, &mut self.ids);
        let mut digest = self.reader.read(message, way, ids);
        let held = self.digest(at);
        // Who people are, and what a line of a room says, follows from the rest.
        (digest.author, digest.person, digest.customer) = (held.author, held.person, held.customer);
        (digest.says.contact, digest.says.resolved) = (held.says.contact, held.says.resolved);
        digest.line.clone_from(&held.line);
        digest == *held
    }

    /// Reads the ids of a message.
    ///
    /// # Errors
    /// `input` when there are more than 4 GiB of ids or of handles.
    pub(super) fn read_ids(&mut self, message: &Message) -> Result<MessageIds> {
        if !self.ids.fits(message) || !self.reader.people.fits(message) {
            return Err(Error::input("more than 4 GiB of ids or handles; split the messages by time"));
        }
        let way = self.reader.channel_number(&message.channel, &mut self.ids);
        let strict = self.reader.is_strict(way, message);
        Ok(self.ids.read(self.reader.platform(way), message, strict))
    }

    /// The message with the ids of another, the earliest if there are several.
    pub(super) fn find_same(&self, ids: &MessageIds) -> Option<u32> {
        let bearers = self.ids.bearers(ids.names.own);
        let same = bearers.filter(|&at| self.digest(at).order.id == ids.id);
        same.reduce(|a, b| if self.before(b, a) { b } else { a })
    }

    fn is_before(&self, a: &Order, b: &Order) -> bool {
        a.compare(b, |id| self.ids.text(id)).is_lt()
    }

    /// Puts what a person says about two messages among the decisions.
    ///
    /// # Errors
    /// `contradiction` when other decisions say the opposite; then nothing has changed.
    pub(super) fn decide_word(&mut self, a: &str, b: &str, together: Option<bool>) -> Result<()> {
        let mut config = self.config().clone();
        let pair = (a.to_owned(), b.to_owned());
        let other = |(one, two): &(String, String)| !((one == a && two == b) || (one == b && two == a));
        // The opposite of what was said is a contradiction until that is taken back.
        if together != Some(false) {
            config.must_link.retain(other);
        }
        if together != Some(true) {
            config.cannot_link.retain(other);
        }
        match together {
            Some(true) => config.must_link.push(pair),
            Some(false) => config.cannot_link.push(pair),
            None => {}
        }
        config.check()?;
        self.reader.set_config(config);
        Ok(())
    }

    /// Takes other decisions back.
    pub(super) fn set_config(&mut self, config: Config) {
        self.reader.set_config(config);
    }

    /// A person says that two messages belong together, or that they never do; or takes that back.
    pub(super) fn say(&mut self, a: &str, b: &str, together: Option<bool>) {
        for (one, other) in [(a, b), (b, a)] {
            let words = self.words.entry(one.into()).or_default();
            words.retain(|(partner, _)| &**partner != other);
            if let Some(together) = together {
                words.push((other.into(), together));
            }
            if words.is_empty() {
                self.words.remove(one);
            }
        }
        let present = [self.find(a), self.find(b)];
        for at in present.into_iter().flatten() {
            self.drop_apart(at);
            self.heed_words(at);
        }
        self.prove_again(present.into_iter().flatten());
        for at in present.into_iter().flatten() {
            self.ask_tops(at);
            self.ask_those_after(at);
        }
        self.ask_all();
    }

    /// Whose conversation may be another than before the last call; in working order.
    pub(super) fn take_moved(&mut self) -> Vec<u32> {
        let mut moved = std::mem::take(&mut self.moved);
        moved.retain(|&at| self.nodes[at as usize].alive);
        self.sort(&mut moved);
        moved.dedup();
        moved
    }

    /// Whoever keeps all receipts looks at everything in the end.
    fn note_moved(&mut self, at: u32) {
        if !self.keep_records {
            self.moved.push(at);
        }
    }

    fn sort(&self, messages: &mut [u32]) {
        messages.sort_by(|&a, &b| self.compare(a, b));
    }

    fn store(&mut self, digest: Digest) -> u32 {
        let at = self.free.pop().unwrap_or(self.nodes.len() as u32);
        let node = Node {
            digest,
            alive: true,
            link: None,
            root: at,
            tree_person: None,
            tree_alone: None,
            plain: true,
            own_word: false,
            top: at,
            person: None,
            first_child: NONE,
            next_child: NONE,
            previous_child: NONE,
            record: None,
        };
        match self.nodes.get_mut(at as usize) {
            Some(place) => *place = node,
            None => self.nodes.push(node),
        }
        self.count += 1;
        at
    }

    // --- people and lists

    /// Learns who is who from a message; those that now read otherwise take another place.
    fn learn(&mut self, at: u32) {
        for who in self.nodes[at as usize].digest.told.clone() {
            if self.reader.people.learn(who) {
                self.read_again(who.handle());
            }
        }
    }

    fn forget(&mut self, at: u32) {
        for who in self.nodes[at as usize].digest.told.clone() {
            if self.reader.people.forget(who) {
                self.read_again(who.handle());
            }
        }
    }

    /// Puts the messages of a handle where the person behind it stands.
    fn read_again(&mut self, handle: u32) {
        let messages = self.reader.people.messages_open_for(handle).to_vec();
        for &at in &messages {
            self.ask_those_after(at);
            self.unlist(at);
            self.settle(at);
            self.enlist(at, false);
            self.ask_those_after(at);
            self.ask(at);
        }
        self.prove_again(messages);
    }

    fn settle(&mut self, at: u32) {
        let node = &mut self.nodes[at as usize];
        self.reader.settle(&mut node.digest);
        if node.link.is_none_or(|link| !link.proven) && node.first_child == NONE {
            (node.tree_person, node.tree_alone) = (node.digest.customer, node.digest.person);
            node.person = node.digest.customer.map(|person| (at, person));
        }
    }

    fn each_key(&self, at: u32, see: impl FnMut(Key, bool)) {
        let digest = self.digest(at);
        each_key(digest, self.way(digest).policy.lock_to_one, see);
    }

    /// The contact of a message without a subject.
    fn plain_contact(&self, at: u32) -> Option<u32> {
        let digest = self.digest(at);
        digest.contact().filter(|_| digest.says.subject.is_none())
    }

    /// Puts a message into its lists; with `last` it comes after all others.
    fn enlist(&mut self, at: u32, last: bool) {
        let mut postings = std::mem::take(&mut self.postings);
        self.each_key(at, |key, speaks| {
            postings.insert(key, Entry::new(at, speaks), last, |a, b| self.before(a, b));
        });
        if let Some(contact) = self.plain_contact(at) {
            postings.add_plain(contact);
        }
        self.postings = postings;
        for handle in self.nodes[at as usize].digest.open_handles() {
            self.reader.people.open(handle, at);
        }
    }

    fn unlist(&mut self, at: u32) {
        let mut postings = std::mem::take(&mut self.postings);
        self.each_key(at, |key, speaks| {
            postings.remove(key, Entry::new(at, speaks), |a, b| self.before(a, b));
        });
        if let Some(contact) = self.plain_contact(at) {
            postings.remove_plain(contact);
        }
        self.postings = postings;
        for handle in self.nodes[at as usize].digest.open_handles() {
            self.reader.people.close(handle, at);
        }
    }

    // --- what is proven

    /// Hangs a message that tells nothing new about others on the nearest one it names. Whether that was
    /// all there is to it.
    fn hang_by_id(&mut self, at: u32) -> bool {
        let names = &self.nodes[at as usize].digest.names;
        let meaning = |&node: &u32| {
            let found = self.ids.meaning(node, names.profile, |a, b| self.before(a, b));
            found.filter(|&found| found != at)
        };
        let mut present = names.named.iter().filter_map(meaning).map(|other| self.nodes[other as usize].root);
        let Some(root) = present.next() else {
            // Others may name the same missing message.
            return names.named.iter().all(|&node| self.ids.messages(node).all(|other| other == at));
        };
        // In one tree where everybody hangs by his own word there is nothing to put right.
        if !self.nodes[root as usize].plain || present.any(|other| other != root) {
            return false;
        }
        let mut nearest = names.named.iter().rev().enumerate();
        let Some((steps, parent)) = nearest.find_map(|(steps, node)| Some((steps, meaning(node)?))) else {
            return false;
        };
        let (own, tree) = (self.digest(at), &self.nodes[root as usize]);
        let brings_another = (own.customer.is_some() && own.customer != tree.tree_person)
            || (own.person.is_some() && own.person != tree.tree_alone);
        if brings_another {
            return false;
        }
        let (relation, findings) = named_parent(self.digest(at), self.digest(parent), steps);
        if self.is_cut(at, parent, relation) {
            return false;
        }
        self.attach(at, Link { parent, relation, proven: true, weight: total(&findings) });
        let node = &mut self.nodes[at as usize];
        (node.root, node.top, node.person, node.own_word) = (root, root, None, true);
        self.keep(at, Record { findings, next: None });
        true
    }

    /// The messages whose ids, or people's words, hang together with `seeds`, in working order.
    fn hang_together(&self, seeds: impl IntoIterator<Item = u32>) -> Vec<u32> {
        let mut found: Vec<u32> = Vec::new();
        let mut known: FxHashSet<u32> = FxHashSet::default();
        let mut nodes: FxHashSet<u32> = FxHashSet::default();
        for seed in seeds {
            if known.insert(seed) {
                found.push(seed);
            }
        }
        let mut next = 0;
        while next < found.len() {
            let at = found[next];
            next += 1;
            for node in self.digest(at).names.all() {
                if nodes.insert(node) {
                    found.extend(self.ids.messages(node).filter(|&other| known.insert(other)));
                }
            }
            found.extend(self.partners(at, true).into_iter().filter(|&other| known.insert(other)));
            found.extend(self.kept_near(at).filter(|&other| known.insert(other)));
            if let Some((subject, _)) = self.digest(at).strict {
                let list = self.postings.list(Key::new(Kind::Strict, subject)).iter();
                found.extend(list.map(|entry| entry.message()).filter(|&other| known.insert(other)));
            }
        }
        self.sort(&mut found);
        found
    }

    fn group<'e>(&'e self, members: &'e [u32]) -> Group<'e> {
        let place: FxHashMap<u32, u32> =
            members.iter().enumerate().map(|(at, &message)| (message, at as u32)).collect();
        let pairs = |together: bool| {
            let mut pairs: Vec<(u32, u32)> = Vec::new();
            if self.words.is_empty() {
                return pairs;
            }
            for (at, &message) in members.iter().enumerate() {
                let partners = self.partners(message, together).into_iter();
                let earlier = partners.filter_map(|partner| place.get(&partner).copied());
                pairs.extend(earlier.filter(|&other| other < at as u32).map(|other| (other, at as u32)));
            }
            pairs.sort_unstable();
            pairs
        };
        let (together, apart) = (pairs(true), pairs(false));
        let kept = members.iter().filter_map(|&child| {
            let &(parent, relation) = self.kept.get(&child)?;
            Some((*place.get(&child)?, *place.get(&parent)?, relation))
        });
        let kept = if self.kept.is_empty() { Vec::new() } else { kept.collect() };
        let digests = members.iter().map(|&message| self.digest(message)).collect();
        let threading = self.config().threading;
        Group { messages: members, digests, ids: &self.ids, threading, together, apart, kept }
    }

    /// Works out again what ids prove for all that hang together with `seeds`.
    fn prove_again(&mut self, seeds: impl IntoIterator<Item = u32>) {
        let seeds: Vec<u32> = seeds.into_iter().filter(|&at| self.nodes[at as usize].alive).collect();
        if seeds.is_empty() {
            return;
        }
        let members = self.hang_together(seeds);
        let mut tops: Vec<u32> = members.iter().flat_map(|&at| self.tops(at)).collect();
        let mut changed = self.prove_members(&members);
        // A tree that grew may have taken in what its root hangs on.
        for at in changed.clone() {
            let root = self.nodes[at as usize].root;
            if self.is_inferred(root) {
                self.detach(root);
                self.nodes[root as usize].top = root;
                changed.extend(self.tree(root));
            }
        }
        for at in changed {
            self.ask(at);
            self.ask_those_around(at);
        }
        tops.extend(members.iter().map(|&at| self.nodes[at as usize].root));
        tops.sort_unstable();
        tops.dedup();
        self.settle_tops(tops, members[0]);
        for &at in &members {
            let node = &mut self.nodes[at as usize];
            if node.root == at {
                if node.link.is_none() {
                    node.top = at;
                }
                self.ask(at);
            }
        }
    }

    /// Works out what ids prove for all that hang together; those that hang elsewhere than before, or in another
    /// tree.
    fn prove_members(&mut self, members: &[u32]) -> Vec<u32> {
        let proofs = prove(&self.group(members));
        let proofs = self.cut_by_policy(members, proofs);
        let mut changed = Vec::new();
        for (place, (proof, root)) in proofs.into_iter().enumerate() {
            let (at, root) = (members[place], members[root as usize]);
            let moved = self.hang_by_proof(at, proof, members);
            if moved || self.nodes[at as usize].root != root {
                self.nodes[at as usize].root = root;
                changed.push(at);
            }
        }
        self.settle_trees(members);
        changed
    }

    /// Takes out the links that policies forbid; what hung on them stands at the root of its own tree.
    fn cut_by_policy(
        &mut self,
        members: &[u32],
        proofs: Vec<(Option<Proof>, u32)>,
    ) -> Vec<(Option<Proof>, u32)> {
        let (mut proofs, mut roots): (Vec<Option<Proof>>, Vec<u32>) = proofs.into_iter().unzip();
        let mut any = false;
        for (place, &at) in members.iter().enumerate() {
            let cut = proofs[place]
                .take_if(|proof| self.is_cut(at, members[proof.parent as usize], proof.relation));
            any |= cut.is_some();
            let parent = |proof: &Proof| members[proof.parent as usize];
            let cut = cut.map(|proof| Cut {
                parent: parent(&proof),
                relation: proof.relation,
                findings: proof.findings,
            });
            self.set_cut(at, cut);
        }
        if any {
            roots = roots_of(&proofs);
        }
        proofs.into_iter().zip(roots).collect()
    }

    /// Whether a policy cuts the link that ids put between a message and its parent.
    fn is_cut(&self, at: u32, parent: u32, relation: Relation) -> bool {
        let with_policy = |at: u32| {
            let digest = self.digest(at);
            (digest, &self.way(digest).policy)
        };
        super::policy::cuts(with_policy(at), with_policy(parent), relation)
    }

    fn set_cut(&mut self, at: u32, cut: Option<Cut>) {
        if let Some(old) = self.cuts.remove(&at)
            && let Some(below) = self.cut_below.get_mut(&old.parent)
        {
            below.retain(|&child| child != at);
            if below.is_empty() {
                self.cut_below.remove(&old.parent);
            }
        }
        if let Some(cut) = cut {
            self.cut_below.entry(cut.parent).or_default().push(at);
            self.cuts.insert(at, cut);
        }
    }

    // --- what was proven by messages that are closed

    /// Sees to it that the links of now outlive the messages that proved them: those that what is there
    /// would not prove again are kept.
    pub(super) fn keep_links(&mut self) {
        let mut seen: FxHashSet<u32> = FxHashSet::default();
        for at in self.alive().collect::<Vec<_>>() {
            if !self.is_proven(at) || seen.contains(&at) {
                continue;
            }
            let members = self.hang_together([at]);
            let parents: Vec<Option<u32>> = prove(&self.group(&members))
                .into_iter()
                .map(|(proof, _)| proof.map(|proof| members[proof.parent as usize]))
                .collect();
            seen.extend(&members);
            for (child, parent) in members.into_iter().zip(parents) {
                let link = self.link(child).filter(|link| link.proven && Some(link.parent) != parent);
                if let Some(link) = link {
                    self.keep_link(child, link.parent, link.relation);
                }
            }
        }
    }

    fn keep_link(&mut self, child: u32, parent: u32, relation: Relation) {
        if let Some((before, _)) = self.kept.insert(child, (parent, relation))
            && let Some(below) = self.kept_below.get_mut(&before)
        {
            below.retain(|&other| other != child);
        }
        self.kept_below.entry(parent).or_default().push(child);
    }

    /// The messages that a message hangs together with by kept links.
    fn kept_near(&self, at: u32) -> impl Iterator<Item = u32> {
        let above = self.kept.get(&at).map(|&(parent, _)| parent);
        above.into_iter().chain(self.kept_below.get(&at).into_iter().flatten().copied())
    }

    /// Gives up the kept links of a message.
    fn drop_kept(&mut self, at: u32) {
        if let Some((parent, _)) = self.kept.remove(&at)
            && let Some(below) = self.kept_below.get_mut(&parent)
        {
            below.retain(|&child| child != at);
        }
        for child in self.kept_below.remove(&at).unwrap_or_default() {
            self.kept.remove(&child);
        }
    }

    /// Puts in the proven link of a message; whether it hangs elsewhere now.
    fn hang_by_proof(&mut self, at: u32, proof: Option<Proof>, members: &[u32]) -> bool {
        let old = self.link(at).filter(|link| link.proven);
        let Some(proof) = proof else {
            if old.is_some() {
                self.detach(at);
            }
            return old.is_some();
        };
        let weight = total(&proof.findings);
        let parent = members[proof.parent as usize];
        let link = Link { parent, relation: proof.relation, proven: true, weight };
        let moved = old.map(|old| old.parent) != Some(link.parent);
        if moved {
            self.detach(at);
            self.attach(at, link);
        } else {
            self.nodes[at as usize].link = Some(link);
        }
        self.nodes[at as usize].own_word = proof.is_own_word();
        self.keep(at, Record { findings: proof.findings, next: None });
        moved
    }

    /// Puts in what is known of each tree of `members`.
    fn settle_trees(&mut self, members: &[u32]) {
        for &at in members {
            let node = &mut self.nodes[at as usize];
            (node.tree_person, node.tree_alone, node.plain) = (None, None, true);
        }
        for &at in members {
            let Digest { person, customer, .. } = *self.digest(at);
            let Node { root, own_word, .. } = self.nodes[at as usize];
            let plain = root == at || own_word;
            let root = &mut self.nodes[root as usize];
            root.plain &= plain;
            root.tree_person = root.tree_person.or(customer);
            root.tree_alone = root.tree_alone.or(person);
        }
        // Who hangs on a tree by a cut link must be asked again when the tree grows.
        for at in members {
            if let Some(cut) = self.cuts.get(at) {
                let root = self.nodes[cut.parent as usize].root;
                self.nodes[root as usize].plain = false;
            }
        }
    }

    // --- what people said

    /// The messages present that a person joined with `at` (or keeps apart from it).
    fn partners(&self, at: u32, together: bool) -> Vec<u32> {
        if self.words.is_empty() {
            return Vec::new();
        }
        let id = self.id(at);
        // Of several messages with one id the earliest is meant.
        if self.find(id) != Some(at) {
            return Vec::new();
        }
        let words = self.words.get(id).into_iter().flatten();
        words.filter(|(_, word)| *word == together).filter_map(|(id, _)| self.find(id)).collect()
    }

    /// Enters what people said about a message; whether they said anything.
    fn heed_words(&mut self, at: u32) -> bool {
        if self.words.is_empty() || !self.words.contains_key(self.id(at)) {
            return false;
        }
        for partner in self.partners(at, false) {
            for (one, other) in [(at, partner), (partner, at)] {
                let apart = self.apart.entry(one).or_default();
                if !apart.contains(&other) {
                    apart.push(other);
                }
            }
            self.ask_tops(partner);
        }
        true
    }

    fn drop_apart(&mut self, at: u32) {
        for partner in self.apart.remove(&at).unwrap_or_default() {
            if let Some(others) = self.apart.get_mut(&partner) {
                others.retain(|&other| other != at);
                if others.is_empty() {
                    self.apart.remove(&partner);
                }
            }
            self.ask_tops(partner);
        }
    }

    // --- links

    fn attach(&mut self, at: u32, link: Link) {
        let first = self.nodes[link.parent as usize].first_child;
        let node = &mut self.nodes[at as usize];
        (node.next_child, node.previous_child) = (first, NONE);
        node.link = Some(link);
        if first != NONE {
            self.nodes[first as usize].previous_child = at;
        }
        self.nodes[link.parent as usize].first_child = at;
    }

    /// Takes a message off what it hangs on.
    fn detach(&mut self, at: u32) {
        let Some(link) = self.link(at) else { return };
        let (previous, next) = {
            let node = &mut self.nodes[at as usize];
            node.link = None;
            (node.previous_child, node.next_child)
        };
        if previous == NONE {
            self.nodes[link.parent as usize].first_child = next;
        } else {
            self.nodes[previous as usize].next_child = next;
        }
        if next != NONE {
            self.nodes[next as usize].previous_child = previous;
        }
        let node = &mut self.nodes[at as usize];
        (node.next_child, node.previous_child) = (NONE, NONE);
    }

    fn keep(&mut self, at: u32, record: Record) {
        if self.keep_records {
            self.nodes[at as usize].record = Some(Box::new(record));
        }
    }

    // --- asking again

    /// Has a message asked again where it belongs, if nothing proves it.
    fn ask(&mut self, at: u32) {
        if self.filling {
            return;
        }
        // The queue is turned round: the first in order stands last.
        let place = self.dirty.partition_point(|&other| self.compare(other, at).is_gt());
        if self.dirty.get(place) == Some(&at) {
            return;
        }
        self.dirty.insert(place, at);
    }

    /// Asks the conversations that a message came to be in.
    fn ask_tops(&mut self, at: u32) {
        for top in self.tops(at) {
            self.ask(top);
        }
    }

    /// Asks the later messages that may look back at `at`.
    fn ask_those_after(&mut self, at: u32) {
        if self.filling {
            return;
        }
        let mut after: Vec<u32> = Vec::new();
        self.each_key(at, |key, speaks| {
            if speaks {
                after.extend(self.postings.later(key, at, |a, b| self.before(a, b)));
            }
        });
        after.extend(self.cut_below.get(&at).into_iter().flatten());
        if let Some(partners) = self.apart.get(&at) {
            after.extend(partners.iter().flat_map(|&partner| self.tops(partner)));
        }
        after.sort_unstable();
        after.dedup();
        for other in after {
            self.ask(other);
        }
    }

    fn ask_all(&mut self) {
        // Nobody is asked so often; the bound only keeps a broken promise from hanging the caller.
        let mut left = MOST_ASKED * (self.count + 1);
        while let Some(at) = self.dirty.pop() {
            left -= 1;
            if left == 0 {
                debug_assert!(false, "messages keep asking each other");
                self.dirty.clear();
            }
            self.ask_now(at);
        }
    }

    /// Asks a message where it belongs, if nothing proves it.
    fn ask_now(&mut self, at: u32) {
        let node = &self.nodes[at as usize];
        match node.link {
            _ if !node.alive => {}
            Some(link) if link.proven => self.read_line(at, link),
            _ => self.place(at),
        }
    }

    /// Reads a line of a room anew that hangs where ids put it: whom it names follows from the lines before
    /// it.
    fn read_line(&mut self, at: u32, link: Link) {
        let Some(line) = self.digest(at).line.as_deref() else { return };
        let mut line = self.ranker().decide(&View { engine: self, at, in_full: false }.lines(), line).line;
        line.parent = Some(u64::from(link.parent));
        if self.keep_line(at, &line) {
            self.ask_those_after(at);
        }
    }

    /// Keeps a line as the lines after it see it; whether it is another than before.
    fn keep_line(&mut self, at: u32, line: &Line) -> bool {
        let digest = &mut self.nodes[at as usize].digest;
        let changed = digest.line.as_deref() != Some(line);
        digest.line = Some(Box::new(*line));
        changed
    }

    /// Decides where the tree of `at` belongs, and asks those who look at it if that is another place
    /// than before.
    fn place(&mut self, at: u32) {
        let in_full = self.keep_records;
        let decision = decide(&View { engine: self, at, in_full }, self.threshold);
        if self.should_ask(at, &decision) {
            self.suggested.insert(at);
        } else {
            self.suggested.remove(&at);
        }
        let joined = decision.joined.as_ref().map(|joined| Link {
            parent: joined.at,
            relation: joined.relation,
            proven: false,
            weight: joined.weight(),
        });
        let top = joined.map_or(at, |link| self.conversation_before(link.parent, at));
        if self.keep_records {
            let next = decision.next.as_ref().map(|next| (next.at, next.weight()));
            let findings = match (decision.joined, decision.next) {
                (Some(joined), _) => joined.findings,
                (None, next) => next.map(|next| next.findings).unwrap_or_default(),
            };
            self.keep(at, Record { findings, next });
        }
        let reread = decision.line.is_some_and(|line| self.keep_line(at, &line));
        let (old, old_top) = (self.link(at), self.nodes[at as usize].top);
        if old == joined && old_top == top {
            if reread {
                self.ask_those_after(at);
            }
            return;
        }
        let left = old.map(|link| self.tops(link.parent)).unwrap_or_default();
        self.detach(at);
        if let Some(link) = joined {
            self.attach(at, link);
        }
        self.nodes[at as usize].top = top;
        self.note_moved(at);
        for conversation in [old_top, top] {
            if conversation != at {
                self.settle_person_after_join(conversation, at);
            }
        }
        self.settle_tops(left, at);
        // A tree may hold messages earlier than its root, so what joins them comes before it.
        if self.before(at, top) {
            self.settle_tops(self.tops(top), at);
        }
        if top == at {
            // What came and went below it meanwhile was another conversation's.
            self.settle_person(at);
        }
        let is_last = self.last == Some(self.digest(at).order);
        if self.filling || (is_last && self.nodes[at as usize].first_child == NONE) {
            return;
        }
        for member in self.tree(at) {
            self.ask_those_around(member);
        }
    }

    /// Whether a person should look at the best candidate of a message that joins nothing.
    fn should_ask(&self, at: u32, decision: &Decision) -> bool {
        let Some(next) = decision.next.as_ref().filter(|_| decision.joined.is_none()) else { return false };
        let likely = next.weight() >= self.least_asked && next.weight() < self.threshold;
        likely && !self.digest(at).auto && self.may_join(at, next.at)
    }

    /// Asks those that hang on a message whose conversation is another now, and those that look at it.
    fn ask_those_around(&mut self, at: u32) {
        if !self.keep_records {
            self.moved.extend(self.below(at));
        }
        self.ask_those_after(at);
        for child in self.children(at).collect::<Vec<_>>() {
            if !self.is_proven(child) {
                self.ask(child);
            }
        }
    }

    /// The proven tree below its root.
    pub(super) fn tree(&self, root: u32) -> Vec<u32> {
        let mut found = vec![root];
        let mut next = 0;
        while next < found.len() {
            let proven = |&child: &u32| self.is_proven(child);
            found.extend(self.children(found[next]).filter(proven));
            next += 1;
        }
        found
    }

    // --- the known person of a conversation

    /// After `at` joined or left the conversation `top`: whether that brought or took its person.
    fn settle_person_after_join(&mut self, top: u32, at: u32) {
        let known = self.nodes[top as usize].person;
        let brings = self.person_before(at, at).is_some();
        let brought = known.is_some_and(|(since, _)| since == at);
        let earlier = known.is_none_or(|(since, _)| since != top && self.before(at, since));
        if brought || (brings && earlier) {
            self.settle_person(top);
        }
    }

    /// After what `at` or later messages had joined came to be others: who the persons of the conversations
    /// `tops` are, and where those belong that come after `at`.
    fn settle_tops(&mut self, tops: Vec<u32>, at: u32) {
        for top in tops {
            self.settle_person(top);
            if self.before(at, top) && self.nodes[top as usize].alive {
                self.ask(top);
            }
        }
    }

    /// Finds out the known person of the conversation `top`, and since when.
    fn settle_person(&mut self, top: u32) {
        if !self.nodes[top as usize].alive {
            return;
        }
        let own = self.nodes[top as usize].tree_person.filter(|_| self.nodes[top as usize].root == top);
        let person = own.map(|person| (top, person)).or_else(|| self.person_below(top));
        let before = std::mem::replace(&mut self.nodes[top as usize].person, person);
        if before == person {
            return;
        }
        if [before, person].into_iter().flatten().any(|(since, _)| self.before(since, top)) {
            self.ask(top);
        }
        for member in self.below(top) {
            self.ask_those_after(member);
        }
    }

    /// The first root below `top` in working order that brings a person.
    fn person_below(&self, top: u32) -> Option<(u32, u32)> {
        let mut found: Option<(u32, u32)> = None;
        let mut open: Vec<(u32, u32)> = vec![(top, top)];
        let mut left = self.count;
        while let Some((at, since)) = open.pop().filter(|_| left > 0) {
            left -= 1;
            let node = &self.nodes[at as usize];
            // A tree counts from when it, and all it hangs on, had joined.
            let mut since = since;
            if !self.is_proven(at) && at != top {
                since = if since == top || self.before(since, at) { at } else { since };
                if let Some(person) = node.tree_person
                    && found.is_none_or(|(known, _)| self.before(since, known))
                {
                    found = Some((since, person));
                }
            }
            open.extend(self.children(at).map(|child| (child, since)));
        }
        found
    }
}
