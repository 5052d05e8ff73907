//! What a file of messages can be.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The formats of messages; names are stable.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// One mail (RFC 5322).
    Eml,
    /// Mails one after the other (RFC 4155, mboxo and mboxrd).
    Mbox,
    /// Messages as Reknit writes them, one JSON object a line.
    Jsonl,
    /// The text file of "Export chat" in WhatsApp on Android or iOS.
    Whatsapp,
    /// `tweets.js` or `tweet.js` of an X (Twitter) archive.
    XTweets,
    /// `direct-messages.js` or `direct-messages-group.js` of an X (Twitter) archive.
    XDirectMessages,
    /// A day file of a Slack export: `CHANNEL/YYYY-MM-DD.json`.
    Slack,
    /// `result.json` of Telegram Desktop, of one chat or of the whole account.
    Telegram,
    /// Chatwoot's conversations and messages as its interface gives them, or its webhook events.
    Chatwoot,
    /// Zendesk's tickets with comments as its interface gives them, or its ticket export.
    Zendesk,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 10] = [
        Self::Eml,
        Self::Mbox,
        Self::Jsonl,
        Self::Whatsapp,
        Self::XTweets,
        Self::XDirectMessages,
        Self::Slack,
        Self::Telegram,
        Self::Chatwoot,
        Self::Zendesk,
    ];

    /// The stable name, in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eml => "eml",
            Self::Mbox => "mbox",
            Self::Jsonl => "jsonl",
            Self::Whatsapp => "whatsapp",
            Self::XTweets => "x_tweets",
            Self::XDirectMessages => "x_direct_messages",
            Self::Slack => "slack",
            Self::Telegram => "telegram",
            Self::Chatwoot => "chatwoot",
            Self::Zendesk => "zendesk",
        }
    }

    /// The format of this name.
    ///
    /// ```
    /// use reknit_messages::Format;
    /// assert_eq!(Format::of_name("slack"), Some(Format::Slack));
    /// ```
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_one_in_json() {
        for format in Format::ALL {
            let json = serde_json::to_string(&format).expect("plain data");
            assert_eq!(json, format!("\"{format}\""));
            assert_eq!(Format::of_name(format.name()), Some(format));
        }
    }
}
