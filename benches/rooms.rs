//! How fast a room is disentangled: lines a second, how long one takes, bytes a line.
//!
//! `cargo bench --bench rooms -- [lines | log.jsonl]`, by default 50,000 lines made by a counter: people
//! with troubles and people with answers, several talks at once, two lines in three with a name. A log has
//! one message a line in the order in which they were said. Each line is read, decided and kept as the
//! stitcher does it, with the shipped model and with the rules; reading JSON is not timed. One core.
#![allow(clippy::print_stdout, reason = "a bench tells what it found")]

use std::io::BufRead;
use std::time::Instant;

use reknit::model::Message;
use reknit::stitch::room::{Line, Ranker, WINDOW};

/// What is said: who, when in milliseconds, whether by the system, what.
struct Said {
    author: String,
    time: Option<i64>,
    system: bool,
    text: String,
}

fn main() {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with("--"));
    let wanted = wanted.unwrap_or_else(|| "50000".into());
    let log = match wanted.parse() {
        Ok(count) => invented(count),
        Err(_) => read(&wanted),
    };
    println!("{} lines, {} bytes each when kept", log.len(), size_of::<Line>());
    time("shipped model", &Ranker::shipped(), &log);
    time("rules", &Ranker::rules(), &log);
}

/// Decides all lines and prints how long that took.
fn time(what: &str, ranker: &Ranker, log: &[Said]) {
    let mut lines: Vec<Line> = Vec::new();
    let mut took: Vec<f64> = Vec::with_capacity(log.len());
    let mut opened = 0;
    for (serial, said) in log.iter().enumerate() {
        let start = Instant::now();
        let line = ranker.read(serial as u64, &said.author, said.time, said.system, &said.text);
        let line = ranker.decide(&lines, &line).line;
        if lines.len() == 2 * WINDOW {
            lines.drain(..WINDOW);
        }
        opened += usize::from(line.parent.is_none());
        lines.push(line);
        took.push(start.elapsed().as_secs_f64());
    }
    let whole: f64 = took.iter().sum();
    took.sort_unstable_by(f64::total_cmp);
    let micros = |share: f64| took.get((took.len() as f64 * share) as usize).map_or(0.0, |took| took * 1e6);
    println!(
        "{what}: {:.0} lines/s, median {:.1} us, p99 {:.1} us; {opened} threads",
        log.len() as f64 / whole,
        micros(0.5),
        micros(0.99)
    );
}

fn read(path: &str) -> Vec<Said> {
    let file = std::fs::File::open(path).expect("the log can be opened");
    let lines = std::io::BufReader::new(file).lines().map(|line| line.expect("the log is text"));
    let message = |line: String| serde_json::from_str::<Message>(&line).expect("a message a line");
    lines
        .map(message)
        .map(|message| Said {
            author: message.author.handle,
            time: message.sent.map(reknit::model::Timestamp::millis),
            system: message.system,
            text: message.text,
        })
        .collect()
}

/// A room with six talks at once.
fn invented(count: usize) -> Vec<Said> {
    let troubles =
        ["screen", "printer", "network card", "sound", "bootloader", "keyboard", "disk", "browser"];
    let says = [
        "my {} does not work after the update, does anybody know why?",
        "which release do you run, and what does dmesg say about the {}?",
        "it says nothing about the {} at all",
        "then look into /var/log/syslog and paste it somewhere",
        "try to install the driver of the {} anew and restart",
        "thanks, that helped",
    ];
    (0..count)
        .map(|at| {
            let talk = at % 6 + 6 * (at / 200);
            let step = at / 6 % says.len();
            let (asks, helps) = (format!("asker{talk}"), format!("helper{}", talk % 40));
            let (author, other) = if step.is_multiple_of(2) { (asks, helps) } else { (helps, asks) };
            let text = says[step].replace("{}", troubles[talk % troubles.len()]);
            let named = !at.is_multiple_of(3) && step > 0;
            let text = if named { format!("{other}: {text}") } else { text };
            Said { author, time: Some(at as i64 * 4000), system: false, text }
        })
        .collect()
}
