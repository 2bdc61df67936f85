//! Growth of the two indexes of a reserve: linear for suppliers, compounded to third order for borrowers.
//!
//! ```text
//! linear = 1 + r t / year;    compounded = 1 + x + x^2 / 2 + x^3 / 6  with  x = r t / year
//! ```
//!
//! Source: aave-dao/aave-v3-origin at fd1fbd91 (v3.7.0), `src/contracts/protocol/libraries/math/MathUtils.sol`.
//!
//! Units: rates in rays per year of 365 days, seconds, factors in rays. Domain: where the contract's unchecked sums
//! would leave the word (rates of 2^128 over 2^40 s do not), an error.

use super::fixed_point::{RAY, Rounding, ray_mul};
use crate::{ArithmeticError, U256, arithmetic as word};

/// Seconds of a year of 365 days.
pub const SECONDS_PER_YEAR: U256 = U256::from_limbs([31_536_000, 0, 0, 0]);

/// Factor of a supply index after `elapsed_secs`.
///
/// # Errors
/// When a number leaves the word.
pub fn linear_interest(rate_ray: U256, elapsed_secs: u64) -> Result<U256, ArithmeticError> {
    word::add(RAY, growth(rate_ray, elapsed_secs)?)
}

/// Factor of a debt index after `elapsed_secs`.
///
/// # Errors
/// When a number leaves the word.
pub fn compounded_interest(rate_ray: U256, elapsed_secs: u64) -> Result<U256, ArithmeticError> {
    let x = growth(rate_ray, elapsed_secs)?;
    let third = ray_mul(x, x / U256::from(6), Rounding::HalfUp)?;
    let higher = ray_mul(x, word::add(x / U256::from(2), third)?, Rounding::HalfUp)?;
    word::add(word::add(RAY, x)?, higher)
}

fn growth(rate_ray: U256, elapsed_secs: u64) -> Result<U256, ArithmeticError> {
    word::mul_div_down(rate_ray, U256::from(elapsed_secs), SECONDS_PER_YEAR)
}
