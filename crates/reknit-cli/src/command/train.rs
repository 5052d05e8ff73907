//! `reknit train`: learn labels from examples.

use std::path::{Path, PathBuf};

use reknit::classify::{ClassWeights, Classifier, Config, Example, Metric};

use super::read_config;
use crate::console::Console;
use crate::failure::Result;
use crate::output::Output;
use crate::read::tsv;

const EXAMPLES: &str = "\
Examples:
  reknit train tickets.tsv -o tickets.model
  reknit train train.tsv --dev dev.tsv --metric f1:spam -o spam.model
  reknit train train.tsv --class-weights spam=3,ham=1 -o spam.model

Each line is label<TAB>text; in the text \\\\ \\t \\r \\n stand for a backslash, a tab and line breaks.";

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
    /// What counts as good: accuracy, `macro_f1`, `macro_recall` or f1:LABEL [default: accuracy]
    #[arg(long, value_name = "METRIC")]
    metric: Option<String>,
    /// How much an error counts by the label of the text: balanced, or LABEL=WEIGHT,... (others 1)
    #[arg(long, value_name = "WEIGHTS")]
    class_weights: Option<String>,
    /// Where the model goes
    #[arg(short, long, value_name = "MODEL")]
    output: PathBuf,
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
    let mut config: Config = read_config(args.config.as_deref())?;
    if let Some(metric) = &args.metric {
        config.metric = metric.parse::<Metric>()?;
    }
    if let Some(weights) = &args.class_weights {
        config.class_weights = Some(weights.parse::<ClassWeights>()?);
    }
    config.threads = args.threads.unwrap_or(config.threads);
    let train = examples(&args.train, console)?;
    let dev = args.dev.as_deref().map(|path| examples(path, console)).transpose()?;
    let classifier = Classifier::fit(&config, &train, dev.as_deref(), &mut console.watch())?;
    let model = classifier.save();
    output.write(|out| out.write_all(&model))?;
    console.note(format_args!(
        "{} labels learnt from {} examples; {} bytes written to {}",
        classifier.labels().len(),
        train.len(),
        model.len(),
        output.name()
    ));
    Ok(())
}

fn examples(path: &Path, console: &Console) -> Result<Vec<Example>> {
    let rows = tsv::labelled(path, console)?;
    Ok(rows.into_iter().map(|row| Example { label: row.label, text: row.text }).collect())
}
