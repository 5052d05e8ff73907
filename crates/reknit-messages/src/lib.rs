//! Exports as bytes in, [`Message`]s out: mail, message JSON Lines, WhatsApp, X, Slack, Telegram,
//! Chatwoot and Zendesk.
//!
//! One file per format. All of them are pure: no file is opened and no clock is read, so the caller
//! decides where bytes come from. What a file is, [`detect`] tells from its beginning. An item that
//! cannot be read is a [`Problem`] with its place, and the rest is read; only what holds no message
//! of its format at all is an [`Error`]. No text of a message ever stands in either.
//!
//! **Ids.** A message's id is made of the platform's own (`slack:general:1707127200.000100`), or, where an
//! export has none (WhatsApp), of channel, time, author and text, with a counter for equals; so
//! reading twice gives the same ids. Ids that answers name are made alike.
//!
//! **Many files.** In a Slack export the names stand in `users.json`, in an X archive the account in
//! `account.js`: [`learn`] takes such files first and puts what they say into the [`Options`].
//! What is larger than memory is read in pieces: [`mbox::Cutter`] takes lines and gives mails,
//! [`mail::read`] takes one mail.
//!
//! Sources: RFC 5322 (mail), RFC 2045-2047 (MIME), RFC 4155 (mbox), and the platforms' public pages on
//! their exports and interfaces, named in each file. Cost: linear in the bytes.
//!
//! ```
//! use reknit_messages::{Format, Options, detect, read};
//!
//! let chat = "[05/02/24, 10:15:32] Ana: Is it open?\n[05/02/24, 10:16:01] Bo: Until six\n";
//! assert_eq!(detect(chat.as_bytes(), "_chat.txt"), Some(Format::Whatsapp));
//!
//! let reading = read(chat.as_bytes(), &Options { us: vec!["Bo".into()], ..Options::default() })?;
//! assert_eq!(reading.messages[0].text, "Is it open?");
//! assert_eq!(reading.messages[0].to[0].handle, "Bo");
//! # Ok::<(), reknit::Error>(())
//! ```
#![forbid(unsafe_code)]

mod chatwoot;
mod collect;
pub mod decode;
mod detect;
mod format;
mod html;
mod json;
pub mod jsonl;
pub mod mail;
pub mod mbox;
mod options;
mod problem;
mod slack;
mod telegram;
mod whatsapp;
pub mod wire;
mod x;
mod zendesk;

pub use detect::{detect, refusal};
pub use format::Format;
pub use options::{DateOrder, Options, learn};
pub use problem::{Place, Problem};
pub use reknit::model::Message;

use reknit::{Error, Result};
use serde::Serialize;

use collect::Collector;

/// What one file held.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// What the file was taken for.
    pub format: Format,
    /// Its messages, in the order of the file; ids are unique.
    pub messages: Vec<Message>,
    /// What could not be read, in the order it was met.
    pub problems: Vec<Problem>,
}

/// Reads one file.
///
/// The format is that of `options`, else what [`detect`] makes of the bytes and the file name.
///
/// # Errors
/// `input` when the format is not known or when there is not a single message of it; an empty file
/// has no messages and is no error. `config` when an option is out of its range.
pub fn read(bytes: &[u8], options: &Options) -> Result<Reading> {
    options.check()?;
    if let Some(advice) = refusal(bytes) {
        return Err(Error::input(advice));
    }
    let format = match options.format.or_else(|| detect(bytes, &options.file_name)) {
        Some(format) => format,
        None if bytes.trim_ascii().is_empty() => Format::Jsonl,
        None => return Err(Error::input(unknown())),
    };
    let mut into = Collector::new(options);
    let bytes = decode::from_utf16(bytes);
    let bytes = decode::without_mark(&bytes);
    match format {
        Format::Eml => mail::read_file(bytes, &mut into),
        Format::Mbox => mbox::read(bytes, &mut into),
        Format::Jsonl => jsonl::read(&decode::text(bytes, &mut into), &mut into),
        Format::Whatsapp => whatsapp::read(&decode::text(bytes, &mut into), &mut into),
        Format::XTweets => x::read_tweets(&decode::text(bytes, &mut into), &mut into),
        Format::XDirectMessages => x::read_direct_messages(&decode::text(bytes, &mut into), &mut into),
        Format::Slack => slack::read(&decode::text(bytes, &mut into), &mut into),
        Format::Telegram => telegram::read(&decode::text(bytes, &mut into), &mut into),
        Format::Chatwoot => chatwoot::read(&decode::text(bytes, &mut into), &mut into),
        Format::Zendesk => zendesk::read(&decode::text(bytes, &mut into), &mut into),
    }
    into.finish(format, bytes.trim_ascii().is_empty())
}

fn unknown() -> String {
    let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    format!(
        "this is no file of messages that is known here; the formats are {}; name the right one as `format`",
        names.join(", ")
    )
}
