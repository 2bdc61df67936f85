//! Two coins on the StableSwap curve: reserves, rate and the invariant kept up to date. Fees are the pools' own.

use super::inverse::Curve;
use super::kernel::{Stiffness, cold_invariant, marginal_price, refresh_invariant, reserves_at_price};
use crate::pool::{Coin, Money, Traded};
use crate::venue::RateSource;
use pegstress_num::{Lanes, any_positive, greater, select};

/// Reserves never count as smaller than this: far below a wei, far above a denormal.
pub(crate) const LEAST_RESERVE: f64 = 1e-20;
/// A lane whose invariant misses by more than this, relative, is faulty.
pub(super) const INVARIANT_TOLERANCE: f64 = 1e-11;

/// State of the two coins on lanes.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(crate) struct Pair<const W: usize> {
    pub(crate) eth: Lanes<W>,
    pub(crate) lrt: Lanes<W>,
    pub(crate) fees_eth: Lanes<W>,
    pub(crate) fees_lrt: Lanes<W>,
    /// Zero while every correction of the invariant was within tolerance.
    unsettled: Lanes<W>,
    /// Quote coins by which a token counts.
    pub(crate) rate: Lanes<W>,
    pub(crate) inverse_rate: Lanes<W>,
    pub(crate) invariant: Lanes<W>,
    pub(crate) ann: f64,
    follows_rate: bool,
}

impl<const W: usize> Pair<W> {
    /// The same reserves in every lane, at the rate of `source` where the redemption rate is `nav`.
    #[inline(always)]
    pub(crate) fn new((eth, lrt): (f64, f64), ann: f64, source: RateSource, nav: &Lanes<W>) -> Self {
        let rate = source.start(nav);
        let (mut invariant, mut inverse_rate) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            // From scratch once, where the lanes have one rate.
            let same = i > 0 && rate[i] == rate[i - 1];
            invariant[i] = if same { invariant[i - 1] } else { cold_invariant(eth, rate[i] * lrt, ann) };
            inverse_rate[i] = 1.0 / rate[i];
        }
        let mut pair = Self {
            eth: [eth; W],
            lrt: [lrt; W],
            fees_eth: [0.0; W],
            fees_lrt: [0.0; W],
            unsettled: [0.0; W],
            rate,
            inverse_rate,
            invariant,
            ann,
            follows_rate: source != RateSource::Plain,
        };
        pair.settle();
        pair
    }

    #[inline(always)]
    pub(crate) fn set_rate(&mut self, nav: &Lanes<W>) {
        if !self.follows_rate {
            return;
        }
        let mut moved = [0.0; W];
        for i in 0..W {
            moved[i] = select(self.rate[i] == nav[i], 0.0, 1.0);
        }
        if !any_positive(&moved) {
            return;
        }
        for i in 0..W {
            self.rate[i] = nav[i];
            self.inverse_rate[i] = 1.0 / nav[i];
        }
        self.settle_where(&moved);
    }

    /// Counts tokens at `rate` for good.
    #[inline(always)]
    pub(crate) fn hold_rate(&mut self, rate: f64) {
        self.rate = [rate; W];
        self.inverse_rate = [1.0 / rate; W];
        self.settle();
    }

    /// Brings the invariant up to date after the rate or a reserve has moved.
    #[inline(always)]
    pub(crate) fn settle(&mut self) {
        self.settle_where(&[1.0; W]);
    }

    /// The same in the lanes that have traded; the others keep every bit.
    #[inline(always)]
    pub(crate) fn settle_after(&mut self, traded: &Traded<W>) {
        self.settle_where(&traded.happened());
    }

    /// Warm, and from scratch in lanes that a few steps do not settle.
    #[inline(always)]
    fn settle_where(&mut self, moved: &Lanes<W>) {
        let ann = self.ann;
        let mut far = [0.0; W];
        for i in 0..W {
            let y = self.rate[i] * self.lrt[i];
            let (d, correction) = refresh_invariant(self.eth[i], y, self.invariant[i], ann);
            self.invariant[i] = select(moved[i] > 0.0, d, self.invariant[i]);
            // A NaN is not within tolerance.
            far[i] = select(correction <= INVARIANT_TOLERANCE * d, 0.0, moved[i]);
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

    /// Price of the next token, before fee.
    #[inline(always)]
    pub(crate) fn marginal_price(&self) -> Lanes<W> {
        let mut price = [0.0; W];
        for i in 0..W {
            let y = self.rate[i] * self.lrt[i];
            price[i] = self.rate[i] * marginal_price(self.eth[i], y, self.invariant[i], self.ann);
        }
        price
    }

    /// ETH to put in until the next token costs `price`, before fee.
    #[inline(always)]
    pub(crate) fn eth_to_price(&self, price: &Lanes<W>) -> Lanes<W> {
        let mut amount = [0.0; W];
        for i in 0..W {
            amount[i] = price[i] * self.inverse_rate[i];
        }
        let (u, _) = reserves_at_price(&amount, self.ann);
        for i in 0..W {
            amount[i] = greater(u[i] * self.invariant[i] - self.eth[i], 0.0);
        }
        amount
    }

    /// Tokens to put in until the next one brings `price`, before fee.
    #[inline(always)]
    pub(crate) fn lrt_to_price(&self, price: &Lanes<W>) -> Lanes<W> {
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

    /// The curve for a trade that brings in `coin`.
    #[inline(always)]
    pub(crate) fn curve(&self, coin: Coin) -> Curve<W> {
        let stiffness = Stiffness { ann: [self.ann; W], per_ann: [1.0 / self.ann; W], of_two_coins: true };
        let mut y = [0.0; W];
        for i in 0..W {
            y[i] = self.rate[i] * self.lrt[i];
        }
        let (x, y) = if coin == Coin::Eth { (self.eth, y) } else { (y, self.eth) };
        Curve { x, y, d: self.invariant, stiffness }
    }

    #[inline(always)]
    pub(crate) fn scale(&mut self, factor: &Lanes<W>) -> Money<W> {
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
    pub(crate) fn reserves(&self) -> Money<W> {
        Money { eth: self.eth, lrt: self.lrt }
    }

    #[inline(always)]
    pub(crate) fn fees_paid(&self) -> Money<W> {
        Money { eth: self.fees_eth, lrt: self.fees_lrt }
    }

    pub(crate) fn faults(&self) -> [bool; W] {
        std::array::from_fn(|i| {
            let settled = self.unsettled[i] == 0.0;
            let sound = self.invariant[i] > 0.0 && self.invariant[i].is_finite();
            !(settled && sound && self.eth[i].is_finite() && self.lrt[i].is_finite())
        })
    }
}
