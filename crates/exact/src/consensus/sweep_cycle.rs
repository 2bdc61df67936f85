//! How long the withdrawal sweep takes to come round, by formula: for estimates where nobody can list the validators.
//!
//! ```text
//! cycle = max( ceil(paid / 16), ceil(n / 16384) ) slots;   paid / 8 while every block has 8 withdrawals in part
//! Lido's oracle: mean delay = floor( ceil((paid + partials in the cycle) / 16 / 32) / 2 ) epochs
//! ```
//!
//! The cycle holds for payments that are spread evenly over the registry; where they cluster it takes longer, which
//! [`super::withdrawal_sweep`] counts block by block.
//!
//! Source: lidofinance/lido-oracle at 1d0b9440, `src/modules/oracles/ejector/sweep.py`; limits of
//! ethereum/consensus-specs at a08d8a6e.
//!
//! Units: slots of 12 s and epochs. Domain: all of `u64`.

use super::entry_queue::SLOTS_PER_EPOCH;
use super::withdrawal_sweep::{
    MAX_PARTIALS_PER_PAYLOAD, MAX_VALIDATORS_PER_SWEEP, MAX_WITHDRAWALS_PER_PAYLOAD,
};

/// Slots of a full cycle over `validators`, of which `paid` are owed something.
#[must_use]
pub fn full_cycle_slots(validators: u64, paid: u64) -> u64 {
    cycle(validators, paid, MAX_WITHDRAWALS_PER_PAYLOAD)
}

/// The same while withdrawals in part take their 8 places of every block.
#[must_use]
pub fn full_cycle_slots_with_saturated_partials(validators: u64, paid: u64) -> u64 {
    cycle(validators, paid, MAX_WITHDRAWALS_PER_PAYLOAD - MAX_PARTIALS_PER_PAYLOAD)
}

fn cycle(validators: u64, paid: u64, places: usize) -> u64 {
    paid.div_ceil(places as u64).max(validators.div_ceil(MAX_VALIDATORS_PER_SWEEP as u64))
}

/// Mean delay in epochs as Lido's oracle predicts it, from the sweep's payments of a cycle and the withdrawals in part
/// that wait. Of those a cycle holds as many as payments, the rest is left for the next. Saturates at 64 bits.
#[must_use]
pub fn lido_sweep_delay_epochs(paid: u64, pending_partials: u64) -> u64 {
    // 8 places for partials against 8 for the others: their ratio in a saturated block is 1.
    let withdrawals = paid.saturating_add(pending_partials.min(paid));
    withdrawals.div_ceil(MAX_WITHDRAWALS_PER_PAYLOAD as u64 * SLOTS_PER_EPOCH) / 2
}
