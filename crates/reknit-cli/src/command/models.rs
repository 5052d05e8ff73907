//! `reknit models`: the built-in ones, by name.

use reknit::classify::BuiltIn;

use crate::failure::Result;
use crate::output::Output;

/// What `reknit models` takes: nothing.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  reknit models\n  reknit classify --model sentiment texts.txt")]
pub(crate) struct Args {}

/// Runs the command.
pub(crate) fn run(_: &Args) -> Result<()> {
    Output::Standard.write(|out| {
        writeln!(out, "{:<12}{:<42}about", "name", "labels")?;
        for (name, labels, about) in BuiltIn::MODELS {
            writeln!(out, "{name:<12}{labels:<42}{about}")?;
        }
        Ok(())
    })
}
