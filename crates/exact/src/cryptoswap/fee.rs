//! The dynamic fee.
//!
//! ```text
//! fee = mid_fee f + out_fee (1 - f),   f = fee_gamma / (fee_gamma + 1 - K),   K = 4 x_0 x_1 / (x_0 + x_1)^2
//! ```
//!
//! `mid_fee` in balance, towards `out_fee` far from it. A deposit pays half of it on the part that departs from an
//! even deposit, and 0.1 basis points on the whole against noise.

use ruint::{aliases::U256, uint};

use super::{Error, FEE_DENOMINATOR, ONE, TWO};
use crate::arithmetic::{add, div_down, mul, mul_div_down, sub};

/// 0.1 basis points.
const NOISE_FEE: U256 = uint!(100_000_U256);

/// Fees of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeSchedule {
    /// Fee in balance, 1e10 = 100 %.
    pub mid_fee: U256,
    /// Fee far from balance, 1e10 = 100 %.
    pub out_fee: U256,
    /// How fast the one turns into the other, 1e18 = 1.
    pub fee_gamma: U256,
}

impl FeeSchedule {
    pub(super) fn check(&self) -> Result<(), Error> {
        for (name, fee) in [("mid_fee", self.mid_fee), ("out_fee", self.out_fee)] {
            if fee > FEE_DENOMINATOR {
                return Err(Error::FeeOutOfRange { name });
            }
        }
        Ok(())
    }

    /// Fee at scaled balances (the contract's `_fee`).
    ///
    /// # Errors
    /// When both balances are zero or a product overflows.
    pub fn at(&self, xp: [U256; 2]) -> Result<U256, Error> {
        let [x0, x1] = xp;
        let sum = add(x0, x1)?;
        let k = mul_div_down(mul_div_down(mul(ONE, U256::from(4))?, x0, sum)?, x1, sum)?;
        let f = mul_div_down(self.fee_gamma, ONE, sub(add(self.fee_gamma, ONE)?, k)?)?;
        let mixed = add(mul(self.mid_fee, f)?, mul(self.out_fee, sub(ONE, f)?)?)?;
        Ok(div_down(mixed, ONE)?)
    }

    /// Fee on a deposit of scaled `amounts` that leads to the scaled balances `xp` (`_calc_token_fee`).
    pub(super) fn of_deposit(&self, amounts: [U256; 2], xp: [U256; 2]) -> Result<U256, Error> {
        // n / (4 (n - 1)) with n = 2.
        let fee = div_down(mul(self.at(xp)?, TWO)?, U256::from(4))?;
        let sum = add(amounts[0], amounts[1])?;
        let average = div_down(sum, TWO)?;
        let uneven = add(amounts[0].abs_diff(average), amounts[1].abs_diff(average))?;
        Ok(add(mul_div_down(fee, uneven, sum)?, NOISE_FEE)?)
    }
}
