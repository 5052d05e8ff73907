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
    fn constraints(&self, stream: &Stream<'_>) -> (Pairs, Pairs) {
        let mut place: FxHashMap<&str, u32> = FxHashMap::default();
        if !(self.config.must_link.is_empty() && self.config.cannot_link.is_empty()) {
            for (at, message) in stream.messages.iter().enumerate() {
                place.entry(&message.id).or_insert(at as u32);
            }
        }
        let places = |pairs: &[(String, String)]| {
            let mut found: Pairs = pairs
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

/// Places in the stream, two by two.
type Pairs = Vec<(u32, u32)>;

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{Direction, Participant, unwatched};

    const HOUR: i64 = 3_600_000;

    fn stitch(config: &Config, messages: &[Message]) -> Stitching {
        let stitcher = Stitcher::build(config.clone()).expect("the config is valid");
        stitcher.stitch(messages, &mut unwatched).expect("nobody stops it")
    }

    /// The conversations as ids, in order.
    fn groups(config: &Config, messages: &[Message]) -> Vec<Vec<String>> {
        let stitching = stitch(config, messages);
        let ids = |c: &Conversation| c.members.iter().map(|&at| messages[at].id.clone()).collect();
        stitching.conversations.iter().map(ids).collect()
    }

    fn chat(id: &str, hours: i64, who: &str, text: &str) -> Message {
        let mut message = Message::new(id, "whatsapp", format!("+49{who}"), Timestamp(hours * HOUR), text);
        message.direction = Direction::Inbound;
        message.author.entity = Some(who.to_owned());
        message
    }

    fn mail(id: &str, hours: i64, subject: &str) -> Message {
        let mut message = Message::new(id, "email", "ana@x.io", Timestamp(hours * HOUR), "Hello there");
        message.subject = Some(subject.to_owned());
        message
    }

    fn pair(a: &str, b: &str) -> (String, String) {
        (a.to_owned(), b.to_owned())
    }

    #[test]
    fn a_contact_goes_on_over_channels_and_stops_after_a_silence() {
        let mut sms = chat("2", 1, "ana", "Any news?");
        sms.channel = "sms".into();
        let messages = [chat("1", 0, "ana", "It is late."), sms, chat("3", 900, "ana", "Hi again.")];
        assert_eq!(groups(&Config::default(), &messages), [vec!["1", "2"], vec!["3"]]);
        let apart = Policy { cross_channel: false, ..Policy::default() };
        let config = Config { policies: [("sms".to_owned(), apart)].into(), ..Config::default() };
        assert_eq!(groups(&config, &messages), [vec!["1"], vec!["2"], vec!["3"]]);
        let locked = Policy { lock_to_one: true, ..Policy::default() };
        let config = Config { policies: [("whatsapp".to_owned(), locked)].into(), ..Config::default() };
        assert_eq!(groups(&config, &messages), [vec!["1", "2", "3"]]);
    }

    #[test]
    fn two_people_never_share_a_one_to_one_conversation() {
        let mut other = chat("2", 0, "bo", "Yes");
        other.in_reply_to = vec!["1".into()];
        let messages = [chat("1", 0, "ana", "Here?"), other];
        assert_eq!(groups(&Config::default(), &messages), [vec!["1"], vec!["2"]]);
    }

    #[test]
    fn a_persons_word_outranks_ids() {
        let mut reply = mail("2", 1, "Re: Parcel");
        reply.in_reply_to = vec!["1".into()];
        let messages = [mail("1", 0, "Parcel"), reply, mail("3", 2, "Invoice")];
        let config = Config {
            cannot_link: vec![pair("2", "1")],
            must_link: vec![pair("3", "1"), pair("1", "no such message")],
            ..Config::default()
        };
        assert_eq!(groups(&config, &messages), [vec!["1", "3"], vec!["2"]]);
    }

    #[test]
    fn loops_and_missing_parents_are_no_trouble() {
        let mut messages = [mail("1", 0, "a"), mail("2", 1, "b"), mail("3", 2, "c"), mail("4", 3, "d")];
        messages[0].in_reply_to = vec!["<2>".into()];
        messages[1].in_reply_to = vec!["<1>".into(), "<2>".into()];
        messages[2].references = vec!["<gone@x>".into()];
        messages[3].references = vec!["<gone@x>".into(), "<also-gone@x>".into()];
        let stitching = stitch(&Config::default(), &messages);
        assert_eq!(stitching.conversations.len(), 2);
        assert_eq!(stitching.placements[3].relation, Relation::MissingParent);
        assert_eq!(stitching.placements[3].conversation_id, "3");
    }

    #[test]
    fn an_automatic_reply_keeps_nothing_open() {
        let mut auto = chat("2", 30, "ana", "I am on holiday.");
        auto.auto = true;
        let messages = [chat("1", 0, "ana", "Hello?"), auto, chat("3", 59, "ana", "Hello??")];
        let stitching = stitch(&Config::default(), &messages);
        assert_ne!(stitching.placements[2].conversation_id, stitching.placements[1].conversation_id);
    }

    #[test]
    fn a_lost_reply_is_found_by_what_it_quotes() {
        let mut first = mail("1", 0, "Parcel");
        first.text =
            "The parcel with the blue lamp has not arrived yet.\nCan you look into it, please?".into();
        let mut reply = mail("2", 5, "Your question");
        reply.author = Participant::from_text("desk@shop.io");
        reply.text = "On it.\n\n> The parcel with the blue lamp has not arrived yet.\n> Can you look into it, please?\n".into();
        let stitching = stitch(&Config::default(), &[first, reply]);
        assert_eq!(stitching.placements[1].parent, Some(0));
        assert!(stitching.placements[1].evidence.contributions.iter().any(|c| c.name == "quoted_lines"));
    }

    #[test]
    fn in_a_room_a_name_says_who_is_answered() {
        let line = |id: &str, who: &str, text: &str, minute: i64| {
            Message::new(id, "irc:#help", who, Timestamp(minute * 60_000), text)
        };
        let messages = [
            line("1", "ana", "my screen stays black", 0),
            line("2", "bob", "anybody here who knows printers?", 0),
            line("3", "cat", "ana: which card is it?", 1),
            line("4", "dan", "bob: ask away", 1),
            line("5", "ana", "an old one", 2),
        ];
        let stitching = stitch(&Config::default(), &messages);
        let parents: Vec<_> = stitching.placements.iter().skip(2).map(|p| p.parent).collect();
        assert_eq!(parents, [Some(0), Some(1), Some(2)]);
    }

    /// Some message of a small world: few ids, people, words and moments, so that they collide.
    fn some_message() -> impl Strategy<Value = Message> {
        let channels = prop::sample::select(vec!["email", "whatsapp", "sms", "irc:#a", "x", "phone"]);
        let who = 0_usize..4;
        let subject =
            prop::sample::select(vec!["", "Re: late parcel", "late parcel", "Fwd: late parcel", "aw: x"]);
        let text = prop::sample::select(vec![
            "",
            "p1: yes, that is it",
            "the parcel has not arrived at all",
            "> the parcel has not arrived at all\nreally?",
        ]);
        let ids = prop::collection::vec(0_usize..14, 0..3);
        (0_i64..80, channels, who, (0_usize..4, 0_u8..3), subject, text, ids, prop::bool::weighted(0.1))
            .prop_map(|(hours, channel, who, (to, direction), subject, text, ids, auto)| {
                let mut message = Message::new("", channel, format!("p{who}"), Timestamp(hours * HOUR), text);
                message.to = vec![Participant::from_text(&format!("p{to}"))];
                message.author.entity = (who % 2 == 0).then(|| format!("e{who}"));
                message.direction =
                    [Direction::Unknown, Direction::Inbound, Direction::Outbound][direction as usize];
                message.subject = (!subject.is_empty()).then(|| subject.to_owned());
                message.references = ids.iter().map(|id| format!("m{id}")).collect();
                message.auto = auto;
                message
            })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn places_do_not_depend_on_the_order_of_the_input(
            messages in prop::collection::vec(some_message(), 0..12).prop_map(|mut messages| {
                for (at, message) in messages.iter_mut().enumerate() {
                    message.id = format!("m{at}");
                }
                messages
            }),
            turn in 0_usize..12,
            cut in (0_usize..12, 0_usize..12),
        ) {
            let config = Config {
                cannot_link: vec![(format!("m{}", cut.0), format!("m{}", cut.0 + cut.1 + 1))],
                ..Config::default()
            };
            let stitching = stitch(&config, &messages);
            let mut turned = messages.clone();
            turned.reverse();
            turned.rotate_left(turn.min(messages.len()));
            let again = stitch(&config, &turned);
            let place = |stitching: &Stitching, messages: &[Message], id: &str| {
                let at = messages.iter().position(|m| m.id == id).expect("it is there");
                let place = stitching.placements[at].clone();
                (place.parent.map(|at| messages[at].id.clone()), Placement { parent: None, ..place })
            };
            for message in &messages {
                prop_assert_eq!(
                    place(&stitching, &messages, &message.id),
                    place(&again, &turned, &message.id)
                );
            }
            for placement in &stitching.placements {
                prop_assert!(placement.evidence.adds_up());
                prop_assert_eq!(placement.evidence.total, placement.weight);
            }
            let mut seen = 0;
            for conversation in &stitching.conversations {
                seen += conversation.members.len();
                let openings = conversation.members.iter().filter(|&&at| stitching.placements[at].parent.is_none());
                prop_assert_eq!(openings.count(), 1);
                prop_assert_eq!(&conversation.id, &messages[conversation.members[0]].id);
                for &at in &conversation.members {
                    prop_assert_eq!(&stitching.placements[at].conversation_id, &conversation.id);
                }
            }
            prop_assert_eq!(seen, messages.len());
            for (a, b) in &config.cannot_link {
                let id = |id: &str| messages.iter().position(|m| m.id == id)
                    .map(|at| &stitching.placements[at].conversation_id);
                prop_assert!(id(a).is_none() || id(a) != id(b));
            }
        }
    }
}
