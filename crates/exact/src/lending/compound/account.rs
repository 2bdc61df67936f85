//! One account: its principal, its collateral, and whether that covers the debt.
//!
//! The debt's value and every collateral's, after its factor, round down. Assets count in order until the debt is
//! covered; the contract looks at no further price.

use ruint::aliases::U256;

use super::{CollateralAsset, CometError, Configuration, Indexes, Prices};
use crate::arithmetic::{add, mul_div_down};

/// What one account has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Base tokens without interest: lent above zero, owed below.
    pub principal: i128,
    /// Collateral, in the configuration's order.
    pub collateral: Vec<U256>,
}

impl Account {
    /// An account without anything.
    #[must_use]
    pub fn empty(configuration: &Configuration) -> Self {
        Self { principal: 0, collateral: vec![U256::ZERO; configuration.assets.len()] }
    }

    /// Adds collateral; interest does not accrue.
    ///
    /// # Errors
    /// When there is no such asset, or the balance leaves 128 bits.
    pub fn supply_collateral(&mut self, number: usize, amount: U256) -> Result<(), CometError> {
        let balance = self.collateral.get_mut(number).ok_or(CometError::BadAsset)?;
        let sum = add(*balance, amount)?;
        if sum.bit_len() > 128 {
            return Err(CometError::InvalidUint128);
        }
        *balance = sum;
        Ok(())
    }

    /// Whether the account may borrow what it owes.
    ///
    /// # Errors
    /// When a price is missing or zero, or a number overflows.
    pub fn is_borrow_collateralized(
        &self,
        configuration: &Configuration,
        indexes: &Indexes,
        prices: &Prices,
    ) -> Result<bool, CometError> {
        self.is_covered(configuration, indexes, prices, |asset| asset.borrow_collateral_factor)
    }

    /// Whether the account may be absorbed.
    ///
    /// # Errors
    /// When a price is missing or zero, or a number overflows.
    pub fn is_liquidatable(
        &self,
        configuration: &Configuration,
        indexes: &Indexes,
        prices: &Prices,
    ) -> Result<bool, CometError> {
        self.is_covered(configuration, indexes, prices, |asset| asset.liquidate_collateral_factor)
            .map(|covered| !covered)
    }

    fn is_covered(
        &self,
        configuration: &Configuration,
        indexes: &Indexes,
        prices: &Prices,
        factor: fn(&CollateralAsset) -> U256,
    ) -> Result<bool, CometError> {
        if self.principal >= 0 {
            return Ok(true);
        }
        let debt = U256::from(indexes.present_value(self.principal)?.unsigned_abs());
        let debt_value = mul_div_down(debt, prices.base()?, configuration.base_scale)?;
        let mut covered = U256::ZERO;
        for (number, &balance) in self.collateral.iter().enumerate().filter(|(_, balance)| !balance.is_zero())
        {
            if covered >= debt_value {
                return Ok(true);
            }
            let asset = configuration.asset(number)?;
            covered = add(covered, asset.weighted_value(balance, prices.asset(number)?, factor(asset))?)?;
        }
        Ok(covered >= debt_value)
    }
}
