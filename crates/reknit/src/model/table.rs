//! Contact records as columns: each distinct value stored once.
//!
//! Contact data repeats itself (a million records hold perhaps fifty thousand surnames), so a
//! [`Column`] interns its values into one arena, [`Distinct`], and a record holds value ids. All
//! that is derived from a value (its normal form, its codes, its frequency) is then computed once
//! per distinct value, and equality of two records' values is equality of two integers. Columns
//! are multi-valued, but few use it: as long as no record has two values a column is one id a record,
//! and becomes offsets into a list of ids with the first record that has. No value is an empty list,
//! never a value called "null". Cost: one hash and one probe per value read; four bytes a record and
//! column, and the text of each distinct value.

use super::{Assurance, Distinct, FieldKind, Identifier, Keys, KeysBuilder, Record, RecordKey, Timestamp};
use crate::{Error, Result};

/// What is known about one use of an identifier beside its value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IdentifierFacts {
    /// Where the value is unique; `None` = everywhere.
    pub scope: Option<String>,
    /// Whether the holder proved it.
    pub assurance: Assurance,
    /// When it became theirs.
    pub valid_from: Option<Timestamp>,
    /// When it stopped being theirs.
    pub valid_to: Option<Timestamp>,
}

impl IdentifierFacts {
    fn of(identifier: &Identifier) -> Self {
        Self {
            scope: identifier.scope.clone(),
            assurance: identifier.assurance,
            valid_from: identifier.valid_from,
            valid_to: identifier.valid_to,
        }
    }
}

/// The value ids of all records.
#[derive(Debug, Clone)]
enum Cells {
    /// No record has more than one value: its id, or [`NONE`].
    One(Vec<u32>),
    /// Record `r` has the values `offsets[r]..offsets[r + 1]`.
    Several { offsets: Vec<u32>, values: Vec<u32> },
}

/// No value. No value has this id: 2^32 of them need more text than a column may hold.
const NONE: u32 = u32::MAX;

impl Cells {
    fn rows(&self) -> usize {
        match self {
            Self::One(cells) => cells.len(),
            Self::Several { offsets, .. } => offsets.len() - 1,
        }
    }

    fn of(&self, row: usize) -> &[u32] {
        match self {
            Self::One(cells) if cells[row] == NONE => &[],
            Self::One(cells) => &cells[row..=row],
            Self::Several { offsets, values } => &values[offsets[row] as usize..offsets[row + 1] as usize],
        }
    }

    /// Where the values of a record stand among all; nothing unless there may be several.
    fn span(&self, row: usize) -> Option<std::ops::Range<usize>> {
        match self {
            Self::One(_) => None,
            Self::Several { offsets, .. } => Some(offsets[row] as usize..offsets[row + 1] as usize),
        }
    }

    /// Lets there be `rows` records; the new ones have no value.
    fn fill_to(&mut self, rows: usize) {
        match self {
            Self::One(cells) => cells.resize(rows, NONE),
            Self::Several { offsets, values } => offsets.resize(rows + 1, values.len() as u32),
        }
    }

    /// One more value of the last record.
    fn add(&mut self, id: u32) {
        match self {
            Self::One(cells) => match cells.last_mut() {
                Some(last) if *last == NONE => *last = id,
                _ => {
                    self.spread();
                    self.add(id);
                }
            },
            Self::Several { offsets, values } => {
                values.push(id);
                if let Some(end) = offsets.last_mut() {
                    *end = values.len() as u32;
                }
            }
        }
    }

    /// Makes room for several values a record.
    fn spread(&mut self) {
        let Self::One(cells) = self else { return };
        let mut offsets = Vec::with_capacity(cells.len() + 1);
        let mut values = Vec::with_capacity(cells.len());
        offsets.push(0);
        for &cell in cells.iter() {
            values.extend((cell != NONE).then_some(cell));
            offsets.push(values.len() as u32);
        }
        *self = Self::Several { offsets, values };
    }

    fn shrink(&mut self) {
        match self {
            Self::One(cells) => cells.shrink_to_fit(),
            Self::Several { offsets, values } => {
                offsets.shrink_to_fit();
                values.shrink_to_fit();
            }
        }
    }
}

/// One column: the values of one field for all records.
#[derive(Debug, Clone)]
pub struct Column {
    name: String,
    kind: FieldKind,
    distinct: Distinct,
    cells: Cells,
    filled: usize,
    /// Empty when nothing is known about any value, else parallel to the values of
    /// [`Cells::Several`].
    facts: Vec<IdentifierFacts>,
}

impl Column {
    /// The column's name in the source.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the column means.
    pub fn kind(&self) -> FieldKind {
        self.kind
    }

    /// The distinct values.
    pub fn distinct(&self) -> &Distinct {
        &self.distinct
    }

    /// The value ids of record `row`.
    pub fn ids(&self, row: usize) -> &[u32] {
        self.cells.of(row)
    }

    /// The values of record `row`.
    pub fn values(&self, row: usize) -> impl Iterator<Item = &str> {
        self.ids(row).iter().map(|&id| self.distinct.get(id))
    }

    /// What is known about the values of record `row`, parallel to [`ids`](Self::ids); empty when
    /// nothing is known about any value of the column.
    pub fn facts(&self, row: usize) -> &[IdentifierFacts] {
        match self.cells.span(row) {
            Some(span) if !self.facts.is_empty() => &self.facts[span],
            _ => &[],
        }
    }

    /// How many records the column covers.
    pub fn rows(&self) -> usize {
        self.cells.rows()
    }

    /// How many values there are over all records.
    pub fn filled(&self) -> usize {
        self.filled
    }
}

/// Builds one [`Column`] from the first record to the last.
#[derive(Debug)]
pub struct ColumnBuilder {
    column: Column,
}

impl ColumnBuilder {
    /// An empty column called `name` that means `kind`.
    pub fn new(name: impl Into<String>, kind: FieldKind) -> Self {
        Self {
            column: Column {
                name: name.into(),
                kind,
                distinct: Distinct::default(),
                cells: Cells::One(Vec::new()),
                filled: 0,
                facts: Vec::new(),
            },
        }
    }

    /// The next record's values; blank ones are left out.
    ///
    /// # Errors
    /// `input` when the column passes 4 GiB of distinct text or 2^32 values.
    pub fn push<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) -> Result<()> {
        let row = self.column.rows();
        self.fill_to(row + 1);
        values.into_iter().try_for_each(|value| self.add_to(row, value))
    }

    /// The next record's values with what is known about each; blank ones are left out.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn push_identifiers<'a>(&mut self, values: impl IntoIterator<Item = &'a Identifier>) -> Result<()> {
        let row = self.column.rows();
        self.fill_to(row + 1);
        values.into_iter().try_for_each(|identifier| self.add_identifier_to(row, identifier))
    }

    /// One more value of record `row`: the last one with a value, or one after it. Records that are
    /// passed over have none, and neither is a blank one taken.
    ///
    /// # Errors
    /// As [`push`](Self::push), and when a later record has had its values.
    pub fn add_to(&mut self, row: usize, value: &str) -> Result<()> {
        let value = value.trim();
        if value.is_empty() {
            return Ok(());
        }
        self.add(row, value)?;
        if !self.column.facts.is_empty() {
            self.column.facts.push(IdentifierFacts::default());
        }
        Ok(())
    }

    /// The same with what is known about the value.
    ///
    /// # Errors
    /// As [`add_to`](Self::add_to).
    pub fn add_identifier_to(&mut self, row: usize, identifier: &Identifier) -> Result<()> {
        let facts = IdentifierFacts::of(identifier);
        if facts == IdentifierFacts::default() {
            return self.add_to(row, &identifier.value);
        }
        let value = identifier.value.trim();
        if value.is_empty() {
            return Ok(());
        }
        let before = self.column.filled;
        self.add(row, value)?;
        self.column.cells.spread();
        self.column.facts.resize(before, IdentifierFacts::default());
        self.column.facts.push(facts);
        Ok(())
    }

    /// One more value of each record from `first` on, in less time than [`add_to`](Self::add_to) takes
    /// for each; a record with a blank one gets none.
    ///
    /// # Errors
    /// As [`add_to`](Self::add_to).
    pub fn add_all<'a>(&mut self, first: usize, values: impl IntoIterator<Item = &'a str>) -> Result<()> {
        let values = (first..).zip(values).map(|(row, value)| (row, value.trim()));
        let (rows, texts): (Vec<usize>, Vec<&str>) = values.filter(|(_, value)| !value.is_empty()).unzip();
        let column = &self.column;
        let fits = column.distinct.fits_all(&texts) && column.filled + texts.len() < u32::MAX as usize;
        if !fits || !column.facts.is_empty() || first + 1 < column.rows() {
            return rows.iter().zip(texts).try_for_each(|(&row, value)| self.add_to(row, value));
        }
        let mut ids = Vec::with_capacity(texts.len());
        self.column.distinct.intern_all(&texts, &mut ids);
        self.column.filled += ids.len();
        for (row, id) in rows.into_iter().zip(ids) {
            self.fill_to(row + 1);
            self.column.cells.add(id);
        }
        Ok(())
    }

    /// Lets the column cover `rows` records, if they are not more already; the new ones have no value.
    pub fn fill_to(&mut self, rows: usize) {
        if rows > self.column.rows() {
            self.column.cells.fill_to(rows);
        }
    }

    fn add(&mut self, row: usize, value: &str) -> Result<()> {
        self.fill_to(row + 1);
        let column = &mut self.column;
        if row + 1 < column.rows() {
            return Err(Error::input(format!(
                "column `{}` was given a value of record {} after one of record {}; give them in order",
                column.name,
                row + 1,
                column.rows()
            )));
        }
        if !column.distinct.fits(value) || column.filled >= u32::MAX as usize {
            return Err(Error::input(format!(
                "column `{}` holds more than 4 GiB of text or 2^32 values; split the input by source",
                column.name
            )));
        }
        column.cells.add(column.distinct.intern(value));
        column.filled += 1;
        Ok(())
    }

    fn finish(mut self) -> Column {
        self.column.distinct.seal();
        self.column.cells.shrink();
        self.column
    }
}

/// Contact records as columns.
#[derive(Debug, Clone)]
pub struct Table {
    keys: Keys,
    columns: Vec<Column>,
}

impl Table {
    /// Puts keys and finished columns together. Columns without any value and columns of kind
    /// `Ignored` are dropped. Whoever has no `RecordKey`s yet had better use a [`KeysBuilder`] and
    /// [`Table::of`].
    ///
    /// # Errors
    /// `input` when a column has another number of records than there are keys, when a key
    /// repeats, or when there are 2^32 records or more.
    pub fn new(keys: Vec<RecordKey>, columns: Vec<ColumnBuilder>) -> Result<Self> {
        let mut builder = KeysBuilder::new();
        for key in keys {
            builder.push(&key.source, &key.id)?;
        }
        Self::of(builder.finish()?, columns)
    }

    /// Puts keys and finished columns together, as [`new`](Self::new) does.
    ///
    /// # Errors
    /// `input` when a column has another number of records than there are keys.
    pub fn of(keys: Keys, columns: Vec<ColumnBuilder>) -> Result<Self> {
        if let Some(ColumnBuilder { column }) = columns.iter().find(|b| b.column.rows() != keys.len()) {
            return Err(Error::input(format!(
                "column `{}` has {} rows but there are {} records",
                column.name,
                column.rows(),
                keys.len()
            )));
        }
        let columns = columns
            .into_iter()
            .map(ColumnBuilder::finish)
            .filter(|column| column.kind != FieldKind::Ignored && column.filled() > 0)
            .collect();
        Ok(Self { keys, columns })
    }

    /// A table of `records`, one column per field name in alphabetical order, identifiers in a
    /// column per kind after them. Kinds follow [`FieldKind::of_column`].
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn from_records(records: &[Record]) -> Result<Self> {
        Self::from_records_mapped(records, FieldKind::of_column)
    }

    /// The same with another reading of the field names.
    ///
    /// # Errors
    /// As [`Table::new`].
    pub fn from_records_mapped(records: &[Record], kind_of: impl Fn(&str) -> FieldKind) -> Result<Self> {
        let names: std::collections::BTreeSet<&str> =
            records.iter().flat_map(|record| record.fields.keys().map(String::as_str)).collect();
        let kinds: std::collections::BTreeSet<_> =
            records.iter().flat_map(|record| record.identifiers.iter().map(|i| i.kind)).collect();
        let mut columns = Vec::new();
        for name in names {
            let mut builder = ColumnBuilder::new(name, kind_of(name));
            for record in records {
                builder.push(record.fields.get(name).into_iter().flatten().map(String::as_str))?;
            }
            columns.push(builder);
        }
        for kind in kinds {
            let field = FieldKind::of_identifier(kind);
            let mut builder = ColumnBuilder::new(field.name(), field);
            for record in records {
                builder.push_identifiers(record.identifiers.iter().filter(|i| i.kind == kind))?;
            }
            columns.push(builder);
        }
        let mut keys = KeysBuilder::new();
        for record in records {
            keys.push(&record.source, &record.id)?;
        }
        Self::of(keys.finish()?, columns)
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The columns, in the order they were given.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The distinct sources.
    pub fn sources(&self) -> &Distinct {
        self.keys.sources()
    }

    /// The source of record `row`, as an id in [`sources`](Self::sources).
    pub fn source_id(&self, row: usize) -> u32 {
        self.keys.source_id(row)
    }

    /// The source of record `row`.
    pub fn source(&self, row: usize) -> &str {
        self.sources().get(self.source_id(row))
    }

    /// The id of record `row` inside its source.
    pub fn id(&self, row: usize) -> &str {
        self.keys.id(row)
    }

    /// The key of record `row`.
    pub fn key(&self, row: usize) -> RecordKey {
        self.keys.key(row)
    }

    /// The rows in the order of their keys: the order in which all verbs work, so that the order
    /// of arrival does not matter.
    pub fn rows_by_key(&self) -> Vec<u32> {
        self.keys.sorted().to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::IdentifierKind;

    #[test]
    fn values_are_stored_once_and_blank_ones_not_at_all() {
        let records = [
            Record::new("a", "1").with("email", "x@y.z").with("email", " "),
            Record::new("a", "2").with("email", "x@y.z").with("city", "Ulm"),
        ];
        let table = Table::from_records(&records).expect("keys differ");
        let email = table.columns().iter().find(|c| c.kind() == FieldKind::Email).expect("there is one");
        assert_eq!(email.distinct().len(), 1);
        assert_eq!(email.ids(0), email.ids(1));
        assert_eq!(table.columns().len(), 2);
    }

    #[test]
    fn a_second_value_changes_nothing_for_the_records_before_and_after() {
        let mut builder = ColumnBuilder::new("phone", FieldKind::Phone);
        builder.push(["1"]).expect("it fits");
        builder.push([]).expect("it fits");
        builder.push(["2", " ", "1"]).expect("it fits");
        builder.add_to(4, "3").expect("it fits");
        builder.add_to(4, "2").expect("it fits");
        assert!(builder.add_to(3, "4").expect_err("record 5 has values").to_string().contains("in order"));
        builder.add_all(4, ["1", "", " 5 "]).expect("it fits");
        builder.fill_to(8);
        let column = builder.finish();
        let ids: Vec<&[u32]> = (0..column.rows()).map(|row| column.ids(row)).collect();
        assert_eq!(ids, [&[0][..], &[], &[1, 0], &[], &[2, 1, 0], &[], &[3], &[]]);
        assert_eq!(column.filled(), 7);
        assert!(column.facts(2).is_empty());
    }

    #[test]
    fn facts_stand_beside_their_value() {
        let id = Identifier::new(IdentifierKind::PlatformId, "US.1").scoped("acme");
        let records = [Record::new("a", "1"), Record::new("a", "2").identified(id)];
        let table = Table::from_records(&records).expect("keys differ");
        assert_eq!(table.columns()[0].facts(0).len(), 0);
        assert_eq!(table.columns()[0].facts(1)[0].scope.as_deref(), Some("acme"));
        let plain = |value: &str| Identifier::new(IdentifierKind::PlatformId, value);
        let mut builder = ColumnBuilder::new("id", FieldKind::PlatformId);
        for identifiers in [vec![plain("1")], vec![plain("2").scoped("acme"), plain("3")], vec![plain("4")]] {
            builder.push_identifiers(&identifiers).expect("it fits");
        }
        let column = builder.finish();
        let scopes = |row| column.facts(row).iter().map(|facts| facts.scope.as_deref()).collect::<Vec<_>>();
        assert_eq!((scopes(0), scopes(1), scopes(2)), (vec![None], vec![Some("acme"), None], vec![None]));
    }

    #[test]
    fn a_repeated_key_is_refused_with_both_places() {
        let records = [Record::new("a", "1"), Record::new("b", "1"), Record::new("a", "1")];
        let error = Table::from_records(&records).expect_err("a:1 stands twice");
        assert_eq!(error.code(), 2);
        assert!(error.to_string().contains("records 1 and 3"));
    }
}
