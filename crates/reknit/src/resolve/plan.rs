//! Which blocks are worth their pairs: yield against cost.
//!
//! A table tells by itself which rules pay. For some rows, evenly spread, all pairs of all blocks are
//! compared and judged by a first model; that gives for each rule and size of block how many matches
//! it would find and how many pairs it would cost. Then, greedily, the blocks with the most new
//! matches per new pair are taken, rule by rule from the smallest size up, as long as a match costs
//! no more than so many pairs. What a rule finds that another has found already does not count, so
//! two rules that say the same are not both paid.
//!
//! Sources: the greedy cover of submodular gains (Nemhauser, Wolsey and Fisher 1978) as used for
//! blocking by Bilenko, Kamath and Mooney (2006). Cost: [`PROBES`] comparisons, whatever the table.

use serde::{Deserialize, Serialize};

use super::block::{MAX_BLOCK, RuleBlocks};
use super::compare::{Comparer, Vector};
use super::rule::RULES;
use super::train::{self, Counted};
use super::values::Prepared;

/// Pairs compared to find out, about.
const PROBES: usize = 400_000;
/// Size classes of blocks: 2, 3 to 4, 5 to 8 ... up to [`MAX_BLOCK`].
const CLASSES: usize = 10;

/// The size of the largest block used, per rule; 0 where a rule is not used.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Plan {
    /// Records of the table it was made for.
    pub rows: u32,
    /// In the order of the rules, which only ever grow at the end.
    largest: Vec<u32>,
}

impl Plan {
    pub(super) fn largest(&self, rule: usize) -> usize {
        self.largest.get(rule).map_or(0, |&largest| largest as usize).min(MAX_BLOCK)
    }

    /// Whether it fits a table of `rows` records: a much larger one has other hot keys.
    pub(super) fn fits(&self, rows: usize) -> bool {
        rows <= 2 * self.rows as usize
    }
}

/// The pairs of some rows.
pub(super) struct Probe {
    rows: usize,
    /// One row in so many was looked at.
    every: usize,
    /// How the pairs compare.
    vectors: Vec<Vector>,
    /// Per rule and size class the pairs in its blocks.
    strata: Vec<Vec<u32>>,
}

impl Probe {
    /// Compares the pairs of some rows; `blocks` are those of equal records and then of each rule.
    pub(super) fn new(data: &Prepared, blocks: &[RuleBlocks], workers: usize) -> Self {
        let meetings: usize =
            blocks.iter().flat_map(RuleBlocks::iter).map(|block| block.len() * (block.len() - 1)).sum();
        let every = meetings.div_ceil(PROBES).max(1);
        let mut met: Vec<(u64, u16)> = Vec::new();
        for (rule, blocks) in blocks.iter().enumerate() {
            for block in blocks.iter() {
                let stratum = (rule * CLASSES + class(block.len())) as u16;
                for &a in block.iter().filter(|&&a| (a as usize).is_multiple_of(every)) {
                    let partners = block.iter().filter(|&&b| b != a);
                    met.extend(partners.map(|&b| (u64::from(a) << 32 | u64::from(b), stratum)));
                }
            }
        }
        met.sort_unstable();
        let mut strata = vec![Vec::new(); blocks.len() * CLASSES];
        let mut pairs: Vec<u64> = Vec::new();
        for run in met.chunk_by(|x, y| x.0 == y.0) {
            for &(_, stratum) in run {
                strata[usize::from(stratum)].push(pairs.len() as u32);
            }
            pairs.push(run[0].0);
        }
        Self { rows: data.rows, every, vectors: compare(data, &pairs, workers), strata }
    }

    /// How often each vector occurs.
    pub(super) fn counted(&self) -> Vec<Counted> {
        let mut vectors = self.vectors.clone();
        vectors.sort_unstable();
        train::counted(&vectors)
    }

    /// What one pair here stands for among all pairs of the table: each is seen from both its rows.
    pub(super) fn scale(&self) -> f64 {
        self.every as f64 / 2.0
    }

    /// The blocks worth their pairs, given how probable a match each pair is and how many pairs a match
    /// may cost.
    pub(super) fn plan(&self, pairs_per_match: u32, probability: impl Fn(Vector) -> f64) -> Plan {
        let gains: Vec<f64> = self.vectors.iter().map(|&vector| probability(vector)).collect();
        let mut cover = Cover { probe: self, gains: &gains, covered: vec![false; gains.len()] };
        // Equal records meet at any price, and what is cheap in every table is not asked for its price.
        cover.take(0, CLASSES);
        let mut taken: Vec<usize> = RULES.iter().map(|rule| classes_up_to(rule.always)).collect();
        for (rule, &classes) in taken.iter().enumerate() {
            cover.take(CLASSES * (rule + 1), classes);
        }
        let mut offers: Vec<Offer> = (0..RULES.len()).map(|rule| cover.offer(rule, taken[rule])).collect();
        while let Some(best) = best(&offers) {
            // What was offered before others were taken may be worth less by now: ask again.
            let again = cover.offer(best, taken[best]);
            if again.worth < offers[best].worth {
                offers[best] = again;
                continue;
            }
            if again.worth * f64::from(pairs_per_match) < 1.0 {
                break;
            }
            cover.take(CLASSES * (best + 1) + taken[best], again.classes - taken[best]);
            taken[best] = again.classes;
            offers[best] = cover.offer(best, taken[best]);
        }
        let largest = |&classes: &usize| if classes == 0 { 0 } else { 1 << classes };
        Plan { rows: self.rows as u32, largest: taken.iter().map(largest).collect() }
    }
}

/// The vectors of pairs, each of two rows in one number.
fn compare(data: &Prepared, pairs: &[u64], workers: usize) -> Vec<Vector> {
    let of_worker = |pairs: &[u64]| {
        let mut comparer = Comparer::new(data);
        pairs.iter().map(|&pair| comparer.vector((pair >> 32) as u32, pair as u32)).collect::<Vec<_>>()
    };
    std::thread::scope(|scope| {
        let handles: Vec<_> = pairs
            .chunks(pairs.len().div_ceil(workers).max(1))
            .map(|pairs| scope.spawn(move || of_worker(pairs)))
            .collect();
        handles.into_iter().flat_map(|handle| handle.join().expect("comparing does not panic")).collect()
    })
}

/// The classes of blocks up to `size`.
fn classes_up_to(size: usize) -> usize {
    if size < 2 { 0 } else { class(size) + 1 }
}

/// The rule that offers most, the first of equals.
fn best(offers: &[Offer]) -> Option<usize> {
    let best = offers.iter().enumerate().filter(|(_, offer)| offer.worth > 0.0);
    best.max_by(|x, y| x.1.worth.total_cmp(&y.1.worth).then(y.0.cmp(&x.0))).map(|(rule, _)| rule)
}

/// 2 is in class 0, 3 and 4 in class 1, up to 1024 in class 9.
fn class(size: usize) -> usize {
    (size.next_power_of_two().trailing_zeros() as usize - 1).min(CLASSES - 1)
}

/// What it is worth to take a rule up to some class of blocks.
struct Offer {
    classes: usize,
    /// New matches per pair.
    worth: f64,
}

/// Which pairs are taken already.
struct Cover<'a> {
    probe: &'a Probe,
    gains: &'a [f64],
    covered: Vec<bool>,
}

impl Cover<'_> {
    /// The best of the ways to take more of a rule.
    fn offer(&self, rule: usize, taken: usize) -> Offer {
        let mut best = Offer { classes: taken, worth: 0.0 };
        let (mut gain, mut cost) = (0.0, 0.0);
        for class in taken..CLASSES {
            for &pair in &self.probe.strata[CLASSES * (rule + 1) + class] {
                if self.covered[pair as usize] {
                    cost += AGAIN;
                } else {
                    gain += self.gains[pair as usize];
                    cost += 1.0;
                }
            }
            if gain > best.worth * cost {
                best = Offer { classes: class + 1, worth: gain / cost };
            }
        }
        best
    }

    fn take(&mut self, stratum: usize, classes: usize) {
        for &pair in self.probe.strata[stratum..stratum + classes].iter().flatten() {
            self.covered[pair as usize] = true;
        }
    }
}

/// The cost of meeting a pair a second time, in comparisons.
const AGAIN: f64 = 0.05;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_double() {
        assert_eq!([2, 3, 4, 5, 8, 9, 512, 513, 1000].map(class), [0, 1, 1, 2, 2, 3, 8, 9, 9]);
    }
}
