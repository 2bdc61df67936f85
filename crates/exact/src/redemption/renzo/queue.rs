//! The queue of withdrawals and its buffer (`WithdrawQueue.sol`).
//!
//! Of the ETH that the contract holds, `claim_reserve` belongs to requests and the rest is available: the buffer. With
//! `to_fill` the sum of all requests that found too little available, and `filled` what has been set aside for them:
//!
//! ```text
//! request:  redeem <= available:  reserve += redeem
//!           else:  filled, reserve += available;  to_fill += redeem;  fill_at = to_fill
//! inflow x: f = min(x, to_fill - filled);  filled, reserve += f
//! claim:    after the cooldown, filled >= fill_at:  reserve -= redeem;  paid = min(redeem, value now)
//! ```
//!
//! A claim frees the whole request and pays the lesser value. What is between them becomes available although the
//! queue may have a deficit, and the next request takes it: the contract lets it overtake those that wait.

use std::collections::BTreeMap;

use super::RenzoError;
use super::oracle::redeem_amount;
use crate::U256;
use crate::arithmetic::{add, sub};

/// What ezETH is a share of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backing {
    /// Value of everything the protocol holds, in wei.
    pub tvl: U256,
    /// All ezETH, those locked in the queue included.
    pub supply: U256,
    /// ETH outside of the queue that could still fill it: restaked, or waiting to be.
    pub eth_collateral: U256,
}

/// A withdrawal that is not yet claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithdrawRequest {
    /// Number of the request, from 1.
    pub id: u64,
    /// Value at the request: the most that it pays.
    pub amount_to_redeem: U256,
    /// ezETH locked until the claim.
    pub ezeth_locked: U256,
    /// Unix time of the request.
    pub created_at: u64,
    /// Position of its end in the queue; `None` where the buffer covered it at once.
    pub fill_at: Option<U256>,
}

/// Who claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claimant {
    /// Anybody: the cooldown must be over.
    Public,
    /// On the whitelist, such as the instant withdrawer: no cooldown while the instant path is not paused.
    Whitelisted,
}

/// What the risk oracle or the administrators have stopped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pauses {
    /// No new requests.
    pub requests: bool,
    /// No claims.
    pub claims: bool,
    /// No privilege of the whitelist.
    pub instant: bool,
}

/// The queue for one asset, here ETH.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WithdrawQueue {
    /// What the buffer should hold; zero means that the asset is not supported.
    pub buffer_target: U256,
    /// Cooldown set by the administrators.
    pub cooldown_secs: u64,
    /// Cooldown set by the risk oracle; the longer of both is in force.
    pub risk_oracle_cooldown_secs: u64,
    /// What is paused.
    pub pauses: Pauses,
    balance: U256,
    claim_reserve: U256,
    to_fill: U256,
    filled: U256,
    last_id: u64,
    requests: BTreeMap<u64, WithdrawRequest>,
}

impl WithdrawQueue {
    /// An empty queue.
    #[must_use]
    pub fn new(buffer_target: U256, cooldown_secs: u64, risk_oracle_cooldown_secs: u64) -> Self {
        Self { buffer_target, cooldown_secs, risk_oracle_cooldown_secs, ..Self::default() }
    }

    /// ETH of the contract.
    #[must_use]
    pub fn balance(&self) -> U256 {
        self.balance
    }

    /// ETH set aside for requests.
    #[must_use]
    pub fn claim_reserve(&self) -> U256 {
        self.claim_reserve
    }

    /// Sum of all requests that were ever queued (`queuedWithdrawToFill`).
    #[must_use]
    pub fn to_fill(&self) -> U256 {
        self.to_fill
    }

    /// What was ever set aside for them (`queuedWithdrawFilled`).
    #[must_use]
    pub fn filled(&self) -> U256 {
        self.filled
    }

    /// The buffer (`getAvailableToWithdraw`).
    ///
    /// # Errors
    /// When more is reserved than there is.
    pub fn available(&self) -> Result<U256, RenzoError> {
        Ok(sub(self.balance, self.claim_reserve)?)
    }

    /// What queued requests still lack.
    #[must_use]
    pub fn queue_deficit(&self) -> U256 {
        self.to_fill.saturating_sub(self.filled)
    }

    /// What the queue and its buffer lack together (`getWithdrawDeficit`).
    ///
    /// # Errors
    /// When more is reserved than there is, or the sum overflows.
    pub fn withdraw_deficit(&self) -> Result<U256, RenzoError> {
        Ok(add(self.buffer_target.saturating_sub(self.available()?), self.queue_deficit())?)
    }

    /// Takes ETH in, for the queue first and the buffer after it; returns the queue's part (`fillEthWithdrawBuffer`).
    ///
    /// # Errors
    /// When a sum overflows; the queue is then unchanged.
    pub fn fill(&mut self, amount: U256) -> Result<U256, RenzoError> {
        let for_queue = self.queue_deficit().min(amount);
        let balance = add(self.balance, amount)?;
        let claim_reserve = add(self.claim_reserve, for_queue)?;
        let filled = add(self.filled, for_queue)?;
        (self.balance, self.claim_reserve, self.filled) = (balance, claim_reserve, filled);
        Ok(for_queue)
    }

    /// Locks `ezeth` for its value of now.
    ///
    /// # Errors
    /// When the amount is zero or worth nothing, the protocol lacks the collateral, or requests are paused; the queue
    /// is then unchanged.
    pub fn withdraw(
        &mut self,
        ezeth: U256,
        backing: &Backing,
        now: u64,
    ) -> Result<WithdrawRequest, RenzoError> {
        if self.pauses.requests {
            return Err(RenzoError::WithdrawRequestPaused);
        }
        if ezeth.is_zero() {
            return Err(RenzoError::ZeroInput);
        }
        if self.buffer_target.is_zero() {
            return Err(RenzoError::UnsupportedWithdrawAsset);
        }
        let redeem = redeem_amount(ezeth, backing.supply, backing.tvl)?;
        let available = self.available()?;
        let id = self.last_id + 1;
        let mut request = WithdrawRequest {
            id,
            amount_to_redeem: redeem,
            ezeth_locked: ezeth,
            created_at: now,
            fill_at: None,
        };
        if redeem > available {
            let collateral = sub(add(backing.eth_collateral, available)?, self.queue_deficit())?;
            if collateral < redeem {
                return Err(RenzoError::NotEnoughCollateralValue);
            }
            let filled = add(self.filled, available)?;
            let to_fill = add(self.to_fill, redeem)?;
            let claim_reserve = add(self.claim_reserve, available)?;
            (self.filled, self.to_fill, self.claim_reserve) = (filled, to_fill, claim_reserve);
            request.fill_at = Some(to_fill);
        } else {
            self.claim_reserve = add(self.claim_reserve, redeem)?;
        }
        self.last_id = id;
        self.requests.insert(id, request);
        Ok(request)
    }

    /// Pays a request and burns its ezETH; returns what it pays.
    ///
    /// # Errors
    /// When there is no such request, it is too early, its turn has not come, its ezETH is worth nothing, or claims
    /// are paused; queue and backing are then unchanged.
    pub fn claim(
        &mut self,
        id: u64,
        claimant: Claimant,
        backing: &mut Backing,
        now: u64,
    ) -> Result<U256, RenzoError> {
        if self.pauses.claims {
            return Err(RenzoError::ClaimPaused);
        }
        let request = *self.requests.get(&id).ok_or(RenzoError::InvalidWithdrawIndex { id })?;
        if self.pauses.instant || claimant == Claimant::Public {
            let cooldown_secs = self.risk_oracle_cooldown_secs.max(self.cooldown_secs);
            let waited = sub(U256::from(now), U256::from(request.created_at))?;
            if waited < U256::from(cooldown_secs) {
                return Err(RenzoError::EarlyClaim { cooldown_secs });
            }
        }
        if request.fill_at.is_some_and(|fill_at| fill_at > self.filled) {
            return Err(RenzoError::QueuedWithdrawalNotFilled);
        }
        let value = redeem_amount(request.ezeth_locked, backing.supply, backing.tvl)?;
        let claim_reserve = sub(self.claim_reserve, request.amount_to_redeem)?;
        let paid = value.min(request.amount_to_redeem);
        let supply = sub(backing.supply, request.ezeth_locked)?;
        let balance = sub(self.balance, paid)?;
        (self.claim_reserve, self.balance, backing.supply) = (claim_reserve, balance, supply);
        self.requests.remove(&id);
        Ok(paid)
    }
}
