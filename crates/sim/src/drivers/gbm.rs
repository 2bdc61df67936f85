//! Geometric Brownian motion with Merton's jumps: a price.
//!
//! ```text
//! dS/S = (mu - l*k) dt + s dW + (e^J - 1) dN,   N Poisson of rate l,   J normal (m, v^2),   k = E[e^J] - 1
//! ln S' - ln S = (mu - l*k - s^2/2) dt + s*sqrt(dt)*z + n*m + sqrt(n)*v*y
//! ```
//!
//! Source: Merton, Journal of Financial Economics 3 (1976) 125-144, equations 1 and 2. The drift `mu` is that of the mean
//! price, jumps included: `E[S_t] = S_0 exp(mu t)`. Per step: `z`, `y` standard normal, `n` the number of jumps by inversion
//! of one uniform number.
//!
//! Units: `mu`, `l` per year; `s` per square root of a year; `m`, `v` of the natural logarithm. A year is 365 days. Exact at
//! every step length, but for counts beyond a probability of 1e-15, which are cut.

use pegstress_num::{Lanes, exp, select};

/// Seconds in a year of 365 days.
pub const YEAR_SECS: f64 = 365.0 * 86_400.0;

/// Most jumps of one step that are told apart.
const MOST_JUMPS: usize = 200;
/// Probability of more jumps than the table holds.
const CUT: f64 = 1e-15;

/// A price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gbm {
    /// Growth of the mean price, per year.
    pub drift_per_year: f64,
    /// Standard deviation of the logarithm between jumps, per square root of a year.
    pub volatility_per_sqrt_year: f64,
    /// Jumps, if there are any.
    pub jumps: Option<Jumps>,
}

/// Jumps of a price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jumps {
    /// Mean number a year.
    pub per_year: f64,
    /// Mean of the logarithm of the factor.
    pub mean_log: f64,
    /// Standard deviation of it.
    pub sd_log: f64,
}

/// Constants of one step.
#[derive(Debug, Clone)]
pub struct GbmStep {
    drift: f64,
    sd: f64,
    jumps: Option<JumpStep>,
}

#[derive(Debug, Clone)]
struct JumpStep {
    /// `P(n <= k)` for `k = 0, 1, ...`
    cumulative: Vec<f64>,
    mean_log: f64,
    sd_log: f64,
}

impl Jumps {
    /// `E[e^J] - 1`: what a jump adds to the mean price.
    pub fn mean_growth(&self) -> f64 {
        exp(self.mean_log + 0.5 * self.sd_log * self.sd_log) - 1.0
    }
}

impl GbmStep {
    /// Constants for steps of `step_secs`.
    pub fn new(process: &Gbm, step_secs: f64) -> Self {
        let years = step_secs / YEAR_SECS;
        let jumps = process.jumps.filter(|jumps| jumps.per_year > 0.0);
        let compensation = jumps.map_or(0.0, |jumps| jumps.per_year * jumps.mean_growth());
        let variance = process.volatility_per_sqrt_year * process.volatility_per_sqrt_year;
        Self {
            drift: (process.drift_per_year - compensation - 0.5 * variance) * years,
            sd: (variance * years).sqrt(),
            jumps: jumps.map(|jumps| JumpStep {
                cumulative: poisson_cumulative(jumps.per_year * years),
                mean_log: jumps.mean_log,
                sd_log: jumps.sd_log,
            }),
        }
    }

    /// Whether the step needs the draws of jumps.
    pub fn has_jumps(&self) -> bool {
        self.jumps.is_some()
    }

    /// Logarithm of the price's factor over the step, without jumps.
    #[inline(always)]
    pub fn diffuse<const W: usize>(&self, normal: &Lanes<W>) -> Lanes<W> {
        let mut change = [0.0; W];
        for i in 0..W {
            change[i] = self.drift + self.sd * normal[i];
        }
        change
    }

    /// Adds the jumps of the step: `unit` decides their number, `normal` their size.
    #[inline(always)]
    pub fn jump<const W: usize>(&self, unit: &Lanes<W>, normal: &Lanes<W>, change: &mut Lanes<W>) {
        let Some(jumps) = &self.jumps else { return };
        let mut count = [0.0; W];
        for level in &jumps.cumulative {
            for i in 0..W {
                count[i] += select(unit[i] > *level, 1.0, 0.0);
            }
        }
        for i in 0..W {
            change[i] += count[i] * jumps.mean_log + count[i].sqrt() * jumps.sd_log * normal[i];
        }
    }
}

/// `P(n <= k)`, `k = 0, 1, ...`, of a Poisson number of this mean, until the rest is negligible.
fn poisson_cumulative(mean: f64) -> Vec<f64> {
    let mut term = exp(-mean);
    let mut sum = term;
    let mut list = vec![sum];
    while (1.0 - sum > CUT || (list.len() as f64) < mean) && list.len() < MOST_JUMPS {
        term *= mean / list.len() as f64;
        sum += term;
        list.push(sum);
    }
    list.pop();
    list
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "the standard library is the truth to test against")]
mod tests {
    use super::*;
    use crate::drivers::sample::{Moments, kolmogorov};
    use pegstress_num::draw::{normals, units};
    use pegstress_num::{Stream, normal_cdf};

    const DAY: f64 = 86_400.0;
    const JUMPY: Gbm = Gbm {
        drift_per_year: 0.3,
        volatility_per_sqrt_year: 0.6,
        jumps: Some(Jumps { per_year: 90.0, mean_log: -0.02, sd_log: 0.05 }),
    };

    /// Logarithms of the factor over `steps` steps of `step_secs`, for `64 * blocks` paths.
    fn log_returns(process: &Gbm, step_secs: f64, steps: u32, blocks: u64) -> Vec<f64> {
        let step = GbmStep::new(process, step_secs);
        let mut all = Vec::new();
        for block in 0..blocks {
            let mut sum = [0.0; 64];
            for at in 0..steps {
                let (mut z, mut y, mut u, mut unused) = ([0.0; 64], [0.0; 64], [0.0; 64], [0.0; 64]);
                normals(3, block * 64, at, Stream::DriverNormals, &mut z, &mut unused);
                units(3, block * 64, 2 * at, Stream::DriverJumps, &mut u, &mut unused);
                normals(3, block * 64, 2 * at + 1, Stream::DriverJumps, &mut y, &mut unused);
                let mut change = step.diffuse(&z);
                step.jump(&u, &y, &mut change);
                for i in 0..64 {
                    sum[i] += change[i];
                }
            }
            all.extend(sum);
        }
        all
    }

    #[test]
    fn without_jumps_the_log_return_is_normal_with_the_closed_mean_and_variance() {
        let process = Gbm { jumps: None, ..JUMPY };
        let returns = log_returns(&process, DAY, 1, 15_625);
        let (mean, sd) = ((0.3 - 0.18) / 365.0, 0.6 / 365.0_f64.sqrt());
        // A million samples; the 0.1 % point of Kolmogorov's statistic is 1.95 / sqrt(n).
        let distance = kolmogorov(&returns, |x| normal_cdf((x - mean) / sd));
        assert!(distance < 1.95e-3, "{distance}");
    }

    #[test]
    fn with_jumps_mean_and_variance_are_mertons() {
        let returns = log_returns(&JUMPY, DAY, 20, 4000);
        let found = Moments::of(&returns);
        let years = 20.0 / 365.0;
        let k = (-0.02_f64 + 0.5 * 0.0025).exp() - 1.0;
        let mean = (0.3 - 0.18 - 90.0 * k) * years + 90.0 * years * -0.02;
        let variance = (0.36 + 90.0 * (0.0004 + 0.0025)) * years;
        // Five standard errors.
        assert!((found.mean - mean).abs() < 5.0 * found.mean_error, "{found:?} {mean}");
        assert!((found.variance - variance).abs() < 5.0 * found.variance_error, "{found:?} {variance}");
    }

    #[test]
    fn the_mean_price_grows_with_the_drift_jumps_included() {
        let factors: Vec<_> = log_returns(&JUMPY, DAY, 20, 4000).into_iter().map(f64::exp).collect();
        let found = Moments::of(&factors);
        let expected = (0.3_f64 * 20.0 / 365.0).exp();
        assert!((found.mean - expected).abs() < 5.0 * found.mean_error, "{found:?} {expected}");
    }

    #[test]
    fn the_law_does_not_depend_on_the_step() {
        let coarse = Moments::of(&log_returns(&JUMPY, 8.0 * DAY, 1, 8000));
        let fine = Moments::of(&log_returns(&JUMPY, DAY, 8, 8000));
        assert!((coarse.mean - fine.mean).abs() < 5.0 * (coarse.mean_error + fine.mean_error));
        assert!(
            (coarse.variance - fine.variance).abs() < 5.0 * (coarse.variance_error + fine.variance_error)
        );
    }

    #[test]
    fn the_number_of_jumps_has_poissons_probabilities() {
        for mean in [0.001, 0.5, 3.0, 27.0] {
            let list = poisson_cumulative(mean);
            let mut term = (-mean).exp();
            let mut sum = 0.0;
            for (k, found) in list.iter().enumerate() {
                sum += term;
                term *= mean / (k + 1) as f64;
                // Roundings of a sum of at most 100 terms below one.
                assert!((found - sum).abs() < 1e-14, "{mean} {k}");
            }
            assert!(1.0 - sum < 1e-12, "{mean}: {sum}");
        }
    }
}
