//! A pool: supply and borrowing of the accounts that use it.
//!
//! Source: aave-dao/aave-v3-origin at fd1fbd91 (v3.7.0), `src/contracts/protocol/libraries/logic/SupplyLogic.sol`,
//! `BorrowLogic.sol`, `ValidationLogic.sol`.
//!
//! Units: the assets' smallest units, seconds. Domain: reserves that are active, borrowable, without caps and not frozen.

use super::account::{Account, AccountData, HEALTH_FACTOR_LIQUIDATION_THRESHOLD};
use super::error::Error;
use super::fixed_point::{Rounding, percent_div, ray_mul};
use super::reserve::{Reserve, add_scaled};
use crate::U256;

/// The reserves of a pool; an account's positions stand in the same order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    pub(super) reserves: Vec<Reserve>,
}

impl Pool {
    /// A pool of these reserves.
    #[must_use]
    pub fn new(reserves: Vec<Reserve>) -> Self {
        Self { reserves }
    }

    /// Every reserve.
    #[must_use]
    pub fn reserves(&self) -> &[Reserve] {
        &self.reserves
    }

    /// Sets what the oracle says of an asset.
    ///
    /// # Errors
    /// When there is no such reserve.
    pub fn set_price(&mut self, reserve: usize, price: U256) -> Result<(), Error> {
        self.reserve_mut(reserve)?.price = price;
        Ok(())
    }

    /// Supplies; an account's first supply of an asset with borrowing power becomes collateral.
    ///
    /// # Errors
    /// As the contract; pool and account are then unchanged.
    pub fn supply(
        &mut self,
        account: &mut Account,
        asset: usize,
        amount: U256,
        now: u64,
    ) -> Result<(), Error> {
        let mut reserve = *self.reserve(asset)?;
        reserve.accrue(now)?;
        let scaled = reserve.scale_supply(amount, Rounding::Down)?;
        if scaled.is_zero() {
            return Err(Error::InvalidAmount);
        }
        reserve.move_liquidity(amount, U256::ZERO)?;
        reserve.scaled_supply = add_scaled(reserve.scaled_supply, scaled)?;
        let has_power = !account.ltv_bps(asset, reserve.config()).is_zero();
        let position = account.position_mut(asset)?;
        let is_first = position.scaled_supply.is_zero();
        position.scaled_supply = add_scaled(position.scaled_supply, scaled)?;
        position.is_collateral |= is_first && has_power;
        *self.reserve_mut(asset)? = reserve;
        Ok(())
    }

    /// Borrows against the account's collateral.
    ///
    /// # Errors
    /// As the contract; pool and account are then unchanged.
    pub fn borrow(
        &mut self,
        account: &mut Account,
        asset: usize,
        amount: U256,
        now: u64,
    ) -> Result<(), Error> {
        let mut pool = self.clone();
        let mut borrower = account.clone();
        let reserve = pool.reserve_mut(asset)?;
        reserve.accrue(now)?;
        let scaled = reserve.scale_debt(amount, Rounding::Up)?;
        let owed = ray_mul(scaled, reserve.variable_borrow_index, Rounding::Up)?;
        if scaled.is_zero() || reserve.total_supply(now)? < owed {
            return Err(Error::InvalidAmount);
        }
        let position = borrower.position_mut(asset)?;
        position.scaled_debt = add_scaled(position.scaled_debt, scaled)?;
        reserve.scaled_debt = add_scaled(reserve.scaled_debt, scaled)?;
        reserve.move_liquidity(U256::ZERO, amount)?;
        check_borrower(&borrower.data(&pool.reserves, now)?)?;
        *self = pool;
        *account = borrower;
        Ok(())
    }

    pub(super) fn reserve(&self, reserve: usize) -> Result<&Reserve, Error> {
        self.reserves.get(reserve).ok_or(Error::UnknownReserve(reserve))
    }

    pub(super) fn reserve_mut(&mut self, reserve: usize) -> Result<&mut Reserve, Error> {
        self.reserves.get_mut(reserve).ok_or(Error::UnknownReserve(reserve))
    }
}

/// Whether an account may owe what it does after a borrowing (`validateHFAndLtv`).
fn check_borrower(account: &AccountData) -> Result<(), Error> {
    if account.average_ltv_bps.is_zero() {
        return Err(Error::LtvValidationFailed);
    }
    if account.health_factor < HEALTH_FACTOR_LIQUIDATION_THRESHOLD {
        return Err(Error::HealthFactorLowerThanLiquidationThreshold);
    }
    let needed = percent_div(account.total_debt_base, account.average_ltv_bps, Rounding::Up)?;
    if account.total_collateral_base < needed {
        return Err(Error::CollateralCannotCoverNewBorrow);
    }
    Ok(())
}
