//! The readers of exports: fixtures with what must come out of them, and the laws of all readers.
//!
//! A case is an object in `tests/messages/*/cases.json`: `name`, `file` beside it, `options`?, `learn`? (files that
//! say who is who), and `expect`, the reading; an object may leave out keys that do not matter, and `null`
//! wants a key to be missing. All fixtures are invented. The laws: a byte order mark, CRLF and UTF-16 change
//! nothing; whatever is cut off or changed, no reader panics, ids are unique and a second reading is equal.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use reknit_messages::{Format, Options, Reading, detect, learn, read};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/messages")
}

/// One fixture with how it is to be read.
struct Case {
    name: String,
    bytes: Vec<u8>,
    options: Options,
    expect: Value,
}

fn cases() -> Vec<Case> {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(folder()).expect("the fixtures are there").flatten().map(|entry| entry.path()).collect();
    folders.sort();
    let mut cases = Vec::new();
    for folder in folders {
        let list = fs::read_to_string(folder.join("cases.json")).expect("each folder has its cases");
        let list: Vec<Value> =
            serde_json::from_str(&list).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        cases.extend(list.iter().map(|case| read_case(&folder, case)));
    }
    assert!(cases.len() > 15, "the cases were not found");
    cases
}

fn read_case(folder: &Path, case: &Value) -> Case {
    let file = case["file"].as_str().expect("a case has a file");
    let options = case.get("options").cloned().unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    let mut options: Options = serde_json::from_value(options).expect("the options of a case are right");
    for name in case["learn"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        let bytes = fs::read(folder.join(name)).expect("the file is there");
        assert!(learn(&bytes, name, &mut options), "{name} says nothing");
    }
    if options.file_name.is_empty() {
        file.clone_into(&mut options.file_name);
    }
    Case {
        name: format!("{file}: {}", case["name"].as_str().expect("a case has a name")),
        bytes: fs::read(folder.join(file)).expect("the fixture is there"),
        options,
        expect: case["expect"].clone(),
    }
}

/// Where `found` differs from `expected`, if it does.
fn difference(expected: &Value, found: &Value, place: &str) -> Option<String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => expected.iter().find_map(|(key, value)| {
            difference(value, found.get(key).unwrap_or(&Value::Null), &format!("{place}.{key}"))
        }),
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => expected
            .iter()
            .zip(found)
            .enumerate()
            .find_map(|(at, (value, other))| difference(value, other, &format!("{place}[{at}]"))),
        // What is empty is not written.
        (Value::Array(expected), Value::Null) if expected.is_empty() => None,
        (expected, found) if expected == found => None,
        (expected, found) => Some(format!("{place}: expected {expected}, found {found}")),
    }
}

#[test]
fn every_fixture_gives_its_messages() {
    let mut complaints = Vec::new();
    for case in cases() {
        let reading =
            read(&case.bytes, &case.options).unwrap_or_else(|error| panic!("{}: {error}", case.name));
        let found = serde_json::to_value(&reading).expect("a reading is plain data");
        complaints.extend(difference(&case.expect, &found, "").map(|what| format!("{}{what}", case.name)));
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn marks_line_ends_and_utf_16_change_nothing() {
    for case in cases() {
        let Ok(text) = std::str::from_utf8(&case.bytes) else { continue };
        let plain = read(&case.bytes, &case.options).expect("it is read");
        let wide = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
            format!("\u{feff}{text}").encode_utf16().flat_map(order).collect()
        };
        let others = [
            ("a mark", format!("\u{feff}{text}").into_bytes()),
            ("CRLF", text.replace('\n', "\r\n").into_bytes()),
            ("UTF-16, little end first", wide(u16::to_le_bytes)),
            ("UTF-16, big end first", wide(u16::to_be_bytes)),
        ];
        for (what, bytes) in others {
            assert_eq!(read(&bytes, &case.options).as_ref(), Ok(&plain), "{} with {what}", case.name);
        }
    }
}

#[test]
fn a_message_is_the_same_after_json_lines() {
    for case in cases() {
        let reading = read(&case.bytes, &case.options).expect("it is read");
        let line = |message| serde_json::to_string(message).expect("plain data") + "\n";
        let lines: String = reading.messages.iter().map(line).collect();
        let again = read(lines.as_bytes(), &Options::default()).expect("it is read");
        assert_eq!((again.format, again.messages), (Format::Jsonl, reading.messages), "{}", case.name);
    }
}

#[test]
fn a_fixture_is_known_without_its_name() {
    for case in cases() {
        let wanted = read(&case.bytes, &case.options).expect("it is read").format;
        assert_eq!(detect(&case.bytes, ""), Some(wanted), "{}", case.name);
    }
}

/// What holds for every reading.
fn check(bytes: &[u8], options: &Options) -> Option<Reading> {
    let first = read(bytes, options);
    assert_eq!(first, read(bytes, options), "a second reading is equal");
    let reading = first.ok()?;
    let mut ids: Vec<&str> = reading.messages.iter().map(|message| message.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), reading.messages.len(), "ids are unique");
    Some(reading)
}

#[test]
fn a_file_cut_off_anywhere_gives_what_stands_before() {
    for case in cases() {
        let whole = read(&case.bytes, &case.options).expect("it is read");
        for end in 0..case.bytes.len() {
            let options = Options { format: Some(whole.format), ..case.options.clone() };
            let Some(part) = check(&case.bytes[..end], &options) else { continue };
            // Elsewhere the last one may be other, and with it what is made of its content.
            let exact =
                !matches!(whole.format, Format::Whatsapp | Format::Eml | Format::Mbox | Format::Jsonl);
            let same =
                |(part, whole): (&reknit_messages::Message, &reknit_messages::Message)| part.id == whole.id;
            if exact {
                assert!(part.messages.len() <= whole.messages.len(), "{} cut at {end}", case.name);
                assert!(part.messages.iter().zip(&whole.messages).all(same), "{} cut at {end}", case.name);
            }
        }
    }
}

#[test]
fn a_cut_is_told() {
    for case in cases() {
        let whole = read(&case.bytes, &case.options).expect("it is read");
        if matches!(whole.format, Format::Whatsapp | Format::Eml | Format::Mbox | Format::Jsonl) {
            continue;
        }
        let end = case.bytes.trim_ascii_end().len() - 1;
        let part = read(&case.bytes[..end], &case.options).expect("it is read");
        assert!(
            part.problems.len() > whole.problems.len() || part == whole,
            "{}: {:?}",
            case.name,
            part.problems
        );
    }
}

#[test]
fn what_is_no_file_of_messages_is_said() {
    let said = |bytes: &[u8], options: &Options| read(bytes, options).expect_err("it is none").to_string();
    let none = Options::default();
    assert!(said(b"PK\x03\x04...", &none).contains("zip"));
    assert!(said(b"name;mail\nAna;a@x.io\n", &none).contains("whatsapp"));
    for format in Format::ALL.into_iter().filter(|format| *format != Format::Eml) {
        let error = said(b"no such thing", &Options { format: Some(format), ..none.clone() });
        assert!(error.contains(format.name()) && error.contains("line"), "{format}: {error}");
    }
    let far = Options { utc_offset_minutes: 5000, ..none };
    assert!(said(b"From: a\n\nx", &far).contains("1080"));
    assert!(read(b"", &Options::default()).is_ok_and(|reading| reading.messages.is_empty()));
}

#[test]
fn errors_and_problems_hold_no_text_of_a_message() {
    let secret = "Geheimnis";
    for case in cases() {
        let Ok(text) = std::str::from_utf8(&case.bytes) else { continue };
        // Every text that is not a field's name becomes the secret, and every number a text.
        for (from, to) in [("\"Ana", "\"Geheimnis"), ("170712", "\"Geheimnis"), ("2024-", "Geheimnis")] {
            let bytes = text.replace(from, to);
            match read(bytes.as_bytes(), &case.options) {
                Ok(reading) => {
                    assert!(
                        reading.problems.iter().all(|one| !one.to_string().contains(secret)),
                        "{}",
                        case.name
                    );
                }
                Err(error) => assert!(!error.to_string().contains(secret), "{}: {error}", case.name),
            }
        }
    }
}

/// Inputs that punish a reader which looks at things twice; were one of them quadratic, this would not end.
#[test]
fn large_and_hostile_input_is_read() {
    let many = 200_000;
    let slack = |text: &str| format!("[{{\"ts\":\"1.5\",\"type\":\"message\",\"text\":\"{text}\"}}]");
    let head = "05/02/24, 10:15 - Ana: ";
    let inputs = [
        (Format::Slack, slack(&"<".repeat(many))),
        (Format::Slack, slack(&"<@".repeat(many))),
        (Format::Slack, "[".repeat(many)),
        (Format::Slack, "[{\"ts\":\"1.5\"},".to_owned() + &"{},".repeat(many)),
        (Format::Telegram, format!("{{\"messages\":{}", "[".repeat(many))),
        (
            Format::Telegram,
            format!("{{\"id\":1,\"messages\":[{}", "{\"id\":1,\"text\":\"x\"},".repeat(20_000)),
        ),
        (Format::Chatwoot, "{\"message_type\":0}\n".to_owned() + &"{\"payload\":[\n".repeat(50_000)),
        (Format::Zendesk, "{\"comments\":[]}\n".to_owned() + &"{\"comments\":[\n".repeat(50_000)),
        (Format::Jsonl, "{\"id\":\"1\"\n".repeat(50_000)),
        (Format::XTweets, format!("window.YTD.tweets.part0 = [{}", "{\"tweet\":{}},".repeat(50_000))),
        (Format::Whatsapp, format!("{head}x\n").repeat(20_000)),
        (Format::Whatsapp, format!("{head}<x\n") + &"<\n".repeat(many)),
        (Format::Whatsapp, "1/".repeat(many) + "\n" + head + "x"),
        (Format::Mbox, "From a 1:0\n".repeat(50_000)),
        (Format::Mbox, "From a 1:0\nA: b\n\n".repeat(20_000)),
        (Format::Eml, "A: b\n".repeat(50_000)),
    ];
    for (format, text) in inputs {
        let options = Options { format: Some(format), ..Options::default() };
        check(text.as_bytes(), &options);
    }
}

/// One change of some bytes.
#[derive(Debug, Clone)]
enum Change {
    Put(usize, Vec<u8>),
    Drop(usize, usize),
    Repeat(usize, usize),
    Set(usize, u8),
}

fn change() -> impl Strategy<Value = Change> {
    let pieces = proptest::sample::select(vec![
        "\n",
        "\r\n",
        "\"",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "null",
        "-1",
        "1e400",
        "\\u0000",
        "\u{200e}",
        "<",
        ">",
        "From ",
        "=?utf-8?q?",
        "\u{202f}PM",
        "\0",
        "\\",
        "٣",
    ]);
    let pieces = prop_oneof![
        pieces.prop_map(|piece: &str| piece.as_bytes().to_vec()),
        proptest::collection::vec(any::<u8>(), 1..4)
    ];
    prop_oneof![
        (any::<usize>(), pieces).prop_map(|(at, bytes)| Change::Put(at, bytes)),
        (any::<usize>(), 1..200_usize).prop_map(|(at, count)| Change::Drop(at, count)),
        (any::<usize>(), 1..200_usize).prop_map(|(at, count)| Change::Repeat(at, count)),
        (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
    ]
}

fn changed(mut bytes: Vec<u8>, changes: Vec<Change>) -> Vec<u8> {
    for change in changes {
        let at = |place: usize| place % (bytes.len() + 1);
        match change {
            Change::Put(place, piece) => {
                let at = at(place);
                bytes.splice(at..at, piece);
            }
            Change::Drop(place, count) => {
                let at = at(place);
                bytes.drain(at..(at + count).min(bytes.len()));
            }
            Change::Repeat(place, count) => {
                let at = at(place);
                let piece = bytes[at..(at + count).min(bytes.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            Change::Set(place, byte) => {
                let at = at(place);
                if let Some(old) = bytes.get_mut(at) {
                    *old = byte;
                }
            }
        }
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn changed_fixtures_never_panic(which in any::<prop::sample::Index>(), changes in prop::collection::vec(change(), 1..6)) {
        let cases = cases();
        let case = &cases[which.index(cases.len())];
        let bytes = changed(case.bytes.clone(), changes);
        check(&bytes, &case.options);
        // Not only what detection would give it to.
        let format = read(&case.bytes, &case.options).expect("it is read").format;
        check(&bytes, &Options { format: Some(format), ..case.options.clone() });
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), which in 0..Format::ALL.len()) {
        check(&bytes, &Options::default());
        check(&bytes, &Options { format: Some(Format::ALL[which]), ..Options::default() });
    }
}
