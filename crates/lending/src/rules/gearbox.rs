//! Gearbox v3.
//!
//! ```text
//! due        C P LT < D                                   (total value weighted by thresholds below the debt)
//! funds      C P (1 - premium)                            paid by the liquidator, who gets all collateral
//! pool       min(funds, D + C P fee)                      D first, then the fee: shares for the treasury
//! borrower   funds - pool
//! loss       D - funds where funds do not cover the debt
//! ```
//!
//! A call on part `y` of an account (v3.1) pays `(1 - premium)` for what it takes, of which the fee is `fee` and the rest
//! repays. It must leave a healthy account with a debt, so it takes between a least and a most part:
//!
//! ```text
//! (D - V LT) / (V k)  <=  y  <=  D / (V (1 - premium) (1 - fee))       k = (1 - premium) (1 - fee) - LT > 0,  V = C P
//! ```
//!
//! Source: Gearbox-protocol/core-v3, contracts/credit/CreditFacadeV3.sol (partiallyLiquidateCreditAccount),
//! contracts/libraries/CreditLogic.sol (calcLiquidationPayments), contracts/pool/PoolV3.sol (repayCreditAccount).
//! Deviations: one token per account; quota interest, fees on interest and the debt limits of an account are not
//! modelled.

use super::{Call, Part, Prices, Rule};
use crate::book::Loan;
use crate::lenders::Lenders;
use pegstress_num::{Lanes, lesser, select};

/// Parameters of a credit manager and its token.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gearbox {
    /// The token's liquidation threshold; in 0..=1.
    pub liquidation_threshold: f64,
    /// The liquidator's premium, share of the value; in 0..1.
    pub premium: f64,
    /// The protocol's fee, share of the value; in 0..1.
    pub liquidation_fee: f64,
    /// Whether accounts may be liquidated at a loss (the loss policy).
    pub loss_allowed: bool,
    /// ETH of the supplied that is the treasury's and loses first.
    pub treasury_eth: f64,
}

impl Rule for Gearbox {
    #[inline(always)]
    fn call(&self, loan: Loan, prices: Prices) -> Call {
        let value = loan.collateral_lrt * prices.eth_per_lrt;
        let funds = value * (1.0 - self.premium);
        let repaid_eth = lesser(funds, loan.debt_eth);
        let fee_eth = lesser(funds - repaid_eth, value * self.liquidation_fee);
        let blocked = !self.loss_allowed & (funds < loan.debt_eth);
        Call {
            seized_lrt: select(blocked, 0.0, loan.collateral_lrt),
            fee_lrt: 0.0,
            repaid_eth,
            fee_eth,
            returned_eth: funds - repaid_eth - fee_eth,
            closes: true,
        }
    }

    #[inline(always)]
    fn part(&self, loan: Loan, prices: Prices, _call: Call) -> Part {
        let value = loan.collateral_lrt * prices.eth_per_lrt;
        let funds = value * (1.0 - self.premium);
        let repaid_eth = funds * (1.0 - self.liquidation_fee);
        let counted = value * prices.threshold;
        let gain = repaid_eth - counted;
        let least = select(gain > 0.0, (loan.debt_eth - counted) / gain, f64::INFINITY);
        let most = lesser(1.0, loan.debt_eth / repaid_eth);
        Part { least, most, repaid_eth, fee_eth: funds * self.liquidation_fee }
    }

    #[inline(always)]
    fn book<const W: usize>(&self, lenders: &mut Lenders<W>, fee_eth: &Lanes<W>, loss_eth: &Lanes<W>) {
        lenders.take_from_treasury_first(fee_eth, loss_eth);
    }
}
