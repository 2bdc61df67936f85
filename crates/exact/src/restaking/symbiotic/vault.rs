//! The vault: active stake, and the buckets of two epochs of withdrawals.

use ruint::aliases::U256;
use std::collections::{BTreeMap, BTreeSet};

use super::SymbioticError;
use crate::ArithmeticError;
use crate::arithmetic::{add, sub};
use crate::wide_arithmetic::{mul_div_down, mul_div_up};

/// Stake and the shares of those who own it.
#[derive(Clone, Debug, Default)]
struct Pot {
    assets: U256,
    shares: U256,
    shares_of: BTreeMap<u32, U256>,
}

/// What a withdrawal did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// The bucket it waits in.
    pub epoch: u64,
    /// Collateral moved there.
    pub assets: U256,
    /// Active shares burned.
    pub burned_shares: U256,
    /// Shares of the bucket.
    pub minted_shares: U256,
}

/// A vault with epochs. Numbers stand for addresses.
#[derive(Clone, Debug)]
pub struct Vault {
    start: u64,
    epoch_duration: u64,
    active: Pot,
    buckets: BTreeMap<u64, Pot>,
    claimed: BTreeSet<(u64, u32)>,
}

impl Vault {
    /// An empty vault whose first epoch begins at `start`.
    ///
    /// # Errors
    /// When an epoch has no seconds.
    pub fn new(start: u64, epoch_duration: u64) -> Result<Self, SymbioticError> {
        if epoch_duration == 0 {
            return Err(SymbioticError::InvalidEpochDuration);
        }
        let (active, buckets, claimed) = (Pot::default(), BTreeMap::new(), BTreeSet::new());
        Ok(Self { start, epoch_duration, active, buckets, claimed })
    }

    /// Seconds of an epoch.
    #[must_use]
    pub fn epoch_duration(&self) -> u64 {
        self.epoch_duration
    }

    /// The epoch of a time.
    ///
    /// # Errors
    /// When it is before the vault's first.
    pub fn epoch_at(&self, time: u64) -> Result<u64, SymbioticError> {
        let since = time.checked_sub(self.start).ok_or(SymbioticError::InvalidTimestamp)?;
        Ok(since / self.epoch_duration)
    }

    /// First second in which a withdrawal made at `time` can be claimed: more than one and at most two epochs later.
    ///
    /// # Errors
    /// When it is before the vault's first epoch or leaves 64 bits.
    pub fn claimable_from(&self, time: u64) -> Result<u64, SymbioticError> {
        let epoch = self.epoch_at(time)?.checked_add(2).ok_or(ArithmeticError::Overflow)?;
        let since = epoch.checked_mul(self.epoch_duration).ok_or(ArithmeticError::Overflow)?;
        Ok(self.start.checked_add(since).ok_or(ArithmeticError::Overflow)?)
    }

    /// Collateral that is staked and not asked back.
    #[must_use]
    pub fn active_stake(&self) -> U256 {
        self.active.assets
    }

    /// Collateral in an epoch's bucket, claimed or not.
    #[must_use]
    pub fn withdrawals(&self, epoch: u64) -> U256 {
        self.buckets.get(&epoch).map_or(U256::ZERO, |bucket| bucket.assets)
    }

    /// What an account's active shares are worth.
    ///
    /// # Errors
    /// When a number leaves the word.
    pub fn active_balance_of(&self, account: u32) -> Result<U256, SymbioticError> {
        self.active.balance_of(account)
    }

    /// What an account's shares of an epoch's bucket are worth.
    ///
    /// # Errors
    /// When a number leaves the word.
    pub fn withdrawals_of(&self, epoch: u64, account: u32) -> Result<U256, SymbioticError> {
        self.buckets.get(&epoch).map_or(Ok(U256::ZERO), |bucket| bucket.balance_of(account))
    }

    /// Stakes collateral; returns the shares.
    ///
    /// # Errors
    /// As the contract reverts.
    pub fn deposit(&mut self, account: u32, assets: U256) -> Result<U256, SymbioticError> {
        if assets.is_zero() {
            return Err(SymbioticError::InsufficientDeposit);
        }
        self.active.deposit(account, assets)
    }

    /// Asks collateral back.
    ///
    /// # Errors
    /// As the contract reverts.
    pub fn withdraw(&mut self, account: u32, assets: U256, now: u64) -> Result<Withdrawn, SymbioticError> {
        if assets.is_zero() {
            return Err(SymbioticError::InsufficientWithdrawal);
        }
        let burned_shares = self.active.shares_for(assets, mul_div_up)?;
        if burned_shares > self.active.shares_of(account) {
            return Err(SymbioticError::TooMuchWithdraw);
        }
        let epoch = self.epoch_at(now)?.checked_add(1).ok_or(ArithmeticError::Overflow)?;
        // All that can fail is done on a copy of the bucket.
        let mut bucket = self.buckets.get(&epoch).cloned().unwrap_or_default();
        let minted_shares = bucket.deposit(account, assets)?;
        self.active.take(account, assets, burned_shares)?;
        self.buckets.insert(epoch, bucket);
        Ok(Withdrawn { epoch, assets, burned_shares, minted_shares })
    }

    /// Pays an account its part of a bucket.
    ///
    /// # Errors
    /// As the contract reverts: while the epoch is not over, or where there is nothing.
    pub fn claim(&mut self, account: u32, epoch: u64, now: u64) -> Result<U256, SymbioticError> {
        if epoch >= self.epoch_at(now)? {
            return Err(SymbioticError::InvalidEpoch);
        }
        if self.claimed.contains(&(epoch, account)) {
            return Err(SymbioticError::AlreadyClaimed);
        }
        // The bucket keeps its totals, by which the others are paid.
        let amount = self.withdrawals_of(epoch, account)?;
        if amount.is_zero() {
            return Err(SymbioticError::InsufficientClaim);
        }
        self.claimed.insert((epoch, account));
        Ok(amount)
    }

    /// Slashes up to `amount` for something that happened at `captured`; returns what was taken (`onSlash`).
    ///
    /// # Errors
    /// When the capture is neither of this epoch nor of the one before.
    pub fn slash(&mut self, amount: U256, captured: u64, now: u64) -> Result<U256, SymbioticError> {
        let (epoch, capture) = (self.epoch_at(now)?, self.epoch_at(captured)?);
        if capture > epoch || epoch - capture > 1 {
            return Err(SymbioticError::InvalidCaptureEpoch);
        }
        let next_epoch = epoch.checked_add(1).ok_or(ArithmeticError::Overflow)?;
        let (active, next) = (self.active.assets, self.withdrawals(next_epoch));
        let current = if capture == epoch { U256::ZERO } else { self.withdrawals(epoch) };
        let slashable = add(add(active, current)?, next)?;
        let slashed = amount.min(slashable);
        if slashed.is_zero() {
            return Ok(slashed);
        }
        let from_active = mul_div_down(slashed, active, slashable)?;
        let (from_next, from_current) = if capture == epoch {
            (sub(slashed, from_active)?, U256::ZERO)
        } else {
            let from_next = mul_div_down(slashed, next, slashable)?;
            let rest = sub(sub(slashed, from_active)?, from_next)?;
            // The rest carries the rounding of the other two and may be more than the bucket.
            let from_current = rest.min(current);
            (add(from_next, sub(rest, from_current)?)?, from_current)
        };
        let (active, next) = (sub(active, from_active)?, sub(next, from_next)?);
        let current = sub(current, from_current)?;
        self.active.assets = active;
        if let Some(bucket) = self.buckets.get_mut(&next_epoch) {
            bucket.assets = next;
        }
        if let Some(bucket) = self.buckets.get_mut(&epoch).filter(|_| capture != epoch) {
            bucket.assets = current;
        }
        Ok(slashed)
    }
}

type Rounded = fn(U256, U256, U256) -> Result<U256, ArithmeticError>;

impl Pot {
    fn shares_of(&self, account: u32) -> U256 {
        self.shares_of.get(&account).copied().unwrap_or_default()
    }

    /// One virtual share and one virtual unit keep an empty pot's rate at one.
    fn shares_for(&self, assets: U256, rounded: Rounded) -> Result<U256, SymbioticError> {
        Ok(rounded(assets, add(self.shares, U256::ONE)?, add(self.assets, U256::ONE)?)?)
    }

    fn balance_of(&self, account: u32) -> Result<U256, SymbioticError> {
        let (assets, shares) = (add(self.assets, U256::ONE)?, add(self.shares, U256::ONE)?);
        Ok(mul_div_down(self.shares_of(account), assets, shares)?)
    }

    fn deposit(&mut self, account: u32, assets: U256) -> Result<U256, SymbioticError> {
        let minted = self.shares_for(assets, mul_div_down)?;
        let (total_assets, total_shares) = (add(self.assets, assets)?, add(self.shares, minted)?);
        let shares = add(self.shares_of(account), minted)?;
        (self.assets, self.shares) = (total_assets, total_shares);
        self.shares_of.insert(account, shares);
        Ok(minted)
    }

    fn take(&mut self, account: u32, assets: U256, burned: U256) -> Result<(), SymbioticError> {
        let (total_assets, total_shares) = (sub(self.assets, assets)?, sub(self.shares, burned)?);
        let shares = sub(self.shares_of(account), burned)?;
        (self.assets, self.shares) = (total_assets, total_shares);
        self.shares_of.insert(account, shares);
        Ok(())
    }
}
