//! Depth: how much can be sold before the price is a given discount below the starting marginal price.

use crate::Venue;
use pegstress_num::{Lanes, select};

/// Bisection steps; the amount is good to 2^-60 of the bracket.
const STEPS: usize = 60;
/// The bracket ends at this multiple of the token reserve.
const WIDEST: f64 = 1e4;

/// Which price must not fall further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepthBy {
    /// Average price of the whole sale, after fee.
    Average,
    /// Marginal price, before fee.
    Marginal,
}

/// Tokens that can be sold before the price is `discount` (fraction) below the marginal price now.
///
/// Zero where the fee alone is more than the discount.
pub fn depth<const W: usize>(venue: &Venue<W>, discount: &Lanes<W>, by: DepthBy) -> Lanes<W> {
    let start = venue.marginal_price();
    let mut limit = [0.0; W];
    for i in 0..W {
        limit[i] = start[i] * (1.0 - discount[i]);
    }
    match by {
        DepthBy::Marginal => venue.lrt_to_price(&limit),
        DepthBy::Average => {
            let mut low = [0.0; W];
            let mut high = venue.reserves().lrt.map(|lrt| WIDEST * lrt);
            for _ in 0..STEPS {
                let mut middle = [0.0; W];
                for i in 0..W {
                    middle[i] = 0.5 * (low[i] + high[i]);
                }
                let out = venue.quote_sell(&middle);
                for i in 0..W {
                    let fits = out[i] >= limit[i] * middle[i];
                    low[i] = select(fits, middle[i], low[i]);
                    high[i] = select(fits, high[i], middle[i]);
                }
            }
            low
        }
    }
}
