//! Conversations as JSON: what they hold and how they went on, with message ids in place of indices.
//!
//! Shared by `stitch` and `run`. Cost: linear in the messages and their texts.

use serde::Serialize;

use crate::model::{Direction, Message, Timestamp};
use crate::stitch::{
    Continuity, Conversation, Detail, HandOff, Repeat, RepeatSign, Session, Stitcher, Stitching,
};

/// One conversation.
#[derive(Serialize)]
pub(super) struct Whole<'a> {
    id: &'a str,
    messages: Vec<&'a str>,
    channels: &'a [String],
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    sessions: Vec<SessionOut<'a>>,
    hand_offs: Vec<HandOffOut<'a>>,
    asked_to_repeat: Vec<RepeatOut<'a>>,
    timeline: Vec<Entry<'a>>,
}

/// What a timeline shows of a message, in the order of the conversation.
#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    channel: &'a str,
    sent: Option<Timestamp>,
    author: &'a str,
    direction: Direction,
    /// The number of its session, from 1.
    session: usize,
}

#[derive(Serialize)]
struct SessionOut<'a> {
    messages: Vec<&'a str>,
    channels: Vec<String>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

#[derive(Serialize)]
struct HandOffOut<'a> {
    from: String,
    to: String,
    before: &'a str,
    after: &'a str,
    gap_ms: Option<i64>,
    agent_changed: Option<bool>,
}

/// A repetition; `start` and `end` are bytes of the message's text.
#[derive(Serialize)]
struct RepeatOut<'a> {
    message: &'a str,
    start: usize,
    end: usize,
    sign: RepeatSign,
    detail: Option<Detail>,
    said_in: Option<&'a str>,
}

/// All conversations of `stitching`, in its order.
pub(super) fn all<'a>(
    stitcher: &Stitcher,
    messages: &'a [Message],
    stitching: &'a Stitching,
) -> Vec<Whole<'a>> {
    let whole = |conversation: &'a Conversation| {
        whole(messages, conversation, stitcher.continuity(messages, conversation))
    };
    stitching.conversations.iter().map(whole).collect()
}

fn whole<'a>(messages: &'a [Message], conversation: &'a Conversation, continuity: Continuity) -> Whole<'a> {
    let id = |at: usize| messages[at].id.as_str();
    let numbered = continuity.sessions.iter().enumerate();
    let timeline = numbered.flat_map(|(number, session)| {
        session.messages.iter().map(move |&at| entry(&messages[at], number + 1))
    });
    let timeline = timeline.collect();
    let session = |session: Session| SessionOut {
        messages: session.messages.into_iter().map(id).collect(),
        channels: session.channels,
        first: session.first,
        last: session.last,
    };
    let hand_off = |hand_off: HandOff| HandOffOut {
        from: hand_off.from,
        to: hand_off.to,
        before: id(hand_off.before),
        after: id(hand_off.after),
        gap_ms: hand_off.gap_ms,
        agent_changed: hand_off.agent_changed,
    };
    let repeat = |repeat: Repeat| RepeatOut {
        message: id(repeat.message),
        start: repeat.span.start,
        end: repeat.span.end,
        sign: repeat.sign,
        detail: repeat.detail,
        said_in: repeat.said_in.map(id),
    };
    Whole {
        id: &conversation.id,
        messages: conversation.members.iter().map(|&at| id(at)).collect(),
        channels: &conversation.channels,
        first: conversation.first,
        last: conversation.last,
        sessions: continuity.sessions.into_iter().map(session).collect(),
        hand_offs: continuity.hand_offs.into_iter().map(hand_off).collect(),
        asked_to_repeat: continuity.asked_to_repeat.into_iter().map(repeat).collect(),
        timeline,
    }
}

fn entry(message: &Message, session: usize) -> Entry<'_> {
    let author = &message.author;
    let name = author.name.as_deref().filter(|name| !name.trim().is_empty());
    Entry {
        id: &message.id,
        channel: &message.channel.0,
        sent: message.sent.or(message.arrived),
        author: name.unwrap_or(&author.handle),
        direction: message.direction,
        session,
    }
}
