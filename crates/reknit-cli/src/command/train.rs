//! `reknit train`: learn labels from examples.

use std::path::{Path, PathBuf};

use clap::builder::NonEmptyStringValueParser;
use reknit::classify::{
    ClassWeights, Classifier, Config, Example, Metric, MultiClassifier, MultiConfig, MultiExample,
};

use super::{LABEL_SEPARATOR, read_config};
use crate::console::Console;
use crate::failure::Result;
use crate::output::Output;
use crate::read::tsv;

const EXAMPLES: &str = "\
Examples:
  reknit train tickets.tsv -o tickets.model
  reknit train train.tsv --dev dev.tsv --metric f1:spam -o spam.model
  reknit train train.tsv --class-weights spam=3,ham=1 -o spam.model
  reknit train --multi topics.tsv --dev dev.tsv -o topics.model

Each line is label<TAB>text; in the text \\\\ \\t \\r \\n stand for a backslash, a tab and line breaks. With --multi
each line is label,label<TAB>text; with nothing before the tab the text carries no label.";

/// What `reknit train` takes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Examples: `label<TAB>text`, one a line; `-` reads standard input
    #[arg(value_name = "TRAIN.tsv")]
    train: PathBuf,
    /// Examples to choose settings on [default: cross-validation]
    #[arg(long, value_name = "DEV.tsv")]
    dev: Option<PathBuf>,
    /// Learn to give a text several labels, or none: the labels of a row are joined by a comma
    #[arg(long)]
    multi: bool,
    /// What joins the labels of a row
    #[arg(long, value_name = "TEXT", default_value = LABEL_SEPARATOR, value_parser = NonEmptyStringValueParser::new())]
    label_separator: String,
    /// What counts as good: accuracy, `macro_f1`, `micro_f1`, `macro_recall` or f1:LABEL [default: accuracy;
    /// with --multi `macro_f1`, and accuracy asks for all labels of a text and no other]
    #[arg(long, value_name = "METRIC")]
    metric: Option<String>,
    /// How much an error counts by the label of the text: balanced, or LABEL=WEIGHT,... (others 1)
    #[arg(long, value_name = "WEIGHTS")]
    class_weights: Option<String>,
    /// Where the model goes
    #[arg(short, long, value_name = "MODEL")]
    output: PathBuf,
    /// About how long one core may look for the best settings, in seconds; counted by what is read, so that the same
    /// texts give the same model [default: no limit]
    #[arg(long, value_name = "SECONDS")]
    search_seconds: Option<f64>,
    /// Worker threads; 0 = as many as the machine has
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// A JSON file with the fields of `classify::Config`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args, console: &Console) -> Result<()> {
    let output = Output::of(Some(&args.output))?;
    let (model, labels, examples) = if args.multi { several(args, console)? } else { single(args, console)? };
    output.write(|out| out.write_all(&model))?;
    console.note(format_args!(
        "{labels} labels learnt from {examples} examples; {} bytes written to {}",
        model.len(),
        output.name()
    ));
    Ok(())
}

/// A classifier of one label a text as bytes, its labels and examples.
fn single(args: &Args, console: &Console) -> Result<(Vec<u8>, usize, usize)> {
    let config = config(args, read_config(args.config.as_deref())?)?;
    let read = |path: &Path| -> Result<Vec<Example>> {
        let rows = tsv::labelled(path, console)?;
        Ok(rows.into_iter().map(|row| Example { label: row.label, text: row.text }).collect())
    };
    let train = read(&args.train)?;
    let dev = args.dev.as_deref().map(read).transpose()?;
    let classifier = Classifier::fit(&config, &train, dev.as_deref(), &mut console.watch())?;
    Ok((classifier.save(), classifier.labels().len(), train.len()))
}

/// The same for several labels a text.
fn several(args: &Args, console: &Console) -> Result<(Vec<u8>, usize, usize)> {
    let config = config(args, read_config::<MultiConfig>(args.config.as_deref())?.0)?;
    let read = |path: &Path| -> Result<Vec<MultiExample>> {
        let rows = tsv::multi_labelled(path, &args.label_separator, console)?;
        Ok(rows.into_iter().map(|row| MultiExample { labels: row.labels, text: row.text }).collect())
    };
    let train = read(&args.train)?;
    let dev = args.dev.as_deref().map(read).transpose()?;
    let classifier = MultiClassifier::fit(&config, &train, dev.as_deref(), &mut console.watch())?;
    Ok((classifier.save(), classifier.labels().len(), train.len()))
}

/// The settings, those of the command line first.
fn config(args: &Args, mut config: Config) -> Result<Config> {
    if let Some(metric) = &args.metric {
        config.metric = metric.parse::<Metric>()?;
    }
    if let Some(weights) = &args.class_weights {
        config.class_weights = Some(weights.parse::<ClassWeights>()?);
    }
    config.search_seconds = args.search_seconds.or(config.search_seconds);
    config.threads = args.threads.unwrap_or(config.threads);
    Ok(config)
}
