//! Old conversations are taken out of memory.
//!
//! Links between conversations do not exist, so nothing that stays hangs on what goes. The messages of
//! closed conversations are left out all at once, as a saved stitcher leaves out what nobody needs, and
//! nobody is asked again: what stays keeps its links, its numbers and who is behind its handles. A link
//! that only the ids of closed messages proved is taken down as proven by them, so that it outlives them.
//!
//! Cost: a look at every message; where something closes, that of saving and loading what stays.

use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::{ConversationId, LiveStitcher};
use crate::Result;
use crate::model::Timestamp;

/// What [`LiveStitcher::close_before`] took out.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Closed {
    /// How many messages.
    pub messages: usize,
    /// The conversations, the oldest id first. Their ids lead nowhere from now on and are not given again.
    pub conversations: Vec<ConversationId>,
}

impl LiveStitcher {
    /// Takes out all conversations whose last message was sent before `time`, with all that is known of
    /// them. A message without a time of its own counts by its arrival; one without either keeps its
    /// conversation open until it is [deleted](Self::delete).
    ///
    /// What stays is where it was, under the number it had. A decision made before is not taken back because
    /// what it was weighed against is gone. So the law of this engine reads, from then on: what comes, and
    /// what is asked again because of it, is placed as a batch of the messages that are there would place
    /// it; all else stays where the messages of its day, closed ones included, had put it. The same calls in
    /// the same order give the same result; after a closing, another order of arrival may not. Once nothing
    /// of before is left the engine is as new.
    ///
    /// A closed message is unknown: given again it is new, and what answers it opens a conversation, or
    /// joins another for other reasons. What people decided about it is kept, as after
    /// [`delete`](Self::delete). What closed messages told about who is behind a handle is forgotten by the
    /// first closing that leaves no message with the handle.
    ///
    /// Cost: a look at every message. If something closes, a microsecond or two for each message that stays,
    /// and for that time room for them twice: close now and then, not after every message.
    ///
    /// ```
    /// use reknit::model::{Message, Timestamp};
    /// use reknit::stitch::{Config, LiveStitcher};
    ///
    /// let day = 86_400_000;
    /// let mut live = LiveStitcher::new(Config::default())?;
    /// live.upsert(&Message::new("m1", "email", "ana@x.io", Timestamp(0), "My parcel is late."))?;
    /// live.upsert(&Message::new("m2", "email", "bo@y.io", Timestamp(300 * day), "A new lamp, please."))?;
    ///
    /// let closed = live.close_before(Timestamp(100 * day))?;
    /// assert_eq!((closed.messages, closed.conversations.len()), (1, 1));
    /// assert_eq!((live.conversation_of("m1"), live.len()), (None, 1));
    /// assert!(live.conversation_of("m2").is_some());
    /// # Ok::<(), reknit::Error>(())
    /// ```
    ///
    /// # Errors
    /// As for [`to_bytes`](Self::to_bytes); then nothing has changed.
    pub fn close_before(&mut self, time: Timestamp) -> Result<Closed> {
        let conversations = self.silent_since(time);
        if conversations.is_empty() {
            return Ok(Closed::default());
        }
        let goes = |at: u32| self.names.of(at).is_some_and(|id| conversations.contains(&id));
        let chosen = self.engine.choose(|at| !goes(at));
        let messages = self.len() - chosen.messages.len();
        *self = Self::from_bytes(&self.written(&chosen)?)?;
        self.engine.keep_links();
        let mut conversations: Vec<ConversationId> = conversations.into_iter().collect();
        conversations.sort_unstable();
        Ok(Closed { messages, conversations })
    }

    /// The conversations without a message at `time` or later.
    fn silent_since(&self, time: Timestamp) -> FxHashSet<ConversationId> {
        let mut last: FxHashMap<ConversationId, i64> = FxHashMap::default();
        for at in self.engine.alive() {
            if let Some(id) = self.names.of(at) {
                let sent = self.engine.digest(at).order.time;
                let last = last.entry(id).or_insert(sent);
                *last = sent.max(*last);
            }
        }
        last.into_iter().filter(|&(_, last)| last < time.millis()).map(|(id, _)| id).collect()
    }
}
