//! Whether a machine wrote a message: out of office, bounce, receipt.
//!
//! RFC 3834 gives the header `Auto-Submitted`; older programs have headers of their own, and many
//! say it in the subject only. Mailing lists and newsletters are not answers and do not count.

use crate::model::Message;

/// Headers whose presence says it, with the values that take it back.
const HEADERS: &[(&str, &[&str])] = &[
    ("auto-submitted", &["no"]),
    ("x-autoreply", &["no"]),
    ("x-autorespond", &["no"]),
    ("x-failed-recipients", &[]),
    ("x-ms-exchange-generated-message-source", &[]),
];

/// How subjects of such mails begin, folded to lower case: mail programs' own wording.
const SUBJECTS: &[&str] = &[
    "automatic reply:",
    "auto reply:",
    "auto-reply:",
    "autoreply:",
    "out of office:",
    "out of office reply",
    "out of the office",
    "automatische antwort:",
    "abwesenheitsnotiz:",
    "abwesend:",
    "réponse automatique",
    "respuesta automática",
    "risposta automatica",
    "resposta automática",
    "automatisch antwoord",
    "automatiskt svar",
    "automatisk svar",
    "autosvar",
    "automaattinen vastaus",
    "automatyczna odpowiedź",
    "автоматический ответ",
    "自動返信",
    "自动回复",
    "undelivered mail returned to sender",
    "undeliverable:",
    "unzustellbar:",
    "delivery status notification",
    "mail delivery failed",
    "mail delivery failure",
    "returned mail:",
    "delivery failure",
    "failure notice",
    "read:",
    "gelesen:",
];

/// Whether a machine wrote `message`.
pub(super) fn wrote(message: &Message) -> bool {
    message.auto || by_header(message) || by_author(message) || by_subject(message)
}

fn by_header(message: &Message) -> bool {
    message.headers.iter().any(|(name, value)| {
        let (name, value) = (name.to_lowercase(), value.trim().to_lowercase());
        let known = HEADERS.iter().find(|row| row.0 == name);
        known.is_some_and(|row| !row.1.contains(&value.as_str()))
            || (name == "precedence" && (value == "auto_reply" || value == "auto-reply"))
    })
}

fn by_author(message: &Message) -> bool {
    let local = message.author.handle.split('@').next().unwrap_or_default();
    local.eq_ignore_ascii_case("mailer-daemon") || local.eq_ignore_ascii_case("postmaster")
}

fn by_subject(message: &Message) -> bool {
    let Some(subject) = &message.subject else { return false };
    let subject = subject.trim_start();
    // Nearly all subjects: nothing need be folded to see that they begin otherwise.
    if subject.is_ascii() {
        let head = |wording: &str| subject.as_bytes().get(..wording.len());
        let begins = |wording: &&str| head(wording).is_some_and(|head| head.eq_ignore_ascii_case(wording.as_bytes()));
        return SUBJECTS.iter().any(begins);
    }
    // The longest wording has 36 letters; the rest of a long subject need not be folded.
    let head: String = subject.chars().take(48).flat_map(char::to_lowercase).collect();
    SUBJECTS.iter().any(|wording| head.starts_with(wording))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn machines_give_themselves_away() {
        let plain = Message::new("1", "email", "ana@x.io", Timestamp(0), "");
        assert!(!wrote(&plain));
        let with = |name: &str, value: &str| {
            let mut message = plain.clone();
            message.headers.insert(name.to_owned(), value.to_owned());
            wrote(&message)
        };
        assert!(with("Auto-Submitted", "auto-replied"));
        assert!(!with("auto-submitted", "no"));
        assert!(!with("Precedence", "list"));
        let subject = Message { subject: Some("Abwesenheitsnotiz: Angebot".into()), ..plain.clone() };
        assert!(wrote(&subject));
        let bounce = Message { author: crate::model::Participant::from_text("MAILER-DAEMON@x.io"), ..plain };
        assert!(wrote(&bounce));
    }
}
