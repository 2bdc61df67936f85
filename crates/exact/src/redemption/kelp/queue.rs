//! The queue of requests for one asset.

use std::collections::{BTreeMap, VecDeque};

use super::{INITIAL_DELAY_BLOCKS, KelpError, MAX_DELAY_BLOCKS, PriceBounds, Prices};
use crate::U256;
use crate::arithmetic::{add, sub};

/// A request that is not paid yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request {
    /// rsETH locked, or burned once unlocked.
    pub rseth: U256,
    /// Value at the request; what it pays once unlocked.
    pub expected: U256,
    /// Block of the request.
    pub start_block: u64,
}

/// What an unlocking did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unlocked {
    /// rsETH burned.
    pub rseth_burned: U256,
    /// Assets taken from the vault.
    pub assets: U256,
}

/// The queue of one asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithdrawalQueue {
    /// Least rsETH in a request.
    pub min_rseth: U256,
    delay_blocks: u64,
    balance: U256,
    rseth: U256,
    assets_committed: U256,
    next_unused_nonce: u64,
    next_locked_nonce: u64,
    requests: BTreeMap<u64, Request>,
    nonces_of: BTreeMap<u64, VecDeque<u64>>,
}

impl WithdrawalQueue {
    /// An empty queue.
    ///
    /// # Errors
    /// When the delay is above ten days.
    pub fn new(min_rseth: U256, delay_blocks: u64) -> Result<Self, KelpError> {
        let mut queue = Self {
            min_rseth,
            delay_blocks: INITIAL_DELAY_BLOCKS,
            balance: U256::ZERO,
            rseth: U256::ZERO,
            assets_committed: U256::ZERO,
            next_unused_nonce: 0,
            next_locked_nonce: 0,
            requests: BTreeMap::new(),
            nonces_of: BTreeMap::new(),
        };
        queue.set_delay(delay_blocks)?;
        Ok(queue)
    }

    /// Changes the delay, for requests that wait as well.
    ///
    /// # Errors
    /// When the delay is above ten days; the queue is then unchanged.
    pub fn set_delay(&mut self, blocks: u64) -> Result<(), KelpError> {
        if blocks > MAX_DELAY_BLOCKS {
            return Err(KelpError::ExceedWithdrawalDelay { blocks });
        }
        self.delay_blocks = blocks;
        Ok(())
    }

    /// Assets unlocked and not yet paid.
    #[must_use]
    pub fn balance(&self) -> U256 {
        self.balance
    }

    /// rsETH locked for requests that are not unlocked.
    #[must_use]
    pub fn rseth(&self) -> U256 {
        self.rseth
    }

    /// Sum of what the locked requests expect.
    #[must_use]
    pub fn assets_committed(&self) -> U256 {
        self.assets_committed
    }

    /// Nonce of the next request.
    #[must_use]
    pub fn next_unused_nonce(&self) -> u64 {
        self.next_unused_nonce
    }

    /// Nonce of the oldest locked request.
    #[must_use]
    pub fn next_locked_nonce(&self) -> u64 {
        self.next_locked_nonce
    }

    /// The request of this nonce, until it is paid.
    #[must_use]
    pub fn request(&self, nonce: u64) -> Option<&Request> {
        self.requests.get(&nonce)
    }

    /// What new requests may expect together, given all deposits of the asset (`getAvailableAssetAmount`).
    #[must_use]
    pub fn available(&self, total_assets: U256) -> U256 {
        total_assets.saturating_sub(self.assets_committed)
    }

    /// Locks `rseth` for its value of now; returns the nonce.
    ///
    /// # Errors
    /// When the amount is too small or its value above what is available; the queue is then unchanged.
    pub fn initiate(
        &mut self,
        user: u64,
        rseth: U256,
        prices: &Prices,
        total_assets: U256,
        block: u64,
    ) -> Result<u64, KelpError> {
        if rseth.is_zero() || rseth < self.min_rseth {
            return Err(KelpError::InvalidAmountToWithdraw);
        }
        let expected = prices.assets_for(rseth)?;
        if expected > self.available(total_assets) {
            return Err(KelpError::ExceedAmountToWithdraw);
        }
        let assets_committed = add(self.assets_committed, expected)?;
        let locked = add(self.rseth, rseth)?;
        let nonce = self.next_unused_nonce;
        (self.assets_committed, self.rseth, self.next_unused_nonce) = (assets_committed, locked, nonce + 1);
        self.requests.insert(nonce, Request { rseth, expected, start_block: block });
        self.nonces_of.entry(user).or_default().push_back(nonce);
        Ok(nonce)
    }

    /// Unlocks requests below `first_excluded` in their order, as far as they are old enough and `vault` suffices.
    ///
    /// # Errors
    /// When a price is out of bounds, the vault is empty or there is nothing to unlock; queue and vault are then
    /// unchanged.
    pub fn unlock(
        &mut self,
        first_excluded: u64,
        prices: &Prices,
        bounds: &PriceBounds,
        vault: &mut U256,
        block: u64,
    ) -> Result<Unlocked, KelpError> {
        bounds.check(prices)?;
        if vault.is_zero() {
            return Err(KelpError::AmountMustBeGreaterThanZero);
        }
        let end = first_excluded.min(self.next_unused_nonce);
        if self.next_locked_nonce >= end {
            return Err(KelpError::NoPendingWithdrawals);
        }
        let mut unlocked = Unlocked::default();
        let mut left = *vault;
        let mut committed = self.assets_committed;
        let mut payouts = Vec::new();
        for (&nonce, request) in self.requests.range(self.next_locked_nonce..end) {
            if self.too_young(request, block) {
                break;
            }
            let payout = prices.assets_for(request.rseth)?.min(request.expected);
            if left < payout {
                break;
            }
            committed = sub(committed, request.expected)?;
            left = sub(left, payout)?;
            unlocked.rseth_burned = add(unlocked.rseth_burned, request.rseth)?;
            unlocked.assets = add(unlocked.assets, payout)?;
            payouts.push((nonce, payout));
        }
        let rseth = sub(self.rseth, unlocked.rseth_burned)?;
        let balance = add(self.balance, unlocked.assets)?;
        for (nonce, payout) in payouts {
            if let Some(request) = self.requests.get_mut(&nonce) {
                request.expected = payout;
            }
            self.next_locked_nonce = nonce + 1;
        }
        (self.assets_committed, self.rseth, self.balance, *vault) = (committed, rseth, balance, left);
        Ok(unlocked)
    }

    /// Pays a user's oldest request; returns what it pays.
    ///
    /// # Errors
    /// When there is none, it is locked, or it is younger than the delay; the queue is then unchanged.
    pub fn complete(&mut self, user: u64, block: u64) -> Result<U256, KelpError> {
        let nonces = self.nonces_of.get(&user);
        let nonce = nonces.and_then(VecDeque::front).copied().ok_or(KelpError::QueueEmpty)?;
        if nonce >= self.next_locked_nonce {
            return Err(KelpError::WithdrawalLocked);
        }
        let request = *self.requests.get(&nonce).ok_or(KelpError::QueueEmpty)?;
        if self.too_young(&request, block) {
            return Err(KelpError::WithdrawalDelayNotPassed);
        }
        self.balance = self.balance.checked_sub(request.expected).ok_or(KelpError::EthTransferFailed)?;
        self.requests.remove(&nonce);
        if let Some(nonces) = self.nonces_of.get_mut(&user) {
            nonces.pop_front();
        }
        Ok(request.expected)
    }

    fn too_young(&self, request: &Request, block: u64) -> bool {
        block < request.start_block.saturating_add(self.delay_blocks)
    }
}
