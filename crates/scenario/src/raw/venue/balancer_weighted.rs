//! Balancer's weighted pools.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::raw::drivers::NumberOrRows;
use crate::raw::quantity::{BpsBelowAll, Share};

/// Balancer's weighted pool, versions 2 and 3. Only two of its tokens trade; the others stay where they are.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawBalancerWeighted {
    /// Weight of the token, of 1.
    #[schemars(extend("minimum" = 0.01, "maximum" = 0.99))]
    pub weight_lrt: f64,
    /// Weight of the quote coin, of 1; what the token leaves if absent, in pools of two tokens.
    pub weight_quote: Option<Weight>,
    /// Fee of a swap, taken from what comes in.
    pub fee_bps: BpsBelowAll,
    /// Share of the fee that the protocol sets aside at once; 0 if absent. Version 3: usually 0.5; version 2 collects later: 0.
    pub protocol_fee_share: Option<Share>,
    /// Quote coin in the pool: a number at the start, or rows of a file in `pool_history`.
    pub reserve_quote: NumberOrRows,
    /// Tokens in the pool: a number at the start, or rows of a file in `pool_history`.
    pub reserve_lrt: NumberOrRows,
}

/// Weight of a token, of 1.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, JsonSchema)]
#[schemars(extend("minimum" = 0.01, "maximum" = 0.99))]
pub struct Weight(pub f64);
