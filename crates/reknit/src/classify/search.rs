//! Chooses what is read of a text, and how strictly training errors count.
//!
//! Every setting is judged on texts its weights have not seen: the training texts are dealt into folds, each
//! left out in turn, and the development set, where there is one, is judged by weights of all training texts;
//! both together are the held-out texts. The search begins with the second of two recipes, which knows more, unless the
//! plainest is better by more than luck, and the best of a few costs. Then it takes one
//! [`Step`](super::recipe::Step) after the other where the metric rises by more than half the standard deviation of that
//! rise over resampled texts (paired bootstrap: Efron and Tibshirani 1993, "An Introduction to the Bootstrap"). Smaller
//! rises are as often luck, and enough only for steps that add what others' texts have taught.
//!
//! Where a development set is labelled much worse than the texts left out, it comes from elsewhere and says
//! more about texts to come; then it alone is asked, if it has texts enough of each label.
//!
//! What is true of a text, what is solved for and what counts as good differ between one label a text and several;
//! a [`Task`] says so, and nothing else here knows.
//!
//! With more than 12,000 texts the recipe is chosen on evenly spaced ones, and the cost again on all.
//!
//! Cost: about 20 settings, each as many fits as there are folds; how many depends on the size of the problem and on
//! the time that the caller allows. That is told by the numbers and bytes that were read, never by a clock, so the same
//! texts give the same model.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Config;
use super::calibrate::HeldOut;
use super::features::{Counted, FeatureTable, Reader, Tables};
use super::recipe::{Recipe, Step};
use super::scope;
use super::single::OneLabel;
use super::solver::{Matrix, Problem, Weights, Xorshift, solve};
use super::threads::{by_parts, in_parallel, thread_count};
use crate::model::{Progress, Watch};
use crate::text::words::DIMENSIONS;
use crate::{Error, ErrorKind, Result};

/// The most weights a model may have: 2 GB of them.
const MAX_WEIGHTS: usize = 1 << 29;
/// Costs that are tried, and the one below them, where the lowest is the best.
const COSTS: [f64; 4] = [0.1, 0.3, 1.0, 3.0];
const LOWEST: f64 = 0.03;
/// The cost that is judged first where time may be short.
const USUAL: f64 = 1.0;
/// A step is tried with costs up to so many times the best one, up and down.
const NEAR: f64 = 4.0;
/// When a higher cost is worse by this, still higher ones are not tried.
const MUCH_WORSE: f64 = 0.01;
/// A step must gain so many standard deviations.
const GAIN: f64 = 0.5;
/// Resamples of a bootstrap.
const RESAMPLES: usize = 40;
/// A development set is of elsewhere when it is worse by so many standard deviations of the metric on it.
const ELSEWHERE: f64 = 4.0;
/// It is asked alone where it has so many texts of each label: decisions that rest on fewer are luck, and those of texts
/// left out are better even elsewhere.
const FEWEST_ALONE: usize = 200;
pub(super) const FOLDS: usize = 5;
/// No texts are left out: the development set alone is asked.
const DEV_ALONE: usize = 0;
/// So many training texts are enough to choose a recipe, and so many of the development set.
const ENOUGH_TEXTS: usize = 12_000;
/// What a core takes to read a number of a row while solving, and a byte of a text, with all that follows: fitted to
/// the CPU seconds of whole trainings on five sets on a core of a shared server. Seen and by these: TREC 17 and 19 s,
/// SST-2 13 and 14, emotions of tweets 10 and 10, AG News 48 and 46, Banking77 with its 77 labels 27 and 19. Elsewhere
/// they are as far off as the machine is from that one.
const SECONDS_A_NUMBER: f64 = 2e-9;
const SECONDS_A_BYTE: f64 = 500e-9;
/// Texts that are read at once.
const BLOCK: usize = 2_048;

/// What a search must know of the labels of texts.
pub(super) trait Task: Sync + Sized {
    /// What is true of a text, and what is given to it: its label, or its labels, by their places.
    type Truth: Clone + Default + Send + Sync;
    /// How scores become what is given.
    type Calibration;

    /// The task of texts of which this is true, the training texts first.
    fn new(labels: &[String], config: &Config, truth: &[Self::Truth], train: usize) -> Self;

    /// The labels that are solved for, one a column.
    fn targets(&self) -> Vec<u32>;

    /// A label for each text that is `target` if and only if the text carries it.
    fn column<'t>(&self, truth: &'t [Self::Truth], target: u32) -> Cow<'t, [u32]>;

    /// How much an error on a text counts, by the label of its [`column`](Self::column); empty: all the same.
    fn weights(&self) -> &[f64];

    /// How many texts carry the rarest label, or do not carry the commonest.
    fn fewest(&self, truth: &[Self::Truth]) -> usize {
        let fewer = |target| {
            let carrying = self.column(truth, target).iter().filter(|&&label| label == target).count();
            carrying.min(truth.len() - carrying)
        };
        self.targets().into_iter().map(fewer).min().unwrap_or(0)
    }

    /// Deals training texts, which are in order, round `FOLDS` folds. Equal texts of which the same is true go to one
    /// fold, so none is judged by its own copy.
    fn folds(texts: &[&str], truth: &[Self::Truth]) -> Vec<u8>;

    /// Fits to held-out texts what makes answers of scores.
    fn calibrate(&self, held_out: &HeldOut<Self::Truth>) -> Self::Calibration;

    /// What is given to held-out texts.
    fn given(&self, calibration: &Self::Calibration, held_out: &HeldOut<Self::Truth>) -> Vec<Self::Truth>;

    /// What the metric makes of pairs of what is true and what is given.
    fn quality<'t>(&self, pairs: impl Iterator<Item = (&'t Self::Truth, &'t Self::Truth)>) -> f64
    where
        Self::Truth: 't;
}

/// The training texts in their order, followed by those of the development set.
pub(super) struct Texts<'a, T: Task> {
    contents: Vec<&'a str>,
    pub(super) train: usize,
    pub(super) labels: &'a [String],
    pub(super) config: &'a Config,
    pub(super) tables: &'a Tables,
    truth: Vec<T::Truth>,
    pub(super) task: T,
    folds: Vec<u8>,
    /// Numbers that were read while solving, and bytes of texts.
    numbers: AtomicU64,
    bytes: AtomicU64,
}

/// The texts as numbers, as one recipe reads them.
pub(super) struct Read {
    pub(super) table: FeatureTable,
    pub(super) matrix: Matrix,
    /// Where the matrix has the table's columns.
    places: Vec<u32>,
}

/// One setting and how good it is on held-out texts.
pub(super) struct Trial<T: Task> {
    pub(super) recipe: Recipe,
    pub(super) cost: f64,
    pub(super) calibration: T::Calibration,
    pub(super) quality: f64,
    pub(super) held_out: HeldOut<T::Truth>,
    /// What is given to held-out texts.
    given: Vec<T::Truth>,
}

/// A text whose label may be none of those the weights know.
pub(super) struct Stranger {
    /// Which labels were taken away.
    pub(super) part: u32,
    pub(super) row: u32,
    /// The label with the highest score, and that score.
    pub(super) best: usize,
    pub(super) score: f64,
    /// Whether its label was there.
    pub(super) is_known: bool,
}

impl<'a, T: Task> Texts<'a, T> {
    /// Texts and what is true of them; the first `train` are in their order.
    pub(super) fn new(
        rows: Vec<(&'a str, T::Truth)>,
        train: usize,
        labels: &'a [String],
        config: &'a Config,
        tables: &'a Tables,
    ) -> Self {
        let (contents, truth): (Vec<&str>, Vec<T::Truth>) = rows.into_iter().unzip();
        let folds = T::folds(&contents[..train], &truth[..train]);
        let task = T::new(labels, config, &truth, train);
        let (numbers, bytes) = Default::default();
        Self { contents, train, labels, config, tables, truth, task, folds, numbers, bytes }
    }

    fn threads(&self) -> usize {
        thread_count(self.config.threads)
    }

    /// What the texts hold, block by block: all of them at once would take several times the memory of the matrix.
    fn counted<'c>(&'c self, texts: &'c [&str], recipe: &'c Recipe) -> impl Iterator<Item = Counted> + 'c {
        self.bytes.fetch_add(texts.iter().map(|text| text.len() as u64).sum(), Ordering::Relaxed);
        texts.chunks(BLOCK).flat_map(move |block| {
            by_parts(block, self.config.threads, |part| {
                let mut reader = Reader::default();
                part.iter().map(|text| reader.count(text, recipe, self.tables)).collect()
            })
        })
    }

    /// Reads all texts as `recipe` says, once for the table and once for the matrix.
    pub(super) fn read(&self, recipe: Recipe) -> Result<Read> {
        let train = self.counted(&self.contents[..self.train], &recipe);
        let table = FeatureTable::learn(train.map(|row| row.features), recipe.min_rows);
        let dense = if recipe.word_vectors > 0.0 { DIMENSIONS } else { 0 };
        if (table.len() + dense).saturating_mul(self.task.targets().len()) > MAX_WEIGHTS {
            return Err(Error::input(format!(
                "classify: {} features for {} labels are more than {MAX_WEIGHTS} weights; raise min_rows or lower char_ngrams",
                table.len(),
                self.labels.len()
            )));
        }
        let mut matrix = Matrix::empty(table.len(), dense);
        for row in self.counted(&self.contents, &recipe) {
            row.write(&table, &recipe, &mut matrix);
        }
        let places = matrix.order_columns();
        Ok(Read { table, matrix, places })
    }

    /// The weights of label `target` against the rest, learnt on some of the rows.
    fn solve_one(&self, matrix: &Matrix, rows: &[u32], recipe: Recipe, cost: f64, target: u32) -> Weights {
        let (loss, seed, naive_bayes) = (self.config.loss, self.config.seed, recipe.naive_bayes);
        let (labels, weights) = (&self.task.column(&self.truth, target), self.task.weights());
        let problem = Problem { matrix, rows, labels, cost, weights, loss, naive_bayes, seed };
        let (found, visits) = solve(problem, target);
        self.count(matrix, visits);
        found
    }

    /// Counts so many rows of a matrix as read.
    fn count(&self, matrix: &Matrix, rows: u64) {
        let numbers = u128::from(rows) * matrix.entries() as u128 / matrix.len().max(1) as u128;
        self.numbers.fetch_add(numbers as u64, Ordering::Relaxed);
    }

    /// The weights of all labels from all training texts, in the order of the table.
    pub(super) fn solve(&self, read: &Read, recipe: Recipe, cost: f64) -> Vec<Weights> {
        let rows: Vec<u32> = (0..self.train as u32).collect();
        let targets = self.task.targets();
        in_parallel(targets.len(), self.threads(), |place| {
            let mut found = self.solve_one(&read.matrix, &rows, recipe, cost, targets[place]);
            let dense = found.weights.split_off(read.places.len());
            found.weights =
                read.places.iter().map(|&place| found.weights[place as usize]).chain(dense).collect();
            found
        })
    }

    /// The best recipe and cost, judged on held-out texts. Of very many texts the recipe is chosen on a part.
    pub(super) fn choose(&self, watch: &mut Watch<'_>) -> Result<(Trial<T>, Read)> {
        let steps = Recipe::steps(self.config, self.train, self.labels.len());
        let starts = Recipe::starts(self.config, self.train, self.labels.len());
        let mut report = Steps::new((starts.len() + steps.len()) as u64 + 2, self.config.search_seconds);
        report.tell(watch)?;
        if self.train <= ENOUGH_TEXTS {
            let (best, read, _) = self.take_steps(&starts, &steps, &mut report, watch)?;
            return Ok((best, read));
        }
        // All texts are read, and one setting is judged on them, in any case.
        report.larger = self.train as f64 / ENOUGH_TEXTS as f64;
        report.reading =
            SECONDS_A_BYTE * 2.0 * self.contents.iter().map(|text| text.len() as f64).sum::<f64>();
        let sample = self.part();
        let (part, _, folds) = sample.take_steps(&starts, &steps, &mut report, watch)?;
        report.before = sample.seconds();
        (report.larger, report.reading) = (0.0, 0.0);
        let read = self.read(part.recipe)?;
        let folds = folds.min(self.fold_count(&read.matrix));
        let costs = self.costs_near(part.cost);
        let best = self.best_cost(&read, part.recipe, &costs, folds, &mut report, watch)?;
        Ok((best, read))
    }

    /// A recipe and a cost that were chosen before, judged on these texts.
    pub(super) fn again(&self, recipe: Recipe, cost: f64) -> Result<(Trial<T>, Read)> {
        let read = self.read(recipe)?;
        let folds = self.fold_count(&read.matrix);
        let trial = self.judge(&read, recipe, cost, folds);
        Ok((trial, read))
    }

    /// The time that was taken so far, as one core would, by what was read.
    fn seconds(&self) -> f64 {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed) as f64;
        SECONDS_A_NUMBER * count(&self.numbers) + SECONDS_A_BYTE * count(&self.bytes)
    }

    /// Evenly spaced texts of both sets, as many as are enough to choose a recipe.
    fn part(&self) -> Self {
        let some = |range: std::ops::Range<usize>| {
            let count = range.len().min(ENOUGH_TEXTS);
            (0..count).map(move |at| range.start + at * range.len() / count)
        };
        let (train, dev) = (some(0..self.train), some(self.train..self.contents.len()));
        let rows = train.chain(dev).map(|row| (self.contents[row], self.truth[row].clone())).collect();
        Self::new(rows, self.train.min(ENOUGH_TEXTS), self.labels, self.config, self.tables)
    }

    /// Begins with the better of `starts` and takes each step that pays.
    fn take_steps(
        &self,
        starts: &[Recipe],
        steps: &[Step],
        report: &mut Steps,
        watch: &mut Watch<'_>,
    ) -> Result<(Trial<T>, Read, usize)> {
        let mut folds = self.fold_count(&self.read(starts[0])?.matrix);
        let (mut best, mut read) = self.begin(starts, folds, report, watch)?;
        if self.is_elsewhere(&best) {
            folds = DEV_ALONE;
            (best, read) = self.begin(starts, folds, report, watch)?;
        }
        let mut last = report.start;
        for &step in steps {
            let begun = self.seconds();
            if !report.have_time(begun, last) {
                break;
            }
            let costs = self.costs_near(best.cost);
            let tried = best.recipe.with(step);
            let own = if tried.reads_like(best.recipe) { None } else { Some(self.read(tried)?) };
            let from = own.as_ref().unwrap_or(&read);
            let trial = self.best_cost(from, tried, &costs, folds, report, watch)?;
            report.done += 1;
            let is_better = if step.adds_knowledge(best.recipe) {
                trial.quality > best.quality
            } else {
                self.is_better(&trial, &best)
            };
            if is_better {
                best = trial;
                read = own.unwrap_or(read);
            }
            last = self.seconds() - begun;
        }
        Ok((best, read, folds))
    }

    /// The best of the recipes to begin with; the later ones, which know more, unless an earlier one is better by more
    /// than luck.
    fn begin(
        &self,
        starts: &[Recipe],
        folds: usize,
        report: &mut Steps,
        watch: &mut Watch<'_>,
    ) -> Result<(Trial<T>, Read)> {
        let costs = self.config.cost.map_or_else(|| self.in_turn(COSTS.to_vec(), USUAL), |cost| vec![cost]);
        report.fits = self.parts(folds);
        let mut best: Option<(Trial<T>, Read)> = None;
        for &start in starts {
            let begun = self.seconds();
            if best.is_some() && !report.have_time(begun, report.start) {
                break;
            }
            let read = self.read(start)?;
            let trial = self.best_cost(&read, start, &costs, folds, report, watch)?;
            report.done += 1;
            report.start = self.seconds() - begun;
            if best.as_ref().is_none_or(|(best, _)| !self.is_better(best, &trial)) {
                best = Some((trial, read));
            }
        }
        best.ok_or_else(|| Error::new(ErrorKind::Internal, "classify: there is no recipe to begin with"))
    }

    fn costs_near(&self, best: f64) -> Vec<f64> {
        if self.config.cost.is_some() {
            return vec![best];
        }
        self.in_turn(
            COSTS.into_iter().filter(|cost| (best / NEAR..best * NEAR).contains(cost)).collect(),
            best,
        )
    }

    /// The order in which costs are judged. Where time may be short the likeliest comes first, else the lowest, which
    /// takes the least time.
    fn in_turn(&self, mut costs: Vec<f64>, likeliest: f64) -> Vec<f64> {
        if self.config.search_seconds.is_some() {
            let distance = |cost: f64| (cost / likeliest).ln().abs();
            costs.sort_by(|&a, &b| distance(a).total_cmp(&distance(b)));
        }
        costs
    }

    /// How many folds: by the work of one pass over the data (stored values times solved labels).
    fn fold_count(&self, matrix: &Matrix) -> usize {
        match matrix.entries().saturating_mul(self.task.targets().len()) {
            0..10_000_000 => FOLDS,
            10_000_000..100_000_000 => 3,
            _ => 1,
        }
    }

    /// The best of some costs, which are judged in their order; the smaller of equals. How good a cost is rests on those
    /// beside it as well: costs differ by less than luck, and the best one amid good ones is the safer choice.
    fn best_cost(
        &self,
        read: &Read,
        recipe: Recipe,
        costs: &[f64],
        folds: usize,
        report: &mut Steps,
        watch: &mut Watch<'_>,
    ) -> Result<Trial<T>> {
        let mut trials: Vec<Trial<T>> = Vec::new();
        for &cost in costs {
            let begun = self.seconds();
            if !trials.is_empty() && !report.have_time(begun, report.trial) {
                break;
            }
            report.tell(watch)?;
            let trial = self.judge(read, recipe, cost, folds);
            report.trial = self.seconds() - begun;
            let best = trials.iter().map(|trial| trial.quality).fold(f64::NEG_INFINITY, f64::max);
            let much_worse = trial.quality < best - MUCH_WORSE;
            trials.push(trial);
            if much_worse && report.limit.is_none() {
                break;
            }
        }
        trials.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        let quality = |place: usize| trials[place].quality;
        let smooth = |place: usize| {
            let (below, above) = (place.saturating_sub(1), (place + 1).min(trials.len() - 1));
            (quality(below) + 2.0 * quality(place) + quality(above)) / 4.0
        };
        let best =
            (1..trials.len()).fold(0, |best, place| if smooth(place) > smooth(best) { place } else { best });
        let best = trials.swap_remove(best);
        let is_lowest = best.cost <= COSTS[0] && self.config.cost.is_none();
        if !is_lowest || !report.have_time(self.seconds(), report.trial) {
            return Ok(best);
        }
        report.tell(watch)?;
        let lower = self.judge(read, recipe, LOWEST, folds);
        Ok(if lower.quality > best.quality { lower } else { best })
    }

    /// How many fits it takes to judge a setting.
    fn parts(&self, folds: usize) -> usize {
        folds + usize::from(self.truth.len() > self.train)
    }

    fn judge(&self, read: &Read, recipe: Recipe, cost: f64, folds: usize) -> Trial<T> {
        let held_out = self.hold_out(read, recipe, cost, folds);
        let calibration = self.task.calibrate(&held_out);
        let given = self.task.given(&calibration, &held_out);
        let quality = self.task.quality(held_out.truth.iter().zip(&given));
        Trial { recipe, cost, calibration, quality, held_out, given }
    }

    /// Scores of texts by weights that have not seen them: those left out, `folds` times, then the development set.
    fn hold_out(&self, read: &Read, recipe: Recipe, cost: f64, folds: usize) -> HeldOut<T::Truth> {
        let mut parts: Vec<(Vec<u32>, Vec<u32>)> = Vec::new();
        for fold in 0..folds as u8 {
            let (kept, left_out): (Vec<u32>, Vec<u32>) =
                (0..self.train as u32).partition(|&row| self.folds[row as usize] != fold);
            if !kept.is_empty() && !left_out.is_empty() {
                parts.push((kept, left_out));
            }
        }
        if self.truth.len() > self.train {
            let rows = |range: std::ops::Range<usize>| range.map(|row| row as u32).collect();
            parts.push((rows(0..self.train), rows(self.train..self.truth.len())));
        }
        let targets = self.task.targets();
        let scores = in_parallel(parts.len() * targets.len(), self.threads(), |place| {
            let (kept, left_out) = &parts[place / targets.len()];
            let target = targets[place % targets.len()];
            let weights = self.solve_one(&read.matrix, kept, recipe, cost, target);
            self.count(&read.matrix, left_out.len() as u64);
            left_out.iter().map(|&row| weights.score(&read.matrix, row as usize)).collect::<Vec<f64>>()
        });
        let mut held_out = HeldOut { columns: targets.len(), ..HeldOut::default() };
        for (part, (_, left_out)) in parts.iter().enumerate() {
            for (place, &row) in left_out.iter().enumerate() {
                let columns = &scores[part * targets.len()..(part + 1) * targets.len()];
                held_out.scores.extend(columns.iter().map(|column| column[place]));
                held_out.truth.push(self.truth[row as usize].clone());
            }
        }
        held_out
    }

    /// Whether the development set is labelled so much worse than the texts left out that it is of elsewhere.
    fn is_elsewhere(&self, trial: &Trial<T>) -> bool {
        let dev = self.truth.len() - self.train;
        let left_out = trial.given.len() - dev;
        if dev == 0 || left_out == 0 || self.task.fewest(&self.truth[self.train..]) < FEWEST_ALONE {
            return false;
        }
        let of = |range: std::ops::Range<usize>| {
            self.task.quality(trial.held_out.truth[range.clone()].iter().zip(&trial.given[range]))
        };
        let (here, there) = (of(0..left_out), of(left_out..trial.given.len()));
        let (truth, given) = (&trial.held_out.truth[left_out..], &trial.given[left_out..]);
        here - there > ELSEWHERE * self.deviation(truth.len(), |drawn| self.quality_of(drawn, truth, given))
    }

    /// Whether a trial gains more than luck.
    fn is_better(&self, trial: &Trial<T>, than: &Trial<T>) -> bool {
        let (gain, truth) = (trial.quality - than.quality, &trial.held_out.truth);
        let difference = |drawn: &[usize]| {
            self.quality_of(drawn, truth, &trial.given) - self.quality_of(drawn, truth, &than.given)
        };
        gain > 0.0 && gain > GAIN * self.deviation(truth.len(), difference)
    }

    /// The metric on some of the texts.
    fn quality_of(&self, drawn: &[usize], truth: &[T::Truth], given: &[T::Truth]) -> f64 {
        self.task.quality(drawn.iter().map(|&at| (&truth[at], &given[at])))
    }

    /// The standard deviation of a value over resamples of so many texts.
    fn deviation(&self, texts: usize, value: impl Fn(&[usize]) -> f64) -> f64 {
        let mut random = Xorshift::new(self.config.seed, u32::MAX);
        let values: Vec<f64> = (0..RESAMPLES)
            .map(|_| value(&(0..texts).map(|_| random.below(texts)).collect::<Vec<_>>()))
            .collect();
        let mean = values.iter().sum::<f64>() / RESAMPLES as f64;
        let square = values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>();
        (square / RESAMPLES as f64).sqrt()
    }
}

impl Texts<'_, OneLabel> {
    /// The place of a text's true label.
    pub(super) fn truth(&self, row: u32) -> usize {
        self.truth[row as usize] as usize
    }

    /// The vectors of the training texts.
    pub(super) fn meanings(&self) -> Vec<[i8; DIMENSIONS]> {
        scope::meanings(&self.contents[..self.train], self.tables)
    }

    /// Training texts that are learnt from when part `part` of `parts` of the labels is taken away.
    pub(super) fn kept_without(&self, part: u32, parts: u32) -> Vec<u32> {
        let kept = |&row: &u32| {
            self.truth[row as usize] % parts != part && u32::from(self.folds[row as usize]) != part
        };
        (0..self.train as u32).filter(kept).collect()
    }

    /// What weights make of texts they have not seen, some of whose labels they do not know: `parts` times, each
    /// without its part of the labels and one fold of the texts. There must be as many parts as folds.
    pub(super) fn leave_labels_out(&self, read: &Read, best: &Trial<OneLabel>, parts: u32) -> Vec<Stranger> {
        let mut found = Vec::new();
        for part in 0..parts {
            let kept = self.kept_without(part, parts);
            let known = |label: &u32| label % parts != part;
            let targets: Vec<u32> = (0..self.labels.len() as u32).filter(known).collect();
            let rows: Vec<u32> =
                (0..self.train as u32).filter(|&row| u32::from(self.folds[row as usize]) == part).collect();
            if kept.is_empty() || targets.len() < 2 {
                continue;
            }
            let scores = in_parallel(targets.len(), self.threads(), |place| {
                let weights = self.solve_one(&read.matrix, &kept, best.recipe, best.cost, targets[place]);
                rows.iter().map(|&row| weights.score(&read.matrix, row as usize)).collect::<Vec<f64>>()
            });
            for (place, &row) in rows.iter().enumerate() {
                let of = scores.iter().map(|scores| scores[place]);
                let Some((best, score)) = highest(of) else { continue };
                let is_known = known(&self.truth[row as usize]);
                found.push(Stranger { part, row, best: targets[best] as usize, score, is_known });
            }
        }
        found
    }
}

/// The first of the highest scores, and its place.
pub(super) fn highest(scores: impl Iterator<Item = f64>) -> Option<(usize, f64)> {
    scores.enumerate().reduce(|best, next| if next.1 > best.1 { next } else { best })
}

/// How far the search is, and how long it may last.
struct Steps {
    done: u64,
    of: u64,
    /// Seconds of one core, if there is a limit.
    limit: Option<f64>,
    /// What was spent on a part of the texts before.
    before: f64,
    /// What the last setting took to be judged, and by how many fits.
    trial: f64,
    fits: usize,
    /// What the last recipe to begin with took.
    start: f64,
    /// While only a part of the texts is looked at: how many times larger all of them are, and what reading them takes.
    larger: f64,
    reading: f64,
}

/// Fits to come when the search has ended: of all texts, and for texts of no label.
const LAST_FITS: usize = 1 + FOLDS;

impl Steps {
    fn new(of: u64, limit: Option<f64>) -> Self {
        Self {
            done: 0,
            of,
            limit,
            before: 0.0,
            trial: 0.0,
            fits: FOLDS,
            start: 0.0,
            larger: 0.0,
            reading: 0.0,
        }
    }

    /// Whether there is time for something more after `spent` seconds.
    fn have_time(&self, spent: f64, more: f64) -> bool {
        let last_fits = LAST_FITS as f64 / self.fits.max(1) as f64 * self.larger.max(1.0);
        let rest = (last_fits + self.larger) * self.trial + self.reading;
        self.limit.is_none_or(|limit| self.before + spent + more + rest <= limit)
    }

    fn tell(&self, watch: &mut Watch<'_>) -> Result<()> {
        Progress::report("train", self.done, self.of, watch)
    }
}
