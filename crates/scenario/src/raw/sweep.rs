//! What `pegstress sweep` varies where the command line names nothing.

use schemars::JsonSchema;
use serde::Deserialize;

/// A key of this file and the values it takes: a list, or a number of values between two ends.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSweep {
    /// Key path, such as `shocks[0].size`.
    pub key: String,
    /// The values one by one,
    #[schemars(length(min = 1))]
    pub values: Option<Vec<RawSweepValue>>,
    /// or the first value,
    pub from: Option<f64>,
    /// the last,
    pub to: Option<f64>,
    /// how many there are, both included,
    #[schemars(extend("minimum" = 2, "maximum" = 10000))]
    pub points: Option<u32>,
    /// and how they are spread.
    pub scale: Option<RawScale>,
}

/// A value of a key.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum RawSweepValue {
    /// A number.
    Number(f64),
    /// A word or a time.
    Text(String),
    /// A switch.
    Flag(bool),
}

/// How values are spread between two ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawScale {
    /// Equal differences.
    #[default]
    Linear,
    /// Equal ratios.
    Log,
}

impl RawSweepValue {
    /// As an override writes it.
    pub fn text(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
            Self::Flag(flag) => flag.to_string(),
        }
    }
}
