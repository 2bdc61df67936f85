//! A series out of a Parquet file: numeric or text columns, dates and datetimes of any unit as stamps.
//!
//! Limit: a file cut off is refused, but polars trusts the counts inside a page, so a file with flipped bits can make
//! it ask for more memory than there is, which ends the process. Read Parquet from sources you trust, others as CSV.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use jiff::Timestamp;
use polars::prelude::{AnyValue, DataFrame, DataType, ParquetReader, SerReader, TimeUnit};

use crate::observations::{Observations, TimeCell, ValueCell, find_column};
use crate::{ColumnMap, Domain, RowKind, Series, SeriesError, TimeFormat};

const SECS_PER_DAY: i64 = 86_400;

pub(crate) fn read_parquet(
    file: &Path,
    bytes: &[u8],
    map: &ColumnMap,
    domain: Domain,
) -> Result<Series, SeriesError> {
    let mut observations = Observations::new(file, RowKind::Row, map, domain)?;
    let unreadable =
        |reason: String| SeriesError::Format { file: file.to_owned(), format: "Parquet", reason };
    let names = guarded(|| ParquetReader::new(Cursor::new(bytes)).schema()).map_err(unreadable)?;
    let names: Vec<String> = names.iter_names().map(ToString::to_string).collect();
    find_column(file, &names, &map.time)?;
    find_column(file, &names, &map.value)?;

    let mut wanted = vec![map.time.clone(), map.value.clone()];
    wanted.dedup();
    let frame = guarded(|| ParquetReader::new(Cursor::new(bytes)).with_columns(Some(wanted)).finish())
        .map_err(unreadable)?;
    check_types(file, &frame, map)?;
    let column = |name: &str| frame.column(name).map_err(|error| unreadable(error.to_string()));
    let (times, values) = (column(&map.time)?, column(&map.value)?);
    for row in 0..frame.height() {
        let cell = |found: Result<AnyValue<'_>, _>| found.map(AnyValue::into_static);
        let unreadable = |error: polars::error::PolarsError| unreadable(error.to_string());
        let time = cell(times.get(row)).map_err(unreadable)?;
        let value = cell(values.get(row)).map_err(unreadable)?;
        observations.push(row as u64 + 1, time_cell(&time), value_cell(&value))?;
    }
    observations.finish()
}

/// polars panics on some damaged files; that is a fault of the file and not of the program.
pub(crate) fn guarded<T>(read: impl FnOnce() -> polars::error::PolarsResult<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("it is damaged".to_owned()),
    }
}

fn check_types(file: &Path, frame: &DataFrame, map: &ColumnMap) -> Result<(), SeriesError> {
    let counts = matches!(map.time_format, TimeFormat::UnixSecs | TimeFormat::UnixMillis);
    for column in frame.columns() {
        let dtype = column.dtype();
        let is_time = column.name().as_str() == map.time;
        let (fits, expected) = if is_time {
            let typed = matches!(dtype, DataType::String | DataType::Date | DataType::Datetime(..));
            (
                typed || (counts && dtype.is_integer()),
                "a datetime, a date, text, or an integer with unix_secs or unix_millis",
            )
        } else {
            (dtype.is_primitive_numeric() || matches!(dtype, DataType::String), "a number or text")
        };
        if !fits {
            let (found, column) = (dtype.to_string(), column.name().to_string());
            return Err(SeriesError::ColumnType { file: file.to_owned(), column, found, expected });
        }
    }
    Ok(())
}

fn time_cell<'a>(value: &'a AnyValue<'_>) -> TimeCell<'a> {
    let stamp = match value {
        AnyValue::Null => return TimeCell::Empty,
        AnyValue::Datetime(count, unit, _) => datetime(*count, *unit),
        AnyValue::DatetimeOwned(count, unit, _) => datetime(*count, *unit),
        AnyValue::Date(days) => Timestamp::from_second(i64::from(*days) * SECS_PER_DAY).ok(),
        other => match other.get_str() {
            Some(text) => return TimeCell::Text(text),
            None => return other.extract::<i64>().map_or_else(|| unreadable_time(other), TimeCell::Count),
        },
    };
    stamp.map_or_else(|| unreadable_time(value), TimeCell::Stamp)
}

fn unreadable_time<'a>(value: &AnyValue<'_>) -> TimeCell<'a> {
    TimeCell::Unreadable(format!("{value:?}"))
}

fn datetime(count: i64, unit: TimeUnit) -> Option<Timestamp> {
    match unit {
        TimeUnit::Nanoseconds => Timestamp::from_nanosecond(i128::from(count)).ok(),
        TimeUnit::Microseconds => Timestamp::from_microsecond(count).ok(),
        TimeUnit::Milliseconds => Timestamp::from_millisecond(count).ok(),
    }
}

fn value_cell<'a>(value: &'a AnyValue<'_>) -> ValueCell<'a> {
    match value {
        AnyValue::Null => ValueCell::Empty,
        other => match (other.get_str(), other.extract::<f64>()) {
            (Some(text), _) => ValueCell::Text(text),
            (None, Some(number)) => ValueCell::Number(number),
            (None, None) => ValueCell::Unreadable(format!("{other:?}")),
        },
    }
}
