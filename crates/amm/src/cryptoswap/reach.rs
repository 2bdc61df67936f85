//! How far along the curve a price is: amounts to sell until the next bit brings a given price.
//!
//! `D` fixed, the curve is a line with one coordinate: `w`, with `w^2 = q/p`, negative where the coin put in is the
//! scarcer one. With the terms of [`super::kernel`]:
//!
//! ```text
//! p = 1/(1 + w^2),  s - 2 = 2 w^2 g^2 / c,  delta = sqrt(s^2 - 4p),  a, b = (s + delta)/2, p/a
//! 1/slope - 1 = delta M / (N + b M),        N = c p^2,  M = 2 g (g + 2 p q)
//! ```
//!
//! for `w > 0`; the coins change roles below. Before fee the price is inverted by Newton's iteration in logarithms,
//! `ln w` by `ln(1/slope - 1)`, which is between two straight lines; 5 steps from the lesser of both lines settle it
//! to 1e-11 in the contract's whole domain.
//!
//! After fee the next bit brings `(1 - fee) slope - fee' (b0 - b)`: the fee of a swap is the one at its end, and
//! applies to all of it. It is above the price asked for at the start and below it where `(1 - mid_fee) slope` is the price,
//! or in balance if that is farther; the bracketed secant of Anderson and Bjorck (BIT 13, 1973) finds the crossing in
//! between, 6 steps as a rule. Each lane stops by itself, after 64 at the latest. Towards balance the fee falls and a
//! bit may bring more than the one before: then it is a crossing, not always the first. Both amounts are good to 1e-9
//! of the reserve.

use super::Cryptoswap;
use super::fee::Fees;
use super::kernel::{Shape, Terms};
use crate::pool::Coin;
use pegstress_num::{Lanes, cbrt_estimate, exp, greater, lesser, ln, select};

/// Newton steps in logarithms.
const SLOPE_STEPS: usize = 5;
/// Bracketed steps after fee.
const BRACKET_STEPS: usize = 64;
/// A bracketed step below this, relative, is the last one: the next would be smaller still by as many digits.
const SETTLED: f64 = 1e-11;
/// Prices are inverted no closer to balance than this.
const LEAST_TILT: f64 = 1e-30;
/// Slopes are inverted no farther out than this.
const STEEPEST: f64 = 1e18;

/// A point of the curve.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// `2x/D` of the coin put in.
    pub a: f64,
    /// `2y/D` of the coin taken out.
    pub b: f64,
    /// `a + b`
    sum: f64,
    /// `N` of the module's text.
    flat: f64,
    /// `M`.
    curved: f64,
}

impl Point {
    /// The point at `w`.
    #[inline(always)]
    pub fn at(shape: &Shape, w: f64) -> Self {
        let y = w * w;
        let p = 1.0 / (1.0 + y);
        let q = y * p;
        let g = shape.gamma + q;
        let excess = 2.0 * y * g * g / shape.strength;
        let sum = 2.0 + excess;
        let delta = (excess * (4.0 + excess) + 4.0 * q).sqrt();
        let large = 0.5 * (sum + delta);
        let small = p / large;
        let plenty = w > 0.0;
        Self {
            a: select(plenty, large, small),
            b: select(plenty, small, large),
            sum,
            flat: shape.strength * p * p,
            curved: 2.0 * g * (g + 2.0 * p * q),
        }
    }

    /// What the next bit brings, before fee.
    #[inline(always)]
    fn slope(&self) -> f64 {
        (self.flat + self.b * self.curved) / (self.flat + self.a * self.curved)
    }

    /// What the next bit brings, after fee, of a swap that began with `start` of the coin taken out.
    #[inline(always)]
    fn slope_after_fee(&self, fees: Fees, start: f64) -> f64 {
        let slope = self.slope();
        let per_sum = 1.0 / self.sum;
        let v = (self.a - self.b) * per_sum;
        let (fee, derivative) = fees.smooth(v);
        let v_by_a = 2.0 * (self.b + self.a * slope) * per_sum * per_sum;
        (1.0 - fee) * slope - derivative * v_by_a * (start - self.b)
    }
}

/// The coordinate of a place.
#[inline(always)]
pub fn coordinate(gap: f64, a: f64, b: f64) -> f64 {
    let Terms { p, q, .. } = Terms::at(0.0, gap);
    let w = (q / p).sqrt();
    select(a > b, w, 0.0 - w)
}

/// The coordinate at which the next bit brings `slope`, before fee.
#[inline(always)]
pub fn to_slope<const W: usize>(shape: &Shape, slope: &Lanes<W>) -> Lanes<W> {
    let &Shape { gamma, strength: c } = shape;
    let straight = c / (4.0 * gamma * gamma * (1.0 + 2.0 * gamma * gamma / c).sqrt());
    let (mut tilt, mut w) = ([0.0; W], [0.0; W]);
    for i in 0..W {
        let slope = lesser(greater(slope[i], 1.0 / STEEPEST), STEEPEST);
        let outwards = slope < 1.0;
        let steeper = select(outwards, 1.0 / slope, slope);
        tilt[i] = greater(steeper - 1.0, LEAST_TILT);
        // In balance a line; far out the constant product, whose root of a/b is known.
        let root = (1.0 + tilt[i]).sqrt();
        let k = tilt[i] / (root + 1.0) * (tilt[i] / (root + 1.0)) / root;
        w[i] = lesser(straight * tilt[i], cbrt_estimate(0.5 * c * k).sqrt());
    }
    for _ in 0..SLOPE_STEPS {
        for i in 0..W {
            let (found, order) = tilt_at(shape, w[i]);
            w[i] *= exp(ln(tilt[i] / found) / order);
        }
    }
    for i in 0..W {
        w[i] = select(slope[i] < 1.0, w[i], 0.0 - w[i]);
    }
    w
}

/// `1/slope - 1` at `w > 0`, and its logarithmic derivative by `w`.
#[inline(always)]
fn tilt_at(shape: &Shape, w: f64) -> (f64, f64) {
    let y = w * w;
    let p = 1.0 / (1.0 + y);
    let q = y * p;
    let g = shape.gamma + q;
    let excess = 2.0 * y * g * g / shape.strength;
    let square = excess * (4.0 + excess) + 4.0 * q;
    let delta = square.sqrt();
    let large = 1.0 + 0.5 * (excess + delta);
    let b = p / large;
    let (flat, near) = (shape.strength * p * p, g + 2.0 * p * q);
    let bm = 2.0 * b * g * near;
    let sum = flat + bm;
    // Derivatives by ln w; those of g, near, delta, b and M relative.
    let dq = 2.0 * q * p;
    let dg = dq / g;
    let d_excess = excess * (2.0 + 2.0 * dg);
    let d_delta = (d_excess * (2.0 + excess) + 2.0 * dq) / square;
    let d_m = dg + dq * (1.0 + 2.0 * (p - q)) / near;
    let d_b = 0.0 - 2.0 * q - 0.5 * (d_excess + d_delta * delta) / large;
    let order = d_delta + d_m + (4.0 * q * flat - (d_b + d_m) * bm) / sum;
    (2.0 * delta * g * near / sum, order)
}

/// The coordinate at which the next bit of a swap from `start` brings `slope`, after fee; `start` where it brings less
/// there.
#[inline(always)]
pub fn to_slope_after_fee<const W: usize>(
    shape: &Shape,
    fees: Fees,
    start: &Lanes<W>,
    slope: &Lanes<W>,
) -> Lanes<W> {
    let mut x = *slope;
    let per_keep = 1.0 / (1.0 - fees.least());
    for i in 0..W {
        x[i] *= per_keep;
    }
    let mut x = to_slope(shape, &x);
    let (mut near, mut far) = (*start, [0.0; W]);
    let (mut f_near, mut f_far) = ([0.0; W], [0.0; W]);
    let (mut b0, mut last, mut open) = ([0.0; W], [0.0; W], [0.0; W]);
    for i in 0..W {
        // Past balance the fee is above its least and rises. Short of it the fee falls on the way, and the crossing may be
        // farther; not farther than balance.
        far[i] = greater(x[i], 0.0);
        let point = Point::at(shape, start[i]);
        b0[i] = point.b;
        f_near[i] = point.slope_after_fee(fees, point.b) - slope[i];
        f_far[i] = Point::at(shape, far[i]).slope_after_fee(fees, point.b) - slope[i];
        let between = (f_near[i] > 0.0) & (f_far[i] < 0.0) & (far[i] > start[i]);
        x[i] = select(f_near[i] > 0.0, greater(far[i], start[i]), start[i]);
        open[i] = select(between, 1.0, 0.0);
    }
    // Which end moved last: +1 the near one, -1 the far one.
    for _ in 0..BRACKET_STEPS {
        for i in 0..W {
            let next = (near[i] * f_far[i] - far[i] * f_near[i]) / (f_far[i] - f_near[i]);
            let f = Point::at(shape, next).slope_after_fee(fees, b0[i]) - slope[i];
            let rises = f > 0.0;
            let again = last[i] == select(rises, 1.0, -1.0);
            let kept = 1.0 - f / select(rises, f_near[i], f_far[i]);
            let weight = select(again, select(kept > 0.0, kept, 0.5), 1.0);
            let (old_near, old_far) = (f_near[i], f_far[i]);
            near[i] = select(rises, next, near[i]);
            far[i] = select(rises, far[i], next);
            f_near[i] = select(rises, f, old_near * weight);
            f_far[i] = select(rises, old_far * weight, f);
            last[i] = select(rises, 1.0, -1.0);
            let moves = (next - x[i]).abs() > SETTLED * next.abs();
            x[i] = select(open[i] > 0.0, next, x[i]);
            open[i] = select(moves & (f != 0.0), open[i], 0.0);
        }
        if !open.iter().any(|open| *open > 0.0) {
            break;
        }
    }
    x
}

/// What is needed of the coin put in.
#[repr(align(64))]
struct Side<const W: usize> {
    reserve: Lanes<W>,
    /// Coins per unit of coin 0.
    inverse_scale: Lanes<W>,
    /// Scaled price of the other coin over that of this one.
    relative_scale: Lanes<W>,
    start: Lanes<W>,
}

impl<const W: usize> Cryptoswap<W> {
    /// Input of `sold` until the next bit of the same swap brings `price` of the other coin, after fee.
    #[inline(always)]
    pub(super) fn input_after_fee(&self, sold: Coin, price: &Lanes<W>) -> Lanes<W> {
        let side = self.side(sold);
        let mut slope = [0.0; W];
        for i in 0..W {
            slope[i] = price[i] * side.relative_scale[i];
        }
        self.input_to(&side, &to_slope_after_fee(&self.shape, self.fees, &side.start, &slope))
    }

    /// Input of `sold` until its marginal price before fee is `price`.
    #[inline(always)]
    pub(super) fn input_before_fee(&self, sold: Coin, price: &Lanes<W>) -> Lanes<W> {
        let side = self.side(sold);
        let mut slope = [0.0; W];
        for i in 0..W {
            slope[i] = price[i] * side.relative_scale[i];
        }
        self.input_to(&side, &to_slope(&self.shape, &slope))
    }

    #[inline(always)]
    fn side(&self, sold: Coin) -> Side<W> {
        let (scales, inverse, shares) = (self.scales(), self.inverse_scales(), self.shares());
        let (reserve, inverse_scale, other, a, b) = match sold {
            Coin::Eth => (self.eth, inverse.eth, scales.lrt, shares.eth, shares.lrt),
            Coin::Lrt => (self.lrt, inverse.lrt, scales.eth, shares.lrt, shares.eth),
        };
        let (mut relative_scale, mut start) = ([0.0; W], [0.0; W]);
        for i in 0..W {
            relative_scale[i] = other[i] * inverse_scale[i];
            start[i] = coordinate(self.place.gap[i], a[i], b[i]);
        }
        Side { reserve, inverse_scale, relative_scale, start }
    }

    /// What takes the pool to `w` on the curve.
    #[inline(always)]
    fn input_to(&self, side: &Side<W>, w: &Lanes<W>) -> Lanes<W> {
        let mut amount = [0.0; W];
        for i in 0..W {
            let end = Point::at(&self.shape, w[i]).a * 0.5 * self.place.invariant[i] * side.inverse_scale[i];
            let missing = greater(end - side.reserve[i], 0.0);
            amount[i] = select(w[i] > side.start[i], missing, 0.0);
        }
        amount
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Curve, FeeSchedule};
    use super::*;

    /// The logarithm of `a` is at most some six times steeper than that of `w`.
    const WITHIN: f64 = 1e-10;

    #[test]
    fn the_next_bit_brings_more_just_before_and_less_just_after() {
        let mut found = 0;
        for amplification in [0.4, 40.0, 2_000.0, 400_000.0] {
            for gamma in [1e-8, 1e-5, 1.45e-4, 2e-2] {
                let shape = Shape::from(Curve { amplification, gamma });
                for (mid_fee, out_fee, fee_gamma) in
                    [(0.0, 0.0, 1.0), (5e-4, 4.5e-3, 2.3e-4), (1e-4, 0.9, 1e-6), (0.99, 0.99, 0.1)]
                {
                    let fees = Fees::from(FeeSchedule { mid_fee, out_fee, fee_gamma });
                    for start in [-0.2, -1e-2, -1e-4, 0.0, 1e-6, 1e-3, 0.1] {
                        for discount in [1e-6, 1e-3, 0.02, 0.3, 0.9] {
                            found += check(&shape, fees, start, discount);
                        }
                    }
                }
            }
        }
        assert!(found > 1_000, "{found}");
    }

    fn check(shape: &Shape, fees: Fees, start: f64, discount: f64) -> u32 {
        let from = Point::at(shape, start);
        let imbalance = from.a / from.b;
        if !(1e-4..=1e4).contains(&imbalance) {
            return 0;
        }
        let next = |w: f64| Point::at(shape, w).slope_after_fee(fees, from.b);
        let price = (1.0 - discount) * next(start);
        let w = to_slope_after_fee(shape, fees, &[start], &[price])[0];
        // Near balance `a` is 1 + w, and w is known as well as `a`.
        let step = WITHIN * w.abs() + 1e-13;
        let context = format!("{shape:?} {fees:?} {start} {discount}: {w}");
        assert!(w > start, "{context}");
        assert!(next(w - step) >= price && price >= next(w + step), "{context}");
        1
    }
}
