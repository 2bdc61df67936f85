//! What every party gained or lost.

use super::axis::Axis;
use super::fan::details;
use super::figure::draw_figure;
use super::questions::rows::{Rows, height};
use super::style::{BLACK, FRAME, GREEN, VERMILLION};
use super::{Chart, Labels};
use crate::ReportError;
use crate::number::short;
use pegstress_risk::summary::{PartyGain, PathSummary};

/// Gains below this are nobody's and not drawn, ETH.
const NOTHING: f64 = 1e-6;

/// `who_pays.png`; nothing where nobody gains.
pub(crate) fn draw(labels: &Labels<'_>, paths: &PathSummary) -> Result<Option<Chart>, ReportError> {
    let is_party = |row: &&PartyGain| {
        row.party != "residual"
            && (row.mean.0.abs() > NOTHING || row.quantiles.iter().any(|q| q.abs() > NOTHING))
    };
    let mut rows: Vec<&PartyGain> = paths.attribution.who_pays.iter().filter(is_party).collect();
    rows.sort_by(|a, b| a.mean.0.total_cmp(&b.mean.0));
    let values = rows.iter().flat_map(|row| [row.mean.0, row.quantiles[0], row.quantiles[2]]);
    let Some(x) = Axis::around(values, true).filter(|_| !rows.is_empty()) else { return Ok(None) };
    let residual = paths.attribution.who_pays.iter().find(|row| row.party == "residual");
    let sum =
        residual.map_or_else(String::new, |row| format!("; all gains add up to {:.1e} ETH", row.mean.0));
    let about = format!(
        "At the end of the path against having done nothing; tokens at the redemption rate of the end{sum} · {}",
        details(paths)
    );
    let heading = labels.heading(finding(&rows), about);
    let legend = [
        (VERMILLION, "mean loss".to_owned()),
        (GREEN, "mean gain".to_owned()),
        (FRAME, "5 to 95 % of paths".to_owned()),
    ];
    let names: Vec<String> =
        rows.iter().map(|row| format!("{}: {} ETH", words(row), short(row.mean.0))).collect();
    let tall = 250.0 + height(names.len());
    let bytes = draw_figure(&heading, tall as usize, |sheet, frame| {
        let drawn = Rows::draw(sheet, frame, &x, "Gain, ETH", &names, &legend)?;
        for (k, row) in rows.iter().enumerate() {
            let colour = if row.mean.0 < 0.0 { VERMILLION } else { GREEN };
            drawn.bar(k, (0.0, row.mean.0), 0.6, colour)?;
            drawn.whisker(k, (row.quantiles[0], row.quantiles[2]), 0.0, FRAME)?;
        }
        drawn.upright(0.0, BLACK)
    })?;
    Ok(Some(Chart::new("who_pays.png", heading, bytes)))
}

pub(crate) fn words(row: &PartyGain) -> String {
    row.party.replace('_', " ")
}

fn finding(rows: &[&PartyGain]) -> String {
    match (rows.first(), rows.last()) {
        (Some(loser), Some(winner)) if loser.mean.0 < 0.0 && winner.mean.0 > 0.0 => format!(
            "On average {} lose most, {} ETH, and {} gain most, {} ETH",
            words(loser),
            short(-loser.mean.0),
            words(winner),
            short(winner.mean.0)
        ),
        _ => "Who gains and who loses".to_owned(),
    }
}
