//! Labelled texts: `label<TAB>text`, one a line.
//!
//! Backslash escapes keep a text on its line: `\\`, `\t`, `\r`, `\n`; any other backslash stands for
//! itself. There are no quotation marks with a meaning.

use std::path::Path;

use super::lines::Lines;
use super::open::Input;
use crate::console::Console;
use crate::failure::{Failure, Place, Result};

/// A label and a text, with the line they stood in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) line: u64,
    pub(crate) label: String,
    pub(crate) text: String,
}

/// Labels and a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MultiRow {
    pub(crate) labels: Vec<String>,
    pub(crate) text: String,
}

/// Reads all rows of `label<TAB>text`. Blank lines at the end are left out; a line without a tab is
/// an error.
pub(crate) fn labelled(path: &Path, console: &Console) -> Result<Vec<Row>> {
    rows(path, console, |name, Row { line, label, text }| {
        if label.is_empty() {
            return Err(Failure::at(Place::at(name, line, 1), "the label is empty; write label<TAB>text"));
        }
        Ok(Row { line, label: unescape(&label), text: unescape(&text) })
    })
}

/// Reads all rows of `labels<TAB>text`, the labels joined by `separator`; with nothing before the tab, the text
/// carries none.
pub(crate) fn multi_labelled(path: &Path, separator: &str, console: &Console) -> Result<Vec<MultiRow>> {
    rows(path, console, |name, row| {
        let labels = split_labels(&row.label, separator);
        if labels.iter().any(String::is_empty) {
            return Err(Failure::at(
                Place::line(name, row.line),
                format!("a label between two `{separator}` is empty; name it or leave the second out"),
            ));
        }
        Ok(MultiRow { labels, text: unescape(&row.text) })
    })
}

/// The labels of a column; none of a blank one.
pub(crate) fn split_labels(column: &str, separator: &str) -> Vec<String> {
    let column = column.trim();
    if column.is_empty() {
        return Vec::new();
    }
    column.split(separator).map(|label| unescape(label.trim())).collect()
}

/// Reads all rows and hands each to `make`, as it stands there.
fn rows<R>(path: &Path, console: &Console, make: impl Fn(&str, Row) -> Result<R>) -> Result<Vec<R>> {
    let mut lines = Lines::new(Input::of(path).open(console)?);
    let name = lines.name().to_owned();
    let mut rows: Vec<R> = Vec::new();
    let mut blank = None;
    while let Some((line, text)) = lines.next_line()? {
        if text.is_empty() {
            blank.get_or_insert(line);
            continue;
        }
        if let Some(blank) = blank {
            return Err(Failure::at(Place::at(&name, blank, 1), "this line is blank; write label<TAB>text"));
        }
        let Some((label, text)) = text.split_once('\t') else {
            let end = text.chars().count() as u64 + 1;
            return Err(Failure::at(
                Place::at(&name, line, end),
                "there is no tab in this line; write label<TAB>text",
            ));
        };
        rows.push(make(&name, Row { line, label: label.trim().to_owned(), text: text.to_owned() })?);
    }
    lines.finish(console);
    if rows.is_empty() {
        return Err(Failure::at(
            Place::file(&name),
            "there are no examples in it; write label<TAB>text, one a line",
        ));
    }
    Ok(rows)
}

/// Undoes the escapes.
pub(crate) fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = rest.find('\\') {
        plain.push_str(&rest[..place]);
        let (sign, taken) = match rest.as_bytes().get(place + 1) {
            Some(b'\\') => ('\\', 2),
            Some(b't') => ('\t', 2),
            Some(b'r') => ('\r', 2),
            Some(b'n') => ('\n', 2),
            _ => ('\\', 1),
        };
        plain.push(sign);
        rest = &rest[place + taken..];
    }
    plain.push_str(rest);
    plain
}

/// Puts the escapes in.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '\\' => escaped.push_str("\\\\"),
            '\t' => escaped.push_str("\\t"),
            '\r' => escaped.push_str("\\r"),
            '\n' => escaped.push_str("\\n"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_round_trip_and_other_backslashes_stay() {
        for text in ["a\tb\r\nc\\d", "\\", "\\\\n", "é\\"] {
            assert_eq!(unescape(&escape(text)), text);
        }
        assert_eq!(unescape(r"C:\dir\x"), r"C:\dir\x");
    }
}
