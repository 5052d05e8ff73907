//! How likely counts are by chance: the tail of the binomial distribution, and many tests at once.
//!
//! The tail is the regularised incomplete beta function, which is also defined between whole numbers; it is
//! computed by its continued fraction (DLMF 8.17.22, evaluated as Lentz 1976). The logarithm of the gamma
//! function is Stirling's series (DLMF 5.11.1) after a shift. Relative errors are below 1e-10.

/// The chance of `hits` or more of `trials` when each hits with chance `p`; `hits` and `trials` may lie between
/// whole numbers.
pub(super) fn binomial_tail(hits: f64, trials: f64, p: f64) -> f64 {
    if hits <= 0.0 {
        return 1.0;
    }
    if hits > trials {
        return 0.0;
    }
    beta_share(p.clamp(0.0, 1.0), hits, trials - hits + 1.0)
}

/// The regularised incomplete beta function `I_x(a, b)`.
fn beta_share(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    // The fraction converges fast on the near side of the mean.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_share(1.0 - x, b, a);
    }
    let front = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p();
    (front.exp() / (a * fraction(x, a, b))).clamp(0.0, 1.0)
}

/// 1 + d1 / (1 + d2 / (1 + ...)) of DLMF 8.17.22.
fn fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let guard = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut value, mut c, mut d) = (1.0, 1.0, 0.0);
    for step in 1..500_u32 {
        let m = f64::from(step / 2);
        let part = if step % 2 == 0 {
            m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        } else {
            -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        };
        d = 1.0 / guard(1.0 + part * d);
        c = guard(1.0 + part / c);
        value *= c * d;
        if (c * d - 1.0).abs() < 1e-14 {
            break;
        }
    }
    value
}

fn ln_gamma(mut x: f64) -> f64 {
    let mut shift = 0.0;
    while x < 10.0 {
        shift -= x.ln();
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let series = (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0))) / x;
    shift + (x - 0.5) * x.ln() - x + 0.5 * std::f64::consts::TAU.ln() + series
}

/// For each chance, the smallest false discovery rate at which it would still count (Benjamini and Hochberg
/// 1995).
pub(super) fn adjusted(chances: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..chances.len()).collect();
    order.sort_by(|&a, &b| chances[b].total_cmp(&chances[a]).then(a.cmp(&b)));
    let mut adjusted = vec![1.0; chances.len()];
    let mut least = 1.0_f64;
    for (place, &at) in order.iter().enumerate() {
        let rank = (chances.len() - place) as f64;
        least = least.min(chances[at] * chances.len() as f64 / rank);
        adjusted[at] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tail summed term by term.
    fn summed(hits: u32, trials: u32, p: f64) -> f64 {
        let mut term = (1.0 - p).powi(trials as i32);
        let mut tail = 0.0;
        for k in 0..=trials {
            if k >= hits {
                tail += term;
            }
            term *= f64::from(trials - k) / f64::from(k + 1) * p / (1.0 - p);
        }
        tail
    }

    #[test]
    fn the_tail_is_the_sum_of_its_terms() {
        for (hits, trials, p) in [(1, 1, 0.3), (3, 10, 0.2), (10, 10, 0.9), (7, 40, 0.1), (30, 60, 0.5)] {
            let tail = binomial_tail(f64::from(hits), f64::from(trials), p);
            assert!((tail - summed(hits, trials, p)).abs() < 1e-10, "{hits} of {trials} at {p}: {tail}");
        }
        assert_eq!(binomial_tail(0.0, 5.0, 0.1), 1.0);
        assert_eq!(binomial_tail(6.0, 5.0, 0.1), 0.0);
    }

    #[test]
    fn rates_are_adjusted_together() {
        let found = adjusted(&[0.01, 0.04, 0.03, 0.5]);
        let wanted = [0.04, 0.16 / 3.0, 0.16 / 3.0, 0.5];
        assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
    }
}
