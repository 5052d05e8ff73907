//! Who is who among the participants: a number for each person, one for each handle nobody has resolved.
//!
//! A handle belongs to an entity where all messages that name an entity for it agree. That counts for
//! every message of the handle, whenever it came: identity is a fact, not a turn in a conversation. So
//! learning and forgetting who is behind a handle tell which handles now read differently.
//!
//! Cost: one look-up a participant; nothing is allocated for one that is known.

use rustc_hash::FxHashMap;

use crate::model::{Direction, Distinct, Message, Participant};

use super::packed::{Bytes, Packed};
use super::weight::{hash, push_lower};

/// No number.
pub(super) const NONE: u32 = u32::MAX;

/// One participant as two numbers, [`NONE`] where there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Who {
    handle: u32,
    entity: u32,
}

impl Who {
    /// Nobody.
    pub(super) const NOBODY: Self = Self { handle: NONE, entity: NONE };

    /// The number of the handle.
    pub(super) fn handle(self) -> u32 {
        self.handle
    }

    /// The same participant under other numbers; none where one of his has no other.
    pub(super) fn renumbered(
        self,
        handle: impl FnOnce(u32) -> Option<u32>,
        entity: impl FnOnce(u32) -> Option<u32>,
    ) -> Option<Self> {
        let handle = if self.handle == NONE { NONE } else { handle(self.handle)? };
        let entity = if self.entity == NONE { NONE } else { entity(self.entity)? };
        Some(Self { handle, entity })
    }

    /// The number of the handle, where the message itself does not say who is behind it.
    pub(super) fn open_handle(self) -> Option<u32> {
        (self.entity == NONE && self.handle != NONE).then_some(self.handle)
    }
}

/// No number is 0, all others one more.
impl Packed for Who {
    fn pack(&self, to: &mut Vec<u8>) {
        self.handle.wrapping_add(1).pack(to);
        self.entity.wrapping_add(1).pack(to);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        let mut number = || u32::unpack(from).map(|number| number.wrapping_sub(1));
        Some(Self { handle: number()?, entity: number()? })
    }
}

/// Whom a matter is with: the outer side where the direction is known, else both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sides {
    /// Nobody known.
    None,
    /// One side.
    One(Who),
    /// Two equals: whoever writes, the matter is between them.
    Two(Who, Who),
}

impl Sides {
    /// The same sides under other numbers.
    pub(super) fn renumbered(self, mut who: impl FnMut(Who) -> Option<Who>) -> Option<Self> {
        Some(match self {
            Self::None => Self::None,
            Self::One(one) => Self::One(who(one)?),
            Self::Two(one, two) => Self::Two(who(one)?, who(two)?),
        })
    }
}

impl Packed for Sides {
    fn pack(&self, to: &mut Vec<u8>) {
        match self {
            Self::None => to.push(0),
            Self::One(one) => {
                to.push(1);
                one.pack(to);
            }
            Self::Two(one, two) => {
                to.push(2);
                one.pack(to);
                two.pack(to);
            }
        }
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        Some(match u8::unpack(from)? {
            0 => Self::None,
            1 => Self::One(Who::unpack(from)?),
            2 => Self::Two(Who::unpack(from)?, Who::unpack(from)?),
            _ => return None,
        })
    }
}

/// Numbers for people. Entities, handles and pairs share one row of numbers.
#[derive(Debug, Default, Clone)]
pub(super) struct People {
    handles: Keyed,
    entities: Keyed,
    /// The numbers of pairs.
    pairs: FxHashMap<(u32, u32), u32>,
    /// Whether the number stands for an entity, or for two of them.
    resolved: Vec<bool>,
    /// Which entities messages name for a handle, and in how many participants each.
    said: FxHashMap<u32, Vec<(u32, u32)>>,
    /// The messages that do not tell who is behind a handle of theirs, by handle; in no order.
    open: Vec<Vec<u32>>,
    /// Where a key is written before it is looked up.
    key: String,
}

/// Keys and their numbers.
#[derive(Debug, Default, Clone)]
struct Keyed {
    keys: Distinct,
    numbers: Vec<u32>,
}

impl Keyed {
    fn number(&mut self, key: &str, resolved: &mut Vec<bool>, entity: bool) -> u32 {
        let id = self.keys.intern(key) as usize;
        if id == self.numbers.len() {
            self.numbers.push(resolved.len() as u32);
            resolved.push(entity);
        }
        self.numbers[id]
    }
}

impl People {
    /// Whether there is room for the names of `message`.
    pub(super) fn fits(&self, message: &Message) -> bool {
        let entity = |who: &Participant| who.entity.as_ref().is_none_or(|name| self.entities.keys.fits(name));
        let fits = |who: &Participant| self.handles.keys.fits(&who.handle) && entity(who);
        message.participants().all(fits)
    }

    /// The keys of handles and of entities, by number; empty for a pair.
    pub(super) fn keys(&self) -> Vec<&str> {
        let mut keys = vec![""; self.resolved.len()];
        for keyed in [&self.handles, &self.entities] {
            for (id, &number) in keyed.numbers.iter().enumerate() {
                keys[number as usize] = keyed.keys.get(id as u32);
            }
        }
        keys
    }

    /// The number of a handle, by its key; none where there is no more room.
    pub(super) fn add_handle(&mut self, key: &str) -> Option<u32> {
        self.handles.keys.fits(key).then(|| self.handles.number(key, &mut self.resolved, false))
    }

    /// The number of an entity; none where there is no more room.
    pub(super) fn add_entity(&mut self, key: &str) -> Option<u32> {
        self.entities.keys.fits(key).then(|| self.entities.number(key, &mut self.resolved, true))
    }

    /// Which entities messages name for a handle, and how often each; by the [`keys`](Self::keys) of both,
    /// whatever their numbers.
    pub(super) fn told(&self, keys: &[&str]) -> Vec<(u32, Vec<(u32, u32)>)> {
        let sorted = |mut said: Vec<(u32, u32)>| {
            said.sort_unstable_by_key(|&(entity, _)| keys[entity as usize]);
            said
        };
        let told = self.said.iter().filter(|(_, said)| !said.is_empty());
        let mut told: Vec<_> = told.map(|(&handle, said)| (handle, sorted(said.clone()))).collect();
        told.sort_unstable_by_key(|&(handle, _)| keys[handle as usize]);
        told
    }

    /// Takes down which entities messages named for a handle.
    pub(super) fn set_told(&mut self, handle: u32, said: Vec<(u32, u32)>) {
        self.said.insert(handle, said);
    }

    /// The numbers of `who`; `profile` is the name of the channel's profile.
    pub(super) fn read(&mut self, profile: &str, who: &Participant) -> Who {
        let entity = match &who.entity {
            Some(entity) => self.entities.number(entity, &mut self.resolved, true),
            None => NONE,
        };
        Who { handle: self.read_handle(profile, &who.handle), entity }
    }

    fn read_handle(&mut self, profile: &str, handle: &str) -> u32 {
        if handle.is_empty() {
            return NONE;
        }
        write_handle_key(&mut self.key, profile, handle);
        self.handles.number(&self.key, &mut self.resolved, false)
    }

    /// Whom `message` is with.
    pub(super) fn sides(&mut self, profile: &str, message: &Message, author: Who) -> Sides {
        match message.direction {
            Direction::Inbound => Sides::One(author),
            Direction::Outbound => match receiver(message) {
                Some(Receiver::Named(named)) => Sides::One(self.read(profile, named)),
                Some(Receiver::Addressed(handle)) => {
                    Sides::One(Who { handle: self.read_handle(profile, handle), entity: NONE })
                }
                None => Sides::None,
            },
            Direction::Unknown => match message.to.as_slice() {
                [] => Sides::One(author),
                [other] => Sides::Two(author, self.read(profile, other)),
                _ => Sides::None,
            },
        }
    }

    /// The hash of the customer's handle in a message with a direction; 0 for none.
    pub(super) fn customer_hash(&mut self, profile: &str, message: &Message) -> u64 {
        let handle = match message.direction {
            Direction::Inbound => Some(message.author.handle.as_str()),
            Direction::Outbound => receiver(message).map(Receiver::handle),
            Direction::Unknown => None,
        };
        let Some(handle) = handle else { return 0 };
        write_handle_key(&mut self.key, profile, handle);
        key_hash(&self.key)
    }

    /// The hash of the member of staff in a message with a direction; 0 for none. Staff is the same on
    /// every channel, so its names are no handles.
    pub(super) fn staff_hash(&mut self, message: &Message) -> u64 {
        let name = match message.direction {
            Direction::Inbound => receiver(message).map(Receiver::name),
            Direction::Outbound => Some(name(&message.author)),
            Direction::Unknown => None,
        };
        let Some(name) = name else { return 0 };
        self.key.clear();
        push_lower(&mut self.key, bare(name));
        key_hash(&self.key)
    }

    /// Takes down that a message names an entity for a handle; whether the handle now reads otherwise.
    pub(super) fn learn(&mut self, who: Who) -> bool {
        if who.handle == NONE || who.entity == NONE {
            return false;
        }
        let said = self.said.entry(who.handle).or_default();
        if let Some((_, times)) = said.iter_mut().find(|(entity, _)| *entity == who.entity) {
            *times += 1;
            return false;
        }
        said.push((who.entity, 1));
        said.len() <= 2
    }

    /// Takes [`learn`](Self::learn) back.
    pub(super) fn forget(&mut self, who: Who) -> bool {
        let Some(said) = self.said.get_mut(&who.handle).filter(|_| who.entity != NONE) else { return false };
        let Some(at) = said.iter().position(|(entity, _)| *entity == who.entity) else { return false };
        said[at].1 -= 1;
        if said[at].1 > 0 {
            return false;
        }
        said.remove(at);
        said.len() <= 1
    }

    /// Enters message `at`, which is not there yet, among those that do not tell who is behind `handle`.
    pub(super) fn open(&mut self, handle: u32, at: u32) {
        if self.open.len() <= handle as usize {
            self.open.resize(handle as usize + 1, Vec::new());
        }
        // Written without a look at what is there, which would be one more wait for memory.
        self.open[handle as usize].push(at);
    }

    /// Takes [`open`](Self::open) back.
    pub(super) fn close(&mut self, handle: u32, at: u32) {
        let Some(messages) = self.open.get_mut(handle as usize) else { return };
        if let Some(place) = messages.iter().rposition(|&other| other == at) {
            messages.swap_remove(place);
        }
    }

    /// The messages that do not tell who is behind `handle`, in no order.
    pub(super) fn messages_open_for(&self, handle: u32) -> &[u32] {
        self.open.get(handle as usize).map_or(&[], Vec::as_slice)
    }

    /// The person: the entity where one is known, else the handle.
    pub(super) fn number(&self, who: Who) -> Option<u32> {
        let known = if who.entity == NONE { self.behind(who.handle) } else { Some(who.entity) };
        known.or_else(|| (who.handle != NONE).then_some(who.handle))
    }

    /// The number of `sides`.
    pub(super) fn contact(&mut self, sides: Sides) -> Option<u32> {
        match sides {
            Sides::None => None,
            Sides::One(who) => self.number(who),
            Sides::Two(one, two) => {
                let one = self.number(one)?;
                let Some(two) = self.number(two) else { return Some(one) };
                let both = self.resolved(one) && self.resolved(two);
                Some(self.pair(one.min(two), one.max(two), both))
            }
        }
    }

    /// Whether a number stands for a known entity, or for two of them.
    pub(super) fn resolved(&self, number: u32) -> bool {
        self.resolved.get(number as usize).copied().unwrap_or(false)
    }

    /// The one entity that messages name for `handle`.
    fn behind(&self, handle: u32) -> Option<u32> {
        match self.said.get(&handle).map(Vec::as_slice) {
            Some([(entity, _)]) => Some(*entity),
            _ => None,
        }
    }

    fn pair(&mut self, one: u32, two: u32, entity: bool) -> u32 {
        let next = self.resolved.len() as u32;
        let number = *self.pairs.entry((one, two)).or_insert(next);
        if number == next {
            self.resolved.push(entity);
        }
        number
    }
}

/// To whom a message goes.
#[derive(Debug, Clone, Copy)]
enum Receiver<'m> {
    /// The first of its recipients.
    Named(&'m Participant),
    /// The handle its text begins with.
    Addressed(&'m str),
}

impl<'m> Receiver<'m> {
    fn handle(self) -> &'m str {
        match self {
            Self::Named(who) => &who.handle,
            Self::Addressed(handle) => handle,
        }
    }

    fn name(self) -> &'m str {
        match self {
            Self::Named(who) => name(who),
            Self::Addressed(handle) => handle,
        }
    }
}

/// The entity where it is told, else the handle.
fn name(who: &Participant) -> &str {
    who.entity.as_ref().unwrap_or(&who.handle)
}

/// To whom a message goes: the first of its recipients, else whom its text begins with.
fn receiver(message: &Message) -> Option<Receiver<'_>> {
    let named = message.to.first().map(Receiver::Named);
    named.or_else(|| addressed(&message.text).map(Receiver::Addressed))
}

/// The hash of a key; 0 for an empty one.
fn key_hash(key: &str) -> u64 {
    let key = key.trim_start_matches('@');
    if key.is_empty() { 0 } else { hash(key) }
}

/// A handle without angle brackets.
fn bare(handle: &str) -> &str {
    handle.trim().trim_start_matches('<').trim_end_matches('>')
}

/// Whom a post begins with: `@ana Thank you`.
fn addressed(text: &str) -> Option<&str> {
    let word = text.split_whitespace().next()?;
    let handle = word.strip_prefix('@')?.trim_end_matches([':', ',']);
    (!handle.is_empty()).then_some(handle)
}

/// Writes a handle as a key, in lower case. Addresses and phone numbers mean the same everywhere; any
/// other handle only on its own channel.
fn write_handle_key(key: &mut String, profile: &str, handle: &str) {
    key.clear();
    let handle = bare(handle);
    if handle.find('@').is_some_and(|at| at > 0) {
        key.push_str("mail ");
        push_lower(key, handle);
        return;
    }
    let digits = || handle.chars().filter(char::is_ascii_digit);
    if handle.starts_with('+') && digits().count() >= 7 {
        key.push_str("phone ");
        key.extend(digits());
    } else if !handle.is_empty() {
        key.push_str(profile);
        key.push(' ');
        push_lower(key, handle.trim_start_matches('@'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handle_key(profile: &str, handle: &str) -> String {
        let mut key = String::new();
        write_handle_key(&mut key, profile, handle);
        key
    }

    #[test]
    fn a_handle_is_a_key_on_its_own_channel_an_address_everywhere() {
        assert_eq!(handle_key("x", "@Ana"), handle_key("x", "ana"));
        assert_ne!(handle_key("x", "ana"), handle_key("telegram", "ana"));
        assert_eq!(handle_key("sms", "+49 151 12345"), handle_key("whatsapp", "+4915112345"));
        assert_eq!(handle_key("email", "<Ana@X.io>"), handle_key("ticket", "ana@x.io"));
    }

    #[test]
    fn both_sides_of_a_post_are_known_without_recipients_and_staff_on_all_channels() {
        let mut people = People::default();
        let said = |channel: &str, author: &str, direction, text: &str| {
            let sent = crate::model::Timestamp(0);
            Message { direction, ..Message::new(author, channel, author, sent, text) }
        };
        let asked = said("x", "ana", Direction::Inbound, "@Shop where is it?");
        let told = said("x", "shop", Direction::Outbound, "@ana it left");
        let texted = said("sms", "Shop", Direction::Outbound, "it came");
        let customer = people.customer_hash("x", &asked);
        let staff = people.staff_hash(&asked);
        assert_eq!(people.customer_hash("x", &told), customer);
        assert_eq!(people.staff_hash(&told), staff);
        assert_eq!((people.customer_hash("sms", &texted), people.staff_hash(&texted)), (0, staff));
        assert_ne!(customer, staff);
    }

    #[test]
    fn a_handle_is_an_entity_while_all_agree() {
        let mut people = People::default();
        let named = |entity: Option<&str>| Participant {
            handle: "ana".into(),
            name: None,
            entity: entity.map(str::to_owned),
        };
        let open = people.read("sms", &named(None));
        let (one, two) = (people.read("sms", &named(Some("e1"))), people.read("sms", &named(Some("e2"))));
        assert!(people.learn(one) && !people.learn(one));
        assert_eq!(people.number(open), people.number(one));
        assert!(people.learn(two));
        assert_ne!(people.number(open), people.number(one));
        assert!(people.forget(two));
        assert_eq!(people.number(open), people.number(one));
        assert!(!people.forget(one) && people.forget(one));
        assert_eq!(people.contact(Sides::One(open)), open.open_handle());
    }

    #[test]
    fn a_handle_knows_the_messages_that_do_not_tell_whose_it_is() {
        let mut people = People::default();
        for at in [2, 4, 7] {
            people.open(1, at);
        }
        assert_eq!(people.messages_open_for(1), [2, 4, 7]);
        people.close(1, 4);
        people.close(1, 5);
        assert_eq!(people.messages_open_for(1), [2, 7]);
        people.close(1, 2);
        people.close(1, 7);
        assert!(people.messages_open_for(1).is_empty() && people.messages_open_for(9).is_empty());
    }
}
