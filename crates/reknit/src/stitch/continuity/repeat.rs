//! Where a customer was asked for what they had said before, or says that they had.
//!
//! Two signs, both read from a person's own words (quotes and signatures left out):
//! [`RepeatSign::SaidBefore`], a customer's phrase such as "as I already wrote" or "wie bereits
//! geschrieben"; and [`RepeatSign::AskedAgain`], a member of staff who asks for a [`Detail`] (an order
//! number, a phone number ...) that the customer wrote earlier in the same conversation, or who asks to
//! say it all again. The words of each language stand in one table, written for precision: a phrase
//! that has a second, harmless meaning is left out, and the direction of a message has to be known.
//! What it finds is therefore a lower bound.
//!
//! Cost: linear; each word is the start of a bounded number of phrases of bounded length.

use std::ops::Range;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::Member;
use super::words::{self, Phrases};
use crate::model::Message;
use crate::text::body::{self, PartKind};
use crate::text::fold::fold;

/// How a repetition shows.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepeatSign {
    /// Staff asks for what the customer had given before.
    AskedAgain,
    /// The customer says that they said it before.
    SaidBefore,
}

/// What staff asks for.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// The number of an order, a booking or a reservation.
    OrderNumber,
    /// The number of a customer, an account, a contract or a membership.
    CustomerNumber,
    /// The number of a parcel.
    TrackingNumber,
    /// The number of an invoice.
    InvoiceNumber,
    /// The serial number of a thing.
    SerialNumber,
    /// A mail address.
    EmailAddress,
    /// A phone number.
    PhoneNumber,
}

impl Detail {
    /// The name it has in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::OrderNumber => "order_number",
            Self::CustomerNumber => "customer_number",
            Self::TrackingNumber => "tracking_number",
            Self::InvoiceNumber => "invoice_number",
            Self::SerialNumber => "serial_number",
            Self::EmailAddress => "email_address",
            Self::PhoneNumber => "phone_number",
        }
    }
}

/// One place where a thing had to be said again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repeat {
    /// The message that shows it.
    pub message: usize,
    /// The words that show it, in bytes of the message's text.
    pub span: Range<usize>,
    /// How it shows.
    pub sign: RepeatSign,
    /// What staff asked for, where one thing was asked for.
    pub detail: Option<Detail>,
    /// The message in which the customer first gave that detail.
    pub said_in: Option<usize>,
}

/// One word of somebody's own text.
struct Word {
    folded: String,
    span: Range<usize>,
    /// Whether it begins a sentence.
    first: bool,
    /// Whether its sentence is a question, known at its last word.
    asks: bool,
    mark: Mark,
}

/// A mark at a word that tells an address or a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    None,
    /// A plus sign stands before it.
    Plus,
    /// An at sign joins it to the next word.
    At,
}

/// All repetitions among `members`, which are in order.
pub(super) fn find(members: &[Member<'_>]) -> Vec<Repeat> {
    let mut found = Vec::new();
    let mut given: Vec<(Detail, usize)> = Vec::new();
    let mut customer_wrote = false;
    let mut seen: FxHashSet<Key<'_>> = FxHashSet::default();
    for member in members {
        if !(member.by_customer() || member.by_staff()) || !seen.insert(key(member.message)) {
            continue;
        }
        let words = own_words(&member.message.text);
        if member.by_staff() {
            found.extend(asked_again(member.at, &words, &given, customer_wrote));
        } else {
            customer_wrote |= !words.is_empty();
            found.extend(said_before(member.at, &words));
            for detail in details_given(&words) {
                if !given.iter().any(|(known, _)| *known == detail) {
                    given.push((detail, member.at));
                }
            }
        }
    }
    found
}

/// What two deliveries of one message share: channel, author, time and text.
type Key<'m> = (&'m str, &'m str, Option<i64>, &'m str);

fn key(message: &Message) -> Key<'_> {
    let sent = message.sent.map(crate::model::Timestamp::millis);
    (&message.channel.0, &message.author.handle, sent, &message.text)
}

fn said_before(message: usize, words: &[Word]) -> Option<Repeat> {
    let (from, to) = first_match(&words::SAID_BEFORE, words, 0..words.len())?;
    let span = words[from].span.start..words[to - 1].span.end;
    Some(Repeat { message, span, sign: RepeatSign::SaidBefore, detail: None, said_in: None })
}

fn asked_again(
    message: usize,
    words: &[Word],
    given: &[(Detail, usize)],
    customer_wrote: bool,
) -> Vec<Repeat> {
    let mut found: Vec<Repeat> = Vec::new();
    for sentence in sentences(words).filter(|sentence| is_request(&words[sentence.clone()])) {
        let mut told = false;
        for &(detail, said_in) in given {
            if found.iter().any(|repeat| repeat.detail == Some(detail)) {
                continue;
            }
            if let Some(span) = asks_for(detail, words, &sentence) {
                let sign = RepeatSign::AskedAgain;
                found.push(Repeat { message, span, sign, detail: Some(detail), said_in: Some(said_in) });
                told = true;
            }
        }
        let whole = found.iter().any(|repeat| repeat.detail.is_none());
        if !told
            && !whole
            && customer_wrote
            && let Some((from, to)) = first_match(&words::SAY_AGAIN, words, sentence)
        {
            let span = words[from].span.start..words[to - 1].span.end;
            let sign = RepeatSign::AskedAgain;
            found.push(Repeat { message, span, sign, detail: None, said_in: None });
        }
    }
    found
}

/// The words from the verb that asks to the detail it asks for. A sentence that holds a value itself
/// confirms it and asks for nothing.
fn asks_for(detail: Detail, words: &[Word], sentence: &Range<usize>) -> Option<Range<usize>> {
    let own = &words[sentence.clone()];
    if own.iter().any(|word| is_number(word) || word.mark == Mark::At) {
        return None;
    }
    let (from, to) = first_match(words::asked(detail), words, sentence.clone())?;
    let verb = (sentence.start.max(from.saturating_sub(REACH))..sentence.end.min(to + REACH))
        .find(|&at| !(from..to).contains(&at) && asks(&words[sentence.start..=at]))?;
    Some(words[verb.min(from)].span.start..words[verb.max(to - 1)].span.end)
}

/// Whether the last of `words`, which begin their sentence, is a verb that asks: "could you send", "may I
/// have", and not "we have" or "we will send".
fn asks(words: &[Word]) -> bool {
    let mut back = words.iter().rev().map(|word| word.folded.as_str());
    let (verb, before, modal) = (back.next().unwrap_or_default(), back.next(), back.next());
    let by_writer = before.is_some_and(|word| words::WRITERS.contains(&word));
    words::NEEDS.contains(&verb)
        || (words::ASKING_VERBS.contains(&verb)
            && (!by_writer || modal.is_some_and(|word| words::MODALS.contains(&word))))
}

/// How many words may stand between the verb and what it asks for: "could you please let me have the
/// full order number" has five.
const REACH: usize = 8;

/// Whether a sentence asks for something: a question mark, a "please", or a need.
fn is_request(sentence: &[Word]) -> bool {
    sentence.last().is_some_and(|word| word.asks)
        || sentence.iter().any(|word| words::PLEASE.contains(&word.folded.as_str()))
}

fn details_given(words: &[Word]) -> Vec<Detail> {
    let mut given = Vec::new();
    for &detail in words::DETAILS {
        let stands = match detail {
            Detail::EmailAddress => words.iter().any(|word| word.mark == Mark::At),
            Detail::PhoneNumber => {
                words.iter().enumerate().any(|(at, word)| word.mark == Mark::Plus && is_phone(&words[at..]))
            }
            _ => false,
        };
        if stands || (detail != Detail::EmailAddress && number_after(detail, words)) {
            given.push(detail);
        }
    }
    given
}

/// Whether a number stands soon after the name of `detail`, in the same sentence.
fn number_after(detail: Detail, words: &[Word]) -> bool {
    let phrases = words::given(detail);
    (0..words.len()).any(|at| {
        let Some(to) = longest_match(phrases, words, at, words.len()) else { return false };
        words[to..].iter().take(NEAR).take_while(|word| !word.first).any(is_number)
    })
}

/// How many words may stand between a detail's name and its value: "my order number is the 48213".
const NEAR: usize = 4;

/// Four digits or more that are no year.
fn is_number(word: &Word) -> bool {
    let digits = word.folded.chars().filter(char::is_ascii_digit).count();
    let year = word.folded.len() == 4 && (word.folded.starts_with("19") || word.folded.starts_with("20"));
    digits >= 4 && !year
}

/// Seven digits or more in a row of words, as an international number is written (E.164).
fn is_phone(words: &[Word]) -> bool {
    let digits = words
        .iter()
        .take(6)
        .map_while(|word| word.folded.bytes().all(|byte| byte.is_ascii_digit()).then_some(word.folded.len()));
    digits.sum::<usize>() >= 7
}

/// The words of the author's own text, folded.
fn own_words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for part in body::split(text).parts.iter().filter(|part| part.kind == PartKind::Reply) {
        let Some(own) = text.get(part.span.clone()) else { continue };
        let known = words.len();
        read_words(own, part.span.start, &mut words);
        if let Some(word) = words.get_mut(known) {
            word.first = true;
        }
    }
    words
}

fn read_words(text: &str, offset: usize, words: &mut Vec<Word>) {
    let mut rest = 0;
    while let Some(start) = text[rest..].find(is_letter).map(|at| rest + at) {
        let end = text[start..].find(|c| !is_letter(c)).map_or(text.len(), |at| start + at);
        let between = &text[rest..start];
        if let Some(before) = words.last_mut() {
            before.asks |= between.trim_start().starts_with(['?', '\u{ff1f}']);
            if between == "@" {
                before.mark = Mark::At;
            }
        }
        words.push(Word {
            folded: fold(&text[start..end]),
            span: offset + start..offset + end,
            first: words.is_empty() || ends_sentence(between),
            asks: false,
            mark: if between.ends_with('+') { Mark::Plus } else { Mark::None },
        });
        rest = end;
    }
    if let Some(last) = words.last_mut() {
        last.asks |= text[rest..].trim_start().starts_with(['?', '\u{ff1f}']);
    }
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)
}

/// Whether what stands between two words ends a sentence: a mark with a blank after it, or an empty
/// line.
fn ends_sentence(between: &str) -> bool {
    let mut marked = false;
    let mut lines = 0;
    for c in between.chars() {
        lines += usize::from(c == '\n');
        if marked && c.is_whitespace() {
            return true;
        }
        marked |= matches!(c, '.' | '!' | '?' | ';' | '…' | '。' | '！' | '？');
    }
    lines > 1
}

/// The sentences of `words`, as ranges.
fn sentences(words: &[Word]) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from;
        if start >= words.len() {
            return None;
        }
        from = (start + 1..words.len()).find(|&at| words[at].first).unwrap_or(words.len());
        Some(start..from)
    })
}

/// The first place within `range` where a phrase stands, as the words from and to.
fn first_match(phrases: &Phrases, words: &[Word], mut range: Range<usize>) -> Option<(usize, usize)> {
    let end = range.end;
    range.find_map(|at| Some((at, longest_match(phrases, words, at, end)?)))
}

/// Where the longest phrase that begins at `at` ends.
fn longest_match(phrases: &Phrases, words: &[Word], at: usize, end: usize) -> Option<usize> {
    if !phrases.begins(&words[at].folded) {
        return None;
    }
    let stop = (at + 1..end).find(|&next| words[next].first || next - at > words::LONGEST).unwrap_or(end);
    let sentence: Vec<&str> = words[at..stop].iter().map(|word| word.folded.as_str()).collect();
    phrases.longest(&sentence).map(|taken| at + taken)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Direction, Timestamp};

    fn said(from_customer: bool, text: &str) -> Message {
        let message = Message::new("1", "email", "a", Timestamp(0), text);
        let direction = if from_customer { Direction::Inbound } else { Direction::Outbound };
        Message { direction, ..message }
    }

    fn found(talk: &[(bool, &str)]) -> Vec<(usize, String, Option<Detail>)> {
        let messages: Vec<Message> = talk.iter().map(|(customer, text)| said(*customer, text)).collect();
        let members: Vec<Member<'_>> =
            messages.iter().enumerate().map(|(at, message)| Member::of(at, message)).collect();
        let repeats = find(&members);
        repeats
            .into_iter()
            .map(|repeat| {
                let words = messages[repeat.message].text[repeat.span].to_owned();
                (repeat.message, words, repeat.detail)
            })
            .collect()
    }

    #[test]
    fn customers_say_so_in_many_languages() {
        let lines = [
            ("Hello. As I've already said, it is broken", "As I've already said"),
            ("I already told your colleague about it", "I already told your colleague"),
            ("Please see my previous e-mail.", "see my previous e-mail"),
            ("How many times do I have to explain this?", "How many times do I have to explain"),
            ("Wie bereits geschrieben: es ist kaputt", "Wie bereits geschrieben"),
            ("Das habe ich Ihrem Kollegen schon gesagt.", "habe ich Ihrem Kollegen schon gesagt"),
            ("Comme je l'ai déjà dit, rien ne marche", "Comme je l'ai déjà dit"),
            ("Como ya les dije, no funciona", "Como ya les dije"),
            ("Come ho già scritto, non va", "Come ho già scritto"),
            ("Como já disse, não funciona", "Como já disse"),
            ("Zoals ik al schreef werkt het niet", "Zoals ik al schreef"),
            ("Som jeg allerede har skrevet, virker det ikke", "Som jeg allerede har skrevet"),
            ("Som jag redan skrivit fungerar det inte", "Som jag redan skrivit"),
        ];
        for (text, words) in lines {
            let all = found(&[(true, text)]);
            assert_eq!(all, [(0, words.to_owned(), None)], "{text}");
            assert!(found(&[(false, text)]).is_empty(), "staff may say it: {text}");
        }
    }

    #[test]
    fn harmless_words_are_left_alone() {
        for text in [
            "I already sent the parcel back",
            "You said it would come. As you already said, it is late",
            "See my email address below",
            "I told my wife about it",
            "Wie besprochen sende ich das Bild",
            "Yes.\n\nOn Mon, 2 Mar 2026 at 10:13, Ana <a@x.io> wrote:\n> As I already said, no.\n",
            "As I. Already said",
            "Ich habe alles wie beschrieben gemacht",
            "It broke for the second time",
            "De medewerker zei zoals u schreef",
            "Den medarbejder som har skrevet til mig",
        ] {
            assert!(found(&[(true, text)]).is_empty(), "{text}");
        }
    }

    #[test]
    fn staff_asks_for_what_was_given() {
        let given = (true, "My order number is 48213, call me at +49 151 2345678 or ana@x.io");
        let asked = |text| found(&[given, (false, text)]);
        let order = Some(Detail::OrderNumber);
        assert_eq!(
            asked("Sorry! Could you please send us your order number?"),
            [(1, "send us your order number".to_owned(), order)]
        );
        assert_eq!(
            asked("Könnten Sie mir bitte Ihre Bestellnummer mitteilen?"),
            [(1, "Bestellnummer mitteilen".to_owned(), order)]
        );
        assert_eq!(asked("Quel est votre numéro de commande ?")[0].2, order);
        assert_eq!(asked("What is your phone number?")[0].2, Some(Detail::PhoneNumber));
        assert_eq!(asked("May I have your email address?")[0].2, Some(Detail::EmailAddress));
        assert_eq!(asked("Please describe the problem again.")[0].2, None);
        for harmless in [
            "Is 48213 your order number?",
            "Thank you for your order number.",
            "Could you send us your invoice number?",
            "Please try again.",
            "We have your order number, please wait a little.",
            "Please wait, we will send you the order number",
        ] {
            assert!(asked(harmless).is_empty(), "{harmless}");
        }
        assert!(
            found(&[(false, "What is your order number?"), given]).is_empty(),
            "asked before it was given"
        );
        assert!(found(&[(true, "I ordered in 2024"), (false, "What is your order number?")]).is_empty());
    }

    #[test]
    fn a_second_delivery_counts_once() {
        let line = (true, "As I already said, no");
        assert_eq!(found(&[line, line]).len(), 1);
    }
}
