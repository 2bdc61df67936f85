//! When validators that merge into another one leave: the exit clock once more, on the consolidation churn.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `specs/electra/beacon-chain.md`
//! (`compute_consolidation_epoch_and_update_churn`).
//!
//! Units: Gwei and epochs. Domain: all of `u64`; below about 17 million staked ETH the churn of Electra is zero, and
//! the spec's division by it an error here too.

use super::exit_clock::{ExitClockError, reserve};

/// The consolidation queue: the last epoch given out and the balance that still fits into it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConsolidationClock {
    /// First epoch that may still have room.
    pub earliest_consolidation_epoch: u64,
    /// Gwei left in that epoch; may exceed a churn that has fallen since.
    pub consolidation_balance_to_consume: u64,
}

impl ConsolidationClock {
    /// Takes `balance` out of the budget and returns the epoch in which the source leaves.
    ///
    /// # Errors
    /// When the churn is zero and needed, or a number leaves 64 bits; the clock is then unchanged.
    pub fn assign(&mut self, current_epoch: u64, balance: u64, churn: u64) -> Result<u64, ExitClockError> {
        let start = (self.earliest_consolidation_epoch, self.consolidation_balance_to_consume);
        let (epoch, left) = reserve(start, current_epoch, balance, churn)?;
        *self = Self { earliest_consolidation_epoch: epoch, consolidation_balance_to_consume: left };
        Ok(epoch)
    }
}
