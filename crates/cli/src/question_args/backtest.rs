//! The words of `pegstress backtest`.

use super::RunWords;
use clap::Args;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
Targets are [[targets]] of the scenario: what was observed, by name of a metric (metrics.csv) and statistic over the paths, with a
tolerance, a source, and whether parameters were fitted to it (use = \"fit\") or nothing was (use = \"judge\"). Scenarios without targets are
passed over in folders. Writes backtest.csv, backtest.png, backtest.md and manifests.json into the folder `backtest` of --out.
Exit code 0 also where a target is missed; with --strict 10 if one of use = \"judge\" is.

Examples:
  pegstress backtest scenarios/
  pegstress backtest scenarios/ezeth-2024-04.toml --strict --json
  pegstress backtest my-scenario.toml --to my-targets.toml")]
pub(crate) struct BacktestArgs {
    /// Scenarios of mode forward or rolling, or folders of scenarios
    #[arg(required = true, value_name = "FILE|FOLDER")]
    pub(crate) scenarios: Vec<PathBuf>,
    /// A file of targets instead of the scenario's own; for one scenario
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
    /// End with exit code 10 if a judged target is missed
    #[arg(long)]
    pub(crate) strict: bool,
    #[command(flatten)]
    pub(crate) run: RunWords,
}
