//! Model against reference, with the error below; pairs that do not count are hollow.

use super::axis::{Axis, seconds};
use super::figure::draw_figure;
use super::panel::{Entry, Mark, Panel, PanelSpec, thinning, thinning_words};
use super::style::{BLUE, FRAME, GREEN, VERMILLION, tint};
use super::{Chart, Labels};
use crate::ReportError;
use crate::number::{date, grouped, short};
use pegstress_risk::summary::{Backtest, PoolSummary, QueueSummary};

/// Above this, not every pair gets a dot; the error of all stays visible as a line.
const MOST_DOTS: usize = 300;

/// A pair: time of the model, model, time of the reference, reference, error, counts.
struct Pair {
    at: f64,
    model: f64,
    reference_at: f64,
    reference: f64,
    error: f64,
    scored: bool,
}

/// `backtest.png` of a pool's price; nothing without pairs.
pub(crate) fn draw_pool(labels: &Labels<'_>, pool: &PoolSummary) -> Result<Option<Chart>, ReportError> {
    let pairs: Vec<Pair> = (pool.quotes.iter())
        .filter_map(|q| q.reference.map(|r| (q, r)))
        .map(|(q, r)| Pair {
            at: seconds(q.at),
            model: q.marginal,
            reference_at: seconds(r.at),
            reference: r.price,
            error: r.error_bps,
            scored: r.scored,
        })
        .collect();
    let name = pool.reference_name.as_deref().unwrap_or("reference");
    let quantity = format!("Marginal price, ETH per {}", labels.symbol);
    draw(labels, &pairs, pool.backtest.as_ref(), &quantity, name, "bps")
}

/// `backtest.png` of a queue's wait; nothing without pairs.
pub(crate) fn draw_queue(labels: &Labels<'_>, queue: &QueueSummary) -> Result<Option<Chart>, ReportError> {
    let pairs: Vec<Pair> = (queue.quotes.iter())
        .filter_map(|q| q.quoted_wait_days.map(|wait| (q, wait)))
        .map(|(q, wait)| Pair {
            at: seconds(q.at),
            model: q.clock_wait_days,
            reference_at: seconds(q.at),
            reference: wait,
            error: q.clock_wait_days - wait,
            scored: true,
        })
        .collect();
    draw(labels, &pairs, queue.backtest.as_ref(), "Wait in the queue, days", "quoted by the source", "days")
}

fn draw(
    labels: &Labels<'_>,
    pairs: &[Pair],
    score: Option<&Backtest>,
    quantity: &str,
    reference: &str,
    unit: &str,
) -> Result<Option<Chart>, ReportError> {
    let times = pairs.iter().flat_map(|p| [p.at, p.reference_at]);
    let values = pairs.iter().flat_map(|p| [p.model, p.reference]);
    let (Some(score), Some(x), Some(y), Some(errors)) = (
        score,
        Axis::time(times.filter_map(|t| jiff::Timestamp::from_second(t as i64).ok())),
        Axis::around(values, false),
        Axis::around(pairs.iter().map(|p| p.error), true),
    ) else {
        return Ok(None);
    };
    let heading = labels.heading(finding(score), details(score));
    let every = if pairs.len() > MOST_DOTS { thinning(pairs.len()) } else { 1 };
    let shown = thinning_words(every);
    let any_unscored = pairs.iter().any(|p| !p.scored);
    let mut legend = vec![
        Entry::new(Mark::Line, BLUE, "model"),
        Entry::new(Mark::Dots, GREEN, format!("{reference}{shown}")),
    ];
    let mut error_legend = vec![Entry::new(Mark::Dots, VERMILLION, format!("scored{shown}"))];
    if any_unscored {
        legend.push(Entry::new(Mark::HollowDots, GREEN, "not scored"));
        error_legend.push(Entry::new(Mark::HollowDots, VERMILLION, "not scored: too far apart in time"));
    }
    if every > 1 {
        error_legend.push(Entry::new(Mark::Line, tint(VERMILLION, 0.5), "all"));
    }
    let error_name = format!("Model less reference, {unit}");
    let bytes = draw_figure(&heading, 1000, |sheet, frame| {
        let [upper, lower] = frame.rows([0.56, 0.44]);
        let spec = PanelSpec { x: &x, y: &y, y_name: quantity, x_name: None, legend: &legend };
        let panel = Panel::draw(sheet, upper, &spec)?;
        for pair in pairs.iter().step_by(every) {
            panel.dots([(pair.reference_at, pair.reference)], GREEN, !pair.scored)?;
        }
        panel.line(pairs.iter().map(|p| (p.at, p.model)), BLUE)?;

        let spec =
            PanelSpec { x: &x, y: &errors, y_name: &error_name, x_name: Some("UTC"), legend: &error_legend };
        let panel = Panel::draw(sheet, lower, &spec)?;
        panel.level(0.0, FRAME)?;
        if every > 1 {
            panel.line(pairs.iter().map(|p| (p.at, p.error)), tint(VERMILLION, 0.5))?;
        }
        pairs.iter().step_by(every).try_for_each(|p| panel.dots([(p.at, p.error)], VERMILLION, !p.scored))
    })?;
    Ok(Some(Chart::new("backtest.png", heading, bytes)))
}

fn finding(score: &Backtest) -> String {
    format!(
        "The model is {} {unit} off on average over {} pairs, at most {} {unit} ({})",
        short(score.mean_absolute),
        grouped(score.scored as f64, 0),
        short(score.max_absolute),
        date(score.max_at),
        unit = score.unit
    )
}

fn details(score: &Backtest) -> String {
    format!(
        "Compared: {}; mean of model less reference {} {}; {} further pairs shown, not scored",
        score.what,
        short(score.bias),
        score.unit,
        grouped(score.unscored as f64, 0)
    )
}
