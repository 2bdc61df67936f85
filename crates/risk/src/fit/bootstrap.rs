//! Block length of a stationary bootstrap, by Politis and White (Econometric Reviews 23 (2004) 53-70) with the correction of Patton,
//! Politis and White (Econometric Reviews 28 (2009) 372-375).
//!
//! ```text
//! b = (2 G^2 / D)^(1/3) n^(1/3),   G = sum l(k/M) |k| R(k),   D = 2 (sum l(k/M) R(k))^2
//! ```
//!
//! `R` autocovariance, `l` the flat-top window (1 up to a half, then falling to 0 at 1), `M = 2 m`, `m` the lag after which the next
//! `K = max(5, sqrt(log10 n))` autocorrelations are below `2 sqrt(log10(n) / n)`; `b` at most `min(3 sqrt(n), n/3)`. The length is chosen for the
//! mean of a step's changes and for the mean of their squares, and the longer one is taken: clusters of volatility are what a
//! block must keep.

use super::goodness::Goodness;
use super::{Driver, Estimate, Fit, FitError, Record, differences, logarithms, moments};
use pegstress_num::{exp, ln};
use pegstress_sim::drivers::inflow::recorded_inflows;

/// Of the changes of a step: logarithmic, or inflows where `served_eth` leave in a step.
///
/// # Errors
/// A price or rate that is not above zero; changes that are all alike.
pub fn blocks(driver: Driver, record: Record<'_>, served_eth: Option<f64>) -> Result<Fit, FitError> {
    let changes = match served_eth {
        Some(served) => recorded_inflows(record.levels, served),
        None => differences(&logarithms(record, "bootstrap")?),
    };
    let (mean, variance) = moments(&changes);
    if variance <= 0.0 {
        return Err(FitError::Constant { process: "bootstrap" });
    }
    let squares: Vec<f64> = changes.iter().map(|x| (x - mean) * (x - mean)).collect();
    let (of_mean, of_squares) = (block_steps(&changes), block_steps(&squares));
    let steps = of_mean.max(of_squares).max(1.0);
    let hours = record.step_secs / 3600.0;
    let kept = |values: &[f64]| autocorrelation(values, 1) * (1.0 - 1.0 / steps);
    let goodness = Goodness {
        steps: changes.len(),
        kolmogorov: None,
        log_likelihood: None,
        against: None,
        remark: Some(format!(
            "autocorrelation at one step {:.3} in the record, {:.3} resampled; of squares {:.3} and {:.3}",
            autocorrelation(&changes, 1),
            kept(&changes),
            autocorrelation(&squares, 1),
            kept(&squares)
        )),
    };
    Ok(Fit {
        driver,
        process: "bootstrap",
        estimates: vec![Estimate {
            table: "",
            key: "mean_block_hours",
            value: steps * hours,
            standard_error: None,
        }],
        goodness,
        notes: vec![format!(
            "block length by Politis and White: {:.3} hours for the mean, {:.3} for the mean square; the longer one is taken; it has no standard error",
            of_mean.max(1.0) * hours,
            of_squares.max(1.0) * hours
        )],
    })
}

fn autocovariance(values: &[f64], lag: usize) -> f64 {
    let (mean, _) = moments(values);
    let products = values.iter().zip(values.iter().skip(lag)).map(|(x, y)| (x - mean) * (y - mean));
    products.sum::<f64>() / values.len() as f64
}

fn autocorrelation(values: &[f64], lag: usize) -> f64 {
    autocovariance(values, lag) / autocovariance(values, 0)
}

/// Mean length of a block in steps; zero where nothing is correlated.
fn block_steps(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let log10 = ln(n) / std::f64::consts::LN_10;
    let run = f64::max(5.0, log10.sqrt()) as usize;
    let most = (n.sqrt().ceil() as usize + run).min(values.len() - 1);
    let bound = 2.0 * (log10 / n).sqrt();
    let variance = autocovariance(values, 0);
    if variance <= 0.0 {
        return 0.0;
    }
    let covariances: Vec<f64> = (0..=most).map(|lag| autocovariance(values, lag)).collect();
    let is_small = |lag: usize| covariances.get(lag).is_none_or(|c| (c / variance).abs() < bound);
    let first = (0..=most).find(|m| (1..=run).all(|k| is_small(m + k))).unwrap_or(most);
    let window = (2 * first.max(1)).min(most);
    let (mut weighted, mut sum) = (0.0, covariances[0]);
    for (lag, covariance) in covariances.iter().enumerate().take(window + 1).skip(1) {
        let place = lag as f64 / window as f64;
        let height = if place <= 0.5 { 1.0 } else { 2.0 * (1.0 - place) };
        weighted += 2.0 * height * lag as f64 * covariance;
        sum += 2.0 * height * covariance;
    }
    let ratio = weighted * weighted / (sum * sum);
    let length = if ratio > 0.0 { exp(ln(ratio * n) / 3.0) } else { 0.0 };
    length.min(f64::min(3.0 * n.sqrt(), n / 3.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::tests::levels_of_log_changes;
    use pegstress_num::Stream;
    use pegstress_num::draw::normals;

    /// An autoregressive series.
    fn series(kept: f64, count: u32) -> Vec<f64> {
        let mut level = 0.0;
        (0..count)
            .map(|k| {
                let mut z = [0.0];
                normals(47, 0, k, Stream::FlowNormals, &mut z, &mut [0.0]);
                level = kept * level + (1.0 - kept * kept).sqrt() * z[0];
                level
            })
            .collect()
    }

    #[test]
    fn the_block_of_an_autoregressive_series_is_that_of_its_closed_spectrum() {
        // For x' = p x + e: G = 2 R(0) p / (1-p)^2, spectrum at zero R(0) (1+p)/(1-p); b^3 = n (G / spectrum)^2
        // = n (2 p / ((1-p)(1+p)))^2. The autocovariances of 20,000 values make an error of some tens of per cent in G.
        for p in [0.3, 0.6, 0.8] {
            let values = series(p, 20_000);
            let expected = exp(ln(20_000.0 * (2.0 * p / (1.0 - p * p)).powi(2)) / 3.0);
            let found = block_steps(&values);
            assert!((found / expected - 1.0).abs() < 0.35, "{p}: {found} {expected}");
        }
    }

    #[test]
    fn independent_changes_need_blocks_of_a_few_steps_at_most() {
        assert!(block_steps(&series(0.0, 5000)) < 6.0);
    }

    #[test]
    fn clusters_of_volatility_lengthen_the_block() {
        let slow = series(0.98, 3000);
        let noise: Vec<f64> = series(0.0, 6000).split_off(3000);
        let clustered = slow.iter().zip(&noise).map(|(level, z)| 0.01 * exp(*level) * z);
        let levels = levels_of_log_changes(2000.0, clustered);
        let record = Record { levels: &levels, step_secs: 3600.0 };
        let found = blocks(Driver::EthUsd, record, None).expect("a fit");
        let flat = levels_of_log_changes(2000.0, noise.iter().map(|z| 0.01 * z));
        let plain = blocks(Driver::EthUsd, Record { levels: &flat, step_secs: 3600.0 }, None).expect("a fit");
        assert!(found.estimates[0].value > 3.0 * plain.estimates[0].value, "{found:?} {plain:?}");
    }
}
