//! How well a grouping fits the truth.
//!
//! All metrics are counted from one table: how many items lie in true cluster `t` and found cluster
//! `f`. Pairwise scores look at pairs of items, B-cubed (Bagga and Baldwin 1998) at items, variation
//! of information (Meilă 2007) at bits, one-to-one overlap (Elsner and Charniak 2008) at the best
//! matching of clusters, exact match (Kummerfeld and others 2019) at whole clusters. Labels may be of
//! any type; only their equality counts. Cost: linear in the items; one-to-one overlap also solves a
//! sparse assignment for every group of overlapping clusters.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::Hash;

use serde::{Deserialize, Serialize};

use super::Partition;
use crate::{Error, Result};

/// Precision, recall and their harmonic mean, each from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Scores {
    /// Of what was found, the share that is right; 1 when nothing was found.
    pub precision: f64,
    /// Of what is right, the share that was found; 1 when there is nothing to find.
    pub recall: f64,
    /// The harmonic mean of both.
    pub f1: f64,
}

impl Scores {
    /// Scores of `right` hits among `found` findings and `wanted` truths.
    pub fn of(right: f64, found: f64, wanted: f64) -> Self {
        let share = |whole: f64| if whole > 0.0 { right / whole } else { 1.0 };
        Self::new(share(found), share(wanted))
    }

    fn new(precision: f64, recall: f64) -> Self {
        let sum = precision + recall;
        let f1 = if sum > 0.0 { 2.0 * precision * recall / sum } else { 0.0 };
        Self { precision, recall, f1 }
    }
}

/// Precision, recall and F1 over pairs of items that are together.
///
/// ```
/// use reknit::partition::metrics::pairwise;
/// let scores = pairwise(&["ana", "ana", "ana", "bo"], &[1, 1, 2, 2])?;
/// assert_eq!((scores.precision, scores.recall), (0.5, 1.0 / 3.0));
/// # Ok::<(), reknit::Error>(())
/// ```
///
/// # Errors
/// `input` when the slices differ in length.
pub fn pairwise<T: Eq + Hash, F: Eq + Hash>(truth: &[T], found: &[F]) -> Result<Scores> {
    let table = Overlap::new(truth, found)?;
    let pairs = |sizes: &[u64]| sizes.iter().map(|&n| (n * (n.max(1) - 1) / 2) as f64).sum::<f64>();
    let right = table.cells.iter().map(|c| (c.items * (c.items - 1) / 2) as f64).sum::<f64>();
    Ok(Scores::of(right, pairs(&table.found), pairs(&table.truth)))
}

/// B-cubed precision, recall and F1: for each item, how pure and how complete its cluster is.
///
/// # Errors
/// `input` when the slices differ in length.
pub fn b_cubed<T: Eq + Hash, F: Eq + Hash>(truth: &[T], found: &[F]) -> Result<Scores> {
    let table = Overlap::new(truth, found)?;
    if table.items == 0 {
        return Ok(Scores::new(1.0, 1.0));
    }
    let mean = |sizes: &[u64], of: fn(&Cell) -> usize| {
        let share = |c: &Cell| (c.items * c.items) as f64 / sizes[of(c)] as f64;
        table.cells.iter().map(share).sum::<f64>() / table.items as f64
    };
    Ok(Scores::new(mean(&table.found, |c| c.found), mean(&table.truth, |c| c.truth)))
}

/// Variation of information, scaled: 1 − VI / log2 n, from 0 to 1; 1 is equal. Up to one item the
/// groupings are equal.
///
/// # Errors
/// `input` when the slices differ in length.
pub fn variation_of_information<T: Eq + Hash, F: Eq + Hash>(truth: &[T], found: &[F]) -> Result<f64> {
    let table = Overlap::new(truth, found)?;
    if table.items <= 1 {
        return Ok(1.0);
    }
    let n = table.items as f64;
    let bits = |c: &Cell| {
        let p = c.items as f64;
        let (t, f) = (table.truth[c.truth] as f64, table.found[c.found] as f64);
        p / n * ((t / p).log2() + (f / p).log2())
    };
    let information: f64 = table.cells.iter().map(bits).sum();
    Ok((1.0 - information / n.log2()).clamp(0.0, 1.0))
}

/// One-to-one overlap: the share of items in the overlap of clusters when each true cluster is
/// matched with at most one found cluster, as well as can be.
///
/// # Errors
/// `input` when the slices differ in length.
pub fn one_to_one<T: Eq + Hash, F: Eq + Hash>(truth: &[T], found: &[F]) -> Result<f64> {
    let table = Overlap::new(truth, found)?;
    if table.items == 0 {
        return Ok(1.0);
    }
    let mut rows = vec![Vec::new(); table.truth.len()];
    for cell in &table.cells {
        rows[cell.truth].push((cell.found, cell.items as i64));
    }
    Ok(best_matching(&rows, table.found.len()) as f64 / table.items as f64)
}

/// Precision, recall and F1 over whole clusters: right is a found cluster that is a true cluster,
/// item for item. Clusters of one item are left out on both sides.
///
/// # Errors
/// `input` when the slices differ in length.
pub fn exact_match<T: Eq + Hash, F: Eq + Hash>(truth: &[T], found: &[F]) -> Result<Scores> {
    let table = Overlap::new(truth, found)?;
    let equal = |c: &&Cell| c.items > 1 && table.truth[c.truth] == c.items && table.found[c.found] == c.items;
    let many = |sizes: &[u64]| sizes.iter().filter(|&&n| n > 1).count() as f64;
    let right = table.cells.iter().filter(equal).count() as f64;
    Ok(Scores::of(right, many(&table.found), many(&table.truth)))
}

/// The items in one true and one found cluster.
#[derive(Debug, Clone, Copy)]
struct Cell {
    truth: usize,
    found: usize,
    items: u64,
}

/// How the clusters of two groupings overlap.
struct Overlap {
    items: usize,
    truth: Vec<u64>,
    found: Vec<u64>,
    /// Sorted by true, then by found cluster; none is empty.
    cells: Vec<Cell>,
}

impl Overlap {
    fn new<T: Eq + Hash, F: Eq + Hash>(truth: &[T], found: &[F]) -> Result<Self> {
        if truth.len() != found.len() {
            return Err(Error::input(format!(
                "{} true labels but {} found ones; give one of each per item",
                truth.len(),
                found.len()
            )));
        }
        let (truth, found) = (Partition::from_labels(truth), Partition::from_labels(found));
        let mut pairs: Vec<(u32, u32)> =
            truth.labels().iter().copied().zip(found.labels().iter().copied()).collect();
        pairs.sort_unstable();
        let cells = pairs
            .chunk_by(|a, b| a == b)
            .map(|run| Cell { truth: run[0].0 as usize, found: run[0].1 as usize, items: run.len() as u64 })
            .collect();
        Ok(Self { items: pairs.len(), truth: sizes(&truth), found: sizes(&found), cells })
    }
}

fn sizes(partition: &Partition) -> Vec<u64> {
    let mut sizes = vec![0; partition.count()];
    for &label in partition.labels() {
        sizes[label as usize] += 1;
    }
    sizes
}

/// The largest sum of weights over matchings of rows with columns; `rows[r]` holds (column, weight),
/// weights above zero.
///
/// Rows are matched one after the other along a cheapest augmenting path (Kuhn 1955, with Dijkstra
/// on reduced costs), where leaving a row alone is allowed and costs its price.
fn best_matching(rows: &[Vec<(usize, i64)>], columns: usize) -> i64 {
    let mut matching = Matching {
        row_price: rows.iter().map(|row| row.iter().map(|e| e.1).max().unwrap_or(0)).collect(),
        column_price: vec![0; columns],
        column_of: vec![None; rows.len()],
        row_of: vec![None; columns],
        distance: vec![i64::MAX; columns],
        via: vec![0; columns],
    };
    for row in 0..rows.len() {
        matching.insert(rows, row);
    }
    let weight = |(row, column): (usize, &Option<usize>)| {
        column.and_then(|c| rows[row].iter().find(|e| e.0 == c)).map_or(0, |e| e.1)
    };
    matching.column_of.iter().enumerate().map(weight).sum()
}

struct Matching {
    row_price: Vec<i64>,
    column_price: Vec<i64>,
    column_of: Vec<Option<usize>>,
    row_of: Vec<Option<usize>>,
    /// Scratch of one search: distance to each column and the row it was reached from.
    distance: Vec<i64>,
    via: Vec<usize>,
}

impl Matching {
    fn insert(&mut self, rows: &[Vec<(usize, i64)>], start: usize) {
        let mut heap = BinaryHeap::new();
        let mut touched = Vec::new();
        let mut closed: Vec<(usize, i64)> = Vec::new();
        let mut tree: Vec<(usize, i64)> = vec![(start, 0)];
        // The cheapest end so far: leaving some row of the tree alone.
        let (mut end, mut cost) = (start, self.row_price[start]);
        let mut free_column = None;
        let mut open = (start, 0);
        loop {
            let (row, base) = open;
            for &(column, weight) in &rows[row] {
                let through = base + self.row_price[row] + self.column_price[column] - weight;
                if through < self.distance[column] && through < cost {
                    self.distance[column] = through;
                    self.via[column] = row;
                    touched.push(column);
                    heap.push(Reverse((through, column)));
                }
            }
            let next = loop {
                match heap.pop() {
                    Some(Reverse((d, column))) if d == self.distance[column] && d < cost => {
                        break Some((d, column));
                    }
                    Some(_) => {}
                    None => break None,
                }
            };
            let Some((d, column)) = next else { break };
            let Some(owner) = self.row_of[column] else {
                (free_column, cost) = (Some(column), d);
                break;
            };
            closed.push((column, d));
            tree.push((owner, d));
            if d + self.row_price[owner] < cost {
                (end, cost) = (owner, d + self.row_price[owner]);
            }
            open = (owner, d);
        }
        for (row, d) in tree {
            self.row_price[row] -= (cost - d).max(0);
        }
        for (column, d) in closed {
            self.column_price[column] += (cost - d).max(0);
        }
        self.augment(start, end, free_column);
        for column in touched {
            self.distance[column] = i64::MAX;
        }
    }

    /// Turns the path around: from its end back to `start`, each column changes its row.
    fn augment(&mut self, start: usize, end: usize, free_column: Option<usize>) {
        let mut column = free_column.or_else(|| if end == start { None } else { self.column_of[end].take() });
        while let Some(here) = column {
            let row = self.via[here];
            let before = self.column_of[row].replace(here);
            self.row_of[here] = Some(row);
            column = if row == start { None } else { before };
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_worked_example() {
        let (truth, found) = ([0, 0, 0, 1, 1, 2], [0, 0, 1, 1, 1, 2]);
        let pairs = pairwise(&truth, &found).expect("equal lengths");
        assert_eq!((pairs.precision, pairs.recall), (0.5, 0.5));
        let items = b_cubed(&truth, &found).expect("equal lengths");
        assert!((items.precision - 7.0 / 9.0).abs() < 1e-12);
        assert!((one_to_one(&truth, &found).expect("equal lengths") - 5.0 / 6.0).abs() < 1e-12);
        assert_eq!(exact_match(&truth, &found).expect("equal lengths").f1, 0.0);
        assert_eq!(exact_match(&[0, 0, 1, 1], &[0, 0, 1, 2]).expect("equal lengths").precision, 1.0);
        assert_eq!(pairwise(&[1], &[1, 2]).expect_err("unequal lengths").code(), 2);
    }

    /// The best matching by trying all of them.
    fn brute(rows: &[Vec<(usize, i64)>], taken: &mut Vec<usize>) -> i64 {
        let Some((row, rest)) = rows.split_first() else { return 0 };
        let mut best = brute(rest, taken);
        for &(column, weight) in row {
            if !taken.contains(&column) {
                taken.push(column);
                best = best.max(weight + brute(rest, taken));
                taken.pop();
            }
        }
        best
    }

    proptest! {
        #[test]
        fn the_matching_is_the_best_one(weights in proptest::collection::vec(proptest::collection::vec(0_i64..6, 5), 0..6)) {
            let rows: Vec<Vec<(usize, i64)>> = weights
                .iter()
                .map(|row| row.iter().copied().enumerate().filter(|e| e.1 > 0).collect())
                .collect();
            prop_assert_eq!(best_matching(&rows, 5), brute(&rows, &mut Vec::new()));
        }

        #[test]
        fn laws(truth in proptest::collection::vec(0_u8..5, 2..20), other in proptest::collection::vec(0_u8..5, 20)) {
            let other = &other[..truth.len()];
            for metric in [pairwise, b_cubed, exact_match] {
                let (forth, back) = (metric(&truth, other)?, metric(other, &truth)?);
                prop_assert!((forth.precision - back.recall).abs() < 1e-12);
                prop_assert!((0.0..=1.0).contains(&forth.f1));
                prop_assert_eq!(metric(&truth, &truth)?.f1, 1.0);
            }
            for metric in [variation_of_information, one_to_one] {
                prop_assert!((metric(&truth, other)? - metric(other, &truth)?).abs() < 1e-12);
                prop_assert!((metric(&truth, &truth)? - 1.0).abs() < 1e-12);
                prop_assert!((0.0..=1.0).contains(&metric(&truth, other)?));
            }
        }
    }
}
