//! What benchmarks share: the study they measure and the kernels as they run in production.
//!
//! The benchmarks themselves live in `benches/`, the same model in other languages in `peers/`, measured figures in
//! `record/`.

pub mod kernels;
mod study;

pub use study::weeth_2024_08;
