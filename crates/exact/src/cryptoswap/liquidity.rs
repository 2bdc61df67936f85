//! Deposits and withdrawals.
//!
//! Shares are minted and burned in proportion to `D`. A deposit pays the fee of [`super::FeeSchedule`] in shares not
//! minted; a withdrawal in one coin pays half of the swap fee in `D` that stays. A proportional withdrawal is free
//! and touches neither the price nor the profit.

use ruint::{aliases::U256, uint};

use super::pool::{check_coin, constant_product};
use super::{Curve, Error, FEE_DENOMINATOR, ONE, Pool, State, TWO};
use crate::arithmetic::{add, div_down, mul, mul_div_down, sub};

/// Share amounts up to this are too coarse for a price.
const COARSE: U256 = uint!(100_000_U256);

/// A withdrawal in one coin before it is booked.
struct OneCoin {
    amount_out: U256,
    /// The shares' part of `D`, fee included.
    burned: U256,
    /// `D` after the withdrawal; the fee stays in it.
    invariant: U256,
    /// Scaled balances after it.
    xp: [U256; 2],
}

impl Pool {
    /// Shares for a deposit, fee included (`calc_token_amount`).
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn quote_deposit(&self, amounts: [U256; 2]) -> Result<U256, Error> {
        let curve = self.curve()?;
        let mut xp = self.scaled_balances()?;
        let added = self.scaled(amounts)?;
        let before = self.invariant_before(&curve)?;
        // Balance and deposit are rounded on their own here, and together in the deposit itself.
        for (x, amount) in xp.iter_mut().zip(added) {
            *x = add(*x, amount)?;
        }
        let supply = self.state.total_supply;
        let shares = sub(mul_div_down(supply, curve.invariant(xp)?, before)?, supply)?;
        Ok(sub(shares, self.deposit_fee(added, xp, shares)?)?)
    }

    /// Output of burning `shares` for one coin (`calc_withdraw_one_coin`). Unlike the withdrawal itself it computes `D`
    /// anew.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn quote_one_coin_withdrawal(&self, shares: U256, coin: usize) -> Result<U256, Error> {
        let curve = self.curve()?;
        let invariant = curve.invariant(self.scaled_balances()?)?;
        Ok(self.one_coin(&curve, invariant, shares, coin)?.amount_out)
    }

    /// Deposits and returns the shares minted.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn add_liquidity(&mut self, amounts: [U256; 2]) -> Result<U256, Error> {
        if amounts == [U256::ZERO; 2] {
            return Err(Error::ZeroAmount);
        }
        self.attempt(|pool| pool.book_deposit(amounts))
    }

    /// Burns `shares` for a proportional part of both coins, rounded as for one unit less.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn remove_liquidity(&mut self, shares: U256) -> Result<[U256; 2], Error> {
        let supply = self.state.total_supply;
        if shares > supply {
            return Err(Error::SharesAboveSupply);
        }
        if shares.is_zero() {
            return Err(Error::ZeroAmount);
        }
        self.attempt(|pool| {
            let paid = sub(shares, U256::from(1))?;
            let mut amounts = [U256::ZERO; 2];
            for (balance, amount) in pool.state.balances.iter_mut().zip(&mut amounts) {
                *amount = mul_div_down(*balance, paid, supply)?;
                *balance = sub(*balance, *amount)?;
            }
            let invariant = pool.state.invariant;
            pool.state.invariant = sub(invariant, mul_div_down(invariant, paid, supply)?)?;
            pool.state.total_supply = sub(supply, shares)?;
            Ok(amounts)
        })
    }

    /// Burns `shares` for one coin and returns its amount.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn remove_liquidity_one_coin(&mut self, shares: U256, coin: usize) -> Result<U256, Error> {
        self.attempt(|pool| pool.book_one_coin(shares, coin))
    }

    fn book_deposit(&mut self, amounts: [U256; 2]) -> Result<U256, Error> {
        let curve = self.curve()?;
        let xp_before = self.scaled_balances()?;
        let before = self.invariant_before(&curve)?;
        if self.ramp.is_active() {
            self.ramp.end_if_due(self.state.now_secs);
        }
        for (balance, amount) in self.state.balances.iter_mut().zip(amounts) {
            *balance = add(*balance, amount)?;
        }
        let xp = self.scaled_balances()?;
        let after = curve.invariant(xp)?;
        if before.is_zero() {
            return self.book_first_deposit(after);
        }
        let supply = self.state.total_supply;
        let shares = sub(mul_div_down(supply, after, before)?, supply)?;
        if shares.is_zero() {
            return Err(Error::NothingMinted);
        }
        let added = [sub(xp[0], xp_before[0])?, sub(xp[1], xp_before[1])?];
        let shares = sub(shares, self.deposit_fee(added, xp, shares)?)?;
        self.state.total_supply = add(supply, shares)?;
        let price = self.deposit_price(amounts, shares)?;
        self.settle(&curve, xp, price, after)?;
        Ok(shares)
    }

    /// The first shares are worth one each.
    fn book_first_deposit(&mut self, invariant: U256) -> Result<U256, Error> {
        let shares = constant_product(invariant, self.state.price_scale)?;
        if shares.is_zero() {
            return Err(Error::NothingMinted);
        }
        self.state.invariant = invariant;
        self.state.virtual_price = ONE;
        self.state.profit = ONE;
        self.state.total_supply = add(self.state.total_supply, shares)?;
        Ok(shares)
    }

    fn book_one_coin(&mut self, shares: U256, coin: usize) -> Result<U256, Error> {
        let curve = self.curve()?;
        let before = self.invariant_before(&curve)?;
        let withdrawal = self.one_coin(&curve, before, shares, coin)?;
        let OneCoin { amount_out, burned, invariant, xp } = withdrawal;
        let price = if amount_out > COARSE && shares > COARSE {
            self.one_sided_price(coin, amount_out, burned, before)?
        } else {
            U256::ZERO
        };
        self.ramp.end_if_due(self.state.now_secs);
        self.state.balances[coin] = sub(self.state.balances[coin], amount_out)?;
        self.state.total_supply = sub(self.state.total_supply, shares)?;
        self.settle(&curve, xp, price, invariant)?;
        Ok(amount_out)
    }

    fn one_coin(&self, curve: &Curve, before: U256, shares: U256, coin: usize) -> Result<OneCoin, Error> {
        check_coin(coin)?;
        if shares > self.state.total_supply {
            return Err(Error::SharesAboveSupply);
        }
        let mut xp = self.scaled_balances()?;
        let fee = self.parameters.fees.at(xp)?;
        let burned = mul_div_down(shares, before, self.state.total_supply)?;
        let kept = add(mul_div_down(fee, burned, mul(TWO, FEE_DENOMINATOR)?)?, U256::from(1))?;
        let invariant = sub(before, sub(burned, kept)?)?;
        let solved = curve.solve_balance(xp[1 - coin], invariant)?;
        let amount_out = self.unscaled(sub(xp[coin], solved)?, coin)?;
        xp[coin] = solved;
        Ok(OneCoin { amount_out, burned, invariant, xp })
    }

    /// `D` before an operation: stored, or computed anew while a ramp changes it.
    pub(super) fn invariant_before(&self, curve: &Curve) -> Result<U256, Error> {
        if self.ramp.is_active() {
            curve.invariant(self.scaled_balances()?)
        } else {
            Ok(self.state.invariant)
        }
    }

    /// Shares withheld from `shares` of a deposit of scaled amounts.
    fn deposit_fee(&self, added: [U256; 2], xp: [U256; 2], shares: U256) -> Result<U256, Error> {
        let fee = self.parameters.fees.of_deposit(added, xp)?;
        Ok(add(mul_div_down(fee, shares, FEE_DENOMINATOR)?, U256::from(1))?)
    }

    /// Price that a deposit of one coin paid, with the balances after it; zero if it cannot be told.
    fn deposit_price(&self, amounts: [U256; 2], shares: U256) -> Result<U256, Error> {
        let coin = match amounts.map(|amount| amount.is_zero()) {
            [true, _] => 1,
            [false, true] => 0,
            [false, false] => return Ok(U256::ZERO),
        };
        if shares <= COARSE {
            return Ok(U256::ZERO);
        }
        self.one_sided_price(coin, amounts[coin], shares, self.state.total_supply)
    }

    /// Price of coin 1 in coin 0 at which `amount` of one coin stands for `part / whole` of the pool: the part of it
    /// beyond its own share is exchanged for the share of the other coin.
    fn one_sided_price(&self, coin: usize, amount: U256, part: U256, whole: U256) -> Result<U256, Error> {
        let State { balances, .. } = self.state;
        let precisions = self.parameters.precisions;
        let other = mul_div_down(mul(balances[1 - coin], precisions[1 - coin])?, part, whole)?;
        let own = div_down(mul(mul(part, balances[coin])?, precisions[coin])?, whole)?;
        let beyond = sub(mul(amount, precisions[coin])?, own)?;
        let price = mul_div_down(other, ONE, beyond)?;
        if coin == 0 { Ok(div_down(mul(ONE, ONE)?, price)?) } else { Ok(price) }
    }
}
