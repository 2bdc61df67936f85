//! Pools of concentrated liquidity.

use schemars::JsonSchema;
use serde::Deserialize;

use super::cryptoswap::Decimals;
use crate::raw::quantity::{BpsBelowAll, NonNegative, Positive, Share, WholeNumber};

/// Concentrated liquidity, as Uniswap v3 and its kin: either `price` and `segments`, or what the contract stores
/// (`lrt_is_token0`, `decimals`, `sqrt_price_x96`, `ticks`).
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawConcentratedLiquidity {
    /// Fee of a swap, taken from what comes in.
    pub fee_bps: BpsBelowAll,
    /// Share of the fee that goes to the protocol; 0 if absent.
    pub protocol_fee_share: Option<Share>,
    /// Quote coins per token.
    pub price: Option<Positive>,
    /// Liquidity by price, ascending; between two segments there is none.
    #[schemars(length(min = 1))]
    pub segments: Option<Vec<RawSegment>>,
    /// Whether the token is the contract's token 0; else it is token 1.
    pub lrt_is_token0: Option<bool>,
    /// Decimals of token 0 and token 1.
    #[schemars(length(min = 2, max = 2))]
    pub decimals: Option<Vec<Decimals>>,
    /// `sqrtPriceX96` of `slot0()`, in quotes.
    pub sqrt_price_x96: Option<WholeNumber>,
    /// `tick` of `slot0()`; that of the price if absent.
    pub tick: Option<Tick>,
    /// `liquidity()`, in quotes; what the ticks add up to if absent.
    pub liquidity: Option<WholeNumber>,
    /// `tickSpacing()`: every tick is a multiple of it.
    #[schemars(extend("minimum" = 1, "maximum" = 16384))]
    pub tick_spacing: Option<i32>,
    /// All initialised ticks, ascending.
    #[schemars(length(min = 2))]
    pub ticks: Option<Vec<RawTick>>,
}

/// Liquidity from one price to another.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSegment {
    /// Lower price, quote coins per token.
    pub from: Positive,
    /// Higher price.
    pub to: Positive,
    /// `L` in whole coins: square root of quote coins times tokens.
    pub liquidity: NonNegative,
}

/// An initialised tick.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawTick {
    /// Where it is.
    pub tick: Tick,
    /// `liquidityNet`, in quotes: what comes into range when the price rises through it.
    pub liquidity_net: WholeNumber,
}

/// A tick of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[schemars(extend("minimum" = -887272, "maximum" = 887272))]
pub struct Tick(pub i32);
