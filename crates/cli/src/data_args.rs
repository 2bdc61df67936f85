//! The words of `pegstress data`.

use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Debug, Args)]
pub(crate) struct DataArgs {
    #[command(subcommand)]
    pub(crate) command: DataCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DataCommand {
    /// Make a pool file of a record of pools
    Convert(ConvertArgs),
}

#[derive(Debug, Args)]
#[command(after_help = "\
FILE is recognised by its content: an answer of the Curve API's getPools, or of a Uniswap v3
subgraph (pool with feeTier, sqrtPrice, liquidity, tick, token0, token1 and all its ticks).
Nothing is guessed: what the record lacks is said by an option, and an error names the field or
the option.

Examples:
  pegstress data convert curve.json --token stETH --quote ETH --fee-bps 4 --to pools.toml
  pegstress data convert curve.json --pool 0x... --token weETH --fee-bps 1 \\
      --redemption-rate 1.0445 --offpeg-fee-multiplier 2
  pegstress data convert uniswap.json --token weETH --redemption-rate 1.0445")]
pub(crate) struct ConvertArgs {
    /// The record, JSON
    #[arg(value_name = "FILE")]
    pub(crate) record: PathBuf,
    /// Pool file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
    /// Name or address of the pool, where the record holds several
    #[arg(long, value_name = "NAME|ADDRESS")]
    pub(crate) pool: Option<String>,
    /// Symbol of the token
    #[arg(long, value_name = "SYMBOL")]
    pub(crate) token: String,
    /// Symbol of the quote coin [default: the other coin]
    #[arg(long, value_name = "SYMBOL")]
    pub(crate) quote: Option<String>,
    /// ETH that redemption pays per token
    #[arg(long, value_name = "ETH")]
    pub(crate) redemption_rate: Option<f64>,
    /// ETH that one unit of the quote coin is worth [default: 1 for ETH and WETH]
    #[arg(long, value_name = "ETH")]
    pub(crate) eth_per_quote: Option<f64>,
    /// Quote coins by which the pool counts one of a further coin, for pools of three or four
    #[arg(long = "coin-rate", value_name = "SYMBOL=RATE", value_parser = coin_rate)]
    pub(crate) coin_rates: Vec<(String, f64)>,
    /// Fee of a swap
    #[arg(long, value_name = "BPS")]
    pub(crate) fee_bps: Option<f64>,
    /// StableSwap-NG: how much higher the fee is far from the peg, 1 for not at all
    #[arg(long, value_name = "TIMES")]
    pub(crate) offpeg_fee_multiplier: Option<f64>,
    /// Curve: share of the fee that leaves the pool
    #[arg(long, value_name = "SHARE")]
    pub(crate) admin_fee_share: Option<f64>,
    /// Uniswap: share of the fee that goes to the protocol
    #[arg(long, value_name = "SHARE")]
    pub(crate) protocol_fee_share: Option<f64>,
    /// Uniswap: distance of two ticks that can hold liquidity [default: that of the fee tier]
    #[arg(long, value_name = "TICKS", value_parser = clap::value_parser!(i32).range(1..))]
    pub(crate) tick_spacing: Option<i32>,
}

fn coin_rate(text: &str) -> Result<(String, f64), String> {
    let (symbol, rate) = text.split_once('=').ok_or("must look like wstETH=1.17")?;
    let rate = rate.parse().map_err(|_| format!("{rate:?} is not a number"))?;
    Ok((symbol.to_owned(), rate))
}
