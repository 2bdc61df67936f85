//! A run's numbers against the limits that its scenario states.

use crate::interval::quantile_ranks;
use crate::questions::{Measure, Statistic};
use crate::tally::Tally;
use pegstress_num::LogHistogram;
use pegstress_sim::Plan;
use pegstress_sim::scenario::Limit;

/// A limit and the number that is held against it.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The limit.
    pub limit: Limit,
    /// The number; `None` where it is not defined in the run.
    pub value: Option<f64>,
    /// Whether the limit is broken; `None` where there is no number.
    pub is_broken: Option<bool>,
    /// Whether the 95 % interval of the number lies on one side of the limit; `None` where it has none.
    pub is_certain: Option<bool>,
}

/// Standard errors on either side of a mean that make a 95 % interval.
const Z95: f64 = 1.959_963_984_540_054;

/// The verdict on each limit.
pub fn verdicts(plan: &Plan, tally: &Tally, limits: &[Limit]) -> Vec<Verdict> {
    let one = |limit: &Limit| {
        let place = plan.metrics.iter().position(|metric| metric.name == limit.metric);
        let statistic = format!("{}:{}", limit.metric, limit.statistic).parse::<Measure>().ok();
        let found =
            place.zip(statistic).and_then(|(k, measure)| number(&tally.metrics[k], measure.statistic));
        let breaks = |value: f64| {
            limit.at_most.is_some_and(|most| value > most)
                || limit.at_least.is_some_and(|least| value < least)
        };
        Verdict {
            limit: limit.clone(),
            value: found.map(|found| found.0),
            is_broken: found.map(|found| breaks(found.0)),
            is_certain: found.and_then(|found| found.1).map(|(low, high)| breaks(low) == breaks(high)),
        }
    };
    limits.iter().map(one).collect()
}

/// A statistic with the ends of its interval, where that has both.
fn number(histogram: &LogHistogram, statistic: Statistic) -> Option<(f64, Option<(f64, f64)>)> {
    let n = histogram.count();
    match statistic {
        Statistic::Mean => {
            let mean = histogram.mean()?;
            let half = histogram.variance().map(|variance| Z95 * (variance / n as f64).sqrt());
            Some((mean, half.map(|half| (mean - half, mean + half))))
        }
        Statistic::Quantile(level) => {
            let (low, high) = quantile_ranks(n, level);
            let at = |rank: Option<u64>| rank.and_then(|rank| histogram.counts().value_at_rank(rank));
            Some((histogram.counts().quantile(level)?, at(low).zip(at(high))))
        }
        Statistic::Shortfall(level) => {
            // The worst `(1 - level) n` paths, rounded up, at least one; 0.95 * 100 must not round below 95.
            let better = (level * n as f64 * (1.0 + 1e-13)) as u64;
            let rank = better.min(n.saturating_sub(1));
            Some((histogram.counts().mean_above_rank(rank)?, None))
        }
        Statistic::Probability(..) => None,
    }
}
