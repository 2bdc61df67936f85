//! The invariant itself: `D` from balances, one balance from `D`, and the marginal price.
//!
//! Newton for `D`, with `S = sum(x_k)` and `P = D^(n+1) / (n^n prod(x_k))`:
//!
//! ```text
//! D <- (Ann S + n P) D / ((Ann - 1) D + (n + 1) P)
//! ```
//!
//! and for one balance `y`, with the sum `S'` and product `Q'` of the others:
//!
//! ```text
//! b = S' + D / Ann,   c = D^(n+1) / (n^n Q' Ann),   y <- (y^2 + c) / (2 y + b - D)
//! ```
//!
//! Both stop when two rounds differ by at most one unit and fail after 255 rounds.

use ruint::aliases::U256;

use super::{Error, ONE};
use crate::arithmetic::{self, add, div_down, mul, mul_div_down, sub};

/// Rounds after which the contracts give up.
const MAX_ROUNDS: usize = 255;

/// Contract families that round the same equation differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// The 3pool era: `A` without decimals, `P` built up as `P D / (n x_k)`.
    ThreePool,
    /// The stETH pool: `A` with two decimals, `P` built up as `P D / (n x_k + 1)`; an uneven withdrawal burns one
    /// unit of shares less than in the other families.
    StEth,
    /// First-generation pools after stETH's, from the common template: `A` with two decimals, `P` as in the 3pool era.
    Template,
    /// The rETH pool and its kin: as [`Self::Template`] with a rate per coin, but a swap writes both balances from
    /// their rated values, rounded down, and an uneven withdrawal burns one unit of shares less.
    Reth,
    /// StableSwap-NG: `A` with two decimals, `P` built up as `P D / x_k`, divided by `n^n` at the end.
    Next,
}

impl Generation {
    /// Every family.
    pub const ALL: [Self; 5] = [Self::ThreePool, Self::StEth, Self::Template, Self::Reth, Self::Next];

    /// Factor by which the contract stores the amplification.
    #[must_use]
    pub fn amplification_precision(self) -> u64 {
        match self {
            Self::ThreePool => 1,
            Self::StEth | Self::Template | Self::Reth | Self::Next => 100,
        }
    }
}

/// The curve of one pool: everything but the balances.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Curve {
    generation: Generation,
    coins: usize,
    /// Amplification as stored, times the number of coins.
    ann: U256,
}

impl Curve {
    /// Curve for `coins` coins and an amplification in governance's (unscaled) unit.
    ///
    /// # Errors
    /// When the number of coins or the amplification is outside of the contract's limits.
    pub fn new(generation: Generation, amplification: u64, coins: usize) -> Result<Self, Error> {
        if !(2..=8).contains(&coins) {
            return Err(Error::CoinsOutOfRange { coins });
        }
        if !(1..=1_000_000).contains(&amplification) {
            return Err(Error::AmplificationOutOfRange { amplification });
        }
        let stored = amplification * generation.amplification_precision();
        Ok(Self { generation, coins, ann: U256::from(stored) * U256::from(coins) })
    }

    /// The same curve with another amplification, as stored.
    pub(super) fn at_amplification(&self, stored: u64) -> Result<Self, Error> {
        let precision = self.generation.amplification_precision();
        let (least, most) = (precision, 1_000_000 * precision);
        if !(least..=most).contains(&stored) {
            return Err(Error::AmplificationOutOfRange { amplification: stored / precision });
        }
        Ok(Self { ann: U256::from(stored) * self.n(), ..*self })
    }

    /// Amplification as stored: with two decimals except in the 3pool era.
    #[must_use]
    pub fn stored_amplification(&self) -> U256 {
        self.ann / self.n()
    }

    /// The contract family.
    #[must_use]
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// Number of coins.
    #[must_use]
    pub fn coins(&self) -> usize {
        self.coins
    }

    /// `D` of the balances `xp` (18 decimals, one currency); zero for an empty pool.
    ///
    /// # Errors
    /// When a coin is missing beside others, an intermediate overflows, or the iteration does not settle.
    pub fn invariant(&self, xp: &[U256]) -> Result<U256, Error> {
        self.check_length(xp)?;
        let sum = xp.iter().try_fold(U256::ZERO, |sum, &x| add(sum, x))?;
        if sum.is_zero() {
            return Ok(U256::ZERO);
        }
        let precision = self.precision();
        let n = self.n();
        let weighted_sum = mul_div_down(self.ann, sum, precision)?;
        settle(sum, |d| {
            let product = self.product_term(xp, d)?;
            let numerator = mul(add(weighted_sum, mul(product, n)?)?, d)?;
            let linear = mul_div_down(sub(self.ann, precision)?, d, precision)?;
            let denominator = add(linear, mul(add(n, U256::from(1))?, product)?)?;
            Ok(div_down(numerator, denominator)?)
        })
    }

    /// The balance of `coin` that gives the invariant `d` beside the other entries of `xp`; `xp[coin]` is not read.
    ///
    /// # Errors
    /// When the coin does not exist, another balance is zero, an intermediate overflows, or the iteration does not
    /// settle.
    pub fn solve_balance(&self, xp: &[U256], coin: usize, d: U256) -> Result<U256, Error> {
        self.check_length(xp)?;
        self.check_coin(coin)?;
        let n = self.n();
        let precision = self.precision();
        let mut c = d;
        let mut sum = U256::ZERO;
        for (_, &x) in xp.iter().enumerate().filter(|&(k, _)| k != coin) {
            sum = add(sum, x)?;
            c = mul_div_down(c, d, mul(x, n)?)?;
        }
        c = div_down(mul(mul(c, d)?, precision)?, mul(self.ann, n)?)?;
        let b = add(sum, mul_div_down(d, precision, self.ann)?)?;
        settle(d, |y| {
            let numerator = add(mul(y, y)?, c)?;
            let denominator = sub(add(mul(y, U256::from(2))?, b)?, d)?;
            Ok(div_down(numerator, denominator)?)
        })
    }

    /// Marginal prices of coins 1, 2, ... in coin 0 (1e18 = 1), in rate-adjusted units and before fees.
    ///
    /// Defined by the next generation's contract; for the older families the same formula is used.
    ///
    /// # Errors
    /// When a balance is zero or an intermediate overflows.
    pub fn marginal_prices(&self, xp: &[U256], d: U256) -> Result<Vec<U256>, Error> {
        self.check_length(xp)?;
        let mut product = div_down(d, self.n_to_the_n())?;
        for &x in xp {
            product = mul_div_down(product, d, x)?;
        }
        let Some((&first, others)) = xp.split_first() else {
            return Err(Error::CoinsOutOfRange { coins: 0 });
        };
        let linear = mul_div_down(self.ann, first, self.precision())?;
        let denominator = add(linear, product)?;
        others
            .iter()
            .map(|&x| {
                let numerator = add(linear, mul_div_down(product, first, x)?)?;
                Ok(mul_div_down(ONE, numerator, denominator)?)
            })
            .collect()
    }

    pub(super) fn check_length(&self, list: &[U256]) -> Result<(), Error> {
        self.check_named_length("balances", list)
    }

    pub(super) fn check_named_length(&self, name: &'static str, list: &[U256]) -> Result<(), Error> {
        if list.len() == self.coins {
            Ok(())
        } else {
            Err(Error::WrongLength { name, length: list.len(), coins: self.coins })
        }
    }

    pub(super) fn check_coin(&self, index: usize) -> Result<(), Error> {
        if index < self.coins { Ok(()) } else { Err(Error::UnknownCoin { index, coins: self.coins }) }
    }

    pub(super) fn n(&self) -> U256 {
        U256::from(self.coins)
    }

    fn n_to_the_n(&self) -> U256 {
        // At most 8^8.
        U256::from(self.coins.pow(self.coins as u32))
    }

    fn precision(&self) -> U256 {
        U256::from(self.generation.amplification_precision())
    }

    fn product_term(&self, xp: &[U256], d: U256) -> Result<U256, Error> {
        let n = self.n();
        let mut product = d;
        for &x in xp {
            let divisor = match self.generation {
                Generation::ThreePool | Generation::Template | Generation::Reth => mul(x, n)?,
                Generation::StEth => add(mul(x, n)?, U256::from(1))?,
                Generation::Next => x,
            };
            product = mul_div_down(product, d, divisor)?;
        }
        match self.generation {
            Generation::Next => Ok(div_down(product, self.n_to_the_n())?),
            _ => Ok(product),
        }
    }
}

/// Repeats `step` until it moves by at most one unit.
fn settle(start: U256, step: impl Fn(U256) -> Result<U256, Error>) -> Result<U256, Error> {
    arithmetic::settle(start, MAX_ROUNDS, step)?.ok_or(Error::NotSettled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_balanced_pool_has_the_sum_as_its_invariant_and_unit_prices() {
        for generation in Generation::ALL {
            let curve = Curve::new(generation, 50, 3).expect("valid");
            let xp = [U256::from(10u64.pow(18)); 3];
            let d = curve.invariant(&xp).expect("settles");
            assert!(d.abs_diff(U256::from(3 * 10u64.pow(18))) <= U256::from(2), "{generation:?}: {d}");
            for price in curve.marginal_prices(&xp, d).expect("priced") {
                assert!(price.abs_diff(ONE) <= U256::from(2), "{generation:?}: {price}");
            }
        }
    }

    #[test]
    fn an_empty_pool_has_no_invariant_and_a_half_empty_one_fails() {
        let curve = Curve::new(Generation::Next, 100, 2).expect("valid");
        assert_eq!(curve.invariant(&[U256::ZERO; 2]), Ok(U256::ZERO));
        assert!(curve.invariant(&[U256::from(5), U256::ZERO]).is_err());
    }

    #[test]
    fn limits_of_the_contract_are_checked() {
        assert_eq!(Curve::new(Generation::Next, 100, 1), Err(Error::CoinsOutOfRange { coins: 1 }));
        assert_eq!(Curve::new(Generation::Next, 100, 9), Err(Error::CoinsOutOfRange { coins: 9 }));
        assert!(Curve::new(Generation::Next, 0, 2).is_err());
        assert!(Curve::new(Generation::Next, 1_000_001, 2).is_err());
    }
}
