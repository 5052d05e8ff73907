//! A line of a room, as the lines after it need it: hashes and numbers, no text.
//!
//! A line is read once. What is kept: who wrote it (a hash of the name, of its plain form and of its
//! beginnings, so that `dr_willis`, `dr_willis_` and `dr_w:` meet), when, up to [`WORDS`] words as
//! hashes with their rarity, and what kind of turn it is (a question, a greeting, a thank-you). The
//! rarity comes from the [`Vocabulary`] of the model and never from the room, so that a line reads
//! the same whenever it is read.
//!
//! Cost: one pass over the text, at most [`TOKENS`] words of it; about 290 bytes a line.

use super::super::packed::{packed, packed_variants};

/// Words kept of a line.
pub(super) const WORDS: usize = 32;
/// Words of a line that are looked at.
const TOKENS: usize = 64;
/// People a line may name.
pub(super) const NAMES: usize = 4;
/// Lengths at which the beginning of a name is kept: 3 to 7 letters.
const PREFIXES: usize = 5;
/// Numbers in the vector of a word.
pub(super) const DIMENSIONS: usize = 16;
/// The shortest beginning of a name that stands for it, and the shortest name.
const SHORTEST: usize = 3;

/// What kind of turn a line is, as bits of [`Line::traits`].
pub(super) mod turn {
    /// A system line: joins, topics. Carries no turn unless it is an action.
    pub(in crate::stitch::room) const SYSTEM: u32 = 1;
    /// A system line that tells what somebody does (`* ana waves`).
    pub(in crate::stitch::room) const ACTION: u32 = 1 << 1;
    /// Holds a question mark.
    pub(in crate::stitch::room) const QUESTION: u32 = 1 << 2;
    /// Starts like a question: how, what, can, anyone.
    pub(in crate::stitch::room) const ASKS: u32 = 1 << 3;
    /// Starts with a greeting.
    pub(in crate::stitch::room) const GREETS: u32 = 1 << 4;
    /// Holds thanks.
    pub(in crate::stitch::room) const THANKS: u32 = 1 << 5;
    /// Starts with yes, no, ok, oh.
    pub(in crate::stitch::room) const REACTS: u32 = 1 << 6;
    /// Starts with and, but, so.
    pub(in crate::stitch::room) const GOES_ON: u32 = 1 << 7;
    /// Starts with I, my.
    pub(in crate::stitch::room) const SELF: u32 = 1 << 8;
    /// Holds you, your.
    pub(in crate::stitch::room) const YOU: u32 = 1 << 9;
    /// Starts with it, that, this.
    pub(in crate::stitch::room) const POINTS: u32 = 1 << 10;
    /// Holds a link.
    pub(in crate::stitch::room) const LINK: u32 = 1 << 11;
    /// Its first word ends as an address does: `ana:` or `ana,`.
    pub(in crate::stitch::room) const ADDRESSES: u32 = 1 << 12;
    /// Asks everybody: anyone, somebody.
    pub(in crate::stitch::room) const EVERYBODY: u32 = 1 << 13;
    /// Mends the line before: starts with `*` or `^` or `s/`.
    pub(in crate::stitch::room) const MENDS: u32 = 1 << 14;
    /// Ends with dots: more will follow.
    pub(in crate::stitch::room) const TRAILS: u32 = 1 << 15;
    /// Speaks to a bot: starts with `!`.
    pub(in crate::stitch::room) const COMMANDS: u32 = 1 << 16;
}

/// One line of a room.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Line {
    /// The caller's number for the line: unique in its room, no order is read from it.
    pub serial: u64,
    /// The line it answers, once that is decided; none when it opens a thread.
    pub parent: Option<u64>,
    /// When it was sent, in milliseconds.
    pub(super) time: Option<i64>,
    /// Bits of [`turn`].
    pub(super) traits: u32,
    /// The hash of its author's name; of a system line, of whom it speaks; 0 for nobody.
    pub(super) author: u32,
    /// The hash of that name without what is hung on to it: `ana|away`, `ana_`.
    pub(super) plain: u32,
    /// The hashes of the beginnings of that name, 3 to 7 letters; 0 where it is shorter.
    pub(super) prefixes: [u32; PREFIXES],
    /// Whom it names, as hashes of names; filled when the line is decided.
    pub(super) names: [u32; NAMES],
    /// How the first of `names` is named: see [`Naming`].
    pub(super) naming: Naming,
    /// Its words in order, each once, as hashes.
    pub(super) words: [u32; WORDS],
    /// A bit for each word, by its hash: two lines without a common bit share no word.
    pub(super) mark: u128,
    /// How rare each word is, in quarters of a bit.
    pub(super) rarity: [u8; WORDS],
    /// How many words are kept.
    pub(super) kept: u8,
    /// How many words the line has.
    pub(super) length: u8,
    /// Letters of the first word.
    pub(super) first_length: u8,
    /// What it speaks of: the mean of its words' vectors, of length 127; all 0 without such words.
    pub(super) vector: [i8; DIMENSIONS],
}

/// How a line names the first person it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Naming {
    /// It names nobody.
    #[default]
    Nobody,
    /// Somewhere within.
    Within,
    /// By its first word, a beginning of the name.
    Short,
    /// By its first word.
    First,
}

packed!(Line {
    time, traits, author, plain, prefixes, names, naming, words, rarity, kept, length, first_length, vector
} with { serial: 0, parent: None, mark: 0 });
packed_variants!(Naming: Nobody, Within, Short, First);

/// How rare words are: the hashes of common words with their rarity; all others are rarest.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Vocabulary {
    /// Sorted by hash: the hash, and the rarity in quarters of a bit.
    pub(super) common: Vec<(u32, u8)>,
    /// The vector of each: words that are used together point the same way.
    pub(super) vectors: Vec<[i8; DIMENSIONS]>,
}

/// The rarity of a word the vocabulary lacks, in quarters of a bit.
pub(super) const RAREST: u8 = 56;

impl Vocabulary {
    /// The rarity of a word of `letters` letters, and its vector.
    fn find(&self, hash: u32, letters: usize) -> (u8, Option<&[i8; DIMENSIONS]>) {
        match self.common.binary_search_by_key(&hash, |&(hash, _)| hash) {
            Ok(found) => (self.common[found].1, self.vectors.get(found)),
            Err(_) if self.common.is_empty() => ((letters.min(7) * 6) as u8, None),
            Err(_) => (RAREST, None),
        }
    }
}

impl Line {
    /// Reads a line. `author` is the name shown in the room, empty for nobody.
    pub(super) fn read(
        serial: u64,
        author: &str,
        time: Option<i64>,
        system: bool,
        text: &str,
        vocabulary: &Vocabulary,
    ) -> Self {
        let mut line = Self {
            serial,
            parent: None,
            time,
            traits: if system { turn::SYSTEM } else { 0 },
            author: 0,
            plain: 0,
            prefixes: [0; PREFIXES],
            names: [0; NAMES],
            naming: Naming::Nobody,
            words: [0; WORDS],
            mark: 0,
            rarity: [0; WORDS],
            kept: 0,
            length: 0,
            first_length: 0,
            vector: [0; DIMENSIONS],
        };
        line.set_author(author);
        if system {
            line.read_subject(text);
        }
        line.read_words(text, vocabulary);
        line
    }

    /// A line that was read back, with its number and the line it answers; none where it holds what no
    /// line can.
    pub(in crate::stitch) fn restored(mut self, serial: u64, parent: Option<u64>) -> Option<Self> {
        (self.serial, self.parent) = (serial, parent);
        let words = self.words.get(..usize::from(self.kept))?;
        let square: i32 = self.vector.iter().map(|&part| i32::from(part) * i32::from(part)).sum();
        (square <= LONGEST * LONGEST).then_some(())?;
        self.mark = words.iter().fold(0, |mark, word| mark | 1 << (word % 128));
        Some(self)
    }

    /// Whether all bits of `traits` are set.
    pub(super) fn is(&self, traits: u32) -> bool {
        self.traits & traits != 0
    }

    /// Whether the line carries a turn: it may answer and be answered.
    pub fn speaks(&self) -> bool {
        !self.is(turn::SYSTEM) || self.is(turn::ACTION)
    }

    fn set_author(&mut self, name: &str) {
        let name = bare(name.trim());
        if name.is_empty() {
            return;
        }
        self.author = hash(name);
        let plain = name.split(['|', '[', '{']).next().unwrap_or(name);
        let plain = plain.trim_end_matches(['_', '`', '-', '^', '\'']);
        self.plain = if plain.chars().nth(SHORTEST - 1).is_some() { hash(plain) } else { self.author };
        let mut ends = name.char_indices().map(|(at, _)| at).chain([name.len()]).skip(SHORTEST);
        for prefix in &mut self.prefixes {
            let Some(end) = ends.next() else { break };
            *prefix = hash(&name[..end]);
        }
    }

    /// Finds of whom a system line speaks, and whether it tells what that person does.
    fn read_subject(&mut self, text: &str) {
        let Some(rest) = text.strip_prefix("=== ").or_else(|| text.strip_prefix("* ")) else { return };
        if self.author == 0 {
            self.set_author(rest.split_whitespace().next().unwrap_or_default());
        }
        let event =
            ["has joined", "has left", "has quit", "is now known", " the room", " mode", "topic", "["];
        if !event.iter().any(|event| rest.contains(event)) {
            self.traits |= turn::ACTION;
        }
    }

    fn read_words(&mut self, text: &str, vocabulary: &Vocabulary) {
        let text = text.trim();
        let mends = text.starts_with(['*', '^']) || text.starts_with("s/");
        let trails = text.ends_with("..");
        self.mark(turn::COMMANDS, text.starts_with('!'));
        let mut sum = [0.0_f32; DIMENSIONS];
        for (place, token) in text.split_whitespace().take(TOKENS).enumerate() {
            self.length = self.length.saturating_add(1);
            let word = bare(token);
            if place == 0 {
                self.first_length = word.chars().count().min(255) as u8;
                self.mark(turn::ADDRESSES, token.ends_with([':', ',', '>', ';']) || token.starts_with('@'));
            }
            self.mark(turn::QUESTION, token.contains('?'));
            self.mark(turn::LINK, token.contains("://") || token.starts_with("www."));
            self.read_kind(word, place);
            self.keep(word, vocabulary, &mut sum);
        }
        self.vector = unit(&sum);
        self.mark(turn::MENDS, mends && !self.is(turn::SYSTEM));
        self.mark(turn::TRAILS, trails);
    }

    fn mark(&mut self, traits: u32, holds: bool) {
        if holds {
            self.traits |= traits;
        }
    }

    /// The kind of turn that `word` in this `place` speaks for. A first word may be a name.
    fn read_kind(&mut self, word: &str, place: usize) {
        if word.len() > 9 {
            return;
        }
        let starts = place == 0 || (place == 1 && self.is(turn::ADDRESSES));
        self.mark(turn::GREETS, place < 3 && among(word, &GREETINGS));
        self.mark(turn::THANKS, among(word, &THANKS));
        self.mark(turn::YOU, among(word, &YOU));
        self.mark(turn::EVERYBODY, among(word, &EVERYBODY));
        if starts {
            self.mark(turn::ASKS, among(word, &ASKS));
            self.mark(turn::REACTS, among(word, &REACTS));
            self.mark(turn::GOES_ON, among(word, &GOES_ON));
            self.mark(turn::SELF, among(word, &SELF));
            self.mark(turn::POINTS, among(word, &POINTS));
        }
    }

    fn keep(&mut self, word: &str, vocabulary: &Vocabulary, sum: &mut [f32; DIMENSIONS]) {
        let letters = word.chars().count();
        let kept = self.kept as usize;
        if letters < SHORTEST || kept == WORDS {
            return;
        }
        let hash = hash(word);
        if self.words[..kept].contains(&hash) {
            return;
        }
        self.words[kept] = hash;
        self.mark |= 1 << (hash % 128);
        let (rarity, vector) = vocabulary.find(hash, letters);
        self.rarity[kept] = rarity;
        self.kept += 1;
        for (sum, &part) in sum.iter_mut().zip(vector.into_iter().flatten()) {
            *sum += f32::from(part) * f32::from(rarity);
        }
    }
}

const GREETINGS: [&str; 14] = [
    "hi",
    "hello",
    "hey",
    "hiya",
    "yo",
    "morning",
    "evening",
    "greetings",
    "heya",
    "howdy",
    "hola",
    "hallo",
    "hullo",
    "sup",
];
const THANKS: [&str; 10] =
    ["thanks", "thx", "thank", "ty", "cheers", "tnx", "thnx", "tks", "thankyou", "thanx"];
const YOU: [&str; 9] = ["you", "your", "u", "ur", "you're", "you'll", "yours", "you've", "youre"];
const EVERYBODY: [&str; 8] =
    ["anyone", "anybody", "someone", "somebody", "everyone", "everybody", "all", "guys"];
const ASKS: [&str; 24] = [
    "how", "what", "why", "where", "who", "which", "when", "can", "could", "does", "do", "is", "are",
    "anyone", "anybody", "has", "did", "should", "would", "any", "what's", "whats", "hows", "if",
];
const REACTS: [&str; 37] = [
    "ok", "okay", "k", "yes", "yeah", "yep", "yup", "no", "nope", "nah", "ah", "oh", "lol", "haha", "hehe",
    "hmm", "cool", "right", "sure", "true", "great", "nice", "sorry", "heh", "aha", "yea", "well", "hm",
    "er", "ahh", "ohh", "good", "exactly", "kk", "not", "maybe", "correct",
];
const GOES_ON: [&str; 10] = ["and", "but", "or", "so", "then", "because", "also", "cause", "plus", "though"];
const SELF: [&str; 10] = ["i", "i'm", "im", "my", "i've", "ive", "i'll", "me", "i'd", "we"];
const POINTS: [&str; 11] =
    ["it", "that", "this", "it's", "its", "that's", "thats", "they", "there", "those", "these"];

/// The length of a vector and what rounding may add to it.
const LONGEST: i32 = 127 + 4;

/// `sum` with the length 127.
fn unit(sum: &[f32; DIMENSIONS]) -> [i8; DIMENSIONS] {
    let length = sum.iter().map(|part| part * part).sum::<f32>().sqrt();
    if length == 0.0 { [0; DIMENSIONS] } else { sum.map(|part| (part / length * 127.0).round() as i8) }
}

/// The sum of the vectors of at most a window of lines: a vector has the length 127, so that neither a
/// sum nor its square is too large.
pub(super) type Sum = [i16; DIMENSIONS];

/// Adds a vector to a sum.
pub(super) fn add(sum: &mut Sum, vector: &[i8; DIMENSIONS]) {
    for (sum, &part) in sum.iter_mut().zip(vector) {
        *sum += i16::from(part);
    }
}

/// How alike a vector and a sum of vectors point: -1 to 1; 0 where one is missing.
pub(super) fn alike(vector: &[i8; DIMENSIONS], sum: &Sum) -> f32 {
    let (mut dot, mut square) = (0_i32, 0_i32);
    for (&one, &other) in vector.iter().zip(sum) {
        let other = i32::from(other);
        dot += i32::from(one) * other;
        square += other * other;
    }
    if square == 0 { 0.0 } else { dot as f32 / (127.0 * (square as f32).sqrt()) }
}

fn among(word: &str, list: &[&str]) -> bool {
    list.iter().any(|known| word.eq_ignore_ascii_case(known))
}

/// A word or name without the marks around it.
pub(super) fn bare(token: &str) -> &str {
    token
        .trim_start_matches(['@', '<', '(', '"', '\''])
        .trim_end_matches([':', ',', ';', '?', '!', '.', ')', '>', '"', '\''])
}

/// FNV-1a of the small letters of `word`, folded to 32 bits; never 0. It is part of the model file
/// and must stay as it is.
pub(super) fn hash(word: &str) -> u32 {
    let mut state: u64 = 0xcbf2_9ce4_8422_2325;
    let mut take = |byte: u8| state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    for letter in word.chars() {
        if letter.is_ascii() {
            take(letter.to_ascii_lowercase() as u8);
        } else {
            for small in letter.to_lowercase() {
                small.encode_utf8(&mut [0; 4]).bytes().for_each(&mut take);
            }
        }
    }
    ((state >> 32) as u32 ^ state as u32).max(1)
}
