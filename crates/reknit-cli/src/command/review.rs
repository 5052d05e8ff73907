//! Pairs for people to look at, and what they say about them: one file out, the same file back.
//!
//! The review is a CSV with an empty column `match`; filled in where somebody knows the answer, it is
//! what `--labels` reads. Records are named by source and id in columns of their own, so that any key
//! survives a spreadsheet.

use std::path::Path;

use reknit::model::{Evidence, RecordKey, Table};
use reknit::resolve::{Label, ReviewPair};

use super::eval::each_named;
use crate::console::Console;
use crate::failure::{Failure, Result};
use crate::output::{Output, six_decimals};

/// Columns that name the pair.
const KEYS: [&str; 4] = ["a_source", "a_id", "b_source", "b_id"];

/// Writes the pairs with an empty column for the answer.
pub(super) fn write(pairs: &[ReviewPair], table: &Table, output: &Output) -> Result<()> {
    output.write_csv(|rows| {
        let [a_source, a_id, b_source, b_id] = KEYS;
        rows.write_record([a_source, a_id, b_source, b_id, "probability", "evidence", "match"])?;
        let mut text = String::new();
        for pair in pairs {
            let (a, b) = (pair.a as usize, pair.b as usize);
            let keys = [table.source(a), table.id(a), table.source(b), table.id(b)];
            let probability = six_decimals(pair.probability, &mut text);
            let evidence = summary(&pair.evidence);
            rows.write_record(keys.into_iter().chain([probability, evidence.as_str(), ""]))?;
        }
        Ok(())
    })
}

/// The findings in one line.
fn summary(evidence: &Evidence) -> String {
    let finding =
        |c: &reknit::model::Contribution| format!("{}: {} {:+.1}", c.name, c.level, c.weight.bits());
    evidence.contributions.iter().map(finding).collect::<Vec<_>>().join("; ")
}

/// The labels in a file; rows without an answer are left out.
pub(super) fn read(path: &Path, console: &Console) -> Result<Vec<Label>> {
    let mut labels = Vec::new();
    let [a_source, a_id, b_source, b_id] = KEYS;
    let columns = [a_source, a_id, b_source, b_id, "match"];
    each_named(path, &columns, console, |_, [a_source, a_id, b_source, b_id, answer]| {
        let is_match = match answer.to_ascii_lowercase().as_str() {
            "" => return Ok(()),
            "1" | "y" | "yes" | "true" | "match" => true,
            "0" | "n" | "no" | "false" | "no match" => false,
            _ => {
                return Err(Failure::data(
                    "`match` is neither yes nor no; write one of them or leave it empty",
                ));
            }
        };
        let key = |source: &str, id: &str| RecordKey { source: source.to_owned(), id: id.to_owned() };
        labels.push(Label { a: key(a_source, a_id), b: key(b_source, b_id), is_match });
        Ok(())
    })?;
    Ok(labels)
}
