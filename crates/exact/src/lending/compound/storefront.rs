//! The store front: absorbed collateral for base tokens, below the oracle's price.

use ruint::aliases::U256;

use super::{Comet, CometError, FACTOR_SCALE, Prices, mul_factor};
use crate::arithmetic::{add, div_down, mul, sub};

impl Comet {
    /// Collateral for `base_amount` base tokens, whether the protocol has it or not.
    ///
    /// # Errors
    /// When there is no such asset, a price is zero, or a number overflows.
    pub fn quote_collateral(
        &self,
        prices: &Prices,
        number: usize,
        base_amount: U256,
    ) -> Result<U256, CometError> {
        let asset = self.configuration.asset(number)?;
        let asset_price = prices.asset(number)?;
        let penalty = sub(FACTOR_SCALE, asset.liquidation_factor)?;
        let discount = mul_factor(self.configuration.store_front_price_factor, penalty)?;
        let discounted = mul_factor(asset_price, sub(FACTOR_SCALE, discount)?)?;
        let value = mul(mul(prices.base()?, base_amount)?, asset.scale)?;
        Ok(div_down(div_down(value, discounted)?, self.configuration.base_scale)?)
    }

    /// Sells collateral for `base_amount` base tokens and returns how much of it.
    ///
    /// # Errors
    /// When the reserves have reached their target, the quote is below `min_amount` or above what the protocol has, a
    /// price is zero, or a number overflows.
    pub fn buy_collateral(
        &mut self,
        now: u64,
        prices: &Prices,
        number: usize,
        min_amount: U256,
        base_amount: U256,
    ) -> Result<U256, CometError> {
        let reserves = self.reserves(now)?;
        if reserves >= 0 && U256::from(reserves.unsigned_abs()) >= self.configuration.target_reserves {
            return Err(CometError::NotForSale);
        }
        let base_balance = add(self.base_balance, base_amount)?;
        let bought = self.quote_collateral(prices, number, base_amount)?;
        if bought < min_amount {
            return Err(CometError::TooMuchSlippage);
        }
        let reserve = self.collateral_reserves.get_mut(number).ok_or(CometError::BadAsset)?;
        *reserve = reserve.checked_sub(bought).ok_or(CometError::InsufficientReserves)?;
        self.base_balance = base_balance;
        Ok(bought)
    }
}
