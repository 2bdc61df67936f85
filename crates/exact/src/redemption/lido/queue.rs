//! The queue's state and new requests.

use crate::arithmetic::constant;
use crate::{ArithmeticError, U256, arithmetic};

/// Unit of a rate.
pub(super) const RATE_ONE: U256 = constant(1_000_000_000_000_000_000_000_000_000);

/// Least stETH of a request: 100 wei.
pub const MIN_REQUEST: U256 = constant(100);
/// Most stETH of a request: 1000 stETH.
pub const MAX_REQUEST: U256 = constant(1_000_000_000_000_000_000_000);

/// Why there is no request, or no payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// Below the least of a request.
    #[error("the amount is {0} wei, must be at least 100")]
    RequestAmountTooSmall(U256),
    /// Above the most of a request.
    #[error("the amount is {0} wei, must be at most 1000e18")]
    RequestAmountTooLarge(U256),
    /// There is no request zero.
    #[error("{0} is no id of a request")]
    InvalidRequestId(u64),
    /// There is no such request, or it waits.
    #[error("request {0} does not exist or is not finalised")]
    RequestNotFoundOrNotFinalized(u64),
    /// The request was paid.
    #[error("request {0} is claimed already")]
    RequestAlreadyClaimed(u64),
    /// The range of checkpoints is not one.
    #[error("checkpoints {0} to {1} are no range")]
    InvalidRequestIdRange(u64, u64),
    /// The checkpoint is not the request's.
    #[error("checkpoint {0} is not the request's")]
    InvalidHint(u64),
    /// A number leaves its type, or a division by zero.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

/// A request, as sums up to and with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) cumulative_steth: u128,
    pub(super) cumulative_shares: u128,
    pub(super) timestamp: u64,
    /// Time of the last report before it.
    pub(super) report_timestamp: u64,
    pub(super) claimed: bool,
}

/// The maximum rate of the requests from one id on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// First request it applies to.
    pub from_request_id: u64,
    /// Maximum rate, 1e27 = 1.
    pub max_share_rate: U256,
}

/// stETH and shares of a range of requests, and its average rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub(super) share_rate: U256,
    pub(super) steth: U256,
    pub(super) shares: U256,
}

impl Range {
    /// Requests after `before` up to `last`.
    pub(super) fn between(before: &Request, last: &Request) -> Result<Self, ArithmeticError> {
        let steth = last.cumulative_steth.checked_sub(before.cumulative_steth);
        let shares = last.cumulative_shares.checked_sub(before.cumulative_shares);
        let steth = U256::from(steth.ok_or(ArithmeticError::Underflow)?);
        let shares = U256::from(shares.ok_or(ArithmeticError::Underflow)?);
        let share_rate = arithmetic::mul_div_down(steth, RATE_ONE, shares)?;
        Ok(Self { share_rate, steth, shares })
    }

    /// ETH it is worth under a maximum rate.
    pub(super) fn value(&self, max_share_rate: U256) -> Result<U256, ArithmeticError> {
        if self.share_rate > max_share_rate {
            arithmetic::mul_div_down(self.shares, max_share_rate, RATE_ONE)
        } else {
            Ok(self.steth)
        }
    }
}

/// Requests, the finalised ones first, and the maximum rates of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WithdrawalQueue {
    /// Request `id` stands at `id - 1`.
    pub(super) requests: Vec<Request>,
    /// Checkpoint `index` stands at `index - 1`.
    pub(super) checkpoints: Vec<Checkpoint>,
    pub(super) last_finalized_id: u64,
    pub(super) locked_ether: U256,
    last_report_timestamp: u64,
}

impl WithdrawalQueue {
    /// Notes the time of a report: later requests belong to it.
    pub fn report(&mut self, timestamp: u64) {
        self.last_report_timestamp = timestamp;
    }

    /// Adds a request and returns its id, counted from 1.
    ///
    /// # Errors
    /// When the amount is outside the limits or a sum leaves 128 bits; the queue is then unchanged.
    pub fn request(&mut self, steth: U256, shares: U256, timestamp: u64) -> Result<u64, QueueError> {
        if steth < MIN_REQUEST {
            return Err(QueueError::RequestAmountTooSmall(steth));
        }
        if steth > MAX_REQUEST {
            return Err(QueueError::RequestAmountTooLarge(steth));
        }
        let last = self.requests.last().copied().unwrap_or_default();
        let sum = |sum: u128, more: U256| -> Result<u128, ArithmeticError> {
            let more = u128::try_from(more).map_err(|_| ArithmeticError::Overflow)?;
            sum.checked_add(more).ok_or(ArithmeticError::Overflow)
        };
        let cumulative_shares = sum(last.cumulative_shares, shares)?;
        let cumulative_steth = sum(last.cumulative_steth, steth)?;
        let report_timestamp = self.last_report_timestamp;
        self.requests.push(Request {
            cumulative_steth,
            cumulative_shares,
            timestamp,
            report_timestamp,
            claimed: false,
        });
        Ok(self.last_request_id())
    }

    /// Id of the last request, zero before.
    #[must_use]
    pub fn last_request_id(&self) -> u64 {
        self.requests.len() as u64
    }

    /// Id of the last request finalised, zero before.
    #[must_use]
    pub fn last_finalized_id(&self) -> u64 {
        self.last_finalized_id
    }

    /// ETH locked for finalised requests.
    #[must_use]
    pub fn locked_ether(&self) -> U256 {
        self.locked_ether
    }

    /// Maximum rates of the finalised requests, in order; the first has the index 1.
    #[must_use]
    pub fn checkpoints(&self) -> &[Checkpoint] {
        &self.checkpoints
    }

    /// stETH of the requests that wait.
    #[must_use]
    pub fn unfinalized_steth(&self) -> U256 {
        let sum = |id| self.entry(id).map_or(0, |request| request.cumulative_steth);
        // Sums never fall from one request to the next.
        U256::from(sum(self.last_request_id()).saturating_sub(sum(self.last_finalized_id)))
    }

    /// A request by its id; the one before the first is all zeros.
    pub(super) fn entry(&self, id: u64) -> Option<Request> {
        match usize::try_from(id).ok()?.checked_sub(1) {
            Some(at) => self.requests.get(at).copied(),
            None => Some(Request { claimed: true, ..Request::default() }),
        }
    }
}
