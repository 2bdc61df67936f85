//! Pool models on lanes: quotes, trades, prices, depth, routing.
//!
//! Coin 0 is ETH, coin 1 the token (`lrt`); prices are ETH per token. A [`Venue`] is one pool of `W` paths side by
//! side; every method works on all lanes with a fixed number of operations, so that bits do not depend on `W`.
//! A pool's model is chosen once per call, never per lane. `pegstress_exact` holds the integer versions.

pub mod venue;

pub mod constant_product;
pub mod stableswap;

pub mod depth;
pub mod route;

pub use constant_product::ConstantProduct;
pub use stableswap::StableSwap;
pub use venue::{PoolModel, RateSource, Traded, Venue, VenueSpec};
