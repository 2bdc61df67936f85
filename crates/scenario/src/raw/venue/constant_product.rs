//! Constant product pools.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::raw::drivers::NumberOrRows;
use crate::raw::quantity::Bps;

/// `x * y = k`, as Uniswap v2.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawConstantProduct {
    /// Fee of a swap, taken from what comes in.
    pub fee_bps: Bps,
    /// Quote coin in the pool: a number at the start, or rows of a file in `pool_history`.
    pub reserve_quote: NumberOrRows,
    /// Tokens in the pool: a number at the start, or rows of a file in `pool_history`.
    pub reserve_lrt: NumberOrRows,
}
