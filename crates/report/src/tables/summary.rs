//! `scenario_summary.csv`: one row per run, in the columns that analysts compare across scenarios.
//!
//! Histories give what was recorded; simulated studies the median over paths (column `statistic`).

use super::Table;
use crate::Manifest;
use crate::finding::{
    DEEPEST_CLOSE, deepest_quote, discount_bps_hours, first_largest, longest_queue, metric, quantile,
};
use crate::number::{cell_or_empty, utc_cell};
use jiff::Timestamp;
use pegstress_lending::OracleSpec;
use pegstress_risk::Summary;
use pegstress_risk::summary::{PathSummary, PoolSummary, QueueSummary};
use pegstress_sim::scenario::{Scenario, Study};

/// The numbers of the row; absent where a study does not define them.
#[derive(Default)]
struct Row {
    statistic: &'static str,
    min_price_eth: Option<f64>,
    max_discount_bps: Option<f64>,
    max_discount_p95_bps: Option<f64>,
    max_discount_p99_bps: Option<f64>,
    trough_hours: Option<f64>,
    trough_at: Option<Timestamp>,
    recovery_hours: Option<f64>,
    discount_bps_hours: Option<f64>,
    sold_lrt: Option<f64>,
    sellers_loss_eth: Option<f64>,
    redeemed_eth: Option<f64>,
    liquidated_lrt: Option<f64>,
    bad_debt_eth: Option<f64>,
    bad_debt_share: Option<f64>,
    liquidity_coverage_ratio: Option<f64>,
    bad_debt_mean_eth: Option<f64>,
    bad_debt_p95_eth: Option<f64>,
    latent_bad_debt_p95_eth: Option<f64>,
    max_queue_eth: Option<f64>,
    max_wait_days: Option<f64>,
    max_wait_p95_days: Option<f64>,
    nav_hit_bps: Option<f64>,
    paths: Option<u64>,
    faults: Option<u64>,
}

/// Columns with the value of a run; a number that the run does not define is empty.
pub(crate) fn columns(
    scenario: &Scenario,
    summary: &Summary,
    manifest: &Manifest,
) -> Vec<(&'static str, String)> {
    let row = match summary {
        Summary::Pool(pool) => of_pool(pool),
        Summary::Queue(queue) => of_queue(queue),
        Summary::Paths(paths) => of_paths(paths),
    };
    let count = |n: Option<u64>| n.map_or_else(String::new, |n| n.to_string());
    let own = &scenario.provenance;
    let severity = own.severity.as_ref().map_or_else(String::new, |severity| severity.name.clone());
    vec![
        ("run_id", manifest.run_id()),
        ("scenario", if own.scenario.is_empty() { scenario.name.clone() } else { own.scenario.clone() }),
        ("severity", severity),
        ("token", scenario.token.symbol.clone()),
        ("oracle_mode", oracle_mode(scenario)),
        ("statistic", row.statistic.into()),
        ("min_price_eth", cell_or_empty(row.min_price_eth, 8)),
        ("max_discount_bps", cell_or_empty(row.max_discount_bps, 3)),
        ("max_discount_p95_bps", cell_or_empty(row.max_discount_p95_bps, 3)),
        ("max_discount_p99_bps", cell_or_empty(row.max_discount_p99_bps, 3)),
        ("trough_hours", cell_or_empty(row.trough_hours, 3)),
        ("trough_timestamp_utc", row.trough_at.map_or_else(String::new, utc_cell)),
        ("recovery_hours", cell_or_empty(row.recovery_hours, 3)),
        ("discount_bps_hours", cell_or_empty(row.discount_bps_hours, 1)),
        ("sold_lrt", cell_or_empty(row.sold_lrt, 4)),
        ("sellers_loss_eth", cell_or_empty(row.sellers_loss_eth, 4)),
        ("redeemed_eth", cell_or_empty(row.redeemed_eth, 4)),
        ("liquidated_lrt", cell_or_empty(row.liquidated_lrt, 4)),
        ("bad_debt_eth", cell_or_empty(row.bad_debt_eth, 4)),
        ("bad_debt_share", cell_or_empty(row.bad_debt_share, 6)),
        ("liquidity_coverage_ratio", cell_or_empty(row.liquidity_coverage_ratio, 6)),
        ("bad_debt_mean_eth", cell_or_empty(row.bad_debt_mean_eth, 4)),
        ("bad_debt_p95_eth", cell_or_empty(row.bad_debt_p95_eth, 4)),
        ("latent_bad_debt_p95_eth", cell_or_empty(row.latent_bad_debt_p95_eth, 4)),
        ("max_queue_eth", cell_or_empty(row.max_queue_eth, 4)),
        ("max_wait_days", cell_or_empty(row.max_wait_days, 6)),
        ("max_wait_p95_days", cell_or_empty(row.max_wait_p95_days, 6)),
        ("nav_hit_bps", cell_or_empty(row.nav_hit_bps, 3)),
        ("paths", count(row.paths)),
        ("faults", count(row.faults)),
        ("pass_fail", verdict_of(summary)),
    ]
}

/// Where the lending markets read the token's price: the kinds of their oracles, each once.
fn oracle_mode(scenario: &Scenario) -> String {
    let Study::Paths(study) = &scenario.study else { return String::new() };
    let mut words: Vec<&str> = Vec::new();
    for market in &study.lending {
        let word = match market.spec.oracle {
            OracleSpec::ExchangeRate { .. } => "exchange_rate",
            OracleSpec::MarketFeed { .. } => "market_feed",
            OracleSpec::TimeWeighted { .. } => "time_weighted",
            OracleSpec::HardCoded { .. } => "hard_coded",
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    words.join("+")
}

/// `pass` where every limit is kept, `fail` where one is broken; empty without limits.
fn verdict_of(summary: &Summary) -> String {
    let Summary::Paths(paths) = summary else { return String::new() };
    let known: Vec<bool> = paths.limits.iter().filter_map(|verdict| verdict.is_broken).collect();
    let broken = if known.is_empty() { None } else { Some(known.contains(&true)) };
    verdict_cell(broken).to_owned()
}

/// A verdict as a cell.
pub(super) fn verdict_cell(is_broken: Option<bool>) -> &'static str {
    match is_broken {
        Some(true) => "fail",
        Some(false) => "pass",
        None => "",
    }
}

pub(super) fn table(scenario: &Scenario, summary: &Summary, manifest: &Manifest) -> Table {
    let columns = columns(scenario, summary, manifest);
    let header: Vec<&str> = columns.iter().map(|c| c.0).collect();
    let mut table = Table::new("scenario_summary.csv", &header);
    table.push(columns.into_iter().map(|c| c.1).collect());
    table
}

fn of_pool(pool: &PoolSummary) -> Row {
    let deepest = deepest_quote(&pool.quotes);
    let hours = pool.quotes.first().zip(deepest).map(|(first, q)| q.at.as_second() - first.at.as_second());
    Row {
        statistic: "observed",
        min_price_eth: first_largest(&pool.quotes, |q| -q.marginal).map(|q| q.marginal),
        max_discount_bps: deepest.map(|q| 1e4 * q.discount),
        trough_hours: hours.map(|secs| secs as f64 / 3600.0),
        trough_at: deepest.map(|q| q.at),
        discount_bps_hours: discount_bps_hours(&pool.quotes),
        ..Row::default()
    }
}

fn of_queue(queue: &QueueSummary) -> Row {
    let longest = first_largest(&queue.quotes, |q| q.delay_days);
    Row {
        statistic: "observed",
        max_queue_eth: longest_queue(&queue.quotes).map(|q| q.queue_eth),
        max_wait_days: longest.map(|q| q.delay_days),
        ..Row::default()
    }
}

fn of_paths(paths: &PathSummary) -> Row {
    let level = |name: &str, level: f64| metric(paths, name).and_then(|m| quantile(m, level));
    let median = |name: &str| level(name, 0.5);
    let starting = |stem: &str| paths.metrics.iter().find(|m| m.name.starts_with(stem));
    Row {
        statistic: "p50",
        max_discount_bps: median(DEEPEST_CLOSE),
        max_discount_p95_bps: level(DEEPEST_CLOSE, 0.95),
        max_discount_p99_bps: level(DEEPEST_CLOSE, 0.99),
        trough_hours: median("trough_time_hours"),
        recovery_hours: starting("recovery_to_").and_then(|m| quantile(m, 0.5)),
        discount_bps_hours: median("discount_time_bps_hours"),
        sold_lrt: median("sold_lrt"),
        sellers_loss_eth: median("sellers_loss_eth"),
        redeemed_eth: median("redeemed_eth"),
        liquidated_lrt: median("liquidated_lrt"),
        bad_debt_eth: median("bad_debt_eth"),
        bad_debt_share: median("bad_debt_share"),
        liquidity_coverage_ratio: median("liquidity_coverage_ratio"),
        bad_debt_mean_eth: metric(paths, "bad_debt_eth").and_then(|m| m.mean).map(|mean| mean.0),
        bad_debt_p95_eth: level("bad_debt_eth", 0.95),
        latent_bad_debt_p95_eth: level("largest_latent_bad_debt_eth", 0.95),
        max_wait_days: median("longest_unlock_delay_days"),
        max_wait_p95_days: level("longest_unlock_delay_days", 0.95),
        nav_hit_bps: median("value_loss_bps"),
        paths: Some(paths.paths),
        faults: Some(paths.faults.iter().map(|f| f.1).sum()),
        ..Row::default()
    }
}
