//! `reknit classify`: a label for each text.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use reknit::classify::{BuiltIn, Classifier, SpanWeight};

use crate::console::Console;
use crate::failure::{Failure, Place, Result};
use crate::output::Output;
use crate::read::tsv::{escape, unescape};
use crate::read::{Input, Lines};

const EXAMPLES: &str = "\
Examples:
  reknit classify --model sentiment texts.txt
  reknit classify --model tickets.model new.tsv -o labels.tsv
  cat texts.txt | reknit classify --model sentiment --explain -

A .txt file (or standard input) is one text a line. In a .tsv file \\\\ \\t \\r \\n are undone, and of a line
label<TAB>text the text is taken. Each output line is label<TAB>probability, in the order of the input;
with --scope the probability that it is about any label follows, and whether that is enough (true, false);
with --all the other labels follow, most probable first, as further pairs of columns (built-in models
judge only the label they give).";

/// What `reknit classify` takes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Args {
    /// A built-in model (see `reknit models`) or a file written by `reknit train`
    #[arg(long, value_name = "NAME|FILE")]
    model: String,
    /// Texts: IN.tsv or IN.txt; `-` reads standard input
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// Where the labels go [default: standard output]
    #[arg(short, long, value_name = "OUT.tsv")]
    output: Option<PathBuf>,
    /// Read standard input (or a file of another name) as a .tsv file
    #[arg(long)]
    tsv: bool,
    /// Write every label with its probability
    #[arg(long)]
    all: bool,
    /// Write before other labels the probability that the text is about any label, and whether that is enough
    #[arg(long)]
    scope: bool,
    /// Print what each word adds
    #[arg(long)]
    explain: bool,
    /// Worker threads; 0 = as many as the machine has
    #[arg(long, value_name = "N", default_value_t = 0)]
    threads: usize,
}

/// How many texts are labelled at once: enough for all threads, little enough to stream.
const BATCH: usize = 4096;

/// Runs the command.
pub(crate) fn run(args: &Args, console: &Console) -> Result<()> {
    let output = Output::of(args.output.as_deref())?;
    let model = Model::open(&args.model)?;
    let input = Input::of(&args.input);
    let mut texts = Texts::new(Lines::new(input.open(console)?), args.tsv || input.is_tsv());
    if args.explain {
        let mut all = Vec::new();
        while texts.next_batch(&mut all)? {}
        if args.output.is_some() {
            output.write(|out| model.label(out, &all, args))?;
        }
        Output::Standard.write(|out| model.explain(out, &all))?;
    } else {
        let mut failure = None;
        output
            .write(|out| {
                let mut batch = Vec::new();
                loop {
                    batch.clear();
                    match texts.next_batch(&mut batch) {
                        Ok(true) => model.label(out, &batch, args)?,
                        Ok(false) => return Ok(()),
                        Err(wrong) => {
                            failure = Some(wrong);
                            return Err(std::io::Error::other("the input failed"));
                        }
                    }
                }
            })
            .map_err(|wrong| failure.take().unwrap_or(wrong))?;
    }
    texts.lines.finish(console);
    Ok(())
}

/// The texts of one input, one a line.
struct Texts {
    lines: Lines,
    tsv: bool,
}

impl Texts {
    fn new(lines: Lines, tsv: bool) -> Self {
        Self { lines, tsv }
    }

    /// Appends up to [`BATCH`] texts; false when there are no more.
    fn next_batch(&mut self, batch: &mut Vec<String>) -> Result<bool> {
        let before = batch.len();
        while batch.len() < before + BATCH {
            let Some((_, line)) = self.lines.next_line()? else { break };
            batch.push(match line.split_once('\t').filter(|_| self.tsv) {
                Some((_, text)) => unescape(text),
                None if self.tsv => unescape(&line),
                None => line.into_owned(),
            });
        }
        Ok(batch.len() > before)
    }
}

/// What gives the labels.
enum Model {
    BuiltIn(BuiltIn),
    Trained(Box<Classifier>),
}

impl Model {
    fn open(name: &str) -> Result<Self> {
        if let Ok(model) = BuiltIn::open(name) {
            return Ok(Self::BuiltIn(model));
        }
        let bytes = fs::read(name).map_err(|error| {
            let known = BuiltIn::MODELS.map(|model| model.0).join(", ");
            Failure::at(
                Place::file(name),
                format!("{error}; a model is a file of `reknit train`, or one of: {known}"),
            )
        })?;
        let model =
            Classifier::load(&bytes).map_err(|error| Failure::at(Place::file(name), error.to_string()))?;
        Ok(Self::Trained(Box::new(model)))
    }

    /// One line a text.
    fn label(&self, out: &mut dyn Write, texts: &[String], args: &Args) -> std::io::Result<()> {
        match self {
            Self::BuiltIn(model) => {
                for text in texts {
                    let (label, probability) = model.label(text);
                    write_label(out, &label, probability)?;
                    writeln!(out)?;
                }
            }
            Self::Trained(classifier) if args.all || args.scope => {
                for found in classifier.classify_all(texts, args.threads) {
                    write_label(out, &found.label, found.probability)?;
                    if let (true, Some(in_scope)) = (args.scope, found.in_scope) {
                        write!(out, "\t{in_scope:.6}\t{}", found.accepted)?;
                    }
                    let others = found.probabilities.iter().filter(|(label, _)| *label != found.label);
                    for (label, probability) in others.take(if args.all { usize::MAX } else { 0 }) {
                        write!(out, "\t")?;
                        write_label(out, label, *probability)?;
                    }
                    writeln!(out)?;
                }
            }
            Self::Trained(classifier) => {
                for found in classifier.decide_all(texts, args.threads) {
                    write_label(out, &classifier.labels()[found.label as usize], found.probability)?;
                    writeln!(out)?;
                }
            }
        }
        Ok(())
    }

    /// One paragraph a text.
    fn explain(&self, out: &mut dyn Write, texts: &[String]) -> std::io::Result<()> {
        for (place, text) in texts.iter().enumerate() {
            match self {
                Self::BuiltIn(BuiltIn::Sentiment(reader)) => {
                    let reading = reader.classify(text);
                    writeln!(
                        out,
                        "{}: {} {:.4}, score {:+.3}, as meant {:+.3}",
                        place + 1,
                        reading.label.name(),
                        reading.probability,
                        reading.score,
                        reading.effective_score
                    )?;
                    write_spans(out, text, &reading.contributions)?;
                    for cue in &reading.sarcasm.cues {
                        let words = text.get(cue.start..cue.end).unwrap_or_default();
                        writeln!(out, "  irony     {}: {}", cue.name, escape(words))?;
                    }
                }
                Self::BuiltIn(model) => {
                    let reading = serde_json::to_string(&model.read(text)).map_err(std::io::Error::other)?;
                    writeln!(out, "{}: {reading}", place + 1)?;
                }
                Self::Trained(classifier) => {
                    let found = classifier.classify(text);
                    let why = classifier.explain(text);
                    writeln!(
                        out,
                        "{}: {} {:.4}, rather than {}",
                        place + 1,
                        found.label,
                        found.probability,
                        why.against
                    )?;
                    writeln!(out, "{}", why.evidence)?;
                }
            }
        }
        Ok(())
    }
}

fn write_label(out: &mut dyn Write, label: &str, probability: f64) -> std::io::Result<()> {
    write!(out, "{}\t{probability:.6}", escape(label))
}

fn write_spans(out: &mut dyn Write, text: &str, spans: &[SpanWeight]) -> std::io::Result<()> {
    for span in spans {
        let words = text.get(span.start..span.end).unwrap_or_default();
        writeln!(out, "{:>+9.2}  {}: {}", span.weight.bits(), span.name, escape(words))?;
    }
    Ok(())
}
