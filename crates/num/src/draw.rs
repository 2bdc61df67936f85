//! Random numbers by address: a draw is a function of (seed, path, step, stream), and there is no "next".
//!
//! The key of [`philox4x32_10`](crate::philox::philox4x32_10) is the seed; the counter is (path low word, path high word, step, stream). Any
//! path can be recomputed alone, blocks and shards need no coordination, and two scenarios with the same seed
//! share their random numbers. A step consumes a fixed number of draws: nothing is rejected.
//!
//! Normals by Box and Muller (Annals of Mathematical Statistics 29 (1958) 610-611) from uniforms `u`, `v`:
//! `sqrt(-2 ln u) * (cos 2 pi v, sin 2 pi v)`. `u` has 52 bits and is at least 2^-53, so a normal is at most 8.6 in
//! size. Errors of `ln` and `cos_sin_2pi`: a few units of 1e-16, relative to the radius.

use crate::elementary::{cos_sin_2pi, ln_of_normal};
use crate::lanes::Lanes;
use crate::philox::philox_pair;

/// What a draw is for. Append-only: the numbers are part of the address, so changing one changes every result.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stream {
    /// The normals that drive exogenous flows.
    FlowNormals = 0,
    /// The sizes of shocks.
    ShockSizes = 1,
    /// What a single exit meets.
    ExitTimeline = 2,
    /// The normal scores of synthetic drivers; a step has two addresses.
    DriverNormals = 3,
    /// Number and size of a synthetic driver's jumps; a step has two addresses.
    DriverJumps = 4,
    /// Changes of regime of synthetic drivers.
    DriverRegimes = 5,
    /// The common factor of a Student-t copula; a step has 32 addresses.
    DriverMixing = 6,
    /// Blocks of a resampled history.
    BootstrapBlocks = 7,
}

/// Two random 64-bit words at an address.
#[inline(always)]
pub fn bits(seed: u64, path: u64, step: u32, stream: Stream) -> (u64, u64) {
    philox_pair(path, u64::from(step) | ((stream as u64) << 32), seed)
}

/// A uniform number in [0, 1): a multiple of 2^-52, from the top 52 bits.
#[inline(always)]
pub fn unit(bits: u64) -> f64 {
    one_to_two(bits) - 1.0
}

/// A uniform number in (0, 1): an odd multiple of 2^-53, from the top 52 bits.
#[inline(always)]
pub fn unit_open(bits: u64) -> f64 {
    const BELOW_ONE: f64 = 1.0 - f64::EPSILON / 2.0;
    one_to_two(bits) - BELOW_ONE
}

/// Two independent standard normals per lane; lane `i` belongs to path `first_path + i`.
#[inline(always)]
pub fn normals<const W: usize>(
    seed: u64,
    first_path: u64,
    step: u32,
    stream: Stream,
    a: &mut Lanes<W>,
    b: &mut Lanes<W>,
) {
    // Two loops: together the integer and the floating-point part run out of vector registers (30 % slower).
    let (mut u, mut v) = ([0; W], [0; W]);
    for i in 0..W {
        (u[i], v[i]) = bits(seed, first_path.wrapping_add(i as u64), step, stream);
    }
    for i in 0..W {
        let radius = (-2.0 * ln_of_normal(unit_open(u[i]))).sqrt();
        let (cos, sin) = cos_sin_2pi(unit(v[i]));
        a[i] = radius * cos;
        b[i] = radius * sin;
    }
}

/// Two independent uniform numbers in (0, 1) per lane; lane `i` belongs to path `first_path + i`.
#[inline(always)]
pub fn units<const W: usize>(
    seed: u64,
    first_path: u64,
    step: u32,
    stream: Stream,
    a: &mut Lanes<W>,
    b: &mut Lanes<W>,
) {
    for i in 0..W {
        let (u, v) = bits(seed, first_path.wrapping_add(i as u64), step, stream);
        (a[i], b[i]) = (unit_open(u), unit_open(v));
    }
}

/// A uniform number in [1, 2): the top 52 bits as the fraction of a float.
#[inline(always)]
fn one_to_two(bits: u64) -> f64 {
    f64::from_bits((bits >> 12) | 1.0_f64.to_bits())
}
