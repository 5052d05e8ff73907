//! Rooms, where many people talk at once.
//!
//! Three rules, in the order of their strength: a line that names somebody answers that person's
//! last line; else it goes on with what its author said last or was last asked, if that was minutes
//! ago; else it opens a conversation, unless hardly anything else is going on in the room. Names are
//! the handles seen in the room so far. On the test logs of Kummerfeld et al. 2019 the rules alone
//! beat that paper's linear model.

use rustc_hash::FxHashMap;

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

// On the development logs of Kummerfeld et al. 2019 a line that starts with a name answers the last
// line of that person in 66 % of cases, one that goes on with its author's own last line in 73 % when
// that was the line before and in 27 % from the third line back on, one that named its author in 66 %. The bits keep that order; they rank, and are not yet calibrated.

/// Bits by what ties the lines.
const NAMES_FIRST: f64 = 6.0;
const NAMES_WITHIN: f64 = 4.0;
const NAMED_BEFORE: f64 = 4.6;
const OWN_LINE: f64 = 4.4;
const PARTNER_LINE: f64 = 4.4;
/// Each doubling of the number of lines since.
const FURTHER_LINE: f64 = -0.2;
/// The last line of a room in which one person spoke within the gap.
const ONE_SPEAKER: f64 = 5.0;
/// Each further person who spoke: more talks at once.
const FURTHER_SPEAKER: f64 = -0.3;

/// Times the share of lines that start with a name: where people name whom they answer, a line
/// that names nobody answers nobody.
const NAMING_ROOM: f64 = -20.0;

/// A line of the room: the message, and the how manieth line it is.
#[derive(Clone, Copy)]
struct Said {
    at: u32,
    line: u32,
}

/// One room so far.
#[derive(Default)]
struct Room {
    people: FxHashMap<String, u32>,
    last_by: FxHashMap<u32, Said>,
    last_naming: FxHashMap<u32, Said>,
    /// Whom each person named last.
    last_partner: FxHashMap<u32, u32>,
    recent: Vec<u32>,
    lines: u32,
    naming: u32,
}

/// The rooms so far.
#[derive(Default)]
pub(super) struct Rooms {
    rooms: FxHashMap<u32, Room>,
}

impl Rooms {
    /// Adds the lines of the same room that message `at` may answer.
    pub(super) fn candidates(&self, stream: &Stream<'_>, at: usize, candidates: &mut Vec<Candidate>) {
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
            let Some(&said) = room.last_by.get(&person) else { continue };
            if let Some(gap) = within(said.at, NAMED_MS) {
                let (place, bits) =
                    if first { ("starts with a name", NAMES_FIRST) } else { ("holds a name", NAMES_WITHIN) };
                add(said.at, Relation::Reply, "named", format!("{place}, {}", span(gap)), bits);
            }
        }
        let latest = facts.author.and_then(|author| room.latest_of(author));
        if let Some((said, level, bits)) = latest.filter(|(said, ..)| within(said.at, OWN_MS).is_some()) {
            let lines = room.lines - said.line;
            let bits = bits + FURTHER_LINE * f64::from(1 + lines).log2();
            let level = format!("{level}, {lines} lines before");
            add(said.at, Relation::Continuation, "last_line", level, bits);
        }
        if let Some((earlier, speakers)) = room.going_on(stream, at) {
            let bits =
                ONE_SPEAKER + FURTHER_SPEAKER * (speakers - 1) as f64 + NAMING_ROOM * room.naming_rate();
            add(earlier, Relation::Continuation, "room", format!("{speakers} people are talking"), bits);
        }
    }

    /// Remembers message `at`.
    pub(super) fn note(&mut self, stream: &Stream<'_>, at: usize) {
        let facts = &stream.facts[at];
        let Some(room) = facts.room else { return };
        let room = self.rooms.entry(room).or_default();
        let named = room.named(stream, at);
        let said = Said { at: at as u32, line: room.lines };
        room.lines += 1;
        room.naming += u32::from(named.iter().any(|&(_, first)| first));
        for &(person, _) in &named {
            room.last_naming.insert(person, said);
        }
        if let Some(author) = facts.author {
            let handle = stream.messages[at].author.handle.trim_start_matches('@').to_lowercase();
            if handle.chars().nth(SHORTEST_NAME - 1).is_some() {
                room.people.insert(handle, author);
            }
            room.last_by.insert(author, said);
            if let Some(&(person, _)) = named.first() {
                room.last_partner.insert(author, person);
            }
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
            let Some(&person) = person.filter(|&&person| Some(person) != own) else { continue };
            if !found.iter().any(|&(known, _)| known == person) {
                found.push((person, place == 0));
            }
        }
        found
    }

    /// What `author` said last or was last asked, whichever is the later.
    fn latest_of(&self, author: u32) -> Option<(Said, &'static str, f64)> {
        let naming = self.last_naming.get(&author).map(|&said| (said, "named the author", NAMED_BEFORE));
        let own = self.last_by.get(&author).map(|&said| (said, "author's own", OWN_LINE));
        let partner = self.last_partner.get(&author).and_then(|partner| self.last_by.get(partner));
        let partner = partner.map(|&said| (said, "partner's", PARTNER_LINE));
        naming.into_iter().chain(own).chain(partner).max_by_key(|(said, ..)| said.at)
    }

    /// The share of lines that start with a name; one line without a name is given at the start.
    fn naming_rate(&self) -> f64 {
        f64::from(self.naming) / f64::from(self.lines + 1)
    }

    /// The last line, and how many people spoke within the gap.
    fn going_on(&self, stream: &Stream<'_>, at: usize) -> Option<(u32, usize)> {
        let gap = stream.way(at).gap_ms;
        let mut speakers: Vec<Option<u32>> = Vec::new();
        for &earlier in self.recent.iter().rev() {
            if stream.gap(earlier as usize, at).is_none_or(|silence| silence > gap) {
                break;
            }
            let speaker = stream.facts[earlier as usize].author;
            if !speakers.contains(&speaker) {
                speakers.push(speaker);
            }
        }
        let last = *self.recent.last()?;
        (!speakers.is_empty()).then_some((last, speakers.len()))
    }
}
