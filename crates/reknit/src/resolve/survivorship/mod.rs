//! Records and their entities to golden records: which value of each field survives, and why.
//!
//! Columns of one kind are one field (`Vorname` and `first_name` are `given_name`); columns of unknown
//! meaning keep their names. In each field the values of an entity are grouped by their normal form, and
//! the policies of the field rank the groups: the first policy decides, ties go to the next, the last
//! word has the smallest record key. What survives is the best original spelling. Identifiers are all
//! kept, best first; the parts of an address survive together, from one record; of consents the
//! strictest survives. Each value carries its provenance: who gave it, how many agreed, what decided,
//! what lost. Neither the order of the records nor that of the columns counts.
//!
//! Sources: Bleiholder and Naumann, "Data Fusion" (2008), for the strategies. Cost: one reading per
//! distinct value, then linear in the values but for the sorting of each entity's.
//!
//! ```
//! use reknit::model::{Record, Table, unwatched};
//! use reknit::resolve::survivorship::{Config, Survivorship};
//! let records = [
//!     Record::new("crm", "1").with("name", "ANA PETROVA").with("email", "ana@example.org"),
//!     Record::new("shop", "7").with("name", "Ana Petrova").with("email", "a.petrova@example.net"),
//! ];
//! let table = Table::from_records(&records)?;
//! let entity_ids = ["crm:1".to_owned(), "crm:1".to_owned()];
//! let golden = Survivorship::build(Config::contacts())?.golden(&table, &entity_ids, &mut unwatched)?;
//! assert_eq!(golden[0].values("full_name"), ["Ana Petrova"]);
//! assert_eq!(golden[0].values("email"), ["ana@example.org", "a.petrova@example.net"]);
//! # Ok::<(), reknit::Error>(())
//! ```

mod address;
mod config;
mod consent;
mod form;
mod plan;
mod rank;

#[cfg(test)]
mod tests;

pub use config::{Config, Policy};
pub use consent::Consent;
pub use rank::{Decider, Fallback};

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use self::plan::{Field, Plan};
use self::rank::{Claim, Standing, rank};
use crate::model::{Assurance, Progress, Record, RecordKey, Table, Watch};
use crate::{Error, Result};

/// The values of a field in a golden record: a list where the field keeps several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// The one that survived.
    One(String),
    /// All of them, best first.
    Many(Vec<String>),
}

/// One record that stands for an entity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GoldenRecord {
    /// The entity.
    pub entity_id: String,
    /// What survived, by field. Fields without any value are left out.
    pub fields: BTreeMap<String, FieldValue>,
    /// Where it comes from, by field.
    pub provenance: BTreeMap<String, Provenance>,
}

/// Where the value of a field comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// What decided between the value and the next best.
    pub decided_by: Decider,
    /// How many records of the entity have a value in the field.
    pub filled: u32,
    /// The record all parts of the address come from; for other fields none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<RecordKey>,
    /// What survived, best first. Empty for a part that the surviving address has not.
    pub values: Vec<Support>,
    /// What did not, best first.
    pub lost: Vec<Support>,
}

/// A value and who holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Support {
    /// The best original spelling.
    pub value: String,
    /// The records that have the value, in this or another spelling, by key.
    pub records: Vec<RecordKey>,
    /// How many records agree with it: those, and those that abbreviate it.
    pub agreed: u32,
    /// Where an identifier is unique, if not everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Whether an identifier was proved, if anything is known about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assurance: Option<Assurance>,
    /// How a consent was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
}

impl GoldenRecord {
    /// The values of `field`, best first; none when it has none.
    pub fn values(&self, field: &str) -> &[String] {
        match self.fields.get(field) {
            Some(FieldValue::One(value)) => std::slice::from_ref(value),
            Some(FieldValue::Many(values)) => values,
            None => &[],
        }
    }

    /// The same as a record of `source` whose id is the entity's.
    pub fn to_record(&self, source: &str) -> Record {
        let mut record = Record::new(source, &self.entity_id);
        for name in self.fields.keys() {
            record.fields.insert(name.clone(), self.values(name).to_vec());
        }
        record
    }
}

/// The rules that choose the values of golden records. Immutable; good for any number of tables.
#[derive(Debug, Clone, PartialEq)]
pub struct Survivorship {
    config: Config,
}

/// Entities between two reports of progress.
const REPORT_EVERY: usize = 4096;

impl Survivorship {
    /// Checks `config`.
    ///
    /// # Errors
    /// `config` when a list of policies or sources makes no sense.
    pub fn build(config: Config) -> Result<Self> {
        config.check()?;
        Ok(Self { config })
    }

    /// One golden record per entity, by entity id; `entity_ids` has the entity of each row of `table`.
    ///
    /// # Errors
    /// `config` when the config names a field or column that is not there, `input` when there is not one
    /// entity id per record, `cancelled` when `watch` asks to stop.
    pub fn golden(
        &self,
        table: &Table,
        entity_ids: &[String],
        watch: &mut Watch<'_>,
    ) -> Result<Vec<GoldenRecord>> {
        let entities = entities(table, entity_ids)?;
        Progress::report("golden", 0, entities.len() as u64, watch)?;
        let plan = Plan::new(&self.config, table)?;
        let mut golden = Vec::with_capacity(entities.len());
        for (done, (entity_id, rows)) in entities.iter().enumerate() {
            if done % REPORT_EVERY == REPORT_EVERY - 1 {
                Progress::report("golden", done as u64, entities.len() as u64, watch)?;
            }
            golden.push(plan.golden(entity_id, rows));
        }
        Progress::report("golden", entities.len() as u64, entities.len() as u64, watch)?;
        Ok(golden)
    }

    /// The config it was built from.
    pub fn config(&self) -> &Config {
        &self.config
    }
}

/// The rows of each entity in the order of their keys, by entity id.
fn entities<'a>(table: &Table, entity_ids: &'a [String]) -> Result<BTreeMap<&'a str, Vec<u32>>> {
    if entity_ids.len() != table.len() {
        return Err(Error::input(format!(
            "there are {} records but {} entity ids; give one per record",
            table.len(),
            entity_ids.len()
        )));
    }
    let mut entities: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for row in table.rows_by_key() {
        entities.entry(&entity_ids[row as usize]).or_default().push(row);
    }
    Ok(entities)
}

impl Plan<'_> {
    fn golden(&self, entity_id: &str, rows: &[u32]) -> GoldenRecord {
        let mut golden = GoldenRecord {
            entity_id: entity_id.to_owned(),
            fields: BTreeMap::new(),
            provenance: BTreeMap::new(),
        };
        for field in &self.fields {
            self.add_field(&mut golden, field, rows);
        }
        self.add_address(&mut golden, rows);
        golden
    }

    fn add_field(&self, golden: &mut GoldenRecord, field: &Field<'_>, rows: &[u32]) {
        let claims = self.claims(field, rows);
        let mut candidates = candidates(field, &claims);
        if candidates.is_empty() {
            return;
        }
        let decided_by = rank(&mut candidates, &field.rule.policies, |candidate| &candidate.standing);
        let many = field.rule.keeps_all();
        let mut values: Vec<Support> =
            candidates.iter().map(|candidate| self.support(field, candidate)).collect();
        let lost = if many { Vec::new() } else { values.split_off(1) };
        let kept = if many {
            FieldValue::Many(spellings(&candidates, &values))
        } else {
            FieldValue::One(values[0].value.clone())
        };
        golden.fields.insert(field.name.clone(), kept);
        let provenance = Provenance { decided_by, filled: records_in(&claims), from: None, values, lost };
        golden.provenance.insert(field.name.clone(), provenance);
    }

    fn support(&self, field: &Field<'_>, candidate: &Candidate<'_, '_>) -> Support {
        let claims = candidate.claims;
        let assurances = claims.iter().filter_map(|claim| claim.facts).map(|facts| facts.assurance);
        Support {
            value: best_spelling(field, claims).to_owned(),
            records: self.keys(claims),
            agreed: candidate.standing.votes,
            scope: claims[0].scope().map(str::to_owned),
            assurance: assurances.filter(|assurance| *assurance != Assurance::Unknown).max(),
            consent: field.consent.map(|_| claims[0].consent),
        }
    }

    /// The keys of the records that make these claims, which stand in the order of keys.
    fn keys(&self, claims: &[Claim<'_>]) -> Vec<RecordKey> {
        let mut rows: Vec<u32> = claims.iter().map(|claim| claim.row).collect();
        rows.dedup();
        rows.into_iter().map(|row| self.table.key(row as usize)).collect()
    }
}

/// The claims on one value.
struct Candidate<'c, 'a> {
    claims: &'c [Claim<'a>],
    standing: Standing,
}

/// The distinct values among `claims`, which are sorted by value.
fn candidates<'c, 'a>(field: &Field<'_>, claims: &'c [Claim<'a>]) -> Vec<Candidate<'c, 'a>> {
    let groups: Vec<&[Claim<'_>]> =
        claims.chunk_by(|a, b| (a.form, a.scope()) == (b.form, b.scope())).collect();
    let shorter =
        if field.rule.keeps_all() { vec![Vec::new(); groups.len()] } else { shorter(field, &groups) };
    let mut found: Vec<Candidate<'_, '_>> = groups
        .iter()
        .zip(&shorter)
        .filter_map(|(&claims, shorter)| {
            let all = claims.iter().chain(shorter.iter().flat_map(|&at| groups[at]));
            let length = field.form(claims[0].form).chars().count() as i64;
            Some(Candidate { claims, standing: Standing::of(all, claims[0].place, length)? })
        })
        .collect();
    for at in shorter.into_iter().flatten() {
        found[at].standing.partial = true;
    }
    found
}

/// For each group, which others abbreviate it.
fn shorter(field: &Field<'_>, groups: &[&[Claim<'_>]]) -> Vec<Vec<usize>> {
    if groups.len() < 2 || !form::can_abbreviate(field.kind) {
        return vec![Vec::new(); groups.len()];
    }
    let by_form: BTreeMap<&str, usize> =
        groups.iter().enumerate().map(|(at, claims)| (field.form(claims[0].form), at)).collect();
    let of = |claims: &&[Claim<'_>]| {
        let shorter = form::abbreviations(field.kind, field.form(claims[0].form));
        shorter.iter().filter_map(|short| by_form.get(short.as_str()).copied()).collect()
    };
    groups.iter().map(of).collect()
}

/// The best spelling of one value.
fn best_spelling<'a>(field: &Field<'_>, claims: &[Claim<'a>]) -> &'a str {
    let mut holders: BTreeMap<&'a str, u32> = BTreeMap::new();
    for claim in claims {
        *holders.entry(claim.text).or_default() += 1;
    }
    let form = field.form(claims[0].form);
    let quality = |text: &str, holders| form::quality(field.kind, text, form, holders);
    // Of equals the first in the alphabet.
    let best = holders.iter().rev().max_by_key(|(text, holders)| quality(text, **holders));
    best.map_or("", |(text, _)| text)
}

/// How many records make these claims.
fn records_in(claims: &[Claim<'_>]) -> u32 {
    let mut rows: Vec<u32> = claims.iter().map(|claim| claim.row).collect();
    rows.sort_unstable();
    rows.dedup();
    rows.len() as u32
}

/// The values as they survive: each form once, though it may be an id in two scopes.
fn spellings(candidates: &[Candidate<'_, '_>], values: &[Support]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let pairs = candidates.iter().zip(values);
    let first = pairs.filter(|(candidate, _)| seen.insert(candidate.claims[0].form));
    first.map(|(_, support)| support.value.clone()).collect()
}
