//! Drivers of simulated studies: records on the grid, and the processes that start from them.

use pegstress_sim::drivers::{Synthetic, SyntheticPrice};
use pegstress_sim::scenario::Drivers;

use super::processes::{self, Records};
use super::reader::{Grid, Reader, moved};
use crate::raw::RawScenario;
use crate::series::Domain;

const DAY_SECS: u32 = 86_400;

/// The drivers on `grid`; of one that is drawn only the points of its starts, which are `start_points`.
pub(super) fn drivers(
    raw: &RawScenario,
    reader: &mut Reader<'_>,
    grid: Grid,
    start_points: &[usize],
) -> Option<Drivers> {
    let all = &raw.drivers;
    let starts = Grid { points: start_points.last()? + 1, ..grid };
    let (rate, queue, price) =
        (all.redemption_rate.as_ref()?, all.network_exit_queue_eth.as_ref()?, all.eth_usd.as_ref()?);
    let span = |is_drawn: bool| if is_drawn { starts } else { grid };
    let nav = reader.on_grid(
        "drivers.redemption_rate",
        &rate.record(),
        Domain::Positive,
        span(rate.process.is_some()),
    );
    let network_queue_eth = reader.on_grid(
        "drivers.network_exit_queue_eth",
        &queue.record(),
        Domain::NonNegative,
        span(queue.process.is_some()),
    );
    let before = (DAY_SECS / grid.step_secs) as usize;
    let prices = reader.on_grid(
        "drivers.eth_usd",
        &price.record(),
        Domain::Positive,
        earlier(span(price.process.is_some()), before),
    );
    let observed_price = all.market_price.as_ref().map(|price| {
        let source = reader.price_source(price)?;
        reader.source_on_grid("drivers.market_price", &source, grid)
    });
    let observed_price = match observed_price {
        Some(read) => Some(read?),
        None => None,
    };
    let records = processes::records(raw, reader, grid.step_secs);
    let (nav, network_queue_eth, prices) = (nav?, network_queue_eth?, prices?);
    if queue.process.is_some_and(|process| process.ornstein_uhlenbeck.is_some()) {
        check_logarithm(reader, &network_queue_eth, grid, start_points)?;
    }
    let synthetic = synthetic(raw, records?, &prices, before);
    Some(Drivers {
        nav,
        network_queue_eth,
        eth_drawdown: prices.windows(before + 1).map(drawdown).collect(),
        eth_usd: prices.get(before..)?.to_vec(),
        observed_price,
        synthetic: synthetic.map(Box::new),
    })
}

/// `grid` from `points` points earlier on.
fn earlier(grid: Grid, points: usize) -> Grid {
    let secs = points as i64 * i64::from(grid.step_secs);
    Grid { start: moved(grid.start, -secs), points: grid.points + points, ..grid }
}

/// The drivers that are drawn, if there are any.
fn synthetic(
    raw: &RawScenario,
    mut records: Records,
    prices: &[f64],
    points_before: usize,
) -> Option<Synthetic> {
    let all = &raw.drivers;
    let eth_usd = all.eth_usd.as_ref().and_then(|driver| driver.process).and_then(|process| {
        let process = processes::price(&process, records.eth_usd.take())?;
        let past_log = prices.iter().map(|price| pegstress_num::ln(*price)).collect();
        Some(SyntheticPrice { process, past_log, points_before })
    });
    let queue = all.network_exit_queue_eth.as_ref().and_then(|driver| driver.process);
    let rate = all.redemption_rate.as_ref().and_then(|driver| driver.process);
    let synthetic = Synthetic {
        eth_usd,
        network_queue: queue.and_then(|process| processes::queue(&process, records.queue.take())),
        nav: rate.and_then(|process| processes::nav(&process, records.nav.take())),
        dependence: all.correlation.as_ref().and_then(processes::dependence).unwrap_or_default(),
        blocks: records.blocks,
    };
    let is_drawn =
        synthetic.eth_usd.is_some() || synthetic.network_queue.is_some() || synthetic.nav.is_some();
    is_drawn.then_some(synthetic)
}

/// A queue of nothing has no logarithm to start from.
fn check_logarithm(
    reader: &mut Reader<'_>,
    queue_eth: &[f64],
    grid: Grid,
    start_points: &[usize],
) -> Option<()> {
    let empty = start_points.iter().find(|point| queue_eth.get(**point).is_none_or(|eth| *eth <= 0.0));
    let Some(point) = empty else { return Some(()) };
    let at = moved(grid.start, *point as i64 * i64::from(grid.step_secs));
    let message = format!(
        "the queue is 0 ETH at {at}, where paths start, and process.ornstein_uhlenbeck moves its logarithm: start elsewhere, or take hawkes, regimes or bootstrap"
    );
    reader.refuse("drivers.network_exit_queue_eth", &message);
    None
}

/// How far the last price is below the highest.
fn drawdown(prices: &[f64]) -> f64 {
    let highest =
        prices.iter().copied().fold(0.0, |highest, price| if price > highest { price } else { highest });
    prices.last().map_or(0.0, |last| 1.0 - last / highest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawdown_is_measured_from_the_highest_price_of_the_window() {
        assert_eq!(drawdown(&[100.0, 200.0, 150.0]), 0.25);
        assert_eq!(drawdown(&[100.0, 200.0]), 0.0);
    }
}
