//! Ornstein-Uhlenbeck: the regression of a level on the level before is the exact likelihood's maximum, given the first.
//!
//! ```text
//! x' = m + p (x - m) + e,   r = -ln(p)/t,   v^2 = w / (1 - p^2)                       w = Var(e), t days
//! se(p)^2 = w / (n s),   se(r) = se(p) / (p t),   se(m)^2 = w (s + (b-m)^2) / (n s (1-p)^2)
//! se(v)^2 = v^2/4 (2/n + (2p/(1-p^2))^2 se(p)^2)         b, s: mean and variance of the levels before
//! ```
//!
//! The errors are those of the observed information: what this record, not a stationary one, says.
//!
//! In a short record `p` is too low, by about `(1 + 3p)/n` (Kendall, Biometrika 41 (1954) 403-404): the reversion is overstated by
//! about `4/(n t)` a day, which a fit says. Against a random walk the t-statistic of `p - 1` has Dickey and Fuller's law: 5 % below
//! -2.86 in a long record.

use super::flow::log_normal_density;
use super::goodness::{Goodness, Rival};
use super::{Driver, Fit, FitError, Record, differences, estimate, logarithms, moments};
use pegstress_num::{exp, ln, normal_cdf};
use pegstress_sim::drivers::gbm::YEAR_SECS;
use pegstress_unlock::DAY_SECS;

/// A level with its errors.
#[derive(Debug, Clone)]
struct Level {
    mean: (f64, f64),
    reversion_per_day: (f64, f64),
    sd: (f64, f64),
    goodness: Goodness,
    note: String,
}

/// Of the logarithm of a queue.
///
/// # Errors
/// A level that is not above zero; one that does not return.
pub fn log_level(record: Record<'_>) -> Result<Fit, FitError> {
    let level = level(&logarithms(record, "ornstein_uhlenbeck")?, record.step_secs)?;
    let median = exp(level.mean.0);
    Ok(Fit {
        driver: Driver::NetworkExitQueue { served_eth: 0.0 },
        process: "ornstein_uhlenbeck",
        estimates: vec![
            estimate("median_eth", median, Some(median * level.mean.1)),
            estimate("reversion_per_day", level.reversion_per_day.0, Some(level.reversion_per_day.1)),
            estimate("log_sd", level.sd.0, Some(level.sd.1)),
        ],
        goodness: level.goodness,
        notes: vec![level.note],
    })
}

/// Of the growth of a rate: the mean growth of each step stands for the growth at its end.
///
/// # Errors
/// A level that is not above zero; a growth that does not return.
pub fn growth(record: Record<'_>) -> Result<Fit, FitError> {
    let logs = logarithms(record, "ornstein_uhlenbeck")?;
    let years = record.step_secs / YEAR_SECS;
    let growth: Vec<f64> = differences(&logs).iter().map(|change| 100.0 * change / years).collect();
    let (_, variance) = moments(&growth);
    if variance <= 0.0 {
        return Err(FitError::Constant { process: "ornstein_uhlenbeck" });
    }
    let level = level(&growth, record.step_secs)?;
    let averaged = "the mean growth of a step stands for the growth at its end: with a reversion of more than one a step the spread is understated".to_owned();
    Ok(Fit {
        driver: Driver::RedemptionRate,
        process: "ornstein_uhlenbeck",
        estimates: vec![
            estimate("mean_pct_per_year", level.mean.0, Some(level.mean.1)),
            estimate("reversion_per_day", level.reversion_per_day.0, Some(level.reversion_per_day.1)),
            estimate("sd_pct_per_year", level.sd.0, Some(level.sd.1)),
        ],
        goodness: level.goodness,
        notes: vec![level.note, averaged],
    })
}

fn level(x: &[f64], step_secs: f64) -> Result<Level, FitError> {
    let (before, after) = (&x[..x.len() - 1], &x[1..]);
    let (n, days) = (before.len() as f64, step_secs / DAY_SECS);
    let ((b, spread), (a, _)) = (moments(before), moments(after));
    let covariance = before.iter().zip(after).map(|(x, y)| (x - b) * (y - a)).sum::<f64>() / n;
    let kept = covariance / spread;
    if !(kept > 0.0 && kept < 1.0) {
        return Err(FitError::NoReversion { kept });
    }
    let constant = a - kept * b;
    let residuals: Vec<f64> = before.iter().zip(after).map(|(x, y)| y - constant - kept * x).collect();
    let w = residuals.iter().map(|e| e * e).sum::<f64>() / n;
    let (lost, free) = (1.0 - kept, 1.0 - kept * kept);
    let kept_error = (w / (n * spread)).sqrt();
    let mean = constant / lost;
    let mean_error = kept_error * (spread + (b - mean) * (b - mean)).sqrt() / lost;
    let sd = (w / free).sqrt();
    let sd_error = 0.5 * sd * (2.0 / n + (2.0 * kept / free * kept_error).powi(2)).sqrt();
    let noise = w.sqrt();
    let ranks: Vec<f64> = residuals.iter().map(|e| normal_cdf(e / noise)).collect();
    let log_likelihood = residuals.iter().map(|e| log_normal_density(*e, 0.0, noise)).sum();
    let steps = differences(x);
    let (drift, walk) = moments(&steps);
    let walk = steps.iter().map(|e| log_normal_density(*e, drift, walk.sqrt())).sum();
    let rival = Rival { name: "a random walk", log_likelihood: walk, fewer: 1 };
    let mut goodness = Goodness::new(&ranks, log_likelihood, Some(rival));
    let statistic = (kept - 1.0) / kept_error;
    goodness.remark = Some(format!("Dickey-Fuller t {statistic:.2} (5 % point -2.86)"));
    Ok(Level {
        mean: (mean, mean_error),
        reversion_per_day: (-ln(kept) / days, kept_error / (kept * days)),
        sd: (sd, sd_error),
        goodness,
        note: format!(
            "a record of this length overstates the speed of return by about {} per day",
            super::text::number((1.0 + 3.0 * kept) / (kept * n * days))
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::tests::assert_recovers;
    use pegstress_num::Stream;
    use pegstress_num::draw::normals;
    use pegstress_sim::drivers::OrnsteinUhlenbeck;
    use pegstress_sim::drivers::ornstein_uhlenbeck::OrnsteinUhlenbeckStep;

    const STEP: f64 = 21_600.0;

    /// Levels and integrals of a simulated path.
    fn simulated(process: &OrnsteinUhlenbeck, steps: u32) -> (Vec<f64>, Vec<f64>) {
        let step = OrnsteinUhlenbeckStep::new(process, STEP);
        let mut level = [process.mean];
        let (mut levels, mut integrals) = (vec![process.mean], Vec::new());
        for k in 0..steps {
            let (mut z, mut y) = ([0.0], [0.0]);
            normals(37, 0, k, Stream::DriverNormals, &mut z, &mut y);
            integrals.push(step.integral(&level, &z, &y)[0]);
            level = step.next(&level, &z);
            levels.push(level[0]);
        }
        (levels, integrals)
    }

    #[test]
    fn a_logarithm_that_returns_is_recovered_within_its_errors() {
        let process = OrnsteinUhlenbeck { mean: 11.0, reversion_per_day: 0.25, sd: 1.1 };
        let levels: Vec<f64> = simulated(&process, 4000).0.into_iter().map(exp).collect();
        let found = log_level(Record { levels: &levels, step_secs: STEP }).expect("a fit");
        assert_recovers(&found, &[exp(11.0), 0.25, 1.1]);
        assert!(found.goodness.p_value().expect("a p-value") > 0.01);
        assert!(found.goodness.line().contains("(supported by BIC"), "{}", found.goodness.line());
    }

    #[test]
    fn a_growth_that_returns_slowly_is_recovered_within_its_errors() {
        // A reversion of 0.025 a step: the average of a step is the level at its end within 1 % of the spread.
        let process = OrnsteinUhlenbeck { mean: 3.0, reversion_per_day: 0.1, sd: 0.6 };
        let (_, integrals) = simulated(&process, 6000);
        let logs = integrals.iter().scan(0.0, |log, part| {
            *log += part / 36_500.0;
            Some(exp(*log))
        });
        let levels: Vec<f64> = std::iter::once(1.0).chain(logs).collect();
        let found = growth(Record { levels: &levels, step_secs: STEP }).expect("a fit");
        assert_recovers(&found, &[3.0, 0.1, 0.6]);
    }

    #[test]
    fn a_level_that_runs_away_is_refused() {
        let levels: Vec<f64> = (0..60).map(|k| exp(0.02 * f64::from(k * k) / 10.0)).collect();
        let error = log_level(Record { levels: &levels, step_secs: STEP }).expect_err("no mean");
        assert!(matches!(error, FitError::NoReversion { kept } if kept >= 1.0), "{error}");
    }
}
