//! JSON (RFC 8259) walked from outside, so that a large or broken document gives what it holds.
//!
//! A document tree would need the whole of a file to be right and several times its memory. Here the
//! outer brackets are followed by counting brackets and strings only, and each item is then read on
//! its own: a wrong item is one problem, and a file that was cut off gives all that stands before
//! the cut. Cost: linear; each level of nesting that is walked looks at its bytes once more.

use serde_json::Value;

use reknit::model::Timestamp;

use crate::collect::Collector;
use crate::problem::Place;

/// A value in the text, by where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether its end was found; else the text ends, or brackets do not fit, at `end`.
    pub(crate) whole: bool,
}

/// The JSON text of a file, with its lines counted as far as they were asked for.
pub(crate) struct Document<'t> {
    text: &'t str,
    /// A place and the line it stands in, from where the next one is counted.
    counted: (usize, u64),
}

impl<'t> Document<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, counted: (0, 1) }
    }

    /// The place of a byte, called `path`.
    pub(crate) fn place(&mut self, at: usize, path: impl Into<String>) -> Place {
        let (from, line) = if self.counted.0 <= at { self.counted } else { (0, 1) };
        let breaks = self.text.as_bytes()[from..at].split(|&byte| byte == b'\n').count() as u64 - 1;
        self.counted = (at, line + breaks);
        Place { line: line + breaks, path: path.into() }
    }

    /// The values that stand one after the other: one in plain JSON, many in JSON Lines, where what is
    /// wrong in a line ends with it.
    pub(crate) fn roots(&self) -> Vec<Span> {
        let bytes = self.text.as_bytes();
        let (mut at, mut roots) = (skip_blanks(bytes, 0), Vec::new());
        let first = value(&bytes[..line_end(bytes, at)], at);
        let lines = first.whole && skip_blanks(bytes, first.end) < bytes.len();
        while at < bytes.len() {
            let end = if lines { line_end(bytes, at) } else { bytes.len() };
            let span = value(&bytes[..end], at);
            roots.push(span);
            at = skip_blanks(bytes, if span.whole { span.end } else { end });
        }
        roots
    }

    /// The items of a list; none when the value is no list.
    pub(crate) fn items(&self, list: Span) -> Items<'t> {
        let bytes = &self.text.as_bytes()[..list.end];
        Items { bytes, at: inside(bytes, list, b'[') }
    }

    /// The fields of an object; none when the value is no object.
    pub(crate) fn fields(&self, object: Span) -> Fields<'t> {
        let text = &self.text[..object.end];
        Fields { text, at: inside(text.as_bytes(), object, b'{') }
    }

    /// The field of an object by its name; the last one where it stands twice, as parsers do.
    pub(crate) fn field(&self, object: Span, name: &str) -> Option<Span> {
        self.fields(object).filter(|(key, _)| *key == name).last().map(|(_, span)| span)
    }

    /// Whether a value begins with this sign.
    pub(crate) fn begins(&self, span: Span, sign: u8) -> bool {
        self.text.as_bytes().get(span.start) == Some(&sign)
    }

    /// The value as a tree; what is wrong with it goes to the problems.
    pub(crate) fn read(&mut self, span: Span, path: &str, into: &mut Collector<'_>) -> Option<Value> {
        if !span.whole {
            let place = self.place(span.start, path);
            into.problem(
                place,
                "the file breaks off inside this item, or brackets do not fit; it was left out",
            );
            return None;
        }
        match serde_json::from_str(&self.text[span.start..span.end]) {
            Ok(value) => Some(value),
            Err(error) => {
                // Only its column: its text may quote a value.
                let place = self.place(span.start, path);
                let (line, column) = (error.line(), error.column());
                into.problem(
                    place,
                    format!("this item is no JSON (line {line}, column {column} of it); it was left out"),
                );
                None
            }
        }
    }

    /// The value as a tree, whatever is wrong with it.
    pub(crate) fn quiet(&self, span: Span) -> Value {
        serde_json::from_str(&self.text[span.start..span.end]).unwrap_or(Value::Null)
    }
}

/// The place after the opening bracket, or the end when there is none.
fn inside(bytes: &[u8], span: Span, bracket: u8) -> usize {
    if bytes.get(span.start) == Some(&bracket) { span.start + 1 } else { bytes.len() }
}

/// The items of a list, in order.
pub(crate) struct Items<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Iterator for Items<'_> {
    type Item = Span;

    fn next(&mut self) -> Option<Span> {
        let at = skip_blanks_and(self.bytes, self.at, b',');
        if self.bytes.get(at).is_none_or(|&byte| byte == b']') {
            self.at = self.bytes.len();
            return None;
        }
        let span = value(self.bytes, at);
        self.at = if span.whole && span.end > at { span.end } else { self.bytes.len() };
        Some(span)
    }
}

/// The fields of an object, in order.
pub(crate) struct Fields<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Iterator for Fields<'t> {
    /// The name as it is written, without quotation marks, and the value.
    type Item = (&'t str, Span);

    fn next(&mut self) -> Option<(&'t str, Span)> {
        let bytes = self.text.as_bytes();
        let at = skip_blanks_and(bytes, self.at, b',');
        self.at = bytes.len();
        if bytes.get(at) != Some(&b'"') {
            return None;
        }
        let name = value(bytes, at);
        let colon = skip_blanks(bytes, name.end);
        if !name.whole || bytes.get(colon) != Some(&b':') {
            return None;
        }
        let start = skip_blanks(bytes, colon + 1);
        if start == bytes.len() {
            return None;
        }
        let span = value(bytes, start);
        if span.whole && span.end > start {
            self.at = span.end;
        }
        Some((&self.text[name.start + 1..name.end - 1], span))
    }
}

fn skip_blanks(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count()
}

fn skip_blanks_and(bytes: &[u8], at: usize, sign: u8) -> usize {
    at + bytes[at..].iter().take_while(|&&byte| byte.is_ascii_whitespace() || byte == sign).count()
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |place| at + place + 1)
}

/// The value that begins at `at`, by brackets and strings alone.
fn value(bytes: &[u8], at: usize) -> Span {
    let mut open = Vec::new();
    let mut place = at;
    while let Some(&byte) = bytes.get(place) {
        match byte {
            b'"' => match string_end(bytes, place) {
                Some(end) => place = end,
                None => return Span { start: at, end: bytes.len(), whole: false },
            },
            b'{' | b'[' => {
                open.push(byte);
                place += 1;
            }
            b'}' | b']' => {
                if open.pop() != Some(if byte == b'}' { b'{' } else { b'[' }) {
                    return Span { start: at, end: place, whole: false };
                }
                place += 1;
            }
            _ if open.is_empty() => {
                let rest = bytes[place..].iter();
                let signs = |byte: &&u8| !byte.is_ascii_whitespace() && !b",:{}[]\"".contains(byte);
                let end = place + rest.take_while(signs).count();
                return Span { start: at, end, whole: end > at };
            }
            _ => {
                place += 1;
                continue;
            }
        }
        if open.is_empty() {
            return Span { start: at, end: place, whole: true };
        }
    }
    Span { start: at, end: bytes.len(), whole: false }
}

/// The place after the string that begins at `at`.
fn string_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut place = at + 1;
    loop {
        match bytes.get(place)? {
            b'"' => return Some(place + 1),
            b'\\' => place += 2,
            _ => place += 1,
        }
    }
}

/// The names of fields in the beginning of a document, which may be cut off anywhere: at the root (of a
/// list: of its items) and in all.
pub(crate) fn names(text: &str) -> (Vec<&str>, Vec<&str>) {
    let bytes = text.as_bytes();
    let list = bytes.get(skip_blanks(bytes, 0)) == Some(&b'[');
    let (mut at, mut depth, mut outer, mut all) = (0, 0_i64, Vec::new(), Vec::new());
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b'"' => {
                let Some(end) = string_end(bytes, at) else { break };
                let colon = skip_blanks(bytes, end.min(bytes.len()));
                if bytes.get(colon) == Some(&b':') {
                    let name = &text[at + 1..end - 1];
                    all.push(name);
                    if depth == 1 + i64::from(list) {
                        outer.push(name);
                    }
                }
                end
            }
            b'{' | b'[' => {
                depth += 1;
                at + 1
            }
            b'}' | b']' => {
                depth -= 1;
                at + 1
            }
            _ => at + 1,
        };
    }
    (outer, all)
}

// ---- Fields of a tree, read with patience --------------------------------------------------------

/// A text; empty when there is none.
pub(crate) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// A text that is not blank.
pub(crate) fn filled<'v>(value: &'v Value, name: &str) -> Option<&'v str> {
    value.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// An id, which is a text or a number.
pub(crate) fn id(value: &Value, name: &str) -> Option<String> {
    match value.get(name)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A time: a number of seconds or milliseconds, as number or text, or ISO 8601.
pub(crate) fn time(value: &Value, name: &str) -> Option<Timestamp> {
    match value.get(name)? {
        Value::Number(number) => number.as_f64().and_then(Timestamp::from_number),
        // Ruby writes `2024-02-05 10:15:32 UTC`.
        Value::String(text) => Timestamp::parse(text.trim().trim_end_matches("UTC").trim_end()),
        _ => None,
    }
}

pub(crate) fn flag(value: &Value, name: &str) -> bool {
    value.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// The items of a list; none when there is no list.
pub(crate) fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_cut_off_anywhere_gives_what_stands_before() {
        let text = r#"{"a": "x]\"", "list": [{"n": 1}, [2], "t"], "z": null}"#;
        for cut in 0..=text.len() {
            let document = Document::new(&text[..cut]);
            let Some(&root) = document.roots().first() else { continue };
            let Some(list) = document.field(root, "list") else { continue };
            let whole: Vec<Span> = document.items(list).filter(|span| span.whole).collect();
            let seen = &text[..cut];
            assert_eq!(!whole.is_empty(), seen.contains("1}"), "{seen}");
            assert_eq!(whole.len() >= 2, seen.contains("2]"), "{seen}");
        }
    }

    #[test]
    fn brackets_that_do_not_fit_end_the_walk() {
        let document = Document::new("[1, {\"a\": ]}, 3]");
        let root = document.roots()[0];
        assert!(!root.whole);
        assert_eq!(document.items(root).filter(|span| span.whole).count(), 1);
    }

    #[test]
    fn a_broken_line_does_not_take_the_next_with_it() {
        let document = Document::new("{\"a\": 1}\n{\"a\": [\n{\"a\": 3}\n");
        let whole: Vec<bool> = document.roots().iter().map(|root| root.whole).collect();
        assert_eq!(whole, [true, false, true]);
    }

    #[test]
    fn places_are_counted_forward_and_back() {
        let mut document = Document::new("[\n1,\n2]");
        assert_eq!(document.place(6, "b").line, 3);
        assert_eq!(document.place(2, "a").line, 2);
    }
}
