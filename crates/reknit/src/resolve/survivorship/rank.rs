//! What speaks for a candidate, and which of two goes first.
//!
//! A candidate's [`Standing`] is summed up over the records that hold it. Two standings are compared
//! policy by policy; the smallest record key breaks what ties remain, so that the order is total and
//! no record's place in the input counts. Cost: linear in the claims, and a sort of an entity's
//! candidates.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::config::Policy;
use super::consent::Consent;
use crate::model::{Assurance, IdentifierFacts, Timestamp};

/// One use of a value by one record.
#[derive(Debug, Clone)]
pub(super) struct Claim<'a> {
    /// The record's row in the table.
    pub row: u32,
    /// The record's place in the order of keys, the column's among those of its field, and the value's
    /// in the cell.
    pub place: (u32, u32, u32),
    /// The normal form, as an id of the field.
    pub form: u32,
    pub text: &'a str,
    pub facts: Option<&'a IdentifierFacts>,
    pub consent: Consent,
    pub source_rank: u32,
    pub updated: Option<Timestamp>,
}

impl Claim<'_> {
    pub(super) fn scope(&self) -> Option<&str> {
        self.facts?.scope.as_deref()
    }

    /// Until when it holds, and since when.
    fn time(&self) -> (i64, i64) {
        let until = self.facts.and_then(|facts| facts.valid_to).map_or(i64::MAX, Timestamp::millis);
        let since = self.facts.and_then(|facts| facts.valid_from).or(self.updated);
        (until, since.map_or(i64::MIN, Timestamp::millis))
    }

    /// An ordinary field of an unknown past is worth more than what somebody only said.
    fn proof(&self) -> i64 {
        match self.facts.map(|facts| facts.assurance) {
            Some(Assurance::Verified) => 2,
            Some(Assurance::Claimed) => 0,
            Some(Assurance::Unknown) | None => 1,
        }
    }
}

/// What speaks for a candidate.
#[derive(Debug, Clone)]
pub(super) struct Standing {
    /// Whether it abbreviates another candidate, which then is the better one whatever the policies.
    pub partial: bool,
    /// How many records hold it or an abbreviation of it.
    pub votes: u32,
    /// Among those of equally many votes: how well its parts agree with those of others.
    pub echo: i64,
    /// How complete it is.
    pub length: i64,
    proof: i64,
    source_rank: i64,
    time: (i64, i64),
    restriction: Consent,
    first: (u32, u32, u32),
}

impl Standing {
    /// The standing of a candidate with these claims, those of its abbreviations among them; `first` is
    /// the place of its own first claim. `None` without any claim.
    pub(super) fn of<'c, 'a: 'c>(
        claims: impl Iterator<Item = &'c Claim<'a>> + Clone,
        first: (u32, u32, u32),
        length: i64,
    ) -> Option<Self> {
        let mut rows: Vec<u32> = claims.clone().map(|claim| claim.row).collect();
        rows.sort_unstable();
        rows.dedup();
        Some(Self {
            partial: false,
            votes: rows.len() as u32,
            echo: 0,
            length,
            proof: claims.clone().map(Claim::proof).max()?,
            source_rank: claims.clone().map(|claim| -i64::from(claim.source_rank)).max()?,
            time: claims.clone().map(Claim::time).max()?,
            restriction: claims.map(|claim| claim.consent).max()?,
            first,
        })
    }

    /// What `policy` looks at; the greater goes first.
    fn score(&self, policy: Policy) -> (i64, i64) {
        match policy {
            Policy::Verified => (self.proof, 0),
            Policy::SourceRank => (self.source_rank, 0),
            Policy::Recency => self.time,
            Policy::Majority => (i64::from(self.votes), self.echo),
            Policy::Longest => (self.length, 0),
            Policy::MostRestrictive => (self.restriction as i64, 0),
            Policy::KeepAll => (0, 0),
        }
    }

    /// Which of two goes first, and what decided.
    fn against(&self, other: &Self, policies: &[Policy]) -> (Ordering, Decider) {
        if self.partial != other.partial {
            return (self.partial.cmp(&other.partial), Decider::Policy(Policy::Longest));
        }
        let differs = policies.iter().find_map(|&policy| {
            let order = other.score(policy).cmp(&self.score(policy));
            order.is_ne().then_some((order, Decider::Policy(policy)))
        });
        differs.unwrap_or((self.first.cmp(&other.first), Decider::Fallback(Fallback::RecordKey)))
    }
}

/// What decided for a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Decider {
    /// The policy by which it went before the next best.
    Policy(Policy),
    /// No policy.
    Fallback(Fallback),
}

/// What decides where no policy does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fallback {
    /// There was one value only.
    Unanimous,
    /// All policies were tied: the record with the smaller key.
    RecordKey,
}

/// Puts the best first and says what decided between the first two.
pub(super) fn rank<T>(candidates: &mut [T], policies: &[Policy], of: impl Fn(&T) -> &Standing) -> Decider {
    candidates.sort_by(|a, b| of(a).against(of(b), policies).0);
    match candidates {
        [_] | [] => Decider::Fallback(Fallback::Unanimous),
        _ if policies.contains(&Policy::KeepAll) => Decider::Policy(Policy::KeepAll),
        [first, second, ..] => of(first).against(of(second), policies).1,
    }
}
