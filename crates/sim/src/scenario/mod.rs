//! What one run is: every default resolved, every unit in the name, nothing that could be wrong.
//!
//! A [`Scenario`] is made by the `scenario` crate from a file and is the only input of [`crate::run()`]. Rates and
//! shares are fractions (not percent, not bps), times are seconds, amounts are ETH or tokens (`_lrt`), prices are
//! ETH per token. The order of a simulated step is that of [`crate::step`].

mod agents;
mod history;
mod provenance;
mod report;
mod shocks;

pub use agents::{
    Agents, Arbitrage, Background, DipBuyers, ExitDemand, Impatience, Liquidity, Whale, WhaleExit,
};
pub use history::{PoolHistory, PoolRow, QueueHistory, QueueRow};
pub use provenance::{Limit, Provenance, Severity};
pub use report::{Assumption, EvidenceMark, ReportSpec};
pub use shocks::{Posting, Shock, ShockKind, Trigger};

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
    /// What the story follows, and at which severity it is run.
    pub provenance: Provenance,
    /// Limits that the answer is held against.
    pub limits: Vec<Limit>,
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
    /// Tokens outside of pools that their holders may sell or redeem, those of whales included.
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

impl PathStudy {
    /// Whether the true redemption rate, or the one on chain, can differ from the driver's.
    pub fn rate_can_differ(&self) -> bool {
        self.restaking.is_some()
            || self.redemption.breaker.is_some()
            || self.shocks.iter().any(|shock| shock.kind.is_of_value())
    }
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
