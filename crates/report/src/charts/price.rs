//! Price of a pool's token against its redemption rate, with the discount below.

use super::axis::{Axis, seconds};
use super::figure::draw_figure;
use super::panel::{Entry, Mark, Panel, PanelSpec};
use super::style::{BLACK, BLUE, GREEN, TEXT, VERMILLION};
use super::{Chart, Labels};
use crate::ReportError;
use crate::finding::{deepest_quote, eth_share, par_words, step_words};
use crate::number::{date, discount, percent, short};
use pegstress_risk::summary::PoolSummary;

/// `price.png`; nothing if no state has a price.
pub(crate) fn draw(labels: &Labels<'_>, pool: &PoolSummary) -> Result<Option<Chart>, ReportError> {
    let quotes = &pool.quotes;
    let size = pool.sizes_lrt.len().checked_sub(1);
    let executable = |q: &pegstress_risk::summary::PoolQuote| {
        size.and_then(|i| q.executable.get(i)).copied().unwrap_or(f64::NAN)
    };
    let prices = quotes.iter().flat_map(|q| [q.marginal, q.nav, executable(q)]);
    let references = quotes.iter().filter_map(|q| q.reference.map(|r| r.price));
    let discounts = quotes.iter().flat_map(|q| [1e4 * q.discount, 1e4 * (1.0 - executable(q) / q.nav)]);
    let (Some(x), Some(y), Some(below), Some(deepest)) = (
        Axis::time(quotes.iter().map(|q| q.at)),
        Axis::around(prices.chain(references), false),
        Axis::around(discounts, true),
        deepest_quote(quotes),
    ) else {
        return Ok(None);
    };
    let heading = labels.heading(finding(labels, deepest), details(pool));
    let symbol = labels.symbol;
    let mut legend = vec![Entry::new(Mark::Line, BLUE, "marginal, before fee")];
    if let Some(sold) = size.and_then(|i| pool.sizes_lrt.get(i)) {
        legend.push(Entry::new(
            Mark::Line,
            VERMILLION,
            format!("selling {} {symbol}, after fee", short(*sold)),
        ));
    }
    let both = legend.len();
    legend.push(Entry::new(Mark::Dashes, BLACK, "redemption rate"));
    if let Some(name) = &pool.reference_name {
        legend.push(Entry::new(Mark::Dots, GREEN, name.clone()));
    }
    let price_name = format!("ETH per {symbol}");
    let bytes = draw_figure(&heading, 1000, |sheet, frame| {
        let [upper, lower] = frame.rows([0.56, 0.44]);
        let spec = PanelSpec { x: &x, y: &y, y_name: &price_name, x_name: None, legend: &legend };
        let panel = Panel::draw(sheet, upper, &spec)?;
        panel.dashes(quotes.iter().map(|q| (seconds(q.at), q.nav)), BLACK)?;
        panel.line(quotes.iter().map(|q| (seconds(q.at), executable(q))), VERMILLION)?;
        let references = quotes.iter().filter_map(|q| q.reference);
        panel.dots(references.map(|r| (seconds(r.at), r.price)).filter(|p| x.holds(p.0)), GREEN, false)?;
        panel.line(quotes.iter().map(|q| (seconds(q.at), q.marginal)), BLUE)?;

        let name = "Discount to redemption rate, bps";
        legend.truncate(both);
        legend.push(Entry::new(Mark::HollowDots, TEXT, format!("deepest, {}", date(deepest.at))));
        let spec = PanelSpec { x: &x, y: &below, y_name: name, x_name: Some("UTC"), legend: &legend };
        let panel = Panel::draw(sheet, lower, &spec)?;
        panel
            .line(quotes.iter().map(|q| (seconds(q.at), 1e4 * (1.0 - executable(q) / q.nav))), VERMILLION)?;
        panel.line(quotes.iter().map(|q| (seconds(q.at), 1e4 * q.discount)), BLUE)?;
        panel.mark((seconds(deepest.at), 1e4 * deepest.discount))
    })?;
    Ok(Some(Chart::new("price.png", heading, bytes)))
}

fn finding(labels: &Labels<'_>, deepest: &pegstress_risk::summary::PoolQuote) -> String {
    let (symbol, par) = (labels.symbol, par_words(deepest.nav));
    if deepest.discount <= 0.0 {
        return format!("{symbol} was never below {par} in the recorded states");
    }
    let tokens = 1.0 - eth_share(deepest);
    format!(
        "{symbol} fell to {} below {par} on {}; the pool held {} {symbol}",
        discount(deepest.discount),
        date(deepest.at),
        percent(tokens)
    )
}

fn details(pool: &PoolSummary) -> String {
    let times: Vec<_> = pool.quotes.iter().map(|q| q.at).collect();
    let step = step_words(&times).map_or_else(String::new, |s| format!(", one every {s} (median)"));
    format!("{}: {} recorded states{step}; prices from the pool's mathematics", pool.venue, pool.quotes.len())
}
