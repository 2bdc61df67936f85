//! Synthetic drivers: what comes from outside of the model, drawn for each path instead of read from a record.
//!
//! | driver | process | per step |
//! |---|---|---|
//! | ETH/USD | [`gbm`], [`regimes`], [`bootstrap`] | logarithm of the price's factor; the fall below the 24-hour high follows |
//! | network exit queue | [`ornstein_uhlenbeck`] of its logarithm | the level |
//! | | [`hawkes`], [`regimes`], [`bootstrap`] | an inflow `X`: `Q' = max(max(Q - churn dt, 0) + X, 0)`, as the exit clock counts |
//! | redemption rate | [`ornstein_uhlenbeck`] of its growth, [`bootstrap`] | logarithm of its factor |
//!
//! A synthetic driver starts from the level of a record (or a constant) at the start of its path. Normal scores of the drivers
//! are bound by a [`copula`]; resampled drivers share their blocks. Every draw has an address: which paths run together changes
//! nothing, and a driver that is made synthetic leaves the draws of the others as they were. A step takes a fixed number of
//! draws.

pub mod bootstrap;
pub mod copula;
pub mod gbm;
pub mod hawkes;
pub mod inflow;
pub mod ornstein_uhlenbeck;
pub mod regimes;

mod drawdown;
mod plan;
mod state;

#[cfg(test)]
pub(crate) mod sample;

pub use bootstrap::Blocks;
pub use copula::{Copula, Dependence};
pub use gbm::{Gbm, Jumps};
pub use hawkes::Hawkes;
pub use ornstein_uhlenbeck::OrnsteinUhlenbeck;
pub use regimes::{InflowRegimes, PriceRegimes, Switching};

pub(crate) use plan::DriverPlan;
pub(crate) use state::{DriverState, Origin};

/// The synthetic drivers of a study; a driver that is absent is a record.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Synthetic {
    /// US dollars per ETH.
    pub eth_usd: Option<SyntheticPrice>,
    /// The network's exit queue.
    pub network_queue: Option<QueueProcess>,
    /// The redemption rate.
    pub nav: Option<NavProcess>,
    /// How the normal scores depend on each other, in this order.
    pub dependence: Dependence,
    /// Blocks of the resampled drivers; there where one is resampled.
    pub blocks: Option<Blocks>,
}

/// A synthetic price with what came before its paths.
#[derive(Debug, Clone, PartialEq)]
pub struct SyntheticPrice {
    /// How it moves.
    pub process: PriceProcess,
    /// Logarithms of the price on the grid from 24 hours before the first start to the last start, for the highest of 24 hours.
    pub past_log: Vec<f64>,
    /// Points before a start.
    pub points_before: usize,
}

/// Processes of a price.
#[derive(Debug, Clone, PartialEq)]
pub enum PriceProcess {
    /// Geometric Brownian motion with or without jumps.
    Gbm(Gbm),
    /// Two regimes of it.
    Regimes(PriceRegimes),
    /// Logarithms of the recorded factors of a step, resampled.
    Bootstrap(Vec<f64>),
}

/// Processes of the network's exit queue.
#[derive(Debug, Clone, PartialEq)]
pub enum QueueProcess {
    /// The logarithm of the queue in ETH returns to its mean.
    LogLevel(OrnsteinUhlenbeck),
    /// Inflow that excites itself.
    Hawkes(Hawkes),
    /// Inflow of two intensities.
    Regimes(InflowRegimes),
    /// Recorded inflows of a step, ETH, resampled.
    Bootstrap(Vec<f64>),
}

/// Processes of the redemption rate.
#[derive(Debug, Clone, PartialEq)]
pub enum NavProcess {
    /// Growth per year (of the logarithm) that returns to its mean.
    Growth {
        /// The growth, per year.
        process: OrnsteinUhlenbeck,
        /// Growth at the start, per year.
        start_per_year: f64,
    },
    /// Logarithms of the recorded factors of a step, resampled.
    Bootstrap(Vec<f64>),
}

impl NavProcess {
    /// Mean growth, per year.
    pub fn mean_per_year(&self, step_secs: f64) -> f64 {
        const YEAR_SECS: f64 = 365.0 * 86_400.0;
        match self {
            Self::Growth { process, .. } => process.mean,
            Self::Bootstrap(changes) => {
                changes.iter().sum::<f64>() / changes.len() as f64 * YEAR_SECS / step_secs
            }
        }
    }
}
