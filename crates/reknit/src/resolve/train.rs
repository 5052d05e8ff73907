//! Learning, without labels, what agreement is worth.
//!
//! Expectation maximisation (Dempster, Laird and Rubin 1977; Winkler 1988 for record linkage) on
//! counted comparison vectors, of which there are thousands where there are millions of pairs. Two
//! samples are read together: the candidate pairs, which hold nearly all matches and give the m
//! probabilities and the prior; and pairs drawn evenly from all, which give the u probabilities once
//! the few matches among them are weighed out. Kinds of strangers (household, place, namesakes) are
//! classes of their own whose levels are tied to those of the matches and strangers, so each adds
//! only its share. Spreads known beforehand carry small tables. All sums run in the order of sorted
//! vectors: the result is the same to the last bit on any number of threads.

use super::aspect::{Level, NULL, PRIOR_MATCHES, PRIOR_STRANGERS, Slot};
use super::compare::{Comparer, Vector};
use super::labels::{self, Taught};
use super::score::{KINDS, sharing};
use super::values::Prepared;
use crate::Result;
use crate::model::{Progress, Watch};

/// A comparison vector and how many pairs have it.
pub(super) type Counted = (Vector, f64);

/// What EM finds.
#[derive(Debug, Clone)]
pub(super) struct Learnt {
    pub m: Vec<Vec<f64>>,
    pub u: Vec<Vec<f64>>,
    pub prior: f64,
    pub kinds: [f64; KINDS],
    /// Candidate pairs of each level, per slot.
    pub seen: Vec<Vec<f64>>,
}

/// Pairs drawn to learn what strangers look like: enough to see a level of one in 30,000 ten times.
const SAMPLE: u64 = 300_000;
/// EM stops after this many rounds or when the prior moves by less than a thousandth of itself.
const ROUNDS: u64 = 40;
const STILL: f64 = 1e-3;
/// No share of a level is taken to be smaller: the sample could not show it.
const RAREST: f64 = 1e-6;

/// Vectors counted, in ascending order; `vectors` are sorted.
pub(super) fn counted(vectors: &[Vector]) -> Vec<Counted> {
    vectors.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as f64)).collect()
}

/// Pairs drawn evenly from all: every pair of a small table, else each row with partners at strides
/// that depend on the number of rows only.
pub(super) fn sample(data: &Prepared, workers: usize) -> Vec<Counted> {
    let n = data.rows as u64;
    if n < 2 {
        return Vec::new();
    }
    let all = n * (n - 1) / 2;
    let strides: Vec<u64> = if all <= SAMPLE {
        (1..n).collect()
    } else {
        // Steps of the golden ratio spread the strides evenly and reach no two alike.
        let wanted = (SAMPLE / n).max(1);
        (1..=wanted).map(|i| 1 + (i.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 11) % (n - 1)).collect()
    };
    let whole = all <= SAMPLE;
    let every = (n / SAMPLE).max(1);
    let rows: Vec<u64> = (0..n).step_by(every as usize).collect();
    let mut vectors: Vec<Vector> = std::thread::scope(|scope| {
        let handles: Vec<_> = rows
            .chunks(rows.len().div_ceil(workers))
            .map(|rows| {
                let strides = &strides;
                scope.spawn(move || {
                    let mut comparer = Comparer::new(data);
                    let mut vectors = Vec::new();
                    for &row in rows {
                        let inside = strides.iter().filter(|&&stride| !whole || row + stride < n);
                        let partners = inside.map(|stride| (row + stride) % n);
                        vectors.extend(partners.map(|other| comparer.vector(row as u32, other as u32)));
                    }
                    vectors
                })
            })
            .collect();
        handles.into_iter().flat_map(|handle| handle.join().expect("comparing does not panic")).collect()
    });
    vectors.sort_unstable();
    counted(&vectors)
}

/// What is learnt from: candidate pairs and pairs drawn evenly from all.
pub(super) struct Evidence<'a> {
    pub candidates: &'a [Counted],
    /// How many candidate pairs of the table one pair of `candidates` stands for.
    pub scale: f64,
    pub sample: &'a [Counted],
    /// What people say.
    pub labels: &'a [Taught],
}

/// Fits the model to the pairs of a table of `rows` records, beginning with `known`.
pub(super) fn learn(
    slots: &[Slot],
    rows: usize,
    evidence: &Evidence<'_>,
    known: Option<Learnt>,
    watch: &mut Watch<'_>,
) -> Result<Learnt> {
    let mut em = Em::new(slots, rows);
    if let Some(known) = known {
        em.learnt = known;
    }
    for round in 0..ROUNDS {
        Progress::report("train", round, ROUNDS, watch)?;
        let before = em.learnt.prior;
        em.round(evidence);
        if (em.learnt.prior - before).abs() <= STILL * before {
            break;
        }
    }
    em.learnt.seen = em.seen(evidence);
    Ok(em.learnt)
}

/// The probability that a pair of a vector is a match, as far as levels alone tell.
pub(super) fn judge(slots: &[Slot], learnt: &Learnt) -> impl Fn(Vector) -> f64 + use<> {
    let logs = Logs::new(learnt, &sharing(slots));
    let width = slots.len();
    move |vector| logs.posterior(width, vector)[0]
}

struct Em<'a> {
    slots: &'a [Slot],
    shared: Vec<[bool; KINDS]>,
    all_pairs: f64,
    learnt: Learnt,
}

/// Classes: matches, strangers, and the kinds of strangers.
const CLASSES: usize = 2 + KINDS;

impl<'a> Em<'a> {
    fn new(slots: &'a [Slot], rows: usize) -> Self {
        let n = rows.max(2) as f64;
        let m = slots.iter().map(|slot| slot.aspect.profile().levels.iter().map(|l| l.1).collect()).collect();
        let mut em = Self {
            slots,
            shared: sharing(slots),
            all_pairs: n * (n - 1.0) / 2.0,
            // One match per record to begin with, and as many of each kind of strangers.
            learnt: Learnt { m, u: Vec::new(), prior: 1.0 / n, kinds: [1.0 / n; KINDS], seen: Vec::new() },
        };
        // Strangers begin as known beforehand: the sample may hold more copies than strangers.
        em.learnt.u = normalized(em.tally(|level| level.2));
        em
    }

    /// Shares of levels in the sample, each vector weighed.
    fn unmatched(&self, sample: &[Counted], weight: impl Fn(Vector) -> f64) -> Vec<Vec<f64>> {
        let mut tally = self.tally(|level| level.2 * PRIOR_STRANGERS);
        for &(vector, count) in sample {
            add(&mut tally, vector, count * weight(vector));
        }
        normalized(tally)
    }

    /// A number for every level of every slot.
    fn tally(&self, of: impl Fn(&Level) -> f64) -> Vec<Vec<f64>> {
        self.slots.iter().map(|slot| slot.aspect.profile().levels.iter().map(&of).collect()).collect()
    }

    /// How many candidate pairs of the table are of each level.
    fn seen(&self, evidence: &Evidence<'_>) -> Vec<Vec<f64>> {
        let mut tally = self.tally(|_| 0.0);
        for &(vector, count) in evidence.candidates {
            add(&mut tally, vector, count * evidence.scale);
        }
        tally
    }

    fn round(&mut self, evidence: &Evidence<'_>) {
        let logs = Logs::new(&self.learnt, &self.shared);
        let width = self.slots.len();
        let mut matched = self.tally(|level| level.1 * PRIOR_MATCHES);
        let mut classes = [0.0; CLASSES];
        for &(vector, count) in evidence.candidates {
            let posterior = logs.posterior(width, vector);
            if posterior[0] > NOTHING {
                add(&mut matched, vector, count * posterior[0]);
            }
            for (class, p) in classes.iter_mut().zip(posterior) {
                *class += count * p;
            }
        }
        let mut classes = classes.map(|class| class * evidence.scale);
        teach(evidence, &logs, width, &mut matched, &mut classes);
        let u = self.unmatched(evidence.sample, |vector| 1.0 - logs.posterior(width, vector)[0]);
        self.learnt.m = normalized(matched);
        self.learnt.u = u;
        let share = |class: f64| (class.max(0.0) + 0.5) / self.all_pairs;
        self.learnt.prior = share(classes[0]).min(0.5);
        for kind in 0..KINDS {
            self.learnt.kinds[kind] = share(classes[2 + kind]).min(0.2);
        }
    }
}

/// Puts what people say in the place of what the model would say about the same pairs: into the shares
/// of levels among matches, and into how many pairs there are of each class.
fn teach(
    evidence: &Evidence<'_>,
    logs: &Logs,
    width: usize,
    matched: &mut [Vec<f64>],
    classes: &mut [f64; CLASSES],
) {
    let count: f64 = evidence.labels.iter().map(Taught::count).sum();
    if count == 0.0 {
        return;
    }
    let each = (labels::MOST * classes[0] / count).min(1.0);
    let mut levels: Vec<Vec<f64>> = matched.iter().map(|levels| vec![0.0; levels.len()]).collect();
    for label in evidence.labels {
        let posterior = logs.posterior(width, label.vector);
        let change = each * label.count() * (label.responsibility(posterior[0]) - posterior[0]);
        add(&mut levels, label.vector, change / evidence.scale);
        classes[0] += change;
        let strangers: f64 = posterior[1..].iter().sum();
        for (class, p) in classes.iter_mut().zip(posterior).skip(1) {
            *class -= change * p / strangers.max(NOTHING);
        }
    }
    for (levels, changes) in matched.iter_mut().zip(levels) {
        for (level, change) in levels.iter_mut().zip(changes) {
            // Labels can take away what the records say, but not all of it.
            *level = (*level + change).max(LEAST_LEFT * *level);
        }
    }
}

/// The share of a level that labels leave.
const LEAST_LEFT: f64 = 0.5;

/// A probability too small to change a share.
const NOTHING: f64 = 1e-9;

fn add(tally: &mut [Vec<f64>], vector: Vector, weight: f64) {
    for (slot, levels) in tally.iter_mut().enumerate() {
        let level = vector.level(slot);
        if level != NULL {
            levels[usize::from(level) - 1] += weight;
        }
    }
}

fn normalized(mut tally: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    for levels in &mut tally {
        let sum: f64 = levels.iter().sum();
        for level in levels {
            *level = (*level / sum).max(RAREST);
        }
    }
    tally
}

/// Natural logarithms of a [`Learnt`], one row of classes per slot and level.
struct Logs {
    /// At `16 * slot + level`.
    of: Vec<[f64; CLASSES]>,
    shares: [f64; CLASSES],
}

impl Logs {
    fn new(learnt: &Learnt, shared: &[[bool; KINDS]]) -> Self {
        let mut of = vec![[0.0; CLASSES]; 16 * learnt.m.len()];
        for (slot, (m, u)) in learnt.m.iter().zip(&learnt.u).enumerate() {
            for (place, (m, u)) in m.iter().zip(u).enumerate() {
                let (m, u) = (m.ln(), u.ln());
                let row = &mut of[16 * slot + place + 1];
                (row[0], row[1]) = (m, u);
                for kind in 0..KINDS {
                    row[2 + kind] = if shared[16 * slot + place + 1][kind] { m } else { u };
                }
            }
        }
        let mut shares = [learnt.prior.ln(), (1.0 - learnt.prior).ln(), 0.0, 0.0, 0.0];
        for kind in 0..KINDS {
            shares[2 + kind] = learnt.kinds[kind].ln();
        }
        Self { of, shares }
    }

    /// The probability of each class, given a vector of `width` levels.
    fn posterior(&self, width: usize, vector: Vector) -> [f64; CLASSES] {
        let mut sums = self.shares;
        for slot in 0..width {
            // Where there is nothing to compare all classes have the same zero.
            let row = &self.of[16 * slot + usize::from(vector.level(slot))];
            for (sum, log) in sums.iter_mut().zip(row) {
                *sum += log;
            }
        }
        let most = sums.into_iter().fold(f64::NEG_INFINITY, f64::max);
        let odds = sums.map(|sum| if sum < most - 40.0 { 0.0 } else { (sum - most).exp() });
        let total: f64 = odds.iter().sum();
        odds.map(|odd| odd / total)
    }
}
