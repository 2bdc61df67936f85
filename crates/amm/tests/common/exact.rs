//! Amounts between f64 and the integers of an exact pool.
//!
//! The integer pool counts in 2^-84 of a token, so that its own rounding (about a unit, times the imbalance) is far
//! below the tolerances, and every f64 amount is represented exactly.

use pegstress_exact::U256;

const UNIT_BITS: i32 = 84;

pub(crate) fn to_units(tokens: f64) -> U256 {
    let bits = tokens.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32 - 1075 + UNIT_BITS;
    let mantissa = U256::from((bits & ((1 << 52) - 1)) | (1 << 52));
    if exponent >= 0 { mantissa << exponent as usize } else { mantissa >> (-exponent) as usize }
}

pub(crate) fn to_tokens(units: U256) -> f64 {
    f64::from(units) / 2_f64.powi(UNIT_BITS)
}

/// From 1e18 = 1.
pub(crate) fn to_price(price: U256) -> f64 {
    f64::from(price) / 1e18
}

/// The larger; not a number if either is not.
pub(crate) fn worse(a: f64, b: f64) -> f64 {
    if a >= b || a.is_nan() { a } else { b }
}
