//! One asset of a pool: its indexes, rates, books and price.
//!
//! Balances are stored scaled, divided by the index of their time. A supplier's balance rounds down, a debt up:
//!
//! ```text
//! supply: mint floor(a / index), burn ceil(a / index), balance floor(s index)
//! debt:   mint ceil(a / index),  burn floor(a / index), balance ceil(s index)
//! ```
//!
//! The part of the interest that goes to the treasury is not booked: neither a rate nor a balance depends on it until it is
//! minted, which no action here does.
//!
//! Source: aave-dao/aave-v3-origin at fd1fbd91 (v3.7.0), `src/contracts/protocol/libraries/logic/ReserveLogic.sol`,
//! `libraries/helpers/TokenMath.sol`, `tokenization/base/ScaledBalanceTokenBase.sol`.
//!
//! Units: the asset's smallest unit, indexes and rates in rays, seconds; prices in the base currency with 8 decimals.

use super::fixed_point::{RAY, Rounding, mul_div, ray_div, ray_mul};
use super::interest::{compounded_interest, linear_interest};
use super::rate_strategy::{RateStrategy, Rates, ReserveLiquidity};
use crate::{ArithmeticError, U256, arithmetic as word};

type Checked = Result<U256, ArithmeticError>;

/// Width of stored indexes, rates, deficits and liquidity.
const BOOK_BITS: usize = 128;
/// Width of stored scaled balances.
const BALANCE_BITS: usize = 120;

/// What governance decides of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReserveConfig {
    /// Decimals of the asset.
    pub decimals: u8,
    /// Most debt against this collateral.
    pub ltv_bps: u64,
    /// Weight of this collateral in the health factor.
    pub liquidation_threshold_bps: u64,
    /// Collateral given per value of debt repaid, 10500 for a bonus of 5 %.
    pub liquidation_bonus_bps: u64,
    /// Share of the bonus that is the treasury's.
    pub protocol_fee_bps: u64,
    /// Share of the interest that is the treasury's.
    pub reserve_factor_bps: u64,
    /// The curve of the rates.
    pub strategy: RateStrategy,
}

/// An asset and its books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserve {
    config: ReserveConfig,
    unit: U256,
    pub(super) price: U256,
    pub(super) liquidity_index: U256,
    pub(super) variable_borrow_index: U256,
    rates: Rates,
    last_update: u64,
    pub(super) scaled_supply: U256,
    pub(super) scaled_debt: U256,
    virtual_underlying: U256,
    deficit: U256,
    pub(super) treasury_scaled: U256,
}

impl Reserve {
    /// An empty reserve, listed at `now`.
    ///
    /// # Errors
    /// When the unit leaves the word.
    pub fn new(config: ReserveConfig, price: U256, now: u64) -> Result<Self, ArithmeticError> {
        let exponent = U256::from(config.decimals);
        let unit = U256::from(10).checked_pow(exponent).ok_or(ArithmeticError::Overflow)?;
        Ok(Self {
            config,
            unit,
            price,
            liquidity_index: RAY,
            variable_borrow_index: RAY,
            rates: config.strategy.rates(&ReserveLiquidity::default())?,
            last_update: now,
            scaled_supply: U256::ZERO,
            scaled_debt: U256::ZERO,
            virtual_underlying: U256::ZERO,
            deficit: U256::ZERO,
            treasury_scaled: U256::ZERO,
        })
    }

    /// What governance decided.
    #[must_use]
    pub fn config(&self) -> &ReserveConfig {
        &self.config
    }

    /// Value of one whole token in the base currency.
    #[must_use]
    pub fn price(&self) -> U256 {
        self.price
    }

    /// Smallest units of a whole token.
    #[must_use]
    pub fn unit(&self) -> U256 {
        self.unit
    }

    /// Rates since the last action that moved liquidity.
    #[must_use]
    pub fn rates(&self) -> Rates {
        self.rates
    }

    /// Underlying the reserve holds by its own books.
    #[must_use]
    pub fn virtual_underlying(&self) -> U256 {
        self.virtual_underlying
    }

    /// Written-off debt that nobody has covered.
    #[must_use]
    pub fn deficit(&self) -> U256 {
        self.deficit
    }

    /// Supply index at `now` (`getReserveNormalizedIncome`).
    ///
    /// # Errors
    /// When `now` lies before the last update or a number leaves the word.
    pub fn normalized_income(&self, now: u64) -> Checked {
        let elapsed = self.elapsed(now)?;
        if elapsed == 0 {
            return Ok(self.liquidity_index);
        }
        ray_mul(linear_interest(self.rates.liquidity, elapsed)?, self.liquidity_index, Rounding::HalfUp)
    }

    /// Debt index at `now` (`getReserveNormalizedVariableDebt`); moves even where nobody owes.
    ///
    /// # Errors
    /// When `now` lies before the last update or a number leaves the word.
    pub fn normalized_debt(&self, now: u64) -> Checked {
        let elapsed = self.elapsed(now)?;
        if elapsed == 0 {
            return Ok(self.variable_borrow_index);
        }
        let factor = compounded_interest(self.rates.variable_borrow, elapsed)?;
        ray_mul(factor, self.variable_borrow_index, Rounding::HalfUp)
    }

    /// A supplier's balance at `now`.
    ///
    /// # Errors
    /// As [`Self::normalized_income`].
    pub fn supply_balance(&self, scaled: U256, now: u64) -> Checked {
        ray_mul(scaled, self.normalized_income(now)?, Rounding::Down)
    }

    /// A borrower's debt at `now`.
    ///
    /// # Errors
    /// As [`Self::normalized_debt`].
    pub fn debt_balance(&self, scaled: U256, now: u64) -> Checked {
        ray_mul(scaled, self.normalized_debt(now)?, Rounding::Up)
    }

    /// What all suppliers have at `now`.
    ///
    /// # Errors
    /// As [`Self::normalized_income`].
    pub fn total_supply(&self, now: u64) -> Checked {
        self.supply_balance(self.scaled_supply, now)
    }

    /// What all borrowers owe at `now`.
    ///
    /// # Errors
    /// As [`Self::normalized_debt`].
    pub fn total_debt(&self, now: u64) -> Checked {
        self.debt_balance(self.scaled_debt, now)
    }

    /// What the treasury got as fees of liquidations, at `now`.
    ///
    /// # Errors
    /// As [`Self::normalized_income`].
    pub fn treasury_balance(&self, now: u64) -> Checked {
        self.supply_balance(self.treasury_scaled, now)
    }

    /// Value of an amount of collateral, rounded down.
    ///
    /// # Errors
    /// When a number leaves the word.
    pub fn collateral_value(&self, amount: U256) -> Checked {
        mul_div(amount, self.price, self.unit, Rounding::Down)
    }

    /// Value of an amount of debt, rounded up.
    ///
    /// # Errors
    /// When a number leaves the word.
    pub fn debt_value(&self, amount: U256) -> Checked {
        mul_div(amount, self.price, self.unit, Rounding::Up)
    }

    /// Scaled units for an amount at the stored supply index.
    pub(super) fn scale_supply(&self, amount: U256, rounding: Rounding) -> Checked {
        ray_div(amount, self.liquidity_index, rounding)
    }

    /// Scaled units for an amount at the stored debt index.
    pub(super) fn scale_debt(&self, amount: U256, rounding: Rounding) -> Checked {
        ray_div(amount, self.variable_borrow_index, rounding)
    }

    /// Brings the indexes to `now` (`updateState`). The debt index rests while nobody owes.
    pub(super) fn accrue(&mut self, now: u64) -> Result<(), ArithmeticError> {
        if self.elapsed(now)? == 0 {
            return Ok(());
        }
        if !self.rates.liquidity.is_zero() {
            self.liquidity_index = fit(self.normalized_income(now)?, BOOK_BITS)?;
        }
        if !self.scaled_debt.is_zero() {
            self.variable_borrow_index = fit(self.normalized_debt(now)?, BOOK_BITS)?;
        }
        self.last_update = now;
        Ok(())
    }

    /// Books liquidity that comes or goes, and the rates that follow (`updateInterestRatesAndVirtualBalance`).
    pub(super) fn move_liquidity(&mut self, added: U256, taken: U256) -> Result<(), ArithmeticError> {
        let rates = self.config.strategy.rates(&ReserveLiquidity {
            virtual_underlying: self.virtual_underlying,
            added,
            taken,
            total_debt: ray_mul(self.scaled_debt, self.variable_borrow_index, Rounding::Up)?,
            deficit: self.deficit,
            reserve_factor_bps: self.config.reserve_factor_bps,
        })?;
        self.rates = Rates {
            liquidity: fit(rates.liquidity, BOOK_BITS)?,
            variable_borrow: fit(rates.variable_borrow, BOOK_BITS)?,
        };
        let with_added = word::add(self.virtual_underlying, fit(added, BOOK_BITS)?)?;
        self.virtual_underlying = fit(word::sub(with_added, fit(taken, BOOK_BITS)?)?, BOOK_BITS)?;
        Ok(())
    }

    /// Writes off debt.
    pub(super) fn add_deficit(&mut self, amount: U256) -> Result<(), ArithmeticError> {
        self.deficit = fit(word::add(self.deficit, amount)?, BOOK_BITS)?;
        Ok(())
    }

    fn elapsed(&self, now: u64) -> Result<u64, ArithmeticError> {
        now.checked_sub(self.last_update).ok_or(ArithmeticError::Underflow)
    }
}

/// The sum of two scaled balances, where it fits their word.
pub(super) fn add_scaled(balance: U256, more: U256) -> Checked {
    fit(word::add(balance, more)?, BALANCE_BITS)
}

fn fit(value: U256, bits: usize) -> Checked {
    if value.bit_len() > bits { Err(ArithmeticError::Overflow) } else { Ok(value) }
}
