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
//! words sincere and ironic (`tests/cases/classify.json`), not fitted. What was learnt of the words of
//! irony is a reader beside this one ([`irony_words`](super::irony_words)). Cost: `O(n)`.

use super::cues::Roles;
use super::sentiment::{Piece, Seen};
use super::vocabulary::Meaning;
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
/// Praise of what harms or wearies the one who praises, or beside an insult.
const HARM: f64 = 8.0;
/// How many words of its sentence are heard after praise; bounds the time.
const HEARD: usize = 24;
/// What makes praise odd without any word of trouble.
const ODD: Roles = Roles::HARMS.or(Roles::TOILS).or(Roles::INSULTS).or(Roles::ANOTHER);
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

/// What has been seen. Kept from text to text, so that nothing is allocated anew.
#[derive(Debug, Default)]
pub(super) struct Signs {
    bits: f64,
    kinds: Vec<&'static str>,
    cues: Vec<(&'static str, usize, usize)>,
    /// The sentences where something is bad, and those where something went wrong, ascending.
    trouble: Vec<u32>,
    events: Vec<u32>,
}

impl Signs {
    fn clear(&mut self) {
        self.bits = PRIOR;
        self.kinds.clear();
        self.cues.clear();
        self.trouble.clear();
        self.events.clear();
    }

    fn add(&mut self, name: &'static str, piece: &Piece, bits: f64) {
        // A second sign of a kind says little the first did not.
        if !self.kinds.contains(&name) {
            self.kinds.push(name);
            self.bits += bits;
        }
        self.cues.push((name, piece.start, piece.end));
    }

    /// How likely the text is ironic.
    pub(super) fn probability(&self) -> f64 {
        if self.cues.is_empty() { 0.0 } else { Weight(self.bits).probability() }
    }

    /// The signs: name, first byte, byte after the last.
    pub(super) fn cues(&self) -> Vec<(&'static str, usize, usize)> {
        self.cues.clone()
    }
}

/// Reads the signs in `pieces`, whose valences are literal. `seen` says what there is in them at all, `rated` where the
/// rated ones are.
pub(super) fn read(text: &str, pieces: &[Piece], seen: &Seen, rated: &[usize], signs: &mut Signs) {
    signs.clear();
    let marked = pieces.last().is_some_and(|last| text.as_bytes()[last.start] == b's');
    let tagged = seen.roles.any(Roles::IRONY_TAG.or(Roles::NOT));
    let cued = marked || tagged || seen.irony || seen.roles.any(Roles::SERVICE);
    let praised = || rated.iter().any(|&place| is_praise(&pieces[place]));
    if !(cued || praised()) {
        return;
    }
    if tagged || marked {
        hashtags(text, pieces, signs);
    }
    let timed = Roles::LONG_UNIT.or(Roles::LONG_UNITS).or(Roles::SHORT_UNITS).or(Roles::OCCASION);
    let events = seen.trouble || seen.roles.any(timed.or(Roles::HAPPENS));
    if events {
        sentences(text, pieces, is_trouble, &mut signs.trouble);
        sentences(text, pieces, is_event, &mut signs.events);
    } else {
        let spoken = rated.iter().filter(|&&place| is_bad(&pieces[place]));
        for sentence in spoken.map(|&place| pieces[place].sentence) {
            if signs.trouble.last() != Some(&sentence) {
                signs.trouble.push(sentence);
            }
        }
    }
    // Every sign but hashtags and bad phrases rests on trouble.
    if signs.trouble.is_empty() && !seen.irony && !seen.roles.any(ODD) {
        return;
    }
    praise(text, pieces, signs);
    if seen.quotes {
        quotes(text, pieces, signs);
    }
    if signs.kinds.iter().any(|&kind| kind != "hashtag") {
        helpers(text, pieces, signs);
        doubts(pieces, signs);
    }
}

/// Whether a piece is praise that irony could turn round.
fn is_praise(piece: &Piece) -> bool {
    piece.kind == TokenKind::Word && (piece.valence >= PRAISE || piece.is_rated(PRAISE))
}

/// Whether the piece is written as one of `marks`.
fn begins(text: &str, piece: &Piece, marks: &[char]) -> bool {
    piece.kind == TokenKind::Punctuation && text[piece.start..].starts_with(marks)
}

/// `#sarcasm` and its kin; `#not` counts at the end only, where it takes back what was said.
fn hashtags(text: &str, pieces: &[Piece], signs: &mut Signs) {
    for piece in pieces.iter().filter(|piece| piece.is(Roles::IRONY_TAG.or(Roles::NOT))) {
        let tagged = piece.start > 0 && text[..piece.start].ends_with('#');
        let last = text[piece.end..].trim_end().is_empty();
        if tagged && (piece.is(Roles::IRONY_TAG) || last) {
            signs.add("hashtag", piece, HASHTAG);
        }
    }
    let mark = pieces.last().filter(|p| &text[p.start..p.end] == "s" && text[..p.start].ends_with(" /"));
    if let Some(mark) = mark {
        signs.add("hashtag", mark, HASHTAG);
    }
}

/// The sentences that hold such a piece, ascending.
fn sentences(text: &str, pieces: &[Piece], is: fn(&str, &[Piece], usize) -> bool, found: &mut Vec<u32>) {
    for (place, piece) in pieces.iter().enumerate() {
        if found.last() != Some(&piece.sentence) && is(text, pieces, place) {
            found.push(piece.sentence);
        }
    }
}

/// Whether one of `sentences` is at most two away.
fn near(sentences: &[u32], sentence: u32) -> bool {
    let from = sentences.partition_point(|&s| s + 2 < sentence);
    sentences.get(from).is_some_and(|&s| s <= sentence + 2)
}

/// Whether something went wrong, or is called bad.
fn is_trouble(text: &str, pieces: &[Piece], place: usize) -> bool {
    is_event(text, pieces, place) || is_bad(&pieces[place])
}

/// Whether a word or a phrase calls something bad.
fn is_bad(piece: &Piece) -> bool {
    let spoken = piece.kind == TokenKind::Word && piece.is_rated(TROUBLE) && piece.valence <= TROUBLE / 2.0;
    spoken && piece.meaning != Meaning::Irony
}

/// Whether something went wrong.
fn is_event(text: &str, pieces: &[Piece], place: usize) -> bool {
    let piece = &pieces[place];
    piece.meaning == Meaning::Trouble && piece.valence <= 0.0
        || piece.is(Roles::HAPPENS) && piece.valence <= 0.0 && !negates_trouble(pieces, place)
        || is_waiting(text, pieces, place)
}

/// Whether a negation says that something bad is not: `nothing broken`.
fn negates_trouble(pieces: &[Piece], place: usize) -> bool {
    let bad = |next: &Piece| next.is_rated(TROUBLE / 2.0) && next.sentence == pieces[place].sentence;
    pieces[place].is(Roles::NEGATES) && pieces.get(place + 1).is_some_and(bad)
}

/// Whether a long time that passed is told: `third day`, `5 weeks`, `two hours`; not `5 minutes`, and not
/// `two days early`.
fn is_waiting(text: &str, pieces: &[Piece], place: usize) -> bool {
    let count = &pieces[place];
    if count.kind != TokenKind::Number && !count.is(Roles::COUNTS.or(Roles::ORDERS)) {
        return false;
    }
    let is = |at: usize, roles| pieces.get(at).is_some_and(|piece| piece.is(roles));
    if is(place + 2, Roles::EARLY) {
        return false;
    }
    let long = is(place + 1, Roles::LONG_UNIT.or(Roles::LONG_UNITS));
    let short = is(place + 1, Roles::SHORT_UNITS)
        && text[count.start..count.end].parse().is_ok_and(|n: u32| n >= LONG_MINUTES);
    let many = is(place + 1, Roles::LONG_UNITS.or(Roles::SHORT_UNITS));
    let numbered = count.kind == TokenKind::Number || count.is(Roles::COUNTS) && many;
    numbered && (long || short) || count.is(Roles::ORDERS) && (long || is(place + 1, Roles::OCCASION))
}

/// Praise near trouble, and phrases rarely meant as they say.
fn praise(text: &str, pieces: &[Piece], signs: &mut Signs) {
    for (place, piece) in pieces.iter().enumerate() {
        if piece.meaning == Meaning::Irony {
            // What is often meant as it says needs more than a bad word near.
            let around = if piece.is_rated(PRAISE) { &signs.events } else { &signs.trouble };
            if near(around, piece.sentence) || piece.valence <= -2.0 {
                signs.add("ironic_phrase", piece, PHRASE);
            }
            continue;
        }
        if piece.valence < PRAISE || piece.kind != TokenKind::Word {
            continue;
        }
        if praises_harm(pieces, place) {
            signs.add("praise_of_trouble", piece, HARM);
            continue;
        }
        if brings_more(text, pieces, place) {
            signs.add("praise_opens_trouble", piece, OPENS);
            continue;
        }
        if !near(&signs.trouble, piece.sentence) {
            continue;
        }
        if stands_out(text, pieces, place) {
            let bits = if near(&signs.events, piece.sentence) { OPENS } else { OPENS_BESIDE_WORDS };
            signs.add("praise_opens_trouble", piece, bits);
        } else if praises_trouble(text, pieces, place) {
            signs.add("praise_of_trouble", piece, OPENS);
        } else if signs.trouble.binary_search(&piece.sentence).is_ok() && piece.meaning != Meaning::Resolved {
            signs.add("praise_beside_trouble", piece, BESIDE);
        }
    }
}

/// Whether praise is thrown in rather than said of something: it opens its sentence and a comma or the
/// end follows (`Great, ...`, `Oh brilliant.`, `Love it.`), or it praises an event (`love when`, `love
/// how`).
fn stands_out(text: &str, pieces: &[Piece], place: usize) -> bool {
    let piece = &pieces[place];
    let same =
        |p: &&Piece| p.sentence == piece.sentence && !matches!(p.kind, TokenKind::Mention | TokenKind::Emoji);
    let before = pieces[..place].iter().rev().take(4).take_while(same);
    let opens = before.clone().count() <= 3
        && before.clone().all(|p| is_filler(p) || p.kind == TokenKind::Punctuation);
    let after = pieces[place + 1..].iter().take(5).take_while(same);
    let closes = |p: &Piece| begins(text, p, &[',', '.', '!', ';', ':', '-', '…']);
    let thrown_in = after.clone().take(3).find(|p| !is_filler(p)).is_none_or(closes);
    let mut after = after;
    let next = after.next().map_or(Roles::default(), |p| p.roles);
    let event = piece.is(Roles::ENJOYS) && next.any(Roles::EVENT_FOLLOWS);
    let whole = after.any(|p| p.is(Roles::WHOLE));
    opens && thrown_in || event && (!next.any(Roles::IT) || whole || opens)
}

/// Whether what went wrong is the very thing praised: `thanks for cancelling`, `great job losing my bag`,
/// `can't wait to spend three hours on hold`.
fn praises_trouble(text: &str, pieces: &[Piece], place: usize) -> bool {
    let (piece, next) = (&pieces[place], pieces.get(place + 1).map_or(Roles::default(), |p| p.roles));
    let reach = if piece.is(Roles::THANKS) && next.any(Roles::FOR) {
        6
    } else if piece.is(Roles::AWAITS) && next.any(Roles::TO.or(Roles::FOR)) {
        9
    } else if piece.is(Roles::APPLAUDS) {
        4
    } else {
        return false;
    };
    let object = place + 1..pieces.len().min(place + reach);
    let said = |p: &usize| pieces[*p].sentence == piece.sentence;
    object.clone().filter(said).any(|p| is_trouble(text, pieces, p))
        && !object.clone().any(|p| is_over(&pieces[p]))
}

/// Whether harm is thanked for (`thanks for deleting my account`), toil loved (`love explaining it again`), or the ones
/// who are praised insulted in the same breath (`thanks for the bill, you clowns`).
fn praises_harm(pieces: &[Piece], place: usize) -> bool {
    let piece = &pieces[place];
    let said = |p: &&Piece| p.sentence == piece.sentence;
    let mut next = pieces[place + 1..].iter().take(HEARD).take_while(said);
    if piece.is(Roles::ENJOYS) {
        return next.next().is_some_and(|p| p.is(Roles::TOILS));
    }
    if !piece.is(Roles::THANKS.or(Roles::APPLAUDS)) {
        return false;
    }
    next.clone().take(3).any(|p| p.is(Roles::HARMS)) && !next.clone().any(is_over)
        || next.any(|p| p.is(Roles::INSULTS))
}

/// Whether praise is thrown in before more of the same: `Oh great, another update`, `Great, now nothing opens`.
fn brings_more(text: &str, pieces: &[Piece], place: usize) -> bool {
    let Some([comma, anew, rest @ ..]) = pieces.get(place + 1..) else { return false };
    if !anew.is(Roles::ANEW) || !begins(text, comma, &[',', '.', '!', '…', '-']) {
        return false;
    }
    let mut rest = rest.iter().take(HEARD).take_while(|p| p.sentence == anew.sentence);
    let wrong = |p: &Piece| p.is(Roles::NEGATES.or(Roles::HAPPENS)) || is_bad(p);
    !rest.clone().any(|p| is_praise(p) || is_over(p))
        && (!anew.is(Roles::NOW) || rest.any(wrong))
        && stands_out(text, pieces, place)
}

/// Small words that may stand round an exclamation.
fn is_filler(piece: &Piece) -> bool {
    piece.is(Roles::FILLER) || piece.kind == TokenKind::Mention
}

/// Words and marks that help once praise stands beside trouble.
fn helpers(text: &str, pieces: &[Piece], signs: &mut Signs) {
    for (place, piece) in pieces.iter().enumerate() {
        let opens = place == 0 || pieces[place - 1].sentence != piece.sentence;
        if piece.is(Roles::REPEATS) {
            signs.add("repetition", piece, REPEATED);
        } else if piece.is(Roles::INTERJECTS) && opens {
            signs.add("interjection", piece, INTERJECTION);
        } else if piece.is(Roles::EYE_ROLL) {
            signs.add("eye_roll", piece, EYE_ROLL);
        } else if piece.is(Roles::WAITS) || is_waiting(text, pieces, place) {
            signs.add("elapsed_time", piece, ELAPSED);
        }
    }
}

/// Praise or a service in quotation marks of its own, where something went wrong: `your "service"`.
fn quotes(text: &str, pieces: &[Piece], signs: &mut Signs) {
    if signs.trouble.is_empty() {
        return;
    }
    let is_mark = |piece: Option<&Piece>| piece.is_some_and(|p| begins(text, p, &['"', '“', '”']));
    for place in 1..pieces.len() {
        let piece = &pieces[place];
        if piece.kind != TokenKind::Word || !piece.is_rated(PRAISE) && !piece.is(Roles::SERVICE) {
            continue;
        }
        let one = is_mark(pieces.get(place - 1)) && is_mark(pieces.get(place + 1));
        let two = is_mark(pieces.get(place - 1)) && is_mark(pieces.get(place + 2))
            || place > 1 && is_mark(pieces.get(place - 2)) && is_mark(pieces.get(place + 1));
        if one || two {
            signs.add("ironic_quotes", piece, QUOTES);
        }
    }
}

/// Signs against irony: the trouble is over, or openly contrasted with the praise.
fn doubts(pieces: &[Piece], signs: &mut Signs) {
    if pieces.iter().any(is_over) {
        signs.bits += RESOLVED;
    }
    if pieces.iter().any(|piece| piece.is(Roles::CONTRASTS)) {
        signs.bits += CONTRAST;
    }
}

/// Whether a piece says that help came.
fn is_over(piece: &Piece) -> bool {
    piece.meaning == Meaning::Resolved || piece.is(Roles::OVER) && piece.valence >= 0.0
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
