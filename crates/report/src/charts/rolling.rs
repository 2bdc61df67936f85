//! The same shock laid over every start of a history: depth and delay by start.

use super::axis::{Axis, seconds};
use super::fan::price_details;
use super::figure::draw_figure;
use super::panel::{Entry, Mark, Panel, PanelSpec, fan_tints};
use super::style::{BLUE, ORANGE};
use super::{Chart, Labels};
use crate::ReportError;
use crate::finding::first_largest;
use crate::number::{date, grouped, short};
use pegstress_risk::summary::{PathSummary, StartSummary};
use plotters::style::RGBColor;

/// `by_start.png`; nothing for a study with one start.
pub(crate) fn draw(labels: &Labels<'_>, paths: &PathSummary) -> Result<Option<Chart>, ReportError> {
    let starts = paths.by_start.as_deref().unwrap_or(&[]);
    let (Some(x), Some(bps), Some(days)) = (
        Axis::time(starts.iter().map(|s| s.at)),
        Axis::around(starts.iter().flat_map(|s| s.deepest_bps), true),
        Axis::around(starts.iter().flat_map(|s| s.delay_days), true),
    ) else {
        return Ok(None);
    };
    let heading = labels.heading(finding(labels, starts), price_details(paths));
    let legend = |colour: RGBColor| {
        let band = Entry::new(Mark::Band, fan_tints(colour)[0], "5 to 95 % of the paths of a start");
        [band, Entry::new(Mark::Line, colour, "median")]
    };
    let (depth_legend, delay_legend) = (legend(BLUE), legend(ORANGE));
    let bytes = draw_figure(&heading, 1000, |sheet, frame| {
        let [upper, lower] = frame.rows([0.5, 0.5]);
        let spec = PanelSpec {
            x: &x,
            y: &bps,
            y_name: "Deepest discount, bps",
            x_name: None,
            legend: &depth_legend,
        };
        let panel = Panel::draw(sheet, upper, &spec)?;
        draw_band(&panel, starts, |s| s.deepest_bps, BLUE)?;

        let name = "Longest delay of queue, escrow and processing, days";
        let x_name = Some("Start of the path, UTC");
        let spec = PanelSpec { x: &x, y: &days, y_name: name, x_name, legend: &delay_legend };
        let panel = Panel::draw(sheet, lower, &spec)?;
        draw_band(&panel, starts, |s| s.delay_days, ORANGE)
    })?;
    Ok(Some(Chart::new("by_start.png", heading, bytes)))
}

fn draw_band(
    panel: &Panel<'_, '_>,
    starts: &[StartSummary],
    values: impl Fn(&StartSummary) -> [f64; 3],
    colour: RGBColor,
) -> Result<(), ReportError> {
    let band = starts.iter().map(|s| (seconds(s.at), values(s)[0], values(s)[2]));
    panel.band(band, fan_tints(colour)[0])?;
    panel.line(starts.iter().map(|s| (seconds(s.at), values(s)[1])), colour)
}

fn finding(labels: &Labels<'_>, starts: &[StartSummary]) -> String {
    let symbol = labels.symbol;
    let mut medians: Vec<f64> = starts.iter().map(|s| s.deepest_bps[1]).filter(|v| v.is_finite()).collect();
    medians.sort_by(f64::total_cmp);
    match (first_largest(starts, |s| s.deepest_bps[1]), medians.get(medians.len() / 2)) {
        (Some(worst), Some(typical)) => format!(
            "The same shock takes {symbol} deepest from {}: {} bps down in the median path, {} bps from a typical \
             start; the longest delay is then {} days",
            date(worst.at),
            grouped(worst.deepest_bps[1], 0),
            grouped(*typical, 0),
            short(worst.delay_days[1])
        ),
        _ => format!("Depth and delay of {symbol} by start"),
    }
}
