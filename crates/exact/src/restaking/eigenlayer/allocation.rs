//! Magnitude that an operator puts at a set's disposal, and since and until when.

use super::{ALLOCATION_CONFIGURATION_DELAY_BLOCKS, EigenLayerError};

/// Magnitude allocated to one operator set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Allocation {
    /// Magnitude the set can slash.
    pub current_magnitude: u64,
    /// Change that waits: above zero an allocation, below zero a deallocation (slashable until it takes effect).
    pub pending_diff: i128,
    /// First block at which the change holds; zero without one.
    pub effect_block: u32,
}

impl Allocation {
    /// Completes a change that is due; returns the magnitude it frees. A deallocation of which a slash has left nothing
    /// still blocks other changes until it is due.
    pub(super) fn settle(&mut self, block: u32) -> Result<u64, EigenLayerError> {
        if block < self.effect_block {
            return Ok(0);
        }
        let current = add_signed(self.current_magnitude, self.pending_diff)?;
        let freed = self.current_magnitude.saturating_sub(current);
        *self = Self { current_magnitude: current, ..Self::default() };
        Ok(freed)
    }
}

/// A magnitude and a signed change.
pub(super) fn add_signed(magnitude: u64, change: i128) -> Result<u64, EigenLayerError> {
    u64::try_from(i128::from(magnitude) + change).map_err(|_| EigenLayerError::MagnitudeTooLarge)
}

/// Whether and how long an operator set reaches an operator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Registration {
    /// Registered now.
    pub registered: bool,
    /// After leaving: the last block in which the operator can be slashed.
    pub slashable_until: u32,
}

impl Registration {
    /// Whether the set can slash the operator in this block.
    #[must_use]
    pub fn is_slashable(self, block: u32) -> bool {
        self.registered || block <= self.slashable_until
    }
}

/// Blocks between an allocation and its effect, and a change of that number that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AllocationDelay {
    blocks: u32,
    pending: Option<(u32, u32)>,
}

impl AllocationDelay {
    /// A new operator's delay holds at once.
    pub(super) fn new(blocks: u32) -> Self {
        Self { blocks, pending: None }
    }

    /// The delay of an allocation made in this block.
    #[must_use]
    pub fn blocks_at(self, block: u32) -> u32 {
        match self.pending {
            Some((blocks, effect)) if block >= effect => blocks,
            _ => self.blocks,
        }
    }

    /// Replaces a change that waits; one that is due is kept as the delay until the new one holds.
    pub(super) fn change(self, blocks: u32, block: u32) -> Result<Self, EigenLayerError> {
        let effect = add_blocks(block, ALLOCATION_CONFIGURATION_DELAY_BLOCKS, 1)?;
        Ok(Self { blocks: self.blocks_at(block), pending: Some((blocks, effect)) })
    }
}

/// `block + delay + extra`.
pub(super) fn add_blocks(block: u32, delay: u32, extra: u32) -> Result<u32, EigenLayerError> {
    let sum = block.checked_add(delay).and_then(|sum| sum.checked_add(extra));
    sum.ok_or(EigenLayerError::BlockTooLarge)
}
