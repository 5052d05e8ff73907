//! Everything the sentiment reader knows of a word, in one look-up.
//!
//! The hand-rated lists, the phrases, the roles of words and what was learnt of words lie in tables of their own.
//! Here they are laid into one table by the hash of a form ([`form_hash`]), so that a token costs one hash, made
//! while it is read, and one look at 12 bytes. 48 bits of the hash tell words apart: an unknown word passes for a
//! known one with a chance of about 1e-10 (two known ones never do, says a test), and no string is built or compared.
//!
//! What was learnt comes from `sentiment.bin` of `reknit-models`, made by `build_sentiment.py` there. Its layout,
//! little endian: "RKSENT02"; u32 words; f32 what a step is worth; u64 hash a word, ascending; i8 steps of a word;
//! i8 steps of a word in the scope of a negation. Building costs about 2 ms.

use reknit_models::SENTIMENT;

use super::Lexicon;
use super::cues::{Roles, cues};
use crate::text::token::{Token, TokenKind, form_hash};
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
    /// Which class of words.
    class: u16,
}

/// What many words have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Class {
    pub(super) roles: Roles,
    /// Which phrases begin with the one word of this class, from 1 on; 0: none do.
    pub(super) opens: u16,
}

/// The phrases that begin with a word, the longest first.
#[derive(Debug, Clone, Default)]
struct Opener {
    /// A bit for what a phrase goes on with: most words that could begin a phrase do not, and are passed over at once.
    seconds: u64,
    phrases: Vec<Phrase>,
}

/// A phrase: the hashes of the words after its first, and what it is worth.
#[derive(Debug, Clone)]
pub(super) struct Phrase {
    pub(super) tail: Vec<u64>,
    /// The hash of the whole, blanks between its words.
    pub(super) hash: u64,
    pub(super) rating: f64,
    pub(super) meaning: Meaning,
    pub(super) roles: Roles,
}

/// The table.
#[derive(Debug, Clone)]
pub(super) struct Vocabulary {
    /// By the lower half of the hash; with the upper half, which tells words of one place apart. 0: free.
    slots: Vec<(u32, Entry)>,
    classes: Vec<Class>,
    openers: Vec<Opener>,
    /// Points that a step of what was learnt is worth.
    step: f64,
}

/// Phrases by hand: phrase, TAB, rating, TAB, kind.
pub(super) const PHRASES: &str = include_str!("phrases.tsv");
/// Words of other languages: a form, TAB, its rating.
pub(super) const WORLD: &str = include_str!("sentiment_world.tsv");
const MAGIC: &[u8] = b"RKSENT02";

impl Vocabulary {
    /// Lays `lexicon` and the other tables together.
    pub(super) fn new(lexicon: &Lexicon) -> Self {
        let learnt = Learnt::read(SENTIMENT).unwrap_or_default();
        let rated = lexicon.entries();
        let capacity = (learnt.words() + rated.len() + 2_000).next_power_of_two() * 2;
        let mut known = Self {
            slots: vec![(0, Entry::default()); capacity],
            classes: vec![Class::default()],
            openers: Vec::new(),
            step: f64::from(learnt.step),
        };
        for word in 0..learnt.words() {
            let (hash, plain, negated) = learnt.word(word);
            let entry = known.entry(hash);
            (entry.plain, entry.negated) = (plain, negated);
        }
        for (form, rating) in rated {
            known.entry(form_hash(form)).rating = rating;
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
        self.slots[slot].0 = tag(hash);
        &mut self.slots[slot].1
    }

    fn add_role(&mut self, word: &str, role: Roles) {
        let before = self.class(self.find(form_hash(word)));
        self.set_class(word, Class { roles: before.roles.or(role), ..before });
    }

    fn set_class(&mut self, word: &str, class: Class) {
        let place = self.classes.iter().position(|known| *known == class).unwrap_or_else(|| {
            self.classes.push(class);
            self.classes.len() - 1
        });
        self.entry(form_hash(word)).class = place as u16;
    }

    /// Words of other languages are rated where English does not rate them otherwise.
    fn lay_world(&mut self) {
        for (word, rating) in WORLD.lines().filter_map(|line| line.split_once('\t')) {
            let entry = self.entry(form_hash(word));
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
            let mut words = text.split(' ');
            let (Some(first), Ok(rating)) = (words.next(), rating.parse()) else { continue };
            let meaning = match kind {
                "trouble" => Meaning::Trouble,
                "irony" => Meaning::Irony,
                "resolved" => Meaning::Resolved,
                _ => Meaning::Plain,
            };
            let phrase = Phrase {
                tail: words.map(form_hash).collect(),
                hash: form_hash(text),
                rating,
                meaning,
                roles: Roles::default(),
            };
            let opener = self.opener(first);
            opener.seconds |= phrase.tail.first().map_or(u64::MAX, |&second| bit(second));
            let place = opener.phrases.partition_point(|other| other.tail.len() >= phrase.tail.len());
            opener.phrases.insert(place, phrase);
        }
        let mut openers = std::mem::take(&mut self.openers);
        for phrase in openers.iter_mut().flat_map(|opener| &mut opener.phrases) {
            phrase.roles = self.class(self.find(phrase.hash)).roles;
        }
        self.openers = openers;
    }

    fn opener(&mut self, first: &str) -> &mut Opener {
        let class = self.class(self.find(form_hash(first)));
        let mut opens = usize::from(class.opens);
        if opens == 0 {
            self.openers.push(Opener::default());
            opens = self.openers.len();
            self.set_class(first, Class { opens: opens as u16, ..class });
        }
        &mut self.openers[opens - 1]
    }

    /// The slot of `hash`, or the free one where it belongs. The table is at most half full, so the search ends.
    fn slot(&self, hash: u64) -> usize {
        let (mask, tag) = (self.slots.len() - 1, tag(hash));
        let mut slot = hash as usize & mask;
        while self.slots[slot].0 != tag && self.slots[slot].0 != 0 {
            slot = (slot + 1) & mask;
        }
        slot
    }

    /// What is known of the form with this hash; nothing is an entry of zeros.
    #[inline]
    pub(super) fn find(&self, hash: u64) -> Entry {
        self.slots[self.slot(hash)].1
    }

    #[inline]
    pub(super) fn class(&self, entry: Entry) -> Class {
        self.classes[usize::from(entry.class)]
    }

    /// What was learnt of a word, in points.
    pub(super) fn learnt(&self, entry: Entry, negated: bool) -> f64 {
        f64::from(if negated { entry.negated } else { entry.plain }) * self.step
    }

    /// The phrases that begin with a word of this class and may go on with `second`, the longest first.
    #[inline]
    pub(super) fn phrases(&self, opens: u16, second: u64) -> &[Phrase] {
        match usize::from(opens).checked_sub(1).and_then(|at| self.openers.get(at)) {
            Some(opener) if opener.seconds & bit(second) != 0 => &opener.phrases,
            _ => &[],
        }
    }
}

/// One of 64 bits for a hash.
fn bit(hash: u64) -> u64 {
    1 << (hash >> 58)
}

/// What tells forms of one place apart.
fn tag(hash: u64) -> u32 {
    ((hash >> 32) as u32).max(1)
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

/// The hash of a form (FNV-1a) by which the tables of linear models and of patterns know it; never 0.
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
    fn known_forms_are_told_apart() {
        let learnt = Learnt::read(SENTIMENT).expect("it is there");
        let lexicon = Lexicon::builtin();
        let rated = lexicon.entries();
        let mut hashes: Vec<u64> = (0..learnt.words()).map(|at| learnt.word(at).0).collect();
        hashes.extend(rated.iter().map(|(form, _)| form_hash(form)));
        hashes.extend(cues().map(|(form, _)| form_hash(form)));
        hashes.extend(PHRASES.lines().flat_map(|line| line.split(['\t', ' '])).map(form_hash));
        hashes.sort_unstable();
        hashes.dedup();
        let whole = hashes.len();
        let places = 2 * (learnt.words() + rated.len() + 2_000).next_power_of_two() as u64;
        let mut short: Vec<(u32, u64)> = hashes.iter().map(|&hash| (tag(hash), hash % places)).collect();
        short.sort_unstable();
        short.dedup();
        assert_eq!(short.len(), whole);
    }

    #[test]
    fn the_longest_phrase_comes_first() {
        let known = Vocabulary::new(&Lexicon::builtin());
        let thanks = known.class(known.find(form_hash("thanks"))).opens;
        let thanks = known.phrases(thanks, form_hash("for"));
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
