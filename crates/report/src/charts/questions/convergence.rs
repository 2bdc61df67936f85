//! Errors against the number of paths, with the line of one over its root beside.

use super::super::Chart;
use super::super::axis::Axis;
use super::super::figure::draw_figure;
use super::super::panel::{Entry, Mark, Panel, PanelSpec};
use super::super::style::{FRAME, series_colour};
use crate::ReportError;
use crate::number::{grouped, percent};
use crate::questions::{Asked, assumed_words, measure_value, measure_words};
use pegstress_risk::questions::converge::Convergence;

/// `convergence.png`, errors in per cent of the value; nothing where no number has both.
pub(crate) fn draw(asked: Asked<'_>, found: &[Convergence]) -> Result<Option<Chart>, ReportError> {
    let within = |one: &Convergence, size: f64| line(one, size, |error| error.within);
    let between = |one: &Convergence, size: f64| line(one, size, |error| error.between);
    // A measure without an error to draw has no entry in the legend either.
    let drawn: Vec<(&Convergence, f64)> = found
        .iter()
        .filter_map(|one| Some((one, one.value.filter(|value| *value != 0.0)?.abs())))
        .filter(|(one, size)| !within(one, *size).is_empty() || !between(one, *size).is_empty())
        .collect();
    let all: Vec<(f64, f64)> = drawn
        .iter()
        .flat_map(|(one, size)| within(one, *size).into_iter().chain(between(one, *size)))
        .collect();
    let (Some(x), Some(y)) = (
        Axis::logarithmic(all.iter().map(|p| p.0)),
        Axis::logarithmic(all.iter().map(|p| p.1)).and_then(Axis::with_round_ends),
    ) else {
        return Ok(None);
    };
    let mut legend: Vec<Entry> = (drawn.iter().enumerate())
        .map(|(k, (one, _))| Entry::new(Mark::Line, series_colour(k), one.measure.to_string()))
        .collect();
    legend.push(Entry::new(Mark::HollowDots, FRAME, "measured between batches"));
    legend.push(Entry::new(Mark::Dashes, FRAME, "1 / sqrt(paths)"));
    let assumed = assumed_words(asked.scenario);
    let rests = if assumed.is_empty() { String::new() } else { format!(" · {assumed}") };
    let about = format!(
        "Half the width of a 95 % interval, of the value; lines: what a run's own interval says{rests}"
    );
    let heading = asked.labels().heading(finding(asked, found), about);
    let bytes = draw_figure(&heading, 1000, |sheet, frame| {
        let spec = PanelSpec {
            x: &x,
            y: &y,
            y_name: "Error, % of the value (logarithmic)",
            x_name: Some("Paths (logarithmic)"),
            legend: &legend,
        };
        let panel = Panel::draw(sheet, frame, &spec)?;
        for (k, (one, size)) in drawn.iter().enumerate() {
            if let (Some(first), Some(last)) = (within(one, *size).first(), within(one, *size).last()) {
                let root = last.1 * (last.0 / first.0).sqrt();
                panel.dashes([(first.0, root), *last], FRAME)?;
            }
            panel.line(within(one, *size), series_colour(k))?;
            panel.dots(between(one, *size), series_colour(k), true)?;
        }
        Ok(())
    })?;
    Ok(Some(Chart::new("convergence.png", heading, bytes)))
}

fn line(
    one: &Convergence,
    size: f64,
    error: impl Fn(&pegstress_risk::questions::converge::ErrorAt) -> Option<f64>,
) -> Vec<(f64, f64)> {
    let points = one.errors.iter().filter_map(|at| Some((at.paths as f64, 100.0 * error(at)? / size)));
    points.filter(|point| point.1 > 0.0).collect()
}

fn finding(asked: Asked<'_>, found: &[Convergence]) -> String {
    let of = |one: &Convergence| Some((one.value.filter(|value| *value != 0.0)?, one.half_width?));
    let first = found.iter().find_map(|one| of(one).map(|both| (one, both)));
    first.map_or_else(
        || "No number of the run has an interval: too few paths".to_owned(),
        |(one, (value, half))| {
            let paths = one.errors.last().map_or(0, |error| error.paths);
            format!(
                "With {} paths the {} of {} is {} ± {} (95 %), {} of it",
                grouped(paths as f64, 0),
                measure_words(&one.measure),
                asked.symbol(),
                measure_value(&one.measure, value, asked.symbol()),
                measure_value(&one.measure, half, asked.symbol()),
                percent(half / value.abs())
            )
        },
    )
}
