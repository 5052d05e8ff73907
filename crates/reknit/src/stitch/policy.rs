//! What a policy says about links: findings so strong that no evidence outweighs them.
//!
//! A link that only ids carry is *cut* where the policy of the message forbids it between the two alone. The
//! message then stands at the root of its tree, and what its ids say is a candidate among others: it holds
//! where the conversation as a whole was not silent for so long. What each policy means is said by
//! [`Policy`](super::Policy). Cost: a few comparisons a candidate; nothing where no policy is set.

use super::config::Policy;
use super::decide::{Candidate, View};
use super::digest::Digest;
use super::engine::Cut;
use super::postings::{CONTACT_REACH, Key, Kind};
use super::result::Relation;
use super::weight::{Finding, span};
use crate::model::Direction;

/// Bits of what a policy forbids.
const FORBIDDEN: f64 = -100.0;

/// Whether the link that ids put between a message and its parent is cut.
pub(super) fn cuts(own: (&Digest, &Policy), parent: (&Digest, &Policy), relation: Relation) -> bool {
    let ((own, policy), (earlier, other)) = (own, parent);
    let said = matches!(relation, Relation::Copy | Relation::Constraint);
    if said || own.auto || own.strict.is_some() {
        return false;
    }
    let silent = policy.reopen_ms.zip(own.time()).zip(earlier.time());
    let late = silent.is_some_and(|((window, time), before)| time.saturating_sub(before) > window);
    (late && own.says.direction != Direction::Outbound) || crosses_visibility((own, policy), (earlier, other))
}

fn crosses_visibility(one: (&Digest, &Policy), other: (&Digest, &Policy)) -> bool {
    one.0.public != other.0.public && !(one.1.cross_visibility && other.1.cross_visibility)
}

/// Adds what policies say to the candidates of the message in view, and the candidate its cut ids make.
pub(super) fn apply(view: &View<'_>, candidates: &mut Vec<Candidate>) {
    let words = last_words(view, candidates);
    for candidate in candidates.iter_mut().filter(|candidate| candidate.relation != Relation::Copy) {
        candidate.findings.extend(kept_apart(view, candidate.at));
        weigh(view, candidate, &words);
    }
    if let Some(Cut { parent, relation, findings }) = view.cut() {
        let mut candidate = Candidate { at: *parent, relation: *relation, findings: findings.clone() };
        weigh(view, &mut candidate, &words);
        candidates.push(candidate);
    }
}

fn weigh(view: &View<'_>, candidate: &mut Candidate, words: &[(u32, i64)]) {
    let (own, earlier) = (view.own(), view.digest(candidate.at));
    let (mine, theirs) = (&view.way(own).policy, &view.way(earlier).policy);
    if crosses_visibility((own, mine), (earlier, theirs)) {
        let level = "public and private are kept apart";
        candidate.findings.push(Finding::new("policy", level, FORBIDDEN));
    }
    let Some((window, time)) = mine.reopen_ms.zip(own.time()).filter(|_| !own.auto) else { return };
    let conversation = view.conversation(candidate.at);
    let last = words.iter().filter(|words| words.0 == conversation).map(|words| words.1).max();
    let silence = last.map(|last| time.saturating_sub(last));
    if let Some(silence) = silence.filter(|&silence| silence > window) {
        let level = format!("silent for {}, reopened within {} only", span(silence), span(window));
        candidate.findings.push(Finding::new("policy", level, FORBIDDEN));
    }
}

/// Whether a line may still answer an earlier one.
pub(super) fn is_in_window(view: &View<'_>, at: u32) -> bool {
    let (own, earlier) = (view.own(), view.digest(at));
    let silence = own.time().zip(earlier.time()).map(|(time, before)| time.saturating_sub(before));
    own.auto || view.way(own).policy.reopen_ms.zip(silence).is_none_or(|(window, silence)| silence <= window)
}

/// Between two channels that are kept apart.
fn kept_apart(view: &View<'_>, at: u32) -> Option<Finding> {
    let (own, earlier) = (view.own(), view.digest(at));
    let allowed = view.way(own).policy.cross_channel && view.way(earlier).policy.cross_channel;
    (own.way() != earlier.way() && !allowed)
        .then(|| Finding::new("policy", "channels are kept apart", FORBIDDEN))
}

/// When people last spoke in the conversations that the message in view meets, where its policy asks.
fn last_words(view: &View<'_>, candidates: &[Candidate]) -> Vec<(u32, i64)> {
    let own = view.own();
    if view.way(own).policy.reopen_ms.is_none() {
        return Vec::new();
    }
    let mut met: Vec<u32> = candidates.iter().map(|candidate| candidate.at).collect();
    if let Some(contact) = own.contact() {
        met.extend(view.earlier(Key::new(Kind::Contact, u64::from(contact))).take(CONTACT_REACH));
    }
    if let Some(cut) = view.cut() {
        met.extend(view.tree_of(cut.parent));
    }
    let spoke = |at: u32| {
        let digest = view.digest(at);
        let human = !digest.auto && !digest.system;
        Some((view.conversation(at), digest.time().filter(|_| human)?))
    };
    met.into_iter().filter_map(spoke).collect()
}
