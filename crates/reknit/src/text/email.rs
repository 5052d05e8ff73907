//! E-mail addresses: one normal form for the ways one mailbox is written.
//!
//! Wrappings go (`mailto:`, `"Ana" <ana@x.io>`), letters become lower case, a `+tag` after the name
//! is set aside, and the rules of large providers apply: Google ignores dots and owns
//! `googlemail.com`, Yandex hands one mailbox out under several domains. Role mailboxes (`info@`)
//! and throw-away providers are flagged, because neither names a person.
//!
//! Sources: RFC 5321 section 4.1.2 and RFC 5322 section 3.4.1 (syntax and limits), RFC 5233
//! (subaddresses), RFC 6531 (letters beyond ASCII), RFC 6068 (mailto). Domain names are not converted
//! to or from punycode. Cost: linear.

use serde::Serialize;

use super::fold::is_invisible;

/// An e-mail address as read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Email {
    normal: String,
    #[serde(skip)]
    at: usize,
    /// What stood between the name and the `@` to sort mail (`ana+news@x.io`), without the plus.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Whether the mailbox belongs to a role (`info@`, `support@`), not to a person.
    pub role: bool,
    /// Whether the domain gives out throw-away addresses.
    pub disposable: bool,
}

/// RFC 5321 section 4.5.3.1: at most 64 bytes before the `@`, 255 after it.
const MAX_LOCAL: usize = 64;
const MAX_DOMAIN: usize = 255;
/// Longest text looked at: a display name of 998 bytes (one line of RFC 5322) and an address.
const MAX_TEXT: usize = 998 + MAX_LOCAL + MAX_DOMAIN;

impl Email {
    /// Reads an address; `None` when the text is none.
    ///
    /// ```
    /// use reknit::text::email::Email;
    /// let email = Email::read("Ana P. <Ana.P+News@GoogleMail.com>").unwrap();
    /// assert_eq!(email.normal(), "anap@gmail.com");
    /// assert_eq!((email.local(), email.domain()), ("anap", "gmail.com"));
    /// assert_eq!(email.tag.as_deref(), Some("news"));
    /// assert!(Email::read("ana at x.io").is_none());
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let address = unwrapped(text)?;
        let (local, domain) = address.rsplit_once('@')?;
        let (local, domain) = (local.to_lowercase(), domain.to_lowercase());
        if local.len() > MAX_LOCAL || !is_local(&local) || !is_domain(&domain) {
            return None;
        }
        let domain = provider(domain);
        let (name, tag) = split_tag(&local);
        let mut normal = if ignores_dots(&domain) && !name.starts_with('"') {
            name.replace('.', "")
        } else {
            name.trim_end_matches('.').to_owned()
        };
        if normal.is_empty() {
            return None;
        }
        let role = ROLES.binary_search(&normal.as_str()).is_ok();
        let disposable = DISPOSABLE.binary_search(&domain.as_str()).is_ok();
        let at = normal.len();
        normal.push('@');
        normal.push_str(&domain);
        Some(Self { normal, at, tag: tag.map(str::to_owned), role, disposable })
    }

    /// The normal form: equal if and only if two addresses reach the same mailbox, as far as the
    /// text tells.
    pub fn normal(&self) -> &str {
        &self.normal
    }

    /// The part before the `@`, without the tag.
    pub fn local(&self) -> &str {
        &self.normal[..self.at]
    }

    /// The part after the `@`.
    pub fn domain(&self) -> &str {
        &self.normal[self.at + 1..]
    }
}

/// The bare address inside display name, angle brackets, `mailto:` and stray punctuation.
fn unwrapped(text: &str) -> Option<&str> {
    let mut text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c));
    if let Some(open) = text.rfind('<') {
        let inside = text[open + 1..].trim();
        text = inside.strip_suffix('>')?.trim();
    }
    if text.get(..7).is_some_and(|head| head.eq_ignore_ascii_case("mailto:")) {
        text = text[7..].split('?').next()?;
    }
    let text = text.trim_end_matches([',', ';']).trim();
    Some(text)
}

/// `name` and the tag after its first plus; a name may begin with a plus.
fn split_tag(local: &str) -> (&str, Option<&str>) {
    if local.starts_with('"') {
        return (local, None);
    }
    match local.split_once('+') {
        Some((name, tag)) if !name.is_empty() => (name, (!tag.is_empty()).then_some(tag)),
        _ => (local, None),
    }
}

fn is_local(local: &str) -> bool {
    if let Some(inside) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return is_quoted(inside);
    }
    !local.is_empty() && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_char))
}

/// RFC 5322 `quoted-string` without folding: quotes and backslashes only after a backslash.
fn is_quoted(inside: &str) -> bool {
    let mut escaped = false;
    for c in inside.chars() {
        match c {
            _ if c.is_control() => return false,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return false,
            _ => {}
        }
    }
    !inside.is_empty() && !escaped
}

/// RFC 5322 `atext`, and letters and digits of all scripts (RFC 6531).
#[rustfmt::skip]
fn is_atom_char(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(
            c,
            '!' | '#'
                | '$'
                | '%'
                | '&'
                | '\''
                | '*' | '+' | '-' | '/' | '=' | '?' | '^' | '_' | '`' | '{' | '|' | '}' | '~'
        )
        || (!c.is_ascii() && c.is_alphanumeric() && !is_wide(c))
}

/// Full-width forms are no part of an address: no mail system accepts them.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{FF00}'..='\u{FFEF}')
}

fn is_domain(domain: &str) -> bool {
    let mut labels = 0;
    let mut last = "";
    for label in domain.split('.') {
        if !is_label(label) {
            return false;
        }
        labels += 1;
        last = label;
    }
    domain.len() <= MAX_DOMAIN
        && labels >= 2
        && last.chars().nth(1).is_some()
        && !last.bytes().all(|b| b.is_ascii_digit())
}

/// RFC 1035 section 2.3.1: up to 63 letters, digits and inner hyphens.
fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| c == '-' || (c.is_alphanumeric() && !is_wide(c)))
}

/// The one domain under which a provider's aliases are the same mailbox.
fn provider(domain: String) -> String {
    match domain.as_str() {
        "googlemail.com" => "gmail.com".to_owned(),
        "ya.ru" | "yandex.kz" | "yandex.ua" | "yandex.com" | "yandex.by" => "yandex.ru".to_owned(),
        "mac.com" | "me.com" => "icloud.com".to_owned(),
        "pm.me" | "protonmail.com" | "protonmail.ch" => "proton.me".to_owned(),
        _ => domain,
    }
}

/// Google delivers `a.na@` and `ana@` to one mailbox; other large providers do not.
fn ignores_dots(domain: &str) -> bool {
    domain == "gmail.com"
}

/// Mailboxes that stand for a role, after RFC 2142 and what businesses publish; sorted.
#[rustfmt::skip]
const ROLES: &[&str] = &[
    "abuse", "accounting", "accounts", "admin", "administrator", "all", "anfrage", "billing", "booking",
    "bookings", "bounce", "bounces", "buchhaltung", "bursar", "careers", "compliance", "contact",
    "contacto", "contactus", "customercare", "customerservice", "datenschutz", "dev", "do-not-reply",
    "donotreply", "einkauf", "enquiries", "enquiry", "events", "feedback", "finance", "ftp", "hello",
    "help", "helpdesk", "hostmaster", "hr", "inbox", "info", "information", "inquiries", "inquiry",
    "invoice", "invoices", "it", "jobs", "kontakt", "legal", "list", "mail", "mailer-daemon", "marketing",
    "media", "news", "newsletter", "no-reply", "noc", "noreply", "office", "operations", "orders",
    "payments", "postmaster", "pr", "press", "privacy", "purchasing", "reception", "rechnung",
    "recruiting", "reservations", "root", "sales", "security", "service", "services", "shop", "staff",
    "subscribe", "support", "team", "tech", "unsubscribe", "usenet", "uucp", "ventas", "vertrieb", "web",
    "webmaster", "welcome", "www",
];

/// Throw-away providers a CRM meets most; sorted.
#[rustfmt::skip]
const DISPOSABLE: &[&str] = &[
    "10minutemail.com", "dispostable.com", "emailondeck.com", "fakeinbox.com", "getairmail.com",
    "getnada.com", "grr.la", "guerrillamail.biz", "guerrillamail.com", "guerrillamail.net",
    "guerrillamail.org", "mailcatch.com", "maildrop.cc", "mailinator.com", "mailnesia.com",
    "mintemail.com", "moakt.com", "mohmal.com", "sharklasers.com", "spamgourmet.com", "temp-mail.io",
    "temp-mail.org", "tempail.com", "tempmail.com", "throwawaymail.com", "trashmail.com", "trashmail.de",
    "yopmail.com", "yopmail.fr",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn tables_are_sorted() {
        assert!(ROLES.is_sorted_by(|a, b| a < b));
        assert!(DISPOSABLE.is_sorted_by(|a, b| a < b));
    }

    #[test]
    #[rustfmt::skip]
    fn what_is_no_address_is_refused() {
        for text in [
            "", "@", "ana", "ana@", "@x.io", "ana@x", "a b@x.io", "a@@x.io", "a..b@x.io", "a@x..io",
            "a@-x.io", "a@1.2.3.4",
        ] {
            assert_eq!(Email::read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_text_reads_or_not(text in any::<String>()) {
            let _ = Email::read(&text);
        }

        #[test]
        fn a_normal_form_reads_as_itself(text in "[a-zA-Z.+\"é ]{1,8}@[a-zA-Z.Ü-]{1,8}\\.[a-z]{1,3}|\\PC{1,6}@(gmail|ya)\\.(com|ru)") {
            if let Some(email) = Email::read(&text) {
                let again = Email::read(email.normal());
                prop_assert_eq!(again.as_ref().map(Email::normal), Some(email.normal()));
            }
        }
    }
}
