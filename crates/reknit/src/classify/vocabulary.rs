//! Everything the sentiment reader knows of a word, in one look-up.
//!
//! The hand-rated lists, the phrases, the roles of words and what was learnt of words lie in tables of their own.
//! Here they are laid into one table by the hash of a form ([`form_hash`]), so that a token costs one hash, made
//! while it is read, and one look at 8 bytes. 24 bits of the hash tell words of one place apart: an unknown word passes
//! for a known one with a chance of about 1e-7 (two built-in ones never do, says a test), and no string is built or
//! compared. What many words have in common stands once, as their [`Class`].
//!
//! What was learnt comes from `sentiment.bin` of `reknit-models`, made by `build_sentiment.py` there. Its layout,
//! little endian: "RKSENT02"; u32 words; f32 what a step is worth; u64 hash a word, ascending; i8 steps of a word;
//! i8 steps of a word in the scope of a negation. Building sorts all words once.

use std::hint::black_box;

use hashbrown::HashMap;
use reknit_models::SENTIMENT;

use super::Lexicon;
use super::cues::{Roles, cues};
use crate::text::token::form_hash;
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

/// What is known of a form: from the lowest bit, 23 of its [`Class`], one that says whether words that belong into its
/// bucket lie elsewhere, 8 of what was learnt of it, 8 of the same in the scope of a negation, and 24 of its hash. 0:
/// nothing.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entry(u64);

impl Entry {
    fn new(hash: u64, class: u32, plain: i8, negated: i8) -> Self {
        let learnt = u64::from(plain as u8) | u64::from(negated as u8) << 8;
        Self(u64::from(class) | learnt << LEARNT_FROM | tag(hash) << TAG_FROM)
    }

    fn class(self) -> usize {
        (self.0 & ((1 << CLASS_BITS) - 1)) as usize
    }

    fn steps(self, negated: bool) -> i8 {
        (self.0 >> (LEARNT_FROM + 8 * u32::from(negated))) as i8
    }
}

const CLASS_BITS: u32 = 23;
const ELSEWHERE: u64 = 1 << CLASS_BITS;
const LEARNT_FROM: u32 = 24;
const TAG_FROM: u32 = 40;

/// Four words with the same lower bits of their hash, or what found no room in the bucket before; free places last.
/// All four are looked at at once, because where a word lies among them cannot be foretold.
#[derive(Debug, Clone, Copy, Default)]
#[repr(align(32))]
struct Bucket([Entry; 4]);

impl Bucket {
    fn is_full(&self) -> bool {
        self.0[3].0 != 0
    }
}

/// What many words have in common.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Class {
    pub(super) roles: Roles,
    /// By hand, −4 to 4; 0: none.
    pub(super) rating: f32,
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
    pub(super) rating: f32,
    pub(super) meaning: Meaning,
    pub(super) roles: Roles,
}

/// The table.
#[derive(Debug, Clone)]
pub(super) struct Vocabulary {
    /// By the lower bits of the hash.
    buckets: Vec<Bucket>,
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
        let mut tables = Tables::default();
        tables.lay_words(&learnt, lexicon);
        tables.lay_world();
        for word in lexicon.own() {
            tables.add_role(word, Roles::WORLD);
        }
        tables.lay_phrases();
        tables.whole(f64::from(learnt.step))
    }

    /// What is known of the form with this hash; nothing is an entry of zeros.
    #[inline]
    pub(super) fn find(&self, hash: u64) -> Entry {
        let (mask, tag) = (self.buckets.len() - 1, tag(hash));
        let mut at = hash as usize & mask;
        loop {
            let bucket = &self.buckets[at];
            // Without branches, because where a word lies, and whether it is known, cannot be foretold; compilers make
            // one where they see the nothing.
            let same = |found, entry: &Entry| if entry.0 >> TAG_FROM == tag { entry.0 } else { found };
            let found = bucket.0.iter().fold(black_box(0), same);
            if bucket.0[3].0 & (u64::from(found == 0) << CLASS_BITS) == 0 {
                return Entry(found);
            }
            at = (at + 1) & mask;
        }
    }

    /// Has the processor fetch what [`find`](Self::find) will look at.
    #[inline]
    pub(super) fn touch(&self, hash: u64) -> u64 {
        self.buckets[hash as usize & (self.buckets.len() - 1)].0[0].0
    }

    #[inline]
    pub(super) fn class(&self, entry: Entry) -> Class {
        self.classes[entry.class()]
    }

    /// What was learnt of a word, in points.
    pub(super) fn learnt(&self, entry: Entry, negated: bool) -> f64 {
        f64::from(entry.steps(negated)) * self.step
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

/// The tables while they are laid together.
#[derive(Default)]
struct Tables {
    words: HashMap<u64, Word>,
    openers: Vec<Opener>,
}

/// What is known of a form by now.
#[derive(Default)]
struct Word {
    class: Class,
    plain: i8,
    negated: i8,
}

impl Tables {
    fn word(&mut self, form: &str) -> &mut Word {
        self.words.entry(form_hash(form)).or_default()
    }

    fn add_role(&mut self, form: &str, role: Roles) {
        let class = &mut self.word(form).class;
        class.roles = class.roles.or(role);
    }

    /// What was learnt, what people rated, and what words do.
    fn lay_words(&mut self, learnt: &Learnt, lexicon: &Lexicon) {
        for at in 0..learnt.words() {
            let (hash, plain, negated) = learnt.word(at);
            self.words.insert(hash, Word { plain, negated, ..Word::default() });
        }
        for (form, rating) in lexicon.entries() {
            self.word(form).class.rating = rating;
        }
        for (form, role) in cues() {
            self.add_role(form, role);
        }
    }

    /// Words of other languages are rated where English does not rate them otherwise.
    fn lay_world(&mut self) {
        for (form, rating) in WORLD.lines().filter_map(|line| line.split_once('\t')) {
            let class = &mut self.word(form).class;
            if class.rating == 0.0 {
                class.rating = rating.parse().unwrap_or(0.0);
            }
            self.add_role(form, Roles::WORLD);
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
            let hash = form_hash(text);
            let roles_of = |hash| self.words.get(&hash).map_or(Roles::default(), |word| word.class.roles);
            let negated = text.split(' ').any(|word| roles_of(form_hash(word)).any(Roles::NEGATES));
            let roles = roles_of(hash).or(if negated { Roles::OWN_NEGATION } else { Roles::default() });
            let phrase = Phrase { tail: words.map(form_hash).collect(), hash, rating, meaning, roles };
            let opener = self.opener(first);
            opener.seconds |= phrase.tail.first().map_or(u64::MAX, |&second| bit(second));
            let place = opener.phrases.partition_point(|other| other.tail.len() >= phrase.tail.len());
            opener.phrases.insert(place, phrase);
        }
    }

    fn opener(&mut self, first: &str) -> &mut Opener {
        let opens = match self.word(first).class.opens {
            0 => {
                self.openers.push(Opener::default());
                self.openers.len()
            }
            opens => usize::from(opens),
        };
        self.word(first).class.opens = opens as u16;
        &mut self.openers[opens - 1]
    }

    /// One table of all words, at most three quarters full.
    fn whole(self, step: f64) -> Vocabulary {
        let mut words: Vec<(u64, Word)> = self.words.into_iter().collect();
        words.sort_unstable_by_key(|(hash, _)| *hash);
        let mut buckets = vec![Bucket::default(); bucket_count(words.len())];
        let mask = buckets.len() - 1;
        let mut classes = Classes::default();
        for (hash, Word { class, plain, negated }) in words {
            let mut at = hash as usize & mask;
            while buckets[at].is_full() {
                buckets[at].0[3].0 |= ELSEWHERE;
                at = (at + 1) & mask;
            }
            let entry = Entry::new(hash, classes.number(class), plain, negated);
            if let Some(free) = buckets[at].0.iter_mut().find(|entry| entry.0 == 0) {
                *free = entry;
            }
        }
        Vocabulary { buckets, classes: classes.list, openers: self.openers, step }
    }
}

/// How many buckets so many words have.
fn bucket_count(words: usize) -> usize {
    (words / 3 + 1).next_power_of_two()
}

/// Each class once; the first is that of words with nothing in common.
struct Classes {
    list: Vec<Class>,
    numbers: HashMap<(Roles, u32, u16), u32>,
}

impl Default for Classes {
    fn default() -> Self {
        let mut classes = Self { list: Vec::new(), numbers: HashMap::new() };
        classes.number(Class::default());
        classes
    }
}

impl Classes {
    fn number(&mut self, mut class: Class) -> u32 {
        if self.list.len() > MANY_CLASSES {
            // So many different ratings are no human ones; to the nearest thousandth there are few.
            class.rating = (class.rating * 1024.0).round() / 1024.0;
        }
        *self.numbers.entry((class.roles, class.rating.to_bits(), class.opens)).or_insert_with(|| {
            self.list.push(class);
            self.list.len() as u32 - 1
        })
    }
}

/// From so many classes on ratings are rounded, so that all fit into an [`Entry`].
const MANY_CLASSES: usize = 1 << (CLASS_BITS - 1);

/// One of 64 bits for a hash.
fn bit(hash: u64) -> u64 {
    1 << (hash >> 58)
}

/// What tells forms of one place apart; never 0.
#[inline]
fn tag(hash: u64) -> u64 {
    (hash >> TAG_FROM).max(1)
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

/// The hash of a form (FNV-1a) by which the tables of linear models know it; never 0.
pub(super) const fn hash(form: &str) -> u64 {
    let (bytes, mut hash, mut at) = (form.as_bytes(), BEGIN, 0);
    while at < bytes.len() {
        hash = step(hash, bytes[at]);
        at += 1;
    }
    if hash == 0 { 1 } else { hash }
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
        let buckets = bucket_count(whole) as u64;
        let mut short: Vec<(u64, u64)> = hashes.iter().map(|&hash| (tag(hash), hash % buckets)).collect();
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
        fn damaged_bytes_are_no_table(cut in 0..40_usize) {
            prop_assert!(Learnt::read(&SENTIMENT[..cut]).is_none());
        }
    }
}
