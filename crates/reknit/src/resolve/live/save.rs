//! The whole state as plain data, and back.
//!
//! Saved are the model, the records, the ids of their entities and what people decided. Blocks, links
//! and groups follow from those and are made again in bulk, which is quicker than reading them; should
//! another version group otherwise, the ids go where most of the records go. Records are read and
//! written one by one and are never all held as [`Record`]s. Cost: linear in the records.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::archive::Archive;
use super::decisions::Decisions;
use super::entities::Entities;
use super::{LiveResolver, Resolver};
use crate::model::{
    ColumnBuilder, FieldKind, Identifier, IdentifierKind, KeysBuilder, Record, RecordKey, Table, checksum,
    unwatched,
};
use crate::{Error, Result};

/// The format of a saved engine.
const FORMAT: u32 = 1;

/// A pair of keys.
type Pair = (RecordKey, RecordKey);

#[derive(Serialize)]
struct Saving<'a> {
    format: u32,
    resolver: &'a Resolver,
    kinds: &'a BTreeMap<String, FieldKind>,
    must_link: Vec<Pair>,
    cannot_link: Vec<Pair>,
    next: u64,
    moved: Vec<(u64, u64)>,
    records: Rows<'a>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    format: u32,
    resolver: Resolver,
    kinds: BTreeMap<String, FieldKind>,
    must_link: Vec<Pair>,
    cannot_link: Vec<Pair>,
    next: u64,
    moved: Vec<(u64, u64)>,
    records: Packed,
}

/// A record and its entity. Not a [`Record`] itself, whose columns stand beside its key and could bear
/// its names.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    source: String,
    id: String,
    entity: u64,
    fields: BTreeMap<String, Vec<String>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    identifiers: Vec<Identifier>,
}

/// Writes the records in the order of their keys.
struct Rows<'a>(&'a LiveResolver);

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let live = self.0;
        let mut rows: Vec<u32> = live.archive.held().collect();
        rows.sort_by(|&a, &b| live.archive.order(a, b));
        serializer.collect_seq(rows.into_iter().map(|row| {
            let Record { source, id, identifiers, fields } = live.archive.record(row);
            let entity = live.entities.of(row).map_or(0, |id| id.0);
            Row { source, id, entity, fields, identifiers }
        }))
    }
}

impl Serialize for LiveResolver {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let [must_link, cannot_link] = self.decisions.pairs();
        let saving = Saving {
            format: FORMAT,
            resolver: &self.resolver,
            kinds: &self.kinds,
            must_link,
            cannot_link,
            next: self.entities.next(),
            moved: self.entities.moved(),
            records: Rows(self),
        };
        saving.serialize(serializer)
    }
}

/// Records in the order of their keys, and their entities.
struct Packed {
    archive: Archive,
    entities: Vec<u64>,
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Packed;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of records")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> std::result::Result<Packed, A::Error> {
                let mut packed = Packed { archive: Archive::default(), entities: Vec::new() };
                while let Some(row) = rows.next_element::<Row>()? {
                    packed.add(row).map_err(A::Error::custom)?;
                }
                Ok(packed)
            }
        }
        deserializer.deserialize_seq(Reader)
    }
}

impl Packed {
    fn add(&mut self, row: Row) -> Result<()> {
        let Row { source, id, entity, fields, identifiers } = row;
        let packed = self.archive.pack(&Record { source, id, identifiers, fields })?;
        let row = self.archive.add(packed);
        self.entities.push(entity);
        let behind = |before: u32| self.archive.order(before, row).is_lt();
        if row.checked_sub(1).is_none_or(behind) { Ok(()) } else { Err(damaged()) }
    }

    /// The records as a table, as [`Table::from_records_mapped`] makes it.
    fn table(&self, kinds: &BTreeMap<String, FieldKind>) -> Result<Table> {
        let (mut names, mut of_ids) = (BTreeSet::new(), BTreeSet::new());
        for row in self.archive.held() {
            let record = self.archive.record(row);
            of_ids.extend(record.identifiers.iter().map(|identifier| identifier.kind));
            names.extend(record.fields.into_keys().filter(|name| !names.contains(name)).collect::<Vec<_>>());
        }
        let kind = |name: &str| kinds.get(name).copied().unwrap_or_else(|| FieldKind::of_column(name));
        let mut columns: BTreeMap<String, ColumnBuilder> =
            names.into_iter().map(|name| (name.clone(), ColumnBuilder::new(&name, kind(&name)))).collect();
        let identifiers = |kind: IdentifierKind| {
            let field = FieldKind::of_identifier(kind);
            (kind, ColumnBuilder::new(field.name(), field))
        };
        let mut of_ids: BTreeMap<IdentifierKind, ColumnBuilder> =
            of_ids.into_iter().map(identifiers).collect();
        let mut keys = KeysBuilder::new();
        for row in self.archive.held() {
            let record = self.archive.record(row);
            keys.push(&record.source, &record.id)?;
            for (name, values) in &record.fields {
                let column = columns.get_mut(name);
                column.map_or(Ok(()), |c| values.iter().try_for_each(|v| c.add_to(row as usize, v)))?;
            }
            for identifier in &record.identifiers {
                let column = of_ids.get_mut(&identifier.kind);
                column.map_or(Ok(()), |column| column.add_identifier_to(row as usize, identifier))?;
            }
        }
        let mut columns: Vec<ColumnBuilder> = columns.into_values().chain(of_ids.into_values()).collect();
        for column in &mut columns {
            column.fill_to(keys.len());
        }
        Table::of(keys.finish()?, columns)
    }
}

impl<'de> Deserialize<'de> for LiveResolver {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        restored(Saved::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

fn restored(saved: Saved) -> Result<LiveResolver> {
    if saved.format != FORMAT {
        return Err(other_format(saved.format));
    }
    let Saved { resolver, kinds, must_link, cannot_link, next, moved, records, .. } = saved;
    let decisions = Decisions::of(&must_link, &cannot_link).map_err(|_| damaged())?;
    let entities = Entities::restore(&records.entities, moved, next).ok_or_else(damaged)?;
    let table = records.table(&kinds)?;
    let mut live = LiveResolver::built(resolver, kinds, records.archive, decisions, &table, &mut unwatched)?;
    let groups = live.groups();
    live.entities = entities;
    let archive = &live.archive;
    live.entities.regroup(&groups, |row| archive.key(row), &mut Vec::new());
    Ok(live)
}

fn damaged() -> Error {
    Error::model("the saved engine is damaged; load the records again")
}

/// Between the engine and its checksum: JSON on one line holds none.
const END: u8 = b'\n';

impl LiveResolver {
    /// The engine as bytes, for [`from_bytes`](Self::from_bytes): a line of JSON and its checksum in
    /// hexadecimal.
    ///
    /// # Errors
    /// `internal` when a value cannot be written down.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self)
            .map_err(|_| Error::new(crate::ErrorKind::Internal, "the engine cannot be written down"))?;
        let sum = checksum(&bytes);
        bytes.push(END);
        bytes.extend(format!("{sum:016x}").bytes());
        Ok(bytes)
    }

    /// The engine that was saved, with the same entities under the same ids.
    ///
    /// # Errors
    /// `model` when the bytes are damaged, cut off or of a newer format.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let line = intact(bytes).ok_or_else(|| damaged_or_newer(bytes))?;
        // Where JSON breaks is told, what stands there is not: it may be somebody's name.
        serde_json::from_slice(line).map_err(|_| damaged_or_newer(bytes))
    }
}

/// The line of JSON, if it is as it was written.
fn intact(bytes: &[u8]) -> Option<&[u8]> {
    let end = bytes.iter().rposition(|&byte| byte == END)?;
    let (line, sum) = (&bytes[..end], &bytes[end + 1..]);
    (sum == format!("{:016x}", checksum(line)).as_bytes()).then_some(line)
}

/// What is wrong with bytes that are no engine: their format, if they tell it.
fn damaged_or_newer(bytes: &[u8]) -> Error {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<Format>();
    match values.next() {
        Some(Ok(Format { format })) if format != FORMAT => other_format(format),
        _ => damaged(),
    }
}

fn other_format(format: u32) -> Error {
    Error::model(format!(
        "the engine is of format {format}, this library reads format {FORMAT}; load the records again"
    ))
}
