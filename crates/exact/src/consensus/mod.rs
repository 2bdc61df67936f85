//! The Ethereum consensus layer: who may leave and enter when, and what slashings and leaks cost.
//!
//! - [`registry`]: validators as the queues see them, the total active balance;
//! - [`churn`]: how much may leave, enter and merge per epoch;
//! - [`exit_clock`], [`consolidation_clock`]: exit epochs;
//! - [`exit_queues`]: both clocks under one rule, the exit of a validator;
//! - [`withdrawal_request`], [`withdrawal_fee`]: requests to leave or to withdraw a part, and their price;
//! - [`entry_queue`]: when deposits count;
//! - [`withdrawal_sweep`], [`sweep_cycle`]: who is paid in which block, and how long a round takes;
//! - [`fork`], [`validator`], [`exits`]: constants by fork, a validator's state, its way into the exit queue;
//! - [`slashing`], [`slashings_vector`]: initial and correlation penalties;
//! - [`attestation`], [`inactivity`], [`settlement`], [`effective_balance`], [`justification`]: the end of an epoch;
//! - [`slashed_set`]: losses over time of validators slashed together.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, mainnet preset and configuration.

pub mod attestation;
pub mod churn;
pub mod consolidation_clock;
pub mod effective_balance;
pub mod entry_queue;
pub mod exit_clock;
pub mod exit_queues;
pub mod exits;
pub mod fork;
pub mod inactivity;
pub mod justification;
pub mod registry;
pub mod settlement;
pub mod slashed_set;
pub mod slashing;
pub mod slashings_vector;
pub mod sweep_cycle;
pub mod validator;
pub mod withdrawal_fee;
pub mod withdrawal_request;
pub mod withdrawal_sweep;

mod checked;
mod slashed_run;
