//! One utterance on one channel.
//!
//! [`Message`] is the canonical form. As JSON it reads the field names found in real exports, so
//! that a row of most message dumps is a message already:
//!
//! | field | also read as | meaning |
//! |---|---|---|
//! | `id` | | the caller's key; required, unique in one call |
//! | `sent` | `ts`, `time`, `date`, `created_at`, `timestamp` | when it was sent (ISO 8601, seconds or milliseconds) |
//! | `arrived` | `arrival`, `received`, `received_at` | when it came in, if later |
//! | `channel` | | `email`, `whatsapp`, `irc:#ubuntu` ... |
//! | `author` | `from`, `handle`, `sender` | who wrote it: a text, or `{"handle", "name", "entity"}` |
//! | `author_entity` | `author_contact`, `entity_id` | the person behind the author, once resolved |
//! | `to`, `cc` | `recipients` | to whom |
//! | `room` | | a name for a place with many people |
//! | `subject`, `text` | `body`, `content` | what it says |
//! | `in_reply_to`, `references` | `reply_to` | ids of earlier messages: a list or a text |
//! | `platform_id` | `message_id` | the channel's own id, if it differs from `id` |
//! | `inbound` | `direction` (`in`, `inbound`, `out`, `outbound`) | from a customer (true) or from staff |
//! | `visibility` | | `public`, `private` or `internal` (a note among staff) |
//! | `auto` | `auto_reply` | made by a machine: out-of-office, bounce, receipt |
//! | `kind` | | `message` or `system` (joins, topics; they carry no turn) |
//! | `headers` | | further headers by name |
//!
//! Fields that are not listed are ignored, `truth*` among them.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use super::{Channel, Timestamp};

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Not known, or among equals.
    #[default]
    Unknown,
    /// From the outside in: a customer wrote.
    Inbound,
    /// From the inside out: staff or a system wrote.
    Outbound,
}

/// Who can read a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Anybody.
    Public,
    /// Those who take part.
    Private,
    /// Staff only: a note about the customer that must never reach the customer.
    Internal,
}

/// Somebody who takes part in a message.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
pub struct Participant {
    /// Address, number, handle or nick, as the channel wrote it.
    pub handle: String,
    /// The name shown beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The entity behind it, once resolved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<String>,
}

/// One utterance on one channel.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Message {
    /// The caller's key.
    pub id: String,
    /// The channel it travelled on.
    pub channel: Channel,
    /// When it was sent; unknown for mail without a readable date.
    pub sent: Option<Timestamp>,
    /// When it came in, if that is known apart from `sent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arrived: Option<Timestamp>,
    /// Which way it went.
    pub direction: Direction,
    /// Who can read it.
    pub visibility: Visibility,
    /// Who wrote it; an empty handle for system lines.
    pub author: Participant,
    /// To whom, in order.
    pub to: Vec<Participant>,
    /// Copies, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<Participant>,
    /// The place with many people it was said in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<String>,
    /// The subject line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The body as text.
    pub text: String,
    /// The channel's own id, where it differs from `id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_id: Option<String>,
    /// Ids of the messages it says it answers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub in_reply_to: Vec<String>,
    /// Ids of the messages before it, oldest first (RFC 5322).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// Made by a machine (RFC 3834): never opens or keeps open a conversation.
    pub auto: bool,
    /// A system line (join, topic change): carries no turn.
    pub system: bool,
    /// Further headers by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

impl Message {
    /// A private message with nothing but its id, channel, author, time and text.
    ///
    /// ```
    /// use reknit::model::{Message, Timestamp};
    /// let hello = Message::new("m1", "whatsapp", "+49 151 1", Timestamp(0), "Hello?");
    /// assert!(hello.to.is_empty());
    /// ```
    pub fn new(
        id: impl Into<String>,
        channel: impl Into<Channel>,
        author: impl Into<String>,
        sent: Timestamp,
        text: impl Into<String>,
    ) -> Self {
        let channel = channel.into();
        let public = channel.profile().public;
        Self {
            id: id.into(),
            channel,
            sent: Some(sent),
            arrived: None,
            direction: Direction::Unknown,
            visibility: if public { Visibility::Public } else { Visibility::Private },
            author: Participant { handle: author.into(), ..Participant::default() },
            to: Vec::new(),
            cc: Vec::new(),
            room: None,
            subject: None,
            text: text.into(),
            platform_id: None,
            in_reply_to: Vec::new(),
            references: Vec::new(),
            auto: false,
            system: false,
            headers: BTreeMap::new(),
        }
    }

    /// Author, then `to`, then `cc`.
    pub fn participants(&self) -> impl Iterator<Item = &Participant> {
        std::iter::once(&self.author).chain(&self.to).chain(&self.cc).filter(|p| !p.handle.is_empty())
    }
}

impl<'de> Deserialize<'de> for Participant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Whole {
                handle: String,
                #[serde(default)]
                name: Option<String>,
                #[serde(default)]
                entity: Option<String>,
            },
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::Text(text) => Self::from_text(&text),
            Written::Whole { handle, name, entity } => Self { handle, name, entity },
        })
    }
}

impl Participant {
    /// Reads `Ana Petrova <ana@x.io>` into handle and name; any other text is the handle.
    pub fn from_text(text: &str) -> Self {
        let text = text.trim();
        if let Some((name, address)) = text.strip_suffix('>').and_then(|inner| inner.rsplit_once('<')) {
            let name = name.trim().trim_matches('"').trim();
            let name = (!name.is_empty()).then(|| name.to_owned());
            return Self { handle: address.trim().to_owned(), name, entity: None };
        }
        Self { handle: text.to_owned(), name: None, entity: None }
    }
}

/// One text, several, or none.
#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany<T> {
    None(()),
    One(T),
    Many(Vec<T>),
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self::None(())
    }
}

impl<T> OneOrMany<T> {
    fn into_vec(self) -> Vec<T> {
        match self {
            Self::None(()) => Vec::new(),
            Self::One(one) => vec![one],
            Self::Many(many) => many,
        }
    }
}

/// A number or a text, as ids come.
fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Id {
        Text(String),
        Number(serde_json::Number),
    }
    Ok(match Id::deserialize(deserializer)? {
        Id::Text(text) => text,
        Id::Number(number) => number.to_string(),
    })
}

impl<'de> Deserialize<'de> for Message {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Row {
            #[serde(deserialize_with = "text_or_number")]
            id: String,
            #[serde(
                default,
                alias = "ts",
                alias = "time",
                alias = "date",
                alias = "created_at",
                alias = "timestamp"
            )]
            sent: Option<Timestamp>,
            #[serde(default, alias = "arrival", alias = "received", alias = "received_at")]
            arrived: Option<Timestamp>,
            #[serde(default)]
            channel: Option<String>,
            #[serde(default, alias = "from", alias = "handle", alias = "sender")]
            author: Option<Participant>,
            #[serde(default, alias = "author_contact", alias = "entity_id")]
            author_entity: Option<String>,
            #[serde(default, alias = "recipients")]
            to: OneOrMany<Participant>,
            #[serde(default)]
            cc: OneOrMany<Participant>,
            #[serde(default)]
            room: Option<String>,
            #[serde(default)]
            subject: Option<String>,
            #[serde(default, alias = "body", alias = "content")]
            text: Option<String>,
            #[serde(default, alias = "message_id")]
            platform_id: Option<String>,
            #[serde(default, alias = "reply_to")]
            in_reply_to: OneOrMany<String>,
            #[serde(default)]
            references: OneOrMany<String>,
            #[serde(default)]
            inbound: Option<bool>,
            #[serde(default)]
            direction: Option<String>,
            #[serde(default)]
            visibility: Option<Visibility>,
            #[serde(default, alias = "auto_reply")]
            auto: bool,
            #[serde(default)]
            kind: Option<String>,
            #[serde(default)]
            system: bool,
            #[serde(default)]
            headers: BTreeMap<String, String>,
        }
        let row = Row::deserialize(deserializer)?;
        let channel = Channel::new(row.channel.unwrap_or_else(|| "email".to_owned()));
        let public = channel.profile().public;
        let mut author = row.author.unwrap_or_default();
        author.entity = author.entity.or(row.author_entity);
        let direction = match (row.inbound, row.direction.as_deref()) {
            (Some(true), _) | (None, Some("in" | "inbound")) => Direction::Inbound,
            (Some(false), _) | (None, Some("out" | "outbound")) => Direction::Outbound,
            _ => Direction::Unknown,
        };
        Ok(Self {
            id: row.id,
            channel,
            sent: row.sent,
            arrived: row.arrived,
            direction,
            visibility: row.visibility.unwrap_or(if public {
                Visibility::Public
            } else {
                Visibility::Private
            }),
            author,
            to: row.to.into_vec(),
            cc: row.cc.into_vec(),
            room: row.room.filter(|room| !room.is_empty()),
            subject: row.subject,
            text: row.text.unwrap_or_default(),
            platform_id: row.platform_id,
            in_reply_to: row.in_reply_to.into_vec(),
            references: row.references.into_vec(),
            auto: row.auto,
            system: row.system || row.kind.as_deref() == Some("system"),
            headers: row.headers,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_an_export_is_a_message() {
        let row = r#"{"id": 7, "ts": 1172723599.0, "channel": "email", "author": "Kumba <kumba@x.org>",
            "to": "list@x.org", "cc": null, "in_reply_to": ["a@x"], "text": "hi", "truth_thread": "t"}"#;
        let message: Message = serde_json::from_str(row).expect("the row is valid");
        assert_eq!(message.id, "7");
        assert_eq!(message.author.handle, "kumba@x.org");
        assert_eq!(message.author.name.as_deref(), Some("Kumba"));
        assert_eq!(message.to.len(), 1);
        assert_eq!(message.sent, Some(Timestamp(1_172_723_599_000)));
        let again: Message =
            serde_json::from_str(&serde_json::to_string(&message).expect("plain data")).expect("own JSON");
        assert_eq!(again, message);
    }
}
