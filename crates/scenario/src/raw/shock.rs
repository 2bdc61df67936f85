//! Shocks.

use schemars::JsonSchema;
use serde::Deserialize;

use super::quantity::{DiscountBps, Hours, NonNegative, Percent, PercentBelowAll, Positive};

/// Something that happens on top of drivers and agents.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawShock {
    /// What happens.
    pub kind: ShockKind,
    /// Time after the start of the path; or `when`.
    pub start_hours: Option<Hours>,
    /// What must hold before it starts, instead of a time.
    pub when: Option<RawTrigger>,
    /// Length; 0 (default) for all at once.
    pub duration_hours: Option<Hours>,
    /// Who or what is hit, for the kinds that need it: a service; an operator, `client NAME`, `cloud NAME` or `all`; a
    /// lending market. For `mint_unbacked` the market in which the tokens are posted; all are sold if absent.
    pub target: Option<String>,
    /// Of unbacked tokens with a target: the part that is posted as collateral, 100 if absent; the rest is sold.
    pub posted_pct: Option<Percent>,
    /// Of unbacked tokens with a target: ETH borrowed over what the market's oracle says the posted ones are worth.
    pub ltv_pct: Option<PercentBelowAll>,
    /// A share of 1, of what the kind names; of the free float per day for `raise_exit_demand`; ETH for `network_queue_eth`; per
    /// year for `raise_borrow_rate`; points of share for `cut_liquidation_threshold` (0.02: two points); 1 for
    /// `pause_redemptions`, `freeze_onchain_rate` and `freeze_oracle`.
    pub size: Positive,
    /// Standard deviation of the logarithm of the size over paths; 0 if absent. The mean stays `size`.
    #[schemars(extend("minimum" = 0, "maximum" = 5))]
    pub size_log_sd: Option<f64>,
}

/// What must hold, at the start of a path or at the end of a step, before a shock starts: exactly one condition. The first
/// time counts, in each path for itself.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTrigger {
    /// The discount of the best marginal price at the close is above this.
    pub discount_above_bps: Option<DiscountBps>,
    /// The redemption buffer holds less than this.
    pub buffer_below_eth: Option<Positive>,
    /// The true redemption rate is below that of the driver by more than this.
    pub value_loss_above_bps: Option<DiscountBps>,
    /// Bad debt realised over all lending markets is above this.
    pub bad_debt_above_eth: Option<NonNegative>,
    /// Time from then to the start of the shock; 0 if absent.
    pub delay_hours: Option<Hours>,
}

/// Kinds of shock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShockKind {
    /// Holders sell a share of the free float on the market.
    SellShareOfFloat,
    /// Holders request redemption of a share of the free float.
    RedeemShareOfFloat,
    /// Holders leave faster by this share of the free float per day, while it lasts (loss of trust).
    RaiseExitDemand,
    /// Liquidity providers remove a share of the pools, in proportion.
    RemoveLiquidityShare,
    /// Liquidity providers remove a share of the pools and take ETH only; at most 0.9.
    RemoveLiquidityOneSided,
    /// The network's exit queue grows by an amount of ETH.
    NetworkQueueEth,
    /// ETH/USD falls by a share, from then on.
    MoveEthUsd,
    /// Redemptions are paused.
    PauseRedemptions,
    /// Arbitrageurs lose a share of their free capital.
    RemoveArbitrageCapitalShare,
    /// Tokens appear without assets behind them, a share of the supply; they are posted in a lending market and sold.
    MintUnbacked,
    /// The redemption rate on chain keeps its value while it lasts.
    FreezeOnchainRate,
    /// A service slashes a share of what all its operators have allocated to it.
    SlashByService,
    /// Operators are slashed by a share of everything they have allocated.
    SlashOperators,
    /// Operators lose a share of their stake on the beacon chain; the contracts learn of it at a checkpoint.
    LoseOnBeaconChain,
    /// A share of each operator's stake is offline while it lasts: it earns nothing and is penalised, without a leak.
    OperatorOutage,
    /// A market's oracle keeps its last print.
    FreezeOracle,
    /// A market's oracle prints this share below what it should.
    MisprintOracle,
    /// Borrowers of a market pay this more per year (0.1 for 10 %).
    RaiseBorrowRate,
    /// A market's suppliers take out a share of their claims, as far as it is not lent out.
    WithdrawLenderDeposits,
    /// Governance lowers a market's liquidation threshold by these points of share, from then on.
    CutLiquidationThreshold,
}
