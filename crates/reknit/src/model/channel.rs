//! The channels messages travel on, and what is true of each.
//!
//! To add a channel, add one row to [`PROFILES`] (or pass a [`Profile`] at run time through
//! `stitch::Config`). Everything the stitcher does differently per channel is read from here; no
//! other file lists channels. The gaps are defaults to start from, not truths: a policy of the
//! caller or a learnt room rate overrides them.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The channel a message travelled on: a short lower-case name such as `email` or `whatsapp`. A
/// room-like source may add its name after a colon (`irc:#ubuntu`); the part before it names the
/// profile.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Channel(pub String);

/// What kind of traffic a channel carries; decides which evidence there can be.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelFamily {
    /// Headers, subjects, quoted text: e-mail, letters, tickets.
    Mail,
    /// One-to-one chat: SMS, messengers, web chat, direct messages.
    Chat,
    /// Public posts and replies on a network.
    Social,
    /// Many people in one stream: IRC, Slack, forums, group chats.
    Room,
    /// Spoken, and written down by a member of staff.
    Voice,
}

/// The facts of one channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// The name, lower case.
    pub name: String,
    /// What kind of traffic it carries.
    pub family: ChannelFamily,
    /// Whether anybody can read along.
    pub public: bool,
    /// Whether messages carry subjects.
    pub subjects: bool,
    /// Whether people quote what they answer.
    pub quotes: bool,
    /// After this silence between two people a new matter is likelier than the old one,
    /// in milliseconds.
    pub gap_ms: i64,
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Name, other names, family, public, subjects, quotes, gap.
type Row = (&'static str, &'static [&'static str], ChannelFamily, bool, bool, bool, i64);

/// The channels known from the start.
const PROFILES: &[Row] = &[
    ("email", &["mail", "e-mail", "smtp", "imap"], ChannelFamily::Mail, false, true, true, 45 * DAY_MS),
    ("letter", &["post", "snail_mail", "fax"], ChannelFamily::Mail, false, true, false, 60 * DAY_MS),
    ("ticket", &["helpdesk", "form", "contact_form"], ChannelFamily::Mail, false, true, true, 45 * DAY_MS),
    ("sms", &["mms", "rcs"], ChannelFamily::Chat, false, false, false, 24 * HOUR_MS),
    ("whatsapp", &["wa"], ChannelFamily::Chat, false, false, true, 24 * HOUR_MS),
    (
        "messenger",
        &["facebook_messenger", "fb_messenger"],
        ChannelFamily::Chat,
        false,
        false,
        false,
        24 * HOUR_MS,
    ),
    ("instagram_dm", &["instagram_direct"], ChannelFamily::Chat, false, false, false, 24 * HOUR_MS),
    ("x_dm", &["twitter_dm", "dm"], ChannelFamily::Chat, false, false, false, 24 * HOUR_MS),
    ("linkedin", &["linkedin_message"], ChannelFamily::Chat, false, false, false, 48 * HOUR_MS),
    (
        "telegram",
        &["signal", "line", "viber", "wechat"],
        ChannelFamily::Chat,
        false,
        false,
        true,
        24 * HOUR_MS,
    ),
    (
        "web_chat",
        &["webchat", "chat", "livechat", "live_chat", "web"],
        ChannelFamily::Chat,
        false,
        false,
        false,
        2 * HOUR_MS,
    ),
    ("app", &["in_app", "push"], ChannelFamily::Chat, false, false, false, 24 * HOUR_MS),
    ("facebook", &["fb"], ChannelFamily::Social, true, false, false, 24 * HOUR_MS),
    ("instagram", &["ig"], ChannelFamily::Social, true, false, false, 24 * HOUR_MS),
    (
        "x",
        &["twitter", "tweet", "mastodon", "bluesky", "threads"],
        ChannelFamily::Social,
        true,
        false,
        false,
        24 * HOUR_MS,
    ),
    (
        "review",
        &["app_store", "play_store", "trustpilot"],
        ChannelFamily::Social,
        true,
        true,
        false,
        7 * DAY_MS,
    ),
    (
        "phone",
        &["call", "phone_note", "phone_call", "voice", "call_note", "voicemail"],
        ChannelFamily::Voice,
        false,
        false,
        false,
        72 * HOUR_MS,
    ),
    ("in_person", &["shop", "visit"], ChannelFamily::Voice, false, false, false, 72 * HOUR_MS),
    ("irc", &[], ChannelFamily::Room, true, false, false, 15 * MINUTE_MS),
    (
        "slack",
        &["teams", "discord", "matrix", "mattermost", "rocketchat", "room"],
        ChannelFamily::Room,
        false,
        false,
        false,
        30 * MINUTE_MS,
    ),
    (
        "forum",
        &["reddit", "stackexchange", "discourse", "community"],
        ChannelFamily::Room,
        true,
        true,
        true,
        7 * DAY_MS,
    ),
];

impl Channel {
    /// A channel of this name.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The part of the name that says which profile applies: before the first colon, lower case,
    /// blanks and hyphens as underscores.
    pub fn kind(&self) -> String {
        let head = self.0.split(':').next().unwrap_or_default();
        head.trim().to_lowercase().replace([' ', '-'], "_")
    }

    /// The facts of this channel; an unknown name is treated as one-to-one chat.
    ///
    /// ```
    /// use reknit::model::{Channel, ChannelFamily};
    /// assert_eq!(Channel::new("irc:#ubuntu").profile().family, ChannelFamily::Room);
    /// assert_eq!(Channel::new("Twitter").profile().name, "x");
    /// ```
    pub fn profile(&self) -> Profile {
        let kind = self.kind();
        let found = PROFILES
            .iter()
            .find(|row| row.0 == kind || row.1.contains(&kind.as_str()) || row.1.contains(&self.0.as_str()));
        match found {
            Some(&(name, _, family, public, subjects, quotes, gap_ms)) => {
                Profile { name: name.to_owned(), family, public, subjects, quotes, gap_ms }
            }
            None => Profile {
                name: kind,
                family: ChannelFamily::Chat,
                public: false,
                subjects: false,
                quotes: false,
                gap_ms: 24 * HOUR_MS,
            },
        }
    }

    /// The profiles known from the start, in the order of the table.
    pub fn profiles() -> Vec<Profile> {
        PROFILES.iter().map(|row| Self::new(row.0).profile()).collect()
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&str> for Channel {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_in_the_table_is_found_once() {
        let mut seen = std::collections::BTreeSet::new();
        for row in PROFILES {
            assert_eq!(Channel::new(row.0).profile().name, row.0);
            for name in std::iter::once(&row.0).chain(row.1) {
                assert!(seen.insert(*name), "{name} stands twice");
            }
        }
    }
}
