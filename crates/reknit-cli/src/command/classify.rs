//! `reknit classify`: a label for each text, or several.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use reknit::classify::{
    BuiltIn, Classifier, LabelProbability, ModelKind, MultiClassification, MultiClassifier, SpanWeight,
};
use serde::Serialize;

use super::LABEL_SEPARATOR;
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
judge only the label they give). A model of `reknit train --multi` gives the labels that hold, most probable
first, joined by a comma, a tab, and their probabilities joined in the same way; both are empty where none holds.
With --json each output line is the answer as JSON, as the verb `classify` gives it.";

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
    /// Write JSON, one answer a line
    #[arg(long, conflicts_with_all = ["all", "scope"])]
    json: bool,
    /// What joins the labels of a text, with a model that gives several
    #[arg(long, value_name = "TEXT", default_value = LABEL_SEPARATOR, value_parser = NonEmptyStringValueParser::new())]
    label_separator: String,
    /// Print what each word adds; of several labels to those that hold, or to the most probable one
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
    model.check(args)?;
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
        texts.write_batches(&output, |_| Ok(()), |out, batch| model.label(out, batch, args))?;
    }
    texts.finish(console);
    Ok(())
}

/// The texts of one input, one a line.
pub(super) struct Texts {
    lines: Lines,
    tsv: bool,
}

impl Texts {
    pub(super) fn new(lines: Lines, tsv: bool) -> Self {
        Self { lines, tsv }
    }

    /// Appends up to [`BATCH`] texts; false when there are no more.
    pub(super) fn next_batch(&mut self, batch: &mut Vec<String>) -> Result<bool> {
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

    /// Writes what `write` makes of each batch of texts behind what `begin` writes.
    pub(super) fn write_batches(
        &mut self,
        output: &Output,
        begin: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
        write: impl Fn(&mut dyn Write, &[String]) -> std::io::Result<()>,
    ) -> Result<()> {
        let mut failure = None;
        let written = output.write(|out| {
            begin(out)?;
            let mut batch = Vec::new();
            loop {
                batch.clear();
                match self.next_batch(&mut batch) {
                    Ok(true) => write(out, &batch)?,
                    Ok(false) => return Ok(()),
                    Err(wrong) => {
                        failure = Some(wrong);
                        return Err(std::io::Error::other("the input failed"));
                    }
                }
            }
        });
        written.map_err(|wrong| failure.take().unwrap_or(wrong))
    }

    /// Tells what was not read.
    pub(super) fn finish(self, console: &Console) {
        self.lines.finish(console);
    }
}

/// What gives the labels.
pub(super) enum Model {
    BuiltIn(BuiltIn),
    Trained(Box<Classifier>),
    Multi(Box<MultiClassifier>),
}

impl Model {
    pub(super) fn open(name: &str) -> Result<Self> {
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
        let model = match ModelKind::of(&bytes) {
            Some(ModelKind::Multi) => MultiClassifier::load(&bytes).map(|model| Self::Multi(Box::new(model))),
            _ => Classifier::load(&bytes).map(|model| Self::Trained(Box::new(model))),
        };
        model.map_err(|error| Failure::at(Place::file(name), error.to_string()))
    }

    /// Whether the model can do what is asked.
    fn check(&self, args: &Args) -> Result<()> {
        let Self::Multi(classifier) = self else { return Ok(()) };
        if args.scope {
            return Err(Failure::usage(
                "--scope is for models of one label a text; with several, a text about none carries none",
            ));
        }
        if classifier.labels().iter().any(|label| label.contains(&args.label_separator)) {
            return Err(Failure::usage(format!(
                "a label of the model contains `{}`; choose another with --label-separator",
                args.label_separator
            )));
        }
        Ok(())
    }

    /// One line a text.
    fn label(&self, out: &mut dyn Write, texts: &[String], args: &Args) -> std::io::Result<()> {
        if args.json {
            return self.label_as_json(out, texts, args.threads);
        }
        match self {
            Self::Multi(classifier) => {
                for found in classifier.classify_all(texts, args.threads) {
                    write_labels(out, &found, args)?;
                }
            }
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

    /// One answer a text.
    fn label_as_json(&self, out: &mut dyn Write, texts: &[String], threads: usize) -> std::io::Result<()> {
        match self {
            Self::BuiltIn(model) => texts.iter().try_for_each(|text| write_json(out, &model.read(text))),
            Self::Trained(classifier) => {
                classifier.classify_all(texts, threads).iter().try_for_each(|found| write_json(out, found))
            }
            Self::Multi(classifier) => {
                classifier.classify_all(texts, threads).iter().try_for_each(|found| write_json(out, found))
            }
        }
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
                Self::Multi(classifier) => explain_labels(out, place + 1, text, classifier)?,
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

pub(super) fn write_label(out: &mut dyn Write, label: &str, probability: f64) -> std::io::Result<()> {
    write!(out, "{}\t{probability:.6}", escape(label))
}

/// The labels that hold and their probabilities, each joined; with `--all` the others as pairs of columns.
fn write_labels(out: &mut dyn Write, found: &MultiClassification, args: &Args) -> std::io::Result<()> {
    let joined = |part: &dyn Fn(&LabelProbability) -> String| {
        let parts = found.labels.iter().filter(|label| label.holds).map(part);
        parts.collect::<Vec<_>>().join(&args.label_separator)
    };
    let labels = joined(&|label| escape(&label.label));
    let probabilities = joined(&|label| format!("{:.6}", label.probability));
    write!(out, "{labels}\t{probabilities}")?;
    for other in found.labels.iter().filter(|label| args.all && !label.holds) {
        write!(out, "\t")?;
        write_label(out, &other.label, other.probability)?;
    }
    writeln!(out)
}

pub(super) fn write_json(out: &mut dyn Write, answer: &impl Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, answer)?;
    writeln!(out)
}

/// Why the labels that hold do, or why the most probable one does not.
fn explain_labels(
    out: &mut dyn Write,
    number: usize,
    text: &str,
    classifier: &MultiClassifier,
) -> std::io::Result<()> {
    let found = classifier.classify(text);
    let none = found.holding().next().is_none();
    for label in
        found.labels.iter().enumerate().filter(|(at, label)| label.holds || none && *at == 0).map(|(_, l)| l)
    {
        let why = classifier.explain(text, &label.label).map_err(std::io::Error::other)?;
        let holds = if why.holds { "holds" } else { "does not hold" };
        let (name, probability) = (&why.label, why.probability);
        writeln!(out, "{number}: {name} {probability:.4}, {holds}; from {:.4} on it does", why.threshold)?;
        writeln!(out, "{}", why.evidence)?;
    }
    Ok(())
}

fn write_spans(out: &mut dyn Write, text: &str, spans: &[SpanWeight]) -> std::io::Result<()> {
    for span in spans {
        let words = text.get(span.start..span.end).unwrap_or_default();
        writeln!(out, "{:>+9.2}  {}: {}", span.weight.bits(), span.name, escape(words))?;
    }
    Ok(())
}
