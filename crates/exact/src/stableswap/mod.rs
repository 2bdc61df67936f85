//! Curve StableSwap pools: the invariant, swaps, liquidity and the price oracle in integers.
//!
//! With balances `x_k` brought to 18 decimals and one currency, `n` coins and amplification `A`, the pool keeps
//!
//! ```text
//! A n^n sum(x_k) + D = A D n^n + D^(n+1) / (n^n prod(x_k))
//! ```
//!
//! where the contracts call `A n` "Ann" and use it in the place of `A n^n` (so their `A` is `A n^(n-1)`).
//! `D` and each balance are found by Newton's method in integers; the rounding of the steps is part of the result
//! and differs between [`Generation`]s.
//!
//! Sources: curvefi/stableswap-ng `contracts/main/CurveStableSwapNG.vy` and `CurveStableSwapNGViews.vy` at
//! 2abe778f (v1.2.0); curvefi/curve-contract `contracts/pools/steth/StableSwapSTETH.vy`,
//! `contracts/pools/reth/StableSwapRETH.vy`, `contracts/pools/3pool/StableSwap3Pool.vy` and `contracts/pool-templates/base/SwapTemplateBase.vy`.
//!
//! Units: balances and amounts in the coin's smallest unit; fees with 1e10 = 100 %; rates, prices and the virtual
//! price with 1e18 = 1, a rate also carrying `10^(18 - decimals)`; times in seconds.
//! Domain: 2 to 8 coins, `A` from 1 to 10^6 as governance writes it (unscaled), fees from 0 to 100 %.
//! Not modelled: rebasing and transfer-fee coins, slippage limits, metapools. The 3pool era's view `get_dy` rounds to
//! the coin's unit before it takes the fee and may differ by one unit from what its `exchange` pays; quotes here are
//! the exchange's.

mod curve;
mod error;
mod exponential;
mod fee;
mod liquidity;
mod moving_average;
mod pool;
mod ramp;

pub use curve::{Curve, Generation};
pub use error::Error;
pub use fee::FeeSchedule;
pub use moving_average::MovingAverages;
pub use pool::{Parameters, Pool};
pub use ramp::Ramp;

use ruint::aliases::U256;

/// 100 % in the unit of fees.
pub const FEE_DENOMINATOR: U256 = U256::from_limbs([10_000_000_000, 0, 0, 0]);

/// One in the unit of rates and prices.
pub const ONE: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);
