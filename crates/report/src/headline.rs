//! The figures to read first, as text: for the terminal and the top of the page.

use crate::finding::{deepest_quote, eth_share, first_largest, longest_queue, quantile, shortfall};
use crate::honesty::{dagger, dagger_note};
use crate::number::{
    date, date_and_time, discount, grouped, level, percent, percent_of_nearly_all, short, spoken, with_unit,
};
use pegstress_risk::Summary;
use pegstress_risk::summary::{Backtest, MetricSummary, PathSummary, PoolSummary, Probability, QueueSummary};
use pegstress_sim::scenario::Scenario;

/// Headline figures of a run: what it is, and its value with unit and context.
pub fn summary_rows(scenario: &Scenario, summary: &Summary) -> Vec<(String, String)> {
    let symbol = scenario.token.symbol.as_str();
    let mut rows = Rows(Vec::new());
    match summary {
        Summary::Pool(pool) => of_pool(&mut rows, symbol, pool),
        Summary::Queue(queue) => of_queue(&mut rows, queue),
        Summary::Paths(paths) => of_paths(&mut rows, scenario, paths),
    }
    rows.0
}

struct Rows(Vec<(String, String)>);

impl Rows {
    fn push(&mut self, what: impl Into<String>, value: impl Into<String>) {
        self.0.push((what.into(), value.into()));
    }
}

fn of_pool(rows: &mut Rows, symbol: &str, pool: &PoolSummary) {
    let (Some(first), Some(last)) = (pool.quotes.first(), pool.quotes.last()) else {
        return rows.push("Recorded states", "none");
    };
    let states = grouped(pool.quotes.len() as f64, 0);
    rows.push(
        "Recorded states",
        format!("{states} of {}, {} to {}", pool.venue, date(first.at), date(last.at)),
    );
    if let Some(q) = deepest_quote(&pool.quotes) {
        rows.push(
            "Deepest discount, marginal",
            format!("{} on {}", discount(q.discount), date_and_time(q.at)),
        );
        let price = grouped(q.marginal, 4);
        rows.push("Marginal price then", format!("{price} ETH, redemption rate {} ETH", grouped(q.nav, 4)));
        let tokens = percent(1.0 - eth_share(q));
        rows.push("Pool then", format!("{tokens} {symbol}, {} ETH", percent(eth_share(q))));
        for (size, price) in pool.sizes_lrt.iter().zip(&q.executable).filter(|p| p.1.is_finite()) {
            let (size, below) = (short(*size), discount(1.0 - price / q.nav));
            rows.push(
                format!("Selling {size} {symbol} then"),
                format!("{} ETH each, {below} below", grouped(*price, 4)),
            );
        }
        for (i, stated) in pool.depth_discounts.iter().enumerate() {
            let depth = |q: &pegstress_risk::summary::PoolQuote| {
                let depth = q.depth_average_lrt.get(i).copied().unwrap_or(f64::NAN);
                with_unit("_lrt", depth, symbol)
            };
            rows.push(
                format!("Depth at {} (average price)", level(*stated)),
                format!("{} then, {} at the start", depth(q), depth(first)),
            );
        }
    }
    rows.0.extend(pool.backtest.as_ref().map(score));
}

fn of_queue(rows: &mut Rows, queue: &QueueSummary) {
    let (Some(first), Some(last)) = (queue.quotes.first(), queue.quotes.last()) else {
        return rows.push("Readings", "none");
    };
    let readings = grouped(queue.quotes.len() as f64, 0);
    rows.push("Readings", format!("{readings}, {} to {}", date(first.at), date(last.at)));
    if let Some(q) = longest_queue(&queue.quotes) {
        rows.push("Longest queue", format!("{} ETH on {}", short(q.queue_eth), date_and_time(q.at)));
        if let Some(quoted) = q.quoted_wait_days {
            rows.push(
                "Wait in the queue then",
                format!("{} days (quoted {})", short(q.clock_wait_days), short(quoted)),
            );
        }
    }
    if let Some(q) = first_largest(&queue.quotes, |q| q.delay_days) {
        rows.push(
            "Longest delay of the next unit",
            format!("{} days on {}", short(q.delay_days), date(q.at)),
        );
        for (size, days) in queue.exit_sizes_eth.iter().zip(&q.delay_of_size_days) {
            rows.push(format!("Last of {} ETH then", short(*size)), with_unit("_days", *days, ""));
        }
        for (rate, fair) in queue.required_returns_per_year.iter().zip(&q.fair_discount) {
            let what = format!("Fair discount then at {} a year", level(*rate));
            rows.push(what, format!("{} bps", grouped(1e4 * fair, 0)));
        }
    }
    rows.0.extend(queue.backtest.as_ref().map(score));
}

fn of_paths(rows: &mut Rows, scenario: &Scenario, paths: &PathSummary) {
    let symbol = scenario.token.symbol.as_str();
    let size = format!("{} of {} steps", grouped(paths.paths as f64, 0), grouped(paths.steps as f64, 0));
    rows.push("Paths", format!("{size} of {}", crate::number::duration(f64::from(paths.step_secs))));
    for (kind, count) in paths.faults.iter().filter(|f| f.1 > 0) {
        rows.push(format!("Left out: {kind}"), format!("{} paths", grouped(*count as f64, 0)));
    }
    let shown: Vec<&MetricSummary> =
        paths.metrics.iter().filter(|metric| metric.count > 0 && metric.is_headline).collect();
    for metric in &shown {
        let words = metric_words(metric, symbol) + dagger(scenario, metric.rests_on);
        let name = spoken(&metric.name);
        // An amount and its share have one name but for the unit.
        let is_share_of_another = metric.name.ends_with("_share")
            && shown.iter().any(|other| other.name != metric.name && spoken(&other.name) == name);
        rows.push(capital(&if is_share_of_another { format!("{name}, share") } else { name }), words);
    }
    for p in &paths.probabilities {
        let words = probability_words(p) + dagger(scenario, p.rests_on);
        rows.push(format!("P({})", p.name.replace('_', " ")), words);
    }
    let gains =
        paths.attribution.who_pays.iter().filter(|row| row.party != "residual" && row.mean.0.abs() >= 0.05);
    let gains: Vec<String> =
        gains.map(|row| format!("{} {}", row.party.replace('_', " "), short(row.mean.0))).collect();
    if !gains.is_empty() {
        rows.push("Who pays, mean gain in ETH", gains.join(", "));
    }
    rows.0.extend(dagger_note(scenario).map(|note| ("†".to_owned(), note)));
}

/// Median, tail and expected shortfall of a metric.
fn metric_words(metric: &MetricSummary, symbol: &str) -> String {
    let words = |value: f64| with_unit(&metric.name, value, symbol);
    let mut parts = Vec::new();
    for (name, at) in [("median", 0.5), ("95 %", 0.95), ("99 %", 0.99)] {
        parts.extend(quantile(metric, at).map(|v| format!("{name} {}", words(v))));
    }
    parts.extend(shortfall(metric, 0.95).map(|v| format!("mean of worst 5 % {}", words(v))));
    if metric.undefined > 0 {
        parts.push(format!("undefined in {} paths", grouped(metric.undefined as f64, 0)));
    }
    parts.join(", ")
}

/// Estimate and interval; an event that was never seen has an upper end only.
pub(crate) fn probability_words(p: &Probability) -> String {
    let count = grouped(p.count as f64, 0);
    match p.events {
        _ if !p.estimate.is_finite() => "n/a".into(),
        0 => format!("< {} (0 of {count} paths)", percent(p.high)),
        all if all == p.count => format!("> {} (all of {count} paths)", percent_of_nearly_all(p.low)),
        _ => format!("{} ({} to {})", percent(p.estimate), percent(p.low), percent(p.high)),
    }
}

fn score(s: &Backtest) -> (String, String) {
    let (mean, most, unit) = (short(s.mean_absolute), short(s.max_absolute), s.unit);
    let pairs = grouped(s.scored as f64, 0);
    let value = format!(
        "{mean} {unit} off on average over {pairs} pairs, at most {most} {unit} ({})",
        date(s.max_at)
    );
    ("Back-test".into(), value)
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
