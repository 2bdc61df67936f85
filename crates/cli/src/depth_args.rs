//! The words of `pegstress depth`.

use clap::Args;
use std::path::PathBuf;

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
