//! `reknit annotate`: several readings of each text in one pass.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use reknit::classify::Annotator;

use super::classify::{Model, Texts, write_json, write_label};
use crate::console::Console;
use crate::failure::{Failure, Result};
use crate::output::Output;
use crate::read::tsv::escape;
use crate::read::{Input, Lines};

const EXAMPLES: &str = "\
Examples:
  reknit annotate texts.txt -o readings.tsv
  reknit annotate --model intent --model urgency --model queue=tickets.model texts.txt
  cat texts.txt | reknit annotate --json -

A .txt file (or standard input) is one text a line. In a .tsv file \\\\ \\t \\r \\n are undone, and of a line
label<TAB>text the text is taken. The first line of the output names the columns, two a reader: its name (the label)
and its name with _probability after it; a line a text follows, in the order of the input. Of a model of
`reknit train --multi` the labels that hold are joined by a comma and a blank; where there is none it is `none`.
With --json each output line is the answer as JSON, as the verb `annotate` gives it.";

/// What `reknit annotate` takes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Who reads: sentiment, emotion, intent, urgency, spam, language, or a file written by `reknit train`, perhaps
    /// with a name before it [default: all that are built in]
    #[arg(long = "model", value_name = "NAME|[NAME=]FILE")]
    models: Vec<String>,
    /// Texts: IN.tsv or IN.txt; `-` reads standard input
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// Where the readings go [default: standard output]
    #[arg(short, long, value_name = "OUT.tsv")]
    output: Option<PathBuf>,
    /// Read standard input (or a file of another name) as a .tsv file
    #[arg(long)]
    tsv: bool,
    /// Write JSON, one answer a line
    #[arg(long)]
    json: bool,
    /// Worker threads; 0 = as many as the machine has
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
}

/// Runs the command.
pub(crate) fn run(args: &Args, console: &Console) -> Result<()> {
    let output = Output::of(args.output.as_deref())?;
    let annotator = annotator(&args.models)?;
    let input = Input::of(&args.input);
    let mut texts = Texts::new(Lines::new(input.open(console)?), args.tsv || input.is_tsv());
    let begin = |out: &mut dyn Write| if args.json { Ok(()) } else { write_head(out, &annotator) };
    texts.write_batches(&output, begin, |out, batch| {
        if args.json {
            annotator.annotate_all(batch, args.threads).iter().try_for_each(|found| write_json(out, found))
        } else {
            annotator.label_all(batch, args.threads).iter().try_for_each(|found| write_row(out, found))
        }
    })?;
    texts.finish(console);
    Ok(())
}

/// The readers that were asked for.
fn annotator(asked: &[String]) -> Result<Annotator> {
    if asked.is_empty() {
        return Ok(Annotator::everything());
    }
    let (known, files): (Vec<&str>, Vec<&str>) =
        asked.iter().map(String::as_str).partition(|name| Annotator::models().any(|model| model == *name));
    let mut found = Annotator::new(&known)?;
    for file in files {
        let (name, path) = named(file);
        found = match Model::open(path)? {
            Model::Trained(classifier) => found.with(name, *classifier)?,
            Model::Multi(classifier) => found.with_multi(name, *classifier)?,
            Model::BuiltIn(_) => {
                return Err(Failure::usage(format!(
                    "`{path}` is built in and keeps its name; leave `{name}=` out"
                )));
            }
        };
    }
    Ok(found)
}

/// The name of a reader and its file: what is before `=`, or the name of the file without its ending.
fn named(file: &str) -> (&str, &str) {
    file.split_once('=').unwrap_or_else(|| {
        let stem = Path::new(file).file_stem().and_then(|stem| stem.to_str());
        (stem.unwrap_or(file), file)
    })
}

fn write_head(out: &mut dyn Write, annotator: &Annotator) -> std::io::Result<()> {
    let columns = annotator.names().into_iter().map(escape);
    let columns: Vec<String> =
        columns.map(|name| format!("{name}\t{name}{}", Annotator::PROBABILITY)).collect();
    writeln!(out, "{}", columns.join("\t"))
}

fn write_row(out: &mut dyn Write, found: &BTreeMap<String, (String, f64)>) -> std::io::Result<()> {
    for (place, (label, probability)) in found.values().enumerate() {
        if place > 0 {
            write!(out, "\t")?;
        }
        write_label(out, label, *probability)?;
    }
    writeln!(out)
}
