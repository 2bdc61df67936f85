//! How many requests a budget affords, split into batches on one side of the maximum rate.
//!
//! A request is taken while it is old enough and its value fits the budget left. It joins the batch before it if
//! both belong to one report or lie on the same side of the maximum rate; else it opens a batch. There are at most
//! 36 of them: the request that would open another ends the search, but its value has left the budget by then, as
//! in the contract.
//!
//! The search may be cut into calls of a few requests each. The cut does not change the result, unless the budget
//! is used up to the wei between two calls: the next is then refused.

use super::finalization::FinalizationError;
use super::queue::{Range, WithdrawalQueue};
use crate::{ArithmeticError, U256, arithmetic};

/// Most batches of one finalisation.
pub const MAX_BATCHES: usize = 36;

/// A search and its result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batches {
    /// ETH left of the budget.
    pub remaining_eth_budget: U256,
    /// Whether the search has come to its end.
    pub finished: bool,
    /// Last request of every batch.
    pub last_request_ids: Vec<u64>,
}

impl Batches {
    /// A search that has not begun.
    #[must_use]
    pub fn with_budget(eth_budget: U256) -> Self {
        Self { remaining_eth_budget: eth_budget, finished: false, last_request_ids: Vec::new() }
    }
}

impl WithdrawalQueue {
    /// Continues a search by at most `max_requests` requests; none made after `max_timestamp` is taken.
    ///
    /// # Errors
    /// When the search is finished or its budget is zero, or a request has no shares.
    pub fn batches(
        &self,
        max_share_rate: U256,
        max_timestamp: u64,
        max_requests: u64,
        mut search: Batches,
    ) -> Result<Batches, FinalizationError> {
        if search.finished || search.remaining_eth_budget.is_zero() {
            return Err(FinalizationError::InvalidState);
        }
        let last_taken = search.last_request_ids.last().copied();
        let mut before_id = last_taken.unwrap_or(self.last_finalized_id);
        let unknown = |id| FinalizationError::InvalidRequestId(id);
        let mut before = self.entry(before_id).ok_or(unknown(before_id))?;
        let mut rate_before = U256::ZERO;
        if let Some(id) = last_taken {
            let earlier = id.checked_sub(1).ok_or(ArithmeticError::Underflow)?;
            let earlier = self.entry(earlier).ok_or(unknown(earlier))?;
            rate_before = Range::between(&earlier, &before)?.share_rate;
        }
        let end = before_id.checked_add(1).and_then(|id| id.checked_add(max_requests));
        let end = end.ok_or(ArithmeticError::Overflow)?;
        let queue_end = self.last_request_id() + 1;
        let mut id = before_id + 1;

        while id < queue_end && id < end {
            let request = self.entry(id).ok_or(unknown(id))?;
            if request.timestamp > max_timestamp {
                break;
            }
            let range = Range::between(&before, &request)?;
            let eth = range.value(max_share_rate)?;
            if eth > search.remaining_eth_budget {
                break;
            }
            search.remaining_eth_budget = arithmetic::sub(search.remaining_eth_budget, eth)?;
            let one_report = before.report_timestamp == request.report_timestamp;
            let one_side = (rate_before <= max_share_rate) == (range.share_rate <= max_share_rate);
            let full = search.last_request_ids.len() >= MAX_BATCHES;
            match search.last_request_ids.last_mut() {
                Some(last) if one_report || one_side => *last = id,
                _ if full => break,
                _ => search.last_request_ids.push(id),
            }
            (rate_before, before, before_id) = (range.share_rate, request, id);
            id = before_id + 1;
        }
        search.finished = id == queue_end || id < end;
        Ok(search)
    }
}
