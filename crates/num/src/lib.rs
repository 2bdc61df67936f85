//! Lanes, counter-based random numbers, portable elementary functions, integer histograms.
//!
//! The outcome of path `i` must be a function of (scenario, seed, `i`) and of nothing else: not of the thread
//! count, the lane width, the instruction set or the platform. This crate holds the parts that make it so.
//!
//! - Kernels are straight loops over [`Lanes`]; choices are selects, so that the compiler vectorises them.
//! - Random numbers have an address (seed, path, step, stream); there is no generator state: [`draw`].
//! - `ln`, `exp` and the like are our own, from `+ - * /` and bit operations: [`elementary`], [`normal`].
//! - One kernel is compiled once per instruction set and chosen at run time, same bits: [`per_isa!`].
//! - Summaries are integers, so merging is exact in any order: [`LogHistogram`].

// In reading order; blank lines keep it.
pub mod lanes;

pub mod elementary;
pub mod normal;

pub mod philox;

pub mod counts;
pub mod draw;

pub mod isa;

pub mod histogram;
mod moments;
mod nearest;
pub mod sum;

pub use counts::LogCounts;
pub use draw::Stream;
pub use elementary::{cbrt_estimate, cos_sin_2pi, exp, exp_m1, ln, ln_1p, ln_of_normal};
pub use histogram::LogHistogram;
pub use isa::{Isa, UnknownIsa};
pub use lanes::{Lanes, any_positive, clamp, greater, lesser, select};
pub use normal::{normal_cdf, normal_cdf_7_digits, normal_quantile};
pub use sum::FixedSum;
