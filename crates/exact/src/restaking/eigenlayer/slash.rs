//! A set slashes an operator; what is slashed is burned or redistributed in a second step.

use ruint::aliases::U256;

use super::slashing_lib::WAD;
use super::{Core, EigenLayerError, Redistribution, Strategy};
use crate::arithmetic::add;

/// What a slash took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slashed {
    /// Number of the slash, counted by set from 1.
    pub slash_id: u64,
    /// Shares taken from the operator's stakers.
    pub operator_shares: U256,
    /// Shares booked as taken from withdrawals in escrow. The pods' factors are not in it: after a beacon chain loss
    /// more is booked than the withdrawals lose.
    pub queued_shares: U256,
}

/// Where slashed shares went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disbursement {
    /// Destroyed.
    Burned(U256),
    /// Paid to the set's recipient.
    Redistributed(U256),
}

impl Slashed {
    /// Shares to be burned or redistributed.
    ///
    /// # Errors
    /// When they leave the word.
    pub fn total(&self) -> Result<U256, EigenLayerError> {
        Ok(add(self.operator_shares, self.queued_shares)?)
    }
}

impl Core {
    /// Slashes the fraction `wads` of what an operator has allocated to a set.
    ///
    /// # Errors
    /// As the contracts revert.
    pub fn slash(&mut self, operator: u32, set: u32, wads: U256) -> Result<Slashed, EigenLayerError> {
        let block = self.block;
        let rules = self.sets.get_mut(&set).ok_or(EigenLayerError::InvalidOperatorSet)?;
        let slashable =
            self.operators.get_mut(&operator).filter(|state| state.registration(set).is_slashable(block));
        let state = slashable.ok_or(EigenLayerError::OperatorNotSlashable)?;
        if wads.is_zero() || wads > WAD {
            return Err(EigenLayerError::InvalidWadToSlash);
        }
        let mut after = state.clone();
        let (operator_shares, queued_shares) = after.slash(set, wads, block)?;
        let slashed = Slashed { slash_id: rules.slashes.saturating_add(1), operator_shares, queued_shares };
        let total = slashed.total()?;
        if self.strategy == Strategy::NativeEth {
            self.burnable_eth_shares = add(self.burnable_eth_shares, total)?;
        } else if !total.is_zero() {
            self.slashed.insert((set, slashed.slash_id), total);
        }
        rules.slashes = slashed.slash_id;
        *state = after;
        Ok(slashed)
    }

    /// Shares of slashed native ETH: they stay locked in the pods.
    #[must_use]
    pub fn burnable_eth_shares(&self) -> U256 {
        self.burnable_eth_shares
    }

    /// Shares of a slash that wait to be burned or redistributed.
    #[must_use]
    pub fn slashed_shares(&self, set: u32, slash_id: u64) -> U256 {
        self.slashed.get(&(set, slash_id)).copied().unwrap_or_default()
    }

    /// Burns or pays out what a slash took, as anybody may.
    ///
    /// # Errors
    /// When the set is unknown.
    pub fn clear_slashed_shares(&mut self, set: u32, slash_id: u64) -> Result<Disbursement, EigenLayerError> {
        let rules = self.sets.get(&set).ok_or(EigenLayerError::InvalidOperatorSet)?;
        let redistribution = rules.redistribution;
        let shares = self.slashed_shares(set, slash_id);
        self.take_from_strategy(shares)?;
        self.slashed.remove(&(set, slash_id));
        Ok(match redistribution {
            Redistribution::Burn => Disbursement::Burned(shares),
            Redistribution::Recipient => Disbursement::Redistributed(shares),
        })
    }
}
