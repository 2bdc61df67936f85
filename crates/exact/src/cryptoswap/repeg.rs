//! What every operation leaves behind: the average price, the profit, the price scale (`tweak_price`), and the
//! owner's claim (`_claim_admin_fees`).
//!
//! With the virtual price `v` after the operation, `v'` before it, and the profit counter `q <- q v / v'`, moves begin
//! when `2 v - 1 > q + 2 allowed_extra_profit` and the average price `a` is further from the scale `s` than a step.
//! A step of the relative size `h = max(adjustment_step, |a / s - 1| / 5)` (a tenth in stand-alone pools) leads to
//!
//! ```text
//! s <- (s (|a / s - 1| - h) + a h) / |a / s - 1|
//! ```
//!
//! and is taken if the virtual price at the new scale keeps half of the profit, `2 v'' - 1 > q`. If not, moves end and
//! the owner's claim follows: half of `admin_fee` of the growth of `q`, in new shares.

use ruint::aliases::U256;

use super::pool::constant_product;
use super::{Curve, Error, FEE_DENOMINATOR, ONE, Pool, TWO};
use crate::arithmetic::{add, div_down, mul, mul_div_down, sub};

/// The price is probed with this part of coin 0's balance.
const PROBE: U256 = U256::from_limbs([1_000_000, 0, 0, 0]);

impl Pool {
    /// Books an operation that led to the scaled balances `xp`. Zero stands for an unknown price or invariant: the
    /// price is then probed on the curve, the invariant computed.
    pub(super) fn settle(
        &mut self,
        curve: &Curve,
        xp: [U256; 2],
        price: U256,
        invariant: U256,
    ) -> Result<(), Error> {
        self.age_average()?;
        let invariant = if invariant.is_zero() { curve.invariant(xp)? } else { invariant };
        self.state.last_price = if price.is_zero() { self.probe(curve, xp, invariant)? } else { price };
        let priced_before = !self.state.virtual_price.is_zero();
        let virtual_price = self.book_profit(invariant)?;

        let distance = mul_div_down(self.state.average_price, ONE, self.state.price_scale)?.abs_diff(ONE);
        let least = self.parameters.repegging.adjustment_step;
        let step = least.max(div_down(distance, self.parameters.edition.steps())?);
        let movable = distance > step && priced_before;
        // The contract's compiler evaluates both sides of an `and`: this reverts at a virtual price below one half.
        let rich = self.is_rich(virtual_price)?;
        self.state.adjusting |= rich && movable;

        let adjusting = self.state.adjusting;
        if adjusting && movable && self.move_scale(curve, xp, distance, step)? {
            return Ok(());
        }
        self.state.invariant = invariant;
        self.state.virtual_price = virtual_price;
        if adjusting {
            self.state.adjusting = false;
            self.claim()?;
        }
        Ok(())
    }

    /// Pays the owner's share of the profit in new shares (`claim_admin_fees`).
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn claim_admin_fees(&mut self) -> Result<(), Error> {
        self.attempt(Self::claim)
    }

    fn claim(&mut self) -> Result<(), Error> {
        let before = self.state.profit_at_claim;
        let grown = self.state.profit.saturating_sub(before);
        let fees = mul_div_down(grown, self.parameters.admin_fee, mul(TWO, FEE_DENOMINATOR)?)?;
        if !fees.is_zero() {
            let value = self.state.virtual_price;
            let fraction = sub(mul_div_down(value, ONE, sub(value, fees)?)?, ONE)?;
            let minted = mul_div_down(self.state.total_supply, fraction, ONE)?;
            self.state.total_supply = add(self.state.total_supply, minted)?;
            self.state.profit = sub(self.state.profit, mul(fees, TWO)?)?;
        }
        self.state.invariant = self.curve()?.invariant(self.scaled_balances()?)?;
        self.state.virtual_price = self.virtual_price()?;
        self.state.profit_at_claim = before.max(self.state.profit);
        Ok(())
    }

    fn age_average(&mut self) -> Result<(), Error> {
        if self.state.average_at_secs < self.state.now_secs {
            self.state.average_price = self.average_price()?;
            self.state.average_at_secs = self.state.now_secs;
        }
        Ok(())
    }

    /// Price of coin 1 for a millionth of coin 0's balance.
    fn probe(&self, curve: &Curve, xp: [U256; 2], invariant: U256) -> Result<U256, Error> {
        let sold = div_down(xp[0], PROBE)?;
        let solved = curve.solve_balance(add(xp[0], sold)?, invariant)?;
        Ok(mul_div_down(self.state.price_scale, sold, sub(xp[1], solved)?)?)
    }

    /// Moves the profit counter and returns the virtual price at the present scale.
    fn book_profit(&mut self, invariant: U256) -> Result<U256, Error> {
        let before = self.state.virtual_price;
        if before.is_zero() {
            self.state.profit = ONE;
            return Ok(ONE);
        }
        let value = constant_product(invariant, self.state.price_scale)?;
        let after = mul_div_down(ONE, value, self.state.total_supply)?;
        self.state.profit = mul_div_down(self.state.profit, after, before)?;
        if after < before && !self.ramp.is_active() {
            return Err(Error::Loss { before, after });
        }
        self.ramp.clear_if_over();
        Ok(after)
    }

    fn is_rich(&self, virtual_price: U256) -> Result<bool, Error> {
        let allowed = mul(TWO, self.parameters.repegging.allowed_extra_profit)?;
        Ok(sub(mul(virtual_price, TWO)?, ONE)? > add(self.state.profit, allowed)?)
    }

    /// Takes one step of the price scale if that keeps half of the profit.
    fn move_scale(
        &mut self,
        curve: &Curve,
        xp: [U256; 2],
        distance: U256,
        step: U256,
    ) -> Result<bool, Error> {
        let scale = self.state.price_scale;
        let kept = mul(scale, sub(distance, step)?)?;
        let moved = div_down(add(kept, mul(step, self.state.average_price)?)?, distance)?;
        let invariant = curve.invariant([xp[0], mul_div_down(xp[1], moved, scale)?])?;
        let value = constant_product(invariant, moved)?;
        let virtual_price = mul_div_down(ONE, value, self.state.total_supply)?;
        let keeps_half = sub(mul(TWO, virtual_price)?, ONE)? > self.state.profit;
        if !(virtual_price > ONE && keeps_half) {
            return Ok(false);
        }
        self.state.price_scale = moved;
        self.state.invariant = invariant;
        self.state.virtual_price = virtual_price;
        Ok(true)
    }
}
