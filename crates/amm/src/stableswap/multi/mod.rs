//! StableSwap pool of three or four coins, traded between the quote coin and the token.
//!
//! Model of Curve's plain pools (first generation, `StableSwap3Pool.vy`, and curvefi/stableswap-ng at 2abe778f; in real
//! numbers they are one, they differ in the rounding of integers). The other coins' rate-adjusted reserves stay where they
//! are in a trade; equations in [`super::several_coins`]. The fee is that of the two-coin pool, taken from what
//! goes out at the average reserves of the two coins that trade.
//!
//! Units: quote coins and tokens; rates in quote coins. Domain: A in 1..=1e6 as quoted (`Ann = N A`), all reserves
//! positive. Error against the contract's integers: below 1e-11 of the output for A in 10..5000, reserves as lopsided as
//! 99:1 and trades of 1e-8 to half of the reserve (`tests/against_exact_several_coins.rs`); below 1e-10 for A in 1..1e6,
//! 1000:1, fees to 99 % and trades of 1e-12 to ten times the reserve (`tests/beyond_the_domain.rs`). A pool of more than
//! [`MOST_OTHERS`] other coins is a fault in every lane. Uneven deposits and withdrawals are not modelled.

mod trade;

use super::fee::SwapFee;
use super::inverse::Curve;
use super::kernel::amount_out_along;
use super::pair::INVARIANT_TOLERANCE;
use super::several_coins::{cold_invariant, curve_constant, equivalent_pair, refresh_invariant};
use crate::pool::Coin;
use crate::venue::RateSource;
use pegstress_num::{Lanes, select};

/// Coins besides the quote coin and the token.
pub const MOST_OTHERS: usize = 2;

/// A coin that the simulation does not trade.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OtherCoin {
    /// Amount in the pool.
    pub reserve: f64,
    /// Quote coins by which one counts.
    pub rate: f64,
}

/// A pool at the start.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// Quote coin in the pool.
    pub reserve_eth: f64,
    /// Tokens in the pool.
    pub reserve_lrt: f64,
    /// The other coins, one or two.
    pub others: Vec<OtherCoin>,
    /// Quoted amplification A.
    pub amplification: f64,
    /// Fee, fraction of what goes out.
    pub fee: f64,
    /// Multiplier of the fee far from the peg; at or below one the fee is static.
    pub offpeg_multiplier: f64,
    /// Share of the fee that leaves the pool.
    pub admin_fee: f64,
    /// Rate by which the token's reserve counts.
    pub rate: RateSource,
}

/// State of one pool on lanes.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct MultiStableSwap<const W: usize> {
    eth: Lanes<W>,
    lrt: Lanes<W>,
    /// Rate-adjusted; only the first `coins - 2` count.
    others: [Lanes<W>; MOST_OTHERS],
    fees_eth: Lanes<W>,
    fees_lrt: Lanes<W>,
    /// Zero while every correction of the invariant was within tolerance.
    unsettled: Lanes<W>,
    rate: Lanes<W>,
    inverse_rate: Lanes<W>,
    invariant: Lanes<W>,
    /// Of the others: sum, and `N^N` times the product.
    others_sum: Lanes<W>,
    weight: Lanes<W>,
    per_weight: Lanes<W>,
    coins: usize,
    ann: f64,
    fee: SwapFee,
    admin_fee: f64,
    follows_rate: bool,
}

/// The same call with the number of coins known to the compiler.
macro_rules! by_coins {
    ($pool:expr, $coins:ident => $call:expr) => {
        match $pool.coins {
            2 => {
                const $coins: usize = 2;
                $call
            }
            3 => {
                const $coins: usize = 3;
                $call
            }
            _ => {
                const $coins: usize = 4;
                $call
            }
        }
    };
}

impl<const W: usize> MultiStableSwap<W> {
    /// A pool with the same reserves in every lane; `nav` is the redemption rate for pools that follow it.
    #[inline(always)]
    pub fn new(spec: &Spec, nav: &Lanes<W>) -> Self {
        let rate = spec.rate.start(nav);
        let mut others = [[0.0; W]; MOST_OTHERS];
        for (lanes, coin) in others.iter_mut().zip(&spec.others) {
            *lanes = [coin.reserve * coin.rate; W];
        }
        let too_many = select(spec.others.len() > MOST_OTHERS, 1.0, 0.0);
        let coins = 2 + if spec.others.len() < MOST_OTHERS { spec.others.len() } else { MOST_OTHERS };
        let mut inverse_rate = [0.0; W];
        for i in 0..W {
            inverse_rate[i] = 1.0 / rate[i];
        }
        let mut pool = Self {
            eth: [spec.reserve_eth; W],
            lrt: [spec.reserve_lrt; W],
            others,
            fees_eth: [0.0; W],
            fees_lrt: [0.0; W],
            unsettled: [too_many; W],
            rate,
            inverse_rate,
            invariant: [0.0; W],
            others_sum: [0.0; W],
            weight: [0.0; W],
            per_weight: [0.0; W],
            coins,
            ann: spec.amplification * coins as f64,
            fee: SwapFee::new(spec.fee, spec.offpeg_multiplier),
            admin_fee: spec.admin_fee,
            follows_rate: spec.rate != RateSource::Plain,
        };
        pool.weigh_others();
        pool.settle_from_scratch(&[1.0; W]);
        pool
    }

    /// Sum and product of the other coins.
    #[inline(always)]
    fn weigh_others(&mut self) {
        let n = self.coins as f64;
        let mut power = 1.0;
        for _ in 0..self.coins {
            power *= n;
        }
        let (mut sum, mut product) = ([0.0; W], [power; W]);
        for lanes in self.others.iter().take(self.coins - 2) {
            for i in 0..W {
                sum[i] += lanes[i];
                product[i] *= lanes[i];
            }
        }
        for i in 0..W {
            self.per_weight[i] = 1.0 / (self.ann * product[i]);
        }
        (self.others_sum, self.weight) = (sum, product);
    }

    /// Brings the invariant up to date after the rate or a reserve has moved.
    #[inline(always)]
    fn settle(&mut self) {
        self.settle_where(&[1.0; W]);
    }

    /// In the lanes that have moved: warm, and from scratch where a few steps do not settle. The others keep every bit.
    #[inline(always)]
    fn settle_where(&mut self, moved: &Lanes<W>) {
        let mut far = [0.0; W];
        by_coins!(self, N => for i in 0..W {
            let y = self.rate[i] * self.lrt[i];
            let (sum, product) = (self.eth[i] + y + self.others_sum[i], self.weight[i] * self.eth[i] * y);
            let (d, correction) = refresh_invariant::<N>(sum, product, self.invariant[i], self.ann);
            self.invariant[i] = select(moved[i] > 0.0, d, self.invariant[i]);
            // A NaN is not within tolerance.
            far[i] = select(correction <= INVARIANT_TOLERANCE * d, 0.0, moved[i]);
        });
        if far.iter().any(|far| *far > 0.0) {
            self.settle_from_scratch(&far);
        }
    }

    /// Whether a block comes here depends on its lanes together, what happens to a lane on that lane only.
    #[cold]
    fn settle_from_scratch(&mut self, far: &Lanes<W>) {
        by_coins!(self, N => for i in 0..W {
            let y = self.rate[i] * self.lrt[i];
            let (sum, product) = (self.eth[i] + y + self.others_sum[i], self.weight[i] * self.eth[i] * y);
            let cold = cold_invariant::<N>(sum, product, self.ann);
            let (d, correction) = refresh_invariant::<N>(sum, product, cold, self.ann);
            let lost = select(correction <= INVARIANT_TOLERANCE * d, self.unsettled[i], 1.0);
            self.invariant[i] = select(far[i] > 0.0, d, self.invariant[i]);
            self.unsettled[i] = select(far[i] > 0.0, lost, self.unsettled[i]);
        });
    }

    /// The token's rate-adjusted reserve, and the constant of the curve.
    #[inline(always)]
    fn token_and_constant(&self) -> (Lanes<W>, Lanes<W>) {
        let (mut y, mut k) = ([0.0; W], [0.0; W]);
        by_coins!(self, N => for i in 0..W {
            y[i] = self.rate[i] * self.lrt[i];
            k[i] = curve_constant::<N>(self.invariant[i], self.per_weight[i]);
        });
        (y, k)
    }

    /// What goes out before fee and the fee, a fraction; rate-adjusted amounts, `buys` is 1 where ETH comes in.
    #[inline(always)]
    fn gross_and_fee(&self, amount: &Lanes<W>, buys: &Lanes<W>) -> (Lanes<W>, Lanes<W>) {
        let (y, k) = self.token_and_constant();
        let (mut gross, mut fee) = ([0.0; W], [self.fee.between(1.0, 1.0); W]);
        for i in 0..W {
            let buys = buys[i] > 0.0;
            let (x_in, x_out) = (select(buys, self.eth[i], y[i]), select(buys, y[i], self.eth[i]));
            gross[i] = amount_out_along(x_in, x_out, k[i], amount[i]);
        }
        if self.fee.is_dynamic() {
            for i in 0..W {
                // Both sums are the same whichever coin is which.
                let sum = 2.0 * self.eth[i];
                let other = 2.0 * y[i];
                let buys = buys[i] > 0.0;
                let from = select(buys, sum, other) + amount[i];
                let to = select(buys, other, sum) - gross[i];
                fee[i] = self.fee.between(from, to);
            }
        }
        (gross, fee)
    }

    /// The curve for a trade that brings in `coin`.
    #[inline(always)]
    fn curve(&self, coin: Coin) -> Curve<W> {
        let (y, k) = self.token_and_constant();
        let (d, stiffness) = equivalent_pair(&self.eth, &y, &k);
        let (x, y) = if coin == Coin::Eth { (self.eth, y) } else { (y, self.eth) };
        Curve { x, y, d, stiffness }
    }
}
