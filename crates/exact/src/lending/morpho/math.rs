//! Fixed-point arithmetic with 1e18 = 1, in 256 bits as the contract has it.

use ruint::aliases::U256;

use super::MorphoError;
use crate::arithmetic::{ArithmeticError, add, div_down, mul, mul_div_down, sub};

/// One.
pub(crate) const WAD: U256 = wad(1_000_000_000_000_000_000);
/// One, in prices.
pub(super) const ORACLE_PRICE_SCALE: U256 =
    U256::from_limbs([12_919_594_847_110_692_864, 54_210_108_624_275_221, 0, 0]);

/// A number of 1e-18.
pub(crate) const fn wad(value: u64) -> U256 {
    U256::from_limbs([value, 0, 0, 0])
}

/// `(a b + (divisor - 1)) / divisor`, each step in the word.
pub(super) fn mul_div_up(a: U256, b: U256, divisor: U256) -> Result<U256, ArithmeticError> {
    let raised = add(mul(a, b)?, sub(divisor, U256::ONE)?)?;
    div_down(raised, divisor)
}

/// `exp(rate * elapsed) - 1` to third order.
pub(super) fn taylor_compounded(rate: U256, elapsed: u64) -> Result<U256, ArithmeticError> {
    let first = mul(rate, U256::from(elapsed))?;
    let second = mul_div_down(first, first, wad(2_000_000_000_000_000_000))?;
    let third = mul_div_down(second, first, wad(3_000_000_000_000_000_000))?;
    add(add(first, second)?, third)
}

/// The amount, if it fits 128 bits.
pub(super) fn narrow(amount: U256) -> Result<U256, MorphoError> {
    if amount.bit_len() > 128 { Err(MorphoError::AmountTooLarge) } else { Ok(amount) }
}

/// A sum of 128 bits.
pub(super) fn add_narrow(total: U256, amount: U256) -> Result<U256, MorphoError> {
    let sum = add(total, narrow(amount)?)?;
    if sum.bit_len() > 128 { Err(ArithmeticError::Overflow.into()) } else { Ok(sum) }
}

/// A difference of 128 bits.
pub(super) fn sub_narrow(total: U256, amount: U256) -> Result<U256, MorphoError> {
    Ok(sub(total, narrow(amount)?)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_price_scale_is_ten_to_the_36() {
        assert_eq!(ORACLE_PRICE_SCALE, WAD * WAD);
    }

    #[test]
    fn interest_is_the_first_three_terms_of_the_series() {
        // x = 0.1: 0.1 + 0.005 + 0.000166..., the last term rounded down.
        let rate = wad(100_000_000_000_000_000);
        assert_eq!(taylor_compounded(rate, 1), Ok(wad(105_166_666_666_666_666)));
        assert_eq!(taylor_compounded(rate, 0), Ok(U256::ZERO));
        assert_eq!(taylor_compounded(U256::MAX, 2), Err(ArithmeticError::Overflow));
    }

    #[test]
    fn rounding_up_needs_room_for_the_divisor() {
        assert_eq!(mul_div_up(wad(7), wad(3), wad(4)), Ok(wad(6)));
        assert_eq!(mul_div_up(wad(8), wad(3), wad(4)), Ok(wad(6)));
        assert_eq!(mul_div_up(U256::MAX, U256::ONE, wad(2)), Err(ArithmeticError::Overflow));
        assert_eq!(mul_div_up(U256::ONE, U256::ONE, U256::ZERO), Err(ArithmeticError::Underflow));
    }

    #[test]
    fn amounts_above_128_bits_and_sums_above_them_fail_in_their_own_way() {
        let limit = U256::from(u128::MAX);
        assert_eq!(narrow(limit), Ok(limit));
        assert_eq!(narrow(limit + U256::ONE), Err(MorphoError::AmountTooLarge));
        assert_eq!(add_narrow(limit, U256::ONE), Err(ArithmeticError::Overflow.into()));
        assert_eq!(sub_narrow(U256::ZERO, U256::ONE), Err(ArithmeticError::Underflow.into()));
    }
}
