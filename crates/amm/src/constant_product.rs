//! Constant product pool: `eth * lrt` does not fall (Uniswap v2-core, `UniswapV2Pair.swap`, v1.0.1).
//!
//! ```text
//! amount out = y (1 - fee) dx / (x + (1 - fee) dx)
//! ```
//!
//! The fee is taken from what comes in and stays with the providers. Units: ETH and tokens. Error against the
//! contract's integers: its rounding down to one unit.

use crate::pool::{Money, Pool, Traded};
use pegstress_num::{Lanes, greater, select};

/// A pool at the start.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Quote coin in the pool.
    pub reserve_eth: f64,
    /// Tokens in the pool.
    pub reserve_lrt: f64,
    /// Fee, fraction of what comes in.
    pub fee: f64,
}

/// State of one pool on lanes.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct ConstantProduct<const W: usize> {
    eth: Lanes<W>,
    lrt: Lanes<W>,
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
    pub fn new(spec: &Spec) -> Self {
        Self { eth: [spec.reserve_eth; W], lrt: [spec.reserve_lrt; W], fee: spec.fee }
    }
}

impl<const W: usize> Pool<W> for ConstantProduct<W> {
    #[inline(always)]
    fn marginal_price(&self) -> Lanes<W> {
        let mut price = [0.0; W];
        for i in 0..W {
            price[i] = self.eth[i] / self.lrt[i];
        }
        price
    }

    #[inline(always)]
    fn set_rate(&mut self, _nav: &Lanes<W>) {}

    #[inline(always)]
    fn bid(&self) -> Lanes<W> {
        let keep = 1.0 - self.fee;
        let mut bid = self.marginal_price();
        for i in 0..W {
            bid[i] *= keep;
        }
        bid
    }

    #[inline(always)]
    fn quote_sell(&self, lrt_in: &Lanes<W>) -> Lanes<W> {
        let mut out = [0.0; W];
        for i in 0..W {
            out[i] = amount_out(self.lrt[i], self.eth[i], 1.0 - self.fee, greater(lrt_in[i], 0.0));
        }
        out
    }

    #[inline(always)]
    fn quote_buy(&self, eth_in: &Lanes<W>) -> Lanes<W> {
        let mut out = [0.0; W];
        for i in 0..W {
            out[i] = amount_out(self.eth[i], self.lrt[i], 1.0 - self.fee, greater(eth_in[i], 0.0));
        }
        out
    }

    #[inline(always)]
    fn trade(&mut self, lrt_in: &Lanes<W>, eth_in: &Lanes<W>) -> Traded<W> {
        let keep = 1.0 - self.fee;
        let mut traded = Traded { taken: Money::ZERO, paid: Money::ZERO };
        for i in 0..W {
            let (x, y) = (self.eth[i], self.lrt[i]);
            let buys = eth_in[i] > 0.0;
            let amount = select(buys, eth_in[i], greater(lrt_in[i], 0.0));
            let paid = amount_out(select(buys, x, y), select(buys, y, x), keep, amount);
            traded.paid.eth[i] = select(buys, 0.0, paid);
            traded.paid.lrt[i] = select(buys, paid, 0.0);
            traded.taken.eth[i] = select(buys, amount, 0.0);
            traded.taken.lrt[i] = select(buys, 0.0, amount);
            self.eth[i] = x + select(buys, amount, 0.0 - paid);
            self.lrt[i] = y + select(buys, 0.0 - paid, amount);
        }
        traded
    }

    /// Selling `q` in one go, the next token brings `g x y / (y + g q)^2`.
    #[inline(always)]
    fn lrt_to_bid(&self, bid: &Lanes<W>) -> Lanes<W> {
        let keep = 1.0 - self.fee;
        let mut amount = [0.0; W];
        for i in 0..W {
            let reach = (keep * self.eth[i] * self.lrt[i] / greater(bid[i], 1e-12)).sqrt();
            amount[i] = greater((reach - self.lrt[i]) / keep, 0.0);
        }
        amount
    }

    /// The cost of the next token of the same trade: with `g = 1 - fee` it is `(x + g e)^2 / (g x y)` after putting in
    /// `e`. The fee joins the reserves only once the trade is over; a new trade then starts slightly above `ask`.
    #[inline(always)]
    fn eth_to_ask(&self, ask: &Lanes<W>) -> Lanes<W> {
        let keep = 1.0 - self.fee;
        let mut amount = [0.0; W];
        for i in 0..W {
            let product = self.eth[i] * self.lrt[i];
            amount[i] = greater(((keep * greater(ask[i], 0.0) * product).sqrt() - self.eth[i]) / keep, 0.0);
        }
        amount
    }

    /// After `dx` the reserves are `y + dx` and `x y / (y + g dx)`: a quadratic in `dx`.
    #[inline(always)]
    fn lrt_to_price(&self, price: &Lanes<W>) -> Lanes<W> {
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
    fn scale(&mut self, factor: &Lanes<W>) -> Money<W> {
        let mut moved = Money::ZERO;
        for i in 0..W {
            moved.eth[i] = self.eth[i] * (factor[i] - 1.0);
            moved.lrt[i] = self.lrt[i] * (factor[i] - 1.0);
            self.eth[i] += moved.eth[i];
            self.lrt[i] += moved.lrt[i];
        }
        moved
    }

    #[inline(always)]
    fn reserves(&self) -> Money<W> {
        Money { eth: self.eth, lrt: self.lrt }
    }

    #[inline(always)]
    fn fees_paid(&self) -> Money<W> {
        Money::ZERO
    }

    // A reserve that is lost stays lost, so the present state tells.
    fn faults(&self) -> [bool; W] {
        let sound = |reserve: f64| reserve > 0.0 && reserve.is_finite();
        std::array::from_fn(|i| !(sound(self.eth[i]) && sound(self.lrt[i])))
    }
}
