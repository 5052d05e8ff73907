//! Points in time: milliseconds since 1970-01-01 UTC.
//!
//! The core reads no clock; every time comes in as data. Text is read by `jiff` (RFC 3339 and the
//! common ISO 8601 forms); a form without an offset is read as UTC.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Timestamp(pub i64);

/// Numbers below this are seconds, from it on milliseconds: 1e11 s is the year 5138, 1e11 ms is
/// 1973, before any channel we know.
const SECONDS_BELOW: f64 = 1e11;

impl Timestamp {
    /// The time `ms` milliseconds after 1970.
    pub fn from_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Milliseconds from `earlier` to `self`; negative when `self` is the earlier one.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Reads a number of seconds (with a fraction) or, from 1e11 on, of milliseconds.
    pub fn from_number(n: f64) -> Option<Self> {
        if !n.is_finite() || n.abs() > 1e15 {
            return None;
        }
        let ms = if n.abs() < SECONDS_BELOW { n * 1000.0 } else { n };
        Some(Self(ms.round() as i64))
    }

    /// Reads RFC 3339, ISO 8601 with or without offset (`T` or a space between), a bare date, or a
    /// number as text.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Some(Self(instant.as_millisecond()));
        }
        if let Ok(civil) = text.parse::<jiff::civil::DateTime>() {
            let utc = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
            return Some(Self(utc.timestamp().as_millisecond()));
        }
        text.parse::<f64>().ok().and_then(Self::from_number)
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC with milliseconds only where there are any; the bare number outside the
    /// years −9999 to 9999.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(instant) => write!(f, "{instant}"),
            Err(_) => write!(f, "{}", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl Visitor<'_> for Reader {
            type Value = Timestamp;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time: ISO 8601 text, or seconds or milliseconds since 1970")
            }
            fn visit_i64<E: de::Error>(self, n: i64) -> Result<Timestamp, E> {
                self.visit_f64(n as f64)
            }
            fn visit_u64<E: de::Error>(self, n: u64) -> Result<Timestamp, E> {
                self.visit_f64(n as f64)
            }
            fn visit_f64<E: de::Error>(self, n: f64) -> Result<Timestamp, E> {
                Timestamp::from_number(n).ok_or_else(|| E::custom("time out of range"))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                Timestamp::parse(text).ok_or_else(|| E::custom("unreadable time"))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_exports_hold() {
        let noon = Timestamp(1_507_630_399_000);
        assert_eq!(Timestamp::parse("2017-10-10T10:13:19+00:00"), Some(noon));
        assert_eq!(Timestamp::parse("2017-10-10 10:13:19"), Some(noon));
        assert_eq!(Timestamp::parse("2017-10-10T12:13:19+02:00"), Some(noon));
        assert_eq!(Timestamp::parse("1507630399"), Some(noon));
        assert_eq!(Timestamp::parse("1507630399000"), Some(noon));
        assert_eq!(Timestamp::parse("2017-10-10"), Some(Timestamp(1_507_593_600_000)));
        assert_eq!(Timestamp::parse("yesterday"), None);
        assert_eq!(Timestamp::parse("NaN"), None);
        assert_eq!(noon.to_string(), "2017-10-10T10:13:19Z");
    }
}
