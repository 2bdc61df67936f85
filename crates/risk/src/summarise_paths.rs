//! A tally of paths to a summary.

use crate::interval::{probability_interval, quantile_ranks};
use crate::summarise_tails::{attribution, tails};
use crate::summary::{Fan, MetricSummary, PathSummary, Probability, Quantile, StartSummary};
use crate::tally::Tally;
use jiff::{SignedDuration, Timestamp};
use pegstress_num::{LogCounts, LogHistogram};
use pegstress_sim::concentration::concentrations;
use pegstress_sim::lending_snapshot::lending_snapshot;
use pegstress_sim::market_depth::market_depth;
use pegstress_sim::measures::CoverageMeasure;
use pegstress_sim::restaking_snapshot::restaking_snapshot;
use pegstress_sim::scenario::Starts;
use pegstress_sim::snapshot::{slippage_curve, venue_depth};
use pegstress_sim::{BadTail, Fault, Metric, MetricKind, Plan, Trace};

const LEVELS: [f64; 10] = [0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99, 0.999];
const SHORTFALL_LEVELS: [f64; 2] = [0.95, 0.99];
const FAN_LEVELS: [f64; 5] = [0.05, 0.25, 0.50, 0.75, 0.95];
/// Event of a loss to lenders that matters, and the share of the principal from which it does.
pub(crate) const PSL: &str = "bad_debt_above_1pct_of_principal";
const PSL_SHARE: f64 = 0.01;
/// Bars of the drawn distribution.
const BARS: usize = 48;

/// The summary of a run.
pub fn summarise_paths(plan: &Plan, tally: &Tally) -> PathSummary {
    let study = &plan.study;
    let nav = study.drivers.nav[0];
    let of_kind = |kind| plan.metrics.iter().position(|metric| metric.kind == kind);
    let deepest =
        of_kind(MetricKind::DeepestClose).map(|k| bars(tally.metrics[k].counts())).unwrap_or_default();
    let depth = market_depth(&study.venues, nav, &plan.report.depth_discounts, &[]);
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
        start_nav: nav,
        depeg: depth.ladder,
        concentration: concentrations(study, depth.levels.get(depth.levels.len() / 2)),
        lending: lending_snapshot(study, plan.yield_per_year.first().copied().unwrap_or(0.0)),
        restaking: study.restaking.as_ref().map(restaking_snapshot),
        by_start: by_start(plan, tally),
        attribution: attribution(plan, tally),
        tails: tails(plan, tally),
        limits: Vec::new(),
        channels: None,
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
    let shortfall = |level: &f64, tail: BadTail| {
        // The worst `(1 - level) n` paths, rounded up, at least one; 0.95 * 100 must not round below 95.
        let better = (level * n as f64 * (1.0 + 1e-13)) as u64;
        let rank = better.min(n.saturating_sub(1));
        let mean = match tail {
            BadTail::Upper => histogram.counts().mean_above_rank(rank),
            BadTail::Lower => histogram.counts().mean_up_to_rank(n.saturating_sub(1 + rank)),
        };
        mean.map(|mean| (*level, mean))
    };
    let shortfalls = |tail| SHORTFALL_LEVELS.iter().filter_map(|level| shortfall(level, tail)).collect();
    MetricSummary {
        name: metric.name.clone(),
        meaning: metric.meaning.clone(),
        rests_on: metric.kind.rests_on(),
        is_headline: metric.kind.is_headline(),
        count: n,
        undefined: histogram.missing(),
        mean,
        quantiles: LEVELS.iter().filter_map(|level| quantile(*level)).collect(),
        expected_shortfall: metric.kind.bad_tail().map_or_else(Vec::new, shortfalls),
    }
}

/// Probabilities of passing thresholds and of recovering, from the counts of defined times.
pub fn probabilities(plan: &Plan, metrics: &[LogHistogram]) -> Vec<Probability> {
    let defined = |kind| {
        let k = plan.metrics.iter().position(|metric| metric.kind == kind)?;
        Some((metrics[k].count(), metrics[k].count() + metrics[k].missing()))
    };
    let mut list = Vec::new();
    let mut push = |kind: MetricKind, name: String, meaning: String, events: u64, count: u64| {
        list.extend(probability(kind, name, meaning, events, count));
    };
    for (k, threshold) in plan.report.thresholds.iter().enumerate() {
        let bps = (threshold * 1e8).round() / 1e4;
        let kind = MetricKind::FirstPassage(k);
        if let Some((events, count)) = defined(kind) {
            let meaning = format!("some step closes more than {bps} bps below the redemption rate");
            push(kind, format!("discount_close_above_{bps}bps"), meaning, events, count);
        }
    }
    let bps = (plan.report.recovery_discount * 1e8).round() / 1e4;
    let kind = MetricKind::RecoveryTime;
    if let (Some((recovered, _)), Some((breached, _))) = (defined(kind), defined(MetricKind::RecoveryBreach))
    {
        let meaning = format!("of the paths that close beyond {bps} bps, those that are back by the end");
        push(kind, format!("recovered_to_{bps}bps_by_the_end_if_beyond"), meaning, recovered, breached);
    }
    let kind = MetricKind::Coverage(CoverageMeasure::SurvivalTime);
    if let Some((events, count)) = defined(kind) {
        let meaning = "buffer, depth and redemptions paid are at some time less than what holders have sold and redeemed";
        push(kind, "liquidity_coverage_below_1".into(), meaning.into(), events, count);
    }
    let above = |kind: MetricKind, value: f64| {
        let k = plan.metrics.iter().position(|metric| metric.kind == kind)?;
        Some((metrics[k].counts().count_above(value), metrics[k].count() + metrics[k].missing()))
    };
    for (kind, value, name, meaning) in [
        (MetricKind::LiquidatedLrt, 0.0, "any_liquidation", "some collateral is liquidated"),
        (
            MetricKind::CascadeRatio,
            1.0,
            "cascade_ratio_above_1",
            "more collateral is due in a market at once than the venues take until liquidators break even",
        ),
        (MetricKind::TotalBadDebt, 0.0, "any_bad_debt", "some debt is not paid"),
        (
            MetricKind::BadDebtRatio,
            PSL_SHARE,
            PSL,
            "PSL: bad debt of more than 1 % of the principal lent at the start",
        ),
    ] {
        if let Some((events, count)) = above(kind, value) {
            push(kind, name.into(), meaning.into(), events, count);
        }
    }
    list
}

/// A probability with its interval; `None` where nothing was counted.
pub(crate) fn probability(
    kind: MetricKind,
    name: String,
    meaning: String,
    events: u64,
    count: u64,
) -> Option<Probability> {
    if count == 0 {
        return None;
    }
    let (low, high) = probability_interval(events, count);
    let (rests_on, estimate) = (kind.rests_on(), events as f64 / count as f64);
    Some(Probability { name, meaning, rests_on, events, count, estimate, low, high })
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
