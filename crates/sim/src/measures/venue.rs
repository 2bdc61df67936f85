//! One venue on a path, at the print: after a step's sales and liquidations, before anybody buys.
//!
//! ```text
//! deepest discount     1 - marginal price of this venue / redemption rate on chain
//! least quote reserve  quote coin in the pool, in ETH
//! token share          tokens / (tokens + quote coin in ETH): coins counted, not their worth
//! ```

use crate::metric::{Metric, MetricKind, Unit, metric};
use pegstress_amm::Money;
use pegstress_num::{Lanes, greater, lesser, select};

/// What is measured of one venue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VenueMeasure {
    /// Least quote coin in the pool.
    LeastQuote,
    /// Deepest discount of the venue's own marginal price.
    DeepestPrint,
    /// Largest share of tokens among the pool's coins.
    LargestTokenShare,
}

/// Running extremes of one venue.
#[derive(Debug, Clone)]
pub(crate) struct VenueWatch<const W: usize> {
    least_quote_eth: Lanes<W>,
    deepest_print: Lanes<W>,
    largest_token_share: Lanes<W>,
}

impl<const W: usize> Default for VenueWatch<W> {
    fn default() -> Self {
        Self {
            least_quote_eth: [f64::INFINITY; W],
            deepest_print: [f64::NEG_INFINITY; W],
            largest_token_share: [0.0; W],
        }
    }
}

impl<const W: usize> VenueWatch<W> {
    /// A print.
    #[inline(always)]
    pub(crate) fn see(&mut self, price: &Lanes<W>, held: &Money<W>, inverse_nav: &Lanes<W>) {
        for i in 0..W {
            let discount = 1.0 - price[i] * inverse_nav[i];
            self.deepest_print[i] = greater(discount, self.deepest_print[i]);
            self.least_quote_eth[i] = lesser(held.eth[i], self.least_quote_eth[i]);
            let coins = held.eth[i] + held.lrt[i];
            let share = select(coins > 0.0, held.lrt[i] / coins, 0.0);
            self.largest_token_share[i] = greater(share, self.largest_token_share[i]);
        }
    }

    pub(crate) fn values(&self, measure: VenueMeasure) -> Lanes<W> {
        match measure {
            VenueMeasure::LeastQuote => self.least_quote_eth,
            VenueMeasure::DeepestPrint => self.deepest_print,
            VenueMeasure::LargestTokenShare => self.largest_token_share,
        }
    }
}

/// The metrics of venue `k`.
pub(crate) fn metrics(k: usize, name: &str, slug: &str) -> Vec<Metric> {
    let one = |measure, stem: &str, unit, meaning: &str| {
        metric(MetricKind::Venue(k, measure), &format!("{stem}_{slug}"), unit, meaning)
    };
    vec![
        one(
            VenueMeasure::DeepestPrint,
            "deepest_discount_print",
            Unit::Bps,
            &format!(
                "deepest discount of the marginal price (before fee) on {name} after a step's sales, before arbitrage"
            ),
        ),
        one(
            VenueMeasure::LeastQuote,
            "least_quote_reserve",
            Unit::Eth,
            &format!("least quote coin in {name} after a step's sales, in ETH"),
        ),
        one(
            VenueMeasure::LargestTokenShare,
            "largest_token",
            Unit::Share,
            &format!(
                "largest share of tokens among the coins of {name} after a step's sales, by count, the quote coin in ETH"
            ),
        ),
    ]
}
