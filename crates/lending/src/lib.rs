//! Lending markets on lanes: who can be liquidated, at which bid a liquidator breaks even, who pays what is left.
//!
//! A [`Market`] lends ETH against a token. Its loans are buckets of identical positions; it follows the
//! liquidation rule of one lender ([`rules`]), reads one oracle ([`oracle`]) and accrues interest by
//! utilisation ([`interest`]). A step of a simulation is
//!
//! ```text
//! market.accrue(step_secs)
//! market.update_oracle(step_secs, nav_onchain, market_price, usd_per_eth)
//! room      = tokens the venues take until the next one brings market.breakeven_bid()
//! taken     = market.liquidate(min(room, market.liquidatable_lrt()))
//! proceeds  = sell(taken.seized_lrt)              paid to the liquidators, who paid taken.paid_eth
//! ```
//!
//! What no liquidator takes waits. A loan worth less than its debt is *latent* bad debt
//! ([`Market::latent_bad_debt_eth`]): it can still recover. Bad debt is *realised* when the rule says so
//! ([`rules`]), and then lenders bear it as the protocol has it ([`Lenders`]).
//!
//! [`liquidation_ladder`], [`looper_thresholds`] and [`days_to_liquidation`] are plain numbers for tables.
//!
//! Units: ETH (the base asset that is lent, worth one ETH), tokens (`lrt`), seconds, rates per year of 365 days.

pub mod interest;
pub mod oracle;
pub mod rules;
pub mod spec;

mod book;
mod events;
mod lenders;
mod liquidated;
mod liquidation;
pub mod market;
mod readings;
mod unwind;

mod ladder;
mod looper;

pub use book::Loan;
pub use interest::{Adaptive, Curve, InterestSpec, Kinked};
pub use ladder::{DropOf, Rung, liquidation_ladder};
pub use lenders::Lenders;
pub use liquidated::Liquidated;
pub use looper::{LooperThresholds, days_to_liquidation, looper_thresholds};
pub use market::Market;
pub use oracle::{GrowthCap, OracleSpec};
pub use rules::{Aave, Compound, Gearbox, Morpho, Rules};
pub use spec::{BucketSpec, MarketSpec};
pub use unwind::{Carry, Unwound};

/// Seconds of a year of 365 days, as the contracts count.
pub const YEAR_SECS: f64 = 31_536_000.0;
/// Seconds of a day.
pub const DAY_SECS: f64 = 86_400.0;
