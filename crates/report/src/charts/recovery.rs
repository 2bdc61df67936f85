//! The share of paths that have recovered, by the time since they were first beyond the level.

use super::axis::Axis;
use super::fan::details;
use super::figure::draw_figure;
use super::panel::{Entry, Mark, Panel, PanelSpec};
use super::style::{GREEN, tint};
use super::{Chart, Labels};
use crate::ReportError;
use crate::number::{duration, grouped, percent};
use pegstress_risk::summary::PathSummary;

/// `recovery.png`; nothing where no path was beyond the level, or none has recovered.
pub(crate) fn draw(labels: &Labels<'_>, paths: &PathSummary) -> Result<Option<Chart>, ReportError> {
    let points = &paths.tails.recovery;
    let Some(last) = points.last().filter(|last| last.recovered > 0) else { return Ok(None) };
    let hours = |steps: usize| steps as f64 * f64::from(paths.step_secs) / 3600.0;
    let days = hours(last.steps) > 96.0;
    let unit = if days { 24.0 } else { 1.0 };
    let x = Axis::span(0.0, hours(last.steps) / unit);
    let y = Axis::span_with_step(0.0, 100.0, 20.0);
    let beyond = points.first().map_or(0, |first| first.at_risk);
    let about = format!(
        "Kaplan and Meier's estimate over {} paths that were beyond the recovery level, of which {} ended before a return \
         could be confirmed · {}",
        grouped(beyond as f64, 0),
        grouped(last.censored as f64, 0),
        details(paths)
    );
    let half = points.iter().find(|point| point.share >= 0.5);
    let finding = match half {
        Some(point) => format!(
            "Of the paths in which {} fell beyond the recovery level, half are back within {}",
            labels.symbol,
            duration(3600.0 * hours(point.steps))
        ),
        None => format!(
            "Of the paths in which {} fell beyond the recovery level, {} are back within {}",
            labels.symbol,
            percent(last.share),
            duration(3600.0 * hours(last.steps))
        ),
    };
    let heading = labels.heading(finding, about);
    let legend = [
        Entry::new(Mark::Line, GREEN, "recovered"),
        Entry::new(Mark::Band, tint(GREEN, 0.3), "95 % interval"),
    ];
    let x_name =
        if days { "Days since first beyond the level" } else { "Hours since first beyond the level" };
    let bytes = draw_figure(&heading, 850, |sheet, frame| {
        let spec =
            PanelSpec { x: &x, y: &y, y_name: "Share recovered, %", x_name: Some(x_name), legend: &legend };
        let panel = Panel::draw(sheet, frame, &spec)?;
        let at = |steps: usize| hours(steps) / unit;
        panel.band(
            points.iter().map(|point| {
                let (low, high) = point.interval.unwrap_or((f64::NAN, f64::NAN));
                (at(point.steps), 100.0 * low, 100.0 * high)
            }),
            tint(GREEN, 0.3),
        )?;
        panel.line(points.iter().map(|point| (at(point.steps), 100.0 * point.share)), GREEN)
    })?;
    Ok(Some(Chart::new("recovery.png", heading, bytes)))
}
