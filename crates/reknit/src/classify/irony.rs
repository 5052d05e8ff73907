//! Signs that a text says the opposite of its words.
//!
//! Irony in complaints has a shape: praise that opens or closes a sentence, about something that went
//! wrong ("Great, third day with no internet. Love it."): a positive sentiment beside a negative
//! situation (Riloff et al. 2013, "Sarcasm as Contrast between a Positive Sentiment and Negative
//! Situation"), helped by interjections, hashtags, quotation marks round praise, waiting times and
//! repetition (Carvalho et al. 2009, "Clues for detecting irony in user-generated contents"). Signs
//! against it are that the trouble is over, or that the two are contrasted openly by *but*.
//!
//! Each sign is worth some bits of odds. They were set by hand on invented contrast pairs, the same
//! words sincere and ironic (`tests/cases/classify.json`), not fitted: there is no irony set whose
//! licence allows shipping what was learned from it. Cost: `O(n)`.

use std::collections::BTreeSet;

use super::sentiment::{Cue, Kind, Piece, Sarcasm};
use crate::model::Weight;
use crate::text::token::TokenKind;

/// One text in about thirty among complaints is ironic: log2 odds of −5.
const PRIOR: f64 = -5.0;
const HASHTAG: f64 = 9.0;
/// Praise stands alone or opens the sentence, and trouble is near.
const OPENS: f64 = 6.0;
/// The same beside a bad word that is no event: many such texts just list good and bad.
const OPENS_BESIDE_WORDS: f64 = 3.5;
/// Praise and trouble are near, no more.
const BESIDE: f64 = 1.5;
const PHRASE: f64 = 5.5;
const ELAPSED: f64 = 1.5;
const REPEATED: f64 = 1.0;
const INTERJECTION: f64 = 1.5;
const QUOTES: f64 = 5.5;
const EYE_ROLL: f64 = 3.0;
/// Trouble is over.
const RESOLVED: f64 = -6.0;
/// Praise and trouble are set against each other openly.
const CONTRAST: f64 = -4.0;
/// How strong praise must be rated to be turned round.
const PRAISE: f64 = 1.0;
/// From how many minutes on a wait is long; a queue of 5 is good service.
const LONG_MINUTES: u32 = 20;
/// How bad a word must be to make a situation.
const TROUBLE: f64 = -0.8;

/// What has been seen.
struct Signs {
    bits: f64,
    kinds: BTreeSet<&'static str>,
    cues: Vec<Cue>,
}

impl Signs {
    fn add(&mut self, name: &'static str, piece: &Piece, bits: f64) {
        // A second sign of a kind says little the first did not.
        if self.kinds.insert(name) {
            self.bits += bits;
        }
        self.cues.push(Cue { name: name.to_owned(), start: piece.start, end: piece.end });
    }
}

/// Reads the signs in `pieces`, whose valences are literal.
pub(super) fn read(text: &str, pieces: &[Piece]) -> Sarcasm {
    let mut signs = Signs { bits: PRIOR, kinds: BTreeSet::new(), cues: Vec::new() };
    hashtags(text, pieces, &mut signs);
    let trouble = sentences(pieces, is_trouble);
    let events = sentences(pieces, is_event);
    praise(pieces, &trouble, &events, &mut signs);
    if !signs.cues.is_empty() || !trouble.is_empty() {
        quotes(pieces, &trouble, &mut signs);
    }
    if signs.kinds.iter().any(|&kind| kind != "hashtag") {
        helpers(pieces, &mut signs);
        doubts(pieces, &mut signs);
    }
    signs.cues.sort_by_key(|cue| (cue.start, cue.end));
    let probability = if signs.cues.is_empty() { 0.0 } else { Weight(signs.bits).probability() };
    Sarcasm { probability, cues: signs.cues }
}

/// `#sarcasm` and its kin; `#not` counts at the end only, where it takes back what was said.
fn hashtags(text: &str, pieces: &[Piece], signs: &mut Signs) {
    let text_end = text.trim_end().len();
    for piece in pieces {
        let tagged = piece.start > 0 && text[..piece.start].ends_with('#');
        let last = piece.end >= text_end;
        let tells = matches!(piece.form.as_str(), "sarcasm" | "sarcastic" | "irony" | "ironic" | "yeahright")
            || piece.form == "not" && last;
        if tagged && tells {
            signs.add("hashtag", piece, HASHTAG);
        }
    }
    if let Some(mark) = pieces.last().filter(|p| p.form == "s" && text[..p.start].ends_with(" /")) {
        signs.add("hashtag", mark, HASHTAG);
    }
}

/// The sentences that hold such a piece, ascending.
fn sentences(pieces: &[Piece], is: fn(&[Piece], usize) -> bool) -> Vec<u32> {
    let mut sentences: Vec<u32> =
        (0..pieces.len()).filter(|&place| is(pieces, place)).map(|place| pieces[place].sentence).collect();
    sentences.dedup();
    sentences
}

/// Whether one of `sentences` is at most two away.
fn near(sentences: &[u32], sentence: u32) -> bool {
    let from = sentences.partition_point(|&s| s + 2 < sentence);
    sentences.get(from).is_some_and(|&s| s <= sentence + 2)
}

/// Whether something went wrong, or is called bad.
fn is_trouble(pieces: &[Piece], place: usize) -> bool {
    let piece = &pieces[place];
    let spoken = piece.kind == TokenKind::Word && piece.rating <= TROUBLE && piece.valence <= TROUBLE / 2.0;
    is_event(pieces, place) || spoken && piece.meaning != Kind::Irony
}

/// Whether something went wrong.
fn is_event(pieces: &[Piece], place: usize) -> bool {
    let piece = &pieces[place];
    let happens = matches!(
        piece.form.as_str(),
        "down"
            | "dead"
            | "queue"
            | "outage"
            | "cancelled"
            | "canceled"
            | "delayed"
            | "delay"
            | "waiting"
            | "offline"
            | "disconnected"
            | "dropped"
            | "bounced"
            | "expired"
            | "voicemail"
            | "nothing"
            | "monday"
            | "mondays"
    );
    piece.meaning == Kind::Trouble || happens && piece.valence <= 0.0 || is_waiting(pieces, place)
}

/// Whether a long time that passed is told: `third day`, `5 weeks`, `two hours`; not `5 minutes`, and not
/// `two days early`.
fn is_waiting(pieces: &[Piece], place: usize) -> bool {
    let form_at = |at: usize| pieces.get(at).map_or("", |p| p.form.as_str());
    let (count, unit) = (&pieces[place], form_at(place + 1));
    if matches!(form_at(place + 2), "early" | "earlier" | "ahead") {
        return false;
    }
    let long = matches!(
        unit,
        "day" | "days" | "week" | "weeks" | "month" | "months" | "hour" | "hours" | "hrs" | "year" | "years"
    );
    let short =
        matches!(unit, "minutes" | "mins") && count.form.parse().is_ok_and(|n: u32| n >= LONG_MINUTES);
    let numbered = count.kind == TokenKind::Number
        || matches!(
            count.form.as_str(),
            "two"
                | "three"
                | "four"
                | "five"
                | "six"
                | "seven"
                | "eight"
                | "nine"
                | "ten"
                | "several"
                | "many"
        ) && unit.ends_with('s');
    let ordered = matches!(
        count.form.as_str(),
        "second"
            | "third"
            | "fourth"
            | "fifth"
            | "sixth"
            | "seventh"
            | "tenth"
            | "2nd"
            | "3rd"
            | "4th"
            | "5th"
            | "6th"
            | "7th"
            | "10th"
            | "umpteenth"
            | "nth"
            | "another"
    );
    numbered && (long || short) || ordered && (long || matches!(unit, "time" | "attempt"))
}

/// Praise near trouble, and phrases rarely meant as they say.
fn praise(pieces: &[Piece], trouble: &[u32], events: &[u32], signs: &mut Signs) {
    for (place, piece) in pieces.iter().enumerate() {
        if piece.meaning == Kind::Irony {
            if near(trouble, piece.sentence) || piece.valence <= -2.0 {
                signs.add("ironic_phrase", piece, PHRASE);
            }
            continue;
        }
        if piece.valence < PRAISE || piece.kind != TokenKind::Word || !near(trouble, piece.sentence) {
            continue;
        }
        if stands_out(pieces, place) {
            let bits = if near(events, piece.sentence) { OPENS } else { OPENS_BESIDE_WORDS };
            signs.add("praise_opens_trouble", piece, bits);
        } else if praises_trouble(pieces, place) {
            signs.add("praise_of_trouble", piece, OPENS);
        } else if trouble.binary_search(&piece.sentence).is_ok() && piece.meaning != Kind::Resolved {
            signs.add("praise_beside_trouble", piece, BESIDE);
        }
    }
}

/// Whether praise is thrown in rather than said of something: it opens its sentence and a comma or the
/// end follows (`Great, ...`, `Oh brilliant.`, `Love it.`), or it praises an event (`love when`, `love
/// how`).
fn stands_out(pieces: &[Piece], place: usize) -> bool {
    let piece = &pieces[place];
    let same =
        |p: &&Piece| p.sentence == piece.sentence && !matches!(p.kind, TokenKind::Mention | TokenKind::Emoji);
    let before = pieces[..place].iter().rev().take(4).take_while(same);
    let opens = before.clone().count() <= 3
        && before.clone().all(|p| is_filler(p) || p.kind == TokenKind::Punctuation);
    let mut after = pieces[place + 1..].iter().take(5).take_while(same);
    let closes = |p: &Piece| {
        p.kind == TokenKind::Punctuation && p.form.starts_with([',', '.', '!', ';', ':', '-', '…'])
    };
    let thrown_in = after.clone().take(3).find(|p| !is_filler(p)).is_none_or(closes);
    let next = after.next().map_or("", |p| p.form.as_str());
    let event = matches!(piece.form.as_str(), "love" | "loving" | "enjoy" | "enjoying" | "adore" | "like")
        && matches!(
            next,
            "when" | "how" | "that" | "waiting" | "being" | "spending" | "paying" | "getting" | "it"
        );
    let whole = after.clone().any(|p| matches!(p.form.as_str(), "when" | "how"));
    opens && thrown_in || event && (next != "it" || whole || opens)
}

/// Whether what went wrong is the very thing praised: `thanks for cancelling`, `great job losing my bag`,
/// `can't wait to spend three hours on hold`.
fn praises_trouble(pieces: &[Piece], place: usize) -> bool {
    let form = pieces[place].form.as_str();
    let next = pieces.get(place + 1).map_or("", |p| p.form.as_str());
    let reach = match form {
        "thanks" | "thank you" | "thanks so much" | "thank you so much" | "cheers" if next == "for" => 6,
        "can't wait" | "cant wait" | "cannot wait" | "looking forward" if next == "to" || next == "for" => 9,
        "great job" | "good job" | "nice work" | "well done" | "congrats" | "congratulations"
        | "nice one" | "way to go" => 4,
        _ => return false,
    };
    let object = place + 1..pieces.len().min(place + reach);
    let sentence = pieces[place].sentence;
    let said = |p: &usize| pieces[*p].sentence == sentence;
    object.clone().filter(said).any(|p| is_trouble(pieces, p)) && !object.clone().any(|p| is_over(&pieces[p]))
}

/// Small words that may stand round an exclamation.
fn is_filler(piece: &Piece) -> bool {
    matches!(
        piece.form.as_str(),
        "oh" | "wow"
            | "well"
            | "just"
            | "how"
            | "so"
            | "absolutely"
            | "really"
            | "yeah"
            | "yay"
            | "ah"
            | "ooh"
            | "hey"
            | "it"
            | "this"
            | "that"
            | "you"
            | "much"
            | "guys"
            | "again"
            | "as"
            | "always"
            | "i"
            | "now"
            | "ok"
            | "okay"
            | "what"
            | "a"
            | "an"
            | "the"
            | "very"
            | "simply"
            | "truly"
            | "and"
            | "to"
            | "job"
            | "work"
            | "one"
            | "stuff"
            | "service"
            | "all"
            | "everyone"
            | "team"
            | "company"
            | "customer"
            | "experience"
            | "news"
            | "start"
            | "day"
    ) || piece.kind == TokenKind::Mention
}

/// Words and marks that help once praise stands beside trouble.
fn helpers(pieces: &[Piece], signs: &mut Signs) {
    for (place, piece) in pieces.iter().enumerate() {
        let opens = place == 0 || pieces[place - 1].sentence != piece.sentence;
        match piece.form.as_str() {
            "again" | "another" | "still" | "yet again" | "yet another" | "always" => {
                signs.add("repetition", piece, REPEATED);
            }
            "oh" | "wow" | "ooh" | "ah" | "yeah" | "sure" | "gee" | "bravo" if opens => {
                signs.add("interjection", piece, INTERJECTION);
            }
            "🙄" | "😒" | "🤡" | "🙃" | "😑" | "👏" | "🤦" => {
                signs.add("eye_roll", piece, EYE_ROLL);
            }
            _ if is_waiting(pieces, place)
                || piece.form == "still waiting"
                || piece.form == "been waiting" =>
            {
                signs.add("elapsed_time", piece, ELAPSED);
            }
            _ => {}
        }
    }
}

/// Praise or a service in quotation marks of its own, where something went wrong: `your "service"`.
fn quotes(pieces: &[Piece], trouble: &[u32], signs: &mut Signs) {
    let is_mark = |piece: Option<&Piece>| {
        piece.is_some_and(|p| p.kind == TokenKind::Punctuation && p.form.starts_with(['"', '“', '”']))
    };
    for place in 1..pieces.len() {
        let piece = &pieces[place];
        let one = is_mark(pieces.get(place - 1)) && is_mark(pieces.get(place + 1));
        let two = is_mark(pieces.get(place - 1)) && is_mark(pieces.get(place + 2))
            || place > 1 && is_mark(pieces.get(place - 2)) && is_mark(pieces.get(place + 1));
        let meant = piece.rating >= PRAISE
            || matches!(
                piece.form.as_str(),
                "service" | "support" | "help" | "care" | "fixed" | "customer care" | "customer support"
            );
        if piece.kind == TokenKind::Word && meant && (one || two) && !trouble.is_empty() {
            signs.add("ironic_quotes", piece, QUOTES);
        }
    }
}

/// Signs against irony: the trouble is over, or openly contrasted with the praise.
fn doubts(pieces: &[Piece], signs: &mut Signs) {
    if pieces.iter().any(is_over) {
        signs.bits += RESOLVED;
    }
    if pieces.iter().any(|p| matches!(p.form.as_str(), "but" | "however" | "although" | "despite" | "though"))
    {
        signs.bits += CONTRAST;
    }
}

/// Whether a piece says that help came.
fn is_over(piece: &Piece) -> bool {
    let said = matches!(
        piece.form.as_str(),
        "fixed"
            | "resolved"
            | "solved"
            | "sorted"
            | "restored"
            | "replaced"
            | "helped"
            | "helpful"
            | "refunded"
            | "quickly"
            | "quick"
            | "prompt"
            | "promptly"
            | "fast"
            | "grateful"
            | "appreciate"
            | "appreciated"
            | "recommend"
            | "patient"
            | "kind"
            | "apologised"
            | "apologized"
            | "delivered"
            | "arrived"
    );
    piece.meaning == Kind::Resolved || said && piece.valence >= 0.0
}

#[cfg(test)]
mod tests {
    use super::super::Sentiment;

    /// The same words, meant and not meant.
    #[test]
    fn contrast_pairs_are_told_apart() {
        let sentiment = Sentiment::builtin();
        for (ironic, sincere) in [
            ("Great, third day with no internet. Love it.", "Great, internet is fast. Love it."),
            ("Oh brilliant, cancelled AGAIN. Five stars.", "Brilliant show, five stars. Would go again."),
            ("Thanks for losing my bag", "Thanks for finding my bag"),
            ("I just love when my flight is delayed", "I love flying with you, even when it rains"),
            ("Your \"service\" is down again", "Your service is up again"),
            ("Nice one, the app crashed again 🙄", "Nice one, the app crashed but you fixed it"),
        ] {
            let (a, b) = (sentiment.classify(ironic), sentiment.classify(sincere));
            assert!(a.sarcasm.probability > 0.5, "{ironic}: {:?}", a.sarcasm);
            assert!(b.sarcasm.probability < 0.5, "{sincere}: {:?}", b.sarcasm);
        }
    }
}
