//! Liquidations, and the debt that is left when the collateral is gone.
//!
//! Repaid shares round up from the collateral asked for, seized collateral rounds down from the shares repaid. There is
//! no part of a position that may not be liquidated, and no part of the incentive that is not the liquidator's. A
//! repayment that would seize more collateral than there is reverts.

use ruint::aliases::U256;

use super::math::{ORACLE_PRICE_SCALE, WAD, mul_div_up, narrow, sub_narrow, wad};
use super::{Amount, Market, MorphoError, Position};
use crate::ArithmeticError;
use crate::arithmetic::{mul_div_down, sub};

const LIQUIDATION_CURSOR: U256 = wad(300_000_000_000_000_000);
const MAX_LIQUIDATION_INCENTIVE_FACTOR: U256 = wad(1_150_000_000_000_000_000);

/// What a liquidation moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Liquidation {
    /// Collateral to the liquidator.
    pub seized_assets: U256,
    /// Loan assets he paid; by rounding one unit more than the market was owed is possible.
    pub repaid_assets: U256,
    /// The debt shares they cancelled.
    pub repaid_shares: U256,
    /// Assets the suppliers lost.
    pub bad_debt_assets: U256,
    /// The debt shares that were written off.
    pub bad_debt_shares: U256,
}

/// Value of the collateral seized per value repaid, in a market with this LLTV.
///
/// # Errors
/// When the LLTV is above one.
pub fn liquidation_incentive_factor(lltv: U256) -> Result<U256, ArithmeticError> {
    let discount = mul_div_down(LIQUIDATION_CURSOR, sub(WAD, lltv)?, WAD)?;
    let factor = mul_div_down(WAD, WAD, sub(WAD, discount)?)?;
    Ok(factor.min(MAX_LIQUIDATION_INCENTIVE_FACTOR))
}

impl Market {
    /// Liquidates a position at `price`: [`Amount::Assets`] of collateral are seized, or [`Amount::Shares`] of debt
    /// repaid.
    ///
    /// # Errors
    /// When the amount is zero, the position is healthy, owes or has less, or a number leaves its word.
    pub fn liquidate(
        &mut self,
        now: u64,
        price: U256,
        position: &mut Position,
        amount: Amount,
    ) -> Result<Liquidation, MorphoError> {
        let amount = amount.nonzero()?;
        let (mut market, mut after) = (self.accrued(now)?, *position);
        if position.is_healthy(&market, price)? {
            return Err(MorphoError::HealthyPosition);
        }
        let (seized_assets, repaid_shares) = market.exchange(price, amount)?;
        let repaid_assets = market.borrow_totals().to_assets_up(repaid_shares)?;

        after.borrow_shares = sub_narrow(position.borrow_shares, repaid_shares)?;
        market.total_borrow_shares = sub_narrow(market.total_borrow_shares, repaid_shares)?;
        market.total_borrow_assets = narrow(market.total_borrow_assets.saturating_sub(repaid_assets))?;
        after.collateral = sub_narrow(position.collateral, seized_assets)?;

        let (mut bad_debt_assets, mut bad_debt_shares) = (U256::ZERO, U256::ZERO);
        if after.collateral.is_zero() {
            bad_debt_shares = after.borrow_shares;
            bad_debt_assets = after.debt(&market)?.min(market.total_borrow_assets);
            market.total_borrow_assets = sub_narrow(market.total_borrow_assets, bad_debt_assets)?;
            market.total_supply_assets = sub_narrow(market.total_supply_assets, bad_debt_assets)?;
            market.total_borrow_shares = sub_narrow(market.total_borrow_shares, bad_debt_shares)?;
            after.borrow_shares = U256::ZERO;
        }
        (*self, *position) = (market, after);
        Ok(Liquidation { seized_assets, repaid_assets, repaid_shares, bad_debt_assets, bad_debt_shares })
    }

    /// Collateral seized and debt shares repaid, of which one is given.
    fn exchange(&self, price: U256, amount: Amount) -> Result<(U256, U256), ArithmeticError> {
        let factor = liquidation_incentive_factor(self.lltv)?;
        let totals = self.borrow_totals();
        match amount {
            Amount::Assets(seized_assets) => {
                let quoted = mul_div_up(seized_assets, price, ORACLE_PRICE_SCALE)?;
                let repaid = mul_div_up(quoted, WAD, factor)?;
                Ok((seized_assets, totals.to_shares_up(repaid)?))
            }
            Amount::Shares(repaid_shares) => {
                let repaid = totals.to_assets_down(repaid_shares)?;
                let quoted = mul_div_down(repaid, factor, WAD)?;
                Ok((mul_div_down(quoted, ORACLE_PRICE_SCALE, price)?, repaid_shares))
            }
        }
    }
}
