//! What a scenario asks of the reader of tables. The scenario crate reads no tables itself.

use std::path::PathBuf;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

/// One column of a file against time.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesRequest {
    /// The file; relative names in a scenario are relative to the scenario file.
    pub file: PathBuf,
    /// Column of time stamps.
    pub time_column: String,
    /// How time stamps are written: `rfc3339`, `date`, `unix_secs`, `unix_millis` or a strftime pattern.
    pub time_format: String,
    /// Column of values.
    pub value_column: String,
    /// Factor on each value.
    pub scale: f64,
    /// How rows become the value of a grid point.
    pub rule: Rule,
    /// Age beyond which a row is not carried forward; 0 where rows are asked for.
    pub max_age_secs: i64,
    /// Which values are possible.
    pub domain: Domain,
}

/// How rows become the value of a grid point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The last row at or before the point: for levels.
    #[default]
    Last,
    /// The sum over the step that ends at the point: for flows.
    Sum,
    /// The mean over the step that ends at the point.
    Mean,
}

/// Which values are possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Domain {
    /// Above 0.
    Positive,
    /// 0 or above.
    NonNegative,
    /// Any finite number.
    Any,
}

impl Domain {
    pub(crate) fn contains(self, value: f64) -> bool {
        match self {
            Self::Positive => value > 0.0 && value.is_finite(),
            Self::NonNegative => value >= 0.0 && value.is_finite(),
            Self::Any => value.is_finite(),
        }
    }

    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Positive => "above 0",
            Self::NonNegative => "0 or above",
            Self::Any => "finite",
        }
    }
}

/// Why a series cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SeriesFault {
    /// What is wrong, with file and row.
    pub message: String,
}

/// A reader of tables.
pub trait ReadSeries {
    /// The values at `start`, `start + step_secs`, ... (`points` of them).
    ///
    /// # Errors
    /// A file or column that is not there, values out of the domain, a gap beyond the maximum age.
    fn on_grid(
        &mut self,
        request: &SeriesRequest,
        start: Timestamp,
        step_secs: u32,
        points: usize,
    ) -> Result<Vec<f64>, SeriesFault>;

    /// The rows from `from` to `to`, both included, in time order.
    ///
    /// # Errors
    /// A file or column that is not there, values out of the domain.
    fn rows(
        &mut self,
        request: &SeriesRequest,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Timestamp, f64)>, SeriesFault>;
}
