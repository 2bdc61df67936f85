//! Deepest discount by scenario and severity: median on the left, 95 % quantile on the right.

use super::Chart;
use super::colours::ColourScale;
use super::figure::{Frame, Heading, draw_figure};
use super::sheet::{Align, Font, Sheet};
use super::style::{LABEL_EM, TEXT};
use crate::ReportError;
use crate::number::{discount, short};
use crate::scoreboard::Score;

const LABEL: Font = Font { em: LABEL_EM, bold: false, colour: TEXT };
const NAME: Font = Font { em: LABEL_EM, bold: true, colour: TEXT };
const ROW: f64 = 44.0;
/// Space between the two blocks of columns.
const GAP: f64 = 36.0;
/// Lines above the cells: scale, names of the blocks, names of the columns.
const ABOVE: f64 = 4.9 * LABEL_EM;

/// A run without severities.
const AS_WRITTEN: &str = "as written";

/// Which run stands in which cell.
struct Grid<'a> {
    /// Scenario and token.
    rows: Vec<(&'a str, &'a str)>,
    severities: Vec<&'a str>,
    several_tokens: bool,
}

/// `scoreboard.png`; nothing where no run simulates paths.
pub(crate) fn draw(scores: &[Score], runs: usize, program: &str) -> Result<Option<Chart>, ReportError> {
    let drawn: Vec<(&Score, [f64; 2])> =
        scores.iter().filter_map(|score| Some((score, score.depth_bps?))).collect();
    let Some(colours) = ColourScale::over(drawn.iter().flat_map(|one| one.1)) else { return Ok(None) };
    let grid = grid(&drawn);
    let scale = if colours.is_log() { ", colours logarithmic" } else { "" };
    let heading = Heading {
        finding: finding(&drawn, runs),
        details: format!(
            "Deepest discount at close below the redemption rate over each run's horizon, bps{scale}; the severities of a scenario \
             draw the same random numbers"
        ),
        footer: program.to_owned(),
    };
    let tall = 240.0 + ABOVE + ROW * grid.rows.len() as f64;
    let bytes = draw_figure(&heading, tall as usize, |sheet, frame| {
        colours.draw(sheet, frame)?;
        let cells = draw_rows(sheet, frame, &grid)?;
        let width = (cells.right - cells.left - GAP) / 2.0;
        for (k, name) in ["median of paths", "95 % of paths"].into_iter().enumerate() {
            let left = cells.left + k as f64 * (width + GAP);
            let block = Frame { left, right: left + width, ..cells };
            draw_block(
                sheet,
                block,
                name,
                &grid,
                |row, severity| {
                    let found = drawn
                        .iter()
                        .find(|(score, _)| place(score) == *row && severity_of(score) == severity);
                    found.map(|one| one.1[k])
                },
                &colours,
            )?;
        }
        Ok(())
    })?;
    Ok(Some(Chart::new("scoreboard.png", heading, bytes)))
}

fn place(score: &Score) -> (&str, &str) {
    (&score.scenario, &score.token)
}

fn severity_of(score: &Score) -> &str {
    score.severity.as_ref().map_or(AS_WRITTEN, |severity| &severity.0)
}

fn grid<'a>(drawn: &[(&'a Score, [f64; 2])]) -> Grid<'a> {
    let (mut rows, mut severities) = (Vec::new(), Vec::new());
    for (score, _) in drawn {
        if !rows.contains(&place(score)) {
            rows.push(place(score));
        }
        if !severities.contains(&severity_of(score)) {
            severities.push(severity_of(score));
        }
    }
    severities.sort_by_key(|name| (*name == AS_WRITTEN, *name));
    let several_tokens = rows.iter().any(|row| row.1 != rows[0].1);
    Grid { rows, severities, several_tokens }
}

/// Names of the rows; what is left is the place of the cells.
fn draw_rows(sheet: &Sheet<'_>, frame: Frame, grid: &Grid<'_>) -> Result<Frame, ReportError> {
    let words = |row: &(&str, &str)| {
        if grid.several_tokens { format!("{} · {}", row.0, row.1) } else { row.0.to_owned() }
    };
    let mut widest = 0.0_f64;
    for row in &grid.rows {
        widest = widest.max(sheet.text_width(&words(row), LABEL)?);
    }
    let gutter = (widest + 18.0).min(0.4 * (frame.right - frame.left));
    let top = frame.top + ABOVE;
    let cells = Frame { left: frame.left + gutter, top, bottom: top + ROW * grid.rows.len() as f64, ..frame };
    for (k, row) in grid.rows.iter().enumerate() {
        let y = cells.top + ROW * (k as f64 + 0.5) + 0.36 * LABEL_EM;
        let words = sheet.shorten(&words(row), LABEL, gutter - 18.0)?;
        sheet.text((frame.left, y), &words, LABEL, Align::Left)?;
    }
    Ok(cells)
}

fn draw_block(
    sheet: &Sheet<'_>,
    block: Frame,
    name: &str,
    grid: &Grid<'_>,
    value: impl Fn(&(&str, &str), &str) -> Option<f64>,
    colours: &ColourScale,
) -> Result<(), ReportError> {
    let width = (block.right - block.left) / grid.severities.len() as f64;
    let middle = (block.left + block.right) / 2.0;
    sheet.text((middle, block.top - 1.9 * LABEL_EM), name, NAME, Align::Middle)?;
    for (column, severity) in grid.severities.iter().enumerate() {
        let left = block.left + width * column as f64;
        let label = sheet.shorten(severity, LABEL, width)?;
        sheet.text((left + 0.5 * width, block.top - 0.5 * LABEL_EM), &label, LABEL, Align::Middle)?;
        for (k, row) in grid.rows.iter().enumerate() {
            let top = block.top + ROW * k as f64;
            let found = value(row, severity);
            let (colour, ink) = colours.of(found);
            sheet.fill((left, top), (left + width - 2.0, top + ROW - 2.0), colour)?;
            let words = found.map_or_else(|| "–".to_owned(), short);
            let at = (left + 0.5 * width, top + 0.5 * ROW + 0.36 * LABEL_EM);
            let words = sheet.shorten(&words, LABEL, width - 6.0)?;
            sheet.text(at, &words, Font { colour: ink, ..LABEL }, Align::Middle)?;
        }
    }
    Ok(())
}

fn finding(drawn: &[(&Score, [f64; 2])], runs: usize) -> String {
    let deepest = drawn.iter().reduce(|best, one| if one.1[1] > best.1[1] { one } else { best });
    deepest.map_or_else(
        || "No run has a discount".to_owned(),
        |(score, [median, tail])| {
            let severity = match severity_of(score) {
                AS_WRITTEN => String::new(),
                name => format!(" at severity {name}"),
            };
            format!(
                "Of {} runs {}{severity} goes deepest in one path of twenty: {} falls {} below its redemption rate there, {} in the median",
                runs,
                score.scenario,
                score.token,
                discount(tail / 1e4),
                discount(median / 1e4)
            )
        },
    )
}
