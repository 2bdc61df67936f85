//! Pools whose methods are called instead of inlined.
//!
//! A step of the simulation asks its venues in some twenty places. Inlining every model in each would make the kernel
//! many times larger than the first-level cache and its compilation minutes long, and results that meet after a choice
//! of many are copied. So the model of most pools is inlined, StableSwap of two coins, and the others are compiled once per
//! instruction set and called: a few nanoseconds for all lanes together. Bits do not depend on it.

use crate::pool::{Coin, Money, Pool, Traded};
use crate::{BalancerStable, ConcentratedLiquidity, ConstantProduct, Cryptoswap, MultiStableSwap, Weighted};
use pegstress_num::{Isa, Lanes, per_isa};

/// A pool behind calls to the copies of one instruction set.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Outlined<const W: usize> {
    pub(crate) model: Called<W>,
    pub(crate) isa: Isa,
}

/// The models that are called.
#[derive(Debug, Clone)]
pub(crate) enum Called<const W: usize> {
    BalancerStable(BalancerStable<W>),
    ConcentratedLiquidity(ConcentratedLiquidity<W>),
    ConstantProduct(ConstantProduct<W>),
    Cryptoswap(Cryptoswap<W>),
    MultiStableSwap(MultiStableSwap<W>),
    Weighted(Weighted<W>),
}

/// One method: the copies per instruction set, and the kernel that they take in.
macro_rules! call {
    ($model:ident, $name:ident($($pool:tt)+), ($($arg:ident: $type:ty),*) -> $out:ty) => {
        pub(crate) mod $name {
            use super::*;

            per_isa! {
                #[inline(never)]
                pub(crate) fn call<const W: usize>(pool: $($pool)+ $model<W>, $($arg: $type),*) -> $out = kernel
            }

            #[inline(always)]
            fn kernel<const W: usize>(pool: $($pool)+ $model<W>, $($arg: $type),*) -> $out {
                Pool::$name(pool, $($arg),*)
            }
        }
    };
}

macro_rules! outline {
    ($($module:ident: $model:ident;)*) => {$(
        mod $module {
            use super::*;

            call! { $model, set_rate(&mut), (nav: &Lanes<W>) -> () }
            call! { $model, marginal_price(&), () -> Lanes<W> }
            call! { $model, bid(&), () -> Lanes<W> }
            call! { $model, quote_sell(&), (lrt_in: &Lanes<W>) -> Lanes<W> }
            call! { $model, quote_buy(&), (eth_in: &Lanes<W>) -> Lanes<W> }
            call! { $model, trade(&mut), (lrt_in: &Lanes<W>, eth_in: &Lanes<W>) -> Traded<W> }
            call! { $model, lrt_to_bid(&), (bid: &Lanes<W>) -> Lanes<W> }
            call! { $model, eth_to_ask(&), (ask: &Lanes<W>) -> Lanes<W> }
            call! { $model, lrt_to_price(&), (price: &Lanes<W>) -> Lanes<W> }
            call! { $model, scale(&mut), (factor: &Lanes<W>) -> Money<W> }
            call! { $model, reserves(&), () -> Money<W> }
        }
    )*};
}

outline! {
    balancer_stable: BalancerStable;
    concentrated: ConcentratedLiquidity;
    constant_product: ConstantProduct;
    cryptoswap: Cryptoswap;
    multi_stableswap: MultiStableSwap;
    weighted: Weighted;
}

/// A method of whichever model it is, compiled per instruction set.
macro_rules! dispatch {
    ($isa:expr, $model:expr, $method:ident($($arg:expr),*)) => {
        match $model {
            Called::BalancerStable(pool) => balancer_stable::$method::call($isa, pool $(, $arg)*),
            Called::ConcentratedLiquidity(pool) => concentrated::$method::call($isa, pool $(, $arg)*),
            Called::ConstantProduct(pool) => constant_product::$method::call($isa, pool $(, $arg)*),
            Called::Cryptoswap(pool) => cryptoswap::$method::call($isa, pool $(, $arg)*),
            Called::MultiStableSwap(pool) => multi_stableswap::$method::call($isa, pool $(, $arg)*),
            Called::Weighted(pool) => weighted::$method::call($isa, pool $(, $arg)*),
        }
    };
}

/// A method that is asked too seldom to be compiled per instruction set.
macro_rules! plainly {
    ($model:expr, $pool:ident => $call:expr) => {
        match $model {
            Called::BalancerStable($pool) => $call,
            Called::ConcentratedLiquidity($pool) => $call,
            Called::ConstantProduct($pool) => $call,
            Called::Cryptoswap($pool) => $call,
            Called::MultiStableSwap($pool) => $call,
            Called::Weighted($pool) => $call,
        }
    };
}

impl<const W: usize> Pool<W> for Outlined<W> {
    #[inline(never)]
    fn set_rate(&mut self, nav: &Lanes<W>) {
        dispatch!(self.isa, &mut self.model, set_rate(nav));
    }

    #[inline(never)]
    fn marginal_price(&self) -> Lanes<W> {
        dispatch!(self.isa, &self.model, marginal_price())
    }

    #[inline(never)]
    fn bid(&self) -> Lanes<W> {
        dispatch!(self.isa, &self.model, bid())
    }

    #[inline(never)]
    fn quote_sell(&self, lrt_in: &Lanes<W>) -> Lanes<W> {
        dispatch!(self.isa, &self.model, quote_sell(lrt_in))
    }

    #[inline(never)]
    fn quote_buy(&self, eth_in: &Lanes<W>) -> Lanes<W> {
        dispatch!(self.isa, &self.model, quote_buy(eth_in))
    }

    #[inline(never)]
    fn trade(&mut self, lrt_in: &Lanes<W>, eth_in: &Lanes<W>) -> Traded<W> {
        dispatch!(self.isa, &mut self.model, trade(lrt_in, eth_in))
    }

    #[inline(never)]
    fn lrt_to_bid(&self, bid: &Lanes<W>) -> Lanes<W> {
        dispatch!(self.isa, &self.model, lrt_to_bid(bid))
    }

    #[inline(never)]
    fn eth_to_ask(&self, ask: &Lanes<W>) -> Lanes<W> {
        dispatch!(self.isa, &self.model, eth_to_ask(ask))
    }

    #[inline(never)]
    fn lrt_to_price(&self, price: &Lanes<W>) -> Lanes<W> {
        dispatch!(self.isa, &self.model, lrt_to_price(price))
    }

    #[inline(never)]
    fn scale(&mut self, factor: &Lanes<W>) -> Money<W> {
        dispatch!(self.isa, &mut self.model, scale(factor))
    }

    #[inline(never)]
    fn reserves(&self) -> Money<W> {
        dispatch!(self.isa, &self.model, reserves())
    }

    #[inline(never)]
    fn withdraw_one_coin(&mut self, share: &Lanes<W>, coin: Coin) -> Option<Lanes<W>> {
        plainly!(&mut self.model, pool => pool.withdraw_one_coin(share, coin))
    }

    #[inline(never)]
    fn deposit(&mut self, eth: &Lanes<W>, lrt: &Lanes<W>) -> Option<Lanes<W>> {
        plainly!(&mut self.model, pool => pool.deposit(eth, lrt))
    }

    #[inline(never)]
    fn fees_paid(&self) -> Money<W> {
        plainly!(&self.model, pool => pool.fees_paid())
    }

    #[inline(never)]
    fn faults(&self) -> [bool; W] {
        plainly!(&self.model, pool => pool.faults())
    }
}
