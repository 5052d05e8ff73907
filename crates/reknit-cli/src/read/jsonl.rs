//! JSON Lines: one object a line, to records or messages.
//!
//! Each line is read on its own, so memory is one line. An error names the line and the column.

use reknit::model::{Message, Record};
use serde::de::DeserializeOwned;

use super::contacts::{Contacts, Slot};
use super::lines::Lines;
use super::open::Opened;
use crate::console::Console;
use crate::failure::{Failure, Place, Result};

/// Reads the contact records of one file.
pub(super) fn read_records(opened: Opened, contacts: &mut Contacts, console: &Console) -> Result<()> {
    each(opened, console, |line, record: Record| {
        let (id, source) = (contacts.slot("id", "id"), contacts.slot("source", "source"));
        let mut cells: Vec<(Slot, &str)> = Vec::with_capacity(record.fields.len() + 2);
        for (name, values) in &record.fields {
            let slot = contacts.slot(name, name);
            cells.extend(values.iter().map(|value| (slot, value.as_str())));
        }
        // After the fields: a column the user called the id goes before the key of that name.
        cells.extend(
            [(id, record.id.as_str()), (source, record.source.as_str())].iter().filter(|c| !c.1.is_empty()),
        );
        contacts.row(line, &cells, &record.identifiers)
    })
}

/// Hands each message of one file to `take`, with its line.
pub(super) fn read_messages(
    opened: Opened,
    console: &Console,
    mut take: impl FnMut(u64, Message) -> Result<()>,
) -> Result<()> {
    each(opened, console, |line, message: Message| {
        if message.id.is_empty() {
            return Err(Failure::data("this message has an empty id"));
        }
        take(line, message)
    })
}

/// Hands each object of one file to `take`, with its line.
pub(crate) fn each<T: DeserializeOwned>(
    opened: Opened,
    console: &Console,
    mut take: impl FnMut(u64, T) -> Result<()>,
) -> Result<()> {
    let mut lines = Lines::new(opened);
    let name = lines.name().to_owned();
    while let Some((number, line)) = lines.next_line()? {
        if line.trim().is_empty() {
            continue;
        }
        if line.trim_start().starts_with('[') {
            return Err(Failure::at(
                Place::at(&name, number, 1),
                "this is a JSON list; write one object a line (jq -c '.[]' FILE | reknit ... -)",
            ));
        }
        let value = reknit_messages::jsonl::parse(&line)
            .map_err(|(column, what)| Failure::at(Place::at(&name, number, column), what))?;
        take(number, value).map_err(|failure| failure.placed(Place::line(&name, number)))?;
    }
    lines.finish(console);
    Ok(())
}
