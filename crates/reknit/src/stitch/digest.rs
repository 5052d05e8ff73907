//! What is read once about one message, and all that is kept of it.
//!
//! A digest holds numbers and hashes: who, when, where, which ids, which lines are written and which
//! quoted, which words. No text is kept, so an engine that follows a mailbox for years holds nobody's
//! words. Cost: linear in the bytes of the message.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use crate::model::{ChannelFamily, Message, Profile, Timestamp, Visibility};

use super::config::{Config, Policy, Threading};
use crate::text::subject;

use super::ids::Names;
use super::order::{Order, natural};
use super::people::{NONE, People, Sides, Who};
use super::room::{Line, Ranker};
use super::weigh;
use super::weight::hash;

/// A channel with everything that is decided about it.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) profile: Profile,
    pub(super) policy: Policy,
    pub(super) gap_ms: i64,
}

/// What is kept of one message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Digest {
    pub(super) order: Order,
    /// When it was sent, in milliseconds since 1970.
    pub(super) time: Option<i64>,
    /// Its channel, as a place among the reader's ways.
    pub(super) way: u32,
    /// Who wrote it.
    pub(super) wrote: Who,
    pub(super) sides: Sides,
    /// Which participants it says the entity of.
    pub(super) told: Box<[Who]>,
    /// The author as a person; settled by [`Reader::settle`].
    pub(super) author: Option<u32>,
    /// Whom the matter is with, none in a room; settled.
    pub(super) contact: Option<u32>,
    /// The known entity of a contact in a one-to-one channel: two of them never share a conversation;
    /// settled.
    pub(super) person: Option<u32>,
    /// The room it was said in, as a number.
    pub(super) room: Option<u32>,
    /// A machine wrote it.
    pub(super) auto: bool,
    /// It carries no turn.
    pub(super) system: bool,
    /// Everybody can read it.
    pub(super) public: bool,
    /// The ids it is known by and the ids it names.
    pub(super) names: Names,
    /// Mail that is threaded by the letter of RFC 5256: its base subject, 0 for none, and whether a mark
    /// of an answer stood there.
    pub(super) strict: Option<(u64, bool)>,
    /// What is weighed.
    pub(super) says: weigh::Digest,
    /// In a room: what the lines after it need.
    pub(super) line: Option<Box<Line>>,
    pub(super) text_hash: u64,
    /// Bytes of its text.
    pub(super) text_len: u32,
}

/// Turns messages into digests: knows the channels, rooms and people met so far.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    config: Config,
    ways: Vec<Way>,
    way_of: FxHashMap<String, u32>,
    rooms: FxHashMap<(u32, String), u32>,
    pub(super) people: People,
    pub(super) ranker: Ranker,
}

impl Reader {
    pub(super) fn new(config: Config) -> Self {
        Self {
            config,
            ways: Vec::new(),
            way_of: FxHashMap::default(),
            rooms: FxHashMap::default(),
            people: People::default(),
            ranker: Ranker::shipped(),
        }
    }

    /// The caller's settings.
    pub(super) fn config(&self) -> &Config {
        &self.config
    }

    /// Takes other decisions; profiles and policies stay as they were.
    pub(super) fn set_config(&mut self, config: Config) {
        self.config = config;
    }

    /// The channel of a message.
    pub(super) fn way(&self, digest: &Digest) -> &Way {
        &self.ways[digest.way as usize]
    }

    /// Reads `message`; its names are still to be entered among the ids, its people to be settled.
    pub(super) fn read(&mut self, message: &Message, names: Names) -> Digest {
        let at = self.way_number(message);
        let profile = self.ways[at as usize].profile.clone();
        let wrote = self.people.read(&profile.name, &message.author);
        let room = self.room(at, profile.family, message);
        let sides =
            if room.is_some() { Sides::None } else { self.people.sides(&profile.name, message, wrote) };
        let time = message.sent.or(message.arrived).map(Timestamp::millis);
        let followed = sides != Sides::None;
        let says = weigh::Digest::read(message, &profile, at, followed);
        Digest {
            order: Order {
                time: time.unwrap_or(i64::MAX),
                id: message.id.as_str().into(),
                tie: tie(message),
            },
            time,
            way: at,
            wrote,
            sides,
            told: self.told(&profile.name, message),
            author: None,
            contact: None,
            person: None,
            room,
            auto: super::machine::wrote(message),
            system: message.system,
            public: message.visibility == Visibility::Public,
            names,
            strict: self.is_strict(message).then(|| strict_subject(message)),
            says,
            line: None,
            text_hash: hash(&message.text),
            text_len: message.text.len() as u32,
        }
    }

    /// Who in `message` is said to be whom.
    fn told(&mut self, profile: &str, message: &Message) -> Box<[Who]> {
        let named = message.participants().filter(|who| who.entity.is_some());
        named.map(|who| self.people.read(profile, who)).collect()
    }

    /// Reads a message of a room as a line; `serial` is its number.
    pub(super) fn line(&self, message: &Message, serial: u32) -> Line {
        let time = message.sent.or(message.arrived).map(Timestamp::millis);
        let author = &message.author.handle;
        self.ranker.read(u64::from(serial), author, time, message.system, &message.text)
    }

    /// Puts in who the people of a digest are, as far as that is known now.
    pub(super) fn settle(&mut self, digest: &mut Digest) {
        let family = self.way(digest).profile.family;
        digest.author = self.people.number(digest.wrote);
        digest.contact = self.people.contact(digest.sides);
        let alone = matches!(family, ChannelFamily::Chat | ChannelFamily::Voice) && digest.room.is_none();
        let known = digest.contact.is_some_and(|contact| self.people.resolved(contact));
        digest.person = digest.contact.filter(|_| alone && known);
        (digest.says.contact, digest.says.resolved) = (digest.contact, known);
    }

    /// Whether a message is threaded by the letter of RFC 5256.
    pub(super) fn is_strict(&mut self, message: &Message) -> bool {
        let at = self.way_number(message);
        let mail = self.ways[at as usize].profile.family == ChannelFamily::Mail;
        mail && message.room.is_none() && self.config.threading != Threading::Evidence
    }

    /// The name of the channel's profile.
    pub(super) fn profile_name(&mut self, message: &Message) -> String {
        let at = self.way_number(message);
        self.ways[at as usize].profile.name.clone()
    }

    fn way_number(&mut self, message: &Message) -> u32 {
        if let Some(&way) = self.way_of.get(&message.channel.0) {
            return way;
        }
        let profile = self.config.profile(&message.channel);
        let policy = self.config.policy(&message.channel, &profile.name);
        let gap_ms = policy.gap_ms.unwrap_or(profile.gap_ms);
        let way = self.ways.len() as u32;
        self.ways.push(Way { profile, policy, gap_ms });
        self.way_of.insert(message.channel.0.clone(), way);
        way
    }

    /// The room of a message: its own field, or the channel itself where channels are rooms.
    fn room(&mut self, way: u32, family: ChannelFamily, message: &Message) -> Option<u32> {
        let name = match (&message.room, family) {
            (Some(room), _) => room.clone(),
            (None, ChannelFamily::Room) => String::new(),
            (None, _) => return None,
        };
        let next = self.rooms.len() as u32;
        Some(*self.rooms.entry((way, name)).or_insert(next))
    }
}

impl Digest {
    /// The handles of its sides that it does not say the entity of.
    pub(super) fn open_handles(&self) -> impl Iterator<Item = u32> {
        let sides = match self.sides {
            Sides::None => [Who::NOBODY; 2],
            Sides::One(who) => [who, Who::NOBODY],
            Sides::Two(one, two) => [one, two],
        };
        let mut handles = [self.wrote, sides[0], sides[1]].map(|who| who.open_handle().unwrap_or(NONE));
        handles.sort_unstable();
        let repeated = |at: usize| at > 0 && handles[at] == handles[at - 1];
        let each = (0..3).filter(|&at| handles[at] != NONE && !repeated(at)).map(|at| handles[at]);
        each.collect::<Vec<_>>().into_iter()
    }
}

fn strict_subject(message: &Message) -> (u64, bool) {
    let subject = subject::base(message.subject.as_deref().unwrap_or_default());
    let number = if subject.base.is_empty() { 0 } else { hash(&subject.base).max(1) };
    (number, subject.reply || subject.forward)
}

/// Which of two messages comes first in working order.
pub(super) fn compare(a: &Message, b: &Message) -> Ordering {
    let time = |message: &Message| message.sent.or(message.arrived).map_or(i64::MAX, Timestamp::millis);
    time(a)
        .cmp(&time(b))
        .then_with(|| natural(&a.id, &b.id))
        .then_with(|| a.id.cmp(&b.id))
        .then_with(|| tie(a).cmp(&tie(b)))
}

/// Tells apart what bears the same id and time.
fn tie(message: &Message) -> u64 {
    let arrived = message.arrived.map(Timestamp::millis);
    hash(&format!("{}\u{1f}{arrived:?}\u{1f}{}\u{1f}", message.channel, message.author.handle))
        ^ hash(&message.text)
}
