//! How fast and how large the live stitcher is: messages a second, how long one takes, bytes.
//!
//! `cargo bench -p reknit --bench threads -- [messages]`, by default a million invented mails that know their
//! ids and the ids they answer, a subject and two people, but no text: threads by headers alone. Three
//! stretches, each message timed alone: all of them in order; then, with that history, some that come late;
//! then deletions. Then all is saved and loaded, the older half closed, and a second engine begun with all at
//! once. Then lines of a group chat, invented too: `benches/rooms.rs` has real words. One core, nothing but the
//! core library; memory is what the operating system says (Linux only).
#![allow(clippy::print_stdout, reason = "a bench tells what it found")]

use std::time::{Duration, Instant};

use reknit::model::{Message, Participant, Timestamp, unwatched};
use reknit::stitch::{Config, LiveStitcher};

/// Messages that come late, and that are deleted.
const CHANGED: usize = 20_000;
/// Lines of the group chat.
const LINES: usize = 50_000;
const MINUTE_MS: i64 = 60_000;

fn main() {
    let wanted = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let count: usize = wanted.unwrap_or(1_000_000);
    println!("memory before {}", memory());

    let mut live = LiveStitcher::new(Config::default()).expect("the config is valid");
    let changed = CHANGED.min(count);
    let mut take = |mail: &Message| drop(live.upsert(mail).expect("there is room"));
    time("in order", count, mail, &mut take);
    println!("memory with {count} mails {}", memory());
    time("late", changed, |at| late(at, count), &mut take);
    println!("{} conversations", live.conversation_count());
    let ids = |at: usize| format!("m{}@example.org", count - 1 - at * 17 % count);
    time("deleted", changed, ids, |id: &String| drop(live.delete(id)));
    travel("mails", &live);
    let half = count as i64 / 2 * MINUTE_MS;
    let start = Instant::now();
    let closed = live.close_before(Timestamp(half)).expect("it can be written");
    println!(
        "closed {} messages of {} conversations in {:.2} s; memory {}",
        closed.messages,
        closed.conversations.len(),
        start.elapsed().as_secs_f64(),
        memory()
    );
    drop(live);

    let mails: Vec<Message> = (0..count).map(mail).collect();
    let start = Instant::now();
    let at_once = LiveStitcher::with(Config::default(), &mails, &mut unwatched).expect("there is room");
    let rate = count as f64 / start.elapsed().as_secs_f64();
    println!("at once    {count:>8}: {rate:>8.0} /s; {} conversations", at_once.conversation_count());
    drop((at_once, mails));

    let mut room = LiveStitcher::new(Config::default()).expect("the config is valid");
    time("in a room", LINES, line, |line: &Message| drop(room.upsert(line).expect("there is room")));
    travel("lines", &room);
}

/// Saves and loads an engine, and prints how long that took and how large it was.
fn travel(what: &str, live: &LiveStitcher) {
    let start = Instant::now();
    let bytes = live.to_bytes().expect("it can be written");
    let saving = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let loaded = LiveStitcher::from_bytes(&bytes).expect("it is whole");
    let loading = start.elapsed().as_secs_f64();
    let each = bytes.len() as f64 / live.len().max(1) as f64;
    println!(
        "{} {what} saved in {saving:.2} s, {each:.0} bytes each, loaded in {loading:.2} s",
        loaded.len()
    );
}

/// Mail `at`: every fourth opens a thread, the others answer one of the last hundred.
fn mail(at: usize) -> Message {
    let opens = at.is_multiple_of(4);
    let thread = if opens { at } else { at.saturating_sub(1 + chance(at, 1) % 100) / 4 * 4 };
    let people =
        [format!("a{}@example.org", chance(thread, 2) % 50_000), format!("desk{}@example.net", thread % 40)];
    let answered = chance(at, 3) % 2;
    let sent = Timestamp(at as i64 * MINUTE_MS);
    let mut mail = Message::new(format!("m{at}@example.org"), "email", people[answered].as_str(), sent, "");
    mail.to = vec![Participant::from_text(&people[1 - answered])];
    mail.subject =
        Some(format!("{}matter {thread} of the {} kind", if opens { "" } else { "Re: " }, thread % 9));
    if !opens {
        mail.in_reply_to = vec![format!("<m{thread}@example.org>")];
        mail.references = vec![format!("<m{thread}@example.org>")];
    }
    mail
}

/// A mail sent long ago that answers one of then.
fn late(at: usize, count: usize) -> Message {
    let mut mail = mail((at * 48 + 1) % count);
    mail.id = format!("late{at}@example.org");
    mail
}

/// Line `at` of a chat of a few people who name one another now and then.
fn line(at: usize) -> Message {
    let who = ["ana", "bob", "cato", "dora", "emil", "finn", "gina", "hugo"];
    let (author, other) = (who[chance(at, 4) % 8], who[chance(at, 5) % 8]);
    let words =
        ["mount", "driver", "screen", "update", "kernel", "disk", "printer", "network", "thanks", "how"];
    let said: Vec<&str> = (0..6).map(|word| words[chance(at, 6 + word) % 10]).collect();
    let text = if at.is_multiple_of(3) { said.join(" ") } else { format!("{other}: {}", said.join(" ")) };
    Message::new(format!("l{at}"), "irc:#help", author, Timestamp(at as i64 * 7_000), text)
}

/// A number that looks random but is always the same (`SplitMix64`).
fn chance(at: usize, salt: usize) -> usize {
    let mut mixed =
        (at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (salt as u64).wrapping_mul(0xD1B5_4A32_D192_ED03);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    (mixed >> 33) as usize
}

/// Makes each of `count` things, does something to it and prints how long the doing took.
fn time<T>(what: &str, count: usize, make: impl Fn(usize) -> T, mut act: impl FnMut(&T)) {
    let mut took: Vec<Duration> = Vec::with_capacity(count);
    for at in 0..count {
        let item = make(at);
        let start = Instant::now();
        act(&item);
        took.push(start.elapsed());
    }
    let rate = count as f64 / took.iter().sum::<Duration>().as_secs_f64();
    took.sort_unstable();
    let micros = |share: f64| {
        let at = (took.len() as f64 * share) as usize;
        took.get(at.min(took.len().saturating_sub(1))).map_or(0.0, |took| took.as_secs_f64() * 1e6)
    };
    println!(
        "{what:<10} {count:>8}: {rate:>8.0} /s; p50 {:.1}, p99 {:.1}, p99.9 {:.0}, most {:.0} µs",
        micros(0.5),
        micros(0.99),
        micros(0.999),
        micros(1.0)
    );
}

/// Memory in use now and at most.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let of = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        number.map_or_else(|| "?".into(), |kib| format!("{} MB", kib / 1024))
    };
    format!("{}, at most {}", of("VmRSS:"), of("VmHWM:"))
}
