//! The finest unit of amounts in which the integers answer.
//!
//! A contract rounds to the coin's unit, and its invariant by a unit or two, which in a lopsided pool is far more than
//! the error of the lanes. So the yardstick is the integer pool with amounts in `2^-bits` of the unit, with as many bits as
//! its products allow. What is left is the error of the lanes, rounding the state to f64 included.

use pegstress_exact::U256;

/// Bits given up where the integers overflow.
const STEP: usize = 4;

/// What the integers answer with the most bits from `most_bits` down, and the unit; none where the contract itself, whose
/// unit has none, does not answer.
pub(crate) fn finest<T>(most_bits: usize, answer: impl Fn(usize) -> Option<T>) -> Option<(T, f64)> {
    let own = answer(0)?;
    let finer = (1..=most_bits).rev().step_by(STEP).find_map(|bits| Some((answer(bits)?, unit(bits))));
    Some(finer.unwrap_or((own, 1.0)))
}

/// Bits by which the largest of some amounts is below `2^of_bits`.
pub(crate) fn spare_bits(of_bits: usize, amounts: impl IntoIterator<Item = U256>) -> usize {
    amounts.into_iter().map(|amount| of_bits.saturating_sub(amount.bit_len())).min().unwrap_or(0)
}

/// `2^-bits` of a contract's unit.
pub(crate) fn unit(bits: usize) -> f64 {
    // `bits` is below that of a word.
    0.5_f64.powi(bits as i32)
}
