//! Why a text got its label: what every word adds to the odds.
//!
//! The model is a sum, so the explanation is exact: the log odds of one label against another are the
//! difference of two sums over the same features. The weight of a feature is divided evenly over the
//! places where it occurs, and that of a run of words over its words; what a word's own feature, its
//! n-grams, its runs and its meaning add is one contribution. Features of form, such as shouting, belong to the
//! text as a whole. With more than two labels what makes probabilities of the odds adds up is the last
//! contribution. Prior plus contributions is the log odds of the two labels' probabilities, in bits.

use std::f64::consts::LOG2_E;

use serde::Serialize;

use super::Classifier;
use super::columns::Columns;
use super::features::{self, NO_UNIT, Reader, Reading, meaning_scale};
use crate::model::{Contribution, Evidence, Weight};
use crate::text::words::{DIMENSIONS, sum};
use crate::{Error, Result};

/// What one place of the text adds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SpanWeight {
    /// The word as it was compared, or the rule.
    pub name: String,
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// What it adds, in bits.
    pub weight: Weight,
}

/// Why one label rather than another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// The label explained.
    pub label: String,
    /// The label it is weighed against: the next best.
    pub against: String,
    /// The log2 odds of `label` against `against`: prior, one contribution a word in order of place,
    /// then form, then what the metric's decision offset adds, if it adds anything.
    pub evidence: Evidence,
    /// The contributions of words with their places in the text, in order of place.
    pub spans: Vec<SpanWeight>,
}

/// Where a feature stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// In units `first..=last` of the reading.
    Units(usize, usize),
    /// In the form of the whole text.
    Form(&'static str),
}

impl Classifier {
    /// Why the label of `text` was given rather than the next best.
    pub fn explain(&self, text: &str) -> Explanation {
        let mut odds = self.columns.score(text, |scores| self.calibration.odds(scores));
        let label = self.calibration.decide(&odds);
        odds[label] = f64::NEG_INFINITY;
        let runner_up = self.calibration.decide(&odds);
        // All others can only be at −∞ when a saved model holds such numbers, and those are refused.
        let against = if runner_up == label { usize::from(label == 0) } else { runner_up };
        self.weigh(text, label, against)
    }

    /// Why `label` rather than `against` for `text`; negative weights speak for `against`.
    ///
    /// # Errors
    /// `NotFound` for a label the classifier does not know.
    pub fn explain_label(&self, text: &str, label: &str, against: &str) -> Result<Explanation> {
        let find = |name: &str| {
            let place = self.labels.binary_search_by(|l| l.as_str().cmp(name));
            place.map_err(|_| {
                Error::not_found("classify: the label to explain is none of the classifier's labels")
            })
        };
        Ok(self.weigh(text, find(label)?, find(against)?))
    }

    fn weigh(&self, text: &str, label: usize, against: usize) -> Explanation {
        let mut scores = self.columns.bias.clone();
        let read = self.columns.weigh(text, |adds| {
            scores.iter_mut().enumerate().for_each(|(column, score)| *score += adds(column));
            self.difference(adds, label, against)
        });
        self.receipt(read, &scores, (label, against))
    }

    fn receipt(&self, read: Weighed, scores: &[f64], (label, against): (usize, usize)) -> Explanation {
        let mut contributions = read.contributions();
        if self.labels.len() > 2 {
            let odds = self.calibration.odds(scores);
            let logits = self.calibration.logits(odds.clone());
            let bits = ((logits[label] - logits[against]) - (odds[label] - odds[against])) * LOG2_E;
            contributions.push(Contribution::new("calibration", "all labels together", Weight(bits)));
        }
        let offsets = &self.calibration.offsets;
        let offset = (offsets[label] - offsets[against]) * LOG2_E;
        if offset != 0.0 {
            let level = self.config.metric.to_string();
            contributions.push(Contribution::new("decision offset", level, Weight(offset)));
        }
        Explanation {
            label: self.labels[label].clone(),
            against: self.labels[against].clone(),
            evidence: Evidence::new(Weight(self.prior(label, against)), contributions),
            spans: read.spans,
        }
    }

    /// The bits for `label` against `against` of what adds `weight` to each column.
    fn difference(&self, weight: impl Fn(usize) -> f64, label: usize, against: usize) -> f64 {
        let of = |place: usize| match place.checked_sub(usize::from(self.labels.len() == 2)) {
            Some(column) => self.calibration.slopes[column] * weight(column),
            None => 0.0,
        };
        LOG2_E * (of(label) - of(against))
    }

    /// The bits for `label` against `against` before a word is read.
    fn prior(&self, label: usize, against: usize) -> f64 {
        let odds = self.calibration.odds(&self.columns.bias);
        (odds[label] - odds[against]) * LOG2_E
    }
}

/// What the places of one text add, in bits.
#[derive(Debug, Default)]
pub(super) struct Weighed {
    /// Words, in order of place.
    pub(super) spans: Vec<SpanWeight>,
    /// What the form of the text adds.
    form: Vec<(&'static str, f64)>,
}

impl Weighed {
    fn add(&mut self, place: Place, bits: f64) {
        match place {
            Place::Form(name) => self.form.push((name, bits)),
            Place::Units(first, last) => {
                let share = Weight(bits / (last - first + 1) as f64);
                self.spans[first..=last].iter_mut().for_each(|span| span.weight += share);
            }
        }
    }

    /// One contribution a word in order of place, then form.
    pub(super) fn contributions(&self) -> Vec<Contribution> {
        let word =
            |s: &SpanWeight| Contribution::new(&s.name, format!("bytes {} to {}", s.start, s.end), s.weight);
        let form = self.form.iter().map(|&(name, w)| Contribution::new(name, "whole text", Weight(w)));
        self.spans.iter().map(word).chain(form).collect()
    }
}

impl Columns {
    /// Weighs every place of a text by what `bits` makes of that which it adds to the columns.
    pub(super) fn weigh(&self, text: &str, mut bits: impl FnMut(&dyn Fn(usize) -> f64) -> f64) -> Weighed {
        self.weigh_each(text, 1, |_, adds| bits(adds)).pop().unwrap_or_default()
    }

    /// Weighs them in `ways` ways, reading the text once: `bits` is told which way it is asked for.
    pub(super) fn weigh_each(
        &self,
        text: &str,
        ways: usize,
        mut bits: impl FnMut(usize, &dyn Fn(usize) -> f64) -> f64,
    ) -> Vec<Weighed> {
        let (reading, reader) = self.read(text);
        let span = |unit: &features::Unit| SpanWeight {
            name: unit.form.clone(),
            start: unit.start,
            end: unit.end,
            weight: Weight::ZERO,
        };
        let weighed = || Weighed { spans: reading.units.iter().map(span).collect(), form: Vec::new() };
        let mut found: Vec<Weighed> = (0..ways).map(|_| weighed()).collect();
        self.weigh_places(&reading, &reader, |place, adds| {
            for (way, weighed) in found.iter_mut().enumerate() {
                weighed.add(place, bits(way, adds));
            }
        });
        found
    }

    /// Tells what a text adds to the score of each column, place by place where its features stand. With the
    /// biases it is all there is: the places of a text add up to its scores.
    pub(super) fn weigh_places(
        &self,
        reading: &Reading,
        reader: &Reader,
        mut tell: impl FnMut(Place, &dyn Fn(usize) -> f64),
    ) {
        let mut places = reading.occurrences.clone();
        places.sort_unstable();
        let mut features: Vec<u64> = places.iter().map(|place| place.fingerprint).collect();
        let mut rest = places.as_slice();
        for (column, value) in self.table.vector(&features::counts(&mut features), &self.recipe) {
            let (column, value) = (column as usize, f64::from(value));
            let feature = self.table.fingerprints[column];
            let begin = rest.partition_point(|o| o.fingerprint < feature);
            let count = rest[begin..].partition_point(|o| o.fingerprint == feature);
            let (here, after) = rest[begin..].split_at(count);
            rest = after;
            let share = value / count as f64;
            for place in here {
                let place = if place.last == NO_UNIT {
                    let known = reading.form.iter().find(|(f, _)| *f == feature);
                    Place::Form(known.map_or("form", |(_, name)| name))
                } else {
                    Place::Units(place.first as usize, place.last as usize)
                };
                tell(place, &|target| share * self.rows.weight(column, target));
            }
        }
        if !self.meaning.is_empty() {
            self.weigh_meaning(&reader.pieces, |piece, adds| {
                let unit = reader.piece_units[piece] as usize;
                tell(Place::Units(unit, unit), adds);
            });
        }
    }

    /// Tells what each word piece adds to the columns: the vector of a text is a sum over its pieces.
    fn weigh_meaning(&self, pieces: &[u16], mut tell: impl FnMut(usize, &dyn Fn(usize) -> f64)) {
        let words = &self.tables.words;
        let scale = f64::from(meaning_scale(&sum(words, pieces), &self.recipe));
        for (place, &piece) in pieces.iter().enumerate() {
            let mut row = [0.0; DIMENSIONS];
            words.add(piece, &mut row);
            let adds = |column: usize| {
                let weights = self.meaning.iter().skip(column).step_by(self.bias.len());
                let product: f64 = row.iter().zip(weights).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
                product * scale
            };
            tell(place, &adds);
        }
    }
}

/// `spans`, and last what the whole text adds: all that lies between `prior` with the words and `total`.
pub(super) fn with_rest(
    mut spans: Vec<SpanWeight>,
    prior: Weight,
    total: Weight,
    text: &str,
) -> Vec<SpanWeight> {
    let words: Weight = spans.iter().map(|span| span.weight).sum();
    let weight = total - prior - words;
    spans.push(SpanWeight { name: "form".to_owned(), start: 0, end: text.len(), weight });
    spans
}

#[cfg(test)]
mod tests {
    use super::super::{Classifier, Config, Example, Metric};
    use crate::model::unwatched;

    fn classifier(labels: usize, metric: Metric) -> Classifier {
        let examples: Vec<Example> = [
            ("a", "the red apple"),
            ("b", "a blue bicycle"),
            ("c", "green cheese now"),
            ("a", "an apple a day"),
            ("b", "ride a bicycle"),
            ("c", "cheese and wine"),
            ("a", "apple pie"),
            ("a", "apple tart"),
        ]
        .into_iter()
        .filter(|(label, _)| labels == 3 || *label != "c")
        .map(|(label, text)| Example::new(label, text))
        .collect();
        Classifier::fit(&Config { metric, ..Config::default() }, &examples, None, &mut unwatched)
            .expect("fits")
    }

    #[test]
    fn the_sum_is_the_log_odds_of_the_two_labels() {
        for labels in [2, 3] {
            let classifier = classifier(labels, Metric::Accuracy);
            for text in ["red apple on a blue bicycle!!", "", "CHEESE apple apple apple 😀"] {
                let why = classifier.explain(text);
                let found = classifier.classify(text);
                let p = |label: &str| found.probabilities.iter().find(|l| l.0 == label).expect("known").1;
                let odds = (p(&why.label) / p(&why.against)).log2();
                // Labels are given by sums of 32 bits, explained by sums of 64.
                let error = (why.evidence.total.bits() - odds).abs();
                assert!(error < 1e-4 * (1.0 + odds.abs()), "{labels} {text} {error} {odds}");
                assert_eq!(why.label, found.label);
                for span in &why.spans {
                    assert!(text.get(span.start..span.end).is_some());
                }
            }
        }
    }

    #[test]
    fn turning_the_labels_round_turns_the_sign() {
        let classifier = classifier(3, Metric::MacroF1);
        let one = classifier.explain_label("blue apple", "a", "b").expect("known labels");
        let two = classifier.explain_label("blue apple", "b", "a").expect("known labels");
        assert!((one.evidence.total.bits() + two.evidence.total.bits()).abs() < 1e-9);
        assert!(classifier.explain_label("x", "a", "z").is_err());
    }
}
