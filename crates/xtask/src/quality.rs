//! Floors of quality on data with truth, measured by the command line as a user would; readings of
//! single texts, for which it has no command, are measured in the library (`vectors.rs`).
//!
//! The data sets lie outside the project (their licences differ): in the folder that `REKNIT_DATA`
//! names, else in `../shared/data`. Without them the floors count as skipped. A floor is a guard
//! against getting worse, not an aim; figures and their commands stand in `docs/evaluation.md`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use Bound::{Least, Most};

use crate::shell::{cargo, command, root, run, target};
use crate::tally::Tally;
use crate::{checks, households, vectors};

/// What is measured: the words for the command line, the path of the figure in the JSON of
/// `reknit eval`, and the least it may be, or the most where it counts mistakes.
struct Floor {
    name: &'static str,
    set: Set,
    figure: [&'static str; 2],
    bound: Bound,
}

enum Bound {
    Least(f64),
    Most(f64),
}

impl Bound {
    fn holds(&self, found: f64) -> bool {
        match *self {
            Self::Least(least) => found >= least,
            Self::Most(most) => found <= most,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Least(least) => write!(f, "floor {least}"),
            Self::Most(most) => write!(f, "at most {most}"),
        }
    }
}

enum Set {
    /// A folder of `identity/` with `records.csv`.
    Contacts(&'static str),
    /// All mail corpora of `threads/email`.
    Mail,
    /// A folder of `text/` with `train.tsv` and `test.tsv`.
    Texts(&'static str),
    /// Phone numbers with their E.164 form.
    Phones,
    /// E-mail addresses with their normal form, or whether they are any.
    Mailboxes,
    /// Pairs of entities and whether they are one.
    Checks,
    /// Invented households, whose people share a home, a line and a name.
    Households,
}

const PAIRWISE: [&str; 2] = ["pairwise", "f1"];

const FLOORS: [Floor; 13] = [
    Floor { name: "febrl3", set: Set::Contacts("febrl3"), figure: PAIRWISE, bound: Least(0.995) },
    Floor {
        name: "historical_50k",
        set: Set::Contacts("historical_50k"),
        figure: PAIRWISE,
        bound: Least(0.90),
    },
    Floor { name: "crm_20k", set: Set::Contacts("crm_20k"), figure: PAIRWISE, bound: Least(0.86) },
    Floor { name: "fake_1000", set: Set::Contacts("fake_1000"), figure: PAIRWISE, bound: Least(0.945) },
    Floor { name: "fake_20000", set: Set::Contacts("fake_20000"), figure: PAIRWISE, bound: Least(0.90) },
    Floor { name: "restaurants", set: Set::Contacts("restaurants"), figure: PAIRWISE, bound: Least(0.935) },
    Floor { name: "entity_match_checks", set: Set::Checks, figure: ["", "agreement"], bound: Least(0.90) },
    Floor { name: "households", set: Set::Households, figure: ["", "merged"], bound: Most(0.01) },
    Floor { name: "households", set: Set::Households, figure: ["", "halved"], bound: Most(0.05) },
    Floor { name: "mail, all headers", set: Set::Mail, figure: ["pairwise", "f1"], bound: Least(0.97) },
    Floor { name: "banking77", set: Set::Texts("banking77"), figure: ["", "accuracy"], bound: Least(0.88) },
    Floor { name: "phone_vectors", set: Set::Phones, figure: ["", "agreement"], bound: Least(0.995) },
    Floor { name: "email_vectors", set: Set::Mailboxes, figure: ["", "agreement"], bound: Least(1.0) },
];

/// Sets whose probabilities must be honest and whose threshold, chosen without labels, must be near the
/// best, with the columns that are left out.
const HONEST: [(&str, &[&str]); 12] = [
    ("febrl1", &[]),
    ("febrl2", &[]),
    ("febrl3", &[]),
    ("febrl4", &[]),
    ("febrl_dsgen_a10k", &[]),
    ("febrl_dsgen_c10k", &[]),
    ("zingg_febrl_20k", &[]),
    ("historical_50k", &[]),
    // `phone` is made of `phone_raw`.
    ("crm_20k", &["--ignore", "phone"]),
    ("fake_1000", &[]),
    ("fake_20000", &[]),
    ("restaurants", &[]),
];
/// The most pairwise F1 the chosen threshold may lose to the best one.
const MOST_LOSS: f64 = 0.01;
/// The most the expected calibration error of pairs may be.
const MOST_ERROR: f64 = 0.05;

/// Measures them all.
pub(crate) fn test() -> Tally {
    let mut tally = Tally::new("Quality");
    let data = std::env::var_os("REKNIT_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    if !data.is_dir() {
        tally.skip("no data sets; name their folder in REKNIT_DATA");
        return tally;
    }
    let out = target().join("quality");
    if std::fs::create_dir_all(&out).is_err() || !run(&mut cargo(&["build", "--package", "reknit-cli"])).0 {
        tally.step(false);
        return tally;
    }
    for floor in FLOORS {
        let found = measure(&floor.set, &data, &out).as_deref().and_then(|json| figure(json, floor.figure));
        match found {
            Some(found) => {
                let holds = floor.bound.holds(found);
                let verdict = if holds { "holds" } else { "BROKEN" };
                println!("  {}: {} {found:.4}, {}: {verdict}", floor.name, floor.figure[1], floor.bound);
                tally.step(holds);
            }
            None => tally.step(false),
        }
    }
    for (name, left_out) in HONEST {
        let records = data.join("identity").join(name).join("records.csv");
        let json = job(reknit("eval").args(["calibration", "--json"]).arg(&records).args(left_out));
        ceiling(name, json.as_deref(), ["calibration", "ece"], MOST_ERROR, &mut tally);
        ceiling(name, json.as_deref(), ["operating_point", "loss"], MOST_LOSS, &mut tally);
    }
    tally
}

/// Counts whether a figure is at most `most`.
fn ceiling(name: &str, json: Option<&str>, path: [&str; 2], most: f64, tally: &mut Tally) {
    let found = json.and_then(|json| figure(json, path));
    let holds = found.is_some_and(|found| found <= most);
    if let Some(found) = found {
        let verdict = if holds { "holds" } else { "BROKEN" };
        println!("  {name}: {} {found:.4}, ceiling {most}: {verdict}", path[1]);
    }
    tally.step(holds);
}

/// Runs the job on a set and gives the JSON of its evaluation.
fn measure(set: &Set, data: &Path, out: &Path) -> Option<String> {
    match set {
        Set::Contacts(name) => {
            let records = data.join("identity").join(name).join("records.csv");
            let pred = out.join(format!("{name}.csv"));
            job(reknit("resolve").arg(&records).arg("-o").arg(&pred))?;
            job(reknit("eval").args(["resolve", "--json", "--pred"]).arg(&pred).arg("--truth").arg(&records))
        }
        Set::Mail => {
            let corpora = corpora(&data.join("threads/email"))?;
            let pred = out.join("mail.csv");
            job(reknit("stitch").args(&corpora).arg("-o").arg(&pred))?;
            job(reknit("eval").args(["stitch", "--json", "--pred"]).arg(&pred).arg("--truth").args(&corpora))
        }
        Set::Phones => vectors::phones(&data.join("identity/phone_vectors")),
        Set::Checks => checks::entities(&data.join("identity/entity_match_checks")),
        Set::Households => households::households(),
        Set::Mailboxes => vectors::mailboxes(&data.join("identity/email_vectors")),
        Set::Texts(name) => {
            let (train, test) = (
                data.join("text").join(name).join("train.tsv"),
                data.join("text").join(name).join("test.tsv"),
            );
            let (model, pred) = (out.join(format!("{name}.model")), out.join(format!("{name}.tsv")));
            job(reknit("train").arg(train).arg("-o").arg(&model))?;
            job(reknit("classify").arg("--model").arg(&model).arg(&test).arg("-o").arg(&pred))?;
            job(reknit("eval").args(["classify", "--json", "--pred"]).arg(&pred).arg("--truth").arg(&test))
        }
    }
}

fn reknit(verb: &str) -> Command {
    command(target().join("debug/reknit"), &[verb])
}

fn job(command: &mut Command) -> Option<String> {
    let (ok, output) = run(command);
    ok.then_some(output)
}

/// The mail corpora in alphabetical order.
fn corpora(folder: &Path) -> Option<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "jsonl"));
    files.sort();
    Some(files)
}

/// The number behind `"outer": {... "inner": NUMBER`, or behind `"inner"` when `outer` is empty.
fn figure(json: &str, [outer, inner]: [&str; 2]) -> Option<f64> {
    let after = |text: &'_ str, key: &str| -> Option<usize> {
        let quoted = format!("\"{key}\"");
        text.find(&quoted).map(|at| at + quoted.len())
    };
    let start = if outer.is_empty() { 0 } else { after(json, outer)? };
    let rest = &json[start..];
    let rest = rest[after(rest, inner)?..].trim_start_matches([':', ' ']);
    let end = rest.find([',', '}', '\n']).unwrap_or(rest.len());
    rest[..end].trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn finds_a_figure_in_the_json_of_eval() {
        let json = r#"{"records": 3, "pairwise": {"precision": 0.5, "f1": 0.25}, "b_cubed": {"f1": 0.75}}"#;
        assert_eq!(figure(json, ["pairwise", "f1"]), Some(0.25));
        assert_eq!(figure(json, ["b_cubed", "f1"]), Some(0.75));
        assert_eq!(figure(json, ["", "records"]), Some(3.0));
        assert_eq!(figure(json, ["", "accuracy"]), None);
    }
}
