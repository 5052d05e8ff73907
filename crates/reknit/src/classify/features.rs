//! Texts to sparse vectors: words, characters and form.
//!
//! Three blocks of features are read from one pass of the tokeniser:
//!
//! * **words**: single words, runs of up to `word_ngrams` with marks for both ends of the text, and
//!   words in the scope of a negation as `not_x` (Das and Chen 2001; Pang et al. 2002);
//! * **characters**: n-grams of 2 to `char_ngrams` characters inside each padded word, which survive
//!   misspellings and serve scripts without spaces;
//! * **form**: shouting, elongation, `!` and `?`, length, links, emoji and the sums of the sentiment
//!   word list, each cut into a few steps, so that one linear weight fits each step.
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

use super::{Config, Lexicon};
use crate::text::token::{Token, TokenKind, tokens};

/// The blocks, in the top two bits of a fingerprint.
const WORDS: u64 = 0;
const CHARS: u64 = 1;
const FORM: u64 = 2;
/// How long each block's part of the vector is.
const BLOCK_LENGTH: [f64; 4] = [1.0, 1.0, 0.3, 0.0];
/// How many words a negation reaches; more adds noise (Pang et al. 2002 go to the next punctuation).
const NEGATION_REACH: u32 = 3;

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

/// What one text holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    /// Its tokens.
    pub(crate) units: Vec<Unit>,
    /// Its features, in the order read.
    pub(crate) occurrences: Vec<Occurrence>,
    /// The features of form by name, for explanations: fingerprint and name.
    pub(crate) form: Vec<(u64, &'static str)>,
}

/// Reads the features `config` asks for.
pub(crate) fn read(text: &str, config: &Config, lexicon: &Lexicon) -> Reading {
    let mut reading = Reading::default();
    let mut form = Form::default();
    let mut hashes = Vec::new();
    let mut negation = 0_u32;
    for token in tokens(text) {
        form.see(&token, lexicon);
        for part in features_of(&token) {
            let place = reading.units.len() as u32;
            let unit = Unit { form: masked(&part), start: part.start, end: part.end() };
            let hash = spelled(&unit.form);
            if config.word_ngrams > 0 && !part.spaceless {
                reading.push(WORDS, step(1, hash), place, place);
                if negation > 0 && part.kind == TokenKind::Word {
                    reading.push(WORDS, step(2, hash), place, place);
                }
            }
            if config.char_ngrams > 0 {
                characters(&unit.form, part.spaceless, config.char_ngrams, place, &mut reading);
            }
            negation = scope(negation, part.kind, &unit.form);
            hashes.push(hash);
            reading.units.push(unit);
        }
    }
    if config.word_ngrams > 1 {
        runs(&hashes, config.word_ngrams, &mut reading);
    }
    if config.form_features {
        form.write(&mut reading);
    }
    reading
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

/// The parts of a token that are features: a hashtag also counts as its words.
fn features_of<'a>(token: &Token<'a>) -> Vec<Token<'a>> {
    let mut parts = token.parts();
    if token.kind == TokenKind::Hashtag && parts.len() > 1 {
        parts.push(*token);
    }
    parts
}

/// The form to count by: who is addressed, which link and which long number do not matter.
fn masked(token: &Token<'_>) -> String {
    match token.kind {
        TokenKind::Url => "_url_".to_owned(),
        TokenKind::Email => "_mail_".to_owned(),
        TokenKind::Mention => "@user".to_owned(),
        TokenKind::Number if token.text.len() > 4 => "_num_".to_owned(),
        _ => token.form(),
    }
}

impl Reading {
    fn push(&mut self, block: u64, hash: u64, first: u32, last: u32) {
        self.occurrences.push(Occurrence { fingerprint: fingerprint(block, hash), first, last });
    }
}

/// Character n-grams of 2 to `longest` inside a padded word; without padding, and from 1, in a run of
/// a script without spaces.
fn characters(form: &str, spaceless: bool, longest: usize, place: u32, reading: &mut Reading) {
    let padded: Vec<u64> = if spaceless {
        form.chars().map(|c| c as u64).collect()
    } else {
        std::iter::once(32).chain(form.chars().map(|c| c as u64)).chain(std::iter::once(32)).collect()
    };
    let shortest = if spaceless { 1 } else { 2 };
    for begin in 0..padded.len() {
        let mut hash = 0;
        for (length, &c) in (1..=longest).zip(&padded[begin..]) {
            hash = step(hash, c);
            if length >= shortest {
                reading.push(CHARS, hash, place, place);
            }
        }
    }
}

/// Runs of 2 to `longest` words, with a mark before the first and after the last.
fn runs(hashes: &[u64], longest: usize, reading: &mut Reading) {
    if hashes.is_empty() {
        return;
    }
    let units = hashes.len();
    let marked: Vec<u64> =
        std::iter::once(94).chain(hashes.iter().copied()).chain(std::iter::once(36)).collect();
    for begin in 0..marked.len() - 1 {
        let mut hash = step(3, marked[begin]);
        for (last, &word) in marked.iter().enumerate().take(begin + longest).skip(begin + 1) {
            hash = step(hash, word);
            let (first_unit, last_unit) = (begin.saturating_sub(1), (last - 1).min(units - 1));
            reading.push(WORDS, hash, first_unit as u32, last_unit as u32);
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
    fn see(&mut self, token: &Token<'_>, lexicon: &Lexicon) {
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
        for part in token.parts() {
            let form = part.form();
            if let Some(valence) = lexicon.valence(&form) {
                let valence = if self.negation > 0 { -0.7 * valence } else { valence };
                if valence > 0.0 { self.praise += valence } else { self.trouble -= valence }
            }
            self.negations += u32::from(part.kind == TokenKind::Word && negates(&form));
            self.negation = scope(self.negation, part.kind, &form);
        }
    }

    fn punctuation(&mut self, text: &str) {
        let count = |sign: char| text.chars().filter(|&c| c == sign).count() as u32;
        self.shouts += count('!');
        self.asks += count('?');
        self.dots += u32::from(text.starts_with("..") || text.starts_with('…'));
        self.quotes += count('"') + count('“');
    }

    /// One feature a step: a linear weight then fits any shape.
    fn write(&self, reading: &mut Reading) {
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
                let hash = step(spelled(name), u64::from(value));
                reading.form.push((fingerprint(FORM, hash), name));
                reading.push(FORM, hash, NO_UNIT, NO_UNIT);
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
    columns: HashMap<u64, u32, FxBuildHasher>,
}

impl FeatureTable {
    /// The table of `fingerprints` (sorted, distinct) and their weights.
    pub(crate) fn new(fingerprints: Vec<u64>, idf: Vec<f32>) -> Self {
        let columns = fingerprints.iter().enumerate().map(|(column, &f)| (f, column as u32)).collect();
        Self { fingerprints, idf, columns }
    }

    /// The features that occur in at least `min_rows` of `rows`; each row lists each of its features
    /// once. Idf is ln((1 + n) / (1 + rows with it)) + 1.
    pub(crate) fn learn(rows: &[Vec<(u64, u32)>], min_rows: u32) -> Self {
        let mut seen: HashMap<u64, u32, FxBuildHasher> = HashMap::default();
        for row in rows {
            for &(feature, _) in row {
                *seen.entry(feature).or_default() += 1;
            }
        }
        let mut kept: Vec<(u64, u32)> = seen.into_iter().filter(|&(_, count)| count >= min_rows).collect();
        kept.sort_unstable();
        let texts = rows.len() as f64;
        let idf =
            kept.iter().map(|&(_, count)| (((1.0 + texts) / (1.0 + f64::from(count))).ln() + 1.0) as f32);
        let idf = idf.collect();
        Self::new(kept.into_iter().map(|(feature, _)| feature).collect(), idf)
    }

    /// How many features are known.
    pub(crate) fn len(&self) -> usize {
        self.fingerprints.len()
    }

    /// The column of a feature, if it is known.
    pub(crate) fn column(&self, fingerprint: u64) -> Option<u32> {
        self.columns.get(&fingerprint).copied()
    }

    /// The vector of a text: (column, value), by column.
    pub(crate) fn vector(&self, counts: &[(u64, u32)]) -> Vec<(u32, f32)> {
        let mut values = Vec::with_capacity(counts.len());
        let mut squares = [0.0_f64; 4];
        for &(feature, count) in counts {
            let Some(column) = self.column(feature) else { continue };
            let value = (1.0 + f64::from(count).ln()) * f64::from(self.idf[column as usize]);
            let block = (feature >> 62) as usize;
            squares[block] += value * value;
            values.push((column, value, block));
        }
        let scale: Vec<f64> = (squares.iter().zip(BLOCK_LENGTH))
            .map(|(&square, length)| if square > 0.0 { length / square.sqrt() } else { 0.0 })
            .collect();
        values.into_iter().map(|(column, value, block)| (column, (value * scale[block]) as f32)).collect()
    }
}

/// Each feature of a reading once, with its count, sorted: the order of columns.
pub(crate) fn counts(reading: &Reading) -> Vec<(u64, u32)> {
    let mut all: Vec<u64> = reading.occurrences.iter().map(|o| o.fingerprint).collect();
    all.sort_unstable();
    let mut counts: Vec<(u64, u32)> = Vec::with_capacity(all.len());
    for feature in all {
        match counts.last_mut() {
            Some((last, count)) if *last == feature => *count += 1,
            _ => counts.push((feature, 1)),
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn reading(text: &str) -> Reading {
        read(text, &Config::default(), &Lexicon::builtin())
    }

    #[test]
    fn blocks_are_scaled_apart() {
        let row = counts(&reading("The bill is WRONG!!"));
        let table = FeatureTable::learn(std::slice::from_ref(&row), 1);
        let vector = table.vector(&row);
        let mut squares = [0.0_f64; 4];
        for &(column, value) in &vector {
            squares[(table.fingerprints[column as usize] >> 62) as usize] +=
                f64::from(value) * f64::from(value);
        }
        for block in 0..3 {
            assert!((squares[block].sqrt() - BLOCK_LENGTH[block]).abs() < 1e-3, "block {block}");
        }
        assert!(vector.windows(2).all(|w| w[0].0 < w[1].0));
    }

    #[test]
    fn unknown_and_rare_features_are_left_out() {
        let rows = [counts(&reading("good day")), counts(&reading("good night"))];
        let all = FeatureTable::learn(&rows, 1);
        let shared = FeatureTable::learn(&rows, 2);
        assert!(shared.len() < all.len() && shared.len() > 0);
        assert!(shared.vector(&counts(&reading("Привет"))).len() < 6);
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
