//! Pools at one time.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use pegstress_amm::VenueSpec;

use super::histories::pool_history;
use super::or_incomplete;
use super::reader::{Grid, Reader};
use super::venue::venue;
use crate::diagnostic::{Problems, ScenarioError};
use crate::document::Document;
use crate::pools::{Pools, Snapshot};
use crate::raw::pools::RawPoolFile;
use crate::raw::venue::RawVenue;
use crate::raw::{Mode, RawScenario};
use crate::series::{Domain, ReadSeries};

/// The pools of a pool file.
pub(crate) fn pools_of_snapshot(
    raw: &RawPoolFile,
    path: &Path,
    text: &Arc<str>,
) -> Result<Pools, ScenarioError> {
    let Some(venues) = raw.venues.iter().map(venue).collect() else {
        let mut problems = Problems::new(path, text);
        problems.push("venues", None, "venues lacks a pool model".to_owned(), None);
        return Err(ScenarioError::Invalid(problems.into_list()));
    };
    let snapshot = raw.snapshot.clone().unwrap_or_default();
    Ok(Pools {
        symbol: raw.token.symbol.clone(),
        nav: raw.token.redemption_rate.0,
        venues,
        quotes: quotes(&raw.venues),
        snapshot: Snapshot { time: snapshot.time, block: snapshot.block, source: snapshot.source },
    })
}

/// The pools of a scenario at its start: of a record, its first row.
pub(crate) fn pools_of_scenario(
    document: &Document,
    series: &mut dyn ReadSeries,
) -> Result<Pools, ScenarioError> {
    let raw = document.raw();
    let mut reader = Reader::new(document, series);
    let start = match raw.mode {
        Mode::PoolHistory => first_row(raw, &mut reader),
        _ => start_of_paths(raw, &mut reader),
    };
    let problems = reader.into_problems();
    let Some((time, nav, venues)) = start.filter(|_| problems.is_empty()) else {
        return Err(ScenarioError::Series(or_incomplete(document, problems)));
    };
    Ok(Pools {
        symbol: raw.token.symbol.clone(),
        nav,
        venues,
        quotes: quotes(&raw.venues),
        snapshot: Snapshot { time: Some(time), block: None, source: Some(format!("scenario {}", raw.name)) },
    })
}

/// Time, redemption rate and pools.
type Start = (Timestamp, f64, Vec<VenueSpec>);

fn first_row(raw: &RawScenario, reader: &mut Reader<'_>) -> Option<Start> {
    let history = pool_history(raw, reader)?;
    let row = history.rows.first()?;
    Some((row.at, row.nav, vec![history.venue]))
}

fn start_of_paths(raw: &RawScenario, reader: &mut Reader<'_>) -> Option<Start> {
    let start = raw.time.start;
    let grid = Grid { start, step_secs: raw.time.step_minutes? * 60, points: 1 };
    let rate = raw.drivers.redemption_rate.as_ref()?;
    let nav = reader.on_grid("drivers.redemption_rate", &rate.record(), Domain::Positive, grid)?;
    Some((start, *nav.first()?, raw.venues.iter().map(venue).collect::<Option<_>>()?))
}

fn quotes(venues: &[RawVenue]) -> Vec<String> {
    venues.iter().map(|venue| venue.quote().to_owned()).collect()
}
