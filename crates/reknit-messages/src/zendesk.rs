//! Zendesk's tickets and comments, as its interface gives them and its exports hold them.
//!
//! Read are the answer of `/tickets/ID/comments` (`comments`, with `users` beside it), `{"ticket", "comments",
//! "users"}`, lists of `tickets`, `audits`, and the ticket export with one ticket a line. Where the comments are
//! there the description, which repeats the first, is left out. The comments' own answer does not name the
//! ticket: then the number is taken from its addresses or the file's name. Comments that are not public are
//! internal. The platform itself holds a ticket for one thread, so each comment names the first in its references.
//!
//! Source: Zendesk's reference of tickets, ticket comments and ticket audits. Cost: linear.

use std::collections::BTreeMap;

use reknit::model::{Direction, Participant, Visibility};
use serde_json::{Map, Value};

use crate::collect::Collector;
use crate::html;
use crate::json::{self, Document, Span};
use crate::problem::Place;

/// Lists that are walked item by item and not read with the rest of their object.
const LISTS: &[&str] = &["comments", "tickets", "audits", "users", "ticket"];

/// Users by number.
type Users = BTreeMap<String, Value>;

pub(crate) fn read(text: &str, into: &mut Collector<'_>) {
    let mut document = Document::new(text);
    for root in document.roots() {
        if document.begins(root, b'[') {
            let items: Vec<Span> = document.items(root).collect();
            for (number, span) in items.into_iter().enumerate() {
                answer(&mut document, span, &format!("[{number}]"), into);
            }
        } else {
            answer(&mut document, root, "", into);
        }
        if !root.whole && (document.begins(root, b'{') || document.begins(root, b'[')) {
            let place = document.place(root.end, "");
            into.problem(
                place,
                "the file breaks off here, or brackets do not fit; what stands before was read",
            );
        }
    }
}

fn answer(document: &mut Document<'_>, span: Span, path: &str, into: &mut Collector<'_>) {
    let users = users(document, span);
    let name = |part: &str| if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") };
    if let Some(tickets) = document.field(span, "tickets") {
        let items: Vec<Span> = document.items(tickets).collect();
        for (number, item) in items.into_iter().enumerate() {
            let path = format!("{}[{number}]", name("tickets"));
            let about = about(document, item);
            ticket(document, item, &about, &path, &users, into);
        }
        return;
    }
    let about_ticket = document.field(span, "ticket").map(|inner| about(document, inner));
    let about = about_ticket.unwrap_or_else(|| about(document, span));
    ticket(document, span, &about, path, &users, into);
}

/// The users beside the comments.
fn users(document: &Document<'_>, span: Span) -> Users {
    let list = document.field(span, "users").into_iter().flat_map(|users| document.items(users));
    list.map(|user| document.quiet(user)).filter_map(|user| Some((json::id(&user, "id")?, user))).collect()
}

/// An object without its lists of messages.
fn about(document: &Document<'_>, span: Span) -> Value {
    let fields = document.fields(span).filter(|(name, _)| !LISTS.contains(name));
    let fields = fields.map(|(name, field)| (name.to_owned(), document.quiet(field)));
    Value::Object(fields.collect::<Map<String, Value>>())
}

/// A ticket as its comments need it.
struct Ticket<'v> {
    number: String,
    about: &'v Value,
    requester: Option<String>,
    /// Users beside the tickets.
    users: &'v Users,
    /// Users that the ticket itself describes.
    own: Users,
    /// The id of the first message.
    root: Option<String>,
}

impl Ticket<'_> {
    /// Takes down a user that is described in place; the fullest description stays.
    fn know(&mut self, one: Option<&Value>) {
        let Some((one, id)) = one.and_then(|one| Some((one, json::id(one, "id")?))) else { return };
        let fields = |user: &Value| user.as_object().map_or(0, Map::len);
        if self.own.get(&id).is_none_or(|known| fields(known) < fields(one)) {
            self.own.insert(id, one.clone());
        }
    }

    fn user(&self, id: Option<&str>) -> Option<&Value> {
        let id = id?;
        self.users.get(id).or_else(|| self.own.get(id))
    }
}

fn ticket(
    document: &mut Document<'_>,
    span: Span,
    about: &Value,
    path: &str,
    users: &Users,
    into: &mut Collector<'_>,
) {
    let requester = json::id(about, "requester_id").or_else(|| json::id(about.get("requester")?, "id"));
    let number = json::id(about, "id").or_else(|| number_in(about, into)).unwrap_or_default();
    let mut ticket = Ticket { number, about, requester, users, own: Users::new(), root: None };
    for role in ["requester", "submitter", "assignee"] {
        ticket.know(about.get(role));
    }
    let name = |part: &str| if path.is_empty() { part.to_owned() } else { format!("{path}.{part}") };
    let (mut count, mut known) = (0, false);
    for part in ["comments", "audits"] {
        let Some(list) = document.field(span, part).filter(|list| document.begins(*list, b'[')) else {
            continue;
        };
        known = true;
        let items: Vec<Span> = document.items(list).collect();
        count += items.len();
        for (number, item) in items.into_iter().enumerate() {
            let path = format!("{}[{number}]", name(part));
            let Some(item) = document.read(item, &path, into).map(|value| (value, item)) else { continue };
            let place = document.place(item.1.start, path);
            if part == "audits" {
                audit(&item.0, &mut ticket, &place, into);
            } else {
                comment(&item.0, &item.0, &mut ticket, place, into);
            }
        }
    }
    let described = json::filled(about, "description").is_some();
    if count == 0 && described && span.whole {
        let place = document.place(span.start, path);
        description(&mut ticket, place, into);
    } else if !known && !described {
        let place = document.place(span.start, path);
        into.problem(place, "this is no ticket: there are neither `comments` nor a `description`");
    }
}

/// The ticket's number in the address of a next page, or in the file's name.
fn number_in(about: &Value, into: &Collector<'_>) -> Option<String> {
    let digits = |text: &str| -> String { text.chars().take_while(char::is_ascii_digit).collect() };
    let address =
        ["url", "next_page", "previous_page"].into_iter().find_map(|name| json::filled(about, name));
    let in_address =
        address.and_then(|address| address.split_once("/tickets/")).map(|(_, rest)| digits(rest));
    let (name, _) = into.options.name_and_folder();
    let in_name = || digits(&name[name.find(|sign: char| sign.is_ascii_digit()).unwrap_or(name.len())..]);
    in_address.filter(|found| !found.is_empty()).or_else(|| Some(in_name())).filter(|found| !found.is_empty())
}

/// The comments among the events of an audit, whose author and time they have.
fn audit(audit: &Value, ticket: &mut Ticket<'_>, place: &Place, into: &mut Collector<'_>) {
    if let Some(number) = json::id(audit, "ticket_id").filter(|number| *number != ticket.number) {
        (ticket.number, ticket.root) = (number, None);
    }
    let spoken = |event: &&Value| json::text(event, "type") == "Comment";
    for event in json::list(audit, "events").iter().filter(spoken) {
        comment(event, audit, ticket, place.clone(), into);
    }
}

/// A comment; `outer` has what the comment itself does not say.
fn comment(item: &Value, outer: &Value, ticket: &mut Ticket<'_>, place: Place, into: &mut Collector<'_>) {
    let Some(id) = json::id(item, "id") else {
        return into.problem(place, "this comment has no `id`; it was left out");
    };
    let public = item.get("public").and_then(Value::as_bool).unwrap_or(true);
    push(&format!("zendesk:{id}"), item, outer, public, ticket, place, into);
}

/// The first message of a ticket whose comments are not there.
fn description(ticket: &mut Ticket<'_>, place: Place, into: &mut Collector<'_>) {
    if ticket.number.is_empty() {
        return into.problem(place, "this ticket has no `id`; it was left out");
    }
    let (id, about) = (format!("zendesk:ticket:{}", ticket.number), ticket.about);
    let public = about.get("is_public").and_then(Value::as_bool).unwrap_or(true);
    push(&id, about, about, public, ticket, place, into);
}

fn push(
    id: &str,
    item: &Value,
    outer: &Value,
    public: bool,
    ticket: &mut Ticket<'_>,
    place: Place,
    into: &mut Collector<'_>,
) {
    let author_id = ["author_id", "submitter_id", "requester_id"].into_iter();
    let author_id =
        author_id.clone().find_map(|name| json::id(item, name)).or_else(|| json::id(outer, "author_id"));
    let inline = item.get("author").or_else(|| item.get("submitter")).filter(|one| one.is_object());
    let author_id = inline.and_then(|one| json::id(one, "id")).or(author_id);
    ticket.know(inline);
    let author = person(ticket, author_id.as_deref());
    let channel =
        channel_of(via(item).or_else(|| via(outer)).or_else(|| via(ticket.about)).unwrap_or_default());
    let requester = person(ticket, ticket.requester.as_deref());
    let role = ticket.user(author_id.as_deref());
    let mut message = into.message(id.to_owned(), channel, author);
    message.direction = match role.map(|user| json::text(user, "role")).unwrap_or_default() {
        "end-user" => Direction::Inbound,
        "agent" | "admin" => Direction::Outbound,
        _ if author_id.is_some() && author_id == ticket.requester => Direction::Inbound,
        _ => Direction::Unknown,
    };
    message.sent = json::time(item, "created_at").or_else(|| json::time(outer, "created_at"));
    if message.sent.is_none() {
        into.problem(place.clone(), "`created_at` cannot be read; the comment was kept without a time");
    }
    message.text = text_of(item);
    message.subject = json::filled(ticket.about, "raw_subject")
        .or_else(|| json::filled(ticket.about, "subject"))
        .map(str::to_owned);
    if !public {
        message.visibility = Visibility::Internal;
    } else if message.direction == Direction::Inbound {
        message.to.extend(
            addressed(item).or_else(|| json::filled(ticket.about, "recipient").map(Participant::from_text)),
        );
    } else if !requester.handle.is_empty() && requester != message.author {
        message.to.push(requester);
    }
    message.references.extend(ticket.root.clone());
    ticket.root.get_or_insert_with(|| id.to_owned());
    if !ticket.number.is_empty() {
        message.headers.insert("conversation-id".to_owned(), format!("zendesk:{}", ticket.number));
    }
    let files =
        json::list(item, "attachments").iter().map(|file| json::filled(file, "file_name").unwrap_or("file"));
    let files = files.collect::<Vec<_>>().join(", ");
    if !files.is_empty() {
        message.headers.insert("attachment".to_owned(), files);
    }
    into.push(|| place, message);
}

fn via(item: &Value) -> Option<&str> {
    json::filled(item.get("via")?, "channel")
}

/// The address a mail went to.
fn addressed(item: &Value) -> Option<Participant> {
    let to = item.get("via")?.get("source")?.get("to")?;
    let handle = json::filled(to, "address").or_else(|| json::filled(to, "phone"))?.to_owned();
    Some(Participant { handle, name: json::filled(to, "name").map(str::to_owned), entity: None })
}

/// A user by number.
fn person(ticket: &Ticket<'_>, id: Option<&str>) -> Participant {
    let user = ticket.user(id);
    let known = |name: &str| user.and_then(|user| json::filled(user, name)).map(str::to_owned);
    let handle =
        known("email").or_else(|| known("phone")).or_else(|| id.map(|id| format!("zendesk-user:{id}")));
    Participant { handle: handle.unwrap_or_default(), name: known("name"), entity: None }
}

fn text_of(item: &Value) -> String {
    let plain = ["plain_body", "body", "description"].into_iter().find_map(|name| json::filled(item, name));
    let html = || json::filled(item, "html_body").map(html::to_text).unwrap_or_default();
    let text = plain.map_or_else(html, str::to_owned);
    text.replace("\r\n", "\n").trim_end().to_owned()
}

/// The channel of Zendesk's name for it.
fn channel_of(via: &str) -> &'static str {
    match via {
        "email" | "mail" => "email",
        "chat" | "messaging" | "native_messaging" | "chat_transcript" => "web_chat",
        "voice" | "phone" | "phone_call_inbound" | "phone_call_outbound" | "voicemail" => "phone",
        "sms" => "sms",
        "whatsapp" => "whatsapp",
        "twitter" | "x_corp_post" => "x",
        "twitter_dm" | "x_corp_dm" => "x_dm",
        "facebook" => "facebook",
        "facebook_messenger" => "messenger",
        "instagram_dm" => "instagram_dm",
        "telegram" => "telegram",
        "line" => "line",
        "mobile_sdk" | "mobile" => "app",
        _ => "ticket",
    }
}

/// Whether the names in a document are those of Zendesk.
pub(crate) fn looks_like(outer: &[&str], all: &[&str]) -> bool {
    let has = |name: &str| all.contains(&name);
    let list = ["comments", "tickets", "ticket", "audits"].iter().any(|name| outer.contains(name));
    let listed = list && (has("author_id") || has("requester_id") || has("requester") || has("via"));
    let bare = outer.contains(&"via") && (outer.contains(&"requester") || outer.contains(&"requester_id"));
    listed || bare
}
