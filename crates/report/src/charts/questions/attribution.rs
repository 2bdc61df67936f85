//! What each channel adds to depth, delay and bad debt: bars with their 95 % intervals, the largest on top.

use super::super::axis::Axis;
use super::super::figure::{Frame, draw_figure};
use super::super::sheet::{Align, Font, Sheet};
use super::super::style::{BLACK, GREEN, LABEL_EM, TEXT, VERMILLION};
use super::super::{Chart, Labels};
use super::rows::{LABEL, Rows, height};
use crate::ReportError;
use crate::number::{grouped, percent, spoken, unit_words, with_unit};
use pegstress_risk::questions::attribution::{Attributed, Attribution, Effect};

/// Shares of what stress adds that are written beside a bar, at most this many times all of it.
const MOST_SHARE: f64 = 10.0;
/// Quantities that are drawn, in this order.
const DRAWN: [&str; 3] = ["deepest_discount_close_bps", "longest_unlock_delay_days", "bad_debt_eth"];
/// Channels per panel.
const MOST_ROWS: usize = 10;
/// Standard errors on either side that make a 95 % interval.
const Z95: f64 = 1.96;
/// A panel's heading.
const HEADING: f64 = 2.0 * LABEL_EM;
const NAME: Font = Font { em: LABEL_EM, bold: true, colour: TEXT };

struct Bars<'a> {
    quantity: &'a Attributed,
    rows: Vec<(&'a str, bool, Effect)>,
    axis: Axis,
}

/// `attribution.png`; nothing where no channel moves a quantity that is drawn.
pub(crate) fn draw(labels: &Labels<'_>, found: &Attribution) -> Result<Option<Chart>, ReportError> {
    let of = |name: &&str| found.quantities.iter().find(|one| one.name == **name);
    let panels: Vec<Bars<'_>> = DRAWN.iter().filter_map(of).filter_map(bars).collect();
    if panels.is_empty() {
        return Ok(None);
    }
    let details = format!(
        "Mean over paths of the run less the same run without the channel, with 95 % interval · {} paths each, the same random numbers",
        grouped(found.paths as f64, 0)
    );
    let heading = labels.heading(finding(labels, &panels[0]), details);
    let tall: f64 = panels.iter().map(panel_height).sum();
    let bytes = draw_figure(&heading, (230.0 + tall) as usize, |sheet, frame| {
        let mut top = frame.top;
        for panel in &panels {
            let bottom = top + panel_height(panel);
            let inner = Frame { top: top + HEADING, bottom, ..frame };
            let total = panel.quantity.total.mean;
            let words = format!(
                "{}: stress adds {} on average",
                capital(&spoken(&panel.quantity.name)),
                with_unit(&panel.quantity.name, total, labels.symbol)
            );
            sheet.text((frame.left, top + LABEL_EM), &words, NAME, Align::Left)?;
            draw_panel(labels, sheet, inner, panel)?;
            top = bottom;
        }
        Ok(())
    })?;
    Ok(Some(Chart::new("attribution.png", heading, bytes)))
}

fn panel_height(panel: &Bars<'_>) -> f64 {
    HEADING + height(panel.rows.len()) + LABEL_EM
}

fn bars(quantity: &Attributed) -> Option<Bars<'_>> {
    let mut rows: Vec<(&str, bool, Effect)> = quantity
        .channels
        .iter()
        .map(|(label, effect)| (label.name.as_str(), label.dampens, *effect))
        .filter(|row| row.2.mean != 0.0)
        .collect();
    rows.sort_by(|a, b| b.2.mean.abs().total_cmp(&a.2.mean.abs()));
    rows.truncate(MOST_ROWS);
    let ends = rows.iter().flat_map(|(.., effect)| {
        let half = Z95 * effect.standard_error;
        let half = if half.is_finite() { half } else { 0.0 };
        [effect.mean - half, effect.mean + half]
    });
    let tight = Axis::around(ends, true)?;
    let (low, high) = tight.ends();
    // Room for the numbers at the ends of the bars.
    let room = 0.16 * (high - low);
    let axis = Axis::span(if low < 0.0 { low - room } else { low }, high + room);
    Some(Bars { quantity, rows, axis })
}

fn draw_panel(
    labels: &Labels<'_>,
    sheet: &Sheet<'_>,
    frame: Frame,
    panel: &Bars<'_>,
) -> Result<(), ReportError> {
    let names: Vec<String> = panel.rows.iter().map(|row| row.0.to_owned()).collect();
    let name = &panel.quantity.name;
    let x_name = format!("What it adds, {}", unit_words(name, labels.symbol));
    let legend = [
        (VERMILLION, "carries stress on".to_owned()),
        (GREEN, "holds it up: negative is what it saves".to_owned()),
    ];
    let rows = Rows::draw(sheet, frame, &panel.axis, &x_name, &names, &legend)?;
    for (k, (_, dampens, effect)) in panel.rows.iter().enumerate() {
        let colour = if *dampens { GREEN } else { VERMILLION };
        rows.bar(k, (0.0, effect.mean), 0.5, colour)?;
        let half = if effect.standard_error.is_finite() { Z95 * effect.standard_error } else { 0.0 };
        rows.whisker(k, (effect.mean - half, effect.mean + half), 0.0, BLACK)?;
        let right = rows.place((effect.mean + half).max(0.0)) + 10.0;
        // Many times what stress adds is no share of it, and has no room.
        let share = effect.share.filter(|share| share.abs() <= MOST_SHARE);
        let share = share.map_or_else(String::new, |share| format!(" ({})", percent(share)));
        let words = format!("{}{share}", with_unit(name, effect.mean, labels.symbol));
        sheet.text((right, rows.middle(k) + 0.36 * LABEL_EM), &words, LABEL, Align::Left)?;
    }
    rows.upright(0.0, BLACK)
}

fn finding(labels: &Labels<'_>, panel: &Bars<'_>) -> String {
    let quantity = panel.quantity;
    let what = spoken(&quantity.name);
    let first = panel.rows.iter().find(|row| !row.1 && row.2.mean > 0.0);
    first.map_or_else(
        || format!("No channel alone adds to the {what} of {}", labels.symbol),
        |(name, _, effect)| {
            let share = effect
                .share
                .map_or_else(String::new, |share| format!(", {} of what stress adds", percent(share)));
            format!(
                "Without \"{name}\" the {what} of {} would be {} less on average{share}",
                labels.symbol,
                with_unit(&quantity.name, effect.mean, labels.symbol)
            )
        },
    )
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
