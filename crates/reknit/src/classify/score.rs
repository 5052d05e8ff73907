//! The score of every label for a text: the part of a classifier that must be fast.
//!
//! A score is a sum over the features of the text, and nothing is kept of a feature but its fingerprint. So
//! fingerprints go from the reader into a small queue and from there, many at once, to the table, where their
//! waits for memory overlap; those that are known are counted. Then each known feature adds its row of
//! weights once. Rows are whole numbers of -127 to 127 with one scale a row: a quarter of the memory, so more
//! of them are at hand, and what is lost is far below what training texts can tell (the largest weight of a
//! row is exact to a two-hundredth part).
//!
//! Cost: linear in the text; memory by the number of different known features in it, never by its length.

use super::features::{BLOCKS, FeatureTable, Reader, Sink, Tables, block, damped, meaning, scales};
use super::recipe::Recipe;
use crate::text::words::{DIMENSIONS, Words};

/// A row of weights a feature: one whole number a column, and what it is multiplied by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows {
    pub(crate) columns: usize,
    pub(crate) scales: Vec<f32>,
    pub(crate) values: Vec<i8>,
}

/// The largest whole number of a row.
const LARGEST: f32 = 127.0;

impl Rows {
    /// Rounds rows of `columns` weights each.
    pub(crate) fn round(weights: &[f32], columns: usize) -> Self {
        let mut rows = Self { columns, scales: Vec::new(), values: Vec::with_capacity(weights.len()) };
        for row in weights.chunks_exact(columns) {
            let most = row.iter().fold(0.0_f32, |most, weight| most.max(weight.abs()));
            let scale = most / LARGEST;
            rows.scales.push(scale);
            let whole = |weight: &f32| if scale > 0.0 { (weight / scale).round() as i8 } else { 0 };
            rows.values.extend(row.iter().map(whole));
        }
        rows
    }

    /// The weight of a feature for a column.
    pub(crate) fn weight(&self, feature: usize, column: usize) -> f64 {
        f64::from(self.scales[feature]) * f64::from(self.values[feature * self.columns + column])
    }
}

/// Fingerprints that are looked up together.
const TOGETHER: usize = 64;

/// A known feature of the text.
#[derive(Debug, Clone, Copy)]
struct Known {
    column: u32,
    count: u32,
    idf: f32,
    block: u32,
}

/// The known features of a text, each once.
#[derive(Debug, Clone)]
struct Tally {
    queue: [u64; TOGETHER],
    queued: usize,
    known: Vec<Known>,
    /// The place of a column among the known, and one; by its last bits, or the next free place after.
    places: Vec<u32>,
}

impl Tally {
    fn new() -> Self {
        Self { queue: [0; TOGETHER], queued: 0, known: Vec::new(), places: vec![0; 1024] }
    }

    fn clear(&mut self) {
        self.queued = 0;
        self.known.clear();
        self.places.fill(0);
    }

    /// Looks the queue up.
    fn settle(&mut self, table: &FeatureTable) {
        let found = self.queue.map(|fingerprint| table.find(fingerprint));
        for (at, found) in found.into_iter().enumerate().take(std::mem::take(&mut self.queued)) {
            if let Some((column, idf)) = found {
                self.count(column, idf, block(self.queue[at]));
            }
        }
    }

    fn count(&mut self, column: u32, idf: f32, block: usize) {
        let mask = self.places.len() - 1;
        // Neighbours in the table are often of one text, so they are spread.
        let mut at = (column.wrapping_mul(0x9E37_79B1) >> 12) as usize & mask;
        while self.places[at] != 0 {
            let known = &mut self.known[self.places[at] as usize - 1];
            if known.column == column {
                known.count += 1;
                return;
            }
            at = (at + 1) & mask;
        }
        self.known.push(Known { column, count: 1, idf, block: block as u32 });
        self.places[at] = self.known.len() as u32;
        if 2 * self.known.len() > self.places.len() {
            self.grow();
        }
    }

    fn grow(&mut self) {
        let mask = 2 * self.places.len() - 1;
        self.places = vec![0; mask + 1];
        for (place, known) in self.known.iter().enumerate() {
            let mut at = (known.column.wrapping_mul(0x9E37_79B1) >> 12) as usize & mask;
            while self.places[at] != 0 {
                at = (at + 1) & mask;
            }
            self.places[at] = place as u32 + 1;
        }
    }
}

/// A tally that looks its queue up when it is full.
struct Counting<'a> {
    tally: &'a mut Tally,
    table: &'a FeatureTable,
}

impl Sink for Counting<'_> {
    fn feature(&mut self, fingerprint: u64, _: u32, _: u32) {
        if self.tally.queued == TOGETHER {
            self.tally.settle(self.table);
        }
        self.tally.queue[self.tally.queued] = fingerprint;
        self.tally.queued += 1;
    }
}

/// Buffers that stay from text to text.
#[derive(Debug, Clone)]
pub(crate) struct Scorer {
    reader: Reader,
    tally: Tally,
    sums: Vec<f32>,
    /// The scores of the text read last, one a column.
    pub(crate) scores: Vec<f64>,
}

/// What scores are made of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Model<'a> {
    pub(crate) recipe: &'a Recipe,
    pub(crate) tables: &'a Tables,
    pub(crate) table: &'a FeatureTable,
    pub(crate) rows: &'a Rows,
    /// The weights of meaning: number by number, one a column.
    pub(crate) meaning: &'a [f32],
    pub(crate) bias: &'a [f64],
    /// Whether the meaning of the text is asked for afterwards.
    pub(crate) asks_scope: bool,
}

impl Scorer {
    pub(crate) fn new() -> Self {
        Self { reader: Reader::default(), tally: Tally::new(), sums: Vec::new(), scores: Vec::new() }
    }

    /// The meaning of the text scored last, as `recipe` has it.
    pub(crate) fn meaning(&self, recipe: &Recipe, words: &Words) -> [f32; DIMENSIONS] {
        meaning(&self.reader.pieces, recipe, words)
    }

    /// Scores `text`.
    pub(crate) fn score(&mut self, text: &str, model: Model<'_>) {
        let Self { reader, tally, sums, scores } = self;
        tally.clear();
        let mut sink = Counting { tally, table: model.table };
        reader.keeps_pieces = model.asks_scope;
        reader.read(text, model.recipe, model.tables, &mut sink);
        tally.settle(model.table);

        let columns = model.rows.columns;
        sums.clear();
        sums.resize(BLOCKS * columns, 0.0);
        let mut squares = [0.0; BLOCKS];
        for known in &tally.known {
            let (value, block, column) =
                (damped(known.count) * known.idf, known.block as usize, known.column as usize);
            squares[block] += value * value;
            let factor = value * model.rows.scales[column];
            let row = &model.rows.values[column * columns..(column + 1) * columns];
            for (sum, &weight) in sums[block * columns..(block + 1) * columns].iter_mut().zip(row) {
                *sum += factor * f32::from(weight);
            }
        }
        scores.clear();
        scores.extend_from_slice(model.bias);
        for (sums, scale) in sums.chunks_exact(columns).zip(scales(squares)) {
            for (score, &sum) in scores.iter_mut().zip(sums) {
                *score += f64::from(scale * sum);
            }
        }
        if !model.meaning.is_empty() {
            let numbers = meaning(&reader.pieces, model.recipe, &model.tables.words);
            add_meaning(&numbers, model.meaning, &mut sums[..columns]);
            for (score, &sum) in scores.iter_mut().zip(&sums[..columns]) {
                *score += f64::from(sum);
            }
        }
    }
}

/// Puts the product of the numbers and their weights into `sums`.
fn add_meaning(numbers: &[f32; DIMENSIONS], weights: &[f32], sums: &mut [f32]) {
    sums.fill(0.0);
    for (&number, weights) in numbers.iter().zip(weights.chunks_exact(sums.len())) {
        for (sum, &weight) in sums.iter_mut().zip(weights) {
            *sum += number * weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounded_rows_are_close_and_keep_their_largest() {
        let weights = [1.0, -0.5, 0.003, 0.0, 0.0, 0.0, -2.0, 2.0, 0.1];
        let rows = Rows::round(&weights, 3);
        for (place, &weight) in weights.iter().enumerate() {
            let rounded = rows.weight(place / 3, place % 3);
            assert!((rounded - f64::from(weight)).abs() <= 2.0 / 254.0 + 1e-6, "{weight} {rounded}");
        }
        assert!((rows.weight(0, 0) - 1.0).abs() < 1e-6 && (rows.weight(2, 0) + 2.0).abs() < 1e-6);
    }

    #[test]
    fn a_tally_counts_each_column_once_however_many_there_are() {
        let mut tally = Tally::new();
        for round in 1..=3 {
            for column in 0..5_000 {
                tally.count(column * 7, 1.0, 0);
            }
            assert_eq!(tally.known.len(), 5_000);
            assert!(tally.known.iter().all(|known| known.count == round));
        }
        tally.clear();
        assert!(tally.known.is_empty());
    }
}
