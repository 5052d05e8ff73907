//! Whether a cell says that somebody may be written to.
//!
//! The column's name gives the direction (`newsletter: yes` lets, `do_not_call: yes` forbids), the cell
//! the answer. Words that say it in full (`unsubscribed`) mean the same in either. What is in neither
//! list, `pending` for one, is no consent. Cost: one look at two short lists per distinct value.

use serde::{Deserialize, Serialize};

use crate::model::FieldKind;
use crate::text::fold::fold;

/// What a cell says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Consent {
    /// Allowed.
    OptIn,
    /// Neither allowed nor forbidden in words we know; treat it as forbidden.
    Unknown,
    /// Forbidden.
    OptOut,
}

/// What a plain `yes` means in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Allows,
    Forbids,
}

/// Parts of folded column names in which `yes` forbids. Looked at first: `unsubscribed` has `subscri`.
const FORBIDS: &[&str] = &[
    "optout",
    "optedout",
    "unsubscri",
    "donot",
    "dontcontact",
    "dontcall",
    "dnc",
    "noemail",
    "nocall",
    "nocontact",
    "nomarketing",
    "suppress",
    "abgemeldet",
    "widerspruch",
];
/// Parts of folded column names in which `yes` allows.
const ALLOWS: &[&str] =
    &["consent", "optin", "optedin", "subscri", "newsletter", "permission", "einwilligung", "consentement"];
/// Endings of columns that tell about a consent and are none (`consent_date`, `newsletter_source`).
const ABOUT: &[&str] = &["date", "time", "at", "on", "source", "plan", "type", "text", "id", "version"];

const YES: &[&str] =
    &["yes", "y", "true", "t", "1", "on", "x", "ja", "j", "si", "oui", "sim", "tak", "wahr", "vrai"];
const NO: &[&str] =
    &["no", "n", "false", "f", "0", "off", "never", "nein", "non", "nee", "nej", "nao", "falsch", "faux"];
const IN: &[&str] = &[
    "optin",
    "optedin",
    "doubleoptin",
    "subscribed",
    "subscribe",
    "confirmed",
    "granted",
    "given",
    "agreed",
    "accepted",
    "allowed",
    "angemeldet",
    "erteilt",
];
const OUT: &[&str] = &[
    "optout",
    "optedout",
    "unsubscribed",
    "unsubscribe",
    "declined",
    "denied",
    "refused",
    "rejected",
    "revoked",
    "withdrawn",
    "blocked",
    "suppressed",
    "donotcontact",
    "donotcall",
    "donotemail",
    "donotmail",
    "dnc",
    "abgemeldet",
    "widerrufen",
    "abgelehnt",
];

impl Direction {
    /// The direction of the column `name`, if it is about consent at all.
    pub(super) fn of_column(name: &str, kind: FieldKind) -> Option<Self> {
        if kind != FieldKind::Other {
            return None;
        }
        let last = name.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
        let name = letters(name);
        let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
        if ABOUT.contains(&letters(last).as_str()) {
            None
        } else if has(FORBIDS) {
            Some(Self::Forbids)
        } else {
            has(ALLOWS).then_some(Self::Allows)
        }
    }
}

impl Consent {
    /// Reads one cell.
    pub(super) fn read(text: &str, direction: Direction) -> Self {
        // Columns with gaps come out of data frames as floats.
        let text = match text.trim() {
            "1.0" => "1",
            "0.0" => "0",
            other => other,
        };
        let word = letters(text);
        let is = |words: &[&str]| words.contains(&word.as_str());
        match direction {
            _ if is(OUT) => Self::OptOut,
            _ if is(IN) => Self::OptIn,
            Direction::Allows if is(YES) => Self::OptIn,
            Direction::Allows if is(NO) => Self::OptOut,
            Direction::Forbids if is(YES) => Self::OptOut,
            Direction::Forbids if is(NO) => Self::OptIn,
            _ => Self::Unknown,
        }
    }
}

/// Folded letters and digits only.
fn letters(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_column_says_what_yes_means() {
        let read = |column: &str, cell| {
            Direction::of_column(column, FieldKind::Other).map(|direction| Consent::read(cell, direction))
        };
        for (column, cell, wanted) in [
            ("newsletter", "Yes", Some(Consent::OptIn)),
            ("Newsletter", "0.0", Some(Consent::OptOut)),
            ("do_not_call", "yes", Some(Consent::OptOut)),
            ("Email Opt-Out", "false", Some(Consent::OptIn)),
            ("email_opt_out", "Opted in", Some(Consent::OptIn)),
            ("unsubscribed", "1", Some(Consent::OptOut)),
            ("marketing consent", "Unsubscribed", Some(Consent::OptOut)),
            ("gdpr_consent", "pending", Some(Consent::Unknown)),
            ("consent_date", "2026-01-01", None),
            ("colour", "yes", None),
        ] {
            assert_eq!(read(column, cell), wanted, "{column}: {cell}");
        }
        assert_eq!(Direction::of_column("newsletter", FieldKind::Email), None);
    }
}
