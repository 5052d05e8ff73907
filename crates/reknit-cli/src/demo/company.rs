//! Vindholm Telecom: an invented company with its contacts, its messages, and the truth about them.
//!
//! About four hundred people, twelve hundred records from eight systems, six thousand messages in
//! fifteen hundred conversations, all from one seed. The truth stands apart from the data, so that
//! nothing that resolves or stitches can read it.

use std::collections::{BTreeMap, BTreeSet};

use reknit::model::{Message, Record, RecordKey};

use super::people;
use super::phrases::Phrases;
use super::random::Dice;
use super::records::{self, Made};
use super::showpiece;
use super::talk::Writer;

/// The company and what is true of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Company {
    /// The contact records of all systems.
    pub(crate) records: Vec<Record>,
    /// The messages, by time.
    pub(crate) messages: Vec<Message>,
    /// What is true of them.
    pub(crate) truth: Truth,
    /// Records and messages worth showing.
    pub(crate) showpieces: Showpieces,
}

/// What a perfect reader would find.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Truth {
    /// The person of every record.
    pub(crate) person_of: BTreeMap<RecordKey, String>,
    /// The conversation of every message: the id of its first one.
    pub(crate) conversation_of: BTreeMap<String, String>,
    /// The message each message answers, where it answers one.
    pub(crate) parent_of: BTreeMap<String, String>,
    /// The person who wrote each message of a customer.
    pub(crate) sender_of: BTreeMap<String, String>,
    /// How customers meant what they wrote: positive, negative, neutral or mixed.
    pub(crate) sentiment_of: BTreeMap<String, &'static str>,
    /// The messages that say nice words and mean the opposite.
    pub(crate) sarcastic: BTreeSet<String>,
    /// The language of every message, as an ISO 639-1 code.
    pub(crate) language_of: BTreeMap<String, &'static str>,
}

/// What the demo shows close up.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Showpieces {
    /// The person with the matter over five channels, as in [`Truth::person_of`].
    pub(crate) customer: String,
    /// Father and son, as in [`Truth::person_of`].
    pub(crate) namesakes: [String; 2],
    /// The sarcastic post that opens the matter.
    pub(crate) sarcasm: String,
}

/// Vindholm Telecom as `seed` makes it.
pub(crate) fn company(seed: u64) -> Company {
    let dice = Dice::new(seed);
    let people = people::everybody(&dice);
    let Made { records, person_of, reach } = records::records(&people, &dice);
    let mut writer = Writer {
        people: &people,
        reach: &reach,
        phrases: Phrases::read(),
        dice: dice.apart("messages"),
        drafts: Vec::new(),
        conversations: 0,
    };
    showpiece::write(&mut writer);
    writer.write_all();
    let language_of_handle: BTreeMap<String, &'static str> = people
        .iter()
        .zip(&reach)
        .flat_map(|(person, reach)| reach.handles(person).map(|handle| (handle, person.language.code())))
        .collect();
    let drafts = std::mem::take(&mut writer.drafts);

    let mut order: Vec<usize> = (0..drafts.len()).collect();
    order.sort_by_key(|&place| (drafts[place].message.sent, place));
    let mut ids = vec![String::new(); drafts.len()];
    for (number, &place) in order.iter().enumerate() {
        ids[place] = format!("m{:05}", number + 1);
    }
    let mut truth = Truth { person_of, ..Truth::default() };
    let mut first: BTreeMap<usize, String> = BTreeMap::new();
    let mut messages = Vec::with_capacity(drafts.len());
    for &place in &order {
        let draft = &drafts[place];
        let id = ids[place].clone();
        let conversation = first.entry(draft.conversation).or_insert_with(|| id.clone()).clone();
        truth.conversation_of.insert(id.clone(), conversation);
        if let Some(parent) = draft.parent {
            truth.parent_of.insert(id.clone(), ids[parent].clone());
        }
        if let Some(sender) = draft.sender {
            truth.sender_of.insert(id.clone(), people[sender].id.clone());
        }
        if let Some(label) = draft.label {
            let meant = if label == "sarcastic" { "negative" } else { label };
            truth.sentiment_of.insert(id.clone(), meant);
            if label == "sarcastic" {
                truth.sarcastic.insert(id.clone());
            }
        }
        let mut message = draft.message.clone();
        let language = message.participants().find_map(|p| language_of_handle.get(&p.handle)).copied();
        truth.language_of.insert(id.clone(), language.filter(|_| message.room.is_none()).unwrap_or("en"));
        message.id = id;
        messages.push(message);
    }
    let showpieces = Showpieces {
        customer: people[showpiece::CUSTOMER].id.clone(),
        namesakes: [people[0].id.clone(), people[1].id.clone()],
        sarcasm: ids.first().cloned().unwrap_or_default(),
    };
    Company { records, messages, truth, showpieces }
}

impl records::Reach {
    /// Every handle `person` may write from.
    fn handles(&self, person: &people::Person) -> impl Iterator<Item = String> {
        let named =
            [&self.phone, &self.x, &self.visitor, &self.forum, &self.customer_no, &person.whatsapp_id];
        let named: Vec<String> = named.into_iter().flatten().cloned().collect();
        self.emails.clone().into_iter().chain(named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reknit::model::Table;

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let (a, b) = (company(7), company(7));
        assert!(a == b);
        let bytes = |c: &Company| serde_json::to_string(&(&c.records, &c.messages)).expect("plain data");
        assert_eq!(bytes(&a), bytes(&b));
        assert_ne!(bytes(&a), bytes(&company(8)));
    }

    #[test]
    fn the_counts_are_near_the_promised_ones() {
        for seed in [1, 7, 99] {
            let made = company(seed);
            let people: BTreeSet<&String> = made.truth.person_of.values().collect();
            let conversations: BTreeSet<&String> = made.truth.conversation_of.values().collect();
            let channels: BTreeSet<&str> = made.messages.iter().map(|m| m.channel.0.as_str()).collect();
            assert!((1100..1350).contains(&made.records.len()), "{} records", made.records.len());
            assert!((395..410).contains(&people.len()), "{} people", people.len());
            assert!((5500..6600).contains(&made.messages.len()), "{} messages", made.messages.len());
            assert!((1400..1650).contains(&conversations.len()), "{} conversations", conversations.len());
            assert_eq!(channels.len(), 8, "{channels:?}");
        }
    }

    #[test]
    fn the_truth_covers_everything_and_points_at_what_is_there() {
        let made = company(7);
        assert_eq!(made.truth.person_of.len(), made.records.len());
        assert_eq!(made.truth.conversation_of.len(), made.messages.len());
        let ids: BTreeSet<&String> = made.messages.iter().map(|m| &m.id).collect();
        for (child, parent) in &made.truth.parent_of {
            assert!(ids.contains(child) && ids.contains(parent));
            assert_eq!(made.truth.conversation_of[child], made.truth.conversation_of[parent]);
        }
        assert!(made.truth.sarcastic.contains(&made.showpieces.sarcasm));
        assert!(Table::from_records(&made.records).is_ok());
    }

    #[test]
    fn most_authors_can_be_found_among_the_records() {
        let made = company(7);
        let text = serde_json::to_string(&made.records).expect("plain data").to_lowercase();
        let inbound =
            made.messages.iter().filter(|m| m.direction == reknit::model::Direction::Inbound && !m.auto);
        let (mut known, mut all) = (0, 0);
        for message in inbound {
            all += 1;
            let handle = message.author.handle.to_lowercase();
            // Numbers and addresses are written in many ways: the end of the one and the local
            // part of the other must be there as they stand.
            let needle = match handle.strip_prefix('+') {
                Some(digits) => &digits[digits.len() - 3..],
                None => handle.trim_start_matches('@').split('@').next().unwrap_or_default(),
            };
            known += usize::from(text.contains(needle));
        }
        assert!(known as f64 > 0.97 * all as f64, "{known} of {all}");
    }

    #[test]
    fn the_story_goes_over_five_channels() {
        let made = company(7);
        let story = &made.truth.conversation_of[&made.showpieces.sarcasm];
        let channels: BTreeSet<&str> = made
            .messages
            .iter()
            .filter(|m| &made.truth.conversation_of[&m.id] == story)
            .map(|m| m.channel.0.as_str())
            .collect();
        assert_eq!(channels.len(), 5);
    }
}
