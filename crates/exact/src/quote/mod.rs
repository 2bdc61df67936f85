//! One face for every pool, and searches on it: inverse quotes, limits, depth.
//!
//! [`Quote`] is what a pool must tell; the functions beside it answer, in integers and to the unit,
//!
//! - [`least_in`]: the least sale that pays a wanted amount;
//! - [`largest_in`]: the largest sale that the pool takes, and why the next unit fails;
//! - [`until_average_price`], [`until_marginal_price`], [`until_share`]: how much to sell to reach a price or a
//!   composition;
//! - [`price_after`]: the marginal price after a sale.
//!
//! Concentrated liquidity has these as results of its contract: an exact output, and a sale up to a price limit
//! ([`quote_to_sqrt_price`](crate::uniswap_v3::Pool::quote_to_sqrt_price)).
//!
//! Guarantee: the answer has the property asked for, and the next unit (the unit before it for [`least_in`]) has not.
//! Where the property changes only once over the amounts, the answer is therefore the extreme one. Roundings let
//! it change more than once: an iteration's last unit can lower the output for a larger input, the first units
//! of input often pay nothing, and a cryptoswap sale may move the price scale. The answer is then one such change, the one
//! next to the largest power of two with the property (the smallest for [`least_in`]); others lie where the pool's
//! outputs are within their rounding of the target. A property that holds for no power of two counts as never true
//! ([`least_in`] also tries the largest sale).
//!
//! Work: at most 257 evaluations to bracket and 255 to bisect; [`least_in`] at most twice as many.

mod pools;
mod price;
mod search;

use ruint::aliases::U256;

pub use price::Price;
pub use search::{
    Limit, Unreachable, largest_in, least_in, price_after, until_average_price, until_marginal_price,
    until_share,
};

/// What a pool tells about itself. Coins have indices from 0 on; amounts are in their smallest units.
pub trait Quote: Clone {
    /// Why the pool refuses.
    type Error;

    /// Number of coins.
    fn coins(&self) -> usize;

    /// What a sale of `amount_in` of coin `i` pays of coin `j`, fee taken.
    ///
    /// # Errors
    /// Where the contract reverts.
    fn quote_exact_in(&self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error>;

    /// Sells `amount_in` of coin `i` for coin `j` and returns what it pays.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    fn exchange(&mut self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error>;

    /// What an infinitely small sale of coin `i` pays of coin `j`, after the fee at the current balances.
    ///
    /// # Errors
    /// When a coin does not exist or the pool has no price.
    fn marginal_price(&self, i: usize, j: usize) -> Result<Price, Self::Error>;

    /// Part of the pool that is in coin `i`, every coin valued as the pool's curve does before its own price: at its rate
    /// (StableSwap, Balancer), at the price scale (cryptoswap), unit for unit (constant product).
    ///
    /// # Errors
    /// When the coin does not exist or the pool is empty.
    fn share(&self, i: usize) -> Result<Price, Self::Error>;
}
