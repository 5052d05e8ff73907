//! Lines of text with their numbers, whatever the encoding.
//!
//! Lines end with LF or CRLF. A line that is no UTF-8 is read as Windows-1252, the superset of
//! Latin-1 that old exports are written in (WHATWG Encoding Standard); the reader says so once.

use std::borrow::Cow;
use std::io::BufRead;

use super::open::Opened;
use crate::console::Console;
use crate::failure::{Failure, Result};

/// `bytes` as text, and whether they were UTF-8.
pub(super) fn decode(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), true),
        Err(_) => (encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0, false),
    }
}

/// Counts what had to be read as Windows-1252, to say so once a file.
#[derive(Debug, Default)]
pub(super) struct Fallbacks {
    first: u64,
    count: u64,
}

impl Fallbacks {
    pub(super) fn seen(&mut self, line: u64) {
        if self.count == 0 {
            self.first = line;
        }
        self.count += 1;
    }

    pub(super) fn tell(&self, name: &str, console: &Console) {
        if self.count > 0 {
            console.note(format_args!(
                "{name}:{}: not UTF-8; {} row(s) from here on were read as Windows-1252",
                self.first, self.count
            ));
        }
    }
}

/// The lines of one input.
pub(crate) struct Lines {
    opened: Opened,
    buffer: Vec<u8>,
    number: u64,
    fallbacks: Fallbacks,
}

impl Lines {
    pub(crate) fn new(opened: Opened) -> Self {
        Self { opened, buffer: Vec::new(), number: 0, fallbacks: Fallbacks::default() }
    }

    pub(crate) fn name(&self) -> &str {
        &self.opened.name
    }

    /// The next line and its number, counted from 1; `None` after the last.
    pub(crate) fn next_line(&mut self) -> Result<Option<(u64, Cow<'_, str>)>> {
        self.buffer.clear();
        let read = self.opened.reader.read_until(b'\n', &mut self.buffer);
        if read.map_err(|error| Failure::io(&self.opened.name, &error))? == 0 {
            return Ok(None);
        }
        self.number += 1;
        let line = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let (text, clean) = decode(line);
        if !clean {
            self.fallbacks.seen(self.number);
        }
        Ok(Some((self.number, text)))
    }

    /// Says what had to be guessed; call after the last line.
    pub(crate) fn finish(&self, console: &Console) {
        self.fallbacks.tell(&self.opened.name, console);
    }
}
