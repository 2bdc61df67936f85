//! Simulated studies: grid, starts, drivers.

use pegstress_sim::scenario::{Drivers, PathStudy, Starts};

use super::agents::agents;
use super::histories::window_grid;
use super::lending::lending;
use super::network::{missed_share, network};
use super::reader::{Grid, Reader, moved};
use super::redemption::redemption;
use super::restaking::restaking;
use super::shocks::shocks;
use super::venue::venue;
use crate::raw::{RawScenario, study::RawRolling};
use crate::series::Domain;

const DAY_SECS: u32 = 86_400;

/// The study of many paths.
pub(super) fn path_study(raw: &RawScenario, reader: &mut Reader<'_>) -> Option<PathStudy> {
    let window = window_grid(raw)?;
    let (starts, steps, paths) = match raw.rolling {
        Some(rolling) => starts_of(rolling, window),
        None => (Starts::Together, window.points - 1, raw.paths?.count?),
    };
    let last_start = starts.offset(paths - 1);
    let grid = Grid { points: last_start + steps + 1, ..window };
    let drivers = drivers(raw, reader, grid)?;
    let restaking = match &raw.restaking {
        Some(table) => Some(restaking(table)?),
        None => None,
    };
    // A rolling study's later starts see loans at the first start's loan-to-value in ETH.
    let start_nav = *drivers.nav.first()?;
    let (shocks, shock_groups) = shocks(raw)?;
    Some(PathStudy {
        start: window.start,
        step_secs: window.step_secs,
        steps,
        paths,
        seed: raw.paths?.seed,
        starts,
        drivers,
        network: network(raw.network.as_ref()?)?,
        venues: raw.venues.iter().map(venue).collect::<Option<_>>()?,
        free_float_lrt: raw.token.free_float_lrt?.0,
        redemption: redemption(&raw.redemption?, missed_share(raw.network.as_ref()?))?,
        restaking,
        lending: raw.lending.iter().map(|market| lending(market, start_nav)).collect::<Option<_>>()?,
        agents: agents(raw.agents?),
        shocks,
        shock_groups,
    })
}

/// A start every so often while the path that starts there fits the window.
fn starts_of(rolling: RawRolling, window: Grid) -> (Starts, usize, u64) {
    let in_steps = |hours: u32| hours as usize * 3600 / window.step_secs as usize;
    let (every_steps, steps) = (in_steps(rolling.every_hours), in_steps(rolling.horizon_hours));
    let starts = (window.points - 1 - steps) / every_steps + 1;
    let paths_per_start = rolling.paths_per_start;
    (Starts::Rolling { every_steps, paths_per_start }, steps, starts as u64 * paths_per_start)
}

fn drivers(raw: &RawScenario, reader: &mut Reader<'_>, grid: Grid) -> Option<Drivers> {
    let all = &raw.drivers;
    let nav =
        reader.on_grid("drivers.redemption_rate", all.redemption_rate.as_ref()?, Domain::Positive, grid);
    let queue = all.network_exit_queue_eth.as_ref()?;
    let network_queue_eth =
        reader.on_grid("drivers.network_exit_queue_eth", queue, Domain::NonNegative, grid);
    let prices = eth_usd(raw, reader, grid);
    let observed_price = all.market_price.as_ref().map(|price| {
        let source = reader.price_source(price)?;
        reader.source_on_grid("drivers.market_price", &source, grid)
    });
    let observed_price = match observed_price {
        Some(read) => Some(read?),
        None => None,
    };
    Some(Drivers {
        nav: nav?,
        network_queue_eth: network_queue_eth?,
        eth_drawdown: prices.as_ref().map(|(drawdown, _)| drawdown.clone())?,
        eth_usd: prices?.1,
        observed_price,
    })
}

/// `1 - price / max(price over the last 24 hours)`, with prices read from 24 hours before the grid on; and the prices.
fn eth_usd(raw: &RawScenario, reader: &mut Reader<'_>, grid: Grid) -> Option<(Vec<f64>, Vec<f64>)> {
    let before = (DAY_SECS / grid.step_secs) as usize;
    let earlier = Grid {
        start: moved(grid.start, -(before as i64 * i64::from(grid.step_secs))),
        points: grid.points + before,
        ..grid
    };
    let prices =
        reader.on_grid("drivers.eth_usd", raw.drivers.eth_usd.as_ref()?, Domain::Positive, earlier)?;
    Some((prices.windows(before + 1).map(drawdown).collect(), prices[before..].to_vec()))
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

    #[test]
    fn every_start_of_a_rolling_study_leaves_room_for_its_horizon() {
        let grid = Grid { start: jiff::Timestamp::UNIX_EPOCH, step_secs: 21_600, points: 41 };
        let rolling = RawRolling { every_hours: 24, paths_per_start: 3, horizon_hours: 48 };
        // Ten days of four steps; starts on days 0 to 8.
        let (starts, steps, paths) = starts_of(rolling, grid);
        assert_eq!((steps, paths), (8, 27));
        assert_eq!(starts.offset(paths - 1) + steps, 40);
    }
}
