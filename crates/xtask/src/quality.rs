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
use crate::{checks, households, quotes, suites, vectors};

/// What is measured, and the bounds of what is found there.
struct Floor {
    name: &'static str,
    set: Set,
    figures: &'static [Figure],
}

/// The path of a figure in the JSON of a measurement, and the least it may be, or the most where it counts
/// mistakes.
struct Figure([&'static str; 2], Bound);

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
    /// Cases of mail threading from the test suites of others.
    Suites,
    /// A folder of `text/` with `train.tsv` and `test.tsv`.
    Texts(&'static str),
    /// Messages of rooms or of customers, in one file.
    Talk(&'static str),
    /// Phone numbers with their E.164 form.
    Phones,
    /// E-mail addresses with their normal form, or whether they are any.
    Mailboxes,
    /// Bodies of mail and what is the reply in them.
    Replies,
    /// Pairs of entities and whether they are one.
    Checks,
    /// A set of contacts whose probabilities are judged, and words for columns that are left out.
    Probabilities(&'static str, &'static [&'static str]),
    /// Invented households, whose people share a home, a line and a name.
    Households,
}

const fn pairwise(least: f64) -> Figure {
    Figure(["pairwise", "f1"], Least(least))
}

const fn exact(least: f64) -> Figure {
    Figure(["exact_match", "f1"], Least(least))
}

const fn links(least: f64) -> Figure {
    Figure(["links", "f1"], Least(least))
}

const fn agreement(least: f64) -> Figure {
    Figure(["", "agreement"], Least(least))
}

const fn contacts(name: &'static str, figures: &'static [Figure]) -> Floor {
    Floor { name, set: Set::Contacts(name), figures }
}

/// Probabilities of pairs must be honest, and the threshold chosen without labels near the best one.
const fn honest(name: &'static str, left_out: &'static [&'static str]) -> Floor {
    const FIGURES: &[Figure] =
        &[Figure(["calibration", "ece"], Most(0.05)), Figure(["operating_point", "loss"], Most(0.01))];
    Floor { name, set: Set::Probabilities(name, left_out), figures: FIGURES }
}

const FLOORS: &[Floor] = &[
    contacts("febrl3", &[pairwise(0.995)]),
    contacts("historical_50k", &[pairwise(0.90)]),
    contacts("crm_20k", &[pairwise(0.86)]),
    contacts("fake_1000", &[pairwise(0.945)]),
    contacts("fake_20000", &[pairwise(0.90)]),
    contacts("restaurants", &[pairwise(0.935)]),
    Floor { name: "entity_match_checks", set: Set::Checks, figures: &[agreement(0.90)] },
    Floor {
        name: "households",
        set: Set::Households,
        figures: &[Figure(["", "merged"], Most(0.01)), Figure(["", "halved"], Most(0.05))],
    },
    Floor {
        name: "mail, all headers",
        set: Set::Mail,
        figures: &[pairwise(0.994), Figure(["pairwise", "precision"], Least(0.99))],
    },
    Floor { name: "thread_suites", set: Set::Suites, figures: &[Figure(["", "checked"], Least(1.0))] },
    Floor { name: "omni", set: Set::Talk("omni/omni.jsonl"), figures: &[pairwise(0.88), exact(0.67)] },
    Floor {
        name: "irc_ubuntu dev",
        set: Set::Talk("irc_ubuntu/dev.jsonl"),
        figures: &[links(0.73), exact(0.38), Figure(["", "one_to_one"], Least(0.77))],
    },
    Floor {
        name: "irc_channel_two dev",
        set: Set::Talk("irc_channel_two/dev.jsonl"),
        figures: &[links(0.79)],
    },
    Floor {
        name: "banking77",
        set: Set::Texts("banking77"),
        figures: &[Figure(["", "accuracy"], Least(0.88))],
    },
    Floor { name: "phone_vectors", set: Set::Phones, figures: &[agreement(0.995)] },
    Floor { name: "email_vectors", set: Set::Mailboxes, figures: &[agreement(1.0)] },
    Floor { name: "quoted_reply", set: Set::Replies, figures: &[agreement(0.93)] },
    honest("febrl1", &[]),
    honest("febrl2", &[]),
    honest("febrl3", &[]),
    honest("febrl4", &[]),
    honest("febrl_dsgen_a10k", &[]),
    honest("febrl_dsgen_c10k", &[]),
    honest("zingg_febrl_20k", &[]),
    honest("historical_50k", &[]),
    // `phone` is made of `phone_raw`.
    honest("crm_20k", &["--ignore", "phone"]),
    honest("fake_1000", &[]),
    honest("fake_20000", &[]),
    honest("restaurants", &[]),
];

/// Measures them all.
pub(crate) fn test() -> Tally {
    let mut tally = Tally::new("Quality");
    let data = data_folder();
    if !data.is_dir() {
        tally.skip("no data sets; name their folder in REKNIT_DATA");
        return tally;
    }
    let Some(out) = prepared() else {
        tally.step(false);
        return tally;
    };
    for floor in FLOORS {
        let json = measure(&floor.set, &data, &out);
        for Figure(path, bound) in floor.figures {
            let found = json.as_deref().and_then(|json| figure(json, *path));
            let holds = found.is_some_and(|found| bound.holds(found));
            if let Some(found) = found {
                let verdict = if holds { "holds" } else { "BROKEN" };
                println!("  {}: {} {found:.4}, {bound}: {verdict}", floor.name, path[1]);
            }
            tally.step(holds);
        }
    }
    tally
}

/// The threading suites alone; whether every checked case passes.
pub(crate) fn suites() -> bool {
    let data = data_folder();
    let json = prepared().and_then(|out| measure(&Set::Suites, &data, &out));
    if json.is_none() {
        println!("  no thread suites in {}; name the data folder in REKNIT_DATA", data.display());
    }
    json.and_then(|json| figure(&json, ["", "checked"])).is_some_and(|share| share >= 1.0)
}

/// Where the data sets lie.
fn data_folder() -> PathBuf {
    std::env::var_os("REKNIT_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from)
}

/// Builds the command line and makes the folder that results go to.
fn prepared() -> Option<PathBuf> {
    let out = target().join("quality");
    std::fs::create_dir_all(&out).ok()?;
    run(&mut cargo(&["build", "--package", "reknit-cli"])).0.then_some(out)
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
        Set::Mail => threads(&corpora(&data.join("threads/email"))?, &out.join("mail.csv")),
        Set::Talk(name) => threads(&[data.join("threads").join(name)], &out.join("talk.csv")),
        Set::Suites => suites::threads(&data.join("threads/thread_suites"), &binary(), out),
        Set::Phones => vectors::phones(&data.join("identity/phone_vectors")),
        Set::Replies => quotes::replies(&data.join("threads/quoted_reply")),
        Set::Checks => checks::entities(&data.join("identity/entity_match_checks")),
        Set::Probabilities(name, left_out) => {
            let records = data.join("identity").join(name).join("records.csv");
            job(reknit("eval").args(["calibration", "--json"]).arg(records).args(*left_out))
        }
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

/// Stitches the messages of `files` and judges what came out, which is written to `pred`.
fn threads(files: &[PathBuf], pred: &Path) -> Option<String> {
    job(reknit("stitch").args(files).arg("-o").arg(pred))?;
    job(reknit("eval").args(["stitch", "--json", "--pred"]).arg(pred).arg("--truth").args(files))
}

fn reknit(verb: &str) -> Command {
    command(binary(), &[verb])
}

/// The command line as it was built.
fn binary() -> PathBuf {
    target().join("debug/reknit")
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
