//! What is read once about one message, and all that is kept of it.
//!
//! A digest holds numbers and hashes: who, when, where, which ids, which lines are written and which
//! quoted, which words. No text is kept, so an engine that follows a mailbox for years holds nobody's
//! words. Cost: linear in the bytes of the message.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use crate::model::{ChannelFamily, Direction, Message, Participant, Profile, Timestamp, Visibility};
use crate::text::{body, subject};

use super::config::{Config, Policy};
use super::ids::Names;
use super::order::{Order, natural};
use super::people::{NONE, People, Sides, Who};
use super::weight::hash;

/// A channel with everything that is decided about it.
#[derive(Debug, Clone)]
pub(super) struct Way {
    /// The channel's full name.
    pub(super) channel: String,
    pub(super) profile: Profile,
    pub(super) policy: Policy,
    pub(super) gap_ms: i64,
}

/// A base subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Subject {
    pub(super) hash: u64,
    pub(super) words: u32,
    pub(super) reply: bool,
    pub(super) forward: bool,
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
    pub(super) direction: Direction,
    /// The member of staff in a message with a direction.
    pub(super) agent: Option<u64>,
    /// The ids it is known by and the ids it names.
    pub(super) names: Names,
    pub(super) subject: Option<Subject>,
    /// The lines its author wrote.
    pub(super) own_lines: Box<[u64]>,
    /// The lines it quotes, and whether from deeper than what it answers.
    pub(super) quoted: Box<[(u64, bool)]>,
    /// Its longer words.
    pub(super) words: Box<[u64]>,
    /// Who takes part, the author first.
    pub(super) participants: Box<[u64]>,
    pub(super) text_hash: u64,
    /// Bytes of its text.
    pub(super) text_len: u32,
}

/// Lines shorter than this in characters ("Hi Ana,", "Thanks!") are written by everybody.
const SHORTEST_LINE: usize = 18;
/// Lines, words and participants beyond these numbers are left aside.
const MOST_LINES: usize = 256;
const MOST_WORDS: usize = 128;
const MOST_PARTICIPANTS: usize = 64;
/// Shorter words tell nothing.
const SHORTEST_WORD: usize = 4;

/// Turns messages into digests: knows the channels, rooms and people met so far.
#[derive(Debug, Clone)]
pub(super) struct Reader {
    config: Config,
    ways: Vec<Way>,
    way_of: FxHashMap<String, u32>,
    rooms: FxHashMap<(u32, String), u32>,
    pub(super) people: People,
}

impl Reader {
    pub(super) fn new(config: Config) -> Self {
        Self {
            config,
            ways: Vec::new(),
            way_of: FxHashMap::default(),
            rooms: FxHashMap::default(),
            people: People::default(),
        }
    }

    /// The caller's settings.
    pub(super) fn config(&self) -> &Config {
        &self.config
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
        let (own_lines, quoted) = lines(&profile, &message.text);
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
            direction: message.direction,
            agent: agent(message),
            names,
            subject: profile.subjects.then(|| message.subject.as_deref().and_then(read_subject)).flatten(),
            own_lines,
            quoted,
            words: words(&message.text),
            participants: message
                .participants()
                .take(MOST_PARTICIPANTS)
                .map(|who| hash(&who.handle.to_ascii_lowercase()))
                .collect(),
            text_hash: hash(&message.text),
            text_len: message.text.len() as u32,
        }
    }

    /// Who in `message` is said to be whom.
    fn told(&mut self, profile: &str, message: &Message) -> Box<[Who]> {
        let named = message.participants().filter(|who| who.entity.is_some());
        named.map(|who| self.people.read(profile, who)).collect()
    }

    /// Puts in who the people of a digest are, as far as that is known now.
    pub(super) fn settle(&mut self, digest: &mut Digest) {
        let family = self.way(digest).profile.family;
        digest.author = self.people.number(digest.wrote);
        digest.contact = self.people.contact(digest.sides);
        let alone = matches!(family, ChannelFamily::Chat | ChannelFamily::Voice) && digest.room.is_none();
        digest.person = digest.contact.filter(|&contact| alone && self.people.resolved(contact));
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
        self.ways.push(Way { channel: message.channel.0.clone(), profile, policy, gap_ms });
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
    /// Milliseconds from an earlier message to this one, where both times are known.
    pub(super) fn gap_since(&self, earlier: &Self) -> Option<i64> {
        Some(self.time?.saturating_sub(earlier.time?))
    }

    /// Whether the author of one message takes part in the other; a list both went to does not count.
    pub(super) fn shares_participant(&self, other: &Self) -> bool {
        let takes_part = |author: &Self, other: &Self| {
            author.wrote != Who::NOBODY
                && author.participants.first().is_some_and(|who| other.participants.contains(who))
        };
        takes_part(self, other) || takes_part(other, self)
    }

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

/// The lines written and the lines quoted: nothing where a channel knows no quotations.
fn lines(profile: &Profile, text: &str) -> (Box<[u64]>, Box<[(u64, bool)]>) {
    if !profile.quotes || text.is_empty() {
        return Default::default();
    }
    let parts = body::split(text);
    let own = parts.own_lines(text).filter_map(line_hash).take(MOST_LINES).collect();
    let quoted = parts.quoted_lines(text);
    let quoted = quoted.filter_map(|(depth, line)| Some((line_hash(line)?, depth > 1)));
    (own, quoted.take(MOST_LINES).collect())
}

/// The hash of a line long enough to tell something, blanks collapsed.
fn line_hash(line: &str) -> Option<u64> {
    let mut joined = String::with_capacity(line.len());
    for word in line.split_whitespace() {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    (joined.chars().nth(SHORTEST_LINE - 1).is_some()).then(|| hash(&joined))
}

fn read_subject(text: &str) -> Option<Subject> {
    let subject = subject::base(text);
    (!subject.base.is_empty()).then(|| Subject {
        hash: hash(&subject.base),
        words: subject.base.split(' ').count() as u32,
        reply: subject.reply,
        forward: subject.forward,
    })
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

/// The member of staff in a message with a direction.
fn agent(message: &Message) -> Option<u64> {
    let who: &Participant = match message.direction {
        Direction::Inbound => message.to.first()?,
        Direction::Outbound => &message.author,
        Direction::Unknown => return None,
    };
    Some(hash(who.entity.as_ref().unwrap_or(&who.handle)))
}

/// The longer words of a text as hashes, each once; of a long text the first ones.
fn words(text: &str) -> Box<[u64]> {
    let mut words: Vec<u64> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().nth(SHORTEST_WORD - 1).is_some())
        .take(MOST_WORDS)
        .map(|word| hash(&word.to_lowercase()))
        .collect();
    words.sort_unstable();
    words.dedup();
    words.into()
}
