//! The verbs that ask about conversations, and the engine they ask: `explain_link` and `stitch_live`.
//!
//! `stitch_live` takes up the messages of the request and carries out changes and questions in their
//! order, an answer for each. `explain_link` asks the same engine one question and names conversations as
//! `stitch` does. Bindings keep a [`StitchEngine`] behind a handle, which takes the same changes and
//! questions one by one. Cost: as for [`LiveStitcher`].

use serde::{Deserialize, Serialize};

use super::base64;
use super::orders::{self, Kept, carried_out, nothing_asked};
use super::{RunnerUp, Suggested, read, write};
use crate::model::{Evidence, Message, Timestamp, Watch, Weight};
use crate::stitch::{
    self, Change, Closed, ConversationId, LinkExplanation, LinkSuggestion, LiveStitcher, Relation,
};
use crate::{Error, Result};

/// What an engine starts with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Start {
    #[serde(default)]
    messages: Option<Vec<Message>>,
    #[serde(default)]
    config: Option<stitch::Config>,
    /// A saved engine instead of all that.
    #[serde(default)]
    snapshot: Option<String>,
}

impl Start {
    fn begin(self, watch: &mut Watch<'_>) -> Result<LiveStitcher> {
        let Self { messages, config, snapshot } = self;
        if let Some(snapshot) = snapshot {
            if messages.is_some() || config.is_some() {
                return Err(Error::input("a `snapshot` has its own messages and config; give it alone"));
            }
            let damaged = || Error::model("the `snapshot` is no base 64; take the messages up again");
            return LiveStitcher::from_bytes(&base64::decode(&snapshot).ok_or_else(damaged)?);
        }
        LiveStitcher::with(config.unwrap_or_default(), &messages.unwrap_or_default(), watch)
    }
}

/// A live stitcher for bindings, which keep it behind a handle: JSON in and out, and any number of threads
/// at once. Questions run beside one another, a change runs alone.
pub struct StitchEngine(Kept<LiveStitcher>);

impl StitchEngine {
    /// Starts an engine by a `stitch_live` request without its `changes`.
    ///
    /// # Errors
    /// `input` for a request of another shape or a message without an id, `model` for a damaged `snapshot`,
    /// `cancelled` when `watch` asks to stop, and those of [`LiveStitcher::new`].
    pub fn begin(request: &str, watch: &mut Watch<'_>) -> Result<Self> {
        Ok(Self(Kept::new(read::<Start>(request)?.begin(watch)?)))
    }

    /// The engine that [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// `model` when the bytes are damaged, cut off or of another version.
    pub fn load(bytes: &[u8]) -> Result<Self> {
        Ok(Self(Kept::new(LiveStitcher::from_bytes(bytes)?)))
    }

    /// The engine as bytes.
    ///
    /// # Errors
    /// As for [`ask`](Self::ask).
    pub fn save(&self) -> Result<Vec<u8>> {
        self.0.look(LiveStitcher::to_bytes)
    }

    /// Makes one change: `upsert`, `delete`, `must_link`, `cannot_link`, `undo_link`, `split`, `move_to` or
    /// `close_before`.
    ///
    /// # Errors
    /// `input` for another shape, and those of the change; then the engine is as it was. `internal` once
    /// a change has broken a promise inside the library: what it left behind cannot be trusted.
    pub fn change(&self, change: &str) -> Result<String> {
        self.0.change::<Order>(change)
    }

    /// Answers one question: `explain`, `conversation_of`, `members`, `conversations`, `suggestions` or
    /// `save`.
    ///
    /// # Errors
    /// `input` for another shape, and those of the question; `internal` as for [`change`](Self::change).
    pub fn ask(&self, question: &str) -> Result<String> {
        self.0.ask::<Order>(question)
    }

    /// How many messages and how many conversations there are.
    ///
    /// # Errors
    /// `internal` as for [`change`](Self::change).
    pub fn counts(&self) -> Result<[usize; 2]> {
        self.0.look(|live| Ok([live.len(), live.conversation_count()]))
    }
}

/// A change or a question. Messages are named by their ids.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Order {
    Upsert(Box<Message>),
    Delete(String),
    MustLink(String, String),
    CannotLink(String, String),
    UndoLink(String, String),
    Split(String),
    MoveTo(String, ConversationId),
    CloseBefore(Timestamp),
    Explain(String),
    ConversationOf(String),
    Members(ConversationId),
    Conversations(bool),
    Suggestions(bool),
    Save(bool),
}

/// What comes back for an order.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Changed(Change),
    Closed(Closed),
    Explained(Box<Explained>),
    ConversationOf { conversation: Option<ConversationId> },
    Group(Group),
    Conversations { conversations: Vec<Group> },
    Suggestions { suggestions: Vec<Suggested<String>> },
    Saved { snapshot: String },
}

/// A conversation and its messages, in working order.
#[derive(Serialize)]
struct Group {
    conversation: Option<ConversationId>,
    messages: Vec<String>,
}

/// Why a message is where it is; the names are those of `stitch`.
#[derive(Serialize)]
struct Explained {
    id: String,
    #[serde(flatten)]
    name: Name,
    parent_id: Option<String>,
    relation: Relation,
    weight: Weight,
    evidence: Evidence,
    suggested: bool,
    runner_up: Option<RunnerUp<String>>,
    gap_ms: i64,
    policy: stitch::Policy,
    model: Option<&'static str>,
}

/// What a conversation is called: in an engine by its number, in a batch by its first message.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    Conversation(ConversationId),
    ConversationId(String),
}

impl orders::Order for Order {
    type Engine = LiveStitcher;
    type Answer = Answer;

    fn asks(&self) -> bool {
        matches!(
            self,
            Self::Explain(..)
                | Self::ConversationOf(..)
                | Self::Members(..)
                | Self::Conversations(..)
                | Self::Suggestions(..)
                | Self::Save(..)
        )
    }

    fn carry_out(self, live: &mut LiveStitcher) -> Result<Answer> {
        let change = match self {
            Self::Upsert(message) => live.upsert(&message),
            Self::Delete(id) => live.delete(&id),
            Self::MustLink(a, b) => live.must_link(&a, &b),
            Self::CannotLink(a, b) => live.cannot_link(&a, &b),
            Self::UndoLink(a, b) => live.undo_link(&a, &b),
            Self::Split(id) => live.split(&id),
            Self::MoveTo(id, conversation) => live.move_to(&id, conversation),
            Self::CloseBefore(time) => return live.close_before(time).map(Answer::Closed),
            question => return question.answer(live),
        };
        change.map(Answer::Changed)
    }

    fn answer(self, live: &LiveStitcher) -> Result<Answer> {
        Ok(match self {
            Self::Explain(id) => Answer::Explained(Box::new(by_number(live.explain(&id)?))),
            Self::ConversationOf(id) => Answer::ConversationOf { conversation: live.conversation_of(&id) },
            Self::Members(id) => Answer::Group(group(live, id)),
            Self::Conversations(true) => {
                let all = live.conversations().into_iter().map(|id| group(live, id));
                Answer::Conversations { conversations: all.collect() }
            }
            Self::Suggestions(true) => {
                Answer::Suggestions { suggestions: live.suggestions().into_iter().map(suggested).collect() }
            }
            Self::Save(true) => Answer::Saved { snapshot: base64::encode(&live.to_bytes()?) },
            Self::Conversations(false) | Self::Suggestions(false) | Self::Save(false) => {
                return Err(nothing_asked());
            }
            _ => return Err(Error::input("this is a change and no question")),
        })
    }
}

/// The conversation that `id` leads to.
fn group(live: &LiveStitcher, id: ConversationId) -> Group {
    Group { conversation: live.redirect(id), messages: live.members(id) }
}

fn suggested(suggestion: LinkSuggestion) -> Suggested<String> {
    let LinkSuggestion { id, candidate, probability, evidence } = suggestion;
    Suggested { id, candidate_id: candidate, probability, evidence }
}

fn by_number(why: LinkExplanation) -> Explained {
    let name = Name::Conversation(why.conversation);
    explained(why, name)
}

fn explained(why: LinkExplanation, name: Name) -> Explained {
    Explained {
        id: why.id,
        name,
        parent_id: why.parent,
        relation: why.relation,
        weight: why.weight,
        evidence: why.evidence,
        suggested: why.suggested,
        runner_up: why.runner_up.map(|(id, weight)| RunnerUp { id, weight }),
        gap_ms: why.gap_ms,
        policy: why.policy,
        model: why.model,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExplainLinkRequest {
    messages: Vec<Message>,
    #[serde(default)]
    config: stitch::Config,
    id: String,
}

pub(super) fn explain_link(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    let ExplainLinkRequest { messages, config, id } = read(request)?;
    let live = Start { messages: Some(messages), config: Some(config), snapshot: None }.begin(watch)?;
    let why = live.explain(&id)?;
    let first = live.members(why.conversation).into_iter().next().unwrap_or_default();
    write(&explained(why, Name::ConversationId(first)))
}

/// [`Start`] and changes; written out, because a flattened part cannot refuse keys it does not know.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StitchLiveRequest {
    #[serde(default)]
    messages: Option<Vec<Message>>,
    #[serde(default)]
    config: Option<stitch::Config>,
    #[serde(default)]
    snapshot: Option<String>,
    changes: Vec<Order>,
}

pub(super) fn stitch_live(request: &str, watch: &mut Watch<'_>) -> Result<String> {
    let StitchLiveRequest { messages, config, snapshot, changes } = read(request)?;
    carried_out(changes, &mut Start { messages, config, snapshot }.begin(watch)?)
}
