//! `backtest.csv`: the score; `backtest_pairs.csv`: what it is made of.

use super::Table;
use crate::number::{cell, utc_cell};
use pegstress_risk::summary::{Backtest, PoolSummary};

pub(super) fn scores(score: Option<&Backtest>) -> Table {
    let header =
        ["what", "unit", "scored", "unscored", "bias", "mean_absolute", "max_absolute", "max_timestamp_utc"];
    let mut table = Table::new("backtest.csv", &header);
    if let Some(s) = score {
        table.push(vec![
            s.what.clone(),
            s.unit.to_owned(),
            s.scored.to_string(),
            s.unscored.to_string(),
            cell(s.bias, 6),
            cell(s.mean_absolute, 6),
            cell(s.max_absolute, 6),
            utc_cell(s.max_at),
        ]);
    }
    table
}

pub(super) fn pairs(pool: &PoolSummary) -> Table {
    let header = [
        "timestamp_utc",
        "model_eth",
        "reference_timestamp_utc",
        "reference_eth",
        "error_bps",
        "gap_hours",
        "scored",
    ];
    let mut table = Table::new("backtest_pairs.csv", &header);
    for quote in &pool.quotes {
        let Some(reference) = quote.reference else { continue };
        let gap_secs = (quote.at.as_second() - reference.at.as_second()).abs();
        table.push(vec![
            utc_cell(quote.at),
            cell(quote.marginal, 8),
            utc_cell(reference.at),
            cell(reference.price, 8),
            cell(reference.error_bps, 3),
            cell(gap_secs as f64 / 3600.0, 4),
            reference.scored.to_string(),
        ]);
    }
    table
}
