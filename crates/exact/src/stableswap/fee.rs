//! The swap fee, static or rising as the pool leaves its peg.
//!
//! ```text
//! fee(x_i, x_j) = m f / ((m - 1) 4 x_i x_j / (x_i + x_j)^2 + 1)
//! ```
//!
//! with base fee `f` and off-peg multiplier `m`; `f` in balance, towards `m f` at the edges. A multiplier of at most
//! one switches the dependence off.

use ruint::aliases::U256;

use super::{Error, FEE_DENOMINATOR};
use crate::arithmetic::{add, div_down, mul, mul_div_down, sub};

/// Fees of a pool, 1e10 = 100 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeeSchedule {
    /// Base fee of a swap.
    pub fee: U256,
    /// Multiplier of the base fee far from balance, 1e10 = 1; at or below that the fee is static.
    pub offpeg_multiplier: U256,
    /// Share of the fee that leaves the pool for its owner.
    pub admin_share: U256,
}

impl FeeSchedule {
    /// A static fee, half of which goes to the owner as in all deployed pools.
    #[must_use]
    pub fn fixed(fee: U256) -> Self {
        Self {
            fee,
            offpeg_multiplier: FEE_DENOMINATOR,
            admin_share: U256::from_limbs([5_000_000_000, 0, 0, 0]),
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        if self.fee > FEE_DENOMINATOR {
            return Err(Error::FeeOutOfRange { name: "fee" });
        }
        if self.admin_share > FEE_DENOMINATOR {
            return Err(Error::FeeOutOfRange { name: "admin_share" });
        }
        Ok(())
    }

    /// Fee between two rate-adjusted balances for the base fee `base`, which is the swap fee or, for liquidity
    /// operations, [`Self::liquidity_fee`].
    pub(super) fn between(&self, base: U256, xp_i: U256, xp_j: U256) -> Result<U256, Error> {
        if self.offpeg_multiplier <= FEE_DENOMINATOR {
            return Ok(base);
        }
        let sum = add(xp_i, xp_j)?;
        let excess = mul(sub(self.offpeg_multiplier, FEE_DENOMINATOR)?, U256::from(4))?;
        let balance = div_down(mul(mul(excess, xp_i)?, xp_j)?, mul(sum, sum)?)?;
        Ok(mul_div_down(self.offpeg_multiplier, base, add(balance, FEE_DENOMINATOR)?)?)
    }

    /// Base fee on the part of a deposit or withdrawal that amounts to a swap: `f n / (4 (n - 1))`.
    pub(super) fn liquidity_fee(&self, coins: usize) -> Result<U256, Error> {
        let n = U256::from(coins);
        let others = sub(n, U256::from(1))?;
        Ok(mul_div_down(self.fee, n, mul(U256::from(4), others)?)?)
    }

    /// The owner's part of a fee.
    pub(super) fn admin_part(&self, fee: U256) -> Result<U256, Error> {
        Ok(mul_div_down(fee, self.admin_share, FEE_DENOMINATOR)?)
    }
}
