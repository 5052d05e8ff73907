//! `reknit golden`: one record per person, out of contacts and their entities.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};

use reknit::model::{RecordKey, Table};
use reknit::resolve;
use reknit::resolve::survivorship::{Config, GoldenRecord, Survivorship};

use super::read_config;
use super::resolve::ContactArgs;
use crate::console::Console;
use crate::failure::{Failure, Place, Result};
use crate::output::Output;
use crate::read::Input;
use crate::read::csv::each_row;

const EXAMPLES: &str = "\
Examples:
  reknit golden crm.csv shop.csv --entities people.csv -o golden.csv
  reknit golden crm.csv shop.csv --entities people.csv --updated changed --source-rank crm,shop -o golden.jsonl
  reknit resolve crm.csv shop.csv -o people.csv --golden golden.csv    both in one go

CSV has the column entity_id and one a field; of a field that keeps all its values (e-mails, phones) the best
comes first, `; ` stands between. JSON Lines (a name that ends in .jsonl) have for each value also who gave it,
how many records agreed, what decided and what lost.";

/// Between the values of one cell.
const BETWEEN: &str = "; ";

/// What `reknit golden` takes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Contacts, as `reknit resolve` was given them
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// What `reknit resolve` wrote: CSV with `source`, `id`, `entity_id`
    #[arg(long, value_name = "FILE")]
    entities: PathBuf,
    /// Where the golden records go, `.jsonl` with their provenance [default: standard output, CSV]
    #[arg(short, long, value_name = "OUT.csv")]
    output: Option<PathBuf>,
    #[command(flatten)]
    contacts: ContactArgs,
    #[command(flatten)]
    rules: RuleArgs,
    /// A JSON file with the fields of `survivorship::Config`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// How values survive, where the command line says so.
#[derive(clap::Args)]
struct RuleArgs {
    /// The sources, best first
    #[arg(long, value_delimiter = ',', value_name = "SOURCE,SOURCE")]
    source_rank: Vec<String>,
    /// The column that says when a record was last changed
    #[arg(long, value_name = "COLUMN")]
    updated: Option<String>,
    /// Country of phone numbers without a country code (two letters, `AU`)
    #[arg(long, value_name = "COUNTRY")]
    region: Option<String>,
}

impl RuleArgs {
    /// What the command line says goes before what the config says.
    fn apply(&self, config: &mut Config) {
        if !self.source_rank.is_empty() {
            config.sources.clone_from(&self.source_rank);
        }
        config.updated = self.updated.clone().or(config.updated.take());
        config.default_region = self.region.clone().or(config.default_region.take());
    }
}

/// Runs the command.
pub(crate) fn run(args: &Args, console: &Console) -> Result<()> {
    let output = Output::of(args.output.as_deref())?;
    let mut config: Config = read_config(args.config.as_deref())?;
    args.rules.apply(&mut config);
    let reading = resolve::Config { fields: config.fields.clone(), ..resolve::Config::default() };
    let survivorship = Survivorship::build(config)?;
    let table = args.contacts.read(&args.files, &reading, console)?;
    let entity_ids = read_entities(&args.entities, &table, console)?;
    write(&survivorship, &table, &entity_ids, &output, console)
}

/// The rules in the JSON file `path`, or the default ones with the fields and region of `resolve`.
pub(super) fn rules(path: Option<&Path>, resolving: &resolve::Config) -> Result<Survivorship> {
    let mut config: Config = read_config(path)?;
    config.default_region = config.default_region.or_else(|| resolving.default_region.clone());
    for (name, kind) in &resolving.fields {
        config.fields.entry(name.clone()).or_insert(*kind);
    }
    Ok(Survivorship::build(config)?)
}

/// Makes the golden records of `table` and writes them.
pub(super) fn write(
    survivorship: &Survivorship,
    table: &Table,
    entity_ids: &[String],
    output: &Output,
    console: &Console,
) -> Result<()> {
    let golden = survivorship.golden(table, entity_ids, &mut console.watch())?;
    if is_json(output) {
        output.write(|out| write_json(out, &golden))?;
    } else {
        output.write_csv(|rows| write_rows(rows, &golden))?;
    }
    console.note(format_args!(
        "{} records are {} golden records; written to {}",
        table.len(),
        golden.len(),
        output.name()
    ));
    Ok(())
}

fn is_json(output: &Output) -> bool {
    let Output::File(path) = output else { return false };
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    ["jsonl", "ndjson", "json"].iter().any(|known| ending.eq_ignore_ascii_case(known))
}

fn write_json(out: &mut dyn Write, golden: &[GoldenRecord]) -> std::io::Result<()> {
    for record in golden {
        serde_json::to_writer(&mut *out, record)?;
        writeln!(out)?;
    }
    Ok(())
}

fn write_rows(rows: &mut csv::Writer<&mut dyn Write>, golden: &[GoldenRecord]) -> csv::Result<()> {
    let fields: BTreeSet<&String> = golden.iter().flat_map(|record| record.fields.keys()).collect();
    rows.write_field("entity_id")?;
    rows.write_record(&fields)?;
    for record in golden {
        rows.write_field(&record.entity_id)?;
        rows.write_record(fields.iter().map(|field| record.values(field).join(BETWEEN)))?;
    }
    Ok(())
}

/// The entity of each record of `table`, from the file that `reknit resolve` wrote.
fn read_entities(path: &Path, table: &Table, console: &Console) -> Result<Vec<String>> {
    let rows: HashMap<RecordKey, usize> = (0..table.len()).map(|row| (table.key(row), row)).collect();
    let mut entity_ids: Vec<Option<String>> = vec![None; table.len()];
    let opened = Input::of(path).open(console)?;
    let name = opened.name.clone();
    each_row(opened, console, |line, cells| {
        let at = |message: String| Failure::at(Place::line(&name, line), message);
        let (Some(source), Some(id), Some(entity_id)) =
            (cells.get("source"), cells.get("id"), cells.get("entity_id"))
        else {
            return Err(at(
                "the columns must be source, id, entity_id, as `reknit resolve` writes them".into()
            ));
        };
        let key = RecordKey { source: source.trim().to_owned(), id: id.trim().to_owned() };
        let Some(&row) = rows.get(&key) else {
            return Err(at(format!("there is no record {key} in the contacts")));
        };
        match entity_ids[row].replace(entity_id.trim().to_owned()) {
            Some(_) => Err(at(format!("the record {key} stands twice; a record is of one entity"))),
            None => Ok(()),
        }
    })?;
    let missing = |row: usize| {
        Failure::at(Place::file(&name), format!("it does not say whose record {} is", table.key(row)))
    };
    entity_ids.into_iter().enumerate().map(|(row, id)| id.ok_or_else(|| missing(row))).collect()
}
