//! The weighted invariant `prod(x_k^w_k)` and swaps along it.
//!
//! ```text
//! out = x_out (1 - (x_in / (x_in + in))^(w_in / w_out)),   in = x_in ((x_out / (x_out - out))^(w_out / w_in) - 1)
//! ```
//!
//! Source: balancer/balancer-v3-monorepo `pkg/solidity-utils/contracts/math/WeightedMath.sol` at 440675ad; the
//! invariant rounded up is the later one. A trade takes and gives at most 30 % of the balance of its side.
//!
//! Units: balances and amounts with 18 decimals, weights with 1e18 = 1. Domain: 2 to 8 tokens, weights of at least 1 %.

use ruint::aliases::U256;

use super::amounts::{MAX_TOKENS, check_length, check_pair, check_token, total};
use super::fixed_point::{ONE, complement, div_down, div_up, mul_down, mul_up, pow_down, pow_up};
use super::{Error, Rounding};
use crate::arithmetic::{add, mul, mul_div_down, sub};

/// Largest share of a balance that one trade moves, 30 %.
const MAX_RATIO: U256 = U256::from_limbs([300_000_000_000_000_000, 0, 0, 0]);

/// Smallest weight, 1 %.
const MIN_WEIGHT: U256 = U256::from_limbs([10_000_000_000_000_000, 0, 0, 0]);

/// The curve of one weighted pool: everything but the balances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeightedCurve {
    weights: Vec<U256>,
}

impl WeightedCurve {
    /// Curve with these weights (1e18 = 1).
    ///
    /// # Errors
    /// When there are not 2 to 8 weights, one is below 1 %, or they do not add up to one.
    pub fn new(weights: Vec<U256>) -> Result<Self, Error> {
        let tokens = weights.len();
        if !(2..=MAX_TOKENS).contains(&tokens) {
            return Err(Error::TokensOutOfRange { tokens, most: MAX_TOKENS });
        }
        if weights.iter().any(|&weight| weight < MIN_WEIGHT) || total(&weights)? != ONE {
            return Err(Error::WeightsOutOfRange);
        }
        Ok(Self { weights })
    }

    /// Number of tokens.
    #[must_use]
    pub fn tokens(&self) -> usize {
        self.weights.len()
    }

    /// The weights.
    #[must_use]
    pub fn weights(&self) -> &[U256] {
        &self.weights
    }

    /// `prod(x_k^w_k)`.
    ///
    /// # Errors
    /// When it is zero or a power is out of range.
    pub fn invariant_rounded(&self, balances: &[U256], rounding: Rounding) -> Result<U256, Error> {
        check_length("balances", balances, self.tokens())?;
        let pairs = balances.iter().zip(&self.weights);
        let invariant = pairs.into_iter().try_fold(ONE, |product, (&x, &weight)| match rounding {
            Rounding::Down => mul_down(product, pow_down(x, weight)?),
            Rounding::Up => mul_up(product, pow_up(x, weight)?),
        })?;
        if invariant.is_zero() { Err(Error::ZeroInvariant) } else { Ok(invariant) }
    }

    /// The balance of `token` that multiplies the invariant by `ratio`, rounded up.
    ///
    /// # Errors
    /// When the token does not exist or the power is out of range.
    pub fn balance_for_ratio(&self, balances: &[U256], token: usize, ratio: U256) -> Result<U256, Error> {
        check_length("balances", balances, self.tokens())?;
        check_token(token, self.tokens())?;
        let balance_ratio = pow_up(ratio, div_up(ONE, self.weights[token])?)?;
        mul_up(balances[token], balance_ratio)
    }

    /// Output of `amount_in` without fees.
    ///
    /// # Errors
    /// When the input is above 30 % of its balance, and elsewhere where the contract reverts.
    pub fn out_given_in(
        &self,
        balances: &[U256],
        (token_in, token_out): (usize, usize),
        amount_in: U256,
    ) -> Result<U256, Error> {
        check_length("balances", balances, self.tokens())?;
        check_pair(token_in, token_out, self.tokens())?;
        let balance_in = balances[token_in];
        if amount_in > mul_down(balance_in, MAX_RATIO)? {
            return Err(Error::InputRatioTooLarge);
        }
        let base = div_up(balance_in, add(balance_in, amount_in)?)?;
        let exponent = div_down(self.weights[token_in], self.weights[token_out])?;
        // Rounding up can leave a power above one, hence the floor at zero.
        mul_down(balances[token_out], complement(pow_up(base, exponent)?))
    }

    /// Input for `amount_out` without fees.
    ///
    /// # Errors
    /// When the output is above 30 % of its balance, and elsewhere where the contract reverts.
    pub fn in_given_out(
        &self,
        balances: &[U256],
        (token_in, token_out): (usize, usize),
        amount_out: U256,
    ) -> Result<U256, Error> {
        check_length("balances", balances, self.tokens())?;
        check_pair(token_in, token_out, self.tokens())?;
        let balance_out = balances[token_out];
        if amount_out > mul_down(balance_out, MAX_RATIO)? {
            return Err(Error::OutputRatioTooLarge);
        }
        let base = div_up(balance_out, sub(balance_out, amount_out)?)?;
        let exponent = div_up(self.weights[token_out], self.weights[token_in])?;
        mul_up(balances[token_in], sub(pow_up(base, exponent)?, ONE)?)
    }

    /// Output of a very small input, per unit of it (1e18 = 1), without fees: `(x_out w_in) / (x_in w_out)`.
    ///
    /// # Errors
    /// When a token does not exist or the input's balance is zero.
    pub fn marginal_price(
        &self,
        balances: &[U256],
        (token_in, token_out): (usize, usize),
    ) -> Result<U256, Error> {
        check_length("balances", balances, self.tokens())?;
        check_pair(token_in, token_out, self.tokens())?;
        let numerator = mul(balances[token_out], self.weights[token_in])?;
        let denominator = mul(balances[token_in], self.weights[token_out])?;
        Ok(mul_div_down(numerator, ONE, denominator)?)
    }
}
