//! The Ethereum consensus layer: who may leave and enter when, and what slashings and leaks cost.
//!
//! - [`exit_clock`]: churn and exit epochs.
//! - [`fork`], [`validator`], [`exits`]: constants by fork, a validator's state, its way into the exit queue.
//! - [`slashing`], [`slashings_vector`]: initial and correlation penalties.
//! - [`attestation`], [`inactivity`], [`settlement`], [`effective_balance`], [`justification`]: the end of an epoch.
//! - [`slashed_set`]: losses over time of validators slashed together.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, mainnet preset and configuration.

pub mod attestation;
pub mod effective_balance;
pub mod exit_clock;
pub mod exits;
pub mod fork;
pub mod inactivity;
pub mod justification;
pub mod settlement;
pub mod slashed_set;
pub mod slashing;
pub mod slashings_vector;
pub mod validator;

mod checked;
mod slashed_run;
