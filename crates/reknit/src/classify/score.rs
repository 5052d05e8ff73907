//! The score of every label for a text: the part of a classifier that must be fast.
//!
//! A score is a sum. What a word adds by its characters, its meaning, itself and its class does not depend on the words
//! around it: it is one row of numbers, which is summed when the word is met first and [kept](super::cache). Only words
//! and classes that come [again](super::singles) count less than what they add up to. What words add together, runs and
//! form, is looked up for each text. Both wait for memory more than they reckon, so what is needed soon is fetched many
//! at once: the kept words of 16 units, the places of 64 fingerprints, the rows of features as soon as they are known.
//!
//! Cost: linear in the text; memory by the number of units and of different known features in it, and 14 MB
//! of kept words, at most, for every thread that labels at the same time.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use super::cache::{Key, Word, WordCache};
use super::features::{
    BLOCKS, CHARS, CLASSES, FORM, FeatureTable, LEADING, Line, Sink, Slots, TOGETHER, Tables, WORDS, block,
    damped, meaning_scale, scales, units,
};
use super::recipe::Recipe;
use super::rows::{Rows, add, add_times};
use super::singles::{NO_SINGLE, Singles};
use super::spelling::{Asked, Spelling, mask};
use crate::text::token::Token;
use crate::text::words::{DIMENSIONS, sum};

/// Fingerprints of one block that wait to be looked up together.
#[derive(Debug, Clone)]
struct Queue {
    block: usize,
    fingerprints: [u64; TOGETHER],
    count: usize,
    /// Where those that wait are looked up.
    slots: Slots,
}

impl Queue {
    fn new() -> Self {
        Self { block: 0, fingerprints: [0; TOGETHER], count: 0, slots: Slots::default() }
    }

    /// Takes one more; when it is full or another block begins, all are looked up first and those that are known are
    /// shown.
    #[inline]
    fn push(&mut self, fingerprint: u64, table: &FeatureTable, show: impl FnMut(usize, u32)) {
        if self.count == TOGETHER || block(fingerprint) != self.block {
            self.settle(table, show);
            self.block = block(fingerprint);
        }
        self.fingerprints[self.count] = fingerprint;
        self.count += 1;
    }

    /// Looks all up and shows block and column of those that are known.
    #[inline(never)]
    fn settle(&mut self, table: &FeatureTable, mut show: impl FnMut(usize, u32)) {
        let (block, count) = (self.block, std::mem::take(&mut self.count));
        let waiting = &mut self.fingerprints[..count];
        table.find_all(block, waiting, &mut self.slots, |column| show(block, column));
    }
}

/// A known feature of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) column: u32,
    pub(super) block: u32,
    pub(super) count: u32,
}

/// The known features of a text that are of no single word, each once.
#[derive(Debug, Clone)]
struct Tally {
    known: Vec<Known>,
    /// The place of a column among the known, and one; by its last bits, or the next free place after.
    places: Vec<u32>,
    /// What fetching rows returned.
    touched: u32,
}

/// Places of a tally to begin with.
const FEW: usize = 128;

impl Tally {
    fn new() -> Self {
        Self { known: Vec::new(), places: vec![0; FEW], touched: 0 }
    }

    fn clear(&mut self) {
        // Emptying places takes time, so after a long text they stay only as long as texts are long.
        if self.places.len() > 8 * self.known.len().max(FEW) {
            *self = Self::new();
        }
        self.known.clear();
        self.places.fill(0);
    }

    /// Counts a feature and fetches its row.
    #[inline]
    fn count(&mut self, column: u32, block: usize, rows: &Rows) {
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

    #[inline(never)]
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
    queue: &'a mut Queue,
    tally: &'a mut Tally,
    model: Model<'a>,
}

impl Counting<'_> {
    fn settle(&mut self) {
        let Self { queue, tally, model } = self;
        queue.settle(model.table, |block, column| tally.count(column, block, model.rows));
    }
}

impl Sink for Counting<'_> {
    #[inline]
    fn feature(&mut self, fingerprint: u64, _: u32, _: u32) {
        let Self { queue, tally, model } = self;
        queue.push(fingerprint, model.table, |block, column| tally.count(column, block, model.rows));
    }
}

/// Where the parts of a row of a word are, and of the sum of rows: the parts of some blocks, what the word's meaning
/// adds to the columns, and the first numbers of its vector. In the sum the parts of the other blocks come after. A part
/// is what features of a block add to the columns, and the sum of their squares. All are by fours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Layout {
    columns: usize,
    /// Numbers of a part of a block.
    part: usize,
    /// How many blocks have their part in a row, of `ORDER`.
    parts: usize,
    /// Columns with those that fill up, where the recipe has meaning.
    meaning: usize,
    /// Numbers of the vector, where the recipe has meaning.
    vector: usize,
}

/// The blocks in the order of their parts. Of some, a word has one feature.
const ORDER: [u64; BLOCKS] = [CHARS, WORDS, CLASSES, FORM];
const SINGLES: [u64; 2] = [WORDS, CLASSES];
/// The place of each block in that order.
const PLACES: [usize; BLOCKS] = {
    let (mut places, mut at) = ([0; BLOCKS], 0);
    while at < BLOCKS {
        places[ORDER[at] as usize] = at;
        at += 1;
    }
    places
};

impl Layout {
    fn of(model: Model<'_>) -> Self {
        let [meaning, vector] =
            if model.meaning.is_empty() { [0; 2] } else { [model.rows.filled(), LEADING] };
        // Rows of many columns would take more memory, and more time to fetch, than looking singles up takes.
        let parts = if model.rows.is_ready() { 1 + SINGLES.len() } else { 1 };
        Self { columns: model.bias.len(), part: model.rows.part(), parts, meaning, vector }
    }

    /// Whether what a word adds by its own features is in its row.
    fn has_singles(self) -> bool {
        self.parts > 1
    }

    fn part(self, block: usize) -> Range<usize> {
        let place = PLACES[block];
        let others = if place < self.parts { 0 } else { self.meaning + self.vector };
        let begin = place * self.part + others;
        begin..begin + self.part
    }

    fn meaning(self) -> usize {
        self.parts * self.part
    }

    fn vector(self) -> Range<usize> {
        self.meaning() + self.meaning..self.width()
    }

    /// Numbers of a row of a word.
    fn width(self) -> usize {
        self.meaning() + self.meaning + self.vector
    }

    /// Numbers of the sum.
    fn sum_width(self) -> usize {
        BLOCKS * self.part + self.meaning + self.vector
    }
}

/// What a word adds by itself.
struct Own<'a> {
    model: Model<'a>,
    layout: Layout,
    row: &'a mut [f32],
    /// Block and column of the feature of the word itself and of that of its class.
    singles: [Option<(usize, u32)>; SINGLES.len()],
}

impl Own<'_> {
    fn add(&mut self, block: usize, column: u32) {
        if let Some(place) = SINGLES.iter().position(|&single| single == block as u64) {
            self.singles[place] = Some((block, column));
            if !self.layout.has_singles() {
                return;
            }
        }
        self.model.rows.add(column as usize, 1.0, 1.0, &mut self.row[self.layout.part(block)]);
    }
}

/// Sums what is known of a word by itself.
struct Summing<'a> {
    queue: &'a mut Queue,
    own: Own<'a>,
}

impl Summing<'_> {
    fn settle(&mut self) {
        let Self { queue, own } = self;
        queue.settle(own.model.table, |block, column| own.add(block, column));
    }
}

impl Sink for Summing<'_> {
    fn feature(&mut self, fingerprint: u64, _: u32, _: u32) {
        let Self { queue, own } = self;
        queue.push(fingerprint, own.model.table, |block, column| own.add(block, column));
    }
}

/// Sums the row of a word.
#[derive(Debug, Clone)]
struct Spelled {
    spelling: Spelling,
    pieces: Vec<u16>,
    queue: Queue,
    row: Vec<f32>,
}

impl Spelled {
    fn new() -> Self {
        Self { spelling: Spelling::default(), pieces: Vec::new(), queue: Queue::new(), row: Vec::new() }
    }

    /// Reads a word and sums its row; what else is known of it.
    #[cold]
    #[inline(never)]
    fn read(&mut self, unit: &Token<'_>, model: Model<'_>, layout: Layout, singles: &mut Singles) -> Word {
        let Self { spelling, pieces, queue, row } = self;
        pieces.clear();
        row.clear();
        row.resize(layout.width(), 0.0);
        let asked = Asked { recipe: model.recipe, tables: model.tables };
        let mut sink = Summing { queue, own: Own { model, layout, row, singles: [None; SINGLES.len()] } };
        let lexeme = spelling.read(unit, 0, asked, pieces, &mut sink);
        sink.settle();
        let own = sink
            .own
            .singles
            .map(|column| column.map_or(NO_SINGLE, |(block, column)| singles.number(block, column)));
        if layout.meaning > 0 {
            let vector = sum(&model.tables.words, pieces);
            add_meaning(&vector, model.meaning, &mut row[layout.meaning()..][..layout.columns]);
            row[layout.vector()].copy_from_slice(&vector[..layout.vector]);
        }
        Word::new(lexeme, own)
    }
}

/// Buffers that stay from text to text, and the words of texts before.
#[derive(Debug, Clone)]
pub(crate) struct Scorer {
    layout: Layout,
    spelled: Spelled,
    cache: WordCache,
    singles: Singles,
    line: Line,
    queue: Queue,
    tally: Tally,
    /// The sum of the rows of the words of the text, and of what else it holds.
    row: Vec<f32>,
    /// What fetching words returned.
    touched: u32,
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
            spelled: Spelled::new(),
            cache,
            singles: Singles::new(if layout.has_singles() { 2 } else { 1 }),
            line: Line::default(),
            queue: Queue::new(),
            tally: Tally::new(),
            row: Vec::new(),
            touched: 0,
            scores: Vec::new(),
        }
    }

    /// Scores `text` by its tokens.
    pub(crate) fn score<'t>(
        &mut self,
        text: &'t str,
        tokens: impl Iterator<Item = Token<'t>>,
        model: Model<'_>,
    ) {
        self.read(text, tokens, model);
        self.sum_features(model);
        let Self { layout, scores, row, .. } = self;
        let parts: [&[f32]; BLOCKS] = std::array::from_fn(|block| &row[layout.part(block)]);
        let squares = parts.map(|part| part[layout.columns]);
        scores.clear();
        scores.extend_from_slice(model.bias);
        for (part, scale) in parts.into_iter().zip(scales(squares, model.recipe)) {
            add_block(scores, part, scale);
        }
        if layout.meaning > 0 {
            let scale = meaning_scale(&row[layout.vector()], model.recipe);
            add_block(scores, &row[layout.meaning()..], scale);
        }
    }

    /// Adds what features of the text read last add that are not of one word, or of one word that comes again.
    fn sum_features(&mut self, model: Model<'_>) {
        let Self { layout, tally, singles, row, touched, .. } = self;
        *touched ^=
            singles.told().fold(0, |touched, known| touched ^ model.rows.touch(known.column as usize));
        let mut add = |known: Known, once: f32| {
            let (part, damped) = (&mut row[layout.part(known.block as usize)], damped(known.count));
            model.rows.add(known.column as usize, damped - once, damped * damped - once, part);
        };
        tally.known.iter().for_each(|&known| add(known, 0.0));
        let once = if layout.has_singles() { 1.0 } else { 0.0 };
        singles.told().for_each(|known| add(known, once));
    }

    /// Counts the features of `text` and sums the rows of its words.
    fn read<'t>(&mut self, text: &'t str, tokens: impl Iterator<Item = Token<'t>>, model: Model<'_>) {
        self.tally.clear();
        self.singles.clear();
        self.line.clear();
        self.row.clear();
        self.row.resize(self.layout.sum_width(), 0.0);
        let mut ahead = Vec::with_capacity(AHEAD);
        units(tokens, |unit, is_token| {
            let key = Self::key(text, unit);
            let hash = key.as_ref().map_or(0, |key| self.cache.hash(key));
            ahead.push(Ahead { unit: *unit, is_token, key, hash });
            if ahead.len() == AHEAD {
                self.take(&ahead, model);
                ahead.clear();
            }
        });
        self.take(&ahead, model);
        let mut sink = Counting { queue: &mut self.queue, tally: &mut self.tally, model };
        self.line.end(model.recipe, &mut sink);
        sink.settle();
    }

    /// What a unit of `text` is kept by.
    #[inline]
    fn key(text: &str, unit: &Token<'_>) -> Option<Key> {
        match mask(unit) {
            Some(mask) => Key::of(mask.as_bytes(), 0, mask.len(), unit.kind),
            None => Key::of(text.as_bytes(), unit.start, unit.end(), unit.kind),
        }
    }

    /// Takes up units. Their words are fetched first, all at once.
    fn take(&mut self, ahead: &[Ahead<'_>], model: Model<'_>) {
        let Self { layout, spelled, cache, singles, line, queue, tally, row, touched, .. } = self;
        *touched ^= ahead.iter().fold(0, |touched, ahead| touched ^ cache.touch(ahead.hash));
        let mut sink = Counting { queue, tally, model };
        for &Ahead { ref unit, is_token, ref key, hash } in ahead {
            if is_token {
                line.see(unit);
            }
            let known = key.as_ref().and_then(|key| cache.find(key, hash));
            let place = if let Some(place) = known {
                place
            } else {
                let word = spelled.read(unit, model, *layout, singles);
                cache.insert(*key, hash, word, &spelled.row)
            };
            let word = cache.word(place);
            let first = word.singles.map(|number| singles.is_first(number));
            sum_row(*layout, cache.row(place), first, row);
            line.push(unit, word.lexeme, model.recipe, &mut sink);
        }
    }
}

/// Adds the row of a word to a sum; of its own features, those that come for the first time.
#[inline]
fn sum_row(layout: Layout, numbers: &[f32], first: [bool; 2], sums: &mut [f32]) {
    if !layout.has_singles() {
        return add(numbers, sums);
    }
    let part = layout.part;
    let (chars, numbers) = numbers.split_at(part);
    let (words, numbers) = numbers.split_at(part);
    let (classes, numbers) = numbers.split_at(part);
    let (char_sums, sums) = sums.split_at_mut(part);
    let (word_sums, sums) = sums.split_at_mut(part);
    let (class_sums, sums) = sums.split_at_mut(part);
    // Without branches, because there is no foretelling which words come again.
    let [word, class] = first.map(|first| f32::from(u8::from(first)));
    add_times(1.0, chars, char_sums);
    add_times(word, words, word_sums);
    add_times(class, classes, class_sums);
    add(numbers, sums);
}

/// Units that are fetched together.
const AHEAD: usize = 16;

/// A unit that has not been taken up yet.
struct Ahead<'t> {
    unit: Token<'t>,
    is_token: bool,
    /// What it is kept by, if it is, and the hash of that.
    key: Option<Key>,
    hash: u64,
}

fn add_block(scores: &mut [f64], sums: &[f32], scale: f32) {
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
    use std::sync::LazyLock;

    use super::super::columns::Columns;
    use super::super::features::Reader;
    use super::super::{Classifier, Config, Example};
    use super::*;
    use crate::model::unwatched;
    use crate::text::token::tokens;
    use proptest::prelude::*;

    /// A classifier of so many labels, each with a word of its own.
    fn classifier(labels: usize) -> Classifier {
        let words = ["refund", "login", "thanks", "parcel", "screen", "bill", "number", "battery", "holiday"];
        let texts = |word: &&str| {
            let texts = [
                format!("the {word} please"),
                format!("not my {word}!"),
                format!("{word} and {word}, the end"),
            ];
            let label = (*word).to_owned();
            texts.map(move |text| Example { label: label.clone(), text })
        };
        let examples: Vec<Example> = words[..labels].iter().flat_map(texts).collect();
        let config = Config { cost: Some(1.0), word_vectors: Some(1.0), ..Config::default() };
        Classifier::fit(&config, &examples, None, &mut unwatched).expect("labels enough")
    }

    /// The scores as the definition has them: the text's vector times the weights.
    fn by_definition(columns: &Columns, text: &str) -> Vec<f64> {
        let Columns { recipe, table, rows, tables, meaning, bias, .. } = columns;
        let counted = Reader::default().count(text, recipe, tables);
        let mut scores = bias.clone();
        for (feature, value) in table.vector(&counted.features, recipe) {
            for (column, score) in scores.iter_mut().enumerate() {
                *score += f64::from(value) * rows.weight(feature as usize, column);
            }
        }
        let numbers = counted.meaning.iter().flatten();
        for (number, weights) in numbers.zip(meaning.chunks_exact(bias.len())) {
            for (score, weight) in scores.iter_mut().zip(weights) {
                *score += f64::from(number * weight);
            }
        }
        scores
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn scores_are_what_they_are_defined_as(
            words in prop::collection::vec(
                "refund|REFUND|Login|thanks|the|The|not|no|my|parcel|#RefundLogin|#refund|[!?.,]|[a-c]{1,2}|😀|@anna|averyveryverylongwordindeed",
                0..40,
            ),
        ) {
            // Few labels have their singles in the rows of words, many do not.
            static CLASSIFIERS: LazyLock<[Classifier; 3]> = LazyLock::new(|| [2, 7, 9].map(classifier));
            for Classifier { columns, .. } in &*CLASSIFIERS {
                let mut scorer = Scorer::new(columns.model());
                let text = words.join(" ");
                let expected = by_definition(columns, &text);
                for _ in 0..2 {
                    scorer.score(&text, tokens(&text), columns.model());
                    for (score, expected) in scorer.scores.iter().zip(&expected) {
                        prop_assert!((score - expected).abs() < 1e-4, "{score} {expected} of {text}");
                    }
                }
            }
        }
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
