//! Constant product pool: `eth * lrt` does not fall (Uniswap v2-core, `UniswapV2Pair.swap`, v1.0.1).
//!
//! ```text
//! amount out = y (1 - fee) dx / (x + (1 - fee) dx)
//! ```
//!
//! The fee is taken from what comes in and stays with the providers. Units: ETH and tokens. Error against the
//! contract's integers: its rounding down to one unit.

use crate::venue::Money;
use pegstress_num::{Lanes, greater};

/// State of one pool on lanes.
#[derive(Debug, Clone)]
pub struct ConstantProduct<const W: usize> {
    pub(crate) eth: Lanes<W>,
    pub(crate) lrt: Lanes<W>,
    pub(crate) faults: [bool; W],
    fee: f64,
}

/// What `dx` takes out, after fee.
#[inline(always)]
fn amount_out(x: f64, y: f64, keep: f64, dx: f64) -> f64 {
    let paid = keep * dx;
    y * paid / (x + paid)
}

impl<const W: usize> ConstantProduct<W> {
    /// A pool with the same reserves in every lane.
    #[inline(always)]
    pub fn new((eth, lrt): (f64, f64), fee: f64) -> Self {
        let sound = eth > 0.0 && lrt > 0.0 && eth.is_finite() && lrt.is_finite();
        Self { eth: [eth; W], lrt: [lrt; W], faults: [!sound; W], fee }
    }

    /// ETH per token for the next token, before fee.
    #[inline(always)]
    pub fn marginal_price(&self) -> Lanes<W> {
        let mut price = [0.0; W];
        for i in 0..W {
            price[i] = self.eth[i] / self.lrt[i];
        }
        price
    }

    /// ETH that a sale pays, after fee.
    #[inline(always)]
    pub fn quote_sell(&self, lrt_in: &Lanes<W>) -> Lanes<W> {
        let mut out = [0.0; W];
        for i in 0..W {
            out[i] = amount_out(self.lrt[i], self.eth[i], 1.0 - self.fee, greater(lrt_in[i], 0.0));
        }
        out
    }

    /// Sells tokens; returns the ETH paid.
    #[inline(always)]
    pub fn sell(&mut self, lrt_in: &Lanes<W>) -> Lanes<W> {
        let out = self.quote_sell(lrt_in);
        for i in 0..W {
            self.lrt[i] += greater(lrt_in[i], 0.0);
            self.eth[i] -= out[i];
            self.faults[i] |= !((self.eth[i] > 0.0) & (self.lrt[i] < f64::INFINITY));
        }
        out
    }

    /// Buys tokens with ETH; returns the tokens paid out.
    #[inline(always)]
    pub fn buy(&mut self, eth_in: &Lanes<W>) -> Lanes<W> {
        let mut out = [0.0; W];
        for i in 0..W {
            let amount = greater(eth_in[i], 0.0);
            out[i] = amount_out(self.eth[i], self.lrt[i], 1.0 - self.fee, amount);
            self.eth[i] += amount;
            self.lrt[i] -= out[i];
            self.faults[i] |= !((self.lrt[i] > 0.0) & (self.eth[i] < f64::INFINITY));
        }
        out
    }

    /// ETH that a buyer puts in until the next token costs `limit`, fee included; 0 where it already does.
    ///
    /// The fee stays in the pool, so the product grows with the trade: with `g = 1 - fee`, the cost of the next
    /// token after putting in `e` is `(x + g e)^2 / (g x y)`, whatever becomes of the fee.
    #[inline(always)]
    pub fn eth_to_reach(&self, limit: &Lanes<W>) -> Lanes<W> {
        let keep = 1.0 - self.fee;
        let mut amount = [0.0; W];
        for i in 0..W {
            let product = self.eth[i] * self.lrt[i];
            amount[i] = greater(((keep * greater(limit[i], 0.0) * product).sqrt() - self.eth[i]) / keep, 0.0);
        }
        amount
    }

    /// Tokens that a seller puts in until the marginal price, before fee, is `price`; 0 where it already is.
    ///
    /// After `dx` the reserves are `y + dx` and `x y / (y + g dx)`: a quadratic in `dx`.
    #[inline(always)]
    pub fn lrt_to_reach(&self, price: &Lanes<W>) -> Lanes<W> {
        let keep = 1.0 - self.fee;
        let mut amount = [0.0; W];
        for i in 0..W {
            let (x, y) = (self.eth[i], self.lrt[i]);
            // price (y + dx)(y + g dx) = x y:  g dx^2 + (1 + g) y dx + y^2 - x y / price = 0
            let half = 0.5 * (1.0 + keep) * y;
            let missing = y * (x / greater(price[i], 1e-12) - y);
            let root = (half * half + keep * greater(missing, 0.0)).sqrt();
            amount[i] = greater(missing, 0.0) / (half + root);
        }
        amount
    }

    #[inline(always)]
    pub(crate) fn scale(&mut self, factor: &Lanes<W>) -> Money<W> {
        let mut moved = Money { eth: [0.0; W], lrt: [0.0; W] };
        for i in 0..W {
            moved.eth[i] = self.eth[i] * (factor[i] - 1.0);
            moved.lrt[i] = self.lrt[i] * (factor[i] - 1.0);
            self.eth[i] += moved.eth[i];
            self.lrt[i] += moved.lrt[i];
            self.faults[i] |= !((self.eth[i] > 0.0) & (self.lrt[i] > 0.0));
        }
        moved
    }
}
