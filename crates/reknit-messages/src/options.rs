//! What a reader has to be told, because no export says it.

use std::collections::BTreeMap;

use reknit::model::Participant;
use reknit::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::{Format, slack, x};

/// The order of the parts of a date in a WhatsApp export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// Day, month, year.
    Dmy,
    /// Month, day, year.
    Mdy,
    /// Year, month, day.
    Ymd,
}

/// How a file is to be read.
///
/// | name | default | meaning | range |
/// |---|---|---|---|
/// | `format` | what `detect` finds | what the file is | the names of [`Format`] |
/// | `file_name` | empty | name or path: helps to know the format; says the channel of a Slack day file, the chat of a WhatsApp export, the ticket of Zendesk comments | |
/// | `channel` | by format and content | the channel of all messages | |
/// | `us` | none | who is "us": handles, names, addresses, or `@shop.example` for a domain. What they write is outbound, all else inbound; without it directions are those the export tells | |
/// | `utc_offset_minutes` | 0 | what local time is ahead of UTC, for exports without a zone (WhatsApp, old Telegram) | -1080 to 1080 |
/// | `date_order` | decided over the whole file | order of a WhatsApp date | `dmy`, `mdy`, `ymd` |
/// | `people` | none | who is behind a platform's ids; [`learn`] fills it | |
/// | `rooms` | none | names and members of rooms by a platform's ids; [`learn`] fills it | |
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// What the file is.
    pub format: Option<Format>,
    /// Its name or path.
    pub file_name: String,
    /// The channel of all messages.
    pub channel: Option<String>,
    /// Who is "us".
    pub us: Vec<String>,
    /// What local time is ahead of UTC, in minutes.
    pub utc_offset_minutes: i32,
    /// Order of a WhatsApp date.
    pub date_order: Option<DateOrder>,
    /// Who is behind a platform's ids.
    pub people: BTreeMap<String, Participant>,
    /// Members of direct conversations by room, as a platform calls both.
    pub rooms: BTreeMap<String, Vec<String>>,
}

/// RFC 9557 and all zones in use stay within 14 hours; ISO offsets within 18.
const MOST_MINUTES: i32 = 18 * 60;

impl Options {
    pub(crate) fn check(&self) -> Result<()> {
        if self.utc_offset_minutes.abs() > MOST_MINUTES {
            return Err(Error::config(format!(
                "`utc_offset_minutes` is {}; it goes from -{MOST_MINUTES} to {MOST_MINUTES}",
                self.utc_offset_minutes
            )));
        }
        Ok(())
    }

    /// The last part of the file name, and the folder before it.
    pub(crate) fn name_and_folder(&self) -> (&str, &str) {
        let mut parts = self.file_name.rsplit(['/', '\\']);
        let name = parts.next().unwrap_or_default();
        (name, parts.next().unwrap_or_default())
    }

    /// Whether somebody is one of `us`.
    ///
    /// ```
    /// use reknit_messages::Options;
    /// let options = Options { us: vec!["@shop.example".into()], ..Options::default() };
    /// let bo = reknit::model::Participant::from_text("Bo <bo@shop.example>");
    /// assert!(options.is_us(&bo));
    /// ```
    pub fn is_us(&self, person: &Participant) -> bool {
        let named = |known: &str, shown: &str| {
            let (known, shown) = (known.trim().to_lowercase(), shown.trim().to_lowercase());
            !shown.is_empty()
                && (known == shown
                    || known.trim_start_matches('@') == shown.trim_start_matches('@')
                    || (known.starts_with('@') && known.contains('.') && shown.ends_with(&known)))
        };
        self.us.iter().any(|known| {
            named(known, &person.handle) || person.name.as_deref().is_some_and(|name| named(known, name))
        })
    }
}

/// Takes up a file that holds no messages but says who is who: `users.json`, `channels.json`, `groups.json`,
/// `dms.json` and `mpims.json` of a Slack export, `account.js` of an X archive. Gives whether the file was one
/// of these, so that it need not be read for messages.
///
/// ```
/// use reknit_messages::{Options, learn};
/// let mut options = Options::default();
/// let users = br#"[{"id": "U1", "name": "ana", "profile": {"real_name": "Ana Petrova"}}]"#;
/// assert!(learn(users, "export/users.json", &mut options));
/// assert_eq!(options.people["U1"].handle, "ana");
/// ```
pub fn learn(bytes: &[u8], file_name: &str, options: &mut Options) -> bool {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    match name {
        "users.json" => slack::learn_users(bytes, options),
        "channels.json" | "groups.json" | "mpims.json" | "dms.json" => slack::learn_rooms(bytes, options),
        "account.js" => x::learn_account(bytes, options),
        _ => false,
    }
}
