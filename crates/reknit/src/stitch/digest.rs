//! What is read once about one message, and all that is kept of it.
//!
//! A digest holds numbers and hashes: who, when, where, which ids, which lines are written and which
//! quoted, which words. No text is kept, so an engine that follows a mailbox for years holds nobody's
//! words. Cost: linear in the bytes of the message.

use rustc_hash::FxHashMap;

use crate::model::{Channel, ChannelFamily, Direction, Message, Profile, Timestamp, Visibility};

use super::config::{Config, Policy, Threading};
use crate::text::subject;

use super::ids::{Ids, MessageIds, Names};
use super::machine;
use super::order::{self, Order};
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
    /// Its mail is threaded by the letter of RFC 5256.
    pub(super) strict: bool,
    /// The number of its profile's name among the ids.
    pub(super) platform: u32,
}

/// What is kept of one message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Digest {
    pub(super) order: Order,
    /// Who wrote it.
    pub(super) wrote: Who,
    pub(super) sides: Sides,
    /// Which participants it says the entity of.
    pub(super) told: Box<[Who]>,
    /// The author as a person; settled by [`Reader::settle`].
    pub(super) author: Option<u32>,
    /// The known entity of a contact in a one-to-one channel: two of them never share a conversation;
    /// settled.
    pub(super) person: Option<u32>,
    /// The known entity of a contact in a channel between two, public posts and the mail of a desk included:
    /// what nothing proves to belong together does not bring two of them together; settled.
    pub(super) customer: Option<u32>,
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
    /// What is weighed. Its contact is settled.
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
    rooms: FxHashMap<(u32, Box<str>), u32>,
    pub(super) people: People,
    lines: weigh::Lines,
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
            lines: weigh::Lines::default(),
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
        &self.ways[digest.way() as usize]
    }

    /// The number of a channel among the ways; `ids` gives its profile a number.
    pub(super) fn channel_number(&mut self, channel: &Channel, ids: &mut Ids) -> u32 {
        if let Some(&way) = self.way_of.get(&channel.0) {
            return way;
        }
        let profile = self.config.profile(channel);
        let policy = self.config.policy(channel, &profile.name);
        let gap_ms = policy.gap_ms.unwrap_or(profile.gap_ms);
        let strict = profile.family == ChannelFamily::Mail && self.config.threading != Threading::Evidence;
        let platform = ids.platform(&profile.name);
        let way = self.ways.len() as u32;
        self.ways.push(Way { profile, policy, gap_ms, strict, platform });
        self.way_of.insert(channel.0.clone(), way);
        way
    }

    /// The names of the channels, by number.
    pub(super) fn channels(&self) -> Vec<&str> {
        let mut names = vec![""; self.ways.len()];
        self.way_of.iter().for_each(|(name, &way)| names[way as usize] = name.as_str());
        names
    }

    /// The channel and the name of each room, by number.
    pub(super) fn rooms(&self) -> Vec<(u32, &str)> {
        let mut rooms = vec![(0, ""); self.rooms.len()];
        self.rooms.iter().for_each(|((way, name), &room)| rooms[room as usize] = (*way, &**name));
        rooms
    }

    /// Adds a room; none if it is known, or its channel is not.
    pub(super) fn add_room(&mut self, way: u32, name: &str) -> Option<()> {
        let next = self.rooms.len() as u32;
        let known = (way as usize) < self.ways.len();
        (known && self.rooms.insert((way, name.into()), next).is_none()).then_some(())
    }

    /// Whether a message on a way is threaded by the letter of RFC 5256.
    pub(super) fn is_strict(&self, way: u32, message: &Message) -> bool {
        self.ways[way as usize].strict && message.room.is_none()
    }

    /// The number of the profile of a way among the ids.
    pub(super) fn platform(&self, way: u32) -> u32 {
        self.ways[way as usize].platform
    }

    /// Reads `message`, whose ids are `ids`; they are still to be entered, its people to be settled.
    pub(super) fn read(&mut self, message: &Message, way: u32, ids: MessageIds) -> Digest {
        let Self { ways, people, lines, .. } = self;
        let line = message.subject.as_deref().map(|line| lines.read(line));
        let Way { profile, strict, .. } = &ways[way as usize];
        let wrote = people.read(&profile.name, &message.author);
        let room = room(&mut self.rooms, way, profile.family, message);
        let sides = if room.is_some() { Sides::None } else { people.sides(&profile.name, message, wrote) };
        let parties = (sides != Sides::None).then(|| weigh::Sides {
            customer: people.customer_hash(&profile.name, message),
            staff: people.staff_hash(message),
        });
        let told = message.participants().filter(|who| who.entity.is_some());
        let told = told.map(|who| people.read(&profile.name, who)).collect();
        Digest {
            order: Order { time: order::time(message), id: ids.id, tie: order::tie(message) },
            wrote,
            sides,
            told,
            author: None,
            person: None,
            customer: None,
            room,
            auto: line.is_some_and(|line| line.automatic) || machine::wrote_without(message),
            system: message.system,
            public: message.visibility == Visibility::Public,
            names: ids.names,
            strict: (*strict && room.is_none()).then(|| strict_subject(message)),
            says: weigh::Digest::read(message, profile, way, parties, line),
            line: None,
            text_hash: hash(&message.text),
            text_len: message.text.len() as u32,
        }
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
        let contact = self.people.contact(digest.sides);
        let alone = matches!(family, ChannelFamily::Chat | ChannelFamily::Voice) && digest.room.is_none();
        let desk = family == ChannelFamily::Mail && digest.says.direction != Direction::Unknown;
        let named = alone || ((desk || family == ChannelFamily::Social) && digest.room.is_none());
        let known = contact.is_some_and(|contact| self.people.resolved(contact));
        digest.author = self.people.number(digest.wrote);
        digest.person = contact.filter(|_| alone && known);
        digest.customer = contact.filter(|_| named && known);
        (digest.says.contact, digest.says.resolved) = (contact, known);
    }
}

/// The room of a message: its own field, or the channel itself where channels are rooms.
fn room(
    rooms: &mut FxHashMap<(u32, Box<str>), u32>,
    way: u32,
    family: ChannelFamily,
    message: &Message,
) -> Option<u32> {
    let name: Box<str> = match (&message.room, family) {
        (Some(room), _) => room.as_str().into(),
        (None, ChannelFamily::Room) => Box::default(),
        (None, _) => return None,
    };
    let next = rooms.len() as u32;
    Some(*rooms.entry((way, name)).or_insert(next))
}

impl Digest {
    /// Its channel, as a place among the reader's ways.
    pub(super) fn way(&self) -> u32 {
        self.says.way
    }

    /// When it was sent, in milliseconds since 1970.
    pub(super) fn time(&self) -> Option<i64> {
        self.says.time
    }

    /// Whom the matter is with, none in a room; settled.
    pub(super) fn contact(&self) -> Option<u32> {
        self.says.contact
    }

    /// The handles of its sides that it does not say the entity of.
    pub(super) fn open_handles(&self) -> impl Iterator<Item = u32> + use<> {
        let sides = match self.sides {
            Sides::None => [Who::NOBODY; 2],
            Sides::One(who) => [who, Who::NOBODY],
            Sides::Two(one, two) => [one, two],
        };
        let mut handles = [self.wrote, sides[0], sides[1]].map(|who| who.open_handle().unwrap_or(NONE));
        handles.sort_unstable();
        let repeated = move |at: usize| at > 0 && handles[at] == handles[at - 1];
        (0..3).filter(move |&at| handles[at] != NONE && !repeated(at)).map(move |at| handles[at])
    }
}

fn strict_subject(message: &Message) -> (u64, bool) {
    let folded = subject::fold(message.subject.as_deref().unwrap_or_default());
    let (base, marks) = subject::base_of_folded(&folded);
    let number = if base.is_empty() { 0 } else { hash(base).max(1) };
    (number, marks.reply || marks.forward)
}
