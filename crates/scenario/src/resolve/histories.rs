//! Recorded pools and recorded queues.

use jiff::Timestamp;
use pegstress_sim::scenario::{Network, PoolHistory, PoolRow, QueueHistory, QueueRow};

use super::network::network;
use super::reader::{Grid, Reader, Source, moved};
use super::venue::venue;
use crate::raw::RawScenario;
use crate::raw::drivers::NumberOrRows;
use crate::series::Domain;

const DAY_SECS: f64 = 86_400.0;
/// The nearest reference price is looked for this far outside of the window at least.
const REFERENCE_MARGIN_SECS: i64 = 86_400;

type Rows = Vec<(Timestamp, f64)>;

/// The rows of a pool's record with redemption rate and nearest reference price.
pub(super) fn pool_history(raw: &RawScenario, reader: &mut Reader<'_>) -> Option<PoolHistory> {
    let pool = raw.venues.first()?;
    let (start, end) = (raw.time.start, raw.time.end);
    let model = pool.pool()?;
    let (raw_quote, raw_lrt) = model.reserves()?;
    let key = |name: &str| format!("venues[0].{}.{name}", model.word());
    let reserves_eth = reserves(reader, &key("reserve_quote"), raw_quote, start, end);
    let reserves_lrt = reserves(reader, &key("reserve_lrt"), raw_lrt, start, end);
    let nav = nav_rows(raw, reader);
    let gap_secs = raw.report.as_ref()?.max_pair_gap_hours.map_or(0, |hours| hours.secs() as i64);
    let references = reference_rows(raw, reader, gap_secs.max(REFERENCE_MARGIN_SECS));
    let (reserves_eth, reserves_lrt) = (reserves_eth?, reserves_lrt?);
    let (nav, max_age_secs) = nav?;
    let references = references?;
    if !reserves_eth.iter().map(|row| row.0).eq(reserves_lrt.iter().map(|row| row.0)) {
        reader.refuse(&key("reserve_lrt"), "its rows stand at other times than those of reserve_quote");
        return None;
    }
    let mut rows = Vec::with_capacity(reserves_eth.len());
    for (&(at, reserve_eth), &(_, reserve_lrt)) in reserves_eth.iter().zip(&reserves_lrt) {
        let Some(nav) = last_at(&nav, at, max_age_secs) else {
            reader.refuse("drivers.redemption_rate", &format!("there is no row at or shortly before {at}"));
            return None;
        };
        rows.push(PoolRow { at, reserve_eth, reserve_lrt, nav, reference: nearest(&references, at) });
    }
    let first = rows.first()?;
    let spec = venue(pool)?.with_reserves(first.reserve_eth, first.reserve_lrt);
    let reference = raw.drivers.market_price.as_ref();
    let reference_name =
        reference.map(|price| price.name.clone().unwrap_or_else(|| price.value_column.clone()));
    Some(PoolHistory { venue: spec, rows, max_pair_gap_secs: gap_secs, reference_name })
}

fn reserves(
    reader: &mut Reader<'_>,
    key: &str,
    raw: &NumberOrRows,
    start: Timestamp,
    end: Timestamp,
) -> Option<Rows> {
    let NumberOrRows::Rows(raw) = raw else { return None };
    let source = reader.rows_source(key, raw);
    let rows = reader.rows(key, &source, start, end)?;
    if rows.is_empty() {
        reader.refuse(key, &format!("there is no row from {start} to {end}"));
        return None;
    }
    Some(rows)
}

/// Rows of the redemption rate and the age up to which one counts.
fn nav_rows(raw: &RawScenario, reader: &mut Reader<'_>) -> Option<(Rows, i64)> {
    let record = raw.drivers.redemption_rate.as_ref()?.record();
    let source = reader.source("drivers.redemption_rate", &record, Domain::Positive)?;
    let max_age_secs = match &source {
        Source::Constant(_) => i64::MAX,
        Source::Column { request, .. } => request.max_age_secs,
    };
    let reach_secs = if max_age_secs == i64::MAX { 0 } else { max_age_secs };
    let from = moved(raw.time.start, -reach_secs);
    Some((reader.rows("drivers.redemption_rate", &source, from, raw.time.end)?, max_age_secs))
}

fn reference_rows(raw: &RawScenario, reader: &mut Reader<'_>, margin_secs: i64) -> Option<Rows> {
    let Some(price) = &raw.drivers.market_price else { return Some(Vec::new()) };
    let source = reader.price_source(price)?;
    let (from, to) = (moved(raw.time.start, -margin_secs), moved(raw.time.end, margin_secs));
    reader.rows("drivers.market_price", &source, from, to)
}

/// The last value at or before `at`, if it is young enough.
fn last_at(rows: &[(Timestamp, f64)], at: Timestamp, max_age_secs: i64) -> Option<f64> {
    let (stamp, value) = rows[..rows.partition_point(|row| row.0 <= at)].last()?;
    (at.as_second() - stamp.as_second() <= max_age_secs).then_some(*value)
}

/// The row nearest to `at`; of two, the earlier.
fn nearest(rows: &[(Timestamp, f64)], at: Timestamp) -> Option<(Timestamp, f64)> {
    rows.iter().copied().min_by_key(|row| (row.0.as_nanosecond() - at.as_nanosecond()).abs())
}

/// The readings of a queue on the grid.
pub(super) fn queue_history(raw: &RawScenario, reader: &mut Reader<'_>) -> Option<QueueHistory> {
    let grid = window_grid(raw)?;
    let drivers = &raw.drivers;
    let queue = &drivers.network_exit_queue_eth.as_ref()?.record();
    let queue_eth = reader.on_grid("drivers.network_exit_queue_eth", queue, Domain::NonNegative, grid);
    let quoted_days = drivers
        .quoted_wait_days
        .as_ref()
        .map(|driver| reader.on_grid("drivers.quoted_wait_days", driver, Domain::NonNegative, grid));
    let network = network(raw.network.as_ref()?)?;
    let sweep_days = match &drivers.sweep_days {
        Some(driver) => reader.on_grid("drivers.sweep_days", driver, Domain::NonNegative, grid),
        None => Some(vec![network.sweep_secs / DAY_SECS; grid.points]),
    };
    let (queue_eth, sweep_days) = (queue_eth?, sweep_days?);
    let quoted_days = match quoted_days {
        Some(read) => Some(read?),
        None => None,
    };
    let row = |point: usize| QueueRow {
        at: moved(grid.start, point as i64 * i64::from(grid.step_secs)),
        queue_eth: queue_eth[point],
        quoted_wait_secs: quoted_days.as_ref().map(|days| days[point] * DAY_SECS),
        sweep_secs: sweep_days[point] * DAY_SECS,
    };
    let questions = raw.queue.as_ref()?;
    Some(QueueHistory {
        rows: (0..grid.points).map(row).collect(),
        network: Network { sweep_secs: sweep_days.first()? * DAY_SECS, ..network },
        exit_sizes_eth: questions.exit_sizes_eth.iter().map(|eth| eth.0).collect(),
        required_returns_per_year: questions
            .required_returns_pct_per_year
            .iter()
            .map(|pct| pct.0 / 100.0)
            .collect(),
    })
}

/// The grid from start to end, both included.
pub(super) fn window_grid(raw: &RawScenario) -> Option<Grid> {
    let step_secs = raw.time.step_minutes? * 60;
    let window_secs = raw.time.end.as_second() - raw.time.start.as_second();
    let steps = usize::try_from(window_secs / i64::from(step_secs)).ok()?;
    Some(Grid { start: raw.time.start, step_secs, points: steps + 1 })
}
