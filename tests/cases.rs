//! The cases shared by all languages: requests and what must come back.
//!
//! A case is an object in `tests/cases/**/*.json`: `name`, `verb`, `request`, and either `expect`
//! (the answer; an object may leave out keys that do not matter to the case, numbers agree to
//! 1e-6) or `error` (its name). Each answer is written, byte for byte, into `cases.tsv` in the
//! build folder (name, verb, request, answer), and the tests of C, Python and Java must give the
//! same bytes. An error is written as `error CODE NAME: MESSAGE`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

fn case_files() -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases")];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the cases are there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "json") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Where `found` differs from `expected`, if it does.
fn difference(expected: &Value, found: &Value, place: &str) -> Option<String> {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => expected.iter().find_map(|(key, value)| {
            let place = format!("{place}.{key}");
            match found.get(key) {
                Some(other) => difference(value, other, &place),
                None if value.is_null() => None,
                None => Some(format!("{place} is missing")),
            }
        }),
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => expected
            .iter()
            .zip(found)
            .enumerate()
            .find_map(|(at, (value, other))| difference(value, other, &format!("{place}[{at}]"))),
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap_or(f64::NAN), b.as_f64().unwrap_or(f64::NAN));
            let near = (a - b).abs() <= 1e-6 * a.abs().max(1.0);
            (!near).then(|| format!("{place}: expected {a}, found {b}"))
        }
        (expected, found) if expected == found => None,
        (expected, found) => Some(format!("{place}: expected {expected}, found {found}")),
    }
}

fn text<'a>(case: &'a Value, key: &str, file: &Path) -> &'a str {
    case[key].as_str().unwrap_or_else(|| panic!("{}: a case without `{key}`", file.display()))
}

/// Calls the verb; gives the line for the other languages and the complaint, if any.
fn check(case: &Value, file: &Path) -> (String, Option<String>) {
    let (name, verb) = (text(case, "name", file), text(case, "verb", file));
    let request = match &case["request"] {
        Value::String(raw) => raw.clone(),
        other => other.to_string(),
    };
    let (answer, complaint) = match (reknit::wire::call(verb, &request), case.get("error")) {
        (Ok(answer), None) => {
            let found = serde_json::from_str(&answer).expect("an answer is JSON");
            let complaint = difference(&case["expect"], &found, "answer");
            (answer, complaint)
        }
        (Ok(answer), Some(_)) => (answer, Some("expected an error".to_owned())),
        (Err(error), wanted) => {
            let complaint = (wanted.and_then(Value::as_str) != Some(error.name()))
                .then(|| format!("error {}: {error}", error.name()));
            (format!("error {} {}: {error}", error.code(), error.name()), complaint)
        }
    };
    let complaint = complaint.map(|what| format!("{}: {name}: {what}", file.display()));
    (format!("{name}\t{verb}\t{request}\t{answer}\n"), complaint)
}

#[test]
fn every_case_gives_its_answer() {
    let mut lines = String::new();
    let mut complaints = String::new();
    let mut count = 0;
    for file in case_files() {
        let cases = fs::read_to_string(&file).expect("cases are UTF-8");
        let cases: Vec<Value> =
            serde_json::from_str(&cases).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        for case in &cases {
            let (line, complaint) = check(case, &file);
            assert_eq!(line.matches('\t').count(), 3, "a case must not hold a raw tab: {line}");
            count += 1;
            lines.push_str(&line);
            if let Some(complaint) = complaint {
                let _ = writeln!(complaints, "{complaint}");
            }
        }
    }
    // Written whatever the complaints: the other languages must agree with Rust as it is now.
    fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("cases.tsv"), lines)
        .expect("the build folder is ours");
    assert!(complaints.is_empty(), "\n{complaints}");
    assert!(count > 0, "no case was read");
}

#[test]
fn the_comparison_sees_a_difference() {
    let value = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
    assert!(difference(&value(r#"{"a": 1}"#), &value(r#"{"a": 1.0000001, "b": 2}"#), "").is_none());
    assert!(difference(&value(r#"{"a": 1}"#), &value(r#"{"a": 2}"#), "").is_some());
    assert!(difference(&value("[1]"), &value("[1, 2]"), "").is_some());
    assert!(difference(&value(r#"{"a": 1}"#), &value("{}"), "").is_some());
}
