//! What a caller decides about stitching, as plain data.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::model::{Channel, Profile};
use crate::{Error, ErrorKind, Result};

/// How one channel is to be treated.
///
/// | field | default | meaning | range |
/// |---|---|---|---|
/// | `gap_ms` | the channel's profile | silence after which a new matter is likelier than the old one | 1 ms to 100 years |
/// | `reopen_ms` | none | silence after which nothing reopens a conversation | 1 ms to 100 years |
/// | `cross_channel` | true | may a message of this channel continue a conversation held on another one? | |
/// | `cross_visibility` | true | may private messages continue what was said in public, and the other way round? | |
/// | `lock_to_one` | false | does everything of one contact on this channel belong to one conversation for ever? | |
///
/// **The reopen window.** After `reopen_ms` without a human message in a conversation, a new message on this
/// channel opens a conversation of its own, whatever points to the old one: a reply id, a token, a subject.
/// The old one is its runner-up, and the receipt names the policy. Messages of staff keep the window open as
/// customers' do; automatic ones neither open it nor need it: they attach to what they answer. Staff that
/// answers by id chose what it answers, so an outbound reply id goes through; so do a person's must-link and
/// a message delivered twice. The silence is counted from the last of the messages that a message meets: those
/// its ids hang together with, the last 64 of its contact, those with its subject, lines or tokens; in a room
/// from the line it answers.
///
/// **Boundaries.** `cross_channel` and `cross_visibility` hold where both channels allow it. Reply ids cross
/// channels all the same, but not from public to private where that is kept apart. Messages for staff only
/// count as private.
///
/// A policy is a finding of the name `policy` among the bits, so strong that no evidence outweighs it: -100
/// where it forbids, 40 where `lock_to_one` joins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Silence after which a new matter is likelier than the old one, in milliseconds; `None` =
    /// what the channel's [`Profile`] says.
    pub gap_ms: Option<i64>,
    /// Silence since the last human message of a conversation after which a message of this channel opens a
    /// new one, in milliseconds; `None` = never.
    pub reopen_ms: Option<i64>,
    /// Whether a message of this channel may continue a conversation held on another channel.
    pub cross_channel: bool,
    /// Whether private messages may continue public ones, and public ones private ones.
    pub cross_visibility: bool,
    /// Whether all messages of one contact on this channel are one conversation for ever.
    pub lock_to_one: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            gap_ms: None,
            reopen_ms: None,
            cross_channel: true,
            cross_visibility: true,
            lock_to_one: false,
        }
    }
}

/// How mail becomes threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Threading {
    /// By all evidence: ids, quotations, subjects, people, time.
    #[default]
    Evidence,
    /// REFERENCES of RFC 5256, by the letter: for clients that must give an IMAP server's answer.
    References,
    /// ORDEREDSUBJECT of RFC 5256, by the letter.
    OrderedSubject,
}

/// The settings of a [`Stitcher`](super::Stitcher). Unknown keys in JSON are refused.
///
/// | field | default | meaning | range |
/// |---|---|---|---|
/// | `join_probability` | 0.5 | a message joins its best candidate from this probability on | 0 < p < 1 |
/// | `ask_probability` | 0.2 | a message that joins nothing is a suggestion from this probability of its best candidate on; from `join_probability` on nothing is | 0 < p < 1 |
/// | `policies` | none | by channel (`irc:#ubuntu`) or profile name (`whatsapp`) | |
/// | `profiles` | none | facts of channels: new ones, or in place of the built-in ones | names differ |
/// | `threading` | `evidence` | how mail becomes threads | `evidence`, `references`, `ordered_subject` |
/// | `must_link` | none | pairs of message ids that are one conversation | |
/// | `cannot_link` | none | pairs of message ids that are never one conversation | |
///
/// Constraints outrank all evidence, ids included. A pair that names an id which is not among the
/// messages has no effect, so that a config may outlive the messages it speaks of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// A message joins its best candidate when the link's probability is at least this.
    pub join_probability: f64,
    /// A message that opens a conversation is a [`Suggestion`](super::Suggestion) when the probability of
    /// its best candidate is at least this.
    pub ask_probability: f64,
    /// How channels are treated, by the channel's full name or the name of its profile; the full
    /// name goes first.
    pub policies: BTreeMap<String, Policy>,
    /// Profiles of channels the built-in table lacks, or to use in place of its rows.
    pub profiles: Vec<Profile>,
    /// How mail becomes threads. The two ways of RFC 5256 look at ids and subjects alone, and link mail
    /// only with mail; what people said and who must stay apart still counts.
    pub threading: Threading,
    /// Pairs of message ids that belong to one conversation.
    pub must_link: Vec<(String, String)>,
    /// Pairs of message ids that never share a conversation.
    pub cannot_link: Vec<(String, String)>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            join_probability: 0.5,
            ask_probability: 0.2,
            policies: BTreeMap::new(),
            profiles: Vec::new(),
            threading: Threading::Evidence,
            must_link: Vec::new(),
            cannot_link: Vec::new(),
        }
    }
}

/// A century in milliseconds: no silence is longer.
const LONGEST_GAP_MS: i64 = 100 * 366 * 86_400_000;

impl Config {
    /// Refuses what cannot be meant.
    pub(super) fn check(&self) -> Result<()> {
        check_probability("join_probability", self.join_probability)?;
        check_probability("ask_probability", self.ask_probability)?;
        for (channel, policy) in &self.policies {
            check_span("gap_ms of policy", channel, policy.gap_ms.unwrap_or(1))?;
            check_span("reopen_ms of policy", channel, policy.reopen_ms.unwrap_or(1))?;
        }
        let mut names = std::collections::BTreeSet::new();
        for profile in &self.profiles {
            check_span("gap_ms of profile", &profile.name, profile.gap_ms)?;
            if !names.insert(&profile.name) {
                return Err(Error::config(format!(
                    "profile `{}` is given twice; keep one of them",
                    profile.name
                )));
            }
        }
        self.check_constraints()
    }

    /// Whether some cannot-link lies inside a group of must-links.
    fn check_constraints(&self) -> Result<()> {
        let mut group: FxHashMap<&str, &str> = FxHashMap::default();
        for (a, b) in &self.must_link {
            let (a, b) = (head(&mut group, a), head(&mut group, b));
            if a != b {
                group.insert(a.max(b), a.min(b));
            }
        }
        for (place, (a, b)) in self.cannot_link.iter().enumerate() {
            if head(&mut group, a) == head(&mut group, b) {
                return Err(Error::new(
                    ErrorKind::Contradiction,
                    format!(
                        "cannot_link number {} separates messages that must_link joins; remove one of them",
                        place + 1
                    ),
                ));
            }
        }
        Ok(())
    }

    /// The facts of `channel`: the caller's own row, else the built-in one.
    pub(super) fn profile(&self, channel: &Channel) -> Profile {
        let built_in = channel.profile();
        let kind = channel.kind();
        let own = self.profiles.iter().find(|p| p.name == channel.0 || p.name == kind);
        own.or_else(|| self.profiles.iter().find(|p| p.name == built_in.name)).cloned().unwrap_or(built_in)
    }

    /// The policy for `channel`, whose profile is called `profile`.
    pub(super) fn policy(&self, channel: &Channel, profile: &str) -> Policy {
        let own = self.policies.get(&channel.0).or_else(|| self.policies.get(&channel.kind()));
        own.or_else(|| self.policies.get(profile)).cloned().unwrap_or_default()
    }
}

fn check_probability(name: &str, probability: f64) -> Result<()> {
    if probability > 0.0 && probability < 1.0 {
        return Ok(());
    }
    Err(Error::config(format!("{name} is {probability}; it must lie between 0 and 1, both left out")))
}

fn check_span(what: &str, name: &str, ms: i64) -> Result<()> {
    if (1..=LONGEST_GAP_MS).contains(&ms) {
        return Ok(());
    }
    Err(Error::config(format!("{what} `{name}` is {ms}; it must be 1 to {LONGEST_GAP_MS}")))
}

/// The head of the group `id` is in; shortens the path it walked.
fn head<'c>(group: &mut FxHashMap<&'c str, &'c str>, id: &'c str) -> &'c str {
    let mut top = id;
    while let Some(&next) = group.get(top) {
        top = next;
    }
    let mut walk = id;
    while walk != top {
        walk = group.insert(walk, top).unwrap_or(top);
    }
    top
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(a: &str, b: &str) -> (String, String) {
        (a.to_owned(), b.to_owned())
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_name() {
        let config = Config { join_probability: 1.0, ..Config::default() };
        assert_eq!(config.check().expect_err("1 is out of range").name(), "config");
        let policy = Policy { gap_ms: Some(0), ..Policy::default() };
        let config = Config { policies: [("sms".to_owned(), policy)].into(), ..Config::default() };
        assert!(config.check().expect_err("0 is out of range").to_string().contains("`sms`"));
        assert!(serde_json::from_str::<Config>(r#"{"joinprobability": 0.5}"#).is_err());
    }

    #[test]
    fn contradictions_are_found_through_chains() {
        let config = Config {
            must_link: vec![pair("a", "b"), pair("c", "d"), pair("b", "c")],
            cannot_link: vec![pair("a", "x"), pair("d", "a")],
            ..Config::default()
        };
        let error = config.check().expect_err("a and d are joined");
        assert_eq!(error.name(), "contradiction");
        assert!(error.to_string().contains("number 2"));
    }
}
