//! Principal, present value, and the indexes between them.
//!
//! Balances are kept as principal, signed: lent above zero, owed below. Present values round down; a principal rounds
//! down for a lender and up for a borrower. Interest is simple between two accruals.

use ruint::aliases::U256;

use super::rates::{RateModel, fit_64};
use super::{CometError, mul_factor};
use crate::arithmetic::{ArithmeticError, add, div_down, mul, mul_div_down, sub};

const BASE_INDEX_SCALE: U256 = U256::from_limbs([1_000_000_000_000_000, 0, 0, 0]);

/// Present value of one unit of principal, 1e15 = 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Indexes {
    /// Of what is lent.
    pub base_supply: U256,
    /// Of what is owed.
    pub base_borrow: U256,
}

impl Default for Indexes {
    fn default() -> Self {
        Self { base_supply: BASE_INDEX_SCALE, base_borrow: BASE_INDEX_SCALE }
    }
}

impl Indexes {
    /// The indexes after `elapsed` seconds at this utilisation.
    ///
    /// # Errors
    /// When a rate or an index does not fit 64 bits.
    pub fn accrued(self, model: &RateModel, utilization: U256, elapsed: u64) -> Result<Self, CometError> {
        if elapsed == 0 {
            return Ok(self);
        }
        let grown = |index: U256, rate: U256| -> Result<U256, CometError> {
            let growth = fit_64(mul_factor(index, mul(rate, U256::from(elapsed))?)?)?;
            let grown = add(index, growth)?;
            if grown.bit_len() > 64 { Err(ArithmeticError::Overflow.into()) } else { Ok(grown) }
        };
        Ok(Self {
            base_supply: grown(self.base_supply, model.supply.rate(utilization)?)?,
            base_borrow: grown(self.base_borrow, model.borrow.rate(utilization)?)?,
        })
    }

    /// What a principal lent is worth.
    ///
    /// # Errors
    /// When a number overflows.
    pub fn present_value_supply(&self, principal: U256) -> Result<U256, ArithmeticError> {
        mul_div_down(principal, self.base_supply, BASE_INDEX_SCALE)
    }

    /// What a principal borrowed has become.
    ///
    /// # Errors
    /// When a number overflows.
    pub fn present_value_borrow(&self, principal: U256) -> Result<U256, ArithmeticError> {
        mul_div_down(principal, self.base_borrow, BASE_INDEX_SCALE)
    }

    /// Present value of a signed principal.
    ///
    /// # Errors
    /// When a number overflows.
    pub fn present_value(&self, principal: i128) -> Result<i128, CometError> {
        let size = U256::from(principal.unsigned_abs());
        if principal >= 0 {
            signed(self.present_value_supply(size)?)
        } else {
            signed(self.present_value_borrow(size)?).map(|value| -value)
        }
    }

    /// The principal that has this present value, in the protocol's favour.
    ///
    /// # Errors
    /// When it does not fit 104 bits with its sign.
    pub fn principal_value(&self, present_value: i128) -> Result<i128, CometError> {
        let scaled = mul(U256::from(present_value.unsigned_abs()), BASE_INDEX_SCALE)?;
        if present_value >= 0 {
            principal(div_down(scaled, self.base_supply)?)
        } else {
            let up = sub(add(scaled, self.base_borrow)?, U256::ONE)?;
            principal(div_down(up, self.base_borrow)?).map(|value| -value)
        }
    }
}

/// A principal's size: 104 bits with a sign.
fn principal(size: U256) -> Result<i128, CometError> {
    if size.bit_len() > 103 { Err(CometError::InvalidUint104) } else { signed(size) }
}

/// A balance as a signed number. One that does not fit stands for a principal beyond 104 bits: an index has at most 64,
/// its scale 50.
pub(super) fn signed(amount: U256) -> Result<i128, CometError> {
    amount.try_into().map_err(|_| CometError::InvalidUint104)
}
