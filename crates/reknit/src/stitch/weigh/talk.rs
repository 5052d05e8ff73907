//! What the words of a short message tell: what it is about, and whether it opens, goes on or closes.
//!
//! Words are kept with their [rarity](super::rarity); numbers, codes and links are entities that two
//! messages about one matter share. A greeting or "does anybody know" opens a matter, "yes" and
//! "thanks" go on with one. The word lists are English, German, French, Spanish, Italian and Danish:
//! the first word of a message is enough. Cost: linear in the length, the first words of long texts.

use super::super::packed::{Bytes, Packed};
use super::super::weight::hash;
use super::rarity;

/// Words read of a message.
const MOST_WORDS: usize = 128;
/// Letters of the shortest word that is compared, of the shortest entity.
const SHORTEST_WORD: usize = 3;
const SHORTEST_ENTITY: usize = 4;
/// A word of thanks counts among the first few, or anywhere in a message this short.
const FIRST: usize = 4;
const SHORT: usize = 8;

const GREETINGS: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "hallo",
    "hiya",
    "greetings",
    "good",
    "morning",
    "dear",
    "moin",
    "guten",
    "bonjour",
    "salut",
    "hola",
    "buenas",
    "buenos",
    "ciao",
    "buongiorno",
    "hej",
    "goddag",
    "olá",
];
const CLOSERS: &[&str] = &[
    "thanks", "thank", "thx", "ty", "cheers", "bye", "np", "welcome", "cool", "great", "tnx", "works",
    "worked", "solved", "yw", "danke", "merci", "gracias", "grazie", "tak", "obrigado", "perfect",
];
const ANSWERS: &[&str] = &[
    "ok", "okay", "yes", "yeah", "yep", "no", "nope", "yea", "k", "right", "true", "sure", "ah", "oh", "hmm",
    "nah", "lol", "well", "done", "sorry", "so", "but", "and", "or", "then", "also", "it", "that", "thats",
    "this", "still", "nothing", "both", "same", "now", "ja", "nein", "nee", "doch", "aber", "und", "oui",
    "non", "mais", "sí", "si", "pero", "nej", "men", "og",
];
/// Turns of speech with which somebody brings up a matter.
const OPENERS: &[&str] = &[
    "anyone",
    "anybody",
    "someone",
    "somebody",
    "how do",
    "how can",
    "how to",
    "how would",
    "how should",
    "is there",
    "does any",
    "can i",
    "can you",
    "can some",
    "i have",
    "i've",
    "i am",
    "i'm",
    "i need",
    "trying",
    "where can",
    "where do",
    "what's the",
    "what is the",
    "what package",
    "help",
    "problem",
    "question",
    "why does",
    "why is",
    "why do",
    "ich habe",
    "ich brauche",
    "wie kann",
    "wo finde",
    "gibt es",
    "hilfe",
    "frage",
];

/// What the words of a message tell, if it has any.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Words(Option<Box<Talk>>);

/// What no words tell.
static NOTHING: Talk = Talk {
    words: Vec::new(),
    entities: Vec::new(),
    length: 0,
    greets: false,
    opens: false,
    asks: false,
    answers: false,
    closes: false,
};

impl Words {
    /// Reads `text`.
    pub(crate) fn read(text: &str) -> Self {
        Self((!text.is_empty()).then(|| Box::new(Talk::read(text))))
    }
}

impl Packed for Words {
    fn pack(&self, to: &mut Vec<u8>) {
        self.0.pack(to);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        Packed::unpack(from).map(Self)
    }
}

/// Words are sorted by key, so what is written is how far each is from the one before; their rarity follows
/// from the key.
impl Packed for Talk {
    fn pack(&self, to: &mut Vec<u8>) {
        let before = std::iter::once(0).chain(self.words.iter().map(|word| word.0));
        let steps = self.words.iter().zip(before).map(|(word, before)| word.0.wrapping_sub(before));
        steps.collect::<Vec<u32>>().pack(to);
        self.entities.pack(to);
        self.length.pack(to);
        [self.greets, self.opens, self.asks, self.answers, self.closes].pack(to);
    }

    fn unpack(from: &mut Bytes<'_>) -> Option<Self> {
        let mut words = Vec::<u32>::unpack(from)?;
        let mut key = 0_u32;
        for word in &mut words {
            key = key.checked_add(*word)?;
            *word = key;
        }
        let (entities, length) = (Vec::unpack(from)?, usize::unpack(from)?);
        let [greets, opens, asks, answers, closes] = <[bool; 5]>::unpack(from)?;
        let words = words.into_iter().map(|key| (key, rarity::bits(key) as f32)).collect();
        Some(Self { words, entities, length, greets, opens, asks, answers, closes })
    }
}

impl std::ops::Deref for Words {
    type Target = Talk;

    fn deref(&self) -> &Talk {
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

/// What the words of a message tell.
#[allow(clippy::struct_excessive_bools)] // Five independent signs; a set of them would only hide that.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Talk {
    /// The words with their rarity in bits, each once, sorted by key.
    pub(crate) words: Vec<(u32, f32)>,
    /// Hashes of links, numbers and codes, sorted.
    pub(crate) entities: Vec<u64>,
    /// How many words there are.
    pub(crate) length: usize,
    /// It begins with a greeting.
    pub(crate) greets: bool,
    /// It holds a turn of speech that brings up a matter.
    pub(crate) opens: bool,
    /// It holds a question mark.
    pub(crate) asks: bool,
    /// It begins like an answer.
    pub(crate) answers: bool,
    /// It thanks or says goodbye.
    pub(crate) closes: bool,
}

impl Talk {
    /// Reads `text`.
    pub(crate) fn read(text: &str) -> Self {
        let lower = text.to_lowercase();
        let spoken: Vec<&str> =
            lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let first = spoken.first().copied().unwrap_or_default();
        let thanks = if spoken.len() < SHORT { &spoken[..] } else { &spoken[..FIRST] };
        Self {
            words: words(&spoken),
            entities: entities(&lower),
            length: spoken.len(),
            greets: GREETINGS.contains(&first),
            opens: opens(&lower),
            asks: lower.contains(['?', '？', '؟']),
            answers: ANSWERS.contains(&first),
            closes: thanks.iter().any(|word| CLOSERS.contains(word)),
        }
    }
}

fn words(spoken: &[&str]) -> Vec<(u32, f32)> {
    let long = spoken.iter().filter(|word| word.chars().nth(SHORTEST_WORD - 1).is_some());
    let mut keys: Vec<u32> = long.take(MOST_WORDS).map(|word| rarity::key(word)).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter().map(|key| (key, rarity::bits(key) as f32)).collect()
}

/// Links, and words of letters and digits with a digit among them: order numbers, versions, codes.
fn entities(lower: &str) -> Vec<u64> {
    let link =
        |word: &str| word.starts_with("http://") || word.starts_with("https://") || word.starts_with("www.");
    let code = |word: &str| word.len() >= SHORTEST_ENTITY && word.contains(|c: char| c.is_ascii_digit());
    let mut found: Vec<u64> = lower
        .split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| link(word) || code(word))
        .take(MOST_WORDS)
        .map(hash)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether a turn of [`OPENERS`] stands there as whole words.
fn opens(lower: &str) -> bool {
    let edge = |c: Option<char>| !c.is_some_and(char::is_alphanumeric);
    let stands_at = |rest: &str| {
        OPENERS.iter().any(|turn| {
            let open_end = matches!(*turn, "does any" | "can some");
            rest.strip_prefix(turn).is_some_and(|after| open_end || edge(after.chars().next()))
        })
    };
    let mut before = None;
    lower.char_indices().any(|(at, c)| {
        let begins = edge(before.replace(c));
        begins && c.is_alphabetic() && stands_at(&lower[at..])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openers_answers_and_thanks_are_told_apart() {
        let first = Talk::read("Hi, does anybody know where order A-1182 is?");
        assert!(first.greets && first.opens && first.asks && !first.answers && !first.closes);
        let last = Talk::read("ok, thanks a lot");
        assert!(last.answers && last.closes && !last.opens && !last.asks);
        assert!(!Talk::read("whelped").opens);
        assert!(!Talk::read("It was a long way to the shop, thanks to the snow").closes);
        assert_eq!(Talk::read(""), Talk::default());
    }

    #[test]
    fn numbers_codes_and_links_are_entities() {
        let shared = Talk::read("parcel 00340434 (see https://x.io/t?a=1)").entities;
        assert_eq!(shared.len(), 2);
        assert_eq!(Talk::read("Where is 00340434?").entities.len(), 1);
        assert!(shared.contains(&Talk::read("Where is 00340434?").entities[0]));
        assert!(Talk::read("I am 42").entities.is_empty());
    }
}
