//! Delimited text (RFC 4180 and its many dialects) to contact records.
//!
//! The delimiter is the one of `,` `;` tab `|` that cuts most of the first rows into the same number
//! of fields as the header. Quoted fields may hold delimiters, doubled quotes and line breaks. Each
//! field that is no UTF-8 is read as Windows-1252. A row with another number of fields than the
//! header stops the run, because nobody can know which field is missing; `--lenient` keeps it.

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{BufReader, Read};
use std::rc::Rc;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::contacts::{Contacts, Slot};
use super::lines::{Fallbacks, decode};
use super::open::Opened;
use crate::console::Console;
use crate::failure::{Failure, Place, Result};

/// Rows of the beginning that vote on the delimiter.
const SAMPLE_ROWS: usize = 50;

/// Reads all contact records of one file.
pub(super) fn read(opened: Opened, contacts: &mut Contacts, console: &Console) -> Result<()> {
    let mut rows = Rows::new(opened, if contacts.lenient() { Uneven::Keep } else { Uneven::Ask });
    let header = rows.header()?;
    let slots = slots(&header, contacts)?;
    while rows.next(header.len(), console)? {
        let fields = rows.fields();
        let cells: Vec<(Slot, &str)> =
            slots.iter().zip(&fields).map(|(slot, field)| (*slot, field.as_ref())).collect();
        contacts.row(rows.line, &cells, &[])?;
    }
    rows.fallbacks.tell(&rows.name, console);
    Ok(())
}

/// One row with its header, for small tables read by the names of their columns.
pub(crate) struct NamedRow<'a> {
    header: &'a [String],
    fields: &'a [Cow<'a, str>],
}

impl<'a> NamedRow<'a> {
    /// The value in the column `name`; `None` when there is no such column.
    pub(crate) fn get(&self, name: &str) -> Option<&'a str> {
        let place = self.header.iter().position(|column| column.eq_ignore_ascii_case(name))?;
        self.fields.get(place).map(AsRef::as_ref)
    }
}

/// Hands each row of one file to `take`, with its line.
pub(crate) fn each_row(
    opened: Opened,
    console: &Console,
    mut take: impl FnMut(u64, NamedRow<'_>) -> Result<()>,
) -> Result<()> {
    let mut rows = Rows::new(opened, Uneven::Refuse);
    let header = rows.header()?;
    while rows.next(header.len(), console)? {
        let fields = rows.fields();
        let place = Place::line(&rows.name, rows.line);
        take(rows.line, NamedRow { header: &header, fields: &fields }).map_err(|f| f.placed(place))?;
    }
    rows.fallbacks.tell(&rows.name, console);
    Ok(())
}

fn builder(delimiter: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder.has_headers(false).flexible(true).delimiter(delimiter);
    builder
}

/// The delimiter that gives most sample rows the header's number of fields; of two equals, the one
/// that gives more fields.
fn delimiter(head: &[u8]) -> u8 {
    let vote = |delimiter: u8| {
        let counts: Vec<usize> = builder(delimiter)
            .from_reader(head)
            .byte_records()
            .take(SAMPLE_ROWS)
            .map_while(std::result::Result::ok)
            .map(|record| record.len())
            .collect();
        let fields = counts.first().copied().unwrap_or(0);
        let agreeing = counts.iter().filter(|&&count| count == fields).count();
        (fields > 1, agreeing, fields)
    };
    let mut best = b',';
    for other in [b';', b'\t', b'|'] {
        if vote(other) > vote(best) {
            best = other;
        }
    }
    best
}

/// Where the values of each header column go. The second column called `email` is `email_2` and
/// means the same; one without a name is called by its number.
fn slots(header: &[String], contacts: &mut Contacts) -> Result<Vec<Slot>> {
    let mut taken: Vec<String> = Vec::with_capacity(header.len());
    let mut slots = Vec::with_capacity(header.len());
    for (place, like) in header.iter().enumerate() {
        let plain = if like.is_empty() { format!("column_{}", place + 1) } else { like.clone() };
        let mut name = plain.clone();
        let mut times = 1;
        while taken.contains(&name) || (times > 1 && header.contains(&name)) {
            times += 1;
            name = format!("{plain}_{times}");
        }
        slots.push(contacts.slot(&name, &plain)?);
        taken.push(name);
    }
    Ok(slots)
}

/// What is done with a row of another length than the header.
#[derive(Debug, Clone, Copy)]
enum Uneven {
    Refuse,
    /// Refuse it, and say how to keep it.
    Ask,
    Keep,
}

/// The rows of one file as text.
struct Rows {
    name: String,
    reader: Reader<Tail>,
    /// Whether the reader was told that there is no more text.
    exhausted: Rc<Cell<bool>>,
    record: ByteRecord,
    /// The line the row under way began at.
    line: u64,
    /// How many blank lines stand before it.
    blank: u64,
    uneven: Uneven,
    fallbacks: Fallbacks,
}

impl Rows {
    fn new(opened: Opened, uneven: Uneven) -> Self {
        let exhausted = Rc::new(Cell::new(false));
        let delimiter = delimiter(&opened.head);
        let tail = Tail {
            raw: opened.reader,
            exhausted: Rc::clone(&exhausted),
            after_cr: false,
            ended: false,
            in_line: false,
        };
        Self {
            name: opened.name,
            reader: builder(delimiter).from_reader(tail),
            exhausted,
            record: ByteRecord::new(),
            line: 1,
            blank: 0,
            uneven,
            fallbacks: Fallbacks::default(),
        }
    }

    fn header(&mut self) -> Result<Vec<String>> {
        if !self.advance()? {
            return Err(Failure::at(Place::file(&self.name), "the file is empty; it needs a header row"));
        }
        Ok(self.fields().iter().map(|name| name.trim().to_owned()).collect())
    }

    /// Goes on to the next row, which should have `expected` fields; false after the last.
    fn next(&mut self, expected: usize, console: &Console) -> Result<bool> {
        let more = self.advance()?;
        if more && self.record.len() != expected {
            self.wrong_count(expected, console)?;
        }
        Ok(more)
    }

    fn advance(&mut self) -> Result<bool> {
        let more = self.reader.read_byte_record(&mut self.record).map_err(|error| self.failed(&error))?;
        if !more {
            return Ok(false);
        }
        let (line, blank) = self.first_line();
        if self.exhausted.get() {
            // A record that ends needs no byte after its line end; this one asked for more.
            return Err(Failure::at(
                Place::line(&self.name, line + 1),
                "a quotation mark opened in this row is never closed, so the rest of the file would be one field",
            ));
        }
        (self.line, self.blank) = (line, blank);
        if std::str::from_utf8(self.record.as_slice()).is_err() {
            self.fallbacks.seen(self.line);
        }
        Ok(true)
    }

    /// The fields of the row under way as text.
    fn fields(&self) -> Vec<Cow<'_, str>> {
        self.record.iter().map(|field| decode(field).0).collect()
    }

    /// The line the record just read began at, and how many blank lines stand before it, which the
    /// reader passes over. Each record ends with a line feed here, so the reader stands in the line
    /// after it.
    fn first_line(&self) -> (u64, u64) {
        let breaks: u64 = self.record.as_slice().iter().map(|&byte| u64::from(byte == b'\n')).sum();
        let line = self.reader.position().line().saturating_sub(breaks + 1);
        let before = self.record.position().map_or(line, csv::Position::line);
        (line, line.saturating_sub(before))
    }

    fn failed(&self, error: &csv::Error) -> Failure {
        Failure::at(Place::line(&self.name, self.reader.position().line()), error.to_string())
    }

    /// Says what is wrong with a row of another length than the header, or stops there.
    fn wrong_count(&self, expected: usize, console: &Console) -> Result<()> {
        let count = self.record.len();
        let place = Place::at(&self.name, self.line, self.column(expected));
        let found = format!("this row has {count} field(s) but the header has {expected}");
        let advice = match self.uneven {
            Uneven::Keep => None,
            Uneven::Refuse => Some(""),
            Uneven::Ask => Some(
                ", or pass --lenient to keep such rows (missing fields empty, surplus ones left out, each reported)",
            ),
        };
        if let Some(advice) = advice {
            let quote = "put quotation marks around a field that holds the delimiter or a line break";
            return Err(Failure::at(place, format!("{found}; {quote}{advice}")));
        }
        let kept = if count < expected { "the missing ones are empty" } else { "the surplus is left out" };
        console.note(format_args!("{place}: {found}; kept, {kept}"));
        Ok(())
    }

    /// Where the first surplus field begins, or where the first missing one should; 0 (not known)
    /// when the row has quotation marks, since its fields no longer tell how it was written.
    fn column(&self, expected: usize) -> u64 {
        let start = self.record.position().map_or(0, csv::Position::byte);
        let written = self.reader.position().byte().saturating_sub(start);
        let bare: u64 = self.record.iter().map(|field| field.len() as u64 + 1).sum();
        if written != bare + self.blank {
            return 0;
        }
        1 + self.fields().iter().take(expected).map(|field| field.chars().count() as u64 + 1).sum::<u64>()
    }
}

/// The text with every line end (LF, CRLF, CR) as one LF and one at its end, so that lines can be
/// counted; says when it was asked for more than there is.
struct Tail {
    raw: BufReader<Box<dyn Read>>,
    exhausted: Rc<Cell<bool>>,
    after_cr: bool,
    ended: bool,
    /// Whether the text so far stops inside a line.
    in_line: bool,
}

impl Tail {
    /// Turns line ends into LF in place; gives how many bytes are left.
    fn normalize(&mut self, bytes: &mut [u8]) -> usize {
        let mut kept = 0;
        for place in 0..bytes.len() {
            let byte = bytes[place];
            if byte == b'\n' && self.after_cr {
                self.after_cr = false;
                continue;
            }
            self.after_cr = byte == b'\r';
            self.in_line = !matches!(byte, b'\n' | b'\r');
            bytes[kept] = if self.after_cr { b'\n' } else { byte };
            kept += 1;
        }
        kept
    }
}

impl Read for Tail {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        while !self.ended && !into.is_empty() {
            let count = self.raw.read(into)?;
            if count == 0 {
                self.ended = true;
                if self.in_line {
                    into[0] = b'\n';
                    return Ok(1);
                }
                break;
            }
            let kept = self.normalize(&mut into[..count]);
            if kept > 0 {
                return Ok(kept);
            }
        }
        self.exhausted.set(!into.is_empty());
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_that_cuts_evenly() {
        assert_eq!(delimiter(b"id,name,mail\n1,Ana,a@x\n"), b',');
        assert_eq!(delimiter(b"id;name\n1;Petrov, Ana\n2;Lee, Bo\n"), b';');
        assert_eq!(delimiter(b"id\tname\n1\tA,B,C\n"), b'\t');
        assert_eq!(delimiter(b"id|name\n1|\"x|y\"\n"), b'|');
        assert_eq!(delimiter(b"mail\na@x\n"), b',');
    }
}
