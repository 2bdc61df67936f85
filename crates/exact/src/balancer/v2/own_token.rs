//! Swaps of a composable pool's own token: deposits and withdrawals of one token.
//!
//! The vault moves the amounts of the swap: a given amount is booked as given, also where scaling it forth and back
//! loses a unit. Own tokens come from and go to the vault's stock. Tokens are places on the curve.

use ruint::aliases::U256;

use super::Pool;
use super::pool::check_balance;
use super::swap::{Booking, Outcome};
use crate::arithmetic::{add, sub};
use crate::balancer::Error;

impl Pool {
    pub(super) fn own_in_exact_in(&self, token: usize, amount_in: U256) -> Result<Outcome, Error> {
        let mut next = Box::new(self.clone());
        next.own_balance = check_balance(add(self.own_balance, amount_in)?)?;
        let amount_out = next.exit_one_token_exact_in(token, amount_in)?;
        Ok(Outcome { amount_in, amount_out, booking: Booking::Own(next) })
    }

    pub(super) fn own_in_exact_out(&self, token: usize, amount_out: U256) -> Result<Outcome, Error> {
        let mut next = Box::new(self.clone());
        let amount_in = next.exit_exact_out(&self.only(token, amount_out))?;
        next.own_balance = check_balance(add(self.own_balance, amount_in)?)?;
        next.balances[token] = sub(self.balances[token], amount_out)?;
        Ok(Outcome { amount_in, amount_out, booking: Booking::Own(next) })
    }

    pub(super) fn own_out_exact_in(&self, token: usize, amount_in: U256) -> Result<Outcome, Error> {
        let mut next = Box::new(self.clone());
        let amount_out = next.join_exact_in(&self.only(token, amount_in))?;
        next.own_balance = sub(self.own_balance, amount_out)?;
        next.balances[token] = check_balance(add(self.balances[token], amount_in)?)?;
        Ok(Outcome { amount_in, amount_out, booking: Booking::Own(next) })
    }

    pub(super) fn own_out_exact_out(&self, token: usize, amount_out: U256) -> Result<Outcome, Error> {
        let mut next = Box::new(self.clone());
        next.own_balance = sub(self.own_balance, amount_out)?;
        let amount_in = next.join_one_token_exact_out(token, amount_out)?;
        Ok(Outcome { amount_in, amount_out, booking: Booking::Own(next) })
    }

    fn only(&self, token: usize, amount: U256) -> Vec<U256> {
        let mut amounts = vec![U256::ZERO; self.balances.len()];
        amounts[token] = amount;
        amounts
    }
}
