//! The project's chores, in plain Rust so that a fresh machine needs nothing but a toolchain.
//!
//! `cargo xtask test` passes every test in every language and does its own set-up: a virtual
//! environment below `target/`, and on Debian as root the system packages that Java and valgrind
//! need. What it cannot run it names aloud and counts as skipped; with `--require-all` a skip is a
//! failure. `cargo xtask suites` runs the threading cases alone; `cargo xtask rooms` trains the room
//! ranker, `cargo xtask language` what languages are told apart by; `cargo xtask learnt` reads texts for those that
//! train the built-in sentiment; `cargo xtask header` writes the C header anew; `cargo xtask install-c PREFIX` installs the C
//! library.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a chore talks to the person who runs it")]

mod c;
mod checks;
mod households;
mod install;
mod java;
mod language;
mod learnt;
mod python;
mod quality;
mod quotes;
mod rooms;
mod rust;
mod shell;
mod suites;
mod tally;
mod vectors;

use std::process::ExitCode;

use tally::Tally;

const USAGE: &str = "usage: cargo xtask COMMAND
  test [--require-all] [rust|c|python|java|quality]...   every test, or those named
  suites                                        mail threading: which cases of others' suites pass, and why not
  rooms DATA | rooms decide LOG OUT [MODEL]     train the room ranker anew; its decisions for a log
  language FOLDER                               learn anew by what languages are told apart
  learnt                                        texts to what the built-in sentiment learns from
  header                                        write bindings/c/include/reknit.h anew
  install-c PREFIX                              header, C libraries and reknit.pc below PREFIX";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["test", rest @ ..] => test(rest),
        ["suites"] => exit_code(quality::suites()),
        ["language", folder] => exit_code(language::run(folder)),
        ["rooms", rest @ ..] => exit_code(rooms::run(rest)),
        ["learnt"] => exit_code(learnt::run()),
        ["header"] => exit_code(c::write_header()),
        ["install-c", prefix] => exit_code(c::install_release(prefix)),
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

/// Runs the tests asked for, all when none is named, and prints the count of each.
fn test(words: &[&str]) -> ExitCode {
    let require_all = words.contains(&"--require-all");
    let named: Vec<&str> = words.iter().copied().filter(|word| *word != "--require-all").collect();
    if let Some(unknown) =
        named.iter().find(|name| !["rust", "c", "python", "java", "quality"].contains(name))
    {
        eprintln!("no tests called `{unknown}`\n{USAGE}");
        return ExitCode::from(2);
    }
    let wanted = |name: &str| named.is_empty() || named.contains(&name);
    let mut tallies = Vec::new();
    if wanted("rust") {
        tallies.push(rust::test());
    }
    if wanted("c") {
        tallies.push(c::test());
    }
    if wanted("python") {
        tallies.push(python::test());
    }
    if wanted("java") {
        tallies.push(java::test());
    }
    if wanted("quality") {
        tallies.push(quality::test());
    }
    println!();
    for tally in &tallies {
        println!("{tally}");
    }
    let sum: Tally = tallies.into_iter().fold(Tally::new("All"), Tally::plus);
    for skip in &sum.skips {
        println!("SKIPPED {skip}");
    }
    println!("\n{} passed, {} failed, {} skipped", sum.passed, sum.failed, sum.skips.len());
    let complete = sum.skips.is_empty() || !require_all;
    exit_code(complete && sum.passed > 0 && sum.failed == 0)
}

fn exit_code(ok: bool) -> ExitCode {
    if ok { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
