//! Values in few bytes, one after the other, and back.
//!
//! What an engine holds is written field by field, without names or lengths that follow from the rest:
//! small numbers in groups of seven bits (LEB128, as in DWARF 5, section 7.6), signed ones folded to the
//! positive side first, hashes in eight bytes, lists after their count. Reading asks for every byte before
//! it takes it and makes room only for what is there, so bytes that lie about their lengths end in `None`
//! and never in a panic or an allocation larger than a small multiple of their own length.
//!
//! Cost: one pass.

use std::num::{NonZeroU32, NonZeroU64};
use std::sync::Arc;

/// A value that can be written down and read again.
pub(super) trait Packed: Sized {
    /// Appends it to `to`.
    fn pack(&self, to: &mut Vec<u8>);

    /// Takes it off the front of `from`; none where no such value stands there.
    fn unpack(from: &mut Bytes<'_>) -> Option<Self>;
}

/// Bytes still to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bytes<'b>(pub(super) &'b [u8]);

impl<'b> Bytes<'b> {
    /// The next `count` bytes, if there are so many.
    pub(super) fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    /// The length of a list or a text.
    pub(super) fn count(&mut self) -> Option<usize> {
        usize::try_from(read_number(self)?).ok()
    }
}

/// Seven bits a byte, the lowest first; the last byte has its top bit clear.
pub(super) fn write_number(to: &mut Vec<u8>, mut number: u64) {
    while number > 127 {
        to.push(number as u8 | 128);
        number >>= 7;
    }
    to.push(number as u8);
}

/// Reads what [`write_number`] wrote.
pub(super) fn read_number(from: &mut Bytes<'_>) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = u8::unpack(from)?;
        number |= u64::from(byte & 127) << shift;
        if byte < 128 {
            return Some(number);
        }
    }
    None
}

impl Packed for u8 {
    fn pack(&self, to: &mut Vec<u8>) {
        to.push(*self);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        from.array().map(|[byte]| byte)
    }
}

impl Packed for i8 {
    fn pack(&self, to: &mut Vec<u8>) {
        to.push(self.cast_unsigned());
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        u8::unpack(from).map(u8::cast_signed)
    }
}

impl Packed for bool {
    fn pack(&self, to: &mut Vec<u8>) {
        to.push(u8::from(*self));
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        match u8::unpack(from)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Packed for u32 {
    fn pack(&self, to: &mut Vec<u8>) {
        write_number(to, u64::from(*self));
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        Self::try_from(read_number(from)?).ok()
    }
}

/// A number of 64 bits is a hash: none of its bits is idle.
impl Packed for u64 {
    fn pack(&self, to: &mut Vec<u8>) {
        to.extend(self.to_le_bytes());
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        from.array().map(Self::from_le_bytes)
    }
}

/// A signed number is a moment or a span.
impl Packed for i64 {
    fn pack(&self, to: &mut Vec<u8>) {
        write_number(to, (self.cast_unsigned() << 1) ^ (self >> 63).cast_unsigned());
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        let folded = read_number(from)?;
        Some((folded >> 1).cast_signed() ^ -(folded & 1).cast_signed())
    }
}

impl Packed for f64 {
    fn pack(&self, to: &mut Vec<u8>) {
        self.to_bits().pack(to);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        u64::unpack(from).map(Self::from_bits)
    }
}

impl Packed for usize {
    fn pack(&self, to: &mut Vec<u8>) {
        write_number(to, *self as u64);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        from.count()
    }
}

impl Packed for NonZeroU32 {
    fn pack(&self, to: &mut Vec<u8>) {
        self.get().pack(to);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        Self::new(u32::unpack(from)?)
    }
}

impl Packed for NonZeroU64 {
    fn pack(&self, to: &mut Vec<u8>) {
        self.get().pack(to);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        Self::new(u64::unpack(from)?)
    }
}

impl Packed for String {
    fn pack(&self, to: &mut Vec<u8>) {
        pack_text(self, to);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        let count = from.count()?;
        std::str::from_utf8(from.take(count)?).ok().map(str::to_owned)
    }
}

/// Appends `text` as a [`String`] is packed.
pub(super) fn pack_text(text: &str, to: &mut Vec<u8>) {
    write_number(to, text.len() as u64);
    to.extend(text.as_bytes());
}

impl<T: Packed> Packed for Option<T> {
    fn pack(&self, to: &mut Vec<u8>) {
        self.is_some().pack(to);
        if let Some(value) = self {
            value.pack(to);
        }
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        if bool::unpack(from)? { T::unpack(from).map(Some) } else { Some(None) }
    }
}

impl<T: Packed> Packed for Box<T> {
    fn pack(&self, to: &mut Vec<u8>) {
        (**self).pack(to);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        T::unpack(from).map(Self::new)
    }
}

impl<T: Packed> Packed for Arc<T> {
    fn pack(&self, to: &mut Vec<u8>) {
        (**self).pack(to);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        T::unpack(from).map(Self::new)
    }
}

/// Values that room is made for before they are read.
const MOST_AT_ONCE: usize = 4096;

impl<T: Packed> Packed for Vec<T> {
    fn pack(&self, to: &mut Vec<u8>) {
        pack_list(self, to);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        let count = from.count()?;
        // Every value has a byte or more, so a count above that is a lie.
        if count > from.0.len() {
            return None;
        }
        let mut values = Self::with_capacity(count.min(MOST_AT_ONCE));
        for _ in 0..count {
            values.push(T::unpack(from)?);
        }
        Some(values)
    }
}

impl<T: Packed> Packed for Box<[T]> {
    fn pack(&self, to: &mut Vec<u8>) {
        pack_list(self, to);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        Vec::unpack(from).map(Vec::into_boxed_slice)
    }
}

fn pack_list<T: Packed>(values: &[T], to: &mut Vec<u8>) {
    write_number(to, values.len() as u64);
    for value in values {
        value.pack(to);
    }
}

/// Only the values up to the last that is not the default are written.
impl<T: Packed + Copy + Default + PartialEq, const N: usize> Packed for [T; N] {
    fn pack(&self, to: &mut Vec<u8>) {
        let kept = self.iter().rposition(|value| *value != T::default()).map_or(0, |last| last + 1);
        pack_list(&self[..kept], to);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        let count = from.count()?;
        let mut values = [T::default(); N];
        for value in values.get_mut(..count)? {
            *value = T::unpack(from)?;
        }
        Some(values)
    }
}

impl<A: Packed, B: Packed> Packed for (A, B) {
    fn pack(&self, to: &mut Vec<u8>) {
        self.0.pack(to);
        self.1.pack(to);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        Some((A::unpack(from)?, B::unpack(from)?))
    }
}

/// Packs a struct field by field, in the order given; fields after `with` are not written but have a value
/// until they are filled in.
macro_rules! packed {
    ($type:ty { $($field:ident),+ } $(with { $($other:ident: $value:expr),+ })?) => {
        impl $crate::stitch::packed::Packed for $type {
            fn pack(&self, to: &mut Vec<u8>) {
                $($crate::stitch::packed::Packed::pack(&self.$field, to);)+
            }

            fn unpack(from: &mut $crate::stitch::packed::Bytes<'_>) -> Option<Self> {
                $(let $field = $crate::stitch::packed::Packed::unpack(from)?;)+
                Some(Self { $($field,)+ $($($other: $value,)+)? })
            }
        }
    };
}

/// Packs an enum without fields as the place of its variant in the list.
macro_rules! packed_variants {
    ($type:ty: $($variant:ident),+) => {
        impl $crate::stitch::packed::Packed for $type {
            fn pack(&self, to: &mut Vec<u8>) {
                let place = [$(<$type>::$variant),+].iter().position(|variant| variant == self);
                to.push(place.unwrap_or(usize::from(u8::MAX)) as u8);
            }

            fn unpack(from: &mut $crate::stitch::packed::Bytes<'_>) -> Option<Self> {
                let place = <u8 as $crate::stitch::packed::Packed>::unpack(from)?;
                [$(<$type>::$variant),+].get(usize::from(place)).copied()
            }
        }
    };
}

pub(super) use {packed, packed_variants};

#[cfg(test)]
mod tests {
    use super::*;

    fn comes_back<T: Packed + PartialEq + std::fmt::Debug>(value: T) {
        let mut bytes = Vec::new();
        value.pack(&mut bytes);
        let mut from = Bytes(&bytes);
        assert_eq!(T::unpack(&mut from), Some(value));
        assert!(from.0.is_empty());
        for cut in 0..bytes.len() {
            assert!(T::unpack(&mut Bytes(&bytes[..cut])).is_none(), "cut at {cut} of {}", bytes.len());
        }
    }

    #[test]
    fn every_value_comes_back_whole_or_not_at_all() {
        for number in [0, 1, -1, 63, 64, -64, -65, i64::MAX, i64::MIN] {
            comes_back(number);
        }
        comes_back(u32::MAX);
        comes_back(u64::MAX);
        comes_back(-3.25_f64);
        comes_back("né".to_owned());
        comes_back([3_u32, 0, 7, 0, 0]);
        comes_back(vec![(Some(1_u32), true), (None, false)]);
        comes_back(Some(vec![-1_i8, 127].into_boxed_slice()));
    }

    #[test]
    fn a_lie_about_a_length_is_no_value() {
        let mut bytes = Vec::new();
        write_number(&mut bytes, u64::MAX);
        assert_eq!(Vec::<u64>::unpack(&mut Bytes(&bytes)), None);
        assert_eq!(String::unpack(&mut Bytes(&bytes)), None);
        assert_eq!(<[u8; 4]>::unpack(&mut Bytes(&[5, 1, 1, 1, 1, 1])), None);
        assert_eq!(u32::unpack(&mut Bytes(&[255; 5])), None);
        assert_eq!(u64::unpack(&mut Bytes(&[255; 7])), None);
        assert_eq!(read_number(&mut Bytes(&[255; 11])), None);
        assert_eq!(bool::unpack(&mut Bytes(&[2])), None);
    }
}
