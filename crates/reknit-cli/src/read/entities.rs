//! The entities of an earlier `reknit resolve`, put on the people in messages.
//!
//! Two forms are read, by the header. `handle,entity_id`: a participant with this handle is this
//! entity. `source,id,entity_id` (what `resolve` writes): a participant whose handle is the record's
//! id, or whose message names the record (`author_contact`: `id` or `source:id`), is this entity.
//! Handles are compared without regard to case and outer blanks. A handle or id that stands for two
//! entities stands for none.

use std::collections::HashMap;
use std::path::Path;

use reknit::model::{Message, Participant};

use super::csv::each_row;
use super::open::Input;
use crate::console::Console;
use crate::failure::{Failure, Place, Result};

/// Which entity a handle or a record id stands for; `None` when it stands for several.
#[derive(Debug, Default)]
pub(crate) struct Entities {
    of: HashMap<String, Option<String>>,
}

impl Entities {
    pub(crate) fn read(path: &Path, console: &Console) -> Result<Self> {
        let mut entities = Self::default();
        let opened = Input::of(path).open(console)?;
        let name = opened.name.clone();
        each_row(opened, console, |line, row| {
            let Some(entity) = row.get("entity_id") else {
                return Err(Failure::at(Place::line(&name, 1), "there is no column `entity_id`"));
            };
            match (row.get("handle"), row.get("source"), row.get("id")) {
                (Some(handle), _, _) => entities.add(handle, entity),
                (None, Some(source), Some(id)) => {
                    entities.add(&format!("{source}:{id}"), entity);
                    entities.add(id, entity);
                }
                (None, None, Some(id)) => entities.add(id, entity),
                _ => {
                    return Err(Failure::at(
                        Place::line(&name, line),
                        "the columns must be `handle,entity_id` or `source,id,entity_id`",
                    ));
                }
            }
            Ok(())
        })?;
        Ok(entities)
    }

    fn add(&mut self, handle: &str, entity: &str) {
        let (handle, entity) = (folded(handle), entity.trim());
        if handle.is_empty() || entity.is_empty() {
            return;
        }
        let known = self.of.entry(handle).or_insert_with(|| Some(entity.to_owned()));
        if known.as_deref() != Some(entity) {
            *known = None;
        }
    }

    /// Puts entities on the participants of `messages`; gives how many it knew.
    pub(crate) fn put_on(&self, messages: &mut [Message]) -> usize {
        let mut known = 0;
        for message in messages {
            let people = std::iter::once(&mut message.author).chain(&mut message.to).chain(&mut message.cc);
            for person in people {
                if let Some(entity) = self.find(person) {
                    person.entity = Some(entity.to_owned());
                    known += 1;
                }
            }
        }
        known
    }

    fn find(&self, person: &Participant) -> Option<&str> {
        let by_record = person.entity.as_deref().and_then(|record| self.of.get(&folded(record)));
        by_record.or_else(|| self.of.get(&folded(&person.handle)))?.as_deref()
    }
}

fn folded(handle: &str) -> String {
    handle.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use reknit::model::Timestamp;

    #[test]
    fn a_handle_of_two_entities_names_neither() {
        let mut entities = Entities::default();
        entities.add("Ana@x.io", "crm:1");
        entities.add("info@x.io", "crm:1");
        entities.add("info@x.io", "crm:2");
        let mut messages = vec![
            Message::new("1", "email", "ana@X.io ", Timestamp(0), ""),
            Message::new("2", "email", "info@x.io", Timestamp(0), ""),
        ];
        assert_eq!(entities.put_on(&mut messages), 1);
        assert_eq!(messages[0].author.entity.as_deref(), Some("crm:1"));
        assert_eq!(messages[1].author.entity, None);
    }
}
