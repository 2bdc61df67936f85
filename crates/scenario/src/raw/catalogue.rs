//! What makes a scenario one of a catalogue: severities, and limits that its answers are held against.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

/// A severity: key paths in quotes and the values they take, such as `"shocks[0].size" = 0.01`.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
pub struct RawSeverity {
    /// What it stands for, in a few words.
    pub meaning: Option<String>,
    /// What it follows: `historical: ...`, or `hypothetical`; that of the file if absent.
    pub anchor: Option<String>,
    /// Key paths and values.
    #[serde(flatten)]
    pub values: BTreeMap<String, serde_json::Value>,
}

/// A limit on a number of the run.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RawLimit {
    /// Name of a metric of paths, such as `deepest_discount_close_bps`.
    pub metric: String,
    /// What is taken of it over paths: `mean`, `median`, `p95` (any quantile), `es95` (mean of the worst 5 %).
    pub statistic: String,
    /// It must not be above this,
    pub at_most: Option<f64>,
    /// or not below this.
    pub at_least: Option<f64>,
}
