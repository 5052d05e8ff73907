//! Conversations that hold the same token or number as a message.
//!
//! What tokens and numbers are, and what they weigh, is said by [`weigh::token`](super::weigh::token). Here
//! the last messages that bear one are looked up and each of their conversations is a candidate: as a proof
//! where the writer takes part in it, as a question where not. Cost: a few look-ups a message that bears one.

use super::decide::{Candidate, View};
use super::postings::{TOKEN_REACH, token_keys};
use super::result::Relation;
use super::weigh::token::{self, MOST_CONTACTS, Shared, Tie, Token};

/// A conversation that holds the token: its latest message with it, and how the writer stands to it.
struct Holder {
    conversation: u32,
    at: u32,
    tie: Tie,
}

/// Adds the conversations that hold a token of the message in view.
pub(super) fn candidates(view: &View<'_>, candidates: &mut Vec<Candidate>) {
    for (token, key) in token_keys(&view.own().says) {
        let bearers: Vec<u32> = view.earlier(key).take(TOKEN_REACH).collect();
        if !is_frequent(view, &bearers) {
            add(view, token, &bearers, candidates);
        }
    }
}

fn add(view: &View<'_>, token: Token, bearers: &[u32], candidates: &mut Vec<Candidate>) {
    let mut holders: Vec<Holder> = Vec::new();
    for &at in bearers {
        let (conversation, tie) = (view.conversation(at), tie(view, at));
        match holders.iter_mut().find(|holder| holder.conversation == conversation) {
            Some(holder) => holder.tie = holder.tie.max(tie),
            None => holders.push(Holder { conversation, at, tie }),
        }
    }
    let conversations = holders.len();
    candidates.extend(holders.into_iter().map(|Holder { at, tie, .. }| {
        let shared = Shared {
            form: token.form,
            tie,
            conversations,
            silence_ms: view.own().says.gap_after(&view.digest(at).says),
            gap_ms: view.way(view.own()).gap_ms,
        };
        let forward = view.own().says.subject.as_ref().is_some_and(|subject| subject.forward);
        let relation = if forward { Relation::Forward } else { Relation::Continuation };
        Candidate { at, relation, findings: token::weigh(shared) }
    }));
}

/// How the writer of the message in view stands to an earlier one.
fn tie(view: &View<'_>, at: u32) -> Tie {
    let (own, earlier) = (&view.own().says, &view.digest(at).says);
    let same_contact = own.contact.is_some() && own.contact == earlier.contact;
    if same_contact || own.was_addressed_by(earlier) {
        Tie::Part
    } else if own.company != 0 && own.company == earlier.company {
        Tie::Company
    } else {
        Tie::Stranger
    }
}

/// Whether many contacts share a token: then it names a product, a campaign, an example.
fn is_frequent(view: &View<'_>, bearers: &[u32]) -> bool {
    let mut contacts: Vec<u32> = bearers.iter().filter_map(|&at| view.digest(at).contact()).collect();
    contacts.sort_unstable();
    contacts.dedup();
    contacts.len() > MOST_CONTACTS
}
