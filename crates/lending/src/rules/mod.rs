//! Liquidation rules: when a loan is due, what one call takes and pays, when bad debt is realised.
//!
//! | lender | due when | a call repays at most | bad debt is realised when | booked as |
//! |---|---|---|---|---|
//! | [`Aave`] | `C P LT < D` | half or all of the debt | a call takes the last collateral | deficit |
//! | [`Morpho`] | `C P LLTV < D` | all | a call takes the last collateral | suppliers' haircut |
//! | [`Compound`] | `C P CF < D` | all: the protocol takes the account over | it takes it over, by reserves | reserves |
//! | [`Gearbox`] | `C P LT < D` | all | an account is liquidated for less than its debt | treasury, suppliers |
//!
//! Until then a loan whose collateral is worth less than its debt is latent bad debt: no liquidator touches it while
//! selling would lose money, and it may recover.
//!
//! `Rule` states what one call does to a bucket if it is taken in full, and how much of a position a smaller call may
//! take; `liquidation.rs` decides how much is taken of which bucket.

mod aave;
mod compound;
mod gearbox;
mod morpho;

pub use aave::Aave;
pub use compound::Compound;
pub(crate) use compound::{absorb, liquidatable_after_absorbing, sell_inventory};
pub use gearbox::Gearbox;
pub use morpho::Morpho;

use crate::book::Loan;
use crate::lenders::Lenders;
use pegstress_num::Lanes;

/// A lender's rule with its parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rules {
    /// Aave v3.
    Aave(Aave),
    /// Morpho Blue.
    Morpho(Morpho),
    /// Compound v3.
    Compound(Compound),
    /// Gearbox v3.
    Gearbox(Gearbox),
}

impl Rules {
    /// Share of the collateral's value up to which debt is not due, at the start.
    #[inline(always)]
    pub fn threshold(&self) -> f64 {
        match self {
            Rules::Aave(rule) => rule.liquidation_threshold,
            Rules::Morpho(rule) => rule.lltv,
            Rules::Compound(rule) => rule.liquidation_threshold,
            Rules::Gearbox(rule) => rule.liquidation_threshold,
        }
    }

    /// The same rule in a world in which no loan is ever due.
    #[must_use]
    pub fn never_due(self) -> Self {
        // Above any debt over value that a path can reach.
        const NEVER: f64 = 1e9;
        match self {
            Rules::Aave(rule) => Rules::Aave(Aave { liquidation_threshold: NEVER, ..rule }),
            Rules::Morpho(_) => Rules::Morpho(Morpho { lltv: NEVER }),
            Rules::Compound(rule) => Rules::Compound(Compound { liquidation_threshold: NEVER, ..rule }),
            Rules::Gearbox(rule) => Rules::Gearbox(Gearbox { liquidation_threshold: NEVER, ..rule }),
        }
    }

    /// ETH that liquidators pay for tokens they get, per ETH of their value at the oracle's price: below it a sale at
    /// market loses money.
    #[inline(always)]
    pub fn price_to_liquidator(&self) -> f64 {
        match self {
            Rules::Aave(rule) => 1.0 / (1.0 + rule.bonus * (1.0 - rule.protocol_fee)),
            Rules::Morpho(rule) => 1.0 / rule.incentive_factor(),
            Rules::Compound(rule) => 1.0 - rule.discount(),
            Rules::Gearbox(rule) => 1.0 - rule.premium,
        }
    }

    /// Collateral taken per ETH of debt repaid, in value: above `value / debt` a call leaves a loss.
    #[inline(always)]
    pub fn value_per_debt(&self) -> f64 {
        match self {
            Rules::Aave(rule) => 1.0 + rule.bonus,
            Rules::Morpho(rule) => rule.incentive_factor(),
            Rules::Compound(rule) => 1.0 / (1.0 - rule.discount()),
            Rules::Gearbox(rule) => 1.0 / (1.0 - rule.premium),
        }
    }
}

/// Prices in one lane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prices {
    pub(crate) eth_per_lrt: f64,
    pub(crate) lrt_per_eth: f64,
    pub(crate) eth_per_usd: f64,
    /// Share of the collateral's value up to which debt is not due.
    pub(crate) threshold: f64,
}

/// One call on every position of a bucket, taken in full.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    /// Tokens to the liquidators; 0: nobody may call.
    pub(crate) seized_lrt: f64,
    /// Tokens to the protocol.
    pub(crate) fee_lrt: f64,
    /// Debt that liquidators' ETH extinguishes.
    pub(crate) repaid_eth: f64,
    /// ETH of the liquidators for the protocol.
    pub(crate) fee_eth: f64,
    /// ETH of the liquidators for the borrowers.
    pub(crate) returned_eth: f64,
    /// Whether the position's debt ends with it: repaid, or bad.
    pub(crate) closes: bool,
}

/// What a call on part of a position pays, stated for all of `Call::seized_lrt`; it is in proportion to what it takes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// Share of `Call::seized_lrt` that it must take at least.
    pub(crate) least: f64,
    /// And at most.
    pub(crate) most: f64,
    pub(crate) repaid_eth: f64,
    pub(crate) fee_eth: f64,
}

/// A rule under which liquidators repay debt for collateral.
pub(crate) trait Rule: Copy {
    /// The call on a loan that is due.
    fn call(&self, loan: Loan, prices: Prices) -> Call;

    /// A smaller call on a loan that is due, where the full `call` would close it.
    fn part(&self, loan: Loan, prices: Prices, call: Call) -> Part;

    /// Books realised losses, and what the protocol was paid in ETH.
    fn book<const W: usize>(&self, lenders: &mut Lenders<W>, fee_eth: &Lanes<W>, loss_eth: &Lanes<W>);
}
