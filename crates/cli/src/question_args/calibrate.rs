//! The words of `pegstress calibrate`.

use super::{RunWords, parsed};
use clap::Args;
use pegstress_risk::questions::Range;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
Minimised is the sum of squared misses of the targets of use = \"fit\", each in units of its tolerance (of a factor: the ratio of logarithms).
All evaluations share their random numbers. A low-discrepancy scan of a third of --evaluations is followed by simplexes from the file's own values
and from the best places of the scan. Then each key is held at --profile values while the others are fitted anew: values whose sum is at most 1
above the least fit as well, and a key of which that is true at both ends of its range is not identified. Directions are combinations of keys
from the least to the best told one. Keys and ranges are those of --vary, or else of [[calibrate]] beside the targets.
Writes calibration.csv, misses.csv, profile.csv, profile.png, directions.csv, evaluations.csv and fitted.toml.

Examples:
  pegstress calibrate scenarios/ezeth-2024-04.toml
  pegstress calibrate scenarios/weeth-2024-08.toml --to my-targets.toml \\
      --vary shocks[0].size=0.0005..0.01:log --vary agents.arbitrage.capital_eth=2000..50000:log")]
pub(crate) struct CalibrateArgs {
    /// A scenario of mode forward or rolling
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: PathBuf,
    /// A file of targets instead of the scenario's own
    #[arg(long, value_name = "TARGETS")]
    pub(crate) to: Option<PathBuf>,
    /// A key and where it may go: LOW..HIGH, or LOW..HIGH:log; up to 10
    #[arg(long = "vary", value_name = "KEY=LOW..HIGH", value_parser = parsed::<Range>)]
    pub(crate) ranges: Vec<Range>,
    /// Evaluations of the search [default: 60 and 30 for each key]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) evaluations: Option<u32>,
    /// Values at which each key is held for its profile, both ends included; 0 for none
    #[arg(long, default_value_t = 9, value_name = "N", value_parser = profile)]
    pub(crate) profile: u32,
    /// --paths is 1,000 in all where the file has more
    #[command(flatten)]
    pub(crate) run: RunWords,
}

fn profile(text: &str) -> Result<u32, String> {
    match text.trim().parse::<u32>() {
        Ok(points) if points == 0 || (3..=101).contains(&points) => Ok(points),
        _ => Err(format!("{text:?} is neither 0 nor a whole number from 3 to 101")),
    }
}
