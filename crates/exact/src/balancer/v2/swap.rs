//! Swaps: quotes in both directions, and their booking. Indices count the pool's own token.

use ruint::aliases::U256;

use super::Pool;
use super::pool::check_balance;
use crate::arithmetic::{add, sub};
use crate::balancer::Error;
use crate::balancer::fixed_point::{complement, div_up, mul_up};

/// A swap before it is booked; amounts raw.
pub(super) struct Outcome {
    pub(super) amount_in: U256,
    pub(super) amount_out: U256,
    pub(super) booking: Booking,
}

/// What is left to do.
pub(super) enum Booking {
    /// Move the balances of two tokens of the curve.
    Curve((usize, usize)),
    /// Take the pool as a swap with its own token leaves it.
    Own(Box<Pool>),
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

    /// Sells `amount_in` of `token_in` and returns the output. The fee stays in the pool.
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
        let amount_out = outcome.amount_out;
        self.book(outcome)?;
        Ok(amount_out)
    }

    /// Buys `amount_out` of `token_out` and returns the input. The fee stays in the pool.
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
        let amount_in = outcome.amount_in;
        self.book(outcome)?;
        Ok(amount_in)
    }

    fn exact_in(&self, registered: (usize, usize), amount_in: U256) -> Result<Outcome, Error> {
        check_swap(registered, amount_in)?;
        if self.is_own(registered.0) {
            return self.own_in_exact_in(self.curve_index(registered.1)?, amount_in);
        }
        if self.is_own(registered.1) {
            return self.own_out_exact_in(self.curve_index(registered.0)?, amount_in);
        }
        let pair = (self.curve_index(registered.0)?, self.curve_index(registered.1)?);
        let net = sub(amount_in, mul_up(amount_in, self.swap_fee)?)?;
        let balances = self.scaled_balances()?;
        let scaled_in = self.scale(pair.0, net)?;
        let invariant = self.curve.invariant(&balances)?;
        let scaled_out = self.curve.out_given_in(&balances, pair, scaled_in, invariant)?;
        let amount_out = self.unscale_down(pair.1, scaled_out)?;
        Ok(Outcome { amount_in, amount_out, booking: Booking::Curve(pair) })
    }

    fn exact_out(&self, registered: (usize, usize), amount_out: U256) -> Result<Outcome, Error> {
        check_swap(registered, amount_out)?;
        if self.is_own(registered.0) {
            return self.own_in_exact_out(self.curve_index(registered.1)?, amount_out);
        }
        if self.is_own(registered.1) {
            return self.own_out_exact_out(self.curve_index(registered.0)?, amount_out);
        }
        let pair = (self.curve_index(registered.0)?, self.curve_index(registered.1)?);
        let balances = self.scaled_balances()?;
        let scaled_out = self.scale(pair.1, amount_out)?;
        let invariant = self.curve.invariant(&balances)?;
        let scaled_in = self.curve.in_given_out(&balances, pair, scaled_out, invariant)?;
        let net = self.unscale_up(pair.0, scaled_in)?;
        let amount_in = div_up(net, complement(self.swap_fee))?;
        Ok(Outcome { amount_in, amount_out, booking: Booking::Curve(pair) })
    }

    fn book(&mut self, outcome: Outcome) -> Result<(), Error> {
        let Outcome { amount_in, amount_out, booking } = outcome;
        match booking {
            Booking::Curve((input, output)) => {
                let balance_in = check_balance(add(self.balances[input], amount_in)?)?;
                let balance_out = sub(self.balances[output], amount_out)?;
                self.balances[input] = balance_in;
                self.balances[output] = balance_out;
            }
            Booking::Own(next) => *self = *next,
        }
        Ok(())
    }
}

fn check_swap((token_in, token_out): (usize, usize), amount: U256) -> Result<(), Error> {
    if token_in == token_out {
        return Err(Error::SameToken { index: token_in });
    }
    if amount.is_zero() { Err(Error::ZeroAmount) } else { Ok(()) }
}
