//! Which token goes with which: the probability that both are below a threshold at once, of the paths in which one is.

use super::super::figure::{Frame, draw_figure};
use super::super::sheet::{Align, Font, Sheet};
use super::super::style::{BLUE, GRID, LABEL_EM, TEXT, tint};
use super::super::{Chart, Labels};
use crate::ReportError;
use crate::joint::Joint;
use crate::number::{grouped, percent};
use pegstress_risk::joint::TogetherSummary;
use plotters::style::WHITE;

const LABEL: Font = Font { em: LABEL_EM, bold: false, colour: TEXT };
const NAME: Font = Font { em: LABEL_EM, bold: true, colour: TEXT };
/// Narrowest cell that carries its number.
const CELL: f64 = 96.0;
/// Room for the names of rows.
const GUTTER: f64 = 110.0;

/// `joint_heat_map.png`: a square per threshold, rows are the condition; nothing with fewer than two tokens.
pub(crate) fn draw(labels: &Labels<'_>, joint: Joint<'_>) -> Result<Option<Chart>, ReportError> {
    let tokens = joint.scenario.members.len();
    let is_seen = |one: &&TogetherSummary| {
        one.pairs.iter().any(|pair| pair.given_first.is_some() || pair.given_second.is_some())
    };
    let seen: Vec<&TogetherSummary> = joint.summary.together.iter().filter(is_seen).collect();
    if tokens < 2 || seen.is_empty() {
        return Ok(None);
    }
    let room = 1520.0 / (GUTTER + CELL * tokens as f64 + 20.0);
    let panels = (room as usize).clamp(1, 4).min(seen.len());
    let details = format!(
        "Rows: paths in which this token closes beyond the threshold in some step. Columns: the share of them in which both do at \
         the end of the same step · {} paths",
        grouped(joint.paths() as f64, 0)
    );
    let heading = labels.heading(finding(joint, &seen[..panels]), details);
    let tall = 330.0 + (CELL * 0.8) * tokens as f64;
    let bytes = draw_figure(&heading, tall as usize, |sheet, frame| {
        let width = (frame.right - frame.left) / panels as f64;
        for (k, one) in seen.iter().take(panels).enumerate() {
            let left = frame.left + width * k as f64;
            let panel = Frame { left, right: left + width - 20.0, ..frame };
            draw_panel(sheet, panel, joint, one)?;
        }
        Ok(())
    })?;
    Ok(Some(Chart::new("joint_heat_map.png", heading, bytes)))
}

/// Share of the paths with token `row` below in which both are at once; `None` on the diagonal and where `row` never is.
fn conditional(one: &TogetherSummary, row: usize, column: usize) -> Option<f64> {
    let pair = one
        .pairs
        .iter()
        .find(|pair| (pair.first, pair.second) == (row.min(column), row.max(column)) && row != column)?;
    let given = if pair.first == row { &pair.given_first } else { &pair.given_second };
    given.as_ref().map(|p| p.estimate)
}

fn draw_panel(
    sheet: &Sheet<'_>,
    frame: Frame,
    joint: Joint<'_>,
    one: &TogetherSummary,
) -> Result<(), ReportError> {
    let tokens = joint.scenario.members.len();
    let name = format!("beyond {} bps", grouped(1e4 * one.threshold, 0));
    sheet.text((frame.left + GUTTER, frame.top + LABEL_EM), &name, NAME, Align::Left)?;
    let (top, bottom) = (frame.top + 1.8 * LABEL_EM, frame.bottom - 1.8 * LABEL_EM);
    let left = frame.left + GUTTER;
    let (width, height) = ((frame.right - left) / tokens as f64, (bottom - top) / tokens as f64);
    for row in 0..tokens {
        let y = top + height * row as f64;
        let label = sheet.shorten(joint.symbol(row), LABEL, GUTTER - 14.0)?;
        sheet.text((left - 12.0, y + 0.5 * height + 0.36 * LABEL_EM), &label, LABEL, Align::Right)?;
        for column in 0..tokens {
            let x = left + width * column as f64;
            let share = conditional(one, row, column);
            let colour = share.map_or(GRID, |share| tint(BLUE, 0.06 + 0.94 * share));
            sheet.fill((x, y), (x + width - 2.0, y + height - 2.0), colour)?;
            let words = match share {
                Some(share) => percent(share),
                None if row == column => String::new(),
                None => "n/a".to_owned(),
            };
            let ink = if share.is_some_and(|share| share > 0.55) { WHITE } else { TEXT };
            let at = (x + 0.5 * width, y + 0.5 * height + 0.36 * LABEL_EM);
            let words = sheet.shorten(&words, LABEL, width - 4.0)?;
            sheet.text(at, &words, Font { colour: ink, ..LABEL }, Align::Middle)?;
        }
    }
    for column in 0..tokens {
        let x = left + width * (column as f64 + 0.5);
        let label = sheet.shorten(joint.symbol(column), LABEL, width - 4.0)?;
        sheet.text((x, bottom + 1.3 * LABEL_EM), &label, LABEL, Align::Middle)?;
    }
    Ok(())
}

/// The strongest tie among the highest threshold that is drawn.
fn finding(joint: Joint<'_>, drawn: &[&TogetherSummary]) -> String {
    let tokens = joint.scenario.members.len();
    let cells = drawn.last().into_iter().flat_map(|one| {
        (0..tokens).flat_map(move |row| {
            (0..tokens)
                .filter_map(move |column| Some((conditional(one, row, column)?, row, column, one.threshold)))
        })
    });
    match cells.reduce(|best, cell| if cell.0 > best.0 { cell } else { best }) {
        Some((share, row, column, threshold)) => format!(
            "When {} falls more than {} bps below its redemption rate, {} is there at the same time in {} of the paths",
            joint.symbol(row),
            grouped(1e4 * threshold, 0),
            joint.symbol(column),
            percent(share)
        ),
        None => "No two tokens are below a threshold at once".to_owned(),
    }
}
