//! Supplying and withdrawing, borrowing and repaying. Every call accrues first and rounds against the caller.

use ruint::aliases::U256;

use super::math::{add_narrow, narrow, sub_narrow};
use super::shares::Totals;
use super::{Market, MorphoError, Position};
use crate::ArithmeticError;
use crate::arithmetic::{add, sub};

/// How much is moved, in the unit that the caller fixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// So many assets.
    Assets(U256),
    /// So many shares.
    Shares(U256),
}

/// What was moved, in both units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moved {
    /// In assets.
    pub assets: U256,
    /// In shares.
    pub shares: U256,
}

impl Amount {
    /// The contract's pair of arguments, of which exactly one is zero.
    ///
    /// # Errors
    /// When none or both are.
    pub fn exactly_one(assets: U256, shares: U256) -> Result<Self, MorphoError> {
        match (assets.is_zero(), shares.is_zero()) {
            (false, true) => Ok(Self::Assets(assets)),
            (true, false) => Ok(Self::Shares(shares)),
            _ => Err(MorphoError::InconsistentInput),
        }
    }

    /// Itself, unless it is zero.
    pub(super) fn nonzero(self) -> Result<Self, MorphoError> {
        match self {
            Self::Assets(amount) | Self::Shares(amount) if amount.is_zero() => {
                Err(MorphoError::InconsistentInput)
            }
            amount => Ok(amount),
        }
    }

    /// Both units of what a caller brings: few shares for his assets, many assets for his shares.
    fn brought(self, totals: Totals) -> Result<Moved, ArithmeticError> {
        Ok(match self {
            Self::Assets(assets) => Moved { assets, shares: totals.to_shares_down(assets)? },
            Self::Shares(shares) => Moved { assets: totals.to_assets_up(shares)?, shares },
        })
    }

    /// Both units of what a caller takes: many shares for the assets, few assets for the shares.
    fn taken(self, totals: Totals) -> Result<Moved, ArithmeticError> {
        Ok(match self {
            Self::Assets(assets) => Moved { assets, shares: totals.to_shares_up(assets)? },
            Self::Shares(shares) => Moved { assets: totals.to_assets_down(shares)?, shares },
        })
    }
}

impl Market {
    /// Lends to the market.
    ///
    /// # Errors
    /// When the amount is zero or a number leaves its word.
    pub fn supply(
        &mut self,
        now: u64,
        position: &mut Position,
        amount: Amount,
    ) -> Result<Moved, MorphoError> {
        let (mut market, amount) = (self.accrued(now)?, amount.nonzero()?);
        let totals = market.supply_totals();
        let moved = amount.brought(totals)?;
        let supply_shares = add(position.supply_shares, moved.shares)?;
        market.total_supply_shares = add_narrow(totals.shares, moved.shares)?;
        market.total_supply_assets = add_narrow(totals.assets, moved.assets)?;
        position.supply_shares = supply_shares;
        *self = market;
        Ok(moved)
    }

    /// Takes lent assets back.
    ///
    /// # Errors
    /// When the amount is zero, the position has less, the market has lent too much of it, or a number leaves its word.
    pub fn withdraw(
        &mut self,
        now: u64,
        position: &mut Position,
        amount: Amount,
    ) -> Result<Moved, MorphoError> {
        let (mut market, amount) = (self.accrued(now)?, amount.nonzero()?);
        let totals = market.supply_totals();
        let moved = amount.taken(totals)?;
        let supply_shares = sub(position.supply_shares, moved.shares)?;
        market.total_supply_shares = sub_narrow(totals.shares, moved.shares)?;
        market.total_supply_assets = sub_narrow(totals.assets, moved.assets)?;
        market.require_liquidity()?;
        position.supply_shares = supply_shares;
        *self = market;
        Ok(moved)
    }

    /// Borrows against the position's collateral, whose price is `price`.
    ///
    /// # Errors
    /// When the amount is zero, the position would not be healthy, the market has not enough, or a number leaves its
    /// word.
    pub fn borrow(
        &mut self,
        now: u64,
        price: U256,
        position: &mut Position,
        amount: Amount,
    ) -> Result<Moved, MorphoError> {
        let (mut market, amount, mut after) = (self.accrued(now)?, amount.nonzero()?, *position);
        let totals = market.borrow_totals();
        let moved = amount.taken(totals)?;
        after.borrow_shares = add_narrow(position.borrow_shares, moved.shares)?;
        market.total_borrow_shares = add_narrow(totals.shares, moved.shares)?;
        market.total_borrow_assets = add_narrow(totals.assets, moved.assets)?;
        after.require_healthy(&market, price)?;
        market.require_liquidity()?;
        (*self, *position) = (market, after);
        Ok(moved)
    }

    /// Pays debt back; by rounding one unit more may be paid than the market is owed.
    ///
    /// # Errors
    /// When the amount is zero, the position owes less, or a number leaves its word.
    pub fn repay(&mut self, now: u64, position: &mut Position, amount: Amount) -> Result<Moved, MorphoError> {
        let (mut market, amount) = (self.accrued(now)?, amount.nonzero()?);
        let totals = market.borrow_totals();
        let moved = amount.brought(totals)?;
        let borrow_shares = sub_narrow(position.borrow_shares, moved.shares)?;
        market.total_borrow_shares = sub_narrow(totals.shares, moved.shares)?;
        market.total_borrow_assets = narrow(totals.assets.saturating_sub(moved.assets))?;
        position.borrow_shares = borrow_shares;
        *self = market;
        Ok(moved)
    }

    /// Takes collateral back, whose price is `price`.
    ///
    /// # Errors
    /// When nothing is taken, more than there is, or so much that the position would not be healthy.
    pub fn withdraw_collateral(
        &mut self,
        now: u64,
        price: U256,
        position: &mut Position,
        assets: U256,
    ) -> Result<(), MorphoError> {
        if assets.is_zero() {
            return Err(MorphoError::ZeroAssets);
        }
        let (market, mut after) = (self.accrued(now)?, *position);
        after.collateral = sub_narrow(position.collateral, assets)?;
        after.require_healthy(&market, price)?;
        (*self, *position) = (market, after);
        Ok(())
    }

    /// The market with its interest up to `now`.
    pub(super) fn accrued(&self, now: u64) -> Result<Self, MorphoError> {
        let mut market = *self;
        market.accrue_interest(now)?;
        Ok(market)
    }

    fn require_liquidity(&self) -> Result<(), MorphoError> {
        if self.total_borrow_assets > self.total_supply_assets {
            return Err(MorphoError::InsufficientLiquidity);
        }
        Ok(())
    }
}
