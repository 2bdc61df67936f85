//! The inactivity leak: what it is, how scores move, what they cost.
//!
//! The chain leaks while the last finalised epoch lies more than four epochs before the previous one. A missed target adds 4 to
//! a validator's score, a timely one takes 1; outside of a leak 16 more are taken. A missed target costs
//! `E score / (4 quotient)`, during a leak and as long after it as the score lasts. From a score of zero the loss in `n` epochs is
//! near `E (1 - exp(-n^2 / 2^25))`.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `specs/phase0/beacon-chain.md` (`is_in_inactivity_leak`),
//! `specs/altair/beacon-chain.md` (`process_inactivity_updates`, `get_inactivity_penalty_deltas`), `specs/bellatrix/beacon-chain.md`
//! (quotient).
//!
//! Units: Gwei and epochs. Domain: scores and penalties since Altair.

use super::checked::{add, mul};
use super::fork::Fork;
use super::validator::{ValidatorError, previous_epoch};

const MIN_EPOCHS_TO_INACTIVITY_PENALTY: u64 = 4;
const INACTIVITY_SCORE_BIAS: u64 = 4;
const INACTIVITY_SCORE_RECOVERY_RATE: u64 = 16;

/// Whether the chain leaks in the step at the end of `epoch` (`is_in_inactivity_leak`). A finalised epoch after the previous one
/// does not exist, and is no leak.
#[must_use]
pub fn is_leaking(epoch: u64, finalized_epoch: u64) -> bool {
    previous_epoch(epoch).saturating_sub(finalized_epoch) > MIN_EPOCHS_TO_INACTIVITY_PENALTY
}

/// Score after one epoch.
///
/// # Errors
/// When the score leaves 64 bits.
pub fn next_inactivity_score(score: u64, target_timely: bool, leaking: bool) -> Result<u64, ValidatorError> {
    let moved = if target_timely { score.saturating_sub(1) } else { add(score, INACTIVITY_SCORE_BIAS)? };
    Ok(if leaking { moved } else { moved.saturating_sub(INACTIVITY_SCORE_RECOVERY_RATE) })
}

/// Penalty of a validator that missed its target.
///
/// # Errors
/// When a product leaves 64 bits, or in phase 0.
pub fn inactivity_penalty(fork: Fork, effective_balance: u64, score: u64) -> Result<u64, ValidatorError> {
    if fork == Fork::Phase0 {
        return Err(ValidatorError::NoParticipationFlags);
    }
    let divisor = INACTIVITY_SCORE_BIAS * fork.inactivity_penalty_quotient();
    Ok(mul(effective_balance, score)? / divisor)
}
