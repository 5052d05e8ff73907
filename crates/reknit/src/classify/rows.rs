//! The weights of every feature, rounded so that they lie close together.
//!
//! Rows of weights are whole numbers of -127 to 127 with one scale a row: a quarter of the memory, so more of them
//! are at hand, and what is lost is far below what training texts can tell (the largest weight of a row is exact to a
//! two-hundredth part).
//!
//! They are filled up with zeros so that sums take four columns at a time. Where there are few columns, reckoning with
//! rounded numbers costs more than the memory they save, so what each feature adds is kept at hand as well.
//!
//! Cost: 8 bytes a feature and one more a column, by fours; 16 or 32 bytes a feature more for up to 3 or 7 columns.

use std::array;

/// A row a feature, all that scoring asks of it in one place: its rarity, what its whole numbers are multiplied by,
/// and one whole number a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows {
    columns: usize,
    /// Row by row: f32, f32, i8 a column and zeros to the next four columns, little endian.
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
            rows.push(idf, scale, row.iter().map(|weight| whole(weight) as u8));
        }
        rows
    }

    /// Rows of `columns` whole numbers each, as they were saved.
    pub(crate) fn read(columns: usize, idf: &[f32], scales: &[f32], values: &[u8]) -> Self {
        let mut rows = Self::with_capacity(columns, idf.len());
        for ((&idf, &scale), values) in idf.iter().zip(scales).zip(values.chunks_exact(columns)) {
            rows.push(idf, scale, values.iter().copied());
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
        HEAD + self.filled()
    }

    fn push(&mut self, idf: f32, scale: f32, values: impl Iterator<Item = u8>) {
        let begin = self.bytes.len();
        self.bytes.extend(idf.to_le_bytes());
        self.bytes.extend(scale.to_le_bytes());
        self.bytes.extend(values);
        self.bytes.resize(begin + self.bytes_a_row(), 0);
        if self.is_ready() {
            let mut part = [0.0; READY];
            self.add_row(begin / self.bytes_a_row(), 1.0, 1.0, &mut part);
            self.ready.extend_from_slice(&part[..self.part()]);
        }
    }

    /// Every row: its scale and its whole numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (f32, &[u8])> {
        self.bytes.chunks_exact(self.bytes_a_row()).map(|row| {
            let row = Row::of(row);
            (row.scale, &row.values[..self.columns])
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
        row.add(times * row.idf, &mut part[..self.filled()]);
        part[self.columns] += square_times * row.idf * row.idf;
    }

    fn row(&self, feature: usize) -> Row<'_> {
        let width = self.bytes_a_row();
        Row::of(&self.bytes[feature * width..][..width])
    }

    /// The weight of a feature for a column.
    pub(crate) fn weight(&self, feature: usize, column: usize) -> f64 {
        let row = self.row(feature);
        f64::from(row.scale) * f64::from(row.values[column] as i8)
    }
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

    /// Adds the weights, `value` times, to the sums of all columns and of those that fill up.
    #[inline]
    fn add(self, value: f32, sums: &mut [f32]) {
        let factor = value * self.scale;
        for (sum, &value) in sums.iter_mut().zip(self.values) {
            *sum += factor * f32::from(value as i8);
        }
    }
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
}
