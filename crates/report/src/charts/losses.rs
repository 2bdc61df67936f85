//! How probable a larger loss is, on logarithmic scales, with value at risk, expected shortfall and the fitted tail.

use super::axis::Axis;
use super::fan::details;
use super::figure::{Frame, draw_figure};
use super::panel::{Entry, Mark, Panel, PanelSpec};
use super::sheet::Sheet;
use super::style::{BLUE, ORANGE, PURPLE, VERMILLION};
use super::{Chart, Labels};
use crate::ReportError;
use crate::finding::{metric, quantile, shortfall};
use crate::number::{spoken, unit_words, with_unit};
use pegstress_risk::summary::{LossCurve, PathSummary};

/// Points of a fitted tail.
const TAIL_POINTS: usize = 60;

/// `losses.png`; nothing where no path has a loss.
pub(crate) fn draw(labels: &Labels<'_>, paths: &PathSummary) -> Result<Option<Chart>, ReportError> {
    let curves: Vec<&LossCurve> = paths.tails.losses.iter().filter(|curve| curve.points.len() > 1).collect();
    if curves.is_empty() {
        return Ok(None);
    }
    let about = format!(
        "Share of paths with a larger loss; both scales logarithmic. Dashes: generalised Pareto law of the worst 5 %, where \
         there are enough of them · {}",
        details(paths)
    );
    let heading = labels.heading(finding(labels, paths, &curves), about);
    let tall = 260 + 430 * curves.len();
    let bytes = draw_figure(&heading, tall, |sheet, frame| {
        let height = (frame.bottom - frame.top) / curves.len() as f64;
        for (k, curve) in curves.iter().enumerate() {
            let top = frame.top + height * k as f64;
            let own = Frame { top, bottom: top + height - 14.0, ..frame };
            draw_curve(sheet, own, labels, paths, curve)?;
        }
        Ok(())
    })?;
    Ok(Some(Chart::new("losses.png", heading, bytes)))
}

fn draw_curve(
    sheet: &Sheet<'_>,
    frame: Frame,
    labels: &Labels<'_>,
    paths: &PathSummary,
    curve: &LossCurve,
) -> Result<(), ReportError> {
    let found = metric(paths, &curve.metric);
    let lines = [
        ("VaR 95 %", found.and_then(|one| quantile(one, 0.95)), Mark::Line, ORANGE),
        ("ES 95 %", found.and_then(|one| shortfall(one, 0.95)), Mark::Dashes, ORANGE),
        ("VaR 99 %", found.and_then(|one| quantile(one, 0.99)), Mark::Line, VERMILLION),
        ("ES 99 %", found.and_then(|one| shortfall(one, 0.99)), Mark::Dashes, VERMILLION),
    ];
    let fit = paths.tails.fits.iter().find(|(name, _)| *name == curve.metric).map(|(_, fit)| *fit);
    let least = curve.points.iter().map(|point| point.1).fold(1.0, f64::min);
    let most = curve.points.iter().map(|point| point.0).fold(0.0, f64::max);
    // Sizes that next to all paths pass say nothing; nor do those below a thousandth of the largest.
    let first = curve.points.first().map_or(1.0, |point| point.1);
    let falls = curve.points.iter().position(|point| point.1 < 0.98 * first).unwrap_or(0);
    let shown: Vec<(f64, f64)> = curve.points[falls.saturating_sub(1)..]
        .iter()
        .copied()
        .filter(|point| point.0 >= 1e-3 * most)
        .collect();
    let right = lines.iter().filter_map(|line| line.1).fold(most, f64::max);
    let sizes = shown.iter().map(|point| point.0).chain([1.05 * right]);
    let (Some(x), Some(y)) =
        (Axis::logarithmic(sizes), Axis::logarithmic([least, 1.0]).and_then(Axis::with_round_ends))
    else {
        return Ok(());
    };
    let name = format!("{}, {}", spoken(&curve.metric), unit_words(&curve.metric, labels.symbol));
    let mut legend = vec![Entry::new(Mark::Line, BLUE, "paths")];
    for (words, value, mark, colour) in &lines {
        let Some(value) = value.filter(|value| *value > 0.0) else { continue };
        let words = format!("{words}: {}", with_unit(&curve.metric, value, labels.symbol));
        legend.push(Entry::new(*mark, *colour, words));
    }
    if let Some(fit) = fit {
        let words = format!("Pareto, xi {:.2}, p {:.2}", fit.law.xi, fit.p_value);
        legend.push(Entry::new(Mark::Dashes, PURPLE, words));
    }
    let spec = PanelSpec { x: &x, y: &y, y_name: "P(more)", x_name: Some(&name), legend: &legend };
    let panel = Panel::draw(sheet, frame, &spec)?;
    for (_, value, mark, colour) in lines {
        if let Some(value) = value.filter(|value| *value > 0.0) {
            panel.upright(value, mark, colour)?;
        }
    }
    panel.line(shown, BLUE)?;
    if let Some(fit) = fit {
        let (low, high) = (fit.threshold.max(x.ends().0), x.ends().1);
        let sizes = (0..=TAIL_POINTS).map(|k| low + (high - low) * k as f64 / TAIL_POINTS as f64);
        let tail = sizes.filter_map(|size| Some((size, fit.beyond(size)?)));
        panel.dashes(tail.filter(|point| y.holds(point.1)), PURPLE)?;
    }
    Ok(())
}

fn finding(labels: &Labels<'_>, paths: &PathSummary, curves: &[&LossCurve]) -> String {
    let last = curves.last().and_then(|curve| metric(paths, &curve.metric));
    let words = last.and_then(|one| {
        let (var, es) = (quantile(one, 0.99)?, shortfall(one, 0.99)?);
        let with = |value: f64| with_unit(&one.name, value, labels.symbol);
        Some(format!(
            "One path in a hundred has {} of {} or more; their mean is {}",
            spoken(&one.name),
            with(var),
            with(es)
        ))
    });
    words.unwrap_or_else(|| "How probable a larger loss is".to_owned())
}
