//! A Slack export: folders of channels with a file a day, to messages.
//!
//! A day file is a list of messages; `users.json` and the lists of channels stand beside the folders
//! ([`learn`](crate::learn)). Within a channel a message's `ts` is its id, and `thread_ts` is that of the root
//! its thread hangs on. Marks of Slack's text become words: `<@U1>` the handle of the user, `<https://x.io|x>`
//! the label and the address. Subtypes that tell of the channel are system lines; messages of bots and
//! integrations are `auto`.
//!
//! Source: Slack's help "How to read Slack data exports" and its reference of message events. Cost: linear.

use reknit::model::{Message, Participant};
use serde_json::Value;

use crate::collect::Collector;
use crate::decode;
use crate::json::{self, Document, Span};
use crate::options::Options;
use crate::problem::Place;

/// Subtypes in which somebody speaks; all others tell of the channel.
const SPOKEN: &[&str] = &[
    "",
    "bot_message",
    "me_message",
    "thread_broadcast",
    "file_share",
    "file_comment",
    "file_mention",
    "reply_broadcast",
];

pub(crate) fn learn_users(bytes: &[u8], options: &mut Options) -> bool {
    let text = decode::mixed(decode::without_mark(bytes));
    let document = Document::new(&text);
    for root in document.roots() {
        for user in document.items(root).map(|span| document.quiet(span)) {
            if let Some((id, person)) = user_of(&user) {
                options.people.insert(id, person);
            }
        }
    }
    true
}

/// A user of `users.json`: the handle is the name that mentions use, the name is the one shown.
fn user_of(user: &Value) -> Option<(String, Participant)> {
    let id = json::id(user, "id")?;
    let profile = user.get("profile").unwrap_or(&Value::Null);
    let name = [(profile, "real_name"), (user, "real_name"), (profile, "display_name")];
    let name = name.into_iter().find_map(|(value, key)| json::filled(value, key)).map(str::to_owned);
    let handle = json::filled(user, "name").map_or_else(|| id.clone(), str::to_owned);
    Some((id, Participant { handle, name, entity: None }))
}

pub(crate) fn learn_rooms(bytes: &[u8], options: &mut Options) -> bool {
    let text = decode::mixed(decode::without_mark(bytes));
    let document = Document::new(&text);
    for root in document.roots() {
        for room in document.items(root).map(|span| document.quiet(span)) {
            let members = json::list(&room, "members").iter().filter_map(Value::as_str).map(str::to_owned);
            let members: Vec<String> = members.collect();
            let id = json::id(&room, "id");
            match json::filled(&room, "name") {
                // The folder of a direct conversation is called by its id.
                None => _ = id.map(|id| options.rooms.insert(id, members)),
                Some(name) => {
                    let named = Participant { handle: name.to_owned(), ..Participant::default() };
                    _ = id.map(|id| options.people.insert(id, named));
                }
            }
        }
    }
    true
}

pub(crate) fn read(text: &str, into: &mut Collector<'_>) {
    let mut document = Document::new(text);
    let (name, folder) = into.options.name_and_folder();
    let stem = name.strip_suffix(".json").unwrap_or(name);
    let room = if folder.is_empty() { stem } else { folder };
    let room = if room.is_empty() { "slack" } else { room }.to_owned();
    for root in document.roots() {
        if !document.begins(root, b'[') {
            let place = document.place(root.start, "");
            into.problem(place, "a day file of a Slack export is a list of messages `[...]`");
            continue;
        }
        let items: Vec<Span> = document.items(root).collect();
        for (number, span) in items.into_iter().enumerate() {
            let path = format!("[{number}]");
            let Some(item) = document.read(span, &path, into) else { continue };
            let place = document.place(span.start, path);
            take(&item, &room, place, into);
        }
        if !root.whole {
            let place = document.place(root.end, "");
            into.problem(
                place,
                "the file breaks off here, or brackets do not fit; what stands before was read",
            );
        }
    }
}

fn take(item: &Value, room: &str, place: Place, into: &mut Collector<'_>) {
    let (id, subtype) = (|ts: &str| format!("slack:{room}:{ts}"), json::text(item, "subtype"));
    match subtype {
        // What happened to an earlier message.
        "message_changed" => {
            let Some(changed) = item.get("message") else { return };
            let Some(ts) = json::id(changed, "ts") else { return };
            let text = plain(json::text(changed, "text"), into.options);
            if let Some(message) = into.get_mut(&id(&ts)) {
                message.text = text;
                message.headers.insert("edited".to_owned(), "true".to_owned());
                return;
            }
            return take(changed, room, place, into);
        }
        "message_deleted" => {
            let Some(ts) = json::id(item, "deleted_ts") else { return };
            if let Some(message) = into.get_mut(&id(&ts)) {
                message.headers.insert("deleted".to_owned(), "true".to_owned());
            }
            return;
        }
        "message_replied" => return,
        _ => {}
    }
    let Some(ts) = json::id(item, "ts") else {
        return into.problem(place, "this message has no `ts`; it was left out");
    };
    let Some(sent) = json::time(item, "ts") else {
        return into.problem(place, "`ts` is no number of seconds; the message was left out");
    };
    let system = !SPOKEN.contains(&subtype);
    let bot = subtype == "bot_message" || json::filled(item, "bot_id").is_some();
    let author = author(item, into.options);
    let mut message = into.message(id(&ts), "slack", author);
    message.sent = Some(sent);
    message.text = text_of(item, into.options);
    message.system = system;
    message.auto = bot;
    place_in(&mut message, item, room, into.options);
    if let Some(root) = json::id(item, "thread_ts").filter(|root| *root != ts) {
        message.in_reply_to.push(id(&root));
    }
    note(&mut message, item);
    into.push(|| place, message);
}

fn author(item: &Value, options: &Options) -> Participant {
    let profile = item.get("user_profile").unwrap_or(&Value::Null);
    if let Some(id) = json::filled(item, "user") {
        if let Some(known) = options.people.get(id) {
            return known.clone();
        }
        let name = json::filled(profile, "real_name").or_else(|| json::filled(profile, "display_name"));
        let handle = json::filled(profile, "name").unwrap_or(id);
        return Participant { handle: handle.to_owned(), name: name.map(str::to_owned), entity: None };
    }
    let bot = item.get("bot_profile").unwrap_or(&Value::Null);
    let handle = json::filled(item, "username").or_else(|| json::filled(bot, "name"));
    let handle = handle.or_else(|| json::filled(item, "bot_id")).unwrap_or_default();
    Participant { handle: handle.to_owned(), ..Participant::default() }
}

/// The text; of a message without one what its attachments say.
fn text_of(item: &Value, options: &Options) -> String {
    let text = json::text(item, "text");
    if !text.trim().is_empty() || json::text(item, "subtype") == "tombstone" {
        return plain(text, options);
    }
    let attached = json::list(item, "attachments").iter();
    let said = attached.filter_map(|one| json::filled(one, "text").or_else(|| json::filled(one, "fallback")));
    said.map(|text| plain(text, options)).collect::<Vec<_>>().join("\n")
}

/// The room and those the message is for: in a direct conversation its other members, else those named.
fn place_in(message: &mut Message, item: &Value, room: &str, options: &Options) {
    let person = |id: &str| match options.people.get(id) {
        Some(known) => known.clone(),
        None => Participant { handle: id.to_owned(), ..Participant::default() },
    };
    if let Some(members) = options.rooms.get(room).filter(|members| members.len() == 2) {
        message.to = members.iter().map(|id| person(id)).filter(|one| *one != message.author).collect();
        return;
    }
    message.room = Some(room.to_owned());
    let mut named: Vec<&str> = Vec::new();
    for part in json::text(item, "text").split("<@").skip(1) {
        let id = part.split(['>', '|']).next().unwrap_or_default();
        if !id.is_empty() && !named.contains(&id) && named.len() < MOST_NAMED {
            named.push(id);
        }
    }
    message.to = named.into_iter().map(person).collect();
}

/// More people than this are not named one by one: it keeps the look-up above linear.
const MOST_NAMED: usize = 50;

fn note(message: &mut Message, item: &Value) {
    let mut header = |name: &str, value: String| message.headers.insert(name.to_owned(), value);
    if item.get("edited").is_some_and(Value::is_object) {
        header("edited", "true".to_owned());
    }
    if json::text(item, "subtype") == "tombstone" {
        header("deleted", "true".to_owned());
    }
    let files = json::list(item, "files").iter();
    let files = files
        .map(|file| json::filled(file, "name").or_else(|| json::filled(file, "title")).unwrap_or("file"));
    let files = files.collect::<Vec<_>>().join(", ");
    if !files.is_empty() {
        header("attachment", files);
    }
    if let Some(root) = json::id(item, "thread_ts") {
        header("conversation-id", root);
    }
}

/// Slack's text as people see it.
fn plain(text: &str, options: &Options) -> String {
    let mut said = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, marked)) = rest.split_once('<') {
        // A bracket of one's own is written `&lt;`, so one without an end is from a text cut off.
        let Some((mark, after)) = marked.split_once('>') else { break };
        said.push_str(before);
        push_mark(&mut said, mark, options);
        rest = after;
    }
    said.push_str(rest);
    said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").trim_end().to_owned()
}

fn push_mark(said: &mut String, mark: &str, options: &Options) {
    let (target, label) = mark.split_once('|').map_or((mark, ""), |(target, label)| (target, label));
    let known = |id: &str| options.people.get(id).map(|person| person.handle.clone());
    let named = |id: &str| {
        let label = label.trim_start_matches(['@', '#']);
        known(id).unwrap_or_else(|| if label.is_empty() { id.to_owned() } else { label.to_owned() })
    };
    if let Some(id) = target.strip_prefix('@') {
        said.push('@');
        said.push_str(&named(id));
    } else if let Some(id) = target.strip_prefix('#') {
        said.push('#');
        said.push_str(&named(id));
    } else if let Some(command) = target.strip_prefix('!') {
        match (label, command.split('^').next().unwrap_or_default()) {
            ("", word) => {
                said.push('@');
                said.push_str(word);
            }
            (label, _) => said.push_str(label),
        }
    } else {
        let address = target.strip_prefix("mailto:").unwrap_or(target);
        let same = label.is_empty() || address.ends_with(label.trim_end_matches('/'));
        said.push_str(if same { address } else { label });
        if !same {
            said.push_str(" (");
            said.push_str(address);
            said.push(')');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_become_words() {
        let mut options = Options::default();
        learn_users(br#"[{"id":"U1","name":"ana","profile":{"real_name":"Ana P"}}]"#, &mut options);
        let cases = [
            ("<@U1> and <@U2|bo>: look", "@ana and @bo: look"),
            ("<https://x.io|the page> <https://x.io|x.io>", "the page (https://x.io) https://x.io"),
            ("<!here> <#C1|general> <!subteam^S1|@crew>", "@here #general @crew"),
            ("<mailto:a@x.io|a@x.io> 1 &lt; 2 &amp;&amp; <", "a@x.io 1 < 2 && <"),
            ("<!date^1392734382^{date}|Feb 18>", "Feb 18"),
        ];
        for (written, seen) in cases {
            assert_eq!(plain(written, &options), seen, "{written}");
        }
    }
}
