//! `queue.csv`: queue, waits, delays and fair discounts, one row per reading.

use super::{Table, in_name};
use crate::number::{cell, cell_or_empty, utc_cell};
use pegstress_risk::summary::QueueSummary;

pub(super) fn table(queue: &QueueSummary) -> Table {
    let fixed = ["timestamp_utc", "queue_eth", "quoted_wait_days", "clock_wait_days", "delay_days"];
    let mut table = Table::new("queue.csv", &fixed);
    let sizes = queue.exit_sizes_eth.iter().map(|s| format!("delay_last_of_{}_eth_days", in_name(*s)));
    let returns = queue.required_returns_per_year.iter();
    let fairs = returns.map(|r| format!("fair_discount_at_{}_pct_per_year_bps", in_name(100.0 * r)));
    table.header.extend(sizes.chain(fairs));
    for q in &queue.quotes {
        let mut row = vec![
            utc_cell(q.at),
            cell(q.queue_eth, 4),
            cell_or_empty(q.quoted_wait_days, 6),
            cell(q.clock_wait_days, 6),
            cell(q.delay_days, 6),
        ];
        let days = |i: usize| cell_or_empty(q.delay_of_size_days.get(i).copied(), 6);
        row.extend((0..queue.exit_sizes_eth.len()).map(days));
        let bps = |i: usize| cell_or_empty(q.fair_discount.get(i).map(|d| 1e4 * d), 3);
        row.extend((0..queue.required_returns_per_year.len()).map(bps));
        table.push(row);
    }
    table
}
