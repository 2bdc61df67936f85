//! Aave version 3.7: a pool whose borrowers are liquidated in part, for a bonus in their collateral.
//!
//! - [`fixed_point`]: percentages, wads and rays with their roundings;
//! - [`interest`], [`RateStrategy`]: growth of the indexes, and the rates that drive it;
//! - [`Reserve`], [`Account`], [`EMode`]: books of an asset, of a user, and the efficiency modes;
//! - [`SeizureTerms`]: what a liquidation exchanges;
//! - [`Pool`]: supply, borrowing, liquidation, deficits.

mod account;
mod error;
pub mod fixed_point;
pub mod interest;
mod liquidation;
mod liquidation_call;
mod pool;
mod rate_strategy;
mod reserve;

pub use account::{Account, AccountData, EMode, HEALTH_FACTOR_LIQUIDATION_THRESHOLD, Position};
pub use error::Error;
pub use liquidation::{Seizure, SeizureTerms};
pub use liquidation_call::LiquidationCall;
pub use pool::Pool;
pub use rate_strategy::{RateParameters, RateStrategy, RateStrategyError, Rates, ReserveLiquidity};
pub use reserve::{Reserve, ReserveConfig};
