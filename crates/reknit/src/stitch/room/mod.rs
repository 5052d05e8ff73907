//! Rooms, where many people talk at once: which earlier line does a line answer, or does it open a
//! thread?
//!
//! A [`Line`] is what the room keeps of a message. [`Ranker::decide`] sets a new line beside the last
//! lines of its room and their decided parents, and weighs the likely parents and the opening of a
//! thread against one another: boosted trees score them, a softmax makes probabilities of the scores.
//! The thread with the greatest sum wins, and in it the likeliest line. The decision is a function of
//! these lines and of nothing else: no count is kept beside them, so that a line that comes late
//! changes later decisions exactly as if it had been there in time. Without a model, three rules
//! decide.
//!
//! Sources: Elsner and Charniak 2008 and Kummerfeld et al. 2019 (task, data, measures, first
//! features); Friedman 2001 (boosted trees) with the cross-entropy of a softmax over the candidates of
//! a line; Saabas 2014 (shares of features in a score).
//!
//! Cost: a few microseconds for the window, then the trees for at most [`MOST`] candidates; about
//! 290 bytes a line kept.
//!
//! ```
//! use reknit::stitch::room::{Line, Ranker};
//!
//! let ranker = Ranker::rules();
//! let minute = 60_000;
//! let talk = [
//!     ("ana", 0, "my screen stays black"),
//!     ("bob", 0, "anybody here who knows printers?"),
//!     ("cat", 1, "ana: which card is it?"),
//!     ("dan", 1, "bob: ask away"),
//! ];
//! let mut lines: Vec<Line> = Vec::new();
//! for (serial, (who, at, text)) in talk.into_iter().enumerate() {
//!     let line = ranker.read(serial as u64, who, Some(at * minute), false, text);
//!     lines.push(ranker.decide(&lines, &line).line);
//! }
//! assert_eq!(lines[2].parent, Some(0));
//! assert_eq!(lines[3].parent, Some(1));
//! ```

mod features;
mod line;
mod receipt;
mod rules;
mod scene;
pub mod training;
mod trees;

pub use line::Line;
pub use scene::WINDOW;

use std::borrow::Borrow;

use features::{Reading, Row};
use line::Vocabulary;
use scene::Scene;
use trees::Forest;

use crate::Result;

/// Earlier lines that are weighed for each line. On the training logs the true parent is among them
/// for 98.9 % of the lines that answer one.
pub const MOST: usize = 12;

/// The model that is shipped.
const SHIPPED: &[u8] = include_bytes!("rooms.bin");

/// What the rules believe of their choice: they are right for about two lines in three.
const RULES: f64 = 0.65;

/// The gap's weight: bits a thread loses each time its silence beyond the gap doubles.
const GAP_BITS: f64 = 1.0;

/// Decides lines. Immutable; use one from as many threads as you like.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ranker {
    forest: Option<Forest>,
}

/// What was decided about a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The line with its parent and the people it names, to be kept for the lines after it.
    pub line: Line,
    /// How likely it is that the line belongs to the thread of its parent, or that it opens one:
    /// 0 to 1.
    pub probability: f64,
    /// How likely it is that the parent is the very line answered, or that there is none: at most
    /// `probability`.
    pub parent_probability: f64,
    /// The best choice but for this one: the likeliest line of another thread, `None` within for
    /// opening one; and the probability of that thread. Nothing when there was no other choice.
    pub runner_up: Option<(Option<u64>, f64)>,
}

impl Ranker {
    /// A ranker without a model: three rules.
    pub fn rules() -> Self {
        Self { forest: None }
    }

    /// The ranker with the model that is shipped: trained on 153 logs of `#ubuntu` (Kummerfeld et al.
    /// 2019, CC-BY-4.0); see `docs/models/rooms.md`.
    pub fn shipped() -> Self {
        Self::load(SHIPPED).unwrap_or_default()
    }

    /// Reads a model file, as `cargo xtask rooms` writes it.
    ///
    /// # Errors
    /// `model` when the bytes are no such file, are damaged, or are of another version.
    pub fn load(bytes: &[u8]) -> Result<Self> {
        Ok(Self { forest: Some(Forest::read(bytes)?) })
    }

    /// Reads a line with the words of the model. `serial` is a number that is unique in the room,
    /// `author` the name shown there, empty for nobody, `time` in milliseconds.
    pub fn read(&self, serial: u64, author: &str, time: Option<i64>, system: bool, text: &str) -> Line {
        let none = Vocabulary::default();
        let vocabulary = self.forest.as_ref().map_or(&none, |forest| &forest.vocabulary);
        Line::read(serial, author, time, system, text, vocabulary)
    }

    /// Decides what `line` answers, after the `lines` of its room in working order, each with its
    /// decided parent. Only the last [`WINDOW`] of them are looked at.
    pub fn decide<L: Borrow<Line>>(&self, lines: &[L], line: &Line) -> Choice {
        self.decide_within(lines, line, None)
    }

    /// The same in a room where a silence of `gap_ms` makes a new matter likelier than the old one:
    /// a thread silent for longer loses a bit with each doubling.
    pub fn decide_within<L>(&self, lines: &[L], line: &Line, gap_ms: Option<i64>) -> Choice
    where
        L: Borrow<Line>,
    {
        let scene = Scene::new(lines, line);
        if !scene.line.speaks() {
            let line = Line { parent: None, ..scene.line };
            return Choice { line, probability: 1.0, parent_probability: 1.0, runner_up: None };
        }
        match self.forest.as_ref().filter(|forest| forest.decides()) {
            Some(forest) => Ranking::new(forest, &Reading::new(&scene), gap_ms).choice(&scene),
            None => by_rules(&scene),
        }
    }
}

/// The share of lines that name somebody, half a line lent to a room that has just begun.
pub(super) fn naming_rate(lines: &[&Line]) -> f64 {
    let naming = lines.iter().filter(|line| line.naming != line::Naming::Nobody).count();
    (naming as f64 + 0.5) / (lines.len() as f64 + 1.0)
}

/// The last line that carries a turn, and when it was said.
pub(super) fn last_turn(lines: &[&Line]) -> Option<(u64, Option<i64>)> {
    lines.iter().rev().find(|line| line.speaks()).map(|line| (line.serial, line.time))
}

fn by_rules(scene: &Scene<'_>) -> Choice {
    let parent = rules::choose(scene).map(|place| scene.lines[place].serial);
    let line = Line { parent, ..scene.line };
    Choice { line, probability: RULES, parent_probability: RULES, runner_up: None }
}

/// All choices for a line with their probabilities; the first is opening a thread.
struct Ranking {
    rows: Vec<Row>,
    /// The place of each choice; none for the first.
    places: Vec<Option<usize>>,
    /// The bits each choice loses by the gap.
    gaps: Vec<f64>,
    probabilities: Vec<f64>,
    /// The probability of the whole thread of each choice.
    threads: Vec<f64>,
    best: usize,
}

impl Ranking {
    fn new(forest: &Forest, reading: &Reading<'_, '_>, gap_ms: Option<i64>) -> Self {
        let mut places = vec![None];
        places.extend(reading.candidates(MOST).into_iter().map(Some));
        let row = |place: &Option<usize>| place.map_or_else(|| reading.opening(), |at| reading.answer(at));
        let rows: Vec<Row> = places.iter().map(row).collect();
        let gap = |place: &Option<usize>| match (place, gap_ms) {
            (&Some(at), Some(gap_ms)) => gap_bits(reading.silence(at), gap_ms),
            _ => 0.0,
        };
        let gaps: Vec<f64> = places.iter().map(gap).collect();
        let scores = forest.scores(&rows);
        let temperature = f64::from(forest.temperature);
        let bits = scores.iter().zip(&gaps).map(|(&score, gap)| f64::from(score) / temperature + gap * NAT);
        let probabilities = softmax(bits.collect());
        let root = |place: Option<usize>| place.map(|at| reading.root(at));
        let threads: Vec<f64> = places
            .iter()
            .map(|&place| {
                let same =
                    places.iter().zip(&probabilities).filter(|(other, _)| root(**other) == root(place));
                same.map(|(_, probability)| probability).sum()
            })
            .collect();
        let mut best = 0;
        for at in 1..places.len() {
            let better = threads[at].total_cmp(&threads[best]);
            if better.then(probabilities[at].total_cmp(&probabilities[best])).is_gt() {
                best = at;
            }
        }
        Self { rows, places, gaps, probabilities, threads, best }
    }

    fn choice(&self, scene: &Scene<'_>) -> Choice {
        let serial = |at: usize| self.places[at].map(|place| scene.lines[place].serial);
        let line = Line { parent: serial(self.best), ..scene.line };
        Choice {
            line,
            probability: self.threads[self.best].min(1.0),
            parent_probability: self.probabilities[self.best],
            runner_up: self.rival(scene).map(|at| (serial(at), self.threads[at].min(1.0))),
        }
    }

    /// The best choice that is not of the chosen thread.
    fn rival(&self, scene: &Scene<'_>) -> Option<usize> {
        let root = |at: usize| self.places[at].map(|place| scene.seen[place].root);
        let others = (0..self.places.len()).filter(|&at| root(at) != root(self.best));
        others.max_by(|&a, &b| {
            let better = self.threads[a].total_cmp(&self.threads[b]);
            better.then(self.probabilities[a].total_cmp(&self.probabilities[b])).then(b.cmp(&a))
        })
    }
}

/// One bit in the natural unit.
const NAT: f64 = std::f64::consts::LN_2;

/// The bits a thread loses that was silent for `silence_ms`.
fn gap_bits(silence_ms: i64, gap_ms: i64) -> f64 {
    let over = silence_ms as f64 / gap_ms.max(1) as f64;
    if over > 1.0 { -GAP_BITS * (1.0 + over.log2()) } else { 0.0 }
}

fn softmax(scores: Vec<f64>) -> Vec<f64> {
    let most = scores.iter().copied().fold(f64::MIN, f64::max);
    let scaled: Vec<f64> = scores.into_iter().map(|score| (score - most).exp()).collect();
    let whole: f64 = scaled.iter().sum();
    scaled.into_iter().map(|scaled| scaled / whole).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MINUTE: i64 = 60_000;

    /// A line of a log: who, in which minute, what.
    type Said = (&'static str, i64, &'static str);

    /// The lines as they are decided one after the other, with `from` as the first serial number.
    fn decided(ranker: &Ranker, from: u64, talk: &[Said]) -> Vec<Line> {
        let mut lines: Vec<Line> = Vec::new();
        for (serial, &(who, minute, text)) in (from..).zip(talk) {
            let line = ranker.read(serial, who, Some(minute * MINUTE), who.is_empty(), text);
            lines.push(ranker.decide(&lines, &line).line);
        }
        lines
    }

    fn parents(ranker: &Ranker, talk: &[Said]) -> Vec<Option<u64>> {
        decided(ranker, 0, talk).iter().map(|line| line.parent).collect()
    }

    const HELP: [Said; 8] = [
        ("ana", 0, "my screen stays black after the update, any ideas?"),
        ("bob", 0, "anybody here who knows printers?"),
        ("", 0, "=== dan [~dan@example] has joined #help"),
        ("cat", 1, "ana: which card is it?"),
        ("dan", 1, "bob: what about printers?"),
        ("ana", 2, "cat: an old nvidia"),
        ("bob", 2, "dan: mine is not found"),
        ("cat", 3, "ana: then install the nvidia driver"),
    ];

    #[test]
    fn a_name_says_who_is_answered() {
        let wanted = [None, None, None, Some(0), Some(1), Some(3), Some(4), Some(5)];
        assert_eq!(parents(&Ranker::rules(), &HELP)[3..], wanted[3..]);
        assert_eq!(parents(&Ranker::shipped(), &HELP), wanted);
    }

    #[test]
    fn the_beginning_of_one_name_is_a_name() {
        let mut talk = vec![
            ("ActionParsnip", 0, "which release do you run"),
            ("bob", 0, "ana: is there a good editor"),
            ("ana", 1, "action: hardy"),
        ];
        assert_eq!(parents(&Ranker::rules(), &talk)[2], Some(0));
        talk[1].0 = "ActionMan";
        assert_eq!(parents(&Ranker::rules(), &talk)[2], Some(1), "two names begin so; it named her");
    }

    #[test]
    fn the_shipped_model_is_whole_and_damage_is_refused() {
        assert!(Ranker::load(SHIPPED).expect("it is shipped").forest.is_some_and(|forest| forest.decides()));
        assert!(SHIPPED.len() <= 300_000);
        for end in (0..SHIPPED.len()).step_by(9973) {
            let error = Ranker::load(&SHIPPED[..end]).expect_err("a part is no model");
            assert_eq!(error.name(), "model");
        }
        for at in (0..SHIPPED.len()).step_by(9973) {
            let mut damaged = SHIPPED.to_vec();
            damaged[at] ^= 4;
            assert_eq!(Ranker::load(&damaged).expect_err("a bit is wrong").name(), "model");
        }
    }

    #[test]
    fn a_long_silence_weighs_where_the_room_has_a_gap() {
        let ranker = Ranker::shipped();
        let talk = [("ana", 0, "the parcel is late"), ("bob", 5, "yes, it is"), ("ana", 600, "so it is")];
        let lines = decided(&ranker, 0, &talk[..2]);
        let line = ranker.read(2, talk[2].0, Some(talk[2].1 * MINUTE), false, talk[2].2);
        let opening = |gap| {
            let choice = ranker.decide_within(&lines, &line, gap);
            if choice.line.parent.is_none() { choice.probability } else { 1.0 - choice.probability }
        };
        assert!(opening(Some(MINUTE)) > opening(None));
        assert_eq!(opening(Some(1000 * MINUTE)), opening(None));
    }

    /// A small world, so that names and words collide.
    fn some_line() -> impl Strategy<Value = Said> {
        let who = prop::sample::select(vec!["ana", "bob", "cat_", "dan|away", "eve", ""]);
        let text = prop::sample::select(vec![
            "ana: which card is it?",
            "bob, try the nvidia driver",
            "thanks",
            "does anyone know how to mount a disk?",
            "cat: sudo mount /dev/sda1 /mnt",
            "=== eve has joined #help",
            "* dan waves",
            "",
            "yes",
            "my disk does not mount",
        ]);
        (who, 0..3_i64, text)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

        #[test]
        fn a_decision_is_a_function_of_the_window(talk in prop::collection::vec(some_line(), 1..300)) {
            let ranker = Ranker::shipped();
            let mut minute = 0;
            let talk: Vec<Said> = talk
                .into_iter()
                .map(|(who, minutes, text)| {
                    minute += minutes;
                    (who, minute, text)
                })
                .collect();
            let lines = decided(&ranker, 0, &talk);
            let (last, before) = lines.split_last().expect("there is a line");
            let window = &before[before.len().saturating_sub(WINDOW)..];
            prop_assert_eq!(ranker.decide(before, last).line, *last);
            prop_assert_eq!(ranker.decide(window, last).line, *last);
            let renumbered = decided(&ranker, 1000, &talk);
            for (one, other) in lines.iter().zip(&renumbered) {
                prop_assert_eq!(one.parent.map(|parent| parent + 1000), other.parent);
            }
        }

        #[test]
        fn receipts_add_up(talk in prop::collection::vec(some_line(), 1..60), gap in prop::option::of(1..10_i64)) {
            let ranker = Ranker::shipped();
            let lines = decided(&ranker, 0, &talk);
            let (last, before) = lines.split_last().expect("there is a line");
            let gap_ms = gap.map(|minutes| minutes * MINUTE);
            let (choice, findings) = ranker.explain(before, last, gap_ms);
            prop_assert_eq!(&choice, &ranker.decide_within(before, last, gap_ms));
            let probability = choice.probability.clamp(1e-4, 1.0 - 1e-4);
            let bits: f64 = findings.iter().map(|finding| finding.bits).sum();
            prop_assert!((bits - (probability / (1.0 - probability)).log2()).abs() < 1e-9);
            prop_assert!(choice.parent_probability <= choice.probability + 1e-9);
        }
    }
}
