//! An alarm for topics of which there are suddenly more texts than before.
//!
//! For each topic the last period is held against all earlier ones. If nothing changed, then of all texts of
//! the topic the last period holds its share of all texts; so its count is binomial given the sum, whatever the
//! rate (the conditional test of two Poisson rates: Przyborowski and Wilenski 1940). Counts that sway more than
//! chance from period to period are divided by their dispersion first (Pearson's chi-squared by its degrees of
//! freedom; `McCullagh` and Nelder 1989), so a restless topic needs more to ring. As many topics are tested at
//! once, the chances are adjusted to a false discovery rate (Benjamini and Hochberg 1995).
//!
//! Cost: the number of topics times the number of periods.
//!
//! ```
//! use reknit::mine::{AlarmConfig, emerging};
//! // Four quiet weeks and a loud one: topic 7 goes from 2 to 15 texts.
//! let weeks: Vec<Vec<(u32, u32)>> = vec![
//!     vec![(1, 50), (7, 2)], vec![(1, 48), (7, 3)], vec![(1, 53), (7, 1)], vec![(1, 49), (7, 2)],
//!     vec![(1, 51), (7, 15)],
//! ];
//! let alarms = emerging(&AlarmConfig::default(), &weeks)?;
//! assert_eq!(alarms.len(), 1);
//! assert_eq!((alarms[0].topic, alarms[0].seen), (7, 15));
//! # Ok::<(), reknit::Error>(())
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::chance::{adjusted, binomial_tail};
use crate::model::Timestamp;
use crate::{Error, Result};

/// When an alarm rings.
///
/// | field | default | meaning | range |
/// |---|---|---|---|
/// | `rate` | 0.05 | share of the alarms that may be false | above 0, below 1 |
/// | `least` | 5 | texts of the topic in the last period | 1 and up |
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlarmConfig {
    /// The share of alarms that may be false.
    pub rate: f64,
    /// Texts of the topic in the last period, at least.
    pub least: u32,
}

impl Default for AlarmConfig {
    fn default() -> Self {
        Self { rate: 0.05, least: 5 }
    }
}

/// A topic that grows.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alarm {
    /// The topic's id.
    pub topic: u32,
    /// Texts in the last period.
    pub seen: u32,
    /// Texts that its earlier share would have given.
    pub expected: f64,
    /// The chance of so many or more if nothing changed, 0 to 1.
    pub chance: f64,
    /// The false discovery rate at which it still counts, 0 to 1.
    pub rate: f64,
}

/// Counts of texts by topic and period of `length_ms`, the last of which ends at `end` (which it does not
/// include); earlier ones follow without gaps, oldest first. Texts at `end` or later are left out. None for
/// no texts before `end`, or a length below 1.
pub fn periods(assigned: &[(Timestamp, u32)], length_ms: i64, end: Timestamp) -> Vec<Vec<(u32, u32)>> {
    /// Periods that are kept at most; a single wrong date must not make millions of empty ones.
    const MOST: i64 = 10_000;
    let mut counts: BTreeMap<i64, BTreeMap<u32, u32>> = BTreeMap::new();
    for (time, topic) in assigned.iter().filter(|(time, _)| *time < end && length_ms > 0) {
        let back = (end.millis().saturating_sub(time.millis()) - 1) / length_ms;
        if back < MOST {
            *counts.entry(back).or_default().entry(*topic).or_default() += 1;
        }
    }
    let oldest = counts.keys().next_back().copied().map_or(0, |back| back + 1);
    let of =
        |back: i64| counts.get(&back).into_iter().flatten().map(|(topic, count)| (*topic, *count)).collect();
    (0..oldest).rev().map(of).collect()
}

/// The topics of which the last of `periods` has more than the earlier ones let expect, the least likely
/// first. Each period lists (topic, texts); what is not listed is 0. None for fewer than two periods.
pub fn emerging(config: &AlarmConfig, periods: &[Vec<(u32, u32)>]) -> Result<Vec<Alarm>> {
    if !(config.rate > 0.0 && config.rate < 1.0) {
        return Err(Error::config(format!("rate: {} is out of range; it lies between 0 and 1", config.rate)));
    }
    let Some((last, earlier)) = periods.split_last().filter(|(_, earlier)| !earlier.is_empty()) else {
        return Ok(Vec::new());
    };
    let total = |period: &Vec<(u32, u32)>| period.iter().map(|(_, count)| f64::from(*count)).sum::<f64>();
    let totals: Vec<f64> = earlier.iter().map(total).collect();
    let (now, before) = (total(last), totals.iter().sum::<f64>());
    let mut history: BTreeMap<u32, Vec<f64>> = BTreeMap::new();
    for (at, period) in earlier.iter().enumerate() {
        for (topic, count) in period {
            history.entry(*topic).or_insert_with(|| vec![0.0; earlier.len()])[at] += f64::from(*count);
        }
    }
    let mut seen: BTreeMap<u32, u32> = BTreeMap::new();
    for (topic, count) in last {
        *seen.entry(*topic).or_default() += count;
    }
    let none = vec![0.0; earlier.len()];
    let mut alarms: Vec<Alarm> = (seen.into_iter())
        .map(|(topic, seen)| {
            let counts = history.get(&topic).unwrap_or(&none);
            let sum: f64 = counts.iter().sum();
            let spread = dispersion(counts, &totals, sum / before.max(1.0));
            let (hits, trials) = (f64::from(seen) / spread, (f64::from(seen) + sum) / spread);
            let chance = binomial_tail(hits, trials, now / (now + before).max(1.0));
            Alarm { topic, seen, expected: now * sum / before.max(1.0), chance, rate: 1.0 }
        })
        .collect();
    let rates = adjusted(&alarms.iter().map(|alarm| alarm.chance).collect::<Vec<_>>());
    alarms.iter_mut().zip(rates).for_each(|(alarm, rate)| alarm.rate = rate);
    alarms.retain(|alarm| alarm.rate <= config.rate && alarm.seen >= config.least);
    alarms.sort_by(|a, b| a.chance.total_cmp(&b.chance).then(a.topic.cmp(&b.topic)));
    Ok(alarms)
}

/// How many times more than by chance the counts sway: 1 and up.
fn dispersion(counts: &[f64], totals: &[f64], share: f64) -> f64 {
    let parts = counts.iter().zip(totals).filter(|(_, total)| **total * share > 0.0);
    let (squares, periods) = parts.fold((0.0, 0_u32), |(sum, periods), (count, total)| {
        let expected = total * share;
        (sum + (count - expected) * (count - expected) / expected, periods + 1)
    });
    if periods < 3 { 1.0 } else { (squares / f64::from(periods - 1)).max(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_restless_topic_needs_more() {
        let weeks = |counts: [u32; 6]| counts.map(|count| vec![(1, 100), (2, count)]).to_vec();
        let alarms = |counts| emerging(&AlarmConfig::default(), &weeks(counts)).expect("valid").len();
        assert_eq!(alarms([5, 6, 4, 5, 5, 20]), 1);
        assert_eq!(alarms([1, 20, 2, 14, 1, 20]), 0);
        assert_eq!(alarms([5, 5, 5, 5, 5, 6]), 0);
        assert_eq!(alarms([0, 0, 0, 0, 0, 4]), 0);
        assert_eq!(alarms([0, 0, 0, 0, 0, 9]), 1);
    }

    #[test]
    fn more_of_everything_is_no_topic_that_grows() {
        let weeks = vec![vec![(1, 10), (2, 10)], vec![(1, 10), (2, 10)], vec![(1, 100), (2, 100)]];
        assert_eq!(emerging(&AlarmConfig::default(), &weeks), Ok(Vec::new()));
        assert!(emerging(&AlarmConfig { rate: 1.0, ..AlarmConfig::default() }, &weeks).is_err());
    }

    #[test]
    fn quiet_chance_rarely_rings() {
        // 200 series of counts around 10 from a fixed generator: at a rate of 5 % few may ring.
        let mut state = 7_u64;
        let mut draw = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as f64 / f64::from(1_u32 << 31)
        };
        let mut count = || (0..100).filter(|_| draw() < 0.1).count() as u32;
        let mut rang = 0;
        for _ in 0..200 {
            let weeks: Vec<Vec<(u32, u32)>> = (0..8).map(|_| vec![(1, 90), (2, count())]).collect();
            rang += emerging(&AlarmConfig::default(), &weeks).expect("valid").len();
        }
        assert!(rang <= 10, "{rang} of 200");
    }

    #[test]
    fn times_become_periods() {
        let at = |ms, topic| (Timestamp(ms), topic);
        let found = periods(&[at(5, 1), at(19, 1), at(10, 2), at(20, 9), at(-5, 3)], 10, Timestamp(20));
        assert_eq!(found, [vec![(3, 1)], vec![(1, 1)], vec![(1, 1), (2, 1)]]);
        assert!(periods(&[at(5, 1)], 0, Timestamp(20)).is_empty());
    }
}
