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
//! as many passes as venues. It is counted down from the best `m_k`, so that a sale of dust loses no digits.
//!
//! A purchase ends where its money does, or where `m` is at a limit: then `m` is that, and the sum is what it is.
//!
//! How much the curves bend off their tangents is known too, `m_k''`: the step's end is corrected by what it makes of the
//! margins there, at the same widths. Where the slope changes by the share `e_k = m_k'' w_k` times the step, an error of the
//! order `e_k^2` of the step is left, so a trade that is small beside the venues' depth is split after one look at each. With
//! `depth = sum w_k m_k`, units in which the price falls by all of it, an error `q` costs `q^2 / (depth * size)` of the proceeds, or
//! is `q / depth` off a limit.

use super::Leg;
use crate::Venue;
use crate::pool::Coin;
use pegstress_num::{Lanes, any_positive, greater, lesser, select};

/// Steps at most: what has not settled by then jumps across a cliff of the curve.
const STEPS: usize = 12;
/// From this step on half of a step is taken: between two sides of a cliff of the curve whole steps go back and forth.
const DAMPED_FROM: usize = 3;
/// A split is done when what it loses is estimated at this share of the proceeds, or less: a thousandth of a bp.
const LOSS: f64 = 1e-7;
/// A purchase to a limit when it is this far off it, share of the price: a hundredth of a bp.
const OFF_LIMIT: f64 = 1e-6;
/// Where a slope changes by more than this share, a cliff may be near that the bend does not tell of.
const MOST_BENT: f64 = 0.1;
/// Near balance the bend is none and the third derivative is what is left: so much of the square of the step's share of the smaller
/// reserve. A share of a step, as the square of the slope's change is.
const THIRD: f64 = 2.0;
/// A move of this share of the venues' depth is one of roundings.
const ROUNDING: f64 = 1e-13;

/// What the next unit brings, how many units lower it by one, and how that bends.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Margin<const W: usize> {
    /// Of the other coin per unit, after fee.
    pub(crate) brings: Lanes<W>,
    /// Units in per unit of `brings`; positive.
    pub(crate) width: Lanes<W>,
    /// Second derivative of `brings` by the units.
    pub(crate) bend: Lanes<W>,
    /// Inverse of the units that the smaller reserve is worth.
    pub(crate) per_reserve: Lanes<W>,
}

impl<const W: usize> Margin<W> {
    /// Nothing.
    pub(crate) const NOTHING: Self =
        Self { brings: [0.0; W], width: [0.0; W], bend: [0.0; W], per_reserve: [0.0; W] };
}

/// Fills in the parts of the `size` that comes in as `coin`, or of as much of it as brings `least` or more to the last unit. Returns
/// 1 in the lanes that did not settle.
#[inline(always)]
pub(super) fn split<const W: usize>(
    venues: &[Venue<W>],
    coin: Coin,
    size: &Lanes<W>,
    least: Option<&Lanes<W>>,
    legs: &mut [Leg<W>],
) -> Lanes<W> {
    let (mut open, mut down, mut ends) = ([0.0; W], [0.0; W], [0.0; W]);
    for i in 0..W {
        open[i] = select(size[i] > 0.0, 1.0, 0.0);
    }
    for (venue, leg) in venues.iter().zip(legs.iter_mut()) {
        venue.margin(coin, None, &mut leg.margin);
        leg.part = [0.0; W];
    }
    for step in 0..STEPS {
        if step > 0 {
            for (venue, leg) in venues.iter().zip(legs.iter_mut()) {
                venue.margin(coin, Some(&leg.part), &mut leg.margin);
            }
        }
        level(legs, size, least, &mut down, &mut ends);
        let (mut moved, mut traded, mut depth) = ([0.0; W], [0.0; W], [0.0; W]);
        for leg in legs.iter_mut() {
            for i in 0..W {
                leg.base[i] += leg.margin.width[i] * down[i];
                let to = greater(leg.base[i], 0.0);
                moved[i] += (to - leg.part[i]).abs();
                traded[i] += to;
                depth[i] += leg.takes[i] * (leg.margin.width[i] * leg.margin.brings[i]);
            }
        }
        let Bent { error, off } = bent(legs, &ends);
        let damped = select(step < DAMPED_FROM, 0.0, 0.5);
        let mut kept = [0.0; W];
        for i in 0..W {
            // A NaN is not near, and what is not finite has not settled.
            let is_split = error[i] * error[i] <= LOSS * traded[i] * depth[i];
            let is_at_limit = error[i] <= OFF_LIMIT * depth[i];
            let is_near = ((ends[i] > 0.0) & is_at_limit) | ((ends[i] <= 0.0) & is_split);
            let last = (is_near | (moved[i] <= ROUNDING * depth[i])) & (moved[i] < f64::INFINITY);
            kept[i] = select(open[i] > 0.0, select(last, 0.0, damped), 1.0);
            open[i] = select(last, 0.0, open[i]);
        }
        for leg in legs.iter_mut() {
            for i in 0..W {
                let from = leg.part[i];
                let more = select(error[i] < f64::INFINITY, correction(leg, i, off[i]), 0.0);
                let to = greater(leg.base[i], 0.0) + more;
                leg.part[i] = select(kept[i] < 1.0, to + kept[i] * (from - to), from);
            }
        }
        if !any_positive(&open) {
            break;
        }
    }
    open
}

/// How far below the best margin the tangents give the size together, or are at the least margin: then `ends` is 1, else 0.
#[inline(always)]
fn level<const W: usize>(
    legs: &mut [Leg<W>],
    size: &Lanes<W>,
    least: Option<&Lanes<W>>,
    down: &mut Lanes<W>,
    ends: &mut Lanes<W>,
) {
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
        if let Some(least) = least {
            for i in 0..W {
                let most = best[i] - least[i];
                ends[i] = select(most < down[i], 1.0, 0.0);
                down[i] = lesser(most, down[i]);
            }
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

/// What the bend of the curves makes of a step.
#[repr(align(64))]
struct Bent<const W: usize> {
    /// What it leaves of the error; infinity where it is not to be trusted. Curves that bend alike lower the margins, so that a
    /// venue that was left out may come in: what it would get counts, and what it had, since its curve was looked at elsewhere.
    error: Lanes<W>,
    /// How far off the common margin the ends are in the mean.
    off: Lanes<W>,
}

#[inline(always)]
fn bent<const W: usize>(legs: &[Leg<W>], ends: &Lanes<W>) -> Bent<W> {
    let (mut width, mut off, mut error) = ([0.0; W], [0.0; W], [0.0; W]);
    for leg in legs {
        for i in 0..W {
            let step = leg.base[i] - leg.part[i];
            let wide = leg.takes[i] * leg.margin.width[i];
            width[i] += wide;
            off[i] += wide * (0.5 * leg.margin.bend[i] * (step * step));
        }
    }
    for i in 0..W {
        // At a given margin the sum is free.
        off[i] = select(ends[i] > 0.0, 0.0, off[i] / width[i]);
    }
    for leg in legs {
        for i in 0..W {
            let (step, more) = (leg.base[i] - leg.part[i], correction(leg, i, off[i]));
            let share = (leg.margin.bend[i] * leg.margin.width[i] * step).abs();
            let is_sound = (share <= MOST_BENT) & (leg.base[i] + more >= 0.0);
            let third = leg.margin.per_reserve[i] * step;
            let left = (share * share + THIRD * (third * third)) * step.abs();
            let left = select(is_sound, left, f64::INFINITY);
            let comes = greater(leg.base[i] - leg.margin.width[i] * off[i], 0.0);
            error[i] += select(leg.takes[i] > 0.0, left, leg.part[i] + comes);
        }
    }
    Bent { error, off }
}

/// How far the end of a step moves by the bend of the curve.
#[inline(always)]
fn correction<const W: usize>(leg: &Leg<W>, lane: usize, off: f64) -> f64 {
    let step = leg.base[lane] - leg.part[lane];
    let wide = leg.takes[lane] * leg.margin.width[lane];
    wide * (0.5 * leg.margin.bend[lane] * (step * step) - off)
}
