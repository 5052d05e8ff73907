//! Mbox files (RFC 4155) to messages.
//!
//! A mail begins at a line `From ` that follows a blank line (or begins the file), holds a time of
//! day, as all writers put one there, and is followed by a header; a sentence that begins with
//! "From" in an mboxo body is not. `>From ` is unescaped by one mark (mboxrd, which reads mboxo
//! rightly but for bodies that hold that text themselves). One mail is in memory at a time.

use std::io::BufRead;

use reknit::model::Message;

use super::mail;
use super::open::Opened;
use crate::failure::{Failure, Place, Result};

/// Hands each mail to `take`, with the line its `From ` line stands in.
pub(super) fn read(opened: Opened, take: impl FnMut(u64, Message) -> Result<()>) -> Result<()> {
    let Opened { name, mut reader, .. } = opened;
    let mut splitter = Splitter { name, take, mail: Vec::new(), start: 0, waiting: None, after_blank: true };
    let (mut line, mut number) = (Vec::new(), 0);
    loop {
        line.clear();
        let read =
            reader.read_until(b'\n', &mut line).map_err(|error| Failure::io(&splitter.name, &error))?;
        if read == 0 {
            return splitter.end();
        }
        number += 1;
        splitter.line(number, &line)?;
    }
}

/// Cuts lines into mails.
struct Splitter<F> {
    name: String,
    take: F,
    mail: Vec<u8>,
    /// The line of the `From ` line of the mail under way; 0 before the first.
    start: u64,
    /// A line that begins a mail if a header follows.
    waiting: Option<(u64, Vec<u8>)>,
    after_blank: bool,
}

impl<F: FnMut(u64, Message) -> Result<()>> Splitter<F> {
    fn line(&mut self, number: u64, line: &[u8]) -> Result<()> {
        if let Some((start, waiting)) = self.waiting.take() {
            if is_header(line) {
                self.finish()?;
                self.start = start;
            } else {
                self.keep(start, &waiting)?;
            }
        }
        if self.after_blank && is_separator(line) {
            self.waiting = Some((number, line.to_vec()));
            self.after_blank = false;
            return Ok(());
        }
        self.keep(number, line)
    }

    /// A line of the mail under way.
    fn keep(&mut self, number: u64, line: &[u8]) -> Result<()> {
        self.after_blank = line.iter().all(|byte| matches!(byte, b'\n' | b'\r'));
        if self.start == 0 && !self.after_blank {
            return Err(Failure::at(
                Place::line(&self.name, number),
                "an mbox begins with a line `From ADDRESS DATE` and headers; name a single mail FILE.eml",
            ));
        }
        self.mail.extend_from_slice(unescaped(line));
        Ok(())
    }

    /// Hands the mail under way on.
    fn finish(&mut self) -> Result<()> {
        if self.start == 0 {
            self.mail.clear();
            return Ok(());
        }
        let place = Place::line(&self.name, self.start);
        let Some(message) = mail::read(&self.mail) else {
            return Err(Failure::at(place, "the mail after this line cannot be read"));
        };
        self.mail.clear();
        (self.take)(self.start, message).map_err(|failure| failure.placed(place))
    }

    fn end(mut self) -> Result<()> {
        if let Some((number, waiting)) = self.waiting.take() {
            self.keep(number, &waiting)?;
        }
        self.finish()
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
