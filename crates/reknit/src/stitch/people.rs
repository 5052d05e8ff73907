//! Who is who among the participants: a number for each person, one for each handle nobody has resolved.
//!
//! A handle belongs to an entity where all messages that name an entity for it agree. That counts for
//! every message of the handle, whenever it came: identity is a fact, not a turn in a conversation. So
//! learning and forgetting who is behind a handle tell which handles now read differently.

use rustc_hash::FxHashMap;

use crate::model::{Direction, Message, Participant};

use super::weight::hash;

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

    /// The number of the handle, where the message itself does not say who is behind it.
    pub(super) fn open_handle(self) -> Option<u32> {
        (self.entity == NONE && self.handle != NONE).then_some(self.handle)
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

/// Numbers for people.
#[derive(Debug, Default, Clone)]
pub(super) struct People {
    numbers: FxHashMap<Box<str>, u32>,
    /// Whether the number stands for an entity.
    entities: Vec<bool>,
    /// Which entities messages name for a handle, and in how many participants each.
    said: FxHashMap<u32, Vec<(u32, u32)>>,
    /// The numbers of pairs.
    pairs: FxHashMap<(u32, u32), u32>,
}

impl People {
    /// The numbers of `who`; `profile` is the name of the channel's profile.
    pub(super) fn read(&mut self, profile: &str, who: &Participant) -> Who {
        let entity =
            who.entity.as_ref().map_or(NONE, |entity| self.intern(&format!("entity {entity}"), true));
        let handle =
            if who.handle.is_empty() { NONE } else { self.intern(&handle_key(profile, &who.handle), false) };
        Who { handle, entity }
    }

    /// Whom `message` is with.
    pub(super) fn sides(&mut self, profile: &str, message: &Message, author: Who) -> Sides {
        match message.direction {
            Direction::Inbound => Sides::One(author),
            Direction::Outbound => {
                let named = receiver(message);
                named.map_or(Sides::None, |named| Sides::One(self.read(profile, &named)))
            }
            Direction::Unknown => match message.to.as_slice() {
                [] => Sides::One(author),
                [other] => Sides::Two(author, self.read(profile, other)),
                _ => Sides::None,
            },
        }
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
        self.entities.get(number as usize).copied().unwrap_or(false)
    }

    /// The one entity that messages name for `handle`.
    fn behind(&self, handle: u32) -> Option<u32> {
        match self.said.get(&handle).map(Vec::as_slice) {
            Some([(entity, _)]) => Some(*entity),
            _ => None,
        }
    }

    fn intern(&mut self, key: &str, entity: bool) -> u32 {
        if let Some(&number) = self.numbers.get(key) {
            return number;
        }
        let number = self.entities.len() as u32;
        self.numbers.insert(key.into(), number);
        self.entities.push(entity);
        number
    }

    fn pair(&mut self, one: u32, two: u32, entity: bool) -> u32 {
        let next = self.entities.len() as u32;
        let number = *self.pairs.entry((one, two)).or_insert(next);
        if number == next {
            self.entities.push(entity);
        }
        number
    }
}

/// The hash of the customer's handle in a message with a direction; 0 for none.
pub(super) fn handle_of(profile: &str, message: &Message) -> u64 {
    let customer = match message.direction {
        Direction::Inbound => Some(message.author.clone()),
        Direction::Outbound => receiver(message),
        Direction::Unknown => None,
    };
    customer.map_or(0, |who| key_hash(&handle_key(profile, &who.handle)))
}

/// The hash of the member of staff in a message with a direction; 0 for none. Staff is the same on every
/// channel, so its names are no handles.
pub(super) fn agent_of(message: &Message) -> u64 {
    let staff = match message.direction {
        Direction::Inbound => receiver(message),
        Direction::Outbound => Some(message.author.clone()),
        Direction::Unknown => None,
    };
    staff.map_or(0, |who| key_hash(&bare_handle(who.entity.as_ref().unwrap_or(&who.handle))))
}

/// To whom a message goes: the first of its recipients, else whom its text begins with.
fn receiver(message: &Message) -> Option<Participant> {
    message.to.first().cloned().or_else(|| addressed(&message.text))
}

/// The hash of a key; 0 for an empty one.
fn key_hash(key: &str) -> u64 {
    let key = key.trim_start_matches('@');
    if key.is_empty() { 0 } else { hash(key) }
}

/// A handle in lower case without angle brackets.
fn bare_handle(handle: &str) -> String {
    handle.trim().trim_start_matches('<').trim_end_matches('>').to_lowercase()
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
    let bare = bare_handle(handle);
    let address = bare.find('@').is_some_and(|at| at > 0);
    if address {
        return format!("mail {bare}");
    }
    let digits: String = bare.chars().filter(char::is_ascii_digit).collect();
    if bare.starts_with('+') && digits.len() >= 7 {
        return format!("phone {digits}");
    }
    if bare.is_empty() { bare } else { format!("{profile} {}", bare.trim_start_matches('@')) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_is_a_key_on_its_own_channel_an_address_everywhere() {
        assert_eq!(handle_key("x", "@Ana"), handle_key("x", "ana"));
        assert_ne!(handle_key("x", "ana"), handle_key("telegram", "ana"));
        assert_eq!(handle_key("sms", "+49 151 12345"), handle_key("whatsapp", "+4915112345"));
        assert_eq!(handle_key("email", "<Ana@X.io>"), handle_key("ticket", "ana@x.io"));
    }

    #[test]
    fn both_sides_of_a_post_are_known_without_recipients_and_staff_on_all_channels() {
        let said = |channel: &str, author: &str, direction, text: &str| {
            let sent = crate::model::Timestamp(0);
            Message { direction, ..Message::new(author, channel, author, sent, text) }
        };
        let asked = said("x", "ana", Direction::Inbound, "@Shop where is it?");
        let told = said("x", "shop", Direction::Outbound, "@ana it left");
        let texted = said("sms", "Shop", Direction::Outbound, "it came");
        assert_eq!(handle_of("x", &asked), handle_of("x", &told));
        assert_eq!(agent_of(&asked), agent_of(&told));
        assert_eq!((handle_of("sms", &texted), agent_of(&texted)), (0, agent_of(&told)));
        assert_ne!(handle_of("x", &asked), agent_of(&asked));
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
}
