//! One number of a run: a statistic of a metric over its paths, with its Monte-Carlo interval.
//!
//! Written `METRIC:STATISTIC` (`deepest_discount_close_bps:p95`; `mean`, `p50`, `es95`; the mean where none is
//! named), or as a limit for the probability that a path breaks it (`time_above_100bps_hours >= 24`).
//!
//! 95 % intervals: of a mean by its standard error; of a quantile by order statistics
//! ([`quantile_ranks`]); of a probability by Clopper and Pearson; of an expected
//! shortfall `q + E[max(x - q, 0)] / (1 - level)` by the standard error of its sample mean, the quantile taken as
//! known: its own error enters in second order only.

use std::fmt;
use std::str::FromStr;

use super::limit::{Comparison, Limit};
use crate::interval::{probability_interval, quantile_ranks};

/// Standard errors on either side of a mean that make a 95 % interval.
pub(super) const Z95: f64 = 1.959_963_984_540_054;

/// A statistic over paths.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Statistic {
    /// Mean.
    Mean,
    /// Quantile of a level in (0, 1).
    Quantile(f64),
    /// Mean of the worst `1 - level`, the largest values being the worst.
    Shortfall(f64),
    /// Share of paths whose value stands so to the threshold; undefined values count as paths that do not.
    Probability(Comparison, f64),
}

/// A statistic of a metric.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// Name of the metric.
    pub metric: String,
    /// What is taken of it.
    pub statistic: Statistic,
}

/// The value of a statistic in one run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// Value.
    pub value: f64,
    /// Lower end of the 95 % interval; `None` where the sample is too small to bound that side.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

impl Statistic {
    /// The statistic of `values`, NaN standing for an undefined one; `None` where nothing is left to take it of.
    pub fn of(self, values: &[f64]) -> Option<Estimate> {
        if let Self::Probability(comparison, threshold) = self {
            let events = values.iter().filter(|value| comparison.holds(**value, threshold)).count() as u64;
            let count = values.len() as u64;
            let (low, high) = (count > 0).then(|| probability_interval(events, count))?;
            return Some(Estimate { value: events as f64 / count as f64, low: Some(low), high: Some(high) });
        }
        let mut defined: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
        if defined.is_empty() {
            return None;
        }
        match self {
            Self::Mean => Some(mean(&defined)),
            Self::Quantile(level) => {
                defined.sort_unstable_by(f64::total_cmp);
                let (low, high) = quantile_ranks(defined.len() as u64, level);
                let at = |rank: Option<u64>| defined.get(rank? as usize).copied();
                Some(Estimate {
                    value: defined[quantile_rank(defined.len(), level)],
                    low: at(low),
                    high: at(high),
                })
            }
            Self::Shortfall(level) => {
                defined.sort_unstable_by(f64::total_cmp);
                Some(shortfall(&defined, level))
            }
            Self::Probability(..) => None,
        }
    }
}

/// Rank (from 0) of the `level` quantile of `n` values: `ceil(level n) - 1`; 7 % of 100 is 7, though 0.07 * 100.0 is
/// not.
pub(super) fn quantile_rank(n: usize, level: f64) -> usize {
    let position = (level * n as f64 * (1.0 - 1e-13)).ceil() as usize;
    position.saturating_sub(1).min(n.saturating_sub(1))
}

/// Mean and unbiased variance, in the order of the values.
pub(super) fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, squares / (n - 1.0))
}

fn mean(values: &[f64]) -> Estimate {
    let (value, variance) = mean_and_variance(values);
    let half = Z95 * (variance / values.len() as f64).sqrt();
    let end = |end: f64| (values.len() > 1).then_some(end);
    Estimate { value, low: end(value - half), high: end(value + half) }
}

fn shortfall(sorted: &[f64], level: f64) -> Estimate {
    let n = sorted.len();
    // The worst `(1 - level) n`, rounded up, at least one; 0.95 * 100 must not round below 95.
    let first = ((level * n as f64 * (1.0 + 1e-13)) as usize).min(n - 1);
    let worst = &sorted[first..];
    let value = worst.iter().sum::<f64>() / worst.len() as f64;
    let quantile = sorted[quantile_rank(n, level)];
    let excesses: Vec<f64> = sorted.iter().map(|one| (one - quantile).max(0.0)).collect();
    let (_, variance) = mean_and_variance(&excesses);
    let half = Z95 * (variance / n as f64).sqrt() / (1.0 - level);
    let end = |end: f64| (worst.len() > 1).then_some(end);
    Estimate { value, low: end(value - half), high: end(value + half) }
}

impl fmt::Display for Statistic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |level: &f64| (level * 1e8).round() / 1e6;
        match self {
            Self::Mean => out.write_str("mean"),
            Self::Quantile(level) => write!(out, "p{}", percent(level)),
            Self::Shortfall(level) => write!(out, "es{}", percent(level)),
            Self::Probability(..) => out.write_str("probability"),
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.statistic {
            Statistic::Probability(comparison, threshold) => {
                let limit = Limit { metric: self.metric.clone(), comparison, threshold };
                write!(out, "{limit}")
            }
            statistic => write!(out, "{}:{statistic}", self.metric),
        }
    }
}

/// A text that is no measure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no measure: write METRIC:STATISTIC with mean, p1 to p99.9, es50 to es99.9 (such as sellers_loss_eth:p95), or a limit such as \
     'time_above_500bps_hours >= 24' for its probability"
)]
pub struct MeasureSyntax(
    /// The text as given.
    pub String,
);

impl FromStr for Measure {
    type Err = MeasureSyntax;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let refused = || MeasureSyntax(text.to_owned());
        if text.contains(['<', '>']) {
            let limit: Limit = text.parse().map_err(|_| refused())?;
            let statistic = Statistic::Probability(limit.comparison, limit.threshold);
            return Ok(Self { metric: limit.metric, statistic });
        }
        let (metric, word) = text.split_once(':').unwrap_or((text, "mean"));
        let metric = metric.trim();
        let statistic = statistic(word.trim()).ok_or_else(refused)?;
        if metric.is_empty() || metric.contains(char::is_whitespace) {
            return Err(refused());
        }
        Ok(Self { metric: metric.to_owned(), statistic })
    }
}

fn statistic(word: &str) -> Option<Statistic> {
    let level = |percent: &str, least: f64| {
        let percent: f64 = percent.parse().ok()?;
        (percent >= least && percent > 0.0 && percent < 100.0).then_some(percent / 100.0)
    };
    match word {
        "mean" => Some(Statistic::Mean),
        "median" => Some(Statistic::Quantile(0.5)),
        _ => match (word.strip_prefix("es"), word.strip_prefix('p')) {
            (Some(percent), _) => level(percent, 50.0).map(Statistic::Shortfall),
            (_, Some(percent)) => level(percent, 0.0).map(Statistic::Quantile),
            _ => None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, values: &[f64]) -> Option<Estimate> {
        text.parse::<Measure>().expect("a measure").statistic.of(values)
    }

    #[test]
    fn measures_are_read_and_written_back() {
        for text in ["a_bps:mean", "a_bps:p95", "a_bps:p99.9", "a_bps:es95", "a_hours >= 24"] {
            assert_eq!(text.parse::<Measure>().expect("a measure").to_string(), text);
        }
        assert_eq!("a".parse::<Measure>().expect("a measure").statistic, Statistic::Mean);
        for wrong in ["", ":p95", "a:p0", "a:p100", "a:es10", "a:q5", "a b", "a >"] {
            assert!(wrong.parse::<Measure>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn statistics_of_one_to_a_thousand_are_the_known_ones() {
        let values: Vec<f64> = (1..=1000).rev().map(f64::from).collect();
        let mean = of("a:mean", &values).expect("a mean");
        assert_eq!(mean.value, 500.5);
        // Variance n (n + 1) / 12; the interval is 1.96 standard errors.
        let half = Z95 * (1000.0 * 1001.0 / 12.0 / 1000.0_f64).sqrt();
        assert!((mean.high.expect("an end") - 500.5 - half).abs() < 1e-9);
        assert_eq!(of("a:p95", &values).expect("a quantile").value, 950.0);
        assert_eq!(of("a:p7", &values[900..]).expect("a quantile").value, 7.0);
        assert_eq!(of("a:es95", &values).expect("a shortfall").value, 975.5);
        assert_eq!(of("a > 900", &values).expect("a probability").value, 0.1);
    }

    #[test]
    fn undefined_values_are_left_out_of_means_and_counted_as_no_event() {
        let values = [1.0, f64::NAN, 3.0, f64::NAN];
        assert_eq!(of("a:mean", &values).expect("a mean").value, 2.0);
        assert_eq!(of("a > 2", &values).expect("a probability").value, 0.25);
        assert_eq!(of("a:mean", &[f64::NAN]), None);
        assert_eq!(of("a > 2", &[]), None);
    }

    #[test]
    fn the_interval_of_a_shortfall_holds_the_truth_of_uniform_numbers_in_most_samples() {
        // The worst 5 % of uniform numbers average 0.975. Philox gives the samples.
        let samples = 400;
        let mut covered = 0;
        for sample in 0..samples {
            let values: Vec<f64> = (0..500)
                .map(|k| {
                    let (bits, _) = pegstress_num::philox::philox_pair(k, sample, 7);
                    (bits >> 12) as f64 / (1_u64 << 52) as f64
                })
                .collect();
            let found = of("a:es95", &values).expect("a shortfall");
            covered += u64::from(
                found.low.is_some_and(|low| low <= 0.975) && found.high.is_some_and(|high| high >= 0.975),
            );
        }
        // 25 values in the tail: the normal interval is a little short of 95 %; four standard deviations of a share
        // of 400 around 92 % are 5.4 %.
        assert!(covered as f64 / samples as f64 > 0.866, "{covered} of {samples}");
    }
}
