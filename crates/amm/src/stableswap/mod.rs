//! StableSwap pool of ETH and a token, plain or with the token's rate.
//!
//! Model of Curve's two-coin pools (M. Egorov, "StableSwap", 2019; curvefi/stableswap-ng at 2abe778f): with the
//! token's reserve `y = rate * lrt`, `x` the ETH and `Ann = 2A`, the invariant `D` solves
//!
//! ```text
//! Ann (x + y) + D = Ann D + D^3 / (4 x y)
//! ```
//!
//! The fee is taken from what goes out, static or off-peg ([`fee`]); `admin_fee` of it leaves the pool, the rest stays,
//! so `D` grows with every trade. Units: ETH and tokens. Domain: A in 1..=1e6, both reserves positive. Error against the
//! contract's integers: below 1e-11 of the output for A in 10..5000, reserves as lopsided as 99:1 and trades of 1e-8 to
//! half of the reserve (`tests/against_exact.rs`); below 1e-10 for A in 1..1e6, 1000:1, fees to 99 % and trades of 1e-12 to
//! ten times the reserve (`tests/beyond_the_domain.rs`). Arithmetic per lane stands in [`kernel`].

pub mod fee;
pub mod kernel;
pub mod multi;
pub mod several_coins;

pub(crate) mod liquidity;

mod inverse;
mod margin;
mod offpeg;
mod pair;

pub use fee::SwapFee;
pub use multi::MultiStableSwap;

pub(crate) use inverse::Curve;
pub(crate) use pair::{LEAST_RESERVE, Pair};

use crate::pool::{Coin, Money, Pool, Traded};
use crate::venue::RateSource;
use kernel::amount_out;
use pegstress_num::{Lanes, greater, select};

/// A pool at the start.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Quote coin in the pool.
    pub reserve_eth: f64,
    /// Tokens in the pool.
    pub reserve_lrt: f64,
    /// Quoted amplification A (the contracts' `Ann` is `2A`).
    pub amplification: f64,
    /// Fee, fraction of what goes out.
    pub fee: f64,
    /// Multiplier of the fee far from the peg (`offpeg_fee_multiplier`, 1 = 1x); at or below one the fee is static.
    pub offpeg_multiplier: f64,
    /// Share of the fee that leaves the pool.
    pub admin_fee: f64,
    /// Rate by which the token's reserve counts.
    pub rate: RateSource,
}

/// State of one pool on lanes.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct StableSwap<const W: usize> {
    pair: Pair<W>,
    fee: f64,
    swap_fee: SwapFee,
    admin_fee: f64,
}

impl<const W: usize> StableSwap<W> {
    /// A pool with the same reserves in every lane; `nav` is the redemption rate for pools that follow it.
    #[inline(always)]
    pub fn new(spec: &Spec, nav: &Lanes<W>) -> Self {
        let reserves = (spec.reserve_eth, spec.reserve_lrt);
        Self {
            pair: Pair::new(reserves, 2.0 * spec.amplification, spec.rate, nav),
            fee: spec.fee,
            swap_fee: SwapFee::new(spec.fee, spec.offpeg_multiplier),
            admin_fee: spec.admin_fee,
        }
    }

    /// Whether the fee moves with the reserves.
    #[inline(always)]
    pub(crate) fn is_offpeg(&self) -> bool {
        self.swap_fee.is_dynamic()
    }

    /// The invariant D, ETH.
    pub fn invariant(&self) -> &Lanes<W> {
        &self.pair.invariant
    }

    /// Moves the reserves by what comes in and by `gross`, rate-adjusted, that goes out.
    #[inline(always)]
    fn book(&mut self, lrt_in: &Lanes<W>, eth_in: &Lanes<W>, gross: &Lanes<W>, fee: &Lanes<W>) -> Traded<W> {
        let (mut taken, mut paid_out) = (Money::ZERO, Money::ZERO);
        let admin_fee = self.admin_fee;
        for i in 0..W {
            let buys = eth_in[i] > 0.0;
            let (gross, fee) = (gross[i], fee[i]);
            let paid = gross - gross * fee;
            let admin = gross * fee * admin_fee;
            let per_rate = select(buys, self.pair.inverse_rate[i], 0.0);
            let to_seller = select(buys, 0.0, 1.0);
            paid_out.eth[i] = paid * to_seller;
            paid_out.lrt[i] = paid * per_rate;
            self.pair.fees_eth[i] += admin * to_seller;
            self.pair.fees_lrt[i] += admin * per_rate;
            taken.eth[i] = select(buys, eth_in[i], 0.0);
            taken.lrt[i] = select(buys, 0.0, greater(lrt_in[i], 0.0));
            let eth = self.pair.eth[i] + taken.eth[i] - (paid + admin) * to_seller;
            let lrt = self.pair.lrt[i] + taken.lrt[i] - (paid + admin) * per_rate;
            self.pair.eth[i] = greater(eth, LEAST_RESERVE);
            self.pair.lrt[i] = greater(lrt, LEAST_RESERVE);
        }
        Traded { taken, paid: paid_out }
    }
}

impl<const W: usize> Pool<W> for StableSwap<W> {
    #[inline(always)]
    fn set_rate(&mut self, nav: &Lanes<W>) {
        self.pair.set_rate(nav);
    }

    #[inline(always)]
    fn marginal_price(&self) -> Lanes<W> {
        self.pair.marginal_price()
    }

    #[inline(always)]
    fn bid(&self) -> Lanes<W> {
        let keep = 1.0 - self.fee;
        let mut bid = self.marginal_price();
        if self.swap_fee.is_dynamic() {
            for i in 0..W {
                bid[i] *= 1.0 - self.swap_fee.between(self.pair.eth[i], self.pair.rate[i] * self.pair.lrt[i]);
            }
            return bid;
        }
        for i in 0..W {
            bid[i] *= keep;
        }
        bid
    }

    #[inline(always)]
    fn quote_sell(&self, lrt_in: &Lanes<W>) -> Lanes<W> {
        if self.swap_fee.is_dynamic() {
            return self.quote_sell_offpeg(lrt_in);
        }
        let (inverse_ann, keep) = (1.0 / self.pair.ann, 1.0 - self.fee);
        let mut out = [0.0; W];
        for i in 0..W {
            let y_in = self.pair.rate[i] * greater(lrt_in[i], 0.0);
            let y = self.pair.rate[i] * self.pair.lrt[i];
            out[i] = keep * amount_out(y, self.pair.eth[i], self.pair.invariant[i], inverse_ann, y_in);
        }
        out
    }

    #[inline(always)]
    fn quote_buy(&self, eth_in: &Lanes<W>) -> Lanes<W> {
        if self.swap_fee.is_dynamic() {
            return self.quote_buy_offpeg(eth_in);
        }
        let (inverse_ann, keep) = (1.0 / self.pair.ann, 1.0 - self.fee);
        let mut out = [0.0; W];
        for i in 0..W {
            let y = self.pair.rate[i] * self.pair.lrt[i];
            let x_in = greater(eth_in[i], 0.0);
            let gross = amount_out(self.pair.eth[i], y, self.pair.invariant[i], inverse_ann, x_in);
            out[i] = keep * gross * self.pair.inverse_rate[i];
        }
        out
    }

    #[inline(always)]
    fn trade(&mut self, lrt_in: &Lanes<W>, eth_in: &Lanes<W>) -> Traded<W> {
        let inverse_ann = 1.0 / self.pair.ann;
        let (mut gross, mut fee) = ([0.0; W], [self.fee; W]);
        for i in 0..W {
            let (x, y) = (self.pair.eth[i], self.pair.rate[i] * self.pair.lrt[i]);
            let buys = eth_in[i] > 0.0;
            let amount = select(buys, eth_in[i], self.pair.rate[i] * greater(lrt_in[i], 0.0));
            gross[i] = amount_out(
                select(buys, x, y),
                select(buys, y, x),
                self.pair.invariant[i],
                inverse_ann,
                amount,
            );
        }
        if self.swap_fee.is_dynamic() {
            for i in 0..W {
                let (x, y) = (2.0 * self.pair.eth[i], 2.0 * self.pair.rate[i] * self.pair.lrt[i]);
                let buys = eth_in[i] > 0.0;
                let y_in = self.pair.rate[i] * greater(lrt_in[i], 0.0);
                fee[i] = self.swap_fee.between(
                    x + select(buys, eth_in[i], 0.0 - gross[i]),
                    y + select(buys, 0.0 - gross[i], y_in),
                );
            }
        }
        let traded = self.book(lrt_in, eth_in, &gross, &fee);
        self.pair.settle_after(&traded);
        traded
    }

    #[inline(always)]
    fn eth_to_ask(&self, ask: &Lanes<W>) -> Lanes<W> {
        if self.swap_fee.is_dynamic() {
            return self.eth_to_ask_offpeg(ask);
        }
        let keep = 1.0 - self.fee;
        let mut price = [0.0; W];
        for i in 0..W {
            price[i] = ask[i] * keep;
        }
        self.pair.eth_to_price(&price)
    }

    #[inline(always)]
    fn lrt_to_bid(&self, bid: &Lanes<W>) -> Lanes<W> {
        if self.swap_fee.is_dynamic() {
            return self.lrt_to_bid_offpeg(bid);
        }
        let inverse_keep = 1.0 / (1.0 - self.fee);
        let mut price = [0.0; W];
        for i in 0..W {
            price[i] = bid[i] * inverse_keep;
        }
        self.lrt_to_price(&price)
    }

    #[inline(always)]
    fn lrt_to_price(&self, price: &Lanes<W>) -> Lanes<W> {
        self.pair.lrt_to_price(price)
    }

    #[inline(always)]
    fn scale(&mut self, factor: &Lanes<W>) -> Money<W> {
        self.pair.scale(factor)
    }

    #[inline(always)]
    fn withdraw_one_coin(&mut self, share: &Lanes<W>, coin: Coin) -> Option<Lanes<W>> {
        Some(self.burn_for_one_coin(share, coin))
    }

    #[inline(always)]
    fn deposit(&mut self, eth: &Lanes<W>, lrt: &Lanes<W>) -> Option<Lanes<W>> {
        Some(self.add(eth, lrt))
    }

    #[inline(always)]
    fn reserves(&self) -> Money<W> {
        self.pair.reserves()
    }

    #[inline(always)]
    fn fees_paid(&self) -> Money<W> {
        self.pair.fees_paid()
    }

    fn faults(&self) -> [bool; W] {
        self.pair.faults()
    }
}
