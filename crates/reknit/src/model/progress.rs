//! How a long verb tells its caller where it is, and how the caller stops it.

use std::ops::ControlFlow;

use crate::{Error, Result};

/// How far a verb has come in one of its stages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The stage, one word: `read`, `block`, `compare`, `train`, `cluster`, `stitch`, `classify`, `annotate`.
    pub stage: &'static str,
    /// Steps done in this stage.
    pub done: u64,
    /// Steps of this stage in all; 0 when unknown.
    pub total: u64,
}

/// A caller's callback. It runs on the calling thread; `ControlFlow::Break` stops the verb, which
/// then returns an error of kind [`Cancelled`](crate::ErrorKind::Cancelled).
pub type Watch<'a> = dyn FnMut(Progress) -> ControlFlow<()> + 'a;

/// A callback that never stops anything.
pub fn unwatched(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

impl Progress {
    /// Tells `watch` and turns its wish to stop into an error.
    pub fn report(stage: &'static str, done: u64, total: u64, watch: &mut Watch<'_>) -> Result<()> {
        match watch(Self { stage, done, total }) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::cancelled()),
        }
    }
}
