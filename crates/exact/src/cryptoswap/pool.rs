//! A pool, its views, and swaps.
//!
//! A swap of `amount_in` of coin `i` solves the curve for `x_j` at the stored `D`, takes one unit off for rounding
//! and charges the fee at the balances after the swap. The fee stays in the pool: it raises `D`, and the owner is
//! paid in shares when profits are claimed.

use ruint::{aliases::U256, uint};

use super::curve::geometric_mean;
use super::half_life::aged;
use super::ramp::Ramp;
use super::{Curve, Error, FEE_DENOMINATOR, ONE, Parameters, State, TWO};
use crate::arithmetic::{add, div_down, mul, mul_div_down, sub};

/// Amounts up to this are too coarse for a price: the price is probed on the curve instead.
const COARSE: U256 = uint!(100_000_U256);

/// A pool with its state. A failed operation leaves it unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    pub(super) parameters: Parameters,
    pub(super) ramp: Ramp,
    pub(super) state: State,
}

/// Outcome of a swap before it is booked.
struct Swap {
    amount_out: U256,
    fee: U256,
    balances: [U256; 2],
}

impl Pool {
    /// A pool as deployed: empty, at this price of coin 1 in coin 0 (1e18 = 1).
    ///
    /// # Errors
    /// When a parameter is outside of its range.
    pub fn deploy(parameters: Parameters, price: U256) -> Result<Self, Error> {
        let state = State {
            now_secs: 0,
            balances: [U256::ZERO; 2],
            invariant: U256::ZERO,
            total_supply: U256::ZERO,
            price_scale: price,
            average_price: price,
            last_price: price,
            average_at_secs: 0,
            profit: U256::ZERO,
            profit_at_claim: ONE,
            virtual_price: U256::ZERO,
            adjusting: false,
        };
        Self::at(parameters, state)
    }

    /// A pool in a given state, without a ramp.
    ///
    /// # Errors
    /// When a parameter is outside of its range.
    pub fn at(parameters: Parameters, state: State) -> Result<Self, Error> {
        parameters.fees.check()?;
        if parameters.repegging.half_life_secs == 0 {
            return Err(Error::ZeroHalfLife);
        }
        for (index, precision) in parameters.precisions.into_iter().enumerate() {
            if precision.is_zero() || precision > ONE {
                return Err(Error::PrecisionOutOfRange { index, precision });
            }
        }
        Ok(Self { parameters, ramp: Ramp::none(parameters.curve), state })
    }

    /// The state.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What the pool was deployed with; the curve may have been ramped since, see [`Pool::curve`].
    #[must_use]
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Balances in 18 decimals and in coin 0 at the price scale.
    ///
    /// # Errors
    /// When a product overflows.
    pub fn scaled_balances(&self) -> Result<[U256; 2], Error> {
        self.scaled(self.state.balances)
    }

    /// Lets time pass.
    pub fn advance(&mut self, secs: u64) {
        self.state.now_secs = self.state.now_secs.saturating_add(secs);
    }

    /// The invariant of the current balances, computed anew; [`State::invariant`] is the stored one.
    ///
    /// # Errors
    /// See [`Curve::invariant`].
    pub fn invariant(&self) -> Result<U256, Error> {
        self.curve()?.invariant(self.scaled_balances()?)
    }

    /// Value of one share, 1e18 = 1 (`get_virtual_price`).
    ///
    /// # Errors
    /// When there are no shares or a product overflows.
    pub fn virtual_price(&self) -> Result<U256, Error> {
        let value = constant_product(self.state.invariant, self.state.price_scale)?;
        Ok(mul_div_down(ONE, value, self.state.total_supply)?)
    }

    /// Average price aged to the present (`price_oracle`).
    ///
    /// # Errors
    /// When the average overflows.
    pub fn average_price(&self) -> Result<U256, Error> {
        let State { now_secs, average_at_secs, average_price, last_price, .. } = self.state;
        if average_at_secs >= now_secs {
            return Ok(average_price);
        }
        let half_life_secs = self.parameters.repegging.half_life_secs;
        aged(average_price, last_price, now_secs - average_at_secs, half_life_secs)
    }

    /// Fee at the current balances, 1e10 = 100 % (`fee`).
    ///
    /// # Errors
    /// When both balances are zero or a product overflows.
    pub fn fee(&self) -> Result<U256, Error> {
        self.parameters.fees.at(self.scaled_balances()?)
    }

    /// Output of selling `amount_in` of coin `i` for coin `j` (`get_dy`). An amount of zero is priced like any other;
    /// here the curve's rounding usually makes the result an error.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn quote_exact_in(&self, i: usize, j: usize, amount_in: U256) -> Result<U256, Error> {
        check_pair(i, j)?;
        let curve = self.curve()?;
        let invariant = self.invariant_before(&curve)?;
        Ok(self.swap(&curve, invariant, i, amount_in)?.amount_out)
    }

    /// The fee of that sale, in coin `j`; it stays in the pool.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn quote_fee(&self, i: usize, j: usize, amount_in: U256) -> Result<U256, Error> {
        check_pair(i, j)?;
        let curve = self.curve()?;
        let invariant = self.invariant_before(&curve)?;
        Ok(self.swap(&curve, invariant, i, amount_in)?.fee)
    }

    /// Sells `amount_in` of coin `i` for coin `j` and returns the output.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn exchange(&mut self, i: usize, j: usize, amount_in: U256) -> Result<U256, Error> {
        check_pair(i, j)?;
        if amount_in.is_zero() {
            return Err(Error::ZeroAmount);
        }
        self.attempt(|pool| pool.book_swap(i, j, amount_in))
    }

    fn book_swap(&mut self, i: usize, j: usize, amount_in: U256) -> Result<U256, Error> {
        let curve = self.curve()?;
        let invariant = self.invariant_before(&curve)?;
        if self.ramp.is_active() {
            self.ramp.end_if_due(self.state.now_secs);
        }
        let Swap { amount_out, balances, .. } = self.swap(&curve, invariant, i, amount_in)?;
        self.state.balances = balances;
        let price = self.traded_price(i, j, amount_in, amount_out)?;
        self.settle(&curve, self.scaled_balances()?, price, U256::ZERO)?;
        Ok(amount_out)
    }

    /// A swap from coin `i`.
    fn swap(&self, curve: &Curve, invariant: U256, i: usize, amount_in: U256) -> Result<Swap, Error> {
        let j = 1 - i;
        let mut balances = self.state.balances;
        balances[i] = add(balances[i], amount_in)?;
        let mut xp = self.scaled(balances)?;
        let solved = curve.solve_balance(xp[i], invariant)?;
        let gross = self.unscaled(sub(sub(xp[j], solved)?, U256::from(1))?, j)?;
        xp[j] = solved;
        let fee = mul_div_down(self.parameters.fees.at(xp)?, gross, FEE_DENOMINATOR)?;
        let amount_out = sub(gross, fee)?;
        balances[j] = sub(balances[j], amount_out)?;
        Ok(Swap { amount_out, fee, balances })
    }

    /// Price of coin 1 in coin 0 that a swap paid; zero for amounts too coarse to tell.
    fn traded_price(&self, i: usize, j: usize, amount_in: U256, amount_out: U256) -> Result<U256, Error> {
        if amount_in <= COARSE || amount_out <= COARSE {
            return Ok(U256::ZERO);
        }
        let sold = mul(amount_in, self.parameters.precisions[i])?;
        let bought = mul(amount_out, self.parameters.precisions[j])?;
        let (coin_0, coin_1) = if i == 0 { (sold, bought) } else { (bought, sold) };
        Ok(mul_div_down(coin_0, ONE, coin_1)?)
    }

    /// Runs an operation on a copy, which replaces the pool if it succeeds.
    pub(super) fn attempt<T>(
        &mut self,
        operation: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut next = *self;
        let result = operation(&mut next)?;
        *self = next;
        Ok(result)
    }

    /// Amounts in 18 decimals and in coin 0 at the price scale.
    pub(super) fn scaled(&self, amounts: [U256; 2]) -> Result<[U256; 2], Error> {
        let [one, other] = self.parameters.precisions;
        let priced = mul(mul(amounts[1], other)?, self.state.price_scale)?;
        Ok([mul(amounts[0], one)?, div_down(priced, ONE)?])
    }

    /// A scaled amount in units of the coin, rounded down.
    pub(super) fn unscaled(&self, scaled: U256, coin: usize) -> Result<U256, Error> {
        let amount = if coin == 0 { scaled } else { mul_div_down(scaled, ONE, self.state.price_scale)? };
        Ok(div_down(amount, self.parameters.precisions[coin])?)
    }
}

/// `sqrt(D / 2 * D / (2 price_scale))`, which the shares divide (`get_xcp`).
pub(super) fn constant_product(invariant: U256, price_scale: U256) -> Result<U256, Error> {
    let other = mul_div_down(invariant, ONE, mul(price_scale, TWO)?)?;
    geometric_mean([div_down(invariant, TWO)?, other])
}

pub(super) fn check_pair(i: usize, j: usize) -> Result<(), Error> {
    check_coin(i)?;
    check_coin(j)?;
    if i == j { Err(Error::SameCoin { index: i }) } else { Ok(()) }
}

pub(super) fn check_coin(index: usize) -> Result<(), Error> {
    if index < 2 { Ok(()) } else { Err(Error::UnknownCoin { index }) }
}
