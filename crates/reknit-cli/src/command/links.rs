//! `reknit eval links`: whether the probabilities of links between messages are honest.
//!
//! Each message has a best candidate to hang on: the one it joined, else the runner-up it did not join. The
//! probability of that link is set beside what is true: whether both are of one conversation. Reported for
//! each family of channels is the expected calibration error (Naeini, Cooper and Hauskrecht 2015) in ten bins
//! of equal width, and what the bins hold. Links that ids or people prove are counted apart, because they say
//! nothing about what is inferred. Messages without truth, and candidates without, are left out.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::PathBuf;

use reknit::model::ChannelFamily;
use reknit::stitch::{Config, Placement, Relation, Stitcher};
use serde::Serialize;
use serde_json::json;

use super::eval::{print_json, true_threads};
use super::read_config;
use crate::console::Console;
use crate::failure::Result;
use crate::output::Output;
use crate::read::messages::{self, MessageArgs};

const EXAMPLES: &str = "\
Example:
  reknit eval links messages.jsonl

The rows need `truth_thread` beside the message.";

/// What `reknit eval links` takes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Messages as JSON Lines with `truth_thread`, which only the evaluation reads
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A JSON file with the fields of `stitch::Config`
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reading: MessageArgs,
}

/// Runs the command.
pub(super) fn run(args: &Args, console: &Console) -> Result<()> {
    let config: Config = read_config(args.config.as_deref())?;
    let stitcher = Stitcher::build(config)?;
    let messages = messages::read(&args.files, &args.reading, console)?;
    let stitching = stitcher.stitch(&messages, &mut console.watch())?;
    let truth: HashMap<String, String> = true_threads(&args.files, console)?;
    let mut families: BTreeMap<&str, Family> = BTreeMap::new();
    for (message, placement) in messages.iter().zip(&stitching.placements) {
        let Some((candidate, probability)) = best_candidate(placement) else { continue };
        let (Some(own), Some(other)) = (truth.get(&message.id), truth.get(&messages[candidate].id)) else {
            continue;
        };
        let room = message.room.is_some();
        let family = families.entry(name_of(message.channel.profile().family, room)).or_default();
        family.add(probability, own == other, is_proven(placement));
    }
    if args.json {
        return print_json(&json!(
            families.iter().map(|(name, family)| (*name, family.report())).collect::<BTreeMap<_, _>>()
        ));
    }
    Output::Standard.write(|out| {
        for (name, family) in &families {
            write(out, name, &family.report())?;
        }
        Ok(())
    })
}

/// The message a message most likely hangs on, and how likely.
fn best_candidate(placement: &Placement) -> Option<(usize, f64)> {
    match placement.parent {
        Some(parent) => Some((parent, placement.weight.probability())),
        None => placement.runner_up.map(|next| (next.message, next.weight.probability())),
    }
}

/// Whether an id or a person says so.
fn is_proven(placement: &Placement) -> bool {
    let first = placement.evidence.contributions.first().map(|finding| finding.name.as_str());
    placement.parent.is_some()
        && (placement.relation == Relation::Copy || matches!(first, Some("reply_id" | "must_link")))
}

fn name_of(family: ChannelFamily, room: bool) -> &'static str {
    match family {
        _ if room => "rooms",
        ChannelFamily::Room => "rooms",
        ChannelFamily::Mail => "mail",
        _ => "one to one",
    }
}

const BINS: usize = 10;

#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Bin {
    links: usize,
    /// What is said, on average.
    mean_probability: f64,
    /// The share that is right.
    right: f64,
}

/// Links of one family.
#[derive(Default)]
struct Family {
    bins: [Bin; BINS],
    proven: usize,
    proven_right: usize,
}

#[derive(Debug, Serialize)]
struct Report {
    inferred: usize,
    ece: f64,
    proven: usize,
    proven_right: usize,
    bins: [Bin; BINS],
}

impl Family {
    fn add(&mut self, probability: f64, right: bool, proven: bool) {
        if proven {
            self.proven += 1;
            self.proven_right += usize::from(right);
            return;
        }
        let bin = &mut self.bins[((probability * BINS as f64) as usize).min(BINS - 1)];
        bin.links += 1;
        bin.mean_probability += probability;
        bin.right += f64::from(u8::from(right));
    }

    fn report(&self) -> Report {
        let mut bins = self.bins;
        let inferred = bins.iter().map(|bin| bin.links).sum::<usize>();
        let gaps: f64 = bins.iter().map(|bin| (bin.mean_probability - bin.right).abs()).sum();
        for bin in &mut bins {
            let links = bin.links.max(1) as f64;
            bin.mean_probability /= links;
            bin.right /= links;
        }
        let ece = gaps / inferred.max(1) as f64;
        Report { inferred, ece, proven: self.proven, proven_right: self.proven_right, bins }
    }
}

fn write(out: &mut dyn Write, name: &str, report: &Report) -> std::io::Result<()> {
    writeln!(
        out,
        "{name}: {} inferred links, expected calibration error {:.4}; {} proven, {} right",
        report.inferred, report.ece, report.proven, report.proven_right
    )?;
    writeln!(out, "{:<14}{:>10}{:>10}{:>10}", "probability", "links", "mean", "right")?;
    for (at, bin) in report.bins.iter().enumerate() {
        let range = format!("{:.1} to {:.1}", at as f64 / BINS as f64, (at + 1) as f64 / BINS as f64);
        writeln!(out, "{range:<14}{:>10}{:>10.4}{:>10.4}", bin.links, bin.mean_probability, bin.right)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn honest_links_have_no_error_and_proven_ones_do_not_count() {
        let mut family = Family::default();
        for (probability, right) in [(0.75, true), (0.75, true), (0.75, true), (0.75, false)] {
            family.add(probability, right, false);
        }
        family.add(1.0, false, true);
        let report = family.report();
        assert!(report.ece.abs() < 1e-9 && report.bins[7].links == 4);
        assert_eq!((report.inferred, report.proven, report.proven_right), (4, 1, 0));
        family.add(0.05, true, false);
        assert!((family.report().ece - 0.95 / 5.0).abs() < 1e-9);
    }
}
