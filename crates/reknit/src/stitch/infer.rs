//! Links that nothing proves: the best of a few earlier messages, if it is good enough.
//!
//! The messages are walked in order, so that all evidence lies in the past. Each that hangs on
//! nothing yet is compared with the candidates three rooms of memory give: [mail](super::mail)
//! (quoted lines, subjects), [contacts](super::contact) (open conversations of the same person) and
//! [rooms](super::room) (who talks to whom). The heaviest candidate wins, the later one where two
//! weigh the same. What a machine wrote is placed but remembered by nobody.

use rustc_hash::FxHashMap;

use crate::Result;
use crate::model::{ChannelFamily, Progress, Watch, Weight};

use super::contact::Contacts;
use super::forest::Forest;
use super::mail::{Mail, Reading};
use super::result::Relation;
use super::room::Rooms;
use super::stream::Stream;
use super::weight::{Finding, total};

/// An earlier message, and what speaks for it.
pub(super) struct Candidate {
    pub(super) at: u32,
    pub(super) relation: Relation,
    pub(super) findings: Vec<Finding>,
}

/// Progress is told once in so many messages: often enough to stop within a tenth of a second.
const TELL_EVERY: usize = 1024;
/// Bits of the same words by the same author at the same moment under another id.
const SAME_WORDS: f64 = 25.0;
/// Texts shorter than this are said twice without being copies.
const SHORTEST_COPY: usize = 5;

/// Hangs messages on earlier ones. Gives, for each message that opens a conversation, what spoke
/// for the best candidate it did not join.
pub(super) fn link(
    stream: &Stream<'_>,
    forest: &mut Forest,
    threshold: Weight,
    watch: &mut Watch<'_>,
) -> Result<FxHashMap<u32, Vec<Finding>>> {
    let mut memory = Memory::default();
    let mut rejected = FxHashMap::default();
    for at in 0..stream.len() {
        if at % TELL_EVERY == 0 {
            Progress::report("stitch", at as u64, stream.len() as u64, watch)?;
        }
        if let Some(best) = memory.place(stream, forest, at, threshold) {
            rejected.insert(at as u32, best);
        }
    }
    Progress::report("stitch", stream.len() as u64, stream.len() as u64, watch)?;
    Ok(rejected)
}

/// What is remembered of the messages so far.
#[derive(Default)]
struct Memory {
    mail: Mail,
    contacts: Contacts,
    rooms: Rooms,
    /// The first message of each author, moment and text.
    said: FxHashMap<(u32, Option<u32>, i64, u64), u32>,
}

impl Memory {
    /// Links message `at` if it hangs on nothing, and remembers it. Gives back the findings for
    /// the best candidate where it was not joined.
    fn place(
        &mut self,
        stream: &Stream<'_>,
        forest: &mut Forest,
        at: usize,
        threshold: Weight,
    ) -> Option<Vec<Finding>> {
        if stream.messages[at].system {
            return None;
        }
        let reading = Reading::of(stream, at);
        let mut rejected = None;
        if !forest.hangs(at as u32) {
            let mut candidates = self.copies(stream, at);
            self.mail.candidates(stream, at, &reading, &mut candidates);
            self.contacts.candidates(stream, at, &mut candidates);
            self.rooms.candidates(stream, at, &mut candidates);
            rejected = choose(forest, at, candidates, threshold, stream.facts[at].auto);
        }
        if !stream.facts[at].auto {
            self.mail.note(at, &reading, !forest.hangs(at as u32));
            self.contacts.note(stream, forest, at);
            self.rooms.note(stream, at);
        }
        rejected
    }

    /// The same words by the same author at the same moment: a delivery made twice.
    fn copies(&mut self, stream: &Stream<'_>, at: usize) -> Vec<Candidate> {
        let (facts, text) = (&stream.facts[at], &stream.messages[at].text);
        let (Some(time), true) = (facts.time, text.len() >= SHORTEST_COPY) else { return Vec::new() };
        let key = (facts.way, facts.author, time, super::weight::hash(text));
        let first = *self.said.entry(key).or_insert(at as u32);
        if first == at as u32 || stream.way(at).profile.family == ChannelFamily::Room {
            return Vec::new();
        }
        let finding = Finding::new("copy", "same author, moment and text", SAME_WORDS);
        vec![Candidate { at: first, relation: Relation::Copy, findings: vec![finding] }]
    }
}

/// Takes the best candidate that may be joined; gives its findings back if it is not good enough.
fn choose(
    forest: &mut Forest,
    at: usize,
    mut candidates: Vec<Candidate>,
    threshold: Weight,
    auto: bool,
) -> Option<Vec<Finding>> {
    candidates.retain(|candidate| forest.may_join(at as u32, candidate.at));
    let best = candidates
        .into_iter()
        .map(|candidate| (total(&candidate.findings), candidate))
        .max_by(|(a, x), (b, y)| a.bits().total_cmp(&b.bits()).then(x.at.cmp(&y.at)))?;
    let (weight, best) = best;
    if weight < threshold {
        return Some(best.findings);
    }
    let relation = if auto { Relation::AutoReply } else { best.relation };
    forest.link(at as u32, best.at, relation, &best.findings);
    None
}
