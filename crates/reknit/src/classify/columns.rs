//! The linear model of a trained classifier: features, and a row of weights each, one a column.
//!
//! Every classifier that is trained has one, whatever it makes of the scores of its columns: one label
//! ([`Classifier`](super::Classifier)) or several ([`MultiClassifier`](super::MultiClassifier)). It is scored by
//! [`score`](super::score), explained place by place in [`explain`](super::explain) and written by
//! [`format`](super::format).
//!
//! Cost: a byte a feature and column, and 16 a feature.

use super::features::{FeatureTable, Reader, Reading, Tables};
use super::recipe::Recipe;
use super::rows::Rows;
use super::score::{Model, Scorer, Scorers};
use super::solver::Weights;
use super::threads::by_parts;
use crate::text::token::{Token, tokens};

/// Features with their weights, and what reads texts by them.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    /// What is read of a text.
    pub(super) recipe: Recipe,
    pub(super) table: FeatureTable,
    /// A row of weights a feature.
    pub(super) rows: Rows,
    /// The weights of meaning, number by number, one a column; empty where the recipe has none.
    pub(super) meaning: Vec<f32>,
    /// One a column.
    pub(super) bias: Vec<f64>,
    pub(super) tables: Tables,
    pub(super) scorers: Scorers,
}

impl Columns {
    /// Columns of these weights, whose features are those of `table`.
    pub(super) fn new(recipe: Recipe, table: FeatureTable, tables: Tables, found: &[&Weights]) -> Self {
        let mut columns = Self {
            recipe,
            rows: Rows::round(&[], found.len(), &[]),
            meaning: Vec::new(),
            bias: Vec::new(),
            table,
            tables,
            scorers: Scorers::default(),
        };
        columns.set_weights(found);
        columns
    }

    /// Takes over the weights of its columns.
    pub(super) fn set_weights(&mut self, found: &[&Weights]) {
        let mut weights = interleave(found);
        self.meaning = weights.split_off(self.table.len() * found.len());
        self.rows = Rows::round(&weights, found.len(), &self.table.idf);
        self.bias = found.iter().map(|weights| weights.bias).collect();
        self.scorers = Scorers::default();
    }

    /// What scores are made of.
    pub(super) fn model(&self) -> Model<'_> {
        Model {
            recipe: &self.recipe,
            tables: &self.tables,
            table: &self.table,
            rows: &self.rows,
            meaning: &self.meaning,
            bias: &self.bias,
        }
    }

    /// Hands the scores of a text to `make`.
    pub(super) fn score<D>(&self, text: &str, make: impl FnOnce(&[f64]) -> D) -> D {
        self.score_tokens(text, tokens(text), make)
    }

    /// Hands the scores of the tokens of `text` to `make`.
    pub(super) fn score_tokens<'t, D>(
        &self,
        text: &'t str,
        tokens: impl Iterator<Item = Token<'t>>,
        make: impl FnOnce(&[f64]) -> D,
    ) -> D {
        self.scorers.with(self.model(), |scorer| {
            scorer.score(text, tokens, self.model());
            make(&scorer.scores)
        })
    }

    /// What `one` makes of each text's scores, on `threads` threads (0: all cores); the same as one by one.
    pub(super) fn score_all<T: AsRef<str> + Sync, D: Send>(
        &self,
        texts: &[T],
        threads: usize,
        make: impl Fn(&str, &[f64]) -> D + Sync,
    ) -> Vec<D> {
        let one = |text: &str, scorer: &mut Scorer| {
            scorer.score(text, tokens(text), self.model());
            make(text, &scorer.scores)
        };
        by_parts(texts, threads, |part| {
            let all = |scorer: &mut Scorer| part.iter().map(|text| one(text.as_ref(), scorer)).collect();
            self.scorers.with(self.model(), all)
        })
    }

    /// Everything a text holds and where, and its word pieces.
    pub(super) fn read(&self, text: &str) -> (Reading, Reader) {
        let (mut reading, mut reader) = (Reading::default(), Reader::default());
        reader.read(tokens(text), &self.recipe, &self.tables, &mut reading);
        (reading, reader)
    }
}

/// Feature by feature, one weight a column.
fn interleave(found: &[&Weights]) -> Vec<f32> {
    let features = found.first().map_or(0, |weights| weights.weights.len());
    let mut weights = vec![0.0; features * found.len()];
    for (column, solved) in found.iter().enumerate() {
        for (feature, &weight) in solved.weights.iter().enumerate() {
            weights[feature * found.len() + column] = weight;
        }
    }
    weights
}
