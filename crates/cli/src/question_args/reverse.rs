//! The words of `pegstress reverse`.

use super::{RunWords, parsed};
use clap::Args;
use pegstress_risk::questions::{Limit, Range};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
The limit stands on a metric of a path, by its name in metrics.csv; thresholds of time_above_*bps_hours are those of
report.thresholds_bps. All evaluations share their random numbers. The range is scanned in --scan parts, and the first part in which the
share of paths reaches --probability is halved. The interval holds the values at which --probability lies in the binomial interval of the share.
With two keys the first is searched for each of --rows values of the second. Writes reverse.csv, evaluations.csv and reverse.png or
frontier.png. Exit code 0 also where the limit does not break in the range.

Examples:
  pegstress reverse scenarios/weeth-2024-08.toml --vary shocks[0].size=0.001..0.05 \\
      --break 'deepest_discount_close_bps > 100'
  pegstress reverse scenarios/weeth-2024-08.toml --vary shocks[0].size=0.001..0.05 \\
      --break 'time_above_500bps_hours >= 24' --set report.thresholds_bps=[50,500]
  pegstress reverse scenarios/weeth-2024-08.toml --vary shocks[0].size=0.001..0.05 \\
      --vary agents.arbitrage.capital_eth=500..50000:log --break 'longest_pipeline_delay_days > 15' --probability 0.1")]
pub(crate) struct ReverseArgs {
    /// A scenario of mode forward or rolling
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: PathBuf,
    /// A key and where to look: LOW..HIGH, or LOW..HIGH:log; a second one makes a frontier
    #[arg(long = "vary", required = true, value_name = "KEY=LOW..HIGH", value_parser = parsed::<Range>)]
    pub(crate) ranges: Vec<Range>,
    /// The limit: METRIC, one of > >= < <=, and a number in the metric's unit
    #[arg(long = "break", value_name = "LIMIT", value_parser = parsed::<Limit>)]
    pub(crate) limit: Limit,
    /// Probability with which the limit is to break
    #[arg(long, default_value_t = 0.5, value_name = "P", value_parser = probability)]
    pub(crate) probability: f64,
    /// Parts of the range that are scanned before the first break is halved [default: 8, with two keys 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) scan: Option<u32>,
    /// Length at which halving ends, as a share of the range [default: 0.001, with two keys 0.005]
    #[arg(long, value_name = "SHARE", value_parser = tolerance)]
    pub(crate) tolerance: Option<f64>,
    /// Values of the second key
    #[arg(long, default_value_t = 9, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=200))]
    pub(crate) rows: u32,
    /// --paths is 4,000 in all (2,000 with two keys) where the file has more
    #[command(flatten)]
    pub(crate) run: RunWords,
}

fn probability(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(p) if p > 0.0 && p < 1.0 => Ok(p),
        _ => Err(format!("{text:?} is not a number above 0 and below 1")),
    }
}

fn tolerance(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(share) if (1e-9..=0.5).contains(&share) => Ok(share),
        _ => Err(format!("{text:?} is not a number from 1e-9 to 0.5")),
    }
}
