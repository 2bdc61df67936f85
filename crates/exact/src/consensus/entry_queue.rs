//! When deposits count: the queue of pending deposits, and the epochs of a new validator.
//!
//! At the end of every epoch the queue is worked off from its head:
//!
//! ```text
//! available = deposit_balance_to_consume + activation churn
//! stop at a deposit that is not final, after 16 deposits, or at one that does not fit into what is available;
//! to a validator whose balance can be withdrawn by then: credited, takes nothing
//! to one that is leaving:                               moved to the end of the queue, takes nothing
//! to any other:                                         credited, takes its amount
//! ```
//!
//! All three kinds count towards the 16. What is left over is kept only if it was the amount that stopped the work.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `specs/electra/beacon-chain.md` (`process_pending_deposits`,
//! `process_registry_updates`). Deposits that still came over the Eth1 bridge, with which mainnet was done in 2025, are
//! not modelled.
//!
//! Units: Gwei, epochs and slots. Domain: all of `u64`.

use super::exit_clock::{ExitClockError, activation_exit_epoch};
use super::registry::{FAR_FUTURE_EPOCH, MIN_ACTIVATION_BALANCE_GWEI};
use std::collections::VecDeque;

/// Slots of an epoch.
pub const SLOTS_PER_EPOCH: u64 = 32;

/// Deposits handled per epoch, whatever becomes of them.
pub const MAX_PENDING_DEPOSITS_PER_EPOCH: usize = 16;

/// A deposit that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PendingDeposit {
    /// Whose balance it will be.
    pub validator: u64,
    /// Gwei.
    pub amount: u64,
    /// Slot of the block that brought it.
    pub slot: u64,
}

/// What becomes of a deposit to a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// It is or will be active, or is new: the deposit takes churn.
    Staying,
    /// It has an exit epoch: the deposit is postponed.
    Leaving,
    /// Its balance can be withdrawn, the deposit will never be stake: it is credited without churn.
    Withdrawable,
}

impl Recipient {
    /// A validator with these epochs, at the end of `current_epoch`.
    #[must_use]
    pub fn of(exit_epoch: u64, withdrawable_epoch: u64, current_epoch: u64) -> Self {
        if withdrawable_epoch <= current_epoch {
            Self::Withdrawable
        } else if exit_epoch < FAR_FUTURE_EPOCH {
            Self::Leaving
        } else {
            Self::Staying
        }
    }
}

/// A balance does not fit 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a balance or slot does not fit 64 bits")]
pub struct EntryQueueOverflow;

/// Deposits in their order, and the churn that an earlier epoch left over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryQueue {
    /// Deposits that wait, the next one first.
    pub pending: VecDeque<PendingDeposit>,
    /// Gwei of churn carried over.
    pub deposit_balance_to_consume: u64,
}

impl EntryQueue {
    /// Gwei of deposits that fit into this epoch.
    ///
    /// # Errors
    /// When they do not fit 64 bits.
    pub fn available(&self, activation_churn: u64) -> Result<u64, EntryQueueOverflow> {
        self.deposit_balance_to_consume.checked_add(activation_churn).ok_or(EntryQueueOverflow)
    }

    /// Works the queue off at the end of an epoch (`process_pending_deposits`) and returns what is credited, in the
    /// queue's order. `recipient` says what a validator is at that time.
    ///
    /// # Errors
    /// When a number leaves 64 bits; the queue is then unchanged.
    pub fn process_epoch(
        &mut self,
        finalized_epoch: u64,
        activation_churn: u64,
        recipient: impl Fn(u64) -> Recipient,
    ) -> Result<Vec<PendingDeposit>, EntryQueueOverflow> {
        let available = self.available(activation_churn)?;
        let finalized_slot = finalized_epoch.checked_mul(SLOTS_PER_EPOCH).ok_or(EntryQueueOverflow)?;
        let mut consumed = 0_u64;
        let mut handled = 0;
        let mut credited = Vec::new();
        let mut postponed = Vec::new();
        let mut is_limit_reached = false;
        for &deposit in self.pending.iter().take(MAX_PENDING_DEPOSITS_PER_EPOCH) {
            if deposit.slot > finalized_slot {
                break;
            }
            match recipient(deposit.validator) {
                Recipient::Withdrawable => credited.push(deposit),
                Recipient::Leaving => postponed.push(deposit),
                Recipient::Staying => {
                    let with_it = consumed.checked_add(deposit.amount).ok_or(EntryQueueOverflow)?;
                    is_limit_reached = with_it > available;
                    if is_limit_reached {
                        break;
                    }
                    consumed = with_it;
                    credited.push(deposit);
                }
            }
            handled += 1;
        }
        self.pending.drain(..handled);
        self.pending.extend(postponed);
        // `consumed` never exceeds what is available.
        self.deposit_balance_to_consume = if is_limit_reached { available - consumed } else { 0 };
        Ok(credited)
    }
}

/// Epoch from which a validator may be activated, as the end of `current_epoch` sets it; `None` while its effective
/// balance is too low.
///
/// # Errors
/// When the epoch overflows.
pub fn activation_eligibility_epoch(
    current_epoch: u64,
    effective_balance: u64,
) -> Result<Option<u64>, ExitClockError> {
    if effective_balance < MIN_ACTIVATION_BALANCE_GWEI {
        return Ok(None);
    }
    current_epoch.checked_add(1).ok_or(ExitClockError::Overflow).map(Some)
}

/// First epoch of duty, as the end of `current_epoch` sets it; `None` while the eligibility is not final. Since Electra
/// activations have no churn of their own: the deposit has paid it.
///
/// # Errors
/// When the epoch overflows.
pub fn activation_epoch(
    current_epoch: u64,
    eligibility_epoch: u64,
    finalized_epoch: u64,
) -> Result<Option<u64>, ExitClockError> {
    if eligibility_epoch > finalized_epoch {
        return Ok(None);
    }
    activation_exit_epoch(current_epoch).map(Some)
}
