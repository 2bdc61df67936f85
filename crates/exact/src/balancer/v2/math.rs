//! Pool tokens against token amounts, all in 18 decimals.
//!
//! With the weights `x_k / S`, a deposit of `a_k` has the ratio `r = sum (1 + a_k / x_k) x_k / S`; what a token brings
//! beyond `(r - 1) x_k` pays the swap fee, and `s (D'/D - 1)` pool tokens are minted for the invariant `D'` without
//! those fees. Withdrawals mirror this. Of an amount of one token, the part `1 - x_j / S` pays the fee.
//!
//! Source: balancer/balancer-v2-monorepo `pkg/pool-stable/contracts/StableMath.sol` at 02b5e7d0; composable pools pass
//! the invariant from outside and round it one way only.

use ruint::aliases::U256;

use crate::arithmetic::{add, sub};
use crate::balancer::amounts::{Amounts, total};
use crate::balancer::fixed_point::{ONE, complement, div_down, div_up, mul_down, mul_up};
use crate::balancer::{Error, Rounding, StableCurve};

/// A pool's state in the curve's units.
pub(super) struct Scaled<'a> {
    pub(super) curve: &'a StableCurve,
    pub(super) balances: Amounts,
    pub(super) supply: U256,
    pub(super) fee: U256,
}

impl Scaled<'_> {
    /// Pool tokens for exact amounts in.
    pub(super) fn minted(&self, amounts_in: &[U256]) -> Result<U256, Error> {
        let sum = total(&self.balances)?;
        let ratios = Amounts::map(&self.balances, |token, x| div_down(add(x, amounts_in[token])?, x))?;
        let mut mean = U256::ZERO;
        for (&ratio, &x) in ratios.iter().zip(self.balances.iter()) {
            mean = add(mean, mul_down(ratio, div_down(x, sum)?)?)?;
        }
        let after = Amounts::map(&self.balances, |token, x| {
            let amount = amounts_in[token];
            if ratios[token] <= mean {
                return Ok(add(x, amount)?);
            }
            let untaxed = mul_down(x, sub(mean, ONE)?)?;
            let taxed = mul_down(sub(amount, untaxed)?, sub(ONE, self.fee)?)?;
            Ok(add(x, add(untaxed, taxed)?)?)
        })?;
        let ratio = div_down(self.new_invariant(&after)?, self.invariant()?)?;
        mul_down(self.supply, ratio.saturating_sub(ONE))
    }

    /// Amount of one token for exact pool tokens out.
    pub(super) fn paid_for(&self, token: usize, pool_tokens: U256) -> Result<U256, Error> {
        let ratio = div_up(add(self.supply, pool_tokens)?, self.supply)?;
        let target = mul_up(ratio, self.invariant()?)?;
        let net = sub(self.curve.solve_balance(&self.balances, token, target)?, self.balances[token])?;
        let taxable = mul_up(net, self.taxable_share(token)?)?;
        Ok(add(sub(net, taxable)?, div_up(taxable, sub(ONE, self.fee)?)?)?)
    }

    /// Pool tokens for exact amounts out.
    pub(super) fn burned(&self, amounts_out: &[U256]) -> Result<U256, Error> {
        let sum = total(&self.balances)?;
        let ratios = Amounts::map(&self.balances, |token, x| div_up(sub(x, amounts_out[token])?, x))?;
        let mut mean = U256::ZERO;
        for (&ratio, &x) in ratios.iter().zip(self.balances.iter()) {
            mean = add(mean, mul_up(ratio, div_up(x, sum)?)?)?;
        }
        let after = Amounts::map(&self.balances, |token, x| {
            let amount = amounts_out[token];
            if mean <= ratios[token] {
                return Ok(sub(x, amount)?);
            }
            let untaxed = mul_down(x, complement(mean))?;
            let taxed = div_up(sub(amount, untaxed)?, sub(ONE, self.fee)?)?;
            Ok(sub(x, add(untaxed, taxed)?)?)
        })?;
        let ratio = div_down(self.new_invariant(&after)?, self.invariant()?)?;
        mul_up(self.supply, complement(ratio))
    }

    /// Amount of one token for exact pool tokens in.
    pub(super) fn paid_out(&self, token: usize, pool_tokens: U256) -> Result<U256, Error> {
        let ratio = div_up(sub(self.supply, pool_tokens)?, self.supply)?;
        let target = mul_up(ratio, self.invariant()?)?;
        let gross = sub(self.balances[token], self.curve.solve_balance(&self.balances, token, target)?)?;
        let taxable = mul_up(gross, self.taxable_share(token)?)?;
        Ok(add(sub(gross, taxable)?, mul_down(taxable, sub(ONE, self.fee)?)?)?)
    }

    fn taxable_share(&self, token: usize) -> Result<U256, Error> {
        Ok(complement(div_down(self.balances[token], total(&self.balances)?)?))
    }

    fn invariant(&self) -> Result<U256, Error> {
        self.curve.invariant(&self.balances)
    }

    fn new_invariant(&self, balances: &[U256]) -> Result<U256, Error> {
        self.curve.invariant_rounded(balances, Rounding::Down)
    }
}
