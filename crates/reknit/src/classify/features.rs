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
//! A feature is known by the 64-bit fingerprint of its spelling, and the table of known features is
//! exact: sorted fingerprints, no buckets to share, so an explanation never names the wrong word (two
//! of a million features collide with a chance of 3e-8). Counts are damped (1 + ln tf) and weighted
//! by rarity (smoothed idf, Salton and Buckley 1988), and each block is scaled to unit length apart,
//! so that hundreds of character n-grams do not drown a few words.
//!
//! Cost: `O(n · char_ngrams)` in the characters of the text.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use super::solver::Matrix;
use super::{Lexicon, Recipe};
use crate::text::token::{Token, TokenKind, tokens};
use crate::text::words::{DIMENSIONS, Words, vector};

/// The blocks, in the top two bits of a fingerprint.
const WORDS: u64 = 0;
const CHARS: u64 = 1;
const FORM: u64 = 2;
const CLASSES: u64 = 3;
/// How long each block's part of the vector is; that of meaning is the recipe's.
const BLOCK_LENGTH: [f32; BLOCKS] = [1.0, 1.0, 0.3, 0.7];
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
        Self { lexicon: Lexicon::builtin(), words: Words::shipped() }
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
    pub(crate) fn write(&self, table: &FeatureTable, matrix: &mut Matrix) {
        let meaning = self.meaning.as_ref();
        matrix.push(&table.vector(&self.features), meaning.map_or(&[], |numbers| numbers.as_slice()));
    }
}

/// Reads texts, one after the other, in buffers that stay.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reader {
    form: String,
    letters: Vec<u64>,
    /// Words and word classes by hash, in order.
    hashes: Vec<u64>,
    classes: Vec<u64>,
    /// The word pieces of the text read last, and the unit each is of.
    pub(crate) pieces: Vec<u16>,
    pub(crate) piece_units: Vec<u32>,
    /// Whether word pieces are read even where the recipe does not ask for meaning.
    pub(crate) keeps_pieces: bool,
}

impl Reader {
    /// Shows `sink` what `recipe` asks for.
    pub(crate) fn read(&mut self, text: &str, recipe: &Recipe, tables: &Tables, sink: &mut impl Sink) {
        self.hashes.clear();
        self.classes.clear();
        self.pieces.clear();
        self.piece_units.clear();
        let mut shape = Form::default();
        for token in tokens(text) {
            shape.see(&token);
            if token.kind != TokenKind::Hashtag {
                self.part(&token, recipe, tables, &mut shape, sink);
                continue;
            }
            // A hashtag counts as its words and as a whole.
            for part in &token.parts() {
                self.part(part, recipe, tables, &mut shape, sink);
            }
            self.part(&token, recipe, tables, &mut shape, sink);
        }
        if recipe.word_ngrams > 1 {
            runs(WORDS, &self.hashes, recipe.word_ngrams, sink);
        }
        if recipe.skips {
            skips(&self.hashes, sink);
        }
        if recipe.word_classes {
            for (place, &class) in self.classes.iter().enumerate() {
                sink.feature(fingerprint(CLASSES, step(1, class)), place as u32, place as u32);
            }
            runs(CLASSES, &self.classes, CLASS_RUN, sink);
        }
        if recipe.form {
            shape.write(sink);
        }
    }

    /// Everything `recipe` asks for of a text, each feature once with its count, and its meaning.
    pub(crate) fn count(&mut self, text: &str, recipe: &Recipe, tables: &Tables) -> Counted {
        let mut found = Vec::new();
        self.read(text, recipe, tables, &mut found);
        let means = recipe.word_vectors > 0.0;
        let meaning = means.then(|| meaning(&self.pieces, recipe, &tables.words));
        Counted { features: counts(&mut found), meaning }
    }

    fn part(
        &mut self,
        part: &Token<'_>,
        recipe: &Recipe,
        tables: &Tables,
        shape: &mut Form,
        sink: &mut impl Sink,
    ) {
        let mask = mask(part);
        if let Some(mask) = mask {
            mask.clone_into(&mut self.form);
        } else {
            part.form_into(&mut self.form);
            cut_run(part.kind, &mut self.form);
        }
        let place = self.hashes.len() as u32;
        let hash = spelled(&self.form);
        sink.unit(&self.form, part.start, part.end());
        if recipe.word_ngrams > 0 && !part.spaceless {
            sink.feature(fingerprint(WORDS, step(1, hash)), place, place);
            if shape.negation > 0 && part.kind == TokenKind::Word {
                sink.feature(fingerprint(WORDS, step(2, hash)), place, place);
            }
        }
        if recipe.char_ngrams > 0 {
            self.characters(part.spaceless, recipe.char_ngrams, place, sink);
        }
        if (recipe.word_vectors > 0.0 || self.keeps_pieces) && mask.is_none() {
            tables.words.cut(&self.form, &mut self.pieces);
            self.piece_units.resize(self.pieces.len(), place);
        }
        if recipe.word_classes {
            self.classes.push(class_hash(&self.form, hash, &tables.words));
        }
        shape.hear(part.kind, &self.form, &tables.lexicon);
        self.hashes.push(hash);
    }

    /// Character n-grams of 2 to `longest` inside a padded word; without padding, and from 1, in a run of
    /// a script without spaces.
    fn characters(&mut self, spaceless: bool, longest: usize, place: u32, sink: &mut impl Sink) {
        self.letters.clear();
        let (pad, shortest) = if spaceless { (None, 1) } else { (Some(32), 2) };
        self.letters.extend(pad);
        self.letters.extend(self.form.chars().map(|c| c as u64));
        self.letters.extend(pad);
        for begin in 0..self.letters.len() {
            let mut hash = 0;
            for (length, &c) in (1..=longest).zip(&self.letters[begin..]) {
                hash = step(hash, c);
                if length >= shortest {
                    sink.feature(fingerprint(CHARS, hash), place, place);
                }
            }
        }
    }
}

/// Words whose place in a sentence matters more than what they mean, by hand.
const FUNCTION_WORDS: &[&str] = &[
    "a", "am", "an", "and", "are", "as", "at", "be", "been", "big", "by", "can", "could", "did", "do",
    "does", "far", "for", "from", "had", "has", "have", "he", "how", "i", "in", "is", "it", "its", "long",
    "many", "much", "my", "no", "not", "of", "old", "on", "or", "s", "she", "should", "that", "the", "these",
    "they", "this", "those", "to", "was", "we", "were", "what", "when", "where", "which", "who", "whom",
    "whose", "why", "will", "with", "would", "you", "your",
];

/// What a word is in a run of classes: itself if it holds the sentence together or is no word, else its class.
fn class_hash(form: &str, hash: u64, words: &Words) -> u64 {
    if FUNCTION_WORDS.binary_search(&form).is_ok() || !form.chars().all(char::is_alphabetic) {
        return hash;
    }
    step(5, words.class(form).map_or(0, |class| u64::from(class) + 1))
}

/// How far a negation still reaches after a token.
fn scope(left: u32, kind: TokenKind, form: &str) -> u32 {
    match kind {
        TokenKind::Punctuation => 0,
        TokenKind::Word if negates(form) => NEGATION_REACH,
        _ => left.saturating_sub(1),
    }
}

/// Whether a word turns what follows into its opposite.
pub(crate) fn negates(form: &str) -> bool {
    form.ends_with("n't")
        || matches!(
            form,
            "not"
                | "no"
                | "never"
                | "none"
                | "nobody"
                | "nothing"
                | "nowhere"
                | "neither"
                | "nor"
                | "cannot"
                | "without"
                | "cant"
                | "dont"
                | "doesnt"
                | "didnt"
                | "isnt"
                | "wasnt"
                | "arent"
                | "werent"
                | "wont"
                | "wouldnt"
                | "shouldnt"
                | "couldnt"
                | "hasnt"
                | "havent"
                | "hadnt"
                | "aint"
                | "hardly"
                | "barely"
                | "scarcely"
                | "rarely"
                | "seldom"
        )
}

/// What a token counts as whose own letters do not matter: who is addressed, which link, which long number.
fn mask(token: &Token<'_>) -> Option<&'static str> {
    match token.kind {
        TokenKind::Url => Some("_url_"),
        TokenKind::Email => Some("_mail_"),
        TokenKind::Mention => Some("@user"),
        TokenKind::Number if token.text.len() > 4 => Some("_num_"),
        _ => None,
    }
}

/// How many signs of a run are looked at; how many more there are is a matter of form.
const SIGNS: usize = 3;

/// A run of signs without those after the first few.
fn cut_run(kind: TokenKind, form: &mut String) {
    if kind == TokenKind::Punctuation
        && let Some((end, _)) = form.char_indices().nth(SIGNS)
    {
        form.truncate(end);
    }
}

/// Marks before the first word and after the last.
const BEFORE: u64 = 94;
const AFTER: u64 = 36;

/// Word `place` of the words with a mark before the first and after the last.
fn marked(hashes: &[u64], place: usize) -> u64 {
    match place.checked_sub(1) {
        None => BEFORE,
        Some(place) => hashes.get(place).copied().unwrap_or(AFTER),
    }
}

/// Pairs of words with one between them.
fn skips(hashes: &[u64], sink: &mut impl Sink) {
    for between in 0..hashes.len() {
        let hash = step(step(9, marked(hashes, between)), marked(hashes, between + 2));
        let (first, last) = (between.saturating_sub(1), (between + 1).min(hashes.len() - 1));
        sink.feature(fingerprint(WORDS, hash), first as u32, last as u32);
    }
}

/// Runs of 2 to `longest` words, with a mark before the first and after the last.
fn runs(block: u64, hashes: &[u64], longest: usize, sink: &mut impl Sink) {
    let units = hashes.len();
    if units == 0 {
        return;
    }
    for begin in 0..=units {
        let mut hash = step(3, marked(hashes, begin));
        for last in begin + 1..(begin + longest).min(units + 2) {
            hash = step(hash, marked(hashes, last));
            let (first_unit, last_unit) = (begin.saturating_sub(1), (last - 1).min(units - 1));
            sink.feature(fingerprint(block, hash), first_unit as u32, last_unit as u32);
        }
    }
}

/// What the text looks like.
#[derive(Debug, Default)]
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
    fn hear(&mut self, kind: TokenKind, form: &str, lexicon: &Lexicon) {
        if kind == TokenKind::Hashtag {
            return;
        }
        if let Some(valence) = lexicon.valence(form) {
            let valence = if self.negation > 0 { -0.7 * valence } else { valence };
            if valence > 0.0 { self.praise += valence } else { self.trouble -= valence }
        }
        self.negations += u32::from(kind == TokenKind::Word && negates(form));
        self.negation = scope(self.negation, kind, form);
    }

    fn punctuation(&mut self, text: &str) {
        let count = |sign: char| text.chars().filter(|&c| c == sign).count() as u32;
        self.shouts += count('!');
        self.asks += count('?');
        self.dots += u32::from(text.starts_with("..") || text.starts_with('…'));
        self.quotes += count('"') + count('“');
    }

    /// One feature a step: a linear weight then fits any shape.
    fn write(&self, sink: &mut impl Sink) {
        let lean = self.praise - self.trouble;
        for (name, value) in [
            ("length in words", log_step(f64::from(self.words))),
            ("words in capitals", self.caps.min(3)),
            ("stretched words", self.elongated.min(2)),
            ("exclamation marks", self.shouts.min(3)),
            ("question marks", self.asks.min(3)),
            ("dots", self.dots.min(2)),
            ("quotation marks", self.quotes.min(2)),
            ("emoji and emoticons", self.pictures.min(3)),
            ("links", self.links.min(2)),
            ("mentions", self.mentions.min(3)),
            ("hashtags", self.hashtags.min(3)),
            ("numbers", self.numbers.min(3)),
            ("money signs", self.money.min(1)),
            ("negations", self.negations.min(2)),
            ("praise in the word list", log_step(f64::from(self.praise) * 2.0)),
            ("trouble in the word list", log_step(f64::from(self.trouble) * 2.0)),
            ("lean of the word list", (lean / 1.5).round().clamp(-4.0, 4.0) as i32 as u32),
        ] {
            if value > 0 {
                sink.form(fingerprint(FORM, step(spelled(name), u64::from(value))), name);
            }
        }
    }
}

/// 0, 1, 2-3, 4-7, 8-15 ... as 0, 1, 2, 3, 4 ...
fn log_step(value: f64) -> u32 {
    if value < 1.0 { 0 } else { (value as u64).ilog2().min(9) + 1 }
}

fn spelled(text: &str) -> u64 {
    text.chars().fold(0, |hash, c| step(hash, c as u64))
}

/// One step of the spelling hash: a bijection of the hash for every `part`, so that spellings of
/// different beginnings meet only by chance. The factor is that of `FxHash`.
fn step(hash: u64, part: u64) -> u64 {
    let mixed = (hash ^ part.wrapping_add(0x9E37_79B9_7F4A_7C15)).wrapping_mul(0x517C_C1B7_2722_0A95);
    mixed ^ (mixed >> 32)
}

/// The last bits of a hash spread well (the finaliser of `MurmurHash3`), under the block's two bits.
fn fingerprint(block: u64, hash: u64) -> u64 {
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
    /// By the last bits of the fingerprint, or the next free place after; at most half full.
    slots: Vec<Slot>,
}

/// All that a look-up needs, in one place.
#[derive(Debug, Clone, Copy)]
struct Slot {
    fingerprint: u64,
    column: u32,
    idf: f32,
}

/// No column.
const FREE: u32 = u32::MAX;

impl FeatureTable {
    /// The table of `fingerprints` (sorted, distinct) and their weights.
    pub(crate) fn new(fingerprints: Vec<u64>, idf: Vec<f32>) -> Self {
        let free = Slot { fingerprint: 0, column: FREE, idf: 0.0 };
        let mut slots = vec![free; (2 * fingerprints.len()).next_power_of_two()];
        let mask = slots.len() - 1;
        for (column, (&fingerprint, &idf)) in fingerprints.iter().zip(&idf).enumerate() {
            let mut at = fingerprint as usize & mask;
            while slots[at].column != FREE {
                at = (at + 1) & mask;
            }
            slots[at] = Slot { fingerprint, column: column as u32, idf };
        }
        Self { fingerprints, idf, slots }
    }

    /// The features that occur in at least `min_rows` of `rows`; each row lists each of its features
    /// once. Idf is ln((1 + n) / (1 + rows with it)) + 1.
    pub(crate) fn learn<'r>(rows: impl Iterator<Item = &'r [(u64, u32)]>, min_rows: u32) -> Self {
        let mut seen: HashMap<u64, u32, FxBuildHasher> = HashMap::default();
        let mut texts = 0.0;
        for row in rows {
            texts += 1.0;
            for &(feature, _) in row {
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

    /// The column of a feature and its rarity, if it is known.
    pub(crate) fn find(&self, fingerprint: u64) -> Option<(u32, f32)> {
        let mask = self.slots.len() - 1;
        let mut at = fingerprint as usize & mask;
        loop {
            let slot = &self.slots[at];
            if slot.column == FREE {
                return None;
            }
            if slot.fingerprint == fingerprint {
                return Some((slot.column, slot.idf));
            }
            at = (at + 1) & mask;
        }
    }

    /// The vector of a text: (column, value), by column.
    pub(crate) fn vector(&self, counts: &[(u64, u32)]) -> Vec<(u32, f32)> {
        let mut values = Vec::with_capacity(counts.len());
        let mut squares = [0.0_f32; BLOCKS];
        for &(feature, count) in counts {
            let Some((column, idf)) = self.find(feature) else { continue };
            let (value, block) = (damped(count) * idf, block(feature));
            squares[block] += value * value;
            values.push((column, value, block));
        }
        let scale = scales(squares);
        values.into_iter().map(|(column, value, block)| (column, value * scale[block])).collect()
    }
}

/// How much a feature counts that occurs so often.
pub(crate) fn damped(count: u32) -> f32 {
    if count == 1 { 1.0 } else { 1.0 + (count as f32).ln() }
}

/// The block of a feature.
pub(crate) fn block(fingerprint: u64) -> usize {
    (fingerprint >> 62) as usize
}

/// What brings blocks with these sums of squares to their lengths.
pub(crate) fn scales(squares: [f32; BLOCKS]) -> [f32; BLOCKS] {
    std::array::from_fn(
        |block| if squares[block] > 0.0 { BLOCK_LENGTH[block] / squares[block].sqrt() } else { 0.0 },
    )
}

/// Each of `features` once, with its count, sorted: the order of columns.
pub(crate) fn counts(features: &mut [u64]) -> Vec<(u64, u32)> {
    features.sort_unstable();
    features.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32)).collect()
}

/// The part of meaning: its numbers, or zeros for a text without known words.
pub(crate) fn meaning(pieces: &[u16], recipe: &Recipe, words: &Words) -> [f32; DIMENSIONS] {
    let mut numbers = vector(words, pieces).map_or([0.0; DIMENSIONS], |(numbers, _)| numbers);
    for number in &mut numbers {
        *number *= recipe.word_vectors as f32;
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;
    use proptest::prelude::*;

    /// Everything there is to read.
    fn reading(text: &str) -> Reading {
        let first = Recipe::starts(&Config::default(), 1, 2)[0];
        let all = Recipe { skips: true, word_ngrams: 3, word_classes: true, word_vectors: 1.0, ..first };
        let mut reading = Reading::default();
        Reader::default().read(text, &all, &Tables::shipped(), &mut reading);
        reading
    }

    fn counted(text: &str) -> Vec<(u64, u32)> {
        let mut features: Vec<u64> = reading(text).occurrences.iter().map(|o| o.fingerprint).collect();
        counts(&mut features)
    }

    #[test]
    fn function_words_are_sorted() {
        assert!(FUNCTION_WORDS.is_sorted());
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
        let vector = table.vector(&row);
        let mut squares = [0.0_f32; BLOCKS];
        for &(column, value) in &vector {
            squares[block(table.fingerprints[column as usize])] += value * value;
        }
        for block in 0..BLOCKS {
            assert!((squares[block].sqrt() - BLOCK_LENGTH[block]).abs() < 1e-3, "block {block}");
        }
        assert!(vector.windows(2).all(|w| w[0].0 < w[1].0));
    }

    #[test]
    fn unknown_and_rare_features_are_left_out() {
        let rows = [counted("good day"), counted("good night")];
        let all = FeatureTable::learn(rows.iter().map(Vec::as_slice), 1);
        let shared = FeatureTable::learn(rows.iter().map(Vec::as_slice), 2);
        assert!(shared.len() < all.len() && shared.len() > 0);
        assert!(shared.vector(&counted("Привет")).len() < 6);
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
