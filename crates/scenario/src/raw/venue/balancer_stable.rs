//! Balancer's stable pools.

use schemars::JsonSchema;
use serde::Deserialize;

use super::stableswap::RateKind;
use crate::raw::drivers::NumberOrRows;
use crate::raw::quantity::{BpsBelowAll, Hours, Positive, Share, ShareBelowOne};

/// Balancer's stable pool of two tokens: MetaStable and composable (the pool's own token left out), and version 3.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBalancerStable {
    /// Amplification `A` as governance writes it; contracts store a thousandfold.
    #[schemars(extend("minimum" = 1, "maximum" = 100000))]
    pub amplification: f64,
    /// Fee of a swap, taken from what comes in.
    pub fee_bps: BpsBelowAll,
    /// Share of the fee that the protocol sets aside at once; 0 if absent. Version 3: usually 0.5; version 2 collects later: 0.
    pub protocol_fee_share: Option<Share>,
    /// Whether the pool has a rate provider for the token.
    pub rate: RateKind,
    /// Age at which the pool reads the rate again; 0 if absent: at every trade.
    pub rate_cache_hours: Option<Hours>,
    /// Rate by which the pool counts the quote coin, over `eth_per_quote`; 1 if absent.
    pub quote_rate: Option<Positive>,
    /// The StableSurge hook of version 3.
    pub surge: Option<RawSurge>,
    /// Quote coin in the pool: a number at the start, or rows of a file in `pool_history`.
    pub reserve_quote: NumberOrRows,
    /// Tokens in the pool: a number at the start, or rows of a file in `pool_history`.
    pub reserve_lrt: NumberOrRows,
}

/// A fee that grows with the imbalance that a trade worsens.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSurge {
    /// Imbalance from which the fee grows, of 1.
    pub threshold: ShareBelowOne,
    /// Fee at an imbalance of 1.
    pub max_fee_bps: BpsBelowAll,
}
