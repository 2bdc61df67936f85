//! Quantiles of the random delays of one exit, each with the interval of its order statistics.

use crate::interval::quantile_ranks;
use pegstress_unlock::{DAY_SECS, Delays};

/// Levels that are reported.
pub const LEVELS: [f64; 7] = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];

/// A quantile of a delay, days.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DelayQuantile {
    /// Level.
    pub level: f64,
    /// Its value.
    pub days: f64,
    /// Lower end of its interval; `None` where the sample is too small.
    pub low_days: Option<f64>,
    /// Upper end.
    pub high_days: Option<f64>,
}

/// Quantiles of one kind of delay.
pub fn delay_quantiles(delays: &[Delays], of: impl Fn(&Delays) -> f64) -> Vec<DelayQuantile> {
    let mut days: Vec<f64> = delays.iter().map(|one| of(one) / DAY_SECS).collect();
    days.sort_by(f64::total_cmp);
    let n = days.len();
    let at = |rank: Option<u64>| days.get(rank? as usize).copied();
    let quantile = |level: f64| {
        // The smallest value with at least this share of the sample at or below it.
        let rank = ((level * n as f64).ceil() as usize).max(1) - 1;
        let (low, high) = quantile_ranks(n as u64, level);
        Some(DelayQuantile { level, days: *days.get(rank)?, low_days: at(low), high_days: at(high) })
    };
    LEVELS.iter().filter_map(|level| quantile(*level)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_a_hundred_days_lies_between_the_40th_and_the_61st() {
        let delays: Vec<_> = (1..=100)
            .rev()
            .map(|day| Delays { first_secs: 0.0, mean_secs: 0.0, last_secs: f64::from(day) * DAY_SECS })
            .collect();
        let list = delay_quantiles(&delays, |one| one.last_secs);
        let median = list.iter().find(|one| one.level == 0.5).expect("a median");
        assert_eq!((median.days, median.low_days, median.high_days), (50.0, Some(40.0), Some(61.0)));
        assert!(delay_quantiles(&[], |one| one.last_secs).is_empty());
    }
}
