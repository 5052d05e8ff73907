//! Parquet files to contact records.
//!
//! Values become the text a person would write: `94103` also for the float `94103.0` that data
//! frames make of a column with gaps, `1985-03-04` for a date and for a time at midnight UTC, RFC
//! 3339 for other times; the items of a list are several values. Structs and maps hold no single
//! value; a column of them is left out with a note. The row interface of the crate is used: it
//! needs no Arrow, and contact files are small beside what is done with them.

use std::fs::File;
use std::io::Read;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ::parquet::basic::{LogicalType, TimeUnit};
use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::reader::RowIter;
use ::parquet::record::{Field, Row};
use bytes::Bytes;
use reknit::model::Timestamp;

use super::contacts::{Contacts, Slot};
use super::open::{Input, Opened};
use crate::console::Console;
use crate::failure::{Failure, Place, Result};

/// How deep lists may nest inside lists.
const DEEPEST_LIST: usize = 3;

/// Reads all records of one file.
pub(super) fn read(input: &Input, opened: Opened, contacts: &mut Contacts, console: &Console) -> Result<()> {
    let place = Place::file(&opened.name);
    let reader = reader(input, opened)?;
    let fields = reader.metadata().file_metadata().schema().get_fields();
    let nanoseconds: Vec<bool> = fields
        .iter()
        .map(|field| match field.get_basic_info().logical_type_ref() {
            Some(LogicalType::Timestamp(time)) => time.unit == TimeUnit::NANOS,
            _ => false,
        })
        .collect();
    let mut slots = Vec::with_capacity(fields.len());
    for field in fields {
        let single =
            field.is_primitive() || field.get_basic_info().logical_type_ref() == Some(&LogicalType::List);
        if single {
            slots.push(contacts.slot(field.name(), field.name()));
        } else {
            console
                .note(format_args!("{place}: the column {} holds structs or maps; left out", field.name()));
            slots.push(Slot::Skip);
        }
    }
    let mut rows = RowIter::from_file_into(reader);
    let mut number = 0;
    while let Some(row) = next_row(&mut rows, number, &place)? {
        number += 1;
        let values: Vec<(Slot, String)> = row
            .get_column_iter()
            .zip(slots.iter().zip(&nanoseconds))
            .filter(|(_, (slot, _))| **slot != Slot::Skip)
            .flat_map(|((_, field), (slot, nanoseconds))| {
                texts(field, *nanoseconds).into_iter().map(|text| (*slot, text))
            })
            .collect();
        let cells: Vec<(Slot, &str)> = values.iter().map(|(slot, text)| (*slot, text.as_str())).collect();
        contacts.row(number, &cells, &[])?;
    }
    Ok(())
}

fn reader(input: &Input, opened: Opened) -> Result<Box<dyn FileReader>> {
    let name = opened.name;
    let broken =
        |error: ParquetError| Failure::at(Place::file(&name), format!("no readable Parquet: {error}"));
    if let Some(path) = input.path() {
        drop(opened.reader);
        let file = File::open(path).map_err(|error| Failure::io(&name, &error))?;
        return Ok(Box::new(SerializedFileReader::new(file).map_err(broken)?));
    }
    // The index of a Parquet file stands at its end, so a stream has to be read whole.
    let mut whole = Vec::new();
    let mut stream = opened.reader;
    stream.read_to_end(&mut whole).map_err(|error| Failure::io(&name, &error))?;
    Ok(Box::new(SerializedFileReader::new(Bytes::from(whole)).map_err(broken)?))
}

/// The next row. The crate panics on some types it has no reading for; that is an error of the file
/// here, like any other.
fn next_row(rows: &mut RowIter<'_>, number: u64, place: &Place) -> Result<Option<Row>> {
    let failed =
        |message: String| Failure::at(place.clone(), format!("row {} cannot be read: {message}", number + 1));
    match catch_unwind(AssertUnwindSafe(|| rows.next())) {
        Ok(None) => Ok(None),
        Ok(Some(Ok(row))) => Ok(Some(row)),
        Ok(Some(Err(error))) => Err(failed(error.to_string())),
        Err(_) => Err(failed("it has a column of a type without a reading; save it as text".to_owned())),
    }
}

/// The values of one cell as text.
fn texts(field: &Field, nanoseconds: bool) -> Vec<String> {
    let mut into = Vec::new();
    gather(field, nanoseconds, DEEPEST_LIST, &mut into);
    into
}

fn gather(field: &Field, nanoseconds: bool, depth: usize, into: &mut Vec<String>) {
    let text = match field {
        Field::Null | Field::Group(_) | Field::MapInternal(_) => return,
        Field::ListInternal(list) => {
            if depth > 0 {
                list.elements().iter().for_each(|item| gather(item, nanoseconds, depth - 1, into));
            }
            return;
        }
        Field::Str(text) => text.clone(),
        Field::Bytes(bytes) => String::from_utf8_lossy(bytes.data()).into_owned(),
        Field::Float16(number) => return into.extend(number_text(f64::from(*number))),
        Field::Float(number) => return into.extend(number_text(f64::from(*number))),
        Field::Double(number) => return into.extend(number_text(*number)),
        Field::Date(days) => time_text(i64::from(*days).saturating_mul(86_400_000)),
        Field::TimestampMillis(ms) => time_text(*ms),
        Field::TimestampMicros(us) => time_text(us.div_euclid(1000)),
        Field::Long(ns) if nanoseconds => time_text(ns.div_euclid(1_000_000)),
        other => other.to_string(),
    };
    into.push(text);
}

/// A whole number without a point; none for what is no number.
fn number_text(number: f64) -> Option<String> {
    number.is_finite().then(|| number.to_string())
}

fn time_text(ms: i64) -> String {
    let text = Timestamp(ms).to_string();
    text.strip_suffix("T00:00:00Z").map(str::to_owned).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_people_write_them() {
        assert_eq!(texts(&Field::Double(94_103.0), false), ["94103"]);
        assert_eq!(texts(&Field::Double(f64::NAN), false), Vec::<String>::new());
        assert_eq!(texts(&Field::Date(5541), false), ["1985-03-04"]);
        assert_eq!(texts(&Field::Long(478_742_400_000_000_000), true), ["1985-03-04"]);
        assert_eq!(texts(&Field::TimestampMillis(478_742_401_000), false), ["1985-03-04T00:00:01Z"]);
    }
}
