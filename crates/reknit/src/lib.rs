//! Reknit turns dirty contact records and messages into people, conversations and meanings.
//!
//! Four verbs, one grammar: a plain `Config` is checked once and gives an immutable worker, the
//! worker has one verb, the verb gives a result with its evidence.
//!
//! | room | in | out |
//! |---|---|---|
//! | [`resolve`] | contact records as a [`model::Table`] | entities: which records are one person |
//! | [`stitch`] | [`model::Message`]s of all channels | conversations: which messages are one matter |
//! | [`classify`] | texts | labels with probabilities, and the words they rest on |
//! | [`pipeline`] | all of it | all of it, joined: who said what to whom, where, and how it reads |
//!
//! Below them lie the rooms they share: [`model`] (the nouns), [`text`] (readings of dirty text),
//! [`similarity`] (two values to a number), [`partition`] (grouping and its metrics). Beliefs are
//! [`model::Weight`]s in bits everywhere, and every decision carries [`model::Evidence`] that adds
//! up to it.
//!
//! The crate does no IO, reads no clock, keeps no global state and holds no unsafe code. The same
//! input gives the same output, whatever the order of arrival or the number of threads.
#![forbid(unsafe_code)]

pub mod model;
pub mod partition;
pub mod similarity;
pub mod text;

#[cfg(feature = "classify")]
pub mod classify;
#[cfg(feature = "mine")]
pub mod mine;
#[cfg(feature = "pipeline")]
pub mod pipeline;
#[cfg(feature = "resolve")]
pub mod resolve;
#[cfg(feature = "stitch")]
pub mod stitch;
#[cfg(feature = "pipeline")]
pub mod wire;

mod error;

pub use error::{Error, ErrorKind, Result};

/// The examples of the README, run as tests.
#[cfg(all(doctest, feature = "pipeline"))]
#[doc = include_str!("../../../README.md")]
struct Readme;
