//! Files to records, messages and texts.
//!
//! One file per format. All of them stream, name file, line and column when a row cannot be read,
//! and never drop a row without saying so. [`open`] finds out what a file is: by its ending, else
//! by its first bytes.

mod block;
pub(crate) mod contacts;
pub(crate) mod csv;
mod entities;
mod folder;
pub(crate) mod jsonl;
mod lines;
mod mbox;
pub(crate) mod messages;
mod open;
mod parquet;
mod relay;
mod split;
pub(crate) mod tsv;

pub(crate) use contacts::{ContactOptions, Contacts, Mapping};
pub(crate) use entities::Entities;
pub(crate) use lines::Lines;
pub(crate) use open::Input;
