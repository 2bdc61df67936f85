//! What governance sets and oracles say.

use ruint::aliases::U256;

use super::{CometError, FACTOR_SCALE, RateModel, mul_factor};
use crate::arithmetic::{ArithmeticError, mul_div_down};

/// The contract packs collateral factors in steps of 1e-4.
const FACTOR_STEP: U256 = U256::from_limbs([100_000_000_000_000, 0, 0, 0]);
const MAX_DECIMALS: u32 = 18;

/// A protocol's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Configuration {
    /// Interest.
    pub rates: RateModel,
    /// One base token in its smallest unit.
    pub base_scale: U256,
    /// Smallest debt an account may take on.
    pub base_borrow_min: U256,
    /// Part of the liquidation penalty that buyers of collateral get.
    pub store_front_price_factor: U256,
    /// Reserves from which on no collateral is sold.
    pub target_reserves: U256,
    /// What may be borrowed against.
    pub assets: Vec<CollateralAsset>,
}

/// One collateral.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CollateralAsset {
    pub(super) scale: U256,
    pub(super) borrow_collateral_factor: U256,
    pub(super) liquidate_collateral_factor: U256,
    pub(super) liquidation_factor: U256,
}

/// Oracle prices in USD, 1e8 = 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices {
    /// Of the base token.
    pub base: U256,
    /// Of the collaterals, in the configuration's order.
    pub assets: Vec<U256>,
}

/// One token of so many decimals in its smallest unit.
///
/// # Errors
/// When there are more than 18.
fn scale(decimals: u32) -> Result<U256, CometError> {
    if decimals > MAX_DECIMALS {
        return Err(CometError::BadDecimals);
    }
    Ok(U256::from(10_u64.pow(decimals)))
}

impl Configuration {
    /// Settings of a base token with so many decimals, without a least debt.
    ///
    /// # Errors
    /// When there are more than 18 decimals or the store front's factor is above one.
    pub fn new(
        rates: RateModel,
        base_decimals: u32,
        store_front_price_factor: U256,
        target_reserves: U256,
        assets: Vec<CollateralAsset>,
    ) -> Result<Self, CometError> {
        if store_front_price_factor > FACTOR_SCALE {
            return Err(CometError::FactorTooLarge);
        }
        let base_scale = scale(base_decimals)?;
        let base_borrow_min = U256::ZERO;
        Ok(Self { rates, base_scale, base_borrow_min, store_front_price_factor, target_reserves, assets })
    }

    pub(super) fn asset(&self, number: usize) -> Result<&CollateralAsset, CometError> {
        self.assets.get(number).ok_or(CometError::BadAsset)
    }
}

impl CollateralAsset {
    /// A collateral and how much of its value counts: when borrowing, before liquidation, and when it is seized.
    /// Factors are rounded down to four decimals as the contract does.
    ///
    /// # Errors
    /// When a factor is above one, or one may borrow more than is safe.
    pub fn new(
        decimals: u32,
        borrow_collateral_factor: U256,
        liquidate_collateral_factor: U256,
        liquidation_factor: U256,
    ) -> Result<Self, CometError> {
        if borrow_collateral_factor >= liquidate_collateral_factor {
            return Err(CometError::BorrowFactorTooLarge);
        }
        if liquidate_collateral_factor.max(liquidation_factor) > FACTOR_SCALE {
            return Err(CometError::FactorTooLarge);
        }
        let packed = |factor: U256| factor / FACTOR_STEP * FACTOR_STEP;
        Ok(Self {
            scale: scale(decimals)?,
            borrow_collateral_factor: packed(borrow_collateral_factor),
            liquidate_collateral_factor: packed(liquidate_collateral_factor),
            liquidation_factor: packed(liquidation_factor),
        })
    }

    /// USD value of `amount` times `factor`, both rounded down.
    pub(super) fn weighted_value(
        &self,
        amount: U256,
        price: U256,
        factor: U256,
    ) -> Result<U256, ArithmeticError> {
        mul_factor(mul_div_down(amount, price, self.scale)?, factor)
    }
}

impl Prices {
    pub(super) fn base(&self) -> Result<U256, CometError> {
        above_zero(self.base)
    }

    pub(super) fn asset(&self, number: usize) -> Result<U256, CometError> {
        above_zero(*self.assets.get(number).ok_or(CometError::BadAsset)?)
    }
}

fn above_zero(price: U256) -> Result<U256, CometError> {
    if price.is_zero() { Err(CometError::BadPrice) } else { Ok(price) }
}
