//! How a conversation went on: its sessions, its changes of channel, and where somebody had to say a
//! thing twice.
//!
//! All three are read off one [`Conversation`] and change nothing about it. A *session* ends where the
//! silence before a message is longer than the gap of that message's channel, the same gap that
//! stitching weighs. A *hand-off* is a change of channel between two messages that carry a turn, with
//! the silence it took and, where both sides are known, whether another member of staff went on. Places
//! where the customer was asked for what they had said, or says so themselves, are found by the words
//! (in en, de, fr, es, it, pt, nl, da, sv and pl for what customers say): the measure that contact centres call "had to repeat" in surveys (customer effort
//! score, Dixon et al. 2010), here with the place in the text.
//!
//! A machine's messages and system lines belong to the session they fall into but carry no turn: they
//! keep no session open and hand nothing off.
//!
//! Cost: linear in the members and the bytes of their texts.

mod repeat;
mod words;

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{Conversation, Stitcher, machine};
use crate::model::{Channel, Direction, Message, Participant, Timestamp, Visibility};
use crate::text::fold::fold;

pub use repeat::{Detail, Repeat, RepeatSign};

/// How one conversation went on. Messages are indices into the messages it was read from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Continuity {
    /// Its stretches without a long silence, in order; together they hold every member once.
    pub sessions: Vec<Session>,
    /// Its changes of channel, in order.
    pub hand_offs: Vec<HandOff>,
    /// Where the customer was asked for what they had said before, or says so, in order.
    pub asked_to_repeat: Vec<Repeat>,
}

/// A stretch of a conversation without a silence longer than the channel's gap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its messages, in the order of the conversation; never empty.
    pub messages: Vec<usize>,
    /// The channels it went over, in alphabetical order.
    pub channels: Vec<String>,
    /// When its first message was sent, if any time is known.
    pub first: Option<Timestamp>,
    /// When its last message was sent.
    pub last: Option<Timestamp>,
}

/// A change of channel within a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOff {
    /// The channel it left.
    pub from: String,
    /// The channel it went on.
    pub to: String,
    /// The last message before the change.
    pub before: usize,
    /// The first message after it.
    pub after: usize,
    /// The silence between the two in milliseconds, 0 at least; unknown when one has no time.
    pub gap_ms: Option<i64>,
    /// Whether another member of staff went on: the last one to write before the change against the
    /// first one to write on the new channel. Unknown when one of them did not write or nothing tells
    /// whether the two are one.
    pub agent_changed: Option<bool>,
}

impl Stitcher {
    /// How `conversation`, which this stitcher found in `messages`, went on.
    ///
    /// Indices of `conversation` that `messages` does not have are passed over.
    ///
    /// ```
    /// use reknit::model::{Direction, Message, Timestamp, unwatched};
    /// use reknit::stitch::{Config, RepeatSign, Stitcher};
    ///
    /// let (hour, day) = (3_600_000, 24 * 3_600_000);
    /// let mut mail = Message::new("m1", "email", "ana@x.io", Timestamp(0), "Order 48213 is late.");
    /// let mut chat = Message::new("m2", "whatsapp", "+49151", Timestamp(2 * day), "As I already wrote, it is late.");
    /// let mut desk = Message::new("m3", "whatsapp", "desk", Timestamp(2 * day + hour), "What is your order number?");
    /// for message in [&mut mail, &mut chat] {
    ///     message.direction = Direction::Inbound;
    /// }
    /// desk.direction = Direction::Outbound;
    /// chat.in_reply_to = vec!["m1".into()];
    /// desk.in_reply_to = vec!["m2".into()];
    /// let messages = [mail, chat, desk];
    ///
    /// let stitcher = Stitcher::build(Config::default())?;
    /// let stitching = stitcher.stitch(&messages, &mut unwatched)?;
    /// let went_on = stitcher.continuity(&messages, &stitching.conversations[0]);
    /// assert_eq!(went_on.sessions.len(), 2);
    /// assert_eq!(went_on.hand_offs[0].gap_ms, Some(2 * day));
    /// let signs: Vec<_> = went_on.asked_to_repeat.iter().map(|repeat| (repeat.message, repeat.sign)).collect();
    /// assert_eq!(signs, [(1, RepeatSign::SaidBefore), (2, RepeatSign::AskedAgain)]);
    /// # Ok::<(), reknit::Error>(())
    /// ```
    pub fn continuity(&self, messages: &[Message], conversation: &Conversation) -> Continuity {
        let members: Vec<Member<'_>> = conversation
            .members
            .iter()
            .filter_map(|&at| messages.get(at).map(|message| Member::of(at, message)))
            .collect();
        Continuity {
            sessions: self.sessions(&members),
            hand_offs: hand_offs(&members),
            asked_to_repeat: repeat::find(&members),
        }
    }

    fn sessions(&self, members: &[Member<'_>]) -> Vec<Session> {
        let mut gaps: FxHashMap<&Channel, i64> = FxHashMap::default();
        let mut sessions: Vec<Vec<Member<'_>>> = Vec::new();
        let mut turn: Option<Timestamp> = None;
        for &member in members {
            let gap_ms =
                *gaps.entry(&member.message.channel).or_insert_with(|| self.gap_ms(&member.message.channel));
            let silent = silence_ms(turn, member.time()).is_some_and(|silence| silence > gap_ms);
            match sessions.last_mut() {
                Some(session) if !(silent && member.turn) => session.push(member),
                _ => sessions.push(vec![member]),
            }
            if member.turn {
                turn = member.time().or(turn);
            }
        }
        sessions.into_iter().map(|members| session(&members)).collect()
    }

    /// Silence after which a new matter is likelier than the old one, on `channel`.
    fn gap_ms(&self, channel: &Channel) -> i64 {
        let profile = self.config.profile(channel);
        self.config.policy(channel, &profile.name).gap_ms.unwrap_or(profile.gap_ms)
    }
}

/// A message of the conversation and what it counts as.
#[derive(Debug, Clone, Copy)]
struct Member<'m> {
    at: usize,
    message: &'m Message,
    /// Whether somebody says something with it.
    turn: bool,
}

impl<'m> Member<'m> {
    fn of(at: usize, message: &'m Message) -> Self {
        Self { at, message, turn: !message.system && !machine::wrote(message) }
    }

    fn time(&self) -> Option<Timestamp> {
        self.message.sent.or(self.message.arrived)
    }

    /// Whether a customer says it.
    fn by_customer(&self) -> bool {
        self.turn && self.message.direction == Direction::Inbound && self.readable()
    }

    /// Whether staff says it to the customer.
    fn by_staff(&self) -> bool {
        self.turn && self.message.direction == Direction::Outbound && self.readable()
    }

    /// Notes among staff are no part of what is said between the two.
    fn readable(&self) -> bool {
        self.message.visibility != Visibility::Internal
    }
}

fn session(members: &[Member<'_>]) -> Session {
    let times = || members.iter().filter_map(Member::time);
    let channels: BTreeSet<&str> = members.iter().map(|member| member.message.channel.0.as_str()).collect();
    Session {
        messages: members.iter().map(|member| member.at).collect(),
        channels: channels.into_iter().map(str::to_owned).collect(),
        first: times().min(),
        last: times().max(),
    }
}

/// Clocks differ, so a negative silence is none.
fn silence_ms(before: Option<Timestamp>, after: Option<Timestamp>) -> Option<i64> {
    Some(after?.millis().saturating_sub(before?.millis()).max(0))
}

fn hand_offs(members: &[Member<'_>]) -> Vec<HandOff> {
    let mut hand_offs: Vec<HandOff> = Vec::new();
    let mut before: Option<Member<'_>> = None;
    // Who of the staff wrote last, and whom the newest change of channel is still to be told by.
    let (mut agent, mut left): (Option<&Participant>, Option<&Participant>) = (None, None);
    for &member in members.iter().filter(|member| member.turn && member.readable()) {
        if let Some(before) = before.filter(|before| before.message.channel != member.message.channel) {
            left = agent;
            hand_offs.push(HandOff {
                from: before.message.channel.0.clone(),
                to: member.message.channel.0.clone(),
                before: before.at,
                after: member.at,
                gap_ms: silence_ms(before.time(), member.time()),
                agent_changed: None,
            });
        }
        if member.by_staff() {
            agent = Some(&member.message.author);
            if let (Some(left), Some(change)) = (left.take(), hand_offs.last_mut()) {
                change.agent_changed = differ(left, &member.message.author);
            }
        }
        before = Some(member);
    }
    hand_offs
}

/// Whether two authors are two people, by the surest thing both of them have.
fn differ(one: &Participant, other: &Participant) -> Option<bool> {
    if let (Some(one), Some(other)) = (&one.entity, &other.entity) {
        return Some(one != other);
    }
    let name = |who: &Participant| who.name.as_deref().map(fold).filter(|name| !name.is_empty());
    if let (Some(one), Some(other)) = (name(one), name(other)) {
        return Some(one != other);
    }
    // A company's address is another one on each channel, so that two handles do not make two people.
    (!one.handle.is_empty() && fold(&one.handle) == fold(&other.handle)).then_some(false)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stitch::{Config, Policy};

    const HOUR: i64 = 3_600_000;

    fn message(id: usize, channel: &str, author: &str, hour: i64, direction: Direction) -> Message {
        let message = Message::new(id.to_string(), channel, author, Timestamp(hour * HOUR), "hello");
        Message { direction, ..message }
    }

    fn went_on(config: Config, messages: &[Message]) -> Continuity {
        let conversation = Conversation {
            id: "0".to_owned(),
            members: (0..messages.len()).collect(),
            channels: Vec::new(),
            first: None,
            last: None,
        };
        Stitcher::build(config).expect("the config is valid").continuity(messages, &conversation)
    }

    #[test]
    fn a_session_ends_with_the_gap_of_the_channel_that_goes_on() {
        let messages = [
            message(0, "whatsapp", "ana", 0, Direction::Inbound),
            message(1, "whatsapp", "desk", 24, Direction::Outbound),
            message(2, "email", "ana@x.io", 90, Direction::Inbound),
            message(3, "whatsapp", "ana", 120, Direction::Inbound),
        ];
        let sessions = went_on(Config::default(), &messages).sessions;
        assert_eq!(sessions.iter().map(|s| s.messages.clone()).collect::<Vec<_>>(), [vec![0, 1, 2], vec![3]]);
        assert_eq!(sessions[0].channels, ["email", "whatsapp"]);
        assert_eq!((sessions[0].first, sessions[0].last), (Some(Timestamp(0)), Some(Timestamp(90 * HOUR))));
        let policy = Policy { gap_ms: Some(HOUR), ..Policy::default() };
        let config = Config { policies: [("whatsapp".to_owned(), policy)].into(), ..Config::default() };
        assert_eq!(went_on(config, &messages).sessions.len(), 3);
    }

    #[test]
    fn a_machine_keeps_no_session_open_and_hands_nothing_off() {
        let mut messages = [
            message(0, "whatsapp", "ana", 0, Direction::Inbound),
            message(1, "email", "desk@shop.io", 20, Direction::Outbound),
            message(2, "whatsapp", "ana", 40, Direction::Inbound),
        ];
        messages[1].auto = true;
        let found = went_on(Config::default(), &messages);
        assert_eq!(
            found.sessions.iter().map(|s| s.messages.clone()).collect::<Vec<_>>(),
            [vec![0, 1], vec![2]]
        );
        assert!(found.hand_offs.is_empty());
    }

    #[test]
    fn a_hand_off_says_whether_another_agent_went_on() {
        let mut messages = [
            message(0, "whatsapp", "desk", 0, Direction::Outbound),
            message(1, "email", "ana@x.io", 3, Direction::Inbound),
            message(2, "email", "desk@shop.io", 4, Direction::Outbound),
        ];
        let changed = |messages: &[Message]| went_on(Config::default(), messages).hand_offs[0].agent_changed;
        assert_eq!(changed(&messages), None, "two handles are not two people");
        messages[0].author.name = Some("Mia".to_owned());
        messages[2].author.name = Some("MIA".to_owned());
        assert_eq!(changed(&messages), Some(false));
        messages[0].author.entity = Some("agent7".to_owned());
        messages[2].author.entity = Some("agent9".to_owned());
        assert_eq!(changed(&messages), Some(true));
        let change = &went_on(Config::default(), &messages).hand_offs[0];
        assert_eq!((change.before, change.after, change.gap_ms), (0, 1, Some(3 * HOUR)));
        assert_eq!((change.from.as_str(), change.to.as_str()), ("whatsapp", "email"));
        assert_eq!(changed(&messages[..2]), None, "nobody of the staff has written yet");
    }

    #[test]
    fn messages_without_a_time_stay_where_they_are() {
        let mut messages = [
            message(0, "sms", "ana", 0, Direction::Inbound),
            message(1, "email", "ana@x.io", 0, Direction::Inbound),
        ];
        messages[1].sent = None;
        let found = went_on(Config::default(), &messages);
        assert_eq!(found.sessions.len(), 1);
        assert_eq!(found.hand_offs[0].gap_ms, None);
    }

    fn any_message() -> impl Strategy<Value = Message> {
        let channels = prop::sample::select(vec!["email", "sms", "irc:#a", "whatsapp"]);
        let directions =
            prop::sample::select(vec![Direction::Unknown, Direction::Inbound, Direction::Outbound]);
        (channels, prop::option::of(any::<i64>()), directions, any::<bool>(), any::<bool>()).prop_map(
            |(channel, sent, direction, auto, system)| Message {
                sent: sent.map(Timestamp),
                direction,
                auto,
                system,
                ..message(0, channel, "a", 0, direction)
            },
        )
    }

    proptest! {
        /// Sessions hold every member once and in order; within one there is no silence that ends it,
        /// and every hand-off lies between two turns that follow each other.
        #[test]
        fn sessions_cover_the_members_without_gap_or_overlap(messages in prop::collection::vec(any_message(), 0..40)) {
            let found = went_on(Config::default(), &messages);
            let covered: Vec<usize> = found.sessions.iter().flat_map(|s| s.messages.clone()).collect();
            prop_assert_eq!(covered, (0..messages.len()).collect::<Vec<_>>());
            let turns: Vec<usize> =
                (0..messages.len()).filter(|&at| !messages[at].auto && !messages[at].system).collect();
            for session in &found.sessions {
                prop_assert!(!session.messages.is_empty() && session.first <= session.last);
            }
            let changes: Vec<(usize, usize)> = turns
                .windows(2)
                .filter(|pair| messages[pair[0]].channel != messages[pair[1]].channel)
                .map(|pair| (pair[0], pair[1]))
                .collect();
            prop_assert_eq!(found.hand_offs.iter().map(|h| (h.before, h.after)).collect::<Vec<_>>(), changes);
        }
    }
}
