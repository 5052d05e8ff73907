//! What people say about some pairs, to learn from.
//!
//! A label teaches the model; it decides nothing about its own pair (must-link and cannot-link do
//! that). In EM a labelled pair has the responsibility its label gives it instead of the one the model
//! would (Nigam and others 2000 for text). Three guards keep labels from doing harm.
//! What is added is the difference between the two responsibilities, so pairs picked where the model is
//! unsure, as a review does, do not bend the shares of levels as long as the model is right on average.
//! A label may be a slip ([`SLIP`]; noisy labels as in Lawrence and Schölkopf 2001): one against
//! overwhelming evidence is mistrusted. And all labels together weigh at most a share of the matches
//! the records show by themselves ([`MOST`]). What two-sided labels say about all pairs alike goes into
//! the prior ([`shift`]); as only frequencies tell how rare an agreement is, EM cannot see that.

use serde::{Deserialize, Serialize};

use super::compare::{Comparer, Vector};
use super::config::Config;
use super::find;
use super::score::Scorer;
use super::values::Prepared;
use crate::model::{RecordKey, Table, Weight};
use crate::partition::UnionFind;
use crate::{Error, ErrorKind, Result};

/// What a person says about a pair of records.
///
/// ```
/// use reknit::resolve::Label;
/// let json = r#"{"a": {"source": "crm", "id": "1"}, "b": {"source": "shop", "id": "7"}, "match": true}"#;
/// let label: Label = serde_json::from_str(json)?;
/// assert!(label.is_match);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// The one record.
    pub a: RecordKey,
    /// The other.
    pub b: RecordKey,
    /// Whether they are one entity.
    #[serde(rename = "match")]
    pub is_match: bool,
}

/// The chance that a label is wrong: two in a hundred, as among careful reviewers.
pub(super) const SLIP: f64 = 0.02;
/// All labels together count at most as this share of the matches.
pub(super) const MOST: f64 = 0.1;

/// The labels of one comparison vector.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taught {
    pub vector: Vector,
    pub matches: f64,
    pub strangers: f64,
}

impl Taught {
    /// The probability that its pairs match, by the model's `probability` and by the labels.
    pub(super) fn responsibility(&self, probability: f64) -> f64 {
        let given = |right: f64, wrong: f64| {
            let (right, wrong) = (probability * right, (1.0 - probability) * wrong);
            right / (right + wrong)
        };
        let said = self.matches * given(1.0 - SLIP, SLIP) + self.strangers * given(SLIP, 1.0 - SLIP);
        said / self.count()
    }

    pub(super) fn count(&self) -> f64 {
        self.matches + self.strangers
    }
}

/// What `labels` teach, by vector in ascending order.
///
/// # Errors
/// `not_found` when a record is not in the table, `input` when both records of a label are one,
/// `contradiction` when labels contradict each other or the config's constraints.
pub(super) fn taught(
    labels: &[Label],
    config: &Config,
    table: &Table,
    data: &Prepared,
) -> Result<Vec<Taught>> {
    let rows = rows(labels, table, data)?;
    check(labels, &rows, config, table, data)?;
    let mut pairs: Vec<(u32, u32, bool)> =
        labels.iter().zip(&rows).map(|(label, &(a, b))| (a.min(b), a.max(b), label.is_match)).collect();
    // A pair told twice is told once.
    pairs.sort_unstable();
    pairs.dedup();
    let mut comparer = Comparer::new(data);
    let mut told: Vec<(Vector, bool)> =
        pairs.into_iter().map(|(a, b, is_match)| (comparer.vector(a, b), is_match)).collect();
    told.sort_unstable();
    let sum = |run: &[(Vector, bool)]| {
        let matches = run.iter().filter(|(_, is_match)| *is_match).count();
        Taught { vector: run[0].0, matches: matches as f64, strangers: (run.len() - matches) as f64 }
    };
    Ok(told.chunk_by(|x, y| x.0 == y.0).map(sum).collect())
}

/// How many bits more or less all pairs should have, so that the model says of the labelled ones what
/// people say: the most probable shift under logistic regression, where one of [`USUAL_SHIFT`] is usual
/// (Platt 1999 with the slope held at one, since labels are few). `rows` are those of the labels.
pub(super) fn shift(labels: &[Label], rows: &[(u32, u32)], scorer: &Scorer<'_>) -> f64 {
    // Whoever only confirms, or only rejects, has chosen what to answer.
    if labels.windows(2).all(|pair| pair[0].is_match == pair[1].is_match) {
        return 0.0;
    }
    let mut comparer = Comparer::new(scorer.data());
    let bits: Vec<f64> = rows.iter().map(|&(a, b)| scorer.bits(a, b, comparer.vector(a, b))).collect();
    let slope = std::f64::consts::LN_2;
    let usual = 1.0 / (USUAL_SHIFT * USUAL_SHIFT);
    let mut shift = 0.0_f64;
    // Newton's method on a concave function of one number; it is still after four or five rounds.
    for _ in 0..ROUNDS {
        let (mut gradient, mut curvature) = (-shift * usual, usual);
        for (label, bits) in labels.iter().zip(&bits) {
            let p = Weight(bits + shift).probability();
            let q = SLIP + (1.0 - 2.0 * SLIP) * p;
            let slopes = slope * (1.0 - 2.0 * SLIP) * p * (1.0 - p);
            let told = if label.is_match { 1.0 / q } else { -1.0 / (1.0 - q) };
            gradient += told * slopes;
            // Fisher information in place of the second derivative: never negative.
            curvature += slopes * slopes / (q * (1.0 - q));
        }
        shift = (shift + gradient / curvature).clamp(-MOST_SHIFT, MOST_SHIFT);
    }
    shift
}

/// A shift of so many bits is nothing unusual. Pairs are picked for review by what their answers would
/// change, which their bits do not tell, so 50 of them must not move all others far: of .15, .2, .25, .5
/// and 1, tried on contact sets of 1,000 to 50,000 records with 50 and 200 answers, .2 is the largest that
/// costs none of them much more than .002 of F1 (`docs/evaluation.md`).
const USUAL_SHIFT: f64 = 0.2;
/// And no shift is larger: beyond it pairs would be missing that were not kept.
const MOST_SHIFT: f64 = 1.5;
const ROUNDS: usize = 20;

/// The rows of the labels' records.
pub(super) fn rows(labels: &[Label], table: &Table, data: &Prepared) -> Result<Vec<(u32, u32)>> {
    let placed = |at: usize, error: Error| Error::new(error.kind(), format!("label {}: {error}", at + 1));
    let row = |at: usize, key: &RecordKey| find(table, data, key).map_err(|error| placed(at, error));
    let pair = |(at, label): (usize, &Label)| {
        if label.a == label.b {
            return Err(Error::input(format!("label {}: both records are {}; give two", at + 1, label.a)));
        }
        Ok((row(at, &label.a)?, row(at, &label.b)?))
    };
    labels.iter().enumerate().map(pair).collect()
}

/// Refuses labels that cannot all be true, naming the first that does not fit.
fn check(
    labels: &[Label],
    rows: &[(u32, u32)],
    config: &Config,
    table: &Table,
    data: &Prepared,
) -> Result<()> {
    let mut union = UnionFind::new(data.rows);
    let decided = |pairs: &[(RecordKey, RecordKey)]| -> Result<Vec<(u32, u32)>> {
        pairs.iter().map(|(a, b)| Ok((find(table, data, a)?, find(table, data, b)?))).collect()
    };
    let matches = labels.iter().zip(rows).filter(|(label, _)| label.is_match).map(|(_, &pair)| pair);
    for (a, b) in decided(&config.must_link)?.into_iter().chain(matches) {
        union.join(a, b);
    }
    let contradiction = |text: String| Err(Error::new(ErrorKind::Contradiction, text));
    for (at, (label, &(a, b))) in labels.iter().zip(rows).enumerate() {
        if !label.is_match && union.root(a) == union.root(b) {
            return contradiction(format!(
                "label {} says that {} and {} are two, while other labels or `must_link` make them one; \
                 take one of them back",
                at + 1,
                label.a,
                label.b
            ));
        }
    }
    for ((a, b), (key_a, key_b)) in decided(&config.cannot_link)?.into_iter().zip(&config.cannot_link) {
        if union.root(a) == union.root(b) {
            return contradiction(format!(
                "`cannot_link` says that {key_a} and {key_b} are two, while labels or `must_link` make them \
                 one; take one of them back"
            ));
        }
    }
    Ok(())
}
