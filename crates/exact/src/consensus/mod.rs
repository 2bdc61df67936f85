//! The Ethereum consensus layer: who may leave and enter when, and what slashings and leaks cost.
//!
//! - [`exit_clock`]: churn and exit epochs.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, mainnet preset and configuration.

pub mod exit_clock;
