//! Chance from a seed: the same seed gives the same company, on every machine.
//!
//! `SplitMix64` (Steele, Lea and Flood 2014, "Fast Splittable Pseudorandom Number Generators"): one
//! addition and three xor-shift-multiplies a number, good enough for invented data and short enough
//! to carry no dependency. [`Dice::apart`] gives each part of the company its own stream, so that a
//! change in one part does not reshuffle the others.

/// A stream of chance.
#[derive(Debug, Clone)]
pub(crate) struct Dice {
    state: u64,
}

/// 2^64 divided by the golden ratio, made odd: the increment of the paper.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

impl Dice {
    /// The stream of `seed`.
    pub(crate) fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A stream of its own for the part called `name`; does not advance this one.
    pub(crate) fn apart(&self, name: &str) -> Self {
        let mut state = self.state ^ 0xcbf2_9ce4_8422_2325;
        for byte in name.bytes() {
            state = (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        Self { state }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(GOLDEN);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number from 0 to `n` − 1; 0 when `n` is 0.
    pub(crate) fn below(&mut self, n: usize) -> usize {
        ((u128::from(self.next()) * n as u128) >> 64) as usize
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low).max(0) as usize + 1) as i64
    }

    /// A number in [0, 1).
    pub(crate) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True in `p` of all cases.
    pub(crate) fn chance(&mut self, p: f64) -> bool {
        self.share() < p
    }

    /// One of `items`, which must not be empty.
    pub(crate) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// An index, each in proportion to its weight.
    pub(crate) fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.share() * weights.iter().sum::<f64>();
        for (place, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return place;
            }
        }
        weights.len().saturating_sub(1)
    }

    /// A number around `middle`, mostly within a factor of three: waiting times look so.
    pub(crate) fn around(&mut self, middle: f64) -> f64 {
        let bell: f64 = (0..4).map(|_| self.share()).sum::<f64>() - 2.0;
        middle * (bell * 1.4).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_repeat_and_stay_in_range() {
        let (mut a, mut b) = (Dice::new(7).apart("x"), Dice::new(7).apart("x"));
        for n in 1..500 {
            let drawn = a.below(n);
            assert_eq!(drawn, b.below(n));
            assert!(drawn < n);
        }
        assert_ne!(Dice::new(7).apart("x").next(), Dice::new(7).apart("y").next());
    }
}
