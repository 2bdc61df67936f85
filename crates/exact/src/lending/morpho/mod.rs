//! Morpho Blue: isolated markets of one collateral and one loan asset.
//!
//! A position is healthy while `collateral price LLTV >= debt`. Anybody may repay the debt of one that is not, all of
//! it if he likes, for collateral worth `LIF = min(1.15, 1 / (1 - 0.3 (1 - LLTV)))` times as much. Debt that is left
//! when the collateral is gone is taken from the suppliers at once, pro rata.
//!
//! - [`shares`]: supply and debt as shares of totals, with virtual shares and assets;
//! - [`Market`], [`Irm`]: totals and their interest; its methods are the contract's calls;
//! - [`Position`]: one account, its debt and health;
//! - [`Liquidation`], [`liquidation_incentive_factor`].
//!
//! Source: morpho-org/morpho-blue at 3085651a, `src/Morpho.sol`, `src/libraries/MathLib.sol`, `SharesMathLib.sol`,
//! `UtilsLib.sol`, `ConstantsLib.sol`.
//!
//! Units: assets in their smallest unit, rates per second and factors with 1e18 = 1, prices of one unit of collateral
//! in units of the loan asset with 1e36 = 1. Not modelled: tokens, authorisations, callbacks. Totals, debts and
//! collateral must stay below 2^128 as in the contract; every call that fails leaves market and position unchanged.

mod accounts;
mod error;
mod liquidation;
mod market;
mod math;
mod position;
pub mod shares;

pub use accounts::{Amount, Moved};
pub use error::MorphoError;
pub use liquidation::{Liquidation, liquidation_incentive_factor};
pub use market::{Irm, Market};
pub use position::Position;

pub(crate) use math::{WAD, wad};
