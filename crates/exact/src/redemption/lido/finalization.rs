//! What batches cost, and their finalisation.

use super::queue::{Checkpoint, Range, WithdrawalQueue};
use crate::{ArithmeticError, U256, arithmetic};

/// Why nothing is finalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FinalizationError {
    /// The search is finished or has no budget.
    #[error("the search is finished or its budget is zero")]
    InvalidState,
    /// Nothing is worth anything at a rate of zero.
    #[error("the maximum rate is zero")]
    ZeroShareRate,
    /// No batch.
    #[error("there is no batch")]
    EmptyBatches,
    /// Batches overlap.
    #[error("the batches are not in ascending order")]
    BatchesAreNotSorted,
    /// The request does not wait.
    #[error("request {0} is not one that waits")]
    InvalidRequestId(u64),
    /// More than the requests ask for.
    #[error("the ETH is {sent} wei, must be at most {expected}, the stETH of the requests")]
    TooMuchEtherToFinalize {
        /// ETH given.
        sent: U256,
        /// stETH of the requests.
        expected: U256,
    },
    /// A number leaves its type, or a division by zero.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

/// What finalising batches takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClosingCost {
    /// ETH to lock.
    pub eth_to_lock: U256,
    /// Shares to burn.
    pub shares_to_burn: U256,
}

impl WithdrawalQueue {
    /// What the batches cost, each at its average rate.
    ///
    /// # Errors
    /// When there is none, they are not in order, or reach outside the requests that wait.
    pub fn prefinalize(
        &self,
        batches: &[u64],
        max_share_rate: U256,
    ) -> Result<ClosingCost, FinalizationError> {
        if max_share_rate.is_zero() {
            return Err(FinalizationError::ZeroShareRate);
        }
        let (Some(&first), Some(&last)) = (batches.first(), batches.last()) else {
            return Err(FinalizationError::EmptyBatches);
        };
        if first <= self.last_finalized_id {
            return Err(FinalizationError::InvalidRequestId(first));
        }
        if last > self.last_request_id() {
            return Err(FinalizationError::InvalidRequestId(last));
        }
        let mut cost = ClosingCost { eth_to_lock: U256::ZERO, shares_to_burn: U256::ZERO };
        let mut before_id = self.last_finalized_id;
        let mut before = self.entry(before_id).ok_or(FinalizationError::InvalidRequestId(before_id))?;
        for &id in batches {
            if id <= before_id {
                return Err(FinalizationError::BatchesAreNotSorted);
            }
            // Only a batch before an unsorted one can be unknown: it has no shares, as an empty slot of the contract.
            let end = self.entry(id).ok_or(ArithmeticError::Underflow)?;
            let range = Range::between(&before, &end)?;
            cost.eth_to_lock = arithmetic::add(cost.eth_to_lock, range.value(max_share_rate)?)?;
            cost.shares_to_burn = arithmetic::add(cost.shares_to_burn, range.shares)?;
            (before_id, before) = (id, end);
        }
        Ok(cost)
    }

    /// Finalises every request up to `last_id` under a maximum rate and locks `eth` for them.
    ///
    /// # Errors
    /// When that request does not wait, or the ETH is more than the requests' stETH; the queue is then unchanged.
    pub fn finalize(
        &mut self,
        last_id: u64,
        eth: U256,
        max_share_rate: U256,
    ) -> Result<(), FinalizationError> {
        let invalid = FinalizationError::InvalidRequestId(last_id);
        if last_id > self.last_request_id() || last_id <= self.last_finalized_id {
            return Err(invalid);
        }
        let before = self.entry(self.last_finalized_id).ok_or(invalid)?;
        let last = self.entry(last_id).ok_or(invalid)?;
        let expected = last.cumulative_steth.checked_sub(before.cumulative_steth);
        let expected = U256::from(expected.ok_or(ArithmeticError::Underflow)?);
        if eth > expected {
            return Err(FinalizationError::TooMuchEtherToFinalize { sent: eth, expected });
        }
        let locked_ether = arithmetic::add(self.locked_ether, eth)?;
        self.checkpoints.push(Checkpoint { from_request_id: self.last_finalized_id + 1, max_share_rate });
        (self.locked_ether, self.last_finalized_id) = (locked_ether, last_id);
        Ok(())
    }
}
