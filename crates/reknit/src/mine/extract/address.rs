//! Links, e-mail addresses, handles and hashtags.
//!
//! Links are cut as [`text::token`](crate::text::token) cuts them, which knows where a sentence ends and
//! a link does not; addresses are read by [`text::email`](crate::text::email). Cost: linear; a run of
//! address characters that holds no domain is looked at once.

use crate::text::email::Email;
use crate::text::token::{TokenKind, tokens};

use super::lex::{Lexed, Shape};
use super::{Extracted, Kind, Reason};

/// The longest part of an address before its `@` (RFC 5321).
const MAX_LOCAL: usize = 64;
/// The longest domain (RFC 1035).
const MAX_DOMAIN: usize = 255;
/// The longest name of a handle on the platforms we know.
const MAX_HANDLE: usize = 50;

/// A link that begins at token `at`. `plain` is the byte before which no bare domain begins.
pub(super) fn link_at(v: &Lexed<'_>, at: usize, plain: &mut usize) -> Option<Extracted> {
    let token = v.token(at);
    if token.glued && v.before(at).shape != Shape::Break && !starts_value(v, at) {
        return None;
    }
    let schemed = v.glued_sign(at + 1, ':') && v.glued_sign(at + 2, '/') && v.glued_sign(at + 3, '/');
    let dotted = (v.glued_sign(at + 1, '.') || v.glued_sign(at + 1, '-')) && v.token(at + 2).continues();
    if !schemed && (!dotted || token.start < *plain) {
        return None;
    }
    let rest = &v.text[token.start..];
    let run = rest
        .bytes()
        .take_while(|&b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-'))
        .count();
    // A domain has letters. Without them the first token may be a number as long as the text (`1,2.3,4.5,...`), which
    // is not to be read at each of its dots.
    let lettered = schemed || rest[..run].bytes().any(|b| b.is_ascii_alphabetic());
    let found = if lettered { tokens(rest).next() } else { None };
    let found = found.filter(|token| token.kind == TokenKind::Url);
    let Some(found) = found else {
        *plain = token.start + run;
        return None;
    };
    Some(Extracted::new(
        Kind::Url,
        token.start,
        token.start + found.text.len(),
        link_form(found.text),
        Reason::Form,
    ))
}

/// Whether a value can begin at this token though no blank stands before it.
fn starts_value(v: &Lexed<'_>, at: usize) -> bool {
    match v.before(at).shape {
        Shape::Sign(sign) => !matches!(sign, '.' | '-' | '_' | '@' | '%' | '+' | '/'),
        Shape::Word | Shape::Number => false,
        Shape::Break | Shape::End => true,
    }
}

/// Scheme and host in small letters.
fn link_form(link: &str) -> String {
    let start = link.find("://").map_or(0, |at| at + 3);
    let end = link[start..].find(['/', '?', '#']).map_or(link.len(), |at| start + at);
    let mut form = link[..end].to_ascii_lowercase();
    form.push_str(&link[end..]);
    form
}

/// An e-mail address around an `@`, a handle behind it, or a hashtag behind a `#`.
pub(super) fn marked_at(v: &Lexed<'_>, at: usize) -> Option<Extracted> {
    let start = v.token(at).start;
    if v.sign(at) == Some('#') {
        return hashtag_at(v.text, start);
    }
    email_around(v.text, start).or_else(|| handle_at(v.text, start))
}

fn email_around(text: &str, sign: usize) -> Option<Extracted> {
    let local = text[..sign].bytes().rev().take_while(|&b| is_local(b)).take(MAX_LOCAL + 1).count();
    let start = sign - local;
    let first = text[start..sign]
        .trim_start_matches(['.', '-', '\'', '=', '/', '*', '&', '|', '~', '`', '{', '}', '^']);
    let start = sign - first.len();
    if first.is_empty() || first.len() > MAX_LOCAL || first.ends_with('.') {
        return None;
    }
    let domain = text[sign + 1..]
        .bytes()
        .take_while(|&b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
        .take(MAX_DOMAIN + 1)
        .count();
    let domain = text[sign + 1..=sign + domain].trim_end_matches(['.', '-']);
    let (_, top) = domain.rsplit_once('.')?;
    if domain.len() > MAX_DOMAIN
        || top.len() < 2
        || !top.bytes().all(|b| b.is_ascii_alphabetic()) && !top.starts_with("xn--")
    {
        return None;
    }
    let end = sign + 1 + domain.len();
    let email = Email::read(&text[start..end])?;
    Some(Extracted::new(Kind::Email, start, end, email.address().to_owned(), Reason::Form))
}

fn is_local(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'%' | b'+' | b'-' | b'\'' | b'=' | b'~' | b'&')
}

fn handle_at(text: &str, sign: usize) -> Option<Extracted> {
    if text[..sign].chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, '@' | '_' | '.')) {
        return None;
    }
    let body = &text[sign + 1..];
    let length = body
        .bytes()
        .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.'))
        .take(MAX_HANDLE + 1)
        .count();
    let name = body[..length].trim_end_matches('.');
    let named = name.bytes().any(|b| b.is_ascii_alphabetic() || b == b'_');
    let whole = name.len() <= MAX_HANDLE && !body[name.len()..].starts_with(char::is_alphanumeric);
    (named && whole).then(|| {
        let normal = format!("@{}", name.to_ascii_lowercase());
        Extracted::new(Kind::Handle, sign, sign + 1 + name.len(), normal, Reason::Form)
    })
}

fn hashtag_at(text: &str, sign: usize) -> Option<Extracted> {
    // `&#39;` is a sign of HTML.
    if text[..sign].chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, '&' | '#' | '_')) {
        return None;
    }
    let body = &text[sign + 1..];
    let end = body.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(body.len());
    body[..end].chars().any(char::is_alphabetic).then(|| {
        let normal = format!("#{}", body[..end].to_lowercase());
        Extracted::new(Kind::Hashtag, sign, sign + 1 + end, normal, Reason::Form)
    })
}
