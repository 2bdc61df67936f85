//! Shocks.

use schemars::JsonSchema;
use serde::Deserialize;

use super::quantity::{Hours, Positive};

/// Something that happens on top of drivers and agents.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawShock {
    /// What happens.
    pub kind: ShockKind,
    /// Time after the start of the path.
    pub start_hours: Hours,
    /// Length; 0 (default) for all at once.
    pub duration_hours: Option<Hours>,
    /// A share of 1, or ETH for `network_queue_eth`; 1 for `pause_redemptions`.
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
}
