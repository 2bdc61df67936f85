//! What becomes due in lending markets as the redemption rate falls, against what the pools can take.

use super::axis::Axis;
use super::figure::draw_figure;
use super::panel::{Entry, Mark, Panel, PanelSpec};
use super::style::{FRAME, series_colour};
use super::{Chart, Labels};
use crate::ReportError;
use crate::number::{discount, short};
use pegstress_lending::DropOf;
use pegstress_sim::lending_snapshot::{LadderRow, LendingSnapshot};

/// `liquidation_ladder.png`; nothing where nothing becomes due.
pub(crate) fn draw(labels: &Labels<'_>, snapshot: &LendingSnapshot) -> Result<Option<Chart>, ReportError> {
    let mut markets: Vec<&str> = Vec::new();
    for row in &snapshot.ladder {
        if !markets.contains(&row.market.as_str()) {
            markets.push(&row.market);
        }
    }
    let rows = |market: &str, of: DropOf| -> Vec<&LadderRow> {
        snapshot.ladder.iter().filter(|row| row.market == market && row.of == of).collect()
    };
    let due =
        |of: DropOf| snapshot.ladder.iter().filter(move |row| row.of == of).map(|row| row.collateral_lrt);
    let most = due(DropOf::RedemptionRate).chain(due(DropOf::MarketPrice)).fold(0.0, f64::max);
    let (Some(x), Some(y)) = (
        Axis::around(snapshot.ladder.iter().map(|row| 100.0 * row.drop), true),
        Axis::around([most], true).filter(|_| most > 0.0),
    ) else {
        return Ok(None);
    };
    let details = "Loans at the start; oracles as if settled. Dashed: tokens that all venues take at the start until a \
                   liquidator breaks even";
    let heading = labels.heading(finding(labels, snapshot), details.into());
    let mut legend = Vec::new();
    for (k, market) in markets.iter().enumerate() {
        legend.push(Entry::new(Mark::Line, series_colour(k), (*market).to_owned()));
    }
    legend.push(Entry::new(Mark::Dashes, FRAME, "depth at the bonus"));
    let x_name = "Fall, %";
    let bytes = draw_figure(&heading, 1300, |sheet, frame| {
        let [first, second] = frame.rows([0.5, 0.5]);
        for (frame, of, y_name, name) in [
            (first, DropOf::RedemptionRate, "Collateral due when the redemption rate falls", None),
            (second, DropOf::MarketPrice, "Collateral due when the market price alone falls", Some(x_name)),
        ] {
            let spec = PanelSpec { x: &x, y: &y, y_name, x_name: name, legend: &legend };
            let panel = Panel::draw(sheet, frame, &spec)?;
            for (k, market) in markets.iter().enumerate().rev() {
                let rows = rows(market, of);
                if let Some(row) = rows.first() {
                    panel.level(row.depth_at_bonus_lrt, series_colour(k))?;
                }
                let points = rows.iter().map(|row| (100.0 * row.drop, row.collateral_lrt));
                panel.line([(0.0, 0.0)].into_iter().chain(points), series_colour(k))?;
            }
        }
        Ok(())
    })?;
    Ok(Some(Chart::new("liquidation_ladder.png", heading, bytes)))
}

fn finding(labels: &Labels<'_>, snapshot: &LendingSnapshot) -> String {
    let worst =
        snapshot.ladder.iter().filter(|row| row.of == DropOf::RedemptionRate && row.collateral_lrt > 0.0);
    let first = worst.clone().map(|row| row.drop).fold(f64::INFINITY, f64::min);
    let at_first: f64 = worst.clone().filter(|row| row.drop <= first).map(|row| row.collateral_lrt).sum();
    let depth = worst.filter(|row| row.drop <= first).map(|row| row.depth_at_bonus_lrt).fold(0.0, f64::max);
    if !first.is_finite() {
        return "No fall of the redemption rate that was asked about makes a loan due".to_owned();
    }
    format!(
        "A fall of the redemption rate by {} makes {} {} due, of which the pools take {}",
        discount(first),
        short(at_first),
        labels.symbol,
        short(depth.min(at_first))
    )
}
