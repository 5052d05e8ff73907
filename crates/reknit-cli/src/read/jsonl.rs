//! JSON Lines: one object a line, to records or messages.
//!
//! Each line is read on its own, so memory is one line. An error names the line and the column; the
//! values quoted by the JSON reader are left out of it, because they may be personal data.

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
    take: impl FnMut(u64, Message) -> Result<()>,
) -> Result<()> {
    each(opened, console, take)
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
        let value = serde_json::from_str(&line).map_err(|error| failed(&name, number, &error))?;
        take(number, value).map_err(|failure| failure.placed(Place::line(&name, number)))?;
    }
    lines.finish(console);
    Ok(())
}

fn failed(name: &str, line: u64, error: &serde_json::Error) -> Failure {
    let mut message = error.to_string();
    if let Some(place) = message.rfind(" at line ") {
        message.truncate(place);
    }
    if error.is_eof() {
        message.push_str("; an object must end in the line it begins in (jq -c . FILE | reknit ... -)");
    }
    let column = (error.column() as u64).max(1);
    Failure::at(Place::at(name, line, column), without_values(&message))
}

/// Takes quoted values out of a message of the JSON reader: `string "Ana"` becomes `string "..."`.
fn without_values(message: &str) -> String {
    match (message.find("string \""), message.rfind("\", expected")) {
        (Some(start), Some(end)) if start + 8 <= end => {
            format!("{}string \"...{}", &message[..start], &message[end..])
        }
        _ => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_never_stands_in_an_error() {
        let error = serde_json::from_str::<u32>("\"Ana \\\" Petrova\"").expect_err("a text is no number");
        let failure = failed("a.jsonl", 4, &error).to_string();
        assert!(failure.starts_with("a.jsonl:4:"), "{failure}");
        assert!(!failure.contains("Ana"), "{failure}");
    }
}
