//! The far tail: a generalised Pareto law fitted to the largest values.
//!
//! ```text
//! P(X > u + y | X > u) = (1 + xi y / sigma)^(-1/xi)           Pickands, Annals of Statistics 3 (1975) 119-131
//! x_p                  = u + sigma / xi ((q / (1 - p))^xi - 1),   q = P(X > u)
//! k = a0 / (a0 - 2 a1) - 2,  sigma = 2 a0 a1 / (a0 - 2 a1),  xi = -k
//! a_s = mean of (1 - F)^s y                                    Hosking and Wallis, Technometrics 29 (1987) 339-349
//! ```
//!
//! `u` is the 95 % quantile. Probability-weighted moments are closed forms, at plotting positions `(i - 0.35) / n`, and
//! hold for `xi < 1/2`: a fit beyond it is not given. Interval and goodness of fit by a parametric bootstrap: samples of the
//! fitted law are fitted again; the interval of the quantile is their 2.5 to 97.5 %, the p-value the share whose largest
//! distance between sample and fit (Kolmogorov and Smirnov) is at least the sample's own. Draws have an address, so that
//! the answer is a function of the counts.
//!
//! Values come from histogram bins of 0.1 % width. The law describes excesses of a smooth distribution: a metric with
//! lumps, such as liquidations in buckets, fails the test of fit, and its empirical quantile is what counts.

use pegstress_num::philox::philox_pair;
use pegstress_num::{LogCounts, draw, exp_m1, ln, ln_1p};

/// Level of the threshold.
const THRESHOLD: f64 = 0.95;
/// Values above the threshold below which nothing is fitted.
const LEAST_EXCEEDANCES: usize = 100;
/// Values that are fitted at most, evenly over the ranks: the interval of more is wider than it could be.
const MOST_EXCEEDANCES: usize = 1_000;
/// Samples of the bootstrap.
const REPLICATES: u64 = 199;
/// Share of them outside of an interval on either side.
const TAIL: f64 = 0.025;
/// Level of the quantile that the fit is for.
const LEVEL: f64 = 0.999;
/// Seed of the bootstrap.
const SEED: u64 = 0x7461_696c;

/// A generalised Pareto law.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pareto {
    /// Shape: 0 falls like an exponential, above it the tail is a power, below it ends.
    pub xi: f64,
    /// Scale, in the metric's unit.
    pub sigma: f64,
}

/// A fitted tail.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TailFit {
    /// The law of what is above the threshold.
    pub law: Pareto,
    /// Threshold, in the metric's unit.
    pub threshold: f64,
    /// Share of paths above it.
    pub share_above: f64,
    /// How many.
    pub exceedances: u64,
    /// Level of the quantile below.
    pub level: f64,
    /// Quantile by the fit,
    pub quantile: f64,
    /// and its 95 % interval.
    pub interval: (f64, f64),
    /// Largest distance between sample and fit.
    pub distance: f64,
    /// Share of samples of the fitted law that lie at least as far from their own fit.
    pub p_value: f64,
}

impl Pareto {
    /// By probability-weighted moments of ascending excesses; `None` where they have none.
    pub fn fit(ascending: &[f64]) -> Option<Self> {
        let n = ascending.len() as f64;
        let (mut a0, mut a1) = (0.0, 0.0);
        for (i, y) in ascending.iter().enumerate() {
            a0 += y / n;
            a1 += y * (1.0 - (i as f64 + 0.65) / n) / n;
        }
        let spread = a0 - 2.0 * a1;
        let law = Self { xi: 2.0 - a0 / spread, sigma: 2.0 * a0 * a1 / spread };
        (spread > 0.0 && law.sigma > 0.0 && law.xi < 0.5).then_some(law)
    }

    /// Excess that is passed with probability `p`.
    pub fn passed_with(&self, p: f64) -> f64 {
        let log = 0.0 - ln(p);
        if self.xi.abs() < 1e-9 { self.sigma * log } else { self.sigma / self.xi * exp_m1(self.xi * log) }
    }

    /// Probability of more than `y`.
    pub fn beyond(&self, y: f64) -> f64 {
        if self.xi.abs() < 1e-9 {
            return pegstress_num::exp(0.0 - y / self.sigma);
        }
        let inside = self.xi * y / self.sigma;
        if inside <= -1.0 { 0.0 } else { pegstress_num::exp(0.0 - ln_1p(inside) / self.xi) }
    }

    /// Largest distance between the distribution of ascending excesses and the law.
    fn distance(&self, ascending: &[f64]) -> f64 {
        let n = ascending.len() as f64;
        ascending.iter().enumerate().fold(0.0, |most, (i, y)| {
            let below = 1.0 - self.beyond(*y);
            most.max(below - i as f64 / n).max((i + 1) as f64 / n - below)
        })
    }
}

impl TailFit {
    /// Probability of more than `x` among all paths; above the threshold only.
    pub fn beyond(&self, x: f64) -> Option<f64> {
        (x >= self.threshold).then(|| self.share_above * self.law.beyond(x - self.threshold))
    }
}

/// The tail of a metric; `None` with too few values above the threshold, or without a law that the moments allow.
pub fn fit_tail(counts: &LogCounts) -> Option<TailFit> {
    let threshold = counts.quantile(THRESHOLD)?;
    let excesses = excesses(counts, threshold);
    if excesses.len() < LEAST_EXCEEDANCES {
        return None;
    }
    let (exceedances, n) = (excesses.len() as u64, counts.count());
    let sample = thinned(excesses);
    let law = Pareto::fit(&sample)?;
    let share_above = exceedances as f64 / n as f64;
    let passed = (1.0 - LEVEL) / share_above;
    if passed >= 1.0 {
        return None;
    }
    let distance = law.distance(&sample);
    let mut quantiles = Vec::new();
    let mut further = 0_usize;
    for replicate in 0..REPLICATES {
        let drawn = sample_of(&law, sample.len(), replicate);
        let Some(again) = Pareto::fit(&drawn) else { continue };
        quantiles.push(threshold + again.passed_with(passed));
        further += usize::from(again.distance(&drawn) >= distance);
    }
    quantiles.sort_unstable_by(f64::total_cmp);
    let cut = (TAIL * quantiles.len() as f64) as usize;
    let interval = (*quantiles.get(cut)?, *quantiles.get(quantiles.len().checked_sub(1 + cut)?)?);
    Some(TailFit {
        law,
        threshold,
        share_above,
        exceedances,
        level: LEVEL,
        quantile: threshold + law.passed_with(passed),
        interval,
        distance,
        p_value: (further + 1) as f64 / (quantiles.len() + 1) as f64,
    })
}

/// Ascending excesses; the values of a bin are spread evenly over it.
fn excesses(counts: &LogCounts, threshold: f64) -> Vec<f64> {
    let most = counts.max().unwrap_or(threshold);
    let mut list = Vec::new();
    for (lower, upper, count) in counts.bins() {
        let upper = upper.min(most);
        if upper <= threshold || !upper.is_finite() {
            continue;
        }
        let lower = lower.max(counts.min().unwrap_or(lower));
        let place = |k: u64| lower + (upper - lower) * (k as f64 + 0.5) / count as f64;
        list.extend((0..count).map(place).filter(|value| *value > threshold).map(|value| value - threshold));
    }
    list
}

/// Every k-th of ascending values, so that at most [`MOST_EXCEEDANCES`] are left.
fn thinned(ascending: Vec<f64>) -> Vec<f64> {
    let every = ascending.len().div_ceil(MOST_EXCEEDANCES).max(1);
    ascending.into_iter().skip(every / 2).step_by(every).collect()
}

fn sample_of(law: &Pareto, size: usize, replicate: u64) -> Vec<f64> {
    let mut list: Vec<f64> = (0..size as u64)
        .map(|item| law.passed_with(draw::unit_open(philox_pair(item, replicate, SEED).0)))
        .collect();
    list.sort_unstable_by(f64::total_cmp);
    list
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(values: impl IntoIterator<Item = f64>) -> LogCounts {
        let mut counts = LogCounts::new(10);
        values.into_iter().for_each(|value| counts.add(value));
        counts
    }

    /// Quantiles of a law of (0, inf) at evenly spaced levels.
    fn even(n: usize, quantile: impl Fn(f64) -> f64) -> LogCounts {
        counts((0..n).map(|i| quantile(1.0 - (i as f64 + 0.5) / n as f64)))
    }

    #[test]
    fn the_fit_finds_an_exponential_and_a_power() {
        // Excesses of an exponential are the same exponential; of (p^-xi - 1) / xi the shape is xi.
        let exponential = fit_tail(&even(20_000, |p| 1.0 - ln(p))).expect("a fit");
        assert!(exponential.law.xi.abs() < 0.02 && (exponential.law.sigma - 1.0).abs() < 0.02);
        let truth = 1.0 - ln(0.001);
        assert!((exponential.quantile / truth - 1.0).abs() < 0.01);
        assert!(exponential.interval.0 < truth && truth < exponential.interval.1);
        assert!(exponential.p_value > 0.05);
        let power = fit_tail(&even(20_000, |p| 1.0 + exp_m1(-0.25 * ln(p)) / 0.25)).expect("a fit");
        // The largest of evenly spaced levels lacks what lies beyond: the moments see a slightly lighter tail.
        assert!((power.law.xi - 0.25).abs() < 0.03, "{:?}", power.law);
    }

    #[test]
    fn lumps_fail_the_test_of_fit() {
        let lumps = fit_tail(&even(20_000, |p| (1.0 - ln(p)).round())).expect("a fit");
        assert!(lumps.p_value < 0.01, "{lumps:?}");
    }

    #[test]
    fn few_exceedances_are_not_fitted() {
        assert_eq!(fit_tail(&even(1_000, |p| 1.0 - ln(p))), None);
        // Nor is a loss that never happens beyond the threshold.
        assert_eq!(fit_tail(&counts((0..10_000).map(|_| 0.0))), None);
    }

    #[test]
    fn the_law_and_its_quantile_are_inverses() {
        for xi in [-0.3, 0.0, 0.4] {
            let law = Pareto { xi, sigma: 7.0 };
            for p in [0.9, 0.5, 0.01, 1e-5] {
                assert!((law.beyond(law.passed_with(p)) / p - 1.0).abs() < 1e-9);
            }
        }
    }
}
