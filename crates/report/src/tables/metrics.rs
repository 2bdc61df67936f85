//! `metrics.csv`: every statement about the distribution over paths, with its interval, and the tables of the scenario with
//! parameters without an anchor that it rests on.

use super::Table;
use crate::honesty::assumed_tables;
use crate::number::{cell, cell_or_empty, decimals_of};
use pegstress_risk::summary::{MetricSummary, PathSummary, Probability};
use pegstress_sim::scenario::Scenario;

pub(super) fn table(scenario: &Scenario, paths: &PathSummary) -> Table {
    let header =
        ["metric", "statistic", "level", "value", "low", "high", "count", "undefined", "rests_on_assumed"];
    let mut table = Table::new("metrics.csv", &header);
    let assumed = |rests_on: &[&'static str]| assumed_tables(scenario, rests_on).join(" ");
    paths.metrics.iter().for_each(|m| push_metric(&mut table, m, &assumed(m.rests_on)));
    paths.probabilities.iter().for_each(|p| push_probability(&mut table, p, assumed(p.rests_on)));
    table
}

fn push_metric(table: &mut Table, metric: &MetricSummary, assumed: &str) {
    let decimals = decimals_of(&metric.name);
    let mut push = |statistic: &str, level: Option<f64>, value: f64, ends: (Option<f64>, Option<f64>)| {
        table.push(vec![
            metric.name.clone(),
            statistic.into(),
            cell_or_empty(level, 6),
            cell(value, decimals),
            cell_or_empty(ends.0, decimals),
            cell_or_empty(ends.1, decimals),
            metric.count.to_string(),
            metric.undefined.to_string(),
            assumed.to_owned(),
        ]);
    };
    let (mean, error) = metric.mean.unwrap_or((f64::NAN, f64::NAN));
    push("mean", None, mean, (None, None));
    push("standard_error", None, error, (None, None));
    for q in &metric.quantiles {
        push("quantile", Some(q.level), q.value, (q.low, q.high));
    }
    for (level, value) in &metric.expected_shortfall {
        push("expected_shortfall", Some(*level), *value, (None, None));
    }
}

/// An event that no path had is a bound and no estimate: what it is below; one that every path had, what it is above.
fn push_probability(table: &mut Table, p: &Probability, assumed: String) {
    let (statistic, value) = match p.events {
        0 => ("probability_below", p.high),
        all if all == p.count => ("probability_above", p.low),
        _ => ("probability", p.estimate),
    };
    table.push(vec![
        p.name.clone(),
        statistic.into(),
        String::new(),
        cell(value, 9),
        cell(p.low, 9),
        cell(p.high, 9),
        p.count.to_string(),
        String::new(),
        assumed,
    ]);
}
