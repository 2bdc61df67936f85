//! Accounts: what they supplied and owe, their e-mode, and their health factor.
//!
//! ```text
//! HF = floor(wadDiv(sum floor(C P) LT, sum ceil(D P)) / 1e4)
//! ```
//!
//! Within an e-mode, the category's loan-to-value limit, threshold and bonus replace the asset's own for the collaterals in
//! the category's bitmap; other collaterals keep theirs.
//!
//! Source: aave-dao/aave-v3-origin at fd1fbd91 (v3.7.0), `src/contracts/protocol/libraries/logic/GenericLogic.sol`,
//! `ValidationLogic.sol`, `libraries/configuration/EModeConfiguration.sol`.
//!
//! Units: base currency with 8 decimals, basis points, wads. Domain: categories without the `ltvzero` bitmap and the
//! `isolated` flag, in which everything may be borrowed.

use super::error::Error;
use super::fixed_point::{WHOLE_BPS, wad_div};
use super::reserve::{Reserve, ReserveConfig};
use crate::{U256, arithmetic as word};

/// Health of an account without debt, and the least one that cannot be liquidated.
pub const HEALTH_FACTOR_LIQUIDATION_THRESHOLD: U256 = super::fixed_point::WAD;

/// An efficiency mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EMode {
    /// Most debt against its collaterals.
    pub ltv_bps: u64,
    /// Weight of its collaterals in the health factor.
    pub liquidation_threshold_bps: u64,
    /// Collateral given per value of debt repaid, 10100 for a bonus of 1 %.
    pub liquidation_bonus_bps: u64,
    /// Bit `k` is set where reserve `k` is one of its collaterals.
    pub collateral_bitmap: u128,
}

/// What an account has in one reserve.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position {
    /// Supply, divided by the supply index.
    pub scaled_supply: U256,
    /// Debt, divided by the debt index.
    pub scaled_debt: U256,
    /// Whether the supply is collateral.
    pub is_collateral: bool,
}

/// An account of a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub(super) emode: Option<EMode>,
    pub(super) positions: Vec<Position>,
}

/// An account's standing in the base currency (`getUserAccountData`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountData {
    /// Value of the collateral, rounded down by asset.
    pub total_collateral_base: U256,
    /// Value of the debt, rounded up by asset.
    pub total_debt_base: U256,
    /// Mean limit of debt, by value.
    pub average_ltv_bps: U256,
    /// Mean weight in the health factor, by value.
    pub average_liquidation_threshold_bps: U256,
    /// Weighted collateral per debt as a wad; the greatest word without debt.
    pub health_factor: U256,
}

impl EMode {
    fn covers(&self, reserve: usize) -> bool {
        u32::try_from(reserve).ok().and_then(|bit| self.collateral_bitmap.checked_shr(bit)).unwrap_or(0) & 1
            == 1
    }
}

impl Account {
    /// An account without balances in a pool of that many reserves.
    #[must_use]
    pub fn new(reserves: usize, emode: Option<EMode>) -> Self {
        Self { emode, positions: vec![Position::default(); reserves] }
    }

    /// What it has in a reserve.
    ///
    /// # Errors
    /// When there is no such reserve.
    pub fn position(&self, reserve: usize) -> Result<&Position, Error> {
        self.positions.get(reserve).ok_or(Error::UnknownReserve(reserve))
    }

    /// Its standing at `now` among the pool's reserves.
    ///
    /// # Errors
    /// When a number leaves the word, or the account is of a larger pool.
    pub fn data(&self, reserves: &[Reserve], now: u64) -> Result<AccountData, Error> {
        let mut collateral = U256::ZERO;
        let mut debt = U256::ZERO;
        let mut weighted_ltv = U256::ZERO;
        let mut weighted_threshold = U256::ZERO;
        for (k, position) in self.positions.iter().enumerate() {
            let reserve = reserves.get(k).ok_or(Error::UnknownReserve(k))?;
            if position.is_collateral {
                let amount = reserve.supply_balance(position.scaled_supply, now)?;
                let value = reserve.collateral_value(amount)?;
                collateral = word::add(collateral, value)?;
                let (ltv, threshold) =
                    (self.ltv_bps(k, reserve.config()), self.threshold_bps(k, reserve.config()));
                weighted_ltv = word::add(weighted_ltv, word::mul(value, ltv)?)?;
                weighted_threshold = word::add(weighted_threshold, word::mul(value, threshold)?)?;
            }
            if !position.scaled_debt.is_zero() {
                let amount = reserve.debt_balance(position.scaled_debt, now)?;
                debt = word::add(debt, reserve.debt_value(amount)?)?;
            }
        }
        let health_factor =
            if debt.is_zero() { U256::MAX } else { wad_div(weighted_threshold, debt)? / WHOLE_BPS };
        let mean = |weighted: U256| weighted.checked_div(collateral).unwrap_or(U256::ZERO);
        Ok(AccountData {
            total_collateral_base: collateral,
            total_debt_base: debt,
            average_ltv_bps: mean(weighted_ltv),
            average_liquidation_threshold_bps: mean(weighted_threshold),
            health_factor,
        })
    }

    /// Collateral that a liquidator gets per value of debt repaid.
    pub(super) fn bonus_bps(&self, reserve: usize, config: &ReserveConfig) -> U256 {
        U256::from(
            self.category(reserve)
                .map_or(config.liquidation_bonus_bps, |category| category.liquidation_bonus_bps),
        )
    }

    pub(super) fn ltv_bps(&self, reserve: usize, config: &ReserveConfig) -> U256 {
        U256::from(self.category(reserve).map_or(config.ltv_bps, |category| category.ltv_bps))
    }

    fn threshold_bps(&self, reserve: usize, config: &ReserveConfig) -> U256 {
        U256::from(
            self.category(reserve)
                .map_or(config.liquidation_threshold_bps, |category| category.liquidation_threshold_bps),
        )
    }

    /// The account's category, where it decides about this collateral.
    fn category(&self, reserve: usize) -> Option<EMode> {
        self.emode.filter(|category| category.covers(reserve))
    }

    pub(super) fn position_mut(&mut self, reserve: usize) -> Result<&mut Position, Error> {
        self.positions.get_mut(reserve).ok_or(Error::UnknownReserve(reserve))
    }

    pub(super) fn owes(&self) -> bool {
        self.positions.iter().any(|position| !position.scaled_debt.is_zero())
    }
}
