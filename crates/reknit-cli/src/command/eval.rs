//! `reknit eval`: results beside the truth, with the measures of each field.
//!
//! Records: precision, recall and F1 over pairs, and B-cubed (Bagga and Baldwin 1998). Messages: the
//! measures of Kummerfeld et al. (2019): F1 of reply links, where a message that opens a
//! conversation counts as a link to itself; over clusters, scaled variation of information,
//! one-to-one overlap, and exact match without clusters of one. Messages of several files are
//! evaluated together, their clusters kept apart by file. Texts: accuracy, macro-F1, macro-recall,
//! and each label; with several labels a text also micro-F1.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use clap::builder::NonEmptyStringValueParser;
use reknit::classify::metrics::{LabelScore, MultiReport, Report};
use reknit::partition::metrics::{
    Scores, b_cubed, exact_match, one_to_one, pairwise, variation_of_information,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{LABEL_SEPARATOR, calibration, links};
use crate::console::Console;
use crate::failure::{Failure, Place, Result};
use crate::output::Output;
use crate::read::csv::each_row;
use crate::read::tsv;
use crate::read::{Input, Lines, jsonl};

const EXAMPLES: &str = "\
Examples:
  reknit eval resolve --pred people.csv --truth records.csv
  reknit eval stitch --pred conversations.csv --truth messages.jsonl --json
  reknit eval classify --pred labels.tsv --truth gold.tsv
  reknit eval calibration records.csv
  reknit eval links messages.jsonl";

/// What `reknit eval` takes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// People: --truth is a CSV with source, id, truth
    #[command(after_help = "Example:\n  reknit eval resolve --pred people.csv --truth records.csv")]
    Resolve(Files),
    /// Conversations: --truth is JSON Lines with id, `truth_thread`, `truth_reply_to`
    #[command(
        after_help = "Example:\n  reknit eval stitch --pred conversations.csv --truth a.jsonl --truth b.jsonl\n\n\
        Rows with \"context\": true or without truth_thread are left out; with `file` in the rows, clusters are\n\
        kept apart by file."
    )]
    Stitch(Files),
    /// Labels: --truth is `label<TAB>text`; --pred has one label a line in the same order
    #[command(after_help = "Examples:\n  reknit eval classify --pred labels.tsv --truth gold.tsv\n  \
        reknit eval classify --multi --pred labels.tsv --truth gold.tsv")]
    Classify(LabelFiles),
    /// How honest the probabilities of pairs are, and what the chosen threshold loses; needs `truth`
    Calibration(calibration::Args),
    /// How honest the probabilities of links between messages are, by family of channels
    Links(links::Args),
}

#[derive(clap::Args)]
struct Files {
    /// The result
    #[arg(long, value_name = "FILE")]
    pred: PathBuf,
    /// The truth; may be repeated
    #[arg(long, required = true, num_args = 1.., value_name = "FILE")]
    truth: Vec<PathBuf>,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct LabelFiles {
    #[command(flatten)]
    files: Files,
    /// A text has several labels, or none, joined by a comma
    #[arg(long)]
    multi: bool,
    /// What joins the labels of a row
    #[arg(long, value_name = "TEXT", default_value = LABEL_SEPARATOR, value_parser = NonEmptyStringValueParser::new())]
    label_separator: String,
}

/// Runs the command.
pub(crate) fn run(args: &Args, console: &Console) -> Result<()> {
    match &args.what {
        What::Resolve(files) => resolve(files, console),
        What::Stitch(files) => stitch(files, console),
        What::Classify(args) if args.multi => classify_multi(args, console),
        What::Classify(args) => classify(&args.files, console),
        What::Calibration(args) => calibration::run(args, console),
        What::Links(args) => links::run(args, console),
    }
}

// --- people

fn resolve(files: &Files, console: &Console) -> Result<()> {
    let mut found: HashMap<(String, String), String> = HashMap::new();
    each_named(&files.pred, &["source", "id", "entity_id"], console, |_, [source, id, entity]| {
        found.insert((source.to_owned(), id.to_owned()), entity.to_owned());
        Ok(())
    })?;
    let (mut truth, mut given, mut left_out) = (Vec::new(), Vec::new(), 0);
    for path in &files.truth {
        each_named(path, &["source", "id", "truth"], console, |_, [source, id, entity]| {
            if entity.is_empty() {
                left_out += 1;
                return Ok(());
            }
            let key = (source.to_owned(), id.to_owned());
            let Some(mine) = found.get(&key) else {
                return Err(Failure::data(format!(
                    "the record {source}:{id} is not in {}; the result must hold every record of the truth",
                    files.pred.display()
                )));
            };
            truth.push(entity.to_owned());
            given.push(mine.clone());
            Ok(())
        })?;
    }
    if left_out > 0 {
        console.note(format_args!("{left_out} records without truth are left out"));
    }
    let count = |labels: &[String]| labels.iter().collect::<BTreeSet<_>>().len();
    let (pairs, cubed) = (pairwise(&truth, &given)?, b_cubed(&truth, &given)?);
    if files.json {
        return print_json(&json!({
            "records": truth.len(),
            "entities": count(&given),
            "true_entities": count(&truth),
            "pairwise": pairs,
            "b_cubed": cubed,
        }));
    }
    Output::Standard.write(|out| {
        writeln!(out, "{} records, {} entities, in truth {}", truth.len(), count(&given), count(&truth))?;
        write_header(out)?;
        write_scores(out, "pairwise", pairs)?;
        write_scores(out, "B-cubed", cubed)
    })
}

/// Hands the values of the columns `names` of each row of a CSV file to `take`.
pub(super) fn each_named<const N: usize>(
    path: &Path,
    names: &[&str; N],
    console: &Console,
    mut take: impl FnMut(u64, [&str; N]) -> Result<()>,
) -> Result<()> {
    let opened = Input::of(path).open(console)?;
    let file = opened.name.clone();
    each_row(opened, console, |line, row| {
        let mut values = [""; N];
        for (value, name) in values.iter_mut().zip(names) {
            let Some(found) = row.get(name) else {
                let wanted = names.join(", ");
                return Err(Failure::at(
                    Place::line(&file, 1),
                    format!("there is no column `{name}`; the columns {wanted} are needed"),
                ));
            };
            *value = found.trim();
        }
        take(line, values)
    })
}

// --- conversations

/// What a row of the truth says; all else in it is left alone.
#[derive(Deserialize)]
struct TruthRow {
    id: Value,
    #[serde(default)]
    truth_thread: Value,
    #[serde(default)]
    truth_reply_to: Value,
    #[serde(default)]
    context: bool,
    #[serde(default)]
    file: Option<String>,
}

/// Where a message was placed.
struct Placed {
    conversation: String,
    parent: String,
}

/// Clusters and links of truth and result, message by message.
#[derive(Default)]
struct Threads {
    truth: Vec<String>,
    found: Vec<String>,
    true_links: usize,
    found_links: usize,
    right_links: usize,
    left_out: usize,
}

fn stitch(files: &Files, console: &Console) -> Result<()> {
    let mut placed: HashMap<String, Placed> = HashMap::new();
    each_named(
        &files.pred,
        &["id", "conversation_id", "parent_id"],
        console,
        |_, [id, conversation, parent]| {
            placed.insert(
                id.to_owned(),
                Placed { conversation: conversation.to_owned(), parent: parent.to_owned() },
            );
            Ok(())
        },
    )?;
    let mut threads = Threads::default();
    for (place, path) in files.truth.iter().enumerate() {
        let opened = Input::of(path).open(console)?;
        jsonl::each(opened, console, |_, row: TruthRow| threads.add(place, &row, &placed, &files.pred))?;
    }
    if threads.left_out > 0 {
        console.note(format_args!("{} messages without truth are left out", threads.left_out));
    }
    threads.print(files.json)
}

impl Threads {
    fn add(
        &mut self,
        place: usize,
        row: &TruthRow,
        placed: &HashMap<String, Placed>,
        pred: &Path,
    ) -> Result<()> {
        let Some(thread) = text_of(&row.truth_thread).filter(|_| !row.context) else {
            self.left_out += 1;
            return Ok(());
        };
        let id = text_of(&row.id).ok_or_else(|| Failure::data("this row has no id"))?;
        let Some(mine) = placed.get(&id) else {
            return Err(Failure::data(format!(
                "the message {id} is not in {}; the result must hold every message of the truth",
                pred.display()
            )));
        };
        let group = format!("{place}\u{1f}{}\u{1f}", row.file.as_deref().unwrap_or_default());
        self.truth.push(format!("{group}{thread}"));
        self.found.push(format!("{group}{}", mine.conversation));
        let mut parents: BTreeSet<String> = match &row.truth_reply_to {
            Value::Array(items) => items.iter().filter_map(text_of).collect(),
            one => text_of(one).into_iter().collect(),
        };
        if parents.is_empty() {
            parents.insert(id.clone());
        }
        let parent = if mine.parent.is_empty() { &id } else { &mine.parent };
        self.true_links += parents.len();
        self.found_links += 1;
        self.right_links += usize::from(parents.contains(parent));
        Ok(())
    }

    fn print(&self, as_json: bool) -> Result<()> {
        let (truth, found) = (&self.truth, &self.found);
        let links = Scores::of(self.right_links as f64, self.found_links as f64, self.true_links as f64);
        let variation = variation_of_information(truth, found)?;
        let overlap = one_to_one(truth, found)?;
        let exact = exact_match(truth, found)?;
        let (pairs, cubed) = (pairwise(truth, found)?, b_cubed(truth, found)?);
        let count = |labels: &[String]| labels.iter().collect::<BTreeSet<_>>().len();
        if as_json {
            return print_json(&json!({
                "messages": truth.len(),
                "conversations": count(found),
                "true_conversations": count(truth),
                "links": links,
                "variation_of_information": variation,
                "one_to_one": overlap,
                "exact_match": exact,
                "pairwise": pairs,
                "b_cubed": cubed,
            }));
        }
        Output::Standard.write(|out| {
            writeln!(
                out,
                "{} messages, {} conversations, in truth {}",
                truth.len(),
                count(found),
                count(truth)
            )?;
            write_header(out)?;
            write_scores(out, "links", links)?;
            write_scores(out, "exact match", exact)?;
            write_scores(out, "pairwise", pairs)?;
            write_scores(out, "B-cubed", cubed)?;
            writeln!(out, "{:<28}{variation:>10.4}", "scaled variation of inf.")?;
            writeln!(out, "{:<28}{overlap:>10.4}", "one-to-one overlap")
        })
    }
}

/// The true conversation of each message that has one, by the message's id.
pub(super) fn true_threads(files: &[PathBuf], console: &Console) -> Result<HashMap<String, String>> {
    let mut threads = HashMap::new();
    for (place, path) in files.iter().enumerate() {
        let opened = Input::of(path).open(console)?;
        jsonl::each(opened, console, |_, row: TruthRow| {
            let thread = text_of(&row.truth_thread).filter(|_| !row.context);
            if let (Some(id), Some(thread)) = (text_of(&row.id), thread) {
                let file = row.file.as_deref().unwrap_or_default();
                threads.insert(id, format!("{place}\u{1f}{file}\u{1f}{thread}"));
            }
            Ok(())
        })?;
    }
    Ok(threads)
}

/// A text or a number as text; none for null and blank.
fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

// --- labels

fn classify(files: &Files, console: &Console) -> Result<()> {
    let mut truth: Vec<String> = Vec::new();
    for path in &files.truth {
        truth.extend(tsv::labelled(path, console)?.into_iter().map(|row| row.label));
    }
    let given =
        first_columns(&files.pred, console)?.iter().map(|column| tsv::unescape(column)).collect::<Vec<_>>();
    check_count(files, truth.len(), given.len())?;
    let report = Report::of(&truth, &given);
    if files.json {
        return print_json(&json!(report));
    }
    let figures =
        [("accuracy", report.accuracy), ("macro-F1", report.macro_f1), ("macro-recall", report.macro_recall)];
    print_labels(report.texts, &figures, &report.labels)
}

fn classify_multi(args: &LabelFiles, console: &Console) -> Result<()> {
    let LabelFiles { files, label_separator: separator, .. } = args;
    let mut truth: Vec<Vec<String>> = Vec::new();
    for path in &files.truth {
        truth.extend(tsv::multi_labelled(path, separator, console)?.into_iter().map(|row| row.labels));
    }
    let columns = first_columns(&files.pred, console)?;
    let given: Vec<Vec<String>> = columns.iter().map(|column| tsv::split_labels(column, separator)).collect();
    check_count(files, truth.len(), given.len())?;
    let report = MultiReport::of(&truth, &given);
    if files.json {
        return print_json(&json!(report));
    }
    let figures = [
        ("macro-F1", report.macro_f1),
        ("micro-F1", report.micro_f1),
        ("subset accuracy", report.accuracy),
        ("macro-recall", report.macro_recall),
    ];
    print_labels(report.texts, &figures, &report.labels)
}

/// What stands before the first tab of each line.
fn first_columns(path: &Path, console: &Console) -> Result<Vec<String>> {
    let mut lines = Lines::new(Input::of(path).open(console)?);
    let mut columns = Vec::new();
    while let Some((_, line)) = lines.next_line()? {
        columns.push(line.split('\t').next().unwrap_or_default().trim().to_owned());
    }
    Ok(columns)
}

fn check_count(files: &Files, truth: usize, given: usize) -> Result<()> {
    if truth == given {
        return Ok(());
    }
    Err(Failure::at(
        Place::line(&files.pred.display().to_string(), given as u64),
        format!("there are {given} labels here and {truth} in the truth; give one a line"),
    ))
}

fn print_labels(texts: usize, figures: &[(&str, f64)], labels: &[LabelScore]) -> Result<()> {
    Output::Standard.write(|out| {
        writeln!(out, "{texts} texts, {} labels", labels.len())?;
        for (name, figure) in figures {
            writeln!(out, "{name:<28}{figure:>10.4}")?;
        }
        writeln!(out, "{:<28}{:>10}{:>10}{:>10}{:>10}", "label", "precision", "recall", "F1", "texts")?;
        for label in labels {
            let name = tsv::escape(&label.label);
            let (precision, recall, f1) = (label.precision, label.recall, label.f1);
            writeln!(out, "{name:<28}{precision:>10.4}{recall:>10.4}{f1:>10.4}{:>10}", label.support)?;
        }
        Ok(())
    })
}

// --- printing

fn write_header(out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{:<28}{:>10}{:>10}{:>10}", "", "precision", "recall", "F1")
}

fn write_scores(out: &mut dyn Write, name: &str, scores: Scores) -> std::io::Result<()> {
    writeln!(out, "{name:<28}{:>10.4}{:>10.4}{:>10.4}", scores.precision, scores.recall, scores.f1)
}

pub(super) fn print_json(value: &Value) -> Result<()> {
    Output::Standard.write(|out| {
        serde_json::to_writer_pretty(&mut *out, value)?;
        writeln!(out)
    })
}
