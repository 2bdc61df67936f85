//! The stored rate and its bounds (`RswETH.sol`, `reprice`).
//!
//! With reserves `R` before and `x` of new rewards, a part `p` of them for operators and treasury, and a supply `S`:
//!
//! ```text
//! minted = S (p x) / (R + x - p x)        rate = (R + x) / (S + minted)
//! ```
//!
//! every product and quotient rounded down at 18 decimals. A loss enters as smaller reserves before the rewards.

use super::{ONE, SwellError, div_down, mul_down};
use crate::U256;
use crate::arithmetic::{add, mul_div_down, sub};

/// What governance allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RepriceBounds {
    /// Part of the rewards that is minted to operators and treasury, with 18 decimals.
    pub reward_share: U256,
    /// Seconds between two reprices.
    pub minimum_secs: u64,
    /// Largest relative change of the rate, with 18 decimals.
    pub maximum_rate_change: U256,
    /// Largest relative difference between the supply given and the token's, with 18 decimals.
    pub maximum_supply_difference: U256,
}

/// What the bot reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserves {
    /// ETH before the rewards.
    pub pre_reward: U256,
    /// New rewards.
    pub new_rewards: U256,
    /// rswETH that shares them.
    pub supply: U256,
}

/// The rate and when it was set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    fixed: Option<(U256, u64)>,
}

impl Rate {
    /// ETH per rswETH with 18 decimals; one before the first reprice (`rswETHToETHRate`).
    #[must_use]
    pub fn eth_per_rsweth(&self) -> U256 {
        match self.fixed {
            Some((rate, _)) if !rate.is_zero() => rate,
            _ => ONE,
        }
    }

    /// Sets the rate from the reserves; returns the rswETH to mint. `supply` is the token's own.
    ///
    /// # Errors
    /// When it is too soon, a bound is broken or there is nothing to share; the rate is then unchanged.
    pub fn reprice(
        &mut self,
        reserves: &Reserves,
        supply: U256,
        bounds: &RepriceBounds,
        now: u64,
    ) -> Result<U256, SwellError> {
        if reserves.supply.is_zero() || supply.is_zero() {
            return Err(SwellError::ZeroSupply);
        }
        if reserves.pre_reward.is_zero() {
            return Err(SwellError::InvalidPreRewardReserves);
        }
        let last = self.fixed.map_or(0, |(_, at)| at);
        let elapsed_secs = now.checked_sub(last).ok_or(crate::ArithmeticError::Underflow)?;
        let minimum_secs = bounds.minimum_secs;
        if elapsed_secs < minimum_secs {
            return Err(SwellError::NotEnoughTimeElapsed { elapsed_secs, minimum_secs });
        }
        let total = add(reserves.pre_reward, reserves.new_rewards)?;
        let rewards = mul_down(reserves.new_rewards, bounds.reward_share)?;
        let minted = div_down(mul_down(reserves.supply, rewards)?, sub(total, rewards)?)?;
        let rate = div_down(total, add(reserves.supply, minted)?)?;
        if let Some((before, _)) = self.fixed {
            let maximum = mul_down(before, bounds.maximum_rate_change)?;
            let difference = rate.abs_diff(before);
            if difference > maximum {
                return Err(SwellError::RepriceDifferenceTooLarge { difference, maximum });
            }
        }
        let maximum = mul_div_down(supply, bounds.maximum_supply_difference, ONE)?;
        let difference = reserves.supply.abs_diff(supply);
        if difference > maximum {
            return Err(SwellError::SupplyDifferenceTooLarge { difference, maximum });
        }
        self.fixed = Some((rate, now));
        Ok(minted)
    }
}
