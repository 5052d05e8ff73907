//! Mbox files (RFC 4155) to mails.
//!
//! A mail begins at a line `From ` that follows a blank line (or begins the file), holds a time of
//! day, as all writers put one there, and is followed by a header; a sentence that begins with
//! "From" in an mboxo body is not. `>From ` is unescaped by one mark (mboxrd, which reads mboxo
//! rightly but for bodies that hold that text themselves). [`Cutter`] takes lines and holds one mail
//! at a time, so a file larger than memory can be read.

use crate::collect::Collector;
use crate::mail;
use crate::problem::Place;

/// What stands before the first mail of a file that is no mbox.
pub const NO_MBOX: &str =
    "an mbox begins with a line `From ADDRESS DATE` and headers; name a single mail FILE.eml";

/// One mail of an mbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cut {
    /// The line of its `From ` line, counted from 1.
    pub line: u64,
    /// The mail without that line, unescaped.
    pub raw: Vec<u8>,
}

/// Cuts lines into mails.
///
/// ```
/// let mut cutter = reknit_messages::mbox::Cutter::default();
/// let lines = ["From a Mon Feb  5 10:00:00 2024\n", "Subject: x\n", "\n", ">From here\n"];
/// for line in lines {
///     assert_eq!(cutter.line(line.as_bytes())?, None);
/// }
/// let mail = cutter.end()?.expect("one mail");
/// assert_eq!((mail.line, &*mail.raw), (1, &b"Subject: x\n\nFrom here\n"[..]));
/// # Ok::<(), u64>(())
/// ```
#[derive(Debug)]
pub struct Cutter {
    mail: Vec<u8>,
    /// Lines so far.
    number: u64,
    /// The line of the `From ` line of the mail under way; 0 before the first.
    start: u64,
    /// A line that begins a mail if a header follows.
    waiting: Option<(u64, Vec<u8>)>,
    after_blank: bool,
}

impl Default for Cutter {
    fn default() -> Self {
        Self { mail: Vec::new(), number: 0, start: 0, waiting: None, after_blank: true }
    }
}

impl Cutter {
    /// Takes the next line with its line end; gives the mail that ended before it.
    ///
    /// # Errors
    /// The number of a line that stands before the first mail, which no mbox has ([`NO_MBOX`]).
    pub fn line(&mut self, line: &[u8]) -> Result<Option<Cut>, u64> {
        self.number += 1;
        let mut done = None;
        if let Some((start, waiting)) = self.waiting.take() {
            if is_header(line) {
                done = self.finish();
                self.start = start;
            } else {
                self.keep(start, &waiting)?;
            }
        }
        if self.after_blank && is_separator(line) {
            self.waiting = Some((self.number, line.to_vec()));
            self.after_blank = false;
        } else {
            self.keep(self.number, line)?;
        }
        Ok(done)
    }

    /// The last mail.
    ///
    /// # Errors
    /// As [`line`](Self::line).
    pub fn end(mut self) -> Result<Option<Cut>, u64> {
        if let Some((number, waiting)) = self.waiting.take() {
            self.keep(number, &waiting)?;
        }
        Ok(self.finish())
    }

    /// A line of the mail under way.
    fn keep(&mut self, number: u64, line: &[u8]) -> Result<(), u64> {
        self.after_blank = line.iter().all(|byte| matches!(byte, b'\n' | b'\r'));
        if self.start == 0 && !self.after_blank {
            return Err(number);
        }
        self.mail.extend_from_slice(unescaped(line));
        Ok(())
    }

    fn finish(&mut self) -> Option<Cut> {
        let raw = std::mem::take(&mut self.mail);
        (self.start > 0).then_some(Cut { line: self.start, raw })
    }
}

pub(crate) fn read(bytes: &[u8], into: &mut Collector<'_>) {
    let mut cutter = Cutter::default();
    for line in bytes.split_inclusive(|&byte| byte == b'\n') {
        match cutter.line(line) {
            Ok(None) => {}
            Ok(Some(cut)) => take(&cut, into),
            Err(number) => return into.problem(Place::line(number), NO_MBOX),
        }
    }
    match cutter.end() {
        Ok(None) => {}
        Ok(Some(cut)) => take(&cut, into),
        Err(number) => into.problem(Place::line(number), NO_MBOX),
    }
}

fn take(cut: &Cut, into: &mut Collector<'_>) {
    let place = Place::line(cut.line);
    match mail::read(&cut.raw) {
        Some(message) => mail::push(place, message, into),
        None => into.problem(place, "the mail after this line cannot be read; it was left out"),
    }
}

fn is_separator(line: &[u8]) -> bool {
    let time = |three: &[u8]| three[0].is_ascii_digit() && three[1] == b':' && three[2].is_ascii_digit();
    line.starts_with(b"From ") && line.windows(3).any(time)
}

/// Whether a line reads as a header field (RFC 5322): a name of printable ASCII, then a colon.
fn is_header(line: &[u8]) -> bool {
    let name = line.iter().take_while(|byte| matches!(byte, 33..=57 | 59..=126)).count();
    name > 0 && line.get(name) == Some(&b':')
}

fn unescaped(line: &[u8]) -> &[u8] {
    let marks = line.iter().take_while(|&&byte| byte == b'>').count();
    if marks > 0 && line[marks..].starts_with(b"From ") { &line[1..] } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_no_separator() {
        assert!(is_separator(b"From a@x.io Mon Feb  5 10:00:00 2024\n"));
        assert!(is_separator(b"From rita at x.io  Fri Jan  1 03:50:34 2010\n"));
        assert!(!is_separator(b"From what I hear it is late\n"));
    }

    #[test]
    fn one_mark_is_taken_off() {
        assert_eq!(unescaped(b">From here"), b"From here");
        assert_eq!(unescaped(b">>From here"), b">From here");
        assert_eq!(unescaped(b"> From here"), b"> From here");
    }
}
