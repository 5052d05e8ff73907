//! Belief in bits, and the receipt for it.
//!
//! A [`Weight`] is a log2 odds ratio: +1 doubles the odds, −1 halves them, and weights of
//! independent findings add (Good 1950, "Probability and the Weighing of Evidence"; Fellegi and
//! Sunter 1969 call it the match weight). Every decision of the library, a match, a reply link, a
//! label, is a sum of named weights, and [`Evidence`] is that sum written out. The law, tested
//! everywhere evidence is made: prior + contributions = total, within 1e-9.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

use serde::{Deserialize, Serialize};

/// Log2 odds, in bits.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Weight(pub f64);

impl Weight {
    /// No belief either way: odds of one to one.
    pub const ZERO: Self = Self(0.0);

    /// The weight of a probability: log2(p / (1 − p)). 0 and 1 give the infinities.
    pub fn from_probability(p: f64) -> Self {
        Self((p / (1.0 - p)).log2())
    }

    /// The weight of a likelihood ratio m/u.
    pub fn from_ratio(m: f64, u: f64) -> Self {
        Self((m / u).log2())
    }

    /// The probability these odds stand for: 1 / (1 + 2^−w).
    pub fn probability(self) -> f64 {
        1.0 / (1.0 + (-self.0).exp2())
    }

    /// The number of bits.
    pub fn bits(self) -> f64 {
        self.0
    }
}

impl Add for Weight {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Weight {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Weight {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Weight {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Weight {
    fn sum<I: Iterator<Item = Self>>(weights: I) -> Self {
        weights.fold(Self::ZERO, Add::add)
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:+.2} bits", self.0)
    }
}

/// One finding and what it weighs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution {
    /// What was looked at: a comparison, a feature, a rule (`email`, `reply_id`, `great`).
    pub name: String,
    /// What was seen: the comparison level, or a short note without personal data unless the
    /// caller's own values were asked for (`exact`, `close`, `gap 2 h`).
    pub level: String,
    /// What it adds to the belief.
    pub weight: Weight,
}

impl Contribution {
    /// A finding called `name`, seen as `level`, worth `weight`.
    pub fn new(name: impl Into<String>, level: impl Into<String>, weight: Weight) -> Self {
        Self { name: name.into(), level: level.into(), weight }
    }
}

/// The receipt of one decision: where belief started, what moved it, where it ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The belief before anything was looked at.
    pub prior: Weight,
    /// The findings, in the order they were weighed.
    pub contributions: Vec<Contribution>,
    /// The belief after all of them.
    pub total: Weight,
}

impl Evidence {
    /// Adds up a receipt.
    ///
    /// ```
    /// use reknit::model::{Contribution, Evidence, Weight};
    /// let evidence = Evidence::new(
    ///     Weight(-12.0),
    ///     vec![Contribution::new("email", "exact", Weight(15.0))],
    /// );
    /// assert_eq!(evidence.total, Weight(3.0));
    /// assert!(evidence.probability() > 0.88);
    /// ```
    pub fn new(prior: Weight, contributions: Vec<Contribution>) -> Self {
        let total = prior + contributions.iter().map(|c| c.weight).sum();
        Self { prior, contributions, total }
    }

    /// The probability the total stands for.
    pub fn probability(&self) -> f64 {
        self.total.probability()
    }

    /// The receipt as the bars of a waterfall chart: the prior, each finding from where the one before
    /// ended, and the total.
    ///
    /// ```
    /// use reknit::model::{Contribution, Evidence, Weight};
    /// let evidence = Evidence::new(Weight(-12.0), vec![Contribution::new("email", "exact", Weight(15.0))]);
    /// let bars = evidence.waterfall();
    /// assert_eq!(bars.iter().map(|bar| bar.label.as_str()).collect::<Vec<_>>(), ["prior", "email: exact", "total"]);
    /// assert_eq!((bars[1].start, bars[1].end), (Weight(-12.0), Weight(3.0)));
    /// ```
    pub fn waterfall(&self) -> Vec<Bar> {
        let mut bars = vec![Bar::new("prior".to_owned(), Weight::ZERO, self.prior)];
        let mut reached = self.prior;
        for Contribution { name, level, weight } in &self.contributions {
            let label = if level.is_empty() { name.clone() } else { format!("{name}: {level}") };
            bars.push(Bar::new(label, reached, *weight));
            reached += *weight;
        }
        bars.push(Bar::new("total".to_owned(), Weight::ZERO, self.total));
        bars
    }

    /// Whether prior and contributions give the total, within 1e-9 bits.
    pub fn adds_up(&self) -> bool {
        let sum = self.prior + self.contributions.iter().map(|c| c.weight).sum();
        (sum - self.total).bits().abs() <= 1e-9
    }
}

/// One bar of a waterfall chart of [`Evidence`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bar {
    /// What it shows: `prior`, `email: exact`, `total`.
    pub label: String,
    /// How long it is; negative where belief falls.
    pub bits: Weight,
    /// Where it starts.
    pub start: Weight,
    /// Where it ends.
    pub end: Weight,
    /// The probability that its end stands for.
    pub probability: f64,
}

impl Bar {
    fn new(label: String, start: Weight, bits: Weight) -> Self {
        let end = start + bits;
        Self { label, bits, start, end, probability: end.probability() }
    }
}

impl fmt::Display for Evidence {
    /// One line per finding, strongest wording first: name, level, bits; then the total.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:>9.2}  prior", self.prior.bits())?;
        for c in &self.contributions {
            writeln!(f, "{:>+9.2}  {}: {}", c.weight.bits(), c.name, c.level)?;
        }
        write!(f, "{:>9.2}  total, probability {:.4}", self.total.bits(), self.probability())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probability_and_weight_are_inverse() {
        for p in [0.001, 0.2, 0.5, 0.9, 0.999_999] {
            assert!((Weight::from_probability(p).probability() - p).abs() < 1e-12);
        }
        assert_eq!(Weight(0.0).probability(), 0.5);
        assert_eq!(Weight(f64::NEG_INFINITY).probability(), 0.0);
    }
}
