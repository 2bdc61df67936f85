//! Lending markets at the start of a study: what becomes due when prices fall, and what the pools can take of it.
//!
//! ```text
//! cascade ratio = collateral due after a fall / tokens that the venues take until the bid is at a liquidator's breakeven
//! ```
//!
//! Above 1 liquidators cannot sell what is due at once without a loss: liquidations stall, or feed on each other.

use crate::scenario::PathStudy;
use pegstress_amm::Venue;
use pegstress_lending::{
    DropOf, LooperThresholds, Market, days_to_liquidation, liquidation_ladder, looper_thresholds,
};

/// Falls that the ladder asks about, fractions.
pub const DROPS: [f64; 9] = [0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.10, 0.15, 0.20];

/// A rung of the ladder of one market.
#[derive(Debug, Clone, PartialEq)]
pub struct LadderRow {
    /// Name of the market.
    pub market: String,
    /// What falls.
    pub of: DropOf,
    /// The fall, fraction.
    pub drop: f64,
    /// Collateral that is due, tokens.
    pub collateral_lrt: f64,
    /// Its debt, ETH.
    pub debt_eth: f64,
    /// Debt beyond the collateral's worth at the market price, ETH.
    pub latent_bad_debt_eth: f64,
    /// Tokens that the venues take until a liquidator breaks even.
    pub depth_at_bonus_lrt: f64,
}

impl LadderRow {
    /// Collateral due over depth at the bonus; `None` where nothing is due or nothing is taken.
    pub fn cascade_ratio(&self) -> Option<f64> {
        (self.collateral_lrt > 0.0 && self.depth_at_bonus_lrt > 0.0)
            .then(|| self.collateral_lrt / self.depth_at_bonus_lrt)
    }
}

/// Loans of one bucket.
#[derive(Debug, Clone, PartialEq)]
pub struct LoanRow {
    /// Name of the market.
    pub market: String,
    /// Positions.
    pub positions: f64,
    /// Tokens.
    pub collateral_lrt: f64,
    /// ETH.
    pub debt_eth: f64,
    /// Debt over collateral at the oracle's price.
    pub ltv: f64,
    /// Where a loop at this loan-to-value breaks.
    pub thresholds: LooperThresholds,
    /// Borrow rate at the start, per year.
    pub borrow_rate_per_year: f64,
    /// Yield of the token, per year.
    pub yield_per_year: f64,
    /// Borrow rate above which the loop costs more than it earns, per year: `yield * leverage / (leverage - 1)`.
    pub breakeven_borrow_per_year: Option<f64>,
    /// Days until interest alone makes it due; `None`: never at these rates.
    pub days_to_liquidation: Option<f64>,
}

/// Every market of a study at its start.
#[derive(Debug, Clone, PartialEq)]
pub struct LendingSnapshot {
    /// Ladders, by market, by what falls, by the fall.
    pub ladder: Vec<LadderRow>,
    /// Loans, by market, as the study lists them.
    pub loans: Vec<LoanRow>,
}

/// The snapshot; `yield_per_year` is that of the token at the start. `None` without markets.
pub fn lending_snapshot(study: &PathStudy, yield_per_year: f64) -> Option<LendingSnapshot> {
    if study.lending.is_empty() {
        return None;
    }
    let nav = *study.drivers.nav.first()?;
    let usd = *study.drivers.eth_usd.first()?;
    let venues: Vec<Venue<1>> = study.venues.iter().map(|spec| Venue::new(spec, &[nav])).collect();
    let best = venues.iter().map(|venue| venue.marginal_price()[0]).fold(0.0, f64::max);
    let mut snapshot = LendingSnapshot { ladder: Vec::new(), loans: Vec::new() };
    for one in &study.lending {
        let spec = &one.spec;
        // Relative to the price: a fall takes pools that follow the rate with it, and for the others it is the fall.
        let breakeven = best * spec.rules.price_to_liquidator();
        let depth_at_bonus_lrt: f64 =
            venues.iter().map(|venue| venue.lrt_to_bid(&[breakeven])[0].max(0.0)).sum();
        for of in [DropOf::RedemptionRate, DropOf::MarketPrice] {
            let rungs = liquidation_ladder(spec, nav, of, &DROPS);
            snapshot.ladder.extend(rungs.into_iter().map(|rung| LadderRow {
                market: spec.name.clone(),
                of,
                drop: rung.drop,
                collateral_lrt: rung.collateral_lrt,
                debt_eth: rung.debt_eth,
                latent_bad_debt_eth: rung.latent_bad_debt_eth,
                depth_at_bonus_lrt,
            }));
        }
        let market = Market::<1>::new(spec, &[nav], &[best], &[usd]);
        let (price, rate) = (market.eth_per_lrt()[0], market.borrow_rate_per_year()[0]);
        snapshot.loans.extend(spec.buckets.iter().map(|bucket| {
            let ltv = bucket.debt_eth / (bucket.collateral_lrt * price);
            LoanRow {
                market: spec.name.clone(),
                positions: bucket.positions,
                collateral_lrt: bucket.collateral_lrt,
                debt_eth: bucket.debt_eth,
                ltv,
                // L / (L - 1) = 1 / LTV.
                breakeven_borrow_per_year: (ltv > 0.0).then(|| yield_per_year / ltv),
                thresholds: looper_thresholds(&spec.rules, ltv),
                borrow_rate_per_year: rate,
                yield_per_year,
                days_to_liquidation: days_to_liquidation(ltv, spec.rules.threshold(), rate, yield_per_year),
            }
        }));
    }
    Some(snapshot)
}
