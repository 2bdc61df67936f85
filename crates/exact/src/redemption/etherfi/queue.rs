//! The withdrawal queue: requests in order, the rate frozen when they are finalised.
//!
//! A request locks `amount` eETH, `floor(amount S / P)` shares, which keep sharing rebases. Finalising requests up
//! to an id moves the sum of their amounts from the pool to the escrow (the pooled ether stays) and freezes the
//! rate. A claim pays
//!
//! ```text
//! min(amount, floor(shares rate / 1e18))     rate = ceil(1e18 P / S) at finalisation
//! ```
//!
//! burns all of the request's shares and returns what was locked beyond the payment to the pool.
//!
//! Source: etherfi-protocol/smart-contracts at b4a09680, `src/withdrawals/WithdrawRequestNFT.sol`,
//! `src/core/LiquidityPool.sol` and `src/oracle/EtherFiAdmin.sol`. Units: wei. Domain: amounts and shares below
//! 2^96, as the contract stores them.

use std::collections::BTreeMap;

use super::WEI_PER_ETH;
use super::pool::{Account, LiquidityPool, PoolError, WAD};
use crate::arithmetic::constant;
use crate::wide_arithmetic::mul_div_down;
use crate::{ArithmeticError, U256, arithmetic};

/// Bits of a stored amount.
const AMOUNT_BITS: usize = 96;

/// Why the queue refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueueError {
    /// Nothing, or outside the limits.
    #[error("the amount is zero or outside the limits of a request")]
    InvalidWithdrawalAmount,
    /// The amount is worth no share.
    #[error("the amount is worth no share")]
    InvalidShareAmount,
    /// The amount or its shares are 2^96 or more.
    #[error("the amount or its shares do not fit 96 bits")]
    AmountTooLarge,
    /// There is no such request, or it was claimed.
    #[error("there is no open request with this id")]
    UnknownRequest,
    /// The request waits for its finalisation.
    #[error("the request is not finalised")]
    RequestNotFinalized,
    /// Requests finalised before would be opened.
    #[error("later requests are finalised already")]
    CannotUndoFinalization,
    /// There is no such request yet.
    #[error("there is no request with this id yet")]
    CannotFinalizeFutureRequests,
    /// The escrow holds less than was locked.
    #[error("the escrow holds less than the request")]
    InsufficientEscrow,
    /// The pool refuses.
    #[error(transparent)]
    Pool(#[from] PoolError),
}

impl From<ArithmeticError> for QueueError {
    fn from(error: ArithmeticError) -> Self {
        Self::Pool(error.into())
    }
}

/// Least and most of one request, wei.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawLimits {
    /// Least.
    pub min: U256,
    /// Most.
    pub max: U256,
}

impl WithdrawLimits {
    /// Mainnet's: 0.001 to 1000 ETH.
    pub const MAINNET: Self = Self { min: constant(WEI_PER_ETH / 1_000), max: constant(1_000 * WEI_PER_ETH) };
    /// None.
    pub const NONE: Self = Self { min: U256::ZERO, max: U256::MAX };
}

/// An open request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawRequest {
    /// eETH asked for.
    pub amount: U256,
    /// Its shares at that time.
    pub shares: U256,
}

/// What a finalisation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finalization {
    /// ETH moved to the escrow.
    pub locked: U256,
    /// Rate frozen for the last request of it.
    pub frozen_rate: U256,
}

/// Requests, frozen rates and the escrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawQueue {
    limits: WithdrawLimits,
    open: BTreeMap<u64, WithdrawRequest>,
    last_request_id: u64,
    last_finalized_id: u64,
    /// Last id of every finalisation and its rate.
    frozen_rates: BTreeMap<u64, U256>,
    escrow: U256,
}

impl WithdrawQueue {
    /// An empty queue.
    #[must_use]
    pub fn new(limits: WithdrawLimits) -> Self {
        Self {
            limits,
            open: BTreeMap::new(),
            last_request_id: 0,
            last_finalized_id: 0,
            frozen_rates: BTreeMap::new(),
            escrow: U256::ZERO,
        }
    }

    /// ETH locked for finalised requests.
    #[must_use]
    pub fn escrow(&self) -> U256 {
        self.escrow
    }

    /// Id of the last request finalised, zero before.
    #[must_use]
    pub fn last_finalized_id(&self) -> u64 {
        self.last_finalized_id
    }

    /// Id of the last request, zero before.
    #[must_use]
    pub fn last_request_id(&self) -> u64 {
        self.last_request_id
    }

    /// A request that was not claimed yet.
    #[must_use]
    pub fn open_request(&self, id: u64) -> Option<WithdrawRequest> {
        self.open.get(&id).copied()
    }

    /// Locks a holder's eETH and returns the id of the request, counted from 1.
    ///
    /// # Errors
    /// When the amount is outside the limits, above the holder's eETH or worth no share; everything is then
    /// unchanged.
    pub fn request(
        &mut self,
        pool: &mut LiquidityPool,
        holder: Account,
        amount: U256,
    ) -> Result<u64, QueueError> {
        if amount.is_zero() || amount < self.limits.min || amount > self.limits.max {
            return Err(QueueError::InvalidWithdrawalAmount);
        }
        let shares = pool.shares_for_amount(amount)?;
        if shares.is_zero() {
            return Err(QueueError::InvalidShareAmount);
        }
        if amount.bit_len() > AMOUNT_BITS || shares.bit_len() > AMOUNT_BITS {
            return Err(QueueError::AmountTooLarge);
        }
        let id = self.last_request_id.checked_add(1).ok_or(ArithmeticError::Overflow)?;
        pool.transfer(holder, Account::WithdrawQueue, amount)?;
        self.open.insert(id, WithdrawRequest { amount, shares });
        self.last_request_id = id;
        Ok(id)
    }

    /// Finalises every request up to `up_to`, at the pool's present rate.
    ///
    /// # Errors
    /// When there is no such request, a later one is finalised, or the pool has less ETH; everything is then
    /// unchanged.
    pub fn finalize(&mut self, pool: &mut LiquidityPool, up_to: u64) -> Result<Finalization, QueueError> {
        if up_to < self.last_finalized_id {
            return Err(QueueError::CannotUndoFinalization);
        }
        if up_to > self.last_request_id {
            return Err(QueueError::CannotFinalizeFutureRequests);
        }
        let rate = pool.rate_ceil()?;
        let locked = self.amount_of(self.last_finalized_id, up_to)?;
        let escrow = arithmetic::add(self.escrow, locked)?;
        pool.lock(locked)?;
        if up_to > self.last_finalized_id {
            self.frozen_rates.insert(up_to, rate);
        }
        (self.escrow, self.last_finalized_id) = (escrow, up_to);
        Ok(Finalization { locked, frozen_rate: self.frozen_rate(up_to) })
    }

    /// Last request that the ETH in the pool covers, in order of ids and at most `max_requests` of them: what
    /// anybody may finalise once no report was published for long. `None` where not even the first is covered.
    #[must_use]
    pub fn last_covered_request(&self, pool: &LiquidityPool, max_requests: u64) -> Option<u64> {
        let mut left = pool.value_in_pool();
        let mut last = None;
        let waiting = self.open.range(self.last_finalized_id.saturating_add(1)..);
        for ((&id, request), _) in waiting.zip(0..max_requests) {
            let Some(rest) = left.checked_sub(request.amount) else { break };
            left = rest;
            last = Some(id);
        }
        last
    }

    /// What a claim of the request would pay.
    ///
    /// # Errors
    /// When the request is not open or not finalised.
    pub fn claimable(&self, id: u64) -> Result<U256, QueueError> {
        let request = self.open_request(id).ok_or(QueueError::UnknownRequest)?;
        if id > self.last_finalized_id {
            return Err(QueueError::RequestNotFinalized);
        }
        Ok(request.amount.min(mul_div_down(request.shares, self.frozen_rate(id), WAD)?))
    }

    /// Pays a finalised request and returns the ETH paid.
    ///
    /// # Errors
    /// When the request is not open, not finalised or worth nothing, or when losses took more than the value out of
    /// the pool; everything is then unchanged.
    pub fn claim(&mut self, pool: &mut LiquidityPool, id: u64) -> Result<U256, QueueError> {
        let request = self.open_request(id).ok_or(QueueError::UnknownRequest)?;
        let paid = self.claimable(id)?;
        let escrow = self.escrow.checked_sub(request.amount).ok_or(QueueError::InsufficientEscrow)?;
        pool.settle(request.amount, paid, request.shares)?;
        self.open.remove(&id);
        self.escrow = escrow;
        Ok(paid)
    }

    /// Rate of the first finalisation that covers the request; zero where there is none.
    fn frozen_rate(&self, id: u64) -> U256 {
        self.frozen_rates.range(id..).next().map_or(U256::ZERO, |(_, &rate)| rate)
    }

    /// Sum of the requests after `last` up to `up_to`.
    fn amount_of(&self, last: u64, up_to: u64) -> Result<U256, ArithmeticError> {
        if up_to <= last {
            return Ok(U256::ZERO);
        }
        let requests = self.open.range(last.saturating_add(1)..=up_to);
        requests.into_iter().try_fold(U256::ZERO, |sum, (_, request)| arithmetic::add(sum, request.amount))
    }
}
