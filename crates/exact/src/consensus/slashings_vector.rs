//! How much was slashed in each of the last 8192 epochs: a ring of sums of effective balances.
//!
//! When the step at the end of `epoch` sums the ring, it holds the slashings of `(epoch - 8192, epoch]`; the same step clears
//! the slot of the next epoch afterwards.
//!
//! Source: ethereum/consensus-specs at a08d8a6e, `specs/phase0/beacon-chain.md` (`slashings`, `process_slashings_reset`).

use super::checked::add;
use super::validator::ValidatorError;
use std::collections::BTreeMap;
use std::ops::Range;

/// `EPOCHS_PER_SLASHINGS_VECTOR`, 36.4 days.
pub const EPOCHS_PER_SLASHINGS_VECTOR: u64 = 8192;

/// The ring, in Gwei.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlashingsVector {
    slots: Vec<u64>,
    sum: u64,
}

impl Default for SlashingsVector {
    fn default() -> Self {
        Self { slots: vec![0; EPOCHS_PER_SLASHINGS_VECTOR as usize], sum: 0 }
    }
}

impl SlashingsVector {
    /// The ring at the end of `epoch`, before its reset, where these effective balances were slashed by epoch; later ones are not
    /// in it yet.
    ///
    /// # Errors
    /// When a sum leaves 64 bits.
    pub fn at_end_of(epoch: u64, slashed: &BTreeMap<u64, u64>) -> Result<Self, ValidatorError> {
        let mut vector = Self::default();
        let mut at = 0;
        for (&slashed_at, &effective_balance) in slashed.range(..=epoch) {
            vector.reset_after_each(at..slashed_at);
            vector.add(slashed_at, effective_balance)?;
            at = slashed_at;
        }
        vector.reset_after_each(at..epoch);
        Ok(vector)
    }

    /// Adds an effective balance to the slot of the epoch.
    ///
    /// # Errors
    /// When the sum leaves 64 bits; the ring is then unchanged.
    pub fn add(&mut self, epoch: u64, effective_balance: u64) -> Result<(), ValidatorError> {
        let sum = add(self.sum, effective_balance)?;
        // A slot is at most the sum of all.
        self.slots[slot(epoch)] += effective_balance;
        self.sum = sum;
        Ok(())
    }

    /// Clears the slot of the epoch after (`process_slashings_reset`).
    pub fn reset_after(&mut self, epoch: u64) {
        let cleared = std::mem::take(&mut self.slots[slot(epoch.wrapping_add(1))]);
        self.sum -= cleared;
    }

    /// [`Self::reset_after`] for each epoch of the range.
    pub fn reset_after_each(&mut self, epochs: Range<u64>) {
        // A second turn of the ring would find it empty.
        let last = epochs.end.min(epochs.start.saturating_add(EPOCHS_PER_SLASHINGS_VECTOR));
        for epoch in epochs.start..last {
            self.reset_after(epoch);
        }
    }

    /// What stands in the slot of the epoch, of whatever turn.
    #[must_use]
    pub fn entry(&self, epoch: u64) -> u64 {
        self.slots[slot(epoch)]
    }

    /// Sum of the ring.
    #[must_use]
    pub fn sum(&self) -> u64 {
        self.sum
    }
}

/// Place of the epoch in the ring.
#[must_use]
pub fn slot(epoch: u64) -> usize {
    (epoch % EPOCHS_PER_SLASHINGS_VECTOR) as usize
}
