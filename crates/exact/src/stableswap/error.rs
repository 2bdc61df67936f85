//! Reasons why a StableSwap pool refuses an operation.

use crate::ArithmeticError;

/// Why a pool could not be built, or why the contract would have reverted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// An intermediate result leaves the 256-bit word.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
    /// Newton's method did not settle within the contract's number of rounds.
    #[error("the iteration did not settle in 255 rounds")]
    NotSettled,
    /// The coin does not exist.
    #[error("coin {index} is not one of {coins}")]
    UnknownCoin {
        /// The index asked for.
        index: usize,
        /// Number of coins of the pool.
        coins: usize,
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
    /// The first deposit must bring every coin.
    #[error("the first deposit must bring every coin, coin {index} is missing")]
    IncompleteFirstDeposit {
        /// The coin with a zero amount.
        index: usize,
    },
    /// A deposit must raise the invariant.
    #[error("the deposit does not raise the invariant")]
    InvariantNotRaised,
    /// A withdrawal must burn shares.
    #[error("the withdrawal burns no shares")]
    NothingBurned,
    /// A list has another length than the pool has coins.
    #[error("{name} has {length} entries, must have {coins}")]
    WrongLength {
        /// The list.
        name: &'static str,
        /// Its length.
        length: usize,
        /// Number of coins.
        coins: usize,
    },
    /// A pool has two to eight coins.
    #[error("the pool has {coins} coins, must have 2..=8")]
    CoinsOutOfRange {
        /// The number given.
        coins: usize,
    },
    /// The amplification is outside of what governance can set.
    #[error("amplification is {amplification}, must be in 1..=1000000")]
    AmplificationOutOfRange {
        /// The value given.
        amplification: u64,
    },
    /// A ramp cannot start within a day of the last one and lasts a day at least.
    #[error("a ramp starts a day or more after the last one and lasts a day or more")]
    RampTooShort,
    /// A ramp changes the amplification at most tenfold.
    #[error("the amplification would change more than tenfold")]
    RampTooSteep,
    /// A fee above 100 %.
    #[error("{name} is above 1e10, the whole amount")]
    FeeOutOfRange {
        /// The fee in question.
        name: &'static str,
    },
    /// A value of the oracle's state leaves its 128 bits.
    #[error("the oracle cannot hold the value in 128 bits")]
    OracleOverflow,
    /// The oracle needs a window above zero.
    #[error("the averaging window is zero")]
    ZeroWindow,
}
