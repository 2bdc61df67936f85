//! One trade: what it pays, the price it tells, and the price scale after it (`_exchange` of the contract).

use super::kernel::{Place, place, swap};
use super::{Cryptoswap, Scales};
use crate::pool::{Coin, Money, Traded};
use pegstress_num::{Lanes, greater, select};

/// A lane whose place on the curve or whose trade was still corrected by more than this, relative, is faulty: what is left
/// is of the order of its cube.
const SETTLED: f64 = 1e-4;
/// The price of a trade too coarse to tell it is probed with this part of coin 0's reserve.
const PROBE: f64 = 1e-6;

impl<const W: usize> Cryptoswap<W> {
    /// Finds the reserves' place on the curve.
    #[inline(always)]
    pub(super) fn settle(&mut self) {
        let Scales { eth, lrt } = self.scales();
        self.place = self.place_at(&eth, &lrt);
    }

    /// The reserves' place on the curve at these scales.
    #[inline(always)]
    fn place_at(&mut self, scale_eth: &Lanes<W>, scale_lrt: &Lanes<W>) -> Place<W> {
        let (mut x, mut y) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            x[i] = scale_eth[i] * self.eth[i];
            y[i] = scale_lrt[i] * self.lrt[i];
        }
        let (place, correction) = place(&self.shape, &x, &y);
        self.note(&correction);
        place
    }

    /// A solution that was not found makes a lane faulty.
    #[inline(always)]
    pub(super) fn note(&mut self, correction: &Lanes<W>) {
        for i in 0..W {
            // A NaN is not within tolerance.
            self.unsettled[i] = select(correction[i] <= SETTLED, self.unsettled[i], 1.0);
        }
    }

    /// What a trade would take and pay, and how far it had still to be corrected.
    #[inline(always)]
    pub(super) fn priced(&self, lrt_in: &Lanes<W>, eth_in: &Lanes<W>) -> (Traded<W>, Lanes<W>) {
        let (scales, inverse) = (self.scales(), self.inverse_scales());
        let (mut a, mut b, mut da) = ([0.0; W], [0.0; W], [0.0; W]);
        let mut traded = Traded { taken: Money::ZERO, paid: Money::ZERO };
        for i in 0..W {
            let buys = eth_in[i] > 0.0;
            let per_half = 2.0 / self.place.invariant[i];
            let (eth, lrt) = (scales.eth[i] * self.eth[i], scales.lrt[i] * self.lrt[i]);
            let sold = greater(lrt_in[i], 0.0);
            traded.taken.eth[i] = select(buys, eth_in[i], 0.0);
            traded.taken.lrt[i] = select(buys, 0.0, sold);
            a[i] = select(buys, eth, lrt) * per_half;
            b[i] = select(buys, lrt, eth) * per_half;
            da[i] = select(buys, scales.eth[i] * eth_in[i], scales.lrt[i] * sold) * per_half;
        }
        let (out, correction) = swap(&self.shape, &self.place.gap, &a, &b, &da);
        for i in 0..W {
            let buys = eth_in[i] > 0.0;
            let fee = self.fees.at(a[i] + da[i], b[i] - out[i]);
            let gross = 0.5 * self.place.invariant[i] * out[i];
            let paid = gross - gross * fee;
            traded.paid.eth[i] = select(buys, 0.0, paid * inverse.eth[i]);
            traded.paid.lrt[i] = select(buys, paid * inverse.lrt[i], 0.0);
        }
        (traded, correction)
    }

    /// Price of coin 1 in coin 0 that a trade paid.
    #[inline(always)]
    fn traded_price(&self, traded: &Traded<W>, active: &Lanes<W>) -> Lanes<W> {
        let (mut price, mut coarse) = ([0.0; W], [0.0; W]);
        let eth_first = self.coin_0 == Coin::Eth;
        for i in 0..W {
            // One of each pair is zero.
            let eth = traded.taken.eth[i] + traded.paid.eth[i];
            let lrt = traded.taken.lrt[i] + traded.paid.lrt[i];
            price[i] = select(eth_first, eth, lrt) / select(eth_first, lrt, eth);
            let tells = (eth > self.coarse_eth) & (lrt > self.coarse_lrt);
            coarse[i] = select(tells, 0.0, active[i]);
        }
        if coarse.iter().any(|coarse| *coarse > 0.0) {
            self.probe(&coarse, &mut price);
        }
        price
    }

    /// The price of a probe, in lanes whose trade was too coarse to tell. Whether a block comes here depends on its lanes
    /// together, what happens to a lane on that lane only.
    #[cold]
    fn probe(&self, coarse: &Lanes<W>, price: &mut Lanes<W>) {
        let Scales { eth, lrt } = self.scales();
        let (mut a, mut b, mut da) = ([0.0; W], [0.0; W], [0.0; W]);
        for i in 0..W {
            let per_half = 2.0 / self.place.invariant[i];
            let (x, y) = (eth[i] * self.eth[i] * per_half, lrt[i] * self.lrt[i] * per_half);
            a[i] = select(self.coin_0 == Coin::Eth, x, y);
            b[i] = select(self.coin_0 == Coin::Eth, y, x);
            da[i] = PROBE * a[i];
        }
        let (out, _) = swap(&self.shape, &self.place.gap, &a, &b, &da);
        for i in 0..W {
            price[i] = select(coarse[i] > 0.0, self.peg.scale[i] * da[i] / out[i], price[i]);
        }
    }

    /// Moves the price scale where the trades just made have earned it.
    #[inline(always)]
    pub(super) fn repeg(&mut self, traded: &Traded<W>, active: &Lanes<W>) {
        let price = self.traded_price(traded, active);
        let moves = self.peg.book(&self.rule, &self.place.invariant, &price, active);
        if !moves.iter().any(|moves| *moves > 0.0) {
            return;
        }
        let mut scale = self.peg.next_scale(&self.rule);
        for i in 0..W {
            scale[i] = select(moves[i] > 0.0, scale[i], self.peg.scale[i]);
        }
        let at = match self.coin_0 {
            Coin::Eth => self.place_at(&[1.0; W], &scale),
            Coin::Lrt => self.place_at(&scale, &[1.0; W]),
        };
        let taken = self.peg.judge(&self.rule, &moves, &scale, &at.invariant);
        for i in 0..W {
            let moved = taken[i] > 0.0;
            self.place.invariant[i] = select(moved, at.invariant[i], self.place.invariant[i]);
            self.place.gap[i] = select(moved, at.gap[i], self.place.gap[i]);
        }
    }
}
