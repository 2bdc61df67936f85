//! What comes from outside of the model: constants and series in files.

use schemars::JsonSchema;
use serde::Deserialize;

use super::quantity::{Hours, Positive};
use crate::series::Rule;

/// Constants and series that drive a study.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawDrivers {
    /// ETH that redemption pays per token.
    pub redemption_rate: Option<RawDriver>,
    /// ETH in the network's exit queue, without the token's own exits.
    pub network_exit_queue_eth: Option<RawDriver>,
    /// US dollars per ETH, for the fall of ETH within a day.
    pub eth_usd: Option<RawDriver>,
    /// Recorded market price, ETH per token, to lay beside the model.
    pub market_price: Option<RawMarketPrice>,
    /// Wait that the source of the queue quotes.
    pub quoted_wait_days: Option<RawDriver>,
    /// Delay from withdrawable to paid.
    pub sweep_days: Option<RawDriver>,
}

/// A constant (`value`) or a column of a file (`file`, `time_column`, `value_column`).
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawDriver {
    /// The same at every time.
    pub value: Option<f64>,
    /// CSV or Parquet file, relative to the scenario file.
    pub file: Option<String>,
    /// Column of time stamps.
    pub time_column: Option<String>,
    /// How time stamps are written: `rfc3339` (default), `date`, `unix_secs`, `unix_millis` or a strftime pattern.
    pub time_format: Option<String>,
    /// Hours added to each time stamp, for records that name the start of the interval whose end they describe.
    pub time_shift_hours: Option<Hours>,
    /// Column of values.
    pub value_column: Option<String>,
    /// Factor on each value; 1 if absent.
    pub scale: Option<Positive>,
    /// How rows become the value of a grid point; `last` if absent.
    pub rule: Option<Rule>,
    /// Age beyond which a row is not carried forward: a longer gap is an error.
    pub max_age_hours: Option<Hours>,
}

/// A recorded market price: as any driver, with a name.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawMarketPrice {
    /// Name of the record, for labels.
    pub name: Option<String>,
    /// CSV or Parquet file, relative to the scenario file.
    pub file: String,
    /// Column of time stamps.
    pub time_column: String,
    /// How time stamps are written: `rfc3339` (default), `date`, `unix_secs`, `unix_millis` or a strftime pattern.
    pub time_format: Option<String>,
    /// Hours added to each time stamp.
    pub time_shift_hours: Option<Hours>,
    /// Column of values.
    pub value_column: String,
    /// Factor on each value; 1 if absent.
    pub scale: Option<Positive>,
    /// How rows become the value of a grid point; `last` if absent.
    pub rule: Option<Rule>,
    /// Age beyond which a row is not carried forward: a longer gap is an error.
    pub max_age_hours: Option<Hours>,
}

/// A number, or the rows of a file.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum NumberOrRows {
    /// A number.
    Number(Positive),
    /// The rows of a file, at their own times.
    Rows(RawRows),
}

/// The rows of a file, at their own times.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawRows {
    /// CSV or Parquet file, relative to the scenario file.
    pub file: String,
    /// Column of time stamps.
    pub time_column: String,
    /// How time stamps are written: `rfc3339` (default), `date`, `unix_secs`, `unix_millis` or a strftime pattern.
    pub time_format: Option<String>,
    /// Column of values.
    pub value_column: String,
    /// Factor on each value; 1 if absent.
    pub scale: Option<Positive>,
}
