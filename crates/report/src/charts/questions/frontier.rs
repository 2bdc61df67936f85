//! Where the limit breaks in the plane of two keys.

use super::super::Chart;
use super::super::figure::draw_figure;
use super::super::panel::{Entry, Mark, Panel, PanelSpec};
use super::super::style::{BLUE, VERMILLION, tint};
use super::{details, key_axis, scale_words};
use crate::ReportError;
use crate::number::{level, parameter};
use crate::questions::Asked;
use pegstress_risk::questions::reverse::{Break, Crossing, Reverse};

/// `frontier.png`: the second key across, the searched one upwards; nothing for one key.
pub(crate) fn draw(asked: Asked<'_>, reverse: &Reverse) -> Result<Option<Chart>, ReportError> {
    let Some(second) = &reverse.second else { return Ok(None) };
    let range = &reverse.search.range;
    let (x, y) = (key_axis(second), key_axis(range));
    let heading = asked.labels().heading(
        finding(asked, reverse),
        details(
            asked,
            &format!(
                "Frontier of {} with a probability of {}",
                reverse.limit,
                level(reverse.search.probability)
            ),
            reverse.paths(),
        ),
    );
    let legend = [
        Entry::new(Mark::Line, VERMILLION, "frontier"),
        Entry::new(Mark::Band, tint(VERMILLION, 0.35), "its 95 % interval"),
        Entry::new(Mark::Band, tint(BLUE, 0.13), "broken"),
    ];
    let (x_name, y_name) =
        (format!("{}{}", second.key, scale_words(second)), format!("{}{}", range.key, scale_words(range)));
    let bytes = draw_figure(&heading, 1000, |sheet, frame| {
        let spec = PanelSpec { x: &x, y: &y, y_name: &y_name, x_name: Some(&x_name), legend: &legend };
        let panel = Panel::draw(sheet, frame, &spec)?;
        panel.band(
            edges(reverse).into_iter().map(|(at, _, broken)| (at, broken.0, broken.1)),
            tint(BLUE, 0.13),
        )?;
        let found = || breaks(reverse);
        panel.band(
            found().map(|(at, one)| (at, one.low.unwrap_or(range.low), one.high.unwrap_or(range.high))),
            tint(VERMILLION, 0.35),
        )?;
        panel.line(found().map(|(at, one)| (at, one.value)), VERMILLION)?;
        panel.dots(found().map(|(at, one)| (at, one.value)), VERMILLION, false)
    })?;
    Ok(Some(Chart::new("frontier.png", heading, bytes)))
}

/// Values of the second key with the break there; one that is not found interrupts the line.
fn breaks(reverse: &Reverse) -> impl Iterator<Item = (f64, Break)> {
    let none =
        Break { value: f64::NAN, unbroken: f64::NAN, low: Some(f64::NAN), high: Some(f64::NAN), rises: true };
    reverse.rows.iter().filter_map(move |row| {
        let at = match row.answer.crossing {
            Crossing::Found(at) => at,
            Crossing::BrokenAtLow | Crossing::NeverBroken => none,
        };
        Some((row.second?, at))
    })
}

/// Value of the second key, whether anything is broken there, and from where to where.
fn edges(reverse: &Reverse) -> Vec<(f64, bool, (f64, f64))> {
    let (low, high) = (reverse.search.range.low, reverse.search.range.high);
    let rows = reverse.rows.iter().filter_map(|row| {
        let (is_broken, ends) = match row.answer.crossing {
            Crossing::Found(at) if at.rises => (true, (at.value, high)),
            Crossing::Found(at) => (true, (low, at.value)),
            Crossing::BrokenAtLow => (true, (low, high)),
            Crossing::NeverBroken => (false, (f64::NAN, f64::NAN)),
        };
        Some((row.second?, is_broken, ends))
    });
    rows.collect()
}

fn finding(asked: Asked<'_>, reverse: &Reverse) -> String {
    let Some(second) = &reverse.second else { return String::new() };
    let found: Vec<(f64, Break)> = breaks(reverse).filter(|(_, one)| one.value.is_finite()).collect();
    let (key, at) = (&reverse.search.range.key, level(reverse.search.probability));
    match (found.first(), found.last()) {
        (Some(first), Some(last)) if found.len() > 1 => format!(
            "{}: {} with a probability of {at} takes {key} = {} at {} = {}, and {} at {}",
            asked.symbol(),
            reverse.limit,
            parameter(first.1.value),
            second.key,
            parameter(first.0),
            parameter(last.1.value),
            parameter(last.0)
        ),
        _ if edges(reverse).iter().all(|(_, is_broken, _)| !is_broken) => {
            format!(
                "{}: nowhere in these ranges {} with a probability of {at}",
                asked.symbol(),
                reverse.limit
            )
        }
        _ => format!("{}: where {} with a probability of {at}", asked.symbol(), reverse.limit),
    }
}
