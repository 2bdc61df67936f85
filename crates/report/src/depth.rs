//! The answer of `pegstress depth`: tables and a chart of all pools at one moment.

use crate::charts::{Labels, draw_slippage};
use crate::number::{discount, grouped, percent, short};
use crate::{File, ReportError, tables};
use pegstress_sim::market_depth::{DepthLevel, MarketDepth};
use serde_json::{Value, json};

/// What the pools are called.
#[derive(Debug, Clone)]
pub struct DepthTitle {
    /// Ticker of the token.
    pub symbol: String,
    /// Where and when the pools were read.
    pub source: String,
    /// Program and version.
    pub program: String,
}

/// `venue_depth.csv`, `depeg_ladder.csv`, `routed_sales.csv` and `slippage.png`.
///
/// # Errors
/// When a table or the chart cannot be written.
pub fn render_depth(title: &DepthTitle, depth: &MarketDepth) -> Result<Vec<File>, ReportError> {
    let sizes: Vec<f64> = depth.sales.iter().map(|sale| sale.lrt).collect();
    let labels = Labels::of_pools(title, &sizes);
    let mut files: Vec<File> =
        draw_slippage(&labels, &depth.curves)?.into_iter().map(|chart| chart.file).collect();
    files.extend(tables::write_depth(depth)?);
    Ok(files)
}

/// The figures as text for a terminal: name and value.
pub fn depth_rows(title: &DepthTitle, depth: &MarketDepth) -> Vec<(String, String)> {
    let symbol = &title.symbol;
    let mut rows = vec![
        ("redemption rate".to_owned(), format!("{} ETH", grouped(depth.nav, 6))),
        (
            "best marginal price".to_owned(),
            format!(
                "{} ETH, {} below the redemption rate",
                grouped(depth.best_marginal, 6),
                discount(1.0 - depth.best_marginal / depth.nav)
            ),
        ),
    ];
    for level in &depth.levels {
        let largest = largest_share(depth, level).map_or_else(String::new, |text| format!("; {text}"));
        rows.push((
            format!("depth at {}", discount(level.discount)),
            format!(
                "{} {symbol} by average price after fees, {} by marginal price{largest}",
                short(level.average_lrt),
                short(level.total_marginal_lrt()),
            ),
        ));
    }
    for step in &depth.ladder {
        rows.push((
            format!("to a depeg of {}", discount(step.discount)),
            format!("sell {} {symbol}, giving up {} ETH", short(step.lrt), short(step.loss_eth)),
        ));
    }
    for sale in &depth.sales {
        let sold = sale.sold_lrt();
        let below = 1.0 - sale.proceeds_eth / (sold * depth.nav);
        let only = if sold < sale.lrt * (1.0 - 1e-9) {
            format!(" for {}: no more finds a buyer", short(sold))
        } else {
            String::new()
        };
        rows.push((
            format!("selling {} {symbol}", short(sale.lrt)),
            format!("{} ETH, {} below the redemption rate{only}", short(sale.proceeds_eth), discount(below)),
        ));
    }
    rows
}

fn largest_share(depth: &MarketDepth, level: &DepthLevel) -> Option<String> {
    let shares = level.shares()?;
    let (index, share) = shares
        .iter()
        .enumerate()
        .fold((0, 0.0), |best, (k, share)| if *share > best.1 { (k, *share) } else { best });
    let effective = 1.0 / level.concentration()?;
    let name = &depth.venues.get(index)?.venue;
    Some(format!("{} on {name}, {} effective venues", percent(share), grouped(effective, 2)))
}

/// The figures for programs; what is not defined is null.
pub fn depth_json(title: &DepthTitle, depth: &MarketDepth) -> Value {
    let levels: Vec<Value> = (depth.levels.iter())
        .map(|level| {
            json!({
                "discount_bps": bps(level.discount),
                "depth_average_lrt": level.average_lrt,
                "depth_marginal_lrt": level.total_marginal_lrt(),
                "venue_depth_marginal_lrt": level.marginal_lrt,
                "venue_shares": level.shares(),
                "concentration_hhi": level.concentration(),
            })
        })
        .collect();
    let ladder: Vec<Value> = (depth.ladder.iter())
        .map(|step| {
            json!({
                "discount_bps": bps(step.discount),
                "sell_lrt": step.lrt,
                "proceeds_eth": step.proceeds_eth,
                "loss_eth": step.loss_eth,
            })
        })
        .collect();
    let sales: Vec<Value> = (depth.sales.iter())
        .map(|sale| {
            json!({
                "lrt": sale.lrt,
                "sold_lrt": sale.sold_lrt(),
                "venue_lrt": sale.parts_lrt,
                "proceeds_eth": sale.proceeds_eth,
            })
        })
        .collect();
    let venues: Vec<Value> = (depth.venues.iter())
        .map(|venue| {
            json!({
                "venue": venue.venue,
                "model": venue.model,
                "reserve_eth": venue.reserve_eth,
                "reserve_lrt": venue.reserve_lrt,
                "marginal_price_eth": venue.marginal,
            })
        })
        .collect();
    json!({
        "symbol": title.symbol,
        "source": title.source,
        "redemption_rate": depth.nav,
        "best_marginal_price_eth": depth.best_marginal,
        "venues": venues,
        "depth": levels,
        "depeg_ladder": ladder,
        "routed_sales": sales,
    })
}

/// A fraction in basis points, without the dust of the division that made it.
fn bps(fraction: f64) -> f64 {
    (fraction * 1e8).round() / 1e4
}
