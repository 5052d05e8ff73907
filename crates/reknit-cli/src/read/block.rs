//! Some rows of delimited text, with their fields.
//!
//! All fields stand in one text, one sign after each, and a field is known by where it ends: it
//! begins one sign after the end of the one before. A field that its row lacks ends where the one
//! before it does, which is before it begins. Memory of a block is used again for the next one.

use super::lines::decode;
use super::split::Splitter;
use crate::failure::{Failure, Result};

/// Rows and bytes after which a block is full: small enough to stay in the cache.
const FULL_ROWS: usize = 1024;
const FULL_BYTES: usize = 256 * 1024;

/// Rows that have the same number of fields, or are made to.
pub(super) struct Block {
    width: usize,
    text: String,
    ends: Vec<u32>,
    lines: Vec<u64>,
}

impl Block {
    /// No rows yet, of `width` fields.
    pub(super) fn new(width: usize) -> Self {
        Self { width, text: String::new(), ends: Vec::new(), lines: Vec::new() }
    }

    /// Appends the row under way, without the fields it has too many; gives whether it was UTF-8.
    pub(super) fn push(&mut self, row: &Splitter) -> Result<bool> {
        let ends = &row.ends()[..self.width.min(row.ends().len())];
        let bytes = &row.bytes()[..ends.last().map_or(0, |end| end + 1)];
        // A field that is no UTF-8 becomes at most three times as long.
        if u32::try_from(self.text.len() + 3 * bytes.len()).is_err() {
            return Err(Failure::data("this row is longer than a gigabyte"));
        }
        let text = std::str::from_utf8(bytes);
        if let Ok(text) = text {
            let base = self.text.len();
            self.text.push_str(text);
            self.ends.extend(ends.iter().map(|end| (base + end) as u32));
        } else {
            for field in row.fields().take(self.width) {
                self.text.push_str(&decode(field).0);
                self.ends.push(self.text.len() as u32);
                self.text.push('\n');
            }
        }
        self.lines.push(row.line());
        let last = self.ends.last().copied().unwrap_or(0);
        self.ends.resize(self.lines.len() * self.width, last);
        // Also what is left out counts.
        Ok(text.is_ok() && (row.ends().len() <= self.width || std::str::from_utf8(row.bytes()).is_ok()))
    }

    /// How many fields a row has.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    pub(super) fn rows(&self) -> usize {
        self.lines.len()
    }

    /// The line in which a row begins.
    pub(super) fn line(&self, row: usize) -> u64 {
        self.lines[row]
    }

    /// A field of a row, if the row has it.
    pub(super) fn get(&self, row: usize, field: usize) -> Option<&str> {
        let place = row * self.width + field;
        let start = if place == 0 { 0 } else { self.ends[place - 1] + 1 };
        self.text.get(start as usize..self.ends[place] as usize)
    }

    /// The same field of all rows; empty where a row has none.
    pub(super) fn column(&self, field: usize) -> impl Iterator<Item = &str> {
        (0..self.rows()).map(move |row| self.get(row, field).unwrap_or_default())
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows() >= FULL_ROWS || self.text.len() >= FULL_BYTES
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.ends.clear();
        self.lines.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Read};

    use super::*;

    #[test]
    fn fields_are_found_in_long_short_and_foreign_rows() {
        let text: &[u8] = b"a,b\n1\n2,3,4\n\"\xfc\",\n5,6,\xfc\n";
        let raw: Box<dyn Read + Send> = Box::new(text);
        let mut rows = Splitter::new(BufReader::new(raw), b',');
        let mut block = Block::new(2);
        let mut clean = Vec::new();
        while rows.advance().expect("all is closed") {
            clean.push(block.push(&rows).expect("it fits"));
        }
        let fields: Vec<_> = (0..block.rows()).map(|row| (block.get(row, 0), block.get(row, 1))).collect();
        let expected = [
            (Some("a"), Some("b")),
            (Some("1"), None),
            (Some("2"), Some("3")),
            (Some("ü"), Some("")),
            (Some("5"), Some("6")),
        ];
        assert_eq!(fields, expected);
        assert_eq!(clean, [true, true, true, false, false]);
    }
}
