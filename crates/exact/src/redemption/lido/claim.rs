//! The maximum rate of a finalised request, and its payment.

use super::queue::{Checkpoint, QueueError, Range, WithdrawalQueue};
use crate::{ArithmeticError, U256, arithmetic};

impl WithdrawalQueue {
    /// Index of the checkpoint that holds a finalised request's maximum rate, among those from `first` to `last`;
    /// `None` where it is not one of them.
    ///
    /// # Errors
    /// When the request is not finalised, or these are not indices of checkpoints.
    pub fn checkpoint_of(&self, id: u64, first: u64, last: u64) -> Result<Option<u64>, QueueError> {
        if id == 0 {
            return Err(QueueError::InvalidRequestId(id));
        }
        if first == 0 || last > self.last_checkpoint_index() {
            return Err(QueueError::InvalidRequestIdRange(first, last));
        }
        if id > self.last_finalized_id {
            return Err(QueueError::RequestNotFoundOrNotFinalized(id));
        }
        // Checkpoints begin at ascending ids, and the first at 1: one at least begins at or before the request.
        let begun = self.checkpoints.partition_point(|checkpoint| checkpoint.from_request_id <= id) as u64;
        Ok((first..=last).contains(&begun).then_some(begun))
    }

    /// Index of the last checkpoint, zero before.
    #[must_use]
    pub fn last_checkpoint_index(&self) -> u64 {
        self.checkpoints.len() as u64
    }

    /// ETH that a finalised request is worth, whether or not it was claimed; `hint` is the index of its checkpoint.
    ///
    /// # Errors
    /// When the request is not finalised or the hint is wrong.
    pub fn claimable_ether(&self, id: u64, hint: u64) -> Result<U256, QueueError> {
        if id == 0 {
            return Err(QueueError::InvalidRequestId(id));
        }
        if id > self.last_finalized_id {
            return Err(QueueError::RequestNotFoundOrNotFinalized(id));
        }
        let checkpoint = self.checkpoint(hint).ok_or(QueueError::InvalidHint(hint))?;
        let next = hint.checked_add(1).and_then(|index| self.checkpoint(index));
        if id < checkpoint.from_request_id || next.is_some_and(|next| next.from_request_id <= id) {
            return Err(QueueError::InvalidHint(hint));
        }
        let unknown = QueueError::RequestNotFoundOrNotFinalized(id);
        let before = self.entry(id.checked_sub(1).ok_or(ArithmeticError::Underflow)?).ok_or(unknown)?;
        let request = self.entry(id).ok_or(unknown)?;
        Ok(Range::between(&before, &request)?.value(checkpoint.max_share_rate)?)
    }

    /// Pays a finalised request out of the locked ETH and returns the payment.
    ///
    /// # Errors
    /// When the request is not finalised or claimed already, the hint is wrong, or less is locked; the queue is
    /// then unchanged.
    pub fn claim(&mut self, id: u64, hint: u64) -> Result<U256, QueueError> {
        if id == 0 {
            return Err(QueueError::InvalidRequestId(id));
        }
        if id > self.last_finalized_id {
            return Err(QueueError::RequestNotFoundOrNotFinalized(id));
        }
        if self.entry(id).is_some_and(|request| request.claimed) {
            return Err(QueueError::RequestAlreadyClaimed(id));
        }
        let eth = self.claimable_ether(id, hint)?;
        let locked_ether = arithmetic::sub(self.locked_ether, eth)?;
        let at = usize::try_from(id).ok().and_then(|id| id.checked_sub(1));
        let request = at.and_then(|at| self.requests.get_mut(at));
        request.ok_or(QueueError::RequestNotFoundOrNotFinalized(id))?.claimed = true;
        self.locked_ether = locked_ether;
        Ok(eth)
    }

    fn checkpoint(&self, index: u64) -> Option<Checkpoint> {
        let at = usize::try_from(index).ok()?.checked_sub(1)?;
        self.checkpoints.get(at).copied()
    }
}
