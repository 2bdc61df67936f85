//! How value and shares move in the pool. Every function leaves the pool as it was where it fails, but for
//! [`LiquidityPool::withdraw`], whose caller works on a copy.

use super::BPS;
use super::pool::{Account, LiquidityPool, PoolError};
use crate::arithmetic::constant;
use crate::wide_arithmetic::mul_div_down;
use crate::{ArithmeticError, U256, arithmetic};

/// Most by which one rebase may raise the pooled ether.
const MAX_POSITIVE_REBASE_BPS: U256 = constant(25);

impl LiquidityPool {
    /// Adds ETH to the pool and returns the shares minted for it, one for one in an empty pool.
    ///
    /// # Errors
    /// When the amount or its shares are zero or a number leaves its type; the pool is then unchanged.
    pub fn deposit(&mut self, account: Account, amount: U256) -> Result<U256, PoolError> {
        let total = self.total_value();
        let shares = if total.is_zero() { amount } else { mul_div_down(amount, self.total_shares, total)? };
        if amount.is_zero() || shares.is_zero() {
            return Err(PoolError::InvalidAmount);
        }
        let value_in_pool = add(self.value_in_pool, narrow(amount)?)?;
        add(value_in_pool, self.value_out_of_pool)?;
        let total_shares = arithmetic::add(self.total_shares, shares)?;
        let after = arithmetic::add(total, amount)?;
        check_rate((total, self.total_shares), (after, total_shares))?;
        self.credit(account, shares)?;
        (self.value_in_pool, self.total_shares) = (value_in_pool, total_shares);
        Ok(shares)
    }

    /// Sends ETH out of the pool to validators; it stays pooled.
    ///
    /// # Errors
    /// When there is less in the pool, which is then unchanged.
    pub fn stake_out(&mut self, amount: U256) -> Result<(), PoolError> {
        self.move_out(narrow(amount)?)
    }

    /// Books rewards or a loss of the value out of the pool.
    ///
    /// # Errors
    /// When a reward is above 25 bps of the pooled ether, or a loss above the value out of the pool; the pool is
    /// then unchanged. The contract reverts on such a loss too, unless the loss is above all pooled ether: then its
    /// numbers wrap.
    pub fn rebase(&mut self, accrued_rewards: i128) -> Result<(), PoolError> {
        let change = accrued_rewards.unsigned_abs();
        let value = if accrued_rewards > 0 {
            let scaled = arithmetic::mul(self.total_value(), MAX_POSITIVE_REBASE_BPS)?;
            if U256::from(change) > arithmetic::div_down(scaled, BPS)? {
                return Err(PoolError::RebaseExceedsPositiveCap);
            }
            add(self.value_out_of_pool, change)?
        } else {
            sub(self.value_out_of_pool, change)?
        };
        // The sum is computed in signed 128 bits: it may not cross their limit.
        if (value > i128::MAX as u128) != (self.value_out_of_pool > i128::MAX as u128) {
            return Err(ArithmeticError::Overflow.into());
        }
        add(self.value_in_pool, value)?;
        self.value_out_of_pool = value;
        Ok(())
    }

    /// Moves eETH between accounts and returns the shares moved, rounded down.
    pub(super) fn transfer(&mut self, from: Account, to: Account, amount: U256) -> Result<U256, PoolError> {
        let shares = self.shares_for_amount(amount)?;
        let left = self.shares_of(from).checked_sub(shares).ok_or(PoolError::TransferAmountExceedsBalance)?;
        self.shares.insert(from, left);
        self.credit(to, shares)?;
        Ok(shares)
    }

    /// Pays `amount` out of the pool for an account's shares at the present rate, and returns the shares burned.
    pub(super) fn withdraw(&mut self, account: Account, amount: U256) -> Result<U256, PoolError> {
        let (total, total_shares) = (self.total_value(), self.total_shares);
        let shares = self.shares_for_withdrawal_amount(amount)?;
        if self.balance_of(account)? < amount {
            return Err(PoolError::InsufficientLiquidity);
        }
        if amount.is_zero() || shares.is_zero() {
            return Err(PoolError::InvalidAmount);
        }
        let in_pool = self.value_in_pool.checked_sub(narrow(amount)?);
        self.value_in_pool = in_pool.ok_or(PoolError::InsufficientLiquidity)?;
        self.burn(account, shares)?;
        check_rate((total, total_shares), (self.total_value(), self.total_shares))?;
        Ok(shares)
    }

    /// Burns shares for nothing: the rate rises.
    pub(super) fn burn(&mut self, account: Account, shares: U256) -> Result<(), PoolError> {
        let left = self.shares_of(account).checked_sub(shares).ok_or(PoolError::BurnAmountExceedsBalance)?;
        self.total_shares = arithmetic::sub(self.total_shares, shares)?;
        self.shares.insert(account, left);
        Ok(())
    }

    /// Sends ETH to the queue's escrow; it stays pooled.
    pub(super) fn lock(&mut self, amount: U256) -> Result<(), PoolError> {
        if self.value_in_pool() < amount {
            return Err(PoolError::InsufficientLiquidity);
        }
        self.move_out(narrow(amount)?)
    }

    /// Settles a claim: what was locked leaves the escrow, `paid` to the owner and the rest back into the pool, and
    /// the request's shares are burned.
    pub(super) fn settle(&mut self, locked: U256, paid: U256, shares: U256) -> Result<(), PoolError> {
        if paid.is_zero() || shares.is_zero() {
            return Err(PoolError::InvalidAmount);
        }
        let surplus = narrow(arithmetic::sub(locked, paid)?)?;
        let out_of_pool = sub(self.value_out_of_pool, narrow(locked)?)?;
        let in_pool = add(self.value_in_pool, surplus)?;
        self.burn(Account::WithdrawQueue, shares)?;
        (self.value_in_pool, self.value_out_of_pool) = (in_pool, out_of_pool);
        Ok(())
    }

    fn move_out(&mut self, amount: u128) -> Result<(), PoolError> {
        let out_of_pool = add(self.value_out_of_pool, amount)?;
        self.value_in_pool = sub(self.value_in_pool, amount)?;
        self.value_out_of_pool = out_of_pool;
        Ok(())
    }

    fn credit(&mut self, account: Account, shares: U256) -> Result<(), PoolError> {
        let after = arithmetic::add(self.shares_of(account), shares)?;
        self.shares.insert(account, after);
        Ok(())
    }
}

/// The contract's own guard: `P1 S0 >= P0 S1`, unless there are no shares before or after.
fn check_rate(before: (U256, U256), after: (U256, U256)) -> Result<(), PoolError> {
    let ((value_before, shares_before), (value_after, shares_after)) = (before, after);
    if shares_before.is_zero() || shares_after.is_zero() {
        return Ok(());
    }
    if arithmetic::mul(value_after, shares_before)? < arithmetic::mul(value_before, shares_after)? {
        return Err(PoolError::EethRateDeflation);
    }
    Ok(())
}

fn narrow(amount: U256) -> Result<u128, ArithmeticError> {
    amount.try_into().map_err(|_| ArithmeticError::Overflow)
}

fn add(a: u128, b: u128) -> Result<u128, ArithmeticError> {
    a.checked_add(b).ok_or(ArithmeticError::Overflow)
}

fn sub(a: u128, b: u128) -> Result<u128, ArithmeticError> {
    a.checked_sub(b).ok_or(ArithmeticError::Underflow)
}
