//! Messages of several files as one list.
//!
//! JSON Lines, mbox, single mails, and the exports that `reknit_messages` reads; folders of any of them.
//! JSON Lines and mbox are read piece by piece, exports one file at a time. Ids must be unique in
//! one call: a repeated id in JSON Lines is an error with both places; a mail that stands twice (the sent
//! copy and the one from the list) keeps both, the second as `ID#2` with the `Message-ID` beside it; a
//! message that two exports hold alike is kept once. Notes say so.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::{Path, PathBuf};

use reknit::model::{Channel, Direction, Message};
use reknit_messages::{Format, Options, detect, mail};

use super::open::{self, Input, Opened, check_inputs};
use super::{folder, jsonl, mbox};
use crate::console::Console;
use crate::failure::{Failure, Place, Result};

/// How messages are to be read.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Reading messages")]
pub(crate) struct MessageArgs {
    /// Who is "us": a handle, name, address, or @shop.example for a domain; what they write is outbound; may be
    /// repeated
    #[arg(long, value_name = "WHO")]
    us: Vec<String>,
    /// What local time is ahead of UTC, in minutes, for exports without a time zone (WhatsApp)
    #[arg(long, default_value_t = 0, allow_negative_numbers = true, value_name = "MINUTES")]
    utc_offset: i32,
    /// The channel of all messages [default: by format and content]
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// The format of all files [default: by content]
    #[arg(long, value_name = "FORMAT", value_parser = format)]
    format: Option<Format>,
}

fn format(name: &str) -> std::result::Result<Format, String> {
    Format::of_name(name).ok_or_else(|| {
        let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
        format!("the formats are {}", names.join(", "))
    })
}

impl MessageArgs {
    fn options(&self) -> Options {
        Options {
            us: self.us.clone(),
            utc_offset_minutes: self.utc_offset,
            channel: self.channel.clone(),
            format: self.format,
            ..Options::default()
        }
    }
}

/// Reads all of `paths`.
pub(crate) fn read(paths: &[PathBuf], args: &MessageArgs, console: &Console) -> Result<Vec<Message>> {
    let inputs: Vec<Input> = paths.iter().map(|path| Input::of(path)).collect();
    check_inputs(&inputs)?;
    let mut inbox = Inbox { options: args.options(), ..Inbox::default() };
    for input in &inputs {
        match input.path().filter(|path| path.is_dir()) {
            None => inbox.read_one(input, console)?,
            Some(folder) => inbox.read_folder(folder, console)?,
        }
    }
    inbox.tell(console);
    Ok(inbox.messages)
}

/// Messages as they come in, with where each was read.
#[derive(Default)]
struct Inbox {
    options: Options,
    messages: Vec<Message>,
    /// By id: where it was read, and its place in `messages`.
    known: HashMap<String, (Place, usize)>,
    /// How many messages each format gave.
    formats: BTreeMap<Format, usize>,
    copies: u64,
    repeats: u64,
    problems: Problems,
}

/// What was said about one file so far.
#[derive(Default)]
struct Problems {
    count: usize,
}

impl Problems {
    /// More than these are counted only: a screen of one kind teaches nothing.
    const MOST: usize = 20;

    fn note(&mut self, place: impl std::fmt::Display, what: &str, console: &Console) {
        self.count += 1;
        if self.count <= Self::MOST {
            console.note(format_args!("{place}: {what}"));
        }
    }

    fn end(&mut self, name: &str, console: &Console) {
        let more = std::mem::take(&mut self.count).saturating_sub(Self::MOST);
        if more > 0 {
            console.note(format_args!("{name}: {more} more problem(s) of this kind"));
        }
    }
}

impl Inbox {
    fn read_one(&mut self, input: &Input, console: &Console) -> Result<()> {
        let opened = input.open(console)?;
        let (name, before) = (opened.name.clone(), self.messages.len());
        let path = input.path().and_then(|path| std::path::absolute(path).ok()).unwrap_or_default();
        let format = self.format_of(&opened, &path);
        let known = self.options.clone();
        if matches!(format, Some(Format::Slack | Format::XTweets | Format::XDirectMessages)) {
            folder::learn_all(&folder::beside(&path), &mut self.options)?;
        }
        self.read_opened(opened, format, &path, console)?;
        self.options = known;
        if self.messages.len() == before {
            console.note(format_args!("{name}: there are no messages in it"));
        }
        Ok(())
    }

    fn read_folder(&mut self, folder: &Path, console: &Console) -> Result<()> {
        let found = folder::files_in(folder)?;
        let known = self.options.clone();
        folder::learn_all(&found.about, &mut self.options)?;
        let (mut read, mut others) = (0, 0);
        for (path, mail) in found.files {
            let opened = Input::of(&path).open(console)?;
            let path = std::path::absolute(&path).unwrap_or(path);
            // In a Maildir the files have no ending to go by.
            let format = if mail { Some(Format::Eml) } else { self.format_of(&opened, &path) };
            match format {
                Some(_) => {
                    self.read_opened(opened, format, &path, console)?;
                    read += 1;
                }
                None => others += usize::from(!opened.head.is_empty()),
            }
        }
        self.options = known;
        let name = folder.display().to_string();
        if read == 0 {
            return Err(Failure::at(
                Place::file(&name),
                "there are no .eml files in this folder, nor any other messages that are known here",
            ));
        }
        if others > 0 {
            console.note(format_args!("{name}: {others} file(s) hold no messages that are known here"));
        }
        Ok(())
    }

    fn format_of(&self, opened: &Opened, path: &Path) -> Option<Format> {
        self.options.format.or_else(|| detect(&opened.head, &path.to_string_lossy()))
    }

    fn read_opened(
        &mut self,
        opened: Opened,
        format: Option<Format>,
        path: &Path,
        console: &Console,
    ) -> Result<()> {
        let (name, before) = (opened.name.clone(), self.messages.len());
        // The reader of JSON Lines knows what to say about other JSON.
        let json = (opened.format == open::Format::Jsonl).then_some(Format::Jsonl);
        match format.or(json) {
            None if opened.head.is_empty() => {}
            None => return Err(Failure::at(Place::file(&name), UNKNOWN)),
            Some(Format::Jsonl) => jsonl::read_messages(opened, console, |line, message| {
                self.take(Place::line(&name, line), message)
            })?,
            Some(Format::Mbox) => mbox::read(opened, |line, message| {
                let place = Place::line(&name, line);
                match message {
                    Some(message) => self.take_mail(place, message),
                    None => self.problems.note(place, "the mail after this line cannot be read", console),
                }
            })?,
            Some(Format::Eml) => {
                let raw = whole(opened)?;
                let message = mail::read(&raw).ok_or_else(|| {
                    let what = "this is no mail: it has no headers, or they cannot be read";
                    Failure::at(Place::line(&name, 1), what)
                })?;
                self.take_mail(Place::line(&name, 1), message);
            }
            Some(format) => self.read_export(&whole(opened)?, format, &name, path, console)?,
        }
        self.problems.end(&name, console);
        if let Some(format) = format {
            *self.formats.entry(format).or_default() += self.messages.len() - before;
        }
        Ok(())
    }

    fn read_export(
        &mut self,
        bytes: &[u8],
        format: Format,
        name: &str,
        path: &Path,
        console: &Console,
    ) -> Result<()> {
        self.options.file_name = path.to_string_lossy().into_owned();
        let wanted = self.options.format.replace(format);
        let reading = reknit_messages::read(bytes, &self.options);
        self.options.format = wanted;
        let reading = reading.map_err(|error| match error.kind() {
            reknit::ErrorKind::Config => Failure::from(error),
            _ => Failure::at(Place::file(name), error.to_string()),
        })?;
        for problem in &reading.problems {
            let place = Place::line(name, problem.place.line);
            let path = &problem.place.path;
            let path = if path.is_empty() { String::new() } else { format!("{path}: ") };
            self.problems.note(place, &format!("{path}{}", problem.what), console);
        }
        for message in reading.messages {
            self.take_export(Place::file(name), message);
        }
        Ok(())
    }

    fn take(&mut self, place: Place, message: Message) -> Result<()> {
        if let Some((first, _)) = self.known.get(&message.id) {
            return Err(Failure::at(
                place,
                format!("the message id {} stands twice, first at {first}; give each its own", message.id),
            ));
        }
        self.push(place, message);
        Ok(())
    }

    /// A message of an export: exports of one chat overlap.
    fn take_export(&mut self, place: Place, message: Message) {
        if let Some(&(_, first)) = self.known.get(&message.id) {
            let first = &self.messages[first];
            let same =
                first.sent == message.sent && first.author == message.author && first.text == message.text;
            if same && first.room == message.room && first.to == message.to {
                self.repeats += 1;
                return;
            }
        }
        self.take_mail(place, message);
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
            self.messages[first].platform_id.get_or_insert_with(|| of_mail.clone());
            message.platform_id.get_or_insert(of_mail);
        }
        self.push(place, message);
    }

    fn push(&mut self, place: Place, mut message: Message) {
        if let Some(channel) = &self.options.channel {
            message.channel = Channel::new(channel);
        }
        let told =
            message.direction != Direction::Unknown || message.system || message.author.handle.is_empty();
        if !told && !self.options.us.is_empty() {
            let ours = self.options.is_us(&message.author);
            message.direction = if ours { Direction::Outbound } else { Direction::Inbound };
        }
        self.known.insert(message.id.clone(), (place, self.messages.len()));
        self.messages.push(message);
    }

    fn tell(&self, console: &Console) {
        if self.copies > 0 {
            console.note(format_args!(
                "{} mail(s) repeat a Message-ID read before; kept under an id with #2, #3 ... added",
                self.copies
            ));
        }
        if self.repeats > 0 {
            console.note(format_args!("{} message(s) stand in two exports; kept once", self.repeats));
        }
        let exports = |format: &Format| !matches!(format, Format::Jsonl | Format::Mbox | Format::Eml);
        let found: Vec<String> = self
            .formats
            .iter()
            .filter(|(format, _)| exports(format))
            .map(|(format, count)| format!("{format} {count}"))
            .collect();
        if !found.is_empty() {
            console.note(format_args!("messages read from exports: {}", found.join(", ")));
        }
    }
}

const UNKNOWN: &str = "messages come as JSON Lines, mbox, .eml, an export (WhatsApp, X, Slack, Telegram, Chatwoot, \
    Zendesk; unpacked), or a folder of these; --format names one that is not recognised";

fn whole(opened: Opened) -> Result<Vec<u8>> {
    let Opened { name, mut reader, .. } = opened;
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).map_err(|error| Failure::io(&name, &error))?;
    Ok(bytes)
}
