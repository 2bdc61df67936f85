//! Balancer weighted pool: `eth^w_eth * lrt^w_lrt` does not fall.
//!
//! Model of balancer-v3-monorepo `pkg/solidity-utils/contracts/math/WeightedMath.sol` at 440675ad; version 2 computes the
//! same. With weights `w_in`, `w_out`, reserves `x`, `y` and the fee on what comes in:
//!
//! ```text
//! amount out = y (1 - (x / (x + (1 - fee) in))^(w_in / w_out)) = -y expm1(-(w_in / w_out) ln1p((1 - fee) in / x))
//! ```
//!
//! A trade moves at most 30 % of the reserve of what comes in, after the fee: more is not taken. The contract's power
//! errs by up to 1e-14 and is rounded by that bound in the pool's favour, unless the exponent is 1, 2 or 4; so is
//! [`Weighted`]'s, which makes a trade pay 1e-14 of the reserve less, at most all of it. `protocol_fee` of the fee leaves
//! the pool at once in version 3; version 2 collects at the next deposit or withdrawal, which is not modelled (0 here).
//! Rates cancel. Other tokens of the pool stay where they are, so only the ratio of the two weights matters.
//!
//! Units: ETH and tokens. Domain: weights of 1 to 99 %, positive reserves. Error: below 1e-13 of the output against
//! the formula (`tests/against_exact_weighted.rs`); against the contract's integers below 1e-11 where 1e-5 of a reserve
//! and more goes out, and below that as much as the contract's power errs, some 1e-16 of the reserve.

mod liquidity;

use crate::pool::{Coin, Money, Pool, Traded};
use crate::stableswap::LEAST_RESERVE;
use pegstress_num::{Lanes, exp_m1, greater, lesser, ln, ln_1p, select};

/// Largest share of a reserve that comes in in one trade.
const MOST_IN: f64 = 0.3;
/// Error that the contract's power allows for.
const POWER_ERROR: f64 = 1e-14;

/// A pool at the start.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Quote coin in the pool.
    pub reserve_eth: f64,
    /// Tokens in the pool.
    pub reserve_lrt: f64,
    /// Weight of the quote coin.
    pub weight_eth: f64,
    /// Weight of the token.
    pub weight_lrt: f64,
    /// Fee, fraction of what comes in.
    pub fee: f64,
    /// Share of the fee that leaves the pool.
    pub protocol_fee: f64,
}

/// State of one pool on lanes.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct Weighted<const W: usize> {
    eth: Lanes<W>,
    lrt: Lanes<W>,
    fees_eth: Lanes<W>,
    fees_lrt: Lanes<W>,
    weight_eth: f64,
    weight_lrt: f64,
    sale: Direction,
    purchase: Direction,
    fee: f64,
    protocol_fee: f64,
}

/// What sales, or purchases, have in common.
#[derive(Debug, Clone, Copy)]
struct Direction {
    /// `w_in / w_out`.
    exponent: f64,
    /// What the contract's power is rounded by.
    power_error: f64,
    /// `w_out / (w_in + w_out)`: how the reserve of what comes in answers to the price.
    elasticity: f64,
}

impl Direction {
    fn new(weight_in: f64, weight_out: f64) -> Self {
        let ratio = weight_in / weight_out;
        // Weights such as 0.8 and 0.2 are not exact in binary.
        let product = [1.0, 2.0, 4.0].into_iter().find(|whole| (ratio - whole).abs() < 1e-12);
        Self {
            exponent: product.unwrap_or(ratio),
            power_error: if product.is_some() { 0.0 } else { POWER_ERROR },
            elasticity: weight_out / (weight_in + weight_out),
        }
    }
}

/// What `dx`, after fee, takes out.
#[inline(always)]
fn amount_out(x: f64, y: f64, exponent: f64, power_error: f64, dx: f64) -> f64 {
    let share = 0.0 - exp_m1(0.0 - exponent * ln_1p(dx / x));
    y * greater(share - power_error * (1.0 - share), 0.0)
}

impl<const W: usize> Weighted<W> {
    /// A pool with the same reserves in every lane.
    #[inline(always)]
    pub fn new(spec: &Spec) -> Self {
        Self {
            eth: [spec.reserve_eth; W],
            lrt: [spec.reserve_lrt; W],
            fees_eth: [0.0; W],
            fees_lrt: [0.0; W],
            weight_eth: spec.weight_eth,
            weight_lrt: spec.weight_lrt,
            sale: Direction::new(spec.weight_lrt, spec.weight_eth),
            purchase: Direction::new(spec.weight_eth, spec.weight_lrt),
            fee: spec.fee,
            protocol_fee: spec.protocol_fee,
        }
    }

    /// Most that one trade takes, fee included, over the reserve of what comes in.
    #[inline(always)]
    fn most_in(&self) -> f64 {
        MOST_IN / (1.0 - self.fee)
    }

    /// Amount in after which the price of what comes in has fallen by `factor`, fee included.
    #[inline(always)]
    fn amount_to_fall(&self, reserve: f64, elasticity: f64, factor: f64) -> f64 {
        greater(reserve * exp_m1(elasticity * ln(factor)) * (1.0 / (1.0 - self.fee)), 0.0)
    }
}

impl<const W: usize> Pool<W> for Weighted<W> {
    #[inline(always)]
    fn set_rate(&mut self, _nav: &Lanes<W>) {}

    #[inline(always)]
    fn marginal_price(&self) -> Lanes<W> {
        let mut price = [0.0; W];
        for i in 0..W {
            price[i] = self.sale.exponent * self.eth[i] / self.lrt[i];
        }
        price
    }

    #[inline(always)]
    fn bid(&self) -> Lanes<W> {
        let mut bid = self.marginal_price();
        for i in 0..W {
            bid[i] *= 1.0 - self.fee;
        }
        bid
    }

    #[inline(always)]
    fn quote_sell(&self, lrt_in: &Lanes<W>) -> Lanes<W> {
        let (keep, most_in, sale) = (1.0 - self.fee, self.most_in(), self.sale);
        let mut out = [0.0; W];
        for i in 0..W {
            let taken = lesser(greater(lrt_in[i], 0.0), most_in * self.lrt[i]);
            out[i] = amount_out(self.lrt[i], self.eth[i], sale.exponent, sale.power_error, keep * taken);
        }
        out
    }

    #[inline(always)]
    fn quote_buy(&self, eth_in: &Lanes<W>) -> Lanes<W> {
        let (keep, most_in, purchase) = (1.0 - self.fee, self.most_in(), self.purchase);
        let mut out = [0.0; W];
        for i in 0..W {
            let taken = lesser(greater(eth_in[i], 0.0), most_in * self.eth[i]);
            out[i] =
                amount_out(self.eth[i], self.lrt[i], purchase.exponent, purchase.power_error, keep * taken);
        }
        out
    }

    #[inline(always)]
    fn trade(&mut self, lrt_in: &Lanes<W>, eth_in: &Lanes<W>) -> Traded<W> {
        let (keep, most_in, protocol) = (1.0 - self.fee, self.most_in(), self.fee * self.protocol_fee);
        let (sale, purchase) = (self.sale, self.purchase);
        let mut traded = Traded { taken: Money::ZERO, paid: Money::ZERO };
        let (mut amount, mut paid) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            let buys = eth_in[i] > 0.0;
            let (x, y) = (select(buys, self.eth[i], self.lrt[i]), select(buys, self.lrt[i], self.eth[i]));
            let exponent = select(buys, purchase.exponent, sale.exponent);
            let power_error = select(buys, purchase.power_error, sale.power_error);
            let offered = select(buys, eth_in[i], greater(lrt_in[i], 0.0));
            amount[i] = lesser(offered, most_in * x);
            paid[i] = amount_out(x, y, exponent, power_error, keep * amount[i]);
        }
        for i in 0..W {
            let buys = eth_in[i] > 0.0;
            traded.paid.eth[i] = select(buys, 0.0, paid[i]);
            traded.paid.lrt[i] = select(buys, paid[i], 0.0);
            traded.taken.eth[i] = select(buys, amount[i], 0.0);
            traded.taken.lrt[i] = select(buys, 0.0, amount[i]);
            let (eth_fee, lrt_fee) = (traded.taken.eth[i] * protocol, traded.taken.lrt[i] * protocol);
            self.fees_eth[i] += eth_fee;
            self.fees_lrt[i] += lrt_fee;
            let eth = self.eth[i] + (traded.taken.eth[i] - eth_fee) - traded.paid.eth[i];
            let lrt = self.lrt[i] + (traded.taken.lrt[i] - lrt_fee) - traded.paid.lrt[i];
            self.eth[i] = greater(eth, LEAST_RESERVE);
            self.lrt[i] = greater(lrt, LEAST_RESERVE);
        }
        traded
    }

    /// With `g = 1 - fee` the next token nets `g price (y / (y + g q))^(1 + w_lrt/w_eth)`; at most what one trade takes.
    #[inline(always)]
    fn lrt_to_bid(&self, bid: &Lanes<W>) -> Lanes<W> {
        let now = self.bid();
        let mut amount = [0.0; W];
        for i in 0..W {
            let factor = now[i] / greater(bid[i], 1e-12);
            let wanted = self.amount_to_fall(self.lrt[i], self.sale.elasticity, factor);
            amount[i] = lesser(wanted, self.most_in() * self.lrt[i]);
        }
        amount
    }

    #[inline(always)]
    fn eth_to_ask(&self, ask: &Lanes<W>) -> Lanes<W> {
        let (keep, price) = (1.0 - self.fee, self.marginal_price());
        let mut amount = [0.0; W];
        for i in 0..W {
            let factor = greater(ask[i], 0.0) * keep / price[i];
            let wanted = self.amount_to_fall(self.eth[i], self.purchase.elasticity, factor);
            amount[i] = lesser(wanted, self.most_in() * self.eth[i]);
        }
        amount
    }

    /// Along the curve, as the fee joins the reserves once the sale is over, and in as many trades as it takes.
    #[inline(always)]
    fn lrt_to_price(&self, price: &Lanes<W>) -> Lanes<W> {
        let now = self.marginal_price();
        let mut amount = [0.0; W];
        for i in 0..W {
            let factor = now[i] / greater(price[i], 1e-12);
            amount[i] = self.amount_to_fall(self.lrt[i], self.sale.elasticity, factor);
        }
        amount
    }

    #[inline(always)]
    fn scale(&mut self, factor: &Lanes<W>) -> Money<W> {
        let mut moved = Money::ZERO;
        for i in 0..W {
            let eth = greater(self.eth[i] * factor[i], LEAST_RESERVE);
            let lrt = greater(self.lrt[i] * factor[i], LEAST_RESERVE);
            moved.eth[i] = eth - self.eth[i];
            moved.lrt[i] = lrt - self.lrt[i];
            self.eth[i] = eth;
            self.lrt[i] = lrt;
        }
        moved
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
        Money { eth: self.eth, lrt: self.lrt }
    }

    #[inline(always)]
    fn fees_paid(&self) -> Money<W> {
        Money { eth: self.fees_eth, lrt: self.fees_lrt }
    }

    // A reserve that is lost stays lost, so the present state tells.
    fn faults(&self) -> [bool; W] {
        let sound = |reserve: f64| reserve > 0.0 && reserve.is_finite();
        std::array::from_fn(|i| !(sound(self.eth[i]) && sound(self.lrt[i])))
    }
}
