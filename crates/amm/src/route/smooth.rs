//! A split by Newton's method in the amounts, for venues whose marginal proceeds are smooth.
//!
//! With `m_k(q)` what the next unit brings on venue `k` after `q`, and `w_k = -1 / m_k'(q_k)`, a step replaces each curve
//! by its tangent and splits exactly among those:
//!
//! ```text
//! q_k' = max(0, q_k + w_k (m_k - m)),    m such that sum q_k' = the size
//! ```
//!
//! `m` is found by leaving out, in turn, the venues whose part would be negative: each pass leaves fewer, and there are
//! as many passes as venues. It is counted down from the best `m_k`, so that a sale of dust loses no digits. From `q = 0`
//! the first step is off by the curvature, the second by the square of that. A lane is done when a step moved no more
//! than [`NEAR`] of what is traded; what the *next* step would move is of the order of the square of that, and the loss of
//! proceeds of the order of the square of what it would move.

use super::Leg;
use crate::Venue;
use crate::pool::Coin;
use pegstress_num::{Lanes, any_positive, greater, select};

/// Steps at most: what has not settled by then jumps across a cliff of the curve.
const STEPS: usize = 12;
/// From this step on half of a step is taken: between two sides of a cliff of the curve whole steps go back and forth.
const DAMPED_FROM: usize = 3;
/// A lane is done when a step has moved this share of what is traded, or less.
const NEAR: f64 = 1e-3;
/// And a move of this share of the venues' depth is one of roundings.
const ROUNDING: f64 = 1e-13;

/// What the next unit brings, and how many units lower it by one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Margin<const W: usize> {
    /// Of the other coin per unit, after fee.
    pub(crate) brings: Lanes<W>,
    /// Units in per unit of `brings`; positive.
    pub(crate) width: Lanes<W>,
}

impl<const W: usize> Margin<W> {
    /// Nothing.
    pub(crate) const NOTHING: Self = Self { brings: [0.0; W], width: [0.0; W] };
}

/// Fills in the parts of the `size` that comes in as `coin`; 1 in the lanes that did not settle.
#[inline(always)]
pub(super) fn split<const W: usize>(
    venues: &[Venue<W>],
    coin: Coin,
    size: &Lanes<W>,
    legs: &mut [Leg<W>],
) -> Lanes<W> {
    for (venue, leg) in venues.iter().zip(legs.iter_mut()) {
        venue.margin(coin, None, &mut leg.margin);
        leg.part = [0.0; W];
    }
    let (mut open, mut down) = ([0.0; W], [0.0; W]);
    for i in 0..W {
        open[i] = select(size[i] > 0.0, 1.0, 0.0);
    }
    for step in 0..STEPS {
        if step > 0 {
            for (venue, leg) in venues.iter().zip(legs.iter_mut()) {
                venue.margin(coin, Some(&leg.part), &mut leg.margin);
            }
        }
        level(legs, size, &mut down);
        let (mut moved, mut near) = ([0.0; W], [0.0; W]);
        for leg in legs.iter_mut() {
            for i in 0..W {
                let to = greater(leg.base[i] + leg.margin.width[i] * down[i], 0.0);
                leg.base[i] = to;
                moved[i] += (to - leg.part[i]).abs();
                near[i] += NEAR * to + ROUNDING * (leg.margin.width[i] * leg.margin.brings[i]);
            }
        }
        let damped = select(step < DAMPED_FROM, 0.0, 0.5);
        let mut kept = [0.0; W];
        for i in 0..W {
            // A NaN is not near, and what is not finite has not settled.
            let last = (moved[i] <= near[i]) & (moved[i] < f64::INFINITY);
            kept[i] = select(open[i] > 0.0, select(last, 0.0, damped), 1.0);
            open[i] = select(last, 0.0, open[i]);
        }
        for leg in legs.iter_mut() {
            for i in 0..W {
                let (from, to) = (leg.part[i], leg.base[i]);
                leg.part[i] = select(kept[i] < 1.0, to + kept[i] * (from - to), from);
            }
        }
        if !any_positive(&open) {
            break;
        }
    }
    open
}

/// How far below the best margin the tangents give the size together.
#[inline(always)]
fn level<const W: usize>(legs: &mut [Leg<W>], size: &Lanes<W>, down: &mut Lanes<W>) {
    let mut best = [0.0; W];
    for leg in legs.iter() {
        for i in 0..W {
            best[i] = greater(leg.margin.brings[i], best[i]);
        }
    }
    for leg in legs.iter_mut() {
        for i in 0..W {
            leg.base[i] = leg.part[i] - leg.margin.width[i] * (best[i] - leg.margin.brings[i]);
            leg.takes[i] = 1.0;
        }
    }
    for _ in 0..legs.len() {
        let (mut width, mut rest) = ([0.0; W], *size);
        for leg in legs.iter() {
            for i in 0..W {
                width[i] += leg.takes[i] * leg.margin.width[i];
                rest[i] -= leg.takes[i] * leg.base[i];
            }
        }
        for i in 0..W {
            down[i] = rest[i] / width[i];
        }
        let mut left_out = [0.0; W];
        for leg in legs.iter_mut() {
            for i in 0..W {
                let gives = leg.base[i] + leg.margin.width[i] * down[i];
                let stays = select(gives >= 0.0, leg.takes[i], 0.0);
                left_out[i] += leg.takes[i] - stays;
                leg.takes[i] = stays;
            }
        }
        // Another pass would find the same.
        if !any_positive(&left_out) {
            break;
        }
    }
}
