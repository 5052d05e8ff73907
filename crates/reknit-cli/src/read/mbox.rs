//! Mbox files to messages, one mail in memory at a time.

use std::io::BufRead;

use reknit::model::Message;
use reknit_messages::mail;
use reknit_messages::mbox::{Cut, Cutter, NO_MBOX};

use super::open::Opened;
use crate::failure::{Failure, Place, Result};

/// Hands each mail to `take`, with the line its `From ` line stands in; `None` is one that cannot be read.
pub(super) fn read(opened: Opened, mut take: impl FnMut(u64, Option<Message>)) -> Result<()> {
    let Opened { name, mut reader, .. } = opened;
    let no_mbox = |line| Failure::at(Place::line(&name, line), NO_MBOX);
    let mut hand_on = |cut: Option<Cut>| {
        if let Some(cut) = cut {
            take(cut.line, mail::read(&cut.raw));
        }
    };
    let (mut cutter, mut line) = (Cutter::default(), Vec::new());
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).map_err(|error| Failure::io(&name, &error))? == 0 {
            break;
        }
        hand_on(cutter.line(&line).map_err(no_mbox)?);
    }
    hand_on(cutter.end().map_err(no_mbox)?);
    Ok(())
}
