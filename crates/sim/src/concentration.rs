//! How few hold how much at the start of a study: pools by depth, borrowers by debt.
//!
//! ```text
//! HHI = sum s_i^2, effective number = 1 / HHI         s_i: share of pool i's depth, of position i's debt
//! ```
//!
//! Operators and services stand with the restaking ([`crate::restaking_snapshot`]). A bucket of n positions counts as n equal ones.

use crate::market_depth::DepthLevel;
use crate::scenario::PathStudy;
use pegstress_restake::Concentration;

/// Positions of a bucket that are told apart, at most.
const MOST_POSITIONS: f64 = 1e5;

/// One concentration.
#[derive(Debug, Clone, PartialEq)]
pub struct ConcentrationRow {
    /// `pools`, or `borrowers of` a market.
    pub of: String,
    /// Herfindahl-Hirschman index.
    pub hhi: f64,
    /// Number of equal holders with the same index.
    pub effective_number: f64,
    /// Share of the largest, and of the five largest.
    pub top: [f64; 2],
}

/// Pools by their marginal depth at one discount, and borrowers of each market. What has nothing is left out.
pub fn concentrations(study: &PathStudy, depth: Option<&DepthLevel>) -> Vec<ConcentrationRow> {
    let pools = depth.map(|level| ("pools".to_owned(), level.marginal_lrt.clone()));
    let borrowers = study.lending.iter().map(|market| {
        let each = |bucket: &pegstress_lending::BucketSpec| {
            let positions = bucket.positions.round().clamp(1.0, MOST_POSITIONS);
            std::iter::repeat_n(bucket.debt_eth / positions, positions as usize)
        };
        (format!("borrowers of {}", market.spec.name), market.spec.buckets.iter().flat_map(each).collect())
    });
    let has_something = |(_, amounts): &(String, Vec<f64>)| amounts.iter().sum::<f64>() > 0.0;
    pools
        .into_iter()
        .chain(borrowers)
        .filter(has_something)
        .map(|(of, amounts)| {
            let one = Concentration::of(amounts);
            ConcentrationRow {
                of,
                hhi: one.hhi(),
                effective_number: one.effective_number(),
                top: [one.top_share(1), one.top_share(5)],
            }
        })
        .collect()
}
