//! Fits the weights of one label against the rest, by dual coordinate descent.
//!
//! For a linear model on sparse rows it is fastest to solve the dual problem one row at a time while
//! the weight vector is kept up to date: L2-regularised L2-loss support vector machine as in Hsieh,
//! Chang, Lin, Keerthi and Sundararajan 2008 ("A Dual Coordinate Descent Method for Large-scale Linear
//! SVM", algorithm 3 with shrinking), logistic regression as in Yu, Huang and Lin 2011 ("Dual
//! coordinate descent methods for logistic regression and maximum entropy models", algorithm 5). The
//! bias is the weight of one more feature that is always 1.
//!
//! Naive-Bayes scaling (Wang and Manning 2012, "Baselines and Bigrams") multiplies each sparse feature by how
//! differently a label and the rest hold it, |ln ratio| of their smoothed shares of texts. The rows stay as they
//! are: a step on a scaled row moves the unscaled weights by the square of the scale, so scaling costs nothing
//! when texts are read.
//!
//! Every label is a problem of its own with its own generator, so labels run in parallel and the
//! weights are the same bits for any number of threads. Cost: passes × non-zero values a label;
//! shrinking leaves most rows of most labels out after the first passes.

use super::Loss;

/// Rows with a sparse part, row `r` holds `columns[starts[r]..starts[r + 1]]` with its `values`, and a dense one.
#[derive(Debug, Clone)]
pub(crate) struct Matrix {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
    /// Sparse columns.
    width: usize,
    /// The dense columns, which come after the sparse ones, row by row.
    dense: Vec<f32>,
    dense_width: usize,
}

impl Matrix {
    /// A matrix of `width` sparse columns; every column of every row must be below it.
    #[cfg(test)]
    pub(crate) fn new(rows: &[Vec<(u32, f32)>], width: usize) -> Self {
        let mut matrix = Self::empty(width, 0);
        for row in rows {
            matrix.push(row, &[]);
        }
        matrix
    }

    /// A matrix without rows.
    pub(crate) fn empty(width: usize, dense_width: usize) -> Self {
        let (columns, values, dense) = (Vec::new(), Vec::new(), Vec::new());
        Self { starts: vec![0], columns, values, width, dense, dense_width }
    }

    /// Appends a row; `dense` has `dense_width` values.
    pub(crate) fn push(&mut self, sparse: &[(u32, f32)], dense: &[f32]) {
        self.columns.extend(sparse.iter().map(|&(column, _)| column));
        self.values.extend(sparse.iter().map(|&(_, value)| value));
        self.starts.push(self.columns.len());
        self.dense.extend_from_slice(dense);
    }

    /// Moves sparse column `c` to `places[c]` of now `width` sparse columns.
    pub(crate) fn move_columns(&mut self, places: &[u32], width: usize) {
        for column in &mut self.columns {
            *column = places[*column as usize];
        }
        self.width = width;
    }

    /// Moves the sparse columns so that those with more values come first, and says where each has gone. Weights of
    /// the columns that are read most then lie together and stay in the processor's nearest memory; no result
    /// changes, since the values of a row keep their order.
    pub(crate) fn order_columns(&mut self) -> Vec<u32> {
        let mut counts = vec![0_u32; self.width];
        for &column in &self.columns {
            counts[column as usize] += 1;
        }
        let mut order: Vec<u32> = (0..self.width as u32).collect();
        order.sort_by_key(|&column| std::cmp::Reverse(counts[column as usize]));
        let mut places = vec![0; self.width];
        for (place, &column) in order.iter().enumerate() {
            places[column as usize] = place as u32;
        }
        self.move_columns(&places, self.width);
        places
    }

    /// Rows.
    pub(crate) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Columns.
    pub(crate) fn width(&self) -> usize {
        self.width + self.dense_width
    }

    /// Stored values.
    pub(crate) fn entries(&self) -> usize {
        self.values.len() + self.dense.len()
    }

    fn row(&self, row: usize) -> (&[u32], &[f32]) {
        let range = self.starts[row]..self.starts[row + 1];
        (&self.columns[range.clone()], &self.values[range])
    }

    fn dense_row(&self, row: usize) -> &[f32] {
        &self.dense[row * self.dense_width..(row + 1) * self.dense_width]
    }

    fn dot(&self, row: usize, weights: &[f32]) -> f64 {
        let (columns, values) = self.row(row);
        let (sparse, dense) = weights.split_at(self.width);
        f64::from(dot_sparse(columns, values, sparse) + dot_dense(self.dense_row(row), dense))
    }

    /// Adds a row times `factor`; sparse columns with `scales` are multiplied by theirs.
    fn add(&self, row: usize, factor: f32, scales: Option<&[f32]>, weights: &mut [f32]) {
        let (columns, values) = self.row(row);
        let (sparse, dense) = weights.split_at_mut(self.width);
        match scales {
            Some(scales) => {
                for (&column, &value) in columns.iter().zip(values) {
                    sparse[column as usize] += factor * scales[column as usize] * value;
                }
            }
            None => {
                for (&column, &value) in columns.iter().zip(values) {
                    sparse[column as usize] += factor * value;
                }
            }
        }
        for (weight, &value) in dense.iter_mut().zip(self.dense_row(row)) {
            *weight += factor * value;
        }
    }

    fn square(&self, row: usize, scales: Option<&[f32]>) -> f64 {
        let (columns, values) = self.row(row);
        let scale = |column: u32| scales.map_or(1.0, |scales| scales[column as usize]);
        let sparse: f32 =
            columns.iter().zip(values).map(|(&column, &value)| scale(column) * value * value).sum();
        f64::from(sparse + self.dense_row(row).iter().map(|value| value * value).sum::<f32>())
    }
}

/// In four sums beside each other: one sum would wait for each addition before the next. The same on every machine.
fn dot_sparse(columns: &[u32], values: &[f32], weights: &[f32]) -> f32 {
    const LANES: usize = 4;
    let (columns, rest_columns) = columns.as_chunks::<LANES>();
    let (values, rest) = values.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (columns, values) in columns.iter().zip(values) {
        for lane in 0..LANES {
            sums[lane] += weights[columns[lane] as usize] * values[lane];
        }
    }
    let last = rest_columns.iter().zip(rest).map(|(&column, &value)| weights[column as usize] * value);
    sums.iter().sum::<f32>() + last.sum::<f32>()
}

/// In eight sums beside each other, so that a processor can do them at once; the same on every machine.
fn dot_dense(values: &[f32], weights: &[f32]) -> f32 {
    const LANES: usize = 8;
    let (values, rest) = values.as_chunks::<LANES>();
    let (weights, rest_weights) = weights.as_chunks::<LANES>();
    let mut sums = [0.0; LANES];
    for (values, weights) in values.iter().zip(weights) {
        for lane in 0..LANES {
            sums[lane] += values[lane] * weights[lane];
        }
    }
    sums.iter().sum::<f32>()
        + rest.iter().zip(rest_weights).map(|(value, weight)| value * weight).sum::<f32>()
}

/// What is fitted: `rows` of `matrix`, of which row `r` carries label `labels[r]`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Problem<'a> {
    pub(crate) matrix: &'a Matrix,
    pub(crate) rows: &'a [u32],
    pub(crate) labels: &'a [u32],
    pub(crate) cost: f64,
    /// What the cost is multiplied by for texts of each label; empty: 1.
    pub(crate) weights: &'a [f64],
    pub(crate) loss: Loss,
    /// The share of naive-Bayes scaling, 0 to 1.
    pub(crate) naive_bayes: f64,
    pub(crate) seed: u64,
}

impl Problem<'_> {
    /// The cost of an error on a row.
    fn cost_of(&self, row: u32) -> f64 {
        let label = self.labels[row as usize] as usize;
        self.weights.get(label).map_or(self.cost, |weight| weight * self.cost)
    }
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

/// Fits label `target` against the rest; the weights, and how often a row was read for them.
pub(crate) fn solve(problem: Problem<'_>, target: u32) -> (Weights, u64) {
    match problem.loss {
        Loss::Svm => svm(problem, target),
        Loss::Logistic => {
            let scales = (problem.naive_bayes > 0.0).then(|| naive_bayes(problem, target));
            logistic(problem, target, scales.as_deref())
        }
    }
}

/// The square of each sparse column's scale for a label: (1 - b) + b |ln ratio|, where the ratio is of the shares
/// of texts that hold the feature, each count one more than it is.
fn naive_bayes(problem: Problem<'_>, target: u32) -> Vec<f32> {
    let matrix = problem.matrix;
    let mut with = vec![[0_u32; 2]; matrix.width];
    let mut texts = [0_u32; 2];
    for &row in problem.rows {
        let side = usize::from(problem.labels[row as usize] == target);
        texts[side] += 1;
        for &column in matrix.row(row as usize).0 {
            with[column as usize][side] += 1;
        }
    }
    let share = |counts: [u32; 2], side: usize| f64::from(counts[side] + 1) / f64::from(texts[side] + 2);
    let scale = |counts: [u32; 2]| {
        let ratio = (share(counts, 1) / share(counts, 0)).ln().abs();
        (1.0 - problem.naive_bayes) + problem.naive_bayes * ratio
    };
    with.into_iter().map(|counts| (scale(counts) * scale(counts)) as f32).collect()
}

fn sign(problem: Problem<'_>, row: u32, target: u32) -> f64 {
    if problem.labels[row as usize] == target { 1.0 } else { -1.0 }
}

/// The dual problem of one label as far as it is solved: a factor a row, and the weights they make.
#[derive(Debug, Clone)]
pub(crate) struct Dual {
    /// One a row of the problem, in its order; 0 or more.
    alpha: Vec<f64>,
    pub(crate) found: Weights,
    /// How often a row was read.
    visits: u64,
    /// The squares of the columns' scales, where there is naive-Bayes scaling.
    scales: Option<Vec<f32>>,
}

impl Dual {
    /// Nothing solved yet.
    pub(crate) fn new(problem: Problem<'_>, target: u32) -> Self {
        let scales = (problem.naive_bayes > 0.0).then(|| naive_bayes(problem, target));
        let found = Weights { weights: vec![0.0; problem.matrix.width()], bias: 0.0 };
        Self { alpha: vec![0.0; problem.rows.len()], found, visits: 0, scales }
    }

    /// The same with one factor a row of the matrix, where row `rows[i]` was the problem's row `i`.
    pub(crate) fn in_rows(mut self, rows: &[u32]) -> Self {
        let mut alpha = vec![0.0; rows.len()];
        for (&row, &factor) in rows.iter().zip(&self.alpha) {
            alpha[row as usize] = factor;
        }
        self.alpha = alpha;
        self
    }

    /// Makes room for rows that were appended to the problem.
    pub(crate) fn grow(&mut self, rows: usize) {
        self.alpha.resize(rows, 0.0);
    }

    /// Moves sparse column `c` to `places[c]` of now `width` sparse columns; the dense ones stay last. New columns
    /// have no scale of their own yet, which is the scale of a feature that tells nothing apart.
    pub(crate) fn move_columns(&mut self, places: &[u32], width: usize, naive_bayes: f64) {
        let (sparse, dense) = self.found.weights.split_at(places.len());
        let mut weights = vec![0.0; width];
        for (&place, &weight) in places.iter().zip(sparse) {
            weights[place as usize] = weight;
        }
        weights.extend_from_slice(dense);
        self.found.weights = weights;
        if let Some(scales) = &mut self.scales {
            let plain = (1.0 - naive_bayes) as f32;
            let mut moved = vec![plain * plain; width];
            for (&place, &scale) in places.iter().zip(scales.iter()) {
                moved[place as usize] = scale;
            }
            *scales = moved;
        }
    }

    /// Brings the rows at `order` (places among the problem's rows) to their optimum, the others as they are.
    pub(crate) fn descend(&mut self, problem: Problem<'_>, target: u32, mut order: Vec<u32>) {
        let matrix = problem.matrix;
        let scales = self.scales.as_deref();
        let mut random = Xorshift::new(problem.seed, target);
        // The L2 loss adds 1/(2C) to the diagonal and leaves alpha without an upper bound.
        let mut diagonal = vec![0.0; problem.rows.len()];
        let mut square = vec![0.0; problem.rows.len()];
        for &i in &order {
            let (i, row) = (i as usize, problem.rows[i as usize]);
            diagonal[i] = 0.5 / problem.cost_of(row);
            square[i] = matrix.square(row as usize, scales) + 1.0 + diagonal[i];
        }
        let mut active = order.len();
        let mut bound = f64::INFINITY;
        for _ in 0..MAX_PASSES {
            let (mut highest, mut lowest) = (f64::NEG_INFINITY, f64::INFINITY);
            random.shuffle(&mut order[..active]);
            let mut at = 0;
            while at < active {
                let i = order[at] as usize;
                let row = problem.rows[i];
                let y = sign(problem, row, target);
                self.visits += 1;
                let gradient = y * self.found.score(matrix, row as usize) - 1.0 + self.alpha[i] * diagonal[i];
                let mut projected = gradient;
                if self.alpha[i] == 0.0 {
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
                    let before = self.alpha[i];
                    self.alpha[i] = (before - gradient / square[i]).max(0.0);
                    let change = (self.alpha[i] - before) * y;
                    matrix.add(row as usize, change as f32, scales, &mut self.found.weights);
                    self.found.bias += change;
                }
                at += 1;
            }
            if highest - lowest <= TOLERANCE {
                if active == order.len() {
                    break;
                }
                active = order.len();
                bound = f64::INFINITY;
                continue;
            }
            bound = if highest <= 0.0 { f64::INFINITY } else { highest };
        }
    }
}

fn svm(problem: Problem<'_>, target: u32) -> (Weights, u64) {
    let mut dual = Dual::new(problem, target);
    dual.descend(problem, target, (0..problem.rows.len() as u32).collect());
    (dual.found, dual.visits)
}

fn logistic(problem: Problem<'_>, target: u32, scales: Option<&[f32]>) -> (Weights, u64) {
    let matrix = problem.matrix;
    let mut random = Xorshift::new(problem.seed, target);
    let n = problem.rows.len();
    let costs: Vec<f64> = problem.rows.iter().map(|&row| problem.cost_of(row)).collect();
    let y: Vec<f64> = problem.rows.iter().map(|&row| sign(problem, row, target)).collect();
    let square: Vec<f64> =
        problem.rows.iter().map(|&row| matrix.square(row as usize, scales) + 1.0).collect();
    // alpha and C − alpha are both kept: near a bound one of them has no digits left.
    let start = |cost: f64| (0.001 * cost).min(1e-8);
    let mut alpha: Vec<[f64; 2]> = costs.iter().map(|&cost| [start(cost), cost - start(cost)]).collect();
    let mut found = Weights { weights: vec![0.0; matrix.width()], bias: 0.0 };
    for (i, &row) in problem.rows.iter().enumerate() {
        matrix.add(row as usize, (y[i] * alpha[i][0]) as f32, scales, &mut found.weights);
        found.bias += y[i] * alpha[i][0];
    }
    let mut order: Vec<u32> = (0..n as u32).collect();
    let mut visits = 0;
    let mut inner_tolerance: f64 = 1e-2;
    let inner_least = 1e-8_f64.min(LOGISTIC_TOLERANCE);
    for _ in 0..MAX_PASSES {
        random.shuffle(&mut order);
        let (mut steps, mut violation) = (0, 0.0_f64);
        visits += n as u64;
        for &place in &order {
            let i = place as usize;
            let (row, cost) = (problem.rows[i] as usize, costs[i]);
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
                matrix.add(row, change as f32, scales, &mut found.weights);
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
    (found, visits)
}

/// Marsaglia's xorshift64* (2003; multiplier of Vigna 2016): small, and the same everywhere.
#[derive(Debug)]
pub(super) struct Xorshift(u64);

impl Xorshift {
    pub(super) fn new(seed: u64, stream: u32) -> Self {
        let mixed = (seed ^ (u64::from(stream) << 32)).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        Self((mixed ^ (mixed >> 29)).max(1))
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `count`.
    pub(super) fn below(&mut self, count: usize) -> usize {
        ((u128::from(self.next()) * count as u128) >> 64) as usize
    }

    /// Fisher and Yates.
    fn shuffle(&mut self, items: &mut [u32]) {
        for last in (1..items.len()).rev() {
            let pick = self.below(last + 1);
            items.swap(last, pick);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_with_more_values_come_first() {
        let rows = [vec![(0, 1.0), (2, 2.0)], vec![(2, 3.0)], vec![(1, 4.0), (2, 5.0)]];
        let mut matrix = Matrix::new(&rows, 3);
        assert_eq!(matrix.order_columns(), [1, 2, 0]);
        assert_eq!(matrix.row(2), (&[2, 0][..], &[4.0, 5.0][..]));
    }

    /// Two labels told apart by column 0 and column 1, and one column of noise.
    fn matrix() -> (Matrix, Vec<u32>) {
        let rows: Vec<Vec<(u32, f32)>> =
            (0..40).map(|i| vec![(i % 2, 1.0), (2, if i % 3 == 0 { 0.5 } else { -0.5 })]).collect();
        (Matrix::new(&rows, 3), (0..40).map(|i| i % 2).collect())
    }

    fn problem<'a>(matrix: &'a Matrix, rows: &'a [u32], labels: &'a [u32], loss: Loss) -> Problem<'a> {
        Problem { matrix, rows, labels, cost: 1.0, weights: &[], loss, naive_bayes: 0.0, seed: 1 }
    }

    #[test]
    fn both_losses_separate_what_can_be_separated() {
        let (matrix, labels) = matrix();
        let rows: Vec<u32> = (0..40).collect();
        for loss in [Loss::Svm, Loss::Logistic] {
            let (found, _) = solve(problem(&matrix, &rows, &labels, loss), 1);
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
        let (found, _) = solve(problem(&matrix, &rows, &labels, Loss::Svm), 1);
        let mut gradient = found.weights.clone();
        for (row, &label) in labels.iter().enumerate() {
            let y = if label == 1 { 1.0 } else { -1.0 };
            let slack = (1.0 - y * found.score(&matrix, row)).max(0.0);
            matrix.add(row, (-2.0 * y * slack) as f32, None, &mut gradient);
        }
        assert!(gradient.iter().all(|g| g.abs() < 0.5), "{gradient:?}");
    }

    /// Scaling the rows and solving gives the weights times the scale.
    #[test]
    fn naive_bayes_scaling_is_solving_scaled_rows() {
        let (plain, labels) = matrix();
        let rows: Vec<u32> = (0..40).collect();
        let scaled = Problem { naive_bayes: 0.4, ..problem(&plain, &rows, &labels, Loss::Svm) };
        let squares = naive_bayes(scaled, 1);
        let scale = |column: u32| squares[column as usize].sqrt();
        let turned: Vec<Vec<(u32, f32)>> = (0..40)
            .map(|row| {
                let (columns, values) = plain.row(row);
                columns.iter().zip(values).map(|(&column, &value)| (column, value * scale(column))).collect()
            })
            .collect();
        let turned = Matrix::new(&turned, 3);
        let (by_squares, by_rows) =
            (solve(scaled, 1).0, solve(problem(&turned, &rows, &labels, Loss::Svm), 1).0);
        for column in 0..3 {
            let expected = by_rows.weights[column as usize] * scale(column);
            assert!((by_squares.weights[column as usize] - expected).abs() < 1e-4);
        }
    }
}
