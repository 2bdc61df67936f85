//! StableSwap arithmetic of one lane: branch-free, cancellation-free, a fixed number of operations.
//!
//! `x`, `y`: reserves in ETH (the token's times its rate), `d`: the invariant, `ann = 2A`.
//!
//! ```text
//! amount out: solve the invariant at x + dx for y', pay y - y'
//! ```
//!
//! 1. `y'` is the positive root of a quadratic, in closed form, not by Newton's iteration.
//! 2. The difference `y - y'` is formed before rounding can eat it: with `x1 = x + dx`, `k = D^3/(4 Ann)`,
//!    `p = x1 + D/Ann - D`, `s = sqrt(p^2 + 4k/x1)`:  `dy = 2 dx (y + k/(x x1)) / (2y + p + s)`.
//! 3. The invariant is kept warm: a trade changes it by its fee only, so few Newton steps restore it.

use pegstress_num::{Lanes, greater, lesser, select};

/// Newton steps of a cold start; the last ones change nothing in the stated domain. Each lane stops by itself. Where one
/// reserve is as good as gone a step takes off a third: these reach a 1e-11 of the start.
const COLD_STEPS: usize = 64;
/// Chords that follow each Newton step of [`reserves_at_price`], with that step's slope. The start is within 7 % of the
/// root; three steps leave some 1e-9 of it, and the chord, which needs no division, the rounding.
const PRICE_CHORDS: &[usize] = &[0, 0, 1];
/// The same for any `Ann` above zero, where the start is above the root, by half of it at the worst.
const PRICE_CHORDS_OF_ANY_ANN: &[usize] = &[0, 0, 0, 0, 0, 0, 1];

/// `Ann` of a lane's own, with its inverse.
#[derive(Debug, Clone, Copy)]
pub struct Stiffness<const W: usize> {
    /// `Ann`.
    pub ann: Lanes<W>,
    /// Its inverse.
    pub per_ann: Lanes<W>,
    /// Whether every `Ann` is that of a pool of two coins, hence two or more. Others are above zero.
    pub of_two_coins: bool,
}

/// Rounding must not pay more than there is. Not a number stays so.
#[inline(always)]
fn at_most(out: f64, y: f64) -> f64 {
    select(out > y, y, out)
}

/// What `dx` more of the coin with reserve `x` takes out of the coin with reserve `y`, before fee.
///
/// Numerator and denominator of the formula above are multiplied by `m = x x1`, which leaves one division. All
/// terms are positive when `p >= 0`; when `p < 0` the root `s > |p|` keeps the denominator above `2y`. Relative error
/// below 1e-13 for trades of 1e-8 of the reserve and more. `inverse_ann` is `1 / Ann`.
#[inline(always)]
pub fn amount_out(x: f64, y: f64, d: f64, inverse_ann: f64, dx: f64) -> f64 {
    let x1 = x + dx;
    let k = 0.25 * d * d * d * inverse_ann;
    let m = x * x1;
    let pm = (x1 + d * inverse_ann - d) * m;
    let sm = (pm * pm + 4.0 * k * (x * m)).sqrt();
    at_most(2.0 * dx * (y * m + k) / (2.0 * y * m + pm + sm), y)
}

/// [`amount_out`] on the curve `x + y + s = k / (x y)` through the reserves `x` and `y`, whatever `s` is.
///
/// The curve of two coins, with `k = D^3/(4 Ann)`, or of two coins of a pool whose other coins stay. The same formula,
/// times `x x1 y`; `p = dx + k/(x y) - y` because the curve passes through the reserves, and the denominator loses its
/// only difference. An error of `k` is not amplified, and a trade of nothing pays nothing whatever it is.
#[inline(always)]
pub fn amount_out_along(x: f64, y: f64, k: f64, dx: f64) -> f64 {
    let (x1, c) = (x + dx, x * y);
    let e = c * (y + dx) + k;
    let p = x1 * (e - 2.0 * c * y);
    let s = (p * p + 4.0 * k * x1 * (c * c)).sqrt();
    at_most(2.0 * dx * y * (c * x1 + k) / (x1 * e + s), y)
}

/// What the next unit of the coin with reserve `x` brings along the curve of [`amount_out_along`], before fee:
/// `(1 + k/(x^2 y)) / (1 + k/(x y^2))`.
#[inline(always)]
pub fn price_along(x: f64, y: f64, k: f64) -> f64 {
    let product = x * y;
    y * (x * product + k) / (x * (y * product + k))
}

/// Price of the second coin in the first at reserves `x` and `y`, before fee: `(Ann + D^3/(4 x y^2)) / (Ann + D^3/(4 x^2 y))`.
#[inline(always)]
pub fn marginal_price(x: f64, y: f64, d: f64, ann: f64) -> f64 {
    let d3 = d * d * d;
    let q = 4.0 * ann * x * y;
    (x * (y * q + d3)) / (y * (x * q + d3))
}

/// The invariant from scratch.
#[inline(always)]
pub fn cold_invariant(x: f64, y: f64, ann: f64) -> f64 {
    let sum = x + y;
    let product = 4.0 * x * y;
    let mut d = sum;
    for _ in 0..COLD_STEPS {
        let dp = d * d * d / product;
        let next = (ann * sum + 2.0 * dp) * d / ((ann - 1.0) * d + 3.0 * dp);
        // The iteration falls monotonically until rounding lifts it: freeze there.
        d = select(next < d, next, d);
    }
    d
}

/// The invariant near `d`, and the size of the last correction.
///
/// A Newton step and two more with its slope, so that they share a division. After a start that is off by `e` the
/// corrections are of the order `e`, `e^2`, `e^3`, and the error left is `e` times the last.
#[inline(always)]
pub fn refresh_invariant(x: f64, y: f64, d: f64, ann: f64) -> (f64, f64) {
    let product = 4.0 * x * y;
    let am1 = ann - 1.0;
    let scaled_sum = ann * (x + y);
    let miss = |d: f64| d * d * d + product * (am1 * d - scaled_sum);
    let inverse_slope = 1.0 / (3.0 * d * d + product * am1);
    let first = d - miss(d) * inverse_slope;
    let second = first - miss(first) * inverse_slope;
    let correction = miss(second) * inverse_slope;
    (second - correction, correction.abs())
}

/// Reserves over the invariant, `(u, v) = (x/D, y/D)`, at which the second coin costs `q` of the first, before fee.
///
/// With `w = 1/(4uv)`, `s = u + v` the invariant reads `Ann (s - 1) + 1 = w` and the price
/// `q = (Ann + w/v) / (Ann + w/u)`. Eliminating `u` and `v` leaves one equation in `w`: with `c = (1 - q) Ann/4`,
/// `t = s w^2`, `K = (1 + q)^2/4`
///
/// ```text
/// F(w) = (t + c)(q t - c) - K w^3 = 0,    v = (t + c) / (w^2 (1 + q)),    u = (q t - c) / (w^2 (1 + q))
/// ```
///
/// for `q <= 1`; above, the coins change roles. Newton from `w = sqrt((c + K)/q)`, which is within 7 % of the root.
/// The traded amount is good to 1e-9 of the reserve for A in 10..5000 and q in 0.02..50.
///
/// The steps of the iteration stand outside and the lanes inside: one lane is a long chain of dependent operations,
/// many lanes side by side keep the processor busy.
#[inline(always)]
pub fn reserves_at_price<const W: usize>(price: &Lanes<W>, ann: f64) -> (Lanes<W>, Lanes<W>) {
    let stiffness = Stiffness { ann: [ann; W], per_ann: [1.0 / ann; W], of_two_coins: true };
    reserves_at_price_and_stiffness(price, &stiffness)
}

/// [`reserves_at_price`] where every lane has its own `Ann`.
#[inline(always)]
pub fn reserves_at_price_and_stiffness<const W: usize>(
    price: &Lanes<W>,
    stiffness: &Stiffness<W>,
) -> (Lanes<W>, Lanes<W>) {
    let Stiffness { ann, per_ann, of_two_coins } = stiffness;
    let (mut q, mut c, mut k, mut w) = ([0.0; W], [0.0; W], [0.0; W], [0.0; W]);
    for i in 0..W {
        let price = greater(price[i], 1e-12);
        let inverse = 1.0 / price;
        let swap = price > 1.0;
        let inverse_q = select(swap, price, inverse);
        q[i] = select(swap, inverse, price);
        c[i] = 0.25 * (1.0 - q[i]) * ann[i];
        k[i] = 0.25 * (1.0 + q[i]) * (1.0 + q[i]);
        w[i] = greater(((c[i] + k[i]) * inverse_q).sqrt(), 1.0);
    }
    let mut inverse_slope = [0.0; W];
    if !of_two_coins {
        // Not below the root, since `q s <= c + K/s`, and near it towards the constant product.
        for i in 0..W {
            let high = 0.5 * (c[i] + (c[i] * c[i] + 4.0 * q[i] * k[i]).sqrt()) / q[i];
            w[i] = lesser(w[i], 1.0 + (high - 1.0) * ann[i]);
        }
    }
    for chords in if *of_two_coins { PRICE_CHORDS } else { PRICE_CHORDS_OF_ANY_ANN } {
        for i in 0..W {
            let w2 = w[i] * w[i];
            let s = 1.0 + (w[i] - 1.0) * per_ann[i];
            let t = s * w2;
            let slope_t = w2 * per_ann[i] + 2.0 * s * w[i];
            let (long, short) = (t + c[i], q[i] * t - c[i]);
            inverse_slope[i] = 1.0 / (slope_t * short + long * q[i] * slope_t - 3.0 * k[i] * w2);
            w[i] -= (long * short - k[i] * w2 * w[i]) * inverse_slope[i];
        }
        for _ in 0..*chords {
            for i in 0..W {
                let w2 = w[i] * w[i];
                let t = (1.0 + (w[i] - 1.0) * per_ann[i]) * w2;
                w[i] -= ((t + c[i]) * (q[i] * t - c[i]) - k[i] * w2 * w[i]) * inverse_slope[i];
            }
        }
    }
    let (mut u, mut v) = ([0.0; W], [0.0; W]);
    for i in 0..W {
        let w2 = w[i] * w[i];
        let t = (1.0 + (w[i] - 1.0) * per_ann[i]) * w2;
        let scale = 1.0 / (w2 * (1.0 + q[i]));
        let (long, short) = ((t + c[i]) * scale, (q[i] * t - c[i]) * scale);
        let swap = price[i] > 1.0;
        u[i] = select(swap, long, short);
        v[i] = select(swap, short, long);
    }
    (u, v)
}
