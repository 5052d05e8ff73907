//! Open conversations of one contact, over all channels.
//!
//! A contact is a person once resolved, else a handle on its channel. The latest messages of their
//! last few conversations are the candidates. How long ago the last word fell says most; then come
//! the channel, the member of staff, and the rare words both share.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::ChannelFamily;

use super::decide::{Candidate, View};
use super::digest::Digest;
use super::postings::{CONTACT_REACH, Key, Kind};
use super::result::Relation;
use super::weight::{Finding, PRIOR, span};

/// Conversations looked at per contact: people keep no more open at once.
const MOST_OPEN: usize = 8;

/// In mail and letters a person's next message is about the same matter only if the subject or a
/// quotation says so, or if it comes within a day.
const MAIL_GAP_MS: i64 = 24 * 3_600_000;
// The figures below were set by hand in three rounds on simulated channels with real messages, so
// that links claimed come out right: same member of staff 98.5 %, another one 92 %, another channel
// and another one 78 %. They rank; real channels have to confirm them.

/// Bits for each halving of the silence below the channel's gap, and off for each doubling above.
const HALVING: f64 = 1.1;
/// Bounds of what silence alone can say.
const GAP_BITS: std::ops::RangeInclusive<f64> = -9.0..=6.0;
/// Another channel than the conversation's last message.
const OTHER_CHANNEL: f64 = -2.0;
/// The same member of staff, another one.
const SAME_AGENT: f64 = 0.8;
const OTHER_AGENT: f64 = -1.5;
/// Bits of one shared word for each halving of its frequency among the contact's messages, and the most all
/// can give.
const WORD: f64 = 0.25;
const MOST_WORD_BITS: f64 = 3.0;
/// A subject that differs where both have one.
const OTHER_SUBJECT: f64 = -12.0;
/// The bits of a policy that locks a contact's channel to one conversation.
const LOCKED: f64 = 40.0;

/// One conversation of a contact as it stands.
struct Open {
    conversation: u32,
    latest: u32,
    agent: Option<u64>,
    words: FxHashSet<u64>,
}

/// The conversations of the contact's latest messages, and in how many of these a word stands.
#[derive(Default)]
struct Past {
    open: Vec<Open>,
    words: FxHashMap<u64, u32>,
    messages: u32,
}

impl Past {
    fn of(view: &View<'_>, contact: u32) -> Self {
        let mut past = Self::default();
        for at in view.earlier(Key::new(Kind::Contact, u64::from(contact))).take(CONTACT_REACH) {
            let (digest, conversation) = (view.digest(at), view.conversation(at));
            past.messages += 1;
            for &word in &digest.words {
                *past.words.entry(word).or_default() += 1;
            }
            if let Some(open) = past.open.iter_mut().find(|open| open.conversation == conversation) {
                open.agent = open.agent.or(digest.agent);
                open.words.extend(&digest.words);
            } else if past.open.len() < MOST_OPEN {
                let words = digest.words.iter().copied().collect();
                past.open.push(Open { conversation, latest: at, agent: digest.agent, words });
            }
        }
        past
    }

    fn weigh_words(&self, own: &[u64], open: &Open, findings: &mut Vec<Finding>) {
        let shared: Vec<f64> = own
            .iter()
            .filter(|word| open.words.contains(word))
            .map(|word| {
                let met = self.words.get(word).copied().unwrap_or(0) + 1;
                (f64::from(self.messages + 1) / f64::from(met)).log2().max(0.0)
            })
            .collect();
        if !shared.is_empty() {
            let bits = (WORD * shared.iter().sum::<f64>()).min(MOST_WORD_BITS);
            findings.push(Finding::new("words", format!("{} shared", shared.len()), bits));
        }
    }
}

/// Adds the open conversations of the contact of the message in view.
pub(super) fn candidates(view: &View<'_>, candidates: &mut Vec<Candidate>) {
    let digest = view.own();
    let Some(contact) = digest.contact else { return };
    if view.way(digest).policy.lock_to_one {
        let key = Key::new(Kind::Locked, u64::from(contact) << 32 | u64::from(digest.way));
        candidates.extend(view.earlier(key).next().map(|at| Candidate {
            at,
            relation: Relation::Continuation,
            findings: vec![Finding::new("policy", "one conversation per contact", LOCKED)],
        }));
    }
    let past = Past::of(view, contact);
    for open in &past.open {
        let Some(mut findings) = gap_findings(view, digest, view.digest(open.latest)) else { continue };
        weigh_agent(digest.agent, open.agent, &mut findings);
        past.weigh_words(&digest.words, open, &mut findings);
        candidates.push(Candidate { at: open.latest, relation: Relation::Continuation, findings });
    }
}

/// What contact, silence, channel and subject say; none where the policy forbids the pair.
fn gap_findings(view: &View<'_>, digest: &Digest, earlier: &Digest) -> Option<Vec<Finding>> {
    let (way, before) = (view.way(digest), view.way(earlier));
    let same_channel = digest.way == earlier.way;
    let allowed = same_channel || (way.policy.cross_channel && before.policy.cross_channel);
    if !allowed {
        return None;
    }
    let gap = digest.gap_since(earlier)?;
    let most = contact_gap(view, digest).min(contact_gap(view, earlier));
    let halvings = (most as f64 / gap.max(1) as f64).log2();
    let bits = (HALVING * halvings).clamp(*GAP_BITS.start(), *GAP_BITS.end());
    // The contact outweighs the prior, so that at the channel's gap the odds are even.
    let mut findings =
        vec![Finding::new("contact", "same", -PRIOR.bits()), Finding::new("gap", span(gap), bits)];
    if !same_channel {
        findings.push(Finding::new("channel", "other", OTHER_CHANNEL));
    }
    if let (Some(own), Some(theirs)) = (digest.subject, earlier.subject)
        && own.hash != theirs.hash
    {
        findings.push(Finding::new("subject", "other", OTHER_SUBJECT));
    }
    Some(findings)
}

/// The silence at which a contact's old and new matter are equally likely.
fn contact_gap(view: &View<'_>, digest: &Digest) -> i64 {
    let way = view.way(digest);
    let own_choice = way.policy.gap_ms.is_some();
    if way.profile.family == ChannelFamily::Mail && !own_choice {
        return way.gap_ms.min(MAIL_GAP_MS);
    }
    way.gap_ms
}

fn weigh_agent(own: Option<u64>, theirs: Option<u64>, findings: &mut Vec<Finding>) {
    if let (Some(own), Some(theirs)) = (own, theirs) {
        let (level, bits) = if own == theirs { ("same", SAME_AGENT) } else { ("other", OTHER_AGENT) };
        findings.push(Finding::new("agent", level, bits));
    }
}
