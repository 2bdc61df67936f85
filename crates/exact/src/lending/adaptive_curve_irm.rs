//! Morpho's adaptive curve: a borrow rate that moves until 90 % of the supply is lent.
//!
//! With the utilisation `u`, the error `e = (u - 0.9) / 0.1` above the target and `(u - 0.9) / 0.9` below, the rate at
//! the target `r`, and the time `t` since the last update:
//!
//! ```text
//! f(x)  = clamp(r exp(50 e x / year), 0.1 %, 200 % per year)
//! rate  = (1 + 3 e) m, above the target; (1 + 3/4 e) m, below;   m = (r + f(t) + 2 f(t/2)) / 4
//! r    <- f(t)
//! ```
//!
//! The first call finds no rate and starts at 4 % per year. `exp` is `2^q` times a polynomial of second order.
//!
//! Source: morpho-org/morpho-blue-irm at a1a87fd5, `src/adaptive-curve-irm/AdaptiveCurveIrm.sol`, its `ExpLib.sol`,
//! `MathLib.sol` and `ConstantsLib.sol`.
//!
//! Units: rates per second with 1e18 = 1. Domain: the contract's, market totals below 2^128.

use ruint::aliases::U256;

use super::morpho::{WAD, wad};
use crate::arithmetic::{ArithmeticError, add, mul, mul_div_down, sub};

const SECONDS_PER_YEAR: u64 = 365 * 86_400;
const TARGET_UTILIZATION: U256 = wad(900_000_000_000_000_000);
const STEEPNESS_ABOVE: U256 = wad(3_000_000_000_000_000_000);
const STEEPNESS_BELOW: U256 = wad(750_000_000_000_000_000);
/// 50 per year.
const ADJUSTMENT_SPEED: U256 = wad(1_585_489_599_188);

/// 4 % per year.
pub const INITIAL_RATE_AT_TARGET: U256 = wad(40_000_000_000_000_000 / SECONDS_PER_YEAR);
/// 0.1 % per year.
pub const MIN_RATE_AT_TARGET: U256 = wad(1_000_000_000_000_000 / SECONDS_PER_YEAR);
/// 200 % per year.
pub const MAX_RATE_AT_TARGET: U256 = wad(2_000_000_000_000_000_000 / SECONDS_PER_YEAR);

const LN_2: i128 = 693_147_180_559_945_309;
/// `-ln(1e-18)`.
const MINUS_LN_WEI: U256 = U256::from_limbs([4_553_043_526_473_719_080, 2, 0, 0]);
/// Above it the exponential is cut off.
const EXP_UPPER_BOUND: U256 = U256::from_limbs([1_625_747_326_452_646_239, 5, 0, 0]);

/// The curve's memory: the rate at the target utilisation, zero before the first call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AdaptiveCurveIrm {
    /// Rate per second at 90 %.
    pub rate_at_target: U256,
}

/// What one call of the model returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BorrowRate {
    /// Average rate per second since the last update.
    pub avg_borrow_rate: U256,
    /// Rate at the target from now on.
    pub end_rate_at_target: U256,
}

impl AdaptiveCurveIrm {
    /// The rate over the `elapsed` seconds since the last update, at these totals, and the rate at the target after
    /// them.
    ///
    /// # Errors
    /// When a number overflows; it cannot for totals below 2^128.
    pub fn borrow_rate(
        &self,
        total_supply_assets: U256,
        total_borrow_assets: U256,
        elapsed: u64,
    ) -> Result<BorrowRate, ArithmeticError> {
        let error = UtilizationError::of(total_supply_assets, total_borrow_assets)?;
        let start = self.rate_at_target;
        if start.is_zero() {
            let initial = INITIAL_RATE_AT_TARGET;
            let avg_borrow_rate = error.on_curve(initial)?;
            return Ok(BorrowRate { avg_borrow_rate, end_rate_at_target: initial });
        }
        let speed = mul_div_down(ADJUSTMENT_SPEED, error.size, WAD)?;
        let adaptation = mul(speed, U256::from(elapsed))?;
        let (avg_rate_at_target, end_rate_at_target) = if adaptation.is_zero() {
            (start, start)
        } else {
            let moved = |by: U256| -> Result<U256, ArithmeticError> {
                let rate = mul_div_down(start, exp(error.below_target, by), WAD)?;
                Ok(rate.clamp(MIN_RATE_AT_TARGET, MAX_RATE_AT_TARGET))
            };
            let (end, middle) = (moved(adaptation)?, moved(adaptation / U256::from(2))?);
            let sum = add(add(start, end)?, mul(U256::from(2), middle)?)?;
            (sum / U256::from(4), end)
        };
        Ok(BorrowRate { avg_borrow_rate: error.on_curve(avg_rate_at_target)?, end_rate_at_target })
    }

    /// [`Self::borrow_rate`], whose rate at the target is kept.
    ///
    /// # Errors
    /// As [`Self::borrow_rate`]; the model is then unchanged.
    pub fn update(
        &mut self,
        total_supply_assets: U256,
        total_borrow_assets: U256,
        elapsed: u64,
    ) -> Result<U256, ArithmeticError> {
        let rate = self.borrow_rate(total_supply_assets, total_borrow_assets, elapsed)?;
        self.rate_at_target = rate.end_rate_at_target;
        Ok(rate.avg_borrow_rate)
    }
}

/// Distance to the target utilisation, 1e18 = all the way to an empty or a full market.
struct UtilizationError {
    below_target: bool,
    size: U256,
}

impl UtilizationError {
    fn of(total_supply_assets: U256, total_borrow_assets: U256) -> Result<Self, ArithmeticError> {
        let utilization = if total_supply_assets.is_zero() {
            U256::ZERO
        } else {
            mul_div_down(total_borrow_assets, WAD, total_supply_assets)?
        };
        let below_target = utilization < TARGET_UTILIZATION;
        let size = if below_target {
            mul_div_down(TARGET_UTILIZATION - utilization, WAD, TARGET_UTILIZATION)?
        } else {
            mul_div_down(utilization - TARGET_UTILIZATION, WAD, WAD - TARGET_UTILIZATION)?
        };
        Ok(Self { below_target, size })
    }

    /// The rate at this error if the rate at the target is `rate_at_target`.
    fn on_curve(&self, rate_at_target: U256) -> Result<U256, ArithmeticError> {
        let factor = if self.below_target {
            sub(WAD, mul_div_down(STEEPNESS_BELOW, self.size, WAD)?)?
        } else {
            add(WAD, mul_div_down(STEEPNESS_ABOVE, self.size, WAD)?)?
        };
        mul_div_down(factor, rate_at_target, WAD)
    }
}

/// `exp(x)` of `x = exponent`, or of its negative, in the contract's approximation: with the integer `q` next to
/// `x / ln 2` and `r = x - q ln 2`, it is `2^q (1 + r + r^2 / 2)`.
///
/// Zero below `ln 1e-18`, constant above about 93.86.
pub fn exp(negative: bool, exponent: U256) -> U256 {
    if negative && exponent > MINUS_LN_WEI {
        return U256::ZERO;
    }
    // The value at the bound is what the formula gives there.
    let exponent = exponent.min(EXP_UPPER_BOUND).saturating_to::<i128>();
    // Both are below 94e18, and |r| below 0.35e18: nothing here leaves 127 bits.
    let halves = (exponent + LN_2 / 2) / LN_2;
    let rest = exponent - halves * LN_2;
    let (rest, one) = (if negative { -rest } else { rest }, 1_000_000_000_000_000_000);
    let polynomial = U256::from((one + rest + rest * rest / one / 2).unsigned_abs());
    let shift = halves.unsigned_abs() as usize;
    if negative { polynomial >> shift } else { polynomial << shift }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_cut_off_where_the_contract_cuts_it() {
        let upper = "57716089161558943949701069502944508345128422502756744429568";
        let upper = upper.parse::<U256>().expect("a number");
        assert_eq!(exp(false, EXP_UPPER_BOUND), upper);
        assert_eq!(exp(false, U256::MAX), upper);
        assert!(exp(false, EXP_UPPER_BOUND - U256::from(LN_2)) < upper);
        assert_eq!(exp(true, U256::MAX), U256::ZERO);
        assert_eq!(exp(true, MINUS_LN_WEI + U256::ONE), U256::ZERO);
        assert_eq!(exp(false, U256::ZERO), WAD);
        assert_eq!(exp(true, U256::ZERO), WAD);
    }

    #[test]
    fn a_multiple_of_ln_2_is_a_power_of_two() {
        for k in 0_u64..60 {
            let exponent = U256::from(LN_2) * U256::from(k);
            assert_eq!(exp(false, exponent), WAD << k);
            assert_eq!(exp(true, exponent), if exponent > MINUS_LN_WEI { U256::ZERO } else { WAD >> k });
        }
    }
}
