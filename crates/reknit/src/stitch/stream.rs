//! The messages in working order, with what all findings need read once.
//!
//! The order is `(sent, id)`: ids that are equal in time compare with their digits as numbers, so
//! that line 999 of a log comes before line 1000. Messages without any time come last. From here on
//! a message is its place in this order, and "earlier" means a smaller place.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use crate::model::{ChannelFamily, Direction, Message, Participant, Profile};

use super::config::{Config, Policy};

/// A channel with everything that is decided about it.
pub(super) struct Way {
    pub(super) profile: Profile,
    pub(super) policy: Policy,
    pub(super) gap_ms: i64,
}

/// What is read once about one message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    /// When it was sent, in milliseconds since 1970.
    pub(super) time: Option<i64>,
    /// Its channel, as a place in [`Stream::ways`].
    pub(super) way: u32,
    /// Who wrote it, as a [`People`] number; none for nobody.
    pub(super) author: Option<u32>,
    /// Whom the matter is with: the customer of a message with a direction, else both sides.
    pub(super) contact: Option<u32>,
    /// The entity of a contact in a one-to-one channel: two of them never share a conversation.
    pub(super) resolved: Option<u32>,
    /// The room it was said in, as a number.
    pub(super) room: Option<u32>,
    /// A machine wrote it.
    pub(super) auto: bool,
}

/// The messages in working order.
pub(super) struct Stream<'m> {
    /// The messages themselves.
    pub(super) messages: Vec<&'m Message>,
    /// Where each stands in the input.
    pub(super) rows: Vec<usize>,
    /// What is read once about each.
    pub(super) facts: Vec<Facts>,
    /// The channels met.
    pub(super) ways: Vec<Way>,
}

impl<'m> Stream<'m> {
    /// Sorts and reads `input`.
    pub(super) fn new(config: &Config, input: &'m [Message]) -> Self {
        let mut rows: Vec<usize> = (0..input.len()).collect();
        rows.sort_by(|&a, &b| by_time_and_id(&input[a], &input[b]));
        let messages: Vec<&Message> = rows.iter().map(|&row| &input[row]).collect();
        let mut ways = Ways::default();
        let mut people = People::new(&messages);
        let facts = messages.iter().map(|message| ways.read(config, message, &mut people)).collect();
        Self { messages, rows, facts, ways: ways.list }
    }

    /// How many messages there are.
    pub(super) fn len(&self) -> usize {
        self.messages.len()
    }

    /// The channel of message `at`.
    pub(super) fn way(&self, at: usize) -> &Way {
        &self.ways[self.facts[at].way as usize]
    }

    /// Milliseconds from message `earlier` to message `later`, where both times are known.
    pub(super) fn gap(&self, earlier: usize, later: usize) -> Option<i64> {
        Some(self.facts[later].time?.saturating_sub(self.facts[earlier].time?))
    }
}

/// Sent (unknown last), then id, then what else tells two messages apart.
fn by_time_and_id(a: &Message, b: &Message) -> Ordering {
    let time = |m: &Message| m.sent.or(m.arrived).map_or((true, 0), |t| (false, t.millis()));
    time(a)
        .cmp(&time(b))
        .then_with(|| natural(&a.id, &b.id))
        .then_with(|| a.id.cmp(&b.id))
        .then_with(|| a.channel.cmp(&b.channel))
        .then_with(|| a.arrived.cmp(&b.arrived))
        .then_with(|| a.author.cmp(&b.author))
        .then_with(|| a.text.cmp(&b.text))
}

/// Compares two ids with runs of digits as numbers.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let (Some(x), Some(y)) = (a.first(), b.first()) {
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (x, y) = (number(&mut a), number(&mut b));
            let order = x.len().cmp(&y.len()).then_with(|| x.cmp(y));
            if order != Ordering::Equal {
                return order;
            }
        } else if x == y {
            (a, b) = (&a[1..], &b[1..]);
        } else {
            return x.cmp(y);
        }
    }
    a.len().cmp(&b.len())
}

/// Takes the digits `text` starts with; leading zeros are left out of the answer.
fn number<'t>(text: &mut &'t [u8]) -> &'t [u8] {
    let end = text.iter().position(|c| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    let zeros = digits.iter().take_while(|&&c| c == b'0').count();
    &digits[zeros..]
}

/// The channels and rooms met so far.
#[derive(Default)]
struct Ways {
    list: Vec<Way>,
    by_name: FxHashMap<String, u32>,
    rooms: FxHashMap<(u32, String), u32>,
}

impl Ways {
    fn read(&mut self, config: &Config, message: &Message, people: &mut People) -> Facts {
        let way = self.way(config, message);
        let family = self.list[way as usize].profile.family;
        let room = self.room(way, family, message);
        let profile = self.list[way as usize].profile.name.clone();
        let author = people.number(&profile, &message.author);
        let contact = if room.is_some() { None } else { people.contact(&profile, message) };
        let alone = matches!(family, ChannelFamily::Chat | ChannelFamily::Voice) && room.is_none();
        Facts {
            time: message.sent.or(message.arrived).map(crate::model::Timestamp::millis),
            way,
            author,
            contact,
            resolved: contact.filter(|&c| alone && people.resolved(c)),
            room,
            auto: super::machine::wrote(message),
        }
    }

    fn way(&mut self, config: &Config, message: &Message) -> u32 {
        if let Some(&way) = self.by_name.get(&message.channel.0) {
            return way;
        }
        let profile = config.profile(&message.channel);
        let policy = config.policy(&message.channel, &profile.name);
        let gap_ms = policy.gap_ms.unwrap_or(profile.gap_ms);
        let way = self.list.len() as u32;
        self.list.push(Way { profile, policy, gap_ms });
        self.by_name.insert(message.channel.0.clone(), way);
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

/// Numbers for people: one per entity, one per handle nobody has resolved.
#[derive(Default)]
struct People {
    numbers: FxHashMap<String, u32>,
    /// Whether the number stands for an entity.
    entities: Vec<bool>,
    /// The entity behind a handle, where all messages that name one agree.
    behind: FxHashMap<String, Option<String>>,
}

impl People {
    /// Learns which handle belongs to which entity from the messages that say so.
    fn new(messages: &[&Message]) -> Self {
        let mut people = Self::default();
        for message in messages {
            let profile = message.channel.profile().name;
            for who in message.participants() {
                let Some(entity) = &who.entity else { continue };
                let known = people
                    .behind
                    .entry(handle_key(&profile, &who.handle))
                    .or_insert_with(|| Some(entity.clone()));
                if known.as_ref() != Some(entity) {
                    *known = None;
                }
            }
        }
        people
    }

    /// The number of `who`; none without handle and entity.
    fn number(&mut self, profile: &str, who: &Participant) -> Option<u32> {
        if who.handle.is_empty() && who.entity.is_none() {
            return None;
        }
        let handle = handle_key(profile, &who.handle);
        let entity = who.entity.clone().or_else(|| self.behind.get(&handle).cloned().flatten());
        Some(match entity {
            Some(entity) => self.intern(format!("entity {entity}"), true),
            None => self.intern(handle, false),
        })
    }

    fn intern(&mut self, key: String, entity: bool) -> u32 {
        let next = self.entities.len() as u32;
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.entities.push(entity);
        }
        number
    }

    fn resolved(&self, number: u32) -> bool {
        self.entities.get(number as usize).copied().unwrap_or(false)
    }

    /// Whom the matter is with: the outer side where the direction is known, else the pair.
    fn contact(&mut self, profile: &str, message: &Message) -> Option<u32> {
        match message.direction {
            Direction::Inbound => self.number(profile, &message.author),
            Direction::Outbound => {
                let named = message.to.first().cloned().or_else(|| addressed(&message.text))?;
                self.number(profile, &named)
            }
            Direction::Unknown => self.pair(profile, message),
        }
    }

    /// One number for the two sides of a message among equals: whoever writes, it is the same.
    fn pair(&mut self, profile: &str, message: &Message) -> Option<u32> {
        let one = self.number(profile, &message.author)?;
        let [other] = message.to.as_slice() else {
            return message.to.is_empty().then_some(one);
        };
        let Some(two) = self.number(profile, other) else { return Some(one) };
        let both = self.resolved(one) && self.resolved(two);
        Some(self.intern(format!("pair {} {}", one.min(two), one.max(two)), both))
    }
}

/// Whom a post begins with: `@ana Thank you`.
fn addressed(text: &str) -> Option<Participant> {
    let word = text.split_whitespace().next()?;
    let handle = word.strip_prefix('@')?.trim_end_matches([':', ',']);
    (!handle.is_empty()).then(|| Participant { handle: handle.to_owned(), ..Participant::default() })
}

/// A handle as a key. Addresses and phone numbers mean the same everywhere; any other handle only
/// on its own channel.
fn handle_key(profile: &str, handle: &str) -> String {
    let bare = handle.trim().trim_start_matches('<').trim_end_matches('>').to_lowercase();
    let address = bare.find('@').is_some_and(|at| at > 0);
    if address {
        return format!("mail {bare}");
    }
    let digits: String = bare.chars().filter(char::is_ascii_digit).collect();
    if bare.starts_with('+') && digits.len() >= 7 {
        return format!("phone {digits}");
    }
    format!("{profile} {}", bare.trim_start_matches('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_compare_as_people_count() {
        assert_eq!(natural("log:999", "log:1000"), Ordering::Less);
        assert_eq!(natural("a007", "a7"), Ordering::Equal);
        assert_eq!(natural("a", "a1"), Ordering::Less);
        assert_eq!(natural("b1", "a2"), Ordering::Greater);
        assert_eq!(natural("", ""), Ordering::Equal);
    }

    #[test]
    fn a_handle_is_a_key_on_its_own_channel_an_address_everywhere() {
        assert_eq!(handle_key("x", "@Ana"), handle_key("x", "ana"));
        assert_ne!(handle_key("x", "ana"), handle_key("telegram", "ana"));
        assert_eq!(handle_key("sms", "+49 151 12345"), handle_key("whatsapp", "+4915112345"));
        assert_eq!(handle_key("email", "<Ana@X.io>"), handle_key("ticket", "ana@x.io"));
    }
}
