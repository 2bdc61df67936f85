//! Pool models on lanes: quotes, trades, prices, depth, routing.
//!
//! Coin 0 is ETH or another quote coin, coin 1 the token (`lrt`); prices are quote per token. A [`Pool`] is one model
//! of `W` paths side by side, a [`Venue`] a pool of whatever model in ETH; every method works on all lanes with a bound
//! of operations, and bits do not depend on `W`. A pool's model is chosen once per call, never per lane. `pegstress_exact` holds the integer versions.

mod outlined;
pub mod pool;
pub mod venue;

pub mod balancer_stable;
pub mod concentrated;
pub mod constant_product;
pub mod cryptoswap;
pub mod stableswap;
pub mod weighted;

pub mod depth;
pub mod route;

pub use balancer_stable::BalancerStable;
pub use concentrated::ConcentratedLiquidity;
pub use constant_product::ConstantProduct;
pub use cryptoswap::Cryptoswap;
pub use pool::{Coin, Money, Pool, Traded};
pub use stableswap::{MultiStableSwap, StableSwap};
pub use venue::{PoolSpec, RateSource, Venue, VenueSpec};
pub use weighted::Weighted;
