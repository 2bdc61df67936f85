//! Shocks.

use schemars::JsonSchema;
use serde::Deserialize;

use super::quantity::{Hours, Positive};

/// Something that happens on top of drivers and agents.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawShock {
    /// What happens.
    pub kind: ShockKind,
    /// Time after the start of the path.
    pub start_hours: Hours,
    /// Length; 0 (default) for all at once.
    pub duration_hours: Option<Hours>,
    /// Who or what is hit, for the kinds that need it: a service; an operator, `client NAME`, `cloud NAME` or `all`; a
    /// lending market.
    pub target: Option<String>,
    /// A share of 1; ETH for `network_queue_eth`; 1 for `pause_redemptions` and `freeze_oracle`; per year for
    /// `raise_borrow_rate`.
    pub size: Positive,
    /// Standard deviation of the logarithm of the size over paths; 0 if absent. The mean stays `size`.
    #[schemars(extend("minimum" = 0, "maximum" = 5))]
    pub size_log_sd: Option<f64>,
}

/// Kinds of shock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShockKind {
    /// Holders sell a share of the free float on the market.
    SellShareOfFloat,
    /// Holders request redemption of a share of the free float.
    RedeemShareOfFloat,
    /// Liquidity providers remove a share of the pools, in proportion.
    RemoveLiquidityShare,
    /// The network's exit queue grows by an amount of ETH.
    NetworkQueueEth,
    /// Redemptions are paused.
    PauseRedemptions,
    /// Arbitrageurs lose a share of their free capital.
    RemoveArbitrageCapitalShare,
    /// A service slashes a share of what all its operators have allocated to it.
    SlashByService,
    /// Operators are slashed by a share of everything they have allocated.
    SlashOperators,
    /// Operators lose a share of their stake on the beacon chain; the contracts learn of it at a checkpoint.
    LoseOnBeaconChain,
    /// A market's oracle keeps its last print.
    FreezeOracle,
    /// A market's oracle prints this share below what it should.
    MisprintOracle,
    /// Borrowers of a market pay this more per year (0.1 for 10 %).
    RaiseBorrowRate,
}
