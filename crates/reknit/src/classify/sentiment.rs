//! Praise and complaint without training: a word list, rules for how words change each other, and
//! signs of irony.
//!
//! Each rated word or phrase starts from its place in the [`Lexicon`]; then its neighbours speak:
//! intensifiers (*very*), negation (*not*), capitals, stretched letters, the clause after *but*. What
//! all add up to is squashed into −1..1. The rule set follows Taboada et al. 2011 ("Lexicon-Based
//! Methods for Sentiment Analysis") and Hutto and Gilbert 2014 (VADER), whose measured step sizes are
//! used; what is ours are the phrases of support talk (*no problem*, *kindly stop*, *still waiting*)
//! and that irony, read by [`irony`](super::irony), turns praise round.
//!
//! The reading is exact about itself: the contributions add up to the effective sum, and each names
//! the bytes it rests on. Cost: `O(n)` in the text.

use hashbrown::HashMap;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::features::negates;
use super::{Lexicon, SpanWeight, irony};
use crate::model::Weight;
use crate::text::token::{Token, TokenKind, tokens};

/// Which way a text leans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Polarity {
    /// Praise, thanks, joy.
    Positive,
    /// Complaint, anger, sadness.
    Negative,
    /// Neither.
    Neutral,
    /// Both, and neither outweighs the other.
    Mixed,
}

impl Polarity {
    /// The name in snake case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
            Self::Neutral => "neutral",
            Self::Mixed => "mixed",
        }
    }
}

/// One sign of irony and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cue {
    /// What kind of sign: `hashtag`, `praise_opens_trouble`, `praise_of_trouble`,
    /// `praise_beside_trouble`, `elapsed_time`, `repetition`, `interjection`, `ironic_quotes`, `ironic_phrase`, `eye_roll`.
    pub name: String,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// How likely a text says the opposite of what its words say.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Sarcasm {
    /// 0 to 1.
    pub probability: f64,
    /// What speaks for it, in order of place.
    pub cues: Vec<Cue>,
}

/// How one text reads.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SentimentReading {
    /// What the words say taken literally: −1 (worst) to 1 (best).
    pub score: f64,
    /// The score after irony is accounted for: −1 to 1.
    pub effective_score: f64,
    /// The lean of the effective score.
    pub label: Polarity,
    /// How sure the label is, 0 to 1.
    pub probability: f64,
    /// Irony.
    pub sarcasm: Sarcasm,
    /// What each word adds to the effective reading, in bits of praise against complaint, in order of
    /// place. Their sum squashes to the effective score.
    pub contributions: Vec<SpanWeight>,
}

/// What a phrase tells beside its rating.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing more.
    Plain,
    /// A service went wrong.
    Trouble,
    /// Rarely meant as it says.
    Irony,
    /// Trouble is over.
    Resolved,
}

/// A token or a whole phrase, and what it is worth here.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) form: String,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) kind: TokenKind,
    pub(super) meaning: Kind,
    pub(super) sentence: u32,
    /// The rating of the list, −4 to 4; 0 without one.
    pub(super) rating: f64,
    /// After its neighbours have spoken.
    pub(super) valence: f64,
    phrase: bool,
    caps: bool,
    elongated: bool,
}

/// Phrases by hand: phrase, TAB, rating, TAB, kind.
const PHRASES: &str = include_str!("phrases.tsv");

type PhraseTable = HashMap<&'static str, Vec<(Vec<&'static str>, f64, Kind)>, FxBuildHasher>;

/// The reader. Immutable; make one and keep it.
///
/// ```
/// use reknit::classify::{Polarity, Sentiment};
/// let sentiment = Sentiment::builtin();
/// assert_eq!(sentiment.classify("no problem, thanks!").label, Polarity::Positive);
///
/// let ironic = sentiment.classify("Great, third day with no internet. Love it.");
/// assert_eq!(ironic.label, Polarity::Negative);
/// assert!(ironic.score > 0.0 && ironic.effective_score < 0.0);
/// ```
#[derive(Debug, Clone)]
pub struct Sentiment {
    lexicon: Lexicon,
    phrases: PhraseTable,
}

/// What an intensifier adds to the next rated word (Hutto and Gilbert 2014, from crowd ratings).
const BOOST: f64 = 0.293;
/// What capitals add among other case (the same source).
const SHOUT: f64 = 0.733;
/// What a negation multiplies a rating by (the same source); less for a negated complaint, because
/// "not terrible" is no praise (Taboada et al. 2011 shift instead of turning for this reason).
const NEGATED_PRAISE: f64 = -0.74;
const NEGATED_TROUBLE: f64 = -0.5;
/// How many words back an intensifier and a negation are heard.
const BOOST_REACH: usize = 3;
const NEGATION_REACH: usize = 4;
/// What `!` adds, up to four of them (Hutto and Gilbert 2014).
const EXCLAMATION: f64 = 0.292;
/// Weights before and after *but* (the same source).
const BEFORE_BUT: f64 = 0.5;
const AFTER_BUT: f64 = 1.5;
/// The sum at which the score is 0.5 away from its end is about the root of this (the same source).
const SQUASH: f64 = 15.0;
/// Bits of praise against complaint that one rating point is worth, and the bits that either must
/// overcome to be more than neutral: the ordered logistic model with the least log loss on the
/// training set of GoEmotions (Demszky et al. 2020, CC-BY-4.0; its emotions grouped as positive,
/// negative and neutral as in the paper), the three taken as equally frequent.
const BITS_PER_POINT: f64 = 0.82;
const CUT_BITS: f64 = 1.4;
/// Effective scores within this of 0 are neutral. Macro-recall on the same set falls slowly with it
/// (0.627 at 0.10, 0.623 at 0.20, 0.616 at 0.30); the model's probabilities of neutral and positive
/// cross at 0.28.
const NEUTRAL: f64 = 0.2;
/// Points of praise and of complaint that must both be there for a mixed reading, and how evenly.
const MIXED_POINTS: f64 = 1.5;
const MIXED_BALANCE: f64 = 0.3;
/// How far a praise is turned round by certain irony: to −0.8 of itself.
const TURN: f64 = 1.8;

impl Sentiment {
    /// The reader with the built-in English word list.
    pub fn builtin() -> Self {
        Self::with_lexicon(Lexicon::builtin())
    }

    /// The reader with another word list; [`Lexicon::with`] lays a brand's words over the built-in one.
    pub fn with_lexicon(lexicon: Lexicon) -> Self {
        let mut phrases = PhraseTable::default();
        for line in PHRASES.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let (Some(phrase), Some(rating), Some(kind)) = (cells.next(), cells.next(), cells.next()) else {
                continue;
            };
            let mut words = phrase.split(' ');
            let (Some(first), Ok(rating)) = (words.next(), rating.parse()) else { continue };
            phrases.entry(first).or_default().push((words.collect(), rating, kind_of(kind)));
        }
        Self { lexicon, phrases }
    }

    /// Reads one text.
    pub fn classify(&self, text: &str) -> SentimentReading {
        let mut pieces = self.pieces(text);
        weigh(&mut pieces);
        let literal: f64 = pieces.iter().map(|p| p.valence).sum();
        let sarcasm = irony::read(text, &pieces);
        if sarcasm.probability > 0.5 {
            turn(&mut pieces, sarcasm.probability);
        }
        let effective: f64 = pieces.iter().map(|p| p.valence).sum();
        let label = polarity(&pieces, effective);
        SentimentReading {
            score: squash(literal),
            effective_score: squash(effective),
            label,
            probability: probability(label, effective),
            sarcasm,
            contributions: contributions(&pieces),
        }
    }

    /// Tokens with phrases joined, hashtags split, and ratings looked up.
    fn pieces(&self, text: &str) -> Vec<Piece> {
        let mut words = Vec::new();
        let (mut sentence, mut at) = (0, 0);
        for token in tokens(text) {
            sentence += u32::from(text[at..token.start].contains('\n'));
            at = token.end();
            for part in token.parts() {
                words.push(self.piece(&part, sentence));
            }
            let ends = token.kind == TokenKind::Punctuation && token.text.starts_with(['.', '!', '?', '…']);
            sentence += u32::from(ends);
        }
        self.join(&words)
    }

    fn piece(&self, token: &Token<'_>, sentence: u32) -> Piece {
        let form = token.form();
        let rating = match token.kind {
            TokenKind::Word => self.word_rating(&form, token.elongated),
            TokenKind::Emoji | TokenKind::Emoticon => self.lexicon.valence(&form),
            _ => None,
        };
        let rating = f64::from(rating.unwrap_or(0.0));
        Piece {
            form,
            start: token.start,
            end: token.end(),
            kind: token.kind,
            meaning: Kind::Plain,
            sentence,
            rating,
            valence: rating,
            phrase: false,
            caps: token.caps,
            elongated: token.elongated,
        }
    }

    /// A stretched word is tried with its letters doubled (`goood`: good) and single (`looove`: love).
    fn word_rating(&self, form: &str, elongated: bool) -> Option<f32> {
        self.lexicon.valence(form).or_else(|| {
            let mut single = String::with_capacity(form.len());
            for c in form.chars().filter(|_| elongated) {
                if !single.ends_with(c) {
                    single.push(c);
                }
            }
            self.lexicon.valence(&single)
        })
    }

    /// Makes one piece of each phrase, the longest first.
    fn join(&self, words: &[Piece]) -> Vec<Piece> {
        let mut pieces: Vec<Piece> = Vec::with_capacity(words.len());
        let mut rest = words;
        while let Some((first, after)) = rest.split_first() {
            let known = self.phrases.get(first.form.as_str()).map_or(&[][..], Vec::as_slice);
            let found = (known.iter())
                .filter(|(tail, ..)| {
                    after.len() >= tail.len()
                        && tail.iter().zip(after).all(|(w, p)| *w == p.form && p.sentence == first.sentence)
                })
                .max_by_key(|(tail, ..)| tail.len());
            let mut piece = first.clone();
            if let Some((tail, rating, meaning)) = found {
                for part in &after[..tail.len()] {
                    piece.form.push(' ');
                    piece.form.push_str(&part.form);
                    piece.end = part.end;
                    piece.caps |= part.caps;
                }
                piece.kind = TokenKind::Word;
                (piece.rating, piece.valence, piece.meaning, piece.phrase) =
                    (*rating, *rating, *meaning, true);
                rest = &after[tail.len()..];
            } else {
                rest = after;
            }
            pieces.push(piece);
        }
        pieces
    }
}

fn kind_of(name: &str) -> Kind {
    match name {
        "trouble" => Kind::Trouble,
        "irony" => Kind::Irony,
        "resolved" => Kind::Resolved,
        _ => Kind::Plain,
    }
}

/// Words that strengthen (positive) or weaken (negative) the rated word after them.
fn boost(form: &str) -> f64 {
    match form {
        "very" | "really" | "so" | "soo" | "too" | "extremely" | "absolutely" | "totally" | "completely"
        | "utterly" | "incredibly" | "super" | "insanely" | "seriously" | "truly" | "highly" | "deeply"
        | "especially" | "particularly" | "entirely" | "fully" | "hugely" | "massively" | "ridiculously"
        | "unbelievably" | "fucking" | "fuckin" | "freaking" | "freakin" | "frickin" | "friggin"
        | "bloody" | "damn" | "hella" | "most" | "more" | "quite" | "exceptionally" | "remarkably"
        | "awfully" | "terribly" | "mega" | "uber" | "thoroughly" | "enormously" | "intensely"
        | "majorly" | "greatly" | "such" | "real" | "mad" | "total" | "complete" | "absolute" | "utter"
        | "pure" | "always" => BOOST,
        "slightly" | "somewhat" | "kinda" | "sorta" | "fairly" | "little" | "bit" | "almost"
        | "marginally" | "partly" | "less" | "occasionally" | "sometimes" | "mildly" | "nearly"
        | "relatively" => -BOOST,
        _ => 0.0,
    }
}

/// Lets the neighbours speak.
fn weigh(pieces: &mut [Piece]) {
    let worded = pieces.iter().filter(|p| p.kind == TokenKind::Word && p.form.len() > 1);
    let (shouted, spoken) =
        worded.fold((0, 0), |(s, w), p| (s + usize::from(p.caps), w + usize::from(!p.caps)));
    let shouting_counts = shouted > 0 && spoken > 0;
    let but =
        pieces.iter().rposition(|p| matches!(p.form.as_str(), "but" | "however" | "sadly" | "unfortunately"));
    let mut seen: HashMap<String, u32, FxBuildHasher> = HashMap::default();
    for place in 0..pieces.len() {
        if pieces[place].rating == 0.0 {
            continue;
        }
        let mut valence = in_context(pieces, place, shouting_counts);
        let piece = &pieces[place];
        if matches!(piece.kind, TokenKind::Emoji | TokenKind::Emoticon) {
            // The tenth heart adds little to the first.
            let times = seen.entry(piece.form.clone()).or_default();
            *times += 1;
            valence /= f64::from(*times);
        }
        if let Some(but) = but {
            valence *= if place < but { BEFORE_BUT } else { AFTER_BUT };
        }
        pieces[place].valence = valence;
    }
    emphasise(pieces);
}

/// The valence of the piece at `place` after capitals, stretching, intensifiers and negation.
fn in_context(pieces: &[Piece], place: usize, shouting_counts: bool) -> f64 {
    let piece = &pieces[place];
    let sign = piece.rating.signum();
    let mut valence = piece.rating;
    if piece.caps && shouting_counts {
        valence += sign * SHOUT;
    }
    if piece.elongated {
        valence += sign * BOOST;
    }
    if piece.kind != TokenKind::Word {
        return valence;
    }
    let mut negated = false;
    for (distance, before) in pieces[..place].iter().rev().take(NEGATION_REACH).enumerate() {
        if ends_clause(before) || before.sentence != piece.sentence {
            break;
        }
        if distance < BOOST_REACH {
            let mut boost = boost(&before.form);
            if boost != 0.0 && before.caps && shouting_counts {
                boost += boost.signum() * SHOUT / 2.0;
            }
            if before.elongated {
                boost *= 2.0;
            }
            // Further away, less: 1, 0.95, 0.9 (Hutto and Gilbert 2014).
            valence += sign * boost * (1.0 - 0.05 * distance as f64);
        }
        let only = pieces.get(place - distance).is_some_and(|next| next.form == "only");
        negated |= !before.phrase && negates(&before.form) && !only;
        negated |= piece.rating < 0.0 && ends_trouble(&before.form);
    }
    if negated && !piece.phrase {
        valence *= if valence > 0.0 { NEGATED_PRAISE } else { NEGATED_TROUBLE };
    }
    valence
}

/// Words after which trouble is over: `fixed the crash` is no complaint. `fix` and `sort` are left out,
/// because asking for it is one.
fn ends_trouble(form: &str) -> bool {
    matches!(
        form,
        "fixed"
            | "fixing"
            | "resolved"
            | "resolving"
            | "solved"
            | "solving"
            | "sorted"
            | "sorting"
            | "repaired"
            | "repairing"
            | "prevented"
            | "avoided"
    )
}

/// Whether a negation before this piece is not heard after it.
fn ends_clause(piece: &Piece) -> bool {
    match piece.kind {
        TokenKind::Punctuation => !piece.form.starts_with(['\'', '"', '-', '*', '(']),
        TokenKind::Emoji | TokenKind::Emoticon => true,
        _ => matches!(piece.form.as_str(), "but" | "because" | "although" | "though" | "however" | "which"),
    }
}

/// `!` and runs of `?` strengthen what is there: their pieces take the sign of the whole.
fn emphasise(pieces: &mut [Piece]) {
    let sum: f64 = pieces.iter().map(|p| p.valence).sum();
    if sum == 0.0 {
        return;
    }
    let (mut shouts, mut asks) = (0_u32, 0_u32);
    for piece in pieces.iter_mut().filter(|p| p.kind == TokenKind::Punctuation) {
        for sign in piece.form.chars() {
            match sign {
                '!' if shouts < 4 => {
                    shouts += 1;
                    piece.valence += EXCLAMATION * sum.signum();
                }
                '?' if asks < 4 => {
                    asks += 1;
                    // One question mark is a question; from the second on it is a tone.
                    piece.valence += if asks > 1 { 0.18 * sum.signum() } else { 0.0 };
                }
                _ => {}
            }
        }
    }
}

/// Turns praise round as far as irony is likely.
fn turn(pieces: &mut [Piece], probability: f64) {
    let literal: f64 = pieces.iter().map(|p| p.valence).sum();
    for piece in pieces {
        let emphasis = piece.kind == TokenKind::Punctuation;
        if emphasis && literal > 0.0 {
            piece.valence = -piece.valence;
        } else if piece.valence > 0.0 {
            piece.valence *= 1.0 - TURN * probability;
        }
    }
}

fn squash(sum: f64) -> f64 {
    // An empty sum is negative zero, which nobody wants to read.
    sum / (sum * sum + SQUASH).sqrt() + 0.0
}

fn polarity(pieces: &[Piece], effective: f64) -> Polarity {
    let praise: f64 = pieces.iter().map(|p| p.valence.max(0.0)).sum();
    let trouble: f64 = pieces.iter().map(|p| (-p.valence).max(0.0)).sum();
    let both = praise.min(trouble) >= MIXED_POINTS;
    let score = squash(effective);
    if both && (praise - trouble).abs() <= MIXED_BALANCE * (praise + trouble) {
        Polarity::Mixed
    } else if score > NEUTRAL {
        Polarity::Positive
    } else if score < -NEUTRAL {
        Polarity::Negative
    } else {
        Polarity::Neutral
    }
}

/// How sure the label is, by an ordered logistic model over the effective sum.
fn probability(label: Polarity, effective: f64) -> f64 {
    let bits = BITS_PER_POINT * effective;
    let positive = Weight(bits - CUT_BITS).probability();
    let negative = Weight(-bits - CUT_BITS).probability();
    match label {
        Polarity::Positive => positive,
        Polarity::Negative => negative,
        Polarity::Neutral | Polarity::Mixed => (1.0 - positive - negative).max(0.0),
    }
}

fn contributions(pieces: &[Piece]) -> Vec<SpanWeight> {
    (pieces.iter().filter(|p| p.valence != 0.0))
        .map(|p| SpanWeight {
            name: p.form.clone(),
            start: p.start,
            end: p.end,
            weight: Weight(p.valence * BITS_PER_POINT),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn label(text: &str) -> Polarity {
        Sentiment::builtin().classify(text).label
    }

    #[test]
    fn phrases_are_written_in_the_tokenisers_form() {
        for line in PHRASES.lines().filter(|line| !line.starts_with('#')) {
            let phrase = line.split('\t').next().expect("a phrase");
            let forms: Vec<String> = tokens(phrase).map(|t| t.form()).collect();
            assert_eq!(forms.join(" "), phrase);
        }
    }

    #[test]
    fn a_callers_word_counts() {
        let own = Sentiment::with_lexicon(Lexicon::builtin().with([("sev1", -3.0)]));
        assert_eq!(own.classify("another sev1 today").label, Polarity::Negative);
        assert_eq!(label("another sev1 today"), Polarity::Neutral);
    }

    proptest! {
        #[test]
        fn readings_are_in_range_and_add_up(text in any::<String>()) {
            let found = Sentiment::builtin().classify(&text);
            for part in [found.score.abs(), found.effective_score.abs(), found.probability, found.sarcasm.probability] {
                prop_assert!((0.0..=1.0).contains(&part));
            }
            let bits: f64 = found.contributions.iter().map(|c| c.weight.bits()).sum();
            prop_assert!((squash(bits / BITS_PER_POINT) - found.effective_score).abs() < 1e-9);
            for c in &found.contributions {
                prop_assert!(text.get(c.start..c.end).is_some());
            }
        }

        #[test]
        fn words_that_meet_by_chance_never_panic(words in prop::collection::vec(
            prop::sample::select(vec![
                "great", "no", "internet", "love", "it", ".", "!", "?", "but", "not", "#sarcasm", "🙄", "\"", "service",
                "third", "day", "5", "weeks", "thanks", "for", "nothing", "AGAIN", "sooo", "\n", "oh", "five", "stars",
            ]), 0..30))
        {
            let text = words.join(" ");
            let found = Sentiment::builtin().classify(&text);
            prop_assert!(found.sarcasm.cues.iter().all(|c| text.get(c.start..c.end).is_some()));
        }
    }
}
