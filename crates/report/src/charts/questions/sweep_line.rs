//! One number against one key, with its Monte-Carlo interval.

use super::super::Chart;
use super::super::axis::Axis;
use super::super::figure::draw_figure;
use super::super::panel::{Entry, Mark, Panel, PanelSpec};
use super::super::style::{BLUE, tint};
use super::{axis_scale, details, measure_axis};
use crate::ReportError;
use crate::questions::{Asked, measure_value, measure_words};
use pegstress_risk::questions::sweep::{Sweep, SweepKey, SweepPoint};

/// Ratio of the largest to the smallest value from which an axis of equal ratios shows more.
const LOGARITHMIC_FROM: f64 = 50.0;

/// `sweep.png`; nothing without a value.
pub(crate) fn draw(asked: Asked<'_>, sweep: &Sweep) -> Result<Option<Chart>, ReportError> {
    let [key] = sweep.keys.as_slice() else { return Ok(None) };
    let (x, x_name, places) = key_axis(key);
    let scale = axis_scale(&sweep.measure);
    let at = |point: &SweepPoint| places[point.places[0]];
    let line: Vec<(f64, f64)> =
        sweep.points.iter().map(|p| (at(p), p.drawn.map_or(f64::NAN, |one| scale * one.value))).collect();
    let band: Vec<(f64, f64, f64)> = (sweep.points.iter())
        .map(|point| {
            let end = |end: Option<f64>| end.map_or(f64::NAN, |end| scale * end);
            let ends = point.drawn.map_or((None, None), |one| (one.low, one.high));
            (at(point), end(ends.0), end(ends.1))
        })
        .collect();
    let values = line.iter().map(|p| p.1).chain(band.iter().flat_map(|p| [p.1, p.2]));
    let Some(y) = Axis::around(values, false) else { return Ok(None) };
    let paths = sweep.points.first().map_or(0, |point| point.paths);
    let heading = asked.labels().heading(finding(asked, sweep, key), details(asked, "One key varied", paths));
    let y_name = measure_axis(&sweep.measure, asked.symbol());
    let legend =
        [Entry::new(Mark::Band, tint(BLUE, 0.3), "95 % interval"), Entry::new(Mark::Dots, BLUE, "runs")];
    let bytes = draw_figure(&heading, 900, |sheet, frame| {
        let spec = PanelSpec { x: &x, y: &y, y_name: &y_name, x_name: Some(&x_name), legend: &legend };
        let panel = Panel::draw(sheet, frame, &spec)?;
        panel.band(band.iter().copied(), tint(BLUE, 0.3))?;
        panel.line(line.iter().copied(), BLUE)?;
        panel.dots(line.iter().copied(), BLUE, false)
    })?;
    Ok(Some(Chart::new("sweep.png", heading, bytes)))
}

/// The axis of a key with its name, and the place of each value: numbers where all are, else one place each.
fn key_axis(key: &SweepKey) -> (Axis, String, Vec<f64>) {
    let numbers: Option<Vec<f64>> = key
        .values
        .iter()
        .map(|text| text.replace('_', "").parse().ok().filter(|one: &f64| one.is_finite()))
        .collect();
    let named = || {
        let places = (0..key.values.len()).map(|place| place as f64).collect();
        (Axis::named(key.values.iter().cloned()), key.key.clone(), places)
    };
    let Some(numbers) = numbers else { return named() };
    let Some((low, high)) = super::super::axis::range(numbers.iter().copied()) else { return named() };
    if !numbers.windows(2).all(|pair| pair[0] < pair[1]) {
        return named();
    }
    if low > 0.0
        && high / low >= LOGARITHMIC_FROM
        && let Some(axis) = Axis::logarithmic([low, high])
    {
        return (axis, format!("{} (logarithmic)", key.key), numbers);
    }
    (Axis::span(low, high), key.key.clone(), numbers)
}

fn finding(asked: Asked<'_>, sweep: &Sweep, key: &SweepKey) -> String {
    let what = measure_words(&sweep.measure);
    let known: Vec<(&SweepPoint, f64)> =
        sweep.points.iter().filter_map(|point| Some((point, point.drawn?.value))).collect();
    match (known.first(), known.last()) {
        (Some(first), Some(last)) if known.len() > 1 => {
            let words = |value: f64| measure_value(&sweep.measure, value, asked.symbol());
            let at = |point: &SweepPoint| &key.values[point.places[0]];
            format!(
                "The {what} of {} goes from {} to {} as {} goes from {} to {}",
                asked.symbol(),
                words(first.1),
                words(last.1),
                key.key,
                at(first.0),
                at(last.0)
            )
        }
        _ => format!("The {what} of {} by {}", asked.symbol(), key.key),
    }
}
