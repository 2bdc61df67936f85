//! Renzo's ezETH: a first-in-first-out queue filled by inflows, and an instant path through its buffer at a fee.
//!
//! A request is worth its share of the protocol's value, and a claim pays the least of that and the share's value
//! when it is claimed: the claim is where the rate freezes, and until then the ezETH is locked, not burned.
//!
//! - [`oracle`]: value to ezETH and back, and prices of collateral tokens;
//! - [`queue`]: requests, the queue's deficit, the buffer, claims after the cooldown;
//! - [`instant`]: the fee by what is left of the buffer, request and claim in one transaction.
//!
//! Source: Renzo-Protocol/contracts-public at fc8c8e08, `contracts/Withdraw/WithdrawQueue.sol`,
//! `contracts/Withdraw/InstantWithdrawer.sol`, `contracts/Oracle/RenzoOracle.sol`.
//!
//! Units: wei, seconds, basis points. Domain: all of 256 bits. The ETH queue only; who may call what is not modelled.

pub mod instant;
pub mod oracle;
pub mod queue;

use crate::ArithmeticError;

/// Basis points of the whole.
pub const ONE_HUNDRED_PERCENT_BPS: u64 = 10_000;

/// Why a call reverts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenzoError {
    /// A result leaves its word, or a divisor is zero.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
    /// An amount or a setting of zero.
    #[error("an amount or a setting is 0")]
    ZeroInput,
    /// An amount that is worth nothing, or a value that mints nothing.
    #[error("the amount rounds to 0")]
    InvalidTokenAmount,
    /// A collateral token without a positive price.
    #[error("the price is 0")]
    InvalidOraclePrice,
    /// A price older than a day and a minute.
    #[error("the price is of {updated_at}, must be at most 86460 s old")]
    OraclePriceExpired {
        /// When the price was set.
        updated_at: u64,
    },
    /// The queue has no buffer of this asset.
    #[error("the buffer's target is 0")]
    UnsupportedWithdrawAsset,
    /// More asked for than the protocol holds behind the queue.
    #[error("the request is above the collateral left")]
    NotEnoughCollateralValue,
    /// Requests are paused.
    #[error("requests are paused")]
    WithdrawRequestPaused,
    /// Claims are paused.
    #[error("claims are paused")]
    ClaimPaused,
    /// No open request of this id.
    #[error("there is no open request {id}")]
    InvalidWithdrawIndex {
        /// The id given.
        id: u64,
    },
    /// The cooldown is not over.
    #[error("the cooldown of {cooldown_secs} s is not over")]
    EarlyClaim {
        /// The cooldown in force.
        cooldown_secs: u64,
    },
    /// The inflows have not reached this request.
    #[error("the queue is not filled up to this request")]
    QueuedWithdrawalNotFilled,
    /// More than the buffer holds.
    #[error("the amount is above the buffer")]
    NotEnoughWithdrawBuffer,
    /// The buffer would fall below what the instant path must leave.
    #[error("the buffer would fall below the draw-down limit")]
    BelowAllowedLimit,
    /// A setting above 100 %, or a highest fee below the lowest.
    #[error("{what} is {bps} bps, must be in {lowest}..=10000")]
    OverMaxBasisPoints {
        /// The setting.
        what: &'static str,
        /// The value given.
        bps: u64,
        /// Lowest value allowed.
        lowest: u64,
    },
}
