//! Depth: how much can be sold before the price is a given discount below the starting marginal price, and no more than
//! finds a buyer: what a pool does not take, where its liquidity or its limit of a trade ends, is not depth.

use crate::{Money, Venue};
use pegstress_num::{Lanes, select};

/// Trades of a sale in parts, at most: at 30 % of the reserve each, more than any pool is asked for.
const TRADES: usize = 64;
/// What may be missing of a sale that counts as taken whole, relative: rounding.
const ROUNDING: f64 = 1e-12;
/// Bisection steps; the amount is good to 2^-60 of the bracket.
const STEPS: usize = 60;
/// The bracket ends at this multiple of the token reserve.
const WIDEST: f64 = 1e4;

/// Which price must not fall further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepthBy {
    /// Average price of the whole sale, after fee, in one trade.
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
                let traded = venue.clone().trade(&middle, &[0.0; W]);
                for i in 0..W {
                    let whole = traded.taken.lrt[i] >= middle[i] * (1.0 - ROUNDING);
                    let fits = whole & (traded.paid.eth[i] >= limit[i] * middle[i]);
                    low[i] = select(fits, middle[i], low[i]);
                    high[i] = select(fits, high[i], middle[i]);
                }
            }
            low
        }
    }
}

/// Sells `lrt_in` in as many trades as the pool's limit of a trade asks for: tokens taken and ETH paid, after fees.
pub fn sell_in_parts<const W: usize>(venue: &Venue<W>, lrt_in: &Lanes<W>) -> Money<W> {
    let (mut venue, mut rest, mut sold) = (venue.clone(), *lrt_in, Money::ZERO);
    for _ in 0..TRADES {
        let traded = venue.trade(&rest, &[0.0; W]);
        let mut left = 0.0;
        for i in 0..W {
            rest[i] -= traded.taken.lrt[i];
            sold.lrt[i] += traded.taken.lrt[i];
            sold.eth[i] += traded.paid.eth[i];
            left = select((rest[i] > ROUNDING * lrt_in[i]) & (traded.taken.lrt[i] > 0.0), 1.0, left);
        }
        if left == 0.0 {
            break;
        }
    }
    sold
}
