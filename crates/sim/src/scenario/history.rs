//! Recorded histories: nothing is simulated.

use super::Network;
use jiff::Timestamp;
use pegstress_amm::VenueSpec;

/// Recorded reserves of one pool, one row per time stamp of the record.
#[derive(Debug, Clone)]
pub struct PoolHistory {
    /// The pool; its reserves are those of the first row.
    pub venue: VenueSpec,
    /// Rows in time order.
    pub rows: Vec<PoolRow>,
    /// Pairs of model and reference further apart than this are shown and not scored.
    pub max_pair_gap_secs: i64,
    /// Name of the reference price, for labels; `None` where there is none.
    pub reference_name: Option<String>,
}

/// One recorded state of a pool.
#[derive(Debug, Clone, Copy)]
pub struct PoolRow {
    /// Time of the record, UTC.
    pub at: Timestamp,
    /// ETH in the pool.
    pub reserve_eth: f64,
    /// Tokens in the pool.
    pub reserve_lrt: f64,
    /// ETH that redemption pays (or would pay) per token.
    pub nav: f64,
    /// The reference price nearest in time, with its own time stamp.
    pub reference: Option<(Timestamp, f64)>,
}

/// A recorded exit queue.
#[derive(Debug, Clone)]
pub struct QueueHistory {
    /// Rows on the scenario's grid.
    pub rows: Vec<QueueRow>,
    /// Churn and fixed delays.
    pub network: Network,
    /// Sizes of the hypothetical exits, ETH.
    pub exit_sizes_eth: Vec<f64>,
    /// Required returns at which the delay is turned into a fair discount, per year.
    pub required_returns_per_year: Vec<f64>,
}

/// One reading of the exit queue.
#[derive(Debug, Clone, Copy)]
pub struct QueueRow {
    /// Grid time, UTC.
    pub at: Timestamp,
    /// ETH waiting to exit.
    pub queue_eth: f64,
    /// Wait quoted by the source, seconds.
    pub quoted_wait_secs: Option<f64>,
    /// Delay from withdrawable to paid, seconds.
    pub sweep_secs: f64,
}
