//! A market's totals, and the interest that moves from borrowers to suppliers.
//!
//! Interest is `total debt * (exp(rate t) - 1)`, the exponential to third order. The fee's part of it becomes new supply
//! shares, priced as if it had not been added to the supply yet.

use ruint::aliases::U256;

use super::MorphoError;
use super::math::{WAD, add_narrow, taylor_compounded, wad};
use super::shares::Totals;
use crate::ArithmeticError;
use crate::arithmetic::{add, mul_div_down, sub};
use crate::lending::adaptive_curve_irm::AdaptiveCurveIrm;

const MAX_FEE: U256 = wad(250_000_000_000_000_000);

/// The interest rate model a market was created with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Irm {
    /// No model: no interest.
    None,
    /// A constant rate per second.
    Fixed(U256),
    /// The adaptive curve.
    AdaptiveCurve(AdaptiveCurveIrm),
}

/// One market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Market {
    /// Loan-to-value at which a position may be liquidated.
    pub lltv: U256,
    /// Part of the interest that the protocol keeps.
    pub fee: U256,
    /// Its interest.
    pub irm: Irm,
    /// Assets the suppliers own, lent or not.
    pub total_supply_assets: U256,
    /// Their shares, those of the fee included.
    pub total_supply_shares: U256,
    /// Assets lent.
    pub total_borrow_assets: U256,
    /// Shares of that debt.
    pub total_borrow_shares: U256,
    /// Supply shares that the fee has earned.
    pub fee_recipient_shares: U256,
    /// Timestamp of the last accrual.
    pub last_update: u64,
}

impl Market {
    /// An empty market, created at `now`.
    ///
    /// # Errors
    /// When LLTV or fee are beyond what the contract allows.
    pub fn create(lltv: U256, fee: U256, mut irm: Irm, now: u64) -> Result<Self, MorphoError> {
        if lltv >= WAD {
            return Err(MorphoError::LltvTooLarge);
        }
        if fee > MAX_FEE {
            return Err(MorphoError::FeeTooLarge);
        }
        // The contract calls a model once before there is anything to accrue: the adaptive one takes its first rate.
        let zero = U256::ZERO;
        irm.rate(zero, zero, 0)?;
        Ok(Self {
            lltv,
            fee,
            irm,
            total_supply_assets: zero,
            total_supply_shares: zero,
            total_borrow_assets: zero,
            total_borrow_shares: zero,
            fee_recipient_shares: zero,
            last_update: now,
        })
    }

    /// Adds the interest since the last accrual (`accrueInterest`).
    ///
    /// # Errors
    /// When `now` is before the last accrual, or a total leaves 128 bits.
    pub fn accrue_interest(&mut self, now: u64) -> Result<(), MorphoError> {
        let elapsed = now.checked_sub(self.last_update).ok_or(ArithmeticError::Underflow)?;
        if elapsed == 0 {
            return Ok(());
        }
        let mut after = *self;
        if let Some(rate) = after.irm.rate(self.total_supply_assets, self.total_borrow_assets, elapsed)? {
            let growth = taylor_compounded(rate, elapsed)?;
            let interest = mul_div_down(self.total_borrow_assets, growth, WAD)?;
            after.total_borrow_assets = add_narrow(self.total_borrow_assets, interest)?;
            after.total_supply_assets = add_narrow(self.total_supply_assets, interest)?;
            if !self.fee.is_zero() {
                let fee_assets = mul_div_down(interest, self.fee, WAD)?;
                let assets = sub(after.total_supply_assets, fee_assets)?;
                let without_fee = Totals { assets, shares: self.total_supply_shares };
                let fee_shares = without_fee.to_shares_down(fee_assets)?;
                after.fee_recipient_shares = add(self.fee_recipient_shares, fee_shares)?;
                after.total_supply_shares = add_narrow(self.total_supply_shares, fee_shares)?;
            }
        }
        after.last_update = now;
        *self = after;
        Ok(())
    }

    /// What the suppliers own.
    #[must_use]
    pub fn supply_totals(&self) -> Totals {
        Totals { assets: self.total_supply_assets, shares: self.total_supply_shares }
    }

    /// What the borrowers owe.
    #[must_use]
    pub fn borrow_totals(&self) -> Totals {
        Totals { assets: self.total_borrow_assets, shares: self.total_borrow_shares }
    }
}

impl Irm {
    /// Rate per second over the `elapsed` seconds behind, none without a model; an adaptive model adapts.
    fn rate(
        &mut self,
        total_supply_assets: U256,
        total_borrow_assets: U256,
        elapsed: u64,
    ) -> Result<Option<U256>, ArithmeticError> {
        match self {
            Self::None => Ok(None),
            Self::Fixed(rate) => Ok(Some(*rate)),
            Self::AdaptiveCurve(model) => {
                model.update(total_supply_assets, total_borrow_assets, elapsed).map(Some)
            }
        }
    }
}
