//! Percentages of 1e4, wads of 1e18 and rays of 1e27, each product and quotient with its direction of rounding.
//!
//! ```text
//! percent_mul = a p / 1e4,  percent_div = a 1e4 / p;   ray_mul = a b / 1e27,  ray_div = a 1e27 / b
//! ```
//!
//! The product (and half a divisor, where halves are rounded up) must fit the word, as in the contracts' assembly.
//!
//! Source: aave-dao/aave-v3-origin at fd1fbd91 (v3.7.0), `src/contracts/protocol/libraries/math/PercentageMath.sol`,
//! `WadRayMath.sol`, `MathUtils.sol` (`mulDivCeil`).

use crate::{ArithmeticError, U256, arithmetic as word};

/// One in basis points.
pub const WHOLE_BPS: U256 = U256::from_limbs([10_000, 0, 0, 0]);
/// One as a wad, 1e18.
pub const WAD: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);
/// One as a ray, 1e27.
pub const RAY: U256 = U256::from_limbs([0x9fd0_803c_e800_0000, 0x033b_2e3c, 0, 0]);

type Checked = Result<U256, ArithmeticError>;

/// What becomes of a remainder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// Dropped (`Floor`).
    Down,
    /// Dropped below half of the divisor, else one more (the names without a suffix).
    HalfUp,
    /// One more (`Ceil`).
    Up,
}

/// `value` times a share in basis points.
///
/// # Errors
/// When the product leaves the word.
pub fn percent_mul(value: U256, bps: U256, rounding: Rounding) -> Checked {
    mul_div(value, bps, WHOLE_BPS, rounding)
}

/// `value` divided by a share in basis points.
///
/// # Errors
/// When the product leaves the word or the share is zero.
pub fn percent_div(value: U256, bps: U256, rounding: Rounding) -> Checked {
    mul_div(value, WHOLE_BPS, bps, rounding)
}

/// The product of two rays, or of an amount and a ray.
///
/// # Errors
/// When the product leaves the word.
pub fn ray_mul(a: U256, b: U256, rounding: Rounding) -> Checked {
    mul_div(a, b, RAY, rounding)
}

/// The quotient of two rays, or of an amount and a ray.
///
/// # Errors
/// When the product leaves the word or the divisor is zero.
pub fn ray_div(a: U256, b: U256, rounding: Rounding) -> Checked {
    mul_div(a, RAY, b, rounding)
}

/// The product of two wads, or of an amount and a wad.
///
/// # Errors
/// When the product leaves the word.
pub fn wad_mul(a: U256, b: U256) -> Checked {
    mul_div(a, b, WAD, Rounding::HalfUp)
}

/// The quotient of two amounts as a wad.
///
/// # Errors
/// When the product leaves the word or the divisor is zero.
pub fn wad_div(a: U256, b: U256) -> Checked {
    mul_div(a, WAD, b, Rounding::HalfUp)
}

/// `a b / divisor` with a product of one word.
pub(super) fn mul_div(a: U256, b: U256, divisor: U256, rounding: Rounding) -> Checked {
    let product = word::mul(a, b)?;
    match rounding {
        Rounding::Down => word::div_down(product, divisor),
        Rounding::HalfUp => word::div_down(word::add(product, divisor >> 1)?, divisor),
        Rounding::Up => crate::wide_arithmetic::div_up(product, divisor),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ray_is_a_wad_and_nine_decimals() {
        assert_eq!(RAY, WAD * U256::from(1_000_000_000));
    }

    #[test]
    fn halves_are_rounded_up_and_need_room_for_half_a_divisor() {
        let word = |value: u64| U256::from(value);
        assert_eq!(percent_mul(word(1), word(5_000), Rounding::HalfUp), Ok(word(1)));
        assert_eq!(percent_mul(word(1), word(4_999), Rounding::HalfUp), Ok(word(0)));
        assert_eq!(percent_mul(word(1), word(4_999), Rounding::Up), Ok(word(1)));
        assert_eq!(percent_mul(word(1), word(9_999), Rounding::Down), Ok(word(0)));
        // The contract refuses above (2^256 - 1 - 5000) / bps.
        let most = (U256::MAX - word(5_000)) / word(7);
        assert!(percent_mul(most, word(7), Rounding::HalfUp).is_ok());
        assert_eq!(percent_mul(most + word(1), word(7), Rounding::HalfUp), Err(ArithmeticError::Overflow));
        assert_eq!(percent_div(word(1), word(0), Rounding::HalfUp), Err(ArithmeticError::DivisionByZero));
    }
}
