//! What benchmarks share: the study they measure, the pools, and the kernels as they run in production.
//!
//! The benchmarks themselves live in `benches/`, the same models by others in `peers/`, measured figures in `record/`.
//! The study needs the feature `engine`.

pub mod contracts;
pub mod kernels;
pub mod lending;
pub mod mechanics;
pub mod pools;
#[cfg(feature = "engine")]
mod study;

#[cfg(feature = "engine")]
pub use study::{FULL_MODEL, WEETH_2024_08, plan};
