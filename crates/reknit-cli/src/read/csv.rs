//! Delimited text (RFC 4180 and its many dialects) to contact records.
//!
//! The delimiter is the one of `,` `;` tab `|` that cuts most of the first rows into the same number
//! of fields as the header. Quoted fields may hold delimiters, doubled quotes and line breaks. Each
//! field that is no UTF-8 is read as Windows-1252. A row with another number of fields than the
//! header stops the run, because nobody can know which field is missing; `--lenient` keeps it. Rows
//! are cut by [`split`](super::split) and go to the table in blocks; of a large file they are cut by a
//! thread of its own, while this one looks up the values of the block before. Whatever is said or
//! refused is said by this one, row after row, so both ways come to the same.

use std::borrow::Cow;

use csv::ReaderBuilder;

use super::block::Block;
use super::contacts::{Contacts, Slot};
use super::lines::{Fallbacks, decode};
use super::open::Opened;
use super::relay::relay;
use super::split::{Broken, Splitter};
use crate::console::Console;
use crate::failure::{Failure, Place, Result};

/// Rows of the beginning that vote on the delimiter.
const SAMPLE_ROWS: usize = 50;

/// From this size on a second thread pays: reading takes some tens of milliseconds.
const LARGE_BYTES: u64 = 4 << 20;

/// Reads all contact records of one file.
pub(super) fn read(opened: Opened, contacts: &mut Contacts, console: &Console) -> Result<()> {
    let large = opened.size >= LARGE_BYTES;
    let mut rows = Rows::new(opened, if contacts.lenient() { Uneven::Keep } else { Uneven::Ask });
    let header = rows.header()?;
    let slots = slots(&header, contacts);
    let make = |piece: &mut Piece| {
        piece.more = rows.fill(piece);
        matches!(piece.more, Ok(true))
    };
    let take = |piece: &mut Piece| {
        if let Some(note) = piece.note.take() {
            console.note(note);
        }
        contacts.block(&slots, &mut piece.block)?;
        std::mem::replace(&mut piece.more, Ok(false)).map(|_| ())
    };
    let piece = || Piece::new(header.len());
    if large {
        relay([piece(), piece(), piece()], make, take)?;
    } else {
        in_turn(piece(), make, take)?;
    }
    rows.fallbacks.tell(&rows.name, console);
    Ok(())
}

/// What [`relay`] does, without another thread.
fn in_turn<T>(
    mut thing: T,
    mut make: impl FnMut(&mut T) -> bool,
    mut take: impl FnMut(&mut T) -> Result<()>,
) -> Result<()> {
    while make(&mut thing) {
        take(&mut thing)?;
    }
    take(&mut thing)
}

/// Some rows of one file, and what is to be said before and after they are taken.
struct Piece {
    /// About the first row.
    note: Option<String>,
    block: Block,
    /// Whether there are more, or why they cannot be read.
    more: Result<bool>,
}

impl Piece {
    fn new(width: usize) -> Self {
        Self { note: None, block: Block::new(width), more: Ok(false) }
    }
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
    while rows.advance()? {
        if rows.count() != header.len() {
            console.note(rows.uneven(header.len())?);
        }
        rows.note_fallback();
        let (line, fields) = (rows.line(), rows.fields());
        let place = Place::line(&rows.name, line);
        take(line, NamedRow { header: &header, fields: &fields }).map_err(|f| f.placed(place))?;
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
fn slots(header: &[String], contacts: &mut Contacts) -> Vec<Slot> {
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
        slots.push(contacts.slot(&name, &plain));
        taken.push(name);
    }
    slots
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
    split: Splitter,
    /// Whether the row under way is still to be put into a block.
    waiting: bool,
    uneven: Uneven,
    fallbacks: Fallbacks,
}

impl Rows {
    fn new(opened: Opened, uneven: Uneven) -> Self {
        let delimiter = delimiter(&opened.head);
        Self {
            name: opened.name,
            split: Splitter::new(opened.reader, delimiter),
            waiting: false,
            uneven,
            fallbacks: Fallbacks::default(),
        }
    }

    fn header(&mut self) -> Result<Vec<String>> {
        if !self.advance()? {
            return Err(Failure::at(Place::file(&self.name), "the file is empty; it needs a header row"));
        }
        self.note_fallback();
        Ok(self.fields().iter().map(|name| name.trim().to_owned()).collect())
    }

    /// Goes on to the next row; false after the last.
    fn advance(&mut self) -> Result<bool> {
        self.split.advance().map_err(|broken| match broken {
            Broken::Io(line, error) => Failure::at(Place::line(&self.name, line), error.to_string()),
            Broken::Unclosed(line) => Failure::at(
                Place::line(&self.name, line),
                "a quotation mark opened in this row is never closed, so the rest of the file would be one field",
            ),
        })
    }

    /// The line the row under way begins at.
    fn line(&self) -> u64 {
        self.split.line()
    }

    /// How many fields the row under way has.
    fn count(&self) -> usize {
        self.split.ends().len()
    }

    /// The fields of the row under way as text.
    fn fields(&self) -> Vec<Cow<'_, str>> {
        self.split.fields().map(|field| decode(field).0).collect()
    }

    /// Remembers if the row under way is no UTF-8.
    fn note_fallback(&mut self) {
        if std::str::from_utf8(self.split.bytes()).is_err() {
            self.fallbacks.seen(self.line());
        }
    }

    /// Puts rows into an empty piece; gives whether there are more. A row of another length than the
    /// others begins a piece, because what is wrong with it is said after what is wrong with those
    /// before it.
    fn fill(&mut self, piece: &mut Piece) -> Result<bool> {
        while !piece.block.is_full() {
            if !std::mem::take(&mut self.waiting) && !self.advance()? {
                return Ok(false);
            }
            if self.count() != piece.block.width() {
                if piece.block.rows() > 0 {
                    self.waiting = true;
                    break;
                }
                piece.note = Some(self.uneven(piece.block.width())?);
            }
            self.push_to(&mut piece.block)?;
        }
        Ok(true)
    }

    /// Appends the row under way to `block`, of as many fields as that has.
    fn push_to(&mut self, block: &mut Block) -> Result<()> {
        let place = || Place::line(&self.name, self.split.line());
        if !block.push(&self.split).map_err(|failure| failure.placed(place()))? {
            self.fallbacks.seen(self.split.line());
        }
        Ok(())
    }

    /// What is to be said about a row of another length than the header, or why to stop there.
    fn uneven(&self, expected: usize) -> Result<String> {
        let count = self.count();
        let place = Place::at(&self.name, self.line(), self.column(expected));
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
        Ok(format!("{place}: {found}; kept, {kept}"))
    }

    /// Where the first surplus field begins, or where the first missing one should; 0 (not known)
    /// when the row has quotation marks, since its fields no longer tell how it was written.
    fn column(&self, expected: usize) -> u64 {
        if self.split.is_quoted() {
            return 0;
        }
        1 + self.fields().iter().take(expected).map(|field| field.chars().count() as u64 + 1).sum::<u64>()
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
