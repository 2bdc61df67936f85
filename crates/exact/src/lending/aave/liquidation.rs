//! How much of a position one liquidation may take.
//!
//! With prices `P` and units `u` of collateral `c` and debt `d`, the bonus `LB` as 10100 for 1 %, and the treasury's share
//! `f` of the bonus:
//!
//! ```text
//! base   = floor(P_d debt u_c / (P_c u_d)),    seized = floor(base LB / 1e4)
//! where that is more than the collateral C:
//!   seized = C,    debt = ceil(floor(P_c C u_d / (P_d u_c)) 1e4 / LB)
//! fee    = ceil((seized - floor(seized 1e4 / LB)) f / 1e4),    liquidator gets seized - fee
//! ```
//!
//! The whole debt may be repaid, unless both collateral and debt of these assets are worth 2000 or more and the health
//! factor is above 0.95: then half of the account's total debt at most. What leaves both collateral and debt must leave
//! 1000 or more of each.
//!
//! Source: aave-dao/aave-v3-origin at fd1fbd91 (v3.7.0), `src/contracts/protocol/libraries/logic/LiquidationLogic.sol`.
//!
//! Units: smallest units of the assets; prices and values in the base currency with 8 decimals.

use super::account::AccountData;
use super::error::Error;
use super::fixed_point::{Rounding, percent_div, percent_mul};
use super::reserve::Reserve;
use crate::{ArithmeticError, U256, arithmetic as word};

const CLOSE_FACTOR_BPS: U256 = U256::from_limbs([5_000, 0, 0, 0]);
/// Health up to which the whole debt may be repaid, 0.95.
const CLOSE_FACTOR_HEALTH: U256 = U256::from_limbs([950_000_000_000_000_000, 0, 0, 0]);
/// Value below which the whole debt may be repaid.
const FULL_CLOSE_BASE: U256 = U256::from_limbs([200_000_000_000, 0, 0, 0]);
/// Least value of what is left.
const LEAST_LEFT_BASE: U256 = U256::from_limbs([100_000_000_000, 0, 0, 0]);

/// At what terms debt is exchanged for collateral.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeizureTerms {
    /// Value of a whole token of collateral.
    pub collateral_price: U256,
    /// Smallest units of a whole token of collateral.
    pub collateral_unit: U256,
    /// Value of a whole token of debt.
    pub debt_price: U256,
    /// Smallest units of a whole token of debt.
    pub debt_unit: U256,
    /// Collateral given per value of debt, 10100 for a bonus of 1 %.
    pub bonus_bps: U256,
    /// Share of the bonus that is the treasury's.
    pub protocol_fee_bps: U256,
}

/// What is exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seizure {
    /// Debt the liquidator repays.
    pub debt_repaid: U256,
    /// Collateral the liquidator gets.
    pub collateral_to_liquidator: U256,
    /// Collateral the treasury gets.
    pub protocol_fee: U256,
}

impl SeizureTerms {
    pub(super) fn between(collateral: &Reserve, debt: &Reserve, bonus_bps: U256) -> Self {
        Self {
            collateral_price: collateral.price(),
            collateral_unit: collateral.unit(),
            debt_price: debt.price(),
            debt_unit: debt.unit(),
            bonus_bps,
            protocol_fee_bps: U256::from(collateral.config().protocol_fee_bps),
        }
    }

    /// What `debt_to_cover` takes out of `collateral_balance` (`_calculateAvailableCollateralToLiquidate`).
    ///
    /// # Errors
    /// When a number leaves the word, or a price, unit or bonus in a divisor is zero.
    pub fn seize(&self, debt_to_cover: U256, collateral_balance: U256) -> Result<Seizure, ArithmeticError> {
        let value = word::mul(word::mul(self.debt_price, debt_to_cover)?, self.collateral_unit)?;
        let base = word::div_down(value, word::mul(self.collateral_price, self.debt_unit)?)?;
        let most = percent_mul(base, self.bonus_bps, Rounding::Down)?;
        let (seized, debt_repaid) = if most > collateral_balance {
            (collateral_balance, self.debt_for(collateral_balance)?)
        } else {
            (most, debt_to_cover)
        };
        let protocol_fee = if self.protocol_fee_bps.is_zero() {
            U256::ZERO
        } else {
            let without_bonus = percent_div(seized, self.bonus_bps, Rounding::Down)?;
            percent_mul(word::sub(seized, without_bonus)?, self.protocol_fee_bps, Rounding::Up)?
        };
        Ok(Seizure { debt_repaid, collateral_to_liquidator: word::sub(seized, protocol_fee)?, protocol_fee })
    }

    /// The debt that a seizure of this much collateral pays for.
    fn debt_for(&self, collateral: U256) -> Result<U256, ArithmeticError> {
        let value = word::mul(word::mul(self.collateral_price, collateral)?, self.debt_unit)?;
        let debt = word::div_down(value, word::mul(self.debt_price, self.collateral_unit)?)?;
        percent_div(debt, self.bonus_bps, Rounding::Up)
    }
}

/// The borrower's balances in the two assets of a liquidation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exposure {
    pub(super) collateral: U256,
    pub(super) debt: U256,
}

impl Exposure {
    /// Debt that one call may repay.
    pub(super) fn max_liquidatable_debt(
        &self,
        collateral: &Reserve,
        debt: &Reserve,
        account: &AccountData,
    ) -> Result<U256, ArithmeticError> {
        let debt_base = debt.debt_value(self.debt)?;
        let collateral_base = collateral.collateral_value(self.collateral)?;
        let large = collateral_base >= FULL_CLOSE_BASE && debt_base >= FULL_CLOSE_BASE;
        if !large || account.health_factor <= CLOSE_FACTOR_HEALTH {
            return Ok(self.debt);
        }
        let half = percent_mul(account.total_debt_base, CLOSE_FACTOR_BPS, Rounding::HalfUp)?;
        if debt_base > half { word::mul_div_down(half, debt.unit(), debt.price()) } else { Ok(self.debt) }
    }

    /// Refuses what leaves both assets, one of them below the least value.
    pub(super) fn check_leftover(
        &self,
        collateral: &Reserve,
        debt: &Reserve,
        seizure: &Seizure,
    ) -> Result<(), Error> {
        let seized = word::add(seizure.collateral_to_liquidator, seizure.protocol_fee)?;
        if seizure.debt_repaid >= self.debt || seized >= self.collateral {
            return Ok(());
        }
        let debt_left = debt.debt_value(word::sub(self.debt, seizure.debt_repaid)?)?;
        let collateral_left = collateral.collateral_value(word::sub(self.collateral, seized)?)?;
        if debt_left < LEAST_LEFT_BASE || collateral_left < LEAST_LEFT_BASE {
            return Err(Error::MustNotLeaveDust);
        }
        Ok(())
    }
}
