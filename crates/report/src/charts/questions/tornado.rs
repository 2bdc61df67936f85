//! How far each key moves the answer when it alone goes to either end: the largest swing on top.

use super::super::Chart;
use super::super::axis::Axis;
use super::super::figure::draw_figure;
use super::super::sheet::Align;
use super::super::style::{BLACK, BLUE, LABEL_EM, ORANGE};
use super::rows::{FAINT, LABEL, ROW, Rows, height};
use super::{axis_scale, details, measure_axis};
use crate::ReportError;
use crate::number::parameter;
use crate::questions::{Asked, measure_value, measure_words};
use pegstress_risk::questions::sensitivity::Sensitivity;

/// `tornado.png`; nothing where no end has a value.
pub(crate) fn draw(asked: Asked<'_>, answer: &Sensitivity) -> Result<Option<Chart>, ReportError> {
    let scale = axis_scale(&answer.measure);
    let Some(base) = answer.base.map(|one| scale * one.value) else { return Ok(None) };
    let order = answer.by_size();
    let ends = answer.swings.iter().flat_map(|swing| [swing.at_low, swing.at_high]).flatten();
    let values: Vec<f64> = ends.map(|one| scale * one.value).chain([base]).collect();
    let Some(tight) = Axis::around(values.iter().copied(), false) else { return Ok(None) };
    // Room on both sides for the words at the ends of the bars.
    let (low, high) = tight.ends();
    let room = 0.12 * (high - low);
    let x = Axis::span(low - room, high + room);
    let heading = asked.labels().heading(
        finding(asked, answer),
        details(asked, "One key at a time, all others as in the scenario", asked.manifest.paths.unwrap_or(0)),
    );
    let names: Vec<String> = order.iter().map(|place| answer.swings[*place].range.key.clone()).collect();
    let legend = [
        (BLUE, "at the lower end of the key".to_owned()),
        (ORANGE, "at the upper end".to_owned()),
        (
            BLACK,
            format!(
                "in the scenario as it is: {}",
                measure_value(&answer.measure, base / scale, asked.symbol())
            ),
        ),
    ];
    let tall = 230.0 + height(names.len());
    let bytes = draw_figure(&heading, tall as usize, |sheet, frame| {
        let rows =
            Rows::draw(sheet, frame, &x, &measure_axis(&answer.measure, asked.symbol()), &names, &legend)?;
        for (row, place) in order.iter().enumerate() {
            let swing = &answer.swings[*place];
            let found = [(swing.at_low, swing.range.low, BLUE), (swing.at_high, swing.range.high, ORANGE)];
            let both: Vec<_> =
                found.iter().filter_map(|(end, key, c)| Some((scale * (*end)?.value, *key, *c))).collect();
            // A key without effect has no bar, and one text instead of two on each other.
            if !both.is_empty() && both.iter().all(|(value, ..)| *value == base) {
                let at = (rows.place(base) + 8.0, rows.middle(row) + 0.34 * LABEL_EM);
                sheet.text(at, "no effect", FAINT, Align::Left)?;
                continue;
            }
            let same_side = both.len() == 2 && (both[0].0 > base) == (both[1].0 > base);
            for (k, (value, key, colour)) in both.iter().enumerate() {
                // Ends on one side of the base lie beside each other, not on each other.
                let (share, shift) =
                    if same_side { (0.3, (k as f64 - 0.5) * 0.36 * ROW) } else { (0.62, 0.0) };
                let y = rows.middle(row) + shift;
                let (a, b) = (rows.place(base), rows.place(*value));
                let (left, right) = if a < b { (a, b) } else { (b, a) };
                let half = 0.5 * share * ROW;
                sheet.fill((left, y - half), (right, y + half), *colour)?;
                let right_of = *value > base;
                let (at, align) =
                    if right_of { (right + 8.0, Align::Left) } else { (left - 8.0, Align::Right) };
                let font = if same_side { FAINT } else { LABEL };
                let baseline = y + 0.34 * LABEL_EM;
                sheet.text((at, baseline), &parameter(*key), font, align)?;
            }
        }
        rows.upright(base, BLACK)
    })?;
    Ok(Some(Chart::new("tornado.png", heading, bytes)))
}

fn finding(asked: Asked<'_>, answer: &Sensitivity) -> String {
    let what = measure_words(&answer.measure);
    let first = answer.by_size().into_iter().map(|place| &answer.swings[place]).next();
    match first.and_then(|swing| Some((swing, swing.size(answer.base)?))) {
        Some((swing, size)) if size > 0.0 => format!(
            "{} moves the {what} of {} most: by {} from {} to {}",
            swing.range.key,
            asked.symbol(),
            measure_value(&answer.measure, size, asked.symbol()),
            parameter(swing.range.low),
            parameter(swing.range.high)
        ),
        _ => format!("None of the keys moves the {what} of {}", asked.symbol()),
    }
}
