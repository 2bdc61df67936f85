//! The protocol: totals, interest, reserves, and accounts that lend and borrow.

use ruint::aliases::U256;

use super::indexes::signed;
use super::rates::utilization;
use super::{Account, CometError, Configuration, Indexes, Prices};
use crate::ArithmeticError;
use crate::arithmetic::{add, sub};

/// The protocol's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comet {
    /// Its settings.
    pub configuration: Configuration,
    /// Indexes at the last accrual.
    pub indexes: Indexes,
    /// Principal of all lenders.
    pub total_supply_base: U256,
    /// Principal of all borrowers.
    pub total_borrow_base: U256,
    /// Timestamp of the last accrual.
    pub last_accrual_time: u64,
    /// Base tokens the protocol holds.
    pub base_balance: U256,
    /// Collateral it has absorbed and not sold yet.
    pub collateral_reserves: Vec<U256>,
}

impl Comet {
    /// A protocol that nobody uses yet and that holds `base_balance`, all of it reserves.
    #[must_use]
    pub fn new(configuration: Configuration, base_balance: U256, now: u64) -> Self {
        let collateral_reserves = vec![U256::ZERO; configuration.assets.len()];
        Self {
            configuration,
            indexes: Indexes::default(),
            total_supply_base: U256::ZERO,
            total_borrow_base: U256::ZERO,
            last_accrual_time: now,
            base_balance,
            collateral_reserves,
        }
    }

    /// Debt over supply at the last accrual.
    ///
    /// # Errors
    /// When a number overflows.
    pub fn utilization(&self) -> Result<U256, ArithmeticError> {
        let supply = self.indexes.present_value_supply(self.total_supply_base)?;
        utilization(supply, self.indexes.present_value_borrow(self.total_borrow_base)?)
    }

    /// Adds the interest since the last accrual.
    ///
    /// # Errors
    /// When `now` is before the last accrual, or a rate or index does not fit 64 bits.
    pub fn accrue(&mut self, now: u64) -> Result<(), CometError> {
        self.indexes = self.indexes_at(now)?;
        self.last_accrual_time = now;
        Ok(())
    }

    /// The indexes as they are at `now`.
    ///
    /// # Errors
    /// As [`Self::accrue`].
    pub fn indexes_at(&self, now: u64) -> Result<Indexes, CometError> {
        let elapsed = now.checked_sub(self.last_accrual_time).ok_or(ArithmeticError::Underflow)?;
        self.indexes.accrued(&self.configuration.rates, self.utilization()?, elapsed)
    }

    /// Everything lent, with interest.
    ///
    /// # Errors
    /// As [`Self::accrue`].
    pub fn total_supply(&self, now: u64) -> Result<U256, CometError> {
        Ok(self.indexes_at(now)?.present_value_supply(self.total_supply_base)?)
    }

    /// Everything owed, with interest.
    ///
    /// # Errors
    /// As [`Self::accrue`].
    pub fn total_borrow(&self, now: u64) -> Result<U256, CometError> {
        Ok(self.indexes_at(now)?.present_value_borrow(self.total_borrow_base)?)
    }

    /// Base tokens that are the protocol's own, those owed to it included: `balance - supply + borrow`.
    ///
    /// # Errors
    /// As [`Self::accrue`].
    pub fn reserves(&self, now: u64) -> Result<i128, CometError> {
        let supply = signed(self.total_supply(now)?)?;
        let borrow = signed(self.total_borrow(now)?)?;
        let own = signed(self.base_balance)?.checked_sub(supply).ok_or(ArithmeticError::Overflow)?;
        Ok(own.checked_add(borrow).ok_or(ArithmeticError::Overflow)?)
    }

    /// Lends, or repays what the account owes first.
    ///
    /// # Errors
    /// When a number leaves its word.
    pub fn supply_base(&mut self, now: u64, account: &mut Account, amount: U256) -> Result<(), CometError> {
        let indexes = self.indexes_at(now)?;
        let balance = indexes.present_value(account.principal)?;
        let balance = balance.checked_add(signed(amount)?).ok_or(CometError::InvalidUint104)?;
        let base_balance = add(self.base_balance, amount)?;
        let principal = indexes.principal_value(balance)?;
        self.set_principal((now, indexes), account, principal, Flow::In)?;
        self.base_balance = base_balance;
        Ok(())
    }

    /// Takes back what the account lent, then borrows against its collateral.
    ///
    /// # Errors
    /// When the debt would not be covered or be too small, the protocol holds less, or a number leaves its word.
    pub fn withdraw_base(
        &mut self,
        now: u64,
        prices: &Prices,
        account: &mut Account,
        amount: U256,
    ) -> Result<(), CometError> {
        let indexes = self.indexes_at(now)?;
        let balance = indexes.present_value(account.principal)?;
        let balance = balance.checked_sub(signed(amount)?).ok_or(CometError::InvalidUint104)?;
        let principal = indexes.principal_value(balance)?;
        if balance < 0 {
            if U256::from(balance.unsigned_abs()) < self.configuration.base_borrow_min {
                return Err(CometError::BorrowTooSmall);
            }
            let after = Account { principal, ..account.clone() };
            if !after.is_borrow_collateralized(&self.configuration, &indexes, prices)? {
                return Err(CometError::NotCollateralized);
            }
        }
        let base_balance = sub(self.base_balance, amount)?;
        self.set_principal((now, indexes), account, principal, Flow::Out)?;
        self.base_balance = base_balance;
        Ok(())
    }

    /// Accrues, and moves the account's principal and the totals with it. By rounding the principal may move against
    /// the flow; the totals then stand.
    pub(super) fn set_principal(
        &mut self,
        (now, indexes): (u64, Indexes),
        account: &mut Account,
        principal: i128,
        flow: Flow,
    ) -> Result<(), CometError> {
        let before = account.principal;
        let follows = match flow {
            Flow::In => principal >= before,
            Flow::Out => principal <= before,
        };
        if follows {
            let total_supply = sub(add(self.total_supply_base, lent(principal))?, lent(before))?;
            let total_borrow = sub(add(self.total_borrow_base, owed(principal))?, owed(before))?;
            (self.total_supply_base, self.total_borrow_base) = (total(total_supply)?, total(total_borrow)?);
        }
        (self.indexes, self.last_accrual_time) = (indexes, now);
        account.principal = principal;
        Ok(())
    }
}

/// Which way base tokens go.
#[derive(Clone, Copy)]
pub(super) enum Flow {
    /// To the account.
    In,
    /// From it.
    Out,
}

fn lent(principal: i128) -> U256 {
    U256::from(principal.max(0).unsigned_abs())
}

fn owed(principal: i128) -> U256 {
    U256::from(principal.min(0).unsigned_abs())
}

fn total(principal: U256) -> Result<U256, CometError> {
    if principal.bit_len() > 104 { Err(ArithmeticError::Overflow.into()) } else { Ok(principal) }
}
