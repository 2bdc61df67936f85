//! `metrics.csv`: every statement about the distribution over paths, with its interval.

use super::Table;
use crate::number::{cell, cell_or_empty, decimals_of};
use pegstress_risk::summary::{MetricSummary, PathSummary, Probability};

pub(super) fn table(paths: &PathSummary) -> Table {
    let header = ["metric", "statistic", "level", "value", "low", "high", "count", "undefined"];
    let mut table = Table::new("metrics.csv", &header);
    paths.metrics.iter().for_each(|m| push_metric(&mut table, m));
    paths.probabilities.iter().for_each(|p| push_probability(&mut table, p));
    table
}

fn push_metric(table: &mut Table, metric: &MetricSummary) {
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

fn push_probability(table: &mut Table, p: &Probability) {
    table.push(vec![
        p.name.clone(),
        "probability".into(),
        String::new(),
        cell(p.estimate, 9),
        cell(p.low, 9),
        cell(p.high, 9),
        p.count.to_string(),
        String::new(),
    ]);
}
