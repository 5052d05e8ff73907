//! Exponentials and logarithms of scores: the curves that make probabilities of them.
//!
//! A text of 77 labels asks for 231 of them, a quarter of all its instructions while the mathematics library gave them.
//! Here they are branch-free, so compilers reckon several at a time, and made of additions, products and divisions
//! alone, which every machine rounds alike (IEEE 754), so that probabilities do not differ between platforms as those of
//! their libraries do.
//!
//! The exponential is 2 to a whole number, set as the exponent, times that of a rest of at most ln 2 / 2 by its series;
//! the logarithm that of the inverse hyperbolic tangent, of at most .172 (both in Muller 2016, "Elementary Functions",
//! chapters 3 and 11). Both series are cut where what is left is below the last bit.
//!
//! Cost: about forty operations an exponential, eighty a softplus, two at a time on every x86-64 processor.

use std::f64::consts::{LN_2, LOG2_E};

/// Added to a number below 2^51 and taken off again it leaves the nearest whole number; before it is taken off, the
/// last bits are that number.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// ln 2 in two parts: the first has so few bits that its product with a whole number is exact (Cody and Waite 1980).
const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// Where results are no normal numbers any more.
const LEAST: f64 = -708.0;
const MOST: f64 = 709.0;
/// Bits of a double behind its exponent, and what exponents are written more.
const MANTISSA_BITS: u32 = 52;
const EXPONENT_BIAS: u64 = 1023;
/// 1 / k!, k from 13 down to 0.
const FACTORIALS: [f64; 14] = {
    let (mut all, mut k, mut factorial) = ([1.0; 14], 1, 1.0);
    while k < 14 {
        factorial *= k as f64;
        all[13 - k] = 1.0 / factorial;
        k += 1;
    }
    all
};
/// 1 / (2 k + 1), k from 10 down to 0.
const ODD: [f64; 11] = {
    let (mut all, mut k) = ([1.0; 11], 0);
    while k < 11 {
        all[10 - k] = 1.0 / (2 * k + 1) as f64;
        k += 1;
    }
    all
};

/// The sum of coefficients, highest power first, times powers of `x` (Horner).
#[inline]
fn polynomial<const N: usize>(coefficients: &[f64; N], x: f64) -> f64 {
    let mut sum = coefficients[0];
    for &coefficient in &coefficients[1..] {
        sum = sum * x + coefficient;
    }
    sum
}

/// e to the power of `x`; below -708 and above 709 what it is there.
#[inline]
fn exp(x: f64) -> f64 {
    let x = x.clamp(LEAST, MOST);
    let rounded = x * LOG2_E + ROUND;
    let whole = rounded - ROUND;
    let rest = (x - whole * LN_2_HIGH) - whole * LN_2_LOW;
    let exponent = (rounded.to_bits() << MANTISSA_BITS).wrapping_add(EXPONENT_BIAS << MANTISSA_BITS);
    polynomial(&FACTORIALS, rest) * f64::from_bits(exponent)
}

/// ln(1 + x) of an `x` from 0 to 1.
#[inline]
fn ln_1p(x: f64) -> f64 {
    // From the square root of 2 on, of half the number.
    let (rest, taken) = if x > std::f64::consts::SQRT_2 - 1.0 { ((x - 1.0) / 2.0, LN_2) } else { (x, 0.0) };
    let tangent = rest / (2.0 + rest);
    2.0 * tangent * polynomial(&ODD, tangent * tangent) + taken
}

/// ln(1 + e^z), without overflow.
#[inline]
pub(super) fn softplus(z: f64) -> f64 {
    z.max(0.0) + ln_1p(exp(-z.abs()))
}

/// The probability of natural log odds.
#[inline]
pub(super) fn sigmoid(z: f64) -> f64 {
    1.0 / (1.0 + exp(-z))
}

/// The logarithms of the probabilities of log odds, each times `factor`, in their place.
pub(super) fn log_sigmoids(odds: &mut [f64], factor: f64) {
    for odds in odds {
        *odds = -factor * softplus(-*odds);
    }
}

/// The sum of the powers of e, which take the place of the numbers.
pub(super) fn powers(numbers: &mut [f64]) -> f64 {
    for number in &mut *numbers {
        *number = exp(*number);
    }
    numbers.iter().sum()
}

/// The probabilities of logits, in their place; they add up to 1.
pub(super) fn softmax(logits: &mut [f64]) {
    let top = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    for logit in &mut *logits {
        *logit -= top;
    }
    let sum = powers(logits);
    for logit in logits {
        *logit /= sum;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// How many last bits lie between two numbers of one sign.
    fn apart(found: f64, expected: f64) -> u64 {
        found.to_bits().abs_diff(expected.to_bits())
    }

    proptest! {
        #[test]
        fn curves_are_those_of_the_library(x in -700.0_f64..700.0, small in -40.0_f64..40.0) {
            for x in [x, small] {
                prop_assert!(apart(exp(x), x.exp()) <= 2, "exp {x}");
                let expected = x.max(0.0) + (-x.abs()).exp().ln_1p();
                prop_assert!(apart(softplus(x), expected) <= 4, "softplus {x}");
                prop_assert!(apart(sigmoid(x), 1.0 / (1.0 + (-x).exp())) <= 4, "sigmoid {x}");
            }
            let share = small.abs() / 40.0;
            prop_assert!(apart(ln_1p(share), share.ln_1p()) <= 4, "ln_1p {share}");
        }

        #[test]
        fn probabilities_add_up_to_one(mut logits in prop::collection::vec(-1e4_f64..1e4, 1..90)) {
            softmax(&mut logits);
            prop_assert!((logits.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            prop_assert!(logits.iter().all(|p| (0.0..=1.0).contains(p)));
        }
    }

    #[test]
    fn ends_are_what_they_are() {
        assert_eq!((exp(0.0), softplus(-1e9), softplus(1e9)), (1.0, exp(LEAST), 1e9));
        assert!(sigmoid(1e9) <= 1.0 && sigmoid(-1e9) >= 0.0 && sigmoid(-1e9) < 1e-300);
        assert!(exp(f64::NAN).is_nan() && softplus(f64::NEG_INFINITY) >= 0.0);
        assert!((sigmoid(0.0) - 0.5).abs() < 1e-16);
    }
}
