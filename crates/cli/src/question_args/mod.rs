//! The words of questions beyond one run: a file per command, and what all of them share.

mod backtest;
mod calibrate;
mod compare;
mod converge;
mod reverse;
mod sensitivity;
mod sweep;

pub(crate) use backtest::BacktestArgs;
pub(crate) use calibrate::CalibrateArgs;
pub(crate) use compare::CompareArgs;
pub(crate) use converge::ConvergeArgs;
pub(crate) use reverse::ReverseArgs;
pub(crate) use sensitivity::SensitivityArgs;
pub(crate) use sweep::SweepArgs;

use clap::Args;
use pegstress_scenario::Override;
use std::path::PathBuf;

/// How runs are made and where answers go.
#[derive(Debug, Args)]
pub(crate) struct RunWords {
    /// Folder that receives the folder of answers
    #[arg(long, default_value = "reports", value_name = "FOLDER")]
    pub(crate) out: PathBuf,
    /// Paths (forward) or paths per start (rolling) of each run, instead of the file's or of the command's default
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) paths: Option<u64>,
    /// Seed of every run, instead of the file's
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Threads; results do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub(crate) threads: Option<u64>,
    /// Replace a value of the file in every run, e.g. --set redemption.buffer_eth=500
    #[arg(long = "set", value_name = "KEY.PATH=VALUE")]
    pub(crate) overrides: Vec<Override>,
    /// Severity of the file at which every run is made; the file's own values if absent
    #[arg(long, value_name = "NAME")]
    pub(crate) severity: Option<String>,
    /// Print the figures as JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

impl RunWords {
    /// The words that change an answer, as they are typed.
    pub(crate) fn words(&self) -> Vec<String> {
        let sets = self.overrides.iter().map(|set| format!("--set '{}={}'", set.key(), set.value()));
        let paths = self.paths.map(|paths| format!("--paths {paths}"));
        let seed = self.seed.map(|seed| format!("--seed {seed}"));
        let severity = self.severity.as_ref().map(|name| format!("--severity {name}"));
        severity.into_iter().chain(sets).chain(paths).chain(seed).collect()
    }
}

/// A value parser for words with their own syntax, whose errors say what would be right.
fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, T::Err> {
    text.parse()
}
