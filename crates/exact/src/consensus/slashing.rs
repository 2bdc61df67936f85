//! What a slashing takes: at once, and in the middle of the wait for withdrawal.
//!
//! A validator with effective balance `E` slashed in epoch `s` is queued for exit in `x`, becomes withdrawable in
//! `w = max(x + 256, s + 8192)` (one that leaves already keeps its `x`) and pays `E / quotient`, a smaller part of which goes to
//! the reporter and the proposer. In epoch `w - 4096` it pays in proportion to the stake `S` slashed within the vector:
//!
//! ```text
//! adj = min(multiplier S, T)
//! since Electra:  floor(adj / (T / increment)) * (E / increment)
//! before:         floor((E / increment) * adj / T) * increment        (whole ETH: nothing below about 1 % slashed)
//! ```
//!
//! `E` and `T` are those of that epoch. Behind a long exit queue it comes later, and from `x - s >= 12032` on the validator's own
//! slashing has left the vector.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `slash_validator` and `process_slashings` of `specs/phase0/beacon-chain.md`,
//! `specs/altair/beacon-chain.md`, `specs/bellatrix/beacon-chain.md` and `specs/electra/beacon-chain.md`.
//!
//! Units: Gwei and epochs. Domain: where the spec's 64-bit integers overflow, an error.

use super::checked::{add, div_by_stake, mul};
use super::exits::{ExitQueue, Stake};
use super::fork::{EFFECTIVE_BALANCE_INCREMENT, Fork};
use super::slashings_vector::{EPOCHS_PER_SLASHINGS_VECTOR, SlashingsVector};
use super::validator::{Validator, ValidatorError};

/// `PROPOSER_REWARD_QUOTIENT` of phase 0; since Altair 8 of 64 weights, the same number.
const PROPOSER_REWARD_QUOTIENT: u64 = 8;

/// What a slashing moves at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InitialSlashing {
    /// Asked of the validator.
    pub penalty: u64,
    /// Reward for reporting, the proposer's part included.
    pub whistleblower_reward: u64,
    /// The proposer's part.
    pub proposer_reward: u64,
}

impl InitialSlashing {
    /// The amounts for an effective balance.
    #[must_use]
    pub fn of(fork: Fork, effective_balance: u64) -> Self {
        let whistleblower_reward = effective_balance / fork.whistleblower_reward_quotient();
        Self {
            penalty: effective_balance / fork.min_slashing_penalty_quotient(),
            whistleblower_reward,
            proposer_reward: whistleblower_reward / PROPOSER_REWARD_QUOTIENT,
        }
    }

    /// What is paid to the proposer, and to the reporter if that is somebody else. Clients let the proposer be both.
    #[must_use]
    pub fn rewards(&self, whistleblower_is_proposer: bool) -> (u64, u64) {
        if whistleblower_is_proposer {
            (self.whistleblower_reward, 0)
        } else {
            (self.proposer_reward, self.whistleblower_reward - self.proposer_reward)
        }
    }
}

impl Validator {
    /// Slashes the validator in `epoch` (`slash_validator`).
    ///
    /// # Errors
    /// When a number leaves 64 bits; validator, queue and vector are then unchanged.
    pub fn slash(
        &mut self,
        fork: Fork,
        queue: &mut ExitQueue,
        slashings: &mut SlashingsVector,
        epoch: u64,
        stake: Stake,
    ) -> Result<InitialSlashing, ValidatorError> {
        let (mut slashed, mut moved) = (*self, *queue);
        slashed.initiate_exit(&mut moved, epoch, stake)?;
        slashed.slashed = true;
        let earliest = add(epoch, EPOCHS_PER_SLASHINGS_VECTOR)?;
        slashed.withdrawable_epoch = slashed.withdrawable_epoch.max(earliest);
        let initial = InitialSlashing::of(fork, self.effective_balance);
        slashed.decrease_balance(initial.penalty);
        slashings.add(epoch, self.effective_balance)?;
        (*self, *queue) = (slashed, moved);
        Ok(initial)
    }

    /// Takes the correlation penalty if `epoch` is the validator's epoch for it (`process_slashings`); returns what was taken.
    ///
    /// # Errors
    /// As [`correlation_penalty`]; the validator is then unchanged.
    pub fn charge_correlation(
        &mut self,
        fork: Fork,
        epoch: u64,
        slashed_balance: u64,
        total_active_balance: u64,
    ) -> Result<u64, ValidatorError> {
        if !self.slashed || correlation_epoch(self.withdrawable_epoch) != Some(epoch) {
            return Ok(0);
        }
        let effective = self.effective_balance;
        let penalty = correlation_penalty(fork, effective, slashed_balance, total_active_balance)?;
        Ok(self.decrease_balance(penalty))
    }
}

/// Epoch in which a slashed validator pays for those slashed with it; none if that were before genesis.
#[must_use]
pub fn correlation_epoch(withdrawable_epoch: u64) -> Option<u64> {
    withdrawable_epoch.checked_sub(EPOCHS_PER_SLASHINGS_VECTOR / 2)
}

/// Penalty in proportion to the balance slashed within the vector, before it is cut to the validator's balance.
///
/// # Errors
/// When there is no stake, or a product leaves 64 bits.
pub fn correlation_penalty(
    fork: Fork,
    effective_balance: u64,
    slashed_balance: u64,
    total_active_balance: u64,
) -> Result<u64, ValidatorError> {
    let counted = mul(slashed_balance, fork.proportional_slashing_multiplier())?.min(total_active_balance);
    let increments = effective_balance / EFFECTIVE_BALANCE_INCREMENT;
    if fork < Fork::Electra {
        let whole = div_by_stake(mul(increments, counted)?, total_active_balance)?;
        mul(whole, EFFECTIVE_BALANCE_INCREMENT)
    } else {
        let per_increment = div_by_stake(counted, total_active_balance / EFFECTIVE_BALANCE_INCREMENT)?;
        mul(per_increment, increments)
    }
}
