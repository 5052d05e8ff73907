//! One contact as one source has it.
//!
//! A [`Record`] is the row view of a [`Table`](super::Table): good for one contact at a time, for
//! JSON and for tests. Bulk data goes into a table column by column.
//!
//! As JSON a record is flat, so that a row of any export is a record already:
//! `{"source": "crm", "id": "881", "first_name": "Ana", "email": ["ana@x.io", "a.p@y.org"]}`. Keys
//! are mapped by [`FieldKind::of_column`](super::FieldKind::of_column); numbers and booleans are
//! read as text; lists are several values; `null` and empty text are no value. The key
//! `identifiers` holds [`Identifier`]s with scope, assurance and validity.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{FieldKind, Identifier};

/// What names a record for good: the system it came from and its key there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordKey {
    /// The system the record came from.
    pub source: String,
    /// Its key in that system.
    pub id: String,
}

impl fmt::Display for RecordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source, self.id)
    }
}

/// One contact as one source has it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// The system the record came from.
    pub source: String,
    /// Its key in that system.
    pub id: String,
    /// E-mails, phones, handles and ids with what is known about them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// All other values by column name.
    #[serde(flatten)]
    pub fields: BTreeMap<String, Vec<String>>,
}

impl Record {
    /// A record without values.
    pub fn new(source: impl Into<String>, id: impl Into<String>) -> Self {
        Self { source: source.into(), id: id.into(), identifiers: Vec::new(), fields: BTreeMap::new() }
    }

    /// The same with one more value in the column `name`.
    ///
    /// ```
    /// use reknit::model::Record;
    /// let ana = Record::new("crm", "881").with("first_name", "Ana").with("email", "ana@x.io");
    /// assert_eq!(ana.fields["email"], ["ana@x.io"]);
    /// ```
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.entry(name.into()).or_default().push(value.into());
        self
    }

    /// The same with one more identifier.
    #[must_use]
    pub fn identified(mut self, identifier: Identifier) -> Self {
        self.identifiers.push(identifier);
        self
    }

    /// The key of the record.
    pub fn key(&self) -> RecordKey {
        RecordKey { source: self.source.clone(), id: self.id.clone() }
    }
}

impl<'de> Deserialize<'de> for Record {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Row {
            #[serde(default)]
            source: Value,
            #[serde(default)]
            id: Value,
            #[serde(default)]
            identifiers: Vec<Identifier>,
            #[serde(flatten)]
            rest: BTreeMap<String, Value>,
        }
        let row = Row::deserialize(deserializer)?;
        let one = |value: Value, key: &str| match values_of(value) {
            Some(values) if values.len() <= 1 => Ok(values.into_iter().next().unwrap_or_default()),
            _ => Err(D::Error::custom(format!("`{key}` must be one text or number"))),
        };
        let mut record = Self::new(one(row.source, "source")?, one(row.id, "id")?);
        record.identifiers = row.identifiers;
        for (name, value) in row.rest {
            if FieldKind::of_column(&name) == FieldKind::Ignored {
                continue;
            }
            let values = values_of(value).ok_or_else(|| {
                D::Error::custom(format!("`{name}` must be text, a number or a list of them"))
            })?;
            if !values.is_empty() {
                record.fields.insert(name, values);
            }
        }
        Ok(record)
    }
}

/// The values in a JSON cell: none for null and blank text, several for a list.
fn values_of(value: Value) -> Option<Vec<String>> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::String(text) if text.trim().is_empty() => Some(Vec::new()),
        Value::String(text) => Some(vec![text]),
        Value::Number(n) => Some(vec![n.to_string()]),
        Value::Bool(b) => Some(vec![b.to_string()]),
        Value::Array(items) => {
            items.into_iter().map(values_of).collect::<Option<Vec<_>>>().map(|v| v.concat())
        }
        Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flat_row_is_a_record() {
        let row = r#"{"source":"crm","id":881,"name":"Ana","email":["a@x.io",""],"age":null,"truth":"p1"}"#;
        let record: Record = serde_json::from_str(row).expect("the row is valid");
        assert_eq!(record, Record::new("crm", "881").with("name", "Ana").with("email", "a@x.io"));
    }

    #[test]
    fn a_nested_value_is_refused_by_its_name_only() {
        let error = serde_json::from_str::<Record>(r#"{"id":"1","name":{"first":"Ana"}}"#)
            .expect_err("a name is no object");
        assert!(error.to_string().contains("`name`"));
        assert!(!error.to_string().contains("Ana"));
    }
}
