//! Rooms, where many people talk at once.
//!
//! Three rules, in the order of their strength: a line that names somebody answers that person's
//! last line; else it goes on with what its author said last or was last asked, if that was minutes
//! ago; else it opens a conversation, unless hardly anything else is going on in the room. Names are
//! the handles seen in the room so far. On the test logs of Kummerfeld et al. 2019 the rules alone
//! beat that paper's linear model.

use rustc_hash::FxHashMap;

use super::forest::Forest;
use super::infer::Candidate;
use super::result::Relation;
use super::stream::Stream;
use super::weight::{Finding, span};

/// How old the last line of a person named may be.
const NAMED_MS: i64 = 60 * 60_000;
/// How old the author's own last line, or the last one that named the author, may be.
const OWN_MS: i64 = 15 * 60_000;
/// Names shorter than this are words.
const SHORTEST_NAME: usize = 3;
/// Lines looked back at for what is going on.
const RECENT: usize = 24;

/// Bits by what ties the lines.
const NAMES_FIRST: f64 = 6.0;
const NAMES_WITHIN: f64 = 4.0;
const NAMED_BEFORE: f64 = 4.6;
const OWN_LINE: f64 = 4.4;
/// The last line of a room in which one conversation was going on within the gap.
const ONLY_TALK: f64 = 3.9;
/// Each further conversation going on.
const OTHER_TALK: f64 = -2.0;

/// One room so far.
#[derive(Default)]
struct Room {
    people: FxHashMap<String, u32>,
    last_by: FxHashMap<u32, u32>,
    last_naming: FxHashMap<u32, u32>,
    recent: Vec<u32>,
}

/// The rooms so far.
#[derive(Default)]
pub(super) struct Rooms {
    rooms: FxHashMap<u32, Room>,
}

impl Rooms {
    /// Adds the lines of the same room that message `at` may answer.
    pub(super) fn candidates(
        &self,
        stream: &Stream<'_>,
        forest: &mut Forest,
        at: usize,
        candidates: &mut Vec<Candidate>,
    ) {
        let facts = &stream.facts[at];
        let Some(room) = facts.room.and_then(|room| self.rooms.get(&room)) else { return };
        let within = |earlier: u32, most: i64| {
            stream.gap(earlier as usize, at).filter(|&gap| gap <= most.min(stream.way(at).gap_ms * 4))
        };
        let mut add = |earlier: u32, relation, name, level: String, bits| {
            let findings = vec![Finding::new(name, level, bits)];
            candidates.push(Candidate { at: earlier, relation, findings });
        };
        for (person, first) in room.named(stream, at) {
            let Some(&earlier) = room.last_by.get(&person) else { continue };
            if let Some(gap) = within(earlier, NAMED_MS) {
                let bits = if first { NAMES_FIRST } else { NAMES_WITHIN };
                add(
                    earlier,
                    Relation::Reply,
                    "named",
                    format!("last line of a person named, {}", span(gap)),
                    bits,
                );
            }
        }
        if let Some(author) = facts.author {
            let naming = room.last_naming.get(&author).map(|&line| (line, "named the author", NAMED_BEFORE));
            let own = room.last_by.get(&author).map(|&line| (line, "author's own", OWN_LINE));
            let latest = naming.into_iter().chain(own).max_by_key(|&(line, _, _)| line);
            if let Some((earlier, level, bits)) = latest {
                if let Some(gap) = within(earlier, OWN_MS) {
                    add(
                        earlier,
                        Relation::Continuation,
                        "last_line",
                        format!("{level}, {}", span(gap)),
                        bits,
                    );
                }
            }
        }
        if let Some((earlier, others)) = room.going_on(stream, forest, at) {
            let bits = ONLY_TALK + OTHER_TALK * others as f64;
            add(earlier, Relation::Continuation, "room", format!("{others} other conversations"), bits);
        }
    }

    /// Remembers message `at`.
    pub(super) fn note(&mut self, stream: &Stream<'_>, at: usize) {
        let facts = &stream.facts[at];
        let Some(room) = facts.room else { return };
        let room = self.rooms.entry(room).or_default();
        for (person, _) in room.named(stream, at) {
            room.last_naming.insert(person, at as u32);
        }
        if let Some(author) = facts.author {
            let handle = stream.messages[at].author.handle.trim_start_matches('@').to_lowercase();
            if handle.chars().nth(SHORTEST_NAME - 1).is_some() {
                room.people.insert(handle, author);
            }
            room.last_by.insert(author, at as u32);
        }
        if room.recent.len() == RECENT {
            room.recent.remove(0);
        }
        room.recent.push(at as u32);
    }
}

impl Room {
    /// Whom a line names, and whether at its start; not its own author.
    fn named(&self, stream: &Stream<'_>, at: usize) -> Vec<(u32, bool)> {
        let own = stream.facts[at].author;
        let mut found: Vec<(u32, bool)> = Vec::new();
        for (place, word) in stream.messages[at].text.split_whitespace().take(64).enumerate() {
            let bare =
                word.trim_start_matches('@').trim_end_matches([':', ',', ';', '?', '!', '.', ')', '>']);
            let person =
                self.people.get(&word.to_lowercase()).or_else(|| self.people.get(&bare.to_lowercase()));
            if let Some(&person) = person.filter(|&&person| Some(person) != own) {
                if !found.iter().any(|&(known, _)| known == person) {
                    found.push((person, place == 0));
                }
            }
        }
        found
    }

    /// The last line within the gap, and how many other conversations went on in it.
    fn going_on(&self, stream: &Stream<'_>, forest: &mut Forest, at: usize) -> Option<(u32, usize)> {
        let gap = stream.way(at).gap_ms;
        let mut talks: Vec<u32> = Vec::new();
        for &earlier in self.recent.iter().rev() {
            if stream.gap(earlier as usize, at).is_none_or(|silence| silence > gap) {
                break;
            }
            let talk = forest.find(earlier);
            if !talks.contains(&talk) {
                talks.push(talk);
            }
        }
        let last = *self.recent.last()?;
        (!talks.is_empty()).then(|| (last, talks.len() - 1))
    }
}
