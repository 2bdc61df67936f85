//! Pools whose methods are called instead of inlined.
//!
//! A step of the simulation asks its venues in some twenty places. Inlining every model in each would make the kernel
//! many times larger than the first-level cache and its compilation minutes long. So the two models that are a handful
//! of operations are inlined (StableSwap of two coins and the constant product), and the others are compiled once per
//! instruction set and called: a few nanoseconds for all lanes together. Bits do not depend on it.

use crate::pool::{Coin, Money, Pool, Traded};
use crate::{BalancerStable, ConcentratedLiquidity, Cryptoswap, MultiStableSwap, Weighted};
use pegstress_num::{Isa, Lanes, per_isa};

/// A pool behind calls.
#[derive(Debug, Clone)]
pub(crate) struct Outlined<P>(pub(crate) P);

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

        impl<const W: usize> Pool<W> for Outlined<$model<W>> {
            #[inline(always)]
            fn set_rate(&mut self, nav: &Lanes<W>) {
                $module::set_rate::call(Isa::best(), &mut self.0, nav);
            }

            #[inline(always)]
            fn marginal_price(&self) -> Lanes<W> {
                $module::marginal_price::call(Isa::best(), &self.0)
            }

            #[inline(always)]
            fn bid(&self) -> Lanes<W> {
                $module::bid::call(Isa::best(), &self.0)
            }

            #[inline(always)]
            fn quote_sell(&self, lrt_in: &Lanes<W>) -> Lanes<W> {
                $module::quote_sell::call(Isa::best(), &self.0, lrt_in)
            }

            #[inline(always)]
            fn quote_buy(&self, eth_in: &Lanes<W>) -> Lanes<W> {
                $module::quote_buy::call(Isa::best(), &self.0, eth_in)
            }

            #[inline(always)]
            fn trade(&mut self, lrt_in: &Lanes<W>, eth_in: &Lanes<W>) -> Traded<W> {
                $module::trade::call(Isa::best(), &mut self.0, lrt_in, eth_in)
            }

            #[inline(always)]
            fn lrt_to_bid(&self, bid: &Lanes<W>) -> Lanes<W> {
                $module::lrt_to_bid::call(Isa::best(), &self.0, bid)
            }

            #[inline(always)]
            fn eth_to_ask(&self, ask: &Lanes<W>) -> Lanes<W> {
                $module::eth_to_ask::call(Isa::best(), &self.0, ask)
            }

            #[inline(always)]
            fn lrt_to_price(&self, price: &Lanes<W>) -> Lanes<W> {
                $module::lrt_to_price::call(Isa::best(), &self.0, price)
            }

            #[inline(always)]
            fn scale(&mut self, factor: &Lanes<W>) -> Money<W> {
                $module::scale::call(Isa::best(), &mut self.0, factor)
            }

            #[inline(always)]
            fn withdraw_one_coin(&mut self, share: &Lanes<W>, coin: Coin) -> Option<Lanes<W>> {
                self.0.withdraw_one_coin(share, coin)
            }

            #[inline(always)]
            fn deposit(&mut self, eth: &Lanes<W>, lrt: &Lanes<W>) -> Option<Lanes<W>> {
                self.0.deposit(eth, lrt)
            }

            #[inline(always)]
            fn reserves(&self) -> Money<W> {
                $module::reserves::call(Isa::best(), &self.0)
            }

            #[inline(always)]
            fn fees_paid(&self) -> Money<W> {
                self.0.fees_paid()
            }

            #[inline(always)]
            fn faults(&self) -> [bool; W] {
                self.0.faults()
            }
        }
    )*};
}

outline! {
    balancer_stable: BalancerStable;
    concentrated: ConcentratedLiquidity;
    cryptoswap: Cryptoswap;
    multi_stableswap: MultiStableSwap;
    weighted: Weighted;
}
