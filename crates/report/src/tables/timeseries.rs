//! `timeseries.csv`: long form, one value per row, keyed by run and time stamp.

use super::{Table, in_name, level_name};
use crate::number::{cell, cell_or_empty, decimals_of, utc_cell};
use jiff::Timestamp;
use pegstress_risk::summary::{Fan, PathSummary, PoolQuote, PoolSummary, QueueSummary};
use pegstress_sim::scenario::Scenario;

const HEADER: [&str; 6] = ["run", "timestamp_utc", "hours", "quantity", "statistic", "value"];

/// Rows of one run; a value that is not a number is left out, as long form has no empty cells to fill.
struct Rows<'a> {
    run: &'a str,
    start: Option<Timestamp>,
    table: Table,
}

impl<'a> Rows<'a> {
    fn new(run: &'a str, start: Option<Timestamp>) -> Self {
        Self { run, start, table: Table::new("timeseries.csv", &HEADER) }
    }

    /// A value at a time; hours count from the first time of the run.
    fn at(&mut self, at: Timestamp, quantity: &str, statistic: &str, value: f64) {
        let hours = self.start.map(|s| (at.as_second() - s.as_second()) as f64 / 3600.0);
        self.push(Some(at), hours, quantity, statistic, value);
    }

    fn push(
        &mut self,
        at: Option<Timestamp>,
        hours: Option<f64>,
        quantity: &str,
        statistic: &str,
        value: f64,
    ) {
        if value.is_finite() {
            let decimals = if quantity.starts_with("price") || quantity == "nav_eth" {
                8
            } else {
                decimals_of(quantity)
            };
            self.table.push(vec![
                self.run.to_owned(),
                at.map_or_else(String::new, utc_cell),
                cell_or_empty(hours, 4),
                quantity.to_owned(),
                statistic.to_owned(),
                cell(value, decimals),
            ]);
        }
    }
}

pub(super) fn of_pool(scenario: &Scenario, pool: &PoolSummary) -> Table {
    let mut rows = Rows::new(&scenario.name, pool.quotes.first().map(|q| q.at));
    pool.quotes.iter().for_each(|quote| push_quote(&mut rows, pool, quote));
    rows.table
}

fn push_quote(rows: &mut Rows<'_>, pool: &PoolSummary, q: &PoolQuote) {
    for (quantity, value) in
        [("reserve_eth", q.reserve_eth), ("reserve_lrt", q.reserve_lrt), ("nav_eth", q.nav)]
    {
        rows.at(q.at, quantity, "observed", value);
    }
    rows.at(q.at, "price_marginal_eth", "model", q.marginal);
    rows.at(q.at, "discount_marginal_bps", "model", 1e4 * q.discount);
    for (size, price) in pool.sizes_lrt.iter().zip(&q.executable) {
        let size = in_name(*size);
        rows.at(q.at, &format!("price_selling_{size}_lrt_eth"), "model", *price);
        rows.at(q.at, &format!("discount_selling_{size}_lrt_bps"), "model", 1e4 * (1.0 - price / q.nav));
    }
    for (i, discount) in pool.depth_discounts.iter().enumerate() {
        let bps = in_name(1e4 * discount);
        let lists = [
            (format!("depth_average_{bps}_bps_lrt"), &q.depth_average_lrt),
            (format!("depth_marginal_{bps}_bps_lrt"), &q.depth_marginal_lrt),
            (format!("cost_to_reach_{bps}_bps_lrt"), &q.cost_to_reach_lrt),
            (format!("cost_to_reach_{bps}_bps_loss_eth"), &q.cost_to_reach_loss_eth),
        ];
        for (quantity, values) in lists {
            rows.at(q.at, &quantity, "model", values.get(i).copied().unwrap_or(f64::NAN));
        }
    }
    if let Some(reference) = q.reference {
        rows.at(reference.at, "price_reference_eth", "observed", reference.price);
    }
}

pub(super) fn of_queue(scenario: &Scenario, queue: &QueueSummary) -> Table {
    let mut rows = Rows::new(&scenario.name, queue.quotes.first().map(|q| q.at));
    for q in &queue.quotes {
        rows.at(q.at, "queue_eth", "observed", q.queue_eth);
        rows.at(q.at, "quoted_wait_days", "observed", q.quoted_wait_days.unwrap_or(f64::NAN));
        rows.at(q.at, "clock_wait_days", "model", q.clock_wait_days);
        rows.at(q.at, "delay_days", "model", q.delay_days);
        for (size, days) in queue.exit_sizes_eth.iter().zip(&q.delay_of_size_days) {
            rows.at(q.at, &format!("delay_last_of_{}_eth_days", in_name(*size)), "model", *days);
        }
        for (rate, fair) in queue.required_returns_per_year.iter().zip(&q.fair_discount) {
            let quantity = format!("fair_discount_at_{}_pct_per_year_bps", in_name(100.0 * rate));
            rows.at(q.at, &quantity, "model", 1e4 * fair);
        }
    }
    rows.table
}

pub(super) fn of_paths(scenario: &Scenario, paths: &PathSummary) -> Table {
    let start = paths.fans.iter().find_map(|f| f.at.as_ref().and_then(|at| at.first().copied()));
    let mut rows = Rows::new(&scenario.name, start);
    paths.fans.iter().for_each(|fan| push_fan(&mut rows, fan));
    for (at, discount) in paths.observed.iter().flatten() {
        rows.at(*at, "discount_bps", "observed", 1e4 * discount);
    }
    for s in paths.by_start.iter().flatten() {
        for (i, statistic) in ["p5", "p50", "p95"].into_iter().enumerate() {
            rows.push(Some(s.at), None, "deepest_discount_by_start_bps", statistic, s.deepest_bps[i]);
            rows.push(Some(s.at), None, "longest_delay_by_start_days", statistic, s.delay_days[i]);
        }
    }
    rows.table
}

fn push_fan(rows: &mut Rows<'_>, fan: &Fan) {
    for (i, hours) in fan.hours.iter().enumerate() {
        let at = fan.at.as_ref().and_then(|at| at.get(i).copied());
        for (level, values) in fan.levels.iter().zip(&fan.values) {
            let value = values.get(i).copied().unwrap_or(f64::NAN);
            rows.push(at, Some(*hours), &fan.name, &level_name(*level), value);
        }
    }
}
