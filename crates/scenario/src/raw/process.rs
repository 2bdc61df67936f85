//! Synthetic drivers: the tables that say how a driver is drawn for each path, in the units of the file.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::quantity::{NonNegative, Positive, ShareBelowOne};

/// How ETH/USD is drawn; exactly one table.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    { "required": ["gbm"] },
    { "required": ["regimes"] },
    { "required": ["bootstrap"] },
]))]
pub struct RawPriceProcess {
    /// Geometric Brownian motion, with jumps if wanted.
    pub gbm: Option<RawGbm>,
    /// Geometric Brownian motion whose drift and volatility switch between two regimes.
    pub regimes: Option<RawPriceRegimes>,
    /// Changes of the record's logarithm, resampled as `drivers.bootstrap` says.
    pub bootstrap: Option<RawResampled>,
}

/// How the network's exit queue is drawn; exactly one table.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    { "required": ["ornstein_uhlenbeck"] },
    { "required": ["hawkes"] },
    { "required": ["regimes"] },
    { "required": ["bootstrap"] },
]))]
pub struct RawQueueProcess {
    /// The logarithm of the queue returns to its mean.
    pub ornstein_uhlenbeck: Option<RawLogLevel>,
    /// Inflow that excites itself.
    pub hawkes: Option<RawHawkes>,
    /// Inflow that switches between two intensities.
    pub regimes: Option<RawInflowRegimes>,
    /// Inflows of the record, resampled as `drivers.bootstrap` says.
    pub bootstrap: Option<RawResampled>,
}

/// How the redemption rate is drawn; exactly one table.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(extend("oneOf" = [
    { "required": ["ornstein_uhlenbeck"] },
    { "required": ["bootstrap"] },
]))]
pub struct RawRateProcess {
    /// The growth of the rate returns to its mean.
    pub ornstein_uhlenbeck: Option<RawGrowth>,
    /// Changes of the record's logarithm, resampled as `drivers.bootstrap` says.
    pub bootstrap: Option<RawResampled>,
}

/// Geometric Brownian motion with Merton's jumps.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawGbm {
    /// Growth of the mean price, jumps included.
    #[schemars(extend("minimum" = -10000, "maximum" = 10000))]
    pub drift_pct_per_year: f64,
    /// Standard deviation of the price's logarithm between jumps.
    #[schemars(extend("minimum" = 0, "maximum" = 1000))]
    pub volatility_pct_per_sqrt_year: f64,
    /// Jumps; none if absent.
    pub jumps: Option<RawJumps>,
}

/// Jumps of a price.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawJumps {
    /// Mean number of jumps a year.
    #[schemars(extend("minimum" = 0, "maximum" = 10000))]
    pub per_year: f64,
    /// Mean of the logarithm of the price's factor, in hundredths.
    #[schemars(extend("minimum" = -200, "maximum" = 200))]
    pub mean_log_pct: f64,
    /// Standard deviation of it, in hundredths.
    #[schemars(extend("minimum" = 0, "maximum" = 200))]
    pub sd_log_pct: f64,
}

/// A price of two regimes.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPriceRegimes {
    /// One regime.
    pub calm: RawPriceRegime,
    /// The other.
    pub stressed: RawPriceRegime,
    /// Regime at the start of each path; drawn by the shares of the long run if absent.
    pub start: Option<RawRegime>,
}

/// A regime of a price.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPriceRegime {
    /// Mean length of a stay.
    pub mean_stay_days: Positive,
    /// Growth of the mean price.
    #[schemars(extend("minimum" = -10000, "maximum" = 10000))]
    pub drift_pct_per_year: f64,
    /// Standard deviation of the price's logarithm.
    #[schemars(extend("minimum" = 0, "maximum" = 1000))]
    pub volatility_pct_per_sqrt_year: f64,
}

/// A regime by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawRegime {
    /// The table `calm`.
    Calm,
    /// The table `stressed`.
    Stressed,
}

/// A queue whose logarithm returns to its mean (Ornstein-Uhlenbeck).
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLogLevel {
    /// Median of the queue in the long run.
    pub median_eth: Positive,
    /// Speed of return.
    pub reversion_per_day: Positive,
    /// Standard deviation of the queue's natural logarithm in the long run.
    #[schemars(extend("minimum" = 0, "maximum" = 5))]
    pub log_sd: f64,
}

/// Inflow that excites itself (fluid Hawkes process).
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawHawkes {
    /// Inflow that nothing caused.
    pub base_eth_per_day: Positive,
    /// ETH of inflow that each ETH of inflow causes, in all.
    pub branching_ratio: ShareBelowOne,
    /// Decay of the excitation.
    pub decay_per_day: Positive,
    /// Variance of an inflow over its mean: the size of a typical lump.
    pub lump_eth: NonNegative,
    /// Intensity of the inflow at the start of each path; the mean of the long run if absent.
    pub start_eth_per_day: Option<NonNegative>,
}

/// Inflow of two regimes.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawInflowRegimes {
    /// One regime.
    pub calm: RawInflowRegime,
    /// The other.
    pub stressed: RawInflowRegime,
    /// Regime at the start of each path; drawn by the shares of the long run if absent.
    pub start: Option<RawRegime>,
}

/// A regime of an inflow.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawInflowRegime {
    /// Mean length of a stay.
    pub mean_stay_days: Positive,
    /// Mean inflow.
    pub inflow_eth_per_day: NonNegative,
    /// Variance of an inflow over its mean: the size of a typical lump.
    pub lump_eth: NonNegative,
}

/// A redemption rate whose growth returns to its mean (Ornstein-Uhlenbeck).
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawGrowth {
    /// Mean growth in the long run, of the natural logarithm.
    #[schemars(extend("minimum" = -100, "maximum" = 100))]
    pub mean_pct_per_year: f64,
    /// Speed of return.
    pub reversion_per_day: Positive,
    /// Standard deviation of the growth in the long run.
    #[schemars(extend("minimum" = 0, "maximum" = 100))]
    pub sd_pct_per_year: f64,
    /// Growth at the start of each path; the mean if absent.
    #[schemars(extend("minimum" = -100, "maximum" = 100))]
    pub start_pct_per_year: Option<f64>,
}

/// A driver that is resampled from its record, together with the others that are; it has no parameters of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawResampled {}

/// The stationary block bootstrap: which part of the records is resampled, in blocks of which length.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBootstrap {
    /// Start of the part that is resampled, RFC 3339 with an offset.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub from: Timestamp,
    /// Its end.
    #[schemars(with = "String", extend("format" = "date-time"))]
    pub to: Timestamp,
    /// Mean length of a block; lengths are geometric.
    pub mean_block_hours: Positive,
}

/// How the normal scores of drivers that are drawn (not resampled) depend on each other.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawCorrelation {
    /// The drivers in the order of the matrix: every one that is drawn with a normal score.
    #[schemars(length(min = 1))]
    pub drivers: Vec<RawScored>,
    /// Correlation of their scores, row by row.
    #[schemars(length(min = 1))]
    pub matrix: Vec<Vec<RawCoefficient>>,
    /// The law that binds them; `gaussian` if absent.
    pub copula: Option<RawCopula>,
    /// Degrees of freedom of `student_t`: the fewer, the more often all are extreme at once.
    #[schemars(extend("minimum" = 2, "maximum" = 30))]
    pub degrees_of_freedom: Option<u32>,
}

/// A coefficient of correlation.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("minimum" = -1, "maximum" = 1))]
pub struct RawCoefficient(pub f64);

/// A driver that can be drawn with a normal score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawScored {
    /// `drivers.eth_usd`
    EthUsd,
    /// `drivers.network_exit_queue_eth`
    NetworkExitQueueEth,
    /// `drivers.redemption_rate`
    RedemptionRate,
}

/// A copula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawCopula {
    /// That of the normal law.
    Gaussian,
    /// That of the Student-t law, with joint extremes.
    StudentT,
}

impl RawPriceProcess {
    /// Tables that it may have.
    pub const TABLES: &'static [&'static str] = &["gbm", "regimes", "bootstrap"];

    /// Which of them are there.
    pub fn present(&self) -> Vec<&'static str> {
        present(Self::TABLES, &[self.gbm.is_some(), self.regimes.is_some(), self.bootstrap.is_some()])
    }
}

impl RawQueueProcess {
    /// Tables that it may have.
    pub const TABLES: &'static [&'static str] = &["ornstein_uhlenbeck", "hawkes", "regimes", "bootstrap"];

    /// Which of them are there.
    pub fn present(&self) -> Vec<&'static str> {
        let there = [
            self.ornstein_uhlenbeck.is_some(),
            self.hawkes.is_some(),
            self.regimes.is_some(),
            self.bootstrap.is_some(),
        ];
        present(Self::TABLES, &there)
    }
}

impl RawRateProcess {
    /// Tables that it may have.
    pub const TABLES: &'static [&'static str] = &["ornstein_uhlenbeck", "bootstrap"];

    /// Which of them are there.
    pub fn present(&self) -> Vec<&'static str> {
        present(Self::TABLES, &[self.ornstein_uhlenbeck.is_some(), self.bootstrap.is_some()])
    }
}

fn present(names: &[&'static str], there: &[bool]) -> Vec<&'static str> {
    names.iter().zip(there).filter(|(_, there)| **there).map(|(name, _)| *name).collect()
}

impl RawScored {
    /// Every driver that can have a score, in the order of the simulation.
    pub const ALL: [Self; 3] = [Self::EthUsd, Self::NetworkExitQueueEth, Self::RedemptionRate];

    /// As written in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::EthUsd => "eth_usd",
            Self::NetworkExitQueueEth => "network_exit_queue_eth",
            Self::RedemptionRate => "redemption_rate",
        }
    }

    /// Its place among the scores of the simulation.
    pub fn place(self) -> usize {
        match self {
            Self::EthUsd => 0,
            Self::NetworkExitQueueEth => 1,
            Self::RedemptionRate => 2,
        }
    }
}
