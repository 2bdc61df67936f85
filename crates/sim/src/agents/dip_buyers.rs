//! Buyers of dips: own hurdle, own capital, no redemption.
//!
//! ```text
//! buys     while the next token costs less than nav (1 - hurdle), fee included
//!          at most free capital * share per step
//! sells    while the next token brings more than nav (1 - resell), after fee
//!          at most tokens held * share per step
//! ```
//!
//! `nav` is the redemption rate on chain: they believe it, and a hurdle says how much. Several groups with rising hurdles and
//! falling haste are a ladder of bids under the market. With `resell < hurdle` a round trip earns at least the difference.
//! Units: fractions, ETH, tokens.

use crate::scenario::DipBuyers;
use pegstress_num::Lanes;

/// Constants of one step.
#[derive(Debug, Clone, Copy)]
pub struct DipStep {
    params: DipBuyers,
    /// Share of capital, or of tokens held, that may move in a step.
    pub share: f64,
}

impl DipStep {
    /// Constants for steps of `step_secs`.
    pub fn new(params: DipBuyers, step_secs: f64) -> Self {
        Self { params, share: super::arbitrage::share_per_step(params.deployed_per_hour, step_secs) }
    }

    /// Highest price at which they buy, ETH per token, pool fee included.
    #[inline(always)]
    pub fn price_limit<const W: usize>(&self, nav: &Lanes<W>) -> Lanes<W> {
        let mut limit = *nav;
        for price in &mut limit {
            *price *= 1.0 - self.params.hurdle;
        }
        limit
    }

    /// Lowest bid at which they sell, if they do.
    #[inline(always)]
    pub fn bid_limit<const W: usize>(&self, nav: &Lanes<W>) -> Option<Lanes<W>> {
        let keep = 1.0 - self.params.resell_discount?;
        let mut limit = *nav;
        for price in &mut limit {
            *price *= keep;
        }
        Some(limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_the_stated_discounts_of_the_redemption_rate() {
        let params = DipBuyers {
            hurdle: 0.02,
            capital_eth: 1.0,
            deployed_per_hour: 0.5,
            resell_discount: Some(0.005),
        };
        let step = DipStep::new(params, 7200.0);
        // A product of two numbers: one rounding each.
        assert!((step.price_limit(&[1.05])[0] - 1.029).abs() < 1e-15);
        assert!((step.bid_limit(&[1.05]).expect("they sell")[0] - 1.04475).abs() < 1e-15);
        assert!((step.share - 0.75).abs() < 1e-14);
        assert!(
            DipStep::new(DipBuyers { resell_discount: None, ..params }, 60.0).bid_limit(&[1.0]).is_none()
        );
    }
}
