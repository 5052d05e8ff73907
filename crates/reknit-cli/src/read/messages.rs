//! Messages of several files as one list.
//!
//! JSON Lines, mbox, single mails and folders of them. Ids must be unique in one call: a repeated id
//! in JSON is an error with both places; a mail that stands twice (the sent copy and the one from
//! the list) keeps both, the second as `ID#2` with the `Message-ID` beside it, and a note says so.

use std::collections::HashMap;
use std::path::PathBuf;

use reknit::model::Message;

use super::open::{Format, Input, Opened, check_inputs};
use super::{eml, jsonl, mbox};
use crate::console::Console;
use crate::failure::{Failure, Place, Result};

/// Reads all of `paths`.
pub(crate) fn read(paths: &[PathBuf], console: &Console) -> Result<Vec<Message>> {
    let inputs: Vec<Input> = paths.iter().map(|path| Input::of(path)).collect();
    check_inputs(&inputs)?;
    let mut inbox = Inbox::default();
    for input in &inputs {
        match input.path().filter(|path| path.is_dir()) {
            None => inbox.read_one(input, console)?,
            Some(folder) => {
                for file in eml::files_in(folder)? {
                    let mut opened = Input::of(&file).open(console)?;
                    // In a Maildir the files have no ending to go by.
                    opened.format = Format::Eml;
                    inbox.read_opened(opened, console)?;
                }
            }
        }
    }
    if inbox.copies > 0 {
        console.note(format_args!(
            "{} mail(s) repeat a Message-ID read before; kept under an id with #2, #3 ... added",
            inbox.copies
        ));
    }
    Ok(inbox.messages)
}

/// Messages as they come in, with where each was read.
#[derive(Default)]
struct Inbox {
    messages: Vec<Message>,
    /// By id: where it was read, and its place in `messages`.
    known: HashMap<String, (Place, usize)>,
    copies: u64,
}

impl Inbox {
    fn read_one(&mut self, input: &Input, console: &Console) -> Result<()> {
        let opened = input.open(console)?;
        let (name, before) = (opened.name.clone(), self.messages.len());
        self.read_opened(opened, console)?;
        if self.messages.len() == before {
            console.note(format_args!("{name}: there are no messages in it"));
        }
        Ok(())
    }

    fn read_opened(&mut self, opened: Opened, console: &Console) -> Result<()> {
        let name = opened.name.clone();
        match opened.format {
            Format::Jsonl => jsonl::read_messages(opened, console, |line, message| {
                self.take(Place::line(&name, line), message)
            }),
            Format::Mbox => mbox::read(opened, |line, message| {
                self.take_mail(Place::line(&name, line), message);
                Ok(())
            }),
            Format::Eml => {
                let message = eml::read(opened)?;
                self.take_mail(Place::line(&name, 1), message);
                Ok(())
            }
            Format::Csv if opened.head.is_empty() => Ok(()),
            Format::Csv | Format::Parquet => Err(Failure::at(
                Place::file(&name),
                "messages come as JSON Lines, mbox, .eml or a folder of .eml files",
            )),
        }
    }

    fn take(&mut self, place: Place, message: Message) -> Result<()> {
        if message.id.is_empty() {
            return Err(Failure::at(place, "this message has an empty id"));
        }
        if let Some((first, _)) = self.known.get(&message.id) {
            return Err(Failure::at(
                place,
                format!("the message id {} stands twice, first at {first}; give each its own", message.id),
            ));
        }
        self.push(place, message);
        Ok(())
    }

    fn take_mail(&mut self, place: Place, mut message: Message) {
        if let Some(&(_, first)) = self.known.get(&message.id) {
            self.copies += 1;
            let of_mail = std::mem::take(&mut message.id);
            let mut number = 2;
            while self.known.contains_key(&format!("{of_mail}#{number}")) {
                number += 1;
            }
            message.id = format!("{of_mail}#{number}");
            // Both carry the id of the mail, so that the stitcher sees the copy.
            self.messages[first].platform_id = Some(of_mail.clone());
            message.platform_id = Some(of_mail);
        }
        self.push(place, message);
    }

    fn push(&mut self, place: Place, message: Message) {
        self.known.insert(message.id.clone(), (place, self.messages.len()));
        self.messages.push(message);
    }
}
