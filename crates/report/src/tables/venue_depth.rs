//! `venue_depth.csv`: what each pool can take, by discount; for a recorded pool at the first, the deepest and the
//! last state.

use super::Table;
use crate::finding::deepest_quote;
use crate::number::{cell, cell_or_empty, utc_cell};
use pegstress_risk::summary::{PathSummary, PoolQuote, PoolSummary, VenueDepth};

const HEADER: [&str; 13] = [
    "venue",
    "model",
    "state",
    "timestamp_utc",
    "reserve_eth",
    "reserve_lrt",
    "marginal_price_eth",
    "discount_bps",
    "depth_average_lrt",
    "depth_marginal_lrt",
    "share_of_venues",
    "cost_to_reach_lrt",
    "cost_to_reach_loss_eth",
];

pub(super) fn of_pool(pool: &PoolSummary) -> Table {
    let mut table = Table::new("venue_depth.csv", &HEADER);
    let states = [
        ("first", pool.quotes.first()),
        ("deepest", deepest_quote(&pool.quotes)),
        ("last", pool.quotes.last()),
    ];
    for (state, quote) in states {
        let Some(quote) = quote else { continue };
        for (i, discount) in pool.depth_discounts.iter().enumerate() {
            table.push(pool_row(pool, state, quote, i, *discount));
        }
    }
    table
}

fn pool_row(pool: &PoolSummary, state: &str, q: &PoolQuote, i: usize, discount: f64) -> Vec<String> {
    vec![
        pool.venue.clone(),
        String::new(),
        state.into(),
        utc_cell(q.at),
        cell(q.reserve_eth, 4),
        cell(q.reserve_lrt, 4),
        cell(q.marginal, 8),
        cell(1e4 * discount, 3),
        cell_or_empty(q.depth_average_lrt.get(i).copied(), 4),
        cell_or_empty(q.depth_marginal_lrt.get(i).copied(), 4),
        String::new(),
        cell_or_empty(q.cost_to_reach_lrt.get(i).copied(), 4),
        cell_or_empty(q.cost_to_reach_loss_eth.get(i).copied(), 4),
    ]
}

pub(super) fn of_paths(paths: &PathSummary) -> Table {
    let mut table = Table::new("venue_depth.csv", &HEADER);
    for venue in &paths.venues {
        for (i, discount) in venue.discounts.iter().enumerate() {
            let depth = |v: &VenueDepth| v.depth_average_lrt.get(i).copied().unwrap_or(f64::NAN);
            let all: f64 = paths.venues.iter().map(depth).sum();
            table.push(vec![
                venue.venue.clone(),
                venue.model.clone(),
                "start".into(),
                String::new(),
                cell(venue.reserve_eth, 4),
                cell(venue.reserve_lrt, 4),
                cell(venue.marginal, 8),
                cell(1e4 * discount, 3),
                cell(depth(venue), 4),
                cell_or_empty(venue.depth_marginal_lrt.get(i).copied(), 4),
                cell(depth(venue) / all, 6),
                String::new(),
                String::new(),
            ]);
        }
    }
    table
}
