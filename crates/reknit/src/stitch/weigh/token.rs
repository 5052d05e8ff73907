//! Tokens and numbers by which people and programs name one matter, and what sharing one weighs.
//!
//! Desks put a *token* where an answer brings it back: into an address (`reply+9f3a…@desk.io`,
//! `support+id1234@`), a subject (`[#12345]`, `Ticket#12345`, `(ref:_00D…:ref)`, `##12345##`, `[ACME-123]`) or
//! a Message-ID (`conversation/UUID/…`, `bug-123-…`). People name orders, parcels and invoices by their
//! *numbers*, in subjects and texts. Either is believed where the writer takes part: it is the same contact,
//! was addressed, or writes from the same company. Anybody can write a number, so from strangers it is a
//! question for a person and no more (a ticket number of another customer must not merge).
//!
//! What is frequent names nothing. A number needs a word or a mark in front (`order`, `Rechnung Nr.`, `#`) or
//! the form of a carrier or shop; 3 to 18 digits with a mark, 5 behind a bare word; years without a mark,
//! dates, versions, prices and times are left out, and texts of mail among equals are not read for numbers.
//! What more than [`MOST_CONTACTS`] contacts of the last few
//! messages share names nobody's matter, and each doubling of the conversations it stands in takes a bit off.
//!
//! Forms of tokens: the public documentation of Zendesk, Salesforce, Freshdesk, Jira, Bugzilla, GitHub and
//! Chatwoot; UPU S10 (2017) for parcels. Bits are round numbers set by hand: no set with tokens is open.
//! Cost: linear in the first bytes of subject and text; words are looked at only in front of digits.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::{ChannelFamily, Direction, Message, Participant, Profile};

use super::super::weight::{Finding, hash, hash_lower, span};

/// Bytes of a text that are read.
const MOST_TEXT: usize = 16_384;
/// Tokens of a message that are kept, and addresses and ids that are looked at.
const MOST_TOKENS: usize = 8;
const MOST_ADDRESSES: usize = 16;
const MOST_IDS: usize = 8;
/// Digits of a number: with a mark in front, behind a bare word, at most.
const MARKED_DIGITS: usize = 3;
const PLAIN_DIGITS: usize = 5;
const MOST_DIGITS: usize = 18;
const LONGEST: usize = 40;
/// What more contacts than this share is nobody's.
pub(crate) const MOST_CONTACTS: usize = 4;

/// Bits of a token in an address or an id, which a program made; of one in a subject.
const OPAQUE: f64 = 14.0;
const TICKET: f64 = 9.0;
/// Bits of a number of the same contact; of the same company.
const NUMBER: f64 = 7.0;
const COMPANY_NUMBER: f64 = 5.0;
/// From a stranger either is a question: a probability of one third.
const STRANGER: f64 = 2.2;
/// Each doubling of the conversations it stands in; of the silence beyond the channel's gap, and the most of
/// that.
const COMMON: f64 = -1.0;
const BEYOND_GAP: f64 = -0.5;
const MOST_BEYOND_GAP: f64 = -2.0;

/// Where a token comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    /// The number of an order, a parcel, an invoice.
    Number,
    /// Told by a mark or a word of a subject.
    Ticket,
    /// Part of an address or of an id.
    Opaque,
}

/// A token or a number as a hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Token {
    pub(crate) hash: u64,
    pub(crate) form: Form,
}

impl Token {
    fn new(form: Form, text: &str) -> Self {
        Self { hash: hash(text), form }
    }
}

/// How the writer of a message stands to a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tie {
    /// Takes no part.
    Stranger,
    /// Writes from the company of somebody who takes part.
    Company,
    /// Is the same contact, or was addressed.
    Part,
}

/// What speaks for going on with a conversation that holds the same token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shared {
    pub(crate) form: Form,
    pub(crate) tie: Tie,
    /// The conversations that hold it, as far as is looked back.
    pub(crate) conversations: usize,
    /// The silence since, and the gap of the channel, in milliseconds.
    pub(crate) silence_ms: Option<i64>,
    pub(crate) gap_ms: i64,
}

/// The findings for `shared`.
pub(crate) fn weigh(shared: Shared) -> Vec<Finding> {
    let (name, level, bits) = match (shared.form, shared.tie) {
        (Form::Number, Tie::Part) => ("number", "the same, and the same contact", NUMBER),
        (Form::Number, Tie::Company) => ("number", "the same, and the same company", COMPANY_NUMBER),
        (Form::Number, Tie::Stranger) => ("number", "the same, from somebody who takes no part", STRANGER),
        (_, Tie::Stranger) => ("token", "the same, from somebody who takes no part", STRANGER),
        (Form::Ticket, _) => ("token", "the same in the subject", TICKET),
        (Form::Opaque, _) => ("token", "the same in an address or an id", OPAQUE),
    };
    let mut findings = vec![Finding::new(name, level, bits)];
    if shared.conversations > 1 {
        let bits = COMMON * (shared.conversations as f64).log2();
        findings.push(Finding::new("common", format!("in {} conversations", shared.conversations), bits));
    }
    let beyond = shared.silence_ms.filter(|&silence| silence > shared.gap_ms);
    let believed = shared.form == Form::Number && shared.tie != Tie::Stranger;
    if let Some(silence) = beyond.filter(|_| believed) {
        let doublings = (silence as f64 / shared.gap_ms.max(1) as f64).log2();
        let bits = (BEYOND_GAP * doublings).max(MOST_BEYOND_GAP);
        findings.push(Finding::new("gap", span(silence), bits));
    }
    findings
}

/// The tokens and numbers of a subject line, the first first.
pub(crate) fn of_subject(line: &str) -> Box<[Token]> {
    let mut found = Vec::new();
    marks(line, &mut |token| found.push(Token::new(Form::Ticket, token)));
    codes(line, &mut |form, code| found.push(Token::new(form, code)));
    found.truncate(MOST_TOKENS);
    found.into()
}

/// The tokens and numbers of `message`, each once, sorted; `subject` are those of its subject.
pub(crate) fn read(message: &Message, profile: &Profile, subject: &[Token]) -> Box<[Token]> {
    let mut found = Vec::new();
    let mut add = |form: Form, text: &str| found.push(Token::new(form, text));
    if profile.subjects {
        desk_addresses(message, &mut |token| add(Form::Opaque, token));
    }
    if profile.family == ChannelFamily::Mail {
        for id in ids(message).take(MOST_IDS) {
            if let Some(token) = id_token(id) {
                add(Form::Opaque, &token);
            }
        }
    }
    found.extend_from_slice(subject);
    // Mail among equals quotes programs and lists, where numbers stand behind such words too.
    if profile.family != ChannelFamily::Mail || message.direction != Direction::Unknown {
        codes(head(&message.text, MOST_TEXT), &mut |_, code| found.push(Token::new(Form::Number, code)));
    }
    found.truncate(MOST_TOKENS);
    found.sort_unstable();
    found.dedup();
    found.into_boxed_slice()
}

/// The beginning of `text`, at most `most` bytes.
fn head(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

// --- addresses

/// Local parts that are made for every mail and bring no answer back.
const RETURNS: &[&str] =
    &["bounce", "bounces", "return", "returns", "unsubscribe", "unsub", "srs0", "srs1", "prvs", "owner"];
/// Words in front of a token: `case-1234@desk.io`.
const ADDRESS_WORDS: &[&str] = &["reply", "ticket", "case", "conversation", "thread", "issue", "msg"];

/// Addresses of the desk's side with a token in them: what customers tag their own address with is theirs.
fn desk_addresses(message: &Message, add: &mut dyn FnMut(&str)) {
    let (desk, others): (Option<&Participant>, &[Participant]) = match message.direction {
        Direction::Inbound => (None, &message.to),
        Direction::Outbound => (Some(&message.author), &[]),
        Direction::Unknown => (Some(&message.author), &message.to),
    };
    let addresses = desk.into_iter().chain(others).chain(&message.cc).map(|who| who.handle.as_str());
    for address in addresses.take(MOST_ADDRESSES) {
        if is_token_address(address) {
            add(&address.to_lowercase());
        }
    }
    if message.direction == Direction::Inbound {
        return;
    }
    let answers = message.headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("reply-to"));
    for (_, value) in answers.take(1) {
        let address = Participant::from_text(value).handle;
        if is_token_address(&address) {
            add(&address.to_lowercase());
        }
    }
}

fn is_token_address(address: &str) -> bool {
    let Some((local, _)) = address.split_once('@') else { return false };
    let parted = local.bytes().any(|c| matches!(c, b'+' | b'-' | b'.' | b'_' | b'='));
    if !parted || !local.bytes().any(|c| c.is_ascii_digit()) {
        return false;
    }
    let local = local.to_lowercase();
    let Some((word, token)) = local.split_once('+').or_else(|| local.split_once(['-', '.', '_', '='])) else {
        return false;
    };
    let plus = local.contains('+');
    let named = ADDRESS_WORDS.contains(&word);
    !RETURNS.contains(&word) && (plus || named) && is_opaque(token)
}

/// Whether a text looks made by a program: three digits that are no year, or a long mixture.
fn is_opaque(token: &str) -> bool {
    let digits = token.bytes().filter(u8::is_ascii_digit).count();
    let letters = token.trim_matches(|c: char| !c.is_ascii_digit());
    let year = letters.len() == 4 && is_year(letters);
    (digits >= MARKED_DIGITS && !year) || (digits >= 2 && token.len() >= 12)
}

// --- ids

/// Words in ids before what names the matter.
const ID_WORDS: &[&str] = &[
    "conversation",
    "conversations",
    "issue",
    "issues",
    "pull",
    "ticket",
    "tickets",
    "case",
    "cases",
    "merge_requests",
    "discussions",
];

/// Its own id and the nearest ids it names.
fn ids(message: &Message) -> impl Iterator<Item = &str> {
    let own = message.platform_id.as_deref().unwrap_or(&message.id);
    let named = message.in_reply_to.iter().chain(message.references.iter().rev());
    std::iter::once(own).chain(named.flat_map(|field| field.rsplit('<')))
}

/// The part of an id that names a matter: `shop/lamps/issues/12` of `shop/lamps/issues/12/9@host`.
fn id_token(id: &str) -> Option<String> {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    if !id.contains('/') && !id.starts_with("bug-") && !id.starts_with("JIRA.") {
        return None;
    }
    let (local, host) = id.rsplit_once('@')?;
    let digit = |part: &str| part.contains(|c: char| c.is_ascii_digit());
    if local.contains('/') {
        let parts: Vec<&str> = local.split('/').collect();
        let at = parts.iter().position(|part| ID_WORDS.contains(part))?;
        parts.get(at + 1).filter(|part| digit(part))?;
        return Some(format!("{}@{host}", parts[..at + 2].join("/")));
    }
    let number = |rest: &str, end: char| rest.split(end).next().filter(|part| digit(part)).map(str::to_owned);
    let number = match local.strip_prefix("bug-") {
        Some(rest) => number(rest, '-'),
        None => local.strip_prefix("JIRA.").and_then(|rest| number(rest, '.')),
    };
    Some(format!("{}@{host}", number?))
}

// --- marks of subjects

/// Marks that hold a token by their form: `[#123]`, `##123##`, `[ref: …]`, `(ref:…:ref)`, `[ACME-123]`.
fn marks(subject: &str, add: &mut dyn FnMut(&str)) {
    if !subject.bytes().any(|c| matches!(c, b'#' | b'[' | b'(')) {
        return;
    }
    for part in subject.split("##").skip(1) {
        if is_number(part) {
            add(part);
        }
    }
    for (open, close) in [('[', ']'), ('(', ')')] {
        for (at, _) in subject.match_indices(open) {
            let Some((inside, _)) = subject[at + 1..].split_once(close) else { break };
            let inside = inside.trim();
            if let Some(token) = reference(inside) {
                add(&token);
            } else if let Some(number) = inside.strip_prefix('#').filter(|number| is_number(number)) {
                add(number);
            } else if open == '[' && is_issue_key(inside) && is_front(&subject[..at]) {
                add(&inside.to_lowercase());
            }
        }
    }
}

/// Whether nothing but marks stands there: trackers put their key in front, others mention it.
fn is_front(before: &str) -> bool {
    let outside = before.split('[').map(|part| part.rsplit(']').next().unwrap_or_default());
    outside.flat_map(str::split_whitespace).all(|word| word.ends_with([':', '：']))
}

/// The token of `ref: 12-ab` and `ref:_00D12.…:ref`.
fn reference(inside: &str) -> Option<String> {
    let (word, token) = inside.split_once(':')?;
    let token = token.trim().trim_end_matches("ref").trim_end_matches(':');
    let fits = word.eq_ignore_ascii_case("ref") && !token.contains(char::is_whitespace) && is_opaque(token);
    (fits && token.len() <= 4 * LONGEST).then(|| token.to_lowercase())
}

fn is_number(text: &str) -> bool {
    (MARKED_DIGITS..=MOST_DIGITS).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit())
}

/// A key of an issue tracker: capitals, a hyphen, two digits or more.
fn is_issue_key(text: &str) -> bool {
    let Some((project, number)) = text.split_once('-') else { return false };
    let capitals = project.bytes().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let first = project.bytes().next().is_some_and(|c| c.is_ascii_uppercase());
    let digits = number.len() >= 2 && number.len() <= 7 && number.bytes().all(|c| c.is_ascii_digit());
    capitals && first && project.len() >= 2 && project.len() <= 10 && digits
}

// --- numbers behind words

/// Words for a request, in lower case: what stands in a subject behind one of these is a token.
#[rustfmt::skip]
const REQUESTS: &[&str] = &[
    "ticket", "case", "request", "bug", "issue", "incident", "vorgang", "vorgangs", "fall", "anfrage",
    "dossier", "demande", "caso", "solicitud", "incidencia", "consulta", "chamado", "protocolo", "zaak",
    "melding", "ärende", "sak", "sag", "tapaus", "zgłoszenie", "sprawa", "заявка", "обращение", "тикет",
    "talep", "pratica", "richiesta", "segnalazione", "hlášení", "bejelentés", "工单", "工單", "案件", "受付",
    "お問い合わせ", "チケット", "문의", "티켓",
];
/// Words for orders, parcels, invoices, bookings, contracts.
#[rustfmt::skip]
const ORDERS: &[&str] = &[
    "order", "invoice", "tracking", "parcel", "shipment", "consignment", "booking", "reservation", "rma",
    "claim", "contract", "receipt", "purchase", "awb", "bestellung", "bestell", "auftrag",
    "auftrags", "rechnung", "rechnungs", "sendung", "sendungs", "paket", "buchung", "buchungs", "vertrag",
    "vertrags", "retoure", "retouren", "commande", "facture", "colis", "suivi", "réservation", "expédition",
    "contrat", "pedido", "factura", "envío", "seguimiento", "reserva", "paquete", "contrato", "ordine",
    "fattura", "spedizione", "prenotazione", "pacco", "contratto", "encomenda", "fatura", "rastreio",
    "rastreamento", "bestelling", "factuur", "zending", "pakket", "boeking", "reservering", "beställning",
    "faktura", "försändelse", "bokning", "ordre", "pakke", "forsendelse", "bestilling", "tilaus", "lasku",
    "lähetys", "varaus", "zamówienie", "zamówienia", "przesyłka", "przesyłki", "faktury", "objednávka",
    "zásilka", "rendelés", "számla", "sipariş", "kargo", "заказ", "заказа", "счёт", "счет", "посылка",
    "посылки", "накладная", "замовлення", "παραγγελία", "τιμολόγιο", "订单", "訂單", "运单", "快递", "发票", "注文",
    "請求書", "伝票", "予約", "주문", "송장", "예약",
];
/// Words that say "number"; alone or at the end of another.
#[rustfmt::skip]
const NUMBER_WORDS: &[&str] = &[
    "snummer", "nummer", "number", "numéro", "número", "numero", "numer", "numeru", "nr", "no", "num", "id",
    "nº", "n", "código", "code", "номер", "numret", "numarası", "numara", "číslo", "szám", "numero",
    "αριθμός", "号", "號", "番号", "번호",
];
/// Small words between: "my order number is 48213".
#[rustfmt::skip]
const BETWEEN: &[&str] = &[
    "is", "ist", "lautet", "est", "es", "è", "är", "er", "on", "to", "with", "mit", "der", "die", "the",
    "avec", "le", "la", "con", "el", "il", "com", "o", "my", "of",
];
/// What codes of shops begin with, whatever stands in front of them.
#[rustfmt::skip]
const PREFIXES: &[&str] =
    &[
    "ord", "order", "inv", "so", "po", "rma", "trk", "inc", "ritm", "req", "chg", "bst", "tkt", "cs",
];

/// Hands on the codes that words, marks or their own form tell: as a token behind a word for a request, else
/// as a number. Years without a mark, dates, versions, prices and times are none.
fn codes(text: &str, add: &mut dyn FnMut(Form, &str)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(digit) = bytes[at..].iter().position(u8::is_ascii_digit).map(|step| at + step) {
        let start = digit - bytes[at..digit].iter().rev().take_while(|&&c| in_code(c)).count();
        let end = digit + bytes[digit..].iter().take_while(|&&c| in_code(c)).count();
        at = end;
        let code = text[start..end].trim_matches(|c: char| !c.is_ascii_alphanumeric());
        if code.len() < MARKED_DIGITS || code.len() > LONGEST || is_measure(text, start, end) || is_date(code)
        {
            continue;
        }
        if let Some((form, plain)) = told(&text[..start], code) {
            add(form, &plain);
        }
    }
}

fn in_code(c: u8) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'/')
}

/// A code without hyphens, in lower case, and how it is told.
fn told(before: &str, code: &str) -> Option<(Form, String)> {
    let plain: String =
        code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let letters = plain.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (word, rest) = plain.split_at(letters);
    // `ticket12345` and `Order-123` bring their word along.
    let own = word_of(word).filter(|_| rest.bytes().all(|c| c.is_ascii_digit()));
    if let Some(form) = own.filter(|_| rest.len() >= MARKED_DIGITS && rest.len() <= MOST_DIGITS) {
        return (!is_year(rest)).then(|| (form, rest.to_owned()));
    }
    if is_shipping(code, &plain) || (PREFIXES.contains(&word) && rest.len() >= PLAIN_DIGITS) {
        return Some((Form::Number, plain));
    }
    let digits = plain.bytes().filter(u8::is_ascii_digit).count();
    let (form, marked) = word_before(before)?;
    let least = if marked || letters > 0 { MARKED_DIGITS } else { PLAIN_DIGITS };
    let fits = (least..=MOST_DIGITS).contains(&digits) && (marked || !is_year(&plain));
    fits.then_some((form, plain))
}

/// The word that a number stands behind, and whether a mark (`#`, `:`, `Nr.`, a bracket) says that it is one.
fn word_before(before: &str) -> Option<(Form, bool)> {
    let mut rest = before;
    let mut marked = false;
    // At most: word, "number", two small words.
    for _ in 0..4 {
        let trimmed = rest.trim_end_matches(|c: char| !c.is_alphanumeric());
        let gap = &rest[trimmed.len()..];
        if gap.len() > 8 || gap.contains(['\n', ',', ';', '!', '?', '+', '$', '€', '£', '¥']) {
            return None;
        }
        marked |= gap.contains(['#', ':', '№', '[', '：', '＃']);
        let start = trimmed
            .rfind(|c: char| !c.is_alphanumeric())
            .map_or(0, |at| at + trimmed[at..].chars().next().map_or(1, char::len_utf8));
        // Particles of scripts without blanks stick to the word.
        let word = trimmed[start..].trim_end_matches(['は', '是', '는', '은']).to_lowercase();
        if word.is_empty() || word.len() > LONGEST {
            return None;
        }
        if NUMBER_WORDS.contains(&word.as_str()) {
            marked = true;
        } else if let Some(form) = word_of(&word) {
            // A forge counts the requests of each of its repositories.
            let forge = trimmed[..start].trim_end().to_lowercase();
            if forge.ends_with("pull") || forge.ends_with("merge") {
                return None;
            }
            let told = NUMBER_WORDS.iter().any(|ending| ending.len() > 1 && word.ends_with(ending));
            return Some((form, marked || told));
        } else if !BETWEEN.contains(&word.as_str()) {
            return None;
        }
        rest = &trimmed[..start];
    }
    None
}

/// What a word names, alone or before "number": `order`, `Bestellnummer`. Words of scripts without blanks
/// may stand at the end of a longer run.
fn word_of(word: &str) -> Option<Form> {
    if word.is_empty() {
        return None;
    }
    let last = word.as_bytes().last();
    let endings = NUMBER_WORDS.iter().filter(|ending| ending.as_bytes().last() == last);
    listed(word).or_else(|| endings.into_iter().find_map(|ending| listed(word.strip_suffix(ending)?)))
}

/// The words for requests and orders by what they name.
static WORDS: LazyLock<FxHashMap<&'static str, Form>> = LazyLock::new(|| {
    let orders = ORDERS.iter().map(|&word| (word, Form::Number));
    // A word that stands in both lists names a request.
    orders.chain(REQUESTS.iter().map(|&word| (word, Form::Ticket))).collect()
});

fn listed(word: &str) -> Option<Form> {
    let known = WORDS.get(word).copied();
    if known == Some(Form::Ticket) || !word.ends_with(is_unspaced) {
        return known;
    }
    let ends =
        |list: &[&str]| list.iter().any(|known| known.chars().all(is_unspaced) && word.ends_with(known));
    if ends(REQUESTS) { Some(Form::Ticket) } else { known.or_else(|| ends(ORDERS).then_some(Form::Number)) }
}

/// A sign of a script without blanks.
fn is_unspaced(c: char) -> bool {
    c >= '\u{3000}'
}

/// Whether a number is part of a price, a version, a time or a longer number.
fn is_measure(text: &str, start: usize, end: usize) -> bool {
    let after = &text[end..];
    let mut next = after.chars();
    let first = next.next();
    let digit = next.next().is_some_and(|c| c.is_ascii_digit());
    let before = text[..start].trim_end().chars().next_back();
    let unit = after.trim_start().chars().next().is_some_and(|c| "€$£¥%₽₺".contains(c));
    let word = after.trim_start().get(..3).map(str::to_lowercase);
    let money = word.is_some_and(|word| ["eur", "usd", "chf", "gbp"].contains(&word.as_str()));
    let close = text[..start].chars().next_back();
    (matches!(first, Some('.' | ',' | ':')) && digit)
        || unit
        || money
        || before.is_some_and(|c| "€$£¥₽₺".contains(c))
        || matches!(close, Some('.' | ','))
            && text[..start].trim_end_matches(['.', ',']).ends_with(|c: char| c.is_ascii_digit())
}

fn is_year(digits: &str) -> bool {
    digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20"))
}

/// `2026-03-02`, `02/03/2026`, `3-2-26`.
fn is_date(code: &str) -> bool {
    let parts: Vec<&str> = code.split(['-', '/', '_']).collect();
    let [first, second, third] = parts[..] else { return false };
    let small = |part: &str| part.len() <= 2 && part.parse::<u32>().is_ok_and(|number| number <= 31);
    let year = |part: &str| is_year(part) || small(part);
    (year(first) && small(second) && small(third)) || (small(first) && small(second) && year(third))
}

/// Numbers of carriers and shops by their form: UPS, post (S10 with its check digit), Amazon orders.
fn is_shipping(code: &str, plain: &str) -> bool {
    let bytes = plain.as_bytes();
    let ups = plain.len() == 18 && plain.starts_with("1z");
    let parts: Vec<usize> = code.split('-').map(str::len).collect();
    let amazon = parts == [3, 7, 7] && bytes.iter().all(u8::is_ascii_digit);
    ups || amazon || is_postal(bytes)
}

/// Two letters, eight digits and their check digit, two letters (UPU S10).
fn is_postal(bytes: &[u8]) -> bool {
    const FACTORS: [u32; 8] = [8, 6, 4, 2, 3, 5, 9, 7];
    if bytes.len() != 13 || !bytes[2..11].iter().all(u8::is_ascii_digit) {
        return false;
    }
    let letters = bytes[..2].iter().chain(&bytes[11..]).all(u8::is_ascii_alphabetic);
    let digit = |at: usize| u32::from(bytes[at] - b'0');
    let sum: u32 = FACTORS.iter().enumerate().map(|(at, factor)| factor * digit(at + 2)).sum();
    let check = match 11 - sum % 11 {
        10 => 0,
        11 => 5,
        check => check,
    };
    letters && check == digit(10)
}

// --- companies

/// Mailbox providers: sharing one says nothing. The first label of the domain.
#[rustfmt::skip]
const PROVIDERS: &[&str] = &[
    "gmail", "googlemail", "outlook", "hotmail", "live", "msn", "yahoo", "ymail", "rocketmail", "icloud",
    "me", "mac", "aol", "gmx", "web", "t-online", "freenet", "mail", "yandex", "ya", "rambler", "qq", "163",
    "126", "sina", "foxmail", "proton", "protonmail", "tutanota", "orange", "free", "wanadoo", "laposte",
    "sfr", "libero", "virgilio", "tiscali", "terra", "uol", "bol", "ig", "seznam", "wp", "o2", "interia",
    "onet", "naver", "daum", "hanmail", "bigpond", "comcast", "verizon", "att", "sbcglobal", "btinternet",
    "sky", "shaw", "rediffmail", "zoho", "fastmail", "ziggo", "kpnmail", "telenet", "bluewin", "ukr", "abv",
    "docomo", "ezweb", "softbank",
];

/// A hash of the domain somebody writes from, if it is a company's; 0 for none.
pub(crate) fn company(who: &Participant) -> u32 {
    let Some((_, domain)) = who.handle.rsplit_once('@') else { return 0 };
    let domain = domain.trim_end_matches('>');
    let Some((first, _)) = domain.split_once('.') else { return 0 };
    // The longest provider has 10 letters.
    let provider = first.len() <= 16 && PROVIDER_HASHES.contains(&hash_lower(first));
    if provider { 0 } else { (hash_lower(domain) >> 32) as u32 | 1 }
}

static PROVIDER_HASHES: LazyLock<FxHashSet<u64>> =
    LazyLock::new(|| PROVIDERS.iter().map(|first| hash(first)).collect());

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Channel, Timestamp};

    fn mail(subject: &str, text: &str) -> Message {
        let mut message = Message::new("1", "email", "ana@x.io", Timestamp(0), text);
        message.direction = Direction::Inbound;
        message.subject = Some(subject.to_owned());
        message
    }

    fn tokens(message: &Message) -> Vec<Token> {
        let subject = message.subject.as_deref().map(of_subject).unwrap_or_default();
        read(message, &Channel::new("email").profile(), &subject).to_vec()
    }

    /// The one token of a subject.
    fn subject(line: &str) -> Option<Token> {
        let found = tokens(&mail(line, ""));
        assert!(found.len() <= 1, "{line}: {found:?}");
        found.first().copied()
    }

    #[test]
    fn tokens_of_subjects_are_read_in_all_forms() {
        let ticket = Some(Token { hash: hash("12345"), form: Form::Ticket });
        for line in [
            "Re: [#12345] Lamp",
            "[Ticket#12345] Lamp",
            "Ticket#12345",
            "Ticket #12345: Lamp",
            "AW: Ticket 12345",
            "[Case 12345]",
            "Lamp ##12345##",
            "Vorgangsnummer: 12345",
            "Ihre Anfrage Nr. 12345",
            "Dossier n° 12345",
            "Caso número 12345",
            "Zaaknummer 12345",
            "Ärende #12345",
            "Zgłoszenie nr 12345",
            "Заявка № 12345",
            "您的工单12345",
            "チケット番号：12345",
            "[Bug 12345] Lamp",
            "ticket12345",
            "Chamado 12345",
        ] {
            assert_eq!(subject(line), ticket, "{line}");
        }
        assert!(subject("Re: [ACME-123] Lamp").is_some());
        assert_eq!(subject("Re: [ACME-123] Lamp"), subject("[list] AW: [ACME-123]"));
        assert_eq!(subject("Lamp [ref: ab-12345]").map(|token| token.form), Some(Form::Ticket));
        assert_eq!(subject("Re: Lamp (ref:_00D58abcd._500581:ref)"), subject("[ref:_00D58ABCD._500581:ref]"));
    }

    #[test]
    fn what_is_frequent_names_nothing() {
        for line in [
            "Newsletter 2026",
            "Case 2024",
            "[PATCH 2/5] Lamp",
            "[RFC-9] x",
            "1/2 price",
            "version 2.6.18",
            "Order 100 lamps",
            "order 2026-03-02",
            "Invoice of 02/03/2026",
            "order 49,90 for 12",
            "order for $12345",
            "12345 EUR",
            "order 12345 EUR",
            "ISO-8859-1",
            "Ubuntu 10.04",
            "linux 12345",
            "Meeting 10:30",
            "case 12",
            "C# 4711",
            "[v12]",
            "[5/12]",
            "Order 3, 45678 units",
            "pull request #12345",
            "Lamp for [ACME-123]",
        ] {
            assert_eq!(subject(line), None, "{line}");
        }
    }

    #[test]
    fn numbers_are_read_behind_words_and_by_their_form() {
        let number = |text: &str| {
            let found = tokens(&mail("", text));
            assert!(found.len() <= 1, "{text}: {found:?}");
            found.first().map(|token| (token.hash, token.form))
        };
        let order = Some((hash("48213"), Form::Number));
        for text in [
            "My order number is 48213, and it is late.",
            "order 48213",
            "Bestellnummer 48213",
            "die Rechnung Nr. 48213",
            "commande n° 48213",
            "mi pedido 48213",
            "ordine 48213",
            "Meine Bestellung mit der Nummer 48213",
            "bestelling 48213",
            "Order-48213",
            "заказ №48213",
            "注文番号は48213",
            "订单号48213",
            "INVOICE: 48213",
        ] {
            assert_eq!(number(text), order, "{text}");
        }
        assert_eq!(number("where is ORD-2024-00123?"), number("ord_2024_00123"));
        assert!(number("It is 1Z999AA10123456784.").is_some());
        assert!(number("RR473124829DE").is_some() && number("RR473124828DE").is_none());
        assert!(number("302-1234567-7654321").is_some());
        assert_eq!(number("call +49 151 1234567"), None);
        assert_eq!(number("x86-64, utf-8 and 12345678"), None);
    }

    #[test]
    fn addresses_and_ids_bring_their_token_back() {
        assert!(is_token_address("reply+9f3ac2d1@desk.io") && is_token_address("support+id1234@desk.io"));
        assert!(is_token_address("case-1234@desk.io") && !is_token_address("ana-1984@x.io"));
        assert!(!is_token_address("ana+shop@x.io") && !is_token_address("ana+2024@x.io"));
        assert!(!is_token_address("bounces+12345@desk.io") && !is_token_address("list+help@x.io"));
        let mut own = mail("", "");
        own.direction = Direction::Outbound;
        own.to = vec![Participant::from_text("ana+77123@x.io")];
        assert_eq!(tokens(&own), []);
        own.headers.insert("Reply-To".into(), "Desk <reply+77123@desk.io>".into());
        let mut answer = mail("", "");
        answer.to = vec![Participant::from_text("reply+77123@desk.io")];
        assert_eq!(tokens(&own), tokens(&answer));
        assert_eq!(id_token("<a/b/issues/12/34@h>"), id_token("a/b/issues/12@h"));
        assert_eq!(id_token("bug-12-3@h"), id_token("<bug-12-9@h>"));
        assert!(
            id_token("JIRA.12.1@h").is_some() && id_token("a/b@h").is_none() && id_token("x@h").is_none()
        );
    }

    #[test]
    fn a_stranger_is_a_question_and_a_frequent_token_weighs_less() {
        let shared = |form, tie, conversations| {
            let findings = weigh(Shared { form, tie, conversations, silence_ms: Some(8), gap_ms: 2 });
            super::super::super::weight::total(&findings).probability()
        };
        for form in [Form::Number, Form::Ticket, Form::Opaque] {
            assert!((0.2..0.5).contains(&shared(Form::Ticket, Tie::Stranger, 1)));
            assert!(shared(form, Tie::Part, 1) > 0.8);
            assert!(shared(form, Tie::Part, 4) < shared(form, Tie::Part, 2));
        }
        assert!(shared(Form::Number, Tie::Company, 1) > 0.5);
    }

    #[test]
    fn a_provider_is_no_company() {
        let of = |address: &str| company(&Participant::from_text(address));
        assert_eq!(of("a@acme.io"), of("B <b@Acme.io>"));
        assert_ne!(of("a@acme.io"), of("a@other.io"));
        assert_eq!((of("a@gmail.com"), of("ana")), (0, 0));
    }
}
