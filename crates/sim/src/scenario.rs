//! What one run is: every default resolved, every unit in the name, nothing that could be wrong.
//!
//! A [`Scenario`] is made by the `scenario` crate from a file and is the only input of [`crate::run()`]. Rates and
//! shares are fractions (not percent, not bps), times are seconds, amounts are ETH or tokens (`_lrt`), prices are
//! ETH per token. The order of a simulated step is that of [`crate::step`].

use crate::drivers::Synthetic;
use jiff::Timestamp;
use pegstress_amm::VenueSpec;
use pegstress_lending::{Carry, MarketSpec};
use pegstress_restake::RestakeSpec;
use pegstress_unlock::{BreakerRules, RedemptionRules};

/// One run: a token, a study of it, and what to report.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Short name; also the name of the report's folder.
    pub name: String,
    /// One line for headings.
    pub title: String,
    /// What happened, or what is supposed to happen; one paragraph.
    pub story: String,
    /// The token under test.
    pub token: Token,
    /// What is computed.
    pub study: Study,
    /// What is reported.
    pub report: ReportSpec,
    /// Where each parameter comes from.
    pub assumptions: Vec<Assumption>,
}

/// The token under test.
#[derive(Debug, Clone)]
pub struct Token {
    /// Ticker, for labels.
    pub symbol: String,
}

/// The kinds of study.
#[derive(Debug, Clone)]
pub enum Study {
    /// Recorded pool reserves drive the pool's mathematics; nothing is simulated.
    PoolHistory(PoolHistory),
    /// A recorded exit queue drives the unlock delay; nothing is simulated.
    QueueHistory(QueueHistory),
    /// Many simulated paths.
    Paths(Box<PathStudy>),
}

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

/// The beacon chain's exit rules during a run.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// ETH that may exit per epoch at the start.
    pub churn_eth_per_epoch: f64,
    /// Changes of it, in time order.
    pub changes: Vec<ChurnChange>,
    /// Delay from withdrawable to paid, seconds.
    pub sweep_secs: f64,
}

/// A change of churn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChurnChange {
    /// Seconds after the start of the path; acts from the step that holds it.
    pub at_secs: f64,
    /// ETH that may exit per epoch from then on.
    pub churn_eth_per_epoch: f64,
}

/// A simulated study: many paths on a uniform grid.
#[derive(Debug, Clone)]
pub struct PathStudy {
    /// Time of the first step of the first path, UTC.
    pub start: Timestamp,
    /// Length of a step, seconds.
    pub step_secs: u32,
    /// Steps of each path.
    pub steps: usize,
    /// Number of paths.
    pub paths: u64,
    /// Seed of every random draw.
    pub seed: u64,
    /// Where paths start in the drivers' history.
    pub starts: Starts,
    /// The exogenous series.
    pub drivers: Drivers,
    /// Exit rules.
    pub network: Network,
    /// Pools at the start of each path; at least one.
    pub venues: Vec<VenueSpec>,
    /// Tokens outside of pools that their holders may sell or redeem.
    pub free_float_lrt: f64,
    /// How the token redeems.
    pub redemption: Redemption,
    /// Where the token is restaked; its redemption rate cannot be slashed if absent.
    pub restaking: Option<Restaking>,
    /// Markets that lend ETH against the token.
    pub lending: Vec<LendingMarket>,
    /// Who acts.
    pub agents: Agents,
    /// What is laid on top.
    pub shocks: Vec<Shock>,
    /// Groups of operators that shocks name, as places in [`RestakeSpec::operators`].
    pub shock_groups: Vec<Vec<usize>>,
}

/// Where the token is restaked.
#[derive(Debug, Clone, PartialEq)]
pub struct Restaking {
    /// Operators, services, who relies on whom.
    pub spec: RestakeSpec,
    /// The contracts learn of losses on the beacon chain this often, seconds; 0: in every step.
    pub checkpoint_every_secs: f64,
    /// What an operator that fails loses on the beacon chain, share of its stake: for tables of largest losses.
    pub failure_beacon_loss: f64,
}

/// A market that lends ETH against the token.
#[derive(Debug, Clone, PartialEq)]
pub struct LendingMarket {
    /// Rules, oracle, interest, loans.
    pub spec: MarketSpec,
    /// When owners of loops give up; never if absent.
    pub carry: Option<Carry>,
}

/// Where in the drivers' history a path starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Starts {
    /// Every path starts at the first grid point.
    Together,
    /// Path `i` starts at grid point `every_steps * (i / paths_per_start)`: historical simulation.
    Rolling {
        /// Steps between two starts.
        every_steps: usize,
        /// Paths that share a start.
        paths_per_start: u64,
    },
}

impl Starts {
    /// Grid point at which path `path` starts.
    pub fn offset(self, path: u64) -> usize {
        match self {
            Self::Together => 0,
            Self::Rolling { every_steps, paths_per_start } => every_steps * (path / paths_per_start) as usize,
        }
    }
}

/// Exogenous series on the grid, all of the same length (last start + steps + 1 points); of a synthetic one only the points of
/// its starts are read (last start + 1).
#[derive(Debug, Clone)]
pub struct Drivers {
    /// Redemption rate, ETH per token.
    pub nav: Vec<f64>,
    /// The network's exit queue without the token's own exits, ETH.
    pub network_queue_eth: Vec<f64>,
    /// Fall of ETH/USD below its highest value of the last 24 hours, as a fraction.
    pub eth_drawdown: Vec<f64>,
    /// Dollars per ETH.
    pub eth_usd: Vec<f64>,
    /// Recorded market price, ETH per token, to lay beside the model; never an input of the step.
    pub observed_price: Option<Vec<f64>>,
    /// Drivers that are drawn for each path from their starts on.
    pub synthetic: Option<Box<Synthetic>>,
}

/// How a token turns into ETH.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Redemption {
    /// Buffer, queue, exits.
    pub rules: RedemptionRules,
    /// How the rate on chain follows the true one; at once if absent.
    pub breaker: Option<BreakerRules>,
    /// Whether a pause also holds back claims that were requested before it.
    pub pause_stops_claims: bool,
}

/// Parameters of everybody who acts; see the modules of [`crate::agents`] for the equations.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Agents {
    /// Holders who leave.
    pub exit_demand: ExitDemand,
    /// Holders' choice between market and queue.
    pub impatience: Impatience,
    /// Arbitrage by redemption.
    pub arbitrage: Arbitrage,
    /// Liquidity providers.
    pub liquidity: Liquidity,
    /// Two-sided flow.
    pub background: Background,
}

/// Exit intensity of holders (MODEL 6), per day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExitDemand {
    /// Intensity in calm times, per day.
    pub base_per_day: f64,
    /// Extra intensity per unit of discount above the threshold, per day.
    pub per_discount_per_day: f64,
    /// Discount above which holders react, fraction.
    pub discount_threshold: f64,
    /// Extra intensity per day of unlock delay above the threshold, per day and day.
    pub per_delay_day_per_day: f64,
    /// Unlock delay above which holders react, seconds.
    pub delay_threshold_secs: f64,
    /// Extra intensity per unit of ETH/USD drawdown above the threshold, per day.
    pub per_eth_drawdown_per_day: f64,
    /// Drawdown of ETH/USD above which holders react, fraction.
    pub eth_drawdown_threshold: f64,
    /// Branching ratio of self-excitation, in `[0, 1)`.
    pub branching_ratio: f64,
    /// Decay of self-excitation, per day.
    pub excitation_decay_per_day: f64,
    /// Variance of the mean-one gamma factor on each step's intensity.
    pub dispersion: f64,
}

/// Log-normal impatience of holders, per year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Impatience {
    /// Median required return for waiting, per year.
    pub median_per_year: f64,
    /// Standard deviation of its logarithm.
    pub log_sd: f64,
    /// Expected loss while waiting, fraction.
    pub expected_loss: f64,
    /// Share of those who would queue that wait when redemptions are paused; the rest sells.
    pub patient_share_when_paused: f64,
}

/// Arbitrageurs who buy below the fair discount, redeem and wait.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arbitrage {
    /// Capital at the start, ETH.
    pub capital_eth: f64,
    /// Required return on locked capital, per year.
    pub required_return_per_year: f64,
    /// Expected loss while waiting, fraction.
    pub expected_loss: f64,
    /// Cost of a round trip (gas, execution), fraction of the amount.
    pub cost: f64,
    /// Largest share of free capital spent in one hour.
    pub deployed_per_hour: f64,
}

/// Liquidity providers who leave in proportion and come back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Liquidity {
    /// Removal in calm times, share per day.
    pub removal_per_day: f64,
    /// Extra removal per unit of discount above the threshold, share per day.
    pub removal_per_discount_per_day: f64,
    /// Discount above which providers react, fraction.
    pub discount_threshold: f64,
    /// Return towards the starting share while the discount is below the threshold, per day.
    pub return_per_day: f64,
}

/// Two-sided flow of traders without a view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Background {
    /// Standard deviation of the net flow over a day, tokens.
    pub net_sd_lrt_per_sqrt_day: f64,
}

/// Something that happens on top of drivers and agents.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shock {
    /// What happens.
    pub kind: ShockKind,
    /// Seconds after the start of the path.
    pub start_secs: f64,
    /// Length, seconds; zero for all at once in the step that holds the start.
    pub duration_secs: f64,
    /// Size in the unit of the kind, over the whole duration.
    pub size: f64,
    /// Standard deviation of the logarithm of the size over paths; the mean is `size`.
    pub size_log_sd: f64,
}

/// Kinds of shock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShockKind {
    /// Holders sell a share of the free float on the market.
    SellShareOfFloat,
    /// Holders request redemption of a share of the free float.
    RedeemShareOfFloat,
    /// Liquidity providers remove a share of the pools, in proportion.
    RemoveLiquidityShare,
    /// The network's exit queue grows by an amount of ETH.
    NetworkQueueEth,
    /// Redemptions are paused; the size is ignored by definition and must be 1.
    PauseRedemptions,
    /// Arbitrageurs lose a share of their free capital (it is withdrawn, not burned).
    RemoveArbitrageCapitalShare,
    /// A service (place in [`RestakeSpec::services`]) slashes a share of what all its operators have allocated to it.
    SlashByService(usize),
    /// A group of operators (place in [`PathStudy::shock_groups`]) is slashed by a share of all its allocations.
    SlashOperators(usize),
    /// A group of operators loses a share of its stake on the beacon chain; the contracts learn of it at a checkpoint.
    LoseOnBeaconChain(usize),
    /// A market's oracle (place in [`PathStudy::lending`]) keeps its last print; the size must be 1.
    FreezeOracle(usize),
    /// A market's oracle prints this share below what it should.
    MisprintOracle(usize),
    /// Borrowers of a market pay this more per year, while it lasts.
    RaiseBorrowRate(usize),
}

impl ShockKind {
    /// Whether the size is a share of something that shrinks, so that a duration spreads it over steps.
    pub fn is_share(self) -> bool {
        match self {
            Self::NetworkQueueEth
            | Self::PauseRedemptions
            | Self::FreezeOracle(_)
            | Self::MisprintOracle(_)
            | Self::RaiseBorrowRate(_) => false,
            Self::SellShareOfFloat
            | Self::RedeemShareOfFloat
            | Self::RemoveLiquidityShare
            | Self::RemoveArbitrageCapitalShare
            | Self::SlashByService(_)
            | Self::SlashOperators(_)
            | Self::LoseOnBeaconChain(_) => true,
        }
    }

    /// Whether the size holds in every step of its duration instead of being spread over it.
    pub fn is_level(self) -> bool {
        matches!(
            self,
            Self::PauseRedemptions
                | Self::FreezeOracle(_)
                | Self::MisprintOracle(_)
                | Self::RaiseBorrowRate(_)
        )
    }
}

/// What to report.
#[derive(Debug, Clone)]
pub struct ReportSpec {
    /// Sale sizes at which executable prices are quoted, tokens; ascending.
    pub sizes_lrt: Vec<f64>,
    /// Discounts at which depth and cost to reach are reported, fractions; ascending.
    pub depth_discounts: Vec<f64>,
    /// Discounts whose first passage and time above are reported, fractions; ascending.
    pub thresholds: Vec<f64>,
    /// The discount counts as recovered at or below this, fraction,
    pub recovery_discount: f64,
    /// if it stays there for this long, seconds.
    pub recovery_hold_secs: f64,
}

/// A parameter and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// Key path in the scenario file.
    pub key: String,
    /// Value as written in the file.
    pub value: String,
    /// Strength of the evidence.
    pub mark: EvidenceMark,
    /// Where the value comes from; empty where the file does not say.
    pub source: String,
}

/// Strength of the evidence behind a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceMark {
    /// Read in a contract, a specification, on chain, or in a first-hand record.
    Source,
    /// Derived by arithmetic from sources.
    Derived,
    /// A web page or the press.
    Web,
    /// Chosen so that the model meets a recorded event.
    Calibrated,
    /// Assumed without an anchor.
    Assumed,
    /// The file does not say.
    Unstated,
}

impl EvidenceMark {
    /// Word used in files and reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Source => "source",
            Self::Derived => "derived",
            Self::Web => "web",
            Self::Calibrated => "calibrated",
            Self::Assumed => "assumed",
            Self::Unstated => "unstated",
        }
    }

    /// Whether a result that rests on the parameter must say so.
    pub fn is_unanchored(self) -> bool {
        matches!(self, Self::Assumed | Self::Unstated)
    }
}

impl ReportSpec {
    /// The sale whose executable price is followed through every path: the middle one of the stated sizes.
    pub fn reference_size_lrt(&self) -> f64 {
        self.sizes_lrt[self.sizes_lrt.len() / 2]
    }
}
