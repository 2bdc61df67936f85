//! Markets that lend ETH against the token.

use schemars::JsonSchema;
use serde::Deserialize;

use super::quantity::{Bps, Hours, NonNegative, Percent, PercentBelowAll, Positive};

/// A market that lends ETH against the token: one table of a lender's rule, an oracle, an interest curve, loans.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLending {
    /// Name, for labels and columns.
    pub name: String,
    /// ETH that suppliers are owed, lent out or not.
    pub supplied_eth: Positive,
    /// ETH lent against other collateral; none if absent.
    pub other_debt_eth: Option<NonNegative>,
    /// Aave v3.
    pub aave: Option<RawAave>,
    /// Morpho Blue.
    pub morpho: Option<RawMorpho>,
    /// Compound v3.
    pub compound: Option<RawCompound>,
    /// Gearbox v3.
    pub gearbox: Option<RawGearbox>,
    /// Where the market reads the token's price.
    pub oracle: RawOracle,
    /// What borrowers pay.
    pub interest: RawInterest,
    /// When owners of leveraged positions give up; never if absent.
    pub unwind: Option<RawUnwind>,
    /// Loans, alike within a bucket.
    #[schemars(length(min = 1, max = 64))]
    pub buckets: Vec<RawBucketOfLoans>,
}

/// Liquidation rule of Aave v3.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAave {
    /// Liquidation threshold.
    pub liquidation_threshold_pct: PercentBelowAll,
    /// Liquidation bonus: 1 for 10,100 in the contract's units.
    pub bonus_pct: Percent,
    /// The protocol's share of the bonus.
    pub protocol_fee_pct: Percent,
}

/// Liquidation rule of Morpho Blue.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawMorpho {
    /// Liquidation loan-to-value.
    pub lltv_pct: PercentBelowAll,
}

/// Liquidation rule of Compound v3.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawCompound {
    /// Share of the collateral's value from which debt is due (`liquidateCollateralFactor`).
    pub liquidation_threshold_pct: PercentBelowAll,
    /// What an absorbed account is credited, share of the value (`liquidationFactor`).
    pub liquidation_factor_pct: Percent,
    /// Share of the penalty that buyers are given (`storeFrontPriceFactor`).
    pub storefront_price_factor_pct: Percent,
    /// Reserves above which nothing is sold.
    pub target_reserves_eth: NonNegative,
    /// Reserves at the start.
    pub reserves_eth: NonNegative,
}

/// Liquidation rule of Gearbox v3.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawGearbox {
    /// The token's liquidation threshold.
    pub liquidation_threshold_pct: PercentBelowAll,
    /// The liquidator's premium, share of the value.
    pub premium_pct: PercentBelowAll,
    /// The protocol's fee, share of the value.
    pub liquidation_fee_pct: PercentBelowAll,
    /// Whether accounts may be liquidated at a loss.
    pub loss_allowed: bool,
    /// ETH of the supplied that is the treasury's and loses first; none if absent.
    pub treasury_eth: Option<NonNegative>,
}

/// Where a market reads the token's price: exactly one of these.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawOracle {
    /// The redemption rate on chain.
    pub exchange_rate: Option<RawExchangeRate>,
    /// A feed of the market price.
    pub market_feed: Option<RawMarketFeed>,
    /// An exponential mean of the market price.
    pub time_weighted: Option<RawTimeWeighted>,
    /// A constant.
    pub hard_coded: Option<RawHardCoded>,
}

/// The redemption rate on chain, with Aave's cap on its growth where one is given.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawExchangeRate {
    /// Ceiling of the rate; none if absent.
    pub cap: Option<RawGrowthCap>,
}

/// A ceiling that grows from a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawGrowthCap {
    /// Redemption rate of the snapshot.
    pub snapshot_eth_per_lrt: Positive,
    /// Growth that is let through, of the snapshot.
    pub growth_pct_per_year: NonNegative,
    /// Age of the snapshot at the start.
    pub age_hours: Hours,
}

/// A feed that is pushed when it is old or wrong.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawMarketFeed {
    /// Pushed at the latest this long after the last push.
    pub heartbeat_hours: Hours,
    /// Pushed when the market is this far from it.
    pub deviation_bps: Bps,
}

/// A mean over the past.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTimeWeighted {
    /// Mean age of the prices in it: half of the window of a plain mean.
    pub mean_age_minutes: Positive,
}

/// A price that nobody updates.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawHardCoded {
    /// ETH per token.
    pub eth_per_lrt: Positive,
}

/// A borrow rate by utilisation: `kinked` or `adaptive`.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawInterest {
    /// Two straight lines (Aave, Compound).
    pub kinked: Option<RawKinked>,
    /// A curve that moves towards its target by itself (Morpho).
    pub adaptive: Option<RawAdaptive>,
    /// Share of the interest that the protocol keeps; none if absent.
    pub protocol_share_pct: Option<Percent>,
}

/// Two straight lines.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawKinked {
    /// At no utilisation, a year.
    pub base_pct: NonNegative,
    /// Rise up to the kink, a year.
    pub slope_1_pct: NonNegative,
    /// Rise from the kink to full utilisation, a year.
    pub slope_2_pct: NonNegative,
    /// Utilisation at the kink.
    #[schemars(extend("exclusiveMinimum" = 0, "exclusiveMaximum" = 100))]
    pub kink_pct: f64,
}

/// Morpho's adaptive curve.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawAdaptive {
    /// At the target utilisation at the start, a year.
    #[schemars(extend("minimum" = 0.1, "maximum" = 200))]
    pub rate_at_target_pct: f64,
}

/// When owners of leveraged positions give up.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawUnwind {
    /// Loss a year that is borne, of the debt.
    pub threshold_pct_per_year: NonNegative,
    /// Of positions beyond it, how many give up per day (a hazard).
    pub unwinds_per_day: NonNegative,
    /// For how long owners expect the loss to last: they sell only if it costs them more than a sale below the redemption rate.
    /// If absent they sell at any price that covers the debt.
    pub horizon_days: Option<Positive>,
}

/// Loans that are alike.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBucketOfLoans {
    /// How many positions.
    pub positions: Positive,
    /// Tokens of all of them.
    pub collateral_lrt: Positive,
    /// Debt over collateral at the redemption rate at the start.
    #[schemars(extend("exclusiveMinimum" = 0, "exclusiveMaximum" = 100))]
    pub ltv_pct: f64,
}
