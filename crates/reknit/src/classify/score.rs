//! The score of every label for a text: the part of a classifier that must be fast.
//!
//! A score is a sum. What a word adds by its characters and its meaning does not depend on the words around it: it is
//! one row of numbers, which is summed when the word is met first and [kept](super::cache). What words add together,
//! runs and form, is looked up for each text. Both wait for memory more than they reckon, so what is needed soon is
//! fetched many at once: the kept words of 16 units, the places of 64 fingerprints, the rows of features as soon as
//! they are known.
//!
//! Rows of weights are whole numbers of -127 to 127 with one scale a row: a quarter of the memory, so more of them
//! are at hand, and what is lost is far below what training texts can tell (the largest weight of a row is exact to a
//! two-hundredth part).
//!
//! Cost: linear in the text; memory by the number of different known features in it, never by its length, and 14 MB
//! of kept words, at most, for every thread that labels at the same time.

use std::sync::{Mutex, PoisonError};

use super::cache::{NO_SINGLE, Word, WordCache};
use super::features::{
    BLOCKS, CHARS, CLASSES, FeatureTable, LEADING, Line, Sink, Tables, WORDS, block, meaning_scale, scales,
    units, weigh,
};
use super::recipe::Recipe;
use super::spelling::{Asked, Spelling, mask};
use crate::text::token::Token;
use crate::text::words::{DIMENSIONS, sum};

/// A row a feature, all that scoring asks of it in one place: its rarity, what its whole numbers are multiplied by,
/// and one whole number a column.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rows {
    columns: usize,
    /// Row by row: f32, f32, i8 a column, little endian.
    bytes: Vec<u8>,
}

/// Bytes that are fetched from memory together.
const LINE: usize = 64;
/// Bytes of a row before its whole numbers.
const HEAD: usize = 8;
/// The largest whole number of a row.
const LARGEST: f32 = 127.0;

impl Rows {
    /// Rounds rows of `columns` weights each, of features with these rarities.
    pub(crate) fn round(weights: &[f32], columns: usize, idf: &[f32]) -> Self {
        let mut rows = Self { columns, bytes: Vec::with_capacity(idf.len() * (HEAD + columns)) };
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
        let mut rows = Self { columns, bytes: Vec::with_capacity(idf.len() * (HEAD + columns)) };
        for ((&idf, &scale), values) in idf.iter().zip(scales).zip(values.chunks_exact(columns)) {
            rows.push(idf, scale, values.iter().copied());
        }
        rows
    }

    fn push(&mut self, idf: f32, scale: f32, values: impl Iterator<Item = u8>) {
        self.bytes.extend(idf.to_le_bytes());
        self.bytes.extend(scale.to_le_bytes());
        self.bytes.extend(values);
    }

    /// Every row: its scale and its whole numbers.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (f32, &[u8])> {
        self.bytes.chunks_exact(HEAD + self.columns).map(|row| {
            let row = Row::of(row);
            (row.scale, row.values)
        })
    }

    /// Fetches a row, so that it is at hand when it is added: one by one, each would be waited for. What is returned
    /// has no meaning, but must be used.
    #[inline]
    fn touch(&self, feature: usize) -> u8 {
        let begin = feature * (HEAD + self.columns);
        self.bytes[begin] ^ self.bytes[begin + self.columns.min(LINE)]
    }

    #[inline]
    fn row(&self, feature: usize) -> Row<'_> {
        let width = HEAD + self.columns;
        Row::of(&self.bytes[feature * width..(feature + 1) * width])
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
        let number = |at: usize| bytes[at..].first_chunk().map_or(0.0, |bytes| f32::from_le_bytes(*bytes));
        Self { idf: number(0), scale: number(4), values: &bytes[HEAD..] }
    }

    /// Adds the weights, `value` times.
    #[inline]
    fn add(self, value: f32, sums: &mut [f32]) {
        let factor = value * self.scale;
        for (sum, &weight) in sums.iter_mut().zip(self.values) {
            *sum += factor * f32::from(weight as i8);
        }
    }
}

/// Fingerprints that are looked up together.
const TOGETHER: usize = 64;

/// Fingerprints that wait to be looked up together.
#[derive(Debug, Clone)]
struct Queue {
    fingerprints: [u64; TOGETHER],
    count: usize,
}

impl Queue {
    fn new() -> Self {
        Self { fingerprints: [0; TOGETHER], count: 0 }
    }

    /// Takes one more; when it is full, all are looked up first and those that are known are shown.
    #[inline]
    fn push(&mut self, fingerprint: u64, table: &FeatureTable, show: impl FnMut(u64, u32)) {
        if self.count == TOGETHER {
            self.settle(table, show);
        }
        self.fingerprints[self.count] = fingerprint;
        self.count += 1;
    }

    /// Looks all up and shows those that are known.
    fn settle(&mut self, table: &FeatureTable, show: impl FnMut(u64, u32)) {
        table.find_all(&self.fingerprints[..std::mem::take(&mut self.count)], show);
    }
}

/// A known feature of the text.
#[derive(Debug, Clone, Copy)]
struct Known {
    column: u32,
    count: u32,
    block: u32,
}

/// The known features of a text but those of characters, each once.
#[derive(Debug, Clone)]
struct Tally {
    known: Vec<Known>,
    /// The place of a column among the known, and one; by its last bits, or the next free place after.
    places: Vec<u32>,
    /// What fetching rows returned.
    touched: u8,
}

/// Places of a tally to begin with, and so many that it does not keep them for the next text.
const PLACES: usize = 1 << 10;
const MANY_PLACES: usize = 1 << 13;

impl Tally {
    fn new() -> Self {
        Self { known: Vec::new(), places: vec![0; PLACES], touched: 0 }
    }

    fn clear(&mut self) {
        if self.places.len() >= MANY_PLACES {
            *self = Self::new();
        }
        self.known.clear();
        self.places.fill(0);
    }

    /// Counts a feature and fetches its row.
    #[inline]
    fn count(&mut self, column: u32, block: u64, rows: &Rows) {
        self.touched ^= rows.touch(column as usize);
        let mask = self.places.len() - 1;
        let mut at = spread(column) & mask;
        while self.places[at] != 0 {
            let known = &mut self.known[self.places[at] as usize - 1];
            if known.column == column {
                known.count += 1;
                return;
            }
            at = (at + 1) & mask;
        }
        self.known.push(Known { column, count: 1, block: block as u32 });
        self.places[at] = self.known.len() as u32;
        if 2 * self.known.len() > self.places.len() {
            self.grow();
        }
    }

    fn grow(&mut self) {
        let mask = 2 * self.places.len() - 1;
        self.places = vec![0; mask + 1];
        for (place, known) in self.known.iter().enumerate() {
            let mut at = spread(known.column) & mask;
            while self.places[at] != 0 {
                at = (at + 1) & mask;
            }
            self.places[at] = place as u32 + 1;
        }
    }
}

/// Neighbours in the table are often of one text, so they are spread.
fn spread(column: u32) -> usize {
    (column.wrapping_mul(0x9E37_79B1) >> 12) as usize
}

/// Counts what is known.
struct Counting<'a> {
    queue: Queue,
    tally: &'a mut Tally,
    model: Model<'a>,
}

impl<'a> Counting<'a> {
    fn new(tally: &'a mut Tally, model: Model<'a>) -> Self {
        Self { queue: Queue::new(), tally, model }
    }

    fn settle(&mut self) {
        let Self { queue, tally, model } = self;
        queue.settle(model.table, |fingerprint, column| {
            tally.count(column, block(fingerprint) as u64, model.rows);
        });
    }
}

impl Sink for Counting<'_> {
    #[inline]
    fn feature(&mut self, fingerprint: u64, _: u32, _: u32) {
        let Self { queue, tally, model } = self;
        queue.push(fingerprint, model.table, |fingerprint, column| {
            tally.count(column, block(fingerprint) as u64, model.rows);
        });
    }
}

/// Where the parts of a row of a word are, and of the sum of rows: what its characters add to the columns, what
/// its meaning adds, the sum of the squares of its characters, and the first numbers of its vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Layout {
    columns: usize,
    /// Columns, where the recipe has meaning.
    meaning: usize,
    /// Numbers of the vector, where the recipe has meaning.
    vector: usize,
}

impl Layout {
    fn of(model: Model<'_>) -> Self {
        let columns = model.rows.columns;
        let [meaning, vector] = if model.meaning.is_empty() { [0; 2] } else { [columns, LEADING] };
        Self { columns, meaning, vector }
    }

    fn square(self) -> usize {
        self.columns + self.meaning
    }

    fn width(self) -> usize {
        self.square() + 1 + self.vector
    }
}

/// Sums what is known of the characters of a word, and keeps the features of the word itself and of its class.
struct Summing<'a> {
    queue: Queue,
    model: Model<'a>,
    sums: &'a mut [f32],
    square: f32,
    singles: [u32; 2],
}

impl Summing<'_> {
    fn show(&mut self, fingerprint: u64, column: u32) {
        match block(fingerprint) as u64 {
            CHARS => {
                let row = self.model.rows.row(column as usize);
                self.square += row.idf * row.idf;
                row.add(row.idf, self.sums);
            }
            WORDS => self.singles[0] = column,
            _ => self.singles[1] = column,
        }
    }

    fn settle(&mut self) {
        let mut queue = std::mem::replace(&mut self.queue, Queue::new());
        queue.settle(self.model.table, |fingerprint, column| self.show(fingerprint, column));
    }
}

impl Sink for Summing<'_> {
    fn feature(&mut self, fingerprint: u64, _: u32, _: u32) {
        if self.queue.count == TOGETHER {
            self.settle();
        }
        self.queue.push(fingerprint, self.model.table, |_, _| {});
    }
}

/// Sums the row of a word.
#[derive(Debug, Clone, Default)]
struct Spelled {
    spelling: Spelling,
    pieces: Vec<u16>,
    row: Vec<f32>,
}

impl Spelled {
    /// Reads a word and sums its row; what else is known of it.
    fn read(&mut self, unit: &Token<'_>, model: Model<'_>, layout: Layout) -> Word {
        let Self { spelling, pieces, row } = self;
        pieces.clear();
        row.clear();
        row.resize(layout.width(), 0.0);
        let asked = Asked { recipe: model.recipe, tables: model.tables };
        let sums = &mut row[..layout.columns];
        let mut sink = Summing { queue: Queue::new(), model, sums, square: 0.0, singles: [NO_SINGLE; 2] };
        let lexeme = spelling.read(unit, 0, asked, pieces, &mut sink);
        sink.settle();
        let Summing { square, singles, .. } = sink;
        row[layout.square()] = square;
        if layout.meaning > 0 {
            let vector = sum(&model.tables.words, pieces);
            add_meaning(&vector, model.meaning, &mut row[layout.columns..layout.square()]);
            row[layout.square() + 1..].copy_from_slice(&vector[..layout.vector]);
        }
        Word::new(lexeme, singles)
    }
}

/// Buffers that stay from text to text, and the words of texts before.
#[derive(Debug, Clone)]
pub(crate) struct Scorer {
    layout: Layout,
    spelled: Spelled,
    cache: WordCache,
    line: Line,
    tally: Tally,
    /// The sum of the rows of the words of the text.
    row: Vec<f32>,
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
}

impl Scorer {
    /// A scorer for `model` and no other.
    pub(crate) fn new(model: Model<'_>) -> Self {
        let layout = Layout::of(model);
        let mut cache = WordCache::default();
        cache.begin(layout.width());
        Self {
            layout,
            spelled: Spelled::default(),
            cache,
            line: Line::default(),
            tally: Tally::new(),
            row: Vec::new(),
            sums: Vec::new(),
            scores: Vec::new(),
        }
    }

    /// Scores `text`.
    pub(crate) fn score(&mut self, text: &str, model: Model<'_>) {
        self.read(text, model);
        let layout = self.layout;
        let columns = layout.columns;
        let Self { tally, sums, scores, row, .. } = self;
        sums.clear();
        sums.resize(BLOCKS * columns, 0.0);
        let mut squares = [0.0; BLOCKS];
        for known in &tally.known {
            let (block, row) = (known.block as usize, model.rows.row(known.column as usize));
            let (value, square) = weigh(known.count, row.idf, block);
            squares[block] += square;
            row.add(value, &mut sums[block * columns..(block + 1) * columns]);
        }
        squares[CHARS as usize] = row[layout.square()];
        sums[CHARS as usize * columns..][..columns].copy_from_slice(&row[..columns]);
        scores.clear();
        scores.extend_from_slice(model.bias);
        for (sums, scale) in sums.chunks_exact(columns).zip(scales(squares, model.recipe)) {
            add(scores, sums, scale);
        }
        if layout.meaning > 0 {
            let scale = meaning_scale(&row[layout.square() + 1..], model.recipe);
            add(scores, &row[columns..layout.square()], scale);
        }
    }

    /// Counts the features of `text` and sums the rows of its words.
    fn read(&mut self, text: &str, model: Model<'_>) {
        self.tally.clear();
        self.line.clear();
        self.row.clear();
        self.row.resize(self.layout.width(), 0.0);
        let mut ahead = Vec::with_capacity(AHEAD);
        units(text, |unit, is_token| {
            let spelled = mask(unit).unwrap_or(unit.text);
            ahead.push(Ahead { unit: *unit, is_token, spelled, hash: self.cache.hash(spelled, unit.kind) });
            if ahead.len() == AHEAD {
                self.take(&ahead, model);
                ahead.clear();
            }
        });
        self.take(&ahead, model);
        let mut sink = Counting::new(&mut self.tally, model);
        self.line.end(model.recipe, &mut sink);
        sink.settle();
    }

    /// Takes up units. Their words are fetched first, all at once.
    fn take(&mut self, ahead: &[Ahead<'_>], model: Model<'_>) {
        let Self { layout, spelled, cache, line, tally, row, .. } = self;
        tally.touched ^= ahead.iter().fold(0, |touched, ahead| touched ^ cache.touch(ahead.hash));
        let mut sink = Counting::new(tally, model);
        for &Ahead { ref unit, is_token, spelled: text, hash } in ahead {
            if is_token {
                line.see(unit);
            }
            let place = cache.find(text, unit.kind, hash).unwrap_or_else(|| {
                let word = spelled.read(unit, model, *layout);
                cache.insert(text, unit.kind, hash, word, &spelled.row)
            });
            row.iter_mut().zip(cache.row(place)).for_each(|(sum, number)| *sum += number);
            let word = cache.word(place);
            for (single, block) in word.singles.into_iter().zip([WORDS, CLASSES]) {
                if single != NO_SINGLE {
                    sink.tally.count(single, block, model.rows);
                }
            }
            line.push(unit, word.lexeme, model.recipe, &mut sink);
        }
        sink.settle();
    }
}

/// Units that are fetched together.
const AHEAD: usize = 16;

/// A unit that has not been taken up yet.
struct Ahead<'t> {
    unit: Token<'t>,
    is_token: bool,
    /// What it is kept by.
    spelled: &'t str,
    hash: u64,
}

fn add(scores: &mut [f64], sums: &[f32], scale: f32) {
    for (score, &sum) in scores.iter_mut().zip(sums) {
        *score += f64::from(scale * sum);
    }
}

/// Scorers of one classifier that wait for their next text, with the words they know.
#[derive(Debug, Default)]
pub(crate) struct Scorers(Mutex<Vec<Scorer>>);

impl Scorers {
    /// A scorer for `model`, which is always the same one.
    pub(crate) fn with<R>(&self, model: Model<'_>, ask: impl FnOnce(&mut Scorer) -> R) -> R {
        let waiting = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = waiting().pop();
        let mut scorer = known.unwrap_or_else(|| Scorer::new(model));
        let answer = ask(&mut scorer);
        waiting().push(scorer);
        answer
    }
}

/// A copy of a classifier begins without words.
impl Clone for Scorers {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// Adds the product of the numbers and their weights to `sums`.
fn add_meaning(numbers: &[f32; DIMENSIONS], weights: &[f32], sums: &mut [f32]) {
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
        let rows = Rows::round(&weights, 3, &[1.0; 3]);
        for (place, &weight) in weights.iter().enumerate() {
            let rounded = rows.weight(place / 3, place % 3);
            assert!((rounded - f64::from(weight)).abs() <= 2.0 / 254.0 + 1e-6, "{weight} {rounded}");
        }
        assert!((rows.weight(0, 0) - 1.0).abs() < 1e-6 && (rows.weight(2, 0) + 2.0).abs() < 1e-6);
    }

    #[test]
    fn a_tally_counts_each_column_once_however_many_there_are() {
        let numbers = vec![1.0; 35_000];
        let (mut tally, rows) = (Tally::new(), Rows::round(&numbers, 1, &numbers));
        for round in 1..=3 {
            for column in 0..5_000 {
                tally.count(column * 7, 0, &rows);
            }
            assert_eq!(tally.known.len(), 5_000);
            assert!(tally.known.iter().all(|known| known.count == round));
        }
        tally.clear();
        assert!(tally.known.is_empty());
    }
}
