//! Contact records to entities: which records are one person or organisation.

mod config;

pub use config::Config;

use serde::{Deserialize, Serialize};

use crate::model::{Evidence, RecordKey, Table, Watch};
use crate::{Error, ErrorKind, Result};

/// A fitted model: the weights of every comparison, learnt without labels. Immutable, serialisable,
/// and good for other tables of the same kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resolver {
    config: Config,
}

/// Which records are one entity, and why.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Resolution {
    /// The entity of each row of the table: `source:id` of its smallest record key.
    pub entity_ids: Vec<String>,
    /// How sure each row's place is: the probability of its strongest link into its entity, or, for
    /// a record alone, that it belongs to no other record.
    pub probabilities: Vec<f64>,
    /// The links that hold the entities together: for each entity a tree of its strongest links.
    pub links: Vec<Link>,
    /// Near matches that were not made, with the reason.
    pub refused: Vec<Refusal>,
}

/// Two records held to be one entity.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Link {
    /// The one row of the table.
    pub a: u32,
    /// The other row.
    pub b: u32,
    /// What speaks for it and against it.
    pub evidence: Evidence,
    /// The probability the evidence stands for.
    pub probability: f64,
}

/// A match that the evidence asked for and a rule refused.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Refusal {
    /// The one row of the table.
    pub a: u32,
    /// The other row.
    pub b: u32,
    /// The rule.
    pub reason: RefusalReason,
    /// What spoke for it and against it.
    pub evidence: Evidence,
}

/// Why a near match was refused.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// People said that the two are not one.
    CannotLink,
    /// Both records, or records already joined with them, come from one source that lists an entity
    /// at most once.
    SameSource,
    /// They share an identifier, but their names contradict each other: a family's phone, a
    /// switchboard, a number handed on.
    ConflictingNames,
    /// Only an identifier nobody proved speaks for it; a person should look.
    ClaimedOnly,
    /// The two would fit, but their entities as a whole contradict each other.
    ConflictingEntities,
}

/// What is to be done with a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// One entity.
    Match,
    /// A person should look.
    Review,
    /// Two entities.
    NoMatch,
}

/// Why two records are one entity, or are not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairExplanation {
    /// The one record.
    pub a: RecordKey,
    /// The other.
    pub b: RecordKey,
    /// Prior, comparisons and total.
    pub evidence: Evidence,
    /// The probability the evidence stands for.
    pub probability: f64,
    /// The decision on this pair alone.
    pub decision: Decision,
    /// Whether both are in one entity once all records are looked at.
    pub same_entity: bool,
    /// The rule that kept the two apart, if one did.
    pub refused: Option<RefusalReason>,
    /// The blocking rules under which the two met; empty when they would never be compared.
    pub blocking: Vec<String>,
}

impl Resolver {
    /// Learns, without labels, what agreement and disagreement in each kind of information are
    /// worth in `table`.
    pub fn fit(config: &Config, _table: &Table, _watch: &mut Watch<'_>) -> Result<Self> {
        config.check()?;
        let _ = config.workers();
        Ok(Self { config: config.clone() })
    }

    /// The entities of `table`.
    pub fn resolve(&self, _table: &Table, _watch: &mut Watch<'_>) -> Result<Resolution> {
        Err(Error::new(ErrorKind::Internal, "the matcher has not landed yet"))
    }

    /// Why the records `a` and `b` of `table` are one entity, or are not.
    pub fn explain(&self, _table: &Table, _a: &RecordKey, _b: &RecordKey) -> Result<PairExplanation> {
        Err(Error::new(ErrorKind::Internal, "the matcher has not landed yet"))
    }

    /// The config it was fitted with.
    pub fn config(&self) -> &Config {
        &self.config
    }
}
