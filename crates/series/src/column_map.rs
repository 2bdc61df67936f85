//! What to read from a file: which columns, how time is written, and which values are possible.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::{Offset, TimeZone};

/// Which two columns of a file make a series, and the factor that brings the value to the unit the caller wants.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnMap {
    /// Name of the column with the time stamps.
    pub time: String,
    /// How the time stamps are written. A typed date or datetime column of a Parquet file needs none.
    pub time_format: TimeFormat,
    /// Name of the column with the values.
    pub value: String,
    /// Every value is multiplied by this; finite and not zero.
    pub scale: f64,
}

/// How a time stamp is written. Without an offset it is read as UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeFormat {
    /// `2025-06-01T02:04:38Z`, with an offset.
    Rfc3339,
    /// `2025-06-01`, midnight UTC.
    Date,
    /// Whole seconds since 1970-01-01T00:00:00Z.
    UnixSecs,
    /// Whole milliseconds since 1970-01-01T00:00:00Z.
    UnixMillis,
    /// A `strftime` pattern such as `%d.%m.%Y %H:%M`.
    Strftime(String),
}

/// The name of a time format that does not exist, or a pattern that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "time format `{0}` is unknown, must be rfc3339, date, unix_secs, unix_millis or a strftime pattern such as %Y-%m-%d %H:%M"
)]
pub struct UnknownTimeFormat(
    /// The text as it was given.
    pub String,
);

impl FromStr for TimeFormat {
    type Err = UnknownTimeFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "rfc3339" => Ok(Self::Rfc3339),
            "date" => Ok(Self::Date),
            "unix_secs" => Ok(Self::UnixSecs),
            "unix_millis" => Ok(Self::UnixMillis),
            pattern if pattern.contains('%') => {
                let epoch = BrokenDownTime::from(&Timestamp::UNIX_EPOCH.to_zoned_datetime(TimeZone::UTC));
                match epoch.to_string(pattern) {
                    Ok(_) => Ok(Self::Strftime(pattern.to_owned())),
                    Err(_) => Err(UnknownTimeFormat(text.to_owned())),
                }
            }
            _ => Err(UnknownTimeFormat(text.to_owned())),
        }
    }
}

impl fmt::Display for TimeFormat {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rfc3339 => out.write_str("a time with offset such as 2025-06-01T02:04:38Z"),
            Self::Date => out.write_str("a date such as 2025-06-01"),
            Self::UnixSecs => out.write_str("whole seconds since 1970-01-01"),
            Self::UnixMillis => out.write_str("whole milliseconds since 1970-01-01"),
            Self::Strftime(pattern) => write!(out, "a time written as {pattern}"),
        }
    }
}

impl TimeFormat {
    /// The stamp that `text` stands for, if it is written this way.
    pub(crate) fn parse(&self, text: &str) -> Option<Timestamp> {
        match self {
            Self::Rfc3339 => text.parse().ok(),
            Self::Date => parse_pattern("%Y-%m-%d", text),
            Self::UnixSecs | Self::UnixMillis => self.count(text.parse().ok()?),
            Self::Strftime(pattern) => parse_pattern(pattern, text),
        }
    }

    /// The stamp that a whole number stands for, if this format counts.
    pub(crate) fn count(&self, number: i64) -> Option<Timestamp> {
        match self {
            Self::UnixSecs => Timestamp::from_second(number).ok(),
            Self::UnixMillis => Timestamp::from_millisecond(number).ok(),
            Self::Rfc3339 | Self::Date | Self::Strftime(_) => None,
        }
    }
}

fn parse_pattern(pattern: &str, text: &str) -> Option<Timestamp> {
    let parts = BrokenDownTime::parse(pattern, text).ok()?;
    if let Ok(stamp) = parts.to_timestamp() {
        return Some(stamp);
    }
    let midnight_or_time = parts.to_datetime().ok()?;
    // A pattern with an offset was refused above for a reason; reading it as UTC would move the time.
    match parts.offset() {
        Some(_) => None,
        None => Offset::UTC.to_timestamp(midnight_or_time).ok(),
    }
}

/// Which values are possible after scaling. Every value must be finite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// Any finite number.
    Any,
    /// Zero or above: amounts, waits.
    NonNegative,
    /// Above zero: prices, rates of exchange.
    Positive,
}

impl Domain {
    pub(crate) fn contains(self, value: f64) -> bool {
        value.is_finite()
            && match self {
                Self::Any => true,
                Self::NonNegative => value >= 0.0,
                Self::Positive => value > 0.0,
            }
    }
}

impl fmt::Display for Domain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Any => "a finite number",
            Self::NonNegative => "a finite number, 0 or above",
            Self::Positive => "a finite number above 0",
        })
    }
}
