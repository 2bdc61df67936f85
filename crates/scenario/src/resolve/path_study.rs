//! Simulated studies: grid, starts, shocks.

use pegstress_sim::scenario::{PathStudy, Starts};

use super::agents::agents;
use super::drivers::drivers;
use super::histories::window_grid;
use super::lending::lending;
use super::network::{missed_share, network};
use super::reader::{Grid, Reader};
use super::redemption::redemption;
use super::restaking::restaking;
use super::shocks::shocks;
use super::venue::venue;
use crate::raw::{RawScenario, study::RawRolling};

/// The study of many paths.
pub(super) fn path_study(raw: &RawScenario, reader: &mut Reader<'_>) -> Option<PathStudy> {
    let window = window_grid(raw)?;
    let (starts, steps, paths) = match raw.rolling {
        Some(rolling) => starts_of(rolling, window),
        None => (Starts::Together, window.points - 1, raw.paths?.count?),
    };
    let last_start = starts.offset(paths - 1);
    let every = match starts {
        Starts::Together => 1,
        Starts::Rolling { every_steps, .. } => every_steps,
    };
    let start_points: Vec<usize> = (0..=last_start).step_by(every).collect();
    let grid = Grid { points: last_start + steps + 1, ..window };
    let drivers = drivers(raw, reader, grid, &start_points)?;
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
        agents: agents(raw.agents.as_ref()?, raw.token.free_float_lrt?.0)?,
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

#[cfg(test)]
mod tests {
    use super::*;

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
