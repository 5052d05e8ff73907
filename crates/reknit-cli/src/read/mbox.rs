//! Mbox files (RFC 4155) to messages.
//!
//! A mail begins at a line `From ` that follows a blank line (or begins the file) and holds a time
//! of day, as all writers put one there; a sentence that begins with "From" in an mboxo body does
//! not. `>From ` is unescaped by one mark (mboxrd, which reads mboxo rightly but for bodies that
//! hold that text themselves). One mail is in memory at a time.

use std::io::BufRead;

use reknit::model::Message;

use super::mail;
use super::open::Opened;
use crate::failure::{Failure, Place, Result};

/// Hands each mail to `take`, with the line its `From ` line stands in.
pub(super) fn read(opened: Opened, mut take: impl FnMut(u64, Message) -> Result<()>) -> Result<()> {
    let Opened { name, mut reader, .. } = opened;
    let mut line = Vec::new();
    let mut mail = Vec::new();
    let (mut number, mut start, mut after_blank) = (0, 0, true);
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line).map_err(|error| Failure::io(&name, &error))?;
        if read == 0 {
            break;
        }
        number += 1;
        if after_blank && is_separator(&line) {
            finish(&name, start, &mail, &mut take)?;
            mail.clear();
            start = number;
            after_blank = false;
            continue;
        }
        after_blank = line.iter().all(|byte| matches!(byte, b'\n' | b'\r'));
        if start == 0 && !after_blank {
            return Err(Failure::at(
                Place::line(&name, number),
                "an mbox begins with a line `From ADDRESS DATE`; name a single mail FILE.eml",
            ));
        }
        mail.extend_from_slice(unescaped(&line));
    }
    finish(&name, start, &mail, &mut take)
}

fn finish(
    name: &str,
    start: u64,
    raw: &[u8],
    take: &mut impl FnMut(u64, Message) -> Result<()>,
) -> Result<()> {
    if start == 0 {
        return Ok(());
    }
    let Some(message) = mail::read(raw) else {
        return Err(Failure::at(
            Place::line(name, start + 1),
            "no mail follows this `From ` line: it has no headers",
        ));
    };
    take(start, message).map_err(|failure| failure.placed(Place::line(name, start)))
}

fn is_separator(line: &[u8]) -> bool {
    let time = |three: &[u8]| three[0].is_ascii_digit() && three[1] == b':' && three[2].is_ascii_digit();
    line.starts_with(b"From ") && line.windows(3).any(time)
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
