//! Swell's rswETH: burned at the request for a numbered claim, processed by a bot up to a number, then claimed.
//!
//! A claim pays `floor(amount min(rate_at_request, processed_rate) / 1e18)`, where the processed rate is that of the
//! first processing that reached its number. The rate is stored, not computed: [`reprice`] sets it and refuses a change
//! that is too large, so a large loss leaves the old rate in force.
//!
//! - [`exits`]: requests, processing, claims;
//! - [`reprice`]: the new rate, the rewards that are minted with it, and the bounds.
//!
//! Source: SwellNetwork/v3-core-public at e66d0895, `contracts/lrt/contracts/implementations/RswEXIT.sol`, `RswETH.sol`,
//! `DepositManager.sol`. Products and quotients of 18 decimals are rounded down over 512 bits (PRBMath, version 3 by the
//! import and the compiler's version). How long processing takes is not in the contracts.
//!
//! Units: wei, rates and parts with 18 decimals. Domain: all of 256 bits. Who may call what is not modelled, nor who owns
//! a claim, nor how the minted rewards are shared out.

pub mod exits;
pub mod reprice;

use crate::{ArithmeticError, U256, wide_arithmetic};

const ONE: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);

/// Why a call reverts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SwellError {
    /// A result leaves its word, or a divisor is zero.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
    /// A request of nothing.
    #[error("the request is 0")]
    CannotBurnZero,
    /// A request below the least amount.
    #[error("the request is below the least amount")]
    WithdrawRequestTooSmall,
    /// A request above the highest amount.
    #[error("the request is above the highest amount")]
    WithdrawRequestTooLarge,
    /// Processing up to a number below the last.
    #[error("the requests are processed up to {last} already")]
    AlreadyProcessed {
        /// Last number processed.
        last: u64,
    },
    /// A number that is not given out, or is claimed.
    #[error("there is no open request {id}")]
    NoSuchRequest {
        /// The number given.
        id: u64,
    },
    /// A claim that is not processed.
    #[error("the request is not processed")]
    NotProcessed,
    /// Too little ETH in the deposit contract.
    #[error("the deposit contract holds too little")]
    InsufficientEth,
    /// No rswETH to share the reserves.
    #[error("there is no rswETH")]
    ZeroSupply,
    /// No reserves before the rewards.
    #[error("there are no reserves")]
    InvalidPreRewardReserves,
    /// A reprice too soon after the last.
    #[error("the last reprice was {elapsed_secs} s ago, must be {minimum_secs} s")]
    NotEnoughTimeElapsed {
        /// Seconds since the last reprice.
        elapsed_secs: u64,
        /// Seconds that must pass.
        minimum_secs: u64,
    },
    /// A change of the rate above the bound.
    #[error("the rate would move by {difference}, at most {maximum} is allowed")]
    RepriceDifferenceTooLarge {
        /// The change.
        difference: U256,
        /// The bound.
        maximum: U256,
    },
    /// A supply given that differs too much from the token's.
    #[error("the supply given is off by {difference}, at most {maximum} is allowed")]
    SupplyDifferenceTooLarge {
        /// The difference.
        difference: U256,
        /// The bound.
        maximum: U256,
    },
}

/// Product of two numbers of 18 decimals.
fn mul_down(a: U256, b: U256) -> Result<U256, SwellError> {
    Ok(wide_arithmetic::mul_div_down(a, b, ONE)?)
}

/// Quotient of two numbers of 18 decimals.
fn div_down(a: U256, b: U256) -> Result<U256, SwellError> {
    Ok(wide_arithmetic::mul_div_down(a, ONE, b)?)
}
