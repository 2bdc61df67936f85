//! What validators lose that are slashed together, epoch by epoch until the last of them can be withdrawn.
//!
//! `n` identical validators are slashed in epoch `s`, one after the other: each takes its place in the exit queue and pays the
//! initial penalty. From then on every epoch's end charges attestations and, in a leak and until the scores have
//! decayed, inactivity, up to each one's withdrawable epoch; in its own epoch each pays the correlation penalty, with the stake and
//! the slashings of that epoch:
//!
//! ```text
//! per epoch: settle -> correlation -> effective balances -> reset of the slashings vector
//! ```
//!
//! The rest of the stake is online and keeps its effective balance. Validators with the same withdrawable epoch share
//! their state, and all share it until they pay the correlation penalty: the work is a step per epoch and per group that has paid.
//!
//! Source: the parts in this folder; nothing here is a formula of its own.
//!
//! Units: Gwei and epochs. Domain: Altair and later.

use super::exits::{ExitQueue, Stake};
use super::fork::{EFFECTIVE_BALANCE_INCREMENT, Fork};
use super::slashed_run::Run;
use super::validator::{Validator, ValidatorError};
use std::collections::BTreeMap;

/// Longest time followed, some 25 years: an exit clock beyond it is no queue.
pub(super) const MAX_EPOCHS: u64 = 1 << 21;

/// Why a set's losses do not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlashedSetError {
    /// More is slashed than is staked.
    #[error(
        "the slashed validators' effective balance exceeds the total active balance {total_active_balance}"
    )]
    MoreThanTheStake {
        /// The total given.
        total_active_balance: u64,
    },
    /// The exit queue is longer than any that is followed.
    #[error("withdrawable {epochs} epochs after the slashing, must be at most 2097152")]
    QueueTooLong {
        /// The wait.
        epochs: u64,
    },
    /// A step has no result.
    #[error(transparent)]
    Validator(#[from] ValidatorError),
}

/// Identical validators slashed together, and the chain around them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlashedSet {
    /// The rules.
    pub fork: Fork,
    /// Epoch of the slashing.
    pub epoch: u64,
    /// How many.
    pub validators: u64,
    /// Each one's state before.
    pub validator: Validator,
    /// The chain before the slashing, the set included.
    pub stake: Stake,
    /// Who leaves before them.
    pub exit_queue: ExitQueue,
    /// Effective balances of others that are slashed, by epoch; they count in the vector only.
    pub other_slashings: BTreeMap<u64, u64>,
    /// For so many epochs from the slashing on the chain leaks.
    pub leak_epochs: u64,
}

/// Loss of the whole set since before the slashing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LossAt {
    /// The epoch that has ended.
    pub epoch: u64,
    /// Gwei lost until then.
    pub loss: u64,
}

impl SlashedSet {
    /// Losses after each epoch, from that of the slashing to the last in which one of the set is charged.
    ///
    /// # Errors
    /// When the set exceeds the stake, the exit queue is endless, or a step has no result.
    pub fn losses(&self) -> Result<Vec<LossAt>, SlashedSetError> {
        let mut run = Run::slash_all(self)?;
        let mut losses = Vec::new();
        for epoch in self.epoch..run.end(self.epoch) {
            run.end_epoch(self, epoch)?;
            losses.push(LossAt { epoch, loss: run.loss()? });
        }
        Ok(losses)
    }

    /// Effective balance of everybody else.
    pub(super) fn others_balance(&self) -> Result<u64, SlashedSetError> {
        let total_active_balance = self.stake.total_active_balance;
        // A validator without stake would leave in no time, and any number of them.
        let each = self.validator.effective_balance.max(EFFECTIVE_BALANCE_INCREMENT);
        let slashed = self.validators.checked_mul(each);
        slashed
            .and_then(|slashed| total_active_balance.checked_sub(slashed))
            .ok_or(SlashedSetError::MoreThanTheStake { total_active_balance })
    }
}
