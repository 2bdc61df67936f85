//! A tally of paths to a summary.

use crate::interval::{probability_interval, quantile_ranks};
use crate::summary::{Fan, MetricSummary, PathSummary, Probability, Quantile, StartSummary};
use crate::tally::Tally;
use jiff::{SignedDuration, Timestamp};
use pegstress_num::{LogCounts, LogHistogram};
use pegstress_sim::lending_snapshot::lending_snapshot;
use pegstress_sim::restaking_snapshot::restaking_snapshot;
use pegstress_sim::scenario::Starts;
use pegstress_sim::snapshot::{slippage_curve, venue_depth};
use pegstress_sim::{Fault, Metric, MetricKind, Plan, Trace};

const LEVELS: [f64; 10] = [0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99, 0.999];
const SHORTFALL_LEVELS: [f64; 2] = [0.95, 0.99];
const FAN_LEVELS: [f64; 5] = [0.05, 0.25, 0.50, 0.75, 0.95];
/// Bars of the drawn distribution.
const BARS: usize = 48;

/// The summary of a run.
pub fn summarise_paths(plan: &Plan, tally: &Tally) -> PathSummary {
    let study = &plan.study;
    let nav = study.drivers.nav[0];
    let of_kind = |kind| plan.metrics.iter().position(|metric| metric.kind == kind);
    let deepest =
        of_kind(MetricKind::DeepestClose).map(|k| bars(tally.metrics[k].counts())).unwrap_or_default();
    PathSummary {
        paths: tally.paths,
        steps: study.steps,
        step_secs: study.step_secs,
        faults: Fault::ALL.iter().zip(tally.faults).map(|(kind, n)| (kind.words().to_owned(), n)).collect(),
        conservation: tally.imbalance,
        metrics: plan.metrics.iter().zip(&tally.metrics).map(|(m, h)| metric_summary(m, h)).collect(),
        probabilities: probabilities(plan, &tally.metrics),
        fans: Trace::ALL.iter().zip(&tally.fans).map(|(trace, rows)| fan(plan, *trace, rows)).collect(),
        deepest_bins: deepest,
        observed: observed_discount(plan),
        venues: study
            .venues
            .iter()
            .map(|spec| venue_depth(spec, nav, &plan.report.depth_discounts))
            .collect(),
        slippage: study.venues.iter().map(|spec| slippage_curve(spec, nav, spec.name.clone())).collect(),
        lending: lending_snapshot(study, plan.yield_per_year.first().copied().unwrap_or(0.0)),
        restaking: study.restaking.as_ref().map(restaking_snapshot),
        by_start: by_start(plan, tally),
    }
}

/// Mean, quantiles and tail of one metric.
pub fn metric_summary(metric: &Metric, histogram: &LogHistogram) -> MetricSummary {
    let n = histogram.count();
    let mean = histogram.mean().map(|mean| (mean, (histogram.variance().unwrap_or(0.0) / n as f64).sqrt()));
    let quantile = |level: f64| {
        let value = histogram.counts().quantile(level)?;
        let (low, high) = quantile_ranks(n, level);
        let at = |rank: Option<u64>| rank.and_then(|rank| histogram.counts().value_at_rank(rank));
        Some(Quantile { level, value, low: at(low), high: at(high) })
    };
    let shortfall = |level: &f64| {
        // The worst `(1 - level) n` paths, rounded up, at least one; 0.95 * 100 must not round below 95.
        let better = (level * n as f64 * (1.0 + 1e-13)) as u64;
        let rank = better.min(n.saturating_sub(1));
        histogram.counts().mean_above_rank(rank).map(|mean| (*level, mean))
    };
    let has_bad_tail = matches!(
        metric.kind,
        MetricKind::DeepestClose
            | MetricKind::DeepestPrint
            | MetricKind::DeepestExecutable
            | MetricKind::DiscountHours
            | MetricKind::LongestDelay
            | MetricKind::LongestPipelineDelay
            | MetricKind::SoldLrt
            | MetricKind::SellersLoss
            | MetricKind::RedeemedEth
    );
    MetricSummary {
        name: metric.name.clone(),
        meaning: metric.meaning.clone(),
        count: n,
        undefined: histogram.missing(),
        mean,
        quantiles: LEVELS.iter().filter_map(|level| quantile(*level)).collect(),
        expected_shortfall: if has_bad_tail {
            SHORTFALL_LEVELS.iter().filter_map(shortfall).collect()
        } else {
            Vec::new()
        },
    }
}

/// Probabilities of passing thresholds and of recovering, from the counts of defined times.
pub fn probabilities(plan: &Plan, metrics: &[LogHistogram]) -> Vec<Probability> {
    let defined = |kind| {
        let k = plan.metrics.iter().position(|metric| metric.kind == kind)?;
        Some((metrics[k].count(), metrics[k].count() + metrics[k].missing()))
    };
    let mut list = Vec::new();
    for (k, threshold) in plan.report.thresholds.iter().enumerate() {
        let bps = (threshold * 1e8).round() / 1e4;
        if let Some((events, count)) = defined(MetricKind::FirstPassage(k)) {
            let name = format!("discount_close_above_{bps}bps");
            let meaning = format!("some step closes more than {bps} bps below the redemption rate");
            list.extend(probability(name, meaning, events, count));
        }
    }
    let bps = (plan.report.recovery_discount * 1e8).round() / 1e4;
    if let (Some((recovered, _)), Some((breached, _))) =
        (defined(MetricKind::RecoveryTime), defined(MetricKind::RecoveryBreach))
    {
        let name = format!("recovered_to_{bps}bps_by_the_end_if_beyond");
        let meaning = format!("of the paths that close beyond {bps} bps, those that are back by the end");
        list.extend(probability(name, meaning, recovered, breached));
    }
    list
}

/// A probability with its interval; `None` where nothing was counted.
pub(crate) fn probability(name: String, meaning: String, events: u64, count: u64) -> Option<Probability> {
    if count == 0 {
        return None;
    }
    let (low, high) = probability_interval(events, count);
    Some(Probability { name, meaning, events, count, estimate: events as f64 / count as f64, low, high })
}

fn fan(plan: &Plan, trace: Trace, rows: &[LogCounts]) -> Fan {
    let hours: Vec<_> = plan.observed_steps.iter().map(|step| plan.hours_after(*step)).collect();
    let at = match plan.study.starts {
        Starts::Together => {
            Some(plan.observed_steps.iter().map(|step| grid_time(plan, step + 1)).collect::<Vec<_>>())
        }
        Starts::Rolling { .. } => None,
    };
    // A fan without a single sound path has no values; NaN is drawn and written as nothing.
    let values = FAN_LEVELS
        .iter()
        .map(|level| rows.iter().map(|row| row.quantile(*level).unwrap_or(f64::NAN)).collect())
        .collect();
    Fan { name: trace.name().to_owned(), at, hours, levels: FAN_LEVELS.to_vec(), values }
}

/// Time of a grid point.
fn grid_time(plan: &Plan, point: usize) -> Timestamp {
    plan.study.start + SignedDuration::from_secs(point as i64 * i64::from(plan.study.step_secs))
}

fn observed_discount(plan: &Plan) -> Option<Vec<(Timestamp, f64)>> {
    let drivers = &plan.study.drivers;
    let observed = drivers.observed_price.as_ref().filter(|_| plan.study.starts == Starts::Together)?;
    let pairs = observed.iter().zip(&drivers.nav).enumerate();
    Some(pairs.map(|(k, (price, nav))| (grid_time(plan, k), 1.0 - price / nav)).collect())
}

/// Bars of equal width, as fractions, from the bins of a histogram in bps.
fn bars(histogram: &LogCounts) -> Vec<(f64, f64, u64)> {
    let (Some(low), Some(high)) = (histogram.min(), histogram.max()) else { return Vec::new() };
    let width = ((high - low) / BARS as f64).max(f64::MIN_POSITIVE);
    let mut counts = [0; BARS];
    for (lower, upper, count) in histogram.bins() {
        let middle = 0.5 * (lower.max(low) + upper.min(high));
        counts[(((middle - low) / width) as usize).min(BARS - 1)] += count;
    }
    let edge = |k: usize| (low + width * k as f64) / 1e4;
    counts.iter().enumerate().map(|(k, count)| (edge(k), edge(k + 1), *count)).collect()
}

fn by_start(plan: &Plan, tally: &Tally) -> Option<Vec<StartSummary>> {
    let Starts::Rolling { every_steps, .. } = plan.study.starts else { return None };
    let three = |h: &LogCounts| [0.05, 0.50, 0.95].map(|level| h.quantile(level).unwrap_or(f64::NAN));
    let rows = tally.by_start.iter().enumerate().filter(|(_, (deepest, _))| deepest.count() > 0);
    Some(
        rows.map(|(k, (deepest, delay))| StartSummary {
            at: grid_time(plan, k * every_steps),
            deepest_bps: three(deepest),
            delay_days: three(delay),
        })
        .collect(),
    )
}
