//! `reknit demo`: try everything on an invented company.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use crate::console::Console;
use crate::demo::{self, Options};
use crate::failure::Result;

const EXAMPLES: &str = "\
Example:
  reknit demo              writes ./reknit-demo and opens with report.html

The company is invented: its people, addresses and messages exist nowhere else.";

/// What `reknit demo` takes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Where the files go; made if it is not there
    #[arg(short, long, value_name = "DIRECTORY", default_value = "reknit-demo")]
    output: PathBuf,
    /// Another number makes another company
    #[arg(long, default_value_t = 7)]
    seed: u64,
}

/// Runs the command.
pub(crate) fn run(args: &Args, console: &Console) -> Result<()> {
    let mut out = io::stdout().lock();
    let color = out.is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let options = Options { dir: args.output.clone(), seed: args.seed, color };
    demo::run(&options, console, &mut out)
}
