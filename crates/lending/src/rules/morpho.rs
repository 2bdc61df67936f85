//! Morpho Blue.
//!
//! ```text
//! due        C P LLTV < D
//! LIF        min(1.15, 1 / (1 - 0.3 (1 - LLTV)))
//! seize      D LIF / P, or all of C where that is less: repaid = C P / LIF, the rest is bad
//! ```
//!
//! No close factor, no cut for the protocol, no dust. Bad debt leaves `totalSupplyAssets` in the call that takes the last
//! collateral. Source: morpho-org/morpho-blue, src/Morpho.sol, libraries/ConstantsLib.sol. Deviation: amounts are not
//! rounded to shares (virtual shares: relative 1e-6 of a wei-sized market, nothing otherwise).

use super::{Call, Part, Prices, Rule};
use crate::book::Loan;
use crate::lenders::Lenders;
use pegstress_num::{Lanes, lesser, select};

/// `LIQUIDATION_CURSOR`.
const CURSOR: f64 = 0.3;
/// `MAX_LIQUIDATION_INCENTIVE_FACTOR`.
const MOST_INCENTIVE: f64 = 1.15;

/// Parameters of a market.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Morpho {
    /// Liquidation loan-to-value; in 0..1.
    pub lltv: f64,
}

impl Morpho {
    /// Value seized per ETH repaid.
    #[inline(always)]
    pub fn incentive_factor(&self) -> f64 {
        lesser(MOST_INCENTIVE, 1.0 / (1.0 - CURSOR * (1.0 - self.lltv)))
    }
}

impl Rule for Morpho {
    #[inline(always)]
    fn call(&self, loan: Loan, prices: Prices) -> Call {
        let per_debt = self.incentive_factor();
        let value = loan.collateral_lrt * prices.eth_per_lrt;
        let wanted = loan.debt_eth * per_debt;
        let all = wanted >= value;
        Call {
            seized_lrt: select(all, loan.collateral_lrt, wanted * prices.lrt_per_eth),
            fee_lrt: 0.0,
            repaid_eth: select(all, value * (1.0 / per_debt), loan.debt_eth),
            fee_eth: 0.0,
            returned_eth: 0.0,
            closes: true,
        }
    }

    #[inline(always)]
    fn part(&self, _loan: Loan, _prices: Prices, call: Call) -> Part {
        Part { least: 0.0, most: 1.0, repaid_eth: call.repaid_eth, fee_eth: 0.0 }
    }

    #[inline(always)]
    fn book<const W: usize>(&self, lenders: &mut Lenders<W>, _fee_eth: &Lanes<W>, loss_eth: &Lanes<W>) {
        lenders.take_pro_rata(loss_eth);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mechanics_5_3_incentive_factors() {
        // As printed: five or six decimals.
        let table = [
            (0.385, 1.15, 0.0),
            (0.625, 1.12676, 5e-6),
            (0.77, 1.07411, 5e-6),
            (0.86, 1.04384, 5e-6),
            (0.915, 1.02617, 5e-6),
            (0.945, 1.016777, 5e-7),
            (0.965, 1.010611, 5e-7),
            (0.98, 1.006036, 5e-7),
        ];
        for (lltv, expected, printed) in table {
            let factor = Morpho { lltv }.incentive_factor();
            assert!((factor - expected).abs() <= printed, "{lltv}: {factor}");
        }
    }
}
