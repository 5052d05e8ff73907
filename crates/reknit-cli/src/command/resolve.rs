//! `reknit resolve`: which contact records are one person.

use std::io::Write;
use std::path::PathBuf;

use reknit::model::{Progress, RecordKey, Table, unwatched};
use reknit::resolve::{Config, LiveResolver, Resolution, Resolver};

use super::{golden, read_config, receipt, review, weights};
use crate::console::Console;
use crate::failure::{Failure, Result};
use crate::output::{Output, six_decimals};
use crate::read::{ContactOptions, Contacts, Mapping};
use crate::stages::Stages;

const EXAMPLES: &str = "\
Examples:
  reknit resolve crm.csv shop.jsonl -o people.csv
  reknit resolve crm.csv --map ctc=full_name --ignore notes
  reknit resolve crm.csv shop.csv -o people.csv --golden golden.csv
  reknit resolve crm.csv --explain 881 shop:7
  reknit resolve crm.csv --how 881 --what-if shop:7
  reknit resolve crm.csv -o people.csv --save-model people.model --model-table weights.csv
  reknit resolve new.csv --model people.model -o people.csv
  reknit resolve crm.csv -o people.csv --review ask.csv        then fill in the column `match`, and:
  reknit resolve crm.csv -o people.csv --labels ask.csv

Columns are mapped by their names (`first name`, `e-mail`, `plz` ...). Columns `source` and `id` name a
record; without them the file name and the row number do. A column called `truth*` is never read.
The output has the columns source, id, entity_id, probability.";

/// What `reknit resolve` takes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Contacts: CSV with a header row (, ; tab or |), JSON Lines or Parquet; `-` reads standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where the entities go [default: standard output]
    #[arg(short, long, value_name = "OUT.csv")]
    output: Option<PathBuf>,
    /// Also write one golden record per person, `.jsonl` with provenance; see `reknit golden --help`
    #[arg(long, value_name = "OUT.csv")]
    golden: Option<PathBuf>,
    /// A JSON file with the fields of `survivorship::Config`, for --golden
    #[arg(long, value_name = "FILE", requires = "golden")]
    golden_config: Option<PathBuf>,
    /// Print why two records are one person, or why not; each as `id` or `source:id`
    #[arg(long, num_args = 2, value_names = ["ID", "ID"])]
    explain: Vec<String>,
    /// Print how the person of a record came about: which links joined the records
    #[arg(long, value_name = "ID")]
    how: Option<String>,
    /// Print which people would be other without a record
    #[arg(long, value_name = "ID", alias = "without")]
    what_if: Option<String>,
    /// Print one line of JSON on standard output: seconds by stage and how many pairs were compared
    #[arg(long, requires = "output")]
    stages: bool,
    #[command(flatten)]
    contacts: ContactArgs,
    #[command(flatten)]
    matching: MatchArgs,
    /// A JSON file with the fields of `resolve::Config`
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    config: Option<PathBuf>,
    /// Judge by a model that --save-model wrote, with its settings, instead of learning from the records
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// Also write what was learnt, for --model
    #[arg(long, value_name = "OUT.model")]
    save_model: Option<PathBuf>,
    /// Learn also from what people say about some pairs: a file of --review with `match` filled in
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    labels: Option<PathBuf>,
    /// Also write the pairs whose answers teach most, with an empty column `match`
    #[arg(long, value_name = "OUT.csv")]
    review: Option<PathBuf>,
    /// How many pairs go into --review
    #[arg(long, value_name = "N", default_value_t = 50, requires = "review")]
    review_count: usize,
    /// Also write what was learnt as a table: comparison, level, m, u, weight in bits, how often seen
    #[arg(long, value_name = "OUT.csv")]
    model_table: Option<PathBuf>,
}

/// How contact files are read.
#[derive(clap::Args)]
pub(super) struct ContactArgs {
    /// Say what a column is (`--map ctc=full_name`, `--map no=id`); may be repeated
    #[arg(long, value_name = "COLUMN=KIND")]
    map: Vec<String>,
    /// Leave a column out; may be repeated
    #[arg(long, value_name = "COLUMN")]
    ignore: Vec<String>,
    /// Keep rows with a wrong number of fields and report each, instead of stopping
    #[arg(long)]
    lenient: bool,
}

impl ContactArgs {
    /// The contacts in `files`.
    pub(super) fn read(&self, files: &[PathBuf], config: &Config, console: &Console) -> Result<Table> {
        let mapping = Mapping::of(&self.map, &self.ignore)?.with_fields(&config.fields);
        Contacts::read(files, &ContactOptions { mapping, lenient: self.lenient }, console)
    }
}

/// How records are matched, where the command line says so.
#[derive(clap::Args)]
pub(super) struct MatchArgs {
    /// Each source lists a person at most once: link only between sources
    #[arg(long)]
    links_only_between_sources: bool,
    /// Probability from which two records are one person [default: chosen by the model]
    #[arg(long, value_name = "P")]
    threshold: Option<f64>,
    /// The largest share of links that may be false; raises the threshold as far as that needs
    #[arg(long, value_name = "RATE")]
    max_false_merge_rate: Option<f64>,
    /// Country of phone numbers without a country code (two letters, `AU`)
    #[arg(long, value_name = "COUNTRY")]
    region: Option<String>,
    /// Worker threads; 0 = as many as the machine has
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
}

impl MatchArgs {
    /// What the command line says goes before what the config says.
    pub(super) fn apply(&self, config: &mut Config) {
        config.links_only_between_sources |= self.links_only_between_sources;
        config.threshold = self.threshold.or(config.threshold);
        config.max_false_merge_rate = self.max_false_merge_rate.or(config.max_false_merge_rate);
        config.default_region = self.region.clone().or(config.default_region.take());
        config.threads = self.threads.unwrap_or(config.threads);
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args, console: &Console) -> Result<()> {
    let output = Output::of(args.output.as_deref())?;
    let side = |path: &Option<PathBuf>| path.as_deref().map(|path| Output::of(Some(path))).transpose();
    let (save_model, model_table) = (side(&args.save_model)?, side(&args.model_table)?);
    let ask = side(&args.review)?;
    let known = args.model.as_deref().map(weights::load).transpose()?;
    let mut config: Config = match &known {
        Some(resolver) => resolver.config().clone(),
        None => read_config(args.config.as_deref())?,
    };
    if known.is_some() && args.matching.max_false_merge_rate.is_some() {
        return Err(Failure::usage(
            "--max-false-merge-rate is met when a model is learnt; with --model give --threshold instead",
        ));
    }
    args.matching.apply(&mut config);
    let golden = match &args.golden {
        Some(path) => Some((Output::of(Some(path))?, golden::rules(args.golden_config.as_deref(), &config)?)),
        None => None,
    };
    let table = args.contacts.read(&args.files, &config, console)?;
    let questions = Questions::of(args, &table)?;
    let labels =
        args.labels.as_deref().map(|path| review::read(path, console)).transpose()?.unwrap_or_default();
    let (mut show, mut stages) = (console.watch(), Stages::default());
    let mut watch = |progress: Progress| {
        stages.see(&progress);
        show(progress)
    };
    let (resolver, resolution) = match known {
        Some(resolver) => {
            let resolver = resolver.with_config(config)?;
            let resolution = resolver.resolve(&table, &mut watch)?;
            (resolver, resolution)
        }
        None => Resolver::fit_resolve_labelled(&config, &table, &labels, &mut watch)?,
    };
    stages.end();
    if let Some(output) = &save_model {
        weights::save(&resolver, output)?;
    }
    if let Some(output) = &model_table {
        weights::write_table(&resolver, output)?;
    }
    if let Some(output) = &ask {
        review::write(&resolver.review(&table, &labels, args.review_count, &mut show)?, &table, output)?;
    }
    if questions.none() || args.output.is_some() || golden.is_some() {
        output.write_csv(|rows| {
            rows.write_record(["source", "id", "entity_id", "probability"])?;
            write_entities(rows, &table, &resolution)
        })?;
        drop(show);
        tell(&table, &resolution, &output, console);
        if args.stages {
            Output::Standard.write(|out| writeln!(out, "{}", stages.line(resolution.compared)))?;
        }
        if let Some((output, rules)) = &golden {
            golden::write(rules, &table, &resolution.entity_ids, output, console)?;
        }
    }
    questions.answer(resolver, &table)
}

/// What is asked about records, by their keys.
struct Questions {
    pair: Option<(RecordKey, RecordKey)>,
    how: Option<RecordKey>,
    what_if: Option<RecordKey>,
}

impl Questions {
    fn of(args: &Args, table: &Table) -> Result<Self> {
        let key = |name: &Option<String>| name.as_ref().map(|name| find(table, name)).transpose();
        let pair = match args.explain.as_slice() {
            [a, b] => Some((find(table, a)?, find(table, b)?)),
            _ => None,
        };
        Ok(Self { pair, how: key(&args.how)?, what_if: key(&args.what_if)? })
    }

    fn none(&self) -> bool {
        self.pair.is_none() && self.how.is_none() && self.what_if.is_none()
    }

    /// Answers them on standard output.
    fn answer(&self, resolver: Resolver, table: &Table) -> Result<()> {
        if let Some((a, b)) = &self.pair {
            let receipt = resolver.explain(table, a, b)?;
            Output::Standard.write(|out| receipt::pair(out, &receipt))?;
        }
        if self.how.is_none() && self.what_if.is_none() {
            return Ok(());
        }
        let live = LiveResolver::load(resolver, table, &mut unwatched)?;
        if let Some(id) = self.how.as_ref().and_then(|key| live.entity_of(key)) {
            let steps = live.how(id)?;
            Output::Standard
                .write(|out| receipt::how(out, &live.members(id), &steps, &live.must_links(id)))?;
        }
        if let Some(key) = &self.what_if {
            let groups = live.without(key)?;
            Output::Standard.write(|out| receipt::what_if(out, key, &groups))?;
        }
        Ok(())
    }
}

fn write_entities(
    rows: &mut csv::Writer<&mut dyn Write>,
    table: &Table,
    resolution: &Resolution,
) -> csv::Result<()> {
    let mut text = String::new();
    for row in 0..table.len() {
        let probability = six_decimals(resolution.probabilities[row], &mut text);
        rows.write_record([table.source(row), table.id(row), &resolution.entity_ids[row], probability])?;
    }
    Ok(())
}

fn tell(table: &Table, resolution: &Resolution, output: &Output, console: &Console) {
    // The links of an entity are a tree, so each joins one more record to an entity.
    let entities = table.len() - resolution.links.len();
    console.note(format_args!(
        "{} records are {} people ({} links, {} near matches refused); written to {}",
        table.len(),
        entities,
        resolution.links.len(),
        resolution.refused.len(),
        output.name()
    ));
}

/// The record called `name`: `source:id`, or an id that only one source has.
fn find(table: &Table, name: &str) -> Result<RecordKey> {
    let mut by_id = Vec::new();
    for row in 0..table.len() {
        let (source, id) = (table.source(row), table.id(row));
        if name.strip_prefix(source).and_then(|rest| rest.strip_prefix(':')) == Some(id) {
            return Ok(table.key(row));
        }
        if id == name {
            by_id.push(table.key(row));
        }
    }
    match by_id.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Failure::data(format!("there is no record {name}; name it as id or source:id"))),
        several => Err(Failure::data(format!(
            "{} sources have a record {name}; name it as source:id, for example {}",
            several.len(),
            several[0]
        ))),
    }
}

/// The name of a unit variant, as in JSON.
pub(super) fn name_of<T: serde::Serialize>(variant: &T) -> String {
    match serde_json::to_value(variant) {
        Ok(serde_json::Value::String(name)) => name.replace('_', " "),
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}
