//! Messages to conversations: which messages, over all channels, are one matter.
//!
//! [`Stitcher::stitch`] reads the messages in the order of `(sent, id)` and gives each a place: the
//! message it hangs on, what kind of link that is, and the [`Evidence`](crate::model::Evidence) in
//! bits that adds up to it. The findings stand on a ladder. Ids come first, because they are proof:
//! copies, `In-Reply-To`, `References` with the missing parents they name, reply ids of a platform.
//! A message without them is compared with a few earlier ones only: those whose own lines it quotes,
//! those with its base subject, the open conversations of its contact on any channel, and in a room
//! the last lines of the people it names. The best candidate wins if its probability reaches
//! [`Config::join_probability`]; otherwise the message opens a conversation.
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
mod forest;
mod infer;
mod machine;
mod mail;
mod reference;
mod result;
mod room;
mod stream;
mod weight;

pub use config::{Config, Policy};
pub use result::{Conversation, Placement, Relation, Stitching};

use rustc_hash::FxHashMap;

use crate::model::{Message, Progress, Timestamp, Watch, Weight};
use crate::{Error, Result};

use forest::Forest;
use stream::Stream;
use weight::Finding;

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
    /// `cancelled` when `watch` asks to stop; `input` when there are 2^32 messages or more.
    pub fn stitch(&self, messages: &[Message], watch: &mut Watch<'_>) -> Result<Stitching> {
        if messages.len() >= u32::MAX as usize {
            return Err(Error::input("more than 2^32 messages; split the input by time"));
        }
        Progress::report("stitch", 0, messages.len() as u64, watch)?;
        let stream = Stream::new(&self.config, messages);
        let (together, apart) = self.constraints(&stream);
        let mut forest = Forest::new(stream.facts.iter().map(|facts| facts.resolved).collect(), &apart);
        for (earlier, later) in together {
            let finding = Finding::new("must_link", "a person said so", CONSTRAINT);
            forest.link(later, earlier, Relation::Constraint, &[finding]);
        }
        reference::link(&stream, &mut forest);
        let threshold = Weight::from_probability(self.config.join_probability);
        let rejected = infer::link(&stream, &mut forest, threshold, watch)?;
        Ok(collect(&stream, forest, &rejected))
    }

    /// Must-links and cannot-links as places in the stream, the earlier one first.
    fn constraints(&self, stream: &Stream<'_>) -> (Vec<(u32, u32)>, Vec<(u32, u32)>) {
        let mut place: FxHashMap<&str, u32> = FxHashMap::default();
        if !(self.config.must_link.is_empty() && self.config.cannot_link.is_empty()) {
            for (at, message) in stream.messages.iter().enumerate() {
                place.entry(&message.id).or_insert(at as u32);
            }
        }
        let places = |pairs: &[(String, String)]| {
            let mut found: Vec<(u32, u32)> = pairs
                .iter()
                .filter_map(|(a, b)| Some((*place.get(a.as_str())?, *place.get(b.as_str())?)))
                .map(|(a, b)| (a.min(b), a.max(b)))
                .collect();
            found.sort_unstable();
            found
        };
        (places(&self.config.must_link), places(&self.config.cannot_link))
    }
}

/// Bits of a person's word: far above all other evidence together.
const CONSTRAINT: f64 = 100.0;

/// Writes the forest as the caller's result.
fn collect(stream: &Stream<'_>, forest: Forest, rejected: &FxHashMap<u32, Vec<Finding>>) -> Stitching {
    let (groups, hung_on, links) = forest.finish();
    let mut placements: Vec<Option<Placement>> = vec![None; stream.len()];
    let mut conversations = Vec::with_capacity(groups.len());
    for group in &groups {
        let conversation = conversation(stream, group);
        for &at in group {
            let link = hung_on[at as usize].map(|place| &links[place]);
            let evidence = link.map_or_else(
                || forest::opening_receipt(rejected.get(&at).map(Vec::as_slice)),
                |link| link.evidence.clone(),
            );
            placements[stream.rows[at as usize]] = Some(Placement {
                conversation_id: conversation.id.clone(),
                parent: link.map(|link| stream.rows[link.parent as usize]),
                relation: link.map_or(Relation::Opening, |link| link.relation),
                weight: evidence.total,
                evidence,
            });
        }
        conversations.push(conversation);
    }
    Stitching { placements: placements.into_iter().flatten().collect(), conversations }
}

/// One conversation with `group` as its members, in working order.
fn conversation(stream: &Stream<'_>, group: &[u32]) -> Conversation {
    let times = group.iter().filter_map(|&at| stream.facts[at as usize].time);
    let channels: std::collections::BTreeSet<&str> =
        group.iter().map(|&at| stream.messages[at as usize].channel.0.as_str()).collect();
    Conversation {
        id: group.first().map(|&at| stream.messages[at as usize].id.clone()).unwrap_or_default(),
        members: group.iter().map(|&at| stream.rows[at as usize]).collect(),
        channels: channels.into_iter().map(str::to_owned).collect(),
        first: times.clone().min().map(Timestamp),
        last: times.max().map(Timestamp),
    }
}
