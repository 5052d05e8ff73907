//! Whether a machine wrote a message: out of office, bounce, receipt.
//!
//! RFC 3834 gives the header `Auto-Submitted`; older programs have headers of their own, and many
//! say it in the subject only; reports of delivery have a content type (RFC 3464, RFC 8098) and an empty
//! return path (RFC 5321, 4.5.5). Subjects are read in 21 languages. Mailing lists and newsletters are not answers and do not count.

use crate::model::Message;

/// Headers whose presence says it, with the values that take it back.
const HEADERS: &[(&str, &[&str])] = &[
    ("auto-submitted", &["no"]),
    ("x-autoreply", &["no"]),
    ("x-autorespond", &["no"]),
    ("x-failed-recipients", &[]),
    ("x-ms-exchange-generated-message-source", &[]),
    ("x-autoreply-from", &[]),
    ("x-mail-autoreply", &["no"]),
    ("x-auto-reply", &["no"]),
];

/// How subjects of such mails begin, folded to lower case: mail programs' own wording.
#[rustfmt::skip]
const SUBJECTS: &[&str] = &[
    // English
    "automatic reply:", "auto reply:", "auto-reply:", "autoreply:", "auto response:", "out of office:",
    "out of office reply", "out of the office", "undelivered mail returned to sender", "undeliverable:",
    "delivery status notification", "mail delivery failed", "mail delivery failure", "mail delivery system",
    "returned mail:", "delivery failure", "failure notice", "read:", "not read:",
    // German, Dutch
    "automatische antwort", "abwesenheitsnotiz", "abwesend:", "abwesenheit:", "unzustellbar:", "gelesen:",
    "automatisch antwoord", "afwezig:", "afwezigheid", "niet aanwezig", "onbestelbaar:", "gelezen:",
    // French, Spanish, Italian, Portuguese, Romanian
    "réponse automatique", "absence du bureau", "absent du bureau", "message d'absence", "non remis :", "lu :",
    "respuesta automática", "fuera de la oficina", "fuera de oficina", "no se puede entregar:", "leído:",
    "risposta automatica", "fuori sede", "fuori ufficio", "non recapitabile:", "letto:",
    "resposta automática", "fora do escritório", "ausência temporária", "não entregue:", "lida:",
    "răspuns automat", "absent din birou",
    // Swedish, Danish, Norwegian, Finnish
    "automatiskt svar", "frånvaro:", "frånvarande", "automatisk svar", "autosvar", "ikke til stede",
    "fravær:", "fraværende", "automaattinen vastaus", "poissa:", "poissaoloilmoitus",
    // Polish, Czech, Slovak, Hungarian, Turkish, Greek
    "automatyczna odpowiedź", "odpowiedź automatyczna", "poza biurem", "nieobecność", "automatická odpověď",
    "automatická odpoveď", "mimo kancelář", "automatikus válasz", "házon kívül", "otomatik yanıt",
    "otomatik yanit", "ofis dışında", "αυτόματη απάντηση", "εκτός γραφείου",
    // Russian, Ukrainian
    "автоматический ответ", "автоответ", "вне офиса", "нет на работе", "автоматична відповідь",
    // Chinese, Japanese, Korean, Arabic, Hebrew
    "自动回复", "自動回覆", "不在办公室", "自動返信", "自動応答", "不在通知", "자동 회신", "자동회신", "부재중",
    "رد تلقائي", "תשובה אוטומטית", "מענה אוטומטי",
];

/// Whether a machine wrote `message`.
pub(super) fn wrote(message: &Message) -> bool {
    wrote_without(message) || message.subject.as_deref().is_some_and(begins_like_one)
}

/// Whether something else than its subject says that a machine wrote `message`.
pub(super) fn wrote_without(message: &Message) -> bool {
    message.auto || by_header(message) || by_author(message)
}

fn by_header(message: &Message) -> bool {
    message.headers.iter().any(|(name, value)| {
        let (name, value) = (name.to_lowercase(), value.trim().to_lowercase());
        let known = HEADERS.iter().find(|row| row.0 == name);
        known.is_some_and(|row| !row.1.contains(&value.as_str()))
            || (name == "precedence" && (value == "auto_reply" || value == "auto-reply"))
            || (name == "return-path" && value == "<>")
            || (name == "content-type" && is_report(&value))
    })
}

/// A delivery or reading report (RFC 3464, RFC 8098).
fn is_report(content_type: &str) -> bool {
    let kinds = ["delivery-status", "disposition-notification"];
    content_type.starts_with("multipart/report") && kinds.iter().any(|kind| content_type.contains(kind))
}

fn by_author(message: &Message) -> bool {
    let local = message.author.handle.split('@').next().unwrap_or_default();
    local.eq_ignore_ascii_case("mailer-daemon") || local.eq_ignore_ascii_case("postmaster")
}

/// Whether a subject begins as programs begin their answers.
pub(super) fn begins_like_one(subject: &str) -> bool {
    let subject = subject.trim_start();
    // Nearly all subjects: nothing need be folded to see that they begin otherwise.
    if subject.is_ascii() {
        let head = |wording: &str| subject.as_bytes().get(..wording.len());
        let begins =
            |wording: &str| head(wording).is_some_and(|head| head.eq_ignore_ascii_case(wording.as_bytes()));
        let first = subject.bytes().next().unwrap_or_default().to_ascii_lowercase();
        return SUBJECTS.iter().any(|wording| wording.as_bytes()[0] == first && begins(wording));
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
        assert!(!with("Precedence", "list") && !with("Precedence", "bulk"));
        assert!(with("precedence", "auto_reply") && with("Return-Path", "<>"));
        assert!(!with("Return-Path", "<ana@x.io>") && !with("Content-Type", "multipart/mixed"));
        assert!(with("Content-Type", "multipart/report; report-type=delivery-status; boundary=x"));
        let subject = Message { subject: Some("Abwesenheitsnotiz: Angebot".into()), ..plain.clone() };
        assert!(wrote(&subject));
        for line in [
            "Out of Office: Lamp",
            "Réponse automatique : Lampe",
            "Fuera de la oficina: Lámpara",
            "Fuori ufficio",
            "Resposta automática: Lâmpada",
            "Afwezig: Lamp",
            "Frånvaro: Lampa",
            "Automatisk svar",
            "Poissa: Lamppu",
            "Poza biurem",
            "Автоответ: Лампа",
            "자동 회신: 램프",
            "自動返信: ランプ",
            "رد تلقائي",
        ] {
            assert!(wrote(&Message { subject: Some(line.into()), ..plain.clone() }), "{line}");
        }
        for line in ["Re: Automatic reply to my lamp", "An automatic lamp", "Reading lamp", "Office lamp"] {
            assert!(!wrote(&Message { subject: Some(line.into()), ..plain.clone() }), "{line}");
        }
        let bounce = Message { author: crate::model::Participant::from_text("MAILER-DAEMON@x.io"), ..plain };
        assert!(wrote(&bounce));
    }
}
