//! A staker in the strategy: deposit shares, scaling factor, the pod's factor, the operator.

use ruint::aliases::U256;

use super::EigenLayerError;
use super::slashing_lib::{DepositScalingFactor, WAD_U64, mul_wad, scale};
use crate::arithmetic::{add, sub};

/// One staker's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Staker {
    /// Shares as deposited, slashed or not (`s`).
    pub deposit_shares: U256,
    /// `k`.
    pub scaling_factor: DepositScalingFactor,
    /// What the beacon chain has left of the pod (`l`, 1e18 = all).
    pub beacon_factor: u64,
    /// The operator delegated to.
    pub operator: Option<u32>,
}

impl Default for Staker {
    fn default() -> Self {
        Self {
            deposit_shares: U256::ZERO,
            scaling_factor: DepositScalingFactor::default(),
            beacon_factor: WAD_U64,
            operator: None,
        }
    }
}

impl Staker {
    /// `f = floor(m l)`: what is left of scaled shares. The pod's factor is one in every strategy but native ETH.
    ///
    /// # Errors
    /// Never within 64-bit factors.
    pub fn slashing_factor(&self, max_magnitude: u64) -> Result<U256, EigenLayerError> {
        mul_wad(U256::from(max_magnitude), U256::from(self.beacon_factor))
    }

    /// What the staker could queue and get if nothing else happened.
    ///
    /// # Errors
    /// When a product leaves the word.
    pub fn withdrawable(&self, max_magnitude: u64) -> Result<U256, EigenLayerError> {
        self.scaling_factor.withdrawable(self.deposit_shares, self.slashing_factor(max_magnitude)?)
    }

    /// `added` new shares on top of those held (`_increaseDelegation`).
    pub(super) fn add(&mut self, added: U256, max_magnitude: u64) -> Result<(), EigenLayerError> {
        let factor = self.slashing_factor(max_magnitude)?;
        if factor.is_zero() {
            return Err(EigenLayerError::FullySlashed);
        }
        if !added.is_zero() {
            self.scaling_factor = self.scaling_factor.updated(self.deposit_shares, added, factor)?;
            self.deposit_shares = add(self.deposit_shares, added)?;
        }
        Ok(())
    }

    /// Delegates everything held; returns the shares the operator gains. Its earlier slashes are not the staker's, but
    /// the pod's losses stay: only the magnitude is divided out.
    pub(super) fn delegate(&mut self, operator: u32, max_magnitude: u64) -> Result<U256, EigenLayerError> {
        let mut shares = U256::ZERO;
        if !self.deposit_shares.is_zero() {
            shares = self.scaling_factor.withdrawable(self.deposit_shares, U256::from(self.beacon_factor))?;
            if max_magnitude == 0 {
                return Err(EigenLayerError::FullySlashed);
            }
            if !shares.is_zero() {
                let none = U256::ZERO;
                self.scaling_factor = self.scaling_factor.updated(none, shares, U256::from(max_magnitude))?;
            }
        }
        self.operator = Some(operator);
        Ok(shares)
    }

    /// Takes deposit shares out; the scaling factor starts anew where none are left.
    pub(super) fn remove(&mut self, deposit_shares: U256) -> Result<(), EigenLayerError> {
        self.deposit_shares = sub(self.deposit_shares, deposit_shares)?;
        if self.deposit_shares.is_zero() {
            self.scaling_factor = DepositScalingFactor::default();
        }
        Ok(())
    }

    /// A pod that falls from `previous_balance` by `decrease`; returns by how much the factor falls
    /// (`_reduceSlashingFactor`).
    pub(super) fn reduce_beacon_factor(
        &mut self,
        previous_balance: U256,
        decrease: U256,
    ) -> Result<u64, EigenLayerError> {
        let new_balance = sub(previous_balance, decrease)?;
        let factor = scale(U256::from(self.beacon_factor), new_balance, previous_balance)?;
        let factor = u64::try_from(factor).map_err(|_| EigenLayerError::MagnitudeTooLarge)?;
        let fall = self.beacon_factor.saturating_sub(factor);
        self.beacon_factor = factor;
        Ok(fall)
    }
}
