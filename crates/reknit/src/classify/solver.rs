//! Fits the weights of one label against the rest, by dual coordinate descent.
//!
//! For a linear model on sparse rows it is fastest to solve the dual problem one row at a time while
//! the weight vector is kept up to date: L2-regularised L2-loss support vector machine as in Hsieh,
//! Chang, Lin, Keerthi and Sundararajan 2008 ("A Dual Coordinate Descent Method for Large-scale Linear
//! SVM", algorithm 3 with shrinking), logistic regression as in Yu, Huang and Lin 2011 ("Dual
//! coordinate descent methods for logistic regression and maximum entropy models", algorithm 5). The
//! bias is the weight of one more feature that is always 1.
//!
//! Every label is a problem of its own with its own generator, so labels run in parallel and the
//! weights are the same bits for any number of threads. Cost: passes × non-zero values a label;
//! shrinking leaves most rows of most labels out after the first passes.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::Loss;

/// Sparse rows: row `r` holds `columns[starts[r]..starts[r + 1]]` with its `values`.
#[derive(Debug, Clone)]
pub(crate) struct Matrix {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
    width: usize,
}

impl Matrix {
    /// A matrix of `width` columns; every column of every row must be below it.
    pub(crate) fn new(rows: &[Vec<(u32, f32)>], width: usize) -> Self {
        let entries = rows.iter().map(Vec::len).sum();
        let mut matrix = Self {
            starts: vec![0],
            columns: Vec::with_capacity(entries),
            values: Vec::with_capacity(entries),
            width,
        };
        for row in rows {
            matrix.columns.extend(row.iter().map(|&(column, _)| column));
            matrix.values.extend(row.iter().map(|&(_, value)| value));
            matrix.starts.push(matrix.columns.len());
        }
        matrix
    }

    /// Columns.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Stored values.
    pub(crate) fn entries(&self) -> usize {
        self.values.len()
    }

    fn row(&self, row: usize) -> (&[u32], &[f32]) {
        let range = self.starts[row]..self.starts[row + 1];
        (&self.columns[range.clone()], &self.values[range])
    }

    fn dot(&self, row: usize, weights: &[f64]) -> f64 {
        let (columns, values) = self.row(row);
        columns.iter().zip(values).map(|(&column, &value)| weights[column as usize] * f64::from(value)).sum()
    }

    fn add(&self, row: usize, factor: f64, weights: &mut [f64]) {
        let (columns, values) = self.row(row);
        for (&column, &value) in columns.iter().zip(values) {
            weights[column as usize] += factor * f64::from(value);
        }
    }

    fn square(&self, row: usize) -> f64 {
        self.row(row).1.iter().map(|&value| f64::from(value) * f64::from(value)).sum()
    }
}

/// What is fitted: `rows` of `matrix`, of which row `r` carries label `labels[r]`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Problem<'a> {
    pub(crate) matrix: &'a Matrix,
    pub(crate) rows: &'a [u32],
    pub(crate) labels: &'a [u32],
    pub(crate) cost: f64,
    pub(crate) loss: Loss,
    pub(crate) seed: u64,
}

/// One label's weights, as a model keeps them.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Weights {
    pub(crate) weights: Vec<f32>,
    pub(crate) bias: f64,
}

impl Weights {
    /// The score of a row.
    pub(crate) fn score(&self, matrix: &Matrix, row: usize) -> f64 {
        let (columns, values) = matrix.row(row);
        let entries = columns.iter().zip(values);
        entries.map(|(&c, &v)| f64::from(self.weights[c as usize]) * f64::from(v)).sum::<f64>() + self.bias
    }
}

/// Weights while they are fitted, in full precision.
#[derive(Debug)]
struct Draft {
    weights: Vec<f64>,
    bias: f64,
}

impl Draft {
    fn score(&self, matrix: &Matrix, row: usize) -> f64 {
        matrix.dot(row, &self.weights) + self.bias
    }
}

/// Passes over the data, at most; liblinear's limit is 1,000, text converges in 5 to 40.
const MAX_PASSES: usize = 300;
/// Stop when no row violates its optimality by more; liblinear's default for the dual solvers.
const TOLERANCE: f64 = 0.1;
/// The same for logistic regression, whose dual is never at a bound: 0.1 stops too early for
/// rare labels.
const LOGISTIC_TOLERANCE: f64 = 0.01;

/// Fits the labels `targets`, in parallel on `threads` threads, and hands each to `done` in the
/// order of `targets`.
pub(crate) fn solve_all(problem: Problem<'_>, targets: &[u32], threads: usize) -> Vec<Weights> {
    let threads = threads.clamp(1, targets.len().max(1));
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        loop {
            let place = next.fetch_add(1, Ordering::Relaxed);
            let Some(&target) = targets.get(place) else { return found };
            found.push((place, solve(problem, target)));
        }
    };
    let mut found: Vec<(usize, Weights)> = if threads == 1 {
        work()
    } else {
        std::thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            workers
                .into_iter()
                .flat_map(|w| w.join().unwrap_or_else(|e| std::panic::resume_unwind(e)))
                .collect()
        })
    };
    found.sort_by_key(|&(place, _)| place);
    found.into_iter().map(|(_, weights)| weights).collect()
}

/// Fits label `target` against the rest.
pub(crate) fn solve(problem: Problem<'_>, target: u32) -> Weights {
    let draft = match problem.loss {
        Loss::Svm => svm(problem, target),
        Loss::Logistic => logistic(problem, target),
    };
    Weights { weights: draft.weights.into_iter().map(|w| w as f32).collect(), bias: draft.bias }
}

fn sign(problem: Problem<'_>, row: u32, target: u32) -> f64 {
    if problem.labels[row as usize] == target { 1.0 } else { -1.0 }
}

fn svm(problem: Problem<'_>, target: u32) -> Draft {
    let matrix = problem.matrix;
    let mut random = Xorshift::new(problem.seed, target);
    // The L2 loss adds 1/(2C) to the diagonal and leaves alpha without an upper bound.
    let diagonal = 0.5 / problem.cost;
    let n = problem.rows.len();
    let y: Vec<f64> = problem.rows.iter().map(|&row| sign(problem, row, target)).collect();
    let square: Vec<f64> =
        problem.rows.iter().map(|&row| matrix.square(row as usize) + 1.0 + diagonal).collect();
    let mut alpha = vec![0.0; n];
    let mut found = Draft { weights: vec![0.0; matrix.width], bias: 0.0 };
    let mut order: Vec<u32> = (0..n as u32).collect();
    let mut active = n;
    let mut bound = f64::INFINITY;
    for _ in 0..MAX_PASSES {
        let (mut highest, mut lowest) = (f64::NEG_INFINITY, f64::INFINITY);
        random.shuffle(&mut order[..active]);
        let mut at = 0;
        while at < active {
            let i = order[at] as usize;
            let row = problem.rows[i] as usize;
            let gradient = y[i] * found.score(matrix, row) - 1.0 + alpha[i] * diagonal;
            let mut projected = gradient;
            if alpha[i] == 0.0 {
                if gradient > bound {
                    active -= 1;
                    order.swap(at, active);
                    continue;
                }
                projected = gradient.min(0.0);
            }
            highest = highest.max(projected);
            lowest = lowest.min(projected);
            if projected.abs() > 1e-12 {
                let before = alpha[i];
                alpha[i] = (before - gradient / square[i]).max(0.0);
                let change = (alpha[i] - before) * y[i];
                matrix.add(row, change, &mut found.weights);
                found.bias += change;
            }
            at += 1;
        }
        if highest - lowest <= TOLERANCE {
            if active == n {
                break;
            }
            active = n;
            bound = f64::INFINITY;
            continue;
        }
        bound = if highest <= 0.0 { f64::INFINITY } else { highest };
    }
    found
}

fn logistic(problem: Problem<'_>, target: u32) -> Draft {
    let matrix = problem.matrix;
    let mut random = Xorshift::new(problem.seed, target);
    let n = problem.rows.len();
    let cost = problem.cost;
    let y: Vec<f64> = problem.rows.iter().map(|&row| sign(problem, row, target)).collect();
    let square: Vec<f64> = problem.rows.iter().map(|&row| matrix.square(row as usize) + 1.0).collect();
    // alpha and C − alpha are both kept: near a bound one of them has no digits left.
    let start = (0.001 * cost).min(1e-8);
    let mut alpha = vec![[start, cost - start]; n];
    let mut found = Draft { weights: vec![0.0; matrix.width], bias: 0.0 };
    for (i, &row) in problem.rows.iter().enumerate() {
        matrix.add(row as usize, y[i] * start, &mut found.weights);
        found.bias += y[i] * start;
    }
    let mut order: Vec<u32> = (0..n as u32).collect();
    let mut inner_tolerance: f64 = 1e-2;
    let inner_least = 1e-8_f64.min(LOGISTIC_TOLERANCE);
    for _ in 0..MAX_PASSES {
        random.shuffle(&mut order);
        let (mut steps, mut violation) = (0, 0.0_f64);
        for &place in &order {
            let i = place as usize;
            let row = problem.rows[i] as usize;
            let (a, b) = (square[i], y[i] * found.score(matrix, row));
            // Work on the smaller of alpha and C − alpha.
            let (side, direction) =
                if 0.5 * a * (alpha[i][1] - alpha[i][0]) + b < 0.0 { (1, -1.0) } else { (0, 1.0) };
            let old = alpha[i][side];
            let mut z = if cost - old < 0.5 * cost { 0.1 * old } else { old };
            let mut gradient = a * (z - old) + direction * b + (z / (cost - z)).ln();
            violation = violation.max(gradient.abs());
            // Newton's method on one variable; 100 steps are liblinear's limit.
            let mut step = 0;
            while step <= 100 && gradient.abs() >= inner_tolerance {
                let curve = a + cost / (cost - z) / z;
                let next = z - gradient / curve;
                z = if next <= 0.0 { z * 0.1 } else { next.min(cost * (1.0 - 1e-15)) };
                gradient = a * (z - old) + direction * b + (z / (cost - z)).ln();
                step += 1;
            }
            steps += step;
            if step > 0 {
                alpha[i][side] = z;
                alpha[i][1 - side] = cost - z;
                let change = direction * (z - old) * y[i];
                matrix.add(row, change, &mut found.weights);
                found.bias += change;
            }
        }
        if violation < LOGISTIC_TOLERANCE {
            break;
        }
        if steps <= n / 10 {
            inner_tolerance = inner_least.max(0.1 * inner_tolerance);
        }
    }
    found
}

/// Marsaglia's xorshift64* (2003; multiplier of Vigna 2016): small, and the same everywhere.
#[derive(Debug)]
struct Xorshift(u64);

impl Xorshift {
    fn new(seed: u64, stream: u32) -> Self {
        let mixed = (seed ^ (u64::from(stream) << 32)).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self((mixed ^ (mixed >> 29)).max(1))
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Fisher and Yates.
    fn shuffle(&mut self, items: &mut [u32]) {
        for last in (1..items.len()).rev() {
            let pick = ((u128::from(self.next()) * (last as u128 + 1)) >> 64) as usize;
            items.swap(last, pick);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two labels told apart by column 0 and column 1, and one column of noise.
    fn matrix() -> (Matrix, Vec<u32>) {
        let rows: Vec<Vec<(u32, f32)>> =
            (0..40).map(|i| vec![(i % 2, 1.0), (2, if i % 3 == 0 { 0.5 } else { -0.5 })]).collect();
        (Matrix::new(&rows, 3), (0..40).map(|i| i % 2).collect())
    }

    fn problem<'a>(matrix: &'a Matrix, rows: &'a [u32], labels: &'a [u32], loss: Loss) -> Problem<'a> {
        Problem { matrix, rows, labels, cost: 1.0, loss, seed: 1 }
    }

    #[test]
    fn both_losses_separate_what_can_be_separated() {
        let (matrix, labels) = matrix();
        let rows: Vec<u32> = (0..40).collect();
        for loss in [Loss::Svm, Loss::Logistic] {
            let found = solve(problem(&matrix, &rows, &labels, loss), 1);
            for (row, &label) in labels.iter().enumerate() {
                assert_eq!(found.score(&matrix, row) > 0.0, label == 1, "{loss:?} row {row}");
            }
            assert!(found.weights[2].abs() < found.weights[1].abs() / 2.0);
        }
    }

    /// At the optimum the gradient of the primal, w + 2C Σ −y x max(0, 1 − y f), vanishes.
    #[test]
    fn the_svm_is_at_its_optimum() {
        let (matrix, labels) = matrix();
        let rows: Vec<u32> = (0..40).collect();
        let found = solve(problem(&matrix, &rows, &labels, Loss::Svm), 1);
        let mut gradient: Vec<f64> = found.weights.iter().map(|&w| f64::from(w)).collect();
        for (row, &label) in labels.iter().enumerate() {
            let y = if label == 1 { 1.0 } else { -1.0 };
            let slack = (1.0 - y * found.score(&matrix, row)).max(0.0);
            matrix.add(row, -2.0 * y * slack, &mut gradient);
        }
        assert!(gradient.iter().all(|g| g.abs() < 0.5), "{gradient:?}");
    }

    #[test]
    fn the_number_of_threads_does_not_change_a_bit() {
        let (matrix, labels) = matrix();
        let rows: Vec<u32> = (0..40).collect();
        let problem = problem(&matrix, &rows, &labels, Loss::Svm);
        let one = solve_all(problem, &[0, 1, 0, 1], 1);
        assert_eq!(one, solve_all(problem, &[0, 1, 0, 1], 3));
        assert_eq!(one[0], one[2]);
    }
}
