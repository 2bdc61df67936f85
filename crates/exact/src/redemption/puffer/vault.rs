//! The vault: pufETH is a share of all assets, and what the vault holds itself can be had at once.
//!
//! With `A` all assets and `S` all shares, `assets = shares (A + 1) / (S + 1)` and back; amounts that leave are rounded
//! down, those that enter up. The fees are `e` for those who stay and `t` for the treasury, in basis points:
//!
//! ```text
//! withdraw(a): gross = floor(1e4 a / (1e4 - e - t)), shares = ceil(shares(gross)), treasury = ceil(gross t / 1e4)
//! redeem(s):   gross = floor(assets(s)),             a = gross - ceil(gross e / 1e4) - ceil(gross t / 1e4)
//! preview:     a = gross - ceil(gross (e + t) / 1e4): one rounding where `redeem` has two
//! ```
//!
//! So a redemption pays up to a wei less than its preview, and one of a single wei with both fees set reverts.

use std::collections::BTreeMap;

use super::PufferError;
use crate::arithmetic::{add, sub};
use crate::{ArithmeticError, U256, wide_arithmetic};

const BASIS_POINTS: U256 = U256::from_limbs([10_000, 0, 0, 0]);
const MAX_EXIT_FEE_BPS: u64 = 250;
pub(super) const ONE: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);

/// What left the vault on the instant path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstantExit {
    /// Shares burned.
    pub shares: U256,
    /// WETH to the user.
    pub assets: U256,
    /// WETH to the treasury.
    pub treasury_fee: U256,
}

/// The vault and the holders of its shares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Vault {
    /// Everything that counts as an asset but is not in the vault: restaked ETH as the oracle reports it, and the net
    /// of rewards and pending withdrawals.
    pub locked_eth: U256,
    eth: U256,
    weth: U256,
    supply: U256,
    shares: BTreeMap<u64, U256>,
    exit_fee_bps: u64,
    treasury_fee_bps: u64,
}

impl Vault {
    /// ETH of the vault.
    #[must_use]
    pub fn eth(&self) -> U256 {
        self.eth
    }

    /// WETH of the vault.
    #[must_use]
    pub fn weth(&self) -> U256 {
        self.weth
    }

    /// All shares, those that wait in the queue included.
    #[must_use]
    pub fn supply(&self) -> U256 {
        self.supply
    }

    /// Shares of a user.
    #[must_use]
    pub fn shares_of(&self, user: u64) -> U256 {
        self.shares.get(&user).copied().unwrap_or_default()
    }

    /// ETH and WETH of the vault and what it has elsewhere.
    ///
    /// # Errors
    /// When a sum overflows.
    pub fn total_assets(&self) -> Result<U256, PufferError> {
        Ok(add(add(self.weth, self.eth)?, self.locked_eth)?)
    }

    /// Assets of one share of 1e18, rounded down: the rate of the queue.
    ///
    /// # Errors
    /// When the number overflows.
    pub fn rate(&self) -> Result<U256, PufferError> {
        self.assets_of(ONE)
    }

    /// Sets the fees of those who stay and of the treasury.
    ///
    /// # Errors
    /// When a fee is above 2.5 %; the vault is then unchanged.
    pub fn set_exit_fees(&mut self, exit_fee_bps: u64, treasury_fee_bps: u64) -> Result<(), PufferError> {
        if let Some(bps) = [exit_fee_bps, treasury_fee_bps].into_iter().find(|&bps| bps > MAX_EXIT_FEE_BPS) {
            return Err(PufferError::InvalidExitFeeBasisPoints { bps });
        }
        (self.exit_fee_bps, self.treasury_fee_bps) = (exit_fee_bps, treasury_fee_bps);
        Ok(())
    }

    /// Takes ETH in and mints its shares, which are returned.
    ///
    /// # Errors
    /// When a number overflows; the vault is then unchanged.
    pub fn deposit_eth(&mut self, user: u64, amount: U256) -> Result<U256, PufferError> {
        let eth = add(self.eth, amount)?;
        let minted = self.mint(user, amount)?;
        self.eth = eth;
        Ok(minted)
    }

    /// Takes WETH in and mints its shares, which are returned.
    ///
    /// # Errors
    /// When a number overflows; the vault is then unchanged.
    pub fn deposit_weth(&mut self, user: u64, amount: U256) -> Result<U256, PufferError> {
        let weth = add(self.weth, amount)?;
        let minted = self.mint(user, amount)?;
        self.weth = weth;
        Ok(minted)
    }

    /// Mints the shares of an amount that is not among the assets yet.
    fn mint(&mut self, user: u64, amount: U256) -> Result<U256, PufferError> {
        let minted =
            mul_div_down(amount, add(self.supply, U256::ONE)?, add(self.total_assets()?, U256::ONE)?)?;
        let supply = add(self.supply, minted)?;
        let balance = add(self.shares_of(user), minted)?;
        self.supply = supply;
        self.shares.insert(user, balance);
        Ok(minted)
    }

    /// Assets for redeemed shares as the standard's view says.
    ///
    /// # Errors
    /// When a number overflows.
    pub fn preview_redeem(&self, shares: U256) -> Result<U256, PufferError> {
        let gross = self.assets_of(shares)?;
        Ok(sub(gross, fee_on(gross, self.total_fee_bps())?)?)
    }

    /// Shares for withdrawn assets as the standard's view says.
    ///
    /// # Errors
    /// When a number overflows.
    pub fn preview_withdraw(&self, assets: U256) -> Result<U256, PufferError> {
        self.shares_for(self.with_fees(assets)?)
    }

    /// Most assets that a user can withdraw at once.
    ///
    /// # Errors
    /// When a number overflows.
    pub fn max_withdraw(&self, user: u64) -> Result<U256, PufferError> {
        let liquid = add(self.weth, self.eth)?;
        let payable = sub(liquid, fee_on(liquid, self.total_fee_bps())?)?;
        Ok(self.preview_redeem(self.shares_of(user))?.min(payable))
    }

    /// Most shares that a user can redeem at once.
    ///
    /// # Errors
    /// When a number overflows.
    pub fn max_redeem(&self, user: u64) -> Result<U256, PufferError> {
        Ok(self.shares_for(add(self.weth, self.eth)?)?.min(self.shares_of(user)))
    }

    /// Pays `assets` in WETH for as many shares as they and the fees are worth.
    ///
    /// # Errors
    /// When the user or the vault has too little; the vault is then unchanged.
    pub fn withdraw(&mut self, user: u64, assets: U256) -> Result<InstantExit, PufferError> {
        if assets > self.max_withdraw(user)? {
            return Err(PufferError::ExceededMaxWithdraw);
        }
        let gross = self.with_fees(assets)?;
        let treasury_fee = fee_on(gross, self.treasury_fee_bps)?;
        let shares = self.shares_for(gross)?;
        self.pay(user, InstantExit { shares, assets, treasury_fee })
    }

    /// Burns `shares` for what they are worth without the fees, in WETH.
    ///
    /// # Errors
    /// When the user or the vault has too little, or the two rounded fees exceed the value; the vault is then
    /// unchanged.
    pub fn redeem(&mut self, user: u64, shares: U256) -> Result<InstantExit, PufferError> {
        if shares > self.max_redeem(user)? {
            return Err(PufferError::ExceededMaxRedeem);
        }
        let gross = self.assets_of(shares)?;
        let treasury_fee = fee_on(gross, self.treasury_fee_bps)?;
        let assets = sub(sub(gross, fee_on(gross, self.exit_fee_bps)?)?, treasury_fee)?;
        self.pay(user, InstantExit { shares, assets, treasury_fee })
    }

    /// Wraps what WETH lacks, burns the shares and sends both amounts.
    fn pay(&mut self, user: u64, exit: InstantExit) -> Result<InstantExit, PufferError> {
        let leaving = add(exit.assets, exit.treasury_fee)?;
        let wrapped = leaving.saturating_sub(self.weth);
        let eth = self.eth.checked_sub(wrapped).ok_or(PufferError::InsufficientLiquidity)?;
        let weth = sub(add(self.weth, wrapped)?, leaving)?;
        self.take_shares(user, exit.shares)?;
        self.burn(exit.shares)?;
        (self.eth, self.weth) = (eth, weth);
        Ok(exit)
    }

    /// Takes shares from a user; they stay in the supply.
    pub(super) fn take_shares(&mut self, user: u64, shares: U256) -> Result<(), PufferError> {
        let left = self.shares_of(user).checked_sub(shares).ok_or(PufferError::InsufficientShares)?;
        self.shares.insert(user, left);
        Ok(())
    }

    /// Burns shares that were taken.
    pub(super) fn burn(&mut self, shares: U256) -> Result<(), PufferError> {
        self.supply = self.supply.checked_sub(shares).ok_or(PufferError::InsufficientShares)?;
        Ok(())
    }

    /// Sends ETH to the queue, WETH unwrapped where ETH does not suffice.
    pub(super) fn send_eth(&mut self, amount: U256) -> Result<(), PufferError> {
        let unwrapped = amount.saturating_sub(self.eth);
        self.weth = self.weth.checked_sub(unwrapped).ok_or(PufferError::InsufficientLiquidity)?;
        self.eth = sub(add(self.eth, unwrapped)?, amount)?;
        Ok(())
    }

    /// Takes ETH in without minting.
    pub(super) fn receive_eth(&mut self, amount: U256) -> Result<(), PufferError> {
        self.eth = add(self.eth, amount)?;
        Ok(())
    }

    fn total_fee_bps(&self) -> u64 {
        self.exit_fee_bps + self.treasury_fee_bps
    }

    fn assets_of(&self, shares: U256) -> Result<U256, PufferError> {
        mul_div_down(shares, add(self.total_assets()?, U256::ONE)?, add(self.supply, U256::ONE)?)
    }

    fn shares_for(&self, assets: U256) -> Result<U256, PufferError> {
        mul_div_up(assets, add(self.supply, U256::ONE)?, add(self.total_assets()?, U256::ONE)?)
    }

    fn with_fees(&self, assets: U256) -> Result<U256, PufferError> {
        mul_div_down(assets, BASIS_POINTS, sub(BASIS_POINTS, U256::from(self.total_fee_bps()))?)
    }
}

fn fee_on(assets: U256, fee_bps: u64) -> Result<U256, PufferError> {
    mul_div_up(assets, U256::from(fee_bps), BASIS_POINTS)
}

fn mul_div_down(a: U256, b: U256, divisor: U256) -> Result<U256, PufferError> {
    wide_arithmetic::mul_div_down(a, b, divisor).map_err(in_mul_div)
}

fn mul_div_up(a: U256, b: U256, divisor: U256) -> Result<U256, PufferError> {
    wide_arithmetic::mul_div_up(a, b, divisor).map_err(in_mul_div)
}

/// A quotient that overflows has a reason of its own.
fn in_mul_div(error: ArithmeticError) -> PufferError {
    match error {
        ArithmeticError::Overflow => PufferError::MathOverflowedMulDiv,
        other => other.into(),
    }
}
