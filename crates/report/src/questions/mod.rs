//! Answers to questions beyond one run: each a chart or two, a table, rows for a terminal and JSON.
//!
//! Every folder but that of a back-test also gets a `manifest.json`, that of a comparison with the records of both runs; and, but for those two,
//! which have no single scenario, `assumptions.csv` of the scenario that was asked: its answer says how many of its parameters have no anchor.

mod backtest;
mod calibrate;
mod compare;
mod converge;
mod reverse;
mod sensitivity;
mod sweep;
mod words;

pub use backtest::{
    BACKTEST_COLUMNS, Event, backtest_json, backtest_table, backtest_words, render_backtest, targets_met,
};
pub use calibrate::{Fitted, calibration_json, calibration_rows, render_calibration};
pub use compare::{ComparedRuns, compare_json, compare_rows, render_compare};
pub use converge::{converge_json, converge_rows, render_converge};
pub use reverse::{render_reverse, reverse_json, reverse_rows};
pub use sensitivity::{render_sensitivity, sensitivity_json, sensitivity_rows};
pub use sweep::{render_sweep, sweep_json, sweep_rows};

pub(crate) use backtest::tolerance_words;
pub(crate) use compare::{is_significant, name_words, statistic_name};
pub(crate) use reverse::finding as reverse_finding;
pub(crate) use words::{assumed_words, measure_value, measure_words, number};

use crate::charts::{Chart, Labels};
use crate::{File, Manifest, ReportError, tables};
use pegstress_sim::scenario::Scenario;

/// The scenario that was asked, and the record of asking it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// The scenario as it is, nothing varied.
    pub scenario: &'a Scenario,
    /// Command, inputs, seed, paths of each evaluation.
    pub manifest: &'a Manifest,
}

impl<'a> Asked<'a> {
    pub(crate) fn labels(&self) -> Labels<'a> {
        Labels::new(self.scenario, self.manifest)
    }

    pub(crate) fn symbol(&self) -> &'a str {
        &self.scenario.token.symbol
    }

    /// Charts and tables of an answer with those that every answer has.
    fn files(&self, charts: Vec<Chart>, answer: Vec<tables::Table>) -> Result<Vec<File>, ReportError> {
        let mut files: Vec<File> = charts.into_iter().map(|chart| chart.file).collect();
        let assumptions = tables::assumptions_of(self.scenario);
        for table in answer.iter().chain([&assumptions]) {
            files.extend(table.file()?);
        }
        files.push(self.manifest.file()?);
        Ok(files)
    }
}
