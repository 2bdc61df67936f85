//! What a cryptoswap pool is made of, as the contract reports it, in plain fractions and seconds.

use super::{FeeSchedule, Peg};
use crate::pool::Coin;

/// Shape of the curve.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    /// `A N^N`: what the contract's `A()` returns, over 10,000.
    pub amplification: f64,
    /// Width of the concentrated region.
    pub gamma: f64,
}

/// When and how far the price scale moves, and what the owner gets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Repegging {
    /// Profit beyond half of the total from which the scale may move.
    pub allowed_extra_profit: f64,
    /// Least relative step; a smaller distance to the average is left alone.
    pub adjustment_step: f64,
    /// A step is at least the distance over this: 5 in pools of the factory, 10 in stand-alone ones.
    pub steps: f64,
    /// Half-life of the average price, seconds (`ma_half_time`).
    pub half_life_secs: f64,
    /// The owner's share of half of the profit; zero also where the owner receives nothing.
    pub admin_fee: f64,
}

/// A pool at the start.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Quote coin in the pool.
    pub reserve_eth: f64,
    /// Tokens in the pool.
    pub reserve_lrt: f64,
    /// Smallest unit of the quote coin: 1e-18 with 18 decimals.
    pub unit_eth: f64,
    /// Smallest unit of the token.
    pub unit_lrt: f64,
    /// Which coin is the contract's coin 0, in which it counts.
    pub coin_0: Coin,
    /// Shape of the curve.
    pub curve: Curve,
    /// Dynamic fee.
    pub fees: FeeSchedule,
    /// Moves of the price scale.
    pub repegging: Repegging,
    /// Prices and profits.
    pub peg: Peg,
}
