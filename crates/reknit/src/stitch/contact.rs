//! Open conversations of one contact, over all channels.
//!
//! A contact is a person once resolved, else a handle on its channel. The conversations of their
//! latest messages are the candidates; where a handle is not resolved, also those its member of staff
//! had lately, because it may be another address of a known contact. What each weighs is said by
//! [`weigh::contact`](super::weigh::contact).

use crate::model::{ChannelFamily, Direction};

use super::decide::{Candidate, View};
use super::postings::{CONTACT_REACH, Key, Kind, STAFF_REACH};
use super::result::Relation;
use super::weigh::{self, Digest, contact::Around};
use super::weight::Finding;

/// Conversations of a contact: people keep no more open at once. So many more of the staff.
const MOST_OPEN: usize = 8;
const MOST_OTHERS: usize = 4;
/// How far back another contact's conversation may lie.
const OTHERS_MS: i64 = 3 * 24 * 3_600_000;
/// Messages of a conversation that are compared.
const TAIL: usize = 24;
/// The bits of a policy that locks a contact's channel to one conversation.
const LOCKED: f64 = 40.0;

/// A conversation as far as it is looked at: its messages, the latest first.
struct Open {
    conversation: u32,
    messages: Vec<u32>,
}

/// What went before a message, the latest first.
struct Past {
    /// The latest messages of its contact.
    window: Vec<u32>,
    /// The latest messages of its member of staff.
    staff: Vec<u32>,
    /// More than one member of staff wrote those of the contact.
    agents: bool,
}

/// Adds the open conversations that the message in view may go on with.
pub(super) fn candidates(view: &View<'_>, candidates: &mut Vec<Candidate>) {
    let digest = view.own();
    let Some(contact) = digest.contact() else { return };
    if view.way(digest).policy.lock_to_one {
        let key = Key::new(Kind::Locked, u64::from(contact) << 32 | u64::from(digest.way()));
        candidates.extend(view.earlier(key).next().map(|at| Candidate {
            at,
            relation: Relation::Continuation,
            findings: vec![Finding::new("policy", "one conversation per contact", LOCKED)],
        }));
    }
    // Nothing else could be gone on with, so that nothing need be looked at.
    if goes_by_subject(view, digest) && !view.engine.postings.has_plain(contact) {
        return;
    }
    let window: Vec<u32> =
        view.earlier(Key::new(Kind::Contact, u64::from(contact))).take(CONTACT_REACH).collect();
    let mut staff: Vec<u32> = Vec::new();
    if digest.says.agent != 0 {
        staff.extend(view.earlier(Key::new(Kind::Staff, digest.says.agent)).take(STAFF_REACH));
    }
    let agents = has_agents(view, &window);
    let mine = conversations(view, &window, &staff);
    let others = conversations(view, &staff, &[]);
    let past = Past { window, staff, agents };
    let own: Vec<Candidate> =
        mine.iter().take(MOST_OPEN).filter_map(|open| weigh(view, open, &past)).collect();
    let own_matter = own.iter().any(|candidate| candidate.weight().bits() >= 0.0);
    candidates.extend(own);
    // A contact's own conversations come first, and staff knows to whom it writes.
    if own_matter || digest.says.direction != Direction::Inbound {
        return;
    }
    let others = others.iter().filter(|open| mine.iter().all(|own| own.conversation != open.conversation));
    let others = others.take(MOST_OTHERS).filter(|open| may_be_same(view, open));
    candidates.extend(others.filter_map(|open| weigh(view, open, &past)));
}

/// The conversations of `messages`, the latest first, with what else of them stands in `more`.
fn conversations(view: &View<'_>, messages: &[u32], more: &[u32]) -> Vec<Open> {
    let mut found: Vec<Open> = Vec::new();
    for &at in messages {
        let conversation = view.conversation(at);
        match found.iter_mut().find(|open| open.conversation == conversation) {
            Some(open) => open.messages.push(at),
            None => found.push(Open { conversation, messages: vec![at] }),
        }
    }
    for &at in more {
        let conversation = view.conversation(at);
        let open = found.iter_mut().find(|open| open.conversation == conversation);
        if let Some(open) = open.filter(|open| !open.messages.contains(&at)) {
            open.messages.push(at);
        }
    }
    for open in &mut found {
        open.messages.sort_by(|&a, &b| view.order(b, a));
        open.messages.truncate(TAIL);
    }
    found
}

/// Whether more than one member of staff has written with the contact.
fn has_agents(view: &View<'_>, window: &[u32]) -> bool {
    let own = std::iter::once(view.own().says.agent);
    let agents = own.chain(window.iter().map(|&at| view.digest(at).says.agent));
    let mut known = agents.filter(|&agent| agent != 0);
    let first = known.next();
    known.any(|agent| Some(agent) != first)
}

/// Whether another contact's conversation may be this contact's: lately, and one of both is resolved
/// while the other is not.
fn may_be_same(view: &View<'_>, open: &Open) -> bool {
    let own = &view.own().says;
    let mut tail = open.messages.iter().map(|&at| &view.digest(at).says);
    let lately = view.digest(open.messages[0]).says.time.zip(own.time);
    let lately = lately.is_some_and(|(last, time)| time.saturating_sub(last) <= OTHERS_MS);
    let resolved = tail.clone().any(|earlier| earlier.resolved);
    let two = |earlier: &Digest| own.resolved && earlier.resolved && earlier.contact != own.contact;
    lately && (own.resolved || resolved) && !tail.any(two)
}

/// What speaks for going on with a conversation; none where that is forbidden.
fn weigh(view: &View<'_>, open: &Open, past: &Past) -> Option<Candidate> {
    let own = view.own();
    let &at = open.messages.first()?;
    let tail: Vec<&Digest> = open.messages.iter().rev().map(|&at| &view.digest(at).says).collect();
    if !may_go_on(view, &tail) {
        return None;
    }
    let around = Around {
        newer: others_since(view, &past.window, at, open.conversation) > 0,
        agents: past.agents,
        busy: others_since(view, &past.staff, at, open.conversation),
        policy_gap_ms: view.way(own).policy.gap_ms,
    };
    let findings = weigh::contact::weigh(&own.says, &tail, around)?;
    Some(Candidate { at, relation: Relation::Continuation, findings })
}

/// How many other conversations `messages` went on with after message `latest`.
fn others_since(view: &View<'_>, messages: &[u32], latest: u32, conversation: u32) -> u32 {
    let later = messages.iter().take_while(|&&earlier| view.order(earlier, latest).is_gt());
    let mut others: Vec<u32> = later.map(|&earlier| view.conversation(earlier)).collect();
    others.sort_unstable();
    others.dedup();
    others.iter().filter(|&&other| other != conversation).count() as u32
}

/// Whether subjects let a message go on with a conversation. Where both have a subject the
/// subjects decide: mail among equals is weighed by [`mail`](super::mail) alone, and a customer's by
/// whether the subject is the same.
fn may_go_on(view: &View<'_>, tail: &[&Digest]) -> bool {
    let own = view.own();
    let Some(mine) = &own.says.subject else { return true };
    if goes_by_subject(view, own) && tail.iter().any(|earlier| earlier.subject.is_some()) {
        return false;
    }
    let theirs = tail.iter().rev().find_map(|earlier| earlier.subject.as_ref());
    theirs.is_none_or(|theirs| theirs.base == mine.base)
}

/// Whether a message goes on with nothing that has a subject: mail among equals.
fn goes_by_subject(view: &View<'_>, digest: &super::digest::Digest) -> bool {
    let mail = view.way(digest).profile.family == ChannelFamily::Mail;
    mail && digest.says.direction == Direction::Unknown && digest.says.subject.is_some()
}
