//! The plan of the house, kept by a test: imports run downward, and the core stays pure.
//!
//! Reads the sources as text, so it needs no compiler plugin and says in plain words which line of
//! which file breaks which law (`docs/architecture.md`, "Who may use whom" and "Laws").

use std::fs;
use std::path::{Path, PathBuf};

/// The floor of a room; a room uses rooms below its floor, and on floor 1 also its neighbours.
fn floor(room: &str) -> Option<u32> {
    Some(match room {
        "model" | "text" | "similarity" | "partition" | "error" => 1,
        "resolve" | "stitch" | "classify" | "mine" => 2,
        "pipeline" => 3,
        "insight" | "wire" => 4,
        "lib" => 5,
        _ => return None,
    })
}

/// Names at the crate root that are re-exports of floor 1.
const ROOT_NAMES: [&str; 3] = ["Error", "ErrorKind", "Result"];

/// What a pure core never says, and why.
const FORBIDDEN: [(&str, &str); 8] = [
    ("unsafe ", "the core holds no unsafe code"),
    ("std::fs", "the core does no IO"),
    ("std::net", "the core does no IO"),
    ("std::env", "the core reads no environment"),
    ("SystemTime", "the core reads no clock"),
    ("Instant::now", "the core reads no clock"),
    ("println!", "the core prints nothing"),
    ("thread_local!", "the core keeps no global state"),
];

fn source_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the sources are there").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

fn room_of(file: &Path, root: &Path) -> String {
    let inside = file.strip_prefix(root).expect("the file lies in the sources");
    let first = inside.components().next().expect("a file has a name").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

/// The text of a file up to its tests, which may do what they like, without comments.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let code = text.lines().take_while(|line| line.trim() != "#[cfg(test)]");
    code.enumerate().map(|(at, line)| (at + 1, line)).filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// The rooms that a line names by `crate::room`, also inside `crate::{a, b}`.
fn rooms_named(line: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
    };
    let mut rooms = Vec::new();
    for part in line.split("crate::").skip(1) {
        if let Some(list) = part.strip_prefix('{') {
            let mut depth = 0;
            let top: String = list
                .chars()
                .filter(|c| {
                    depth += i32::from(*c == '{') - i32::from(*c == '}');
                    depth == 0
                })
                .collect();
            rooms.extend(top.split(',').map(word).filter(|room| !room.is_empty()));
        } else {
            rooms.push(word(part));
        }
    }
    rooms.retain(|room| !ROOT_NAMES.contains(&room.as_str()));
    rooms
}

#[test]
fn imports_run_downward() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut broken = Vec::new();
    let mut named = 0;
    for file in source_files(&root) {
        let room = room_of(&file, &root);
        let own = floor(&room).unwrap_or_else(|| panic!("{room} has no floor; give it one here and in docs"));
        let text = fs::read_to_string(&file).expect("sources are UTF-8");
        for (line_number, line) in code_lines(&text) {
            for used in rooms_named(line) {
                named += 1;
                let allowed =
                    used == room || floor(&used).is_some_and(|below| below < own || (below == 1 && own == 1));
                if !allowed {
                    broken.push(format!("{}:{line_number}: {room} uses {used}", file.display()));
                }
            }
        }
    }
    assert!(named > 20, "the test read no imports; has the way they are written changed?");
    assert!(broken.is_empty(), "imports that run upward or sideways:\n{}", broken.join("\n"));
}

#[test]
fn the_core_and_the_readers_are_pure() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let readers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../reknit-messages/src");
    let mut broken = Vec::new();
    for file in source_files(&root).into_iter().chain(source_files(&readers)) {
        let text = fs::read_to_string(&file).expect("sources are UTF-8");
        for (line_number, line) in code_lines(&text) {
            for (word, why) in FORBIDDEN {
                if line.contains(word) && !line.contains("forbid(") {
                    broken.push(format!("{}:{line_number}: `{word}`: {why}", file.display()));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn every_file_opens_with_what_it_is_for() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).expect("the project's root");
    for folder in ["crates", "bindings"] {
        for file in source_files(&root.join(folder)) {
            if file.components().any(|part| part.as_os_str() == "target") {
                continue;
            }
            let text = fs::read_to_string(&file).expect("sources are UTF-8");
            assert!(text.starts_with("//!"), "{} does not open with //!", file.display());
        }
    }
}

#[test]
fn the_test_itself_sees_a_break() {
    assert_eq!(rooms_named("use crate::resolve::Config;"), ["resolve"]);
    assert_eq!(rooms_named("use crate::{Error, model::{Table, Record}, text::fold};"), ["model", "text"]);
    assert_eq!(rooms_named("let x = crate::stitch::go(crate::model::Weight(1.0));"), ["stitch", "model"]);
}
