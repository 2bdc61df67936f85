//! Amounts between two prices, and the price after an amount (`SqrtPriceMath.sol`).
//!
//! With `Q` = 2^96 and prices `A <= B` as Q64.96,
//!
//! ```text
//! amount_0 = ceil or floor(L Q (B - A) / B) / A      amount_1 = L (B - A) / Q
//! token 0 in or out:  P' = ceil(L Q P / (L Q +- amount P))
//! token 1 in:         P' = P + floor(amount Q / L)   token 1 out:  P' = P - ceil(amount Q / L)
//! ```
//!
//! Every price is rounded against the trader.

use ruint::aliases::U256;

use super::Error;
use crate::ArithmeticError;
use crate::arithmetic::{add, div_down, mul, sub};
use crate::wide_arithmetic::{div_up, mul_div_down, mul_div_up, mul_shift_down, mul_shift_up};

/// Direction in which an amount is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// What the pool receives.
    Up,
    /// What the pool pays.
    Down,
}

const Q96: U256 = U256::from_limbs([0, 1 << 32, 0, 0]);

/// Bits of a price.
const PRICE_BITS: usize = 160;

/// Token 0 between two prices (`getAmount0Delta`); the prices may come in either order.
///
/// # Errors
/// When the lower price is zero or the amount leaves its word.
pub fn amount_0_delta(a: U256, b: U256, liquidity: u128, rounding: Rounding) -> Result<U256, Error> {
    let (low, high) = if a > b { (b, a) } else { (a, b) };
    if low.is_zero() {
        return Err(Error::PriceOutOfRange { sqrt_price_x96: low });
    }
    let (liquidity_x96, difference) = (U256::from(liquidity) << 96, sub(high, low)?);
    Ok(match rounding {
        Rounding::Up => div_up(mul_div_up(liquidity_x96, difference, high)?, low)?,
        Rounding::Down => div_down(mul_div_down(liquidity_x96, difference, high)?, low)?,
    })
}

/// Token 1 between two prices (`getAmount1Delta`); the prices may come in either order.
///
/// # Errors
/// When the amount leaves its word.
pub fn amount_1_delta(a: U256, b: U256, liquidity: u128, rounding: Rounding) -> Result<U256, Error> {
    let difference = if a > b { sub(a, b)? } else { sub(b, a)? };
    Ok(match rounding {
        Rounding::Up => mul_shift_up(U256::from(liquidity), difference)?,
        Rounding::Down => mul_shift_down(U256::from(liquidity), difference)?,
    })
}

/// Price after an input of token 0 (`zero_for_one`) or token 1 (`getNextSqrtPriceFromInput`).
///
/// # Errors
/// When price or liquidity are zero, or the new price leaves 160 bits.
pub fn next_sqrt_price_from_input(
    price: U256,
    liquidity: u128,
    amount_in: U256,
    zero_for_one: bool,
) -> Result<U256, Error> {
    check_state(price, liquidity)?;
    if zero_for_one {
        after_adding_0(price, liquidity, amount_in)
    } else {
        let moved = amount_1_per_liquidity(amount_in, liquidity, Rounding::Down)?;
        fit_price(add(price, moved)?)
    }
}

/// Price after an output of token 1 (`zero_for_one`) or token 0 (`getNextSqrtPriceFromOutput`).
///
/// # Errors
/// When price or liquidity are zero, or the liquidity cannot pay the amount.
pub fn next_sqrt_price_from_output(
    price: U256,
    liquidity: u128,
    amount_out: U256,
    zero_for_one: bool,
) -> Result<U256, Error> {
    check_state(price, liquidity)?;
    if !zero_for_one {
        return after_removing_0(price, liquidity, amount_out);
    }
    let moved = amount_1_per_liquidity(amount_out, liquidity, Rounding::Up)?;
    if price <= moved { Err(ArithmeticError::Underflow.into()) } else { Ok(sub(price, moved)?) }
}

fn after_adding_0(price: U256, liquidity: u128, amount: U256) -> Result<U256, Error> {
    if amount.is_zero() {
        return Ok(price);
    }
    let liquidity_x96 = U256::from(liquidity) << 96;
    let denominator = amount.checked_mul(price).and_then(|product| product.checked_add(liquidity_x96));
    match denominator {
        Some(denominator) => Ok(mul_div_up(liquidity_x96, price, denominator)?),
        // The contract falls back on fewer bits: the amount is so large that the price ends near zero.
        None => Ok(div_up(liquidity_x96, add(div_down(liquidity_x96, price)?, amount)?)?),
    }
}

fn after_removing_0(price: U256, liquidity: u128, amount: U256) -> Result<U256, Error> {
    if amount.is_zero() {
        return Ok(price);
    }
    let liquidity_x96 = U256::from(liquidity) << 96;
    let product = mul(amount, price)?;
    if liquidity_x96 <= product {
        return Err(ArithmeticError::Underflow.into());
    }
    fit_price(mul_div_up(liquidity_x96, price, sub(liquidity_x96, product)?)?)
}

/// `amount Q / L`.
fn amount_1_per_liquidity(amount: U256, liquidity: u128, rounding: Rounding) -> Result<U256, Error> {
    let liquidity = U256::from(liquidity);
    Ok(match rounding {
        Rounding::Up => mul_div_up(amount, Q96, liquidity)?,
        Rounding::Down => mul_div_down(amount, Q96, liquidity)?,
    })
}

fn check_state(price: U256, liquidity: u128) -> Result<(), Error> {
    if price.is_zero() {
        return Err(Error::PriceOutOfRange { sqrt_price_x96: price });
    }
    if liquidity == 0 { Err(Error::ZeroLiquidity) } else { Ok(()) }
}

fn fit_price(price: U256) -> Result<U256, Error> {
    if price.bit_len() > PRICE_BITS { Err(ArithmeticError::Overflow.into()) } else { Ok(price) }
}
