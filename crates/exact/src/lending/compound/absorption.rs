//! Absorptions: the protocol takes an account's debt and collateral onto its own book.

use ruint::aliases::U256;

use super::comet::Flow;
use super::indexes::signed;
use super::{Account, Comet, CometError, Prices};
use crate::ArithmeticError;
use crate::arithmetic::{add, mul_div_down};

/// What an absorption moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absorption {
    /// Collateral seized, in the configuration's order.
    pub seized: Vec<U256>,
    /// Base tokens that the reserves paid: the debt and what the account was credited beyond it.
    pub base_paid_out: U256,
}

impl Comet {
    /// Absorbs an account.
    ///
    /// # Errors
    /// When its collateral covers its debt, a price is missing or zero, or a number leaves its word.
    pub fn absorb(
        &mut self,
        now: u64,
        prices: &Prices,
        account: &mut Account,
    ) -> Result<Absorption, CometError> {
        let indexes = self.indexes_at(now)?;
        if !account.is_liquidatable(&self.configuration, &indexes, prices)? {
            return Err(CometError::NotLiquidatable);
        }
        let old_balance = indexes.present_value(account.principal)?;
        let base_price = prices.base()?;
        let mut delta_value = U256::ZERO;
        let mut collateral_reserves = self.collateral_reserves.clone();
        for (number, &seized) in account.collateral.iter().enumerate().filter(|(_, seized)| !seized.is_zero())
        {
            let asset = self.configuration.asset(number)?;
            let value = asset.weighted_value(seized, prices.asset(number)?, asset.liquidation_factor)?;
            delta_value = add(delta_value, value)?;
            let reserve = collateral_reserves.get_mut(number).ok_or(CometError::BadAsset)?;
            *reserve = add(*reserve, seized)?;
        }
        let delta = signed(mul_div_down(delta_value, self.configuration.base_scale, base_price)?)?;
        // What the collateral does not pay, the reserves do: no debt is left.
        let new_balance = old_balance.checked_add(delta).ok_or(ArithmeticError::Overflow)?.max(0);
        let principal = indexes.principal_value(new_balance)?;
        let paid = new_balance.checked_sub(old_balance).ok_or(ArithmeticError::Overflow)?;

        self.set_principal((now, indexes), account, principal, Flow::In)?;
        self.collateral_reserves = collateral_reserves;
        let nothing = vec![U256::ZERO; account.collateral.len()];
        let seized = std::mem::replace(&mut account.collateral, nothing);
        Ok(Absorption { seized, base_paid_out: U256::from(paid.unsigned_abs()) })
    }
}
