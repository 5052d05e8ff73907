//! What a file of messages is, by its beginning and its name.
//!
//! The first 64 KiB are looked at. Content goes before the name, but for endings that say all (`.eml`,
//! `.mbox`): exports are renamed, and `.json` can be anything. JSON is told by the names of its fields.

use crate::{Format, chatwoot, decode, json, whatsapp, zendesk};

/// How much of a file is looked at.
const HEAD_BYTES: usize = 64 * 1024;

/// Signatures of files that hold no text, with what to do about each.
const REFUSED: &[(&[u8], &str)] = &[
    (
        b"PK\x03\x04",
        "this is a zip file, which is not read; unpack it and name the files or the folder in it",
    ),
    (b"\x1F\x8B", "this is a gzip file; unpack it first (gunzip)"),
    (b"\x28\xB5\x2F\xFD", "this is a zstd file; unpack it first (zstd -d)"),
    (b"BZh", "this is a bzip2 file; unpack it first (bunzip2)"),
    (b"\xFD7zXZ\0", "this is an xz file; unpack it first (unxz)"),
    (b"\xD0\xCF\x11\xE0", "this is an old Office file (msg, pst); save its mails as .eml or mbox first"),
    (b"!BDN", "this is an Outlook data file (pst); export its mails as .eml or mbox first"),
    (b"SQLite format 3\0", "this is a SQLite database; export the messages first"),
    (b"%PDF-", "this is a PDF; give it as text"),
    (b"PAR1", "this is a Parquet file; messages come as JSON Lines or as one of the exports"),
];

/// Why a file cannot be read at all, and what to do; `None` for what may hold text.
///
/// ```
/// assert!(reknit_messages::refusal(b"PK\x03\x04...").is_some_and(|advice| advice.contains("zip")));
/// ```
pub fn refusal(bytes: &[u8]) -> Option<&'static str> {
    REFUSED.iter().find(|(signature, _)| bytes.starts_with(signature)).map(|(_, advice)| *advice)
}

/// What a file is, by its first bytes and its name or path (which may be empty); `None` when it is none of
/// the formats.
///
/// ```
/// use reknit_messages::{Format, detect};
/// assert_eq!(detect(b"Subject: hi\n\nx", ""), Some(Format::Eml));
/// assert_eq!(detect(b"window.YTD.tweets.part0 = [ {", "data/tweets.js"), Some(Format::XTweets));
/// assert_eq!(detect(b"name;mail\n", "contacts.csv"), None);
/// ```
pub fn detect(bytes: &[u8], file_name: &str) -> Option<Format> {
    let head = decode::from_utf16(&bytes[..bytes.len().min(HEAD_BYTES)]);
    let head = decode::without_mark(&head);
    let text = decode::mixed(head);
    let start = text.trim_start();
    let ending = file_name.rsplit_once('.').map_or_else(String::new, |(_, ending)| ending.to_lowercase());
    if ending == "eml" {
        Some(Format::Eml)
    } else if ending == "mbox" || start.starts_with("From ") {
        Some(Format::Mbox)
    } else if let Some(kind) = start.strip_prefix("window.YTD.") {
        of_archive(kind)
    } else if start.starts_with('[') && whatsapp::looks_like(start) {
        Some(Format::Whatsapp)
    } else if start.starts_with(['{', '[']) {
        of_json(start)
    } else if is_header_line(head) {
        Some(Format::Eml)
    } else if whatsapp::looks_like(start) {
        Some(Format::Whatsapp)
    } else {
        None
    }
}

/// The files of an X archive that hold messages, by the name they give themselves.
fn of_archive(kind: &str) -> Option<Format> {
    match kind.split('.').next()?.trim() {
        "tweet" | "tweets" => Some(Format::XTweets),
        "direct_message" | "direct_messages" | "direct_message_group" | "direct_messages_group" => {
            Some(Format::XDirectMessages)
        }
        _ => None,
    }
}

fn of_json(text: &str) -> Option<Format> {
    let (outer, all) = json::names(text);
    let (root, any) = (|name: &str| outer.contains(&name), |name: &str| all.contains(&name));
    let list = text.starts_with('[');
    if chatwoot::looks_like(&outer, &all) {
        Some(Format::Chatwoot)
    } else if zendesk::looks_like(&outer, &all) {
        Some(Format::Zendesk)
    } else if list && root("ts") && (root("type") || root("user") || root("text")) {
        Some(Format::Slack)
    } else if any("dmConversation") {
        Some(Format::XDirectMessages)
    } else if list && (any("full_text") || any("id_str")) {
        Some(Format::XTweets)
    } else if !list && (root("messages") || root("chats") || root("personal_information")) {
        let telegram =
            any("from_id") || any("date_unixtime") || any("list") || any("text_entities") || any("date");
        telegram.then_some(Format::Telegram)
    } else if !list && root("id") {
        Some(Format::Jsonl)
    } else {
        None
    }
}

/// Whether the first line reads as a header field of a mail (RFC 5322): a name, a colon, and the name
/// is one that mail begins with.
fn is_header_line(head: &[u8]) -> bool {
    const FIRST: &[&str] = &[
        "return-path",
        "received",
        "delivered-to",
        "from",
        "to",
        "subject",
        "date",
        "message-id",
        "mime-version",
        "x-original-to",
        "dkim-signature",
        "content-type",
        "reply-to",
        "arc-seal",
        "x-received",
        "authentication-results",
        "received-spf",
        "x-gm-thrid",
        "envelope-to",
        "in-reply-to",
        "sender",
        "cc",
    ];
    let line = head.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let Some(colon) = line.iter().position(|&byte| byte == b':') else { return false };
    let name = String::from_utf8_lossy(&line[..colon]).to_lowercase();
    FIRST.contains(&name.as_str())
}
