//! `compare.csv`: every difference with its significance.

use super::{Table, cell, decimals_of};
use crate::number::cell_or_empty;
use crate::questions::statistic_name;
use pegstress_risk::questions::compare::{Compared, Pairing, RunComparison};

pub(crate) fn differences(comparison: &RunComparison) -> Table {
    let header = [
        "metric",
        "statistic",
        "first",
        "second",
        "difference",
        "low",
        "high",
        "p_value",
        "p_holm",
        "paired",
        "first_count",
        "second_count",
    ];
    let mut table = Table::new("compare.csv", &header);
    let paired = matches!(comparison.pairing, Pairing::ByPath(_)).to_string();
    for row in &comparison.rows {
        let decimals = match row.statistic {
            Compared::DefinedShare => 9,
            _ => decimals_of(&row.metric),
        };
        table.push(vec![
            row.metric.clone(),
            statistic_name(row.statistic).replace(' ', "_"),
            cell(row.first, decimals),
            cell(row.second, decimals),
            cell(row.difference(), decimals),
            cell_or_empty(row.interval.map(|interval| interval.0), decimals),
            cell_or_empty(row.interval.map(|interval| interval.1), decimals),
            cell_or_empty(row.p_value, 12),
            cell_or_empty(row.p_holm, 12),
            paired.clone(),
            row.first_count.to_string(),
            row.second_count.to_string(),
        ]);
    }
    table
}
