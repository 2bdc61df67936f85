//! StableSwap pool of ETH and a token, plain or with the token's rate.
//!
//! Model of Curve's two-coin pools (M. Egorov, "StableSwap", 2019; curvefi/stableswap-ng at 2abe778f): with the
//! token's reserve `y = rate * lrt`, `x` the ETH and `Ann = 2A`, the invariant `D` solves
//!
//! ```text
//! Ann (x + y) + D = Ann D + D^3 / (4 x y)
//! ```
//!
//! The fee is taken from what goes out; `admin_fee` of it leaves the pool, the rest stays, so `D` grows with every
//! trade. Units: ETH and tokens. Domain: A in 1..=1e6, both reserves positive. Error against the contract's
//! integers: below 1e-11 of the output for A in 10..5000, reserves as lopsided as 99:1 and trades of 1e-8 to half
//! of the reserve (`tests/against_exact.rs`). Arithmetic per lane stands in [`kernel`].

pub mod kernel;

use crate::venue::{Money, RateSource};
use kernel::{amount_out, cold_invariant, marginal_price, refresh_invariant, reserves_at_price};
use pegstress_num::{Lanes, greater, lesser, select};

/// Reserves never count as smaller than this: far below a wei, far above a denormal.
const LEAST_RESERVE: f64 = 1e-20;
/// A lane whose invariant misses by more than this, relative, is faulty.
const INVARIANT_TOLERANCE: f64 = 1e-9;

/// State of one pool on lanes.
#[derive(Debug, Clone)]
pub struct StableSwap<const W: usize> {
    pub(crate) eth: Lanes<W>,
    pub(crate) lrt: Lanes<W>,
    pub(crate) fees_eth: Lanes<W>,
    pub(crate) fees_lrt: Lanes<W>,
    pub(crate) faults: [bool; W],
    /// ETH per token that the pool's rate oracle reports.
    rate: Lanes<W>,
    invariant: Lanes<W>,
    ann: f64,
    fee: f64,
    admin_fee: f64,
    rate_source: RateSource,
}

impl<const W: usize> StableSwap<W> {
    /// A pool with the same reserves in every lane; `nav` is the redemption rate for pools that follow it.
    #[inline(always)]
    pub fn new(
        (eth, lrt): (f64, f64),
        amplification: f64,
        fee: f64,
        admin_fee: f64,
        rate_source: RateSource,
        nav: &Lanes<W>,
    ) -> Self {
        let rate = match rate_source {
            RateSource::Plain => [1.0; W],
            RateSource::RedemptionRate => *nav,
        };
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
            faults: [false; W],
            rate,
            invariant,
            ann,
            fee,
            admin_fee,
            rate_source,
        };
        pool.settle();
        pool
    }

    /// The invariant D, ETH.
    pub fn invariant(&self) -> &Lanes<W> {
        &self.invariant
    }

    /// The rate oracle reports `nav`; pools without one do not change.
    #[inline(always)]
    pub fn set_rate(&mut self, nav: &Lanes<W>) {
        if self.rate_source == RateSource::Plain {
            return;
        }
        self.rate = *nav;
        self.settle();
    }

    /// ETH per token for the next token, before fee.
    #[inline(always)]
    pub fn marginal_price(&self) -> Lanes<W> {
        let mut price = [0.0; W];
        for i in 0..W {
            let y = self.rate[i] * self.lrt[i];
            price[i] = self.rate[i] * marginal_price(self.eth[i], y, self.invariant[i], self.ann);
        }
        price
    }

    /// ETH that a sale pays, after fee.
    #[inline(always)]
    pub fn quote_sell(&self, lrt_in: &Lanes<W>) -> Lanes<W> {
        let mut out = [0.0; W];
        for i in 0..W {
            let y_in = self.rate[i] * greater(lrt_in[i], 0.0);
            let gross = amount_out(self.rate[i] * self.lrt[i], self.eth[i], self.invariant[i], self.ann, y_in);
            out[i] = gross * (1.0 - self.fee);
        }
        out
    }

    /// Sells tokens; returns the ETH paid, after fee.
    #[inline(always)]
    pub fn sell(&mut self, lrt_in: &Lanes<W>) -> Lanes<W> {
        let mut out = [0.0; W];
        for i in 0..W {
            let amount = greater(lrt_in[i], 0.0);
            let y = self.rate[i] * self.lrt[i];
            let gross = amount_out(y, self.eth[i], self.invariant[i], self.ann, self.rate[i] * amount);
            let fee = gross * self.fee;
            out[i] = gross - fee;
            self.lrt[i] += amount;
            self.eth[i] = greater(self.eth[i] - out[i] - fee * self.admin_fee, LEAST_RESERVE);
            self.fees_eth[i] += fee * self.admin_fee;
        }
        self.settle();
        out
    }

    /// Buys tokens with ETH; returns the tokens paid out, after fee.
    #[inline(always)]
    pub fn buy(&mut self, eth_in: &Lanes<W>) -> Lanes<W> {
        let mut out = [0.0; W];
        for i in 0..W {
            let amount = greater(eth_in[i], 0.0);
            let y = self.rate[i] * self.lrt[i];
            let gross = amount_out(self.eth[i], y, self.invariant[i], self.ann, amount) / self.rate[i];
            let fee = gross * self.fee;
            out[i] = gross - fee;
            self.eth[i] += amount;
            self.lrt[i] = greater(self.lrt[i] - out[i] - fee * self.admin_fee, LEAST_RESERVE);
            self.fees_lrt[i] += fee * self.admin_fee;
        }
        self.settle();
        out
    }

    /// ETH that a buyer puts in until the next token costs `limit`, fee included; 0 where it already does.
    #[inline(always)]
    pub fn eth_to_reach(&self, limit: &Lanes<W>) -> Lanes<W> {
        let mut amount = [0.0; W];
        for i in 0..W {
            let price = limit[i] * (1.0 - self.fee) / self.rate[i];
            let (u, _) = reserves_at_price(price, self.ann);
            amount[i] = greater(u * self.invariant[i] - self.eth[i], 0.0);
        }
        amount
    }

    /// Tokens that a seller puts in until the marginal price, before fee, is `price`; 0 where it already is.
    #[inline(always)]
    pub fn lrt_to_reach(&self, price: &Lanes<W>) -> Lanes<W> {
        let mut amount = [0.0; W];
        for i in 0..W {
            let (_, v) = reserves_at_price(price[i] / self.rate[i], self.ann);
            amount[i] = greater(v * self.invariant[i] / self.rate[i] - self.lrt[i], 0.0);
        }
        amount
    }

    /// Multiplies both reserves by `factor`; the invariant is homogeneous of degree one.
    #[inline(always)]
    pub(crate) fn scale(&mut self, factor: &Lanes<W>) -> Money<W> {
        let mut moved = Money { eth: [0.0; W], lrt: [0.0; W] };
        for i in 0..W {
            let (eth, lrt) =
                (greater(self.eth[i] * factor[i], LEAST_RESERVE), greater(self.lrt[i] * factor[i], LEAST_RESERVE));
            moved.eth[i] = eth - self.eth[i];
            moved.lrt[i] = lrt - self.lrt[i];
            self.eth[i] = eth;
            self.lrt[i] = lrt;
            self.invariant[i] *= factor[i];
        }
        moved
    }

    /// Brings the invariant up to date; a lane that does not settle, or left the positive numbers, is faulty.
    #[inline(always)]
    fn settle(&mut self) {
        for i in 0..W {
            let y = self.rate[i] * self.lrt[i];
            let (d, residual) = refresh_invariant(self.eth[i], y, self.invariant[i], self.ann);
            self.invariant[i] = d;
            let sound = (residual <= INVARIANT_TOLERANCE) & (d > 0.0) & (d < f64::INFINITY);
            self.faults[i] |= !sound;
        }
    }
}

/// Average of the ETH paid for `lrt_in`, per token; the marginal price after fee where nothing is sold.
#[inline(always)]
pub(crate) fn average_price(eth_out: f64, lrt_in: f64, marginal_after_fee: f64) -> f64 {
    let traded = lrt_in > 0.0;
    select(traded, eth_out / select(traded, lrt_in, 1.0), lesser(marginal_after_fee, f64::INFINITY))
}
