//! Quantiles of one quantity through time, over all paths.

use super::axis::{Axis, seconds};
use super::figure::draw_figure;
use super::panel::{Entry, Mark, Panel, PanelSpec, fan_tints};
use super::style::{BLUE, GREEN, ORANGE, VERMILLION};
use super::{Chart, Labels};
use crate::ReportError;
use crate::finding::first_largest;
use crate::number::{date_and_time, duration, grouped, percent, short};
use jiff::Timestamp;
use pegstress_risk::summary::{Fan, PathSummary};
use plotters::style::RGBColor;

/// How one quantity is shown.
struct Look {
    file: &'static str,
    /// Name and unit of the axis.
    axis: String,
    /// Name in sentences.
    spoken: String,
    colour: RGBColor,
    /// Factor from the summary's unit to the axis.
    scale: f64,
    /// Whether the lower tail is the bad one.
    falling: bool,
}

/// `fan_<quantity>.png`; nothing if the quantity is unknown or has no value.
pub(crate) fn draw(
    labels: &Labels<'_>,
    paths: &PathSummary,
    fan: &Fan,
) -> Result<Option<Chart>, ReportError> {
    let Some(look) = look_of(&fan.name, labels.symbol) else { return Ok(None) };
    let observed = if fan.name == "discount_bps" { observed_bps(paths) } else { Vec::new() };
    let times = Times::of(fan);
    let values = fan.values.iter().flatten().map(|v| v * look.scale);
    let Some(y) = Axis::around(values.chain(observed.iter().map(|o| o.1)), true) else { return Ok(None) };
    let Some(x) = times.axis() else { return Ok(None) };
    let row = |level: f64| -> Vec<f64> {
        let found = fan.levels.iter().position(|l| (l - level).abs() < 1e-9).and_then(|i| fan.values.get(i));
        found.map_or_else(Vec::new, |row| row.iter().map(|v| v * look.scale).collect())
    };
    let [p5, p25, p50, p75, p95] = [0.05, 0.25, 0.5, 0.75, 0.95].map(row);
    let tail = if look.falling { &p5 } else { &p95 };
    let about = if fan.name == "discount_bps" { price_details(paths) } else { details(paths) };
    let heading = labels.heading(finding(&look, fan, &p50, tail), about);
    let [outer, inner] = fan_tints(look.colour);
    let mut legend = vec![
        Entry::new(Mark::Band, outer, "5 to 95 % of paths"),
        Entry::new(Mark::Band, inner, "25 to 75 %"),
        Entry::new(Mark::Line, look.colour, "median"),
    ];
    let observed_in_view = times.absolute() && !observed.is_empty();
    if observed_in_view {
        legend.push(Entry::new(Mark::Line, VERMILLION, "observed"));
    }
    let bytes = draw_figure(&heading, 900, |sheet, frame| {
        let x_name = Some(times.name());
        let spec = PanelSpec { x: &x, y: &y, y_name: &look.axis, x_name, legend: &legend };
        let panel = Panel::draw(sheet, frame, &spec)?;
        let band = |low: &[f64], high: &[f64]| -> Vec<(f64, f64, f64)> {
            times.x.iter().zip(low.iter().zip(high)).map(|(x, (l, h))| (*x, *l, *h)).collect()
        };
        panel.band(band(&p5, &p95), outer)?;
        panel.band(band(&p25, &p75), inner)?;
        panel.line(times.x.iter().copied().zip(p50.iter().copied()), look.colour)?;
        if observed_in_view {
            let points = observed.iter().map(|(at, bps)| (seconds(*at), *bps));
            panel.line(points.filter(|p| x.holds(p.0)), VERMILLION)?;
        }
        Ok(())
    })?;
    Ok(Some(Chart::new(look.file, heading, bytes)))
}

fn look_of(name: &str, symbol: &str) -> Option<Look> {
    let look = |file, axis: &str, spoken: String, colour, scale, falling| {
        Some(Look { file, axis: axis.into(), spoken, colour, scale, falling })
    };
    match name {
        "discount_bps" => {
            let spoken = format!("Discount of {symbol}");
            look("fan_discount.png", "Discount at the end of a step, bps", spoken, BLUE, 1.0, false)
        }
        "unlock_delay_days" => {
            let spoken = format!("Unlock delay of {symbol}");
            look("fan_unlock_delay.png", "Unlock delay of the next unit, days", spoken, ORANGE, 1.0, false)
        }
        "liquidity_share" => {
            let spoken = "Liquidity left in the pools".into();
            look("fan_liquidity.png", "Liquidity left, % of the start", spoken, GREEN, 100.0, true)
        }
        _ => None,
    }
}

/// The horizontal axis of a fan: dates where all paths share them, else time since the start.
struct Times<'a> {
    at: Option<&'a [Timestamp]>,
    x: Vec<f64>,
    days: bool,
}

impl<'a> Times<'a> {
    fn of(fan: &'a Fan) -> Self {
        let days = fan.hours.last().is_some_and(|h| *h > 96.0);
        let unit = if days { 24.0 } else { 1.0 };
        match fan.at.as_deref() {
            Some(at) => Self { at: Some(at), x: at.iter().map(|t| seconds(*t)).collect(), days },
            None => Self { at: None, x: fan.hours.iter().map(|h| h / unit).collect(), days },
        }
    }

    fn absolute(&self) -> bool {
        self.at.is_some()
    }

    fn name(&self) -> &'static str {
        match (self.at, self.days) {
            (Some(_), _) => "UTC",
            (None, true) => "Days since the start of the path",
            (None, false) => "Hours since the start of the path",
        }
    }

    fn axis(&self) -> Option<Axis> {
        match self.at {
            Some(at) => Axis::time(at.iter().copied()),
            None => Some(Axis::span(*self.x.first()?, *self.x.last()?)),
        }
    }
}

fn observed_bps(paths: &PathSummary) -> Vec<(Timestamp, f64)> {
    paths.observed.iter().flatten().map(|(at, discount)| (*at, 1e4 * discount)).collect()
}

/// Where the median and the bad tail are at their worst.
fn finding(look: &Look, fan: &Fan, median: &[f64], tail: &[f64]) -> String {
    let sign = if look.falling { -1.0 } else { 1.0 };
    let worst = |row: &[f64]| -> Option<(usize, f64)> {
        let points: Vec<(usize, f64)> = row.iter().copied().enumerate().collect();
        first_largest(&points, |p| sign * p.1).copied()
    };
    let (Some(median), Some(tail)) = (worst(median), worst(tail)) else { return look.spoken.clone() };
    let words = |value: f64| match look.scale {
        _ if look.falling => percent(value / look.scale),
        _ if fan.name.ends_with("_bps") => format!("{} bps", grouped(value, 0)),
        _ => format!("{} days", short(value)),
    };
    let when = match (&fan.at, fan.hours.get(tail.0)) {
        (Some(at), _) => at.get(tail.0).map_or_else(String::new, |t| format!(" ({})", date_and_time(*t))),
        (None, Some(hours)) => format!(" ({} after the start)", duration(3600.0 * hours)),
        (None, None) => String::new(),
    };
    let (verb, level) = if look.falling { ("bottoms at", "5 %") } else { ("peaks at", "95 %") };
    format!(
        "{}: the median {verb} {}, the {level} quantile at {}{when}",
        look.spoken,
        words(median.1),
        words(tail.1)
    )
}

/// Paths, steps and step length of a simulated study.
pub(crate) fn details(paths: &PathSummary) -> String {
    let faults: u64 = paths.faults.iter().map(|f| f.1).sum();
    let left_out =
        if faults == 0 { String::new() } else { format!("; {} left out", grouped(faults as f64, 0)) };
    let step = duration(f64::from(paths.step_secs));
    let (count, steps) = (grouped(paths.paths as f64, 0), grouped(paths.steps as f64, 0));
    format!("{count} paths of {steps} steps of {step}{left_out}")
}

/// [`details()`], and which price on which venues a discount is of.
pub(crate) fn price_details(paths: &PathSummary) -> String {
    let venues: Vec<&str> = paths.venues.iter().map(|v| v.venue.as_str()).collect();
    let best = if venues.len() > 1 { "Best marginal price" } else { "Marginal price" };
    let on = if venues.is_empty() { String::new() } else { format!(" on {}", venues.join(", ")) };
    format!("{best} before fee{on}, end of each step · {}", details(paths))
}
