//! One mail (RFC 5322, MIME) to one message.
//!
//! Headers are decoded (RFC 2047; raw bytes that are no UTF-8 as Windows-1252); the body is text.
//! What machines send (RFC 3834: `Auto-Submitted`; older marks; bounces with an empty return path or
//! a delivery report) is marked `auto`. A mail without a `Message-ID` gets an id from its own bytes,
//! so the same mail always has the same one.

mod body;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::panic::catch_unwind;

use mail_parser::{Address, DateTime, HeaderValue, MessageParser, MimeHeaders};
use reknit::model::{Channel, Message, Participant, Timestamp};

use crate::collect::Collector;
use crate::decode;
use crate::problem::Place;

/// Headers kept with the message, beyond those with a field of their own: what lists, help desks
/// and Outlook say about a mail's place.
const KEPT: &[&str] = &[
    "list-id",
    "reply-to",
    "sender",
    "delivered-to",
    "thread-topic",
    "thread-index",
    "auto-submitted",
    "precedence",
    "x-autoreply",
    "x-gm-thrid",
    "x-forwarded-to",
];

/// Reads one mail; `None` when there is not a single header, or when its parts are so damaged that
/// the reader gives up.
///
/// ```
/// let mail = reknit_messages::mail::read(b"From: ana@x.io\r\nSubject: Hi\r\n\r\nHello\r\n");
/// assert_eq!(mail.expect("it has headers").text, "Hello");
/// ```
pub fn read(raw: &[u8]) -> Option<Message> {
    // The parser's release builds recover from what its debug builds assert; whatever is left of that
    // costs one mail.
    catch_unwind(|| read_parts(raw)).ok().flatten()
}

/// A file that is one mail.
pub(crate) fn read_file(raw: &[u8], into: &mut Collector<'_>) {
    match read(raw) {
        Some(message) => push(Place::line(1), message, into),
        None => into.problem(Place::line(1), "this is no mail: it has no headers, or they cannot be read"),
    }
}

pub(crate) fn push(place: Place, mut message: Message, into: &mut Collector<'_>) {
    if let Some(channel) = &into.options.channel {
        message.channel = Channel::new(channel);
    }
    into.push(|| place, message);
}

/// The mail with headers in UTF-8: RFC 6532 wants no other eight-bit signs there, but old programs
/// write what their machine has.
fn with_clean_headers(raw: &[u8]) -> Cow<'_, [u8]> {
    let end = header_end(raw);
    match std::str::from_utf8(&raw[..end]) {
        Ok(_) => Cow::Borrowed(raw),
        Err(_) => Cow::Owned([decode::mixed(&raw[..end]).as_bytes(), &raw[end..]].concat()),
    }
}

/// The place of the blank line after the headers.
fn header_end(raw: &[u8]) -> usize {
    let mut start = 0;
    for line in raw.split_inclusive(|&byte| byte == b'\n') {
        if matches!(line, b"\n" | b"\r\n") {
            break;
        }
        start += line.len();
    }
    start
}

fn read_parts(raw: &[u8]) -> Option<Message> {
    let clean = with_clean_headers(raw);
    let mail = MessageParser::default().parse(&*clean)?;
    if mail.headers().is_empty() {
        return None;
    }
    let id = mail.message_id().map(clean_id).filter(|id| !id.is_empty()).unwrap_or_else(|| hash_id(raw));
    let author = mail.from().into_iter().flat_map(people).next().unwrap_or_default();
    let mut message = Message::new(id, Channel::new("email"), "", Timestamp(0), body::text(&mail));
    message.sent = mail.date().and_then(time);
    message.arrived = mail.received().and_then(mail_parser::Received::date).as_ref().and_then(time);
    message.auto = is_auto(&mail, &author);
    message.author = author;
    message.to = mail.to().map(people).unwrap_or_default();
    message.cc = mail.cc().map(people).unwrap_or_default();
    message.subject = mail.subject().map(|subject| subject.trim().to_owned());
    message.in_reply_to = ids(mail.in_reply_to());
    message.references = ids(mail.references());
    message.headers = headers(&mail);
    Some(message)
}

fn clean_id(id: &str) -> String {
    id.trim().trim_start_matches('<').trim_end_matches('>').to_owned()
}

/// 64-bit FNV-1a (Fowler, Noll, Vo): stable for good, and good enough to tell mails apart.
fn hash_id(raw: &[u8]) -> String {
    let hash = raw.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}@no-message-id")
}

fn people(address: &Address<'_>) -> Vec<Participant> {
    address
        .iter()
        .filter_map(|one| {
            let handle = one.address.as_deref().or(one.name.as_deref())?.trim().to_owned();
            let name = one.address.as_ref().and(one.name.as_deref()).map(|name| name.trim().to_owned());
            let name = name.filter(|name| !name.is_empty());
            (!handle.is_empty()).then_some(Participant { handle, name, entity: None })
        })
        .collect()
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    let ids: Vec<String> = match value {
        HeaderValue::Text(id) => vec![clean_id(id)],
        HeaderValue::TextList(ids) => ids.iter().map(|id| clean_id(id)).collect(),
        _ => Vec::new(),
    };
    ids.into_iter().filter(|id| !id.is_empty()).collect()
}

fn time(date: &DateTime) -> Option<Timestamp> {
    // The 61st second of a leap second is the next one's first, as POSIX counts.
    let leap = u8::from(date.second == 60);
    let mut date = *date;
    date.second -= leap;
    date.is_valid().then(|| Timestamp((date.to_timestamp() + i64::from(leap)) * 1000))
}

/// Whether a machine wrote it. `Precedence: list` and `bulk` are left alone: lists of people send them.
fn is_auto(mail: &mail_parser::Message<'_>, author: &Participant) -> bool {
    let header = |name: &str| mail.header_raw(name.to_owned()).map(|value| value.trim().to_lowercase());
    let submitted = header("Auto-Submitted").is_some_and(|value| !value.starts_with("no"));
    let precedence =
        header("Precedence").is_some_and(|value| matches!(value.as_str(), "auto_reply" | "junk"));
    let marked = ["X-Autoreply", "X-Autorespond", "X-Auto-Reply"].iter().any(|name| header(name).is_some());
    let bounced = header("Return-Path").is_some_and(|value| value == "<>");
    let report = mail.content_type().is_some_and(|kind| kind.subtype() == Some("report"));
    let daemon =
        author.handle.split('@').next().is_some_and(|local| local.eq_ignore_ascii_case("mailer-daemon"));
    submitted || precedence || marked || bounced || report || daemon
}

fn headers(mail: &mail_parser::Message<'_>) -> BTreeMap<String, String> {
    KEPT.iter()
        .filter_map(|name| {
            let value = mail.header_raw((*name).to_owned())?.split_whitespace().collect::<Vec<_>>().join(" ");
            Some(((*name).to_owned(), value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "From: =?UTF-8?Q?Zo=C3=AB?= <zoe@x.io>\r\nTo: \"Lee, Bo\" <bo@y.org>, c@z.net\r\n\
        Subject: =?ISO-8859-1?Q?Gr=FC=DFe?=\r\nDate: Mon, 5 Feb 2024 10:00:00 +0100\r\nMessage-ID: <m1@x.io>\r\n\
        In-Reply-To: <m0@y.org>\r\nReferences: <r@y.org>\r\n <m0@y.org>\r\n\
        Content-Type: text/html; charset=utf-8\r\n\r\n<p>Hello <b>Bo</b></p>\r\n";

    #[test]
    fn a_mail_is_read_with_its_names_and_ids() {
        let message = read(MAIL.as_bytes()).expect("it has headers");
        assert_eq!(message.id, "m1@x.io");
        assert_eq!(message.author.name.as_deref(), Some("Zoë"));
        assert_eq!(message.to[0].name.as_deref(), Some("Lee, Bo"));
        assert_eq!(message.to[1].handle, "c@z.net");
        assert_eq!(message.subject.as_deref(), Some("Grüße"));
        assert_eq!(message.in_reply_to, ["m0@y.org"]);
        assert_eq!(message.references, ["r@y.org", "m0@y.org"]);
        assert_eq!(message.sent, Some(Timestamp(1_707_123_600_000)));
        assert_eq!(message.text.trim(), "Hello Bo");
        assert!(!message.auto);
    }

    #[test]
    fn a_charset_that_is_missing_or_wrong_is_put_right() {
        let text = |charset: &str, coding: &str, body: &[u8]| {
            let head = format!("From: a@x.io\nContent-Type: text/plain{charset}\n{coding}\n");
            read(&[head.as_bytes(), body].concat()).expect("it has headers").text
        };
        for charset in ["", "; charset=us-ascii", "; charset=utf-8", "; charset=unknown-8bit"] {
            assert_eq!(text(charset, "", b"Gr\xFC\xDFe\n"), "Gr\u{fc}\u{df}e", "{charset}");
            assert_eq!(text(charset, "", "Gr\u{fc}\u{df}e\n".as_bytes()), "Gr\u{fc}\u{df}e", "{charset}");
        }
        let coding = "Content-Transfer-Encoding: quoted-printable\n";
        for charset in ["; charset=iso-8859-1", "; charset=windows-1252"] {
            assert_eq!(text(charset, "", "caf\u{e9}\n".as_bytes()), "caf\u{e9}", "{charset}");
            assert_eq!(text(charset, coding, b"caf=C3=A9\n"), "caf\u{e9}", "{charset}");
            assert_eq!(text(charset, coding, b"caf=E9\n"), "caf\u{e9}", "{charset}");
        }
        assert_eq!(text("; charset=utf-8", coding, b"caf=E9\n"), "caf\u{e9}");
        assert_eq!(text("; charset=koi8-r", "", b"\xF0\xD2\xC9\xD7\xC5\xD4\n"), "Привет");
    }

    #[test]
    fn raw_signs_in_headers_are_read() {
        let mail = read(b"From: Zo\xEB <zoe@x.io>\nSubject: Gr\xFC\xDFe\n\nx\n").expect("it has headers");
        assert_eq!(mail.author.name.as_deref(), Some("Zo\u{eb}"));
        assert_eq!(mail.subject.as_deref(), Some("Gr\u{fc}\u{df}e"));
    }

    #[test]
    fn what_machines_send_is_marked() {
        for header in ["Auto-Submitted: auto-replied", "Return-Path: <>", "Precedence: auto_reply"] {
            let mail = format!("From: a@x.io\r\n{header}\r\n\r\nI am away.\r\n");
            assert!(read(mail.as_bytes()).expect("it has headers").auto, "{header}");
        }
        assert!(!read(b"From: a@x.io\r\nPrecedence: list\r\n\r\nhi\r\n").expect("it has headers").auto);
    }

    #[test]
    fn a_mail_without_an_id_always_gets_the_same_one() {
        let id = |raw: &[u8]| read(raw).expect("it has headers").id;
        assert_eq!(id(b"From: a@x.io\r\n\r\nhi"), id(b"From: a@x.io\r\n\r\nhi"));
        assert_ne!(id(b"From: a@x.io\r\n\r\nhi"), id(b"From: a@x.io\r\n\r\nho"));
    }
}
