//! Why a transaction reverts, in the contracts' words.

use crate::ArithmeticError;

/// A revert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SymbioticError {
    /// An epoch of no seconds.
    #[error("InvalidEpochDuration")]
    InvalidEpochDuration,
    /// A time before the vault, or time run backwards.
    #[error("InvalidTimestamp")]
    InvalidTimestamp,
    /// A deposit of nothing.
    #[error("InsufficientDeposit")]
    InsufficientDeposit,
    /// A withdrawal of nothing.
    #[error("InsufficientWithdrawal")]
    InsufficientWithdrawal,
    /// A withdrawal of more than the account's stake.
    #[error("TooMuchWithdraw")]
    TooMuchWithdraw,
    /// The epoch's withdrawals can still be slashed.
    #[error("InvalidEpoch")]
    InvalidEpoch,
    /// Claimed before.
    #[error("AlreadyClaimed")]
    AlreadyClaimed,
    /// Nothing to claim.
    #[error("InsufficientClaim")]
    InsufficientClaim,
    /// The capture is neither of this epoch nor of the one before.
    #[error("InvalidCaptureEpoch")]
    InvalidCaptureEpoch,
    /// The veto takes an epoch or longer.
    #[error("InvalidVetoDuration")]
    InvalidVetoDuration,
    /// The capture is too old for a request, or not in the past.
    #[error("InvalidCaptureTimestamp")]
    InvalidCaptureTimestamp,
    /// A request to slash nothing.
    #[error("InsufficientSlash")]
    InsufficientSlash,
    /// No such request.
    #[error("SlashRequestNotExist")]
    SlashRequestNotExist,
    /// The request is executed or vetoed.
    #[error("SlashRequestCompleted")]
    SlashRequestCompleted,
    /// The resolver may still veto.
    #[error("VetoPeriodNotEnded")]
    VetoPeriodNotEnded,
    /// It is too late for a veto.
    #[error("VetoPeriodEnded")]
    VetoPeriodEnded,
    /// The capture is older than an epoch.
    #[error("SlashPeriodEnded")]
    SlashPeriodEnded,
    /// A later capture was slashed already.
    #[error("OutdatedCaptureTimestamp")]
    OutdatedCaptureTimestamp,
    /// Checked arithmetic.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}
