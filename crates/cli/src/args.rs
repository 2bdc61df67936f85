//! The command line's words.

use crate::data_args::DataArgs;
use crate::depth_args::DepthArgs;
use crate::fit_args::FitArgs;
use crate::question_args::{
    BacktestArgs, CalibrateArgs, CompareArgs, ConvergeArgs, ReverseArgs, SensitivityArgs, SweepArgs,
};
use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use pegstress_num::Isa;
use pegstress_scenario::Override;
use std::path::PathBuf;

/// Stress tests of liquid restaking tokens: how deep, how long, who pays.
#[derive(Debug, Parser)]
#[command(name = "pegstress", version, max_term_width = 100)]
#[command(after_help = "\
Examples:
  pegstress run scenarios/                       every scenario of a folder into reports/
  pegstress run scenarios/steth-2022-05.toml     one scenario
  pegstress check my-scenario.toml               say what is wrong with a file, run nothing
  pegstress schema > scenario.schema.json        let an editor complete scenario files
  pegstress depth pools/weeth.toml               depth, slippage and routing of a token's pools
  pegstress exit --token weETH --amount 25000 --at 2025-08-28   how long until the ETH is back, stage by stage
  pegstress fit data/eth_usd_2025.csv --process gbm --time-column time_utc --value-column usd_per_eth
  pegstress backtest scenarios/                  every scenario with targets against what was observed
  pegstress verify fixtures/                     results of the contracts against the integer pools

Exit codes: 0 ok, 1 internal error, too many faulty paths or a result that differs, 2 usage, 3 bad scenario, 4 bad input data, 6 input or output
failed, 10 a stated limit is broken (run --strict) or a judged target is missed (backtest --strict)")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run scenarios and write a report for each
    Run(RunArgs),
    /// Run a scenario at every point of a grid over its keys: one table, a line or a heat map
    Sweep(SweepArgs),
    /// Find the smallest value of a key at which a limit breaks with a stated probability
    Reverse(ReverseArgs),
    /// Rank keys by what they do to a number: one at a time, and as shares of its variance
    Sensitivity(SensitivityArgs),
    /// Test the differences of two runs, metric by metric
    Compare(CompareArgs),
    /// Say how errors fall with the number of paths, and how many a wanted precision needs
    Converge(ConvergeArgs),
    /// Fit keys of a scenario to what was observed, and say which of them the observations can tell
    Calibrate(CalibrateArgs),
    /// Put scenarios beside what was observed: one table of targets, met or missed
    Backtest(BacktestArgs),
    /// Validate scenario files and the data they name, without running
    Check(CheckArgs),
    /// Print the JSON schema of scenario files
    Schema(SchemaArgs),
    /// Turn records of others into files that pegstress reads
    Data(DataArgs),
    /// Quote the pools of a file: depth, slippage, routing, cost of a depeg
    Depth(DepthArgs),
    /// Follow one exit from the request to ETH in hand: which stage takes how long, what is paid when
    Exit(ExitArgs),
    /// Fit a synthetic driver to a record and print its table of a scenario file
    Fit(FitArgs),
    /// Measure the engine: million path-steps per second and core
    Bench(BenchArgs),
    /// Compare files of the contracts' own results with the integer pools, to the last unit
    Verify(VerifyArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pegstress run scenarios/
  pegstress run scenarios/weeth-2024-08.toml --paths 100000 --seed 7
  pegstress run scenarios/weeth-2024-08.toml --set agents.arbitrage.capital_eth=2000 --out reports/poor
  pegstress run scenarios/weeth-2024-08.toml --set venues[0].stableswap.fee_bps=4
  pegstress run scenarios/weeth-2024-08.toml --path-range 5000..6000 --outcomes
  pegstress run scenarios/catalogue                                 all severities, and a scoreboard
  pegstress run scenarios/catalogue/lp-flight.toml --severity B --market all --attribute
  pegstress run scenarios/ --json | jq .")]
pub(crate) struct RunArgs {
    /// Scenario files, or folders whose *.toml are run in the order of their names
    #[arg(required = true, value_name = "FILE|FOLDER")]
    pub(crate) scenarios: Vec<PathBuf>,
    /// Folder that receives one folder per run
    #[arg(long, default_value = "reports", value_name = "FOLDER")]
    pub(crate) out: PathBuf,
    /// Number of paths (forward) or of paths per start (rolling), instead of the file's; ignored where nothing is
    /// simulated
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) paths: Option<u64>,
    /// Seed, instead of the file's; ignored where nothing is simulated
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Threads; results do not depend on it [default: all cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub(crate) threads: Option<u64>,
    /// Replace a value of the file, e.g. --set redemption.buffer_eth=500; see the examples for items of lists
    #[arg(long = "set", value_name = "KEY.PATH=VALUE")]
    pub(crate) overrides: Vec<Override>,
    /// Run only the paths FIRST..END (END not included) of the scenario
    #[arg(long, value_name = "FIRST..END", value_parser = path_range)]
    pub(crate) path_range: Option<(u64, u64)>,
    /// Only these severities of the files; all of them if absent
    #[arg(long, value_name = "NAME,...", value_delimiter = ',')]
    pub(crate) severity: Vec<String>,
    /// Tokens whose markets take the place of the files' own: of those that each file lists, or `all` of them
    #[arg(long, value_name = "SYMBOL,...", value_delimiter = ',')]
    pub(crate) market: Vec<String>,
    /// Run again without each channel of stress and report how much of depth, delay and bad debt each one adds
    #[arg(long)]
    pub(crate) attribute: bool,
    /// Exit with code 10 where a run breaks a limit that its file states
    #[arg(long)]
    pub(crate) strict: bool,
    /// Also write outcomes.parquet: every metric of every path
    #[arg(long)]
    pub(crate) outcomes: bool,
    /// Instruction set: baseline, avx2 or avx512; results do not depend on it [default: the widest there is]
    #[arg(long, value_name = "NAME")]
    pub(crate) isa: Option<Isa>,
    /// Print the headline figures as JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct CheckArgs {
    /// Scenario files, or folders
    #[arg(required = true, value_name = "FILE|FOLDER")]
    pub(crate) scenarios: Vec<PathBuf>,
    /// Replace a value of the file before checking
    #[arg(long = "set", value_name = "KEY.PATH=VALUE")]
    pub(crate) overrides: Vec<Override>,
}

#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// The schema of pool files instead
    #[arg(long, group = "other")]
    pub(crate) pools: bool,
    /// The schema of token files instead
    #[arg(long, group = "other")]
    pub(crate) tokens: bool,
    /// The schema of files of several tokens instead
    #[arg(long, group = "other")]
    pub(crate) joint: bool,
    /// The schema of files of targets instead
    #[arg(long, group = "other")]
    pub(crate) targets: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Reads the token's rules of redemption from data/tokens (see data/tokens/README.md) and the exit queue from a record, and writes
exit_timeline.csv, exit_payments.csv, exit_delays.csv (with --paths), assumptions.csv and exit.png into a folder per token.

Examples:
  pegstress exit --token weETH --amount 25000 --at 2025-08-28
  pegstress exit --token weETH,ezETH,rsETH,stETH --amount 25000 --at 2025-08-28 --paths 10000
  pegstress exit --token ezETH --amount 25000 --at 2025-08-28 --set redemption.minimum_age_days=3
  pegstress exit --token my-token.toml --amount 500 --at 2026-03-01T12:00:00Z --queue-eth 530985 --sweep-days 4.5 --json")]
pub(crate) struct ExitArgs {
    /// Tokens: symbols of token files in --tokens, or token files
    #[arg(long, required = true, value_name = "SYMBOL|FILE,...", value_delimiter = ',')]
    pub(crate) token: Vec<String>,
    /// Worth of what is redeemed, at the redemption rate of the request, ETH
    #[arg(long, value_name = "ETH", value_parser = positive_eth)]
    pub(crate) amount: f64,
    /// When redemption is asked for: a date (midnight UTC) or a time with offset
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub(crate) at: Timestamp,
    /// Folder of token files
    #[arg(long, default_value = "data/tokens", value_name = "FOLDER")]
    pub(crate) tokens: PathBuf,
    /// Record of the exit queue: CSV or Parquet with time_utc, exit_queue_eth and sweep_delay_days (a whole cycle)
    #[arg(
        long,
        default_value = "data/validator_queue_2025.csv",
        value_name = "FILE",
        conflicts_with = "queue_eth"
    )]
    pub(crate) queue: PathBuf,
    /// ETH on the exit clock, instead of a record
    #[arg(long, value_name = "ETH", value_parser = eth, requires = "sweep_days")]
    pub(crate) queue_eth: Option<f64>,
    /// Mean delay from withdrawable to paid, instead of the record's
    #[arg(long, value_name = "DAYS", value_parser = eth)]
    pub(crate) sweep_days: Option<f64>,
    /// ETH of others that joins the exit clock just before
    #[arg(long, default_value = "0", value_name = "ETH", value_parser = eth)]
    pub(crate) others_exit_eth: f64,
    /// ETH that may exit per epoch [default: 256, the rule since Electra with more than 16.8 million ETH staked]
    #[arg(long, value_name = "ETH", value_parser = positive_eth)]
    pub(crate) churn_eth_per_epoch: Option<f64>,
    /// Share of slots without a block, which stretches an escrow counted in blocks, per cent
    #[arg(long, default_value = "0", value_name = "PCT", value_parser = missed_slots)]
    pub(crate) missed_slots_pct: f64,
    /// Also follow what is paid back into validators, behind an entry queue of so much ETH
    #[arg(long, value_name = "ETH", value_parser = eth)]
    pub(crate) entry_queue_eth: Option<f64>,
    /// Yield that the holder gives up while waiting, per cent a year
    #[arg(long, value_name = "PCT", value_parser = eth)]
    pub(crate) yield_pct_per_year: Option<f64>,
    /// Draw so many paths of what is not known: place in the sweep, in the protocol's periods, the queue until the
    /// order
    #[arg(long, default_value_t = 0, value_name = "N", value_parser = clap::value_parser!(u64).range(0..=10_000_000))]
    pub(crate) paths: u64,
    /// Seed of the paths
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// Replace a value of the token file, e.g. --set redemption.processing_days=2
    #[arg(long = "set", value_name = "KEY.PATH=VALUE")]
    pub(crate) overrides: Vec<Override>,
    /// Folder that receives a folder per token
    #[arg(long, default_value = "reports", value_name = "FOLDER")]
    pub(crate) out: PathBuf,
    /// Print the figures as JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
    /// Print nothing but errors
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// A scenario that simulates paths
    #[arg(default_value = "scenarios/weeth-2024-08.toml", value_name = "FILE")]
    pub(crate) scenario: PathBuf,
    /// Paths per measurement
    #[arg(long, default_value_t = 20_000, value_name = "N", value_parser = clap::value_parser!(u64).range(64..))]
    pub(crate) paths: u64,
    /// Measurements of each kind; the median is quoted
    #[arg(long, default_value_t = 5, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=100))]
    pub(crate) repeats: u64,
    /// Print the figures as JSON on standard output
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pegstress verify fixtures/                everything that is shipped
  pegstress verify my-pools.json fixtures/  any file of a known format, see fixtures/README.md
  pegstress verify fixtures/ --lanes        and how far the fast pools are from the integer ones

A file's format is recognised by its content. The last line is `N passed, N failed`.
Exit codes: 0 all results agree; 1 one differs, nothing was compared, or a named file is of no
known format; 4 a path is missing, or a file is neither JSON nor CSV")]
pub(crate) struct VerifyArgs {
    /// Vector files, or folders whose *.json and *.csv are read at any depth in the order of their names
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Also print the relative error of the f64 pools on the same states
    #[arg(long)]
    pub(crate) lanes: bool,
}

fn eth(text: &str) -> Result<f64, String> {
    match text.trim().replace('_', "").parse::<f64>() {
        Ok(eth) if (0.0..=1e9).contains(&eth) => Ok(eth),
        _ => Err(format!("{text:?} is not a number from 0 to 1e9")),
    }
}

pub(crate) fn positive_eth(text: &str) -> Result<f64, String> {
    match eth(text) {
        Ok(eth) if eth > 0.0 => Ok(eth),
        _ => Err(format!("{text:?} is not a number above 0 and at most 1e9")),
    }
}

fn missed_slots(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(share) if (0.0..100.0).contains(&share) => Ok(share),
        _ => Err(format!("{text:?} is not a number from 0 to below 100")),
    }
}

/// A date as midnight UTC, or a time with an offset.
pub(crate) fn time(text: &str) -> Result<Timestamp, String> {
    let text = text.trim();
    let date = text.parse::<jiff::civil::Date>().ok().filter(|_| text.len() == 10);
    let midnight = date.and_then(|date| jiff::tz::Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok());
    midnight.or_else(|| text.parse().ok()).ok_or_else(|| {
        format!("{text:?} is neither a date such as 2025-08-28 nor a time such as 2025-08-28T12:00:00Z")
    })
}

fn path_range(text: &str) -> Result<(u64, u64), String> {
    let (first, end) = text.split_once("..").ok_or("must look like 5000..6000")?;
    let number = |part: &str| part.parse::<u64>().map_err(|_| format!("{part:?} is not a whole number"));
    let (first, end) = (number(first)?, number(end)?);
    if first < end { Ok((first, end)) } else { Err(format!("{first}..{end} holds no path")) }
}
