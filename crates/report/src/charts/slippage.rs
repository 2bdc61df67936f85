//! What a sale costs against its size.

use super::axis::Axis;
use super::figure::draw_figure;
use super::panel::{Entry, Mark, Panel, PanelSpec};
use super::style::{FRAME, series_colour};
use super::{Chart, Labels};
use crate::ReportError;
use crate::finding::slippage_at;
use crate::number::{discount, short};
use pegstress_risk::summary::SlippageCurve;

/// Levels that depth is usually quoted at, per cent.
const LEVELS: [f64; 3] = [1.0, 2.0, 5.0];
/// Where the axis begins, per cent.
const LEAST: f64 = 0.01;

/// `slippage.png`; nothing without a curve. The title speaks of the largest stated size that all curves reach.
pub(crate) fn draw(labels: &Labels<'_>, curves: &[SlippageCurve]) -> Result<Option<Chart>, ReportError> {
    let sizes = curves.iter().flat_map(drawn).map(|p| p.0);
    let costs = curves.iter().flat_map(drawn).map(|p| p.1);
    let (Some(x), Some(y)) =
        (Axis::logarithmic(sizes), Axis::logarithmic(costs).and_then(Axis::with_round_ends))
    else {
        return Ok(None);
    };
    let details =
        "Average price of one sale, after fee, below the marginal price before it; nobody refills the pool";
    let heading = labels.heading(finding(labels, curves), details.into());
    let mut legend: Vec<Entry> = (curves.iter().enumerate())
        .map(|(i, curve)| Entry::new(Mark::Line, series_colour(i), curve.label.clone()))
        .collect();
    if LEVELS.iter().any(|level| y.holds(*level)) {
        legend.push(Entry::new(Mark::Dashes, FRAME, "1, 2 and 5 %"));
    }
    let x_name = format!("Sale, {} (logarithmic)", labels.symbol);
    let bytes = draw_figure(&heading, 900, |sheet, frame| {
        let spec = PanelSpec {
            x: &x,
            y: &y,
            y_name: "Slippage, % (logarithmic)",
            x_name: Some(&x_name),
            legend: &legend,
        };
        let panel = Panel::draw(sheet, frame, &spec)?;
        LEVELS.iter().try_for_each(|level| panel.level(*level, FRAME))?;
        let coloured = curves.iter().enumerate();
        coloured.rev().try_for_each(|(i, curve)| panel.line(drawn(curve), series_colour(i)))
    })?;
    Ok(Some(Chart::new("slippage.png", heading, bytes)))
}

/// Points with a positive size and at least a basis point of cost, in per cent.
fn drawn(curve: &SlippageCurve) -> impl Iterator<Item = (f64, f64)> {
    let points = curve.size_lrt.iter().zip(&curve.slippage);
    points.map(|(size, cost)| (*size, 100.0 * cost)).filter(|p| p.0 > 0.0 && p.0.is_finite() && p.1 >= LEAST)
}

fn finding(labels: &Labels<'_>, curves: &[SlippageCurve]) -> String {
    let common =
        curves.iter().flat_map(|c| c.size_lrt.last().copied()).reduce(|a, b| if b < a { b } else { a });
    let stated = labels.sizes_lrt.iter().rev().copied();
    let size = stated.chain(common).find(|s| curves.iter().all(|c| slippage_at(c, *s).is_some()));
    let Some(size) = size else { return format!("Cost of selling {} against size", labels.symbol) };
    let (venue, names) = names(curves);
    let costs: Vec<String> = (curves.iter().zip(names).take(3))
        .filter_map(|(c, name)| slippage_at(c, size).map(|cost| format!("{} ({name})", discount(cost))))
        .collect();
    format!("Selling {} {}{venue} costs {}", short(size), labels.symbol, costs.join(", "))
}

/// Labels of curves without the venue that they share, and that venue.
fn names(curves: &[SlippageCurve]) -> (String, Vec<&str>) {
    let labels: Vec<&str> = curves.iter().map(|c| c.label.as_str()).collect();
    let parts: Option<Vec<(&str, &str)>> = labels.iter().map(|l| l.split_once(", ")).collect();
    match parts.as_deref() {
        Some([first, rest @ ..]) if !rest.is_empty() && rest.iter().all(|p| p.0 == first.0) => {
            (format!(" on {}", first.0), std::iter::once(first).chain(rest).map(|p| p.1).collect())
        }
        _ => (String::new(), labels),
    }
}
