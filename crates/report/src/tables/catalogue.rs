//! `attribution.csv`: what each channel adds; `limits.csv`: how the run stands to the limits of its scenario.

use super::Table;
use crate::number::{cell, cell_or_empty, decimals_of};
use pegstress_risk::limits::Verdict;
use pegstress_risk::questions::attribution::{Attribution, Effect};

/// One row per quantity and channel, with the total first and the interaction last.
pub(super) fn attribution(found: &Attribution) -> Table {
    let header = [
        "metric",
        "channel",
        "role",
        "mean_with",
        "mean_difference",
        "standard_error",
        "share_of_total",
        "p50_with",
        "p50_without",
        "p95_with",
        "p95_without",
        "pairs",
    ];
    let mut table = Table::new("attribution.csv", &header);
    for one in &found.quantities {
        let decimals = decimals_of(&one.name);
        let mut push = |name: &str, role: &str, effect: &Effect| {
            let number = |value: f64| cell(value, decimals);
            table.push(vec![
                one.name.clone(),
                name.to_owned(),
                role.to_owned(),
                number(one.mean),
                number(effect.mean),
                cell(effect.standard_error, 6),
                cell_or_empty(effect.share, 6),
                number(one.quantiles[0]),
                number(effect.quantiles_without[0]),
                number(one.quantiles[1]),
                number(effect.quantiles_without[1]),
                effect.pairs.to_string(),
            ]);
        };
        push("all stress together", "total", &one.total);
        for (label, effect) in &one.channels {
            push(&label.name, if label.dampens { "holds up" } else { "carries on" }, effect);
        }
        let (mean, error) = one.interaction;
        let share = (one.total.mean != 0.0).then(|| mean / one.total.mean);
        let mut row = vec![one.name.clone(), "interaction".to_owned(), "interaction".to_owned()];
        row.extend([cell(one.mean, decimals), cell(mean, decimals), cell(error, 6), cell_or_empty(share, 6)]);
        row.resize(header.len(), String::new());
        table.push(row);
    }
    table
}

/// One row per limit.
pub(super) fn limits(verdicts: &[Verdict]) -> Table {
    let header = ["metric", "statistic", "at_most", "at_least", "value", "verdict"];
    let mut table = Table::new("limits.csv", &header);
    for verdict in verdicts {
        let limit = &verdict.limit;
        table.push(vec![
            limit.metric.clone(),
            limit.statistic.clone(),
            cell_or_empty(limit.at_most, 6),
            cell_or_empty(limit.at_least, 6),
            cell_or_empty(verdict.value, 6),
            super::summary::verdict_cell(verdict.is_broken).to_owned(),
        ]);
    }
    table
}
