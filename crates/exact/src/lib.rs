//! Integer reference of what contracts and the consensus spec compute.
//!
//! Every function returns the number the original returns, to the last unit, or an error where the original
//! reverts: never a panic, never a wrong number. Slow (about a microsecond per swap) and meant as the yardstick
//! for the floating-point lanes, for tests and for the `verify` command; the simulation itself does not use it.
//!
//! - [`stableswap`]: Curve StableSwap pools, first and next generation, two to eight coins;
//! - [`balancer`]: Balancer stable and weighted pools, versions 2 and 3;
//! - [`cryptoswap`]: Curve cryptoswap pools with two coins;
//! - [`constant_product`]: the Uniswap v2 pair;
//! - [`uniswap_v3`]: concentrated liquidity, the Uniswap v3 pool and its forks;
//! - [`quote`]: one face for every pool, inverse quotes, limits and depth by search;
//! - [`consensus`]: the consensus layer's queues, slashings and leaks;
//! - [`restaking`]: delegation, slashing and escrow of restaking protocols;
//! - [`redemption`]: how liquid (re)staking tokens turn into ETH;
//! - [`lending`]: liquidation, interest and oracles of lending markets.
//!
//! Token amounts are [`U256`] in the token's smallest unit, consensus balances `u64` Gwei.

pub mod balancer;
pub mod consensus;
pub mod constant_product;
pub mod cryptoswap;
pub mod lending;
pub mod quote;
pub mod redemption;
pub mod restaking;
pub mod stableswap;
pub mod uniswap_v3;

mod arithmetic;
mod wide_arithmetic;

pub use arithmetic::ArithmeticError;
pub use ruint::aliases::U256;
