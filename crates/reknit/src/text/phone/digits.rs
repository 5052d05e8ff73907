//! Digits of one number, in place: a number is short, so none is allocated until the result.

use std::ops::{Deref, Range};

/// Room for the longest exit code, calling code and number, and then some.
const ROOM: usize = 40;

/// Digits as values 0..=9.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digits {
    values: [u8; ROOM],
    length: u8,
}

impl Digits {
    pub(super) const fn new() -> Self {
        Self { values: [0; ROOM], length: 0 }
    }

    /// Appends a digit; gives whether there was room.
    pub(super) fn push(&mut self, digit: u8) -> bool {
        let Some(place) = self.values.get_mut(usize::from(self.length)) else { return false };
        *place = digit;
        self.length += 1;
        true
    }

    /// The digits from `start` on.
    pub(super) fn tail(&self, start: usize) -> Self {
        self.replaced("", 0..0, start)
    }

    /// `head`, the digits `kept`, and those from `end` on.
    pub(super) fn replaced(&self, head: &str, kept: Range<usize>, end: usize) -> Self {
        let mut new = Self::new();
        let head = head.bytes().map(|byte| byte - b'0');
        let own = self[kept].iter().chain(&self[end..]).copied();
        for digit in head.chain(own) {
            new.push(digit);
        }
        new
    }

    /// The digits as text behind what `text` holds.
    pub(super) fn write_to(&self, text: &mut String) {
        text.extend(self.iter().map(|&digit| char::from(b'0' + digit)));
    }
}

impl Deref for Digits {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.values[..usize::from(self.length)]
    }
}
