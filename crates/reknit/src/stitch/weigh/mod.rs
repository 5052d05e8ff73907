//! What each pair of messages weighs: pure functions of digests.
//!
//! [`digest`] reads a message once; [`mail`] weighs an earlier message as the parent of a mail
//! without ids, [`contact`] an open conversation of the same person. They read no index and keep no
//! state: what an index counted is handed in, and how rare a word is stands in a fixed table.

pub(super) mod contact;
pub(super) mod digest;
pub(super) mod mail;
mod rarity;
mod rarity_table;
mod subject;
mod talk;
pub(super) mod token;

pub(super) use digest::{Digest, Sides};
pub(super) use subject::Lines;
