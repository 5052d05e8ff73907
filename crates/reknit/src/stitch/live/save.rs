//! A live stitcher as bytes, and back.
//!
//! The engine writes what it holds ([`archive`](super::super::engine)), and around it stand a mark of the
//! format, what the messages were read with, the config with what people decided, the numbers of the
//! conversations and where numbers lead that are no more, and a checksum. No text of a message is among it,
//! as none is held.
//!
//! Hashes and the model of rooms are part of what was read: a library that reads messages otherwise cannot
//! go on with them, and says so. Cost: as for the engine; a pass for the checksum.

use super::{ConversationId, LiveStitcher, Names, ROOM_MODEL};
use crate::model::checksum;
use crate::stitch::config::Config;
use crate::stitch::engine::{Chosen, Engine};
use crate::stitch::packed::{Bytes, Packed, pack_text};
use crate::stitch::weight::{hash, mix};
use crate::{Error, ErrorKind, Result};

/// What the bytes begin with.
const MARK: &[u8; 8] = b"reknitLS";
/// The format of a saved stitcher: raised with whatever is written otherwise.
const FORMAT: u32 = 1;
/// Nobody opens so many conversations in a thousand years.
const MOST_NUMBERS: u64 = 1 << 60;
/// Bytes of the checksum at the end.
const SUM: usize = 8;

/// A number that another way to hash would not give.
fn way_to_hash() -> u64 {
    mix(&[hash("a text longer than one step of the hash, with an é"), hash(""), 7])
}

impl LiveStitcher {
    /// The engine as bytes, for [`from_bytes`](Self::from_bytes): the same bytes whenever the same is held.
    /// They hold the ids of messages, handles and entities, but no text.
    ///
    /// Cost: 200 to 230 bytes a message, less than a microsecond each; reading back takes twice as long
    /// (`benches/threads.rs`).
    ///
    /// # Errors
    /// `internal` when the config cannot be written down.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        self.written(&self.engine.choose(|_| true))
    }

    /// The engine that was saved. It goes on as the saved one would: under any changes the conversations,
    /// their numbers and the events are the same. What no message needs is left out.
    ///
    /// # Errors
    /// `model` when the bytes are damaged, cut off, of another format or read by a version that hashes or
    /// ranks otherwise.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let (body, sum) = bytes.split_last_chunk::<SUM>().ok_or_else(damaged)?;
        let mut from = Bytes(body.strip_prefix(MARK).ok_or_else(damaged)?);
        let format = u32::unpack(&mut from).ok_or_else(damaged)?;
        if format != FORMAT {
            return Err(Error::model(format!(
                "the stitcher is of format {format}, this library reads format {FORMAT}; take the messages up \
                 again"
            )));
        }
        if u64::from_le_bytes(*sum) != checksum(body) {
            return Err(damaged());
        }
        let read_with = <(u64, String)>::unpack(&mut from).ok_or_else(damaged)?;
        if read_with != (way_to_hash(), ROOM_MODEL.to_owned()) {
            return Err(Error::model(
                "the stitcher was saved by a version that reads messages otherwise; take the messages up again",
            ));
        }
        let live = Self::read(&mut from).filter(|_| from.0.is_empty());
        live.ok_or_else(damaged)
    }

    /// What was chosen, as bytes.
    pub(super) fn written(&self, chosen: &Chosen) -> Result<Vec<u8>> {
        let config = serde_json::to_string(self.engine.config())
            .map_err(|_| Error::new(ErrorKind::Internal, "the config cannot be written down"))?;
        let mut to = MARK.to_vec();
        FORMAT.pack(&mut to);
        (way_to_hash(), ROOM_MODEL.to_owned()).pack(&mut to);
        pack_text(&config, &mut to);
        self.engine.pack(chosen, &mut to);
        self.names.pack(&self.engine, chosen, &mut to);
        let sum = checksum(&to);
        sum.pack(&mut to);
        Ok(to)
    }

    fn read(from: &mut Bytes<'_>) -> Option<Self> {
        let config: Config = serde_json::from_str(&String::unpack(from)?).ok()?;
        config.check().ok()?;
        let engine = Engine::new(config, false).unpack(from)?;
        let names = Names::unpack(&engine, from)?;
        Some(Self { engine, names })
    }
}

fn damaged() -> Error {
    Error::model("the saved stitcher is damaged; take the messages up again")
}

impl Names {
    /// Writes the numbers of the conversations of what was chosen, and the numbers that lead to them.
    fn pack(&self, engine: &Engine, chosen: &Chosen, to: &mut Vec<u8>) {
        self.next.pack(to);
        let opening = chosen.messages.iter().filter(|&&at| engine.opens(at));
        let numbers = opening.filter_map(|&at| Some((chosen.number(at)?, self.of(at)?.0)));
        numbers.collect::<Vec<(u32, u64)>>().pack(to);
        let leads = |from: u64| {
            let now = self.somebody(self.now(ConversationId(from)))?;
            chosen.number(now)
        };
        let merged = self.merged.iter().filter(|&(&from, _)| leads(from).is_some());
        let mut merged: Vec<(u64, u64)> = merged.map(|(&from, &into)| (from, into)).collect();
        merged.sort_unstable();
        merged.pack(to);
    }

    /// Reads what [`pack`](Self::pack) wrote about the conversations of `engine`.
    fn unpack(engine: &Engine, from: &mut Bytes<'_>) -> Option<Self> {
        let next = u64::unpack(from).filter(|&next| next <= MOST_NUMBERS)?;
        let mut names = Self { next, ..Self::default() };
        for (at, id) in Vec::<(u32, u64)>::unpack(from)? {
            let is_new = id != 0 && id <= names.next && !names.first.contains_key(&id);
            if !is_new || at as usize >= engine.len() || !engine.opens(at) || names.of(at).is_some() {
                return None;
            }
            engine.below(at).into_iter().for_each(|member| names.put(member, id));
        }
        if (0..engine.len() as u32).any(|at| names.of(at).is_none()) {
            return None;
        }
        for (old, into) in Vec::<(u64, u64)>::unpack(from)? {
            // The oldest number stays, so numbers never lead in a circle.
            if into >= old || old > names.next || names.first.contains_key(&old) {
                return None;
            }
            names.merged.insert(old, into);
        }
        Some(names)
    }
}
