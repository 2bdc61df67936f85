//! One pool of whatever model, on lanes: what routing and the simulation talk to.
//!
//! Amounts that are negative or not numbers count as zero. A pool that breaks marks the lane as faulty and leaves
//! its neighbours alone.

use crate::{ConstantProduct, StableSwap};
use pegstress_num::{Lanes, clamp, greater};

/// A pool at the start.
#[derive(Debug, Clone, PartialEq)]
pub struct VenueSpec {
    /// Name for reports.
    pub name: String,
    /// Model and its parameters.
    pub model: PoolModel,
    /// ETH in the pool.
    pub reserve_eth: f64,
    /// Tokens in the pool.
    pub reserve_lrt: f64,
    /// Fee, fraction.
    pub fee: f64,
}

/// Pool models.
#[derive(Debug, Clone, PartialEq)]
pub enum PoolModel {
    /// Two-coin StableSwap.
    StableSwap {
        /// Quoted amplification A (the contracts' `Ann` is `2A`).
        amplification: f64,
        /// Share of the fee that leaves the pool.
        admin_fee: f64,
        /// Rate by which the token's reserve counts.
        rate: RateSource,
    },
    /// Constant product.
    ConstantProduct,
}

/// Rate by which a pool counts its tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RateSource {
    /// One: a plain pool.
    Plain,
    /// The redemption rate on chain.
    RedemptionRate,
}

/// What a trade paid out, after fee; one of the two is zero in each lane.
#[derive(Debug, Clone, Copy)]
pub struct Traded<const W: usize> {
    /// ETH paid to sellers.
    pub eth_out: Lanes<W>,
    /// Tokens paid to buyers.
    pub lrt_out: Lanes<W>,
}

/// ETH and tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Money<const W: usize> {
    pub(crate) eth: Lanes<W>,
    pub(crate) lrt: Lanes<W>,
}

/// A pool on lanes.
#[derive(Debug, Clone)]
pub enum Venue<const W: usize> {
    /// Two-coin StableSwap.
    StableSwap(StableSwap<W>),
    /// Constant product.
    ConstantProduct(ConstantProduct<W>),
}

/// The same call on whichever model it is.
macro_rules! on_model {
    ($venue:expr, $pool:ident => $call:expr) => {
        match $venue {
            Venue::StableSwap($pool) => $call,
            Venue::ConstantProduct($pool) => $call,
        }
    };
}

impl<const W: usize> Venue<W> {
    /// The pool of `spec` in every lane; `nav` is the redemption rate for pools that follow it.
    #[inline(always)]
    pub fn new(spec: &VenueSpec, nav: &Lanes<W>) -> Self {
        let reserves = (spec.reserve_eth, spec.reserve_lrt);
        match spec.model {
            PoolModel::StableSwap { amplification, admin_fee, rate } => {
                Self::StableSwap(StableSwap::new(reserves, amplification, spec.fee, admin_fee, rate, nav))
            }
            PoolModel::ConstantProduct => Self::ConstantProduct(ConstantProduct::new(reserves, spec.fee)),
        }
    }

    /// The redemption rate on chain is now `nav`: pools with a rate oracle follow.
    #[inline(always)]
    pub fn set_rate(&mut self, nav: &Lanes<W>) {
        if let Self::StableSwap(pool) = self {
            pool.set_rate(nav);
        }
    }

    /// ETH per token for the next token, before fee.
    #[inline(always)]
    pub fn marginal_price(&self) -> Lanes<W> {
        on_model!(self, pool => pool.marginal_price())
    }

    /// ETH per token for the next token sold, after fee.
    #[inline(always)]
    pub fn bid(&self) -> Lanes<W> {
        let keep = match self {
            Self::StableSwap(pool) => 1.0 - pool.fee,
            Self::ConstantProduct(pool) => 1.0 - pool.fee,
        };
        let mut bid = self.marginal_price();
        for price in &mut bid {
            *price *= keep;
        }
        bid
    }

    /// ETH that a sale would pay, after fee.
    #[inline(always)]
    pub fn quote_sell(&self, lrt_in: &Lanes<W>) -> Lanes<W> {
        on_model!(self, pool => pool.quote_sell(lrt_in))
    }

    /// Each lane sells `lrt_in` or, where `eth_in` is positive, buys with it.
    #[inline(always)]
    pub fn trade(&mut self, lrt_in: &Lanes<W>, eth_in: &Lanes<W>) -> Traded<W> {
        on_model!(self, pool => pool.trade(lrt_in, eth_in))
    }

    /// Sells tokens; returns the ETH paid, after fee.
    #[inline(always)]
    pub fn sell(&mut self, lrt_in: &Lanes<W>) -> Lanes<W> {
        self.trade(lrt_in, &[0.0; W]).eth_out
    }

    /// Buys tokens with ETH; returns the tokens paid out, after fee.
    #[inline(always)]
    pub fn buy(&mut self, eth_in: &Lanes<W>) -> Lanes<W> {
        self.trade(&[0.0; W], eth_in).lrt_out
    }

    /// ETH that a buyer puts in until the next token costs `limit`, fee included; 0 where it already does.
    #[inline(always)]
    pub fn eth_to_reach(&self, limit: &Lanes<W>) -> Lanes<W> {
        on_model!(self, pool => pool.eth_to_reach(limit))
    }

    /// Tokens that a seller puts in until the marginal price, before fee, is `price`; 0 where it already is.
    #[inline(always)]
    pub fn lrt_to_reach(&self, price: &Lanes<W>) -> Lanes<W> {
        on_model!(self, pool => pool.lrt_to_reach(price))
    }

    /// Providers take out `share` of the pool, in proportion: (ETH, tokens) out.
    #[inline(always)]
    pub fn withdraw_share(&mut self, share: &Lanes<W>) -> (Lanes<W>, Lanes<W>) {
        let mut factor = [1.0; W];
        for i in 0..W {
            factor[i] = 1.0 - clamp(greater(share[i], 0.0), 0.0, 1.0);
        }
        let moved = on_model!(self, pool => pool.scale(&factor));
        let (mut eth_out, mut lrt_out) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            eth_out[i] = 0.0 - moved.eth[i];
            lrt_out[i] = 0.0 - moved.lrt[i];
        }
        (eth_out, lrt_out)
    }

    /// Providers add `share` of the present pool, in proportion: (ETH, tokens) in.
    #[inline(always)]
    pub fn deposit_share(&mut self, share: &Lanes<W>) -> (Lanes<W>, Lanes<W>) {
        let mut factor = [1.0; W];
        for i in 0..W {
            factor[i] = 1.0 + greater(share[i], 0.0);
        }
        let moved = on_model!(self, pool => pool.scale(&factor));
        (moved.eth, moved.lrt)
    }

    /// ETH in the pool.
    #[inline(always)]
    pub fn reserve_eth(&self) -> &Lanes<W> {
        on_model!(self, pool => &pool.eth)
    }

    /// Tokens in the pool.
    #[inline(always)]
    pub fn reserve_lrt(&self) -> &Lanes<W> {
        on_model!(self, pool => &pool.lrt)
    }

    /// ETH that the pool has paid away as administration fees.
    #[inline(always)]
    pub fn fees_paid_eth(&self) -> Lanes<W> {
        match self {
            Self::StableSwap(pool) => pool.fees_eth,
            Self::ConstantProduct(_) => [0.0; W],
        }
    }

    /// Tokens that the pool has paid away as administration fees.
    #[inline(always)]
    pub fn fees_paid_lrt(&self) -> Lanes<W> {
        match self {
            Self::StableSwap(pool) => pool.fees_lrt,
            Self::ConstantProduct(_) => [0.0; W],
        }
    }

    /// Lanes in which the pool broke: an invariant that did not settle, a reserve outside the positive numbers.
    pub fn faults(&self) -> [bool; W] {
        on_model!(self, pool => pool.faults())
    }
}
