//! Entering the exit queue, by balance since Electra and by count before, and ejection of those with little left.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `initiate_validator_exit` and `process_registry_updates` of
//! `specs/phase0/beacon-chain.md`, `specs/electra/beacon-chain.md` and `specs/gloas/beacon-chain.md`.
//!
//! Units: Gwei and epochs.

use super::exit_clock::{ChurnRule, CountedExitQueue, ExitClock, validator_exit_churn, withdrawable_epoch};
use super::fork::Fork;
use super::validator::{FAR_FUTURE_EPOCH, Validator, ValidatorError};

/// Effective balance at and below which a validator is made to leave.
pub const EJECTION_BALANCE: u64 = 16_000_000_000;

/// What the churn is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stake {
    /// Effective balance of all active validators; decides since Electra.
    pub total_active_balance: u64,
    /// Their number; decides before.
    pub active_validators: u64,
}

/// The queue of those who leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExitQueue {
    /// Before Electra.
    ByCount(CountedExitQueue),
    /// Since Electra.
    ByBalance(ChurnRule, ExitClock),
}

impl ExitQueue {
    /// A queue in which nobody waits.
    #[must_use]
    pub fn empty(fork: Fork) -> Self {
        Self::with_clock(fork, ExitClock::default())
    }

    /// A queue that stands at the clock; before Electra there is none, and the queue is empty.
    #[must_use]
    pub fn with_clock(fork: Fork, clock: ExitClock) -> Self {
        match fork.churn_rule() {
            Some(rule) => Self::ByBalance(rule, clock),
            None => Self::ByCount(CountedExitQueue::default()),
        }
    }

    /// The clock of a queue by balance.
    #[must_use]
    pub fn clock(&self) -> Option<ExitClock> {
        match self {
            Self::ByBalance(_, clock) => Some(*clock),
            Self::ByCount(_) => None,
        }
    }

    fn assign(&mut self, epoch: u64, balance: u64, stake: Stake) -> Result<u64, ValidatorError> {
        let exit_epoch = match self {
            Self::ByBalance(rule, clock) => {
                clock.assign(epoch, balance, rule.exit_churn(stake.total_active_balance))
            }
            Self::ByCount(queue) => queue.assign(epoch, validator_exit_churn(stake.active_validators)),
        };
        Ok(exit_epoch?)
    }
}

impl Validator {
    /// Queues the validator (`initiate_validator_exit`); one that leaves already is left as it is. Returns whether it was
    /// queued.
    ///
    /// # Errors
    /// When an epoch overflows; validator and queue are then unchanged.
    pub fn initiate_exit(
        &mut self,
        queue: &mut ExitQueue,
        epoch: u64,
        stake: Stake,
    ) -> Result<bool, ValidatorError> {
        if self.exit_epoch != FAR_FUTURE_EPOCH {
            return Ok(false);
        }
        let mut moved = *queue;
        let exit_epoch = moved.assign(epoch, self.effective_balance, stake)?;
        self.withdrawable_epoch = withdrawable_epoch(exit_epoch)?;
        self.exit_epoch = exit_epoch;
        *queue = moved;
        Ok(true)
    }

    /// Queues an active validator whose effective balance is at or below [`EJECTION_BALANCE`] (the ejections of
    /// `process_registry_updates`). Returns whether it was queued.
    ///
    /// # Errors
    /// When an epoch overflows; validator and queue are then unchanged.
    pub fn eject_if_low(
        &mut self,
        queue: &mut ExitQueue,
        epoch: u64,
        stake: Stake,
    ) -> Result<bool, ValidatorError> {
        if self.is_active(epoch) && self.effective_balance <= EJECTION_BALANCE {
            self.initiate_exit(queue, epoch, stake)
        } else {
            Ok(false)
        }
    }
}
