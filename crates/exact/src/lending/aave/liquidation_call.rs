//! Liquidation of an account of a pool: debt burned, collateral moved, bad debt written off.
//!
//! A liquidation that takes the last collateral of an account writes off what it still owes, in every asset: the debt
//! is burned and becomes the reserve's deficit. "The last" is meant in scaled units, in which the two transfers are made:
//!
//! ```text
//! consumed = min(ceil(to liquidator / index) + ceil(fee / index), scaled balance)
//! nothing left  iff  floor(floor(consumed index) P / u) = total collateral in the base currency
//! ```
//!
//! Source: aave-dao/aave-v3-origin at fd1fbd91 (v3.7.0), `src/contracts/protocol/libraries/logic/LiquidationLogic.sol`,
//! `ValidationLogic.sol`, `docs/3.7/liquidation-rounding.md`.
//!
//! Units: the assets' smallest units, seconds. Domain: as [`Pool`]'s, outside of grace periods; liquidators other than the
//! borrower, who have what they repay.

use super::account::{Account, HEALTH_FACTOR_LIQUIDATION_THRESHOLD};
use super::error::Error;
use super::fixed_point::Rounding;
use super::liquidation::{Exposure, Seizure, SeizureTerms};
use super::pool::Pool;
use super::reserve::{Reserve, add_scaled};
use crate::{U256, arithmetic as word};

/// A liquidator's call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiquidationCall {
    /// Reserve of the collateral.
    pub collateral: usize,
    /// Reserve of the debt.
    pub debt: usize,
    /// Most debt to repay.
    pub debt_to_cover: U256,
    /// Whether the collateral stays in the pool as the liquidator's supply.
    pub receive_atoken: bool,
}

impl Pool {
    /// Repays an account's debt for a part of its collateral.
    ///
    /// # Errors
    /// As the contract; pool and accounts are then unchanged.
    pub fn liquidate(
        &mut self,
        borrower: &mut Account,
        liquidator: &mut Account,
        call: LiquidationCall,
        now: u64,
    ) -> Result<Seizure, Error> {
        let mut pool = self.clone();
        let mut next_borrower = borrower.clone();
        let mut next_liquidator = liquidator.clone();
        let seizure = pool.execute(&mut next_borrower, &mut next_liquidator, call, now)?;
        *self = pool;
        *borrower = next_borrower;
        *liquidator = next_liquidator;
        Ok(seizure)
    }

    fn execute(
        &mut self,
        borrower: &mut Account,
        liquidator: &mut Account,
        call: LiquidationCall,
        now: u64,
    ) -> Result<Seizure, Error> {
        self.reserve_mut(call.debt)?.accrue(now)?;
        self.reserve_mut(call.collateral)?.accrue(now)?;
        let account = borrower.data(&self.reserves, now)?;
        let (collateral, debt) = (self.reserve(call.collateral)?, self.reserve(call.debt)?);
        let held = *borrower.position(call.collateral)?;
        let exposure = Exposure {
            collateral: collateral.supply_balance(held.scaled_supply, now)?,
            debt: debt.debt_balance(borrower.position(call.debt)?.scaled_debt, now)?,
        };
        if account.health_factor >= HEALTH_FACTOR_LIQUIDATION_THRESHOLD {
            return Err(Error::HealthFactorNotBelowThreshold);
        }
        if !held.is_collateral {
            return Err(Error::CollateralCannotBeLiquidated);
        }
        if exposure.debt.is_zero() {
            return Err(Error::SpecifiedCurrencyNotBorrowedByUser);
        }
        let most = exposure.max_liquidatable_debt(collateral, debt, &account)?;
        let bonus = borrower.bonus_bps(call.collateral, collateral.config());
        let seizure = SeizureTerms::between(collateral, debt, bonus)
            .seize(call.debt_to_cover.min(most), exposure.collateral)?;
        exposure.check_leftover(collateral, debt, &seizure)?;

        let consumed = consumed_scaled(collateral, &seizure, held.scaled_supply)?;
        let consumed_base = collateral.collateral_value(collateral.supply_balance(consumed, now)?)?;
        let nothing_left = consumed_base == account.total_collateral_base;
        if consumed == held.scaled_supply || nothing_left {
            borrower.position_mut(call.collateral)?.is_collateral = false;
        }
        self.burn_debt(borrower, call.debt, seizure.debt_repaid, nothing_left, now)?;
        self.move_collateral(borrower, liquidator, call, &seizure)?;
        self.take_fee(borrower, call.collateral, seizure.protocol_fee)?;
        if nothing_left && borrower.owes() {
            self.write_off(borrower, now)?;
        }
        Ok(seizure)
    }

    /// Burns the debt that is repaid, or all of it where no collateral is left; the rest becomes a deficit.
    fn burn_debt(
        &mut self,
        borrower: &mut Account,
        asset: usize,
        repaid: U256,
        nothing_left: bool,
        now: u64,
    ) -> Result<(), Error> {
        let position = borrower.position_mut(asset)?;
        let reserve = self.reserve_mut(asset)?;
        let owed = reserve.debt_balance(position.scaled_debt, now)?;
        let burned = reserve.scale_debt(if nothing_left { owed } else { repaid }, Rounding::Down)?;
        if burned.is_zero() {
            return Err(Error::InvalidBurnAmount);
        }
        position.scaled_debt = word::sub(position.scaled_debt, burned)?;
        reserve.scaled_debt = word::sub(reserve.scaled_debt, burned)?;
        let outstanding = word::sub(owed, repaid)?;
        if nothing_left {
            reserve.add_deficit(outstanding)?;
        }
        reserve.move_liquidity(repaid, U256::ZERO)?;
        Ok(())
    }

    /// Pays the liquidator, in supply of the pool or out of its liquidity.
    fn move_collateral(
        &mut self,
        borrower: &mut Account,
        liquidator: &mut Account,
        call: LiquidationCall,
        seizure: &Seizure,
    ) -> Result<(), Error> {
        let amount = seizure.collateral_to_liquidator;
        let reserve = self.reserve_mut(call.collateral)?;
        let scaled = reserve.scale_supply(amount, Rounding::Up)?;
        let position = borrower.position_mut(call.collateral)?;
        if call.receive_atoken {
            let received = liquidator.position_mut(call.collateral)?;
            received.scaled_supply = add_scaled(received.scaled_supply, scaled)?;
        } else {
            reserve.move_liquidity(U256::ZERO, amount)?;
            if scaled.is_zero() {
                return Err(Error::InvalidBurnAmount);
            }
            reserve.scaled_supply = word::sub(reserve.scaled_supply, scaled)?;
        }
        position.scaled_supply = word::sub(position.scaled_supply, scaled)?;
        Ok(())
    }

    /// Moves the treasury's part, or what is left where the roundings took a unit more.
    fn take_fee(&mut self, borrower: &mut Account, asset: usize, fee: U256) -> Result<(), Error> {
        let reserve = self.reserve_mut(asset)?;
        let position = borrower.position_mut(asset)?;
        let scaled = reserve.scale_supply(fee, Rounding::Up)?.min(position.scaled_supply);
        position.scaled_supply = word::sub(position.scaled_supply, scaled)?;
        reserve.treasury_scaled = add_scaled(reserve.treasury_scaled, scaled)?;
        Ok(())
    }

    /// Turns every other debt of the account into deficits.
    fn write_off(&mut self, borrower: &mut Account, now: u64) -> Result<(), Error> {
        for asset in 0..borrower.positions.len() {
            if !borrower.position(asset)?.scaled_debt.is_zero() {
                self.reserve_mut(asset)?.accrue(now)?;
                self.burn_debt(borrower, asset, U256::ZERO, true, now)?;
            }
        }
        Ok(())
    }
}

/// Scaled collateral that the two transfers of a liquidation take, each rounded up.
fn consumed_scaled(collateral: &Reserve, seizure: &Seizure, held: U256) -> Result<U256, Error> {
    let to_liquidator = collateral.scale_supply(seizure.collateral_to_liquidator, Rounding::Up)?;
    let fee = collateral.scale_supply(seizure.protocol_fee, Rounding::Up)?;
    Ok(word::add(to_liquidator, fee)?.min(held))
}
