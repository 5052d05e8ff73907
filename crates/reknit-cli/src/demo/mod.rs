//! `reknit demo`: an invented company goes through the whole library, and the screen says how well.
//!
//! [`company`] makes the contacts, the messages and the truth from a seed; [`files`] writes them as
//! a company would export them; the main job of the library runs over them; [`score`] holds the
//! result against the truth; [`tell`] prints figures and three stories. The truth never reaches the
//! library.

mod company;
mod files;
mod people;
mod phrases;
mod quote;
mod random;
mod records;
mod score;
mod showpiece;
mod talk;
mod tell;

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use reknit::model::Table;
use reknit::pipeline;

use crate::command::run::work;
use crate::console::Console;
use crate::failure::{Failure, Result};
use crate::report;

/// How to run the demo.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Where files go; made if it is not there.
    pub(crate) dir: PathBuf,
    /// The company is another one for every seed.
    pub(crate) seed: u64,
    /// Whether the text may hold colours: only for a terminal.
    pub(crate) color: bool,
}

/// Makes the company, runs the main job over it, and tells `out` what came of it.
pub(crate) fn run(options: &Options, console: &Console, out: &mut dyn Write) -> Result<()> {
    let place = options.dir.display().to_string();
    let company = company::company(options.seed);
    files::write(&company, &options.dir).map_err(|error| Failure::io(&place, &error))?;

    let started = Instant::now();
    let contacts = Table::from_records(&company.records)?;
    let results = options.dir.join("results");
    let outcome = work(&config(), &contacts, company.messages.clone(), &results, console)?;
    let seconds = started.elapsed().as_secs_f64();

    let note = format!(
        "An invented company, made from seed {}: nobody on this page exists. Every decision carries its receipt.",
        options.seed
    );
    let input = report::Input::of("Vindholm Telecom", &note, &contacts, &outcome);
    let page = options.dir.join("report.html");
    std::fs::write(&page, report::html(&input)).map_err(|error| Failure::io(&place, &error))?;

    let measured = score::measure(&company.truth, &contacts, &outcome)?;
    let told = tell::Told {
        options,
        company: &company,
        contacts: &contacts,
        outcome: &outcome,
        measured: &measured,
        seconds,
        page,
    };
    tell::tell(&told, out).map_err(|error| Failure::io("standard output", &error))
}

/// The invented company is British; numbers without a country code are read so.
fn config() -> pipeline::Config {
    let mut config = pipeline::Config::default();
    config.resolve.default_region = Some("GB".to_owned());
    config
}
