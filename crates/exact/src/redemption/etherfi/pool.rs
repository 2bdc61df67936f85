//! The value behind eETH and the shares in it.
//!
//! With the pooled ether `P` (in the pool and out of it: validators and the escrow of finalised requests) and `S`
//! shares:
//!
//! ```text
//! shares(a) = floor(a S / P)     shares to burn for a = ceil(a S / P)
//! amount(s) = floor(s P / S)     rate = ceil(1e18 P / S)
//! ```
//!
//! Source: etherfi-protocol/smart-contracts at b4a09680, `src/core/LiquidityPool.sol`, `src/core/EETH.sol`. Units:
//! wei. Domain: `P` below 2^128. The least amount per share is taken as zero.

use std::collections::BTreeMap;

use super::WEI_PER_ETH;
use crate::arithmetic::constant;
use crate::wide_arithmetic::{mul_div_down, mul_div_up};
use crate::{ArithmeticError, U256};

/// One token, and the unit of the rate.
pub(super) const WAD: U256 = constant(WEI_PER_ETH);

/// Why the pool refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// Nothing is moved, or it is worth no share.
    #[error("the amount or its shares are zero")]
    InvalidAmount,
    /// The pool or the account does not hold as much.
    #[error("the amount is above what is there")]
    InsufficientLiquidity,
    /// The sender has fewer shares.
    #[error("the shares are above the sender's")]
    TransferAmountExceedsBalance,
    /// The account has fewer shares.
    #[error("the shares to burn are above the account's")]
    BurnAmountExceedsBalance,
    /// A reward of more than 25 bps of the pooled ether.
    #[error("the reward is above 25 bps of the pooled ether")]
    RebaseExceedsPositiveCap,
    /// The rate would fall.
    #[error("the rate would fall")]
    EethRateDeflation,
    /// A number leaves its type, or a division by zero.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

/// Who holds shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Account {
    /// A holder of eETH.
    Holder(u64),
    /// Where the treasury's part of the exit fee goes.
    Treasury,
    /// The redemption manager, which keeps the dust of its transfers.
    RedemptionManager,
    /// The withdrawal queue, which holds the shares of open requests.
    WithdrawQueue,
}

/// Pooled ether and shares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiquidityPool {
    pub(super) value_in_pool: u128,
    pub(super) value_out_of_pool: u128,
    pub(super) total_shares: U256,
    pub(super) shares: BTreeMap<Account, U256>,
}

impl LiquidityPool {
    /// ETH in the pool itself.
    #[must_use]
    pub fn value_in_pool(&self) -> U256 {
        U256::from(self.value_in_pool)
    }

    /// Value in validators and in the queue's escrow.
    #[must_use]
    pub fn value_out_of_pool(&self) -> U256 {
        U256::from(self.value_out_of_pool)
    }

    /// Pooled ether.
    #[must_use]
    pub fn total_value(&self) -> U256 {
        // Every change keeps the sum below 2^128.
        U256::from(self.value_in_pool).wrapping_add(U256::from(self.value_out_of_pool))
    }

    /// Shares of everybody.
    #[must_use]
    pub fn total_shares(&self) -> U256 {
        self.total_shares
    }

    /// Shares of an account.
    #[must_use]
    pub fn shares_of(&self, account: Account) -> U256 {
        self.shares.get(&account).copied().unwrap_or(U256::ZERO)
    }

    /// eETH of an account, rounded down.
    ///
    /// # Errors
    /// When a number leaves the word.
    pub fn balance_of(&self, account: Account) -> Result<U256, PoolError> {
        self.amount_for_shares(self.shares_of(account))
    }

    /// Shares worth `amount`, rounded down; none of an empty pool.
    ///
    /// # Errors
    /// When a number leaves the word.
    pub fn shares_for_amount(&self, amount: U256) -> Result<U256, PoolError> {
        let total = self.total_value();
        if total.is_zero() { Ok(U256::ZERO) } else { Ok(mul_div_down(amount, self.total_shares, total)?) }
    }

    /// Shares to burn for `amount`, rounded up; none of an empty pool.
    ///
    /// # Errors
    /// When a number leaves the word.
    pub fn shares_for_withdrawal_amount(&self, amount: U256) -> Result<U256, PoolError> {
        let total = self.total_value();
        if total.is_zero() { Ok(U256::ZERO) } else { Ok(mul_div_up(amount, self.total_shares, total)?) }
    }

    /// What shares are worth, rounded down; nothing where there are no shares.
    ///
    /// # Errors
    /// When a number leaves the word.
    pub fn amount_for_shares(&self, shares: U256) -> Result<U256, PoolError> {
        if self.total_shares.is_zero() {
            return Ok(U256::ZERO);
        }
        Ok(mul_div_down(shares, self.total_value(), self.total_shares)?)
    }

    /// What 1e18 shares are worth, rounded up; nothing where there are no shares.
    ///
    /// # Errors
    /// When a number leaves the word.
    pub fn rate_ceil(&self) -> Result<U256, PoolError> {
        if self.total_shares.is_zero() {
            return Ok(U256::ZERO);
        }
        Ok(mul_div_up(WAD, self.total_value(), self.total_shares)?)
    }
}
