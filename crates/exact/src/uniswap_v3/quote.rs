//! Quotes: what a swap would move, and the price at the margin. The pool does not change.

use ruint::aliases::U256;

use super::{Error, FEE_DENOMINATOR, MAX_SQRT_RATIO_X96, MIN_SQRT_RATIO_X96, Pool, SwapAmount, SwapOutcome};
use crate::wide_arithmetic::{U512, mul_div_down, narrow};

/// An input that no pool can take up: the largest signed word.
const UNLIMITED: U256 = U256::from_limbs([u64::MAX, u64::MAX, u64::MAX, u64::MAX >> 1]);

const Q320: U512 = U512::from_limbs([0, 0, 0, 0, 0, 1, 0, 0]);

impl Pool {
    /// What [`Self::swap`] would do.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn quote(
        &self,
        zero_for_one: bool,
        amount: SwapAmount,
        limit_x96: U256,
    ) -> Result<SwapOutcome, Error> {
        self.walk(zero_for_one, amount, limit_x96)?.outcome(amount)
    }

    /// Output of selling the whole of `amount_in`.
    ///
    /// # Errors
    /// Where the contract reverts, and [`Error::NotFilled`] where the liquidity ends first.
    pub fn quote_exact_in(&self, zero_for_one: bool, amount_in: U256) -> Result<U256, Error> {
        self.quote_filled(zero_for_one, SwapAmount::ExactIn(amount_in)).map(|outcome| outcome.amount_out)
    }

    /// Input that buys the whole of `amount_out`.
    ///
    /// # Errors
    /// Where the contract reverts, and [`Error::NotFilled`] where the liquidity ends first.
    pub fn quote_exact_out(&self, zero_for_one: bool, amount_out: U256) -> Result<U256, Error> {
        self.quote_filled(zero_for_one, SwapAmount::ExactOut(amount_out)).map(|outcome| outcome.amount_in)
    }

    /// The sale that moves the price to a limit: of token 0 where the limit is below the price, of token 1 where it is
    /// above. Nothing is sold at the price itself.
    ///
    /// # Errors
    /// When the limit is at or beyond an end of the ticks' range.
    pub fn quote_to_sqrt_price(&self, limit_x96: U256) -> Result<SwapOutcome, Error> {
        if limit_x96 == self.sqrt_price_x96 {
            let zero = U256::ZERO;
            return Ok(SwapOutcome {
                amount_in: zero,
                amount_out: zero,
                fee: zero,
                unfilled: zero,
                sqrt_price_x96: self.sqrt_price_x96,
                tick: self.tick,
                liquidity: self.liquidity,
                ticks_crossed: 0,
            });
        }
        let zero_for_one = limit_x96 < self.sqrt_price_x96;
        let outcome = self.quote(zero_for_one, SwapAmount::ExactIn(UNLIMITED), limit_x96)?;
        Ok(SwapOutcome { unfilled: U256::ZERO, ..outcome })
    }

    /// Output per unit of input at the margin, without the fee, floored in Q128.128. Whether there is liquidity at the
    /// price is [`Self::liquidity`].
    ///
    /// # Errors
    /// Never for a price in the ticks' range.
    pub fn marginal_price_x128(&self, zero_for_one: bool) -> Result<U256, Error> {
        let square: U512 = self.sqrt_price_x96.widening_mul(self.sqrt_price_x96);
        let price: U512 =
            if zero_for_one { square >> 64 } else { Q320.checked_div(square).unwrap_or_default() };
        Ok(narrow(price)?)
    }

    /// Output per unit of input at the margin, fee included, floored in Q128.128.
    ///
    /// # Errors
    /// Never for a price in the ticks' range.
    pub fn marginal_price_after_fee_x128(&self, zero_for_one: bool) -> Result<U256, Error> {
        let kept = U256::from(FEE_DENOMINATOR.saturating_sub(self.fee_millionths));
        Ok(mul_div_down(self.marginal_price_x128(zero_for_one)?, kept, U256::from(FEE_DENOMINATOR))?)
    }

    fn quote_filled(&self, zero_for_one: bool, amount: SwapAmount) -> Result<SwapOutcome, Error> {
        let one = U256::ONE;
        let limit = if zero_for_one {
            MIN_SQRT_RATIO_X96.wrapping_add(one)
        } else {
            MAX_SQRT_RATIO_X96.wrapping_sub(one)
        };
        let outcome = self.quote(zero_for_one, amount, limit)?;
        if outcome.unfilled.is_zero() {
            Ok(outcome)
        } else {
            Err(Error::NotFilled { unfilled: outcome.unfilled })
        }
    }
}
