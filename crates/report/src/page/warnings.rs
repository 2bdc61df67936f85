//! What a reader must know before using the numbers.

use crate::number::grouped;
use pegstress_risk::Summary;
use pegstress_risk::summary::PathSummary;

/// Largest relative imbalance that rounding explains.
const BALANCE_TOLERANCE: f64 = 1e-9;

/// Paths that broke, and balances that did not hold.
pub(super) fn faults(summary: &Summary) -> Vec<String> {
    match summary {
        Summary::Paths(paths) => faults_of_paths(paths),
        Summary::Pool(_) | Summary::Queue(_) => Vec::new(),
    }
}

/// [`faults`] of simulated paths.
pub(super) fn faults_of_paths(paths: &PathSummary) -> Vec<String> {
    let broken = paths.faults.iter().filter(|f| f.1 > 0);
    let mut lines: Vec<String> = broken
        .map(|(kind, count)| {
            format!("{} paths are left out of every figure: {kind}.", grouped(*count as f64, 0))
        })
        .collect();
    let (eth, lrt) = paths.conservation;
    if eth > BALANCE_TOLERANCE || lrt > BALANCE_TOLERANCE {
        lines.push(format!("Balances are violated by up to {eth:e} of the ETH and {lrt:e} of the tokens."));
    }
    lines
}

/// What the numbers do not say.
pub(super) fn silence(summary: &Summary) -> &'static [&'static str] {
    match summary {
        Summary::Pool(_) => &[
            "One pool, at the recorded states only: what happened between two of them is not seen.",
            "Prices are computed from reserves, not from trades; other venues and routes are not in them.",
            "Sizes are sold at once and nobody refills the pool; with arbitrage a patient seller gets more.",
            "Shares of the pool count units of each coin, not their value.",
        ],
        Summary::Queue(_) => &[
            "Delays assume that the queue is served at the stated churn and that nobody cancels an exit.",
            "They end when validators' ETH is swept: a token's own processing and escrow come on top.",
            "The quoted wait is the source's formula, not a measured delay.",
            "A fair discount is what waiting alone justifies; it holds no risk of loss and is no forecast of a price.",
        ],
        Summary::Paths(_) => &[
            "A distribution over the stated scenario, not a forecast: the scenario itself has no probability here.",
            "Intervals are Monte-Carlo error only. Wrong parameters and wrong equations are not in them.",
            "Close is the end of a step, after arbitrage; a print within a step can be deeper. A marginal price is \
             not what a seller of size gets.",
            "Bands of a fan hold at each time on its own; no single path follows a quantile.",
            "Venues, lenders and tokens that the scenario does not name are not in the run.",
        ],
    }
}
