//! Facts that headings and headline rows are made of.

use crate::number::duration;
use jiff::Timestamp;
use pegstress_risk::summary::{MetricSummary, PathSummary, PoolQuote, QueueQuote, SlippageCurve};

/// Metric that the distribution of the deepest discount is about.
pub(crate) const DEEPEST_CLOSE: &str = "deepest_discount_close_bps";

/// The first recorded state with the deepest discount.
pub(crate) fn deepest_quote(quotes: &[PoolQuote]) -> Option<&PoolQuote> {
    first_largest(quotes, |q| q.discount)
}

/// The first time of the longest queue.
pub(crate) fn longest_queue(quotes: &[QueueQuote]) -> Option<&QueueQuote> {
    first_largest(quotes, |q| q.queue_eth)
}

/// The first item with the largest finite value.
pub(crate) fn first_largest<T>(items: &[T], value: impl Fn(&T) -> f64) -> Option<&T> {
    items
        .iter()
        .filter(|i| value(i).is_finite())
        .reduce(|best, i| if value(i) > value(best) { i } else { best })
}

/// What the discount is measured against.
pub(crate) fn par_words(nav: f64) -> &'static str {
    if nav == 1.0 { "one ETH" } else { "its redemption rate" }
}

/// Share of ETH (not of tokens) in a pool; not a number for an empty one.
pub(crate) fn eth_share(quote: &PoolQuote) -> f64 {
    quote.reserve_eth / (quote.reserve_eth + quote.reserve_lrt)
}

/// Median gap between time stamps in words; `None` below two stamps.
pub(crate) fn step_words(times: &[Timestamp]) -> Option<String> {
    let mut gaps: Vec<i64> = times.windows(2).map(|w| w[1].as_second() - w[0].as_second()).collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).map(|secs| duration(*secs as f64))
}

/// The metric with this name.
pub(crate) fn metric<'a>(summary: &'a PathSummary, name: &str) -> Option<&'a MetricSummary> {
    summary.metrics.iter().find(|m| m.name == name)
}

/// The quantile at `level`, if it was computed and is a number.
pub(crate) fn quantile(metric: &MetricSummary, level: f64) -> Option<f64> {
    let found = metric.quantiles.iter().find(|q| (q.level - level).abs() < 1e-9)?;
    Some(found.value).filter(|v| v.is_finite())
}

/// Expected shortfall at `level`, if it was computed and is a number.
pub(crate) fn shortfall(metric: &MetricSummary, level: f64) -> Option<f64> {
    let found = metric.expected_shortfall.iter().find(|e| (e.0 - level).abs() < 1e-9)?;
    Some(found.1).filter(|v| v.is_finite())
}

/// Slippage of a curve at a size, interpolated; `None` beyond its ends.
pub(crate) fn slippage_at(curve: &SlippageCurve, size_lrt: f64) -> Option<f64> {
    let points: Vec<(f64, f64)> =
        curve.size_lrt.iter().copied().zip(curve.slippage.iter().copied()).collect();
    let pair = points.windows(2).find(|w| w[0].0 <= size_lrt && size_lrt <= w[1].0)?;
    let (a, b) = (pair[0], pair[1]);
    let value = if b.0 > a.0 { a.1 + (b.1 - a.1) * (size_lrt - a.0) / (b.0 - a.0) } else { a.1 };
    Some(value).filter(|v| v.is_finite())
}

/// Positive discount summed over time, bps times hours, each state holding until the next.
pub(crate) fn discount_bps_hours(quotes: &[PoolQuote]) -> Option<f64> {
    if quotes.len() < 2 {
        return None;
    }
    let held = quotes.windows(2).map(|w| {
        let hours = (w[1].at.as_second() - w[0].at.as_second()) as f64 / 3600.0;
        if w[0].discount > 0.0 { 1e4 * w[0].discount * hours } else { 0.0 }
    });
    Some(held.sum())
}
