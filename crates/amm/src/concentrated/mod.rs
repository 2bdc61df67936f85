//! Concentrated liquidity: pools of Uniswap v3 and its kin (v4 without hooks, PancakeSwap v3, Slipstream).
//!
//! Providers put liquidity `L` into ranges of prices. Where the square root of the price, quote per token, is `s`, the
//! positions between two boundaries `a <= s <= b` with liquidity `L` hold
//!
//! ```text
//! eth = L (s - a),   lrt = L (1/s - 1/b)
//! ```
//!
//! A trade moves `s` along this curve and changes to another `L` at each boundary; over a gap the price jumps. Where the
//! liquidity ends a trade takes what fits and the price stays at the last boundary. A trade of which nothing fits does
//! not move the price.
//!
//! Source: Uniswap/v3-core 1.0.1, `UniswapV3Pool.swap`, `libraries/{SwapMath, SqrtPriceMath, TickMath}.sol`; white paper
//! of v3 (Adams et al., 2021), equations 2.2 and 6.7 to 6.16. The forks differ in fees, tick spacings and who gets the
//! protocol's share.
//!
//! Fee: a fraction of what comes in. It does not join the liquidity: the contract owes it to the positions and the
//! protocol beside the curve. Here all fees, the providers' and the protocol's, leave the reserves for `fees_paid`;
//! [`ConcentratedLiquidity::protocol_fees`] tells the protocol's part of them. `reserves` is what is on the curve.
//!
//! Units: whole tokens. Domain: square roots of prices and liquidity as [`Spec`] states. Error against the contract's
//! integers: output below 1e-11 and price after the trade below 1e-10, for trades of 1e-8 to half of what the pool holds,
//! across any number of boundaries (`tests/concentrated_against_exact.rs`). Two things are known less well, because the price
//! is an f64 where the contract's has 96 bits:
//!
//! - what trades before a boundary is uncertain by `2^-52 L s`, which counts times the jump of the price over a gap behind it;
//! - a price that ends in a segment with less than 1e-6 of the liquidity used before is uncertain by the amount's rounding
//!   over that liquidity.

mod burn;
mod double_double;
mod kernel;
mod rows;
mod search;
mod spec;
mod table;
mod ticks;

pub use spec::{Segments, Spec, SpecError};
pub use ticks::{MAX_TICK, TickSnapshot, sqrt_price_at_tick};

use std::sync::Arc;

use crate::pool::{Coin, Money, Pool, Traded};
use kernel::{Position, amount_to, next_price, trade};
use pegstress_num::{Lanes, clamp, greater, lesser, select};
use rows::OUTER;
use table::{PURCHASE, SALE, Table};

/// Liquidity never counts as a smaller part of the start's than this: far below a wei, far above a denormal.
const LEAST_SCALE: f64 = 1e-30;

/// State of one pool on lanes.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct ConcentratedLiquidity<const W: usize> {
    table: Arc<Table>,
    position: Position<W>,
    /// Liquidity over that of the table, and the inverse.
    scale: Lanes<W>,
    inverse_scale: Lanes<W>,
    eth: Lanes<W>,
    lrt: Lanes<W>,
    fees_eth: Lanes<W>,
    fees_lrt: Lanes<W>,
    fee: f64,
    protocol_share: f64,
}

impl<const W: usize> ConcentratedLiquidity<W> {
    /// A pool with the same liquidity and price in every lane.
    #[inline(always)]
    pub fn new(spec: &Spec) -> Self {
        let (segment, row, [eth, lrt]) = spec.table.at(0, spec.sqrt_price);
        Self {
            table: Arc::clone(&spec.table),
            position: Position {
                sqrt_price: [spec.sqrt_price; W],
                low: [row.ends[0]; W],
                high: [row.ends[1]; W],
                liquidity: [row.liquidity; W],
                segment: [segment; W],
            },
            scale: [1.0; W],
            inverse_scale: [1.0; W],
            eth: [eth; W],
            lrt: [lrt; W],
            fees_eth: [0.0; W],
            fees_lrt: [0.0; W],
            fee: spec.fee,
            protocol_share: spec.protocol_share,
        }
    }

    /// The protocol's part of the fees paid.
    #[inline(always)]
    pub fn protocol_fees(&self) -> Money<W> {
        let mut fees = self.fees_paid();
        for i in 0..W {
            fees.eth[i] *= self.protocol_share;
            fees.lrt[i] *= self.protocol_share;
        }
        fees
    }

    /// Liquidity in range.
    #[inline(always)]
    pub fn liquidity(&self) -> Lanes<W> {
        let mut liquidity = [0.0; W];
        for i in 0..W {
            liquidity[i] = self.scale[i] * self.position.liquidity[i];
        }
        liquidity
    }

    /// What `amount` pays in lanes that all sell the same coin.
    #[inline(always)]
    fn quote(&self, coin_in: Coin, amount: &Lanes<W>) -> Lanes<W> {
        let buys = [select(coin_in == Coin::Eth, 1.0, 0.0); W];
        let keep = 1.0 - self.fee;
        let mut net = [0.0; W];
        for i in 0..W {
            net[i] = greater(amount[i], 0.0) * keep * self.inverse_scale[i];
        }
        let Position { sqrt_price, low, high, liquidity, segment } = self.position;
        let mut at = Position { sqrt_price, low, high, liquidity, segment };
        let mut out = trade(&self.table, &mut at, &buys, &net).output;
        for i in 0..W {
            out[i] *= self.scale[i];
        }
        out
    }

    /// What a trader puts in until the price is at most, or at least, `price`.
    #[inline(always)]
    fn amount_to(&self, direction: usize, price: &Lanes<W>) -> Lanes<W> {
        let per_keep = 1.0 / (1.0 - self.fee);
        let mut target = [0.0; W];
        for i in 0..W {
            target[i] = clamp(price[i].sqrt(), OUTER.0, OUTER.1);
        }
        let mut amount = amount_to(&self.table, &self.position, direction, &target);
        for i in 0..W {
            amount[i] *= self.scale[i] * per_keep;
        }
        amount
    }
}

impl<const W: usize> Pool<W> for ConcentratedLiquidity<W> {
    #[inline(always)]
    fn set_rate(&mut self, _nav: &Lanes<W>) {}

    /// The price of the contract's `slot0`; in a gap nothing trades at it.
    #[inline(always)]
    fn marginal_price(&self) -> Lanes<W> {
        let mut price = [0.0; W];
        for i in 0..W {
            price[i] = self.position.sqrt_price[i] * self.position.sqrt_price[i];
        }
        price
    }

    /// In a gap that of the liquidity below it; 0 where there is none.
    #[inline(always)]
    fn bid(&self) -> Lanes<W> {
        let keep = 1.0 - self.fee;
        let root = next_price(&self.table, &self.position);
        let mut bid = [0.0; W];
        for i in 0..W {
            bid[i] = keep * (root[i] * root[i]);
        }
        bid
    }

    #[inline(always)]
    fn quote_sell(&self, lrt_in: &Lanes<W>) -> Lanes<W> {
        self.quote(Coin::Lrt, lrt_in)
    }

    #[inline(always)]
    fn quote_buy(&self, eth_in: &Lanes<W>) -> Lanes<W> {
        self.quote(Coin::Eth, eth_in)
    }

    #[inline(always)]
    fn trade(&mut self, lrt_in: &Lanes<W>, eth_in: &Lanes<W>) -> Traded<W> {
        let (fee, keep) = (self.fee, 1.0 - self.fee);
        let per_keep = 1.0 / keep;
        let (mut amount, mut net) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            amount[i] = select(eth_in[i] > 0.0, eth_in[i], greater(lrt_in[i], 0.0));
            net[i] = amount[i] * keep * self.inverse_scale[i];
        }
        let flow = trade(&self.table, &mut self.position, eth_in, &net);
        let (mut taken, mut paid, mut charged) = ([0.0; W], flow.output, [0.0; W]);
        for i in 0..W {
            let fits = flow.input[i] * self.scale[i] * per_keep;
            taken[i] = select(flow.input[i] == net[i], amount[i], lesser(fits, amount[i]));
            charged[i] = taken[i] * fee;
            paid[i] *= self.scale[i];
        }
        let mut traded = Traded { taken: Money::ZERO, paid: Money::ZERO };
        for i in 0..W {
            let buys = eth_in[i] > 0.0;
            traded.taken.eth[i] = select(buys, taken[i], 0.0);
            traded.taken.lrt[i] = select(buys, 0.0, taken[i]);
        }
        for i in 0..W {
            let buys = eth_in[i] > 0.0;
            traded.paid.eth[i] = select(buys, 0.0, paid[i]);
            traded.paid.lrt[i] = select(buys, paid[i], 0.0);
        }
        for i in 0..W {
            let buys = eth_in[i] > 0.0;
            self.fees_eth[i] += select(buys, charged[i], 0.0);
            self.fees_lrt[i] += select(buys, 0.0, charged[i]);
        }
        for i in 0..W {
            let buys = eth_in[i] > 0.0;
            let (joins, leaves) = (taken[i] - charged[i], 0.0 - paid[i]);
            let eth = self.eth[i] + select(buys, joins, leaves);
            let lrt = self.lrt[i] + select(buys, leaves, joins);
            // What rounding leaves of a reserve that is used up.
            self.eth[i] = select(eth < 0.0, 0.0, eth);
            self.lrt[i] = select(lrt < 0.0, 0.0, lrt);
        }
        traded
    }

    #[inline(always)]
    fn lrt_to_bid(&self, bid: &Lanes<W>) -> Lanes<W> {
        let per_keep = 1.0 / (1.0 - self.fee);
        let mut price = [0.0; W];
        for i in 0..W {
            price[i] = greater(bid[i], 0.0) * per_keep;
        }
        self.amount_to(SALE, &price)
    }

    #[inline(always)]
    fn eth_to_ask(&self, ask: &Lanes<W>) -> Lanes<W> {
        let keep = 1.0 - self.fee;
        let mut price = [0.0; W];
        for i in 0..W {
            price[i] = greater(ask[i], 0.0) * keep;
        }
        self.amount_to(PURCHASE, &price)
    }

    #[inline(always)]
    fn lrt_to_price(&self, price: &Lanes<W>) -> Lanes<W> {
        let mut target = [0.0; W];
        for i in 0..W {
            target[i] = greater(price[i], 0.0);
        }
        self.amount_to(SALE, &target)
    }

    #[inline(always)]
    fn scale(&mut self, factor: &Lanes<W>) -> Money<W> {
        let mut moved = Money::ZERO;
        for i in 0..W {
            let scale = self.scale[i] * factor[i];
            self.scale[i] = select(scale < LEAST_SCALE, LEAST_SCALE, scale);
            self.inverse_scale[i] = 1.0 / self.scale[i];
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
        Money { eth: self.fees_eth, lrt: self.fees_lrt }
    }

    // A number that is lost stays lost, so the present state tells. A used up reserve is a state like others.
    fn faults(&self) -> [bool; W] {
        let sound = |number: f64| number >= 0.0 && number.is_finite();
        std::array::from_fn(|i| {
            let held = sound(self.eth[i]) && sound(self.lrt[i]);
            !(held && sound(self.scale[i]) && sound(self.position.sqrt_price[i]))
        })
    }
}
