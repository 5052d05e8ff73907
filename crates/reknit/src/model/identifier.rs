//! A value that points at one entity: an e-mail address, a phone number, a handle.
//!
//! Three facts beside the value keep strangers apart. The **scope** says where the value is unique:
//! a WhatsApp business-scoped user id means something only inside one business portfolio, a user id
//! only on its platform. The **assurance** says whether the holder proved it (an answered mail, a
//! platform's own sender id) or only typed it. The **validity** says when it was theirs: phone
//! numbers are handed to the next customer.

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// The kinds of identifier.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// An e-mail address.
    Email,
    /// A phone number in any notation.
    Phone,
    /// A name on a network or the URL of a profile (`@ana`, `https://x.com/ana`).
    Handle,
    /// A number or token a platform gave out: unique inside its scope, never read as text.
    PlatformId,
    /// A number a state or an institution gave to one person (social security, passport, VAT id).
    NationalId,
}

/// Whether the holder proved that an identifier is theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assurance {
    /// Nothing is known about it: the ordinary state of a CRM field.
    #[default]
    Unknown,
    /// Somebody only said so, in a chat or a form; never enough for a merge on its own.
    Claimed,
    /// Proved: a confirmed mail, a signed login, the platform's own sender id.
    Verified,
}

/// One identifier of a record.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// The value as the source wrote it.
    pub value: String,
    /// Where the value is unique: a platform, a business portfolio, an inbox. `None` = everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// Whether the holder proved it.
    #[serde(default)]
    pub assurance: Assurance,
    /// When it became theirs, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Timestamp>,
    /// When it stopped being theirs, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Timestamp>,
}

impl Identifier {
    /// An identifier valid everywhere and always, of unknown assurance.
    pub fn new(kind: IdentifierKind, value: impl Into<String>) -> Self {
        Self {
            kind,
            value: value.into(),
            scope: None,
            assurance: Assurance::Unknown,
            valid_from: None,
            valid_to: None,
        }
    }

    /// The same, unique only inside `scope`.
    #[must_use]
    pub fn scoped(mut self, scope: impl Into<String>) -> Self {
        self.scope = Some(scope.into());
        self
    }

    /// The same with another assurance.
    #[must_use]
    pub fn assured(mut self, assurance: Assurance) -> Self {
        self.assurance = assurance;
        self
    }
}
