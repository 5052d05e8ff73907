//! Links that nothing proves: the best of a few earlier messages, if it is good enough.
//!
//! What is decided about a message rests on the messages before it and on what ids prove, never on the
//! order of arrival. The candidates come from [mail](super::mail) (quoted lines, subjects),
//! [contacts](super::contact) (open conversations of the same person) and [rooms](super::room) (who talks
//! to whom). The heaviest candidate wins, the later one where two weigh the same.

use std::cmp::Ordering;

use crate::model::{Contribution, Evidence, Weight};

use super::digest::{Digest, Way};
use super::engine::{Cut, Engine};
use super::postings::{Key, Kind, copy_key};
use super::result::Relation;
use super::room::{Line, WINDOW, last_turn, naming_rate};
use super::weight::{Finding, PRIOR, span, total};

/// An earlier message, and what speaks for it.
pub(super) struct Candidate {
    pub(super) at: u32,
    pub(super) relation: Relation,
    pub(super) findings: Vec<Finding>,
}

impl Candidate {
    /// The belief in it.
    pub(super) fn weight(&self) -> Weight {
        total(&self.findings)
    }
}

/// What was concluded about one message.
#[derive(Default)]
pub(super) struct Decision {
    /// In a room: the line as the lines after it see it.
    pub(super) line: Option<Line>,
    /// The candidate it hangs on.
    pub(super) joined: Option<Candidate>,
    /// The next best: of another conversation than the one joined.
    pub(super) next: Option<Candidate>,
}

/// The engine as it looks from one message: only what lies before it.
pub(super) struct View<'e> {
    pub(super) engine: &'e Engine,
    pub(super) at: u32,
    /// Whether a line of a room is to say in full why it is where it is, which takes as long again as
    /// deciding it.
    pub(super) in_full: bool,
}

/// Bits of the same words by the same author at the same moment under another id.
const SAME_WORDS: f64 = 25.0;

impl<'e> View<'e> {
    /// The message in view.
    pub(super) fn own(&self) -> &'e Digest {
        self.engine.digest(self.at)
    }

    /// Some message.
    pub(super) fn digest(&self, at: u32) -> &'e Digest {
        self.engine.digest(at)
    }

    /// The channel of a message.
    pub(super) fn way(&self, digest: &Digest) -> &'e Way {
        self.engine.way(digest)
    }

    /// Which of two messages comes first.
    pub(super) fn order(&self, a: u32, b: u32) -> Ordering {
        self.engine.compare(a, b)
    }

    /// The earlier messages that share `key` and may be candidates, the latest first.
    pub(super) fn earlier(&self, key: Key) -> impl Iterator<Item = u32> {
        self.engine.postings.earlier(key, self.at, |a, b| self.engine.before(a, b))
    }

    /// The conversation of an earlier message, named by the message that opens it.
    pub(super) fn conversation(&self, at: u32) -> u32 {
        self.engine.conversation_before(at, self.at)
    }

    /// Whether an earlier message opened a conversation.
    pub(super) fn opens(&self, at: u32) -> bool {
        self.engine.opens(at)
    }

    /// The link to an earlier message that ids say and a policy cut.
    pub(super) fn cut(&self) -> Option<&'e Cut> {
        self.engine.cut(self.at).filter(|cut| self.order(cut.parent, self.at).is_lt())
    }

    /// The earlier messages that ids bring together with `at`.
    pub(super) fn tree_of(&self, at: u32) -> Vec<u32> {
        let mut tree = self.engine.tree(self.engine.root(at));
        tree.retain(|&other| self.order(other, self.at).is_lt());
        tree
    }

    /// The lines of the room before the one in view, the oldest first.
    pub(super) fn lines(&self) -> Vec<&'e Line> {
        let Some(room) = self.own().room else { return Vec::new() };
        let earlier = self.earlier(Key::new(Kind::Room, u64::from(room))).take(WINDOW);
        let mut lines: Vec<&Line> = Vec::with_capacity(WINDOW);
        lines.extend(earlier.filter_map(|at| self.digest(at).line.as_deref()));
        lines.reverse();
        lines
    }

    /// The same words by the same author at the same moment: a delivery made twice.
    fn copies(&self, candidates: &mut Vec<Candidate>) {
        let first = copy_key(self.own()).and_then(|key| self.earlier(key).last());
        candidates.extend(first.map(|at| Candidate {
            at,
            relation: Relation::Copy,
            findings: vec![Finding::new("copy", "same author, moment and text", SAME_WORDS)],
        }));
    }
}

/// Where the message in view belongs. A system line of a one-to-one channel belongs nowhere, and mail
/// that is threaded by the letter only where ids and subjects put it.
pub(super) fn decide(view: &View<'_>, threshold: Weight) -> Decision {
    let digest = view.own();
    if (digest.system && digest.room.is_none()) || digest.strict.is_some() {
        return Decision::default();
    }
    if digest.room.is_some() {
        return decide_in_room(view);
    }
    let mut candidates = Vec::new();
    view.copies(&mut candidates);
    super::mail::candidates(view, &mut candidates);
    super::contact::candidates(view, &mut candidates);
    super::token::candidates(view, &mut candidates);
    super::policy::apply(view, &mut candidates);
    choose(view, candidates, threshold)
}

/// Where a line of a room belongs, after the lines before it.
fn decide_in_room(view: &View<'_>) -> Decision {
    let Some(line) = &view.own().line else { return Decision::default() };
    let lines = view.lines();
    let gap_ms = view.way(view.own()).policy.gap_ms;
    let ranker = view.engine.ranker();
    let (mut choice, findings) = if view.in_full {
        ranker.explain(&lines, line, gap_ms)
    } else {
        let choice = ranker.decide_within(&lines, line, gap_ms);
        let bits = odds(choice.probability);
        (choice, vec![Finding::new("room", "the likeliest thread", bits)])
    };
    let candidate = |at: u64, mut findings: Vec<Finding>| {
        findings.push(Finding::new("prior", "a room", -PRIOR.bits()));
        Candidate { at: at as u32, relation: Relation::Reply, findings }
    };
    let next = choice.runner_up.and_then(|(at, probability)| {
        let finding = Finding::new("room", "another thread", odds(probability));
        at.map(|at| candidate(at, vec![finding]))
    });
    let joined = match choice.line.parent {
        Some(at) => Some(candidate(at, findings)),
        None => in_one_stream(view, &lines).map(|(at, finding)| candidate(at, vec![finding])),
    };
    let mut joined = joined.filter(|joined| {
        view.engine.may_join(view.at, joined.at) && super::policy::is_in_window(view, joined.at)
    });
    if view.own().auto
        && let Some(joined) = &mut joined
    {
        joined.relation = Relation::AutoReply;
    }
    choice.line.parent = joined.as_ref().map(|joined| u64::from(joined.at));
    Decision { joined, next, line: Some(choice.line) }
}

/// The log2 odds of a probability.
fn odds(probability: f64) -> f64 {
    Weight::from_probability(probability.clamp(LEAST, 1.0 - LEAST)).bits()
}

/// Below this share of lines that name somebody a room is one talk after another.
const ONE_STREAM: f64 = 0.05;
/// Bits of the last line there, right after it; a halving less at each doubling towards the gap.
const NEXT_IN_STREAM: f64 = 5.0;

/// The last line of a room where nobody names anybody: nobody needs to, because there is one talk at a
/// time. The ranker has learnt from rooms where people do.
fn in_one_stream(view: &View<'_>, lines: &[&Line]) -> Option<(u64, Finding)> {
    let own = view.own();
    if own.system || naming_rate(lines) >= ONE_STREAM {
        return None;
    }
    let (at, time) = last_turn(lines)?;
    let gap = own.time()?.saturating_sub(time?);
    let halvings = (view.way(own).gap_ms.max(1) as f64 / gap.max(1) as f64).log2();
    let level = format!("one talk at a time, {} before", span(gap));
    (halvings > 0.0).then(|| (at, Finding::new("stream", level, halvings.min(NEXT_IN_STREAM))))
}

/// Probabilities are told no nearer to 0 and 1.
const LEAST: f64 = 1e-4;

/// The best candidate that may be joined, and the best of another conversation.
fn choose(view: &View<'_>, mut candidates: Vec<Candidate>, threshold: Weight) -> Decision {
    candidates.retain(|candidate| view.engine.may_join(view.at, candidate.at));
    let Some(best) = take_best(view, &mut candidates) else { return Decision::default() };
    if best.weight() < threshold {
        return Decision { next: Some(best), ..Decision::default() };
    }
    let conversation = view.conversation(best.at);
    candidates.retain(|candidate| view.conversation(candidate.at) != conversation);
    let next = take_best(view, &mut candidates);
    let relation = if view.own().auto { Relation::AutoReply } else { best.relation };
    Decision { joined: Some(Candidate { relation, ..best }), next, line: None }
}

fn take_best(view: &View<'_>, candidates: &mut Vec<Candidate>) -> Option<Candidate> {
    let better = |a: &Candidate, b: &Candidate| {
        a.weight().bits().total_cmp(&b.weight().bits()).then_with(|| view.order(a.at, b.at))
    };
    let best = (0..candidates.len()).max_by(|&a, &b| better(&candidates[a], &candidates[b]))?;
    Some(candidates.swap_remove(best))
}

/// The receipt for `findings`.
pub(super) fn receipt(findings: &[Finding]) -> Evidence {
    let contributions =
        findings.iter().map(|f| Contribution::new(f.name, f.level.as_ref(), Weight(f.bits))).collect();
    Evidence::new(PRIOR, contributions)
}

/// The receipt for an opening message: what speaks against the best candidate it had.
pub(super) fn opening_receipt(best: Option<&[Finding]>) -> Evidence {
    let against = best.unwrap_or_default();
    let contributions =
        against.iter().map(|f| Contribution::new(f.name, f.level.as_ref(), Weight(-f.bits))).collect();
    Evidence::new(-PRIOR, contributions)
}
