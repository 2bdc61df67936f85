//! Curve's cryptoswap pools of two coins.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::raw::quantity::{Bps, Positive, Share};

/// Curve's cryptoswap of two coins. Numbers that the contract gives in 1e18 are written as what they mean: a `gamma()` of
/// 145000000000000 is 0.000145.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawCryptoswap {
    /// Amplification as the contract's `A()` gives it: 4 times A, times 10,000.
    #[schemars(extend("minimum" = 4000, "maximum" = 4000000000_u64))]
    pub amplification: f64,
    /// Width of the concentrated region, `gamma()` / 1e18.
    #[schemars(extend("minimum" = 1e-8, "maximum" = 0.02))]
    pub gamma: f64,
    /// Fee in balance, `mid_fee()`.
    pub mid_fee_bps: Bps,
    /// Fee far from balance, `out_fee()`.
    pub out_fee_bps: Bps,
    /// How fast the one fee turns into the other, `fee_gamma()` / 1e18.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 1))]
    pub fee_gamma: f64,
    /// Profit beyond half of the total from which the price scale may move, `allowed_extra_profit()` / 1e18.
    #[schemars(extend("minimum" = 0, "maximum" = 0.01))]
    pub allowed_extra_profit: f64,
    /// Least relative step of the price scale, `adjustment_step()` / 1e18.
    #[schemars(extend("minimum" = 0, "maximum" = 1))]
    pub adjustment_step: f64,
    /// A step is at least the distance to the average price over this: 5 in pools of the factory (if absent), 10 in
    /// stand-alone ones.
    pub adjustment_divisor: Option<AdjustmentDivisor>,
    /// Half-life of the average price, `ma_half_time()`.
    #[schemars(extend("exclusiveMinimum" = 0, "maximum" = 604800))]
    pub ma_half_time_secs: f64,
    /// The owner's share of half of the profit, `admin_fee()` / 1e10; 0.5 if absent.
    pub admin_fee_share: Option<Share>,
    /// Whether the token is the contract's coin 0; else it is coin 1.
    pub lrt_is_coin0: bool,
    /// Decimals of coin 0 and coin 1; 18 each if absent.
    #[schemars(length(min = 2, max = 2))]
    pub decimals: Option<Vec<Decimals>>,
    /// Coins 0 per coin 1 around which the liquidity is concentrated, `price_scale()` / 1e18.
    pub price_scale: Positive,
    /// Moving average of the price, `price_oracle()` / 1e18; `price_scale` if absent.
    pub price_oracle: Option<Positive>,
    /// Price of the last trade, `last_prices()` / 1e18; `price_oracle` if absent.
    pub last_price: Option<Positive>,
    /// Value of a share since the start of the pool, `virtual_price()` / 1e18; 1 if absent.
    pub virtual_price: Option<Positive>,
    /// Profit counter, `xcp_profit()` / 1e18; 1 if absent.
    pub xcp_profit: Option<Positive>,
    /// The counter at the owner's last claim, `xcp_profit_a()` / 1e18; 1 if absent.
    pub xcp_profit_at_claim: Option<Positive>,
    /// Quote coin in the pool.
    pub reserve_quote: Positive,
    /// Tokens in the pool.
    pub reserve_lrt: Positive,
}

/// The least number of steps to the average price.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("minimum" = 1, "maximum" = 1000))]
pub struct AdjustmentDivisor(pub f64);

/// Decimals of a coin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(extend("minimum" = 0, "maximum" = 36))]
pub struct Decimals(pub u8);
