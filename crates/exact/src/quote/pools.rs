//! The pools of this crate as [`Quote`]s.

use ruint::aliases::U256;

use super::{Price, Quote};
use crate::ArithmeticError;
use crate::arithmetic::{add, mul, sub};
use crate::constant_product::{ConstantProductError, Pair};
use crate::{balancer, cryptoswap, stableswap};

fn fraction<E: From<ArithmeticError>>(numerator: U256, denominator: U256) -> Result<Price, E> {
    Price::new(numerator, denominator).ok_or_else(|| ArithmeticError::DivisionByZero.into())
}

fn share_of<E: From<ArithmeticError>>(values: &[U256], value: U256) -> Result<Price, E> {
    fraction(value, values.iter().try_fold(U256::ZERO, |sum, &value| add(sum, value))?)
}

impl Quote for stableswap::Pool {
    type Error = stableswap::Error;

    fn coins(&self) -> usize {
        self.curve().coins()
    }

    fn quote_exact_in(&self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        self.quote_exact_in(i, j, amount_in)
    }

    fn exchange(&mut self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        self.exchange(i, j, amount_in)
    }

    /// `p_i rate_i (1 - fee) / (p_j rate_j)` with the prices in coin 0.
    fn marginal_price(&self, i: usize, j: usize) -> Result<Price, Self::Error> {
        if i == j {
            return Err(stableswap::Error::SameCoin { index: i });
        }
        let fee = self.dynamic_fee(i, j)?;
        let rates = self.stored_rates()?;
        let value = |coin: usize| -> Result<U256, Self::Error> {
            let rate = rates.get(coin).copied();
            let rate = rate.ok_or(stableswap::Error::UnknownCoin { index: coin, coins: rates.len() })?;
            let price = match coin.checked_sub(1) {
                None => stableswap::ONE,
                Some(k) => self.marginal_price(k)?,
            };
            Ok(mul(price, rate)?)
        };
        let denominator = mul(value(j)?, stableswap::FEE_DENOMINATOR)?;
        fraction(mul(value(i)?, sub(stableswap::FEE_DENOMINATOR, fee)?)?, denominator)
    }

    fn share(&self, i: usize) -> Result<Price, Self::Error> {
        let values = self.rated_balances()?;
        let value = values.get(i).copied();
        let value = value.ok_or(stableswap::Error::UnknownCoin { index: i, coins: values.len() })?;
        share_of(&values, value)
    }
}

impl Quote for cryptoswap::Pool {
    type Error = cryptoswap::Error;

    fn coins(&self) -> usize {
        2
    }

    fn quote_exact_in(&self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        self.quote_exact_in(i, j, amount_in)
    }

    fn exchange(&mut self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        self.exchange(i, j, amount_in)
    }

    fn marginal_price(&self, i: usize, j: usize) -> Result<Price, Self::Error> {
        // The coins are checked before the price is asked for.
        self.marginal_price_after_fee(i, j)?;
        let kept = sub(cryptoswap::FEE_DENOMINATOR, self.fee()?)?;
        let [first, second] = self.parameters().precisions;
        // Values of a unit of each coin, in 18 decimals of coin 0.
        let coin_0 = mul(first, cryptoswap::ONE)?;
        let coin_1 = mul(second, self.marginal_price()?)?;
        let (sold, bought) = if i == 0 { (coin_0, coin_1) } else { (coin_1, coin_0) };
        fraction(mul(sold, kept)?, mul(bought, cryptoswap::FEE_DENOMINATOR)?)
    }

    fn share(&self, i: usize) -> Result<Price, Self::Error> {
        let values = self.scaled_balances()?;
        let value = values.get(i).copied().ok_or(cryptoswap::Error::UnknownCoin { index: i })?;
        share_of(&values, value)
    }
}

impl Quote for balancer::v3::Pool {
    type Error = balancer::Error;

    fn coins(&self) -> usize {
        self.balances_raw().len()
    }

    fn quote_exact_in(&self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        self.quote_exact_in(i, j, amount_in)
    }

    fn exchange(&mut self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        self.swap_exact_in(i, j, amount_in)
    }

    /// The price of whole tokens brought to smallest units.
    fn marginal_price(&self, i: usize, j: usize) -> Result<Price, Self::Error> {
        let price = self.marginal_price_after_fee(i, j)?;
        let factor = |token: usize| {
            let unknown = balancer::Error::UnknownToken { index: token, tokens: self.balances_raw().len() };
            self.scaling_factor(token).ok_or(unknown)
        };
        fraction(mul(price, factor(i)?)?, mul(balancer::fixed_point::ONE, factor(j)?)?)
    }

    fn share(&self, i: usize) -> Result<Price, Self::Error> {
        let values = self.balances_live();
        let unknown = balancer::Error::UnknownToken { index: i, tokens: values.len() };
        share_of(values, values.get(i).copied().ok_or(unknown)?)
    }
}

/// Tokens have their registered places; the pool's own has no price on the curve.
impl Quote for balancer::v2::Pool {
    type Error = balancer::Error;

    fn coins(&self) -> usize {
        self.registered()
    }

    fn quote_exact_in(&self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        self.quote_exact_in(i, j, amount_in)
    }

    fn exchange(&mut self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        self.swap_exact_in(i, j, amount_in)
    }

    /// The price of whole tokens brought to smallest units.
    fn marginal_price(&self, i: usize, j: usize) -> Result<Price, Self::Error> {
        let price = self.marginal_price_after_fee(i, j)?;
        let factor = |token: usize| {
            let index = self.curve_index(token)?;
            let unknown = balancer::Error::UnknownToken { index: token, tokens: self.registered() };
            self.tokens().get(index).map(|token| token.decimal_scaling).ok_or(unknown)
        };
        fraction(mul(price, factor(i)?)?, mul(balancer::fixed_point::ONE, factor(j)?)?)
    }

    fn share(&self, i: usize) -> Result<Price, Self::Error> {
        let (index, values) = (self.curve_index(i)?, self.balances_scaled()?);
        let unknown = balancer::Error::UnknownToken { index: i, tokens: self.registered() };
        share_of(&values, values.get(index).copied().ok_or(unknown)?)
    }
}

impl Quote for Pair {
    type Error = ConstantProductError;

    fn coins(&self) -> usize {
        2
    }

    fn quote_exact_in(&self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        check_other(i, j)?;
        self.quote_exact_in(i, amount_in)
    }

    fn exchange(&mut self, i: usize, j: usize, amount_in: U256) -> Result<U256, Self::Error> {
        check_other(i, j)?;
        self.swap_exact_in(i, amount_in)
    }

    fn marginal_price(&self, i: usize, j: usize) -> Result<Price, Self::Error> {
        check_other(i, j)?;
        let reserve = |token: usize| self.reserves().get(token).copied().unwrap_or_default();
        let (kept, whole) = self.kept_part();
        fraction(mul(reserve(j), kept)?, mul(reserve(i), whole)?)
    }

    fn share(&self, i: usize) -> Result<Price, Self::Error> {
        let reserves = self.reserves();
        let reserve = reserves.get(i).copied().ok_or(ConstantProductError::UnknownToken { index: i })?;
        share_of(&reserves, reserve)
    }
}

/// A pair trades each token for the other one only.
fn check_other(i: usize, j: usize) -> Result<(), ConstantProductError> {
    match (i, j) {
        (0, 1) | (1, 0) => Ok(()),
        (0 | 1, index) | (index, _) => Err(ConstantProductError::UnknownToken { index }),
    }
}
