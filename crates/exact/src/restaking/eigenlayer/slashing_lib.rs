//! The arithmetic of shares and factors (`libraries/SlashingLib.sol`).
//!
//! Products have 512 bits before they are divided. Factors carry 18 decimals. A quotient that leaves the word and a
//! division by zero are errors, as they revert in the contract.

use ruint::aliases::U256;

use crate::ArithmeticError;
use crate::arithmetic::{add, sub};
use crate::restaking::eigenlayer::EigenLayerError;
use crate::wide_arithmetic::{mul_div_down, mul_div_up};

/// One, with 18 decimals.
pub const WAD: U256 = U256::from_limbs([WAD_U64, 0, 0, 0]);
/// The same, where a magnitude is held in 64 bits.
pub const WAD_U64: u64 = 1_000_000_000_000_000_000;

type Shares = Result<U256, EigenLayerError>;

/// `floor(x y)`.
///
/// # Errors
/// When the product leaves the word.
pub fn mul_wad(x: U256, y: U256) -> Shares {
    mul_div_down(x, y, WAD).map_err(of_mul_div)
}

/// `ceil(x y)`: a slash never rounds to nothing.
///
/// # Errors
/// When the product leaves the word.
pub fn mul_wad_up(x: U256, y: U256) -> Shares {
    mul_div_up(x, y, WAD).map_err(of_mul_div)
}

/// `floor(x / y)`.
///
/// # Errors
/// When the quotient leaves the word or `y` is zero.
pub fn div_wad(x: U256, y: U256) -> Shares {
    mul_div_down(x, WAD, y).map_err(of_mul_div)
}

/// `floor(x numerator / denominator)`.
pub(super) fn scale(x: U256, numerator: U256, denominator: U256) -> Shares {
    mul_div_down(x, numerator, denominator).map_err(of_mul_div)
}

/// Shares that leave the operator when its max magnitude falls: `x - ceil(x new / previous)`.
///
/// # Errors
/// When `previous_magnitude` is zero or `new_magnitude` is above it.
pub fn slashed_amount(shares: U256, previous_magnitude: u64, new_magnitude: u64) -> Shares {
    let left =
        mul_div_up(shares, U256::from(new_magnitude), U256::from(previous_magnitude)).map_err(of_mul_div)?;
    Ok(sub(shares, left)?)
}

/// What a withdrawal pays: `floor(scaled f)`.
///
/// # Errors
/// When the product leaves the word.
pub fn scale_for_complete_withdrawal(scaled_shares: U256, slashing_factor: U256) -> Shares {
    mul_wad(scaled_shares, slashing_factor)
}

/// A staker's deposit scaling factor `k`; it carries what was slashed before a deposit, so that the deposit does not
/// bear it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DepositScalingFactor(U256);

impl Default for DepositScalingFactor {
    fn default() -> Self {
        Self(WAD)
    }
}

impl DepositScalingFactor {
    /// The factor as the contract stores it: zero stands for one.
    #[must_use]
    pub fn from_stored(stored: U256) -> Self {
        Self(if stored.is_zero() { WAD } else { stored })
    }

    /// `k`.
    #[must_use]
    pub fn value(self) -> U256 {
        self.0
    }

    /// The factor after `added_shares` on top of `previous_deposit_shares`, at the slashing factor `f`:
    /// `floor(k / f)` for a first deposit, else `floor(floor((a + d) / (s + d)) / f)`.
    ///
    /// # Errors
    /// When `f` is zero or a number leaves the word.
    pub fn updated(
        self,
        previous_deposit_shares: U256,
        added_shares: U256,
        slashing_factor: U256,
    ) -> Result<Self, EigenLayerError> {
        let value = if previous_deposit_shares.is_zero() {
            div_wad(self.0, slashing_factor)?
        } else {
            let held = self.withdrawable(previous_deposit_shares, slashing_factor)?;
            let shares = add(held, added_shares)?;
            let deposits = add(previous_deposit_shares, added_shares)?;
            div_wad(div_wad(shares, deposits)?, slashing_factor)?
        };
        Ok(Self::from_stored(value))
    }

    /// `floor(floor(s k) f)`.
    ///
    /// # Errors
    /// When a product leaves the word.
    pub fn withdrawable(self, deposit_shares: U256, slashing_factor: U256) -> Shares {
        mul_wad(mul_wad(deposit_shares, self.0)?, slashing_factor)
    }

    /// Deposit shares behind an amount that can be withdrawn: `floor(floor(a / k) / f)`.
    ///
    /// # Errors
    /// When `f` is zero or a quotient leaves the word.
    pub fn deposit_shares(self, withdrawable_shares: U256, slashing_factor: U256) -> Shares {
        div_wad(div_wad(withdrawable_shares, self.0)?, slashing_factor)
    }

    /// A withdrawal as it is queued: `floor(x k)`.
    ///
    /// # Errors
    /// When the product leaves the word.
    pub fn scale_for_queue_withdrawal(self, deposit_shares: U256) -> Shares {
        mul_wad(deposit_shares, self.0)
    }
}

fn of_mul_div(error: ArithmeticError) -> EigenLayerError {
    match error {
        ArithmeticError::Overflow => EigenLayerError::MulDivOverflow,
        other => EigenLayerError::Arithmetic(other),
    }
}
