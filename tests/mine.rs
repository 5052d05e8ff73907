//! The miners on invented lines: cases as data, and how well summaries cite against plain rules.
//!
//! A case of `tests/mine/cases.json` has `name`, `verb`, `request` and `expect` (an object may leave out keys) or
//! `error` (its name). `summary.json` holds conversations and the sentences that a person put into each part;
//! `TELL=1 cargo test -p reknit --test mine -- --nocapture` prints how they agree.
#![allow(clippy::print_stderr, reason = "on request, it tells how well sentences are cited")]

use std::fs;
use std::path::Path;

use reknit::Result;
use reknit::mine::{
    AlarmConfig, AspectList, Aspects, DuplicateConfig, PhraseConfig, Phrases, Similarity, Summarizer,
    SummaryConfig, duplicates, emerging, expand, marked,
};
use reknit::model::{Direction, Message, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fn file(name: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/mine").join(name);
    serde_json::from_str(&fs::read_to_string(path).expect("the cases are there")).expect("cases are JSON")
}

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

fn told<T: Serialize>(answer: T) -> Value {
    serde_json::to_value(answer).expect("an answer is plain data")
}

fn call(verb: &str, request: &Value) -> Result<Value> {
    let text = || request["text"].as_str().expect("a text");
    let texts = || read::<Vec<String>>(&request["texts"]);
    let most = || read::<usize>(&request["most"]);
    Ok(match verb {
        "similarity" => told(Similarity::default().nearest(text(), &texts(), most())),
        "phrases" => told(Phrases::new(&PhraseConfig { most: most(), language: None })?.find(text())),
        "duplicates" => told(duplicates(&read::<DuplicateConfig>(&request["config"]), &texts())?),
        "targets" => told(Aspects::new(&read::<Vec<AspectList>>(&request["lists"]))?.targets(text())),
        "marked" => told(marked(text(), read(&request["start"])..read(&request["end"]))?),
        "emerging" => told(emerging(
            &read::<AlarmConfig>(&request["config"]),
            &read::<Vec<Vec<(u32, u32)>>>(&request["periods"]),
        )?),
        "expand" => told(expand(&read::<Vec<String>>(&request["seeds"]), &texts(), most())),
        _ => panic!("unknown verb {verb}"),
    })
}

/// Whether `found` has all that is expected.
fn holds(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            expected.iter().all(|(key, value)| found.get(key).is_some_and(|other| holds(value, other)))
        }
        (Value::Array(expected), Value::Array(found)) => {
            expected.len() == found.len() && expected.iter().zip(found).all(|(a, b)| holds(a, b))
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN));
            (a - b).abs() <= 1e-6 * a.abs().max(1.0)
        }
        (expected, found) => expected == found,
    }
}

#[test]
fn every_case_gives_its_answer() {
    for case in file("cases.json") {
        let (name, verb) = (&case["name"], case["verb"].as_str().expect("a verb"));
        match (call(verb, &case["request"]), case.get("error")) {
            (Ok(found), None) => assert!(holds(&case["expect"], &found), "{name}: found {found}"),
            (Ok(found), Some(_)) => panic!("{name}: expected an error, found {found}"),
            (Err(error), wanted) => {
                assert_eq!(wanted.and_then(Value::as_str), Some(error.name()), "{name}: {error}");
            }
        }
    }
}

fn messages(talk: &Value) -> Vec<Message> {
    let said = |(at, line): (usize, &Value)| {
        let (who, text) = line.as_str().and_then(|line| line.split_once(' ')).expect("a side and a text");
        let mut message = Message::new(format!("{at}"), "chat", who, Timestamp(at as i64 * 60_000), text);
        message.direction = if who == "C" { Direction::Inbound } else { Direction::Outbound };
        message
    };
    talk.as_array().expect("a list").iter().enumerate().map(said).collect()
}

/// Hits, cited, wanted.
#[derive(Default)]
struct Tally([f64; 3]);

impl Tally {
    fn add(&mut self, found: &[String], wanted: &[String]) {
        let hits = found.iter().filter(|sentence| wanted.contains(sentence)).count();
        for (sum, count) in self.0.iter_mut().zip([hits, found.len(), wanted.len()]) {
            *sum += count as f64;
        }
    }

    fn f1(&self) -> f64 {
        let [hits, found, wanted] = self.0;
        2.0 * hits / (found + wanted)
    }
}

/// The sentences of a text, cut as plainly as a baseline does.
fn plain_sentences(text: &str) -> Vec<String> {
    let ends = |c: char| matches!(c, '.' | '!' | '?');
    text.split_inclusive(ends).map(|sentence| sentence.trim().to_owned()).filter(|s| s.len() > 1).collect()
}

#[test]
fn summaries_cite_what_people_would() {
    let summarizer = Summarizer::new(&SummaryConfig::default()).expect("the cues build");
    let [mut all, mut lead, mut longest] = [(); 3].map(|()| Tally::default());
    let mut parts = [(); 4].map(|()| Tally::default());
    for case in file("summary.json") {
        let messages = messages(&case["talk"]);
        let summary = summarizer.summarize(&messages);
        let cited = [&summary.problem, &summary.asked, &summary.promised, &summary.open];
        let mut wanted_all: Vec<String> = Vec::new();
        for ((part, found), tally) in
            ["problem", "asked", "promised", "open"].iter().zip(cited).zip(&mut parts)
        {
            let found: Vec<String> = found.iter().map(|cited| cited.text.clone()).collect();
            let wanted: Vec<String> = read(&case[part]);
            all.add(&found, &wanted);
            tally.add(&found, &wanted);
            wanted_all.extend(wanted);
        }
        // The baselines choose as many sentences as were wanted, whatever the part.
        wanted_all.sort();
        wanted_all.dedup();
        let mut sentences: Vec<String> =
            messages.iter().flat_map(|message| plain_sentences(&message.text)).collect();
        lead.add(&sentences[..wanted_all.len().min(sentences.len())], &wanted_all);
        sentences.sort_by_key(|sentence| std::cmp::Reverse(sentence.len()));
        longest.add(&sentences[..wanted_all.len().min(sentences.len())], &wanted_all);
    }
    let told = format!(
        "F1 {:.3} (problem {:.3}, asked {:.3}, promised {:.3}, open {:.3}); lead {:.3}, longest {:.3}",
        all.f1(),
        parts[0].f1(),
        parts[1].f1(),
        parts[2].f1(),
        parts[3].f1(),
        lead.f1(),
        longest.f1()
    );
    if std::env::var_os("TELL").is_some() {
        eprintln!("{told}");
    }
    assert!(all.f1() > 0.75 && all.f1() > lead.f1().max(longest.f1()) + 0.1, "{told}");
}
