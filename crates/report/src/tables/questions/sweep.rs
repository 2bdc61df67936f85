//! `sweep.csv`: every statement about every point, one per row.

use super::{Table, cell, decimals_of, level_name};
use crate::number::cell_or_empty;
use pegstress_risk::questions::sweep::{Sweep, SweepPoint};
use pegstress_risk::summary::{MetricSummary, Probability};

/// Standard errors on either side of a mean that make a 95 % interval.
const Z95: f64 = 1.959_963_984_540_054;

pub(crate) fn sweep(sweep: &Sweep) -> Table {
    let keys = sweep.keys.iter().map(|key| key.key.as_str());
    let tail = ["metric", "statistic", "value", "low", "high", "count", "undefined", "faults"];
    let header: Vec<&str> = std::iter::once("point").chain(keys).chain(tail).collect();
    let mut table = Table::new("sweep.csv", &header);
    for (number, point) in sweep.points.iter().enumerate() {
        let values = sweep.keys.iter().zip(&point.places).map(|(key, place)| key.values[*place].clone());
        let front: Vec<String> = std::iter::once(number.to_string()).chain(values).collect();
        let mut push = |row: Vec<String>| table.push(front.iter().cloned().chain(row).collect());
        point.metrics.iter().for_each(|metric| push_metric(point, metric, &mut push));
        point.probabilities.iter().for_each(|one| push(probability(point, one)));
    }
    table
}

fn push_metric(point: &SweepPoint, metric: &MetricSummary, push: &mut impl FnMut(Vec<String>)) {
    let decimals = decimals_of(&metric.name);
    let mut row = |statistic: String, value: f64, low: Option<f64>, high: Option<f64>| {
        push(vec![
            metric.name.clone(),
            statistic,
            cell(value, decimals),
            cell_or_empty(low, decimals),
            cell_or_empty(high, decimals),
            metric.count.to_string(),
            metric.undefined.to_string(),
            point.faults.to_string(),
        ]);
    };
    let (mean, error) = metric.mean.unwrap_or((f64::NAN, f64::NAN));
    row("mean".into(), mean, Some(mean - Z95 * error), Some(mean + Z95 * error));
    for one in &metric.quantiles {
        row(level_name(one.level), one.value, one.low, one.high);
    }
    for (level, value) in &metric.expected_shortfall {
        row(level_name(*level).replacen('p', "es", 1), *value, None, None);
    }
}

fn probability(point: &SweepPoint, one: &Probability) -> Vec<String> {
    vec![
        one.name.clone(),
        "probability".into(),
        cell(one.estimate, 9),
        cell(one.low, 9),
        cell(one.high, 9),
        one.count.to_string(),
        String::new(),
        point.faults.to_string(),
    ]
}
