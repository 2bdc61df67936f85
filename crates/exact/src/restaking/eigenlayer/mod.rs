//! EigenLayer's core in one strategy: stakers delegate shares to operators, operators allocate magnitude to operator
//! sets, a set slashes what is allocated to it.
//!
//! ```text
//! withdrawable  a  = floor(floor(s k) f),   f = floor(m l)      s deposit shares, k deposit scaling factor,
//! operator         = sum of a, up to rounding                   m max magnitude, l beacon chain slashing factor
//! slash by w    D  = ceil(c w),   c' = c - D,   m' = m - D      c magnitude allocated to the set
//!                  operator' = ceil(operator m' / m)
//! withdrawal       pays floor(scaled floor(m_t l)), scaled = floor(x k), m_t at the end of the escrow, l when paid
//! ```
//!
//! All factors carry 18 decimals. Stake is unique: what is allocated over all sets is at most `m`, so no magnitude is
//! slashed twice. A set reaches an operator while it is registered and for 100,800 blocks after; a deallocation that
//! waits is slashable until it takes effect.
//!
//! - [`slashing_lib`]: the arithmetic alone;
//! - [`Core`]: the whole protocol's state, one method per transaction;
//! - [`Operator`], [`Allocation`], [`Registration`], [`AllocationDelay`]: what an operator is and owes;
//! - [`Staker`], [`Withdrawal`]: what a staker holds and waits for;
//! - [`Disbursement`]: burn or redistribute, the second step of a slash.
//!
//! Source: Layr-Labs/eigenlayer-contracts at f84a5151: `core/DelegationManager.sol`, `core/AllocationManager.sol`,
//! `core/StrategyManager.sol`, `strategies/StrategyBase.sol`, `pods/EigenPodManager.sol`, `libraries/SlashingLib.sol`;
//! delays of `script/configs/mainnet.json`.
//!
//! Units: shares in wei of the strategy (1 share = 1 token: nothing accrues inside), factors with 1e18 = 1, blocks.
//! Domain: block numbers of 32 bits; an operator is not a staker of its own; pods are their reported balances, so that
//! whether the ETH has arrived when a withdrawal is completed is not asked. Errors are shown in the contracts' words.

mod allocation;
mod core;
mod error;
mod history;
mod operator;
mod sets;
mod slash;
pub mod slashing_lib;
mod staker;
mod withdrawal;

pub use allocation::{Allocation, AllocationDelay, Registration};
pub use core::{Core, Strategy};
pub use error::EigenLayerError;
pub use operator::Operator;
pub use sets::Redistribution;
pub use slash::{Disbursement, Slashed};
pub use staker::Staker;
pub use withdrawal::{QueuedWithdrawal, Receipt, Withdrawal};

/// Blocks in which a queued withdrawal can still be slashed (`MIN_WITHDRAWAL_DELAY_BLOCKS`, 14 days of 12 s).
pub const WITHDRAWAL_DELAY_BLOCKS: u32 = 100_800;
/// Blocks in which a deallocation, or a set that was left, can still be slashed (`DEALLOCATION_DELAY`).
pub const DEALLOCATION_DELAY_BLOCKS: u32 = 100_800;
/// Blocks until a change of an operator's allocation delay takes effect (`ALLOCATION_CONFIGURATION_DELAY`).
pub const ALLOCATION_CONFIGURATION_DELAY_BLOCKS: u32 = 126_000;
