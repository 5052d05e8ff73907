//! From a run to what the page shows: counted, sorted, capped.
//!
//! The caps here are on numbers of things; the page itself keeps a budget of bytes beside them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use reknit::classify::{Polarity, SentimentReading};
use reknit::model::{Direction, FieldKind, Message, Table, Timestamp, Visibility};
use reknit::pipeline::Outcome;
use reknit::resolve::{Refusal, RefusalReason};
use reknit::stitch::{self, Relation, RepeatSign, Stitcher};

use super::escape::clip;
use super::{
    Card, Conversation, HandOff, Input, Label, Link, Person, Refused, Repeat, Said, Sarcastic, Week,
};

const PEOPLE: usize = 200;
const LINKS_A_PERSON: usize = 8;
const RECORDS_A_PERSON: usize = 16;
const HANDLES_A_PERSON: usize = 24;
const REFUSED: usize = 40;
const CONVERSATIONS: usize = 30;
const MESSAGES_A_CONVERSATION: usize = 40;
const EXAMPLES: usize = 3;
const SARCASM: usize = 12;
const TEXT: usize = 600;
/// Bars of the charts over time, at most.
const BARS: usize = 60;
/// People with this many records or more share a bar.
pub(crate) const LARGEST_BIN: usize = 12;
const WEEK_MS: i64 = 7 * 24 * 3_600_000;
/// 1970-01-01 was a Thursday: weeks begin three days before.
const MONDAY_MS: i64 = 3 * 24 * 3_600_000;

impl Input {
    /// What the page called `title` shows of a run over `contacts`.
    pub(crate) fn of(title: &str, note: &str, contacts: &Table, outcome: &Outcome) -> Self {
        let stitcher = Stitcher::build(stitch::Config::default()).ok();
        let run = Run { contacts, outcome, stitcher };
        let (known, strangers): (Vec<_>, Vec<_>) = outcome.people.iter().partition(|p| !p.rows.is_empty());
        let mut input = Self {
            title: title.to_owned(),
            note: note.to_owned(),
            sources: counted((0..contacts.len()).map(|row| contacts.source(row).to_owned())),
            people_total: known.len(),
            strangers: strangers.len(),
            channels: counted(outcome.messages.iter().map(|m| m.channel.profile().name)),
            conversations_total: outcome.stitching.conversations.len(),
            refused_total: outcome.resolution.refused.len(),
            sizes: sizes(known.iter().map(|person| person.rows.len())),
            probabilities: probabilities(outcome.resolution.links.iter().map(|link| link.probability)),
            people: run.people(),
            refused: run.refused(),
            labels: run.labels(),
            sarcasm: run.sarcasm(),
            ..Self::default()
        };
        (input.crossing, input.crossing_total) = run.crossing();
        run.weeks(&mut input);
        input
    }
}

struct Run<'a> {
    contacts: &'a Table,
    outcome: &'a Outcome,
    /// Tells sessions by the gaps of the channels' profiles.
    stitcher: Option<Stitcher>,
}

impl Run<'_> {
    fn people(&self) -> Vec<Person> {
        let outcome = self.outcome;
        let mut known: Vec<_> = outcome.people.iter().filter(|person| !person.rows.is_empty()).collect();
        known.sort_by_key(|p| (Reverse(p.messages.len()), Reverse(p.rows.len()), &p.entity_id));
        known.truncate(PEOPLE);
        let mut links_of: BTreeMap<&str, Vec<usize>> =
            known.iter().map(|person| (person.entity_id.as_str(), Vec::new())).collect();
        for (place, link) in outcome.resolution.links.iter().enumerate() {
            let entity = outcome.resolution.entity_ids[link.a as usize].as_str();
            if let Some(links) = links_of.get_mut(entity) {
                links.push(place);
            }
        }
        known.iter().map(|person| self.person(person, &links_of[person.entity_id.as_str()])).collect()
    }

    fn person(&self, person: &reknit::pipeline::Person, links: &[usize]) -> Person {
        let messages = person.messages.iter().map(|&at| &self.outcome.messages[at as usize]);
        let channels: BTreeSet<String> = messages.map(|m| m.channel.profile().name).collect();
        Person {
            id: person.entity_id.clone(),
            name: person.name.clone().unwrap_or_else(|| "without a name".to_owned()),
            handles: person
                .contacts
                .iter()
                .take(HANDLES_A_PERSON)
                .map(|contact| (contact.kind.name().replace('_', " "), clip(&contact.value, 120)))
                .collect(),
            records: person.rows.iter().take(RECORDS_A_PERSON).map(|&row| self.card(row)).collect(),
            links: links.iter().take(LINKS_A_PERSON).map(|&place| self.link(place)).collect(),
            links_total: links.len(),
            messages: person.messages.len(),
            conversations: person.conversations.len(),
            channels: channels.into_iter().collect(),
        }
    }

    fn link(&self, place: usize) -> Link {
        let link = &self.outcome.resolution.links[place];
        let key = |row: u32| self.contacts.key(row as usize).to_string();
        Link {
            a: key(link.a),
            b: key(link.b),
            probability: link.probability,
            evidence: self.outcome.resolution.evidence(link.receipt),
        }
    }

    fn card(&self, row: u32) -> Card {
        let row = row as usize;
        let mut values = Vec::new();
        for column in self.contacts.columns().iter().filter(|column| column.kind() != FieldKind::Ignored) {
            let shown: Vec<&str> = column.values(row).take(4).collect();
            if !shown.is_empty() {
                values.push((column.name().to_owned(), clip(&shown.join(", "), 120)));
            }
        }
        Card { key: self.contacts.key(row).to_string(), values }
    }

    fn refused(&self) -> Vec<Refused> {
        let mut refused: Vec<&Refusal> = self.outcome.resolution.refused.iter().collect();
        refused.sort_by(|x, y| {
            let (x_bits, y_bits) = (x.weight.bits(), y.weight.bits());
            y_bits.total_cmp(&x_bits).then_with(|| (x.a, x.b).cmp(&(y.a, y.b)))
        });
        let entity = |row: u32| self.outcome.resolution.entity_ids[row as usize].as_str();
        let mut seen = BTreeSet::new();
        refused
            .into_iter()
            .filter(|refusal| seen.insert(BTreeSet::from([entity(refusal.a), entity(refusal.b)])))
            .take(REFUSED)
            .map(|refusal| Refused {
                a: self.card(refusal.a),
                b: self.card(refusal.b),
                reason: reason(refusal.reason).to_owned(),
                evidence: self.outcome.resolution.evidence(refusal.receipt),
            })
            .collect()
    }

    fn crossing(&self) -> (Vec<Conversation>, usize) {
        let mut crossing: Vec<_> =
            self.outcome.stitching.conversations.iter().filter(|c| c.channels.len() > 1).collect();
        let total = crossing.len();
        crossing.sort_by_key(|c| (Reverse(c.channels.len()), Reverse(c.members.len()), &c.id));
        crossing.truncate(CONVERSATIONS);
        let shown = crossing.into_iter().enumerate();
        (shown.map(|(number, conversation)| self.conversation(number, conversation)).collect(), total)
    }

    fn conversation(&self, number: usize, conversation: &reknit::stitch::Conversation) -> Conversation {
        let shown = &conversation.members[..conversation.members.len().min(MESSAGES_A_CONVERSATION)];
        let place_of: BTreeMap<usize, usize> = shown.iter().enumerate().map(|(at, &m)| (m, at)).collect();
        let messages: Vec<Said> = shown.iter().map(|&member| self.said(member, &place_of)).collect();
        let customers = shown.iter().map(|&member| &self.outcome.messages[member]);
        let customers = customers.filter(|m| m.direction != Direction::Outbound && !m.auto);
        let names = counted(customers.map(called));
        let with = names.first().map_or_else(|| "Conversation".to_owned(), |(name, _)| name.clone());
        let went_on = self.stitcher.as_ref().map(|s| s.continuity(&self.outcome.messages, conversation));
        let went_on = went_on.unwrap_or_default();
        let place = |at: usize| place_of.get(&at).copied();
        Conversation {
            number,
            id: conversation.id.clone(),
            sessions: went_on
                .sessions
                .iter()
                .filter_map(|session| place(*session.messages.first()?))
                .collect(),
            hand_offs: went_on.hand_offs.iter().filter_map(|change| hand_off(change, place)).collect(),
            repeats: went_on.asked_to_repeat.iter().filter_map(|r| self.repeat(r, place)).collect(),
            with: if names.len() > 1 { format!("{with} and {} more", names.len() - 1) } else { with },
            channels: conversation.channels.clone(),
            messages,
            messages_total: conversation.members.len(),
        }
    }

    fn repeat(
        &self,
        repeat: &reknit::stitch::Repeat,
        place: impl Fn(usize) -> Option<usize>,
    ) -> Option<Repeat> {
        let words = self.outcome.messages[repeat.message].text.get(repeat.span.clone())?;
        Some(Repeat {
            at: place(repeat.message)?,
            words: clip(words, 120),
            by_staff: repeat.sign == RepeatSign::AskedAgain,
            detail: repeat.detail.map(|detail| detail.name().replace('_', " ")),
            said_in: repeat.said_in.and_then(place),
        })
    }

    fn said(&self, member: usize, place_of: &BTreeMap<usize, usize>) -> Said {
        let message = &self.outcome.messages[member];
        let placement = &self.outcome.stitching.placements[member];
        let time = message.sent.or(message.arrived);
        Said {
            id: message.id.clone(),
            channel: message.channel.profile().name,
            sent_ms: time.map(Timestamp::millis),
            when: time.map_or_else(|| "no time".to_owned(), minute),
            author: called(message),
            from_customer: message.direction != Direction::Outbound,
            subject: clip(message.subject.as_deref().unwrap_or_default(), 200),
            text: clip(message.text.trim(), TEXT),
            label: self.scored(member).map(|reading| reading.label.name()),
            parent: placement.parent.and_then(|parent| place_of.get(&parent).copied()),
            relation: relation(placement.relation).to_owned(),
            evidence: placement.evidence.clone(),
        }
    }

    /// How a message reads, where that says something about a customer.
    fn scored(&self, member: usize) -> Option<&SentimentReading> {
        let message = self.outcome.messages.get(member)?;
        let by_customer =
            message.direction != Direction::Outbound && message.visibility != Visibility::Internal;
        let counts = by_customer && !message.auto && !message.system;
        self.outcome.sentiments.get(member).filter(|_| counts)
    }

    fn labels(&self) -> Vec<Label> {
        let polarities = [Polarity::Positive, Polarity::Negative, Polarity::Neutral, Polarity::Mixed];
        let labels = polarities.into_iter().map(|polarity| {
            let all = (0..self.outcome.messages.len())
                .filter_map(|at| self.scored(at).map(|reading| (at, reading)))
                .filter(|(_, reading)| reading.label == polarity);
            let mut all: Vec<(usize, f64)> = all.map(|(at, reading)| (at, reading.probability)).collect();
            let sum: f64 = all.iter().map(|(_, p)| p).sum();
            all.sort_by(|x, y| y.1.total_cmp(&x.1).then(x.0.cmp(&y.0)));
            let mut seen = BTreeSet::new();
            let examples = all
                .iter()
                .map(|(at, _)| clip(&first_words(&self.outcome.messages[*at]), 110))
                .filter(|text| !text.is_empty() && seen.insert(text.clone()))
                .take(EXAMPLES)
                .collect();
            let mean_probability = sum / all.len().max(1) as f64;
            Label { name: polarity.name(), messages: all.len(), mean_probability, examples }
        });
        labels.collect()
    }

    fn sarcasm(&self) -> Vec<Sarcastic> {
        let mut found: Vec<(usize, &SentimentReading)> = (0..self.outcome.messages.len())
            .filter_map(|at| self.scored(at).map(|reading| (at, reading)))
            .filter(|(_, reading)| reading.sarcasm.probability >= 0.5)
            .collect();
        found.sort_by(|x, y| y.1.sarcasm.probability.total_cmp(&x.1.sarcasm.probability).then(x.0.cmp(&y.0)));
        let mut seen = BTreeSet::new();
        let distinct = found.into_iter().filter(|(at, _)| seen.insert(&self.outcome.messages[*at].text));
        distinct
            .take(SARCASM)
            .map(|(at, reading)| {
                let message = &self.outcome.messages[at];
                let cues: BTreeSet<String> =
                    reading.sarcasm.cues.iter().map(|cue| cue.name.replace('_', " ")).collect();
                Sarcastic {
                    id: message.id.clone(),
                    channel: message.channel.profile().name,
                    text: clip(&first_words(message), 200),
                    literal: reading.score,
                    effective: reading.effective_score,
                    probability: reading.sarcasm.probability,
                    cues: cues.into_iter().collect(),
                }
            })
            .collect()
    }

    /// Counts messages by week, or by several weeks when there are too many.
    fn weeks(&self, input: &mut Input) {
        let week_of = |m: &Message| {
            let time = m.sent.or(m.arrived)?.millis();
            Some(time.saturating_add(MONDAY_MS).div_euclid(WEEK_MS))
        };
        let mut all: Vec<i64> = self.outcome.messages.iter().filter_map(week_of).collect();
        all.sort_unstable();
        let (first, last) = ordinary_span(&all);
        let bars = last.saturating_sub(first).saturating_add(1).max(0) as usize;
        let step = bars.div_ceil(BARS).max(1);
        input.weeks_a_bar = step;
        if all.is_empty() {
            input.undated = self.outcome.messages.len();
            return;
        }
        input.weeks = (0..bars.div_ceil(step))
            .map(|bar| {
                let week = first + (bar * step) as i64;
                let from = Timestamp(week * WEEK_MS - MONDAY_MS).to_string();
                Week { from: from.get(..10).unwrap_or(&from).to_owned(), ..Week::default() }
            })
            .collect();
        let mut sums = vec![(0.0, 0usize); input.weeks.len()];
        for (at, message) in self.outcome.messages.iter().enumerate() {
            let Some(week) = week_of(message).filter(|week| (first..=last).contains(week)) else {
                input.undated += 1;
                continue;
            };
            let bar = (week - first) as usize / step;
            *input.weeks[bar].by_channel.entry(message.channel.profile().name).or_default() += 1;
            if let Some(reading) = self.scored(at) {
                *input.weeks[bar].by_label.entry(reading.label.name()).or_default() += 1;
                sums[bar].0 += reading.effective_score;
                sums[bar].1 += 1;
            }
        }
        for (week, (sum, n)) in input.weeks.iter_mut().zip(sums) {
            week.mean = (n > 0).then(|| sum / n as f64);
        }
    }
}

fn hand_off(change: &reknit::stitch::HandOff, place: impl Fn(usize) -> Option<usize>) -> Option<HandOff> {
    Some(HandOff {
        before: place(change.before)?,
        after: place(change.after)?,
        gap_ms: change.gap_ms,
        agent_changed: change.agent_changed,
    })
}

/// The first and last of sorted `weeks`, without the few that a broken clock put far away.
fn ordinary_span(weeks: &[i64]) -> (i64, i64) {
    let (Some(&first), Some(&last)) = (weeks.first(), weeks.last()) else { return (0, -1) };
    let cut = weeks.len() / 200;
    let (low, high) = (weeks[cut], weeks[weeks.len() - 1 - cut]);
    // Only a span that is several times longer for the sake of one message in a hundred is cut.
    if last.saturating_sub(first) > 4 * (high.saturating_sub(low) + 4) { (low, high) } else { (first, last) }
}

/// Distinct values with how often they occur, the most frequent first.
fn counted(values: impl Iterator<Item = String>) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|x, y| y.1.cmp(&x.1).then_with(|| x.0.cmp(&y.0)));
    counts
}

fn sizes(sizes: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
    let mut bins = vec![0; LARGEST_BIN];
    for size in sizes.filter(|&size| size > 0) {
        bins[size.min(LARGEST_BIN) - 1] += 1;
    }
    let used = bins.iter().rposition(|&n| n > 0).map_or(0, |last| last + 1);
    bins.into_iter().take(used).enumerate().map(|(at, n)| (at + 1, n)).collect()
}

/// Probabilities crowd near 1, so the bins get narrower there.
fn probabilities(values: impl Iterator<Item = f64>) -> Vec<(String, usize)> {
    const EDGES: [(f64, &str); 8] = [
        (0.5, "< .5"),
        (0.7, ".5–.7"),
        (0.8, ".7–.8"),
        (0.9, ".8–.9"),
        (0.95, ".9–.95"),
        (0.99, ".95–.99"),
        (0.999, ".99–.999"),
        (f64::INFINITY, "> .999"),
    ];
    let mut bins = EDGES.map(|(_, name)| (name.to_owned(), 0));
    for value in values {
        if let Some(at) = EDGES.iter().position(|(edge, _)| value < *edge) {
            bins[at].1 += 1;
        }
    }
    bins.to_vec()
}

fn called(message: &Message) -> String {
    let author = &message.author;
    let name = author.name.as_deref().filter(|name| !name.trim().is_empty());
    clip(name.unwrap_or(if author.handle.is_empty() { "unknown" } else { &author.handle }), 80)
}

/// The time to the minute, UTC.
fn minute(time: Timestamp) -> String {
    let text = time.to_string();
    text.get(..16).map_or(text.clone(), |head| head.replace('T', " "))
}

/// What the author says first: greeting and quotes left out as far as lines tell.
pub(crate) fn first_words(message: &Message) -> String {
    let lines = message.text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('>'));
    let mut said: Vec<&str> = lines.take(2).collect();
    if said.len() == 2 && said[0].ends_with(',') && said[0].len() < 40 {
        said.remove(0);
    }
    said.first().copied().unwrap_or_default().to_owned()
}

/// A rule in words.
pub(crate) fn reason(reason: RefusalReason) -> &'static str {
    match reason {
        RefusalReason::CannotLink => "People said that the two are not one",
        RefusalReason::SameSource => "Both come from a source that lists everybody once",
        RefusalReason::ConflictingGenerations => {
            "They share a home or a phone, but their dates of birth and addresses are those of two people"
        }
        RefusalReason::ConflictingNames => {
            "They share an identifier, but they contradict each other: a family's phone, a switchboard, a number handed on"
        }
        RefusalReason::ClaimedOnly => "Only an identifier nobody proved speaks for it; a person should look",
        RefusalReason::ConflictingEntities => {
            "The two would fit, but the people they belong to contradict each other"
        }
        _ => "A rule kept them apart",
    }
}

/// How a message hangs on the other, in words.
pub(crate) fn relation(relation: Relation) -> &'static str {
    match relation {
        Relation::Opening => "opens the conversation",
        Relation::Reply => "answers",
        Relation::MissingParent => "answers the same missing message",
        Relation::Continuation => "goes on with the matter",
        Relation::Forward => "is passed on",
        Relation::AutoReply => "a machine's answer",
        Relation::Copy => "the same message once more",
        Relation::Constraint => "joined by hand",
        _ => "belongs to it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_clock_does_not_stretch_the_charts() {
        let mut weeks = vec![2900; 500];
        weeks.extend(vec![2910; 500]);
        weeks.insert(0, 0);
        assert_eq!(ordinary_span(&weeks), (2900, 2910));
        assert_eq!(ordinary_span(&[5, 6, 9]), (5, 9));
        assert_eq!(ordinary_span(&[]), (0, -1));
    }

    #[test]
    fn bins_hold_everything_once() {
        assert_eq!(sizes([1, 1, 3, 500].into_iter()).len(), LARGEST_BIN);
        let all = probabilities([0.0, 0.5, 0.99, 1.0].into_iter());
        assert_eq!(all.iter().map(|bin| bin.1).sum::<usize>(), 4);
        assert_eq!(all[7].1, 1);
    }
}
