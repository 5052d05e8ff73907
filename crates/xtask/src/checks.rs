//! Pairs of entities judged by people: does the resolver judge them the same?
//!
//! Each check of `checks.yml` is a table of two records, one per source, so nothing can be learnt from
//! the data: it tries what the library knows beforehand of names, dates, countries and numbers. A check
//! is right if both records are one entity exactly where the file says so. The file is read by a reader
//! of just its own shape: entries of `match`, `schema`, `query` and `candidate`, values of one line or
//! several.

use std::path::Path;

use reknit::model::{FieldKind, Record, Table, unwatched};
use reknit::resolve::{Config, Resolver};

struct Check {
    same: bool,
    person: bool,
    records: [Record; 2],
}

/// The share of right judgements, as JSON.
pub(crate) fn entities(folder: &Path) -> Option<String> {
    let text = std::fs::read_to_string(folder.join("checks.yml")).ok()?;
    let checks = read(&text);
    let right = checks.iter().filter(|check| judge(check) == Some(check.same)).count();
    let share = right as f64 / checks.len() as f64;
    (!checks.is_empty())
        .then(|| format!(r#"{{"agreement": {share}, "agree": {right}, "count": {}}}"#, checks.len()))
}

/// Whether the resolver takes both for one.
fn judge(check: &Check) -> Option<bool> {
    let kind_of = |name: &str| match name {
        "name" if !check.person => FieldKind::Company,
        name => FieldKind::of_column(name),
    };
    let table = Table::from_records_mapped(&check.records, kind_of).ok()?;
    let (_, resolution) = Resolver::fit_resolve(&Config::contacts(), &table, &mut unwatched).ok()?;
    Some(resolution.entity_ids[0] == resolution.entity_ids[1])
}

fn read(text: &str) -> Vec<Check> {
    let mut checks: Vec<Check> = Vec::new();
    // Which record is being read, and the field under way.
    let (mut side, mut field) = (0, String::new());
    let mut value = String::new();
    for line in text.lines().chain(["  - match: end"]) {
        let bare = line.trim();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        let pair = bare.trim_start_matches("- ").split_once(':').filter(|(key, _)| !key.contains(' '));
        let Some((key, rest)) = pair else {
            value = format!("{value} {bare}");
            continue;
        };
        if let Some(check) = checks.last_mut().filter(|_| !value.trim().is_empty()) {
            let record = std::mem::replace(&mut check.records[side], Record::new("", ""));
            check.records[side] = record.with(&field, unquoted(&value));
        }
        value.clear();
        match (key, rest.trim()) {
            ("match", "end") | ("checks", _) => {}
            ("match", same) => {
                let records = [Record::new("a", "1"), Record::new("b", "1")];
                checks.push(Check { same: same == "true", person: false, records });
            }
            ("schema", schema) => checks.iter_mut().last().into_iter().for_each(|check| {
                check.person = schema == "Person";
            }),
            ("query", "") => side = 0,
            ("candidate", "") => side = 1,
            (key, rest) => (field, value) = (key.to_owned(), rest.to_owned()),
        }
    }
    checks
}

fn unquoted(value: &str) -> String {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner.replace(&format!("\\{quote}"), &quote.to_string()).replace("''", "'");
        }
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_are_read_and_judged() {
        let text = "checks:\n  - match: true\n    schema: Person\n    query:\n      name: Ana Perez\n      \
                    birthDate: '1980-05-01'\n    candidate:\n      name: Perez, Ana\n      birthDate: 1980-05-01\n  \
                    - match: false\n    schema: Company\n    query:\n      name: \"Nordwind \\\"A\\\"\n        Bank\"\n    \
                    candidate:\n      name: Harbour Fund\n";
        let checks = read(text);
        assert_eq!(checks.len(), 2);
        assert_eq!(checks[1].records[0].fields["name"], ["Nordwind \"A\" Bank"]);
        assert_eq!(checks.iter().map(judge).collect::<Vec<_>>(), [Some(true), Some(false)]);
    }
}
