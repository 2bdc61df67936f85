//! Shares of variance by key: alone, and with all its interactions.

use super::super::Chart;
use super::super::axis::Axis;
use super::super::figure::draw_figure;
use super::super::style::{BLACK, BLUE, FRAME, SKY};
use super::details;
use super::rows::{ROW, Rows, height};
use crate::ReportError;
use crate::number::percent;
use crate::questions::{Asked, measure_words};
use pegstress_risk::questions::sensitivity::Sensitivity;
use pegstress_risk::questions::sobol::Index;

/// `sobol.png`; nothing without a design.
pub(crate) fn draw(asked: Asked<'_>, answer: &Sensitivity) -> Result<Option<Chart>, ReportError> {
    let Some(found) = &answer.indices else { return Ok(None) };
    let mut order: Vec<usize> = (0..found.keys.len()).collect();
    order.sort_by(|a, b| found.keys[*b].total.total_cmp(&found.keys[*a].total));
    let ends = |index: &Index| {
        let of = |interval: Option<(f64, f64)>, value: f64| {
            interval.map_or([value, value], |(low, high)| [low, high])
        };
        [of(index.first_interval, index.first), of(index.total_interval, index.total)].concat()
    };
    let Some(x) = Axis::around(found.keys.iter().flat_map(ends).chain([0.0, 1.0]), true) else {
        return Ok(None);
    };
    let about = format!(
        "{} rows of a low-discrepancy design, keys independent and uniform on their ranges; whiskers: 95 % by bootstrap over rows",
        found.rows
    );
    let heading = asked
        .labels()
        .heading(finding(asked, answer, &order), details(asked, &about, asked.manifest.paths.unwrap_or(0)));
    let names: Vec<String> = order.iter().map(|place| answer.swings[*place].range.key.clone()).collect();
    let legend =
        [(BLUE, "first order: the key alone".to_owned()), (SKY, "total: with its interactions".to_owned())];
    let tall = 250.0 + height(names.len());
    let bytes = draw_figure(&heading, tall as usize, |sheet, frame| {
        let rows = Rows::draw(sheet, frame, &x, "Share of variance", &names, &legend)?;
        for (row, place) in order.iter().enumerate() {
            let index = &found.keys[*place];
            let both = [
                (index.first, index.first_interval, BLUE, -0.2 * ROW),
                (index.total, index.total_interval, SKY, 0.2 * ROW),
            ];
            for (value, interval, colour, shift) in both {
                let (a, b) = (rows.place(0.0), rows.place(value));
                let (left, right) = if a < b { (a, b) } else { (b, a) };
                let y = rows.middle(row) + shift;
                sheet.fill((left, y - 0.16 * ROW), (right, y + 0.16 * ROW), colour)?;
                if let Some(interval) = interval {
                    rows.whisker(row, interval, shift, BLACK)?;
                }
            }
        }
        rows.upright(0.0, FRAME)
    })?;
    Ok(Some(Chart::new("sobol.png", heading, bytes)))
}

fn finding(asked: Asked<'_>, answer: &Sensitivity, order: &[usize]) -> String {
    let what = measure_words(&answer.measure);
    let found = answer.indices.as_ref();
    let first = order.first().and_then(|place| Some((&answer.swings[*place], found?.keys.get(*place)?)));
    first.map_or_else(
        || format!("Shares of the variance of the {what}"),
        |(swing, index)| {
            format!(
                "{} carries {} of the variance of the {what} of {}, {} with its interactions",
                swing.range.key,
                percent(index.first.max(0.0)),
                asked.symbol(),
                percent(index.total)
            )
        },
    )
}
