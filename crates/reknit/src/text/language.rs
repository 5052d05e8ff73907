//! Says in which language a text is written, with an honest probability, or that it cannot be said.
//!
//! Alphabets that only one of the languages uses decide by themselves (Greek, Thai, Hangul, kana ...). The
//! languages that share Latin, Cyrillic, Arabic or Devanagari letters are told apart by their character n-grams
//! (1 to 5, within words) and whole words: each known one adds a row of whole numbers, one a language, and the
//! softmax of the sums gives the probabilities (multinomial logistic regression over n-gram counts; the features
//! of Cavnar and Trenkle 1994, the linear reading of Joulin et al. 2017). `reknit-models` holds the rows and says
//! how they are made; `docs/models/language.md` says how good they are.
//!
//! Links, mail addresses, handles, numbers and `RT` say nothing about the language and are passed over. Hashtags
//! are names more often than words, and are read only where the rest does not decide. A text of fewer than
//! [`FEWEST_LETTERS`] letters has no language here, of half as many in a script of one language.
//!
//! Cost: `O(n)` in the bytes of the text, one pass, no allocation but the list of candidates; a letter costs six
//! looks into a table of a megabyte.
//!
//! ```
//! use reknit::text::language::LanguageDetector;
//!
//! let detector = LanguageDetector::builtin();
//! let reading = detector.detect("@ana não consigo entrar na minha conta http://t.co/x");
//! assert_eq!(reading.language, Some("pt"));
//! assert_eq!(detector.detect("@ana http://t.co/x").language, None);
//! ```

use reknit_models::LANGUAGE;
use serde::Serialize;
use unicode_normalization::char::compose;

use crate::{Error, Result};

/// Letters a text needs at least to have a language; half as many in a script of one language.
pub const FEWEST_LETTERS: usize = 4;
/// Below this probability there is no answer, only candidates: of such answers, four in five were wrong on
/// sentences of other sources than those learnt from.
const LEAST_PROBABILITY: f32 = 0.2;
/// Below this probability hashtags are read too.
const SURE: f32 = 0.6;
/// Candidates below this probability are left out.
const LEAST_CANDIDATE: f32 = 0.02;
/// Candidates that are told.
const MOST_CANDIDATES: usize = 3;
/// Letters of a word that are looked at; nothing is learnt from what comes after.
const LONGEST_WORD: usize = 30;
/// Letters of the longest n-gram; a blank before and after the word counts as a letter.
const LONGEST_GRAM: usize = 5;

/// A script that several languages share: its table in the model, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shared {
    Latin,
    Cyrillic,
    Arabic,
    Devanagari,
}

const SHARED: usize = 4;
/// Languages of one table at most.
const WIDEST: usize = 48;

/// The scripts of one language each, and the language.
const OWN: [&str; 22] = [
    "am", "bn", "el", "gu", "he", "hy", "ja", "ka", "km", "kn", "ko", "lo", "ml", "my", "or", "pa", "si",
    "ta", "te", "th", "zh", "bo",
];

/// What a letter belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Shared(Shared),
    /// An index of `OWN`.
    Own(u8),
    /// Goes with the letter before it, and is not read.
    Mark,
    /// A letter of no language of ours.
    Other,
    /// No letter.
    None,
}

const JAPANESE: usize = 6;
const CHINESE: usize = 20;

/// Why there is no answer.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Abstention {
    /// Nothing but links, handles, numbers, emoji and signs.
    NoWords,
    /// Fewer than [`FEWEST_LETTERS`] letters.
    TooShort,
    /// Letters of a script that no language of ours is written in, or of none that is allowed.
    UnknownScript,
    /// Several languages are about as likely.
    Unsure,
}

/// A language and how likely it is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Candidate {
    /// BCP 47: `pt`.
    pub language: &'static str,
    /// 0 to 1.
    pub probability: f32,
}

/// What was read: the language, or why there is none.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LanguageReading {
    /// BCP 47, two letters: `pt`. None where `abstained` says why.
    pub language: Option<&'static str>,
    /// How likely the first candidate is, 0 to 1; 0 without candidates.
    pub probability: f32,
    /// The likeliest languages, at most three, likeliest first.
    pub candidates: Vec<Candidate>,
    /// Why there is no answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abstained: Option<Abstention>,
}

impl LanguageReading {
    /// What the reading comes to, in a notation that no text of people is: `lang:pt`. None without a language.
    pub fn normal(&self) -> Option<String> {
        self.language.map(|language| format!("lang:{language}"))
    }

    fn none(abstained: Abstention) -> Self {
        Self { language: None, probability: 0.0, candidates: Vec::new(), abstained: Some(abstained) }
    }
}

/// Tells languages apart; cheap to make and to copy.
#[derive(Debug, Clone)]
pub struct LanguageDetector {
    tables: [Table; SHARED],
    /// Which of `OWN` are allowed.
    own: [bool; OWN.len()],
}

impl LanguageDetector {
    /// The shipped model with all its languages. Knows only alphabets if its bytes are not as they should be,
    /// which a test would say.
    pub fn builtin() -> Self {
        Self::read(LANGUAGE).unwrap_or_else(|| Self { tables: Default::default(), own: [true; OWN.len()] })
    }

    /// The languages it knows, by code.
    pub fn languages(&self) -> Vec<&'static str> {
        let mut codes: Vec<&str> = self.allowed().collect();
        codes.sort_unstable();
        codes
    }

    /// Only some of the languages, by code, where it is known which there can be. A code that is not
    /// [known](Self::languages) is an [`Error::not_found`].
    ///
    /// ```
    /// use reknit::text::language::LanguageDetector;
    ///
    /// let iberia = LanguageDetector::builtin().restrict(&["es", "pt"]).unwrap();
    /// assert_eq!(iberia.detect("gracias por todo").language, Some("es"));
    /// ```
    pub fn restrict(mut self, codes: &[&str]) -> Result<Self> {
        let known = self.languages();
        if let Some(unknown) = codes.iter().find(|code| !known.contains(code)) {
            let known = known.join(", ");
            return Err(Error::not_found(format!(
                "unknown language `{unknown}`; the languages are: {known}"
            )));
        }
        for table in &mut self.tables {
            for (code, allowed) in table.languages.iter().zip(&mut table.allowed) {
                *allowed &= codes.contains(code);
            }
        }
        for (code, allowed) in OWN.iter().zip(&mut self.own) {
            *allowed &= codes.contains(code);
        }
        Ok(self)
    }

    /// The language of `text`. Any text has a reading; that of a [normal form](LanguageReading::normal) is the
    /// language it names.
    pub fn detect(&self, text: &str) -> LanguageReading {
        if let Some(named) =
            text.strip_prefix("lang:").and_then(|code| self.allowed().find(|known| *known == code))
        {
            return reading(vec![Candidate { language: named, probability: 1.0 }]);
        }
        let reading = self.read_text(text, false);
        if reading.probability >= SURE || !text.contains('#') {
            return reading;
        }
        let tagged = self.read_text(text, true);
        if tagged.probability > reading.probability { tagged } else { reading }
    }

    fn allowed(&self) -> impl Iterator<Item = &'static str> {
        let shared = self.tables.iter().flat_map(|table| table.languages.iter().zip(&table.allowed));
        shared.chain(OWN.iter().zip(&self.own)).filter(|(_, allowed)| **allowed).map(|(code, _)| *code)
    }

    fn read_text(&self, text: &str, hashtags: bool) -> LanguageReading {
        let mut sums: [Sums; SHARED] = Default::default();
        let letters = scan(text, hashtags, &mut |script, word| {
            let (table, sums) = (&self.tables[script as usize], &mut sums[script as usize]);
            grams(word, |hash| table.add(hash, sums));
        });
        let (script, count, share) = match letters.main() {
            Ok(main) => main,
            Err(abstained) => return LanguageReading::none(abstained),
        };
        if let Script::Shared(shared) = script {
            if count < FEWEST_LETTERS {
                return LanguageReading::none(Abstention::TooShort);
            }
            return self.tables[shared as usize].answer(&mut sums[shared as usize], share);
        }
        let Script::Own(own) = script else { return LanguageReading::none(Abstention::UnknownScript) };
        if count < FEWEST_LETTERS / 2 {
            return LanguageReading::none(Abstention::TooShort);
        }
        if !self.own[usize::from(own)] {
            return LanguageReading::none(Abstention::UnknownScript);
        }
        reading(vec![Candidate { language: OWN[usize::from(own)], probability: OWN_SCRIPT * share }])
    }

    fn read(bytes: &'static [u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(MAGIC)?;
        let mut tables: [Table; SHARED] = Default::default();
        for table in &mut tables {
            (*table, rest) = Table::read(rest)?;
        }
        rest.is_empty().then_some(Self { tables, own: [true; OWN.len()] })
    }
}

/// How often a script of one language is right: loan words, names and other languages stand in it too.
const OWN_SCRIPT: f32 = 0.99;

/// The answer from candidates, likeliest first.
fn reading(candidates: Vec<Candidate>) -> LanguageReading {
    let Some(first) = candidates.first().copied() else {
        return LanguageReading::none(Abstention::UnknownScript);
    };
    let sure = first.probability >= LEAST_PROBABILITY;
    LanguageReading {
        language: sure.then_some(first.language),
        probability: first.probability,
        candidates,
        abstained: (!sure).then_some(Abstention::Unsure),
    }
}

const MAGIC: &[u8] = b"RKLANG01";

/// The rows of the languages of one script. Grams lie sorted by the bucket of their hash; of each, 14 more bits
/// of the hash are kept, so one unknown gram in ten thousand is taken for a known one. A row holds numbers of
/// 0 to 15, two languages a byte.
#[derive(Debug, Clone, Default)]
struct Table {
    languages: Vec<&'static str>,
    allowed: Vec<bool>,
    /// By language: its weight before anything is read.
    bias: Vec<f32>,
    /// What 1 of a row stands for that is not doubled.
    step: f32,
    /// Bits of a hash that are not of its bucket.
    shift: u32,
    starts: &'static [u8],
    prints: &'static [u8],
    rows: &'static [u8],
}

/// The sums of the rows so far.
struct Sums {
    /// Of the rows since the last carry, in few bits: two languages a byte of the row.
    near: [[u16; WIDEST / 2]; 2],
    far: [[u64; WIDEST / 2]; 2],
    /// Rows in `near`.
    rows: u32,
    /// Grams looked up, known or not.
    grams: u64,
}

impl Default for Sums {
    fn default() -> Self {
        Self { near: [[0; WIDEST / 2]; 2], far: [[0; WIDEST / 2]; 2], rows: 0, grams: 0 }
    }
}

impl Sums {
    /// Adds a row, each number of it doubled `doublings` times (0 to 3).
    fn add(&mut self, row: &[u8], doublings: u32) {
        let [low, high] = &mut self.near;
        for ((low, high), &pair) in low.iter_mut().zip(high).zip(row) {
            *low = low.wrapping_add(u16::from(pair & 15) << doublings);
            *high = high.wrapping_add(u16::from(pair >> 4) << doublings);
        }
        self.rows += 1;
        // 546 times 15 * 2^3 is the most that 16 bits hold.
        if self.rows == 512 {
            self.carry();
        }
    }

    fn carry(&mut self) {
        for (far, near) in self.far.iter_mut().flatten().zip(self.near.iter_mut().flatten()) {
            *far = far.saturating_add(u64::from(*near));
            *near = 0;
        }
        self.rows = 0;
    }
}

impl Table {
    /// The table that `bytes` begin with, and what comes after it.
    fn read(bytes: &'static [u8]) -> Option<(Self, &'static [u8])> {
        let mut rest = bytes;
        let mut take = |length: usize| {
            let (part, after) = rest.split_at_checked(length)?;
            rest = after;
            Some(part)
        };
        let width = number(take(4)?, 0)? as usize;
        let bits = number(take(4)?, 0)?;
        let grams = number(take(4)?, 0)? as usize;
        if !(1..=WIDEST).contains(&width) || bits > 20 || grams > 1 << 20 {
            return None;
        }
        let step = float(take(4)?, 0)?;
        let codes = take(2 * width)?.chunks_exact(2);
        let languages: Vec<&str> =
            codes.map(std::str::from_utf8).collect::<std::result::Result<_, _>>().ok()?;
        let bias = take(4 * width)?;
        let bias: Vec<f32> = (0..width).filter_map(|at| float(bias, at)).collect();
        if !step.is_finite() || bias.iter().any(|bias| !bias.is_finite()) {
            return None;
        }
        let table = Self {
            allowed: vec![true; width],
            languages,
            bias,
            step,
            shift: 64 - bits,
            starts: take(4 * ((1 << bits) + 1))?,
            prints: take(2 * grams)?,
            rows: take(width.div_ceil(2) * grams)?,
        };
        Some((table, rest))
    }

    /// Adds the row of a gram, if it is known.
    fn add(&self, hash: u64, sums: &mut Sums) {
        sums.grams += 1;
        let bucket = hash.checked_shr(self.shift).unwrap_or(0) as usize;
        let (Some(begin), Some(end)) = (number(self.starts, bucket), number(self.starts, bucket + 1)) else {
            return;
        };
        let (begin, end) = (begin as usize, end as usize);
        let Some(prints) = self.prints.get(2 * begin..2 * end) else { return };
        let print = fingerprint(hash);
        let known = prints.chunks_exact(2).map(|bytes| u16::from(bytes[0]) | u16::from(bytes[1]) << 8);
        let Some((at, found)) = known.enumerate().find(|(_, known)| known & PRINT == print) else { return };
        let width = self.languages.len().div_ceil(2);
        if let Some(row) = self.rows.get((begin + at) * width..(begin + at + 1) * width) {
            sums.add(row, u32::from(found >> PRINT.count_ones()));
        }
    }

    /// The reading from the sums; `share` of the letters are of this script.
    fn answer(&self, sums: &mut Sums, share: f32) -> LanguageReading {
        sums.carry();
        let scale = self.step / (sums.grams.max(1) as f32).sqrt();
        let half = self.languages.len().div_ceil(2);
        let sum = |at: usize| if at < half { sums.far[0][at] } else { sums.far[1][at - half] };
        // A row has a zero of its own, the same for all languages, so only differences tell.
        let least = (0..self.languages.len()).map(sum).min().unwrap_or(0);
        let mut logits = [f32::NEG_INFINITY; WIDEST];
        let mut highest = f32::NEG_INFINITY;
        for at in (0..self.languages.len()).filter(|&at| self.allowed[at]) {
            logits[at] = self.bias[at] + scale * (sum(at) - least) as f32;
            highest = highest.max(logits[at]);
        }
        if highest == f32::NEG_INFINITY {
            return LanguageReading::none(Abstention::UnknownScript);
        }
        for logit in &mut logits {
            *logit = (*logit - highest).exp();
        }
        let whole: f32 = logits.iter().sum();
        let mut candidates = Vec::with_capacity(MOST_CANDIDATES);
        while candidates.len() < MOST_CANDIDATES {
            let best = (0..self.languages.len()).rev().max_by(|&a, &b| logits[a].total_cmp(&logits[b]));
            let Some(best) = best else { break };
            let probability = share * logits[best] / whole;
            if !candidates.is_empty() && probability < LEAST_CANDIDATE {
                break;
            }
            candidates.push(Candidate { language: self.languages[best], probability });
            logits[best] = 0.0;
        }
        reading(candidates)
    }
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(4 * at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

fn float(bytes: &[u8], at: usize) -> Option<f32> {
    number(bytes, at).map(f32::from_bits)
}

/// The bits of a fingerprint; the two above say how often its row is doubled.
const PRINT: u16 = 0x3FFF;

/// 14 bits of a hash beside those of its bucket.
fn fingerprint(hash: u64) -> u16 {
    (hash >> 24) as u16 & PRINT
}

/// The hash of the n-gram, one letter longer (`FxHash`, as in Firefox and rustc).
fn step(hash: u64, letter: u32) -> u64 {
    (hash.rotate_left(5) ^ u64::from(letter)).wrapping_mul(0x517C_C1B7_2722_0A95)
}

const GRAM: u64 = 0x9E37_79B9_7F4A_7C15;
const WHOLE: u64 = 0xD1B5_4A32_D192_ED03;

/// The hashes of a word's n-grams, and of the whole word where no n-gram is it. `word` has a blank before it
/// and a blank or an apostrophe after it.
fn grams(word: &[u32], mut found: impl FnMut(u64)) {
    for begin in 0..word.len() {
        let mut hash = GRAM;
        for (length, &letter) in word[begin..].iter().take(LONGEST_GRAM).enumerate() {
            hash = step(hash, letter);
            if length > 0 || letter != BLANK {
                found(hash);
            }
        }
    }
    if word.len() > LONGEST_GRAM {
        found(word.iter().fold(WHOLE, |hash, &letter| step(hash, letter)));
    }
}

const BLANK: u32 = ' ' as u32;
const APOSTROPHE: u32 = '\'' as u32;

/// Letters of a text by script.
struct Letters {
    shared: [usize; SHARED],
    own: [usize; OWN.len()],
    other: usize,
}

impl Letters {
    /// The script that rules, its letters, and its share; or why there is none.
    ///
    /// Latin letters count half: names, brands and loan words in them stand in texts of all languages.
    fn main(&self) -> std::result::Result<(Script, usize, f32), Abstention> {
        let mut own = self.own;
        // Japanese has Han between its kana; a Chinese text may hold a kana or two.
        if 10 * own[JAPANESE] >= own[CHINESE] {
            own[JAPANESE] += if own[JAPANESE] > 0 { std::mem::take(&mut own[CHINESE]) } else { 0 };
        }
        let shared = [Shared::Latin, Shared::Cyrillic, Shared::Arabic, Shared::Devanagari];
        let shared = shared.into_iter().map(|script| {
            let count = self.shared[script as usize];
            (Script::Shared(script), count, if script == Shared::Latin { count } else { 2 * count })
        });
        let own = own.iter().enumerate().map(|(at, &count)| (Script::Own(at as u8), count, 2 * count));
        let all = shared.chain(own).chain([(Script::Other, self.other, 2 * self.other)]);
        let whole: usize = all.clone().map(|(.., weight)| weight).sum();
        match all.rev().max_by_key(|(.., weight)| *weight) {
            Some((script, count, weight)) if weight > 0 => Ok((script, count, weight as f32 / whole as f32)),
            _ => Err(Abstention::NoWords),
        }
    }
}

/// One word being read: a blank, its letters, and place for what comes after them.
struct Word {
    letters: [u32; LONGEST_WORD + 2],
    length: usize,
    script: Shared,
}

impl Word {
    fn push(&mut self, letter: u32) {
        let at = self.length;
        // Elongation says nothing: `sooo` is read as `soo`.
        let run = at >= 3 && self.letters[at - 1] == letter && self.letters[at - 2] == letter;
        if !run && at <= LONGEST_WORD {
            self.letters[at] = letter;
            self.length += 1;
        }
    }

    fn compose(&mut self, mark: char) {
        let last = self.letters[self.length - 1];
        let both = char::from_u32(last).filter(|_| self.length > 1).and_then(|last| compose(last, mark));
        if let Some(both) = both {
            self.letters[self.length - 1] = u32::from(both);
        }
    }

    /// Hands on the word, with `after` behind it, and begins a new one.
    fn end(&mut self, after: u32, found: &mut impl FnMut(Shared, &[u32])) {
        if self.length > 1 {
            self.letters[self.length] = after;
            found(self.script, &self.letters[..=self.length]);
            self.length = 1;
        }
    }
}

/// Reads the words of `text` in the shared scripts, and counts letters. Without `hashtags` these are passed over;
/// with them, a capital within a word begins a new one.
fn scan(text: &str, hashtags: bool, found: &mut impl FnMut(Shared, &[u32])) -> Letters {
    let bytes = text.as_bytes();
    let mut letters = Letters { shared: [0; SHARED], own: [0; OWN.len()], other: 0 };
    let mut word = Word { letters: [BLANK; LONGEST_WORD + 2], length: 1, script: Shared::Latin };
    // Up to where the bytes are known to be no link.
    let mut plain = 0;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        if byte.is_ascii_alphabetic() {
            if at >= plain && word.length == 1 {
                let end = run_end(bytes, at);
                if masked(&bytes[at..end]) {
                    at = end;
                    continue;
                }
                plain = end;
            }
            let inner_capital =
                hashtags && byte.is_ascii_uppercase() && at > 0 && bytes[at - 1].is_ascii_lowercase();
            if word.script != Shared::Latin || inner_capital {
                word.end(BLANK, found);
                word.script = Shared::Latin;
            }
            word.push(u32::from(byte.to_ascii_lowercase()));
            letters.shared[Shared::Latin as usize] += 1;
            at += 1;
        } else if byte.is_ascii() {
            word.end(if byte == b'\'' { APOSTROPHE } else { BLANK }, found);
            at = after_sign(bytes, at, hashtags);
        } else {
            let Some(letter) = text.get(at..).and_then(|rest| rest.chars().next()) else { break };
            at += letter.len_utf8();
            read_letter(letter, &mut word, &mut letters, found);
        }
    }
    word.end(BLANK, found);
    letters
}

/// A letter or sign that is not ASCII.
fn read_letter(letter: char, word: &mut Word, letters: &mut Letters, found: &mut impl FnMut(Shared, &[u32])) {
    match script(u32::from(letter)) {
        Script::Shared(script) => {
            if word.script != script {
                word.end(BLANK, found);
                word.script = script;
            }
            let lower = letter.to_lowercase().next().unwrap_or(letter);
            word.push(u32::from(lower));
            letters.shared[script as usize] += 1;
        }
        Script::Mark => word.compose(letter),
        Script::Own(own) => {
            word.end(BLANK, found);
            letters.own[usize::from(own)] += 1;
        }
        Script::Other => {
            word.end(BLANK, found);
            letters.other += 1;
        }
        Script::None => word.end(if letter == '’' { APOSTROPHE } else { BLANK }, found),
    }
}

/// Where the run of ASCII signs that are no blanks ends which begins at `at`.
fn run_end(bytes: &[u8], at: usize) -> usize {
    let length = bytes[at..].iter().position(|byte| !byte.is_ascii_graphic());
    length.map_or(bytes.len(), |length| at + length)
}

/// Whether a run says nothing about the language: a link, a mail address, or `RT`.
fn masked(run: &[u8]) -> bool {
    let begins = |with: &[u8]| run.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with));
    if begins(b"http") || begins(b"www.") || run == b"RT" || run == b"RT:" {
        return true;
    }
    let inner = |at: usize| {
        let letter = |at: usize| run.get(at).is_some_and(u8::is_ascii_alphanumeric);
        at > 0 && letter(at - 1) && letter(at + 1)
    };
    run.iter().enumerate().any(|(at, &byte)| match byte {
        b'@' => inner(at),
        b':' => run[at..].starts_with(b"://"),
        b'.' => inner(at) && ends_domain(&run[at + 1..]),
        _ => false,
    })
}

/// Whether `rest`, which follows a dot, begins with the last part of a host name.
fn ends_domain(rest: &[u8]) -> bool {
    const ENDINGS: [&[u8]; 20] = [
        b"at", b"au", b"biz", b"br", b"ca", b"ch", b"co", b"com", b"de", b"edu", b"es", b"eu", b"fr", b"gov",
        b"info", b"io", b"it", b"net", b"org", b"uk",
    ];
    let length = rest.iter().position(|byte| !byte.is_ascii_lowercase()).unwrap_or(rest.len());
    let closed = rest.get(length).is_none_or(|&byte| !byte.is_ascii_alphanumeric());
    closed && ENDINGS.contains(&&rest[..length])
}

/// The byte after the ASCII sign at `at` and what belongs to it: a handle, a hashtag, a number, an entity.
fn after_sign(bytes: &[u8], at: usize, hashtags: bool) -> usize {
    let past = |from: usize, inside: fn(&u8) -> bool| {
        bytes[from..].iter().position(|byte| !inside(byte)).map_or(bytes.len(), |length| from + length)
    };
    match bytes[at] {
        b'@' => past(at + 1, |byte| byte.is_ascii_alphanumeric() || *byte == b'_'),
        b'#' if !hashtags => {
            past(at + 1, |byte| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80)
        }
        b'0'..=b'9' => past(at + 1, u8::is_ascii_alphanumeric),
        b'&' => {
            let name = bytes[at + 1..].iter().take(8).position(|byte| !byte.is_ascii_alphanumeric());
            let closed = name.filter(|length| bytes[at + 1 + length] == b';');
            closed.map_or(at + 1, |length| at + length + 2)
        }
        _ => at + 1,
    }
}

/// The script of a sign that is not ASCII (Unicode 16, Scripts.txt, by block).
fn script(letter: u32) -> Script {
    let own = |at: u8| Script::Own(at);
    match letter {
        0xAA | 0xBA | 0xD7 | 0xF7 | 0x2000..=0x200B | 0x200E..=0x2BFF | 0x3000..=0x3004 | 0x3007..=0x3020 => {
            Script::None
        }
        0xC0..=0x24F | 0x1E00..=0x1EFF => Script::Shared(Shared::Latin),
        0x300..=0x36F | 0x610..=0x61A | 0x640 | 0x64B..=0x65F | 0x670 | 0x200C | 0x200D | 0xFE00..=0xFE0F => {
            Script::Mark
        }
        0x370..=0x3FF | 0x1F00..=0x1FFF => own(2),
        0x400..=0x52F => Script::Shared(Shared::Cyrillic),
        0x531..=0x58A => own(5),
        0x5D0..=0x5F2 | 0xFB1D..=0xFB4F => own(4),
        0x660..=0x669 | 0x6D4 | 0x6F0..=0x6F9 | 0x60C | 0x61B | 0x61F | 0x964..=0x96F => Script::None,
        0x620..=0x6FF | 0x750..=0x77F | 0x8A0..=0x8FF | 0xFB50..=0xFDFF | 0xFE70..=0xFEFC => {
            Script::Shared(Shared::Arabic)
        }
        0x900..=0x97F => Script::Shared(Shared::Devanagari),
        0x980..=0x9FF => own(1),
        0xA00..=0xA7F => own(15),
        0xA80..=0xAFF => own(3),
        0xB00..=0xB7F => own(14),
        0xB80..=0xBFF => own(17),
        0xC00..=0xC7F => own(18),
        0xC80..=0xCFF => own(9),
        0xD00..=0xD7F => own(12),
        0xD80..=0xDFF => own(16),
        0xE01..=0xE3A | 0xE40..=0xE4E => own(19),
        0xE80..=0xEDF => own(11),
        0xF00..=0xFFF => own(21),
        0x1000..=0x109F => own(13),
        0x10A0..=0x10FF | 0x1C90..=0x1CBF | 0x2D00..=0x2D2F => own(7),
        0x1100..=0x11FF | 0x3131..=0x318E | 0xAC00..=0xD7A3 => own(10),
        0x1200..=0x139F => own(0),
        0x1780..=0x17FF => own(8),
        0x3041..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9F => own(6),
        0x3005
        | 0x3006
        | 0x3021..=0x3029
        | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF
        | 0xF900..=0xFAFF
        | 0x2_0000..=0x3_FFFF => own(20),
        0x13A0..=0x167F | 0x1680..=0x177F | 0x1800..=0x1C8F | 0x1CC0..=0x1DFF | 0xA000..=0xABFF => {
            Script::Other
        }
        _ => Script::None,
    }
}

/// What `cargo xtask language` learns from: the same n-grams that are looked up.
#[doc(hidden)]
pub mod training {
    use super::{SHARED, fingerprint, grams, scan};

    /// Bytes that the model begins with.
    pub const MAGIC: &[u8] = super::MAGIC;
    /// The tables of the model.
    pub const TABLES: usize = SHARED;

    /// The hashes of all n-grams of `text` in the script of a table.
    pub fn features(text: &str, table: usize, hashes: &mut Vec<u64>) {
        hashes.clear();
        scan(text, false, &mut |script, word| {
            if script as usize == table {
                grams(word, |hash| hashes.push(hash));
            }
        });
    }

    /// The bucket of a hash among 2^bits, and its fingerprint.
    pub fn place(hash: u64, bits: u32) -> (u32, u16) {
        (hash.checked_shr(64 - bits).unwrap_or(0) as u32, fingerprint(hash))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn language(text: &str) -> Option<&'static str> {
        LanguageDetector::builtin().detect(text).language
    }

    #[test]
    fn the_shipped_model_is_whole() {
        let detector = LanguageDetector::read(LANGUAGE).expect("it is there");
        assert!(detector.languages().len() >= 60, "{:?}", detector.languages());
        for table in &detector.tables {
            let grams = table.prints.len() / 2;
            let starts: Vec<u32> =
                (0..table.starts.len() / 4).filter_map(|at| number(table.starts, at)).collect();
            assert!(starts.is_sorted() && starts.last() == Some(&(grams as u32)));
        }
        let mut codes = detector.languages();
        codes.dedup();
        assert_eq!(codes, detector.languages(), "a language is told twice");
    }

    #[test]
    fn what_is_no_language_is_passed_over() {
        let why = |text: &str| LanguageDetector::builtin().detect(text).abstained;
        assert_eq!(
            why("@anna @bob https://example.com/das/ist/deutsch ana@example.com 12:30 😀"),
            Some(Abstention::NoWords)
        );
        assert_eq!(why("RT @anna: http://t.co/x"), Some(Abstention::NoWords));
        assert_eq!(why("ok"), Some(Abstention::TooShort));
        assert_eq!(why("ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ"), Some(Abstention::UnknownScript));
        assert_eq!(why(""), Some(Abstention::NoWords));
        assert_eq!(
            language("#DankeFürAlles #schöneGrüße"),
            Some("de"),
            "hashtags are read where nothing else is"
        );
        let (plain, masked) =
            ("wo bleibt mein paket", "@dhl wo bleibt mein paket www.dhl.de/wo?x=1 #fail 3x");
        assert_eq!(LanguageDetector::builtin().detect(plain), LanguageDetector::builtin().detect(masked));
    }

    #[test]
    fn only_the_allowed_languages_are_answered() {
        let detector = LanguageDetector::builtin().restrict(&["no", "el"]).expect("they are known");
        assert_eq!(detector.languages(), ["el", "no"]);
        let reading = detector.detect("jeg ved ikke hvad jeg skal gøre");
        assert_eq!((reading.language, reading.candidates.len()), (Some("no"), 1));
        assert_eq!(detector.detect("я не знаю, что делать").abstained, Some(Abstention::UnknownScript));
        assert_eq!(detector.detect("日本語").abstained, Some(Abstention::UnknownScript));
        let error = LanguageDetector::builtin().restrict(&["xx"]).expect_err("it is not known");
        assert_eq!(error.name(), "not_found");
    }

    #[test]
    fn marks_and_elongation_change_nothing() {
        let detector = LanguageDetector::builtin();
        let (composed, apart) = ("não está tão bom", "na\u{303}o esta\u{301} ta\u{303}o bom");
        assert_eq!(detector.detect(composed), detector.detect(apart));
        assert_eq!(detector.detect("soo good"), detector.detect("SOOOOOO goooooood"));
    }

    #[test]
    fn a_damaged_model_is_refused_or_read_without_harm() {
        for length in [0, 7, 8, 20, 300, LANGUAGE.len() / 2, LANGUAGE.len() - 1] {
            assert!(LanguageDetector::read(&LANGUAGE[..length]).is_none());
        }
        for at in (8..60).step_by(3).chain((60..LANGUAGE.len()).step_by(60_013)) {
            let mut bytes = LANGUAGE.to_vec();
            bytes[at] ^= 0xFF;
            // The detector borrows its model for good.
            if let Some(detector) = LanguageDetector::read(bytes.leak()) {
                detector.detect("wo bleibt mein paket, я не знаю, لا أعرف, मुझे नहीं पता");
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_has_a_reading_that_adds_up(text in any::<String>()) {
            let reading = LanguageDetector::builtin().detect(&text);
            let sum: f32 = reading.candidates.iter().map(|candidate| candidate.probability).sum();
            prop_assert!(sum <= 1.001 && reading.candidates.len() <= MOST_CANDIDATES);
            prop_assert!(reading.candidates.is_sorted_by(|a, b| a.probability >= b.probability));
            prop_assert_eq!(reading.language.is_none(), reading.abstained.is_some());
            if let Some(normal) = reading.normal() {
                prop_assert_eq!(LanguageDetector::builtin().detect(&normal).normal(), Some(normal));
            }
        }

        #[test]
        fn blanks_around_a_text_change_nothing(text in "[a-zäöüß ]{0,60}") {
            let detector = LanguageDetector::builtin();
            prop_assert_eq!(detector.detect(&text), detector.detect(&format!("  {text}\n")));
        }
    }
}
