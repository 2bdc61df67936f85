//! Files of the consensus layer: churn, exits, entries, sweeps, slashings, leaks.

mod churn;
mod consolidation_clock;
mod entry_queue;
mod exit_bulk;
mod exit_clock;
mod exit_queue_pre_electra;
mod exit_sequences;
mod penalties;
mod rows;
mod withdrawal_requests;
mod withdrawal_sweep;
mod withdrawal_sweep_time;

use super::Format;

pub(super) use penalties::FORMATS as PENALTIES;

pub(super) const FORMATS: &[Format] = &[
    churn::SINCE_ELECTRA,
    churn::BEFORE_ELECTRA,
    exit_clock::FORMAT,
    exit_bulk::FORMAT,
    exit_sequences::FORMAT,
    exit_queue_pre_electra::FORMAT,
    consolidation_clock::FORMAT,
    withdrawal_requests::FORMAT,
    entry_queue::FORMAT,
    withdrawal_sweep::FORMAT,
    withdrawal_sweep_time::FORMAT,
];
