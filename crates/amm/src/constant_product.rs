//! Constant product pool: `eth * lrt` does not fall (Uniswap v2-core, `UniswapV2Pair.swap`, v1.0.1).
//!
//! ```text
//! amount out = y (1 - fee) dx / (x + (1 - fee) dx)
//! ```
//!
//! The fee is taken from what comes in and stays with the providers. Units: ETH and tokens. Error against the
//! contract's integers: its rounding down to one unit.

use crate::venue::{Money, Traded};
use pegstress_num::{Lanes, greater, select};

/// State of one pool on lanes.
#[derive(Debug, Clone)]
pub struct ConstantProduct<const W: usize> {
    pub(crate) eth: Lanes<W>,
    pub(crate) lrt: Lanes<W>,
    pub(crate) fee: f64,
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
        Self { eth: [eth; W], lrt: [lrt; W], fee }
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

    /// Each lane sells `lrt_in` or, where `eth_in` is positive, buys with it.
    #[inline(always)]
    pub fn trade(&mut self, lrt_in: &Lanes<W>, eth_in: &Lanes<W>) -> Traded<W> {
        let keep = 1.0 - self.fee;
        let mut out = Traded { eth_out: [0.0; W], lrt_out: [0.0; W] };
        for i in 0..W {
            let (x, y) = (self.eth[i], self.lrt[i]);
            let buys = eth_in[i] > 0.0;
            let amount = select(buys, eth_in[i], greater(lrt_in[i], 0.0));
            let paid = amount_out(select(buys, x, y), select(buys, y, x), keep, amount);
            out.eth_out[i] = select(buys, 0.0, paid);
            out.lrt_out[i] = select(buys, paid, 0.0);
            self.eth[i] = x + select(buys, amount, 0.0 - paid);
            self.lrt[i] = y + select(buys, 0.0 - paid, amount);
        }
        out
    }

    /// ETH that a buyer puts in until the next token costs `limit`, fee included; 0 where it already does.
    ///
    /// The cost of the next token of the same trade: with `g = 1 - fee` it is `(x + g e)^2 / (g x y)` after putting in
    /// `e`. The fee joins the reserves only once the trade is over; a new trade then starts slightly above `limit`.
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
        }
        moved
    }

    /// Lanes that broke. A reserve that is lost stays lost, so the present state tells.
    pub(crate) fn faults(&self) -> [bool; W] {
        let sound = |reserve: f64| reserve > 0.0 && reserve.is_finite();
        std::array::from_fn(|i| !(sound(self.eth[i]) && sound(self.lrt[i])))
    }
}
