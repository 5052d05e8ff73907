//! Contact records of several files as one table.
//!
//! Rows go straight into the columns of a [`Table`]; columns of the same name in several files are
//! one column. Beside the table it is remembered which file and line each record came from, so
//! that a repeated id can be shown to its owner; records that follow one another line by line share
//! one entry. Delimited text comes in blocks of rows, which go in column by column: one column's
//! values stay in the cache for all rows of a block. Cost: one hash per value, no allocation per row.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;
use std::path::PathBuf;

use reknit::model::{ColumnBuilder, FieldKind, Identifier, IdentifierKind, KeysBuilder, Repeated, Table};

use super::block::Block;
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

/// Records that begin in one line after the other.
#[derive(Debug, Clone, Copy)]
struct Run {
    /// The first of them.
    row: usize,
    file: u32,
    /// The line it begins in.
    line: u64,
}

/// Where each record stood.
#[derive(Debug, Default)]
struct Origins {
    runs: Vec<Run>,
}

impl Origins {
    fn push(&mut self, row: usize, file: u32, line: u64) {
        let follows = |last: &Run| last.file == file && last.line + (row - last.row) as u64 == line;
        if !self.runs.last().is_some_and(follows) {
            self.runs.push(Run { row, file, line });
        }
    }

    /// The file and the line of record `row`.
    fn of(&self, row: usize) -> (usize, u64) {
        let run = self.runs[self.runs.partition_point(|run| run.row <= row) - 1];
        (run.file as usize, run.line + (row - run.row) as u64)
    }
}

/// Contact records as they come in.
pub(crate) struct Contacts {
    options: ContactOptions,
    files: Vec<String>,
    /// The source of records of the file under way that name none.
    source: String,
    /// How many records the file under way has given.
    rows_of_file: u64,
    /// The number of a record without an id, as text.
    number: String,
    keys: KeysBuilder,
    origins: Origins,
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
            number: String::new(),
            keys: KeysBuilder::new(),
            origins: Origins::default(),
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
    pub(super) fn slot(&mut self, name: &str, like: &str) -> Slot {
        if let Some(&slot) = self.slots.get(name) {
            return slot;
        }
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
        let slot = match self.options.mapping.of_column(like) {
            Meaning::Id if name == like => Slot::Id,
            Meaning::Source if name == like => Slot::Source,
            Meaning::Field(FieldKind::Ignored) => Slot::Skip,
            Meaning::Field(kind) => self.add_column(name, kind),
            Meaning::Id | Meaning::Source => self.add_column(name, FieldKind::Other),
        };
        self.slots.insert(name.to_owned(), slot);
        slot
    }

    fn add_column(&mut self, name: &str, kind: FieldKind) -> Slot {
        if kind == FieldKind::Other {
            self.unknown.push(name.to_owned());
        }
        self.columns.push(ColumnBuilder::new(name, kind));
        Slot::Column(self.columns.len() - 1)
    }

    /// Takes one record that began at `line`.
    pub(super) fn row(
        &mut self,
        line: u64,
        cells: &[(Slot, &str)],
        identifiers: &[Identifier],
    ) -> Result<()> {
        let of = |wanted: Slot| cells.iter().find(|(slot, _)| *slot == wanted).map(|&(_, value)| value);
        let row = self.begin(line, of(Slot::Id), of(Slot::Source))?;
        for &(slot, value) in cells {
            if let Slot::Column(column) = slot {
                self.columns[column].add_to(row, value)?;
            }
        }
        for identifier in identifiers {
            let kind = FieldKind::of_identifier(identifier.kind);
            let column = self.identifiers.entry(identifier.kind);
            let column = column.or_insert_with(|| ColumnBuilder::new(kind.name(), kind));
            column.add_identifier_to(row, identifier)?;
        }
        Ok(())
    }

    /// Takes the rows of `block`, whose fields go to `slots`, and leaves it empty.
    pub(super) fn block(&mut self, slots: &[Slot], block: &mut Block) -> Result<()> {
        let place = |wanted: Slot| slots.iter().position(|&slot| slot == wanted);
        let (id, source) = (place(Slot::Id), place(Slot::Source));
        let first = self.keys.len();
        for row in 0..block.rows() {
            let of = |place: Option<usize>| place.and_then(|place| block.get(row, place));
            self.begin(block.line(row), of(id), of(source))?;
        }
        for (field, &slot) in slots.iter().enumerate() {
            let Slot::Column(column) = slot else { continue };
            self.columns[column].add_all(first, block.column(field))?;
        }
        block.clear();
        Ok(())
    }

    /// Puts down the key and the place of the next record; gives its row.
    fn begin(&mut self, line: u64, id: Option<&str>, source: Option<&str>) -> Result<usize> {
        self.rows_of_file += 1;
        let (row, file) = (self.keys.len(), self.files.len() - 1);
        let id = match id.map(str::trim) {
            Some("") => {
                return Err(Failure::at(
                    Place::line(&self.files[file], line),
                    "this record has an empty id; fill it, or pass --ignore id to number the records",
                ));
            }
            Some(id) => id,
            None => {
                self.number.clear();
                // Writing to a string cannot fail.
                let _ = write!(self.number, "{}", self.rows_of_file);
                &self.number
            }
        };
        let source = source.map(str::trim).filter(|source| !source.is_empty()).unwrap_or(&self.source);
        self.keys.push(source, id)?;
        self.origins.push(row, file as u32, line);
        Ok(row)
    }

    fn finish(self, console: &Console) -> Result<Table> {
        self.options.mapping.check_met(&self.names)?;
        let rows = self.keys.len();
        let mut columns: Vec<_> = self.columns.into_iter().chain(self.identifiers.into_values()).collect();
        for column in &mut columns {
            column.fill_to(rows);
        }
        let place = |row| {
            let (file, line) = self.origins.of(row);
            Place::line(&self.files[file], line)
        };
        let keys = self.keys.finish().map_err(|Repeated { key, first, again }| {
            Failure::at(
                place(again),
                format!(
                    "the record {key} stands twice, first at {}; give each record of a source its own id, or \
                     pass --ignore id to number them",
                    place(first)
                ),
            )
        })?;
        if !self.unknown.is_empty() {
            console.note(format_args!(
                "columns not known by their name, compared by their values: {} (--map COLUMN=KIND tells what one is, \
                 --ignore COLUMN leaves it out)",
                self.unknown.join(", ")
            ));
        }
        Ok(Table::of(keys, columns)?)
    }
}
