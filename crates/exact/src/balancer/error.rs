//! Reasons why a Balancer pool refuses an operation.

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
    /// Logarithm or power outside of the range that the contract computes.
    #[error("the power is outside of the range the contract computes")]
    PowerOutOfRange,
    /// The token does not exist.
    #[error("token {index} is not one of {tokens}")]
    UnknownToken {
        /// The index asked for.
        index: usize,
        /// Number of tokens of the pool.
        tokens: usize,
    },
    /// Both sides of a swap are the same token.
    #[error("token {index} cannot be swapped for itself")]
    SameToken {
        /// The index given twice.
        index: usize,
    },
    /// The operation needs an amount above zero.
    #[error("the amount is zero")]
    ZeroAmount,
    /// A scaled amount of a trade is below the vault's minimum of 1e6.
    #[error("a scaled amount of the trade is below 1e6")]
    TradeTooSmall,
    /// A weighted pool takes at most 30 % of its balance in one trade.
    #[error("the input is above 30 % of the pool's balance")]
    InputRatioTooLarge,
    /// A weighted pool gives at most 30 % of its balance in one trade.
    #[error("the output is above 30 % of the pool's balance")]
    OutputRatioTooLarge,
    /// A deposit raises the invariant by more than the pool type allows.
    #[error("the deposit raises the invariant beyond the pool's limit")]
    InvariantRatioTooLarge,
    /// A withdrawal lowers the invariant by more than the pool type allows.
    #[error("the withdrawal lowers the invariant beyond the pool's limit")]
    InvariantRatioTooSmall,
    /// The invariant of a weighted pool is zero.
    #[error("the invariant is zero")]
    ZeroInvariant,
    /// The largest balance is too many times the smallest.
    #[error("the largest balance is too many times the smallest")]
    ImbalanceTooLarge,
    /// The StableSurge hook refuses an uneven deposit or withdrawal that worsens an imbalance above its threshold.
    #[error("the surge hook refuses a change that worsens the imbalance")]
    Surging,
    /// The hook asks for a fee above the vault's maximum of 99.9999 %.
    #[error("the dynamic fee is above 99.9999 %")]
    DynamicFeeTooHigh,
    /// A balance leaves the bits in which the vault stores it.
    #[error("a balance leaves the {bits} bits the vault has for it")]
    BalanceOverflow {
        /// 112 in version 2, 128 in version 3.
        bits: usize,
    },
    /// Fewer than 1e6 pool tokens would be outstanding.
    #[error("fewer than 1e6 pool tokens would be outstanding")]
    SupplyTooLow,
    /// A rate leaves the 128 bits of its cache.
    #[error("the rate leaves the 128 bits of its cache")]
    RateOverflow,
    /// The pool type has no such operation.
    #[error("the pool type has no such operation")]
    Unsupported,
    /// A list has another length than the pool has tokens.
    #[error("{name} has {length} entries, must have {tokens}")]
    WrongLength {
        /// The list.
        name: &'static str,
        /// Its length.
        length: usize,
        /// Number of tokens.
        tokens: usize,
    },
    /// The number of tokens is outside of the pool type's range.
    #[error("the pool has {tokens} tokens, must have 2..={most}")]
    TokensOutOfRange {
        /// The number given.
        tokens: usize,
        /// The pool type's maximum.
        most: usize,
    },
    /// The amplification is outside of what governance can set.
    #[error("amplification is {amplification_milli} thousandths, must be in 1000..={most_milli}")]
    AmplificationOutOfRange {
        /// The value given.
        amplification_milli: u64,
        /// The family's maximum.
        most_milli: u64,
    },
    /// A fraction outside of its range.
    #[error("{name} is outside of its range")]
    FractionOutOfRange {
        /// The parameter in question.
        name: &'static str,
    },
    /// The weights do not add up to one, or one is below 1 %.
    #[error("the weights must be at least 1 % each and add up to one")]
    WeightsOutOfRange,
    /// A scaling factor that no token with 0 to 18 decimals has.
    #[error("a scaling factor is not a power of ten of a token with 0 to 18 decimals")]
    ScalingFactorOutOfRange,
}
