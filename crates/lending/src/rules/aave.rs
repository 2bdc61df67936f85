//! Aave v3 (rules from v3.3 on).
//!
//! ```text
//! due        C P LT < D
//! half       C P >= $2,000 and D >= $2,000 and C P LT > 0.95 D, per position
//! repay      half ? D/2, less if less than $1,000 of collateral would be left : D
//! seize      min(repay (1 + LB) / P, C); repay = C P / (1 + LB) where the collateral ends first
//! fee        seize LB / (1 + LB) * f, to the treasury, in tokens
//! deficit    D - repay where no collateral is left
//! ```
//!
//! A smaller call must leave $1,000 of debt and of collateral. One collateral and one debt per position, as loops are.
//! Source: aave-dao/aave-v3-origin v3.7, src/contracts/protocol/libraries/logic/LiquidationLogic.sol. Deviation:
//! nothing is rounded to units, relative 1e-15 for positions of some ETH; a call repeats in the next step, not
//! within one.

use super::{Call, Part, Prices, Rule};
use crate::book::Loan;
use crate::lenders::Lenders;
use pegstress_num::{Lanes, lesser, select};

/// `MIN_BASE_MAX_CLOSE_FACTOR_THRESHOLD`, US dollars.
const HALF_FROM_USD: f64 = 2_000.0;
/// `CLOSE_FACTOR_HF_THRESHOLD`.
const HALF_ABOVE_HEALTH: f64 = 0.95;
/// `MIN_LEFTOVER_BASE`, US dollars.
const LEAST_LEFT_USD: f64 = 1_000.0;

/// Parameters of a pair of reserves, or of its e-mode category.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aave {
    /// Liquidation threshold, share of the value; in 0..=1.
    pub liquidation_threshold: f64,
    /// Liquidation bonus: 0.01 for 10,100 in the contract's units.
    pub bonus: f64,
    /// The protocol's share of the bonus; in 0..=1.
    pub protocol_fee: f64,
}

impl Rule for Aave {
    #[inline(always)]
    fn call(&self, loan: Loan, prices: Prices) -> Call {
        let per_debt = 1.0 + self.bonus;
        let per_value = 1.0 / per_debt;
        let fee_share = (1.0 - per_value) * self.protocol_fee;
        let value = loan.collateral_lrt * prices.eth_per_lrt;
        let usd = loan.positions * prices.eth_per_usd;
        let large = (value >= HALF_FROM_USD * usd) & (loan.debt_eth >= HALF_FROM_USD * usd);
        let half = large & (value * prices.threshold > HALF_ABOVE_HEALTH * loan.debt_eth);
        let most_of_half = (value - LEAST_LEFT_USD * usd) * per_value;
        let most = select(half, lesser(0.5 * loan.debt_eth, most_of_half), loan.debt_eth);
        let wanted = most * per_debt;
        let all = wanted >= value;
        let taken_lrt = select(all, loan.collateral_lrt, wanted * prices.lrt_per_eth);
        let fee_lrt = taken_lrt * fee_share;
        Call {
            seized_lrt: taken_lrt - fee_lrt,
            fee_lrt,
            repaid_eth: select(all, value * per_value, most),
            fee_eth: 0.0,
            returned_eth: 0.0,
            closes: all | !half,
        }
    }

    #[inline(always)]
    fn part(&self, loan: Loan, prices: Prices, call: Call) -> Part {
        let value = loan.collateral_lrt * prices.eth_per_lrt;
        let left = LEAST_LEFT_USD * loan.positions * prices.eth_per_usd;
        let taken = (call.seized_lrt + call.fee_lrt) * prices.eth_per_lrt;
        let most = lesser((loan.debt_eth - left) / call.repaid_eth, (value - left) / taken);
        Part { least: 0.0, most: select(most > 0.0, most, 0.0), repaid_eth: call.repaid_eth, fee_eth: 0.0 }
    }

    #[inline(always)]
    fn book<const W: usize>(&self, lenders: &mut Lenders<W>, _fee_eth: &Lanes<W>, loss_eth: &Lanes<W>) {
        lenders.book_deficit(loss_eth);
    }
}
