//! One account in a market: its supply, debt and collateral, and whether it is healthy.

use ruint::aliases::U256;

use super::math::{ORACLE_PRICE_SCALE, WAD, add_narrow};
use super::{Market, MorphoError};
use crate::ArithmeticError;
use crate::arithmetic::mul_div_down;

/// What one account has in a market.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Shares of the supply.
    pub supply_shares: U256,
    /// Shares of the debt.
    pub borrow_shares: U256,
    /// Collateral, in its own unit.
    pub collateral: U256,
}

impl Position {
    /// Adds collateral; the market does not take part.
    ///
    /// # Errors
    /// When nothing is added, or the collateral leaves 128 bits.
    pub fn supply_collateral(&mut self, assets: U256) -> Result<(), MorphoError> {
        if assets.is_zero() {
            return Err(MorphoError::ZeroAssets);
        }
        self.collateral = add_narrow(self.collateral, assets)?;
        Ok(())
    }

    /// What the position owes, rounded up, as of the market's last accrual.
    ///
    /// # Errors
    /// When a number leaves 256 bits.
    pub fn debt(&self, market: &Market) -> Result<U256, ArithmeticError> {
        market.borrow_totals().to_assets_up(self.borrow_shares)
    }

    /// What the position may owe at this price of the collateral, rounded down.
    ///
    /// # Errors
    /// When a number leaves 256 bits.
    pub fn max_debt(&self, market: &Market, price: U256) -> Result<U256, ArithmeticError> {
        let value = mul_div_down(self.collateral, price, ORACLE_PRICE_SCALE)?;
        mul_div_down(value, market.lltv, WAD)
    }

    /// Whether the position owes no more than it may, as of the market's last accrual.
    ///
    /// # Errors
    /// When a number leaves 256 bits.
    pub fn is_healthy(&self, market: &Market, price: U256) -> Result<bool, ArithmeticError> {
        Ok(self.max_debt(market, price)? >= self.debt(market)?)
    }

    /// The same, where a position without debt is healthy before the price is looked at.
    pub(super) fn require_healthy(&self, market: &Market, price: U256) -> Result<(), MorphoError> {
        if self.borrow_shares.is_zero() || self.is_healthy(market, price)? {
            Ok(())
        } else {
            Err(MorphoError::InsufficientCollateral)
        }
    }
}
