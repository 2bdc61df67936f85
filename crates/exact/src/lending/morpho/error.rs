use crate::ArithmeticError;

/// Why a call reverts; the contract's own words stand first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MorphoError {
    /// Not exactly one of two amounts is zero.
    #[error("inconsistent input: exactly one of the two amounts must be zero")]
    InconsistentInput,
    /// Nothing is moved.
    #[error("zero assets: the amount must be above zero")]
    ZeroAssets,
    /// The position would not be healthy.
    #[error("insufficient collateral: the debt exceeds collateral * price * LLTV")]
    InsufficientCollateral,
    /// More would be lent than is supplied.
    #[error("insufficient liquidity: the market's debt exceeds its supply")]
    InsufficientLiquidity,
    /// Nobody may liquidate the position.
    #[error("position is healthy: the debt is at most collateral * price * LLTV")]
    HealthyPosition,
    /// An amount is 2^128 or more.
    #[error("max uint128 exceeded: an amount does not fit 128 bits")]
    AmountTooLarge,
    /// The market asks for a loan-to-value no market may have.
    #[error("max LLTV exceeded: the LLTV must be below 1e18")]
    LltvTooLarge,
    /// The market asks for a fee no market may have.
    #[error("max fee exceeded: the fee must be at most 0.25e18")]
    FeeTooLarge,
    /// A number leaves its word: more is taken than there is, or more is owed than can be written.
    #[error("panic: {0}")]
    Arithmetic(#[from] ArithmeticError),
}
