//! A pool file: pools at one time, without a simulation.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Deserialize;

use super::quantity::Positive;
use super::venue::RawVenue;

/// The pools of a token at one time.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPoolFile {
    /// The token.
    pub token: RawPoolToken,
    /// Pools in which the token trades.
    #[schemars(length(min = 1))]
    pub venues: Vec<RawVenue>,
    /// Where and when the pools were read.
    pub snapshot: Option<RawSnapshot>,
}

/// The token whose pools these are.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawPoolToken {
    /// Ticker, for labels.
    pub symbol: String,
    /// ETH that redemption pays per token at that time.
    pub redemption_rate: Positive,
}

/// Where and when pools were read.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawSnapshot {
    /// Time, RFC 3339 with an offset.
    #[schemars(with = "Option<String>", extend("format" = "date-time"))]
    pub time: Option<Timestamp>,
    /// Block.
    pub block: Option<u64>,
    /// Contract, service or page.
    pub source: Option<String>,
}
