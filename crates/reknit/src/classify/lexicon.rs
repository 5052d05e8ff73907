//! What words are worth: human ratings from −4 (worst) to 4 (best).
//!
//! Three tables lie on top of each other. The first is the general English list of VADER (Hutto and
//! Gilbert 2014, MIT licence), 7,500 words rated by ten people each; `build_sentiment_lexicon.py`
//! makes `sentiment_lexicon.tsv` from the package `vaderSentiment`. The second, `overlay.tsv`, is our
//! own: the words of support (refund, outage, charged), slang the first list does not know, emoji,
//! and words that mean something else to a customer (`kindly`, `please`, `help`). Its values were set
//! by hand on the same scale. The third, `overlay_sentiment.tsv`, goes on for the sentiment reader alone: sums of
//! the first two are features of trained classifiers, whose saved models must read what they learnt from, so those
//! two stay as they are while the version of the features (`format`) does. A caller's own words go on top of all.
//!
//! Building takes one pass over the tables (about half a millisecond); a look-up is one hash.

use std::borrow::Cow;
use std::collections::BTreeSet;

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;

/// The general list: a form, TAB, its mean rating.
const RATINGS: &str = include_str!("sentiment_lexicon.tsv");
/// Our own list, same shape.
const OVERLAY: &str = include_str!("overlay.tsv");
/// What the sentiment reader alone knows, same shape.
const OVERLAY_SENTIMENT: &str = include_str!("overlay_sentiment.tsv");

/// Words and their ratings, −4 to 4.
///
/// ```
/// use reknit::classify::Lexicon;
/// let lexicon = Lexicon::builtin().with([("sev1", -3.0)]);
/// assert!(lexicon.valence("great").is_some_and(|v| v > 2.0));
/// assert_eq!(lexicon.valence("sev1"), Some(-3.0));
/// assert_eq!(lexicon.valence("table"), None);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    words: HashMap<Cow<'static, str>, f32, FxBuildHasher>,
    /// The caller's own words, sorted.
    own: BTreeSet<String>,
}

impl Lexicon {
    /// The built-in English list.
    pub fn builtin() -> Self {
        Self::of(&[RATINGS, OVERLAY, OVERLAY_SENTIMENT])
    }

    /// The list whose sums are features of trained classifiers.
    pub(super) fn of_features() -> Self {
        Self::of(&[RATINGS, OVERLAY])
    }

    /// These tables, each on top of those before it.
    fn of(tables: &[&'static str]) -> Self {
        let mut lexicon = Self::default();
        for (form, rating) in tables.iter().copied().flat_map(rows) {
            lexicon.words.insert(Cow::Borrowed(form), rating);
        }
        lexicon
    }

    /// The same list with more words, or other ratings for known ones. Words are compared in the form
    /// [`Token::form`](crate::text::token::Token::form) gives; ratings are cut to −4..4, and one that
    /// is no number counts as 0.
    #[must_use]
    pub fn with<W: Into<String>>(mut self, words: impl IntoIterator<Item = (W, f32)>) -> Self {
        for (word, rating) in words {
            let rating = if rating.is_nan() { 0.0 } else { rating.clamp(-4.0, 4.0) };
            let word = word.into();
            self.own.insert(word.clone());
            self.words.insert(Cow::Owned(word), rating);
        }
        self
    }

    /// The rating of a token's form; `None` for a word without one.
    pub fn valence(&self, form: &str) -> Option<f32> {
        self.words.get(form).copied().filter(|&rating| rating != 0.0)
    }

    /// Every word and its rating, sorted.
    pub(super) fn entries(&self) -> Vec<(&str, f32)> {
        let mut entries: Vec<(&str, f32)> = self.words.iter().map(|(word, &r)| (word.as_ref(), r)).collect();
        entries.sort_unstable_by(|a, b| a.0.cmp(b.0));
        entries
    }

    /// The words the caller laid on top, sorted.
    pub(super) fn own(&self) -> impl Iterator<Item = &str> {
        self.own.iter().map(String::as_str)
    }
}

/// The rows of a table; comment lines and lines of another shape are passed over.
fn rows(table: &'static str) -> impl Iterator<Item = (&'static str, f32)> {
    (table.lines())
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(form, rating)| Some((form, rating.trim().parse().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::token::tokens;

    #[test]
    fn every_row_is_read_and_within_the_scale() {
        for table in [RATINGS, OVERLAY, OVERLAY_SENTIMENT] {
            let lines = table.lines().filter(|l| !l.starts_with("# ") && !l.is_empty()).count();
            let read: Vec<f32> = rows(table).map(|(_, rating)| rating).collect();
            assert_eq!(read.len(), lines);
            assert!(read.iter().all(|r| (-4.0..=4.0).contains(r)));
        }
    }

    /// A row the tokeniser cannot produce would never be found.
    #[test]
    fn our_own_words_are_in_the_form_of_one_token() {
        for (form, _) in [OVERLAY, OVERLAY_SENTIMENT].into_iter().flat_map(rows) {
            let found: Vec<String> = tokens(form).map(|t| t.form()).collect();
            assert_eq!(found, [form]);
        }
    }
}
