//! Interest: a line up to the kink and a steeper one above it, one pair for lenders and one for borrowers.
//!
//! ```text
//! rate(u) = base + low min(u, kink) + high max(u - kink, 0)
//! ```

use ruint::aliases::U256;

use super::{CometError, mul_factor};
use crate::arithmetic::{ArithmeticError, add};

const SECONDS_PER_YEAR: U256 = U256::from_limbs([31_536_000, 0, 0, 0]);

/// The rate of one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateCurve {
    kink: U256,
    slope_low: U256,
    slope_high: U256,
    base: U256,
}

impl RateCurve {
    /// From the configuration's yearly figures; each is rounded down to a figure per second.
    #[must_use]
    pub fn per_year(kink: U256, slope_low: U256, slope_high: U256, base: U256) -> Self {
        let per_second = |yearly: U256| yearly / SECONDS_PER_YEAR;
        Self {
            kink,
            slope_low: per_second(slope_low),
            slope_high: per_second(slope_high),
            base: per_second(base),
        }
    }

    /// Rate per second.
    ///
    /// # Errors
    /// When it does not fit 64 bits.
    pub fn rate(&self, utilization: U256) -> Result<U256, CometError> {
        let below = add(self.base, mul_factor(self.slope_low, utilization.min(self.kink))?)?;
        let above = mul_factor(self.slope_high, utilization.saturating_sub(self.kink))?;
        fit_64(add(below, above)?)
    }
}

/// The rates of both sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateModel {
    /// What lenders earn.
    pub supply: RateCurve,
    /// What borrowers pay.
    pub borrow: RateCurve,
}

/// The number, if it fits 64 bits.
pub(super) fn fit_64(value: U256) -> Result<U256, CometError> {
    if value.bit_len() > 64 { Err(CometError::InvalidUint64) } else { Ok(value) }
}

/// Debt over supply; zero without supply.
pub(super) fn utilization(total_supply: U256, total_borrow: U256) -> Result<U256, ArithmeticError> {
    if total_supply.is_zero() {
        return Ok(U256::ZERO);
    }
    crate::arithmetic::mul_div_down(total_borrow, super::FACTOR_SCALE, total_supply)
}
