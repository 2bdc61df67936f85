//! Recorded histories to summaries.

use crate::backtest::{Pair, score};
use crate::summary::{PoolQuote, PoolSummary, QueueQuote, QueueSummary, SlippageCurve};
use pegstress_sim::history::{quote_pool, quote_queue, venue_at};
use pegstress_sim::scenario::{PoolHistory, QueueHistory, ReportSpec};
use pegstress_sim::snapshot::slippage_curve;

/// Quotes a pool's history and scores it against the reference price.
pub fn summarise_pool(history: &PoolHistory, report: &ReportSpec) -> PoolSummary {
    let quotes = quote_pool(history, report);
    let pairs: Vec<_> = quotes
        .iter()
        .filter_map(|quote| {
            quote.reference.map(|r| Pair { at: quote.at, error: r.error_bps, scored: r.scored })
        })
        .collect();
    let backtest = history.reference_name.as_ref().and_then(|name| {
        score(format!("marginal price of {} against {name}", history.venue.name), "bps", &pairs)
    });
    PoolSummary {
        venue: history.venue.name.clone(),
        reference_name: history.reference_name.clone(),
        sizes_lrt: report.sizes_lrt.clone(),
        depth_discounts: report.depth_discounts.clone(),
        slippage: slippage_at_start_and_trough(history, &quotes),
        quotes,
        backtest,
    }
}

fn slippage_at_start_and_trough(history: &PoolHistory, quotes: &[PoolQuote]) -> Vec<SlippageCurve> {
    let trough = (0..quotes.len()).max_by(|a, b| quotes[*a].discount.total_cmp(&quotes[*b].discount));
    let mut rows = vec![0];
    rows.extend(trough.filter(|row| *row != 0));
    rows.iter()
        .filter_map(|row| history.rows.get(*row))
        .map(|row| {
            let label = format!("{}, {}", history.venue.name, row.at.strftime("%Y-%m-%d %H:%M"));
            slippage_curve(&venue_at(history, row), row.nav, label)
        })
        .collect()
}

/// Turns a queue's history into delays and scores the clock against the quoted wait.
pub fn summarise_queue(history: &QueueHistory) -> QueueSummary {
    let quotes = quote_queue(history);
    let error = |quote: &QueueQuote| {
        quote.quoted_wait_days.map(|quoted| Pair {
            at: quote.at,
            error: quote.clock_wait_days - quoted,
            scored: true,
        })
    };
    let pairs: Vec<_> = quotes.iter().filter_map(error).collect();
    QueueSummary {
        exit_sizes_eth: history.exit_sizes_eth.clone(),
        required_returns_per_year: history.required_returns_per_year.clone(),
        churn_eth_per_epoch: history.network.churn_eth_per_epoch,
        backtest: score("wait of the reservation clock against the quoted wait".into(), "days", &pairs),
        quotes,
    }
}
