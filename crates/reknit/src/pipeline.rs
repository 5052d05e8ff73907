//! Contacts and messages in; people, conversations and labels out, joined.
//!
//! The only room that knows the three capabilities. It resolves the contacts, puts the entity behind
//! each participant of each message, stitches the messages, and reads how each one sounds.
//!
//! **Who is behind a handle?** A participant's address, number or handle is brought to its normal
//! form and looked up among the identifiers of the contacts. One entity has it: that is the one.
//! Several have it (a family phone, a role mailbox, a number handed on): the validity of the
//! identifier at the time of the message decides, then the name shown beside the handle if it fits
//! exactly one of them; else nobody is put there, because a wrong person is worse than none. A
//! handle that no contact has is a person known by this handle alone. An entity that the caller put
//! on a participant is never changed.
//!
//! Cost: that of `resolve` and `stitch`, plus one hash look-up per participant.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::classify::{Sentiment, SentimentReading};
use crate::model::{
    ChannelFamily, Column, FieldKind, IdentifierFacts, Message, Participant, Progress, Table, Timestamp,
    Watch,
};
use crate::resolve::{self, Resolution, Resolver};
use crate::similarity::jaro_winkler;
use crate::stitch::{self, Stitcher, Stitching};
use crate::text::body::{self, PartKind};
use crate::text::email::Email;
use crate::text::fold::fold;
use crate::text::handle::Handle;
use crate::text::phone::Phone;

/// How the main job runs: the configs of its parts.
///
/// | name | default | meaning |
/// |---|---|---|
/// | `resolve` | [`resolve::Config::default`] | how contacts become people |
/// | `stitch` | [`stitch::Config::default`] | how messages become conversations |
/// | `sentiment` | true | whether every message is read for its tone |
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// How contacts become people.
    pub resolve: resolve::Config,
    /// How messages become conversations.
    pub stitch: stitch::Config,
    /// Whether every message is read for its tone.
    pub sentiment: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self { resolve: resolve::Config::default(), stitch: stitch::Config::default(), sentiment: true }
    }
}

/// A value that people are reached by, in its normal form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Contact {
    /// What it is: an e-mail, a phone, a handle, a platform id.
    pub kind: FieldKind,
    /// Its normal form.
    pub value: String,
}

/// One person: the records that are them, how they are reached, and what they said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// The entity id: the smallest record key, or `CHANNEL:HANDLE` for somebody no record knows.
    pub entity_id: String,
    /// The name most of the records agree on; `None` when no record and no message shows one.
    pub name: Option<String>,
    /// The rows of the contact table that are this person, in the order of their keys.
    pub rows: Vec<u32>,
    /// How they are reached, sorted.
    pub contacts: Vec<Contact>,
    /// The messages they wrote, as indices, in the order given.
    pub messages: Vec<u32>,
    /// The conversations they took part in, as indices into [`Stitching::conversations`].
    pub conversations: Vec<u32>,
}

/// All that the main job found.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The model the contacts were resolved with, for explanations.
    pub resolver: Resolver,
    /// Which records are one person.
    pub resolution: Resolution,
    /// The messages in the order given, with entities on their participants.
    pub messages: Vec<Message>,
    /// Which messages are one conversation.
    pub stitching: Stitching,
    /// How each message sounds, in the order given; empty when not asked for.
    pub sentiments: Vec<SentimentReading>,
    /// Everybody, by entity id.
    pub people: Vec<Person>,
}

/// Runs the main job.
///
/// # Errors
/// `config` when a part's config is out of range,
/// `cancelled` when `watch` asks to stop.
pub fn run(
    config: &Config,
    contacts: &Table,
    mut messages: Vec<Message>,
    watch: &mut Watch<'_>,
) -> Result<Outcome> {
    let stitcher = Stitcher::build(config.stitch.clone())?;
    let (resolver, resolution) = Resolver::fit_resolve(&config.resolve, contacts, watch)?;
    let region = config.resolve.default_region.as_deref();
    Directory::of(contacts, &resolution, region).put_entities(&mut messages);
    let stitching = stitcher.stitch(&messages, watch)?;
    let sentiments = if config.sentiment { read_sentiments(&messages, watch)? } else { Vec::new() };
    let people = people_of(contacts, &resolution, &messages, &stitching, region);
    Ok(Outcome { resolver, resolution, messages, stitching, sentiments, people })
}

/// Reads the tone of what each message says itself, without what it quotes.
fn read_sentiments(messages: &[Message], watch: &mut Watch<'_>) -> Result<Vec<SentimentReading>> {
    const REPORT_EVERY: usize = 1024;
    let sentiment = Sentiment::builtin();
    let mut readings = Vec::with_capacity(messages.len());
    for (done, message) in messages.iter().enumerate() {
        if done % REPORT_EVERY == 0 {
            Progress::report("classify", done as u64, messages.len() as u64, watch)?;
        }
        readings.push(sentiment.classify(&own_words(message)));
    }
    Ok(readings)
}

/// The text of a message with all that is quoted, passed on or signed put out by blanks, so that
/// byte spans still hold.
fn own_words(message: &Message) -> Cow<'_, str> {
    if !message.channel.profile().quotes {
        return Cow::Borrowed(&message.text);
    }
    let body = body::split(&message.text);
    if body.parts.iter().all(|part| part.kind == PartKind::Reply) {
        return Cow::Borrowed(&message.text);
    }
    let mut own = String::with_capacity(message.text.len());
    for part in &body.parts {
        let words = message.text.get(part.span.clone()).unwrap_or_default();
        if part.kind == PartKind::Reply {
            own.push_str(words);
        } else {
            own.extend(words.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }));
        }
    }
    Cow::Owned(own)
}

/// Who has an identifier, and since when.
struct Owner {
    entity: u32,
    facts: IdentifierFacts,
}

/// The identifiers of all contacts, and who has them.
struct Directory<'a> {
    region: Option<&'a str>,
    entities: Vec<&'a str>,
    names: Vec<Vec<String>>,
    owners: HashMap<Contact, Vec<Owner>>,
}

impl<'a> Directory<'a> {
    fn of(contacts: &Table, resolution: &'a Resolution, region: Option<&'a str>) -> Self {
        let ids: BTreeSet<&str> = resolution.entity_ids.iter().map(String::as_str).collect();
        let entities: Vec<&str> = ids.into_iter().collect();
        let mut directory =
            Self { region, names: vec![Vec::new(); entities.len()], entities, owners: HashMap::new() };
        let names = full_names(contacts);
        for row in contacts.rows_by_key() {
            let row = row as usize;
            let found = directory.entities.binary_search(&resolution.entity_ids[row].as_str());
            let entity = found.expect("every entity id is in the list made of them") as u32;
            if let Some(name) = &names[row] {
                directory.names[entity as usize].push(fold(name));
            }
            for column in contacts.columns() {
                directory.add_identifiers(column, row, entity);
            }
        }
        directory
    }

    fn add_identifiers(&mut self, column: &Column, row: usize, entity: u32) {
        for (place, value) in column.values(row).enumerate() {
            let Some(contact) = contact_of(column.kind(), value, self.region) else { continue };
            let facts = column.facts(row).get(place).cloned().unwrap_or_default();
            self.owners.entry(contact).or_default().push(Owner { entity, facts });
        }
    }

    /// Puts the entity behind each participant who has none yet.
    fn put_entities(&self, messages: &mut [Message]) {
        for message in messages {
            let (family, sent) = (message.channel.profile().family, message.sent);
            let staff = std::iter::once(&mut message.author).chain(&mut message.to).chain(&mut message.cc);
            for participant in staff.filter(|p| p.entity.is_none() && !p.handle.is_empty()) {
                participant.entity = self.entity_behind(participant, family, sent).map(str::to_owned);
            }
        }
    }

    fn entity_behind(
        &self,
        participant: &Participant,
        family: ChannelFamily,
        sent: Option<Timestamp>,
    ) -> Option<&'a str> {
        let readings = readings_of(&participant.handle, family, self.region);
        let owners = readings.iter().find_map(|contact| self.owners.get(contact))?;
        let valid: Vec<&Owner> = owners.iter().filter(|owner| holds_at(&owner.facts, sent)).collect();
        let entities: BTreeSet<u32> = valid.iter().map(|owner| owner.entity).collect();
        let only =
            |entities: &BTreeSet<u32>| (entities.len() == 1).then(|| entities.first().copied()).flatten();
        only(&entities)
            .or_else(|| {
                let shown = fold(participant.name.as_deref()?);
                only(&entities.into_iter().filter(|&e| self.is_called(e, &shown)).collect())
            })
            .map(|entity| self.entities[entity as usize])
    }

    fn is_called(&self, entity: u32, shown: &str) -> bool {
        /// Two spellings of one name reach this; two members of a family do not (Winkler 1990 puts
        /// the border of "same string" at 0.9 and above).
        const SAME_NAME: f64 = 0.92;
        self.names[entity as usize].iter().any(|name| jaro_winkler(name, shown) >= SAME_NAME)
    }
}

/// Whether an identifier belonged to its owner at `sent`.
fn holds_at(facts: &IdentifierFacts, sent: Option<Timestamp>) -> bool {
    let Some(sent) = sent else { return true };
    facts.valid_from.is_none_or(|from| from <= sent) && facts.valid_to.is_none_or(|to| sent < to)
}

/// The normal form of an identifier in a contact column; `None` for other columns and for values
/// that cannot be read.
fn contact_of(kind: FieldKind, value: &str, region: Option<&str>) -> Option<Contact> {
    let value = match kind {
        FieldKind::Email => Email::read(value)?.normal().to_owned(),
        FieldKind::Phone => Phone::read(value, region)?.normal().to_owned(),
        FieldKind::Handle => Handle::read(value)?.name,
        FieldKind::PlatformId => bare_platform_id(value).to_owned(),
        _ => return None,
    };
    Some(Contact { kind, value })
}

/// What a participant's handle may be, likeliest first.
fn readings_of(handle: &str, family: ChannelFamily, region: Option<&str>) -> Vec<Contact> {
    let phone_first = matches!(family, ChannelFamily::Chat | ChannelFamily::Voice);
    let kinds = if phone_first {
        [FieldKind::Email, FieldKind::Phone, FieldKind::Handle, FieldKind::PlatformId]
    } else {
        [FieldKind::Email, FieldKind::Handle, FieldKind::PlatformId, FieldKind::Phone]
    };
    kinds.into_iter().filter_map(|kind| contact_of(kind, handle, region)).collect()
}

/// A platform id without the prefix some exports put before it (`psid:123`, `bsuid:US.1`).
fn bare_platform_id(value: &str) -> &str {
    let value = value.trim();
    match value.split_once(':') {
        Some((prefix, id)) if prefix.chars().all(|c| c.is_ascii_alphabetic()) && !id.is_empty() => id,
        _ => value,
    }
}

/// The whole name of each record, from a full-name column or from its parts.
fn full_names(contacts: &Table) -> Vec<Option<String>> {
    let of_kind = |kind: FieldKind| contacts.columns().iter().filter(move |column| column.kind() == kind);
    let first = |kind: FieldKind, row: usize| of_kind(kind).find_map(|column| column.values(row).next());
    let name_of = |row: usize| {
        let parts = [FieldKind::GivenName, FieldKind::MiddleName, FieldKind::Surname];
        let parts: Vec<&str> = parts.into_iter().filter_map(|kind| first(kind, row)).collect();
        let whole = (!parts.is_empty()).then(|| parts.join(" "));
        first(FieldKind::FullName, row).map(str::to_owned).or(whole)
    };
    (0..contacts.len()).map(name_of).collect()
}

/// Everybody: entities of contacts, and those only messages know.
fn people_of(
    contacts: &Table,
    resolution: &Resolution,
    messages: &[Message],
    stitching: &Stitching,
    region: Option<&str>,
) -> Vec<Person> {
    let mut people: BTreeMap<String, Gathered> = BTreeMap::new();
    let names = full_names(contacts);
    for row in contacts.rows_by_key() {
        let person = people.entry(resolution.entity_ids[row as usize].clone()).or_default();
        person.add_row(contacts, row, names[row as usize].as_deref(), region);
    }
    let mut conversation_of = vec![0; messages.len()];
    for (at, conversation) in stitching.conversations.iter().enumerate() {
        for &member in &conversation.members {
            conversation_of[member] = at as u32;
        }
    }
    for (at, message) in messages.iter().enumerate() {
        let family = message.channel.profile().family;
        for (place, participant) in message.participants().enumerate() {
            let reached = readings_of(&participant.handle, family, region).into_iter().next();
            let id = participant
                .entity
                .clone()
                .unwrap_or_else(|| unknown_person(message, participant, reached.as_ref()));
            let person = people.entry(id).or_default();
            person.conversations.insert(conversation_of[at]);
            person.contacts.extend(reached);
            if let Some(name) = &participant.name {
                *person.names.entry(name.clone()).or_default() += 1;
            }
            let is_author = place == 0 && !message.author.handle.is_empty();
            if is_author {
                person.messages.push(at as u32);
            }
        }
    }
    people.into_iter().map(|(entity_id, gathered)| gathered.into_person(entity_id)).collect()
}

/// The id of somebody no record knows: the same over all channels for an address or a number, per
/// channel for a handle, which means something only there.
fn unknown_person(message: &Message, participant: &Participant, reached: Option<&Contact>) -> String {
    match reached {
        Some(contact) if matches!(contact.kind, FieldKind::Email | FieldKind::Phone) => {
            format!("{}:{}", contact.kind.name(), contact.value)
        }
        _ => format!("{}:{}", message.channel.profile().name, fold(&participant.handle)),
    }
}

/// A person while being put together.
#[derive(Default)]
struct Gathered {
    names: BTreeMap<String, u32>,
    rows: Vec<u32>,
    contacts: BTreeSet<Contact>,
    messages: Vec<u32>,
    conversations: BTreeSet<u32>,
}

impl Gathered {
    fn add_row(&mut self, contacts: &Table, row: u32, name: Option<&str>, region: Option<&str>) {
        self.rows.push(row);
        if let Some(name) = name {
            *self.names.entry(name.to_owned()).or_default() += 1;
        }
        for column in contacts.columns() {
            let values = column.values(row as usize);
            self.contacts.extend(values.filter_map(|value| contact_of(column.kind(), value, region)));
        }
    }

    /// The name seen most often; of equals the longest, then the first in the alphabet.
    fn into_person(self, entity_id: String) -> Person {
        let best = self
            .names
            .iter()
            .max_by_key(|(name, seen)| (**seen, name.chars().count(), std::cmp::Reverse(*name)));
        Person {
            entity_id,
            name: best.map(|(name, _)| name.clone()),
            rows: self.rows,
            contacts: self.contacts.into_iter().collect(),
            messages: self.messages,
            conversations: self.conversations.into_iter().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Identifier, IdentifierKind, Record};

    /// Who is behind the author of a message, when each record is an entity of its own.
    fn behind(records: &[Record], message: Message) -> Option<String> {
        let table = Table::from_records(records).expect("keys differ");
        let entity_ids = (0..table.len()).map(|row| table.key(row).to_string()).collect();
        let resolution = Resolution::of_entities(entity_ids, Vec::new());
        let mut messages = [message];
        Directory::of(&table, &resolution, None).put_entities(&mut messages);
        let [message] = messages;
        message.author.entity
    }

    fn family() -> Vec<Record> {
        vec![
            Record::new("crm", "1").with("name", "Henrik Dahl").with("phone", "+45 3555 0101"),
            Record::new("crm", "2").with("name", "Freja Dahl").with("phone", "0045 35 55 01 01"),
        ]
    }

    fn call_from(name: Option<&str>) -> Message {
        let mut message = Message::new("m", "phone", "+4535550101", Timestamp(0), "");
        message.author.name = name.map(str::to_owned);
        message
    }

    #[test]
    fn an_address_of_one_contact_is_that_contact() {
        let records = [
            Record::new("crm", "1").with("email", "Ana@X.io"),
            Record::new("crm", "2").with("email", "b@x.io"),
        ];
        let message = Message::new("m", "email", "ana@x.io", Timestamp(0), "");
        assert_eq!(behind(&records, message).as_deref(), Some("crm:1"));
    }

    #[test]
    fn a_shared_phone_is_nobody_unless_the_name_decides() {
        assert_eq!(behind(&family(), call_from(None)), None);
        assert_eq!(behind(&family(), call_from(Some("Freja Dahl"))).as_deref(), Some("crm:2"));
        assert_eq!(behind(&family(), call_from(Some("Somebody Else"))), None);
    }

    #[test]
    fn a_number_handed_on_is_whose_it_was_then() {
        let number = |from, to| {
            let mut phone = Identifier::new(IdentifierKind::Phone, "+45 3555 0101");
            (phone.valid_from, phone.valid_to) = (from, to);
            phone
        };
        let records = [
            Record::new("crm", "1").identified(number(None, Some(Timestamp(100)))),
            Record::new("crm", "2").identified(number(Some(Timestamp(100)), None)),
        ];
        let at = |ms| Message::new("m", "sms", "+45 35 55 01 01", Timestamp(ms), "");
        assert_eq!(behind(&records, at(99)).as_deref(), Some("crm:1"));
        assert_eq!(behind(&records, at(100)).as_deref(), Some("crm:2"));
    }

    #[test]
    fn what_the_caller_says_stays() {
        let mut message = call_from(Some("Freja Dahl"));
        message.author.entity = Some("known".to_owned());
        assert_eq!(behind(&family(), message).as_deref(), Some("known"));
    }

    #[test]
    fn the_tone_is_read_from_own_words_at_their_place() {
        let text = "Thanks!\n\nOn Mon, Bo <bo@y.org> wrote:\n> This is terrible.\n";
        let message = Message::new("m", "email", "ana@x.io", Timestamp(0), text);
        let own = own_words(&message);
        assert_eq!(own.len(), text.len());
        assert!(own.starts_with("Thanks!") && !own.contains("terrible"));
    }

    #[test]
    fn a_platform_id_is_found_behind_its_prefix() {
        let id = Identifier::new(IdentifierKind::PlatformId, "US.1349").scoped("acme");
        let records = [Record::new("wa", "1").identified(id)];
        let message = Message::new("m", "whatsapp", "bsuid:US.1349", Timestamp(0), "");
        assert_eq!(behind(&records, message).as_deref(), Some("wa:1"));
    }
}
