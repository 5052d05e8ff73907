//! The text file that WhatsApp's "Export chat" makes, of Android and iOS, to messages.
//!
//! A line with a [head] begins a message; other lines go on with it. Which part of a date is the day
//! and which the month is decided over the whole file: of the three orders the one under which the
//! fewest dates are impossible, then the one under which time runs back least often; the file is in
//! order of time. Only where both leave a choice the way the region writes decides, and that is
//! reported. The file has no time zone: `utc_offset_minutes` is what local time is ahead of UTC.
//!
//! A line without `Name: ` is a system line; of names the first `: ` after the head counts. Chats of two
//! are told from groups by the number of people and by the title in the file's name. Not read: the
//! Persian calendar (such dates are reported); a pasted piece of another export, which looks like
//! messages of this one.
//!
//! Source: the files themselves, and WhatsApp's help page "How to export your chat history". Cost: linear.

mod head;
mod media;

use jiff::civil::Date;
use reknit::model::{Participant, Timestamp};

use crate::DateOrder;
use crate::collect::Collector;
use crate::problem::Place;
use head::{Head, Stamp, is_mark};

/// Whether one of the first lines begins a message.
pub(crate) fn looks_like(text: &str) -> bool {
    text.lines().take(20).any(|line| head::read(line).is_some_and(|head| !head.rest.trim().is_empty()))
}

/// A message as it stands in the file.
struct Entry {
    line: u64,
    stamp: Stamp,
    /// Empty for system lines.
    author: String,
    text: String,
    ios: bool,
}

pub(crate) fn read(text: &str, into: &mut Collector<'_>) {
    let entries = entries(text, into);
    let order = order(&entries, into);
    let chat = Chat::of(&entries, into);
    for entry in entries {
        push(&entry, order, &chat, into);
    }
}

fn entries(text: &str, into: &mut Collector<'_>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut stray = 0_u64;
    for (line, row) in (1..).zip(text.lines()) {
        if let Some(head) = head::read(row) {
            entries.push(entry(line, row, head));
        } else if let Some(entry) = entries.last_mut() {
            entry.text.push('\n');
            entry.text.push_str(row);
        } else if !row.trim().is_empty() {
            stray += 1;
        }
    }
    if entries.is_empty() && stray > 0 {
        into.problem(
            Place::line(1),
            "no line begins with a date and a time, as in `[05/02/24, 10:15:32] Name: text` or \
             `05/02/2024, 10:15 - Name: text`",
        );
    } else if stray > 0 {
        into.problem(Place::line(1), format!("{stray} line(s) before the first message were left out"));
    }
    entries
}

fn entry(line: u64, row: &str, head: Head<'_>) -> Entry {
    let rest = head.rest;
    let found =
        rest.split_once(": ").or_else(|| rest.split_once(':').filter(|(_, text)| text.trim().is_empty()));
    let (author, text) = found
        .map(|(name, text)| (clean_name(name), text))
        .filter(|(name, _)| is_name(name))
        .unwrap_or_else(|| (String::new(), rest));
    let ios = row.trim_start_matches(is_mark).starts_with('[');
    Entry { line, stamp: head.stamp, author, text: text.to_owned(), ios }
}

/// A name without marks; the tilde stands before names that people gave themselves.
fn clean_name(name: &str) -> String {
    let name: String = name.chars().filter(|&sign| !is_mark(sign)).collect();
    let name = name.replace(['\u{a0}', '\u{202f}'], " ");
    name.trim().trim_start_matches('~').trim().to_owned()
}

/// Whether a text before a colon can be a name: system lines that hold a colon quote something, too.
fn is_name(name: &str) -> bool {
    /// Group titles can have 100 signs, names 25.
    const LONGEST: usize = 100;
    !name.is_empty() && name.chars().count() <= LONGEST && !name.contains(['"', '“', '”', '„', '«', '»'])
}

/// The order of the parts of all dates.
fn order(entries: &[Entry], into: &mut Collector<'_>) -> DateOrder {
    if let Some(order) = into.options.date_order {
        return order;
    }
    let Some(first) = entries.first() else { return DateOrder::Dmy };
    // Of equals the first is taken: month first is written with slashes and a clock of twelve hours.
    let month_first = !first.stamp.undivided && entries.iter().any(|entry| entry.stamp.has_half());
    let wide = first.stamp.date[0] > 31;
    let by_habit = match (wide, month_first) {
        (true, _) => [DateOrder::Ymd, DateOrder::Dmy, DateOrder::Mdy],
        (false, true) => [DateOrder::Mdy, DateOrder::Dmy, DateOrder::Ymd],
        (false, false) => [DateOrder::Dmy, DateOrder::Mdy, DateOrder::Ymd],
    };
    let costs = by_habit.map(|order| cost(entries, order));
    let best = costs.iter().min().copied().unwrap_or_default();
    let fitting: Vec<DateOrder> =
        by_habit.into_iter().zip(costs).filter(|(_, cost)| *cost == best).map(|(order, _)| order).collect();
    let differ =
        |entry: &Entry| fitting.iter().any(|&o| entry.stamp.date_in(o) != entry.stamp.date_in(fitting[0]));
    if fitting.len() > 1 && !first.stamp.undivided && entries.iter().any(differ) {
        let name = if fitting[0] == DateOrder::Mdy { "month/day" } else { "day/month" };
        into.problem(
            Place::default(),
            format!(
                "day and month cannot be told apart in this file; read as {name}; `date_order` says otherwise"
            ),
        );
    }
    fitting.first().copied().unwrap_or(DateOrder::Dmy)
}

/// How many dates are impossible in this order, and how often time runs back.
fn cost(entries: &[Entry], order: DateOrder) -> (usize, usize) {
    let (mut wrong, mut back) = (0, 0);
    let mut last: Option<Date> = None;
    for entry in entries {
        let Some(date) = entry.stamp.date_in(order) else {
            wrong += 1;
            continue;
        };
        back += usize::from(last.is_some_and(|last| date < last));
        last = Some(date);
    }
    (wrong, back)
}

/// Who takes part.
struct Chat {
    /// The title of a group.
    room: Option<String>,
    /// The two of a chat between two, as far as they are known.
    pair: Vec<String>,
}

impl Chat {
    fn of(entries: &[Entry], into: &Collector<'_>) -> Self {
        let title = title(into);
        let mut people: Vec<&str> = Vec::new();
        let mut spoken_by_app: Option<&str> = None;
        let mut known = std::collections::HashSet::new();
        for entry in entries.iter().filter(|entry| !entry.author.is_empty()) {
            if media::read(&entry.text, entry.ios).system {
                spoken_by_app = spoken_by_app.or(Some(&entry.author));
            } else if known.insert(&entry.author) {
                people.push(&entry.author);
            }
        }
        let strange = |title: &String| people.len() == 2 && !people.contains(&title.as_str());
        if people.len() <= 2 && !title.as_ref().is_some_and(strange) {
            let mut pair: Vec<String> = people.into_iter().map(str::to_owned).collect();
            pair.extend(title.filter(|title| pair.len() == 1 && !pair.contains(title)));
            return Self { room: None, pair };
        }
        // iOS writes the first system line under the group's title.
        let by_app = spoken_by_app.filter(|title| !people.contains(title)).map(str::to_owned);
        let since = entries.first().map(|entry| {
            let ([a, b, c], (hour, minute)) = (entry.stamp.date, (entry.stamp.hour, entry.stamp.minute));
            format!("group since {a}/{b}/{c} {hour}:{minute:02}")
        });
        Self { room: title.or(by_app).or(since), pair: Vec::new() }
    }

    fn to(&self, author: &str) -> Vec<Participant> {
        let others = self.pair.iter().filter(|one| one.as_str() != author);
        others.map(|one| Participant { handle: one.clone(), ..Participant::default() }).collect()
    }
}

/// The title in the file's name or, for `_chat.txt`, its folder's: what stands after "WhatsApp chat with".
fn title(into: &Collector<'_>) -> Option<String> {
    const BEFORE: &[&str] = &[
        "whatsapp chat with ",
        "whatsapp chat - ",
        "whatsapp-chat mit ",
        "chat de whatsapp con ",
        "discussion whatsapp avec ",
        "chat whatsapp con ",
        "conversa do whatsapp com ",
        "whatsapp-chat met ",
        "чат whatsapp с контактом ",
        "чат whatsapp с ",
        "whatsapp chat med ",
        "whatsapp-chatt med ",
        "czat whatsapp z użytkownikiem ",
        "czat whatsapp z ",
    ];
    let (name, folder) = into.options.name_and_folder();
    let name = if name.starts_with("_chat") { folder } else { name };
    let stem = name.strip_suffix(".txt").or_else(|| name.strip_suffix(".zip")).unwrap_or(name);
    let found = BEFORE.iter().find_map(|before| {
        let head = stem.get(..before.len())?;
        (head.to_lowercase() == **before).then(|| &stem[before.len()..])
    })?;
    Some(clean_name(found)).filter(|title| !title.is_empty())
}

fn push(entry: &Entry, order: DateOrder, chat: &Chat, into: &mut Collector<'_>) {
    let place = Place::line(entry.line);
    let content = media::read(&entry.text, entry.ios);
    let system = entry.author.is_empty() || content.system;
    let local = entry.stamp.date_in(order).zip(entry.stamp.millis_of_day()).map(|(date, millis)| {
        let days = date.since(Date::constant(1970, 1, 1)).map_or(0, |span| i64::from(span.get_days()));
        days * 86_400_000 + millis
    });
    let written = local.map_or_else(|| format!("{:?}", entry.stamp.date), |local| local.to_string());
    let author = if system { "" } else { &entry.author };
    let id = into.content_id("whatsapp", &[&written, author, &entry.text]);
    let author = Participant { handle: author.to_owned(), ..Participant::default() };
    let mut message = into.message(id, "whatsapp", author);
    message.sent = local.map(|local| Timestamp(local - i64::from(into.options.utc_offset_minutes) * 60_000));
    message.to = if system { Vec::new() } else { chat.to(&entry.author) };
    message.room.clone_from(&chat.room);
    message.text = content.text;
    message.system = system;
    let mut note = |name: &str, value: String| message.headers.insert(name.to_owned(), value);
    if let Some(file) = content.attachment {
        note("attachment", file);
    }
    if content.deleted {
        note("deleted", "true".to_owned());
    }
    if content.edited {
        note("edited", "true".to_owned());
    }
    if message.sent.is_none() {
        into.problem(place.clone(), "there is no such date or time; the message was kept without one");
    }
    into.push(|| place, message);
}
