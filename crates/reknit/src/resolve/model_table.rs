//! What was learnt, as a table a person can read: each level of each comparison and what it weighs.
//!
//! One row per kind of information and level, from best to worst: its share among matches (m) and
//! among pairs of strangers (u), the weight log2(m / u) that a pair of that level gets (Fellegi and
//! Sunter 1969), and how many candidate pairs of the fitted table are of that level. An exact agreement
//! weighs more or less than its row says, by how many entities hold the value. The table holds no value
//! of any record.

use serde::Serialize;

use super::Resolver;
use super::score::KIND_NAMES;
use crate::model::Weight;

/// A model as a table, see [`Resolver::model_table`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelTable {
    /// The probability that two random records match.
    pub prior: f64,
    /// The probability that two random records are strangers with something in common.
    pub circumstances: Vec<Circumstance>,
    /// The levels, comparison by comparison, from best to worst.
    pub rows: Vec<ModelRow>,
}

/// What strangers may have in common: a household, a place, a name by fashion.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Circumstance {
    /// Its name, as in evidence.
    pub name: &'static str,
    /// Its share of all pairs of records.
    pub probability: f64,
}

/// One level of one comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelRow {
    /// The kind of information, as evidence names it.
    pub comparison: String,
    /// The level, as evidence names it.
    pub level: &'static str,
    /// Its share among matches.
    pub m: f64,
    /// Its share among pairs of strangers.
    pub u: f64,
    /// log2(m / u).
    pub weight: Weight,
    /// How many candidate pairs of the table the model was learnt from are of this level, estimated
    /// from some of its rows where it is large.
    pub seen: u64,
}

impl Resolver {
    /// What was learnt, level by level.
    ///
    /// ```
    /// use reknit::model::{Record, Table, unwatched};
    /// use reknit::resolve::{Config, Resolver};
    /// let records = [Record::new("crm", "1").with("email", "ana@example.org")];
    /// let resolver = Resolver::fit(&Config::contacts(), &Table::from_records(&records)?, &mut unwatched)?;
    /// let table = resolver.model_table();
    /// assert_eq!((table.rows[0].comparison.as_str(), table.rows[0].level), ("email", "exact"));
    /// assert!(table.rows[0].weight.bits() > 10.0);
    /// # Ok::<(), reknit::Error>(())
    /// ```
    #[must_use]
    pub fn model_table(&self) -> ModelTable {
        let model = &self.model;
        let circumstances = KIND_NAMES
            .iter()
            .zip(model.kinds)
            .map(|(&name, probability)| Circumstance { name, probability })
            .collect();
        let rows = (0..model.slots.len()).flat_map(|slot| self.rows_of(slot)).collect();
        ModelTable { prior: model.prior, circumstances, rows }
    }

    fn rows_of(&self, slot: usize) -> impl Iterator<Item = ModelRow> + '_ {
        let model = &self.model;
        let seen = model.seen.get(slot).map(Vec::as_slice).unwrap_or_default();
        model.m[slot].iter().zip(&model.u[slot]).enumerate().map(move |(place, (&m, &u))| ModelRow {
            comparison: model.slots[slot].name().to_owned(),
            level: model.slots[slot].aspect.level_name(place as u8 + 1),
            m,
            u,
            weight: Weight::from_ratio(m, u),
            seen: seen.get(place).map_or(0, |seen| seen.round() as u64),
        })
    }
}
