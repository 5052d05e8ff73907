//! The `reknit` command: people, conversations and labels from files, with the evidence.
//!
//! One file per command in `command/`, one per format in `read/`. Results go to standard output or
//! to the file named with `-o`; notes and errors go to standard error. Exit codes: 0 done, 1 the
//! data could not be processed, 2 the call was wrong.

mod command;
mod console;
mod demo;
mod failure;
mod output;
mod read;
mod report;
mod stages;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use clap::{Parser, Subcommand};

use command::{
    annotate, classify, demo as demonstrate, eval, golden, messages, models, resolve, run, stitch, train,
};
use console::Console;
use failure::{Failure, Result};

/// Turns dirty contacts and messages into people, conversations and labels, with the evidence.
#[derive(Parser)]
#[command(name = "reknit", version, propagate_version = true, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  reknit run --contacts crm.csv shop.csv --messages inbox.mbox chats.jsonl -o out
  reknit resolve crm.csv shop.csv -o people.csv
  reknit COMMAND --help    shows what each command takes, with an example

`-` as a file is standard input or output. Exit codes: 0 done, 1 the data could not be processed, 2 wrong usage.";

#[derive(Subcommand)]
enum Command {
    /// Try everything on an invented company, with scores and a report
    Demo(demonstrate::Args),
    /// The main job: contacts and messages to people, conversations and labels
    Run(run::Args),
    /// Which contact records are one person
    Resolve(Box<resolve::Args>),
    /// One record per person, with the best value of each field
    Golden(golden::Args),
    /// Which messages are one conversation
    Stitch(stitch::Args),
    /// Mail and exports (WhatsApp, X, Slack, Telegram ...) as message JSON Lines
    Messages(messages::Args),
    /// Learn labels from examples
    Train(train::Args),
    /// Label texts
    Classify(classify::Args),
    /// Read texts in several ways at once
    Annotate(annotate::Args),
    /// List the built-in models
    Models(models::Args),
    /// Compare results with the truth
    Eval(eval::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let console = Console::new();
    match guarded(|| dispatch(cli.command, &console)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !matches!(failure, Failure::Closed) {
                console.note(&failure);
            }
            ExitCode::from(failure.exit_code())
        }
    }
}

fn dispatch(command: Command, console: &Console) -> Result<()> {
    match command {
        Command::Demo(args) => demonstrate::run(&args, console),
        Command::Run(args) => run::run(&args, console),
        Command::Resolve(args) => resolve::run(&args, console),
        Command::Golden(args) => golden::run(&args, console),
        Command::Stitch(args) => stitch::run(&args, console),
        Command::Messages(args) => messages::run(&args, console),
        Command::Train(args) => train::run(&args, console),
        Command::Classify(args) => classify::run(&args, console),
        Command::Annotate(args) => annotate::run(&args, console),
        Command::Models(args) => models::run(&args),
        Command::Eval(args) => eval::run(&args, console),
    }
}

/// Runs `job`; a broken promise inside becomes an error like any other. Of the panic only the place
/// in the code is shown, because its message may hold values of the data.
fn guarded(job: impl FnOnce() -> Result<()>) -> Result<()> {
    let place = Arc::new(Mutex::new(String::new()));
    let seen = Arc::clone(&place);
    std::panic::set_hook(Box::new(move |panic| {
        if let (Some(location), Ok(mut place)) = (panic.location(), seen.lock()) {
            *place = location.to_string();
        }
    }));
    catch_unwind(AssertUnwindSafe(job)).unwrap_or_else(|_| {
        let place = place.lock().map(|place| place.clone()).unwrap_or_default();
        Err(Failure::data(format!(
            "a promise inside reknit was broken at {place}; please report this line and the kind of data"
        )))
    })
}
