//! Kelp's rsETH: requests first in first out, unlocked by an operator from what the unstaking vault holds.
//!
//! A request locks rsETH at `expected = floor(amount rsETH_price / asset_price)`, which is committed until an operator
//! unlocks it; then it is worth the least of that and of the same at the prices of the unlocking, the rsETH is burned and
//! the assets move to the withdrawal contract. The user completes his own oldest request.
//!
//! Unlocking stops at the first request that is younger than the delay or dearer than what is left in the vault.
//!
//! Source: Kelp-DAO/LRT-rsETH at c289b815 (2025-02; the deployed code is newer), `contracts/LRTWithdrawalManager.sol`,
//! `contracts/LRTUnstakingVault.sol`.
//!
//! Units: wei, prices with 18 decimals, blocks. Domain: all of 256 bits. One asset; who may call what and the balances
//! of users are not modelled.

mod queue;

pub use queue::{Request, Unlocked, WithdrawalQueue};

use crate::arithmetic::mul_div_down;
use crate::{ArithmeticError, U256};

/// Eight days of blocks of 12 s, the delay at deployment.
pub const INITIAL_DELAY_BLOCKS: u64 = 57_600;
/// Ten days, the longest delay that can be set.
pub const MAX_DELAY_BLOCKS: u64 = 72_000;

/// Why a call reverts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KelpError {
    /// A result leaves its word, or a divisor is zero.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
    /// A request of nothing, or below the least amount.
    #[error("the request is 0 or below the least amount")]
    InvalidAmountToWithdraw,
    /// More expected than the protocol has left for new requests.
    #[error("the request is above the assets that are not committed")]
    ExceedAmountToWithdraw,
    /// An empty vault.
    #[error("the vault is empty")]
    AmountMustBeGreaterThanZero,
    /// Nothing to unlock below the given nonce.
    #[error("there is no locked request below this nonce")]
    NoPendingWithdrawals,
    /// A price outside of the operator's bounds.
    #[error("the {what} price is outside of the operator's bounds")]
    PriceOutOfRange {
        /// `rsETH` or `asset`.
        what: &'static str,
    },
    /// A user without requests.
    #[error("the user has no request")]
    QueueEmpty,
    /// A request that is not unlocked.
    #[error("the request is not unlocked")]
    WithdrawalLocked,
    /// A request younger than the delay.
    #[error("the request is younger than the delay")]
    WithdrawalDelayNotPassed,
    /// A delay above ten days.
    #[error("the delay is {blocks} blocks, must be in 0..=72000")]
    ExceedWithdrawalDelay {
        /// The delay given.
        blocks: u64,
    },
    /// The contract holds too little for the payment.
    #[error("the contract holds too little")]
    EthTransferFailed,
}

/// Prices in ETH as the oracle reports them, with 18 decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// Of rsETH.
    pub rseth: U256,
    /// Of the asset that is paid.
    pub asset: U256,
}

impl Prices {
    /// Assets for an amount of rsETH.
    fn assets_for(&self, rseth: U256) -> Result<U256, KelpError> {
        Ok(mul_div_down(rseth, self.rseth, self.asset)?)
    }
}

/// Prices between which an operator unlocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PriceBounds {
    /// Lowest of both.
    pub lowest: Prices,
    /// Highest of both.
    pub highest: Prices,
}

impl PriceBounds {
    /// No bounds.
    pub const NONE: Self = Self {
        lowest: Prices { rseth: U256::ZERO, asset: U256::ZERO },
        highest: Prices { rseth: U256::MAX, asset: U256::MAX },
    };

    fn check(&self, prices: &Prices) -> Result<(), KelpError> {
        for (what, lowest, price, highest) in [
            ("rsETH", self.lowest.rseth, prices.rseth, self.highest.rseth),
            ("asset", self.lowest.asset, prices.asset, self.highest.asset),
        ] {
            if price < lowest || price > highest {
                return Err(KelpError::PriceOutOfRange { what });
            }
        }
        Ok(())
    }
}
