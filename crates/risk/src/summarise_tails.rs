//! Who pays, flows through time, recovery, and the bad tail: the parts of a summary that a committee asks about.

use crate::summarise_paths::{PSL, metric_summary, probabilities};
use crate::summary::{Attribution, ChannelFlow, LossCurve, MetricSummary, PartyGain, RiskMeasure, Tails};
use crate::tail::{TailFit, fit_tail};
use crate::tally::Tally;
use pegstress_num::{LogCounts, LogHistogram};
use pegstress_sim::{BadTail, Flow, Metric, MetricKind, Party, Plan, Unit};

/// Points of a loss curve, at most.
const CURVE_POINTS: usize = 240;
/// Points of the recovery curve, at most.
const RECOVERY_POINTS: usize = 96;

pub(crate) fn attribution(plan: &Plan, tally: &Tally) -> Attribution {
    let of = |kind: MetricKind| of_kind(plan, tally, kind);
    let parties = Party::ALL.into_iter().map(|party| (MetricKind::Gain(party), party.word()));
    let who_pays = parties
        .chain([(MetricKind::GainResidual, "residual")])
        .filter_map(|(kind, word)| {
            let (metric, histogram) = of(kind)?;
            gain(word, metric, histogram)
        })
        .collect();
    let flows = Flow::ALL.into_iter().zip(&tally.flows).map(|(flow, sums)| ChannelFlow {
        channel: flow.word(),
        mean_lrt: sums.iter().map(|sum| sum.mean().unwrap_or(f64::NAN)).collect(),
    });
    Attribution {
        who_pays,
        hours: plan.observed_steps.iter().map(|step| plan.hours_after(*step)).collect(),
        // A channel that nobody uses is not in the study.
        flows: flows.filter(|flow| flow.mean_lrt.iter().any(|lrt| lrt.abs() > 0.0)).collect(),
    }
}

fn gain(word: &str, metric: &Metric, histogram: &LogHistogram) -> Option<PartyGain> {
    let mean = histogram.mean()?;
    let error = (histogram.variance().unwrap_or(0.0) / histogram.count() as f64).sqrt();
    let quantile = |level: f64| histogram.counts().quantile(level).unwrap_or(f64::NAN);
    Some(PartyGain {
        party: word.to_owned(),
        meaning: metric.meaning.clone(),
        mean: (mean, error),
        quantiles: [0.05, 0.5, 0.95].map(quantile),
    })
}

pub(crate) fn tails(plan: &Plan, tally: &Tally) -> Tails {
    let fits = plan.metrics.iter().zip(&tally.metrics).filter(|(metric, _)| is_fitted(metric));
    Tails {
        recovery: tally.recoveries.curve(plan.study.steps.div_ceil(RECOVERY_POINTS)),
        risk_measures: risk_measures(plan, tally),
        losses: [
            MetricKind::DeepestPrint,
            MetricKind::SellersLoss,
            MetricKind::LiquidatedLrt,
            MetricKind::TotalBadDebt,
        ]
        .into_iter()
        .filter_map(|kind| {
            let (metric, histogram) = of_kind(plan, tally, kind)?;
            loss_curve(metric, histogram.counts())
        })
        .collect(),
        fits: fits.filter_map(|(metric, histogram)| Some((metric.name.clone(), fit(histogram)?))).collect(),
    }
}

fn fit(histogram: &LogHistogram) -> Option<TailFit> {
    fit_tail(histogram.counts())
}

/// Losses of an amount or a price: times come in whole steps, and a law of excesses does not hold for them.
fn is_fitted(metric: &Metric) -> bool {
    let amounts = matches!(metric.unit, Unit::Bps | Unit::BpsHours | Unit::Eth | Unit::Lrt);
    metric.kind.bad_tail() == Some(BadTail::Upper) && amounts
}

fn of_kind<'a>(plan: &'a Plan, tally: &'a Tally, kind: MetricKind) -> Option<(&'a Metric, &'a LogHistogram)> {
    let k = plan.metrics.iter().position(|metric| metric.kind == kind)?;
    Some((&plan.metrics[k], &tally.metrics[k]))
}

/// Liquidations are not losses to lenders: what is at risk of being sold, and what is not paid, are told apart.
fn risk_measures(plan: &Plan, tally: &Tally) -> Vec<RiskMeasure> {
    let summary = |kind| {
        let (metric, histogram) = of_kind(plan, tally, kind)?;
        Some(metric_summary(metric, histogram))
    };
    let mut list = Vec::new();
    if let Some(liquidated) = summary(MetricKind::LiquidatedLrt) {
        list.extend(values_at_risk("LaR", &liquidated));
    }
    for (kind, names) in [
        (MetricKind::TotalBadDebt, ["bad debt VaR", "bad debt ES"]),
        (MetricKind::BadDebtRatio, ["bad debt ratio VaR", "bad debt ratio ES"]),
    ] {
        if let Some(lost) = summary(kind) {
            list.extend(values_at_risk(names[0], &lost));
            list.extend(lost.expected_shortfall.iter().map(|(level, value)| RiskMeasure {
                name: names[1],
                metric: lost.name.clone(),
                level: Some(*level),
                value: *value,
                low: None,
                high: None,
            }));
        }
    }
    list.extend(probabilities(plan, &tally.metrics).into_iter().filter(|one| one.name == PSL).map(|psl| {
        RiskMeasure {
            name: "PSL",
            metric: psl.name,
            level: None,
            value: if psl.events == 0 { f64::NAN } else { psl.estimate },
            low: Some(psl.low),
            high: Some(psl.high),
        }
    }));
    list
}

fn values_at_risk(name: &'static str, metric: &MetricSummary) -> Vec<RiskMeasure> {
    let tail = metric.quantiles.iter().filter(|quantile| [0.95, 0.99].contains(&quantile.level));
    tail.map(|quantile| RiskMeasure {
        name,
        metric: metric.name.clone(),
        level: Some(quantile.level),
        value: quantile.value,
        low: quantile.low,
        high: quantile.high,
    })
    .collect()
}

/// Probability of more, by size; `None` where no path has a loss.
fn loss_curve(metric: &Metric, counts: &LogCounts) -> Option<LossCurve> {
    let n = counts.count() as f64;
    let mut left = counts.count();
    let mut points = Vec::new();
    for (lower, upper, count) in counts.bins() {
        left -= count;
        if upper > 0.0 && lower >= 0.0 && upper.is_finite() && left > 0 {
            points.push((upper, left as f64 / n));
        }
    }
    let every = points.len().div_ceil(CURVE_POINTS).max(1);
    let last = points.last().copied()?;
    let mut thinned: Vec<_> = points.into_iter().step_by(every).collect();
    if thinned.last() != Some(&last) {
        thinned.push(last);
    }
    (thinned.len() > 1).then(|| LossCurve { metric: metric.name.clone(), points: thinned })
}
