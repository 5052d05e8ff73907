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
    BLOCKS, CHARS, CLASSES, FORM, FeatureTable, Found, LEADING, Line, Sink, TOGETHER, Tables, WORDS, block,
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
    found: Found,
}

impl Queue {
    fn new() -> Self {
        Self { block: 0, fingerprints: [0; TOGETHER], count: 0, found: Found::default() }
    }

    /// Whether all must be looked up before this one is taken.
    #[inline]
    fn is_full_for(&self, fingerprint: u64) -> bool {
        self.count == TOGETHER || block(fingerprint) != self.block
    }

    /// Takes one more.
    #[inline]
    fn push(&mut self, fingerprint: u64) {
        self.block = block(fingerprint);
        self.fingerprints[self.count] = fingerprint;
        self.count += 1;
    }

    /// Looks all up: their block, and the columns of those that are known.
    #[inline]
    fn look_up(&mut self, table: &FeatureTable) -> (usize, &mut [u32]) {
        let waiting = &mut self.fingerprints[..std::mem::take(&mut self.count)];
        (self.block, table.find_all(self.block, waiting, &mut self.found))
    }
}

/// A known feature of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) column: u32,
    pub(super) block: u32,
    pub(super) count: u32,
}

/// How often the known features of a text occur that are of no single word.
#[derive(Debug, Clone)]
struct Tally {
    /// By the last bits of the column, or the next free slot after.
    slots: Vec<Tallied>,
    /// How many features there are.
    features: usize,
    /// Columns and blocks of those that occur again.
    again: Vec<(u32, u32)>,
}

/// One and the column of a feature, 0 in a free slot, and how often it occurs.
#[derive(Debug, Clone, Copy, Default)]
struct Tallied {
    column_and_one: u32,
    count: u32,
}

/// Slots of a tally to begin with.
const FEW: usize = 128;

impl Tally {
    fn new() -> Self {
        Self { slots: vec![Tallied::default(); FEW], features: 0, again: Vec::new() }
    }

    fn clear(&mut self) {
        // Emptying slots takes time, so after a long text they stay only as long as texts are long.
        if self.slots.len() > 8 * self.features.max(FEW) {
            *self = Self::new();
        }
        self.slots.fill(Tallied::default());
        self.features = 0;
        self.again.clear();
    }

    /// Counts a feature; whether it is the first time.
    #[inline]
    fn is_first(&mut self, column: u32, block: usize) -> bool {
        let at = self.slot(column);
        let slot = &mut self.slots[at];
        slot.count += 1;
        if slot.count > 1 {
            if slot.count == 2 {
                self.again.push((column, block as u32));
            }
            return false;
        }
        slot.column_and_one = column + 1;
        self.features += 1;
        if 2 * self.features > self.slots.len() {
            self.grow();
        }
        true
    }

    /// The slot of a column, or the one it may have.
    #[inline]
    fn slot(&self, column: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = spread(column) & mask;
        while ![0, column + 1].contains(&self.slots[at].column_and_one) {
            at = (at + 1) & mask;
        }
        at
    }

    #[inline(never)]
    fn grow(&mut self) {
        let longer = vec![Tallied::default(); 2 * self.slots.len()];
        let all = std::mem::replace(&mut self.slots, longer);
        for tallied in all.into_iter().filter(|tallied| tallied.count > 0) {
            let at = self.slot(tallied.column_and_one - 1);
            self.slots[at] = tallied;
        }
    }

    /// Features that occur more than once.
    fn again(&self) -> impl Iterator<Item = Known> + '_ {
        self.again.iter().map(|&(column, block)| {
            let count = self.slots[self.slot(column)].count;
            Known { column, block, count }
        })
    }
}

/// Neighbours in the table are often of one text, so they are spread.
fn spread(column: u32) -> usize {
    (column.wrapping_mul(0x9E37_79B1) >> 12) as usize
}

/// Sums what features add that are of no single word, each once.
struct Counting<'a> {
    queue: &'a mut Queue,
    tally: &'a mut Tally,
    model: Model<'a>,
    layout: Layout,
    sums: &'a mut [f32],
    /// What fetching rows returned.
    touched: &'a mut u32,
}

impl Counting<'_> {
    #[inline(never)]
    fn settle(&mut self) {
        let Self { queue, tally, model, layout, sums, touched } = self;
        let (block, columns) = queue.look_up(model.table);
        **touched ^= columns.iter().fold(0, |touched, &column| touched ^ model.rows.touch(column as usize));
        let part = &mut sums[layout.part(block)];
        let mut count = 0;
        for at in 0..columns.len() {
            let column = columns[at];
            columns[count] = column;
            count += usize::from(tally.is_first(column, block));
        }
        let columns = &columns[..count];
        if model.rows.is_ready() {
            for &column in columns {
                model.rows.add(column as usize, 1.0, 1.0, part);
            }
        } else {
            model.rows.add_all(columns.iter().map(|&column| (column, 1.0)), part);
        }
    }
}

impl Sink for Counting<'_> {
    #[inline]
    fn feature(&mut self, fingerprint: u64, _: u32, _: u32) {
        if self.queue.is_full_for(fingerprint) {
            self.settle();
        }
        self.queue.push(fingerprint);
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
        let (block, columns) = queue.look_up(own.model.table);
        for &column in &*columns {
            own.add(block, column);
        }
    }
}

impl Sink for Summing<'_> {
    fn feature(&mut self, fingerprint: u64, _: u32, _: u32) {
        if self.queue.is_full_for(fingerprint) {
            self.settle();
        }
        self.queue.push(fingerprint);
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
        let scales = scales(parts.map(|part| part[layout.columns]), model.recipe);
        let (meaning, meaning_scale) = match layout.meaning {
            0 => (parts[0], 0.0),
            _ => (&row[layout.meaning()..], meaning_scale(&row[layout.vector()], model.recipe)),
        };
        let [a, b, c, d, meaning] =
            [parts[0], parts[1], parts[2], parts[3], meaning].map(|part| &part[..layout.columns]);
        scores.clear();
        scores.extend(model.bias.iter().enumerate().map(|(at, bias)| {
            let blocks = scales[0] * a[at] + scales[1] * b[at] + scales[2] * c[at] + scales[3] * d[at];
            bias + f64::from(blocks + meaning_scale * meaning[at])
        }));
    }

    /// Adds what features of the text read last add by coming again: those of runs and form, and of one word.
    fn sum_features(&mut self, model: Model<'_>) {
        let Self { layout, tally, singles, row, touched, .. } = self;
        *touched ^=
            singles.told().fold(0, |touched, known| touched ^ model.rows.touch(known.column as usize));
        let mut add_again = |known: Known| {
            let (part, damped) = (&mut row[layout.part(known.block as usize)], damped(known.count));
            model.rows.add(known.column as usize, damped - 1.0, damped * damped - 1.0, part);
        };
        tally.again().for_each(&mut add_again);
        if layout.has_singles() {
            singles.told().for_each(add_again);
            return;
        }
        for block in SINGLES.map(|block| block as usize) {
            let of_block = singles.told().filter(|known| known.block as usize == block);
            let shares = of_block.map(|known| (known.column, damped(known.count)));
            model.rows.add_all(shares, &mut row[layout.part(block)]);
        }
    }

    /// Counts the features of `text` and sums the rows of its words.
    fn read<'t>(&mut self, text: &'t str, tokens: impl Iterator<Item = Token<'t>>, model: Model<'_>) {
        self.tally.clear();
        self.singles.clear();
        self.line.clear();
        self.row.clear();
        self.row.resize(self.layout.sum_width(), 0.0);
        let (mut ahead, mut count) = ([const { None }; AHEAD], 0);
        units(tokens, |unit, is_token| {
            let key = Self::key(text, unit);
            let hash = key.as_ref().map_or(0, |key| self.cache.hash(key));
            ahead[count] = Some(Ahead { unit: *unit, is_token, key, hash });
            count += 1;
            if count == AHEAD {
                self.take(&ahead, model);
                count = 0;
            }
        });
        self.take(&ahead[..count], model);
        let Self { layout, line, queue, tally, row, touched, .. } = self;
        let mut sink = Counting { queue, tally, model, layout: *layout, sums: row, touched };
        line.end(model.recipe, &mut sink);
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
    fn take(&mut self, ahead: &[Option<Ahead<'_>>], model: Model<'_>) {
        let Self { layout, spelled, cache, singles, line, queue, tally, row, touched, .. } = self;
        let ahead = || ahead.iter().flatten();
        *touched ^= ahead().fold(0, |touched, ahead| touched ^ cache.touch(ahead.hash));
        let mut sink = Counting { queue, tally, model, layout: *layout, sums: row, touched };
        for &Ahead { ref unit, is_token, ref key, hash } in ahead() {
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
            let [word_itself, class] = word.singles;
            let first = [singles.is_first(word_itself), singles.is_first(class)];
            sum_row(*layout, cache.row(place), first, sink.sums);
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
    fn a_tally_counts_each_column_however_many_there_are() {
        let mut tally = Tally::new();
        for round in 1..=3 {
            for column in 0..5_000 {
                assert_eq!(tally.is_first(column * 7, 2), round == 1);
            }
            assert_eq!(tally.features, 5_000);
            assert_eq!(tally.again().count(), if round == 1 { 0 } else { 5_000 });
            assert!(tally.again().all(|known| (known.count, known.block) == (round, 2)));
        }
        tally.clear();
        assert_eq!((tally.features, tally.again().count()), (0, 0));
        assert!(tally.is_first(7, 2));
    }
}
