//! Why the pool refuses an action.

use crate::ArithmeticError;

/// A refusal, by the name of the contract's error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The pool has no such reserve, or the account is not one of this pool.
    #[error("there is no reserve {0}")]
    UnknownReserve(usize),
    /// Nothing would be supplied or borrowed, or more be borrowed than was ever supplied.
    #[error("the amount is 0 in scaled units, or above the supply")]
    InvalidAmount,
    /// Nothing would be burned.
    #[error("the amount to burn is 0 in scaled units")]
    InvalidBurnAmount,
    /// The collateral has no borrowing power at all.
    #[error("the collateral's loan-to-value limit is 0")]
    LtvValidationFailed,
    /// The borrower would be liquidatable at once.
    #[error("the health factor would be below 1")]
    HealthFactorLowerThanLiquidationThreshold,
    /// The borrower would owe more than the loan-to-value limit allows.
    #[error("the collateral cannot cover the new debt")]
    CollateralCannotCoverNewBorrow,
    /// The position is healthy.
    #[error("the health factor is not below 1")]
    HealthFactorNotBelowThreshold,
    /// The borrower does not use this asset as collateral.
    #[error("the asset is not the borrower's collateral")]
    CollateralCannotBeLiquidated,
    /// The borrower does not owe this asset.
    #[error("the borrower does not owe this asset")]
    SpecifiedCurrencyNotBorrowedByUser,
    /// Both debt and collateral would be left, one of them below the least value.
    #[error("less than 1000 units of the base currency would be left")]
    MustNotLeaveDust,
    /// A number leaves its word, or a price or unit is zero.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

impl Error {
    /// The name of the contract's error; none where the contract reverts without one of its own.
    #[must_use]
    pub fn contract_name(&self) -> Option<&'static str> {
        Some(match self {
            Self::InvalidAmount => "InvalidAmount",
            Self::InvalidBurnAmount => "InvalidBurnAmount",
            Self::LtvValidationFailed => "LtvValidationFailed",
            Self::HealthFactorLowerThanLiquidationThreshold => "HealthFactorLowerThanLiquidationThreshold",
            Self::CollateralCannotCoverNewBorrow => "CollateralCannotCoverNewBorrow",
            Self::HealthFactorNotBelowThreshold => "HealthFactorNotBelowThreshold",
            Self::CollateralCannotBeLiquidated => "CollateralCannotBeLiquidated",
            Self::SpecifiedCurrencyNotBorrowedByUser => "SpecifiedCurrencyNotBorrowedByUser",
            Self::MustNotLeaveDust => "MustNotLeaveDust",
            Self::UnknownReserve(_) | Self::Arithmetic(_) => return None,
        })
    }
}
