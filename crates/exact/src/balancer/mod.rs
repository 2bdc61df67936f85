//! Balancer pools: stable and weighted, version 2 and version 3, in integers.
//!
//! With balances `x_k` in 18 decimals and one currency, `n` tokens and amplification `A` (as governance writes it, so
//! `A n` stands where the StableSwap paper has `A n^n`), a stable pool keeps
//!
//! ```text
//! A n sum(x_k) + D = A n D + D^(n+1) / (n^n prod(x_k))
//! ```
//!
//! and a weighted pool with weights `w_k` keeps `prod(x_k^w_k)`. The fee is taken from what comes in. The contracts of
//! the three families ([`StableFamily`]) round the same formulas differently, and the roundings are part of the
//! result.
//!
//! - [`v2`]: MetaStable and composable stable pools behind the version 2 vault, with cached token rates;
//! - [`v3`]: stable (also with the StableSurge hook) and weighted pools behind the version 3 vault;
//! - [`StableCurve`], [`WeightedCurve`]: the invariants alone;
//! - [`fixed_point`]: the 18-decimal arithmetic, powers included.
//!
//! Sources: balancer/balancer-v2-monorepo `pkg/pool-stable/contracts/StableMath.sol` (at 02b5e7d0 for the MetaStable
//! family; later, with one way of rounding the invariant, for composable pools), `ComposableStablePool.sol`,
//! `pkg/pool-utils/contracts/BaseGeneralPool.sol`; balancer/balancer-v3-monorepo `pkg/solidity-utils/contracts/math`,
//! `pkg/vault/contracts/Vault.sol`, `pkg/pool-stable`, `pkg/pool-weighted` and `pkg/pool-hooks` as deployed. Read for
//! facts; the code here is written from the formulas.
//!
//! Units: raw amounts in the token's smallest unit; rates, fees, weights, prices and pool tokens with 1e18 = 1;
//! amplification in thousandths, as the contracts store it. Domain: 2 to 5 tokens in stable pools, 2 to 8 in weighted
//! ones. Not modelled: an amplification ramp (set the value it has), protocol fees of version 2 and yield fees of
//! version 3 (both are paid at the next deposit or withdrawal), slippage limits, recovery mode, and the fee that
//! version 3 takes on a proportional withdrawal in the same transaction as a deposit.

mod amounts;
mod error;
pub mod fixed_point;
mod log_exp;
mod stable_curve;
pub mod v2;
pub mod v3;
mod weighted_curve;

pub use error::Error;
pub use fixed_point::ONE;
pub use stable_curve::{StableCurve, StableFamily};
pub use weighted_curve::WeightedCurve;

/// Direction of a rounding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Never above the true value.
    Down,
    /// Never below the true value.
    Up,
}
