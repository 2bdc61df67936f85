//! How often the limit breaks against the value of the key, and where that is as often as stated.

use super::super::Chart;
use super::super::axis::Axis;
use super::super::figure::draw_figure;
use super::super::panel::{Entry, Mark, Panel, PanelSpec};
use super::super::style::{BLUE, ORANGE, VERMILLION, tint};
use super::{details, key_axis, scale_words};
use crate::ReportError;
use crate::number::level;
use crate::questions::{Asked, reverse_finding};
use pegstress_risk::questions::reverse::{Crossing, Reverse};

/// `reverse.png`; nothing without an evaluation.
pub(crate) fn draw(asked: Asked<'_>, reverse: &Reverse) -> Result<Option<Chart>, ReportError> {
    let Some(row) = reverse.rows.first() else { return Ok(None) };
    let range = &reverse.search.range;
    let (x, y) = (key_axis(range), Axis::span_with_step(0.0, 100.0, 20.0));
    let trials = &row.answer.trials;
    let heading = asked.labels().heading(
        reverse_finding(asked, reverse, row),
        details(asked, &format!("Share of paths with {}", reverse.limit), reverse.paths()),
    );
    let band = tint(BLUE, 0.3);
    let mut legend = vec![
        Entry::new(Mark::Band, band, "95 % interval of the share"),
        Entry::new(Mark::Dots, BLUE, "evaluations"),
        Entry::new(Mark::Dashes, ORANGE, format!("stated: {}", level(reverse.search.probability))),
    ];
    let at = match row.answer.crossing {
        Crossing::Found(at) => Some(at),
        Crossing::BrokenAtLow | Crossing::NeverBroken => None,
    };
    if at.is_some() {
        legend.push(Entry::new(Mark::Line, VERMILLION, "breaks here"));
        legend.push(Entry::new(Mark::Dashes, VERMILLION, "its 95 % interval"));
    }
    let x_name = format!("{}{}", range.key, scale_words(range));
    let bytes = draw_figure(&heading, 900, |sheet, frame| {
        let y_name = "Paths that break the limit, %";
        let spec = PanelSpec { x: &x, y: &y, y_name, x_name: Some(&x_name), legend: &legend };
        let panel = Panel::draw(sheet, frame, &spec)?;
        panel.band(
            trials.iter().map(|trial| (trial.value, 100.0 * trial.interval().0, 100.0 * trial.interval().1)),
            band,
        )?;
        let points = || trials.iter().map(|trial| (trial.value, 100.0 * trial.probability()));
        panel.line(points(), BLUE)?;
        panel.dots(points(), BLUE, false)?;
        panel.level(100.0 * reverse.search.probability, ORANGE)?;
        let Some(at) = at else { return Ok(()) };
        for end in [at.low, at.high].into_iter().flatten() {
            panel.upright(end, Mark::Dashes, VERMILLION)?;
        }
        panel.upright(at.value, Mark::Line, VERMILLION)
    })?;
    Ok(Some(Chart::new("reverse.png", heading, bytes)))
}
