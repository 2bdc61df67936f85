//! The exit queue and the consolidation queue under one churn rule, and the exit of a validator.
//!
//! EIP-8080 sends an exit through the consolidation queue where that one is shorter; it takes two thirds of its balance
//! there, for an exit weighs less on the weak-subjectivity period than a consolidation:
//!
//! ```text
//! if max(earliest exit, current + 5) > max(earliest consolidation, current + 5):
//!     consolidation clock takes floor(2 balance / 3)
//! else: exit clock takes the balance
//! ```
//!
//! Under every other rule an exit is the exit clock's.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `specs/electra/beacon-chain.md` (`initiate_validator_exit`);
//! ethereum/EIPs at f767a1e8, `EIPS/eip-8080.md`.
//!
//! Units: Gwei and epochs. Domain: all of `u64`. Below about 17 million staked ETH the draft divides by a consolidation
//! churn of zero as soon as the exit queue is the longer one; that is an error here too.

use super::churn::ChurnRule;
use super::consolidation_clock::ConsolidationClock;
use super::exit_clock::{ExitClock, ExitClockError, activation_exit_epoch, withdrawable_epoch};
use super::registry::RegistryEntry;

/// Both clocks and the rule that winds them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExitQueues {
    /// Limits per epoch.
    pub rule: ChurnRule,
    /// Exits and withdrawals in part.
    pub exits: ExitClock,
    /// Consolidations.
    pub consolidations: ConsolidationClock,
}

impl ExitQueues {
    /// Queues under a rule, with an exit clock and nothing consolidated yet.
    #[must_use]
    pub fn new(rule: ChurnRule, exits: ExitClock) -> Self {
        Self { rule, exits, consolidations: ConsolidationClock::default() }
    }

    /// Exit epoch of a balance that leaves.
    ///
    /// # Errors
    /// When a churn is zero or a number leaves 64 bits; the queues are then unchanged.
    pub fn assign_exit(
        &mut self,
        current_epoch: u64,
        total_active_balance: u64,
        balance: u64,
    ) -> Result<u64, ExitClockError> {
        if self.rule == ChurnRule::Eip8080 && self.consolidations_are_shorter(current_epoch)? {
            let doubled = balance.checked_mul(2).ok_or(ExitClockError::Overflow)?;
            return self.assign_consolidation(current_epoch, total_active_balance, doubled / 3);
        }
        let churn = self.rule.exit_churn(total_active_balance);
        self.exits.assign(current_epoch, balance, churn)
    }

    /// Exit epoch of the source of a consolidation.
    ///
    /// # Errors
    /// When the churn is zero or a number leaves 64 bits; the queues are then unchanged.
    pub fn assign_consolidation(
        &mut self,
        current_epoch: u64,
        total_active_balance: u64,
        balance: u64,
    ) -> Result<u64, ExitClockError> {
        let churn = self.rule.consolidation_churn(total_active_balance);
        self.consolidations.assign(current_epoch, balance, churn)
    }

    /// Gives a validator its exit and withdrawable epochs; one that has an exit keeps it and takes nothing out of the
    /// clock (`initiate_validator_exit`). Returns the exit epoch.
    ///
    /// # Errors
    /// When a churn is zero or a number leaves 64 bits; validator and queues are then unchanged.
    pub fn initiate_exit(
        &mut self,
        current_epoch: u64,
        total_active_balance: u64,
        validator: &mut RegistryEntry,
    ) -> Result<u64, ExitClockError> {
        if validator.has_exit() {
            return Ok(validator.exit_epoch);
        }
        let before = *self;
        let exit = self.assign_exit(current_epoch, total_active_balance, validator.effective_balance)?;
        let withdrawable = withdrawable_epoch(exit).inspect_err(|_| *self = before)?;
        validator.exit_epoch = exit;
        validator.withdrawable_epoch = withdrawable;
        Ok(exit)
    }

    fn consolidations_are_shorter(&self, current_epoch: u64) -> Result<bool, ExitClockError> {
        let first = activation_exit_epoch(current_epoch)?;
        let exits = self.exits.earliest_exit_epoch.max(first);
        Ok(exits > self.consolidations.earliest_consolidation_epoch.max(first))
    }
}
