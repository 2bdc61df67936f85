//! Deposits and withdrawals.
//!
//! Whatever part of a deposit or withdrawal departs from the pool's proportions amounts to a swap and pays
//! `fee n / (4 (n - 1))` (off-peg adjusted) on the difference to the ideal balance `x_k D1 / D0`. Shares are minted
//! or burned in proportion to the change of `D` after these fees.

use ruint::aliases::U256;

use super::{Error, FEE_DENOMINATOR, Generation, ONE, Pool};
use crate::arithmetic::{add, div_down, mul, mul_div_down, sub};

/// An uneven deposit or withdrawal after fees.
struct Uneven {
    invariant_before: U256,
    invariant_after: U256,
    /// Rate-adjusted balances after all fees.
    xp: Vec<U256>,
    admin_fees: Vec<U256>,
}

/// A withdrawal in one coin before it is booked.
struct OneCoin {
    amount_out: U256,
    /// Fee in the coin.
    fee: U256,
    xp: Vec<U256>,
    invariant: U256,
}

impl Pool {
    /// Shares for a deposit, fees included (the contract's `calc_token_amount` for deposits).
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn quote_deposit(&self, amounts: &[U256]) -> Result<U256, Error> {
        let after = self.balances_plus(amounts)?;
        if self.total_supply.is_zero() {
            return self.curve.invariant(&self.xp(&after)?);
        }
        let uneven = self.uneven(&after)?;
        let raised = sub(uneven.invariant_after, uneven.invariant_before)?;
        Ok(mul_div_down(raised, self.total_supply, uneven.invariant_before)?)
    }

    /// Shares for an uneven withdrawal (the contract's `calc_token_amount` for withdrawals); the withdrawal itself
    /// burns one unit more.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn quote_imbalanced_withdrawal(&self, amounts: &[U256]) -> Result<U256, Error> {
        let after = self.balances_minus(amounts)?;
        if self.total_supply.is_zero() {
            return self.curve.invariant(&self.xp(&after)?);
        }
        let uneven = self.uneven(&after)?;
        let lowered = sub(uneven.invariant_before, uneven.invariant_after)?;
        Ok(mul_div_down(lowered, self.total_supply, uneven.invariant_before)?)
    }

    /// Output of burning `shares` for one coin (the contract's `calc_withdraw_one_coin`).
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn quote_one_coin_withdrawal(&self, shares: U256, coin: usize) -> Result<U256, Error> {
        Ok(self.one_coin(shares, coin)?.amount_out)
    }

    /// Deposits and returns the shares minted.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn add_liquidity(&mut self, amounts: &[U256]) -> Result<U256, Error> {
        let after = self.balances_plus(amounts)?;
        if self.total_supply.is_zero() {
            return self.first_deposit(amounts, after);
        }
        let before_fees = self.curve.invariant(&self.xp(&after)?)?;
        if before_fees <= self.invariant()? {
            return Err(Error::InvariantNotRaised);
        }
        let uneven = self.uneven(&after)?;
        let raised = sub(uneven.invariant_after, uneven.invariant_before)?;
        let shares = mul_div_down(self.total_supply, raised, uneven.invariant_before)?;
        let total_supply = add(self.total_supply, shares)?;
        self.settle_uneven(&after, &uneven, total_supply)?;
        Ok(shares)
    }

    /// Withdraws exactly `amounts` and returns the shares burned.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn remove_liquidity_imbalanced(&mut self, amounts: &[U256]) -> Result<U256, Error> {
        let after = self.balances_minus(amounts)?;
        let uneven = self.uneven(&after)?;
        let lowered = sub(uneven.invariant_before, uneven.invariant_after)?;
        let share = mul_div_down(lowered, self.total_supply, uneven.invariant_before)?;
        if share.is_zero() {
            return Err(Error::NothingBurned);
        }
        let shares = match self.curve.generation() {
            Generation::StEth | Generation::Reth => share,
            Generation::ThreePool | Generation::Template | Generation::Next => add(share, U256::from(1))?,
        };
        let total_supply = sub(self.total_supply, shares)?;
        self.settle_uneven(&after, &uneven, total_supply)?;
        Ok(shares)
    }

    /// Burns `shares` for one coin and returns its amount.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn remove_liquidity_one_coin(&mut self, shares: U256, coin: usize) -> Result<U256, Error> {
        if shares.is_zero() && self.curve.generation() == Generation::Next {
            return Err(Error::ZeroAmount);
        }
        let OneCoin { amount_out, fee, xp, invariant } = self.one_coin(shares, coin)?;
        // The stETH pool leaves the whole fee to the liquidity providers.
        let admin_fee = match self.curve.generation() {
            Generation::StEth => U256::ZERO,
            _ => self.fees.admin_part(fee)?,
        };
        let balance = sub(self.balances[coin], add(amount_out, admin_fee)?)?;
        let admin_balance = add(self.admin_balances[coin], admin_fee)?;
        let total_supply = sub(self.total_supply, shares)?;
        self.record_prices(&xp, invariant)?;
        self.balances[coin] = balance;
        self.admin_balances[coin] = admin_balance;
        self.total_supply = total_supply;
        Ok(amount_out)
    }

    /// Burns `shares` for a proportional part of every coin. The owner's fees stay where they are.
    ///
    /// # Errors
    /// Where the contract reverts; the pool is then unchanged.
    pub fn remove_liquidity(&mut self, shares: U256) -> Result<Vec<U256>, Error> {
        if shares.is_zero() && self.curve.generation() == Generation::Next {
            return Err(Error::ZeroAmount);
        }
        let total_supply = sub(self.total_supply, shares)?;
        let amounts: Vec<U256> = self
            .balances
            .iter()
            .map(|&balance| mul_div_down(balance, shares, self.total_supply))
            .collect::<Result<_, _>>()?;
        let balances = self.balances_minus(&amounts)?;
        if let Some(averages) = &mut self.averages {
            averages.shrink_invariant(shares, self.total_supply)?;
        }
        self.balances = balances;
        self.total_supply = total_supply;
        Ok(amounts)
    }

    fn first_deposit(&mut self, amounts: &[U256], after: Vec<U256>) -> Result<U256, Error> {
        if let Some(index) = amounts.iter().position(U256::is_zero) {
            return Err(Error::IncompleteFirstDeposit { index });
        }
        let shares = self.curve.invariant(&self.xp(&after)?)?;
        if shares <= self.invariant()? {
            return Err(Error::InvariantNotRaised);
        }
        if self.curve.generation() == Generation::Next && shares.bit_len() > 128 {
            return Err(Error::OracleOverflow);
        }
        if let Some(averages) = &mut self.averages {
            averages.restart_invariant(shares)?;
        }
        self.balances = after;
        self.total_supply = shares;
        Ok(shares)
    }

    /// Fees and invariants of moving the balances to `after`.
    fn uneven(&self, after: &[U256]) -> Result<Uneven, Error> {
        let rates = self.stored_rates()?;
        let invariant_before = self.invariant()?;
        let moved = self.curve.invariant(&self.xp(after)?)?;
        let base_fee = self.fees.liquidity_fee(self.coins())?;
        let target = div_down(add(invariant_before, moved)?, self.curve.n())?;
        let mut remaining = after.to_vec();
        let mut admin_fees = Vec::with_capacity(after.len());
        for (k, balance) in remaining.iter_mut().enumerate() {
            let ideal = mul_div_down(moved, self.balances[k], invariant_before)?;
            let doubled = mul_div_down(rates[k], add(self.balances[k], *balance)?, ONE)?;
            let rate = self.fees.between(base_fee, doubled, target)?;
            let fee = mul_div_down(rate, ideal.abs_diff(*balance), FEE_DENOMINATOR)?;
            admin_fees.push(self.fees.admin_part(fee)?);
            *balance = sub(*balance, fee)?;
        }
        let xp = self.xp(&remaining)?;
        let invariant_after = self.curve.invariant(&xp)?;
        Ok(Uneven { invariant_before, invariant_after, xp, admin_fees })
    }

    fn settle_uneven(&mut self, after: &[U256], uneven: &Uneven, total_supply: U256) -> Result<(), Error> {
        let mut balances = after.to_vec();
        let mut admin_balances = self.admin_balances.clone();
        for (k, &admin_fee) in uneven.admin_fees.iter().enumerate() {
            balances[k] = sub(balances[k], admin_fee)?;
            admin_balances[k] = add(admin_balances[k], admin_fee)?;
        }
        self.record_prices(&uneven.xp, uneven.invariant_after)?;
        self.balances = balances;
        self.admin_balances = admin_balances;
        self.total_supply = total_supply;
        Ok(())
    }

    fn one_coin(&self, shares: U256, coin: usize) -> Result<OneCoin, Error> {
        self.curve.check_coin(coin)?;
        let rate = self.stored_rates()?[coin];
        let mut xp = self.xp(&self.balances)?;
        let before = self.curve.invariant(&xp)?;
        let after = sub(before, mul_div_down(shares, before, self.total_supply)?)?;
        let without_fees = self.curve.solve_balance(&xp, coin, after)?;
        let base_fee = self.fees.liquidity_fee(self.coins())?;
        let two = U256::from(2);
        let target = div_down(add(before, after)?, mul(two, self.curve.n())?)?;
        let mut reduced = xp.clone();
        for (k, (reduced, &x)) in reduced.iter_mut().zip(&xp).enumerate() {
            let ideal = mul_div_down(x, after, before)?;
            let (difference, average) = if k == coin {
                (sub(ideal, without_fees)?, div_down(add(x, without_fees)?, two)?)
            } else {
                (sub(x, ideal)?, x)
            };
            let fee_rate = self.fees.between(base_fee, average, target)?;
            *reduced = sub(x, mul_div_down(fee_rate, difference, FEE_DENOMINATOR)?)?;
        }
        let solved = self.curve.solve_balance(&reduced, coin, after)?;
        let net = sub(sub(reduced[coin], solved)?, U256::from(1))?;
        let amount_without_fees = mul_div_down(sub(xp[coin], without_fees)?, ONE, rate)?;
        let amount_out = mul_div_down(net, ONE, rate)?;
        xp[coin] = without_fees;
        Ok(OneCoin { amount_out, fee: sub(amount_without_fees, amount_out)?, xp, invariant: after })
    }

    fn balances_plus(&self, amounts: &[U256]) -> Result<Vec<U256>, Error> {
        self.curve.check_named_length("amounts", amounts)?;
        let pairs = self.balances.iter().zip(amounts);
        pairs.map(|(&balance, &amount)| Ok(add(balance, amount)?)).collect()
    }

    fn balances_minus(&self, amounts: &[U256]) -> Result<Vec<U256>, Error> {
        self.curve.check_named_length("amounts", amounts)?;
        let pairs = self.balances.iter().zip(amounts);
        pairs.map(|(&balance, &amount)| Ok(sub(balance, amount)?)).collect()
    }
}
