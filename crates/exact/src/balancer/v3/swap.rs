//! Swaps: quotes in both directions, and their booking.

use ruint::aliases::U256;

use super::Pool;
use super::pool::MAX_FEE;
use crate::arithmetic::{add, sub};
use crate::balancer::Error;
use crate::balancer::amounts::{Amounts, check_pair};
use crate::balancer::fixed_point::{complement, mul_div_up, mul_down, mul_up};

/// Smallest live amount of a trade.
const MINIMUM_TRADE: U256 = U256::from_limbs([1_000_000, 0, 0, 0]);

/// A swap before it is booked; amounts raw.
struct Outcome {
    amount_in: U256,
    amount_out: U256,
    /// The whole fee, in live units of what comes in.
    fee: U256,
}

impl Pool {
    /// Output of selling `amount_in` of `token_in`.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn quote_exact_in(&self, token_in: usize, token_out: usize, amount_in: U256) -> Result<U256, Error> {
        Ok(self.exact_in((token_in, token_out), amount_in)?.amount_out)
    }

    /// Input of `token_in` that buys `amount_out` of `token_out`.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn quote_exact_out(
        &self,
        token_in: usize,
        token_out: usize,
        amount_out: U256,
    ) -> Result<U256, Error> {
        Ok(self.exact_out((token_in, token_out), amount_out)?.amount_in)
    }

    /// Sells `amount_in` of `token_in` and returns the output.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn swap_exact_in(
        &mut self,
        token_in: usize,
        token_out: usize,
        amount_in: U256,
    ) -> Result<U256, Error> {
        let outcome = self.exact_in((token_in, token_out), amount_in)?;
        self.book((token_in, token_out), &outcome)?;
        Ok(outcome.amount_out)
    }

    /// Buys `amount_out` of `token_out` and returns the input.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn swap_exact_out(
        &mut self,
        token_in: usize,
        token_out: usize,
        amount_out: U256,
    ) -> Result<U256, Error> {
        let outcome = self.exact_out((token_in, token_out), amount_out)?;
        self.book((token_in, token_out), &outcome)?;
        Ok(outcome.amount_in)
    }

    /// Fee of selling `amount_in` (1e18 = 1): the static one, or the hook's.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn fee_exact_in(&self, token_in: usize, token_out: usize, amount_in: U256) -> Result<U256, Error> {
        check_pair(token_in, token_out, self.tokens())?;
        let given = self.scalings[token_in].live_down(amount_in)?;
        self.live_fee_exact_in((token_in, token_out), given, self.curve.swap_invariant(&self.live)?)
    }

    fn exact_in(&self, pair: (usize, usize), amount_in: U256) -> Result<Outcome, Error> {
        let (token_in, token_out) = pair;
        check_pair(token_in, token_out, self.tokens())?;
        if amount_in.is_zero() {
            return Err(Error::ZeroAmount);
        }
        let given = self.scalings[token_in].live_down(amount_in)?;
        let invariant = self.curve.swap_invariant(&self.live)?;
        let fee = mul_up(given, self.live_fee_exact_in(pair, given, invariant)?)?;
        let net = sub(given, fee)?;
        check_swap(net)?;
        let live_out = self.curve.out_given_in(&self.live, pair, net, invariant)?;
        check_swap(live_out)?;
        let amount_out = self.scalings[token_out].outgoing()?.raw_down(live_out)?;
        Ok(Outcome { amount_in, amount_out, fee })
    }

    fn exact_out(&self, pair: (usize, usize), amount_out: U256) -> Result<Outcome, Error> {
        let (token_in, token_out) = pair;
        check_pair(token_in, token_out, self.tokens())?;
        if amount_out.is_zero() {
            return Err(Error::ZeroAmount);
        }
        let given = self.scalings[token_out].outgoing()?.live_up(amount_out)?;
        check_swap(given)?;
        let invariant = self.curve.swap_invariant(&self.live)?;
        let net_in = self.curve.in_given_out(&self.live, pair, given, invariant)?;
        check_swap(net_in)?;
        let rate = self.dynamic_fee(pair, (net_in, given))?;
        let fee = mul_div_up(net_in, rate, complement(rate))?;
        let amount_in = self.scalings[token_in].raw_up(add(net_in, fee)?)?;
        Ok(Outcome { amount_in, amount_out, fee })
    }

    /// The hook prices the whole input, as if no fee were taken.
    fn live_fee_exact_in(&self, pair: (usize, usize), given: U256, invariant: U256) -> Result<U256, Error> {
        if self.surge.is_none() {
            return Ok(self.swap_fee);
        }
        let live_out = self.curve.out_given_in(&self.live, pair, given, invariant)?;
        self.dynamic_fee(pair, (given, live_out))
    }

    fn dynamic_fee(
        &self,
        (token_in, token_out): (usize, usize),
        (live_in, live_out): (U256, U256),
    ) -> Result<U256, Error> {
        let Some(surge) = &self.surge else { return Ok(self.swap_fee) };
        let mut moved = Amounts::copy(&self.live)?;
        moved[token_in] = add(moved[token_in], live_in)?;
        moved[token_out] = sub(moved[token_out], live_out)?;
        let fee = surge.fee(self.swap_fee, &self.live, &moved)?;
        if fee > MAX_FEE { Err(Error::DynamicFeeTooHigh) } else { Ok(fee) }
    }

    fn book(&mut self, (token_in, token_out): (usize, usize), outcome: &Outcome) -> Result<(), Error> {
        let aggregate = self.aggregate_part(token_in, outcome.fee)?;
        let raw_in = sub(add(self.raw[token_in], outcome.amount_in)?, aggregate)?;
        let raw_out = sub(self.raw[token_out], outcome.amount_out)?;
        let set_aside = add(self.aggregate_fees[token_in], aggregate)?;
        let balance_in = self.moved_balance(token_in, raw_in)?;
        let balance_out = self.moved_balance(token_out, raw_out)?;
        (self.raw[token_in], self.live[token_in]) = balance_in;
        (self.raw[token_out], self.live[token_out]) = balance_out;
        self.aggregate_fees[token_in] = set_aside;
        Ok(())
    }

    /// Share of protocol and creator in a live fee, raw.
    pub(super) fn aggregate_part(&self, token: usize, fee: U256) -> Result<U256, Error> {
        if fee.is_zero() {
            return Ok(U256::ZERO);
        }
        mul_down(self.scalings[token].raw_down(fee)?, self.aggregate_swap_fee)
    }
}

fn check_swap(live: U256) -> Result<(), Error> {
    if live < MINIMUM_TRADE { Err(Error::TradeTooSmall) } else { Ok(()) }
}

/// As for swaps, but zero is admitted: a token that does not take part.
pub(super) fn check_trade(live: U256) -> Result<(), Error> {
    if live.is_zero() { Ok(()) } else { check_swap(live) }
}
