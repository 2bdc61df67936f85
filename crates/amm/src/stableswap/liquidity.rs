//! Deposits and withdrawals out of proportion, in two coins on the StableSwap curve.
//!
//! What a change of the invariant by a small share does to a reserve, and the reverse, is the difference of two solutions
//! of the curve. Both are formed from the differences of its coefficients, so that small shares keep their digits.
//!
//! Fees of StableSwap (`remove_liquidity_one_coin`, `add_liquidity` of `CurveStableSwapNG.vy` at 2abe778f): whatever a
//! coin departs from its part of the new invariant pays half of the swap fee, off-peg between the coin and the
//! average coin. Error against the contract's integers: below 1e-11 for shares and deposits of 1e-8 and more.

use super::{LEAST_RESERVE, StableSwap, SwapFee};
use crate::pool::Coin;
use pegstress_num::{Lanes, clamp, greater, select};

/// Newton steps to the new invariant, from above. A deposit of a hundred times the pool needs twelve.
const STEPS: usize = 14;

/// By how much the reserve `y` exceeds its solution once `d` has fallen by `share` and `x` by `less`, both relative.
///
/// With `p = x + d/Ann - d` and `k = d^3/(4 Ann x)` the reserve is the root of `y^2 + p y = k`: the difference of the
/// two equations over `y + y1 + p1`, which has no difference in it.
#[inline(always)]
pub(crate) fn fall_of_reserve((x, y): (f64, f64), d: f64, per_ann: f64, share: f64, less: f64) -> f64 {
    let (part, k) = (1.0 - share, 0.25 * d * d * d * per_ann / x);
    let p_rise = share * d * (1.0 - per_ann) - less * x;
    let per_rest = 1.0 / (1.0 - less);
    let k_rise = k * (less - share * (3.0 - share * (3.0 - share))) * per_rest;
    let p1 = x * (1.0 - less) + (per_ann - 1.0) * d * part;
    let k1 = k * part * part * part * per_rest;
    (y * p_rise - k_rise) / (y + 0.5 * (p1 + (p1 * p1 + 4.0 * k1).sqrt()))
}

/// Rise of the invariant `d` when the reserves `x` and `y` rise by `dx` and `dy` (negative: fall), over `d`.
///
/// With `t` that rise, `n` four times the new product and `r` the product's relative rise, the curve's equation becomes
/// `t^3 + 3 d t^2 + (3 d^2 + (Ann - 1) n) t = Ann (dx + dy) n + d^3 r`.
#[inline(always)]
pub(crate) fn rise_of_invariant((x, y): (f64, f64), d: f64, ann: f64, (dx, dy): (f64, f64)) -> f64 {
    let (rx, ry) = (dx / x, dy / y);
    let rise = rx + ry + rx * ry;
    // In units of d.
    let per_d = 1.0 / d;
    let n = 4.0 * (x * per_d) * (y * per_d) * (1.0 + rise);
    let right = ann * (dx + dy) * per_d * n + rise;
    let slope = 3.0 + (ann - 1.0) * n;
    let mut t = right / slope;
    for _ in 0..STEPS {
        t -= (t * (slope + t * (3.0 + t)) - right) / (slope + t * (6.0 + 3.0 * t));
    }
    t
}

/// Amounts that go out, and what of the fee leaves the pool.
#[repr(align(64))]
struct Withdrawn<const W: usize> {
    paid: Lanes<W>,
    admin: Lanes<W>,
}

impl<const W: usize> StableSwap<W> {
    /// The fee of liquidity operations, half of the swap fee.
    fn liquidity_fee(&self) -> SwapFee {
        self.swap_fee.of_liquidity(2)
    }

    /// Burning `share` of the pool for the coin with reserves `y`; rate-adjusted amounts.
    #[inline(always)]
    fn one_coin(&self, x: &Lanes<W>, y: &Lanes<W>, share: &Lanes<W>) -> Withdrawn<W> {
        let (fee, per_ann) = (self.liquidity_fee(), 1.0 / self.pair.ann);
        let mut withdrawn = Withdrawn { paid: [0.0; W], admin: [0.0; W] };
        for i in 0..W {
            let (x, y, d, s) = (x[i], y[i], self.pair.invariant[i], share[i]);
            let without_fee = fall_of_reserve((x, y), d, per_ann, s, 0.0);
            // The average coin, before and after; twice that for the coin that is the sum of both.
            let target = 0.5 * d * (2.0 - s);
            let fee_y = fee.between(2.0 * y - without_fee, target);
            let fee_x = fee.between(2.0 * x, target);
            let fall = fall_of_reserve((x, y), d, per_ann, s, fee_x * s);
            let paid = fall - fee_y * (without_fee - s * y);
            withdrawn.paid[i] = paid;
            withdrawn.admin[i] = (without_fee - paid) * self.admin_fee;
        }
        withdrawn
    }

    /// The trait's `withdraw_one_coin`.
    #[inline(always)]
    pub(super) fn burn_for_one_coin(&mut self, share: &Lanes<W>, coin: Coin) -> Lanes<W> {
        let (mut y, mut part) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            y[i] = self.pair.rate[i] * self.pair.lrt[i];
            part[i] = clamp(greater(share[i], 0.0), 0.0, 1.0);
        }
        let mut out = match coin {
            Coin::Eth => self.one_coin(&y, &self.pair.eth, &part),
            Coin::Lrt => self.one_coin(&self.pair.eth, &y, &part),
        };
        let pair = &mut self.pair;
        for i in 0..W {
            pair.invariant[i] *= 1.0 - part[i];
            let per_rate = select(coin == Coin::Lrt, pair.inverse_rate[i], 1.0);
            out.paid[i] *= per_rate;
            out.admin[i] *= per_rate;
        }
        let (reserve, fees) = match coin {
            Coin::Eth => (&mut pair.eth, &mut pair.fees_eth),
            Coin::Lrt => (&mut pair.lrt, &mut pair.fees_lrt),
        };
        for i in 0..W {
            fees[i] += out.admin[i];
            reserve[i] = greater(reserve[i] - (out.paid[i] + out.admin[i]), LEAST_RESERVE);
        }
        pair.settle();
        out.paid
    }

    /// The trait's `deposit`.
    #[inline(always)]
    pub(super) fn add(&mut self, eth: &Lanes<W>, lrt: &Lanes<W>) -> Lanes<W> {
        let (fee, ann) = (self.liquidity_fee(), self.pair.ann);
        let mut minted = [0.0; W];
        let pair = &mut self.pair;
        for i in 0..W {
            let (x, y, d) = (pair.eth[i], pair.rate[i] * pair.lrt[i], pair.invariant[i]);
            let (dx, lrt_in) = (greater(eth[i], 0.0), greater(lrt[i], 0.0));
            let dy = pair.rate[i] * lrt_in;
            let rise = rise_of_invariant((x, y), d, ann, (dx, dy));
            let target = 0.5 * d * (2.0 + rise);
            let fee_x = fee.between(2.0 * x + dx, target) * (x * rise - dx).abs();
            let fee_y = fee.between(2.0 * y + dy, target) * (y * rise - dy).abs();
            minted[i] = rise_of_invariant((x, y), d, ann, (dx - fee_x, dy - fee_y));
            let (eth_admin, lrt_admin) =
                (fee_x * self.admin_fee, fee_y * self.admin_fee * pair.inverse_rate[i]);
            pair.fees_eth[i] += eth_admin;
            pair.fees_lrt[i] += lrt_admin;
            pair.eth[i] = greater(x + (dx - eth_admin), LEAST_RESERVE);
            pair.lrt[i] = greater(pair.lrt[i] + (lrt_in - lrt_admin), LEAST_RESERVE);
            pair.invariant[i] = d * (1.0 + rise);
        }
        pair.settle();
        minted
    }
}
