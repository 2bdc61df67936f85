//! Pools behind the version 3 vault: stable, with or without the StableSurge hook, and weighted.
//!
//! The vault keeps raw balances and their live values `floor(raw 10^(18-decimals) rate)`. A swap works on live values:
//! what comes in is rounded down, the fee on it up; what goes out is brought back with the rate plus one unit (unless
//! the rate is a multiple of 1e18), so that every rounding stays in the pool. Scaled amounts below 1e6 are refused.
//!
//! Sources: balancer/balancer-v3-monorepo `pkg/vault/contracts/Vault.sol`,
//! `pkg/solidity-utils/contracts/helpers/ScalingHelpers.sol` and `math/BasePoolMath.sol` as deployed,
//! `pkg/pool-stable/contracts/StablePool.sol`, `pkg/pool-weighted/contracts/WeightedPool.sol`.
//! See [`super`] for units and what is left out.

mod curve;
mod liquidity;
mod pool;
mod price;
mod scaling;
mod surge;
mod swap;

pub use curve::Curve;
pub use pool::{Parameters, Pool};
pub use surge::Surge;
