//! Reasons why a cryptoswap pool refuses an operation.

use ruint::aliases::U256;

use crate::ArithmeticError;

/// Why a pool could not be built, or why the contract would have reverted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// An intermediate result leaves the 256-bit word.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
    /// An iteration did not settle within the contract's number of rounds.
    #[error("the iteration did not settle in 255 rounds")]
    NotSettled,
    /// The amplification is unsafe.
    #[error("amplification is {amplification}, must be in 4000..=4000000000")]
    AmplificationOutOfRange {
        /// The value given, `A N^N` with four decimals.
        amplification: U256,
    },
    /// `gamma` is unsafe.
    #[error("gamma is {gamma}, must be in 1e10..=2e16")]
    GammaOutOfRange {
        /// The value given.
        gamma: U256,
    },
    /// The invariant is unsafe for solving a balance.
    #[error("the invariant is {invariant}, must be in 1e17..=1e33")]
    InvariantOutOfRange {
        /// The value found.
        invariant: U256,
    },
    /// The larger balance is unsafe.
    #[error("the larger balance is {balance}, must be in 1e9..=1e33")]
    BalanceOutOfRange {
        /// The scaled balance.
        balance: U256,
    },
    /// One balance is too small beside the other, or a balance beside the invariant is not in 1 % to 10,000 %.
    #[error("the pool is too far out of balance")]
    OutOfBalance,
    /// A pool has coins 0 and 1.
    #[error("coin {index} is not one of 2")]
    UnknownCoin {
        /// The index asked for.
        index: usize,
    },
    /// Both sides of a swap are the same coin.
    #[error("coin {index} cannot be swapped for itself")]
    SameCoin {
        /// The index given twice.
        index: usize,
    },
    /// The operation needs an amount above zero.
    #[error("the amount is zero")]
    ZeroAmount,
    /// The operation would lower the virtual price (the contract's "Loss").
    #[error("the virtual price would fall from {before} to {after}")]
    Loss {
        /// Virtual price of the last operation.
        before: U256,
        /// Virtual price after this one.
        after: U256,
    },
    /// A deposit must be worth at least one unit of shares.
    #[error("the deposit mints no shares")]
    NothingMinted,
    /// More shares than there are.
    #[error("the withdrawal burns more shares than outstanding")]
    SharesAboveSupply,
    /// A fee above 100 %.
    #[error("{name} is above 1e10, the whole amount")]
    FeeOutOfRange {
        /// The fee in question.
        name: &'static str,
    },
    /// The moving average needs a half-life above zero.
    #[error("the half-life of the moving average is zero")]
    ZeroHalfLife,
    /// A coin has 0 to 18 decimals.
    #[error("precision of coin {index} is {precision}, must be in 1..=1e18")]
    PrecisionOutOfRange {
        /// The coin.
        index: usize,
        /// The factor given.
        precision: U256,
    },
    /// A ramp cannot start within a day of the last one and lasts a day at least.
    #[error("a ramp starts a day or more after the last one and lasts a day or more")]
    RampTooShort,
    /// A ramp changes amplification and `gamma` at most tenfold.
    #[error("{name} would change more than tenfold")]
    RampTooSteep {
        /// The parameter in question.
        name: &'static str,
    },
}
