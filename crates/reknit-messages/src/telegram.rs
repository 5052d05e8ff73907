//! `result.json` of Telegram Desktop, of one chat or of the whole account, to messages.
//!
//! A message's id counts within its chat, so both make the id here. The text is a text, or a list of texts and
//! of entities that hold one. Newer files have the time also as seconds since 1970, which is taken; older ones
//! only the local time without a zone, to which `utc_offset_minutes` applies. In a file of the whole account
//! its owner is "us".
//!
//! Source: "Chat export tool" of Telegram's blog and the files themselves. Cost: linear.

use reknit::model::{Direction, Message, Participant, Timestamp};
use serde_json::Value;

use crate::collect::Collector;
use crate::json::{self, Document, Span};
use crate::problem::Place;

/// What is known of a chat before its messages.
struct Chat {
    /// `user7`, `group7`, `channel7`: numbers are unique within a kind only.
    id: String,
    name: String,
    /// Chats with many people, which are rooms.
    room: bool,
    bot: bool,
    /// `user7` of the account's owner.
    owner: Option<String>,
}

pub(crate) fn read(text: &str, into: &mut Collector<'_>) {
    let mut document = Document::new(text);
    for root in document.roots() {
        let owner = document.field(root, "personal_information").map(|span| document.quiet(span));
        let owner = owner.and_then(|about| json::id(&about, "user_id")).map(|id| format!("user{id}"));
        let mut found = chat(&mut document, root, "", owner.as_ref(), into);
        for part in ["chats", "left_chats"] {
            let list = document.field(root, part).and_then(|chats| document.field(chats, "list"));
            let Some(list) = list else { continue };
            found = true;
            let items: Vec<Span> = document.items(list).collect();
            for (number, span) in items.into_iter().enumerate() {
                chat(&mut document, span, &format!("{part}.list[{number}]."), owner.as_ref(), into);
            }
        }
        if !found {
            let place = document.place(root.start, "");
            into.problem(place, "there are neither `messages` nor `chats`, one of which an export has");
        } else if !root.whole {
            let place = document.place(root.end, "");
            into.problem(
                place,
                "the file breaks off here, or brackets do not fit; what stands before was read",
            );
        }
    }
}

/// Reads one chat; false when it has no messages.
fn chat(
    document: &mut Document<'_>,
    span: Span,
    path: &str,
    owner: Option<&String>,
    into: &mut Collector<'_>,
) -> bool {
    let Some(list) = document.field(span, "messages") else { return false };
    let field =
        |name: &str| document.field(span, name).map(|field| document.quiet(field)).unwrap_or_default();
    let kind = field("type");
    let kind = kind.as_str().unwrap_or("personal_chat");
    let prefix = match kind {
        "private_group" => "group",
        kind if kind.contains("group") || kind.contains("channel") => "channel",
        _ => "user",
    };
    let number = field("id").as_i64().map(|id| id.to_string()).unwrap_or_default();
    let chat = Chat {
        id: format!("{prefix}{number}"),
        name: field("name").as_str().unwrap_or_default().to_owned(),
        room: prefix != "user",
        bot: kind == "bot_chat",
        owner: owner.cloned(),
    };
    let items: Vec<Span> = document.items(list).collect();
    for (number, span) in items.into_iter().enumerate() {
        let path = format!("{path}messages[{number}]");
        let Some(item) = document.read(span, &path, into) else { continue };
        let place = document.place(span.start, path);
        take(&item, &chat, place, into);
    }
    true
}

fn take(item: &Value, chat: &Chat, place: Place, into: &mut Collector<'_>) {
    let Some(number) = json::id(item, "id") else {
        return into.problem(place, "this message has no `id`; it was left out");
    };
    let id = |number: &str| format!("telegram:{}:{number}", chat.id);
    let service = json::text(item, "type") == "service";
    let author_id = json::id(item, "from_id").filter(|_| !service);
    let mut message = into.message(id(&number), "telegram", author(item, service));
    message.sent = time(item, into);
    if message.sent.is_none() {
        into.problem(place.clone(), "neither `date_unixtime` nor `date` can be read; kept without a time");
    }
    message.system = service;
    message.text = if service { service_text(item) } else { text(item.get("text")) };
    message.auto = chat.bot && author_id.as_ref() == Some(&chat.id);
    if let Some(reply) = json::id(item, "reply_to_message_id") {
        // The message that is answered may stand in another chat.
        let there = json::id(item, "reply_to_peer_id");
        message.in_reply_to.push(there.map_or_else(|| id(&reply), |peer| format!("telegram:{peer}:{reply}")));
    }
    address(&mut message, item, chat, author_id.as_deref());
    note(&mut message, item);
    into.push(|| place, message);
}

fn author(item: &Value, service: bool) -> Participant {
    if service {
        return Participant::default();
    }
    let name = json::filled(item, "from").map(str::to_owned);
    let handle = json::id(item, "from_id").or_else(|| name.clone()).unwrap_or_default();
    Participant { handle, name, entity: None }
}

/// Room, recipients and direction.
fn address(message: &mut Message, item: &Value, chat: &Chat, author: Option<&str>) {
    if chat.room {
        let name = if chat.name.is_empty() { &chat.id } else { &chat.name };
        message.room = Some(name.clone());
    } else if !message.system && author != Some(&chat.id) {
        let name = Some(chat.name.clone()).filter(|name| !name.is_empty());
        message.to.push(Participant { handle: chat.id.clone(), name, entity: None });
    } else if let (false, Some(owner)) = (message.system, &chat.owner) {
        message.to.push(Participant { handle: owner.clone(), ..Participant::default() });
    }
    for entity in json::list(item, "text_entities").iter().chain(json::list(item, "text")) {
        let handle = match json::text(entity, "type") {
            "mention" => json::text(entity, "text").to_owned(),
            "mention_name" => json::id(entity, "user_id").map(|id| format!("user{id}")).unwrap_or_default(),
            _ => continue,
        };
        let new = !handle.is_empty() && message.to.len() < 50;
        if new && message.to.iter().all(|known| known.handle != handle) {
            message.to.push(Participant { handle, ..Participant::default() });
        }
    }
    if let (Some(owner), Some(author), false) = (&chat.owner, author, message.system) {
        message.direction = if author == owner { Direction::Outbound } else { Direction::Inbound };
    }
}

fn time(item: &Value, into: &Collector<'_>) -> Option<Timestamp> {
    let local = || {
        let local = json::time(item, "date")?;
        Some(Timestamp(local.0.checked_sub(i64::from(into.options.utc_offset_minutes) * 60_000)?))
    };
    json::time(item, "date_unixtime").or_else(local)
}

/// A text, or a list of texts and of entities that hold one.
fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            parts.iter().map(|part| part.as_str().unwrap_or_else(|| json::text(part, "text"))).collect()
        }
        _ => String::new(),
    }
}

/// What a service message tells: its action, as Telegram calls it.
fn service_text(item: &Value) -> String {
    let told = text(item.get("text"));
    if told.is_empty() { json::text(item, "action").replace('_', " ") } else { told }
}

fn note(message: &mut Message, item: &Value) {
    let mut header = |name: &str, value: &str| message.headers.insert(name.to_owned(), value.to_owned());
    if item.get("edited").is_some_and(Value::is_string) {
        header("edited", "true");
    }
    if item.get("forwarded_from").is_some() {
        header("forwarded-from", json::filled(item, "forwarded_from").unwrap_or("unknown"));
    }
    if let Some(bot) = json::filled(item, "via_bot") {
        header("via-bot", bot);
    }
    let media = json::filled(item, "file_name").or_else(|| json::filled(item, "file"));
    let media = media.or_else(|| json::filled(item, "photo")).or_else(|| json::filled(item, "media_type"));
    if let Some(media) = media {
        header("attachment", media);
    }
}
