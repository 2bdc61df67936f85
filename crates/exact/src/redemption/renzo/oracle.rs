//! Value to ezETH and back, and the prices of collateral tokens (`RenzoOracle.sol`).
//!
//! ```text
//! redeem = floor(tvl amount / supply)
//! p = floor(1e18 value / (tvl + value));    mint = floor(1e18 supply / (1e18 - p)) - supply
//! ```
//!
//! Minting rounds the depositor's part of the value to 18 decimals before it is applied, so its error grows with the
//! supply. Values and prices carry 18 decimals.

use super::RenzoError;
use crate::U256;
use crate::arithmetic::{add, div_down, mul, mul_div_down, sub};

const ONE: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);
const MAX_PRICE_AGE_SECS: u64 = 86_400 + 60;

/// ezETH minted for `value_added`; one for one while there is no value or no ezETH.
///
/// # Errors
/// When nothing would be minted or a product overflows.
pub fn mint_amount(value_in_protocol: U256, value_added: U256, supply: U256) -> Result<U256, RenzoError> {
    if value_in_protocol.is_zero() || supply.is_zero() {
        return Ok(value_added);
    }
    let part = div_down(mul(ONE, value_added)?, add(value_in_protocol, value_added)?)?;
    let new_supply = div_down(mul(supply, ONE)?, sub(ONE, part)?)?;
    let minted = sub(new_supply, supply)?;
    if minted.is_zero() { Err(RenzoError::InvalidTokenAmount) } else { Ok(minted) }
}

/// Value of `ezeth` while `supply` shares `value_in_protocol`.
///
/// # Errors
/// When the amount is worth nothing, there is no supply, or the product overflows.
pub fn redeem_amount(ezeth: U256, supply: U256, value_in_protocol: U256) -> Result<U256, RenzoError> {
    let value = mul_div_down(value_in_protocol, ezeth, supply)?;
    if value.is_zero() { Err(RenzoError::InvalidTokenAmount) } else { Ok(value) }
}

/// Price of a collateral token in ETH, as its feed reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenPrice {
    /// ETH per token, with 18 decimals.
    pub price: U256,
    /// Unix time of the report.
    pub updated_at: u64,
}

impl TokenPrice {
    /// Value of `amount` tokens.
    ///
    /// # Errors
    /// When the price is too old or zero, or the product overflows.
    pub fn value_of(&self, amount: U256, now: u64) -> Result<U256, RenzoError> {
        Ok(mul_div_down(self.at(now)?, amount, ONE)?)
    }

    /// Tokens worth `value`.
    ///
    /// # Errors
    /// When the price is too old or zero, or the product overflows.
    pub fn amount_of(&self, value: U256, now: u64) -> Result<U256, RenzoError> {
        Ok(mul_div_down(value, ONE, self.at(now)?)?)
    }

    fn at(&self, now: u64) -> Result<U256, RenzoError> {
        let oldest = sub(U256::from(now), U256::from(MAX_PRICE_AGE_SECS))?;
        if U256::from(self.updated_at) < oldest {
            return Err(RenzoError::OraclePriceExpired { updated_at: self.updated_at });
        }
        if self.price.is_zero() { Err(RenzoError::InvalidOraclePrice) } else { Ok(self.price) }
    }
}
