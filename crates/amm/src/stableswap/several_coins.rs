//! The invariant of a pool of `N` coins, and its curve between two of them while the others stay.
//!
//! With `x`, `y` the two coins, `S'` the sum of the others, `w = N^N prod(others)` and `Ann = N A`, the invariant solves
//!
//! ```text
//! Ann (x + y + S') + D = Ann D + D^(N+1) / (w x y)
//! ```
//!
//! Seen from `x` and `y` that is `x + y + s = k / (x y)` with `k = D^(N+1) / (Ann w)` and a constant `s`: the curve of a
//! pool of two coins, whose invariant is `x + y` where they balance. So that pool's kernel serves, with
//! [`amount_out_along`](super::kernel::amount_out_along) in place of what needs `D`, and amounts to a price by
//! [`equivalent_pair`].

use super::kernel::Stiffness;
use pegstress_num::{Lanes, select};

/// Newton steps of a cold start. Where a reserve is as good as gone a step of a pool of four coins takes off a fifth:
/// these reach a 1e-12 of the start.
const COLD_STEPS: usize = 128;
/// Newton steps of [`equivalent_pair`], from above.
const PAIR_STEPS: usize = 8;

/// `x^N`.
#[inline(always)]
fn power<const N: usize>(x: f64) -> f64 {
    let mut power = x;
    for _ in 1..N {
        power *= x;
    }
    power
}

/// The invariant from scratch: `sum` of all coins, `product = N^N` times that of all.
#[inline(always)]
pub fn cold_invariant<const N: usize>(sum: f64, product: f64, ann: f64) -> f64 {
    let n = N as f64;
    let mut d = sum;
    for _ in 0..COLD_STEPS {
        let dp = power::<N>(d) * d / product;
        let next = (ann * sum + n * dp) * d / ((ann - 1.0) * d + (n + 1.0) * dp);
        // The iteration falls monotonically until rounding lifts it: freeze there.
        d = select(next < d, next, d);
    }
    d
}

/// The invariant near `d`, and the size of the last of three corrections that share a division.
#[inline(always)]
pub fn refresh_invariant<const N: usize>(sum: f64, product: f64, d: f64, ann: f64) -> (f64, f64) {
    let (am1, scaled_sum) = (ann - 1.0, ann * sum);
    let miss = |d: f64| power::<N>(d) * d + product * (am1 * d - scaled_sum);
    let inverse_slope = 1.0 / ((N as f64 + 1.0) * power::<N>(d) + product * am1);
    let first = d - miss(d) * inverse_slope;
    let second = first - miss(first) * inverse_slope;
    let correction = miss(second) * inverse_slope;
    (second - correction, correction.abs())
}

/// `k` of the curve between two coins; `per_weight` is `1 / (Ann w)`.
#[inline(always)]
pub fn curve_constant<const N: usize>(d: f64, per_weight: f64) -> f64 {
    power::<N>(d) * d * per_weight
}

/// Invariants and stiffness of pools of two coins with the curves `k` through `x` and `y`.
///
/// The invariant `d` is the root of `d^2 (d + s) = 4k` with `s = k/(x y) - x - y`; `x + y` is above it, and Newton's
/// method falls from there. A reserve that is a fiftieth of the other takes seven steps.
#[inline(always)]
pub fn equivalent_pair<const W: usize>(x: &Lanes<W>, y: &Lanes<W>, k: &Lanes<W>) -> (Lanes<W>, Stiffness<W>) {
    let (mut d, mut s, mut ann, mut per_ann) = ([0.0; W], [0.0; W], [0.0; W], [0.0; W]);
    for i in 0..W {
        d[i] = x[i] + y[i];
        s[i] = k[i] / (x[i] * y[i]) - x[i] - y[i];
    }
    for _ in 0..PAIR_STEPS {
        for i in 0..W {
            let miss = d[i] * d[i] * (d[i] + s[i]) - 4.0 * k[i];
            d[i] -= miss / (d[i] * (3.0 * d[i] + 2.0 * s[i]));
        }
    }
    for i in 0..W {
        let cube = d[i] * d[i] * d[i];
        ann[i] = cube / (4.0 * k[i]);
        per_ann[i] = 4.0 * k[i] / cube;
    }
    (d, Stiffness { ann, per_ann, of_two_coins: false })
}
