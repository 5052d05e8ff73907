//! One page that shows a whole run: people, conversations, labels, and why.
//!
//! The page is one file without anything from outside: its style and its few lines of script stand
//! in it, its charts are SVG, and it works from a disk as well as from a server. [`Input`] is what
//! it shows, plain data; [`Input::of`] takes it from a run. Lists are capped so that the page of a
//! large run stays small, and the page says so wherever it leaves something out. All text that came
//! with the data is escaped in one place ([`escape`]).

mod chart;
mod escape;
mod gather;
mod page;
mod timeline;

pub(crate) use page::html;

/// Decisions in words, the same on the page and on the screen.
pub(crate) mod in_words {
    pub(crate) use super::gather::{first_words, reason, relation};
}

use std::collections::BTreeMap;

use reknit::model::Evidence;

/// What the page shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Input {
    /// The heading.
    pub(crate) title: String,
    /// One sentence below it.
    pub(crate) note: String,
    /// How many contact records there were, by source.
    pub(crate) sources: Vec<(String, usize)>,
    /// How many people they are.
    pub(crate) people_total: usize,
    /// Authors and recipients without a contact record.
    pub(crate) strangers: usize,
    /// How many messages there were, by channel, the busiest first.
    pub(crate) channels: Vec<(String, usize)>,
    pub(crate) conversations_total: usize,
    /// How many of them went over more than one channel.
    pub(crate) crossing_total: usize,
    pub(crate) refused_total: usize,
    /// Messages by time.
    pub(crate) weeks: Vec<Week>,
    /// How many weeks one bar covers.
    pub(crate) weeks_a_bar: usize,
    /// Messages without a time, or far outside the time of all others.
    pub(crate) undated: usize,
    /// Records per person: size and how many people have it.
    pub(crate) sizes: Vec<(usize, usize)>,
    /// Kept links by probability: the bin's name and how many.
    pub(crate) probabilities: Vec<(String, usize)>,
    /// The most active people.
    pub(crate) people: Vec<Person>,
    pub(crate) refused: Vec<Refused>,
    /// Conversations over more than one channel, those over most channels first.
    pub(crate) crossing: Vec<Conversation>,
    pub(crate) labels: Vec<Label>,
    /// Messages that read as sarcasm, the surest first.
    pub(crate) sarcasm: Vec<Sarcastic>,
}

/// The messages of one bar.
#[derive(Debug, Clone, Default)]
pub(crate) struct Week {
    /// Its first day.
    pub(crate) from: String,
    pub(crate) by_channel: BTreeMap<String, usize>,
    pub(crate) by_label: BTreeMap<&'static str, usize>,
    /// The mean of the scores, −1 to 1; none without a scored message.
    pub(crate) mean: Option<f64>,
}

/// One person.
#[derive(Debug, Clone, Default)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    /// Kind and value.
    pub(crate) handles: Vec<(String, String)>,
    pub(crate) records: Vec<Card>,
    pub(crate) links: Vec<Link>,
    pub(crate) links_total: usize,
    pub(crate) messages: usize,
    pub(crate) conversations: usize,
    pub(crate) channels: Vec<String>,
}

/// One contact record, in short.
#[derive(Debug, Clone, Default)]
pub(crate) struct Card {
    pub(crate) key: String,
    /// Column and value.
    pub(crate) values: Vec<(String, String)>,
}

/// Why two records are one person.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) a: String,
    pub(crate) b: String,
    pub(crate) probability: f64,
    pub(crate) evidence: Evidence,
}

/// Why two records are not one person although much spoke for it.
#[derive(Debug, Clone)]
pub(crate) struct Refused {
    pub(crate) a: Card,
    pub(crate) b: Card,
    pub(crate) reason: String,
    pub(crate) evidence: Evidence,
}

/// One conversation.
#[derive(Debug, Clone, Default)]
pub(crate) struct Conversation {
    /// Its number on the page, by which its messages are linked to.
    pub(crate) number: usize,
    pub(crate) id: String,
    pub(crate) with: String,
    pub(crate) channels: Vec<String>,
    pub(crate) messages: Vec<Said>,
    pub(crate) messages_total: usize,
    /// With which messages its sessions begin, by their place as shown.
    pub(crate) sessions: Vec<usize>,
    pub(crate) hand_offs: Vec<HandOff>,
    pub(crate) repeats: Vec<Repeat>,
}

/// A change of channel between two messages as shown.
#[derive(Debug, Clone)]
pub(crate) struct HandOff {
    pub(crate) before: usize,
    pub(crate) after: usize,
    pub(crate) gap_ms: Option<i64>,
    pub(crate) agent_changed: Option<bool>,
}

/// Where somebody had to say a thing again.
#[derive(Debug, Clone)]
pub(crate) struct Repeat {
    /// The message as shown.
    pub(crate) at: usize,
    /// The words that show it.
    pub(crate) words: String,
    pub(crate) by_staff: bool,
    /// What was asked for again.
    pub(crate) detail: Option<String>,
    /// Where it had been given.
    pub(crate) said_in: Option<usize>,
}

/// One message of a conversation.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) id: String,
    pub(crate) channel: String,
    /// Milliseconds since 1970, as far as known.
    pub(crate) sent_ms: Option<i64>,
    pub(crate) when: String,
    pub(crate) author: String,
    pub(crate) from_customer: bool,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) label: Option<&'static str>,
    /// The message it hangs on, by its place in the conversation as shown.
    pub(crate) parent: Option<usize>,
    pub(crate) relation: String,
    pub(crate) evidence: Evidence,
}

/// One label and how often it was given.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) name: &'static str,
    pub(crate) messages: usize,
    pub(crate) mean_probability: f64,
    pub(crate) examples: Vec<String>,
}

/// A message that reads as sarcasm.
#[derive(Debug, Clone)]
pub(crate) struct Sarcastic {
    pub(crate) id: String,
    pub(crate) channel: String,
    pub(crate) text: String,
    pub(crate) literal: f64,
    pub(crate) effective: f64,
    pub(crate) probability: f64,
    pub(crate) cues: Vec<String>,
}
