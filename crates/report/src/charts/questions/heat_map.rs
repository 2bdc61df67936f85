//! One number over a grid of two keys.

use super::super::Chart;
use super::super::colours::ColourScale;
use super::super::figure::{Frame, draw_figure};
use super::super::sheet::{Align, Font, Sheet};
use super::super::style::{LABEL_EM, TEXT};
use super::rows::LABEL;
use super::{axis_scale, details, measure_axis};
use crate::ReportError;
use crate::number::short;
use crate::questions::{Asked, measure_value, measure_words};
use pegstress_risk::questions::sweep::{Sweep, SweepKey, SweepPoint};

const NAME: Font = Font { em: LABEL_EM, bold: true, colour: TEXT };
const CELL: f64 = 70.0;
/// Columns up to which each cell carries its number.
const NUMBERED: usize = 14;

/// `heat_map.png`: rows by the first key, the highest value on top, columns by the second; nothing without a value.
pub(crate) fn draw(asked: Asked<'_>, sweep: &Sweep) -> Result<Option<Chart>, ReportError> {
    let [rows, columns] = sweep.keys.as_slice() else { return Ok(None) };
    let scale = axis_scale(&sweep.measure);
    let value = |point: &SweepPoint| point.drawn.map(|one| scale * one.value);
    let known: Vec<f64> = sweep.points.iter().filter_map(value).collect();
    let Some(colours) = ColourScale::over(known) else { return Ok(None) };
    let heading = asked.labels().heading(
        finding(asked, sweep),
        details(
            asked,
            &measure_axis(&sweep.measure, asked.symbol()),
            sweep.points.first().map_or(0, |point| point.paths),
        ),
    );
    let tall = 330.0 + CELL * rows.values.len().min(16) as f64;
    let bytes = draw_figure(&heading, tall as usize, |sheet, frame| {
        let cells = draw_frame(sheet, frame, rows, columns)?;
        colours.draw(sheet, frame)?;
        let width = (cells.right - cells.left) / columns.values.len() as f64;
        let height = (cells.bottom - cells.top) / rows.values.len() as f64;
        for point in &sweep.points {
            let [row, column] = point.places.as_slice() else { continue };
            let (left, top) =
                (cells.left + width * *column as f64, cells.bottom - height * (*row as f64 + 1.0));
            let found = value(point);
            let (colour, ink) = colours.of(found);
            let corner = (left + width - 1.5, top + height - 1.5);
            sheet.fill((left, top), corner, colour)?;
            if columns.values.len() <= NUMBERED && height >= 1.3 * LABEL_EM {
                let words = found.map_or_else(|| "n/a".to_owned(), short);
                let words = sheet.shorten(&words, LABEL, width - 4.0)?;
                let at = (left + 0.5 * width, top + 0.5 * height + 0.36 * LABEL_EM);
                sheet.text(at, &words, Font { colour: ink, ..LABEL }, Align::Middle)?;
            }
        }
        Ok(())
    })?;
    Ok(Some(Chart::new("heat_map.png", heading, bytes)))
}

/// Names and values of the keys around the place of the cells.
fn draw_frame(
    sheet: &Sheet<'_>,
    frame: Frame,
    rows: &SweepKey,
    columns: &SweepKey,
) -> Result<Frame, ReportError> {
    let mut gutter = 60.0_f64;
    for value in &rows.values {
        gutter = gutter.max(sheet.text_width(&label(value), LABEL)? + 16.0);
    }
    let gutter = gutter.min(0.3 * (frame.right - frame.left));
    let cells = Frame {
        left: frame.left + gutter,
        top: frame.top + 2.0 * LABEL_EM,
        right: frame.right,
        bottom: frame.bottom - 2.9 * LABEL_EM,
    };
    sheet.text((frame.left, frame.top + LABEL_EM), &rows.key, NAME, Align::Left)?;
    let (width, height) = (
        (cells.right - cells.left) / columns.values.len() as f64,
        (cells.bottom - cells.top) / rows.values.len() as f64,
    );
    let mut free_above = f64::INFINITY;
    for (k, value) in rows.values.iter().enumerate() {
        let y = cells.bottom - height * (k as f64 + 0.5) + 0.36 * LABEL_EM;
        if y <= free_above {
            let words = sheet.shorten(&label(value), LABEL, gutter - 12.0)?;
            sheet.text((cells.left - 12.0, y), &words, LABEL, Align::Right)?;
            free_above = y - 1.15 * LABEL_EM;
        }
    }
    let mut free_from = 0.0;
    for (k, value) in columns.values.iter().enumerate() {
        let x = cells.left + width * (k as f64 + 0.5);
        let value = label(value);
        let half = sheet.text_width(&value, LABEL)? / 2.0;
        if x - half >= free_from {
            sheet.text((x, cells.bottom + 1.35 * LABEL_EM), &value, LABEL, Align::Middle)?;
            free_from = x + half + 16.0;
        }
    }
    let middle = (cells.left + cells.right) / 2.0;
    sheet.text((middle, cells.bottom + 2.65 * LABEL_EM), &columns.key, NAME, Align::Middle)?;
    Ok(cells)
}

/// A value of a key as a label: numbers rounded to three digits, words as they are.
fn label(value: &str) -> String {
    match value.replace('_', "").parse::<f64>() {
        Ok(number) if number.is_finite() && number.abs() >= 0.001 => short(number),
        _ => value.to_owned(),
    }
}

fn finding(asked: Asked<'_>, sweep: &Sweep) -> String {
    let what = measure_words(&sweep.measure);
    let known = || sweep.points.iter().filter_map(|point| Some((point, point.drawn?.value)));
    let extreme = |better: fn(f64, f64) -> bool| {
        known().reduce(|best, one| if better(one.1, best.1) { one } else { best })
    };
    let (Some(least), Some(most)) = (extreme(|a, b| a < b), extreme(|a, b| a > b)) else {
        return format!("The {what} of {} over two keys", asked.symbol());
    };
    let place = |point: &SweepPoint| {
        let parts = sweep
            .keys
            .iter()
            .zip(&point.places)
            .map(|(key, place)| format!("{} = {}", key.key, label(&key.values[*place])));
        parts.collect::<Vec<_>>().join(", ")
    };
    let words = |value: f64| measure_value(&sweep.measure, value, asked.symbol());
    format!(
        "The {what} of {} goes from {} ({}) to {} ({})",
        asked.symbol(),
        words(least.1),
        place(least.0),
        words(most.1),
        place(most.0)
    )
}
