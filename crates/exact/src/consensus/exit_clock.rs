//! When validators leave: exit epochs of the Ethereum consensus layer.
//!
//! Since Electra the exit queue is a reservation clock, not a list. With the budget `c` left in the epoch
//! `e = max(earliest, current + 5)` (a fresh one if `e` is new), a balance `b` pushes the clock by as many whole
//! epochs as it lacks:
//!
//! ```text
//! k = ceil((b - c) / churn) if b > c else 0;    e <- e + k;    c <- c + k churn - b
//! ```
//!
//! A later change of churn does not move epochs already assigned. Before Electra whole validators were counted.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `specs/electra/beacon-chain.md` (clock),
//! `specs/phase0/beacon-chain.md` (count rule), `specs/electra/fork.md` (start of the clock); mainnet preset and
//! configuration. The churn is [`super::churn`]'s.
//!
//! Units: Gwei and epochs of 384 s. Domain: all of `u64`; where the spec's 64-bit integers overflow, an error.

pub use super::churn::{ChurnRule, validator_exit_churn};

const MAX_SEED_LOOKAHEAD_EPOCHS: u64 = 4;

/// Epochs between a validator's exit and the first sweep that may pay it.
pub const WITHDRAWABILITY_DELAY_EPOCHS: u64 = 256;

/// Why an exit has no epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExitClockError {
    /// No balance may leave.
    #[error("churn is 0, must be above 0")]
    ZeroChurn,
    /// An epoch or a balance leaves 64 bits.
    #[error("an epoch or balance does not fit 64 bits")]
    Overflow,
}

/// The exit queue since Electra: the last epoch given out and the balance that still fits into it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExitClock {
    /// First epoch that may still have room.
    pub earliest_exit_epoch: u64,
    /// Gwei left in that epoch; may exceed a churn that has fallen since.
    pub exit_balance_to_consume: u64,
}

impl ExitClock {
    /// The clock as the Electra fork starts it: one epoch behind every exit already assigned, with a full budget.
    ///
    /// # Errors
    /// When an epoch overflows.
    pub fn at_electra_fork(
        current_epoch: u64,
        latest_exit_epoch: Option<u64>,
        churn: u64,
    ) -> Result<Self, ExitClockError> {
        let latest = latest_exit_epoch.unwrap_or(0).max(activation_exit_epoch(current_epoch)?);
        let earliest_exit_epoch = latest.checked_add(1).ok_or(ExitClockError::Overflow)?;
        Ok(Self { earliest_exit_epoch, exit_balance_to_consume: churn })
    }

    /// Takes `exit_balance` out of the budget and returns the exit epoch
    /// (`compute_exit_epoch_and_update_churn`).
    ///
    /// # Errors
    /// When the churn is zero and needed, or a number leaves 64 bits; the clock is then unchanged.
    pub fn assign(
        &mut self,
        current_epoch: u64,
        exit_balance: u64,
        churn: u64,
    ) -> Result<u64, ExitClockError> {
        let start = (self.earliest_exit_epoch, self.exit_balance_to_consume);
        let (epoch, left) = reserve(start, current_epoch, exit_balance, churn)?;
        *self = Self { earliest_exit_epoch: epoch, exit_balance_to_consume: left };
        Ok(epoch)
    }
}

/// The exit queue before Electra: the last epoch given out and the validators already in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountedExitQueue {
    /// Last exit epoch given out.
    pub last_exit_epoch: u64,
    /// Validators leaving in it.
    pub validators: u64,
}

impl CountedExitQueue {
    /// The queue of a registry in which these exit epochs are assigned, in any order.
    #[must_use]
    pub fn from_exit_epochs(exit_epochs: &[u64]) -> Self {
        let last_exit_epoch = exit_epochs.iter().copied().max().unwrap_or(0);
        let validators = exit_epochs.iter().filter(|&&epoch| epoch == last_exit_epoch).count() as u64;
        Self { last_exit_epoch, validators }
    }

    /// Queues one validator and returns its exit epoch; `churn` in validators per epoch.
    ///
    /// # Errors
    /// When the churn is zero or an epoch overflows; the queue is then unchanged.
    pub fn assign(&mut self, current_epoch: u64, churn: u64) -> Result<u64, ExitClockError> {
        if churn == 0 {
            return Err(ExitClockError::ZeroChurn);
        }
        let first = activation_exit_epoch(current_epoch)?;
        let (epoch, validators) =
            if self.last_exit_epoch < first { (first, 0) } else { (self.last_exit_epoch, self.validators) };
        *self = if validators >= churn {
            let next = epoch.checked_add(1).ok_or(ExitClockError::Overflow)?;
            Self { last_exit_epoch: next, validators: 1 }
        } else {
            Self { last_exit_epoch: epoch, validators: validators + 1 }
        };
        Ok(self.last_exit_epoch)
    }
}

/// First epoch in which an exit asked for in `current_epoch` can take effect.
///
/// # Errors
/// When the epoch overflows.
pub fn activation_exit_epoch(current_epoch: u64) -> Result<u64, ExitClockError> {
    current_epoch.checked_add(1 + MAX_SEED_LOOKAHEAD_EPOCHS).ok_or(ExitClockError::Overflow)
}

/// Epoch from which the balance of a validator with this exit epoch can be swept.
///
/// # Errors
/// When the epoch overflows.
pub fn withdrawable_epoch(exit_epoch: u64) -> Result<u64, ExitClockError> {
    exit_epoch.checked_add(WITHDRAWABILITY_DELAY_EPOCHS).ok_or(ExitClockError::Overflow)
}

/// Takes `balance` out of a clock of (epoch, budget) and returns the epoch it leaves in with what is left there.
pub(super) fn reserve(
    (earliest, budget): (u64, u64),
    current_epoch: u64,
    balance: u64,
    churn: u64,
) -> Result<(u64, u64), ExitClockError> {
    let first = activation_exit_epoch(current_epoch)?;
    let (epoch, budget) = if earliest < first { (first, churn) } else { (earliest, budget) };
    let lacking = balance.saturating_sub(budget);
    if lacking == 0 {
        return Ok((epoch, budget - balance));
    }
    if churn == 0 {
        return Err(ExitClockError::ZeroChurn);
    }
    let more_epochs = lacking.div_ceil(churn);
    let epoch = epoch.checked_add(more_epochs).ok_or(ExitClockError::Overflow)?;
    let more_budget = more_epochs.checked_mul(churn).ok_or(ExitClockError::Overflow)?;
    let budget = budget.checked_add(more_budget).ok_or(ExitClockError::Overflow)?;
    // The budget covers the balance by construction.
    let left = budget.checked_sub(balance).ok_or(ExitClockError::Overflow)?;
    Ok((epoch, left))
}
