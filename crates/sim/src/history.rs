//! Recorded histories, replayed without simulation: pool states quoted, queue readings turned into delays.

use crate::agents::arbitrage::fair_discount;
use crate::scenario::{PoolHistory, PoolRow, QueueHistory, ReportSpec};
use crate::snapshot::{DepthQuote, depth_quote};
use jiff::Timestamp;
use pegstress_amm::depth::sell_in_parts;
use pegstress_amm::{Venue, VenueSpec};
use pegstress_unlock::{DAY_SECS, ExitClock};

/// Everything that is quoted at one recorded state.
#[derive(Debug, Clone)]
pub struct PoolQuote {
    /// Time of the state, UTC.
    pub at: Timestamp,
    /// ETH in the pool.
    pub reserve_eth: f64,
    /// Tokens in the pool.
    pub reserve_lrt: f64,
    /// ETH per token on redemption.
    pub nav: f64,
    /// Marginal price before fee, ETH per token.
    pub marginal: f64,
    /// `1 - marginal / nav`, fraction.
    pub discount: f64,
    /// Average price after fee for each stated size, ETH per token.
    pub executable: Vec<f64>,
    /// Tokens that sell before the average price falls by each stated discount below the marginal price now.
    pub depth_average_lrt: Vec<f64>,
    /// Tokens that sell before the marginal price falls by each stated discount below the marginal price now.
    pub depth_marginal_lrt: Vec<f64>,
    /// Tokens that must be sold until the marginal price is each stated discount below `nav`; 0 if it is already.
    pub cost_to_reach_lrt: Vec<f64>,
    /// What the sellers of `cost_to_reach_lrt` give up against `nav`, ETH.
    pub cost_to_reach_loss_eth: Vec<f64>,
    /// Nearest reference price.
    pub reference: Option<ReferenceQuote>,
}

/// A reference price beside the model's.
#[derive(Debug, Clone, Copy)]
pub struct ReferenceQuote {
    /// Time of the reference, UTC.
    pub at: Timestamp,
    /// ETH per token.
    pub price: f64,
    /// `1e4 * (model - reference) / reference`.
    pub error_bps: f64,
    /// Whether the pair is close enough in time to count.
    pub scored: bool,
}

/// The delay at one time.
#[derive(Debug, Clone)]
pub struct QueueQuote {
    /// Time, UTC.
    pub at: Timestamp,
    /// ETH ahead in the queue.
    pub queue_eth: f64,
    /// Wait quoted by the source, days (queue only, no fixed delays).
    pub quoted_wait_days: Option<f64>,
    /// Wait in the queue from the reservation clock, marginal unit, days.
    pub clock_wait_days: f64,
    /// Exit clock, withdrawability delay and sweep, marginal unit, days.
    pub delay_days: f64,
    /// The same for the last unit of each stated exit, days.
    pub delay_of_size_days: Vec<f64>,
    /// Fair discount of the marginal delay at each required return, fraction.
    pub fair_discount: Vec<f64>,
}

/// Quotes every recorded state of a pool.
pub fn quote_pool(history: &PoolHistory, report: &ReportSpec) -> Vec<PoolQuote> {
    history.rows.iter().map(|row| quote_row(history, row, report)).collect()
}

/// The pool as recorded in `row`.
pub fn venue_at(history: &PoolHistory, row: &PoolRow) -> VenueSpec {
    history.venue.clone().with_reserves(row.reserve_eth, row.reserve_lrt)
}

fn quote_row(history: &PoolHistory, row: &PoolRow, report: &ReportSpec) -> PoolQuote {
    let spec = venue_at(history, row);
    let DepthQuote { marginal, depth_average_lrt, depth_marginal_lrt, .. } =
        depth_quote(&spec, row.nav, &report.depth_discounts);
    let venue = Venue::<1>::new(&spec, &[row.nav]);
    let executable = report.sizes_lrt.iter().map(|size| venue.quote_sell(&[*size])[0] / size).collect();
    let cost_to_reach_lrt: Vec<f64> =
        report.depth_discounts.iter().map(|d| venue.lrt_to_price(&[row.nav * (1.0 - d)])[0]).collect();
    let cost_to_reach_loss_eth =
        cost_to_reach_lrt.iter().map(|lrt| lrt * row.nav - sell_in_parts(&venue, &[*lrt]).eth[0]).collect();
    PoolQuote {
        at: row.at,
        reserve_eth: row.reserve_eth,
        reserve_lrt: row.reserve_lrt,
        nav: row.nav,
        marginal,
        discount: 1.0 - marginal / row.nav,
        executable,
        depth_average_lrt,
        depth_marginal_lrt,
        cost_to_reach_lrt,
        cost_to_reach_loss_eth,
        reference: row.reference.map(|(at, price)| ReferenceQuote {
            at,
            price,
            error_bps: 1e4 * (marginal - price) / price,
            scored: (at.as_second() - row.at.as_second()).abs() <= history.max_pair_gap_secs,
        }),
    }
}

/// Turns every reading of a queue into delays and fair discounts.
///
/// The clock is driven through the readings, not set to each of them: what it says at a reading is the wait that
/// the churn and the inflow between readings lead to.
pub fn quote_queue(history: &QueueHistory) -> Vec<QueueQuote> {
    let churn = history.network.churn_eth_per_epoch;
    let Some(first) = history.rows.first() else { return Vec::new() };
    let mut queue = [first.queue_eth];
    let mut before = *first;
    let mut quotes = Vec::with_capacity(history.rows.len());
    for row in &history.rows {
        let mut clock = ExitClock::<1>::new(queue, churn, row.sweep_secs);
        let step_secs = (row.at.as_second() - before.at.as_second()) as f64;
        if step_secs > 0.0 {
            clock.advance(step_secs, &[before.queue_eth], &[row.queue_eth]);
        }
        queue = clock.queue_eth();
        before = *row;
        let delay_secs = clock.delay_secs()[0];
        let delay_of = |eth: f64| {
            let mut behind = clock.clone();
            behind.reserve(&[eth]);
            behind.delay_secs()[0] / DAY_SECS
        };
        quotes.push(QueueQuote {
            at: row.at,
            queue_eth: row.queue_eth,
            quoted_wait_days: row.quoted_wait_secs.map(|secs| secs / DAY_SECS),
            clock_wait_days: clock.wait_secs()[0] / DAY_SECS,
            delay_days: delay_secs / DAY_SECS,
            delay_of_size_days: history.exit_sizes_eth.iter().map(|eth| delay_of(*eth)).collect(),
            fair_discount: history
                .required_returns_per_year
                .iter()
                .map(|r| fair_discount(1.0, *r, delay_secs))
                .collect(),
        });
    }
    quotes
}
