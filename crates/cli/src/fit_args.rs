//! The words of `pegstress fit`.

use clap::{Args, ValueEnum};
use jiff::Timestamp;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = "\
Prints tables that can be pasted into a scenario beside the driver's own keys, with standard errors and goodness of fit as
comments. The record is put on an even grid (the last row at or before each point); a gap, a NaN or a text cell is an error.

  process    drivers (the first if --driver is absent)          parameters
  gbm        eth_usd                                            drift and volatility; with --jumps Merton's jumps too
  ou         network_exit_queue_eth (its logarithm), redemption_rate (its growth)   mean, speed of return, spread
  hawkes     network_exit_queue_eth (its inflow)                base, branching ratio, decay, lump
  regimes    eth_usd, network_exit_queue_eth (its inflow)       stay and law of each of two regimes
  bootstrap  eth_usd, network_exit_queue_eth, redemption_rate   mean length of a block

Examples:
  pegstress fit data/eth_usd_2025.csv --process gbm --jumps --time-column time_utc --value-column usd_per_eth
  pegstress fit data/validator_queue_2025.csv --process hawkes --time-column time_utc --value-column exit_queue_eth --step-minutes 360
  pegstress fit data/eth_usd_2024_08.csv --process regimes --time-column time_utc --value-column usd_per_eth --to 2024-08-31")]
pub(crate) struct FitArgs {
    /// CSV or Parquet file
    #[arg(value_name = "SERIES")]
    pub(crate) series: PathBuf,
    /// What is fitted
    #[arg(long, value_enum, value_name = "PROCESS")]
    pub(crate) process: ProcessWord,
    /// What it is fitted for: decides how the levels are read, and the names of the tables
    #[arg(long, value_enum, value_name = "DRIVER")]
    pub(crate) driver: Option<DriverWord>,
    /// With jumps (gbm only)
    #[arg(long)]
    pub(crate) jumps: bool,
    /// Column of time stamps
    #[arg(long, value_name = "NAME")]
    pub(crate) time_column: String,
    /// Hours added to each time stamp, for records that name the start of the interval whose end they describe
    #[arg(long, default_value_t = 0, value_name = "HOURS", value_parser = clap::value_parser!(u32).range(0..=8760))]
    pub(crate) time_shift_hours: u32,
    /// Column of values
    #[arg(long, value_name = "NAME")]
    pub(crate) value_column: String,
    /// How time stamps are written: rfc3339, date, unix_secs, unix_millis or a strftime pattern
    #[arg(long, default_value = "rfc3339", value_name = "FORMAT")]
    pub(crate) time_format: String,
    /// Factor on each value, to USD, ETH or ETH per token
    #[arg(long, default_value_t = 1.0, value_name = "FACTOR")]
    pub(crate) scale: f64,
    /// Distance of the grid's points [default: the median distance of the rows, in whole minutes]
    #[arg(long, value_name = "MINUTES", value_parser = clap::value_parser!(u32).range(1..=1440))]
    pub(crate) step_minutes: Option<u32>,
    /// Age beyond which a row is not carried forward: a longer gap is an error [default: one step]
    #[arg(long, value_name = "HOURS", value_parser = clap::value_parser!(u32).range(1..=8760))]
    pub(crate) max_age_hours: Option<u32>,
    /// First time of the grid [default: the first full step at or after the first row]
    #[arg(long, value_name = "TIME", value_parser = crate::args::time)]
    pub(crate) from: Option<Timestamp>,
    /// Last time of the grid [default: the last row]
    #[arg(long, value_name = "TIME", value_parser = crate::args::time)]
    pub(crate) to: Option<Timestamp>,
    /// ETH that may exit per epoch of 384 s, by which a queue's inflow is told from its level
    #[arg(long, default_value = "256", value_name = "ETH", value_parser = crate::args::positive_eth)]
    pub(crate) churn_eth_per_epoch: f64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProcessWord {
    /// Geometric Brownian motion
    Gbm,
    /// Ornstein-Uhlenbeck
    #[value(alias = "ornstein_uhlenbeck")]
    Ou,
    /// Fluid Hawkes
    Hawkes,
    /// Two regimes
    Regimes,
    /// Stationary block bootstrap
    Bootstrap,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum DriverWord {
    /// US dollars per ETH
    EthUsd,
    /// ETH in the network's exit queue
    NetworkExitQueueEth,
    /// ETH per token
    RedemptionRate,
}
