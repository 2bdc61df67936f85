//! Assets and shares of a total, with 1e6 virtual shares and one virtual asset added to it.
//!
//! ```text
//! shares = assets (total shares + 1e6) / (total assets + 1)
//! ```
//!
//! The virtual part makes the first share worth 1e-6 of an asset and its price hard to inflate.

use ruint::aliases::U256;

use super::math::mul_div_up;
use crate::arithmetic::{ArithmeticError, add, mul_div_down};

const VIRTUAL_SHARES: U256 = U256::from_limbs([1_000_000, 0, 0, 0]);
const VIRTUAL_ASSETS: U256 = U256::ONE;

/// A total in assets and in shares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Totals {
    /// In assets.
    pub assets: U256,
    /// In shares.
    pub shares: U256,
}

type Checked = Result<U256, ArithmeticError>;

impl Totals {
    /// Shares worth these assets, rounded down.
    ///
    /// # Errors
    /// When a number leaves 256 bits, as in every conversion.
    pub fn to_shares_down(self, assets: U256) -> Checked {
        let (virtual_assets, virtual_shares) = self.with_virtual()?;
        mul_div_down(assets, virtual_shares, virtual_assets)
    }

    /// Shares worth these assets, rounded up.
    ///
    /// # Errors
    /// As above.
    pub fn to_shares_up(self, assets: U256) -> Checked {
        let (virtual_assets, virtual_shares) = self.with_virtual()?;
        mul_div_up(assets, virtual_shares, virtual_assets)
    }

    /// Assets these shares are worth, rounded down.
    ///
    /// # Errors
    /// As above.
    pub fn to_assets_down(self, shares: U256) -> Checked {
        let (virtual_assets, virtual_shares) = self.with_virtual()?;
        mul_div_down(shares, virtual_assets, virtual_shares)
    }

    /// Assets these shares are worth, rounded up.
    ///
    /// # Errors
    /// As above.
    pub fn to_assets_up(self, shares: U256) -> Checked {
        let (virtual_assets, virtual_shares) = self.with_virtual()?;
        mul_div_up(shares, virtual_assets, virtual_shares)
    }

    fn with_virtual(self) -> Result<(U256, U256), ArithmeticError> {
        Ok((add(self.assets, VIRTUAL_ASSETS)?, add(self.shares, VIRTUAL_SHARES)?))
    }
}
