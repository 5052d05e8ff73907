//! What stitching gives back: a place for each message, and the conversations they make.

use serde::{Deserialize, Serialize};

use crate::model::{Evidence, Timestamp, Weight};

/// How a message belongs to the one it hangs on.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// It opens its conversation and hangs on nothing.
    Opening,
    /// It answers the other message: ids, quoted lines, subject or a name say so.
    Reply,
    /// Both answer a message that is not there.
    MissingParent,
    /// It goes on with the matter: same contact, soon after.
    Continuation,
    /// It passes the other message on to somebody else.
    Forward,
    /// A machine's answer to it: out of office, bounce, receipt. Keeps nothing open.
    AutoReply,
    /// The same message once more.
    Copy,
    /// A person said that they belong together.
    Constraint,
}

/// Where one message belongs, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// The id of the conversation: the id of its earliest message by `(sent, id)`.
    pub conversation_id: String,
    /// The message it hangs on, as an index into the input; exactly one member of a conversation
    /// has none.
    pub parent: Option<usize>,
    /// How it belongs to its parent.
    pub relation: Relation,
    /// The weight of the link to the parent, in bits; for an opening message the weight of its
    /// having no parent among the candidates seen.
    pub weight: Weight,
    /// The receipt for `weight`.
    pub evidence: Evidence,
    /// The next best place: a message of another conversation; for an opening message the best
    /// candidate, which was not good enough.
    pub runner_up: Option<Alternative>,
}

/// A message another one might hang on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// The message, as an index into the input.
    pub message: usize,
    /// The weight of the link to it, in bits.
    pub weight: Weight,
}

/// A question for a person: a message that opens its conversation and may yet belong to another one.
///
/// Its best candidate was believed less than [`Config::join_probability`](super::Config::join_probability)
/// and at least [`Config::ask_probability`](super::Config::ask_probability). A must-link or a cannot-link
/// between the two answers it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The message, as an index into the input.
    pub message: usize,
    /// The message it may hang on, as an index into the input.
    pub candidate: usize,
    /// The probability that it does.
    pub probability: f64,
    /// The receipt for `probability`: the findings for the link, in bits.
    pub evidence: Evidence,
}

/// All messages on one matter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Conversation {
    /// The id of its earliest message.
    pub id: String,
    /// Its messages as indices into the input, in the order of `(sent, id)`.
    pub members: Vec<usize>,
    /// The channels it went over, in alphabetical order.
    pub channels: Vec<String>,
    /// When its first message was sent, if any time is known.
    pub first: Option<Timestamp>,
    /// When its last message was sent.
    pub last: Option<Timestamp>,
}

/// The result of [`Stitcher::stitch`](super::Stitcher::stitch).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Stitching {
    /// One place per message, in the order of the input.
    pub placements: Vec<Placement>,
    /// The conversations by `(first, id)`; those without any time come last.
    pub conversations: Vec<Conversation>,
    /// What a person should look at, in the order of `(sent, id)`.
    #[serde(default)]
    pub suggestions: Vec<Suggestion>,
}
