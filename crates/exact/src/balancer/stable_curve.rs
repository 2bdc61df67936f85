//! The stable invariant: `D` from balances, one balance from `D`, swaps before fees, marginal price.
//!
//! Newton for `D`, with `S = sum(x_k)` and, in the MetaStable family, `P = n^n prod(x_k) / D^(n-1)`:
//!
//! ```text
//! MetaStable:  D <- (n D^2 + A n S P) / ((n + 1) D + (A n - 1) P)         each division rounded up, or each down
//! the others:  D <- (A n S + n Q) D / ((A n - 1) D + (n + 1) Q),   Q = D^(n+1) / (n^n prod(x_k))
//! ```
//!
//! and for one balance `y`, with the sum `S'` of the others:
//!
//! ```text
//! b = S' + D / (A n),   c = D^2 x_j / (A n P),   y <- (y^2 + c) / (2 y + b - D)      rounded up
//! ```
//!
//! The version 2 families lose the digits of `D / (A n)` and `D^2 / (A n P)` behind the amplification's three
//! decimals, version 3 keeps them. Both iterations stop when two rounds differ by at most one unit and fail after
//! 255 rounds.

use ruint::aliases::U256;

use super::amounts::{Amounts, check_length, check_pair, check_token, total};
use super::fixed_point::{ONE, quotient_up};
use super::{Error, Rounding};
use crate::arithmetic::{self, add, div_down, mul, mul_div_down, sub};

/// Rounds after which the contracts give up.
const MAX_ROUNDS: usize = 255;

/// Factor by which the contracts store the amplification.
const PRECISION: U256 = U256::from_limbs([1000, 0, 0, 0]);

/// Most tokens of a stable pool.
const MAX_TOKENS: usize = 5;

/// Contract families that round the same equation differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StableFamily {
    /// Version 2 stable and MetaStable pools: the invariant is rounded up for swaps.
    MetaStable,
    /// Version 2 composable stable pools: the invariant as in Curve's older pools.
    Composable,
    /// Version 3 stable pools: as composable, with a sharper formula for one balance.
    V3,
}

impl StableFamily {
    /// Largest amplification, in thousandths.
    #[must_use]
    pub fn max_amplification_milli(self) -> u64 {
        match self {
            Self::MetaStable | Self::Composable => 5_000_000,
            Self::V3 => 50_000_000,
        }
    }
}

/// The curve of one stable pool: everything but the balances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StableCurve {
    family: StableFamily,
    tokens: usize,
    /// Amplification in thousandths times the number of tokens.
    ann: U256,
}

impl StableCurve {
    /// Curve for `tokens` tokens and an amplification in thousandths.
    ///
    /// # Errors
    /// When the number of tokens or the amplification is outside of the contract's limits.
    pub fn new(family: StableFamily, amplification_milli: u64, tokens: usize) -> Result<Self, Error> {
        if !(2..=MAX_TOKENS).contains(&tokens) {
            return Err(Error::TokensOutOfRange { tokens, most: MAX_TOKENS });
        }
        let most_milli = family.max_amplification_milli();
        if !(1000..=most_milli).contains(&amplification_milli) {
            return Err(Error::AmplificationOutOfRange { amplification_milli, most_milli });
        }
        Ok(Self { family, tokens, ann: U256::from(amplification_milli) * U256::from(tokens) })
    }

    /// The contract family.
    #[must_use]
    pub fn family(&self) -> StableFamily {
        self.family
    }

    /// Number of tokens.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.tokens
    }

    /// `D` as swaps use it; zero for an empty pool.
    ///
    /// # Errors
    /// When a token is missing beside others, an intermediate overflows, or the iteration does not settle.
    pub fn invariant(&self, balances: &[U256]) -> Result<U256, Error> {
        match self.family {
            StableFamily::MetaStable => self.invariant_rounded(balances, Rounding::Up),
            StableFamily::Composable | StableFamily::V3 => self.invariant_rounded(balances, Rounding::Down),
        }
    }

    /// `D` with the rounding that the family has: MetaStable rounds every step, version 3 adds one unit to round up,
    /// and a composable pool knows one invariant only.
    ///
    /// # Errors
    /// As [`StableCurve::invariant`].
    pub fn invariant_rounded(&self, balances: &[U256], rounding: Rounding) -> Result<U256, Error> {
        check_length("balances", balances, self.tokens)?;
        let sum = total(balances)?;
        if sum.is_zero() {
            return Ok(U256::ZERO);
        }
        match self.family {
            StableFamily::MetaStable => settle(sum, |d| self.meta_stable_step(balances, sum, d, rounding)),
            StableFamily::Composable => self.settle_plain(balances, sum),
            StableFamily::V3 => {
                let invariant = self.settle_plain(balances, sum)?;
                let one = if rounding == Rounding::Up { U256::from(1) } else { U256::ZERO };
                Ok(add(invariant, one)?)
            }
        }
    }

    /// The balance of `token` that gives the invariant `d` beside the other entries of `balances`, rounded up.
    ///
    /// `balances[token]` enters the roundings as in the contract, and a balance of zero is an error.
    ///
    /// # Errors
    /// When the token does not exist, a balance is zero, an intermediate overflows, or the iteration does not settle.
    pub fn solve_balance(&self, balances: &[U256], token: usize, d: U256) -> Result<U256, Error> {
        check_length("balances", balances, self.tokens)?;
        check_token(token, self.tokens)?;
        let product = self.scaled_product(balances, d, Rounding::Down)?;
        let others = sub(total(balances)?, balances[token])?;
        let square = mul(d, d)?;
        let (factor, linear) = match self.family {
            StableFamily::MetaStable | StableFamily::Composable => (
                mul(quotient_up(square, mul(self.ann, product)?)?, PRECISION)?,
                mul(div_down(d, self.ann)?, PRECISION)?,
            ),
            StableFamily::V3 => (
                quotient_up(mul(square, PRECISION)?, mul(self.ann, product)?)?,
                mul_div_down(d, PRECISION, self.ann)?,
            ),
        };
        let c = mul(factor, balances[token])?;
        let b = add(others, linear)?;
        let start = quotient_up(add(square, c)?, add(d, b)?)?;
        settle(start, |y| {
            let numerator = add(mul(y, y)?, c)?;
            let denominator = sub(add(mul(y, U256::from(2))?, b)?, d)?;
            quotient_up(numerator, denominator)
        })
    }

    /// Output of `amount_in` without fees, all in 18 decimals; `d` is the invariant of `balances`.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn out_given_in(
        &self,
        balances: &[U256],
        (token_in, token_out): (usize, usize),
        amount_in: U256,
        d: U256,
    ) -> Result<U256, Error> {
        check_length("balances", balances, self.tokens)?;
        check_pair(token_in, token_out, self.tokens)?;
        let mut moved = Amounts::copy(balances)?;
        moved[token_in] = add(moved[token_in], amount_in)?;
        let balance_out = self.solve_balance(&moved, token_out, d)?;
        Ok(sub(sub(balances[token_out], balance_out)?, U256::from(1))?)
    }

    /// Input for `amount_out` without fees, all in 18 decimals; `d` is the invariant of `balances`.
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn in_given_out(
        &self,
        balances: &[U256],
        (token_in, token_out): (usize, usize),
        amount_out: U256,
        d: U256,
    ) -> Result<U256, Error> {
        check_length("balances", balances, self.tokens)?;
        check_pair(token_in, token_out, self.tokens)?;
        let mut moved = Amounts::copy(balances)?;
        moved[token_out] = sub(moved[token_out], amount_out)?;
        let balance_in = self.solve_balance(&moved, token_in, d)?;
        Ok(add(sub(balance_in, balances[token_in])?, U256::from(1))?)
    }

    /// Output of a very small input, per unit of it (1e18 = 1), without fees and in 18-decimal units:
    /// `(A n + Q / x_i) / (A n + Q / x_j)`. The contracts have no such function; off by a few units.
    ///
    /// # Errors
    /// When a token does not exist or the balances have no price.
    pub fn marginal_price(
        &self,
        balances: &[U256],
        (token_in, token_out): (usize, usize),
    ) -> Result<U256, Error> {
        check_pair(token_in, token_out, self.tokens)?;
        let d = self.invariant(balances)?;
        let slope = |token: usize| -> Result<U256, Error> {
            let product = mul(self.product_term(balances, d)?, PRECISION)?;
            Ok(add(mul(self.ann, ONE)?, mul_div_down(product, ONE, balances[token])?)?)
        };
        Ok(mul_div_down(slope(token_in)?, ONE, slope(token_out)?)?)
    }

    fn n(&self) -> U256 {
        U256::from(self.tokens)
    }

    /// `P = n^n prod(x_k) / D^(n-1)`.
    fn scaled_product(&self, balances: &[U256], d: U256, rounding: Rounding) -> Result<U256, Error> {
        let n = self.n();
        let (first, others) = balances.split_first().ok_or(Error::ZeroAmount)?;
        others.iter().try_fold(mul(*first, n)?, |product, &x| divide(mul(mul(product, x)?, n)?, d, rounding))
    }

    /// `Q = D^(n+1) / (n^n prod(x_k))`.
    fn product_term(&self, balances: &[U256], d: U256) -> Result<U256, Error> {
        let n = self.n();
        balances.iter().try_fold(d, |product, &x| Ok(mul_div_down(product, d, mul(x, n)?)?))
    }

    fn settle_plain(&self, balances: &[U256], sum: U256) -> Result<U256, Error> {
        let n = self.n();
        let weighted_sum = mul_div_down(self.ann, sum, PRECISION)?;
        let slope = sub(self.ann, PRECISION)?;
        let divisors = Amounts::map(balances, |_, x| Ok(mul(x, n)?))?;
        settle(sum, |d| {
            let term = |product, &divisor: &U256| mul_div_down(product, d, divisor);
            let product = divisors.iter().try_fold(d, term)?;
            let numerator = mul(add(weighted_sum, mul(product, n)?)?, d)?;
            let linear = mul_div_down(slope, d, PRECISION)?;
            let denominator = add(linear, mul(add(n, U256::from(1))?, product)?)?;
            Ok(div_down(numerator, denominator)?)
        })
    }

    fn meta_stable_step(
        &self,
        balances: &[U256],
        sum: U256,
        d: U256,
        rounding: Rounding,
    ) -> Result<U256, Error> {
        let n = self.n();
        let opposite = if rounding == Rounding::Up { Rounding::Down } else { Rounding::Up };
        let product = self.scaled_product(balances, d, rounding)?;
        let weighted = divide(mul(mul(self.ann, sum)?, product)?, PRECISION, rounding)?;
        let numerator = add(mul(mul(n, d)?, d)?, weighted)?;
        let linear = divide(mul(sub(self.ann, PRECISION)?, product)?, PRECISION, opposite)?;
        let denominator = add(mul(add(n, U256::from(1))?, d)?, linear)?;
        divide(numerator, denominator, rounding)
    }
}

fn divide(a: U256, b: U256, rounding: Rounding) -> Result<U256, Error> {
    match rounding {
        Rounding::Down => Ok(div_down(a, b)?),
        Rounding::Up => quotient_up(a, b),
    }
}

/// Repeats `step` until it moves by at most one unit.
fn settle(start: U256, step: impl Fn(U256) -> Result<U256, Error>) -> Result<U256, Error> {
    arithmetic::settle(start, MAX_ROUNDS, step)?.ok_or(Error::NotSettled)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAMILIES: [StableFamily; 3] =
        [StableFamily::MetaStable, StableFamily::Composable, StableFamily::V3];

    #[test]
    fn equal_balances_have_their_sum_as_invariant_and_unit_prices() {
        for family in FAMILIES {
            for tokens in 2..=5 {
                let curve = StableCurve::new(family, 100_000, tokens).expect("valid");
                let balances = vec![U256::from(10u64.pow(18)); tokens];
                let sum = U256::from(tokens) * ONE;
                for rounding in [Rounding::Down, Rounding::Up] {
                    let d = curve.invariant_rounded(&balances, rounding).expect("settles");
                    assert!(d.abs_diff(sum) <= U256::from(2), "{family:?}: {d}");
                }
                let price = curve.marginal_price(&balances, (0, 1)).expect("priced");
                assert_eq!(price, ONE);
            }
        }
    }

    #[test]
    fn an_empty_pool_has_no_invariant_and_a_half_empty_one_fails() {
        for family in FAMILIES {
            let curve = StableCurve::new(family, 100_000, 2).expect("valid");
            assert_eq!(curve.invariant(&[U256::ZERO; 2]), Ok(U256::ZERO));
            let half = [U256::from(5_000_000), U256::ZERO];
            let swap = curve.invariant(&half).and_then(|d| curve.out_given_in(&half, (0, 1), ONE, d));
            assert!(swap.is_err(), "{family:?}: {swap:?}");
        }
    }

    #[test]
    fn limits_of_the_contracts_are_checked() {
        for family in FAMILIES {
            let most = family.max_amplification_milli();
            assert!(StableCurve::new(family, 999, 2).is_err());
            assert!(StableCurve::new(family, 1000, 2).is_ok());
            assert!(StableCurve::new(family, most, 5).is_ok());
            assert!(StableCurve::new(family, most + 1, 5).is_err());
            assert!(StableCurve::new(family, 1000, 1).is_err());
            assert!(StableCurve::new(family, 1000, 6).is_err());
        }
    }
}
