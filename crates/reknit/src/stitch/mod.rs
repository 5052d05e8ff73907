//! Messages to conversations: which messages, over all channels, are one matter.
//!
//! [`Stitcher::stitch`] reads the messages in the order of `(sent, id)` and gives each a place: the
//! message it hangs on, what kind of link that is, and the [`Evidence`](crate::model::Evidence) in
//! bits that adds up to it. The findings stand on a ladder. Ids come first, because they are proof:
//! copies, `In-Reply-To`, `References` with the missing parents they name, reply ids of a platform.
//! A message without them is compared with a few earlier ones only: those whose own lines it quotes,
//! those with its base subject, the open conversations of its contact on any channel, and in a room
//! the last lines of the people it names; and those that bear the same token of a desk or number of an order.
//! The best candidate wins if its probability reaches [`Config::join_probability`]; otherwise the message opens
//! a conversation, and from [`Config::ask_probability`] on the candidate is a [`Suggestion`]. A [`Policy`] is
//! a finding among the others, strong enough to decide; it can also cut what ids say.
//!
//! What is inferred rests on the past only, so a later message never changes an earlier inferred
//! link. The result does not depend on the order of the input.
//!
//! Sources: RFC 5322 and RFC 5256 (`REFERENCES` threading), Zawinski's "message threading" (missing
//! parents), RFC 3834 (automatic answers), Kummerfeld et al. 2019 (rooms and their metrics).
//!
//! Cost: `O(n log n)` for sorting, then a bounded number of candidates a message; linear in the
//! bytes of text and the number of references.
//!
//! ```
//! use reknit::model::{Message, Timestamp, unwatched};
//! use reknit::stitch::{Config, Relation, Stitcher};
//!
//! let hour = 3_600_000;
//! let mut mail = Message::new("m1", "email", "ana@x.io", Timestamp(0), "My parcel is late.");
//! mail.author.entity = Some("ana".into());
//! let mut chat = Message::new("m2", "whatsapp", "+49151", Timestamp(hour), "Any news of it?");
//! chat.author.entity = Some("ana".into());
//! let mut later = Message::new("m3", "email", "desk@shop.io", Timestamp(2 * hour), "It left today.");
//! later.in_reply_to = vec!["m1".into()];
//!
//! let stitcher = Stitcher::build(Config::default())?;
//! let stitching = stitcher.stitch(&[mail, chat, later], &mut unwatched)?;
//! assert_eq!(stitching.placements[2].parent, Some(0));
//! assert_eq!(stitching.placements[2].relation, Relation::Reply);
//! assert!(stitching.placements.iter().all(|p| p.conversation_id == "m1" && p.evidence.adds_up()));
//! # Ok::<(), reknit::Error>(())
//! ```

mod config;
mod contact;
mod continuity;
mod decide;
mod digest;
mod engine;
mod forest;
mod ids;
mod live;
mod machine;
mod mail;
mod order;
mod packed;
mod people;
mod policy;
mod postings;
mod reference;
mod result;
mod rfc5256;
pub mod room;
mod token;
mod weigh;
mod weight;

pub use config::{Config, Policy, Threading};
pub use continuity::{Continuity, Detail, HandOff, Repeat, RepeatSign, Session};
pub use live::{Change, Closed, ConversationId, Event, LinkExplanation, LinkSuggestion, LiveStitcher};
pub use result::{Alternative, Conversation, Placement, Relation, Stitching, Suggestion};

use crate::Result;
use crate::model::{Message, Watch};

use engine::Engine;

/// A checked config, ready to stitch. Immutable; use one from as many threads as you like.
#[derive(Debug, Clone)]
pub struct Stitcher {
    config: Config,
}

impl Stitcher {
    /// Checks `config`.
    ///
    /// # Errors
    /// `config` when a number is out of its range or a profile is given twice; `contradiction`
    /// when must-links and cannot-links contradict each other.
    pub fn build(config: Config) -> Result<Self> {
        config.check()?;
        Ok(Self { config })
    }

    /// The config it was built from.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Places every message and lists the conversations.
    ///
    /// Messages with the same id, or with the same platform id on one channel, are copies and share
    /// a conversation. An empty input gives an empty result.
    ///
    /// # Errors
    /// `cancelled` when `watch` asks to stop; `input` when there are 2^31 messages or more.
    pub fn stitch(&self, messages: &[Message], watch: &mut Watch<'_>) -> Result<Stitching> {
        let mut rows: Vec<usize> = (0..messages.len()).collect();
        rows.sort_by(|&a, &b| order::compare(&messages[a], &messages[b]));
        let mut engine = Engine::new(self.config.clone(), true);
        let in_order: Vec<&Message> = rows.iter().map(|&row| &messages[row]).collect();
        engine.fill(&in_order, watch)?;
        Ok(collect(&engine, messages, &rows))
    }
}

/// Writes what the engine holds as the caller's result. Messages went in in working order, so that
/// message `at` of the engine is row `rows[at]` of the input.
fn collect(engine: &Engine, messages: &[Message], rows: &[usize]) -> Stitching {
    let mut placements: Vec<Option<Placement>> = vec![None; rows.len()];
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut group_of: Vec<Option<usize>> = vec![None; rows.len()];
    for at in 0..rows.len() as u32 {
        let top = engine.conversation(at) as usize;
        let group = *group_of[top].get_or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        let first = *groups[group].first().unwrap_or(&rows[at as usize]);
        groups[group].push(rows[at as usize]);
        let (link, record) = (engine.link(at), engine.record(at));
        let evidence = match link {
            Some(_) => decide::receipt(&record.findings),
            None => decide::opening_receipt(record.next.map(|_| record.findings.as_slice())),
        };
        placements[rows[at as usize]] = Some(Placement {
            conversation_id: messages[first].id.clone(),
            parent: link.map(|link| rows[link.parent as usize]),
            relation: link.map_or(Relation::Opening, |link| link.relation),
            weight: evidence.total,
            evidence,
            runner_up: record.next.map(|(at, weight)| Alternative { message: rows[at as usize], weight }),
        });
    }
    let conversations = groups.into_iter().map(|group| conversation(messages, group)).collect();
    let suggestions =
        engine.suggestions().into_iter().filter_map(|at| suggestion(engine, rows, at)).collect();
    Stitching { placements: placements.into_iter().flatten().collect(), conversations, suggestions }
}

/// What a person should look at.
fn suggestion(engine: &Engine, rows: &[usize], at: u32) -> Option<Suggestion> {
    let record = engine.record(at);
    let (candidate, weight) = record.next?;
    Some(Suggestion {
        message: rows[at as usize],
        candidate: rows[candidate as usize],
        probability: weight.probability(),
        evidence: decide::receipt(&record.findings),
    })
}

/// One conversation with `members`, in working order.
fn conversation(messages: &[Message], members: Vec<usize>) -> Conversation {
    let times = members.iter().filter_map(|&row| messages[row].sent.or(messages[row].arrived));
    let channels: std::collections::BTreeSet<&str> =
        members.iter().map(|&row| messages[row].channel.0.as_str()).collect();
    let (first, last) = (times.clone().min(), times.max());
    Conversation {
        id: members.first().map(|&row| messages[row].id.clone()).unwrap_or_default(),
        channels: channels.into_iter().map(str::to_owned).collect(),
        first,
        last,
        members,
    }
}

#[cfg(test)]
mod tests;
