//! Contact records of several files as one table.
//!
//! Rows go straight into the columns of a [`Table`]; columns of the same name in several files are
//! one column. Beside the table it is remembered which file and line each record came from, so
//! that a repeated id can be shown to its owner. Cost: one hash per value.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;

use reknit::model::{ColumnBuilder, FieldKind, Identifier, IdentifierKind, RecordKey, Table};

use super::open::{Format, Input, check_inputs};
use crate::console::Console;
use crate::failure::{Failure, Place, Result};

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Id,
    Source,
    Field(FieldKind),
}

/// What the user said about columns; names are compared without regard to case.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mapping {
    said: BTreeMap<String, Meaning>,
    met: BTreeSet<String>,
}

impl Mapping {
    /// Reads `--map column=kind` and `--ignore column`.
    pub(crate) fn of(map: &[String], ignore: &[String]) -> Result<Self> {
        let mut mapping = Self::default();
        for pair in map {
            let Some((column, kind)) = pair.rsplit_once('=') else {
                return Err(Failure::usage(format!(
                    "--map {pair}: write it as column=kind, for example --map ctc=full_name"
                )));
            };
            mapping.say(column, meaning(kind.trim())?);
        }
        for column in ignore {
            mapping.say(column, Meaning::Field(FieldKind::Ignored));
        }
        Ok(mapping)
    }

    /// Adds what a config says, below what the command line says.
    pub(crate) fn with_fields(mut self, fields: &BTreeMap<String, FieldKind>) -> Self {
        for (column, kind) in fields {
            self.said.entry(folded(column)).or_insert(Meaning::Field(*kind));
        }
        self
    }

    fn say(&mut self, column: &str, meaning: Meaning) {
        self.said.insert(folded(column), meaning);
    }

    fn of_column(&mut self, name: &str) -> Meaning {
        let name = folded(name);
        if let Some(&said) = self.said.get(&name) {
            self.met.insert(name);
            return said;
        }
        match name.as_str() {
            "id" => Meaning::Id,
            "source" => Meaning::Source,
            _ => Meaning::Field(FieldKind::of_column(&name)),
        }
    }

    /// Refuses names that no file has: most likely they are misspelt.
    fn check_met(&self, known: &[String]) -> Result<()> {
        match self.said.keys().find(|name| !self.met.contains(*name)) {
            Some(name) => Err(Failure::usage(format!(
                "no input has a column `{name}`; there are: {}",
                known.join(", ")
            ))),
            None => Ok(()),
        }
    }
}

fn folded(column: &str) -> String {
    column.trim().to_lowercase()
}

fn meaning(kind: &str) -> Result<Meaning> {
    match kind {
        "id" => Ok(Meaning::Id),
        "source" => Ok(Meaning::Source),
        kind => FieldKind::from_name(kind).map(Meaning::Field).ok_or_else(|| {
            Failure::usage(format!(
                "`{kind}` is no kind of column; there are: id, source, given_name, middle_name, surname, full_name, \
                 company, email, phone, handle, platform_id, national_id, date_of_birth, street_number, address, \
                 address_extra, city, region, postcode, country, birth_place, gender, occupation, other, ignored"
            ))
        }),
    }
}

/// How contact files are read.
#[derive(Debug, Clone, Default)]
pub(crate) struct ContactOptions {
    pub(crate) mapping: Mapping,
    /// Keep rows with a wrong number of fields, and say so for each, instead of stopping.
    pub(crate) lenient: bool,
}

/// Where a column's values go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slot {
    Id,
    Source,
    Skip,
    Column(usize),
}

/// Where a record stood.
#[derive(Debug, Clone, Copy)]
struct Origin {
    file: u32,
    line: u64,
}

/// Contact records as they come in.
pub(crate) struct Contacts {
    options: ContactOptions,
    files: Vec<String>,
    /// The source of records of the file under way that name none.
    source: String,
    /// How many records the file under way has given.
    rows_of_file: u64,
    keys: Vec<RecordKey>,
    origins: Vec<Origin>,
    slots: HashMap<String, Slot>,
    columns: Vec<ColumnBuilder>,
    names: Vec<String>,
    unknown: Vec<String>,
    identifiers: BTreeMap<IdentifierKind, ColumnBuilder>,
}

impl Contacts {
    /// Reads all of `paths` into one table.
    pub(crate) fn read(paths: &[PathBuf], options: &ContactOptions, console: &Console) -> Result<Table> {
        let inputs: Vec<Input> = paths.iter().map(|path| Input::of(path)).collect();
        check_inputs(&inputs)?;
        let mut contacts = Self::new(options.clone());
        let mut stems: BTreeMap<String, u32> = BTreeMap::new();
        for input in &inputs {
            let times = stems.entry(input.stem()).or_default();
            *times += 1;
            let source = if *times == 1 { input.stem() } else { format!("{}_{times}", input.stem()) };
            contacts.read_one(input, source, console)?;
        }
        contacts.finish(console)
    }

    fn new(options: ContactOptions) -> Self {
        Self {
            options,
            files: Vec::new(),
            source: String::new(),
            rows_of_file: 0,
            keys: Vec::new(),
            origins: Vec::new(),
            slots: HashMap::new(),
            columns: Vec::new(),
            names: Vec::new(),
            unknown: Vec::new(),
            identifiers: BTreeMap::new(),
        }
    }

    fn read_one(&mut self, input: &Input, source: String, console: &Console) -> Result<()> {
        let opened = input.open(console)?;
        self.files.push(opened.name.clone());
        self.source = source;
        self.rows_of_file = 0;
        let name = opened.name.clone();
        match opened.format {
            Format::Csv => super::csv::read(opened, self, console)?,
            Format::Jsonl => super::jsonl::read_records(opened, self, console)?,
            Format::Parquet => super::parquet::read(input, opened, self, console)?,
            Format::Mbox | Format::Eml => {
                return Err(Failure::at(
                    Place::file(&name),
                    "this is mail; contacts come as CSV, JSONL or Parquet",
                ));
            }
        }
        if self.rows_of_file == 0 {
            console.note(format_args!("{name}: there are no records in it"));
        }
        Ok(())
    }

    pub(super) fn lenient(&self) -> bool {
        self.options.lenient
    }

    /// Where the values of the column `name` go. `like` is the name that tells its meaning: for the
    /// second of two columns of one name, that name.
    pub(super) fn slot(&mut self, name: &str, like: &str) -> Result<Slot> {
        if let Some(&slot) = self.slots.get(name) {
            return Ok(slot);
        }
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
        let slot = match self.options.mapping.of_column(like) {
            Meaning::Id if name == like => Slot::Id,
            Meaning::Source if name == like => Slot::Source,
            Meaning::Field(FieldKind::Ignored) => Slot::Skip,
            Meaning::Field(kind) => self.add_column(name, kind)?,
            Meaning::Id | Meaning::Source => self.add_column(name, FieldKind::Other)?,
        };
        self.slots.insert(name.to_owned(), slot);
        Ok(slot)
    }

    fn add_column(&mut self, name: &str, kind: FieldKind) -> Result<Slot> {
        if kind == FieldKind::Other {
            self.unknown.push(name.to_owned());
        }
        let mut column = ColumnBuilder::new(name, kind);
        for _ in 0..self.keys.len() {
            column.push(std::iter::empty())?;
        }
        self.columns.push(column);
        Ok(Slot::Column(self.columns.len() - 1))
    }

    /// Takes one record that began at `line`.
    pub(super) fn row(
        &mut self,
        line: u64,
        cells: &[(Slot, &str)],
        identifiers: &[Identifier],
    ) -> Result<()> {
        self.rows_of_file += 1;
        let file = self.files.len() - 1;
        let key = self.key(cells).map_err(|failure| failure.placed(Place::line(&self.files[file], line)))?;
        let mut values: Vec<(usize, &str)> = cells
            .iter()
            .filter_map(|&(slot, value)| match slot {
                Slot::Column(column) => Some((column, value)),
                _ => None,
            })
            .collect();
        values.sort_by_key(|&(column, _)| column);
        let mut rest = values.as_slice();
        for (place, column) in self.columns.iter_mut().enumerate() {
            let count = rest.iter().take_while(|&&(wanted, _)| wanted == place).count();
            let (mine, others) = rest.split_at(count);
            column.push(mine.iter().map(|&(_, value)| value))?;
            rest = others;
        }
        self.push_identifiers(identifiers)?;
        self.keys.push(key);
        self.origins.push(Origin { file: file as u32, line });
        Ok(())
    }

    fn key(&self, cells: &[(Slot, &str)]) -> Result<RecordKey> {
        let of = |wanted: Slot| cells.iter().find(|(slot, _)| *slot == wanted).map(|(_, value)| value.trim());
        let id = match of(Slot::Id) {
            Some("") => {
                return Err(Failure::data(
                    "this record has an empty id; fill it, or pass --ignore id to number the records",
                ));
            }
            Some(id) => id.to_owned(),
            None => self.rows_of_file.to_string(),
        };
        let source = of(Slot::Source).filter(|source| !source.is_empty()).unwrap_or(&self.source);
        Ok(RecordKey { source: source.to_owned(), id })
    }

    fn push_identifiers(&mut self, identifiers: &[Identifier]) -> Result<()> {
        let rows = self.keys.len();
        for identifier in identifiers {
            if self.identifiers.contains_key(&identifier.kind) {
                continue;
            }
            let kind = FieldKind::of_identifier(identifier.kind);
            let mut column = ColumnBuilder::new(kind.name(), kind);
            for _ in 0..rows {
                column.push(std::iter::empty())?;
            }
            self.identifiers.insert(identifier.kind, column);
        }
        for (kind, column) in &mut self.identifiers {
            column.push_identifiers(identifiers.iter().filter(|identifier| identifier.kind == *kind))?;
        }
        Ok(())
    }

    fn finish(self, console: &Console) -> Result<Table> {
        self.options.mapping.check_met(&self.names)?;
        self.check_unique()?;
        if !self.unknown.is_empty() {
            console.note(format_args!(
                "columns not known by their name, compared by their values: {} (--map COLUMN=KIND tells what one is, \
                 --ignore COLUMN leaves it out)",
                self.unknown.join(", ")
            ));
        }
        let columns = self.columns.into_iter().chain(self.identifiers.into_values()).collect();
        Ok(Table::new(self.keys, columns)?)
    }

    /// Refuses a key that stands twice, naming both places.
    fn check_unique(&self) -> Result<()> {
        let mut first: HashMap<&RecordKey, usize> = HashMap::with_capacity(self.keys.len());
        for (row, key) in self.keys.iter().enumerate() {
            if let Some(earlier) = first.insert(key, row) {
                return Err(Failure::at(
                    self.place(row),
                    format!(
                        "the record {key} stands twice, first at {}; give each record of a source its own id, or \
                         pass --ignore id to number them",
                        self.place(earlier)
                    ),
                ));
            }
        }
        Ok(())
    }

    fn place(&self, row: usize) -> Place {
        let Origin { file, line } = self.origins[row];
        Place::line(&self.files[file as usize], line)
    }
}
