//! Contact records as columns: each distinct value stored once.
//!
//! Contact data repeats itself (a million records hold perhaps fifty thousand surnames), so a
//! [`Column`] interns its values into one arena, [`Distinct`], and a record holds value ids. All
//! that is derived from a value (its normal form, its codes, its frequency) is then computed once
//! per distinct value, and equality of two records' values is equality of two integers. Columns
//! are multi-valued: record `r` has the value ids `offsets[r]..offsets[r + 1]`; no value means an
//! empty range, never a value called "null". Cost: one hash and one probe per value read.

use hashbrown::HashMap;

use super::{Assurance, Distinct, FieldKind, Identifier, Record, RecordKey, Timestamp};
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

/// One column: the values of one field for all records.
#[derive(Debug, Clone)]
pub struct Column {
    name: String,
    kind: FieldKind,
    distinct: Distinct,
    offsets: Vec<u32>,
    values: Vec<u32>,
    /// Empty when nothing is known about any value, else parallel to `values`.
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
        &self.values[self.offsets[row] as usize..self.offsets[row + 1] as usize]
    }

    /// The values of record `row`.
    pub fn values(&self, row: usize) -> impl Iterator<Item = &str> {
        self.ids(row).iter().map(|&id| self.distinct.get(id))
    }

    /// What is known about the values of record `row`, parallel to [`ids`](Self::ids); empty when
    /// nothing is known about any value of the column.
    pub fn facts(&self, row: usize) -> &[IdentifierFacts] {
        if self.facts.is_empty() {
            return &[];
        }
        &self.facts[self.offsets[row] as usize..self.offsets[row + 1] as usize]
    }

    /// How many records the column covers.
    pub fn rows(&self) -> usize {
        self.offsets.len() - 1
    }

    /// How many values there are over all records.
    pub fn filled(&self) -> usize {
        self.values.len()
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
                offsets: vec![0],
                values: Vec::new(),
                facts: Vec::new(),
            },
        }
    }

    /// The next record's values; blank ones are left out.
    ///
    /// # Errors
    /// `input` when the column passes 4 GiB of distinct text or 2^32 values.
    pub fn push<'a>(&mut self, values: impl IntoIterator<Item = &'a str>) -> Result<()> {
        for value in values {
            self.add(value, IdentifierFacts::default())?;
        }
        self.end_row();
        Ok(())
    }

    /// The next record's values with what is known about each; blank ones are left out.
    ///
    /// # Errors
    /// As [`push`](Self::push).
    pub fn push_identifiers<'a>(&mut self, values: impl IntoIterator<Item = &'a Identifier>) -> Result<()> {
        for identifier in values {
            self.add(&identifier.value, IdentifierFacts::of(identifier))?;
        }
        self.end_row();
        Ok(())
    }

    /// One more value of the record under way.
    fn add(&mut self, value: &str, facts: IdentifierFacts) -> Result<()> {
        let value = value.trim();
        if value.is_empty() {
            return Ok(());
        }
        let column = &mut self.column;
        if !column.distinct.fits(value) || column.values.len() >= u32::MAX as usize {
            return Err(Error::input(format!(
                "column `{}` holds more than 4 GiB of text or 2^32 values; split the input by source",
                column.name
            )));
        }
        if column.facts.is_empty() && facts != IdentifierFacts::default() {
            column.facts.resize(column.values.len(), IdentifierFacts::default());
            column.facts.push(facts);
        } else if !column.facts.is_empty() {
            column.facts.push(facts);
        }
        let id = column.distinct.intern(value);
        column.values.push(id);
        Ok(())
    }

    fn end_row(&mut self) {
        self.column.offsets.push(self.column.values.len() as u32);
    }

    fn finish(mut self) -> Column {
        self.column.distinct.seal();
        self.column
    }
}

/// Contact records as columns.
#[derive(Debug, Clone)]
pub struct Table {
    sources: Distinct,
    source_of: Vec<u32>,
    ids: Vec<String>,
    columns: Vec<Column>,
}

impl Table {
    /// Puts keys and finished columns together. Columns without any value and columns of kind
    /// `Ignored` are dropped.
    ///
    /// # Errors
    /// `input` when a column has another number of records than there are keys, when a key
    /// repeats, or when there are 2^32 records or more.
    pub fn new(keys: Vec<RecordKey>, columns: Vec<ColumnBuilder>) -> Result<Self> {
        if keys.len() >= u32::MAX as usize {
            return Err(Error::input("more than 2^32 records; split the input"));
        }
        let columns: Vec<Column> = columns.into_iter().map(ColumnBuilder::finish).collect();
        if let Some(short) = columns.iter().find(|column| column.rows() != keys.len()) {
            return Err(Error::input(format!(
                "column `{}` has {} rows but there are {} records",
                short.name,
                short.rows(),
                keys.len()
            )));
        }
        check_unique(&keys)?;
        let mut sources = Distinct::default();
        let source_of = keys.iter().map(|key| sources.intern(&key.source)).collect();
        let ids = keys.into_iter().map(|key| key.id).collect();
        let columns = columns
            .into_iter()
            .filter(|column| column.kind != FieldKind::Ignored && column.filled() > 0)
            .collect();
        Ok(Self { sources, source_of, ids, columns })
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
        Self::new(records.iter().map(Record::key).collect(), columns)
    }

    /// How many records there are.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// The columns, in the order they were given.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The distinct sources.
    pub fn sources(&self) -> &Distinct {
        &self.sources
    }

    /// The source of record `row`, as an id in [`sources`](Self::sources).
    pub fn source_id(&self, row: usize) -> u32 {
        self.source_of[row]
    }

    /// The source of record `row`.
    pub fn source(&self, row: usize) -> &str {
        self.sources.get(self.source_of[row])
    }

    /// The id of record `row` inside its source.
    pub fn id(&self, row: usize) -> &str {
        &self.ids[row]
    }

    /// The key of record `row`.
    pub fn key(&self, row: usize) -> RecordKey {
        RecordKey { source: self.source(row).to_owned(), id: self.ids[row].clone() }
    }

    /// The rows in the order of their keys: the order in which all verbs work, so that the order
    /// of arrival does not matter.
    pub fn rows_by_key(&self) -> Vec<u32> {
        let mut rows: Vec<u32> = (0..self.len() as u32).collect();
        rows.sort_unstable_by(|&a, &b| {
            let (a, b) = (a as usize, b as usize);
            (self.source(a), &self.ids[a]).cmp(&(self.source(b), &self.ids[b]))
        });
        rows
    }
}

/// Refuses a key that stands twice, naming both rows.
fn check_unique(keys: &[RecordKey]) -> Result<()> {
    let mut first: HashMap<&RecordKey, usize> = HashMap::with_capacity(keys.len());
    for (row, key) in keys.iter().enumerate() {
        if let Some(earlier) = first.insert(key, row) {
            return Err(Error::input(format!(
                "the key {key} stands twice, in records {} and {}; give each record of a source its own id",
                earlier + 1,
                row + 1
            )));
        }
    }
    Ok(())
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
    fn facts_stand_beside_their_value() {
        let id = Identifier::new(IdentifierKind::PlatformId, "US.1").scoped("acme");
        let records = [Record::new("a", "1"), Record::new("a", "2").identified(id)];
        let table = Table::from_records(&records).expect("keys differ");
        assert_eq!(table.columns()[0].facts(0).len(), 0);
        assert_eq!(table.columns()[0].facts(1)[0].scope.as_deref(), Some("acme"));
    }

    #[test]
    fn a_repeated_key_is_refused_with_both_places() {
        let records = [Record::new("a", "1"), Record::new("b", "1"), Record::new("a", "1")];
        let error = Table::from_records(&records).expect_err("a:1 stands twice");
        assert_eq!(error.code(), 2);
        assert!(error.to_string().contains("records 1 and 3"));
    }
}
