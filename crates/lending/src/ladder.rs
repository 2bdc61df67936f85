//! What becomes due if the price falls by so much (plain numbers, for tables).
//!
//! A fall of the *redemption rate* takes the market price with it: every oracle but a hard-coded one sees it. A fall of the
//! *market price* alone is not seen by an exchange-rate oracle: nothing is due, and what the sales would not cover is
//! latent. Oracles count as settled: a feed has been pushed, a mean has caught up.

use crate::spec::MarketSpec;

/// What falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropOf {
    /// The market price; the redemption rate stays.
    MarketPrice,
    /// The redemption rate on chain, and the market price with it.
    RedemptionRate,
}

/// One fall.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rung {
    /// The fall, share of the price.
    pub drop: f64,
    /// Collateral of the positions that are due.
    pub collateral_lrt: f64,
    /// Their debt.
    pub debt_eth: f64,
    /// Debt of all positions beyond what their collateral is worth at the market price after the fall.
    pub latent_bad_debt_eth: f64,
}

/// A market after each of the falls from `eth_per_lrt`, where market price and redemption rate start.
pub fn liquidation_ladder(spec: &MarketSpec, eth_per_lrt: f64, of: DropOf, drops: &[f64]) -> Vec<Rung> {
    drops.iter().map(|&drop| rung(spec, eth_per_lrt, of, drop)).collect()
}

fn rung(spec: &MarketSpec, start: f64, of: DropOf, drop: f64) -> Rung {
    let market = start * (1.0 - drop);
    let nav = if of == DropOf::RedemptionRate { market } else { start };
    let counted = spec.oracle.settled(nav, market) * spec.rules.threshold();
    let mut rung = Rung { drop, collateral_lrt: 0.0, debt_eth: 0.0, latent_bad_debt_eth: 0.0 };
    for bucket in &spec.buckets {
        if bucket.collateral_lrt * counted < bucket.debt_eth {
            rung.collateral_lrt += bucket.collateral_lrt;
            rung.debt_eth += bucket.debt_eth;
        }
        rung.latent_bad_debt_eth += (bucket.debt_eth - bucket.collateral_lrt * market).max(0.0);
    }
    rung
}
