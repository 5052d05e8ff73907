//! Why a line hangs where it hangs: findings in bits that add up to the log-odds of the choice.
//!
//! The chosen line is set beside opening a thread; where opening was chosen, opening is set beside
//! the best line. Each group of features gives the bits by which it moved the one more than the
//! other (Saabas 2014). Three findings stand beside them: the silence that was longer than the
//! room's gap, what the other lines of the chosen thread add, and what all other choices take away.
//! Together they are the log-odds of the choice, to the last rounding.

use std::borrow::Borrow;

use super::features::{Group, Reading};
use super::line::Naming;
use super::scene::{NONE, Scene};
use super::trees::Forest;
use super::{Choice, GAP_BITS, Line, NAT, RULES, Ranker, Ranking, by_rules};
use crate::stitch::weight::{Finding, span};

/// Probabilities are told no nearer to 0 and 1 than this: the model has not seen enough lines to be
/// surer.
const SUREST: f64 = 1e-4;

impl Ranker {
    /// Decides as [`Ranker::decide_within`] does, and says why: findings in bits whose sum is the
    /// log2 odds of [`Choice::probability`], cut at one in ten thousand.
    pub(in crate::stitch) fn explain<L: Borrow<Line>>(
        &self,
        lines: &[L],
        line: &Line,
        gap_ms: Option<i64>,
    ) -> (Choice, Vec<Finding>) {
        let scene = Scene::new(lines, line);
        let forest = self.forest.as_ref().filter(|forest| forest.decides());
        let Some(forest) = forest.filter(|_| scene.line.speaks()) else {
            let choice = self.decide_within(lines, line, gap_ms);
            let finding = if scene.line.speaks() {
                rule(&scene)
            } else {
                Finding::new("system", "a system line", odds(1.0))
            };
            return (choice, vec![finding]);
        };
        let reading = Reading::new(&scene);
        let ranking = Ranking::new(forest, &reading, gap_ms);
        let choice = ranking.choice(&scene);
        let findings = findings(forest, &scene, &reading, &ranking);
        (choice, findings)
    }
}

/// The log2 odds of a probability.
fn odds(probability: f64) -> f64 {
    let probability = probability.clamp(SUREST, 1.0 - SUREST);
    (probability / (1.0 - probability)).log2()
}

fn rule(scene: &Scene<'_>) -> Finding {
    let parent = by_rules(scene).line.parent;
    let level = if parent.is_some() { "by name, turn or silence" } else { "no rule names a line" };
    Finding::new("rules", level, odds(RULES))
}

fn findings(
    forest: &Forest,
    scene: &Scene<'_>,
    reading: &Reading<'_, '_>,
    ranking: &Ranking,
) -> Vec<Finding> {
    let best = ranking.best;
    let other = if best == 0 { ranking.likeliest_line() } else { Some(0) };
    let total = odds(ranking.threads[best]);
    let Some(other) = other else {
        return vec![Finding::new("alone", "no line before it", total)];
    };
    let bits = 1.0 / (f64::from(forest.temperature) * NAT);
    let (mine, theirs) = (forest.shares(&ranking.rows[best]), forest.shares(&ranking.rows[other]));
    let place = ranking.places[if best == 0 { other } else { best }].unwrap_or_default();
    let mut findings: Vec<Finding> = Group::ALL
        .iter()
        .map(|&group| {
            let share = (mine[group as usize] - theirs[group as usize]) * bits;
            Finding::new(group.name(), level(group, scene, reading, place), share)
        })
        .collect();
    let gap = ranking.gaps[best] - ranking.gaps[other];
    if gap != 0.0 {
        let level = format!("silent for {}, beyond the gap", span(reading.silence(place)));
        debug_assert!(gap.abs() >= GAP_BITS, "a gap costs a bit at least");
        findings.push(Finding::new("gap", level, gap));
    }
    let thread = (ranking.threads[best] / ranking.probabilities[best]).log2();
    if thread > 0.0 {
        findings.push(Finding::new("same_thread", "other lines of the thread", thread));
    }
    let sum: f64 = findings.iter().map(|finding| finding.bits).sum();
    findings.push(Finding::new("rivals", "all other choices", total - sum));
    findings
}

impl Ranking {
    /// The likeliest choice but opening a thread.
    fn likeliest_line(&self) -> Option<usize> {
        (1..self.places.len())
            .max_by(|&a, &b| self.probabilities[a].total_cmp(&self.probabilities[b]).then(b.cmp(&a)))
    }
}

/// What was seen of `group` at the line in `place`, in words.
fn level(group: Group, scene: &Scene<'_>, reading: &Reading<'_, '_>, place: usize) -> String {
    let seen = &scene.seen[place];
    let thread = &scene.threads[seen.root as usize];
    match group {
        Group::Addressee if scene.names.contains(&seen.author) && seen.author != NONE => {
            let how = if scene.line.naming == Naming::Within { "named within" } else { "named first" };
            format!("its author is {how}")
        }
        Group::Addressee if reading.names_me(place) => "it names the author".to_owned(),
        Group::Addressee if scene.names[0] != NONE => "somebody else is named".to_owned(),
        Group::Addressee => "nobody is named".to_owned(),
        Group::Turns if seen.author != NONE && seen.author == scene.author => "the author's own".to_owned(),
        Group::Turns => format!("{} later lines by its author", seen.rank),
        Group::Distance => {
            let ms = (scene.minutes(place) * 60_000.0) as i64;
            format!("{} lines, {} before", u32::from(seen.after) + 1, span(ms))
        }
        Group::Words => format!("{} words shared", scene.rarity_of(seen.shared).0),
        Group::Kind => "the kind of both lines".to_owned(),
        Group::Thread => format!("{} lines by {} people", thread.size, thread.people.count_ones()),
        Group::Room => format!("{} lines of the room", scene.spoken),
    }
}
