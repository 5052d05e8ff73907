//! `reknit run`: the main job, from contacts and messages to people, conversations and labels.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use reknit::model::{Message, Table};
use reknit::pipeline::{self, Config, Outcome};
use serde_json::{Value, json};

use super::read_config;
use super::resolve::{ContactArgs, MatchArgs};
use super::stitch::placement_row;
use crate::console::Console;
use crate::failure::{Failure, Result};
use crate::output::{Output, six_decimals};
use crate::read::messages::{self, MessageArgs};
use crate::report;

const EXAMPLES: &str = "\
Example:
  reknit run --contacts crm.csv shop.csv --messages inbox.mbox chats.jsonl -o out

Writes into the folder:
  people.csv         source, id, entity_id, probability, name: one row a record; people whom only messages
                     show have their channel as source and their handle as id
  conversations.csv  id, conversation_id, parent_id, weight, channel, author_entity: one row a message
  labels.csv         id, label, probability, score, irony: how each message sounds
  evidence.jsonl     why: one object for each link, refused link, reply and label
  report.html        all of it to read in a browser, without a network";

/// What `reknit run` takes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Contacts: CSV with a header row, JSON Lines or Parquet
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    contacts: Vec<PathBuf>,
    /// Messages: mail, JSON Lines, exports (see `reknit messages --help`) or folders of them
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    messages: Vec<PathBuf>,
    /// The folder for the results; made when it is not there
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    #[command(flatten)]
    reading: ContactArgs,
    #[command(flatten)]
    message_reading: MessageArgs,
    #[command(flatten)]
    matching: MatchArgs,
    /// A JSON file with the fields of `pipeline::Config`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, console: &Console) -> Result<()> {
    let mut config: Config = read_config(args.config.as_deref())?;
    args.matching.apply(&mut config.resolve);
    if args.contacts.iter().chain(&args.messages).filter(|path| *path == Path::new("-")).count() > 1 {
        return Err(Failure::usage("standard input (`-`) can be read only once"));
    }
    prepare(&args.output)?;
    let contacts = args.reading.read(&args.contacts, &config.resolve, console)?;
    let messages = messages::read(&args.messages, &args.message_reading, console)?;
    let outcome = work(&config, &contacts, messages, &args.output, console)?;
    write_page(&args.output, &contacts, &outcome)?;
    Output::Standard.write(|out| write_summary(out, &contacts, &outcome, &args.output))
}

/// Runs the main job and writes its files into `folder`.
pub(crate) fn work(
    config: &Config,
    contacts: &Table,
    messages: Vec<Message>,
    folder: &Path,
    console: &Console,
) -> Result<Outcome> {
    prepare(folder)?;
    let outcome = pipeline::run(config, contacts, messages, &mut console.watch())?;
    let file = |name: &str| Output::of(Some(&folder.join(name)));
    file("people.csv")?.write_csv(|rows| write_people(rows, contacts, &outcome))?;
    file("conversations.csv")?.write_csv(|rows| write_conversations(rows, &outcome))?;
    file("labels.csv")?.write_csv(|rows| write_labels(rows, &outcome))?;
    file("evidence.jsonl")?.write(|out| write_evidence(out, contacts, &outcome))?;
    Ok(outcome)
}

fn write_page(folder: &Path, contacts: &Table, outcome: &Outcome) -> Result<()> {
    let note = "What reknit found in these contacts and messages; every decision carries its receipt.";
    let page = report::Input::of("People, conversations and labels", note, contacts, outcome);
    let file = Output::of(Some(&folder.join("report.html")))?;
    file.write(|out| out.write_all(report::html(&page).as_bytes()))
}

fn prepare(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|error| Failure::io(&folder.display().to_string(), &error))
}

type Rows<'a> = csv::Writer<&'a mut dyn Write>;

fn write_people(rows: &mut Rows<'_>, contacts: &Table, outcome: &Outcome) -> csv::Result<()> {
    rows.write_record(["source", "id", "entity_id", "probability", "name"])?;
    let names: BTreeMap<&str, &str> = outcome
        .people
        .iter()
        .filter_map(|person| Some((person.entity_id.as_str(), person.name.as_deref()?)))
        .collect();
    let mut text = String::new();
    for row in 0..contacts.len() {
        let entity = outcome.resolution.entity_ids[row].as_str();
        let probability = six_decimals(outcome.resolution.probabilities[row], &mut text);
        let name = names.get(entity).copied().unwrap_or_default();
        rows.write_record([contacts.source(row), contacts.id(row), entity, probability, name])?;
    }
    for person in outcome.people.iter().filter(|person| person.rows.is_empty()) {
        let (channel, handle) = person.entity_id.split_once(':').unwrap_or(("", &person.entity_id));
        let name = person.name.as_deref().unwrap_or_default();
        rows.write_record([channel, handle, &person.entity_id, "1.000000", name])?;
    }
    Ok(())
}

fn write_conversations(rows: &mut Rows<'_>, outcome: &Outcome) -> csv::Result<()> {
    rows.write_record(["id", "conversation_id", "parent_id", "weight", "channel", "author_entity"])?;
    for (message, placement) in outcome.messages.iter().zip(&outcome.stitching.placements) {
        let [id, conversation, parent, weight] = placement_row(&outcome.messages, message, placement);
        let entity = message.author.entity.as_deref().unwrap_or_default();
        rows.write_record([&id, &conversation, &parent, &weight, &message.channel.0, entity])?;
    }
    Ok(())
}

fn write_labels(rows: &mut Rows<'_>, outcome: &Outcome) -> csv::Result<()> {
    rows.write_record(["id", "label", "probability", "score", "irony"])?;
    for (message, reading) in outcome.messages.iter().zip(&outcome.sentiments) {
        rows.write_record([
            message.id.as_str(),
            reading.label.name(),
            &format!("{:.6}", reading.probability),
            &format!("{:.4}", reading.effective_score),
            &format!("{:.4}", reading.sarcasm.probability),
        ])?;
    }
    Ok(())
}

fn write_evidence(out: &mut dyn Write, contacts: &Table, outcome: &Outcome) -> std::io::Result<()> {
    let mut line = |object: Value| writeln!(out, "{object}");
    for link in &outcome.resolution.links {
        line(json!({
            "kind": "link",
            "a": contacts.key(link.a as usize),
            "b": contacts.key(link.b as usize),
            "probability": link.probability,
            "evidence": outcome.resolution.evidence(link.receipt),
        }))?;
    }
    for refusal in &outcome.resolution.refused {
        line(json!({
            "kind": "refused_link",
            "a": contacts.key(refusal.a as usize),
            "b": contacts.key(refusal.b as usize),
            "reason": refusal.reason,
            "evidence": outcome.resolution.evidence(refusal.receipt),
        }))?;
    }
    for (message, placement) in outcome.messages.iter().zip(&outcome.stitching.placements) {
        let parent = placement.parent.and_then(|parent| outcome.messages.get(parent));
        line(json!({
            "kind": "reply",
            "id": message.id,
            "parent_id": parent.map(|parent| &parent.id),
            "conversation_id": placement.conversation_id,
            "relation": placement.relation,
            "evidence": placement.evidence,
        }))?;
    }
    for (message, reading) in outcome.messages.iter().zip(&outcome.sentiments) {
        line(json!({
            "kind": "label",
            "id": message.id,
            "label": reading.label,
            "probability": reading.probability,
            "contributions": reading.contributions,
            "irony": reading.sarcasm,
        }))?;
    }
    Ok(())
}

/// What was found, in a few lines for the terminal.
pub(crate) fn write_summary(
    out: &mut dyn Write,
    contacts: &Table,
    outcome: &Outcome,
    folder: &Path,
) -> std::io::Result<()> {
    let known = outcome.people.iter().filter(|person| !person.rows.is_empty()).count();
    let joined = outcome.people.iter().filter(|person| person.rows.len() > 1).count();
    let others = outcome.people.len() - known;
    let conversations = &outcome.stitching.conversations;
    let hopping = conversations.iter().filter(|conversation| conversation.channels.len() > 1).count();
    let authors = outcome.messages.iter().filter(|message| message.author.entity.is_some()).count();
    let mut labels: BTreeMap<&str, usize> = BTreeMap::new();
    for reading in &outcome.sentiments {
        *labels.entry(reading.label.name()).or_default() += 1;
    }
    let labels: Vec<String> = labels.iter().map(|(label, count)| format!("{count} {label}")).collect();
    let mut row = |name: &str, count: usize, note: String| writeln!(out, "{name:<14}{count:>9}  {note}");
    row("records", contacts.len(), format!("from {} source(s)", contacts.sources().len()))?;
    row("people", known, format!("{joined} of several records; {others} more known only from messages"))?;
    row("messages", outcome.messages.len(), format!("{authors} with a known author"))?;
    row("conversations", conversations.len(), format!("{hopping} over several channels"))?;
    row("labels", outcome.sentiments.len(), labels.join(", "))?;
    writeln!(out, "written to {}", folder.display())
}
