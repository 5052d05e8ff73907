//! Texts to sparse vectors: words, characters and form.
//!
//! Five blocks of features are read from one pass of the tokeniser, as far as a [`Recipe`] asks for them:
//!
//! * **words**: single words, runs of up to `word_ngrams` with marks for both ends of the text, and
//!   words in the scope of a negation as `not_x` (Das and Chen 2001; Pang et al. 2002);
//! * **characters**: n-grams of 2 to `char_ngrams` characters inside each padded word, which survive
//!   misspellings and serve scripts without spaces;
//! * **form**: shouting, elongation, `!` and `?`, length, links, emoji and the sums of the sentiment
//!   word list, each cut into a few steps, so that one linear weight fits each step;
//! * **classes**: runs of up to three words in which every word of meaning stands for its class of like
//!   words, so that *what city* and *what town* are one;
//! * **meaning**: the vector of the text's word pieces, 128 numbers ([`words`](super::words)).
//!
//! A feature is known by the fingerprint of its spelling, 62 bits under its block. There are no buckets to share, so an
//! explanation never names the wrong word: two of a million features have one fingerprint with a chance of 1e-7, and
//! one that is not known is taken for one that is with a chance of 3e-10. Features are weighted by rarity (smoothed
//! idf, Salton and Buckley 1988) and each block is scaled to a length of its own, so that hundreds of character
//! n-grams do not drown a few words. Counts are damped (1 + ln tf), but for those of characters: what a word adds by
//! its characters does not depend on the words around it, nor does what it adds to the length they are scaled by, so
//! that it can be kept from text to text ([`score`](super::score)). Damped counts there were no better: .0001 of the
//! metric worse over nine sets out of fold.
//!
//! Cost: `O(n · char_ngrams)` in the characters of the text.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::solver::Matrix;
use super::spelling::{Asked, Lexeme, Spelling};
use super::{Lexicon, Recipe};
use crate::text::token::{Token, TokenKind, tokens};
use crate::text::words::{DIMENSIONS, Words, sum};

/// The blocks, in the top two bits of a fingerprint.
pub(crate) const WORDS: u64 = 0;
pub(crate) const CHARS: u64 = 1;
pub(crate) const FORM: u64 = 2;
pub(crate) const CLASSES: u64 = 3;
/// How long each block's part of the vector is; those of words and of meaning are the recipe's.
const BLOCK_LENGTH: [f32; BLOCKS] = [0.0, 0.85, 0.3, 0.7];
pub(crate) const BLOCKS: usize = 4;
/// Words per run of word classes.
const CLASS_RUN: usize = 3;
/// How many words a negation reaches; more adds noise (Pang et al. 2002 go to the next punctuation).
const NEGATION_REACH: u32 = 3;

/// Takes up what is read of a text.
pub(crate) trait Sink {
    /// The next unit: its compared form, its first byte and the byte after its last.
    fn unit(&mut self, _form: &str, _start: usize, _end: usize) {}
    /// A feature in units `first..=last`.
    fn feature(&mut self, fingerprint: u64, first: u32, last: u32);
    /// A feature of the form of the whole text, and its name.
    fn form(&mut self, fingerprint: u64, _name: &'static str) {
        self.feature(fingerprint, 0, 0);
    }
}

/// The fingerprints alone, for counting.
impl Sink for Vec<u64> {
    fn feature(&mut self, fingerprint: u64, _: u32, _: u32) {
        self.push(fingerprint);
    }
}

/// A token as features see it.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    /// The compared form.
    pub(crate) form: String,
    /// First byte in the text.
    pub(crate) start: usize,
    /// Byte after the last.
    pub(crate) end: usize,
}

/// One place where a feature occurs: in units `first..=last`, or in none for the form of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Occurrence {
    /// The feature.
    pub(crate) fingerprint: u64,
    /// First unit.
    pub(crate) first: u32,
    /// Last unit; `NO_UNIT` for a feature of form.
    pub(crate) last: u32,
}

/// Stands for "the whole text".
pub(crate) const NO_UNIT: u32 = u32::MAX;

/// Everything one text holds and where, for explanations.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    /// Its tokens.
    pub(crate) units: Vec<Unit>,
    /// Its features, in the order read.
    pub(crate) occurrences: Vec<Occurrence>,
    /// The features of form by name: fingerprint and name.
    pub(crate) form: Vec<(u64, &'static str)>,
}

impl Sink for Reading {
    fn unit(&mut self, form: &str, start: usize, end: usize) {
        self.units.push(Unit { form: form.to_owned(), start, end });
    }

    fn feature(&mut self, fingerprint: u64, first: u32, last: u32) {
        self.occurrences.push(Occurrence { fingerprint, first, last });
    }

    fn form(&mut self, fingerprint: u64, name: &'static str) {
        self.form.push((fingerprint, name));
        self.feature(fingerprint, NO_UNIT, NO_UNIT);
    }
}

/// What readings look up.
#[derive(Debug, Clone)]
pub(crate) struct Tables {
    pub(crate) lexicon: Lexicon,
    pub(crate) words: Words,
}

impl Tables {
    /// Those that come with the library.
    pub(crate) fn shipped() -> Self {
        Self { lexicon: Lexicon::of_features(), words: Words::shipped() }
    }
}

/// What a text holds, without its places.
#[derive(Debug, Clone)]
pub(crate) struct Counted {
    /// Its features and their counts, ascending.
    pub(crate) features: Vec<(u64, u32)>,
    /// Its meaning, where the recipe has it.
    pub(crate) meaning: Option<[f32; DIMENSIONS]>,
}

impl Counted {
    /// Appends the text as a row of `matrix`, whose columns are those of `table`.
    pub(crate) fn write(&self, table: &FeatureTable, recipe: &Recipe, matrix: &mut Matrix) {
        let meaning = self.meaning.as_ref();
        matrix.push(&table.vector(&self.features, recipe), meaning.map_or(&[], |numbers| numbers.as_slice()));
    }
}

/// Shows the units of a text in order: each of its tokens, and before a hashtag the words in it. The flag says whether
/// it is a token.
pub(crate) fn units<'t>(tokens: impl Iterator<Item = Token<'t>>, mut show: impl FnMut(&Token<'t>, bool)) {
    for token in tokens {
        if token.kind == TokenKind::Hashtag {
            // It counts as its words and as a whole.
            token.each_part(|part| show(&part, false));
        }
        show(&token, true);
    }
}

/// Reads texts, one after the other, in buffers that stay.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reader {
    spelling: Spelling,
    line: Line,
    /// The word pieces of the text read last, and the unit each is of.
    pub(crate) pieces: Vec<u16>,
    pub(crate) piece_units: Vec<u32>,
}

impl Reader {
    /// Shows `sink` what `recipe` asks for of the tokens of a text.
    pub(crate) fn read<'t>(
        &mut self,
        tokens: impl Iterator<Item = Token<'t>>,
        recipe: &Recipe,
        tables: &Tables,
        sink: &mut impl Sink,
    ) {
        let Self { spelling, line, pieces, piece_units } = self;
        line.clear();
        pieces.clear();
        piece_units.clear();
        let asked = Asked { recipe, tables };
        units(tokens, |unit, is_token| {
            if is_token {
                line.see(unit);
            }
            let place = line.place();
            let lexeme = spelling.read(unit, place, asked, pieces, sink);
            piece_units.resize(pieces.len(), place);
            line.push(unit, lexeme, recipe, sink);
        });
        line.end(recipe, sink);
    }

    /// Everything `recipe` asks for of a text, each feature once with its count, and its meaning.
    pub(crate) fn count(&mut self, text: &str, recipe: &Recipe, tables: &Tables) -> Counted {
        let mut found = Vec::new();
        self.read(tokens(text), recipe, tables, &mut found);
        let means = recipe.word_vectors > 0.0;
        let meaning = means.then(|| meaning(&self.pieces, recipe, &tables.words));
        Counted { features: counts(&mut found), meaning }
    }
}

/// Units of a text so long that its buffers are not kept for the next.
const MANY_UNITS: usize = 1 << 16;

/// What the words of a text tell together: their runs, and what the text looks like.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    /// Words and word classes by hash, in order, after the mark for the beginning.
    hashes: Vec<u64>,
    classes: Vec<u64>,
    form: Form,
}

impl Line {
    /// Begins a text.
    pub(crate) fn clear(&mut self) {
        if self.hashes.len() > MANY_UNITS {
            *self = Self::default();
        }
        for hashes in [&mut self.hashes, &mut self.classes] {
            hashes.clear();
            hashes.push(BEFORE);
        }
        self.form = Form::default();
    }

    /// The place of the next unit.
    pub(crate) fn place(&self) -> u32 {
        self.hashes.len() as u32 - 1
    }

    /// Looks at a token.
    pub(crate) fn see(&mut self, token: &Token<'_>) {
        self.form.see(token);
    }

    /// Takes the next unit.
    pub(crate) fn push(&mut self, unit: &Token<'_>, lexeme: Lexeme, recipe: &Recipe, sink: &mut impl Sink) {
        let place = self.place();
        let is_word = unit.kind == TokenKind::Word && !unit.spaceless;
        if self.form.negation > 0 && is_word && recipe.word_ngrams > 0 {
            sink.feature(fingerprint(WORDS, step(2, lexeme.hash)), place, place);
        }
        self.form.hear(unit.kind, lexeme);
        self.hashes.push(lexeme.hash);
        if recipe.word_classes {
            self.classes.push(lexeme.class);
        }
    }

    /// Shows what there is to tell of the whole, which ends here.
    pub(crate) fn end(&mut self, recipe: &Recipe, sink: &mut impl Sink) {
        self.hashes.push(AFTER);
        self.classes.push(AFTER);
        if recipe.word_ngrams > 1 {
            runs(WORDS, &self.hashes, recipe.word_ngrams, sink);
        }
        if recipe.skips {
            skips(&self.hashes, sink);
        }
        if recipe.word_classes {
            runs(CLASSES, &self.classes, CLASS_RUN, sink);
        }
        if recipe.form {
            self.form.write(sink);
        }
    }
}

/// How far a negation still reaches after a token.
fn scope(left: u32, kind: TokenKind, lexeme: Lexeme) -> u32 {
    match kind {
        TokenKind::Punctuation => 0,
        _ if lexeme.negates => NEGATION_REACH,
        _ => left.saturating_sub(1),
    }
}

/// Marks before the first word and after the last.
const BEFORE: u64 = 94;
const AFTER: u64 = 36;

/// The unit at `place` of a line whose ends are marks.
#[inline]
fn unit_at(place: usize, marked: &[u64]) -> u32 {
    // Not `clamp`, which asks whether its ends are in order, and so is reckoned where nobody wants to know the place.
    place.min(marked.len() - 2).max(1) as u32 - 1
}

/// Pairs of words with one between them, of words between two marks.
fn skips(marked: &[u64], sink: &mut impl Sink) {
    for (begin, three) in marked.windows(3).enumerate() {
        let hash = step(step(9, three[0]), three[2]);
        sink.feature(fingerprint(WORDS, hash), unit_at(begin, marked), unit_at(begin + 2, marked));
    }
}

/// Runs of 2 to `longest` words between two marks, the marks among them.
fn runs(block: u64, marked: &[u64], longest: usize, sink: &mut impl Sink) {
    if marked.len() == 2 {
        return;
    }
    let mut rest = marked;
    while let [first, nexts @ ..] = rest {
        let (begin, mut hash) = (marked.len() - rest.len(), step(3, *first));
        for (length, &next) in (1..longest).zip(nexts) {
            hash = step(hash, next);
            sink.feature(fingerprint(block, hash), unit_at(begin, marked), unit_at(begin + length, marked));
        }
        rest = nexts;
    }
}

/// What the text looks like.
#[derive(Debug, Clone, Default)]
struct Form {
    tokens: u32,
    words: u32,
    caps: u32,
    elongated: u32,
    shouts: u32,
    asks: u32,
    dots: u32,
    quotes: u32,
    pictures: u32,
    links: u32,
    mentions: u32,
    hashtags: u32,
    numbers: u32,
    money: u32,
    praise: f32,
    trouble: f32,
    negation: u32,
    negations: u32,
}

impl Form {
    /// Counts a token.
    fn see(&mut self, token: &Token<'_>) {
        self.tokens += 1;
        self.caps += u32::from(token.caps);
        self.elongated += u32::from(token.elongated);
        match token.kind {
            TokenKind::Word => self.words += 1,
            TokenKind::Number => self.numbers += 1,
            TokenKind::Url | TokenKind::Email => self.links += 1,
            TokenKind::Mention => self.mentions += 1,
            TokenKind::Hashtag => self.hashtags += 1,
            TokenKind::Emoji | TokenKind::Emoticon => self.pictures += 1,
            TokenKind::Punctuation => self.punctuation(token.text),
            TokenKind::Symbol => {
                self.money += u32::from(token.text.contains(['$', '€', '£', '¥', '₹']));
                self.dots += u32::from(token.text.starts_with('…'));
            }
        }
    }

    /// Weighs the form of a token, or of a word in a hashtag.
    fn hear(&mut self, kind: TokenKind, lexeme: Lexeme) {
        if kind == TokenKind::Hashtag {
            return;
        }
        let valence = if self.negation > 0 { -0.7 * lexeme.valence } else { lexeme.valence };
        if valence > 0.0 {
            self.praise += valence;
        } else {
            self.trouble -= valence;
        }
        self.negations += u32::from(lexeme.negates);
        self.negation = scope(self.negation, kind, lexeme);
    }

    fn punctuation(&mut self, text: &str) {
        for sign in text.chars() {
            match sign {
                '!' => self.shouts += 1,
                '?' => self.asks += 1,
                '"' | '“' => self.quotes += 1,
                _ => {}
            }
        }
        self.dots += u32::from(text.starts_with("..") || text.starts_with('…'));
    }

    /// One feature a step: a linear weight then fits any shape.
    fn write(&self, sink: &mut impl Sink) {
        let lean = self.praise - self.trouble;
        for ((name, hash), value) in [
            (const { named("length in words") }, log_step(f64::from(self.words))),
            (const { named("words in capitals") }, self.caps.min(3)),
            (const { named("stretched words") }, self.elongated.min(2)),
            (const { named("exclamation marks") }, self.shouts.min(3)),
            (const { named("question marks") }, self.asks.min(3)),
            (const { named("dots") }, self.dots.min(2)),
            (const { named("quotation marks") }, self.quotes.min(2)),
            (const { named("emoji and emoticons") }, self.pictures.min(3)),
            (const { named("links") }, self.links.min(2)),
            (const { named("mentions") }, self.mentions.min(3)),
            (const { named("hashtags") }, self.hashtags.min(3)),
            (const { named("numbers") }, self.numbers.min(3)),
            (const { named("money signs") }, self.money.min(1)),
            (const { named("negations") }, self.negations.min(2)),
            (const { named("praise in the word list") }, log_step(f64::from(self.praise) * 2.0)),
            (const { named("trouble in the word list") }, log_step(f64::from(self.trouble) * 2.0)),
            (const { named("lean of the word list") }, (lean / 1.5).round().clamp(-4.0, 4.0) as i32 as u32),
        ] {
            if value > 0 {
                sink.form(fingerprint(FORM, step(hash, u64::from(value))), name);
            }
        }
    }
}

/// An ASCII name and what it is [spelled].
const fn named(name: &'static str) -> (&'static str, u64) {
    let (mut hash, mut at) = (0, 0);
    while at < name.len() {
        hash = step(hash, name.as_bytes()[at] as u64);
        at += 1;
    }
    (name, hash)
}

/// 0, 1, 2-3, 4-7, 8-15 ... as 0, 1, 2, 3, 4 ...
fn log_step(value: f64) -> u32 {
    if value < 1.0 { 0 } else { (value as u64).ilog2().min(9) + 1 }
}

pub(crate) fn spelled(text: &str) -> u64 {
    text.chars().fold(0, |hash, c| step(hash, c as u64))
}

/// One step of the spelling hash: a bijection of the hash for every `part`, so that spellings of
/// different beginnings meet only by chance. The factor is that of `FxHash`.
pub(crate) const fn step(hash: u64, part: u64) -> u64 {
    let mixed = (hash ^ part.wrapping_add(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0x517C_C1B7_2722_0A95);
    mixed ^ (mixed >> 32)
}

/// The last bits of a hash spread well (the finaliser of `MurmurHash3`), under the block's two bits.
pub(crate) fn fingerprint(block: u64, hash: u64) -> u64 {
    let mut h = hash;
    h = (h ^ (h >> 33)).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
    h = (h ^ (h >> 33)).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
    h ^= h >> 33;
    block << 62 | h >> 2
}

/// The known features: sorted fingerprints, their rarity weights, and the way back.
#[derive(Debug, Clone)]
pub(crate) struct FeatureTable {
    pub(crate) fingerprints: Vec<u64>,
    pub(crate) idf: Vec<f32>,
    /// Where the features of each block are found.
    places: [Places; BLOCKS],
    /// From which bit on a tag is cut from a fingerprint.
    tag_shift: u32,
    /// Features that found no place of their own and are never found.
    left_out: usize,
}

/// Where the features of a block are found.
#[derive(Debug, Clone)]
struct Places {
    filter: Filter,
    /// By the last bits of the fingerprint, or the next free place after; at most half full.
    slots: Vec<Slot>,
}

/// All that a look-up needs, in 8 bytes: no two features that a look-up may meet have the same tag, and a feature
/// that is not known has that of one it meets with a chance of 3e-10.
#[derive(Debug, Clone, Copy)]
struct Slot {
    tag: u32,
    column: u32,
}

/// Fingerprints that are looked up together.
pub(crate) const TOGETHER: usize = 64;

/// The slots where they are looked for, fetched at once, and the columns that were found.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    slots: [Slot; TOGETHER],
    columns: [u32; TOGETHER],
}

impl Default for Found {
    fn default() -> Self {
        Self { slots: [FREE_SLOT; TOGETHER], columns: [FREE; TOGETHER] }
    }
}

/// Which fingerprints a block may hold: a bit for each, others by chance (Bloom 1970, "Space/Time Trade-offs in Hash
/// Coding with Allowable Errors", with one hash). Most runs of words were never met, and this tells in a sixteenth of
/// the memory of the slots, which are fetched for the others only.
#[derive(Debug, Clone, Default)]
struct Filter(Vec<u64>);

/// Bits a feature, at least: one fingerprint in so many passes without being known.
const FILTER_BITS: usize = 8;
/// From this bit on a fingerprint chooses its bit.
const FILTER_FROM: u32 = 20;

impl Filter {
    /// For so many features.
    fn new(size: usize) -> Self {
        Self(vec![0; (FILTER_BITS * size).next_power_of_two().div_ceil(64)])
    }

    fn place(&self, fingerprint: u64) -> (usize, u64) {
        let bit = (fingerprint >> FILTER_FROM) as usize & (64 * self.0.len() - 1);
        (bit / 64, 1 << (bit % 64))
    }

    fn add(&mut self, fingerprint: u64) {
        let (word, bit) = self.place(fingerprint);
        self.0[word] |= bit;
    }

    #[inline]
    fn may_hold(&self, fingerprint: u64) -> bool {
        let (word, bit) = self.place(fingerprint);
        self.0[word] & bit != 0
    }
}

/// No column.
const FREE: u32 = u32::MAX;
const FREE_SLOT: Slot = Slot { tag: 0, column: FREE };
/// Where tags may be cut: should two features share a tag in one place, the next is taken.
const TAG_SHIFTS: [u32; 4] = [30, 27, 24, 21];

/// Places that a feature may be moved on by others. Hashes never need a fifth of it; bytes made on purpose would, and
/// are not allowed to make looking up slow.
const FARTHEST: usize = 256;

/// How many fingerprints each block has.
fn sizes(fingerprints: &[u64]) -> [usize; BLOCKS] {
    let mut sizes = [0; BLOCKS];
    for &fingerprint in fingerprints {
        sizes[block(fingerprint)] += 1;
    }
    sizes
}

/// Lays features out by their fingerprints; how many found no place of their own.
fn lay_out(fingerprints: &[u64], tag_shift: u32) -> ([Vec<Slot>; BLOCKS], usize) {
    let sizes = sizes(fingerprints);
    let mut slots = sizes.map(|size| vec![FREE_SLOT; (2 * size).next_power_of_two()]);
    let mut left_out = 0;
    for (column, &fingerprint) in fingerprints.iter().enumerate() {
        let slots = &mut slots[block(fingerprint)];
        let (tag, mask) = ((fingerprint >> tag_shift) as u32, slots.len() - 1);
        let places = (0..FARTHEST).map(|on| (fingerprint as usize + on) & mask);
        match places.into_iter().find(|&at| slots[at].column == FREE || slots[at].tag == tag) {
            Some(at) if slots[at].column == FREE => slots[at] = Slot { tag, column: column as u32 },
            _ => left_out += 1,
        }
    }
    (slots, left_out)
}

impl FeatureTable {
    /// The table of `fingerprints` (sorted, distinct) and their weights.
    pub(crate) fn new(fingerprints: Vec<u64>, idf: Vec<f32>) -> Self {
        let lay = |shift| (lay_out(&fingerprints, shift), shift);
        let mut laid = lay(TAG_SHIFTS[0]);
        for &shift in &TAG_SHIFTS[1..] {
            if laid.0.1 > 0 {
                laid = lay(shift);
            }
        }
        let ((slots, left_out), tag_shift) = laid;
        let mut filters = sizes(&fingerprints).map(Filter::new).into_iter();
        let mut places = slots.map(|slots| Places { filter: filters.next().unwrap_or_default(), slots });
        for &fingerprint in &fingerprints {
            places[block(fingerprint)].filter.add(fingerprint);
        }
        Self { fingerprints, idf, places, tag_shift, left_out }
    }

    /// Whether every feature can be found, as it can when they are hashes; bytes made on purpose may crowd.
    pub(crate) fn is_whole(&self) -> bool {
        self.left_out == 0
    }

    /// The features that occur in at least `min_rows` of `rows`; each row lists each of its features
    /// once. Idf is ln((1 + n) / (1 + rows with it)) + 1.
    pub(crate) fn learn(rows: impl Iterator<Item = impl AsRef<[(u64, u32)]>>, min_rows: u32) -> Self {
        let mut seen: HashMap<u64, u32, FxBuildHasher> = HashMap::default();
        let mut texts = 0.0;
        for row in rows {
            texts += 1.0;
            for &(feature, _) in row.as_ref() {
                *seen.entry(feature).or_default() += 1;
            }
        }
        let mut kept: Vec<(u64, u32)> = seen.into_iter().filter(|&(_, count)| count >= min_rows).collect();
        kept.sort_unstable();
        let idf =
            kept.iter().map(|&(_, count)| (((1.0 + texts) / (1.0 + f64::from(count))).ln() + 1.0) as f32);
        let idf = idf.collect();
        Self::new(kept.into_iter().map(|(feature, _)| feature).collect(), idf)
    }

    /// Takes up the features of more rows that are not known yet, with their rarity among `texts` texts; where
    /// each known column goes.
    pub(crate) fn extend(&mut self, rows: &[Counted], texts: usize) -> Vec<u32> {
        let known = |feature: &u64| self.find(*feature).is_some();
        let features = rows.iter().flat_map(|row| &row.features).map(|&(feature, _)| feature);
        let mut new: Vec<u64> = features.filter(|feature| !known(feature)).collect();
        new.sort_unstable();
        let new: Vec<(u64, f32)> = new
            .chunk_by(|a, b| a == b)
            .map(|same| (same[0], (((1.0 + texts as f64) / (1.0 + same.len() as f64)).ln() + 1.0) as f32))
            .collect();
        let old = self.fingerprints.iter().copied().zip(self.idf.iter().copied());
        let mut all: Vec<(u64, f32)> = old.chain(new).collect();
        all.sort_unstable_by_key(|&(feature, _)| feature);
        let (fingerprints, idf): (Vec<u64>, Vec<f32>) = all.into_iter().unzip();
        let mut places = Vec::with_capacity(self.len());
        let mut at = 0;
        for feature in &self.fingerprints {
            while fingerprints[at] != *feature {
                at += 1;
            }
            places.push(at as u32);
        }
        *self = Self::new(fingerprints, idf);
        places
    }

    /// How many features are known.
    pub(crate) fn len(&self) -> usize {
        self.fingerprints.len()
    }

    /// The column of a feature, if it is known.
    pub(crate) fn find(&self, fingerprint: u64) -> Option<u32> {
        let slots = &self.places[block(fingerprint)].slots;
        self.find_from(slots[fingerprint as usize & (slots.len() - 1)], fingerprint, slots)
    }

    /// The columns of those of `fingerprints`, [`TOGETHER`] at most and all of `block`, that are known. All are fetched
    /// before one is looked at, so that waits for memory overlap. Afterwards `fingerprints` are in disorder.
    #[inline]
    pub(crate) fn find_all<'f>(
        &self,
        block: usize,
        fingerprints: &mut [u64],
        found: &'f mut Found,
    ) -> &'f mut [u32] {
        let Found { slots: fetched, columns } = found;
        let Places { filter, slots } = &self.places[block];
        let mut count = 0;
        for at in 0..fingerprints.len() {
            // Without a branch, because there is no foretelling them.
            let fingerprint = fingerprints[at];
            fingerprints[count] = fingerprint;
            count += usize::from(filter.may_hold(fingerprint));
        }
        let fingerprints = &fingerprints[..count];
        for (first, &fingerprint) in fetched.iter_mut().zip(fingerprints) {
            *first = slots[fingerprint as usize & (slots.len() - 1)];
        }
        let mut known = 0;
        for (&first, &fingerprint) in fetched.iter().zip(fingerprints) {
            if let Some(column) = self.find_from(first, fingerprint, slots) {
                columns[known] = column;
                known += 1;
            }
        }
        &mut columns[..known]
    }

    /// Goes on from the first slot of a fingerprint.
    #[inline]
    fn find_from(&self, first: Slot, fingerprint: u64, slots: &[Slot]) -> Option<u32> {
        let (mut slot, tag) = (first, (fingerprint >> self.tag_shift) as u32);
        let mut at = fingerprint as usize;
        while slot.column != FREE {
            if slot.tag == tag {
                return Some(slot.column);
            }
            at += 1;
            slot = slots[at & (slots.len() - 1)];
        }
        None
    }

    /// The vector of a text: (column, value), by column.
    pub(crate) fn vector(&self, counts: &[(u64, u32)], recipe: &Recipe) -> Vec<(u32, f32)> {
        let mut values = Vec::with_capacity(counts.len());
        let mut squares = [0.0_f32; BLOCKS];
        for &(feature, count) in counts {
            let Some(column) = self.find(feature) else { continue };
            let block = block(feature);
            let (value, square) = weigh(count, self.idf[column as usize], block);
            squares[block] += square;
            values.push((column, value, block));
        }
        let scale = scales(squares, recipe);
        values.into_iter().map(|(column, value, block)| (column, value * scale[block])).collect()
    }
}

/// What a feature that occurs so often is worth, and what it adds to the sum of squares of its block.
///
/// A character feature adds for every word that holds it, so that what a word adds does not depend on the others.
pub(crate) fn weigh(count: u32, idf: f32, block: usize) -> (f32, f32) {
    if block == CHARS as usize {
        return (count as f32 * idf, count as f32 * idf * idf);
    }
    let damped = damped(count);
    (damped * idf, damped * damped * idf * idf)
}

/// What a feature counts that occurs so often (1 + ln tf).
pub(crate) fn damped(count: u32) -> f32 {
    if count == 1 { 1.0 } else { 1.0 + (count as f32).ln() }
}

/// The block of a feature.
pub(crate) fn block(fingerprint: u64) -> usize {
    (fingerprint >> 62) as usize
}

/// What brings blocks with these sums of squares to their lengths.
pub(crate) fn scales(squares: [f32; BLOCKS], recipe: &Recipe) -> [f32; BLOCKS] {
    let mut lengths = BLOCK_LENGTH;
    lengths[WORDS as usize] = recipe.word_length as f32;
    std::array::from_fn(
        |block| if squares[block] > 0.0 { lengths[block] / squares[block].sqrt() } else { 0.0 },
    )
}

/// Each of `features` once, with its count, sorted: the order of columns.
pub(crate) fn counts(features: &mut [u64]) -> Vec<(u64, u32)> {
    features.sort_unstable();
    features.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32)).collect()
}

/// The part of meaning: its numbers, or zeros for a text without known words.
fn meaning(pieces: &[u16], recipe: &Recipe, words: &Words) -> [f32; DIMENSIONS] {
    let sum = sum(words, pieces);
    let scale = meaning_scale(&sum, recipe);
    sum.map(|number| number * scale)
}

/// How many numbers of a vector its length is taken by. They are principal components, the first ones the largest,
/// and a sum of vectors has most of its length in them.
pub(crate) const LEADING: usize = 32;
/// The length by the first numbers for one by all: the mean over tweets of ten words or more.
const LEADING_SHARE: f32 = 0.77;

/// What brings a sum of vectors about to the length that the recipe has for it; 0 for a sum that is next to nothing.
/// Only the first numbers are looked at.
pub(crate) fn meaning_scale(sum: &[f32], recipe: &Recipe) -> f32 {
    let squares = sum[..LEADING].iter().map(|number| number * number).sum::<f32>();
    if squares > 1e-18 { recipe.word_vectors as f32 * LEADING_SHARE / squares.sqrt() } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;
    use crate::model::checksum;
    use proptest::prelude::*;

    /// Everything there is to read.
    fn everything() -> Recipe {
        let first = Recipe::starts(&Config::default(), 1, 2)[0];
        Recipe { skips: true, word_ngrams: 3, word_classes: true, word_vectors: 1.0, ..first }
    }

    fn reading(text: &str) -> Reading {
        let mut reading = Reading::default();
        Reader::default().read(tokens(text), &everything(), &Tables::shipped(), &mut reading);
        reading
    }

    fn counted(text: &str) -> Vec<(u64, u32)> {
        let mut features: Vec<u64> = reading(text).occurrences.iter().map(|o| o.fingerprint).collect();
        counts(&mut features)
    }

    /// One line of each kind of thing that is read.
    const LINES: &str = "\
        It was NOT what I ordered!! Why isn't anybody answering me since Monday, sooooo slow...\n\
        @helpdesk see https://example.org/a?b=1 or mail ann@example.org, order #A-1047 for £19.99 :-( 😡👍🏽\n\
        #WorstServiceEver \"great\" job, don't bother 1,234 times; café naïve Größe ﬁne\n\
        Привет, где мой заказ? الطلب متأخر 配送はいつ届きますか เมื่อไหร่จะถึง";

    /// Where one of these numbers changes, models saved before read other features than they learnt from: what
    /// changed goes where only others read it, or the version of the features goes up (`FEATURES` in `format`).
    #[test]
    fn a_model_saved_before_reads_what_it_learnt_from() {
        let lexicon = Lexicon::of_features();
        let rated = lexicon
            .entries()
            .into_iter()
            .flat_map(|(word, rating)| word.bytes().chain(rating.to_le_bytes()).collect::<Vec<u8>>());
        let numbers = |text: &str| -> Vec<u8> {
            let mut reader = Reader::default();
            let counted = reader.count(text, &everything(), &Tables::shipped());
            let features = counted.features.into_iter().flat_map(|(feature, count)| {
                feature.to_le_bytes().into_iter().chain(count.to_le_bytes()).collect::<Vec<u8>>()
            });
            features.chain(reader.pieces.iter().flat_map(|piece| piece.to_le_bytes())).collect()
        };
        assert_eq!(checksum(&rated.collect::<Vec<u8>>()), 10_837_129_303_346_369_584, "words rated");
        let lines: Vec<u64> = LINES.lines().map(|line| checksum(&numbers(line))).collect();
        let before = [
            9_476_730_695_410_554_515,
            14_656_370_670_594_237_121,
            10_770_151_537_538_210_942,
            6_878_484_348_491_674_676,
        ];
        assert_eq!(lines, before, "what the lines hold");
    }

    #[test]
    fn names_are_hashed_as_words_are() {
        assert_eq!(named("words in capitals"), ("words in capitals", spelled("words in capitals")));
    }

    #[test]
    fn like_words_make_like_runs() {
        let classes = |text: &str| -> Vec<u64> {
            let all = counted(text).into_iter().map(|(feature, _)| feature);
            all.filter(|&feature| feature >> 62 == CLASSES).collect()
        };
        assert_eq!(classes("see you on monday"), classes("see you on tuesday"));
        assert_ne!(classes("see you on monday"), classes("see you on paper"));
    }

    #[test]
    fn blocks_are_scaled_apart() {
        let row = counted("The bill is WRONG!!");
        let table = FeatureTable::learn(std::iter::once(row.as_slice()), 1);
        let vector = table.vector(&row, &everything());
        let mut squares = [0.0_f32; BLOCKS];
        for &(column, value) in &vector {
            squares[block(table.fingerprints[column as usize])] += value * value;
        }
        for (block, length) in [everything().word_length as f32, 0.85, 0.3, 0.7].into_iter().enumerate() {
            assert!((squares[block].sqrt() - length).abs() < 1e-3, "block {block}");
        }
        assert!(vector.windows(2).all(|w| w[0].0 < w[1].0));
    }

    #[test]
    fn features_that_crowd_are_told() {
        let table = |fingerprints: Vec<u64>| {
            let idf = vec![1.0; fingerprints.len()];
            FeatureTable::new(fingerprints, idf)
        };
        let mut spread: Vec<u64> = (1..100_000_u64).map(|number| fingerprint(number % 4, number)).collect();
        spread.sort_unstable();
        let whole = table(spread.clone());
        assert!(whole.is_whole() && table(Vec::new()).is_whole());
        assert!(spread.iter().enumerate().all(|(column, &f)| whole.find(f) == Some(column as u32)));
        assert!(!table((0..100_000_u64).map(|number| number << 20).collect()).is_whole());
        assert!(!table((0..100_000_u64).map(|number| number << 20 | 0x3_FFFF).collect()).is_whole());
    }

    #[test]
    fn unknown_and_rare_features_are_left_out() {
        let rows = [counted("good day"), counted("good night")];
        let all = FeatureTable::learn(rows.iter().map(Vec::as_slice), 1);
        let shared = FeatureTable::learn(rows.iter().map(Vec::as_slice), 2);
        assert!(shared.len() < all.len() && shared.len() > 0);
        assert!(shared.vector(&counted("Привет"), &everything()).len() < 6);
    }

    proptest! {
        #[test]
        fn every_feature_lies_within_the_text(text in "\\PC{0,80}") {
            let reading = reading(&text);
            for o in &reading.occurrences {
                let whole = o.first == NO_UNIT && o.last == NO_UNIT;
                prop_assert!(whole || o.first <= o.last && (o.last as usize) < reading.units.len());
            }
            for unit in &reading.units {
                prop_assert!(text.get(unit.start..unit.end).is_some());
            }
        }
    }
}
