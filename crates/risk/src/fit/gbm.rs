//! Geometric Brownian motion: closed form; with jumps, the likelihood of Merton's mixture.
//!
//! Without jumps, for `n` logarithmic changes of mean `m` and variance `w` over steps of `t` years:
//!
//! ```text
//! s = sqrt(w / t),  mu = m/t + s^2/2,  se(s) = s / sqrt(2 n),  se(mu)^2 = s^2 / (n t) + s^4 / (2 n)
//! ```
//!
//! With jumps the change is a mixture over their number `j`: weights `e^-q q^j / j!`, normal `(d + j a, w + j b^2)`. The likelihood has no
//! bound where `w` or `b` goes to zero on one observation (Honore 1998): a search keeps the variance of diffusion above a
//! thousandth of the record's, and `b` above a hundredth of the record's standard deviation.

use super::flow::log_normal_density;
use super::goodness::{Goodness, Rival};
use super::search::{maximise, standard_errors};
use super::{Driver, Estimate, Fit, FitError, Record, differences, estimate, logarithms, moments};
use pegstress_num::{exp, ln, normal_cdf};
use pegstress_sim::drivers::gbm::{Jumps, YEAR_SECS};

/// Most jumps of a step that the likelihood tells apart.
const MOST_JUMPS: usize = 12;
/// Most jumps expected in a step that are still jumps.
const MOST_EXPECTED: f64 = 2.0;

/// Without jumps.
///
/// # Errors
/// A level that is not above zero.
pub fn plain(record: Record<'_>) -> Result<Fit, FitError> {
    let changes = differences(&logarithms(record, "gbm")?);
    let (n, years) = (changes.len() as f64, record.step_secs / YEAR_SECS);
    let (mean, variance) = moments(&changes);
    let volatility = (variance / years).sqrt();
    let drift = mean / years + 0.5 * volatility * volatility;
    let drift_error = (volatility * volatility / (n * years) + volatility.powi(4) / (2.0 * n)).sqrt();
    let sd = variance.sqrt();
    let ranks: Vec<f64> = changes.iter().map(|x| normal_cdf((x - mean) / sd)).collect();
    let likelihood =
        |mean: f64, sd: f64| changes.iter().map(|x| log_normal_density(*x, mean, sd)).sum::<f64>();
    let still = changes.iter().map(|x| x * x).sum::<f64>() / n;
    let rival = Rival { name: "one without drift", log_likelihood: likelihood(0.0, still.sqrt()), fewer: 1 };
    Ok(Fit {
        driver: Driver::EthUsd,
        process: "gbm",
        estimates: vec![
            estimate("drift_pct_per_year", 100.0 * drift, Some(100.0 * drift_error)),
            estimate(
                "volatility_pct_per_sqrt_year",
                100.0 * volatility,
                Some(100.0 * volatility / (2.0 * n).sqrt()),
            ),
        ],
        goodness: Goodness::new(&ranks, likelihood(mean, sd), Some(rival)),
        notes: Vec::new(),
    })
}

/// The mixture of one step.
#[derive(Debug, Clone, Copy)]
struct Mixture {
    drift: f64,
    sd: f64,
    expected: f64,
    jump_mean: f64,
    jump_sd: f64,
}

impl Mixture {
    /// From the coordinates of the search: `d`, `ln(sd)`, `ln(q)`, `a`, `ln(b)`, in units of the record's deviation.
    fn at(x: &[f64], scale: f64) -> Self {
        Self {
            drift: x[0] * scale,
            sd: exp(x[1]) * scale,
            expected: exp(x[2]),
            jump_mean: x[3] * scale,
            jump_sd: exp(x[4]) * scale,
        }
    }

    fn is_sound(&self, scale: f64) -> bool {
        self.sd * self.sd > 1e-3 * scale * scale
            && self.jump_sd > 1e-2 * scale
            && self.expected < MOST_EXPECTED
    }

    /// Weight, mean and deviation for each number of jumps.
    fn parts(&self) -> impl Iterator<Item = (f64, f64, f64)> + '_ {
        let mut weight = exp(-self.expected);
        (0..=MOST_JUMPS).map(move |j| {
            if j > 0 {
                weight *= self.expected / j as f64;
            }
            let jumps = j as f64;
            let variance = self.sd * self.sd + jumps * self.jump_sd * self.jump_sd;
            (weight, self.drift + jumps * self.jump_mean, variance.sqrt())
        })
    }

    fn log_density(&self, x: f64) -> f64 {
        ln(self.parts().map(|(weight, mean, sd)| weight * exp(log_normal_density(x, mean, sd))).sum())
    }

    fn rank(&self, x: f64) -> f64 {
        self.parts().map(|(weight, mean, sd)| weight * normal_cdf((x - mean) / sd)).sum()
    }

    /// Drift, volatility, jumps a year, mean and deviation of their logarithm, in the units of the file.
    fn natural(&self, years: f64) -> Vec<f64> {
        let jumps = Jumps { per_year: self.expected / years, mean_log: self.jump_mean, sd_log: self.jump_sd };
        let variance = self.sd * self.sd / years;
        let drift = self.drift / years + 0.5 * variance + jumps.per_year * jumps.mean_growth();
        vec![
            100.0 * drift,
            100.0 * variance.sqrt(),
            jumps.per_year,
            100.0 * jumps.mean_log,
            100.0 * jumps.sd_log,
        ]
    }
}

/// With jumps.
///
/// # Errors
/// A level that is not above zero; a record without a maximum inside the bounds.
pub fn with_jumps(record: Record<'_>) -> Result<Fit, FitError> {
    let changes = differences(&logarithms(record, "gbm")?);
    let years = record.step_secs / YEAR_SECS;
    let (mean, variance) = moments(&changes);
    let scale = variance.sqrt();
    let log_likelihood = |x: &[f64]| {
        let mixture = Mixture::at(x, scale);
        match mixture.is_sound(scale) {
            true => changes.iter().map(|change| mixture.log_density(*change)).sum(),
            false => f64::NAN,
        }
    };
    let no_maximum = |reason| FitError::NoMaximum { process: "gbm with jumps", reason };
    let maximum = maximise(&log_likelihood, &starts(mean / scale))
        .ok_or(no_maximum("no search had a likelihood to start from"))?;
    let natural = |x: &[f64]| Mixture::at(x, scale).natural(years);
    let errors = standard_errors(&log_likelihood, &maximum, &natural);
    let mixture = Mixture::at(&maximum.at, scale);
    let ranks: Vec<f64> = changes.iter().map(|change| mixture.rank(*change)).collect();
    let plain = changes.iter().map(|x| log_normal_density(*x, mean, scale)).sum();
    let rival = Rival { name: "gbm without jumps", log_likelihood: plain, fewer: 3 };
    Ok(Fit {
        driver: Driver::EthUsd,
        process: "gbm",
        notes: notes(&errors),
        estimates: jump_estimates(&natural(&maximum.at), errors),
        goodness: Goodness::new(&ranks, maximum.log_likelihood, Some(rival)),
    })
}

/// Rare and large, or frequent and small jumps.
fn starts(mean: f64) -> Vec<Vec<f64>> {
    let start = |sd: f64, expected: f64, jump_mean: f64, jump_sd: f64| {
        vec![mean, ln(sd), ln(expected), jump_mean, ln(jump_sd)]
    };
    vec![start(0.8, 0.02, 0.0, 3.0), start(0.6, 0.2, 0.0, 1.2), start(0.8, 0.05, -1.5, 1.0)]
}

fn notes(errors: &Option<Vec<f64>>) -> Vec<String> {
    match errors {
        Some(_) => Vec::new(),
        None => vec![super::text::NO_CURVATURE.to_owned()],
    }
}

fn jump_estimates(values: &[f64], errors: Option<Vec<f64>>) -> Vec<Estimate> {
    let keys = [
        ("", "drift_pct_per_year"),
        ("", "volatility_pct_per_sqrt_year"),
        ("jumps", "per_year"),
        ("jumps", "mean_log_pct"),
        ("jumps", "sd_log_pct"),
    ];
    super::text::estimates(&keys, values, errors.as_deref())
}

/// The likelihood at a maximum, for tests of the search.
#[cfg(test)]
fn log_likelihood_of(changes: &[f64], mixture: &Mixture) -> f64 {
    changes.iter().map(|change| mixture.log_density(*change)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::tests::{assert_recovers, levels_of_log_changes};
    use pegstress_num::Stream;
    use pegstress_num::draw::{normals, units};
    use pegstress_sim::drivers::Gbm;
    use pegstress_sim::drivers::gbm::GbmStep;

    const HOUR: f64 = 3600.0;

    fn simulated(process: &Gbm, steps: u32) -> Vec<f64> {
        let step = GbmStep::new(process, HOUR);
        let change = |k: u32| {
            let (mut z, mut y, mut u, mut unused) = ([0.0], [0.0], [0.0], [0.0]);
            normals(31, 0, k, Stream::DriverNormals, &mut z, &mut unused);
            units(31, 0, 2 * k, Stream::DriverJumps, &mut u, &mut unused);
            normals(31, 0, 2 * k + 1, Stream::DriverJumps, &mut y, &mut unused);
            let mut change = step.diffuse(&z);
            step.jump(&u, &y, &mut change);
            change[0]
        };
        levels_of_log_changes(3000.0, (0..steps).map(change))
    }

    #[test]
    fn drift_and_volatility_are_recovered_within_their_errors() {
        let process = Gbm { drift_per_year: 0.4, volatility_per_sqrt_year: 0.7, jumps: None };
        let levels = simulated(&process, 8760);
        let found = plain(Record { levels: &levels, step_secs: HOUR }).expect("a fit");
        assert_recovers(&found, &[40.0, 70.0]);
        // A year of volatility 70 %: the drift is known to 70 %, whatever the step.
        let error = found.estimates[0].standard_error.expect("an error");
        assert!((error - 70.0).abs() < 2.0, "{error}");
        assert!(found.goodness.p_value().expect("a p-value") > 0.01);
    }

    #[test]
    fn jumps_are_recovered_within_their_errors_and_supported() {
        let jumps = Jumps { per_year: 150.0, mean_log: -0.02, sd_log: 0.03 };
        let process = Gbm { drift_per_year: 0.1, volatility_per_sqrt_year: 0.5, jumps: Some(jumps) };
        let levels = simulated(&process, 4380);
        let record = Record { levels: &levels, step_secs: HOUR };
        let found = with_jumps(record).expect("a fit");
        assert_recovers(&found, &[10.0, 50.0, 150.0, -2.0, 3.0]);
        assert!(found.goodness.line().contains("(supported by BIC"), "{}", found.goodness.line());
        // The search has found a point at least as likely as the truth.
        let truth = Mixture {
            drift: (0.1 - 0.125 - 150.0 * jumps.mean_growth()) * HOUR / YEAR_SECS,
            sd: 0.5 * (HOUR / YEAR_SECS).sqrt(),
            expected: 150.0 * HOUR / YEAR_SECS,
            jump_mean: -0.02,
            jump_sd: 0.03,
        };
        let changes = differences(&logarithms(record, "gbm").expect("prices"));
        assert!(found.goodness.log_likelihood >= Some(log_likelihood_of(&changes, &truth)));
        // Without jumps the same record is refused by its residuals.
        assert!(plain(record).expect("a fit").goodness.p_value() < Some(1e-6));
    }

    #[test]
    fn a_price_of_nothing_is_named() {
        let mut levels = vec![1.0; 40];
        levels[7] = 0.0;
        let error = plain(Record { levels: &levels, step_secs: HOUR }).expect_err("no logarithm");
        assert_eq!(error, FitError::NotPositive { place: 7, level: 0.0, process: "gbm" });
    }
}
