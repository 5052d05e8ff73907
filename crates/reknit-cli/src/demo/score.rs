//! How well the library did, measured against the truth of the invented company.

use std::collections::{BTreeMap, BTreeSet};

use reknit::Result;
use reknit::classify::SentimentReading;
use reknit::model::{RecordKey, Table};
use reknit::partition::metrics::{Scores, b_cubed, exact_match, pairwise};
use reknit::pipeline::Outcome;

use super::company::Truth;

/// What `reknit demo` prints as figures.
#[derive(Debug, Clone)]
pub(crate) struct Measured {
    pub(crate) people: Scores,
    pub(crate) people_b_cubed: Scores,
    /// Found people that are several in truth, and how many people the truth has.
    pub(crate) merged_wrongly: usize,
    pub(crate) true_people: usize,
    pub(crate) found_people: usize,
    pub(crate) conversations: Scores,
    pub(crate) conversations_exact: Scores,
    pub(crate) true_conversations: usize,
    /// Share of customers' messages whose sender was found among the contacts and is the right one.
    pub(crate) senders: Share,
    /// By language: how many labels were right.
    pub(crate) sentiment: BTreeMap<&'static str, Share>,
    /// How many sarcastic complaints in English read as complaints, with the cues and by the words
    /// alone.
    pub(crate) sarcasm: Share,
    pub(crate) sarcasm_by_words: Share,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Share {
    pub(crate) right: usize,
    pub(crate) all: usize,
}

impl Share {
    fn count(&mut self, right: bool) {
        self.all += 1;
        self.right += usize::from(right);
    }

    /// In percent; 0 of nothing.
    pub(crate) fn percent(self) -> f64 {
        100.0 * self.right as f64 / self.all.max(1) as f64
    }
}

/// Holds `outcome` against `truth`.
pub(crate) fn measure(truth: &Truth, contacts: &Table, outcome: &Outcome) -> Result<Measured> {
    let of = |key: &RecordKey| truth.person_of.get(key).map_or("", String::as_str);
    let keys: Vec<RecordKey> = (0..contacts.len()).map(|row| contacts.key(row)).collect();
    let true_people: Vec<&str> = keys.iter().map(of).collect();
    let found_people: Vec<&str> = outcome.resolution.entity_ids.iter().map(String::as_str).collect();
    let mut inside: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (found, person) in found_people.iter().zip(&true_people) {
        inside.entry(found).or_default().insert(person);
    }
    let true_talks: Vec<&str> = outcome
        .messages
        .iter()
        .map(|m| truth.conversation_of.get(&m.id).map_or("", String::as_str))
        .collect();
    let found_talks: Vec<&str> =
        outcome.stitching.placements.iter().map(|placement| placement.conversation_id.as_str()).collect();
    Ok(Measured {
        people: pairwise(&true_people, &found_people)?,
        people_b_cubed: b_cubed(&true_people, &found_people)?,
        merged_wrongly: inside.values().filter(|people| people.len() > 1).count(),
        true_people: true_people.iter().collect::<BTreeSet<_>>().len(),
        found_people: inside.len(),
        conversations: pairwise(&true_talks, &found_talks)?,
        conversations_exact: exact_match(&true_talks, &found_talks)?,
        true_conversations: true_talks.iter().collect::<BTreeSet<_>>().len(),
        senders: senders(truth, outcome, &inside),
        sentiment: sentiment(truth, outcome),
        sarcasm: sarcasm(truth, outcome, |reading| reading.label.name() == "negative"),
        sarcasm_by_words: sarcasm(truth, outcome, |reading| reading.score < PLAIN_NEGATIVE),
    })
}

/// A sender is right when the entity put on the message holds records of the true sender only.
fn senders(truth: &Truth, outcome: &Outcome, inside: &BTreeMap<&str, BTreeSet<&str>>) -> Share {
    let mut share = Share::default();
    for message in &outcome.messages {
        let Some(sender) = truth.sender_of.get(&message.id) else { continue };
        let found = message.author.entity.as_deref().and_then(|entity| inside.get(entity));
        share.count(found.is_some_and(|people| people.len() == 1 && people.contains(sender.as_str())));
    }
    share
}

fn sentiment(truth: &Truth, outcome: &Outcome) -> BTreeMap<&'static str, Share> {
    let mut shares: BTreeMap<&'static str, Share> = BTreeMap::new();
    for (message, reading) in outcome.messages.iter().zip(&outcome.sentiments) {
        let Some(meant) = truth.sentiment_of.get(&message.id) else { continue };
        let language = truth.language_of.get(&message.id).copied().unwrap_or("en");
        shares.entry(language).or_default().count(reading.label.name() == *meant);
    }
    shares
}

/// Below this a plain word list calls a text negative: the usual reading of VADER's compound score.
const PLAIN_NEGATIVE: f64 = -0.05;

fn sarcasm(truth: &Truth, outcome: &Outcome, negative: impl Fn(&SentimentReading) -> bool) -> Share {
    let mut share = Share::default();
    for (message, reading) in outcome.messages.iter().zip(&outcome.sentiments) {
        let english = truth.language_of.get(&message.id) == Some(&"en");
        if english && truth.sarcastic.contains(&message.id) {
            share.count(negative(reading));
        }
    }
    share
}
