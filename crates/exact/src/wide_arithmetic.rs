//! `a b / divisor` with a product of 512 bits (`FullMath.sol`, OpenZeppelin's `Math.mulDiv`), and division rounded up
//! (`UnsafeMath.sol`). A product
//! that fits the word is divided in it, and a division by 2^96 is a shift.

use ruint::Uint;
use ruint::aliases::U256;

use crate::ArithmeticError;

/// A product of two words.
pub(crate) type U512 = Uint<512, 8>;

const WORD_BITS: usize = 256;

/// `floor(a * b / divisor)`; fails where the quotient leaves the word.
pub(crate) fn mul_div_down(a: U256, b: U256, divisor: U256) -> Result<U256, ArithmeticError> {
    quotient_and_rest(a, b, divisor).map(|(quotient, _)| quotient)
}

/// `ceil(a * b / divisor)`; fails where the quotient leaves the word.
pub(crate) fn mul_div_up(a: U256, b: U256, divisor: U256) -> Result<U256, ArithmeticError> {
    let (quotient, rest) = quotient_and_rest(a, b, divisor)?;
    if rest { quotient.checked_add(U256::ONE).ok_or(ArithmeticError::Overflow) } else { Ok(quotient) }
}

/// `ceil(a / divisor)`.
pub(crate) fn div_up(a: U256, divisor: U256) -> Result<U256, ArithmeticError> {
    if divisor.is_zero() {
        return Err(ArithmeticError::DivisionByZero);
    }
    let (quotient, rest) = a.div_rem(divisor);
    // A quotient with a rest is at most a / 2.
    Ok(if rest.is_zero() { quotient } else { quotient.wrapping_add(U256::ONE) })
}

/// `floor(a * b / 2^96)`; fails where the quotient leaves the word.
pub(crate) fn mul_shift_down(a: U256, b: U256) -> Result<U256, ArithmeticError> {
    let product: U512 = a.widening_mul(b);
    narrow(product >> 96)
}

/// `ceil(a * b / 2^96)`; fails where the quotient leaves the word.
pub(crate) fn mul_shift_up(a: U256, b: U256) -> Result<U256, ArithmeticError> {
    let product: U512 = a.widening_mul(b);
    let quotient = narrow(product >> 96)?;
    let [lowest, next, ..] = *product.as_limbs();
    let rest = lowest != 0 || next << 32 != 0;
    if rest { quotient.checked_add(U256::ONE).ok_or(ArithmeticError::Overflow) } else { Ok(quotient) }
}

/// Floored quotient, and whether there is a rest.
fn quotient_and_rest(a: U256, b: U256, divisor: U256) -> Result<(U256, bool), ArithmeticError> {
    if divisor.is_zero() {
        return Err(ArithmeticError::DivisionByZero);
    }
    if a.bit_len() + b.bit_len() <= WORD_BITS {
        let (quotient, rest) = a.wrapping_mul(b).div_rem(divisor);
        return Ok((quotient, !rest.is_zero()));
    }
    let product: U512 = a.widening_mul(b);
    let (quotient, rest) = product.div_rem(widen(divisor));
    Ok((narrow(quotient)?, !rest.is_zero()))
}

/// The word in 512 bits.
fn widen(value: U256) -> U512 {
    let [a, b, c, d] = value.into_limbs();
    U512::from_limbs([a, b, c, d, 0, 0, 0, 0])
}

/// The lower 256 bits, if there are no others.
pub(crate) fn narrow(value: U512) -> Result<U256, ArithmeticError> {
    match value.into_limbs() {
        [a, b, c, d, 0, 0, 0, 0] => Ok(U256::from_limbs([a, b, c, d])),
        _ => Err(ArithmeticError::Overflow),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_product_may_leave_the_word_but_the_quotient_may_not() {
        let two = U256::from(2);
        assert_eq!(mul_div_down(U256::MAX, two, two), Ok(U256::MAX));
        assert_eq!(mul_div_down(U256::MAX, U256::MAX, U256::MAX), Ok(U256::MAX));
        assert_eq!(mul_div_down(U256::MAX, two, U256::ONE), Err(ArithmeticError::Overflow));
        assert_eq!(mul_div_down(two, two, U256::ZERO), Err(ArithmeticError::DivisionByZero));
        // The case of the contract's tests in which only rounding up overflows.
        let a = "535006138814359".parse::<U256>().expect("a number");
        let b = "432862656469423142931042426214547535783388063929571229938474969";
        let b = b.parse::<U256>().expect("a number");
        assert_eq!(mul_div_down(a, b, two), Ok(U256::MAX));
        assert_eq!(mul_div_up(a, b, two), Err(ArithmeticError::Overflow));
    }

    #[test]
    fn a_shift_is_a_division_by_a_power_of_two() {
        let q96 = U256::from(1_u128 << 96);
        let wide = U256::MAX >> 56;
        for (a, b) in
            [(q96, wide), (wide, wide >> 44), (wide, U256::ONE), (U256::ONE, U256::ONE), (q96, U256::ZERO)]
        {
            assert_eq!(mul_shift_down(a, b), mul_div_down(a, b, q96));
            assert_eq!(mul_shift_up(a, b), mul_div_up(a, b, q96));
        }
        // A rest in the second limb only, and none.
        let second = U256::from(1_u128 << 95);
        assert_eq!(mul_shift_up(second, U256::ONE), Ok(U256::ONE));
        assert_eq!(mul_shift_up(second, U256::from(2)), Ok(U256::ONE));
        assert_eq!(mul_shift_down(U256::MAX, U256::MAX), Err(ArithmeticError::Overflow));
    }

    #[test]
    fn rounding_up_adds_one_only_where_there_is_a_rest() {
        let word = |value: u64| U256::from(value);
        assert_eq!(mul_div_up(word(5), word(7), word(4)), Ok(word(9)));
        assert_eq!(mul_div_up(word(5), word(8), word(4)), Ok(word(10)));
        assert_eq!(mul_div_up(U256::MAX, word(3), word(6)), Ok(U256::ONE << 255));
        assert_eq!(div_up(word(9), word(3)), Ok(word(3)));
        assert_eq!(div_up(word(10), word(3)), Ok(word(4)));
        assert_eq!(div_up(word(0), word(3)), Ok(word(0)));
        assert_eq!(div_up(word(1), word(0)), Err(ArithmeticError::DivisionByZero));
    }
}
