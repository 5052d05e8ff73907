//! Everything the sentiment reader knows of a word, in one look-up.
//!
//! The hand-rated lists, the phrases, the roles of words and what was learnt of words lie in tables of their own.
//! Here they are laid into one table by the hash of a form (FNV-1a, 64 bits), so that a token costs one hash, made
//! while it is read, and one look at 16 bytes. Two of 40,000 forms share a hash with a chance of 4e-11, and no
//! string is built or compared.
//!
//! What was learnt comes from `sentiment.bin` of `reknit-models`, made by `build_sentiment.py` there. Its layout,
//! little endian: "RKSENT01"; u32 words; f32 what a step is worth; u64 hash a word, ascending; i8 steps of a word;
//! i8 steps of a word in the scope of a negation. Building costs about 2 ms.

use hashbrown::HashMap;
use reknit_models::SENTIMENT;
use rustc_hash::FxBuildHasher;

use super::Lexicon;
use super::cues::{Roles, cues};
use crate::text::token::{Token, TokenKind};
use crate::text::words::{BEGIN, step};

/// What a phrase tells beside its rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Meaning {
    /// Nothing more.
    #[default]
    Plain,
    /// A service went wrong.
    Trouble,
    /// Rarely meant as it says.
    Irony,
    /// Trouble is over.
    Resolved,
}

/// What is known of a form.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entry {
    /// By hand, −4 to 4; 0: none.
    pub(super) rating: f32,
    plain: i8,
    negated: i8,
    /// Which set of roles.
    roles: u16,
}

/// A phrase: the hashes of the words after its first, and what it is worth.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    pub(super) tail: Vec<u64>,
    /// The hash of the whole, blanks between its words.
    pub(super) hash: u64,
    pub(super) rating: f64,
    pub(super) meaning: Meaning,
}

/// The table.
#[derive(Debug, Clone)]
pub(super) struct Vocabulary {
    slots: Vec<(u64, Entry)>,
    roles: Vec<Roles>,
    /// By the hash of the first word, the longest first.
    phrases: HashMap<u64, Vec<Phrase>, FxBuildHasher>,
    /// Points that a step of what was learnt is worth.
    step: f64,
}

/// Phrases by hand: phrase, TAB, rating, TAB, kind.
pub(super) const PHRASES: &str = include_str!("phrases.tsv");
/// Words of other languages: a form, TAB, its rating.
pub(super) const WORLD: &str = include_str!("sentiment_world.tsv");
const MAGIC: &[u8] = b"RKSENT01";

impl Vocabulary {
    /// Lays `lexicon` and the other tables together.
    pub(super) fn new(lexicon: &Lexicon) -> Self {
        let learnt = Learnt::read(SENTIMENT).unwrap_or_default();
        let rated = lexicon.entries();
        let capacity = (learnt.words() + rated.len() + 2_000).next_power_of_two() * 2;
        let mut known = Self {
            slots: vec![(0, Entry::default()); capacity],
            roles: vec![Roles::default()],
            phrases: HashMap::default(),
            step: f64::from(learnt.step),
        };
        for word in 0..learnt.words() {
            let (hash, plain, negated) = learnt.word(word);
            let entry = known.entry(hash);
            (entry.plain, entry.negated) = (plain, negated);
        }
        for (form, rating) in rated {
            known.entry(hash(form)).rating = rating;
        }
        for (word, role) in cues() {
            known.add_role(word, role);
        }
        known.lay_world();
        for word in lexicon.own() {
            known.add_role(word, Roles::WORLD);
        }
        known.lay_phrases();
        known
    }

    fn entry(&mut self, hash: u64) -> &mut Entry {
        let slot = self.slot(hash);
        self.slots[slot].0 = hash;
        &mut self.slots[slot].1
    }

    fn add_role(&mut self, word: &str, role: Roles) {
        let before = self.roles(self.find(hash(word)));
        let set = before.or(role);
        let place = self.roles.iter().position(|known| *known == set).unwrap_or_else(|| {
            self.roles.push(set);
            self.roles.len() - 1
        });
        self.entry(hash(word)).roles = place as u16;
    }

    /// Words of other languages are rated where English does not rate them otherwise.
    fn lay_world(&mut self) {
        for (word, rating) in WORLD.lines().filter_map(|line| line.split_once('\t')) {
            let entry = self.entry(hash(word));
            if entry.rating == 0.0 {
                entry.rating = rating.parse().unwrap_or(0.0);
            }
            self.add_role(word, Roles::WORLD);
        }
    }

    fn lay_phrases(&mut self) {
        for line in PHRASES.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let (Some(text), Some(rating), Some(kind)) = (cells.next(), cells.next(), cells.next()) else {
                continue;
            };
            let mut words = text.split(' ').map(hash);
            let (Some(first), Ok(rating)) = (words.next(), rating.parse()) else { continue };
            let meaning = match kind {
                "trouble" => Meaning::Trouble,
                "irony" => Meaning::Irony,
                "resolved" => Meaning::Resolved,
                _ => Meaning::Plain,
            };
            self.add_role(text.split(' ').next().unwrap_or_default(), Roles::OPENS_PHRASE);
            let phrase = Phrase { tail: words.collect(), hash: hash(text), rating, meaning };
            let known = self.phrases.entry(first).or_default();
            let place = known.partition_point(|other| other.tail.len() >= phrase.tail.len());
            known.insert(place, phrase);
        }
    }

    /// The slot of `hash`, or the free one where it belongs. The table is at most half full, so the search ends.
    fn slot(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = (hash ^ (hash >> 32)) as usize & mask;
        while self.slots[slot].0 != hash && self.slots[slot].0 != 0 {
            slot = (slot + 1) & mask;
        }
        slot
    }

    /// What is known of the form with this hash; nothing is an entry of zeros.
    pub(super) fn find(&self, hash: u64) -> Entry {
        self.slots[self.slot(hash)].1
    }

    pub(super) fn roles(&self, entry: Entry) -> Roles {
        self.roles[usize::from(entry.roles)]
    }

    /// What was learnt of a word, in points.
    pub(super) fn learnt(&self, entry: Entry, negated: bool) -> f64 {
        f64::from(if negated { entry.negated } else { entry.plain }) * self.step
    }

    /// The phrases that begin with this word, the longest first.
    pub(super) fn phrases(&self, first: u64) -> &[Phrase] {
        self.phrases.get(&first).map_or(&[], Vec::as_slice)
    }
}

/// The shipped bytes of what was learnt.
#[derive(Default)]
struct Learnt {
    hashes: &'static [u8],
    plain: &'static [u8],
    negated: &'static [u8],
    step: f32,
}

impl Learnt {
    fn read(bytes: &'static [u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (words, rest) = rest.split_first_chunk()?;
        let (step, rest) = rest.split_first_chunk()?;
        let words = u32::from_le_bytes(*words) as usize;
        let (hashes, rest) = rest.split_at_checked(words.checked_mul(8)?)?;
        let (plain, negated) = rest.split_at_checked(words)?;
        (negated.len() == words).then_some(Self { hashes, plain, negated, step: f32::from_le_bytes(*step) })
    }

    fn words(&self) -> usize {
        self.plain.len()
    }

    fn word(&self, at: usize) -> (u64, i8, i8) {
        let hash = self.hashes[8 * at..].first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes));
        (hash, self.plain[at] as i8, self.negated[at] as i8)
    }
}

/// The hash of a form; 0 stands for a free slot and is left out.
pub(super) const fn hash(form: &str) -> u64 {
    let (bytes, mut hash, mut at) = (form.as_bytes(), BEGIN, 0);
    while at < bytes.len() {
        hash = step(hash, bytes[at]);
        at += 1;
    }
    if hash == 0 { 1 } else { hash }
}

/// The hash of a token's form, without building it where the token is a plain word.
pub(super) fn hash_token(token: &Token<'_>, form: &mut String) -> u64 {
    if matches!(token.kind, TokenKind::Word) && token.text.is_ascii() {
        return hash_word(token);
    }
    token.form_into(form);
    hash(form)
}

/// Lower case, a letter three times or more in a row as two.
fn hash_word(token: &Token<'_>) -> u64 {
    if !token.elongated {
        return token.text.bytes().fold(BEGIN, |hash, byte| step(hash, byte.to_ascii_lowercase())).max(1);
    }
    let (mut hash, mut last, mut run) = (BEGIN, 0, 0_u32);
    for byte in token.text.bytes().map(|byte| byte.to_ascii_lowercase()) {
        run = if byte == last { run + 1 } else { 1 };
        last = byte;
        if run <= 2 || !byte.is_ascii_alphabetic() {
            hash = step(hash, byte);
        }
    }
    hash.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::token::tokens;
    use proptest::prelude::*;

    #[test]
    fn what_was_learnt_is_whole() {
        let learnt = Learnt::read(SENTIMENT).expect("it is there");
        assert!(learnt.words() > 5_000 && learnt.step > 0.0);
        assert!((1..learnt.words()).all(|at| learnt.word(at - 1).0 < learnt.word(at).0));
    }

    #[test]
    fn the_longest_phrase_comes_first() {
        let known = Vocabulary::new(&Lexicon::builtin());
        let thanks = known.phrases(hash("thanks"));
        assert!(thanks.len() > 2 && thanks.windows(2).all(|w| w[0].tail.len() >= w[1].tail.len()));
    }

    #[test]
    fn other_tables_are_read_and_in_the_tokenisers_form() {
        for line in PHRASES.lines().chain(WORLD.lines()).filter(|line| !line.starts_with("# ")) {
            let mut cells = line.split('\t');
            let form = cells.next().expect("a form");
            let forms: Vec<String> = tokens(form).map(|t| t.form()).collect();
            assert_eq!(forms.join(" "), form);
            let rating: f32 = cells.next().expect("a rating").parse().expect("a number");
            assert!((-4.0..=4.0).contains(&rating));
        }
    }

    proptest! {
        #[test]
        fn the_hash_of_a_token_is_that_of_its_form(text in any::<String>()) {
            let mut form = String::new();
            for token in tokens(&text) {
                prop_assert_eq!(hash_token(&token, &mut form), hash(&token.form()));
            }
        }

        #[test]
        fn damaged_bytes_are_no_table(cut in 0..40_usize) {
            prop_assert!(Learnt::read(&SENTIMENT[..cut]).is_none());
        }
    }
}
