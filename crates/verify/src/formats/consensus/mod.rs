//! Files of the consensus layer: churn, exits, entries, sweeps, slashings, leaks.

mod churn;
mod exit_bulk;
mod exit_clock;
mod exit_queue_pre_electra;
mod exit_sequences;
mod penalties;

use super::Format;

pub(super) use penalties::FORMATS as PENALTIES;

pub(super) const FORMATS: &[Format] = &[
    churn::SINCE_ELECTRA,
    churn::BEFORE_ELECTRA,
    exit_clock::FORMAT,
    exit_bulk::FORMAT,
    exit_sequences::FORMAT,
    exit_queue_pre_electra::FORMAT,
];
