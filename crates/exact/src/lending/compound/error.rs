use crate::ArithmeticError;

/// Why a call reverts; the contract's own error stands first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CometError {
    /// The account's debt is covered.
    #[error("NotLiquidatable: the collateral covers the debt")]
    NotLiquidatable,
    /// The account's debt would not be covered.
    #[error("NotCollateralized: the collateral does not cover the debt")]
    NotCollateralized,
    /// The account would owe less than the least debt.
    #[error("BorrowTooSmall: the debt is below the smallest allowed")]
    BorrowTooSmall,
    /// Reserves have reached their target.
    #[error("NotForSale: the reserves have reached their target")]
    NotForSale,
    /// The protocol owns less of the collateral.
    #[error("InsufficientReserves: the protocol has less of the asset")]
    InsufficientReserves,
    /// The buyer asked for more.
    #[error("TooMuchSlippage: the quote is below the least amount asked for")]
    TooMuchSlippage,
    /// A price is zero.
    #[error("BadPrice: a price is 0, must be above 0")]
    BadPrice,
    /// There is no such asset.
    #[error("BadAsset: no collateral asset of this number")]
    BadAsset,
    /// More decimals than a token may have.
    #[error("BadDecimals: decimals must be at most 18")]
    BadDecimals,
    /// One may borrow more than is safe from liquidation.
    #[error("BorrowCFTooLarge: must be below the liquidation collateral factor")]
    BorrowFactorTooLarge,
    /// More than the whole value counts.
    #[error("LiquidateCFTooLarge: a factor must be at most 1e18")]
    FactorTooLarge,
    /// A number of 64 bits overflows.
    #[error("InvalidUInt64: a rate or an index does not fit 64 bits")]
    InvalidUint64,
    /// A principal of 104 bits overflows.
    #[error("InvalidUInt104: a principal or balance does not fit its bits")]
    InvalidUint104,
    /// An amount of collateral of 128 bits overflows.
    #[error("InvalidUInt128: an amount of collateral does not fit 128 bits")]
    InvalidUint128,
    /// A number leaves its word, or more is taken than there is.
    #[error("panic: {0}")]
    Arithmetic(#[from] ArithmeticError),
}
