//! Marginal prices. The contract has none; they follow from the curve by implicit differentiation. With `S`, `w`, `g`
//! as in [`super::curve`],
//!
//! ```text
//! -dx_0 / dx_1 = x_0 (x_1 + c) / (x_1 (x_0 + c)),   c = (S - D) (g + K_0) / (g - K_0) + w
//! ```
//!
//! in scaled units, times the price scale. Computed with 512 bits at the stored `D`; `K_0` and the result are rounded
//! at 1e-18. `D` itself is known to 1e-14, which moves the price by about `1e-14 / gamma` at the edge of the
//! concentrated region.

use ruint::Uint;
use ruint::aliases::U256;

use super::pool::check_pair;
use super::{Curve, Error, FEE_DENOMINATOR, ONE, Pool};
use crate::ArithmeticError;
use crate::arithmetic::{add, div_down, mul, mul_div_down, sub};

type U512 = Uint<512, 8>;

impl Pool {
    /// Marginal price of coin 1 in coin 0, in 18-decimal units of both, before fees (1e18 = 1).
    ///
    /// # Errors
    /// When the balances have no price.
    pub fn marginal_price(&self) -> Result<U256, Error> {
        let curve = self.curve()?;
        let xp = self.scaled_balances()?;
        let invariant = self.invariant_before(&curve)?;
        let (numerator, denominator) = curve.slope(xp, invariant)?;
        let numerator = checked(U512::from(self.state.price_scale).checked_mul(numerator))?;
        narrow(numerator.checked_div(denominator).ok_or(ArithmeticError::DivisionByZero)?)
    }

    /// What the next unit of coin `i` sold pays of coin `j`, in 18-decimal units of both, after the fee at the current
    /// balances (1e18 = 1).
    ///
    /// # Errors
    /// When a coin does not exist or the balances have no price.
    pub fn marginal_price_after_fee(&self, i: usize, j: usize) -> Result<U256, Error> {
        check_pair(i, j)?;
        let price = self.marginal_price()?;
        let before_fee = if j == 0 { price } else { div_down(mul(ONE, ONE)?, price)? };
        Ok(mul_div_down(before_fee, sub(FEE_DENOMINATOR, self.fee()?)?, FEE_DENOMINATOR)?)
    }
}

impl Curve {
    /// `-dx_0 / dx_1` as a fraction.
    fn slope(&self, [x0, x1]: [U256; 2], d: U256) -> Result<(U512, U512), Error> {
        let k0 = mul_div_down(mul_div_down(mul(ONE, U256::from(4))?, x0, d)?, x1, d)?;
        let distance = self.distance(k0)?;
        // Below zero by rounding at most.
        let excess = add(x0, x1)?.saturating_sub(d);
        let near = add(add(self.gamma(), ONE)?, k0)?;
        // Everything with 18 decimals more than the balances.
        let bend = mul_div_down(mul(excess, ONE)?, near, distance)?;
        let c = U512::from(bend) + U512::from(self.distance_term(distance, d)?);
        let wide = |x: U256| U512::from(x) * U512::from(ONE) + c;
        let numerator = checked(U512::from(x0).checked_mul(wide(x1)))?;
        let denominator = checked(U512::from(x1).checked_mul(wide(x0)))?;
        Ok((numerator, denominator))
    }
}

fn checked(value: Option<U512>) -> Result<U512, Error> {
    Ok(value.ok_or(ArithmeticError::Overflow)?)
}

fn narrow(value: U512) -> Result<U256, Error> {
    Ok(U256::checked_from_limbs_slice(value.as_limbs()).ok_or(ArithmeticError::Overflow)?)
}
