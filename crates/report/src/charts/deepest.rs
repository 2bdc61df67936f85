//! Distribution of the deepest discount of a path, with value at risk and expected shortfall.

use super::axis::Axis;
use super::fan::price_details;
use super::figure::draw_figure;
use super::panel::{Entry, Mark, Panel, PanelSpec};
use super::style::{BLUE, ORANGE, VERMILLION, tint};
use super::{Chart, Labels};
use crate::ReportError;
use crate::finding::{DEEPEST_CLOSE, metric, quantile, shortfall};
use crate::number::grouped;
use pegstress_risk::summary::{MetricSummary, PathSummary};
use plotters::style::RGBColor;

/// A marked value.
struct Line {
    name: &'static str,
    bps: f64,
    mark: Mark,
    colour: RGBColor,
}

/// `deepest_discount.png`; nothing without a counted path.
pub(crate) fn draw(labels: &Labels<'_>, paths: &PathSummary) -> Result<Option<Chart>, ReportError> {
    let (bars, per) = bars(&paths.deepest_bins);
    let (Some(first), Some(last)) = (bars.first(), bars.last()) else { return Ok(None) };
    let lines = metric(paths, DEEPEST_CLOSE).map_or_else(Vec::new, lines);
    let right = lines.iter().map(|l| l.bps).fold(last.1, |a, b| if 1.03 * b > a { 1.03 * b } else { a });
    let x = Axis::span(if first.0 > 0.0 && first.0 < 0.3 * right { 0.0 } else { first.0 }, right);
    let Some(y) = Axis::around(bars.iter().map(|b| b.2), true) else { return Ok(None) };
    let heading = labels.heading(finding(labels, &lines), price_details(paths));
    let legend: Vec<Entry> = (lines.iter())
        .map(|l| Entry::new(l.mark, l.colour, format!("{} {} bps", l.name, grouped(l.bps, 0))))
        .collect();
    let bytes = draw_figure(&heading, 900, |sheet, frame| {
        let x_name = Some("Deepest discount at the end of a step, bps");
        let spec = PanelSpec { x: &x, y: &y, y_name: &per, x_name, legend: &legend };
        let panel = Panel::draw(sheet, frame, &spec)?;
        bars.iter().try_for_each(|(from, to, share)| panel.bar(*from, *to, *share, tint(BLUE, 0.55)))?;
        lines.iter().try_for_each(|line| panel.upright(line.bps, line.mark, line.colour))
    })?;
    Ok(Some(Chart::new("deepest_discount.png", heading, bytes)))
}

/// Bars `(from, to, height)` in bps and per cent of paths, and the name of the height: shares of bins of equal
/// width, else shares per 10 bps, so that areas compare.
fn bars(bins: &[(f64, f64, u64)]) -> (Vec<(f64, f64, f64)>, String) {
    let total: u64 = bins.iter().map(|b| b.2).sum();
    let drawable = |b: &&(f64, f64, u64)| b.0.is_finite() && b.1.is_finite() && b.1 > b.0 && total > 0;
    let bins: Vec<_> = bins.iter().filter(drawable).collect();
    let width = bins.first().map_or(0.0, |b| b.1 - b.0);
    let equal = bins.iter().all(|b| (b.1 - b.0 - width).abs() < 1e-6 * width);
    let height = |b: &(f64, f64, u64)| {
        let share = 100.0 * b.2 as f64 / total as f64;
        if equal { share } else { share * 10.0 / (1e4 * (b.1 - b.0)) }
    };
    let bars = bins.iter().map(|b| (1e4 * b.0, 1e4 * b.1, height(b))).collect();
    let name = if equal {
        format!("% of paths per {} bps", crate::number::short(1e4 * width))
    } else {
        "% of paths per 10 bps".into()
    };
    (bars, name)
}

fn lines(metric: &MetricSummary) -> Vec<Line> {
    let candidates = [
        ("VaR 95 %:", quantile(metric, 0.95), Mark::Line, ORANGE),
        ("expected shortfall 95 %:", shortfall(metric, 0.95), Mark::Dashes, ORANGE),
        ("VaR 99 %:", quantile(metric, 0.99), Mark::Line, VERMILLION),
        ("expected shortfall 99 %:", shortfall(metric, 0.99), Mark::Dashes, VERMILLION),
    ];
    candidates
        .into_iter()
        .filter_map(|(name, bps, mark, colour)| bps.map(|bps| Line { name, bps, mark, colour }))
        .collect()
}

fn finding(labels: &Labels<'_>, lines: &[Line]) -> String {
    let value = |name: &str| lines.iter().find(|l| l.name == name).map(|l| grouped(l.bps, 0));
    let symbol = labels.symbol;
    match (value("VaR 95 %:"), value("expected shortfall 95 %:")) {
        (Some(var), Some(es)) => {
            format!(
                "In 5 % of paths {symbol} falls {var} bps or more below its redemption rate; their mean is {es} bps"
            )
        }
        (Some(var), None) => {
            format!("In 5 % of paths {symbol} falls {var} bps or more below its redemption rate")
        }
        _ => format!("Deepest discount of {symbol} over the paths"),
    }
}
