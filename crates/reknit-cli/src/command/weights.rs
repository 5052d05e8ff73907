//! What a resolver has learnt, kept in a file, read back, and shown as a table.

use std::fs;
use std::path::Path;

use reknit::resolve::Resolver;

use crate::failure::{Failure, Place, Result};
use crate::output::Output;

/// Reads a resolver that `--save-model` wrote.
pub(super) fn load(path: &Path) -> Result<Resolver> {
    let name = path.display().to_string();
    let text = fs::read_to_string(path).map_err(|error| Failure::io(&name, &error))?;
    serde_json::from_str(&text).map_err(|error| {
        Failure::at(Place::file(&name), format!("this is no model that --save-model wrote: {error}"))
    })
}

/// Writes a resolver as JSON.
pub(super) fn save(resolver: &Resolver, output: &Output) -> Result<()> {
    output.write(|out| Ok(serde_json::to_writer(out, resolver)?))
}

/// Writes what was learnt, one row per level.
pub(super) fn write_table(resolver: &Resolver, output: &Output) -> Result<()> {
    let table = resolver.model_table();
    output.write_csv(|rows| {
        rows.write_record(["comparison", "level", "m", "u", "weight", "seen"])?;
        for row in &table.rows {
            let numbers = [row.m, row.u, row.weight.bits()].map(|number| format!("{number:.6}"));
            let [m, u, weight] = &numbers;
            rows.write_record([row.comparison.as_str(), row.level, m, u, weight, &row.seen.to_string()])?;
        }
        Ok(())
    })
}
