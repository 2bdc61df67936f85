//! One stretch of a swap, at constant liquidity (`SwapMath.computeSwapStep`).
//!
//! With the fee `f` on the input, an exact input of `a` moves the price by `floor(a (1 - f))`, or to the target if that
//! takes less. Where the target is reached the fee is `ceil(amount_in f / (1 - f))`; else it is all that is left.

use ruint::aliases::U256;

use super::sqrt_price_math::{
    Rounding, amount_0_delta, amount_1_delta, next_sqrt_price_from_input, next_sqrt_price_from_output,
};
use super::{Error, FEE_DENOMINATOR, SwapAmount};
use crate::arithmetic::sub;
use crate::wide_arithmetic::{mul_div_down, mul_div_up};

/// What one stretch moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SwapStep {
    /// Price after it.
    pub sqrt_price_x96: U256,
    /// Input without the fee.
    pub amount_in: U256,
    /// Output.
    pub amount_out: U256,
    /// Fee, in the token of the input.
    pub fee: U256,
}

/// A swap from `price` towards `target` at `liquidity`, with `remaining` of the amount to go.
///
/// # Errors
/// When the fee is 100 % or more, a price is not positive, or a result leaves its word.
pub fn swap_step(
    price: U256,
    target: U256,
    liquidity: u128,
    remaining: SwapAmount,
    fee_millionths: u32,
) -> Result<SwapStep, Error> {
    let kept = FEE_DENOMINATOR.checked_sub(fee_millionths).filter(|&kept| kept > 0);
    let kept = U256::from(kept.ok_or(Error::FeeOutOfRange { fee_millionths })?);
    let zero_for_one = price >= target;
    let amount_in_to = |end| {
        let delta = if zero_for_one { amount_0_delta } else { amount_1_delta };
        delta(price, end, liquidity, Rounding::Up)
    };
    let amount_out_to = |end| {
        let delta = if zero_for_one { amount_1_delta } else { amount_0_delta };
        delta(price, end, liquidity, Rounding::Down)
    };
    let fee_on =
        |amount_in| mul_div_up(amount_in, U256::from(fee_millionths), kept).map_err(Error::Arithmetic);
    match remaining {
        SwapAmount::ExactIn(remaining) => {
            let usable = mul_div_down(remaining, kept, U256::from(FEE_DENOMINATOR))?;
            let amount_in = amount_in_to(target)?;
            if usable >= amount_in {
                let (amount_out, fee) = (amount_out_to(target)?, fee_on(amount_in)?);
                return Ok(SwapStep { sqrt_price_x96: target, amount_in, amount_out, fee });
            }
            let end = next_sqrt_price_from_input(price, liquidity, usable, zero_for_one)?;
            // A price rounded to the target after all keeps the target's amounts and fee.
            let amount_in = if end == target { amount_in } else { amount_in_to(end)? };
            let fee = if end == target { fee_on(amount_in)? } else { sub(remaining, amount_in)? };
            Ok(SwapStep { sqrt_price_x96: end, amount_in, amount_out: amount_out_to(end)?, fee })
        }
        SwapAmount::ExactOut(remaining) => {
            let amount_out = amount_out_to(target)?;
            let end = if remaining >= amount_out {
                target
            } else {
                next_sqrt_price_from_output(price, liquidity, remaining, zero_for_one)?
            };
            let amount_out = if end == target { amount_out } else { amount_out_to(end)? };
            let amount_in = amount_in_to(end)?;
            let amount_out = amount_out.min(remaining);
            Ok(SwapStep { sqrt_price_x96: end, amount_in, amount_out, fee: fee_on(amount_in)? })
        }
    }
}
