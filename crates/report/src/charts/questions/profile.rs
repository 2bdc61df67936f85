//! How the fit worsens when a key is held elsewhere and the others follow: a panel for each key.

use super::super::Chart;
use super::super::axis::Axis;
use super::super::figure::{Frame, draw_figure};
use super::super::panel::{Entry, Mark, Panel, PanelSpec};
use super::super::style::{BLUE, ORANGE, VERMILLION, tint};
use super::{details, key_axis, scale_words};
use crate::ReportError;
use crate::questions::{Asked, Fitted};
use pegstress_risk::questions::calibrate::{ONE_TOLERANCE, Profile};

const PANEL: f64 = 420.0;
/// Rises beyond this are cut: they are far from the fit.
const SHOWN_RISE: f64 = 6.0;

/// `profile.png`; nothing where no profile was asked for.
pub(crate) fn draw(asked: Asked<'_>, fitted: &Fitted) -> Result<Option<Chart>, ReportError> {
    let found = &fitted.found;
    if found.profiles.is_empty() {
        return Ok(None);
    }
    let heading = asked.labels().heading(
        finding(asked, fitted),
        details(
            asked,
            "Sum of squared misses in tolerances, the other keys fitted anew; values whose sum is up to 1 above the least fit as well",
            fitted.paths,
        ),
    );
    let least = found.fitted.objective;
    let top = least + SHOWN_RISE;
    let count = found.profiles.len();
    let lines = count.div_ceil(2);
    let bytes = draw_figure(&heading, (210.0 + PANEL * lines as f64) as usize, |sheet, frame| {
        let height = (frame.bottom - frame.top) / lines as f64;
        let middle = 0.5 * (frame.left + frame.right);
        for (k, (range, profile)) in found.problem.ranges.iter().zip(&found.profiles).enumerate() {
            let alone = k + 1 == count && count % 2 == 1;
            let row = (k / 2) as f64;
            let place = Frame {
                left: if k % 2 == 0 { frame.left } else { middle + 12.0 },
                right: if k % 2 == 0 && !alone { middle - 12.0 } else { frame.right },
                top: frame.top + row * height,
                bottom: frame.top + (row + 1.0) * height - 14.0,
            };
            let x = key_axis(range);
            let y = Axis::span(0.0, top);
            let x_name = format!("{}{}", range.key, scale_words(range));
            let legend = [
                Entry::new(Mark::Line, VERMILLION, "fitted"),
                Entry::new(Mark::Band, tint(BLUE, 0.16), compatible_words(profile)),
            ];
            let spec =
                PanelSpec { x: &x, y: &y, y_name: "Squared misses", x_name: Some(&x_name), legend: &legend };
            let panel = Panel::draw(sheet, place, &spec)?;
            let ends = (profile.low.unwrap_or(range.low), profile.high.unwrap_or(range.high));
            panel.band([(ends.0, 0.0, top), (ends.1, 0.0, top)], tint(BLUE, 0.16))?;
            let points = || profile.points.iter().map(|point| (point.values[k], point.objective.min(top)));
            panel.line(points(), BLUE)?;
            panel.dots(points(), BLUE, false)?;
            panel.level(least + ONE_TOLERANCE, ORANGE)?;
            panel.upright(found.fitted.values[k], Mark::Line, VERMILLION)?;
        }
        Ok(())
    })?;
    Ok(Some(Chart::new("profile.png", heading, bytes)))
}

fn compatible_words(profile: &Profile) -> &'static str {
    if profile.is_identified() { "fits as well" } else { "fits as well: not identified" }
}

fn finding(asked: Asked<'_>, fitted: &Fitted) -> String {
    let found = &fitted.found;
    let pairs = found.problem.ranges.iter().zip(&found.profiles);
    let open: Vec<&str> =
        pairs.filter(|(_, profile)| !profile.is_identified()).map(|(range, _)| range.key.as_str()).collect();
    let scenario = &asked.scenario.name;
    match open.as_slice() {
        [] => format!("{scenario}: the targets tell every fitted key"),
        keys => format!("{scenario}: the targets do not tell {}", keys.join(", ")),
    }
}
