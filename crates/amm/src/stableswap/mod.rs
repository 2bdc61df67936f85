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
//! half of the reserve (`tests/against_exact.rs`). Arithmetic per lane stands in [`kernel`].

pub mod fee;
pub mod kernel;
pub mod multi;
pub mod several_coins;

mod inverse;
mod offpeg;

pub use fee::SwapFee;
pub use multi::MultiStableSwap;

use crate::pool::{Money, Pool, Traded};
use crate::venue::RateSource;
use kernel::{amount_out, cold_invariant, marginal_price, refresh_invariant, reserves_at_price};
use pegstress_num::{Lanes, greater, select};

/// Reserves never count as smaller than this: far below a wei, far above a denormal.
const LEAST_RESERVE: f64 = 1e-20;
/// A lane whose invariant misses by more than this, relative, is faulty.
const INVARIANT_TOLERANCE: f64 = 1e-11;

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
pub struct StableSwap<const W: usize> {
    eth: Lanes<W>,
    lrt: Lanes<W>,
    fees_eth: Lanes<W>,
    fees_lrt: Lanes<W>,
    /// Zero while every correction of the invariant was within tolerance.
    unsettled: Lanes<W>,
    /// ETH per token that the pool's rate oracle reports.
    rate: Lanes<W>,
    inverse_rate: Lanes<W>,
    invariant: Lanes<W>,
    ann: f64,
    fee: f64,
    swap_fee: SwapFee,
    admin_fee: f64,
    follows_rate: bool,
}

impl<const W: usize> StableSwap<W> {
    /// A pool with the same reserves in every lane; `nav` is the redemption rate for pools that follow it.
    #[inline(always)]
    pub fn new(spec: &Spec, nav: &Lanes<W>) -> Self {
        let &Spec { reserve_eth: eth, reserve_lrt: lrt, amplification, fee, admin_fee, .. } = spec;
        let rate_source = spec.rate;
        let rate = rate_source.start(nav);
        let ann = 2.0 * amplification;
        let mut invariant = [0.0; W];
        for i in 0..W {
            invariant[i] = cold_invariant(eth, rate[i] * lrt, ann);
        }
        let mut pool = Self {
            eth: [eth; W],
            lrt: [lrt; W],
            fees_eth: [0.0; W],
            fees_lrt: [0.0; W],
            unsettled: [0.0; W],
            inverse_rate: rate.map(|rate| 1.0 / rate),
            rate,
            invariant,
            ann,
            fee,
            swap_fee: SwapFee::new(fee, spec.offpeg_multiplier),
            admin_fee,
            follows_rate: rate_source != RateSource::Plain,
        };
        pool.settle();
        pool
    }

    /// The invariant D, ETH.
    pub fn invariant(&self) -> &Lanes<W> {
        &self.invariant
    }

    /// Brings the invariant up to date: warm, and from scratch in lanes that a few steps do not settle.
    #[inline(always)]
    fn settle(&mut self) {
        let ann = self.ann;
        let mut far = [0.0; W];
        for i in 0..W {
            let y = self.rate[i] * self.lrt[i];
            let (d, correction) = refresh_invariant(self.eth[i], y, self.invariant[i], ann);
            self.invariant[i] = d;
            // A NaN is not within tolerance.
            far[i] = select(correction <= INVARIANT_TOLERANCE * d, 0.0, 1.0);
        }
        if far.iter().any(|far| *far > 0.0) {
            self.settle_from_scratch(&far);
        }
    }

    /// Whether a block comes here depends on its lanes together, what happens to a lane on that lane only.
    #[cold]
    fn settle_from_scratch(&mut self, far: &Lanes<W>) {
        for i in 0..W {
            let y = self.rate[i] * self.lrt[i];
            let cold = cold_invariant(self.eth[i], y, self.ann);
            let (d, correction) = refresh_invariant(self.eth[i], y, cold, self.ann);
            let lost = select(correction <= INVARIANT_TOLERANCE * d, self.unsettled[i], 1.0);
            self.invariant[i] = select(far[i] > 0.0, d, self.invariant[i]);
            self.unsettled[i] = select(far[i] > 0.0, lost, self.unsettled[i]);
        }
    }
}

impl<const W: usize> StableSwap<W> {
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
            let per_rate = select(buys, self.inverse_rate[i], 0.0);
            let to_seller = select(buys, 0.0, 1.0);
            paid_out.eth[i] = paid * to_seller;
            paid_out.lrt[i] = paid * per_rate;
            self.fees_eth[i] += admin * to_seller;
            self.fees_lrt[i] += admin * per_rate;
            taken.eth[i] = select(buys, eth_in[i], 0.0);
            taken.lrt[i] = select(buys, 0.0, greater(lrt_in[i], 0.0));
            let eth = self.eth[i] + taken.eth[i] - (paid + admin) * to_seller;
            let lrt = self.lrt[i] + taken.lrt[i] - (paid + admin) * per_rate;
            self.eth[i] = greater(eth, LEAST_RESERVE);
            self.lrt[i] = greater(lrt, LEAST_RESERVE);
        }
        Traded { taken, paid: paid_out }
    }
}

impl<const W: usize> Pool<W> for StableSwap<W> {
    #[inline(always)]
    fn set_rate(&mut self, nav: &Lanes<W>) {
        if !self.follows_rate {
            return;
        }
        for i in 0..W {
            self.rate[i] = nav[i];
            self.inverse_rate[i] = 1.0 / nav[i];
        }
        self.settle();
    }

    #[inline(always)]
    fn marginal_price(&self) -> Lanes<W> {
        let mut price = [0.0; W];
        let ann = self.ann;
        for i in 0..W {
            let y = self.rate[i] * self.lrt[i];
            price[i] = self.rate[i] * marginal_price(self.eth[i], y, self.invariant[i], ann);
        }
        price
    }

    #[inline(always)]
    fn bid(&self) -> Lanes<W> {
        let keep = 1.0 - self.fee;
        let mut bid = self.marginal_price();
        if self.swap_fee.is_dynamic() {
            for i in 0..W {
                bid[i] *= 1.0 - self.swap_fee.between(self.eth[i], self.rate[i] * self.lrt[i]);
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
        let (inverse_ann, keep) = (1.0 / self.ann, 1.0 - self.fee);
        let mut out = [0.0; W];
        for i in 0..W {
            let y_in = self.rate[i] * greater(lrt_in[i], 0.0);
            let y = self.rate[i] * self.lrt[i];
            out[i] = keep * amount_out(y, self.eth[i], self.invariant[i], inverse_ann, y_in);
        }
        out
    }

    #[inline(always)]
    fn quote_buy(&self, eth_in: &Lanes<W>) -> Lanes<W> {
        if self.swap_fee.is_dynamic() {
            return self.quote_buy_offpeg(eth_in);
        }
        let (inverse_ann, keep) = (1.0 / self.ann, 1.0 - self.fee);
        let mut out = [0.0; W];
        for i in 0..W {
            let y = self.rate[i] * self.lrt[i];
            let x_in = greater(eth_in[i], 0.0);
            let gross = amount_out(self.eth[i], y, self.invariant[i], inverse_ann, x_in);
            out[i] = keep * gross * self.inverse_rate[i];
        }
        out
    }

    #[inline(always)]
    fn trade(&mut self, lrt_in: &Lanes<W>, eth_in: &Lanes<W>) -> Traded<W> {
        let inverse_ann = 1.0 / self.ann;
        let (mut gross, mut fee) = ([0.0; W], [self.fee; W]);
        for i in 0..W {
            let (x, y) = (self.eth[i], self.rate[i] * self.lrt[i]);
            let buys = eth_in[i] > 0.0;
            let amount = select(buys, eth_in[i], self.rate[i] * greater(lrt_in[i], 0.0));
            gross[i] =
                amount_out(select(buys, x, y), select(buys, y, x), self.invariant[i], inverse_ann, amount);
        }
        if self.swap_fee.is_dynamic() {
            for i in 0..W {
                let (x, y) = (2.0 * self.eth[i], 2.0 * self.rate[i] * self.lrt[i]);
                let buys = eth_in[i] > 0.0;
                let y_in = self.rate[i] * greater(lrt_in[i], 0.0);
                fee[i] = self.swap_fee.between(
                    x + select(buys, eth_in[i], 0.0 - gross[i]),
                    y + select(buys, 0.0 - gross[i], y_in),
                );
            }
        }
        let traded = self.book(lrt_in, eth_in, &gross, &fee);
        self.settle();
        traded
    }

    #[inline(always)]
    fn eth_to_ask(&self, ask: &Lanes<W>) -> Lanes<W> {
        if self.swap_fee.is_dynamic() {
            return self.eth_to_ask_offpeg(ask);
        }
        let keep = 1.0 - self.fee;
        let mut amount = [0.0; W];
        for i in 0..W {
            amount[i] = ask[i] * keep * self.inverse_rate[i];
        }
        let (u, _) = reserves_at_price(&amount, self.ann);
        for i in 0..W {
            amount[i] = greater(u[i] * self.invariant[i] - self.eth[i], 0.0);
        }
        amount
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
        let mut amount = [0.0; W];
        for i in 0..W {
            amount[i] = price[i] * self.inverse_rate[i];
        }
        let (_, v) = reserves_at_price(&amount, self.ann);
        for i in 0..W {
            amount[i] = greater(v[i] * self.invariant[i] * self.inverse_rate[i] - self.lrt[i], 0.0);
        }
        amount
    }

    #[inline(always)]
    fn scale(&mut self, factor: &Lanes<W>) -> Money<W> {
        let mut moved = Money::ZERO;
        for i in 0..W {
            let (eth, lrt) = (
                greater(self.eth[i] * factor[i], LEAST_RESERVE),
                greater(self.lrt[i] * factor[i], LEAST_RESERVE),
            );
            moved.eth[i] = eth - self.eth[i];
            moved.lrt[i] = lrt - self.lrt[i];
            self.eth[i] = eth;
            self.lrt[i] = lrt;
            self.invariant[i] *= factor[i];
        }
        moved
    }

    #[inline(always)]
    fn reserves(&self) -> Money<W> {
        Money { eth: self.eth, lrt: self.lrt }
    }

    #[inline(always)]
    fn fees_paid(&self) -> Money<W> {
        Money { eth: self.fees_eth, lrt: self.fees_lrt }
    }

    fn faults(&self) -> [bool; W] {
        std::array::from_fn(|i| {
            let settled = self.unsettled[i] == 0.0;
            let sound = self.invariant[i] > 0.0 && self.invariant[i].is_finite();
            !(settled && sound && self.eth[i].is_finite() && self.lrt[i].is_finite())
        })
    }
}
