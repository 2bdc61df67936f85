//! Who gets what when a Gearbox v3 credit account is liquidated.
//!
//! The liquidator keeps the premium, everything else is shared out of the discounted value of the account:
//!
//! ```text
//! funds  = floor(value * discount / 1e4)                        discount = 1 - premium
//! due    = debt + interest + fees + floor(value * fee / 1e4)
//! pool   = min(funds, due);   owner = funds - pool
//! profit = pool - (debt + interest), or, where that is below zero, its size is the pool's loss
//! ```
//!
//! Fees, those of the protocol on interest among them, are waived before the pool loses anything: a loss is counted
//! against principal and interest alone.
//!
//! Source: Gearbox-protocol/core-v3 at 510fc654, `contracts/libraries/CreditLogic.sol` (`calcLiquidationPayments`) and
//! `contracts/credit/CreditFacadeV3.sol` (when an account is unhealthy).
//!
//! Units: the underlying's smallest unit; percentages in basis points. Domain: an underlying that charges no fee on
//! transfers, and no fee on early closure.

use ruint::aliases::U256;

use crate::arithmetic::{ArithmeticError, add, mul_div_down};

const PERCENTAGE_FACTOR: U256 = U256::from_limbs([10_000, 0, 0, 0]);

/// What a credit account owes and holds, in its underlying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreditAccount {
    /// Principal.
    pub debt: U256,
    /// Interest on it, that of quotas included.
    pub accrued_interest: U256,
    /// The protocol's fees on that interest.
    pub accrued_fees: U256,
    /// Value of all collateral.
    pub total_value: U256,
    /// Value of all collateral, each weighted by its liquidation threshold and capped by its quota.
    pub weighted_value: U256,
}

/// Terms of a liquidation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiquidationTerms {
    /// Basis points of the value that remain after the liquidator's premium.
    pub discount_bps: u16,
    /// Basis points of the value that the protocol charges.
    pub fee_bps: u16,
}

/// Payments of a liquidation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiquidationPayments {
    /// To the pool.
    pub to_pool: U256,
    /// To the account's owner, at least.
    pub remaining_funds: U256,
    /// The protocol's part of what the pool got.
    pub profit: U256,
    /// Principal and interest that the pool did not get.
    pub loss: U256,
}

impl CreditAccount {
    /// Principal, interest and fees.
    ///
    /// # Errors
    /// When the sum overflows.
    pub fn total_debt(&self) -> Result<U256, ArithmeticError> {
        add(self.principal_and_interest()?, self.accrued_fees)
    }

    /// Whether anybody may liquidate the account.
    ///
    /// # Errors
    /// When the debt overflows.
    pub fn is_liquidatable(&self) -> Result<bool, ArithmeticError> {
        Ok(self.weighted_value < self.total_debt()?)
    }

    /// The payments when the account is liquidated now.
    ///
    /// # Errors
    /// When a number leaves 256 bits.
    pub fn liquidation_payments(
        &self,
        terms: LiquidationTerms,
    ) -> Result<LiquidationPayments, ArithmeticError> {
        let share_of_value = |bps: u16| mul_div_down(self.total_value, U256::from(bps), PERCENTAGE_FACTOR);
        let total_funds = share_of_value(terms.discount_bps)?;
        let due = add(self.total_debt()?, share_of_value(terms.fee_bps)?)?;
        let to_pool = total_funds.min(due);
        let owed = self.principal_and_interest()?;
        Ok(LiquidationPayments {
            to_pool,
            remaining_funds: total_funds.saturating_sub(to_pool),
            profit: to_pool.saturating_sub(owed),
            loss: owed.saturating_sub(to_pool),
        })
    }

    fn principal_and_interest(&self) -> Result<U256, ArithmeticError> {
        add(self.debt, self.accrued_interest)
    }
}
