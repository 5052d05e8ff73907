//! One column of one batch, whatever its layout, read cell by cell.
//!
//! The layout is looked at once per column and batch; what is left per cell is one call. Numbers,
//! dates and times become the text a person would write: `94103` also for the float `94103.0` that
//! pandas makes of a column with gaps, `1985-03-04` for a date and for a time at midnight UTC, RFC
//! 3339 for any other time. Not-a-number and the infinities are no value.

use std::borrow::Cow;
use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal128Type, Decimal256Type, DecimalType, Float16Type,
    Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, BooleanArray, RecordBatch, RecordBatchReader, StructArray};
use arrow_schema::{ArrowError, DataType, TimeUnit};
use reknit::model::Timestamp;
use reknit::{Error, Result};
use serde_json::{Map, Value};

/// The text of one cell; `None` for null.
type Text<'a> = Box<dyn Fn(usize) -> Option<Cow<'a, str>> + 'a>;

/// Which child values belong to one cell of a list; empty for null.
type Spans<'a> = Box<dyn Fn(usize) -> Range<usize> + 'a>;

/// How deep a column may nest. A message needs three levels: a list of participants that are
/// structs of texts.
const DEEPEST: usize = 4;

/// A column of one batch.
pub(crate) enum Cells<'a> {
    Text(Text<'a>),
    Truth(&'a BooleanArray),
    List(Spans<'a>, Box<Cells<'a>>),
    Struct(&'a StructArray, Vec<(&'a str, Cells<'a>)>),
    Map(Spans<'a>, Text<'a>, Box<Cells<'a>>),
    /// Of a type that holds no text: bytes, durations, unions, or nested too deep.
    Unreadable,
}

impl<'a> Cells<'a> {
    /// Looks at the layout of `array`.
    pub(crate) fn of(array: &'a dyn Array) -> Self {
        Self::nested(array, DEEPEST)
    }

    fn nested(array: &'a dyn Array, depth: usize) -> Self {
        if depth == 0 {
            return Self::Unreadable;
        }
        let inner = |child: &'a dyn Array| Box::new(Self::nested(child, depth - 1));
        match array.data_type() {
            DataType::Boolean => Self::Truth(array.as_boolean()),
            DataType::List(_) => {
                let list = array.as_list::<i32>();
                let offsets = list.value_offsets();
                let span = move |row: usize| offsets[row] as usize..offsets[row + 1] as usize;
                Self::List(valid_spans(array, span), inner(list.values().as_ref()))
            }
            DataType::LargeList(_) => {
                let list = array.as_list::<i64>();
                let offsets = list.value_offsets();
                let span = move |row: usize| offsets[row] as usize..offsets[row + 1] as usize;
                Self::List(valid_spans(array, span), inner(list.values().as_ref()))
            }
            DataType::FixedSizeList(_, width) => {
                let (list, width) = (array.as_fixed_size_list(), *width as usize);
                let span = move |row: usize| row * width..(row + 1) * width;
                Self::List(valid_spans(array, span), inner(list.values().as_ref()))
            }
            DataType::Struct(_) => {
                let whole = array.as_struct();
                let parts = whole.column_names().into_iter().zip(whole.columns());
                Self::Struct(whole, parts.map(|(name, part)| (name, *inner(part.as_ref()))).collect())
            }
            DataType::Map(..) => {
                let map = array.as_map();
                let offsets = map.value_offsets();
                let span = move |row: usize| offsets[row] as usize..offsets[row + 1] as usize;
                match texts(map.keys().as_ref()) {
                    Some(keys) => Self::Map(valid_spans(array, span), keys, inner(map.values().as_ref())),
                    None => Self::Unreadable,
                }
            }
            _ => texts(array).map_or(Self::Unreadable, Self::Text),
        }
    }

    /// Whether every cell is a text or a list of texts.
    pub(crate) fn is_flat(&self) -> bool {
        match self {
            Self::Text(_) | Self::Truth(_) => true,
            Self::List(_, inner) => inner.is_flat(),
            Self::Struct(..) | Self::Map(..) | Self::Unreadable => false,
        }
    }

    /// Appends the texts of one cell; none for null.
    pub(crate) fn texts(&self, row: usize, into: &mut Vec<Cow<'a, str>>) {
        match self {
            Self::Text(text) => into.extend(text(row)),
            Self::Truth(truth) => {
                into.extend(truth.is_valid(row).then(|| Cow::from(truth_name(truth.value(row)))));
            }
            Self::List(span, inner) => span(row).for_each(|child| inner.texts(child, into)),
            Self::Struct(..) | Self::Map(..) | Self::Unreadable => {}
        }
    }

    /// One cell as JSON; `None` for null. A cell that cannot be read becomes a JSON value that no
    /// field takes, so that it matters only where it is asked for.
    pub(crate) fn json(&self, row: usize) -> Option<Value> {
        match self {
            Self::Text(text) => text(row).map(|text| Value::String(text.into_owned())),
            Self::Truth(truth) => truth.is_valid(row).then(|| Value::Bool(truth.value(row))),
            Self::List(span, inner) => {
                let items: Vec<Value> = span(row).filter_map(|child| inner.json(child)).collect();
                (!items.is_empty()).then_some(Value::Array(items))
            }
            Self::Struct(whole, parts) => whole.is_valid(row).then(|| {
                let filled =
                    parts.iter().filter_map(|(name, part)| Some(((*name).to_owned(), part.json(row)?)));
                Value::Object(filled.collect())
            }),
            Self::Map(span, keys, values) => {
                let entry = |child: usize| Some((keys(child)?.into_owned(), values.json(child)?));
                Some(Value::Object(span(row).filter_map(entry).collect()))
            }
            Self::Unreadable => Some(Value::Object(Map::from_iter([(String::new(), Value::Null)]))),
        }
    }
}

fn truth_name(truth: bool) -> &'static str {
    if truth { "true" } else { "false" }
}

fn valid_spans<'a>(array: &'a dyn Array, span: impl Fn(usize) -> Range<usize> + 'a) -> Spans<'a> {
    Box::new(move |row| if array.is_valid(row) { span(row) } else { 0..0 })
}

/// Reads every scalar layout as text; `None` for a type that is none.
fn texts(array: &dyn Array) -> Option<Text<'_>> {
    Some(match array.data_type() {
        DataType::Null => Box::new(|_| None),
        DataType::Utf8 => {
            let text = array.as_string::<i32>();
            Box::new(move |row| text.is_valid(row).then(|| text.value(row).into()))
        }
        DataType::LargeUtf8 => {
            let text = array.as_string::<i64>();
            Box::new(move |row| text.is_valid(row).then(|| text.value(row).into()))
        }
        DataType::Utf8View => {
            let text = array.as_string_view();
            Box::new(move |row| text.is_valid(row).then(|| text.value(row).into()))
        }
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            let values = dictionary.values();
            if matches!(values.data_type(), DataType::Dictionary(..)) {
                return None;
            }
            // Keys cannot be normalised against an empty dictionary; then every row is null.
            if values.is_empty() {
                return Some(Box::new(|_| None));
            }
            let (keys, text) = (dictionary.normalized_keys(), texts(values.as_ref())?);
            Box::new(move |row| if array.is_valid(row) { text(keys[row]) } else { None })
        }
        DataType::Boolean => {
            let truth = array.as_boolean();
            Box::new(move |row| truth.is_valid(row).then(|| truth_name(truth.value(row)).into()))
        }
        DataType::Int8 => written::<Int8Type>(array, whole),
        DataType::Int16 => written::<Int16Type>(array, whole),
        DataType::Int32 => written::<Int32Type>(array, whole),
        DataType::Int64 => written::<Int64Type>(array, whole),
        DataType::UInt8 => written::<UInt8Type>(array, whole),
        DataType::UInt16 => written::<UInt16Type>(array, whole),
        DataType::UInt32 => written::<UInt32Type>(array, whole),
        DataType::UInt64 => written::<UInt64Type>(array, whole),
        DataType::Float16 => written::<Float16Type>(array, |n| float(n.to_f64(), n)),
        DataType::Float32 => written::<Float32Type>(array, |n| float(f64::from(n), n)),
        DataType::Float64 => written::<Float64Type>(array, |n| float(n, n)),
        DataType::Decimal128(..) => decimals::<Decimal128Type>(array),
        DataType::Decimal256(..) => decimals::<Decimal256Type>(array),
        DataType::Date32 => written::<Date32Type>(array, |days| Some(time(i64::from(days) * DAY_MS))),
        DataType::Date64 => written::<Date64Type>(array, |ms| Some(time(ms))),
        DataType::Timestamp(TimeUnit::Second, _) => {
            written::<TimestampSecondType>(array, |s| Some(time(s.saturating_mul(1000))))
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            written::<TimestampMillisecondType>(array, |ms| Some(time(ms)))
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            written::<TimestampMicrosecondType>(array, |us| Some(time(us.div_euclid(1000))))
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            written::<TimestampNanosecondType>(array, |ns| Some(time(ns.div_euclid(1_000_000))))
        }
        _ => return None,
    })
}

fn written<T: ArrowPrimitiveType>(array: &dyn Array, write: fn(T::Native) -> Option<String>) -> Text<'_> {
    let numbers = array.as_primitive::<T>();
    Box::new(move |row| numbers.is_valid(row).then(|| numbers.value(row)).and_then(write).map(Cow::from))
}

fn decimals<T: DecimalType>(array: &dyn Array) -> Text<'_> {
    let numbers = array.as_primitive::<T>();
    Box::new(move |row| numbers.is_valid(row).then(|| numbers.value_as_string(row).into()))
}

// The signature `written` asks for: a float may be no value, a whole number never is.
#[allow(clippy::unnecessary_wraps)]
fn whole(number: impl ToString + Copy) -> Option<String> {
    Some(number.to_string())
}

/// 2^53: up to here a float that is whole is exactly the number somebody wrote.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// `value` in its own precision is `shown`: 0.1 as a 32-bit float is 0.1, not 0.10000000149.
fn float(value: f64, shown: impl ToString + Copy) -> Option<String> {
    if value.fract() == 0.0 && value.abs() <= EXACT {
        return Some((value as i64).to_string());
    }
    value.is_finite().then(|| shown.to_string())
}

const DAY_MS: i64 = 86_400_000;

fn time(ms: i64) -> String {
    let mut text = Timestamp::from_millis(ms).to_string();
    if ms.rem_euclid(DAY_MS) == 0 {
        text.truncate(text.find('T').unwrap_or(text.len()));
    }
    text
}

/// The next batch, checked against the schema the reader announced.
pub(crate) fn next_batch(reader: &mut impl RecordBatchReader, number: usize) -> Result<Option<RecordBatch>> {
    let columns = reader.schema().fields().len();
    match reader.next() {
        None => Ok(None),
        Some(Ok(batch)) if batch.num_columns() == columns => Ok(Some(batch)),
        Some(Ok(batch)) => Err(Error::input(format!(
            "batch {number} has {} columns but its schema says {columns}",
            batch.num_columns()
        ))),
        Some(Err(error)) => Err(broken(number, &error)),
    }
}

/// Names the kind of failure only: the producer's message may quote a value.
fn broken(number: usize, error: &ArrowError) -> Error {
    let kind = match error {
        ArrowError::CDataInterface(_) => "the producer reported a failure",
        ArrowError::IoError(..) => "input or output failed",
        ArrowError::MemoryError(_) => "out of memory",
        ArrowError::ExternalError(_) => "the producer failed",
        _ => "the data is no valid Arrow",
    };
    Error::input(format!("the Arrow stream broke at batch {number}: {kind}"))
}
