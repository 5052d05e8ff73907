//! `reknit messages`: mail and exports as message JSON Lines.

use std::path::PathBuf;

use crate::console::Console;
use crate::failure::Result;
use crate::output::Output;
use crate::read::messages::{self, MessageArgs};

const EXAMPLES: &str = "\
Examples:
  reknit messages slack-export/ -o slack.jsonl
  reknit messages \"WhatsApp Chat with Ana.txt\" --us Bo --utc-offset 60 -o chat.jsonl
  reknit messages inbox.mbox twitter-archive/data/ | head -3

Read are mail (.eml, mbox, Maildir), message JSON Lines, and exports: WhatsApp (text), X (data/tweets.js,
data/direct-messages.js), Slack (day files), Telegram (result.json), Chatwoot and Zendesk (JSON of their
interfaces). A .zip must be unpacked. What cannot be read is reported with its place and left out. Each line of
the output is a message as `reknit stitch` takes it.";

/// What `reknit messages` takes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Files or folders; `-` reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where the messages go [default: standard output]
    #[arg(short, long, value_name = "OUT.jsonl")]
    output: Option<PathBuf>,
    #[command(flatten)]
    reading: MessageArgs,
}

/// Runs the command.
pub(crate) fn run(args: &Args, console: &Console) -> Result<()> {
    let output = Output::of(args.output.as_deref())?;
    let messages = messages::read(&args.files, &args.reading, console)?;
    output.write(|out| {
        for message in &messages {
            serde_json::to_writer(&mut *out, message).map_err(std::io::Error::from)?;
            writeln!(out)?;
        }
        Ok(())
    })?;
    console.note(format_args!("{} messages; written to {}", messages.len(), output.name()));
    Ok(())
}
