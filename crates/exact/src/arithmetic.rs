//! Arithmetic of 256-bit words that fails where a contract reverts.
//!
//! A product must fit the word before it is divided, exactly as on chain: [`mul_div_down`] has no wider
//! intermediate, because the contracts modelled here have none.

use ruint::aliases::U256;

/// Why an operation on 256-bit words has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArithmeticError {
    /// The result is 2^256 or more.
    #[error("the result does not fit 256 bits")]
    Overflow,
    /// The result is below zero.
    #[error("the result is below zero")]
    Underflow,
    /// The divisor is zero.
    #[error("division by zero")]
    DivisionByZero,
}

type Checked = Result<U256, ArithmeticError>;

#[inline]
pub(crate) fn add(a: U256, b: U256) -> Checked {
    a.checked_add(b).ok_or(ArithmeticError::Overflow)
}

#[inline]
pub(crate) fn sub(a: U256, b: U256) -> Checked {
    a.checked_sub(b).ok_or(ArithmeticError::Underflow)
}

#[inline]
pub(crate) fn mul(a: U256, b: U256) -> Checked {
    a.checked_mul(b).ok_or(ArithmeticError::Overflow)
}

/// Repeats `step` until it moves by at most one unit; nothing where it has not after `rounds`.
pub(crate) fn settle<E>(
    start: U256,
    rounds: usize,
    step: impl Fn(U256) -> Result<U256, E>,
) -> Result<Option<U256>, E> {
    let mut value = start;
    for _ in 0..rounds {
        let previous = value;
        value = step(previous)?;
        if value.abs_diff(previous) <= U256::from(1) {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

#[inline]
pub(crate) fn div_down(a: U256, b: U256) -> Checked {
    a.checked_div(b).ok_or(ArithmeticError::DivisionByZero)
}

/// The word of a constant.
pub(crate) const fn constant(value: u128) -> U256 {
    U256::from_limbs([value as u64, (value >> 64) as u64, 0, 0])
}

/// `floor(a * b / divisor)`.
#[inline]
pub(crate) fn mul_div_down(a: U256, b: U256, divisor: U256) -> Checked {
    div_down(mul(a, b)?, divisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_beyond_the_word_fails_even_if_the_quotient_would_fit() {
        let two = U256::from(2);
        assert_eq!(mul_div_down(U256::MAX, two, two), Err(ArithmeticError::Overflow));
    }

    #[test]
    fn each_failure_has_its_own_reason() {
        let one = U256::from(1);
        assert_eq!(add(U256::MAX, one), Err(ArithmeticError::Overflow));
        assert_eq!(sub(U256::ZERO, one), Err(ArithmeticError::Underflow));
        assert_eq!(div_down(one, U256::ZERO), Err(ArithmeticError::DivisionByZero));
        assert_eq!(mul_div_down(U256::from(7), one, U256::from(2)), Ok(U256::from(3)));
    }
}
