//! `reknit stitch`: which messages are one conversation.

use std::io::Write;
use std::path::PathBuf;

use reknit::model::Message;
use reknit::stitch::{Config, Placement, Stitcher, Stitching};

use super::read_config;
use super::resolve::name_of;
use crate::console::Console;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::read::Entities;
use crate::read::messages::{self, MessageArgs};

const EXAMPLES: &str = "\
Examples:
  reknit stitch inbox.mbox chats.jsonl -o conversations.csv
  reknit stitch mails/ --entities people.csv -o conversations.csv
  reknit stitch slack-export/ _chat.txt -o conversations.csv
  reknit stitch chats.jsonl --explain m17

The file of --entities has the columns handle,entity_id, or source,id,entity_id as `reknit resolve`
writes them. A participant whose handle is the handle (or the id), or whose message names the record
in `author_contact`, is that entity. The output has the columns id, conversation_id, parent_id, weight;
a message without a parent opens its conversation.";

/// What `reknit stitch` takes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Messages: mail, JSON Lines, exports (see `reknit messages --help`) or folders of them; `-` reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Who is behind the handles
    #[arg(long, value_name = "entities.csv")]
    entities: Option<PathBuf>,
    /// Where the conversations go [default: standard output]
    #[arg(short, long, value_name = "OUT.csv")]
    output: Option<PathBuf>,
    /// Print why this message sits where it sits
    #[arg(long, value_name = "ID")]
    explain: Option<String>,
    /// A JSON file with the fields of `stitch::Config`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    reading: MessageArgs,
}

/// Runs the command.
pub(crate) fn run(args: &Args, console: &Console) -> Result<()> {
    let output = Output::of(args.output.as_deref())?;
    let config: Config = read_config(args.config.as_deref())?;
    let stitcher = Stitcher::build(config)?;
    let mut messages = messages::read(&args.files, &args.reading, console)?;
    if let Some(path) = &args.entities {
        let known = Entities::read(path, console)?.put_on(&mut messages);
        console.note(format_args!("{known} participants are known entities"));
    }
    let stitching = stitcher.stitch(&messages, &mut console.watch())?;
    if args.explain.is_none() || args.output.is_some() {
        output.write_csv(|rows| {
            rows.write_record(["id", "conversation_id", "parent_id", "weight"])?;
            for (message, placement) in messages.iter().zip(&stitching.placements) {
                rows.write_record(placement_row(&messages, message, placement))?;
            }
            Ok(())
        })?;
        console.note(format_args!(
            "{} messages are {} conversations; written to {}",
            messages.len(),
            stitching.conversations.len(),
            output.name()
        ));
    }
    if let Some(id) = &args.explain {
        let Some(at) = messages.iter().position(|message| message.id == *id) else {
            return Err(Failure::data(format!("there is no message {id}")));
        };
        Output::Standard.write(|out| write_receipt(out, &messages, &stitching, at))?;
    }
    Ok(())
}

/// id, `conversation_id`, `parent_id`, weight.
pub(super) fn placement_row(messages: &[Message], message: &Message, placement: &Placement) -> [String; 4] {
    let parent = placement.parent.and_then(|parent| messages.get(parent));
    [
        message.id.clone(),
        placement.conversation_id.clone(),
        parent.map(|parent| parent.id.clone()).unwrap_or_default(),
        format!("{:.3}", placement.weight.bits()),
    ]
}

fn write_receipt(
    out: &mut dyn Write,
    messages: &[Message],
    stitching: &Stitching,
    at: usize,
) -> std::io::Result<()> {
    let Some(placement) = stitching.placements.get(at) else { return Ok(()) };
    let conversation = stitching.conversations.iter().find(|c| c.id == placement.conversation_id);
    let members = conversation.map_or(0, |conversation| conversation.members.len());
    let channels = conversation.map(|conversation| conversation.channels.join(", ")).unwrap_or_default();
    writeln!(out, "message {}", messages[at].id)?;
    writeln!(out, "conversation {} ({members} message(s) on {channels})", placement.conversation_id)?;
    match placement.parent.and_then(|parent| messages.get(parent)) {
        Some(parent) => writeln!(out, "{} of {}", name_of(&placement.relation), parent.id)?,
        None => writeln!(out, "{}: it answers no earlier message", name_of(&placement.relation))?,
    }
    writeln!(out, "{}", placement.evidence)
}
