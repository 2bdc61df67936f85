//! Curve's StableSwap pools.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::raw::drivers::NumberOrRows;
use crate::raw::quantity::{Bps, Hours, NonNegative, Positive, Share};

/// Curve's StableSwap of the first generation or NG.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawStableSwap {
    /// Amplification `A` as the contract's `A()` gives it.
    #[schemars(extend("minimum" = 1, "maximum" = 1000000))]
    pub amplification: f64,
    /// Fee of a swap, taken from what goes out.
    pub fee_bps: Bps,
    /// NG's `offpeg_fee_multiplier` (1 = 1x): how much higher the fee is far from the peg; static if absent or at most 1.
    pub offpeg_fee_multiplier: Option<NonNegative>,
    /// Share of the fee that leaves the pool; 0.5 if absent.
    pub admin_fee_share: Option<Share>,
    /// Whether the pool knows the redemption rate.
    pub rate: RateKind,
    /// Age at which the pool reads the rate again; 0 if absent: at every trade.
    pub rate_cache_hours: Option<Hours>,
    /// Quote coin in the pool: a number at the start, or rows of a file in `pool_history`.
    pub reserve_quote: NumberOrRows,
    /// Tokens in the pool: a number at the start, or rows of a file in `pool_history`.
    pub reserve_lrt: NumberOrRows,
    /// The further coins of a pool of three or four.
    #[serde(default)]
    #[schemars(length(max = 2))]
    pub others: Vec<RawOtherCoin>,
}

/// A coin of a pool that is neither the token nor the quote coin.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawOtherCoin {
    /// Amount in the pool.
    pub reserve: Positive,
    /// Quote coins by which the pool counts one.
    pub rate: Positive,
}

/// The unit in which a pool counts the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RateKind {
    /// One token counts as one quote coin.
    Plain,
    /// One token counts as its redemption rate.
    RedemptionRate,
}
