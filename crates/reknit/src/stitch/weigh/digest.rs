//! One message as the weighing needs it, read once: hashes, flags and small numbers.
//!
//! A digest holds no text, so it can be kept for as long as a message may be answered. What is read
//! depends on the channel: quoted lines where people quote, subjects where there are some, words
//! where contacts are followed. Cost: linear in the length of the text.

use std::sync::Arc;

use crate::model::{ChannelFamily, Direction, Message, Participant, Profile, Timestamp};
use crate::text::body;

use super::super::weight::{hash, hash_lower};
use super::subject::{Line, Subject};
use super::talk::Words;
use super::token::{self, Token};

/// Lines shorter than this in characters ("Hi Ana,", "Thanks!") are written by everybody.
const SHORTEST_LINE: usize = 18;
/// People remembered of a message; more is a list.
const MOST_PEOPLE: usize = 64;

/// Who stands on the two sides of a counter, as hashes; 0 for nobody.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sides {
    /// The customer's handle.
    pub(crate) customer: u64,
    /// The member of staff.
    pub(crate) staff: u64,
}

/// What is read of one message.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Digest {
    /// When it was sent, in milliseconds since 1970.
    pub(crate) time: Option<i64>,
    /// Its channel, by number.
    pub(crate) way: u32,
    /// Whom the matter is with, by number.
    pub(crate) contact: Option<u32>,
    /// The contact is a resolved person, or two of them.
    pub(crate) resolved: bool,
    /// Which way it went.
    pub(crate) direction: Direction,
    /// Hash of the contact's handle; 0 for none.
    pub(crate) handle: u64,
    /// Hash of the member of staff; 0 for none.
    pub(crate) agent: u64,
    /// What its words tell, where contacts are followed.
    pub(crate) talk: Words,
    /// Its subject, where the channel has some.
    pub(crate) subject: Option<Arc<Subject>>,
    /// Hashes of the longer lines its author wrote.
    pub(crate) own: Box<[u64]>,
    /// Hashes of the longer lines it quotes, and how deep.
    pub(crate) quoted: Box<[(u64, u32)]>,
    /// Hash of the author's handle; 0 for none.
    pub(crate) author: u64,
    /// Hash of the author's name; 0 for none.
    pub(crate) name: u64,
    /// Hashes of the handles of all who take part, sorted.
    pub(crate) people: Box<[u64]>,
    /// Tokens and numbers that name a matter, sorted.
    pub(crate) tokens: Box<[Token]>,
    /// Hash of the company its author writes from; 0 for none.
    pub(crate) company: u32,
    /// A reply id names some message.
    pub(crate) names_parent: bool,
    /// Its id was made by a program that threads what it sends together.
    pub(crate) threads_series: bool,
}

impl Digest {
    /// Reads `message` on channel number `way` of `profile`; who its contact is comes later. It has
    /// `sides` where contacts are followed. `line` is its subject line.
    pub(crate) fn read(
        message: &Message,
        profile: &Profile,
        way: u32,
        sides: Option<Sides>,
        line: Option<&Line>,
    ) -> Self {
        let mut digest = Self {
            time: message.sent.or(message.arrived).map(Timestamp::millis),
            way,
            direction: message.direction,
            names_parent: names_parent(message, profile),
            ..Self::default()
        };
        if let Some(sides) = sides {
            (digest.handle, digest.agent) = (sides.customer, sides.staff);
            digest.talk = Words::read(&message.text);
        }
        if profile.family != ChannelFamily::Room && message.room.is_none() {
            digest.tokens = token::read(message, profile, line.map_or(&[], |line| &line.tokens));
            digest.company = token::company(&message.author);
        }
        if profile.quotes {
            digest.read_lines(&message.text);
        }
        if profile.subjects {
            digest.subject = line.and_then(|line| line.subject.clone());
            digest.read_people(message);
            digest.threads_series = made_by_git(message.platform_id.as_ref().unwrap_or(&message.id));
        }
        digest
    }

    fn read_lines(&mut self, text: &str) {
        let parts = body::split(text);
        self.own = parts.own_lines(text).filter_map(line_hash).collect();
        let quoted = parts.quoted_lines(text);
        self.quoted = quoted.filter_map(|(depth, line)| Some((line_hash(line)?, depth))).collect();
    }

    fn read_people(&mut self, message: &Message) {
        self.author = handle_hash(&message.author);
        self.name = message.author.name.as_deref().map_or(0, hash_lower);
        let mut people = Vec::with_capacity(message.participants().take(MOST_PEOPLE).count());
        people.extend(message.participants().take(MOST_PEOPLE).map(handle_hash));
        people.sort_unstable();
        self.people = people.into();
    }

    /// Milliseconds since `earlier`, where both times are known.
    pub(crate) fn gap_after(&self, earlier: &Self) -> Option<i64> {
        Some(self.time?.saturating_sub(earlier.time?))
    }

    /// Whether both have one author, by handle or by name.
    pub(crate) fn same_author(&self, other: &Self) -> bool {
        let same = |one: u64, other: u64| one != 0 && one == other;
        same(self.author, other.author) || same(self.name, other.name)
    }

    /// Whether it says who else takes part.
    pub(crate) fn names_others(&self) -> bool {
        self.people.len() > 1
    }

    /// Whether its author took part in an earlier message.
    pub(crate) fn was_addressed_by(&self, earlier: &Self) -> bool {
        self.author != 0 && earlier.people.binary_search(&self.author).is_ok()
    }

    /// Whether the author of one takes part in the other; a list both went to does not count.
    pub(crate) fn shares_participant(&self, other: &Self) -> bool {
        let takes_part = |one: &Self, other: &Self| other.people.binary_search(&one.author).is_ok();
        (self.author != 0 && takes_part(self, other)) || (other.author != 0 && takes_part(other, self))
    }
}

/// Whether a reply id names a message. In mail people's own words stand there too ("yes"), so there
/// an id has an at-sign.
fn names_parent(message: &Message, profile: &Profile) -> bool {
    let mail = profile.family == ChannelFamily::Mail;
    let mut fields = message.in_reply_to.iter().chain(&message.references);
    fields.any(|field| if mail { field.contains('@') } else { !field.trim().is_empty() })
}

/// Ids of `git send-email` and of covers by `git format-patch --thread`.
fn made_by_git(id: &str) -> bool {
    // A short needle is found much faster, and hardly any id has one.
    (id.contains("-git-") && id.contains("-git-send-email-")) || id.contains(".git.")
}

fn handle_hash(who: &Participant) -> u64 {
    if who.handle.is_empty() { 0 } else { hash_lower(&who.handle) }
}

/// The hash of a line long enough to tell something, blanks collapsed.
fn line_hash(line: &str) -> Option<u64> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let joined = words.join(" ");
    (joined.chars().nth(SHORTEST_LINE - 1).is_some()).then(|| hash(&joined))
}
