//! What the readers put their messages into: one rule for ids, copies, directions and problems.
//!
//! Ids in one reading are unique. A message that stands twice with all it says is read once; another
//! one under the same id is kept as `ID#2`, with the id they share beside it, and reported.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use reknit::model::{Channel, Direction, Message, Participant, Timestamp};
use reknit::{Error, Result};

use crate::{Format, Options, Place, Problem, Reading};

pub(crate) struct Collector<'o> {
    pub(crate) options: &'o Options,
    messages: Vec<Message>,
    problems: Vec<Problem>,
    /// The place in `messages` of each id.
    known: HashMap<String, usize>,
    /// How many messages had the same content so far, by the id made of it.
    equals: HashMap<String, u32>,
}

impl<'o> Collector<'o> {
    pub(crate) fn new(options: &'o Options) -> Self {
        Self {
            options,
            messages: Vec::new(),
            problems: Vec::new(),
            known: HashMap::new(),
            equals: HashMap::new(),
        }
    }

    /// The channel the caller wishes, else `usual`.
    pub(crate) fn channel(&self, usual: &str) -> Channel {
        Channel::new(self.options.channel.as_deref().unwrap_or(usual))
    }

    /// A message under `id`; an empty author makes a system line's.
    pub(crate) fn message(&self, id: String, channel: &str, author: Participant) -> Message {
        let mut message = Message::new(id, self.channel(channel), "", Timestamp(0), "");
        message.sent = None;
        message.author = author;
        message
    }

    /// An id made of content: of `parts` and, for the second and later of equals, their number.
    pub(crate) fn content_id(&mut self, prefix: &str, parts: &[&str]) -> String {
        let id = format!("{prefix}:{:016x}", hash(parts.iter().map(|part| part.as_bytes())));
        let count = self.equals.entry(id.clone()).or_insert(0);
        *count += 1;
        if *count == 1 { id } else { format!("{id}-{count}") }
    }

    pub(crate) fn problem(&mut self, place: Place, what: impl Into<String>) {
        self.problems.push(Problem { place, what: what.into() });
    }

    pub(crate) fn push(&mut self, place: impl FnOnce() -> Place, mut message: Message) {
        let id = match self.known.entry(message.id.clone()) {
            Entry::Vacant(free) => {
                free.insert(self.messages.len());
                self.messages.push(message);
                return;
            }
            Entry::Occupied(taken) => {
                let first = &mut self.messages[*taken.get()];
                if same(first, &message) {
                    return;
                }
                first.platform_id.get_or_insert_with(|| message.id.clone());
                taken.key().clone()
            }
        };
        message.platform_id.get_or_insert_with(|| id.clone());
        message.id = self.free_id(&id);
        let number = self.messages.len();
        self.known.insert(message.id.clone(), number);
        self.messages.push(message);
        self.problem(
            place(),
            "another message has the same id; this one was kept under an id with `#` added",
        );
    }

    /// `id#2`, or the next number that is free.
    fn free_id(&mut self, id: &str) -> String {
        let count = self.equals.entry(id.to_owned()).or_insert(1);
        loop {
            *count += 1;
            let next = format!("{id}#{count}");
            if !self.known.contains_key(&next) {
                return next;
            }
        }
    }

    pub(crate) fn has_messages(&self) -> bool {
        !self.messages.is_empty()
    }

    /// The message of this id, to be put right.
    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Message> {
        self.messages.get_mut(*self.known.get(id)?)
    }

    /// All that was read; an error when there is nothing but problems.
    pub(crate) fn finish(mut self, format: Format, empty: bool) -> Result<Reading> {
        if let (true, false, Some(first)) = (self.messages.is_empty(), empty, self.problems.first()) {
            return Err(Error::input(format!("no message of the format `{format}` could be read; {first}")));
        }
        if !self.options.us.is_empty() {
            for message in self.messages.iter_mut().filter(|message| !message.system) {
                if message.direction == Direction::Unknown && !message.author.handle.is_empty() {
                    let ours = self.options.is_us(&message.author);
                    message.direction = if ours { Direction::Outbound } else { Direction::Inbound };
                }
            }
        }
        Ok(Reading { format, messages: self.messages, problems: self.problems })
    }
}

/// Whether two messages say the same.
fn same(a: &Message, b: &Message) -> bool {
    a.sent == b.sent && a.author == b.author && a.text == b.text && a.to == b.to && a.room == b.room
}

/// 64-bit FNV-1a (Fowler, Noll, Vo), a zero byte after each part: stable for good, and good enough to
/// tell messages apart; the counter for equals makes ids unique even where it is not.
pub(crate) fn hash<'p>(parts: impl IntoIterator<Item = &'p [u8]>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in parts {
        for &byte in part.iter().chain(&[0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_are_counted_and_copies_are_read_once() {
        let options = Options::default();
        let mut into = Collector::new(&options);
        let first = into.content_id("w", &["a"]);
        assert_eq!(into.content_id("w", &["a"]), format!("{first}-2"));
        for text in ["hi", "hi", "ho", "hu"] {
            into.push(Place::default, Message::new("m", "sms", "ana", Timestamp(0), text));
        }
        let reading = into.finish(Format::Jsonl, false).expect("there are messages");
        let ids: Vec<&str> = reading.messages.iter().map(|message| message.id.as_str()).collect();
        assert_eq!(ids, ["m", "m#2", "m#3"]);
    }
}
