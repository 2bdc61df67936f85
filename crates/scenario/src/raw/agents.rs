//! Who acts: parameters in the units of the file.

use schemars::JsonSchema;
use serde::Deserialize;

use super::quantity::{
    Bps, BpsBelowAll, Days, Hours, NonNegative, Percent, PercentBelowAll, Positive, ShareBelowOne,
};

/// Parameters of everybody who acts.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAgents {
    /// Holders who leave.
    pub exit_demand: RawExitDemand,
    /// Holders' choice between market and queue.
    pub impatience: RawImpatience,
    /// Arbitrage by redemption.
    pub arbitrage: RawArbitrage,
    /// Liquidity providers.
    pub liquidity: RawLiquidity,
    /// Two-sided flow of traders without a view.
    pub background: RawBackground,
    /// Groups that buy below a hurdle of their own and do not redeem; several make a ladder of bids.
    #[serde(default)]
    pub dip_buyers: Vec<RawDipBuyers>,
    /// Large holders who leave on a schedule.
    #[serde(default)]
    pub whales: Vec<RawWhale>,
}

/// Exit intensity: `base + a (d - d0)+ + b (T - T0)+ + c (w - w0)+ + xi`, of the free float per day, with the
/// discount `d`, the unlock delay `T`, the fall `w` of ETH within a day and the self-excitation `xi`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawExitDemand {
    /// Intensity in calm times.
    pub base_pct_per_day: NonNegative,
    /// Discount above which holders react.
    pub discount_threshold_bps: Bps,
    /// Extra intensity per bps of discount above the threshold.
    pub pct_per_day_per_bps_discount: NonNegative,
    /// Unlock delay above which holders react.
    pub delay_threshold_days: Days,
    /// Extra intensity per day of unlock delay above the threshold.
    pub pct_per_day_per_delay_day: NonNegative,
    /// Fall of ETH/USD below its highest value of 24 hours above which holders react.
    pub eth_drawdown_threshold_pct: Percent,
    /// Extra intensity per percent of fall above the threshold.
    pub pct_per_day_per_pct_eth_drawdown: NonNegative,
    /// Exits that each exit causes.
    pub branching_ratio: ShareBelowOne,
    /// Decay of self-excitation.
    pub excitation_decay_per_day: Positive,
    /// Variance of the mean-one factor on the intensity of a step.
    pub dispersion: NonNegative,
}

/// Impatience of holders: required return for waiting, log-normal over holders.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawImpatience {
    /// Median of the required return.
    pub median_pct_per_year: Positive,
    /// Standard deviation of its logarithm.
    pub log_sd: Positive,
    /// Loss expected while waiting.
    pub expected_loss_pct: Percent,
    /// Share of those who would queue that wait while redemptions are paused; the rest sells.
    pub patient_pct_when_paused: Percent,
}

/// Arbitrageurs who buy below the fair discount, redeem and wait.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawArbitrage {
    /// Capital at the start.
    pub capital_eth: NonNegative,
    /// Required return on locked capital.
    pub required_return_pct_per_year: NonNegative,
    /// Loss expected while waiting.
    pub expected_loss_pct: Percent,
    /// Cost of a round trip, of the amount.
    pub cost_bps: Bps,
    /// Largest part of the free capital spent within one hour.
    pub deployed_pct_per_hour: Percent,
}

/// Liquidity providers who leave and come back.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLiquidity {
    /// Removal in calm times, of the liquidity.
    pub removal_pct_per_day: NonNegative,
    /// Discount above which providers react.
    pub discount_threshold_bps: Bps,
    /// Extra removal per bps of discount above the threshold.
    pub removal_pct_per_day_per_bps_discount: NonNegative,
    /// Return towards the starting liquidity while the discount is below the threshold.
    pub return_pct_per_day: NonNegative,
    /// Part of what leaves that takes ETH only, which moves the price; 0 if absent.
    pub one_sided_pct: Option<Percent>,
}

/// Two-sided flow of traders without a view.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBackground {
    /// Standard deviation of the net flow over a day.
    pub net_sd_lrt_per_sqrt_day: NonNegative,
}

/// Buyers with a hurdle and capital of their own, and no way to redemption.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawDipBuyers {
    /// They buy at this discount to the redemption rate on chain or deeper, pool fee included.
    pub hurdle_bps: BpsBelowAll,
    /// Capital at the start.
    pub capital_eth: NonNegative,
    /// Largest part of the free capital spent, and of the tokens held sold, within one hour.
    pub deployed_pct_per_hour: Percent,
    /// They sell again while the bid's discount is below this; it must be below the hurdle. If absent they keep what they have.
    pub resell_bps: Option<BpsBelowAll>,
}

/// A large holder who leaves on a schedule. The tokens are a part of the free float and nobody else's.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawWhale {
    /// Name, for messages.
    pub name: String,
    /// Tokens held; or `holding_pct`.
    pub holding_lrt: Option<Positive>,
    /// Part of the free float held; or `holding_lrt`.
    pub holding_pct: Option<PercentBelowAll>,
    /// Time after the start of the path.
    pub start_hours: Hours,
    /// Time over which the tokens leave evenly; 0 (default) for all at once.
    pub duration_hours: Option<Hours>,
    /// Through the market or through redemption.
    pub action: WhaleAction,
    /// A seller stops at this discount of the next token's bid, and sells the rest later; sells at any price if absent.
    pub not_below_bps: Option<BpsBelowAll>,
}

/// How a whale leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WhaleAction {
    /// Sells on the market.
    Sell,
    /// Requests redemption; waits while it is closed.
    Redeem,
}
