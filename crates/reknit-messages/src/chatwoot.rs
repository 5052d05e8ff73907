//! Chatwoot's conversations and messages, as its interface gives them and its webhooks send them.
//!
//! Read are the answer of `.../conversations/ID/messages` (`meta`, `payload`), lists of conversations with the
//! messages in them, events (`"event": "message_created"`), and lists or lines of any of these. A message's
//! number is unique within an installation. `message_type` is 0 or `incoming`, 1 or `outgoing`, 2 or `activity` (a
//! system line), 3 or `template` (made by a machine); `private` notes are internal. The channel is that of
//! the inbox. A mail's `source_id` is its Message-ID and becomes the platform id, so it meets the same mail of a
//! mailbox.
//!
//! Source: Chatwoot's reference of its application interface and its guide to webhook events. Cost: linear.

use reknit::model::{Direction, Message, Participant, Visibility};
use serde_json::Value;

use crate::collect::Collector;
use crate::html;
use crate::json::{self, Document, Span};

/// How deep answers are nested: a list of answers, `data`, `payload`, conversations, messages.
const DEEPEST: u32 = 6;

/// What the surroundings of a message say about it.
#[derive(Clone, Default)]
struct Around {
    conversation: Option<String>,
    channel: Option<String>,
    contact: Value,
    subject: Option<String>,
}

pub(crate) fn read(text: &str, into: &mut Collector<'_>) {
    let mut document = Document::new(text);
    for root in document.roots() {
        node(&mut document, root, "", &Around::default(), DEEPEST, into);
        if !root.whole && (document.begins(root, b'{') || document.begins(root, b'[')) {
            let place = document.place(root.end, "");
            into.problem(
                place,
                "the file breaks off here, or brackets do not fit; what stands before was read",
            );
        }
    }
}

/// Finds the messages in a value and reads them.
fn node(
    document: &mut Document<'_>,
    span: Span,
    path: &str,
    around: &Around,
    depth: u32,
    into: &mut Collector<'_>,
) {
    let Some(depth) = depth.checked_sub(1) else {
        let place = document.place(span.start, path);
        return into.problem(place, "this is nested deeper than answers are; it was left out");
    };
    if document.begins(span, b'[') {
        let items: Vec<Span> = document.items(span).collect();
        for (number, item) in items.into_iter().enumerate() {
            node(document, item, &format!("{path}[{number}]"), around, depth, into);
        }
        return;
    }
    if document.field(span, "message_type").is_some() {
        return message(document, span, path, around, into);
    }
    let around = around_of(document, span, around);
    let name = |part: &str| if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") };
    for part in ["data", "payload", "messages"] {
        if let Some(inner) = document.field(span, part) {
            return node(document, inner, &name(part), &around, depth, into);
        }
    }
    // Events about other things have no message and are no problem.
    if document.field(span, "event").is_none() {
        let place = document.place(span.start, path);
        into.problem(
            place,
            "this is neither a message nor holds any (`payload`, `messages`, `message_type`)",
        );
    }
}

/// What an answer or a conversation says about the messages in it.
fn around_of(document: &Document<'_>, span: Span, outer: &Around) -> Around {
    let part = |name: &str| document.field(span, name).map(|field| document.quiet(field)).unwrap_or_default();
    let meta = part("meta");
    let mut around = outer.clone();
    if document.field(span, "messages").is_some() {
        let conversation = Value::Object([("id".to_owned(), part("id"))].into_iter().collect());
        around.conversation = json::id(&conversation, "id").or(around.conversation);
        if let Some(channel) = part("channel").as_str() {
            around.channel = Some(channel.to_owned());
        }
    }
    fill(&mut around, &meta, &part("additional_attributes"));
    around
}

/// Takes the contact, the channel and the subject out of `meta` and `additional_attributes`.
fn fill(around: &mut Around, meta: &Value, attributes: &Value) {
    if let Some(contact) = meta.get("contact").or_else(|| meta.get("sender")).filter(|one| one.is_object()) {
        around.contact = contact.clone();
    }
    if let Some(channel) = json::filled(meta, "channel") {
        around.channel = Some(channel.to_owned());
    }
    let inner = meta.get("additional_attributes").unwrap_or(&Value::Null);
    let subject = json::filled(attributes, "mail_subject").or_else(|| json::filled(inner, "mail_subject"));
    if let Some(subject) = subject {
        around.subject = Some(subject.to_owned());
    }
}

/// The kinds of message, by number and by name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Incoming,
    Outgoing,
    Activity,
    Template,
}

fn kind_of(item: &Value) -> Option<Kind> {
    let kind = item.get("message_type")?;
    Some(match (kind.as_u64(), kind.as_str()) {
        (Some(0), _) | (_, Some("incoming")) => Kind::Incoming,
        (Some(1), _) | (_, Some("outgoing")) => Kind::Outgoing,
        (Some(2), _) | (_, Some("activity")) => Kind::Activity,
        (Some(3), _) | (_, Some("template")) => Kind::Template,
        _ => return None,
    })
}

fn message(document: &mut Document<'_>, span: Span, path: &str, around: &Around, into: &mut Collector<'_>) {
    let Some(item) = document.read(span, path, into) else { return };
    let place = document.place(span.start, path);
    let Some(id) = json::id(&item, "id") else {
        return into.problem(place, "this message has no `id`; it was left out");
    };
    let Some(kind) = kind_of(&item) else {
        return into.problem(
            place,
            "`message_type` is none of 0 to 3, incoming, outgoing, activity, template; the message was left out",
        );
    };
    let id = format!("chatwoot:{id}");
    if json::text(&item, "event") == "message_updated"
        && let Some(known) = into.get_mut(&id)
    {
        known.text = text_of(&item);
        known.headers.insert("edited".to_owned(), "true".to_owned());
        return;
    }
    let around = around_message(&item, around);
    let channel = channel_of(around.channel.as_deref().unwrap_or_default());
    let contact = person(&around.contact, channel, "contact");
    let sender = item.get("sender").filter(|sender| sender.is_object()).cloned().unwrap_or_default();
    let author = match kind {
        Kind::Activity => Participant::default(),
        Kind::Incoming => person(&sender, channel, "contact").or(contact.clone()).unwrap_or_default(),
        Kind::Outgoing | Kind::Template => person(&sender, "email", "user").unwrap_or_default(),
    };
    let mut message = into.message(id, channel, author);
    message.sent = json::time(&item, "created_at");
    if message.sent.is_none() {
        into.problem(place.clone(), "`created_at` cannot be read; the message was kept without a time");
    }
    message.text = text_of(&item);
    message.system = kind == Kind::Activity;
    message.auto = kind == Kind::Template || json::text(&sender, "type").ends_with("bot");
    message.visibility = if json::flag(&item, "private") { Visibility::Internal } else { message.visibility };
    message.direction = match kind {
        Kind::Incoming => Direction::Inbound,
        Kind::Outgoing | Kind::Template => Direction::Outbound,
        Kind::Activity => Direction::Unknown,
    };
    if matches!(kind, Kind::Outgoing | Kind::Template) && message.visibility != Visibility::Internal {
        message.to.extend(contact);
    }
    link(&mut message, &item, &around);
    into.push(|| place, message);
}

/// The surroundings, with what the message itself says about its conversation.
fn around_message(item: &Value, outer: &Around) -> Around {
    let mut around = outer.clone();
    let own = item.get("conversation").unwrap_or(&Value::Null);
    let id = json::id(item, "conversation_id").or_else(|| json::id(own, "display_id"));
    around.conversation = id.or_else(|| json::id(own, "id")).or(around.conversation);
    if let Some(channel) = json::filled(own, "channel") {
        around.channel = Some(channel.to_owned());
    }
    if let Some(contact) = item.get("contact").filter(|one| one.is_object()) {
        around.contact = contact.clone();
    }
    let null = Value::Null;
    fill(&mut around, own.get("meta").unwrap_or(&null), own.get("additional_attributes").unwrap_or(&null));
    around
}

/// Reply ids, the subject and what else ties a message to others.
fn link(message: &mut Message, item: &Value, around: &Around) {
    let null = Value::Null;
    let attributes = item.get("content_attributes").unwrap_or(&null);
    let mail = attributes.get("email").unwrap_or(&null);
    message.platform_id = json::filled(item, "source_id").map(|id| bare(id).to_owned());
    if let Some(id) = json::id(attributes, "in_reply_to") {
        message.in_reply_to.push(format!("chatwoot:{id}"));
    }
    let outside = [(attributes, "in_reply_to_external_id"), (mail, "in_reply_to")];
    for id in outside.into_iter().filter_map(|(value, name)| json::id(value, name)) {
        let id = bare(&id).to_owned();
        if !message.in_reply_to.contains(&id) {
            message.in_reply_to.push(id);
        }
    }
    message.subject = json::filled(mail, "subject").map(str::to_owned).or_else(|| around.subject.clone());
    let mut header = |name: &str, value: String| message.headers.insert(name.to_owned(), value);
    if let Some(id) = &around.conversation {
        header("conversation-id", format!("chatwoot:{id}"));
    }
    if json::flag(attributes, "deleted") {
        header("deleted", "true".to_owned());
    }
    let files = json::list(item, "attachments").iter();
    let files =
        files.map(|file| json::filled(file, "file_type").unwrap_or("file")).collect::<Vec<_>>().join(", ");
    if !files.is_empty() {
        header("attachment", files);
    }
}

fn bare(id: &str) -> &str {
    id.trim().trim_start_matches('<').trim_end_matches('>')
}

fn text_of(item: &Value) -> String {
    let text = json::text(item, "content");
    let mail = item.get("content_attributes").and_then(|attributes| attributes.get("email"));
    if text.trim().is_empty() {
        let html = mail.and_then(|mail| mail.get("html_content")).map(|html| json::text(html, "full"));
        return html.map(html::to_text).unwrap_or_default().trim_end().to_owned();
    }
    text.replace("\r\n", "\n").trim_end().to_owned()
}

/// Somebody, by the identifier that counts on the channel.
fn person(one: &Value, channel: &str, kind: &str) -> Option<Participant> {
    let order = match channel {
        "whatsapp" | "sms" | "phone" => ["phone_number", "email", "identifier"],
        "email" | "web_chat" => ["email", "phone_number", "identifier"],
        _ => ["identifier", "email", "phone_number"],
    };
    let handle = order.into_iter().find_map(|name| json::filled(one, name)).map(str::to_owned);
    let handle = handle.or_else(|| json::id(one, "id").map(|id| format!("chatwoot-{kind}:{id}")))?;
    let name = json::filled(one, "available_name").or_else(|| json::filled(one, "name")).map(str::to_owned);
    Some(Participant { handle, name, entity: None })
}

/// The channel of an inbox's type.
fn channel_of(kind: &str) -> &'static str {
    match kind.trim_start_matches("Channel::") {
        "Email" => "email",
        "WebWidget" => "web_chat",
        "Whatsapp" => "whatsapp",
        "Sms" | "TwilioSms" => "sms",
        "FacebookPage" => "messenger",
        "Instagram" => "instagram_dm",
        "Telegram" => "telegram",
        "Line" => "line",
        "TwitterProfile" => "x_dm",
        "Voice" => "phone",
        _ => "chat",
    }
}

/// Whether the names in a document are those of Chatwoot.
pub(crate) fn looks_like(outer: &[&str], all: &[&str]) -> bool {
    let near = ["payload", "event", "conversation_id", "inbox_id", "content_attributes", "messages"];
    all.contains(&"message_type") && near.iter().any(|name| outer.contains(name) || all.contains(name))
}
