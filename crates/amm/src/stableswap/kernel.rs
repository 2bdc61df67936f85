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

use pegstress_num::{greater, lesser, select};

/// Newton steps of a cold start; the last ones change nothing in the stated domain. Each lane stops by itself.
const COLD_STEPS: usize = 40;
/// Newton steps of a warm start.
const WARM_STEPS: usize = 2;
/// Newton steps of [`reserves_at_price`]: four settle A in 10..5000 from the start value, one is spare.
const PRICE_STEPS: usize = 5;

/// What `dx` more of the coin with reserve `x` takes out of the coin with reserve `y`, before fee.
///
/// Relative error below 1e-13 of the result for trades of 1e-8 of the reserve and more. The denominator is a sum
/// of positive terms when `p >= 0`; when `p < 0` the root `s > |p|` keeps `2y + p + s` above `2y`.
#[inline(always)]
pub fn amount_out(x: f64, y: f64, d: f64, ann: f64, dx: f64) -> f64 {
    let x1 = x + dx;
    let k = d * d * d / (4.0 * ann);
    let p = x1 + d / ann - d;
    let inverse = 1.0 / (x * x1);
    let s = (p * p + 4.0 * k * x * inverse).sqrt();
    2.0 * dx * (y + k * inverse) / (2.0 * y + p + s)
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

/// The invariant near `d`, and the relative size of the last correction.
#[inline(always)]
pub fn refresh_invariant(x: f64, y: f64, d: f64, ann: f64) -> (f64, f64) {
    let product = 4.0 * x * y;
    let am1 = ann - 1.0;
    let scaled_sum = ann * (x + y);
    let mut d = d;
    let mut correction = 0.0;
    for _ in 0..WARM_STEPS {
        let d2 = d * d;
        correction = (d2 * d + product * (am1 * d - scaled_sum)) / (3.0 * d2 + product * am1);
        d -= correction;
    }
    (d, correction.abs() / d)
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
#[inline(always)]
pub fn reserves_at_price(q: f64, ann: f64) -> (f64, f64) {
    let swap = q > 1.0;
    let price = greater(q, 1e-12);
    let q = lesser(select(swap, 1.0 / price, price), 1.0);
    let c = 0.25 * (1.0 - q) * ann;
    let k = 0.25 * (1.0 + q) * (1.0 + q);
    let per_ann = 1.0 / ann;
    let mut w = greater(((c + k) / q).sqrt(), 1.0);
    for _ in 0..PRICE_STEPS {
        let w2 = w * w;
        let s = 1.0 + (w - 1.0) * per_ann;
        let t = s * w2;
        let slope_t = w2 * per_ann + 2.0 * s * w;
        let (long, short) = (t + c, q * t - c);
        let f = long * short - k * w2 * w;
        let slope = slope_t * short + long * q * slope_t - 3.0 * k * w2;
        w -= f / slope;
    }
    let t = (1.0 + (w - 1.0) * per_ann) * w * w;
    let scale = 1.0 / (w * w * (1.0 + q));
    let (long, short) = ((t + c) * scale, (q * t - c) * scale);
    (select(swap, long, short), select(swap, short, long))
}
