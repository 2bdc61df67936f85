//! Cryptoswap arithmetic: the curve in numbers that do not cancel, a fixed number of operations per lane.
//!
//! `x`, `y`: reserves in coin 0 (coin 1 times the price scale); `a = 2x/D`, `b = 2y/D`, `s = a + b`, `p = K0 = a b`,
//! `q = 1 - p`, `g = gamma + q`, `c = A N^N gamma^2`. The invariant divided by `D^2` reads
//!
//! ```text
//! c p (s - 2) = 2 q g^2
//! ```
//!
//! Near balance `s - 2` and `q` are differences of numbers close to one, and `gamma` is some 1e-4: computed from `D`
//! they would have lost four to eight digits. So the invariant is solved for `e = 1 - sqrt(p)`, small where they are
//! small, and everything else follows from `e` to full relative precision: `q = e (2 - e)`, `p = (1 - e)^2`,
//! `s - 2 = 2 q g^2 / (c p)`, and `D` itself.
//!
//! A swap is solved for how flat the curve is between its ends. With `a1 = a + da`, `h = da (a1 - b)`, write
//!
//! ```text
//! db = da (b (1 - z) + a1 z) / a1,     p1 = p - h z     (z = 0: constant product, z = 1: constant sum)
//! ```
//!
//! then the invariant at both ends leaves a cubic in `z`, with a root in `0..=1` whatever `h`:
//!
//! ```text
//! c p - z (c (p + h) + 2 a1 (g^2/p + 2 q g)) - z^2 h (2 a1 (2 g + q) - c) - 2 a1 h^2 z^3 = 0
//! ```
//!
//! No term of it comes from a difference of the ends, so a swap of 1e-30 of the reserve is as good as one of a half,
//! and `da = 0` gives the marginal price in closed form.
//!
//! Both equations go from flat to cubic within the pool's range. They start from the lesser of the roots of the cubic
//! term and of what is left without it, within a factor of three of the root, and take four of Halley's steps each:
//! four and three are the most needed anywhere in the contract's domain (`A N^N` in 0.4..=4e5, gamma in 1e-8..=2e-2,
//! reserves up to 1e4 to one), and far beyond it.
//!
//! Error against the curve in exact arithmetic: 2e-15 of the output of any trade and of the marginal price for
//! reserves up to 99:1, 5e-15 in the whole domain (`tests/cryptoswap_curve.rs`).

use super::Curve;
use pegstress_num::{Lanes, cbrt_estimate, greater, lesser, select};

/// Halley steps for the place on the curve.
const PLACE_STEPS: usize = 4;
/// Halley steps for a swap.
const SWAP_STEPS: usize = 4;

/// The curve as the kernel reads it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shape {
    /// Width of the concentrated region.
    pub gamma: f64,
    /// `A N^N gamma^2`.
    pub strength: f64,
}

impl From<Curve> for Shape {
    fn from(curve: Curve) -> Self {
        Self { gamma: curve.gamma, strength: curve.amplification * curve.gamma * curve.gamma }
    }
}

/// Where reserves stand on the curve.
#[derive(Debug, Clone, Copy, PartialEq)]
#[repr(align(64))]
pub struct Place<const W: usize> {
    /// `D`, coin 0.
    pub invariant: Lanes<W>,
    /// `e = 1 - sqrt(K0)`: 0 in balance.
    pub gap: Lanes<W>,
}

/// What the formulas need of one lane's place.
#[derive(Debug, Clone, Copy)]
pub struct Terms {
    /// `K0`.
    pub p: f64,
    /// `1 - K0`.
    pub q: f64,
    /// `gamma + 1 - K0`.
    pub g: f64,
}

impl Terms {
    /// At `e = 1 - sqrt(K0)`.
    #[inline(always)]
    pub fn at(gamma: f64, e: f64) -> Self {
        let q = e * (2.0 - e);
        Self { p: (1.0 - e) * (1.0 - e), q, g: gamma + q }
    }

    /// `-db/da` at `a` and `b`: what the next bit of the first coin brings of the second.
    #[inline(always)]
    pub fn slope(self, strength: f64, a: f64, b: f64) -> f64 {
        let Self { p, q, g } = self;
        let flat = strength * p * p;
        let curved = 2.0 * g * (g + 2.0 * p * q);
        (flat + b * curved) / (flat + a * curved)
    }
}

/// Finds the reserves' place on the curve; also the size of the last correction of `e`, relative.
///
/// With `m = sqrt(x y)` and `k = (x - y)^2 / ((sqrt(x) + sqrt(y))^2 m) = s/sqrt(p) - 2`:
///
/// ```text
/// 2 q g^2 = c (1 - e)^2 (k - (2 + k) e),     D = 2 m / (1 - e)
/// ```
#[inline(always)]
pub fn place<const W: usize>(shape: &Shape, x: &Lanes<W>, y: &Lanes<W>) -> (Place<W>, Lanes<W>) {
    let &Shape { gamma, strength } = shape;
    let (mut mean, mut k, mut e) = ([0.0; W], [0.0; W], [0.0; W]);
    for i in 0..W {
        mean[i] = (x[i] * y[i]).sqrt();
        let difference = x[i] - y[i];
        k[i] = difference * difference / ((x[i] + y[i] + 2.0 * mean[i]) * mean[i]);
    }
    for i in 0..W {
        let pull = strength * k[i];
        let linear = pull / (strength * (2.0 + k[i]) + 4.0 * gamma * gamma);
        let root = cbrt_estimate(0.5 * pull);
        e[i] = lesser(linear, root / (2.0 + root));
    }
    let mut correction = [0.0; W];
    for _ in 0..PLACE_STEPS {
        for i in 0..W {
            correction[i] = place_step(shape, k[i], e[i]);
            e[i] -= correction[i];
        }
    }
    let mut invariant = [0.0; W];
    for i in 0..W {
        invariant[i] = 2.0 * mean[i] / (1.0 - e[i]);
        correction[i] = correction[i].abs() / greater(e[i], f64::MIN_POSITIVE);
    }
    (Place { invariant, gap: e }, correction)
}

/// What Halley's step takes off `e`.
#[inline(always)]
fn place_step(shape: &Shape, k: f64, e: f64) -> f64 {
    let c = shape.strength;
    let rest = 1.0 - e;
    let Terms { q, g, .. } = Terms::at(shape.gamma, e);
    let (twice, level) = (2.0 + k, k - (2.0 + k) * e);
    let bend = g * (g + 2.0 * q);
    let f = 2.0 * q * g * g - c * rest * rest * level;
    let slope = rest * (4.0 * bend + c * (2.0 * level + rest * twice));
    let half_curvature =
        4.0 * rest * rest * (4.0 * g + 2.0 * q) - 2.0 * bend - c * (level + 2.0 * rest * twice);
    f * slope / (slope * slope - f * half_curvature)
}

/// What `da` more of the first coin takes out of the second, at `a` and `b`, before fee; also the size of the last
/// correction of `z`, relative.
#[inline(always)]
pub fn swap<const W: usize>(
    shape: &Shape,
    gap: &Lanes<W>,
    a: &Lanes<W>,
    b: &Lanes<W>,
    da: &Lanes<W>,
) -> (Lanes<W>, Lanes<W>) {
    let &Shape { gamma, strength: c } = shape;
    let (mut linear, mut square, mut cube) = ([0.0; W], [0.0; W], [0.0; W]);
    let (mut constant, mut z) = ([0.0; W], [0.0; W]);
    for i in 0..W {
        let Terms { p, q, g } = Terms::at(gamma, gap[i]);
        let a1 = a[i] + da[i];
        let h = da[i] * (a1 - b[i]);
        constant[i] = c * p;
        linear[i] = c * (p + h) + 2.0 * a1 * (g * g / p + 2.0 * q * g);
        square[i] = h * (2.0 * a1 * (2.0 * g + q) - c);
        cube[i] = 2.0 * a1 * h * h;
    }
    for i in 0..W {
        let q = gap[i] * (2.0 - gap[i]);
        let a1 = a[i] + da[i];
        let h = da[i] * (a1 - b[i]);
        let outwards = h >= 0.0;
        // Inwards the cubic part alone says where the swap ends: c (a1 - 1)^2 = 2 a1 q1^3.
        let pull = c * (a1 - 1.0) * (a1 - 1.0);
        let numerator = select(outwards, constant[i], pull);
        let denominator = select(outwards, cube[i], 2.0 * a1);
        let root = cbrt_estimate(numerator / denominator);
        // Without the cubic term a quadratic, whose square term counts where it lowers the root.
        let bent = (linear[i] * linear[i] + 4.0 * constant[i] * greater(square[i], 0.0)).sqrt();
        let direct = lesser(2.0 * constant[i] / greater(linear[i] + bent, 0.0), 1.0);
        let end = lesser(lesser(root, pull / (c + 2.0 * a1 * gamma * gamma)), 1.0);
        // Balance, where q1 = 0, cannot be passed.
        let per_h = 1.0 / h;
        let inwards = lesser(greater((end - q) * per_h, direct), lesser(0.0 - q * per_h, 1.0));
        z[i] = select(outwards, lesser(root, direct), inwards);
    }
    let mut correction = [0.0; W];
    for _ in 0..SWAP_STEPS {
        for i in 0..W {
            let f = constant[i] - z[i] * (linear[i] + z[i] * (square[i] + z[i] * cube[i]));
            let slope = linear[i] + z[i] * (2.0 * square[i] + 3.0 * cube[i] * z[i]);
            let half_curvature = square[i] + 3.0 * cube[i] * z[i];
            correction[i] = f * slope / (slope * slope + f * half_curvature);
            z[i] += correction[i];
        }
    }
    let mut out = [0.0; W];
    for i in 0..W {
        let a1 = a[i] + da[i];
        out[i] = da[i] * (b[i] * (1.0 - z[i]) + a1 * z[i]) / a1;
        correction[i] = correction[i].abs() / z[i];
    }
    (out, correction)
}
