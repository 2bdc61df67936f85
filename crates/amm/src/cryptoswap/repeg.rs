//! The price scale and what moves it: the average price, the profit, the owner's claim (`tweak_price` and
//! `_claim_admin_fees` of the contract).
//!
//! After each trade the virtual price is `v = D / (2 sqrt(scale) shares)`, and the profit counter `u` grows with it.
//! When `2 v - 1 > u + 2 allowed_extra_profit` and the average price `m` is farther from the scale than a step, moves
//! begin: with `n = |m/scale - 1|` and `h = max(adjustment_step, n / steps)`
//!
//! ```text
//! scale <- (scale (n - h) + m h) / n      if the virtual price at the new scale keeps 2 v - 1 > u and v > 1
//! ```
//!
//! and each further trade takes another step, until one would not keep that or the average is near. Then the owner
//! claims: `admin_fee / 2` of the growth of `u` since the last claim, in new shares. No coin leaves: the owner is a
//! provider like others from then on, with `owner_share` of the pool, and `2 v - 1 >= u` holds before and after.
//!
//! The average moves towards the last price by halves, `m <- last (1 - w) + m w`, `w = 2^(-elapsed / half_life)`. The
//! contract computes `w` by a series cut at terms below 1e-8; so do the lanes.

use super::Repegging;
use pegstress_num::{Lanes, greater, lesser, select};

/// Terms below this end the series of a half's power.
const LAST_TERM: f64 = 1e-8;
/// From this number of half-lives on nothing of the old average is left.
const VANISHES_FROM: f64 = 60.0;

/// Prices and profits of a pool at some moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Peg {
    /// Price around which the liquidity is concentrated (`price_scale`); prices are of coin 1 in coin 0.
    pub price_scale: f64,
    /// Moving average of the price (`price_oracle`).
    pub average_price: f64,
    /// Price of the last trade (`last_prices`).
    pub last_price: f64,
    /// Value of a share since the start of the pool (`virtual_price`).
    pub virtual_price: f64,
    /// Profit counter (`xcp_profit`).
    pub profit: f64,
    /// The counter at the owner's last claim (`xcp_profit_a`).
    pub profit_at_claim: f64,
    /// Whether moves of the price scale are under way (`not_adjusted`).
    pub adjusting: bool,
}

impl Peg {
    /// A new pool, concentrated at this price.
    pub fn fresh(price: f64) -> Self {
        Self {
            price_scale: price,
            average_price: price,
            last_price: price,
            virtual_price: 1.0,
            profit: 1.0,
            profit_at_claim: 1.0,
            adjusting: false,
        }
    }
}

/// [`Peg`] on lanes.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub(super) struct PegLanes<const W: usize> {
    pub(super) scale: Lanes<W>,
    pub(super) inverse_scale: Lanes<W>,
    pub(super) average: Lanes<W>,
    pub(super) last: Lanes<W>,
    pub(super) virtual_price: Lanes<W>,
    /// The virtual price is `D` times this: changes with shares and scale only.
    pub(super) value_per_invariant: Lanes<W>,
    pub(super) profit: Lanes<W>,
    profit_at_claim: Lanes<W>,
    /// One while moves are under way, else zero.
    adjusting: Lanes<W>,
    /// The owner's part of the shares, claimed since the start.
    pub(super) owner_share: Lanes<W>,
}

impl<const W: usize> PegLanes<W> {
    /// The same in every lane, `inverse_invariant` being `1/D`.
    #[inline(always)]
    pub(super) fn new(peg: &Peg, inverse_invariant: f64) -> Self {
        Self {
            scale: [peg.price_scale; W],
            inverse_scale: [1.0 / peg.price_scale; W],
            average: [peg.average_price; W],
            last: [peg.last_price; W],
            virtual_price: [peg.virtual_price; W],
            value_per_invariant: [peg.virtual_price * inverse_invariant; W],
            profit: [peg.profit; W],
            profit_at_claim: [peg.profit_at_claim; W],
            adjusting: [select(peg.adjusting, 1.0, 0.0); W],
            owner_share: [0.0; W],
        }
    }

    /// The average moves towards the last price.
    #[inline(always)]
    pub(super) fn age(&mut self, half_lives: f64) {
        let weight = half_to_the(half_lives);
        for i in 0..W {
            self.average[i] = self.last[i] * (1.0 - weight) + self.average[i] * weight;
        }
    }

    /// Books the trade's price and the new invariant where a lane has `traded`; returns where the scale is to move.
    #[inline(always)]
    pub(super) fn book(
        &mut self,
        rule: &Repegging,
        invariant: &Lanes<W>,
        price: &Lanes<W>,
        traded: &Lanes<W>,
    ) -> Lanes<W> {
        let (mut moves, mut ends) = ([0.0; W], [0.0; W]);
        let per_steps = 1.0 / rule.steps;
        for i in 0..W {
            let active = traded[i] > 0.0;
            let value = invariant[i] * self.value_per_invariant[i];
            let profit = self.profit[i] * (value / self.virtual_price[i]);
            self.last[i] = select(active, price[i], self.last[i]);
            self.profit[i] = select(active, profit, self.profit[i]);
            self.virtual_price[i] = select(active, value, self.virtual_price[i]);
        }
        for i in 0..W {
            let active = traded[i] > 0.0;
            let distance = (self.average[i] * self.inverse_scale[i] - 1.0).abs();
            let movable = distance > greater(rule.adjustment_step, distance * per_steps);
            let rich = 2.0 * self.virtual_price[i] - 1.0 > self.profit[i] + 2.0 * rule.allowed_extra_profit;
            let adjusting = (self.adjusting[i] > 0.0) | (rich & movable);
            moves[i] = select(active & adjusting & movable, 1.0, 0.0);
            ends[i] = select(active & adjusting & !movable, 1.0, 0.0);
            self.adjusting[i] = select(active, select(adjusting & movable, 1.0, 0.0), self.adjusting[i]);
        }
        self.claim(rule, &ends);
        moves
    }

    /// The scale one step nearer to the average.
    #[inline(always)]
    pub(super) fn next_scale(&self, rule: &Repegging) -> Lanes<W> {
        let mut next = [0.0; W];
        let per_steps = 1.0 / rule.steps;
        for i in 0..W {
            let distance = (self.average[i] * self.inverse_scale[i] - 1.0).abs();
            let step = greater(rule.adjustment_step, distance * per_steps);
            next[i] = (self.scale[i] * (distance - step) + self.average[i] * step) / distance;
        }
        next
    }

    /// Takes the step to `scale`, with the `invariant` there, if enough profit is kept, or ends the moves; returns where
    /// it was taken.
    #[inline(always)]
    pub(super) fn judge(
        &mut self,
        rule: &Repegging,
        moves: &Lanes<W>,
        scale: &Lanes<W>,
        invariant: &Lanes<W>,
    ) -> Lanes<W> {
        let (mut taken, mut ends) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            let per_invariant = self.value_per_invariant[i] * (self.scale[i] / scale[i]).sqrt();
            let value = invariant[i] * per_invariant;
            let keeps = (value > 1.0) & (2.0 * value - 1.0 > self.profit[i]);
            let (tried, moved) = (moves[i] > 0.0, (moves[i] > 0.0) & keeps);
            taken[i] = select(moved, 1.0, 0.0);
            ends[i] = select(tried & !keeps, 1.0, 0.0);
            self.adjusting[i] = select(tried & !keeps, 0.0, self.adjusting[i]);
            self.value_per_invariant[i] = select(moved, per_invariant, self.value_per_invariant[i]);
            self.virtual_price[i] = select(moved, value, self.virtual_price[i]);
            self.inverse_scale[i] = select(moved, 1.0 / scale[i], self.inverse_scale[i]);
            self.scale[i] = select(moved, scale[i], self.scale[i]);
        }
        self.claim(rule, &ends);
        taken
    }

    /// The owner claims where `ends` is positive.
    #[inline(always)]
    fn claim(&mut self, rule: &Repegging, ends: &Lanes<W>) {
        for i in 0..W {
            let grown = greater(self.profit[i] - self.profit_at_claim[i], 0.0);
            let fees = select(ends[i] > 0.0, 0.5 * rule.admin_fee * grown, 0.0);
            let kept = (self.virtual_price[i] - fees) / self.virtual_price[i];
            self.owner_share[i] = 1.0 - (1.0 - self.owner_share[i]) * kept;
            self.value_per_invariant[i] *= kept;
            self.virtual_price[i] -= fees;
            self.profit[i] -= 2.0 * fees;
            let counter = greater(self.profit[i], self.profit_at_claim[i]);
            self.profit_at_claim[i] = select(ends[i] > 0.0, counter, self.profit_at_claim[i]);
        }
    }
}

/// `2^-power`: the whole part by halves, the rest by the binomial series of `(1 - 1/2)^rest`, cut as in the contract
/// (`halfpow`).
#[inline(always)]
fn half_to_the(power: f64) -> f64 {
    let power = greater(power, 0.0);
    let whole = lesser(power, VANISHES_FROM) as u32;
    if f64::from(whole) >= VANISHES_FROM {
        return 0.0;
    }
    let rest = power - f64::from(whole);
    let (mut term, mut series, mut k) = (1.0_f64, 1.0, 0.0);
    // The terms halve at least: 27 leave less than the cut.
    while k < 64.0 && term.abs() > LAST_TERM {
        term *= 0.5 * (k - rest) / (k + 1.0);
        series += term;
        k += 1.0;
    }
    series / (1_u64 << whole) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_of_a_half_are_within_the_cut_series() {
        for k in 0..=400 {
            let power = f64::from(k) * 0.01;
            let expected = pegstress_num::exp(-std::f64::consts::LN_2 * power);
            assert!((half_to_the(power) - expected).abs() <= LAST_TERM, "{power}");
        }
        assert_eq!((half_to_the(0.0), half_to_the(3.0), half_to_the(60.0)), (1.0, 0.125, 0.0));
        assert_eq!((half_to_the(-1.0), half_to_the(f64::NAN), half_to_the(1e300)), (1.0, 1.0, 0.0));
    }
}
