//! Stable pools behind the version 2 vault: MetaStable and composable.
//!
//! Amounts are multiplied by a scaling factor `10^(18 - decimals) rate` rounded down, the output is divided by it
//! rounded down, the input rounded up. The fee is taken from the raw input: `ceil(in f)` before a given input is scaled,
//! `in / (1 - f)` rounded up after a wanted input is scaled back. Rates come from a cache ([`RateCache`]).
//!
//! A composable pool holds its own pool token as one of its tokens, minted in advance; indices count it, the curve
//! does not, and a swap with it is a deposit or a withdrawal of one token.
//!
//! Source: balancer/balancer-v2-monorepo `pkg/pool-utils/contracts/BaseGeneralPool.sol`,
//! `pkg/pool-stable/contracts/StablePool.sol` and `meta/MetaStablePool.sol`, `ComposableStablePool.sol` at 02bc0833,
//! `pkg/vault/contracts/Swaps.sol`. See [`super`] for units and what is left out.

mod liquidity;
mod math;
mod own_token;
mod pool;
mod rate_cache;
mod swap;

pub use pool::{Family, Parameters, Pool, Token};
pub use rate_cache::RateCache;
