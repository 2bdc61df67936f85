//! A withdrawal between queue and payment.

use ruint::aliases::U256;

use super::allocation::add_blocks;
use super::{EigenLayerError, WITHDRAWAL_DELAY_BLOCKS};

/// A queued withdrawal. It holds scaled shares: what they pay is known when the escrow is over, for native ETH when it
/// is completed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Withdrawal {
    /// Whose it is.
    pub staker: u32,
    /// The operator it was taken from, whose slashes still reach it.
    pub operator: Option<u32>,
    /// Block in which it was queued.
    pub start_block: u32,
    /// Deposit shares times the scaling factor of that moment.
    pub scaled_shares: U256,
}

impl Withdrawal {
    /// Last block in which a slash of the operator reaches it; it can be completed in the next.
    ///
    /// # Errors
    /// When the block leaves 32 bits.
    pub fn slashable_until(&self) -> Result<u32, EigenLayerError> {
        add_blocks(self.start_block, WITHDRAWAL_DELAY_BLOCKS, 0)
    }
}

/// A withdrawal as it enters the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueuedWithdrawal {
    /// Its number, counted over all stakers from 0.
    pub id: usize,
    /// Its scaled shares.
    pub scaled_shares: U256,
    /// What it would pay if nothing else happened.
    pub withdrawable: U256,
}

/// How a withdrawal is received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// As tokens, which leave the protocol.
    Tokens,
    /// As shares, delegated to the staker's operator of the moment.
    Shares,
}
