//! What comes from outside of the model: constants, series in files, and processes that are drawn from them on.

use schemars::JsonSchema;
use serde::Deserialize;

use super::process::{RawBootstrap, RawCorrelation, RawPriceProcess, RawQueueProcess, RawRateProcess};
use super::quantity::{Hours, Positive};
use crate::series::Rule;

/// Constants and series that drive a study.
#[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawDrivers {
    /// ETH that redemption pays per token.
    pub redemption_rate: Option<RawRateDriver>,
    /// ETH in the network's exit queue, without the token's own exits.
    pub network_exit_queue_eth: Option<RawQueueDriver>,
    /// US dollars per ETH, for the fall of ETH within a day.
    pub eth_usd: Option<RawPriceDriver>,
    /// Recorded market price, ETH per token, to lay beside the model.
    pub market_price: Option<RawMarketPrice>,
    /// Wait that the source of the queue quotes.
    pub quoted_wait_days: Option<RawDriver>,
    /// Delay from withdrawable to paid.
    pub sweep_days: Option<RawDriver>,
    /// How drivers with a `process.bootstrap` are resampled, all together.
    pub bootstrap: Option<RawBootstrap>,
    /// How drivers with another process depend on each other; not at all if absent.
    pub correlation: Option<RawCorrelation>,
}

/// Defines a table of a driver: a constant or a column of a file, and more keys if given.
macro_rules! driver_table {
    ($(#[$doc:meta])* $name:ident { $($(#[$more_doc:meta])* $more:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
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
            $($(#[$more_doc])* pub $more: $type,)*
        }
    };
}

driver_table! {
    /// A constant (`value`) or a column of a file (`file`, `time_column`, `value_column`).
    RawDriver {}
}

/// Defines a table of a driver that can be drawn.
macro_rules! drawn_driver_table {
    ($(#[$doc:meta])* $name:ident, $process:ty) => {
        driver_table! {
            $(#[$doc])*
            $name {
                /// How the driver is drawn for each path, from its level at the start of the path on.
                process: Option<$process>,
            }
        }

        impl $name {
            /// The constant or the column.
            pub fn record(&self) -> RawDriver {
                RawDriver {
                    value: self.value,
                    file: self.file.clone(),
                    time_column: self.time_column.clone(),
                    time_format: self.time_format.clone(),
                    time_shift_hours: self.time_shift_hours,
                    value_column: self.value_column.clone(),
                    scale: self.scale,
                    rule: self.rule,
                    max_age_hours: self.max_age_hours,
                }
            }
        }
    };
}

drawn_driver_table! {
    /// A price: a constant or a column of a file, or a process that starts from it.
    RawPriceDriver, RawPriceProcess
}

drawn_driver_table! {
    /// An exit queue: a constant or a column of a file, or a process that starts from it.
    RawQueueDriver, RawQueueProcess
}

drawn_driver_table! {
    /// A redemption rate: a constant or a column of a file, or a process that starts from it.
    RawRateDriver, RawRateProcess
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
