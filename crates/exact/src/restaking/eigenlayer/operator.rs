//! An operator in the strategy: shares delegated to it, magnitude, allocations, withdrawals from it that can still be
//! slashed.
//!
//! The contracts complete due deallocations when they next touch the operator; here they are completed as soon as the
//! block is reached. The same numbers result: deallocations wait equally long, so that they fall due in the order in
//! which they were made, and every reader of the contracts sees due ones as completed.

use ruint::aliases::U256;
use std::collections::BTreeMap;

use super::allocation::{add_blocks, add_signed};
use super::history::History;
use super::slashing_lib::{WAD_U64, div_wad, mul_wad, mul_wad_up, slashed_amount};
use super::{
    Allocation, AllocationDelay, DEALLOCATION_DELAY_BLOCKS, EigenLayerError, Registration,
    WITHDRAWAL_DELAY_BLOCKS,
};
use crate::ArithmeticError;
use crate::arithmetic::{add, sub};

/// One operator's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    pub(super) shares: U256,
    max_magnitude: History<u64>,
    encumbered: u64,
    allocations: BTreeMap<u32, Allocation>,
    pub(super) registrations: BTreeMap<u32, Registration>,
    pub(super) allocation_delay: AllocationDelay,
    /// Scaled shares ever queued from this operator, by block.
    queued: History<U256>,
}

impl Operator {
    pub(super) fn new(allocation_delay: u32) -> Self {
        Self {
            shares: U256::ZERO,
            max_magnitude: History::new(WAD_U64),
            encumbered: 0,
            allocations: BTreeMap::new(),
            registrations: BTreeMap::new(),
            allocation_delay: AllocationDelay::new(allocation_delay),
            queued: History::new(U256::ZERO),
        }
    }

    /// Shares delegated and not queued.
    #[must_use]
    pub fn shares(&self) -> U256 {
        self.shares
    }

    /// What is left of the magnitude, 1e18 at first.
    #[must_use]
    pub fn max_magnitude(&self) -> u64 {
        self.max_magnitude.latest()
    }

    /// The max magnitude at the end of a block.
    #[must_use]
    pub fn max_magnitude_at(&self, block: u32) -> u64 {
        self.max_magnitude.at(block)
    }

    /// Magnitude that is allocated or waits to be freed.
    #[must_use]
    pub fn encumbered_magnitude(&self) -> u64 {
        self.encumbered
    }

    /// Magnitude allocated to a set.
    #[must_use]
    pub fn allocation(&self, set: u32) -> Allocation {
        self.allocations.get(&set).copied().unwrap_or_default()
    }

    /// Membership of a set.
    #[must_use]
    pub fn registration(&self, set: u32) -> Registration {
        self.registrations.get(&set).copied().unwrap_or_default()
    }

    /// Blocks until an allocation made in this block takes effect.
    #[must_use]
    pub fn allocation_delay(&self, block: u32) -> u32 {
        self.allocation_delay.blocks_at(block)
    }

    /// Shares of queued withdrawals that a slash in this block would reach.
    ///
    /// # Errors
    /// When the chain is younger than the escrow.
    pub fn slashable_shares_in_queue(&self, block: u32) -> Result<U256, EigenLayerError> {
        let first = block.checked_sub(WITHDRAWAL_DELAY_BLOCKS).and_then(|first| first.checked_sub(1));
        let before = self.queued.at(first.ok_or(ArithmeticError::Underflow)?);
        mul_wad(sub(self.queued.latest(), before)?, U256::from(self.max_magnitude()))
    }

    /// Least shares a set can slash from `block` to `future_block` (`getMinimumSlashableStake`): what is allocated,
    /// less deallocations that take effect by then.
    ///
    /// # Errors
    /// When a number leaves the word.
    pub fn minimum_slashable_shares(
        &self,
        set: u32,
        block: u32,
        future_block: u32,
    ) -> Result<U256, EigenLayerError> {
        if !self.registration(set).is_slashable(block) || self.max_magnitude() == 0 {
            return Ok(U256::ZERO);
        }
        let allocation = self.allocation(set);
        let leaves = allocation.pending_diff < 0 && allocation.effect_block <= future_block;
        let change = if leaves { allocation.pending_diff } else { 0 };
        let magnitude = add_signed(allocation.current_magnitude, change)?;
        mul_wad(self.shares, div_wad(U256::from(magnitude), U256::from(self.max_magnitude()))?)
    }

    pub(super) fn settle(&mut self, block: u32) -> Result<(), EigenLayerError> {
        for allocation in self.allocations.values_mut() {
            let freed = allocation.settle(block)?;
            self.encumbered = self.encumbered.checked_sub(freed).ok_or(ArithmeticError::Underflow)?;
        }
        Ok(())
    }

    /// Sets what is allocated to a set (`modifyAllocations`): more waits for the operator's delay, less for the
    /// deallocation delay, unless nothing could be slashed anyway.
    pub(super) fn allocate(&mut self, set: u32, magnitude: u64, block: u32) -> Result<(), EigenLayerError> {
        let mut allocation = self.allocation(set);
        if allocation.effect_block != 0 {
            return Err(EigenLayerError::ModificationAlreadyPending);
        }
        let diff = i128::from(magnitude) - i128::from(allocation.current_magnitude);
        let mut encumbered = self.encumbered;
        if diff == 0 {
            return Err(EigenLayerError::SameMagnitude);
        } else if diff > 0 {
            encumbered = add_signed(encumbered, diff)?;
            if encumbered > self.max_magnitude() {
                return Err(EigenLayerError::InsufficientMagnitude);
            }
            allocation.pending_diff = diff;
            allocation.effect_block = add_blocks(block, self.allocation_delay(block), 0)?;
        } else if self.registration(set).is_slashable(block) {
            allocation.pending_diff = diff;
            allocation.effect_block = add_blocks(block, DEALLOCATION_DELAY_BLOCKS, 1)?;
        } else {
            encumbered = add_signed(encumbered, diff)?;
            allocation.current_magnitude = magnitude;
        }
        // Without a delay the allocation holds at once.
        allocation.settle(block)?;
        self.encumbered = encumbered;
        self.allocations.insert(set, allocation);
        Ok(())
    }

    /// Takes the fraction `wads` of what is allocated to a set; returns the operator's shares and the queued shares
    /// slashed.
    pub(super) fn slash(
        &mut self,
        set: u32,
        wads: U256,
        block: u32,
    ) -> Result<(U256, U256), EigenLayerError> {
        let mut allocation = self.allocation(set);
        if allocation.current_magnitude == 0 {
            return Ok((U256::ZERO, U256::ZERO));
        }
        // At most the allocation, which is at most the encumbered and the max magnitude.
        let slashed = slashed_magnitude(allocation.current_magnitude, wads)?;
        let taken = |magnitude: u64| magnitude.checked_sub(slashed).ok_or(ArithmeticError::Underflow);
        let previous = self.max_magnitude();
        let (left, encumbered) = (taken(previous)?, taken(self.encumbered)?);
        allocation.current_magnitude = taken(allocation.current_magnitude)?;
        if allocation.pending_diff < 0 {
            let waiting = add_signed(0, -allocation.pending_diff)?;
            allocation.pending_diff += i128::from(slashed_magnitude(waiting, wads)?);
        }
        let shares = slashed_amount(self.shares, previous, left)?;
        let queued = slashed_amount(self.slashable_shares_in_queue(block)?, previous, left)?;

        self.shares = sub(self.shares, shares)?;
        self.max_magnitude.push(block, left);
        self.encumbered = encumbered;
        self.allocations.insert(set, allocation);
        Ok((shares, queued))
    }

    /// Books shares that leave for the queue.
    pub(super) fn queue(
        &mut self,
        withdrawable: U256,
        scaled_shares: U256,
        block: u32,
    ) -> Result<(), EigenLayerError> {
        let queued = add(self.queued.latest(), scaled_shares)?;
        self.shares = sub(self.shares, withdrawable)?;
        self.queued.push(block, queued);
        Ok(())
    }
}

fn slashed_magnitude(magnitude: u64, wads: U256) -> Result<u64, EigenLayerError> {
    let slashed = mul_wad_up(U256::from(magnitude), wads)?;
    u64::try_from(slashed).map_err(|_| EigenLayerError::MagnitudeTooLarge)
}
