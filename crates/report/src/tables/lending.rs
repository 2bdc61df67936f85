//! `liquidation_ladder.csv` and `loans.csv`: lending markets at the start.

use super::Table;
use crate::number::{cell, cell_or_empty};
use pegstress_sim::lending_snapshot::LendingSnapshot;

/// What falls, in words.
pub(crate) fn of_words(of: pegstress_lending::DropOf) -> &'static str {
    match of {
        pegstress_lending::DropOf::RedemptionRate => "redemption rate and market price",
        pegstress_lending::DropOf::MarketPrice => "market price",
    }
}

pub(super) fn ladder(snapshot: &LendingSnapshot) -> Table {
    let header = [
        "market",
        "fall_of",
        "fall_bps",
        "collateral_due_lrt",
        "debt_due_eth",
        "latent_bad_debt_eth",
        "depth_at_bonus_lrt",
        "cascade_ratio",
    ];
    let mut table = Table::new("liquidation_ladder.csv", &header);
    for row in &snapshot.ladder {
        table.push(vec![
            row.market.clone(),
            of_words(row.of).to_owned(),
            cell(1e4 * row.drop, 3),
            cell(row.collateral_lrt, 4),
            cell(row.debt_eth, 4),
            cell(row.latent_bad_debt_eth, 4),
            cell(row.depth_at_bonus_lrt, 4),
            cell_or_empty(row.cascade_ratio(), 4),
        ]);
    }
    table
}

pub(super) fn loans(snapshot: &LendingSnapshot) -> Table {
    let header = [
        "market",
        "positions",
        "collateral_lrt",
        "debt_eth",
        "ltv",
        "leverage",
        "fall_to_liquidation_bps",
        "fall_to_bad_debt_bps",
        "breakeven_discount_bps",
        "borrow_rate_per_year",
        "yield_per_year",
        "breakeven_borrow_rate_per_year",
        "days_to_liquidation",
    ];
    let mut table = Table::new("loans.csv", &header);
    for row in &snapshot.loans {
        let t = &row.thresholds;
        table.push(vec![
            row.market.clone(),
            cell(row.positions, 4),
            cell(row.collateral_lrt, 4),
            cell(row.debt_eth, 4),
            cell(row.ltv, 6),
            cell(t.leverage, 4),
            cell(1e4 * t.fall_to_liquidation, 3),
            cell(1e4 * t.fall_to_bad_debt, 3),
            cell(1e4 * t.breakeven_discount, 3),
            cell(row.borrow_rate_per_year, 6),
            cell(row.yield_per_year, 6),
            cell_or_empty(row.breakeven_borrow_per_year, 6),
            cell_or_empty(row.days_to_liquidation, 2),
        ]);
    }
    table
}
