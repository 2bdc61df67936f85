//! The words of `pegstress sensitivity`.

use super::{RunWords, parsed};
use clap::Args;
use pegstress_risk::questions::{Measure, Range};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
First each key goes to both ends of its range while all others stay (tornado.csv, tornado.png). Then all move together over a
low-discrepancy design of --design rows, independent and uniform on their ranges (on a log scale with :log), and the variance of the
number is shared out: first-order indices (the key alone) and total ones (with its interactions), with bootstrap intervals (sobol.csv,
sobol.png). The design takes --design x (keys + 2) runs, of 1,000 paths in all where the file has more and --paths says nothing.

Examples:
  pegstress sensitivity scenarios/weeth-2024-08.toml --vary shocks[0].size=0.001..0.004 \\
      --vary agents.arbitrage.capital_eth=2000..50000:log --vary agents.exit_demand.branching_ratio=0.3..0.8
  pegstress sensitivity scenarios/weeth-2024-08.toml --vary agents.impatience.median_pct_per_year=4..33 \\
      --metric sellers_loss_eth:es95 --design 0")]
pub(crate) struct SensitivityArgs {
    /// A scenario of mode forward or rolling
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: PathBuf,
    /// A key and its ends: LOW..HIGH, or LOW..HIGH:log; up to 10
    #[arg(long = "vary", required = true, value_name = "KEY=LOW..HIGH", value_parser = parsed::<Range>)]
    pub(crate) ranges: Vec<Range>,
    /// The number: METRIC:mean, METRIC:p95, METRIC:es95, or a limit for its probability
    #[arg(long, value_name = "MEASURE", default_value = "deepest_discount_close_bps:p95", value_parser = parsed::<Measure>)]
    pub(crate) metric: Measure,
    /// Rows of the design, a power of two; 0 for one key at a time only
    #[arg(long, default_value_t = 64, value_name = "ROWS", value_parser = rows)]
    pub(crate) design: u32,
    #[command(flatten)]
    pub(crate) run: RunWords,
}

fn rows(text: &str) -> Result<u32, String> {
    match text.trim().parse::<u32>() {
        Ok(rows) if rows == 0 || (rows.is_power_of_two() && (8..=65_536).contains(&rows)) => Ok(rows),
        _ => Err(format!("{text:?} is neither 0 nor a power of two from 8 to 65536")),
    }
}
