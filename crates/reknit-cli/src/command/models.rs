//! `reknit models`: the built-in ones, by name.

use crate::failure::Result;
use crate::output::Output;

/// What `reknit models` takes: nothing.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  reknit models\n  reknit classify --model sentiment texts.txt")]
pub(crate) struct Args {}

/// A model that comes with the program.
pub(super) struct BuiltIn {
    pub(super) name: &'static str,
    labels: &'static str,
    about: &'static str,
}

/// The sentiment reader's name.
pub(super) const SENTIMENT: &str = "sentiment";

const BUILT_IN: &[BuiltIn] = &[BuiltIn {
    name: SENTIMENT,
    labels: "positive, negative, neutral, mixed",
    about: "how an English text sounds: a word list and rules, with irony; no training data",
}];

/// The names, for error messages.
pub(super) fn names() -> String {
    BUILT_IN.iter().map(|model| model.name).collect::<Vec<_>>().join(", ")
}

/// Runs the command.
pub(crate) fn run(_: &Args) -> Result<()> {
    Output::Standard.write(|out| {
        writeln!(out, "{:<12}{:<38}about", "name", "labels")?;
        for model in BUILT_IN {
            writeln!(out, "{:<12}{:<38}{}", model.name, model.labels, model.about)?;
        }
        Ok(())
    })
}
