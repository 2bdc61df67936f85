//! Operator sets and operators: who may slash whom, and with how much.

use super::DEALLOCATION_DELAY_BLOCKS;
use super::allocation::add_blocks;
use super::{Core, EigenLayerError, Operator, Registration, Strategy};

/// Where a set's slashed shares go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redistribution {
    /// They are burned.
    Burn,
    /// They are paid to the set's recipient; not possible for native ETH.
    Recipient,
}

/// An operator set.
#[derive(Clone, Copy, Debug)]
pub(super) struct OperatorSet {
    pub(super) redistribution: Redistribution,
    /// Slashes so far.
    pub(super) slashes: u64,
}

impl Core {
    /// Makes an operator of a number, with the blocks its allocations wait.
    ///
    /// # Errors
    /// When it is one already.
    pub fn register_operator(&mut self, operator: u32, allocation_delay: u32) -> Result<(), EigenLayerError> {
        if self.operators.contains_key(&operator) {
            return Err(EigenLayerError::ActivelyDelegated);
        }
        self.operators.insert(operator, Operator::new(allocation_delay));
        Ok(())
    }

    /// Changes the blocks an operator's allocations wait, effective after the configuration delay.
    ///
    /// # Errors
    /// As the contracts revert.
    pub fn set_allocation_delay(&mut self, operator: u32, blocks: u32) -> Result<(), EigenLayerError> {
        let block = self.block;
        let state = self.operators.get_mut(&operator).ok_or(EigenLayerError::InvalidOperator)?;
        state.allocation_delay = state.allocation_delay.change(blocks, block)?;
        Ok(())
    }

    /// Creates an operator set that uses the strategy.
    ///
    /// # Errors
    /// When it exists, or would redistribute native ETH.
    pub fn create_set(&mut self, set: u32, redistribution: Redistribution) -> Result<(), EigenLayerError> {
        if self.sets.contains_key(&set) {
            return Err(EigenLayerError::InvalidOperatorSet);
        }
        if redistribution == Redistribution::Recipient && self.strategy == Strategy::NativeEth {
            return Err(EigenLayerError::InvalidStrategy);
        }
        self.sets.insert(set, OperatorSet { redistribution, slashes: 0 });
        Ok(())
    }

    /// Registers an operator for a set.
    ///
    /// # Errors
    /// As the contracts revert; also while the set could still slash it for an earlier membership.
    pub fn register_for_set(&mut self, operator: u32, set: u32) -> Result<(), EigenLayerError> {
        let block = self.block;
        let state = self.operators.get_mut(&operator).ok_or(EigenLayerError::InvalidOperator)?;
        self.sets.get(&set).ok_or(EigenLayerError::InvalidOperatorSet)?;
        let mut registration = state.registration(set);
        if registration.is_slashable(block) {
            return Err(EigenLayerError::AlreadyMemberOfSet);
        }
        registration.registered = true;
        state.registrations.insert(set, registration);
        Ok(())
    }

    /// Takes an operator out of a set, which can slash it for the deallocation delay from now.
    ///
    /// # Errors
    /// As the contracts revert.
    pub fn deregister_from_set(&mut self, operator: u32, set: u32) -> Result<(), EigenLayerError> {
        self.sets.get(&set).ok_or(EigenLayerError::InvalidOperatorSet)?;
        let slashable_until = add_blocks(self.block, DEALLOCATION_DELAY_BLOCKS, 0)?;
        let state = self.operators.get_mut(&operator).ok_or(EigenLayerError::NotMemberOfSet)?;
        if !state.registration(set).registered {
            return Err(EigenLayerError::NotMemberOfSet);
        }
        state.registrations.insert(set, Registration { registered: false, slashable_until });
        Ok(())
    }

    /// Sets the magnitude an operator allocates to a set.
    ///
    /// # Errors
    /// As the contracts revert.
    pub fn modify_allocation(
        &mut self,
        operator: u32,
        set: u32,
        magnitude: u64,
    ) -> Result<(), EigenLayerError> {
        let block = self.block;
        let state = self.operators.get_mut(&operator).ok_or(EigenLayerError::UninitializedAllocationDelay)?;
        self.sets.get(&set).ok_or(EigenLayerError::InvalidOperatorSet)?;
        state.allocate(set, magnitude, block)
    }
}
