//! Where messages meet: for each thing several messages can share, the messages that have it, in order.
//!
//! A message is compared only with messages it meets here: those of the same contact, room or subject,
//! those whose lines it quotes. A list knows of each message whether it may be a candidate (it *speaks*:
//! it wrote the line) or only looks for candidates (it *listens*: it quotes the line, or a machine wrote
//! it). So a list answers both questions of an engine that follows a stream: whom can this message hang
//! on, and who may have to think again because of it.
//!
//! Cost: one hash look-up, and the end of a list for a message that comes in order; a message that comes
//! late is put in its place by binary search.

use rustc_hash::FxHashMap;

use super::digest::Digest;
use super::weigh::{
    self,
    token::{Form, Token},
};
use super::weight::mix;

/// A kind of thing that messages share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// One contact.
    Contact,
    /// One contact on a channel that holds everything of a contact together.
    Locked,
    /// One base subject.
    Subject,
    /// One line of text.
    Line,
    /// One room.
    Room,
    /// One author, channel, moment and text.
    Copy,
    /// One base subject of mail that is threaded by the letter of RFC 5256.
    Strict,
    /// One member of staff.
    Staff,
    /// One number in the subject.
    Number,
    /// One run of a program that threads what it sends.
    Run,
    /// One series of such a run.
    Series,
    /// One token or number that names a matter.
    Token,
}

impl Kind {
    /// How many later messages of a list look back as far as one that comes, goes or changes.
    pub(super) fn reach(self) -> usize {
        match self {
            Self::Contact => CONTACT_REACH,
            Self::Subject => SUBJECT_REACH,
            Self::Staff => STAFF_REACH,
            Self::Token => TOKEN_REACH,
            Self::Number | Self::Run | Self::Series => PROGRAM_REACH,
            Self::Room => super::room::WINDOW,
            Self::Locked => 1,
            Self::Line | Self::Copy => usize::MAX,
            Self::Strict => 0,
        }
    }
}

/// Earlier messages of a contact that are looked at.
pub(super) const CONTACT_REACH: usize = 64;
/// Earlier messages of a member of staff that are looked at.
pub(super) const STAFF_REACH: usize = 40;
/// Earlier messages with a number, of a run or of a series that are looked at.
pub(super) const PROGRAM_REACH: usize = 4;
/// Earlier messages with a token or a number that are looked at.
pub(super) const TOKEN_REACH: usize = 16;
/// Earlier messages of a subject that are looked at.
pub(super) const SUBJECT_REACH: usize = 32;

/// Where a list is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) kind: Kind,
    hash: u64,
}

impl Key {
    pub(super) fn new(kind: Kind, value: u64) -> Self {
        // Contacts are numbered from 0, so theirs are found without a hash.
        if kind == Kind::Contact {
            return Self { kind, hash: value };
        }
        // The other kinds must not meet: each has its own rotation and constant.
        let salt = (kind as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self { kind, hash: (value ^ salt).wrapping_mul(0xD6E8_FEB8_6659_FD93).rotate_left(32) ^ salt }
    }
}

/// A message in a list: its number, and whether it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry(u32);

const SPEAKS: u32 = 1 << 31;
/// Messages an engine can hold.
pub(super) const MOST_MESSAGES: usize = SPEAKS as usize - 1;

impl Entry {
    pub(super) fn new(message: u32, speaks: bool) -> Self {
        Self(if speaks { message | SPEAKS } else { message })
    }

    pub(super) fn message(self) -> u32 {
        self.0 & !SPEAKS
    }

    pub(super) fn speaks(self) -> bool {
        self.0 & SPEAKS != 0
    }
}

/// Most lists have one message: lines that nobody quotes.
#[allow(clippy::box_collection, reason = "a third smaller, and most lists have one message")]
#[derive(Debug, Clone)]
enum List {
    None,
    One(Entry),
    Many(Box<Vec<Entry>>),
}

impl List {
    fn entries(&self) -> &[Entry] {
        match self {
            Self::None => &[],
            Self::One(entry) => std::slice::from_ref(entry),
            Self::Many(entries) => entries,
        }
    }
}

/// All lists.
#[derive(Debug, Default, Clone)]
pub(super) struct Postings {
    /// Those of contacts, by number.
    contacts: Vec<List>,
    /// How many messages without a subject a contact has, by number.
    plain: Vec<u32>,
    /// All others; none is empty.
    lists: FxHashMap<u64, List>,
}

impl Postings {
    /// The messages that share `key`, in order.
    pub(super) fn list(&self, key: Key) -> &[Entry] {
        let list = match key.kind {
            Kind::Contact => self.contacts.get(key.hash as usize),
            _ => self.lists.get(&key.hash),
        };
        list.map_or(&[], List::entries)
    }

    /// Puts `entry` in its place; `before` tells which of two messages comes first. With `last` it comes
    /// after all others.
    pub(super) fn insert(&mut self, key: Key, entry: Entry, last: bool, before: impl Fn(u32, u32) -> bool) {
        let list = match key.kind {
            Kind::Contact => {
                let at = key.hash as usize;
                if self.contacts.len() <= at {
                    self.contacts.resize(at + 1, List::None);
                }
                &mut self.contacts[at]
            }
            _ => self.lists.entry(key.hash).or_insert(List::None),
        };
        match list {
            List::None => *list = List::One(entry),
            List::One(first) if *first == entry => {}
            List::One(first) => {
                let first = *first;
                // What comes last and is not of the message itself comes last here.
                let first_comes =
                    (last && first.message() != entry.message()) || before(first.message(), entry.message());
                let two = if first_comes { vec![first, entry] } else { vec![entry, first] };
                *list = List::Many(Box::new(two));
            }
            List::Many(entries) => {
                let after = |other: &Entry| before(other.message(), entry.message());
                let own = |other: &Entry| other.message() == entry.message();
                // Only a line can stand twice in a message; else there is no need to look at what is there.
                let in_order = (last && key.kind != Kind::Line)
                    || entries.last().is_none_or(|other| (last && !own(other)) || after(other));
                let at = if in_order { entries.len() } else { entries.partition_point(after) };
                if entries.get(at) != Some(&entry) {
                    entries.insert(at, entry);
                }
            }
        }
    }

    /// Takes `entry` out.
    pub(super) fn remove(&mut self, key: Key, entry: Entry, before: impl Fn(u32, u32) -> bool) {
        let list = match key.kind {
            Kind::Contact => self.contacts.get_mut(key.hash as usize),
            _ => self.lists.get_mut(&key.hash),
        };
        let Some(list) = list else { return };
        match list {
            List::One(first) if *first == entry => *list = List::None,
            List::None | List::One(_) => {}
            List::Many(entries) => {
                let mut at = entries.partition_point(|other| before(other.message(), entry.message()));
                while entries.get(at).is_some_and(|found| found.message() == entry.message()) {
                    if entries[at] == entry {
                        entries.remove(at);
                        break;
                    }
                    at += 1;
                }
                if entries.is_empty() {
                    *list = List::None;
                }
            }
        }
        if matches!(list, List::None) && key.kind != Kind::Contact {
            self.lists.remove(&key.hash);
        }
    }

    /// Takes down that a contact has a message without a subject.
    pub(super) fn add_plain(&mut self, contact: u32) {
        let at = contact as usize;
        if self.plain.len() <= at {
            self.plain.resize(at + 1, 0);
        }
        self.plain[at] += 1;
    }

    /// Takes [`add_plain`](Self::add_plain) back.
    pub(super) fn remove_plain(&mut self, contact: u32) {
        if let Some(count) = self.plain.get_mut(contact as usize) {
            *count = count.saturating_sub(1);
        }
    }

    /// Whether a contact has messages without a subject.
    pub(super) fn has_plain(&self, contact: u32) -> bool {
        self.plain.get(contact as usize).is_some_and(|&count| count > 0)
    }

    /// The messages before `message` that speak, the latest first.
    pub(super) fn earlier(
        &self,
        key: Key,
        message: u32,
        before: impl Fn(u32, u32) -> bool,
    ) -> impl Iterator<Item = u32> {
        let list = self.list(key);
        // Nearly always the message stands at the end.
        let end = match list.last() {
            Some(last) if last.message() == message => {
                list.iter().rposition(|entry| entry.message() != message).map_or(0, |at| at + 1)
            }
            Some(last) if before(last.message(), message) => list.len(),
            _ => list.partition_point(|entry| before(entry.message(), message)),
        };
        list[..end].iter().rev().filter(|entry| entry.speaks()).map(|entry| entry.message())
    }

    /// The messages after `message` that look back as far as it.
    pub(super) fn later(
        &self,
        key: Key,
        message: u32,
        before: impl Fn(u32, u32) -> bool,
    ) -> impl Iterator<Item = u32> {
        let list = self.list(key);
        let start = match list.last() {
            Some(last) if last.message() == message || !before(message, last.message()) => list.len(),
            _ => list.partition_point(|entry| !before(message, entry.message())),
        };
        // Those that only listen take no place in what is looked back at.
        let mut left = key.kind.reach();
        list[start..].iter().map_while(move |entry| {
            let reached = left > 0;
            left -= usize::from(reached && entry.speaks());
            reached.then(|| entry.message())
        })
    }
}

/// Shows `see` what a message shares with others, and whether it speaks there.
pub(super) fn each_key(digest: &Digest, locked: bool, mut see: impl FnMut(Key, bool)) {
    let speaks = !digest.auto && !digest.system;
    if let Some(contact) = digest.contact() {
        see(Key::new(Kind::Contact, u64::from(contact)), speaks);
        if locked {
            see(Key::new(Kind::Locked, u64::from(contact) << 32 | u64::from(digest.way())), speaks);
        }
    }
    if digest.contact().is_some() && digest.says.agent != 0 {
        see(Key::new(Kind::Staff, digest.says.agent), speaks);
    }
    if let Some(room) = digest.room {
        see(Key::new(Kind::Room, u64::from(room)), true);
    }
    if let Some((subject, _)) = digest.strict {
        see(Key::new(Kind::Strict, subject), false);
    }
    mail_keys(&digest.says).for_each(|key| see(key, speaks));
    token_keys(&digest.says).for_each(|(_, key)| see(key, speaks));
    for &line in &digest.says.own {
        see(Key::new(Kind::Line, line), speaks);
    }
    for &(line, _) in &digest.says.quoted {
        see(Key::new(Kind::Line, line), false);
    }
    if let Some(key) = copy_key(digest) {
        see(key, true);
    }
}

/// What else than lines leads to an earlier mail: the subject, a number in it, an author's run of a
/// program, a series of that.
pub(super) fn mail_keys(says: &weigh::Digest) -> impl Iterator<Item = Key> {
    let subject = says.subject.as_ref();
    let number = subject.and_then(|subject| subject.number).map(u64::from);
    let series = subject.and_then(|subject| subject.series).map(|of| u64::from(of.get()));
    let author = if says.name == 0 { says.author } else { says.name };
    let run = says.threads_series.then_some(author);
    [
        subject.map(|subject| Key::new(Kind::Subject, subject.base)),
        number.map(|number| Key::new(Kind::Number, number)),
        run.map(|run| Key::new(Kind::Run, run)),
        run.zip(series).map(|(run, series)| Key::new(Kind::Series, run ^ series.rotate_left(32))),
    ]
    .into_iter()
    .flatten()
}

/// Where the tokens of a message lead: those of desks and the numbers of orders each to their like.
pub(super) fn token_keys(says: &weigh::Digest) -> impl Iterator<Item = (Token, Key)> {
    says.tokens.iter().map(|&token| {
        let number = u64::from(token.form == Form::Number);
        (token, Key::new(Kind::Token, token.hash ^ number.rotate_right(1)))
    })
}

/// Texts shorter than this are said twice without being copies.
const SHORTEST_COPY: u32 = 5;

/// Where the same words by the same author at the same moment meet: deliveries made twice. In a room
/// people do say the same twice.
pub(super) fn copy_key(digest: &Digest) -> Option<Key> {
    let time = digest.time().filter(|_| digest.text_len >= SHORTEST_COPY && digest.room.is_none())?;
    let author = digest.author.map_or(u64::MAX, u64::from);
    let value = mix(&[u64::from(digest.way()), author, time as u64, digest.text_hash]);
    Some(Key::new(Kind::Copy, value))
}
