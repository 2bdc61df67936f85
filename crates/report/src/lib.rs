//! Summary to PNG charts, CSV tables, HTML page and manifest.
//!
//! [`render`] turns the answer of a run into files in memory; it prints nothing and writes nothing. Two calls with
//! the same inputs give the same bytes: wall time, threads and instruction set stand in `manifest.json` only.
//!
//! - Charts state their finding in the title, computed from the data: `charts`, one file per chart.
//! - Tables carry their units as suffixes; a number that is not defined is an empty cell, never 0: `tables`.
//! - The page is self-contained: images are inline, nothing is loaded from elsewhere: `page`.
//!
//! Invariant: this is the only crate that knows plotters.

mod error;
mod file;
mod finding;
mod headline;
mod honesty;
mod manifest;
mod number;

mod charts;
mod depth;
mod exit;
mod joint;
mod page;
mod questions;
mod render;
mod scoreboard;
mod tables;

pub use depth::{DepthTitle, depth_json, depth_rows, render_depth};
pub use error::ReportError;
pub use exit::{exit_json, exit_rows, render_exit};
pub use file::File;
pub use headline::summary_rows;
pub use joint::{joint_rows, render_joint};
pub use manifest::{Manifest, SCHEMA_VERSION};
pub use questions::{
    Asked, BACKTEST_COLUMNS, ComparedRuns, Event, Fitted, backtest_json, backtest_table, backtest_words,
    calibration_json, calibration_rows, compare_json, compare_rows, converge_json, converge_rows,
    render_backtest, render_calibration, render_compare, render_converge, render_reverse, render_sensitivity,
    render_sweep, reverse_json, reverse_rows, sensitivity_json, sensitivity_rows, sweep_json, sweep_rows,
    targets_met,
};
pub use render::render;
pub use scoreboard::{Score, render_scoreboard, score};
