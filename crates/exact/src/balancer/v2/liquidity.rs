//! Deposits ("joins") and withdrawals ("exits"). Indices and lists leave out the pool's own token.
//!
//! Scaled amounts come back as raw ones rounded up when they enter and down when they leave. Protocol fees, which the
//! contract settles first, are not modelled: the results are the contract's while none are due.

use ruint::aliases::U256;

use super::Pool;
use super::math::Scaled;
use super::pool::check_balance;
use crate::arithmetic::{add, sub};
use crate::balancer::Error;
use crate::balancer::amounts::{Amounts, check_length, check_token};
use crate::balancer::fixed_point::{div_down, div_up, mul_down, mul_up};

impl Pool {
    /// Deposits these raw amounts and returns the pool tokens minted.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn join_exact_in(&mut self, amounts_in: &[U256]) -> Result<U256, Error> {
        check_length("amounts_in", amounts_in, self.balances.len())?;
        let scaled = Amounts::map(amounts_in, |token, amount| self.scale(token, amount))?;
        let pool_tokens = self.scaled_state()?.minted(&scaled)?;
        self.deposit(pool_tokens, &scaled)?;
        Ok(pool_tokens)
    }

    /// Mints exactly `pool_tokens` for an amount of one token, which it returns (raw).
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn join_one_token_exact_out(&mut self, token: usize, pool_tokens: U256) -> Result<U256, Error> {
        check_token(token, self.balances.len())?;
        let mut scaled = Amounts::zeros(self.balances.len())?;
        scaled[token] = self.scaled_state()?.paid_for(token, pool_tokens)?;
        Ok(self.deposit(pool_tokens, &scaled)?[token])
    }

    /// Mints exactly `pool_tokens` for amounts in the pool's proportion, which it returns (raw).
    ///
    /// # Errors
    /// Where the contract reverts, and in a MetaStable pool, which has no such deposit; the pool is then unchanged.
    pub fn join_proportional(&mut self, pool_tokens: U256) -> Result<Vec<U256>, Error> {
        if self.own_token.is_none() {
            return Err(Error::Unsupported);
        }
        let ratio = div_up(pool_tokens, self.supply)?;
        let scaled = Amounts::map(&self.scaled_balances()?, |_, x| mul_up(x, ratio))?;
        Ok(self.deposit(pool_tokens, &scaled)?.to_vec())
    }

    /// Withdraws these raw amounts and returns the pool tokens burned.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn exit_exact_out(&mut self, amounts_out: &[U256]) -> Result<U256, Error> {
        check_length("amounts_out", amounts_out, self.balances.len())?;
        let scaled = Amounts::map(amounts_out, |token, amount| self.scale(token, amount))?;
        let pool_tokens = self.scaled_state()?.burned(&scaled)?;
        self.withdraw(pool_tokens, &scaled)?;
        Ok(pool_tokens)
    }

    /// Burns exactly `pool_tokens` for an amount of one token, which it returns (raw).
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn exit_one_token_exact_in(&mut self, token: usize, pool_tokens: U256) -> Result<U256, Error> {
        check_token(token, self.balances.len())?;
        let mut scaled = Amounts::zeros(self.balances.len())?;
        scaled[token] = self.scaled_state()?.paid_out(token, pool_tokens)?;
        Ok(self.withdraw(pool_tokens, &scaled)?[token])
    }

    /// Burns exactly `pool_tokens` for amounts in the pool's proportion, which it returns (raw).
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn exit_proportional(&mut self, pool_tokens: U256) -> Result<Vec<U256>, Error> {
        let ratio = div_down(pool_tokens, self.supply)?;
        let scaled = Amounts::map(&self.scaled_balances()?, |_, x| mul_down(x, ratio))?;
        Ok(self.withdraw(pool_tokens, &scaled)?.to_vec())
    }

    fn scaled_state(&self) -> Result<Scaled<'_>, Error> {
        let balances = self.scaled_balances()?;
        Ok(Scaled { curve: &self.curve, balances, supply: self.supply, fee: self.swap_fee })
    }

    /// Books a deposit and returns its raw amounts. New pool tokens of a composable pool are minted for a deposit and
    /// come from the vault's stock for a swap; either way the supply outside of the vault grows.
    fn deposit(&mut self, pool_tokens: U256, scaled: &[U256]) -> Result<Amounts, Error> {
        let raw = Amounts::map(scaled, |token, amount| self.unscale_up(token, amount))?;
        let balances =
            Amounts::map(&self.balances, |token, balance| check_balance(add(balance, raw[token])?))?;
        self.supply = add(self.supply, pool_tokens)?;
        self.balances.copy_from_slice(&balances);
        Ok(raw)
    }

    fn withdraw(&mut self, pool_tokens: U256, scaled: &[U256]) -> Result<Amounts, Error> {
        let raw = Amounts::map(scaled, |token, amount| self.unscale_down(token, amount))?;
        let balances = Amounts::map(&self.balances, |token, balance| Ok(sub(balance, raw[token])?))?;
        self.supply = sub(self.supply, pool_tokens)?;
        self.balances.copy_from_slice(&balances);
        Ok(raw)
    }
}
