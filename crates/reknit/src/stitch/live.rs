//! Conversations that follow their messages: one message at a time, at once.
//!
//! A [`LiveStitcher`] takes messages as they come: in order, late, twice, corrected, taken back. The law:
//! after any changes in any order the links are those that [`Stitcher::stitch`](super::Stitcher::stitch)
//! gives for the messages that are there. A message that comes late is put in its place by the time it was
//! sent, and only those that look back at it are asked again. A conversation has a number that stays: it
//! goes where most of its messages go, and where several conversations become one the oldest number stays
//! and the others lead to it.
//!
//! It keeps no text: only numbers and hashes of what was said.
//!
//! It is saved and loaded ([`LiveStitcher::to_bytes`], [`LiveStitcher::from_bytes`]) and goes on as if
//! nothing had been. [`LiveStitcher::close_before`] takes old conversations out of memory and leaves the
//! others as they are, which is the one exception from the law.
//!
//! Cost: microseconds a message; memory by the number of messages of conversations that are not closed.
//!
//! ```
//! use reknit::model::{Message, Timestamp};
//! use reknit::stitch::{Config, LiveStitcher};
//!
//! let hour = 3_600_000;
//! let first = Message::new("m1", "email", "ana@x.io", Timestamp(0), "My parcel is late.");
//! let mut second = Message::new("m2", "email", "desk@shop.io", Timestamp(2 * hour), "It left today.");
//! second.in_reply_to = vec!["m1".into()];
//!
//! let mut live = LiveStitcher::new(Config::default())?;
//! let early = live.upsert(&second)?.conversation;
//! let late = live.upsert(&first)?.conversation;
//! assert_eq!(early, late);
//! live.split("m2")?;
//! assert_ne!(live.conversation_of("m1"), live.conversation_of("m2"));
//! # Ok::<(), reknit::Error>(())
//! ```

mod close;
mod save;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::model::{Evidence, Message, Watch, Weight};
use crate::{Error, ErrorKind, Result};

use super::config::{Config, Policy};
use super::decide::{opening_receipt, receipt};
use super::engine::Engine;
use super::order;
use super::people::NONE;
use super::result::Relation;

pub use close::Closed;

/// What ranks the lines of rooms: raised whenever the shipped model changes.
const ROOM_MODEL: &str = "rooms 2";

/// Names a conversation for good. Ids are given in ascending order and never twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConversationId(pub u64);

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// Something that happened to a conversation. Applied in their order to a picture of which message is
/// where, the events of all changes give the picture of now. Messages are named by their ids.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// There is a new conversation, without messages as yet.
    Created {
        /// The new one.
        conversation: ConversationId,
    },
    /// Some messages of a conversation are one of their own.
    Split {
        /// The conversation that keeps the larger part and its id.
        from: ConversationId,
        /// The new conversation.
        into: ConversationId,
        /// Its messages, which were of the other before.
        messages: Vec<String>,
    },
    /// A message is no longer of a conversation.
    Left {
        /// The conversation it was of.
        conversation: ConversationId,
        /// The message.
        message: String,
    },
    /// All messages of one conversation are of an older one, and its id leads there from now on.
    Merged {
        /// The conversation that is no more.
        from: ConversationId,
        /// The older one.
        into: ConversationId,
    },
    /// A message is of a conversation.
    Joined {
        /// The conversation it is of now.
        conversation: ConversationId,
        /// The message.
        message: String,
    },
    /// A conversation has lost its last message.
    Ended {
        /// The conversation that is no more.
        conversation: ConversationId,
    },
}

/// What a change did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Change {
    /// The conversation of the message the change was about; nothing if that is gone.
    pub conversation: Option<ConversationId>,
    /// What happened to conversations, in order. Empty if none is other than before.
    pub events: Vec<Event>,
}

/// Why a message is where it is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkExplanation {
    /// The message.
    pub id: String,
    /// Its conversation.
    pub conversation: ConversationId,
    /// The message it hangs on; none when it opens its conversation.
    pub parent: Option<String>,
    /// How it belongs to its parent.
    pub relation: Relation,
    /// The belief in its place, in bits.
    pub weight: Weight,
    /// The receipt for `weight`.
    pub evidence: Evidence,
    /// Whether a person should look at the runner-up: see [`LiveStitcher::suggestions`].
    pub suggested: bool,
    /// The next best message to hang on, and the weight of that, in bits.
    pub runner_up: Option<(String, Weight)>,
    /// The silence after which a new matter is likelier on its channel, in milliseconds.
    pub gap_ms: i64,
    /// What was decided about its channel.
    pub policy: Policy,
    /// The model that ranks lines of rooms, where one was asked.
    pub model: Option<&'static str>,
}

/// A question for a person, as [`Suggestion`](super::Suggestion), with ids.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LinkSuggestion {
    /// The message, which opens its conversation.
    pub id: String,
    /// The message it may hang on.
    pub candidate: String,
    /// The probability that it does.
    pub probability: f64,
    /// The receipt for `probability`.
    pub evidence: Evidence,
}

/// Messages and their conversations, kept up to date one message at a time.
#[derive(Debug, Clone)]
pub struct LiveStitcher {
    engine: Engine,
    names: Names,
}

impl LiveStitcher {
    /// An engine without messages. The decisions of `config` hold as soon as their messages come.
    ///
    /// # Errors
    /// `config` when a number is out of its range; `contradiction` when must-links and cannot-links
    /// contradict each other.
    pub fn new(config: Config) -> Result<Self> {
        config.check()?;
        Ok(Self { engine: Engine::new(config, false), names: Names::default() })
    }

    /// An engine that begins with many messages: the same conversations as one by one, several times sooner.
    /// They are taken in the order they were sent, so the oldest conversation has the first number; of several
    /// with one id the last counts, as a correction.
    ///
    /// # Errors
    /// As for [`new`](Self::new); `input` when a message has no id, or when there are 2^31 messages;
    /// `cancelled` when `watch` asks to stop.
    pub fn with(config: Config, messages: &[Message], watch: &mut Watch<'_>) -> Result<Self> {
        let mut live = Self::new(config)?;
        if let Some(nameless) = messages.iter().position(|message| message.id.is_empty()) {
            return Err(Error::input(format!("messages[{nameless}] has no `id`; give it one")));
        }
        let mut last: FxHashMap<&str, usize> = FxHashMap::default();
        for (row, message) in messages.iter().enumerate() {
            last.insert(&message.id, row);
        }
        let mut kept: Vec<&Message> = messages
            .iter()
            .enumerate()
            .filter(|(row, message)| last[message.id.as_str()] == *row)
            .map(|(_, message)| message)
            .collect();
        kept.sort_by(|a, b| order::compare(a, b));
        live.engine.fill(&kept, watch)?;
        live.names.begin(&mut live.engine);
        Ok(live)
    }

    /// How many messages there are.
    pub fn len(&self) -> usize {
        self.engine.len()
    }

    /// Whether there are no messages.
    pub fn is_empty(&self) -> bool {
        self.engine.len() == 0
    }

    /// How many conversations there are.
    pub fn conversation_count(&self) -> usize {
        self.names.first.len()
    }

    /// Takes up a new message, or the correction of one with the same id. The same message once more
    /// changes nothing.
    ///
    /// # Errors
    /// `input` when the message has no id, or when there are 2^31 messages.
    pub fn upsert(&mut self, message: &Message) -> Result<Change> {
        if message.id.is_empty() {
            return Err(Error::input("the message has no `id`; give it one"));
        }
        let mut events = Vec::new();
        let ids = self.engine.read_ids(message)?;
        let before = self.engine.find_same(&ids);
        if let Some(at) = before {
            if self.engine.says_the_same(at, message, ids.clone()) {
                return Ok(Change { conversation: self.names.of(at), events });
            }
            self.engine.remove(at);
        }
        let at = self.engine.insert_with(message, ids)?;
        // A corrected message keeps its number, and with it its conversation until it is known to move.
        if let Some(before) = before.filter(|&before| before != at) {
            self.names.leave(before, &message.id, &mut events);
        }
        self.names.follow(&mut self.engine, &mut events);
        Ok(Change { conversation: self.names.of(at), events })
    }

    /// Takes a message out, with all that is known of it.
    ///
    /// # Errors
    /// `not_found` when there is none with this id.
    pub fn delete(&mut self, id: &str) -> Result<Change> {
        let at = self.find(id)?;
        let mut events = Vec::new();
        self.engine.remove(at);
        self.names.leave(at, id, &mut events);
        self.names.follow(&mut self.engine, &mut events);
        Ok(Change { conversation: None, events })
    }

    /// A person says that two messages belong together. The decision holds also for messages that are
    /// not there yet.
    ///
    /// # Errors
    /// `contradiction` when other decisions say the opposite.
    pub fn must_link(&mut self, a: &str, b: &str) -> Result<Change> {
        self.say(&[Word { a, b, together: Some(true) }])
    }

    /// A person says that two messages are never of one conversation.
    ///
    /// # Errors
    /// As for [`must_link`](Self::must_link).
    pub fn cannot_link(&mut self, a: &str, b: &str) -> Result<Change> {
        self.say(&[Word { a, b, together: Some(false) }])
    }

    /// Takes back what a person said about two messages; nothing happens if nobody said anything.
    ///
    /// # Errors
    /// As for [`must_link`](Self::must_link).
    pub fn undo_link(&mut self, a: &str, b: &str) -> Result<Change> {
        self.say(&[Word { a, b, together: None }])
    }

    /// A person says that a message, and what hangs on it, is a conversation of its own: it is kept apart
    /// from the message it hangs on.
    ///
    /// # Errors
    /// `not_found` without such a message; `contradiction` when other decisions say the opposite.
    pub fn split(&mut self, id: &str) -> Result<Change> {
        let at = self.find(id)?;
        match self.engine.link(at) {
            Some(link) => {
                let parent = self.id(link.parent);
                self.say(&[Word { a: id, b: &parent, together: Some(false) }])
            }
            None => Ok(self.change(id, Vec::new())),
        }
    }

    /// A person says that a message, and what hangs on it, belongs to another conversation: apart from
    /// what it hangs on, together with the first message of `conversation`.
    ///
    /// # Errors
    /// `not_found` without such a message or conversation; `contradiction` when other decisions say the
    /// opposite, and then nothing has changed.
    pub fn move_to(&mut self, id: &str, conversation: ConversationId) -> Result<Change> {
        let at = self.find(id)?;
        let members = self.members(conversation);
        let Some(target) = members.first() else {
            return Err(Error::not_found(format!("no conversation {conversation}")));
        };
        if self.conversation_of(id) == self.conversation_of(target) {
            return Ok(self.change(id, Vec::new()));
        }
        let parent = self.engine.link(at).map(|link| self.id(link.parent));
        let mut words = vec![Word { a: id, b: target, together: Some(true) }];
        if let Some(parent) = &parent {
            words.push(Word { a: id, b: parent, together: Some(false) });
        }
        self.say(&words)
    }

    /// The conversation of a message.
    pub fn conversation_of(&self, id: &str) -> Option<ConversationId> {
        let at = self.engine.find(id)?;
        self.names.of(at)
    }

    /// The messages of a conversation, in working order; none for an unknown one. An id that was merged
    /// leads to the conversation that took it in.
    pub fn members(&self, conversation: ConversationId) -> Vec<String> {
        let Some(at) = self.names.somebody(self.names.now(conversation)) else { return Vec::new() };
        let members = self.engine.members(self.engine.conversation(at));
        members.into_iter().map(|at| self.id(at)).collect()
    }

    /// The conversation an id leads to now: itself while it is there.
    pub fn redirect(&self, conversation: ConversationId) -> Option<ConversationId> {
        let now = self.names.now(conversation);
        self.names.first.contains_key(&now.0).then_some(now)
    }

    /// All conversations, the oldest id first.
    pub fn conversations(&self) -> Vec<ConversationId> {
        let mut all: Vec<_> = self.names.first.keys().map(|&id| ConversationId(id)).collect();
        all.sort_unstable();
        all
    }

    /// Why a message is where it is.
    ///
    /// # Errors
    /// `not_found` without such a message.
    pub fn explain(&self, id: &str) -> Result<LinkExplanation> {
        let at = self.find(id)?;
        let (link, record) = (self.engine.link(at), self.engine.record(at));
        let evidence = match link {
            Some(_) => receipt(&record.findings),
            None => opening_receipt(record.next.map(|_| record.findings.as_slice())),
        };
        let digest = self.engine.digest(at);
        Ok(LinkExplanation {
            id: id.to_owned(),
            conversation: self.names.of(at).unwrap_or(ConversationId(0)),
            parent: link.map(|link| self.id(link.parent)),
            relation: link.map_or(Relation::Opening, |link| link.relation),
            weight: evidence.total,
            evidence,
            suggested: self.engine.is_suggested(at),
            runner_up: record.next.map(|(at, weight)| (self.id(at), weight)),
            gap_ms: self.engine.way(digest).gap_ms,
            policy: self.engine.way(digest).policy.clone(),
            model: digest.room.map(|_| ROOM_MODEL),
        })
    }

    /// The messages a person should look at, in working order: they open a conversation, and their best
    /// candidate has a probability from `ask_probability` up to `join_probability`. [`must_link`](Self::must_link)
    /// and [`cannot_link`](Self::cannot_link) answer one.
    ///
    /// Cost: every receipt is worked out anew, tens of microseconds each.
    pub fn suggestions(&self) -> Vec<LinkSuggestion> {
        let suggestion = |at: u32| {
            let record = self.engine.record(at);
            let (candidate, weight) = record.next?;
            Some(LinkSuggestion {
                id: self.id(at),
                candidate: self.id(candidate),
                probability: weight.probability(),
                evidence: receipt(&record.findings),
            })
        };
        self.engine.suggestions().into_iter().filter_map(suggestion).collect()
    }

    fn find(&self, id: &str) -> Result<u32> {
        self.engine.find(id).ok_or_else(|| Error::not_found(format!("no message {id}")))
    }

    fn id(&self, at: u32) -> String {
        self.engine.id(at).to_owned()
    }

    fn change(&self, id: &str, events: Vec<Event>) -> Change {
        Change { conversation: self.conversation_of(id), events }
    }

    /// Takes up what a person says, all of it or nothing; about the first message of the first word.
    fn say(&mut self, words: &[Word<'_>]) -> Result<Change> {
        let before = self.engine.config().clone();
        for word in words {
            if word.a == word.b {
                return Err(Error::new(ErrorKind::Input, "a message cannot be linked with itself; name two"));
            }
            if let Err(error) = self.engine.decide_word(word.a, word.b, word.together) {
                self.engine.set_config(before);
                return Err(error);
            }
        }
        for word in words {
            self.engine.say(word.a, word.b, word.together);
        }
        let mut events = Vec::new();
        self.names.follow(&mut self.engine, &mut events);
        Ok(self.change(words.first().map_or("", |word| word.a), events))
    }
}

/// What a person says of two messages; nothing takes back what was said.
struct Word<'w> {
    a: &'w str,
    b: &'w str,
    together: Option<bool>,
}

/// Which message is of which conversation, by number; 0 is none.
#[derive(Debug, Clone, Default)]
struct Names {
    next: u64,
    seats: Vec<Seat>,
    /// Some message of each conversation; none of one whose messages have all left just now.
    first: FxHashMap<u64, u32>,
    /// Conversations that went into another.
    merged: FxHashMap<u64, u64>,
}

/// Where a message is, and its neighbours there, in no order.
#[derive(Debug, Clone, Copy)]
struct Seat {
    conversation: u64,
    next: u32,
    previous: u32,
}

const NO_SEAT: Seat = Seat { conversation: 0, next: NONE, previous: NONE };

/// The messages of conversations that may be other than before, and what is now.
struct Moved {
    messages: Vec<u32>,
    /// The message that opens the conversation of each.
    tops: Vec<u32>,
    /// How early each stands among them.
    rank: FxHashMap<u32, usize>,
    /// The ids of the messages.
    ids: Vec<String>,
}

impl Moved {
    /// All messages of the conversations that `messages` are of, and of those they were of.
    fn with_all_around(engine: &Engine, names: &Names, messages: &[u32]) -> Self {
        let old: BTreeSet<u64> = messages.iter().filter_map(|&at| names.of(at)).map(|id| id.0).collect();
        let were = old.iter().flat_map(|&id| names.members(id));
        let all = messages.iter().copied().chain(were);
        let mut tops: Vec<u32> = all.map(|at| engine.conversation(at)).collect();
        tops.sort_unstable();
        tops.dedup();
        let messages = engine.sorted(tops.iter().flat_map(|&top| engine.below(top)).collect());
        Self {
            tops: messages.iter().map(|&at| engine.conversation(at)).collect(),
            rank: messages.iter().enumerate().map(|(rank, &at)| (at, rank)).collect(),
            ids: messages.iter().map(|&at| engine.id(at).to_owned()).collect(),
            messages,
        }
    }
}

impl Names {
    fn of(&self, at: u32) -> Option<ConversationId> {
        self.seats.get(at as usize).map(|seat| seat.conversation).filter(|&id| id != 0).map(ConversationId)
    }

    /// The conversation that `id` leads to.
    fn now(&self, id: ConversationId) -> ConversationId {
        let mut id = id.0;
        while let Some(&into) = self.merged.get(&id) {
            id = into;
        }
        ConversationId(id)
    }

    /// Some message of a conversation.
    fn somebody(&self, id: ConversationId) -> Option<u32> {
        self.first.get(&id.0).copied().filter(|&at| at != NONE)
    }

    /// All messages of a conversation, in no order.
    fn members(&self, id: u64) -> impl Iterator<Item = u32> {
        let there = |at: u32| (at != NONE).then_some(at);
        let first = self.first.get(&id).copied().and_then(there);
        std::iter::successors(first, move |&at| there(self.seats[at as usize].next))
    }

    /// A message is taken out.
    fn leave(&mut self, at: u32, id: &str, events: &mut Vec<Event>) {
        let Some(conversation) = self.of(at) else { return };
        self.put(at, 0);
        events.push(Event::Left { conversation, message: id.to_owned() });
    }

    /// Puts a message that is of no conversation into that of `neighbour`.
    fn sit_beside(&mut self, neighbour: u32, at: u32) {
        self.make_room(at);
        let Seat { conversation, next, .. } = self.seats[neighbour as usize];
        self.seats[at as usize] = Seat { conversation, next, previous: neighbour };
        self.seats[neighbour as usize].next = at;
        if next != NONE {
            self.seats[next as usize].previous = at;
        }
    }

    fn make_room(&mut self, at: u32) {
        if self.seats.len() <= at as usize {
            self.seats.resize(at as usize + 1, NO_SEAT);
        }
    }

    fn put(&mut self, at: u32, id: u64) {
        self.make_room(at);
        let Seat { conversation, next, previous } = self.seats[at as usize];
        if next != NONE {
            self.seats[next as usize].previous = previous;
        }
        if previous != NONE {
            self.seats[previous as usize].next = next;
        } else if conversation != 0 {
            self.first.insert(conversation, next);
        }
        let mut seat = Seat { conversation: id, ..NO_SEAT };
        if id != 0 {
            seat.next = self.first.insert(id, at).unwrap_or(NONE);
        }
        if seat.next != NONE {
            self.seats[seat.next as usize].previous = at;
        }
        self.seats[at as usize] = seat;
    }

    /// Numbers the conversations of an engine that nobody has followed yet, by their first messages.
    fn begin(&mut self, engine: &mut Engine) {
        let mut numbers: FxHashMap<u32, u64> = FxHashMap::default();
        for at in engine.take_moved() {
            let number = *numbers.entry(engine.conversation(at)).or_insert_with(|| {
                self.next += 1;
                self.next
            });
            self.put(at, number);
        }
    }

    /// Gives the messages that moved the conversations they are of now.
    fn follow(&mut self, engine: &mut Engine, events: &mut Vec<Event>) {
        let messages = engine.take_moved();
        // Nearly always one message joins what is there, or opens a conversation.
        if let [at] = *messages
            && self.of(at).is_none()
            && engine.is_leaf(at)
        {
            let known = engine.link(at).map(|link| self.of(link.parent));
            if let Some(conversation) = known.unwrap_or_else(|| Some(self.create(events))) {
                match engine.link(at) {
                    Some(link) => self.sit_beside(link.parent, at),
                    None => self.put(at, conversation.0),
                }
                events.push(Event::Joined { conversation, message: engine.id(at).to_owned() });
                return;
            }
        }
        let moved = Moved::with_all_around(engine, self, &messages);
        let winners = self.elect(&moved);
        let mut named: BTreeMap<u32, u64> = BTreeMap::new();
        for (&old, &top) in &winners {
            let stays = named.entry(top).or_insert(old);
            *stays = (*stays).min(old);
        }
        self.name_new(&moved, &mut named, events);
        self.move_rest(&moved, &winners, &named, events);
        for (old, top) in winners {
            self.merge(old, named.get(&top).copied().unwrap_or(old), events);
        }
        self.end_empty(events);
    }

    /// Gives the next number.
    fn create(&mut self, events: &mut Vec<Event>) -> ConversationId {
        self.next += 1;
        let conversation = ConversationId(self.next);
        events.push(Event::Created { conversation });
        conversation
    }

    /// For each conversation the group most of its messages are in; the earliest message decides a tie.
    fn elect(&self, moved: &Moved) -> BTreeMap<u64, u32> {
        let mut went: BTreeMap<u64, BTreeMap<u32, usize>> = BTreeMap::new();
        for (&at, &top) in moved.messages.iter().zip(&moved.tops) {
            if let Some(old) = self.of(at) {
                *went.entry(old.0).or_default().entry(top).or_default() += 1;
            }
        }
        let rank = |top: u32| moved.rank.get(&top).copied().unwrap_or(usize::MAX);
        let most = |went: BTreeMap<u32, usize>| {
            went.into_iter().max_by_key(|&(top, count)| (count, Reverse(rank(top)))).map(|(top, _)| top)
        };
        went.into_iter().filter_map(|(old, went)| Some((old, most(went)?))).collect()
    }

    /// Names the groups that no conversation goes to.
    fn name_new(&mut self, moved: &Moved, named: &mut BTreeMap<u32, u64>, events: &mut Vec<Event>) {
        for (first, &top) in moved.tops.iter().enumerate() {
            if named.contains_key(&top) {
                continue;
            }
            self.next += 1;
            let into = ConversationId(self.next);
            named.insert(top, into.0);
            let members: Vec<usize> = (first..moved.tops.len()).filter(|&at| moved.tops[at] == top).collect();
            let from = self.of(moved.messages[first]);
            let all = members.iter().all(|&at| self.of(moved.messages[at]) == from);
            if let Some(from) = from.filter(|_| all) {
                for &at in &members {
                    self.put(moved.messages[at], into.0);
                }
                let messages = members.iter().map(|&at| moved.ids[at].clone()).collect();
                events.push(Event::Split { from, into, messages });
            } else {
                events.push(Event::Created { conversation: into });
            }
        }
    }

    /// Moves what is not where it belongs, one by one, unless its whole conversation goes there.
    fn move_rest(
        &mut self,
        moved: &Moved,
        winners: &BTreeMap<u64, u32>,
        named: &BTreeMap<u32, u64>,
        events: &mut Vec<Event>,
    ) {
        for (at, top) in moved.tops.iter().enumerate() {
            let Some(&id) = named.get(top) else { continue };
            let old = self.of(moved.messages[at]);
            let goes_along = old.is_some_and(|old| old.0 == id || winners.get(&old.0) == Some(top));
            if goes_along {
                continue;
            }
            let message = moved.ids[at].clone();
            if let Some(conversation) = old {
                events.push(Event::Left { conversation, message: message.clone() });
            }
            self.put(moved.messages[at], id);
            events.push(Event::Joined { conversation: ConversationId(id), message });
        }
    }

    /// Leads an id that arrived at a group beside an older one there, with all messages it still has.
    fn merge(&mut self, old: u64, into: u64, events: &mut Vec<Event>) {
        // Messages that others followed elsewhere have left by now; what is left is of this group.
        if old == into {
            return;
        }
        if !self.first.contains_key(&old) {
            return;
        }
        for at in self.members(old).collect::<Vec<_>>() {
            self.put(at, into);
        }
        self.first.remove(&old);
        self.merged.insert(old, into);
        events.push(Event::Merged { from: ConversationId(old), into: ConversationId(into) });
    }

    /// Ends the conversations whose last message left.
    fn end_empty(&mut self, events: &mut Vec<Event>) {
        let left = events.iter().filter_map(|event| match event {
            Event::Left { conversation, .. } => Some(conversation.0),
            _ => None,
        });
        let left: BTreeSet<u64> = left.collect();
        for id in left {
            if self.first.get(&id) == Some(&NONE) {
                self.first.remove(&id);
                events.push(Event::Ended { conversation: ConversationId(id) });
            }
        }
    }
}

#[cfg(test)]
mod tests;
