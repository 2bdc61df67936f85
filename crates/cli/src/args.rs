//! The command line's words.

use crate::data_args::DataArgs;
use clap::{Args, Parser, Subcommand};
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
  pegstress verify fixtures/                     results of the contracts against the integer pools

Exit codes: 0 ok, 1 internal error or a result that differs, 2 usage, 3 bad scenario, 4 bad input data, 6 input or output failed")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run scenarios and write a report for each
    Run(RunArgs),
    /// Validate scenario files and the data they name, without running
    Check(CheckArgs),
    /// Print the JSON schema of scenario files
    Schema(SchemaArgs),
    /// Turn records of others into files that pegstress reads
    Data(DataArgs),
    /// Quote the pools of a file: depth, slippage, routing, cost of a depeg
    Depth(DepthArgs),
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
  pegstress run scenarios/ --json | jq .")]
pub(crate) struct RunArgs {
    /// Scenario files, or folders whose *.toml are run in the order of their names
    #[arg(required = true, value_name = "FILE|FOLDER")]
    pub(crate) scenarios: Vec<PathBuf>,
    /// Folder that receives one folder per run
    #[arg(long, default_value = "reports", value_name = "FOLDER")]
    pub(crate) out: PathBuf,
    /// Number of paths (forward) or of paths per start (rolling), instead of the file's; ignored where nothing is simulated
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
    #[arg(long)]
    pub(crate) pools: bool,
}

#[derive(Debug, Args)]
#[command(after_help = "\
FILE is a pool file (TOML or JSON, see `pegstress schema --pools`) or a scenario, whose pools are taken at its start. Writes
venue_depth.csv, depeg_ladder.csv, routed_sales.csv and slippage.png into a folder of its own.

Examples:
  pegstress depth pools/weeth.toml
  pegstress depth pools/weeth.toml --sizes-lrt 100,1000,5000 --json | jq .depeg_ladder
  pegstress depth scenarios/weeth-2024-08.toml --discounts-bps 10,50,200")]
pub(crate) struct DepthArgs {
    /// Pool file or scenario
    #[arg(value_name = "FILE")]
    pub(crate) pools: PathBuf,
    /// Discounts that depth and ladder are quoted at, basis points
    #[arg(long, value_name = "BPS,...", value_delimiter = ',', default_value = "25,50,100,200,500,1000", value_parser = discount_bps)]
    pub(crate) discounts_bps: Vec<f64>,
    /// Sizes of the routed sales, tokens
    #[arg(long, value_name = "TOKENS,...", value_delimiter = ',', default_value = "100,1000,5000", value_parser = size_lrt)]
    pub(crate) sizes_lrt: Vec<f64>,
    /// Folder that receives the folder of results
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

fn discount_bps(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(bps) if bps > 0.0 && bps < 10_000.0 => Ok(bps),
        _ => Err(format!("{text:?} is not a number above 0 and below 10000")),
    }
}

fn size_lrt(text: &str) -> Result<f64, String> {
    match text.trim().parse::<f64>() {
        Ok(size) if size > 0.0 && size <= 1e12 => Ok(size),
        _ => Err(format!("{text:?} is not a number above 0 and at most 1e12")),
    }
}

fn path_range(text: &str) -> Result<(u64, u64), String> {
    let (first, end) = text.split_once("..").ok_or("must look like 5000..6000")?;
    let number = |part: &str| part.parse::<u64>().map_err(|_| format!("{part:?} is not a whole number"));
    let (first, end) = (number(first)?, number(end)?);
    if first < end { Ok((first, end)) } else { Err(format!("{first}..{end} holds no path")) }
}
