//! What a caller may decide about a resolution; everything else is learnt from the records.
//!
//! There is one preset, [`Config::contacts`], for all contact data. It is checked once, in
//! [`Resolver::fit`](super::Resolver::fit).
//!
//! | name | default | meaning | range |
//! |---|---|---|---|
//! | `threshold` | none | probability from which two records are one entity; none = the even odds of the model | 0 < p < 1 |
//! | `max_false_merge_rate` | none | expected share of false links among the links made; the threshold is then raised as far as that needs | 0 < r < 1 |
//! | `links_only_between_sources` | false | each source lists an entity at most once | |
//! | `pairs_per_match` | 60 | comparisons a match may cost; more finds a little more, in more time | 1 and more |
//! | `default_region` | none | country of phone numbers without a country code | ISO 3166, two letters |
//! | `threads` | 0 | worker threads; 0 = as many as the machine has; never changes the result | |
//! | `must_link`, `cannot_link` | none | pairs of records that people have decided | keys of the table |
//! | `fields` | none | what a column means, where its name does not say so | names of the table's columns |

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{FieldKind, RecordKey};
use crate::{Error, Result};

/// Settings of a resolution, as plain data.
///
/// ```
/// use reknit::resolve::Config;
/// let config: Config = serde_json::from_str(r#"{"default_region": "DE"}"#)?;
/// assert_eq!(config.threshold, None);
/// assert!(serde_json::from_str::<Config>(r#"{"treshold": 0.9}"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Probability from which two records are one entity; `None` leaves it to the model.
    pub threshold: Option<f64>,
    /// How large a share of the links made may be false, as far as the probabilities tell: the threshold
    /// is raised until it is no larger, when a resolver is fitted. It is never lowered, neither below
    /// `threshold` nor below even odds, so a rate that is met anyway changes nothing. A fitted
    /// resolver's config has the threshold that was found.
    pub max_false_merge_rate: Option<f64>,
    /// Whether each source lists an entity at most once, so that only links between sources count.
    pub links_only_between_sources: bool,
    /// How many comparisons a match may cost: blocks of records that are less likely to hold a match
    /// are left out. More finds a little more in clean data, and more namesakes in sparse data.
    pub pairs_per_match: u32,
    /// The country of phone numbers without a country code (two letters, `AU`).
    pub default_region: Option<String>,
    /// Worker threads; 0 = as many as the machine has. The result is the same for any number.
    pub threads: usize,
    /// Pairs that are one entity, whatever the evidence.
    pub must_link: Vec<(RecordKey, RecordKey)>,
    /// Pairs that are two entities, whatever the evidence.
    pub cannot_link: Vec<(RecordKey, RecordKey)>,
    /// What a column means, by its name in the table.
    pub fields: BTreeMap<String, FieldKind>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            threshold: None,
            max_false_merge_rate: None,
            links_only_between_sources: false,
            pairs_per_match: PAIRS_PER_MATCH,
            default_region: None,
            threads: 0,
            must_link: Vec::new(),
            cannot_link: Vec::new(),
            fields: BTreeMap::new(),
        }
    }
}

/// On contact sets of 1,000 to 50,000 records 60 and 500 differ by less than .004 of pairwise F1 where
/// records are full; where they are sparse 60 is better by .01, because namesakes with nothing else in
/// common are not even looked at.
const PAIRS_PER_MATCH: u32 = 60;

impl Config {
    /// The preset for contact data: people and organisations with names, addresses, identifiers.
    pub fn contacts() -> Self {
        Self::default()
    }

    /// Refuses what is out of range.
    pub(super) fn check(&self) -> Result<()> {
        if let Some(p) = self.threshold
            && !(p > 0.0 && p < 1.0)
        {
            return Err(Error::config(format!("`threshold` is {p}; give a probability above 0 and below 1")));
        }
        if let Some(rate) = self.max_false_merge_rate
            && !(rate > 0.0 && rate < 1.0)
        {
            return Err(Error::config(format!(
                "`max_false_merge_rate` is {rate}; give a share above 0 and below 1, such as 0.01"
            )));
        }
        if self.pairs_per_match == 0 {
            return Err(Error::config("`pairs_per_match` is 0; give 1 or more"));
        }
        if let Some(region) = &self.default_region
            && !(region.len() == 2 && region.bytes().all(|b| b.is_ascii_alphabetic()))
        {
            return Err(Error::config(
                "`default_region` must be a country code of two letters, such as `DE`",
            ));
        }
        Ok(())
    }

    /// How many threads to use.
    pub(super) fn workers(&self) -> usize {
        match self.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            n => n,
        }
        .min(MAX_WORKERS)
    }
}

/// More threads than this only wait for memory.
const MAX_WORKERS: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn out_of_range_is_refused_with_the_limit() {
        let config = Config { threshold: Some(1.0), ..Config::default() };
        assert!(config.check().expect_err("1 is no threshold").to_string().contains("below 1"));
        let config = Config { max_false_merge_rate: Some(0.0), ..Config::default() };
        assert!(config.check().expect_err("no rate is sure").to_string().contains("max_false_merge_rate"));
        let config = Config { default_region: Some("Germany".into()), ..Config::default() };
        assert_eq!(config.check().expect_err("not two letters").code(), 1);
    }
}
