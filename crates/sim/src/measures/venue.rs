//! One venue on a path, at the print: after a step's sales and liquidations, before anybody buys.
//!
//! ```text
//! deepest discount     1 - marginal price of this venue / redemption rate on chain
//! least quote reserve  quote coin in the pool, in ETH
//! token share          tokens / (tokens + quote coin in ETH): coins counted, not their worth
//! ```

use crate::metric::{Metric, MetricKind, Unit, metric};
use pegstress_amm::{Money, Venue};
use pegstress_num::{Lanes, any_positive, greater, lesser, select};

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
#[repr(align(64))]
pub(crate) struct VenueWatch<const W: usize> {
    /// Marginal price when somebody last looked, ETH per token.
    price: Lanes<W>,
    least_quote_eth: Lanes<W>,
    deepest_print: Lanes<W>,
    largest_token_share: Lanes<W>,
}

impl<const W: usize> Default for VenueWatch<W> {
    fn default() -> Self {
        Self {
            price: [0.0; W],
            least_quote_eth: [f64::INFINITY; W],
            deepest_print: [f64::NEG_INFINITY; W],
            largest_token_share: [0.0; W],
        }
    }
}

impl<const W: usize> VenueWatch<W> {
    /// Looks at the price.
    #[inline(always)]
    pub(crate) fn look(&mut self, venue: &Venue<W>) -> &Lanes<W> {
        self.price = venue.marginal_price();
        &self.price
    }

    /// A print: nobody has traded since the last look.
    #[inline(always)]
    pub(crate) fn print(&mut self, held: &Money<W>, inverse_nav: &Lanes<W>) {
        let mut larger = [0.0; W];
        for i in 0..W {
            let discount = 1.0 - self.price[i] * inverse_nav[i];
            self.deepest_print[i] = greater(discount, self.deepest_print[i]);
            self.least_quote_eth[i] = lesser(held.eth[i], self.least_quote_eth[i]);
            let before = self.largest_token_share[i] * (held.eth[i] + held.lrt[i]);
            larger[i] = select(held.lrt[i] > before, 1.0, 0.0);
        }
        // Divided only where some lane's share is the largest so far.
        if any_positive(&larger) {
            for i in 0..W {
                let share = held.lrt[i] / (held.eth[i] + held.lrt[i]);
                let largest = select(larger[i] > 0.0, share, 0.0);
                self.largest_token_share[i] = greater(largest, self.largest_token_share[i]);
            }
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
