//! An X (Twitter) archive to messages: posts and direct messages.
//!
//! Each file is a list behind an assignment, `window.YTD.tweets.part0 = [...]`. An archive holds what one
//! account wrote; whose it is stands in `account.js` ([`learn`](crate::learn)), else the first of `us` is taken.
//! Posts go out; direct messages have numbers of accounts instead of names. Short links are written out.
//!
//! Source: the README.txt within every archive, which lists its files and fields. Cost: linear.

use jiff::fmt::strtime;
use reknit::model::{Direction, Message, Participant, Timestamp};
use serde_json::Value;

use crate::collect::Collector;
use crate::decode;
use crate::json::{self, Document, Span};
use crate::options::Options;
use crate::problem::Place;

/// The name under which the account of an archive stands among the people.
const ACCOUNT: &str = "x:account";

pub(crate) fn learn_account(bytes: &[u8], options: &mut Options) -> bool {
    let text = decode::mixed(decode::without_mark(bytes));
    let document = Document::new(after_assignment(&text));
    for root in document.roots() {
        for item in document.items(root).map(|span| document.quiet(span)) {
            let account = item.get("account").unwrap_or(&item);
            let Some(handle) = json::filled(account, "username") else { continue };
            let name = json::filled(account, "accountDisplayName").map(str::to_owned);
            let person = Participant { handle: handle.to_owned(), name, entity: None };
            if let Some(id) = json::id(account, "accountId") {
                options.people.insert(id, person.clone());
            }
            options.people.insert(ACCOUNT.to_owned(), person);
        }
    }
    true
}

/// The text after `window.YTD.... =`.
fn after_assignment(text: &str) -> &str {
    let start = text.find(['[', '{']).unwrap_or(0);
    text[..start].rfind('=').map_or(text, |_| &text[start..])
}

/// The lists of a file, and what `take` makes of each item; `key` is what an item may be wrapped in.
fn each(text: &str, into: &mut Collector<'_>, take: fn(&mut Document<'_>, Span, &str, &mut Collector<'_>)) {
    // The lines of the assignment count, too.
    let start = text.len() - after_assignment(text).len();
    let blank: String = text[..start].chars().filter(|&sign| sign == '\n').collect();
    let whole = if blank.is_empty() { None } else { Some(blank + &text[start..]) };
    let mut document = Document::new(whole.as_deref().unwrap_or(&text[start..]));
    let Some(&root) = document.roots().first() else {
        return into.problem(Place::line(1), "there is no list behind `window.YTD.... =`");
    };
    if !document.begins(root, b'[') {
        let place = document.place(root.start, "");
        return into.problem(place, "a file of an X archive is `window.YTD.... = [...]`");
    }
    let items: Vec<Span> = document.items(root).collect();
    for (number, span) in items.into_iter().enumerate() {
        take(&mut document, span, &format!("[{number}]"), into);
    }
    if !root.whole {
        let place = document.place(root.end, "");
        into.problem(place, "the file breaks off here, or brackets do not fit; what stands before was read");
    }
}

pub(crate) fn read_tweets(text: &str, into: &mut Collector<'_>) {
    each(text, into, |document, span, path, into| {
        let Some(item) = document.read(span, path, into) else { return };
        let place = document.place(span.start, path);
        tweet(item.get("tweet").unwrap_or(&item), place, into);
    });
    if account(into.options).handle.is_empty() && into.has_messages() {
        into.problem(
            Place::default(),
            "an archive's posts do not name their author; read `account.js` beside them, or give `us`",
        );
    }
}

/// Whose archive it is; nobody where it is not known.
fn account(options: &Options) -> Participant {
    let named = || options.us.iter().find(|one| !one.contains('.')).or(options.us.first());
    let handle = || named().map(|us| us.trim_start_matches('@').to_owned()).unwrap_or_default();
    let known = options.people.get(ACCOUNT).cloned();
    known.unwrap_or_else(|| Participant { handle: handle(), ..Participant::default() })
}

fn tweet(tweet: &Value, place: Place, into: &mut Collector<'_>) {
    let Some(id) = json::id(tweet, "id_str").or_else(|| json::id(tweet, "id")) else {
        return into.problem(place, "this post has no `id_str`; it was left out");
    };
    let mut message = into.message(format!("x:{id}"), "x", account(into.options));
    message.platform_id = Some(id);
    message.direction = Direction::Outbound;
    message.sent = json::time(tweet, "created_at").or_else(|| tweet_time(json::text(tweet, "created_at")));
    if message.sent.is_none() {
        into.problem(place.clone(), "`created_at` cannot be read; the post was kept without a time");
    }
    let written = json::filled(tweet, "full_text").unwrap_or_else(|| json::text(tweet, "text"));
    let entities = tweet.get("entities").unwrap_or(&Value::Null);
    message.text = unescaped(&with_links(written, json::list(entities, "urls"), "expanded_url"));
    message.in_reply_to.extend(json::id(tweet, "in_reply_to_status_id_str"));
    message.to = addressed(tweet, entities);
    let conversation = json::id(tweet, "conversation_id_str").or_else(|| json::id(tweet, "conversation_id"));
    if let Some(root) = conversation {
        // The root of a conversation is the post whose id it has.
        if Some(&root) != message.platform_id.as_ref() {
            message.references.push(root.clone());
        }
        message.headers.insert("conversation-id".to_owned(), root);
    }
    into.push(|| place, message);
}

/// The one who is answered, then those who are named.
fn addressed(tweet: &Value, entities: &Value) -> Vec<Participant> {
    let mut people: Vec<Participant> = Vec::new();
    let answered = json::filled(tweet, "in_reply_to_screen_name");
    people.extend(answered.map(|handle| Participant { handle: handle.to_owned(), ..Participant::default() }));
    for named in json::list(entities, "user_mentions") {
        let Some(handle) = json::filled(named, "screen_name") else { continue };
        let name = json::filled(named, "name").map(str::to_owned);
        match people.iter_mut().find(|known| known.handle.eq_ignore_ascii_case(handle)) {
            Some(known) => known.name = known.name.take().or(name),
            None => people.push(Participant { handle: handle.to_owned(), name, entity: None }),
        }
    }
    people
}

/// `Wed Feb 14 10:12:13 +0000 2024`.
fn tweet_time(text: &str) -> Option<Timestamp> {
    let moment = strtime::parse("%a %b %d %H:%M:%S %z %Y", text.trim()).ok()?.to_timestamp().ok()?;
    Some(Timestamp(moment.as_millisecond()))
}

/// The text with its short links written out, in one pass: what a link became is not looked at again.
fn with_links(text: &str, links: &[Value], long: &str) -> String {
    /// More links than a post can hold, and longer than browsers take: both keep the work linear.
    const MOST: usize = 100;
    const LONGEST: usize = 2048;
    const BEGIN: &str = "http";
    let links: Vec<(&str, &str)> = links
        .iter()
        .take(MOST)
        .filter_map(|link| Some((json::filled(link, "url")?, json::filled(link, long)?)))
        .filter(|(short, long)| short.starts_with(BEGIN) && short.len() > 8 && long.len() <= LONGEST)
        .collect();
    let (mut whole, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find(BEGIN) {
        whole.push_str(&rest[..at]);
        rest = &rest[at..];
        let found = links.iter().find(|(short, _)| rest.starts_with(short));
        let (taken, written) = found.map_or((BEGIN.len(), BEGIN), |(short, long)| (short.len(), *long));
        whole.push_str(written);
        rest = &rest[taken..];
    }
    whole + rest
}

fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

pub(crate) fn read_direct_messages(text: &str, into: &mut Collector<'_>) {
    each(text, into, |document, span, path, into| {
        let inner = document.field(span, "dmConversation");
        let (conversation, path) = match inner {
            Some(inner) => (inner, format!("{path}.dmConversation")),
            None => (span, path.to_owned()),
        };
        let id = document.field(conversation, "conversationId").map(|id| document.quiet(id));
        let id = id.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        let Some(list) = document.field(conversation, "messages") else {
            let place = document.place(span.start, path);
            return into.problem(place, "this conversation has no `messages`; it was left out");
        };
        let items: Vec<Span> = document.items(list).collect();
        for (number, item) in items.into_iter().enumerate() {
            let path = format!("{path}.messages[{number}]");
            let Some(event) = document.read(item, &path, into) else { continue };
            let place = document.place(item.start, path);
            direct(&event, &id, place, into);
        }
    });
}

/// One event of a conversation: a message, or who came, went and named it.
fn direct(event: &Value, conversation: &str, place: Place, into: &mut Collector<'_>) {
    let wrapped = event.as_object().and_then(|object| object.iter().find(|(_, inner)| inner.is_object()));
    let Some((kind, item)) = wrapped else {
        return into.problem(place, "this is no event of a conversation; it was left out");
    };
    let spoken = kind == "messageCreate" || kind == "welcomeMessageCreate";
    if kind == "reactionCreate" {
        return;
    }
    let Some(sent) = json::time(item, "createdAt") else {
        return into.problem(place, "`createdAt` cannot be read; the event was left out");
    };
    let text = with_links(json::text(item, "text"), json::list(item, "urls"), "expanded");
    let id = match json::id(item, "id") {
        Some(id) => format!("x_dm:{id}"),
        None => into.content_id("x_dm", &[conversation, kind, &sent.0.to_string(), &text]),
    };
    let person = |id: String, into: &Collector<'_>| {
        into.options.people.get(&id).cloned().unwrap_or(Participant { handle: id, ..Participant::default() })
    };
    let sender = json::id(item, "senderId").or_else(|| json::id(item, "initiatingUserId"));
    let author = sender.filter(|_| spoken).map(|id| person(id, into)).unwrap_or_default();
    let ours = into.options.people.get(ACCOUNT).map(|account| account.handle == author.handle);
    let mut message: Message = into.message(id, "x_dm", author);
    message.platform_id = json::id(item, "id");
    message.sent = Some(sent);
    message.text = unescaped(&text);
    message.system = !spoken;
    if let (true, Some(ours)) = (spoken, ours) {
        message.direction = if ours { Direction::Outbound } else { Direction::Inbound };
    }
    match json::id(item, "recipientId").filter(|id| id != "0") {
        Some(id) => message.to.push(person(id, into)),
        None => message.room = Some(conversation.to_owned()).filter(|room| !room.is_empty()),
    }
    if !conversation.is_empty() {
        message.headers.insert("conversation-id".to_owned(), conversation.to_owned());
    }
    let media = json::list(item, "mediaUrls").iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
    if !media.is_empty() {
        message.headers.insert("attachment".to_owned(), media);
    }
    into.push(|| place, message);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_posts_are_read() {
        assert_eq!(tweet_time("Wed Feb 14 10:12:13 +0000 2024"), Some(Timestamp(1_707_905_533_000)));
        assert_eq!(tweet_time("yesterday"), None);
    }
}
