//! What a caller may decide about golden records.
//!
//! There is one preset, [`Config::contacts`]. It is checked once, in
//! [`Survivorship::build`](super::Survivorship::build); names of columns are checked against the table.
//!
//! | name | default | meaning | range |
//! |---|---|---|---|
//! | `policies` | by kind, see [`Policy::of_kind`] | how the values of a field are ranked: the first policy decides, ties go to the next | a field, a column, or `address` for all its parts |
//! | `sources` | none | the sources, best first; those not named come last | |
//! | `sources_of` | none | the same for one field, in place of `sources` | as `policies` |
//! | `updated` | none | the column that says when a record was last changed | a column of the table |
//! | `fields` | none | what a column means, where its name does not say so | names of the table's columns |
//! | `default_region` | that of most phone numbers | country of phone numbers without a country code | ISO 3166, two letters |

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::model::FieldKind;
use crate::{Error, Result};

/// One way to prefer a value to another.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// A verified identifier before one of unknown assurance, that before a claimed one.
    Verified,
    /// The value of the better source.
    SourceRank,
    /// The newer value: one still valid before one that has ended, then by when it became valid or,
    /// where that is unknown, by when its record was last changed.
    Recency,
    /// The value that more records hold. What is only abbreviated (an initial, a year of birth, a part
    /// of an address) counts for every fuller value it fits.
    Majority,
    /// The more complete value.
    Longest,
    /// No value loses: each distinct one is kept once, best first by the other policies.
    KeepAll,
    /// Opt-out before what cannot be read as either, that before opt-in.
    MostRestrictive,
}

impl Policy {
    /// The policies of a field nobody decided about.
    pub fn of_kind(kind: FieldKind) -> &'static [Self] {
        use FieldKind as Kind;
        match kind {
            Kind::Email | Kind::Phone | Kind::Handle | Kind::PlatformId | Kind::NationalId => IDENTIFIERS,
            Kind::GivenName
            | Kind::MiddleName
            | Kind::Surname
            | Kind::FullName
            | Kind::Company
            | Kind::DateOfBirth
            | Kind::BirthPlace
            | Kind::Gender => FACTS,
            _ => STATES,
        }
    }
}

const IDENTIFIERS: &[Policy] =
    &[Policy::KeepAll, Policy::Verified, Policy::Recency, Policy::SourceRank, Policy::Majority];
/// What hardly changes: the newest record may well be the one with the slip.
const FACTS: &[Policy] = &[Policy::SourceRank, Policy::Majority, Policy::Recency, Policy::Longest];
/// What changes with life: addresses, jobs, and whatever else a table holds.
const STATES: &[Policy] = &[Policy::SourceRank, Policy::Recency, Policy::Majority, Policy::Longest];
/// Of two equally strict statements the newer one.
pub(super) const CONSENT: &[Policy] =
    &[Policy::MostRestrictive, Policy::Recency, Policy::SourceRank, Policy::Majority];
/// The column that says when a record was changed tells of the newest change.
pub(super) const UPDATED: &[Policy] = &[Policy::Recency];

/// Settings of survivorship, as plain data.
///
/// ```
/// use reknit::resolve::survivorship::{Config, Policy};
/// let config: Config = serde_json::from_str(r#"{"policies": {"surname": ["recency"]}, "updated": "changed"}"#)?;
/// assert_eq!(config.policies["surname"], [Policy::Recency]);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How the values of a field are ranked, by its name.
    pub policies: BTreeMap<String, Vec<Policy>>,
    /// The sources, best first.
    pub sources: Vec<String>,
    /// The sources, best first, for one field.
    pub sources_of: BTreeMap<String, Vec<String>>,
    /// The column that says when a record was last changed.
    pub updated: Option<String>,
    /// What a column means, by its name in the table.
    pub fields: BTreeMap<String, FieldKind>,
    /// The country of phone numbers without a country code (two letters, `AU`).
    pub default_region: Option<String>,
}

impl Config {
    /// The preset for contact data: names by majority, identifiers all kept, addresses whole, consent
    /// at its strictest.
    pub fn contacts() -> Self {
        Self::default()
    }

    /// Refuses what is wrong whatever the table.
    pub(super) fn check(&self) -> Result<()> {
        for (field, policies) in &self.policies {
            check_policies(field, policies)?;
        }
        check_sources("sources", &self.sources)?;
        for (field, sources) in &self.sources_of {
            check_sources(&format!("sources_of.{field}"), sources)?;
        }
        match &self.default_region {
            Some(region) if !(region.len() == 2 && region.bytes().all(|b| b.is_ascii_alphabetic())) => {
                Err(Error::config("`default_region` must be a country code of two letters, such as `DE`"))
            }
            _ => Ok(()),
        }
    }
}

fn check_policies(field: &str, policies: &[Policy]) -> Result<()> {
    let has = |policy| policies.contains(&policy);
    if policies.is_empty() {
        return Err(Error::config(format!(
            "`policies.{field}` is empty; name a policy, or leave the field out for the default"
        )));
    }
    if has(Policy::KeepAll) && has(Policy::MostRestrictive) {
        return Err(Error::config(format!(
            "`policies.{field}` has both `keep_all` and `most_restrictive`: an opt-in would survive beside the \
             opt-out; leave one out"
        )));
    }
    Ok(())
}

fn check_sources(place: &str, sources: &[String]) -> Result<()> {
    let mut seen = BTreeSet::new();
    match sources.iter().find(|source| !seen.insert(source.as_str())) {
        Some(twice) => Err(Error::config(format!("`{place}` names the source `{twice}` twice"))),
        None => Ok(()),
    }
}
