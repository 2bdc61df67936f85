//! An exit queue, the delays that it means, and the discount that is fair for waiting.

use super::axis::{Axis, seconds};
use super::figure::draw_figure;
use super::panel::{Entry, Mark, Panel, PanelSpec, thinning, thinning_words};
use super::style::{BLUE, FAINT_TEXT, SKY, series_colour, tint};
use super::{Chart, Labels};
use crate::ReportError;
use crate::finding::{longest_queue, step_words};
use crate::number::{date, grouped, level, short};
use pegstress_risk::summary::{QueueQuote, QueueSummary};

/// `queue.png`; nothing without a reading.
pub(crate) fn draw(labels: &Labels<'_>, queue: &QueueSummary) -> Result<Option<Chart>, ReportError> {
    let quotes = &queue.quotes;
    let of_size = |q: &QueueQuote, i: usize| q.delay_of_size_days.get(i).copied().unwrap_or(f64::NAN);
    let fair = |q: &QueueQuote, i: usize| 1e4 * q.fair_discount.get(i).copied().unwrap_or(f64::NAN);
    let delays = quotes.iter().flat_map(|q| {
        let sizes = q.delay_of_size_days.iter().copied();
        sizes.chain([q.delay_days, q.quoted_wait_days.unwrap_or(f64::NAN)])
    });
    let fairs = quotes.iter().flat_map(|q| q.fair_discount.iter().map(|d| 1e4 * d));
    let (Some(x), Some(eth), Some(days), Some(longest)) = (
        Axis::time(quotes.iter().map(|q| q.at)),
        Axis::around(quotes.iter().map(|q| q.queue_eth), true),
        Axis::around(delays, true),
        longest_queue(quotes),
    ) else {
        return Ok(None);
    };
    let bps = Axis::around(fairs, true);
    let heading = labels.heading(finding(queue, longest), details(queue));
    let delay_legend = delay_legend(queue);
    let fair_legend: Vec<Entry> = (queue.required_returns_per_year.iter().enumerate())
        .map(|(i, r)| Entry::new(Mark::Line, series_colour(i), format!("at {} a year", level(*r))))
        .collect();
    let bytes = draw_figure(&heading, 1300, |sheet, frame| {
        let [first, second, third] = frame.rows([0.27, 0.4, if bps.is_some() { 0.33 } else { 0.001 }]);
        let spec = PanelSpec { x: &x, y: &eth, y_name: "Exit queue, ETH", x_name: None, legend: &[] };
        let panel = Panel::draw(sheet, first, &spec)?;
        panel.band(quotes.iter().map(|q| (seconds(q.at), 0.0, q.queue_eth)), tint(SKY, 0.45))?;
        panel.line(quotes.iter().map(|q| (seconds(q.at), q.queue_eth)), BLUE)?;

        let name = "Delay, days";
        let spec = PanelSpec { x: &x, y: &days, y_name: name, x_name: None, legend: &delay_legend };
        let panel = Panel::draw(sheet, second, &spec)?;
        for i in (0..queue.exit_sizes_eth.len()).rev() {
            panel.line(quotes.iter().map(|q| (seconds(q.at), of_size(q, i))), series_colour(i + 1))?;
        }
        panel.line(quotes.iter().map(|q| (seconds(q.at), q.delay_days)), BLUE)?;
        for quote in quotes.iter().step_by(thinning(quotes.len())) {
            let wait = quote.quoted_wait_days.unwrap_or(f64::NAN);
            panel.dots([(seconds(quote.at), wait)], FAINT_TEXT, false)?;
        }

        let Some(bps) = &bps else { return Ok(()) };
        let name = "Fair discount of the marginal exit, bps";
        let spec = PanelSpec { x: &x, y: bps, y_name: name, x_name: Some("UTC"), legend: &fair_legend };
        let panel = Panel::draw(sheet, third, &spec)?;
        (0..queue.required_returns_per_year.len()).try_for_each(|i| {
            panel.line(quotes.iter().map(|q| (seconds(q.at), fair(q, i))), series_colour(i))
        })
    })?;
    Ok(Some(Chart::new("queue.png", heading, bytes)))
}

fn delay_legend(queue: &QueueSummary) -> Vec<Entry> {
    let mut legend = vec![Entry::new(Mark::Line, BLUE, "next unit")];
    for (i, size) in queue.exit_sizes_eth.iter().enumerate() {
        legend.push(Entry::new(Mark::Line, series_colour(i + 1), format!("last of {} ETH", short(*size))));
    }
    if queue.quotes.iter().any(|q| q.quoted_wait_days.is_some()) {
        let shown = thinning_words(thinning(queue.quotes.len()));
        let label = format!("queue alone, quoted by the source{shown}");
        legend.push(Entry::new(Mark::Dots, FAINT_TEXT, label));
    }
    legend
}

fn finding(queue: &QueueSummary, longest: &QueueQuote) -> String {
    let largest = queue.exit_sizes_eth.last().zip(longest.delay_of_size_days.last());
    let last = largest.filter(|(_, days)| days.is_finite()).map_or_else(String::new, |(size, days)| {
        format!(", {} days for the last of {} ETH", short(*days), short(*size))
    });
    format!(
        "The exit queue reached {} ETH on {}: {} days for the next unit{last}",
        short(longest.queue_eth),
        date(longest.at),
        short(longest.delay_days)
    )
}

fn details(queue: &QueueSummary) -> String {
    let times: Vec<_> = queue.quotes.iter().map(|q| q.at).collect();
    let step = step_words(&times).map_or_else(String::new, |s| format!(" every {s}"));
    format!(
        "{} readings{step}; delay: exit clock at {} ETH per epoch, withdrawability delay and sweep",
        grouped(queue.quotes.len() as f64, 0),
        short(queue.churn_eth_per_epoch)
    )
}
