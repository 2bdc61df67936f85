//! One validator: what the spec keeps of it in the registry, the balances and the inactivity scores.
//!
//! A balance never falls below zero: a penalty takes what is there.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `specs/phase0/beacon-chain.md` (`Validator`, `is_active_validator`,
//! `get_eligible_validator_indices`, `increase_balance`, `decrease_balance`).
//!
//! Units: Gwei and epochs.

use super::checked::add;
use super::exit_clock::ExitClockError;

/// An epoch that is not set.
pub const FAR_FUTURE_EPOCH: u64 = u64::MAX;

/// Why a validator's next state or a penalty does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValidatorError {
    /// A number leaves the spec's 64 bits.
    #[error("a number does not fit 64 bits")]
    Overflow,
    /// The total active balance is below 1 ETH, which the spec's never is.
    #[error("total active balance is below 1 ETH")]
    NoStake,
    /// Phase 0 counts attestations instead of flags and scores.
    #[error("phase0 has no participation flags")]
    NoParticipationFlags,
    /// The validator cannot be queued for exit.
    #[error(transparent)]
    Exit(#[from] ExitClockError),
}

/// A validator's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validator {
    /// Balance that counts as stake, whole ETH.
    pub effective_balance: u64,
    /// Balance.
    pub balance: u64,
    /// Whether the withdrawal credentials are 0x02, which allows 2048 ETH.
    pub compounding: bool,
    /// First active epoch.
    pub activation_epoch: u64,
    /// First epoch in which it is not active any more.
    pub exit_epoch: u64,
    /// First epoch in which it may be withdrawn.
    pub withdrawable_epoch: u64,
    /// Whether it was slashed.
    pub slashed: bool,
    /// Grows with missed targets while the chain does not finalise.
    pub inactivity_score: u64,
}

impl Validator {
    /// A validator that has been active from genesis on.
    #[must_use]
    pub fn active(effective_balance: u64, balance: u64, compounding: bool) -> Self {
        Self {
            effective_balance,
            balance,
            compounding,
            activation_epoch: 0,
            exit_epoch: FAR_FUTURE_EPOCH,
            withdrawable_epoch: FAR_FUTURE_EPOCH,
            slashed: false,
            inactivity_score: 0,
        }
    }

    /// Whether it has duties in the epoch and counts as stake.
    #[must_use]
    pub fn is_active(&self, epoch: u64) -> bool {
        self.activation_epoch <= epoch && epoch < self.exit_epoch
    }

    /// Whether the step at the end of `epoch` settles with it: active in the epoch before, or slashed and not yet
    /// withdrawable.
    #[must_use]
    pub fn is_settled_in(&self, epoch: u64) -> bool {
        let previous = previous_epoch(epoch);
        self.is_active(previous) || (self.slashed && previous.saturating_add(1) < self.withdrawable_epoch)
    }

    /// Adds a reward.
    ///
    /// # Errors
    /// When the balance leaves 64 bits.
    pub fn increase_balance(&mut self, reward: u64) -> Result<(), ValidatorError> {
        self.balance = add(self.balance, reward)?;
        Ok(())
    }

    /// Takes a penalty or what is left; returns what was taken.
    pub fn decrease_balance(&mut self, penalty: u64) -> u64 {
        let taken = penalty.min(self.balance);
        self.balance -= taken;
        taken
    }
}

/// The epoch before; genesis has none but itself.
#[must_use]
pub fn previous_epoch(epoch: u64) -> u64 {
    epoch.saturating_sub(1)
}

/// Effective balance of a set as the spec sums it: at least one increment, for it is divided by.
///
/// # Errors
/// When the sum leaves 64 bits.
pub fn total_balance(effective_balances: impl IntoIterator<Item = u64>) -> Result<u64, ValidatorError> {
    let sum = effective_balances.into_iter().try_fold(0, add)?;
    Ok(sum.max(super::fork::EFFECTIVE_BALANCE_INCREMENT))
}
