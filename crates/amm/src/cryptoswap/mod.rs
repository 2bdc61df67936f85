//! Curve cryptoswap pool of two coins: concentrated around a price that follows the market.
//!
//! Model of the crypto factory's pools (M. Egorov, "Automatic market-making with dynamic peg", 2021;
//! curvefi/curve-factory-crypto `contracts/CurveCryptoSwap2ETH.vy` at 186c191c, and of the stand-alone ones,
//! curvefi/curve-crypto-contract `contracts/two/CurveCryptoSwap2.vy` at 2b48053c). With `x` the balance of coin 0,
//! `y` that of coin 1 times the price scale, the invariant `D` solves
//!
//! ```text
//! K D (x + y) + x y = K D^2 + D^2/4,     K = A K0 gamma^2 / (gamma + 1 - K0)^2,     K0 = 4 x y / D^2
//! ```
//!
//! A trade moves along it, pays the dynamic fee ([`fee`]), which stays in the pool, and may move the price scale
//! ([`repeg`]). Either coin may be the token. Units: ETH and tokens; fees and profits as fractions; seconds.
//!
//! Domain: the contract's: `A N^N = 4 A` in 0.4..=4e5, `gamma` in 1e-8..=2e-2, scaled reserves up to 1e4 to one. Beyond
//! it the contract refuses a trade, and the lanes go on along the same curve; a lane is faulty only when its reserves
//! or its invariant are lost.
//!
//! Error of an output and of the marginal price: 2e-15 against the curve for reserves up to 99:1, 5e-15 in the whole
//! domain (`tests/cryptoswap_curve.rs`). The contract's own integers are up to 1e-16 of `D` off the curve, because its
//! `K0` has eighteen decimals: an output agrees with them to that and 4e-15 of itself, hence to 1e-11 for trades of
//! 1e-5 of the reserve and more, and to some 2e-9 at 1e-8 of it. After 25 trades with moves of the price scale, prices,
//! profits and `D` agree to 1e-12 (`tests/cryptoswap_against_exact.rs`).
//!
//! Departures from the contract: deposits and withdrawals are proportional, free, and do not move the price scale
//! (the contract charges a deposit 0.1 basis points); the average price ages when it is told the time, not at the next
//! trade; the owner's claim dilutes the other providers and stays in the pool ([`Cryptoswap::owner_share`]), so that
//! no fee ever leaves it.

pub mod fee;
pub mod kernel;
pub mod reach;
pub mod repeg;
mod spec;
mod trade;

pub use fee::FeeSchedule;
pub use repeg::Peg;
pub use spec::{Curve, Repegging, Spec};

use crate::pool::{Coin, Money, Pool, Traded};
use fee::Fees;
use kernel::{Place, Shape, Terms};
use pegstress_num::{Lanes, greater, select};
use repeg::PegLanes;

/// Reserves never count as smaller than this: far below a wei, far above a denormal.
const LEAST_RESERVE: f64 = 1e-20;
/// Amounts up to this many units of the coin are too coarse to tell a price.
const COARSE_UNITS: f64 = 1e5;

/// State of one pool on lanes.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct Cryptoswap<const W: usize> {
    eth: Lanes<W>,
    lrt: Lanes<W>,
    place: Place<W>,
    peg: PegLanes<W>,
    /// Zero while every place and every trade was found.
    unsettled: Lanes<W>,
    shape: Shape,
    fees: Fees,
    rule: Repegging,
    coarse_eth: f64,
    coarse_lrt: f64,
    coin_0: Coin,
}

/// A number for each coin: what it counts in coin 0, or its scaled reserve.
#[repr(align(64))]
struct Scales<const W: usize> {
    eth: Lanes<W>,
    lrt: Lanes<W>,
}

impl<const W: usize> Cryptoswap<W> {
    /// A pool with the same reserves in every lane.
    #[inline(always)]
    pub fn new(spec: &Spec) -> Self {
        let shape = Shape::from(spec.curve);
        let mut pool = Self {
            eth: [spec.reserve_eth; W],
            lrt: [spec.reserve_lrt; W],
            place: Place { invariant: [1.0; W], gap: [0.0; W] },
            peg: PegLanes::new(&spec.peg, 1.0),
            unsettled: [0.0; W],
            shape,
            fees: Fees::from(spec.fees),
            rule: spec.repegging,
            coarse_eth: COARSE_UNITS * spec.unit_eth,
            coarse_lrt: COARSE_UNITS * spec.unit_lrt,
            coin_0: spec.coin_0,
        };
        pool.settle();
        for i in 0..W {
            pool.peg.value_per_invariant[i] = spec.peg.virtual_price / pool.place.invariant[i];
        }
        pool
    }

    /// Time passes: the average price moves towards the last one, as the contract has it do at its next operation.
    #[inline(always)]
    pub fn advance(&mut self, elapsed_secs: f64) {
        self.peg.age(elapsed_secs / self.rule.half_life_secs);
    }

    /// Price of coin 1 in coin 0 around which the liquidity is concentrated.
    pub fn price_scale(&self) -> &Lanes<W> {
        &self.peg.scale
    }

    /// Moving average of that price.
    pub fn average_price(&self) -> &Lanes<W> {
        &self.peg.average
    }

    /// That price in the last trade.
    pub fn last_price(&self) -> &Lanes<W> {
        &self.peg.last
    }

    /// Value of a share since the start of the pool.
    pub fn virtual_price(&self) -> &Lanes<W> {
        &self.peg.virtual_price
    }

    /// Profit counter.
    pub fn profit(&self) -> &Lanes<W> {
        &self.peg.profit
    }

    /// Part of the pool that belongs to the shares the owner has claimed since the start.
    pub fn owner_share(&self) -> &Lanes<W> {
        &self.peg.owner_share
    }

    /// The invariant D, in coin 0.
    pub fn invariant(&self) -> &Lanes<W> {
        &self.place.invariant
    }

    #[inline(always)]
    fn scales(&self) -> Scales<W> {
        match self.coin_0 {
            Coin::Eth => Scales { eth: [1.0; W], lrt: self.peg.scale },
            Coin::Lrt => Scales { eth: self.peg.scale, lrt: [1.0; W] },
        }
    }

    #[inline(always)]
    fn inverse_scales(&self) -> Scales<W> {
        match self.coin_0 {
            Coin::Eth => Scales { eth: [1.0; W], lrt: self.peg.inverse_scale },
            Coin::Lrt => Scales { eth: self.peg.inverse_scale, lrt: [1.0; W] },
        }
    }

    /// Scaled reserves over half of the invariant.
    #[inline(always)]
    fn shares(&self) -> Scales<W> {
        let Scales { mut eth, mut lrt } = self.scales();
        for i in 0..W {
            let per_half = 2.0 / self.place.invariant[i];
            eth[i] *= self.eth[i] * per_half;
            lrt[i] *= self.lrt[i] * per_half;
        }
        Scales { eth, lrt }
    }
}

impl<const W: usize> Pool<W> for Cryptoswap<W> {
    #[inline(always)]
    fn set_rate(&mut self, _nav: &Lanes<W>) {}

    #[inline(always)]
    fn marginal_price(&self) -> Lanes<W> {
        let (scales, inverse) = (self.scales(), self.inverse_scales());
        let Scales { eth, lrt } = self.shares();
        let mut price = [0.0; W];
        for i in 0..W {
            let terms = Terms::at(self.shape.gamma, self.place.gap[i]);
            let slope = terms.slope(self.shape.strength, lrt[i], eth[i]);
            price[i] = slope * scales.lrt[i] * inverse.eth[i];
        }
        price
    }

    #[inline(always)]
    fn bid(&self) -> Lanes<W> {
        let Scales { eth, lrt } = self.shares();
        let mut bid = self.marginal_price();
        for i in 0..W {
            bid[i] *= 1.0 - self.fees.at(eth[i], lrt[i]);
        }
        bid
    }

    #[inline(always)]
    fn quote_sell(&self, lrt_in: &Lanes<W>) -> Lanes<W> {
        self.priced(lrt_in, &[0.0; W]).0.paid.eth
    }

    #[inline(always)]
    fn quote_buy(&self, eth_in: &Lanes<W>) -> Lanes<W> {
        self.priced(&[0.0; W], eth_in).0.paid.lrt
    }

    #[inline(always)]
    fn trade(&mut self, lrt_in: &Lanes<W>, eth_in: &Lanes<W>) -> Traded<W> {
        let (traded, correction) = self.priced(lrt_in, eth_in);
        self.note(&correction);
        let mut active = [0.0; W];
        for i in 0..W {
            let eth = self.eth[i] + (traded.taken.eth[i] - traded.paid.eth[i]);
            let lrt = self.lrt[i] + (traded.taken.lrt[i] - traded.paid.lrt[i]);
            self.eth[i] = greater(eth, LEAST_RESERVE);
            self.lrt[i] = greater(lrt, LEAST_RESERVE);
            active[i] = select(traded.taken.eth[i] + traded.taken.lrt[i] > 0.0, 1.0, 0.0);
        }
        self.settle();
        self.repeg(&traded, &active);
        traded
    }

    /// The dynamic fee depends on where the sale ends; see [`reach`].
    #[inline(always)]
    fn lrt_to_bid(&self, bid: &Lanes<W>) -> Lanes<W> {
        self.input_after_fee(Coin::Lrt, bid)
    }

    #[inline(always)]
    fn eth_to_ask(&self, ask: &Lanes<W>) -> Lanes<W> {
        let mut lrt_per_eth = [0.0; W];
        for i in 0..W {
            lrt_per_eth[i] = 1.0 / ask[i];
        }
        self.input_after_fee(Coin::Eth, &lrt_per_eth)
    }

    /// At the invariant before the sale: the fee, which stays in the pool, comes on top.
    #[inline(always)]
    fn lrt_to_price(&self, price: &Lanes<W>) -> Lanes<W> {
        self.input_before_fee(Coin::Lrt, price)
    }

    /// Shares are minted or burned in proportion: the virtual price and the price scale stay.
    #[inline(always)]
    fn scale(&mut self, factor: &Lanes<W>) -> Money<W> {
        let mut moved = Money::ZERO;
        let before = self.place.invariant;
        for i in 0..W {
            let eth = greater(self.eth[i] * factor[i], LEAST_RESERVE);
            let lrt = greater(self.lrt[i] * factor[i], LEAST_RESERVE);
            moved.eth[i] = eth - self.eth[i];
            moved.lrt[i] = lrt - self.lrt[i];
            self.eth[i] = eth;
            self.lrt[i] = lrt;
        }
        self.settle();
        for i in 0..W {
            self.peg.value_per_invariant[i] *= before[i] / self.place.invariant[i];
        }
        moved
    }

    #[inline(always)]
    fn reserves(&self) -> Money<W> {
        Money { eth: self.eth, lrt: self.lrt }
    }

    /// Always nothing: fees stay in the pool, and the owner's part of them is shares of it.
    #[inline(always)]
    fn fees_paid(&self) -> Money<W> {
        Money::ZERO
    }

    fn faults(&self) -> [bool; W] {
        let sound = |x: f64| x > 0.0 && x.is_finite();
        std::array::from_fn(|i| {
            let settled = self.unsettled[i] == 0.0;
            let prices = sound(self.peg.scale[i]) && sound(self.peg.virtual_price[i]);
            let held = sound(self.eth[i]) && sound(self.lrt[i]) && sound(self.place.invariant[i]);
            !(settled && prices && held)
        })
    }
}
