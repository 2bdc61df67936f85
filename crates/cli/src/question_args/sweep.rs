//! The words of `pegstress sweep`.

use super::{RunWords, parsed};
use clap::Args;
use pegstress_risk::questions::Measure;
use pegstress_risk::questions::sweep::SweepKey;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
Runs every combination of the keys' values with the same random numbers and writes sweep.csv (point, values, metric, statistic,
value, interval), and sweep.png for one key or heat_map.png for two. Without --sweep the scenario's own [[sweep]] tables say what is varied:

  [[sweep]]
  key = \"shocks[0].size\"
  from = 0.001
  to = 0.01
  points = 10                # scale = \"log\" for equal ratios; or values = [0.001, 0.005]

Examples:
  pegstress sweep scenarios/weeth-2024-08.toml --sweep shocks[0].size=0.001..0.01:10
  pegstress sweep scenarios/weeth-2024-08.toml --sweep shocks[0].size=0.002,0.004,0.008 \\
      --sweep agents.arbitrage.capital_eth=1000..100000:5:log --metric deepest_discount_close_bps:p99
  pegstress sweep scenarios/weeth-2024-08.toml --sweep agents.exit_demand.branching_ratio=0.3,0.5,0.8 \\
      --metric 'time_above_100bps_hours >= 24'")]
pub(crate) struct SweepArgs {
    /// A scenario of mode forward or rolling
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: PathBuf,
    /// A key and its values: V1,V2,... or FROM..TO:N (N values, both ends included), FROM..TO:N:log for equal ratios
    #[arg(long = "sweep", value_name = "KEY=VALUES", value_parser = parsed::<SweepKey>)]
    pub(crate) keys: Vec<SweepKey>,
    /// The number that is drawn: METRIC:mean, METRIC:p95, METRIC:es95, or a limit for its probability
    #[arg(long, value_name = "MEASURE", default_value = "deepest_discount_close_bps:p95", value_parser = parsed::<Measure>)]
    pub(crate) metric: Measure,
    #[command(flatten)]
    pub(crate) run: RunWords,
}
