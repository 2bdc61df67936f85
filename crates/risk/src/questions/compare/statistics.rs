//! Quantiles of weighted samples, and p-values.

use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, Normal, StudentsT};

/// A sample with its order, so that a replicate's quantiles need no sorting.
pub(super) struct Ordered<'a> {
    values: &'a [f64],
    /// Places of defined values, ascending by value.
    order: Vec<u32>,
}

impl<'a> Ordered<'a> {
    /// Orders the places for which `keep` holds.
    pub(super) fn new(values: &'a [f64], keep: impl Fn(usize) -> bool) -> Self {
        let mut order: Vec<u32> =
            (0..values.len()).filter(|place| keep(*place)).map(|place| place as u32).collect();
        order.sort_by(|a, b| values[*a as usize].total_cmp(&values[*b as usize]));
        Self { values, order }
    }

    /// Values that are kept.
    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// The quantile at each of the ascending `levels`, each value counted as often as `weights` says; NaN without any.
    pub(super) fn quantiles<const N: usize>(&self, levels: [f64; N], weights: &[u32]) -> [f64; N] {
        let total: u64 = self.order.iter().map(|place| u64::from(weights[*place as usize])).sum();
        let mut found = [f64::NAN; N];
        let (mut next, mut below) = (0, 0);
        for place in &self.order {
            below += u64::from(weights[*place as usize]);
            while next < N && below > 0 && below >= position(levels[next], total) {
                found[next] = self.values[*place as usize];
                next += 1;
            }
            if next == N {
                break;
            }
        }
        found
    }
}

/// Rank from 1 of a level among `total`.
fn position(level: f64, total: u64) -> u64 {
    ((level * total as f64 * (1.0 - 1e-13)).ceil() as u64).max(1)
}

/// Two-sided p-value of a standard normal statistic of a difference; without spread only no difference is certain.
pub(super) fn p_normal(difference: f64, standard_error: f64) -> Option<f64> {
    match p_trivial(difference, standard_error) {
        Some(p) => Some(p),
        None => Normal::new(0.0, 1.0).ok().map(|law| 2.0 * law.cdf(-(difference / standard_error).abs())),
    }
}

/// Two-sided p-value of Student's t, and the half width of the 95 % interval.
pub(super) fn student(difference: f64, standard_error: f64, freedom: f64) -> (Option<f64>, Option<f64>) {
    let law = StudentsT::new(0.0, 1.0, freedom).ok();
    let half = law.as_ref().map(|law| law.inverse_cdf(0.975) * standard_error);
    let p = p_trivial(difference, standard_error)
        .or_else(|| law.map(|law| 2.0 * law.cdf(-(difference / standard_error).abs())));
    (p, half)
}

fn p_trivial(difference: f64, standard_error: f64) -> Option<f64> {
    if standard_error > 0.0 {
        return None;
    }
    Some(if difference == 0.0 { 1.0 } else { 0.0 })
}

/// McNemar's exact test: of `a + b` pairs that differ, as many one way as the other would be expected.
pub(super) fn p_mcnemar(a: u64, b: u64) -> Option<f64> {
    if a + b == 0 {
        return Some(1.0);
    }
    let law = Binomial::new(0.5, a + b).ok()?;
    Some((2.0 * law.cdf(a.min(b))).min(1.0))
}
