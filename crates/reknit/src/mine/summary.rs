//! What a support conversation came to, in its own sentences: the problem, what was asked, what was promised,
//! what is open.
//!
//! Nothing is written anew: every sentence is cited with its message and its bytes. What a sentence does is
//! told by phrases (`summary_cues.tsv`, written for this project in seven languages), question marks and who
//! says it; how much of the matter it holds by how many of the conversation's rare words are in it
//! (`SumBasic`: Nenkova and Vanderwende 2005, with the rarity of words instead of stop words). The division
//! follows what support desks note down and what the annotators of `TweetSumm` (Feigenblat et al. 2021) were
//! asked for: the customer's issue first, then what the agent offers.
//!
//! Open is what nobody answered. A question or a request is answered when the other side says something later
//! that is more than thanks or a greeting; a promise is kept when one side says later that it is done and the customer tells of no trouble after
//! that. A
//! machine cannot know better from the text alone, so *open* is a hint for a person.
//!
//! Quotes, signatures, machine mail, system lines and internal notes are left out.
//!
//! Cost: linear in the text.
//!
//! ```
//! use reknit::mine::{SummaryConfig, Summarizer};
//! use reknit::model::{Message, Timestamp};
//! let said = |id: &str, who: &str, at, text: &str| Message::new(id, "chat", who, Timestamp(at), text);
//! let talk = [
//!     said("1", "ana", 0, "Hi! My blender arrived broken. Can you send a new one?"),
//!     said("2", "shop", 60_000, "Sorry to hear that. We will send a new blender by Friday."),
//! ];
//! let summary = Summarizer::new(&SummaryConfig::default())?.summarize(&talk);
//! assert_eq!(summary.problem[0].text, "My blender arrived broken.");
//! assert_eq!(summary.promised[0].message, "2");
//! assert_eq!(summary.open[0].text, "We will send a new blender by Friday.");
//! # Ok::<(), reknit::Error>(())
//! ```

use std::collections::BTreeMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};
use serde::{Deserialize, Serialize};

use super::term::{Table, Units, units};
use crate::model::{Direction, Message, Visibility};
use crate::text::body::{self, PartKind};
use crate::text::token::{TokenKind, tokens};
use crate::{Error, ErrorKind, Result};

/// Kind, TAB, phrase.
const CUES: &str = include_str!("summary_cues.tsv");
/// The share from which on a word counts as common.
const COMMON: f32 = 2e-4;
/// Words of a sentence that is as long as it need be.
const FULL: f32 = 12.0;

/// How much is cited.
///
/// | field | default | meaning | range |
/// |---|---|---|---|
/// | `most` | 3 | sentences of a part; the problem has at most 2 | 1 and up |
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SummaryConfig {
    /// Sentences of a part, at most.
    pub most: usize,
}

impl Default for SummaryConfig {
    fn default() -> Self {
        Self { most: 3 }
    }
}

/// Who said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The one who came with the matter.
    Customer,
    /// The one who answers.
    Agent,
}

/// A sentence of the conversation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cited {
    /// The id of its message.
    pub message: String,
    /// Where it stands in the message's text, in bytes.
    #[serde(flatten)]
    pub span: Range<usize>,
    /// Who said it.
    pub side: Side,
    /// The sentence.
    pub text: String,
    /// How much it says in its part: 0 and up, to order by.
    pub score: f64,
}

/// A conversation in four parts; each in the order in which it was said.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Summary {
    /// What the customer came with.
    pub problem: Vec<Cited>,
    /// Requests and questions of both sides.
    pub asked: Vec<Cited>,
    /// What the agent said would happen.
    pub promised: Vec<Cited>,
    /// Requests, questions and promises that nothing later answers.
    pub open: Vec<Cited>,
}

/// Makes summaries.
#[derive(Debug, Clone)]
pub struct Summarizer {
    most: usize,
    cues: AhoCorasick,
    kinds: Vec<Cue>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cue {
    Trouble,
    Ask,
    Promise,
    Done,
    Filler,
}

/// What a sentence does.
#[derive(Debug, Clone, Copy, Default)]
struct Signs {
    trouble: u32,
    ask: u32,
    promise: u32,
    done: u32,
    filler: u32,
    question: bool,
}

/// A sentence and what is known of it.
struct Sentence<'a> {
    message: &'a Message,
    /// The place of its message.
    turn: usize,
    side: Side,
    span: Range<usize>,
    signs: Signs,
    /// Its different words.
    words: Vec<u32>,
    /// The rarity of all its words together.
    weight: f32,
    /// How much of the matter it holds, 0 to 1.
    matter: f32,
}

impl Summarizer {
    /// A summarizer with settings; an error names a setting out of its range.
    pub fn new(config: &SummaryConfig) -> Result<Self> {
        if config.most == 0 {
            return Err(Error::config("most: 0 sentences are asked for; ask for 1 or more"));
        }
        let mut kinds = Vec::new();
        let mut phrases = Vec::new();
        for (kind, phrase) in CUES.lines().filter_map(|line| line.split_once('\t')) {
            kinds.push(match kind {
                "trouble" => Cue::Trouble,
                "ask" => Cue::Ask,
                "promise" => Cue::Promise,
                "done" => Cue::Done,
                _ => Cue::Filler,
            });
            phrases.push(phrase);
        }
        let cues =
            AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(&phrases).map_err(|_| {
                Error::new(ErrorKind::Internal, "the cues of summaries are too many; please report this")
            })?;
        Ok(Self { most: config.most, cues, kinds })
    }

    /// The summary of one conversation. Messages are put in the order of their time; equals by id.
    pub fn summarize(&self, messages: &[Message]) -> Summary {
        let mut order: Vec<&Message> = messages.iter().filter(|message| counts(message)).collect();
        order.sort_by(|a, b| (a.sent, &a.id).cmp(&(b.sent, &b.id)));
        let sentences = self.read(&order);
        let is_open = open(&sentences);
        let problem = choose(&sentences, self.most.min(2), |_, sentence| {
            let early = 1.0 / (1.0 + sentence.turn as f32);
            let asks = f32::from(u8::from(sentence.signs.asks()));
            let signs = 1.0 + sentence.signs.trouble.min(2) as f32 + 0.5 * asks;
            (sentence.side == Side::Customer && !sentence.signs.is_filler())
                .then_some(sentence.matter * signs * (0.5 + early))
        });
        let asked = choose(&sentences, self.most, |_, sentence| {
            let wants = sentence.signs.asks() && !sentence.signs.is_filler();
            let agent = if sentence.side == Side::Agent { 0.7 } else { 1.0 };
            wants.then_some((0.3 + sentence.matter) * agent)
        });
        let promised = choose(&sentences, self.most, |_, sentence| {
            let says = sentence.side == Side::Agent && sentence.signs.promise > 0 && !sentence.signs.question;
            says.then_some((0.3 + sentence.matter) * (1.0 + sentence.signs.promise.min(2) as f32))
        });
        let open = choose(&sentences, self.most, |at, sentence| {
            is_open[at].then_some((0.3 + sentence.matter) * (1.0 + sentence.turn as f32 / order.len() as f32))
        });
        Summary { problem, asked, promised, open }
    }

    fn read<'a>(&self, order: &[&'a Message]) -> Vec<Sentence<'a>> {
        let opener = order.first().map(|message| &message.author);
        let mut table = Table::new();
        let mut sentences = Vec::new();
        for (turn, message) in order.iter().enumerate() {
            let side = match message.direction {
                Direction::Inbound => Side::Customer,
                Direction::Unknown if Some(&message.author) == opener => Side::Customer,
                Direction::Outbound | Direction::Unknown => Side::Agent,
            };
            for span in own_sentences(&message.text) {
                let mut words = Vec::new();
                units(&message.text[span.clone()], Units::Pairs, |form, _, _| words.push(table.number(form)));
                words.sort_unstable();
                words.dedup();
                let signs = self.signs(&message.text[span.clone()]);
                sentences.push(Sentence {
                    message,
                    turn,
                    side,
                    span,
                    signs,
                    words,
                    weight: 0.0,
                    matter: 0.0,
                });
            }
        }
        weigh(&table, &mut sentences);
        sentences
    }

    fn signs(&self, text: &str) -> Signs {
        let form = text.to_lowercase().replace('\u{2019}', "'");
        let mut signs = Signs {
            question: form.trim_end_matches(['"', ')', ' ', '!']).ends_with('?'),
            ..Signs::default()
        };
        for found in self.cues.find_iter(&form) {
            let letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            let (before, after) = (&form[..found.start()], &form[found.end()..]);
            if letter(before.chars().next_back()) || letter(after.chars().next()) {
                continue;
            }
            let count = match self.kinds[found.pattern().as_usize()] {
                Cue::Trouble => &mut signs.trouble,
                Cue::Ask => &mut signs.ask,
                Cue::Promise => &mut signs.promise,
                Cue::Done => &mut signs.done,
                Cue::Filler => &mut signs.filler,
            };
            *count += 1;
        }
        signs
    }
}

/// The best sentences by `score`, without repeats, in the order in which they were said.
fn choose(
    sentences: &[Sentence<'_>],
    most: usize,
    score: impl Fn(usize, &Sentence<'_>) -> Option<f32>,
) -> Vec<Cited> {
    let mut ranked: Vec<(f32, usize)> = sentences
        .iter()
        .enumerate()
        .filter_map(|(at, sentence)| score(at, sentence).map(|score| (score, at)))
        .collect();
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut chosen: Vec<(f32, usize)> = Vec::new();
    for (score, at) in ranked {
        if chosen.len() == most {
            break;
        }
        if !chosen.iter().any(|(_, kept)| sentences[*kept].says_what(&sentences[at])) {
            chosen.push((score, at));
        }
    }
    chosen.sort_by_key(|(_, at)| *at);
    chosen.into_iter().map(|(score, at)| sentences[at].cite(score)).collect()
}

impl Signs {
    fn asks(self) -> bool {
        self.question || self.ask > 0
    }

    /// Greets or thanks and does nothing else.
    fn is_filler(self) -> bool {
        self.filler > 0 && !self.asks() && self.trouble + self.promise + self.done == 0
    }
}

impl Sentence<'_> {
    fn cite(&self, score: f32) -> Cited {
        Cited {
            message: self.message.id.clone(),
            span: self.span.clone(),
            side: self.side,
            text: self.message.text[self.span.clone()].to_owned(),
            score: f64::from(score),
        }
    }

    /// Whether it has four fifths of the other's words.
    fn says_what(&self, other: &Self) -> bool {
        let shared = other.words.iter().filter(|word| self.words.binary_search(word).is_ok()).count();
        shared * 5 >= other.words.len() * 4
    }
}

/// Whether a message has a say.
fn counts(message: &Message) -> bool {
    !message.auto && !message.system && message.visibility != Visibility::Internal
}

/// Gives each sentence its share of the matter: the rare words of the conversation that it holds, over its
/// length, so that a long sentence does not win by length alone.
fn weigh(table: &Table<'_>, sentences: &mut [Sentence<'_>]) {
    let mut holding: BTreeMap<u32, f32> = BTreeMap::new();
    for sentence in sentences.iter() {
        sentence.words.iter().for_each(|word| *holding.entry(*word).or_default() += 1.0);
    }
    for sentence in sentences.iter_mut() {
        let rarity = |word: &u32| table.word(*word).rarity(COMMON);
        sentence.weight = sentence.words.iter().map(rarity).sum();
        let shared = |word: &u32| rarity(word) * (1.0 + holding.get(word).copied().unwrap_or(1.0).ln());
        let whole: f32 = sentence.words.iter().map(shared).sum();
        sentence.matter = whole / (FULL + sentence.words.len() as f32);
    }
}

/// Which sentences nothing later answers, read from the end.
fn open(sentences: &[Sentence<'_>]) -> Vec<bool> {
    let mut open = vec![false; sentences.len()];
    let mut done = false;
    // The customer tells of trouble later, so what was done before did not last.
    let mut back = false;
    // The last turn in which each side said something of substance.
    let (mut customer, mut agent) = (0, 0);
    for (at, sentence) in sentences.iter().enumerate().rev() {
        let signs = sentence.signs;
        let (own, other) = match sentence.side {
            Side::Customer => (&mut customer, agent),
            Side::Agent => (&mut agent, customer),
        };
        let promises = sentence.side == Side::Agent && signs.promise > 0 && !signs.question;
        let answered = other > sentence.turn || (done && sentence.side == Side::Customer);
        open[at] = !signs.is_filler() && if promises { !done } else { signs.asks() && !answered };
        let says_done = signs.done > 0 && !signs.question;
        done |= says_done && !back;
        back |= sentence.side == Side::Customer && signs.trouble > 0 && !signs.question && !says_done;
        if !signs.is_filler() && !sentence.words.is_empty() {
            *own = sentence.turn.max(*own);
        }
    }
    open
}

/// The sentences of the author's own words.
fn own_sentences(text: &str) -> Vec<Range<usize>> {
    let body = body::split(text);
    let own = body.parts.iter().filter(|part| part.kind == PartKind::Reply);
    own.flat_map(|part| sentences(text, part.span.clone())).collect()
}

/// Cuts a stretch at `.`, `!`, `?` and their like, and at line ends.
pub(super) fn sentences(text: &str, part: Range<usize>) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut span: Option<Range<usize>> = None;
    let mut worded = false;
    let stretch = &text[part.clone()];
    for token in tokens(stretch) {
        let (start, end) = (part.start + token.start, part.start + token.end());
        if span.as_ref().is_some_and(|span| worded && text[span.end..start].contains('\n')) {
            found.extend(span.take());
            worded = false;
        }
        span = Some(span.map_or(start, |span| span.start)..end);
        worded |= !matches!(token.kind, TokenKind::Punctuation | TokenKind::Symbol);
        let ends = token.kind == TokenKind::Punctuation
            && token.text.contains(['.', '!', '?', '…', '。', '！', '？']);
        let goes_on = text[end..].starts_with(|c: char| c.is_alphanumeric());
        if ends && worded && !goes_on {
            found.extend(span.take());
            worded = false;
        }
    }
    found.extend(span.filter(|_| worded));
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::Timestamp;

    fn talk(lines: &[(&str, &str)]) -> Vec<Message> {
        let said = |(at, (who, text)): (usize, &(&str, &str))| {
            Message::new(format!("m{at}"), "chat", *who, Timestamp(at as i64 * 60_000), *text)
        };
        lines.iter().enumerate().map(said).collect()
    }

    fn texts(part: &[Cited]) -> Vec<&str> {
        part.iter().map(|cited| cited.text.as_str()).collect()
    }

    fn summarize(messages: &[Message]) -> Summary {
        Summarizer::new(&SummaryConfig::default()).expect("the cues build").summarize(messages)
    }

    #[test]
    fn the_four_parts() {
        let summary = summarize(&talk(&[
            ("ana", "Hello! My router stopped working after the update. Can you help me?"),
            ("desk", "Sorry to hear that. Which model of router do you have?"),
            ("ana", "It is the R12. When will it be fixed?"),
            ("desk", "Thanks! Our technician will call you within 24 hours."),
            ("ana", "OK thanks"),
        ]));
        assert_eq!(texts(&summary.problem)[0], "My router stopped working after the update.");
        assert_eq!(
            texts(&summary.asked),
            ["Can you help me?", "Which model of router do you have?", "When will it be fixed?"]
        );
        assert_eq!(texts(&summary.promised), ["Our technician will call you within 24 hours."]);
        assert_eq!(texts(&summary.open), ["Our technician will call you within 24 hours."]);
    }

    #[test]
    fn what_is_done_is_not_open() {
        let mut lines = vec![
            ("ana", "The app crashes. Could you look into it?"),
            ("desk", "We will fix it by tomorrow."),
        ];
        assert_eq!(summarize(&talk(&lines)).open.len(), 1);
        lines.push(("ana", "It works now, thank you!"));
        assert_eq!(summarize(&talk(&lines)).open, []);
        let mut again = lines.clone();
        again.push(("ana", "The problem is back."));
        assert_eq!(texts(&summarize(&talk(&again)).open), ["We will fix it by tomorrow."]);
        assert_eq!(texts(&summarize(&talk(&lines[..1])).open), ["Could you look into it?"]);
    }

    #[test]
    fn notes_and_machines_have_no_say() {
        let mut messages =
            talk(&[("ana", "The parcel is lost. Where is it?"), ("desk", "I will call the driver.")]);
        messages[1].visibility = Visibility::Internal;
        assert!(summarize(&messages).promised.is_empty());
        messages[0].auto = true;
        assert_eq!(summarize(&messages), Summary::default());
        assert_eq!(summarize(&[]), Summary::default());
        assert!(Summarizer::new(&SummaryConfig { most: 0 }).is_err());
    }

    proptest! {
        #[test]
        fn every_citation_stands_in_its_message(texts in proptest::collection::vec("([a-z?.!]{0,6}[ \n]){0,8}\\PC{0,5}", 0..5)) {
            let lines: Vec<(&str, &str)> = texts.iter().map(|text| ("a", text.as_str())).collect();
            let messages = talk(&lines);
            let summary = summarize(&messages);
            for cited in [&summary.problem, &summary.asked, &summary.promised, &summary.open].into_iter().flatten() {
                let message = messages.iter().find(|message| message.id == cited.message).expect("it is there");
                prop_assert_eq!(message.text.get(cited.span.clone()), Some(cited.text.as_str()));
            }
        }
    }
}
