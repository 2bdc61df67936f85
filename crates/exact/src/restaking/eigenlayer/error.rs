//! Why a transaction reverts, in the contracts' words.

use crate::ArithmeticError;

/// A revert. Its text is the name of the contract's error, the text of its `require`, or the compiler's panic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EigenLayerError {
    /// The operator's magnitude or the pod's factor is zero: new shares could not be scaled.
    #[error("FullySlashed")]
    FullySlashed,
    /// The staker already has an operator.
    #[error("ActivelyDelegated")]
    ActivelyDelegated,
    /// The staker has no operator.
    #[error("NotActivelyDelegated")]
    NotActivelyDelegated,
    /// Nobody of that number is an operator (when delegating).
    #[error("OperatorNotRegistered")]
    OperatorNotRegistered,
    /// Nobody of that number is an operator (when registering for a set).
    #[error("InvalidOperator")]
    InvalidOperator,
    /// Nobody of that number has an allocation delay (when allocating), or it is not in effect yet.
    #[error("UninitializedAllocationDelay")]
    UninitializedAllocationDelay,
    /// There is no such operator set, or there is one already.
    #[error("InvalidOperatorSet")]
    InvalidOperatorSet,
    /// Native ETH cannot be redistributed.
    #[error("InvalidStrategy")]
    InvalidStrategy,
    /// The operator is registered for the set, or still slashable by it.
    #[error("AlreadyMemberOfSet")]
    AlreadyMemberOfSet,
    /// The operator is not registered for the set.
    #[error("NotMemberOfSet")]
    NotMemberOfSet,
    /// An earlier change of this allocation is not in effect yet.
    #[error("ModificationAlreadyPending")]
    ModificationAlreadyPending,
    /// The allocation already has that magnitude.
    #[error("SameMagnitude")]
    SameMagnitude,
    /// More would be allocated than the operator's max magnitude.
    #[error("InsufficientMagnitude")]
    InsufficientMagnitude,
    /// The operator is not registered for the set and its window has closed.
    #[error("OperatorNotSlashable")]
    OperatorNotSlashable,
    /// A slash by nothing or by more than everything.
    #[error("InvalidWadToSlash")]
    InvalidWadToSlash,
    /// A withdrawal of no shares.
    #[error("SharesAmountZero")]
    SharesAmountZero,
    /// A withdrawal of more shares than deposited.
    #[error("SharesAmountTooHigh")]
    SharesAmountTooHigh,
    /// The same, of native ETH.
    #[error("SharesNegative")]
    SharesNegative,
    /// A deposit of no tokens.
    #[error("NewSharesZero")]
    NewSharesZero,
    /// The strategy would hold more than 1e38 - 1 shares.
    #[error("TotalSharesExceedsMax")]
    TotalSharesExceedsMax,
    /// The strategy holds fewer shares than are to be taken out.
    #[error("WithdrawalAmountExceedsTotalDeposits")]
    WithdrawalAmountExceedsTotalDeposits,
    /// A pod reports whole Gwei only.
    #[error("SharesNotMultipleOfGwei")]
    SharesNotMultipleOfGwei,
    /// No such withdrawal, or completed already.
    #[error("WithdrawalNotQueued")]
    WithdrawalNotQueued,
    /// The withdrawal is somebody else's.
    #[error("WithdrawerNotCaller")]
    WithdrawerNotCaller,
    /// The withdrawal can still be slashed.
    #[error("WithdrawalDelayNotElapsed")]
    WithdrawalDelayNotElapsed,
    /// A magnitude leaves 64 bits.
    #[error("SafeCast: value doesn't fit in 64 bits")]
    MagnitudeTooLarge,
    /// A product's quotient leaves 256 bits.
    #[error("Math: mulDiv overflow")]
    MulDivOverflow,
    /// A block number leaves 32 bits; the contracts would wrap it.
    #[error("a block number does not fit 32 bits")]
    BlockTooLarge,
    /// Checked arithmetic.
    #[error("Panic({})", panic_code(.0))]
    Arithmetic(#[from] ArithmeticError),
}

fn panic_code(error: &ArithmeticError) -> &'static str {
    match error {
        ArithmeticError::Overflow | ArithmeticError::Underflow => "0x11",
        ArithmeticError::DivisionByZero => "0x12",
    }
}
