//! E-mail addresses: one normal form for the ways one mailbox is written.
//!
//! Wrappings go (`mailto:`, `"Ana" <ana@x.io>`), letters become lower case, domains in punycode become
//! letters, a `+tag` after the name is set aside, and the rules of large providers apply: Google ignores
//! dots and owns `googlemail.com`, Yahoo puts a tag behind a hyphen, Apple, Proton and Yandex hand one
//! mailbox out under several domains. Role mailboxes (`info@`) and throw-away providers are flagged,
//! because neither names a person.
//!
//! The normal form is for comparing. It takes a tag away from every domain, since hardly anybody has a
//! plus in the name; where the provider's own rules do not say so, the address to write to is kept
//! beside it.
//!
//! Sources: RFC 5321 section 4.1.2 and RFC 5322 section 3.4.1 (syntax and limits), RFC 5233
//! (subaddresses), RFC 6531 (letters beyond ASCII), RFC 6068 (mailto), RFC 3492 (`punycode.rs`), and the
//! help pages of the providers. Cost: linear; one allocation for an address without tag and dots.

use std::borrow::Cow;

use serde::Serialize;
use unicode_normalization::UnicodeNormalization;

use super::fold::is_invisible;
use super::punycode;

/// An e-mail address as read.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct Email {
    normal: String,
    #[serde(skip)]
    at: usize,
    /// The address to write to, where the normal form may be another mailbox: with its tag where the
    /// provider is unknown, and under the domain it was given where a provider has several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
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
    /// assert_eq!(Email::read("ana+news@x.io").unwrap().address(), "ana+news@x.io");
    /// assert!(Email::read("ana at x.io").is_none());
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        if text.len() > MAX_TEXT {
            return None;
        }
        let lower = in_lower_case(unwrapped(text)?);
        let place = lower.bytes().rposition(|byte| byte == b'@')?;
        let (local, written) = (&lower[..place], &lower[place + 1..]);
        if local.len() > MAX_LOCAL || !is_local(local) || !is_domain(written) {
            return None;
        }
        let domain = in_letters(written);
        let provider = Provider::of(&domain);
        let (name, tag) = provider.split_tag(local);
        let tag = tag.map(str::to_owned);
        let name = provider.without_dots(name);
        if name.is_empty() {
            return None;
        }
        let kept = if provider.known { &name } else { local };
        let home = if provider.merges { provider.domain } else { &domain };
        let address = (*kept != *name || home != provider.domain).then(|| joined(kept, home));
        let (role, disposable) = (is_role(&name), is_disposable(provider.domain));
        let at = name.len();
        let changed = *name != *local || provider.domain != written;
        let normal = if changed { joined(&name, provider.domain) } else { lower };
        Some(Self { normal, at, address, tag, role, disposable })
    }

    /// The normal form: equal if and only if two addresses reach the same mailbox, as far as the
    /// text tells.
    pub fn normal(&self) -> &str {
        &self.normal
    }

    /// The normal form, given away.
    #[cfg(feature = "resolve")]
    pub(crate) fn into_normal(self) -> String {
        self.normal
    }

    /// The address to write to: nothing is left out that the provider is not known to ignore.
    pub fn address(&self) -> &str {
        self.address.as_deref().unwrap_or(&self.normal)
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

fn joined(local: &str, domain: &str) -> String {
    let mut address = String::with_capacity(local.len() + 1 + domain.len());
    address.push_str(local);
    address.push('@');
    address.push_str(domain);
    address
}

/// In lower case, and with letters composed where there are any beyond ASCII.
fn in_lower_case(address: &str) -> String {
    if address.is_ascii() { address.to_ascii_lowercase() } else { address.to_lowercase().nfc().collect() }
}

/// The domain with its labels in punycode decoded, where that gives a domain.
fn in_letters(domain: &str) -> Cow<'_, str> {
    if !has_punycode(domain) {
        return Cow::Borrowed(domain);
    }
    let letters: Vec<Cow<'_, str>> = domain.split('.').map(label_in_letters).collect();
    let letters = letters.join(".");
    if is_domain(&letters) { Cow::Owned(letters) } else { Cow::Borrowed(domain) }
}

/// Whether a label begins with the mark of punycode. Two hyphens are rare, so they are looked for first.
fn has_punycode(domain: &str) -> bool {
    domain.as_bytes().windows(2).any(|pair| pair == b"--")
        && domain.split('.').any(|label| label.starts_with(punycode::MARK))
}

/// The label in letters, if those are the ones that a reader of letters would give it.
fn label_in_letters(label: &str) -> Cow<'_, str> {
    match punycode::decoded(label) {
        Some(letters) if in_lower_case(&letters) == letters && is_label(&letters) => Cow::Owned(letters),
        _ => Cow::Borrowed(label),
    }
}

/// What a provider makes of an address.
struct Provider<'a> {
    /// The one domain under which its aliases are the same mailbox.
    domain: &'a str,
    /// Whether mail to the aliases is rather written to that domain.
    merges: bool,
    /// Whether its rules are known, so that a tag is one for sure.
    known: bool,
    /// What stands before a tag.
    mark: char,
    /// Whether dots in the name do not count; of the large providers only Google's do not.
    ignores_dots: bool,
}

impl<'a> Provider<'a> {
    fn of(domain: &'a str) -> Self {
        let plain = Self { domain, merges: false, known: true, mark: '+', ignores_dots: false };
        match domain {
            "gmail.com" | "googlemail.com" => {
                Self { domain: "gmail.com", merges: true, ignores_dots: true, ..plain }
            }
            "yandex.ru" | "ya.ru" | "yandex.kz" | "yandex.ua" | "yandex.com" | "yandex.by" => {
                Self { domain: "yandex.ru", merges: true, ..plain }
            }
            "icloud.com" | "mac.com" | "me.com" => Self { domain: "icloud.com", ..plain },
            "proton.me" | "pm.me" | "protonmail.com" | "protonmail.ch" => {
                Self { domain: "proton.me", ..plain }
            }
            "msn.com" | "passport.com" | "fastmail.com" | "fastmail.fm" => plain,
            "ymail.com" | "rocketmail.com" => Self { mark: '-', ..plain },
            _ => match domain.split_once('.') {
                Some(("outlook" | "hotmail" | "live", rest)) if is_country_or_com(rest) => plain,
                Some(("yahoo", rest)) if is_country_or_com(rest) => Self { mark: '-', ..plain },
                _ => Self { known: false, ..plain },
            },
        }
    }

    /// `name` and the tag after its first mark; a name may begin with a mark.
    fn split_tag<'b>(&self, local: &'b str) -> (&'b str, Option<&'b str>) {
        if local.starts_with('"') {
            return (local, None);
        }
        match local.split_once(self.mark) {
            Some((name, tag)) if !name.is_empty() => (name, (!tag.is_empty()).then_some(tag)),
            _ => (local, None),
        }
    }

    fn without_dots<'b>(&self, name: &'b str) -> Cow<'b, str> {
        if self.ignores_dots && name.bytes().any(|byte| byte == b'.') && !name.starts_with('"') {
            return Cow::Owned(name.replace('.', ""));
        }
        Cow::Borrowed(name.trim_end_matches('.'))
    }
}

/// Whether the rest of a provider's domain is `com`, `de`, `co.uk`, `com.br`, and so on.
fn is_country_or_com(rest: &str) -> bool {
    let country = rest.strip_prefix("co.").or_else(|| rest.strip_prefix("com.")).unwrap_or(rest);
    rest == "com" || country.len() == 2
}

/// The bare address inside display name, angle brackets, `mailto:` and stray punctuation.
fn unwrapped(text: &str) -> Option<&str> {
    let mut text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || is_invisible(c));
    if let Some(open) = text.bytes().rposition(|byte| byte == b'<') {
        let inside = text[open + 1..].trim();
        text = inside.strip_suffix('>')?.trim();
    }
    if text.get(..7).is_some_and(|head| head.eq_ignore_ascii_case("mailto:")) {
        text = text[7..].split('?').next()?;
    }
    let text = text.trim_end_matches([',', ';']).trim();
    Some(text)
}

fn is_local(local: &str) -> bool {
    if let Some(inside) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return is_quoted(inside);
    }
    let mut before = b'.';
    for &byte in local.as_bytes() {
        if byte == b'.' && before == b'.' || KINDS[usize::from(byte)] & LOCAL == 0 {
            return false;
        }
        before = byte;
    }
    before != b'.' && (local.is_ascii() || local.chars().all(|c| c.is_ascii() || is_foreign(c)))
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

/// What a byte may stand in, one bit each: before the `@` outside quotes (RFC 5322 `atext` and the dot),
/// and in a label of a domain (RFC 1035 section 2.3.1). Bytes of letters beyond ASCII (RFC 6531) pass
/// here; the letters are looked at as such.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let foreign = byte > 127;
        let c = byte as u8;
        if foreign || c.is_ascii_alphanumeric() || c == b'-' {
            kinds[byte] = LOCAL | LABEL;
        } else if matches!(c, b'.' | b'!' | b'#'..=b'\'' | b'*' | b'+' | b'/' | b'=' | b'?' | b'^'..=b'`' | b'{'..=b'~')
        {
            kinds[byte] = LOCAL;
        }
        byte += 1;
    }
    kinds
};
const LOCAL: u8 = 1;
const LABEL: u8 = 2;

/// Letters and digits of other scripts.
fn is_foreign(c: char) -> bool {
    c.is_alphanumeric() && !is_wide(c)
}

/// Full-width forms are no part of an address: no mail system accepts them.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{FF00}'..='\u{FFEF}')
}

/// Two labels and more of up to 63 letters, digits and inner hyphens (RFC 1035 section 2.3.1), of which
/// the last has two letters at least and is no number.
fn is_domain(domain: &str) -> bool {
    if domain.len() > MAX_DOMAIN || !domain.is_ascii() && !is_foreign_domain(domain) {
        return false;
    }
    let bytes = domain.as_bytes();
    let (mut start, mut dots) = (0, 0);
    for (place, &byte) in bytes.iter().enumerate() {
        if byte == b'.' {
            if !is_bounded(&bytes[start..place]) {
                return false;
            }
            (start, dots) = (place + 1, dots + 1);
        } else if KINDS[usize::from(byte)] & LABEL == 0 {
            return false;
        }
    }
    let last = &bytes[start..];
    dots > 0
        && is_bounded(last)
        && domain[start..].chars().nth(1).is_some()
        && !last.iter().all(u8::is_ascii_digit)
}

/// Whether a label is neither empty nor too long, nor has a hyphen at an end.
fn is_bounded(label: &[u8]) -> bool {
    matches!(label, [first, .., last] if *first != b'-' && *last != b'-') && label.len() <= 63
        || matches!(label, [only] if *only != b'-')
}

fn is_foreign_domain(domain: &str) -> bool {
    domain.chars().all(|c| c.is_ascii() || is_foreign(c))
}

fn is_label(label: &str) -> bool {
    is_bounded(label.as_bytes())
        && label.bytes().all(|byte| KINDS[usize::from(byte)] & LABEL != 0)
        && is_foreign_domain(label)
}

fn is_role(name: &str) -> bool {
    is_among(ROLES, &ROLE_SIEVE, name)
}

fn is_disposable(domain: &str) -> bool {
    is_among(DISPOSABLE, &DISPOSABLE_SIEVE, domain)
}

/// Whether `word` is in the sorted list. Most words are not, and the sieve tells nine of ten of them.
fn is_among(list: &[&str], sieve: &Sieve, word: &str) -> bool {
    let hole = hole(word.as_bytes());
    sieve[hole / 64] >> (hole % 64) & 1 == 1 && list.binary_search(&word).is_ok()
}

/// One bit for each way a word of a list begins, ends and is long.
type Sieve = [u64; 64];

const fn sieve(list: &[&str]) -> Sieve {
    let mut sieve = [0; 64];
    let mut place = 0;
    while place < list.len() {
        let hole = hole(list[place].as_bytes());
        sieve[hole / 64] |= 1 << (hole % 64);
        place += 1;
    }
    sieve
}

/// The bit of a word: its length, first and last letters, mixed by a multiplication.
const fn hole(word: &[u8]) -> usize {
    let (first, second, last) = match word {
        [first, second, .., last] => (*first, *second, *last),
        [first, rest @ ..] => (*first, 0, if let [last] = rest { *last } else { 0 }),
        [] => (0, 0, 0),
    };
    let mixed = (word.len() as u64) << 24 | (first as u64) << 16 | (second as u64) << 8 | last as u64;
    (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52) as usize
}

static ROLE_SIEVE: Sieve = sieve(ROLES);
static DISPOSABLE_SIEVE: Sieve = sieve(DISPOSABLE);

/// Mailboxes that stand for a role, after RFC 2142 and what businesses of several languages publish;
/// sorted.
#[rustfmt::skip]
const ROLES: &[&str] = &[
    "abuse", "accounting", "accounts", "accueil", "achats", "adm", "admin", "administracion",
    "administracja", "administratie", "administration", "administrativo", "administrator", "affiliates",
    "agb", "all", "anfrage", "assistenza", "atencionalcliente", "atendimento", "autoreply", "b2b",
    "backoffice", "bewerbung", "bewerbungen", "billing", "biuro", "booking", "bookings", "bounce",
    "bounces", "boutique", "buchhaltung", "bursar", "career", "careers", "clientes", "clients",
    "comercial", "commande", "commandes", "commercial", "commerciale", "communication", "compliance",
    "comptabilite", "comunicacion", "comunicazione", "contabilidad", "contabilita", "contact", "contacto",
    "contactos", "contactus", "contato", "customer", "customer-service", "customercare", "customers",
    "customerservice", "customersupport", "daemon", "datenschutz", "dev", "direccion", "direction",
    "direktion", "do-not-reply", "donotreply", "dpo", "einkauf", "empfang", "empleo", "enquiries",
    "enquiry", "events", "export", "facturacion", "faktura", "faktury", "fattura", "fatturazione",
    "feedback", "finance", "financeiro", "fragen", "ftp", "gerencia", "geschaeftsleitung", "hallo", "hei",
    "hej", "hello", "help", "helpdesk", "hola", "hospitality", "hostmaster", "hotline", "hr", "iletisim",
    "impressum", "inbox", "info", "informacion", "informatie", "information", "informations",
    "informazioni", "infos", "inkoop", "inquiries", "inquiry", "invoice", "invoices", "it", "it-support",
    "jobb", "jobs", "karriere", "klantenservice", "klient", "kontakt", "kundendienst", "kundenservice",
    "kundservice", "kundtjanst", "legal", "list", "logistics", "logistik", "lojistik", "mail", "mailer",
    "mailer-daemon", "marketing", "marknad", "media", "membership", "mercadeo", "muhasebe", "news",
    "newsletter", "no-reply", "no_reply", "noc", "noreplies", "noreply", "notification", "notifications",
    "oferty", "office", "operations", "orders", "ordini", "payments", "pedidos", "personalabteilung",
    "phishing", "pos", "post", "postkasse", "postmaster", "pr", "praxis", "prensa", "press", "presse",
    "pressoffice", "privacy", "procurement", "prodaja", "prodazhi", "produktion", "projekte", "purchase",
    "purchasing", "qa", "quality", "recepcion", "receptie", "reception", "rechnung", "rechnungen",
    "reclamaciones", "recruiting", "redaccion", "redaktion", "redazione", "registrar", "reservations",
    "rezeption", "rezerwacja", "rh", "root", "rrhh", "sac", "sales", "sales-team", "salg", "salgs",
    "satis", "secretaria", "secretariat", "security", "segreteria", "seguridad", "sekretariat", "service",
    "service-clients", "services", "servicios", "servis", "shop", "sklep", "soporte", "sprzedaz", "staff",
    "statements", "subscribe", "sugerencias", "suporte", "support", "support-team", "supporto", "team",
    "tech", "technik", "teknik", "tickets", "ufficio", "unsubscribe", "usenet", "uucp", "vendas",
    "vendite", "ventas", "ventes", "verkauf", "verkoop", "vertrieb", "verwaltung", "web", "webadmin",
    "webmaster", "webteam", "welcome", "werbung", "wholesale", "www", "zakaz", "zakazy", "zamowienia",
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
        fn a_normal_form_reads_as_itself(text in "[a-zA-Z.+\"é ]{1,8}@[a-zA-Z.Ü-]{1,8}\\.[a-z]{1,3}|\\PC{1,6}@(gmail|ya|yahoo|me)\\.(com|ru)|[a-z+-]{1,8}@xn--[a-z0-9-]{1,12}\\.de") {
            if let Some(email) = Email::read(&text) {
                let again = Email::read(email.normal());
                prop_assert_eq!(again.as_ref().map(Email::normal), Some(email.normal()));
            }
        }
    }
}
