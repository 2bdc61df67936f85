//! The words of `pegstress compare`.

use super::RunWords;
use clap::Args;
use pegstress_scenario::Override;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
A run is a report folder with outcomes.parquet (`pegstress run --outcomes`), or a scenario, which is then run. Runs of the same seed are compared
path by path; otherwise as independent samples, and the answer says why. Writes compare.csv (mean, quantiles and share of paths in
which it is defined, of every metric: difference, 95 % interval, p-value, p-value after Holm over all rows) and compare.png.

Examples:
  pegstress compare reports/weeth-2024-08 reports/poor/weeth-2024-08
  pegstress compare scenarios/weeth-2024-08.toml scenarios/weeth-2024-08.toml --second-set agents.arbitrage.capital_eth=2000
  pegstress compare scenarios/a.toml scenarios/b.toml --paths 5000 --seed 7 --json")]
pub(crate) struct CompareArgs {
    /// Report folder or scenario
    #[arg(value_name = "RUN")]
    pub(crate) first: PathBuf,
    /// Report folder or scenario
    #[arg(value_name = "RUN")]
    pub(crate) second: PathBuf,
    /// Replace a value of the second scenario only
    #[arg(long = "second-set", value_name = "KEY.PATH=VALUE")]
    pub(crate) second_overrides: Vec<Override>,
    #[command(flatten)]
    pub(crate) run: RunWords,
}
