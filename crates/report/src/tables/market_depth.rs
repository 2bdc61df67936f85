//! Tables of `pegstress depth`.

use super::Table;
use crate::number::cell;
use crate::{File, ReportError};
use pegstress_sim::market_depth::{DepegStep, MarketDepth};

const VENUES: [&str; 11] = [
    "venue",
    "model",
    "reserve_eth",
    "reserve_lrt",
    "marginal_price_eth",
    "discount_to_redemption_bps",
    "discount_bps",
    "depth_average_lrt",
    "depth_marginal_lrt",
    "share_of_venues",
    "concentration_hhi",
];

/// Every table that has content.
pub(crate) fn write_depth(depth: &MarketDepth) -> Result<Vec<File>, ReportError> {
    [venues(depth), ladder(depth.nav, &depth.ladder), sales(depth)]
        .iter()
        .filter_map(|t| t.file().transpose())
        .collect()
}

/// `venue_depth.csv`: one row per venue and discount, then one for all venues. A venue's average depth is against its
/// own marginal price; marginal depth, shares and concentration are against the best marginal price of any venue.
fn venues(depth: &MarketDepth) -> Table {
    let mut table = Table::new("venue_depth.csv", &VENUES);
    for (i, level) in depth.levels.iter().enumerate() {
        let shares = level.shares();
        let below = |price: f64| cell(1e4 * (1.0 - price / depth.nav), 3);
        for (k, venue) in depth.venues.iter().enumerate() {
            let share = shares.as_ref().and_then(|shares| shares.get(k).copied());
            table.push(vec![
                venue.venue.clone(),
                venue.model.clone(),
                cell(venue.reserve_eth, 4),
                cell(venue.reserve_lrt, 4),
                cell(venue.marginal, 8),
                below(venue.marginal),
                cell(1e4 * level.discount, 3),
                cell(venue.depth_average_lrt.get(i).copied().unwrap_or(f64::NAN), 4),
                cell(level.marginal_lrt.get(k).copied().unwrap_or(f64::NAN), 4),
                cell(share.unwrap_or(f64::NAN), 6),
                String::new(),
            ]);
        }
        table.push(vec![
            "all venues".into(),
            "routed".into(),
            cell(depth.venues.iter().map(|venue| venue.reserve_eth).sum(), 4),
            cell(depth.venues.iter().map(|venue| venue.reserve_lrt).sum(), 4),
            cell(depth.best_marginal, 8),
            below(depth.best_marginal),
            cell(1e4 * level.discount, 3),
            cell(level.average_lrt, 4),
            cell(level.total_marginal_lrt(), 4),
            shares.map_or_else(String::new, |_| "1".into()),
            cell(level.concentration().unwrap_or(f64::NAN), 6),
        ]);
    }
    table
}

/// `depeg_ladder.csv`: what it takes to bring every venue to a discount below the redemption rate.
pub(super) fn ladder(nav: f64, steps: &[DepegStep]) -> Table {
    let header =
        ["discount_to_redemption_bps", "sell_lrt", "proceeds_eth", "loss_eth", "average_discount_bps"];
    let mut table = Table::new("depeg_ladder.csv", &header);
    for step in steps {
        let average = 1e4 * step.loss_eth / (step.lrt * nav);
        table.push(vec![
            cell(1e4 * step.discount, 3),
            cell(step.lrt, 4),
            cell(step.proceeds_eth, 4),
            cell(step.loss_eth, 4),
            cell(average, 3),
        ]);
    }
    table
}

/// `routed_sales.csv`: where a sale of each size goes, and what it brings; the parts sum to what finds a buyer.
fn sales(depth: &MarketDepth) -> Table {
    let header = ["size_lrt", "venue", "part_lrt", "share", "proceeds_eth", "discount_to_redemption_bps"];
    let mut table = Table::new("routed_sales.csv", &header);
    for sale in &depth.sales {
        for (venue, part) in depth.venues.iter().zip(&sale.parts_lrt) {
            table.push(vec![
                cell(sale.lrt, 4),
                venue.venue.clone(),
                cell(*part, 4),
                cell(part / sale.sold_lrt(), 6),
                String::new(),
                String::new(),
            ]);
        }
        table.push(vec![
            cell(sale.lrt, 4),
            "all venues".into(),
            cell(sale.sold_lrt(), 4),
            "1".into(),
            cell(sale.proceeds_eth, 4),
            cell(1e4 * (1.0 - sale.proceeds_eth / (sale.sold_lrt() * depth.nav)), 3),
        ]);
    }
    table
}
