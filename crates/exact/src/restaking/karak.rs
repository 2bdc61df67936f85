//! Karak: a vault of one operator, staked to services (DSS), that stays fully exposed while redemptions wait.
//!
//! ```text
//! redemption   locks shares, pays  floor(shares (A + 1) / (S + 1))  at the rate of the day it is finished, after 9 days
//! slash        earmarks  floor(percent A / 100e18)  when asked for, takes  min(earmarked, A)  2 days later
//! ```
//!
//! A slash that is asked for within 7 days of an offence is executed within 9, the least time that a redemption and a
//! change of stake wait: nobody leaves before it. The same assets back every service.
//!
//! Source: code-423n4/2024-07-karak at d803024a, `src/Vault.sol`, `src/entities/{SlasherLib,Operator,VaultLib}.sol`,
//! `src/interfaces/Constants.sol`; rates of solady's `ERC4626.sol`.
//!
//! Units: the asset's smallest unit, seconds, percent with 18 decimals (100e18 = all). Errors are shown in the
//! contracts' words. Domain: one vault and operator; pauses, hooks and native vaults are not modelled.

use ruint::aliases::U256;
use std::collections::BTreeMap;

use crate::ArithmeticError;
use crate::arithmetic::{add, sub};
use crate::wide_arithmetic::mul_div_down;

/// Seconds within which a service asks for a slash.
pub const SLASHING_WINDOW_SECS: u64 = 7 * 86_400;
/// Seconds in which a slash can be vetoed.
pub const SLASHING_VETO_WINDOW_SECS: u64 = 2 * 86_400;
/// Seconds that a redemption waits at least.
pub const MIN_WITHDRAWAL_DELAY_SECS: u64 = SLASHING_WINDOW_SECS + SLASHING_VETO_WINDOW_SECS;
/// Seconds that a change of stake waits at least.
pub const MIN_STAKE_UPDATE_DELAY_SECS: u64 = SLASHING_WINDOW_SECS + SLASHING_VETO_WINDOW_SECS;
/// Seconds between two slashes by one service.
pub const SLASHING_COOLDOWN_SECS: u64 = 2 * 86_400;
/// Everything, in percent.
pub const HUNDRED_PERCENT: U256 = U256::from_limbs([7_766_279_631_452_241_920, 5, 0, 0]);

/// A revert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KarakError {
    /// A deposit of nothing.
    #[error("ZeroAmount")]
    ZeroAmount,
    /// A redemption of nothing.
    #[error("ZeroShares")]
    ZeroShares,
    /// More shares than the account has.
    #[error("InsufficientBalance")]
    InsufficientBalance,
    /// No such redemption, or finished.
    #[error("WithdrawalNotFound")]
    WithdrawalNotFound,
    /// The redemption still waits.
    #[error("MinWithdrawDelayNotPassed")]
    MinWithdrawDelayNotPassed,
    /// The service is registered.
    #[error("DSSAlreadyRegistered")]
    ServiceAlreadyRegistered,
    /// A slash of nothing, or a service that may not slash.
    #[error("ZeroSlashPercentageWad")]
    ZeroSlashPercentage,
    /// More than the service may slash at once.
    #[error("MaxSlashPercentageWadBreached")]
    MaxSlashPercentageBreached,
    /// A change of the vault's stake waits already.
    #[error("PendingStakeUpdateRequest")]
    PendingStakeUpdateRequest,
    /// No such change waits.
    #[error("InvalidQueuedStakeUpdateInput")]
    InvalidStakeUpdate,
    /// The change still waits.
    #[error("OperatorStakeUpdateDelayNotPassed")]
    StakeUpdateDelayNotPassed,
    /// The vault is not staked to the service.
    #[error("VaultNotStakedToDSS")]
    VaultNotStaked,
    /// The service slashed a short while ago.
    #[error("SlashingCooldownNotPassed")]
    SlashingCooldownNotPassed,
    /// No such slash waits.
    #[error("InvalidSlashingParams")]
    InvalidSlashing,
    /// The slash can still be vetoed.
    #[error("MinSlashingDelayNotPassed")]
    MinSlashingDelayNotPassed,
    /// Checked arithmetic.
    #[error(transparent)]
    Arithmetic(#[from] ArithmeticError),
}

#[derive(Clone, Copy, Debug)]
struct Service {
    max_slash_percent: U256,
    staked: bool,
    next_slash: u64,
}

/// A change of stake that waits: the service, whether to stake, since when.
type StakeUpdate = (u32, bool, u64);

/// A vault. Numbers stand for addresses.
#[derive(Clone, Debug, Default)]
pub struct Vault {
    assets: U256,
    shares: U256,
    shares_of: BTreeMap<u32, U256>,
    redemptions: Vec<Option<(u64, U256)>>,
    services: BTreeMap<u32, Service>,
    stake_update: Option<StakeUpdate>,
    slashes: Vec<Option<(u64, U256)>>,
}

impl Vault {
    /// Assets, those of waiting redemptions included.
    #[must_use]
    pub fn total_assets(&self) -> U256 {
        self.assets
    }

    /// What shares are worth.
    ///
    /// # Errors
    /// When a number leaves the word.
    pub fn convert_to_assets(&self, shares: U256) -> Result<U256, KarakError> {
        Ok(mul_div_down(shares, add(self.assets, U256::ONE)?, add(self.shares, U256::ONE)?)?)
    }

    /// Deposits assets; returns the shares.
    ///
    /// # Errors
    /// As the contract reverts.
    pub fn deposit(&mut self, account: u32, assets: U256) -> Result<U256, KarakError> {
        if assets.is_zero() {
            return Err(KarakError::ZeroAmount);
        }
        let minted = mul_div_down(assets, add(self.shares, U256::ONE)?, add(self.assets, U256::ONE)?)?;
        let (total_assets, total_shares) = (add(self.assets, assets)?, add(self.shares, minted)?);
        (self.assets, self.shares) = (total_assets, total_shares);
        // No account has more than all shares.
        *self.shares_of.entry(account).or_default() += minted;
        Ok(minted)
    }

    /// Locks shares for a redemption; returns its number.
    ///
    /// # Errors
    /// As the contract reverts.
    pub fn start_redeem(&mut self, account: u32, shares: U256, now: u64) -> Result<usize, KarakError> {
        if shares.is_zero() {
            return Err(KarakError::ZeroShares);
        }
        let held = self.shares_of.get_mut(&account).filter(|held| **held >= shares);
        *held.ok_or(KarakError::InsufficientBalance)? -= shares;
        self.redemptions.push(Some((now, shares)));
        Ok(self.redemptions.len() - 1)
    }

    /// Pays a redemption at the present rate.
    ///
    /// # Errors
    /// As the contract reverts.
    pub fn finish_redeem(&mut self, redemption: usize, now: u64) -> Result<U256, KarakError> {
        let waiting = self.redemptions.get(redemption).copied().flatten();
        let (start, shares) = waiting.ok_or(KarakError::WithdrawalNotFound)?;
        if later(start, MIN_WITHDRAWAL_DELAY_SECS)? > now {
            return Err(KarakError::MinWithdrawDelayNotPassed);
        }
        let paid = self.convert_to_assets(shares)?;
        let (assets, shares) = (sub(self.assets, paid)?, sub(self.shares, shares)?);
        (self.assets, self.shares) = (assets, shares);
        self.redemptions[redemption] = None;
        Ok(paid)
    }

    /// Registers a service that may slash at most this percentage at once.
    ///
    /// # Errors
    /// As the contract reverts.
    pub fn register_service(&mut self, service: u32, max_slash_percent: U256) -> Result<(), KarakError> {
        if self.services.contains_key(&service) {
            return Err(KarakError::ServiceAlreadyRegistered);
        }
        check_percent(max_slash_percent, HUNDRED_PERCENT)?;
        self.services.insert(service, Service { max_slash_percent, staked: false, next_slash: 0 });
        Ok(())
    }

    /// Asks to stake the vault to a service, or to take it back; one change waits at a time.
    ///
    /// # Errors
    /// As the contract reverts.
    pub fn request_stake_update(&mut self, service: u32, to_stake: bool, now: u64) -> Result<(), KarakError> {
        if self.stake_update.is_some() {
            return Err(KarakError::PendingStakeUpdateRequest);
        }
        self.stake_update = Some((service, to_stake, now));
        Ok(())
    }

    /// Completes the change that waits.
    ///
    /// # Errors
    /// As the contract reverts.
    pub fn finalize_stake_update(&mut self, now: u64) -> Result<(), KarakError> {
        let (service, to_stake, start) = self.stake_update.ok_or(KarakError::InvalidStakeUpdate)?;
        if later(start, MIN_STAKE_UPDATE_DELAY_SECS)? > now {
            return Err(KarakError::StakeUpdateDelayNotPassed);
        }
        let state = self.services.get_mut(&service).ok_or(KarakError::InvalidStakeUpdate)?;
        state.staked = to_stake;
        self.stake_update = None;
        Ok(())
    }

    /// A service asks for a slash; returns its number and the assets earmarked.
    ///
    /// # Errors
    /// As the contract reverts.
    pub fn request_slash(
        &mut self,
        service: u32,
        percent: U256,
        now: u64,
    ) -> Result<(usize, U256), KarakError> {
        let state = self.services.get_mut(&service).ok_or(KarakError::VaultNotStaked)?;
        if now < state.next_slash {
            return Err(KarakError::SlashingCooldownNotPassed);
        }
        if !state.staked {
            return Err(KarakError::VaultNotStaked);
        }
        check_percent(percent, state.max_slash_percent)?;
        let earmarked = mul_div_down(percent, self.assets, HUNDRED_PERCENT)?;
        state.next_slash = later(now, SLASHING_COOLDOWN_SECS)?;
        self.slashes.push(Some((now, earmarked)));
        Ok((self.slashes.len() - 1, earmarked))
    }

    /// Takes what was earmarked, as far as it is there, after the veto's time.
    ///
    /// # Errors
    /// As the contract reverts.
    pub fn finalize_slash(&mut self, slash: usize, now: u64) -> Result<U256, KarakError> {
        let waiting = self.slashes.get(slash).copied().flatten();
        let (start, earmarked) = waiting.ok_or(KarakError::InvalidSlashing)?;
        if later(start, SLASHING_VETO_WINDOW_SECS)? > now {
            return Err(KarakError::MinSlashingDelayNotPassed);
        }
        let taken = earmarked.min(self.assets);
        self.assets = sub(self.assets, taken)?;
        self.slashes[slash] = None;
        Ok(taken)
    }

    /// The veto committee stops a slash, even after the veto's time if it was not taken yet.
    ///
    /// # Errors
    /// When no such slash waits.
    pub fn cancel_slash(&mut self, slash: usize) -> Result<(), KarakError> {
        let waiting = self.slashes.get_mut(slash).and_then(Option::take);
        waiting.map(|_| ()).ok_or(KarakError::InvalidSlashing)
    }
}

fn check_percent(percent: U256, most: U256) -> Result<(), KarakError> {
    if percent.is_zero() {
        return Err(KarakError::ZeroSlashPercentage);
    }
    if percent > most { Err(KarakError::MaxSlashPercentageBreached) } else { Ok(()) }
}

fn later(time: u64, delay: u64) -> Result<u64, KarakError> {
    Ok(time.checked_add(delay).ok_or(ArithmeticError::Overflow)?)
}
