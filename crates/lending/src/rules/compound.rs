//! Compound v3: the protocol takes whole accounts over, and sells what it took.
//!
//! ```text
//! due        C P CF < D                               (CF: the liquidate collateral factor)
//! absorb     the protocol takes C and pays D; the account is credited max(C P LF - D, 0) in ETH
//!            reserves fall by max(D, C P LF)
//! sale       at P (1 - storefront (1 - LF)), while reserves are below their target
//! ```
//!
//! Anybody may absorb and nothing has to be sold for it, so accounts are absorbed as soon as they are due; what waits
//! for the market is the inventory. Bad debt is realised at the absorption, `max(D - C P, 0)`; what the inventory then
//! loses or earns is the reserves'. Source: compound-finance/comet, contracts/Comet.sol (absorbInternal, buyCollateral,
//! getReserves). Deviation: a purchase that starts below the target may end above it there, and ends at it here.

use crate::book::Book;
use crate::lenders::Lenders;
use crate::liquidated::Liquidated;
use crate::liquidation::Quotes;
use pegstress_num::{Lanes, greater, lesser, select};

/// Parameters of a base asset and a collateral.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Compound {
    /// `liquidateCollateralFactor`; in 0..=1.
    pub liquidation_threshold: f64,
    /// `liquidationFactor`: what an absorbed account is credited, share of the value; in 0..=1.
    pub liquidation_factor: f64,
    /// `storeFrontPriceFactor`: share of the liquidation penalty that buyers are given; in 0..=1.
    pub storefront_price_factor: f64,
    /// Reserves above which nothing is sold, ETH.
    pub target_reserves_eth: f64,
    /// Reserves at the start, ETH.
    pub reserves_eth: f64,
}

impl Compound {
    /// Discount of the protocol's sales to the oracle's price.
    #[inline(always)]
    pub fn discount(&self) -> f64 {
        self.storefront_price_factor * (1.0 - self.liquidation_factor)
    }

    /// Tokens that a sale may take until the reserves are at their target.
    #[inline(always)]
    fn for_sale(&self, reserves_eth: f64, eth_per_lrt: f64) -> f64 {
        let room_eth = greater(self.target_reserves_eth - reserves_eth, 0.0);
        room_eth / (eth_per_lrt * (1.0 - self.discount()))
    }
}

/// Tokens that the protocol would sell if it first absorbed what is due.
#[inline(always)]
pub(crate) fn liquidatable_after_absorbing<const W: usize>(
    rule: &Compound,
    book: &Book<W>,
    lenders: &Lenders<W>,
    inventory_lrt: &Lanes<W>,
    quotes: &Quotes<'_, W>,
) -> Lanes<W> {
    let eth_per_lrt = quotes.eth_per_lrt;
    let mut lrt = *inventory_lrt;
    let mut reserves = lenders.protocol_eth;
    let counted = quotes.counted();
    for bucket in &book.buckets {
        if bucket.any_below(&counted, &book.index) {
            for i in 0..W {
                let loan = bucket.loan(i, book.index[i]);
                let due = loan.collateral_lrt * counted[i] < loan.debt_eth;
                let credited = loan.collateral_lrt * eth_per_lrt[i] * rule.liquidation_factor;
                lrt[i] += select(due, loan.collateral_lrt, 0.0);
                reserves[i] -= select(due, greater(credited, loan.debt_eth), 0.0);
            }
        }
    }
    let mut sold = [0.0; W];
    for i in 0..W {
        sold[i] = lesser(rule.for_sale(reserves[i], eth_per_lrt[i]), lrt[i]);
    }
    sold
}

/// Takes over every account that is due.
#[inline(always)]
pub(crate) fn absorb<const W: usize>(
    rule: &Compound,
    book: &mut Book<W>,
    lenders: &mut Lenders<W>,
    inventory_lrt: &mut Lanes<W>,
    quotes: &Quotes<'_, W>,
    done: &mut Liquidated<W>,
) {
    let eth_per_lrt = quotes.eth_per_lrt;
    let counted = quotes.counted();
    let mut any = false;
    for bucket in &mut book.buckets {
        if !bucket.any_below(&counted, &book.index) {
            continue;
        }
        any = true;
        for i in 0..W {
            let loan = bucket.loan(i, book.index[i]);
            let due = loan.collateral_lrt * counted[i] < loan.debt_eth;
            let value = loan.collateral_lrt * eth_per_lrt[i];
            let credited = greater(value * rule.liquidation_factor - loan.debt_eth, 0.0);
            let bad = greater(loan.debt_eth - value, 0.0);
            lenders.protocol_eth[i] -= select(due, loan.debt_eth + credited, 0.0);
            lenders.supplied_eth[i] += select(due, credited, 0.0);
            inventory_lrt[i] += select(due, loan.collateral_lrt, 0.0);
            done.credited_eth[i] += select(due, credited, 0.0);
            done.absorbed_eth[i] += select(due, loan.debt_eth - bad, 0.0);
            done.bad_debt_eth[i] += select(due, bad, 0.0);
            bucket.collateral_lrt[i] = select(due, 0.0, loan.collateral_lrt);
            bucket.stored_debt[i] = select(due, 0.0, bucket.stored_debt[i]);
            bucket.positions[i] = select(due, 0.0, loan.positions);
        }
    }
    if any {
        book.sum_debts();
    }
}

/// Sells up to `max_lrt` of the inventory.
#[inline(always)]
pub(crate) fn sell_inventory<const W: usize>(
    rule: &Compound,
    lenders: &mut Lenders<W>,
    inventory_lrt: &mut Lanes<W>,
    eth_per_lrt: &Lanes<W>,
    max_lrt: &Lanes<W>,
    done: &mut Liquidated<W>,
) {
    for i in 0..W {
        let most = lesser(rule.for_sale(lenders.protocol_eth[i], eth_per_lrt[i]), inventory_lrt[i]);
        let sold = lesser(greater(max_lrt[i], 0.0), most);
        let paid = sold * (eth_per_lrt[i] * (1.0 - rule.discount()));
        inventory_lrt[i] -= sold;
        lenders.protocol_eth[i] += paid;
        done.seized_lrt[i] = sold;
        done.paid_eth[i] = paid;
    }
}
