//! What a run says, ready to be drawn and written: plain data, no drawing, no files.
//!
//! A number that is not defined in a run is absent (`None`), never zero.

use crate::limits::Verdict;
use crate::questions::attribution;
use crate::recovery::RecoveryPoint;
use crate::tail::TailFit;
use jiff::Timestamp;
pub use pegstress_sim::concentration::ConcentrationRow;
pub use pegstress_sim::history::{PoolQuote, QueueQuote, ReferenceQuote};
pub use pegstress_sim::lending_snapshot::LendingSnapshot;
pub use pegstress_sim::market_depth::DepegStep;
pub use pegstress_sim::restaking_snapshot::RestakingSnapshot;
pub use pegstress_sim::snapshot::{SlippageCurve, VenueDepth};

/// The answer of one run.
#[derive(Debug, Clone)]
pub enum Summary {
    /// Recorded pool states, quoted.
    Pool(PoolSummary),
    /// A recorded queue, turned into delays.
    Queue(QueueSummary),
    /// The distribution over simulated paths.
    Paths(Box<PathSummary>),
}

/// Recorded pool states, quoted, and compared with a reference price.
#[derive(Debug, Clone)]
pub struct PoolSummary {
    /// Name of the pool.
    pub venue: String,
    /// Name of the reference price, where there is one.
    pub reference_name: Option<String>,
    /// Sale sizes of [`PoolQuote::executable`], tokens.
    pub sizes_lrt: Vec<f64>,
    /// Discounts of the depth columns, fractions.
    pub depth_discounts: Vec<f64>,
    /// One quote per recorded state.
    pub quotes: Vec<PoolQuote>,
    /// Slippage curves at the first state and at the deepest discount.
    pub slippage: Vec<SlippageCurve>,
    /// Score against the reference.
    pub backtest: Option<Backtest>,
}

/// Model against reference.
#[derive(Debug, Clone)]
pub struct Backtest {
    /// What is compared, e.g. `marginal price of curve-steth against Chainlink stETH/ETH`.
    pub what: String,
    /// Unit of the errors (`bps` or `days`).
    pub unit: &'static str,
    /// Pairs that count.
    pub scored: usize,
    /// Pairs that are shown only.
    pub unscored: usize,
    /// Mean of model - reference.
    pub bias: f64,
    /// Mean of the absolute value.
    pub mean_absolute: f64,
    /// Largest absolute value,
    pub max_absolute: f64,
    /// and its time.
    pub max_at: Timestamp,
}

/// A recorded queue, turned into delays and fair discounts.
#[derive(Debug, Clone)]
pub struct QueueSummary {
    /// Sizes of the hypothetical exits, ETH.
    pub exit_sizes_eth: Vec<f64>,
    /// Required returns of the fair discounts, per year.
    pub required_returns_per_year: Vec<f64>,
    /// Churn, ETH per epoch.
    pub churn_eth_per_epoch: f64,
    /// One quote per grid time.
    pub quotes: Vec<QueueQuote>,
    /// Score against the quoted wait.
    pub backtest: Option<Backtest>,
}

/// The distribution over simulated paths.
#[derive(Debug, Clone)]
pub struct PathSummary {
    /// Paths that were run.
    pub paths: u64,
    /// Steps of each path.
    pub steps: usize,
    /// Length of a step, seconds.
    pub step_secs: u32,
    /// Paths by kind of fault; their values are left out of every figure below.
    pub faults: Vec<(String, u64)>,
    /// Largest relative violation of conservation seen: (ETH, tokens).
    pub conservation: (f64, f64),
    /// One entry per metric of a path.
    pub metrics: Vec<MetricSummary>,
    /// Probabilities over thresholds.
    pub probabilities: Vec<Probability>,
    /// Quantiles through time: discount at close (fraction), unlock delay (days), liquidity left (share).
    pub fans: Vec<Fan>,
    /// Histogram of the deepest discount for drawing: (lower edge, upper edge, paths), fractions.
    pub deepest_bins: Vec<(f64, f64, u64)>,
    /// Recorded discount on the grid, to lay beside the fan (forward studies with a recorded price).
    pub observed: Option<Vec<(Timestamp, f64)>>,
    /// Pools at the start.
    pub venues: Vec<VenueDepth>,
    /// Slippage at the start, one curve per pool.
    pub slippage: Vec<SlippageCurve>,
    /// Redemption rate at the start, ETH per token.
    pub start_nav: f64,
    /// What it takes at the start to bring every pool to each discount below the redemption rate.
    pub depeg: Vec<DepegStep>,
    /// How few hold how much: pools, borrowers.
    pub concentration: Vec<ConcentrationRow>,
    /// Lending markets at the start, where there are any.
    pub lending: Option<LendingSnapshot>,
    /// Restaking at the start, where the token is restaked.
    pub restaking: Option<RestakingSnapshot>,
    /// Depth and delay by start time (rolling studies).
    pub by_start: Option<Vec<StartSummary>>,
    /// Who pays, and who moved how many tokens when.
    pub attribution: Attribution,
    /// What the bad tail is made of.
    pub tails: Tails,
    /// Limits of the scenario and how the run stands to them.
    pub limits: Vec<Verdict>,
    /// What each channel of stress adds, where that was asked.
    pub channels: Option<attribution::Attribution>,
}

/// Who pays, and who moved how many tokens when.
#[derive(Debug, Clone, Default)]
pub struct Attribution {
    /// Gain of each party, the residual last.
    pub who_pays: Vec<PartyGain>,
    /// Hours at the ends of the intervals of `flows`.
    pub hours: Vec<f64>,
    /// Mean tokens of each channel in each interval; purchases are negative.
    pub flows: Vec<ChannelFlow>,
}

/// What a party gained, ETH: what it has at the end less what it would have if it had done nothing.
#[derive(Debug, Clone, PartialEq)]
pub struct PartyGain {
    /// Party, e.g. `liquidity_providers`; `residual` for the sum of all.
    pub party: String,
    /// One line of what it is.
    pub meaning: String,
    /// Mean over paths and its standard error.
    pub mean: (f64, f64),
    /// 5 %, 50 % and 95 % quantile.
    pub quantiles: [f64; 3],
}

/// Tokens of one channel through time.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelFlow {
    /// Channel, e.g. `sales_of_holders`.
    pub channel: &'static str,
    /// Mean tokens over paths, by interval.
    pub mean_lrt: Vec<f64>,
}

/// What the bad tail is made of.
#[derive(Debug, Clone, Default)]
pub struct Tails {
    /// Share recovered by time; empty if no path was beyond the recovery level.
    pub recovery: Vec<RecoveryPoint>,
    /// Liquidations at risk and bad debt, told apart; only where there are loans.
    pub risk_measures: Vec<RiskMeasure>,
    /// Losses that are drawn: probability of more, by size.
    pub losses: Vec<LossCurve>,
    /// Generalised Pareto laws, by metric.
    pub fits: Vec<(String, TailFit)>,
}

/// A named measure of risk.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskMeasure {
    /// Name: `LaR`, `bad debt VaR`, `bad debt ES`, `PSL`, ...
    pub name: &'static str,
    /// Metric that it is of.
    pub metric: String,
    /// Level, where it has one.
    pub level: Option<f64>,
    /// Value, in the unit of the metric; a probability for `PSL`.
    pub value: f64,
    /// 95 % interval.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// Probability that a loss is larger, by size.
#[derive(Debug, Clone, PartialEq)]
pub struct LossCurve {
    /// Metric.
    pub metric: String,
    /// `(size, share of paths with more)`, ascending in size; positive sizes only.
    pub points: Vec<(f64, f64)>,
}

/// One metric over all paths.
#[derive(Debug, Clone)]
pub struct MetricSummary {
    /// Name with unit suffix, e.g. `deepest_discount_close_bps`.
    pub name: String,
    /// One line of what it is.
    pub meaning: String,
    /// Tables of the scenario that it rests on.
    pub rests_on: &'static [&'static str],
    /// Whether it is among the figures to read first.
    pub is_headline: bool,
    /// Paths in which it is defined.
    pub count: u64,
    /// Paths in which it is not (never passed, not recovered by the end).
    pub undefined: u64,
    /// Mean and its standard error.
    pub mean: Option<(f64, f64)>,
    /// Quantiles with order-statistic intervals.
    pub quantiles: Vec<Quantile>,
    /// Expected shortfall at 95 % and 99 %: mean of the worst 5 % and 1 %, the largest or the smallest, whichever is bad.
    pub expected_shortfall: Vec<(f64, f64)>,
}

/// A quantile and its confidence interval.
#[derive(Debug, Clone, Copy)]
pub struct Quantile {
    /// Level in (0, 1).
    pub level: f64,
    /// Value.
    pub value: f64,
    /// 95 % order-statistic interval; `None` where the sample is too small to bound that side.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
}

/// A probability and its exact 95 % interval (Clopper and Pearson, Biometrika 26 (1934) 404-413). With no event seen
/// the estimate is a bound: the upper end, not zero.
#[derive(Debug, Clone)]
pub struct Probability {
    /// Event, e.g. `discount_close_above_100_bps`.
    pub name: String,
    /// One line of what it is.
    pub meaning: String,
    /// Tables of the scenario that it rests on.
    pub rests_on: &'static [&'static str],
    /// Paths with the event.
    pub events: u64,
    /// Paths that count.
    pub count: u64,
    /// `events / count`.
    pub estimate: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Quantiles of one quantity through time.
#[derive(Debug, Clone)]
pub struct Fan {
    /// Quantity with unit suffix: `discount_bps`, `unlock_delay_days`, `liquidity_share`.
    pub name: String,
    /// Times: UTC in forward studies; `None` in rolling ones, where only the hours count.
    pub at: Option<Vec<Timestamp>>,
    /// Hours since the start of the path.
    pub hours: Vec<f64>,
    /// Levels: 0.05, 0.25, 0.5, 0.75, 0.95.
    pub levels: Vec<f64>,
    /// `values[level][time]`.
    pub values: Vec<Vec<f64>>,
}

/// Depth and delay of the paths that share a start.
#[derive(Debug, Clone)]
pub struct StartSummary {
    /// Start time, UTC.
    pub at: Timestamp,
    /// Deepest discount at close: 5 %, 50 %, 95 % quantile, bps.
    pub deepest_bps: [f64; 3],
    /// Largest unlock delay: 5 %, 50 %, 95 % quantile, days.
    pub delay_days: [f64; 3],
}
