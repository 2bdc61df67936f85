//! Compound v3 (Comet): one base asset lent against several collaterals.
//!
//! An account whose debt exceeds the value of its collateral, each times its liquidation collateral factor, may be
//! absorbed: the protocol takes all its collateral and all its debt, credits what the collateral is worth times its
//! liquidation factor beyond the debt, and pays with its reserves, which fall by
//!
//! ```text
//! max(debt, sum value * liquidation factor)
//! ```
//!
//! While the reserves are below their target anybody may buy that collateral at the oracle's price less
//! `store front price factor * (1 - liquidation factor)`.
//!
//! - [`RateModel`]: rates per second of the utilisation;
//! - [`Indexes`]: principal and present value, and how interest accrues;
//! - [`Configuration`], [`CollateralAsset`], [`Prices`]: what governance and oracles say;
//! - [`Account`]: one account, its debt and health;
//! - [`Comet`]: the protocol; its methods are the contract's calls.
//!
//! Source: compound-finance/comet at d5a30b0a, `contracts/Comet.sol`, `contracts/CometCore.sol`, `CometMath.sol`.
//!
//! Units: tokens in their smallest unit, prices in USD with 1e8 = 1, factors and rates with 1e18 = 1, indexes with
//! 1e15 = 1. Domain: the contract's, and balances of the base token below 2^127. Not modelled: rewards, transfers between
//! accounts, supply caps, pauses, permissions, tokens with a fee on transfers, the amount 2^256 - 1 that stands for
//! everything there is. Every call that fails leaves protocol and account unchanged.

mod absorption;
mod account;
mod comet;
mod configuration;
mod error;
mod indexes;
mod rates;
mod storefront;

pub use absorption::Absorption;
pub use account::Account;
pub use comet::Comet;
pub use configuration::{CollateralAsset, Configuration, Prices};
pub use error::CometError;
pub use indexes::Indexes;
pub use rates::{RateCurve, RateModel};

use ruint::aliases::U256;

use crate::arithmetic::{ArithmeticError, mul_div_down};

/// One, in factors and rates.
const FACTOR_SCALE: U256 = U256::from_limbs([1_000_000_000_000_000_000, 0, 0, 0]);

/// `floor(n * factor)`.
fn mul_factor(n: U256, factor: U256) -> Result<U256, ArithmeticError> {
    mul_div_down(n, factor, FACTOR_SCALE)
}
