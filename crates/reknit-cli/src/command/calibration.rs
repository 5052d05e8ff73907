//! `reknit eval calibration`: whether probabilities of pairs are honest, and what the threshold loses.
//!
//! The expected calibration error (Naeini, Cooper and Hauskrecht 2015) over the candidate pairs that
//! were kept, in bins of equal width: in each bin the distance between the mean probability and the
//! share of pairs that are one person in truth, each bin counting as much as it has pairs. And the
//! pairwise F1 at the threshold the model has chosen beside the best one of a grid, picked with the
//! truth as no user could. The truth is a column `truth` of the files, beside `source` and `id`; pairs
//! with a record that has none are left out.

use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;

use reknit::model::Table;
use reknit::partition::metrics::pairwise;
use reknit::resolve::{Candidate, Config, Resolver};
use serde::Serialize;
use serde_json::json;

use super::eval::{each_named, print_json};
use super::read_config;
use super::resolve::{ContactArgs, MatchArgs};
use crate::console::Console;
use crate::failure::Result;
use crate::output::Output;

const EXAMPLES: &str = "\
Example:
  reknit eval calibration records.csv --ignore phone

The files need the columns source, id and truth.";

/// What `reknit eval calibration` takes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Contacts with a column `truth`, which only the evaluation reads
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    contacts: ContactArgs,
    #[command(flatten)]
    matching: MatchArgs,
    /// A JSON file with the fields of `resolve::Config`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// The bins of the calibration error.
const BINS: usize = 10;
/// Thresholds tried with the truth.
const GRID: [f64; 11] = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95];

/// Runs the command.
pub(super) fn run(args: &Args, console: &Console) -> Result<()> {
    let mut config: Config = read_config(args.config.as_deref())?;
    args.matching.apply(&mut config);
    let table = args.contacts.read(&args.files, &config, console)?;
    let truth = truth(&args.files, &table, console)?;
    let mut watch = console.watch();
    let (resolver, resolution) = Resolver::fit_resolve(&config, &table, &mut watch)?;
    let candidates = resolver.candidates(&table, &mut watch)?;
    let calibration = Calibration::of(&candidates, &truth);
    let chosen = f1(&resolution.entity_ids, &truth)?;
    let mut best = (chosen, None);
    let mut resolver = resolver;
    for threshold in GRID {
        resolver = resolver.with_config(Config { threshold: Some(threshold), ..config.clone() })?;
        let found = f1(&resolver.resolve(&table, &mut watch)?.entity_ids, &truth)?;
        if found > best.0 {
            best = (found, Some(threshold));
        }
    }
    drop(watch);
    let point = OperatingPoint { f1: chosen, best_f1: best.0, best_threshold: best.1, loss: best.0 - chosen };
    if args.json {
        return print_json(&json!({"calibration": calibration, "operating_point": point}));
    }
    Output::Standard.write(|out| {
        calibration.write(out)?;
        point.write(out)
    })
}

/// The true entity of each row of the table, where it is known.
fn truth(files: &[PathBuf], table: &Table, console: &Console) -> Result<Vec<Option<String>>> {
    let mut known: HashMap<(String, String), String> = HashMap::new();
    for path in files {
        each_named(path, &["source", "id", "truth"], console, |_, [source, id, entity]| {
            if !entity.is_empty() {
                known.insert((source.to_owned(), id.to_owned()), entity.to_owned());
            }
            Ok(())
        })?;
    }
    let of = |row: usize| known.remove(&(table.source(row).to_owned(), table.id(row).to_owned()));
    Ok((0..table.len()).map(of).collect())
}

/// Pairwise F1 over the rows whose truth is known.
fn f1(entity_ids: &[String], truth: &[Option<String>]) -> Result<f64> {
    let known = entity_ids.iter().zip(truth).filter_map(|(found, truth)| Some((truth.as_ref()?, found)));
    let (truth, found): (Vec<&String>, Vec<&String>) = known.unzip();
    Ok(pairwise(&truth, &found)?.f1)
}

/// The pairs of one range of probabilities.
#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Bin {
    pairs: usize,
    /// What the model says, on average.
    mean_probability: f64,
    /// The share that is one person in truth.
    matches: f64,
}

#[derive(Debug, Serialize)]
struct Calibration {
    pairs: usize,
    ece: f64,
    bins: [Bin; BINS],
}

impl Calibration {
    fn of(candidates: &[Candidate], truth: &[Option<String>]) -> Self {
        let mut bins = [Bin::default(); BINS];
        for candidate in candidates {
            let (a, b) = (&truth[candidate.a as usize], &truth[candidate.b as usize]);
            let (Some(a), Some(b)) = (a, b) else { continue };
            let probability = candidate.probability();
            let bin = &mut bins[((probability * BINS as f64) as usize).min(BINS - 1)];
            bin.pairs += 1;
            bin.mean_probability += probability;
            bin.matches += f64::from(u8::from(a == b));
        }
        let pairs = bins.iter().map(|bin| bin.pairs).sum::<usize>();
        let gaps: f64 = bins.iter().map(|bin| (bin.mean_probability - bin.matches).abs()).sum();
        for bin in &mut bins {
            let pairs = bin.pairs.max(1) as f64;
            bin.mean_probability /= pairs;
            bin.matches /= pairs;
        }
        Self { pairs, ece: gaps / pairs.max(1) as f64, bins }
    }

    fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        writeln!(out, "{} candidate pairs, expected calibration error {:.4}", self.pairs, self.ece)?;
        writeln!(out, "{:<14}{:>10}{:>10}{:>10}", "probability", "pairs", "mean", "matches")?;
        for (at, bin) in self.bins.iter().enumerate() {
            let range = format!("{:.1} to {:.1}", at as f64 / BINS as f64, (at + 1) as f64 / BINS as f64);
            writeln!(out, "{range:<14}{:>10}{:>10.4}{:>10.4}", bin.pairs, bin.mean_probability, bin.matches)?;
        }
        Ok(())
    }
}

#[derive(Debug, Serialize)]
struct OperatingPoint {
    f1: f64,
    best_f1: f64,
    /// None when no threshold of the grid is better than the one chosen.
    best_threshold: Option<f64>,
    loss: f64,
}

impl OperatingPoint {
    fn write(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let best = self.best_threshold.map_or("the one chosen".to_owned(), |p| p.to_string());
        writeln!(out, "pairwise F1 {:.4}; best threshold {best}: {:.4}", self.f1, self.best_f1)?;
        writeln!(out, "loss {:.4}", self.loss)
    }
}

#[cfg(test)]
mod tests {
    use reknit::model::Weight;

    use super::*;

    #[test]
    fn honest_probabilities_have_no_error_and_boasts_have_one() {
        let truth: Vec<Option<String>> = ["x", "x", "x", "y"].map(|t| Some(t.to_owned())).into();
        let pair = |b: u32, p: f64| Candidate { a: 0, b, weight: Weight::from_probability(p) };
        let honest = Calibration::of(&[pair(1, 0.55), pair(3, 0.45)], &truth);
        assert!((honest.ece - 0.45).abs() < 1e-9);
        assert_eq!(honest.bins[5].pairs, 1);
        let boast = Calibration::of(&[pair(1, 0.999), pair(3, 0.999)], &truth);
        assert!((boast.ece - 0.499).abs() < 1e-9);
        let unknown = Calibration::of(&[pair(1, 0.9)], &[None, Some("x".to_owned())]);
        assert_eq!((unknown.pairs, unknown.ece), (0, 0.0));
    }
}
