//! Puffer's pufETH: an ERC-4626 vault that pays at once out of what it holds, and withdrawals in batches of ten.
//!
//! Both value a share with one virtual unit on each side. The instant path takes two fees; the queue takes none, but
//! pays the least of the rates at the request and when its batch was finalised, and only whole batches are finalised.
//!
//! - [`vault`]: shares and assets, fees, limits of the instant path;
//! - [`batches`]: requests, finalisation, completion, return of what a batch did not pay.
//!
//! Source: PufferFinance/puffer-contracts at 38060006, `mainnet-contracts/src/PufferVaultV5.sol`,
//! `mainnet-contracts/src/PufferWithdrawalManager.sol`, `PufferWithdrawalManagerStorage.sol` (widths of the fields);
//! OpenZeppelin 5.0.1, `ERC4626Upgradeable.sol`, `Math.sol`.
//!
//! Units: wei, basis points, rates with 18 decimals. Domain: all of 256 bits, amounts of the queue 128 bits. Users are
//! numbers; who may call what is not modelled.

pub mod batches;
pub mod vault;

use crate::ArithmeticError;

/// Why a call reverts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PufferError {
    /// A result leaves its word, or a divisor is zero.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
    /// A quotient of the vault leaves 256 bits.
    #[error("a quotient does not fit 256 bits")]
    MathOverflowedMulDiv,
    /// A number does not fit the field that keeps it.
    #[error("a number does not fit {bits} bits")]
    SafeCastOverflow {
        /// Width of the field.
        bits: usize,
    },
    /// A fee above the contract's ceiling.
    #[error("a fee is {bps} bps, must be in 0..=250")]
    InvalidExitFeeBasisPoints {
        /// The fee given.
        bps: u64,
    },
    /// More assets than the user or the vault has.
    #[error("the assets are above what the user and the vault have")]
    ExceededMaxWithdraw,
    /// More shares than the user has or the vault can pay.
    #[error("the shares are above what the user has and the vault can pay")]
    ExceededMaxRedeem,
    /// A transfer or burn of shares that are not there.
    #[error("the balance of shares is too small")]
    InsufficientShares,
    /// The vault holds too little ETH and WETH.
    #[error("the vault holds too little ETH and WETH")]
    InsufficientLiquidity,
    /// A request below 0.01 pufETH.
    #[error("the request is below 0.01 pufETH")]
    WithdrawalAmountTooLow,
    /// A request above the limit.
    #[error("the request is above the limit")]
    WithdrawalAmountTooHigh,
    /// A batch that is not full, or does not exist.
    #[error("a batch up to this one is not full")]
    BatchesAreNotFull,
    /// A batch that is final already.
    #[error("the batch is final already")]
    BatchAlreadyFinalized,
    /// A withdrawal whose batch is not final.
    #[error("the batch is not final")]
    NotFinalized,
    /// A withdrawal that is paid already.
    #[error("the withdrawal is paid already")]
    WithdrawalAlreadyCompleted,
    /// A batch of which some withdrawals are not paid.
    #[error("some withdrawals of the batch are not paid")]
    NotAllWithdrawalsClaimed,
    /// A batch that owes nothing to the vault.
    #[error("nothing of the batch is left to return")]
    AlreadyReturned,
    /// A batch that does not exist.
    #[error("there is no batch {index}")]
    NoSuchBatch {
        /// The index given.
        index: usize,
    },
}
