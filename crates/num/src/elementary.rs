//! Portable elementary functions: the same bits on every platform, lane width and instruction set.
//!
//! The standard library's `ln`, `exp` and `sin` come from the platform and differ in the last bits. These use
//! `+ - * /`, comparisons and bit operations only, without fused multiply-add, and have no branches.
//!
//! Source: FreeBSD msun (fdlibm, Sun Microsystems 1993): `e_log.c`, `s_log1p.c`, `e_exp.c`, `k_sin.c`, `k_cos.c`:
//! their reductions and minimax coefficients. Deviation: special cases are selects at the end, and all lanes
//! go the general way.
//!
//! | function | domain | error |
//! |---|---|---|
//! | [`ln`] | all; `-inf` at 0, NaN below | 1 ulp |
//! | [`ln_1p`] | all; `-inf` at -1, NaN below | 2 ulp |
//! | [`exp`] | all; 0 below -708, `exp(709)` above 709 | 1 ulp |
//! | [`exp_m1`] | all; -1 below -708, `exp(709)` above 709 | 3 ulp |
//! | [`cos_sin_2pi`] | `abs(u) < 2^48` | 2.3e-16 absolute |
//! | [`cbrt_estimate`] | positive and normal | 1/16 relative |

// Coefficients are written as published.
#![allow(clippy::excessive_precision)]

use crate::lanes::{lesser, select};

/// High part of ln 2: 33 significant bits, so that a product with an exponent is exact.
const LN_2_HI: f64 = 6.931_471_803_691_238_164_90e-1;
/// ln 2 minus its high part.
const LN_2_LO: f64 = 1.908_214_929_270_587_700_02e-10;

const FRACTION_MASK: u64 = 0x000F_FFFF_FFFF_FFFF;
const ONE_BITS: u64 = 0x3FF0_0000_0000_0000;
/// Just below sqrt(1/2): reduced arguments run from here to twice this.
const ROOT_HALF_BITS: u64 = 0x3FE6_A09E_0000_0000;
/// 2^52: adding it as bits to a small integer makes the float 2^52 + integer.
const TWO_52: f64 = 4_503_599_627_370_496.0;
/// 1.5 * 2^52: adding it rounds a float to an integer, found in the low bits (two's complement).
const ROUNDER: f64 = 6_755_399_441_055_744.0;

/// Natural logarithm.
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    const TWO_54: f64 = 18_014_398_509_481_984.0;
    let subnormal = x < f64::MIN_POSITIVE;
    let (fraction, exponent) = split(select(subnormal, x * TWO_54, x));
    let y = ln_of_split(fraction - 1.0, exponent - select(subnormal, 54.0, 0.0), 0.0);
    ln_special_cases(x, y)
}

/// Natural logarithm of a positive normal number, without the selects of [`ln`]; other arguments give nonsense.
#[inline(always)]
pub fn ln_of_normal(x: f64) -> f64 {
    let (fraction, exponent) = split(x);
    ln_of_split(fraction - 1.0, exponent, 0.0)
}

/// `ln(1 + x)`, accurate near zero: with `u` the rounded `1 + x`, it is `ln(u) + (1 + x - u) / u`.
#[inline(always)]
pub fn ln_1p(x: f64) -> f64 {
    let u = 1.0 + x;
    let lost = x - (u - 1.0);
    let (fraction, exponent) = split(u);
    ln_special_cases(u, ln_of_split(fraction - 1.0, exponent, lost / u))
}

/// `x = fraction * 2^exponent` with the fraction in about 0.707..1.414; `x` positive and normal.
#[inline(always)]
fn split(x: f64) -> (f64, f64) {
    let shifted = x.to_bits().wrapping_add(ONE_BITS - ROOT_HALF_BITS);
    let exponent = f64::from_bits((shifted >> 52) | TWO_52.to_bits()) - (TWO_52 + 1023.0);
    let fraction = f64::from_bits((shifted & FRACTION_MASK).wrapping_add(ROOT_HALF_BITS));
    (fraction, exponent)
}

/// `ln(1 + f) + exponent * ln(2) + correction`; with `s = f/(2+f)`: `ln(1+f) = f - f^2/2 + s*(f^2/2 + R(s^2))`.
#[inline(always)]
fn ln_of_split(f: f64, exponent: f64, correction: f64) -> f64 {
    let half_square = 0.5 * f * f;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = 1.531_383_769_920_937_332e-1;
    let even = w * (3.999_999_999_940_941_908e-1 + w * (2.222_219_843_214_978_396e-1 + w * even));
    let odd = 1.818_357_216_161_805_012e-1 + w * 1.479_819_860_511_658_591e-1;
    let odd = z * (6.666_666_666_666_735_130e-1 + w * (2.857_142_874_366_239_149e-1 + w * odd));
    let small = exponent * LN_2_LO + correction;
    s * (half_square + (even + odd)) + small - half_square + f + exponent * LN_2_HI
}

/// Puts the values of the logarithm at infinity, NaN, zero and below in place of `y`.
#[inline(always)]
fn ln_special_cases(x: f64, y: f64) -> f64 {
    let y = select(x < f64::INFINITY, y, x);
    let y = select(x == 0.0, f64::NEG_INFINITY, y);
    select(x < 0.0, f64::NAN, y)
}

/// `e^x`. Never subnormal, never infinite: 0 below -708, and the value at 709 (8.2e307) above 709.
///
/// `x = k ln 2 + r`, `e^x = 2^k (1 + r + r*c/(2-c))` with `c = r - r^2 P(r^2)`.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    let vanishes = x < -708.0;
    let (lost, power) = exp_reduced(select(vanishes, 0.0, lesser(709.0, x)));
    let y = 1.0 - lost;
    select(vanishes, 0.0, y * power)
}

/// `e^x - 1`, accurate near zero: -1 below -708, and the value at 709 above 709.
///
/// With the reduction of [`exp`] it is `2^k (e^r - 1) + (2^k - 1)`, where the second part is exact up to k = 53.
#[inline(always)]
pub fn exp_m1(x: f64) -> f64 {
    let vanishes = x < -708.0;
    let (lost, power) = exp_reduced(select(vanishes, 0.0, lesser(709.0, x)));
    select(vanishes, -1.0, (power - 1.0) - lost * power)
}

/// `(1 - e^r, 2^k)` of `x = k ln 2 + r`, for `x` in -708..=709.
#[inline(always)]
fn exp_reduced(x: f64) -> (f64, f64) {
    let rounded = x * std::f64::consts::LOG2_E + ROUNDER;
    let k = rounded - ROUNDER;
    let hi = x - k * LN_2_HI;
    let lo = k * LN_2_LO;
    let r = hi - lo;
    let z = r * r;
    let p = -1.653_390_220_546_525_153_90e-6 + z * 4.138_136_797_057_238_460_39e-8;
    let p = -2.777_777_777_701_559_338_42e-3 + z * (6.613_756_321_437_934_361_17e-5 + z * p);
    let c = r - z * (1.666_666_666_666_660_190_37e-1 + z * p);
    let power = f64::from_bits(rounded.to_bits().wrapping_add(1023) << 52);
    ((lo - (r * c) / (2.0 - c)) - hi, power)
}

/// Cube root to four bits, a start for an iteration: a third of the exponent, the fraction by a straight line.
///
/// Source: the start of FreeBSD msun `s_cbrt.c`. Other arguments give some positive number.
#[inline(always)]
pub fn cbrt_estimate(x: f64) -> f64 {
    /// `2^20 (1023 - 1023/3)`, less what centres the error.
    const OFFSET: u64 = 715_094_163;
    /// `2^32 / 3`, rounded up: the high words of both factors are zero, so that this is one vector multiplication.
    const THIRD: u64 = 0x5555_5556;
    let high = (x.to_bits() >> 32) & 0x7FFF_FFFF;
    f64::from_bits((((high * THIRD) >> 32) + OFFSET) << 32)
}

/// `(cos, sin)` of the angle `2 pi u`: `u` in turns, reduced exactly to an eighth of a turn either side.
#[inline(always)]
pub fn cos_sin_2pi(u: f64) -> (f64, f64) {
    let quarters = 4.0 * u;
    let rounded = quarters + ROUNDER;
    let quadrant = rounded.to_bits();
    let r = (quarters - (rounded - ROUNDER)) * std::f64::consts::FRAC_PI_2;
    let z = r * r;
    let (near_cos, near_sin) = (cos_near_zero(z), sin_near_zero(r, z));
    let odd = quadrant & 1 == 1;
    let cos = select(odd, near_sin, near_cos);
    let sin = select(odd, near_cos, near_sin);
    let cos_sign = (quadrant.wrapping_add(1) & 2) << 62;
    let sin_sign = (quadrant & 2) << 62;
    (f64::from_bits(cos.to_bits() ^ cos_sign), f64::from_bits(sin.to_bits() ^ sin_sign))
}

/// Cosine for `abs(r) <= pi/4`, `z = r^2`.
#[inline(always)]
fn cos_near_zero(z: f64) -> f64 {
    let p = 2.087_572_321_298_174_827_90e-9 + z * -1.135_964_755_778_819_482_65e-11;
    let p = 2.480_158_728_947_672_941_78e-5 + z * (-2.755_731_435_139_066_330_35e-7 + z * p);
    let p = 4.166_666_666_666_660_190_37e-2 + z * (-1.388_888_888_887_410_957_49e-3 + z * p);
    1.0 - (0.5 * z - z * z * p)
}

/// Sine for `abs(r) <= pi/4`, `z = r^2`.
#[inline(always)]
fn sin_near_zero(r: f64, z: f64) -> f64 {
    let p = -2.505_076_025_340_686_341_95e-8 + z * 1.589_690_995_211_550_102_21e-10;
    let p = -1.984_126_982_985_794_931_34e-4 + z * (2.755_731_370_707_006_767_89e-6 + z * p);
    let p = -1.666_666_666_666_663_243_48e-1 + z * (8.333_333_333_322_489_461_24e-3 + z * p);
    r + r * z * p
}
