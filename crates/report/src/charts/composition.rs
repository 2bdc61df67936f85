//! What a pool held, and the price that its mathematics implies.

use super::axis::{Axis, seconds};
use super::figure::draw_figure;
use super::panel::{Entry, Mark, Panel, PanelSpec};
use super::style::{BLACK, BLUE, ORANGE, SKY, TEXT, tint};
use super::{Chart, Labels};
use crate::ReportError;
use crate::finding::{eth_share, first_largest};
use crate::number::{date, grouped, percent, short};
use pegstress_risk::summary::{PoolQuote, PoolSummary};

/// `composition.png`; nothing if no state has reserves.
pub(crate) fn draw(labels: &Labels<'_>, pool: &PoolSummary) -> Result<Option<Chart>, ReportError> {
    let quotes: Vec<&PoolQuote> = pool.quotes.iter().filter(|q| eth_share(q).is_finite()).collect();
    let (Some(x), Some(price), Some(least), Some(first)) = (
        Axis::time(quotes.iter().map(|q| q.at)),
        Axis::around(quotes.iter().map(|q| q.marginal), false),
        first_largest(&quotes, |q| -eth_share(q)),
        quotes.first(),
    ) else {
        return Ok(None);
    };
    let shares = Axis::span_with_step(0.0, 100.0, 25.0);
    let symbol = labels.symbol;
    let finding = format!(
        "{} held {} ETH on {}, after {} on {}",
        pool.venue,
        percent(eth_share(least)),
        date(least.at),
        percent(eth_share(first)),
        date(first.at)
    );
    let reserves =
        |q: &PoolQuote| format!("{} ETH and {} {symbol}", short(q.reserve_eth), short(q.reserve_lrt));
    let details = format!(
        "{}: {} recorded states, {} at the start, {} at the most lopsided; shares by units, not by value",
        pool.venue,
        quotes.len(),
        reserves(first),
        reserves(least)
    );
    let heading = labels.heading(finding, details);
    let (eth, lrt) = (tint(SKY, 0.75), tint(ORANGE, 0.75));
    let legend = [Entry::new(Mark::Band, lrt, symbol), Entry::new(Mark::Band, eth, "ETH")];
    let price_name = format!("Marginal price, ETH per {symbol}");
    let bytes = draw_figure(&heading, 1000, |sheet, frame| {
        let [upper, lower] = frame.rows([0.58, 0.42]);
        let spec =
            PanelSpec { x: &x, y: &shares, y_name: "Share of reserves, %", x_name: None, legend: &legend };
        let panel = Panel::draw(sheet, upper, &spec)?;
        panel.band(quotes.iter().map(|q| (seconds(q.at), 0.0, 100.0 * eth_share(q))), eth)?;
        panel.band(quotes.iter().map(|q| (seconds(q.at), 100.0 * eth_share(q), 100.0)), lrt)?;
        panel.level(50.0, BLACK)?;

        let lowest = format!("{} with the least ETH, {}", grouped(least.marginal, 4), date(least.at));
        let model = Entry::new(Mark::Line, BLUE, "implied by the reserves, before fee");
        let legend = [model, Entry::new(Mark::HollowDots, TEXT, lowest)];
        let spec = PanelSpec { x: &x, y: &price, y_name: &price_name, x_name: Some("UTC"), legend: &legend };
        let panel = Panel::draw(sheet, lower, &spec)?;
        panel.line(quotes.iter().map(|q| (seconds(q.at), q.marginal)), BLUE)?;
        panel.mark((seconds(least.at), least.marginal))
    })?;
    Ok(Some(Chart::new("composition.png", heading, bytes)))
}
