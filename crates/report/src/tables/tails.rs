//! `recovery.csv`, `risk_measures.csv` and `tail_fits.csv`: the share recovered by time, liquidations at risk and bad debt
//! told apart, and the laws of the far tail.

use super::Table;
use crate::number::{cell, cell_or_empty, decimals_of};
use pegstress_risk::summary::PathSummary;

/// Kaplan and Meier's curve.
pub(super) fn recovery(paths: &PathSummary) -> Table {
    let header = [
        "hours_since_beyond",
        "recovered_share",
        "low",
        "high",
        "paths_watched",
        "paths_recovered",
        "paths_censored",
    ];
    let mut table = Table::new("recovery.csv", &header);
    for point in &paths.tails.recovery {
        let hours = point.steps as f64 * f64::from(paths.step_secs) / 3600.0;
        table.push(vec![
            cell(hours, 4),
            cell(point.share, 6),
            cell_or_empty(point.interval.map(|ends| ends.0), 6),
            cell_or_empty(point.interval.map(|ends| ends.1), 6),
            point.at_risk.to_string(),
            point.recovered.to_string(),
            point.censored.to_string(),
        ]);
    }
    table
}

/// LaR, VaR and ES of bad debt, PSL. A probability of an event that no path had has no value but its upper end.
pub(super) fn risk_measures(paths: &PathSummary) -> Table {
    let mut table = Table::new("risk_measures.csv", &["measure", "level", "metric", "value", "low", "high"]);
    for one in &paths.tails.risk_measures {
        let decimals = decimals_of(&one.metric);
        table.push(vec![
            one.name.to_owned(),
            cell_or_empty(one.level, 6),
            one.metric.clone(),
            cell(one.value, decimals),
            cell_or_empty(one.low, decimals),
            cell_or_empty(one.high, decimals),
        ]);
    }
    table
}

/// Generalised Pareto laws, with the empirical quantile beside them.
pub(super) fn fits(paths: &PathSummary) -> Table {
    let header = [
        "metric",
        "threshold",
        "exceedances",
        "xi",
        "sigma",
        "level",
        "quantile",
        "low",
        "high",
        "empirical_quantile",
        "distance",
        "p_value",
    ];
    let mut table = Table::new("tail_fits.csv", &header);
    for (metric, fit) in &paths.tails.fits {
        let decimals = decimals_of(metric);
        let summary = paths.metrics.iter().find(|one| one.name == *metric);
        let empirical = summary.and_then(|one| crate::finding::quantile(one, fit.level));
        table.push(vec![
            metric.clone(),
            cell(fit.threshold, decimals),
            fit.exceedances.to_string(),
            cell(fit.law.xi, 4),
            cell(fit.law.sigma, decimals),
            cell(fit.level, 6),
            cell(fit.quantile, decimals),
            cell(fit.interval.0, decimals),
            cell(fit.interval.1, decimals),
            cell_or_empty(empirical, decimals),
            cell(fit.distance, 4),
            cell(fit.p_value, 3),
        ]);
    }
    table
}
