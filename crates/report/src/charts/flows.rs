//! Who moved how many tokens when: sales up, purchases down, stacked.

use super::axis::Axis;
use super::fan::details;
use super::figure::draw_figure;
use super::panel::{Entry, Mark, Panel, PanelSpec};
use super::style::series_colour;
use super::{Chart, Labels};
use crate::ReportError;
use crate::number::{duration, short};
use pegstress_risk::summary::{Attribution, ChannelFlow, PathSummary};
use pegstress_sim::Flow;

/// `flows.png`; nothing where nothing moves.
pub(crate) fn draw(labels: &Labels<'_>, paths: &PathSummary) -> Result<Option<Chart>, ReportError> {
    let attribution = &paths.attribution;
    let days = attribution.hours.last().is_some_and(|hours| *hours > 96.0);
    let unit = if days { 24.0 } else { 1.0 };
    let ends: Vec<f64> = attribution.hours.iter().map(|hours| hours / unit).collect();
    let heights = (0..ends.len()).flat_map(|k| {
        let (mut up, mut down) = (0.0, 0.0);
        for flow in &attribution.flows {
            let tokens = at(flow, k);
            if tokens > 0.0 { up += tokens } else { down += tokens }
        }
        [up, down]
    });
    let (Some(last), Some(y)) = (ends.last(), Axis::around(heights, true)) else { return Ok(None) };
    if attribution.flows.is_empty() {
        return Ok(None);
    }
    let x = Axis::span(0.0, *last);
    let each = attribution.hours.windows(2).last().map_or(0.0, |pair| pair[1] - pair[0]);
    let about = format!(
        "Means over paths of {}; above zero into the pools or the queue, below out of the pools · {}",
        labels.symbol,
        details(paths)
    );
    let heading = labels.heading(finding(labels, attribution), about);
    let legend: Vec<Entry> = (attribution.flows.iter().enumerate())
        .map(|(k, flow)| Entry::new(Mark::Band, series_colour(k), flow.channel.replace('_', " ")))
        .collect();
    let y_name = format!("{} per {}", labels.symbol, duration(3600.0 * each));
    let x_name = if days { "Days since the start of the path" } else { "Hours since the start of the path" };
    let bytes = draw_figure(&heading, 950, |sheet, frame| {
        let spec = PanelSpec { x: &x, y: &y, y_name: &y_name, x_name: Some(x_name), legend: &legend };
        let panel = Panel::draw(sheet, frame, &spec)?;
        let mut from = 0.0;
        for (k, to) in ends.iter().enumerate() {
            let (mut up, mut down) = (0.0, 0.0);
            for (place, flow) in attribution.flows.iter().enumerate() {
                let tokens = at(flow, k);
                let base = if tokens > 0.0 { &mut up } else { &mut down };
                panel.block((from, *to), (*base, *base + tokens), series_colour(place))?;
                *base += tokens;
            }
            from = *to;
        }
        panel.level_line(0.0)
    })?;
    Ok(Some(Chart::new("flows.png", heading, bytes)))
}

fn at(flow: &ChannelFlow, k: usize) -> f64 {
    flow.mean_lrt.get(k).copied().filter(|tokens| tokens.is_finite()).unwrap_or(0.0)
}

fn finding(labels: &Labels<'_>, attribution: &Attribution) -> String {
    // Redemptions go past the pools.
    let in_pools = attribution.flows.iter().filter(|flow| flow.channel != Flow::Redemptions.word());
    let sums = in_pools.map(|flow| (flow, flow.mean_lrt.iter().sum::<f64>()));
    let largest = |sign: f64| {
        sums.clone().filter(|(_, sum)| sign * sum > 0.0).max_by(|a, b| (sign * a.1).total_cmp(&(sign * b.1)))
    };
    match (largest(1.0), largest(-1.0)) {
        (Some((seller, sold)), Some((buyer, bought))) => format!(
            "Of all {} that reach the pools most come by {}, {} on average; most leave by {}, {}",
            labels.symbol,
            seller.channel.replace('_', " "),
            short(sold),
            buyer.channel.replace('_', " "),
            short(-bought)
        ),
        (Some((seller, sold)), None) => format!(
            "Of all {} that reach the pools most come by {}, {} on average; nobody takes them out",
            labels.symbol,
            seller.channel.replace('_', " "),
            short(sold)
        ),
        _ => format!("Flows of {} by who moves them", labels.symbol),
    }
}
