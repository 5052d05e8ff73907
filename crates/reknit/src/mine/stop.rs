//! Words that name nothing: lists by language, and the guess which list a text calls for.
//!
//! The lists in `stop/` were written by hand for this project. A line that begins with `~` holds weak words:
//! they name nothing alone but can stand in a phrase (*order number*). Which list fits is told by how many of
//! the first thousand words it knows; English where none knows more.
//!
//! Cost: a list is built once per miner; a look-up is one hash.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

use crate::{Error, Result};

/// Code (ISO 639-1) and list; English first, because it wins where lists know equally many words.
const LISTS: &[(&str, &str)] = &[
    ("en", include_str!("stop/en.txt")),
    ("de", include_str!("stop/de.txt")),
    ("es", include_str!("stop/es.txt")),
    ("fr", include_str!("stop/fr.txt")),
    ("it", include_str!("stop/it.txt")),
    ("nl", include_str!("stop/nl.txt")),
    ("pt", include_str!("stop/pt.txt")),
];
/// Words that are looked at to choose a list.
const LOOKED_AT: usize = 1000;

/// What a list says of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stop {
    /// It ends a phrase.
    Hard,
    /// It can stand in a phrase but is none.
    Weak,
}

/// The lists of all languages.
#[derive(Debug, Clone)]
pub(super) struct StopLists {
    lists: Vec<HashMap<&'static str, Stop, FxBuildHasher>>,
}

impl StopLists {
    pub(super) fn shipped() -> Self {
        Self { lists: LISTS.iter().map(|(_, list)| read(list)).collect() }
    }

    /// The list of a language by its code.
    pub(super) fn of(language: &str) -> Result<usize> {
        LISTS.iter().position(|(code, _)| *code == language).ok_or_else(|| {
            let codes: Vec<&str> = LISTS.iter().map(|(code, _)| *code).collect();
            Error::config(format!(
                "language: no list of stop words for it; there are {}, and none lets the text decide",
                codes.join(", ")
            ))
        })
    }

    /// The list that knows most of the words.
    pub(super) fn guess<'a>(&self, forms: impl Iterator<Item = &'a str>) -> usize {
        let mut known = vec![0_u32; self.lists.len()];
        for form in forms.take(LOOKED_AT) {
            for (count, list) in known.iter_mut().zip(&self.lists) {
                *count += u32::from(list.get(form) == Some(&Stop::Hard));
            }
        }
        // The last of the largest in reverse: the first.
        known.iter().enumerate().rev().max_by_key(|(_, count)| **count).map_or(0, |(at, _)| at)
    }

    pub(super) fn get(&self, list: usize, form: &str) -> Option<Stop> {
        self.lists.get(list)?.get(form).copied()
    }
}

fn read(list: &'static str) -> HashMap<&'static str, Stop, FxBuildHasher> {
    let mut words = HashMap::default();
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let (line, kind) = match line.strip_prefix('~') {
            Some(weak) => (weak, Stop::Weak),
            None => (line, Stop::Hard),
        };
        words.extend(line.split_whitespace().map(|word| (word, kind)));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_calls_for_its_list() {
        let lists = StopLists::shipped();
        let guess = |text: &str| LISTS[lists.guess(text.split(' '))].0;
        assert_eq!(guess("where is my order and when will it come"), "en");
        assert_eq!(guess("wo ist meine bestellung und wann kommt sie"), "de");
        assert_eq!(guess("dónde está mi pedido y cuándo llega"), "es");
        assert_eq!(guess("où est ma commande et quand arrive t elle"), "fr");
        assert_eq!(guess("dove si trova il mio ordine e quando arriva"), "it");
        assert_eq!(guess("waar is mijn bestelling en wanneer komt het"), "nl");
        assert_eq!(guess("onde está o meu pedido e quando chega"), "pt");
        assert_eq!(guess("zzz"), "en");
        assert!(StopLists::of("xx").is_err());
    }

    #[test]
    fn weak_words_are_told_apart() {
        let lists = StopLists::shipped();
        assert_eq!(lists.get(0, "the"), Some(Stop::Hard));
        assert_eq!(lists.get(0, "order"), Some(Stop::Weak));
        assert_eq!(lists.get(0, "refund"), None);
    }
}
