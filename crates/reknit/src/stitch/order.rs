//! The working order of messages: `(sent, id)`.
//!
//! Whatever the order of arrival, decisions are made as if messages had come in this order. Ids that
//! are equal in time compare with their digits as numbers, so that line 999 of a log comes before line
//! 1000. A message without a sent time goes by its arrival; without any time it comes last.

use std::cmp::Ordering;

use crate::model::{Message, Timestamp};

use super::weight::{hash, mix};

/// Where a message stands among all others; its id is kept as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    /// Milliseconds since 1970; the largest number where no time is known.
    pub(super) time: i64,
    /// What tells two messages apart that bear the same id.
    pub(super) tie: u64,
    /// The number of the message's id.
    pub(super) id: u32,
}

impl Order {
    /// Compares two places; `text` gives the id of a number.
    pub(super) fn compare<'t>(&self, other: &Self, text: impl Fn(u32) -> &'t str) -> Ordering {
        self.time.cmp(&other.time).then_with(|| {
            let ids =
                if self.id == other.id { Ordering::Equal } else { by_id(text(self.id), text(other.id)) };
            ids.then_with(|| self.tie.cmp(&other.tie))
        })
    }
}

/// Which of two messages comes first in working order.
pub(super) fn compare(a: &Message, b: &Message) -> Ordering {
    time(a).cmp(&time(b)).then_with(|| by_id(&a.id, &b.id)).then_with(|| tie(a).cmp(&tie(b)))
}

/// The time a message goes by.
pub(super) fn time(message: &Message) -> i64 {
    message.sent.or(message.arrived).map_or(i64::MAX, Timestamp::millis)
}

/// Tells apart what bears the same id and time.
pub(super) fn tie(message: &Message) -> u64 {
    let arrived = message.arrived.map_or(i64::MIN, Timestamp::millis) as u64;
    mix(&[hash(&message.channel.0), arrived, hash(&message.author.handle), hash(&message.text)])
}

fn by_id(a: &str, b: &str) -> Ordering {
    natural(a, b).then_with(|| a.cmp(b))
}

/// Compares two ids with runs of digits as numbers.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while let (Some(x), Some(y)) = (a.first(), b.first()) {
        if x.is_ascii_digit() && y.is_ascii_digit() {
            let (x, y) = (number(&mut a), number(&mut b));
            let order = x.len().cmp(&y.len()).then_with(|| x.cmp(y));
            if order != Ordering::Equal {
                return order;
            }
        } else if x == y {
            (a, b) = (&a[1..], &b[1..]);
        } else {
            return x.cmp(y);
        }
    }
    a.len().cmp(&b.len())
}

/// Takes the digits `text` starts with; leading zeros are left out of the answer.
fn number<'t>(text: &mut &'t [u8]) -> &'t [u8] {
    let end = text.iter().position(|c| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    let zeros = digits.iter().take_while(|&&c| c == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_compare_as_people_count() {
        assert_eq!(natural("log:999", "log:1000"), Ordering::Less);
        assert_eq!(natural("a007", "a7"), Ordering::Equal);
        assert_eq!(natural("a", "a1"), Ordering::Less);
        assert_eq!(natural("b1", "a2"), Ordering::Greater);
        assert_eq!(natural("", ""), Ordering::Equal);
    }
}
