//! The weights of every feature, rounded so that they lie close together.
//!
//! Rows of weights are whole numbers of -127 to 127 with one scale a row: a quarter of the memory, so more of them
//! are at hand, and what is lost is far below what training texts can tell (the largest weight of a row is exact to a
//! two-hundredth part).
//!
//! Many features of a text are added at once, in whole numbers: what each is multiplied by is rounded too, to a part of
//! 32,767 of the largest of them, so that two products and their sum are one instruction for four columns (`pmaddwd`,
//! all x86-64 processors have it). That is far finer than the weights themselves.
//!
//! Rows are filled up so that sums take columns by fours or sixteens. Where there are few columns, reckoning with
//! rounded numbers costs more than the memory they save, so what each feature adds is kept at hand as well.
//!
//! Cost: 8 bytes a feature and one more a column, by sixteens; 16 or 32 bytes a feature more for up to 3 or 7 columns.

use std::array;

use wide::{i16x8, i32x4, u8x16};

/// A row a feature, all that scoring asks of it in one place: its rarity, what its whole numbers are multiplied by,
/// and one whole number a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows {
    columns: usize,
    /// Row by row: f32, f32, and a byte a column, which is its whole number and [`ZERO`], to the next four or sixteen
    /// columns; little endian.
    bytes: Vec<u8>,
    /// Where there are few columns: part by part what a feature adds that occurs once.
    ready: Vec<f32>,
}

/// Columns that are summed together.
pub(super) const FOUR: usize = 4;
/// Numbers of the longest part that is kept ready.
const READY: usize = 8;

/// Bytes that are fetched from memory together.
const LINE: usize = 64;
/// Bytes of a row before its whole numbers.
const HEAD: usize = 8;
/// The byte of the whole number 0.
const ZERO: u8 = 128;
/// Columns that are summed together where there are many.
const SIXTEEN: usize = 16;
/// Features that are added together, at most: their products by whole numbers below 2^8 and 2^15 stay below 2^31.
const MANY: usize = 64;
/// The largest whole number that features are multiplied by.
const LARGEST_FACTOR: f32 = 32_767.0;
/// The largest whole number of a row.
const LARGEST: f32 = 127.0;

impl Rows {
    /// Rounds rows of `columns` weights each, of features with these rarities.
    pub(crate) fn round(weights: &[f32], columns: usize, idf: &[f32]) -> Self {
        let mut rows = Self::with_capacity(columns, idf.len());
        for (row, &idf) in weights.chunks_exact(columns).zip(idf) {
            let most = row.iter().fold(0.0_f32, |most, weight| most.max(weight.abs()));
            let scale = most / LARGEST;
            let whole = |weight: &f32| if scale > 0.0 { (weight / scale).round() as i8 } else { 0 };
            rows.push(idf, scale, row.iter().map(whole));
        }
        rows
    }

    /// Rows of `columns` whole numbers each, as they were saved.
    pub(crate) fn read(columns: usize, idf: &[f32], scales: &[f32], values: &[u8]) -> Self {
        let mut rows = Self::with_capacity(columns, idf.len());
        for ((&idf, &scale), values) in idf.iter().zip(scales).zip(values.chunks_exact(columns)) {
            rows.push(idf, scale, values.iter().map(|&value| value as i8));
        }
        rows
    }

    fn with_capacity(columns: usize, features: usize) -> Self {
        let mut rows = Self { columns, bytes: Vec::new(), ready: Vec::new() };
        rows.bytes.reserve_exact(features * rows.bytes_a_row());
        rows
    }

    /// Columns with those that fill up.
    pub(super) fn filled(&self) -> usize {
        self.columns.next_multiple_of(FOUR)
    }

    /// Numbers of a part: what features add to the columns, the sum of their squares, and zeros to the next four.
    pub(super) fn part(&self) -> usize {
        (self.columns + 1).next_multiple_of(FOUR)
    }

    /// Whether what features add is kept ready.
    pub(super) fn is_ready(&self) -> bool {
        self.part() <= READY
    }

    fn bytes_a_row(&self) -> usize {
        HEAD + if self.is_ready() { self.filled() } else { self.columns.next_multiple_of(SIXTEEN) }
    }

    fn push(&mut self, idf: f32, scale: f32, values: impl Iterator<Item = i8>) {
        let begin = self.bytes.len();
        self.bytes.extend(idf.to_le_bytes());
        self.bytes.extend(scale.to_le_bytes());
        self.bytes.extend(values.map(|value| value as u8 ^ ZERO));
        self.bytes.resize(begin + self.bytes_a_row(), ZERO);
        if self.is_ready() {
            let mut part = [0.0; READY];
            self.add_row(begin / self.bytes_a_row(), 1.0, 1.0, &mut part);
            self.ready.extend_from_slice(&part[..self.part()]);
        }
    }

    /// Every row: its scale and its whole numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (f32, impl Iterator<Item = i8>)> {
        self.bytes.chunks_exact(self.bytes_a_row()).map(|row| {
            let row = Row::of(row);
            (row.scale, row.values[..self.columns].iter().map(|&value| whole(value)))
        })
    }

    /// Fetches a row, so that it is at hand when it is added: one by one, each would be waited for. What is returned
    /// has no meaning, but must be used.
    #[inline]
    pub(super) fn touch(&self, feature: usize) -> u32 {
        if let Some(number) = self.ready.get(feature * self.part()) {
            return number.to_bits();
        }
        let begin = feature * self.bytes_a_row();
        u32::from(self.bytes[begin] ^ self.bytes[begin + self.columns.min(LINE)])
    }

    /// Adds `times` times what a feature adds to the columns that occurs once, and `square_times` times its square.
    #[inline]
    pub(super) fn add(&self, feature: usize, times: f32, square_times: f32, part: &mut [f32]) {
        let begin = feature * self.part();
        let Some(ready) = self.ready.get(begin..begin + self.part()) else {
            return self.add_row(feature, times, square_times, part);
        };
        add_times(times, ready, part);
        if times != square_times {
            part[self.columns] += (square_times - times) * ready[self.columns];
        }
    }

    fn add_row(&self, feature: usize, times: f32, square_times: f32, part: &mut [f32]) {
        let row = self.row(feature);
        let factor = times * row.idf * row.scale;
        for (sum, &value) in part[..self.columns].iter_mut().zip(row.values) {
            *sum += factor * f32::from(whole(value));
        }
        part[self.columns] += square_times * row.idf * row.idf;
    }

    /// Adds what features add, each so many times and its square as many times squared, where there are many columns.
    pub(super) fn add_all(&self, mut features: impl Iterator<Item = (u32, f32)>, part: &mut [f32]) {
        loop {
            let (mut begins, mut factors) = ([0; MANY], [0.0; MANY]);
            let (mut count, mut squares) = (0, 0.0);
            for (feature, times) in features.by_ref().take(MANY) {
                let row = self.row(feature as usize);
                let value = times * row.idf;
                squares += value * value;
                begins[count] = feature as usize * self.bytes_a_row() + HEAD;
                factors[count] = value * row.scale;
                count += 1;
            }
            if count == 0 {
                return;
            }
            part[self.columns] += squares;
            self.add_many(&begins[..count], &factors[..count.next_multiple_of(2)], part);
        }
    }

    /// Adds the rows that begin there, each so many times; of an odd number one more, which does not count.
    fn add_many(&self, begins: &[usize], factors: &[f32], part: &mut [f32]) {
        let most = factors.iter().fold(0.0_f32, |most, &factor| if factor > most { factor } else { most });
        if most <= 0.0 {
            return;
        }
        // None is below 0, so one half more and cut off is rounded.
        let whole = |factor: f32| (factor * (LARGEST_FACTOR / most) + 0.5) as i16;
        let (mut pairs, mut sum) = ([Pair::default(); MANY / 2], 0);
        for ((pair, begins), factors) in
            pairs.iter_mut().zip(begins.chunks(2)).zip(factors.as_chunks::<2>().0)
        {
            let [first, second] = factors.map(whole);
            *pair = Pair {
                begins: [begins[0], begins[begins.len() - 1]],
                factors: i16x8::new([first, second, first, second, first, second, first, second]),
            };
            sum += i32::from(first) + i32::from(second);
        }
        let pairs = &pairs[..begins.len().div_ceil(2)];
        let (zeros, unit) = (sum * i32::from(ZERO), most / LARGEST_FACTOR);
        for (block, part) in part[..self.filled()].chunks_mut(SIXTEEN).enumerate() {
            let sums = self.sum_sixteen(block * SIXTEEN, pairs);
            for (part, sums) in part.as_chunks_mut::<FOUR>().0.iter_mut().zip(sums) {
                let sums = sums.to_array();
                *part = array::from_fn(|at| part[at] + (sums[at] - zeros) as f32 * unit);
            }
        }
    }

    /// The sums of products of sixteen columns.
    #[inline]
    fn sum_sixteen(&self, column: usize, pairs: &[Pair]) -> [i32x4; SIXTEEN / FOUR] {
        let mut sums = [i32x4::ZERO; SIXTEEN / FOUR];
        for &Pair { begins, factors } in pairs {
            let [a, b] = begins.map(|begin| self.sixteen(begin + column));
            let [low, high] = [u8x16::unpack_low(a, b), u8x16::unpack_high(a, b)];
            sums[0] += i16x8::from_u8x16_low(low).dot(factors);
            sums[1] += i16x8::from_u8x16_high(low).dot(factors);
            sums[2] += i16x8::from_u8x16_low(high).dot(factors);
            sums[3] += i16x8::from_u8x16_high(high).dot(factors);
        }
        sums
    }

    #[inline]
    fn sixteen(&self, begin: usize) -> u8x16 {
        u8x16::new(*self.bytes[begin..].first_chunk().unwrap_or(&[ZERO; SIXTEEN]))
    }

    fn row(&self, feature: usize) -> Row<'_> {
        let width = self.bytes_a_row();
        Row::of(&self.bytes[feature * width..][..width])
    }

    /// The weight of a feature for a column.
    pub(crate) fn weight(&self, feature: usize, column: usize) -> f64 {
        let row = self.row(feature);
        f64::from(row.scale) * f64::from(whole(row.values[column]))
    }
}

/// Two rows that are added together: where their numbers begin, and how many times each counts, in turns.
#[derive(Clone, Copy, Default)]
struct Pair {
    begins: [usize; 2],
    factors: i16x8,
}

/// One of them.
#[derive(Clone, Copy)]
struct Row<'a> {
    idf: f32,
    scale: f32,
    values: &'a [u8],
}

impl<'a> Row<'a> {
    #[inline]
    fn of(bytes: &'a [u8]) -> Self {
        let Some(([i, d, f, x, s, c, a, l], values)) = bytes.split_first_chunk() else {
            return Self { idf: 0.0, scale: 0.0, values: &[] };
        };
        Self {
            idf: f32::from_le_bytes([*i, *d, *f, *x]),
            scale: f32::from_le_bytes([*s, *c, *a, *l]),
            values,
        }
    }
}

/// The whole number of a byte.
fn whole(byte: u8) -> i8 {
    (byte ^ ZERO) as i8
}

// Arrays are written whole, so that compilers see that nothing is read in between and take four numbers at a time.

/// Adds numbers to sums, by fours.
#[inline]
pub(super) fn add(numbers: &[f32], sums: &mut [f32]) {
    for (sums, numbers) in fours(sums).iter_mut().zip(numbers.as_chunks::<FOUR>().0) {
        *sums = array::from_fn(|at| sums[at] + numbers[at]);
    }
}

/// Adds numbers, `times` times, to sums, by fours.
#[inline]
pub(super) fn add_times(times: f32, numbers: &[f32], sums: &mut [f32]) {
    // The commonest case, and the one in which a loop would be longer than what it does.
    if let (Ok(sums), Some(numbers)) =
        (<&mut [f32; FOUR]>::try_from(&mut *sums), numbers.first_chunk::<FOUR>())
    {
        *sums = array::from_fn(|at| sums[at] + times * numbers[at]);
        return;
    }
    for (sums, numbers) in fours(sums).iter_mut().zip(numbers.as_chunks::<FOUR>().0) {
        *sums = array::from_fn(|at| sums[at] + times * numbers[at]);
    }
}

fn fours(sums: &mut [f32]) -> &mut [[f32; FOUR]] {
    sums.as_chunks_mut().0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rounded_rows_are_close_and_keep_their_largest() {
        let weights = [1.0, -0.5, 0.003, 0.0, 0.0, 0.0, -2.0, 2.0, 0.1];
        let rows = Rows::round(&weights, 3, &[1.0; 3]);
        for (place, &weight) in weights.iter().enumerate() {
            let rounded = rows.weight(place / 3, place % 3);
            assert!((rounded - f64::from(weight)).abs() <= 2.0 / 254.0 + 1e-6, "{weight} {rounded}");
        }
        assert!((rows.weight(0, 0) - 1.0).abs() < 1e-6 && (rows.weight(2, 0) + 2.0).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn many_rows_at_once_add_what_they_add_one_by_one(
            columns in 8_usize..40,
            features in prop::collection::vec((0_u32..30, 1.0_f32..4.0), 0..150),
            seed in any::<u64>(),
        ) {
            let mut random = seed;
            let mut weights = || {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (random >> 40) as f32 / 16_777_216.0 - 0.5
            };
            // Rows of all sizes, and one of zeros.
            let numbers: Vec<f32> = (0..30 * columns).map(|at| weights() * (at / columns) as f32).collect();
            let idf: Vec<f32> = (0..30).map(|_| 2.0 + weights()).collect();
            let rows = Rows::round(&numbers, columns, &idf);
            let (mut one_by_one, mut at_once) = (vec![0.0; rows.part()], vec![0.0; rows.part()]);
            for &(feature, times) in &features {
                rows.add(feature as usize, times, times * times, &mut one_by_one);
            }
            rows.add_all(features.iter().copied(), &mut at_once);
            // Half a step of the factor of the largest row, 30 / 2 by 2.5 by 4, a feature.
            let most = features.len() as f32 * 150.0 / 65_534.0 + 1e-4;
            for (expected, found) in one_by_one[..columns].iter().zip(&at_once) {
                prop_assert!((expected - found).abs() <= most, "{expected} {found}");
            }
            let squares = [one_by_one[columns], at_once[columns]];
            prop_assert!((squares[0] - squares[1]).abs() <= 1e-4 * squares[0]);
        }
    }
}
