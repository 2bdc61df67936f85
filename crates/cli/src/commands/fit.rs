//! `pegstress fit`: parameters of a synthetic driver from a record, as a block of a scenario file.

use crate::failure::Failure;
use crate::fit_args::{DriverWord, FitArgs, ProcessWord};
use crate::terminal;
use jiff::{SignedDuration, Timestamp};
use pegstress_risk::fit::{Driver, FitError, Process, Record, fit as estimate};
use pegstress_series::{ColumnMap, Domain, Grid, Rule, Series, TimeFormat, read};
use pegstress_unlock::EPOCH_SECS;

pub(crate) fn fit(args: &FitArgs) -> Result<(), Failure> {
    let process = process(args)?;
    let series = series(args)?;
    let grid = grid(args, &series)?;
    let max_age_secs = args.max_age_hours.map_or(grid.step_secs, |hours| i64::from(hours) * 3600);
    let levels = series.resample(&grid, Rule::Last, max_age_secs).map_err(|error| bad_data(&error))?;
    let record = Record { levels: &levels, step_secs: grid.step_secs as f64 };
    let found =
        estimate(driver(args, &grid), process, record).map_err(|error| refused(args, &grid, error))?;
    let (from, to) = (grid.start, at(&grid, grid.points - 1));
    let heading = format!(
        "# {}: {} from {from} to {to} every {} minutes\n",
        args.series.display(),
        args.value_column,
        grid.step_secs / 60
    );
    terminal::print(&(heading + &found.to_toml(&from.to_string(), &to.to_string())));
    Ok(())
}

fn process(args: &FitArgs) -> Result<Process, Failure> {
    if args.jumps && args.process != ProcessWord::Gbm {
        return Err(Failure::Usage("--jumps has no effect without --process gbm".to_owned()));
    }
    Ok(match args.process {
        ProcessWord::Gbm => Process::Gbm { jumps: args.jumps },
        ProcessWord::Ou => Process::OrnsteinUhlenbeck,
        ProcessWord::Hawkes => Process::Hawkes,
        ProcessWord::Regimes => Process::Regimes,
        ProcessWord::Bootstrap => Process::Bootstrap,
    })
}

/// The driver that is named, or the first that has the process.
fn driver(args: &FitArgs, grid: &Grid) -> Driver {
    let first = match args.process {
        ProcessWord::Gbm | ProcessWord::Regimes | ProcessWord::Bootstrap => DriverWord::EthUsd,
        ProcessWord::Ou | ProcessWord::Hawkes => DriverWord::NetworkExitQueueEth,
    };
    match args.driver.unwrap_or(first) {
        DriverWord::EthUsd => Driver::EthUsd,
        DriverWord::RedemptionRate => Driver::RedemptionRate,
        DriverWord::NetworkExitQueueEth => Driver::NetworkExitQueue {
            served_eth: args.churn_eth_per_epoch / EPOCH_SECS * grid.step_secs as f64,
        },
    }
}

fn series(args: &FitArgs) -> Result<Series, Failure> {
    let map = ColumnMap {
        time: args.time_column.clone(),
        time_format: args
            .time_format
            .parse::<TimeFormat>()
            .map_err(|error| Failure::Usage(error.to_string()))?,
        value: args.value_column.clone(),
        scale: args.scale,
    };
    let mut series = read(&args.series, &map, Domain::Any).map_err(|error| match error {
        pegstress_series::SeriesError::Open { file, source } => Failure::Io { path: file, source },
        other => bad_data(&other),
    })?;
    let shift = SignedDuration::from_secs(i64::from(args.time_shift_hours) * 3600);
    for stamp in &mut series.stamps {
        *stamp = stamp.saturating_add(shift).unwrap_or(*stamp);
    }
    match series.len() {
        0 | 1 => Err(Failure::Data(format!("{} has one row, a fit needs many", args.series.display()))),
        _ => Ok(series),
    }
}

/// From the first full step to the last row, or as the words say.
fn grid(args: &FitArgs, series: &Series) -> Result<Grid, Failure> {
    let step_secs =
        args.step_minutes.map_or_else(|| median_step_secs(series), |minutes| i64::from(minutes) * 60);
    let first = series.stamps[0].as_second();
    let start = match args.from {
        Some(from) => from,
        None => {
            let above = series.stamps[0].subsec_nanosecond() > 0;
            let full = (first + i64::from(above)).div_euclid(step_secs)
                + i64::from((first + i64::from(above)).rem_euclid(step_secs) > 0);
            Timestamp::from_second(full * step_secs).unwrap_or(series.stamps[0])
        }
    };
    let end = args.to.unwrap_or(series.stamps[series.len() - 1]);
    let steps = (end.as_second() - start.as_second()).div_euclid(step_secs);
    match usize::try_from(steps) {
        Ok(steps) => Ok(Grid { start, step_secs, points: steps + 1 }),
        Err(_) => Err(Failure::Usage(format!("there is no time from {start} to {end}: see --from and --to"))),
    }
}

/// Median distance of neighbouring rows, to the nearest minute, a minute at least.
fn median_step_secs(series: &Series) -> i64 {
    let seconds = |pair: &[Timestamp]| pair[1].as_second() - pair[0].as_second();
    let mut distances: Vec<i64> = series.stamps.windows(2).map(seconds).collect();
    distances.sort_unstable();
    ((distances[distances.len() / 2] + 30) / 60).clamp(1, 1440) * 60
}

fn at(grid: &Grid, point: usize) -> Timestamp {
    let later = SignedDuration::from_secs(grid.step_secs * point as i64);
    grid.start.saturating_add(later).unwrap_or(grid.start)
}

fn bad_data(error: &pegstress_series::SeriesError) -> Failure {
    Failure::Data(error.to_string())
}

/// What the fit says, with file, column and time.
fn refused(args: &FitArgs, grid: &Grid, error: FitError) -> Failure {
    let place = format!("{}, column `{}`", args.series.display(), args.value_column);
    match &error {
        FitError::Unsupported { .. } => Failure::Usage(format!("--process: {error}")),
        FitError::NotPositive { place: point, .. } => {
            Failure::Data(format!("{place}, at {}: {error}", at(grid, *point)))
        }
        _ => Failure::Data(format!("{place}: {error}")),
    }
}
