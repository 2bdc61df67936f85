//! Fixed point with 18 decimals, rounded down or up.
//!
//! A product must fit 256 bits before it is divided, as in the contracts. A power `x^y` is `exp(y ln x)` with an
//! error that the contracts bound by 1e-14 of the result plus one unit: [`pow_down`] takes that off, [`pow_up`] adds it;
//! exponents of 1, 2 and 4 are multiplications instead.
//!
//! Source: balancer/balancer-v3-monorepo `pkg/solidity-utils/contracts/math/FixedPoint.sol` at 001da45d (the version 2
//! library computes the same numbers).

use ruint::aliases::U256;

use super::Error;
use super::log_exp;
use crate::arithmetic::{add, div_down as quotient_down, mul, mul_div_down, sub};

/// One.
pub const ONE: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);

const TWO: U256 = U256::from_limbs([2_000_000_000_000_000_000, 0, 0, 0]);
const FOUR: U256 = U256::from_limbs([4_000_000_000_000_000_000, 0, 0, 0]);

/// Bound of the relative error of a power, 1e-14.
const MAX_POW_RELATIVE_ERROR: U256 = U256::from_limbs([10_000, 0, 0, 0]);

/// `floor(a b)`.
///
/// # Errors
/// When the product overflows.
#[inline]
pub fn mul_down(a: U256, b: U256) -> Result<U256, Error> {
    Ok(mul_div_down(a, b, ONE)?)
}

/// `ceil(a b)`.
///
/// # Errors
/// When the product overflows.
#[inline]
pub fn mul_up(a: U256, b: U256) -> Result<U256, Error> {
    mul_div_up(a, b, ONE)
}

/// `floor(a / b)`.
///
/// # Errors
/// When `b` is zero or the scaled dividend overflows.
#[inline]
pub fn div_down(a: U256, b: U256) -> Result<U256, Error> {
    Ok(mul_div_down(a, ONE, b)?)
}

/// `ceil(a / b)`.
///
/// # Errors
/// When `b` is zero or the scaled dividend overflows.
#[inline]
pub fn div_up(a: U256, b: U256) -> Result<U256, Error> {
    mul_div_up(a, ONE, b)
}

/// `1 - x`, zero when `x` is above one.
#[must_use]
pub fn complement(x: U256) -> U256 {
    ONE.saturating_sub(x)
}

/// A value not above `x^y`.
///
/// # Errors
/// When the power is outside of the range of the contract's logarithm and exponential.
pub fn pow_down(x: U256, y: U256) -> Result<U256, Error> {
    if y == ONE {
        Ok(x)
    } else if y == TWO {
        mul_down(x, x)
    } else if y == FOUR {
        let square = mul_down(x, x)?;
        mul_down(square, square)
    } else {
        let raw = log_exp::pow(x, y)?;
        Ok(raw.saturating_sub(pow_error(raw)?))
    }
}

/// A value not below `x^y`.
///
/// # Errors
/// When the power is outside of the range of the contract's logarithm and exponential.
pub fn pow_up(x: U256, y: U256) -> Result<U256, Error> {
    if y == ONE {
        Ok(x)
    } else if y == TWO {
        mul_up(x, x)
    } else if y == FOUR {
        let square = mul_up(x, x)?;
        mul_up(square, square)
    } else {
        let raw = log_exp::pow(x, y)?;
        Ok(add(raw, pow_error(raw)?)?)
    }
}

fn pow_error(raw: U256) -> Result<U256, Error> {
    Ok(add(mul_up(raw, MAX_POW_RELATIVE_ERROR)?, U256::from(1))?)
}

/// `ceil(a b / divisor)` of plain integers.
#[inline]
pub(super) fn mul_div_up(a: U256, b: U256, divisor: U256) -> Result<U256, Error> {
    quotient_up(mul(a, b)?, divisor)
}

/// `ceil(a / b)` of plain integers.
#[inline]
pub(super) fn quotient_up(a: U256, b: U256) -> Result<U256, Error> {
    match a.checked_sub(U256::from(1)) {
        Some(less) => Ok(add(quotient_down(less, b)?, U256::from(1))?),
        // Zero over zero is an error too.
        None => Ok(quotient_down(a, b)?),
    }
}

/// `ceil(amount fraction / (1 - fraction))`: the fee on top of a net amount; zero for a fraction of zero.
pub(super) fn gross_up_fee(net: U256, fraction: U256) -> Result<U256, Error> {
    Ok(sub(div_up(net, complement(fraction))?, net)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenths(value: u64) -> U256 {
        U256::from(value) * U256::from(100_000_000_000_000_000_u64)
    }

    #[test]
    fn rounding_up_and_down_differ_by_at_most_one_unit() {
        let (a, b) = (U256::from(7), tenths(5));
        assert_eq!(mul_down(a, b), Ok(U256::from(3)));
        assert_eq!(mul_up(a, b), Ok(U256::from(4)));
        assert_eq!(div_down(U256::from(2), tenths(30)), Ok(U256::ZERO));
        assert_eq!(div_up(U256::from(2), tenths(30)), Ok(U256::from(1)));
        assert_eq!(mul_up(U256::ZERO, b), Ok(U256::ZERO));
        assert_eq!(div_up(U256::ZERO, b), Ok(U256::ZERO));
        assert!(div_up(U256::ZERO, U256::ZERO).is_err());
        assert!(mul_up(U256::MAX, U256::from(2)).is_err());
    }

    #[test]
    fn a_complement_stops_at_zero() {
        assert_eq!(complement(tenths(3)), tenths(7));
        assert_eq!(complement(tenths(11)), U256::ZERO);
    }

    #[test]
    fn powers_of_one_two_and_four_are_multiplications() {
        let x = tenths(15);
        assert_eq!(pow_down(x, ONE), Ok(x));
        assert_eq!(pow_up(x, TWO), Ok(U256::from(2_250_000_000_000_000_000_u64)));
        assert_eq!(pow_down(x, FOUR), Ok(U256::from(5_062_500_000_000_000_000_u64)));
    }

    #[test]
    fn other_powers_bracket_the_true_value() {
        // 2^3 = 8, 9^0.5 = 3, 1.05^10 = 1.628894626777441406 25, 0.5^5 = 0.03125.
        let cases = [
            (tenths(20), tenths(30), U256::from(8_000_000_000_000_000_000_u64)),
            (tenths(90), tenths(5), U256::from(3_000_000_000_000_000_000_u64)),
            (tenths(21) / U256::from(2), tenths(100), U256::from(1_628_894_626_777_441_406_u64)),
            (tenths(5), tenths(50), U256::from(31_250_000_000_000_000_u64)),
        ];
        for (x, y, exact) in cases {
            let (low, high) = (pow_down(x, y).expect("in range"), pow_up(x, y).expect("in range"));
            assert!(low <= exact && exact <= high, "{low} {exact} {high}");
            // Twice the stated error of 1e-14, and its rounding.
            let width = U256::from(2) * (exact / U256::from(100_000_000_000_000_u64) + U256::from(3));
            assert!(high - low <= width, "{low} {high}");
        }
    }
}
