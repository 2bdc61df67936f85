//! Tables as CSV bytes.
//!
//! Units stand at the end of column names (`_bps`, `_eth`, `_lrt`, `_days`, `_hours`), times are UTC in ISO-8601, a
//! number that is not defined is an empty cell. A table without rows is not written.

mod assumptions;
mod backtest;
mod catalogue;
mod exit;
pub(crate) mod joint;
mod lending;
mod market_depth;
mod metrics;
pub(crate) mod questions;
mod queue;
mod restaking;
mod summary;
mod tails;
mod timeseries;
mod venue_depth;
mod who_pays;

pub(crate) use exit::write_exit;
pub(crate) use market_depth::write_depth;
pub(crate) use summary::columns as summary_columns;

use crate::number::grouped;
use crate::{File, Manifest, ReportError};
use pegstress_risk::Summary;
use pegstress_sim::scenario::Scenario;

/// Rows of text under a header.
pub(crate) struct Table {
    name: &'static str,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(name: &'static str, header: &[&str]) -> Self {
        Self { name, header: header.iter().map(|h| (*h).to_owned()).collect(), rows: Vec::new() }
    }

    pub(crate) fn push(&mut self, row: Vec<String>) {
        debug_assert_eq!(row.len(), self.header.len(), "{}", self.name);
        self.rows.push(row);
    }

    pub(crate) fn file(&self) -> Result<Option<File>, ReportError> {
        if self.rows.is_empty() {
            return Ok(None);
        }
        let failed = |message: String| ReportError::Table { table: self.name, message };
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&self.header).map_err(|e| failed(e.to_string()))?;
        for row in &self.rows {
            writer.write_record(row).map_err(|e| failed(e.to_string()))?;
        }
        let bytes = writer.into_inner().map_err(|e| failed(e.to_string()))?;
        Ok(Some(File::new(self.name, bytes)))
    }
}

/// Every table that has content for this study.
pub(crate) fn write_tables(
    scenario: &Scenario,
    summary: &Summary,
    manifest: &Manifest,
) -> Result<Vec<File>, ReportError> {
    let mut tables = vec![summary::table(scenario, summary, manifest)];
    match summary {
        Summary::Pool(pool) => {
            tables.push(timeseries::of_pool(scenario, pool));
            tables.push(venue_depth::of_pool(pool));
            tables.push(backtest::scores(pool.backtest.as_ref()));
            tables.push(backtest::pairs(pool));
        }
        Summary::Queue(queue) => {
            tables.push(queue::table(queue));
            tables.push(timeseries::of_queue(scenario, queue));
            tables.push(backtest::scores(queue.backtest.as_ref()));
        }
        Summary::Paths(paths) => {
            tables.push(timeseries::of_paths(scenario, paths));
            tables.push(venue_depth::of_paths(paths));
            let nav = paths.start_nav;
            tables
                .extend([market_depth::ladder(nav, &paths.depeg), restaking::holders(&paths.concentration)]);
            tables.push(metrics::table(scenario, paths));
            tables.extend([who_pays::gains(&paths.attribution), who_pays::flows(&paths.attribution)]);
            tables.extend([tails::recovery(paths), tails::risk_measures(paths), tails::fits(paths)]);
            tables.push(catalogue::limits(&paths.limits));
            tables.extend(paths.channels.as_ref().map(catalogue::attribution));
            if let Some(snapshot) = &paths.lending {
                tables.extend([lending::ladder(snapshot), lending::loans(snapshot)]);
            }
            if let Some(snapshot) = &paths.restaking {
                tables.extend([restaking::culprits(snapshot), restaking::concentration(snapshot)]);
            }
        }
    }
    tables.push(assumptions::table(scenario));
    tables.iter().filter_map(|t| t.file().transpose()).collect()
}

/// A number as part of a column name: `10000`, `0.5`.
fn in_name(value: f64) -> String {
    crate::number::cell(value, 6)
}

/// `assumptions.csv`.
pub(crate) fn assumptions_of(scenario: &Scenario) -> Table {
    assumptions::table(scenario)
}

/// A quantile level as a statistic: `p5`, `p99.5`.
pub(crate) fn level_name(level: f64) -> String {
    let percent = grouped(100.0 * level, 4);
    format!("p{}", percent.trim_end_matches('0').trim_end_matches('.'))
}
