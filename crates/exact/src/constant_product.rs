//! The Uniswap v2 pair: two reserves, their product kept.
//!
//! With fee `f` on the input and `g = 1 - f`,
//!
//! ```text
//! amount_out = floor(g in R_out / (R_in + g in)),   amount_in = floor(R_in out / (g (R_out - out))) + 1
//! ```
//!
//! and the fee stays in the reserves. Source: Uniswap/v2-core `contracts/UniswapV2Pair.sol` (release 1.0.1) for the bounds of
//! the reserves and the product check, Uniswap/v2-periphery `contracts/libraries/UniswapV2Library.sol` (release 1.1.0-beta.0) for the two
//! formulas. There the fee is fixed at 3/1000; here it is a parameter in millionths. A common factor of numerator
//! and denominator does not change the rounded quotient, so 3000 millionths give the contract's numbers.
//!
//! Units: smallest units of the tokens. Domain: reserves of at most 2^112 - 1, fees below 100 %.
//! Not modelled: liquidity, the fee switch of the protocol, the cumulative price oracle, flash swaps.

use ruint::aliases::U256;

use crate::ArithmeticError;
use crate::arithmetic::{add, div_down, mul, mul_div_down, sub};

/// 100 % in the unit of the fee.
const FEE_DENOMINATOR: u32 = 1_000_000;

/// Bits of a reserve.
const RESERVE_BITS: usize = 112;

/// Why a pair refuses an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConstantProductError {
    /// An intermediate result leaves the 256-bit word.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
    /// The fee takes everything.
    #[error("fee_millionths is {fee_millionths}, must be in 0..=999999")]
    FeeOutOfRange {
        /// The fee given.
        fee_millionths: u32,
    },
    /// A reserve leaves 112 bits.
    #[error("a reserve does not fit 112 bits")]
    ReserveOverflow,
    /// The pair has only tokens 0 and 1.
    #[error("token {index} is not one of 2")]
    UnknownToken {
        /// The index asked for.
        index: usize,
    },
    /// Nothing is sold.
    #[error("the input amount is zero")]
    InsufficientInput,
    /// The output rounds to zero.
    #[error("the output amount is zero")]
    InsufficientOutput,
    /// A reserve is empty, or the output is not below its reserve.
    #[error("the reserves cannot serve the amount")]
    InsufficientLiquidity,
}

/// A pair with its reserves. A failed operation leaves it unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pair {
    reserves: [U256; 2],
    fee_millionths: u32,
}

impl Pair {
    /// Pair with these reserves; the deployed contract has a fee of 3000 millionths.
    ///
    /// # Errors
    /// When the fee is 100 % or more or a reserve leaves 112 bits.
    pub fn new(reserves: [U256; 2], fee_millionths: u32) -> Result<Self, ConstantProductError> {
        if fee_millionths >= FEE_DENOMINATOR {
            return Err(ConstantProductError::FeeOutOfRange { fee_millionths });
        }
        for reserve in reserves {
            check_reserve(reserve)?;
        }
        Ok(Self { reserves, fee_millionths })
    }

    /// The reserves.
    #[must_use]
    pub fn reserves(&self) -> [U256; 2] {
        self.reserves
    }

    /// Output of selling `amount_in` of `token_in` (`getAmountOut`).
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn quote_exact_in(&self, token_in: usize, amount_in: U256) -> Result<U256, ConstantProductError> {
        let (reserve_in, reserve_out) = self.sides(token_in)?;
        if amount_in.is_zero() {
            return Err(ConstantProductError::InsufficientInput);
        }
        let net_in = mul(amount_in, self.kept_millionths())?;
        let denominator = add(mul(reserve_in, U256::from(FEE_DENOMINATOR))?, net_in)?;
        Ok(mul_div_down(net_in, reserve_out, denominator)?)
    }

    /// Input of `token_in` that buys at least `amount_out` (`getAmountIn`).
    ///
    /// # Errors
    /// Where the contract reverts.
    pub fn quote_exact_out(&self, token_in: usize, amount_out: U256) -> Result<U256, ConstantProductError> {
        let (reserve_in, reserve_out) = self.sides(token_in)?;
        if amount_out.is_zero() {
            return Err(ConstantProductError::InsufficientOutput);
        }
        if amount_out >= reserve_out {
            return Err(ConstantProductError::InsufficientLiquidity);
        }
        let numerator = mul(mul(reserve_in, amount_out)?, U256::from(FEE_DENOMINATOR))?;
        let denominator = mul(sub(reserve_out, amount_out)?, self.kept_millionths())?;
        Ok(add(div_down(numerator, denominator)?, U256::from(1))?)
    }

    /// Sells `amount_in` of `token_in` and returns the output.
    ///
    /// # Errors
    /// Where the contract reverts, also when the output rounds to zero; the pair is then unchanged.
    pub fn swap_exact_in(&mut self, token_in: usize, amount_in: U256) -> Result<U256, ConstantProductError> {
        let amount_out = self.quote_exact_in(token_in, amount_in)?;
        if amount_out.is_zero() {
            return Err(ConstantProductError::InsufficientOutput);
        }
        let (reserve_in, reserve_out) = self.sides(token_in)?;
        let reserve_in = add(reserve_in, amount_in)?;
        check_reserve(reserve_in)?;
        let reserve_out = sub(reserve_out, amount_out)?;
        self.reserves = if token_in == 0 { [reserve_in, reserve_out] } else { [reserve_out, reserve_in] };
        Ok(amount_out)
    }

    /// The part of an input that the fee leaves, and the whole.
    pub(crate) fn kept_part(&self) -> (U256, U256) {
        (self.kept_millionths(), U256::from(FEE_DENOMINATOR))
    }

    fn sides(&self, token_in: usize) -> Result<(U256, U256), ConstantProductError> {
        let [zero, one] = self.reserves;
        if zero.is_zero() || one.is_zero() {
            return Err(ConstantProductError::InsufficientLiquidity);
        }
        match token_in {
            0 => Ok((zero, one)),
            1 => Ok((one, zero)),
            index => Err(ConstantProductError::UnknownToken { index }),
        }
    }

    fn kept_millionths(&self) -> U256 {
        U256::from(FEE_DENOMINATOR - self.fee_millionths)
    }
}

fn check_reserve(reserve: U256) -> Result<(), ConstantProductError> {
    if reserve.bit_len() > RESERVE_BITS { Err(ConstantProductError::ReserveOverflow) } else { Ok(()) }
}
