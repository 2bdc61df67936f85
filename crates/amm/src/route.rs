//! A trade over all of a token's venues.
//!
//! A seller's optimum splits a sale so that marginal prices after fee are equal. With one venue that is one swap.
//! With several the sale is cut into [`PARTS`] equal parts, and each goes to the venue whose next part pays most:
//! greedy on concave proceeds, hence optimal among splits into such parts, and deterministic with fixed work. Some
//! split into parts is within one part per venue of the true optimum, and moving a part costs at most its own
//! price change, so the loss is second order in `1/PARTS`; against brute force it stays below the bound that
//! `tests/routing.rs` derives (2.4 % of the sale's price impact is the worst seen). Never worse than the best single
//! venue by more than that.

use crate::Venue;
use pegstress_num::{Lanes, greater, lesser, select};

/// Parts of a sale over several venues.
pub const PARTS: usize = 16;

/// Highest marginal price before fee over the venues, ETH per token.
#[inline(always)]
pub fn best_marginal_price<const W: usize>(venues: &[Venue<W>]) -> Lanes<W> {
    let mut best = [0.0; W];
    for venue in venues {
        let price = venue.marginal_price();
        for i in 0..W {
            best[i] = greater(price[i], best[i]);
        }
    }
    best
}

/// Highest bid after fee over the venues, ETH per token.
#[inline(always)]
pub fn best_bid<const W: usize>(venues: &[Venue<W>]) -> Lanes<W> {
    let mut best = [0.0; W];
    for venue in venues {
        let bid = venue.bid();
        for i in 0..W {
            best[i] = greater(bid[i], best[i]);
        }
    }
    best
}

/// Sells tokens over the venues; returns the ETH paid, after fees.
#[inline(always)]
pub fn sell<const W: usize>(venues: &mut [Venue<W>], lrt_in: &Lanes<W>) -> Lanes<W> {
    if let [venue] = venues {
        return venue.sell(lrt_in);
    }
    let part = lrt_in.map(|lrt| greater(lrt, 0.0) / PARTS as f64);
    let mut total = [0.0; W];
    for _ in 0..PARTS {
        let quotes: Vec<_> = venues.iter().map(|venue| venue.quote_sell(&part)).collect();
        for (k, venue) in venues.iter_mut().enumerate() {
            let mut amount = [0.0; W];
            for i in 0..W {
                // The first of equals takes the part; a broken venue quotes NaN and never wins.
                let beaten = quotes.iter().enumerate().any(|(other, quote)| {
                    if other < k { quote[i] >= quotes[k][i] } else { quote[i] > quotes[k][i] }
                });
                amount[i] = select(!beaten & (quotes[k][i] >= 0.0), part[i], 0.0);
            }
            let out = venue.sell(&amount);
            for i in 0..W {
                total[i] += out[i];
            }
        }
    }
    total
}

/// What [`sell`] would pay; nothing changes.
#[inline(always)]
pub fn quote_sell<const W: usize>(venues: &[Venue<W>], lrt_in: &Lanes<W>) -> Lanes<W> {
    match venues {
        [venue] => venue.quote_sell(lrt_in),
        _ => sell(&mut venues.to_vec(), lrt_in),
    }
}

/// Buys on every venue until the next token costs `limit`, fee included, with at most `max_eth` in all.
///
/// Where the money does not suffice every venue gets the same share of what it could take. Returns ETH spent and
/// tokens bought.
#[inline(always)]
pub fn buy_to<const W: usize>(
    venues: &mut [Venue<W>],
    limit: &Lanes<W>,
    max_eth: &Lanes<W>,
) -> (Lanes<W>, Lanes<W>) {
    if let [venue] = venues {
        let mut eth_in = venue.eth_to_ask(limit);
        for i in 0..W {
            eth_in[i] = lesser(eth_in[i], greater(max_eth[i], 0.0));
        }
        let bought = venue.buy(&eth_in);
        return (eth_in, bought);
    }
    let room: Vec<_> = venues.iter().map(|venue| venue.eth_to_ask(limit)).collect();
    let mut share = [0.0; W];
    for i in 0..W {
        let wanted = room.iter().fold(0.0, |sum, eth| sum + eth[i]);
        share[i] = lesser(greater(max_eth[i], 0.0) / greater(wanted, 1e-12), 1.0);
    }
    let (mut spent, mut bought) = ([0.0; W], [0.0; W]);
    for (venue, mut eth_in) in venues.iter_mut().zip(room) {
        for i in 0..W {
            eth_in[i] *= share[i];
            spent[i] += eth_in[i];
        }
        let out = venue.buy(&eth_in);
        for i in 0..W {
            bought[i] += out[i];
        }
    }
    (spent, bought)
}
