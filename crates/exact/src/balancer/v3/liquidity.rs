//! Deposits and withdrawals.
//!
//! A proportional change pays no fee. An uneven one pays the static swap fee on what exceeds the proportional part:
//! with pool tokens `s`, invariant `I` before and `I'` after the fee, a deposit mints `s (I' - I) / I` and a withdrawal
//! burns `s (I - I') / I`. Live balances are rounded up before deposits and down before withdrawals, and uneven
//! changes give up one unit of every balance.
//!
//! Source: balancer/balancer-v3-monorepo `pkg/solidity-utils/contracts/math/BasePoolMath.sol` as deployed, and
//! `addLiquidity`, `removeLiquidity` of `pkg/vault/contracts/Vault.sol`.

use ruint::aliases::U256;

use super::Pool;
use super::pool::live_balances;
use super::swap::check_trade;
use crate::arithmetic::{add, div_down as quotient_down, mul, mul_div_down, sub};
use crate::balancer::amounts::{Amounts, check_length, check_token};
use crate::balancer::fixed_point::{div_down, div_up, gross_up_fee, mul_div_up, mul_down, mul_up};
use crate::balancer::{Error, Rounding};

/// Pool tokens that always remain.
const MINIMUM_SUPPLY: U256 = U256::from_limbs([1_000_000, 0, 0, 0]);

/// A deposit or withdrawal before it is booked.
struct Change {
    pool_tokens: U256,
    /// Live amounts that move, and raw ones.
    live: Amounts,
    raw: Amounts,
    /// Live fees per token.
    fees: Amounts,
    even: bool,
}

impl Pool {
    /// Mints exactly `pool_tokens` for amounts in the pool's proportion, which it returns (raw).
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn add_proportional(&mut self, pool_tokens: U256) -> Result<Vec<U256>, Error> {
        let before = live_balances(&self.scalings, &self.raw, Rounding::Up)?;
        let live = Amounts::map(&before, |_, x| mul_div_up(x, pool_tokens, self.total_supply))?;
        let raw = Amounts::map(&live, |token, amount| self.scalings[token].raw_up(amount))?;
        let fees = Amounts::zeros(live.len())?;
        self.deposit(&Change { pool_tokens, live, raw, fees, even: true })?;
        Ok(raw.to_vec())
    }

    /// Deposits exactly these raw amounts and returns the pool tokens minted.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn add_unbalanced(&mut self, amounts_in: &[U256]) -> Result<U256, Error> {
        check_length("amounts_in", amounts_in, self.tokens())?;
        let raw = Amounts::copy(amounts_in)?;
        let live = Amounts::map(amounts_in, |token, amount| self.scalings[token].live_down(amount))?;
        let before = live_balances(&self.scalings, &self.raw, Rounding::Up)?;
        let mut after = Amounts::map(&before, |token, x| Ok(sub(add(x, live[token])?, U256::from(1))?))?;
        let invariant = self.curve.invariant(&before, Rounding::Up)?;
        let ratio = div_down(self.curve.invariant(&after, Rounding::Down)?, invariant)?;
        self.check_ratio_below_limit(ratio)?;
        let mut fees = Amounts::zeros(self.tokens())?;
        for token in 0..self.tokens() {
            let proportional = mul_down(ratio, before[token])?;
            if let Some(taxable) = after[token].checked_sub(proportional) {
                fees[token] = mul_up(taxable, self.swap_fee)?;
                after[token] = sub(after[token], fees[token])?;
            }
        }
        let gain = sub(self.curve.invariant(&after, Rounding::Down)?, invariant)?;
        let pool_tokens = mul_div_down(self.total_supply, gain, invariant)?;
        self.deposit(&Change { pool_tokens, live, raw, fees, even: false })?;
        Ok(pool_tokens)
    }

    /// Mints exactly `pool_tokens` for an amount of one token, which it returns (raw).
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn add_one_token_exact_out(&mut self, token: usize, pool_tokens: U256) -> Result<U256, Error> {
        check_token(token, self.tokens())?;
        let before = live_balances(&self.scalings, &self.raw, Rounding::Up)?;
        let supply = add(self.total_supply, pool_tokens)?;
        let ratio = div_up(supply, self.total_supply)?;
        self.check_ratio_below_limit(ratio)?;
        let balance = self.curve.balance_for_ratio(&before, token, ratio)?;
        let net = sub(balance, before[token])?;
        let untaxed = mul_div_down(supply, before[token], self.total_supply)?;
        let fee = gross_up_fee(sub(balance, untaxed)?, self.swap_fee)?;
        let live_in = add(net, fee)?;
        let raw_in = self.scalings[token].raw_up(live_in)?;
        let change = self.one_token_change(token, pool_tokens, (live_in, raw_in), fee)?;
        self.deposit(&change)?;
        Ok(raw_in)
    }

    /// Burns exactly `pool_tokens` for amounts in the pool's proportion, which it returns (raw).
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn remove_proportional(&mut self, pool_tokens: U256) -> Result<Vec<U256>, Error> {
        let live =
            Amounts::map(&self.live, |_, x| Ok(quotient_down(mul(x, pool_tokens)?, self.total_supply)?))?;
        let raw = Amounts::map(&live, |token, amount| self.scalings[token].raw_down(amount))?;
        let fees = Amounts::zeros(live.len())?;
        self.withdraw(&Change { pool_tokens, live, raw, fees, even: true })?;
        Ok(raw.to_vec())
    }

    /// Burns exactly `pool_tokens` for an amount of one token, which it returns (raw).
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn remove_one_token_exact_in(&mut self, token: usize, pool_tokens: U256) -> Result<U256, Error> {
        check_token(token, self.tokens())?;
        let supply = sub(self.total_supply, pool_tokens)?;
        let ratio = div_up(supply, self.total_supply)?;
        self.check_ratio_above_limit(ratio)?;
        let balance = self.curve.balance_for_ratio(&self.live, token, ratio)?;
        let gross = sub(self.live[token], balance)?;
        let untaxed = mul_div_up(supply, self.live[token], self.total_supply)?;
        let fee = mul_up(sub(untaxed, balance)?, self.swap_fee)?;
        let live_out = sub(gross, fee)?;
        let raw_out = self.scalings[token].raw_down(live_out)?;
        let change = self.one_token_change(token, pool_tokens, (live_out, raw_out), fee)?;
        self.withdraw(&change)?;
        Ok(raw_out)
    }

    /// Withdraws exactly `amount_out` (raw) of one token and returns the pool tokens burned.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn remove_one_token_exact_out(&mut self, token: usize, amount_out: U256) -> Result<U256, Error> {
        check_token(token, self.tokens())?;
        if amount_out.is_zero() {
            return Err(Error::ZeroAmount);
        }
        let live_out = self.scalings[token].live_up(amount_out)?;
        let mut after = Amounts::map(&self.live, |_, x| Ok(sub(x, U256::from(1))?))?;
        after[token] = sub(after[token], live_out)?;
        let invariant = self.curve.invariant(&self.live, Rounding::Up)?;
        let ratio = div_up(self.curve.invariant(&after, Rounding::Up)?, invariant)?;
        self.check_ratio_above_limit(ratio)?;
        let taxable = sub(mul_up(ratio, self.live[token])?, after[token])?;
        let fee = gross_up_fee(taxable, self.swap_fee)?;
        after[token] = sub(after[token], fee)?;
        let loss = sub(invariant, self.curve.invariant(&after, Rounding::Down)?)?;
        let pool_tokens = mul_div_up(self.total_supply, loss, invariant)?;
        let change = self.one_token_change(token, pool_tokens, (live_out, amount_out), fee)?;
        self.withdraw(&change)?;
        Ok(pool_tokens)
    }

    fn one_token_change(
        &self,
        token: usize,
        pool_tokens: U256,
        (live_amount, raw_amount): (U256, U256),
        fee: U256,
    ) -> Result<Change, Error> {
        let mut change = Change {
            pool_tokens,
            live: Amounts::zeros(self.tokens())?,
            raw: Amounts::zeros(self.tokens())?,
            fees: Amounts::zeros(self.tokens())?,
            even: false,
        };
        (change.live[token], change.raw[token], change.fees[token]) = (live_amount, raw_amount, fee);
        Ok(change)
    }

    fn deposit(&mut self, change: &Change) -> Result<(), Error> {
        let next =
            self.moved(change, |balance, amount, aggregate| Ok(sub(add(balance, amount)?, aggregate)?))?;
        let total_supply = check_supply(add(self.total_supply, change.pool_tokens)?)?;
        if let (Some(surge), false) = (&self.surge, change.even) {
            let before = Amounts::map(&next.live, |token, x| Ok(sub(x, change.live[token])?))?;
            surge.check_liquidity_change(&before, &next.live)?;
        }
        *self = Self { total_supply, ..next };
        Ok(())
    }

    fn withdraw(&mut self, change: &Change) -> Result<(), Error> {
        let next =
            self.moved(change, |balance, amount, aggregate| Ok(sub(balance, add(amount, aggregate)?)?))?;
        let total_supply = check_supply(sub(self.total_supply, change.pool_tokens)?)?;
        if let (Some(surge), false) = (&self.surge, change.even) {
            let before = Amounts::map(&next.live, |token, x| Ok(add(x, change.live[token])?))?;
            surge.check_liquidity_change(&before, &next.live)?;
        }
        *self = Self { total_supply, ..next };
        Ok(())
    }

    /// The pool with moved balances; `book` is given balance, amount and the part of protocol and creator.
    fn moved(
        &self,
        change: &Change,
        book: impl Fn(U256, U256, U256) -> Result<U256, Error>,
    ) -> Result<Self, Error> {
        check_trade(change.pool_tokens)?;
        change.live.iter().try_for_each(|&amount| check_trade(amount))?;
        let mut next = self.clone();
        for token in 0..self.tokens() {
            let aggregate = self.aggregate_part(token, change.fees[token])?;
            let raw = book(self.raw[token], change.raw[token], aggregate)?;
            (next.raw[token], next.live[token]) = self.moved_balance(token, raw)?;
            next.aggregate_fees[token] = add(self.aggregate_fees[token], aggregate)?;
        }
        Ok(next)
    }

    fn check_ratio_below_limit(&self, ratio: U256) -> Result<(), Error> {
        let (_, most) = self.curve.invariant_ratio_limits();
        if ratio > most { Err(Error::InvariantRatioTooLarge) } else { Ok(()) }
    }

    fn check_ratio_above_limit(&self, ratio: U256) -> Result<(), Error> {
        let (least, _) = self.curve.invariant_ratio_limits();
        if ratio < least { Err(Error::InvariantRatioTooSmall) } else { Ok(()) }
    }
}

fn check_supply(total_supply: U256) -> Result<U256, Error> {
    if total_supply < MINIMUM_SUPPLY { Err(Error::SupplyTooLow) } else { Ok(total_supply) }
}
